//! Answers as one line of text that says its own kind: how documents keep them, whatever became of the exercise.

use super::{Answer, Emotion, Item, ItemValue, Value};

/// The kinds of answers, as they are stored.
const KINDS: [&str; 14] = [
    "text", "scale", "choice", "multi", "list", "emotions", "person", "datetime", "date", "duration",
    "timer", "bool", "consent", "link",
];

impl Answer {
    /// Returns `kind` and the value as JSON, as in `scale 40`. The same answer gives the same text.
    pub fn to_stored(&self) -> String {
        let json = serde_json::Value::from(self.to_value());
        let of = match self {
            Self::List(items) => items.iter().map(item_kind).collect::<String>(),
            _ => String::new(),
        };
        format!("{} {of} {json}", self.kind_str())
    }

    /// Tells whether the text before the value says a kind that this release knows.
    pub(crate) fn is_kind(of: &str) -> bool {
        of.split(' ').next().is_some_and(|kind| KINDS.contains(&kind))
    }

    /// Reads what [`Answer::to_stored`] wrote; `None` for anything else.
    pub fn from_stored(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(' ')?;
        let (of, json) = rest.split_once(' ')?;
        let value = Value::from(serde_json::from_str::<serde_json::Value>(json).ok()?);
        let word = || value.text().map(str::to_owned);
        Some(match kind {
            "text" => Self::Text(word()?),
            "scale" => Self::Scale(value.whole()?),
            "choice" => Self::Choice(word()?),
            "multi" => Self::Multi(list(&value, |item| item.text().map(str::to_owned))?),
            "list" => Self::List(items(of, &value)?),
            "emotions" => Self::Emotions(list(&value, emotion)?),
            "person" => Self::Person(value.text()?.parse().ok()?),
            "datetime" => Self::DateTime(value.text()?.parse().ok()?),
            "date" => Self::Date(value.text()?.parse().ok()?),
            "duration" => Self::Duration(value.text()?.parse().ok()?),
            "timer" => Self::Timer(value.text()?.parse().ok()?),
            "bool" => Self::Bool(truth(&value)?),
            "consent" => Self::Consent(truth(&value)?),
            "link" => Self::Link(value.text()?.parse().ok()?),
            _ => return None,
        })
    }
}

fn list<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    match value {
        Value::List(values) => values.iter().map(read).collect(),
        _ => None,
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        _ => None,
    }
}

fn emotion(value: &Value) -> Option<Emotion> {
    let Value::Map(map) = value else { return None };
    Some(Emotion { name: map.get("name")?.text()?.to_owned(), strength: map.get("strength")?.whole()? })
}

/// One letter an item, since words can look like an id.
fn item_kind(item: &Item) -> char {
    match item.value {
        ItemValue::Text(_) => 't',
        ItemValue::Person(_) => 'p',
        ItemValue::Link(_) => 'l',
    }
}

fn items(of: &str, value: &Value) -> Option<Vec<Item>> {
    let Value::List(values) = value else { return None };
    let kinds: Vec<char> = of.chars().collect();
    if kinds.len() != values.len() {
        return None;
    }
    kinds.into_iter().zip(values).map(|(kind, value)| item(kind, value)).collect()
}

fn item(kind: char, value: &Value) -> Option<Item> {
    let (text, weight) = match value {
        Value::Map(map) => (map.get("text")?.text()?, Some(map.get("weight")?.whole()?)),
        other => (other.text()?, None),
    };
    let value = match kind {
        't' => ItemValue::Text(text.to_owned()),
        'p' => ItemValue::Person(text.parse().ok()?),
        'l' => ItemValue::Link(text.parse().ok()?),
        _ => return None,
    };
    Some(Item { value, weight })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{EntryId, PersonId};

    #[test]
    fn every_kind_of_answer_reads_back_as_stored() {
        let person = PersonId::from_bytes([1; 16]);
        let answers = [
            Answer::Text("Grüße \"x\"\n".into()),
            Answer::Scale(-3),
            Answer::Choice("reach".into()),
            Answer::Multi(vec!["a".into(), "b".into()]),
            Answer::Multi(vec![]),
            Answer::List(vec![
                Item::words("a"),
                Item { value: ItemValue::Text(person.to_string()), weight: Some(5) },
                Item { value: ItemValue::Person(person), weight: None },
                Item { value: ItemValue::Link(EntryId::from_bytes([2; 16])), weight: None },
            ]),
            Answer::Emotions(vec![Emotion { name: "sad".into(), strength: 3 }]),
            Answer::Person(person),
            Answer::DateTime("2026-11-24T21:30:00+01:00[Europe/Berlin]".parse().unwrap()),
            Answer::Date("2026-11-24".parse().unwrap()),
            Answer::Duration("5m".parse().unwrap()),
            Answer::Timer("90s".parse().unwrap()),
            Answer::Bool(true),
            Answer::Consent(false),
            Answer::Link(EntryId::from_bytes([3; 16])),
        ];
        for answer in answers {
            assert!(Answer::is_kind(&answer.to_stored()));
            assert_eq!(Answer::from_stored(&answer.to_stored()), Some(answer));
        }
        assert!(!Answer::is_kind("later  1"));
    }

    #[test]
    fn anything_else_is_not_an_answer() {
        for text in [
            "",
            "scale",
            "scale 40",
            "scale  x",
            "scale  1.5",
            "list t [1]",
            "list  [\"a\"]",
            "later  1",
            "bool  1",
        ] {
            assert_eq!(Answer::from_stored(text), None, "{text}");
        }
    }
}
