//! The people a person writes about: core's own types, since there is nothing to hide of them.

/// Who was added, or was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The person.
    pub person: Person,
    /// Whether they were in the journal before, under exactly this name.
    pub known: bool,
}

pub use haven_core::person::{Circle, Gift, Person, PersonEdit, PersonName, Relation, Safe};
