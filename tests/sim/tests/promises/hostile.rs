//! What a server tries that knows nobody's keys but perhaps a removed device's: each case was a way once.

use haven_core::entry::Edit;
use haven_engine::command::{Command, Reply};
use haven_engine::engine::Input;
use haven_engine::io::Table;
use haven_engine::sync::{Incoming, Outgoing, Refusal, Request};
use haven_feed::ids::{FeedId, Vector};
use haven_feed::record::VerifiedRecord;
use haven_sim::device::Asked;
use haven_store::faulty::Mishap;

use crate::hidden::{rewrite, said};
use crate::lab::{Lab, Who, alarms_of, content, vector_of, write};
use crate::{NOTHING, empty, place};

pub(crate) fn purge(record: &VerifiedRecord) -> Vec<u8> {
    [&[4; 16][..], &1_u32.to_be_bytes(), &[5; 32], &1_u32.to_be_bytes(), &place(record)].concat()
}

/// A hello of a server that claims to hold these records without their bodies.
pub(crate) fn with_husks(greeting: Incoming, of: &[VerifiedRecord], store: [u8; 16]) -> Incoming {
    let Incoming::Hello { space, vector, roster_seq, roster_head, .. } = greeting else { unreachable!() };
    let husks = of.iter().map(|record| (record.header().feed, record.position().seq)).collect();
    Incoming::Hello { space, store_id: store, vector, roster_seq, roster_head, husks }
}

/// The server claims to hold husks that it never got. Nothing that was not sent leaves by that door: not to a store that
/// nobody agreed to, not while the server knows links that are not known here, and not past the mark of what was sent.
#[test]
fn what_was_never_sent_is_no_body_of_a_husk() {
    for store in [[9; 16], [8; 16]] {
        let mut lab = Lab::linked();
        lab.acknowledge();
        let sent = lab.own().len();
        lab.say(Incoming::Offline);
        lab.add_entry("written after the tablet was stolen");
        let own = lab.own();
        let husks = &own[sent..];
        assert!(!husks.is_empty());
        let old = lab.links.len();
        lab.remove(Who::Tablet, None);
        let has = own[..sent].last().map_or_else(Vector::default, vector_of);
        let hello = with_husks(lab.greeting(has), husks, store);
        lab.say(hello);
        assert_eq!(lab.pushed().len(), 0);
        lab.links(old);
        lab.caught_up();
        let epoch = lab.roster.epoch();
        let pushed = lab.pushed();
        assert!(pushed.iter().all(|record| record.header().epoch == epoch));
        assert_eq!(pushed.len(), if store == [9; 16] { husks.len() } else { 0 });
    }
}

/// The disk was put back to an older state, and the server brings what this device wrote since. All of that was sent once: it
/// is never sealed again.
#[test]
fn what_came_back_from_the_server_is_not_sealed_again() {
    let mut lab = Lab::greeted();
    let o1 = lab.record(Who::Laptop, None, &content(&[], &[(100, vec![1])]));
    let o2 = lab.record(Who::Laptop, Some(&o1), &content(&[], &[(100, vec![2])]));
    lab.records(&[&o1, &o2]);
    let old = lab.links.len();
    lab.remove(Who::Tablet, None);
    lab.links(old);
    lab.add_entry("of my own");
    let own = lab.own();
    assert_eq!([own[0].id(), own[1].id()], [o1.id(), o2.id()]);
    assert_eq!(own[2].header().prev, o2.id());
}

/// The same, and the first of these came without its body. Writing on does not pass it over.
#[test]
fn writing_on_passes_over_nothing_of_ones_own() {
    for restarts in [false, true] {
        let mut lab = Lab::greeted();
        let mut before = lab.device(Who::Laptop);
        write(&mut before, "written before the disk was put back", &mut lab.chance);
        let o1 = lab.written(&before, lab.laptop_feed()).remove(0);
        let husk = o1.to_husk();
        lab.records(&[&husk]);
        lab.add_entry("written since");
        lab.add_entry("and this");
        if restarts {
            lab.restart();
            lab.hello(vector_of(&o1));
        }
        assert_eq!(lab.laptop.view.len(), 2);
        lab.bodies(lab.laptop_feed(), &[&o1]);
        assert_eq!(lab.laptop.view.len(), 3);
        lab.restart();
        assert_eq!(lab.laptop.view.len(), 3);
        lab.add_entry("and it goes on");
        assert_eq!(lab.laptop.view.len(), 4);
    }
}

