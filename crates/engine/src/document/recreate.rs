//! What met, taken out of one document and made anew in another: for what goes out of a journal and comes back.
//!
//! Made anew it is one creation that says what was before, and one change for each side that writes what that side says. The
//! last side is written first, and each before it has a higher operation counter: that is their order.

use std::collections::BTreeMap;

use automerge::ChangeHash;

use super::creation::Created;
use super::graph::Field;
use super::reading::{Looked, Reading, Said, is_long, look};
use super::settle::choose;
use super::sides::Part;
use super::weave::Weaver;
use super::{Author, Document, DocumentFault, Fields, FieldsEdit, create, damaged};

/// Stands in the place of a text that the sides do not have in common: a sentence that no side holds.
const NOTHING_IN_COMMON: &str = "…";

/// How often it is looked whether what met reads the same made anew. Mostly it does at once, else the next time.
const ROUNDS_MAX: usize = 4;

/// What met in a document and is not settled.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Meeting {
    /// What is shown, but for the fields that clash, which say what they said before.
    pub(crate) base: Fields,
    /// The sides, the one that is shown first.
    pub(crate) sides: Vec<MeetingSide>,
}

/// One side of it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct MeetingSide {
    /// What it says of the fields in which it clashes with others.
    pub(crate) says: BTreeMap<Field, Said>,
    /// When its author's clock said it was.
    pub(crate) at_ms: i64,
}

/// A document made anew.
pub(crate) struct Recreated {
    pub(crate) document: Document,
    /// Its changes, each after those that it builds on.
    pub(crate) changes: Vec<Vec<u8>>,
}

impl Document {
    /// What met in it, so that it can be made anew; `None` if nothing did, or it is settled.
    ///
    /// # Errors
    /// Its shape is not ours.
    pub(crate) fn meeting(&self) -> Result<Option<Meeting>, DocumentFault> {
        let Some(meeting) = self.as_it_met()? else { return Ok(None) };
        let shown = self.reading()?.fields;
        if let Some(lasting) = lasting(&meeting, &meeting, &shown) {
            return Ok(Some(lasting));
        }
        // What the sides came from was settled in different ways. Then each text is told from the others as a whole.
        let mut apart = meeting.clone();
        for field in meeting.sides.iter().flat_map(|side| side.says.keys()).filter(|field| is_long(field)) {
            Said::Word(Some(in_no_side(&meeting, field))).put(field, &mut apart.base);
        }
        Ok(Some(lasting(&meeting, &apart, &shown).unwrap_or(apart)))
    }

    fn as_it_met(&self) -> Result<Option<Meeting>, DocumentFault> {
        let looked = look(&self.0, None)?;
        if looked.sides.is_empty() {
            return Ok(None);
        }
        let mut base = looked.fields.clone();
        let parts: Vec<&Part> = looked.sides.iter().flat_map(|side| &side.parts).collect();
        for part in &parts {
            self.before(&looked, &part.field, &parts)?.put(&part.field, &mut base);
        }
        let sides = looked.sides.iter().map(|side| MeetingSide {
            says: side.parts.iter().map(|part| (part.field.clone(), part.said.clone())).collect(),
            at_ms: side.shown(&looked.graph).at_ms,
        });
        Ok(Some(Meeting { sides: sides.collect(), base }))
    }

    /// What a field said before it was changed apart.
    fn before(&self, looked: &Looked, field: &Field, parts: &[&Part]) -> Result<Said, DocumentFault> {
        if *field == Field::Trashed {
            return Ok(Said::Trashed(None));
        }
        let heads: Vec<&[usize]> =
            parts.iter().filter(|part| part.field == *field).map(|part| part.heads.as_slice()).collect();
        if is_long(field) {
            let common = Weaver::new(&self.0, &looked.graph).common(field, &heads);
            return Ok(Said::Word(Some(common.as_deref().unwrap_or_default().to_owned())));
        }
        let known = heads.iter().map(|heads| looked.graph.closure(heads));
        let known =
            known.reduce(|one, other| one.iter().zip(other).map(|(one, other)| *one && other).collect());
        let first = known.and_then(|known| looked.graph.heads(field, &known).first().copied());
        let then = looked.graph.fields_at(&self.0, first.ok_or(DocumentFault::Damaged)?)?;
        Ok(Said::of(field, &then))
    }
}

