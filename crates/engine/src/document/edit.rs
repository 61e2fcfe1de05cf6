//! What a person changes in a document.

use std::collections::{BTreeMap, BTreeSet};

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{
    ActorId, Automerge, AutomergeError, Change, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, Value,
};

use haven_core::limits::ENTRY_BYTES_MAX;

use super::graph::{Field, Graph};
use super::reading::{Reading, reading};
use super::{Author, Document, DocumentFault, Fields, damaged, diff, hashes, roots};
use crate::limits;
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
        let heads = base.filter(|base| **base != self.version()).map(hashes);
        let read = reading(&self.0, heads.as_deref())?;
        let edit = edit.beside(&read);
        let (upgrades, written) = match &heads {
            None => self.written(&edit, &read, author, 0)?,
            Some(heads) => {
                // As its author saw it, with the creation that stood before the others then.
                let mut there = Self(self.0.fork_at(heads).map_err(damaged)?);
                let (mut upgrades, written) = there.written(&edit, &read, author, 0)?;
                upgrades.retain(|upgrade| self.0.get_change_meta_by_hash(&upgrade.hash()).is_none());
                self.0.merge(&mut there.0).map_err(damaged)?;
                (upgrades, written)
            }
        };
        let seen = match &written {
            Some(change) => Version::new(vec![change.hash().0]),
            None => base.cloned().unwrap_or_else(|| self.version()),
        };
        let changes = upgrades.iter().chain(&written).map(|change| change.raw_bytes().to_vec()).collect();
        Ok(Edited { changes, seen })
    }

    /// Writes into this document as it is: the upgrades and joins that it took, and the change, whose last operation's counter is higher
    /// than `floor`.
    pub(super) fn written(
        &mut self,
        edit: &FieldsEdit,
        read: &Reading,
        author: Author,
        floor: u64,
    ) -> Result<(Vec<Change>, Option<Change>), DocumentFault> {
        let upgrades = edit.texts.keys().map(|name| self.upgrade(name)).filter_map(Result::transpose);
        let mut before: Vec<Change> = upgrades.collect::<Result<_, _>>()?;
        before.extend(joins(&mut self.0, author)?);
        Ok((before, write(&mut self.0, edit, read, author, floor)?))
    }
}

/// Branches that one join puts together: one fewer than a change may name, since the author's last change may be named besides.
const JOINED_MAX: usize = limits::CHANGE_DEPENDENCIES_MAX as usize - 1;

/// Joins in one record, beside upgrades and the change itself. They put together fifty thousand branches.
const JOINS_MAX: usize = 200;

/// Puts branches together, by changes that say nothing, until the next change can name all that are left: nobody would take one that
/// names more. Whoever branched an entry a thousand times would else keep everybody from writing in it.
fn joins(doc: &mut Automerge, author: Author) -> Result<Vec<Change>, DocumentFault> {
    let mut joins = Vec::new();
    while doc.get_heads().len() > JOINED_MAX {
        if joins.len() >= JOINS_MAX {
            return Err(DocumentFault::Damaged);
        }
        let mut some = heads_of(doc, author)?;
        some.truncate(JOINED_MAX);
        let mut there = doc.fork_at(&some).map_err(damaged)?;
        there.set_actor(ActorId::from(&author.actor));
        there.empty_commit(CommitOptions::default().with_time(author.now_ms.div_euclid(1000)));
        joins.push(there.get_last_local_change().ok_or(DocumentFault::Damaged)?);
        doc.merge(&mut there).map_err(damaged)?;
    }
    Ok(joins)
}

/// The last changes of a document; those that know what the author wrote first, since their next change goes on from there.
fn heads_of(doc: &Automerge, author: Author) -> Result<Vec<ChangeHash>, DocumentFault> {
    let all = doc.get_changes_meta(&[]);
    let own =
        all.iter().filter(|change| change.actor.to_bytes() == author.actor).max_by_key(|change| change.seq);
    let graph = Graph::of(doc)?;
    let knows = own.and_then(|change| graph.place(&change.hash)).map(|own| graph.following(&[own]));
    let is_own =
        |head: &ChangeHash| knows.as_ref().zip(graph.place(head)).is_some_and(|(knows, head)| knows[head]);
    let mut heads = doc.get_heads();
    heads.sort_by_key(|head| !is_own(head));
    Ok(heads)
}

