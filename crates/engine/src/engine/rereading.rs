//! Stored records, opened once more: a piece at a time on all cores, and one by one those that many may not be at once.

use bytes::Bytes;
use haven_crypto::record::{OpenFault, open_within};
use haven_feed::exchange::HeldRecord;
use haven_feed::ids::{FeedId, SpaceId};
use haven_feed::record::{Record, RecordKind, VerifiedRecord};

use super::Engine;
use super::opening::Said;
use crate::command::Fault;
use crate::content::Content;
use crate::io::Reader;
use crate::limits;
use crate::parallel;
use crate::row::Source;

/// What came of one record.
enum Seen<T> {
    /// What was looked for in it; none where it says nothing, does not open, or was damaged by the disk.
    All(Option<T>),
    /// It has more than many may have at once.
    Large(Box<VerifiedRecord>),
}

impl Engine {
    /// Looks into the stored records of a feed from one number to another, and gives what is found, in order. What cannot be read is
    /// passed over, and what follows it is not.
    pub(super) fn reread<T: Send>(
        &self,
        reader: &dyn Reader,
        feed: FeedId,
        (first, last): (u64, u64),
        look: impl Fn(Source, &Content<'_>) -> Option<T> + Sync,
        mut found: impl FnMut(T),
    ) -> Result<(), Fault> {
        let mut next = first;
        while next <= last {
            let stored = reader.records(self.space, feed, next, limits::WAITING_STEP_BYTES)?;
            let places = (next..=last).zip(stored).take(limits::OPENED_TOGETHER);
            let piece: Vec<(Source, Bytes)> = places.map(|(seq, bytes)| ((feed, seq), bytes)).collect();
            // A row that is not there is passed over, too.
            next += (piece.len() as u64).max(1);
            let seen = parallel::map(&piece, |(source, bytes)| self.seen(*source, bytes, &look));
            for (seen, (source, _)) in seen.into_iter().zip(&piece) {
                let one = match seen {
                    Seen::All(one) => one,
                    Seen::Large(record) => self.seen_in(*source, &record, usize::MAX, &look).ok().flatten(),
                };
                one.into_iter().for_each(&mut found);
            }
        }
        Ok(())
    }

    fn seen<T>(
        &self,
        source: Source,
        bytes: &Bytes,
        look: &impl Fn(Source, &Content<'_>) -> Option<T>,
    ) -> Seen<T> {
        let record = Record::parse(bytes.clone()).ok().filter(|_| !self.waiting.fatal.contains(&source));
        let record = record.filter(|record| stands_at(record, self.space, source.0, source.1));
        let Some(record) = record.and_then(|record| self.verified(&record).ok()) else {
            return Seen::All(None);
        };
        match self.seen_in(source, &record, limits::OPENED_EACH_BYTES, look) {
            Ok(one) => Seen::All(one),
            Err(OpenFault::TooLarge) => Seen::Large(Box::new(record)),
            Err(_) => Seen::All(None),
        }
    }

    fn seen_in<T>(
        &self,
        source: Source,
        record: &VerifiedRecord,
        most: usize,
        look: &impl Fn(Source, &Content<'_>) -> Option<T>,
    ) -> Result<Option<T>, OpenFault> {
        // A kind that this version does not know says nothing to it, whatever is in it.
        let is_known = matches!(record.header().kind, RecordKind::Data | RecordKind::Heartbeat);
        let keys = self.keys.epochs.get(&record.header().epoch).filter(|_| is_known);
        let Some(keys) = keys else { return Ok(None) };
        let opened = open_within(keys, record, most)?;
        Ok(self.said_in(&Said::of(record), opened.bytes()).ok().and_then(|content| look(source, &content)))
    }
}

/// The stored record at a place, read from the store. What the disk has damaged says nothing.
pub(super) fn history(reader: &dyn Reader, space: SpaceId) -> impl Fn(&FeedId, u64) -> Option<HeldRecord> {
    move |feed, seq| {
        let record = Record::parse(reader.record(space, *feed, seq).ok()??).ok()?;
        stands_at(&record, space, *feed, seq).then(|| HeldRecord::of(&record))
    }
}

pub(super) fn stands_at(record: &Record, space: SpaceId, feed: FeedId, seq: u64) -> bool {
    let header = record.header();
    (header.space, header.feed, header.seq) == (space, feed, seq)
}
