//! What the protocol promises, against one real engine whose server and other devices say whatever a test wants. Each case
//! was a fault once.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod answers;
mod branches;
mod claims;
mod damage;
mod definitions;
mod growth;
mod hidden;
mod hostile;
mod lab;
mod member;
mod notices;
mod orders;
mod orders_shared;
mod parties;
mod removing;
mod room;
mod sealing;
mod taking_out;
mod unlucky;
mod voices;
mod without;

use bytes::Bytes;
use haven_core::entry::Edit;
use haven_engine::command::Command;
use haven_engine::engine::Input;
use haven_engine::io::{Reader as _, Table};
use haven_engine::sync::{Incoming, Problem, SyncState};
use haven_feed::ids::{Position, RecordId, Vector};
use haven_feed::record::{RecordKind, VerifiedRecord};

use haven_sim::device::Asked;
use haven_store::faulty::Mishap;
use lab::{Lab, Who, alarms_of, content, vector_of, write};

pub(crate) const NOTHING: [&str; 0] = [];

pub(crate) fn empty() -> Vec<u8> {
    content(&[], &[])
}

/// A record names another that the server keeps back. It is noticed at once, by the device that cannot apply it yet too, and
/// it ends when the other comes.
#[test]
fn what_a_record_names_and_nobody_sends_is_noticed_at_that_record() {
    let mut lab = Lab::linked();
    let withheld = lab.record(Who::Tablet, None, &empty());
    let tablet = lab.feed(Who::Tablet);
    let names_it = content(&[(tablet, withheld.position())], &[]);
    let p1 = lab.record(Who::Phone, None, &names_it);
    lab.records(&[&p1]);
    assert_eq!(lab.alarms(), ["RECORDS_WITHHELD"]);
    let said_by = lab.laptop.view.status.alarms[0].said_by.clone();
    assert_eq!(said_by.as_deref(), Some("Phone"), "whose word it is");
    for _ in 0..3 {
        lab.restart();
        lab.hello(vector_of(&p1));
        lab.records(&[&p1]);
        lab.caught_up();
        assert_eq!(lab.alarms(), ["RECORDS_WITHHELD"]);
    }
    lab.records(&[&withheld]);
    assert_eq!(lab.alarms(), NOTHING);
    lab.acknowledge();
    assert_eq!(lab.laptop.view.status.sync, SyncState::Idle);
}

/// What does not count of a removed device is named by nobody: the laptop's next record does not undo the removal.
#[test]
fn published_vectors_name_what_counts_and_nothing_else() {
    let mut lab = Lab::linked();
    let before = lab.roster.head().seq;
    let t1 = lab.record(Who::Tablet, None, &empty());
    lab.remove(Who::Tablet, None);
    lab.links(1);
    lab.records(&[&t1]);
    lab.caught_up();
    assert!(before < lab.roster.head().seq);
    assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"]);
    lab.acknowledge();
    assert_eq!(lab.laptop.view.status.sync, SyncState::Idle, "what waits for nothing holds nothing up");
    lab.add_entry("after the removal");
    assert!(!lab.names(&t1));
    // As soon as somebody who remains has seen it, it counts, and is named.
    let names_it = content(&[(lab.feed(Who::Tablet), t1.position())], &[]);
    let p1 = lab.record(Who::Phone, None, &names_it);
    lab.records(&[&p1]);
    assert_eq!(lab.alarms(), NOTHING);
    lab.add_entry("after that");
    assert!(lab.names(&t1));
}

/// Heard before the removal or after it, and whatever was written meanwhile: one outcome.
#[test]
fn a_removal_has_one_outcome_in_every_order() {
    let mut outcomes = Vec::new();
    for removal_first in [false, true] {
        let mut lab = Lab::linked();
        let mut tablet = lab.device(Who::Tablet);
        write(&mut tablet, "by the tablet", &mut lab.chance);
        let t1 = lab.written(&tablet, lab.feed(Who::Tablet)).remove(0);
        let old = lab.links.len();
        lab.remove(Who::Tablet, None);
        if removal_first {
            lab.links(old);
            lab.records(&[&t1]);
        } else {
            lab.records(&[&t1]);
            assert_eq!(lab.laptop.view.len(), 1, "there was no reason to doubt it");
            lab.links(old);
        }
        let both = lab.alarms();
        lab.restart();
        assert_eq!(lab.alarms(), both);
        let shown = lab.laptop.view.len();
        lab.hello(vector_of(&t1));
        lab.caught_up();
        lab.add_entry("of my own");
        outcomes.push((both, shown, lab.names(&t1), lab.rows(Table::Rows)));
    }
    assert_eq!(outcomes[0], outcomes[1]);
    assert_eq!(outcomes[0], (vec!["REMOVED_DEVICE_WROTE"], 0, false, 1));
}

