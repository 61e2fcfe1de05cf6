//! What a person added, and a device in other hands that puts its own in the place of it: another document for the same version, an
//! earlier time, another creation under the same id, and more than there is room for.

use haven_core::person::PersonName;
use haven_core::shelf::Defined;
use haven_engine::command::{Command, Fault, Reply};
use haven_engine::content::{Changes, Content, decode, encode};
use haven_engine::limits::DEFINITIONS_MAX;
use haven_feed::ids::Position;
use haven_feed::record::VerifiedRecord;
use haven_sim::chance::Chance;
use haven_sim::device::{Asked, Device};

use super::lab::{Lab, Who, vector_of, write};

const BREATH: &str = include_str!("../../../../crates/core/content/exercises/slow-breath.toml");
const HOUR_MS: i64 = 3_600_000;

fn exercise(id: &str, version: u32, minutes: u32) -> String {
    let text = BREATH.replacen("id = \"slow-breath\"", &format!("id = \"{id}\""), 1);
    let text = text.replacen("version = 1", &format!("version = {version}"), 1);
    text.replacen("minutes = 5", &format!("minutes = {minutes}"), 1)
}

fn try_add(device: &mut Device, text: String, chance: &mut Chance) -> Result<Reply, Fault> {
    let asked = device.ask(Command::AddDefinition { defined: Defined::Exercise, text }, 0, chance);
    let Asked::Answered(answer) = asked else { unreachable!("it answers at once") };
    answer
}

fn add(device: &mut Device, text: String, chance: &mut Chance) {
    let added = try_add(device, text, chance);
    assert!(matches!(added, Ok(Reply::Defined(_))));
}

fn take_back(device: &mut Device, id: &str, chance: &mut Chance) {
    let command = Command::RemoveDefinition { defined: Defined::Exercise, id: id.parse().unwrap() };
    assert!(matches!(device.ask(command, 0, chance), Asked::Answered(Ok(_))));
}

/// The minutes of a version as entries are read with it, and of what is offered.
fn minutes(device: &Device, id: &str, version: u32) -> (Option<u32>, Option<u32>) {
    let id = id.parse().unwrap();
    let exercises = &device.view.shelf().unwrap().exercises;
    let read = exercises.get_version(&id, version).map(|exercise| exercise.minutes);
    (read, exercises.offered(&id).map(|exercise| exercise.minutes))
}

/// How many of the versions that a person added entries are read with.
fn readable(device: &Device, ids: impl Iterator<Item = String>) -> usize {
    ids.filter(|id| minutes(device, id, 1).0.is_some()).count()
}

/// What a device wrote last, all of it put under another document's id, as a record of that device.
fn under(lab: &mut Lab, device: &Device, who: Who, document: [u8; 16]) -> VerifiedRecord {
    let mut written = lab.written(device, lab.feed(who));
    let last = written.pop().unwrap();
    let inside = lab.opened(&last);
    let said = decode(&inside).unwrap();
    let items = said.items.iter().map(|item| Changes { document, changes: item.changes.clone() });
    let items = items.collect();
    let inside = encode(&Content { nonces: said.nonces.clone(), full: true, items, ..Content::default() });
    lab.record(who, written.last(), &inside)
}

/// The document that a device wrote last.
fn document(lab: &Lab, device: &Device, who: Who) -> [u8; 16] {
    let last = lab.written(device, lab.feed(who)).pop().unwrap();
    decode(&lab.opened(&last)).unwrap().items[0].document
}

fn hear(lab: &mut Lab, records: &[VerifiedRecord]) {
    lab.records(&records.iter().collect::<Vec<_>>());
}

/// The tablet is removed; whoever removes it has all that it wrote.
fn remove_tablet(lab: &mut Lab, head: Position) -> usize {
    let old = lab.links.len();
    lab.remove(Who::Tablet, Some(head));
    old
}

/// The laptop hears what the tablet wrote, and of its removal, in one order or the other. `as_member` looks while it is a member still.
fn hear_and_remove(lab: &mut Lab, tablets: &[VerifiedRecord], removal_first: bool, as_member: impl Fn(&Lab)) {
    if !removal_first {
        hear(lab, tablets);
        as_member(lab);
    }
    let old = remove_tablet(lab, tablets.last().unwrap().position());
    lab.links(old);
    if removal_first {
        hear(lab, tablets);
    }
}

