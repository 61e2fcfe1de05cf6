//! Faults that need a hand on the connection, and the form of the file.

use haven_engine::io::{Commit, Reader, Table, Write};
use haven_feed::ids::{FeedId, SpaceId};
use tempfile::TempDir;

use super::*;
use crate::limits::PAGE_BYTES;

const SPACE: SpaceId = SpaceId::from_bytes([1; 32]);
const FEED: FeedId = FeedId::from_bytes([1; 8]);

/// The schema that every journal of this format has, whatever steps led to it. Reviewed when it changes, not accepted.
const SCHEMA: &str = include_str!("../../migrations/schema.snapshot");

fn store() -> (TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path()).unwrap();
    (folder, store)
}

fn put(key: &[u8], len: usize) -> Commit {
    let mut commit = Commit::default();
    commit.put(Table::Drafts, key, vec![7; len]);
    commit
}

fn remove(key: &[u8]) -> Commit {
    let mut commit = Commit::default();
    commit.remove(Table::Drafts, key);
    commit
}

fn record(seq: u64, len: usize) -> Commit {
    Commit { writes: vec![Write::Record { space: SPACE, feed: FEED, seq, bytes: vec![7; len].into() }] }
}

/// Lets the file grow to so many pages and no further, as a full disk does.
fn allow_pages(store: &SqliteStore, pages: i64) {
    store.db.pragma_update(None, "max_page_count", pages).unwrap();
}

fn pages(store: &SqliteStore) -> i64 {
    store.db.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap()
}

fn setting(store: &SqliteStore, name: &str) -> String {
    let read = |row: &rusqlite::Row<'_>| match row.get_ref(0)? {
        rusqlite::types::ValueRef::Integer(number) => Ok(number.to_string()),
        value => Ok(value.as_str()?.to_owned()),
    };
    store.db.query_row(&format!("PRAGMA {name}"), [], read).unwrap()
}

#[test]
fn a_full_disk_keeps_nothing_of_the_commit_and_works_again_when_there_is_room() {
    let (_folder, mut store) = store();
    store.apply(record(1, 2000)).unwrap();
    store.apply(put(b"large", 100_000)).unwrap();
    let full = pages(&store);
    allow_pages(&store, full);

    for commit in [put(b"another", 100_000), record(2, 100_000)] {
        assert_eq!(store.apply(commit), Err(StoreFault::Full));
        assert_eq!(store.get(Table::Drafts, b"another"), Ok(None));
        assert_eq!(store.heads(SPACE), Ok(vec![(FEED, 1)]));
        assert!(store.db.is_autocommit(), "rolled back");
    }
    // What is freed inside the file can be used again,
    store.apply(remove(b"large")).unwrap();
    store.apply(record(2, 90_000)).unwrap();
    assert_eq!(store.apply(put(b"another", 100_000)), Err(StoreFault::Full));
    // and so can what is freed on the disk.
    allow_pages(&store, full * 2);
    store.apply(put(b"another", 100_000)).unwrap();
    assert_eq!(store.heads(SPACE), Ok(vec![(FEED, 2)]));
    assert_eq!(store.verify(), Ok(vec![]));
}

#[test]
fn a_journal_that_may_only_be_read_is_read() {
    let (_folder, mut store) = store();
    store.apply(put(b"draft", 10)).unwrap();
    store.db.pragma_update(None, "query_only", true).unwrap();
    assert_eq!(store.apply(put(b"draft", 20)), Err(StoreFault::ReadOnly));
    assert_eq!(store.get(Table::Drafts, b"draft"), Ok(Some(vec![7; 10])));
    store.db.pragma_update(None, "query_only", false).unwrap();
    store.apply(put(b"draft", 20)).unwrap();
}

#[test]
fn after_a_failure_of_the_disk_the_log_is_folded_before_anything_is_added() {
    let (folder, mut store) = store();
    for len in 1..=10 {
        store.apply(put(b"draft", len)).unwrap();
    }
    // A failure in the middle of a commit that could not even be rolled back.
    store.db.execute_batch("BEGIN IMMEDIATE; DELETE FROM rows").unwrap();
    store.suspect = true;
    assert!(matches!(connection::fold_log(&store.db), Err(StoreFault::InUse)));
    let unfolded = log_bytes(&folder);
    store.apply(put(b"other", 20)).unwrap();
    assert!(!store.suspect);
    assert!(log_bytes(&folder) < unfolded);
    assert_eq!(store.get(Table::Drafts, b"draft"), Ok(Some(vec![7; 10])));
    assert_eq!(store.get(Table::Drafts, b"other"), Ok(Some(vec![7; 20])));
}

