//! Worry against distance: one trail for each person, and one for people in general.
//!
//! The middle lines are lines of the scale. The ring of noise comes from the published rule of change; where there is none
//! there is no ring, and whether two points differ we cannot tell. The corners have no names.

use super::TREND_POINTS_MIN;
use super::frame::Frame;
use super::results::{Dated, gather, verdict};
use super::series::joins;
use crate::answers::{ExerciseId, ExerciseRef};
use crate::entry::Entry;
use crate::id::EntryId;
use crate::measure::{Axes, ChangeRule, Measure, Side, Target, Value};
use crate::sentence::{Saying, Sentence};
use crate::time::Date;

/// One measure's plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    /// The measure and its newest version.
    pub measure: ExerciseRef,
    /// The ends of both axes.
    pub range: (f64, f64),
    /// The middle of both axes.
    pub middle: f64,
    /// What stands at the middle lines.
    pub caption: Sentence,
    /// The ring round a point within which another is not clearly different; none where nobody has published it.
    pub noise: Option<Noise>,
    /// A trail for each person, in their order, and then the one in general.
    pub trails: Vec<Trail>,
}

/// The half axes of a ring of noise.
#[derive(Clone, Debug, PartialEq)]
pub struct Noise {
    /// Along the axis of worry.
    pub worry: f64,
    /// Along the axis of distance.
    pub distance: f64,
    /// Whether the rule is ours for the time being.
    pub provisional: bool,
    /// Where the two rules come from, worry first.
    pub sources: [String; 2],
}

/// The points of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct Trail {
    /// Whom they are about.
    pub target: Target,
    /// The points, oldest first.
    pub points: Vec<PlanePoint>,
    /// What may be said about them.
    pub says: Sentence,
}

/// One point of the plane.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanePoint {
    /// The entry it comes from.
    pub entry: EntryId,
    /// Its date.
    pub date: Date,
    /// How much worry.
    pub worry: f64,
    /// How much distance.
    pub distance: f64,
    /// On which sides of the middle of the scale it lies, worry first.
    pub sides: [Side; 2],
    /// Whether a line may lead here from the point before; not over a long pause.
    pub joined: bool,
}

/// Returns the plane of a measure; none when it has no plane or is not known.
pub fn plane<'e>(
    frame: &Frame<'_>,
    measure: &ExerciseId,
    entries: impl IntoIterator<Item = &'e Entry>,
) -> Option<Plane> {
    let measure = frame.measures.get(measure)?;
    let axes = measure.plane.as_ref()?;
    let worry = measure.subscale(&axes.worry)?;
    let gathered = gather(frame, entries, Some(&measure.id)).remove(&measure.id).unwrap_or_default();
    let trails = gathered.into_iter().filter_map(|(target, results)| trail(measure, axes, target, &results));
    Some(Plane {
        measure: measure.reference(),
        range: worry.range,
        middle: worry.middle(),
        caption: Sentence::new(Saying::MiddleLine),
        noise: noise(measure, axes),
        trails: trails.collect(),
    })
}

fn noise(measure: &Measure, axes: &Axes) -> Option<Noise> {
    let worry = measure.subscale(&axes.worry)?.change.as_ref()?;
    let distance = measure.subscale(&axes.distance)?.change.as_ref()?;
    Some(Noise {
        worry: worry.noise(),
        distance: distance.noise(),
        provisional: [worry, distance].into_iter().any(ChangeRule::is_provisional),
        sources: [worry, distance].map(|rule| rule.source().to_owned()),
    })
}

/// The trail of the results that have both scores; none when no result has.
fn trail(measure: &Measure, axes: &Axes, target: Target, results: &[Dated]) -> Option<Trail> {
    let whole: Vec<(&Dated, PlanePoint)> =
        results.iter().filter_map(|dated| Some((dated, point(axes, dated)?))).collect();
    let (first, last) = (whole.first()?.0, whole.last()?.0);
    let says = say(measure, axes, (first, last), whole.len());
    let mut points: Vec<PlanePoint> = Vec::with_capacity(whole.len());
    for (_, mut point) in whole {
        // A result that lacks a score between two points leaves them joined if they are near enough by themselves.
        let before = points.last().map(|before| before.date);
        point.joined = before.is_some_and(|before| joins(before, point.date, measure.retest));
        points.push(point);
    }
    Some(Trail { target, points, says })
}

fn point(axes: &Axes, dated: &Dated) -> Option<PlanePoint> {
    let value = |subscale: &str| -> Option<&Value> {
        let score = dated.result.scores.iter().find(|score| score.subscale == subscale)?;
        score.value.as_ref().ok()
    };
    let (worry, distance) = (value(&axes.worry)?, value(&axes.distance)?);
    Some(PlanePoint {
        entry: dated.entry,
        date: dated.date,
        worry: worry.number,
        distance: distance.number,
        sides: [worry.side?, distance.side?],
        joined: false,
    })
}

fn say(measure: &Measure, axes: &Axes, (first, last): (&Dated, &Dated), count: usize) -> Sentence {
    if count < TREND_POINTS_MIN {
        return Sentence::new(Saying::FewPoints).with("have", count).with("need", TREND_POINTS_MIN);
    }
    let changes = measure.changes(&first.result, &last.result, last.date.days_since(first.date));
    let of = |subscale: &str| changes.iter().find(|change| change.subscale == subscale);
    match (of(&axes.worry), of(&axes.distance)) {
        (Some(worry), Some(distance)) if worry.rule.is_some() || distance.rule.is_some() => {
            Sentence::new(Saying::TrailVerdict)
                .with("from", first.date)
                .with("to", last.date)
                .with("worry", verdict(worry.verdict))
                .with("distance", verdict(distance.verdict))
        }
        _ => Sentence::new(Saying::TrailUntested)
            .with("count", count)
            .with("from", first.date)
            .with("to", last.date),
    }
}
