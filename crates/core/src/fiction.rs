//! A fictional journal: for a first look at what Haven shows, for pictures and for tests.
//!
//! Everything in it is made up, says so, and is drawn from a seed: the same seed gives the same journal. Nobody in it is a
//! kind of person; what is rated goes up and down, and gets neither better nor worse on purpose.

mod pages;
mod words;

use crate::answers::{ExerciseId, ValueMap};
use crate::entry::EntryKind;
use crate::id::PersonId;
use crate::person::{Circle, Gift, Relation, Safe};
use crate::time::Date;

/// The tag of every entry.
pub const TAG: &str = "fictional";

/// The most months: twenty years, a little over 10,000 entries, the journal that the views are measured on.
pub const MONTHS_MAX: u32 = 240;

/// The people of the journal, in the order in which [`entries`] wants their ids.
pub const CAST: [Role; 4] = [
    Role {
        name: "Mara (fictional)",
        relation: Relation::Partner,
        circle: Circle::Inner,
        gives: &[Gift::Listens, Gift::Fun],
        safe: Safe::Yes,
    },
    Role {
        name: "Jonas (fictional)",
        relation: Relation::Friend,
        circle: Circle::Middle,
        gives: &[Gift::Honest, Gift::Practical],
        safe: Safe::Yes,
    },
    Role {
        name: "Aunt Wen (fictional)",
        relation: Relation::Family,
        circle: Circle::Middle,
        gives: &[Gift::Practical],
        safe: Safe::Mostly,
    },
    Role {
        name: "Sol (fictional)",
        relation: Relation::Other,
        circle: Circle::Outer,
        gives: &[Gift::Fun],
        safe: Safe::Mostly,
    },
];

/// Somebody of the fictional journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// Their name, which says that they are made up.
    pub name: &'static str,
    /// What they are to the person.
    pub relation: Relation,
    /// How close they are.
    pub circle: Circle,
    /// What they give.
    pub gives: &'static [Gift],
    /// Whether it is safe to be open with them.
    pub safe: Safe,
}

/// One page of the fictional journal, to be written like any other.
#[derive(Clone, PartialEq)]
pub struct Page {
    /// Its kind.
    pub kind: EntryKind,
    /// Its date.
    pub date: Date,
    /// Its title; may be empty.
    pub title: String,
    /// Its text; may be empty.
    pub text: String,
    /// Whom it is about.
    pub people: Vec<PersonId>,
    /// The exercise or measure it answers.
    pub answers_to: Option<ExerciseId>,
    /// The answers.
    pub answers: ValueMap,
}

/// Writes the pages of the months before `today`, oldest first, about the [`CAST`] under these ids.
pub fn pages(seed: u64, months: u32, today: Date, cast: &[PersonId; CAST.len()]) -> Vec<Page> {
    pages::Author::new(seed, cast).write(months.clamp(1, MONTHS_MAX), today)
}

#[cfg(test)]
mod tests;
