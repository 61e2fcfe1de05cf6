//! Wrong passphrases are counted, on disk, before they are even looked at; after a few the next has to wait.
//!
//! The wait is told by the clock that nobody can set while this process lives, and by the wall clock only for tries of an
//! earlier one. Whatever the wall clock says, a wait is never longer than it was when it began: nobody is locked out.
//!
//! A disk that takes nothing any more keeps nobody from reading: the tries are counted in memory then, for as long as this
//! process lives. That gives nobody more than they had: whoever can fill the disk can copy the file, and try elsewhere.

use haven_engine::io::{Commit, Now, Reader, Store, StoreFault, Table};

use crate::limits::{TRIES_FREE, TRY_WAIT_MS, TRY_WAIT_MS_MAX};

/// `count 4 | wall clock of the last try, milliseconds 8`, big-endian. No secret: a thief can count, too.
const KEY: &[u8] = b"tries";

/// The tries since the passphrase was last right.
#[derive(Default)]
pub(crate) struct Tries {
    /// When the last one of this process was, on the monotonic clock.
    last_mono_ms: Option<u64>,
    /// The count as it is, where the disk did not take it.
    unkept: Option<Count>,
}

/// Why a passphrase is not tried.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TryFault {
    /// It is too early.
    Wait {
        /// For so many milliseconds.
        ms: u64,
    },
    /// It could not be counted.
    Storage(StoreFault),
}

impl From<StoreFault> for TryFault {
    fn from(fault: StoreFault) -> Self {
        Self::Storage(fault)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    tries: u32,
    last_wall_ms: i64,
}

impl Tries {
    /// Counts a try before it is made; durably, if the disk takes anything.
    pub(crate) fn begin(&mut self, store: &mut dyn Store, now: Now) -> Result<(), TryFault> {
        let count = self.count(&*store)?;
        let ms = self.remaining_ms(count, now);
        if ms > 0 {
            return Err(TryFault::Wait { ms });
        }
        self.keep(store, Count { tries: count.tries.saturating_add(1), last_wall_ms: now.wall_ms })?;
        self.last_mono_ms = Some(now.mono_ms);
        Ok(())
    }

    /// Forgets the tries: the passphrase was right.
    pub(crate) fn passed(&mut self, store: &mut dyn Store) -> Result<(), StoreFault> {
        self.last_mono_ms = None;
        if self.unkept.is_none() && store.get(Table::Meta, KEY)?.is_none() {
            return Ok(());
        }
        self.keep(store, Count::default())
    }

    fn count(&self, reader: &dyn Reader) -> Result<Count, StoreFault> {
        self.unkept.map_or_else(|| read(reader), Ok)
    }

    /// Writes the count down, or remembers it where the disk takes nothing.
    fn keep(&mut self, store: &mut dyn Store, count: Count) -> Result<(), StoreFault> {
        self.unkept = match write(store, count) {
            Ok(()) => None,
            Err(fault) if fault.leaves_reading() => Some(count),
            Err(fault) => return Err(fault),
        };
        Ok(())
    }

    fn remaining_ms(&self, count: Count, now: Now) -> u64 {
        let wait = wait_after(count.tries);
        let since = match self.last_mono_ms {
            Some(last) => now.mono_ms.saturating_sub(last),
            None => u64::try_from(now.wall_ms.saturating_sub(count.last_wall_ms)).unwrap_or(0),
        };
        wait.saturating_sub(since)
    }

    /// Begins to count a wait of an earlier process whose clock stood later than ours: from now on our own clock tells.
    pub(crate) fn settle(&mut self, reader: &dyn Reader, now: Now) -> Result<(), StoreFault> {
        if self.last_mono_ms.is_none() && read(reader)?.last_wall_ms > now.wall_ms {
            self.last_mono_ms = Some(now.mono_ms);
        }
        Ok(())
    }
}

fn wait_after(tries: u32) -> u64 {
    match tries.checked_sub(TRIES_FREE) {
        None => 0,
        Some(doublings) => {
            TRY_WAIT_MS.checked_shl(doublings.min(16)).unwrap_or(u64::MAX).min(TRY_WAIT_MS_MAX)
        }
    }
}

/// A damaged count is the longest wait, once.
fn read(reader: &dyn Reader) -> Result<Count, StoreFault> {
    let Some(row) = reader.get(Table::Meta, KEY)? else { return Ok(Count::default()) };
    Ok(match row.split_first_chunk::<4>() {
        Some((tries, wall)) if wall.len() == 8 => Count {
            tries: u32::from_be_bytes(*tries),
            last_wall_ms: wall.try_into().map_or(0, i64::from_be_bytes),
        },
        _ => Count { tries: u32::MAX, last_wall_ms: i64::MAX },
    })
}

fn write(store: &mut dyn Store, count: Count) -> Result<(), StoreFault> {
    let mut commit = Commit::default();
    if count == Count::default() {
        commit.remove(Table::Meta, KEY);
    } else {
        let row = [&count.tries.to_be_bytes()[..], &count.last_wall_ms.to_be_bytes()].concat();
        commit.put(Table::Meta, KEY, row);
    }
    store.apply(commit)
}

#[cfg(test)]
mod tests {
    use haven_store::faulty::{FaultyDisk, Mishap};
    use haven_store::memory::MemoryStore;

