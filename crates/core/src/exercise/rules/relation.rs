//! Fields that lean on other fields, and exercises that are one thing with a measure.

use super::Lines;
use super::derivation::order;
use crate::answers::FieldId;
use crate::definition::{Place, Report};
use crate::exercise::{Exercise, Field, ItemKind, Phase, Scale, Shape};

/// Checks that every field named by another can play its part.
pub(super) fn check(exercise: &Exercise, lines: &Lines, report: &mut Report) {
    for (index, place) in lines.fields.iter().enumerate() {
        check_on(exercise, &exercise.fields[index], place, report);
        check_recall(exercise, &exercise.fields[index], place, report);
        check_from(exercise, index, place, report);
    }
    if exercise.measure.is_some() {
        check_measure(exercise, &lines.measure, report);
    }
}

/// A later question may wait for a date that was answered before.
fn check_on(exercise: &Exercise, field: &Field, place: &Place, report: &mut Report) {
    let Some(on) = &field.on else { return };
    if field.phase != Phase::Later {
        report.add(place, "only a later field is asked on a date", "write phase = \"later\" or remove on");
        return;
    }
    if !field.after.is_empty() {
        report.add(place, "a field is asked after a time or on a date, not both", "keep after or on");
    }
    let Some(named) = find(exercise, on, "on", place, report) else { return };
    let is_date = matches!(named.shape, Shape::Date { .. } | Shape::DateTime);
    if !is_date || named.phase == Phase::Later {
        let what = format!("{on} is no date that is known by then");
        report.add(place, what, "name a date or datetime of the phases before, main or after");
    }
}

/// A later question may show words that were written before it.
fn check_recall(exercise: &Exercise, field: &Field, place: &Place, report: &mut Report) {
    if !field.recall.is_empty() && field.phase != Phase::Later {
        report.add(place, "only a later field shows words again", "write phase = \"later\" or remove recall");
        return;
    }
    for id in &field.recall {
        let Some(named) = find(exercise, id, "recall", place, report) else { continue };
        let is_words = matches!(
            named.shape,
            Shape::Text { .. } | Shape::LongText { .. } | Shape::List { of: ItemKind::Text, .. }
        );
        if !is_words || named.phase == Phase::Later {
            let what = format!("{id} holds no words that are known by then");
            report.add(place, what, "name a text or a list of text of the phases before, main or after");
        }
    }
}

/// A text may offer what was listed before.
fn check_from(exercise: &Exercise, index: usize, place: &Place, report: &mut Report) {
    let field = &exercise.fields[index];
    let Some(from) = &field.from else { return };
    let Some(named) = find(exercise, from, "from", place, report) else { return };
    let is_list = matches!(named.shape, Shape::List { of: ItemKind::Text, .. });
    let at = exercise.fields.iter().position(|other| other.id == named.id).unwrap_or(index);
    if !is_list || order(named, at) >= order(field, index) {
        report.add(place, format!("{from} is no earlier list of text"), "name a list that is asked before");
    }
}

fn find<'a>(
    exercise: &'a Exercise,
    id: &FieldId,
    key: &str,
    place: &Place,
    report: &mut Report,
) -> Option<&'a Field> {
    let found = exercise.field(id);
    if found.is_none() {
        let what = format!("{key} names the field {id}, which is unknown");
        report.add(place, what, "name a field of this exercise");
    }
    found
}

/// The scales stand for the items of the measure, which have one scale in common.
fn check_measure(exercise: &Exercise, place: &Place, report: &mut Report) {
    let scales: Vec<&Scale> = exercise.fields.iter().filter_map(item).collect();
    let Some(first) = scales.first() else {
        report.add(place, "a measure without a scale cannot be answered", "add its items as scales");
        return;
    };
    if scales.iter().any(|scale| !scale.same_points(first)) {
        let next = "give all scales the same min, max and step, or remove measure";
        report.add(place, "the items of a measure have one scale in common", next);
    }
    if exercise.single {
        let next = "remove single; every time is a result of its own";
        report.add(place, "a measure is not kept in a single entry", next);
    }
}

fn item(field: &Field) -> Option<&Scale> {
    match &field.shape {
        Shape::Scale(scale) if field.phase != Phase::Later => Some(scale),
        _ => None,
    }
}
