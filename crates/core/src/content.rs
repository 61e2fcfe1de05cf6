//! The exercises that come with Haven, and the ones a person adds.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::answers::{ExerciseId, ExerciseRef};
use crate::exercise::{Exercise, Sign, Step};
use crate::fault::Fault;

/// The definitions that come with Haven: name of the file, and its text. Older versions stand before newer ones.
const BUILT_IN: [(&str, &str); 3] = [
    ("trigger-chain.toml", include_str!("../content/exercises/trigger-chain.toml")),
    ("thought-check.toml", include_str!("../content/exercises/thought-check.toml")),
    ("slow-breath.toml", include_str!("../content/exercises/slow-breath.toml")),
];

/// Why a definition cannot join the library.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{name} cannot be used: {}", faults.first().map(ToString::to_string).unwrap_or_default())]
pub struct Unusable {
    /// The name of the file.
    pub name: String,
    /// Everything that is wrong with it.
    pub faults: Vec<Fault>,
}

/// Exercises by id and version. Whoever holds one decides how long it lives; there is no global.
#[derive(Clone, Debug, Default)]
pub struct Library {
    exercises: BTreeMap<ExerciseId, BTreeMap<u32, Exercise>>,
}

impl Library {
    /// Reads the exercises that come with Haven.
    ///
    /// # Errors
    /// [`Unusable`] when a file in the program is damaged; the tests load every one of them.
    pub fn built_in() -> Result<Self, Unusable> {
        let mut library = Self::default();
        for (name, text) in BUILT_IN {
            library.add(name, text)?;
        }
        Ok(library)
    }

    /// Reads a definition into the library, checked against the newest version already there.
    ///
    /// # Errors
    /// [`Unusable`] with every fault of the definition.
    pub fn add(&mut self, name: &str, toml_text: &str) -> Result<ExerciseRef, Unusable> {
        let unusable = |faults| Unusable { name: name.to_owned(), faults };
        let alone = Exercise::load(toml_text, None).map_err(unusable)?;
        let exercise = match self.get(&alone.id) {
            Some(previous) => Exercise::load(toml_text, Some(previous)).map_err(unusable)?,
            None => alone,
        };
        let reference = exercise.reference();
        self.exercises.entry(exercise.id.clone()).or_default().insert(exercise.version, exercise);
        Ok(reference)
    }

    /// Returns the newest version of an exercise.
    pub fn get(&self, id: &ExerciseId) -> Option<&Exercise> {
        self.exercises.get(id)?.values().next_back()
    }

    /// Returns one version of an exercise: the one an entry was made with.
    pub fn get_version(&self, id: &ExerciseId, version: u32) -> Option<&Exercise> {
        self.exercises.get(id)?.get(&version)
    }

    /// Iterates over the newest versions, by step and then by id.
    pub fn iter(&self) -> impl Iterator<Item = &Exercise> {
        let mut newest: Vec<&Exercise> =
            self.exercises.values().filter_map(|v| v.values().next_back()).collect();
        newest.sort_by(|a, b| (a.steps.first(), &a.id).cmp(&(b.steps.first(), &b.id)));
        newest.into_iter()
    }

