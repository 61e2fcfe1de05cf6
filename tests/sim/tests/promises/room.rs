//! What one device may fill, and that nobody else is held up or crowded out by it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use haven_core::time::NoZones;
use haven_engine::command::{Command, ImportItem, Reply};
use haven_engine::content::{Changes, Content, decode, encode};
use haven_engine::io::{Commit, Entropy as _, Reader as _, Store as _, Table, Write};
use haven_engine::limits;
use haven_engine::sync::{Incoming, Refusal, Request};
use haven_feed::ids::{FeedId, Position, RecordId, Vector};
use haven_feed::record::VerifiedRecord;
use haven_sim::chance::Chance;
use haven_sim::device::{Asked, Device};

use super::hidden::{rewrite, said};
use super::lab::{Lab, Who, content, vector_of, write};
use super::{NOTHING, empty};

/// The inside of a record that compresses to nothing less.
pub(crate) fn noise(chance: &mut Chance, bytes: usize) -> Vec<u8> {
    let mut noise = vec![0; bytes];
    chance.fill(&mut noise);
    content(&[], &[(100, noise)])
}

pub(crate) fn quarantined(lab: &Lab) -> usize {
    let mut bytes = 0;
    let each = &mut |_: &[u8], value: &[u8]| {
        bytes += value.len();
        std::ops::ControlFlow::Continue(())
    };
    lab.laptop.disk.scan(Table::Quarantine, each).unwrap();
    bytes
}

/// The tablet signs a second history of more than there is room for. It's kept up to a bound; there is room for the phone's all the
/// same, and the phone, which names the end of what was not kept, is not held up by that.
#[test]
fn a_flood_of_second_records_takes_nobody_elses_room() {
    let mut lab = Lab::linked();
    let here = lab.record(Who::Tablet, None, &empty());
    lab.records(&[&here]);
    let inside = noise(&mut lab.chance, 600 * 1024);
    let mut other: Vec<VerifiedRecord> = Vec::new();
    for _ in 0..60 {
        let next = lab.record(Who::Tablet, other.last(), &inside);
        other.push(next);
    }
    let end = other.last().unwrap();
    let p1 = lab.record(Who::Phone, None, &content(&[(lab.feed(Who::Tablet), end.position())], &[]));
    lab.records(&[&p1]);
    lab.add_entry("meanwhile");
    assert!(!lab.names(&p1), "it may be on its way");
    other.iter().for_each(|one| lab.records(&[one]));
    let (kept, most) = (quarantined(&lab), limits::BRANCH_BYTES_MAX + limits::BRANCH_BYTES_EACH);
    assert!((most - 1024 * 1024..most + 64 * 1024).contains(&kept), "{kept}");
    lab.add_entry("of my own");
    assert!(lab.names(&p1) && lab.names(&here));
    for restarts in [false, true] {
        let rows = lab.rows(Table::Quarantine);
        if restarts {
            lab.restart();
            lab.hello(vector_of(&here));
            lab.records(&[end]);
            assert_eq!(lab.rows(Table::Quarantine), rows, "there is no room yet");
        }
        let inside = noise(&mut lab.chance, 400 * 1024);
        let second = lab.record(Who::Phone, None, &inside);
        lab.records(&[&second]);
        assert_eq!(lab.rows(Table::Quarantine), rows + 1, "after a restart: {restarts}");
    }
}

