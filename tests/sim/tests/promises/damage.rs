//! What a disk damages is noticed at the next opening, told, and made again: rows out of records, records out of what the server holds.

use std::ops::ControlFlow;

use haven_core::entry::{Draft, EntryKind};
use haven_engine::command::{Command, DraftId, DraftSave};
use haven_engine::io::{Commit, Reader, Store, Table, Write};
use haven_feed::record::VerifiedRecord;

use super::lab::{Lab, Who, vector_of};
use super::{NOTHING, empty};

const WORDS: [&str; 3] = ["the first", "the second", "the third"];

/// A journal with three entries, each a record, and the records.
fn written() -> (Lab, Vec<VerifiedRecord>) {
    let mut lab = Lab::linked();
    WORDS.iter().for_each(|text| lab.add_entry(text));
    assert_eq!((shown(&lab), lab.alarms()), (WORDS.map(str::to_owned).to_vec(), NOTHING.to_vec()));
    let records = lab.own();
    (lab, records)
}

fn shown(lab: &Lab) -> Vec<String> {
    let mut texts: Vec<String> = lab.laptop.view.rows().map(|row| row.entry.text.clone()).collect();
    texts.sort();
    texts
}

fn damage(lab: &mut Lab, writes: Vec<Write>) {
    lab.laptop.disk.apply(Commit { writes }).unwrap();
}

fn rows(lab: &Lab, table: Table) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut rows = Vec::new();
    let visit = &mut |key: &[u8], value: &[u8]| {
        rows.push((key.to_vec(), value.to_vec()));
        ControlFlow::Continue(())
    };
    lab.laptop.disk.scan(table, visit).unwrap();
    rows
}

fn garbled(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    bytes
}

fn garble_record(lab: &mut Lab, record: &VerifiedRecord) {
    let (space, feed, seq) = (lab.roster.space(), lab.laptop_feed(), record.position().seq);
    let bytes = garbled(record.bytes()).into();
    damage(lab, vec![Write::Replace { space, feed, seq, bytes }]);
}

fn lose_rows(lab: &mut Lab) {
    let gone = rows(lab, Table::Rows).into_iter().map(|(key, _)| Write::Remove { table: Table::Rows, key });
    damage(lab, gone.collect());
}

#[test]
fn a_row_that_is_damaged_gone_or_elsewhere_is_made_again() {
    for kind in 0..3 {
        let (mut lab, _) = written();
        let (key, value) = rows(&lab, Table::Rows).swap_remove(1);
        let table = Table::Rows;
        let elsewhere = Write::Put { table, key: garbled(&key), value: value.clone() };
        let gone = Write::Remove { table, key: key.clone() };
        damage(
            &mut lab,
            match kind {
                0 => vec![Write::Put { table, key, value: garbled(&value) }],
                1 => vec![gone],
                _ => vec![gone, elsewhere],
            },
        );
        lab.restart();
        assert_eq!((shown(&lab), lab.alarms()), (WORDS.map(str::to_owned).to_vec(), vec!["JOURNAL_MENDED"]));
        assert_eq!(rows(&lab, table).len(), WORDS.len());
        let id = lab.laptop.view.status.alarms[0].id.clone();
        lab.laptop.ask(Command::ResolveAlarm(id), 0, &mut lab.chance);
        lab.restart();
        assert_eq!((shown(&lab), lab.alarms()), (WORDS.map(str::to_owned).to_vec(), NOTHING.to_vec()));
    }
}

