//! What the boxes promise, asked at the seam.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod raw;
mod world;

mod codes;
mod drops;
mod epochs;
mod feedkeys;
mod local;
#[path = "../../../../tests/torture/ordeal.rs"]
mod ordeal;
mod passphrase;
mod secrets;
mod words;
mod wraps;

mod bodies;
mod records;
mod repeats;
mod salamander;
mod sizes;

mod linking;
mod strangers;
