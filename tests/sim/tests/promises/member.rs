//! What a device that may write tries, so that others differ for good, wait for ever or grow: each case was a way once.

use haven_engine::engine::Input;
use haven_engine::io::{Commit, Store as _, Table, Write};
use haven_engine::sync::{Incoming, Outgoing};
use haven_feed::ids::{FeedId, Position, RecordId, Vector};
use haven_feed::record::{Record, RecordKind, VerifiedRecord};
use haven_sim::device::Device;

use super::hidden::said;
use super::hostile::{purge, with_husks};
use super::lab::{Lab, Who, alarms_of, content, vector_of, write};
use super::room::{Hidden, hidden, import};
use super::{NOTHING, empty, peak_mib};

/// A laptop that has heard of the phone, and not yet of the tablet that is added after it.
fn before_the_tablet() -> Lab {
    let mut lab = Lab::new();
    lab.set_server(false);
    lab.hello(Vector::default());
    let first = lab.links[1].bytes().to_vec();
    lab.shows_links(&[first]);
    lab
}

/// The phone's, written when there was no tablet.
fn of_before(lab: &mut Lab, inside: &[u8]) -> VerifiedRecord {
    lab.record_at(Who::Phone, None, 1, RecordKind::Data, inside)
}

/// The laptop hears of the tablet, and of a record, one after the other.
fn hears(lab: &mut Lab, record: &VerifiedRecord, link_first: bool) {
    if link_first {
        lab.links(2);
    }
    lab.records(&[record]);
    if !link_first {
        lab.links(2);
    }
}

/// A device names a record of one that it is about to add. Nobody can have seen that: it holds nobody up, whether the link that adds it
/// was heard of before or after.
#[test]
fn a_record_of_a_device_that_is_yet_to_come_holds_nobody_up() {
    let nowhere = Position { seq: 9, id: RecordId::from_bytes([7; 32]) };
    for (accepts, link_first) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut lab = before_the_tablet();
        let tablet = lab.feed(Who::Tablet);
        let at = [tablet.as_bytes(), &nowhere.seq.to_be_bytes()[..], nowhere.id.as_bytes()].concat();
        let inside = match accepts {
            true => content(&[], &[(128, at)]),
            false => content(&[(tablet, nowhere)], &[]),
        };
        let p1 = of_before(&mut lab, &inside);
        hears(&mut lab, &p1, link_first);
        let t1 = lab.record(Who::Tablet, None, &content(&[(lab.feed(Who::Phone), p1.position())], &[]));
        lab.records(&[&t1]);
        lab.caught_up();
        lab.add_entry("of my own");
        assert!(lab.names(&p1) && lab.names(&t1), "accepts: {accepts}, the link first: {link_first}");
        assert_eq!(lab.alarms(), NOTHING);
    }
}

/// The same, and it calls that record gone: its body is asked for all the same.
#[test]
fn what_is_yet_to_be_written_is_called_gone_by_nobody() {
    for link_first in [false, true] {
        let mut lab = before_the_tablet();
        let t1 = lab.record(Who::Tablet, None, &empty());
        let p1 = of_before(&mut lab, &content(&[], &[(1, purge(&t1))]));
        hears(&mut lab, &p1, link_first);
        lab.asked();
        lab.records(&[&t1.to_husk()]);
        assert_eq!(lab.asked(), [(lab.feed(Who::Tablet), vec![1])], "the link first: {link_first}");
    }
}

/// A few kilobytes call one place gone again and again, by another id each time.
#[test]
fn one_place_that_is_called_gone_under_many_ids_grows_nobody() {
    let mut lab = Lab::linked();
    let feed = lab.laptop_feed();
    let mut records: Vec<VerifiedRecord> = Vec::new();
    for n in 0..3_u16 {
        let purges = (0..1_024_u16).map(|m| {
            let mut id = [0; 32];
            id[..2].copy_from_slice(&n.to_be_bytes());
            id[2..4].copy_from_slice(&m.to_be_bytes());
            let document = [&[0; 14][..], &m.to_be_bytes()].concat();
            let at = [feed.as_bytes(), &1_000_u64.to_be_bytes()[..], &id].concat();
            (1, [&document[..], &1_u32.to_be_bytes(), &[5; 32], &1_u32.to_be_bytes(), &at].concat())
        });
        let purges: Vec<(u8, Vec<u8>)> = purges.collect();
        let record = lab.record(Who::Phone, records.last(), &content(&[], &purges));
        records.push(record);
    }
    let before = peak_mib();
    lab.records(&records.iter().collect::<Vec<_>>());
    let grown = peak_mib() - before;
    assert!(grown <= 64, "{grown} MiB");
    lab.add_entry("of my own");
    assert!(lab.names(records.last().unwrap()));
}

