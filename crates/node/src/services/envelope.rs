//! The last layer round the services: a message that is larger than one may be is refused by the transport, which knows
//! no reasons; here it gets the envelope of every other error.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use haven_api::pb::ErrorReason;
use http::Response;
use tonic::{Code, Status};
use tower::{Layer, Service};

use haven_api::error::ApiError;

/// Puts the envelope round what the transport refuses.
#[derive(Clone, Copy, Debug, Default)]
pub struct Envelope;

impl<S> Layer<S> for Envelope {
    type Service = Enveloped<S>;

    fn layer(&self, inner: S) -> Enveloped<S> {
        Enveloped { inner }
    }
}

/// A service with the envelope round it.
#[derive(Clone, Debug)]
pub struct Enveloped<S> {
    inner: S,
}

impl<S, Request, Body> Service<Request> for Enveloped<S>
where
    S: Service<Request, Response = Response<Body>>,
    S::Future: Send + 'static,
    Body: Default + Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let answer = self.inner.call(request);
        Box::pin(async move { answer.await.map(enveloped) })
    }
}

fn enveloped<Body: Default>(response: Response<Body>) -> Response<Body> {
    let refused = Status::from_header_map(response.headers());
    let bare = refused.is_some_and(|status| status.code() == Code::OutOfRange && status.details().is_empty());
    if !bare {
        return response;
    }
    let problem = ApiError::new(ErrorReason::TooLarge, "that's too much for one message")
        .because("a message may have 4 MiB and an entry 512 KiB of words")
        .with_next("Write it as several entries, or keep the rest in a file.");
    Status::from(problem).into_http()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(status: Status) -> Option<i32> {
        let answer = enveloped::<tonic::body::Body>(status.into_http());
        let status = Status::from_header_map(answer.headers()).unwrap();
        let detail = haven_wire::details::find::<haven_api::pb::ErrorDetail>(
            &status,
            "type.googleapis.com/haven.v1.ErrorDetail",
        );
        detail.map(|detail| detail.reason)
    }

    #[test]
    fn only_what_the_transport_refused_for_its_size_is_put_into_an_envelope() {
        let too_large = Some(ErrorReason::TooLarge.into());
        assert_eq!(reason(Status::out_of_range("decoded message length too large")), too_large);
        assert_eq!(reason(Status::unimplemented("")), None);
        let locked = Status::from(ApiError::new(ErrorReason::Locked, "locked"));
        assert_eq!(reason(locked), Some(ErrorReason::Locked.into()));
    }
}
