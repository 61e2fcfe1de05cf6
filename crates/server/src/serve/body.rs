//! Request bodies on their way in, counted.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use haven_wire::pb::ErrorReason;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Duration, Sleep, sleep};
use tonic::Status;

use super::fields::Fields;
use super::method::Method;
use crate::budget::Taken;
use crate::limits::{PUSH_AGAIN_AFTER, REQUEST_FIELDS_MAX, SMALL_REQUEST_BYTES_MAX, STALL_TIMEOUT};
use crate::refusal::{Refused, later, limited};

/// What a body may be, beyond what its budgets have room for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    bytes_max: usize,
    /// How long it may bring nothing; no end where a member's room is all that it takes.
    stall: Option<Duration>,
}

impl Bounds {
    /// Those of a call.
    pub(super) fn of(method: Method, is_members: bool) -> Self {
        let bytes_max = if method.service.is_small() { SMALL_REQUEST_BYTES_MAX } else { usize::MAX };
        Self { bytes_max, stall: (!is_members).then_some(STALL_TIMEOUT) }
    }
}

/// A body whose bytes are taken from budgets, and whose fields are counted before anything makes more of them than they are.
pub(super) struct Received {
    inner: Incoming,
    taken: Arc<Taken>,
    fields: Fields,
    bounds: Bounds,
    /// Rings when it has brought nothing for too long. Made when it is waited for at all.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Received {
    /// Wraps a body.
    pub(super) fn new(inner: Incoming, taken: Arc<Taken>, bounds: Bounds) -> Self {
        Self { inner, taken, fields: Fields::at_most(REQUEST_FIELDS_MAX), bounds, stalled: None }
    }

    /// Whether it has brought nothing for too long.
    fn poll_stalled(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(stall) = self.bounds.stall else { return Poll::Pending };
        self.stalled.get_or_insert_with(|| Box::pin(sleep(stall))).as_mut().poll(context)
    }

    fn count(&mut self, frame: Frame<Bytes>) -> Result<Frame<Bytes>, Status> {
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        if self.taken.bytes().saturating_add(bytes) > self.bounds.bytes_max {
            return Err(limited(ErrorReason::RecordTooLarge, self.bounds.bytes_max as u64).into());
        }
        if !frame.data_ref().is_none_or(|data| self.fields.take(data)) {
            return Err(Refused::new(ErrorReason::RequestMalformed).into());
        }
        match self.taken.take(bytes) {
            Ok(()) => Ok(frame),
            Err(_) => Err(later(PUSH_AGAIN_AFTER).into()),
        }
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) else {
            ready!(self.poll_stalled(context));
            return Poll::Ready(Some(Err(Status::deadline_exceeded(
                "the request brought nothing for too long",
            ))));
        };
        self.stalled = None;
        Poll::Ready(frame.map(|frame| match frame {
            Ok(frame) => self.count(frame),
            Err(_) => Err(Status::cancelled("the request broke off")),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
