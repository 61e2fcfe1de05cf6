//! What a document says where edits met: worked out from its changes and from what each of them knew, with no clock, so
//! that every device says the same. Nothing is written for it.
//!
//! The library keeps both of two edits that were made apart by mixing their letters. Nobody reads that here: for every
//! change that touched a field, the field as it stood at that change is exactly what its author saw, and only such words
//! are put together, whole sentences at a time ([`haven_core::meeting`]).

use std::collections::BTreeSet;

use automerge::{Automerge, ChangeHash};
use haven_core::person::Safe;

use super::defining::taken_back;
use super::graph::{Field, Graph, Places};
use super::look::Look;
use super::sides::{Part, Side, SideFound, sides};
use super::weave::Weaver;
use super::{DocumentFault, Fields};
use crate::fields::{DEFINITION, PERSON, SAFE};

/// The text that is one value.
const TITLE: &str = "title";

/// The kinds of documents that nobody reads as writing: of each of their fields one value stands, and nothing is told.
const UNTOLD: [&str; 3] = ["person", "device", "definition"];

/// What a document says.
pub(crate) struct Reading {
    pub(crate) fields: Fields,
    /// The sides of what met and is not settled; the one that is shown first.
    pub(crate) met: Vec<Side>,
    /// The fields that several last changes touched, whether they clash or not: whoever writes one of them next writes what
    /// they saw.
    pub(crate) open: BTreeSet<Field>,
    /// What the changes that were just taken in define, and when that was first taken back by any change.
    pub(crate) defined: Vec<Fields>,
    pub(crate) taken_back: Option<i64>,
}

/// What a field says on one side.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// A text, a time or an answer; `None` if it was taken away.
    Word(Option<String>),
    /// When it was put into the trash, if it is there.
    Trashed(Option<i64>),
}

impl Said {
    /// What some fields say of one of them.
    pub(crate) fn of(field: &Field, fields: &Fields) -> Self {
        match field {
            Field::Text(name) => Self::Word(fields.texts.get(name).cloned()),
            Field::Answer(name) => Self::Word(fields.answers.get(name).cloned()),
            Field::Trashed => Self::Trashed(fields.trashed),
            Field::At | Field::Tags | Field::People => Self::Word(Some(fields.at.clone())),
        }
    }

    /// Lets some fields say it.
    pub(crate) fn put(self, field: &Field, fields: &mut Fields) {
        match (field, self) {
            (Field::Text(name), Self::Word(Some(text))) => drop(fields.texts.insert(name.clone(), text)),
            (Field::At, Self::Word(Some(at))) => fields.at = at,
            (Field::Answer(name), Self::Word(Some(answer))) => {
                drop(fields.answers.insert(name.clone(), answer));
            }
            (Field::Answer(name), Self::Word(None)) => drop(fields.answers.remove(name)),
            (Field::Trashed, Self::Trashed(trashed)) => fields.trashed = trashed,
            _ => {}
        }
    }
}

/// Whether a text is merged by sentences.
pub(super) fn is_long(field: &Field) -> bool {
    matches!(field, Field::Text(name) if name != TITLE)
}

/// A document as it was looked at, with what its reading was worked out from.
pub(super) struct Looked {
    pub(super) graph: Graph,
    pub(super) fields: Fields,
    /// The sides of what met, the one that is shown first.
    pub(super) sides: Vec<SideFound>,
    open: BTreeSet<Field>,
}

/// Reads a document, now or at some of its changes.
///
/// # Errors
/// There are no such changes, or the shape is not ours.
pub(super) fn reading(doc: &Automerge, heads: Option<&[ChangeHash]>) -> Result<Reading, DocumentFault> {
    let Looked { graph, fields, sides, open } = look(doc, heads)?;
    let met = sides.iter().map(|side| side.shown(&graph)).collect();
    let may_define = fields.kind == DEFINITION || graph.is_created_again();
    let taken_back = if may_define { taken_back(doc) } else { None };
    Ok(Reading { fields, met, open, defined: Vec::new(), taken_back })
}

/// The same with all that settling needs.
///
/// # Errors
/// As above.
pub(super) fn look(doc: &Automerge, heads: Option<&[ChangeHash]>) -> Result<Looked, DocumentFault> {
    let mut graph = Graph::of(doc)?;
    let now = doc.get_heads();
    let places = heads.unwrap_or(&now).iter().map(|head| graph.place(head));
    let places = places.collect::<Option<Vec<_>>>().filter(|places| !places.is_empty());
    let places = places.ok_or(DocumentFault::VersionUnknown)?;
    let mut looked = Looked {
        fields: Look::at(doc, heads).fields()?,
        sides: Vec::new(),
        open: BTreeSet::new(),
        graph: Graph::default(),
    };
    if !graph.is_linear() {
        graph.look(doc)?;
        meet(doc, &graph, &graph.closure(&places), &mut looked)?;
    }
    Ok(Looked { graph, ..looked })
}

