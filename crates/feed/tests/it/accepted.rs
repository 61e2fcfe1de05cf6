//! What counts of the records of removed feeds.

use haven_feed::accepted::{Accepted, Says, accepted};
use haven_feed::chain::Tip;
use haven_feed::record::VerifiedRecord;
use haven_feed::roster::SpaceKind;
use haven_feed::{FeedId, Position, RecordId, Vector};

use crate::world::{Held, Keyed, Space, write};

/// A vault of laptop, phone and tablet; the phone has written eight records.
struct Vault {
    laptop: Keyed,
    phone: Keyed,
    tablet: Keyed,
    space: Space,
    phones: Vec<VerifiedRecord>,
}

fn vault(filling: u8) -> Vault {
    let (phone, laptop, paper, tablet) = (Keyed::new(1), Keyed::new(2), Keyed::new(3), Keyed::new(4));
    let mut space = Space::vault(&laptop, &paper);
    space.add(&laptop, &phone);
    space.add(&laptop, &tablet);
    let phones = write(&space.roster, &phone, None, 8, filling);
    Vault { laptop, phone, tablet, space, phones }
}

fn says(by: &Keyed, seq: u64, names: &[(FeedId, Position)]) -> Says {
    Says { by: by.feed(), seq, names: names.to_vec() }
}

fn decided(space: &Space, held: &Held, said: &[Says]) -> Accepted {
    decided_after(space, held, &Vector::default(), said)
}

fn decided_after(space: &Space, held: &Held, settled: &Vector, said: &[Says]) -> Accepted {
    let history = held.history();
    accepted(&space.roster, &|feed, seq| history(feed, seq).map(|held| held.id), settled, said)
}

fn elsewhere(seq: u64) -> Position {
    Position { seq, id: RecordId::from_bytes([1; 32]) }
}

#[test]
fn only_ancestors_of_what_others_named_count() {
    let at = |seq: usize| vault(1).phones[seq - 1].position();
    let cases = [
        ("nothing named", None, Vec::new(), 0, None),
        ("the head of the removal", Some(at(5)), vec![], 5, None),
        ("somebody saw more", Some(at(5)), vec![at(7)], 7, None),
        ("somebody saw less", Some(at(5)), vec![at(2)], 5, None),
        ("only somebody saw it", None, vec![at(3)], 3, None),
        ("many saw some", Some(at(1)), vec![at(4), at(2), at(6)], 6, None),
        ("beyond what came", Some(elsewhere(9)), vec![elsewhere(12)], 0, None),
        ("another history is named", None, vec![elsewhere(3)], 0, Some(3)),
        ("both histories are named", Some(at(2)), vec![elsewhere(3)], 2, Some(3)),
    ];
    for (what, head, covers, counts, contradicted) in cases {
        let mut v = vault(1);
        v.space.remove(&v.laptop, &v.phone, head);
        let feed = v.phone.feed();
        let numbered = covers.iter().zip(1..);
        let said: Vec<Says> = numbered.map(|(cover, seq)| says(&v.laptop, seq, &[(feed, *cover)])).collect();
        let decided = decided(&v.space, &Held::of(&v.phones), &said);
        assert_eq!(decided.bound(&feed), Some(counts), "{what}");
        let expected: Vec<_> = contradicted.map(|seq| (feed, seq)).into_iter().collect();
        assert_eq!(decided.contradicted.into_keys().collect::<Vec<_>>(), expected, "{what}");
    }
}

/// A thief with the phone's keys writes on after the removal, backdated or not, and vouches for himself.
#[test]
fn a_thief_adds_nothing() {
    let mut v = vault(1);
    let head = Some(v.phones[4].position());
    v.space.remove(&v.laptop, &v.phone, head);
    let own = says(&v.phone, 8, &[(v.phone.feed(), v.phones[7].position())]);
    let decided = decided(&v.space, &Held::of(&v.phones), &[own]);
    assert!(decided.counts(&v.phone.feed(), 5) && !decided.counts(&v.phone.feed(), 6));
    assert!(decided.counts(&v.laptop.feed(), 99), "every record of a member counts");
}

/// A thief rewrites the past: the head that was named is not in his history, and as long as it has not come, nothing counts.
#[test]
fn a_rewritten_past_is_contradicted() {
    let (honest, mut v) = (vault(1).phones, vault(2));
    v.space.remove(&v.laptop, &v.phone, Some(honest[4].position()));
    let feed = v.phone.feed();
    let whole = decided(&v.space, &Held::of(&v.phones), &[]);
    assert_eq!((whole.bound(&feed), whole.contradicted.contains_key(&(feed, 5))), (Some(0), true));
    let short = decided(&v.space, &Held::of(&v.phones[..4]), &[]);
    assert_eq!((short.bound(&feed), short.contradicted.len()), (Some(0), 0));
}

/// Two removed feeds name each other: what nobody who remains has named holds neither up.
#[test]
fn two_removed_feeds_do_not_vouch_each_other_in() {
    let mut v = vault(1);
    let tablets = write(&v.space.roster, &v.tablet, None, 4, 1);
    v.space.remove(&v.laptop, &v.phone, Some(v.phones[1].position()));
    v.space.remove(&v.laptop, &v.tablet, Some(tablets[1].position()));
    let held = Held::of(&[v.phones.clone(), tablets.clone()].concat());
    let (phone, tablet) = (v.phone.feed(), v.tablet.feed());
    let mut said = vec![
        says(&v.phone, 6, &[(tablet, tablets[3].position())]),
        says(&v.tablet, 4, &[(phone, v.phones[7].position())]),
    ];
    let apart = decided(&v.space, &held, &said);
    assert_eq!((apart.bound(&phone), apart.bound(&tablet)), (Some(2), Some(2)));
    // One name by a member, and all that hangs on it counts.
    said.push(says(&v.laptop, 1, &[(phone, v.phones[5].position())]));
    let vouched = decided(&v.space, &held, &said);
    assert_eq!((vouched.bound(&phone), vouched.bound(&tablet)), (Some(8), Some(4)));
}

