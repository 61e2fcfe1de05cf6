//! A device under test and the place it runs in.

use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use haven_api::client::Client;
use haven_api::error::{ApiError, ErrorReason};
use haven_core::time::Date;
use haven_node::host::{DialFault, Host, KeepFault, Now, Task, Transport, Zone, ZoneFault, Zones};
use haven_node::node::{self, Node};
use haven_node::services::{Envelope, Enveloped};
use haven_store::memory::MemoryStore;
use tokio::time::Instant;
use tonic::service::Routes;
use tower::util::BoxCloneSyncService;
use tower::{Layer as _, ServiceExt};

/// A passphrase that the fake host finds strong, and the one it finds weak.
pub(crate) const STRONG: &str = "brook tulip anchor maple";
pub(crate) const WEAK: &str = "12345";

/// The wall clock when a test begins: in 2027.
const WALL_MS: i64 = 1_800_000_000_000;

/// A host on tokio's paused clock, whose server is whatever the test says.
pub(crate) struct FakeHost {
    began: Instant,
    moved_ms: AtomicI64,
    trial_ms: AtomicU64,
    server: Mutex<Option<Routes>>,
    locks: AtomicUsize,
    dials: AtomicUsize,
    readable: Mutex<Option<Vec<u8>>>,
    refusal: Mutex<Option<KeepFault>>,
}

impl FakeHost {
    /// What anybody can read of the plan.
    pub(crate) fn lies_open(&self) -> String {
        String::from_utf8(self.readable.lock().unwrap().clone().unwrap_or_default()).unwrap()
    }

    /// Puts something where the readable lines are kept.
    pub(crate) fn lay_open(&self, bytes: &[u8]) {
        *self.readable.lock().unwrap() = Some(bytes.to_vec());
    }

    /// Refuses to keep lines from now on, or does not; dropping them always works.
    pub(crate) fn refuse_lines(&self, fault: Option<KeepFault>) {
        *self.refusal.lock().unwrap() = fault;
    }

    /// Sets the wall clock forward or back.
    pub(crate) fn move_clock(&self, ms: i64) {
        self.moved_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// How long a trial of stretching a passphrase takes from now on; 0 makes none.
    pub(crate) fn trial_takes(&self, ms: u64) {
        self.trial_ms.store(ms, Ordering::Relaxed);
    }

    /// What the wall clock shows.
    pub(crate) fn wall_ms(&self) -> i64 {
        self.now().wall_ms
    }

    /// Who answers at any address; nobody at first.
    pub(crate) fn serve(&self, server: Option<Routes>) {
        *self.server.lock().unwrap() = server;
    }

    /// How often the node tried to reach a server.
    pub(crate) fn dials(&self) -> usize {
        self.dials.load(Ordering::Relaxed)
    }

    /// How often the node said that it dropped its keys.
    pub(crate) fn locks(&self) -> usize {
        self.locks.load(Ordering::Relaxed)
    }
}

/// Two zones without summer time.
impl Zones for FakeHost {
    fn offset_seconds(&self, zone: &str, _: i64) -> Result<i32, ZoneFault> {
        match zone {
            "Europe/Berlin" => Ok(3_600),
            "Asia/Tokyo" => Ok(32_400),
            _ => Err(ZoneFault::Unknown),
        }
    }
}

impl Host for FakeHost {
    fn now(&self) -> Now {
        let mono_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap();
        let wall_ms = WALL_MS + self.moved_ms.load(Ordering::Relaxed) + i64::try_from(mono_ms).unwrap();
        Now { wall_ms, mono_ms }
    }

    fn zone(&self) -> Zone {
        Zone { offset_seconds: 3600, name: Some("Europe/Berlin".to_owned()) }
    }

    fn sleep(&self, ms: u64) -> Task {
        Box::pin(tokio::time::sleep(Duration::from_millis(ms)))
    }

    fn spawn(&self, task: Task) {
        tokio::spawn(task);
    }

    fn work(&self, work: Box<dyn FnOnce() + Send>) {
        tokio::task::spawn_blocking(work);
    }

    fn timed(&self, work: &mut dyn FnMut()) -> u64 {
        let trial_ms = self.trial_ms.load(Ordering::Relaxed);
        if trial_ms > 0 {
            work();
        }
        trial_ms
    }

