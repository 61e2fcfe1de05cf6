//! Where a device keeps its vault: one commit, one transaction, all or nothing. Everything handed to a store is sealed
//! already or public by construction. Rooms in reading order: [`limits`], `refusal` (what every store refuses),
//! [`memory`] (the twin for tests and the simulator), [`faulty`] (a disk that fails on demand), `conformance` (what every
//! store must do), `sqlite` (the disk).

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod faulty;
pub mod limits;
pub mod memory;
mod refusal;
#[cfg(feature = "sqlite")]
pub mod sqlite;
