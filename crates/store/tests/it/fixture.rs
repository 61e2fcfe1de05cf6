//! A journal of every format that was ever released opens, for ever. The files are frozen: what made each is written here.

use std::fs;

use haven_engine::io::{Commit, Reader, Store, Table, Write};
use haven_feed::ids::{FeedId, SpaceId};
use haven_store::memory::MemoryStore;
use haven_store::sqlite::DATABASE_FILE;

use crate::world::{apply, open, rows};

const VERSION_1: &[u8] = include_bytes!("../fixtures/1.db");

/// What the fixture of format 1 holds: something of everything there was to hold.
fn version_1() -> Vec<Commit> {
    let space = |number: u8| SpaceId::from_bytes([number; 32]);
    let feed = |number: u8| FeedId::from_bytes([number; 8]);
    let bytes = |number: u8, len: usize| vec![number; len];
    let mut first = Commit::default();
    for table in held() {
        first.put(table, vec![table.number(); 16], bytes(table.number(), 40));
        first.put(table, b"removed later".to_vec(), bytes(0, 10));
    }
    first.put(Table::Meta, Vec::new(), Vec::new());
    let mut second = Commit::default();
    for (number, seq) in [(1, 0), (1, 1), (2, 0)] {
        second.writes.push(Write::Link { space: space(number), seq, bytes: bytes(number, 300) });
    }
    for (number, of, seq) in [(1, 1, 1), (1, 2, 7), (1, 1, 2), (2, 1, 1), (1, 2, 8)] {
        let bytes = bytes(number, 500 * usize::from(of)).into();
        second.writes.push(Write::Record { space: space(number), feed: feed(of), seq, bytes });
    }
    let mut third = Commit::default();
    for table in held() {
        third.remove(table, b"removed later".to_vec());
    }
    third.put(Table::Saves, [3; 16], bytes(9, 10_000));
    vec![first, second, third]
}

/// The tables there were.
fn held() -> impl Iterator<Item = Table> {
    Table::ALL.into_iter().filter(|table| table.number() <= Table::Drops.number())
}

#[test]
fn a_journal_of_format_1_opens() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join(DATABASE_FILE), VERSION_1).unwrap();
    let mut store = open(home.path());
    let mut expected = MemoryStore::new();
    for commit in version_1() {
        expected.apply(commit).unwrap();
    }
    for table in Table::ALL {
        assert_eq!(rows(&store, table), rows(&expected, table));
    }
    for space in [1, 2, 3].map(|number| SpaceId::from_bytes([number; 32])) {
        assert_eq!(store.links(space), expected.links(space));
        let heads = store.heads(space).unwrap();
        assert_eq!(heads, expected.heads(space).unwrap());
        for (feed, last) in heads {
            for seq in 1..=last {
                let run = |store: &dyn Reader| store.records(space, feed, seq, usize::MAX);
                assert_eq!(run(&store), run(&expected));
            }
        }
    }
    assert_eq!(store.verify(), Ok(vec![]));
    version_1().into_iter().for_each(|commit| apply(&mut store, commit));
    assert_eq!(store.regression(), None);
}
