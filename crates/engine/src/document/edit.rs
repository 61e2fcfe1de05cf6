//! What a person changes in a document.

use std::collections::{BTreeMap, BTreeSet};

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{ActorId, Automerge, AutomergeError, Change, ObjId, ObjType, ROOT, ReadDoc, Value};

use super::{Author, Document, DocumentFault, Fields, damaged, diff, hashes, object, roots};
use crate::version::Version;

/// What changes; absent fields stay.
#[derive(Default)]
pub(crate) struct FieldsEdit {
    pub(crate) at: Option<String>,
    pub(crate) texts: BTreeMap<String, String>,
    pub(crate) tags_added: BTreeSet<String>,
    pub(crate) tags_removed: BTreeSet<String>,
    pub(crate) people_added: BTreeSet<String>,
    pub(crate) people_removed: BTreeSet<String>,
    /// `None` takes the answer away.
    pub(crate) answers: BTreeMap<String, Option<String>>,
    /// `Some(None)` takes it out of the trash.
    pub(crate) trashed: Option<Option<i64>>,
}

/// What came of an edit.
pub(crate) struct Edited {
    /// The new changes, in the order in which they build on each other; none if nothing changed.
    pub(crate) changes: Vec<Vec<u8>>,
    /// The version that says exactly what the author sees: the new change, without what others wrote meanwhile.
    pub(crate) seen: Version,
}

impl FieldsEdit {
    /// What has to change so that `from` says what `to` says; identity, creation and trash are left alone.
    pub(crate) fn between(from: &Fields, to: &Fields) -> Self {
        let texts = to.texts.iter().filter(|(name, text)| from.texts.get(*name) != Some(text));
        let mut answers: BTreeMap<_, _> = from
            .answers
            .keys()
            .filter(|key| !to.answers.contains_key(*key))
            .map(|key| (key.clone(), None))
            .collect();
        let changed = to.answers.iter().filter(|(key, answer)| from.answers.get(*key) != Some(answer));
        answers.extend(changed.map(|(key, answer)| (key.clone(), Some(answer.clone()))));
        Self {
            at: (from.at != to.at).then(|| to.at.clone()),
            texts: texts.map(|(name, text)| (name.clone(), text.clone())).collect(),
            tags_added: to.tags.difference(&from.tags).cloned().collect(),
            tags_removed: from.tags.difference(&to.tags).cloned().collect(),
            people_added: to.people.difference(&from.people).cloned().collect(),
            people_removed: from.people.difference(&to.people).cloned().collect(),
            answers,
            trashed: None,
        }
    }
}

impl Document {
    /// Applies an edit made at `base`. What others wrote since `base` stays. The actor must be fresh unless `base` is
    /// `None` or the present version.
    ///
    /// # Errors
    /// There is no such version, or the document is damaged. The document must then be dropped.
    pub(crate) fn edit(
        &mut self,
        base: Option<&Version>,
        edit: &FieldsEdit,
        author: Author,
    ) -> Result<Edited, DocumentFault> {
        // What was read of a creation that stands behind another by now is written into what is shown.
        let stale = base.filter(|base| **base != self.version());
        let stale = match stale {
            Some(base) if self.creation_at(&hashes(base))? != self.creation()? => None,
            stale => stale,
        };
        let seen_fields = match stale {
            Some(base) => super::read(&self.fork_at(&hashes(base))?)?,
            None => self.fields()?,
        };
        let mut changes = Vec::new();
        let mut heads = stale.map(hashes);
        for (name, text) in &edit.texts {
            if seen_fields.texts.get(name) == Some(text) {
                continue;
            }
            if let Some(upgrade) = self.upgrade(name)? {
                if let Some(heads) = &mut heads {
                    heads.push(upgrade.hash());
                }
                changes.push(upgrade.raw_bytes().to_vec());
            } else if let Some(heads) = &mut heads {
                heads.push(self.upgrade_hash(name)?);
            }
        }
        let written = match heads {
            None => write(&mut self.0, edit, author)?,
            Some(heads) => {
                let mut fork = self.0.fork_at(&heads).map_err(damaged)?;
                let written = write(&mut fork, edit, author)?;
                self.0.merge(&mut fork).map_err(damaged)?;
                written
            }
        };
        let seen = match &written {
            Some(change) => Version::new(vec![change.hash().0]),
            None => base.cloned().unwrap_or_else(|| self.version()),
        };
        changes.extend(written.map(|change| change.raw_bytes().to_vec()));
        Ok(Edited { changes, seen })
    }

