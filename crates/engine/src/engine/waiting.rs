//! What waits: records that are stored and not applied yet, and the mark that they are being tried.
//!
//! Everything here is bounded in bytes. What does not fit is left in the store, or read from it again when its turn comes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use haven_feed::ids::{FeedId, Position, Vector};
use haven_feed::record::{Record, VerifiedRecord};

use super::opening::Inside;
use super::receive::TRIES_MAX;
use super::{Engine, OpenFault, Sealed, Work};
use crate::codec::{Scanner, Writer};
use crate::io::Table;
use crate::keys::meta;
use crate::limits;
use crate::row::Source;

/// Records that are stored and not yet applied, each feed's from the next one on without a gap.
#[derive(Default)]
pub(super) struct Waiting {
    pub(super) queues: BTreeMap<FeedId, VecDeque<One>>,
    /// Whether there may be something to do.
    pub(super) ready: bool,
    /// Places that were being tried when the process went down, and how often. While there are any, records go one at a
    /// time, each with a mark of its own.
    pub(super) suspects: BTreeMap<Source, u8>,
    /// The one that goes now, while there are suspects.
    pub(super) current: Option<Source>,
    /// Feeds whose next record has to wait for others, while there are suspects.
    pub(super) skipped: BTreeSet<FeedId>,
    /// What brought the process down too often: it is never opened again, whatever its feed goes back for.
    pub(super) fatal: BTreeSet<Source>,
    /// Feeds whose next record the disk did not give back when it was asked last.
    pub(super) stuck: BTreeSet<FeedId>,
    pub(super) marked: bool,
    /// Whether some was left to the store just now, where it can be read from the next step on.
    pub(super) unread: bool,
}

/// A record that waits.
pub(super) struct One {
    pub(super) source: Source,
    pub(super) position: Position,
    /// None when there was no room for it: the store has it.
    pub(super) record: Option<VerifiedRecord>,
    pub(super) look: Look,
    /// Whether what it names was heard.
    pub(super) heard: bool,
}

/// What is known of a record before its turn.
pub(super) enum Look {
    /// It was not looked at yet.
    Not,
    /// Of a kind this version does not know: it keeps its place and says nothing.
    Passed,
    /// It cannot be opened yet.
    Waits(Wait),
    /// It can never be applied.
    Aside(Aside),
    /// What it says of others, and the rest as long as there is room.
    Opened(Head, Option<Inside>),
}

/// What a record waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wait {
    /// Its body did not come.
    Body,
    /// The key of its epoch is not known here.
    Key,
    /// It holds what only a newer version may pass.
    Update,
    /// The disk does not give it back, perhaps only now.
    Disk,
}

/// Why a record was put aside although its author is one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aside {
    /// It does not open, or what is inside is not a content.
    Unreadable = 1,
    /// An actor in it belongs to another device.
    WrongActor = 2,
    /// A change in it did not pass the guard.
    Guarded = 3,
    /// It brought the process down.
    Fatal = 4,
    /// It belongs to a second history of its feed.
    Fork = 6,
    /// It builds on something of a document that is not here: tried again when the document has grown.
    Dangling = 7,
    /// A document of it could not be read here: tried again when the document has grown, in each session and at each start.
    Unread = 8,
    /// It belongs to one of two histories of its feed, and what it follows did not come.
    Either = 9,
}

/// What an opened record says of others.
pub(super) struct Head {
    /// What its author had accepted.
    pub(super) seen: Vector,
    /// What its author accepted by hand.
    pub(super) accepts: Vec<(FeedId, Position)>,
    /// Records whose bodies are gone for good.
    pub(super) gone: Vec<(FeedId, Position)>,
}

impl Head {
    fn bytes(&self) -> usize {
        size_of::<(FeedId, Position)>() * (self.seen.len() + self.accepts.len() + self.gone.len())
    }

    /// What it takes while it is heard, about.
    pub(super) fn bytes_heard(&self) -> usize {
        self.bytes() + self.gone.len() * limits::BODY_GONE_BYTES
    }
}

impl One {
    pub(super) fn new(record: VerifiedRecord) -> Self {
        Self {
            source: (record.header().feed, record.position().seq),
            position: record.position(),
            record: Some(record),
            look: Look::Not,
            heard: false,
        }
    }

    /// What it takes in memory, about: its bytes, and what was opened of it.
    fn bytes(&self) -> usize {
        let record = self.record.as_ref().map_or(0, |record| record.bytes().len());
        let opened = match &self.look {
            Look::Opened(head, inside) => head.bytes() + inside.as_ref().map_or(0, Inside::bytes),
            _ => 0,
        };
        size_of::<Self>() + record + opened
    }

    fn shrink(&mut self) {
        self.record = None;
        if let Look::Opened(_, inside) = &mut self.look {
            *inside = None;
        }
    }
}

