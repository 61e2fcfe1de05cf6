//! The rules of rosters: who may do what, in which order, and what never.

use std::collections::BTreeMap;

use haven_feed::digest::digest;
use haven_feed::keys::{FeedKeys, KemKey};
use haven_feed::limits::{
    FEEDS_EVER_FOR_STANDING, FEEDS_EVER_MAX, FEEDS_FOR_STANDING, FEEDS_MAX, LINK_BYTES_MAX, PARTIES_EVER_MAX,
    PARTY_BYTES_MAX, PARTY_FEEDS_EVER_FOR_STANDING, PARTY_FEEDS_EVER_MAX, PARTY_FEEDS_MAX,
    ROSTER_BYTES_FOR_REMOVAL, ROSTER_BYTES_FOR_STANDING, ROSTER_BYTES_MAX,
};
use haven_feed::roster::body::{AddFeed, AddParty, Body, Change, Genesis, SpaceKind};
use haven_feed::roster::consent::{self, Role, Terms};
use haven_feed::roster::link::{Author, LinkFault, genesis, next, unchecked};
use haven_feed::roster::{Removal, Roster};
use haven_feed::{FeedId, LinkHash, MemberId, PartyId, Position, RecordId, SpaceId};

use crate::ordeal::Ordeal;
use crate::world::{Keyed, Space, epoch_id, founding, genesis_body, kem, with_epoch, wrap, wraps_for};

/// The people of a vault: phone and laptop in it, tablet not yet, a paper and the one after it, a stranger.
struct Vault {
    phone: Keyed,
    laptop: Keyed,
    tablet: Keyed,
    paper: Keyed,
    new_paper: Keyed,
    stranger: Keyed,
    space: Space,
}

fn vault() -> Vault {
    let [phone, laptop, tablet, paper, new_paper, stranger] = [1, 2, 3, 4, 5, 6].map(Keyed::new);
    let mut space = Space::vault(&phone, &paper);
    space.add(&phone, &laptop);
    Vault { phone, laptop, tablet, paper, new_paper, stranger, space }
}

/// The people of a shared space: the owner's party and phone, the therapist's party and desk.
struct Shared {
    owner: Keyed,
    phone: Keyed,
    therapist: Keyed,
    desk: Keyed,
    space: Space,
}

/// The owner's phone is there, and nobody else yet.
fn shared_by_the_owner_alone() -> Shared {
    let [owner, phone, therapist, desk] = [11, 12, 13, 14].map(Keyed::new);
    let space = Space::begin(SpaceKind::Shared, &phone, &owner);
    Shared { owner, phone, therapist, desk, space }
}

fn shared() -> Shared {
    let mut s = shared_by_the_owner_alone();
    let body = s.space.adding_party(&s.therapist);
    s.space.append(s.phone.as_feed(), body).unwrap();
    let body = s.space.adding(&s.desk, Some(s.therapist.keys.party_id()));
    s.space.append(s.therapist.as_party(), body).unwrap();
    s
}

/// Appends in a copy; a refused link leaves the roster as it was.
fn verdict(space: &Space, author: Author<'_>, body: impl Into<Body>) -> Result<(), LinkFault> {
    let mut copy = space.clone();
    let appended = copy.append(author, body);
    assert!(appended.is_ok() || copy.roster == space.roster, "a refused link changed the roster");
    appended
}

/// To whom the next epoch is wrapped if nobody leaves.
fn recipients_of(space: &Space) -> Vec<MemberId> {
    space.advancing().epoch.wraps.into_keys().collect()
}

#[test]
fn a_vault_begins_with_a_feed_and_a_paper() {
    let v = vault();
    let begun = v.space.without_last(1).roster;
    assert_eq!(begun.space().as_bytes(), v.space.links[0].hash().as_bytes());
    assert_eq!((begun.kind(), begun.head().seq, begun.epoch()), (SpaceKind::Vault, 0, 0));
    assert!(begun.is_current(&v.phone.feed()));
    assert_eq!(begun.paper().unwrap().keys, v.paper.keys);
    let recipients = recipients_of(&v.space.without_last(1));
    let mut expected: Vec<MemberId> = vec![v.phone.feed().into(), v.paper.keys.paper_id().into()];
    expected.sort();
    assert_eq!(recipients, expected);
}

