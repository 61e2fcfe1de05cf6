//! Rosters with every kind of link, and links they refuse.

use std::collections::BTreeMap;

use haven_feed::roster::body::{AddFeed, AddParty, Body, Change, Founding, Replaced, SpaceKind};
use haven_feed::roster::consent::{self, Role, Terms};
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
    // The last byte of an encapsulation has its top bit clear.
    Wrap::from_sealed([number & 0x7f; Wrap::SEALED])
}

fn wraps(recipients: impl IntoIterator<Item = MemberId>) -> Wraps {
    recipients.into_iter().map(|id| (id, wrap(id.as_bytes()[0]))).collect()
}

fn epoch_id(epoch: u32) -> EpochId {
    EpochId::from_bytes([0xe0 | epoch as u8; 32])
}

impl Chain {
    fn begin(kind: SpaceKind, first: &Keyed, standing: &Keyed) -> Self {
        let standing_id: MemberId = match kind {
            SpaceKind::Vault => standing.keys.paper_id().into(),
            SpaceKind::Shared => standing.keys.party_id().into(),
        };
        let founding = Founding {
            kind,
            seed: [0x5e; 32],
            feed: first.keys.clone(),
            sealed_name: vec![0xa1; 40],
            standing: standing.keys.clone(),
            epoch_id: epoch_id(0),
            wraps: wraps([first.keys.id().into(), standing_id]),
        };
        let body = founding.agreed(&first.signer, &standing.signer);
        let link = genesis(body, &first.signer).unwrap();
        Self { roster: Roster::genesis(link.bytes().clone()).unwrap(), links: vec![link] }
    }

    fn append(&mut self, author: Author<'_>, body: impl Into<Body>) {
        let link = next(&self.roster, author, body).unwrap();
        self.roster.append(&link).unwrap();
        self.links.push(link);
    }

    fn consent(&self, role: Role, new: &Keyed, party: Option<PartyId>) -> haven_feed::keys::Signature {
        let terms = Terms::at(role, self.roster.space(), self.roster.head().hash, party);
        consent::sign(&terms, &new.keys, &new.signer)
    }

    fn add_feed(&self, new: &Keyed, party: Option<PartyId>) -> AddFeed {
        AddFeed {
            keys: new.keys.clone(),
            sealed_name: vec![0xa2; 40],
            party,
            wrap: wrap(2),
            consent: self.consent(Role::Feed, new, party),
        }
    }

    /// A change that advances the epoch, and what else is filled in by `with`.
    fn change(&self, author: impl Into<MemberId>, with: impl FnOnce(&mut Change)) -> Change {
        let epoch = self.roster.epoch() + 1;
        let epoch =
            EpochBlock { epoch, id: epoch_id(epoch), sealed_previous: vec![0xb1; 65], wraps: Wraps::new() };
        let mut change = Change { removed: BTreeMap::new(), party: None, replaced: None, epoch };
        with(&mut change);
        let recipients = self.roster.recipients(&author.into(), &change).unwrap();
        change.epoch.wraps = wraps(recipients.into_keys());
        change
    }
}

/// A vault: genesis, add feed, remove feed, add feed by the paper, remove a feed and replace the paper, advance epoch.
pub(crate) fn vault() -> Chain {
    let [phone, laptop, paper, tablet, new_paper] = [1, 2, 3, 4, 5].map(Keyed::new);
    let mut chain = Chain::begin(SpaceKind::Vault, &phone, &paper);
    let body = chain.add_feed(&laptop, None);
    chain.append(phone.as_feed(), body);
    let head = Some(Position { seq: 3, id: RecordId::from_bytes([0x1d; 32]) });
    let body = chain.change(phone.keys.id(), |change| change.removed = [(laptop.keys.id(), head)].into());
    chain.append(phone.as_feed(), body);
    let body = chain.add_feed(&tablet, None);
    chain.append(paper.author(paper.keys.paper_id()), body);
    let consent = chain.consent(Role::Paper, &new_paper, None);
    let body = chain.change(phone.keys.id(), |change| {
        change.removed = [(tablet.keys.id(), None)].into();
        change.replaced = Some(Replaced { keys: new_paper.keys.clone(), consent });
    });
    chain.append(phone.as_feed(), body);
    let body = chain.change(phone.keys.id(), |_| ());
    chain.append(phone.as_feed(), body);
    chain
}

/// A shared space: genesis, add feed, add party by an invitation to an earlier link, add feed by that party, replace party keys,
/// remove party.
pub(crate) fn shared() -> Chain {
    let [phone, owner, therapist, desk, new_owner, laptop] = [1, 2, 3, 4, 5, 6].map(Keyed::new);
    let mut chain = Chain::begin(SpaceKind::Shared, &phone, &owner);
    let (after, consent) = (chain.roster.head().hash, chain.consent(Role::Party, &therapist, None));
    let body = chain.add_feed(&laptop, Some(owner.keys.party_id()));
    chain.append(phone.as_feed(), body);
    let body =
        AddParty { keys: therapist.keys.clone(), sealed_name: vec![0xa3; 40], after, wrap: wrap(4), consent };
    chain.append(phone.as_feed(), body);
    let party = therapist.keys.party_id();
    let body = chain.add_feed(&desk, Some(party));
    chain.append(therapist.author(party), body);
    let consent = chain.consent(Role::Party, &new_owner, Some(owner.keys.party_id()));
    let replaced = Some(Replaced { keys: new_owner.keys, consent });
    let body = chain.change(phone.keys.id(), |change| change.replaced = replaced);
    chain.append(phone.as_feed(), body);
    let head = Some(Position { seq: 2, id: RecordId::from_bytes([0x2d; 32]) });
    let body = chain.change(phone.keys.id(), |change| {
        change.party = Some(party);
        change.removed = [(desk.keys.id(), head)].into();
    });
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
    let next_epoch = chain.change(phone.keys.id(), |_| ());
    let mut gap = next_epoch.clone();
    gap.epoch.epoch += 1;
    let mut short = next_epoch.clone();
    short.epoch.wraps.pop_last();
    let mut old_consent = chain.add_feed(&stranger, None);
    let earlier = Terms::at(Role::Feed, chain.roster.space(), chain.links[0].hash(), None);
    old_consent.consent = consent::sign(&earlier, &stranger.keys, &stranger.signer);
    let mut as_paper = chain.add_feed(&stranger, None);
    as_paper.consent = chain.consent(Role::Paper, &stranger, None);
    let itself = chain.change(phone.keys.id(), |_| ());
    let itself = Change { removed: [(phone.keys.id(), None)].into(), ..itself };
    let forged = Author { id: phone.keys.id().into(), signer: &stranger.signer };
    let cases: [(&str, Author<'_>, Body); 10] = [
        ("a removed author", laptop.as_feed(), next_epoch.clone().into()),
        ("an unknown author", stranger.as_feed(), next_epoch.clone().into()),
        ("a forged signature", forged, next_epoch.into()),
        ("a skipped epoch", phone.as_feed(), gap.into()),
        ("a member left out", phone.as_feed(), short.into()),
        ("a consent from elsewhere", phone.as_feed(), old_consent.into()),
        ("a consent to be the paper", phone.as_feed(), as_paper.into()),
        ("a feed that removes itself", phone.as_feed(), itself.into()),
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
                 feed-keys.json, numbered 1 to 6 and 9. Sealed names, roots and wraps are filling. \"refused\" are \
                 links that do not hold after the vault's last";
    let rosters = [to_json("vault", &vault), to_json("shared", &shared)];
    check("feed-rosters.json", &json!({"about": about, "rosters": rosters, "refused": refused(&vault)}));
}
