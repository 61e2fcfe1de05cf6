//! Why a line cannot be imported.

use thiserror::Error;

use super::SCHEMA;
use crate::answers::{ExerciseRef, NameFault};
use crate::entry::{EntryError, TagError, UnknownKind};
use crate::fault::Fault;
use crate::id::IdError;
use crate::limits::{DEFINITION_BYTES_MAX, IMPORT_LINE_BYTES_MAX};
use crate::person::NameError;
use crate::time::TimeError;

/// Why a line cannot be imported. No variant holds a word of the entry; the names of keys are not words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImportFault {
    /// The line is too long.
    #[error(
        "more than {IMPORT_LINE_BYTES_MAX} bytes in one object; if a whole journal stands in it, put each of its entries on a line of its own"
    )]
    TooLong,
    /// Nothing is on the line. Whoever reads a file may skip it.
    #[error("the line is empty; remove it")]
    Blank,
    /// The line is no UTF-8.
    #[error("byte {at} is not UTF-8; save the file as UTF-8")]
    NotUtf8 {
        /// The first byte that fits no character, from 1.
        at: usize,
    },
    /// The line is no JSON.
    #[error("not JSON at column {column}: {what}; write one object on each line")]
    NotJson {
        /// The column, from 1.
        column: usize,
        /// What the reader stumbled over.
        what: String,
    },
    /// The line is JSON and no object.
    #[error("not an object; write {{\"date\": …, \"text\": …}}")]
    NotAnObject,
    /// A key stands on the line twice.
    #[error("\"{key}\" stands here twice; keep one")]
    RepeatedKey {
        /// The key.
        key: String,
    },
    /// A key is missing.
    #[error("\"{key}\" is missing; add it")]
    Missing {
        /// The key.
        key: &'static str,
    },
    /// The entries stand in a list inside one object.
    #[error(
        "one object with a list called \"{key}\"; put each entry of that list on a line of its own, with a \"date\" and a \"text\""
    )]
    Wrapped {
        /// The key that holds the list.
        key: String,
    },
    /// A value has the wrong shape.
    #[error("\"{key}\" holds {found}; it takes {wanted}")]
    WrongType {
        /// The key.
        key: &'static str,
        /// What it takes.
        wanted: &'static str,
        /// What it holds.
        found: &'static str,
    },
    /// The export was written by a later release.
    #[error(
        "a newer Haven wrote this export (schema {schema}, known here: {SCHEMA}); update Haven, then import it"
    )]
    Newer {
        /// Its schema.
        schema: u64,
    },
    /// The date is no time.
    #[error("\"date\": {0}, such as 2026-11-24")]
    Date(#[from] TimeError),
    /// A time of the record-keeping is none.
    #[error("\"{key}\" is no time in UTC; write 2026-11-24T20:30:00Z, or leave it out")]
    Stamp {
        /// The key.
        key: &'static str,
    },
    /// A tag cannot be used.
    #[error("\"tags\": {0}")]
    Tag(#[from] TagError),
    /// A name cannot be used.
    #[error("\"people\": {0}")]
    Person(#[from] NameError),
    /// The kind is unknown.
    #[error("\"kind\" is {0}")]
    Kind(#[from] UnknownKind),
    /// The id is none.
    #[error("\"{key}\": {fault}")]
    Id {
        /// The key.
        key: &'static str,
        /// What is wrong with it.
        fault: IdError,
    },
    /// The mark of an earlier import is none.
    #[error("\"import_id\" has 64 digits, each 0-9 or a-f; leave it out")]
    ImportId,
    /// The exercise is not named as exercises are.
    #[error("\"exercise\": {0}")]
    Exercise(#[from] NameFault),
    /// The exercise is not in this library, so nobody can tell what its answers mean.
    #[error("{0} is not known here; add its definition, then import again")]
    UnknownExercise(ExerciseRef),
    /// An answer does not fit its field.
    #[error("\"answers\": {0}")]
    Answers(Fault),
    /// An answer of an export does not fit its own type.
    #[error(
        "\"answers\": what \"types\" says of {field} does not fit its answer; take the line as the export wrote it"
    )]
    Typed {
        /// The field.
        field: String,
    },
    /// A word of a person or a definition is unknown.
    #[error("\"{key}\" is no word known here; leave it out, or update Haven")]
    Word {
        /// The key.
        key: &'static str,
    },
    /// A definition is too long.
    #[error("the definition has {bytes} bytes, at most {DEFINITION_BYTES_MAX}")]
    DefinitionTooLong {
        /// The bytes found.
        bytes: usize,
    },
    /// The entry exceeds a limit.
    #[error(transparent)]
    Entry(#[from] EntryError),
}
