//! The daemon as a node's host: the system's clocks and randomness, tokio's tasks and timers, TCP and TLS to a server.

use std::error::Error;
use std::io;
use std::time::Duration;

use haven_node::host::{DialFault, Host, KeepFault, Now, Task, Transport, Zone, ZoneFault, Zones};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_rustls::rustls;
use tonic::transport::{ClientTlsConfig, Endpoint};
use tower::ServiceExt as _;
use tower::util::BoxCloneSyncService;

use crate::clock;
use crate::config::Config;
use crate::readable::Readable;
use crate::socket::Door;

/// How long a connection may take to come about: a slow line, not a dead one.
const CONNECT: Duration = Duration::from_secs(10);

/// Bytes on their way on one stream before the other side must wait: a full message and what follows.
const STREAM_WINDOW: u32 = 2 * 1024 * 1024;

/// Bytes on their way on a connection.
const CONNECTION_WINDOW: u32 = 4 * 1024 * 1024;

/// How often an idle connection is probed, and how long an answer may take: half a connection must be noticed.
const PROBE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(15));

/// What is set around a daemon whose new passphrases are to be stretched at the floor and not by what this machine bears: tests make
/// many journals, and figures are only compared at one cost. It can't make them weaker than that.
const LEAST_STRETCHING: (&str, &str) = ("HAVEN_KDF", "floor");

/// A daemon's process.
pub(crate) struct Process {
    /// Where tasks run; the keeper's own thread has another runtime.
    tasks: Handle,
    door: Door,
    locked: watch::Sender<bool>,
    readable: Readable,
    lock_idle: watch::Receiver<Option<Duration>>,
    /// Whether new passphrases are stretched at the floor, without a trial.
    least_stretching: bool,
}

impl Process {
    /// Made inside the runtime that tasks are to run on. When the vault was locked, the door is closed and `locked` turns true.
    pub(crate) fn new(door: Door, locked: watch::Sender<bool>, readable: Readable, config: &Config) -> Self {
        let least_stretching =
            std::env::var_os(LEAST_STRETCHING.0).is_some_and(|set| set == LEAST_STRETCHING.1);
        let (tasks, lock_idle) = (Handle::current(), config.lock_idle());
        Self { tasks, door, locked, readable, lock_idle, least_stretching }
    }
}

impl Host for Process {
    fn now(&self) -> Now {
        Now { wall_ms: clock::wall_ms(), mono_ms: clock::boottime_ms() }
    }

    fn zone(&self) -> Zone {
        let now = jiff::ZonedDateTime::now();
        let zone = Some(now.time_zone()).filter(|zone| !zone.is_unknown());
        let name = zone.and_then(|zone| zone.iana_name()).map(str::to_owned);
        Zone { offset_seconds: now.offset().seconds(), name }
    }

    fn sleep(&self, ms: u64) -> Task {
        Box::pin(tokio::time::sleep(Duration::from_millis(ms)))
    }

    fn spawn(&self, task: Task) {
        self.tasks.spawn(task);
    }

    fn work(&self, work: Box<dyn FnOnce() + Send>) {
        self.tasks.spawn_blocking(work);
    }

