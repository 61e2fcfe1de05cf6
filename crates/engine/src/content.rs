//! What is inside a record: who wrote, what they had seen, and the changes.
//!
//! ```text
//! content = version 1 | time 8 | actors 1 | actor 8 …
//!         | seen: full 1 | count 2 | (feed 8 | seq 8 | id 32) …      what changed in the author's vector since this
//!                                                                  feed's previous record, or all of it
//!         | items 4 | item …
//! item    = kind 1 | length 4 | …                                  unknown kinds are kept and skipped
//! changes = kind 1: document 16 | count 4 | (length 4 | automerge change, uncompressed) …
//! ```
//! A heartbeat is a content with a full vector and no items.

use std::collections::BTreeSet;

use haven_feed::ids::{FeedId, Position, RecordId, Vector};

use crate::codec::{Malformed, Scanner, Writer};
use crate::document::Actor;
use crate::limits;

const VERSION: u8 = 1;
const ITEM_CHANGES: u8 = 1;

/// Names a document: an entry or a person.
pub(crate) type DocumentId = [u8; 16];

/// The changes of one document in one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Changes<'a> {
    pub(crate) document: DocumentId,
    pub(crate) changes: Vec<&'a [u8]>,
}

/// The inside of a record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Content<'a> {
    /// By the author's clock, milliseconds; shown as "last seen", never used for order.
    pub(crate) time_ms: i64,
    /// The actors that the changes are by; bound to the feed from now on.
    pub(crate) actors: BTreeSet<Actor>,
    /// Whether `seen` is the author's whole vector.
    pub(crate) full: bool,
    /// What the author had accepted.
    pub(crate) seen: Vector,
    pub(crate) items: Vec<Changes<'a>>,
    /// Whether there were items of kinds this version does not know.
    pub(crate) unknown: bool,
}

/// Encodes a content. `items` are already bounded by the limits.
pub(crate) fn encode(content: &Content<'_>) -> Vec<u8> {
    let mut w = Writer::default();
    w.u8(VERSION);
    w.i64(content.time_ms);
    w.u8(u8::try_from(content.actors.len()).expect("a step uses a handful of actors"));
    content.actors.iter().for_each(|actor| w.raw(actor));
    w.u8(u8::from(content.full));
    w.u16(u16::try_from(content.seen.len()).expect("a roster holds at most 64 feeds"));
    for (feed, position) in content.seen.iter() {
        w.raw(feed.as_bytes());
        w.u64(position.seq);
        w.raw(position.id.as_bytes());
    }
    w.count(content.items.len());
    for item in &content.items {
        w.u8(ITEM_CHANGES);
        let mut body = Writer::default();
        body.raw(&item.document);
        body.count(item.changes.len());
        item.changes.iter().for_each(|change| body.bytes(change));
        w.bytes(&body.0);
    }
    w.0
}

/// Decodes a content under the limits.
///
/// # Errors
/// It is malformed or too large.
pub(crate) fn decode(bytes: &[u8]) -> Result<Content<'_>, Malformed> {
    let mut s = Scanner(bytes);
    if s.u8()? != VERSION {
        return Err(Malformed);
    }
    let time_ms = s.i64()?;
    let actors = (0..s.u8()?).map(|_| s.array()).collect::<Result<_, _>>()?;
    let full = match s.u8()? {
        0 => false,
        1 => true,
        _ => return Err(Malformed),
    };
    let seen = vector(&mut s)?;
    let count = s.count()?;
    let mut content = Content { time_ms, actors, full, seen, items: Vec::new(), unknown: false };
    for _ in 0..count {
        let kind = s.u8()?;
        let body = s.bytes()?;
        if kind == ITEM_CHANGES {
            content.items.push(changes(body)?);
        } else {
            content.unknown = true;
        }
    }
    s.end()?;
    if content.items.len() > limits::RECORD_DOCUMENTS_MAX { Err(Malformed) } else { Ok(content) }
}

fn vector(s: &mut Scanner<'_>) -> Result<Vector, Malformed> {
    let mut seen = Vector::default();
    let mut last = None;
    for _ in 0..s.u16()? {
        let feed = FeedId::from_bytes(s.array()?);
        let position = Position { seq: s.u64()?, id: RecordId::from_bytes(s.array()?) };
        if last.is_some_and(|last| last >= feed) || position.seq == 0 {
            return Err(Malformed);
        }
        last = Some(feed);
        seen.advance(feed, position);
    }
    Ok(seen)
}

fn changes(body: &[u8]) -> Result<Changes<'_>, Malformed> {
    let mut s = Scanner(body);
    let document = s.array()?;
    let changes = s.list(Scanner::bytes)?;
    s.end()?;
    if changes.is_empty() || changes.len() > limits::RECORD_CHANGES_MAX {
        return Err(Malformed);
    }
    Ok(Changes { document, changes })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> Content<'static> {
        let mut seen = Vector::default();
        seen.advance(FeedId::from_bytes([3; 8]), Position { seq: 7, id: RecordId::from_bytes([9; 32]) });
        Content {
            time_ms: -5,
            actors: BTreeSet::from([[1; 8], [2; 8]]),
            full: true,
            seen,
            items: vec![Changes { document: [4; 16], changes: vec![b"one", b"two"] }],
            unknown: false,
        }
    }

    #[test]
    fn a_content_reads_back_as_written() {
        assert_eq!(decode(&encode(&sample())), Ok(sample()));
    }

    #[test]
    fn a_cut_content_is_refused_at_every_byte() {
        let bytes = encode(&sample());
        for end in 0..bytes.len() {
            assert_eq!(decode(&bytes[..end]), Err(Malformed), "{end}");
        }
    }

    #[test]
    fn an_item_of_a_later_version_is_skipped_and_noted() {
        let mut bytes = encode(&Content { items: vec![], ..sample() });
        let end = bytes.len();
        bytes[end - 4..].copy_from_slice(&1_u32.to_be_bytes());
        bytes.extend([200, 0, 0, 0, 2, 5, 6]);
        let content = decode(&bytes).unwrap();
        assert!(content.unknown && content.items.is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