/// Of what somebody says of one place the first counts, whichever comes first.
#[test]
fn the_right_word_counts_beside_a_wrong_one() {
    for by_two in [false, true] {
        let mut lab = Lab::linked();
        let t1 = lab.record(Who::Tablet, None, &empty());
        let other = lab.record(Who::Tablet, None, &empty());
        let p1 = lab.record(Who::Phone, None, &content(&[], &[(1, purge(&other))]));
        let p2 = lab.record(Who::Phone, Some(&p1), &content(&[], &[(1, purge(&t1))]));
        lab.records(&[&p1]);
        if by_two {
            lab.restart();
        }
        lab.records(&[&p2, &t1.to_husk()]);
        lab.add_entry("of my own");
        assert!(lab.names(&t1));
    }
}

/// What brought the process down too often is put aside unread: neither opened nor heard once more.
#[test]
fn what_is_deadly_is_not_even_looked_at_again() {
    let mut lab = Lab::linked();
    let t1 = lab.record(Who::Tablet, None, &empty());
    let p1 = lab.record(Who::Phone, None, &content(&[], &[(1, purge(&t1))]));
    let p2 = lab.record(Who::Phone, Some(&p1), &empty());
    // On this disk the first was being tried when the process went down, five times over.
    let mut commit = Commit::default();
    let (space, feed) = (lab.roster.space(), lab.feed(Who::Phone));
    for record in [&p1, &p2] {
        let (seq, bytes) = (record.position().seq, record.bytes().clone());
        commit.writes.push(Write::Record { space, feed, seq, bytes });
    }
    let mark = [&1_u32.to_be_bytes()[..], feed.as_bytes(), &1_u64.to_be_bytes(), &[5]].concat();
    commit.put(Table::Meta, b"trying".to_vec(), lab.sealed_meta(b"trying", &mark));
    lab.laptop.disk.apply(commit).unwrap();
    lab.restart();
    assert_eq!((lab.alarms(), lab.rows(Table::Gone)), (vec!["RECORD_PUT_ASIDE"], 0));
    lab.add_entry("of my own");
    assert!(lab.names(&p2), "nobody waits for it");
}

/// A removed device has left more than there is room to dangle, and another one names the end of it. That holds nobody up and is not
/// forgotten, whether the removal was heard of before or after: what dangled counts once what it builds on is there.
#[test]
fn what_a_removed_device_left_to_dangle_holds_nobody_up() {
    for (removal_first, restarts) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut lab = Lab::linked();
        let Hidden { tablets, phones } = hidden(&mut lab);
        let last = tablets.last().unwrap();
        let removal = |lab: &mut Lab| {
            let old = lab.links.len();
            let (tablet, head) = (lab.feed(Who::Tablet), tablets[0].position());
            lab.change_by(Who::Laptop, &[(tablet, Some(head))], None);
            lab.links(old);
        };
        let p1 = lab.record(Who::Phone, None, &content(&[(lab.feed(Who::Tablet), last.position())], &[]));
        if removal_first {
            removal(&mut lab);
        }
        lab.records(&tablets.iter().collect::<Vec<_>>());
        lab.records(&[&p1]);
        if !removal_first {
            removal(&mut lab);
        }
        if restarts {
            lab.restart();
            lab.hello([last, &p1].map(|it| (it.header().feed, it.position())).into_iter().collect());
            lab.caught_up();
        }
        lab.add_entry("of my own");
        let case = format!("the removal first: {removal_first}, restarts: {restarts}");
        assert!(lab.names(&p1), "{case}");
        let p2 = lab.record(Who::Phone, Some(&p1), &phones);
        lab.records(&[&p2]);
        let texts = said(&lab.laptop);
        let has = |text: &str| texts.iter().any(|it| it == text);
        assert!(has("edited again") && has("and something else"), "{case}");
        lab.add_entry("and on");
        assert!(lab.names(last), "{case}");
    }
}

/// What builds on something hidden is there as soon as that is, also if this device itself brings it.
#[test]
fn what_dangles_is_tried_again_when_this_device_writes_what_it_builds_on() {
    let mut lab = Lab::linked();
    let Hidden { tablets, .. } = hidden(&mut lab);
    lab.records(&tablets[..1].iter().collect::<Vec<_>>());
    assert_eq!(lab.alarms(), ["RECORD_PUT_ASIDE"]);
    let chance = &mut lab.chance;
    import(&mut lab.laptop, 1, chance);
    assert!(said(&lab.laptop).iter().any(|text| text == "edited"));
    assert_eq!(lab.alarms(), NOTHING);
}