    fn timed(&self, work: &mut dyn FnMut()) -> u64 {
        if self.least_stretching {
            return 0;
        }
        let began = std::time::Instant::now();
        work();
        u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn entropy(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system has random bytes");
    }

    fn passphrase_bits(&self, passphrase: &str) -> f64 {
        zxcvbn::zxcvbn(passphrase, &["haven", "journal"]).guesses_log10() * std::f64::consts::LOG2_10
    }

    fn dial(&self, url: &str) -> Task<Result<Transport, DialFault>> {
        let url = url.to_owned();
        Box::pin(async move { dial(&url).await })
    }

    fn lock_idle(&self) -> Option<Duration> {
        *self.lock_idle.borrow()
    }

    fn readable(&self) -> Result<Option<Vec<u8>>, KeepFault> {
        self.readable.read()
    }

    fn keep_readable(&self, bytes: Option<&[u8]>) -> Result<(), KeepFault> {
        self.readable.keep(bytes)
    }

    fn locked(&self) {
        self.door.close();
        self.locked.send_replace(true);
    }
}

impl Zones for Process {
    fn offset_seconds(&self, zone: &str, moment: i64) -> Result<i32, ZoneFault> {
        let database = jiff::tz::db();
        match database.get(zone) {
            Ok(zone) if !zone.is_unknown() => {
                let ends = (jiff::Timestamp::MIN.as_second(), jiff::Timestamp::MAX.as_second());
                let moment = jiff::Timestamp::from_second(moment.clamp(ends.0, ends.1));
                Ok(zone.to_offset(moment.unwrap_or_default()).seconds())
            }
            _ if database.is_definitively_empty() => Err(ZoneFault::NoZones),
            _ => Err(ZoneFault::Unknown),
        }
    }
}

async fn dial(url: &str) -> Result<Transport, DialFault> {
    let endpoint = endpoint(url)?;
    let channel = endpoint.connect().await.map_err(|error| fault(&error))?;
    Ok(BoxCloneSyncService::new(channel.map_err(|error| tonic::Status::from_error(Box::new(error)))))
}

/// Tells a server whose certificate does not hold from one that is not there.
fn fault(error: &(dyn Error + 'static)) -> DialFault {
    let mut next = Some(error);
    while let Some(error) = next {
        // The inner error of an input or output error is not its source, but stands in its place.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let tls = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if let Some(rustls::Error::InvalidCertificate(_)) = tls.or_else(|| error.downcast_ref()) {
            return DialFault::Certificate;
        }
        next = error.source();
    }
    DialFault::Unreachable
}

fn endpoint(url: &str) -> Result<Endpoint, DialFault> {
    let endpoint = Endpoint::from_shared(url.to_owned()).map_err(|_| DialFault::Address)?;
    let (scheme, host) = (endpoint.uri().scheme_str(), endpoint.uri().host());
    let secure = match (scheme, host) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(host)) if is_loopback(host) => false,
        (Some("http"), Some(_)) => return Err(DialFault::Plaintext),
        _ => return Err(DialFault::Address),
    };
    let endpoint = endpoint
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .http2_keep_alive_interval(PROBE.0)
        .keep_alive_timeout(PROBE.1)
        .keep_alive_while_idle(true);
    if !secure {
        return Ok(endpoint);
    }
    endpoint.tls_config(ClientTlsConfig::new().with_enabled_roots()).map_err(|_| DialFault::Address)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for (url, expected) in [
            ("http://127.0.0.1:7460", Ok(())),
            ("http://[::1]:7460", Ok(())),
            ("http://localhost:7460", Ok(())),
            ("https://journal.example", Ok(())),
            ("http://journal.example", Err(DialFault::Plaintext)),
            ("http://192.168.1.2:7460", Err(DialFault::Plaintext)),
            ("http://127.0.0.1.evil.example", Err(DialFault::Plaintext)),
            ("ftp://127.0.0.1", Err(DialFault::Address)),
            ("journal.example", Err(DialFault::Address)),
            ("", Err(DialFault::Address)),
        ] {
            assert_eq!(endpoint(url).map(|_| ()), expected, "{url}");
        }
    }

    #[cfg(feature = "embedded")]
    #[tokio::test]
    async fn a_certificate_that_does_not_hold_is_told_from_a_server_that_is_not_there() {
        use haven_server::options::{Options, TlsFiles};

        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("server");
        haven_server::init(&data).unwrap();
        let own =
            |name: &str| format!("{}/../server/tests/it/tls/{name}.pem", env!("CARGO_MANIFEST_DIR")).into();
        let tls = Some(TlsFiles { cert: own("cert"), key: own("key") });
        let opened = haven_server::serve::open(&Options { tls, ..Options::new(data) }).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let server = tokio::spawn(opened.serve(listener, std::future::pending()));
        assert_eq!(dial(&url).await.err(), Some(DialFault::Certificate), "signed by itself");
        server.abort();
        drop(server.await);
        assert_eq!(dial(&url).await.err(), Some(DialFault::Unreachable));
    }

    fn process(folder: &std::path::Path) -> Process {
        let config = Config::read(&folder.join("config.toml")).unwrap();
        Process::new(Door::default(), watch::Sender::new(false), Readable::of(folder), &config)
    }

    #[tokio::test]
    async fn a_zone_that_exists_has_an_offset_at_any_moment() {
        let folder = tempfile::tempdir().unwrap();
        let process = process(folder.path());
        for (zone, moment, expected) in [
            ("Asia/Tokyo", 0, Ok(32_400)),
            ("Europe/Berlin", 1_774_745_999, Ok(3_600)),
            ("Europe/Berlin", 1_774_746_000, Ok(7_200)),
            ("Mars/Base", 0, Err(ZoneFault::Unknown)),
            ("Etc/Unknown", 0, Err(ZoneFault::Unknown)),
            ("../../etc/passwd", 0, Err(ZoneFault::Unknown)),
        ] {
            assert_eq!(process.offset_seconds(zone, moment), expected, "{zone} {moment}");
        }
        for absurd in [i64::MIN, i64::MAX] {
            assert!(process.offset_seconds("Europe/Berlin", absurd).is_ok());
        }
    }

    #[tokio::test]
    async fn a_passphrase_of_random_words_is_strong_and_a_common_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let process = process(folder.path());
        assert!(process.passphrase_bits("correct-ladder-mango-quiet-harp") >= 40.0);
        for weak in ["", "password", "haven", "Tr0ub4dor", "12345678901234567890"] {
            assert!(process.passphrase_bits(weak) < 40.0, "{weak}");
        }
    }
}
