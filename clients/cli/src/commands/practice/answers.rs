//! What fits a question, in words, and a typed line as an answer.

use haven_api::practice::{Choice, Count, Scale, Shape};
use haven_api::walk::Named;
use haven_core::answers::Value;

use super::choices::Links;
use crate::args::day;
use crate::commands::drafts;

/// What fits where a time is asked for; an hour or a day will do.
pub(super) const MOMENTS: &str = "Now is fine. Or: tonight, yesterday, 21:30.";

/// Says what fits a question; empty if anything does.
pub(super) fn fits(shape: &Shape) -> String {
    match shape {
        Shape::Text { .. } | Shape::LongText { .. } => String::new(),
        Shape::Scale(scale) => range(scale),
        Shape::Choice(choices) => format!("one of: {}", ids(choices)),
        Shape::Multi(choices, _) => format!("any of, with commas between: {}", ids(choices)),
        Shape::List { count, weight, .. } => {
            let weighed = if weight.is_some() { ", each with `= number`" } else { "" };
            format!("one thing a line{weighed}, {}", times(*count))
        }
        Shape::Emotions { strength, suggestions, count } => {
            let typed =
                format!("one feeling a line with `= strength`, {}; {}", range(strength), times(*count));
            if suggestions.is_empty() { typed } else { format!("{typed}; {}", grouped(suggestions)) }
        }
        Shape::Person => "a name or id from `haven people list`".to_owned(),
        Shape::DateTime => MOMENTS.to_owned(),
        Shape::Date { .. } => "a date, such as 2026-11-24".to_owned(),
        Shape::Duration | Shape::Timer { .. } => "how long, such as 90s or 5m".to_owned(),
        Shape::Bool { .. } | Shape::Consent => "yes or no".to_owned(),
        Shape::Derived { template } => template.clone(),
        Shape::Link { .. } => "the id of an entry".to_owned(),
    }
}

fn range(scale: &Scale) -> String {
    let mut text = format!("{} to {}", scale.min, scale.max);
    for (at, label) in &scale.anchors {
        text.push_str(&format!(", {at} = {label}"));
    }
    text
}

fn ids(choices: &[Choice]) -> String {
    let shown: Vec<_> = choices.iter().map(|choice| format!("{} ({})", choice.id, choice.label)).collect();
    shown.join(", ")
}

/// The words that are offered, a group on each line; any other word will do.
fn grouped(choices: &[Choice]) -> String {
    let mut told = String::from("your own word, or one of these:");
    for (at, choice) in choices.iter().enumerate() {
        if at == 0 || choices[at - 1].group != choice.group {
            told.push_str(&format!(
                "\n{}: ",
                if choice.group.is_empty() { "for example" } else { &choice.group }
            ));
        } else {
            told.push_str(", ");
        }
        told.push_str(&choice.id);
    }
    told
}

fn times(count: Count) -> String {
    match (count.min, count.max) {
        (0, max) => format!("up to {max}"),
        (min, max) if min == max => format!("{min}"),
        (min, max) => format!("{min} to {max}"),
    }
}

/// Whether the answer takes several lines, ended by an empty one.
pub(super) fn takes_lines(shape: &Shape) -> bool {
    matches!(shape, Shape::LongText { .. } | Shape::List { .. } | Shape::Emotions { .. })
}

/// Reads what was typed; whether it fits, the device decides.
pub(crate) fn read(shape: &Shape, typed: &str) -> Value {
    match shape {
        Shape::Scale(_) => number(typed),
        Shape::Multi(..) => Value::List(typed.split(',').map(|id| Value::from(id.trim())).collect()),
        Shape::List { weight: Some(_), .. } => {
            Value::List(lines(typed).map(|line| named(line, "text", "weight")).collect())
        }
        Shape::List { .. } => Value::List(lines(typed).map(Value::from).collect()),
        Shape::Emotions { .. } => {
            Value::List(lines(typed).map(|line| named(line, "name", "strength")).collect())
        }
        Shape::Bool { .. } | Shape::Consent => truth(typed),
        Shape::LongText { .. } => Value::from(typed),
        _ => meant(shape, Value::from(typed.trim())),
    }
}

