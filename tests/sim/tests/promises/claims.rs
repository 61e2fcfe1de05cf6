//! What a removed device said, and does not count any more, is unsaid: what it missed, what it claimed, and what it called gone.

use haven_engine::io::Table;
use haven_feed::ids::{FeedId, Position, RecordId, Vector};
use haven_feed::record::VerifiedRecord;

use super::hidden::{rewrite, said};
use super::hostile::purge;
use super::lab::{Lab, Who, content, vector_of, write};
use super::{NOTHING, empty};

pub(crate) fn nowhere(seq: u64) -> Position {
    Position { seq, id: RecordId::from_bytes([7; 32]) }
}

pub(crate) fn newest(records: &[&VerifiedRecord]) -> Vector {
    records.iter().map(|record| (record.header().feed, record.position())).collect()
}

/// The laptop hears from the server that the phone has removed the tablet, with this head.
pub(crate) fn removed(lab: &mut Lab, head: Option<Position>) {
    let old = lab.links.len();
    lab.remove(Who::Tablet, head);
    lab.links(old);
    lab.caught_up();
}

pub(crate) fn names(feed: FeedId, position: Position) -> Vec<u8> {
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

/// It named what will never be, in records that count, and was removed. Nobody misses that any more, and nobody waits for it: not for
/// its own records, nor for what others have built on them. So it is in every order, and after a restart.
#[test]
fn what_a_removed_device_alone_has_named_is_missed_by_nobody() {
    for case in 0..8 {
        let [removal_first, restarts, is_told] = [case & 1, case & 2, case & 4].map(|bit| bit > 0);
        let mut lab = Lab::linked();
        let never = nowhere(1_000_000_000_000_000_000);
        let t1 = lab.record(Who::Tablet, None, &names(lab.feed(Who::Phone), never));
        let t2 = lab.record(Who::Tablet, Some(&t1), &names(lab.laptop_feed(), never));
        let p1 = lab.record(Who::Phone, None, &names(lab.feed(Who::Tablet), t2.position()));
        let all = [&t1, &t2, &p1];
        if !removal_first {
            lab.records(&all);
            assert_eq!(lab.alarms(), ["RECORDS_WITHHELD"; 2]);
        }
        if restarts {
            lab.restart();
            lab.hello(newest(&[&t2, &p1]));
            if is_told {
                lab.caught_up();
            }
        }
        removed(&mut lab, Some(t2.position()));
        if removal_first {
            lab.records(&all);
        }
        assert_eq!(lab.alarms(), NOTHING, "{case}");
        lab.add_entry("of my own");
        assert!(lab.names(&t2) && lab.names(&p1), "{case}");
        lab.restart();
        lab.hello(newest(&[&t2, &p1]));
        lab.caught_up();
        let p2 = lab.record(Who::Phone, Some(&p1), &empty());
        lab.records(&[&p2]);
        assert_eq!(lab.alarms(), NOTHING, "{case}");
    }
}

/// The tablet is honest: it has edited what the phone wrote, and the server keeps that back. Once the tablet is removed nobody waits for
/// the phone's words by its word; and when they come, all is there as where they came first.
#[test]
fn what_an_honest_device_had_seen_before_its_removal_is_read_when_it_comes() {
    for case in 0..4 {
        let [removal_first, restarts] = [case & 1, case & 2].map(|bit| bit > 0);
        let mut lab = Lab::linked();
        let (mut phone, mut tablet) = (lab.device(Who::Phone), lab.device(Who::Tablet));
        write(&mut phone, "It rained.", &mut lab.chance);
        let phones = lab.written(&phone, lab.feed(Who::Phone));
        lab.serve(&mut tablet, vector_of(phones.last().unwrap()), &phones);
        rewrite(&mut tablet, "It rained. I stayed in.", &mut lab.chance);
        let tablets = lab.written(&tablet, lab.feed(Who::Tablet));
        let last = tablets.last().unwrap();
        let old = lab.links.len();
        lab.change_by(Who::Laptop, &[(lab.feed(Who::Tablet), Some(last.position()))], None);
        if removal_first {
            lab.links(old);
        }
        lab.records(&tablets.iter().collect::<Vec<_>>());
        if !removal_first {
            assert_eq!(lab.alarms(), ["RECORDS_WITHHELD"]);
            lab.links(old);
        }
        assert_eq!(lab.alarms(), ["RECORD_PUT_ASIDE"], "{case}");
        if restarts {
            lab.restart();
            lab.hello(vector_of(last));
            lab.caught_up();
        }
        lab.records(&phones.iter().collect::<Vec<_>>());
        assert_eq!(said(&lab.laptop), ["It rained. I stayed in."], "{case}");
        assert_eq!((lab.alarms(), lab.rows(Table::Quarantine)), (vec![], 0), "{case}");
        lab.add_entry("of my own");
        assert!(lab.names(last) && lab.names(phones.last().unwrap()), "{case}");
    }
}

/// Both were removed, and nobody has any more what the tablet's last words were built on. They are put aside, and the rest goes on.
#[test]
fn what_is_built_on_what_nobody_has_is_put_aside_and_holds_nobody_up() {
    let mut lab = Lab::linked();
    let (mut phone, mut tablet) = (lab.device(Who::Phone), lab.device(Who::Tablet));
    write(&mut phone, "lost", &mut lab.chance);
    let phones = lab.written(&phone, lab.feed(Who::Phone));
    lab.serve(&mut tablet, vector_of(phones.last().unwrap()), &phones);
    rewrite(&mut tablet, "lost as well", &mut lab.chance);
    write(&mut tablet, "words of the tablet", &mut lab.chance);
    let tablets = lab.written(&tablet, lab.feed(Who::Tablet));
    let last = tablets.last().unwrap();
    let old = lab.links.len();
    let heads = [(lab.feed(Who::Phone), None), (lab.feed(Who::Tablet), Some(last.position()))];
    lab.change_by(Who::Laptop, &heads, None);
    lab.links(old);
    lab.records(&tablets.iter().collect::<Vec<_>>());
    assert_eq!(said(&lab.laptop), ["words of the tablet"]);
    assert_eq!(lab.alarms(), ["RECORD_PUT_ASIDE"]);
    lab.add_entry("of my own");
    assert!(lab.names(last));
}

/// The phone misses something of the same device: that is told still, and it is the phone's word then. So it is if it was said by a
/// record that waits in the store.
#[test]
fn what_others_miss_too_is_missed_still() {
    for phone_first in [false, true] {
        for (restarts, counts) in [(false, false), (false, true), (true, false), (true, true)] {
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
            removed(&mut lab, counts.then(|| t1.position()));
            let mut alarms = lab.alarms();
            alarms.sort_unstable();
            let and_wrote = if counts { &[][..] } else { &["REMOVED_DEVICE_WROTE"] };
            assert_eq!(alarms, [&["RECORDS_WITHHELD"], and_wrote].concat());
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

/// It claimed that the laptop's first record is another one. With its removal that is over, whether the record that says so counts or
/// not, unless somebody else says so too.
#[test]
fn a_claim_ends_with_its_author() {
    for also in [Says::Nobody, Says::Phone, Says::Server] {
        for (tablet_first, counts) in [(false, false), (false, true), (true, false), (true, true)] {
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
            removed(&mut lab, counts.then(|| t1.position()));
            let mut alarms = lab.alarms();
            alarms.sort_unstable();
            let claimed = if also == Says::Nobody { &[][..] } else { &["HISTORY_CONTRADICTED"] };
            let wrote = if counts { &[][..] } else { &["REMOVED_DEVICE_WROTE"] };
            assert_eq!(alarms, [claimed, wrote].concat(), "{also:?} {tablet_first} {counts}");
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
    assert_eq!((lab.alarms(), lab.asked()), (vec!["BODY_CALLED_GONE"], vec![]));
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
        rewrite(&mut tablet, "of the tablet", &mut lab.chance);
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