/// The tablet's second history has used up all the room, and is removed. What the phone names of the first one counts, also where it comes
/// after the phone's word, for which nobody waited.
#[test]
fn what_is_named_beside_a_history_without_room_counts_in_every_order() {
    for (late, restarts) in [(false, false), (true, false), (true, true)] {
        let mut lab = Lab::linked();
        let t1 = lab.record(Who::Tablet, None, &empty());
        let t2 = lab.record(Who::Tablet, Some(&t1), &content(&[], &[(100, vec![2])]));
        let t3 = lab.record(Who::Tablet, Some(&t2), &content(&[], &[(100, vec![3])]));
        let p1 = lab.record(Who::Phone, None, &content(&[(lab.feed(Who::Tablet), t2.position())], &[]));
        lab.records(&[&t1]);
        let inside = noise(&mut lab.chance, 700 * 1024);
        let mut other: Option<VerifiedRecord> = None;
        for _ in 0..50 {
            let next = lab.record(Who::Tablet, other.as_ref(), &inside);
            lab.records(&[&next]);
            other = Some(next);
        }
        let old = lab.links.len();
        lab.change_by(Who::Laptop, &[(lab.feed(Who::Tablet), Some(t1.position()))], None);
        lab.links(old);
        let (first, second) = if late { (vec![&p1], vec![&t2, &t3]) } else { (vec![&t2, &t3], vec![&p1]) };
        lab.records(&first);
        if restarts {
            lab.restart();
            lab.hello([&t3, &p1].map(|it| (it.header().feed, it.position())).into_iter().collect());
        }
        lab.records(&second);
        lab.add_entry("of my own");
        let named = [&p1, &t2, &t3].map(|record| lab.names(record));
        assert_eq!(named, [true, true, false], "late: {late}, restarts: {restarts}");
    }
}

/// The tablet signs a long second history, and each of the phone's records names the end of it. It is not read again for each of them.
#[test]
fn who_names_the_end_of_a_long_second_history_keeps_nobody_busy() {
    const MANY: usize = 300;
    let mut lab = Lab::linked();
    let here = lab.record(Who::Tablet, None, &empty());
    lab.records(&[&here]);
    let mut other: Vec<VerifiedRecord> = Vec::new();
    for n in 0..MANY {
        let inside = content(&[], &[(100, vec![u8::try_from(n % 256).unwrap()])]);
        let next = lab.record(Who::Tablet, other.last(), &inside);
        other.push(next);
    }
    lab.records(&other.iter().collect::<Vec<_>>());
    let says = content(&[(lab.feed(Who::Tablet), other.last().unwrap().position())], &[]);
    let mut phones: Vec<VerifiedRecord> = Vec::new();
    for _ in 0..MANY {
        let next = lab.record(Who::Phone, phones.last(), &says);
        phones.push(next);
    }
    let before = lab.laptop.disk.reads();
    lab.records(&phones.iter().collect::<Vec<_>>());
    lab.add_entry("of my own");
    assert!(lab.names(phones.last().unwrap()));
    let reads = lab.laptop.disk.reads() - before;
    assert!(reads < 20 * MANY as u64, "{reads} reads");
}

/// To which history a record belongs isn't seen as long as the one before it is not here. It's waited for, and not any more once it has come
/// behind that one.
#[test]
fn which_history_a_record_is_of_is_seen_when_it_comes_in_order() {
    let mut lab = Lab::linked();
    let here = lab.record(Who::Tablet, None, &empty());
    let mut other: Vec<VerifiedRecord> = Vec::new();
    for n in 0..4 {
        let next = lab.record(Who::Tablet, other.last(), &content(&[], &[(100, vec![n])]));
        other.push(next);
    }
    let p1 = lab.record(Who::Phone, None, &content(&[(lab.feed(Who::Tablet), other[3].position())], &[]));
    lab.records(&[&here, &p1]);
    for early in [&other[0], &other[3], &other[2], &other[1]] {
        lab.records(&[early]);
        lab.add_entry("meanwhile");
        assert!(!lab.names(&p1), "it may be on its way");
    }
    lab.records(&other.iter().collect::<Vec<_>>());
    lab.add_entry("of my own");
    assert!(lab.names(&p1) && lab.names(&here));
    assert_eq!(lab.rows(Table::Quarantine), 4);
}

