//! The bytes of links.

use haven_feed::digest::{digest, label};
use haven_feed::keys::Signature;
use haven_feed::limits::LINK_BYTES_MAX;
use haven_feed::roster::body::{AddFeed, Body, SpaceKind};
use haven_feed::roster::link::{Link, LinkFault};
use haven_feed::roster::{Roster, Wrap};
use haven_feed::version::{Incompatible, Part};
use haven_feed::{Position, RecordId};

use crate::world::{Keyed, Space};

/// One roster with every kind of link a vault has, and one with every kind a shared space has.
pub(crate) fn rosters() -> [Space; 2] {
    let [phone, laptop, paper, new_paper, owner, therapist, desk, new_owner] =
        [1, 2, 3, 4, 5, 6, 7, 8].map(Keyed::new);
    let mut vault = Space::vault(&phone, &paper);
    vault.add(&phone, &laptop);
    vault.remove(&phone, &laptop, Some(Position { seq: 3, id: RecordId::from_bytes([3; 32]) }));
    let body = vault.replacing_paper(&new_paper);
    vault.append(phone.as_feed(), body).unwrap();
    let body = vault.advancing();
    vault.append(phone.as_feed(), body).unwrap();

    let mut shared = Space::begin(SpaceKind::Shared, &phone, &owner);
    let body = shared.adding_party(&therapist);
    shared.append(phone.as_feed(), body).unwrap();
    let body = shared.adding(&desk, Some(therapist.keys.party_id()));
    shared.append(therapist.as_party(), body).unwrap();
    let body = shared.replacing(phone.as_feed(), &new_owner);
    shared.append(phone.as_feed(), body).unwrap();
    let body = shared.removing_party(therapist.keys.party_id());
    shared.append(phone.as_feed(), body).unwrap();
    [vault, shared]
}

#[test]
fn links_parse_to_what_was_built() {
    for space in rosters() {
        for link in &space.links {
            let parsed = Link::parse(link.bytes().clone()).unwrap();
            assert_eq!(&parsed, link);
            assert_eq!(parsed.space(), space.roster.space());
        }
        assert_eq!(Roster::replay(&space.links).unwrap(), space.roster);
    }
}

/// Appends one link to what is before it, or begins with it.
fn verdict(before: Option<&Roster>, bytes: Vec<u8>) -> Result<(), LinkFault> {
    match before {
        None => Roster::genesis(bytes).map(drop),
        Some(roster) => roster.clone().append(&Link::parse(bytes)?),
    }
}

/// One bit in every byte, another one from byte to byte.
#[test]
fn every_changed_byte_of_every_link_is_found() {
    for space in rosters() {
        for (index, link) in space.links.iter().enumerate() {
            let before = Roster::replay(&space.links[..index]).ok();
            assert_eq!(verdict(before.as_ref(), link.bytes().to_vec()), Ok(()));
            for at in 0..link.bytes().len() {
                let mut bytes = link.bytes().to_vec();
                bytes[at] ^= 1 << (at % 8);
                assert!(verdict(before.as_ref(), bytes).is_err(), "link {index}, byte {at}");
            }
        }
    }
}

#[test]
fn every_truncation_of_every_link_is_malformed() {
    for space in rosters() {
        for link in &space.links {
            for len in 0..link.bytes().len() {
                let parsed = Link::parse(link.bytes().slice(..len));
                assert!(matches!(parsed, Err(LinkFault::Malformed(_))), "{len}: {parsed:?}");
            }
            let longer = [link.bytes().as_ref(), &[0]].concat();
            assert_eq!(Link::parse(longer), Err(LinkFault::Malformed("trailing bytes")));
        }
    }
}

/// The same link with other bytes before the signature, signed again by whoever is wrong about them.
fn signed_again(link: &Link, signer: &Keyed, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = link.bytes()[..link.bytes().len() - Signature::LEN].to_vec();
    change(&mut bytes);
    let hash = digest(label::LINK, &[&bytes]);
    let signature = signer.signer.sign(&digest(label::AUTHOR, &[hash.as_bytes()]));
    bytes.extend_from_slice(signature.as_bytes());
    bytes
}

#[test]
fn genesis_names_no_space_and_no_link_before_it_and_stands_first() {
    let phone = Keyed::new(1);
    for space in rosters() {
        let genesis = &space.links[0];
        let unchanged = signed_again(genesis, &phone, |_| ());
        assert_eq!(unchanged, **genesis.bytes(), "signing again is how it was signed");
        // The space, the number and the link before: everything between the kind and the author.
        for at in 2..74 {
            let moved = signed_again(genesis, &phone, |bytes| bytes[at] = 1);
            assert_eq!(Roster::genesis(moved), Err(LinkFault::Malformed("place")), "byte {at}");
        }
        let first = signed_again(&space.links[1], &phone, |bytes| bytes[34..42].fill(0));
        assert_eq!(Link::parse(first), Err(LinkFault::Malformed("place")));
    }
}

