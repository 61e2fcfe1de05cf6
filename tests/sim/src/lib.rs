//! A seeded world: three devices and a server, the network, the disks and the clocks between them, everything that goes
//! wrong, and a plain model that knows what must still be there at the end. A seed always gives the same trace.
//! Rooms in reading order: [`world`] (what happens), [`nature`] (what may go wrong in it), [`device`], [`server`], [`model`] (what must
//! hold), [`trash`] (what must be in it), [`rule`] (what counts of who was removed), [`door`] (the secrets of a device), [`chance`].

pub mod chance;
pub mod device;
pub mod door;
pub mod model;
pub mod nature;
pub mod rule;
pub mod server;
pub mod trash;
pub mod world;
