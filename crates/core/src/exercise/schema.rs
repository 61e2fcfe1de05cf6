//! The form of a definition as a JSON schema, so that an editor can complete keys and mark what does not fit.
//!
//! It is made of the same words, keys and limits the loader uses. It knows the form only: that two scales have one range, or
//! that a text exists, is for the loader to say.

use std::fmt::Display;

use serde_json::{Map, Value, json};

use super::shape::keys_of;
use super::words::{
    Better, FieldKind, Gate, Grade, ItemKind, NotWhen, Phase, ShareDefault, Sign, Step, View,
};
use super::{DEFAULT_LANGUAGE, load};
use crate::limits::{
    ANSWER_ITEMS_MAX, DURATION_SECONDS_MAX, EXERCISE_FIELDS_MAX, FIELD_ID_BYTES_MAX, LABEL_CHARS_MAX,
    MINUTES_MAX, OPTIONS_MAX, SCALE_ABS_MAX, TEXT_BYTES_MAX,
};

/// Returns the schema, in the dialect most editors read: draft 7.
pub fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "An exercise of Haven",
        "description": "Texts, fields and numbers, and no code. crates/core/content/README.md explains each key.",
        "type": "object",
        "additionalProperties": false,
        "required": ["schema", "id", "version", "steps", "signs", "minutes", "evidence", "safety", "share_default", "field"],
        "properties": head(),
        "definitions": {
            "evidence": evidence(),
            "safety": safety(),
            "field": field(),
            "outcome": outcome(),
            "option": option(),
            "weight": weight(),
            "exercise_id": pattern("^[a-z0-9-]{3,40}$", "The id of an exercise or a measure."),
            "field_id": pattern(&format!("^[a-z][a-z0-9_]{{0,{}}}$", FIELD_ID_BYTES_MAX - 1), "The id of a field."),
            "option_id": pattern("^[a-z0-9_-]{1,40}$", "The id of an option, which answers keep."),
            "delay": pattern("^P([1-9][0-9]{0,3}[DW]|T[1-9][0-9]{0,3}H)$", "How long afterwards: PT3H, P7D or P2W."),
            "text": { "type": "string", "description": "The key of a text in [i18n.en]." },
            "notice": { "type": "string", "description": "The key of a text in [i18n.en] or in notices.toml." },
        },
    })
}

fn head() -> Value {
    json!({
        "schema": { "const": load::SCHEMA, "description": "The form described here." },
        "id": of("exercise_id"),
        "version": { "type": "integer", "minimum": 1, "description": "Greater with every release." },
        "title": of("text"),
        "purpose": of("text"),
        "steps": list(&json!({ "enum": numbers() }), 0, Step::ALL.len(), "Which of the six steps; none means every one."),
        "signs": list(&words(Sign::ALL, "A sign."), 0, Sign::ALL.len(), "Which of the seven signs it works on."),
        "minutes": whole(1, i64::from(MINUTES_MAX), "How long it takes."),
        "evidence": of("evidence"),
        "safety": of("safety"),
        "share_default": words(ShareDefault::ALL, "Whether it is offered when entries are shared; nothing is shared unasked."),
        "views": list(&words(View::ALL, "A view."), 0, View::ALL.len(), "Where answers are shown besides the outcomes' views."),
        "single": { "type": "boolean", "description": "Whether a journal keeps it in one entry, which it opens every time." },
        "measure": of("exercise_id"),
        "field": list(&of("field"), 1, EXERCISE_FIELDS_MAX, "What is asked, in order."),
        "outcome": { "type": "array", "items": of("outcome"), "description": "Which two scales are compared." },
        "i18n": {
            "type": "object",
            "description": "The texts by language and key; every key that is named exists in English.",
            "required": [DEFAULT_LANGUAGE],
            "additionalProperties": {
                "type": "object",
                "additionalProperties": { "type": "string", "minLength": 1, "maxLength": LABEL_CHARS_MAX },
            },
        },
    })
}

fn evidence() -> Value {
    object(
        &["grade"],
        &json!({
            "grade": words(Grade::ALL, "How good it is."),
            "note": { "type": "string", "description": "What it is, in a line; no figure without a source in refs." },
            "refs": { "type": "array", "items": { "type": "string" }, "description": "Citation keys; empty rather than invented." },
        }),
    )
}

fn safety() -> Value {
    object(
        &["gate"],
        &json!({
            "gate": words(Gate::ALL, "What is asked first; relationship wherever the other person is touched."),
            "notice": of("notice"),
            "unsafe_notice": of("notice"),
            "not_when": list(&words(NotWhen::ALL, "A time."), 0, NotWhen::ALL.len(), "When it is not suggested; it stays open."),
            "stirs": { "type": "boolean", "description": "Whether it can bring up strong feelings; said before anybody begins it." },
        }),
    )
}

fn outcome() -> Value {
    object(
        &["id", "before", "after", "better", "view"],
        &json!({
            "id": { "type": "string", "description": "Unique in the exercise." },
            "before": of("field_id"),
            "after": of("field_id"),
            "better": words(Better::ALL, "Which direction is hoped for."),
            "view": words(View::ALL, "Where it is shown."),
            "comparator": of("exercise_id"),
        }),
    )
}

