//! A push, from bytes to durable: parsed, judged by feed's rules beside the other requests, written by the one writer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use haven_feed::exchange::Run;
use haven_feed::exchange::server::{Admission, ServerSpace};
use haven_feed::limits::{PUSH_BATCH_BYTES, PUSH_BATCH_RECORDS};
use haven_feed::record::Record;
use haven_feed::{FeedId, Position, RecordId, SpaceId};
use haven_wire::error::Refusal;
use haven_wire::pb::ErrorReason;
use tokio::time::Instant;

use crate::inbox::Origin;
use crate::limits::{PUSH_TRIES_MAX, VERIFY_INLINE_MAX};
use crate::refusal::{at, later, limited, refuse, refuse_push};
use crate::server::{Member, Server};
use crate::space::Space;
use crate::store::{Reader, StoreFault};
use crate::writer::{Basis, Push, WriteFault};

/// The ids of records that are held and pushed again.
type Known = BTreeMap<(FeedId, u64), RecordId>;

/// Takes a push. Returns where each feed of it stands once all of it is durable.
pub(crate) async fn push(
    server: &Server,
    member: &Member,
    connection: u64,
    records: Vec<Bytes>,
) -> Result<Vec<(FeedId, Position)>, Refusal> {
    let space = &member.space;
    check_size(server, space, &records)?;
    let records = parse(space.id(), records)?;
    let origin = Origin { connection, feed: member.feed };
    for _ in 0..PUSH_TRIES_MAX {
        let held = space.held();
        let admission = judge(server, space, &held, &records).await?;
        let basis = basis_of(&held, &records);
        drop(held);
        match write(server, space, admission, basis, origin).await {
            Ok(()) => return Ok(vector_of(space, &records)),
            Err(WriteFault::Moved) => {}
            Err(WriteFault::Quota) => return Err(quota(server)),
            Err(fault) => return Err(refuse(fault)),
        }
    }
    Err(refuse(WriteFault::Moved))
}

fn check_size(server: &Server, space: &Space, records: &[Bytes]) -> Result<(), Refusal> {
    let bytes: usize = records.iter().map(Bytes::len).sum();
    if records.is_empty() {
        return Err(ErrorReason::RequestMalformed.into());
    }
    if bytes > PUSH_BATCH_BYTES || records.len() > PUSH_BATCH_RECORDS {
        return Err(limited(ErrorReason::RecordTooLarge, PUSH_BATCH_BYTES as u64));
    }
    space.take_rate(records.len() as u64, bytes as u64, Instant::now()).map_err(later)?;
    // The writer looks again; this spares the work for a space that is full.
    if space.bytes() >= server.limits.space_bytes_max { Err(quota(server)) } else { Ok(()) }
}

fn quota(server: &Server) -> Refusal {
    limited(ErrorReason::QuotaExceeded, server.limits.space_bytes_max)
}

fn parse(space: SpaceId, records: Vec<Bytes>) -> Result<Arc<[Record]>, Refusal> {
    let parse = |(index, bytes)| {
        let record = Record::parse(bytes).map_err(|fault| at(index, refuse(fault)))?;
        let is_ours = record.header().space == space;
        if is_ours { Ok(record) } else { Err(at(index, ErrorReason::RecordMalformed.into())) }
    };
    records.into_iter().enumerate().map(parse).collect()
}

/// Judges a push against a state. Signatures take about 55 µs each: many of them are verified where blocking does no harm.
async fn judge(
    server: &Server,
    space: &Space,
    held: &Arc<ServerSpace>,
    records: &Arc<[Record]>,
) -> Result<Admission, Refusal> {
    let known = known(server, space, held, records).await.map_err(refuse)?;
    if records.len() <= VERIFY_INLINE_MAX {
        return admit(held, records, &known);
    }
    let turn = server.verifying.clone().acquire_owned().await.expect("the turns are never closed");
    let (held, records) = (held.clone(), records.clone());
    let judging = tokio::task::spawn_blocking(move || {
        let admission = admit(&held, &records, &known);
        drop(turn);
        admission
    });
    judging.await.unwrap_or_else(|_| Err(ErrorReason::Internal.into()))
}

fn admit(held: &ServerSpace, records: &[Record], known: &Known) -> Result<Admission, Refusal> {
    let history = |feed: &FeedId, seq| known.get(&(*feed, seq)).copied();
    held.admit(records, &history).map_err(|fault| refuse_push(held, fault))
}

/// Reads the ids of those records that are held already. A push that is no repetition reads nothing.
async fn known(
    server: &Server,
    space: &Space,
    held: &ServerSpace,
    records: &[Record],
) -> Result<Known, StoreFault> {
    let runs = repeated(held, records);
    if runs.is_empty() {
        return Ok(Known::new());
    }
    let space = space.id();
    server.readers.read(move |reader| ids_of(reader, &space, &runs)).await
}

/// The runs that the records of a push make whose numbers are taken; the tips' own ids are known without reading.
fn repeated(held: &ServerSpace, records: &[Record]) -> Vec<Run> {
    let places = records.iter().map(|record| (record.header().feed, record.header().seq));
    let taken: BTreeSet<(FeedId, u64)> = places.filter(|(feed, seq)| *seq < held.tips().seq(feed)).collect();
    let mut runs: Vec<Run> = Vec::new();
    for (feed, seq) in taken {
        match runs.last_mut() {
            Some(run) if run.feed == feed && run.to_seq + 1 == seq => run.to_seq = seq,
            _ => runs.push(Run { feed, from_seq: seq, to_seq: seq }),
        }
    }
    runs
}

fn ids_of(reader: &mut dyn Reader, space: &SpaceId, runs: &[Run]) -> Result<Known, StoreFault> {
    let mut known = Known::new();
    for run in runs {
        for husk in reader.husks(space, *run)? {
            let record = Record::parse(husk.bytes).map_err(|_| StoreFault::Damaged("a record"))?;
            known.insert((husk.feed, husk.seq), record.id());
        }
    }
    Ok(known)
}

fn basis_of(held: &ServerSpace, records: &[Record]) -> Basis {
    let mut feeds: Vec<FeedId> = records.iter().map(|record| record.header().feed).collect();
    feeds.sort_unstable();
    feeds.dedup();
    let tips = feeds.into_iter().map(|feed| (feed, held.tips().get(&feed))).collect();
    Basis { roster: held.roster().head(), tips }
}

async fn write(
    server: &Server,
    space: &Arc<Space>,
    admission: Admission,
    basis: Basis,
    origin: Origin,
) -> Result<(), WriteFault> {
    if admission.new.is_empty() {
        return Ok(());
    }
    let space_bytes_max = server.limits.space_bytes_max;
    server.writer.push(Push { space: space.clone(), admission, basis, origin, space_bytes_max }).await
}

fn vector_of(space: &Space, records: &[Record]) -> Vec<(FeedId, Position)> {
    let held = space.held();
    let basis = basis_of(&held, records);
    basis.tips.into_iter().filter_map(|(feed, tip)| Some((feed, tip?.position))).collect()
}
