//! A test that needs a second process runs itself there, in another role.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROLE: &str = "HAVEN_STORE_TEST_FOLDER";

/// The folder to play the second role in, if this process was started for it.
pub(crate) fn second() -> Option<PathBuf> {
    env::var_os(ROLE).map(PathBuf::from)
}

/// The command that runs one test of this binary in its second role.
pub(crate) fn command(test: &str, folder: &Path) -> Command {
    started_by(Command::new(env::current_exe().unwrap()), test, folder)
}

/// The same, through a program that takes the command at the end of its arguments.
pub(crate) fn command_through(mut program: Command, test: &str, folder: &Path) -> Command {
    program.arg(env::current_exe().unwrap());
    started_by(program, test, folder)
}

/// The same, with a copy of this binary.
pub(crate) fn started_by(mut program: Command, test: &str, folder: &Path) -> Command {
    program.args([test, "--exact", "--nocapture"]).env(ROLE, folder);
    program
}
