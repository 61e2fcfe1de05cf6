//! The people a person writes about: core's own types, since there is nothing to hide of them.

pub use haven_core::person::{Circle, Gift, Person, PersonEdit, PersonName, Relation, Safe};
