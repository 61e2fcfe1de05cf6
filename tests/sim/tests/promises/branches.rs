//! Two histories of one device and bodies that are not there, both at once: whichever comes in which order, what came once stays.

use haven_engine::io::Table;
use haven_feed::record::VerifiedRecord;
use haven_sim::chance::Chance;

use super::claims::newest;
use super::empty;
use super::hidden::said;
use super::hostile::purge;
use super::lab::{Lab, Who, content, vector_of, write};
use super::room::{noise, quarantined};

/// A second history of the tablet's, in which every body is large.
fn second_history(lab: &mut Lab, count: usize) -> Vec<VerifiedRecord> {
    let inside = noise(&mut lab.chance, 40 * 1024);
    let mut other: Vec<VerifiedRecord> = Vec::new();
    for _ in 0..count {
        let next = lab.record(Who::Tablet, other.last(), &inside);
        other.push(next);
    }
    other
}

/// A record of a second history comes whole, before it is seen of which history it is. Then the server sends that history in order, with
/// husks in the place of bodies. The body that came stays, and whoever has seen the record isn't held up.
#[test]
fn a_body_that_came_early_stays_when_its_husk_shows_whose_it_is() {
    for case in 0..4 {
        let [together, restarts] = [case & 1, case & 2].map(|bit| bit > 0);
        let mut lab = Lab::linked();
        let here = lab.record(Who::Tablet, None, &empty());
        let other = second_history(&mut lab, 3);
        let last = other[2].position();
        let p1 = lab.record(Who::Phone, None, &content(&[(lab.feed(Who::Tablet), last)], &[]));
        lab.records(&[&here, &p1]);
        let husks: Vec<VerifiedRecord> = other.iter().map(VerifiedRecord::to_husk).collect();
        let in_order: Vec<&VerifiedRecord> = husks.iter().collect();
        lab.records(&[&husks[0]]);
        if together {
            lab.records(&[&[&other[2]][..], &in_order].concat());
        } else {
            lab.records(&[&other[2]]);
            if restarts {
                lab.restart();
                lab.hello(vector_of(&here));
            }
            lab.records(&in_order);
        }
        let kept = quarantined(&lab);
        assert!((40 * 1024..60 * 1024).contains(&kept), "{kept}, together {together}, restarts {restarts}");
        assert_eq!(lab.rows(Table::Quarantine), 3);
        lab.add_entry("of my own");
        assert!(lab.names(&p1) && lab.names(&here), "together {together}, restarts {restarts}");
    }
}

/// The next record of the tablet waits for its body, and another one with the same number, of a second history, comes whole in its place,
/// as the answer or beside it. The body is asked for until it comes, and is read; what builds on either goes on.
#[test]
fn a_record_of_a_second_history_is_no_body_of_the_first_ones() {
    for case in 0..8 {
        let [in_one, restarts, body_first] = [case & 1, case & 2, case & 4].map(|bit| bit > 0);
        let mut lab = Lab::linked();
        let tablet = lab.feed(Who::Tablet);
        let mut device = lab.device(Who::Tablet);
        write(&mut device, "words of the tablet", &mut lab.chance);
        write(&mut device, "and more of them", &mut lab.chance);
        let first = lab.written(&device, tablet);
        let other = second_history(&mut lab, 3);
        let p1 = lab.record(Who::Phone, None, &content(&[(tablet, other[2].position())], &[]));
        lab.records(&[&first[0].to_husk(), &first[1], &p1]);
        assert_eq!(lab.asked(), [(tablet, vec![1])], "{case}");
        if in_one {
            let husks = [other[0].to_husk(), other[1].to_husk()];
            let (body, branch) = (vec![&first[0]], vec![&husks[0], &husks[1], &other[0], &other[2]]);
            let both = if body_first { [body, branch] } else { [branch, body] };
            lab.bodies(tablet, &both.concat());
            lab.records(&[&other[1].to_husk(), &other[2].to_husk()]);
        } else {
            lab.bodies(tablet, &[&other[0]]);
            assert!(said(&lab.laptop).is_empty(), "{case}");
            assert!(lab.alarms().contains(&"BODY_MISSING"), "{case}: that is no body of the first one's");
            if restarts {
                lab.restart();
                lab.hello(vector_of(&first[1]));
                assert_eq!(lab.asked(), [(tablet, vec![1])], "{case}");
            }
            lab.records(&[&other[0], &other[1].to_husk(), &other[2]]);
            lab.bodies(tablet, &[&first[0]]);
        }
        let mut texts = said(&lab.laptop);
        texts.sort_unstable();
        assert_eq!(texts, ["and more of them", "words of the tablet"], "{case}");
        assert_eq!(lab.rows(Table::Quarantine), 3, "{case}");
        assert!(quarantined(&lab) > 80 * 1024, "{case}");
        lab.add_entry("of my own");
        assert!(lab.names(&first[1]) && lab.names(&p1), "{case}");
        assert!(!lab.names(&other[2]), "{case}");
    }
}

