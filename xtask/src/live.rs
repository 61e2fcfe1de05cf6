//! Devices and a server at work, driven from outside as a person would: through `haven` and `haven-server`.

pub mod device;
pub mod link;
pub mod server;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::fault::Fault;
use device::Device;
use server::Server;

/// What every throw-away device opens with; strong enough for `haven init` to take it.
const PASSPHRASE: &str = "ferry lantern quiet orchard seven maps\n";

/// A folder that holds everything of one run and goes when the run ends.
pub struct Place {
    programs: PathBuf,
    folder: tempfile::TempDir,
    passphrase: PathBuf,
}

impl Place {
    /// Makes the folder, in the system's folder for such.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(programs: &Path) -> Result<Self, Fault> {
        Self::within(programs, &std::env::temp_dir())
    }

    /// Makes the folder in another one, where it matters on which disk it is.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn within(programs: &Path, parent: &Path) -> Result<Self, Fault> {
        let fault = |error: std::io::Error| Fault::io("make a temporary folder", &error);
        let folder = tempfile::Builder::new().prefix("haven-").tempdir_in(parent).map_err(fault)?;
        let passphrase = folder.path().join("passphrase");
        std::fs::write(&passphrase, PASSPHRASE).map_err(fault)?;
        Ok(Self { programs: programs.to_path_buf(), folder, passphrase })
    }

    /// A device that has nothing yet.
    #[must_use]
    pub fn device(&self, name: &str) -> Device {
        Device::new(&self.programs, self.path(&name.to_lowercase()), name, &self.passphrase)
    }

    /// A server that has nothing yet, started; it logs so much (`trace`, `debug`, `info`, `warn` or `error`).
    ///
    /// # Errors
    /// When it does not start.
    pub fn server(&self, log_level: &'static str) -> Result<Server, Fault> {
        Server::start(&self.programs, &self.path("server"), log_level)
    }

    /// Where a file of this run lies.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Keeps the folder for whoever wants to see what went wrong.
    #[must_use]
    pub fn keep(self) -> PathBuf {
        self.folder.keep()
    }
}

/// A number that a program must have said.
///
/// # Errors
/// When it is not there.
pub fn number(said: &Value, name: &str) -> Result<u64, Fault> {
    said[name].as_u64().ok_or_else(|| unsaid(name))
}

/// A text that a program must have said.
///
/// # Errors
/// When it is not there.
pub fn text(said: &Value, name: &str) -> Result<String, Fault> {
    said[name].as_str().map(str::to_owned).ok_or_else(|| unsaid(name))
}

fn unsaid(name: &str) -> Fault {
    let why = format!("the answer has no \"{name}\"");
    Fault::new("read a program's answer", why, "The command line changed; change this chore with it.")
}