/// A device calls gone what this one wrote and still has in its journal. The server lost the body: it is brought back.
#[test]
fn what_is_still_in_the_journal_is_brought_back_whoever_calls_it_gone() {
    let mut lab = Lab::linked();
    lab.add_entry("still wanted");
    lab.acknowledge();
    let own = lab.own();
    let written = own.last().unwrap();
    let p1 = lab.record(Who::Phone, None, &content(&[], &[(1, purge(written))]));
    lab.records(&[&p1]);
    lab.acknowledge();
    lab.say(Incoming::Offline);
    let mut has = vector_of(written);
    has.advance(p1.header().feed, p1.position());
    let hello = with_husks(lab.greeting(has), std::slice::from_ref(written), [9; 16]);
    lab.say(hello);
    lab.caught_up();
    let pushed: Vec<_> = lab.pushed().iter().map(Record::id).collect();
    assert!(pushed.contains(&written.id()));
}

/// A device names what a removed one wrote, and calls a record of it gone that never was. When it is removed as well, what it named
/// counts still: going back to look for that body takes nothing out of what counts.
#[test]
fn what_counted_counts_still_when_a_word_about_it_is_looked_into() {
    for hears_all_at_once in [false, true] {
        let mut lab = Lab::linked();
        let (tablet, phone) = (lab.feed(Who::Tablet), lab.feed(Who::Phone));
        let mut tablets: Vec<VerifiedRecord> = Vec::new();
        for n in 0..3 {
            let next = lab.record(Who::Tablet, tablets.last(), &content(&[], &[(100, vec![n])]));
            tablets.push(next);
        }
        let nowhere = [tablet.as_bytes(), &2_u64.to_be_bytes()[..], &[7; 32]].concat();
        let gone = [&[4; 16][..], &1_u32.to_be_bytes(), &[5; 32], &1_u32.to_be_bytes(), &nowhere].concat();
        let p1 = lab.record(Who::Phone, None, &content(&[(tablet, tablets[2].position())], &[(1, gone)]));
        let removals = [(tablet, tablets[0].position()), (phone, p1.position())];
        let all: Vec<&VerifiedRecord> = tablets.iter().chain([&p1]).collect();
        for (n, (feed, head)) in removals.into_iter().enumerate() {
            let old = lab.links.len();
            lab.change_by(Who::Laptop, &[(feed, Some(head))], None);
            lab.links(old);
            if n == 0 && !hears_all_at_once {
                lab.records(&all);
            }
        }
        if hears_all_at_once {
            lab.records(&all);
        }
        lab.add_entry("of my own");
        assert!(lab.names(&tablets[2]) && lab.names(&p1), "{hears_all_at_once}");
        lab.restart();
        assert_eq!(lab.alarms(), NOTHING, "{hears_all_at_once}");
    }
}

/// A device calls gone what the phone wrote, and the server has no body of it. Whoever has it brings it, and it is read.
#[test]
fn what_was_passed_over_as_gone_is_read_when_it_comes() {
    let mut lab = Lab::linked();
    let mut phone = lab.device(Who::Phone);
    write(&mut phone, "words of the phone", &mut lab.chance);
    write(&mut phone, "and more of them", &mut lab.chance);
    let phones = lab.written(&phone, lab.feed(Who::Phone));
    let t1 = lab.record(Who::Tablet, None, &content(&[], &[(1, purge(&phones[0]))]));
    let husk = phones[0].to_husk();
    lab.records(&[&t1]);
    lab.records(&[&husk, &phones[1]]);
    assert_eq!(said(&lab.laptop), ["and more of them"]);
    lab.records(&[&phones[0]]);
    let mut texts = said(&lab.laptop);
    texts.sort_unstable();
    assert_eq!(texts, ["and more of them", "words of the phone"]);
    lab.add_entry("of my own");
    assert!(lab.names(&phones[1]));
    assert_eq!(lab.alarms(), NOTHING);
}

