//! Bad luck, and who helps it along: a disk that was put back, a device that is removed while somebody still writes, what killed the
//! process once.

use haven_core::entry::{Draft, Edit, EntryKind};
use haven_core::id::EntryId;
use haven_engine::command::{Command, DraftId, DraftSave, Reply};
use haven_engine::content::{Changes, Content, decode, encode};
use haven_engine::io::{Commit, Store as _, Table, Write};
use haven_engine::join::{JoinInput, JoinSend, JoinStep, Joining};
use haven_engine::sync::{Incoming, Outgoing};
use haven_engine::vault::local_key;
use haven_engine::version::Version;
use haven_engine::view::Linking;
use haven_feed::record::VerifiedRecord;
use haven_feed::roster::Link;
use haven_sim::device::{Asked, Device};
use haven_store::memory::MemoryStore;

use super::claims::{newest, nowhere, removed};
use super::empty;
use super::hidden::{hidden as hides, rewrite, said};
use super::hostile::purge;
use super::lab::{Lab, Who, alarms_of, content, vector_of, write};
use super::room::{Hidden, damage, hidden, import};

fn sorted(mut alarms: Vec<&'static str>) -> Vec<&'static str> {
    alarms.sort_unstable();
    alarms
}

fn only(device: &Device) -> (EntryId, Version) {
    let row = device.view.rows().next().unwrap();
    (row.entry.id, row.version.clone())
}

/// The disk was put back to a day on which something was not sent yet. It was sent since, more was written, and a device was removed. The
/// server says that it has more, and brings the links first: what it has is not sealed again.
#[test]
fn what_was_sent_before_the_disk_was_put_back_is_not_sealed_again() {
    for (comes, restarts) in [(true, false), (true, true), (false, false)] {
        let mut lab = Lab::linked();
        lab.acknowledge();
        lab.say(Incoming::Offline);
        lab.add_entry("not sent yet on that day");
        let own = lab.own();
        let later = lab.record(Who::Laptop, own.last(), &empty());
        let old = lab.links.len();
        lab.remove(Who::Tablet, None);
        lab.hello(vector_of(&later));
        lab.links(old);
        if restarts {
            lab.restart();
            lab.hello(vector_of(&later));
        }
        if comes {
            lab.records(&[&later]);
        }
        lab.caught_up();
        let now = lab.own();
        if comes {
            assert_eq!(sorted(lab.alarms()), ["DEVICE_CLONED"], "{restarts}");
            assert_eq!((&now[..own.len()], now[own.len()].id()), (&own[..], later.id()));
            lab.add_entry("and on");
            assert_eq!(lab.own().last().unwrap().header().epoch, lab.roster.epoch());
        } else {
            // It only said so: nothing of before leaves under a key that whoever was put out has.
            assert_eq!(now.last().unwrap().header().epoch, lab.roster.epoch());
        }
    }
}

/// Somebody has an entry open in an editor in which a device has written that is removed then, and what it wrote does not count. Whatever
/// is typed becomes an entry all the same.
#[test]
fn what_is_typed_into_what_was_taken_out_is_not_lost() {
    for (of_tablet, restarts) in [(true, false), (true, true), (false, false), (false, true)] {
        let mut lab = Lab::linked();
        let mut tablet = lab.device(Who::Tablet);
        if of_tablet {
            write(&mut tablet, "by the tablet", &mut lab.chance);
        } else {
            lab.add_entry("by the laptop");
            let own = lab.own();
            lab.serve(&mut tablet, vector_of(own.last().unwrap()), &own);
            rewrite(&mut tablet, "by the laptop. By the tablet.", &mut lab.chance);
        }
        let tablets = lab.written(&tablet, lab.feed(Who::Tablet));
        lab.records(&tablets.iter().collect::<Vec<_>>());
        let (entry, version) = only(&lab.laptop);
        let mut draft = Draft::new(EntryKind::Note, "2020-01-01".parse().unwrap());
        draft.text = "what somebody typed".into();
        let save = DraftSave {
            id: DraftId([3; 16]),
            editing: Some((entry, Some(version))),
            draft,
            held: false,
            named: Default::default(),
            meant: None,
            typed: Default::default(),
        };
        let saved = lab.laptop.ask(Command::SaveDraft(Box::new(save)), 0, &mut lab.chance);
        assert!(matches!(saved, Asked::Answered(Ok(_))));
        let old = lab.links.len();
        lab.remove(Who::Tablet, None);
        lab.links(old);
        if restarts {
            lab.restart();
        }
        let commit = Command::CommitDraft { id: DraftId([3; 16]), confirmed: false };
        let committed = lab.laptop.ask(commit, 0, &mut lab.chance);
        assert!(matches!(committed, Asked::Answered(Ok(Reply::Entry(_)))), "{of_tablet} {restarts}");
        for _ in 0..2 {
            let mut texts = said(&lab.laptop);
            texts.sort_unstable();
            let own = if of_tablet { &[][..] } else { &["by the laptop"] };
            assert_eq!(texts, [own, &["what somebody typed"]].concat(), "{restarts}");
            lab.restart();
        }
    }
}

/// The phone builds on what the tablet wrote, which does not count, and hides that; then it writes in the same entry something that builds
/// on neither. What it wrote stays in order, whether the removal was heard of before or after.
#[test]
fn what_follows_what_dangles_is_put_aside_with_it_in_every_order() {
    let mut outcomes = Vec::new();
    for removal_first in [false, true] {
        let mut lab = Lab::linked();
        lab.add_entry("It rained.");
        rewrite(&mut lab.laptop, "It rained. I stayed in.", &mut lab.chance);
        let (own, (id, version)) = (lab.own(), only(&lab.laptop));
        let (mut phone, mut tablet) = (lab.device(Who::Phone), lab.device(Who::Tablet));
        lab.serve(&mut tablet, vector_of(own.last().unwrap()), &own);
        rewrite(&mut tablet, "It rained. I stayed in. Lies.", &mut lab.chance);
        let before = lab.roster.head().seq;
        let tablets = lab.written(&tablet, lab.feed(Who::Tablet));
        let all = [&own[..], &tablets[..]].concat();
        lab.serve(&mut phone, newest(&[own.last().unwrap(), tablets.last().unwrap()]), &all);
        rewrite(&mut phone, "It rained. I stayed in. Lies. And more.", &mut lab.chance);
        let first = hides(&mut lab, &phone, Who::Phone, None, Some(before));
        let edit = Edit { text: Some("It rained. I went out.".into()), ..Edit::default() };
        let asked = phone.ask(Command::Edit { id, base: Some(version), edit }, 0, &mut lab.chance);
        assert!(matches!(asked, Asked::Answered(Ok(_))));
        let second = hides(&mut lab, &phone, Who::Phone, Some(&first), Some(before));
        let old = lab.links.len();
        lab.change_by(Who::Laptop, &[(lab.feed(Who::Tablet), None)], None);
        if removal_first {
            lab.links(old);
        }
        lab.records(&tablets.iter().collect::<Vec<_>>());
        lab.records(&[&first, &second]);
        if !removal_first {
            lab.links(old);
        }
        lab.restart();
        outcomes.push((said(&lab.laptop), sorted(lab.alarms()), lab.rows(Table::Quarantine)));
    }
    assert_eq!(outcomes[0], outcomes[1]);
}

/// The tablet has built more on what does not count any more than there is room for. What finds none waits in the log with all behind it,
/// whether the removal was heard of before or after, and is there once somebody who remains has seen what it builds on.
#[test]
fn what_finds_no_room_as_it_is_taken_out_waits_with_all_behind_it() {
    let mut outcomes = Vec::new();
    for removal_first in [false, true] {
        let mut lab = Lab::linked();
        let Hidden { tablets, phones } = hidden(&mut lab);
        let before = lab.roster.head().seq;
        let p1 = lab.record_at(Who::Phone, None, before, haven_feed::record::RecordKind::Data, &phones);
        let old = lab.links.len();
        lab.change_by(Who::Laptop, &[(lab.feed(Who::Phone), None)], None);
        if removal_first {
            lab.links(old);
        }
        lab.records(&[&p1]);
        lab.records(&tablets.iter().collect::<Vec<_>>());
        if !removal_first {
            assert!(said(&lab.laptop).iter().any(|text| text == "edited again"));
            lab.links(old);
        }
        lab.restart();
        outcomes.push((said(&lab.laptop), sorted(lab.alarms()), lab.rows(Table::Quarantine)));
        lab.add_entry("of my own");
        let names = content(&[(lab.feed(Who::Phone), p1.position())], &[]);
        let last = tablets.last().unwrap();
        let t4 = lab.record(Who::Tablet, Some(last), &names);
        lab.records(&[&t4]);
        let texts = said(&lab.laptop);
        assert!(["edited again", "and something else"].iter().all(|text| texts.iter().any(|it| it == text)));
    }
    assert!(outcomes[0] == outcomes[1]);
}

/// A record that brought the process down too often is not opened again when its feed goes back, nor when what counts is decided anew.
#[test]
fn what_is_deadly_is_not_looked_at_as_its_feed_goes_back() {
    let mut lab = Lab::linked();
    let other = lab.add_other();
    lab.links(lab.links.len() - 1);
    let o1 = lab.record(other, None, &empty());
    let p1 = lab.record(Who::Phone, None, &empty());
    let p2 = lab.record(Who::Phone, Some(&p1), &content(&[], &[(1, purge(&o1))]));
    let p3 = lab.record(Who::Phone, Some(&p2), &empty());
    let t1 = lab.record(Who::Tablet, None, &content(&[], &[(1, purge(&p1))]));
    lab.records(&[&t1]);
    deadly(&mut lab, &[&p1.to_husk(), &p2, &p3], &p2);
    assert_eq!(sorted(lab.alarms()), ["BODY_CALLED_GONE", "RECORD_PUT_ASIDE"]);
    assert_eq!(lab.rows(Table::Gone), 1);
    removed(&mut lab, None);
    assert_eq!(lab.rows(Table::Gone), 1, "it was not opened");
    for restarts in [false, true] {
        if restarts {
            lab.restart();
            lab.hello(newest(&[&p3, &t1]));
        }
        lab.bodies(lab.feed(Who::Phone), &[&p1]);
        assert_eq!(lab.rows(Table::Gone), 1, "it was not opened");
        lab.add_entry("of my own");
        assert!(lab.names(&p3));
        assert_eq!(sorted(lab.alarms()), ["RECORD_PUT_ASIDE", "REMOVED_DEVICE_WROTE"]);
    }
}

/// Lays records into the laptop's store, one of which brought the process down five times.
fn deadly(lab: &mut Lab, records: &[&VerifiedRecord], which: &VerifiedRecord) {
    let mut commit = Commit::default();
    let space = lab.roster.space();
    for record in records {
        let (feed, seq, bytes) = (record.header().feed, record.position().seq, record.bytes().clone());
        commit.writes.push(Write::Record { space, feed, seq, bytes });
    }
    let at = [which.header().feed.as_bytes(), &which.position().seq.to_be_bytes()[..], &[5]].concat();
    let mark = [&1_u32.to_be_bytes()[..], &at].concat();
    commit.put(Table::Meta, b"trying".to_vec(), lab.sealed_meta(b"trying", &mark));
    lab.laptop.disk.apply(commit).unwrap();
    lab.restart();
}

/// What it says of others is not heard either, in whatever order the rest comes.
#[test]
fn what_is_deadly_vouches_for_nobody_in_any_order() {
    let mut outcomes = Vec::new();
    for removal_first in [false, true] {
        let mut lab = Lab::linked();
        let before = lab.roster.head().seq;
        let t1 = lab.record(Who::Tablet, None, &empty());
        let names = content(&[(lab.feed(Who::Tablet), t1.position())], &[]);
        let p1 = lab.record_at(Who::Phone, None, before, haven_feed::record::RecordKind::Data, &names);
        deadly(&mut lab, &[&p1], &p1);
        let old = lab.links.len();
        lab.change_by(Who::Laptop, &[(lab.feed(Who::Tablet), None)], None);
        if removal_first {
            lab.links(old);
        }
        lab.records(&[&t1]);
        if !removal_first {
            lab.links(old);
        }
        outcomes.push(sorted(lab.alarms()));
    }
    assert_eq!(outcomes[0], outcomes[1]);
}

/// A device is let in while some of what the laptop wrote is not sent yet. That is sealed again then, and the new device, which was told
/// what there is, takes it for no other history.
#[test]
fn a_new_device_is_told_of_nothing_that_may_be_sealed_again() {
    let mut lab = Lab::linked();
    lab.acknowledge();
    let code = match lab.laptop.ask(Command::StartLink, 0, &mut lab.chance) {
        Asked::Answered(Ok(Reply::LinkStarted(started))) => started.code,
        _ => unreachable!(),
    };
    for n in 0..7 {
        lab.add_entry(&format!("entry {n}"));
    }
    let sent = lab.pushed().len();
    let (mut joining, mut step) = Joining::start(&code, "Watch", &mut lab.chance).unwrap();
    let mut words = None;
    for _ in 0..2 {
        for send in std::mem::take(&mut step.send) {
            let JoinSend::Post { mailbox, index, message } = send else { continue };
            lab.say(Incoming::MailboxMessage { mailbox, index, message });
        }
        for answer in lab.laptop.outbox.drain(..).collect::<Vec<Outgoing>>() {
            let Outgoing::PostMessage { index, message, .. } = answer else { continue };
            let JoinStep { send, words: shown, .. } =
                joining.step(JoinInput::Mailbox { index, message }, &mut lab.chance).unwrap();
            step.send.extend(send);
            words = words.or(shown);
        }
    }
    lab.laptop.ask(Command::ConfirmLink { words: words.unwrap() }, 0, &mut lab.chance);
    let link = lab.laptop.outbox.drain(..).find_map(|said| match said {
        Outgoing::AppendLink { link, .. } => Some(link),
        _ => None,
    });
    lab.append(Link::parse(link.unwrap()).unwrap());
    let (space, seq) = (lab.roster.space(), lab.roster.head().seq);
    lab.say(Incoming::LinkAppended { space, seq });
    let Linking::Comparing { words, .. } = lab.laptop.view.status.linking.clone() else { unreachable!() };
    let welcome = lab.laptop.outbox.drain(..).find_map(|said| match said {
        Outgoing::PostMessage { index: 4, message, .. } => Some(message),
        _ => None,
    });
    joining.step(JoinInput::Mailbox { index: 4, message: welcome.unwrap() }, &mut lab.chance).unwrap();
    joining.compare(&words).unwrap();
    joining.step(JoinInput::LoggedIn, &mut lab.chance).unwrap();
    let links = lab.links.iter().map(|link| link.bytes().to_vec()).collect();
    assert!(joining.step(JoinInput::Links(links), &mut lab.chance).unwrap().linked);
    let (_, commit) = joining.seal_with(local_key([6; 32]), vec![1], "http://lab", &mut lab.chance).unwrap();
    let mut disk = MemoryStore::new();
    disk.apply(commit).unwrap();
    let mut watch = Device::new(disk, [6; 32], lab.shelf.clone());
    watch.start(0, &mut lab.chance).unwrap();

    let (before, old) = (lab.own(), lab.links.len());
    lab.remove(Who::Tablet, None);
    lab.links(old);
    let own = lab.own();
    assert!(sent < own.len() && own.last() != before.last(), "some was sealed again");
    let links = lab.links[old..].iter().map(|link| link.bytes().to_vec()).collect();
    watch.input(
        haven_engine::engine::Input::Server(lab.greeting(vector_of(own.last().unwrap()))),
        0,
        &mut lab.chance,
    );
    watch.input(haven_engine::engine::Input::Server(Incoming::Links { space, links }), 0, &mut lab.chance);
    lab.serve(&mut watch, vector_of(own.last().unwrap()), &own);
    assert_eq!((watch.view.len(), alarms_of(&watch)), (7, vec![]));
}

/// A feed was read up to its end, and goes back to a body that had been called gone. The disk damages its newest record: the journal opens
/// all the same.
#[test]
fn a_journal_opens_although_the_end_of_what_is_read_anew_is_damaged() {
    let mut lab = Lab::linked();
    let mut phone = lab.device(Who::Phone);
    write(&mut phone, "words of the phone", &mut lab.chance);
    write(&mut phone, "and more of them", &mut lab.chance);
    let phones = lab.written(&phone, lab.feed(Who::Phone));
    let t1 = lab.record(Who::Tablet, None, &content(&[], &[(1, purge(&phones[0]))]));
    lab.records(&[&t1]);
    let husk = phones[0].to_husk();
    lab.records(&[&[&husk][..], &phones[1..].iter().collect::<Vec<_>>()].concat());
    removed(&mut lab, None);
    assert_eq!(said(&lab.laptop), ["and more of them"]);
    damage(&mut lab, phones.last().unwrap(), vec![7; 300]);
    lab.restart();
    assert_eq!(said(&lab.laptop), ["and more of them"]);
    assert!(lab.alarms().contains(&"RECORD_UNREADABLE"));
}

/// What a removed device wrote was put aside, and does not count any more: nobody is told of it any longer than where the removal was heard
/// of first.
#[test]
fn what_was_put_aside_and_does_not_count_is_told_no_more() {
    let mut outcomes = Vec::new();
    for removal_first in [false, true] {
        let mut lab = Lab::linked();
        let t1 = lab.record(Who::Tablet, None, &[1, 2, 3]);
        let old = lab.links.len();
        lab.remove(Who::Tablet, None);
        if removal_first {
            lab.links(old);
        }
        lab.records(&[&t1]);
        if !removal_first {
            assert_eq!(lab.alarms(), ["RECORD_PUT_ASIDE"]);
            lab.links(old);
        }
        lab.caught_up();
        let told = (sorted(lab.alarms()), lab.rows(Table::Quarantine));
        let p1 = lab.record(Who::Phone, None, &content(&[(lab.feed(Who::Tablet), t1.position())], &[]));
        lab.records(&[&p1]);
        outcomes.push((told, sorted(lab.alarms()), lab.rows(Table::Quarantine)));
    }
    assert_eq!(outcomes[0], outcomes[1]);
    assert_eq!(outcomes[0].1, ["RECORD_PUT_ASIDE"]);
}

/// What a device wrote last, as changes.
fn last_changes(lab: &Lab, device: &Device, who: Who) -> (Vec<Vec<u8>>, Content<'static>) {
    let last = lab.written(device, lab.feed(who)).pop().unwrap();
    let inside = lab.opened(&last);
    let said = decode(&inside).unwrap();
    let changes = said.items[0].changes.iter().map(|change| change.to_vec()).collect();
    (changes, Content { nonces: said.nonces, full: true, ..Content::default() })
}

/// A record about every entry and something that nobody has. Whoever edits one of these entries tries none of the others again, also where
/// there is no room for it.
#[test]
fn what_dangles_is_not_tried_whole_for_each_edit() {
    for has_room in [true, false] {
        let mut lab = Lab::linked();
        import(&mut lab.laptop, 60, &mut lab.chance);
        let own = lab.own();
        let mut tablet = lab.device(Who::Tablet);
        lab.serve(&mut tablet, vector_of(own.last().unwrap()), &own);
        let ids: Vec<EntryId> = tablet.view.rows().map(|row| row.entry.id).collect();
        let mut items: Vec<([u8; 16], Vec<Vec<u8>>)> = Vec::new();
        for id in &ids {
            let edit = Edit { add_tags: ["calm".parse().unwrap()].into(), ..Edit::default() };
            let asked = tablet.ask(Command::Edit { id: *id, base: None, edit }, 0, &mut lab.chance);
            assert!(matches!(asked, Asked::Answered(Ok(_))));
            items.push((*id.as_bytes(), last_changes(&lab, &tablet, Who::Tablet).0));
        }
        write(&mut tablet, "hidden", &mut lab.chance);
        let hidden = tablet.view.rows().find(|row| row.entry.text == "hidden").unwrap().entry.id;
        let edit = Edit { add_tags: ["calm".parse().unwrap()].into(), ..Edit::default() };
        tablet.ask(Command::Edit { id: hidden, base: None, edit }, 0, &mut lab.chance);
        let (dangling, head) = last_changes(&lab, &tablet, Who::Tablet);
        items.push(([255; 16], dangling.clone()));
        items.sort();
        let mut tablets: Vec<VerifiedRecord> = Vec::new();
        let filler = |n: u16, of: u8| {
            let mut id = [of; 16];
            id[..2].copy_from_slice(&n.to_be_bytes());
            (id, dangling.clone())
        };
        let fillers: Vec<Vec<_>> = if has_room {
            Vec::new()
        } else {
            vec![(0..4_096).map(|n| filler(n, 1)).collect(), (0..4_050).map(|n| filler(n, 2)).collect()]
        };
        for items in fillers.iter().chain([&items]) {
            let items = items.iter().map(|(document, changes)| Changes {
                document: *document,
                changes: changes.iter().map(Vec::as_slice).collect(),
            });
            let inside = Content {
                nonces: head.nonces.clone(),
                full: true,
                items: items.collect(),
                ..Content::default()
            };
            let inside = encode(&inside);
            let next = lab.record(Who::Tablet, tablets.last(), &inside);
            tablets.push(next);
        }
        for one in &tablets {
            lab.records(&[one]);
        }
        assert_eq!(lab.alarms(), ["RECORD_PUT_ASIDE"]);
        let mut commit = Commit::default();
        for id in &ids {
            commit.writes.push(Write::Remove { table: Table::Saves, key: id.as_bytes().to_vec() });
        }
        lab.laptop.disk.apply(commit).unwrap();
        assert_eq!(lab.rows(Table::Saves), 0);
        let edit = Edit { text: Some("edited".into()), ..Edit::default() };
        let asked = lab.laptop.ask(Command::Edit { id: ids[0], base: None, edit }, 0, &mut lab.chance);
        assert!(matches!(asked, Asked::Answered(Ok(_))));
        assert_eq!(lab.rows(Table::Saves), 1, "{has_room}");
        let mut phone = lab.device(Who::Phone);
        write(&mut phone, "by the phone", &mut lab.chance);
        let phones = lab.written(&phone, lab.feed(Who::Phone));
        lab.records(&phones.iter().collect::<Vec<_>>());
        assert_eq!(lab.rows(Table::Saves), 1, "{has_room}");
    }
}

/// A device has spoilt the way back to the key before, and another one is linked then. It can't read what is older, and reads what is
/// written from then on.
#[test]
fn who_is_linked_after_a_key_was_lost_reads_what_is_written_since() {
    let mut lab = Lab::linked();
    lab.add_entry("before");
    let old = lab.links.len();
    lab.change_with(Who::Phone, &[], None, |_| vec![7; 65]);
    lab.acknowledge();
    lab.hello(lab.laptop_vector());
    lab.links(old);
    lab.caught_up();
    lab.add_entry("since");
    let own = lab.own();
    assert!(own.last().unwrap().header().epoch > own[0].header().epoch);
    let mut late = lab.device_with(Who::Tablet, 1);
    lab.serve(&mut late, vector_of(own.last().unwrap()), &own);
    assert_eq!((said(&late), alarms_of(&late)), (vec!["since".to_owned()], vec!["OLD_KEY_LOST"]));
}

/// The phone's feed goes back to a body that a removed device had called gone, and that nobody brings. What others write on top of what the
/// laptop has read of the phone already is read all the same.
#[test]
fn what_builds_on_what_is_read_anew_is_not_held_up() {
    for restarts in [false, true] {
        let mut lab = Lab::linked();
        let other = lab.add_other();
        lab.links(lab.links.len() - 1);
        let mut phone = lab.device(Who::Phone);
        write(&mut phone, "words of the phone", &mut lab.chance);
        write(&mut phone, "and more of them", &mut lab.chance);
        let phones = lab.written(&phone, lab.feed(Who::Phone));
        let mut third = lab.device(other);
        lab.serve(&mut third, vector_of(phones.last().unwrap()), &phones);
        write(&mut third, "words of another", &mut lab.chance);
        let thirds = lab.written(&third, lab.feed(other));
        let t1 = lab.record(Who::Tablet, None, &content(&[], &[(1, purge(&phones[0]))]));
        lab.records(&[&t1]);
        let husk = phones[0].to_husk();
        lab.records(&[&[&husk][..], &phones[1..].iter().collect::<Vec<_>>()].concat());
        assert_eq!(said(&lab.laptop), ["and more of them"]);
        removed(&mut lab, None);
        lab.bodies(lab.feed(Who::Phone), &[]);
        if restarts {
            lab.restart();
            lab.hello(newest(&[phones.last().unwrap(), &t1]));
            lab.caught_up();
        }
        lab.records(&thirds.iter().collect::<Vec<_>>());
        let mut texts = said(&lab.laptop);
        texts.sort_unstable();
        assert_eq!(texts, ["and more of them", "words of another"], "{restarts}");
        lab.bodies(lab.feed(Who::Phone), &[&phones[0]]);
        assert_eq!((lab.laptop.view.len(), lab.alarms()), (3, vec!["REMOVED_DEVICE_WROTE"]));
    }
}

/// The phone has removed the tablet, and named another head than the one that is here. Once the phone is removed as well nobody is told of
/// that any more.
#[test]
fn what_only_a_removed_device_named_in_a_removal_contradicts_nothing() {
    for (removal_first, restarts) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut lab = Lab::linked();
        let t1 = lab.record(Who::Tablet, None, &empty());
        let old = lab.links.len();
        lab.remove(Who::Tablet, Some(nowhere(1)));
        if removal_first {
            lab.links(old);
        }
        lab.records(&[&t1]);
        if !removal_first {
            lab.links(old);
        }
        assert_eq!(sorted(lab.alarms()), ["HISTORY_CONTRADICTED", "REMOVED_DEVICE_WROTE"]);
        let old = lab.links.len();
        lab.change_by(Who::Laptop, &[(lab.feed(Who::Phone), None)], None);
        lab.links(old);
        for _ in 0..2 {
            assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"], "{removal_first}");
            if restarts {
                lab.restart();
                lab.hello(vector_of(&t1));
                lab.caught_up();
            }
            lab.add_entry("of my own");
            assert!(!lab.names(&t1));
        }
    }
}

/// A device calls gone what the laptop has. Its removal, and each one after it, has nothing read anew for that.
#[test]
fn what_is_here_is_not_read_anew_whoever_called_it_gone() {
    let mut lab = Lab::linked();
    let other = lab.add_other();
    lab.links(lab.links.len() - 1);
    let mut phones: Vec<VerifiedRecord> = Vec::new();
    for n in 0..20 {
        let next = lab.record(Who::Phone, phones.last(), &content(&[], &[(100, vec![n])]));
        phones.push(next);
    }
    let t1 = lab.record(Who::Tablet, None, &content(&[], &[(1, purge(&phones[0]))]));
    lab.records(&phones.iter().chain([&t1]).collect::<Vec<_>>());
    let before = lab.laptop.view.status.traffic.received;
    removed(&mut lab, None);
    let old = lab.links.len();
    lab.change_by(Who::Laptop, &[(lab.feed(other), None)], None);
    lab.links(old);
    assert_eq!(lab.laptop.view.status.traffic.received, before);
    lab.add_entry("of my own");
    assert!(lab.names(&phones[19]));
    assert_eq!(lab.alarms(), ["REMOVED_DEVICE_WROTE"]);
}
