//! Links that are well signed and say anything: what somebody does who holds keys of the space.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use haven_feed::digest::digest;
use haven_feed::keys::{FeedKeys, KemKey, Signer};
use haven_feed::roster::body::{AddFeed, AddParty, Body, Change, Founding, Replaced, SpaceKind};
use haven_feed::roster::consent::{self, Role, Terms};
use haven_feed::roster::epoch::{EpochBlock, Wraps};
use haven_feed::roster::link::{genesis, unchecked};
use haven_feed::roster::{Author, Link, Roster, Wrap};
use haven_feed::{EpochId, LinkHash, MemberId, PartyId, Position, RecordId};

use crate::bytes::Choices;

/// Steps that one input takes at most; each costs some signatures.
const STEPS_MAX: usize = 8;

struct Keyed {
    signer: Signer,
    keys: FeedKeys,
}

impl Keyed {
    fn new(number: u8) -> Self {
        let half = |label| *digest(label, &[&[number]]).as_bytes();
        let mut kem = [0; KemKey::LEN];
        kem[KemKey::LEN - 64..KemKey::LEN - 32].copy_from_slice(&half("haven/1/fuzz rho"));
        kem[KemKey::LEN - 32..].copy_from_slice(&half("haven/1/fuzz kem"));
        kem[KemKey::LEN - 1] &= 0x3f;
        let signer = Signer::from_seed(&[number; 32]);
        let keys =
            FeedKeys { sign: signer.key(), kem: KemKey::from_bytes(&kem).expect("it is below the prime") };
        Self { signer, keys }
    }
}

static PEOPLE: LazyLock<Vec<Keyed>> = LazyLock::new(|| (1..=6).map(Keyed::new).collect());

/// A vault and a shared space, each with its first feed and its standing member.
static SPACES: LazyLock<[Link; 2]> = LazyLock::new(|| [SpaceKind::Vault, SpaceKind::Shared].map(begin));

fn begin(kind: SpaceKind) -> Link {
    let (first, standing) = (&PEOPLE[0], &PEOPLE[1]);
    let standing_id: MemberId = match kind {
        SpaceKind::Vault => standing.keys.paper_id().into(),
        SpaceKind::Shared => standing.keys.party_id().into(),
    };
    let founding = Founding {
        kind,
        seed: [9; 32],
        feed: first.keys.clone(),
        sealed_name: vec![1; 160],
        standing: standing.keys.clone(),
        epoch_id: EpochId::from_bytes([1; 32]),
        wraps: [first.keys.id().into(), standing_id].into_iter().map(|id| (id, wrap(1))).collect(),
    };
    genesis(founding.agreed(&first.signer, &standing.signer), &first.signer).expect("an honest beginning")
}

fn wrap(byte: u8) -> Wrap {
    Wrap::from_sealed([byte & 0x7f; Wrap::SEALED])
}

/// One of these as one of the members that its keys can be.
fn member(choices: &mut Choices<'_>) -> (&'static Keyed, MemberId) {
    let keyed = &PEOPLE[choices.below(PEOPLE.len())];
    let id = match choices.below(3) {
        0 => keyed.keys.id().into(),
        1 => keyed.keys.paper_id().into(),
        _ => keyed.keys.party_id().into(),
    };
    (keyed, id)
}

fn party(choices: &mut Choices<'_>) -> Option<PartyId> {
    choices.flag().then(|| PEOPLE[choices.below(PEOPLE.len())].keys.party_id())
}

fn consented(roster: &Roster, keyed: &Keyed, choices: &mut Choices<'_>) -> haven_feed::keys::Signature {
    let role = [Role::Feed, Role::Party, Role::Paper][choices.below(3)];
    let after = if choices.below(8) == 0 { LinkHash::from_bytes([3; 32]) } else { roster.head().hash };
    consent::sign(&Terms::at(role, roster.space(), after, party(choices)), &keyed.keys, &keyed.signer)
}

