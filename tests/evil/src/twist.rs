//! What a script changes most: the records that one device is sent.

use bytes::Bytes;
use haven_engine::sync::{Incoming, Outgoing};
use haven_feed::record::{PREFIX_LEN, Record};
use haven_feed::{FeedId, Position, Vector};

use crate::server::{Heard, Script};

/// Changes every batch of records that a device is sent, in a stream or as bodies.
pub fn records_to(
    victim: FeedId,
    mut twist: impl FnMut(Vec<Bytes>) -> Vec<Bytes> + Send + 'static,
) -> Script {
    Script::says(move |to, said| match said {
        Incoming::Records { space, records } if to == victim => {
            let records = twist(records);
            if records.is_empty() { Vec::new() } else { vec![Incoming::Records { space, records }] }
        }
        said => vec![said],
    })
}

/// Shows a device nothing of a feed after a place: neither in what it is sent nor in what it is told to be there.
pub fn hidden_from(victim: FeedId, hides: FeedId, after: Option<Position>) -> Script {
    Script::says(move |to, said| if to == victim { hide(said, hides, after) } else { vec![said] })
}

/// The same of one message.
pub fn hide(said: Incoming, hides: FeedId, after: Option<Position>) -> Vec<Incoming> {
    let last = after.map_or(0, |at| at.seq);
    let shows = |feed: FeedId, seq: u64| feed != hides || seq <= last;
    vec![match said {
        Incoming::Hello { space, store_id, vector, roster_seq, roster_head, husks } => {
            let shown = |(feed, at): (FeedId, Position)| match shows(feed, at.seq) {
                true => Some((feed, at)),
                false => after.map(|after| (feed, after)),
            };
            let vector = vector.iter().filter_map(shown).collect();
            Incoming::Hello { space, store_id, vector, roster_seq, roster_head, husks }
        }
        Incoming::Records { space, records } => {
            let shown = |bytes: &Bytes| place(bytes).is_none_or(|(feed, seq)| shows(feed, seq));
            let records: Vec<Bytes> = records.into_iter().filter(shown).collect();
            if records.is_empty() {
                return Vec::new();
            }
            Incoming::Records { space, records }
        }
        said => said,
    }]
}

/// Answers that it has no bodies.
pub fn no_bodies(_: FeedId, message: Outgoing) -> Heard {
    match message {
        Outgoing::FetchBodies { space, feed, .. } => {
            Heard::Answered(vec![Incoming::Bodies { space, feed, records: Vec::new() }])
        }
        message => Heard::Passed(message),
    }
}

/// Changes what a device is told to be there.
pub fn vector_to(victim: FeedId, mut twist: impl FnMut(Vector) -> Vector + Send + 'static) -> Script {
    Script::says(move |to, said| match said {
        Incoming::Hello { space, store_id, vector, roster_seq, roster_head, husks } if to == victim => {
            let vector = twist(vector);
            vec![Incoming::Hello { space, store_id, vector, roster_seq, roster_head, husks }]
        }
        said => vec![said],
    })
}

/// A record without its body.
pub fn husk(bytes: &Bytes) -> Bytes {
    bytes.slice(..PREFIX_LEN)
}

/// Whose record it is, and which.
pub fn place(bytes: &Bytes) -> Option<(FeedId, u64)> {
    let record = Record::parse(bytes.clone()).ok()?;
    Some((record.header().feed, record.header().seq))
}

/// The position of a record.
pub fn position(bytes: &Bytes) -> Option<Position> {
    Record::parse(bytes.clone()).ok().map(|record| record.position())
}

/// Whether a record is of a feed.
pub fn is_of(bytes: &Bytes, feed: FeedId) -> bool {
    place(bytes).is_some_and(|(of, _)| of == feed)
}
