//! What was meant, perhaps, by a filter or a search that finds nothing.

use std::collections::{BTreeMap, BTreeSet};

use haven_api::limits::CANDIDATES_MAX;
use haven_core::answers::ExerciseId;
use haven_core::entry::Tag;
use haven_core::feeling::{Feeling, Feelings, named};
use haven_core::nearest::nearest;
use haven_core::shelf::Shelf;
use haven_engine::view::View;

/// What is asked for by a name that can be mistyped.
pub(super) struct Asked<'a> {
    pub(super) tags: Vec<&'a Tag>,
    pub(super) exercises: Vec<&'a ExerciseId>,
    pub(super) feelings: Vec<&'a Feeling>,
}

/// What the journal has that may have been meant. At most [`CANDIDATES_MAX`] of each.
#[derive(Default)]
pub(super) struct Near {
    pub(super) tags: Vec<String>,
    pub(super) exercises: Vec<String>,
    pub(super) feelings: Vec<String>,
}

/// Where names are looked for.
pub(super) struct Names<'a> {
    pub(super) view: &'a View,
    pub(super) shelf: &'a Shelf,
    pub(super) feelings: &'a Feelings<'a>,
    /// The language that feelings are told in.
    pub(super) language: &'a str,
}

impl Names<'_> {
    /// What may have been meant; nothing where something was found.
    pub(super) fn near(&self, asked: &Asked<'_>, found: u32) -> Near {
        if found > 0 {
            return Near::default();
        }
        Near {
            tags: self.tags(&asked.tags),
            exercises: self.exercises(&asked.exercises),
            feelings: self.feelings(&asked.feelings),
        }
    }

    /// Tags that differ in case only from one that is asked for and that no entry has, else those that differ in a letter or two.
    fn tags(&self, asked: &[&Tag]) -> Vec<String> {
        if asked.is_empty() {
            return Vec::new();
        }
        let all: BTreeSet<&Tag> = self.view.rows().flat_map(|row| &row.entry.tags).collect();
        let unknown: Vec<_> = asked.iter().filter(|tag| !all.contains(*tag)).collect();
        let in_another_case = |tag: &&Tag| unknown.iter().any(|asked| asked.differs_in_case_only(tag));
        let near: Vec<_> = all.iter().copied().filter(in_another_case).map(Tag::to_string).collect();
        if !near.is_empty() {
            return near.into_iter().take(CANDIDATES_MAX).collect();
        }
        let names = || all.iter().map(|tag| tag.as_str());
        let mistyped = unknown.iter().flat_map(|asked| nearest(asked.as_str(), names()));
        mistyped.take(CANDIDATES_MAX).map(str::to_owned).collect()
    }

    /// Exercises and measures that entries answer, near to an id that nothing has.
    fn exercises(&self, asked: &[&ExerciseId]) -> Vec<String> {
        let unknown: Vec<_> = asked.iter().filter(|id| self.shelf.find(id, None).is_none()).collect();
        if unknown.is_empty() {
            return Vec::new();
        }
        let all: BTreeSet<&ExerciseId> = self.view.rows().filter_map(|row| row.exercise()).collect();
        let unknown = unknown.iter().filter(|id| !all.contains(**id));
        let mistyped = unknown.flat_map(|asked| nearest(asked.as_str(), all.iter().map(|id| id.as_str())));
        mistyped.take(CANDIDATES_MAX).map(str::to_owned).collect()
    }

    /// Feelings that entries name, as they are called, near to a word that is offered nowhere and that none names.
    fn feelings(&self, asked: &[&Feeling]) -> Vec<String> {
        let Self { view, feelings, language, .. } = self;
        let unknown: Vec<_> = asked.iter().filter(|asked| feelings.id(asked.word()).is_none()).collect();
        if unknown.is_empty() {
            return Vec::new();
        }
        let all: BTreeSet<&str> = view.rows().flat_map(|row| named(&row.entry)).collect();
        let is_named = |asked: &&&Feeling| all.iter().any(|name| asked.is_called(name));
        let unknown: Vec<_> = unknown.into_iter().filter(|asked| !is_named(asked)).collect();
        let called = |name: &str| {
            let label = feelings.id(name).and_then(|id| feelings.label(id, language));
            label.unwrap_or(name).to_owned()
        };
        let labels: BTreeMap<String, String> =
            all.iter().map(|name| (feelings.key(name), called(name))).collect();
        let labels = || labels.values().map(String::as_str);
        let mistyped = unknown.iter().flat_map(|asked| nearest(asked.word(), labels()));
        mistyped.take(CANDIDATES_MAX).map(str::to_owned).collect()
    }
}
