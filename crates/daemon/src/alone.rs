//! The daemon without a server inside: built so where there is never one.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use crate::fault::Fault;

/// Refuses: this build has no server.
///
/// # Errors
/// Always.
#[expect(clippy::unused_async, reason = "the build with a server waits here")]
pub(crate) async fn start(_: &Path, _: SocketAddr) -> Result<Infallible, Fault> {
    Err(Fault::Server("this havend was built without one".to_owned()))
}

/// Has nothing to stop.
#[expect(clippy::unused_async, reason = "the build with a server waits here")]
pub(crate) async fn stop(server: Infallible, _: Duration) {
    match server {}
}
