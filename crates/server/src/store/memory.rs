//! The store in memory, for tests: the same behaviour with nothing to break.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use haven_feed::digest::Digest;
use haven_feed::exchange::Run;
use haven_feed::record::PREFIX_LEN;
use haven_feed::{FeedId, PaperId, SpaceId, StoreId};

use super::{
    Beginning, Change, FeedRow, InviteState, MailboxRow, Reader, SpaceRow, Store, StoreFault, Stored, Totals,
};

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
    papers: BTreeSet<(PaperId, SpaceId)>,
    mailboxes: BTreeMap<[u8; 16], MailboxRow>,
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
                if self.spaces.insert(space, Space::default()).is_some() {
                    return Err(StoreFault::SpaceTaken);
                }
            }
            Change::Paper { paper, space } => {
                self.space(&space)?;
                self.papers.insert((paper, space));
            }
            Change::Link { space, seq, bytes } => {
                let links = &mut self.space(&space)?.links;
                if seq < links.len() as u64 {
                    return Err(StoreFault::Conflict);
                }
                links.push(bytes);
            }
            Change::Bodies { space, feed, records } => self.space(&space)?.put_bodies(feed, records)?,
            Change::OpenMailbox(row) => {
                if self.mailboxes.insert(row.mailbox, row).is_some() {
                    return Err(StoreFault::Conflict);
                }
            }
            Change::Post { mailbox, index, message } => {
                let mailbox = self.mailboxes.get_mut(&mailbox);
                let row = mailbox.ok_or(StoreFault::Damaged("a mailbox that is not there"))?;
                if row.messages.iter().any(|(taken, _)| *taken == index) {
                    return Err(StoreFault::Conflict);
                }
                row.messages.push((index, message));
                row.messages.sort_by_key(|(place, _)| *place);
            }
            Change::CloseMailbox { mailbox } => {
                self.mailboxes.remove(&mailbox);
            }
            Change::ExpireMailboxes { now_ms } => self.mailboxes.retain(|_, row| row.expires_ms > now_ms),
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

impl Space {
    fn put_bodies(&mut self, feed: FeedId, records: Vec<(u64, Bytes)>) -> Result<(), StoreFault> {
        for (seq, bytes) in records {
            let place = self.arrived.iter_mut().find(|stored| stored.feed == feed && stored.seq == seq);
            let husk = place.filter(|stored| stored.bytes.len() == PREFIX_LEN);
            let husk = husk.ok_or(StoreFault::Damaged("a husk that is not there"))?;
            let row = self.feeds.get_mut(&feed).ok_or(StoreFault::Damaged("a feed that is not there"))?;
            row.bytes += (bytes.len() - husk.bytes.len()) as u64;
            husk.bytes = bytes;
        }
        Ok(())
    }
}

impl Reader for MemoryStore {
    fn spaces(&mut self) -> Result<Vec<SpaceId>, StoreFault> {
        Ok(self.state().spaces.keys().copied().collect())
    }

    fn space(&mut self, space: &SpaceId) -> Result<Option<SpaceRow>, StoreFault> {
        let row = |space: &Space| SpaceRow { feeds: space.feeds.values().copied().collect() };
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

    fn beginnings(&mut self, space: &SpaceId, run: Run) -> Result<Vec<Beginning>, StoreFault> {
        let stored = self.records(space, &mut [run], usize::MAX)?.into_iter();
        let beginning = |Stored { feed, seq, mut bytes }: Stored| {
            let is_husk = bytes.len() == PREFIX_LEN;
            bytes.truncate(PREFIX_LEN);
            Beginning { feed, seq, bytes, is_husk }
        };
        Ok(stored.map(beginning).collect())
    }

    fn husks(&mut self, space: &SpaceId, count: usize) -> Result<Vec<(FeedId, u64)>, StoreFault> {
        let mut state = self.state();
        let arrived = state.space(space)?.arrived.iter().filter(|stored| stored.bytes.len() == PREFIX_LEN);
        let mut of_each: BTreeMap<FeedId, Vec<u64>> = BTreeMap::new();
        arrived.for_each(|stored| of_each.entry(stored.feed).or_default().push(stored.seq));
        let mut husks = Vec::new();
        for (left, (feed, seqs)) in (1..=of_each.len()).rev().zip(of_each) {
            let share = (count - husks.len()).div_ceil(left);
            husks.extend(seqs.into_iter().take(share).map(|seq| (feed, seq)));
        }
        Ok(husks)
    }

    fn bodies(
        &mut self,
        space: &SpaceId,
        feed: &FeedId,
        seqs: &[u64],
        bytes_max: usize,
    ) -> Result<Vec<Bytes>, StoreFault> {
        let mut state = self.state();
        let arrived = &state.space(space)?.arrived;
        let find = |seq: &u64| {
            let place = arrived.iter().find(|stored| stored.feed == *feed && stored.seq == *seq);
            place.map(|stored| stored.bytes.clone()).filter(|bytes| bytes.len() > PREFIX_LEN)
        };
        let mut room = bytes_max;
        let fits = |(index, bytes): &(usize, Bytes)| {
            let fits = *index == 0 || bytes.len() <= room;
            room = room.saturating_sub(bytes.len());
            fits
        };
        Ok(seqs.iter().filter_map(find).enumerate().take_while(fits).map(|(_, bytes)| bytes).collect())
    }

    fn spaces_of(&mut self, paper: &PaperId, count: usize) -> Result<Vec<SpaceId>, StoreFault> {
        let state = self.state();
        let of = state.papers.iter().filter(|(of, _)| of == paper).map(|(_, space)| *space);
        Ok(of.take(count).collect())
    }

    fn mailboxes(&mut self) -> Result<Vec<MailboxRow>, StoreFault> {
        let mut mailboxes: Vec<MailboxRow> = self.state().mailboxes.values().cloned().collect();
        mailboxes.sort_by_key(|row| (row.expires_ms, row.mailbox));
        Ok(mailboxes)
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
