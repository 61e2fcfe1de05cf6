//! Documents that were created more than once: by a device and by an import of what it had exported, or by imports of two
//! different exports on devices apart. Nothing of either is lost, and every device reads the same.
//!
//! One creation stands before the others: a device's own before an imported one, then the later, then the greater hash; the
//! order of their actors says so. What it and all edits of it say is what the document says. Where somebody edited another
//! one, and the first says nothing of its own on that field, the edit counts: nobody's words disappear because a file came
//! in. The next edit is written into the first. What is not shown can be read and restored in the history.

use std::collections::BTreeSet;

use automerge::{ActorId, Automerge, ChangeHash, ObjId, ROOT, ReadDoc, Value};

use super::imported::is_import;
use super::{DocumentFault, Fields, FieldsEdit, damaged, read_without};

/// The actors of the creations that stand behind another one; none of almost every document.
pub(super) fn behind(doc: &impl ReadDoc) -> BTreeSet<ActorId> {
    let all = doc.get_all(ROOT, "v").unwrap_or_default();
    if all.len() < 2 {
        return BTreeSet::new();
    }
    let mut actors: BTreeSet<ActorId> = all.iter().filter_map(|(_, id)| actor_of(id)).collect();
    actors.pop_last();
    actors
}

/// The value of a key in the root, as those creations would have it that are not `behind`.
pub(super) fn value<'a>(
    doc: &'a impl ReadDoc,
    key: &str,
    behind: &BTreeSet<ActorId>,
) -> Option<(Value<'a>, ObjId)> {
    if behind.is_empty() {
        return doc.get(ROOT, key).ok()?;
    }
    let counts = |id: &ObjId| actor_of(id).is_some_and(|actor| !behind.contains(&actor));
    let all = doc.get_all(ROOT, key).ok()?;
    all.into_iter().filter(|(_, id)| counts(id)).max_by_key(|(_, id)| place(id))
}

/// The changes that a document was created by, the first of them first.
pub(super) fn creations(doc: &Automerge) -> Vec<(ActorId, ChangeHash)> {
    let all = doc.get_changes_meta(&[]).into_iter().filter(|change| change.deps.is_empty());
    let mut all: Vec<_> = all.map(|change| (change.actor.into_owned(), change.hash)).collect();
    all.sort_by(|one, other| other.cmp(one));
    all
}

/// Adds to what the first creation says what was edited of the others.
pub(super) fn with_edits(doc: &Automerge, mut fields: Fields) -> Result<Fields, DocumentFault> {
    let all = creations(doc);
    let began = |hash: ChangeHash| read_without(&doc.fork_at(&[hash]).map_err(damaged)?, &BTreeSet::new());
    let Some((first, rest)) = all.split_first() else { return Ok(fields) };
    let is_silent = is_import(&first.0);
    let first_began = began(first.1)?;
    for (actor, hash) in rest {
        let others = all.iter().map(|(other, _)| other.clone()).filter(|other| other != actor).collect();
        let (then, now) = (began(*hash)?, read_without(doc, &others)?);
        let gives_way = |present: Option<&String>, then: Option<&String>, first: Option<&String>| {
            present == then || (is_silent && present == first)
        };
        let edit = FieldsEdit::between(&then, &now);
        for (name, text) in edit.texts {
            if gives_way(fields.texts.get(&name), then.texts.get(&name), first_began.texts.get(&name)) {
                fields.texts.insert(name, text);
            }
        }
        for (name, answer) in edit.answers {
            if gives_way(fields.answers.get(&name), then.answers.get(&name), first_began.answers.get(&name)) {
                match answer {
                    Some(answer) => drop(fields.answers.insert(name, answer)),
                    None => drop(fields.answers.remove(&name)),
                }
            }
        }
        fields.tags.retain(|tag| !edit.tags_removed.contains(tag));
        fields.tags.extend(edit.tags_added);
        fields.people.retain(|person| !edit.people_removed.contains(person));
        fields.people.extend(edit.people_added);
    }
    Ok(fields)
}

fn actor_of(id: &ObjId) -> Option<ActorId> {
    match id {
        ObjId::Id(_, actor, _) => Some(actor.clone()),
        ObjId::Root => None,
    }
}

/// Where an operation stands among those that it competes with.
fn place(id: &ObjId) -> Option<(u64, ActorId)> {
    match id {
        ObjId::Id(counter, actor, _) => Some((*counter, actor.clone())),
        ObjId::Root => None,
    }
}
