//! Whether values answer the questions of an exercise.
//!
//! A value that does not fit its question is a fault. Too little is not: a person may always save what they have, and
//! [`complete`] alone tells whether it counts.

use std::collections::{BTreeMap, BTreeSet};

use super::{Answer, Answers, Emotion, FieldId, Item, ItemValue, Value, ValueMap};
use crate::exercise::{Choice, Count, Exercise, Field, FieldKind, ItemKind, Phase, Scale, Shape, Weight};
use crate::fault::{Fault, shown};
use crate::limits::{ANSWER_ITEMS_MAX, FAULTS_MAX, FEELING_CHARS_MAX, TEXT_BYTES_MAX};

/// Reads the answers to an exercise. A value that holds nothing counts as no answer.
///
/// # Errors
/// A [`Fault`] for every value that belongs to no field or does not fit its field, twenty at most.
pub fn check_answers(exercise: &Exercise, raw: &ValueMap) -> Result<Answers, Vec<Fault>> {
    let edits = check_edits(exercise, raw)?;
    Ok(edits.into_iter().filter_map(|(id, answer)| Some((id, answer?))).collect())
}

/// Reads changed answers: as [`check_answers`], and a value that holds nothing takes the answer back.
///
/// # Errors
/// As [`check_answers`].
pub fn check_edits(
    exercise: &Exercise,
    raw: &ValueMap,
) -> Result<BTreeMap<FieldId, Option<Answer>>, Vec<Fault>> {
    let mut edits = BTreeMap::new();
    let mut faults = Vec::new();
    for (name, value) in raw {
        match check_one(exercise, name, value) {
            Ok((id, answer)) => drop(edits.insert(id, answer)),
            Err(fault) => faults.push(fault.of_field(name)),
        }
        if faults.len() == FAULTS_MAX {
            break;
        }
    }
    if faults.is_empty() { Ok(edits) } else { Err(faults) }
}

/// Tells whether every required field of the phases before, main and after has an answer that says enough.
pub fn complete(exercise: &Exercise, answers: &Answers) -> bool {
    let required = exercise.fields.iter().filter(|field| field.required && field.phase != Phase::Later);
    required.into_iter().all(|field| answers.get(&field.id).is_some_and(|answer| says_enough(field, answer)))
}

fn says_enough(field: &Field, answer: &Answer) -> bool {
    match (&field.shape, answer) {
        (Shape::Multi { count, .. }, Answer::Multi(chosen)) => chosen.len() >= count.min,
        (Shape::Emotions { count, .. }, Answer::Emotions(emotions)) => emotions.len() >= count.min,
        (Shape::List { count, weight, .. }, Answer::List(items)) => {
            items.len() >= count.min && weight.is_none_or(|weight| adds_up(items, weight))
        }
        (Shape::Bool { .. } | Shape::Consent, Answer::Bool(_) | Answer::Consent(_)) => true,
        (Shape::Text { .. } | Shape::LongText { .. }, Answer::Text(text)) => !text.trim().is_empty(),
        _ => true,
    }
}

fn adds_up(items: &[Item], weight: Weight) -> bool {
    let weights: Option<Vec<i64>> = items.iter().map(|item| item.weight.map(i64::from)).collect();
    let sum: Option<i64> = weights.map(|weights| weights.into_iter().sum());
    sum.is_some_and(|sum| weight.sum.is_none_or(|wanted| sum == i64::from(wanted)))
}

fn check_one(exercise: &Exercise, name: &str, value: &Value) -> Result<(FieldId, Option<Answer>), Fault> {
    let unknown = || {
        let next = format!("use a field that {} has", exercise.id);
        Fault::new(format!("{} has no such field", exercise.id), next)
    };
    let id: FieldId = name.parse().map_err(|_| unknown())?;
    let field = exercise.field(&id).ok_or_else(unknown)?;
    check_occasion(field, &id)?;
    let answer = if holds_nothing(&field.shape, value) { None } else { read(field, value)? };
    Ok((id, answer))
}

fn check_occasion(field: &Field, id: &FieldId) -> Result<(), Fault> {
    let known: Vec<String> = field.after.iter().map(|delay| format!("{}@{delay}", field.id)).collect();
    match (field.repeats(), id.occasion()) {
        (true, Some(_)) if known.iter().any(|name| name == id.as_str()) => Ok(()),
        (true, _) => {
            Err(Fault::new("the field is asked more than once", format!("use {}", known.join(" or "))))
        }
        (false, None) => Ok(()),
        (false, Some(_)) => {
            Err(Fault::new("the field is asked once", format!("use {} without an occasion", field.id)))
        }
    }
}

