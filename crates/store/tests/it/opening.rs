//! Who may open what: one at a time, nothing foreign, nothing newer, nothing broken.

use std::fs::{self, File};
use std::path::Path;

use haven_engine::io::{Reader, Regression, Store as _, StoreFault, Table};
use haven_store::sqlite::{DATABASE_FILE, MARK_FILE, SqliteStore};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::role;
use crate::world::{SPACE, apply, check_numbered, image, numbered, open, put_image, refused};

const LOG_FILE: &str = "journal.db-wal";

/// A folder with a closed journal of so many records.
fn journal(records: u64) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    (1..=records).for_each(|seq| apply(&mut store, numbered(seq..=seq)));
    store.close().unwrap();
    folder
}

/// Checks that a folder is refused with a fault and that not a byte in it changes.
fn check_untouched(folder: &Path, expected: &StoreFault) {
    let before = image(folder);
    assert_eq!(refused(folder), *expected);
    let mut after = image(folder);
    if !before.contains_key(MARK_FILE) {
        after.remove(MARK_FILE);
    }
    assert!(before == after, "the folder was touched");
}

fn damaged(detail: &str) -> StoreFault {
    StoreFault::Damaged { detail: detail.to_owned() }
}

#[test]
fn what_was_written_is_there_after_closing_and_after_dropping() {
    let folder = journal(3);
    assert!(!folder.path().join(LOG_FILE).exists(), "closing folds the log");
    let mut store = open(folder.path());
    assert_eq!(check_numbered(&store, 1), 3);
    apply(&mut store, numbered(4..=6));
    drop(store);
    assert_eq!(check_numbered(&open(folder.path()), 1), 6);
}

#[test]
fn one_process_opens_it_once() {
    let folder = journal(1);
    let store = open(folder.path());
    assert_eq!(refused(folder.path()), StoreFault::InUse);
    assert_eq!(check_numbered(&store, 1), 1, "the refused one did not disturb the first");
    drop(store);
    open(folder.path());
}

#[test]
fn another_process_is_told_that_it_is_in_use() {
    if let Some(folder) = role::second() {
        assert_eq!(refused(&folder), StoreFault::InUse);
        return;
    }
    let folder = journal(1);
    let told = || {
        role::command("opening::another_process_is_told_that_it_is_in_use", folder.path())
            .output()
            .unwrap()
            .status
    };
    let store = open(folder.path());
    assert!(told().success());
    drop(store);
    assert!(!told().success(), "nobody has it open");
}

#[test]
fn other_programs_cannot_read_or_write_beside_it() {
    let folder = journal(1);
    let _store = open(folder.path());
    let other = Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
    other.busy_timeout(std::time::Duration::ZERO).unwrap();
    assert!(other.query_row("SELECT count(*) FROM records", [], |row| row.get::<_, i64>(0)).is_err());
}

#[test]
fn a_newer_journal_is_left_untouched() {
    let folder = journal(1);
    let path = folder.path().join(DATABASE_FILE);
    let mut bytes = fs::read(&path).unwrap();
    bytes[60..64].copy_from_slice(&7_u32.to_be_bytes());
    fs::write(&path, bytes).unwrap();
    check_untouched(folder.path(), &StoreFault::Newer { found: 7, known: 1 });
}

#[test]
fn a_newer_journal_is_left_untouched_when_only_its_log_says_so() {
    let folder = journal(1);
    let upgraded = tempfile::tempdir().unwrap();
    let db = Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
    db.execute_batch("PRAGMA user_version = 7").unwrap();
    let mut files = image(folder.path());
    files.remove("journal.db-shm");
    assert_eq!(files[DATABASE_FILE][60..64], 1_u32.to_be_bytes());
    let crashed = upgraded.path().join("home");
    put_image(&crashed, &files);
    check_untouched(&crashed, &StoreFault::Newer { found: 7, known: 1 });
}

