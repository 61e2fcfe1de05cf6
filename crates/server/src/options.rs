//! What an operator may choose.

use std::path::PathBuf;

use crate::limits;

/// Where the data lies and how to serve it.
#[derive(Clone, Debug)]
pub struct Options {
    /// The data folder, made by [`crate::init`].
    pub data: PathBuf,
    /// Serves TLS with this certificate; without it, plain HTTP/2 for loopback or a reverse proxy.
    pub tls: Option<TlsFiles>,
    /// How much a space may bring.
    pub limits: Limits,
}

/// A certificate and its key.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The certificate chain, PEM.
    pub cert: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
}

/// How much a space may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes one space may hold.
    pub space_bytes_max: u64,
    /// Records a second one space may push in the long run.
    pub push_records_per_second: u64,
    /// Records one space may push at once before that rate counts.
    pub push_records_burst: u64,
    /// Bytes a second one space may push in the long run.
    pub push_bytes_per_second: u64,
    /// Bytes one space may push at once before that rate counts.
    pub push_bytes_burst: u64,
}

impl Options {
    /// The defaults for a data folder.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self { data: data.into(), tls: None, limits: Limits::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            space_bytes_max: limits::SPACE_BYTES_MAX,
            push_records_per_second: limits::PUSH_RECORDS_PER_SECOND,
            push_records_burst: limits::PUSH_RECORDS_BURST,
            push_bytes_per_second: limits::PUSH_BYTES_PER_SECOND,
            push_bytes_burst: limits::PUSH_BYTES_BURST,
        }
    }
}
