//! What an exercise asks of a person, so that nobody has to begin it to find out.

use crate::definition::word_enum;

use super::{Exercise, Field, ItemKind, Phase, Shape, breathing};

word_enum!(
    /// Something that doing an exercise is made of, in the order in which it is told.
    Ask, "thing that an exercise asks" {
        /// To breathe by a pattern while a timer runs.
        Breathing = "breathing",
        /// To stay with something while a timer runs.
        Sitting = "sitting",
        /// To write in one's own words.
        Writing = "writing",
        /// To choose.
        Choosing = "choosing",
        /// To think of somebody of the journal.
        People = "people",
        /// To come back to a question some days later.
        Later = "later",
    }
);

impl Exercise {
    /// What doing it is made of, each once.
    pub fn asks(&self) -> Vec<Ask> {
        let is_breath = self
            .fields
            .iter()
            .any(|field| field.shape.options().iter().any(|it| breathing(&it.id).is_some()));
        let asked: Vec<Ask> = self.fields.iter().filter_map(|field| ask_of(field, is_breath)).collect();
        Ask::ALL.iter().copied().filter(|ask| asked.contains(ask)).collect()
    }

    /// How many questions one sitting has at most.
    pub fn questions(&self) -> usize {
        let asked =
            |field: &&Field| field.phase != Phase::Later && !matches!(field.shape, Shape::Derived { .. });
        self.fields.iter().filter(asked).count()
    }

    /// How many questions it has where it ends at the first place at which it well may: a question on the way to which no is an end, such
    /// as the one for another person. The same as [`Exercise::questions`] where there is none.
    pub fn questions_least(&self) -> usize {
        let ends = |field: &Field| {
            field.phase == Phase::Main
                && matches!(&field.shape, Shape::Bool { stop: Some(stop) } if !stop.when)
        };
        self.fields.iter().position(ends).map_or_else(|| self.questions(), |last| last + 1)
    }
}

fn ask_of(field: &Field, is_breath: bool) -> Option<Ask> {
    if field.phase == Phase::Later {
        return Some(Ask::Later);
    }
    match &field.shape {
        Shape::Timer { .. } => Some(if is_breath { Ask::Breathing } else { Ask::Sitting }),
        Shape::Text { .. } | Shape::LongText { .. } => Some(Ask::Writing),
        Shape::List { of: ItemKind::Text, .. } => Some(Ask::Writing),
        Shape::List { of: ItemKind::Person, .. } | Shape::Person => Some(Ask::People),
        Shape::List { of: ItemKind::Link, .. } | Shape::Link { .. } => Some(Ask::Choosing),
        Shape::Scale(_) | Shape::Choice(_) | Shape::Multi { .. } | Shape::Emotions { .. } => {
            Some(Ask::Choosing)
        }
        Shape::Bool { .. } | Shape::DateTime | Shape::Date { .. } | Shape::Duration => Some(Ask::Choosing),
        Shape::Derived { .. } | Shape::Consent => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Library;

    #[test]
    fn an_exercise_says_what_it_asks() {
        let library = Library::built_in().unwrap();
        let get = |id: &str| library.offered(&id.parse().unwrap()).unwrap();
        let early = get("early-care-map");
        assert_eq!((early.questions_least(), early.questions()), (11, 31), "one person is enough");
        let cases = [
            ("slow-breath", vec![Ask::Breathing, Ask::Choosing], 5, false),
            ("name-it", vec![Ask::Writing, Ask::Choosing], 5, true),
            (
                "ride-the-urge",
                vec![Ask::Sitting, Ask::Writing, Ask::Choosing, Ask::People],
                get("ride-the-urge").questions(),
                true,
            ),
        ];
        for (id, asks, questions, stirs) in cases {
            let exercise = get(id);
            assert_eq!(
                (exercise.asks(), exercise.questions(), exercise.safety.stirs),
                (asks, questions, stirs),
                "{id}"
            );
        }
        for exercise in library.iter() {
            assert!(!exercise.asks().is_empty() && exercise.questions() > 0, "{}", exercise.id);
            let has_less = exercise.questions_least() < exercise.questions();
            assert_eq!(has_less, exercise.id.as_str() == "early-care-map", "{}", exercise.id);
        }
    }
}
