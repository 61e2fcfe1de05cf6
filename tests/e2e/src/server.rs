//! A server of one's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::patience::until;
use crate::programs;
use crate::ran::{Ran, text};

/// A server on loopback.
pub struct Server {
    folder: TempDir,
    running: Option<Child>,
    address: String,
    /// The invite that lets the first journal in.
    pub invite: String,
}

impl Server {
    /// Makes a server and runs it.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let made = haven_server(&["init", "--data", &data.display().to_string()]);
        let invite = text(&made, "invite").to_owned();
        let mut server = Self { folder, running: None, address: "127.0.0.1:0".to_owned(), invite };
        server.run();
        server
    }

    /// Runs it again, at the address it had.
    pub fn run(&mut self) {
        let ready = self.folder.path().join("ready");
        let _ = fs::remove_file(&ready);
        let log = fs::File::options().create(true).append(true).open(self.log()).unwrap();
        let child = Command::new(programs::find("haven-server"))
            .args(["run", "--listen", &self.address, "--data"])
            .arg(self.data())
            .arg("--ready-file")
            .arg(&ready)
            .env("RUST_LOG", "trace")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.running = Some(child.unwrap());
        let url = until("the server is ready", || {
            let ready: Value = serde_json::from_slice(&fs::read(&ready).ok()?).ok()?;
            Some(text(&ready, "url").to_owned())
        });
        self.address = url.trim_start_matches("http://").to_owned();
    }

    /// Another invite, from the running server's operator.
    pub fn another_invite(&self) -> String {
        let made = haven_server(&["invite", "--data", &self.data().display().to_string()]);
        text(&made, "invite").to_owned()
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What it logged.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// The folder of everything it ever wrote.
    pub fn everything(&self) -> &Path {
        self.folder.path()
    }

    /// Ends it as a power cut does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs a command of the server's program.
fn haven_server(arguments: &[&str]) -> Value {
    let output = Command::new(programs::find("haven-server")).args(arguments).output().unwrap();
    Ran::of(arguments.join(" "), output).json()
}
