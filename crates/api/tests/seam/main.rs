//! What a client and a device say to each other, in one process and over a socket.

#![expect(clippy::unwrap_used, reason = "the device of these tests is a test too")]

mod client;
mod device;
#[cfg(feature = "unix")]
mod unix;
