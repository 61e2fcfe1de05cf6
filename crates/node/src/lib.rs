//! One running device: a loop round the engine, the services of `haven.v1` in front of it, the link to a server behind it.
//!
//! The same code runs on tokio in a daemon and in a browser's worker: it has no clock, no randomness, no timers, no files
//! and no sockets of its own. All of that comes from the [`host`], and of tokio only the channels are used.
//!
//! Rooms in reading order: [`host`] (what a node needs), [`node`] (how it is started and asked), [`snapshot`] (what readers
//! see), [`keeper`] (the one task that changes anything), `tries` (wrong passphrases), `link` (the server), [`services`]
//! (what clients call), [`grants`] (who
//! may), `checkup` (what a doctor finds).

pub mod limits;

pub mod host;

pub mod node;
pub mod snapshot;

pub mod keeper;
mod tries;

mod link;

mod checkup;
pub mod error;
pub mod grants;
pub mod services;
