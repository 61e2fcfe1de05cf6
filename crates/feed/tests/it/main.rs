//! What this room promises, as attacks and faults against its public face.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod accepted;
mod auth;
mod chain;
mod device;
mod keys;
mod links;
#[path = "../../../../tests/torture/ordeal.rs"]
mod ordeal;
mod parsers;
mod record;
mod rosters;
mod server;
mod world;