/// Tells whether the value leaves the question open: nothing, no words where words are asked for, no items where items are.
fn holds_nothing(shape: &Shape, value: &Value) -> bool {
    let takes_items = matches!(shape, Shape::Multi { .. } | Shape::List { .. } | Shape::Emotions { .. });
    let takes_words = !takes_items && !matches!(shape, Shape::Scale(_) | Shape::Bool { .. } | Shape::Consent);
    match value {
        Value::Null => true,
        Value::Text(text) => takes_words && text.trim().is_empty(),
        Value::List(items) => takes_items && items.iter().all(is_empty),
        Value::Bool(_) | Value::Number(_) | Value::Map(_) => false,
    }
}

fn is_empty(item: &Value) -> bool {
    *item == Value::Null || item.text().is_some_and(|text| text.trim().is_empty())
}

fn read(field: &Field, value: &Value) -> Result<Option<Answer>, Fault> {
    Ok(Some(match &field.shape {
        Shape::Text { max_chars } => Answer::Text(text(value, *max_chars)?),
        Shape::LongText { max_chars } => Answer::Text(text(value, max_chars.unwrap_or(TEXT_BYTES_MAX))?),
        Shape::Scale(scale) => Answer::Scale(point(scale, value)?),
        Shape::Choice(options) => Answer::Choice(option(options, value)?),
        Shape::Multi { options, count } => Answer::Multi(multi(options, *count, value)?),
        Shape::List { of, count, max_chars, weight } => {
            Answer::List(list(*of, *count, *max_chars, *weight, value)?)
        }
        Shape::Emotions { strength, count, .. } => Answer::Emotions(emotions(strength, *count, value)?),
        Shape::Person => Answer::Person(parsed(value, "give the full id of a person")?),
        Shape::DateTime => Answer::DateTime(parsed(
            value,
            "write the day as year-month-day, with T and the time behind it if you know it",
        )?),
        Shape::Date { .. } => Answer::Date(parsed(value, "write it as year-month-day in digits")?),
        Shape::Duration => Answer::Duration(parsed(value, "write 90s, 5m or 1h30m")?),
        Shape::Timer { .. } => Answer::Timer(parsed(value, "write 90s, 5m or 1h30m")?),
        Shape::Bool { .. } => Answer::Bool(truth(value)?),
        Shape::Consent => Answer::Consent(truth(value)?),
        Shape::Link { .. } => Answer::Link(parsed(value, "give the full id of an entry")?),
        Shape::Derived { .. } => {
            let what = format!("a {} field is worked out from other answers", FieldKind::Derived);
            return Err(Fault::new(what, "leave it out"));
        }
    }))
}

fn misfit(wanted: &str, value: &Value) -> Fault {
    Fault::new(format!("{} does not fit", value.shape()), wanted)
}

fn text(value: &Value, chars_max: usize) -> Result<String, Fault> {
    let text = value.text().ok_or_else(|| misfit("write text in quotes", value))?;
    let chars = text.chars().count();
    if chars > chars_max || text.len() > TEXT_BYTES_MAX {
        let what = format!("the text has {chars} characters and {} bytes", text.len());
        return Err(Fault::new(
            what,
            format!("use at most {chars_max} characters and {TEXT_BYTES_MAX} bytes"),
        ));
    }
    Ok(text.to_owned())
}

fn point(scale: &Scale, value: &Value) -> Result<i32, Fault> {
    let Scale { min, max, step, .. } = scale;
    let wanted = match step {
        1 => format!("give a whole number from {min} to {max}"),
        _ => format!("give a whole number from {min} to {max} in steps of {step}"),
    };
    let number = value.whole().ok_or_else(|| misfit(&wanted, value))?;
    if scale.holds(number) {
        Ok(number)
    } else {
        Err(Fault::new(format!("{number} is not on the scale"), wanted))
    }
}

fn option(options: &[Choice], value: &Value) -> Result<String, Fault> {
    let known = || options.iter().map(|option| option.id.as_str()).collect::<Vec<_>>().join(", ");
    let wanted = || format!("use one of {}", known());
    let id = value.text().ok_or_else(|| misfit(&wanted(), value))?;
    match options.iter().find(|option| option.id == id) {
        Some(option) => Ok(option.id.clone()),
        None => Err(Fault::new("this is none of the options", wanted())),
    }
}

fn multi(options: &[Choice], count: Count, value: &Value) -> Result<Vec<String>, Fault> {
    let mut chosen = Vec::new();
    let mut seen = BTreeSet::new();
    for value in held(value)? {
        let id = option(options, value)?;
        if seen.insert(id.clone()) {
            chosen.push(id);
        }
    }
    at_most(count, chosen)
}

