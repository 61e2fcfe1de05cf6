//! What a device grows by while it takes in what others wrote, or takes it out again.

use haven_engine::command::Command;
use haven_engine::io::Entropy as _;
use haven_feed::record::VerifiedRecord;
use haven_sim::chance::Chance;
use haven_sim::device::{Asked, Device};

use super::hidden::said;
use super::lab::{Lab, Who, write};
use super::peak_mib;
use super::room::import;

/// A text that takes most of its bytes however it is compressed.
fn long_text(chance: &mut Chance) -> String {
    let mut noise = vec![0; 240 * 1024];
    chance.fill(&mut noise);
    noise.iter().map(|byte| char::from(b' ' + byte % 90)).collect()
}

fn ask(device: &mut Device, command: Command, chance: &mut Chance) {
    assert!(matches!(device.ask(command, 0, chance), Asked::Answered(Ok(_))));
}

/// The phone puts a long entry into the trash and out again, hundreds of times; each is a small record, and they come at once. The device
/// keeps one copy of the entry for all of them.
#[test]
fn many_small_changes_of_a_long_entry_take_little_room() {
    const TIMES: usize = 200;
    let mut lab = Lab::linked();
    let mut phone = lab.device(Who::Phone);
    let text = long_text(&mut lab.chance);
    write(&mut phone, &text, &mut lab.chance);
    let id = phone.view.rows().next().unwrap().entry.id;
    for _ in 0..TIMES {
        ask(&mut phone, Command::Trash(id), &mut lab.chance);
        ask(&mut phone, Command::Untrash(id), &mut lab.chance);
    }
    let phones = lab.written(&phone, lab.feed(Who::Phone));
    let (first, rest) = phones.split_at(phones.len() - 2 * TIMES);
    lab.records(&first.iter().collect::<Vec<_>>());
    assert_eq!(said(&lab.laptop), [text.as_str()]);
    let before = peak_mib();
    lab.records(&rest.iter().collect::<Vec<_>>());
    let grown = peak_mib() - before;
    lab.add_entry("of my own");
    assert!(lab.names(rest.last().unwrap()));
    assert!(grown <= 64, "{grown} MiB");
}

/// A removed device has written into thousands of entries. They are made anew without it one by one.
#[test]
fn taking_out_what_stands_in_thousands_of_entries_takes_little_room() {
    const ENTRIES: usize = 3_000;
    let mut lab = Lab::linked();
    let (mut phone, mut tablet) = (lab.device(Who::Phone), lab.device(Who::Tablet));
    for device in [&mut phone, &mut tablet] {
        import(device, ENTRIES, &mut lab.chance);
    }
    let of = |lab: &Lab, device, who| -> Vec<VerifiedRecord> { lab.written(device, lab.feed(who)) };
    for records in [of(&lab, &phone, Who::Phone), of(&lab, &tablet, Who::Tablet)] {
        records.chunks(8).for_each(|some| lab.records(&some.iter().collect::<Vec<_>>()));
    }
    assert_eq!(lab.laptop.view.len(), ENTRIES);
    let old = lab.links.len();
    lab.change_by(Who::Laptop, &[(lab.feed(Who::Tablet), None)], None);
    let before = peak_mib();
    lab.links(old);
    let grown = peak_mib() - before;
    assert_eq!((lab.laptop.view.len(), lab.alarms()), (ENTRIES, vec!["REMOVED_DEVICE_WROTE"]));
    assert!(grown <= 64, "{grown} MiB");
}