pub(crate) fn import(device: &mut Device, lines: usize, chance: &mut Chance) {
    let item = |line: usize| {
        let text = format!(r#"{{"date":"2026-01-05","text":"line {line}"}}"#);
        ImportItem { line: line as u64, bytes: text.into_bytes() }
    };
    let lines = (1..=lines).map(item).collect();
    let import = Command::Import { lines, dry_run: false, zones: Arc::new(NoZones), here: None };
    let asked = device.ask(import, 0, chance);
    assert!(matches!(asked, Asked::Answered(Ok(Reply::Imported(done))) if done.failed.is_empty()));
}

/// The tablet's records for the laptop: two that are about as many documents as there may be and build on an import that the laptop has
/// not got, and an entry after them. And the phone's, which imported the same.
pub(crate) struct Hidden {
    pub(crate) tablets: Vec<VerifiedRecord>,
    pub(crate) phones: Vec<u8>,
}

pub(crate) fn hidden(lab: &mut Lab) -> Hidden {
    let (mut phone, mut tablet) = (lab.device(Who::Phone), lab.device(Who::Tablet));
    import(&mut phone, 1, &mut lab.chance);
    import(&mut tablet, 1, &mut lab.chance);
    let phones = lab.opened(&lab.written(&phone, lab.feed(Who::Phone))[0]);
    let first = lab.written(&tablet, lab.feed(Who::Tablet)).len();
    rewrite(&mut tablet, "edited", &mut lab.chance);
    rewrite(&mut tablet, "edited again", &mut lab.chance);
    let edits = lab.written(&tablet, lab.feed(Who::Tablet)).len();
    import(&mut tablet, limits::RECORD_DOCUMENTS_MAX, &mut lab.chance);
    let imports = lab.written(&tablet, lab.feed(Who::Tablet)).len();
    write(&mut tablet, "and something else", &mut lab.chance);
    let insides: Vec<Vec<u8>> =
        lab.written(&tablet, lab.feed(Who::Tablet)).iter().map(|record| lab.opened(record)).collect();
    let decoded: Vec<Content<'_>> = insides.iter().map(|inside| decode(inside).unwrap()).collect();
    let fillers: Vec<Changes<'_>> =
        decoded[edits..imports].iter().flat_map(|content| content.items.iter()).map(copied).collect();
    let mut tablets: Vec<VerifiedRecord> = Vec::new();
    for content in decoded[first..edits].iter().chain(&decoded[imports..]) {
        let mut items: Vec<Changes<'_>> = content.items.iter().map(copied).collect();
        if tablets.len() < 2 {
            items.extend(fillers.iter().map(copied));
            items.sort_by_key(|item| item.document);
        }
        let nonces = content.nonces.clone();
        let inside = encode(&Content { nonces, full: true, items, ..Content::default() });
        let record = lab.record(Who::Tablet, tablets.last(), &inside);
        tablets.push(record);
    }
    Hidden { tablets, phones }
}

fn copied<'a>(changes: &Changes<'a>) -> Changes<'a> {
    Changes { document: changes.document, changes: changes.changes.clone() }
}

/// A device dangles more than there is room for. The rest of what it wrote stays in the log; who names it is not held up. When what it
/// had hidden comes, all of it is there, and nothing is told any more.
#[test]
fn what_finds_no_room_to_dangle_waits_in_the_log_and_is_not_lost() {
    for restarts in [false, true] {
        let mut lab = Lab::linked();
        let Hidden { tablets, phones } = hidden(&mut lab);
        assert_eq!(tablets.len(), 3);
        let last = tablets.last().unwrap();
        lab.records(&tablets.iter().collect::<Vec<_>>());
        let p1 = lab.record(Who::Phone, None, &content(&[(lab.feed(Who::Tablet), last.position())], &[]));
        lab.records(&[&p1]);
        lab.caught_up();
        assert_eq!((lab.alarms(), lab.rows(Table::Quarantine)), (vec!["RECORD_PUT_ASIDE"], 1));
        lab.add_entry("of my own");
        assert_eq!([&tablets[0], &tablets[1], last, &p1].map(|it| lab.names(it)), [true, false, false, true]);
        if restarts {
            lab.restart();
            lab.hello([last, &p1].map(|it| (it.header().feed, it.position())).into_iter().collect());
            lab.caught_up();
            assert_eq!((lab.alarms(), lab.rows(Table::Quarantine)), (vec!["RECORD_PUT_ASIDE"], 1));
        }
        let p2 = lab.record(Who::Phone, Some(&p1), &phones);
        lab.records(&[&p2]);
        assert_eq!(lab.laptop.view.len(), limits::RECORD_DOCUMENTS_MAX + 2);
        let texts = said(&lab.laptop);
        assert!(["edited again", "and something else"].iter().all(|text| texts.iter().any(|it| it == text)));
        assert_eq!((lab.alarms(), lab.rows(Table::Quarantine)), (vec![], 0), "{restarts}");
        lab.add_entry("and on");
        assert!(lab.names(last));
    }
}

