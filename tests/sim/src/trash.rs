//! Whether an entry has to be in the trash, worked out from what people did and what each of them had seen by then: an edit
//! wins over the trash, until somebody who saw both decides.
//!
//! This is the rule of PROTOCOL.md told once more, of acts instead of operations: it knows no document.

use std::collections::{BTreeMap, BTreeSet};

use haven_core::id::EntryId;
use haven_engine::version::Version;

/// The hash by which an act is known to whoever has seen it.
type Head = [u8; 32];

/// What somebody did to an entry.
struct Act {
    /// The acts that they had seen, by their places.
    seen: BTreeSet<usize>,
    /// Whether it belongs into the trash, where they decided that.
    decides: Option<bool>,
}

/// All that was done to one entry.
#[derive(Default)]
struct Acts {
    acts: Vec<Act>,
    places: BTreeMap<Head, usize>,
    /// Something may have been done to it of which nobody was told.
    is_uncertain: bool,
}

/// What was done to every entry.
#[derive(Default)]
pub struct Acted {
    entries: BTreeMap<EntryId, Acts>,
}

impl Acted {
    /// Somebody acted on an entry that they saw in one version and that is in another now. `decides`: they put it into the trash or
    /// took it out; otherwise they wrote in it, and decided with that only where it was open. `is_trashed`: as they see it now.
    pub fn acted(
        &mut self,
        entry: EntryId,
        (before, after): (&Version, &Version),
        decides: bool,
        is_trashed: bool,
    ) {
        if before == after {
            return;
        }
        let acts = self.entries.entry(entry).or_default();
        let seen = acts.seen(before);
        let decides = (decides || acts.is_open(&seen)).then_some(is_trashed);
        if let [head] = after.heads() {
            acts.places.insert(*head, acts.acts.len());
            acts.acts.push(Act { seen, decides });
        } else {
            acts.is_uncertain = true;
        }
    }

    /// Something may have been done to an entry, or its history is not made of acts alone.
    pub fn is_uncertain(&mut self, entry: EntryId) {
        self.entries.entry(entry).or_default().is_uncertain = true;
    }

    /// The entries that anything was done to.
    pub fn entries(&self) -> Vec<EntryId> {
        self.entries.keys().copied().collect()
    }

    /// Compares what was done to an entry with its history: there is one creation, and everything else is an act.
    pub fn compare(&mut self, entry: EntryId, history: &[Version]) {
        let acts = self.entries.entry(entry).or_default();
        let is_act = |version: &&Version| version.heads().iter().all(|head| acts.places.contains_key(head));
        let known = history.iter().filter(is_act).count();
        acts.is_uncertain |= known + 1 != history.len() || known != acts.acts.len();
    }

    /// How many entries are back since an edit won over the trash, and how many are in the trash, for whoever sees these versions.
    pub fn outcomes<'a>(&self, seen: impl Iterator<Item = (EntryId, &'a Version)>) -> (usize, usize) {
        let certain = seen.filter_map(|(entry, version)| {
            let acts = self.entries.get(&entry).filter(|acts| !acts.is_uncertain)?;
            acts.trash(&acts.seen(version))
        });
        let (stands, back): (Vec<Trash>, Vec<Trash>) = certain.partition(|trash| trash.wins);
        (back.len(), stands.len())
    }

    /// Whether an entry has to be in the trash for whoever sees this version; `None` where nobody can tell.
    pub fn is_trashed(&self, entry: EntryId, version: &Version) -> Option<bool> {
        let Some(acts) = self.entries.get(&entry) else { return Some(false) };
        (!acts.is_uncertain).then(|| acts.trash(&acts.seen(version)).is_some_and(|trash| trash.wins))
    }
}

/// A decision for the trash that stands among some acts.
struct Trash {
    wins: bool,
    is_open: bool,
}

impl Acts {
    /// What whoever sees a version has seen. A head that is not known is the creation.
    fn seen(&self, version: &Version) -> BTreeSet<usize> {
        let heads = version.heads().iter().filter_map(|head| self.places.get(head));
        heads.flat_map(|place| self.acts[*place].seen.iter().copied().chain([*place])).collect()
    }

    /// The last decisions among some acts: those that no other decision had seen.
    fn decisions(&self, among: &BTreeSet<usize>) -> Vec<usize> {
        let decides = |place: &usize| self.acts[*place].decides.is_some();
        let all: Vec<usize> = among.iter().copied().filter(decides).collect();
        let is_last = |place: &usize| all.iter().all(|other| !self.acts[*other].seen.contains(place));
        all.iter().copied().filter(is_last).collect()
    }

    fn trash(&self, among: &BTreeSet<usize>) -> Option<Trash> {
        let last = self.decisions(among);
        let (trashing, keeping): (Vec<usize>, Vec<usize>) =
            last.iter().partition(|place| self.acts[**place].decides == Some(true));
        if trashing.is_empty() {
            return None;
        }
        let is_apart = |act: &usize| {
            trashing.iter().all(|trash| {
                act != trash && !self.acts[*trash].seen.contains(act) && !self.acts[*act].seen.contains(trash)
            })
        };
        let wins = keeping.is_empty() && !among.iter().any(is_apart);
        Some(Trash { wins, is_open: last.len() > 1 || !wins })
    }

    /// Whether somebody who saw these acts and writes in the entry decides with that.
    fn is_open(&self, among: &BTreeSet<usize>) -> bool {
        let several = self.decisions(among).len() > 1;
        self.trash(among).map_or(several, |trash| trash.is_open)
    }
}
