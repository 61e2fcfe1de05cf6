//! Two daemons and the server inside one of them.

use std::fs;
use std::net::TcpListener;
use std::time::Duration;

use haven_api::client::Client;
use haven_api::devices::{Join, JoinState, LinkState};
use haven_api::error::ErrorReason as Reason;
use haven_api::journal::{Draft, Edit};
use haven_api::unix::Connection;
use haven_api::vault::{ServerInvite, SyncState, VaultState};

use crate::daemon::{Daemon, PATIENCE, STRONG, havend};

const OTHER: &str = "plain-window-seven-carpets";

/// A daemon with a server inside, and where that is.
async fn with_server(home: &std::path::Path) -> (Daemon, String) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = havend(home);
    command.arg("--serve").arg(format!("127.0.0.1:{port}"));
    (Daemon::of(command, home).await, format!("http://127.0.0.1:{port}"))
}

/// A daemon with a journal that is kept by the server inside, its client, and where that server is.
async fn with_journal(home: &std::path::Path) -> (Daemon, Client<Connection>, String) {
    let (daemon, url) = with_server(home).await;
    let invite = fs::read_to_string(home.join("server/first-invite")).unwrap();
    let client = daemon.client().await;
    let server = ServerInvite { url: url.clone(), invite };
    client.init("Laptop", STRONG.to_owned(), Some(server)).await.unwrap();
    (daemon, client, url)
}

fn join(code: &str, url: &str) -> Join {
    Join {
        code: code.to_owned(),
        server_url: url.to_owned(),
        device_name: "Phone".to_owned(),
        passphrase: OTHER.to_owned(),
    }
}

/// Lets a new device in, the person reading the words from it.
#[expect(clippy::panic, reason = "a test says so when it fails")]
async fn link(old: &Client<Connection>, new: &Client<Connection>, url: &str) {
    let shown = old.start_link().await.unwrap();
    assert_eq!(shown.server_url, url);
    let mut states = new.join(join(&shown.code, url)).await.unwrap();
    assert_eq!(states.next().await.unwrap(), Some(JoinState::Connecting));
    let Some(JoinState::Words(words)) = states.next().await.unwrap() else { panic!("no words") };
    let mut watched = old.watch_link().await.unwrap();
    loop {
        match watched.next().await.unwrap() {
            Some(LinkState::Waiting { .. }) => {}
            Some(LinkState::Answered { device_name }) => break assert_eq!(device_name, "Phone"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        old.confirm_link(&words, "wrong".to_owned()).await.unwrap_err().reason,
        Reason::WrongPassphrase
    );
    let early = new.confirm_join("abandon ability able").await.unwrap_err();
    assert_eq!(early.reason, Reason::NoLink, "nobody has let it in yet");
    let admitted = old.confirm_link(&words.to_uppercase(), STRONG.to_owned()).await.unwrap();
    assert_eq!((admitted.device.name.as_str(), admitted.device.this), ("Phone", false));
    assert_eq!(watched.next().await.unwrap(), Some(LinkState::Comparing(admitted.clone())));
    assert_eq!(states.next().await.unwrap(), Some(JoinState::Comparing));
    let mistyped = new.confirm_join("maple orbitt velvet").await.unwrap_err();
    assert_eq!(mistyped.reason, Reason::InvalidArgument);
    assert_eq!(new.status().await.unwrap().state, VaultState::None, "nothing is kept before");
    new.confirm_join(&admitted.words.to_uppercase()).await.unwrap();
    let linked = states.next().await.unwrap();
    assert!(matches!(linked, Some(JoinState::Linked { device_id, .. }) if device_id == admitted.device.id));
    assert_eq!(states.next().await.unwrap(), None);
    assert_eq!(new.confirm_join(&admitted.words).await.unwrap_err().reason, Reason::NoLink);
    let Some(LinkState::Done(device)) = watched.next().await.unwrap() else { panic!("it isn't in") };
    assert_eq!(device.id, admitted.device.id);
    assert_eq!(watched.next().await.unwrap(), None);
}

async fn caught_up(client: &Client<Connection>) {
    let synced = client.sync(Some(PATIENCE)).await.unwrap();
    assert_eq!((synced.status.state, synced.status.pending), (SyncState::Idle, 0));
}

#[tokio::test]
async fn two_devices_share_one_journal_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let (home, other) = (folder.path().join("laptop"), folder.path().join("phone"));
    let (laptop, url) = with_server(&home).await;
    let invite = fs::read_to_string(home.join("server/first-invite")).unwrap();
    let a = laptop.client().await;
    let wrong = ServerInvite { url: url.clone(), invite: "AAAA".to_owned() };
    assert_eq!(
        a.init("Laptop", STRONG.to_owned(), Some(wrong)).await.err().unwrap().reason,
        Reason::InviteInvalid
    );
    let server = ServerInvite { url: url.clone(), invite };
    a.init("Laptop", STRONG.to_owned(), Some(server)).await.unwrap();
    let first = a.add(Draft::note("written on the laptop")).await.unwrap().id.to_string();
    caught_up(&a).await;
    assert_eq!(a.server().await.unwrap().identity.len(), 64);
    let findings = a.diagnose().await.unwrap();
    for (check, what) in
        [("server", "the one you trust"), ("clock", "agrees with the server's"), ("sync", "have the same")]
    {
        let finding = findings.iter().find(|finding| finding.check == check).unwrap();
        assert!(finding.what.contains(what), "{finding:?}");
    }

    let phone = Daemon::start_in(&other).await;
    let b = phone.client().await;
    link(&a, &b, &url).await;
    caught_up(&b).await;
    assert_eq!(b.entry(&first, None).await.unwrap().text, "written on the laptop");
    let edit =
        Edit { text: Some("written on the laptop, changed on the phone".to_owned()), ..Edit::default() };
    b.edit(&first, edit, None).await.unwrap();
    caught_up(&b).await;
    caught_up(&a).await;
    assert_eq!(a.entry(&first, None).await.unwrap().text, "written on the laptop, changed on the phone");
    let names: Vec<_> =
        b.devices().await.unwrap().into_iter().map(|device| (device.name, device.this)).collect();
    assert_eq!(names, [("Laptop".to_owned(), false), ("Phone".to_owned(), true)]);
}

#[tokio::test]
async fn what_is_written_on_one_device_shows_on_the_other_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (_laptop, a, url) = with_journal(&folder.path().join("laptop")).await;
    let phone = Daemon::start_in(&folder.path().join("phone")).await;
    let b = phone.client().await;
    link(&a, &b, &url).await;
    caught_up(&b).await;
    let mut events = b.events().await.unwrap();
    a.add(Draft::note("just now")).await.unwrap();
    let arrived = tokio::time::timeout(Duration::from_secs(20), async {
        while events.next().await.unwrap().unwrap().status.entries != Some(1) {}
    });
    arrived.await.unwrap();
    assert_eq!(b.search("now", 0, None).await.unwrap().total, 1);
}

