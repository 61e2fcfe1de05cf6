//! Two parties of one space: what one of them is made to believe by the other, and in which order.

use haven_feed::ids::Vector;
use haven_feed::record::VerifiedRecord;

use super::claims::{names, nowhere};
use super::empty;
use super::lab::{Lab, Who, content};

/// The other party takes its device out and has not seen all of it; a device of the owner's has. Then the owner takes that party out. What
/// the owner has seen counts by its word, in whatever order all of this is heard.
#[test]
fn what_the_owner_has_seen_counts_once_the_party_is_gone_in_every_order() {
    // Where the owner's word and the other party's records come: before, between or after the two removals.
    for case in 0..36 {
        let (word, theirs, theirs_first, restarts) = (case % 3, case / 3 % 3, case / 9 % 2 == 1, case >= 18);
        let (mut lab, other) = Lab::shared_with(false);
        let tablet = lab.feed(Who::Tablet);
        let t1 = lab.record(Who::Tablet, None, &content(&[], &[(100, vec![1])]));
        let t2 = lab.record(Who::Tablet, Some(&t1), &empty());
        let t3 = lab.record(Who::Tablet, Some(&t2), &empty());
        let p1 = lab.record(Who::Phone, None, &names(tablet, t2.position()));
        let first = lab.links.len();
        lab.change_by_party(&other, (tablet, Some(t1.position())));
        let second = lab.links.len();
        lab.remove_party(&other);
        let links = lab.links.clone();
        let mut has = Vector::default();
        for at in 0..3 {
            let mut said: Vec<(usize, Vec<&VerifiedRecord>)> =
                vec![(word, vec![&p1]), (theirs, vec![&t1, &t2, &t3])];
            if theirs_first {
                said.reverse();
            }
            for (_, records) in said.iter().filter(|(when, _)| *when == at) {
                lab.records(records);
                let last = records.last().unwrap();
                has.advance(last.header().feed, last.position());
            }
            if restarts {
                lab.restart();
                lab.hello(has.clone());
                lab.caught_up();
            }
            match at {
                0 => lab.shows_links(&[links[first].bytes().to_vec()]),
                1 => lab.shows_links(&[links[second].bytes().to_vec()]),
                _ => {}
            }
        }
        lab.caught_up();
        assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"], "{case}");
        lab.add_entry("of my own");
        let named = [&p1, &t2, &t3].map(|record| lab.names(record));
        assert_eq!(
            named,
            [true, true, false],
            "{case}: word {word}, theirs {theirs}, {theirs_first}, {restarts}"
        );
    }
}

/// A device of the other party calls itself by the name of one of the owner's. It's shown under none.
#[test]
fn no_device_of_a_shared_space_is_shown_under_a_name_that_stands_in_its_roster() {
    let (mut lab, _) = Lab::shared_with(false);
    let t1 = lab.record(Who::Tablet, None, &names(lab.feed(Who::Phone), nowhere(9)));
    lab.records(&[&t1]);
    assert_eq!(lab.alarms(), ["RECORDS_WITHHELD"]);
    let status = &lab.laptop.view.status;
    assert_eq!(status.alarms[0].said_by, None);
    assert!(status.devices.iter().all(|device| device.name.is_empty()));
}
