//! One transaction, all changes.

use bytes::Bytes;
use haven_feed::chain::Tip;
use haven_feed::digest::Digest;
use haven_feed::exchange::Run;
use haven_feed::{FeedId, SpaceId, StoreId};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use super::{SqliteStore, open_reader};
use crate::store::{Change, InviteState, Reader, SpaceRow, Store, StoreFault, Stored, Totals};

impl Store for SqliteStore {
    fn store_id(&self) -> StoreId {
        self.store_id
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreFault> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for change in changes {
            apply(&transaction, change)?;
        }
        Ok(transaction.commit()?)
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreFault> {
        Ok(Box::new(open_reader(&self.path)?))
    }

    /// Writes the log back into the file and cuts it, as far as no reader stands in the way.
    fn finish(&mut self) -> Result<(), StoreFault> {
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }
}

impl Reader for SqliteStore {
    fn spaces(&mut self) -> Result<Vec<SpaceId>, StoreFault> {
        self.connection.spaces()
    }

    fn space(&mut self, space: &SpaceId) -> Result<Option<SpaceRow>, StoreFault> {
        self.connection.space(space)
    }

    fn links(&mut self, space: &SpaceId, from: u64, bytes_max: usize) -> Result<Vec<Bytes>, StoreFault> {
        self.connection.links(space, from, bytes_max)
    }

    fn records(
        &mut self,
        space: &SpaceId,
        runs: &mut [Run],
        bytes_max: usize,
    ) -> Result<Vec<Stored>, StoreFault> {
        self.connection.records(space, runs, bytes_max)
    }

    fn husks(&mut self, space: &SpaceId, run: Run) -> Result<Vec<Stored>, StoreFault> {
        self.connection.husks(space, run)
    }

    fn invite(&mut self, ticket: &Digest) -> Result<Option<InviteState>, StoreFault> {
        self.connection.invite(ticket)
    }

    fn totals(&mut self) -> Result<Totals, StoreFault> {
        self.connection.totals()
    }
}

fn apply(connection: &Connection, change: &Change) -> Result<(), StoreFault> {
    match change {
        Change::Invite { ticket } => add_invite(connection, ticket),
        Change::Space { space, ticket } => add_space(connection, space, ticket),
        Change::Link { space, seq, bytes } => add_link(connection, space, *seq, bytes),
        Change::Records { space, feed, first, tip, records } => {
            add_records(connection, (space, feed), *first, tip, records)
        }
    }
}

fn add_invite(connection: &Connection, ticket: &Digest) -> Result<(), StoreFault> {
    let mut insert = connection.prepare_cached("INSERT INTO invites (ticket) VALUES (?1)")?;
    insert.execute(params![ticket.as_bytes()])?;
    Ok(())
}

fn add_space(connection: &Connection, space: &SpaceId, ticket: &Digest) -> Result<(), StoreFault> {
    let (space, ticket) = (space.as_bytes(), ticket.as_bytes());
    let spend = "UPDATE invites SET space = ?1 WHERE ticket = ?2 AND space IS NULL";
    if connection.prepare_cached(spend)?.execute(params![space, ticket])? != 1 {
        return Err(StoreFault::InviteSpent);
    }
    connection.prepare_cached("INSERT INTO spaces (id) VALUES (?1)")?.execute(params![space])?;
    Ok(())
}

fn add_link(connection: &Connection, space: &SpaceId, seq: u64, bytes: &Bytes) -> Result<(), StoreFault> {
    let no = space_no(connection, space)?;
    let mut insert =
        connection.prepare_cached("INSERT INTO links (space, seq, bytes) VALUES (?1, ?2, ?3)")?;
    insert.execute(params![no, number(seq)?, bytes.as_ref()])?;
    Ok(())
}

fn add_records(
    connection: &Connection,
    (space, feed): (&SpaceId, &FeedId),
    first: u64,
    tip: &Tip,
    records: &[Bytes],
) -> Result<(), StoreFault> {
    let no = move_feed(connection, (space, feed), first, tip, bytes_of(records)?)?;
    let mut insert =
        connection.prepare_cached("INSERT INTO records (feed, seq, bytes) VALUES (?1, ?2, ?3)")?;
    for (seq, bytes) in (first..).zip(records) {
        insert.execute(params![no, number(seq)?, bytes.as_ref()])?;
    }
    Ok(())
}

/// Moves a feed's row to its new head. The row must stand right before the first new record: the last guard against a gap.
fn move_feed(
    connection: &Connection,
    (space, feed): (&SpaceId, &FeedId),
    first: u64,
    tip: &Tip,
    bytes: i64,
) -> Result<i64, StoreFault> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO feeds (space, id, seq, head, roster, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (space, id) DO UPDATE
           SET seq = excluded.seq, head = excluded.head, roster = excluded.roster, bytes = bytes + excluded.bytes
           WHERE seq = ?7 - 1
         RETURNING no",
    )?;
    let space = space_no(connection, space)?;
    let (seq, roster) = (number(tip.position.seq)?, number(tip.roster_seq)?);
    let row = params![space, feed.as_bytes(), seq, tip.position.id.as_bytes(), roster, bytes, number(first)?];
    let moved = upsert.query_row(row, |row| row.get(0)).optional()?;
    moved.ok_or(StoreFault::Damaged("a feed that stands elsewhere"))
}

fn space_no(connection: &Connection, space: &SpaceId) -> Result<i64, StoreFault> {
    let mut select = connection.prepare_cached("SELECT no FROM spaces WHERE id = ?1")?;
    let no = select.query_row(params![space.as_bytes()], |row| row.get(0)).optional()?;
    no.ok_or(StoreFault::Damaged("a space that is not there"))
}

fn bytes_of(records: &[Bytes]) -> Result<i64, StoreFault> {
    number(records.iter().map(|record| record.len() as u64).sum())
}

/// SQLite's numbers end at 2^63; no feed gets there one record after the other.
pub(super) fn number(value: u64) -> Result<i64, StoreFault> {
    i64::try_from(value).map_err(|_| StoreFault::Damaged("a number beyond all feeds"))
}
