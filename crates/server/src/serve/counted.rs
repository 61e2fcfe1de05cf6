//! Large answers on their way out: counted until their peer has taken them, and not waited for for ever.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Frame;
use tokio::time::sleep;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::Status;
use tonic::body::Body;

use crate::budget::Taken;
use crate::connection::{Asking, Connection};
use crate::limits::{ANSWER_PIECE_BYTES, WRITE_TIMEOUT};

/// An answer that is handed over piece by piece. What its peer has not asked for yet stays here, and is counted.
pub(super) struct Counted {
    inner: Body,
    rest: Bytes,
    _taken: Arc<Taken>,
    _given: DropGuard,
}

impl Counted {
    /// Wraps an answer. A peer that takes too long over it is cut off.
    pub(super) fn new(inner: Body, taken: Arc<Taken>, connection: Arc<Connection>) -> Self {
        let given = CancellationToken::new();
        let waiting = given.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = waiting.cancelled() => {}
                () = sleep(WRITE_TIMEOUT) => connection.cut.cancel(),
            }
        });
        Self { inner, rest: Bytes::new(), _taken: taken, _given: given.drop_guard() }
    }

    /// A copy of its own, so that the whole is not kept for the sake of its last piece.
    fn piece(&mut self) -> Frame<Bytes> {
        let piece = self.rest.split_to(self.rest.len().min(ANSWER_PIECE_BYTES));
        Frame::data(Bytes::copy_from_slice(&piece))
    }
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.rest.is_empty() {
            let frame = match ready!(Pin::new(&mut self.inner).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                other => return Poll::Ready(other),
            };
            match frame.into_data() {
                Ok(data) => self.rest = data,
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
        Poll::Ready(Some(Ok(self.piece())))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.inner.is_end_stream()
    }
}

/// An answer to a guest: its request counts until the answer was taken.
pub(super) struct Answering {
    pub(super) inner: Body,
    pub(super) _asking: Asking,
}

impl http_body::Body for Answering {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use http_body::Body as _;

    use crate::budget::Budget;

    use super::*;

    struct Whole(Option<Bytes>);

    impl http_body::Body for Whole {
        type Data = Bytes;
        type Error = Status;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
            Poll::Ready(self.0.take().map(|whole| Ok(Frame::data(whole))))
        }
    }

    #[tokio::test]
    async fn an_answer_counts_until_its_last_piece_was_taken() {
        let budget = Budget::of(100_000);
        let taken = Taken::from(vec![budget.clone()]);
        taken.take(100_000).expect("room");
        let whole: Bytes = (0..100_000_u32).map(|n| n.to_be_bytes()[3]).collect::<Vec<_>>().into();
        let inner = Body::new(Whole(Some(whole.clone())));
        let connection = Connection::new(&CancellationToken::new());
        let mut answer = Counted::new(inner, Arc::new(taken), connection.clone());
        let mut got = Vec::new();
        while let Some(frame) = poll_fn(|context| Pin::new(&mut answer).poll_frame(context)).await {
            let piece = frame.expect("no fault").into_data().expect("data");
            assert!(piece.len() <= ANSWER_PIECE_BYTES);
            got.extend_from_slice(&piece);
            assert!(Taken::from(vec![budget.clone()]).take(1).is_err(), "not taken as a whole yet");
        }
        assert_eq!(got, whole);
        drop(answer);
        assert!(Taken::from(vec![budget]).take(100_000).is_ok());
        assert!(!connection.cut.is_cancelled());
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_nothing_is_cut_off() {
        let connection = Connection::new(&CancellationToken::new());
        let taken = Arc::new(Taken::from(vec![]));
        let answer = Counted::new(Body::empty(), taken, connection.clone());
        connection.cut.cancelled().await;
        drop(answer);
    }
}