/// The tablet adds something else as the same version, at an earlier time. It counts while the tablet is a member; once it is not, what the
/// laptop added does, also where the removal is heard first, and after a restart.
#[test]
fn what_a_removed_device_added_gives_way_to_what_a_member_added() {
    for removal_first in [false, true] {
        let mut lab = Lab::linked();
        add(&mut lab.laptop, exercise("my-breath", 1, 11), &mut lab.chance);
        let mut tablet = lab.device(Who::Tablet);
        tablet.set_clock(-HOUR_MS);
        add(&mut tablet, exercise("my-breath", 1, 66), &mut lab.chance);
        add(&mut tablet, exercise("my-other", 1, 67), &mut lab.chance);
        let tablets = lab.written(&tablet, lab.feed(Who::Tablet));
        hear_and_remove(&mut lab, &tablets, removal_first, |lab| {
            assert_eq!(minutes(&lab.laptop, "my-breath", 1), (Some(66), Some(66)), "it is a member");
        });
        for restarted in [false, true] {
            let case = format!("removal first: {removal_first}, restarted: {restarted}");
            assert_eq!(minutes(&lab.laptop, "my-breath", 1), (Some(11), Some(11)), "{case}");
            assert_eq!(minutes(&lab.laptop, "my-other", 1), (Some(67), Some(67)), "it counts still; {case}");
            lab.restart();
        }
    }
}

/// The tablet takes back what the laptop added and adds as much as there is room for, all of it earlier. Once it is removed, everything
/// that the laptop added is read, and there is room for more.
#[test]
fn a_removed_device_takes_up_nobodys_room() {
    for removal_first in [false, true] {
        let mut lab = Lab::linked();
        let own = || (0..3).map(|n| format!("my-own-{n}"));
        for id in own() {
            add(&mut lab.laptop, exercise(&id, 1, 11), &mut lab.chance);
        }
        let laptops = lab.own();
        let mut tablet = lab.device(Who::Tablet);
        lab.serve(&mut tablet, vector_of(laptops.last().unwrap()), &laptops);
        take_back(&mut tablet, "my-own-1", &mut lab.chance);
        tablet.set_clock(-HOUR_MS);
        let foreign = || (0..DEFINITIONS_MAX).map(|n| format!("foreign-{n}"));
        for id in foreign().skip(3) {
            add(&mut tablet, exercise(&id, 1, 66), &mut lab.chance);
        }
        let tablets = lab.written(&tablet, lab.feed(Who::Tablet));
        hear_and_remove(&mut lab, &tablets, removal_first, |_| {});
        for _ in 0..2 {
            assert_eq!(readable(&lab.laptop, own()), 3);
            assert_eq!(minutes(&lab.laptop, "my-own-1", 1), (Some(11), None), "taken back");
            assert_eq!(readable(&lab.laptop, foreign().skip(3)), DEFINITIONS_MAX - 3);
            lab.restart();
        }
        for n in 0..5 {
            add(&mut lab.laptop, exercise(&format!("my-new-{n}"), 1, 12), &mut lab.chance);
        }
        for _ in 0..2 {
            assert_eq!(readable(&lab.laptop, own().chain((0..5).map(|n| format!("my-new-{n}")))), 8);
            assert_eq!(readable(&lab.laptop, foreign().skip(3)), DEFINITIONS_MAX - 8);
            lab.restart();
        }
    }
}

