//! A device that hides what it builds on.

use haven_core::entry::Edit;
use haven_core::id::EntryId;
use haven_engine::command::{Command, Reply};
use haven_engine::io::Table;
use haven_feed::ids::Vector;
use haven_feed::record::VerifiedRecord;
use haven_sim::chance::Chance;
use haven_sim::device::{Asked, Device};

use super::NOTHING;
use super::lab::{Lab, Who, alarms_of, vector_of};

/// The inside of a record without what its author has seen.
fn hiding(content: &[u8]) -> Vec<u8> {
    let names = 9;
    let seen = names + 1 + 8 * usize::from(content[names]) + 1;
    let count = usize::from(u16::from_be_bytes([content[seen], content[seen + 1]]));
    [&content[..seen], &[0, 0], &content[seen + 2 + 48 * count..]].concat()
}

fn entry(device: &Device) -> EntryId {
    device.view.rows().next().unwrap().entry.id
}

pub(crate) fn said(device: &Device) -> Vec<String> {
    device.view.rows().map(|row| row.entry.text.clone()).collect()
}

pub(crate) fn rewrite(device: &mut Device, text: &str, chance: &mut Chance) {
    let edit = Edit { text: Some(text.into()), ..Edit::default() };
    let asked = device.ask(Command::Edit { id: entry(device), base: None, edit }, 0, chance);
    assert!(matches!(asked, Asked::Answered(Ok(Reply::Entry(_)))));
}

/// What a device wrote last, as its feed's record after another that hides what it had seen.
pub(crate) fn hidden(
    lab: &mut Lab,
    device: &Device,
    who: Who,
    after: Option<&VerifiedRecord>,
    at: Option<u64>,
) -> VerifiedRecord {
    let last = lab.written(device, lab.feed(who)).pop().unwrap();
    let content = hiding(&lab.opened(&last));
    let at = at.unwrap_or(lab.roster.head().seq);
    lab.record_at(who, after, at, haven_feed::record::RecordKind::Data, &content)
}

/// The phone has what the tablet hides, the laptop has not: it puts the record aside. Once it has all, both say the same, and what
/// the phone wrote on top of it is there.
#[test]
fn what_builds_on_hidden_changes_is_there_once_they_are() {
    let mut lab = Lab::linked();
    lab.add_entry("It rained.");
    let own = lab.own();
    let (mut phone, mut tablet) = (lab.device(Who::Phone), lab.device(Who::Tablet));
    lab.serve(&mut phone, vector_of(own.last().unwrap()), &own);
    rewrite(&mut phone, "It rained. I stayed in.", &mut lab.chance);
    let first = lab.written(&phone, lab.feed(Who::Phone));
    let all = [&own[..], &first[..]].concat();
    lab.serve(&mut tablet, vector_of(all.last().unwrap()), &all);
    rewrite(&mut tablet, "It rained. I stayed in. So it was.", &mut lab.chance);
    let hides = hidden(&mut lab, &tablet, Who::Tablet, None, None);
    let newest = |records: &[&VerifiedRecord]| -> Vector {
        records.iter().map(|record| (record.header().feed, record.position())).collect()
    };
    lab.serve(&mut phone, newest(&[own.last().unwrap(), &hides]), std::slice::from_ref(&hides));
    assert_eq!(said(&phone), ["It rained. I stayed in. So it was."]);
    rewrite(&mut phone, "It rained. I stayed in. So it was. I called Ada.", &mut lab.chance);
    let phones = lab.written(&phone, lab.feed(Who::Phone));

    lab.records(&[&hides]);
    assert_eq!((said(&lab.laptop), lab.alarms()), (vec!["It rained.".to_owned()], vec!["RECORD_PUT_ASIDE"]));
    lab.restart();
    lab.hello(newest(&[own.last().unwrap(), &hides, phones.last().unwrap()]));
    lab.records(&phones.iter().collect::<Vec<_>>());
    lab.caught_up();
    assert_eq!(said(&lab.laptop), said(&phone));
    assert_eq!((lab.alarms(), lab.rows(Table::Quarantine)), (vec![], 0));
    assert_eq!(alarms_of(&phone), NOTHING);
}

/// Two devices are in the same hands. What the one wrote after its removal does not count, and the other, which built on it and
/// hid that, takes no words of anybody else with it.
#[test]
fn what_was_built_on_a_removed_device_takes_no_words_with_it() {
    let mut outcomes = Vec::new();
    for removal_first in [false, true] {
        let mut lab = Lab::linked();
        lab.add_entry("It rained.");
        let own = lab.own();
        let (mut phone, mut tablet) = (lab.device(Who::Phone), lab.device(Who::Tablet));
        lab.serve(&mut tablet, vector_of(own.last().unwrap()), &own);
        rewrite(&mut tablet, "It rained. Lies.", &mut lab.chance);
        let before = lab.roster.head().seq;
        let tablets = lab.written(&tablet, lab.feed(Who::Tablet));
        let all = [&own[..], &tablets[..]].concat();
        lab.serve(&mut phone, vector_of(all.last().unwrap()), &all);
        rewrite(&mut phone, "It rained. More lies.", &mut lab.chance);
        let hides = hidden(&mut lab, &phone, Who::Phone, None, Some(before));
        let old = lab.links.len();
        lab.remove(Who::Tablet, None);
        let tablets: Vec<&VerifiedRecord> = tablets.iter().collect();
        if removal_first {
            lab.links(old);
        }
        lab.records(&tablets);
        lab.records(&[&hides]);
        if !removal_first {
            assert_eq!(said(&lab.laptop), ["It rained. More lies."]);
            lab.links(old);
        }
        lab.restart();
        let mut alarms = lab.alarms();
        alarms.sort_unstable();
        outcomes.push((said(&lab.laptop), alarms));
        rewrite(&mut lab.laptop, "It rained. I stayed in.", &mut lab.chance);
        assert_eq!(said(&lab.laptop), ["It rained. I stayed in."]);
    }
    assert_eq!(outcomes[0], outcomes[1]);
    assert_eq!(outcomes[0].0, ["It rained."]);
}
