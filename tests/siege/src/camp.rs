//! The server that is besieged, and whom it knows: a vault of three devices, one of which a thief has.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use haven_feed::SpaceId;
use haven_feed::invite::Invite;
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::sleep;
use tonic::Status;
use tonic::transport::Channel;

use crate::client::Client;
use crate::honest::Honest;
use crate::kit::Vault;
use crate::process::Process;
use crate::program;

/// What the vault holds: pushes, records in each and bytes of each body. Far more than goes on the way at once.
const PUSHES: usize = 8;
const RECORDS: usize = 32;
const BODY_BYTES: usize = 16_000;

/// The device that stays connected, the thief's, and the one that comes in anew each time: a device has only so many sessions, and
/// would end its own.
pub(crate) const OPEN: usize = 0;
pub(crate) const THIEF: usize = 1;
pub(crate) const COLD: usize = 2;

/// How often to look whether the server has closed what it had open.
const LOOK: Duration = Duration::from_millis(20);

/// A server in a folder of its own.
pub(crate) struct Camp {
    pub(crate) process: Process,
    vault: Vault,
    // Goes after the process.
    _folder: TempDir,
}

/// What a besieger knows.
pub(crate) struct Target {
    pub(crate) url: String,
    /// The vault of which it has a device.
    pub(crate) vault: Vault,
}

impl Camp {
    /// Starts a new server and gives it a vault.
    pub(crate) async fn pitch() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let mut init = Command::new(program());
        let made = init.args(["init", "--json", "--data"]).arg(&data).output().expect("the program runs");
        let made: Value = serde_json::from_slice(&made.stdout).expect("JSON on stdout");
        let invite = Invite::parse(made["invite"].as_str().expect("an invite")).expect("a code");
        // Whoever is besieged must not be held up by its log.
        let process =
            Process::start_with(&data, |command| command.args(["--log", "info"]).stdin(Stdio::null()));
        let mut vault = vault();
        let newcomer = Client::connect(&process.url, vault.space()).await;
        newcomer.create(&invite, &vault).await.expect("created");
        let owner = Client::enter(&process.url, &vault, OPEN).await;
        for _ in 0..PUSHES {
            owner.push(vault.write_sized(OPEN, RECORDS, BODY_BYTES)).await.expect("pushed");
        }
        Self { process, vault, _folder: folder }
    }

    /// The honest member.
    pub(crate) fn honest(&self) -> Honest<'_> {
        Honest { url: &self.process.url, vault: &self.vault }
    }

    /// What besiegers are told.
    pub(crate) fn target(&self) -> Target {
        Target { url: self.process.url.clone(), vault: vault() }
    }

    /// Says whether the server still runs: one that's dead has no memory.
    pub(crate) fn is_running(&self) -> bool {
        fs::read_to_string(self.process.told("status")).is_ok_and(|status| status.contains("VmRSS:"))
    }

    /// Lets the most that it weighed begin anew.
    pub(crate) fn forget_peak(&self) {
        fs::write(self.process.told("clear_refs"), "5").expect("one's own child");
    }

    /// File descriptors it has open.
    pub(crate) fn descriptors(&self) -> usize {
        fs::read_dir(self.process.told("fd")).map_or(0, Iterator::count)
    }

    /// Waits until the server has no more descriptors open than so many, or for so long. Gives what it still has beyond them.
    pub(crate) async fn left_open(&self, descriptors: usize, patience: Duration) -> usize {
        let until = Instant::now() + patience;
        loop {
            let open = self.descriptors();
            if open <= descriptors || Instant::now() > until {
                return open.saturating_sub(descriptors);
            }
            sleep(LOOK).await;
        }
    }
}

/// The vault as it's created; everybody makes the same.
fn vault() -> Vault {
    Vault::with_devices(1, 3)
}

/// Connects, if there is a way in.
pub(crate) async fn connect(url: &str, space: SpaceId) -> Result<Client, Status> {
    let endpoint = Channel::from_shared(url.to_owned()).expect("a url").tcp_nodelay(true);
    let channel = endpoint.connect().await.map_err(|error| Status::unavailable(error.to_string()))?;
    Ok(Client { channel, space, token: None })
}

/// Connects and logs in as a device, if there is a way in.
pub(crate) async fn enter(url: &str, vault: &Vault, device: usize) -> Result<Client, Status> {
    let mut client = connect(url, vault.space()).await?;
    client.log_in(&vault.devices[device]).await?;
    Ok(client)
}
