//! A new version keeps what old entries were made of.

use super::Lines;
use crate::definition::{Place, Report};
use crate::exercise::{Exercise, Field, Shape};

/// Checks the definition against the version released before it.
pub(super) fn check(exercise: &Exercise, previous: &Exercise, lines: &Lines, report: &mut Report) {
    if exercise.id != previous.id {
        let what = format!("the version before has the id {}", previous.id);
        report.add(&lines.id, what, "keep the id, or load this as an exercise of its own");
        return;
    }
    if exercise.version <= previous.version {
        let what = format!("version {} is not greater than {}", exercise.version, previous.version);
        report.add(&lines.version, what, format!("write version = {}", previous.version.saturating_add(1)));
    }
    if exercise.measure != previous.measure {
        let was = previous.measure.as_ref().map_or("none".to_owned(), ToString::to_string);
        let next = "keep it, or give the exercise a new id; old results belong to it";
        report.add(&lines.measure, format!("the measure was {was}"), next);
    }
    for old in &previous.fields {
        match exercise.fields.iter().position(|field| field.id == old.id) {
            Some(index) => compare(old, &exercise.fields[index], &lines.fields[index], report),
            None => report.add(
                &lines.version,
                format!("the field {} was removed", old.id),
                "keep it, or give the exercise a new id; old entries must stay readable",
            ),
        }
    }
}

fn compare(old: &Field, new: &Field, place: &Place, report: &mut Report) {
    if let Some(change) = retyped(&old.shape, &new.shape) {
        report.add(
            place,
            change,
            "keep the field as it was and add one with a new id; old entries must stay readable",
        );
    }
    for option in old.shape.options() {
        if !new.shape.options().iter().any(|kept| kept.id == option.id) && old.kind() == new.kind() {
            report.add(
                place,
                format!("the option {} was removed", option.id),
                "keep it; old entries have chosen it",
            );
        }
    }
}

fn retyped(old: &Shape, new: &Shape) -> Option<String> {
    if old.kind() != new.kind() {
        return Some(format!("the field was a {} and is now a {}", old.kind(), new.kind()));
    }
    let same = match (old, new) {
        (Shape::Scale(old), Shape::Scale(new))
        | (Shape::Emotions { strength: old, .. }, Shape::Emotions { strength: new, .. }) => {
            (old.min, old.max) == (new.min, new.max)
        }
        (Shape::List { of: old, weight: was, .. }, Shape::List { of: new, weight: is, .. }) => {
            old == new && was.is_some() == is.is_some()
        }
        _ => true,
    };
    (!same).then(|| "the field has the same id and takes other answers than before".to_owned())
}
