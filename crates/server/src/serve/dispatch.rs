//! One request: routed, bounded in time and size, and told to the log in five words.

use std::convert::Infallible;
use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;

use haven_feed::auth::{Access, access};
use haven_feed::limits::PUSH_BATCH_BYTES;
use haven_wire::error::Refusal;
use haven_wire::pb::ErrorReason;
use haven_wire::session::Token;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response};
use hyper::body::Incoming;
use tokio::time::timeout;
use tonic::body::Body;
use tonic::codegen::Service as _;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

use super::body::{Bounds, Received};
use super::counted::{Answering, Counted};
use super::method::{Method, Service};
use super::speak::Routes;
use crate::budget::{Budget, Taken};
use crate::connection::{Asking, Connection};
use crate::limits::{PUSH_AGAIN_AFTER, UNARY_TIMEOUT};
use crate::log;
use crate::refusal::{Refused, later};
use crate::server::Server;
use crate::session::Session;
use crate::space::Space;

/// What of a request's headers tonic and the services read. Compression is spoken by nobody here, and said so.
const HEADERS_READ: [&str; 4] = ["content-type", "authorization", "grpc-encoding", "grpc-timeout"];

/// Answers the requests of one connection.
#[derive(Clone)]
pub(super) struct Dispatch {
    server: Arc<Server>,
    routes: Arc<Routes>,
    connection: Arc<Connection>,
}

impl Dispatch {
    /// Makes the dispatch of a connection.
    pub(super) fn new(server: Arc<Server>, routes: Arc<Routes>, connection: Arc<Connection>) -> Self {
        Self { server, routes, connection }
    }

    async fn answer(self, request: Request<Incoming>, asking: Asking) -> Response<Body> {
        let Some(method) = Method::of(request.uri().path()) else {
            return Status::new(Code::Unimplemented, "there is no such call").into_http();
        };
        let session = self.session_of(&request);
        let space = self.space_of(session);
        let bounds = Bounds::of(method, space.is_some());
        let taken = Arc::new(Taken::from(self.budgets_of(space, method)));
        let answered = if method.members_only && session.is_none() {
            // Not a byte of its body is read.
            Ok(Status::from(Refused::new(ErrorReason::Unauthenticated)).into_http())
        } else {
            let mut request = request.map(|body| Received::new(body, taken.clone(), bounds));
            keep_what_is_read(&mut request);
            request.extensions_mut().insert(self.connection.clone());
            // A stream's own bounds are the ping and the write time-out; its request is one small message.
            timeout(UNARY_TIMEOUT, route(&self.routes, method, request)).await
        };
        let response =
            answered.unwrap_or_else(|_| Status::deadline_exceeded("the request took too long").into_http());
        let (mut response, reason) = explained(response);
        if let Some(taken) = response.extensions_mut().remove::<Arc<Taken>>() {
            let connection = self.connection.clone();
            response = response.map(|body| Body::new(Counted::new(body, taken, connection)));
        }
        log::request(method.name, reason, taken.bytes());
        if self.connection.is_members() {
            return response;
        }
        // A stream, or an answer that its peer does not take, is a request that goes on.
        response.map(|body| Body::new(Answering { inner: body, _asking: asking }))
    }

    fn session_of(&self, request: &Request<Incoming>) -> Option<Session> {
        let token = Token::find(&MetadataMap::from_headers(request.headers().clone()))?;
        self.server.session_of(&token).ok()
    }

    /// The space at whose expense a request is received: its session's, or the one whose member has used the connection. Somebody who
    /// was removed takes nothing from those who were not.
    fn space_of(&self, session: Option<Session>) -> Option<Arc<Space>> {
        let Some(session) = session else { return self.connection.space() };
        let space = self.server.spaces.resident(&session.space)?;
        let access = access(space.held().roster(), session.role, &session.member);
        access.is_some_and(|(_, access)| access == Access::Member).then_some(space)
    }

    fn budgets_of(&self, space: Option<Arc<Space>>, method: Method) -> Vec<Arc<Budget>> {
        match space {
            Some(space) => vec![space.receiving.clone(), self.server.receiving_of_members.clone()],
            None if method.service.is_small() => vec![self.server.receiving_of_guests.clone()],
            None => vec![self.server.receiving_of_strangers.clone()],
        }
    }
}

impl hyper::service::Service<Request<Incoming>> for Dispatch {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.connection.serve();
        // One too many takes no room for an answer that it won't get.
        let Some(asking) = self.connection.ask() else {
            return Box::pin(ready(Ok(Status::from(later(PUSH_AGAIN_AFTER)).into_http())));
        };
        let dispatch = self.clone();
        Box::pin(async move { Ok(dispatch.answer(request, asking).await) })
    }
}

/// Leaves of a request's head what somebody reads, in copies of their own: it waits for its body with them, and what came is a slice of
/// a buffer of several kilobytes.
fn keep_what_is_read(request: &mut Request<Received>) {
    let mut kept = HeaderMap::with_capacity(HEADERS_READ.len());
    for name in HEADERS_READ {
        let value = request.headers().get(name).map(|value| (value.is_sensitive(), value.as_bytes()));
        let copy = value.and_then(|(is_sensitive, bytes)| {
            let mut copy = HeaderValue::from_bytes(bytes).ok()?;
            copy.set_sensitive(is_sensitive);
            Some(copy)
        });
        copy.and_then(|copy| kept.insert(HeaderName::from_static(name), copy));
    }
    *request.headers_mut() = kept;
    *request.uri_mut() = request.uri().path().parse().unwrap_or_default();
}

async fn route(routes: &Routes, method: Method, request: Request<Received>) -> Response<Body> {
    let answer = match method.service {
        Service::Server => routes.server.clone().call(request).await,
        Service::Session => routes.session.clone().call(request).await,
        Service::Space => routes.space.clone().call(request).await,
        Service::Find => routes.find.clone().call(request).await,
        Service::Roster => routes.roster.clone().call(request).await,
        Service::Feed => routes.feed.clone().call(request).await,
        Service::Pull => routes.pull.clone().call(request).await,
        Service::Mailbox => routes.mailbox.clone().call(request).await,
        Service::Health => routes.health.clone().call(request).await,
    };
    match answer {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Gives the transport's own refusals a reason, and finds the reason of every answer. "OK" is all that is known of an
/// answer that has begun.
fn explained(response: Response<Body>) -> (Response<Body>, &'static str) {
    let Some(status) = Status::from_header_map(response.headers()) else { return (response, "OK") };
    if !status.details().is_empty() || status.code() == Code::Ok {
        return (response, Refusal::of(&status).reason.as_str_name());
    }
    let refusal = match status.code() {
        Code::OutOfRange | Code::ResourceExhausted => {
            Refusal { limit: PUSH_BATCH_BYTES as u64, ..ErrorReason::RecordTooLarge.into() }
        }
        Code::Internal | Code::InvalidArgument | Code::Unknown => ErrorReason::RequestMalformed.into(),
        _ => return (response, "NO_REASON"),
    };
    let reason = refusal.reason.as_str_name();
    (Status::from(refusal).into_http(), reason)
}