/// What met, put so that it is read alike of a document in which it is made anew: the same is shown, every side's words are
/// there, and it would go out again as it came in. Sides that stood beside each other may then stand together.
fn lasting(meeting: &Meeting, put: &Meeting, shown: &Fields) -> Option<Meeting> {
    let mut put = put.clone();
    for _ in 0..ROUNDS_MAX {
        let again = read_again(&put).ok()?;
        let next = again.as_it_met().ok()??;
        if again.reading().ok()?.fields != *shown || !holds(&next, meeting) {
            return None;
        }
        if next == put {
            return Some(put);
        }
        put = next;
    }
    None
}

fn read_again(meeting: &Meeting) -> Result<Document, DocumentFault> {
    let author = |number: u128, now_ms| Author { actor: number.to_be_bytes(), now_ms };
    let created = create(&meeting.base, author(0, 0));
    let authors: Vec<Author> =
        meeting.sides.iter().zip(1..).map(|(side, number)| author(number, side.at_ms)).collect();
    recreate(meeting, &created, &authors).map(|again| again.document)
}

/// Whether all that is said on any side of `of` is said on a side.
fn holds(meeting: &Meeting, of: &Meeting) -> bool {
    let says = |(field, said): (&Field, &Said)| {
        meeting.sides.iter().any(|side| side.says.get(field) == Some(said))
            || (Said::of(field, &meeting.base) == *said
                && meeting.sides.iter().all(|side| !side.says.contains_key(field)))
    };
    of.sides.iter().flat_map(|side| &side.says).all(says)
}

/// A sentence that no side holds.
fn in_no_side(meeting: &Meeting, field: &Field) -> String {
    let holds = |text: &str| {
        let said = meeting.sides.iter().filter_map(|side| side.says.get(field));
        said.into_iter().any(|said| matches!(said, Said::Word(Some(words)) if words.contains(text)))
    };
    let mut none = NOTHING_IN_COMMON.to_owned();
    while holds(&none) {
        none.push_str(NOTHING_IN_COMMON);
    }
    none
}

/// Makes a document in which the same meets, on a creation that says what was before. Each side needs a fresh author.
///
/// # Errors
/// The creation is none of ours.
pub(crate) fn recreate(
    meeting: &Meeting,
    created: &Created,
    authors: &[Author],
) -> Result<Recreated, DocumentFault> {
    let in_order: Vec<_> = meeting.sides.iter().zip(authors).collect();
    let first = made(meeting, created, &in_order)?;
    let comes_back =
        |made: &Recreated| made.document.as_it_met().is_ok_and(|met| met.as_ref() == Some(meeting));
    if comes_back(&first) {
        return Ok(first);
    }
    // A side that is shown because the highest one gave way to it stands further behind.
    for place in 1..in_order.len() {
        let mut order = in_order.clone();
        order[..=place].rotate_left(1);
        let other = made(meeting, created, &order)?;
        if comes_back(&other) {
            return Ok(other);
        }
    }
    Ok(first)
}

/// Makes it with the sides in an order of rank, the highest first.
fn made(
    meeting: &Meeting,
    created: &Created,
    sides: &[(&MeetingSide, &Author)],
) -> Result<Recreated, DocumentFault> {
    let mut document = Document::from_changes([created.change.as_slice()])?;
    let mut changes = vec![created.change.clone()];
    let mut floor = 0;
    for (side, author) in sides.iter().rev() {
        let mut edit = FieldsEdit::default();
        side.says.iter().for_each(|(field, said)| choose(&mut edit, field, said.clone()));
        let open = side.says.keys().cloned().collect();
        let fields = meeting.base.clone();
        let read = Reading { fields, met: Vec::new(), open, defined: Vec::new(), taken_back: None };
        let mut there = Document(document.0.fork_at(&[ChangeHash(created.hash)]).map_err(damaged)?);
        let (upgrades, written) = there.written(&edit, &read, **author, floor)?;
        floor = written.as_ref().map_or(floor, |change| change.max_op());
        let is_new =
            |change: &&automerge::Change| document.0.get_change_meta_by_hash(&change.hash()).is_none();
        changes
            .extend(upgrades.iter().chain(&written).filter(is_new).map(|change| change.raw_bytes().to_vec()));
        document.0.merge(&mut there.0).map_err(damaged)?;
    }
    Ok(Recreated { document, changes })
}