#[test]
fn a_space_is_begun_by_its_own_first_feed() {
    let phone = Keyed::new(1);
    for space in rosters() {
        let genesis = &space.links[0];
        for author in [Keyed::new(2).feed().as_bytes(), &[0; 8]] {
            let by_another = signed_again(genesis, &phone, |bytes| bytes[74..82].copy_from_slice(author));
            assert_eq!(Roster::genesis(by_another), Err(LinkFault::UnknownAuthor));
        }
    }
}

#[test]
fn a_body_ends_where_its_length_says() {
    let phone = Keyed::new(1);
    for space in rosters() {
        for link in &space.links {
            let length = link.bytes().len() - Signature::LEN - 86;
            let declared = |bytes: &mut Vec<u8>, length: usize| {
                bytes[82..86].copy_from_slice(&u32::try_from(length).unwrap().to_be_bytes());
            };
            let longer = signed_again(link, &phone, |bytes| {
                declared(bytes, length + 1);
                bytes.push(0);
            });
            assert_eq!(Link::parse(longer), Err(LinkFault::Malformed("body length")));
            let shorter = signed_again(link, &phone, |bytes| declared(bytes, length - 1));
            assert!(matches!(Link::parse(shorter), Err(LinkFault::Malformed(_))));
        }
    }
}

#[test]
fn a_link_left_out_or_moved_breaks_the_chain() {
    for space in rosters() {
        for left_out in 0..space.links.len() - 1 {
            let mut links = space.links.clone();
            links.remove(left_out);
            assert!(Roster::replay(&links).is_err());
        }
        for swapped in 0..space.links.len() - 1 {
            let mut links = space.links.clone();
            links.swap(swapped, swapped + 1);
            assert!(Roster::replay(&links).is_err());
        }
    }
}

#[test]
fn links_of_one_space_do_not_serve_another() {
    let [vault, shared] = rosters();
    let mut roster = vault.without_last(4).roster;
    assert_eq!(roster.append(&shared.links[1]), Err(LinkFault::OtherSpace));
    assert_eq!(roster.append(&shared.links[0]), Err(LinkFault::OtherSpace));
}

#[test]
fn newer_links_ask_for_an_update() {
    let [vault, _] = rosters();
    let link = vault.links[1].bytes();
    let with = |at: usize, found: u8| {
        let mut bytes = link.to_vec();
        bytes[at] = found;
        Link::parse(bytes)
    };
    let newer =
        |part, found: u8| Err(LinkFault::Incompatible(Incompatible { part, found: u32::from(found) }));
    let wrap_suite = link.len() - 64 - 64 - Wrap::LEN;
    let genesis = |found: u8| {
        let mut bytes = vault.links[0].bytes().to_vec();
        bytes[86] = found;
        Link::parse(bytes)
    };
    for found in [2, 9, 255] {
        assert_eq!(with(0, found), newer(Part::Version, found));
        assert_eq!(with(86, found), newer(Part::Suite, found), "the keys'");
        assert_eq!(with(wrap_suite, found), newer(Part::Suite, found));
    }
    for found in [5, 8, 255] {
        assert_eq!(with(1, found), newer(Part::LinkKind, found));
    }
    for found in [3, 255] {
        assert_eq!(genesis(found), newer(Part::SpaceKind, found));
    }
    assert_eq!(with(1, 0), Err(LinkFault::Malformed("kind")));
    assert_eq!(genesis(0), Err(LinkFault::Malformed("space kind")));
}

#[test]
fn a_link_has_a_largest_size_and_so_has_every_part() {
    assert_eq!(Link::parse(vec![1; LINK_BYTES_MAX + 1]), Err(LinkFault::TooLarge(LINK_BYTES_MAX + 1)));
    let [vault, _] = rosters();
    let (phone, tablet) = (Keyed::new(1), Keyed::new(20));
    for (len, fits) in [(0, false), (1, true), (256, true), (257, false), (20_000, false), (70_000, false)] {
        let mut space = vault.clone();
        let add = AddFeed { sealed_name: vec![1; len], ..space.adding(&tablet, None) };
        assert_eq!(space.append(phone.as_feed(), add).is_ok(), fits, "a name of {len}");
        let mut space = vault.clone();
        let mut advance = space.advancing();
        advance.epoch.sealed_previous = vec![1; len];
        assert_eq!(space.append(phone.as_feed(), advance).is_ok(), fits, "a sealed root of {len}");
    }
}

#[test]
fn unsorted_or_repeated_wraps_have_no_encoding() {
    let [vault, _] = rosters();
    let link = &vault.links[4];
    let Body::Change(body) = link.body() else { panic!("the last link of the vault advances the epoch") };
    assert_eq!(body.epoch.wraps.len(), 2);
    let end = link.bytes().len() - 64;
    let each = 8 + Wrap::LEN;
    let (one, two) = (end - 2 * each..end - each, end - each..end);
    let mut swapped = link.bytes().to_vec();
    swapped[one.clone()].copy_from_slice(&link.bytes()[two.clone()]);
    swapped[two.clone()].copy_from_slice(&link.bytes()[one.clone()]);
    assert_eq!(Link::parse(swapped), Err(LinkFault::Malformed("wrap order")));
    let mut repeated = link.bytes().to_vec();
    repeated[two].copy_from_slice(&link.bytes()[one]);
    assert_eq!(Link::parse(repeated), Err(LinkFault::Malformed("wrap order")));
}
