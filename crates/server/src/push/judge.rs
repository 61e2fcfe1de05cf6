//! Judging a push: feed's rules, and as many cores as there are for the signatures.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use haven_feed::chain::{Tip, tip_of_unverified, verify_run};
use haven_feed::exchange::server::{Admission, ServerSpace};
use haven_feed::exchange::{HeldRecord, Run};
use haven_feed::record::{Record, VerifiedRecord};
use haven_feed::{FeedId, SpaceId};
use haven_wire::pb::ErrorReason;

use crate::limits::{VERIFY_INLINE_MAX, VERIFY_PIECE};
use crate::refusal::{Refused, refuse, refuse_push};
use crate::server::Server;
use crate::space::Space;
use crate::store::{Beginning, Reader, StoreFault};

/// The records that are held and pushed again.
type Known = BTreeMap<(FeedId, u64), HeldRecord>;

/// A stretch of one feed in a push, and where its feed stands before it if all before it holds.
#[derive(Clone, Debug)]
struct Piece {
    from: Option<Tip>,
    records: Range<usize>,
}

/// Judges a push against a state. A signature takes about 55 µs: many are verified in pieces where blocking does no harm.
pub(super) async fn judge(
    server: &Server,
    space: &Space,
    held: &Arc<ServerSpace>,
    records: &Arc<[Record]>,
) -> Result<Admission, Refused> {
    if records.len() > VERIFY_INLINE_MAX
        && let Some(admission) = judge_in_pieces(server, held, records).await
    {
        return Ok(admission);
    }
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

fn admit(held: &ServerSpace, records: &[Record], known: &Known) -> Result<Admission, Refused> {
    let history = |feed: &FeedId, seq| known.get(&(*feed, seq)).copied();
    held.admit(records, &history).map_err(|fault| refuse_push(held, fault))
}

/// Judges a push that holds nothing but new records, on all cores. `None` if it is not such a push: then one look at all of
/// it in order has to say what it is.
async fn judge_in_pieces(
    server: &Server,
    held: &Arc<ServerSpace>,
    records: &Arc<[Record]>,
) -> Option<Admission> {
    let pieces = pieces(held, records);
    let per_core = pieces.len().div_ceil(server.cores);
    let mut shares = Vec::with_capacity(server.cores);
    for share in pieces.chunks(per_core) {
        let turn = server.verifying.clone().acquire_owned().await.expect("the turns are never closed");
        let (share, held, records) = (share.to_vec(), held.clone(), records.clone());
        shares.push(tokio::task::spawn_blocking(move || {
            let verified = verify_share(&held, &records, &share);
            drop(turn);
            verified
        }));
    }
    let mut new = Vec::with_capacity(records.len());
    for share in shares {
        new.extend(share.await.ok()??);
    }
    Some(Admission { new, bodies: Vec::new(), duplicates: 0 })
}

/// Cuts a push where the feed changes, and long stretches of one feed too. A record's id needs no verification, so each
/// piece knows what it has to follow; the push holds if all pieces do.
fn pieces(held: &ServerSpace, records: &[Record]) -> Vec<Piece> {
    let mut tips: BTreeMap<FeedId, Option<Tip>> = BTreeMap::new();
    let (mut pieces, mut at) = (Vec::new(), 0);
    for stretch in records.chunk_by(|one, next| one.header().feed == next.header().feed) {
        for piece in stretch.chunks(VERIFY_PIECE) {
            let feed = piece[0].header().feed;
            let tip = tips.entry(feed).or_insert_with(|| held.tips().get(&feed));
            pieces.push(Piece { from: *tip, records: at..at + piece.len() });
            *tip = piece.last().map(tip_of_unverified);
            at += piece.len();
        }
    }
    pieces
}

fn verify_share(held: &ServerSpace, records: &[Record], share: &[Piece]) -> Option<Vec<VerifiedRecord>> {
    let mut verified = Vec::new();
    for piece in share {
        verified.extend(verify_run(held.roster(), piece.from, &records[piece.records.clone()]).ok()?);
    }
    Some(verified)
}

/// Reads the beginnings of those records that are held already. A push that is no repetition reads nothing.
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
    server.readers.read(move |reader| known_of(reader, &space, &runs)).await
}

/// The runs that the records of a push make whose numbers are taken.
fn repeated(held: &ServerSpace, records: &[Record]) -> Vec<Run> {
    let places = records.iter().map(|record| (record.header().feed, record.header().seq));
    let taken: BTreeSet<(FeedId, u64)> = places.filter(|(feed, seq)| *seq <= held.tips().seq(feed)).collect();
    let mut runs: Vec<Run> = Vec::new();
    for (feed, seq) in taken {
        match runs.last_mut() {
            Some(run) if run.feed == feed && run.to_seq + 1 == seq => run.to_seq = seq,
            _ => runs.push(Run { feed, from_seq: seq, to_seq: seq }),
        }
    }
    runs
}

fn known_of(reader: &mut dyn Reader, space: &SpaceId, runs: &[Run]) -> Result<Known, StoreFault> {
    let mut known = Known::new();
    for run in runs {
        for Beginning { feed, seq, bytes, is_husk } in reader.beginnings(space, *run)? {
            let record = Record::parse(bytes).map_err(|_| StoreFault::Damaged("a record"))?;
            known.insert((feed, seq), HeldRecord { id: record.id(), is_husk });
        }
    }
    Ok(known)
}
