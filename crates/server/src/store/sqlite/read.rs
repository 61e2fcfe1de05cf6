//! Reading. Every statement that touches a space names it: no row of another one can come out.

use bytes::Bytes;
use haven_feed::chain::Tip;
use haven_feed::digest::Digest;
use haven_feed::exchange::Run;
use haven_feed::record::PREFIX_LEN;
use haven_feed::{FeedId, MemberId, PaperId, Position, RecordId, SpaceId};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::SqliteReader;
use super::write::number;
use crate::store::{
    Beginning, FeedRow, InviteState, MailboxRow, Reader, SpaceRow, StoreFault, Stored, Totals,
};

const _: () = assert!(PREFIX_LEN == 272, "what the statements call a husk");

/// A run with what the merge needs to know of it.
struct Candidate {
    index: usize,
    feed_no: i64,
    arrival: i64,
}

impl Reader for SqliteReader {
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

impl Reader for Connection {
    fn spaces(&mut self) -> Result<Vec<SpaceId>, StoreFault> {
        let mut select = self.prepare_cached("SELECT id FROM spaces ORDER BY id")?;
        let mut rows = select.query([])?;
        let mut spaces = Vec::new();
        while let Some(row) = rows.next()? {
            spaces.push(SpaceId::try_from(blob(row, 0)?.as_ref()).map_err(|_| damaged())?);
        }
        Ok(spaces)
    }

    fn space(&mut self, space: &SpaceId) -> Result<Option<SpaceRow>, StoreFault> {
        if self.links(space, 0, 0)?.is_empty() {
            return Ok(None);
        }
        Ok(Some(SpaceRow { feeds: feeds(self, space)? }))
    }

    fn links(&mut self, space: &SpaceId, from: u64, bytes_max: usize) -> Result<Vec<Bytes>, StoreFault> {
        let mut select = self.prepare_cached(
            "SELECT l.bytes FROM spaces s JOIN links l ON l.space = s.no
             WHERE s.id = ?1 AND l.seq >= ?2 ORDER BY l.seq",
        )?;
        let mut rows = select.query(params![space.as_bytes(), number(from)?])?;
        let (mut links, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let link = blob(row, 0)?;
            bytes += link.len();
            if bytes > bytes_max && !links.is_empty() {
                break;
            }
            links.push(link);
        }
        Ok(links)
    }

    fn records(
        &mut self,
        space: &SpaceId,
        runs: &mut [Run],
        bytes_max: usize,
    ) -> Result<Vec<Stored>, StoreFault> {
        let (mut found, mut room) = (Vec::new(), bytes_max);
        let mut candidates = candidates(self, space, runs)?;
        while let Some(first) = earliest(&candidates) {
            let next = candidates.swap_remove(first);
            let run = &mut runs[next.index];
            let before = earliest(&candidates).map_or(i64::MAX, |other| candidates[other].arrival);
            let full = !read_run(self, &next, run, before, &mut room, &mut found)?;
            if full {
                break;
            }
            if !is_done(run) {
                let arrival = arrival(self, next.feed_no, run.from_seq)?;
                candidates.push(Candidate { arrival, ..next });
            }
        }
        Ok(found)
    }

    fn beginnings(&mut self, space: &SpaceId, run: Run) -> Result<Vec<Beginning>, StoreFault> {
        let mut select = self.prepare_cached(
            "SELECT r.seq, r.arrival, length(r.bytes) FROM spaces s JOIN feeds f ON f.space = s.no
             JOIN records r ON r.feed = f.no WHERE s.id = ?1 AND f.id = ?2 AND r.seq BETWEEN ?3 AND ?4 ORDER BY r.seq",
        )?;
        let (from, to) = (number(run.from_seq)?, number(run.to_seq)?);
        let mut rows = select.query(params![space.as_bytes(), run.feed.as_bytes(), from, to])?;
        let mut beginnings = Vec::new();
        while let Some(row) = rows.next()? {
            let (bytes, is_husk) = (beginning(self, row.get(1)?)?, unsigned(row, 2)? == PREFIX_LEN as u64);
            beginnings.push(Beginning { feed: run.feed, seq: unsigned(row, 0)?, bytes, is_husk });
        }
        Ok(beginnings)
    }

    fn husks(&mut self, space: &SpaceId, count: usize) -> Result<Vec<(FeedId, u64)>, StoreFault> {
        // The condition is that of the index `records_without_body`, to the letter.
        let mut select = self.prepare_cached(
            "SELECT r.seq FROM records r INDEXED BY records_without_body
             WHERE r.feed = ?1 AND length(r.bytes) = 272 ORDER BY r.arrival LIMIT ?2",
        )?;
        let (mut husks, feeds) = (Vec::new(), feeds_with_husks(self, space)?);
        for (left, (no, feed)) in (1..=feeds.len()).rev().zip(feeds) {
            let share = (count - husks.len()).div_ceil(left);
            let mut rows = select.query(params![no, number(share as u64)?])?;
            while let Some(row) = rows.next()? {
                husks.push((feed, unsigned(row, 0)?));
            }
        }
        Ok(husks)
    }

