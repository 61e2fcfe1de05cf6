//! What is read, and how.

use std::ops::ControlFlow;

use bytes::Bytes;
use haven_engine::io::{Reader, StoreFault, Table, Visit};
use haven_feed::ids::{FeedId, SpaceId};
use rusqlite::{Connection, Error, OptionalExtension, Result, Row, params};

use super::{SqliteStore, fault};

const GET: &str = "SELECT value FROM rows WHERE tbl = ?1 AND key = ?2";

const SCAN: &str = "SELECT key, value FROM rows WHERE tbl = ?1 ORDER BY key";

const LINKS: &str = "SELECT seq, bytes FROM links WHERE space = ?1 ORDER BY seq";

const RECORDS: &str = "SELECT seq, bytes FROM records \
    WHERE feed = (SELECT number FROM feeds WHERE space = ?1 AND feed = ?2) AND seq >= ?3 ORDER BY seq";

const RECORD: &str = "SELECT bytes FROM records \
    WHERE feed = (SELECT number FROM feeds WHERE space = ?1 AND feed = ?2) AND seq = ?3";

const HEADS: &str = "SELECT feeds.feed, (SELECT max(seq) FROM records WHERE records.feed = feeds.number) \
    FROM feeds WHERE space = ?1 ORDER BY feeds.feed";

const ARRIVALS: &str = "SELECT max(arrival) FROM records";

impl Reader for SqliteStore {
    fn get(&self, table: Table, key: &[u8]) -> std::result::Result<Option<Vec<u8>>, StoreFault> {
        get(&self.db, table, key).map_err(|error| fault::of(&error))
    }

    fn scan(&self, table: Table, visit: &mut Visit<'_>) -> std::result::Result<(), StoreFault> {
        scan(&self.db, table, visit).map_err(|error| fault::of(&error))
    }

    fn links(&self, space: SpaceId) -> std::result::Result<Vec<Vec<u8>>, StoreFault> {
        links(&self.db, space).map_err(|error| fault::of(&error))
    }

    fn records(
        &self,
        space: SpaceId,
        feed: FeedId,
        from_seq: u64,
        bytes_max: usize,
    ) -> std::result::Result<Vec<Bytes>, StoreFault> {
        records(&self.db, space, feed, from_seq, bytes_max).map_err(|error| fault::of(&error))
    }

    fn record(
        &self,
        space: SpaceId,
        feed: FeedId,
        seq: u64,
    ) -> std::result::Result<Option<Bytes>, StoreFault> {
        record(&self.db, space, feed, seq).map_err(|error| fault::of(&error))
    }

    fn heads(&self, space: SpaceId) -> std::result::Result<Vec<(FeedId, u64)>, StoreFault> {
        heads(&self.db, space).map_err(|error| fault::of(&error))
    }
}

/// How many records have ever arrived.
pub(super) fn arrivals(db: &Connection) -> Result<u64> {
    Ok(db.query_row(ARRIVALS, [], |row| row.get::<_, Option<u64>>(0))?.unwrap_or(0))
}

fn get(db: &Connection, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>> {
    let mut statement = db.prepare_cached(GET)?;
    statement.query_row(params![table.number(), key], |row| blob(row, 0).map(<[u8]>::to_vec)).optional()
}

fn scan(db: &Connection, table: Table, mut visit: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>) -> Result<()> {
    let mut statement = db.prepare_cached(SCAN)?;
    let mut rows = statement.query([table.number()])?;
    while let Some(row) = rows.next()? {
        if visit(blob(row, 0)?, blob(row, 1)?).is_break() {
            break;
        }
    }
    Ok(())
}

fn links(db: &Connection, space: SpaceId) -> Result<Vec<Vec<u8>>> {
    let mut statement = db.prepare_cached(LINKS)?;
    let mut rows = statement.query([space.as_bytes()])?;
    let mut chain = Vec::new();
    while let Some(row) = rows.next()? {
        if row.get::<_, usize>(0)? != chain.len() {
            break;
        }
        chain.push(blob(row, 1)?.to_vec());
    }
    Ok(chain)
}

fn records(
    db: &Connection,
    space: SpaceId,
    feed: FeedId,
    from_seq: u64,
    bytes_max: usize,
) -> Result<Vec<Bytes>> {
    let Ok(from) = i64::try_from(from_seq) else { return Ok(Vec::new()) };
    let mut statement = db.prepare_cached(RECORDS)?;
    let mut rows = statement.query(params![space.as_bytes(), feed.as_bytes(), from])?;
    let mut run: Vec<Bytes> = Vec::new();
    let mut bytes_sum = 0;
    let mut expected = from_seq;
    while let Some(row) = rows.next()? {
        let bytes = blob(row, 1)?;
        bytes_sum += bytes.len();
        let too_much = bytes_sum > bytes_max && !run.is_empty();
        if row.get::<_, u64>(0)? != expected || too_much {
            break;
        }
        run.push(Bytes::copy_from_slice(bytes));
        expected += 1;
    }
    Ok(run)
}

fn record(db: &Connection, space: SpaceId, feed: FeedId, seq: u64) -> Result<Option<Bytes>> {
    let Ok(seq) = i64::try_from(seq) else { return Ok(None) };
    let mut statement = db.prepare_cached(RECORD)?;
    let name = params![space.as_bytes(), feed.as_bytes(), seq];
    statement.query_row(name, |row| blob(row, 0).map(Bytes::copy_from_slice)).optional()
}

fn heads(db: &Connection, space: SpaceId) -> Result<Vec<(FeedId, u64)>> {
    let mut statement = db.prepare_cached(HEADS)?;
    let mut rows = statement.query([space.as_bytes()])?;
    let mut heads = Vec::new();
    while let Some(row) = rows.next()? {
        let feed = FeedId::try_from(blob(row, 0)?).map_err(|error| unreadable(row, 0, error))?;
        // A feed is named when its first record is written, in the same transaction.
        heads.push((feed, row.get(1)?));
    }
    Ok(heads)
}

/// The bytes in a column, without a copy.
fn blob<'row>(row: &'row Row<'_>, column: usize) -> Result<&'row [u8]> {
    let value = row.get_ref(column)?;
    value.as_blob().map_err(|error| unreadable(row, column, error))
}

fn unreadable(row: &Row<'_>, column: usize, error: impl std::error::Error + Send + Sync + 'static) -> Error {
    match row.get_ref(column) {
        Ok(value) => Error::FromSqlConversionFailure(column, value.data_type(), Box::new(error)),
        Err(error) => error,
    }
}