/// The tablet creates the laptop's document anew, as another definition and as an entry: it is what it was, and nothing else.
#[test]
fn nobody_puts_another_text_in_the_place_of_what_was_added() {
    for as_entry in [false, true] {
        let mut lab = Lab::linked();
        add(&mut lab.laptop, exercise("my-breath", 1, 11), &mut lab.chance);
        let target = document(&lab, &lab.laptop, Who::Laptop);
        let laptops = lab.own();
        // Whichever of two creations stands before the other, which chance decides.
        for _ in 0..4 {
            let mut tablet = lab.device(Who::Tablet);
            tablet.set_clock(-HOUR_MS);
            if as_entry {
                write(&mut tablet, "hides it", &mut lab.chance);
            } else {
                add(&mut tablet, exercise("my-breath", 1, 66), &mut lab.chance);
            }
            let hostile = under(&mut lab, &tablet, Who::Tablet, target);
            let before = lab.written(&tablet, lab.feed(Who::Tablet));
            let mut phone = lab.device(Who::Phone);
            let of_tablet: Vec<VerifiedRecord> =
                before[..before.len() - 1].iter().chain([&hostile]).cloned().collect();
            // On the phone the tablet's comes first.
            let vector = [laptops.last().unwrap(), &hostile].map(|it| (it.header().feed, it.position()));
            lab.serve(&mut phone, vector.into_iter().collect(), &[&of_tablet[..], &laptops].concat());
            assert_eq!(minutes(&phone, "my-breath", 1), (Some(11), Some(11)), "as an entry: {as_entry}");
            assert_eq!(phone.view.len(), 0);
        }
        let mut tablet = lab.device(Who::Tablet);
        if as_entry {
            write(&mut tablet, "hides it", &mut lab.chance);
        } else {
            add(&mut tablet, exercise("my-breath", 1, 66), &mut lab.chance);
        }
        let hostile = under(&mut lab, &tablet, Who::Tablet, target);
        let mut written = lab.written(&tablet, lab.feed(Who::Tablet));
        written.pop();
        written.push(hostile);
        hear(&mut lab, &written);
        for _ in 0..2 {
            assert_eq!(minutes(&lab.laptop, "my-breath", 1), (Some(11), Some(11)), "as an entry: {as_entry}");
            assert_eq!((lab.laptop.view.len(), lab.alarms()), (0, vec![]));
            lab.restart();
        }
        take_back(&mut lab.laptop, "my-breath", &mut lab.chance);
        for _ in 0..2 {
            assert_eq!(minutes(&lab.laptop, "my-breath", 1), (Some(11), None), "as an entry: {as_entry}");
            lab.restart();
        }
    }
}

/// What was taken back makes room, and entries are read with it as long as there is some.
#[test]
fn what_was_taken_back_makes_room() {
    let mut lab = Lab::linked();
    let named = |name: &'static str| (0..DEFINITIONS_MAX).map(move |n| format!("{name}-{n}"));
    for (id, ms) in named("first").zip(0..) {
        lab.laptop.set_clock(ms);
        add(&mut lab.laptop, exercise(&id, 1, 11), &mut lab.chance);
    }
    let full = try_add(&mut lab.laptop, exercise("one-more", 1, 12), &mut lab.chance);
    assert!(matches!(full, Err(Fault::TooLarge { size: 65, max: 64, .. })));
    for id in named("first").take(2) {
        take_back(&mut lab.laptop, &id, &mut lab.chance);
    }
    add(&mut lab.laptop, exercise("one-more", 1, 12), &mut lab.chance);
    for _ in 0..2 {
        assert_eq!(minutes(&lab.laptop, "one-more", 1), (Some(12), Some(12)));
        assert_eq!(
            minutes(&lab.laptop, "first-0", 1),
            (Some(11), None),
            "there is room for one that was taken back"
        );
        assert_eq!(minutes(&lab.laptop, "first-1", 1), (None, None));
        lab.restart();
    }
    let other = try_add(&mut lab.laptop, exercise("first-1", 1, 99), &mut lab.chance);
    assert!(matches!(other, Err(Fault::Definition(_))), "there it is kept, with other words");
    add(&mut lab.laptop, exercise("first-1", 1, 11), &mut lab.chance);
    for _ in 0..2 {
        assert_eq!(minutes(&lab.laptop, "first-1", 1), (Some(11), Some(11)), "it comes back as it was");
        assert_eq!(minutes(&lab.laptop, "first-0", 1), (None, None), "there is no room any more");
        lab.restart();
    }
}

