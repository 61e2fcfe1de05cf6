//! Records by the tablet, whose keys are in hostile hands, or by anybody else whose keys a case stole.

use haven_crypto::record::seal;
use haven_engine::actor::ActorNonce;
use haven_feed::chain::Tip;
use haven_feed::ids::{FeedId, Position, RecordId, RosterHead};
use haven_feed::record::{Header, RecordKind, VerifiedRecord};

use crate::cast::{Cast, Who};

/// The kind of an item that holds changes.
const CHANGES: u8 = 192;

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
    content_under(&[], seen, items)
}

/// The same, announcing names inside documents.
pub fn content_under(nonces: &[ActorNonce], seen: &[(FeedId, Position)], items: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut seen = seen.to_vec();
    seen.sort_unstable_by_key(|(feed, _)| *feed);
    let mut out = [&[1][..], &0_i64.to_be_bytes()].concat();
    out.push(u8::try_from(nonces.len()).unwrap());
    out.extend(nonces.concat());
    out.push(1);
    out.extend(u16::try_from(seen.len()).unwrap().to_be_bytes());
    for (feed, position) in seen {
        out.extend([&feed.as_bytes()[..], &position.seq.to_be_bytes(), position.id.as_bytes()].concat());
    }
    out.extend(u32::try_from(items.len()).unwrap().to_be_bytes());
    for (kind, body) in items {
        out.push(*kind);
        out.extend(counted(body));
    }
    out
}

/// Changes of one document, as an item of a record.
pub fn changes(document: [u8; 16], changes: &[Vec<u8>]) -> (u8, Vec<u8>) {
    let count = u32::try_from(changes.len()).unwrap().to_be_bytes();
    let all: Vec<u8> = changes.iter().flat_map(|change| counted(change)).collect();
    (CHANGES, [&document[..], &count, &all].concat())
}

/// The documents in the inside of a record, each with its changes.
pub fn documents(plain: &[u8]) -> Vec<([u8; 16], Vec<Vec<u8>>)> {
    let mut rest = &plain[9..];
    let nonces = usize::from(take(&mut rest, 1)[0]);
    take(&mut rest, 8 * nonces + 1);
    let seen = usize::from(u16::from_be_bytes(take(&mut rest, 2).try_into().unwrap()));
    take(&mut rest, 48 * seen);
    let mut documents = Vec::new();
    for _ in 0..number(&mut rest) {
        let kind = take(&mut rest, 1)[0];
        let length = number(&mut rest);
        let mut body = take(&mut rest, length);
        if kind == CHANGES {
            let document = take(&mut body, 16).try_into().unwrap();
            let changes = (0..number(&mut body)).map(|_| {
                let length = number(&mut body);
                take(&mut body, length).to_vec()
            });
            documents.push((document, changes.collect()));
        }
    }
    documents
}

fn counted(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (taken, left) = rest.split_at(count);
    *rest = left;
    taken
}

fn number(rest: &mut &[u8]) -> usize {
    u32::from_be_bytes(take(rest, 4).try_into().unwrap()) as usize
}
