use std::collections::BTreeSet;

mod meeting;

use std::num::NonZeroU64;

use automerge::legacy::{Key, ObjectId, Op, OpType, SortedVec};
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ExpandedChange, ROOT, ScalarValue};
use proptest::prelude::*;

use super::creation::Created;
use super::guard::{absorb, canonical};
use super::*;
use crate::content::DocumentId;
use crate::limits;

const ID: DocumentId = [7; 16];
const A: Actor = [0xaa; 16];
const B: Actor = [0xbb; 16];

fn author(actor: Actor) -> Author {
    Author { actor, now_ms: 1_000 }
}

fn note(text: &str) -> Fields {
    Fields {
        kind: "note".into(),
        at: "2026-11-24".into(),
        texts: [("title".to_owned(), String::new()), ("text".to_owned(), text.to_owned())].into(),
        ..Fields::default()
    }
}

fn text(to: &str) -> FieldsEdit {
    FieldsEdit { texts: [("text".to_owned(), to.to_owned())].into(), ..FieldsEdit::default() }
}

fn actors() -> BTreeSet<Actor> {
    BTreeSet::from([A, B, [0xcc; 16]])
}

fn open(created: &Created) -> Document {
    Document::from_changes([created.change.as_slice()]).unwrap()
}

fn take(document: &mut Document, changes: &[Vec<u8>]) {
    let changes: Vec<_> = changes.iter().map(Vec::as_slice).collect();
    *document = absorb(&ID, Some(document), &changes, &actors()).unwrap().0;
}

fn said(document: &Document) -> String {
    document.fields().unwrap().texts["text"].clone()
}

#[test]
fn a_document_says_what_it_was_created_with() {
    let fields = Fields {
        tags: ["calm".to_owned()].into(),
        people: ["0a".to_owned()].into(),
        answers: [("suds".to_owned(), "40".to_owned())].into(),
        exercise: Some(("slow-breath".into(), 2)),
        import: Some([7; 32]),
        created: 5,
        trashed: Some(6),
        ..note("Grüße 😀")
    };
    let created = create(&fields, author(A));
    let document = open(&created);
    assert!(document.fields().unwrap() == fields);
    assert_eq!(document.version(), Version::new(vec![created.hash]));
    assert!(Document::load(&document.save()).unwrap().fields().unwrap() == fields);
    let read = canonical(&ID, &created.change, &actors()).unwrap().unwrap();
    assert!(read.fields == fields && read.hash == created.hash);
}

/// The creation as a transaction of the library writes it.
fn written_in_a_document(fields: &Fields, author: Author) -> Vec<u8> {
    let mut doc = empty(ActorId::from(&author.actor));
    let mut tx = doc.transaction();
    write_creation(&mut tx, fields).unwrap();
    tx.commit_with(CommitOptions::default().with_time(author.now_ms.div_euclid(1000)));
    doc.get_last_local_change().unwrap().raw_bytes().to_vec()
}

fn write_creation(tx: &mut impl Transactable, fields: &Fields) -> Result<(), automerge::AutomergeError> {
    tx.put(ROOT, "v", SHAPE)?;
    tx.put(ROOT, "kind", fields.kind.as_str())?;
    tx.put(ROOT, "at", fields.at.as_str())?;
    tx.put(ROOT, "created", fields.created)?;
    let texts = tx.put_object(ROOT, "texts", ObjType::Map)?;
    for (name, text) in &fields.texts {
        tx.put(&texts, name.as_str(), text.as_str())?;
    }
    let tags = tx.put_object(ROOT, "tags", ObjType::Map)?;
    for tag in &fields.tags {
        tx.put(&tags, tag.as_str(), true)?;
    }
    let people = tx.put_object(ROOT, "people", ObjType::Map)?;
    for person in &fields.people {
        tx.put(&people, person.as_str(), true)?;
    }
    let answers = tx.put_object(ROOT, "answers", ObjType::Map)?;
    for (field, answer) in &fields.answers {
        tx.put(&answers, field.as_str(), answer.as_str())?;
    }
    if let Some((id, version)) = &fields.exercise {
        let exercise = tx.put_object(ROOT, "exercise", ObjType::Map)?;
        tx.put(&exercise, "id", id.as_str())?;
        tx.put(&exercise, "version", *version)?;
    }
    if let Some(identity) = &fields.import {
        tx.put(ROOT, "import", ScalarValue::Bytes(identity.to_vec()))?;
    }
    if let Some(trashed) = fields.trashed {
        tx.put(ROOT, "trashed", trashed)?;
    }
    Ok(())
}

