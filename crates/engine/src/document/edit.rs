//! What a person changes in a document.

use std::collections::{BTreeMap, BTreeSet};

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{ActorId, Automerge, AutomergeError, Change, ObjType, ROOT, ReadDoc, Value};

use super::graph::Field;
use super::reading::{Reading, reading};
use super::{Author, Document, DocumentFault, Fields, damaged, diff, hashes, object};
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
    /// Which of the fields above are chosen also where they read so already, and settled by it.
    pub(crate) settles: BTreeSet<Field>,
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
            ..Self::default()
        }
    }
}

impl FieldsEdit {
    /// What of it changes what somebody read, or settles what met.
    fn beside(&self, read: &Reading) -> Self {
        let settles = |field: &Field| self.settles.contains(field) && read.open.contains(field);
        let texts = self.texts.iter().filter(|(name, text)| {
            read.fields.texts.get(*name) != Some(text) || settles(&Field::Text((*name).clone()))
        });
        let answers = self.answers.iter().filter(|(name, answer)| {
            read.fields.answers.get(*name) != answer.as_ref() || settles(&Field::Answer((*name).clone()))
        });
        let at = self.at.as_ref().filter(|at| read.fields.at != **at || settles(&Field::At));
        let trashed = self.trashed.filter(|trashed| {
            trashed.is_some() != read.fields.trashed.is_some() || read.open.contains(&Field::Trashed)
        });
        Self {
            at: at.cloned(),
            texts: texts.map(|(name, text)| (name.clone(), text.clone())).collect(),
            answers: answers.map(|(name, answer)| (name.clone(), answer.clone())).collect(),
            trashed,
            tags_added: self.tags_added.clone(),
            tags_removed: self.tags_removed.clone(),
            people_added: self.people_added.clone(),
            people_removed: self.people_removed.clone(),
            settles: self.settles.clone(),
        }
    }
}

impl Document {
    /// Applies an edit made at `base`. What others wrote since `base` stays. The actor must be fresh unless `base` is
    /// `None` or the present version. A field that is written is settled, as far as its author saw what met in it.
    ///
    /// # Errors
    /// There is no such version, or the document is damaged. The document must then be dropped.
    pub(crate) fn edit(
        &mut self,
        base: Option<&Version>,
        edit: &FieldsEdit,
        author: Author,
    ) -> Result<Edited, DocumentFault> {
        let mut heads = base.filter(|base| **base != self.version()).map(hashes);
        let read = reading(&self.0, heads.as_deref())?;
        let edit = edit.beside(&read);
        let mut changes = Vec::new();
        for name in edit.texts.keys() {
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
            None => write(&mut self.0, &edit, &read, author)?,
            Some(heads) => {
                let mut fork = self.0.fork_at(&heads).map_err(damaged)?;
                let written = write(&mut fork, &edit, &read, author)?;
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

fn write(
    doc: &mut Automerge,
    edit: &FieldsEdit,
    read: &Reading,
    author: Author,
) -> Result<Option<Change>, DocumentFault> {
    doc.set_actor(ActorId::from(&author.actor));
    let mut tx = doc.transaction();
    write_edit(&mut tx, edit, read).map_err(damaged)?;
    if tx.pending_ops() == 0 {
        tx.rollback();
        return Ok(None);
    }
    tx.commit_with(CommitOptions::default().with_time(author.now_ms.div_euclid(1000)));
    doc.get_last_local_change().map(Some).ok_or(DocumentFault::Damaged)
}

fn write_edit(tx: &mut Transaction<'_>, edit: &FieldsEdit, read: &Reading) -> Result<(), AutomergeError> {
    if let Some(at) = &edit.at {
        touch(tx, &Field::At, read, |tx| write_at(tx, at))?;
    }
    for (name, text) in &edit.texts {
        touch(tx, &Field::Text(name.clone()), read, |tx| write_text(tx, name, text))?;
    }
    write_set(tx, "tags", &edit.tags_added, &edit.tags_removed)?;
    write_set(tx, "people", &edit.people_added, &edit.people_removed)?;
    for (name, answer) in &edit.answers {
        touch(tx, &Field::Answer(name.clone()), read, |tx| write_answer(tx, name, answer.as_deref()))?;
    }
    // Whoever writes in an entry that came back from the trash has decided that it stays.
    let decides = tx.pending_ops() > 0 && read.open.contains(&Field::Trashed);
    if let Some(trashed) = edit.trashed.or_else(|| decides.then_some(read.fields.trashed)) {
        touch(tx, &Field::Trashed, read, |tx| write_trashed(tx, trashed))?;
    }
    Ok(())
}

/// Writes a field. Where edits met in it and the document says already what is written, a mark says that it was written.
fn touch(
    tx: &mut Transaction<'_>,
    field: &Field,
    read: &Reading,
    write: impl FnOnce(&mut Transaction<'_>) -> Result<(), AutomergeError>,
) -> Result<(), AutomergeError> {
    let before = tx.pending_ops();
    write(tx)?;
    if tx.pending_ops() > before || !read.open.contains(field) {
        return Ok(());
    }
    let mark = field.mark();
    // The same value put again would be no operation.
    let was = matches!(tx.get(ROOT, mark.as_str())?, Some((value, _)) if value.as_bool() == Some(true));
    tx.put(ROOT, mark.as_str(), !was)
}

fn write_at(tx: &mut Transaction<'_>, at: &str) -> Result<(), AutomergeError> {
    match tx.get(ROOT, "at")? {
        Some((value, _)) if value.as_str() == Some(at) => Ok(()),
        _ => tx.put(ROOT, "at", at),
    }
}

fn write_trashed(tx: &mut Transaction<'_>, trashed: Option<i64>) -> Result<(), AutomergeError> {
    match trashed {
        Some(at_ms) => tx.put(ROOT, "trashed", at_ms),
        None if tx.get(ROOT, "trashed")?.is_some() => tx.delete(ROOT, "trashed"),
        None => Ok(()),
    }
}

fn write_text(tx: &mut Transaction<'_>, name: &str, new: &str) -> Result<(), AutomergeError> {
    let Some((_, texts)) = tx.get(ROOT, "texts")? else { return Ok(()) };
    let Some((Value::Object(ObjType::Text), text)) = tx.get(&texts, name)? else { return Ok(()) };
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
    name: &str,
    added: &BTreeSet<String>,
    removed: &BTreeSet<String>,
) -> Result<(), AutomergeError> {
    let Some((Value::Object(ObjType::Map), map)) = tx.get(ROOT, name)? else { return Ok(()) };
    for key in added {
        if tx.get(&map, key.as_str())?.is_none() {
            tx.put(&map, key.as_str(), true)?;
        }
    }
    for key in removed {
        if tx.get(&map, key.as_str())?.is_some() {
            tx.delete(&map, key.as_str())?;
        }
    }
    Ok(())
}

fn write_answer(tx: &mut Transaction<'_>, name: &str, answer: Option<&str>) -> Result<(), AutomergeError> {
    let Some((Value::Object(ObjType::Map), map)) = tx.get(ROOT, "answers")? else { return Ok(()) };
    let present = tx.get(&map, name)?;
    let is_same = |answer: &str| matches!(&present, Some((value, _)) if value.as_str() == Some(answer));
    match answer {
        Some(answer) if !is_same(answer) => tx.put(&map, name, answer),
        None if present.is_some() => tx.delete(&map, name),
        _ => Ok(()),
    }
}
