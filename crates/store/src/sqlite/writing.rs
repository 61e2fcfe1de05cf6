//! How a commit is written: every write of it in one transaction, or none.

use std::collections::BTreeMap;

use haven_engine::io::{StoreFault, Write};
use haven_feed::ids::{FeedId, SpaceId};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params};

use super::fault;
use crate::refusal;

const PUT: &str = "INSERT INTO rows (tbl, key, value) VALUES (?1, ?2, ?3) \
    ON CONFLICT (tbl, key) DO UPDATE SET value = excluded.value";

const REMOVE: &str = "DELETE FROM rows WHERE tbl = ?1 AND key = ?2";

const ADD_LINK: &str = "INSERT INTO links (space, seq, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";

const SAME_LINK: &str = "SELECT bytes = ?3 FROM links WHERE space = ?1 AND seq = ?2";

const ADD_RECORD: &str = "INSERT INTO records (feed, seq, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";

const SAME_RECORD: &str = "SELECT bytes = ?3 FROM records WHERE feed = ?1 AND seq = ?2";

const REPLACE_RECORD: &str = "UPDATE records SET bytes = ?3 WHERE feed = ?1 AND seq = ?2";

const FEED: &str = "SELECT number FROM feeds WHERE space = ?1 AND feed = ?2";

const ADD_FEED: &str = "INSERT INTO feeds (space, feed) VALUES (?1, ?2)";

/// Why a commit was not written.
pub(super) enum Failure {
    /// It would have replaced what must not be replaced.
    Refused(StoreFault),
    /// The database could not.
    Database(rusqlite::Error),
}

impl Failure {
    /// Whether the disk itself failed, so that what it holds of this commit is unknown.
    pub(super) fn distrusts_disk(&self) -> bool {
        matches!(self, Self::Database(error) if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure))
    }

    /// What to tell the caller.
    pub(super) fn into_fault(self) -> StoreFault {
        match self {
            Self::Refused(fault) => fault,
            Self::Database(error) => fault::of(&error),
        }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// Writes all in one transaction. Returns how many records have ever arrived, if there was one among the writes.
pub(super) fn apply(db: &mut Connection, writes: &[Write]) -> Result<Option<u64>, Failure> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut writer = Writer { transaction: &transaction, feeds: BTreeMap::new(), arrivals: None };
    writes.iter().try_for_each(|write| writer.write(write))?;
    let arrivals = writer.arrivals;
    // Dropped without this, also when this fails, the transaction rolls back.
    transaction.commit()?;
    Ok(arrivals.and_then(|last| u64::try_from(last).ok()))
}

struct Writer<'t> {
    transaction: &'t Transaction<'t>,
    /// The numbers of the feeds met in this commit; only a commit that stands makes a number stand.
    feeds: BTreeMap<(SpaceId, FeedId), i64>,
    arrivals: Option<i64>,
}

impl Writer<'_> {
    fn write(&mut self, write: &Write) -> Result<(), Failure> {
        match write {
            Write::Put { table, key, value } => {
                self.transaction.prepare_cached(PUT)?.execute(params![table.number(), key, value])?;
            }
            Write::Remove { table, key } => {
                self.transaction.prepare_cached(REMOVE)?.execute(params![table.number(), key])?;
            }
            Write::Link { space, seq, bytes } => self.link(*space, *seq, bytes)?,
            Write::Record { space, feed, seq, bytes } => self.record((*space, *feed), *seq, bytes)?,
            Write::Replace { space, feed, seq, bytes } => self.replace((*space, *feed), *seq, bytes)?,
        }
        Ok(())
    }

    fn link(&self, space: SpaceId, seq: u64, bytes: &[u8]) -> Result<(), Failure> {
        let row = params![space.as_bytes(), seq, bytes];
        let is_new = self.transaction.prepare_cached(ADD_LINK)?.execute(row)? > 0;
        if is_new || self.transaction.prepare_cached(SAME_LINK)?.query_row(row, |row| row.get(0))? {
            return Ok(());
        }
        Err(Failure::Refused(refusal::other_link()))
    }

    fn record(&mut self, name: (SpaceId, FeedId), seq: u64, bytes: &[u8]) -> Result<(), Failure> {
        let feed = self.feed(name)?;
        let row = params![feed, seq, bytes];
        if self.transaction.prepare_cached(ADD_RECORD)?.execute(row)? > 0 {
            self.arrivals = Some(self.transaction.last_insert_rowid());
            return Ok(());
        }
        if self.transaction.prepare_cached(SAME_RECORD)?.query_row(row, |row| row.get(0))? {
            return Ok(());
        }
        Err(Failure::Refused(refusal::other_record()))
    }

    fn replace(&mut self, name: (SpaceId, FeedId), seq: u64, bytes: &[u8]) -> Result<(), Failure> {
        let row = params![self.feed(name)?, seq, bytes];
        let stood = self.transaction.prepare_cached(REPLACE_RECORD)?.execute(row)? > 0;
        if stood { Ok(()) } else { Err(Failure::Refused(refusal::nothing_to_replace())) }
    }

    /// The number of a feed; a feed gets one with its first record.
    fn feed(&mut self, name: (SpaceId, FeedId)) -> Result<i64, Failure> {
        if let Some(number) = self.feeds.get(&name) {
            return Ok(*number);
        }
        let row = params![name.0.as_bytes(), name.1.as_bytes()];
        let known = self.transaction.prepare_cached(FEED)?.query_row(row, |row| row.get(0)).optional()?;
        let number = if let Some(number) = known {
            number
        } else {
            self.transaction.prepare_cached(ADD_FEED)?.execute(row)?;
            self.transaction.last_insert_rowid()
        };
        self.feeds.insert(name, number);
        Ok(number)
    }
}
