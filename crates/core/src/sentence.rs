//! What may honestly be said, kept apart from who says it and in which language.
//!
//! A view or a result returns a [`Sentence`]: which of the few sayings it is, and what fills its places. The words stand in
//! `content/sentences.toml` alone. A sentence holds numbers, dates and ids and no word of the person, so it may be shown in
//! a log; [`Sentence::text`] puts names and labels in.

use std::collections::BTreeMap;

use crate::answers::{ExerciseRef, FieldId};
use crate::content::{Library, Unusable};
use crate::definition::{Texts, fill, word_enum};
use crate::exercise::TextKey;
use crate::fault::Fault;
use crate::id::PersonId;
use crate::measure::Measures;
use crate::time::Date;

/// The words of all sayings.
const BUILT_IN: &str = include_str!("../content/sentences.toml");

/// What stands where something has no name any more.
const GAP: &str = "…";

word_enum!(
    /// Everything that is ever said about results and progress.
    Saying, "saying" {
        /// What a score is.
        ScoresAreAnswers = "scores-are-answers",
        /// Of questions that the person added.
        AddedByYou = "added-by-you",
        /// Of such questions, where their file says so.
        AddedNotValidated = "added-not-validated",
        /// Of our own questions.
        NotValidated = "not-validated",
        /// Too many answers are missing.
        NotScoredMissing = "not-scored-missing",
        /// An answer is missing where none may be.
        NotScoredIncomplete = "not-scored-incomplete",
        /// An answer was declined.
        NotScoredDeclined = "not-scored-declined",
        /// The mean stood in for missing answers.
        FilledIn = "filled-in",
        /// A published label.
        Band = "band",
        /// One answer throughout.
        AllAlike = "all-alike",
        /// Below the middle of the scale.
        SideBelow = "side-below",
        /// In the middle of the scale.
        SideMiddle = "side-middle",
        /// Above the middle of the scale.
        SideAbove = "side-above",
        /// A verdict.
        MoreThanChance = "more-than-chance",
        /// A verdict.
        NotClearly = "not-clearly",
        /// A verdict.
        CannotTell = "cannot-tell",
        /// A verdict.
        TooSoon = "too-soon",
        /// The rule is ours for the time being.
        Provisional = "provisional",
        /// A verdict between two dates.
        Since = "since",
        /// It is too early to answer again.
        RetestWait = "retest-wait",
        /// It is possible to answer again.
        RetestEarly = "retest-early",
        /// Under the middle lines of the plane.
        MiddleLine = "middle-line",
        /// Too few points for a trend.
        FewPoints = "few-points",
        /// A trail without a rule of change.
        TrailUntested = "trail-untested",
        /// A trail with a rule of change.
        TrailVerdict = "trail-verdict",
        /// Too few pairs for their middle.
        FewPairs = "few-pairs",
        /// The middle of pairs that have no comparison.
        PairsAlone = "pairs-alone",
        /// The middle of pairs whose comparison is still too small.
        PairsBeforeWaiting = "pairs-before-waiting",
        /// The middle of pairs beside just waiting.
        PairsBesideWaiting = "pairs-beside-waiting",
        /// A difference downwards.
        Lower = "lower",
        /// A difference upwards.
        Higher = "higher",
        /// No difference.
        Same = "same",
        /// Over the counts of a month.
        OfTheMoments = "of-the-moments",
        /// Over the counts of a month with one person.
        OfTheMomentsWith = "of-the-moments-with",
        /// Over the counts of a month with a single moment.
        OneMoment = "one-moment",
        /// The same, with one person.
        OneMomentWith = "one-moment-with",
        /// How often an urge came with a person and without.
        Together = "together",
        /// The middle of beliefs right after.
        BeliefRightAfter = "belief-right-after",
        /// The middle of beliefs some days later.
        BeliefLater = "belief-later",
        /// How often what was feared came.
        Prediction = "prediction",
        /// Too few answers for their range.
        FewSigns = "few-signs",
        /// The range of the answers to one sign.
        SignRange = "sign-range",
        /// When the people were placed.
        Placed = "placed",
        /// Too few responses for a line about them.
        FewResponses = "few-responses",
        /// The range of responses of one person.
        Responses = "responses",
        /// What was agreed and what was tried.
        AgreedTried = "agreed-tried",
        /// How often somebody came back.
        CameBack = "came-back",
        /// There is nothing to look at yet.
        NothingYet = "nothing-yet",
        /// The names of the months, with blanks between them.
        Months = "months",
        /// There are results, and no two scores to compare.
        OneScore = "one-score",
    }
);

