//! Answers with their kinds, so that a page can be read without the exercise at hand.

use serde_json::{Map, Value as Json, json};

use crate::answers::{Answer, Emotion, Item, ItemValue, Value};

/// Writes an answer as an object with its kind as the only key.
pub(super) fn to_json(answer: &Answer) -> Json {
    let value = match answer {
        Answer::List(items) => Json::Array(items.iter().map(item_to_json).collect()),
        other => other.to_value().into(),
    };
    Json::Object(Map::from_iter([(answer.kind_str().to_owned(), value)]))
}

fn item_to_json(item: &Item) -> Json {
    let (kind, value) = match &item.value {
        ItemValue::Text(text) => ("text", text.clone()),
        ItemValue::Person(id) => ("person", id.to_string()),
        ItemValue::Link(id) => ("link", id.to_string()),
    };
    match item.weight {
        None => json!({ kind: value }),
        Some(weight) => json!({ kind: value, "weight": weight }),
    }
}

/// Reads an answer that [`to_json`] wrote.
pub(super) fn from_json(json: &Json) -> Option<Answer> {
    let (kind, value) = only(json)?;
    let text = || value.as_str();
    Some(match kind {
        "text" => Answer::Text(text()?.to_owned()),
        "scale" => Answer::Scale(whole(value)?),
        "choice" => Answer::Choice(text()?.to_owned()),
        "multi" => Answer::Multi(all(value, |id| id.as_str().map(str::to_owned))?),
        "list" => Answer::List(all(value, item_from_json)?),
        "emotions" => Answer::Emotions(all(value, emotion_from_json)?),
        "person" => Answer::Person(text()?.parse().ok()?),
        "datetime" => Answer::DateTime(text()?.parse().ok()?),
        "date" => Answer::Date(text()?.parse().ok()?),
        "duration" => Answer::Duration(text()?.parse().ok()?),
        "bool" => Answer::Bool(value.as_bool()?),
        "timer" => Answer::Timer(text()?.parse().ok()?),
        "link" => Answer::Link(text()?.parse().ok()?),
        "consent" => Answer::Consent(value.as_bool()?),
        _ => return None,
    })
}

fn item_from_json(json: &Json) -> Option<Item> {
    let map = json.as_object()?;
    let weight = match map.get("weight") {
        Some(weight) => Some(whole(weight)?),
        None => None,
    };
    let mut kinds = map.iter().filter(|(key, _)| *key != "weight");
    let (kind, value) = kinds.next()?;
    let value = match kind.as_str() {
        "text" => ItemValue::Text(value.as_str()?.to_owned()),
        "person" => ItemValue::Person(value.as_str()?.parse().ok()?),
        "link" => ItemValue::Link(value.as_str()?.parse().ok()?),
        _ => return None,
    };
    kinds.next().is_none().then_some(Item { value, weight })
}

fn emotion_from_json(json: &Json) -> Option<Emotion> {
    Some(Emotion { name: json.get("name")?.as_str()?.to_owned(), strength: whole(json.get("strength")?)? })
}

fn only(json: &Json) -> Option<(&str, &Json)> {
    let map = json.as_object().filter(|map| map.len() == 1)?;
    map.iter().next().map(|(key, value)| (key.as_str(), value))
}

fn all<T>(json: &Json, read: impl Fn(&Json) -> Option<T>) -> Option<Vec<T>> {
    json.as_array()?.iter().map(read).collect()
}

fn whole(json: &Json) -> Option<i32> {
    Value::from(json.clone()).whole()
}
