//! What differs between two versions of an entry, part by part, in the order in which an entry is read.

use super::{Line, Side, Span, compare};
use crate::answers::FieldId;
use crate::entry::{Entry, Tag};
use crate::reading::{NameOf, ReadAnswer};

/// A version as a person reads it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The entry.
    pub entry: Entry,
    /// Its answers in words.
    pub answers: Vec<ReadAnswer>,
}

/// A part of an entry that reads differently in two versions of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which part.
    pub what: What,
    /// The whole part, paragraph by paragraph.
    pub lines: Vec<Line>,
}

/// A part of an entry.
#[derive(Clone, PartialEq, Eq)]
pub enum What {
    /// The title.
    Title,
    /// When it happened: a line a time.
    Time,
    /// The text.
    Text,
    /// An answer.
    Answer {
        /// Its id.
        id: FieldId,
        /// What was asked.
        question: String,
    },
    /// The people, a line each.
    People,
    /// The tags, a line each.
    Tags,
    /// Whether it is in the trash: a line without words, of the version that is.
    Trash,
}

impl std::fmt::Debug for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Title => "Title",
            Self::Time => "Time",
            Self::Text => "Text",
            Self::Answer { .. } => "Answer",
            Self::People => "People",
            Self::Tags => "Tags",
            Self::Trash => "Trash",
        })
    }
}

/// The parts that read differently; beside an empty page, all that say anything.
pub fn parts(base: Option<&Reading>, version: &Reading, name_of: NameOf<'_>) -> Vec<Part> {
    let old = base.map(|reading| &reading.entry);
    let new = &version.entry;
    let text = |of: fn(&Entry) -> &String| compare(old.map_or("", |it| of(it)), of(new));
    let each = |of: &dyn Fn(&Entry) -> Vec<String>| lines(&old.map(of).unwrap_or_default(), &of(new));
    let before = [
        (What::Title, text(|entry| &entry.title)),
        (What::Time, each(&|entry| vec![entry.at.to_string()])),
        (What::Text, text(|entry| &entry.text)),
    ];
    let after = [
        (What::People, each(&|entry| entry.people.iter().filter_map(|id| name_of(*id)).collect())),
        (What::Tags, each(&|entry| entry.tags.iter().map(Tag::to_string).collect())),
        (What::Trash, trash(old.is_some_and(is_trashed), is_trashed(new))),
    ];
    let answers = answers(base.map_or(&[], |reading| &reading.answers), &version.answers);
    let found = before.into_iter().chain(answers).chain(after).map(|(what, lines)| Part { what, lines });
    found.filter(|part| part.lines.iter().any(Line::differs)).collect()
}

/// The answers: as they are asked in the version, then those that went.
fn answers(old: &[ReadAnswer], new: &[ReadAnswer]) -> Vec<(What, Vec<Line>)> {
    let words = |answers: &[ReadAnswer], of: &ReadAnswer| {
        answers.iter().find(|it| it.id == of.id).map(|it| it.answer.clone()).unwrap_or_default()
    };
    let gone = old.iter().filter(|before| new.iter().all(|it| it.id != before.id));
    let compared = |it: &ReadAnswer| {
        let what = What::Answer { id: it.id.clone(), question: it.question.clone() };
        (what, compare(&words(old, it), &words(new, it)))
    };
    new.iter().chain(gone).map(compared).collect()
}

/// Things that stand for themselves, a line each: those that went, then those that are there.
fn lines(old: &[String], new: &[String]) -> Vec<Line> {
    let line = |text: &String, side| Line { side, spans: vec![Span { text: text.clone(), side }] };
    let gone = old.iter().filter(|it| !new.contains(it)).map(|it| line(it, Side::Base));
    let there = new.iter().map(|it| line(it, if old.contains(it) { Side::Both } else { Side::Version }));
    gone.chain(there).collect()
}

fn trash(was: bool, is: bool) -> Vec<Line> {
    let line = |side| vec![Line { side, spans: Vec::new() }];
    match (was, is) {
        (true, false) => line(Side::Base),
        (false, true) => line(Side::Version),
        (true, true) | (false, false) => Vec::new(),
    }
}

fn is_trashed(entry: &Entry) -> bool {
    entry.trashed.is_some()
}
