use std::collections::BTreeSet;

mod meeting;

use automerge::ScalarValue;
use automerge::transaction::{CommitOptions, Transactable};
use proptest::prelude::*;

use super::creation::Created;
use super::guard::{absorb, canonical};
use super::*;

const A: Actor = [0xaa; 8];
const B: Actor = [0xbb; 8];

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
    BTreeSet::from([A, B, [0xcc; 8]])
}

fn open(created: &Created) -> Document {
    Document::from_changes([created.change.as_slice()]).unwrap()
}

fn take(document: &mut Document, changes: &[Vec<u8>]) {
    let changes: Vec<_> = changes.iter().map(Vec::as_slice).collect();
    *document = absorb(Some(document), &changes, &actors()).unwrap().0;
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
    let read = canonical(&created.change, &actors()).unwrap().unwrap();
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
        let read = canonical(&created.change, &actors()).unwrap();
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
    document.edit(Some(&old), &text("zero one two three"), author([0xcc; 8])).unwrap();
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
    let refused = absorb(Some(&document), &[&upgrade[0]], &actors());
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
        absorb(Some(&fresh), &slices, actors).err()
    };
    assert!(matches!(refused(&first, &BTreeSet::from([[1; 8]])), Some(GuardFault::WrongActor)));
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
        assert!(matches!(absorb(None, &[&chunk], &actors()).err(), Some(GuardFault::Scan(_))));
    }
}

/// A run of `count` null operations: a few bytes that stand for any number of operations (C3).
#[test]
fn a_run_length_bomb_is_refused_by_its_runs() {
    let mut body = vec![0, 8];
    body.extend([0xaa; 8]);
    body.extend([1, 1, 0, 0, 0]);
    body.extend([1, 0x42, 6]);
    body.extend([0x80, 0x94, 0xeb, 0xdc, 0x03, 1]);
    let mut chunk = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 1, u8::try_from(body.len()).unwrap()];
    chunk.extend(body);
    assert_eq!(scan::operations(&chunk), Err(scan::ScanFault::TooLarge));
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
    assert!(matches!(absorb(None, &[change.raw_bytes()], &actors()).err(), Some(GuardFault::Shape)));
    assert!(canonical(change.raw_bytes(), &actors()).unwrap().is_none());
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
            let joiner = absorb(None, &slices, &actors()).unwrap().0;
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