/// A kind of record that this version doesn't know says nothing to it, whatever is in it and whichever is heard first.
#[test]
fn a_kind_to_come_vouches_for_nobody_in_any_order() {
    let mut outcomes = Vec::new();
    for removal_first in [false, true] {
        let mut lab = Lab::linked();
        let t1 = lab.record(Who::Tablet, None, &content(&[], &[(100, vec![1])]));
        let names_it = content(&[(lab.feed(Who::Tablet), t1.position())], &[]);
        let before = lab.roster.head().seq;
        let p1 = lab.record_at(Who::Phone, None, before, RecordKind::Other(9), &names_it);
        let old = lab.links.len();
        lab.remove(Who::Tablet, None);
        if removal_first {
            lab.links(old);
            lab.records(&[&t1, &p1]);
        } else {
            lab.records(&[&t1, &p1]);
            lab.links(old);
        }
        lab.add_entry("of my own");
        outcomes.push((lab.alarms(), lab.names(&t1), lab.names(&p1)));
    }
    assert_eq!(outcomes[0], outcomes[1]);
    assert_eq!(outcomes[0], (vec!["REMOVED_DEVICE_WROTE"], false, true));
}

/// Below the head that the remover named stands another history: nothing of it counts, and that is told.
#[test]
fn another_history_below_the_named_head_is_an_alarm() {
    let mut lab = Lab::linked();
    let (mut honest, mut forged): (Vec<VerifiedRecord>, Vec<VerifiedRecord>) = (Vec::new(), Vec::new());
    for n in 0..3_u8 {
        let one = lab.record(Who::Tablet, honest.last(), &content(&[], &[(100, vec![n])]));
        honest.push(one);
        let one = lab.record(Who::Tablet, forged.last(), &content(&[], &[(100, vec![100 + n])]));
        forged.push(one);
    }
    lab.remove(Who::Tablet, Some(honest[2].position()));
    lab.hello(vector_of(&forged[2]));
    lab.links(1);
    let two: Vec<&VerifiedRecord> = forged[..2].iter().collect();
    lab.records(&two);
    assert!(
        lab.alarms().contains(&"REMOVED_DEVICE_WROTE"),
        "as long as the head has not come, nothing counts"
    );
    assert_eq!(lab.laptop.view.status.traffic.received, 0);
    lab.records(&[&forged[2]]);
    lab.caught_up();
    let mut alarms = lab.alarms();
    alarms.sort_unstable();
    assert_eq!(alarms, ["HISTORY_CONTRADICTED", "REMOVED_DEVICE_WROTE"]);
    lab.add_entry("of my own");
    assert!(!forged.iter().any(|record| lab.names(record)));
}

/// The server sends a record without its body, once, and is honest ever after. The entry is there.
#[test]
fn a_husk_waits_for_its_body() {
    let mut lab = Lab::linked();
    lab.add_entry("words that must not be lost");
    let own = lab.own();
    let husks: Vec<VerifiedRecord> = own.iter().map(VerifiedRecord::to_husk).collect();
    let (feed, newest) = (lab.laptop_feed(), vector_of(own.last().unwrap()));
    for restarts in [false, true] {
        let mut phone = lab.device(Who::Phone);
        lab.serve(&mut phone, newest.clone(), &husks);
        assert_eq!((phone.view.len(), alarms_of(&phone)), (0, vec![]), "it has asked, nothing is wrong yet");
        let asked: Vec<_> = std::mem::take(&mut phone.outbox).into();
        let asked = asked.iter().any(|message| {
            matches!(message, haven_engine::sync::Outgoing::FetchBodies { feed: of, seqs, .. } if *of == feed && seqs.contains(&1))
        });
        assert!(asked);
        let space = lab.roster.space();
        let none = Incoming::Bodies { space, feed, records: Vec::new() };
        phone.input(Input::Server(none), 0, &mut lab.chance);
        assert_eq!(alarms_of(&phone), ["BODY_MISSING"], "the server has none");
        if restarts {
            phone.crash();
            phone.start(0, &mut lab.chance).unwrap();
        }
        lab.serve(&mut phone, newest.clone(), &own);
        assert_eq!((phone.view.len(), alarms_of(&phone)), (1, vec![]));
        let held = phone.disk.record(space, feed, own.last().unwrap().position().seq).unwrap().unwrap();
        assert_eq!(held, own.last().unwrap().bytes(), "and it can pass it on whole");
    }
}

