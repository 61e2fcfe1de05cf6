//! The stages that look at the protocols from outside Rust.

use std::fs;

use super::Outcome;
use crate::fault::Fault;
use crate::generate;
use crate::repo::Repo;
use crate::shell::Shell;

const SECOND: &str = "tests/vectors/python";
const LINTER: &str = "tests/proto-lint";

/// Runs the second implementation of the protocol, written in Python, over the golden files.
pub(super) fn second(repo: &Repo) -> Result<Outcome, Fault> {
    let script = format!("{SECOND}/open_records.py");
    if !repo.path(&script).is_file() {
        return Ok(Outcome::LeftOut(format!("{script} is not written yet")));
    }
    let folder = repo.target().join("python");
    let python = folder.join("bin/python").display().to_string();
    let shell = Shell::new(repo);
    if !shell.succeeds(&python, &["-c", "import cryptography"]) {
        let hint = "Install the venv module (`apt-get install python3-venv`), then run this again.";
        shell
            .run("python3", &["-m", "venv", "--clear", &folder.display().to_string()])
            .map_err(|fault| Fault { next: hint.to_owned(), ..fault })?;
        let requirements = format!("{SECOND}/requirements.txt");
        let wanted: &[&str] = if repo.path(&requirements).is_file() {
            &["--requirement", &requirements]
        } else {
            &["cryptography"]
        };
        shell.run(&python, &[&["-m", "pip", "install", "--quiet"], wanted].concat())?;
    }
    shell.run(&python, &[&script])?;
    Ok(Outcome::Passed)
}

/// Holds the .proto files to buf's rules, and the generated code to the .proto files.
pub(super) fn lint(repo: &Repo) -> Result<Outcome, Fault> {
    let protos = repo.path("proto");
    if !protos.join("buf.yaml").is_file() {
        return Ok(Outcome::LeftOut("proto/buf.yaml is not written yet".to_owned()));
    }
    let folder = install_linter(repo)?;
    let buf = folder.join("node_modules/.bin/buf").display().to_string();
    Shell::new(repo).within(&protos).run(&buf, &["lint"])?;
    generate::command(repo, true)?;
    Ok(Outcome::Passed)
}

/// Installs the pinned linter below the build folder, unless this very version is there.
fn install_linter(repo: &Repo) -> Result<std::path::PathBuf, Fault> {
    let folder = repo.target().join("proto-lint");
    let fault = |error: std::io::Error| Fault::io("prepare the .proto linter", &error);
    let lock = fs::read(repo.path(LINTER).join("package-lock.json")).map_err(fault)?;
    let installed = folder.join("node_modules/.bin/buf").is_file();
    if installed && fs::read(folder.join("package-lock.json")).is_ok_and(|there| there == lock) {
        return Ok(folder);
    }
    fs::create_dir_all(&folder).map_err(fault)?;
    for name in ["package.json", "package-lock.json", ".npmrc"] {
        fs::copy(repo.path(LINTER).join(name), folder.join(name)).map_err(fault)?;
    }
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"];
    Shell::new(repo).within(&folder).run("npm", &arguments)?;
    Ok(folder)
}
