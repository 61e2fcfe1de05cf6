//! What a removed device was applied without, and what it keeps others busy with: whatever comes of that later counts as it comes, and nobody
//! is read anew for nothing.

use haven_engine::sync::{Incoming, Refusal, Request};
use haven_feed::ids::{FeedId, Vector};
use haven_feed::record::VerifiedRecord;

use super::claims::{names, newest, nowhere, removed};
use super::hidden::said;
use super::hostile::purge;
use super::lab::{Lab, Who, content, vector_of, write};
use super::{empty, peak_mib};

/// The tablet has seen more of the phone than the phone's removal names, and both are removed. What the tablet names counts by its
/// word, also where the tablet's record came first and went without.
#[test]
fn what_comes_late_counts_by_the_word_of_who_went_without() {
    for case in 0..4 {
        let [late, restarts] = [case & 1, case & 2].map(|bit| bit > 0);
        let mut lab = Lab::linked();
        let (phone, tablet) = (lab.feed(Who::Phone), lab.feed(Who::Tablet));
        let p1 = lab.record(Who::Phone, None, &empty());
        let p2 = lab.record(Who::Phone, Some(&p1), &content(&[], &[(100, vec![2])]));
        let p3 = lab.record(Who::Phone, Some(&p2), &content(&[], &[(100, vec![3])]));
        let t1 = lab.record(Who::Tablet, None, &names(phone, p2.position()));
        let t2 = lab.record(Who::Tablet, Some(&t1), &empty());
        let old = lab.links.len();
        let heads = [(phone, Some(p1.position())), (tablet, Some(t2.position()))];
        lab.change_by(Who::Laptop, &heads, None);
        lab.links(old);
        let first = if late { vec![&p1, &t1, &t2] } else { vec![&p1, &p2, &p3, &t1, &t2] };
        lab.records(&first);
        lab.add_entry("of my own");
        assert!(lab.names(&t2), "{case}");
        if restarts {
            lab.restart();
            lab.hello(newest(&[if late { &p1 } else { &p3 }, &t2]));
            lab.caught_up();
        }
        if late {
            lab.records(&[&p2, &p3]);
        }
        lab.add_entry("and more");
        assert!(lab.names(&p2) && lab.names(&t2) && !lab.names(&p3), "{case}");
        assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"], "{case}");
    }
}

/// It called a body gone in a record that counts, and that waits for what the server claims to have. The body is asked for in each
/// session all the same, and the person is told whose word it is.
#[test]
fn what_is_called_gone_in_a_record_that_waits_is_told_and_asked_for() {
    for restarts in [false, true] {
        let mut lab = Lab::linked();
        let mut phone = lab.device(Who::Phone);
        write(&mut phone, "words of the phone", &mut lab.chance);
        let feed = lab.feed(Who::Phone);
        let p1 = lab.written(&phone, feed).remove(0);
        let says = content(&[(feed, nowhere(9))], &[(1, purge(&p1))]);
        let t1 = lab.record(Who::Tablet, None, &says);
        let mut claimed = vector_of(&t1);
        claimed.advance(feed, nowhere(9));
        lab.hello(claimed.clone());
        removed(&mut lab, Some(t1.position()));
        lab.records(&[&t1, &p1.to_husk()]);
        for _ in 0..2 {
            let mut alarms = lab.alarms();
            alarms.sort_unstable();
            assert_eq!(alarms, ["BODY_CALLED_GONE", "RECORDS_WITHHELD"], "{restarts}");
            let told = lab.laptop.view.status.alarms.iter().find(|alarm| alarm.kind == "BODY_CALLED_GONE");
            assert_eq!(told.and_then(|told| told.said_by.as_deref()), Some("Tablet"), "{restarts}");
            assert_eq!(lab.asked(), [(feed, vec![1])], "{restarts}");
            lab.bodies(feed, &[]);
            if restarts {
                lab.restart();
            } else {
                lab.say(Incoming::Offline);
            }
            lab.hello(claimed.clone());
            lab.caught_up();
        }
        lab.bodies(feed, &[&p1]);
        assert_eq!(
            (said(&lab.laptop), lab.alarms()),
            (vec!["words of the phone".to_owned()], vec!["RECORDS_WITHHELD"])
        );
    }
}

/// It had hundreds of devices added and removed, and each of its small records names all of them, otherwise than they are. Looking through
/// all that when somebody else is removed takes little memory.
#[test]
fn what_a_removed_device_has_named_by_the_hundred_thousand_takes_little_room() {
    let mut lab = Lab::new();
    let before_all = lab.roster.feeds().count();
    for _ in 0..5 {
        lab.crowd(62);
        let kept = [lab.laptop_feed(), lab.feed(Who::Phone), lab.feed(Who::Tablet)];
        let crowd = lab.roster.current_feeds().map(|(feed, _)| (feed, None));
        let crowd: Vec<_> = crowd.filter(|(feed, _)| !kept.contains(feed)).collect();
        lab.change_by(Who::Laptop, &crowd, None);
    }
    lab.set_server(false);
    lab.hello(Vector::default());
    lab.links(1);
    let named: Vec<_> = lab.roster.feeds().filter(|(_, member)| member.removed.is_some()).collect();
    let named: Vec<_> = named.into_iter().map(|(feed, _)| (feed, nowhere(1))).collect();
    assert!(named.len() > 290 && before_all == 3);
    let inside = content(&named, &[]);
    let mut records: Vec<VerifiedRecord> = Vec::new();
    for _ in 0..3_000 {
        let next = lab.record(Who::Tablet, records.last(), &inside);
        records.push(next);
    }
    removed(&mut lab, Some(records[records.len() - 2].position()));
    for some in records.chunks(100) {
        lab.records(&some.iter().collect::<Vec<_>>());
    }
    lab.add_entry("of my own");
    assert!(lab.names(&records[records.len() - 2]));
    let before = peak_mib();
    let old = lab.links.len();
    lab.change_by(Who::Laptop, &[(lab.feed(Who::Phone), None)], None);
    lab.links(old);
    let grown = peak_mib() - before;
    assert!(grown <= 64, "{grown} MiB");
}

