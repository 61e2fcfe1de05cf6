//! A server that does one wrong thing, and real devices that have to notice: whole nodes on virtual time, in one process.
//! Rooms in reading order: [`case`] (what a case is, and the five assertions that every case ends with), [`cast`] (whose keys there
//! are), [`server`] (the server and its script), [`device`], [`forge`] (records that only an insider can make), [`twist`] (what scripts change most), [`memory`].

#![expect(clippy::unwrap_used, reason = "what stages a test may fail it")]

pub mod case;
pub mod cast;
pub mod device;
pub mod forge;
pub mod memory;
pub mod server;
mod services;
pub mod twist;
mod verdict;
