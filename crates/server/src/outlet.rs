//! The way out of a stream: one message waits, the next one waits for it, and nobody waits for ever.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_stream::Stream;
use tonic::Status;

use crate::connection::Connection;
use crate::limits::WRITE_TIMEOUT;

/// Nobody takes what is sent any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gone;

/// The sending end. Boxed, so that an idle stream does not keep room for a large message.
pub(crate) struct Outlet<T> {
    sender: mpsc::Sender<Result<Box<T>, Status>>,
    connection: Arc<Connection>,
}

/// The end that the transport reads.
pub(crate) struct Outgoing<T>(mpsc::Receiver<Result<Box<T>, Status>>);

impl<T> Outlet<T> {
    /// Makes both ends.
    pub(crate) fn new(connection: Arc<Connection>) -> (Self, Outgoing<T>) {
        let (sender, receiver) = mpsc::channel(1);
        (Self { sender, connection }, Outgoing(receiver))
    }

    /// Sends a message when there is room. A peer that makes none for too long is cut off.
    pub(crate) async fn send(&self, message: T) -> Result<(), Gone> {
        match timeout(WRITE_TIMEOUT, self.sender.send(Ok(Box::new(message)))).await {
            Ok(sent) => sent.map_err(|_| Gone),
            Err(_) => {
                self.connection.cut.cancel();
                Err(Gone)
            }
        }
    }

    /// Ends the stream with a reason.
    pub(crate) async fn end(&self, status: Status) {
        let _ = timeout(WRITE_TIMEOUT, self.sender.send(Err(status))).await;
    }

    /// Waits until nobody listens any more.
    pub(crate) async fn gone(&self) {
        self.sender.closed().await;
    }
}

impl<T> Stream for Outgoing<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|message| message.map(|message| message.map(|message| *message)))
    }
}
