//! How the database is opened: what is refused, what is set, and how the write-ahead log is folded.

use std::path::Path;
use std::time::Duration;

use haven_engine::io::StoreFault;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::{fault, migrations};
use crate::limits::{BUSY_WAIT_MS, LOG_BYTES_KEPT, PAGE_BYTES, VALUE_BYTES_MAX};

/// The header of a database, in bytes.
pub(super) const HEADER_BYTES: usize = 100;

/// What tells a journal from any other database: "havn".
const APPLICATION_ID: u32 = 0x6861_766e;

const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Where the two bytes stand that say who may write and read the file: 1 for a rollback journal, 2 for a log. The database
/// takes any other number for a later format, and would not write.
const FORMATS_AT: usize = 18;
const VERSION_AT: usize = 60;
const APPLICATION_ID_AT: usize = 68;

/// What a row takes besides its largest value, in bytes.
const ROW_EXTRA_BYTES: usize = 4096;

/// Refuses what is not a journal, or is one of a newer Haven, by its first bytes. The database itself would repair, fold
/// or delete files before it says what it found.
pub(super) fn check_header(header: &[u8; HEADER_BYTES]) -> Result<(), StoreFault> {
    if !header.starts_with(MAGIC) {
        return Err(fault::damaged("the file is not a database"));
    }
    if number_at(header, APPLICATION_ID_AT) != APPLICATION_ID {
        return Err(fault::damaged("the file is a database, but not a journal"));
    }
    if !header[FORMATS_AT..FORMATS_AT + 2].iter().all(|format| matches!(format, 1 | 2)) {
        return Err(fault::damaged("the file says that it has another format"));
    }
    check_version(number_at(header, VERSION_AT))
}

/// Makes a complete and empty journal in an empty file.
pub(super) fn create(path: &Path) -> Result<(), StoreFault> {
    let db = connect(path).map_err(|error| fault::of(&error))?;
    let made = format!("PRAGMA page_size = {PAGE_BYTES}; PRAGMA application_id = {APPLICATION_ID};");
    db.execute_batch(&made).map_err(|error| fault::of(&error))?;
    prepare(db)?.close().map_err(|(_, error)| fault::of(&error))
}

/// Opens a journal and brings it to the present format.
pub(super) fn open(path: &Path) -> Result<Connection, StoreFault> {
    prepare(connect(path).map_err(|error| fault::of(&error))?)
}

/// Copies the write-ahead log into the file, syncs the file and empties the log.
///
/// A commit whose sync failed can stand in the log, whole and without being on the disk. After a crash it would be read as
/// if it were, and whatever is added behind it would go with it in a power cut. So the log is folded whenever that may be.
pub(super) fn fold_log(db: &Connection) -> Result<(), StoreFault> {
    let busy = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    match busy.map_err(|error| fault::of(&error))? {
        0 => Ok(()),
        _ => Err(StoreFault::InUse),
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let db = Connection::open_with_flags(path, flags)?;
    // Until the version is known, closing must not fold the log of a newer Haven into its file.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    db.busy_timeout(Duration::from_millis(BUSY_WAIT_MS))?;
    distrust_file(&db)?;
    db.execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;")?;
    Ok(db)
}

/// Whatever the file says, it gets no code run, no schema of its own making and no more memory than a value may take.
fn distrust_file(db: &Connection) -> rusqlite::Result<()> {
    let most = i32::try_from(VALUE_BYTES_MAX + ROW_EXTRA_BYTES).unwrap_or(i32::MAX);
    db.set_limit(Limit::SQLITE_LIMIT_LENGTH, most)?;
    db.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    db.execute_batch("PRAGMA cell_size_check = ON;")
}

fn prepare(db: Connection) -> Result<Connection, StoreFault> {
    // The first read takes the lock, and sees what the log says, not only the file.
    check_version(migrations::version(&db)?)?;
    settle(&db).map_err(|error| fault::of(&error))?;
    if db.is_readonly("main").map_err(|error| fault::of(&error))? {
        return Err(StoreFault::ReadOnly);
    }
    migrations::run(&db)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(|error| fault::of(&error))?;
    Ok(db)
}

/// Durability: every commit is synced before it is acknowledged, and on macOS past the drive's own cache.
fn settle(db: &Connection) -> rusqlite::Result<()> {
    let settings = format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; \
         PRAGMA secure_delete = ON; PRAGMA journal_size_limit = {LOG_BYTES_KEPT};"
    );
    db.execute_batch(&settings)
}

fn check_version(found: u32) -> Result<(), StoreFault> {
    let known = migrations::newest();
    if found > known { Err(StoreFault::Newer { found, known }) } else { Ok(()) }
}

fn number_at(header: &[u8; HEADER_BYTES], at: usize) -> u32 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&header[at..at + 4]);
    u32::from_be_bytes(bytes)
}
