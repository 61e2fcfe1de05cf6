//! Entries as a client sees and writes them.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use haven_core::answers::{ExerciseId, ExerciseRef, ValueMap};
use haven_core::entry::{EntryKind, Tag};
use haven_core::id::{EntryId, PersonId};
use haven_core::meeting::MetPart;
pub use haven_core::reading::ReadAnswer;
use haven_core::time::{CivilTime, Date, Timestamp};

use crate::limits::{FAILED_LINES_MAX, REASON_LINES_MAX, REASONS_MAX};

/// What somebody wants to write. The device resolves people, checks answers and refuses what does not fit.
#[derive(Clone, Default, PartialEq)]
pub struct Draft {
    /// How it comes about; `None` means a note, or an exercise if there is one.
    pub kind: Option<EntryKind>,
    /// When it happened; `None` means now.
    pub at: Option<CivilTime>,
    /// Its title, perhaps empty.
    pub title: String,
    /// Its text, perhaps empty.
    pub text: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The people it is about, by id, prefix of an id, or exact name.
    pub people: Vec<String>,
    /// The exercise it answers.
    pub exercise: Option<ExerciseChoice>,
    /// The answers by field.
    pub answers: ValueMap,
}

/// An exercise to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExerciseChoice {
    /// Which.
    pub id: ExerciseId,
    /// In which version; `None` means the newest.
    pub version: Option<u32>,
}

impl Draft {
    /// Begins a note.
    pub fn note(text: impl Into<String>) -> Self {
        Self { kind: Some(EntryKind::Note), text: text.into(), ..Self::default() }
    }

    /// Begins the entry of a finished exercise, in its newest version.
    pub fn exercise(id: ExerciseId, answers: ValueMap) -> Self {
        Self { exercise: Some(ExerciseChoice { id, version: None }), answers, ..Self::default() }
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Draft({} bytes)", self.title.len() + self.text.len())
    }
}

/// A change to an entry; what is absent stays as it is.
#[derive(Clone, Default, PartialEq)]
pub struct Edit {
    /// The new title.
    pub title: Option<String>,
    /// The new text.
    pub text: Option<String>,
    /// The new time.
    pub at: Option<CivilTime>,
    /// Tags to add.
    pub add_tags: Vec<String>,
    /// Tags to take away.
    pub remove_tags: Vec<String>,
    /// People to add, by id, prefix of an id, or exact name.
    pub add_people: Vec<String>,
    /// People to take away, likewise.
    pub remove_people: Vec<String>,
    /// Answers to change; [`Null`](haven_core::answers::Value::Null) takes one back.
    pub answers: ValueMap,
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [&self.title, &self.text].into_iter().flatten().map(String::len).sum::<usize>();
        write!(f, "Edit({words} bytes)")
    }
}

/// An entry as a person reads it.
pub struct EntryRead {
    /// The entry.
    pub entry: Entry,
    /// Its answers in words.
    pub answers: Vec<ReadAnswer>,
    /// The versions that met in it and are not settled, the one that is shown first.
    pub met: Vec<EntryVersion>,
}

/// What is kept of edits that met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep<'a> {
    /// What the entry says at this version, or the only one that begins so.
    Version(&'a str),
    /// Both, one after the other.
    Both,
}

/// An entry in which somebody chose between edits that met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Its id.
    pub id: EntryId,
    /// The version it has now.
    pub version: String,
    /// Whether it is in the trash now.
    pub trashed: bool,
}

/// An entry that was written or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Which.
    pub id: EntryId,
    /// The version it has now.
    pub version: String,
    /// Whether every required question of its exercise was answered; true without an exercise and after an edit.
    pub complete: bool,
    /// Whether an edit found it like that already, so that no version was made.
    pub unchanged: bool,
}

/// Somebody an entry is about.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonRef {
    /// Who.
    pub id: PersonId,
    /// Their name, as it is now.
    pub name: String,
}

impl fmt::Debug for PersonRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonRef({})", self.id)
    }
}

