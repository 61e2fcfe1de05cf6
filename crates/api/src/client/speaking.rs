//! A transport that says with every call which language its person reads.

use std::task::{Context, Poll};

use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codegen::Service;
use tonic::codegen::http::{HeaderValue, Request, Response};

use super::Transport;
use crate::language::ACCEPT_LANGUAGE;

/// A transport with a language.
#[derive(Clone)]
pub(super) struct Speaking<T> {
    pub(super) transport: T,
    /// The languages, as the header names them; without any the device chooses.
    pub(super) languages: Option<HeaderValue>,
}

impl<T: Transport> Service<Request<Body>> for Speaking<T> {
    type Response = Response<T::ResponseBody>;
    type Error = T::Error;
    type Future = T::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        GrpcService::poll_ready(&mut self.transport, cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> T::Future {
        if let Some(languages) = &self.languages {
            request.headers_mut().insert(ACCEPT_LANGUAGE, languages.clone());
        }
        GrpcService::call(&mut self.transport, request)
    }
}
