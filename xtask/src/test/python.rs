//! Folders of Python packages below the build folder, one a purpose, each with exactly what a pinned list names.

use std::fs;
use std::path::PathBuf;

use crate::fault::Fault;
use crate::repo::Repo;
use crate::shell::Shell;

/// Installs what a list names, unless this very list is installed; returns the folder of the programs.
///
/// # Errors
/// When there is no Python that can make such a folder, or a package cannot be had.
pub(super) fn installed(repo: &Repo, name: &str, list: &str) -> Result<PathBuf, Fault> {
    let folder = repo.target().join(name);
    let (programs, stamp) = (folder.join("bin"), folder.join("installed.txt"));
    let wanted = fs::read(repo.path(list)).map_err(|error| Fault::io(format!("read {list}"), &error))?;
    if fs::read(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(programs);
    }
    let shell = Shell::new(repo);
    let next = "Install the venv module (`apt-get install python3-venv`), then run this again.";
    shell
        .run("python3", &["-m", "venv", "--clear", &folder.display().to_string()])
        .map_err(|fault| Fault { next: next.to_owned(), ..fault })?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", list];
    let next =
        format!("See that PyPI can be reached, or install what {list} names by hand, then run this again.");
    shell
        .run(&programs.join("python").display().to_string(), &install)
        .map_err(|fault| Fault { next, ..fault })?;
    fs::write(&stamp, wanted).map_err(|error| Fault::io("note what was installed", &error))?;
    Ok(programs)
}