/// Puts something else in the place of a stored record, as a failing disk does.
pub(crate) fn damage(lab: &mut Lab, record: &VerifiedRecord, bytes: Vec<u8>) {
    let (space, feed, seq) = (lab.roster.space(), record.header().feed, record.position().seq);
    let mut commit = Commit::default();
    commit.writes.push(Write::Replace { space, feed, seq, bytes: bytes.into() });
    lab.laptop.disk.apply(commit).unwrap();
}

/// The disk has damaged a record of an entry in which a removed device has written, too. The entry can't be made anew without that
/// device's words, so it stays as it is; all else that the device wrote is taken out.
#[test]
fn what_cannot_be_read_takes_no_entry_with_it() {
    for as_husk in [false, true] {
        let mut lab = Lab::linked();
        let (mut phone, mut tablet) = (lab.device(Who::Phone), lab.device(Who::Tablet));
        write(&mut phone, "words of the phone", &mut lab.chance);
        write(&mut phone, "and more of them", &mut lab.chance);
        let phones = lab.written(&phone, lab.feed(Who::Phone));
        lab.serve(&mut tablet, vector_of(&phones[0]), &phones[..1]);
        rewrite(&mut tablet, "words of the tablet", &mut lab.chance);
        write(&mut tablet, "of a thief", &mut lab.chance);
        let tablets = lab.written(&tablet, lab.feed(Who::Tablet));
        let all = [&phones[..], &tablets[..]].concat();
        lab.records(&all.iter().collect::<Vec<_>>());
        assert_eq!(lab.laptop.view.len(), 3);
        let bytes = if as_husk { phones[0].to_husk().bytes().to_vec() } else { vec![7; 300] };
        damage(&mut lab, &phones[0], bytes);
        let old = lab.links.len();
        lab.remove(Who::Tablet, None);
        lab.links(old);
        for _ in 0..2 {
            let mut texts = said(&lab.laptop);
            texts.sort_unstable();
            assert_eq!(texts, ["and more of them", "words of the tablet"], "{as_husk}");
            assert!(lab.alarms().contains(&"REMOVED_DEVICE_WROTE"));
            assert!(lab.alarms().contains(&"RECORD_UNREADABLE"));
            lab.restart();
        }
    }
}

/// The tablet's records wait for what is not there, and take all the room that there is.
fn crowd(lab: &mut Lab) {
    let nowhere = Position { seq: 99, id: RecordId::from_bytes([1; 32]) };
    let mut last = lab.record(Who::Tablet, None, &content(&[(lab.laptop_feed(), nowhere)], &[]));
    lab.records(&[&last]);
    for bytes in [vec![600 * 1024; 16], vec![50 * 1024; 30]].concat() {
        let inside = noise(&mut lab.chance, bytes);
        last = lab.record(Who::Tablet, Some(&last), &inside);
        lab.records(&[&last]);
    }
    // Nothing came, and what was left to the store is fetched.
    for _ in 0..3 {
        lab.bodies(lab.feed(Who::Tablet), &[]);
    }
}

/// The phone's records come all the same, whole or as husks; bodies are asked for, and taken when they come, asked for or not.
#[test]
fn what_comes_when_there_is_no_room_is_read_from_the_store() {
    for (husk, asks) in [(false, false), (true, false), (true, true)] {
        let mut lab = Lab::linked();
        crowd(&mut lab);
        let (feed, inside) = (lab.feed(Who::Phone), noise(&mut lab.chance, 600 * 1024));
        let p1 = lab.record(Who::Phone, None, &inside);
        let p2 = lab.record(Who::Phone, Some(&p1), &inside);
        let p3 = lab.record(Who::Phone, Some(&p2), &empty());
        let second = if husk { p2.to_husk() } else { p2.clone() };
        lab.asked();
        lab.records(&[&p1, &second, &p3]);
        if asks {
            assert_eq!(lab.asked(), [(feed, vec![2])]);
        }
        if husk {
            lab.bodies(feed, &[&p2]);
        }
        lab.add_entry("of my own");
        assert!(lab.names(&p3), "a husk: {husk}, asked: {asks}");
        assert_eq!(lab.alarms(), ["RECORDS_WITHHELD"]);
    }
}