    use super::*;

    impl Tries {
        fn wait_ms(&self, reader: &dyn Reader, now: Now) -> Result<u64, StoreFault> {
            Ok(self.remaining_ms(read(reader)?, now))
        }
    }

    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    fn at(wall_ms: i64, mono_ms: u64) -> Now {
        Now { wall_ms, mono_ms }
    }

    /// A store that has seen so many tries, the last at wall clock 0.
    fn after(tries: u32) -> MemoryStore {
        let mut store = MemoryStore::default();
        write(&mut store, Count { tries, last_wall_ms: 0 }).unwrap();
        store
    }

    #[test]
    fn the_first_tries_are_free_and_then_the_wait_doubles_up_to_a_minute() {
        let waits =
            [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (10, 32), (11, 60), (12, 60), (4_000_000_000, 60)];
        for (tries, seconds) in waits {
            let wait = Tries::default().wait_ms(&after(tries), at(0, 0)).unwrap();
            assert_eq!(wait, seconds * 1000, "{tries}");
        }
    }

    #[test]
    fn a_try_is_counted_before_it_is_made_and_forgotten_once_it_was_right() {
        let (mut tries, mut store) = (Tries::default(), MemoryStore::default());
        for _ in 0..TRIES_FREE {
            tries.begin(&mut store, at(0, 0)).unwrap();
        }
        assert_eq!(tries.begin(&mut store, at(0, 0)), Err(TryFault::Wait { ms: 1000 }));
        assert_eq!(tries.begin(&mut store, at(0, 999)), Err(TryFault::Wait { ms: 1 }));
        tries.begin(&mut store, at(0, 1000)).unwrap();
        tries.passed(&mut store).unwrap();
        assert_eq!(tries.wait_ms(&store, at(0, 1000)), Ok(0));
    }

    #[test]
    fn a_restart_forgets_no_try() {
        let store = after(9);
        assert_eq!(Tries::default().wait_ms(&store, at(1_000, 5)), Ok(15_000));
    }

    #[test]
    fn setting_the_clock_neither_shortens_a_wait_of_this_process_nor_lengthens_any() {
        let (mut tries, mut store) = (Tries::default(), after(8));
        tries.begin(&mut store, at(DAY_MS, 0)).unwrap();
        for wall in [0, DAY_MS, 365 * DAY_MS] {
            assert_eq!(tries.wait_ms(&store, at(wall, 6_000)), Ok(10_000), "{wall}");
        }
        let mut restarted = Tries::default();
        restarted.settle(&store, at(0, 0)).unwrap();
        assert_eq!(restarted.wait_ms(&store, at(0, 0)), Ok(16_000));
        assert_eq!(restarted.wait_ms(&store, at(0, 16_000)), Ok(0));
    }

    #[test]
    fn a_damaged_count_waits_once_and_locks_nobody_out() {
        let mut store = MemoryStore::default();
        let mut commit = Commit::default();
        commit.put(Table::Meta, KEY, vec![1, 2, 3]);
        store.apply(commit).unwrap();
        let mut tries = Tries::default();
        tries.settle(&store, at(0, 0)).unwrap();
        assert_eq!(tries.wait_ms(&store, at(0, 0)), Ok(60_000));
        assert_eq!(tries.begin(&mut store, at(0, 60_000)), Ok(()));
    }

    #[test]
    fn a_full_disk_neither_keeps_anybody_out_nor_lets_anybody_try_for_ever() {
        let (mut tries, mut disk) = (Tries::default(), FaultyDisk::new(after(TRIES_FREE - 1)));
        disk.plan(Mishap::Fails(StoreFault::Full));
        tries.begin(&mut disk, at(0, 0)).unwrap();
        assert_eq!(tries.begin(&mut disk, at(0, 0)), Err(TryFault::Wait { ms: 1000 }));
        disk.plan(Mishap::Fails(StoreFault::ReadOnly));
        tries.passed(&mut disk).unwrap();
        disk.plan(Mishap::Fails(StoreFault::Full));
        tries.begin(&mut disk, at(0, 0)).unwrap();
        // With room again it is written down as it is.
        tries.begin(&mut disk, at(0, 0)).unwrap();
        assert_eq!(read(&disk).unwrap().tries, 2);
        tries.passed(&mut disk).unwrap();
        assert_eq!(disk.get(Table::Meta, KEY), Ok(None));
    }

    #[test]
    fn a_disk_that_fails_counts_no_try_and_none_is_made() {
        let mut disk = FaultyDisk::new(MemoryStore::default());
        let fault = StoreFault::Unavailable { detail: "I/O error".to_owned() };
        disk.plan(Mishap::Fails(fault.clone()));
        assert_eq!(Tries::default().begin(&mut disk, at(0, 0)), Err(TryFault::Storage(fault)));
    }
}
