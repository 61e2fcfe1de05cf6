//! The rules that look at several parts of a definition at once.

mod derivation;
mod outcomes;
mod relation;
mod succession;
mod wording;

use std::collections::BTreeSet;

use toml::Spanned;

use super::Exercise;
use super::raw::RawExercise;
use super::words::{Gate, Step};
use crate::definition::{Place, Report};

/// Exercises of other steps that also touch the other person, so that the relationship gate stands before them.
const GATED: [&str; 4] = ["small-test", "limit-plan", "kept-word", "closeness-ladder"];

/// Where the parts of the definition stand in the file.
pub(super) struct Lines {
    id: Place,
    version: Place,
    measure: Place,
    safety: Place,
    fields: Vec<Place>,
    outcomes: Vec<Place>,
}

impl Lines {
    /// Remembers where the parts stand.
    pub(super) fn new(text: &str, raw: &RawExercise) -> Self {
        let place = |span| Place::new(text, &span);
        Self {
            id: place(raw.id.span()),
            version: place(raw.version.span()),
            measure: place(raw.measure.as_ref().map_or(raw.id.span(), Spanned::span)),
            safety: place(raw.safety.span()),
            fields: raw.field.iter().map(|field| place(field.span()).of_field(&field.get_ref().id)).collect(),
            outcomes: raw.outcome.iter().map(|outcome| place(outcome.span())).collect(),
        }
    }
}

/// Checks every rule, and takes in the shared notices that the definition names.
pub(super) fn check(
    exercise: &mut Exercise,
    previous: Option<&Exercise>,
    lines: &Lines,
    report: &mut Report,
) {
    check_ids(exercise, lines, report);
    check_gate(exercise, lines, report);
    wording::check(exercise, lines, report);
    outcomes::check(exercise, lines, report);
    derivation::check(exercise, lines, report);
    relation::check(exercise, lines, report);
    if let Some(previous) = previous {
        succession::check(exercise, previous, lines, report);
    }
}

fn check_ids(exercise: &Exercise, lines: &Lines, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for (field, place) in exercise.fields.iter().zip(&lines.fields) {
        if !seen.insert(field.id.as_str()) {
            report.add(place, "another field has the same id", "give each field an id of its own");
        }
    }
    let mut seen = BTreeSet::new();
    for (outcome, place) in exercise.outcomes.iter().zip(&lines.outcomes) {
        if !seen.insert(outcome.id.as_str()) {
            report.add(place, "another outcome has the same id", "give each outcome an id of its own");
        }
    }
}

fn check_gate(exercise: &Exercise, lines: &Lines, report: &mut Report) {
    let speaks = exercise.steps.contains(&Step::Communicate) || GATED.contains(&exercise.id.as_str());
    if speaks && exercise.safety.gate != Gate::Relationship {
        report.add(
            &lines.safety,
            "an exercise that touches the other person needs the relationship gate",
            "write gate = \"relationship\"",
        );
    }
}