fn any_fields() -> impl Strategy<Value = Fields> {
    let texts = proptest::collection::btree_map("[a-z:]{1,12}", ".{0,300}", 0..6);
    let answers = proptest::collection::btree_map("[a-z]{1,8}", ".{0,40}", 0..6);
    let names = || proptest::collection::btree_set(".{1,12}", 0..6);
    let exercise = proptest::option::of(("[a-z-]{1,12}", any::<u64>()));
    let (import, trashed) = (any::<Option<[u8; 32]>>(), any::<Option<i64>>());
    ("[a-z]{0,10}", ".{0,30}", any::<i64>(), texts, names(), names(), answers, exercise, import, trashed)
        .prop_map(|(kind, at, created, texts, tags, people, answers, exercise, import, trashed)| Fields {
            kind,
            at,
            created,
            texts,
            tags,
            people,
            answers,
            exercise,
            import,
            trashed,
        })
}

proptest! {
    #[test]
    fn a_creation_is_what_the_library_would_have_written(fields in any_fields(), now_ms in any::<i64>()) {
        let author = Author { actor: A, now_ms };
        let created = create(&fields, author);
        prop_assert!(created.change == written_in_a_document(&fields, author));
        prop_assert!(open(&created).fields().unwrap() == fields);
        let now_ms = now_ms.div_euclid(1000).saturating_mul(1000);
        let created = create(&fields, Author { actor: A, now_ms });
        let read = canonical(&ID, &created.change, &actors()).unwrap();
        prop_assert!(read.is_some_and(|read| read.fields == fields && read.hash == created.hash));
    }
}

#[test]
fn edits_made_apart_both_survive() {
    let created = create(&note("I went to the mill. It rained."), author(A));
    let (mut a, mut b) = (open(&created), open(&created));
    let from_a = a.edit(None, &text("I walked to the mill. It rained."), author(A)).unwrap().changes;
    let from_b = b.edit(None, &text("I went to the mill. It rained all day."), author(B)).unwrap().changes;
    assert_eq!(from_a[0], from_b[0], "both devices make the same upgrade");
    take(&mut a, &from_b);
    take(&mut b, &from_a);
    assert_eq!(said(&a), "I walked to the mill. It rained all day.");
    assert_eq!(said(&a), said(&b));
    assert_eq!(a.version(), b.version());
}

#[test]
fn an_edit_of_an_old_version_keeps_what_was_written_since() {
    let mut document = open(&create(&note("one two three"), author(A)));
    let old = document.version();
    document.edit(None, &text("one two three four"), author(A)).unwrap();
    document.edit(Some(&old), &text("zero one two three"), author([0xcc; 16])).unwrap();
    let met = document.reading().unwrap().met;
    let words: Vec<_> =
        met.iter().map(|side| document.fields_at(&side.version).unwrap().texts["text"].clone()).collect();
    assert_eq!(
        words,
        ["one two three four", "zero one two three"],
        "one sentence: both are kept, and it is told"
    );
    assert_eq!(said(&document), words[0]);
    assert_eq!(document.fields_at(&old).unwrap().texts["text"], "one two three");
}

#[test]
fn nothing_changed_makes_no_change() {
    let mut document = open(&create(&note("same"), author(A)));
    assert!(document.edit(None, &text("same"), author(A)).unwrap().changes.is_empty());
    let both = FieldsEdit { tags_removed: ["absent".to_owned()].into(), trashed: Some(None), ..text("same") };
    assert!(document.edit(None, &both, author(A)).unwrap().changes.is_empty());
}

#[test]
fn tags_added_apart_are_both_there_and_trash_comes_back() {
    let created = create(&note(""), author(A));
    let (mut a, mut b) = (open(&created), open(&created));
    let tag = |tag: &str| FieldsEdit { tags_added: [tag.to_owned()].into(), ..FieldsEdit::default() };
    let from_b = b.edit(None, &tag("late"), author(B)).unwrap().changes;
    a.edit(None, &tag("early"), author(A)).unwrap();
    take(&mut a, &from_b);
    assert_eq!(a.fields().unwrap().tags, ["early".to_owned(), "late".to_owned()].into());
    a.edit(None, &FieldsEdit { trashed: Some(Some(9)), ..FieldsEdit::default() }, author(A)).unwrap();
    assert_eq!(a.fields().unwrap().trashed, Some(9));
    a.edit(None, &FieldsEdit { trashed: Some(None), ..FieldsEdit::default() }, author(A)).unwrap();
    assert_eq!(a.fields().unwrap().trashed, None);
}

#[test]
fn history_names_every_version_but_upgrades() {
    let mut document = open(&create(&note("a"), author(A)));
    document.edit(None, &text("a b"), author(A)).unwrap();
    document.edit(None, &text("a b c"), author(B)).unwrap();
    let history = document.history();
    let texts: Vec<_> = history
        .iter()
        .map(|past| document.fields_at(&Version::new(vec![past.hash])).unwrap().texts["text"].clone())
        .collect();
    assert_eq!(texts, ["a", "a b", "a b c"]);
    assert!(history.iter().all(|past| past.at_ms == 1_000));
}

