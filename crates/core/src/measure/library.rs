//! The measures that come with Haven, and the ones a person adds.

use super::Measure;
use crate::answers::{ExerciseId, ExerciseRef};
use crate::content::{Unusable, text_of};
use crate::definition::Versions;
use crate::sentence::{Saying, Sentence};

/// The definitions that come with Haven: name of the file, and its text. Older versions stand before newer ones.
pub(super) const BUILT_IN: [(&str, &str); 12] = [
    ("two-axis.toml", include_str!("../../content/measures/two-axis.toml")),
    ("seven-signs.toml", include_str!("../../content/measures/seven-signs.toml")),
    ("phq-9.toml", include_str!("../../content/measures/phq-9.toml")),
    ("gad-7.toml", include_str!("../../content/measures/gad-7.toml")),
    ("pswq.toml", include_str!("../../content/measures/pswq.toml")),
    ("scs-sf.toml", include_str!("../../content/measures/scs-sf.toml")),
    ("ipip-love.toml", include_str!("../../content/measures/ipip-love.toml")),
    ("ecr-rs.toml", include_str!("../../content/measures/ecr-rs.toml")),
    ("ecr-r.toml", include_str!("../../content/measures/ecr-r.toml")),
    ("ecr-r-interleaved.toml", include_str!("../../content/measures/ecr-r-interleaved.toml")),
    ("ecr-12.toml", include_str!("../../content/measures/ecr-12.toml")),
    ("ders-16.toml", include_str!("../../content/measures/ders-16.toml")),
];

/// Returns the definition of a measure that comes with Haven, in its newest version.
pub fn definition(id: &ExerciseId) -> Option<&'static str> {
    text_of(&BUILT_IN, id)
}

/// Measures by id and version. Whoever holds one decides how long it lives; there is no global.
#[derive(Clone, Debug, Default)]
pub struct Measures {
    measures: Versions<Measure>,
}

impl Measures {
    /// Reads the measures that come with Haven.
    ///
    /// # Errors
    /// [`Unusable`] when a file in the program is damaged; the tests load every one of them.
    pub fn built_in() -> Result<Self, Unusable> {
        let mut measures = Self::default();
        for (name, text) in BUILT_IN {
            measures.add(name, text)?;
        }
        Ok(measures)
    }

    /// Reads a definition into the library, checked against the newest version already there.
    ///
    /// # Errors
    /// [`Unusable`] with every fault of the definition.
    pub fn add(&mut self, name: &str, toml_text: &str) -> Result<ExerciseRef, Unusable> {
        let unusable = |faults| Unusable { name: name.to_owned(), faults };
        let alone = Measure::load(toml_text, None).map_err(unusable)?;
        let measure = match self.measures.newest(&alone.id) {
            Some(previous) => Measure::load(toml_text, Some(previous)).map_err(unusable)?,
            None => alone,
        };
        let reference = measure.reference();
        self.measures.insert(reference.clone(), measure);
        Ok(reference)
    }

    /// Returns a measure in the version that is offered, or the newest of one that was taken back.
    pub fn get(&self, id: &ExerciseId) -> Option<&Measure> {
        self.measures.get(id)
    }

    /// Returns a measure that may be answered, in its newest version; none that was taken back.
    pub fn offered(&self, id: &ExerciseId) -> Option<&Measure> {
        self.measures.offered(id)
    }

    /// Returns one version of a measure: the one an entry was made with.
    pub fn get_version(&self, id: &ExerciseId, version: u32) -> Option<&Measure> {
        self.measures.get_version(id, version)
    }

    /// Returns what an entry is scored with: the version it was made with. Where this release does not have that one of a
    /// measure of Haven's own, another does, since all versions of it have one key. Versions that a person added on devices
    /// apart may not.
    pub fn scoring(&self, made_with: &ExerciseRef) -> Option<&Measure> {
        let same = self.get_version(&made_with.id, made_with.version);
        same.or_else(|| self.get(&made_with.id).filter(|_| !self.is_custom(&made_with.id)))
    }

    /// Tells whether a person added the measure.
    pub fn is_custom(&self, id: &ExerciseId) -> bool {
        self.measures.is_custom(id)
    }

    /// Returns what has to be said of a measure that a person added, wherever it is shown; none of Haven's own.
    pub fn origin(&self, id: &ExerciseId) -> Option<Sentence> {
        self.is_custom(id).then(|| Sentence::new(Saying::AddedByYou))
    }

