//! Records that build on something of a document that is not here, although they name nothing that is missing. Their author lies
//! or is faulty: an honest one names what it builds on. They are put aside and their place counts, so that nobody waits for what
//! may never come. But another device may have had it when they came, and others write on. So they are tried again whenever one of their
//! documents has grown: in the end every device has applied the same.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use haven_feed::ids::FeedId;

use super::alarms::Raised;
use super::receive::place;
use super::waiting::{Aside, Look, One};
use super::{Engine, OpenFault, Work, history};
use crate::codec::Scanner;
use crate::content::DocumentId;
use crate::io::Table;
use crate::row::Source;

/// Each with the documents it is about.
pub(super) type Dangling = BTreeMap<Source, BTreeSet<DocumentId>>;

/// A row of the quarantine that holds a place and no record of a second history.
const PLACE_BYTES: usize = 16;

impl Engine {
    /// Keeps a record that dangles, to try it again.
    pub(super) fn note_dangling(
        &mut self,
        work: &mut Work<'_, '_>,
        source: Source,
        documents: BTreeSet<DocumentId>,
    ) {
        let key = place(&source);
        let plain = documents.iter().fold(vec![Aside::Dangling as u8], |mut plain, document| {
            plain.extend(document);
            plain
        });
        let value = self.keys.seal(Table::Quarantine, &key, &plain, work.cx.entropy);
        work.step.commit.put(Table::Quarantine, key, value);
        self.raise(work, Raised::PutAside { feed: source.0, seq: source.1 });
        self.dangling.insert(source, documents);
    }

    /// Whether an earlier record of the same feed dangles in one of these documents: its records stay in order.
    pub(super) fn follows_dangling(&self, source: &Source, documents: &BTreeSet<DocumentId>) -> bool {
        let earlier = self.dangling.range((source.0, 0)..*source);
        earlier.into_iter().any(|(_, its)| !its.is_disjoint(documents))
    }

    /// Tries again what dangles in a record's documents, now that these have grown, and so on.
    pub(super) fn try_dangling(&mut self, work: &mut Work<'_, '_>, mut grown: BTreeSet<DocumentId>) {
        while !grown.is_empty() && !self.dangling.is_empty() {
            let about = self.dangling.iter().filter(|(_, its)| !its.is_disjoint(&grown));
            let sources: Vec<Source> = about.map(|(source, _)| *source).collect();
            grown = BTreeSet::new();
            for source in sources {
                grown.extend(self.try_again(work, source));
            }
        }
    }

    /// Gives the documents that have grown.
    fn try_again(&mut self, work: &mut Work<'_, '_>, source: Source) -> BTreeSet<DocumentId> {
        let documents = self.dangling.get(&source).cloned().unwrap_or_default();
        let inside = {
            let history = history(work.cx.reader, self.space);
            let id = self.local(&history).held(&source.0, source.1);
            let position = id.map(|id| haven_feed::ids::Position { seq: source.1, id });
            position.and_then(|position| {
                let one = One { source, position, record: None, look: Look::Not, heard: true };
                self.inside(work, &one)
            })
        };
        let Some(inside) = inside.filter(|_| !self.follows_dangling(&source, &documents)) else {
            return BTreeSet::new();
        };
        // While it is tried it is none of them: it does not follow itself.
        self.dangling.remove(&source);
        match self.apply_content(work, source, inside) {
            Ok(grown) => {
                work.step.commit.remove(Table::Quarantine, place(&source));
                self.end_put_aside(work, source);
                grown
            }
            Err(Aside::Dangling) => {
                self.dangling.insert(source, documents);
                BTreeSet::new()
            }
            Err(aside) => {
                self.put_aside(work, source, aside);
                BTreeSet::new()
            }
        }
    }

    /// Ends the alarm about what was put aside of a feed, if nothing is left of that.
    fn end_put_aside(&mut self, work: &mut Work<'_, '_>, (feed, seq): Source) {
        let mut left = self.dangling.keys().any(|(of, _)| *of == feed);
        let of_feed = |key: &[u8]| key.len() == PLACE_BYTES && key.starts_with(feed.as_bytes());
        let done = place(&(feed, seq));
        let scanned = work.cx.reader.scan(Table::Quarantine, &mut |key, _| {
            left |= of_feed(key) && key != done;
            if left { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if scanned.is_ok() && !left {
            self.end_alarm(work, Raised::PutAside { feed, seq });
        }
    }

    /// Forgets what dangles of a feed after a place: it does not count any more.
    pub(super) fn forget_dangling(&mut self, work: &mut Work<'_, '_>, feed: FeedId, bound: u64) {
        let over = self.dangling.range((feed, bound + 1)..=(feed, u64::MAX));
        let over: Vec<Source> = over.map(|(source, _)| *source).collect();
        for source in over {
            self.dangling.remove(&source);
            work.step.commit.remove(Table::Quarantine, place(&source));
        }
    }

    /// What a record is about.
    pub(super) fn documents_of(&self, work: &Work<'_, '_>, source: &Source) -> BTreeSet<DocumentId> {
        let opened = self.opened(work, source.0, source.1).ok().flatten();
        let content = opened.as_ref().and_then(|opened| self.content(&source.0, opened.bytes()).ok());
        content.map(|content| content.items.iter().map(|item| item.document).collect()).unwrap_or_default()
    }

    /// Reads what dangled when the vault was closed.
    pub(super) fn dangling_from_store(&mut self, work: &Work<'_, '_>) -> Result<(), OpenFault> {
        let rows = super::Sealed { keys: &self.keys, reader: work.cx.reader }.rows(Table::Quarantine)?;
        for (key, sealed) in rows.into_iter().filter(|(key, _)| key.len() == PLACE_BYTES) {
            let plain = self.keys.open(Table::Quarantine, &key, &sealed).map_err(|_| OpenFault::Damaged)?;
            let Some((&kind, documents)) = plain.split_first() else { continue };
            if kind != Aside::Dangling as u8 {
                continue;
            }
            let mut s = Scanner(&key);
            let source = s.array().and_then(|feed| Ok((FeedId::from_bytes(feed), s.u64()?)));
            let source = source.map_err(|_| OpenFault::Damaged)?;
            let documents = documents.as_chunks::<16>().0.iter().copied().collect();
            self.dangling.insert(source, documents);
        }
        Ok(())
    }
}