/// Somebody who was removed goes on writing, and the server sends that one by one. Whoever was removed as well, and named something that
/// never came, is not read anew for each of them.
#[test]
fn who_goes_on_writing_after_their_removal_keeps_nobody_busy() {
    let mut lab = Lab::linked();
    let (phone, tablet) = (lab.feed(Who::Phone), lab.feed(Who::Tablet));
    let (mut phones, mut tablets) = (Vec::<VerifiedRecord>::new(), Vec::<VerifiedRecord>::new());
    for n in 0..50 {
        let says = if n == 0 { names(lab.laptop_feed(), nowhere(9)) } else { empty() };
        tablets.push(lab.record(Who::Tablet, tablets.last(), &says));
        phones.push(lab.record(Who::Phone, phones.last(), &empty()));
    }
    let old = lab.links.len();
    let heads = [(phone, None), (tablet, tablets.last().map(VerifiedRecord::position))];
    lab.change_by(Who::Laptop, &heads, None);
    lab.links(old);
    lab.records(&tablets.iter().collect::<Vec<_>>());
    for one in &phones {
        lab.records(&[one]);
    }
    let received = lab.laptop.view.status.traffic.received;
    assert!(received < 150, "{received}");
    assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"]);
}

/// The tablet has named more and less of the phone, and then of somebody else, and what it named comes piece by piece. Each piece counts as
/// soon as it is here, also after a restart.
#[test]
fn what_comes_piece_by_piece_counts_as_it_comes() {
    for restarts in [false, true] {
        let mut lab = Lab::linked();
        let other = lab.add_other();
        lab.links(lab.links.len() - 1);
        let (phone, tablet, third) = (lab.feed(Who::Phone), lab.feed(Who::Tablet), lab.feed(other));
        let (mut phones, mut others) = (Vec::<VerifiedRecord>::new(), Vec::<VerifiedRecord>::new());
        for n in 0..5 {
            phones.push(lab.record(Who::Phone, phones.last(), &content(&[], &[(100, vec![n])])));
            others.push(lab.record(other, others.last(), &content(&[], &[(100, vec![n])])));
        }
        let t1 = lab.record(Who::Tablet, None, &names(phone, phones[4].position()));
        let t2 = lab.record(Who::Tablet, Some(&t1), &names(phone, phones[1].position()));
        let t3 = lab.record(Who::Tablet, Some(&t2), &names(third, others[2].position()));
        let old = lab.links.len();
        let heads = [(phone, None), (third, None), (tablet, Some(t3.position()))];
        lab.change_by(Who::Laptop, &heads, None);
        lab.links(old);
        lab.caught_up();
        lab.records(&[&t1, &t2, &t3]);
        lab.add_entry("of my own");
        assert!(lab.names(&t3));
        let mut has = vector_of(&t3);
        let pieces: [(&[VerifiedRecord], Option<&VerifiedRecord>); 5] = [
            (&phones[..1], None),
            (&phones[1..3], Some(&phones[1])),
            (&others[..2], None),
            (&others[2..], Some(&others[2])),
            (&phones[3..], Some(&phones[4])),
        ];
        for (n, (piece, counts)) in pieces.into_iter().enumerate() {
            if restarts {
                lab.restart();
                lab.hello(has.clone());
                lab.caught_up();
            }
            lab.records(&piece.iter().collect::<Vec<_>>());
            has.advance_all(&vector_of(piece.last().unwrap()));
            lab.add_entry("and more");
            let named = phones.iter().chain(&others).filter(|record| lab.names(record));
            let last = named.last().map(VerifiedRecord::id);
            assert!(counts.is_none_or(|counts| lab.names(counts)), "{n} {restarts} {last:?}");
        }
        assert!(!lab.names(&others[3]) && !lab.names(&others[4]), "{restarts}");
    }
}

/// Bodies of two devices are asked for, and the server gives those of one of them not: what comes of that one later is asked for all the
/// same.
#[test]
fn a_refused_body_keeps_no_other_from_being_asked_for() {
    let mut lab = Lab::linked();
    let who = |lab: &Lab, feed: FeedId| if feed == lab.feed(Who::Phone) { Who::Phone } else { Who::Tablet };
    let p1 = lab.record(Who::Phone, None, &empty());
    let t1 = lab.record(Who::Tablet, None, &empty());
    lab.records(&[&p1.to_husk(), &t1.to_husk()]);
    let asked = lab.asked();
    let last = asked[1].0;
    lab.say(Incoming::Refused { request: Request::FetchBodies, refusal: Refusal::Other });
    let who = who(&lab, last);
    let before = if who == Who::Phone { &p1 } else { &t1 };
    let next = lab.record(who, Some(before), &empty());
    lab.records(&[&next.to_husk()]);
    assert_eq!(lab.asked(), [(last, vec![2])]);
}
