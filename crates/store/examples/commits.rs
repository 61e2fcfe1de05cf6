//! How long the bare database takes to make rows durable, one JSON object a line:
//!
//! ```text
//! cargo run --release -p haven-store --example commits -- FOLDER
//! ```
//! The same durability as the store's, and nothing else: the least that any commit can cost. Nothing here judges.

#![expect(clippy::print_stdout, reason = "the figures are its output")]

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;

/// What an entry takes, sealed, on average, in bytes.
const ROW_BYTES: usize = 1_800;
/// Commits of one row that are timed.
const SMALL: usize = 1_000;
/// Rows of the one large commit: as many as the journal that all figures are about.
const LARGE: usize = 10_000;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let folder = std::env::args_os().nth(1).ok_or("name a folder")?;
    let rows: Vec<Vec<u8>> = (0..LARGE as u64).map(noise).collect();
    let db = open(&Path::new(&folder).join("commits.db"))?;
    let begun = Instant::now();
    insert(&db, &rows)?;
    println!(r#"{{"what":"bulk","count":{LARGE},"ns":{}}}"#, begun.elapsed().as_nanos());
    let mut times = Vec::with_capacity(SMALL);
    for row in rows.chunks(1).cycle().take(SMALL) {
        let begun = Instant::now();
        insert(&db, row)?;
        times.push(begun.elapsed());
    }
    spread("commit", &mut times);
    Ok(())
}

fn open(path: &Path) -> Outcome<Connection> {
    let db = Connection::open(path)?;
    db.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
    )?;
    db.execute_batch("CREATE TABLE entries (id INTEGER PRIMARY KEY, bytes BLOB)")?;
    Ok(db)
}

fn insert(db: &Connection, rows: &[Vec<u8>]) -> Outcome<()> {
    db.execute_batch("BEGIN IMMEDIATE")?;
    let mut statement = db.prepare_cached("INSERT INTO entries (bytes) VALUES (?1)")?;
    for row in rows {
        statement.execute([row])?;
    }
    Ok(db.execute_batch("COMMIT")?)
}

/// Bytes that do not compress, as sealed ones do not (xorshift64).
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut eight = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()
    };
    (0..ROW_BYTES / 8).flat_map(|_| eight()).collect()
}

fn spread(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent).div_ceil(100) - 1].as_nanos();
    let count = times.len();
    println!(r#"{{"what":"{what}","count":{count},"p50_ns":{},"p99_ns":{}}}"#, at(50), at(99));
}
