//! The binary itself.

use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};

use rustix::process::{Pid, Resource, Signal, getrlimit, kill_process, setrlimit};
use serde_json::Value;

use crate::client::PATIENCE;
use crate::program;

/// A running `haven-server`; killed when dropped.
pub(crate) struct Process {
    child: Child,
    said: Receiver<String>,
    pub(crate) url: String,
    pub(crate) identity: String,
}

/// Runs a command to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    command().args(arguments).output().expect("the binary runs")
}

/// The JSON that a command printed.
pub(crate) fn data(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON on stdout")
}

/// Lets this process have as many connections as the system gives anybody.
pub(crate) fn allow_many_connections() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).expect("more descriptors");
}

/// A command of the binary.
pub(crate) fn command() -> Command {
    Command::new(program())
}

impl Process {
    /// Starts `haven-server run` on a data folder and waits until it serves.
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, |command| command)
    }

    /// Starts it with a command that was prepared further.
    pub(crate) fn start_with(data: &Path, prepare: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        Self::start_by(command(), data, prepare)
    }

    /// Starts it with so few file descriptors.
    pub(crate) fn start_with_descriptors(data: &Path, count: u32) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {count} && exec \"$0\" \"$@\"")]).arg(program());
        Self::start_by(shell, data, |command| command)
    }

    fn start_by(
        mut command: Command,
        data: &Path,
        prepare: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Self {
        let ready = data.join("ready.json");
        command
            .arg("run")
            .arg("--data")
            .arg(data)
            .args(["--listen", "127.0.0.1:0", "--ready-file"])
            .arg(&ready);
        let mut child = prepare(command.stderr(Stdio::piped())).spawn().expect("the binary starts");
        let (line, said) = channel();
        let stderr = child.stderr.take().expect("a pipe");
        std::thread::spawn(move || listen(stderr, &line));
        while !said.recv_timeout(PATIENCE).expect("it serves").ends_with("serving") {}
        let text = std::fs::read(&ready).expect("the ready file is there before it serves");
        let ready: Value = serde_json::from_slice(&text).expect("JSON, written as a whole");
        let field = |name: &str| ready[name].as_str().expect("text").to_owned();
        Self { url: field("url"), identity: field("identity"), child, said }
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("a signal");
    }

    /// Waits for the end. Returns how it ended and what it said since it serves.
    pub(crate) fn end(&mut self) -> (ExitStatus, String) {
        let mut all = String::new();
        // The channel closes with the pipe, and the pipe with the process.
        while let Ok(line) = self.said.recv_timeout(PATIENCE) {
            all.push_str(&line);
            all.push('\n');
        }
        (self.child.wait().expect("a child"), all)
    }

    /// Kills it where it stands.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("killed");
        assert_eq!(self.end().0.signal(), Some(9));
    }

    /// Bytes of memory it has resident.
    pub(crate) fn resident(&self) -> u64 {
        self.memory("VmRSS:")
    }

    /// The most that it had resident at any time, in bytes.
    pub(crate) fn peak(&self) -> u64 {
        self.memory("VmHWM:")
    }

    /// Where the system tells about it.
    pub(crate) fn told(&self, what: &str) -> PathBuf {
        format!("/proc/{}/{what}", self.child.id()).into()
    }

    fn memory(&self, which: &str) -> u64 {
        let status = std::fs::read_to_string(self.told("status")).expect("a process");
        let line = status.lines().find(|line| line.starts_with(which)).expect("a size");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("a number") * 1_024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(stderr: impl Read, said: &Sender<String>) {
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        if said.send(line).is_err() {
            return;
        }
    }
}
