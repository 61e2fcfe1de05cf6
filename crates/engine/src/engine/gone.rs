//! Bodies that are gone for good: who says so, and whether that counts. A removed device's word ends with what it wrote.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use haven_feed::accepted::Accepted;
use haven_feed::ids::{FeedId, Position, RecordId};

use super::receive::place;
use super::{Engine, Work, history};
use crate::codec::{Malformed, Scanner, Writer};
use crate::command::Fault;
use crate::io::Table;
use crate::limits;
use crate::row::Source;

/// Somebody's word that the body of a record is gone for good, and the first record of theirs that says it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    id: RecordId,
    by: Source,
}

/// Adds a word, and says whether that changes anything. Of one feed the first count, in the order in which it wrote them, whenever they
/// are heard.
fn add(words: &mut Vec<Word>, word: Word) -> bool {
    let of_feed = |other: &Word| other.by.0 == word.by.0;
    match words.iter_mut().find(|other| of_feed(other) && other.id == word.id) {
        Some(other) if other.by.1 <= word.by.1 => return false,
        Some(other) => {
            other.by = word.by;
            return true;
        }
        None => {}
    }
    if words.iter().filter(|other| of_feed(other)).count() < limits::GONE_IDS_MAX {
        words.push(word);
        return true;
    }
    let last = words.iter_mut().filter(|other| of_feed(other)).max_by_key(|other| other.by.1);
    match last.filter(|last| last.by.1 > word.by.1) {
        Some(last) => {
            *last = word;
            true
        }
        None => false,
    }
}

fn encode(words: &[Word]) -> Vec<u8> {
    let mut w = Writer::default();
    w.count(words.len());
    for word in words {
        w.raw(word.id.as_bytes());
        w.raw(&place(&word.by));
    }
    w.0
}

fn decode(bytes: &[u8]) -> Result<Vec<Word>, Malformed> {
    let mut s = Scanner(bytes);
    let words = s.list(|s| {
        let id = RecordId::from_bytes(s.array()?);
        Ok(Word { id, by: (FeedId::from_bytes(s.array()?), s.u64()?) })
    })?;
    s.end()?;
    Ok(words)
}

impl Engine {
    /// Hears that bodies are gone for good, in a record that counts.
    pub(super) fn hear_gone(&self, work: &mut Work<'_, '_>, by: Source, gone: &[(FeedId, Position)]) {
        let party = |feed: &FeedId| self.roster.feed(feed).map(|member| member.party);
        for (feed, position) in gone.iter().filter(|(feed, _)| party(feed) == party(&by.0)) {
            let of = (*feed, position.seq);
            let mut words = self.words(work, &of);
            if !add(&mut words, Word { id: position.id, by }) {
                continue;
            }
            let key = place(&of);
            let value = self.keys.seal(Table::Gone, &key, &encode(&words), work.cx.entropy);
            work.step.commit.put(Table::Gone, key, value);
            work.gone.insert(of, words);
        }
    }

    /// Says whether somebody who counts has said that the body of this record is gone for good. Without a decision at hand, what was
    /// decided last stands, also of records that wait still.
    pub(super) fn is_gone(
        &self,
        work: &Work<'_, '_>,
        accepted: Option<&Accepted>,
        source: &Source,
        id: &RecordId,
    ) -> bool {
        self.called_gone_by(work, accepted, source, id).is_some()
    }

    /// Who has said so, one of them.
    pub(super) fn called_gone_by(
        &self,
        work: &Work<'_, '_>,
        accepted: Option<&Accepted>,
        source: &Source,
        id: &RecordId,
    ) -> Option<FeedId> {
        let counts = |(feed, seq): &Source| match accepted {
            Some(accepted) => accepted.counts(feed, *seq),
            None => {
                let last = self.applied.seq(feed).max(self.counted.now.seq(feed));
                self.roster.is_current(feed) || *seq <= last
            }
        };
        let words = self.words(work, source);
        words.iter().find(|word| word.id == *id && counts(&word.by)).map(|word| word.by.0)
    }

    /// Whether something stands in a record, by what is applied, that is still in the journal. Its body is wanted then, whoever says that
    /// it is gone.
    pub(super) fn is_wanted(&self, work: &Work<'_, '_>, source: &Source) -> bool {
        let documents = self.documents_of(work, source);
        let row = |document| self.row(work, document).ok().flatten();
        documents.iter().any(|document| row(document).is_some_and(|row| row.sources.contains(source)))
    }

    fn words(&self, work: &Work<'_, '_>, source: &Source) -> Vec<Word> {
        if let Some(words) = work.gone.get(source) {
            return words.clone();
        }
        let key = place(source);
        let sealed = work.cx.reader.get(Table::Gone, &key).ok().flatten();
        let plain = sealed.and_then(|sealed| self.keys.open(Table::Gone, &key, &sealed).ok());
        plain.and_then(|plain| decode(&plain).ok()).unwrap_or_default()
    }

    /// Goes back to records that may have been passed over because of a word that counts no more: they wait for their bodies
    /// again. What was applied is applied once more, which changes nothing.
    pub(super) fn wait_again(&mut self, work: &mut Work<'_, '_>, accepted: &Accepted) -> Result<(), Fault> {
        // Places of records that will never be can be named by the million: only what is applied takes room.
        let mut places: Vec<Source> = Vec::new();
        work.cx.reader.scan(Table::Gone, &mut |key, _| {
            places.extend(source_of(key).filter(|(feed, seq)| self.applied.seq(feed) >= *seq));
            ControlFlow::Continue(())
        })?;
        let mut back: BTreeMap<FeedId, u64> = BTreeMap::new();
        for source in places {
            // A body that is here was not passed over, or has come since and been read.
            let held = history(work.cx.reader, self.space)(&source.0, source.1).filter(|held| held.is_husk);
            if held.is_some_and(|held| !self.is_gone(work, Some(accepted), &source, &held.id)) {
                let first = back.entry(source.0).or_insert(source.1);
                *first = source.1.min(*first);
            }
        }
        for (feed, first) in back {
            self.apply_again(work, feed, first);
            self.session.bodies.came.insert(feed);
        }
        Ok(())
    }
}

/// The place that a row is about.
pub(super) fn source_of(key: &[u8]) -> Option<Source> {
    let (feed, seq) = key.split_at_checked(8)?;
    Some((FeedId::try_from(feed).ok()?, u64::from_be_bytes(seq.try_into().ok()?)))
}