fn write(
    doc: &mut Automerge,
    edit: &FieldsEdit,
    read: &Reading,
    author: Author,
    floor: u64,
) -> Result<Option<Change>, DocumentFault> {
    let before = if floor > 0 { last_operation(doc) } else { 0 };
    doc.set_actor(ActorId::from(&author.actor));
    let behind = roots::behind(doc, None);
    let mut tx = doc.transaction();
    write_edit(&mut tx, edit, read, &behind).map_err(damaged)?;
    // Only the counter matters: it gives the change its place among others.
    while floor > 0 && before + tx.pending_ops() as u64 <= floor {
        let next = tx.pending_ops() as u64;
        tx.put(ROOT, "rank", next).map_err(damaged)?;
    }
    if tx.pending_ops() == 0 {
        tx.rollback();
        return Ok(None);
    }
    tx.commit_with(CommitOptions::default().with_time(author.now_ms.div_euclid(1000)));
    doc.get_last_local_change().map(Some).ok_or(DocumentFault::Damaged)
}

/// The highest counter of an operation in a document.
pub(super) fn last_operation(doc: &Automerge) -> u64 {
    doc.get_changes_meta(&[]).iter().map(|change| change.max_op).max().unwrap_or_default()
}

fn write_edit(
    tx: &mut Transaction<'_>,
    edit: &FieldsEdit,
    read: &Reading,
    behind: &BTreeSet<ActorId>,
) -> Result<(), AutomergeError> {
    let map = |tx: &Transaction<'_>, key| roots::value(tx, key, None, behind).map(|(_, map)| map);
    if let Some(at) = &edit.at {
        touch(tx, &Field::At, read, |tx| write_at(tx, at))?;
    }
    if let Some(texts) = map(tx, "texts") {
        for (name, text) in &edit.texts {
            touch(tx, &Field::Text(name.clone()), read, |tx| write_text(tx, &texts, name, text))?;
        }
    }
    write_set(tx, "tags", &edit.tags_added, &edit.tags_removed)?;
    write_set(tx, "people", &edit.people_added, &edit.people_removed)?;
    if let Some(answers) = map(tx, "answers") {
        for (name, answer) in &edit.answers {
            let write = |tx: &mut Transaction<'_>| write_answer(tx, &answers, name, answer.as_deref());
            touch(tx, &Field::Answer(name.clone()), read, write)?;
        }
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

fn write_text(tx: &mut Transaction<'_>, texts: &ObjId, name: &str, new: &str) -> Result<(), AutomergeError> {
    let text = match tx.get(texts, name)? {
        Some((Value::Object(ObjType::Text), text)) if is_handy(tx, &text) => text,
        Some((value, _)) if value.as_str() == Some(new) => return Ok(()),
        // Only another creation had this text, or it is longer than any of ours: nothing is there that everybody would upgrade alike.
        _ => return tx.put(texts, name, new),
    };
    let old = tx.text(&text)?;
    for splice in diff::splices(&old, new).iter().rev() {
        let delete =
            isize::try_from(splice.delete).expect("texts are far shorter than half the address space");
        tx.splice_text(&text, splice.at, delete, &splice.insert)?;
    }
    Ok(())
}

/// Whether a text can be written into letter by letter, in a change that others take: it is no longer than an entry and not by
/// more actors than a change may name. Nobody honest writes one that isn't; it is replaced as a whole.
fn is_handy(tx: &Transaction<'_>, text: &ObjId) -> bool {
    tx.length(text) <= ENTRY_BYTES_MAX && tx.stats().num_actors <= limits::CHANGE_ACTORS_MAX / 2
}

/// A set is written in the maps of all creations, since what was changed in any of them counts.
fn write_set(
    tx: &mut Transaction<'_>,
    name: &str,
    added: &BTreeSet<String>,
    removed: &BTreeSet<String>,
) -> Result<(), AutomergeError> {
    let maps: Vec<ObjId> = tx.get_all(ROOT, name)?.into_iter().map(|(_, map)| map).collect();
    for map in maps {
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
    }
    Ok(())
}

fn write_answer(
    tx: &mut Transaction<'_>,
    answers: &ObjId,
    name: &str,
    answer: Option<&str>,
) -> Result<(), AutomergeError> {
    let present = tx.get(answers, name)?;
    let is_same = |answer: &str| matches!(&present, Some((value, _)) if value.as_str() == Some(answer));
    match answer {
        Some(answer) if !is_same(answer) => tx.put(answers, name, answer),
        None if present.is_some() => tx.delete(answers, name),
        _ => Ok(()),
    }
}
