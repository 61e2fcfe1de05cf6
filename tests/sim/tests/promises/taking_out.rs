//! What is taken out again after a removal, by whoever wants that to take long.

use std::collections::BTreeSet;

use haven_core::entry::Edit;
use haven_core::id::EntryId;
use haven_engine::command::Command;
use haven_engine::content::{Changes, Content, decode, encode};
use haven_feed::record::VerifiedRecord;
use haven_sim::chance::Chance;
use haven_sim::device::{Asked, Device};

use super::lab::{Lab, Who, vector_of};
use super::room::import;

fn edit(device: &mut Device, id: EntryId, text: &str, chance: &mut Chance) {
    let edit = Edit { text: Some(text.into()), ..Edit::default() };
    let asked = device.ask(Command::Edit { id, base: None, edit }, 0, chance);
    assert!(matches!(asked, Asked::Answered(Ok(_))));
}

/// What a device wrote from one record on, as one record that names nothing.
fn in_one(lab: &mut Lab, written: &[VerifiedRecord], after: Option<&VerifiedRecord>) -> VerifiedRecord {
    let insides: Vec<Vec<u8>> = written.iter().map(|record| lab.opened(record)).collect();
    let mut nonces = BTreeSet::new();
    let mut items: Vec<Changes<'_>> = Vec::new();
    for content in insides.iter().map(|inside| decode(inside).unwrap()) {
        nonces.extend(content.nonces);
        items.extend(content.items);
    }
    items.sort_by_key(|item| item.document);
    let inside = encode(&Content { nonces, full: true, items, ..Content::default() });
    lab.record(Who::Phone, after, &inside)
}

/// The tablet has written into every entry, and the phone, which is in the same hands, into all of them again and again. Each of its
/// records builds in one entry on what the tablet wrote there, and hides that: the latest in the entry that is looked at first. With the
/// tablet's words all of that is taken out, and no entry is built anew for each of the records.
#[test]
fn what_builds_on_what_is_taken_out_is_found_without_building_all_for_each() {
    const MANY: usize = 24;
    let mut lab = Lab::linked();
    import(&mut lab.laptop, MANY, &mut lab.chance);
    let own = lab.own();
    let (mut phone, mut tablet) = (lab.device(Who::Phone), lab.device(Who::Tablet));
    let has = vector_of(own.last().unwrap());
    lab.serve(&mut tablet, has.clone(), &own);
    lab.serve(&mut phone, has, &own);
    let mut ids: Vec<EntryId> = tablet.view.rows().map(|row| row.entry.id).collect();
    ids.sort_by_key(|id| std::cmp::Reverse(*id.as_bytes()));
    let mut phones: Vec<VerifiedRecord> = Vec::new();
    for id in &ids {
        edit(&mut tablet, *id, "lies", &mut lab.chance);
        let tablets = lab.written(&tablet, lab.feed(Who::Tablet));
        lab.serve(&mut phone, vector_of(tablets.last().unwrap()), &tablets);
        let before = lab.written(&phone, lab.feed(Who::Phone)).len();
        for each in &ids {
            edit(&mut phone, *each, &format!("more of it, {}", phones.len()), &mut lab.chance);
        }
        let written = lab.written(&phone, lab.feed(Who::Phone)).split_off(before);
        let next = in_one(&mut lab, &written, phones.last());
        phones.push(next);
    }
    let tablets = lab.written(&tablet, lab.feed(Who::Tablet));
    lab.records(&tablets.iter().collect::<Vec<_>>());
    for one in &phones {
        lab.records(&[one]);
    }
    assert!(lab.laptop.view.rows().all(|row| row.entry.text.starts_with("more of it")));
    let before = lab.laptop.disk.reads();
    let old = lab.links.len();
    lab.change_by(Who::Laptop, &[(lab.feed(Who::Tablet), None)], None);
    lab.links(old);
    let reads = lab.laptop.disk.reads() - before;
    assert!(lab.laptop.view.rows().all(|row| row.entry.text.starts_with("line")));
    assert!(reads < (2 * MANY * MANY) as u64, "{reads} reads");
}