    fn bodies(
        &mut self,
        space: &SpaceId,
        feed: &FeedId,
        seqs: &[u64],
        bytes_max: usize,
    ) -> Result<Vec<Bytes>, StoreFault> {
        let mut select = self.prepare_cached(
            "SELECT r.bytes FROM spaces s JOIN feeds f ON f.space = s.no JOIN records r ON r.feed = f.no
             WHERE s.id = ?1 AND f.id = ?2 AND r.seq = ?3 AND length(r.bytes) > 272",
        )?;
        let (mut bodies, mut room) = (Vec::new(), bytes_max);
        for seq in seqs {
            // No record has a number beyond what SQLite can say.
            let Ok(seq) = i64::try_from(*seq) else { break };
            let mut rows = select.query(params![space.as_bytes(), feed.as_bytes(), seq])?;
            let Some(row) = rows.next()? else { continue };
            let record = blob(row, 0)?;
            if record.len() > room && !bodies.is_empty() {
                break;
            }
            room = room.saturating_sub(record.len());
            bodies.push(record);
        }
        Ok(bodies)
    }

    fn spaces_of(&mut self, paper: &PaperId, count: usize) -> Result<Vec<SpaceId>, StoreFault> {
        let mut select = self.prepare_cached(
            "SELECT s.id FROM papers p JOIN spaces s ON s.no = p.space WHERE p.paper = ?1 ORDER BY s.no LIMIT ?2",
        )?;
        let mut rows = select.query(params![paper.as_bytes(), number(count as u64)?])?;
        let mut spaces = Vec::new();
        while let Some(row) = rows.next()? {
            spaces.push(SpaceId::try_from(blob(row, 0)?.as_ref()).map_err(|_| damaged())?);
        }
        Ok(spaces)
    }

    fn mailboxes(&mut self) -> Result<Vec<MailboxRow>, StoreFault> {
        let mut select =
            self.prepare_cached("SELECT id, space, feed, expires_ms FROM mailboxes ORDER BY expires_ms, id")?;
        let mut rows = select.query([])?;
        let mut mailboxes = Vec::new();
        while let Some(row) = rows.next()? {
            let mailbox = blob(row, 0)?.as_ref().try_into().map_err(|_| damaged())?;
            mailboxes.push(MailboxRow {
                mailbox,
                space: SpaceId::try_from(blob(row, 1)?.as_ref()).map_err(|_| damaged())?,
                feed: MemberId::try_from(blob(row, 2)?.as_ref()).map_err(|_| damaged())?,
                expires_ms: row.get(3)?,
                messages: messages(self, &mailbox)?,
            });
        }
        Ok(mailboxes)
    }

    fn invite(&mut self, ticket: &Digest) -> Result<Option<InviteState>, StoreFault> {
        let mut select = self.prepare_cached("SELECT space FROM invites WHERE ticket = ?1")?;
        let used: Option<Option<Vec<u8>>> =
            select.query_row(params![ticket.as_bytes()], |row| row.get(0)).optional()?;
        used.map(|used| match used {
            None => Ok(InviteState::Open),
            Some(space) => {
                Ok(InviteState::UsedFor(SpaceId::try_from(space.as_slice()).map_err(|_| damaged())?))
            }
        })
        .transpose()
    }

