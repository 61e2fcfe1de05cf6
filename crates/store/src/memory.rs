//! A store in memory: the twin of the one on disk, for tests, the simulator and measuring without a disk.

use std::collections::BTreeMap;

use bytes::Bytes;
use haven_engine::io::{Commit, Reader, Store, StoreFault, Table, Visit, Write};
use haven_feed::ids::{FeedId, SpaceId};

use crate::refusal;

/// A store that lives as long as the process. A commit is durable the moment it is applied.
#[derive(Default)]
pub struct MemoryStore {
    rows: BTreeMap<Table, BTreeMap<Vec<u8>, Vec<u8>>>,
    links: BTreeMap<(SpaceId, u64), Vec<u8>>,
    records: BTreeMap<(SpaceId, FeedId, u64), Bytes>,
    next_fault: Option<StoreFault>,
}

impl MemoryStore {
    /// Makes an empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the next commit fail with this fault; nothing of it is kept, and the one after it works again.
    pub fn fail_next(&mut self, fault: StoreFault) {
        self.next_fault = Some(fault);
    }

    /// Copies all that is held, as a backup would; a planned fault stays behind.
    pub fn snapshot(&self) -> Self {
        Self {
            rows: self.rows.clone(),
            links: self.links.clone(),
            records: self.records.clone(),
            next_fault: None,
        }
    }

    /// Refuses a commit that would replace a record or link, before anything of it is written.
    fn admit(&self, writes: &[Write]) -> Result<(), StoreFault> {
        let mut links = BTreeMap::new();
        let mut records = BTreeMap::new();
        for write in writes {
            match write {
                Write::Put { .. } | Write::Remove { .. } => {}
                Write::Link { space, seq, bytes } => {
                    let held = self.links.get(&(*space, *seq)).unwrap_or(bytes);
                    if *links.entry((space, seq)).or_insert(held) != bytes {
                        return Err(refusal::other_link());
                    }
                }
                Write::Replace { space, feed, seq, bytes } => {
                    let place = (space, feed, seq);
                    let stands =
                        records.contains_key(&place) || self.records.contains_key(&(*space, *feed, *seq));
                    if !stands {
                        return Err(refusal::nothing_to_replace());
                    }
                    records.insert(place, bytes);
                }
                Write::Record { space, feed, seq, bytes } => {
                    let held = self.records.get(&(*space, *feed, *seq)).unwrap_or(bytes);
                    if *records.entry((space, feed, seq)).or_insert(held) != bytes {
                        return Err(refusal::other_record());
                    }
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, write: Write) {
        match write {
            Write::Put { table, key, value } => {
                self.rows.entry(table).or_default().insert(key, value);
            }
            Write::Remove { table, key } => {
                self.rows.entry(table).or_default().remove(&key);
            }
            Write::Link { space, seq, bytes } => {
                self.links.insert((space, seq), bytes);
            }
            Write::Record { space, feed, seq, bytes } | Write::Replace { space, feed, seq, bytes } => {
                // A copy of its own, as on a disk: it came as a slice of a message.
                self.records.insert((space, feed, seq), Bytes::copy_from_slice(&bytes));
            }
        }
    }
}

impl Reader for MemoryStore {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreFault> {
        Ok(self.rows.get(&table).and_then(|rows| rows.get(key)).cloned())
    }

    fn scan(&self, table: Table, visit: &mut Visit<'_>) -> Result<(), StoreFault> {
        let mut rows = self.rows.get(&table).into_iter().flatten();
        // Whether the visitor broke off is its own affair.
        let _ = rows.try_for_each(|(key, value)| visit(key, value));
        Ok(())
    }

    fn links(&self, space: SpaceId) -> Result<Vec<Vec<u8>>, StoreFault> {
        let held = self.links.range((space, 0)..=(space, u64::MAX));
        let unbroken = held.zip(0..).take_while(|(((_, seq), _), expected)| seq == expected);
        Ok(unbroken.map(|((_, bytes), _)| bytes.clone()).collect())
    }

    fn records(
        &self,
        space: SpaceId,
        feed: FeedId,
        from_seq: u64,
        bytes_max: usize,
    ) -> Result<Vec<Bytes>, StoreFault> {
        let mut run: Vec<Bytes> = Vec::new();
        let mut bytes_sum = 0;
        let held = self.records.range((space, feed, from_seq)..=(space, feed, u64::MAX));
        for (((_, _, seq), bytes), expected) in held.zip(from_seq..) {
            bytes_sum += bytes.len();
            let too_much = bytes_sum > bytes_max && !run.is_empty();
            if *seq != expected || too_much {
                break;
            }
            run.push(bytes.clone());
        }
        Ok(run)
    }

    fn record(&self, space: SpaceId, feed: FeedId, seq: u64) -> Result<Option<Bytes>, StoreFault> {
        Ok(self.records.get(&(space, feed, seq)).cloned())
    }

    fn heads(&self, space: SpaceId) -> Result<Vec<(FeedId, u64)>, StoreFault> {
        let lowest = (space, FeedId::ZERO, 0);
        let highest = (space, FeedId::from_bytes([u8::MAX; FeedId::LEN]), u64::MAX);
        let seqs = self.records.range(lowest..=highest).map(|((_, feed, seq), _)| (*feed, *seq));
        // In ascending order, so the last seq of a feed is its highest.
        Ok(seqs.collect::<BTreeMap<_, _>>().into_iter().collect())
    }
}

impl Store for MemoryStore {
    fn apply(&mut self, commit: Commit) -> Result<(), StoreFault> {
        if let Some(fault) = self.next_fault.take() {
            return Err(fault);
        }
        refusal::check(&commit.writes)?;
        self.admit(&commit.writes)?;
        commit.writes.into_iter().for_each(|write| self.write(write));
        Ok(())
    }
}