impl Waiting {
    /// Something came that may let what waits go on, also what had to wait before while there are suspects.
    pub(super) fn wake(&mut self) {
        self.ready = true;
        self.skipped.clear();
    }

    /// The server has said that this is all: what only a removed device has named is waited for no longer, and the disk is asked once
    /// more.
    pub(super) fn go_without(&mut self) {
        self.look_again(Wait::Disk);
        if !self.queues.values().all(VecDeque::is_empty) {
            self.wake();
        }
    }

    /// Takes a record that was stored just now, if it follows what waits and there is room. A copy of it: it came as a slice of a message,
    /// which may be a mebibyte of anything.
    pub(super) fn push(&mut self, applied: &Vector, room: &mut usize, record: &VerifiedRecord) {
        self.wake();
        let (feed, seq, size) = (record.header().feed, record.position().seq, record.bytes().len());
        let queue = self.queues.entry(feed).or_default();
        let next = queue.back().map_or(applied.seq(&feed), |last| last.source.1) + 1;
        if seq == next && size <= *room {
            *room -= size;
            queue.push_back(One::new(record.copied()));
        } else {
            self.unread = true;
        }
    }

    /// Puts a body in the place of its husk. One that is not in memory is read from the store when its turn comes.
    pub(super) fn embody(&mut self, record: &VerifiedRecord) {
        self.wake();
        let source = (record.header().feed, record.position().seq);
        let queue = self.queues.get_mut(&source.0);
        match queue.into_iter().flatten().find(|one| one.source == source) {
            Some(one) => *one = One::new(record.copied()),
            None => self.unread = true,
        }
    }

    /// Gives up on what brought the process down too often, before it is opened once more: already that may be what does it.
    pub(super) fn give_up(&mut self) {
        let is_deadly = |source: &Source| {
            self.fatal.contains(source) || self.suspects.get(source).is_some_and(|tries| *tries >= TRIES_MAX)
        };
        for one in self.queues.values_mut().flatten().filter(|one| is_deadly(&one.source)) {
            one.look = Look::Aside(Aside::Fatal);
        }
    }

    /// Forgets the records of a feed from this one on: they were sealed again, and are read as they are now.
    pub(super) fn forget_from(&mut self, feed: &FeedId, first: u64) {
        let Some(queue) = self.queues.get_mut(feed) else { return };
        queue.retain(|one| one.source.1 < first);
        self.wake();
    }

    /// Looks again at what waited for this.
    pub(super) fn look_again(&mut self, wait: Wait) {
        let mut any = false;
        for one in self.queues.values_mut().flatten() {
            if matches!(one.look, Look::Waits(waits) if waits == wait) {
                one.look = Look::Not;
                any = true;
            }
        }
        if any {
            self.wake();
        }
    }

    /// What all of it takes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        self.queues.values().flatten().map(One::bytes).sum()
    }

    /// Leaves to the store what does not fit, last first by feed; what was opened of it stays in short.
    pub(super) fn shrink(&mut self) {
        let mut room = limits::WAITING_BYTES_MAX;
        for queue in self.queues.values_mut() {
            for one in queue {
                let bytes = one.bytes();
                if bytes > room && !matches!(one.look, Look::Not) {
                    one.shrink();
                }
                room = room.saturating_sub(one.bytes());
            }
        }
    }
}

impl Engine {
    /// Makes the mark that what waits is going to be tried, after fetching the next of it from the store.
    pub(super) fn mark(&mut self, work: &mut Work<'_, '_>) {
        self.waiting.ready = false;
        self.fill(work);
        let unlooked = |one: &&One| matches!(one.look, Look::Not | Look::Opened(..));
        let tried = self.waiting.queues.values().flatten().filter(unlooked);
        let mut tried: Vec<(Source, u8)> = tried.map(|one| (one.source, 0)).collect();
        tried.extend(self.dangling.again().map(|source| (source, 0)));
        if !self.waiting.suspects.is_empty() {
            for source in self.dangling.again() {
                self.waiting.suspects.entry(source).or_insert(0);
            }
            let Some(current) = self.next_alone() else { return };
            self.waiting.current = Some(current);
            let before = |tries: u8| tries.saturating_sub(1);
            let others = self.waiting.suspects.iter().filter(|(source, _)| **source != current);
            tried = others.map(|(source, tries)| (*source, before(*tries))).collect();
            tried.push((current, self.waiting.suspects.get(&current).copied().unwrap_or(0)));
        }
        let mut w = Writer::default();
        w.count(tried.len());
        for ((feed, seq), tries) in tried {
            w.raw(feed.as_bytes());
            w.u64(seq);
            w.u8(tries);
        }
        let sealed = self.keys.seal(Table::Meta, meta::TRYING, &w.0, work.cx.entropy);
        work.step.commit.put(Table::Meta, meta::TRYING, sealed);
        self.waiting.marked = true;
        work.again = true;
    }

