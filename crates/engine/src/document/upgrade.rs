//! The upgrade of a plain string to a `Text`: the same change on every device.
//!
//! A long text begins as a plain string, since most texts are never edited and strings are thirty times quicker to
//! create and apply. At its first edit the document is forked at its creation change alone, the string is put as a
//! `Text` by an actor that follows from that change and the field, and the fork is merged back. Devices that upgrade
//! apart make one identical change, so their edits meet in one `Text`.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{
    ActorId, Automerge, Change, ChangeHash, ChangeMetadata, ObjType, ReadDoc, ScalarValue, Value,
};

use super::roots::all;
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
            ScalarValue::Str(text) => text.to_string(),
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

/// Whether a change of a document, which the guard has let in, is an upgrade: it knows of one creation and nothing else, is made
/// at time 0, and its actor follows from that creation and one of the texts.
pub(super) fn is_upgrade(doc: &Automerge, change: &ChangeMetadata<'_>) -> bool {
    let [creation] = change.deps.as_slice() else { return false };
    let is_its = |text: String| actor(*creation, &text) == *change.actor;
    let mut texts = all(doc, "texts", None).into_iter().map(|(_, texts)| texts);
    change.timestamp == 0 && texts.any(|texts| doc.keys(&texts).any(is_its))
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