#[tokio::test]
async fn a_wrong_code_or_an_unreachable_server_lets_nobody_in() {
    let folder = tempfile::tempdir().unwrap();
    let (_laptop, a, url) = with_journal(&folder.path().join("laptop")).await;
    let code = a.start_link().await.unwrap().code;
    let phone = Daemon::start_in(&folder.path().join("phone")).await;
    let b = phone.client().await;
    let mistyped = format!("{}{}", if code.starts_with('A') { 'B' } else { 'A' }, &code[1..]);
    assert_eq!(b.join(join(&mistyped, &url)).await.err().unwrap().reason, Reason::CodeMalformed);
    let nobody = "http://127.0.0.1:1";
    let mut states = b.join(join(&code, nobody)).await.unwrap();
    assert_eq!(states.next().await.unwrap(), Some(JoinState::Connecting));
    assert_eq!(states.next().await.unwrap_err().reason, Reason::ServerUnreachable);
    a.cancel_link().await.unwrap();
    for words in ["abandon ability able", "not three such words"] {
        assert_eq!(a.confirm_link(words, STRONG.to_owned()).await.unwrap_err().reason, Reason::NoLink);
    }
    assert_eq!(a.watch_link().await.err().unwrap().reason, Reason::NoLink);
    let mut states = b.join(join(&code, &url)).await.unwrap();
    assert_eq!(states.next().await.unwrap(), Some(JoinState::Connecting));
    assert_eq!(states.next().await.unwrap_err().reason, Reason::CodeExpired);
    assert_eq!(a.devices().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_link_that_came_to_nothing_is_none_for_whoever_asks_later() {
    let folder = tempfile::tempdir().unwrap();
    let (home, other) = (folder.path().join("laptop"), folder.path().join("phone"));
    let (laptop, url) = with_server(&home).await;
    let invite = fs::read_to_string(home.join("server/first-invite")).unwrap();
    let a = laptop.client().await;
    a.init("Laptop", STRONG.to_owned(), Some(ServerInvite { url: url.clone(), invite })).await.unwrap();
    let code = a.start_link().await.unwrap().code;
    let phone = Daemon::start_in(&other).await;
    let b = phone.client().await;
    let mut states = b.join(join(&code, &url)).await.unwrap();
    assert_eq!(states.next().await.unwrap(), Some(JoinState::Connecting));
    assert!(matches!(states.next().await.unwrap(), Some(JoinState::Words(_))));
    let mut watched = a.watch_link().await.unwrap();
    while !matches!(watched.next().await.unwrap(), Some(LinkState::Answered { .. })) {}
    let wrong = a.confirm_link("apple apple apple", STRONG.to_owned()).await.unwrap_err();
    assert_eq!(wrong.reason, Reason::WrongWords);
    let last = watched.next().await.unwrap();
    assert!(
        matches!(&last, Some(LinkState::Failed(error)) if error.reason == Reason::WrongWords),
        "{last:?}"
    );
    let again = a.confirm_link("apple apple apple", STRONG.to_owned()).await.unwrap_err();
    assert_eq!(again.reason, Reason::NoLink);
    let watched = a.watch_link().await.err().unwrap();
    assert_eq!(watched.reason, Reason::NoLink);
    assert!(watched.why.contains("the words weren't those"), "{}", watched.why);
    link(&a, &b, &url).await;
}

#[tokio::test]
async fn a_server_that_refuses_is_told_with_its_reason_and_the_kit_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (home, other) = (folder.path().join("laptop"), folder.path().join("phone"));
    let (laptop, url) = with_server(&home).await;
    let invite = fs::read_to_string(home.join("server/first-invite")).unwrap();
    let server = || ServerInvite { url: url.clone(), invite: invite.clone() };
    let a = laptop.client().await;
    a.init("Laptop", STRONG.to_owned(), Some(server())).await.unwrap();
    caught_up(&a).await;
    let phone = Daemon::start_in(&other).await;
    let b = phone.client().await;
    let mut events = b.events().await.unwrap();
    let made = b.init("Phone", OTHER.to_owned(), Some(server())).await.unwrap();
    assert_eq!(made.kit.len(), 34);
    let told = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(problem) = events.next().await.unwrap().unwrap().status.sync.problem {
                return problem;
            }
        }
    });
    assert_eq!(told.await.unwrap(), Reason::InviteUsed);
    b.add(Draft::note("the vault stands")).await.unwrap();
    assert_eq!(b.set_server(server(), false).await.unwrap_err().reason, Reason::InviteUsed);
    assert_eq!(b.sync(Some(PATIENCE)).await.unwrap_err().reason, Reason::InviteUsed);
    let nobody = ServerInvite { url: "http://127.0.0.1:1".to_owned(), invite };
    assert_eq!(b.set_server(nobody, false).await.unwrap_err().reason, Reason::ServerUnreachable);
}

