//! What the tests write and read: numbered records of one feed, whose bytes follow from their number.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use bytes::Bytes;
use haven_engine::io::{Commit, Reader, Store, StoreFault, Table, Write};
use haven_feed::ids::{FeedId, SpaceId};
use haven_store::sqlite::SqliteStore;

pub(crate) const SPACE: SpaceId = SpaceId::from_bytes([1; 32]);
pub(crate) const FEED: FeedId = FeedId::from_bytes([2; 8]);

/// Where each commit writes the seq of its last record.
const LAST: &[u8] = b"last";

pub(crate) fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder).unwrap()
}

/// The fault that opening meets.
pub(crate) fn refused(folder: &Path) -> StoreFault {
    SqliteStore::open(folder).err().unwrap()
}

/// The bytes of a record: between 300 and 5,000 of them, no two records the same.
pub(crate) fn words(seq: u64) -> Bytes {
    let mut dice = Dice(seq);
    let eights = 38 + dice.below(600);
    (0..eights).flat_map(|_| dice.throw().to_be_bytes()).collect()
}

/// A commit of records, a row that names the last of them, and a row that comes and goes.
pub(crate) fn numbered(seqs: std::ops::RangeInclusive<u64>) -> Commit {
    let last = *seqs.end();
    let mut commit = Commit::default();
    commit.writes.extend(seqs.map(|seq| Write::Record { space: SPACE, feed: FEED, seq, bytes: words(seq) }));
    commit.put(Table::Meta, LAST, last.to_be_bytes().to_vec());
    let draft = (last % 7).to_be_bytes();
    if last.is_multiple_of(3) {
        commit.remove(Table::Drafts, draft);
    } else {
        commit.put(Table::Drafts, draft, words(last).to_vec());
    }
    commit
}

/// Checks that exactly the records up to some seq are there, byte for byte, those below `from` excepted, and that the row
/// of the same commit agrees. Returns that seq.
pub(crate) fn check_numbered(store: &SqliteStore, from: u64) -> u64 {
    let head = store.heads(SPACE).unwrap().first().map_or(0, |(_, seq)| *seq);
    let run = store.records(SPACE, FEED, from, usize::MAX).unwrap();
    assert_eq!(run.len() as u64, (head + 1).saturating_sub(from));
    for (record, seq) in run.iter().zip(from..) {
        assert_eq!(*record, words(seq), "record {seq}");
    }
    let last = store
        .get(Table::Meta, LAST)
        .unwrap()
        .map_or(0, |bytes| u64::from_be_bytes(bytes.try_into().unwrap()));
    assert_eq!(last, head, "a commit was kept in part");
    head
}

/// A key and its value.
pub(crate) type Row = (Vec<u8>, Vec<u8>);

/// Everything a store holds of a table.
pub(crate) fn rows(store: &dyn Reader, table: Table) -> Result<Vec<Row>, StoreFault> {
    let mut rows = Vec::new();
    store.scan(table, &mut |key, value| {
        rows.push((key.to_vec(), value.to_vec()));
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

pub(crate) fn apply(store: &mut dyn Store, commit: Commit) {
    assert_eq!(store.apply(commit), Ok(()));
}

/// Every file of a folder with its bytes.
pub(crate) fn image(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    files.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap())).collect()
}

/// Makes a folder hold exactly these files.
pub(crate) fn put_image(folder: &Path, image: &BTreeMap<String, Vec<u8>>) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir(folder).unwrap();
    for (name, bytes) in image {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

/// Reproducible noise (splitmix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.throw() % end
    }
}