/// An entry as lists show it.
#[derive(Clone, PartialEq)]
pub struct Summary {
    /// Its id.
    pub id: EntryId,
    /// How it came about.
    pub kind: EntryKind,
    /// The time it is about.
    pub at: CivilTime,
    /// Its title, perhaps empty.
    pub title: String,
    /// Its tags, in order.
    pub tags: Vec<Tag>,
    /// The people it is about, by name.
    pub people: Vec<PersonRef>,
    /// When it was last changed.
    pub modified: Timestamp,
    /// When it was put into the trash.
    pub trashed: Option<Timestamp>,
    /// The exercise it answers.
    pub exercise: Option<ExerciseRef>,
    /// The beginning of its first written line, perhaps empty.
    pub opening: String,
    /// The title of the exercise or measure it answers; empty if it answers none, or one that the device does not know.
    pub exercise_title: String,
    /// Whether edits made apart met in it that nobody has settled; one of them is shown.
    pub met: bool,
    /// How many versions met so; 0 if none did.
    pub met_sides: u32,
}

impl fmt::Debug for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Summary({})", self.id)
    }
}

/// A whole entry at one version.
#[derive(Clone, PartialEq)]
pub struct Entry {
    /// What lists show of it.
    pub summary: Summary,
    /// Its text.
    pub text: String,
    /// Its answers by field.
    pub answers: ValueMap,
    /// When it was written first.
    pub created: Timestamp,
    /// Which version this is; opaque.
    pub version: String,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({}, {} bytes)", self.summary.id, self.text.len())
    }
}

/// A tag and how often it is used.
#[derive(Clone, PartialEq, Eq)]
pub struct TagCount {
    /// The tag.
    pub tag: Tag,
    /// How many entries that are not in the trash have it.
    pub entries: u32,
}

impl fmt::Debug for TagCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TagCount({})", self.entries)
    }
}

/// A feeling and how many entries name it.
#[derive(Clone, PartialEq, Eq)]
pub struct FeelingCount {
    /// Its id, or the person's own word; as [`Filter::feelings`] takes it.
    pub feeling: String,
    /// What it is called.
    pub label: String,
    /// How many entries that are not in the trash name it.
    pub entries: u32,
}

impl fmt::Debug for FeelingCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FeelingCount({})", self.entries)
    }
}

/// One version of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryVersion {
    /// Its name; opaque.
    pub version: String,
    /// When it was made, by the clock of the device that made it.
    pub at: Timestamp,
    /// The device that made it; empty if that is not known.
    pub device: String,
    /// In a history: the version that whoever made it had before them; `None` for the first one.
    pub base: Option<String>,
    /// Of one that met: in what it says something else than the others.
    pub parts: Vec<MetPart>,
}

/// What narrows a list down; everything set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only entries about a day before this one.
    pub before: Option<Date>,
    /// Only entries about this day or later.
    pub after: Option<Date>,
    /// Only entries with all of these tags.
    pub tags: Vec<String>,
    /// Only entries about all of these people, by id, prefix of an id, or exact name.
    pub people: Vec<String>,
    /// Only entries of this kind.
    pub kind: Option<EntryKind>,
    /// The entries in the trash instead of the others.
    pub trashed: bool,
    /// Only the entries in which edits met and are not settled.
    pub met: bool,
    /// Only entries that answer this exercise or measure.
    pub exercise: Option<ExerciseId>,
    /// Only entries that name all of these feelings, by id, by what one is called, or by the person's own word.
    pub feelings: Vec<String>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where to go on; `None` if that was all.
    pub next: Option<String>,
    /// How many there are on all pages.
    pub total: u32,
    /// Where there are none: tags of the journal that differ from those asked for in case only.
    pub near_tags: Vec<String>,
    /// Likewise exercises and measures, by id.
    pub near_exercises: Vec<String>,
    /// Likewise feelings, by what they are called.
    pub near_feelings: Vec<String>,
}

/// An entry that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The entry.
    pub entry: Summary,
    /// Some text round the first place that fits, in pieces.
    pub snippet: Vec<SnippetPart>,
}

/// A piece of a snippet.
#[derive(Clone, PartialEq, Eq)]
pub struct SnippetPart {
    /// The text.
    pub text: String,
    /// Whether this is what was searched for.
    pub hit: bool,
}

impl fmt::Debug for SnippetPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SnippetPart({} bytes, {})", self.text.len(), self.hit)
    }
}

/// Lines to import.
pub struct Import<L> {
    /// Names the run, made up by the client.
    pub id: [u8; 16],
    /// The objects of the file, blank lines too; [`haven_core::import::Splitter`] finds them in any file.
    pub lines: L,
    /// Only say what would happen.
    pub dry_run: bool,
    /// The zone of times of day that name none, by name or as an offset; empty leaves them without one.
    pub zone: String,
}