fn option() -> Value {
    let table = json!({ "id": of("option_id"), "label": of("text"), "notice": of("notice") });
    json!({ "anyOf": [of("option_id"), object(&["id"], &table)] })
}

fn weight() -> Value {
    let bound = i64::from(SCALE_ABS_MAX);
    let sum = "What all weights add up to in a complete answer.";
    object(
        &["min", "max"],
        &json!({
            "min": whole(-bound, bound, "The least weight."),
            "max": whole(-bound, bound, "The greatest weight."),
            "sum": { "type": "integer", "description": sum },
        }),
    )
}

fn field() -> Value {
    let mut field = object(&["id", "kind", "label"], &json!({}));
    let mut properties = common_keys();
    properties.extend(special_keys());
    field["properties"] = Value::Object(properties);
    let mut rules: Vec<Value> = FieldKind::ALL.iter().map(|kind| kind_rule(*kind)).collect();
    let later =
        json!({ "required": ["phase"], "properties": { "phase": { "const": Phase::Later.as_str() } } });
    rules.push(json!({
        "if": later,
        "then": { "properties": { "required": { "const": false } } },
        "else": { "properties": { "after": false, "on": false, "recall": false } },
    }));
    field["allOf"] = Value::Array(rules);
    field
}

/// What every field may have.
fn common_keys() -> Map<String, Value> {
    let keys = json!({
        "id": of("field_id"),
        "kind": words(FieldKind::ALL, "What kind of answer it takes."),
        "phase": words(Phase::ALL, "When it is asked; main unless told."),
        "required": { "type": "boolean", "description": "Whether the entry counts only with an answer; saving is always possible." },
        "label": of("text"),
        "help": of("text"),
        "after": {
            "type": "array",
            "items": of("delay"),
            "description": "For a later field: how long afterwards it is asked, ascending, once for each.",
        },
        "on": of("field_id"),
        "recall": {
            "type": "array",
            "items": of("field_id"),
            "description": "For a later field: the earlier texts and lists whose words are shown again beside it.",
        },
    });
    entries(keys)
}

/// What only some kinds have.
fn special_keys() -> Map<String, Value> {
    let bound = i64::from(SCALE_ABS_MAX);
    let point = |description: &str| whole(-bound, bound, description);
    let keys = json!({
        "min": point("The lower end."),
        "max": point("The upper end."),
        "step": whole(1, 2 * bound, "The distance between two points; 1 unless told."),
        "anchors": {
            "type": "object",
            "additionalProperties": of("text"),
            "description": "What some points are called: { 0 = \"key\" }.",
        },
        "options": list(&of("option"), 1, OPTIONS_MAX, "What there is to choose from."),
        "feelings": { "type": "boolean", "description": "Whether Haven's own words for feelings are offered, in their groups." },
        "of": words(ItemKind::ALL, "What the items are; text unless told."),
        "min_items": count(0, "How many make an answer complete."),
        "max_items": count(1, "How many are taken."),
        "max_chars": size(1, TEXT_BYTES_MAX, "How many characters are taken."),
        "from": of("field_id"),
        "weight": of("weight"),
        "suggest": of("delay"),
        "seconds": whole(1, i64::from(DURATION_SECONDS_MAX), "How long the timer is meant to run."),
        "to": of("exercise_id"),
        "template": of("text"),
        "stop_when": { "type": "boolean", "description": "The answer at which to stop." },
        "stop_below": point("Less than this means stop."),
        "stop_above": point("More than this means stop."),
        "stop": of("notice"),
        "instead": of("exercise_id"),
    });
    entries(keys)
}

/// Which keys do not belong to a kind, and which have to be there.
fn kind_rule(kind: FieldKind) -> Value {
    let fitting = keys_of(kind);
    let foreign = special_keys().into_iter().filter(|(key, _)| !fitting.contains(&key.as_str()));
    let foreign: Map<String, Value> = foreign.map(|(key, _)| (key, Value::Bool(false))).collect();
    let needed: &[&str] = match kind {
        FieldKind::Scale => &["min", "max"],
        FieldKind::Choice | FieldKind::Multi => &["options"],
        FieldKind::Derived => &["template"],
        _ => &[],
    };
    json!({
        "if": { "properties": { "kind": { "const": kind.as_str() } } },
        "then": { "required": needed, "properties": foreign },
    })
}

fn object(required: &[&str], properties: &Value) -> Value {
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

fn entries(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn of(definition: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{definition}") })
}

fn pattern(pattern: &str, description: &str) -> Value {
    json!({ "type": "string", "pattern": pattern, "description": description })
}

fn words<T: Display>(all: &[T], description: &str) -> Value {
    let words: Vec<String> = all.iter().map(ToString::to_string).collect();
    json!({ "enum": words, "description": description })
}

fn numbers() -> Vec<u8> {
    Step::ALL.iter().map(|step| step.number()).collect()
}

fn list(items: &Value, least: usize, most: usize, description: &str) -> Value {
    json!({ "type": "array", "items": items, "minItems": least, "maxItems": most, "description": description })
}

fn whole(least: i64, most: i64, description: &str) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most, "description": description })
}

fn size(least: usize, most: usize, description: &str) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most, "description": description })
}

fn count(least: usize, description: &str) -> Value {
    size(least, ANSWER_ITEMS_MAX, description)
}

#[cfg(test)]
mod tests;
