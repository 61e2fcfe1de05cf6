//! The pump between the engine and a server: carries what the engine says, brings back what the server answers, decides
//! nothing. Who is trusted, what is sent and when to come back are the engine's to say.

mod calls;
mod joining;
mod refusal;
mod restoring;
mod session;

use std::sync::Arc;

use haven_engine::sync::{Incoming, Outgoing};
use tokio::sync::mpsc;

use self::session::{End, Session};
use crate::host::Host;
use crate::limits::{INCOMING_MAX, OUTGOING_MAX};

pub(crate) use self::calls::{Met, NoIdentity, meet};
pub(crate) use self::joining::JoinLink;
pub(crate) use self::restoring::RestoreLink;

/// A running link. Dropping it ends the connection and everything under way on it.
pub(crate) struct Link {
    url: String,
    outgoing: mpsc::Sender<Outgoing>,
    incoming: mpsc::Receiver<Incoming>,
    /// The engine gave the session up; what it still brought no longer counts.
    given_up: bool,
}

impl Link {
    /// Starts connecting to a server.
    pub(crate) fn start(host: &Arc<dyn Host>, url: &str) -> Self {
        let (outgoing, to_send) = mpsc::channel(OUTGOING_MAX);
        let (heard, incoming) = mpsc::channel(INCOMING_MAX);
        let pump = Pump { host: Arc::clone(host), url: url.to_owned(), outgoing: to_send, incoming: heard };
        host.spawn(Box::pin(pump.run()));
        Self { url: url.to_owned(), outgoing, incoming, given_up: false }
    }

    /// The server's address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Hands a message over. A connection that takes no more is given up.
    pub(crate) fn send(&mut self, message: Outgoing) {
        if matches!(message, Outgoing::Reconnect { .. } | Outgoing::HangUp) {
            self.given_up = true;
        }
        if self.outgoing.try_send(message).is_err() {
            tracing::warn!("the link to the server does not keep up; it is started anew");
            self.incoming.close();
        }
    }

    /// Waits for the next message. `None` once the link has ended: start another.
    pub(crate) async fn next(&mut self) -> Option<Incoming> {
        loop {
            let message = self.incoming.recv().await?;
            match message {
                Incoming::Connected | Incoming::Offline => self.given_up = false,
                _ if self.given_up => continue,
                _ => {}
            }
            return Some(message);
        }
    }
}

/// The task behind a [`Link`].
struct Pump {
    host: Arc<dyn Host>,
    url: String,
    outgoing: mpsc::Receiver<Outgoing>,
    incoming: mpsc::Sender<Incoming>,
}

/// The keeper let go of the link.
struct LetGo;

impl Pump {
    async fn run(mut self) {
        while self.once().await.is_ok() {}
    }

    /// Connects, carries messages until the connection ends, and waits as long as the engine says.
    async fn once(&mut self) -> Result<(), LetGo> {
        let end = match self.dial().await? {
            Some(transport) => {
                self.say(Incoming::Connected).await?;
                Session::new(Arc::clone(&self.host), transport).run(&mut self.outgoing, &self.incoming).await
            }
            None => End::Lost,
        };
        let after_ms = match end {
            End::LetGo => return Err(LetGo),
            End::Reconnect(after_ms) => after_ms,
            End::HungUp => self.told_to_reconnect().await?,
            End::Lost => {
                self.say(Incoming::Offline).await?;
                self.told_to_reconnect().await?
            }
        };
        self.rest(after_ms).await
    }

    async fn dial(&mut self) -> Result<Option<crate::host::Transport>, LetGo> {
        tokio::select! {
            dialled = self.host.dial(&self.url) => {
                if let Err(fault) = &dialled {
                    tracing::info!(%fault, "no connection to the server");
                }
                Ok(dialled.ok())
            }
            () = self.incoming.closed() => Err(LetGo),
        }
    }

    /// Waits for the engine's answer to the news that the connection is gone; anything else it said before is void.
    async fn told_to_reconnect(&mut self) -> Result<u64, LetGo> {
        loop {
            if let Outgoing::Reconnect { after_ms } = self.outgoing.recv().await.ok_or(LetGo)? {
                return Ok(after_ms);
            }
        }
    }

    async fn rest(&mut self, mut after_ms: u64) -> Result<(), LetGo> {
        loop {
            let over = self.host.sleep(after_ms);
            tokio::select! {
                () = over => return Ok(()),
                after = self.told_to_reconnect() => after_ms = after?,
            }
        }
    }

    async fn say(&self, message: Incoming) -> Result<(), LetGo> {
        self.incoming.send(message).await.map_err(|_| LetGo)
    }
}
