//! What every store must do, as one suite: [`run`] it on a new store of each kind.

use std::ops::ControlFlow;

use bytes::Bytes;
use haven_engine::io::{Commit, Store, StoreFault, Table, Write};
use haven_feed::ids::{FeedId, SpaceId};

use crate::limits::{KEY_BYTES_MAX, SEQ_MAX, VALUE_BYTES_MAX};

const SPACE: SpaceId = SpaceId::from_bytes([1; 32]);
const OTHER_SPACE: SpaceId = SpaceId::from_bytes([2; 32]);
const FEED: FeedId = FeedId::from_bytes([1; 8]);
const OTHER_FEED: FeedId = FeedId::from_bytes([2; 8]);

/// Runs every case on a store of its own, which `make` returns empty.
///
/// # Panics
/// When a store does not do what it must.
pub fn run(make: impl Fn() -> Box<dyn Store>) {
    let cases: [fn(&mut dyn Store); 17] = [
        an_empty_store_reads_empty,
        a_put_is_read_back_byte_for_byte,
        the_later_write_to_a_key_wins,
        tables_do_not_share_keys,
        a_removed_row_is_gone,
        a_scan_visits_in_key_order_until_it_is_broken_off,
        a_scan_may_read_while_it_visits,
        links_come_in_order_from_genesis,
        links_end_before_a_gap,
        records_come_in_order_and_stop_at_the_budget,
        records_end_before_a_gap,
        heads_are_by_feed_and_space,
        the_same_record_or_link_again_changes_nothing,
        nothing_replaces_a_record_or_link,
        a_record_is_replaced_only_where_one_stands,
        writes_beyond_the_limits_are_refused_whole,
        a_commit_is_all_or_nothing,
    ];
    for case in cases {
        case(&mut *make());
    }
}

fn an_empty_store_reads_empty(store: &mut dyn Store) {
    apply(store, vec![]);
    assert_eq!(store.get(Table::Meta, b"name"), Ok(None));
    assert_eq!(rows(store, Table::Rows), []);
    assert_eq!(store.links(SPACE), Ok(vec![]));
    assert_eq!(store.records(SPACE, FEED, 1, usize::MAX), Ok(vec![]));
    assert_eq!(store.record(SPACE, FEED, 1), Ok(None));
    assert_eq!(store.heads(SPACE), Ok(vec![]));
}

fn a_put_is_read_back_byte_for_byte(store: &mut dyn Store) {
    let longest = [7; KEY_BYTES_MAX];
    let every_byte: Vec<u8> = (0..=255).collect();
    let large = vec![0xa5; 1024 * 1024];
    for (key, value) in [(&b""[..], &every_byte), (b"\0", &vec![]), (&longest, &large)] {
        apply(store, vec![put(Table::Saves, key, value)]);
        assert_eq!(store.get(Table::Saves, key), Ok(Some(value.clone())));
    }
    assert_eq!(rows(store, Table::Saves).len(), 3);
}

fn the_later_write_to_a_key_wins(store: &mut dyn Store) {
    let key = b"draft";
    apply(store, vec![put(Table::Drafts, key, b"first"), put(Table::Drafts, key, b"a longer second")]);
    assert_eq!(store.get(Table::Drafts, key), Ok(Some(b"a longer second".to_vec())));
    apply(store, vec![put(Table::Drafts, key, b"third"), remove(Table::Drafts, key)]);
    assert_eq!(store.get(Table::Drafts, key), Ok(None));
    apply(store, vec![remove(Table::Drafts, key), put(Table::Drafts, key, b"fourth")]);
    assert_eq!(store.get(Table::Drafts, key), Ok(Some(b"fourth".to_vec())));
}

fn tables_do_not_share_keys(store: &mut dyn Store) {
    let named = |table: Table| put(table, b"key", &[table.number()]);
    apply(store, Table::ALL.into_iter().map(named).collect());
    apply(store, vec![remove(Table::Rows, b"key")]);
    for table in Table::ALL {
        let expected = (table != Table::Rows).then(|| vec![table.number()]);
        assert_eq!(store.get(table, b"key"), Ok(expected));
    }
}

