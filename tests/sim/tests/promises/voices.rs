//! Who may say what in which kind of space, against a real engine: what is out of place is passed over, and its place counts.

use haven_engine::io::Table;
use haven_feed::ids::Vector;
use haven_feed::record::VerifiedRecord;
use haven_feed::roster::body::SpaceKind;

use crate::lab::{Lab, Who, content, vector_of};
use crate::{NOTHING, empty, place};

const PURGE: u8 = 1;
const WITHDRAW: u8 = 2;
const SHARE: u8 = 3;
const COMMENT: u8 = 4;
const LOADED: u8 = 5;
const CHANGES: u8 = 192;

fn purge(record: &VerifiedRecord) -> Vec<u8> {
    [&[4; 16][..], &1_u32.to_be_bytes(), &[5; 32], &1_u32.to_be_bytes(), &place(record)].concat()
}

/// A share of no words.
fn share() -> Vec<u8> {
    [&[7; 16][..], &[0; 12]].concat()
}

/// Whoever calls a record of the phone gone, and whether the laptop does without its body then: it is read before its turn, from
/// behind the husk that it explains and from another feed, and it holds after a restart.
fn counts(mut lab: Lab, by: Who, said: impl Fn(&VerifiedRecord) -> (u8, Vec<u8>)) -> bool {
    let p1 = lab.record(Who::Phone, None, &content(&[], &[(100, vec![1])]));
    let p2 = lab.record(Who::Phone, Some(&p1), &empty());
    let before = if by == Who::Phone { Some(&p2) } else { None };
    let word = lab.record(by, before, &content(&[], &[said(&p1)]));
    let husk = p1.to_husk();
    if by == Who::Phone {
        lab.records(&[&husk, &p2, &word]);
    } else {
        lab.records(&[&word]);
        lab.restart();
        lab.hello(vector_of(&word));
        lab.caught_up();
        lab.records(&[&husk, &p2]);
    }
    lab.bodies(lab.feed(Who::Phone), &[]);
    let told = if lab.roster.kind() == SpaceKind::Vault { &["BODY_CALLED_GONE"][..] } else { &[] };
    let counts = lab.alarms() == told;
    assert!(counts || lab.alarms() == ["BODY_MISSING"], "{:?}", lab.alarms());
    assert_eq!(lab.rows(Table::Gone), usize::from(counts));
    lab.bodies(lab.feed(Who::Phone), &[&p1]);
    assert_eq!((lab.alarms(), lab.rows(Table::Quarantine)), (vec![], 0));
    counts
}

#[test]
fn a_withdrawal_is_good_for_a_record_of_ones_own_party_in_a_shared_space() {
    let withdraw = |record: &VerifiedRecord| (WITHDRAW, place(record));
    assert!(counts(Lab::shared(), Who::Phone, withdraw));
    assert!(!counts(Lab::shared(), Who::Tablet, withdraw), "of the other party");
    assert!(!counts(Lab::linked(), Who::Phone, withdraw), "in a vault");
    assert!(!counts(Lab::linked(), Who::Tablet, withdraw), "in a vault, by another device");
}

#[test]
fn a_purge_is_good_in_a_vault() {
    let purged = |record: &VerifiedRecord| (PURGE, purge(record));
    assert!(counts(Lab::linked(), Who::Phone, purged));
    assert!(counts(Lab::linked(), Who::Tablet, purged));
    assert!(!counts(Lab::shared(), Who::Phone, purged), "in a shared space");
    assert!(!counts(Lab::shared(), Who::Tablet, purged), "of the other party");
}

/// What nobody may say there costs nothing: it isn't put aside, and what comes after it is applied.
#[test]
fn what_is_said_out_of_place_is_passed_over_and_its_place_counts() {
    let changes = [&[4; 16][..], &1_u32.to_be_bytes(), &1_u32.to_be_bytes(), b"x"].concat();
    let loaded = [&1_u64.to_be_bytes()[..], &[1; 32]].concat();
    for (lab, items) in [
        (
            Lab::linked as fn() -> Lab,
            vec![vec![(SHARE, share())], vec![(WITHDRAW, vec![])], vec![(COMMENT, vec![])]],
        ),
        (Lab::shared, vec![vec![(SHARE, share())], vec![(LOADED, loaded), (CHANGES, changes)]]),
    ] {
        let mut lab = lab();
        let (mut last, count): (Option<VerifiedRecord>, _) = (None, items.len() as u64);
        for mut said in items {
            let before = last.clone();
            match &mut said[..] {
                [(WITHDRAW, body)] => *body = place(before.as_ref().unwrap()),
                [(COMMENT, body)] => {
                    *body = [&place(before.as_ref().unwrap())[..], &1_u32.to_be_bytes(), b"a"].concat();
                }
                _ => {}
            }
            let record = lab.record(Who::Tablet, before.as_ref(), &content(&[], &said));
            lab.records(&[&record]);
            last = Some(record);
        }
        assert_eq!((lab.alarms(), lab.rows(Table::Quarantine)), (vec![], 0));
        assert_eq!((lab.rows(Table::Gone), lab.laptop.view.len()), (0, 0));
        // A record of the other device that has seen all of it is applied, so all of it was.
        let last = last.unwrap();
        let seen = [(lab.feed(Who::Tablet), last.position())];
        let next = lab.record(Who::Phone, None, &content(&seen, &[]));
        lab.records(&[&next]);
        assert_eq!(lab.laptop.view.status.traffic.received, count + 1);
    }
}

/// The other party takes its devices out one by one, and then the owner takes out that party: what one of its devices said of another
/// counts no more, whichever is heard first.
#[test]
fn a_party_that_goes_after_its_devices_has_one_outcome_in_every_order() {
    for removal_first in [false, true] {
        let (mut lab, other) = Lab::shared_with(true);
        let (desk, tablet) = (lab.feed(Who::Phone), lab.feed(Who::Tablet));
        let t1 = lab.record(Who::Tablet, None, &content(&[], &[(100, vec![1])]));
        let d1 = lab.record(Who::Phone, None, &content(&[(tablet, t1.position())], &[]));
        let old = lab.links.len();
        lab.change_by_party(&other, (tablet, None));
        lab.change_by_party(&other, (desk, Some(d1.position())));
        if !removal_first {
            lab.links(old);
            lab.records(&[&t1, &d1]);
            assert_eq!(lab.alarms(), NOTHING, "a party vouches for its own");
        }
        let heard = if removal_first { old } else { lab.links.len() };
        lab.remove_party(&other);
        lab.links(heard);
        if removal_first {
            lab.records(&[&t1, &d1]);
        }
        for _ in 0..2 {
            lab.caught_up();
            assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"], "{removal_first}");
            lab.restart();
            lab.hello([vector_of(&t1), vector_of(&d1)].iter().flat_map(Vector::iter).collect());
        }
    }
}
