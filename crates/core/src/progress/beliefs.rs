//! How much a thought was believed, before, right after and weeks later; and how often what was feared came.

use std::collections::BTreeMap;

use super::MEDIAN_PAIRS_MIN;
use super::frame::{Frame, chosen, rating, rating_of};
use super::pairs::range;
use super::series::{Timeline, difference, median};
use crate::answers::{ExerciseId, FieldId};
use crate::entry::Entry;
use crate::exercise::{Exercise, Field, Outcome, Phase, Shape, View};
use crate::id::EntryId;
use crate::sentence::{Saying, Sentence};
use crate::time::Date;

/// The field that says how sure one was of a prediction, in percent.
const SURE: &str = "sure";
/// The field that says what came of it.
const RESULT: &str = "result";
/// What is chosen there when things went the way you feared.
const AS_FEARED: &str = "as-feared";
/// What is chosen there when it came in part.
const PARTLY: &str = "partly";
/// What is chosen there when it did not come.
const NOT: &str = "not";

/// How wide a range of sureness is, in percent.
const SURE_STEP: i32 = 20;

/// The hours of a day, in which later questions count.
const HOURS_A_DAY: u32 = 24;

/// The beliefs of one outcome of one exercise.
#[derive(Clone, Debug, PartialEq)]
pub struct Beliefs {
    /// The exercise.
    pub exercise: ExerciseId,
    /// The outcome.
    pub outcome: String,
    /// The ends of the scale.
    pub range: (i32, i32),
    /// One line for each entry, oldest first.
    pub lines: Vec<BeliefLine>,
    /// Right after and at each later occasion: the middle of the differences from before.
    pub steps: Vec<BeliefStep>,
}

/// One thought over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeliefLine {
    /// The entry it comes from.
    pub entry: EntryId,
    /// Its date.
    pub date: Date,
    /// How much it was believed before.
    pub before: i32,
    /// How much right after.
    pub after: i32,
    /// How much on later occasions.
    pub later: Vec<LaterBelief>,
}

/// A later occasion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaterBelief {
    /// How many days later it is asked.
    pub days: u32,
    /// From which date on.
    pub due: Date,
    /// What was answered; a gap where nothing was.
    pub rating: Option<i32>,
}

/// The middle of one occasion.
#[derive(Clone, Debug, PartialEq)]
pub struct BeliefStep {
    /// How many days later; none is right after.
    pub days: u32,
    /// How many were rated on this occasion.
    pub count: usize,
    /// The middle of their differences from before; none while there are too few.
    pub median: Option<f64>,
    /// What may be said about it.
    pub says: Sentence,
}

/// Returns the beliefs that were rated, by exercise and outcome.
pub fn beliefs<'e>(frame: &Frame<'_>, entries: impl IntoIterator<Item = &'e Entry>) -> Vec<Beliefs> {
    let mut found: BTreeMap<(ExerciseId, String), Timeline<BeliefLine>> = BTreeMap::new();
    for (entry, exercise) in frame.practised(entries) {
        for outcome in exercise.outcomes.iter().filter(|outcome| outcome.view == View::Belief) {
            let Some(line) = line(entry, exercise, outcome) else { continue };
            let key = (exercise.id.clone(), outcome.id.clone());
            found.entry(key).or_default().add(entry, line);
        }
    }
    let shown = found.into_iter().filter_map(|((exercise, outcome), lines)| {
        let definition = frame.exercises.get(&exercise)?;
        let declared = definition.outcomes.iter().find(|declared| declared.id == outcome)?;
        let lines = lines.in_order();
        let steps = steps(&lines);
        Some(Beliefs { exercise, outcome, range: range(definition, declared), lines, steps })
    });
    shown.collect()
}

fn line(entry: &Entry, exercise: &Exercise, outcome: &Outcome) -> Option<BeliefLine> {
    let before = rating(&entry.answers, &outcome.before)?;
    let after = rating(&entry.answers, &outcome.after)?;
    let date = entry.at.date();
    let later = rerated(exercise, outcome).flat_map(|field| {
        field.after.iter().filter_map(move |delay| {
            let named = format!("{}@{delay}", field.id);
            let id: FieldId = if field.repeats() { named.parse().ok()? } else { field.id.clone() };
            let days = delay.hours() / HOURS_A_DAY;
            let due = date.plus_days(i32::try_from(days).unwrap_or(i32::MAX));
            Some(LaterBelief { days, due, rating: rating(&entry.answers, &id) })
        })
    });
    Some(BeliefLine { entry: entry.id, date, before, after, later: later.collect() })
}

