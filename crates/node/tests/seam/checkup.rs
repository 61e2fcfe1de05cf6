//! What a doctor finds in every state of the vault.

use haven_api::daemon::{Finding, Level};
use haven_api::vault::ServerInvite;
use haven_node::host::Host as _;

use crate::device::{Device, STRONG};
use crate::disk::Disk;
use crate::server::{FakeServer, URL};

/// The finding of one check; every finding is sound in itself.
async fn finding(device: &Device, check: &str) -> Option<Finding> {
    let findings = device.node.check_up().await;
    for finding in &findings {
        assert!(!finding.what.is_empty() && !finding.what.ends_with('.'), "{finding:?}");
        assert_eq!(finding.level == Level::Good, finding.next.is_empty(), "{finding:?}");
    }
    findings.into_iter().find(|finding| finding.check == check)
}

async fn level(device: &Device, check: &str) -> Option<Level> {
    finding(device, check).await.map(|finding| finding.level)
}

async fn with_server(server: &FakeServer) -> Device {
    let device = Device::new();
    device.host.serve(Some(server.routes()));
    let choice = ServerInvite { url: URL.to_owned(), invite: server.invite() };
    device.client.init("Laptop", STRONG.to_owned(), Some(choice)).await.unwrap();
    device.client.sync(Some(std::time::Duration::from_secs(30))).await.unwrap();
    device
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_known_while_the_vault_is_locked_is_said_so() {
    let device = Device::new();
    assert_eq!(level(&device, "server").await, None, "there is no vault that could have one");
    let device = Device::with_vault().await;
    assert_eq!(finding(&device, "server").await.unwrap().what, "no server is set");
    device.client.lock().await.unwrap();
    let server = finding(&device, "server").await.unwrap();
    assert_eq!(server.level, Level::Warning);
    assert!(server.what.contains("isn't known while the journal is locked"), "{}", server.what);
    assert!(server.next.contains("haven unlock"), "{}", server.next);
}

#[tokio::test(start_paused = true)]
async fn a_server_is_asked_who_it_is() {
    let server = FakeServer::new();
    let device = with_server(&server).await;
    assert_eq!(level(&device, "server").await, Some(Level::Good));
    assert_eq!(level(&device, "sync").await, Some(Level::Good));
    device.host.serve(Some(FakeServer::with_seed(8).routes()));
    let other = finding(&device, "server").await.unwrap();
    assert_eq!(other.level, Level::Bad);
    assert!(other.what.contains("isn't the server you trust"), "{}", other.what);
    server.seen().forge = true;
    device.host.serve(Some(server.routes()));
    assert_eq!(level(&device, "server").await, Some(Level::Bad));
    device.host.serve(None);
    server.seen().pulls.clear();
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    assert_eq!(level(&device, "server").await, Some(Level::Warning));
    let sync = finding(&device, "sync").await.unwrap();
    assert_eq!(sync.level, Level::Warning);
    assert!(sync.what.contains("last in step at 2027-"), "{}", sync.what);
}

#[tokio::test(start_paused = true)]
async fn the_clock_is_compared_with_the_servers() {
    let server = FakeServer::new();
    let device = with_server(&server).await;
    let clock = finding(&device, "clock").await.unwrap();
    assert!(clock.what.contains("no other clock is known"), "{}", clock.what);
    let now_ms = device.host.now().wall_ms;
    for (ahead_s, level, what) in [
        (0, Level::Good, "agrees"),
        (-60, Level::Good, "agrees"),
        (1_800, Level::Warning, "30 minutes ahead of"),
        (-3_600, Level::Warning, "60 minutes behind"),
    ] {
        server.seen().now_ms = Some(now_ms - ahead_s * 1_000);
        let clock = finding(&device, "clock").await.unwrap();
        assert_eq!(clock.level, level, "{ahead_s}");
        assert!(clock.what.contains(what), "{ahead_s}: {}", clock.what);
    }
    let device = Device::new();
    device.host.move_clock(-1_700_000_000_000);
    assert_eq!(level(&device, "clock").await, Some(Level::Warning), "in 1973");
}

#[tokio::test(start_paused = true)]
async fn a_damaged_file_and_what_waits_in_it_are_found_open_or_locked() {
    let disk = Disk::default();
    let device = Device::initialised(Device::with_store(disk.clone())).await;
    for check in ["storage", "records", "alarms"] {
        assert_eq!(level(&device, check).await, Some(Level::Good), "{check}");
    }
    device.client.lock().await.unwrap();
    disk.go_back();
    let went_back = finding(&device, "alarms").await.unwrap();
    assert!(went_back.what.contains("older copy"), "told before the vault is open: {}", went_back.what);
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    assert!(finding(&device, "alarms").await.unwrap().what.contains("older copy"));
    device.client.lock().await.unwrap();
    let waiting = finding(&device, "alarms").await.unwrap();
    assert_eq!(
        (waiting.level, waiting.what.contains("once the journal is open")),
        (Level::Warning, true),
        "{}",
        waiting.what
    );
    disk.spoil("page 7 is torn");
    let storage = finding(&device, "storage").await.unwrap();
    assert_eq!(storage.level, Level::Bad);
    assert!(storage.what.contains("page 7 is torn"), "{}", storage.what);
}