#[test]
fn a_large_log_is_cut_back() {
    let (folder, mut store) = store();
    let commit = Commit { writes: (0..40).flat_map(|key| put(&[key], 1_000_000).writes).collect() };
    store.apply(commit).unwrap();
    let large = log_bytes(&folder);
    assert!(large > u64::from(crate::limits::LOG_BYTES_KEPT));
    store.apply(put(b"draft", 10)).unwrap();
    store.apply(put(b"draft", 10)).unwrap();
    assert!(log_bytes(&folder) <= u64::from(crate::limits::LOG_BYTES_KEPT));
}

fn log_bytes(folder: &TempDir) -> u64 {
    std::fs::metadata(folder.path().join("journal.db-wal")).unwrap().len()
}

#[test]
fn every_setting_that_durability_and_privacy_need_is_on() {
    let (_folder, store) = store();
    let expected = [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("fullfsync", "1"),
        ("checkpoint_fullfsync", "1"),
        ("locking_mode", "exclusive"),
        ("temp_store", "2"),
        ("secure_delete", "1"),
        ("trusted_schema", "0"),
        ("cell_size_check", "1"),
        ("mmap_size", "0"),
        ("page_size", &PAGE_BYTES.to_string()),
        ("user_version", "1"),
        ("application_id", "1751217774"),
    ];
    for (name, value) in expected {
        assert_eq!(setting(&store, name), value, "{name}");
    }
    let extension = store.db.query_row("SELECT load_extension('x')", [], |_| Ok(()));
    assert!(extension.unwrap_err().to_string().contains("not authorized"));
    assert!(store.db.execute_batch("ATTACH ':memory:' AS other").is_err());
}

#[test]
fn the_schema_is_the_one_that_was_reviewed() {
    let (_folder, store) = store();
    let query = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
    let mut statement = store.db.prepare(query).unwrap();
    let tables = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let schema: Vec<_> = tables.map(Result::unwrap).collect();
    assert_eq!(format!("{};\n", schema.join(";\n\n")), SCHEMA);
}

#[test]
fn a_value_of_another_type_is_damage_and_its_words_are_not_told() {
    let (_folder, store) = store();
    store.db.execute_batch("DROP TABLE rows; CREATE TABLE rows (tbl, key, value)").unwrap();
    store.db.execute_batch("INSERT INTO rows VALUES (4, x'01', 'dear diary')").unwrap();
    let Err(StoreFault::Damaged { detail }) = store.get(Table::Drafts, &[1]) else {
        panic!("text is no blob")
    };
    assert!(!detail.contains("dear"));
    store.db.execute_batch("DROP TABLE rows").unwrap();
    assert!(matches!(store.get(Table::Drafts, &[1]), Err(StoreFault::Damaged { .. })));
}

#[test]
fn a_doctor_is_told_of_holes_and_strays() {
    let (_folder, mut store) = store();
    for seq in [1, 2, 4] {
        store.apply(record(seq, 10)).unwrap();
    }
    let link = Write::Link { space: SPACE, seq: 1, bytes: vec![1] };
    store.apply(Commit { writes: vec![link] }).unwrap();
    assert_eq!(
        store.verify(),
        Ok(vec![
            "1 feeds lack records between their first and their last".to_owned(),
            "1 rosters lack links".to_owned()
        ])
    );
    store
        .db
        .execute_batch("DELETE FROM links; DELETE FROM feeds; DELETE FROM records WHERE seq = 4")
        .unwrap();
    assert_eq!(store.verify(), Ok(vec!["2 records belong to no feed".to_owned()]));
}

#[test]
fn a_store_can_move_to_another_thread() {
    let (_folder, mut store) = store();
    let moved = std::thread::spawn(move || store.apply(put(b"draft", 10)));
    assert_eq!(moved.join().unwrap(), Ok(()));
}
