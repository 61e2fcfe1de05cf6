//! Locking: a fresh process under the same socket, the old one's memory gone.

use std::time::Duration;

use haven_api::error::ErrorReason as Reason;
use haven_api::journal::Draft;
use haven_api::vault::VaultState;
use tokio::time::{Instant, sleep};

use crate::daemon::{Daemon, PATIENCE, STRONG, havend};

/// Two seconds are promised; on a machine that runs every other test beside this one, five times as long.
const SOON: Duration = Duration::from_secs(10);

/// Waits until the daemon says that the vault is locked.
async fn locked(daemon: &Daemon) {
    let began = Instant::now();
    loop {
        // A connection may end with the process that it led to.
        if let Ok(status) = daemon.client().await.status().await
            && status.state == VaultState::Locked
        {
            return;
        }
        assert!(began.elapsed() < PATIENCE);
        sleep(Duration::from_millis(20)).await;
    }
}

/// What the memory of a process holds, as far as it may be read: by root in a test, by nobody else.
fn remembers(pid: u32, words: &[u8]) -> Option<bool> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
    let mut memory = std::fs::File::open(format!("/proc/{pid}/mem")).ok()?;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split_once(' ')?.0.split_once('-')?;
        let (from, to) = (u64::from_str_radix(from, 16).ok()?, u64::from_str_radix(to, 16).ok()?);
        let mut bytes = vec![0; usize::try_from(to - from).ok()?];
        memory.seek(SeekFrom::Start(from)).ok()?;
        let read = memory.read(&mut bytes).unwrap_or(0);
        if bytes[..read].windows(words.len()).any(|window| window == words) {
            return Some(true);
        }
    }
    Some(false)
}

#[tokio::test]
async fn a_lock_keeps_the_process_id_and_the_socket_and_forgets_every_word() {
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    let canary = "quicksilverlake";
    let id = client.add(Draft::note(format!("by the {canary}"))).await.unwrap().id.to_string();
    let pid = daemon.pid();
    assert_ne!(remembers(pid, canary.as_bytes()), Some(false), "an open journal is in memory");
    let began = Instant::now();
    client.lock().await.unwrap();
    locked(&daemon).await;
    let fresh = daemon.client().await;
    assert_eq!(fresh.daemon().await.unwrap().pid, pid);
    if let Some(remembers) = remembers(pid, canary.as_bytes()) {
        assert!(!remembers, "a locked journal is not");
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    }
    assert_eq!(fresh.entry(&id, None).await.unwrap_err().reason, Reason::Locked);
    fresh.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(fresh.entry(&id, None).await.unwrap().text, format!("by the {canary}"));
}

#[tokio::test]
async fn clients_that_connect_during_a_lock_only_wait() {
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    for _ in 0..5 {
        client.lock().await.ok();
        let mut answered = 0;
        while answered < 20 {
            // Connecting must always succeed; an answer may be lost with the old process.
            let client = haven_api::unix::connect(&daemon.home.join(haven_api::unix::SOCKET)).await.unwrap();
            answered += usize::from(client.status().await.is_ok());
        }
        daemon.client().await.unlock(STRONG.to_owned()).await.unwrap();
    }
}

#[tokio::test]
async fn whoever_connects_after_a_lock_was_answered_meets_the_fresh_process() {
    let daemon = Daemon::start().await;
    let mut client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    for _ in 0..10 {
        let before = client.daemon().await.unwrap().started;
        client.lock().await.unwrap();
        let socket = daemon.home.join(haven_api::unix::SOCKET);
        // One try, and no answer is lost: the connection waits for the process that serves it.
        let after = haven_api::unix::connect(&socket).await.unwrap();
        assert!(after.daemon().await.unwrap().started > before);
        after.unlock(STRONG.to_owned()).await.unwrap();
        client = after;
    }
}

#[tokio::test]
async fn a_signal_while_it_locks_ends_the_daemon() {
    for name in ["TERM", "INT"] {
        let mut daemon = Daemon::start().await;
        let client = daemon.client().await;
        client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
        // A call that takes half a second: the process that locks waits for its end.
        let slow = daemon.client().await;
        let slow = tokio::spawn(async move { slow.unlock("not the passphrase".to_owned()).await });
        client.lock().await.unwrap();
        daemon.signal(name);
        daemon.ended().await;
        drop(slow.await);
        let socket = daemon.home.join(haven_api::unix::SOCKET);
        assert!(haven_api::unix::connect(&socket).await.is_err(), "{name}: nobody serves any more");
    }
}

#[tokio::test]
async fn a_locked_folder_stays_taken() {
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    client.lock().await.unwrap();
    locked(&daemon).await;
    let second = havend(&daemon.home).output().await.unwrap();
    assert!(!second.status.success());
    daemon.client().await.status().await.unwrap();
}

#[tokio::test]
async fn a_vault_stays_open_while_somebody_says_that_they_are_there_and_no_longer() {
    let idle = Duration::from_secs(1);
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    assert_eq!(client.keep_open().await, Ok(Some(Duration::from_secs(5 * 60))));
    client.set_setting("lock.idle", "0").await.unwrap();
    assert_eq!(client.keep_open().await, Ok(None));
    client.set_setting("lock.idle", "1s").await.unwrap();
    let (mut client, mut opened, mut said) = (client, Instant::now(), Instant::now());
    while opened.elapsed() < 3 * idle {
        let before = std::mem::replace(&mut said, Instant::now());
        if client.keep_open().await == Ok(Some(idle)) {
            continue;
        }
        assert!(before.elapsed() >= idle, "locked although somebody was there");
        // The machine itself stood still for so long; that says nothing about the daemon.
        client = daemon.client().await;
        client.unlock(STRONG.to_owned()).await.unwrap();
        (opened, said) = (Instant::now(), Instant::now());
    }
    locked(&daemon).await;
    assert_eq!(daemon.client().await.keep_open().await.unwrap_err().reason, Reason::Locked);
}

#[tokio::test]
async fn an_untouched_vault_locks_itself_and_a_watcher_keeps_it_not_open() {
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    let mut events = client.events().await.unwrap();
    events.next().await.unwrap();
    client.set_setting("lock.idle", "1s").await.unwrap();
    locked(&daemon).await;
}
