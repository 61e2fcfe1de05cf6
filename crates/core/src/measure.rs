//! Measures as data: published questionnaires, and two of our own, with their keys, their rights and examples that prove
//! the keys.
//!
//! A definition is a file in `content/measures/`. [`Measure::load`] refuses one without a block of rights, without two
//! worked examples that come out as written, or with a band or a rule of change that names no source. [`Measure::score`]
//! adds up whatever an entry holds, never fails, and says "not scored" rather than guess.
//!
//! What is not here, on purpose: a style or any other name for a person, a percentile, a cut-off without a source, and
//! labels between the published ends of a scale.
//!
//! Where the keys come from:
//!
//! | measure | source |
//! |---|---|
//! | PHQ-9 | Kroenke, Spitzer, Williams 2001, J Gen Intern Med 16:606-613; a change of 6 or more: manual of the English talking therapies programme (IAPT) |
//! | GAD-7 | Spitzer, Kroenke, Williams, Löwe 2006, Arch Intern Med 166:1092-1097; a change of 4 or more: as above |
//! | PSWQ | Meyer, Miller, Metzger, Borkovec 1990, Behav Res Ther 28:487-495 |
//! | SCS-SF | Raes, Pommier, Neff, Van Gucht 2011, Clin Psychol Psychother 18:250-255 |
//! | Capacity for Love | International Personality Item Pool, ipip.ori.org |
//! | ECR-RS | Fraley, Heffernan, Vicary, Brumbaugh 2011, Psychol Assess 23:615-625 |
//! | ECR-R | Fraley, Waller, Brennan 2000, J Pers Soc Psychol 78:350-365 |
//! | ECR-12 | Lafontaine and others 2016, Eur J Psychol Assess 32:140-154 |
//! | DERS-16 | Bjureberg and others 2016, J Psychopathol Behav Assess 38:284-296 |
//! | two-axis check-in, seven signs | ours, tested by nobody |
//!
//! Reliable change follows Jacobson and Truax 1991, J Consult Clin Psychol 59:12-19; see [`ChangeRule`].

mod answers;
mod change;
mod keys;
mod library;
mod load;
mod raw;
mod retest;
mod rules;
mod says;
mod score;
mod subscale;
mod vector;

use std::collections::BTreeMap;

use crate::answers::{ExerciseId, ExerciseRef, FieldId};
use crate::definition::{DEFAULT_LANGUAGE, Texts, word_enum};
use crate::exercise::TextKey;

pub use answers::{PERSON_FIELD, PREFER_NOT_TO_SAY, Target};
pub use change::{ChangeRule, ScoreChange, Verdict};
pub use library::{Measures, definition};
pub use retest::{Advice, Retest};
pub use score::{Composite, MeasureResult, NotScored, Score, Side, Value};
pub use subscale::{Band, Combine, Missing, Subscale, Transform};

/// One version of one measure, all rules kept. [`Measure::load`] is the only way to one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Measure {
    /// Its id, unique among measures and exercises: an entry names either by it.
    pub id: ExerciseId,
    /// Its version, from 1.
    pub version: u32,
    /// The key of its title.
    pub title: TextKey,
    /// The key of the sentence that says what it is for.
    pub purpose: TextKey,
    /// The key of what stands before the items, if anything does.
    pub stem: Option<TextKey>,
    /// How long it takes.
    pub minutes: u32,
    /// Whether somebody has tested what a score means. Where nobody has, the result says so.
    pub validated: bool,
    /// Whether it is offered before the person has turned it on.
    pub offered: Offered,
    /// Whom it is answered about.
    pub about: About,
    /// Whether it asks about the last weeks, so that it is not offered for a person who has died.
    pub recent: bool,
    /// The key of the words that stand for `{person}` when it is answered about people in general.
    pub general: Option<TextKey>,
    /// Its items, in order.
    pub items: Vec<Item>,
    /// The one scale of all items.
    pub scale: Scale,
    /// Questions asked after the items that no score counts.
    pub extras: Vec<Extra>,
    /// How many items may be left out.
    pub missing: Missing,
    /// Its scores, in order.
    pub subscales: Vec<Subscale>,
    /// The two scores that make a point of a plane, if they do.
    pub plane: Option<Axes>,
    /// Whether the mean over the people it was answered about is a score as well; see [`Measure::composite`].
    pub composite: bool,
    /// How long to wait before it is answered again.
    pub retest: Retest,
    /// What allows us to carry it.
    pub rights: Rights,
    /// Its texts.
    pub texts: Texts,
}