    /// The hash of the upgrade a text went through.
    fn upgrade_hash(&self, field: &str) -> Result<automerge::ChangeHash, DocumentFault> {
        let texts = object(&self.0, "texts").ok_or(DocumentFault::Damaged)?;
        match self.0.get(&texts, field).map_err(damaged)? {
            Some((Value::Object(ObjType::Text), id)) => {
                self.0.hash_for_opid(&id).ok_or(DocumentFault::Damaged)
            }
            _ => Err(DocumentFault::Damaged),
        }
    }
}

fn write(doc: &mut Automerge, edit: &FieldsEdit, author: Author) -> Result<Option<Change>, DocumentFault> {
    doc.set_actor(ActorId::from(&author.actor));
    let behind = roots::behind(doc);
    let mut tx = doc.transaction();
    write_edit(&mut tx, edit, &behind).map_err(damaged)?;
    if tx.pending_ops() == 0 {
        tx.rollback();
        return Ok(None);
    }
    tx.commit_with(CommitOptions::default().with_time(author.now_ms.div_euclid(1000)));
    doc.get_last_local_change().map(Some).ok_or(DocumentFault::Damaged)
}

fn write_edit(
    tx: &mut Transaction<'_>,
    edit: &FieldsEdit,
    behind: &BTreeSet<ActorId>,
) -> Result<(), AutomergeError> {
    let map = |tx: &Transaction<'_>, key| match roots::value(tx, key, behind) {
        Some((Value::Object(ObjType::Map), map)) => Some(map),
        _ => None,
    };
    if let Some(at) = &edit.at
        && !matches!(tx.get(ROOT, "at")?, Some((value, _)) if value.as_str() == Some(at))
    {
        tx.put(ROOT, "at", at.as_str())?;
    }
    if let Some(texts) = map(tx, "texts") {
        edit.texts.iter().try_for_each(|(name, text)| write_text(tx, &texts, name, text))?;
    }
    if let Some(tags) = map(tx, "tags") {
        write_set(tx, &tags, &edit.tags_added, &edit.tags_removed)?;
    }
    if let Some(people) = map(tx, "people") {
        write_set(tx, &people, &edit.people_added, &edit.people_removed)?;
    }
    if let Some(answers) = map(tx, "answers") {
        write_answers(tx, &answers, &edit.answers)?;
    }
    match edit.trashed {
        Some(Some(at_ms)) if tx.get(ROOT, "trashed")?.is_none() => tx.put(ROOT, "trashed", at_ms),
        Some(None) if tx.get(ROOT, "trashed")?.is_some() => tx.delete(ROOT, "trashed"),
        _ => Ok(()),
    }
}

fn write_text(tx: &mut Transaction<'_>, texts: &ObjId, name: &str, new: &str) -> Result<(), AutomergeError> {
    let Some((Value::Object(ObjType::Text), text)) = tx.get(texts, name)? else { return Ok(()) };
    let old = tx.text(&text)?;
    for splice in diff::splices(&old, new).iter().rev() {
        let delete =
            isize::try_from(splice.delete).expect("texts are far shorter than half the address space");
        tx.splice_text(&text, splice.at, delete, &splice.insert)?;
    }
    Ok(())
}

fn write_set(
    tx: &mut Transaction<'_>,
    map: &ObjId,
    added: &BTreeSet<String>,
    removed: &BTreeSet<String>,
) -> Result<(), AutomergeError> {
    for key in added {
        if tx.get(map, key.as_str())?.is_none() {
            tx.put(map, key.as_str(), true)?;
        }
    }
    for key in removed {
        if tx.get(map, key.as_str())?.is_some() {
            tx.delete(map, key.as_str())?;
        }
    }
    Ok(())
}

fn write_answers(
    tx: &mut Transaction<'_>,
    map: &ObjId,
    answers: &BTreeMap<String, Option<String>>,
) -> Result<(), AutomergeError> {
    for (field, answer) in answers {
        let present = tx.get(map, field.as_str())?;
        let same = matches!((&present, answer), (Some((value, _)), Some(new)) if value.as_str() == Some(new.as_str()));
        match answer {
            Some(answer) if !same => tx.put(map, field.as_str(), answer.as_str())?,
            None if present.is_some() => tx.delete(map, field.as_str())?,
            _ => {}
        }
    }
    Ok(())
}
