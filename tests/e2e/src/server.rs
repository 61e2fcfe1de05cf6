//! A server of one's own.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::patience::until;
use crate::programs;
use crate::ran::{Ran, text};

/// A certificate for `localhost` that vouches for itself, and its key.
pub const CERTIFICATE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/server/tests/it/tls/cert.pem");
const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/server/tests/it/tls/key.pem");

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// As it is, which only loopback may be.
    Plain,
    /// By TLS, with [`CERTIFICATE`].
    Tls,
}

/// A server on loopback.
pub struct Server {
    folder: TempDir,
    running: Option<Child>,
    address: SocketAddr,
    speech: Speech,
    /// The invite that lets the first journal in.
    pub invite: String,
}

impl Server {
    /// Makes a server and runs it.
    pub fn start() -> Self {
        Self::speaking(Speech::Plain)
    }

    /// The same, in the given way.
    pub fn speaking(speech: Speech) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let made = haven_server(&["init", "--data", &data.display().to_string()]);
        let invite = text(&made, "invite").to_owned();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self { folder, running: None, address, speech, invite };
        server.run();
        server
    }

    /// Runs it again, at the address it had.
    pub fn run(&mut self) {
        let ready = self.folder.path().join("ready");
        let _ = fs::remove_file(&ready);
        let log = fs::File::options().create(true).append(true).open(self.log()).unwrap();
        let tls: &[&str] = match self.speech {
            Speech::Plain => &[],
            Speech::Tls => &["--tls-cert", CERTIFICATE, "--tls-key", KEY],
        };
        let child = Command::new(programs::find("haven-server"))
            .args(["run", "--listen", &self.address.to_string()])
            .args(tls)
            .arg("--data")
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
        let (_, address) = url.split_once("://").unwrap();
        self.address = address.parse().unwrap();
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address, as devices are given it.
    pub fn url(&self) -> String {
        self.url_at(self.address)
    }

    /// The address of somebody else who passes on to it.
    pub fn url_at(&self, address: SocketAddr) -> String {
        match self.speech {
            Speech::Plain => format!("http://{address}"),
            // The name its certificate is for.
            Speech::Tls => format!("https://localhost:{}", address.port()),
        }
    }

    /// Makes another invite.
    pub fn invite(&self) -> String {
        text(&haven_server(&["invite", "--data", &self.data().display().to_string()]), "invite").to_owned()
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