/// A missing body holds back its own feed, and nothing else.
#[test]
fn a_missing_body_holds_up_only_what_builds_on_it() {
    let mut lab = Lab::linked();
    let p1 = lab.record(Who::Phone, None, &empty());
    let p2 = lab.record(Who::Phone, Some(&p1), &empty());
    let t1 = lab.record(Who::Tablet, None, &empty());
    let builds = content(&[(lab.feed(Who::Phone), p2.position())], &[]);
    let t2 = lab.record(Who::Tablet, Some(&t1), &builds);
    let husk = p1.to_husk();
    lab.records(&[&husk, &p2, &t1, &t2]);
    lab.caught_up();
    assert_eq!(lab.asked(), [(lab.feed(Who::Phone), vec![1])]);
    lab.add_entry("meanwhile");
    assert_eq!([&p1, &p2, &t1, &t2].map(|record| lab.names(record)), [false, false, true, false]);
    lab.bodies(lab.feed(Who::Phone), &[&p1]);
    lab.add_entry("later");
    assert_eq!([&p2, &t2].map(|record| lab.names(record)), [true; 2]);
    assert_eq!(lab.alarms(), NOTHING);
}

/// The wrap of an epoch does not open here: its records wait, the person is told, and with the next epoch all is there.
#[test]
fn records_of_an_unknown_epoch_wait_for_its_key() {
    let mut lab = Lab::linked();
    let old = lab.links.len();
    lab.change(&[], Some(lab.laptop_feed()));
    lab.links(old);
    let p1 = lab.record(Who::Phone, None, &empty());
    lab.records(&[&p1]);
    let mut alarms = lab.alarms();
    alarms.sort_unstable();
    assert_eq!(alarms, ["KEY_MISSING", "NEW_KEY_UNREADABLE"]);
    lab.restart();
    assert_eq!(lab.alarms().len(), 2);
    let old = lab.links.len();
    lab.change(&[], None);
    lab.links(old);
    assert_eq!((lab.alarms(), lab.rows(Table::Quarantine)), (vec![], 0));
    lab.add_entry("of my own");
    assert!(lab.names(&p1));
}

/// A device begins an epoch whose key does not open for another. That one can still write, says what is wrong, sends nothing
/// under the old key, and sends all once a key fits.
#[test]
fn a_key_that_does_not_open_keeps_nobody_from_writing() {
    let mut lab = Lab::linked();
    lab.add_entry("before");
    lab.acknowledge();
    let served = vector_of(lab.own().last().unwrap());
    let old = lab.links.len();
    lab.change(&[], Some(lab.laptop_feed()));
    lab.links(old);
    assert_eq!(lab.alarms(), ["NEW_KEY_UNREADABLE"]);
    lab.add_entry("in between");
    lab.restart();
    lab.add_entry("and after a restart");
    assert_eq!((lab.laptop.view.len(), lab.alarms()), (3, vec!["NEW_KEY_UNREADABLE"]));
    lab.hello(served);
    lab.caught_up();
    assert_eq!(lab.pushed().len(), 0, "it could be read by whoever was put out");
    let old = lab.links.len();
    lab.change(&[], None);
    lab.links(old);
    lab.caught_up();
    let (pushed, epoch) = (lab.pushed(), lab.roster.epoch());
    assert_eq!(pushed.iter().map(|record| record.header().epoch).collect::<Vec<_>>(), [epoch, epoch]);
    assert_eq!((lab.laptop.view.len(), lab.alarms()), (3, vec![]));
}

