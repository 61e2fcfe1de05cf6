//! Running other programs.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::fault::Fault;
use crate::repo::Repo;

/// A way to run programs: a folder to run them in and variables to give them.
#[derive(Clone, Debug)]
pub struct Shell {
    folder: PathBuf,
    variables: Vec<(String, OsString)>,
}

impl Shell {
    /// Runs programs at the top of the work tree.
    #[must_use]
    pub fn new(repo: &Repo) -> Self {
        Self { folder: repo.root().to_path_buf(), variables: Vec::new() }
    }

    /// Runs programs in the folder where this one was started.
    #[must_use]
    pub fn anywhere() -> Self {
        Self { folder: PathBuf::from("."), variables: Vec::new() }
    }

    /// Runs them in this folder instead.
    #[must_use]
    pub fn within(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// Gives them this variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Runs a program, its output going straight to the terminal.
    ///
    /// # Errors
    /// When it is missing or ends with anything but success.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Result<(), Fault> {
        let status = self.command(program, arguments).status().map_err(|error| missing(program, &error))?;
        if status.success() {
            return Ok(());
        }
        let line = shown(program, arguments);
        let next = format!("Read its messages above; to run it alone: {line}");
        Err(Fault::new(line, format!("it ended with {status}"), next))
    }

    /// Runs a program and returns what it printed; what it says on standard error is shown only in the fault.
    ///
    /// # Errors
    /// When it is missing, ends with anything but success, or prints something that is not UTF-8.
    pub fn read(&self, program: &str, arguments: &[&str]) -> Result<String, Fault> {
        let output = self.command(program, arguments).output().map_err(|error| missing(program, &error))?;
        let line = shown(program, arguments);
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Fault::new(line.clone(), why, format!("Run it alone to see more: {line}")));
        }
        String::from_utf8(output.stdout)
            .map_err(|_| Fault::new(line, "it printed something that is not UTF-8", "Run it alone and look."))
    }

    /// Whether a program ends with success; nothing is shown.
    #[must_use]
    pub fn succeeds(&self, program: &str, arguments: &[&str]) -> bool {
        let mut command = self.command(program, arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// Finds a program on the path.
#[must_use]
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| is_executable(file))
}

fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

fn missing(program: &str, error: &std::io::Error) -> Fault {
    Fault::new(
        format!("run {program}"),
        error.to_string(),
        format!("Install {program}, or see that it is on the PATH, then run this again."),
    )
}

fn shown(program: &str, arguments: &[&str]) -> String {
    let mut line = program.to_owned();
    for argument in arguments {
        line.push(' ');
        line.push_str(argument);
    }
    line
}
