//! What a node needs from the place it runs in, a daemon or a browser's worker: time, randomness, tasks, a way to a
//! server, and a place for the lines of the plan that stay readable while the vault is locked.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use haven_engine::io::Entropy;
use thiserror::Error;
use tower::util::BoxCloneSyncService;

pub use haven_core::time::{ZoneFault, Zones};
pub use haven_engine::io::{Now, StoreFault};

/// A future that a host may run on any thread.
pub type Task<T = ()> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The way to a server: takes gRPC requests, gives gRPC responses. A channel natively, `fetch` in a browser.
pub type Transport =
    BoxCloneSyncService<http::Request<tonic::body::Body>, http::Response<tonic::body::Body>, tonic::Status>;

/// Why a server cannot be reached.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DialFault {
    /// The address is not one: no scheme, no host, or a scheme nobody speaks.
    #[error("that isn't the address of a server")]
    Address,
    /// Plain http to another machine; only loopback may do without TLS.
    #[error("plain http only works on this machine; other addresses need https")]
    Plaintext,
    /// Nobody answers there.
    #[error("nobody answers at that address")]
    Unreachable,
    /// Somebody answers whose certificate does not hold for that address on this device.
    #[error(
        "its certificate doesn't hold: it's out of date, for another address, or made by nobody this device trusts"
    )]
    Certificate,
}

/// Why the readable lines of the plan cannot be kept, dropped or read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeepFault {
    /// This host keeps nothing in the clear.
    #[error("nothing is kept here that could be read without unlocking")]
    Never,
    /// The disk said no.
    #[error(transparent)]
    Disk(#[from] StoreFault),
}

/// The zone that the device's clock shows at present.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
    /// How far ahead of UTC, in seconds.
    pub offset_seconds: i32,
    /// Its IANA name, if known.
    pub name: Option<String>,
}

/// The place a node runs in. It knows the zones of the world too, as far as anybody there does.
pub trait Host: Zones + 'static {
    /// Tells the time.
    fn now(&self) -> Now;

    /// Tells the zone of the device.
    fn zone(&self) -> Zone;

    /// Ends after so many milliseconds.
    fn sleep(&self, ms: u64) -> Task;

    /// Runs a task beside the others. The task ends by itself when the node lets go of it.
    fn spawn(&self, task: Task);

    /// Runs work that takes up to seconds of computing, where it holds nobody up.
    fn work(&self, work: Box<dyn FnOnce() + Send>);

    /// Does work and tells how many milliseconds it took: how hard a new passphrase is stretched is chosen by that. A host that
    /// does nothing and tells 0 has it stretched at the floor.
    fn timed(&self, work: &mut dyn FnMut()) -> u64;

    /// Fills `bytes` with unpredictable bytes.
    fn entropy(&self, bytes: &mut [u8]);

    /// Estimates how hard a passphrase is to guess, in bits.
    fn passphrase_bits(&self, passphrase: &str) -> f64;

    /// Opens a connection to a server. Ends within a bounded time.
    fn dial(&self, url: &str) -> Task<Result<Transport, DialFault>>;

    /// After how long without a call this place locks the vault; `None` if it never does so by itself.
    fn lock_idle(&self) -> Option<Duration>;

    /// Reads what was last kept by [`Host::keep_readable`]; none if nothing is there. Waits for nobody, and reads no more than
    /// tells that there is too much.
    ///
    /// # Errors
    /// Something is there that cannot be read.
    fn readable(&self) -> Result<Option<Vec<u8>>, KeepFault>;

    /// Keeps the readable lines of the plan, as they are and private to the person, or drops whatever is there. Returns once
    /// that is durable.
    ///
    /// # Errors
    /// They were not kept or dropped. What was there before is there whole, or nothing is.
    fn keep_readable(&self, bytes: Option<&[u8]>) -> Result<(), KeepFault>;

    /// Hears that the vault was locked and its keys dropped; a daemon replaces its process now, so that nothing of them
    /// stays in freed memory.
    fn locked(&self);
}

/// A host's randomness as the engine takes it.
pub(crate) struct HostEntropy<'a>(pub(crate) &'a dyn Host);

impl Entropy for HostEntropy<'_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.entropy(bytes);
    }
}
