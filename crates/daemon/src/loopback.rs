//! The door on loopback, for pages in a browser on this machine and for plug-ins that can open no Unix socket. It is shut until
//! somebody asks for a page or has a token, and a lock of the vault hands it on like the socket.

mod guard;
mod pages;
mod peer;
mod ports;
mod room;
mod speak;
mod tally;

use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use haven_node::grants::Grants;
use listenfd::ListenFd;
use thiserror::Error;
use tokio::sync::mpsc;

use crate::config::Config;
use crate::grants::Desk;

use self::ports::Ports;

pub(crate) use self::room::Place;
pub(crate) use self::speak::serve;

/// Listeners that wait for whoever accepts from them: two families.
pub(crate) const LISTENERS_MAX: usize = 2;

/// Why it stays shut.
#[derive(Debug, Error)]
pub(crate) enum LoopbackFault {
    /// Somebody set it so.
    #[error("web.enabled is false")]
    Disabled,
    /// This system does not tell whose a connection is.
    #[cfg_attr(target_os = "linux", expect(dead_code, reason = "Linux tells"))]
    #[error("this system does not tell whose a connection is")]
    Unsupported,
    /// Another program has the port that was chosen.
    #[error("another program has port {0}")]
    Taken(u16),
    /// The system refused.
    #[error("{}", haven_api::error::refused(.0))]
    System(io::Error),
}

/// The door.
pub(crate) struct Loopback {
    data: PathBuf,
    config: Arc<Config>,
    open: Mutex<Option<Ports>>,
    fresh: mpsc::Sender<TcpListener>,
}

impl Loopback {
    /// A door that is shut; what is opened goes to `fresh`, which has room for [`LISTENERS_MAX`].
    pub(crate) fn new(data: &Path, config: Arc<Config>, fresh: mpsc::Sender<TcpListener>) -> Self {
        Self { data: data.to_owned(), config, open: Mutex::default(), fresh }
    }

    /// Opens it, unless it is open. Gives the port.
    ///
    /// # Errors
    /// [`LoopbackFault`].
    pub(crate) fn open(&self) -> Result<u16, LoopbackFault> {
        let (enabled, chosen) = self.config.web();
        if !enabled {
            return Err(LoopbackFault::Disabled);
        }
        #[cfg(not(target_os = "linux"))]
        return Err(LoopbackFault::Unsupported);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ports) = &*open {
            return Ok(ports.port);
        }
        let ports = Ports::bind(chosen, &self.data).map_err(|error| match (error.kind(), chosen) {
            (io::ErrorKind::AddrInUse, Some(port)) => LoopbackFault::Taken(port),
            _ => LoopbackFault::System(error),
        })?;
        let port = ports.port;
        self.take_in(&ports).map_err(LoopbackFault::System)?;
        *open = Some(ports);
        tracing::info!("loopback is open");
        Ok(port)
    }

    /// Goes on with what an earlier process of this daemon had open, or opens it for those who have a token already.
    pub(crate) fn go_on_or_open(&self, handed: &mut ListenFd, desk: &Desk) {
        if let Some(ports) = Ports::handed_over(handed)
            && self.take_in(&ports).is_ok()
        {
            *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(ports);
        } else if !desk.look(Grants::is_empty)
            && let Err(fault) = self.open()
        {
            tracing::warn!(%fault, "loopback stays shut");
        }
    }

    /// What is open, for the next process.
    pub(crate) fn take_listeners(&self) -> Vec<TcpListener> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
        open.map(|ports| ports.listeners).unwrap_or_default()
    }

    /// Lets clients in at listeners.
    fn take_in(&self, ports: &Ports) -> io::Result<()> {
        for listener in &ports.listeners {
            let _ = self.fresh.try_send(listener.try_clone()?);
        }
        Ok(())
    }
}