/// A removed device says, after its removal and to a laptop that has not heard of it, that the phone's words are gone for good.
/// With the removal that is void, and the body that comes then is read.
#[test]
fn what_a_removed_device_called_gone_comes_back() {
    for removal_first in [false, true] {
        let mut lab = Lab::linked();
        let mut phone = lab.device(Who::Phone);
        write(&mut phone, "words of the phone", &mut lab.chance);
        write(&mut phone, "and more of them", &mut lab.chance);
        let written = lab.written(&phone, lab.feed(Who::Phone));
        let [p1, p2] = [&written[0], &written[1]];
        let t1 = lab.record(Who::Tablet, None, &content(&[], &[(1, purge(p1))]));
        let husk = p1.to_husk();
        lab.records(&[&t1]);
        lab.records(&[&husk, p2]);
        assert_eq!(lab.laptop.view.len(), 1, "there was no reason to doubt it");
        let old = lab.links.len();
        lab.remove(Who::Tablet, None);
        if removal_first {
            lab.links(old);
            lab.restart();
            lab.hello(
                [p2, &t1].map(|record| (record.header().feed, record.position())).into_iter().collect(),
            );
            lab.bodies(lab.feed(Who::Phone), &[p1]);
        } else {
            lab.bodies(lab.feed(Who::Phone), &[p1]);
            lab.links(old);
        }
        assert_eq!(lab.laptop.view.len(), 2);
        assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"]);
        lab.add_entry("of my own");
        assert!(lab.names(p2));
        lab.restart();
        assert_eq!(lab.laptop.view.len(), 3);
    }
}

/// What others say is gone too stays gone, whatever becomes of the removed device.
#[test]
fn what_somebody_else_called_gone_too_stays_gone() {
    let mut lab = Lab::linked();
    let p1 = lab.record(Who::Phone, None, &content(&[], &[(100, vec![1])]));
    let t1 = lab.record(Who::Tablet, None, &content(&[], &[(1, purge(&p1))]));
    let p2 = lab.record(Who::Phone, Some(&p1), &content(&[], &[(1, purge(&p1))]));
    let husk = p1.to_husk();
    lab.records(&[&t1]);
    lab.records(&[&husk, &p2]);
    let old = lab.links.len();
    lab.remove(Who::Tablet, None);
    lab.links(old);
    let p3 = lab.record(Who::Phone, Some(&p2), &empty());
    lab.records(&[&p3]);
    let mut alarms = lab.alarms();
    alarms.sort_unstable();
    assert_eq!(alarms, ["BODY_CALLED_GONE", "REMOVED_DEVICE_WROTE"]);
    lab.add_entry("of my own");
    assert!(lab.names(&p3));
}

