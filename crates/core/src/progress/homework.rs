//! What was agreed with a therapist, and what was tried. Not trying is an answer, and nothing is ever overdue.

use super::frame::{Frame, answer, chosen};
use super::series::Timeline;
use crate::answers::Answer;
use crate::entry::Entry;
use crate::exercise::View;
use crate::id::EntryId;
use crate::sentence::{Saying, Sentence};
use crate::time::Date;

/// The field that lists what was agreed.
const AGREED: &str = "homework";
/// The field that says until when.
const DUE: &str = "homework_due";
/// The field that says whether it was tried.
const TRIED: &str = "tried";

/// All agreements.
#[derive(Clone, Debug, PartialEq)]
pub struct Homework {
    /// The sessions in which something was agreed, oldest first.
    pub agreements: Vec<Agreement>,
    /// What may be said about them.
    pub says: Sentence,
}

/// What was agreed in one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// The entry it comes from.
    pub entry: EntryId,
    /// Its date.
    pub date: Date,
    /// How many things were agreed.
    pub things: usize,
    /// Until when, if that was said.
    pub due: Option<Date>,
    /// What became of it; none while nothing was said.
    pub tried: Option<Tried>,
}

/// What became of an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It was tried.
    Yes,
    /// It was tried in part.
    Partly,
    /// It was not tried this time.
    Not,
}

/// Returns what was agreed and tried.
pub fn homework<'e>(frame: &Frame<'_>, entries: impl IntoIterator<Item = &'e Entry>) -> Homework {
    let found: Timeline<Agreement> = frame
        .practised_for(View::Homework, entries)
        .filter_map(|(entry, _)| Some((entry, agreement(entry)?)))
        .collect();
    let agreements = found.in_order();
    let with = |wanted: &[Option<Tried>]| agreements.iter().filter(|a| wanted.contains(&a.tried)).count();
    let says = Sentence::new(Saying::AgreedTried)
        .with("agreed", agreements.len())
        .with("tried", with(&[Some(Tried::Yes), Some(Tried::Partly)]))
        .with("open", with(&[None]));
    Homework { agreements, says }
}

fn agreement(entry: &Entry) -> Option<Agreement> {
    let things = match answer(&entry.answers, AGREED)? {
        Answer::List(items) => items.len(),
        _ => 0,
    };
    let due = match answer(&entry.answers, DUE) {
        Some(Answer::Date(date)) => Some(*date),
        _ => None,
    };
    let tried = match chosen(&entry.answers, TRIED) {
        Some("yes") => Some(Tried::Yes),
        Some("partly") => Some(Tried::Partly),
        Some("not") => Some(Tried::Not),
        _ => None,
    };
    (things > 0).then_some(Agreement { entry: entry.id, date: entry.at.date(), things, due, tried })
}
