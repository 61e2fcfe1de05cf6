//! Where a device's things lie: one folder if `HAVEN_HOME` names it, else the folders of the desktop's convention.

use std::env;
use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy, Xdg};
use haven_api::unix;

use crate::fault::Fault;

/// The places of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The journal, the lock file, the socket and, if it serves, the server's data.
    pub data: PathBuf,
    /// The configuration file.
    pub config: PathBuf,
    /// The folder of the log.
    pub state: PathBuf,
}

impl Home {
    /// Finds the places from the environment. Clients look for the socket by the same rule.
    ///
    /// # Errors
    /// [`Fault::Homeless`] where nothing tells.
    pub fn find() -> Result<Self, Fault> {
        let data = unix::data().ok_or(Fault::Homeless)?;
        if env::var_os("HAVEN_HOME").is_some_and(|home| !home.is_empty()) {
            return Ok(Self::one_folder(&data));
        }
        let base = Xdg::new().map_err(|_| Fault::Homeless)?;
        let state = base.state_dir().ok_or(Fault::Homeless)?.join("haven");
        Ok(Self { data, config: base.config_dir().join("haven").join("config.toml"), state })
    }

    /// Everything in one folder.
    pub fn one_folder(home: &Path) -> Self {
        Self { data: home.to_owned(), config: home.join("config.toml"), state: home.to_owned() }
    }

    /// The log.
    pub fn log(&self) -> PathBuf {
        self.state.join("havend.log")
    }

    /// The data of the server inside.
    pub fn server(&self) -> PathBuf {
        self.data.join("server")
    }
}
