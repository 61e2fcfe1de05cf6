//! The stages that look at the protocols from outside Rust.

use std::fs;

use super::python;
use crate::fault::Fault;
use crate::generate;
use crate::repo::Repo;
use crate::shell::Shell;

const SECOND: &str = "tests/vectors/python";
const LINTER: &str = "tests/proto-lint";

/// Runs the second implementation of the protocol, written in Python, over the golden files; then over altered ones, each of
/// which it must refuse: an implementation that accepts anything would agree with the first one, too.
pub(super) fn second(repo: &Repo) -> Result<(), Fault> {
    let programs = python::installed(repo, "python", &format!("{SECOND}/requirements.txt"))?;
    let (python, script) =
        (programs.join("python").display().to_string(), format!("{SECOND}/open_records.py"));
    let shell = Shell::new(repo);
    shell.run(&python, &[&script])?;
    shell.run(&python, &[&script, "--self-test"])
}

/// Holds the .proto files to buf's rules, and the generated code to the .proto files.
pub(super) fn lint(repo: &Repo) -> Result<(), Fault> {
    let protos = repo.path("proto");
    let folder = install_linter(repo)?;
    let buf = folder.join("node_modules/.bin/buf").display().to_string();
    Shell::new(repo).within(&protos).run(&buf, &["lint"])?;
    generate::command(repo, true)
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
