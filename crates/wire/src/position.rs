//! Positions, vectors and roster heads, there and back.

use bytes::Bytes;
use haven_feed::limits::{BODIES_ASKED_MAX, FEEDS_EVER_MAX, HUSKS_TOLD_MAX};
use haven_feed::{FeedId, Position, RosterHead, Vector};

use crate::pb;
use crate::request::{Malformed, id};

/// Writes a feed's position.
pub fn position_to_pb(feed: FeedId, position: Position) -> pb::Position {
    pb::Position { feed: bytes(feed), seq: position.seq, id: bytes(position.id) }
}

/// Reads a feed's position.
///
/// # Errors
/// An id has another length, or the sequence number is 0.
pub fn position_from_pb(position: &pb::Position) -> Result<(FeedId, Position), Malformed> {
    if position.seq == 0 {
        return Err(Malformed("position.seq"));
    }
    let feed = id(&position.feed, "position.feed")?;
    Ok((feed, Position { seq: position.seq, id: id(&position.id, "position.id")? }))
}

/// Writes a vector, feeds in ascending order.
pub fn vector_to_pb(vector: &Vector) -> Vec<pb::Position> {
    vector.iter().map(|(feed, position)| position_to_pb(feed, position)).collect()
}

/// Reads a vector, in any order.
///
/// # Errors
/// A position is malformed, a feed occurs twice, or there are more feeds than a space may ever have.
pub fn vector_from_pb(positions: &[pb::Position]) -> Result<Vector, Malformed> {
    if positions.len() > FEEDS_EVER_MAX {
        return Err(Malformed("vector"));
    }
    let vector: Vector = positions.iter().map(position_from_pb).collect::<Result<_, _>>()?;
    if vector.len() == positions.len() { Ok(vector) } else { Err(Malformed("vector")) }
}

/// Writes the places of husks.
pub fn husks_to_pb(husks: &[(FeedId, u64)]) -> Vec<pb::Husk> {
    husks.iter().map(|(feed, seq)| pb::Husk { feed: bytes(feed), seq: *seq }).collect()
}

/// Reads the places of husks.
///
/// # Errors
/// An id has another length, a sequence number is 0, or there are more than a server tells.
pub fn husks_from_pb(husks: &[pb::Husk]) -> Result<Vec<(FeedId, u64)>, Malformed> {
    if husks.len() > HUSKS_TOLD_MAX || husks.iter().any(|husk| husk.seq == 0) {
        return Err(Malformed("husks"));
    }
    husks.iter().map(|husk| Ok((id(&husk.feed, "husk.feed")?, husk.seq))).collect()
}

/// Reads the sequence numbers of bodies that are asked for.
///
/// # Errors
/// There are none, too many, one is 0, or they do not ascend.
pub fn seqs_from_pb(seqs: Vec<u64>) -> Result<Vec<u64>, Malformed> {
    let ascend =
        seqs.first().is_some_and(|first| *first > 0) && seqs.windows(2).all(|pair| pair[0] < pair[1]);
    if ascend && seqs.len() <= BODIES_ASKED_MAX { Ok(seqs) } else { Err(Malformed("seqs")) }
}

/// Writes a roster's head.
pub fn head_to_pb(head: RosterHead) -> pb::RosterHead {
    pb::RosterHead { seq: head.seq, hash: bytes(head.hash) }
}

/// Reads a roster's head.
///
/// # Errors
/// It is absent, or its hash has another length.
pub fn head_from_pb(head: Option<&pb::RosterHead>) -> Result<RosterHead, Malformed> {
    let head = head.ok_or(Malformed("roster_head"))?;
    Ok(RosterHead { seq: head.seq, hash: id(&head.hash, "roster_head.hash")? })
}

fn bytes(id: impl AsRef<[u8]>) -> Bytes {
    Bytes::copy_from_slice(id.as_ref())
}

#[cfg(test)]
mod tests {
    use haven_feed::{LinkHash, RecordId};
    use proptest::prelude::*;