/// One thing that may be said.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    saying: Saying,
    parts: Vec<(&'static str, Part)>,
}

/// What fills a place of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// How many.
    Count(usize),
    /// A score or a rating.
    Number(f64),
    /// A date, in digits: a client that knows how its person reads dates writes it anew.
    Date(Date),
    /// A date in words, for a sentence that stands among others.
    Day(Date),
    /// A month.
    Month {
        /// The year.
        year: i16,
        /// The month, 1 to 12.
        month: i8,
    },
    /// Somebody of the journal.
    Person(PersonId),
    /// An option of an exercise.
    Choice {
        /// The exercise and the version it was chosen in.
        exercise: ExerciseRef,
        /// The field.
        field: FieldId,
        /// The id of the option.
        option: String,
    },
    /// A text of a measure.
    Label {
        /// The measure and its version.
        measure: ExerciseRef,
        /// The key of the text.
        key: TextKey,
    },
    /// Another saying within this one.
    Said(Box<Sentence>),
}

/// The words of the sayings, by language. Whoever holds them decides how long they live; there is no global.
#[derive(Clone, Debug)]
pub struct Sayings(Texts);

impl Sayings {
    /// Reads the words that come with Haven.
    ///
    /// # Errors
    /// [`Unusable`] when the file in the program is damaged; a test reads it.
    pub fn built_in() -> Result<Self, Unusable> {
        let read: Result<BTreeMap<String, BTreeMap<String, String>>, _> = toml::from_str(BUILT_IN);
        read.map(|texts| Self(Texts::new(texts))).map_err(|error| Unusable {
            name: "sentences.toml".into(),
            faults: vec![Fault::new(error.message(), "reinstall Haven")],
        })
    }
}

impl Sayings {
    /// Returns a language that there are words in, as it is written there, whatever its case.
    pub fn language(&self, asked: &str) -> Option<&str> {
        self.0.language(asked)
    }
}

/// What it takes to put a sentence into words.
#[derive(Clone, Copy)]
pub struct Speaker<'a> {
    /// The words.
    pub sayings: &'a Sayings,
    /// The language; English where it lacks something.
    pub language: &'a str,
    /// Where labels of options are found.
    pub exercises: &'a Library,
    /// Where labels of measures are found.
    pub measures: &'a Measures,
    /// The name of a person; one without a name is shown as `…`.
    pub name: &'a dyn Fn(PersonId) -> Option<String>,
}

impl Sentence {
    /// Begins a sentence.
    pub(crate) fn new(saying: Saying) -> Self {
        Self { saying, parts: Vec::new() }
    }

    /// Fills a place.
    #[must_use]
    pub(crate) fn with(mut self, place: &'static str, part: impl Into<Part>) -> Self {
        self.parts.push((place, part.into()));
        self
    }

    /// Returns which saying it is.
    pub fn saying(&self) -> Saying {
        self.saying
    }

