//! What a person adds: which definitions may join the shelf, and which of those that are kept count.

use std::sync::Arc;

use super::Shelf;
use crate::answers::{ExerciseId, ExerciseRef};
use crate::definition::{Versions, word_enum};
use crate::exercise::Exercise;
use crate::fault::Fault;
use crate::measure::Measure;

word_enum!(
    /// What a definition defines.
    Defined, "kind of definition" {
        /// An exercise.
        Exercise = "exercise",
        /// A measure.
        Measure = "measure",
    }
);

/// A definition that a person added, as it is kept.
#[derive(Clone, Copy)]
pub struct Kept<'a> {
    /// What it defines.
    pub defined: Defined,
    /// Its id and version.
    pub reference: &'a ExerciseRef,
    /// Its TOML.
    pub text: &'a str,
    /// Whether the person took it back.
    pub is_removed: bool,
}

impl Shelf {
    /// Reads the definition of an exercise that a person wants to add, checked against the newest version that they added.
    /// One that was taken back may be added again as it was.
    ///
    /// # Errors
    /// Every [`Fault`] of the definition.
    pub fn check_exercise(&self, toml_text: &str) -> Result<Exercise, Vec<Fault>> {
        let alone = Exercise::load(toml_text, None)?;
        self.check_id(Defined::Exercise, &alone.id)?;
        match previous(self.exercises.versions(), &alone, &alone.reference()) {
            Some(previous) => Exercise::load(toml_text, Some(previous)),
            None => Ok(alone),
        }
    }

    /// Reads the definition of a measure that a person wants to add; see [`Shelf::check_exercise`].
    ///
    /// # Errors
    /// Every [`Fault`] of the definition.
    pub fn check_measure(&self, toml_text: &str) -> Result<Measure, Vec<Fault>> {
        let alone = Measure::load(toml_text, None)?;
        self.check_id(Defined::Measure, &alone.id)?;
        match previous(self.measures.versions(), &alone, &alone.reference()) {
            Some(previous) => Measure::load(toml_text, Some(previous)),
            None => Ok(alone),
        }
    }

    /// Reads a definition of either kind that a person wants to add.
    ///
    /// # Errors
    /// Every [`Fault`] of the definition.
    pub fn check(&self, defined: Defined, toml_text: &str) -> Result<ExerciseRef, Vec<Fault>> {
        match defined {
            Defined::Exercise => self.check_exercise(toml_text).map(|exercise| exercise.reference()),
            Defined::Measure => self.check_measure(toml_text).map(|measure| measure.reference()),
        }
    }

    /// Returns what comes with Haven, and with it the definitions that a person added, in the order given: of two for one
    /// version the first counts, and an id belongs to an exercise or a measure as its first definition says. What this release
    /// cannot read, and what has an id of Haven's own, is left out.
    ///
    /// Versions are not held against each other here: whoever added one did that. Those added on two devices apart may
    /// disagree, and each still reads the entries that were made with it.
    #[must_use]
    pub fn with_custom<'a>(&self, kept: impl IntoIterator<Item = Kept<'a>>) -> Self {
        let mut shelf = self.clone();
        let (exercises, measures) = (Arc::make_mut(&mut shelf.exercises), Arc::make_mut(&mut shelf.measures));
        for Kept { defined, reference, text, is_removed } in kept {
            let is_meant = |id: ExerciseRef| id == *reference;
            match defined {
                Defined::Exercise if !measures.versions().knows(&reference.id) => {
                    let read = || Exercise::load(text, None).ok().filter(|read| is_meant(read.reference()));
                    exercises.versions_mut().keep(reference, !is_removed, read);
                }
                Defined::Measure if !exercises.versions().knows(&reference.id) => {
                    let read = || Measure::load(text, None).ok().filter(|read| is_meant(read.reference()));
                    measures.versions_mut().keep(reference, !is_removed, read);
                }
                Defined::Exercise | Defined::Measure => {}
            }
        }
        shelf
    }

    /// Checks that nothing of Haven's and nothing of the other kind has the id.
    fn check_id(&self, defined: Defined, id: &ExerciseId) -> Result<(), Vec<Fault>> {
        let (exercises, measures) = (self.exercises.versions(), self.measures.versions());
        let is_ours = |knows: bool, is_custom: bool| knows && !is_custom;
        if is_ours(exercises.knows(id), exercises.is_custom(id))
            || is_ours(measures.knows(id), measures.is_custom(id))
        {
            let what = format!("something that comes with Haven has the id {id} already");
            let next = format!("give it an id of its own, such as id = \"my-{id}\"");
            return Err(vec![Fault::new(what, next)]);
        }
        let other = match defined {
            Defined::Exercise => measures.knows(id).then_some("a measure"),
            Defined::Measure => exercises.knows(id).then_some("an exercise"),
        };
        let Some(other) = other else { return Ok(()) };
        let what =
            format!("{other} that you added has the id {id}, and keeps it for the entries made with it");
        Err(vec![Fault::new(what, "give it an id of its own")])
    }
}

/// The version that a definition has to follow; none if it has none before it, and none for what was taken back and comes
/// again as it was.
fn previous<'a, T: PartialEq>(
    versions: &'a Versions<T>,
    alone: &T,
    reference: &ExerciseRef,
) -> Option<&'a T> {
    let is_known = versions.get_version(&reference.id, reference.version) == Some(alone);
    let newest_offered = versions.offered_version(&reference.id);
    let comes_back = is_known && newest_offered.is_none_or(|offered| offered < reference.version);
    versions.newest(&reference.id).filter(|_| !comes_back)
}

#[cfg(test)]
mod tests;