/// A feed goes back to a body that a removed device had called gone, and stands there. What is written meanwhile on what came after
/// that body names it; and if the feed's own device is removed, nothing of it stays that does not count.
#[test]
fn what_is_written_while_a_feed_is_read_anew_names_what_it_builds_on() {
    for (restarts, is_removed) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut lab = Lab::linked();
        let mut phone = lab.device(Who::Phone);
        write(&mut phone, "words of the phone", &mut lab.chance);
        write(&mut phone, "and more of them", &mut lab.chance);
        let phones = lab.written(&phone, lab.feed(Who::Phone));
        let [p1, p2] = [&phones[0], phones.last().unwrap()];
        let t1 = lab.record(Who::Tablet, None, &content(&[], &[(1, purge(p1))]));
        let husk = p1.to_husk();
        lab.records(&[&t1]);
        lab.records(&[&[&husk][..], &phones[1..].iter().collect::<Vec<_>>()].concat());
        assert_eq!(said(&lab.laptop), ["and more of them"]);
        let old = lab.links.len();
        lab.remove(Who::Tablet, None);
        lab.links(old);
        lab.bodies(lab.feed(Who::Phone), &[]);
        if restarts {
            lab.restart();
            lab.hello([p2, &t1].map(|it| (it.header().feed, it.position())).into_iter().collect());
            lab.caught_up();
        }
        if is_removed {
            let old = lab.links.len();
            lab.change_by(Who::Laptop, &[(lab.feed(Who::Phone), None)], None);
            lab.links(old);
            assert_eq!(said(&lab.laptop), NOTHING, "{restarts}");
            continue;
        }
        rewrite(&mut lab.laptop, "and more of them, and mine", &mut lab.chance);
        assert!(lab.names(p2), "{restarts}");
        lab.bodies(lab.feed(Who::Phone), &[p1]);
        lab.add_entry("of my own");
        assert!(lab.names(p2) && lab.laptop.view.len() == 3, "{restarts}");
    }
}

/// The tablet signs two histories, and the phone builds on the one that the laptop was not shown. That other history is longer,
/// comes record by record, and is kept; the phone's feed goes on.
#[test]
fn a_second_history_holds_up_nobody_who_built_on_it() {
    let mut lab = Lab::linked();
    let tablet = lab.feed(Who::Tablet);
    let here = lab.record(Who::Tablet, None, &content(&[], &[(100, vec![1])]));
    lab.records(&[&here]);
    let mut other: Vec<VerifiedRecord> = Vec::new();
    for n in 0..4_u8 {
        let one = lab.record(Who::Tablet, other.last(), &content(&[], &[(100, vec![100 + n])]));
        other.push(one);
    }
    let p1 = lab.record(Who::Phone, None, &content(&[(tablet, other[3].position())], &[]));
    lab.records(&[&p1]);
    for one in &other {
        lab.records(&[one]);
    }
    lab.caught_up();
    assert_eq!(lab.rows(Table::Quarantine), 4);
    lab.add_entry("of my own");
    assert!(lab.names(&p1) && lab.names(&here));
    assert!(lab.alarms().contains(&"DEVICE_FORKED"));
    lab.restart();
    lab.add_entry("and on");
    assert!(lab.names(&p1));
}

/// Asked for a body, the server answers with the husk again, or with something else. That is no answer: it has none, it is
/// told, and it is not asked for ever.
#[test]
fn an_answer_without_what_was_asked_for_is_none() {
    for with_husk in [true, false] {
        let mut lab = Lab::linked();
        let phone = lab.feed(Who::Phone);
        let p1 = lab.record(Who::Phone, None, &empty());
        let p2 = lab.record(Who::Phone, Some(&p1), &empty());
        let husk = p1.to_husk();
        lab.records(&[&husk]);
        assert_eq!(lab.asked(), [(phone, vec![1])]);
        let mut asked = 0;
        for _ in 0..10 {
            lab.bodies(phone, &[if with_husk { &husk } else { &p2 }]);
            asked += lab.asked().len();
        }
        assert_eq!((lab.alarms(), asked), (vec!["BODY_MISSING"], 0));
        lab.bodies(phone, &[&p1]);
        assert_eq!(lab.alarms(), NOTHING);
    }
}

/// The process ends between the mark and the trying, over a record that cannot be applied yet. It goes when it can.
#[test]
fn what_was_being_tried_and_has_to_wait_still_goes() {
    let mut lab = Lab::linked();
    let p1 = lab.record(Who::Phone, None, &empty());
    let husk = p1.to_husk();
    lab.laptop.plan(Mishap::AppliedButCrashed);
    let records = Incoming::Records { space: lab.roster.space(), records: vec![husk.bytes().clone()] };
    lab.laptop.input(Input::Server(records), 0, &mut lab.chance);
    assert!(!lab.laptop.is_up());
    lab.restart();
    lab.hello(vector_of(&p1));
    lab.caught_up();
    lab.bodies(lab.feed(Who::Phone), &[&p1]);
    lab.add_entry("of my own");
    assert!(lab.names(&p1));
}

