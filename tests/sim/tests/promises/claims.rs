//! What a removed device said, and does not count any more, is unsaid: what it missed, what it claimed, and what it called gone.

use haven_engine::io::Table;
use haven_feed::ids::{FeedId, Position, RecordId, Vector};
use haven_feed::record::VerifiedRecord;

use super::hostile::purge;
use super::lab::{Lab, Who, content, vector_of, write};
use super::{NOTHING, empty};

fn nowhere(seq: u64) -> Position {
    Position { seq, id: RecordId::from_bytes([7; 32]) }
}

fn newest(records: &[&VerifiedRecord]) -> Vector {
    records.iter().map(|record| (record.header().feed, record.position())).collect()
}

/// The laptop hears from the server that the phone has removed the tablet, with this head.
fn removed(lab: &mut Lab, head: Option<Position>) {
    let old = lab.links.len();
    lab.remove(Who::Tablet, head);
    lab.links(old);
    lab.caught_up();
}

fn names(feed: FeedId, position: Position) -> Vec<u8> {
    content(&[(feed, position)], &[])
}

/// It named a record that does not exist, and was removed. Nobody misses that record any more, now or after a restart, and it is no
/// contradiction when there is one with its number.
#[test]
fn what_only_a_removed_device_missed_is_missed_no_more() {
    for restarts in [false, true] {
        let mut lab = Lab::linked();
        let t1 = lab.record(Who::Tablet, None, &names(lab.feed(Who::Phone), nowhere(2)));
        lab.records(&[&t1]);
        assert_eq!(lab.alarms(), ["RECORDS_WITHHELD"]);
        if restarts {
            lab.restart();
            lab.hello(vector_of(&t1));
            lab.caught_up();
            assert_eq!(lab.alarms(), ["RECORDS_WITHHELD"]);
        }
        removed(&mut lab, None);
        assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"]);
        lab.restart();
        lab.hello(vector_of(&t1));
        lab.caught_up();
        let p1 = lab.record(Who::Phone, None, &empty());
        let p2 = lab.record(Who::Phone, Some(&p1), &empty());
        lab.records(&[&p1, &p2]);
        lab.caught_up();
        assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"]);
    }
}

/// What counts of a removed device still counts for what it named: the record that its removal names, and what that one names.
#[test]
fn what_a_removed_device_said_before_still_stands() {
    let mut lab = Lab::linked();
    let t1 = lab.record(Who::Tablet, None, &names(lab.laptop_feed(), nowhere(50)));
    let t2 = lab.record(Who::Tablet, Some(&t1), &names(lab.laptop_feed(), nowhere(60)));
    lab.records(&[&t1, &t2]);
    removed(&mut lab, Some(t1.position()));
    assert_eq!(lab.alarms(), ["RECORDS_WITHHELD"]);
    assert_eq!(lab.withheld_from(Who::Tablet), Some(50));
}

/// The phone misses something of the same device: that is told still, and it is the phone's word then. So it is if it was said by a
/// record that waits in the store.
#[test]
fn what_others_miss_too_is_missed_still() {
    for phone_first in [false, true] {
        for restarts in [false, true] {
            let mut lab = Lab::linked();
            let t1 = lab.record(Who::Tablet, None, &names(lab.laptop_feed(), nowhere(60)));
            let p1 = lab.record(Who::Phone, None, &names(lab.laptop_feed(), nowhere(50)));
            let both = if phone_first { [&p1, &t1] } else { [&t1, &p1] };
            lab.records(&both);
            assert_eq!(lab.withheld_from(Who::Tablet), Some(60));
            if restarts {
                lab.restart();
                lab.hello(newest(&both));
                lab.caught_up();
            }
            removed(&mut lab, None);
            let mut alarms = lab.alarms();
            alarms.sort_unstable();
            assert_eq!(alarms, ["RECORDS_WITHHELD", "REMOVED_DEVICE_WROTE"]);
            assert_eq!(lab.withheld_from(Who::Phone), Some(50));
        }
    }
}

/// Who says that a record is another one than the one that is here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Says {
    Nobody,
    Phone,
    Server,
}

/// It claimed that the laptop's first record is another one. With its removal that is over, unless somebody else says so too.
#[test]
fn a_claim_of_a_removed_device_ends_with_what_counts_of_it() {
    for also in [Says::Nobody, Says::Phone, Says::Server] {
        for tablet_first in [false, true] {
            let mut lab = Lab::linked();
            lab.add_entry("of my own");
            let t1 = lab.record(Who::Tablet, None, &names(lab.laptop_feed(), nowhere(1)));
            let p1 = lab.record(Who::Phone, None, &names(lab.laptop_feed(), nowhere(1)));
            if tablet_first {
                lab.records(&[&t1]);
            }
            match also {
                Says::Nobody => {}
                Says::Phone => lab.records(&[&p1]),
                Says::Server => {
                    let mut claimed = newest(&[&t1]);
                    claimed.advance(lab.laptop_feed(), nowhere(1));
                    lab.hello(claimed);
                }
            }
            lab.records(&[&t1]);
            assert_eq!(lab.alarms(), ["HISTORY_CONTRADICTED"], "{also:?}");
            removed(&mut lab, None);
            let mut alarms = lab.alarms();
            alarms.sort_unstable();
            let expected = match also {
                Says::Nobody => vec!["REMOVED_DEVICE_WROTE"],
                Says::Phone | Says::Server => vec!["HISTORY_CONTRADICTED", "REMOVED_DEVICE_WROTE"],
            };
            assert_eq!(alarms, expected, "{also:?} {tablet_first}");
            lab.add_entry("and more");
            assert_eq!(lab.names(&p1), also == Says::Phone);
        }
    }
}

