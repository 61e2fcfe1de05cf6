//! Records that are tried a second time, and bring the process down.

use haven_core::entry::Edit;
use haven_engine::command::Command;
use haven_engine::content::{Content, decode};
use haven_engine::io::{Commit, Table, Write};
use haven_feed::record::VerifiedRecord;

use crate::lab::Lab;

/// Whether what is put aside of a record ends with this commit: it is applied.
fn applies(record: &VerifiedRecord) -> impl Fn(&Commit) -> bool {
    let key = [record.header().feed.as_bytes(), &record.position().seq.to_be_bytes()[..]].concat();
    move |commit| {
        let is_it = |write: &Write| matches!(write, Write::Remove { table: Table::Quarantine, key: of } if *of == key);
        commit.writes.iter().any(is_it)
    }
}

/// The third device hides what it builds on: an entry of the second, which the first has not got. Its record is put aside, and tried
/// again once the entry is there. That brings the process down, each time. It is that record which is left out in the end, and not
/// the one that brought the entry; and a process that goes down less often leaves nothing out.
#[test]
fn what_is_tried_again_is_tried_under_its_own_name() {
    for deadly in [true, false] {
        let mut lab = Lab::new();
        let (mut second, mut third) = (lab.run(1), lab.run(2));
        second.add_entry("words");
        let honest = lab.written(1, &second);
        third.hear(&honest.iter().collect::<Vec<_>>());
        let edit = Edit { text: Some("words, and more".into()), ..Edit::default() };
        third.run(Command::Edit { id: third.entry(), base: None, edit });
        let written = lab.inside(lab.written(2, &third).last().unwrap());
        let said = decode(&written).unwrap();
        let hides = lab.record(2, &Content { seen: Default::default(), ..said });

        let mut first = lab.run(0);
        first.hear(&[&hides]);
        assert_eq!(first.tells(), (vec![], vec!["RECORD_PUT_ASIDE"]));
        let (is_applied, mut left) = (applies(&hides), 3);
        let deaths = std::cell::RefCell::new(&mut left);
        let records: Vec<&VerifiedRecord> = honest.iter().collect();
        let died = first.hear_dying(&records, |commit| {
            let mut left = deaths.borrow_mut();
            let dies = is_applied(commit) && (deadly || **left > 0);
            **left -= usize::from(dies && !deadly);
            dies
        });
        let (text, told) = match deadly {
            true => ("words", vec!["RECORD_PUT_ASIDE"]),
            false => ("words, and more", vec![]),
        };
        assert_eq!(first.tells(), (vec![text.to_owned()], told));
        assert_eq!(died, if deadly { 5 } else { 3 });
    }
}