/// The tablet is removed at a head that is here, and its first record has no body anywhere; a second history of it comes with bodies and
/// without. What the phone wrote on top of that other history goes on, and the body is read when it comes one day.
#[test]
fn of_a_removed_device_with_two_histories_the_body_is_read_when_it_comes() {
    for case in 0..4 {
        let [removal_first, restarts] = [case & 1, case & 2].map(|bit| bit > 0);
        let mut lab = Lab::linked();
        let tablet = lab.feed(Who::Tablet);
        let mut device = lab.device(Who::Tablet);
        write(&mut device, "words of the tablet", &mut lab.chance);
        write(&mut device, "and more of them", &mut lab.chance);
        let first = lab.written(&device, tablet);
        let other = second_history(&mut lab, 2);
        let p1 = lab.record(Who::Phone, None, &content(&[(tablet, other[1].position())], &[]));
        let old = lab.links.len();
        lab.change_by(Who::Laptop, &[(tablet, Some(first[1].position()))], None);
        if removal_first {
            lab.links(old);
        }
        lab.records(&[&first[0].to_husk(), &first[1]]);
        lab.records(&[&other[0].to_husk(), &other[1], &p1]);
        if !removal_first {
            lab.links(old);
        }
        lab.caught_up();
        lab.bodies(tablet, &[&other[0]]);
        lab.add_entry("of my own");
        assert!(lab.names(&p1), "{case}");
        if restarts {
            lab.restart();
            lab.hello(newest(&[&first[1], &p1]));
            lab.records(&[&other[1].to_husk()]);
        }
        lab.bodies(tablet, &[&first[0]]);
        let mut texts = said(&lab.laptop);
        texts.sort_unstable();
        assert_eq!(texts, ["and more of them", "of my own", "words of the tablet"], "{case}");
        assert_eq!(lab.rows(Table::Quarantine), 2, "{case}");
        assert!(quarantined(&lab) > 80 * 1024, "{case}");
        lab.add_entry("and on");
        assert!(lab.names(&first[1]) && !lab.names(&other[1]), "{case}");
        let told = lab.alarms().into_iter().filter(|kind| *kind != "DEVICE_FORKED").collect::<Vec<_>>();
        assert_eq!(told, ["HISTORY_CONTRADICTED"], "{case}: the phone says so too");
    }
}

/// Of a feed with two histories a record of the first comes too early, and once it comes in its turn it has no body. It is kept once, and read
/// with the body that came before.
#[test]
fn what_came_too_early_of_the_first_history_is_read_when_its_turn_comes() {
    for case in 0..4 {
        let [together, restarts] = [case & 1, case & 2].map(|bit| bit > 0);
        let mut lab = Lab::linked();
        let (tablet, mut device) = (lab.feed(Who::Tablet), lab.device(Who::Tablet));
        for text in ["one", "two", "three"] {
            write(&mut device, text, &mut lab.chance);
        }
        let tablets = lab.written(&device, tablet);
        let other = lab.record(Who::Tablet, None, &empty());
        lab.records(&[&tablets[0], &other]);
        let husk = tablets[2].to_husk();
        if together {
            lab.records(&[&tablets[2], &tablets[1], &husk]);
        } else {
            lab.records(&[&tablets[2]]);
            if restarts {
                lab.restart();
                lab.hello(newest(&[&tablets[2]]));
            }
            lab.records(&[&tablets[1], &husk]);
        }
        let mut texts = said(&lab.laptop);
        texts.sort_unstable();
        assert_eq!(texts, ["one", "three", "two"], "{case}");
        assert_eq!(lab.rows(Table::Quarantine), 1, "{case}");
        lab.restart();
        assert_eq!(said(&lab.laptop).len(), 3, "{case}");
        lab.add_entry("of my own");
        assert!(lab.names(&tablets[2]), "{case}");
    }
}

