//! Keys and boxes: the only room that opens what others sealed, and the only one that makes secrets.
//!
//! No type of a cryptographic library leaves it, no randomness is made in it: entropy enters as bytes. Every format is
//! drawn at the head of its file and in `docs/PROTOCOL.md`; the vectors that freeze them are in `tests/vectors`.

pub mod limits;

mod aead;
mod base;
mod derive;
mod labels;
pub mod opened;
mod salted;

pub mod drops;
pub mod local;
pub mod passphrase;

pub mod epoch;
pub mod feedkeys;
pub mod wrap;

pub mod padding;
pub mod record;

pub mod code;
pub mod kit;
pub mod linking;
pub mod words;

#[cfg(feature = "fuzz")]
pub mod fuzz;
