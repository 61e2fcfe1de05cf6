//! Whether an answer fits its question, and why not, in words for whoever answers.

use std::fmt;

use haven_core::answers::{Seconds, Value};
use haven_core::exercise::ItemKind;
use haven_core::id::{EntryId, PersonId};
use haven_core::limits::FEELING_CHARS_MAX;
use haven_core::time::{CivilTime, Date};

use haven_api::practice::{Choice, Count, Scale, Shape, Weight};

/// Why an answer does not fit: a sentence that says what would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Misfit(pub(in super::super) String);

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misfit {}

/// Checks an answer. Too little always fits; a person may save what they have.
///
/// # Errors
/// [`Misfit`], with what would fit.
pub(in super::super) fn check(shape: &Shape, answer: &Value) -> Result<(), Misfit> {
    match shape {
        Shape::Text { chars_max } => short(answer, *chars_max),
        Shape::LongText { chars_max } => short(answer, chars_max.unwrap_or(u32::MAX)),
        Shape::Scale(scale) => point(scale, answer),
        Shape::Choice(choices) => known(choices, answer),
        Shape::Multi(choices, count) => {
            let items = items(answer, *count)?;
            items.iter().try_for_each(|item| known(choices, item))
        }
        Shape::List { of, count, chars_max, weight } => {
            let items = items(answer, *count)?;
            items.iter().try_for_each(|item| listed(*of, *chars_max, *weight, item))
        }
        Shape::Emotions { strength, count, .. } => {
            items(answer, *count)?.iter().try_for_each(|item| feeling(strength, item))
        }
        Shape::Person => parses::<PersonId>(answer, "Choose someone from your people."),
        Shape::DateTime => parses::<CivilTime>(
            answer,
            "Write the day as year-month-day in digits; the time may follow behind a T, as in T21:30.",
        ),
        Shape::Date { .. } => parses::<Date>(answer, "Write it as year-month-day in digits."),
        Shape::Duration | Shape::Timer { .. } => parses::<Seconds>(answer, "Write it as 90s, 5m or 1h30m."),
        Shape::Link { .. } => parses::<EntryId>(answer, "Choose an entry."),
        Shape::Bool { .. } | Shape::Consent if matches!(answer, Value::Bool(_)) => Ok(()),
        Shape::Bool { .. } | Shape::Consent => misfit("Answer with yes or no."),
        Shape::Derived { .. } => misfit("There's nothing to answer here."),
    }
}

fn misfit<T>(words: impl Into<String>) -> Result<T, Misfit> {
    Err(Misfit(words.into()))
}

fn short(answer: &Value, chars_max: u32) -> Result<(), Misfit> {
    let Some(text) = answer.text() else { return misfit("Write it in words.") };
    let chars = text.chars().count();
    if chars <= chars_max as usize {
        return Ok(());
    }
    let over = match chars - chars_max as usize {
        1 => "1 character".to_owned(),
        over => format!("{over} characters"),
    };
    misfit(format!("{over} too long ({chars_max} fit). Nothing you've written is lost."))
}

fn point(scale: &Scale, answer: &Value) -> Result<(), Misfit> {
    let Scale { min, max, step, .. } = *scale;
    let fits = |number: i32| (min..=max).contains(&number) && (number - min) % step.max(1) == 0;
    if answer.whole().is_some_and(fits) {
        return Ok(());
    }
    let steps = if step > 1 { format!(" in steps of {step}") } else { String::new() };
    misfit(format!("Pick a number from {min} to {max}{steps}."))
}

fn known(choices: &[Choice], answer: &Value) -> Result<(), Misfit> {
    if choices.iter().any(|choice| answer.text() == Some(&choice.id)) {
        return Ok(());
    }
    misfit("Choose from what is offered.")
}

fn items(answer: &Value, count: Count) -> Result<&[Value], Misfit> {
    match answer {
        Value::List(items) if items.len() <= count.max as usize => Ok(items),
        Value::List(items) => misfit(format!(
            "There are {} of them, and at most {} fit. Nothing you've written is lost.",
            items.len(),
            count.max
        )),
        _ => misfit("Give one a line."),
    }
}

fn listed(of: ItemKind, chars_max: u32, weight: Option<Weight>, item: &Value) -> Result<(), Misfit> {
    let (words, weighed) = match (item, weight) {
        (Value::Map(map), Some(_)) => (map.get("text").unwrap_or(&Value::Null), map.get("weight")),
        _ => (item, None),
    };
    if let (Some(Weight { min, max, .. }), Some(weighed)) = (weight, weighed)
        && !weighed.whole().is_some_and(|number| (min..=max).contains(&number))
    {
        return misfit(format!("The numbers go from {min} to {max}."));
    }
    match of {
        ItemKind::Text => short(words, chars_max),
        ItemKind::Person => parses::<PersonId>(words, "Name someone from your people."),
        ItemKind::Link => parses::<EntryId>(words, "Give the id of an entry."),
    }
}

fn feeling(strength: &Scale, item: &Value) -> Result<(), Misfit> {
    let Value::Map(map) = item else { return misfit("Name a feeling and say how strong it is.") };
    let name = map.get("name").and_then(Value::text).unwrap_or_default();
    if !(1..=FEELING_CHARS_MAX).contains(&name.trim().chars().count()) {
        return misfit(format!("A feeling has a name of 1 to {FEELING_CHARS_MAX} letters."));
    }
    let Scale { min, max, .. } = strength;
    let unsaid = || Misfit(format!("Say how strong “{name}” is, from {min} to {max}."));
    point(strength, map.get("strength").unwrap_or(&Value::Null)).map_err(|_| unsaid())
}

fn parses<T: std::str::FromStr>(answer: &Value, wanted: &str) -> Result<(), Misfit> {
    match answer.text().map(|text| text.trim().parse::<T>()) {
        Some(Ok(_)) => Ok(()),
        _ => misfit(wanted),
    }
}
