//! The file beside the journal that is locked while a store is open and says how many records it has held.
//!
//! The number is written after a commit is durable and never synced: it can lag behind the journal, which says nothing,
//! but not run ahead of it, which says that the journal went back.

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;

use haven_engine::io::StoreFault;
use rustix::fs::FlockOperation;
use rustix::io::Errno;

use super::place::Place;
use super::{MARK_FILE, fault};

/// count 8 | its complement 8, big-endian. The complement tells a number from whatever a crash or a bad disk left.
const MARK_BYTES: usize = 16;

/// The locked mark of an open store. Dropping it lets the lock go.
pub(super) struct Mark {
    file: File,
    records: u64,
}

impl Mark {
    /// Locks the mark. A lock of its own, since the database's would be lost as soon as this process closed any other
    /// handle on the database's file.
    pub(super) fn claim(place: &Place) -> Result<Self, StoreFault> {
        let file = place.open_or_make(MARK_FILE)?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Err(StoreFault::InUse),
            Err(errno) => return Err(fault::of_system(errno)),
        }
        let records = read(&file)?;
        Ok(Self { file, records })
    }

    /// How many records the journal has held.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// Takes note that the journal holds this many.
    pub(super) fn raise(&mut self, records: u64) {
        if records > self.records {
            self.lower(records);
        }
    }

    /// Takes note that the journal holds this many, even if it has held more.
    pub(super) fn lower(&mut self, records: u64) {
        self.records = records;
        // The commit is durable whether or not this is written; a mark that lags only notices less.
        if let Err(error) = self.file.write_all_at(&encode(records), 0) {
            tracing::warn!(%error, "the journal's mark could not be written");
        }
    }
}

/// Unlocks by word and not by closing alone: a process that is being started elsewhere in this program holds a copy of
/// every handle for a moment, and the lock would last as long as the copy.
impl Drop for Mark {
    fn drop(&mut self) {
        if let Err(errno) = rustix::fs::flock(&self.file, FlockOperation::Unlock) {
            tracing::warn!(%errno, "the journal's mark could not be unlocked");
        }
    }
}

fn encode(records: u64) -> [u8; MARK_BYTES] {
    let mut bytes = [0; MARK_BYTES];
    bytes[..8].copy_from_slice(&records.to_be_bytes());
    bytes[8..].copy_from_slice(&(!records).to_be_bytes());
    bytes
}

/// Reads the count; a new or damaged mark counts nothing.
fn read(file: &File) -> Result<u64, StoreFault> {
    let mut bytes = [0; MARK_BYTES];
    match file.read_exact_at(&mut bytes, 0) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(0),
        Err(error) => return Err(fault::of_io(&error)),
    }
    let mut count = [0; 8];
    count.copy_from_slice(&bytes[..8]);
    let records = u64::from_be_bytes(count);
    Ok(if encode(records) == bytes { records } else { 0 })
}
