//! The blind server: keeps what devices push and hands it to the other devices of the same space. It holds no key that
//! opens anything and links no code that could.
//!
//! `haven-server` runs it alone; a daemon can run it inside: [`init`] makes a data folder, [`serve`] serves it.

mod limits;
pub mod options;

mod entropy;
pub mod folder;
mod identity;

mod readers;
pub mod store;
mod writer;

mod budget;
mod inbox;
mod rate;
mod space;
mod spaces;

mod mailbox;
mod session;

mod connection;
mod outlet;
mod pull;
mod push;
mod refill;
mod refusal;
pub mod serve;
mod server;
mod service;
mod turns;

pub mod keeper;
pub mod log;

pub use folder::init;
pub use options::Options;
pub use serve::serve;

#[cfg(test)]
mod tests;
