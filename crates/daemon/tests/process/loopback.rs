//! The door on loopback, by bytes as a browser, a hostile page or a program would send them.

use std::net::SocketAddr;
use std::time::Duration;

use haven_api::client::Client;
use haven_api::error::ErrorReason as Reason;
use haven_api::grants::Scope;
use haven_api::journal::Draft;
use haven_api::unix::Connection;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::daemon::{Daemon, PATIENCE, STRONG, havend};

/// An answer: its status, its head in lower case, its body.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

/// Sends bytes and reads until the other side closes; `None` if nobody answers.
async fn sent(address: SocketAddr, request: &[u8]) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(request).await.ok()?;
    let mut bytes = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.unwrap().ok()?;
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head, body: bytes[end + 4..].to_vec() })
}

fn four(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

async fn get(port: u16, path: &str, headers: &str) -> Answer {
    let request = format!("GET {path} HTTP/1.1\r\nconnection: close\r\n{headers}\r\n");
    sent(four(port), request.as_bytes()).await.unwrap()
}

/// A call as the page of this door makes it, with an empty message and what else is in its head.
fn call(port: u16, path: &str, origin: &str, more: &str) -> Vec<u8> {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\norigin: {origin}\r\n\
         content-type: application/grpc-web+proto\r\nx-grpc-web: 1\r\ncontent-length: 5\r\n{more}\r\n"
    )
    .into_bytes();
    request.extend([0; 5]);
    request
}

/// The gRPC status of an answer, wherever it stands.
fn status(answer: &Answer) -> Option<u32> {
    let body = String::from_utf8_lossy(&answer.body).to_lowercase();
    let all = format!("{}\n{body}", answer.head);
    let at = all.find("grpc-status:")? + "grpc-status:".len();
    all[at..].trim_start().split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

const STATUS: &str = "/haven.v1.VaultService/GetStatus";
const LIST: &str = "/haven.v1.JournalService/ListEntries";

/// Opens the door and begins a session as a page does; gives the port and the page's token.
async fn session(client: &Client<Connection>) -> (u16, String) {
    let url = client.open_page(false).await.unwrap().url;
    let (port, code) = url.strip_prefix("http://127.0.0.1:").unwrap().split_once("/#").unwrap();
    let port = port.parse().unwrap();
    let mut message =
        vec![0, 0, 0, 0, u8::try_from(code.len() + 2).unwrap(), 10, u8::try_from(code.len()).unwrap()];
    message.extend(code.as_bytes());
    let mut request = format!(
        "POST /haven.v1.GrantService/BeginSession HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\
         origin: http://127.0.0.1:{port}\r\ncontent-type: application/grpc-web+proto\r\ncontent-length: {}\r\n\r\n",
        message.len()
    )
    .into_bytes();
    request.extend(&message);
    let answer = sent(four(port), &request).await.unwrap();
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(body.contains("haven_"), "{} {body}", answer.head);
    let at = body.find("haven_").unwrap();
    let again = sent(four(port), &request).await.unwrap();
    assert_eq!(status(&again), Some(16), "a code is good once");
    (port, body[at..at + 70].to_owned())
}

/// Asks for a proof of a session as its page does, without a token; gives the proof, or the status if there is none.
async fn proof(port: u16, grant: &str, nonce: &[u8]) -> Result<Vec<u8>, Option<u32>> {
    let field = |tag: u8, bytes: &[u8]| [&[tag, u8::try_from(bytes.len()).unwrap()], bytes].concat();
    let message = [field(10, grant.as_bytes()), field(18, nonce)].concat();
    let mut request = format!(
        "POST /haven.v1.GrantService/ProveDoor HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\
         origin: http://127.0.0.1:{port}\r\ncontent-type: application/grpc-web+proto\r\ncontent-length: {}\r\n\r\n",
        message.len() + 5
    )
    .into_bytes();
    request.extend([0, 0, 0, 0, u8::try_from(message.len()).unwrap()]);
    request.extend(message);
    let answer = sent(four(port), &request).await.unwrap();
    let head = [10, 32];
    let at = answer.body.windows(2).position(|window| window == head).ok_or_else(|| status(&answer))?;
    Ok(answer.body[at + 2..at + 34].to_vec())
}

fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}\r\n")
}

