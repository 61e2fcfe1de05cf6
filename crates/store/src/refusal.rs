//! What every store refuses, in the same words: writes that could lose what is held or could not be held at all.

use haven_engine::io::{StoreFault, Write};

use crate::limits::{KEY_BYTES_MAX, SEQ_MAX, VALUE_BYTES_MAX};

/// Checks what can be said about a commit without looking at what is held.
pub(crate) fn check(writes: &[Write]) -> Result<(), StoreFault> {
    writes.iter().try_for_each(check_write)
}

/// Another link stands at this place: links are appended, never replaced.
pub(crate) fn other_link() -> StoreFault {
    refused("another link stands at this place of the roster")
}

/// Another record stands at this place: records are appended, never replaced.
pub(crate) fn other_record() -> StoreFault {
    refused("another record stands at this place of the feed")
}

/// Nothing stands where something is to be replaced.
pub(crate) fn nothing_to_replace() -> StoreFault {
    refused("no record stands at this place of the feed")
}

fn check_write(write: &Write) -> Result<(), StoreFault> {
    match write {
        Write::Put { key, value, .. } => check_key(key).and_then(|()| check_size(value)),
        Write::Remove { key, .. } => check_key(key),
        Write::Link { seq, bytes, .. } => check_seq(*seq).and_then(|()| check_size(bytes)),
        Write::Record { seq: 0, .. } | Write::Replace { seq: 0, .. } => {
            Err(refused("a record's seq begins at 1"))
        }
        Write::Record { seq, bytes, .. } | Write::Replace { seq, bytes, .. } => {
            check_seq(*seq).and_then(|()| check_size(bytes))
        }
    }
}

fn check_key(key: &[u8]) -> Result<(), StoreFault> {
    if key.len() > KEY_BYTES_MAX { Err(refused("a key is too long")) } else { Ok(()) }
}

fn check_size(bytes: &[u8]) -> Result<(), StoreFault> {
    if bytes.len() > VALUE_BYTES_MAX { Err(refused("a value is too large")) } else { Ok(()) }
}

fn check_seq(seq: u64) -> Result<(), StoreFault> {
    if seq > SEQ_MAX { Err(refused("a seq is too high")) } else { Ok(()) }
}

fn refused(why: &str) -> StoreFault {
    StoreFault::Unavailable { detail: why.to_owned() }
}