/// A device writes a record that it gives nobody the body of, calls it gone in the next one, and is removed by one that had not heard of
/// that. The phone had, and went on. Its words are read all the same, and so is the body, should it come one day.
#[test]
fn what_a_removed_device_kept_to_itself_holds_up_nobody_who_went_on() {
    for restarts in [false, true] {
        let mut lab = Lab::linked();
        let (mut phone, tablet) = (lab.device(Who::Phone), lab.feed(Who::Tablet));
        let mut of_tablet = lab.device(Who::Tablet);
        write(&mut of_tablet, "words of the tablet", &mut lab.chance);
        let t1 = lab.written(&of_tablet, tablet).remove(0);
        let nowhere = Position { seq: 9, id: RecordId::from_bytes([7; 32]) };
        let says = content(&[(lab.laptop_feed(), nowhere)], &[(1, purge(&t1))]);
        let t2 = lab.record(Who::Tablet, Some(&t1), &says);
        let husk = t1.to_husk();
        lab.serve(&mut phone, vector_of(&t2), &[husk.clone(), t2.clone()]);
        write(&mut phone, "words of the phone", &mut lab.chance);
        let phones = lab.written(&phone, lab.feed(Who::Phone));
        let old = lab.links.len();
        lab.change_by(Who::Laptop, &[(tablet, None)], None);
        lab.links(old);
        lab.records(&[&husk, &t2]);
        lab.records(&phones.iter().collect::<Vec<_>>());
        lab.caught_up();
        lab.bodies(tablet, &[]);
        assert_eq!(said(&lab.laptop), ["words of the phone"]);
        assert_eq!(lab.alarms(), ["BODY_MISSING"]);
        if restarts {
            lab.restart();
            let mut has = vector_of(&t2);
            has.advance_all(&vector_of(phones.last().unwrap()));
            lab.hello(has);
            lab.caught_up();
            assert_eq!(said(&lab.laptop), ["words of the phone"]);
        }
        lab.bodies(tablet, &[&t1]);
        let mut texts = said(&lab.laptop);
        texts.sort_unstable();
        assert_eq!(texts, ["words of the phone", "words of the tablet"], "{restarts}");
        lab.add_entry("of my own");
        assert!(lab.names(&t1) && lab.names(phones.last().unwrap()) && !lab.names(&t2), "{restarts}");
    }
}

/// A device calls gone, as if it were of an entry that nobody knows, what the laptop wrote and still has, and the server has let go of
/// the body. The laptop brings it back, and a new device, which was told, asks for it and reads it.
#[test]
fn what_is_called_gone_behind_everybodys_back_is_told_and_comes_back() {
    for restarts in [false, true] {
        let mut lab = Lab::linked();
        lab.add_entry("still wanted");
        lab.acknowledge();
        let own = lab.own();
        let (written, feed) = (own.last().unwrap(), lab.laptop_feed());
        let t1 = lab.record(Who::Tablet, None, &content(&[], &[(1, purge(written))]));
        let mut has = vector_of(written);
        has.advance(t1.header().feed, t1.position());
        let with_husk = |husk: &VerifiedRecord| [&own[..own.len() - 1], &[husk.clone(), t1.clone()]].concat();
        let without_words = with_husk(&written.to_husk());

        let mut new = lab.device(Who::Phone);
        lab.serve(&mut new, has.clone(), &without_words);
        let seqs = vec![written.position().seq];
        assert_eq!(
            (asked_by(&mut new), alarms_of(&new)),
            (vec![(feed, seqs.clone())], vec!["BODY_CALLED_GONE"])
        );
        let nothing = Incoming::Bodies { space: lab.roster.space(), feed, records: Vec::new() };
        new.input(Input::Server(nothing), 0, &mut lab.chance);
        assert_eq!((said(&new), alarms_of(&new)), (vec![], vec!["BODY_CALLED_GONE"]));
        assert_eq!(new.view.status.alarms[0].said_by.as_deref(), Some("Tablet"));

        lab.records(&[&t1]);
        lab.acknowledge();
        lab.say(Incoming::Offline);
        let hello = with_husks(lab.greeting(has.clone()), std::slice::from_ref(written), [9; 16]);
        lab.say(hello);
        lab.caught_up();
        let brought = lab.pushed().into_iter().find(|record| record.id() == written.id());
        assert!(brought.is_some_and(|record| !record.is_husk()));

        if restarts {
            new.crash();
            new.start(0, &mut lab.chance).unwrap();
        } else {
            new.input(Input::Server(Incoming::Offline), 0, &mut lab.chance);
        }
        lab.serve(&mut new, has, &[]);
        assert_eq!(asked_by(&mut new), [(feed, seqs)], "{restarts}");
        let records = vec![written.bytes().clone()];
        let body = Incoming::Bodies { space: lab.roster.space(), feed, records };
        new.input(Input::Server(body), 0, &mut lab.chance);
        assert_eq!((said(&new), alarms_of(&new)), (vec!["still wanted".to_owned()], vec![]), "{restarts}");
    }
}

fn asked_by(device: &mut Device) -> Vec<(FeedId, Vec<u64>)> {
    let asked = device.outbox.drain(..).filter_map(|message| match message {
        Outgoing::FetchBodies { feed, seqs, .. } => Some((feed, seqs)),
        _ => None,
    });
    asked.collect()
}
