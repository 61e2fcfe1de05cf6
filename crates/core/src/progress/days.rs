//! The days on which something was written, as dots, and the times somebody came back. Nothing is counted in a row.

use std::collections::BTreeSet;

use super::AWAY_DAYS;
use super::frame::Frame;
use crate::entry::Entry;
use crate::sentence::{Saying, Sentence};
use crate::time::Date;

/// The days of a journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Days {
    /// The days on which something was written, ascending. Not how much.
    pub written: Vec<Date>,
    /// How often somebody wrote again after a week or more.
    pub came_back: usize,
    /// What may be said about it; nothing where nobody was away.
    pub says: Option<Sentence>,
}

/// Returns the days on which something was written.
pub fn days<'e>(frame: &Frame<'_>, entries: impl IntoIterator<Item = &'e Entry>) -> Days {
    let written: BTreeSet<Date> = frame.counted(entries).map(|entry| entry.at.date()).collect();
    let written: Vec<Date> = written.into_iter().collect();
    let away = |pair: &&[Date]| pair[1].days_since_epoch() - pair[0].days_since_epoch() >= AWAY_DAYS;
    let came_back = written.windows(2).filter(away).count();
    let says = (came_back > 0).then(|| Sentence::new(Saying::CameBack).with("count", came_back));
    Days { written, came_back, says }
}
