//! The store in one SQLite file: WAL, every commit on the disk before it is answered.

mod read;
mod write;

use std::path::{Path, PathBuf};
use std::time::Duration;

use haven_feed::StoreId;
use rusqlite::{Connection, ErrorCode, OpenFlags, params};

use super::StoreFault;

/// Marks the file as ours: "hvns".
const APPLICATION_ID: i64 = 0x6876_6e73;

/// One file a format; frozen.
const SCHEMA: [&str; 1] = [include_str!("schema/0001.sql")];

/// How long a connection waits for another process that writes (an operator's `invite` beside a running server).
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Page cache of the writer, in KiB: the upper levels of the trees it inserts into.
const WRITER_CACHE_KIB: i64 = 2_048;

/// Page cache of a reader, in KiB: it reads in one direction and comes back to little.
const READER_CACHE_KIB: i64 = 512;

/// Bytes to which the write-ahead log is cut after a burst.
const WAL_BYTES_KEPT: i64 = 8 * 1024 * 1024;

/// The store that writes.
pub(crate) struct SqliteStore {
    connection: Connection,
    path: PathBuf,
    store_id: StoreId,
}

/// A connection that only reads.
struct SqliteReader {
    connection: Connection,
}

impl SqliteStore {
    /// Makes a new store in a file that must be empty or absent.
    pub(crate) fn create(path: &Path, store_id: StoreId) -> Result<Self, StoreFault> {
        let mut connection = open(path, WRITER_CACHE_KIB)?;
        let transaction = connection.transaction()?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        for schema in SCHEMA {
            transaction.execute_batch(schema)?;
        }
        transaction.pragma_update(None, "user_version", known_format())?;
        transaction.execute(
            "INSERT INTO meta (name, value) VALUES ('store_id', ?1)",
            params![store_id.as_bytes()],
        )?;
        transaction.commit()?;
        Ok(Self { connection, path: path.to_owned(), store_id })
    }

    /// Opens a store to write.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreFault> {
        let connection = open(path, WRITER_CACHE_KIB)?;
        let store_id = check_ours(&connection)?;
        Ok(Self { connection, path: path.to_owned(), store_id })
    }

    /// Copies the whole store into a file that must be empty or absent; a snapshot, also while somebody writes.
    pub(crate) fn back_up(&self, file: &Path) -> Result<(), StoreFault> {
        let file = file.to_str().ok_or(StoreFault::Failed(rusqlite::ffi::SQLITE_CANTOPEN))?;
        self.connection.execute("VACUUM INTO ?1", params![file])?;
        Ok(())
    }

    /// Lets SQLite look for damage in its own structures.
    pub(crate) fn quick_check(&self) -> Result<(), StoreFault> {
        let answer: String = self.connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if answer == "ok" { Ok(()) } else { Err(StoreFault::Damaged("the database file")) }
    }

    /// Limits the file to so many pages more than it has, which is how a test fills a disk.
    #[cfg(test)]
    pub(crate) fn leave_pages(&self, pages: i64) -> Result<(), StoreFault> {
        let now: i64 = self.connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        self.connection.query_row(&format!("PRAGMA max_page_count = {}", now + pages), [], |_| Ok(()))?;
        Ok(())
    }
}

fn known_format() -> i64 {
    i64::try_from(SCHEMA.len()).expect("formats are few")
}

fn open(path: &Path, cache_kib: i64) -> Result<Connection, StoreFault> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "cache_size", -cache_kib)?;
    connection.query_row(&format!("PRAGMA journal_size_limit = {WAL_BYTES_KEPT}"), [], |_| Ok(()))?;
    if cfg!(target_os = "macos") {
        connection.pragma_update(None, "fullfsync", true)?;
        connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    }
    Ok(connection)
}

fn open_reader(path: &Path) -> Result<SqliteReader, StoreFault> {
    let connection = open(path, READER_CACHE_KIB)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(SqliteReader { connection })
}

fn check_ours(connection: &Connection) -> Result<StoreId, StoreFault> {
    let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if application != APPLICATION_ID {
        return Err(StoreFault::Damaged("the file is not a store"));
    }
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known_format() {
        return Err(StoreFault::Newer { found, known: known_format() });
    }
    let id: Vec<u8> =
        connection.query_row("SELECT value FROM meta WHERE name = 'store_id'", [], |row| row.get(0))?;
    StoreId::try_from(id.as_slice()).map_err(|_| StoreFault::Damaged("the id of the store"))
}

