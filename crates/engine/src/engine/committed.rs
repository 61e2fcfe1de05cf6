//! Which entry a draft has become, for whoever still has the same draft open: another window of theirs says "done" once more, or
//! goes on writing. It is the same entry then, and not its words twice.

use std::collections::VecDeque;

use haven_core::id::EntryId;

use super::{Engine, Work};
use crate::codec::{Malformed, Scanner, Writer};
use crate::command::DraftId;
use crate::io::Table;
use crate::keys::meta;
use crate::limits;
use crate::version::Version;

/// What a draft became: the entry, and its version by then.
type Became = (DraftId, EntryId, Version);

/// The last ones, the newest last. Ids only, sealed like every row, on this device only.
#[derive(Default)]
pub(super) struct Committed(VecDeque<Became>);

impl Committed {
    fn encode(&self) -> Vec<u8> {
        let mut w = Writer::default();
        w.count(self.0.len());
        for (draft, entry, version) in &self.0 {
            w.raw(&draft.0);
            w.raw(entry.as_bytes());
            w.count(version.heads().len());
            version.heads().iter().for_each(|head| w.raw(head));
        }
        w.0
    }

    fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut s = Scanner(bytes);
        let list = s.list(|s| {
            let (draft, entry) = (DraftId(s.array()?), EntryId::from_bytes(s.array()?));
            Ok((draft, entry, Version::new(s.list(Scanner::array)?)))
        })?;
        s.end()?;
        Ok(Self(list.into()))
    }

    /// Reads what was kept; what is no such list is as nothing.
    pub(super) fn decode(bytes: &[u8]) -> Self {
        Self::read(bytes).unwrap_or_default()
    }
}

impl Engine {
    pub(super) fn note_committed(
        &mut self,
        work: &mut Work<'_, '_>,
        id: DraftId,
        entry: EntryId,
        version: Version,
    ) {
        let known = &mut self.committed.0;
        known.retain(|(draft, ..)| *draft != id);
        while known.len() >= limits::COMMITTED_MAX {
            known.pop_front();
        }
        known.push_back((id, entry, version));
        let sealed = self.keys.seal(Table::Meta, meta::COMMITTED, &self.committed.encode(), work.cx.entropy);
        work.step.commit.put(Table::Meta, meta::COMMITTED, sealed);
    }

    /// What a draft that is gone has become, unless that was thrown away since.
    pub(super) fn became(&self, id: DraftId) -> Option<(EntryId, Version)> {
        let (_, entry, version) = self.committed.0.iter().find(|(draft, ..)| *draft == id)?;
        let is_there = self.view.entry(*entry).is_some_and(|row| row.entry.trashed.is_none());
        is_there.then(|| (*entry, version.clone()))
    }
}
