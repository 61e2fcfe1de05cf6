//! `haven.sync.v1`, what a device says to a server: the generated code, the way between it and feed's types, the names
//! of what a server may refuse, and the words for what an operating system does.
//!
//! No word of the journal has a place here. Generated types stop at whoever calls this room: a device's link and a server's
//! services turn them into feed's types at once, or refuse.

pub mod limits;

pub mod pb;

pub mod position;
pub mod request;

pub mod details;
pub mod error;
pub mod system;

pub mod session;
