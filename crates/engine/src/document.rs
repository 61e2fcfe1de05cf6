//! One automerge document. The only room, with its files below, that says "automerge".
//!
//! Shape of the root map, all of it written by the creation change:
//! ```text
//! v        1
//! kind     "note" "checkin" "exercise" "measure" "session" "person" "device" "definition"
//! at       civil time with zone, or a date (RFC 9557)
//! created  milliseconds since the epoch
//! texts    map: "title" "text" "answer:<field>" -> plain string, Text from its first edit on; never put again
//! tags     map: tag -> true
//! people   map: person id -> true
//! answers  map: field -> one answer as JSON (the last writer of a field wins)
//! exercise map: id, version                                  (exercises only)
//! import   SHA-256 of the imported line                      (imports only)
//! trashed  milliseconds since the epoch, present while in the trash
//! rank     put any number of times by a change that has to come before others in rank (imports of what met)
//! settled:<field>  true or false, turned by whoever settled a field by keeping what the document said already
//! ```

mod creation;
mod defining;
mod diff;
mod edit;
mod graph;
mod guard;
mod imported;
mod look;
mod past;
mod reading;
mod recreate;
mod roots;
mod scan;
mod settle;
mod sides;
mod upgrade;
mod weave;

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ActorId, Automerge, Change, ChangeHash, ObjId, ObjType, ReadDoc, TextEncoding, Value};
use thiserror::Error;

pub(crate) use creation::create;
pub(crate) use defining::{defined_by, definition_id};
pub(crate) use edit::FieldsEdit;
pub(crate) use graph::Field;
pub(crate) use guard::{GuardFault, absorb, canonical};
pub(crate) use imported::create_imported;
pub(crate) use reading::{Reading, Said};
pub(crate) use recreate::{Meeting, MeetingSide, recreate};
pub(crate) use sides::Side;

use crate::actor::Actor;
use crate::version::Version;

/// The version of the shape above, for ever: documents of another shape go by a critical item kind of their own, so that whoever does
/// not know it waits for an update and puts nothing aside.
const SHAPE: u64 = 1;

/// Everything a document says, in plain values.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Fields {
    pub(crate) kind: String,
    pub(crate) at: String,
    pub(crate) created: i64,
    pub(crate) texts: BTreeMap<String, String>,
    pub(crate) tags: BTreeSet<String>,
    pub(crate) people: BTreeSet<String>,
    pub(crate) answers: BTreeMap<String, String>,
    pub(crate) exercise: Option<(String, u64)>,
    pub(crate) import: Option<[u8; 32]>,
    pub(crate) trashed: Option<i64>,
}

/// Who writes, and when by their clock.
#[derive(Clone, Copy)]
pub(crate) struct Author {
    pub(crate) actor: Actor,
    /// Milliseconds since the epoch; stored in seconds, shown only, never used for order.
    pub(crate) now_ms: i64,
}

impl Author {
    /// The moment as every device will read it in the document: whole seconds.
    pub(crate) fn written_ms(self) -> i64 {
        self.now_ms.div_euclid(1000).saturating_mul(1000)
    }
}

/// One entry of a document's history.
pub(crate) struct Past {
    pub(crate) hash: [u8; 32],
    pub(crate) actor: Vec<u8>,
    pub(crate) at_ms: i64,
}

/// A document that cannot be read as ours.
#[derive(Clone, Copy, Debug, Error)]
pub(crate) enum DocumentFault {
    /// The bytes are not what they should be; ours are damaged.
    #[error("a document is damaged")]
    Damaged,
    /// No such version in its history.
    #[error("the document has no such version")]
    VersionUnknown,
}

/// An open document.
pub(crate) struct Document(Automerge);

fn empty(actor: ActorId) -> Automerge {
    Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint).with_actor(actor)
}

impl Document {
    /// Builds a document from changes this device has accepted before.
    ///
    /// # Errors
    /// They are damaged, or one is missing.
    pub(crate) fn from_changes<'a>(
        changes: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, DocumentFault> {
        let changes: Vec<_> =
            changes.into_iter().map(Change::try_from).collect::<Result<_, _>>().map_err(damaged)?;
        let mut doc = empty(ActorId::from(&Actor::default()));
        doc.apply_changes(changes).map_err(damaged)?;
        if doc.get_heads().is_empty() || !doc.get_missing_deps(&[]).is_empty() {
            return Err(DocumentFault::Damaged);
        }
        Ok(Self(doc))
    }

