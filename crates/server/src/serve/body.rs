//! Request bodies on their way in, counted.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use haven_wire::pb::ErrorReason;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tonic::Status;

use super::fields::Fields;
use crate::budget::Taken;
use crate::limits::{PUSH_AGAIN_AFTER, REQUEST_FIELDS_MAX};
use crate::refusal::{Refused, later};

/// A body whose bytes are taken from budgets, and whose fields are counted before anything makes more of them than they are.
pub(super) struct Received {
    inner: Incoming,
    taken: Arc<Taken>,
    fields: Fields,
}

impl Received {
    /// Wraps a body.
    pub(super) fn new(inner: Incoming, taken: Arc<Taken>) -> Self {
        Self { inner, taken, fields: Fields::at_most(REQUEST_FIELDS_MAX) }
    }

    fn count(&mut self, frame: Frame<Bytes>) -> Result<Frame<Bytes>, Status> {
        if !frame.data_ref().is_none_or(|data| self.fields.take(data)) {
            return Err(Refused::new(ErrorReason::RequestMalformed).into());
        }
        match self.taken.take(frame.data_ref().map_or(0, Bytes::len)) {
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
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
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
