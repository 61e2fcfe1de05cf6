//! Hostile bytes for every parser that meets foreign ones.
//!
//! [`target`] lists them; the rooms below say what each is given and what has to hold afterwards. The tests try a sample of fixed
//! damage ([`mutate`]), `cargo xtask fuzz` lets libFuzzer look for more: docs/FUZZING.md. [`changes`] writes automerge changes that
//! the library never would, for the targets and for the hostile documents in the tests.

pub mod guided;
pub mod target;

pub mod api;
pub mod core;
pub mod crypto;
pub mod engine;
pub mod feed;
pub mod wire;

pub mod bytes;
pub mod changes;
pub mod memory;
pub mod mutate;
pub mod quiet;
mod vectors;
