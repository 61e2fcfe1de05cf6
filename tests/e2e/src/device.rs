//! One device: a folder of its own, driven through `haven --json`.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::patience::until;
use crate::programs;
use crate::ran::{Ran, text};

/// A passphrase that nobody guesses.
pub const PASSPHRASE: &str = "brook tulip anchor maple seven";

/// A device. Its daemon ends with it.
pub struct Device {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Device {
    /// A device without a journal.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("passphrase"), format!("{PASSPHRASE}\n")).unwrap();
        fs::create_dir(folder.path().join("runtime")).unwrap();
        Self { folder, variables: Vec::new() }
    }

    /// A device with a journal of its own.
    pub fn begun() -> Self {
        let device = Self::new();
        device.json(&["init", "--name", "Laptop", "--passphrase-file", &device.passphrase()]);
        device
    }

    /// The same with another variable in the environment of its programs.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// The folder that holds everything of the device.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A path beside the device's own folder.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The file with the passphrase.
    pub fn passphrase(&self) -> String {
        self.beside("passphrase").display().to_string()
    }

    /// A command of this device's, not run yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(programs::find("haven"));
        command
            .args(arguments)
            // What is set around the tests (CI, COLUMNS, EDITOR, …) would change what is said.
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("LANG", "C.UTF-8")
            .env("HAVEN_HOME", self.home())
            .env("HAVEN_KDF", "floor")
            .env("XDG_RUNTIME_DIR", self.beside("runtime"))
            .env("TZ", "Europe/Berlin")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command for a script, with something to read.
    pub fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut child = self.start(arguments);
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        // Whoever does not read to the end has said why.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Ran::of(arguments.join(" "), output)
    }

    /// Runs a command for a script.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, b"")
    }

    /// Starts a command for a script.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.arg("--json").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Runs a command that must end well, and reads its one object.
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.run(arguments).json()
    }

    /// Runs a command that must end well, and reads its lines.
    pub fn lines(&self, arguments: &[&str]) -> Vec<Value> {
        self.run(arguments).lines()
    }

    /// Runs a command that must fail.
    pub fn fails(&self, arguments: &[&str], code: i32, reason: &str) {
        self.run(arguments).failed(code, reason);
    }

    /// Writes an entry and returns its id.
    pub fn add(&self, words: &str) -> String {
        text(&self.run_with(&["add", "-"], words.as_bytes()).json(), "id").to_owned()
    }

    /// The text of an entry.
    pub fn text(&self, id: &str) -> String {
        text(&self.json(&["show", id]), "text").to_owned()
    }

    /// How many entries there are.
    pub fn entries(&self) -> u64 {
        self.json(&["status"])["entries"].as_u64().unwrap()
    }

    /// Opens the journal.
    pub fn unlock(&self) {
        self.json(&["unlock", "--passphrase-file", &self.passphrase()]);
    }

    /// Syncs until both sides have everything.
    pub fn sync(&self) {
        self.json(&["sync", "--wait", "--timeout", "60s"]);
    }

    /// The daemon's process.
    pub fn pid(&self) -> u64 {
        self.json(&["daemon", "status"])["pid"].as_u64().unwrap()
    }

    /// Ends the daemon's process as a power cut does, and waits until it is gone.
    pub fn kill_daemon(&self) {
        Self::kill(self.pid());
    }

    /// The same of a process that can't be asked for its number: until it is gone its socket takes connections that nobody serves.
    pub fn kill(pid: u64) {
        assert!(Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap().success());
        // Not the socket tells: another command may have started the next daemon by now.
        until("the daemon is gone", || {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let state = stat.rsplit(')').next().unwrap_or_default().trim_start();
            (state.is_empty() || state.starts_with(['Z', 'X'])).then_some(())
        });
    }

    /// Every file below a folder, with its bytes.
    pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                found.extend(Self::files(&entry.path()));
            } else if kind.is_file() {
                // A file may go while we look.
                found.extend(fs::read(entry.path()).ok().map(|bytes| (entry.path(), bytes)));
            }
        }
        found
    }
}

impl Default for Device {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // A daemon that cannot be asked is not there.
        let _ = self.command(&["daemon", "stop", "--json"]).output();
    }
}
