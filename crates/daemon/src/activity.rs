//! Notes which calls are a person's doing. What a client does by itself, such as watching, keeps no vault open.

use std::task::{Context, Poll};

use http::Request;
use tower::{Layer, Service};

use crate::idle::LastUse;

/// Calls that clients make without anybody asking: they do not count as use.
const BY_ITSELF: [&str; 9] = [
    "/haven.v1.VaultService/GetStatus",
    "/haven.v1.EventService/WatchEvents",
    "/haven.v1.DeviceService/WatchLink",
    "/haven.v1.DaemonService/GetDaemon",
    "/haven.v1.SettingsService/ListSettings",
    "/haven.v1.DaemonService/Diagnose",
    "/haven.v1.GrantService/ProveDoor",
    "/haven.v1.SyncService/GetServer",
    "/haven.v1.SyncService/SyncNow",
];

/// The layer that notes them.
#[derive(Clone)]
pub(crate) struct Activity(pub(crate) LastUse);

impl<S> Layer<S> for Activity {
    type Service = Noted<S>;

    fn layer(&self, inner: S) -> Noted<S> {
        Noted { inner, last_use: self.0.clone() }
    }
}

/// A service whose calls are noted.
#[derive(Clone)]
pub(crate) struct Noted<S> {
    inner: S,
    last_use: LastUse,
}

impl<S: Service<Request<Body>>, Body> Service<Request<Body>> for Noted<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        if is_use(request.uri().path()) {
            self.last_use.now();
        }
        self.inner.call(request)
    }
}

fn is_use(path: &str) -> bool {
    path.starts_with("/haven.v1.") && !BY_ITSELF.contains(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_and_writing_is_use_and_watching_is_not() {
        for (path, used) in [
            ("/haven.v1.JournalService/AddEntry", true),
            ("/haven.v1.JournalService/ListEntries", true),
            ("/haven.v1.DraftService/SaveDraft", true),
            ("/haven.v1.VaultService/Unlock", true),
            ("/haven.v1.VaultService/KeepOpen", true),
            ("/haven.v1.VaultService/GetStatus", false),
            ("/haven.v1.EventService/WatchEvents", false),
            ("/haven.v1.SettingsService/ListSettings", false),
            ("/haven.v1.GrantService/ProveDoor", false),
            ("/grpc.health.v1.Health/Watch", false),
        ] {
            assert_eq!(is_use(path), used, "{path}");
        }
    }
}
