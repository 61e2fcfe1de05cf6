//! Rosters with every kind of link, and links they refuse.

use haven_feed::roster::body::{
    AddFeed, AddParty, AdvanceEpoch, Body, Genesis, RemoveFeed, RemoveParty, ReplacePaper, SpaceKind,
};
use haven_feed::roster::consent::{self, Place};
use haven_feed::roster::epoch::{EpochBlock, Wraps};
use haven_feed::roster::link::{genesis, next, unchecked};
use haven_feed::roster::{Author, Link, Roster, Wrap};
use haven_feed::{EpochId, MemberId, PartyId, Position, RecordId};
use haven_vectors::{check, hex};
use serde_json::{Value, json};

use crate::fault;
use crate::people::Keyed;

/// A roster in the making.
#[derive(Clone)]
pub(crate) struct Chain {
    pub(crate) roster: Roster,
    pub(crate) links: Vec<Link>,
}

fn wrap(number: u8) -> Wrap {
    let mut bytes = [number; Wrap::LEN];
    bytes[0] = 1;
    Wrap::from_bytes(bytes)
}

fn wraps(recipients: impl IntoIterator<Item = MemberId>) -> Wraps {
    recipients.into_iter().map(|id| (id, wrap(id.as_bytes()[0]))).collect()
}

fn epoch_id(epoch: u32) -> EpochId {
    EpochId::from_bytes([0xe0 | epoch as u8; 32])
}

impl Chain {
    fn begin(kind: SpaceKind, first: &Keyed, standing: &Keyed) -> Self {
        let seed = [0x5e; 32];
        let place = Place::genesis(seed);
        let standing_id: MemberId = match kind {
            SpaceKind::Vault => standing.keys.paper_id().into(),
            SpaceKind::Shared => standing.keys.party_id().into(),
        };
        let body = Genesis {
            kind,
            seed,
            feed: first.keys,
            sealed_name: vec![0xa1; 40],
            standing: standing.keys,
            epoch_id: epoch_id(0),
            wraps: wraps([first.keys.id().into(), standing_id]),
            feed_consent: consent::sign(&place, &first.keys, &first.signer),
            standing_consent: consent::sign(&place, &standing.keys, &standing.signer),
        };
        let link = genesis(body, &first.signer).unwrap();
        Self { roster: Roster::genesis(link.bytes().clone()).unwrap(), links: vec![link] }
    }

    fn append(&mut self, author: Author<'_>, body: impl Into<Body>) {
        let link = next(&self.roster, author, body).unwrap();
        self.roster.append(&link).unwrap();
        self.links.push(link);
    }

    fn consent(&self, new: &Keyed) -> haven_feed::keys::Signature {
        let place = Place { space: self.roster.space(), prev: self.roster.head().hash };
        consent::sign(&place, &new.keys, &new.signer)
    }

    fn add_feed(&self, new: &Keyed, party: Option<PartyId>) -> AddFeed {
        AddFeed {
            keys: new.keys,
            sealed_name: vec![0xa2; 40],
            party,
            wrap: wrap(2),
            consent: self.consent(new),
        }
    }

    fn epoch(&self, leaving: &[MemberId]) -> EpochBlock {
        let epoch = self.roster.epoch() + 1;
        let wraps = wraps(self.roster.recipients_without(leaving).into_keys());
        EpochBlock { epoch, id: epoch_id(epoch), sealed_previous: vec![0xb1; 65], wraps }
    }
}

/// A vault: genesis, add feed, remove feed, add feed by the paper, replace paper, advance epoch.
pub(crate) fn vault() -> Chain {
    let [phone, laptop, paper, tablet, new_paper] = [1, 2, 3, 4, 5].map(Keyed::new);
    let mut chain = Chain::begin(SpaceKind::Vault, &phone, &paper);
    let body = chain.add_feed(&laptop, None);
    chain.append(phone.as_feed(), body);
    let head = Some(Position { seq: 3, id: RecordId::from_bytes([0x1d; 32]) });
    let body = RemoveFeed { feed: laptop.keys.id(), head, epoch: chain.epoch(&[laptop.keys.id().into()]) };
    chain.append(phone.as_feed(), body);
    let body = chain.add_feed(&tablet, None);
    chain.append(paper.author(paper.keys.paper_id()), body);
    let body = ReplacePaper { keys: new_paper.keys, wrap: wrap(3), consent: chain.consent(&new_paper) };
    chain.append(tablet.as_feed(), body);
    let body = AdvanceEpoch { epoch: chain.epoch(&[]) };
    chain.append(phone.as_feed(), body);
    chain
}

