//! The real binary in a folder of its own: what it leaves on the disk, whom it lets in, how it locks, stops and comes back.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod daemon;

mod folder;
mod found;
mod life;
mod lock;
mod loopback;
mod readable;
mod refusals;
mod settings;
mod sync;
