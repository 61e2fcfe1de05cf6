//! What a definition says is what it was created with.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ROOT, ReadDoc};
use haven_core::shelf::Defined;
use haven_engine::actor::actor;
use haven_engine::command::Command;
use haven_engine::content::{Changes, Content, decode};

use crate::lab::Lab;

const BREATH: &str = include_str!("../../../core/content/exercises/slow-breath.toml");

fn exercise(version: u32, minutes: u32) -> String {
    let text = BREATH.replacen("id = \"slow-breath\"", "id = \"my-breath\"", 1);
    let text = text.replacen("version = 1", &format!("version = {version}"), 1);
    text.replacen("minutes = 5", &format!("minutes = {minutes}"), 1)
}

/// Another device changes the text of what was added, what it defines, and takes the text away. None of that is heard, before a restart
/// and after it. That it was taken back is; and whoever takes that away again changes nothing.
#[test]
fn what_others_write_into_a_definition_changes_nothing_but_that_it_was_taken_back() {
    let mut lab = Lab::new();
    let mut first = lab.run(0);
    first.run(Command::AddDefinition { defined: Defined::Exercise, text: exercise(1, 11) });
    let honest = lab.written(0, &first);
    let inside = lab.inside(honest.last().unwrap());
    let said = decode(&inside).unwrap();
    let document = said.items[0].document;
    let nonce = [9; 8];
    let name = ActorId::from(&actor(&lab.feed(2), &nonce)[..]);
    let mut doc = Automerge::new().with_actor(name);
    let changes = said.items[0].changes.iter().map(|change| automerge::Change::try_from(*change).unwrap());
    doc.apply_changes(changes).unwrap();
    let (_, answers) = doc.get(ROOT, "answers").unwrap().unwrap();
    let mut hostile = |act: &mut dyn FnMut(&mut automerge::transaction::Transaction<'_>)| {
        let mut tx = doc.transaction();
        act(&mut tx);
        tx.commit_with(CommitOptions::default().with_time(1)).0.unwrap();
        let change = doc.get_last_local_change().unwrap().raw_bytes().to_vec();
        let items = vec![Changes { document, changes: vec![&change] }];
        lab.record(2, &Content { full: true, nonces: [nonce].into(), items, ..Content::default() })
    };
    let foreign = exercise(1, 66);
    let edited = hostile(&mut |tx| tx.put(&answers, "toml", foreign.as_str()).unwrap());
    let defines = hostile(&mut |tx| tx.put(&answers, "defines", "measure").unwrap());
    let emptied = hostile(&mut |tx| tx.delete(&answers, "toml").unwrap());
    let taken_back = hostile(&mut |tx| tx.put(ROOT, "trashed", 7_u64).unwrap());
    let brought_back = hostile(&mut |tx| tx.delete(ROOT, "trashed").unwrap());
    let mut second = lab.run(1);
    let all: Vec<_> = honest.iter().collect();
    second.hear(&all);
    for record in [&edited, &defines, &emptied] {
        for device in [&mut first, &mut second] {
            device.hear(&[record]);
            assert_eq!(device.minutes("my-breath"), (Some(11), Some(11)));
            assert_eq!(device.restarted().minutes("my-breath"), (Some(11), Some(11)));
        }
    }
    for record in [&taken_back, &brought_back] {
        for device in [&mut first, &mut second] {
            device.hear(&[record]);
            assert_eq!(device.minutes("my-breath"), (Some(11), None));
            assert_eq!(device.restarted().minutes("my-breath"), (Some(11), None));
        }
    }
    first.run(Command::AddDefinition { defined: Defined::Exercise, text: exercise(1, 11) });
    assert_eq!(first.minutes("my-breath"), (Some(11), Some(11)), "adding it again is another document");
    assert_eq!(first.shows(), (0, vec![]));
}
