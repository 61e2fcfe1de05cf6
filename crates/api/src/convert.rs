//! Between the messages and the types that programs work with, both directions side by side.
//!
//! A device turns what it received into core's types here or refuses; a client turns what it received into the types of
//! this crate. What the other side should never have sent is an error like any other.

pub mod fault;
pub mod value;

pub mod comparing;
pub mod draft;
pub mod edit;
pub mod entry;
pub mod filter;
pub mod prose;
pub mod saved;

pub mod exercise;
pub mod field;

pub mod alarms;
pub mod daemon;
pub mod devices;
pub mod grants;
pub mod measures;
pub mod people;
pub mod restore;
pub mod settings;
pub mod support;
pub mod vault;
pub mod walk;

use haven_core::time::Timestamp;

use crate::error::{ApiError, ErrorReason};

/// Says that the device answered in a way that this client cannot read.
pub(crate) fn unreadable(field: &'static str) -> ApiError {
    ApiError::new(ErrorReason::Unsupported, "the answer could not be read")
        .because(format!("its {field} is malformed"))
}

/// Takes a part that the device always sends.
pub(crate) fn sent<T>(part: Option<T>, field: &'static str) -> Result<T, ApiError> {
    part.ok_or_else(|| unreadable(field))
}

/// Reads a text that the device wrote.
pub(crate) fn read<T: std::str::FromStr>(text: &str, field: &'static str) -> Result<T, ApiError> {
    text.parse().map_err(|_| unreadable(field))
}

/// Reads a text that may be empty.
pub(crate) fn read_some<T: std::str::FromStr>(
    text: &str,
    field: &'static str,
) -> Result<Option<T>, ApiError> {
    some(text).map(|text| read(text, field)).transpose()
}

/// Takes an empty text for none.
pub(crate) fn some<T: AsRef<str>>(text: T) -> Option<T> {
    if text.as_ref().is_empty() { None } else { Some(text) }
}

pub(crate) fn text(text: Option<impl ToString>) -> String {
    text.map_or_else(String::new, |text| text.to_string())
}

pub(crate) fn millis(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_millis)
}

pub(crate) fn stamp(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp::from_millis)
}