#[tokio::test]
async fn a_page_gets_a_session_by_its_address_and_reads_with_it() {
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    client.add(Draft::note("by the quicksilverlake")).await.unwrap();
    let (port, token) = session(&client).await;
    let own = format!("http://127.0.0.1:{port}");
    let read = sent(four(port), &call(port, LIST, &own, &bearer(&token))).await.unwrap();
    assert_eq!(status(&read), Some(0), "{}", read.head);
    assert!(String::from_utf8_lossy(&read.body).contains("quicksilverlake"));
    for header in [
        "content-security-policy: default-src 'none'",
        "x-content-type-options: nosniff",
        "x-frame-options: deny",
        "referrer-policy: no-referrer",
        "cache-control: no-store",
        "cross-origin-resource-policy: same-origin",
    ] {
        assert!(read.head.contains(header), "{header}: {}", read.head);
    }
    assert!(!read.head.contains("access-control"), "{}", read.head);
    for (shown, code) in [(String::new(), 16), (bearer("haven_0"), 16), (bearer(&token[..69]), 16)] {
        let refused = sent(four(port), &call(port, LIST, &own, &shown)).await.unwrap();
        assert_eq!(status(&refused), Some(code));
        assert!(!String::from_utf8_lossy(&refused.body).contains("quicksilverlake"));
    }
    let ended =
        sent(four(port), &call(port, "/haven.v1.GrantService/EndSession", &own, &bearer(&token))).await;
    assert_eq!(status(&ended.unwrap()), Some(0));
    let over = sent(four(port), &call(port, LIST, &own, &bearer(&token))).await.unwrap();
    assert_eq!(status(&over), Some(16));
}

#[tokio::test]
async fn the_program_that_began_a_session_proves_it_without_a_token_also_when_it_was_started_anew() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let mut daemon = Daemon::start_in(&home).await;
    let client = daemon.client().await;
    let (port, _) = session(&client).await;
    let grant = client.grants().await.unwrap().remove(0);
    assert!(grant.is_page);
    let proved = proof(port, &grant.id, &[9; 32]).await.unwrap();
    assert_ne!(proof(port, &grant.id, &[8; 32]).await, Ok(proved.clone()));
    let later = client.grants().await.unwrap().remove(0);
    assert_eq!((later.used, later.ends), (grant.used, grant.ends), "asking keeps no session alive");
    assert_eq!(proof(port, &grant.id, &[9; 31]).await, Err(Some(3)));
    assert_eq!(proof(port, &grant.id[..8], &[9; 32]).await, Err(Some(16)));
    daemon.signal("TERM");
    daemon.ended().await;
    let daemon = Daemon::start_in(&home).await;
    let client = daemon.client().await;
    assert_eq!(proof(port, &grant.id, &[9; 32]).await, Ok(proved), "by the same port as before");
    client.revoke_grant(&grant.id).await.unwrap();
    assert_eq!(proof(port, &grant.id, &[9; 32]).await, Err(Some(16)), "a session that has ended");
}

