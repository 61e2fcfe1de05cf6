//! Nothing of what devices bring, and nothing about them, is in what the server says.

use haven_server::init;
use haven_wire::pb::{self, MailboxKind};
use rustix::process::Signal;

use crate::client::{Client, within};
use crate::kit::Vault;
use crate::process::Process;
use crate::running::{invite_of, unknown};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_at_its_loudest_tells_calls_sizes_and_hours() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = init(folder.path()).expect("a data folder");
    let mut process = Process::start_with(folder.path(), |command| {
        command.args(["--log", "trace"]).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1")
    });
    let mut vault = Vault::with_devices(1, 2);
    let invite = invite_of(folder.path());
    let client = Client::connect(&process.url, vault.space()).await;
    client.create(&invite, &vault).await.expect("created");
    client.create(&unknown(), &vault).await.expect_err("no invite");
    let client = Client::enter(&process.url, &vault, 0).await;
    let canary = b"CANARY-of-a-body-0123456789-CANARY";
    let written = vault.write_sized(0, 2, 5_000);
    client.push(written.clone()).await.expect("pushed");
    client.push(vec![canary.to_vec().into()]).await.expect_err("no record");
    let mut pull = client.pull(&haven_feed::Vector::default(), None).await.expect("pulled");
    pull.past().await.expect("the past");
    let mailbox = [0xcb; 16];
    let open = pb::OpenMailboxRequest { mailbox: mailbox.to_vec().into(), kind: MailboxKind::Link.into() };
    within(client.mailboxes().open_mailbox(client.request(open))).await.expect("open");
    let post = pb::PostMessageRequest {
        mailbox: mailbox.to_vec().into(),
        index: 1,
        message: canary.to_vec().into(),
    };
    within(client.mailboxes().post_message(post)).await.expect("posted");
    let token = client.token.as_ref().map(|token| *token.as_bytes()).expect("a token");
    process.signal(Signal::TERM);
    let (status, said) = process.end();
    assert_eq!(status.code(), Some(0));

    for call in ["CreateSpace", "Challenge", "LogIn", "Push", "Pull", "OpenMailbox", "PostMessage"] {
        assert!(said.contains(call), "{call} is in the log");
    }
    for reason in ["INVITE_INVALID", "RECORD_MALFORMED"] {
        assert!(said.contains(reason), "{reason} is in the log");
    }
    let (space, feed, last) = (vault.space(), vault.devices[0].feed(), vault.position(0).id);
    let shown = invite.proof_for(&space);
    let secret_bytes: [&[u8]; 9] = [
        canary,
        space.as_bytes(),
        feed.as_bytes(),
        last.as_bytes(),
        &token,
        shown.key.as_bytes(),
        shown.signature.as_bytes(),
        &mailbox,
        &written[0][..32],
    ];
    for bytes in secret_bytes {
        check_absent(&said, bytes);
    }
    for text in
        ["127.0.0.1", made.invite.as_str(), made.identity.as_str(), "store.db", "authorization", "/tmp"]
    {
        assert!(!said.contains(text), "{text} is in the log");
    }
    let port = process.url.rsplit(':').next().expect("a port");
    assert!(!said.contains(port), "a port is in the log");
    for line in said.lines() {
        let hour = line.split_whitespace().next().expect("a time");
        assert!(hour.len() == "2024-02-29T23Z".len() && hour.ends_with('Z'), "{line}");
    }
}

/// Looks for bytes as they are, in both cases of hexadecimal, as a list of numbers, and for their first eight alone.
fn check_absent(said: &str, bytes: &[u8]) {
    for bytes in [bytes, &bytes[..8]] {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let numbers = bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
        for form in [String::from_utf8_lossy(bytes).into_owned(), hex.to_uppercase(), hex, numbers] {
            assert!(!said.contains(&form), "{form} is in the log");
        }
    }
}
