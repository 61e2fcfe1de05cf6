//! The upgrade of a plain string to a `Text`: the same change on every device.
//!
//! A long text begins as a plain string, since most texts are never edited and strings are thirty times quicker to
//! create and apply. At its first edit the document is forked at its creation change alone, the string is put as a
//! `Text` by an actor that follows from that change and the field, and the fork is merged back. Devices that upgrade
//! apart make one identical change, so their edits meet in one `Text`.

use std::collections::{BTreeMap, BTreeSet};

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{
    ActorId, Automerge, Change, ChangeHash, ChangeMetadata, ObjId, ObjType, ReadDoc, ScalarValue, Value,
};
use haven_core::limits::ENTRY_BYTES_MAX;

use super::roots::{all, creations};
use super::{Document, DocumentFault, damaged};

/// How many bytes an upgrade's actor has: as many as a device's. Both are hashes under labels of their own, so none is the other.
pub(super) const UPGRADE_ACTOR_BYTES: usize = 16;

/// SHA-256("haven/1/upgrade" || creation change hash || field)[..16].
fn actor(creation: ChangeHash, field: &str) -> ActorId {
    let hash = haven_feed::digest::digest("haven/1/upgrade", &[&creation.0, field.as_bytes()]);
    ActorId::from(hash.first::<UPGRADE_ACTOR_BYTES>())
}

impl Document {
    /// Turns a text that is still a plain string into a `Text`; `None` if it is one already, or was not there at creation.
    ///
    /// # Errors
    /// The document is damaged.
    pub(super) fn upgrade(&mut self, field: &str) -> Result<Option<Change>, DocumentFault> {
        let texts = super::object(&self.0, "texts").ok_or(DocumentFault::Damaged)?;
        match self.0.get(&texts, field).map_err(damaged)? {
            Some((Value::Scalar(value), _)) if value.is_str() => {}
            // Something else than a string is nobody's text: whoever writes puts a text in its place.
            _ => return Ok(None),
        }
        let Some(change) = expected(&self.0, self.creation()?, field)? else { return Ok(None) };
        self.0.apply_changes([change.clone()]).map_err(damaged)?;
        Ok(Some(change))
    }
}

/// The one upgrade change of a field, whoever makes it; `None` if that creation has no such text.
fn expected(doc: &Automerge, creation: ChangeHash, field: &str) -> Result<Option<Change>, DocumentFault> {
    let mut fork = doc.fork_at(&[creation]).map_err(damaged)?;
    let texts = super::object(&fork, "texts").ok_or(DocumentFault::Damaged)?;
    let text = match fork.get(&texts, field).map_err(damaged)? {
        Some((Value::Scalar(value), _)) => match value.as_ref() {
            // A longer one is nobody's, and as characters would be more operations than others take.
            ScalarValue::Str(text) if text.len() <= ENTRY_BYTES_MAX => text.to_string(),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    fork.set_actor(actor(creation, field));
    let mut tx = fork.transaction();
    let object = tx.put_object(&texts, field, ObjType::Text).map_err(damaged)?;
    tx.splice_text(&object, 0, 0, &text).map_err(damaged)?;
    tx.commit_with(CommitOptions::default().with_time(0));
    fork.get_last_local_change().map(Some).ok_or(DocumentFault::Damaged)
}

/// Tells the upgrades among the changes of a document, which the guard has let in.
pub(super) struct Upgrades<'a> {
    doc: &'a Automerge,
    /// The creations, with their actors.
    creations: BTreeMap<ChangeHash, ActorId>,
    /// By whom the upgrades of a creation are, worked out once however many changes ask.
    actors: BTreeMap<ChangeHash, BTreeSet<ActorId>>,
}

impl<'a> Upgrades<'a> {
    pub(super) fn of(doc: &'a Automerge) -> Self {
        let creations = creations(doc).into_iter().map(|(actor, hash)| (hash, actor)).collect();
        Self { doc, creations, actors: BTreeMap::new() }
    }

    /// Whether a change is an upgrade: it knows of one creation and nothing else, is made at time 0, and its actor follows from that
    /// creation and one of its texts.
    pub(super) fn has(&mut self, change: &ChangeMetadata<'_>) -> bool {
        let [creation] = change.deps.as_slice() else { return false };
        if change.timestamp != 0 || change.actor.to_bytes().len() != UPGRADE_ACTOR_BYTES {
            return false;
        }
        let Some(creator) = self.creations.get(creation) else { return false };
        let actors =
            self.actors.entry(*creation).or_insert_with(|| by_upgrades(self.doc, *creation, creator));
        actors.contains(&*change.actor)
    }
}

/// By whom the upgrades of a creation's texts are.
fn by_upgrades(doc: &Automerge, creation: ChangeHash, creator: &ActorId) -> BTreeSet<ActorId> {
    let at = [creation];
    let is_its = |id: &ObjId| matches!(id, ObjId::Id(_, actor, _) if actor == creator);
    let texts = all(doc, "texts", Some(&at)).into_iter().find(|(_, id)| is_its(id));
    let keys = texts.into_iter().flat_map(|(_, texts)| doc.keys_at(&texts, &at).collect::<Vec<_>>());
    keys.map(|text| actor(creation, &text)).collect()
}

/// Whether `change` is, byte for byte, the upgrade this device would have made of one of the texts.
pub(super) fn is_ours(doc: &Automerge, creation: ChangeHash, change: &Change) -> bool {
    // Of a document that was created twice each creation has texts of its own.
    let Ok(created) = doc.fork_at(&[creation]) else { return false };
    let Some(texts) = super::object(&created, "texts") else { return false };
    let fields: Vec<String> = created.keys(&texts).collect();
    let field = fields.into_iter().find(|field| actor(creation, field) == *change.actor_id());
    field.is_some_and(|field| {
        expected(doc, creation, &field)
            .is_ok_and(|ours| ours.is_some_and(|ours| ours.raw_bytes() == change.raw_bytes()))
    })
}