/// Kinds that this version does not know keep their place, and nobody is alarmed; a critical item waits for an update.
#[test]
fn unknown_kinds_count_and_raise_nothing() {
    let mut lab = Lab::linked();
    let head = lab.roster.head().seq;
    let mut before: Option<VerifiedRecord> = None;
    for kind in [3, 9, 200] {
        let kind = RecordKind::Other(kind);
        let record = lab.record_at(Who::Phone, before.as_ref(), head, kind, &empty());
        lab.records(&[&record]);
        before = Some(record);
    }
    let known = lab.record(Who::Phone, before.as_ref(), &content(&[], &[(100, vec![1, 2, 3])]));
    lab.records(&[&known]);
    lab.caught_up();
    assert_eq!(lab.alarms(), NOTHING);
    lab.add_entry("of my own");
    assert!(lab.names(&known));
}

/// Two that name each other, with names that cannot be true, and one that is refused: nobody waits for them.
#[test]
fn a_claim_holds_nobody_up() {
    let mut lab = Lab::linked();
    let (phone, tablet) = (lab.feed(Who::Phone), lab.feed(Who::Tablet));
    let nowhere = |seq| Position { seq, id: RecordId::from_bytes([7; 32]) };
    let p1 = lab.record(Who::Phone, None, &content(&[(tablet, nowhere(1))], &[]));
    let t1 = lab.record(Who::Tablet, None, &content(&[(phone, nowhere(1))], &[]));
    lab.records(&[&p1, &t1]);
    lab.caught_up();
    lab.add_entry("of my own");
    assert!(lab.names(&p1) && lab.names(&t1));
    assert_eq!(lab.alarms(), ["HISTORY_CONTRADICTED"; 2]);
    // The refused one keeps its place.
    let bad = lab.record(Who::Phone, Some(&p1), &[1, 2, 3]);
    let p3 = lab.record(Who::Phone, Some(&bad), &empty());
    lab.records(&[&bad, &p3]);
    lab.add_entry("and again");
    assert!(lab.names(&p3));
    assert!(lab.alarms().contains(&"RECORD_PUT_ASIDE"));
}

/// Written before the removal was heard of, sent after it: under the new epoch, which the removed one cannot open.
#[test]
fn what_was_never_sent_goes_out_under_the_new_epoch() {
    let mut lab = Lab::linked();
    lab.hello(Vector::default());
    lab.add_entry("sent while the tablet was still one of us");
    let sent = lab.own().last().unwrap().clone();
    assert_eq!(lab.pushed().last().unwrap().id(), sent.id());
    lab.say(Incoming::Offline);
    for text in ["written offline, after the tablet was stolen", "and more"] {
        lab.add_entry(text);
    }
    let old = lab.links.len();
    lab.remove(Who::Tablet, None);
    lab.hello(vector_of(&sent));
    assert_eq!(lab.pushed().len(), 0, "the server knows more of the roster");
    lab.links(old);
    lab.caught_up();
    let pushed = lab.pushed();
    let epoch = lab.roster.epoch();
    let of_epoch = |epoch| pushed.iter().filter(|record| record.header().epoch == epoch).count();
    assert_eq!((of_epoch(epoch), pushed.len()), (2, 2));
    assert_eq!(pushed[0].header().prev, sent.id());
    let own = lab.own();
    assert_eq!(
        own.iter().map(VerifiedRecord::id).collect::<Vec<_>>()[own.len() - 2..],
        [pushed[0].id(), pushed[1].id()]
    );
    assert_eq!(own[own.len() - 3].bytes(), sent.bytes(), "what was sent stays as it was");
    lab.restart();
    assert_eq!((lab.laptop.view.len(), lab.alarms()), (3, vec![]));
    lab.add_entry("and it goes on");
    assert_eq!(lab.own().last().unwrap().header().prev, pushed[1].id());
}