impl From<rusqlite::Error> for StoreFault {
    /// Keeps the code only: SQLite's messages quote what they could not do.
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error() {
            Some(cause) if cause.code == ErrorCode::DiskFull => Self::Full,
            Some(cause) if cause.code == ErrorCode::DatabaseBusy => Self::Busy,
            Some(cause) if cause.code == ErrorCode::ConstraintViolation => Self::Conflict,
            Some(cause) if matches!(cause.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged("the database file")
            }
            Some(cause) => Self::Failed(cause.extended_code),
            None => Self::Damaged("a row"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store as _, conformance};

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    #[test]
    fn conforms() {
        let folder = folder();
        let mut made = 0;
        conformance::run(|| {
            made += 1;
            let store = SqliteStore::create(&folder.path().join(format!("{made}.db")), conformance::STORE_ID);
            Box::new(store.expect("a store"))
        });
    }

    #[test]
    fn what_was_committed_is_there_after_opening_again() {
        let folder = folder();
        let path = folder.path().join("store.db");
        let mut store = SqliteStore::create(&path, conformance::STORE_ID).expect("a store");
        conformance::fill(&mut store);
        drop(store);
        let mut store = SqliteStore::open(&path).expect("the store again");
        conformance::check_filled(&mut store);
        store.finish().expect("finished");
        drop(store);
        assert!(!path.with_extension("db-wal").exists(), "closing leaves no log");
    }

    #[test]
    fn a_full_disk_keeps_nothing_of_the_commit_and_the_store_goes_on() {
        let folder = folder();
        let mut store =
            SqliteStore::create(&folder.path().join("s.db"), conformance::STORE_ID).expect("a store");
        conformance::fill(&mut store);
        store.leave_pages(2).expect("a limit");
        assert_eq!(conformance::push_much(&mut store), Err(StoreFault::Full));
        conformance::check_filled(&mut store);
        store.leave_pages(10_000).expect("room");
        assert_eq!(conformance::push_much(&mut store), Ok(()));
    }

    #[test]
    fn another_writer_makes_it_busy_and_not_broken() {
        let folder = folder();
        let path = folder.path().join("s.db");
        let mut store = SqliteStore::create(&path, conformance::STORE_ID).expect("a store");
        conformance::fill(&mut store);
        store.connection.busy_timeout(Duration::ZERO).expect("no patience");
        let other = Connection::open(&path).expect("a connection");
        other.execute_batch("BEGIN IMMEDIATE").expect("writing");
        assert_eq!(conformance::push_much(&mut store), Err(StoreFault::Busy));
        other.execute_batch("ROLLBACK").expect("done");
        assert_eq!(conformance::push_much(&mut store), Ok(()));
    }

    #[test]
    fn refuses_what_is_no_store_and_what_is_newer() {
        let folder = folder();
        let garbage = folder.path().join("garbage.db");
        std::fs::write(&garbage, [7; 8192]).expect("written");
        assert_eq!(SqliteStore::open(&garbage).err(), Some(StoreFault::Damaged("the database file")));

        let other = folder.path().join("other.db");
        Connection::open(&other).and_then(|db| db.execute_batch("CREATE TABLE t (x)")).expect("a database");
        assert_eq!(SqliteStore::open(&other).err(), Some(StoreFault::Damaged("the file is not a store")));

        let newer = folder.path().join("newer.db");
        let store = SqliteStore::create(&newer, conformance::STORE_ID).expect("a store");
        store.connection.pragma_update(None, "user_version", 2).expect("set");
        drop(store);
        assert_eq!(SqliteStore::open(&newer).err(), Some(StoreFault::Newer { found: 2, known: 1 }));
    }

    #[test]
    fn a_backup_is_a_store() {
        let folder = folder();
        let mut store =
            SqliteStore::create(&folder.path().join("s.db"), conformance::STORE_ID).expect("a store");
        conformance::fill(&mut store);
        let copy = folder.path().join("copy.db");
        store.back_up(&copy).expect("copied");
        let mut copy = SqliteStore::open(&copy).expect("a store");
        copy.quick_check().expect("sound");
        conformance::check_filled(&mut copy);
    }
}
