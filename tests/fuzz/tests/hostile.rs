//! Hostile documents: changes that bare automerge is panicked, inflated or bricked by. The guard refuses them or takes them; it never
//! panics, grows little, and leaves the document as it was. What honest devices write still fits afterwards.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "the helpers of a test may fail it, and show its table"
)]

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use haven_engine::fuzz::{Actor, Entry, Unguarded, absorb, creation, unguarded};
use haven_fuzz::changes::{Change, Key, Op, Value, action, chunk, column, kind, leb, uleb};
use haven_fuzz::engine::{FOREIGN, OWN, World, operations};
use haven_fuzz::memory::{GROWTH_MAX, growth};
use haven_fuzz::mutate::{Numbers, mutated};
use haven_fuzz::quiet;

/// Whoever measures memory is alone in its process: nextest sees to that, `cargo test` doesn't.
static ALONE: Mutex<()> = Mutex::new(());

const LATER: Actor = [0xcc; 16];
const NOT_PLAIN: &str = "not a plain change";
const TOO_MANY: &str = "too many operations, actors, dependencies or bytes";
const MALFORMED: &str = "the change is malformed";
const STRANGER: &str = "the change is by an actor that is not its author's";
const DANGLING: &str = "the change builds on changes that are not there";
const PANICS: &str = "the change breaks the library";
const BRITTLE: &str = "the change does not survive saving";
const SHAPE: &str = "the document has another shape";

/// Offers changes to an entry and to none, and checks all that has to hold whatever the guard says. Gives the entry that took them,
/// or why not.
fn offer(name: &str, world: &World, changes: &[Vec<u8>]) -> Result<Entry, String> {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let slices: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
    quiet::hush();
    let (saved, begun) = (world.entry.save(), Instant::now());
    let mut verdict = Err(String::new());
    let grew = growth(|| {
        verdict = absorb(Some(&world.entry), &slices, &world.actors);
        let _ = absorb(None, &slices, &world.actors);
        slices.iter().for_each(|change| drop(creation(change, &world.actors)));
    });
    let said = verdict.as_ref().err().map_or("taken", String::as_str);
    println!("{name:<48} {:>9} KiB {:>6} ms  {said}", grew / 1024, begun.elapsed().as_millis());
    assert!(grew <= GROWTH_MAX, "{name}: grew by {grew} bytes");
    assert!(world.entry.save() == saved, "{name}: the document is as it was");

    let honest = world.next("I walked to the mill. It rained.", LATER);
    let honest: Vec<&[u8]> = honest.iter().map(Vec::as_slice).collect();
    let after = absorb(Some(verdict.as_ref().unwrap_or(&world.entry)), &honest, &BTreeSet::from([LATER]));
    let mut after = after.unwrap_or_else(|fault| panic!("{name}: an honest edit no longer fits: {fault}"));
    after.write("I write on.", [0xdd; 16]);
    assert_eq!(after.text().as_deref(), Some("I write on."), "{name}");
    verdict
}

#[track_caller]
fn refused(name: &str, changes: &[Vec<u8>], why: &str) {
    let verdict = offer(name, &World::new(), changes);
    assert_eq!(verdict.err().as_deref(), Some(why), "{name}");
}

/// A change by the foreign device on top of the entry.
fn on_top(world: &World) -> Change {
    Change::on(&FOREIGN, &world.entry.heads(), 1, 1_000)
}

fn set(key: &str) -> Op {
    Op { key: Key::Name(key.to_owned()), action: action::SET, ..Op::default() }
}

