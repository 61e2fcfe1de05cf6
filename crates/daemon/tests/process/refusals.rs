//! A daemon that does not start says why, for the program that started it, and changes nothing.

use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::path::Path;

use haven_api::journal::Draft;
use haven_api::unix::{SOCKET, connect};

use crate::daemon::{Daemon, PATIENCE, STRONG, havend};

/// Starts a daemon that must refuse with a reason, and returns what it said.
async fn refused(home: &Path, arguments: &[&str], reason: &str) -> String {
    let mut command = havend(home);
    command.arg("--json").args(arguments.iter().map(OsStr::new));
    let output = tokio::time::timeout(PATIENCE, command.output()).await.unwrap().unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    for part in [&*format!("\"reason\":\"{reason}\""), "\"what\":\"", "\"why\":\"", "\"next\":\""] {
        assert!(said.starts_with("{\"error\":{") && said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains(":\"\""), "{said}");
    said
}

/// A folder with a journal of one entry in it, whose daemon has ended.
async fn left(home: &Path) {
    let mut daemon = Daemon::start_in(home).await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    client.add(Draft::note("kept")).await.unwrap();
    client.stop_daemon().await.unwrap();
    assert!(daemon.ended().await);
}

#[tokio::test]
async fn a_newer_and_a_damaged_journal_are_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    left(&home).await;
    let journal = home.join("journal.db");
    let good = fs::read(&journal).unwrap();
    let mut newer = good.clone();
    // Where the database keeps the format of its user.
    newer[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
    let other = b"this is no database, and it is long enough to be looked at twice".repeat(100);
    for (spoilt, reason, why) in [
        (newer, "STORAGE_NEWER", "newer version of Haven"),
        (good[..5_000].to_vec(), "STORAGE_DAMAGED", "cut short"),
        (other, "STORAGE_DAMAGED", "not a database"),
    ] {
        fs::write(&journal, &spoilt).unwrap();
        let said = refused(&home, &[], reason).await;
        assert!(said.contains(why) && said.contains("othing was changed"), "{said}");
        assert!(fs::read(&journal).unwrap() == spoilt, "{reason}");
    }
    fs::write(&journal, &good).unwrap();
    let daemon = Daemon::start_in(&home).await;
    let status = daemon.client().await.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(status.entries, Some(1));
}

#[tokio::test]
async fn a_taken_port_is_named_and_nobody_was_let_in_before() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = refused(&home, &["--serve", &address], "INVALID_ARGUMENT").await;
    assert!(said.contains(&address) && said.contains("the port is taken"), "{said}");
    assert!(connect(&home.join(SOCKET)).await.is_err());
    Daemon::start_in(&home).await;
}

#[tokio::test]
async fn a_folder_that_nobody_can_write_is_named() {
    // Not even root makes a folder here, wherever these tests run.
    let said = refused(Path::new("/sys/haven"), &[], "STORAGE_READ_ONLY").await;
    assert!(said.contains("/sys"), "{said}");
}

#[tokio::test]
async fn a_second_daemon_on_one_folder_says_so() {
    let daemon = Daemon::start().await;
    let said = refused(&daemon.home, &[], "STORAGE_IN_USE").await;
    assert!(said.contains("another daemon is using"), "{said}");
}
