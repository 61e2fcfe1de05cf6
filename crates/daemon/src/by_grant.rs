//! Lets a call through if its token allows it. On the socket a call without a token may do everything; on loopback it may only
//! begin a session.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use haven_api::error::{ApiError, ErrorReason};
use haven_api::grants::{Grant, Need, need};
use http::header::AUTHORIZATION;
use http::{Request, Response};
use tonic::Status;
use tower::{Layer, Service};

use crate::grants::Desk;
use crate::loopback::Place;

/// Where a call came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entrance {
    /// The Unix socket, which only the person's own programs can open.
    Socket,
    /// Loopback, where anything may come.
    Loopback,
}

/// By which grant a call came, for the services.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) Option<Grant>);

/// The layer that looks.
#[derive(Clone)]
pub(crate) struct ByGrant {
    pub(crate) desk: Arc<Desk>,
    pub(crate) entrance: Entrance,
}

impl<S> Layer<S> for ByGrant {
    type Service = Granted<S>;

    fn layer(&self, inner: S) -> Granted<S> {
        Granted { inner, by: self.clone() }
    }
}

/// A service behind it.
#[derive(Clone)]
pub(crate) struct Granted<S> {
    inner: S,
    by: ByGrant,
}

impl<S, Sent, Body> Service<Request<Sent>> for Granted<S>
where
    S: Service<Request<Sent>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    Body: Default + Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Sent>) -> Self::Future {
        match self.by.caller(&request) {
            Ok(caller) => {
                request.extensions_mut().insert(caller);
                Box::pin(self.inner.call(request))
            }
            Err(refused) => Box::pin(ready(Ok(Status::from(refused).into_http()))),
        }
    }
}

impl ByGrant {
    fn caller<Sent>(&self, request: &Request<Sent>) -> Result<Caller, ApiError> {
        let need = need(request.uri().path()).unwrap_or(Need::Token);
        let Some(token) = token(request) else {
            let is_enough = self.entrance == Entrance::Socket || need == Need::Nothing;
            return if is_enough { Ok(Caller(None)) } else { Err(no_session()) };
        };
        let grant = self.desk.admit(token).ok_or_else(no_session)?;
        if let Some(place) = request.extensions().get::<Arc<Place>>() {
            place.is_known_now();
        }
        match need {
            Need::Scope(scope) if !grant.scopes.contains(&scope) => {
                Err(ApiError::new(ErrorReason::NotGranted, "the call was refused")
                    .because(format!("this token lacks the scope {scope}")))
            }
            _ => Ok(Caller(Some(grant))),
        }
    }
}

/// The token that a call shows; an empty one, which nobody has, if what it shows is no token.
fn token<Sent>(request: &Request<Sent>) -> Option<&str> {
    let shown = request.headers().get(AUTHORIZATION)?;
    Some(shown.to_str().ok().and_then(|shown| shown.strip_prefix("Bearer ")).unwrap_or_default())
}

fn no_session() -> ApiError {
    ApiError::new(ErrorReason::NoSession, "the call was refused")
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use haven_api::grants::Scope;
    use tower::{ServiceExt as _, service_fn};

    use super::*;
    use crate::grants::random;

    /// How a call ends; 200 with the grant's name if it is let in.
    async fn called(by: &ByGrant, path: &str, shown: Option<&str>) -> Result<String, String> {
        let inner = service_fn(|request: Request<()>| {
            let Caller(grant) = request.extensions().get().unwrap();
            ready(Ok::<_, Infallible>(Response::new(
                grant.clone().map_or_else(String::new, |grant| grant.name),
            )))
        });
        let request = Request::post(path);
        let request = shown.into_iter().fold(request, |request, shown| request.header(AUTHORIZATION, shown));
        let answer = by.layer(inner).oneshot(request.body(()).unwrap()).await.unwrap();
        match Status::from_header_map(answer.headers()) {
            Some(status) => Err(ApiError::from(status).name().to_owned()),
            None => Ok(answer.into_body()),
        }
    }

    #[tokio::test]
    async fn a_token_opens_what_it_was_made_for_and_nothing_else() {
        let data = tempfile::tempdir().unwrap();
        let desk = Arc::new(Desk::open(data.path()));
        let made = desk
            .change(|grants, now_ms| grants.create("mood", [Scope::Write].into(), None, now_ms, random()));
        let token = format!("Bearer {}", made.unwrap().token);
        let (add, list) = ("/haven.v1.JournalService/AddEntry", "/haven.v1.JournalService/ListEntries");
        let (status, begin) = ("/haven.v1.VaultService/GetStatus", "/haven.v1.GrantService/BeginSession");
        for entrance in [Entrance::Socket, Entrance::Loopback] {
            let by = ByGrant { desk: desk.clone(), entrance };
            let no_token = if entrance == Entrance::Socket { Ok("") } else { Err("NO_SESSION") };
            for (path, shown, expected) in [
                (add, Some(&*token), Ok("mood")),
                (status, Some(&*token), Ok("mood")),
                (list, Some(&*token), Err("NOT_GRANTED")),
                ("/haven.v1.JournalService/Later", Some(&*token), Ok("mood")),
                (add, None, no_token),
                (status, None, no_token),
                ("/haven.v1.JournalService/Later", None, no_token),
                (begin, None, Ok("")),
                (add, Some("Bearer "), Err("NO_SESSION")),
                (add, Some(&token[7..]), Err("NO_SESSION")),
                (add, Some("Bearer haven_0"), Err("NO_SESSION")),
                (begin, Some("Bearer haven_0"), Err("NO_SESSION")),
            ] {
                let ended = called(&by, path, shown).await;
                let ended = ended.as_ref().map(String::as_str).map_err(String::as_str);
                assert_eq!(ended, expected, "{entrance:?} {path} {shown:?}");
            }
        }
    }
}