/// A shared space: genesis, add party, add feed by that party, replace party keys, remove party.
fn shared() -> Chain {
    let [phone, owner, therapist, desk, new_owner] = [1, 2, 3, 4, 5].map(Keyed::new);
    let mut chain = Chain::begin(SpaceKind::Shared, &phone, &owner);
    let body = AddParty {
        keys: therapist.keys,
        sealed_name: vec![0xa3; 40],
        wrap: wrap(4),
        consent: chain.consent(&therapist),
    };
    chain.append(phone.as_feed(), body);
    let party = therapist.keys.party_id();
    let body = chain.add_feed(&desk, Some(party));
    chain.append(therapist.author(party), body);
    let body = ReplacePaper { keys: new_owner.keys, wrap: wrap(5), consent: chain.consent(&new_owner) };
    chain.append(phone.as_feed(), body);
    let body = RemoveParty { party, epoch: chain.epoch(&[party.into()]) };
    chain.append(phone.as_feed(), body);
    chain
}

fn to_json(name: &str, chain: &Chain) -> Value {
    let roster = &chain.roster;
    let link = |link: &Link| json!({"bytes": hex(link.bytes()), "hash": link.hash().to_string()});
    let feeds = roster.feeds().map(|(id, member)| {
        json!({
            "id": id.to_string(),
            "keys": hex(member.keys.to_bytes()),
            "added": member.added_seq,
            "removed": member.removed.map(|removal| removal.seq),
            "party": member.party.map(|party| party.to_string()),
        })
    });
    json!({
        "name": name,
        "space": roster.space().to_string(),
        "links": chain.links.iter().map(link).collect::<Vec<_>>(),
        "feeds": feeds.collect::<Vec<_>>(),
        "paper": roster.paper().map(|paper| paper.id.to_string()),
        "parties": roster.parties().map(|(id, _)| id.to_string()).collect::<Vec<_>>(),
        "owner": roster.owner().map(|owner| owner.to_string()),
        "epoch at link": (0..=roster.head().seq).map(|seq| roster.epoch_at(seq)).collect::<Vec<_>>(),
    })
}

/// Links that do not hold after the whole vault.
fn refused(chain: &Chain) -> Vec<Value> {
    let [phone, laptop, stranger] = [1, 2, 9].map(Keyed::new);
    let next_epoch = AdvanceEpoch { epoch: chain.epoch(&[]) };
    let mut gap = next_epoch.clone();
    gap.epoch.epoch += 1;
    let mut short = next_epoch.clone();
    short.epoch.wraps.pop_last();
    let mut old_consent = chain.add_feed(&stranger, None);
    old_consent.consent = consent::sign(&Place::genesis([0x5e; 32]), &stranger.keys, &stranger.signer);
    let forged = Author { id: phone.keys.id().into(), signer: &stranger.signer };
    let cases: [(&str, Author<'_>, Body); 8] = [
        ("a removed author", laptop.as_feed(), next_epoch.clone().into()),
        ("an unknown author", stranger.as_feed(), next_epoch.clone().into()),
        ("a forged signature", forged, next_epoch.into()),
        ("a skipped epoch", phone.as_feed(), gap.into()),
        ("a member left out", phone.as_feed(), short.into()),
        ("a consent from elsewhere", phone.as_feed(), old_consent.into()),
        ("a key used before", phone.as_feed(), chain.add_feed(&laptop, None).into()),
        (
            "a party in a vault",
            phone.as_feed(),
            chain.add_feed(&stranger, Some(PartyId::from_bytes([1; 8]))).into(),
        ),
    ];
    let case = |(name, author, body): (&str, Author<'_>, Body)| {
        let link = unchecked(&chain.roster, author, body).unwrap();
        json!({"name": name, "bytes": hex(link.bytes()), "fault": fault(chain.roster.clone().append(&link))})
    };
    cases.into_iter().map(case).collect()
}

#[test]
fn rosters() {
    let (vault, shared) = (vault(), shared());
    let about = "links in order; the author's key is the feed's, paper's or party's with that id; the keys are those of \
                 feed-keys.json, numbered 1 to 5 and 9. Sealed names, roots and wraps are filling. \"refused\" are \
                 links that do not hold after the vault's last";
    let rosters = [to_json("vault", &vault), to_json("shared", &shared)];
    check("feed-rosters.json", &json!({"about": about, "rosters": rosters, "refused": refused(&vault)}));
}
