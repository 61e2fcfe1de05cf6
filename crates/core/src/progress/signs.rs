//! The seven signs side by side: seven small series, no polygon and no total.

use super::TREND_POINTS_MIN;
use super::frame::Frame;
use super::series::{Timeline, joins};
use crate::answers::ExerciseId;
use crate::entry::Entry;
use crate::exercise::{Sign, View};
use crate::id::EntryId;
use crate::measure::{Measure, MeasureResult};
use crate::sentence::{Saying, Sentence};
use crate::time::Date;

/// A snapshot: its entry, its date, and its seven scores.
type Snapshot = (EntryId, Date, MeasureResult);

/// The measure whose subscales are called as the signs are.
const SEVEN_SIGNS: &str = "seven-signs";

/// The answers to one sign.
#[derive(Clone, Debug, PartialEq)]
pub struct SignSeries {
    /// The sign.
    pub sign: Sign,
    /// The ends of the scale.
    pub range: (f64, f64),
    /// The answers, oldest first.
    pub points: Vec<SignPoint>,
    /// What may be said about them.
    pub says: Sentence,
}

/// One answer to a sign.
#[derive(Clone, Debug, PartialEq)]
pub struct SignPoint {
    /// The entry it comes from.
    pub entry: EntryId,
    /// Its date.
    pub date: Date,
    /// The answer.
    pub number: f64,
    /// Whether a line may lead here from the answer before; not over a long pause.
    pub joined: bool,
}

/// Returns a series for each of the seven signs, in their order; none when the measure is not known.
///
/// An exercise that shows its answers here asks the questions of the measure under the same ids, so that its entries count.
pub fn signs<'e>(frame: &Frame<'_>, entries: impl IntoIterator<Item = &'e Entry>) -> Option<Vec<SignSeries>> {
    let id: ExerciseId = SEVEN_SIGNS.parse().ok()?;
    let measure = frame.measures.get(&id)?;
    let snapshots: Timeline<Snapshot> = frame
        .counted(entries)
        .filter(|entry| is_snapshot(frame, measure, entry))
        .map(|entry| (entry, (entry.id, entry.at.date(), measure.score(&entry.answers))))
        .collect();
    let snapshots = snapshots.in_order();
    Sign::ALL.iter().map(|sign| series(*sign, measure, &snapshots)).collect()
}

fn is_snapshot(frame: &Frame<'_>, measure: &Measure, entry: &Entry) -> bool {
    let Some(made_with) = &entry.exercise else { return false };
    made_with.id == measure.id
        || frame.exercises.get(&made_with.id).is_some_and(|exercise| exercise.views.contains(&View::Signs))
}

fn series(sign: Sign, measure: &Measure, snapshots: &[Snapshot]) -> Option<SignSeries> {
    let range = measure.subscale(sign.as_str())?.range;
    let mut points: Vec<SignPoint> = Vec::new();
    for (entry, date, result) in snapshots {
        let Some(number) = result.number(sign.as_str()) else { continue };
        let joined = points.last().is_some_and(|before| joins(before.date, *date, measure.retest));
        points.push(SignPoint { entry: *entry, date: *date, number, joined });
    }
    let says = say(&points);
    Some(SignSeries { sign, range, points, says })
}

fn say(points: &[SignPoint]) -> Sentence {
    let ends = points.first().zip(points.last()).filter(|_| points.len() >= TREND_POINTS_MIN);
    let Some((first, last)) = ends else {
        return Sentence::new(Saying::FewSigns).with("have", points.len()).with("need", TREND_POINTS_MIN);
    };
    let low = points.iter().map(|point| point.number).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|point| point.number).fold(f64::NEG_INFINITY, f64::max);
    Sentence::new(Saying::SignRange)
        .with("count", points.len())
        .with("from", first.date)
        .with("to", last.date)
        .with("low", low)
        .with("high", high)
}
