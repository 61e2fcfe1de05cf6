//! Adding up answers: total, bounded, and silent where there is nothing to say.

use std::collections::BTreeMap;

use super::answers::Given;
use super::subscale::{Band, Combine, Subscale};
use super::{Item, Measure, Target};
use crate::answers::{Answers, ExerciseRef};

/// How far from the middle of a plane's axis a score still counts as the middle, in points of a mean.
///
/// Half a point: such a score is nearer to the neutral answer than to the next one, so that a sheet on which everything
/// was answered in the middle, or nearly so, never reads as one side or the other.
const MIDDLE_HALF_WIDTH: f64 = 0.5;

/// What the answers of one entry come to.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasureResult {
    /// Whether the support card is shown, at once and before any score.
    pub support: bool,
    /// The measure and the version that was answered.
    pub measure: ExerciseRef,
    /// Whom it is about.
    pub target: Target,
    /// Whether every item got the same answer although some ask the opposite of others, so that the scores say little.
    pub alike: bool,
    /// One for each subscale, in the order of the measure.
    pub scores: Vec<Score>,
}

/// One score.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The id of the subscale.
    pub subscale: String,
    /// The number, or why there is none.
    pub value: Result<Value, NotScored>,
}

/// A number and what may be said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The score.
    pub number: f64,
    /// How many of the items had an answer; the mean of these stands for the others.
    pub answered: usize,
    /// How many items there are.
    pub items: usize,
    /// The published label for this score, with its source, if there is one.
    pub band: Option<Band>,
    /// On which side of the middle of the scale it lies, for the scores of a plane.
    pub side: Option<Side>,
}

/// Why there is no score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotScored {
    /// Too many items have no answer.
    Missing {
        /// How many have none.
        missing: usize,
        /// How many there are.
        items: usize,
        /// How many may have none.
        allowed: usize,
    },
    /// An item was declined, and the score needs it. That is an answer and nothing is wrong with it.
    Declined,
}

/// On which side of the middle of the scale a score lies. It is not a cut-off and not a kind of person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Below the middle.
    Below,
    /// In the middle, or so near that nothing is said.
    Middle,
    /// Above the middle.
    Above,
}

/// The mean of one score over several people, each weighing the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Composite {
    /// The id of the subscale.
    pub subscale: String,
    /// The mean.
    pub number: f64,
    /// Over how many people.
    pub people: usize,
}

impl MeasureResult {
    /// Returns the score of a subscale, if it could be scored.
    pub fn number(&self, subscale: &str) -> Option<f64> {
        let score = self.scores.iter().find(|score| score.subscale == subscale)?;
        Some(score.value.as_ref().ok()?.number)
    }
}

impl Measure {
    /// Adds up the answers of an entry. Whatever does not fit an item counts as no answer.
    pub fn score(&self, answers: &Answers) -> MeasureResult {
        let given: Vec<Given> = self.items.iter().map(|item| self.given(item, answers)).collect();
        MeasureResult {
            support: self.shows_support(&given),
            measure: self.reference(),
            target: self.target(answers),
            alike: self.is_alike(&given),
            scores: self.subscales.iter().map(|subscale| self.score_one(subscale, &given)).collect(),
        }
    }

    /// Tells whether every score could be made, or was declined.
    pub fn is_answered(&self, answers: &Answers) -> bool {
        let scores = self.score(answers).scores;
        scores.iter().all(|score| matches!(score.value, Ok(_) | Err(NotScored::Declined)))
    }

    /// Returns the mean of each score over the people whom some results are about, from two people on.
    ///
    /// The results are meant to be the last of each person; of several about one person the last given counts. People in
    /// general are not one more person. Nothing is computed about how it changed: nobody has published what chance does.
    pub fn composite<'r>(&self, results: impl IntoIterator<Item = &'r MeasureResult>) -> Vec<Composite> {
        let of_people = results.into_iter().filter(|result| {
            self.composite && result.measure.id == self.id && matches!(result.target, Target::Person(_))
        });
        let by_person: BTreeMap<Target, &MeasureResult> =
            of_people.map(|result| (result.target, result)).collect();
        let composite = |subscale: &Subscale| {
            let numbers: Vec<f64> =
                by_person.values().filter_map(|result| result.number(&subscale.id)).collect();
            let people = numbers.len();
            let number = numbers.iter().sum::<f64>() / count(people.max(1));
            (people >= 2).then(|| Composite { subscale: subscale.id.clone(), number, people })
        };
        self.subscales.iter().filter_map(composite).collect()
    }

    fn score_one(&self, subscale: &Subscale, given: &[Given]) -> Score {
        let value = self.add_up(subscale, given).map(|(number, answered)| Value {
            number,
            answered,
            items: subscale.items.len(),
            band: subscale.band(number).cloned(),
            side: self.on_plane(subscale).then(|| side(subscale, number)),
        });
        Score { subscale: subscale.id.clone(), value }
    }

    fn add_up(&self, subscale: &Subscale, given: &[Given]) -> Result<(f64, usize), NotScored> {
        let items = subscale.items.len();
        // At most a hundred items of a million: the limits keep the sum within 32 bits.
        let mut sum = 0_i32;
        let mut answered = 0;
        let mut declined = false;
        for index in &subscale.items {
            match given[*index] {
                Given::Point(point) => {
                    sum += self.keyed(&self.items[*index], point);
                    answered += 1;
                }
                Given::Declined => declined = true,
                Given::Nothing => (),
            }
        }
        let (missing, allowed) = (items - answered, self.missing.allowed(items));
        if missing > allowed || answered == 0 {
            let why = NotScored::Missing { missing, items, allowed };
            return Err(if declined { NotScored::Declined } else { why });
        }
        let sum = f64::from(sum);
        let mean = sum / count(answered);
        let number = match subscale.combine {
            Combine::Mean => mean,
            Combine::Sum if missing == 0 => sum,
            Combine::Sum => mean * count(items),
        };
        Ok((subscale.transform.apply(number), answered))
    }

    /// Tells whether an answer calls for the support card: one above the bound, one declined, and the one question that was
    /// passed over when every other one was answered. A sheet that is only begun says nothing yet.
    fn shows_support(&self, given: &[Given]) -> bool {
        let open = given.iter().filter(|given| **given == Given::Nothing).count();
        self.items.iter().zip(given).any(|(item, given)| match (item.support_above, given) {
            (None, _) => false,
            (Some(above), Given::Point(point)) => *point > above,
            (Some(_), Given::Declined) => true,
            (Some(_), Given::Nothing) => open == 1,
        })
    }

    /// The answer as it is counted: turned round where the item asks the opposite.
    fn keyed(&self, item: &Item, point: i32) -> i32 {
        if item.reverse { self.scale.min + self.scale.max - point } else { point }
    }

    fn on_plane(&self, subscale: &Subscale) -> bool {
        self.plane.as_ref().is_some_and(|axes| [&axes.worry, &axes.distance].contains(&&subscale.id))
    }

    fn is_alike(&self, given: &[Given]) -> bool {
        let both_ways =
            self.items.iter().any(|item| item.reverse) && self.items.iter().any(|item| !item.reverse);
        let first = given.first().copied().unwrap_or(Given::Nothing);
        both_ways && first != Given::Nothing && given.iter().all(|other| *other == first)
    }
}

fn side(subscale: &Subscale, number: f64) -> Side {
    match number - subscale.middle() {
        off if off.abs() <= MIDDLE_HALF_WIDTH => Side::Middle,
        off if off < 0.0 => Side::Below,
        _ => Side::Above,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a measure has at most a hundred items")]
fn count(items: usize) -> f64 {
    items as f64
}
