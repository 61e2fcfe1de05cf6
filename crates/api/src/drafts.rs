//! What is being written and not saved yet.

use haven_core::answers::ExerciseRef;
use haven_core::id::EntryId;
use haven_core::time::Timestamp;

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
}
