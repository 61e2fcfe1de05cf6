//! Records of which this disk does not give back the documents that they are about. Their place counts, and nobody waits for them. They
//! are tried again like those that dangle, whenever one of their documents has grown; and in each session and at each start as well.

use super::alarms::Raised;
use super::receive::place;
use super::waiting::Aside;
use super::{Engine, OpenFault, Sealed, Work};
use crate::codec::Scanner;
use crate::io::Table;
use crate::row::Source;

/// A row of the quarantine that holds a place and no record of a second history.
const PLACE_BYTES: usize = 16;

impl Engine {
    /// Keeps a record to try it again.
    pub(super) fn note_unread(&mut self, work: &mut Work<'_, '_>, source: Source) {
        let (key, documents) = (place(&source), self.documents_of(work, &source));
        let plain = documents.iter().fold(vec![Aside::Unread as u8], |mut plain, document| {
            plain.extend(document);
            plain
        });
        let value = self.keys.seal(Table::Quarantine, &key, &plain, work.cx.entropy);
        work.lifted.remove(&source);
        work.step.commit.put(Table::Quarantine, key, value);
        self.raise(work, Raised::PutAside { feed: source.0, seq: source.1 });
        self.dangling.insert(source, documents);
    }

    /// Has tried again what could not be read before, also before the vault was closed. A disk that fails puts few aside, and nobody from
    /// outside can add to them.
    pub(super) fn try_unread(&mut self, work: &Work<'_, '_>) -> Result<(), OpenFault> {
        let rows = Sealed { keys: &self.keys, reader: work.cx.reader }.rows(Table::Quarantine)?;
        for (key, sealed) in rows.into_iter().filter(|(key, _)| key.len() == PLACE_BYTES) {
            let plain = self.keys.open(Table::Quarantine, &key, &sealed).map_err(|_| OpenFault::Damaged)?;
            let Some((&kind, documents)) = plain.split_first() else { continue };
            if kind != Aside::Unread as u8 {
                continue;
            }
            let mut s = Scanner(&key);
            let source = s.array().and_then(|feed| Ok((haven_feed::FeedId::from_bytes(feed), s.u64()?)));
            let source = source.map_err(|_| OpenFault::Damaged)?;
            self.dangling.insert(source, documents.as_chunks::<16>().0.iter().copied().collect());
            self.dangling.try_later(source);
            self.waiting.wake();
        }
        Ok(())
    }
}
