//! How long the store takes, beside the bare database on the same disk in the same minute: `cargo run --release --example
//! timing [FOLDER]`. Prints figures and judges nothing; a busy disk is nobody's fault.

#![expect(clippy::print_stdout, reason = "printing is all it does")]

use std::error::Error;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

use bytes::Bytes;
use haven_engine::io::{Commit, Reader, Store, Table, Write};
use haven_feed::ids::{FeedId, SpaceId};
use haven_store::memory::MemoryStore;
use haven_store::sqlite::{DATABASE_FILE, SqliteStore};
use rusqlite::Connection;

const SPACE: SpaceId = SpaceId::from_bytes([1; 32]);
const FEED: FeedId = FeedId::from_bytes([2; 8]);

/// As many as the journal that all figures are about.
const ENTRIES: u64 = 10_000;

/// What an entry takes, sealed, on average, in bytes.
const ENTRY_BYTES: usize = 1_800;

/// How many small commits a median is taken of.
const SMALL: u64 = 1_000;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let home = env::args_os().nth(1).map_or_else(env::temp_dir, PathBuf::from);
    let home = home.join(format!("haven-store-timing-{}", std::process::id()));
    fs::create_dir_all(&home)?;
    let measured = measure(&home);
    fs::remove_dir_all(&home)?;
    measured
}

fn measure(home: &Path) -> Outcome<()> {
    let entries = (0..ENTRIES).map(noise).collect::<Vec<_>>();
    bulk(home, &entries)?;
    small(home, &entries)
}

/// One commit of everything, then everything read back.
fn bulk(home: &Path, entries: &[Bytes]) -> Outcome<()> {
    let folder = home.join("bulk");
    let mut store = SqliteStore::open(&folder)?;
    let puts = Commit { writes: entries.iter().map(row).collect() };
    say("10,000 puts in one commit", time(|| Ok(store.apply(puts)?))?);
    let records = Commit { writes: entries.iter().zip(1..).map(|(entry, seq)| record(entry, seq)).collect() };
    say("10,000 records in one commit", time(|| Ok(store.apply(records)?))?);
    let bare = Connection::open(home.join("bare.db"))?;
    settle_bare(&bare)?;
    say("the bare database, 10,000 rows in one commit", time(|| insert_bare(&bare, entries))?);

    say("all records read", time(|| Ok(store.records(SPACE, FEED, 1, usize::MAX)?))?);
    say("all rows visited in key order", time(|| visit(&store))?);
    say("everything verified", time(|| Ok(store.verify()?))?);
    say("closed", time(|| Ok(store.close()?))?);
    let reopened = time(|| Ok(SqliteStore::open(&folder)?.close()?))?;
    say("opened and closed again", reopened);
    let bytes = entries.iter().map(Bytes::len).sum::<usize>() * 2;
    let size = fs::metadata(folder.join(DATABASE_FILE))?.len();
    println!("{:>9.3} x  the file, for each byte in it", ratio(size, bytes as u64));
    Ok(())
}

/// One record and one row a commit, in turns with the same in the bare database, so that both meet the same disk.
fn small(home: &Path, entries: &[Bytes]) -> Outcome<()> {
    let mut store = SqliteStore::open(&home.join("small"))?;
    let mut memory = MemoryStore::new();
    let bare = Connection::open(home.join("bare-small.db"))?;
    settle_bare(&bare)?;
    let (mut stored, mut held, mut inserted) = (Vec::new(), Vec::new(), Vec::new());
    for (entry, seq) in entries.iter().zip(1..=SMALL) {
        let commit = || Commit { writes: vec![record(entry, seq), row(entry)] };
        stored.push(time(|| Ok(store.apply(commit())?))?);
        held.push(time(|| Ok(memory.apply(commit())?))?);
        inserted.push(time(|| insert_bare(&bare, &entries[..1]))?);
    }
    say("a small commit (record and row), median", median(&mut stored));
    say("the same in memory, median", median(&mut held));
    say("the bare database, one row a commit, median", median(&mut inserted));
    Ok(())
}

/// The same durability, and nothing else set.
fn settle_bare(db: &Connection) -> Outcome<()> {
    db.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
    )?;
    Ok(db.execute_batch("CREATE TABLE entries (id INTEGER PRIMARY KEY, bytes BLOB)")?)
}

fn insert_bare(db: &Connection, entries: &[Bytes]) -> Outcome<()> {
    db.execute_batch("BEGIN IMMEDIATE")?;
    let mut statement = db.prepare_cached("INSERT INTO entries (bytes) VALUES (?1)")?;
    for entry in entries {
        statement.execute([&entry[..]])?;
    }
    Ok(db.execute_batch("COMMIT")?)
}

fn visit(store: &SqliteStore) -> Outcome<()> {
    let mut bytes = 0;
    store.scan(Table::Rows, &mut |_, value| {
        bytes += black_box(value).len();
        ControlFlow::Continue(())
    })?;
    black_box(bytes);
    Ok(())
}

fn row(entry: &Bytes) -> Write {
    Write::Put { table: Table::Rows, key: entry[..16].to_vec(), value: entry.to_vec() }
}

fn record(entry: &Bytes, seq: u64) -> Write {
    Write::Record { space: SPACE, feed: FEED, seq, bytes: entry.clone() }
}

/// Bytes that do not compress, as sealed ones do not.
fn noise(seed: u64) -> Bytes {
    let mut state = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut eight = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()
    };
    (0..ENTRY_BYTES / 8).flat_map(|_| eight()).collect()
}

fn time<T>(run: impl FnOnce() -> Outcome<T>) -> Outcome<Duration> {
    let begun = Instant::now();
    let made = run()?;
    let took = begun.elapsed();
    black_box(made);
    Ok(took)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn ratio(size: u64, bytes: u64) -> f64 {
    size as f64 / bytes as f64
}

fn say(what: &str, took: Duration) {
    println!("{:>9.3} ms {what}", took.as_secs_f64() * 1e3);
}