    /// Iterates over the newest versions that belong to the step and work on the sign, where one is given.
    pub fn find(&self, step: Option<Step>, sign: Option<Sign>) -> impl Iterator<Item = &Exercise> {
        self.iter().filter(move |exercise| {
            step.is_none_or(|step| exercise.steps.contains(&step))
                && sign.is_none_or(|sign| exercise.signs.contains(&sign))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::exercise::{DEFAULT_LANGUAGE, Gate, Phase, Shape};

    fn library() -> Library {
        Library::built_in().unwrap()
    }

    fn exercise(id: &str) -> Exercise {
        library().get(&id.parse().unwrap()).unwrap().clone()
    }

    #[test]
    fn every_file_in_the_folder_is_built_in_and_keeps_every_rule() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/content/exercises");
        let mut names: Vec<String> = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let loaded = Exercise::load(&text, None);
            assert!(loaded.is_ok(), "{path:?}: {loaded:?}");
            names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
        names.sort();
        let mut known: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        known.sort_unstable();
        assert_eq!(names, known);
    }

    #[test]
    fn every_built_in_exercise_has_words_of_its_own_for_everything() {
        for (name, text) in BUILT_IN {
            let exercise = Exercise::load(text, None).unwrap();
            assert_eq!(name, format!("{}.toml", exercise.id));
            assert!(exercise.title.is_some() && exercise.purpose.is_some(), "{name}");
            assert!(exercise.evidence.note.is_some() && exercise.evidence.refs.is_empty(), "{name}");
            assert!(exercise.fields.iter().all(|field| field.help.is_some()), "{name}");
            let options = exercise.fields.iter().flat_map(|field| field.shape.options());
            assert!(options.into_iter().all(|option| option.label.is_some()), "{name}");
            let english = exercise.texts.iter().filter(|(language, _, _)| *language == DEFAULT_LANGUAGE);
            let unused: Vec<&str> = english
                .map(|(_, key, _)| key)
                .filter(|key| {
                    text.matches(&format!("\"{key}\"")).count() < 2 && text.contains(&format!("\"{key}\" ="))
                })
                .collect();
            assert_eq!(unused, Vec::<&str>::new(), "{name}");
        }
    }

    #[test]
    fn no_built_in_text_names_a_disorder_a_cure_or_a_score() {
        let banned = [
            "diagnos", "disorder", "treat", "cure", "clinical", "symptom", "patient", "avoidant", "% secure",
        ];
        for exercise in library().iter() {
            for (_, key, text) in exercise.texts.iter() {
                let lower = text.to_lowercase();
                let found: Vec<_> = banned.iter().filter(|word| lower.contains(**word)).collect();
                assert!(found.is_empty(), "{key}: {found:?}");
            }
        }
    }

    #[test]
    fn exercises_are_found_by_id_version_step_and_sign() {
        let library = library();
        let ids = |step, sign| library.find(step, sign).map(|e| e.id.as_str()).collect::<Vec<_>>();
        assert_eq!(ids(None, None), ["trigger-chain", "thought-check", "slow-breath"]);
        assert_eq!(ids(Some(Step::Regulate), None), ["slow-breath"]);
        assert_eq!(ids(None, Some(Sign::Regulated)), ["trigger-chain", "slow-breath"]);
        assert_eq!(ids(Some(Step::Know), Some(Sign::SecureView)), [""; 0]);
        let id = "thought-check".parse().unwrap();
        assert_eq!(library.get_version(&id, 1), library.get(&id));
        assert_eq!(library.get_version(&id, 2), None);
        assert_eq!(library.get(&"no-such".parse().unwrap()), None);
    }

    #[test]
    fn a_new_version_joins_and_the_old_one_stays() {
        let mut library = library();
        let (_, text) = BUILT_IN[1];
        let repeated = library.add("again.toml", text).unwrap_err();
        let expected =
            "again.toml cannot be used: line 6, version 1 is not greater than 1; write version = 2";
        assert_eq!(repeated.to_string(), expected);
        let next = library.add("next.toml", &text.replace("version = 1", "version = 2")).unwrap();
        assert_eq!(next.to_string(), "thought-check@2");
        assert_eq!(library.get(&next.id).map(|e| e.version), Some(2));
        assert_eq!(library.get_version(&next.id, 1).map(|e| e.version), Some(1));
        assert_eq!(library.iter().count(), 3);
    }

    #[test]
    fn a_true_alarm_is_named_before_a_thought_is_checked() {
        let check = exercise("thought-check");
        let key = check.safety.unsafe_notice.as_deref().unwrap();
        assert_eq!(
            check.texts.get("en", key),
            "This may be a true alarm. You don't need to talk yourself out of it."
        );
        assert!(!check.safety.not_when.is_empty());
        let later: Vec<_> = check.fields.iter().filter(|field| field.phase == Phase::Later).collect();
        let delays: Vec<&str> = later[0].after.iter().map(crate::exercise::Delay::as_str).collect();
        assert_eq!((later.len(), delays), (1, vec!["P7D", "P28D"]));
    }

    #[test]
    fn breathing_warns_of_holds_and_stops_at_dizziness() {
        let breath = exercise("slow-breath");
        let field = |id: &str| breath.field(&id.parse().unwrap()).unwrap();
        let holds: Vec<bool> = field("pattern").shape.options().iter().map(|o| o.notice.is_some()).collect();
        assert_eq!(holds, [false, false, true]);
        let Shape::Bool { stop: Some(stop) } = &field("dizzy").shape else { panic!("no stop") };
        assert!(stop.when && breath.texts.get("en", &stop.notice).contains("stop the exercise"));
        assert!(breath.texts.get("en", breath.safety.notice.as_deref().unwrap()).contains("pregnant"));
    }

    #[test]
    fn the_chain_offers_the_urges_and_needs_the_patterns_count() {
        let chain = exercise("trigger-chain");
        let ids = |id: &str| {
            let options = chain.field(&id.parse().unwrap()).unwrap().shape.options();
            options.iter().map(|option| option.id.clone()).collect::<Vec<_>>()
        };
        let urges = ["reach", "check", "test", "cling", "go-quiet", "leave", "please", "attack", "other"];
        assert_eq!(ids("urge"), urges);
        assert_eq!(ids("need"), ["contact", "space", "clarity", "respect", "rest", "other"]);
        let required: BTreeSet<&str> =
            chain.fields.iter().filter(|field| field.required).map(|field| field.id.as_str()).collect();
        assert_eq!(required, ["when", "spark", "meaning", "feelings", "urge", "need", "suds"].into());
        assert_eq!(chain.safety.gate, Gate::None);
    }
}
