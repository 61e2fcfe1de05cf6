//! The exercises that a person adds: which definitions may join, and which of those that are kept count.

use std::collections::btree_map::Entry;

use super::Library;
use crate::answers::ExerciseId;
use crate::exercise::Exercise;
use crate::fault::Fault;

impl Library {
    /// Keeps ids from every definition that a person adds: measures share theirs with exercises.
    #[must_use]
    pub fn reserve(mut self, ids: impl IntoIterator<Item = ExerciseId>) -> Self {
        self.reserved.extend(ids);
        self
    }

    /// Tells whether a person added the exercise.
    pub fn is_custom(&self, id: &ExerciseId) -> bool {
        self.custom.contains(id)
    }

    /// Reads a definition that a person wants to add, checked against the newest version that they added before.
    ///
    /// # Errors
    /// Every [`Fault`] of the definition.
    pub fn check_custom(&self, toml_text: &str) -> Result<Exercise, Vec<Fault>> {
        let alone = Exercise::load(toml_text, None)?;
        if self.is_ours(&alone.id) {
            let what = format!("something that comes with Haven has the id {} already", alone.id);
            let next = format!("give it an id of its own, such as id = \"my-{}\"", alone.id);
            return Err(vec![Fault::new(what, next)]);
        }
        match self.get(&alone.id) {
            Some(previous) => Exercise::load(toml_text, Some(previous)),
            None => Ok(alone),
        }
    }

    /// Returns what comes with Haven, and with it the definitions that a person added; of two for one version the first.
    /// What this release cannot read, and what has an id of Haven's own, is left out.
    ///
    /// Versions are not held against each other here: whoever added one did that. Those added on two devices apart may
    /// disagree, and each still reads the entries that were made with it.
    #[must_use]
    pub fn with_custom<'a>(&self, definitions: impl IntoIterator<Item = &'a str>) -> Self {
        let mut library = self.clone();
        for toml_text in definitions {
            let Ok(exercise) = Exercise::load(toml_text, None) else { continue };
            if self.is_ours(&exercise.id) {
                continue;
            }
            library.custom.insert(exercise.id.clone());
            let versions = library.exercises.entry(exercise.id.clone()).or_default();
            if let Entry::Vacant(free) = versions.entry(exercise.version) {
                free.insert(exercise);
            }
        }
        library
    }

    fn is_ours(&self, id: &ExerciseId) -> bool {
        self.reserved.contains(id) || (self.exercises.contains_key(id) && !self.custom.contains(id))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::shelf::Shelf;

    const BREATH: &str = include_str!("../../content/exercises/slow-breath.toml");

    fn definition(id: &str, version: u32) -> String {
        let text = BREATH.replacen("id = \"slow-breath\"", &format!("id = \"{id}\""), 1);
        text.replacen("version = 1", &format!("version = {version}"), 1)
    }

    fn built_in() -> Arc<Library> {
        Shelf::built_in().unwrap().exercises
    }

    fn refused(library: &Library, definition: &str) -> String {
        library.check_custom(definition).unwrap_err().iter().map(|fault| format!("{fault}\n")).collect()
    }

    #[test]
    fn an_id_of_havens_own_is_refused_and_never_replaced() {
        let library = built_in();
        for id in ["slow-breath", "phq-9"] {
            let expected = format!(
                "something that comes with Haven has the id {id} already; give it an id of its own, such as id = \"my-{id}\"\n"
            );
            assert_eq!(refused(&library, &definition(id, 2)), expected);
            let with = library.with_custom([&*definition(id, 2)]);
            assert_eq!(with.get(&id.parse().unwrap()), library.get(&id.parse().unwrap()), "{id}");
            assert!(!with.is_custom(&id.parse().unwrap()));
        }
    }

    #[test]
    fn a_next_version_is_greater_and_keeps_its_fields() {
        let library = built_in().with_custom([&*definition("my-breath", 2)]);
        assert!(refused(&library, &definition("my-breath", 2)).contains("version 2 is not greater than 2"));
        let renamed = definition("my-breath", 3).replace("\"pattern\"", "\"form\"");
        assert!(refused(&library, &renamed).contains("the field pattern was removed"));
        assert_eq!(library.check_custom(&definition("my-breath", 3)).map(|it| it.version), Ok(3));
    }

    #[test]
    fn the_first_definition_of_a_version_counts_and_what_cannot_be_read_is_left_out() {
        let (first, other) =
            (definition("my-breath", 1), definition("my-breath", 1).replace("minutes = 5", "minutes = 6"));
        let newer = definition("my-breath", 2).replace("schema = 1", "schema = 2");
        let library = built_in().with_custom([&*newer, &first, &other, "no toml"]);
        let mine = library.get(&"my-breath".parse().unwrap()).unwrap();
        assert_eq!((mine.version, mine.minutes), (1, 5));
        assert_eq!(library.iter().count(), built_in().iter().count() + 1);
    }
}