/// What became of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many entries were written, or would be.
    pub imported: u64,
    /// How many were there already.
    pub skipped: u64,
    /// The first entries that are there and have never said what an export says of them, at most
    /// [`DIFFERING_MAX`](crate::limits::DIFFERING_MAX). They stay as they are.
    pub differing: Vec<String>,
    /// How many such entries there are.
    pub differing_total: u64,
    /// How many people were written.
    pub people: u64,
    /// How many exercises and measures of the person's own were written.
    pub definitions: u64,
    /// How many people were passed over, since they were forgotten in this journal.
    pub forgotten: u64,
    /// How many lines say of somebody that they turned out to be themselves, or close a circle of such.
    pub unmerged: u64,
    /// The first lines that could not be used, at most [`FAILED_LINES_MAX`](crate::limits::FAILED_LINES_MAX).
    pub failed: Vec<FailedLine>,
    /// How many lines could not be used.
    pub failed_total: u64,
    /// Why, each cause once, the first met at the front; at most [`REASONS_MAX`](crate::limits::REASONS_MAX).
    pub reasons: Vec<Reason>,
    /// The keys that nothing was made of, with the number of lines that have each.
    pub unused: BTreeMap<String, u64>,
}

/// Why lines could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Why, and what to do about it.
    pub reason: String,
    /// The first lines, at most [`REASON_LINES_MAX`](crate::limits::REASON_LINES_MAX).
    pub lines: Vec<u64>,
    /// How many lines in all.
    pub count: u64,
}

impl Imported {
    /// Notes a line that could not be used.
    pub fn fail(&mut self, failed: FailedLine) {
        self.failed_total += 1;
        let is_known = self.reasons.iter().any(|known| known.reason == failed.reason);
        if !is_known && self.reasons.len() < REASONS_MAX {
            self.reasons.push(Reason { reason: failed.reason.clone(), lines: Vec::new(), count: 0 });
        }
        if let Some(reason) = self.reasons.iter_mut().find(|known| known.reason == failed.reason) {
            reason.count += 1;
            if reason.lines.len() < REASON_LINES_MAX {
                reason.lines.push(failed.line);
            }
        }
        if self.failed.len() < FAILED_LINES_MAX {
            self.failed.push(failed);
        }
    }
}

/// A line that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedLine {
    /// Its number in the file, from 1.
    pub line: u64,
    /// Why, and what to do about it.
    pub reason: String,
}

/// One line of an import.
#[derive(Clone, PartialEq, Eq)]
pub struct ImportLine {
    /// Its number in the file, from 1.
    pub number: u64,
    /// Its bytes without the line feed.
    pub content: Bytes,
}

/// A file of an export.
#[derive(Clone, PartialEq, Eq)]
pub struct ExportFile {
    /// Its name: no folder, no word of the entry.
    pub name: String,
    /// Its content.
    pub content: String,
}

/// How to write entries down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// One JSON object a line.
    Jsonl,
    /// One Markdown file an entry.
    Markdown {
        /// Earlier versions too.
        history: bool,
    },
}

/// Some of what is exported.
#[derive(Clone, PartialEq, Eq)]
pub struct Exported {
    /// JSON lines without the line feed.
    pub lines: Vec<String>,
    /// Files.
    pub files: Vec<ExportFile>,
}

impl fmt::Debug for Exported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exported({} lines, {} files)", self.lines.len(), self.files.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cause_is_told_once_and_what_is_kept_of_many_lines_is_bounded() {
        let mut imported = Imported::default();
        for line in 1..=50_000 {
            let reason = if line % 2 == 0 { "even".to_owned() } else { format!("odd {}", line % 30) };
            imported.fail(FailedLine { line, reason });
        }
        assert_eq!((imported.failed_total, imported.failed.len()), (50_000, FAILED_LINES_MAX));
        let even = imported.reasons.iter().find(|reason| reason.reason == "even").unwrap();
        assert_eq!((even.count, even.lines.as_slice()), (25_000, &[2, 4, 6][..]));
        for line in 0..50 {
            imported.fail(FailedLine { line, reason: format!("other {line}") });
        }
        assert_eq!((imported.reasons.len(), imported.failed_total), (REASONS_MAX, 50_050));
    }
}