#[test]
fn an_upgrade_that_is_not_ours_is_refused() {
    let created = create(&note("mine"), author(A));
    let other = create(&note("theirs"), author(A));
    let mut forged = open(&other);
    let upgrade = forged.edit(None, &text("theirs!"), author(B)).unwrap().changes;
    let document = open(&created);
    let refused = absorb(&ID, Some(&document), &[&upgrade[0]], &actors());
    assert!(matches!(refused.err(), Some(GuardFault::Dangling)));
}

#[test]
fn changes_by_strangers_dangling_or_broken_are_refused() {
    let created = create(&note("a"), author(A));
    let mut document = open(&created);
    let first = document.edit(None, &text("b"), author(A)).unwrap().changes;
    let second = document.edit(None, &text("c"), author(A)).unwrap().changes;
    let fresh = open(&created);
    let refused = |changes: &[Vec<u8>], actors: &BTreeSet<Actor>| {
        let slices: Vec<_> = changes.iter().map(Vec::as_slice).collect();
        absorb(&ID, Some(&fresh), &slices, actors).err()
    };
    assert!(matches!(refused(&first, &BTreeSet::from([[1; 16]])), Some(GuardFault::WrongActor)));
    assert!(matches!(refused(&second, &actors()), Some(GuardFault::Dangling)));
    for end in 0..first[1].len() {
        assert!(refused(&[first[1][..end].to_vec()], &actors()).is_some());
    }
    for at in 0..first[1].len() {
        let mut bytes = first[1].clone();
        bytes[at] ^= 1;
        assert!(refused(&[first[0].clone(), bytes], &actors()).is_some(), "{at}");
    }
}

#[test]
fn compressed_changes_documents_and_bundles_are_refused_unread() {
    let mut document = open(&create(&note(&"long text ".repeat(100)), author(A)));
    document.edit(None, &text("b"), author(A)).unwrap();
    let mut change = document.0.get_changes(&[]).remove(0);
    for chunk in [change.bytes().into_owned(), document.save(), vec![], vec![0x85, 0x6f, 0x4a, 0x83]] {
        assert!(matches!(absorb(&ID, None, &[&chunk], &actors()).err(), Some(GuardFault::Scan(_))));
    }
}

/// A run of `count` null operations: a few bytes that stand for any number of operations (C3).
#[test]
fn a_run_length_bomb_is_refused_by_its_runs() {
    let mut body = vec![0, 8];
    body.extend([0xaa; 16]);
    body.extend([1, 1, 0, 0, 0]);
    body.extend([1, 0x42, 6]);
    body.extend([0x80, 0x94, 0xeb, 0xdc, 0x03, 1]);
    let mut chunk = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 1, u8::try_from(body.len()).unwrap()];
    chunk.extend(body);
    assert_eq!(scan::size(&chunk), Err(scan::ScanFault::TooLarge));
}

#[test]
fn a_hostile_shape_is_refused() {
    let mut doc = empty(ActorId::from(&A));
    let mut tx = doc.transaction();
    let mut map = ROOT;
    for _ in 0..100 {
        map = tx.put_object(&map, "deeper", ObjType::Map).unwrap();
    }
    tx.commit();
    let change = doc.get_last_local_change().unwrap();
    assert!(matches!(absorb(&ID, None, &[change.raw_bytes()], &actors()).err(), Some(GuardFault::Shape)));
    assert!(canonical(&ID, change.raw_bytes(), &actors()).unwrap().is_none());
}