fn list(
    of: ItemKind,
    count: Count,
    chars_max: usize,
    weight: Option<Weight>,
    value: &Value,
) -> Result<Vec<Item>, Fault> {
    let read = |value: &Value| match weight {
        None => Ok(Item { value: item(of, chars_max, value)?, weight: None }),
        Some(weight) => weighted(of, chars_max, weight, value),
    };
    items(value, count)?.into_iter().map(read).collect()
}

/// The items that hold something, if there are not too many.
fn items(value: &Value, count: Count) -> Result<Vec<&Value>, Fault> {
    at_most(count, held(value)?)
}

fn held(value: &Value) -> Result<Vec<&Value>, Fault> {
    match value {
        Value::List(items) => Ok(items.iter().filter(|item| !is_empty(item)).collect()),
        other => Err(misfit("write a list, as in [\"a\", \"b\"]", other)),
    }
}

fn at_most<T>(count: Count, items: Vec<T>) -> Result<Vec<T>, Fault> {
    let most = count.max.min(ANSWER_ITEMS_MAX);
    if items.len() <= most {
        return Ok(items);
    }
    Err(Fault::new(format!("there are {} items", items.len()), format!("give at most {most}")))
}

fn item(of: ItemKind, chars_max: usize, value: &Value) -> Result<ItemValue, Fault> {
    Ok(match of {
        ItemKind::Text => ItemValue::Text(text(value, chars_max)?),
        ItemKind::Person => ItemValue::Person(parsed(value, "give the full id of a person")?),
        ItemKind::Link => ItemValue::Link(parsed(value, "give the full id of an entry")?),
    })
}

fn weighted(of: ItemKind, chars_max: usize, weight: Weight, value: &Value) -> Result<Item, Fault> {
    let Weight { min, max, .. } = weight;
    let wanted = format!("write {{\"text\": \"…\", \"weight\": {min} to {max}}}");
    let (Value::Map(_) | Value::Text(_)) = value else { return Err(misfit(&wanted, value)) };
    let Value::Map(map) = value else { return Ok(Item { value: item(of, chars_max, value)?, weight: None }) };
    only_keys(map, &["text", "weight"], &wanted)?;
    let text = map.get("text").unwrap_or(&Value::Null);
    let weight = match map.get("weight").unwrap_or(&Value::Null) {
        Value::Null => None,
        value => {
            Some(value.whole().filter(|w| (min..=max).contains(w)).ok_or_else(|| misfit(&wanted, value))?)
        }
    };
    Ok(Item { value: item(of, chars_max, text)?, weight })
}

fn emotions(strength: &Scale, count: Count, value: &Value) -> Result<Vec<Emotion>, Fault> {
    items(value, count)?.into_iter().map(|value| emotion(strength, value)).collect()
}

fn emotion(scale: &Scale, value: &Value) -> Result<Emotion, Fault> {
    let Scale { min, max, .. } = scale;
    let wanted = format!("write {{\"name\": \"sad\", \"strength\": {min} to {max}}}");
    let Value::Map(map) = value else { return Err(misfit(&wanted, value)) };
    only_keys(map, &["name", "strength"], &wanted)?;
    let name = map.get("name").and_then(Value::text).map(str::trim).unwrap_or_default();
    let fits = (1..=FEELING_CHARS_MAX).contains(&name.chars().count()) && !name.contains(char::is_control);
    let strength = map.get("strength").and_then(Value::whole).filter(|number| scale.holds(*number));
    match strength {
        Some(strength) if fits => Ok(Emotion { name: name.to_owned(), strength }),
        Some(_) => {
            Err(Fault::new(format!("a feeling has a name of 1 to {FEELING_CHARS_MAX} characters"), wanted))
        }
        None => Err(Fault::new(format!("a feeling has a strength from {min} to {max}"), wanted)),
    }
}

fn only_keys(map: &ValueMap, known: &[&str], wanted: &str) -> Result<(), Fault> {
    match map.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(Fault::new(format!("\"{}\" is no part of this answer", shown(key)), wanted)),
        None => Ok(()),
    }
}

fn truth(value: &Value) -> Result<bool, Fault> {
    match value {
        Value::Bool(value) => Ok(*value),
        other => Err(misfit("write true or false", other)),
    }
}

fn parsed<T: std::str::FromStr>(value: &Value, wanted: &str) -> Result<T, Fault> {
    let text = value.text().ok_or_else(|| misfit(wanted, value))?;
    text.trim().parse().map_err(|_| Fault::new("the text does not fit", wanted))
}

#[cfg(test)]
mod tests;