/// Some was sent and perhaps never arrived, some was never sent: the first goes out as it was, for ever, and only the second is
/// sealed again.
#[test]
fn what_may_have_been_sent_is_resent_as_it_was() {
    let mut lab = Lab::linked();
    lab.hello(Vector::default());
    lab.add_entry("sent, and nobody said that it arrived");
    let sent = lab.own();
    assert_eq!(lab.pushed().last().unwrap().id(), sent.last().unwrap().id());
    lab.say(Incoming::Offline);
    lab.add_entry("written offline, after the tablet was stolen");
    let old = lab.links.len();
    lab.remove(Who::Tablet, None);
    lab.hello(Vector::default());
    lab.links(old);
    lab.caught_up();
    let (pushed, own) = (lab.pushed(), lab.own());
    let (before, after) = pushed.split_at(sent.len());
    assert!(before.iter().zip(&sent).all(|(pushed, sent)| pushed.bytes() == sent.bytes()));
    assert_eq!(after.iter().map(|record| record.header().epoch).collect::<Vec<_>>(), [1]);
    assert!(pushed.iter().zip(&own).all(|(pushed, own)| pushed.bytes() == own.bytes()));
    lab.restart();
    assert_eq!((lab.laptop.view.len(), lab.alarms()), (2, vec![]));
}

/// A device hears that it was removed before it has sent what it wrote, and more of the connection is on its way. Nothing of that
/// is answered: what is written there stays there, whatever comes, before a restart and after it.
#[test]
fn what_a_removed_device_never_sent_stays_there_whatever_comes() {
    let mut lab = Lab::linked();
    lab.set_server(true);
    let (before, old) = (lab.roster.head(), lab.links.len());
    lab.hello(Vector::default());
    lab.say(Incoming::Offline);
    lab.pushed();
    lab.add_entry("written before it heard of it");
    lab.remove_laptop();
    lab.say(Incoming::Connected);
    lab.links(old);
    lab.add_entry("written after it heard of it");
    for _ in 0..2 {
        for late in lab.late(before) {
            lab.laptop.outbox.clear();
            lab.say(late);
            assert!(lab.laptop.outbox.is_empty() && !lab.laptop.wants_connection);
            let status = &lab.laptop.view.status;
            assert_eq!((status.sync, status.problem), (SyncState::Offline, Some(Problem::Removed)));
        }
        lab.restart();
        lab.laptop.wants_connection = false;
    }
    assert_eq!((lab.laptop.view.len(), lab.alarms()), (2, vec![]));
}

/// A message of a connection that broke comes late: what was answered to it went nowhere, and goes out in the next connection.
#[test]
fn what_comes_late_from_another_connection_counts_for_nothing() {
    let mut lab = Lab::linked();
    lab.say(Incoming::Offline);
    lab.add_entry("words");
    lab.pushed();
    for is_late in [true, false] {
        lab.hello(Vector::default());
        assert_eq!(lab.pushed().len(), lab.own().len(), "late: {is_late}");
        lab.say(Incoming::Connected);
    }
    lab.hello(Vector::default());
    lab.caught_up();
    lab.acknowledge();
    assert_eq!(lab.laptop.view.status.sync, SyncState::Idle);
}

/// The process goes down while a husk is tried. After that its body comes, and it is applied at once.
#[test]
fn a_body_that_comes_after_a_crash_is_taken() {
    let mut lab = Lab::linked();
    let p1 = lab.record(Who::Phone, None, &empty());
    let (space, records) = (lab.roster.space(), vec![p1.to_husk().bytes().clone()]);
    lab.laptop.plan(Mishap::AppliedButCrashed);
    lab.laptop.input(Input::Server(Incoming::Records { space, records }), 0, &mut lab.chance);
    assert!(!lab.laptop.is_up(), "it went down between the mark and the attempt");
    lab.restart();
    lab.hello(vector_of(&p1));
    lab.caught_up();
    assert_eq!(lab.asked(), [(lab.feed(Who::Phone), vec![1])]);
    lab.bodies(lab.feed(Who::Phone), &[&p1]);
    lab.add_entry("of my own");
    assert!(lab.names(&p1));
    assert_eq!(lab.alarms(), NOTHING);
}

/// A husk of a device that is removed then: nobody waits for its body any more, and it is told what it is.
#[test]
fn a_removal_tells_at_once_what_does_not_count() {
    let mut lab = Lab::linked();
    let t1 = lab.record(Who::Tablet, None, &empty());
    let husk = t1.to_husk();
    lab.records(&[&husk]);
    lab.caught_up();
    lab.bodies(lab.feed(Who::Tablet), &[]);
    assert_eq!(lab.alarms(), ["BODY_MISSING"]);
    let old = lab.links.len();
    lab.remove(Who::Tablet, None);
    lab.links(old);
    assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"]);
}

