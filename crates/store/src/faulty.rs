//! A disk that fails on demand: wraps any store and cuts between "durable" and "told", as a crash does.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use haven_engine::io::{Commit, Reader, Store, StoreFault, Table, Visit};
use haven_feed::ids::{FeedId, SpaceId};

/// What happens at the next commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// It fails with this fault: nothing of it is kept, and the store goes on working.
    Fails(StoreFault),
    /// The process dies just before it is durable: nothing of it is kept, nobody is told.
    CrashBefore,
    /// The process dies when it is durable, but before anybody is told.
    AppliedButCrashed,
}

/// What a disk does not give back although it holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blind {
    /// One record, and whatever is read together with it.
    Record(FeedId, u64),
    /// Single rows of a table.
    Table(Table),
}

/// A store with a planned mishap. After a crash every call fails until [`FaultyDisk::restart`]; what was durable before it
/// is what is read after it, since an applied commit has nothing left to lose.
pub struct FaultyDisk<S> {
    disk: S,
    planned: Option<Mishap>,
    blind: Option<Blind>,
    down: bool,
    reads: AtomicU64,
}

impl<S: Store> FaultyDisk<S> {
    /// Wraps a store; nothing is planned.
    pub fn new(disk: S) -> Self {
        Self { disk, planned: None, blind: None, down: false, reads: AtomicU64::new(0) }
    }

    /// Plans what happens at the next commit, in place of an earlier plan.
    pub fn plan(&mut self, mishap: Mishap) {
        self.planned = Some(mishap);
    }

    /// Takes back what was planned.
    pub fn spare(&mut self) {
        self.planned = None;
    }

    /// From here on it fails to read this, also in the processes to come; nothing: it reads everything again.
    pub fn blind(&mut self, to: Option<Blind>) {
        self.blind = to;
    }

    /// The process dies between two commits.
    pub fn crash(&mut self) {
        self.down = true;
    }

    /// Whether the process is dead.
    pub fn is_down(&self) -> bool {
        self.down
    }

    /// The process begins anew on what the disk holds; an unused plan is dropped.
    pub fn restart(&mut self) {
        self.down = false;
        self.planned = None;
    }

    /// The store beneath, dead process or not.
    pub fn disk(&self) -> &S {
        &self.disk
    }

    /// How many single rows and records were asked for, to see that nothing is read again and again.
    pub fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Unwraps the store beneath.
    pub fn into_disk(self) -> S {
        self.disk
    }

    fn sees(&self, hidden: bool) -> Result<&S, StoreFault> {
        if hidden {
            return Err(StoreFault::Unavailable { detail: "a sector cannot be read".to_owned() });
        }
        self.alive()
    }

    fn alive(&self) -> Result<&S, StoreFault> {
        if self.down { Err(crashed()) } else { Ok(&self.disk) }
    }
}

fn crashed() -> StoreFault {
    StoreFault::Unavailable { detail: "the process has crashed".to_owned() }
}

impl<S: Store> Reader for FaultyDisk<S> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreFault> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.sees(self.blind == Some(Blind::Table(table)))?.get(table, key)
    }

    fn scan(&self, table: Table, visit: &mut Visit<'_>) -> Result<(), StoreFault> {
        self.alive()?.scan(table, visit)
    }

    fn links(&self, space: SpaceId) -> Result<Vec<Vec<u8>>, StoreFault> {
        self.alive()?.links(space)
    }

    fn records(
        &self,
        space: SpaceId,
        feed: FeedId,
        from_seq: u64,
        bytes_max: usize,
    ) -> Result<Vec<Bytes>, StoreFault> {
        let hidden = matches!(self.blind, Some(Blind::Record(of, seq)) if of == feed && from_seq <= seq);
        self.sees(hidden)?.records(space, feed, from_seq, bytes_max)
    }

    fn record(&self, space: SpaceId, feed: FeedId, seq: u64) -> Result<Option<Bytes>, StoreFault> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.sees(self.blind == Some(Blind::Record(feed, seq)))?.record(space, feed, seq)
    }

    fn heads(&self, space: SpaceId) -> Result<Vec<(FeedId, u64)>, StoreFault> {
        self.alive()?.heads(space)
    }
}

impl<S: Store> Store for FaultyDisk<S> {
    fn apply(&mut self, commit: Commit) -> Result<(), StoreFault> {
        self.alive()?;
        match self.planned.take() {
            None => self.disk.apply(commit),
            Some(Mishap::Fails(fault)) => Err(fault),
            Some(Mishap::CrashBefore) => {
                self.down = true;
                Err(crashed())
            }
            Some(Mishap::AppliedButCrashed) => {
                self.disk.apply(commit)?;
                self.down = true;
                Err(crashed())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryStore;

    const KEY: &[u8] = b"draft";

    fn draft(value: &[u8]) -> Commit {
        let mut commit = Commit::default();
        commit.put(Table::Drafts, KEY, value.to_vec());
        commit
    }

    /// Commits once under a mishap, restarts, and says what was told and what is read afterwards.
    fn check(mishap: Mishap, told: &StoreFault, crashed: bool, read: Option<&[u8]>) {
        let mut disk = FaultyDisk::new(MemoryStore::new());
        disk.plan(mishap);
        assert_eq!(disk.apply(draft(b"words")), Err(told.clone()));
        assert_eq!(disk.is_down(), crashed);
        if crashed {
            assert!(disk.get(Table::Drafts, KEY).is_err());
            assert!(disk.apply(draft(b"more")).is_err());
            disk.restart();
        }
        assert_eq!(disk.get(Table::Drafts, KEY).unwrap().as_deref(), read);
        assert_eq!(disk.apply(draft(b"again")), Ok(()));
        assert_eq!(disk.get(Table::Drafts, KEY).unwrap().as_deref(), Some(&b"again"[..]));
    }

    #[test]
    fn a_commit_fails_with_or_without_having_been_kept() {
        check(Mishap::Fails(StoreFault::Full), &StoreFault::Full, false, None);
        check(Mishap::CrashBefore, &crashed(), true, None);
        check(Mishap::AppliedButCrashed, &crashed(), true, Some(b"words"));
    }

    #[test]
    fn what_it_is_blind_to_is_there_all_the_same() {
        let mut disk = FaultyDisk::new(MemoryStore::new());
        disk.apply(draft(b"words")).unwrap();
        disk.blind(Some(Blind::Table(Table::Drafts)));
        assert!(disk.get(Table::Drafts, KEY).is_err() && disk.get(Table::Rows, KEY).is_ok());
        disk.crash();
        disk.restart();
        assert!(disk.get(Table::Drafts, KEY).is_err());
        disk.blind(Some(Blind::Record(FeedId::ZERO, 2)));
        assert_eq!(disk.get(Table::Drafts, KEY).unwrap().as_deref(), Some(&b"words"[..]));
        assert!(disk.records(SpaceId::ZERO, FeedId::ZERO, 1, 9).is_err());
        assert!(disk.records(SpaceId::ZERO, FeedId::ZERO, 3, 9).is_ok());
    }

    #[test]
    fn a_crash_between_commits_loses_nothing() {
        let mut disk = FaultyDisk::new(MemoryStore::new());
        disk.apply(draft(b"words")).unwrap();
        disk.crash();
        assert_eq!(disk.heads(SpaceId::ZERO), Err(crashed()));
        disk.restart();
        assert_eq!(disk.get(Table::Drafts, KEY).unwrap().as_deref(), Some(&b"words"[..]));
    }
}
