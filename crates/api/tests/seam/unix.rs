//! The way over a socket: long paths, a daemon that is gone, and many calls at once.

use std::os::unix::net::UnixListener as StdListener;
use std::path::Path;

use haven_api::error::{ApiError, ErrorReason};
use haven_api::journal::{Draft, Filter};
use haven_api::pb;
use haven_api::pb::journal_service_client::JournalServiceClient;
use haven_api::pb::journal_service_server::JournalServiceServer;
use haven_api::unix;
use tokio::net::UnixListener;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::UnixListenerStream;

use crate::device::Device;

/// Serves a device at a socket in a folder, as a daemon does.
fn serve(folder: &Path) -> JoinHandle<()> {
    std::fs::create_dir_all(folder).unwrap();
    let opened = std::fs::File::open(folder).unwrap();
    let short = format!("/proc/self/fd/{}/{}", std::os::fd::AsRawFd::as_raw_fd(&opened), unix::SOCKET);
    let listener = StdListener::bind(short).unwrap();
    listener.set_nonblocking(true).unwrap();
    let incoming = UnixListenerStream::new(UnixListener::from_std(listener).unwrap());
    let service = JournalServiceServer::new(Device::default());
    let server = tonic::transport::Server::builder().add_service(service).serve_with_incoming(incoming);
    tokio::spawn(async move { server.await.unwrap() })
}

#[tokio::test]
async fn a_socket_is_reached_however_long_its_path_is() {
    let dir = tempfile::tempdir().unwrap();
    for folder in [dir.path().join("short"), dir.path().join("x".repeat(200)).join("y".repeat(200))] {
        let daemon = serve(&folder);
        let haven = unix::connect(&folder.join(unix::SOCKET)).await.unwrap();
        haven.add(Draft::note("x")).await.unwrap();
        assert_eq!(haven.list_all(&Filter::default()).await.unwrap().len(), 1);
        daemon.abort();
    }
}

#[tokio::test]
async fn calls_overlap_on_one_connection() {
    let dir = tempfile::tempdir().unwrap();
    let daemon = serve(dir.path());
    let haven = unix::connect(&dir.path().join(unix::SOCKET)).await.unwrap();
    let calls: Vec<_> = (0..50)
        .map(|number| {
            let haven = haven.clone();
            tokio::spawn(async move { haven.add(Draft::note(number.to_string())).await.map(|_| ()) })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(haven.list_all(&Filter::default()).await.unwrap().len(), 50);
    daemon.abort();
}

#[tokio::test]
async fn what_is_too_large_is_named_so_and_the_connection_stays() {
    let dir = tempfile::tempdir().unwrap();
    let daemon = serve(dir.path());
    let haven = unix::connect(&dir.path().join(unix::SOCKET)).await.unwrap();
    let large = || "x".repeat(20 * 1024 * 1024);
    let error = haven.add(Draft::note(large())).await.unwrap_err();
    assert_eq!((error.reason, &*error.what), (ErrorReason::TooLarge, "not sent"));
    assert!(!error.next.is_empty());
    assert_eq!(send_unchecked(&dir.path().join(unix::SOCKET), large()).await.reason, ErrorReason::TooLarge);
    haven.add(Draft::note("x")).await.unwrap();
    daemon.abort();
}

/// Sends a note as a program would that does not look at sizes.
async fn send_unchecked(socket: &Path, text: String) -> ApiError {
    let request = pb::AddEntryRequest { draft: Some(pb::Draft { text, ..pb::Draft::default() }) };
    let origin = "http://haven.localhost".parse().unwrap();
    let mut service = JournalServiceClient::with_origin(unix::open(socket).await.unwrap(), origin);
    service.add_entry(request).await.unwrap_err().into()
}

#[tokio::test]
async fn a_daemon_that_is_not_there_is_unreachable() {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join(unix::SOCKET);
    let long = dir.path().join("x".repeat(200)).join(unix::SOCKET);
    std::fs::create_dir(dir.path().join("stale")).unwrap();
    let stale = dir.path().join("stale").join(unix::SOCKET);
    drop(StdListener::bind(&stale).unwrap());
    for path in [socket, long, stale] {
        let error = unix::connect(&path).await.err().unwrap();
        assert_eq!(error.reason, ErrorReason::DaemonUnreachable);
        assert!(!format!("{error:?}").contains("xxx"), "{error:?}");
    }
}

#[tokio::test]
async fn a_daemon_that_dies_is_unreachable_at_the_next_call() {
    let dir = tempfile::tempdir().unwrap();
    // A daemon that hangs up after the first bytes, in the middle of the first call.
    let listener = UnixListener::bind(dir.path().join(unix::SOCKET)).unwrap();
    let daemon = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        stream.readable().await.unwrap();
        drop(stream);
    });
    let haven = unix::connect(&dir.path().join(unix::SOCKET)).await.unwrap();
    let error = haven.status().await.unwrap_err();
    assert_eq!(error.reason, ErrorReason::DaemonUnreachable);
    daemon.await.unwrap();
}
