//! A daemon under test.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use haven_api::client::Client;
use haven_api::unix::{Connection, SOCKET, connect};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

pub(crate) const STRONG: &str = "brook-tulip-anchor-maple-7";

/// How long anything may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A running `havend`; killed when dropped.
pub(crate) struct Daemon {
    pub(crate) home: PathBuf,
    pub(crate) child: Child,
    /// Removes the folder when the test is over.
    _folder: Option<TempDir>,
}

/// A command for a daemon in a folder.
pub(crate) fn havend(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_havend"));
    command
        .arg("run")
        .env("HAVEN_HOME", home)
        .env("HAVEN_KDF", "floor")
        .env_remove("RUST_LOG")
        .kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Daemon {
    /// Starts a daemon in a new folder.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        Self { _folder: Some(folder), ..Self::start_in(&home).await }
    }

    /// Starts a daemon in a folder and waits until it answers.
    pub(crate) async fn start_in(home: &Path) -> Self {
        Self::of(havend(home), home).await
    }

    /// Waits until a daemon started by a command answers.
    pub(crate) async fn of(mut command: Command, home: &Path) -> Self {
        let child = command.spawn().unwrap();
        let daemon = Self { home: home.to_owned(), child, _folder: None };
        daemon.client().await.status().await.unwrap();
        daemon
    }

    /// Connects, as soon as somebody listens.
    pub(crate) async fn client(&self) -> Client<Connection> {
        let (socket, began) = (self.home.join(SOCKET), Instant::now());
        loop {
            match connect(&socket).await {
                Ok(client) => return client,
                Err(error) => assert!(began.elapsed() < PATIENCE, "{error}"),
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Sends a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        let sent = std::process::Command::new("kill").args(["-s", name, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end of the process and tells whether it ended well.
    pub(crate) async fn ended(&mut self) -> bool {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        ended.unwrap().unwrap().success()
    }
}