/// Finds the fields that several last changes touched, and what is shown of them.
fn meet(doc: &Automerge, graph: &Graph, within: &Places, looked: &mut Looked) -> Result<(), DocumentFault> {
    let Looked { fields, open, .. } = looked;
    let mut weaver = Weaver::new(doc, graph);
    let mut parts = Vec::new();
    for field in graph.fields() {
        let heads = graph.heads(field, within);
        let is_set = matches!(field, Field::Tags | Field::People | Field::Trashed);
        if is_set || (heads.len() < 2 && !graph.is_created_again()) {
            continue;
        }
        open.insert(field.clone());
        if let [head] = heads.as_slice() {
            // It may have been written in the values of a creation that stands behind another by now.
            Said::of(field, &graph.fields_at(doc, *head)?).put(field, fields);
            continue;
        }
        let found = weaver.sides(field, &heads);
        if found.len() == 1 {
            found.into_iter().for_each(|part| part.said.put(field, fields));
        } else {
            parts.extend(found);
        }
    }
    let is_unsafe = fields.kind == PERSON && parts.iter().any(says_unsafe);
    let trash = trash(doc, graph, within, &fields.kind);
    open.extend(trash.is_open.then_some(Field::Trashed));
    fields.trashed = trash.trashed;
    let mut sides = sides(graph, &mut weaver, parts, trash.told);
    // The first side that says something of a field says what is shown; whoever trashed it never does.
    let parts = sides.iter().rev().flat_map(|side| &side.parts);
    for part in parts.filter(|part| part.field != Field::Trashed) {
        part.said.clone().put(&part.field, fields);
    }
    if is_unsafe {
        fields.answers.insert(SAFE.to_owned(), Safe::No.to_string());
    }
    sides.retain(|_| !UNTOLD.contains(&fields.kind.as_str()));
    looked.sides = sides;
    Ok(())
}

/// Whether somebody said of a person that being open with them is not safe. Nobody may lose that to whoever wrote later.
pub(super) fn says_unsafe(part: &Part) -> bool {
    let no = Safe::No.to_string();
    part.field == Field::Answer(SAFE.to_owned()) && part.said == Said::Word(Some(no))
}

struct Trash {
    trashed: Option<i64>,
    is_open: bool,
    /// The change that trashed and those that it did not know of; only if they met.
    told: Option<TrashMet>,
}

/// A deletion that met an edit.
pub(super) struct TrashMet {
    pub(super) trashed: (usize, i64),
    /// The other last ones that trashed it, the highest first.
    pub(super) also: Vec<(usize, i64)>,
    /// All that keeps it: what was written or brought back apart from that.
    pub(super) kept: BTreeSet<usize>,
    /// The highest of those that nothing else of it knew.
    pub(super) last: Option<usize>,
}

/// Whether an entry is in the trash: everybody who decided it last said so, and each edit was made with that in view or was
/// in view of somebody who trashed it.
fn trash(doc: &Automerge, graph: &Graph, within: &Places, kind: &str) -> Trash {
    let heads = graph.heads(&Field::Trashed, within);
    let said: Vec<Option<i64>> = heads.iter().map(|head| trashed_at(doc, graph, *head)).collect();
    let trashing: Vec<(usize, i64)> =
        heads.iter().zip(&said).filter_map(|(head, said)| Some((*head, (*said)?))).collect();
    let Some(first) = trashing.first().copied() else {
        return Trash { trashed: None, is_open: heads.len() > 1, told: None };
    };
    if UNTOLD.contains(&kind) {
        return Trash { trashed: Some(first.1), is_open: heads.len() > 1, told: None };
    }
    let places: Vec<usize> = trashing.iter().map(|(place, _)| *place).collect();
    let (known, following) = (graph.closure(&places), graph.following(&places));
    let is_words = |field: &&Field| **field != Field::Trashed;
    let edits: BTreeSet<usize> =
        graph.fields().filter(is_words).flat_map(|field| graph.touching(field)).copied().collect();
    let kept_by_trash = heads.iter().filter(|head| !places.contains(head));
    let mut kept: BTreeSet<usize> = kept_by_trash.copied().collect();
    kept.extend(edits.into_iter().filter(|edit| within[*edit] && !known[*edit] && !following[*edit]));
    if kept.is_empty() {
        return Trash { trashed: Some(first.1), is_open: heads.len() > 1, told: None };
    }
    let last = graph.last(within, |place| kept.contains(&place)).first().copied();
    Trash {
        trashed: None,
        is_open: true,
        told: Some(TrashMet { trashed: first, also: trashing[1..].to_vec(), kept, last }),
    }
}

fn trashed_at(doc: &Automerge, graph: &Graph, place: usize) -> Option<i64> {
    Look::at(doc, Some(&[ChangeHash(graph.nodes[place].hash)])).integer("trashed")
}
