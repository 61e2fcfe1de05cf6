//! A store that fails when the test says so.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use haven_api::error::ErrorReason as Reason;
use haven_api::journal::{Draft, Filter};
use haven_api::vault::ServerInvite;
use haven_engine::io::{Commit, Reader, Regression, Store, StoreFault, Table, Visit};
use haven_feed::ids::{FeedId, SpaceId};
use haven_store::memory::MemoryStore;

use crate::device::{Device, STRONG, reason};
use crate::server::{FakeServer, URL};

/// A store in memory that the test keeps a hand on.
#[derive(Clone, Default)]
pub(crate) struct Disk(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    store: MemoryStore,
    fault: Option<StoreFault>,
    /// Commits that are still taken before it fails.
    takes: usize,
    regression: Option<Regression>,
    problems: Vec<String>,
}

impl Disk {
    /// Some commits are taken yet, then every one fails like this.
    pub(crate) fn fail_after(&self, takes: usize, fault: StoreFault) {
        let mut inner = self.0.lock().unwrap();
        (inner.takes, inner.fault) = (takes, Some(fault));
    }

    /// The store holds less than it held.
    pub(crate) fn go_back(&self) {
        self.0.lock().unwrap().regression = Some(Regression { held: 2, seen: 5 });
    }

    /// The store holds records that nobody has applied yet, as after a power cut: opening has something to write down.
    fn leave_unapplied(&self) {
        let mut commit = Commit::default();
        commit.remove(Table::Meta, b"applied");
        self.0.lock().unwrap().store.apply(commit).unwrap();
    }

    /// Whether it still says so.
    fn says_it_went_back(&self) -> bool {
        self.0.lock().unwrap().regression.is_some()
    }

    /// Whoever checks the store finds this.
    pub(crate) fn spoil(&self, problem: &str) {
        self.0.lock().unwrap().problems.push(problem.to_owned());
    }

    /// Every commit fails like this, until it is told otherwise.
    pub(crate) fn fail(&self, fault: Option<StoreFault>) {
        self.0.lock().unwrap().fault = fault;
    }
}

impl Reader for Disk {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreFault> {
        self.0.lock().unwrap().store.get(table, key)
    }

    fn scan(&self, table: Table, visit: &mut Visit<'_>) -> Result<(), StoreFault> {
        self.0.lock().unwrap().store.scan(table, visit)
    }

    fn links(&self, space: SpaceId) -> Result<Vec<Vec<u8>>, StoreFault> {
        self.0.lock().unwrap().store.links(space)
    }

    fn records(&self, space: SpaceId, feed: FeedId, from: u64, max: usize) -> Result<Vec<Bytes>, StoreFault> {
        self.0.lock().unwrap().store.records(space, feed, from, max)
    }

    fn record(&self, space: SpaceId, feed: FeedId, seq: u64) -> Result<Option<Bytes>, StoreFault> {
        self.0.lock().unwrap().store.record(space, feed, seq)
    }

    fn heads(&self, space: SpaceId) -> Result<Vec<(FeedId, u64)>, StoreFault> {
        self.0.lock().unwrap().store.heads(space)
    }
}

impl Store for Disk {
    fn apply(&mut self, commit: Commit) -> Result<(), StoreFault> {
        let mut inner = self.0.lock().unwrap();
        match inner.fault.clone() {
            Some(fault) if inner.takes == 0 => Err(fault),
            _ => {
                inner.takes = inner.takes.saturating_sub(1);
                inner.store.apply(commit)
            }
        }
    }

    fn regression(&self) -> Option<Regression> {
        self.0.lock().unwrap().regression
    }

    fn accept_regression(&mut self) {
        self.0.lock().unwrap().regression = None;
    }

    fn verify(&self) -> Result<Vec<String>, StoreFault> {
        Ok(self.0.lock().unwrap().problems.clone())
    }
}

