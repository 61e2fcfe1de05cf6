//! A vault whose devices have all been replaced once, and links that nothing which ships can make.

use std::collections::BTreeMap;

use haven_feed::digest::{digest, label};
use haven_feed::keys::Signature;
use haven_feed::roster::body::{AddFeed, Body, Change, Founding, Replaced, SpaceKind};
use haven_feed::roster::consent::{self, Role, Terms};
use haven_feed::roster::epoch::{EpochBlock, Wraps};
use haven_feed::roster::link::{genesis, next};
use haven_feed::roster::{Author, Link, Roster, Wrap};
use haven_feed::{EpochId, LinkHash, MemberId, RosterHead, SpaceId};
use haven_vectors::hex;
use serde_json::{Value, json};

use crate::people::Keyed;

/// A roster in the making.
pub(crate) struct World {
    pub(crate) roster: Roster,
    pub(crate) links: Vec<Link>,
}

/// The people of the world: the numbers of their keys in feed-keys.json.
pub(crate) const PHONE: u8 = 1;
pub(crate) const LAPTOP: u8 = 2;
pub(crate) const PAPER: u8 = 3;
pub(crate) const TABLET: u8 = 4;
pub(crate) const NEW_PAPER: u8 = 5;
pub(crate) const DESK: u8 = 6;

fn wrap(number: u8) -> Wrap {
    // The last byte of an encapsulation has its top bit clear.
    Wrap::from_sealed([number & 0x7f; Wrap::SEALED])
}

fn wraps(recipients: impl IntoIterator<Item = MemberId>) -> Wraps {
    recipients.into_iter().map(|id| (id, wrap(id.as_bytes()[0]))).collect()
}

pub(crate) fn epoch_id(epoch: u32) -> EpochId {
    EpochId::from_bytes([0xe0 | epoch as u8; 32])
}

impl World {
    /// The phone founds a vault and adds the laptop; the laptop adds the tablet, and then removes the phone and replaces the
    /// paper; the tablet adds the desk.
    pub(crate) fn new() -> Self {
        let [phone, laptop, paper, tablet, new_paper, desk] =
            [PHONE, LAPTOP, PAPER, TABLET, NEW_PAPER, DESK].map(Keyed::new);
        let founding = Founding {
            kind: SpaceKind::Vault,
            seed: [0x5e; 32],
            feed: phone.keys.clone(),
            sealed_name: vec![0xa1; 40],
            standing: paper.keys.clone(),
            epoch_id: epoch_id(0),
            wraps: wraps([phone.keys.id().into(), paper.keys.paper_id().into()]),
        };
        let link = genesis(founding.agreed(&phone.signer, &paper.signer), &phone.signer).unwrap();
        let mut world = Self { roster: Roster::genesis(link.bytes().clone()).unwrap(), links: vec![link] };
        world.add(&phone, &laptop);
        world.add(&laptop, &tablet);
        let consent = world.consent(Role::Paper, &new_paper);
        let epoch =
            EpochBlock { epoch: 1, id: epoch_id(1), sealed_previous: vec![0xb1; 65], wraps: Wraps::new() };
        let mut change = Change {
            removed: BTreeMap::from([(phone.keys.id(), None)]),
            party: None,
            replaced: Some(Replaced { keys: new_paper.keys, consent }),
            epoch,
        };
        let recipients = world.roster.recipients(&laptop.keys.id().into(), &change).unwrap();
        change.epoch.wraps = wraps(recipients.into_keys());
        world.append(laptop.as_feed(), change);
        world.add(&tablet, &desk);
        world
    }

    fn append(&mut self, author: Author<'_>, body: impl Into<Body>) {
        let link = next(&self.roster, author, body).unwrap();
        self.roster.append(&link).unwrap();
        self.links.push(link);
    }

    fn add(&mut self, author: &Keyed, new: &Keyed) {
        let body = AddFeed {
            keys: new.keys.clone(),
            sealed_name: vec![0xa2; 40],
            party: None,
            wrap: wrap(2),
            consent: self.consent(Role::Feed, new),
        };
        self.append(author.as_feed(), body);
    }

    fn consent(&self, role: Role, new: &Keyed) -> Signature {
        let terms = Terms::at(role, self.roster.space(), self.roster.head().hash, None);
        consent::sign(&terms, &new.keys, &new.signer)
    }

    /// The link after the head with a body of a kind that version 1 does not know. Gives its bytes and its hash.
    pub(crate) fn link(&self, author: &Keyed, kind: u8, body: &[u8]) -> (Vec<u8>, LinkHash) {
        let head = self.roster.head();
        let place = RosterHead { seq: head.seq + 1, hash: head.hash };
        let mut link = unsigned(self.roster.space(), place, author.keys.id().into(), kind, body);
        let hash = link_hash(&link);
        link.extend(author.signer.sign(&digest(label::AUTHOR, &[hash.as_ref()])).as_bytes());
        (link, hash)
    }

    pub(crate) fn links_json(&self) -> Value {
        let link = |link: &Link| json!({"bytes": hex(link.bytes()), "hash": link.hash().to_string()});
        self.links.iter().map(link).collect()
    }
}

/// Everything of a link before its signature. `place` is its seq, and the hash of the link before.
pub(crate) fn unsigned(
    space: SpaceId,
    place: RosterHead,
    author: MemberId,
    kind: u8,
    body: &[u8],
) -> Vec<u8> {
    let mut link = vec![1, kind];
    link.extend(space.as_bytes());
    link.extend(place.seq.to_be_bytes());
    link.extend(place.hash.as_bytes());
    link.extend(author.as_bytes());
    link.extend((body.len() as u32).to_be_bytes());
    link.extend(body);
    link
}

pub(crate) fn link_hash(unsigned: &[u8]) -> LinkHash {
    digest(label::LINK, &[unsigned]).into()
}

/// An epoch block that follows `epoch`, wrapped to these members, as the shipped code writes it.
pub(crate) fn epoch_block(epoch: u32, recipients: impl IntoIterator<Item = MemberId>) -> Vec<u8> {
    let mut block = epoch.to_be_bytes().to_vec();
    block.extend(epoch_id(epoch).as_bytes());
    sized(&mut block, &[0xb1; 65]);
    let wraps = wraps(recipients);
    block.extend((wraps.len() as u16).to_be_bytes());
    for (recipient, wrap) in wraps {
        block.extend(recipient.as_bytes());
        write_wrap(&mut block, &wrap);
    }
    block
}

/// A wrap of filling, as it stands in a link.
pub(crate) fn filled_wrap() -> Vec<u8> {
    let mut out = Vec::new();
    write_wrap(&mut out, &wrap(2));
    out
}

fn write_wrap(out: &mut Vec<u8>, wrap: &Wrap) {
    out.push(1);
    sized(out, wrap.sealed());
}

/// Writes length 2 | bytes.
pub(crate) fn sized(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend((bytes.len() as u16).to_be_bytes());
    out.extend(bytes);
}
