//! Records by the tablet, whose keys are in hostile hands, or by anybody else whose keys a case stole.

use haven_crypto::record::seal;
use haven_feed::chain::Tip;
use haven_feed::ids::{FeedId, Position, RecordId, RosterHead};
use haven_feed::record::{Header, RecordKind, VerifiedRecord};

use crate::cast::{Cast, Who};

impl Cast {
    /// A record by a device that knew the roster up to `at`.
    pub fn record_at(
        &mut self,
        who: Who,
        after: Option<&VerifiedRecord>,
        at: u64,
        kind: RecordKind,
        content: &[u8],
    ) -> VerifiedRecord {
        let epoch = self.roster.epoch_at(at).unwrap();
        let tip = after.map(Tip::of);
        let header = Header {
            kind,
            space: self.roster.space(),
            feed: self.feed(who),
            seq: tip.map_or(1, |tip| tip.position.seq + 1),
            epoch,
            roster: RosterHead { seq: at, hash: self.roster.hash_at(at).unwrap() },
            prev: tip.map_or(RecordId::ZERO, |tip| tip.position.id),
        };
        let entropy = self.chance.bytes();
        let keys = self.roots[usize::try_from(epoch).unwrap()].keys();
        seal(&keys, self.secrets(who).signer(), &header, content, entropy).unwrap()
    }

    /// A data record by the tablet, which knows the whole roster.
    pub fn by_tablet(&mut self, after: Option<&VerifiedRecord>, content: &[u8]) -> VerifiedRecord {
        let head = self.roster.head().seq;
        self.record_at(Who::Tablet, after, head, RecordKind::Data, content)
    }
}

/// The inside of a record, laid out by hand: what its author has seen, and items of any kind.
pub fn content(seen: &[(FeedId, Position)], items: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut seen = seen.to_vec();
    seen.sort_unstable_by_key(|(feed, _)| *feed);
    let mut out = [&[1][..], &0_i64.to_be_bytes(), &[0, 1]].concat();
    out.extend(u16::try_from(seen.len()).unwrap().to_be_bytes());
    for (feed, position) in seen {
        out.extend([&feed.as_bytes()[..], &position.seq.to_be_bytes(), position.id.as_bytes()].concat());
    }
    out.extend(u32::try_from(items.len()).unwrap().to_be_bytes());
    for (kind, body) in items {
        out.push(*kind);
        out.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        out.extend(body);
    }
    out
}
