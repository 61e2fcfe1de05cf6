//! Derived sentences refer to what was asked before them.

use std::collections::BTreeSet;

use super::Lines;
use crate::definition::{Place, Report, places, wanted};
use crate::exercise::{Exercise, Field, Shape};
use crate::fault::shown;

/// Checks the places of every template in every language.
pub(super) fn check(exercise: &Exercise, lines: &Lines, report: &mut Report) {
    for (index, place) in lines.fields.iter().enumerate() {
        let field = &exercise.fields[index];
        let Shape::Derived { template } = &field.shape else { continue };
        let texts = exercise.texts.iter().filter(|(_, key, _)| key == template);
        let found: BTreeSet<Result<&str, usize>> = texts.flat_map(|(_, _, text)| places(text)).collect();
        for named in found {
            match named {
                Ok(id) => check_place(exercise, index, wanted(id).0, place, report),
                Err(at) => report.add(
                    place,
                    format!("the template has a brace without a partner at byte {at}"),
                    "write {field_id}, or no brace",
                ),
            }
        }
    }
}

fn check_place(exercise: &Exercise, index: usize, id: &str, place: &Place, report: &mut Report) {
    let Some(named) = exercise.fields.iter().position(|field| field.id.as_str() == id) else {
        let what = format!("the template names the field {}, which is unknown", shown(id));
        report.add(place, what, "name an earlier field");
        return;
    };
    if reaches(exercise, named, index, &mut BTreeSet::new()) {
        report.add(place, format!("the template names {id} in a cycle"), "name only fields asked earlier");
    } else if order(&exercise.fields[named], named) >= order(&exercise.fields[index], index) {
        report.add(
            place,
            format!("the template names {id}, which comes later"),
            "name only fields asked earlier",
        );
    }
}

/// The order in which fields are asked.
pub(super) fn order(field: &Field, index: usize) -> (crate::exercise::Phase, usize) {
    (field.phase, index)
}

/// Tells whether a field leads back to the target through derived fields.
fn reaches(exercise: &Exercise, from: usize, target: usize, seen: &mut BTreeSet<usize>) -> bool {
    if from == target {
        return true;
    }
    let Shape::Derived { template } = &exercise.fields[from].shape else { return false };
    if !seen.insert(from) {
        return false;
    }
    let texts = exercise.texts.iter().filter(|(_, key, _)| key == template);
    let named = texts.flat_map(|(_, _, text)| places(text)).flatten().map(|place| wanted(place).0);
    let indexes = named.filter_map(|id| exercise.fields.iter().position(|field| field.id.as_str() == id));
    let indexes: BTreeSet<usize> = indexes.collect();
    indexes.into_iter().any(|index| reaches(exercise, index, target, seen))
}