/// A server that takes the vault, or says it has it, and then doesn't know it: tried again later, and not at once for ever.
#[test]
fn a_server_that_makes_a_space_and_forgets_it_is_tried_again_later() {
    for exists in [false, true] {
        let mut lab = Lab::new();
        lab.set_server(true);
        lab.laptop.wants_connection = false;
        let mut created = 0;
        lab.say(Incoming::Connected);
        for _ in 0..5 {
            lab.prove();
            lab.say(Incoming::Refused { request: Request::LogIn, refusal: Refusal::SpaceUnknown });
            let made = |message: &Outgoing| matches!(message, Outgoing::CreateSpace { .. });
            created += lab.laptop.outbox.drain(..).filter(made).count();
            if lab.laptop.wants_connection {
                break;
            }
            lab.say(match exists {
                true => Incoming::Refused { request: Request::CreateSpace, refusal: Refusal::SpaceExists },
                false => Incoming::SpaceCreated,
            });
        }
        assert!(lab.laptop.wants_connection, "there is a pause");
        assert_eq!(created, 1);
    }
}

/// A record that a device signed names a link that the server keeps back. Saying that all has been sent does not end that.
#[test]
fn a_link_that_a_record_names_is_missed_until_it_comes() {
    let mut lab = Lab::linked();
    let old = lab.links.len();
    let hello = lab.greeting(Vector::default());
    lab.change(&[], None);
    let p1 = lab.record(Who::Phone, None, &empty());
    lab.records(&[&p1]);
    assert_eq!(lab.alarms(), ["ROSTER_WITHHELD"]);
    lab.caught_up();
    assert_eq!(lab.alarms(), ["ROSTER_WITHHELD"]);
    lab.say(Incoming::Offline);
    lab.say(hello);
    lab.caught_up();
    assert_eq!(lab.alarms(), ["ROSTER_WITHHELD"]);
    lab.links(old);
    lab.caught_up();
    assert_eq!(lab.alarms(), NOTHING);
}

/// One removed device wrote an entry, another one changed it, both after their removal: nothing of it is left, in whatever order
/// their ids come.
#[test]
fn of_two_that_are_removed_at_once_nothing_is_left() {
    for (first, second) in [(Who::Phone, Who::Tablet), (Who::Tablet, Who::Phone)] {
        let mut lab = Lab::linked();
        let (mut one, mut two) = (lab.device(first), lab.device(second));
        write(&mut one, "by a thief", &mut lab.chance);
        let a = lab.written(&one, lab.feed(first)).remove(0);
        lab.serve(&mut two, vector_of(&a), std::slice::from_ref(&a));
        assert_eq!((two.view.len(), alarms_of(&two)), (1, vec![]));
        let id = two.view.rows().next().unwrap().entry.id;
        let edit = Edit { text: Some("by another".into()), ..Edit::default() };
        let asked = two.ask(Command::Edit { id, base: None, edit }, 0, &mut lab.chance);
        assert!(matches!(asked, Asked::Answered(Ok(Reply::Entry(_)))));
        let others = lab.written(&two, lab.feed(second));
        lab.records(&std::iter::once(&a).chain(&others).collect::<Vec<_>>());
        assert_eq!(lab.laptop.view.len(), 1, "there was no reason to doubt it");
        let old = lab.links.len();
        let both: Vec<(FeedId, _)> = vec![(lab.feed(first), None), (lab.feed(second), None)];
        lab.change_by(Who::Laptop, &both, None);
        lab.links(old);
        assert_eq!(lab.laptop.view.len(), 0);
        lab.restart();
        assert_eq!(lab.laptop.view.len(), 0);
    }
}