#[tokio::test]
async fn a_device_that_is_renamed_on_one_device_has_the_name_on_all() {
    let folder = tempfile::tempdir().unwrap();
    let (home, other) = (folder.path().join("laptop"), folder.path().join("phone"));
    let (laptop, url) = with_server(&home).await;
    let invite = fs::read_to_string(home.join("server/first-invite")).unwrap();
    let a = laptop.client().await;
    a.init("Laptop", STRONG.to_owned(), Some(ServerInvite { url: url.clone(), invite })).await.unwrap();
    let phone = Daemon::start_in(&other).await;
    let b = phone.client().await;
    link(&a, &b, &url).await;
    let ids: Vec<_> = a.devices().await.unwrap().into_iter().map(|device| device.id).collect();
    b.rename_device(&ids[0], "Old laptop").await.unwrap();
    b.rename_device(&ids[1], "My phone").await.unwrap();
    caught_up(&b).await;
    caught_up(&a).await;
    a.rename_device(&ids[1], "The phone").await.unwrap();
    caught_up(&a).await;
    caught_up(&b).await;
    for client in [&a, &b] {
        let names: Vec<_> = client.devices().await.unwrap().into_iter().map(|device| device.name).collect();
        assert_eq!(names, ["Old laptop", "The phone"]);
    }
    assert_eq!(a.status().await.unwrap().device_name, "Old laptop");
}
