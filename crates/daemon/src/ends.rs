//! Signals that end the daemon. None is lost, whatever it is doing: also not between a lock of the vault and the process that
//! comes after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use tokio::signal::unix::{SignalKind, signal};

use crate::fault::Fault;

/// What has been heard of signals.
pub(crate) struct Signals {
    /// One came.
    asked: Arc<AtomicBool>,
    /// The next one ends the process where it stands.
    at_once: Arc<AtomicBool>,
}

impl Signals {
    /// Begins to listen.
    ///
    /// # Errors
    /// The system refused.
    pub(crate) fn listen() -> Result<Self, Fault> {
        let signals = Self { asked: Arc::default(), at_once: Arc::default() };
        for signal in [SIGTERM, SIGINT] {
            flag::register_conditional_default(signal, Arc::clone(&signals.at_once))
                .and_then(|_| flag::register(signal, Arc::clone(&signals.asked)))
                .map_err(|error| Fault::while_doing("waiting for signals", error))?;
        }
        Ok(signals)
    }

    /// Waits for one.
    ///
    /// # Errors
    /// The system refused.
    pub(crate) async fn come(&self) -> Result<(), Fault> {
        let refused = |error| Fault::while_doing("waiting for signals", error);
        let mut terminate = signal(SignalKind::terminate()).map_err(refused)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(refused)?;
        // One that came before anybody waited.
        if self.asked.load(Ordering::SeqCst) {
            return Ok(());
        }
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(())
    }

    /// Says whether one came. From now on a signal ends the process at once: there is nothing left to close, and nobody would
    /// look again before the next process takes over.
    pub(crate) fn came(&self) -> bool {
        self.at_once.store(true, Ordering::SeqCst);
        self.asked.load(Ordering::SeqCst)
    }
}
