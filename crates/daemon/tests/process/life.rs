//! Starting, stopping, being killed.

use haven_api::daemon::{Finding, Level};
use haven_api::drafts::SavedDraft;
use haven_api::error::ErrorReason as Reason;
use haven_api::journal::Draft;
use haven_api::vault::VaultState;

use crate::daemon::{Daemon, STRONG};

#[tokio::test]
async fn a_signal_and_a_call_end_it_in_order() {
    for name in ["TERM", "INT"] {
        let mut daemon = Daemon::start().await;
        daemon.signal(name);
        assert!(daemon.ended().await, "{name}");
    }
    let mut daemon = Daemon::start().await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    let mut events = client.events().await.unwrap();
    events.next().await.unwrap().unwrap();
    client.stop_daemon().await.unwrap();
    while let Ok(Some(_)) = events.next().await {}
    assert!(daemon.ended().await);
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let mut daemon = Daemon::start_in(&home).await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    let id = client.add(Draft::note("kept")).await.unwrap().id.to_string();
    let draft = SavedDraft {
        id: [5; 16],
        draft: Draft::note("half a sen"),
        entry: None,
        base_version: None,
        saved: client.daemon().await.unwrap().started,
        held: false,
        meant: None,
        typed: Default::default(),
    };
    client.save_draft(draft).await.unwrap();
    daemon.child.kill().await.unwrap();
    let daemon = Daemon::start_in(&home).await;
    let client = daemon.client().await;
    assert_eq!(client.status().await.unwrap().state, VaultState::Locked);
    client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(client.entry(&id, None).await.unwrap().text, "kept");
    assert_eq!(client.draft([5; 16]).await.unwrap().draft.text, "half a sen");
}

#[tokio::test]
async fn settings_are_kept_and_unknown_ones_refused() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let mut daemon = Daemon::start_in(&home).await;
    let client = daemon.client().await;
    assert!(client.settings(Some("lock.idle")).await.unwrap()[0].is_default);
    client.set_setting("lock.idle", "0").await.unwrap();
    for (key, value, reason) in
        [("lock.idle", "soon", Reason::InvalidArgument), ("lock.never", "1", Reason::NotFound)]
    {
        assert_eq!(client.set_setting(key, value).await.unwrap_err().reason, reason, "{key}");
    }
    for (key, value, near) in [
        ("lock.idel", "5m", &["lock.idle"][..]),
        ("country", "DE", &[]),
        ("help.country", "Germny", &["Germany"]),
        ("help.country", "Narnia", &[]),
    ] {
        let refused = client.set_setting(key, value).await.unwrap_err();
        assert_eq!(&*refused.candidates, near, "{key} {value}");
    }
    daemon.signal("TERM");
    daemon.ended().await;
    let daemon = Daemon::start_in(&home).await;
    let settings = daemon.client().await.settings(None).await.unwrap();
    assert_eq!((settings[0].value.as_str(), settings[0].is_default), ("0", false));
    let known = daemon.client().await.daemon().await.unwrap();
    assert_eq!(known.pid, daemon.pid());
    assert!(!daemon.client().await.diagnose().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_entry_of_twenty_megabytes_is_refused_with_a_next_step_and_the_connection_lives() {
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    let error = client.add(Draft::note("x".repeat(20_000_000))).await.unwrap_err();
    assert_eq!(error.reason, Reason::TooLarge, "{error}");
    assert!(!error.next.is_empty());
    client.add(Draft::note("small")).await.unwrap();
}

#[tokio::test]
async fn an_older_copy_of_the_journal_is_an_alarm_and_the_journal_opens() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let (journal, copy) = (home.join("journal.db"), folder.path().join("copy"));
    let mut daemon = Daemon::start_in(&home).await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    let id = client.add(Draft::note("in both")).await.unwrap().id.to_string();
    client.stop_daemon().await.unwrap();
    daemon.ended().await;
    std::fs::copy(&journal, &copy).unwrap();
    let mut daemon = Daemon::start_in(&home).await;
    let client = daemon.client().await;
    client.unlock(STRONG.to_owned()).await.unwrap();
    client.add(Draft::note("only in the newer")).await.unwrap();
    client.stop_daemon().await.unwrap();
    daemon.ended().await;
    std::fs::copy(&copy, &journal).unwrap();
    let daemon = Daemon::start_in(&home).await;
    let client = daemon.client().await;
    let status = client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!((status.alarms, status.entries), (1, Some(1)));
    let alarms = client.alarms().await.unwrap();
    assert_eq!(alarms[0].kind, "JOURNAL_WENT_BACK");
    assert_eq!(client.entry(&id, None).await.unwrap().text, "in both");
}

#[tokio::test]
async fn a_doctor_finds_a_sound_device_sound_and_a_file_that_others_may_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    let findings = client.diagnose().await.unwrap();
    let bad = findings.iter().filter(|finding| finding.level == Level::Bad);
    assert_eq!(bad.collect::<Vec<_>>(), Vec::<&Finding>::new());
    for check in
        ["journal", "storage", "records", "alarms", "server", "clock", "folders", "space", "memory", "swap"]
    {
        assert!(findings.iter().any(|finding| finding.check == check), "{check} in {findings:?}");
    }
    let file = daemon.home.join("journal.db");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let findings = client.diagnose().await.unwrap();
    let folders = findings.iter().find(|finding| finding.check == "folders").unwrap();
    assert_eq!(folders.level, Level::Bad);
    assert!(folders.what.contains("journal.db") && folders.next.contains("chmod"), "{folders:?}");
}

#[tokio::test]
async fn a_passphrase_that_was_suggested_may_be_taken() {
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    for _ in 0..50 {
        let suggested = client.suggest_passphrase().await.unwrap();
        assert!(client.check_passphrase(suggested.clone()).await.is_ok(), "{suggested}");
    }
}