fn a_removed_row_is_gone(store: &mut dyn Store) {
    apply(store, vec![put(Table::Alarms, b"a", b"1"), put(Table::Alarms, b"b", b"2")]);
    apply(store, vec![remove(Table::Alarms, b"a"), remove(Table::Alarms, b"never there")]);
    assert_eq!(rows(store, Table::Alarms), [(b"b".to_vec(), b"2".to_vec())]);
}

fn a_scan_visits_in_key_order_until_it_is_broken_off(store: &mut dyn Store) {
    let keys: [&[u8]; 5] = [b"\xff", b"b", b"", b"a\0", b"a"];
    apply(store, keys.iter().map(|key| put(Table::Rows, key, key)).collect());
    let visited: Vec<_> = rows(store, Table::Rows).into_iter().map(|(key, _)| key).collect();
    assert_eq!(visited, [&b""[..], b"a", b"a\0", b"b", b"\xff"]);

    let mut count = 0;
    let scanned = store.scan(Table::Rows, &mut |_, _| {
        count += 1;
        if count == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((scanned, count), (Ok(()), 2));
}

fn a_scan_may_read_while_it_visits(store: &mut dyn Store) {
    apply(store, vec![put(Table::Rows, b"a", b"1"), put(Table::Rows, b"b", b"2")]);
    let mut seen = Vec::new();
    let scanned = store.scan(Table::Rows, &mut |key, _| {
        seen.push((store.get(Table::Rows, key), rows(store, Table::Rows).len()));
        ControlFlow::Continue(())
    });
    assert_eq!(scanned, Ok(()));
    assert_eq!(seen, [(Ok(Some(b"1".to_vec())), 2), (Ok(Some(b"2".to_vec())), 2)]);
}

fn links_come_in_order_from_genesis(store: &mut dyn Store) {
    apply(store, vec![link(SPACE, 1, b"one"), link(SPACE, 0, b"genesis"), link(OTHER_SPACE, 0, b"other")]);
    apply(store, vec![link(SPACE, 2, b"two")]);
    assert_eq!(store.links(SPACE), Ok(vec![b"genesis".to_vec(), b"one".to_vec(), b"two".to_vec()]));
    assert_eq!(store.links(OTHER_SPACE), Ok(vec![b"other".to_vec()]));
}

fn links_end_before_a_gap(store: &mut dyn Store) {
    apply(store, vec![link(SPACE, 0, b"genesis"), link(SPACE, 2, b"two"), link(OTHER_SPACE, 1, b"one")]);
    assert_eq!(store.links(SPACE), Ok(vec![b"genesis".to_vec()]));
    assert_eq!(store.links(OTHER_SPACE), Ok(vec![]));
}

fn records_come_in_order_and_stop_at_the_budget(store: &mut dyn Store) {
    apply(store, (1..=5).map(|seq| record(SPACE, FEED, seq, &[5; 10])).collect());
    apply(store, vec![record(SPACE, OTHER_FEED, 1, b"other"), record(OTHER_SPACE, FEED, 1, b"elsewhere")]);
    let count = |from: u64, bytes_max: usize| {
        store.records(SPACE, FEED, from, bytes_max).map(|run| run.len()).expect("a store that can be read")
    };
    assert_eq!(count(1, usize::MAX), 5);
    assert_eq!(count(4, usize::MAX), 2);
    assert_eq!(count(6, usize::MAX), 0);
    assert_eq!(count(1, 30), 3);
    assert_eq!(count(1, 39), 3);
    assert_eq!(count(1, 0), 1, "one record even if it is over the budget");
    assert_eq!(count(u64::MAX, usize::MAX), 0);
    assert_eq!(store.records(SPACE, OTHER_FEED, 1, 1), Ok(vec![bytes(b"other")]));
    assert_eq!(store.record(OTHER_SPACE, FEED, 1), Ok(Some(bytes(b"elsewhere"))));
    assert_eq!(store.record(SPACE, FEED, u64::MAX), Ok(None));
}

fn records_end_before_a_gap(store: &mut dyn Store) {
    apply(store, [3, 4, 6].map(|seq| record(SPACE, FEED, seq, &[0])).into());
    assert_eq!(store.records(SPACE, FEED, 3, usize::MAX).map(|run| run.len()), Ok(2));
    assert_eq!(store.records(SPACE, FEED, 2, usize::MAX), Ok(vec![]), "not the one behind the gap");
    assert_eq!(store.record(SPACE, FEED, 6), Ok(Some(bytes(&[0]))));
}

fn heads_are_by_feed_and_space(store: &mut dyn Store) {
    apply(store, vec![record(SPACE, OTHER_FEED, 7, b"seven"), record(SPACE, FEED, 1, b"one")]);
    apply(store, vec![record(SPACE, FEED, 2, b"two"), record(OTHER_SPACE, FEED, 9, b"nine")]);
    assert_eq!(store.heads(SPACE), Ok(vec![(FEED, 2), (OTHER_FEED, 7)]));
    assert_eq!(store.heads(OTHER_SPACE), Ok(vec![(FEED, 9)]));
}

fn the_same_record_or_link_again_changes_nothing(store: &mut dyn Store) {
    let both = || vec![record(SPACE, FEED, 1, b"words"), link(SPACE, 0, b"genesis")];
    apply(store, both());
    apply(store, both().into_iter().chain(both()).collect());
    assert_eq!(store.records(SPACE, FEED, 1, usize::MAX), Ok(vec![bytes(b"words")]));
    assert_eq!(store.links(SPACE), Ok(vec![b"genesis".to_vec()]));
}

fn nothing_replaces_a_record_or_link(store: &mut dyn Store) {
    apply(store, vec![record(SPACE, FEED, 1, b"words"), link(SPACE, 0, b"genesis")]);
    refuse(store, vec![record(SPACE, FEED, 1, b"other")]);
    refuse(store, vec![link(SPACE, 0, b"other")]);
    refuse(store, vec![record(SPACE, FEED, 2, b"two"), record(SPACE, FEED, 2, b"another two")]);
    refuse(store, vec![link(SPACE, 1, b"one"), link(SPACE, 1, b"another one")]);
    assert_eq!(store.records(SPACE, FEED, 1, usize::MAX), Ok(vec![bytes(b"words")]));
    assert_eq!(store.links(SPACE), Ok(vec![b"genesis".to_vec()]));
}

fn a_record_is_replaced_only_where_one_stands(store: &mut dyn Store) {
    apply(store, vec![record(SPACE, FEED, 1, b"husk"), record(SPACE, FEED, 2, b"two")]);
    refuse(store, vec![put(Table::Meta, b"beside", b"it"), replace(3, b"three")]);
    apply(store, vec![replace(1, b"husk and body")]);
    let both = vec![bytes(b"husk and body"), bytes(b"two")];
    assert_eq!(store.records(SPACE, FEED, 1, usize::MAX), Ok(both.clone()));
    apply(
        store,
        vec![record(SPACE, FEED, 1, b"husk and body"), record(SPACE, FEED, 3, b"3"), replace(3, b"three")],
    );
    refuse(store, vec![record(SPACE, FEED, 1, b"husk")]);
    assert_eq!(store.records(SPACE, FEED, 1, 20), Ok(both));
    assert_eq!(store.record(SPACE, FEED, 3), Ok(Some(bytes(b"three"))));
    assert_eq!(store.get(Table::Meta, b"beside"), Ok(None));
}

fn writes_beyond_the_limits_are_refused_whole(store: &mut dyn Store) {
    let too_long = [0; KEY_BYTES_MAX + 1];
    // Never copied and never touched, so that it takes no memory.
    let too_large = || vec![0; VALUE_BYTES_MAX + 1];
    let beyond = [
        put(Table::Rows, &too_long, b"value"),
        remove(Table::Rows, &too_long),
        Write::Put { table: Table::Rows, key: b"key".to_vec(), value: too_large() },
        Write::Link { space: SPACE, seq: 0, bytes: too_large() },
        link(SPACE, SEQ_MAX + 1, b"link"),
        record(SPACE, FEED, 0, b"records begin at 1"),
        Write::Record { space: SPACE, feed: FEED, seq: 1, bytes: too_large().into() },
        record(SPACE, FEED, SEQ_MAX + 1, b"record"),
    ];
    for write in beyond {
        refuse(store, vec![put(Table::Meta, b"beside", b"it"), write]);
    }
    assert_eq!(store.get(Table::Meta, b"beside"), Ok(None));
    assert_eq!(store.get(Table::Rows, &too_long), Ok(None));
    assert_eq!(store.heads(SPACE), Ok(vec![]));
    apply(store, vec![record(SPACE, FEED, SEQ_MAX, b"the last")]);
    assert_eq!(store.records(SPACE, FEED, SEQ_MAX, usize::MAX), Ok(vec![bytes(b"the last")]));
}

fn a_commit_is_all_or_nothing(store: &mut dyn Store) {
    apply(store, vec![put(Table::Rows, b"kept", b"before"), record(SPACE, FEED, 1, b"words")]);
    refuse(
        store,
        vec![
            put(Table::Rows, b"kept", b"after"),
            remove(Table::Rows, b"kept"),
            put(Table::Meta, b"new", b"row"),
            link(SPACE, 0, b"genesis"),
            record(SPACE, FEED, 2, b"more"),
            record(SPACE, OTHER_FEED, 1, b"a feed not met before"),
            record(SPACE, FEED, 1, b"not these words"),
        ],
    );
    assert_eq!(store.get(Table::Rows, b"kept"), Ok(Some(b"before".to_vec())));
    assert_eq!(store.get(Table::Meta, b"new"), Ok(None));
    assert_eq!(store.links(SPACE), Ok(vec![]));
    assert_eq!(store.heads(SPACE), Ok(vec![(FEED, 1)]));
    apply(store, vec![record(SPACE, OTHER_FEED, 1, b"the same feed later")]);
    assert_eq!(store.heads(SPACE), Ok(vec![(FEED, 1), (OTHER_FEED, 1)]));
}

fn apply(store: &mut dyn Store, writes: Vec<Write>) {
    assert_eq!(store.apply(Commit { writes }), Ok(()));
}

fn refuse(store: &mut dyn Store, writes: Vec<Write>) {
    let answer = store.apply(Commit { writes });
    assert!(matches!(answer, Err(StoreFault::Unavailable { .. })), "{answer:?}");
}

fn rows(store: &dyn Store, table: Table) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut rows = Vec::new();
    let scanned = store.scan(table, &mut |key, value| {
        rows.push((key.to_vec(), value.to_vec()));
        ControlFlow::Continue(())
    });
    assert_eq!(scanned, Ok(()));
    rows
}

fn put(table: Table, key: &[u8], value: &[u8]) -> Write {
    Write::Put { table, key: key.to_vec(), value: value.to_vec() }
}

fn remove(table: Table, key: &[u8]) -> Write {
    Write::Remove { table, key: key.to_vec() }
}

fn link(space: SpaceId, seq: u64, bytes: &[u8]) -> Write {
    Write::Link { space, seq, bytes: bytes.to_vec() }
}

fn record(space: SpaceId, feed: FeedId, seq: u64, bytes: &[u8]) -> Write {
    Write::Record { space, feed, seq, bytes: Bytes::copy_from_slice(bytes) }
}

fn replace(seq: u64, bytes: &[u8]) -> Write {
    Write::Replace { space: SPACE, feed: FEED, seq, bytes: Bytes::copy_from_slice(bytes) }
}

fn bytes(bytes: &[u8]) -> Bytes {
    Bytes::copy_from_slice(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faulty::FaultyDisk;
    use crate::memory::MemoryStore;

    #[test]
    fn the_store_in_memory_conforms() {
        run(|| Box::new(MemoryStore::new()));
    }

    #[test]
    fn a_disk_that_could_fail_conforms_while_it_does_not() {
        run(|| Box::new(FaultyDisk::new(MemoryStore::new())));
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn the_store_on_disk_conforms() {
        let home = tempfile::tempdir().unwrap();
        let count = std::cell::Cell::new(0);
        run(|| {
            count.set(count.get() + 1);
            let folder = home.path().join(count.get().to_string());
            Box::new(crate::sqlite::SqliteStore::open(&folder).unwrap())
        });
    }
}