fn one(change: &Change) -> Vec<Vec<u8>> {
    vec![change.bytes()]
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What the generator writes is what the library reads: without this, everything below would be refused for its form.
#[test]
fn an_honest_change_of_the_generator_is_taken() {
    let world = World::new();
    let note = Op { value: Value(kind::TEXT, b"2026-11-25".to_vec()), replaces: vec![(1, 3)], ..set("at") };
    let change = Change { others: vec![OWN.to_vec()], ..on_top(&world) }.with(&[note]);
    assert_eq!(offer("an honest change", &world, &one(&change)).unwrap().heads(), [change.hash()]);
    assert_eq!(unguarded(Some(&world.entry), &[&change.bytes()]), Unguarded::Taken);
}

/// C1, C2: what is compressed hides its size, so it is not opened.
#[test]
fn deflate_bombs_are_not_opened() {
    let world = World::new();
    let bomb = deflated(&vec![0; 64 << 20]);
    assert!(bomb.len() < 70_000);
    refused("a compressed change of 64 MiB", &[chunk(2, &bomb)], NOT_PLAIN);
    refused("a document", &[world.entry.save()], NOT_PLAIN);
    refused("a bundle", &[chunk(3, &bomb)], NOT_PLAIN);
    let mut column = on_top(&world).with(&[set("x")]);
    column.columns = vec![(column::ACTION | column::DEFLATED, bomb)];
    refused("a compressed column of 64 MiB", &one(&column), NOT_PLAIN);
    refused("nothing at all", &[vec![]], NOT_PLAIN);
    refused("a change and more behind it", &[[on_top(&world).bytes(), vec![0]].concat()], NOT_PLAIN);
    refused("more behind the columns", &one(&Change { more: vec![0], ..on_top(&world) }), NOT_PLAIN);
}

/// C3: a few bytes that stand for gigabytes, in every column and by every coding.
#[test]
fn run_length_bombs_are_counted_and_not_unrolled() {
    let world = World::new();
    for times in [2_000_000, 1 << 40, i64::MAX as u64] {
        refused(&format!("{times} operations"), &one(&on_top(&world).repeated(&set("x"), times)), TOO_MANY);
    }
    let one_run = |value: &[u8]| [leb(i64::MAX), value.to_vec()].concat();
    let columns: [(&str, u64, Vec<u8>); 8] = [
        ("actors", column::OBJECT_ACTOR, one_run(&[1])),
        ("differences", column::KEY_COUNTER, one_run(&[1])),
        ("names", column::KEY_NAME, one_run(&[1, b'x'])),
        ("truths", column::INSERT, uleb(u64::MAX)),
        ("nulls", column::ACTION, [leb(0), uleb(u64::MAX)].concat()),
        ("kinds of values", column::VALUE_KIND, one_run(&[0])),
        ("replaced, by runs", column::REPLACES, one_run(&[1])),
        ("replaced, by one count", column::REPLACES, [leb(-1), uleb(u64::MAX)].concat()),
    ];
    for (name, spec, bytes) in columns {
        let mut change = on_top(&world).with(&[set("x")]);
        change.columns.retain(|(other, _)| *other != spec);
        change.columns.push((spec, bytes));
        change.columns.sort();
        refused(&format!("endless {name}"), &one(&change), TOO_MANY);
    }
    let long = set(&"k".repeat(2 << 20));
    refused("a key of 2 MiB", &one(&on_top(&world).with(&[long])), TOO_MANY);
    let key = set(&"k".repeat(2_000));
    refused("a key of 2 kB, a thousand times", &one(&on_top(&world).repeated(&key, 1_000)), TOO_MANY);
}

/// C3, C7: within what an honest change may hold, and made of a hundred bytes. Each operation takes a third of a kilobyte as soon as
/// it's applied, so they are refused by what they are made of.
#[test]
fn a_hundred_bytes_are_no_million_operations() {
    let world = World::new();
    let put = set("x");
    let (map, text) = (Op { action: action::MAP, ..put.clone() }, Op { action: action::TEXT, ..put.clone() });
    for (what, op) in [("values", &put), ("maps", &map), ("texts", &text)] {
        for times in [1_000_000, 30_000] {
            let change = on_top(&world).repeated(op, times);
            assert!(change.bytes().len() < 120);
            refused(&format!("{times} {what} on one key"), &one(&change), TOO_MANY);
        }
    }
    let (upgrade, counter) = world.text_object();
    let change = |op: &Op| Change { others: vec![upgrade.clone()], ..on_top(&world) }.repeated(op, 1_000_000);
    for (what, op) in letters((1, counter)) {
        refused(&format!("a million times: {what}"), &one(&change(&op)), TOO_MANY);
    }
}

/// What can be done to the first letters of a text.
fn letters(text: (u64, u64)) -> [(&'static str, Op); 4] {
    let first = (text.0, text.1 + 1);
    let (beginning, there) = (Key::Element(0, 0), Key::Element(first.0, first.1));
    let op = |key: Key, action, insert| Op { object: Some(text), key, action, insert, ..Op::default() };
    [
        (
            "a letter inserted",
            Op { value: Value(kind::TEXT, vec![]), ..op(beginning.clone(), action::SET, true) },
        ),
        ("a letter deleted", Op { replaces: vec![first], ..op(there.clone(), action::DELETE, false) }),
        ("a letter put anew", Op { replaces: vec![first], ..op(there, action::SET, false) }),
        ("a text marked", op(beginning, action::MARK, true)),
    ]
}

/// As many operations as anything may have for nothing: they are applied, and still grow little.
#[test]
fn what_is_free_of_charge_grows_little() {
    let world = World::new();
    let put = on_top(&world).repeated(&set("x"), 16_000);
    offer("16,000 conflicting values", &world, &one(&put)).unwrap();
    let more = on_top(&world).repeated(&set("x"), 16_380);
    refused("more values than an entry has", &one(&more), SHAPE);
    let (upgrade, counter) = world.text_object();
    let change = |op: &Op| Change { others: vec![upgrade.clone()], ..on_top(&world) }.repeated(op, 16_000);
    for (what, op) in letters((1, counter)) {
        let verdict = offer(&format!("16,000 times: {what}"), &world, &one(&change(&op)));
        assert!(verdict.is_ok() || [PANICS, BRITTLE].contains(&verdict.err().as_deref().unwrap()), "{what}");
    }
}

/// C4: the library takes these, and what it saves then does not load. Its own writer leaves out actors that no operation names, so
/// the change has another hash after it was saved.
#[test]
fn changes_that_brick_a_document_are_refused() {
    let world = World::new();
    let bricks = [
        ("an actor that nothing refers to", Change { others: vec![OWN.to_vec()], ..on_top(&world) }),
        ("the author among the other actors", Change { others: vec![FOREIGN.to_vec()], ..on_top(&world) }),
    ];
    for (name, change) in bricks {
        let change = change.with(&[set("x")]);
        assert!(change.bytes().len() < 146, "smaller than the one that was measured");
        assert_eq!(unguarded(Some(&world.entry), &[&change.bytes()]), Unguarded::Brittle, "{name}");
        let verdict = offer(name, &world, &one(&change));
        assert!([PANICS, BRITTLE].contains(&verdict.err().as_deref().unwrap()), "{name}");
    }
}

/// C5: what makes the library panic, each at another place of it.
#[test]
fn changes_that_panic_are_refused() {
    let world = World::new();
    let nowhere = Op { object: Some((0, 77)), ..set("x") };
    let no_letter = Op {
        object: Some((1, world.text_object().1)),
        key: Key::Element(1, 99_999),
        insert: true,
        action: action::SET,
        ..Op::default()
    };
    let others = vec![world.text_object().0];
    let panics = [
        ("into an object that is not there", on_top(&world).with(&[nowhere])),
        ("after a letter that is not there", Change { others, ..on_top(&world) }.with(&[no_letter])),
        ("an actor that is not listed", on_top(&world).with(&[Op { replaces: vec![(9, 1)], ..set("x") }])),
        ("a number far ahead", Change { seq: 9, ..on_top(&world) }.with(&[set("x")])),
    ];
    for (name, change) in panics {
        let alone = unguarded(Some(&world.entry), &[&change.bytes()]);
        assert_eq!(alone, Unguarded::Panics, "{name}");
        refused(name, &one(&change), PANICS);
    }
}

/// C8, C9: what a change says of itself and of what it builds on.
#[test]
fn wrong_dependencies_and_numbers_are_refused() {
    let world = World::new();
    let put = |change: Change| change.with(&[set("x")]);
    let absent = put(Change { deps: vec![[1; 32]], ..on_top(&world) });
    refused("a dependency that is not there", &one(&absent), DANGLING);
    let own_hash = put(Change { deps: vec![absent.hash()], ..on_top(&world) });
    refused("a guessed dependency", &one(&own_hash), DANGLING);
    let many =
        put(Change { deps: (0..=256).map(|n: u16| [n.to_be_bytes()[1]; 32]).collect(), ..on_top(&world) });
    refused("257 dependencies", &one(&many), TOO_MANY);
    let twice = put(Change { deps: world.entry.heads().repeat(2), ..on_top(&world) });
    offer("a dependency twice", &world, &one(&twice)).unwrap();
    let (first, second) = (put(on_top(&world)), on_top(&world).with(&[set("y")]));
    refused("one number, two contents", &[first.bytes(), second.bytes()], MALFORMED);
    let both = offer("the same change twice", &world, &[first.bytes(), first.bytes()]);
    assert_eq!(both.unwrap().heads(), [first.hash()]);
    let taken = World { entry: offer("the first of two", &world, &one(&first)).unwrap(), ..World::new() };
    assert_eq!(offer("the second of two", &taken, &one(&second)).err().as_deref(), Some(MALFORMED));
    let own = put(Change { actor: OWN.to_vec(), seq: 3, ..on_top(&world) });
    refused("by another device's actor", &one(&own), STRANGER);
    let none = put(Change { actor: vec![], ..on_top(&world) });
    refused("by nobody", &one(&none), STRANGER);
    let long = put(Change { actor: vec![9; 33], ..on_top(&world) });
    refused("by an actor with a long name", &one(&long), TOO_MANY);
    let mut wrong = put(on_top(&world)).bytes();
    wrong[5] ^= 1;
    refused("a wrong checksum", &[wrong], MALFORMED);
    let said = put(Change { message: b"hello".to_vec(), ..on_top(&world) });
    refused("a message", &one(&said), TOO_MANY);
}

/// What found its way past the guard once: after a counter near 2³² the library panics at the next edit, which is one's own.
#[test]
fn counters_leave_room_to_go_on() {
    let world = World::new();
    let put = |change: Change| one(&change.with(&[set("x")]));
    refused("change 0", &put(Change { seq: 0, ..on_top(&world) }), MALFORMED);
    refused("operation 0", &put(Change { start: 0, ..on_top(&world) }), MALFORMED);
    refused("an operation's counter again", &put(Change { start: 1, ..on_top(&world) }), BRITTLE);
    for start in [2_000_000, 1 << 31, u64::from(u32::MAX) - 1, u64::from(u32::MAX)] {
        let far = put(Change { start, ..on_top(&world) });
        refused(&format!("operation {start}"), &far, SHAPE);
    }
    for start in [1 << 40, u64::MAX] {
        refused(&format!("operation {start}"), &put(Change { start, ..on_top(&world) }), MALFORMED);
    }
    offer("operation 1,000,000", &world, &put(Change { start: 1_000_000, ..on_top(&world) })).unwrap();
}

/// C6, C7: many of everything.
#[test]
fn crowds_and_depths_are_bounded() {
    let world = World::new();
    let actors = |count: u32| (0..count).map(|n| n.to_be_bytes().to_vec()).collect::<Vec<_>>();
    let crowd = |count| Change { others: actors(count), ..on_top(&world) };
    refused("10,000 actors", &one(&crowd(10_000).with(&[set("x")])), TOO_MANY);
    let named: Vec<Op> = (1..=4_096).map(|n| Op { replaces: vec![(n, 1)], ..set("x") }).collect();
    refused("4,096 actors that wrote nothing", &one(&crowd(4_096).with(&named)), PANICS);

    let deeper = |depth: u64| {
        let op = |n: u64| Op {
            object: (n > 0).then(|| (0, 999 + n)),
            key: Key::Name("d".into()),
            ..Op::default()
        };
        on_top(&world).with(&(0..depth).map(op).collect::<Vec<_>>())
    };
    refused("maps 10,000 deep", &one(&deeper(10_000)), SHAPE);
    refused("maps 40 deep", &one(&deeper(40)), SHAPE);

    let (mut chain, mut last) = (Vec::new(), None);
    for seq in 1..=10_000 {
        let deps = last.map_or_else(|| world.entry.heads(), |hash| vec![hash]);
        let change = Change::on(&FOREIGN, &deps, seq, 1_000);
        last = Some(change.hash());
        chain.push(change.bytes());
    }
    offer("256 empty changes", &world, &chain[..256]).unwrap();
    offer("10,000 empty changes, forty times what a record holds", &world, &chain).unwrap();
    let lonely: Vec<Vec<u8>> = (0..10_000_u32)
        .map(|n| Change::on(&FOREIGN, &[[n as u8; 32]], u64::from(n) + 1, 1).bytes())
        .collect();
    refused("10,000 changes that hang in the air", &lonely, DANGLING);
}

/// C10, C11, C12: odd, and allowed.
#[test]
fn what_is_only_odd_is_taken_as_it_is() {
    let world = World::new();
    let at = |time| one(&Change { time, ..on_top(&world) }.with(&[set("x")]));
    for time in [-1, -9_223_372_036_854_775, 9_223_372_036_854_775] {
        let entry = offer(&format!("written at {time} seconds"), &world, &at(time)).unwrap();
        assert_eq!(entry.modified_ms(), (time * 1000).max(1_000));
    }
    // Years of twelve digits fit no clock; the library keeps times as differences, which these overflow.
    for time in [i64::MAX, i64::MIN, -9_223_372_036_854_777] {
        refused(&format!("written at {time} seconds"), &at(time), SHAPE);
    }
    let world = World::new();
    let odd = "\0\u{202e}\u{feff}e\u{301}\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f466}";
    let mut copy = World::new();
    let changes = copy.entry.write(odd, FOREIGN);
    let entry = offer("NUL, bidi marks, joined characters", &world, &changes);
    assert_eq!(entry.unwrap().text().as_deref(), Some(odd));
    let surrogate =
        on_top(&world).with(&[Op { value: Value(kind::TEXT, vec![0xed, 0xa0, 0x80]), ..set("x") }]);
    refused("half a surrogate pair", &one(&surrogate), MALFORMED);
    let key = Change { columns: vec![], ..on_top(&world) };
    let bytes = [leb(-1), vec![3, 0xed, 0xa0, 0x80]].concat();
    let mut columns = on_top(&world).with(&[set("x")]).columns;
    columns.iter_mut().filter(|(spec, _)| *spec == column::KEY_NAME).for_each(|it| it.1 = bytes.clone());
    refused("half a surrogate pair as a key", &one(&Change { columns, ..key }), MALFORMED);
    let grapheme = format!("e{}", "\u{301}".repeat(50_000));
    let changes = World::new().entry.write(&grapheme, FOREIGN);
    assert_eq!(offer("one character of 100 kB", &world, &changes).unwrap().text(), Some(grapheme));

    let mut copy = World::new();
    let changes = copy.entry.write("", FOREIGN);
    assert_eq!(offer("everything deleted", &world, &changes).unwrap().text().as_deref(), Some(""));
    let names = ["v", "kind", "at", "created", "texts", "tags", "people", "answers"];
    let gone: Vec<Op> = (1..)
        .zip(names)
        .map(|(counter, name)| Op { action: action::DELETE, replaces: vec![(1, counter)], ..set(name) })
        .collect();
    let all = Change { others: vec![OWN.to_vec()], ..on_top(&world) }.with(&gone);
    assert!(offer("every key deleted", &world, &one(&all)).is_err());
}

/// The generator goes where the guard is needed: the library alone panics and is bricked by much of what it makes.
#[test]
fn the_generator_of_the_targets_has_teeth() {
    quiet::hush();
    let (world, seeds, mut numbers) = (World::new(), operations::seeds(), Numbers::new(1));
    let mut seen = Vec::new();
    for _ in 0..1_000 {
        let changes = operations::chunks(&mutated(&seeds, &mut numbers));
        let changes: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
        let alone = unguarded(Some(&world.entry), &changes);
        if absorb(Some(&world.entry), &changes, &world.actors).is_ok() {
            assert_eq!(alone, Unguarded::Taken, "the guard takes nothing that breaks");
        }
        seen.push(alone);
    }
    let count = |wanted| seen.iter().filter(|it| **it == wanted).count();
    for wanted in [Unguarded::Panics, Unguarded::Brittle, Unguarded::Refused, Unguarded::Taken] {
        assert!(count(wanted) > 10, "{wanted:?}: {}", count(wanted));
    }
}

/// A value is compared before and after it is saved. What it stands under, and how it would be printed, costs nothing.
#[test]
fn long_names_and_odd_letters_grow_little() {
    let world = World::new();
    let map = Op { key: Key::Name("k".repeat(64 * 1024)), ..Op::default() };
    let under = |n: u64| Op { object: Some((0, 1_000)), ..set(&n.to_string()) };
    let ops: Vec<Op> = std::iter::once(map).chain((0..2_000).map(under)).collect();
    offer("2,000 values under a name of 64 KiB", &world, &one(&on_top(&world).with(&ops))).unwrap();
    for (name, kind) in [("letters", kind::TEXT), ("bytes", kind::BYTES), ("bytes of a kind to come", 15)] {
        let value = Op { value: Value(kind, vec![1; 3 << 20]), ..set("x") };
        offer(&format!("3 MiB of odd {name}"), &world, &one(&on_top(&world).with(&[value]))).unwrap();
    }
}

/// Actors of a device that opened the journal often.
fn crowd(count: u16) -> Vec<Actor> {
    let actor = |n: u16| {
        let mut actor = [0xee; 16];
        actor[..2].copy_from_slice(&n.to_be_bytes());
        actor
    };
    (0..count).map(actor).collect()
}

/// More branches than a change may name: whoever writes next puts them together first, and everybody takes it.
#[test]
fn whoever_branches_an_entry_keeps_nobody_from_writing() {
    let (world, actors) = (World::new(), crowd(700));
    let branches: Vec<Vec<u8>> = actors
        .iter()
        .map(|actor| Change::on(actor, &world.entry.heads(), 1, 1_000).with(&[set("x")]).bytes())
        .collect();
    let branches: Vec<&[u8]> = branches.iter().map(Vec::as_slice).collect();
    let before = world.next("I walked to the mill.", LATER);
    let before: Vec<&[u8]> = before.iter().map(Vec::as_slice).collect();
    let actors: BTreeSet<Actor> = actors.into_iter().collect();
    for wrote_before in [false, true] {
        let of = |entry: &Entry| match wrote_before {
            true => absorb(Some(entry), &before, &BTreeSet::from([LATER])).unwrap(),
            false => absorb(Some(entry), &[], &actors).unwrap(),
        };
        let mut here = absorb(Some(&of(&world.entry)), &branches, &actors).unwrap();
        let mut there = absorb(Some(&of(&world.entry)), &branches, &actors).unwrap();
        for text in ["I write on.", "And on."] {
            let honest = here.write(text, LATER);
            let honest: Vec<&[u8]> = honest.iter().map(Vec::as_slice).collect();
            there = absorb(Some(&there), &honest, &BTreeSet::from([LATER])).unwrap();
            assert_eq!(there.text().as_deref(), Some(text));
            assert_eq!(there.heads(), here.heads());
        }
    }
}

/// An entry with a long text, and where its letters are: the text, its beginning and its end.
fn long(length: usize) -> (World, Vec<u8>, (u64, u64), Key) {
    let text = format!("a.{}\nb.", " A sentence.".repeat(length / 12));
    let (mut entry, creation) = Entry::note(&text, OWN);
    let edits = entry.write(&format!("{text} "), OWN);
    let changes = [vec![creation], edits].concat();
    let world = World { entry, changes, actors: BTreeSet::from([FOREIGN, LATER]) };
    let (upgrade, counter) = world.text_object();
    let end = Key::Element(1, counter + text.chars().count() as u64);
    (world, upgrade, (1, counter), end)
}

fn letter(text: (u64, u64), key: Key, letter: char) -> Op {
    let value = Value(kind::TEXT, letter.to_string().into_bytes());
    Op { object: Some(text), key, insert: true, action: action::SET, value, ..Op::default() }
}

/// A letter in a change is a whole text to whoever reads what its author saw.
#[test]
fn crowds_of_edits_that_met_grow_little() {
    let (world, upgrade, text, _) = long(16 * 1024);
    let actors = crowd(3_000);
    let change = |(n, actor): (u32, &Actor)| {
        let on = Change::on(actor, &world.entry.heads(), 1, 100_000);
        let op = letter(text, Key::Element(0, 0), char::from_u32(0x4e00 + n).unwrap());
        Change { others: vec![upgrade.clone()], ..on }.with(&[op]).bytes()
    };
    let changes: Vec<Vec<u8>> = (0..).zip(&actors).map(change).collect();
    let world = World { actors: actors.iter().copied().collect(), ..world };
    took_little("3,000 edits of a text of 16 KiB", &world, &changes);
}

/// Two that meet again and again, each time with the other's last words before them.
#[test]
fn edits_that_met_again_and_again_grow_little() {
    let (world, upgrade, text, end) = long(32 * 1024);
    let (mut changes, mut heads) = (Vec::new(), world.entry.heads());
    for level in 0..1_000_u64 {
        let change = |actor: &Actor, key: Key| {
            let on = Change::on(actor, &heads, level + 1, 100_000 + level);
            Change { others: vec![upgrade.clone()], ..on }.with(&[letter(text, key, 'x')])
        };
        let both = [change(&FOREIGN, Key::Element(0, 0)), change(&LATER, end.clone())];
        heads = both.iter().map(Change::hash).collect();
        heads.sort_unstable();
        changes.extend(both.iter().map(Change::bytes));
    }
    took_little("two that met 1,000 times in 32 KiB", &world, &changes);
}

#[track_caller]
fn took_little(name: &str, world: &World, changes: &[Vec<u8>]) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let slices: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
    let begun = Instant::now();
    let grew = growth(|| drop(absorb(Some(&world.entry), &slices, &world.actors).unwrap()));
    println!("{name:<48} {:>9} KiB {:>6} ms", grew / 1024, begun.elapsed().as_millis());
    assert!(grew <= GROWTH_MAX, "{name}: grew by {grew} bytes");
}

/// Changes that could be the upgrade of one of many texts: that they are not is found out once and not for each of them.
#[test]
fn many_texts_and_many_changes_are_not_multiplied() {
    let name = |name: &str| Key::Name(name.to_owned());
    let said = |key: &str, text: &str| Op { value: Value(kind::TEXT, text.into()), ..set(key) };
    let map = |key: &str| Op { key: name(key), ..Op::default() };
    let mut ops = vec![Op { value: Value(kind::UNSIGNED, vec![1]), ..set("v") }, said("kind", "note")];
    ops.extend([said("at", "2026-11-24"), map("texts"), map("tags"), map("people"), map("answers")]);
    ops.extend((0..8_000).map(|n| Op { object: Some((0, 4)), ..said(&format!("answer:{n}"), "") }));
    let creation = Change::on(&FOREIGN, &[], 1, 1).with(&ops);
    let took = |time: i64| {
        let next = |seq| Change { time, ..Change::on(&FOREIGN, &[creation.hash()], seq, 10_000) };
        let mut changes = vec![creation.bytes()];
        changes.extend((2..1_000).map(|seq| next(seq).bytes()));
        let changes: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
        let begun = Instant::now();
        absorb(None, &changes, &BTreeSet::from([FOREIGN])).unwrap();
        begun.elapsed()
    };
    let (plain, hostile) = (took(1), took(0));
    println!("{plain:?} {hostile:?}");
    assert!(hostile < plain * 4, "{plain:?} {hostile:?}");
}

/// A text that is longer than any entry, or by more actors than a change may name: who shortens it is understood.
#[test]
fn what_no_honest_device_wrote_can_be_written_anew() {
    let (mut here, creation) = Entry::note(&"a ".repeat(550_000), FOREIGN);
    let there = absorb(None, &[&creation], &BTreeSet::from([FOREIGN])).unwrap();
    understood("a text of 1.1 MB", &mut here, there);

    let (world, actors) = (World::new(), crowd(4_200));
    let (upgrade, counter) = world.text_object();
    let (mut letters, mut heads) = (Vec::new(), world.entry.heads());
    for (n, actor) in (0..).zip(&actors) {
        let op = letter((1, counter), Key::Element(0, 0), 'x');
        let on = Change::on(actor, &heads, 1, 100_000 + n);
        let change = Change { others: vec![upgrade.clone()], ..on }.with(&[op]);
        heads = vec![change.hash()];
        letters.push(change.bytes());
    }
    let letters: Vec<&[u8]> = letters.iter().map(Vec::as_slice).collect();
    let actors: BTreeSet<Actor> = actors.into_iter().collect();
    let mut here = absorb(Some(&world.entry), &letters, &actors).unwrap();
    let there = absorb(Some(&here), &[], &actors).unwrap();
    understood("4,200 letters by as many", &mut here, there);
}

fn understood(name: &str, here: &mut Entry, mut there: Entry) {
    for text in ["Short again.", "Short again. And on."] {
        let honest = here.write(text, LATER);
        let honest: Vec<&[u8]> = honest.iter().map(Vec::as_slice).collect();
        there = absorb(Some(&there), &honest, &BTreeSet::from([LATER]))
            .unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(there.text().as_deref(), Some(text), "{name}");
    }
}
