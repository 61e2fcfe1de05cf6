//! What the changes of one record build on: all that the guard's verdict may depend on, since it is the same on every device.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ActorId, Automerge, Change, ChangeHash};

use super::look::Look;
use super::roots::all;

/// What only a creation puts into the root. Nobody puts it again, so whatever edits meet, a document keeps its shape.
const CREATED: [&str; 9] =
    ["v", "kind", "created", "texts", "tags", "people", "answers", "exercise", "import"];

/// Some changes and everything before them.
pub(super) struct Past {
    own: BTreeSet<ChangeHash>,
    /// Those of `own` that no other of them knew of directly.
    heads: Vec<ChangeHash>,
    before: BTreeSet<ChangeHash>,
    last_operation: u64,
}

impl Past {
    /// None if something that they build on is not there.
    pub(super) fn of(doc: &Automerge, changes: &[Change]) -> Option<Self> {
        let own: BTreeSet<ChangeHash> = changes.iter().map(Change::hash).collect();
        let known: BTreeSet<ChangeHash> = changes.iter().flat_map(Change::deps).copied().collect();
        let there: BTreeMap<ChangeHash, (Vec<ChangeHash>, u64)> = doc
            .get_changes_meta(&[])
            .into_iter()
            .map(|change| (change.hash, (change.deps, change.max_op)))
            .collect();
        let (mut before, mut last_operation) = (BTreeSet::new(), 0);
        let mut open: Vec<ChangeHash> = known.difference(&own).copied().collect();
        while let Some(hash) = open.pop() {
            if !before.insert(hash) {
                continue;
            }
            let (deps, max_op) = there.get(&hash)?;
            last_operation = last_operation.max(*max_op);
            open.extend(deps.iter().filter(|dep| !own.contains(*dep)));
        }
        let heads = own.difference(&known).copied().collect();
        Some(Self { own, heads, before, last_operation })
    }

    /// The highest counter of an operation before them.
    pub(super) fn last_operation(&self) -> u64 {
        self.last_operation
    }

    /// The bytes of all changes before them.
    pub(super) fn bytes(&self, doc: &Automerge) -> u64 {
        let changes = doc.get_changes(&[]);
        let before = changes.iter().filter(|change| self.before.contains(&change.hash()));
        before.map(|change| change.raw_bytes().len() as u64).sum()
    }

    /// Where a document that holds them stood after them; none if there is nothing else in it.
    pub(super) fn heads_in(&self, doc: &Automerge) -> Option<Vec<ChangeHash>> {
        let all = doc.get_changes_meta(&[]).len();
        let holds_more = all > self.own.len() + self.before.len();
        (holds_more && !self.own.is_empty()).then(|| self.heads.clone())
    }

    /// Looks whether the document has the shape of ours there. None if it has not.
    pub(super) fn shape(
        &self,
        doc: &Automerge,
        creations: &[(ActorId, ChangeHash)],
        heads: Option<&[ChangeHash]>,
    ) -> Option<()> {
        let mut created: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let ids = |key: &str, heads: Option<&[ChangeHash]>| -> BTreeSet<String> {
            all(doc, key, heads).into_iter().map(|(_, id)| id.to_string()).collect()
        };
        let of_these =
            |hash: &ChangeHash| self.own.is_empty() || self.own.contains(hash) || self.before.contains(hash);
        let mut any = self.own.is_empty();
        for (_, creation) in creations.iter().filter(|(_, hash)| of_these(hash)) {
            any = true;
            let at = [*creation];
            if self.own.contains(creation) {
                Look::at(doc, Some(&at)).is_whole().then_some(())?;
            }
            for key in CREATED {
                created.entry(key).or_default().extend(ids(key, Some(&at)));
            }
        }
        let stands = CREATED.iter().all(|key| created.get(key).is_some_and(|made| *made == ids(key, heads)));
        (any && stands).then_some(())
    }
}
