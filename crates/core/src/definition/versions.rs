//! Definitions by id and version: those that come with Haven, and those that a person added or took back.

use std::collections::BTreeMap;

use crate::answers::{ExerciseId, ExerciseRef};

/// Every known version of every definition of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Versions<T> {
    known: BTreeMap<ExerciseId, Known<T>>,
}

#[derive(Clone, Debug)]
struct Known<T> {
    /// Whether a person added it.
    is_custom: bool,
    versions: BTreeMap<u32, Version<T>>,
}

#[derive(Clone, Debug)]
struct Version<T> {
    definition: T,
    /// Whether it was added and not taken back since.
    is_offered: bool,
}

impl<T> Default for Versions<T> {
    fn default() -> Self {
        Self { known: BTreeMap::new() }
    }
}

impl<T> Versions<T> {
    /// Takes in a version that comes with Haven.
    pub(crate) fn insert(&mut self, reference: ExerciseRef, definition: T) {
        let known =
            self.known.entry(reference.id).or_insert(Known { is_custom: false, versions: BTreeMap::new() });
        known.versions.insert(reference.version, Version { definition, is_offered: true });
    }

    /// Takes in a version that a person added, unless its id is Haven's own. The first of one version counts; it is offered
    /// while one of them was not taken back. What cannot be read is left out.
    pub(crate) fn keep(&mut self, kept: &ExerciseRef, is_offered: bool, read: impl FnOnce() -> Option<T>) {
        let known = self.known.get_mut(&kept.id);
        if known.as_ref().is_some_and(|known| !known.is_custom) {
            return;
        }
        if let Some(version) = known.and_then(|known| known.versions.get_mut(&kept.version)) {
            version.is_offered |= is_offered;
            return;
        }
        let Some(definition) = read() else { return };
        let known = self.known.entry(kept.id.clone());
        let known = known.or_insert(Known { is_custom: true, versions: BTreeMap::new() });
        known.versions.insert(kept.version, Version { definition, is_offered });
    }

    /// Tells whether any version of it is known.
    pub(crate) fn knows(&self, id: &ExerciseId) -> bool {
        self.known.contains_key(id)
    }

    /// Tells whether a person added it.
    pub(crate) fn is_custom(&self, id: &ExerciseId) -> bool {
        self.known.get(id).is_some_and(|known| known.is_custom)
    }

    /// Returns the newest version that is offered; none of what was taken back.
    pub(crate) fn offered(&self, id: &ExerciseId) -> Option<&T> {
        self.known.get(id)?.offered()
    }

    /// Returns the number of the newest version that is offered.
    pub(crate) fn offered_version(&self, id: &ExerciseId) -> Option<u32> {
        let versions = &self.known.get(id)?.versions;
        versions.iter().rev().find(|(_, version)| version.is_offered).map(|(number, _)| *number)
    }

    /// Returns the version that stands for all: the one offered, or the newest of what was taken back.
    pub(crate) fn get(&self, id: &ExerciseId) -> Option<&T> {
        let known = self.known.get(id)?;
        known.offered().or_else(|| known.newest())
    }

    /// Returns one version, whether it is offered or not.
    pub(crate) fn get_version(&self, id: &ExerciseId, version: u32) -> Option<&T> {
        Some(&self.known.get(id)?.versions.get(&version)?.definition)
    }

    /// Returns the newest version, whether it is offered or not.
    pub(crate) fn newest(&self, id: &ExerciseId) -> Option<&T> {
        self.known.get(id)?.newest()
    }

    /// Iterates over what is offered, by id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.known.values().filter_map(Known::offered)
    }

    /// Iterates over the versions that stand for all, by id, also those of what was taken back.
    pub(crate) fn all(&self) -> impl Iterator<Item = &T> {
        self.known.values().filter_map(|known| known.offered().or_else(|| known.newest()))
    }
}

impl<T> Known<T> {
    fn offered(&self) -> Option<&T> {
        let mut newest_first = self.versions.values().rev();
        newest_first.find(|version| version.is_offered).map(|version| &version.definition)
    }

    fn newest(&self) -> Option<&T> {
        self.versions.values().next_back().map(|version| &version.definition)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is offered and what stands for all after so many documents: version, text, whether it is offered.
    fn check(kept: &[(u32, &'static str, bool)], offered: Option<&str>, get: Option<&str>) {
        let mut versions = Versions::default();
        for (version, text, is_offered) in kept {
            versions.keep(&format!("my-own@{version}").parse().unwrap(), *is_offered, || Some(*text));
        }
        let id = "my-own".parse().unwrap();
        assert_eq!(versions.offered(&id).copied(), offered, "{kept:?}");
        assert_eq!(versions.get(&id).copied(), get, "{kept:?}");
        assert_eq!(
            (versions.iter().count(), versions.all().count()),
            (offered.iter().count(), 1),
            "{kept:?}"
        );
    }

    #[test]
    fn the_first_of_a_version_counts_and_one_that_was_not_taken_back_is_enough_to_offer_it() {
        check(&[(1, "a", true)], Some("a"), Some("a"));
        check(&[(1, "a", false)], None, Some("a"));
        check(&[(1, "a", false), (1, "b", true)], Some("a"), Some("a"));
        check(&[(1, "a", true), (2, "b", true)], Some("b"), Some("b"));
        check(&[(1, "a", true), (2, "b", false)], Some("a"), Some("a"));
        check(&[(1, "a", false), (2, "b", false)], None, Some("b"));
        check(&[(2, "b", true), (1, "a", false)], Some("b"), Some("b"));
    }

    #[test]
    fn what_is_havens_own_is_never_replaced() {
        let mut versions = Versions::default();
        versions.insert("ours@1".parse().unwrap(), "ours");
        versions.keep(&"ours@2".parse().unwrap(), true, || Some("theirs"));
        let id = "ours".parse().unwrap();
        assert_eq!((versions.get(&id), versions.is_custom(&id)), (Some(&"ours"), false));
    }
}