    fn totals(&mut self) -> Result<Totals, StoreFault> {
        let count = |sql: &str| -> Result<u64, StoreFault> {
            let value: i64 = self.query_row(sql, [], |row| row.get(0))?;
            u64::try_from(value).map_err(|_| damaged())
        };
        Ok(Totals {
            spaces: count("SELECT count(*) FROM spaces")?,
            feeds: count("SELECT count(*) FROM feeds")?,
            records: count("SELECT count(*) FROM records")?,
            record_bytes: count("SELECT coalesce(sum(bytes), 0) FROM feeds")?,
            links: count("SELECT count(*) FROM links")?,
            invites_open: count("SELECT count(*) FROM invites WHERE space IS NULL")?,
        })
    }
}

fn feeds(connection: &Connection, space: &SpaceId) -> Result<Vec<FeedRow>, StoreFault> {
    let mut select = connection.prepare_cached(
        "SELECT f.id, f.seq, f.head, f.roster, f.bytes FROM spaces s JOIN feeds f ON f.space = s.no
         WHERE s.id = ?1 ORDER BY f.id",
    )?;
    let mut rows = select.query(params![space.as_bytes()])?;
    let mut feeds = Vec::new();
    while let Some(row) = rows.next()? {
        let feed = FeedId::try_from(blob(row, 0)?.as_ref()).map_err(|_| damaged())?;
        let id = RecordId::try_from(blob(row, 2)?.as_ref()).map_err(|_| damaged())?;
        let position = Position { seq: unsigned(row, 1)?, id };
        let tip = Tip { position, roster_seq: unsigned(row, 3)? };
        feeds.push(FeedRow { feed, tip, bytes: unsigned(row, 4)? });
    }
    Ok(feeds)
}

fn feeds_with_husks(connection: &Connection, space: &SpaceId) -> Result<Vec<(i64, FeedId)>, StoreFault> {
    let mut select = connection.prepare_cached(
        "SELECT f.no, f.id FROM spaces s JOIN feeds f ON f.space = s.no WHERE s.id = ?1 AND EXISTS
         (SELECT 1 FROM records r INDEXED BY records_without_body WHERE r.feed = f.no AND length(r.bytes) = 272)
         ORDER BY f.id",
    )?;
    let mut rows = select.query(params![space.as_bytes()])?;
    let mut feeds = Vec::new();
    while let Some(row) = rows.next()? {
        feeds.push((row.get(0)?, FeedId::try_from(blob(row, 1)?.as_ref()).map_err(|_| damaged())?));
    }
    Ok(feeds)
}

fn candidates(connection: &Connection, space: &SpaceId, runs: &[Run]) -> Result<Vec<Candidate>, StoreFault> {
    let mut select = connection.prepare_cached(
        "SELECT f.no FROM spaces s JOIN feeds f ON f.space = s.no WHERE s.id = ?1 AND f.id = ?2",
    )?;
    let mut candidates = Vec::new();
    for (index, run) in runs.iter().enumerate().filter(|(_, run)| !is_done(run)) {
        let (space, feed) = (space.as_bytes(), run.feed.as_bytes());
        let feed_no: Option<i64> = select.query_row(params![space, feed], |row| row.get(0)).optional()?;
        let feed_no = feed_no.ok_or(StoreFault::Damaged("a feed that is not there"))?;
        candidates.push(Candidate { index, feed_no, arrival: arrival(connection, feed_no, run.from_seq)? });
    }
    Ok(candidates)
}

fn earliest(candidates: &[Candidate]) -> Option<usize> {
    (0..candidates.len()).min_by_key(|index| candidates[*index].arrival)
}

fn arrival(connection: &Connection, feed_no: i64, seq: u64) -> Result<i64, StoreFault> {
    let mut select = connection.prepare_cached("SELECT arrival FROM records WHERE feed = ?1 AND seq = ?2")?;
    let found = select.query_row(params![feed_no, number(seq)?], |row| row.get(0)).optional()?;
    found.ok_or(StoreFault::Damaged("a record that is not there"))
}

/// Reads a run up to an arrival. Says whether there is room for more.
fn read_run(
    connection: &Connection,
    candidate: &Candidate,
    run: &mut Run,
    before: i64,
    room: &mut usize,
    found: &mut Vec<Stored>,
) -> Result<bool, StoreFault> {
    let mut select = connection.prepare_cached(
        "SELECT arrival, seq, bytes FROM records WHERE feed = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq",
    )?;
    let mut rows = select.query(params![candidate.feed_no, number(run.from_seq)?, number(run.to_seq)?])?;
    while !is_done(run) {
        let row = rows.next()?.ok_or(StoreFault::Damaged("a record that is not there"))?;
        if row.get::<_, i64>(0)? > before {
            return Ok(true);
        }
        if unsigned(row, 1)? != run.from_seq {
            return Err(StoreFault::Damaged("a record that is not there"));
        }
        let bytes = blob(row, 2)?;
        if bytes.len() > *room && !found.is_empty() {
            return Ok(false);
        }
        *room = room.saturating_sub(bytes.len());
        found.push(Stored { feed: run.feed, seq: run.from_seq, bytes });
        run.from_seq += 1;
    }
    Ok(true)
}

/// Reads the beginning of a record where it lies, so that a large body stays on the disk.
fn beginning(connection: &Connection, arrival: i64) -> Result<Bytes, StoreFault> {
    let blob = connection.blob_open("main", "records", "bytes", arrival, true)?;
    let mut bytes = vec![0; blob.len().min(PREFIX_LEN)];
    blob.read_at_exact(&mut bytes, 0)?;
    Ok(bytes.into())
}

fn messages(connection: &Connection, mailbox: &[u8; 16]) -> Result<Vec<(u32, Bytes)>, StoreFault> {
    let mut select =
        connection.prepare_cached("SELECT place, bytes FROM messages WHERE mailbox = ?1 ORDER BY place")?;
    let mut rows = select.query(params![mailbox])?;
    let mut messages = Vec::new();
    while let Some(row) = rows.next()? {
        messages.push((row.get(0)?, blob(row, 1)?));
    }
    Ok(messages)
}

fn is_done(run: &Run) -> bool {
    run.from_seq > run.to_seq
}

fn blob(row: &Row<'_>, column: usize) -> Result<Bytes, StoreFault> {
    let value = row.get_ref(column)?.as_blob().map_err(|_| damaged())?;
    Ok(Bytes::copy_from_slice(value))
}

fn unsigned(row: &Row<'_>, column: usize) -> Result<u64, StoreFault> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| damaged())
}

fn damaged() -> StoreFault {
    StoreFault::Damaged("a row")
}