#[tokio::test]
async fn a_foreign_page_another_name_and_a_question_beforehand_get_nothing() {
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    let (port, token) = session(&client).await;
    let shown = bearer(&token);
    for origin in ["https://evil.example", "null", "http://localhost:1", &format!("http://localhost:{port}")]
    {
        let answer = sent(four(port), &call(port, STATUS, origin, &shown)).await.unwrap();
        assert_eq!((answer.status, answer.body.len()), (403, 0), "{origin}");
    }
    let rebound = format!("GET / HTTP/1.1\r\nconnection: close\r\nhost: evil.example:{port}\r\n\r\n");
    assert_eq!(sent(four(port), rebound.as_bytes()).await.unwrap().status, 421);
    let asks = format!(
        "OPTIONS {STATUS} HTTP/1.1\r\nconnection: close\r\nhost: 127.0.0.1:{port}\r\norigin: https://evil.example\r\n\
         access-control-request-method: POST\r\naccess-control-request-headers: authorization\r\n\r\n"
    );
    let answer = sent(four(port), asks.as_bytes()).await.unwrap();
    assert!(answer.status == 404 && !answer.head.contains("access-control"), "{}", answer.head);
    let host = format!("host: 127.0.0.1:{port}\r\n");
    for (headers, status) in [
        ("sec-fetch-site: cross-site\r\nsec-fetch-mode: no-cors\r\nsec-fetch-dest: image\r\n", 403),
        ("sec-fetch-site: cross-site\r\nsec-fetch-mode: navigate\r\nsec-fetch-dest: iframe\r\n", 403),
        ("sec-fetch-site: cross-site\r\nsec-fetch-mode: navigate\r\nsec-fetch-dest: document\r\n", 200),
        ("", 200),
    ] {
        assert_eq!(get(port, "/", &format!("{host}{headers}")).await.status, status, "{headers}");
    }
    let (one, other) = (get(port, "/none.js", &host).await, get(port, "/etc/../../x.txt", &host).await);
    assert_eq!((one.status, one.body), (other.status, other.body));
}

#[tokio::test]
async fn an_open_page_and_its_port_outlive_a_lock_and_a_restart() {
    let mut daemon = Daemon::start().await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    let (port, token) = session(&client).await;
    let own = format!("http://127.0.0.1:{port}");
    let state = async || {
        let began = Instant::now();
        loop {
            // What came while the process was replaced may have been dropped: a page asks again.
            if let Some(answer) = sent(four(port), &call(port, STATUS, &own, &bearer(&token))).await {
                return status(&answer);
            }
            assert!(began.elapsed() < PATIENCE);
            sleep(Duration::from_millis(20)).await;
        }
    };
    assert_eq!(state().await, Some(0));
    client.lock().await.unwrap();
    assert_eq!(state().await, Some(0));
    let locked = sent(four(port), &call(port, LIST, &own, &bearer(&token))).await.unwrap();
    assert_eq!(status(&locked), Some(9), "locked, and not a stranger");
    daemon.client().await.unlock(STRONG.to_owned()).await.unwrap();
    daemon.signal("TERM");
    assert!(daemon.ended().await);
    let daemon = Daemon::of(havend(&daemon.home), &daemon.home).await;
    assert_eq!(state().await, Some(0));
    assert_eq!(session(&daemon.client().await).await.0, port, "the same port");
}

#[tokio::test]
async fn nothing_listens_until_somebody_asks_and_a_setting_keeps_it_shut() {
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    let listens = || std::fs::read_to_string(daemon.home.join("loopback.port")).ok();
    assert_eq!(listens(), None);
    client.set_setting("web.enabled", "false").await.unwrap();
    assert_eq!(
        client.open_page(false).await.err().map(|error| error.reason),
        Some(Reason::ConfirmationNeeded)
    );
    assert_eq!(listens(), None);
    client.set_setting("web.enabled", "").await.unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let chosen = taken.local_addr().unwrap().port();
    client.set_setting("web.port", &chosen.to_string()).await.unwrap();
    let refused = client.open_page(false).await.err().unwrap();
    assert!(refused.why.contains(&chosen.to_string()), "{refused}");
    drop(taken);
    assert!(
        client.open_page(false).await.unwrap().url.starts_with(&format!("http://127.0.0.1:{chosen}/#haven_"))
    );
}