#[test]
fn a_record_that_is_damaged_too_is_told_until_the_server_gives_it_back() {
    for last in [false, true] {
        let (mut lab, records) = written();
        let damaged = if last { records.last() } else { records.iter().rev().nth(1) }.unwrap();
        lose_rows(&mut lab);
        garble_record(&mut lab, damaged);
        lab.restart();
        lab.restart();
        assert_eq!(shown(&lab).len(), 2);
        assert!(lab.alarms().contains(&"JOURNAL_DAMAGED"));
        lab.laptop.outbox.clear();
        let vector = vector_of(records.last().unwrap());
        lab.set_server(false);
        lab.hello(vector);
        assert_eq!(lab.asked(), [(lab.laptop_feed(), vec![damaged.position().seq])]);
        lab.bodies(lab.laptop_feed(), &[damaged]);
        assert_eq!(shown(&lab), WORDS);
        assert!(lab.alarms().contains(&"JOURNAL_MENDED") && !lab.alarms().contains(&"JOURNAL_DAMAGED"));
        assert_eq!(lab.own().len(), records.len());
        lab.restart();
        assert!(shown(&lab) == WORDS && !lab.alarms().contains(&"JOURNAL_DAMAGED"));
    }
}

#[test]
fn a_record_that_was_never_there_is_not_taken_in_the_place_of_a_damaged_one() {
    let (mut lab, records) = written();
    let [.., before, damaged, _] = records.as_slice() else { panic!("three records") };
    lose_rows(&mut lab);
    garble_record(&mut lab, damaged);
    lab.restart();
    let other = lab.record(Who::Laptop, Some(before), &empty());
    lab.hello(vector_of(records.last().unwrap()));
    lab.bodies(lab.laptop_feed(), &[&other]);
    assert_eq!(shown(&lab).len(), 2);
    assert!(lab.alarms().contains(&"JOURNAL_DAMAGED"));
}

fn saved(draft: Draft) -> DraftSave {
    DraftSave {
        id: DraftId([7; 16]),
        editing: None,
        draft,
        held: false,
        named: Default::default(),
        meant: None,
        typed: Default::default(),
    }
}

#[test]
fn a_draft_that_is_damaged_or_gone_is_told_and_what_is_left_of_it_is_kept() {
    for is_gone in [false, true] {
        let (mut lab, _) = written();
        let mut words = Draft::new(EntryKind::Note, "2020-01-01".parse().unwrap());
        words.text = "not finished".to_owned();
        lab.laptop.ask(Command::SaveDraft(Box::new(saved(words))), 0, &mut lab.chance);
        let (key, value) = rows(&lab, Table::Drafts).remove(0);
        let table = Table::Drafts;
        damage(
            &mut lab,
            match is_gone {
                true => vec![Write::Remove { table, key }],
                false => vec![Write::Put { table, key, value: garbled(&value) }],
            },
        );
        lab.restart();
        assert_eq!((shown(&lab).len(), lab.alarms()), (WORDS.len(), vec!["DRAFT_DAMAGED"]));
        assert_eq!(rows(&lab, table).len(), usize::from(!is_gone));
    }
}

/// Whatever row that is one of a kind is damaged, the journal opens, shows all and says so; only the keys of the device and what the
/// passphrase opens cannot be done without.
#[test]
fn a_row_that_is_one_of_a_kind_takes_nothing_with_it() {
    let (lab, _) = written();
    let names: Vec<Vec<u8>> = rows(&lab, Table::Meta).into_iter().map(|(key, _)| key).collect();
    let needed: [&[u8]; 3] = [b"wrap", b"device", b"drop key"];
    for name in names.into_iter().filter(|name| !needed.contains(&name.as_slice())) {
        let (mut lab, records) = written();
        let value = lab.laptop.disk.get(Table::Meta, &name).unwrap().unwrap();
        damage(&mut lab, vec![Write::Put { table: Table::Meta, key: name.clone(), value: garbled(&value) }]);
        lab.restart();
        assert_eq!(shown(&lab), WORDS);
        let name = String::from_utf8(name).unwrap();
        assert!(lab.alarms().contains(&"NOTES_DAMAGED"), "{name}: {:?}", lab.alarms());
        lab.add_entry("z");
        assert_eq!((shown(&lab).len(), lab.own().len() > records.len()), (4, true), "{name}");
    }
}