/// Some operations by a device that means harm, on a document as it is; under one more name than the others'.
fn harm(
    document: &Document,
    does: impl FnOnce(&mut automerge::transaction::Transaction<'_>) -> Result<(), automerge::AutomergeError>,
) -> Vec<Vec<u8>> {
    let mut doc = document.0.clone().with_actor(ActorId::from(&[0xcc; 16]));
    let mut tx = doc.transaction();
    does(&mut tx).unwrap();
    tx.commit_with(CommitOptions::default().with_time(1));
    vec![doc.get_last_local_change().unwrap().raw_bytes().to_vec()]
}

fn is_refused(document: &Document, changes: &[Vec<u8>]) -> bool {
    let changes: Vec<_> = changes.iter().map(Vec::as_slice).collect();
    absorb(&ID, Some(document), &changes, &actors()).is_err()
}

/// What a device refuses it lacks for ever, with all that others build on it. So all devices refuse the same, whatever else each
/// of them has heard of before.
#[test]
fn what_is_refused_does_not_hang_on_what_else_is_there() {
    let created = create(&note("It rained."), author(A));
    let start = open(&created);
    let mut edited = open(&created);
    let tags = (0..40).map(|n| format!("tag {n}")).collect();
    let edit = FieldsEdit { at: Some("2026-11-25".into()), tags_added: tags, ..text("It rained all day.") };
    edited.edit(None, &edit, author(A)).unwrap();
    let far = |start_op: u64| {
        let change = ExpandedChange {
            operations: Vec::new(),
            actor_id: ActorId::from(&[0xcc; 16]),
            hash: None,
            seq: 1,
            start_op: start_op.try_into().unwrap(),
            time: 1,
            message: None,
            deps: vec![ChangeHash(created.hash)],
            extra_bytes: Vec::new(),
            author: None,
        };
        vec![Change::from(change).raw_bytes().to_vec()]
    };
    let reached = edit::last_operation(&start.0);
    let texts = |doc: &automerge::transaction::Transaction<'_>| doc.get(ROOT, "texts").unwrap().unwrap().1;
    let tags = |doc: &automerge::transaction::Transaction<'_>| doc.get(ROOT, "tags").unwrap().unwrap().1;
    let cases = [
        ("a time that is none", harm(&start, |tx| tx.put(ROOT, "at", 5))),
        ("no time", harm(&start, |tx| tx.delete(ROOT, "at"))),
        ("another kind", harm(&start, |tx| tx.put(ROOT, "kind", 5))),
        ("no texts", harm(&start, |tx| tx.put(ROOT, "texts", 5))),
        ("a text that is none", harm(&start, |tx| tx.put_object(texts(tx), "text", ObjType::Map).map(drop))),
        ("a far counter", far(reached + limits::COUNTER_AHEAD_MAX + 20)),
        (
            "as many values as may be",
            harm(&start, |tx| {
                let tags = tags(tx);
                let free = limits::DOCUMENT_VALUES_MAX - 20;
                (0..free).try_for_each(|n| tx.put(&tags, format!("x{n}"), true))
            }),
        ),
    ];
    for (what, changes) in cases {
        let refused = is_refused(&start, &changes);
        assert_eq!(is_refused(&edited, &changes), refused, "{what}");
        if refused {
            continue;
        }
        // And where it is let in, the words of others stay and can be written on, and what is written then is let in.
        let (mut one, mut other) = (open(&created), open(&created));
        take(&mut one, &changes);
        assert_eq!(one.fields().unwrap().at, "2026-11-24", "{what}");
        take(&mut one, &all_changes(&edited));
        take(&mut other, &all_changes(&edited));
        take(&mut other, &changes);
        assert!(one.fields().unwrap() == other.fields().unwrap(), "{what}");
        let tag = ["one more".to_owned()].into();
        let edit = FieldsEdit { tags_added: tag, ..text("It rained all night.") };
        let written = one.edit(None, &edit, author(B)).unwrap().changes;
        assert!(!is_refused(&other, &written), "{what}");
        take(&mut other, &written);
        assert_eq!(
            (said(&one).as_str(), said(&other).as_str()),
            ("It rained all night.", "It rained all night.")
        );
    }
}

#[test]
fn the_longest_text_can_be_edited_and_absorbed() {
    let long = "ab c\n".repeat(256 * 1024 / 5);
    let created = create(&note(&long), author(A));
    let mut a = open(&created);
    let changes = a.edit(None, &text(&format!("{long}end")), author(A)).unwrap().changes;
    let mut b = open(&created);
    take(&mut b, &changes);
    assert_eq!(said(&b), format!("{long}end"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn devices_that_edit_apart_agree(
        start in "[a-c ñ]{0,20}",
        edits in proptest::collection::vec(("[a-c ñ]{0,24}", any::<bool>(), any::<bool>()), 1..8),
        late in any::<bool>(),
    ) {
        let created = create(&note(&start), author(A));
        let (mut a, mut b) = (open(&created), open(&created));
        let (mut to_a, mut to_b) = (Vec::new(), Vec::new());
        for (new, at_a, meet) in &edits {
            if *at_a {
                to_b.extend(a.edit(None, &text(new), author(A)).unwrap().changes);
                prop_assert_eq!(&said(&a), new);
            } else {
                to_a.extend(b.edit(None, &text(new), author(B)).unwrap().changes);
                prop_assert_eq!(&said(&b), new);
            }
            if *meet {
                take(&mut a, &std::mem::take(&mut to_a));
                take(&mut b, &std::mem::take(&mut to_b));
            }
        }
        take(&mut a, &to_a);
        take(&mut b, &to_b);
        prop_assert_eq!(said(&a), said(&b));
        prop_assert_eq!(a.version(), b.version());
        if late {
            let all: Vec<Vec<u8>> = a.0.get_changes(&[]).iter().map(|c| c.raw_bytes().to_vec()).collect();
            let slices: Vec<_> = all.iter().map(Vec::as_slice).collect();
            let joiner = absorb(&ID, None, &slices, &actors()).unwrap().0;
            prop_assert_eq!(said(&joiner), said(&a));
        }
    }
}

/// The bytes of an upgrade are part of the protocol: devices that upgrade apart must make one change. If this fails after
/// an update of automerge, that update cannot be taken.
#[test]
fn the_upgrade_has_its_golden_bytes() {
    let golden = include_str!("../../../../tests/vectors/data/engine-upgrade.txt");
    let lines: Vec<&str> = golden.lines().filter(|line| !line.starts_with('#')).collect();
    let created = create(&note("Dear diary,\nGrüße 😀"), author(A));
    let mut document = open(&created);
    let changes = document.edit(None, &text("Dear diary"), author(B)).unwrap().changes;
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(lines, [hex(&created.change), hex(&changes[0])]);
}

fn imported(text: &str, seconds: i64) -> Created {
    create_imported(&ID, &note(text), seconds * 1000)
}

fn all_changes(document: &Document) -> Vec<Vec<u8>> {
    document.0.clone().get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec()).collect()
}

#[test]
fn an_import_makes_one_document_wherever_it_is_made_and_nobody_announces_its_actor() {
    let (one, other) = (imported("a", 5), imported("a", 5));
    assert_eq!((one.hash, &one.change), (other.hash, &other.change));
    let read = canonical(&ID, &one.change, &BTreeSet::new()).unwrap().unwrap();
    assert!(read.fields == note("a") && read.at_ms == 5_000 && read.hash == one.hash);
    let document = absorb(&ID, None, &[&one.change], &BTreeSet::new()).unwrap().0;
    assert_eq!((said(&document).as_str(), document.modified_ms()), ("a", 5_000));
    assert_eq!(document.history().len(), 1, "its version is listed like any other");
}

#[test]
fn an_import_that_is_not_the_one_we_would_make_is_refused() {
    let made = imported("a", 5);
    let elsewhere = [8; 16];
    assert!(matches!(canonical(&elsewhere, &made.change, &actors()).err(), Some(GuardFault::WrongActor)));
    let refused = absorb(&elsewhere, None, &[&made.change], &actors()).err();
    assert!(matches!(refused, Some(GuardFault::WrongActor)));
    let actor = Change::try_from(made.change.as_slice()).unwrap().actor_id().clone();
    let forged = creation::create_by(&note("b"), &actor, 5);
    assert!(matches!(absorb(&ID, None, &[&forged.change], &actors()).err(), Some(GuardFault::WrongActor)));
}

/// A document that was created by these, in both orders.
fn met(creations: &[&[Vec<u8>]]) -> Document {
    let all: Vec<&[u8]> = creations.iter().flat_map(|changes| changes.iter().map(Vec::as_slice)).collect();
    let document = absorb(&ID, None, &all, &actors()).unwrap().0;
    let mut backwards = creations.iter().rev();
    let first: Vec<&[u8]> = backwards.next().unwrap().iter().map(Vec::as_slice).collect();
    let mut other = absorb(&ID, None, &first, &actors()).unwrap().0;
    backwards.for_each(|changes| take(&mut other, changes));
    assert!(document.fields().unwrap() == other.fields().unwrap() && document.version() == other.version());
    let saved = Document::load(&document.save()).unwrap();
    assert!(saved.fields().unwrap() == document.fields().unwrap());
    document
}

/// Whoever looks for them finds, in minutes, two imports of one entry whose hashes have their first eight bytes in common: here are two.
/// They are two all the same, both are there whichever is heard first, and so is what is written on top of either.
#[test]
fn imports_whose_hashes_begin_alike_are_both_there_in_every_order() {
    let [one, other] = [(0xd6e5_5ee2_9e3a_fcb6_u64, A), (0x6043_f05f_d24e_cc34, B)].map(|(end, by)| {
        let mut identity = [9; 32];
        identity[24..].copy_from_slice(&end.to_be_bytes());
        let made = create_imported(&ID, &Fields { import: Some(identity), ..note("It rained.") }, 0);
        let edited = open(&made).edit(None, &text("It rained. I stayed in."), author(by)).unwrap();
        [vec![made.change], edited.changes].concat()
    });
    let both = met(&[&one, &other]);
    assert_eq!(said(&both), "It rained. I stayed in.");
}

/// Whatever a person may write reaches their other devices: also all words of the longest entry, written anew in one record. What
/// that costs is told by fewer words, since so many take half a minute.
#[test]
fn all_words_of_the_longest_entry_can_be_written_anew_in_one_record() {
    const WORDS: u64 = 8 * 1024;
    let words = |letter: &str| -> BTreeMap<String, String> {
        let half = letter.repeat(WORDS as usize / 2);
        ["text", "answer:a"].map(|name| (name.to_owned(), half.clone())).into()
    };
    let mut document = open(&create(&Fields { texts: words("a"), ..note("") }, author(A)));
    let edit = FieldsEdit { texts: words("b"), ..FieldsEdit::default() };
    let edited = document.edit(None, &edit, author(A)).unwrap();
    let operations: Vec<u64> =
        edited.changes.iter().map(|change| scan::size(change).unwrap().operations).collect();
    let (times, longest) =
        (haven_core::limits::ENTRY_BYTES_MAX as u64 / WORDS, operations.iter().max().unwrap());
    assert!(longest * times <= limits::CHANGE_OPERATIONS_MAX, "{operations:?}");
    let all: u64 = operations.iter().sum();
    assert!(all * times <= limits::RECORD_OPERATIONS_MAX, "{operations:?}");
}

#[test]
fn what_a_device_wrote_stands_before_an_import_and_of_imports_the_later() {
    let native = create(&note("as it is now"), author(A)).change;
    let (old, new) = (imported("as it was", 7).change, imported("as it was later", 9).change);
    let before_1970 = create_imported(&ID, &note("long ago"), -9_000_000).change;
    let (native, old, new, before_1970) = ([native], [old], [new], [before_1970]);
    assert_eq!(said(&met(&[&native, &new])), "as it is now");
    assert_eq!(said(&met(&[&old, &new])), "as it was later");
    assert_eq!(said(&met(&[&before_1970, &old])), "as it was");
    let all = met(&[&old, &native, &new]);
    assert_eq!((said(&all).as_str(), all.version().heads().len()), ("as it is now", 3));
}

#[test]
fn of_two_creations_one_is_read_whole_and_what_the_other_says_is_not_mixed_in() {
    let fields =
        Fields { trashed: Some(6), import: Some([7; 32]), tags: ["old".to_owned()].into(), ..note("old") };
    let texts = [("title", ""), ("text", "old"), ("answer:a", "x"), ("answer:b", "y")];
    let texts = texts.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    let old = create_imported(&ID, &Fields { texts, exercise: Some(("my-own".into(), 1)), ..fields }, 7_000);
    let new = imported("new", 8);
    let document = met(&[&[new.change], &[old.change]]);
    assert!(document.fields().unwrap() == note("new"));
}

#[test]
fn whoever_was_forgotten_in_one_import_stays_so_when_an_earlier_one_meets_it() {
    let titled = |title: &str, trashed| Fields {
        kind: "person".into(),
        texts: [("title".to_owned(), title.to_owned())].into(),
        trashed,
        ..note("")
    };
    let named = create_imported(&ID, &titled("Noor", None), 5_000);
    let gone = create_imported(&ID, &titled("", Some(9_500)), 9_500);
    let document = met(&[&[named.change], &[gone.change]]);
    assert!(document.fields().unwrap() == titled("", Some(9_500)));
}

#[test]
fn an_edit_of_the_creation_behind_is_not_hidden_by_one_that_says_nothing_new() {
    let (old, new) = (imported("as it was", 7), imported("as it was later", 9));
    let mut edited = open(&old);
    edited
        .edit(
            None,
            &FieldsEdit { tags_added: ["mine".to_owned()].into(), ..text("as it was. And I add") },
            author(A),
        )
        .unwrap();
    let mut document = met(&[&all_changes(&edited), &[new.change]]);
    assert_eq!(said(&document), "as it was. And I add");
    assert!(document.fields().unwrap().tags.contains("mine"));
    let seen = document.version();
    document.edit(None, &text("as it was. And I add more"), author(B)).unwrap();
    assert_eq!(said(&document), "as it was. And I add more");
    assert_eq!(document.fields_at(&seen).unwrap().texts["text"], "as it was. And I add");

    let native = create(&note("as it was"), author(B));
    let document = met(&[&all_changes(&edited), &[native.change]]);
    assert_eq!(said(&document), "as it was. And I add", "the device's own has not changed since the export");
}

#[test]
fn an_edit_made_before_the_other_creation_came_is_kept_when_it_is_saved() {
    let (old, new) = (imported("as it was", 7), imported("as it was later", 9));
    let mut document = open(&old);
    let base = document.version();
    take(&mut document, &[new.change]);
    document.edit(Some(&base), &text("as it was, and more"), author([0xcc; 16])).unwrap();
    assert_eq!(said(&document), "as it was, and more");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn devices_that_imported_apart_agree(
        begins in proptest::collection::vec(("[a-c ]{0,8}", any::<bool>(), 0_i64..3), 2..4),
        edits in proptest::collection::vec(("[a-c ñ]{0,12}", 0_usize..3, any::<bool>()), 0..8),
    ) {
        const ACTORS: [Actor; 3] = [A, B, [0xcc; 16]];
        let created: Vec<_> = begins.iter().zip(ACTORS).map(|((said, native, time), actor)| {
            if *native && actor == A { create(&note(said), author(A)) } else { imported(said, *time) }
        }).collect();
        let mut all: Vec<Document> = created.iter().map(open).collect();
        for (new, at, meet) in &edits {
            let at = at % all.len();
            all[at].edit(None, &text(new), author(ACTORS[at])).unwrap();
            prop_assert_eq!(&said(&all[at]), new, "what was written is shown");
            if *meet {
                let sent = all_changes(&all[at]);
                let to = (at + 1) % all.len();
                take(&mut all[to], &sent);
            }
        }
        let sent: Vec<_> = all.iter().map(all_changes).collect();
        for document in &mut all {
            sent.iter().for_each(|changes| take(document, changes));
        }
        for document in &all[1..] {
            prop_assert!(document.fields().unwrap() == all[0].fields().unwrap());
            prop_assert_eq!(document.version(), all[0].version());
        }
        let last = edits.last().filter(|_| edits.len() == 1);
        prop_assert!(last.is_none_or(|(new, at, _)| {
            let at = at % begins.len();
            let met = all[0].reading().unwrap().met;
            said(&all[0]).contains(new.trim()) || begins[at].0 == *new || met.iter().any(|side| {
                all[0].fields_at(&side.version).unwrap().texts["text"] == *new
            })
        }), "the only edit is shown, alone or beside what another creation says, or told");
    }
}

/// Somebody leapt as far as leaps go. What others write counts on from there and fits, and no other leap does.
#[test]
fn whoever_leaps_as_far_as_may_be_keeps_nobody_from_writing() {
    let created = create(&note("a"), author(A));
    let leap = |deps: Vec<ChangeHash>, seq, start| {
        let put = Op {
            action: OpType::Put(true.into()),
            obj: ObjectId::Root,
            key: Key::Map("x".into()),
            pred: SortedVec::new(),
            insert: false,
        };
        Change::from(ExpandedChange {
            operations: vec![put],
            actor_id: ActorId::from(&B),
            hash: None,
            seq,
            start_op: NonZeroU64::new(start).unwrap(),
            time: 1,
            message: None,
            deps,
            extra_bytes: Vec::new(),
            author: None,
        })
    };
    let far = leap(vec![ChangeHash(created.hash)], 1, limits::COUNTER_LEAP_MAX);
    let open = || Document::from_changes([created.change.as_slice(), far.raw_bytes()]).unwrap();
    let (mut here, mut there) = (open(), open());
    for words in ["b", "c and d", "e"] {
        let changes = here.edit(None, &text(words), author([0xcc; 16])).unwrap().changes;
        take(&mut there, &changes);
        assert_eq!(said(&there), words);
    }
    let next = limits::COUNTER_LEAP_MAX + 1;
    for (start, taken) in [(next, true), (next + 1, false), (u64::from(u32::MAX), false)] {
        let beyond = leap(vec![far.hash()], 2, start);
        assert_eq!(absorb(&ID, Some(&open()), &[beyond.raw_bytes()], &actors()).is_ok(), taken, "{start}");
    }
}

/// The bytes of an import are part of the protocol: devices that import apart must make one change.
#[test]
fn the_import_has_its_golden_bytes() {
    let golden = include_str!("../../../../tests/vectors/data/engine-import.txt");
    let lines: Vec<&str> = golden.lines().filter(|line| !line.starts_with('#')).collect();
    let fields = Fields {
        created: 1_500,
        tags: ["calm".to_owned()].into(),
        people: ["0a".repeat(16)].into(),
        answers: [("suds".to_owned(), "scale  40".to_owned())].into(),
        exercise: Some(("slow-breath".into(), 1)),
        import: Some([9; 32]),
        trashed: Some(2_500),
        ..note("Dear diary,\nGrüße 😀")
    };
    let later = Fields {
        kind: "prompt".to_owned(),
        answers: [
            ("why".to_owned(), "scale  40".to_owned()),
            ("why:language".to_owned(), "text  \"de\"".to_owned()),
        ]
        .into(),
        ..note("Was war heute gut?")
    };
    let made = [create_imported(&ID, &fields, -1_500), create_imported(&ID, &later, 1_500)];
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(lines, made.map(|made| hex(&made.change)));
}

/// The id of a definition's document is part of the protocol: nothing else may stand under it.
#[test]
fn a_definition_has_its_golden_id() {
    let golden = include_str!("../../../../tests/vectors/data/engine-definition.txt");
    let lines: Vec<&str> = golden.lines().filter(|line| !line.starts_with('#')).collect();
    let exercise = Fields {
        kind: "definition".to_owned(),
        at: "1970-01-01".to_owned(),
        created: 1_500,
        answers: [("toml".to_owned(), "id = \"my-own\"\n# Grüße 😀\n".to_owned())].into(),
        exercise: Some(("my-own".into(), 3)),
        ..Fields::default()
    };
    let more = [("defines", "measure"), ("gives-way", "yes")];
    let more = more.map(|(name, answer)| (name.to_owned(), answer.to_owned()));
    let answers = exercise.answers.clone().into_iter().chain(more).collect();
    let measure = Fields { answers, created: -1_500, trashed: Some(2_500), ..exercise.clone() };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (id, other) = (definition_id(&exercise).unwrap(), definition_id(&measure).unwrap());
    let made =
        [create(&exercise, author(A)), create_imported(&other, &measure, -1_500)].map(|made| made.change);
    assert_eq!(lines, [hex(&id), hex(&made[0]), hex(&other), hex(&made[1])]);
    assert!(made.iter().zip([id, other]).all(|(change, id)| defined_by(&id, change).is_some()));

    let defined = |id: &DocumentId, fields: &Fields| defined_by(id, &create(fields, author(A)).change);
    assert!(defined(&id, &exercise) == Some(exercise.clone()));
    assert!(defined(&ID, &exercise).is_none(), "the id is another one's");
    let says_it = [("defines".to_owned(), "exercise".to_owned()), ("gives-way".to_owned(), "yes".to_owned())];
    let answers = exercise.answers.clone().into_iter().chain(says_it).collect();
    let same = Fields { trashed: Some(9), tags: ["calm".to_owned()].into(), answers, ..exercise.clone() };
    assert!(defined(&id, &same).is_some(), "that is no part of what it says");
    let mut others = vec![
        Fields { created: 1_501, ..exercise.clone() },
        Fields { kind: "note".to_owned(), ..exercise.clone() },
        Fields { exercise: Some(("my-own".into(), 4)), ..exercise.clone() },
        Fields { exercise: Some(("my-owm".into(), 3)), ..exercise.clone() },
    ];
    for (name, answer) in [("toml", "another"), ("defines", "measure")] {
        let mut other = exercise.clone();
        other.answers.insert(name.to_owned(), answer.to_owned());
        others.push(other);
    }
    assert!(others.iter().all(|other| defined(&id, other).is_none()));
    // Another form of a creation, and what isn't one.
    let mut doc = empty(ActorId::from(&A));
    let mut tx = doc.transaction();
    write_creation(&mut tx, &exercise).unwrap();
    tx.put(ROOT, "created", 7).unwrap();
    tx.commit();
    let change = doc.get_last_local_change().unwrap().raw_bytes().to_vec();
    assert!(defined_by(&id, &change).is_none() && defined_by(&id, b"none").is_none());
}

/// What later versions add is an answer whose name holds a colon, in a document of a kind that need not be known here. It comes as
/// an import as well as any other, and stays when this version writes.
#[test]
fn what_a_later_version_adds_is_kept() {
    let golden = include_str!("../../../../tests/vectors/data/engine-import.txt");
    let line = golden.lines().rfind(|line| !line.starts_with('#')).unwrap();
    let change: Vec<u8> =
        (0..line.len()).step_by(2).map(|at| u8::from_str_radix(&line[at..at + 2], 16).unwrap()).collect();
    let foreign = canonical(&ID, &change, &BTreeSet::new()).unwrap().unwrap();
    assert_eq!(foreign.fields.kind, "prompt");
    let (mut document, reading) = absorb(&ID, None, &[&change], &BTreeSet::new()).unwrap();
    assert!(reading.fields == foreign.fields);
    document.edit(None, &text("Was war heute gut, und warum?"), author(A)).unwrap();
    let kept = Document::load(&document.save()).unwrap().fields().unwrap();
    assert_eq!(kept.answers["why:language"], "text  \"de\"");
    assert_eq!((kept.kind.as_str(), kept.answers.len()), ("prompt", 2));
}

/// A document's shape has one version. Another one would be refused by everybody who has this one, for good.
#[test]
fn another_version_of_the_shape_is_refused() {
    for version in [0, 1, 2, u64::MAX] {
        let mut doc = empty(ActorId::from(&A));
        let mut tx = doc.transaction();
        write_creation(&mut tx, &note("x")).unwrap();
        tx.put(ROOT, "v", version).unwrap();
        tx.commit();
        let change = doc.get_last_local_change().unwrap().raw_bytes().to_vec();
        let fault = absorb(&ID, None, &[&change], &actors()).err();
        assert_eq!(fault.is_none(), version == 1, "{version}");
        assert!(matches!(fault, None | Some(GuardFault::Shape)));
    }
}