    /// Returns what fills its places, by name.
    pub fn parts(&self) -> &[(&'static str, Part)] {
        &self.parts
    }

    /// Returns the sentence in words.
    pub fn text(&self, speaker: &Speaker<'_>) -> String {
        fill(speaker.sayings.0.get(speaker.language, self.saying.as_str()), |place| {
            let part = self.parts.iter().find(|(name, _)| *name == place);
            part.map_or(GAP.to_owned(), |(_, part)| part.text(speaker))
        })
    }
}

impl Part {
    fn text(&self, speaker: &Speaker<'_>) -> String {
        let gap = || GAP.to_owned();
        match self {
            Self::Count(count) => count.to_string(),
            Self::Number(number) => shown(*number),
            Self::Date(date) => date.to_string(),
            Self::Day(date) => {
                format!("{} {}", date.day(), month_in_words(date.year(), date.month(), speaker))
            }
            Self::Month { year, month } => month_in_words(*year, *month, speaker),
            Self::Person(person) => (speaker.name)(*person).unwrap_or_else(gap),
            Self::Choice { exercise, field, option } => {
                choice(speaker, exercise, field, option).unwrap_or_else(|| option.clone())
            }
            Self::Label { measure, key } => {
                let known = speaker.measures.get_version(&measure.id, measure.version);
                known.map_or_else(gap, |known| known.texts.get(speaker.language, key).to_owned())
            }
            Self::Said(sentence) => sentence.text(speaker),
        }
    }
}

fn month_in_words(year: i16, month: i8, speaker: &Speaker<'_>) -> String {
    let months = speaker.sayings.0.get(speaker.language, Saying::Months.as_str());
    let index = usize::try_from(month).unwrap_or(1).saturating_sub(1);
    format!("{} {year}", months.split(' ').nth(index).unwrap_or(GAP))
}

fn choice(speaker: &Speaker<'_>, exercise: &ExerciseRef, field: &FieldId, option: &str) -> Option<String> {
    let exercise = speaker.exercises.get_version(&exercise.id, exercise.version)?;
    let option = exercise.field(field)?.shape.options().iter().find(|known| known.id == option)?;
    Some(exercise.option_label(option, speaker.language).to_owned())
}

/// Returns a number as sentences say it: with at most one digit after the point, since more would claim more than answers on
/// a scale can hold.
pub fn shown(number: f64) -> String {
    let text = format!("{number:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

impl From<usize> for Part {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl From<f64> for Part {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<Date> for Part {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

impl From<Sentence> for Part {
    fn from(sentence: Sentence) -> Self {
        Self::Said(Box::new(sentence))
    }
}

impl From<Saying> for Part {
    fn from(saying: Saying) -> Self {
        Self::from(Sentence::new(saying))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::definition::{DEFAULT_LANGUAGE, places};
    use crate::limits::LABEL_CHARS_MAX;

    /// Everything it takes to say a sentence in English.
    pub(crate) struct Voice {
        sayings: Sayings,
        exercises: Library,
        measures: Measures,
    }

    impl Voice {
        pub(crate) fn new() -> Self {
            Self {
                sayings: Sayings::built_in().unwrap(),
                exercises: Library::built_in().unwrap(),
                measures: Measures::built_in().unwrap(),
            }
        }

        /// The sentence, with exactly its places filled, or the test fails.
        pub(crate) fn says(&self, sentence: &Sentence) -> String {
            let words = self.sayings.0.get("en", sentence.saying().as_str());
            let mut wanted: Vec<&str> = places(words).into_iter().collect::<Result<_, _>>().unwrap();
            let mut given: Vec<&str> = sentence.parts().iter().map(|(place, _)| *place).collect();
            wanted.sort_unstable();
            given.sort_unstable();
            assert_eq!(given, wanted, "{}", sentence.saying());
            let Self { sayings, exercises, measures } = self;
            let name = |person: PersonId| Some(format!("P{}", person.as_bytes()[0]));
            sentence.text(&Speaker { sayings, language: "en", exercises, measures, name: &name })
        }
    }

    pub(crate) fn said(sentence: &Sentence) -> String {
        Voice::new().says(sentence)
    }

    #[test]
    fn every_saying_has_words_and_all_words_are_sayings() {
        let sayings = Sayings::built_in().unwrap();
        let mut known: Vec<&str> = sayings.0.iter().map(|(_, key, _)| key).collect();
        let mut wanted: Vec<&str> = Saying::ALL.iter().map(|saying| saying.as_str()).collect();
        known.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(known, wanted);
        for (language, key, text) in sayings.0.iter() {
            assert_eq!(language, DEFAULT_LANGUAGE);
            assert!(
                places(text).iter().all(Result::is_ok) && text.chars().count() < LABEL_CHARS_MAX,
                "{key}"
            );
        }
    }

    #[test]
    fn no_sentence_names_a_style_a_cause_a_norm_a_streak_or_a_praise() {
        // What no view may ever say: an identity, a population, a cause, a rank, a loss, a cheer.
        let banned = [
            "secure",
            "avoidant",
            "disorgan",
            "preoccupied",
            "dismissing",
            "fearful",
            "style",
            "diagnos",
            "disorder",
            "treat",
            "clinical",
            "screen",
            "risk",
            "normal",
            "average",
            "percentile",
            "most people",
            "better",
            "worse",
            "improve",
            "best",
            "because",
            "thanks to",
            "lowers",
            "raises",
            "helps",
            "works",
            "caused",
            "effect",
            "leads to",
            "streak",
            "in a row",
            "missed",
            "lost",
            "failed",
            "well done",
            "great",
            "keep it up",
            "goal",
            "should",
            "!",
        ];
        let sayings = Sayings::built_in().unwrap();
        for (_, key, text) in sayings.0.iter() {
            let lower = text.to_lowercase();
            let found: Vec<_> = banned.iter().filter(|word| lower.contains(**word)).collect();
            assert!(found.is_empty(), "{key}: {found:?}");
        }
    }

    #[test]
    fn the_words_of_a_verdict_are_the_agreed_ones() {
        let text = |saying| said(&Sentence::new(saying));
        assert_eq!(text(Saying::MoreThanChance), "changed more than chance");
        assert_eq!(text(Saying::NotClearly), "not clearly changed");
        assert_eq!(text(Saying::CannotTell), "we can't tell whether that's more than chance");
        assert_eq!(text(Saying::SideMiddle), "middle of the scale");
        assert_eq!(text(Saying::MiddleLine), "middle of the scale, not a cut-off");
    }

    #[test]
    fn the_places_are_filled_with_labels_names_and_numbers() {
        let urge = Part::Choice {
            exercise: "trigger-chain@1".parse().unwrap(),
            field: "urge".parse().unwrap(),
            option: "reach".into(),
        };
        let sentence = Sentence::new(Saying::Together)
            .with("with", 12)
            .with("person", Part::Person(PersonId::from_bytes([7; 16])))
            .with("both", 5)
            .with("urge", urge)
            .with("without", 30)
            .with("other", 4);
        let expected = "Of the 12 moments you logged with P7, 5 came with this urge: reach out to them. Of the 30 others, 4 did.";
        assert_eq!(said(&sentence), expected);
        let band = Part::Label { measure: "phq-9@1".parse().unwrap(), key: "moderately-severe".into() };
        let label = Sentence::new(Saying::Band).with("band", band);
        assert_eq!(said(&label), "Published label for this score: moderately severe.");
        for (number, expected) in
            [(5.0, "5"), (5.666_7, "5.7"), (-0.04, "0"), (0.05, "0.1"), (-18.5, "-18.5")]
        {
            assert_eq!(shown(number), expected);
        }
    }

    #[test]
    fn what_is_unknown_is_a_gap_and_never_fails() {
        let sayings = Sayings::built_in().unwrap();
        let (exercises, measures) = (Library::default(), Measures::default());
        let speaker = Speaker {
            sayings: &sayings,
            language: "xx",
            exercises: &exercises,
            measures: &measures,
            name: &|_| None,
        };
        let band = Part::Label { measure: "phq-9@1".parse().unwrap(), key: "mild".into() };
        let sentence = Sentence::new(Saying::Band).with("band", band);
        assert_eq!(sentence.text(&speaker), "Published label for this score: ….");
        assert_eq!(Sentence::new(Saying::Placed).text(&speaker), "As you placed them on ….");
    }
}