/// The next record of each device is so large that two of them are enough for a commit. All of them wait, also over a restart, and all
/// go once the first can.
#[test]
fn large_records_of_all_devices_are_read_a_few_at_a_time() {
    for restarts in [false, true] {
        let mut lab = Lab::linked();
        lab.acknowledge();
        let large = |lab: &mut Lab, who, after: Option<&VerifiedRecord>, seen: &[(FeedId, Position)]| {
            let mut noise = vec![0; 600 * 1024];
            lab.chance.fill(&mut noise);
            lab.record(who, after, &content(seen, &[(100, noise)]))
        };
        let own = lab.own();
        let t1 = lab.record(Who::Tablet, None, &empty());
        let t2 = large(&mut lab, Who::Tablet, Some(&t1), &[]);
        let seen = [(lab.feed(Who::Tablet), t2.position())];
        let (p1, o1) =
            (large(&mut lab, Who::Phone, None, &seen), large(&mut lab, Who::Laptop, own.last(), &seen));
        let husk = t1.to_husk();
        lab.records(&[&husk, &t2]);
        lab.records(&[&p1]);
        lab.records(&[&o1]);
        if restarts {
            lab.restart();
            let all = [&t2, &p1, &o1].map(|record| (record.header().feed, record.position()));
            lab.hello(all.into_iter().collect());
        }
        lab.bodies(lab.feed(Who::Tablet), &[&t1]);
        lab.add_entry("of my own");
        assert!(lab.names(&t2) && lab.names(&p1), "restarts {restarts}");
        assert_eq!(lab.alarms(), NOTHING);
    }
}

/// Of a hundred devices a body is missing, half of them removed. A few are asked for at a time, each once, and all come.
#[test]
fn of_a_hundred_devices_bodies_are_asked_for_a_few_at_a_time() {
    let mut lab = Lab::linked();
    let old = lab.links.len();
    let mut records = BTreeMap::new();
    for is_removed in [true, false] {
        let crowd: Vec<VerifiedRecord> = (0..50)
            .map(|_| {
                let other = lab.add_other();
                lab.record(other, None, &empty())
            })
            .collect();
        if is_removed {
            let heads: Vec<_> = crowd.iter().map(|one| (one.header().feed, Some(one.position()))).collect();
            lab.change_by(Who::Laptop, &heads, None);
        }
        records.extend(crowd.into_iter().map(|one| (one.header().feed, one)));
    }
    lab.links(old);
    lab.asked();
    let husks: Vec<VerifiedRecord> = records.values().map(VerifiedRecord::to_husk).collect();
    lab.records(&husks.iter().collect::<Vec<_>>());
    let (mut open, mut all) = (Vec::new(), BTreeSet::new());
    loop {
        for (feed, seqs) in lab.asked() {
            assert!(seqs == [1] && all.insert(feed), "each is asked for once");
            open.push(feed);
        }
        assert!(open.len() <= limits::FEEDS_ASKED_MAX);
        let Some(feed) = open.pop() else { break };
        lab.bodies(feed, &[&records[&feed]]);
    }
    assert_eq!((all.len(), lab.alarms()), (100, vec![]));
    lab.add_entry("of my own");
    assert!(records.values().all(|record| lab.names(record)));
}