/// What a server sends of these two histories, and of who built on either.
struct Told {
    tablets: Vec<VerifiedRecord>,
    other: Vec<VerifiedRecord>,
    phones: Vec<VerifiedRecord>,
    removal: usize,
}

/// The tablet writes four entries, and signs another history from the second record on. The phone has seen both, calls a body of the
/// first one gone, and the laptop's link removes the tablet at its third.
fn two_histories(lab: &mut Lab) -> Told {
    let (tablet, mut device) = (lab.feed(Who::Tablet), lab.device(Who::Tablet));
    for text in ["one", "two", "three", "four"] {
        write(&mut device, text, &mut lab.chance);
    }
    let tablets = lab.written(&device, tablet);
    let inside = noise(&mut lab.chance, 10 * 1024);
    let mut other: Vec<VerifiedRecord> = Vec::new();
    for _ in 0..3 {
        let next = lab.record(Who::Tablet, Some(other.last().unwrap_or(&tablets[0])), &inside);
        other.push(next);
    }
    let says = [
        content(&[(tablet, tablets[1].position())], &[]),
        content(&[(tablet, other[1].position())], &[]),
        content(&[], &[(1, purge(&tablets[1]))]),
        content(&[(tablet, other[2].position())], &[]),
    ];
    let mut phones: Vec<VerifiedRecord> = Vec::new();
    for inside in says {
        let next = lab.record(Who::Phone, phones.last(), &inside);
        phones.push(next);
    }
    let removal = lab.links.len();
    lab.change_by(Who::Laptop, &[(tablet, Some(tablets[2].position()))], None);
    Told { tablets, other, phones, removal }
}

/// Records of both histories, with bodies and without, in any order, with restarts and with the removal anywhere between: once all of it
/// has come, the outcome is one.
#[test]
fn of_two_histories_with_and_without_bodies_the_outcome_is_one_in_every_order() {
    for seed in 0..60 {
        let mut lab = Lab::linked();
        let Told { tablets, other, phones, removal } = two_histories(&mut lab);
        let mut chance = Chance::new(seed);
        let mut is_removed = false;
        lab.records(&[&tablets[0], &tablets[1].to_husk()]);
        let all: Vec<&VerifiedRecord> = tablets.iter().chain(&other).chain(&phones).collect();
        for _ in 0..30 {
            let one = all[chance.below(all.len())];
            let husk = one.to_husk();
            match chance.below(12) {
                0 => {
                    lab.restart();
                    lab.hello(newest(&[&tablets[3], &phones[3]]));
                }
                1 if !is_removed => {
                    lab.links(removal);
                    is_removed = true;
                }
                2 => lab.caught_up(),
                3 => lab.bodies(lab.feed(Who::Tablet), &[one]),
                4..8 => lab.records(&[&husk]),
                _ => lab.records(&[one]),
            }
        }
        if !is_removed {
            lab.links(removal);
        }
        lab.hello(newest(&[&tablets[3], &phones[3]]));
        for _ in 0..2 {
            lab.records(&all);
            lab.caught_up();
            lab.bodies(lab.feed(Who::Tablet), &tablets.iter().collect::<Vec<_>>());
        }
        let mut texts = said(&lab.laptop);
        texts.sort_unstable();
        assert_eq!(texts, ["one", "three", "two"], "{seed}");
        assert_eq!((lab.rows(Table::Quarantine), quarantined(&lab) > 30 * 1024), (3, true), "{seed}");
        let mut alarms = lab.alarms();
        alarms.sort_unstable();
        assert_eq!(alarms, ["DEVICE_FORKED", "HISTORY_CONTRADICTED", "REMOVED_DEVICE_WROTE"], "{seed}");
        lab.add_entry("of my own");
        assert!(lab.names(&phones[3]) && lab.names(&tablets[2]) && !lab.names(&tablets[3]), "{seed}");
        assert!(other.iter().all(|one| !lab.names(one)), "{seed}");
    }
}
