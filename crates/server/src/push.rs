//! A push, from bytes to durable: parsed, judged by feed's rules beside the other requests, written by the one writer.

mod judge;

use std::sync::Arc;

use bytes::Bytes;
use haven_feed::exchange::server::{Admission, ServerSpace};
use haven_feed::limits::{PUSH_BATCH_BYTES, PUSH_BATCH_RECORDS};
use haven_feed::record::Record;
use haven_feed::{FeedId, Position, SpaceId};
use haven_wire::pb::ErrorReason;
use tokio::time::Instant;

use crate::inbox::Origin;
use crate::limits::PUSH_TRIES_MAX;
use crate::refusal::{Refused, at, later, limited, refuse};
use crate::server::{Member, Server};
use crate::space::Space;
use crate::writer::{Basis, Push, WriteFault};
use judge::judge;

/// Takes a push. Returns where each feed of it stands once all of it is durable.
pub(crate) async fn push(
    server: &Server,
    member: &Member,
    connection: u64,
    records: Vec<Bytes>,
) -> Result<Vec<(FeedId, Position)>, Refused> {
    let space = &member.space;
    check_size(server, space, &records)?;
    let records = parse(space.id(), records)?;
    let origin = Origin { connection, member: member.session.member };
    for _ in 0..PUSH_TRIES_MAX {
        // Counted before it is looked at what is held: a body that comes in between is seen as one that moved.
        let bodies = space.bodies();
        let held = space.held();
        let admission = judge(server, space, &held, &records).await?;
        let basis = Basis { bodies, ..basis_of(&held, &records) };
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

fn check_size(server: &Server, space: &Space, records: &[Bytes]) -> Result<(), Refused> {
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

fn quota(server: &Server) -> Refused {
    limited(ErrorReason::QuotaExceeded, server.limits.space_bytes_max)
}

fn parse(space: SpaceId, records: Vec<Bytes>) -> Result<Arc<[Record]>, Refused> {
    let parse = |(index, bytes)| {
        let record = Record::parse(bytes).map_err(|fault| at(index, refuse(fault)))?;
        let is_ours = record.header().space == space;
        if is_ours { Ok(record) } else { Err(at(index, ErrorReason::RecordMalformed)) }
    };
    records.into_iter().enumerate().map(parse).collect()
}

fn basis_of(held: &ServerSpace, records: &[Record]) -> Basis {
    let mut feeds: Vec<FeedId> = records.iter().map(|record| record.header().feed).collect();
    feeds.sort_unstable();
    feeds.dedup();
    let tips = feeds.into_iter().map(|feed| (feed, held.tips().get(&feed))).collect();
    Basis { roster: held.roster().head(), tips, bodies: 0 }
}

async fn write(
    server: &Server,
    space: &Arc<Space>,
    admission: Admission,
    basis: Basis,
    origin: Origin,
) -> Result<(), WriteFault> {
    if admission.new.is_empty() && admission.bodies.is_empty() {
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
