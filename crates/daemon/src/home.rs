//! Where a device's things lie: one folder if `HAVEN_HOME` names it, else the folders of the desktop's convention.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy, Xdg};

use crate::fault::Fault;

/// The name of the socket in its folder.
pub const SOCKET: &str = "havend.sock";

/// The places of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The journal, the lock file and, if it serves, the server's data.
    pub data: PathBuf,
    /// The configuration file.
    pub config: PathBuf,
    /// The folder of the log.
    pub state: PathBuf,
    /// The folder of the socket.
    pub runtime: PathBuf,
}

impl Home {
    /// Finds the places from the environment.
    ///
    /// # Errors
    /// [`Fault::Homeless`] where nothing tells.
    pub fn find() -> Result<Self, Fault> {
        match env::var_os("HAVEN_HOME").filter(|home| !home.is_empty()) {
            Some(home) => Ok(Self::one_folder(&std::path::absolute(home).map_err(|_| Fault::Homeless)?)),
            None => Self::conventional(env::var_os("XDG_RUNTIME_DIR")),
        }
    }

    /// Everything in one folder.
    pub fn one_folder(home: &Path) -> Self {
        Self {
            data: home.to_owned(),
            config: home.join("config.toml"),
            state: home.to_owned(),
            runtime: home.to_owned(),
        }
    }

    fn conventional(runtime: Option<OsString>) -> Result<Self, Fault> {
        let base = Xdg::new().map_err(|_| Fault::Homeless)?;
        let state = base.state_dir().ok_or(Fault::Homeless)?.join("haven");
        let runtime = runtime.filter(|folder| Path::new(folder).is_absolute());
        Ok(Self {
            data: base.data_dir().join("haven"),
            config: base.config_dir().join("haven").join("config.toml"),
            runtime: runtime.map_or_else(|| state.join("run"), |folder| Path::new(&folder).join("haven")),
            state,
        })
    }

    /// The socket.
    pub fn socket(&self) -> PathBuf {
        self.runtime.join(SOCKET)
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