/// A device that is removed together with another keeps what it wrote in an entry of that one.
#[test]
fn a_removed_device_keeps_its_words_in_what_does_not_count() {
    let mut lab = Lab::linked();
    let mut tablet = lab.device(Who::Tablet);
    write(&mut tablet, "by the tablet", &mut lab.chance);
    let written = lab.written(&tablet, lab.feed(Who::Tablet));
    lab.records(&written.iter().collect::<Vec<_>>());
    let id = lab.laptop.view.rows().next().unwrap().entry.id;
    let edit = Edit { text: Some("by the laptop".into()), ..Edit::default() };
    let asked = lab.laptop.ask(Command::Edit { id, base: None, edit }, 0, &mut lab.chance);
    assert!(matches!(asked, Asked::Answered(Ok(_))));
    let (old, both) = (lab.links.len(), [lab.feed(Who::Tablet), lab.laptop_feed()]);
    lab.change(&both.map(|feed| (feed, None)), None);
    lab.links(old);
    for _ in 0..2 {
        let row = lab.laptop.view.entry(id).unwrap();
        assert_eq!(row.entry.text, "by the laptop");
        lab.restart();
    }
}

/// Garbage from nowhere: one alarm, with a count.
#[test]
fn garbage_is_one_alarm_with_a_count() {
    let mut lab = Lab::linked();
    let p = lab.record(Who::Phone, None, &empty());
    let space = lab.roster.space();
    for round in 0..3_u32 {
        let garbage = (0..3000_u32).map(|n| {
            let mut bytes = p.to_husk().bytes().to_vec();
            bytes[36..40].copy_from_slice(&round.to_be_bytes());
            bytes[40..44].copy_from_slice(&n.to_be_bytes());
            Bytes::from(bytes)
        });
        lab.say(Incoming::Records { space, records: garbage.collect() });
    }
    assert_eq!((lab.alarms(), lab.rows(Table::Alarms)), (vec!["RECORD_REFUSED"], 1));
    assert_eq!(lab.laptop.view.status.alarms[0].count, 9000);
}

/// A second history of a device, signed: both are kept, and neither is lost with a restart.
#[test]
fn both_branches_of_a_fork_are_kept() {
    let mut lab = Lab::linked();
    let p1 = lab.record(Who::Phone, None, &content(&[], &[(100, vec![1])]));
    let other = lab.record(Who::Phone, None, &content(&[], &[(100, vec![2])]));
    lab.records(&[&p1]);
    lab.records(&[&other, &other]);
    assert_eq!((lab.alarms(), lab.rows(Table::Quarantine)), (vec!["DEVICE_FORKED"], 1));
    lab.restart();
    lab.hello(vector_of(&other));
    lab.records(&[&other]);
    assert_eq!(lab.rows(Table::Quarantine), 1);
    lab.add_entry("of my own");
    assert!(lab.names(&p1) && !lab.names(&other));
}

pub(crate) fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// One message of 120 small records that inflate to 4 MiB each, and another whose records wait: memory stays bounded.
#[test]
fn no_message_inflates_beyond_a_bound() {
    let mut lab = Lab::linked();
    let bomb = |seen: &[_]| content(seen, &[(100, vec![0; 4 * 1024 * 1024 - 200])]);
    let waits = [(lab.feed(Who::Tablet), Position { seq: 9, id: RecordId::from_bytes([1; 32]) })];
    for seen in [&waits[..0], &waits[..]] {
        let mut lab = Lab::linked();
        let plain = bomb(seen);
        let mut records: Vec<VerifiedRecord> = Vec::new();
        for _ in 0..120 {
            let record = lab.record(Who::Phone, records.last(), &plain);
            records.push(record);
        }
        drop(plain);
        let before = peak_mib();
        lab.records(&records.iter().collect::<Vec<_>>());
        let grown = peak_mib() - before;
        assert!(grown <= 64, "{grown} MiB");
        lab.restart();
        assert!(peak_mib() - before <= 64, "after a restart {} MiB", peak_mib() - before);
    }
    lab.caught_up();
}

