//! One server: a folder, its process, and what can be seen of it from outside.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::text;
use crate::fault::Fault;
use crate::shell::Shell;

/// How long a server may take to be ready.
const READY_MAX: Duration = Duration::from_secs(30);
/// How long to wait before looking again.
const LOOK: Duration = Duration::from_millis(5);

/// A server of a throw-away journal; it stops with it.
pub struct Server {
    program: String,
    data: PathBuf,
    log: PathBuf,
    log_level: &'static str,
    url: String,
    identity: String,
    invite: String,
    child: Option<Child>,
}

impl Server {
    /// Makes its folder and starts it on a free port of loopback.
    pub(super) fn start(programs: &Path, folder: &Path, log_level: &'static str) -> Result<Self, Fault> {
        let program = programs.join("haven-server").display().to_string();
        let data = folder.join("data");
        fs::create_dir_all(folder).map_err(|error| Fault::io("make the server's folder", &error))?;
        let said =
            Shell::anywhere().read(&program, &["init", "--data", &data.display().to_string(), "--json"])?;
        let made: Value = serde_json::from_str(&said).unwrap_or_default();
        let mut server = Self {
            program,
            log: folder.join("log"),
            log_level,
            data,
            url: String::new(),
            identity: text(&made, "identity")?,
            invite: text(&made, "invite")?,
            child: None,
        };
        server.run("127.0.0.1:0")?;
        Ok(server)
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it proves to be.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// What lets the first journal in.
    #[must_use]
    pub fn invite(&self) -> &str {
        &self.invite
    }

    /// One more invite.
    ///
    /// # Errors
    /// When it makes none.
    pub fn another_invite(&self) -> Result<String, Fault> {
        text(&self.keep(&["invite"])?, "invite")
    }

    /// Its process id, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Stops it as an operator would, and waits for its end.
    ///
    /// # Errors
    /// When it did not end well.
    pub fn stop(&mut self) -> Result<(), Fault> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        terminate(&child);
        let status = child.wait().map_err(|error| Fault::io("stop the server", &error))?;
        if status.success() {
            return Ok(());
        }
        Err(Fault::new("stop the server", format!("it ended with {status}"), "Look at its log."))
    }

    /// Starts it again where it was.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart(&mut self) -> Result<(), Fault> {
        let address = self.url.rsplit('/').next().unwrap_or_default().to_owned();
        self.run(&address)
    }

    /// What the server counts: spaces, feeds, records, links and their bytes.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn stats(&self) -> Result<Value, Fault> {
        self.keep(&["stats"])
    }

    /// Its files, its log included, with their sizes.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub fn files(&self) -> Result<Vec<(PathBuf, u64)>, Fault> {
        let fault = |error: std::io::Error| Fault::io("look at the server's files", &error);
        let listed: Vec<_> = fs::read_dir(&self.data).map_err(fault)?.collect();
        let mut files = Vec::new();
        for path in listed.into_iter().map(|entry| Ok(entry?.path())).chain([Ok(self.log.clone())]) {
            let path = path.map_err(fault)?;
            let size = path.metadata().map_err(fault)?.len();
            files.push((path, size));
        }
        files.sort();
        Ok(files)
    }

    fn keep(&self, command: &[&str]) -> Result<Value, Fault> {
        let data = self.data.display().to_string();
        let said =
            Shell::anywhere().read(&self.program, &[command, &["--data", &data, "--json"]].concat())?;
        Ok(serde_json::from_str(&said).unwrap_or_default())
    }

    fn run(&mut self, listen: &str) -> Result<(), Fault> {
        let fault = |error: std::io::Error| Fault::io("start the server", &error);
        let ready = self.log.with_file_name("ready");
        let _ = fs::remove_file(&ready);
        let log = File::options().append(true).create(true).open(&self.log).map_err(fault)?;
        let mut command = Command::new(&self.program);
        command.args(["run", "--log", self.log_level, "--listen", listen, "--data"]).arg(&self.data);
        command.arg("--ready-file").arg(&ready);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let mut child = command.spawn().map_err(fault)?;
        let said = wait_ready(&ready, &mut child)?;
        self.url = text(&said, "url")?;
        self.child = Some(child);
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            terminate(&child);
            let _ = child.wait();
        }
    }
}

fn wait_ready(file: &Path, child: &mut Child) -> Result<Value, Fault> {
    let deadline = Instant::now() + READY_MAX;
    loop {
        if let Some(said) = fs::read_to_string(file).ok().and_then(|text| serde_json::from_str(&text).ok()) {
            return Ok(said);
        }
        let has_ended = !matches!(child.try_wait(), Ok(None));
        if has_ended || Instant::now() > deadline {
            let _ = child.kill();
            let why = if has_ended { "it ended at once" } else { "it is not ready after 30 s" };
            return Err(Fault::new("start the server", why, "Run `haven-server run` by hand and look."));
        }
        std::thread::sleep(LOOK);
    }
}

fn terminate(child: &Child) {
    // One that has ended already needs no signal.
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::TERM);
    }
}