    use super::*;

    fn place(feed: u8, seq: u64) -> pb::Position {
        position_to_pb(FeedId::from_bytes([feed; 8]), Position { seq, id: RecordId::from_bytes([feed; 32]) })
    }

    #[test]
    fn a_vector_that_cannot_be_one_is_refused() {
        let short_feed = pb::Position { feed: Bytes::from_static(&[1; 7]), ..place(1, 1) };
        let long_id = pb::Position { id: Bytes::from_static(&[1; 33]), ..place(1, 1) };
        let too_many = (0..=FEEDS_EVER_MAX as u64)
            .map(|feed| pb::Position { feed: Bytes::copy_from_slice(&feed.to_be_bytes()), ..place(1, 1) });
        let cases = [
            (vec![short_feed], "position.feed"),
            (vec![long_id], "position.id"),
            (vec![place(1, 0)], "position.seq"),
            (vec![place(1, 1), place(1, 2)], "vector"),
            (too_many.collect(), "vector"),
        ];
        for (positions, field) in cases {
            assert_eq!(vector_from_pb(&positions), Err(Malformed(field)));
        }
    }

    #[test]
    fn a_head_needs_a_whole_hash() {
        let head = RosterHead { seq: 3, hash: LinkHash::from_bytes([7; 32]) };
        assert_eq!(head_from_pb(Some(&head_to_pb(head))), Ok(head));
        assert_eq!(head_from_pb(None), Err(Malformed("roster_head")));
        let cut = pb::RosterHead { seq: 3, hash: Bytes::from_static(&[7; 31]) };
        assert_eq!(head_from_pb(Some(&cut)), Err(Malformed("roster_head.hash")));
    }

    #[test]
    fn husks_come_back_as_they_went_and_never_too_many() {
        let husks: Vec<_> =
            (1..=HUSKS_TOLD_MAX as u64).map(|seq| (FeedId::from_bytes([3; 8]), seq)).collect();
        let sent = husks_to_pb(&husks);
        assert_eq!(husks_from_pb(&sent), Ok(husks));
        let one_more = [&sent[..], &sent[..1]].concat();
        assert_eq!(husks_from_pb(&one_more), Err(Malformed("husks")));
        let zero = pb::Husk { seq: 0, ..sent[0].clone() };
        assert_eq!(husks_from_pb(&[zero]), Err(Malformed("husks")));
        let short = pb::Husk { feed: Bytes::from_static(&[3; 7]), seq: 1 };
        assert_eq!(husks_from_pb(&[short]), Err(Malformed("husk.feed")));
    }

    #[test]
    fn bodies_are_asked_for_in_order_and_not_too_many() {
        let most: Vec<u64> = (1..=BODIES_ASKED_MAX as u64).collect();
        let more: Vec<u64> = (1..=BODIES_ASKED_MAX as u64 + 1).collect();
        for good in [&[1][..], &[1, 2, 9], &[u64::MAX], &most] {
            assert_eq!(seqs_from_pb(good.to_vec()), Ok(good.to_vec()));
        }
        for bad in [&[][..], &[0], &[0, 1], &[2, 1], &[1, 1], &more] {
            assert_eq!(seqs_from_pb(bad.to_vec()), Err(Malformed("seqs")));
        }
    }

    proptest! {
        #[test]
        fn a_vector_comes_back_as_it_went(feeds in proptest::collection::btree_map(any::<[u8; 8]>(), (1_u64.., any::<[u8; 32]>()), 0..20)) {
            let vector: Vector = feeds
                .into_iter()
                .map(|(feed, (seq, id))| (FeedId::from_bytes(feed), Position { seq, id: RecordId::from_bytes(id) }))
                .collect();
            let mut sent = vector_to_pb(&vector);
            sent.reverse();
            prop_assert_eq!(vector_from_pb(&sent), Ok(vector));
        }
    }
}