    /// The next record that goes alone: one that dangled and is to be tried again, or of the first feed that has one and did not
    /// have to wait.
    pub(super) fn next_alone(&self) -> Option<Source> {
        if let Some(source) = self.dangling.again().next() {
            return Some(source);
        }
        let stored = self.tips.iter().map(|(feed, _)| (feed, self.applied.seq(&feed) + 1));
        let mut open = stored.filter(|(feed, next)| self.tips.seq(feed) >= *next);
        open.find(|(feed, _)| !self.waiting.skipped.contains(feed))
    }

    /// Reads a mark that was found at start: each of its records is a suspect, and those that were suspects too often are
    /// put aside.
    pub(super) fn note_interrupted(&mut self, work: &mut Work<'_, '_>) -> Result<(), OpenFault> {
        self.waiting.ready = self.open_feeds().next().is_some() || self.dangling.again().next().is_some();
        let sealed = Sealed { keys: &self.keys, reader: work.cx.reader };
        let Some(mark) = sealed.meta(meta::TRYING)? else { return Ok(()) };
        let mut s = Scanner(&mark);
        let suspects = s.list(|s| Ok(((FeedId::from_bytes(s.array()?), s.u64()?), s.u8()?)));
        for (source, tries) in suspects.map_err(|_| OpenFault::Damaged)? {
            self.dangling.try_later(source);
            if self.applied.seq(&source.0) < source.1 || self.dangling.contains(&source) {
                self.waiting.suspects.insert(source, tries.saturating_add(1));
            }
        }
        self.waiting.ready = true;
        Ok(())
    }

    /// The feeds with stored records that were not applied.
    fn open_feeds(&self) -> impl Iterator<Item = FeedId> + '_ {
        let open = |(feed, tip): &(FeedId, haven_feed::chain::Tip)| tip.position.seq > self.applied.seq(feed);
        self.tips.iter().filter(open).map(|(feed, _)| feed)
    }

    /// Fetches the next records of each feed that has none left to look at, as many bytes at a time as are worth a commit.
    fn fill(&mut self, work: &Work<'_, '_>) {
        let open: Vec<FeedId> = self.open_feeds().collect();
        self.waiting.queues.retain(|feed, _| open.contains(feed));
        self.waiting.stuck.retain(|feed| open.contains(feed));
        let share = limits::WAITING_STEP_BYTES / open.len().max(1);
        let full = self.waiting.bytes() >= limits::WAITING_BYTES_MAX;
        let mut read = 0;
        for feed in open {
            let applied = self.applied.seq(&feed);
            let queue = self.waiting.queues.entry(feed).or_default();
            while queue.front().is_some_and(|one| one.source.1 <= applied) {
                queue.pop_front();
            }
            if queue.front().is_some_and(|one| one.source.1 != applied + 1) {
                queue.clear();
            }
            let last = queue.back().map_or(applied, |one| one.source.1);
            let has_some = queue.iter().any(|one| matches!(one.look, Look::Not));
            if has_some || last >= self.tips.seq(&feed) || (full && !queue.is_empty()) {
                continue;
            }
            if read >= limits::WAITING_STEP_BYTES {
                // A share is one record at least, and there may be a thousand feeds: the others are next.
                self.waiting.unread = true;
                continue;
            }
            let stored = self.stored_from(work, feed, last + 1, share);
            read += stored.iter().map(|record| record.bytes().len()).sum::<usize>();
            match stored.is_empty() && last == applied {
                true => self.waiting.stuck.insert(feed),
                false => self.waiting.stuck.remove(&feed),
            };
            self.waiting.queues.entry(feed).or_default().extend(stored.into_iter().map(One::new));
        }
    }

    fn stored_from(&self, work: &Work<'_, '_>, feed: FeedId, next: u64, most: usize) -> Vec<VerifiedRecord> {
        let stored = work.cx.reader.records(self.space, feed, next, most).unwrap_or_default();
        let resealed = |seq: u64| work.resealed.get(&seq).filter(|_| feed == self.keys.feed);
        let newest = |(seq, bytes)| {
            let newer = work.bodies.get(&(feed, seq)).or_else(|| resealed(seq)).cloned();
            newer.unwrap_or(bytes)
        };
        let stored = (next..).zip(stored).map(newest);
        let parsed = stored.map_while(|bytes| Record::parse(bytes).ok());
        parsed.map_while(|record| self.verified(&record).ok()).collect()
    }

    /// A record that waits, out of memory or out of the store.
    pub(super) fn record_of(&self, work: &Work<'_, '_>, one: &One) -> Option<VerifiedRecord> {
        if let Some(record) = &one.record {
            return Some(record.clone());
        }
        let bytes = work.cx.reader.record(self.space, one.source.0, one.source.1).ok()??;
        self.verified(&Record::parse(bytes).ok()?).ok().filter(|record| record.position() == one.position)
    }
}
