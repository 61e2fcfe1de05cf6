//! Ratings before and after, always beside what waiting alone did.

use std::collections::BTreeMap;

use super::MEDIAN_PAIRS_MIN;
use super::frame::{Frame, rating};
use super::series::{Timeline, difference, median};
use crate::answers::ExerciseId;
use crate::entry::Entry;
use crate::exercise::{Exercise, Outcome, Shape, View};
use crate::id::EntryId;
use crate::sentence::{Saying, Sentence};
use crate::time::Date;

/// The pairs of one outcome of one exercise.
#[derive(Clone, Debug, PartialEq)]
pub struct BeforeAfter {
    /// The exercise.
    pub exercise: ExerciseId,
    /// The outcome.
    pub outcome: String,
    /// The ends of the scale.
    pub range: (i32, i32),
    /// The pairs, oldest first.
    pub pairs: Vec<Pair>,
    /// The middle of the differences, after less before; none while there are too few.
    pub median: Option<f64>,
    /// What it is shown beside: an exercise in which nothing is tried.
    pub comparison: Option<Comparison>,
    /// What may be said about it.
    pub says: Sentence,
}

/// One time: a rating before and a rating after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The entry it comes from.
    pub entry: EntryId,
    /// Its date.
    pub date: Date,
    /// The rating before.
    pub before: i32,
    /// The rating after.
    pub after: i32,
}

/// The pairs of the exercise that stands beside another.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The exercise.
    pub exercise: ExerciseId,
    /// Its pairs for the outcome of the same id, oldest first.
    pub pairs: Vec<Pair>,
    /// The middle of their differences; none while there are too few.
    pub median: Option<f64>,
}

/// Returns every outcome of which there are pairs, by exercise and outcome; never in the order of their numbers.
pub fn before_after<'e>(frame: &Frame<'_>, entries: impl IntoIterator<Item = &'e Entry>) -> Vec<BeforeAfter> {
    let mut found: Found = BTreeMap::new();
    for (entry, exercise) in frame.practised(entries) {
        for outcome in exercise.outcomes.iter().filter(|outcome| outcome.view == View::BeforeAfter) {
            let Some(pair) = pair(entry, outcome) else { continue };
            let key = (exercise.id.clone(), outcome.id.clone());
            found.entry(key).or_default().add(entry, pair);
        }
    }
    let pairs: BTreeMap<_, Vec<Pair>> =
        found.into_iter().map(|(key, pairs)| (key, pairs.in_order())).collect();
    let shown = pairs.iter().filter_map(|((exercise, outcome), own)| {
        let definition = frame.exercises.get(exercise)?;
        let declared = definition.outcomes.iter().find(|declared| declared.id == *outcome)?;
        let comparison = declared.comparator.as_ref().map(|other| comparison(other, outcome, &pairs));
        Some(before_after_of(definition, declared, own, comparison))
    });
    shown.collect()
}

/// Pairs by exercise and outcome.
type Found = BTreeMap<(ExerciseId, String), Timeline<Pair>>;

fn pair(entry: &Entry, outcome: &Outcome) -> Option<Pair> {
    let before = rating(&entry.answers, &outcome.before)?;
    let after = rating(&entry.answers, &outcome.after)?;
    Some(Pair { entry: entry.id, date: entry.at.date(), before, after })
}

fn comparison(
    other: &ExerciseId,
    outcome: &str,
    pairs: &BTreeMap<(ExerciseId, String), Vec<Pair>>,
) -> Comparison {
    let pairs = pairs.get(&(other.clone(), outcome.to_owned())).cloned().unwrap_or_default();
    let median = middle(&pairs);
    Comparison { exercise: other.clone(), pairs, median }
}

fn before_after_of(
    exercise: &Exercise,
    outcome: &Outcome,
    pairs: &[Pair],
    comparison: Option<Comparison>,
) -> BeforeAfter {
    let median = middle(pairs);
    BeforeAfter {
        exercise: exercise.id.clone(),
        outcome: outcome.id.clone(),
        range: range(exercise, outcome),
        pairs: pairs.to_vec(),
        median,
        says: say(pairs.len(), median, comparison.as_ref()),
        comparison,
    }
}

/// The ends of an outcome's scale; the loader has seen to it that both ratings have the same.
pub(super) fn range(exercise: &Exercise, outcome: &Outcome) -> (i32, i32) {
    match exercise.field(&outcome.before).map(|field| &field.shape) {
        Some(Shape::Scale(scale)) => (scale.min, scale.max),
        _ => (0, 0),
    }
}

fn middle(pairs: &[Pair]) -> Option<f64> {
    let enough = pairs.len() >= MEDIAN_PAIRS_MIN;
    enough.then(|| median(pairs.iter().map(|pair| pair.after.saturating_sub(pair.before)).collect()))?
}

fn say(count: usize, median: Option<f64>, comparison: Option<&Comparison>) -> Sentence {
    let Some(median) = median else {
        return Sentence::new(Saying::FewPairs).with("have", count).with("need", MEDIAN_PAIRS_MIN);
    };
    let begun = |saying| Sentence::new(saying).with("count", count).with("difference", difference(median));
    match comparison {
        None => begun(Saying::PairsAlone),
        Some(Comparison { median: Some(waiting), pairs, .. }) => {
            begun(Saying::PairsBesideWaiting).with("waits", pairs.len()).with("waiting", difference(*waiting))
        }
        Some(Comparison { median: None, pairs, .. }) => {
            begun(Saying::PairsBeforeWaiting).with("have", pairs.len()).with("need", MEDIAN_PAIRS_MIN)
        }
    }
}
