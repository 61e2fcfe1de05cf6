//! Documents that were created more than once: by a device and by an import of what it had exported, or by imports of two
//! different exports on devices apart. Nothing of either is lost, and every device reads the same.
//!
//! One creation stands before the others: a device's own before an imported one, then the later, then the greater hash; the
//! order of their actors says so. It counts as an edit of the one behind it, made with nothing else of that in view: what it
//! changes stands, and what was edited of the one behind meets it as any edit does ([`super::reading`]). The next edit is
//! written into the first. What is not shown can be read and restored in the history.

use std::collections::BTreeSet;

use automerge::{ActorId, Automerge, ChangeHash, ObjId, ROOT, ReadDoc, Value};

/// The actors of the creations that stand behind another one, now or at some changes; none of almost every document.
pub(super) fn behind(doc: &impl ReadDoc, heads: Option<&[ChangeHash]>) -> BTreeSet<ActorId> {
    let all = all(doc, "v", heads);
    if all.len() < 2 {
        return BTreeSet::new();
    }
    let mut actors: BTreeSet<ActorId> = all.iter().filter_map(|(_, id)| actor_of(id).cloned()).collect();
    actors.pop_last();
    actors
}

/// All values of a key in the root.
pub(super) fn all<'a>(
    doc: &'a impl ReadDoc,
    key: &str,
    heads: Option<&[ChangeHash]>,
) -> Vec<(Value<'a>, ObjId)> {
    match heads {
        Some(heads) => doc.get_all_at(ROOT, key, heads),
        None => doc.get_all(ROOT, key),
    }
    .unwrap_or_default()
}

/// The value of a key in the root, as those creations would have it that are not `behind`.
pub(super) fn value<'a>(
    doc: &'a impl ReadDoc,
    key: &str,
    heads: Option<&[ChangeHash]>,
    behind: &BTreeSet<ActorId>,
) -> Option<(Value<'a>, ObjId)> {
    if behind.is_empty() {
        return match heads {
            Some(heads) => doc.get_at(ROOT, key, heads),
            None => doc.get(ROOT, key),
        }
        .ok()?;
    }
    let counts = |id: &ObjId| actor_of(id).is_some_and(|actor| !behind.contains(actor));
    all(doc, key, heads).into_iter().filter(|(_, id)| counts(id)).max_by_key(|(_, id)| place(id))
}

/// The changes that a document was created by, the first of them first.
pub(super) fn creations(doc: &Automerge) -> Vec<(ActorId, ChangeHash)> {
    let all = doc.get_changes_meta(&[]).into_iter().filter(|change| change.deps.is_empty());
    let mut all: Vec<_> = all.map(|change| (change.actor.into_owned(), change.hash)).collect();
    all.sort_by(|one, other| other.cmp(one));
    all
}

/// What was put into one of the sets of the creations behind since they were created, and what was taken out of it.
pub(super) fn moved(
    doc: &Automerge,
    set: &str,
    heads: Option<&[ChangeHash]>,
    behind: &BTreeSet<ActorId>,
) -> Vec<(BTreeSet<String>, BTreeSet<String>)> {
    if behind.is_empty() {
        return Vec::new();
    }
    let maps = all(doc, set, heads).into_iter().map(|(_, map)| map);
    let mut maps: Vec<ObjId> = maps.filter(|map| actor_of(map).is_some_and(|a| behind.contains(a))).collect();
    maps.sort_by(|one, other| actor_of(other).cmp(&actor_of(one)));
    let moved = maps.iter().filter_map(|map| {
        let then: BTreeSet<String> = doc.keys_at(map, &[doc.hash_for_opid(map)?]).collect();
        let now: BTreeSet<String> = match heads {
            Some(heads) => doc.keys_at(map, heads).collect(),
            None => doc.keys(map).collect(),
        };
        Some((now.difference(&then).cloned().collect(), then.difference(&now).cloned().collect()))
    });
    moved.collect()
}

pub(super) fn actor_of(id: &ObjId) -> Option<&ActorId> {
    match id {
        ObjId::Id(_, actor, _) => Some(actor),
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