    fn entropy(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).unwrap();
    }

    fn passphrase_bits(&self, passphrase: &str) -> f64 {
        if passphrase.len() > 12 { 60.0 } else { 20.0 }
    }

    fn dial(&self, _: &str) -> Task<Result<Transport, DialFault>> {
        self.dials.fetch_add(1, Ordering::Relaxed);
        let server = self.server.lock().unwrap().clone();
        Box::pin(async move {
            let server = server.ok_or(DialFault::Unreachable)?;
            Ok(BoxCloneSyncService::new(ServiceExt::<http::Request<tonic::body::Body>>::map_err(
                server,
                |never| match never {},
            )))
        })
    }

    fn lock_idle(&self) -> Option<Duration> {
        None
    }

    fn readable(&self) -> Result<Option<Vec<u8>>, KeepFault> {
        Ok(self.readable.lock().unwrap().clone())
    }

    fn keep_readable(&self, bytes: Option<&[u8]>) -> Result<(), KeepFault> {
        let refusal = self.refusal.lock().unwrap().clone().filter(|_| bytes.is_some());
        if refusal.is_none() {
            *self.readable.lock().unwrap() = bytes.map(<[u8]>::to_vec);
        }
        refusal.map_or(Ok(()), Err)
    }

    fn locked(&self) {
        self.locks.fetch_add(1, Ordering::Relaxed);
    }
}

/// A device and its client.
pub(crate) struct Device {
    pub(crate) host: Arc<FakeHost>,
    pub(crate) node: Node,
    pub(crate) client: Client<Enveloped<Routes>>,
}

impl Device {
    /// A device without a vault.
    pub(crate) fn new() -> Self {
        Self::with_store(MemoryStore::new())
    }

    /// A device that finds a store.
    pub(crate) fn with_store(store: impl haven_engine::io::Store + Send + 'static) -> Self {
        Self::of(store, None)
    }

    /// A device without a vault, where readable lines lie.
    pub(crate) fn finding(readable: &[u8]) -> Self {
        Self::of(MemoryStore::new(), Some(readable.to_vec()))
    }

    fn of(store: impl haven_engine::io::Store + Send + 'static, readable: Option<Vec<u8>>) -> Self {
        let host = Arc::new(FakeHost {
            began: Instant::now(),
            moved_ms: AtomicI64::new(0),
            trial_ms: AtomicU64::new(0),
            server: Mutex::new(None),
            locks: AtomicUsize::new(0),
            dials: AtomicUsize::new(0),
            readable: Mutex::new(readable),
            refusal: Mutex::default(),
        });
        let (node, keeper) = node::start(host.clone(), Box::new(store)).unwrap();
        tokio::spawn(keeper.run());
        let client = Client::new(Envelope.layer(node.routes()));
        Self { host, node, client }
    }

    /// A device with an open vault.
    pub(crate) async fn with_vault() -> Self {
        Self::initialised(Self::new()).await
    }

    /// A device on a store, with an open vault in it.
    pub(crate) async fn initialised(device: Self) -> Self {
        device.client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
        device
    }

    /// Writes a note and tells its id.
    pub(crate) async fn note(&self, text: &str) -> String {
        self.client.add(haven_api::journal::Draft::note(text)).await.unwrap().id.to_string()
    }

    /// The titles or texts of a search, newest first.
    pub(crate) async fn found(&self, query: &str) -> Vec<String> {
        let hits = self.client.search(query, 0, None).await.unwrap().items;
        hits.into_iter().map(|hit| hit.entry.title).collect()
    }
}

/// Whether a page can show what an error says: it names no command, and writes no date as machines do.
fn fits_every_client(error: &ApiError) -> bool {
    let said = [&error.what, &error.why, &error.next].map(String::as_str).join(" ");
    let is_date = |word: &str| word.trim_matches(|c: char| !c.is_ascii_digit()).parse::<Date>().is_ok();
    !said.contains("`haven") && !said.contains("HAVEN_HOME") && !said.split_whitespace().any(is_date)
}

/// The reason of an error.
pub(crate) fn reason<T>(answer: Result<T, ApiError>) -> Option<ErrorReason> {
    answer.err().map(|error| {
        assert!(!error.what.is_empty(), "an error says what failed");
        assert!(fits_every_client(&error), "{error:?}");
        error.reason
    })
}
