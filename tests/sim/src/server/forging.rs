//! What a server makes up that has nobody's keys but its own: records and links with altered bytes, real ones in another place,
//! and whole ones, as they should be but for the signature.

use std::collections::BTreeMap;

use bytes::Bytes;
use haven_crypto::epoch::EpochRoot;
use haven_feed::digest::{digest, label};
use haven_feed::ids::{FeedId, LinkHash, RecordId, RosterHead, SpaceId};
use haven_feed::keys::Signature;
use haven_feed::limits::BODY_BYTES_MIN;
use haven_feed::record::{HEADER_LEN, Header, PREFIX_LEN, finish};
use haven_feed::roster::{Author, link};

use super::{SimServer, Space, held_at};
use crate::chance::Chance;
use crate::door::removing;

/// Where the number, the link before and the author stand in a link.
const PLACE_AT: [usize; 4] = [34, 42, 74, 82];

/// What says of which version a record or a link is, and of which kind.
const VERSION_LEN: usize = 4;

impl SimServer {
    /// A record that nobody wrote, or that somebody wrote elsewhere; none while it holds none to make it of.
    pub fn false_record(&self, chance: &mut Chance) -> Option<Bytes> {
        let space = self.space.as_ref()?;
        let (real, other) = (chance.pick(&space.arrived)?, chance.pick(&space.arrived)?);
        let bytes = real.bytes();
        let made: Vec<u8> = match chance.below(8) {
            0 | 1 => flipped(bytes, chance),
            2 => cut_or_longer(bytes, chance),
            3 => [&bytes[..PREFIX_LEN], &other.bytes()[PREFIX_LEN..]].concat(),
            4 => [&elsewhere(space, real.header(), chance).encode()[..], &bytes[HEADER_LEN..]].concat(),
            5 => self.signed(&elsewhere(space, real.header(), chance), &bytes[PREFIX_LEN..], chance)?,
            6 => self.signed(real.header(), &chance.bytes::<BODY_BYTES_MIN>(), chance)?,
            _ => bytes.to_vec(),
        };
        Some(made.into())
    }

    /// A whole record, signed by the server itself.
    fn signed(&self, header: &Header, body: &[u8], chance: &mut Chance) -> Option<Vec<u8>> {
        let made = finish(header, &chance.bytes(), &chance.bytes(), body, &self.identity).ok()?;
        Some(made.bytes().to_vec())
    }

    /// A link that no member made, or that one made for another place.
    pub fn false_link(&self, chance: &mut Chance) -> Option<Vec<u8>> {
        let space = self.space.as_ref()?;
        let real = chance.pick(&space.links)?;
        Some(match chance.below(7) {
            0 | 1 => flipped(real, chance),
            2 => cut_or_longer(real, chance),
            3 => placed_elsewhere(space, real, chance),
            4 => self.signed_link(placed_elsewhere(space, real, chance)),
            5 => self.own_removal(space, chance)?,
            _ => real.to_vec(),
        })
    }

    /// The same link with the server's own signature.
    fn signed_link(&self, mut link: Vec<u8>) -> Vec<u8> {
        link.truncate(link.len() - Signature::LEN);
        let hash = digest(label::LINK, &[&link]);
        let signature = self.identity.sign(&digest(label::AUTHOR, &[hash.as_bytes()]));
        link.extend_from_slice(signature.as_bytes());
        link
    }

    /// A link in a member's name by which another member is out, with an epoch of which the server has the root. But for the
    /// signature it would hold.
    fn own_removal(&self, space: &Space, chance: &mut Chance) -> Option<Vec<u8>> {
        let roster = space.state.roster();
        let members: Vec<FeedId> = roster.current_feeds().map(|(feed, _)| feed).collect();
        let (author, who) = (*chance.pick(&members)?, *chance.pick(&members)?);
        let root = EpochRoot::from_entropy(chance.bytes());
        let removed = BTreeMap::from([(who, space.state.vector().get(&who))]);
        let leads_nowhere = chance.bytes::<80>().to_vec();
        let change = removing(roster, author, removed, (&root, leads_nowhere), chance)?;
        let author = Author { id: author.into(), signer: &self.identity };
        link::unchecked(roster, author, change).ok().map(|link| link.bytes().to_vec())
    }
}

/// The same with one bit that is another.
pub fn flipped(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut flipped = bytes.to_vec();
    // What stands in front says more than all the rest of it, and most of all that it is of another version.
    let among = [bytes.len(), PREFIX_LEN, VERSION_LEN][chance.below(3)].min(bytes.len());
    flipped[chance.below(among)] ^= 1 << chance.below(8);
    flipped
}

fn cut_or_longer(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    if chance.once_in(2) {
        return bytes[..chance.below(bytes.len())].to_vec();
    }
    [bytes, &chance.bytes::<16>()[..]].concat()
}

/// A header for another place, which fits there as well as the server can make it fit, or claims what is nowhere.
fn elsewhere(space: &Space, header: &Header, chance: &mut Chance) -> Header {
    let roster = space.state.roster();
    let known: Vec<FeedId> = roster.feeds().map(|(feed, _)| feed).collect();
    let stranger = FeedId::from_bytes(chance.bytes());
    let feed = *chance.pick(&known).filter(|_| !chance.once_in(5)).unwrap_or(&stranger);
    let last = space.state.vector().seq(&feed);
    let seq = [1, last.max(1), last + 1, last + 2, u64::MAX][chance.below(5)];
    let before = seq.checked_sub(1).filter(|before| *before > 0);
    let held = before.and_then(|before| held_at(&space.arrived, &feed, before)).map(|held| held.id);
    let made_up = RecordId::from_bytes(chance.bytes());
    let prev = before.map_or(RecordId::ZERO, |_| held.unwrap_or(made_up));
    let head = roster.head();
    let link = LinkHash::from_bytes(chance.bytes());
    let named = match chance.below(4) {
        0 => RosterHead { seq: head.seq + 1, hash: link },
        1 => RosterHead { seq: head.seq, hash: link },
        _ => head,
    };
    let epoch = roster.epoch_at(named.seq).unwrap_or(header.epoch);
    let space = if chance.once_in(8) { SpaceId::from_bytes(chance.bytes()) } else { header.space };
    Header { space, feed, seq, epoch, roster: named, prev, kind: header.kind }
}

/// A link that claims to stand next, or where another one stands, by a member or a stranger.
fn placed_elsewhere(space: &Space, link: &Bytes, chance: &mut Chance) -> Vec<u8> {
    let roster = space.state.roster();
    let members: Vec<FeedId> = roster.feeds().map(|(feed, _)| feed).collect();
    let stranger = FeedId::from_bytes(chance.bytes());
    let author = *chance.pick(&members).filter(|_| !chance.once_in(5)).unwrap_or(&stranger);
    let next = roster.head().seq + 1;
    let seq = if chance.once_in(2) { next } else { chance.below(space.links.len()) as u64 + 1 };
    let prev = roster.hash_at(seq - 1).unwrap_or(roster.head().hash);
    let mut placed = link.to_vec();
    let [number, before, by, end] = PLACE_AT;
    placed[number..before].copy_from_slice(&seq.to_be_bytes());
    placed[before..by].copy_from_slice(prev.as_bytes());
    placed[by..end].copy_from_slice(author.as_bytes());
    placed
}
