//! Changes whose columns are well formed and whose operations say anything: what the library is least ready for.

use std::sync::LazyLock;

use super::{FOREIGN, OWN, WORLD, take};
use crate::bytes::Choices;
use crate::changes::{Change, Key, Op, Value, action, kind};

/// Operations of one change, and changes of one input, at most: enough to refer to each other.
const OPERATIONS_MAX: usize = 12;
const CHANGES_MAX: usize = 4;

/// The actor of the change that turned the text into characters.
static UPGRADE: LazyLock<Vec<u8>> = LazyLock::new(|| WORLD.text_object().0);

pub(super) fn run(bytes: &[u8]) {
    let chunks = chunks(bytes);
    take(&chunks.iter().map(Vec::as_slice).collect::<Vec<_>>());
}

/// The changes that some choices make, on top of [`World`](super::World).
pub fn chunks(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut choices = Choices::new(bytes);
    let (mut chunks, mut last) = (Vec::new(), None);
    while !choices.is_over() && chunks.len() < CHANGES_MAX {
        let change = change(&mut choices, last, chunks.len() as u64);
        last = Some(change.hash());
        chunks.push(change.bytes());
        if choices.below(16) == 0 {
            chunks.push(change.bytes());
        }
    }
    chunks
}

fn change(choices: &mut Choices<'_>, last: Option<[u8; 32]>, before: u64) -> Change {
    let deps = match (choices.below(8), last) {
        (0, _) => vec![[1; 32]],
        (1, _) => vec![],
        (2, _) => WORLD.entry.heads().repeat(2),
        (3, Some(last)) => vec![last, WORLD.entry.heads()[0]],
        (_, Some(last)) => vec![last],
        (_, None) => WORLD.entry.heads(),
    };
    let seq = if choices.below(8) == 0 { choices.number() } else { before + 1 };
    // The entry's own operations end well below.
    let start = if choices.below(8) == 0 { choices.number() } else { 200 + 20 * before };
    let mut change = Change::on(&FOREIGN, &deps, seq, start);
    if choices.below(8) == 0 {
        change.time = choices.number().cast_signed();
    }
    change.others = vec![OWN.to_vec(), UPGRADE.clone()];
    match choices.below(16) {
        0 => change.others.reverse(),
        1 => change.others.push(vec![9; choices.below(32)]),
        2 => change.others.push(FOREIGN.to_vec()),
        3 => change.others.clear(),
        4 => change.more = choices.piece().to_vec(),
        _ => {}
    }
    let count = choices.below(OPERATIONS_MAX + 1);
    let times = if choices.below(8) == 0 { choices.number().min(2_000) } else { 0 };
    let ops: Vec<Op> = (0..count).map(|_| op(choices)).collect();
    match (ops.first(), times) {
        (Some(op), 1..) => change.repeated(op, times),
        _ => change.with(&ops),
    }
}

fn id(choices: &mut Choices<'_>) -> (u64, u64) {
    match choices.below(8) {
        // The map of the texts is the fifth thing that a note says.
        0 | 1 => (1, 5),
        2 => (1, 1 + choices.below(10) as u64),
        3 | 4 => (2, 10 + choices.below(20) as u64),
        5 => (0, 200 + choices.below(20) as u64),
        6 => (choices.below(4) as u64, choices.number()),
        _ => (choices.number(), choices.number()),
    }
}

fn op(choices: &mut Choices<'_>) -> Op {
    let names =
        ["text", "title", "texts", "kind", "at", "tags", "v", "trashed", "settled:at", "\u{202e}\0", ""];
    let object = (choices.below(4) > 0).then(|| id(choices));
    let key = match choices.below(4) {
        0 | 1 => Key::Name(names[choices.below(names.len())].to_owned()),
        2 => Key::Element(0, 0),
        _ => {
            let (actor, counter) = id(choices);
            Key::Element(actor, counter)
        }
    };
    let action = match choices.below(10) {
        0..=5 => [action::SET, action::DELETE, action::MAP, action::TEXT, action::ADD, action::MARK]
            [choices.below(6)],
        _ => choices.number().min(9),
    };
    let value = match choices.below(6) {
        0 => Value(kind::NULL, vec![]),
        1 => Value(kind::TEXT, b"x".to_vec()),
        2 => Value(kind::COUNTER, vec![5]),
        3 => Value(kind::UNSIGNED, vec![1]),
        4 => Value(kind::BYTES, choices.piece().to_vec()),
        _ => Value(choices.below(16) as u64, choices.piece().to_vec()),
    };
    let replaces = (0..choices.below(3)).map(|_| id(choices)).collect();
    Op { object, key, insert: choices.below(4) == 0, action, value, replaces }
}

/// Choices that come to something: a character put into the text, a key set, a map made, everything deleted.
pub fn seeds() -> Vec<Vec<u8>> {
    let change = |count: u8, ops: &[u8]| [&[4, 1, 1, 1, 5, count, 1][..], ops].concat();
    let set = [0, 0, 7, 0, 0, 1, 0, 1];
    let insert = [1, 3, 2, 0, 0, 1, 0, 0];
    let map = [0, 0, 3, 0, 2, 0, 0, 1];
    let delete = [1, 0, 0, 0, 0, 1, 0, 1, 0, 1];
    let all = [&set[..], &insert, &map, &delete];
    let mut seeds: Vec<_> = all.iter().map(|op| change(1, op)).collect();
    seeds.push(change(4, &all.concat()));
    seeds.push([change(1, &set), vec![1], change(1, &insert), vec![1]].concat());
    seeds
}
