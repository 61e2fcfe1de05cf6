//! The people a person writes about: core's own type, since there is nothing to hide of it.

pub use haven_core::person::{Person, PersonName};