/// What only a newer version may pass: the record waits with all behind it, the person is told, and nothing is lost.
#[test]
fn a_critical_item_waits_for_an_update() {
    let mut lab = Lab::linked();
    let p1 = lab.record(Who::Phone, None, &content(&[], &[(250, vec![1])]));
    let p2 = lab.record(Who::Phone, Some(&p1), &empty());
    let t1 = lab.record(Who::Tablet, None, &empty());
    lab.records(&[&p1, &p2, &t1]);
    assert_eq!((lab.alarms(), lab.rows(Table::Quarantine)), (vec!["UPDATE_NEEDED"], 0));
    lab.restart();
    assert_eq!(lab.alarms(), ["UPDATE_NEEDED"]);
    lab.add_entry("of my own");
    assert_eq!([&p1, &p2, &t1].map(|record| lab.names(record)), [false, false, true]);
}

pub(crate) fn place(record: &VerifiedRecord) -> Vec<u8> {
    let position = record.position();
    let header = record.header();
    [header.feed.as_bytes(), &position.seq.to_be_bytes()[..], position.id.as_bytes()].concat()
}

/// Somebody who remains accepts what a removed device wrote, up to a record: that prefix counts, and nothing after it.
#[test]
fn what_is_accepted_by_hand_counts_whole() {
    let mut lab = Lab::linked();
    let mut records: Vec<VerifiedRecord> = Vec::new();
    for _ in 0..3 {
        let one = lab.record(Who::Tablet, records.last(), &empty());
        records.push(one);
    }
    lab.remove(Who::Tablet, None);
    lab.links(1);
    lab.records(&records.iter().collect::<Vec<_>>());
    let accepts = content(&[], &[(128, place(&records[1]))]);
    let p1 = lab.record(Who::Phone, None, &accepts);
    lab.records(&[&p1]);
    lab.add_entry("of my own");
    assert!(lab.names(&records[1]) && !lab.names(&records[2]));
    assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"]);
}

/// The same where the acceptance comes before what it accepts.
#[test]
fn an_acceptance_waits_for_what_it_accepts() {
    let mut lab = Lab::linked();
    let t1 = lab.record(Who::Tablet, None, &empty());
    lab.remove(Who::Tablet, None);
    lab.links(1);
    let p1 = lab.record(Who::Phone, None, &content(&[], &[(128, place(&t1))]));
    lab.records(&[&p1]);
    lab.restart();
    lab.hello(vector_of(&p1));
    lab.caught_up();
    assert_eq!(lab.alarms(), ["RECORDS_WITHHELD"]);
    lab.records(&[&t1]);
    lab.caught_up();
    lab.add_entry("of my own");
    assert!(lab.names(&t1) && lab.names(&p1));
    assert_eq!(lab.alarms(), NOTHING);
}

/// A purge says which bodies are gone: it is read before its turn, from behind the very husk that it explains, and from
/// another device's feed, and it holds after a restart.
#[test]
fn a_purge_explains_the_husk_before_it() {
    for by in [Who::Phone, Who::Tablet] {
        let mut lab = Lab::linked();
        let p1 = lab.record(Who::Phone, None, &content(&[], &[(100, vec![1])]));
        let p2 = lab.record(Who::Phone, Some(&p1), &empty());
        let purge =
            [&[4; 16][..], &1_u32.to_be_bytes(), &[5; 32], &1_u32.to_be_bytes(), &place(&p1)].concat();
        let before = if by == Who::Phone { Some(&p2) } else { None };
        let p3 = lab.record(by, before, &content(&[], &[(1, purge)]));
        let husk = p1.to_husk();
        if by == Who::Tablet {
            lab.records(&[&p3]);
            lab.restart();
        }
        lab.records(&[&husk, &p2]);
        if by == Who::Phone {
            lab.records(&[&p3]);
        }
        lab.add_entry("of my own");
        assert!(lab.names(if by == Who::Phone { &p3 } else { &p2 }));
        assert_eq!((lab.alarms(), lab.rows(Table::Quarantine)), (vec!["BODY_CALLED_GONE"], 0));
    }
}
