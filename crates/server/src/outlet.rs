//! The way out of a stream: one message waits, the next one waits for it, and nobody waits for ever.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_stream::Stream;
use tonic::Status;

use crate::connection::Connection;
use crate::limits::WRITE_TIMEOUT;
use crate::turns::{CountedPull, Turn};

/// Nobody takes what is sent any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gone;

/// The sending end. Boxed, so that an idle stream does not keep room for a large message.
pub(crate) struct Outlet<T> {
    sender: mpsc::Sender<Result<Message<T>, Status>>,
    connection: Arc<Connection>,
}

/// A message, and the turn by which it is in memory.
struct Message<T> {
    message: Box<T>,
    turn: Option<Arc<Turn>>,
}

/// Room for one message.
pub(crate) struct Room<T>(mpsc::OwnedPermit<Result<Message<T>, Status>>);

/// The end that the transport reads.
pub(crate) struct Outgoing<T> {
    receiver: mpsc::Receiver<Result<Message<T>, Status>>,
    /// The turn of the message that was handed over last: whoever asks for the next one has taken it.
    turn: Option<Arc<Turn>>,
    /// Counted until the transport is done with it.
    _counted: Vec<CountedPull>,
}

impl<T> Outlet<T> {
    /// Makes both ends.
    pub(crate) fn new(connection: Arc<Connection>) -> (Self, Outgoing<T>) {
        let (sender, receiver) = mpsc::channel(1);
        (Self { sender, connection }, Outgoing { receiver, turn: None, _counted: Vec::new() })
    }

    /// Sends a message when there is room.
    pub(crate) async fn send(&self, message: T) -> Result<(), Gone> {
        self.send_in(message, None).await
    }

    /// The same in a turn, which is not over before the message was taken.
    pub(crate) async fn send_in(&self, message: T, turn: Option<Arc<Turn>>) -> Result<(), Gone> {
        self.room().await?.send_in(message, turn);
        Ok(())
    }

    /// Waits until there is room for a message: what it may say is decided then. A peer that makes none for too long is cut off.
    pub(crate) async fn room(&self) -> Result<Room<T>, Gone> {
        match timeout(WRITE_TIMEOUT, self.sender.clone().reserve_owned()).await {
            Ok(room) => room.map(Room).map_err(|_| Gone),
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

impl<T> Room<T> {
    /// Sends a message in a turn, which is not over before the message was taken.
    pub(crate) fn send_in(self, message: T, turn: Option<Arc<Turn>>) {
        self.0.send(Ok(Message { message: Box::new(message), turn }));
    }
}

impl<T> Outgoing<T> {
    /// Counts the stream until it is over.
    pub(crate) fn counted(self, counted: Vec<CountedPull>) -> Self {
        Self { _counted: counted, ..self }
    }
}

impl<T> Stream for Outgoing<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.turn = None;
        let received = ready!(self.receiver.poll_recv(context));
        Poll::Ready(received.map(|received| {
            let Message { message, turn } = received?;
            self.turn = turn;
            Ok(*message)
        }))
    }
}