/// One item of a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The id its answers are kept under.
    pub id: FieldId,
    /// The key of its words; none where the person brings the printed form and we may not carry them.
    pub text: Option<TextKey>,
    /// Whether its answer is turned round before it is counted.
    pub reverse: bool,
    /// Whether "prefer not to say" is an answer.
    pub declinable: bool,
    /// An answer greater than this, or "prefer not to say", shows the support card before any score.
    pub support_above: Option<i32>,
}

/// Whole numbers from one end to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The lower end.
    pub min: i32,
    /// The upper end.
    pub max: i32,
    /// What some points are called; only what was published, so that points between named ends stay without a name.
    pub anchors: BTreeMap<i32, TextKey>,
}

impl Scale {
    /// Tells whether the number is a point of the scale.
    pub fn holds(&self, number: i32) -> bool {
        (self.min..=self.max).contains(&number)
    }
}

/// A question that no score counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// The id its answer is kept under.
    pub id: FieldId,
    /// The key of its words.
    pub text: TextKey,
    /// The options to choose from.
    pub options: Vec<Choice>,
}

/// One option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its id, which answers keep.
    pub id: String,
    /// The key of what it is called.
    pub label: TextKey,
}

/// The two scores that make a point of a plane, by the ids of their subscales.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axes {
    /// How much one worries about the tie.
    pub worry: String,
    /// How much distance one keeps.
    pub distance: String,
}

/// What allows us to carry a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// How it may travel.
    pub tier: Tier,
    /// Why we may.
    pub basis: String,
    /// Where that can be read.
    pub url: Option<String>,
    /// What is shown with it, word for word.
    pub notice: String,
}

word_enum!(
    /// How a measure may travel. There is no fourth: what may not travel at all is not written down.
    Tier, "tier of rights" {
        /// With its words, in the program.
        BuiltIn = "A",
        /// With its words, in a file that the person adds.
        Pack = "B",
        /// As a key and numbered boxes; the person brings the printed form.
        ScorerOnly = "C",
    }
);

word_enum!(
    /// When a measure is offered.
    Offered, "time to offer" {
        /// Like everything else.
        Always = "always",
        /// Once the person has turned it on.
        OnRequest = "on-request",
    }
);

word_enum!(
    /// Whom a measure is answered about.
    About, "subject" {
        /// The person who answers.
        Oneself = "self",
        /// One of their people, or people in general; any of them may be skipped.
        Person = "person",
    }
);

/// Returns the key of the text that stands for another one when a measure is answered about people in general: some sentences
/// about one person don't become sentences about many by another name.
pub(crate) fn in_general(key: &str) -> TextKey {
    format!("{key}.general")
}

impl Measure {
    /// Returns its id and version.
    pub fn reference(&self) -> ExerciseRef {
        ExerciseRef { id: self.id.clone(), version: self.version }
    }

    /// Returns the score with this id.
    pub fn subscale(&self, id: &str) -> Option<&Subscale> {
        self.subscales.iter().find(|subscale| subscale.id == id)
    }

    /// Tells whether the person has to bring the words of the items.
    pub fn is_scorer_only(&self) -> bool {
        self.items.iter().all(|item| item.text.is_none())
    }

    /// Returns the words of an item in the language, with the name in its place; none where we may not carry them.
    ///
    /// Without a name it reads as for people in general.
    pub fn item_text(&self, item: &Item, language: &str, name: Option<&str>) -> Option<String> {
        Some(self.with_name(item.text.as_ref()?, language, name))
    }

    /// Returns what stands before the items in the language, with the name in its place.
    pub fn stem_text(&self, language: &str, name: Option<&str>) -> Option<String> {
        Some(self.with_name(self.stem.as_ref()?, language, name))
    }

    /// Returns its title in the language, for somebody's name or in general.
    pub fn title_text(&self, language: &str, name: Option<&str>) -> String {
        self.with_name(&self.title, language, name)
    }

    /// Returns what it is for in the language, for somebody's name or in general.
    pub fn purpose_text(&self, language: &str, name: Option<&str>) -> String {
        self.with_name(&self.purpose, language, name)
    }

    fn with_name(&self, key: &TextKey, language: &str, name: Option<&str>) -> String {
        let whole = in_general(key);
        if name.is_none() && self.texts.find(DEFAULT_LANGUAGE, &whole).is_some() {
            return self.texts.get(language, &whole).to_owned();
        }
        let general = || self.general.as_ref().map_or("", |key| self.texts.get(language, key));
        self.texts.get(language, key).replace("{person}", name.unwrap_or_else(general))
    }
}

#[cfg(test)]
mod tests;