fn body(roster: &Roster, author: MemberId, choices: &mut Choices<'_>) -> Body {
    let keyed = &PEOPLE[choices.below(PEOPLE.len())];
    let (keys, sealed_name) = (keyed.keys.clone(), vec![2; 96 + choices.below(200)]);
    match choices.below(4) {
        0 => {
            let (party, wrap) = (party(choices), wrap(choices.byte()));
            AddFeed { keys, sealed_name, party, wrap, consent: consented(roster, keyed, choices) }.into()
        }
        1 => {
            let consent = consented(roster, keyed, choices);
            let after = roster.head().hash;
            AddParty { keys, sealed_name, after, wrap: wrap(choices.byte()), consent }.into()
        }
        _ => change(roster, author, choices).into(),
    }
}

fn change(roster: &Roster, author: MemberId, choices: &mut Choices<'_>) -> Change {
    let head = |choices: &mut Choices<'_>| {
        choices.flag().then(|| Position { seq: choices.number(), id: RecordId::from_bytes([4; 32]) })
    };
    let removed: BTreeMap<_, _> = (0..choices.below(4))
        .map(|_| (PEOPLE[choices.below(PEOPLE.len())].keys.id(), head(choices)))
        .collect();
    let party = party(choices);
    let replaced = choices.flag().then(|| {
        let keyed = &PEOPLE[choices.below(PEOPLE.len())];
        Replaced { keys: keyed.keys.clone(), consent: consented(roster, keyed, choices) }
    });
    let number = if choices.below(8) == 0 { choices.number() as u32 } else { roster.epoch().wrapping_add(1) };
    let sealed_previous = vec![7; if choices.below(8) == 0 { choices.below(256) } else { 65 }];
    let epoch = EpochBlock {
        epoch: number,
        id: EpochId::from_bytes([number as u8; 32]),
        sealed_previous,
        wraps: Wraps::new(),
    };
    let mut change = Change { removed, party, replaced, epoch };
    let honest = roster.recipients(&author, &change).map(|all| all.into_keys().collect::<Vec<_>>());
    let mut to = honest.unwrap_or_default();
    if choices.below(8) == 0 {
        to.push(member(choices).1);
    }
    change.epoch.wraps = to.into_iter().map(|id| (id, wrap(5))).collect();
    change
}

pub(super) fn run(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let first = &SPACES[choices.below(2)];
    let mut roster = Roster::genesis(first.bytes().clone()).expect("an honest beginning");
    let mut links = vec![first.clone()];
    while !choices.is_over() && links.len() <= STEPS_MAX {
        let (keyed, id) = member(&mut choices);
        let body = body(&roster, id, &mut choices);
        let Ok(link) = unchecked(&roster, Author { id, signer: &keyed.signer }, body) else { continue };
        let Ok(link) = Link::parse(link.bytes().clone()) else { continue };
        let before = roster.head();
        if roster.append(&link).is_ok() {
            links.push(link);
        } else {
            assert_eq!(roster.head(), before, "a refused link changes nothing");
        }
    }
    let again = Roster::replay(&links).expect("what was taken link by link is taken at once");
    assert_eq!(again.head(), roster.head());
    assert_eq!(again.epoch(), roster.epoch());
    assert!(again.current_feeds().map(|(feed, _)| feed).eq(roster.current_feeds().map(|(feed, _)| feed)));
}

/// Choices that come to something: adding a feed, adding a party, removing, replacing.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let adding = [0, 0, 2, 0, 0, 0, 0, 5, 0, 1, 0];
    let party = [0, 0, 2, 0, 1, 1, 1, 0, 5, 0, 0, 0];
    let advancing = [0, 0, 2, 0, 2, 0, 0, 0, 1, 1, 1];
    let removing = [0, 0, 2, 0, 2, 1, 2, 0, 0, 0, 1, 1, 1];
    let shared = |steps: &[u8], kind: u8| [&[kind][..], steps, steps].concat();
    [&adding[..], &party, &advancing, &removing]
        .into_iter()
        .flat_map(|steps| [shared(steps, 0), shared(steps, 1)])
        .collect()
}
