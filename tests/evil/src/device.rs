//! A real device: a whole node on a store in memory, whose clock is tokio's and whose server is the evil one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use haven_api::client::Client;
use haven_api::journal::{Draft, ExportFormat};
use haven_api::vault::{Status, SyncState};
use haven_engine::io::{Commit, Entropy as _, Reader, Store, StoreFault, Table, Visit};
use haven_engine::vault::local_key;
use haven_feed::{FeedId, SpaceId};
use haven_node::host::{DialFault, Host, KeepFault, Now, Task, Transport, Zone, ZoneFault, Zones};
use haven_node::node::{self, Node};
use haven_node::services::{Envelope, Enveloped};
use haven_sim::chance::Chance;
use haven_sim::device::NEWS;
use haven_store::memory::MemoryStore;
use tokio::time::Instant;
use tonic::service::Routes;
use tower::util::BoxCloneSyncService;
use tower::{Layer as _, ServiceExt};

use crate::server::EvilServer;

/// Where every server is.
pub const URL: &str = "http://127.0.0.1:7460";

/// The wall clock when a case begins: in 2027.
const WALL_MS: i64 = 1_800_000_000_000;

/// A disk that outlives the process of its device, and can be copied.
#[derive(Clone)]
struct Disk(Arc<Mutex<MemoryStore>>);

impl Reader for Disk {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreFault> {
        self.0.lock().unwrap().get(table, key)
    }

    fn scan(&self, table: Table, visit: &mut Visit<'_>) -> Result<(), StoreFault> {
        self.0.lock().unwrap().scan(table, visit)
    }

    fn links(&self, space: SpaceId) -> Result<Vec<Vec<u8>>, StoreFault> {
        self.0.lock().unwrap().links(space)
    }

    fn records(
        &self,
        space: SpaceId,
        feed: FeedId,
        from_seq: u64,
        bytes_max: usize,
    ) -> Result<Vec<Bytes>, StoreFault> {
        self.0.lock().unwrap().records(space, feed, from_seq, bytes_max)
    }

    fn record(&self, space: SpaceId, feed: FeedId, seq: u64) -> Result<Option<Bytes>, StoreFault> {
        self.0.lock().unwrap().record(space, feed, seq)
    }

    fn heads(&self, space: SpaceId) -> Result<Vec<(FeedId, u64)>, StoreFault> {
        self.0.lock().unwrap().heads(space)
    }
}

impl Store for Disk {
    fn apply(&mut self, commit: Commit) -> Result<(), StoreFault> {
        self.0.lock().unwrap().apply(commit)
    }
}

struct EvilHost {
    began: Instant,
    chance: Mutex<Chance>,
    server: EvilServer,
}

impl Zones for EvilHost {
    fn offset_seconds(&self, _: &str, _: i64) -> Result<i32, ZoneFault> {
        Ok(0)
    }
}

impl Host for EvilHost {
    fn now(&self) -> Now {
        let mono_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap();
        Now { wall_ms: WALL_MS + i64::try_from(mono_ms).unwrap(), mono_ms }
    }

    fn zone(&self) -> Zone {
        Zone::default()
    }

    fn sleep(&self, ms: u64) -> Task {
        Box::pin(tokio::time::sleep(Duration::from_millis(ms)))
    }

    fn spawn(&self, task: Task) {
        tokio::spawn(task);
    }

    fn work(&self, work: Box<dyn FnOnce() + Send>) {
        work();
    }

    fn timed(&self, _: &mut dyn FnMut()) -> u64 {
        0
    }

    fn entropy(&self, bytes: &mut [u8]) {
        self.chance.lock().unwrap().fill(bytes);
    }

    fn passphrase_bits(&self, _: &str) -> f64 {
        60.0
    }

    fn dial(&self, _: &str) -> Task<Result<Transport, DialFault>> {
        let routes = self.server.connect();
        Box::pin(async move {
            Ok(BoxCloneSyncService::new(ServiceExt::<http::Request<tonic::body::Body>>::map_err(
                routes,
                |never| match never {},
            )))
        })
    }

    fn lock_idle(&self) -> Option<Duration> {
        None
    }

    fn readable(&self) -> Result<Option<Vec<u8>>, KeepFault> {
        Ok(None)
    }

    fn keep_readable(&self, _: Option<&[u8]>) -> Result<(), KeepFault> {
        Ok(())
    }

    fn locked(&self) {}
}

/// A running device.
pub struct Device {
    node: Node,
    disk: Disk,
    /// What its person asks it.
    pub client: Client<Enveloped<Routes>>,
}

/// What a person sees of a journal.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    /// Every entry as it is exported, by its text.
    pub entries: BTreeMap<String, String>,
    /// Every device, by id: its name, and whether it was removed.
    pub devices: BTreeMap<String, (String, bool)>,
    /// The server, and who it has to be.
    pub server: String,
}

impl Device {
    /// Opens what a store holds.
    pub async fn open(store: MemoryStore, key: [u8; 32], seed: u64, server: &EvilServer) -> Self {
        let host =
            EvilHost { began: Instant::now(), chance: Mutex::new(Chance::new(seed)), server: server.clone() };
        let disk = Disk(Arc::new(Mutex::new(store)));
        let (node, keeper) = node::start(Arc::new(host), Box::new(disk.clone())).unwrap();
        tokio::spawn(keeper.run());
        node.open_with(local_key(key)).await.unwrap();
        let client = Client::new(Envelope.layer(node.routes()));
        Self { node, disk, client }
    }

    /// Writes a note.
    pub async fn write(&self, text: &str) {
        self.client.add(Draft::note(text)).await.unwrap();
    }

    /// How things stand.
    pub async fn status(&self) -> Status {
        self.client.status().await.unwrap()
    }

    /// Whether it has nothing to send and nothing to fetch.
    pub async fn is_idle(&self) -> bool {
        let sync = self.status().await.sync;
        sync.state == SyncState::Idle && sync.pending == 0
    }

    /// A copy of its disk.
    pub fn copied(&self) -> MemoryStore {
        self.disk.0.lock().unwrap().snapshot()
    }

    /// Closes the journal, so that nothing more is done.
    pub async fn close(&self) {
        self.node.lock().await;
    }

    /// The kinds of the alarms that the person sees, each once, sorted; but for what their own devices did and is nothing wrong.
    pub async fn alarms(&self) -> Vec<String> {
        let mut kinds: Vec<String> =
            self.client.alarms().await.unwrap().into_iter().map(|alarm| alarm.kind).collect();
        kinds.retain(|kind| !NEWS.contains(&&**kind));
        kinds.sort();
        kinds.dedup();
        kinds
    }

    /// All that the person sees.
    pub async fn shown(&self) -> Shown {
        let mut entries = BTreeMap::new();
        let mut export = self.client.export(ExportFormat::Jsonl).await.unwrap();
        while let Some(batch) = export.next().await.unwrap() {
            for line in batch.lines {
                let read: serde_json::Value = serde_json::from_str(&line).unwrap();
                if let Some(text) = read.get("text").and_then(serde_json::Value::as_str) {
                    entries.insert(text.to_owned(), line.clone());
                }
            }
        }
        let devices = self.client.devices().await.unwrap().into_iter();
        let devices = devices.map(|device| (device.id, (device.name, device.removed))).collect();
        let server = self.client.server().await.unwrap();
        Shown { entries, devices, server: format!("{} {}", server.url, server.identity) }
    }
}