/// In whatever order names become known, and however the run is cut, the same records count in the end.
#[test]
fn the_order_of_hearing_does_not_matter() {
    let mut v = vault(1);
    v.space.remove(&v.laptop, &v.phone, Some(v.phones[1].position()));
    let feed = v.phone.feed();
    let covers = [6, 2, 4].map(|index| v.phones[index].position());
    for rotation in 0..covers.len() {
        for cut in 0..v.phones.len() {
            let (mut settled, mut said) = (Vector::default(), Vec::new());
            for step in 0..covers.len() {
                let cover = covers[(rotation + step) % covers.len()];
                said.push(says(&v.laptop, step as u64 + 1, &[(feed, cover)]));
                let arrived = if step == 0 { cut } else { v.phones.len() };
                let held = Held::of(&v.phones[..arrived]);
                let bound = decided_after(&v.space, &held, &settled, &said).bound(&feed).unwrap();
                if bound > 0 {
                    settled.advance(feed, v.phones[usize::try_from(bound).unwrap() - 1].position());
                }
            }
            assert_eq!(settled.seq(&feed), 7, "rotation {rotation}, cut {cut}");
        }
    }
}

/// In a shared space each party vouches for its own; the owner speaks for a party that is gone.
#[test]
fn parties_vouch_for_their_own() {
    let (owner, owner_party, second) = (Keyed::new(1), Keyed::new(2), Keyed::new(5));
    let (therapist, theirs, their_other) = (Keyed::new(3), Keyed::new(4), Keyed::new(6));
    let mut space = Space::begin(SpaceKind::Shared, &owner, &owner_party);
    let body = space.adding_party(&therapist);
    space.append(owner.as_feed(), body).unwrap();
    for new in [&theirs, &their_other] {
        let body = space.adding(new, Some(therapist.keys.party_id()));
        space.append(therapist.as_party(), body).unwrap();
    }
    let body = space.adding(&second, Some(owner_party.keys.party_id()));
    space.append(owner.as_feed(), body).unwrap();
    let written = write(&space.roster, &theirs, None, 5, 1);
    let held = Held::of(&written);
    let feed = theirs.feed();
    let name = |seq: usize| [(feed, written[seq - 1].position())];
    let body = space.removing(feed, Some(written[0].position()));
    space.append(their_other.as_feed(), body).unwrap();
    let said = [says(&owner, 1, &name(5)), says(&their_other, 1, &name(3))];
    assert_eq!(decided(&space, &held, &said).bound(&feed), Some(3), "its own party");
    let body = space.removing_party(therapist.keys.party_id());
    space.append(owner.as_feed(), body).unwrap();
    assert_eq!(decided(&space, &held, &said).bound(&feed), Some(5), "the owner, of a party that is gone");
}

/// The record that carries the name may itself be of a feed that was removed meanwhile.
#[test]
fn what_a_removed_feed_named_before_its_head_counts() {
    let mut v = vault(1);
    let tip: Option<Tip> = None;
    let tablets = write(&v.space.roster, &v.tablet, tip, 2, 1);
    v.space.remove(&v.laptop, &v.tablet, Some(tablets[0].position()));
    v.space.remove(&v.laptop, &v.phone, None);
    let held = Held::of(&[v.phones.clone(), tablets].concat());
    let phone = v.phone.feed();
    let name = |seq, at: usize| says(&v.tablet, seq, &[(phone, v.phones[at - 1].position())]);
    assert_eq!(decided(&v.space, &held, &[name(1, 3), name(2, 8)]).bound(&phone), Some(3));
}

/// Two removed feeds that name each other's next record, one after the other, all of it behind one head that counts: each word is heard
/// once, and not all of them again for each.
#[test]
fn a_chain_of_tens_of_thousands_of_names_is_followed_at_once() {
    const MANY: u64 = 40_000;
    let mut v = vault(1);
    let (phone, tablet) = (v.phone.feed(), v.tablet.feed());
    let id = |seq: u64| RecordId::from_bytes(std::array::from_fn(|at| seq.to_be_bytes()[at % 8]));
    let at = |seq: u64| Position { seq, id: id(seq) };
    v.space.remove(&v.laptop, &v.phone, Some(at(1)));
    v.space.remove(&v.laptop, &v.tablet, None);
    let to_tablet = (1..=MANY).map(|seq| says(&v.phone, seq, &[(tablet, at(seq))]));
    let to_phone = (1..MANY).map(|seq| says(&v.tablet, seq, &[(phone, at(seq + 1))]));
    let said: Vec<Says> = to_tablet.chain(to_phone).collect();
    let held = |_: &FeedId, seq: u64| (seq <= MANY).then(|| id(seq));
    let counted = accepted(&v.space.roster, &held, &Vector::default(), &said);
    assert_eq!((counted.bound(&phone), counted.bound(&tablet)), (Some(MANY), Some(MANY)));
}