/// Puts the time or the day where somebody wrote words that mean one; what means none stays as it is.
pub(super) fn meant(shape: &Shape, typed: Value) -> Value {
    let Some(text) = typed.text() else { return typed };
    let read = match shape {
        Shape::DateTime => day::moment(text).map(|time| time.to_string()),
        Shape::Date { .. } => day::date_to_come(text).map(|day| day.to_string()),
        _ => return typed,
    };
    read.map_or(typed, Value::Text)
}

/// Says why an answer does not fit, where the words of this client take more than its shape does.
pub(super) fn misfit(shape: Option<&Shape>, words: String) -> String {
    match shape {
        Some(Shape::DateTime) => format!("That's no time we know. {MOMENTS} Or a date, such as 2026-11-24."),
        _ => words,
    }
}

/// An answer in words: who and what is named in it by id is called as it is called.
pub(super) fn in_words(shape: &Shape, answer: &Value, links: &Links, people: &[Named]) -> String {
    let choices =
        if let Shape::Choice(choices) | Shape::Multi(choices, _) = shape { choices.as_slice() } else { &[] };
    let one = |value: &Value| {
        let id = value.text().unwrap_or_default();
        let person = people.iter().find(|person| person.id.is_some_and(|it| it.to_string() == id));
        let named = person.map(|person| person.name.as_str()).or_else(|| links.words(id));
        named.map_or_else(|| drafts::in_words(value, choices), str::to_owned)
    };
    match answer {
        Value::List(items) => items.iter().map(one).collect::<Vec<_>>().join("\n"),
        value => one(value),
    }
}

fn lines(typed: &str) -> impl Iterator<Item = &str> {
    typed.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn named(line: &str, name: &str, amount: &str) -> Value {
    let (words, value) =
        line.rsplit_once('=').map_or((line, Value::Null), |(words, value)| (words, number(value)));
    let named = [(name.to_owned(), Value::from(words.trim())), (amount.to_owned(), value)];
    Value::Map(named.into_iter().filter(|(_, value)| *value != Value::Null).collect())
}

fn number(typed: &str) -> Value {
    let typed = typed.trim();
    typed.parse().map_or_else(|_| Value::from(typed), Value::Number)
}

fn truth(typed: &str) -> Value {
    match typed.trim().to_lowercase().as_str() {
        "y" | "yes" | "true" => Value::Bool(true),
        "n" | "no" | "false" => Value::Bool(false),
        other => Value::from(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale() -> Scale {
        Scale { min: 0, max: 100, step: 1, anchors: vec![(0, "none".to_owned())], bounds: None }
    }

    fn check(shape: &Shape, typed: &str, json: &serde_json::Value) {
        assert_eq!(&serde_json::Value::from(read(shape, typed)), json, "{typed:?}");
    }

    #[test]
    fn a_typed_line_becomes_the_answer_it_looks_like() {
        use serde_json::json;
        let count = Count { min: 0, max: 9 };
        check(&Shape::Text { chars_max: 10 }, " rain ", &json!("rain"));
        check(&Shape::LongText { chars_max: None }, "a\nb", &json!("a\nb"));
        check(&Shape::Scale(scale()), "40", &json!(40));
        check(&Shape::Scale(scale()), "lots", &json!("lots"));
        check(&Shape::Multi(vec![], count), "a, b", &json!(["a", "b"]));
        check(&Shape::Bool { stop: None }, "Yes", &json!(true));
        check(&Shape::Consent, "n", &json!(false));
        check(&Shape::Duration, "5m", &json!("5m"));
        let emotions = Shape::Emotions { strength: scale(), suggestions: vec![], count };
        let felt = json!([{"name": "sad", "strength": 3}, {"name": "tired"}]);
        check(&emotions, "sad = 3\n\ntired", &felt);
    }

    #[test]
    fn what_fits_is_said_in_words() {
        assert_eq!(fits(&Shape::Scale(scale())), "0 to 100, 0 = none");
        assert_eq!(fits(&Shape::Text { chars_max: 1 }), "");
        let choices = vec![Choice {
            id: "a".into(),
            label: "Apple".into(),
            notice: String::new(),
            group: String::new(),
        }];
        assert_eq!(fits(&Shape::Choice(choices)), "one of: a (Apple)");
    }
}