    /// Iterates over what is offered, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Measure> {
        self.measures.iter()
    }

    /// Iterates over every measure that entries may have been made with, also what was taken back, by id.
    pub fn all(&self) -> impl Iterator<Item = &Measure> {
        self.measures.all()
    }

    /// The measures with their versions, for the shelf.
    pub(crate) fn versions(&self) -> &Versions<Measure> {
        &self.measures
    }

    /// The same, to take in what a person added.
    pub(crate) fn versions_mut(&mut self) -> &mut Versions<Measure> {
        &mut self.measures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Library;
    use crate::definition::DEFAULT_LANGUAGE;
    use crate::measure::{About, Offered, Tier};

    fn measures() -> Measures {
        Measures::built_in().unwrap()
    }

    #[test]
    fn every_file_in_the_folder_is_built_in_and_keeps_every_rule() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/content/measures");
        let mut names: Vec<String> = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let loaded = Measure::load(&text, None);
            assert!(loaded.is_ok(), "{path:?}: {loaded:?}");
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            assert_eq!(name, format!("{}.toml", loaded.unwrap().id));
            names.push(name);
        }
        names.sort();
        let mut known: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        known.sort_unstable();
        assert_eq!(names, known);
    }

    #[test]
    fn what_is_built_in_may_travel_and_carries_no_words_it_may_not() {
        let scorers = ["ders-16", "ecr-12", "ecr-r", "ecr-r-interleaved", "ecr-rs"];
        for measure in measures().iter() {
            let scorer = scorers.contains(&measure.id.as_str());
            let tier = if scorer { Tier::ScorerOnly } else { Tier::BuiltIn };
            assert_eq!((measure.rights.tier, measure.is_scorer_only()), (tier, scorer), "{}", measure.id);
        }
    }

    #[test]
    fn every_text_of_a_built_in_measure_is_used() {
        for (name, text) in BUILT_IN {
            let measure = Measure::load(text, None).unwrap();
            let (head, _) = text.split_once("[i18n.en]").unwrap();
            for (language, key, _) in measure.texts.iter() {
                assert_eq!(language, DEFAULT_LANGUAGE, "{name}");
                let used = key.strip_suffix(".general").unwrap_or(key);
                assert!(head.contains(&format!("\"{used}\"")), "{name}: {key}");
            }
        }
    }

    #[test]
    fn no_id_of_a_measure_is_an_id_of_an_exercise() {
        let exercises = Library::built_in().unwrap();
        for measure in measures().iter() {
            assert_eq!(exercises.get(&measure.id), None, "{}", measure.id);
        }
    }

    #[test]
    fn the_two_that_ask_about_low_mood_and_fear_wait_until_they_are_turned_on() {
        let on_request: Vec<String> = measures()
            .iter()
            .filter(|measure| measure.offered == Offered::OnRequest)
            .map(|measure| measure.id.to_string())
            .collect();
        assert_eq!(on_request, ["gad-7", "phq-9"]);
    }

    #[test]
    fn only_our_own_are_not_validated_and_they_say_so() {
        for measure in measures().iter() {
            let ours = ["seven-signs", "two-axis"].contains(&measure.id.as_str());
            assert_eq!(measure.validated, !ours, "{}", measure.id);
            assert_eq!(measure.rights.notice.contains("Not validated"), ours, "{}", measure.id);
        }
    }

    #[test]
    fn our_own_words_name_no_disorder_no_style_and_no_risk() {
        let banned = [
            "diagnos",
            "disorder",
            "treat depress",
            "clinical",
            "symptom",
            "patient",
            "risk",
            "screen",
            "secure ",
            "insecure",
            "avoidant",
            "anxious person",
            "preoccupied",
            "dismissing",
            "fearful",
            "disorgan",
            "norm",
        ];
        for measure in measures().iter() {
            for key in ["title", "purpose", "stem"] {
                let text = measure.texts.get(DEFAULT_LANGUAGE, key).to_lowercase();
                let found: Vec<_> = banned.iter().filter(|word| text.contains(**word)).collect();
                assert!(found.is_empty(), "{} {key}: {found:?}", measure.id);
            }
        }
    }

    #[test]
    fn only_published_points_have_names() {
        let named = |id: &str| {
            let measures = measures();
            measures.get(&id.parse().unwrap()).unwrap().scale.anchors.keys().copied().collect::<Vec<_>>()
        };
        assert_eq!(named("phq-9"), [0, 1, 2, 3]);
        assert_eq!(named("gad-7"), [0, 1, 2, 3]);
        assert_eq!(named("pswq"), [1, 5]);
        assert_eq!(named("scs-sf"), [1, 5]);
        assert_eq!(named("ipip-love"), [1, 5]);
        assert_eq!(named("two-axis"), [1, 7]);
        assert_eq!(named("ecr-rs"), [0; 0]);
        let gad = measures().get(&"gad-7".parse().unwrap()).unwrap().clone();
        assert_eq!(gad.texts.get(DEFAULT_LANGUAGE, &gad.scale.anchors[&0]), "Not at all");
    }

    #[test]
    fn a_sentence_about_a_person_takes_their_name_or_reads_in_general() {
        let measures = measures();
        let check_in = measures.get(&"two-axis".parse().unwrap()).unwrap();
        assert_eq!(check_in.about, About::Person);
        let text = |name| check_in.item_text(&check_in.items[1], "en", name).unwrap();
        assert_eq!(text(Some("{person}")), "I scanned for signs that {person} was losing interest.");
        assert_eq!(text(Some("Anna")), "I scanned for signs that Anna was losing interest.");
        assert_eq!(text(None), "I scanned for signs that someone was losing interest.");
        assert_eq!(
            check_in.stem_text("en", None).unwrap(),
            "In the last two weeks, with the people close to me"
        );
        assert!(check_in.purpose_text("en", None).contains("the people close to you"));
        assert!(check_in.purpose_text("en", Some("Anna")).contains("with one person"));
        assert_eq!(check_in.stem_text("de", Some("Anna")).unwrap(), "In the last two weeks, with Anna");
        let scorer = measures.get(&"ecr-rs".parse().unwrap()).unwrap();
        assert_eq!(scorer.item_text(&scorer.items[0], "en", Some("Anna")), None);
    }

    #[test]
    fn a_new_version_joins_and_the_old_one_stays() {
        let mut measures = measures();
        let (_, text) = BUILT_IN[3];
        let repeated = measures.add("again.toml", text).unwrap_err().to_string();
        assert!(repeated.contains("version 1 is not greater than 1; write version = 2"), "{repeated}");
        let next = measures.add("next.toml", &text.replace("version = 1", "version = 2")).unwrap();
        assert_eq!(next.to_string(), "gad-7@2");
        assert_eq!(measures.get(&next.id).map(|measure| measure.version), Some(2));
        assert_eq!(measures.get_version(&next.id, 1).map(|measure| measure.version), Some(1));
        assert_eq!(measures.iter().count(), BUILT_IN.len());
    }
}