    /// A document with some more changes that this device has accepted before; none if they build on what is not there.
    pub(crate) fn grown(document: Option<&Self>, changes: &[&[u8]]) -> Option<Self> {
        let changes: Vec<Change> =
            changes.iter().map(|change| Change::try_from(*change)).collect::<Result<_, _>>().ok()?;
        let mut doc =
            document.map_or_else(|| empty(ActorId::from(&Actor::default())), |document| document.0.clone());
        doc.apply_changes(changes).ok()?;
        (!doc.get_heads().is_empty() && doc.get_missing_deps(&[]).is_empty()).then_some(Self(doc))
    }

    /// Opens a save of this device's own.
    ///
    /// # Errors
    /// It is damaged.
    pub(crate) fn load(save: &[u8]) -> Result<Self, DocumentFault> {
        load(save).map(Self).map_err(damaged)
    }

    /// The document as one save; a cache, never sent.
    pub(crate) fn save(&self) -> Vec<u8> {
        self.0.save()
    }

    /// Its present version.
    pub(crate) fn version(&self) -> Version {
        Version::new(self.0.get_heads().into_iter().map(|head| head.0).collect())
    }

    /// What it says now, and where edits met.
    ///
    /// # Errors
    /// Its shape is not ours.
    pub(crate) fn reading(&self) -> Result<Reading, DocumentFault> {
        reading::reading(&self.0, None)
    }

    /// What it says now.
    ///
    /// # Errors
    /// Its shape is not ours.
    #[cfg(test)]
    pub(crate) fn fields(&self) -> Result<Fields, DocumentFault> {
        self.reading().map(|reading| reading.fields)
    }

    /// What it said at a version.
    ///
    /// # Errors
    /// There is no such version, or its shape is not ours.
    pub(crate) fn fields_at(&self, version: &Version) -> Result<Fields, DocumentFault> {
        reading::reading(&self.0, Some(&hashes(version))).map(|reading| reading.fields)
    }

    /// Its changes in causal order, the string upgrades left out.
    pub(crate) fn history(&self) -> Vec<Past> {
        let mut upgrades = upgrade::Upgrades::of(&self.0);
        self.0
            .get_changes_meta(&[])
            .into_iter()
            .filter(|change| !upgrades.has(change))
            .map(|change| Past {
                hash: change.hash.0,
                actor: change.actor.to_bytes().to_vec(),
                at_ms: change.timestamp.saturating_mul(1000),
            })
            .collect()
    }

    /// For each of its changes the version that its author had before them, in no order; none for the first creation.
    ///
    /// # Errors
    /// One is missing.
    pub(crate) fn bases(&self) -> Result<BTreeMap<[u8; 32], Version>, DocumentFault> {
        let graph = graph::Graph::of(&self.0)?;
        let hash = |place: usize| graph.nodes[place].hash;
        let of = |place: usize| {
            let base: Vec<_> = graph.base(place).into_iter().map(hash).collect();
            (!base.is_empty()).then(|| (hash(place), Version::new(base)))
        };
        Ok((0..graph.nodes.len()).filter_map(of).collect())
    }

    /// When its latest change was made by its author's clock, the same on every device: documents keep seconds.
    pub(crate) fn modified_ms(&self) -> i64 {
        self.history().iter().map(|past| past.at_ms).max().unwrap_or_default()
    }

    /// The change that everything stands on; of several, the one that stands before the others.
    fn creation(&self) -> Result<ChangeHash, DocumentFault> {
        roots::creations(&self.0).first().map(|(_, hash)| *hash).ok_or(DocumentFault::Damaged)
    }
}

fn hashes(version: &Version) -> Vec<ChangeHash> {
    version.heads().iter().map(|head| ChangeHash(*head)).collect()
}

fn load(save: &[u8]) -> Result<Automerge, automerge::AutomergeError> {
    let options = automerge::LoadOptions::new().text_encoding(TextEncoding::UnicodeCodePoint);
    Automerge::load_with_options(save, options)
}

/// What the library makes of changes by itself: none if it refuses them, else whether they survive being saved and loaded.
#[cfg(feature = "fuzz")]
pub(crate) fn unguarded(document: Option<&Document>, changes: &[&[u8]]) -> Option<bool> {
    let changes: Vec<_> =
        changes.iter().map(|change| Change::try_from(*change)).collect::<Result<_, _>>().ok()?;
    let mut doc = document.map_or_else(|| empty(ActorId::from(&[0; 8])), |document| document.0.clone());
    doc.apply_changes(changes).ok()?;
    let again = load(&doc.save());
    Some(again.is_ok_and(|again| again.get_heads() == doc.get_heads()))
}

fn damaged<E>(_: E) -> DocumentFault {
    DocumentFault::Damaged
}

/// A map of the root; of a document that was created twice, the one of the creation that stands before the others.
fn object(doc: &Automerge, key: &str) -> Option<ObjId> {
    match roots::value(doc, key, None, &roots::behind(doc, None)) {
        Some((Value::Object(ObjType::Map), id)) => Some(id),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
