//! What a document defines, and whose that is. A definition is what its creation says, and its document's id is the hash of that: whoever
//! changes it later, or creates it again with another text, changes nothing of it.

use automerge::legacy::{Key, ObjectId, OpType};
use automerge::{Automerge, Change};
use haven_feed::digest::digest;

use super::Fields;
use super::creation::{claimed, create_by};
use crate::codec::Writer;
use crate::content::DocumentId;
use crate::fields::{DEFINES, DEFINITION, TOML};

const LABEL: &str = "haven/1/definition";

/// What `defines` says where it is missing.
const EXERCISE: &str = "exercise";

/// Computes SHA-256("haven/1/definition" || added 8 | version 8 | defines | exercise | toml)[..16], each text with its length before it
/// (4); none of what is no definition.
///
/// Resists a device that puts another text, version or time in the place of somebody else's: it would need a second preimage of 128 bits.
pub(crate) fn definition_id(fields: &Fields) -> Option<DocumentId> {
    let (id, version) = fields.exercise.as_ref().filter(|_| fields.kind == DEFINITION)?;
    let mut said = Writer::default();
    said.i64(fields.created);
    said.u64(*version);
    said.text(fields.answers.get(DEFINES).map_or(EXERCISE, String::as_str));
    said.text(id);
    said.text(fields.answers.get(TOML)?);
    Some(digest(LABEL, &[&said.0]).first())
}

/// What a change defines, if it is a creation as this device would have written it and the id of its document fits.
pub(crate) fn defined_by(id: &DocumentId, change: &[u8]) -> Option<Fields> {
    let change = Change::try_from(change).ok().filter(|change| change.deps().is_empty())?;
    let fields = claimed(&change);
    let fits = definition_id(&fields).is_some_and(|of| of == *id);
    let ours = fits.then(|| create_by(&fields, change.actor_id(), change.timestamp()))?;
    (ours.change == change.raw_bytes()).then_some(fields)
}

/// When what a document defines was first taken back, if it was. Whoever says so says it for good: adding it again is another document.
pub(super) fn taken_back(doc: &Automerge) -> Option<i64> {
    let changes = doc.get_changes(&[]);
    let operations = changes.iter().flat_map(|change| change.decode().operations);
    let times = operations.filter_map(|op| match (&op.obj, &op.key, &op.action) {
        (ObjectId::Root, Key::Map(key), OpType::Put(value)) if key == "trashed" => value.as_i64(),
        _ => None,
    });
    times.min()
}
