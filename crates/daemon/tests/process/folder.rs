//! What is on the disk and who may touch it.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::daemon::{Daemon, PATIENCE, STRONG, havend};

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

/// Starts a daemon that must refuse, and tells what it said.
async fn refusal(home: &Path) -> String {
    let output = tokio::time::timeout(PATIENCE, havend(home).output()).await.unwrap().unwrap();
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn everything_is_private_even_with_an_open_umask() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let mut shell = tokio::process::Command::new("sh");
    shell.args(["-c", "umask 000; exec \"$0\" run", env!("CARGO_BIN_EXE_havend")]);
    shell.env("HAVEN_HOME", &home).kill_on_drop(true);
    let daemon = Daemon::of(shell, &home).await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    client.set_setting("lock.idle", "10m").await.unwrap();
    assert_eq!(mode(&home), 0o700);
    let mut names = Vec::new();
    for entry in fs::read_dir(&home).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    for name in ["havend.sock", "havend.log", "config.toml", "journal.db"] {
        assert!(names.iter().any(|other| other == name), "{name} in {names:?}");
    }
}

#[tokio::test]
async fn a_folder_that_others_prepared_is_refused_with_a_next_step() {
    let folder = tempfile::tempdir().unwrap();
    let (open, real, link, taken) = (
        folder.path().join("open"),
        folder.path().join("real"),
        folder.path().join("link"),
        folder.path().join("taken"),
    );
    for path in [&open, &real, &taken] {
        fs::create_dir(path).unwrap();
    }
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    symlink(&real, &link).unwrap();
    fs::write(taken.join("havend.sock"), "a file").unwrap();
    for (home, why) in [
        (open, "other users"),
        (link, "is a link or a file, not a folder"),
        (taken, "isn't the daemon's socket"),
    ] {
        let said = refusal(&home).await;
        assert!(said.contains(why) && said.contains("next:"), "{said}");
    }
}

#[tokio::test]
async fn settings_that_are_no_file_are_refused_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    mknodat(CWD, &config, FileType::Fifo, Mode::RWXU, 0).unwrap();
    let said = refusal(folder.path()).await;
    assert!(said.contains("config.toml") && said.contains("isn't a file"), "{said}");
    fs::remove_file(&config).unwrap();
    // What keeps the grants and the port is made anew.
    for name in ["grants", "loopback.port"] {
        mknodat(CWD, folder.path().join(name), FileType::Fifo, Mode::RWXU, 0).unwrap();
    }
    let daemon = Daemon::start_in(folder.path()).await;
    daemon.client().await.open_page(false).await.unwrap();
}

#[tokio::test]
async fn a_second_daemon_on_one_folder_says_so_and_the_first_goes_on() {
    let daemon = Daemon::start().await;
    let said = refusal(&daemon.home).await;
    assert!(said.contains("another daemon is using"), "{said}");
    daemon.client().await.status().await.unwrap();
}

#[tokio::test]
async fn a_path_longer_than_a_socket_address_works() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("x".repeat(120)).join("y".repeat(60));
    let daemon = Daemon::start_in(&home).await;
    daemon.client().await.status().await.unwrap();
}

#[tokio::test]
async fn no_word_reaches_the_log_or_the_terminal_at_any_level() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let mut command = havend(&home);
    command.env("RUST_LOG", "trace");
    let mut daemon = Daemon::of(command, &home).await;
    let client = daemon.client().await;
    let canary = "zebrafinch";
    client.init(canary, format!("{canary}-{STRONG}"), None).await.unwrap();
    let draft =
        haven_api::journal::Draft { title: canary.to_owned(), ..haven_api::journal::Draft::note(canary) };
    let id = client.add(draft).await.unwrap().id.to_string();
    client.entry(&id, None).await.unwrap();
    client.search(canary, 0, None).await.unwrap();
    client.unlock(format!("{canary} wrong")).await.unwrap_err();
    client.lock().await.unwrap();
    let client = daemon.client().await;
    client.stop_daemon().await.unwrap();
    assert!(daemon.ended().await);
    let log = fs::read_to_string(home.join("havend.log")).unwrap();
    assert!(log.contains("the vault is open"), "the log is written");
    assert!(!log.contains(canary) && !log.contains(&id), "{log}");
    for entry in fs::read_dir(&home).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap_or_default();
        assert!(!bytes.windows(canary.len()).any(|window| window == canary.as_bytes()));
    }
}