/// A server sends one record at a time, each in a message that is large for the sake of what was there before. All of them wait for
/// the first one's body: the records are kept, and not the messages that they came in.
#[test]
fn what_waits_keeps_no_message_that_it_came_in() {
    let mut lab = Lab::linked();
    let inside = noise(&mut lab.chance, 600 * 1024);
    let large = lab.record(Who::Tablet, None, &inside);
    lab.records(&[&large]);
    let (mut last, mut messages) = (lab.record(Who::Phone, None, &empty()), Vec::new());
    let first = last.clone();
    for husk in [true, false, false, false] {
        let record = if husk { first.to_husk() } else { lab.record(Who::Phone, Some(&last), &empty()) };
        let message = Bytes::from([&large.bytes()[..], &record.bytes()[..]].concat());
        let records = vec![message.slice(..large.bytes().len()), message.slice(large.bytes().len()..)];
        lab.say(Incoming::Records { space: lab.roster.space(), records });
        messages.push(message);
        last = record;
    }
    assert!(messages.iter().all(Bytes::is_unique), "nobody else has them any more");
    let whole = Bytes::from([&large.bytes()[..], &first.bytes()[..]].concat());
    let records = vec![whole.slice(large.bytes().len()..)];
    lab.say(Incoming::Bodies { space: lab.roster.space(), feed: lab.feed(Who::Phone), records });
    assert!(whole.is_unique());
    lab.add_entry("of my own");
    assert!(lab.names(&last));
}

/// A server that answers few questions at a time, as one does that has much to send to many: it says that it is busy before the first
/// answer is there. All bodies come, a few in each connection.
#[test]
fn from_a_busy_server_bodies_come_a_few_at_a_time() {
    const AT_ONCE: usize = 4;
    let mut lab = Lab::linked();
    let (old, mut records) = (lab.links.len(), BTreeMap::new());
    for _ in 0..20 {
        let other = lab.add_other();
        let record = lab.record(other, None, &empty());
        records.insert(record.header().feed, record);
    }
    lab.links(old);
    let husks: Vec<VerifiedRecord> = records.values().map(VerifiedRecord::to_husk).collect();
    lab.records(&husks.iter().collect::<Vec<_>>());
    let (vector, mut came) =
        (husks.iter().map(|one| (one.header().feed, one.position())).collect::<Vector>(), BTreeSet::new());
    let mut asked: Vec<FeedId> = lab.asked().into_iter().map(|(feed, _)| feed).collect();
    for _ in 0..30 {
        while !asked.is_empty() && asked.len() <= AT_ONCE {
            let feed = asked.remove(0);
            lab.bodies(feed, &[&records[&feed]]);
            came.insert(feed);
            asked.extend(lab.asked().into_iter().map(|(feed, _)| feed));
        }
        if !asked.is_empty() {
            lab.say(Incoming::Refused { request: Request::FetchBodies, refusal: Refusal::Busy });
        }
        lab.connect();
        lab.hello(vector.clone());
        lab.caught_up();
        asked = lab.asked().into_iter().map(|(feed, _)| feed).collect();
    }
    assert_eq!((came.len(), lab.alarms()), (20, vec![]));
    lab.add_entry("of my own");
    assert!(records.values().all(|record| lab.names(record)));
}

/// The second history of a device comes without its bodies first, and whole later, also after a restart: it is kept whole, once.
#[test]
fn a_second_history_is_kept_whole_once_its_bodies_come() {
    for restarts in [false, true] {
        let mut lab = Lab::linked();
        let here = lab.record(Who::Tablet, None, &empty());
        lab.records(&[&here]);
        let inside = noise(&mut lab.chance, 50 * 1024);
        let other = lab.record(Who::Tablet, None, &inside);
        let after = lab.record(Who::Tablet, Some(&other), &inside);
        lab.records(&[&other.to_husk(), &after.to_husk()]);
        assert_eq!((lab.rows(Table::Quarantine), quarantined(&lab) < 2 * 1024), (2, true));
        if restarts {
            lab.restart();
            lab.hello(vector_of(&here));
        }
        let husks = [other.to_husk(), after.to_husk()];
        for come in [[&other, &after, &husks[0], &husks[1]], [&husks[0], &husks[1], &other, &after]] {
            lab.records(&come);
            let kept = quarantined(&lab);
            assert_eq!(
                (lab.rows(Table::Quarantine), kept > 100 * 1024),
                (2, true),
                "{kept}, restarts {restarts}"
            );
        }
    }
}
