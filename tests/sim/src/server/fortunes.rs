//! What befalls a server: copies that are put back, bodies that are lost. And what it holds, one by one.

use haven_feed::ids::{FeedId, LinkHash, Position, StoreId};
use haven_feed::record::{PREFIX_LEN, Record};

use super::{SimServer, Space, held_at, husks_of};

/// An older copy of all that a server holds.
#[derive(Clone)]
pub struct Copied {
    store: StoreId,
    invite: [u8; 16],
    invite_used: bool,
    space: Option<Space>,
}

impl SimServer {
    /// Copies all that it holds.
    pub fn copy(&self) -> Copied {
        let (store, invite, invite_used) = (self.store, self.invite, self.invite_used);
        Copied { store, invite, invite_used, space: self.space.clone() }
    }

    /// Puts an older copy in the place of all that it holds.
    pub fn go_back(&mut self, copied: Copied) {
        self.crash();
        Copied { store: self.store, invite: self.invite, invite_used: self.invite_used, space: self.space } =
            copied;
    }

    /// The same server once more, which knows nobody yet.
    pub fn twin(&self) -> Self {
        let mut twin = Self::of(self.seed, self.store, self.invite);
        twin.go_back(self.copy());
        twin
    }

    /// Loses the body of a record. Says whether it had one.
    pub fn lose_body(&mut self, feed: &FeedId, seq: u64) -> bool {
        let held = self.space.iter_mut().flat_map(|space| &mut space.arrived);
        let whole = held.filter(|record| !record.is_husk());
        let mut place = whole.filter(|record| (record.header().feed, record.header().seq) == (*feed, seq));
        let Some(record) = place.next() else { return false };
        let husk = Record::parse(record.bytes().slice(..PREFIX_LEN));
        husk.map(|husk| *record = husk).is_ok()
    }

    /// The position of a record that it holds.
    pub fn position(&self, feed: &FeedId, seq: u64) -> Option<Position> {
        let space = self.space.as_ref()?;
        held_at(&space.arrived, feed, seq).map(|held| Position { seq, id: held.id })
    }

    /// The hash of a link that it holds.
    pub fn hash_at(&self, seq: u64) -> Option<LinkHash> {
        self.space.as_ref()?.state.roster().hash_at(seq)
    }

    /// The records that it holds without their bodies.
    pub fn husks(&self) -> Vec<(FeedId, u64)> {
        self.space.as_ref().map(husks_of).unwrap_or_default()
    }
}