#[test]
fn what_is_not_a_journal_is_refused_and_left_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(DATABASE_FILE);
    let check = |bytes: &[u8], detail: &str| {
        fs::write(&path, bytes).unwrap();
        check_untouched(folder.path(), &damaged(detail));
    };
    check(&[0x5a; 8192], "the file is not a database");
    check(&[0; 8192], "the file is not a database");
    check(b"", "the file is cut short");
    check(b"SQLite format 3\0", "the file is cut short");

    fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE moz_places (id INTEGER)").unwrap();
    let foreign = fs::read(&path).unwrap();
    check(&foreign, "the file is a database, but not a journal");
}

#[test]
fn a_truncated_journal_is_damaged() {
    let folder = journal(20);
    let path = folder.path().join(DATABASE_FILE);
    let length = fs::metadata(&path).unwrap().len();
    for kept in [length - 1, length / 2, 8192 * 3, 8192, 100] {
        File::options().write(true).open(&path).unwrap().set_len(kept).unwrap();
        let fault = refused(folder.path());
        assert!(matches!(fault, StoreFault::Damaged { .. }), "{kept} of {length} bytes: {fault:?}");
    }
}

#[test]
fn a_missing_journal_is_not_begun_anew() {
    let folder = journal(1);
    fs::remove_file(folder.path().join(DATABASE_FILE)).unwrap();
    check_untouched(folder.path(), &damaged("the file is missing"));
}

#[test]
fn a_log_without_its_journal_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(LOG_FILE), b"the last words").unwrap();
    check_untouched(folder.path(), &damaged("the file is missing"));
}

#[test]
fn a_half_made_journal_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("journal.new"), [0x5a; 8192]).unwrap();
    fs::write(folder.path().join("journal.new-wal"), [0x5a; 8192]).unwrap();
    let mut store = open(folder.path());
    apply(&mut store, numbered(1..=1));
    let files: Vec<_> = image(folder.path()).into_keys().collect();
    assert_eq!(files, [DATABASE_FILE, LOG_FILE, MARK_FILE]);
}

#[test]
fn an_older_copy_is_noticed_until_the_person_accepts_it() {
    let folder = journal(2);
    let older = fs::read(folder.path().join(DATABASE_FILE)).unwrap();
    let mut store = open(folder.path());
    assert_eq!(store.regression(), None);
    apply(&mut store, numbered(3..=5));
    store.close().unwrap();
    fs::write(folder.path().join(DATABASE_FILE), older).unwrap();

    let gone_back = Some(Regression { held: 2, seen: 5 });
    assert_eq!(open(folder.path()).regression(), gone_back);
    let mut store = open(folder.path());
    assert_eq!(store.regression(), gone_back, "it is said until it is accepted");
    store.accept_regression();
    assert_eq!(store.regression(), None);
    drop(store);
    assert_eq!(open(folder.path()).regression(), None);
}

#[test]
fn a_lost_or_damaged_mark_accuses_nobody() {
    let folder = journal(2);
    let mark = folder.path().join(MARK_FILE);
    for bytes in [&b""[..], &[0xff; 7], &[0xff; 16], &[0; 16]] {
        fs::write(&mark, bytes).unwrap();
        assert_eq!(open(folder.path()).regression(), None, "{bytes:?}");
    }
    fs::remove_file(&mark).unwrap();
    drop(open(folder.path()));
    assert_eq!(fs::read(&mark).unwrap()[..8], 2_u64.to_be_bytes());
}

#[test]
fn a_folder_moved_elsewhere_opens_there() {
    let home = journal(2);
    let moved = tempfile::tempdir().unwrap();
    let there = moved.path().join("there");
    put_image(&there, &image(home.path()));
    let store: SqliteStore = open(&there);
    assert_eq!(check_numbered(&store, 1), 2);
    assert_eq!(store.get(Table::Meta, b"never written"), Ok(None));
    assert_eq!(store.heads(SPACE).map(|heads| heads.len()), Ok(1));
}
