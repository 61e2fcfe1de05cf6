//! Values, there and back. Both sides are trees; prost refuses to read one that is deeper than a hundred.

use std::collections::BTreeMap;

use haven_core::answers::{Answers, Value, ValueMap};

use crate::pb;
use crate::pb::value::Kind;

/// Writes a value.
pub fn to_pb(value: Value) -> pb::Value {
    let kind = match value {
        Value::Null => None,
        Value::Bool(truth) => Some(Kind::Truth(truth)),
        Value::Number(number) => Some(Kind::Number(number)),
        Value::Text(text) => Some(Kind::Text(text)),
        Value::List(values) => {
            Some(Kind::List(pb::ValueList { values: values.into_iter().map(to_pb).collect() }))
        }
        Value::Map(values) => Some(Kind::Map(pb::ValueMap { values: map_to_pb(values) })),
    };
    pb::Value { kind }
}

/// Reads a value. A number that is none (infinite, not a number) holds nothing, as in JSON.
pub fn from_pb(value: pb::Value) -> Value {
    match value.kind {
        None => Value::Null,
        Some(Kind::Truth(truth)) => Value::Bool(truth),
        Some(Kind::Number(number)) if number.is_finite() => Value::Number(number),
        Some(Kind::Number(_)) => Value::Null,
        Some(Kind::Text(text)) => Value::Text(text),
        Some(Kind::List(list)) => Value::List(list.values.into_iter().map(from_pb).collect()),
        Some(Kind::Map(map)) => Value::Map(map_from_pb(map.values)),
    }
}

/// Writes values by name.
pub fn map_to_pb(values: ValueMap) -> BTreeMap<String, pb::Value> {
    values.into_iter().map(|(name, value)| (name, to_pb(value))).collect()
}

/// Reads values by name.
pub fn map_from_pb(values: BTreeMap<String, pb::Value>) -> ValueMap {
    values.into_iter().map(|(name, value)| (name, from_pb(value))).collect()
}

/// Writes answers that a device checked before.
pub fn answers_to_pb(answers: &Answers) -> BTreeMap<String, pb::Value> {
    answers.iter().map(|(field, answer)| (field.to_string(), to_pb(answer.to_value()))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (-1e9..1e9).prop_map(Value::Number),
            ".*".prop_map(Value::Text),
        ];
        leaf.prop_recursive(3, 24, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
                proptest::collection::btree_map(".*", inner, 0..6).prop_map(Value::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_comes_back_as_it_went(value in any_value()) {
            prop_assert_eq!(from_pb(to_pb(value.clone())), value);
        }
    }

    #[test]
    fn a_number_that_is_none_holds_nothing() {
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(from_pb(pb::Value { kind: Some(Kind::Number(number)) }), Value::Null);
        }
    }
}
