//! Values as they come from a file or a client, before anybody knows which question they answer.

use std::collections::BTreeMap;
use std::fmt;

use super::{Answer, Emotion, Item, ItemValue};

/// Values by name.
pub type ValueMap = BTreeMap<String, Value>;

/// A value shaped like JSON. Debug shows its shape, never its words.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Words.
    Text(String),
    /// Values in order.
    List(Vec<Self>),
    /// Values by name.
    Map(ValueMap),
}

impl Value {
    /// Returns the word for its shape.
    pub fn shape(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "an object",
        }
    }

    /// Returns the number if it is whole and fits.
    pub fn whole(&self) -> Option<i32> {
        match self {
            Self::Number(number) if number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX) => {
                format!("{number:.0}").parse().ok()
            }
            _ => None,
        }
    }

    /// Returns the text if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({})", self.shape())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Number(f64::from(number))
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(number) => number.as_f64().map_or(Self::Null, Self::Number),
            serde_json::Value::String(text) => Self::Text(text),
            serde_json::Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            serde_json::Value::Object(map) => {
                Self::Map(map.into_iter().map(|(key, value)| (key, Self::from(value))).collect())
            }
        }
    }
}

impl From<Value> for serde_json::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => match Value::Number(number).whole() {
                Some(whole) => Self::from(whole),
                None => Self::from(number),
            },
            Value::Text(text) => Self::String(text),
            Value::List(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Value::Map(map) => {
                Self::Object(map.into_iter().map(|(key, value)| (key, value.into())).collect())
            }
        }
    }
}

/// Writes values as JSON.
pub fn to_json(values: &ValueMap) -> String {
    serde_json::Value::from(Value::Map(values.clone())).to_string()
}

/// Reads values from JSON; nothing if it is no object.
pub fn from_json(json: &str) -> Option<ValueMap> {
    match Value::from(serde_json::from_str::<serde_json::Value>(json).ok()?) {
        Value::Map(values) => Some(values),
        _ => None,
    }
}

impl Answer {
    /// Returns the answer as the value that [`super::check_answers`] reads back.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Text(text) | Self::Choice(text) => Value::from(text.as_str()),
            Self::Scale(number) => Value::from(*number),
            Self::Multi(chosen) => Value::List(chosen.iter().map(|id| Value::from(id.as_str())).collect()),
            Self::List(items) => Value::List(items.iter().map(item_value).collect()),
            Self::Emotions(emotions) => Value::List(emotions.iter().map(emotion_value).collect()),
            Self::Person(id) => Value::Text(id.to_string()),
            Self::DateTime(time) => Value::Text(time.to_string()),
            Self::Date(date) => Value::Text(date.to_string()),
            Self::Duration(seconds) | Self::Timer(seconds) => Value::Text(seconds.to_string()),
            Self::Bool(value) | Self::Consent(value) => Value::Bool(*value),
            Self::Link(id) => Value::Text(id.to_string()),
        }
    }
}

fn item_value(item: &Item) -> Value {
    let value = match &item.value {
        ItemValue::Text(text) => text.clone(),
        ItemValue::Person(id) => id.to_string(),
        ItemValue::Link(id) => id.to_string(),
    };
    match item.weight {
        None => Value::Text(value),
        Some(weight) => Value::Map(
            [("text".to_owned(), Value::Text(value)), ("weight".to_owned(), Value::from(weight))].into(),
        ),
    }
}

fn emotion_value(emotion: &Emotion) -> Value {
    let name = ("name".to_owned(), Value::from(emotion.name.as_str()));
    Value::Map([name, ("strength".to_owned(), Value::from(emotion.strength))].into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_that_fit_are_whole() {
        let cases = [
            (40.0, Some(40)),
            (-0.0, Some(0)),
            (-7.0, Some(-7)),
            (2_147_483_647.0, Some(i32::MAX)),
            (0.5, None),
            (1e10, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
        ];
        for (number, expected) in cases {
            assert_eq!(Value::Number(number).whole(), expected, "{number}");
        }
        assert_eq!(Value::from("40").whole(), None);
    }

    #[test]
    fn json_goes_there_and_back() {
        let json = serde_json::json!({"a": [null, true, 40, -2, 0.5, "x"], "b": {"c": {}}});
        assert_eq!(serde_json::Value::from(Value::from(json.clone())), json);
        let Value::Map(values) = Value::from(json) else { panic!("it is an object") };
        assert_eq!(from_json(&to_json(&values)), Some(values));
        assert_eq!(from_json("[]"), None);
        assert_eq!(from_json("{"), None);
    }

    #[test]
    fn debug_shows_no_word() {
        assert_eq!(format!("{:?}", Value::from("secret")), "Value(text)");
    }
}
