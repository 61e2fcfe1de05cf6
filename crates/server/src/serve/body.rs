//! Request bodies on their way in: counted, and the large ones in turns, so that what is being received stays bounded
//! however many connections send at once.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::SMALL_BODY_BYTES;

type Waiting = Pin<Box<dyn Future<Output = Vec<OwnedSemaphorePermit>> + Send>>;

/// What a request has brought and the turn it took for it; held until the request is answered.
#[derive(Default)]
pub(super) struct Load {
    bytes: AtomicUsize,
    turn: Mutex<Vec<OwnedSemaphorePermit>>,
}

/// A body that waits for its turn once it is large.
pub(super) struct Received {
    inner: Incoming,
    load: Arc<Load>,
    turns: Vec<Arc<Semaphore>>,
    waiting: Option<Waiting>,
    may_be_large: bool,
}

impl Load {
    /// Returns the bytes received so far.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Received {
    /// Wraps a body that takes a turn at each of these when it is large.
    pub(super) fn new(inner: Incoming, load: Arc<Load>, turns: Vec<Arc<Semaphore>>) -> Self {
        Self { inner, load, turns, waiting: None, may_be_large: false }
    }

    fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let turns = &mut self.turns;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(take(std::mem::take(turns))));
        let taken = ready!(waiting.as_mut().poll(context));
        *self.load.turn.lock().unwrap_or_else(PoisonError::into_inner) = taken;
        self.waiting = None;
        self.may_be_large = true;
        Poll::Ready(())
    }
}

/// Takes the turns one after the other, always in the same order.
async fn take(turns: Vec<Arc<Semaphore>>) -> Vec<OwnedSemaphorePermit> {
    let mut taken = Vec::with_capacity(turns.len());
    for turn in turns {
        taken.push(turn.acquire_owned().await.expect("the turns are never closed"));
    }
    taken
}

impl Body for Received {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if !self.may_be_large && self.load.bytes() > SMALL_BODY_BYTES {
            ready!(self.poll_turn(context));
        }
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()).and_then(Frame::data_ref) {
            self.load.bytes.fetch_add(data.len(), Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
