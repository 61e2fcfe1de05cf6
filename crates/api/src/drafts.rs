//! What is being written and not saved yet.

use haven_core::answers::{ExerciseRef, ValueMap};
use haven_core::id::EntryId;
use haven_core::time::Timestamp;

use crate::error::ApiError;
use crate::journal::Draft;

/// Names an open editor's draft; made up by the client, once an editor.
pub type DraftId = [u8; 16];

/// A draft as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedDraft {
    /// Its name.
    pub id: DraftId,
    /// The words so far.
    pub draft: Draft,
    /// The entry it changes, or has become.
    pub entry: Option<EntryId>,
    /// The version of that entry that the editor was opened with.
    pub base_version: Option<String>,
    /// When it was last saved; set by the device.
    pub saved: Timestamp,
    /// Whether only its person makes an entry of it; else it is written down when it is left alone.
    pub held: bool,
    /// How the entry was named that it was written for while the vault was locked, so without seeing what stands there; set by the
    /// device.
    pub meant: Option<String>,
    /// What was typed at questions and is no answer to them yet, by the ids of the answers. It keeps the draft from being an entry.
    pub typed: ValueMap,
}

/// A draft as lists show it.
#[derive(Clone, PartialEq)]
pub struct DraftSummary {
    /// Its name.
    pub id: DraftId,
    /// The entry it changes, or has become.
    pub entry: Option<EntryId>,
    /// Its title so far.
    pub title: String,
    /// When it was last saved.
    pub saved: Timestamp,
    /// The exercise it answers.
    pub exercise: Option<ExerciseRef>,
    /// The beginning of its text, where it has no title.
    pub opening: String,
    /// What keeps it from being an entry, in words for its person; empty if nothing does.
    pub problem: String,
}

/// Words to be sealed while the vault is locked.
#[derive(Clone, Debug, PartialEq)]
pub struct Sealing {
    /// The words; people are named as they were typed.
    pub draft: Draft,
    /// What is to become of them.
    pub becomes: Becomes,
}

/// What becomes of sealed words when the vault is unlocked.
#[derive(Clone, Debug, PartialEq)]
pub enum Becomes {
    /// An entry, or a draft where they do not fit one.
    Entry,
    /// The draft of an open editor.
    Draft {
        /// Its name.
        id: DraftId,
        /// The entry it changes, by its full id.
        entry: Option<EntryId>,
        /// The version of that entry that the editor was opened with.
        base_version: Option<String>,
        /// Whether only its person makes an entry of it.
        held: bool,
    },
    /// A draft of an entry in which everything that is empty stays as it is.
    Changes {
        /// The entry, by its id, the beginning of it, or as `last`.
        entry: String,
        /// Tags to take away from it.
        remove_tags: Vec<String>,
    },
}

/// Words that were sealed.
#[derive(Clone, Debug, PartialEq)]
pub struct Sealed {
    /// What the entry will be called, or the draft.
    pub id: EntryId,
    /// How many such words wait; 0 if the vault is open and they are in it.
    pub waiting: u32,
    /// What will keep them from being an entry, as far as that can be told before the vault is open.
    pub problem: Option<ApiError>,
}