/// It named the phone's second record before that one came, and otherwise than it is.
#[test]
fn a_lie_about_what_was_to_come_ends_with_its_author() {
    let mut lab = Lab::linked();
    let t1 = lab.record(Who::Tablet, None, &names(lab.feed(Who::Phone), nowhere(2)));
    lab.records(&[&t1]);
    let p1 = lab.record(Who::Phone, None, &empty());
    let p2 = lab.record(Who::Phone, Some(&p1), &empty());
    lab.records(&[&p1, &p2]);
    lab.caught_up();
    assert_eq!(lab.alarms(), ["HISTORY_CONTRADICTED"]);
    removed(&mut lab, None);
    assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"]);
}

/// The tablet is removed, but a record of the phone vouches for what it wrote, before that one's turn. Then the phone is removed too,
/// and with it goes all that hung on its word: what the tablet called gone comes back, as where both removals were heard first.
#[test]
fn what_hung_on_the_word_of_another_goes_with_that_one() {
    for removals_first in [false, true] {
        let mut lab = Lab::greeted();
        let mut before = lab.device(Who::Laptop);
        write(&mut before, "written before the disk was put back", &mut lab.chance);
        let o1 = lab.written(&before, lab.laptop_feed()).remove(0);
        let (husk, at) = (o1.to_husk(), lab.roster.head().seq);
        let kind = haven_feed::record::RecordKind::Data;
        let t1 = lab.record_at(Who::Tablet, None, at, kind, &content(&[], &[(1, purge(&o1))]));
        let vouches = [(lab.feed(Who::Tablet), t1.position()), (lab.laptop_feed(), nowhere(99))];
        let p1 = lab.record_at(Who::Phone, None, at, kind, &content(&vouches, &[]));
        let hear = |lab: &mut Lab| {
            lab.records(&[&t1, &p1]);
            lab.records(&[&husk]);
        };
        let old = lab.links.len();
        lab.remove(Who::Tablet, None);
        if !removals_first {
            lab.links(old);
            hear(&mut lab);
            assert_eq!(
                lab.laptop.view.status.traffic.received, 2,
                "the purge, and the record that it calls gone"
            );
        }
        let next = if removals_first { old } else { lab.links.len() };
        lab.change_by(Who::Laptop, &[(lab.feed(Who::Phone), None)], None);
        lab.links(next);
        if removals_first {
            hear(&mut lab);
        }
        assert!(lab.asked().contains(&(lab.laptop_feed(), vec![1])), "{removals_first}");
        lab.bodies(lab.laptop_feed(), &[&o1]);
        assert_eq!(lab.laptop.view.len(), 1, "{removals_first}");
        lab.caught_up();
        assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"; 2], "{removals_first}");
        lab.restart();
        assert_eq!(lab.laptop.view.len(), 1);
    }
}

/// The body was asked for in vain, then called gone, and then the one who called it so was removed. Meanwhile somebody has brought it
/// to the server: it is asked for again in the same session.
#[test]
fn a_body_that_was_asked_for_in_vain_is_asked_for_again() {
    let mut lab = Lab::linked();
    let mut phone = lab.device(Who::Phone);
    write(&mut phone, "words of the phone", &mut lab.chance);
    let feed = lab.feed(Who::Phone);
    let p1 = lab.written(&phone, feed).remove(0);
    let husk = p1.to_husk();
    lab.records(&[&husk]);
    lab.caught_up();
    assert_eq!(lab.asked(), [(feed, vec![1])]);
    lab.bodies(feed, &[]);
    assert_eq!(lab.alarms(), ["BODY_MISSING"]);
    let t1 = lab.record(Who::Tablet, None, &content(&[], &[(1, purge(&p1))]));
    lab.records(&[&t1]);
    assert_eq!((lab.alarms(), lab.asked()), (vec![], vec![]));
    removed(&mut lab, None);
    assert_eq!(lab.asked(), [(feed, vec![1])]);
    lab.bodies(feed, &[&p1]);
    assert_eq!((lab.laptop.view.len(), lab.alarms()), (1, vec!["REMOVED_DEVICE_WROTE"]));
}

/// What a removed device put aside, and nothing else, is no alarm once it does not count.
#[test]
fn what_was_put_aside_of_a_removed_device_is_not_told_any_more() {
    let mut outcomes = Vec::new();
    for removal_first in [false, true] {
        let mut lab = Lab::linked();
        let (mut phone, mut tablet) = (lab.device(Who::Phone), lab.device(Who::Tablet));
        write(&mut phone, "of the phone", &mut lab.chance);
        let phones = lab.written(&phone, lab.feed(Who::Phone));
        lab.serve(&mut tablet, vector_of(phones.last().unwrap()), &phones);
        super::hidden::rewrite(&mut tablet, "of the tablet", &mut lab.chance);
        let at = lab.roster.head().seq;
        let hides = super::hidden::hidden(&mut lab, &tablet, Who::Tablet, None, Some(at));
        let old = lab.links.len();
        lab.remove(Who::Tablet, None);
        if removal_first {
            lab.links(old);
            lab.records(&[&hides]);
        } else {
            lab.records(&[&hides]);
            assert_eq!(lab.alarms(), ["RECORD_PUT_ASIDE"]);
            lab.links(old);
        }
        assert_ne!(lab.alarms(), NOTHING);
        outcomes.push((lab.alarms(), lab.rows(Table::Quarantine)));
    }
    assert_eq!(outcomes[0], outcomes[1]);
}
