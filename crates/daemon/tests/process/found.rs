//! Being found: by a socket that is always there, by a name, by a lock that tells whose it is.

use std::fs;

use haven_api::error::ErrorReason as Reason;
use haven_api::journal::Draft;
use haven_api::unix::SOCKET;
use haven_api::unix::holder::Held;

use crate::daemon::{Daemon, STRONG};

#[tokio::test]
async fn a_socket_that_was_removed_is_there_again_and_outlives_a_lock() {
    let daemon = Daemon::start().await;
    let before = daemon.client().await;
    before.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    let id = before.add(Draft::note("kept")).await.unwrap().id.to_string();
    fs::remove_file(daemon.home.join(SOCKET)).unwrap();
    let client = daemon.client().await;
    assert_eq!(client.entry(&id, None).await.unwrap().text, "kept", "the journal is open as it was");
    assert_eq!(before.entry(&id, None).await.unwrap().text, "kept", "and so is an older connection");
    client.lock().await.unwrap();
    // The fresh process got the new socket: nobody is turned away meanwhile.
    let fresh = haven_api::unix::connect(&daemon.home.join(SOCKET)).await.unwrap();
    assert_eq!(fresh.entry(&id, None).await.unwrap_err().reason, Reason::Locked);
    fs::remove_file(daemon.home.join(SOCKET)).unwrap();
    daemon.client().await.unlock(STRONG.to_owned()).await.unwrap();
}

#[tokio::test]
async fn the_process_is_called_by_its_name_and_noted_in_its_lock_also_after_a_lock_of_the_vault() {
    let mut daemon = Daemon::start().await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    for locked in [false, true] {
        if locked {
            client.lock().await.unwrap();
            daemon.client().await.status().await.unwrap();
        }
        let name = fs::read_to_string(format!("/proc/{}/comm", daemon.pid())).unwrap();
        assert_eq!(name, "havend\n", "{locked}");
        let Held::By(holder) = Held::of(&daemon.home).unwrap() else {
            unreachable!("nobody is noted: {locked}")
        };
        assert_eq!(holder.pid, daemon.pid());
    }
    daemon.child.kill().await.unwrap();
    assert_eq!(Held::of(&daemon.home).unwrap(), Held::ByNobody);
}

#[tokio::test]
async fn a_daemon_whose_folder_was_moved_away_ends_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let (home, aside) = (folder.path().join("home"), folder.path().join("aside"));
    let mut daemon = Daemon::start_in(&home).await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    let id = client.add(Draft::note("kept")).await.unwrap().id.to_string();
    fs::rename(&home, &aside).unwrap();
    assert!(daemon.ended().await);
    let daemon = Daemon::start_in(&aside).await;
    let client = daemon.client().await;
    client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(client.entry(&id, None).await.unwrap().text, "kept");
}

#[tokio::test]
async fn a_relative_home_is_the_folder_it_was_where_the_daemon_began() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("a").join("home");
    fs::create_dir(folder.path().join("a")).unwrap();
    let mut command = crate::daemon::havend(std::path::Path::new("a/home"));
    command.current_dir(folder.path());
    let daemon = Daemon::of(command, &home).await;
    let client = daemon.client().await;
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    client.lock().await.unwrap();
    daemon.client().await.unlock(STRONG.to_owned()).await.unwrap();
}
