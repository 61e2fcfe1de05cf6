//! Bits that flip and files that are cut: no panic, no hang, no commit in part, and the rest stays readable.

use std::collections::BTreeMap;
use std::path::Path;

use haven_engine::io::{Reader, Regression, Store as _, StoreFault, Table, Write};
use haven_store::sqlite::{DATABASE_FILE, SqliteStore};

use crate::world::{Dice, FEED, SPACE, apply, check_numbered, image, numbered, open, put_image, rows, words};

const LOG_FILE: &str = "journal.db-wal";
const PAGE_BYTES: usize = 8192;
const COMMITS: u64 = 24;

type Image = BTreeMap<String, Vec<u8>>;

/// The files of a journal of so many commits, a record each, as a crash leaves them: all of it still in the log.
fn crashed() -> Image {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    (1..=COMMITS).for_each(|seq| apply(&mut store, numbered(seq..=seq)));
    image(folder.path())
}

/// The files of the same journal with rows and links in all its tables, closed in order.
fn closed() -> Image {
    let folder = tempfile::tempdir().unwrap();
    put_image(folder.path(), &crashed());
    let mut store = open(folder.path());
    for seq in 0..6 {
        let mut commit = numbered(COMMITS..=COMMITS);
        commit.writes.push(Write::Link { space: SPACE, seq, bytes: words(seq).to_vec() });
        for table in Table::ALL {
            commit.put(table, seq.to_be_bytes(), words(seq).to_vec());
        }
        apply(&mut store, commit);
    }
    store.close().unwrap();
    image(folder.path())
}

fn flip(image: &Image, file: &str, at: usize, bit: u64) -> Image {
    let mut flipped = image.clone();
    flipped.get_mut(file).unwrap()[at] ^= 1 << (bit % 8);
    flipped
}

/// Reads everything there is and writes a little; says how many records came back as they were written.
fn use_all(folder: &Path) -> Result<u64, StoreFault> {
    let mut store = SqliteStore::open(folder)?;
    let intact = |seq: &u64| store.record(SPACE, FEED, *seq) == Ok(Some(words(*seq)));
    let intact = (1..=COMMITS).filter(intact).count() as u64;
    // Each of these may meet the damage; none may do worse than say so.
    let _ = store.records(SPACE, FEED, 1, usize::MAX);
    let _ = store.links(SPACE);
    let _ = store.heads(SPACE);
    for table in Table::ALL {
        let _ = rows(&store, table);
        let _ = store.get(table, &7_u64.to_be_bytes());
    }
    let _ = store.verify();
    let _ = haven_engine::io::Store::apply(&mut store, numbered(COMMITS + 1..=COMMITS + 2));
    let _ = store.close();
    Ok(intact)
}

#[test]
fn a_flipped_bit_in_the_journal_costs_little() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("vault");
    let whole = closed();
    let mut dice = Dice(1);
    let pages = whole[DATABASE_FILE].len() / PAGE_BYTES;
    // Headers steer everything, so they get flips of their own.
    let headers =
        (0..pages).flat_map(|page| [page * PAGE_BYTES, page * PAGE_BYTES + 3, page * PAGE_BYTES + 12]);
    let anywhere = (0..pages).map(|page| page * PAGE_BYTES + 100);
    let (mut opened, mut intact) = (0, 0);
    for at in headers.chain(anywhere).chain(0..100) {
        let at = at + dice.below(9) as usize;
        put_image(&folder, &flip(&whole, DATABASE_FILE, at, dice.throw()));
        match use_all(&folder) {
            Ok(records) => (opened, intact) = (opened + 1, intact + records),
            Err(StoreFault::Damaged { .. } | StoreFault::Newer { .. }) => {}
            Err(fault) => panic!("byte {at}: {fault:?}"),
        }
    }
    assert!(opened > pages as u64, "{opened} opened of {pages} pages");
    let share = intact * 100 / (opened * COMMITS);
    assert!(share >= 90, "{share} % of the records were readable");
}

/// Opens a journal whose log was damaged: it must hold the first commits, whole, and say so if some are gone. Returns how
/// many it holds.
fn check_prefix(folder: &Path) -> u64 {
    let store = open(folder);
    let head = check_numbered(&store, 1);
    let gone_back = (head < COMMITS).then_some(Regression { held: head, seen: COMMITS });
    assert_eq!(store.regression(), gone_back);
    head
}

#[test]
fn a_flipped_bit_in_the_log_ends_it_between_two_commits() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("vault");
    let whole = crashed();
    put_image(&folder, &whole);
    assert_eq!(check_prefix(&folder), COMMITS);
    let mut dice = Dice(2);
    let length = whole[LOG_FILE].len();
    let mut shortened = 0;
    for part in 0..60 {
        let at = part * length / 60 + dice.below(length as u64 / 60) as usize;
        put_image(&folder, &flip(&whole, LOG_FILE, at, dice.throw()));
        shortened += u64::from(check_prefix(&folder) < COMMITS);
    }
    assert!(shortened >= 50, "{shortened} of 60 flips were noticed");
}

#[test]
fn a_log_cut_short_or_taken_away_is_noticed() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("vault");
    let whole = crashed();
    let length = whole[LOG_FILE].len();
    for part in 0..20 {
        let mut cut = whole.clone();
        cut.get_mut(LOG_FILE).unwrap().truncate(part * length / 20);
        put_image(&folder, &cut);
        assert!(check_prefix(&folder) < COMMITS);
    }
    let mut taken = whole;
    taken.remove(LOG_FILE);
    put_image(&folder, &taken);
    assert_eq!(check_prefix(&folder), 0);
}
