//! Exercises and measures by what they are called.

use std::collections::BTreeSet;

use thiserror::Error;

use super::Shelf;
use crate::answers::ExerciseId;
use crate::fold::fold;

/// A beginning that several titles share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("several exercises or questionnaires begin like that")]
pub struct SeveralTitles;

impl Shelf {
    /// The exercise or measure that a word means: its id, else its title in any language, else the beginning of one. Case and
    /// accents do not matter. None where nothing is called like that.
    ///
    /// # Errors
    /// [`SeveralTitles`] where it could be several.
    pub fn titled(&self, word: &str) -> Result<Option<ExerciseId>, SeveralTitles> {
        let typed = fold(word.trim());
        if typed.trim().is_empty() {
            return Ok(None);
        }
        let known = |id: &ExerciseId| self.exercises.get(id).is_some() || self.measures.get(id).is_some();
        if let Some(id) = word.trim().parse().ok().filter(known) {
            return Ok(Some(id));
        }
        let titles: Vec<(String, &ExerciseId)> = self.titles().collect();
        let found = |fits: &dyn Fn(&str) -> bool| -> BTreeSet<&ExerciseId> {
            titles.iter().filter(|(title, _)| fits(title)).map(|(_, id)| *id).collect()
        };
        let exactly = found(&|title| title == typed);
        let fitting = if exactly.is_empty() { found(&|title| title.starts_with(&typed)) } else { exactly };
        let mut fitting = fitting.into_iter();
        match (fitting.next(), fitting.next()) {
            (Some(_), Some(_)) => Err(SeveralTitles),
            (found, _) => Ok(found.cloned()),
        }
    }

    /// Every title there is, folded, with whose it is.
    fn titles(&self) -> impl Iterator<Item = (String, &ExerciseId)> {
        let exercises = self.exercises.all().flat_map(|exercise| {
            let titles = exercise
                .texts
                .iter()
                .filter(|(_, key, _)| exercise.title.as_ref().is_some_and(|title| key == title));
            titles.map(|(_, _, text)| (fold(text.trim()), &exercise.id))
        });
        let measures = self.measures.all().flat_map(|measure| {
            let titles = measure.texts.iter().filter(|(_, key, _)| *key == measure.title);
            titles.map(|(_, _, text)| (fold(text.trim()), &measure.id))
        });
        exercises.chain(measures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exercise_is_found_by_id_title_or_the_beginning_of_one() {
        let shelf = Shelf::built_in().unwrap();
        let id = |id: &str| Ok(Some(id.parse().unwrap()));
        let cases = [
            ("name-it", id("name-it")),
            ("Give it a name", id("name-it")),
            ("  give it a NAME ", id("name-it")),
            ("give it", id("name-it")),
            ("a few slow", id("slow-breath")),
            ("phq-9", id("phq-9")),
            ("a", Err(SeveralTitles)),
            ("no such thing", Ok(None)),
            ("name-its", Ok(None)),
            (" ", Ok(None)),
        ];
        for (word, expected) in cases {
            assert_eq!(shelf.titled(word), expected, "{word}");
        }
    }
}