/// Somebody in the journal, and a device's other name, whose documents the tablet creates anew as an entry: what is held in memory follows at
/// once.
#[test]
fn what_turns_out_to_be_something_else_is_so_before_a_restart() {
    let mut lab = Lab::linked();
    let name: PersonName = "Ada".parse().unwrap();
    let Asked::Answered(Ok(Reply::Person(person))) =
        lab.laptop.ask(Command::AddPerson(name), 0, &mut lab.chance)
    else {
        unreachable!("somebody is added")
    };
    let feed = lab.feed(Who::Phone);
    let rename = Command::RenameDevice { feed, name: "Old phone".into() };
    assert!(matches!(lab.laptop.ask(rename, 0, &mut lab.chance), Asked::Answered(Ok(_))));
    let naming = document(&lab, &lab.laptop, Who::Laptop);
    let mut tablet = lab.device(Who::Tablet);
    let mut records: Vec<VerifiedRecord> = Vec::new();
    for target in [*person.as_bytes(), naming] {
        write(&mut tablet, "an entry", &mut lab.chance);
        let last = lab.written(&tablet, lab.feed(Who::Tablet)).pop().unwrap();
        let inside = lab.opened(&last);
        let said = decode(&inside).unwrap();
        let items = vec![Changes { document: target, changes: said.items[0].changes.clone() }];
        let inside =
            encode(&Content { nonces: said.nonces.clone(), full: true, items, ..Content::default() });
        let record = lab.record(Who::Tablet, records.last(), &inside);
        records.push(record);
    }
    hear(&mut lab, &records);
    let shown = |lab: &Lab| {
        let devices = lab.laptop.view.status.devices.iter();
        let names: Vec<String> = devices.map(|device| device.name.clone()).collect();
        (lab.laptop.view.len(), lab.laptop.view.people().count(), names)
    };
    let before = shown(&lab);
    assert_eq!((before.0, before.1), (2, 0));
    assert!(before.2.contains(&"Phone".to_owned()), "{:?}", before.2);
    lab.restart();
    assert_eq!(shown(&lab), before);
}

/// What the tablet added does not count once it is removed, and does again once the phone, which had seen it, is heard. Until then, and where
/// that comes first, the phone's own stands before it.
#[test]
fn what_stops_to_count_and_counts_again_gives_way_in_every_order() {
    for case in 0..6 {
        let (order, restarts) = (case / 2, case % 2 == 1);
        let mut lab = Lab::linked();
        let (mut phone, mut tablet) = (lab.device(Who::Phone), lab.device(Who::Tablet));
        tablet.set_clock(-HOUR_MS);
        add(&mut tablet, exercise("my-breath", 1, 66), &mut lab.chance);
        add(&mut tablet, exercise("my-other", 1, 67), &mut lab.chance);
        let tablets = lab.written(&tablet, lab.feed(Who::Tablet));
        add(&mut phone, exercise("my-breath", 1, 11), &mut lab.chance);
        lab.serve(&mut phone, vector_of(tablets.last().unwrap()), &tablets);
        write(&mut phone, "and on", &mut lab.chance);
        let phones = lab.written(&phone, lab.feed(Who::Phone));
        let old = lab.links.len();
        let feed = lab.feed(Who::Tablet);
        lab.change_by(Who::Laptop, &[(feed, None)], None);
        match order {
            0 => {
                hear(&mut lab, &tablets);
                assert_eq!(minutes(&lab.laptop, "my-breath", 1).0, Some(66));
                lab.links(old);
                assert_eq!(minutes(&lab.laptop, "my-breath", 1).0, None);
                assert_eq!(minutes(&lab.laptop, "my-other", 1).0, None);
                hear(&mut lab, &phones);
            }
            1 => {
                lab.links(old);
                hear(&mut lab, &phones);
                hear(&mut lab, &tablets);
            }
            _ => {
                hear(&mut lab, &[&tablets[..], &phones[..]].concat());
                lab.links(old);
            }
        }
        if restarts {
            lab.restart();
        }
        assert_eq!(minutes(&lab.laptop, "my-breath", 1), (Some(11), Some(11)), "{case}");
        assert_eq!(minutes(&lab.laptop, "my-other", 1), (Some(67), Some(67)), "{case}");
    }
}