#[test]
fn in_a_vault_the_feeds_and_the_paper_do_everything_and_nobody_else_anything() {
    let v = vault();
    let gone = Some(Position { seq: 4, id: RecordId::from_bytes([4; 32]) });
    let bodies = |space: &Space| -> [(&'static str, Body); 4] {
        [
            ("add", space.adding(&v.tablet, None).into()),
            ("remove", space.removing(v.phone.feed(), gone).into()),
            ("replace", space.replacing_paper(&v.new_paper).into()),
            ("advance", space.advancing().into()),
        ]
    };
    for (what, body) in bodies(&v.space) {
        assert_eq!(verdict(&v.space, v.laptop.as_feed(), body.clone()), Ok(()), "feed, {what}");
        assert_eq!(verdict(&v.space, v.paper.as_paper(), body.clone()), Ok(()), "paper, {what}");
        for author in [v.stranger.as_feed(), v.stranger.as_paper(), v.tablet.as_feed()] {
            let refused = verdict(&v.space, author, body.clone());
            assert_eq!(refused, Err(LinkFault::UnknownAuthor), "stranger, {what}");
        }
        let disguised = Author { id: v.phone.feed().into(), signer: &v.stranger.signer };
        assert_eq!(verdict(&v.space, disguised, body), Err(LinkFault::BadSignature), "disguised, {what}");
    }
    let party = v.space.adding_party(&v.stranger);
    assert_eq!(verdict(&v.space, v.phone.as_feed(), party), Err(LinkFault::NotAllowed));
    let party = v.space.removing_party(v.stranger.keys.party_id());
    assert_eq!(verdict(&v.space, v.phone.as_feed(), party), Err(LinkFault::NotAllowed));
    let with_party = v.space.adding(&v.tablet, Some(v.stranger.keys.party_id()));
    assert_eq!(verdict(&v.space, v.phone.as_feed(), with_party), Err(LinkFault::NotAllowed));
}

#[test]
fn validity_is_at_a_position_never_ever() {
    let mut v = vault();
    v.space.add(&v.phone, &v.tablet);
    v.space.remove(&v.phone, &v.laptop, None);
    let bodies: [Body; 3] = [
        v.space.adding(&v.stranger, None).into(),
        v.space.removing(v.phone.feed(), None).into(),
        v.space.advancing().into(),
    ];
    for body in bodies {
        assert_eq!(verdict(&v.space, v.laptop.as_feed(), body), Err(LinkFault::AuthorRemoved));
    }
    assert!(v.space.roster.valid_at(&v.laptop.feed(), 2));
    assert!(!v.space.roster.valid_at(&v.laptop.feed(), 3));
    assert!(!v.space.roster.valid_at(&v.laptop.feed(), 0));
}

/// Two devices remove each other, each knowing the same roster. Whoever the chain puts first stays; the other's link,
/// made again on the new head, fails because its author is gone.
#[test]
fn of_two_that_remove_each_other_the_first_in_the_chain_stays() {
    let v = vault();
    for (first, second) in [(&v.phone, &v.laptop), (&v.laptop, &v.phone)] {
        let made_apart =
            next(&v.space.roster, second.as_feed(), v.space.removing(first.feed(), None)).unwrap();
        let mut chain = v.space.clone();
        chain.remove(first, second, None);
        let late = chain.roster.append(&made_apart);
        assert_eq!(late, Err(LinkFault::NotNext { expected: 3, found: 2 }));
        let retried = chain.removing(first.feed(), None);
        assert_eq!(verdict(&chain, second.as_feed(), retried), Err(LinkFault::AuthorRemoved));
        assert!(chain.roster.is_current(&first.feed()) && !chain.roster.is_current(&second.feed()));
        assert_eq!(Roster::replay(&chain.links).unwrap(), chain.roster, "the same verdict on every device");
    }
}

/// Devices add and remove each other, each on what it has heard so far, and the server orders what arrives. Whatever the
/// schedule: nobody writes after his removal, and everybody who has the chain has the same roster.
#[test]
fn chain_order_decides_on_every_schedule() {
    let ordeal = Ordeal::full(10_000);
    let (devices, paper) = ((1..=6).map(Keyed::new).collect::<Vec<_>>(), Keyed::new(9));
    let shares = ordeal.on_all_cores(|numbers| {
        numbers
            .map(|number| on_schedule(&devices, &paper, number))
            .fold((0, 0), |(appended, late), of| (appended + of.0, late + of.1))
    });
    let (appended, late) = shares.into_iter().fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
    assert!(late * 10 > ordeal.count, "{late} links came after their author's removal");
    ordeal.passed(&format!(
        "{appended} links appended, {late} refused because their author had been removed meanwhile, one verdict everywhere"
    ));
}

/// How many links were appended, and how many came after their author's removal.
fn on_schedule(devices: &[Keyed], paper: &Keyed, number: u64) -> (u64, u64) {
    let mut space = Space::vault(&devices[0], paper);
    space.add(&devices[0], &devices[1]);
    space.add(&devices[0], &devices[2]);
    let choices = digest("haven/1/test schedule", &[&number.to_be_bytes()]);
    let mut heard = vec![space.clone(); devices.len()];
    let (mut appended, mut late) = (0, 0);
    for choice in choices.as_bytes().chunks(2) {
        let (who, whom) = (usize::from(choice[0] % 6), usize::from(choice[1] % 6));
        let view = heard[who].clone();
        let body: Body = if view.roster.is_current(&devices[whom].feed()) {
            view.removing(devices[whom].feed(), None).into()
        } else {
            view.adding(&devices[whom], None).into()
        };
        let link = unchecked(&view.roster, devices[who].as_feed(), body).unwrap();
        let was_member = space.roster.is_current(&devices[who].feed());
        match space.roster.append(&link) {
            Ok(()) => {
                assert!(was_member, "schedule {number}: somebody who was gone wrote a link");
                space.links.push(link);
                appended += 1;
            }
            Err(LinkFault::AuthorRemoved) => late += 1,
            Err(_) => {}
        }
        if choice[0] >= 0x40 {
            heard[who] = space.clone();
        }
    }
    assert_eq!(Roster::replay(&space.links).unwrap(), space.roster, "schedule {number}");
    assert!(space.roster.current_feeds().count() >= 1);
    (appended, late)
}

#[test]
fn nobody_is_enrolled_without_consent_here_and_now() {
    let v = vault();
    let terms = v.space.terms(Role::Feed, None);
    let elsewhere = Terms { space: SpaceId::from_bytes([1; 32]), ..terms };
    let earlier = Terms { after: v.space.links[0].hash(), ..terms };
    let in_genesis = Terms::genesis(Role::Feed, v.space.roster.head().hash);
    let in_a_party = Terms { party: Some(v.phone.keys.party_id()), ..terms };
    let mixed = FeedKeys { sign: v.tablet.keys.sign, kem: v.stranger.keys.kem.clone() };
    let by = |terms: &Terms, keys: &FeedKeys, signer: &Keyed| consent::sign(terms, keys, &signer.signer);
    let consents = [
        ("another key's", by(&terms, &v.tablet.keys, &v.stranger)),
        ("in another space", by(&elsewhere, &v.tablet.keys, &v.tablet)),
        ("at an earlier place", by(&earlier, &v.tablet.keys, &v.tablet)),
        ("in a genesis", by(&in_genesis, &v.tablet.keys, &v.tablet)),
        ("in a party", by(&in_a_party, &v.tablet.keys, &v.tablet)),
        ("to be the paper", by(&v.space.terms(Role::Paper, None), &v.tablet.keys, &v.tablet)),
        ("to be a party", by(&v.space.terms(Role::Party, None), &v.tablet.keys, &v.tablet)),
        ("for other keys", by(&terms, &mixed, &v.tablet)),
        ("the author's", by(&terms, &v.tablet.keys, &v.phone)),
    ];
    for (what, consent) in consents {
        let add = AddFeed { consent, ..v.space.adding(&v.tablet, None) };
        assert_eq!(verdict(&v.space, v.phone.as_feed(), add), Err(LinkFault::BadConsent), "{what}");
    }
    let paper = v.space.terms(Role::Paper, None);
    let others = [
        ("at an earlier place", Terms { after: v.space.links[0].hash(), ..paper }),
        ("to be a feed", terms),
        ("to be a party", v.space.terms(Role::Party, None)),
        ("instead of a party", Terms { party: Some(v.phone.keys.party_id()), ..paper }),
    ];
    for (what, terms) in others {
        let mut replace = v.space.replacing_paper(&v.new_paper);
        replace.replaced.as_mut().unwrap().consent = by(&terms, &v.new_paper.keys, &v.new_paper);
        assert_eq!(verdict(&v.space, v.phone.as_feed(), replace), Err(LinkFault::BadConsent), "{what}");
    }
}

/// An invitation lasts for days, and the roster moves meanwhile; but it is for this space, and to be a party.
#[test]
fn a_party_may_have_agreed_at_any_earlier_link() {
    let mut s = shared_by_the_owner_alone();
    let invited = s.space.adding_party(&s.therapist);
    let body = s.space.adding(&Keyed::new(15), Some(s.owner.keys.party_id()));
    s.space.append(s.phone.as_feed(), body).unwrap();
    assert_eq!(verdict(&s.space, s.phone.as_feed(), invited.clone()), Ok(()));
    let elsewhere = AddParty { after: LinkHash::from_bytes([1; 32]), ..invited.clone() };
    assert_eq!(verdict(&s.space, s.phone.as_feed(), elsewhere), Err(LinkFault::BadConsent));
    let newer = AddParty { after: s.space.roster.head().hash, ..invited.clone() };
    assert_eq!(verdict(&s.space, s.phone.as_feed(), newer), Err(LinkFault::BadConsent));
    for terms in [
        Terms::at(Role::Feed, s.space.roster.space(), invited.after, None),
        Terms::at(Role::Paper, s.space.roster.space(), invited.after, None),
        Terms::at(Role::Party, s.space.roster.space(), invited.after, Some(s.owner.keys.party_id())),
        Terms::at(Role::Party, SpaceId::from_bytes([1; 32]), invited.after, None),
    ] {
        let consent = consent::sign(&terms, &s.therapist.keys, &s.therapist.signer);
        let body = AddParty { consent, ..invited.clone() };
        assert_eq!(verdict(&s.space, s.phone.as_feed(), body), Err(LinkFault::BadConsent), "{terms:?}");
    }
}

/// From the bytes of a genesis, nobody makes another that its paper seems to have signed: whatever genesis sets is in the consent.
#[test]
fn nobody_founds_another_vault_with_the_papers_consent() {
    let (phone, paper, mallory) = (Keyed::new(1), Keyed::new(2), Keyed::new(66));
    for kind in [SpaceKind::Vault, SpaceKind::Shared] {
        let genuine = genesis_body(kind, &phone, &paper);
        let other = match kind {
            SpaceKind::Vault => SpaceKind::Shared,
            SpaceKind::Shared => SpaceKind::Vault,
        };
        let mut forged = Vec::new();
        for (first, signer) in [(&mallory, &mallory), (&phone, &phone)] {
            let again = founding(kind, first, &paper);
            let mut rewrapped = again.clone();
            rewrapped.wraps.values_mut().for_each(|one| *one = wrap(99));
            let renamed = haven_feed::roster::body::Founding { sealed_name: vec![4; 160], ..again.clone() };
            let rooted = haven_feed::roster::body::Founding { epoch_id: epoch_id(999), ..again.clone() };
            let reseeded = haven_feed::roster::body::Founding { seed: [8; 32], ..again.clone() };
            let otherwise = founding(other, first, &paper);
            let unchanged = (first.feed() != phone.feed()).then_some(again);
            let all = [rewrapped, renamed, rooted, reseeded, otherwise].into_iter().chain(unchanged);
            forged.extend(all.map(|founding| (founding, signer)));
        }
        assert_eq!(forged.len(), 11);
        for (founding, signer) in forged {
            let feed_consent = consent::sign(&founding.feed_terms(), &founding.feed, &signer.signer);
            let body = Genesis { founding, feed_consent, standing_consent: genuine.standing_consent };
            assert_eq!(genesis(body, &signer.signer).map(drop), Err(LinkFault::BadConsent));
        }
    }
}

/// Swapping the keys of two real devices, or one key of each, gives other devices.
#[test]
fn ids_are_bound_to_both_keys() {
    let v = vault();
    let swapped = FeedKeys { sign: v.tablet.keys.sign, kem: v.laptop.keys.kem.clone() };
    let consent = consent::sign(&v.space.terms(Role::Feed, None), &swapped, &v.tablet.signer);
    let add = AddFeed { keys: swapped, consent, ..v.space.adding(&v.tablet, None) };
    assert_eq!(verdict(&v.space, v.phone.as_feed(), add), Err(LinkFault::KeyReused));
}

#[test]
fn no_key_comes_back_in_any_role() {
    let mut v = vault();
    v.space.add(&v.phone, &v.tablet);
    v.space.remove(&v.phone, &v.laptop, None);
    let body = v.space.replacing_paper(&v.new_paper);
    v.space.append(v.phone.as_feed(), body).unwrap();
    for used in [&v.phone, &v.laptop, &v.tablet, &v.paper, &v.new_paper] {
        let add = v.space.adding(used, None);
        assert_eq!(verdict(&v.space, v.phone.as_feed(), add), Err(LinkFault::KeyReused));
        let replace = v.space.replacing_paper(used);
        assert_eq!(verdict(&v.space, v.phone.as_feed(), replace), Err(LinkFault::KeyReused));
    }
    let reused = Err(LinkFault::KeyReused);
    for (what, half) in [
        (
            "to receive what signed",
            half_of(&v.stranger.keys.kem, &with_x25519(*signs_and_receives().keys.sign.as_bytes())),
        ),
        ("half a key: X25519", half_of(&v.stranger.keys.kem, &v.tablet.keys.kem)),
        ("half a key: ML-KEM", half_of(&v.tablet.keys.kem, &v.stranger.keys.kem)),
    ] {
        let mut space = v.space.clone();
        space.add(&v.phone, &signs_and_receives());
        let keys = FeedKeys { sign: v.stranger.keys.sign, kem: half };
        let consent = consent::sign(&space.terms(Role::Feed, None), &keys, &v.stranger.signer);
        let add = AddFeed { keys, consent, ..space.adding(&v.stranger, None) };
        assert_eq!(verdict(&space, v.phone.as_feed(), add), reused, "{what}");
    }
}

/// The ML-KEM half of one key and the X25519 half of another.
fn half_of(ml_kem: &KemKey, x25519: &KemKey) -> KemKey {
    let mut bytes = *ml_kem.as_bytes();
    bytes[KemKey::LEN - 32..].copy_from_slice(&x25519.x25519());
    KemKey::from_bytes(&bytes).unwrap()
}

fn with_x25519(half: [u8; 32]) -> KemKey {
    let mut bytes = *kem(500).as_bytes();
    bytes[KemKey::LEN - 32..].copy_from_slice(&half);
    KemKey::from_bytes(&bytes).unwrap()
}

/// Somebody whose signing key could also be half of a key that receives.
fn signs_and_receives() -> Keyed {
    let fits = |keyed: &Keyed| {
        let mut bytes = *kem(500).as_bytes();
        bytes[KemKey::LEN - 32..].copy_from_slice(keyed.keys.sign.as_bytes());
        KemKey::from_bytes(&bytes).is_ok()
    };
    (100..).map(Keyed::new).find(fits).unwrap()
}

#[test]
fn one_key_does_not_both_sign_and_receive() {
    let v = vault();
    let signing = signs_and_receives();
    let kem = with_x25519(*signing.keys.sign.as_bytes());
    let both = Keyed { keys: FeedKeys { sign: signing.keys.sign, kem }, signer: signing.signer };
    let reused = Err(LinkFault::KeyReused);
    assert_eq!(verdict(&v.space, v.phone.as_feed(), v.space.adding(&both, None)), reused);
    assert_eq!(verdict(&v.space, v.phone.as_feed(), v.space.replacing_paper(&both)), reused);
    let s = shared_by_the_owner_alone();
    assert_eq!(verdict(&s.space, s.phone.as_feed(), s.space.adding_party(&both)), reused);
    for kind in [SpaceKind::Vault, SpaceKind::Shared] {
        for (first, standing) in [(&both, &v.paper), (&v.phone, &both)] {
            let begun = genesis(genesis_body(kind, first, standing), &first.signer).map(drop);
            assert_eq!(begun, reused, "{kind:?}");
        }
    }
}

#[test]
fn an_old_paper_has_no_say() {
    let mut v = vault();
    let body = v.space.replacing_paper(&v.new_paper);
    v.space.append(v.phone.as_feed(), body).unwrap();
    assert_eq!(v.space.roster.paper().unwrap().keys, v.new_paper.keys);
    let add = v.space.adding(&v.tablet, None);
    assert_eq!(verdict(&v.space, v.paper.as_paper(), add.clone()), Err(LinkFault::AuthorRemoved));
    assert_eq!(verdict(&v.space, v.new_paper.as_paper(), add), Ok(()));
    assert!(!recipients_of(&v.space).contains(&v.paper.keys.paper_id().into()));
    assert_eq!(v.space.roster.epoch(), 1, "what the old paper could open ends with it");
    assert!(v.space.roster.wrap_for(v.new_paper.keys.paper_id().into()).is_some());
    assert!(v.space.roster.wrap_for(v.paper.keys.paper_id().into()).is_none());
}

#[test]
fn a_new_epoch_is_the_next_fresh_and_for_exactly_those_who_remain() {
    let v = vault();
    let good = v.space.removing(v.laptop.feed(), None);
    let with = |change: &dyn Fn(&mut Change)| {
        let mut body = good.clone();
        change(&mut body);
        verdict(&v.space, v.phone.as_feed(), body)
    };
    let phone: MemberId = v.phone.feed().into();
    let laptop: MemberId = v.laptop.feed().into();
    let stranger: MemberId = v.stranger.feed().into();
    assert_eq!(with(&|_| ()), Ok(()));
    for found in [0, 2, u32::MAX] {
        let fault = LinkFault::EpochNotNext { expected: 1, found };
        assert_eq!(with(&|body| body.epoch.epoch = found), Err(fault));
    }
    assert_eq!(with(&|body| body.epoch.id = epoch_id(0)), Err(LinkFault::EpochReused));
    let unfit = Err(LinkFault::WrapsUnfit);
    assert_eq!(
        with(&|body| {
            let _ = body.epoch.wraps.remove(&phone);
        }),
        unfit
    );
    assert_eq!(
        with(&|body| {
            let _ = body.epoch.wraps.remove(&v.paper.keys.paper_id().into());
        }),
        unfit
    );
    assert_eq!(
        with(&|body| {
            let _ = body.epoch.wraps.insert(laptop, wrap(1));
        }),
        unfit,
        "the removed one"
    );
    assert_eq!(
        with(&|body| {
            let _ = body.epoch.wraps.insert(stranger, wrap(1));
        }),
        unfit,
        "a stranger"
    );
    assert_eq!(with(&|body| body.epoch.wraps.clear()), unfit);
}

#[test]
fn no_epoch_that_ever_was_begins_again() {
    let mut v = vault();
    let body = v.space.advancing();
    v.space.append(v.phone.as_feed(), body).unwrap();
    v.space.remove(&v.phone, &v.laptop, None);
    for earlier in 0..=v.space.roster.epoch() {
        let mut body = v.space.advancing();
        body.epoch.id = epoch_id(earlier);
        let refused = verdict(&v.space, v.phone.as_feed(), body);
        assert_eq!(refused, Err(LinkFault::EpochReused), "epoch {earlier}");
    }
}

#[test]
fn every_member_finds_its_wrap_and_what_it_is_bound_to() {
    let mut v = vault();
    v.space.add(&v.phone, &v.tablet);
    v.space.remove(&v.phone, &v.laptop, None);
    let hash = |seq| v.space.links[seq as usize].hash();
    let space = v.space.roster.space();
    let seed = SpaceId::from_bytes([9; 32]);
    let cases = [
        (1, 0, MemberId::from(v.phone.feed()), Some((seed, LinkHash::ZERO))),
        (1, 0, v.paper.keys.paper_id().into(), Some((seed, LinkHash::ZERO))),
        (1, 0, v.laptop.feed().into(), Some((space, hash(0)))),
        (0, 1, v.phone.feed().into(), Some((space, hash(2)))),
        (0, 1, v.tablet.feed().into(), Some((space, hash(2)))),
        (0, 1, v.laptop.feed().into(), None),
    ];
    for (before, epoch, recipient, bound) in cases {
        let at = v.space.without_last(before);
        let found = at.roster.wrap_for(recipient).map(|(_, context)| {
            assert_eq!((context.epoch, context.recipient), (epoch, recipient));
            (context.space, context.prev)
        });
        assert_eq!(found, bound, "epoch {epoch}, {recipient}");
    }
    let roster = &v.space.roster;
    let epochs: Vec<Option<u32>> = (0..5).map(|seq| roster.epoch_at(seq)).collect();
    assert_eq!(epochs, [Some(0), Some(0), Some(0), Some(1), None]);
    assert_eq!(roster.epoch_block(1).unwrap().sealed_previous.as_ref().unwrap().len(), 65);
    assert!(roster.epoch_block(0).unwrap().sealed_previous.is_none());
}

#[test]
fn somebody_must_remain_and_nobody_is_removed_twice() {
    let mut v = vault();
    let head = Some(Position { seq: 7, id: RecordId::from_bytes([7; 32]) });
    v.space.remove(&v.phone, &v.laptop, head);
    let removed = v.space.roster.feed(&v.laptop.feed()).unwrap().removed;
    assert_eq!(removed, Some(Removal { seq: 2, by: v.phone.feed().into(), head }));
    let again = v.space.removing(v.laptop.feed(), None);
    assert_eq!(verdict(&v.space, v.phone.as_feed(), again), Err(LinkFault::UnknownMember));
    let unknown = v.space.removing(v.stranger.feed(), None);
    assert_eq!(verdict(&v.space, v.phone.as_feed(), unknown), Err(LinkFault::UnknownMember));
    let last = v.space.removing(v.phone.feed(), None);
    assert_eq!(verdict(&v.space, v.phone.as_feed(), last.clone()), Err(LinkFault::NotAllowed), "itself");
    assert_eq!(verdict(&v.space, v.paper.as_paper(), last), Err(LinkFault::LastFeed));
}

/// A device that found its own clone makes itself a new feed, and the old one stays until somebody else removes it: the other
/// copy is not locked out by the first that notices.
#[test]
fn no_feed_removes_itself() {
    let mut v = vault();
    v.space.add(&v.laptop, &v.tablet);
    let head = Some(Position { seq: 3, id: RecordId::from_bytes([3; 32]) });
    let itself = v.space.removing(v.laptop.feed(), head);
    assert_eq!(verdict(&v.space, v.laptop.as_feed(), itself.clone()), Err(LinkFault::NotAllowed));
    assert_eq!(verdict(&v.space, v.tablet.as_feed(), itself), Ok(()));
}

/// A stolen laptop, a kit that lay beside it: both go in one link, so that neither opens the new root nor adds a feed.
#[test]
fn one_link_removes_replaces_and_begins_an_epoch() {
    let mut v = vault();
    v.space.add(&v.phone, &v.tablet);
    let mut change = v.space.replacing_paper(&v.new_paper);
    change.removed = BTreeMap::from([(v.laptop.feed(), None), (v.tablet.feed(), None)]);
    let change = with_epoch(&v.space.roster, v.phone.feed().into(), change);
    let mut wrapped: Vec<MemberId> = vec![v.phone.feed().into(), v.new_paper.keys.paper_id().into()];
    wrapped.sort();
    assert_eq!(change.epoch.wraps.keys().copied().collect::<Vec<_>>(), wrapped);
    v.space.append(v.phone.as_feed(), change).unwrap();
    let roster = &v.space.roster;
    assert_eq!((roster.current_feeds().count(), roster.epoch()), (1, 1));
    assert_eq!(roster.paper().unwrap().keys, v.new_paper.keys);
    for author in [v.laptop.as_feed(), v.tablet.as_feed(), v.paper.as_paper()] {
        let add = v.space.adding(&v.stranger, None);
        assert_eq!(verdict(&v.space, author, add), Err(LinkFault::AuthorRemoved));
    }
}

/// The same in a shared space: the therapist goes, and the owner's own party keys are new.
#[test]
fn one_link_puts_a_party_out_and_renews_ones_own() {
    let mut s = shared();
    let new = Keyed::new(15);
    let leaving = s.space.removing_party(s.therapist.keys.party_id());
    let change = Change { replaced: s.space.replacing(s.phone.as_feed(), &new).replaced, ..leaving };
    let change = with_epoch(&s.space.roster, s.phone.feed().into(), change);
    s.space.append(s.phone.as_feed(), change).unwrap();
    assert_eq!(s.space.roster.owner(), Some(new.keys.party_id()));
    let mut left: Vec<MemberId> = vec![s.phone.feed().into(), new.keys.party_id().into()];
    left.sort();
    assert_eq!(recipients_of(&s.space), left);
}

#[test]
fn in_a_shared_space_each_party_minds_its_own() {
    let s = shared();
    let new = Keyed::new(15);
    let (own, other) = (s.owner.keys.party_id(), s.therapist.keys.party_id());
    let authors: [(&str, Author<'_>, bool, bool); 4] = [
        ("the owner's phone", s.phone.as_feed(), true, true),
        ("the owner's party", s.owner.as_party(), true, false),
        ("the therapist's desk", s.desk.as_feed(), false, true),
        ("the therapist's party", s.therapist.as_party(), false, false),
    ];
    let not_allowed = Err(LinkFault::NotAllowed);
    let check = |what: &str, author: Author<'_>, body: Body, expected: Result<(), LinkFault>| {
        assert_eq!(verdict(&s.space, author, body), expected, "{what}");
    };
    for (who, author, is_owner, is_feed) in authors {
        let allowed = |condition: bool| if condition { Ok(()) } else { not_allowed };
        check(who, author, s.space.adding(&new, Some(own)).into(), allowed(is_owner));
        check(who, author, s.space.adding(&new, Some(other)).into(), allowed(!is_owner));
        check(who, author, s.space.adding(&new, None).into(), not_allowed);
        // Nobody removes itself.
        check(who, author, s.space.removing(s.phone.feed(), None).into(), allowed(is_owner && !is_feed));
        check(who, author, s.space.removing(s.desk.feed(), None).into(), allowed(!is_owner && !is_feed));
        check(who, author, s.space.replacing(author, &new).into(), Ok(()));
        check(who, author, s.space.advancing().into(), Ok(()));
        check(who, author, s.space.removing_party(other).into(), allowed(is_owner && is_feed));
        check(who, author, s.space.removing_party(own).into(), not_allowed);
        let third = if is_owner && is_feed { Err(LinkFault::TooManyMembers) } else { not_allowed };
        check(who, author, s.space.adding_party(&new).into(), third);
    }
}

#[test]
fn a_removed_party_leaves_with_its_feeds() {
    let mut s = shared();
    let therapist = s.therapist.keys.party_id();
    let head = Some(Position { seq: 5, id: RecordId::from_bytes([5; 32]) });
    let body = s.space.removing_party_at(therapist, |_| head);
    assert!(!body.epoch.wraps.contains_key(&s.desk.feed().into()));
    let left = Change { removed: BTreeMap::new(), ..body.clone() };
    assert_eq!(verdict(&s.space, s.phone.as_feed(), left), Err(LinkFault::FeedsLeft), "its heads are named");
    s.space.append(s.phone.as_feed(), body).unwrap();
    let removal = Removal { seq: 3, by: s.phone.feed().into(), head };
    assert!(!s.space.roster.is_current(&s.desk.feed()));
    assert_eq!(s.space.roster.feed(&s.desk.feed()).unwrap().removed, Some(removal));
    assert!(s.space.roster.party(&therapist).is_none());
    let add = s.space.adding(&Keyed::new(15), Some(therapist));
    assert_eq!(verdict(&s.space, s.therapist.as_party(), add.clone()), Err(LinkFault::AuthorRemoved));
    assert_eq!(verdict(&s.space, s.desk.as_feed(), add), Err(LinkFault::AuthorRemoved));
    let again = s.space.removing_party(therapist);
    assert_eq!(verdict(&s.space, s.phone.as_feed(), again), Err(LinkFault::UnknownMember));
    let another = s.space.adding_party(&Keyed::new(16));
    assert_eq!(verdict(&s.space, s.phone.as_feed(), another), Ok(()));
}

/// What of a removed feed counts is decided by its own removal, whatever happens to its party later.
#[test]
fn a_feed_that_left_before_its_party_left_when_it_did() {
    let mut s = shared();
    let head = Some(Position { seq: 7, id: RecordId::from_bytes([7; 32]) });
    let removal = Removal { seq: 3, by: s.therapist.keys.party_id().into(), head };
    let body = s.space.removing(s.desk.feed(), removal.head);
    s.space.append(s.therapist.as_party(), body).unwrap();
    let body = s.space.removing_party(s.therapist.keys.party_id());
    s.space.append(s.phone.as_feed(), body).unwrap();
    assert_eq!(s.space.roster.feed(&s.desk.feed()).unwrap().removed, Some(removal));
}

#[test]
fn a_party_replaces_its_keys_and_stays_who_it_is() {
    let mut s = shared();
    let new = Keyed::new(15);
    let body = s.space.replacing(s.phone.as_feed(), &new);
    s.space.append(s.phone.as_feed(), body).unwrap();
    assert_eq!(s.space.roster.owner(), Some(new.keys.party_id()));
    assert_eq!(s.space.roster.feed(&s.phone.feed()).unwrap().party, Some(new.keys.party_id()));
    assert_eq!(s.space.roster.feed(&s.desk.feed()).unwrap().party, Some(s.therapist.keys.party_id()));
    let add = s.space.adding(&Keyed::new(16), Some(new.keys.party_id()));
    assert_eq!(verdict(&s.space, s.owner.as_party(), add.clone()), Err(LinkFault::AuthorRemoved));
    assert_eq!(verdict(&s.space, new.as_party(), add), Ok(()));
    let removal = s.space.removing_party(s.therapist.keys.party_id());
    assert_eq!(verdict(&s.space, s.phone.as_feed(), removal), Ok(()));
    // Its name is still the one that was sealed to the id it had, under the epoch of that time.
    let new = Keyed::new(17);
    let body = s.space.replacing(s.desk.as_feed(), &new);
    s.space.append(s.desk.as_feed(), body).unwrap();
    let party = s.space.roster.party(&new.keys.party_id()).unwrap();
    assert_eq!((party.first, party.added_seq), (s.therapist.keys.party_id(), 1));
    assert_eq!(party.sealed_name, Some(vec![3; 160]));
}

#[test]
fn genesis_must_be_by_its_feed_with_both_consents_and_both_wraps() {
    let (phone, paper, stranger) = (Keyed::new(1), Keyed::new(2), Keyed::new(3));
    for kind in [SpaceKind::Vault, SpaceKind::Shared] {
        let good = genesis_body(kind, &phone, &paper);
        let attempt = |change: &dyn Fn(&mut Genesis), signer: &Keyed| {
            let mut body = good.clone();
            change(&mut body);
            genesis(body, &signer.signer).map(drop)
        };
        let agreed = |change: &dyn Fn(&mut haven_feed::roster::body::Founding), standing: &Keyed| {
            let mut founding = founding(kind, &phone, &paper);
            change(&mut founding);
            genesis(founding.agreed(&phone.signer, &standing.signer), &phone.signer).map(drop)
        };
        let bad = Err(LinkFault::BadConsent);
        assert_eq!(attempt(&|_| (), &phone), Ok(()));
        assert_eq!(attempt(&|_| (), &stranger), Err(LinkFault::BadSignature));
        assert_eq!(attempt(&|body| body.founding.seed[0] ^= 1, &phone), bad);
        assert_eq!(attempt(&|body| body.standing_consent = body.feed_consent, &phone), bad);
        assert_eq!(attempt(&|body| body.feed_consent = body.standing_consent, &phone), bad);
        assert_eq!(agreed(&|founding| founding.wraps.clear(), &paper), Err(LinkFault::WrapsUnfit));
        let own = wraps_for([phone.feed().into()]);
        assert_eq!(agreed(&|founding| founding.wraps = own.clone(), &paper), Err(LinkFault::WrapsUnfit));
        let one_key = |founding: &mut haven_feed::roster::body::Founding| {
            founding.standing = founding.feed.clone();
        };
        assert_eq!(agreed(&one_key, &phone), Err(LinkFault::KeyReused));
    }
}

#[test]
fn a_genesis_never_comes_second() {
    let v = vault();
    let body = genesis_body(SpaceKind::Vault, &v.phone, &v.stranger);
    assert_eq!(verdict(&v.space, v.phone.as_feed(), body), Err(LinkFault::Malformed("place")));
    assert_eq!(Roster::replay(&v.space.links[1..]), Err(LinkFault::Malformed("no genesis")));
    assert_eq!(Roster::replay(&[]), Err(LinkFault::Malformed("no genesis")));
}

#[test]
fn a_space_has_room_for_so_many_feeds() {
    let (phone, paper) = (Keyed::new(1), Keyed::new(2));
    let mut space = Space::vault(&phone, &paper);
    for number in 1..(FEEDS_MAX - FEEDS_FOR_STANDING) as u64 {
        space.add(&phone, &Keyed::new(100 + number));
    }
    let (last, extra, first) = (Keyed::new(998), Keyed::new(999), Keyed::new(101));
    let add = space.adding(&last, None);
    assert_eq!(verdict(&space, phone.as_feed(), add.clone()), Err(LinkFault::TooManyMembers));
    space.append(paper.as_paper(), add).unwrap();
    assert_eq!(space.roster.current_feeds().count(), FEEDS_MAX);
    let add = space.adding(&extra, None);
    assert_eq!(verdict(&space, paper.as_paper(), add), Err(LinkFault::TooManyMembers));
    space.remove(&phone, &first, None);
    let add = space.adding(&extra, None);
    assert_eq!(verdict(&space, phone.as_feed(), add.clone()), Err(LinkFault::TooManyMembers));
    assert_eq!(verdict(&space, paper.as_paper(), add), Ok(()));
}

/// A thief's devices come and go until a feed may add none any more. The paper adds one all the same, and puts the others out.
#[test]
fn a_stolen_device_leaves_the_paper_feeds_to_add() {
    let mut v = vault();
    let ended = (1000..).step_by(60).find_map(|first| {
        let added = (first..first + 60).try_for_each(|number| {
            let body = v.space.adding(&Keyed::new(number), None);
            v.space.append(v.phone.as_feed(), body)
        });
        let body = v.space.removing_all_but(&[&v.phone, &v.laptop]);
        v.space.append(v.phone.as_feed(), body).unwrap();
        added.err()
    });
    assert_eq!(ended, Some(LinkFault::TooManyMembers));
    assert_eq!(v.space.roster.feeds().count(), FEEDS_EVER_MAX - FEEDS_EVER_FOR_STANDING);
    for number in 0..FEEDS_EVER_FOR_STANDING as u64 {
        let new = Keyed::new(100 + number);
        let body = v.space.adding(&new, None);
        v.space.append(v.paper.as_paper(), body).unwrap();
        let body = v.space.removing_all_but(&[&new]);
        v.space.append(v.paper.as_paper(), body).unwrap();
        assert!(v.space.roster.current_feeds().all(|(feed, _)| feed == new.feed()));
    }
    let body = v.space.adding(&v.tablet, None);
    assert_eq!(verdict(&v.space, v.paper.as_paper(), body), Err(LinkFault::TooManyMembers));
}

/// Appends one link after the other until one is refused.
fn fill(space: &mut Space, author: Author<'_>, body: impl Fn(&Space) -> Option<Change>) -> Option<LinkFault> {
    std::iter::from_fn(|| body(space).map(|body| space.append(author, body))).find_map(Result::err)
}

/// Whoever fills a roster to its last byte is put out of it all the same: by another device, and by the paper also where the room that
/// is kept for removals was filled with removals.
#[test]
fn a_full_roster_can_still_put_somebody_out() {
    let mut v = vault();
    let others: Vec<Keyed> = (0..60).map(|number| Keyed::new(100 + number)).collect();
    others.iter().for_each(|other| v.space.add(&v.phone, other));
    let full = Err(LinkFault::RosterFull);
    assert_eq!(fill(&mut v.space, v.phone.as_feed(), |space| Some(space.advancing())), full.err());
    let kept = ROSTER_BYTES_FOR_REMOVAL + ROSTER_BYTES_FOR_STANDING;
    let left = ROSTER_BYTES_MAX - kept - v.space.roster.bytes();
    assert!(left < LINK_BYTES_MAX, "{left} bytes were left");
    let more: [Body; 2] = [v.space.advancing().into(), v.space.replacing_paper(&v.new_paper).into()];
    for body in more {
        assert_eq!(verdict(&v.space, v.phone.as_feed(), body), full);
    }
    let theft = v.space.removing(v.phone.feed(), None);
    assert_eq!(verdict(&v.space, v.laptop.as_feed(), theft), Ok(()), "by another device");
    let next = |space: &Space| {
        let other = others.iter().find(|other| space.roster.is_current(&other.feed()))?;
        Some(space.removing(other.feed(), None))
    };
    assert_eq!(fill(&mut v.space, v.phone.as_feed(), next), full.err());
    let theft = v.space.removing(v.phone.feed(), None);
    assert_eq!(verdict(&v.space, v.laptop.as_feed(), theft), full, "a device can't any more");
    the_paper_begins_anew(&mut v);
}

/// The paper adds a device, then puts all others out and gives way to another paper in one link. There is room left for the next time.
fn the_paper_begins_anew(v: &mut Vault) {
    let body = v.space.adding(&v.tablet, None);
    assert_eq!(verdict(&v.space, v.phone.as_feed(), body.clone()), Err(LinkFault::RosterFull));
    v.space.append(v.paper.as_paper(), body).unwrap();
    let removed = v.space.removing_all_but(&[&v.tablet]).removed;
    let change = Change { removed, ..v.space.replacing_paper(&v.new_paper) };
    let change = with_epoch(&v.space.roster, v.paper.keys.paper_id().into(), change);
    v.space.append(v.paper.as_paper(), change).unwrap();
    assert!(v.space.roster.current_feeds().all(|(feed, _)| feed == v.tablet.feed()));
    let body = v.space.adding(&v.stranger, None);
    assert_eq!(verdict(&v.space, v.tablet.as_feed(), body.clone()), Err(LinkFault::RosterFull));
    assert_eq!(verdict(&v.space, v.paper.as_paper(), body.clone()), Err(LinkFault::AuthorRemoved));
    assert_eq!(verdict(&v.space, v.new_paper.as_paper(), body), Ok(()));
    let left = ROSTER_BYTES_MAX - v.space.roster.bytes();
    assert!(left > ROSTER_BYTES_FOR_STANDING - 2 * LINK_BYTES_MAX, "{left} bytes are left");
}

/// Devices come and go until nothing more fits. Then the owner adds a device and puts the other party out, and the other party's own
/// keys add a device and put the one out that did it.
#[test]
fn a_therapist_uses_up_their_own_room_only() {
    let mut s = shared();
    let (own, other) = (s.owner.keys.party_id(), s.therapist.keys.party_id());
    let come_and_go = |space: &mut Space, number: u64| -> Result<(), LinkFault> {
        let new = Keyed::new(1000 + number);
        let body = space.adding(&new, Some(other));
        space.append(s.desk.as_feed(), body)?;
        let body = space.removing(new.feed(), None);
        space.append(s.desk.as_feed(), body)
    };
    let ended = (0..).find_map(|number| come_and_go(&mut s.space, number).err()).unwrap();
    assert_eq!(ended, LinkFault::TooManyMembers);
    let feeds = s.space.roster.feeds().filter(|(_, member)| member.party == Some(other)).count();
    assert_eq!(feeds, PARTY_FEEDS_EVER_MAX - PARTY_FEEDS_EVER_FOR_STANDING);
    let full = Some(LinkFault::RosterFull);
    assert_eq!(fill(&mut s.space, s.desk.as_feed(), |space| Some(space.advancing())), full);
    assert!(
        s.space.roster.bytes() < ROSTER_BYTES_MAX / 2
            && s.space.roster.bytes() > PARTY_BYTES_MAX / 2 - LINK_BYTES_MAX
    );
    let body = s.space.adding(&Keyed::new(16), Some(other));
    s.space.append(s.therapist.as_party(), body).unwrap();
    let body = s.space.removing(s.desk.feed(), None);
    assert_eq!(verdict(&s.space, s.therapist.as_party(), body), Ok(()));
    let add = s.space.adding(&Keyed::new(15), Some(own));
    s.space.append(s.phone.as_feed(), add).unwrap();
    let body = s.space.removing_party(other);
    s.space.append(s.phone.as_feed(), body).unwrap();
    assert_eq!(s.space.roster.parties().count(), 1);
}

/// What is kept of a party's part: first for removals, then for its own keys.
#[test]
fn a_full_part_of_a_party_leaves_room_for_its_own_keys() {
    let mut s = shared();
    let other = Some(s.therapist.keys.party_id());
    let others: Vec<Keyed> = (0..30).map(|number| Keyed::new(100 + number)).collect();
    for new in &others {
        let body = s.space.adding(new, other);
        s.space.append(s.desk.as_feed(), body).unwrap();
    }
    let full = Some(LinkFault::RosterFull);
    assert_eq!(fill(&mut s.space, s.desk.as_feed(), |space| Some(space.advancing())), full);
    let next = |space: &Space| {
        let other = others.iter().find(|other| space.roster.is_current(&other.feed()))?;
        Some(space.removing(other.feed(), None))
    };
    let before = s.space.roster.bytes();
    fill(&mut s.space, s.desk.as_feed(), next);
    let removed = s.space.roster.bytes() - before;
    assert!(
        removed > LINK_BYTES_MAX && removed < ROSTER_BYTES_FOR_REMOVAL + LINK_BYTES_MAX,
        "{removed} bytes"
    );
    let add = s.space.adding(&Keyed::new(15), other);
    assert_eq!(verdict(&s.space, s.desk.as_feed(), add.clone()), Err(LinkFault::RosterFull));
    s.space.append(s.therapist.as_party(), add).unwrap();
    let body = s.space.removing(s.desk.feed(), None);
    s.space.append(s.therapist.as_party(), body).unwrap();
    let body = s.space.replacing(s.therapist.as_party(), &Keyed::new(16));
    assert_eq!(verdict(&s.space, s.therapist.as_party(), body), Ok(()));
}

#[test]
fn a_party_has_room_for_so_many_feeds_and_a_space_for_so_many_parties() {
    let mut s = shared();
    let party_feeds = |space: &Space, party: PartyId| {
        space.roster.current_feeds().filter(|(_, member)| member.party == Some(party)).count()
    };
    let therapist = s.therapist.keys.party_id();
    for number in 1..(PARTY_FEEDS_MAX - FEEDS_FOR_STANDING) as u64 {
        let body = s.space.adding(&Keyed::new(100 + number), Some(therapist));
        s.space.append(s.desk.as_feed(), body).unwrap();
    }
    let last = s.space.adding(&Keyed::new(98), Some(therapist));
    assert_eq!(verdict(&s.space, s.desk.as_feed(), last.clone()), Err(LinkFault::TooManyMembers));
    s.space.append(s.therapist.as_party(), last).unwrap();
    assert_eq!(party_feeds(&s.space, therapist), PARTY_FEEDS_MAX);
    let more = s.space.adding(&Keyed::new(99), Some(therapist));
    assert_eq!(verdict(&s.space, s.therapist.as_party(), more), Err(LinkFault::TooManyMembers));
    let own = s.space.adding(&Keyed::new(99), Some(s.owner.keys.party_id()));
    assert_eq!(verdict(&s.space, s.phone.as_feed(), own), Ok(()));
    let mut party = therapist;
    for number in 2..PARTIES_EVER_MAX as u64 {
        let body = s.space.removing_party(party);
        s.space.append(s.phone.as_feed(), body).unwrap();
        let next = Keyed::new(200 + number);
        let body = s.space.adding_party(&next);
        s.space.append(s.phone.as_feed(), body).unwrap();
        party = next.keys.party_id();
    }
    let body = s.space.removing_party(party);
    s.space.append(s.phone.as_feed(), body).unwrap();
    let body = s.space.adding_party(&Keyed::new(300));
    assert_eq!(s.space.append(s.phone.as_feed(), body), Err(LinkFault::TooManyMembers));
}

/// The largest link there can be: 64 heads, new keys, 66 wraps.
#[test]
fn the_largest_link_fits() {
    let mut s = shared();
    let keyed = |number| Keyed::new(100 + number);
    for number in 1..PARTY_FEEDS_MAX as u64 {
        let body = s.space.adding(&keyed(number), Some(s.therapist.keys.party_id()));
        s.space.append(s.therapist.as_party(), body).unwrap();
        let body = s.space.adding(&keyed(500 + number), Some(s.owner.keys.party_id()));
        s.space.append(s.owner.as_party(), body).unwrap();
    }
    let body = s.space.replacing(s.phone.as_feed(), &keyed(900));
    assert_eq!(body.epoch.wraps.len(), 2 * PARTY_FEEDS_MAX + 2);
    let link = next(&s.space.roster, s.phone.as_feed(), body).unwrap();
    let size = link.bytes().len();
    println!("66 recipients and new keys are {size} bytes");
    assert!(size + 2 * PARTY_FEEDS_MAX * 48 <= LINK_BYTES_MAX);
}

#[test]
fn names_travel_sealed() {
    let v = vault();
    let names: BTreeMap<FeedId, usize> =
        v.space.roster.feeds().map(|(id, member)| (id, member.sealed_name.len())).collect();
    assert_eq!(names, BTreeMap::from([(v.phone.feed(), 160), (v.laptop.feed(), 160)]));
}