#[tokio::test]
async fn an_address_in_a_file_is_the_owners_only_and_gone_once_it_was_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    let page = client.open_page(true).await.unwrap();
    assert!(page.url.is_empty());
    let text = std::fs::read_to_string(&page.file).unwrap();
    assert_eq!(std::fs::metadata(&page.file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(text.contains("http://127.0.0.1:") && text.contains("<title>Notes</title>"), "{text}");
    session(&client).await;
    assert!(!std::path::Path::new(&page.file).exists());
}

#[tokio::test]
async fn a_token_binds_a_program_on_the_socket_too() {
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    let (grant, token) = client.create_grant("mood", [Scope::Read], None).await.unwrap();
    assert_eq!(client.grants().await.unwrap()[0].id, grant.id);
    let port = session(&client).await.0;
    let own = format!("http://127.0.0.1:{port}");
    let stop = call(port, "/haven.v1.DaemonService/StopDaemon", &own, &bearer(&token));
    assert_eq!(status(&sent(four(port), &stop).await.unwrap()), Some(7));
    client.revoke_grant("mood").await.unwrap();
    let over = sent(four(port), &call(port, STATUS, &own, &bearer(&token))).await.unwrap();
    assert_eq!(status(&over), Some(16));
}

#[tokio::test]
async fn slow_and_many_clients_keep_nobody_out() {
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    let (port, token) = session(&client).await;
    // Heads that never end.
    let mut slow = Vec::new();
    for _ in 0..60 {
        let mut stream = TcpStream::connect(four(port)).await.unwrap();
        stream.write_all(b"POST /haven.v1").await.unwrap();
        slow.push(stream);
    }
    let own = format!("http://127.0.0.1:{port}");
    let answer = sent(four(port), &call(port, STATUS, &own, &bearer(&token))).await.unwrap();
    assert_eq!(status(&answer), Some(0));
    let long = format!("GET / HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nx: {}\r\n\r\n", "x".repeat(200_000));
    let refused = sent(four(port), long.as_bytes()).await;
    assert!(refused.is_none_or(|answer| answer.status == 431));
}

/// A browser connects beforehand and says nothing, and whoever wants to keep others out begins a protocol and never asks; a
/// stream of a page and a plug-in that waits for an answer are left alone.
#[tokio::test]
async fn connections_that_ask_nothing_keep_nobody_out_while_they_are_open() {
    const WATCH: &str = "/haven.v1.EventService/WatchEvents";
    const IDLE_H2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    let (port, token) = session(&client).await;
    let own = format!("http://127.0.0.1:{port}");
    let mut stream = TcpStream::connect(four(port)).await.unwrap();
    stream.write_all(&call(port, WATCH, &own, &bearer(&token))).await.unwrap();
    let mut bytes = [0; 4096];
    assert!(timeout(PATIENCE, stream.read(&mut bytes)).await.unwrap().unwrap() > 0, "it streams");
    let kept = format!("GET / HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n");
    let body = format!(
        "POST /haven.v1.GrantService/BeginSession HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\norigin: {own}\r\n\
         content-type: application/grpc-web+proto\r\ncontent-length: 1000\r\n\r\n"
    );
    // The last ones never time out: only somebody else's need of their place ends them.
    let mut open = Vec::new();
    for first in [b"", &b"PRI * HT"[..], IDLE_H2, kept.as_bytes(), body.as_bytes()] {
        for _ in 0..64 {
            let mut silent = TcpStream::connect(four(port)).await.unwrap();
            let _ = silent.write_all(first).await;
            open.push(silent);
        }
        let answer = sent(four(port), &call(port, STATUS, &own, &bearer(&token))).await;
        assert_eq!(status(&answer.unwrap()), Some(0), "{}", String::from_utf8_lossy(first));
    }
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    assert!(timeout(PATIENCE, stream.read(&mut bytes)).await.unwrap().unwrap() > 0, "the stream goes on");
    for silent in &mut open[..192] {
        let mut rest = Vec::new();
        // Closed, whether or not it was in the middle of something.
        let _ = timeout(PATIENCE, silent.read_to_end(&mut rest)).await.expect("closed from the other side");
    }
}
