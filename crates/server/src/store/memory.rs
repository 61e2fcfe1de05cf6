//! The store in memory, for tests: the same behaviour with nothing to break.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use haven_feed::digest::Digest;
use haven_feed::exchange::Run;
use haven_feed::record::PREFIX_LEN;
use haven_feed::{FeedId, SpaceId, StoreId};

use super::{Change, FeedRow, InviteState, Reader, SpaceRow, Store, StoreFault, Stored, Totals};

/// A store that forgets.
#[derive(Clone)]
pub(crate) struct MemoryStore {
    store_id: StoreId,
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Default)]
struct State {
    invites: BTreeMap<Digest, Option<SpaceId>>,
    spaces: BTreeMap<SpaceId, Space>,
    fail_next: Option<StoreFault>,
}

#[derive(Clone, Default)]
struct Space {
    links: Vec<Bytes>,
    feeds: BTreeMap<FeedId, FeedRow>,
    arrived: Vec<Stored>,
}

impl MemoryStore {
    /// Makes an empty store.
    pub(crate) fn new(store_id: StoreId) -> Self {
        Self { store_id, state: Arc::default() }
    }

    /// Makes the next commit fail.
    pub(crate) fn fail_next(&self, fault: StoreFault) {
        self.state().fail_next = Some(fault);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics while it holds this")
    }
}

impl Store for MemoryStore {
    fn store_id(&self) -> StoreId {
        self.store_id
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreFault> {
        let mut state = self.state();
        if let Some(fault) = state.fail_next.take() {
            return Err(fault);
        }
        let mut next = state.clone();
        changes.iter().try_for_each(|change| next.apply(change))?;
        *state = next;
        Ok(())
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreFault> {
        Ok(Box::new(self.clone()))
    }

    fn finish(&mut self) -> Result<(), StoreFault> {
        Ok(())
    }
}

impl State {
    fn apply(&mut self, change: &Change) -> Result<(), StoreFault> {
        match change.clone() {
            Change::Invite { ticket } => {
                self.invites.insert(ticket, None);
            }
            Change::Space { space, ticket } => {
                let open = self.invites.get_mut(&ticket).filter(|used| used.is_none());
                *open.ok_or(StoreFault::InviteSpent)? = Some(space);
                self.spaces.insert(space, Space::default());
            }
            Change::Link { space, bytes, .. } => self.space(&space)?.links.push(bytes),
            Change::Records { space, feed, first, tip, records } => {
                let space = self.space(&space)?;
                let row = space.feeds.entry(feed).or_insert(FeedRow { feed, tip, bytes: 0 });
                if row.bytes > 0 && row.tip.position.seq + 1 != first {
                    return Err(StoreFault::Damaged("a feed that stands elsewhere"));
                }
                row.tip = tip;
                row.bytes += records.iter().map(|record| record.len() as u64).sum::<u64>();
                let arrived = (first..).zip(records).map(|(seq, bytes)| Stored { feed, seq, bytes });
                space.arrived.extend(arrived);
            }
        }
        Ok(())
    }

    fn space(&mut self, space: &SpaceId) -> Result<&mut Space, StoreFault> {
        self.spaces.get_mut(space).ok_or(StoreFault::Damaged("a space that is not there"))
    }
}

impl Reader for MemoryStore {
    fn spaces(&mut self) -> Result<Vec<SpaceId>, StoreFault> {
        Ok(self.state().spaces.keys().copied().collect())
    }

    fn space(&mut self, space: &SpaceId) -> Result<Option<SpaceRow>, StoreFault> {
        let row = |space: &Space| SpaceRow {
            links: space.links.clone(),
            feeds: space.feeds.values().copied().collect(),
        };
        Ok(self.state().spaces.get(space).map(row))
    }

    fn links(&mut self, space: &SpaceId, from: u64, bytes_max: usize) -> Result<Vec<Bytes>, StoreFault> {
        let state = self.state();
        let links = state.spaces.get(space).map(|space| &space.links[..]).unwrap_or_default();
        let from = usize::try_from(from).map_or(links.len(), |from| from.min(links.len()));
        let mut room = bytes_max;
        let fits = |(index, link): &(usize, &Bytes)| {
            let fits = *index == 0 || link.len() <= room;
            room = room.saturating_sub(link.len());
            fits
        };
        Ok(links[from..].iter().enumerate().take_while(fits).map(|(_, link)| link.clone()).collect())
    }

    fn records(
        &mut self,
        space: &SpaceId,
        runs: &mut [Run],
        bytes_max: usize,
    ) -> Result<Vec<Stored>, StoreFault> {
        let mut state = self.state();
        let (mut found, mut room) = (Vec::new(), bytes_max);
        for stored in &state.space(space)?.arrived {
            let wanted = |run: &&mut Run| {
                run.feed == stored.feed && run.from_seq == stored.seq && stored.seq <= run.to_seq
            };
            let Some(run) = runs.iter_mut().find(wanted) else { continue };
            if stored.bytes.len() > room && !found.is_empty() {
                break;
            }
            room = room.saturating_sub(stored.bytes.len());
            run.from_seq += 1;
            found.push(stored.clone());
        }
        Ok(found)
    }

    fn husks(&mut self, space: &SpaceId, run: Run) -> Result<Vec<Stored>, StoreFault> {
        let mut stored = self.records(space, &mut [run], usize::MAX)?;
        stored.iter_mut().for_each(|stored| stored.bytes.truncate(PREFIX_LEN));
        Ok(stored)
    }

    fn invite(&mut self, ticket: &Digest) -> Result<Option<InviteState>, StoreFault> {
        let used = self.state().invites.get(ticket).copied();
        Ok(used.map(|used| used.map_or(InviteState::Open, InviteState::UsedFor)))
    }

    fn totals(&mut self) -> Result<Totals, StoreFault> {
        let state = self.state();
        let mut totals = Totals {
            spaces: state.spaces.len() as u64,
            invites_open: state.invites.values().filter(|used| used.is_none()).count() as u64,
            ..Totals::default()
        };
        for space in state.spaces.values() {
            totals.feeds += space.feeds.len() as u64;
            totals.records += space.arrived.len() as u64;
            totals.record_bytes += space.feeds.values().map(|feed| feed.bytes).sum::<u64>();
            totals.links += space.links.len() as u64;
        }
        Ok(totals)
    }
}

#[test]
fn conforms() {
    super::conformance::run(|| Box::new(MemoryStore::new(super::conformance::STORE_ID)));
}
