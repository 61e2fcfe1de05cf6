//! Any sequence of commits gives the same answers and the same reads on both stores.

use haven_engine::io::{Commit, Reader, Store, Table, Write};
use haven_feed::ids::{FeedId, SpaceId};
use haven_store::memory::MemoryStore;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::world::{open, rows};

#[derive(Clone, Debug)]
enum Act {
    Put(Table, Vec<u8>, Vec<u8>),
    Remove(Table, Vec<u8>),
    Link(u8, u64, Vec<u8>),
    Record(u8, u8, u64, Vec<u8>),
}

/// One commit, or closing and opening again.
type Turn = Option<Vec<Act>>;

fn write(act: Act) -> Write {
    match act {
        Act::Put(table, key, value) => Write::Put { table, key, value },
        Act::Remove(table, key) => Write::Remove { table, key },
        Act::Link(space, seq, bytes) => Write::Link { space: space_of(space), seq, bytes },
        Act::Record(space, feed, seq, bytes) => {
            Write::Record { space: space_of(space), feed: feed_of(feed), seq, bytes: bytes.into() }
        }
    }
}

fn space_of(space: u8) -> SpaceId {
    SpaceId::from_bytes([space; 32])
}

fn feed_of(feed: u8) -> FeedId {
    FeedId::from_bytes([feed; 8])
}

/// Few names and few different bytes, so that writes meet: the same again, another in its place, gaps, the limits.
fn act() -> impl Strategy<Value = Act> {
    let table = || select(&Table::ALL[..]);
    let key = || prop_oneof![20 => vec(0..3_u8, 0..3), 1 => Just(vec![0; 64]), 1 => Just(vec![0; 65])];
    let seq = || prop_oneof![30 => 0..6_u64, 1 => Just(u64::MAX), 1 => Just(i64::MAX as u64)];
    let bytes =
        || (0..3_u8, select(vec![0_usize, 1, 40, 3000, 20_000])).prop_map(|(byte, len)| vec![byte; len]);
    let same = || select(vec![vec![1; 10], vec![1; 10], vec![1; 10], vec![2; 10]]);
    prop_oneof![
        4 => (table(), key(), bytes()).prop_map(|(table, key, value)| Act::Put(table, key, value)),
        2 => (table(), key()).prop_map(|(table, key)| Act::Remove(table, key)),
        1 => (0..2_u8, seq(), same()).prop_map(|(space, seq, bytes)| Act::Link(space, seq, bytes)),
        3 => (0..2_u8, 0..3_u8, seq(), same())
            .prop_map(|(space, feed, seq, bytes)| Act::Record(space, feed, seq, bytes)),
    ]
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![6 => vec(act(), 0..6).prop_map(Some), 1 => Just(None)]
}

fn check_same(disk: &dyn Reader, memory: &dyn Reader) {
    for table in Table::ALL {
        let expected = rows(memory, table);
        for (key, value) in expected.iter().flatten() {
            assert_eq!(disk.get(table, key), Ok(Some(value.clone())));
        }
        assert_eq!(rows(disk, table), expected);
    }
    for space in [0, 1, 2].map(space_of) {
        assert_eq!(disk.links(space), memory.links(space));
        assert_eq!(disk.heads(space), memory.heads(space));
        for feed in [0, 1, 2, 3].map(feed_of) {
            for seq in (0..7).chain([i64::MAX as u64, u64::MAX]) {
                assert_eq!(disk.record(space, feed, seq), memory.record(space, feed, seq));
                for bytes_max in [0, 25, usize::MAX] {
                    let run = |store: &dyn Reader| store.records(space, feed, seq, bytes_max);
                    assert_eq!(run(disk), run(memory));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn both_stores_answer_and_read_alike(turns in vec(turn(), 1..12)) {
        let folder = tempfile::tempdir().unwrap();
        let mut disk = open(folder.path());
        let mut memory = MemoryStore::new();
        for turn in turns {
            let Some(acts) = turn else {
                disk.close().unwrap();
                disk = open(folder.path());
                continue;
            };
            let commit = || Commit { writes: acts.iter().cloned().map(write).collect() };
            prop_assert_eq!(disk.apply(commit()), memory.apply(commit()));
        }
        check_same(&disk, &memory);
        prop_assert_eq!(disk.verify().unwrap().iter().filter(|line| !line.contains("lack")).count(), 0);
    }
}
