//! Outcomes compare two ratings on the same scale.

use super::Lines;
use crate::answers::FieldId;
use crate::definition::{Place, Report};
use crate::exercise::{Exercise, Scale, Shape};

/// Checks that both ends of every outcome are the same scale.
pub(super) fn check(exercise: &Exercise, lines: &Lines, report: &mut Report) {
    for (outcome, place) in exercise.outcomes.iter().zip(&lines.outcomes) {
        let before = scale(exercise, &outcome.before, place, report);
        let after = scale(exercise, &outcome.after, place, report);
        if let (Some(before), Some(after)) = (before, after)
            && !before.same_points(after)
        {
            let what = format!("{} and {} have different ranges", outcome.before, outcome.after);
            report.add(place, what, "give both the same min, max and step");
        }
    }
}

fn scale<'a>(exercise: &'a Exercise, id: &FieldId, place: &Place, report: &mut Report) -> Option<&'a Scale> {
    match exercise.field(id).map(|field| &field.shape) {
        Some(Shape::Scale(scale)) => Some(scale),
        Some(other) => {
            report.add(
                place,
                format!("{id} is a {}, not a scale", other.kind()),
                "name a field of kind scale",
            );
            None
        }
        None => {
            report.add(place, format!("there is no field {id}"), "name a field of this exercise");
            None
        }
    }
}