#[tokio::test(start_paused = true)]
async fn an_older_copy_of_the_journal_is_told_until_the_person_has_dealt_with_it() {
    let disk = Disk::default();
    let device = Device::initialised(Device::with_store(disk.clone())).await;
    let id = device.note("in the older copy").await;
    device.client.lock().await.unwrap();
    disk.go_back();
    disk.fail(Some(StoreFault::Full));
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    assert!(disk.says_it_went_back(), "told again until the alarm is durable");
    device.client.lock().await.unwrap();
    disk.fail(None);
    for _ in 0..2 {
        device.client.unlock(STRONG.to_owned()).await.unwrap();
        assert!(!disk.says_it_went_back(), "it is durable as an alarm");
        let alarms = device.client.alarms().await.unwrap();
        assert_eq!(alarms.len(), 1);
        assert_eq!(alarms[0].kind, "JOURNAL_WENT_BACK");
        assert!(alarms[0].next.ends_with('.'), "{}", alarms[0].next);
        assert_eq!(device.client.status().await.unwrap().alarms, 1);
        assert_eq!(device.client.entry(&id, None).await.unwrap().text, "in the older copy");
        device.client.lock().await.unwrap();
    }
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    let id = device.client.alarms().await.unwrap()[0].id.clone();
    assert_eq!(reason(device.client.resolve_alarm("00").await), Some(Reason::NotFound));
    device.client.resolve_alarm(&id).await.unwrap();
    assert_eq!(device.client.alarms().await.unwrap(), []);
    assert_eq!(reason(device.client.resolve_alarm(&id).await), Some(Reason::NotFound));
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_saved_is_said_so_and_reading_and_locking_go_on() {
    let cases = [
        (StoreFault::Full, Reason::StorageFull),
        (StoreFault::ReadOnly, Reason::StorageReadOnly),
        (StoreFault::Unavailable { detail: "I/O error".to_owned() }, Reason::StorageFailed),
    ];
    for (fault, expected) in cases {
        let disk = Disk::default();
        let device = Device::initialised(Device::with_store(disk.clone())).await;
        let id = device.note("before").await;
        disk.fail(Some(fault));
        for _ in 0..2 {
            let error = device.client.add(Draft::note("lost")).await.unwrap_err();
            assert_eq!(error.reason, expected, "{error}");
            assert!(!error.next.is_empty());
        }
        assert_eq!(device.client.entry(&id, None).await.unwrap().text, "before");
        assert_eq!(device.client.history(&id).await.unwrap().len(), 1, "the vault is open again");
        let listed = device.client.list(&Filter::default(), 0, None).await.unwrap();
        assert_eq!(listed.total, 1, "nothing of what failed is shown");
        disk.fail(None);
        device.note("after").await;
        assert_eq!(device.client.list(&Filter::default(), 0, None).await.unwrap().total, 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_vault_that_cannot_be_written_down_is_not_made() {
    let disk = Disk::default();
    let device = Device::with_store(disk.clone());
    disk.fail(Some(StoreFault::Full));
    let made = device.client.init("Laptop", STRONG.to_owned(), None).await;
    assert_eq!(reason(made), Some(Reason::StorageFull));
    disk.fail(None);
    device.client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn once_a_vault_is_made_its_kit_is_told_whatever_fails_then() {
    let mut stood = 0;
    for takes in 1..6 {
        let disk = Disk::default();
        let (device, server) = (Device::with_store(disk.clone()), FakeServer::new());
        device.host.serve(Some(server.routes()));
        let choice = ServerInvite { url: URL.to_owned(), invite: server.invite() };
        disk.fail_after(takes, StoreFault::Full);
        let made = device.client.init("Laptop", STRONG.to_owned(), Some(choice)).await.unwrap();
        assert_eq!((made.kit.len(), made.vault.len(), made.device_id.len()), (34, 64, 16), "{takes}");
        assert!(made.failed.iter().all(|failed| failed.reason == Reason::StorageFull), "{:?}", made.failed);
        stood += usize::from(made.failed.is_some());
        disk.fail(None);
        device.client.lock().await.unwrap();
        device.client.unlock(STRONG.to_owned()).await.unwrap();
        device.note("the vault stands").await;
    }
    assert!(stood > 0, "the server could not be remembered at least once");
}

#[tokio::test(start_paused = true)]
async fn a_passphrase_that_cannot_be_counted_is_not_tried() {
    let disk = Disk::default();
    let device = Device::initialised(Device::with_store(disk.clone())).await;
    device.client.lock().await.unwrap();
    disk.fail(Some(StoreFault::Unavailable { detail: "I/O error".to_owned() }));
    assert_eq!(reason(device.client.unlock(STRONG.to_owned()).await), Some(Reason::StorageFailed));
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_takes_nothing_leaves_a_locked_journal_to_be_read() {
    for (fault, expected) in
        [(StoreFault::Full, Reason::StorageFull), (StoreFault::ReadOnly, Reason::StorageReadOnly)]
    {
        let disk = Disk::default();
        let device = Device::initialised(Device::with_store(disk.clone())).await;
        let id = device.note("read me").await;
        device.client.lock().await.unwrap();
        disk.fail(Some(fault));
        assert_eq!(reason(device.client.unlock("wrong".to_owned()).await), Some(Reason::WrongPassphrase));
        let status = device.client.unlock(STRONG.to_owned()).await.unwrap();
        assert_eq!(status.entries, Some(1));
        assert_eq!(device.client.entry(&id, None).await.unwrap().text, "read me");
        assert_eq!(device.client.history(&id).await.unwrap().len(), 1);
        let error = device.client.add(Draft::note("kept by whoever wrote it")).await.unwrap_err();
        assert_eq!(error.reason, expected, "{error}");
        assert!(!error.next.is_empty());
        disk.fail(None);
        device.note("there is room again").await;
        assert_eq!(device.client.list(&Filter::default(), 0, None).await.unwrap().total, 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_has_something_to_write_down_at_its_opening_is_read_all_the_same() {
    let disk = Disk::default();
    let device = Device::initialised(Device::with_store(disk.clone())).await;
    let id = device.note("read me").await;
    device.client.lock().await.unwrap();
    disk.leave_unapplied();
    disk.fail(Some(StoreFault::Full));
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(device.client.entry(&id, None).await.unwrap().text, "read me");
    assert_eq!(reason(device.client.add(Draft::note("no room")).await), Some(Reason::StorageFull));
    disk.fail(None);
    device.note("there is room again").await;
    assert_eq!(device.client.list(&Filter::default(), 0, None).await.unwrap().total, 2);
}