/// The later fields that ask for the same rating again: scales with the points of the outcome.
fn rerated<'x>(exercise: &'x Exercise, outcome: &Outcome) -> impl Iterator<Item = &'x Field> {
    let points = exercise.field(&outcome.before).and_then(scale);
    let again = move |field: &&Field| {
        field.phase == Phase::Later
            && points.zip(scale(field)).is_some_and(|(before, later)| before.same_points(later))
    };
    exercise.fields.iter().filter(again)
}

fn scale(field: &Field) -> Option<&crate::exercise::Scale> {
    match &field.shape {
        Shape::Scale(scale) => Some(scale),
        _ => None,
    }
}

fn steps(lines: &[BeliefLine]) -> Vec<BeliefStep> {
    let mut differences: BTreeMap<u32, Vec<i32>> = BTreeMap::new();
    for line in lines {
        differences.entry(0).or_default().push(line.after.saturating_sub(line.before));
        for later in &line.later {
            let occasion = differences.entry(later.days).or_default();
            occasion.extend(later.rating.map(|rating| rating.saturating_sub(line.before)));
        }
    }
    differences.into_iter().map(|(days, differences)| step(days, differences)).collect()
}

fn step(days: u32, differences: Vec<i32>) -> BeliefStep {
    let count = differences.len();
    let median = (count >= MEDIAN_PAIRS_MIN).then(|| median(differences)).flatten();
    let says = match median {
        None => Sentence::new(Saying::FewPairs).with("have", count).with("need", MEDIAN_PAIRS_MIN),
        Some(median) if days == 0 => Sentence::new(Saying::BeliefRightAfter)
            .with("count", count)
            .with("difference", difference(median)),
        Some(median) => Sentence::new(Saying::BeliefLater)
            .with("count", count)
            .with("difference", difference(median))
            .with("days", days as usize),
    };
    BeliefStep { days, count, median, says }
}

/// How often what was feared came, by how sure one was.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// The ranges of sureness in which there are predictions, the lowest first.
    pub ranges: Vec<SureRange>,
    /// How many predictions have no result yet.
    pub open: usize,
}

/// The predictions of one range of sureness.
#[derive(Clone, Debug, PartialEq)]
pub struct SureRange {
    /// The least percentage in it.
    pub from: i32,
    /// The greatest percentage in it.
    pub to: i32,
    /// How many came as feared.
    pub as_feared: usize,
    /// How many came in part.
    pub partly: usize,
    /// How many did not come.
    pub not: usize,
    /// What may be said about it.
    pub says: Sentence,
}

/// Returns how often what was predicted came.
pub fn calibration<'e>(frame: &Frame<'_>, entries: impl IntoIterator<Item = &'e Entry>) -> Calibration {
    let mut open = 0;
    let mut ranges: BTreeMap<i32, [usize; 3]> = BTreeMap::new();
    for (entry, _) in frame.practised_for(View::Belief, entries) {
        let Some(sure) = rating_of(&entry.answers, SURE).filter(|sure| (0..=100).contains(sure)) else {
            continue;
        };
        let result = chosen(&entry.answers, RESULT);
        let known = [AS_FEARED, PARTLY, NOT].iter().position(|known| result == Some(known));
        match known {
            Some(index) => ranges.entry(sure.min(99) / SURE_STEP).or_default()[index] += 1,
            None => open += 1,
        }
    }
    Calibration {
        ranges: ranges.into_iter().map(|(index, counts)| sure_range(index, counts)).collect(),
        open,
    }
}

fn sure_range(index: i32, [as_feared, partly, not]: [usize; 3]) -> SureRange {
    let from = index * SURE_STEP;
    let to = if from + SURE_STEP == 100 { 100 } else { from + SURE_STEP - 1 };
    let says = Sentence::new(Saying::Prediction)
        .with("from", f64::from(from))
        .with("to", f64::from(to))
        .with("happened", as_feared)
        .with("count", as_feared + partly + not);
    SureRange { from, to, as_feared, partly, not, says }
}
