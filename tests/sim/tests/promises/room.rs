//! What one device may fill, and that nobody else is held up or crowded out by it.

use std::sync::Arc;

use haven_core::time::NoZones;
use haven_engine::command::{Command, ImportItem, Reply};
use haven_engine::content::{Changes, Content, decode, encode};
use haven_engine::io::{Commit, Entropy as _, Reader as _, Store as _, Table, Write};
use haven_engine::limits;
use haven_feed::ids::{FeedId, Position, RecordId};
use haven_feed::record::VerifiedRecord;
use haven_sim::chance::Chance;
use haven_sim::device::{Asked, Device};

use super::hidden::{rewrite, said};
use super::lab::{Lab, Who, content, vector_of, write};
use super::{NOTHING, empty};

/// The inside of a record that compresses to nothing less.
fn noise(chance: &mut Chance, bytes: usize) -> Vec<u8> {
    let mut noise = vec![0; bytes];
    chance.fill(&mut noise);
    content(&[], &[(100, noise)])
}

fn quarantined(lab: &Lab) -> usize {
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
fn damage(lab: &mut Lab, record: &VerifiedRecord, bytes: Vec<u8>) {
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
