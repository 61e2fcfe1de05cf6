//! One transaction, all changes.

use bytes::Bytes;
use haven_feed::chain::Tip;
use haven_feed::digest::Digest;
use haven_feed::exchange::Run;
use haven_feed::record::PREFIX_LEN;
use haven_feed::{FeedId, PaperId, SpaceId, StoreId};
use rusqlite::{Connection, OptionalExtension as _, Params, TransactionBehavior, params};

use super::{SqliteStore, open_reader};
use crate::store::{
    Beginning, Change, InviteState, MailboxRow, Reader, SpaceRow, Store, StoreFault, Stored, Totals,
};

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

    fn beginnings(&mut self, space: &SpaceId, run: Run) -> Result<Vec<Beginning>, StoreFault> {
        self.connection.beginnings(space, run)
    }

    fn husks(&mut self, space: &SpaceId, count: usize) -> Result<Vec<(FeedId, u64)>, StoreFault> {
        self.connection.husks(space, count)
    }

    fn bodies(
        &mut self,
        space: &SpaceId,
        feed: &FeedId,
        seqs: &[u64],
        bytes_max: usize,
    ) -> Result<Vec<Bytes>, StoreFault> {
        self.connection.bodies(space, feed, seqs, bytes_max)
    }

    fn spaces_of(&mut self, paper: &PaperId, count: usize) -> Result<Vec<SpaceId>, StoreFault> {
        self.connection.spaces_of(paper, count)
    }

    fn mailboxes(&mut self) -> Result<Vec<MailboxRow>, StoreFault> {
        self.connection.mailboxes()
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
        Change::Paper { paper, space } => add_paper(connection, paper, space),
        Change::Bodies { space, feed, records } => put_bodies(connection, (space, feed), records),
        Change::OpenMailbox(row) => open_mailbox(connection, row),
        Change::Post { mailbox, index, message } => post(connection, mailbox, *index, message),
        Change::CloseMailbox { mailbox } => {
            close_mailboxes(connection, "SELECT id FROM mailboxes WHERE id = ?1", params![mailbox])
        }
        Change::ExpireMailboxes { now_ms } => {
            close_mailboxes(connection, "SELECT id FROM mailboxes WHERE expires_ms <= ?1", params![now_ms])
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
    let add = "INSERT INTO spaces (id) VALUES (?1) ON CONFLICT DO NOTHING";
    let added = connection.prepare_cached(add)?.execute(params![space])? == 1;
    if added { Ok(()) } else { Err(StoreFault::SpaceTaken) }
}

fn add_paper(connection: &Connection, paper: &PaperId, space: &SpaceId) -> Result<(), StoreFault> {
    let no = space_no(connection, space)?;
    let mut insert =
        connection.prepare_cached("INSERT OR IGNORE INTO papers (paper, space) VALUES (?1, ?2)")?;
    insert.execute(params![paper.as_bytes(), no])?;
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

/// Puts records in the places of their husks. A place without a husk is the last guard against bytes that are counted twice.
fn put_bodies(
    connection: &Connection,
    (space, feed): (&SpaceId, &FeedId),
    records: &[(u64, Bytes)],
) -> Result<(), StoreFault> {
    let mut select = connection.prepare_cached("SELECT no FROM feeds WHERE space = ?1 AND id = ?2")?;
    let no: Option<i64> = select
        .query_row(params![space_no(connection, space)?, feed.as_bytes()], |row| row.get(0))
        .optional()?;
    let no = no.ok_or(StoreFault::Damaged("a feed that is not there"))?;
    let mut put = connection.prepare_cached(
        "UPDATE records SET bytes = ?3 WHERE feed = ?1 AND seq = ?2 AND length(bytes) = 272",
    )?;
    for (seq, bytes) in records {
        if put.execute(params![no, number(*seq)?, bytes.as_ref()])? != 1 {
            return Err(StoreFault::Damaged("a husk that is not there"));
        }
    }
    let more = records.iter().map(|(_, bytes)| bytes.len().saturating_sub(PREFIX_LEN) as u64).sum();
    let mut weigh = connection.prepare_cached("UPDATE feeds SET bytes = bytes + ?2 WHERE no = ?1")?;
    weigh.execute(params![no, number(more)?])?;
    Ok(())
}

fn open_mailbox(connection: &Connection, row: &MailboxRow) -> Result<(), StoreFault> {
    let mut insert = connection
        .prepare_cached("INSERT INTO mailboxes (id, space, feed, expires_ms) VALUES (?1, ?2, ?3, ?4)")?;
    insert.execute(params![row.mailbox, row.space.as_bytes(), row.feed.as_bytes(), row.expires_ms])?;
    row.messages.iter().try_for_each(|(index, message)| post(connection, &row.mailbox, *index, message))
}

fn post(connection: &Connection, mailbox: &[u8; 16], index: u32, message: &Bytes) -> Result<(), StoreFault> {
    let mut insert =
        connection.prepare_cached("INSERT INTO messages (mailbox, place, bytes) VALUES (?1, ?2, ?3)")?;
    insert.execute(params![mailbox, index, message.as_ref()])?;
    Ok(())
}

fn close_mailboxes(connection: &Connection, which: &str, of: impl Params + Copy) -> Result<(), StoreFault> {
    connection.execute(&format!("DELETE FROM messages WHERE mailbox IN ({which})"), of)?;
    connection.execute(&format!("DELETE FROM mailboxes WHERE id IN ({which})"), of)?;
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
