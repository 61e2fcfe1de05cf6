use std::collections::BTreeSet;

use super::*;
use crate::exercise::Exercise;

/// The schema as it stands in the tree, where editors find it.
const KEPT: &str = include_str!("../../../content/exercise.schema.json");

/// Fields of every kind with every key of theirs, as the loader takes them.
const EVERY_KEY: &str = r#"
schema = 1
id = "every-key"
version = 1
title = "l"
purpose = "l"
steps = [1]
signs = ["trust"]
minutes = 5
evidence = { grade = "ours", note = "n", refs = ["a"] }
safety = { gate = "none", notice = "l", unsafe_notice = "l", not_when = ["recent-help"], stirs = true }
share_default = "never"
views = ["map"]
single = false
field = [
  { id = "items", kind = "list", label = "l", of = "text", min_items = 1, max_items = 3, max_chars = 9, weight = { min = 0, max = 9, sum = 9 } },
  { id = "text", kind = "text", label = "l", help = "l", max_chars = 5, from = "items", required = true, phase = "main" },
  { id = "long", kind = "long_text", label = "l", max_chars = 5 },
  { id = "scale", kind = "scale", label = "l", min = 0, max = 9, step = 3, anchors = { 0 = "l" }, stop_below = 3, stop_above = 6, stop = "l", instead = "wait" },
  { id = "choice", kind = "choice", label = "l", options = ["a", { id = "b", label = "l", notice = "l" }] },
  { id = "multi", kind = "multi", label = "l", options = ["a", "b"], min_items = 0, max_items = 2 },
  { id = "emotions", kind = "emotions", label = "l", min = 1, max = 5, options = ["a"], min_items = 1, max_items = 2 },
  { id = "person", kind = "person", label = "l" },
  { id = "datetime", kind = "datetime", label = "l" },
  { id = "date", kind = "date", label = "l", suggest = "P7D" },
  { id = "duration", kind = "duration", label = "l" },
  { id = "bool", kind = "bool", label = "l", stop_when = true, stop = "l", instead = "wait" },
  { id = "timer", kind = "timer", label = "l", seconds = 60 },
  { id = "link", kind = "link", label = "l", to = "wait" },
  { id = "consent", kind = "consent", label = "l" },
  { id = "derived", kind = "derived", label = "l", template = "l" },
  { id = "once", kind = "text", label = "l", phase = "later", after = ["PT3H", "P7D", "P2W"] },
  { id = "then", kind = "text", label = "l", phase = "later", on = "date", recall = ["text", "items"], required = false },
]
outcome = [{ id = "o", before = "scale", after = "scale", better = "lower", view = "map", comparator = "wait" }]
[i18n.en]
l = "Label"
"#;

fn read(definition: &str) -> Value {
    toml::from_str(definition).unwrap()
}

/// Whether the schema takes the definition.
fn takes(definition: &str) -> bool {
    let schema = schema();
    Validator { root: &schema }.fits(&schema, &read(definition))
}

/// Holds values against the part of the dialect that the schema uses; anything else in it fails the test.
struct Validator<'a> {
    root: &'a Value,
}

impl Validator<'_> {
    fn fits(&self, schema: &Value, value: &Value) -> bool {
        match schema {
            Value::Bool(any) => *any,
            Value::Object(rules) => rules.iter().all(|(word, rule)| self.keeps(rules, word, rule, value)),
            other => panic!("{other} is no schema"),
        }
    }

    fn keeps(&self, rules: &Map<String, Value>, word: &str, rule: &Value, value: &Value) -> bool {
        let number = || rule.as_i64().unwrap();
        match word {
            "$schema" | "title" | "description" | "definitions" | "then" | "else" | "pattern" => true,
            "$ref" => {
                self.fits(self.root.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap(), value)
            }
            "type" => rule == kind(value),
            "const" => rule == value,
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => value.as_i64().is_none_or(|n| n >= number()),
            "maximum" => value.as_i64().is_none_or(|n| n <= number()),
            "minItems" => value.as_array().is_none_or(|items| items.len() as i64 >= number()),
            "maxItems" => value.as_array().is_none_or(|items| items.len() as i64 <= number()),
            "minLength" => value.as_str().is_none_or(|text| text.chars().count() as i64 >= number()),
            "maxLength" => value.as_str().is_none_or(|text| text.chars().count() as i64 <= number()),
            "items" => value.as_array().is_none_or(|items| items.iter().all(|item| self.fits(rule, item))),
            "anyOf" => rule.as_array().unwrap().iter().any(|rule| self.fits(rule, value)),
            "allOf" => rule.as_array().unwrap().iter().all(|rule| self.fits(rule, value)),
            "if" => {
                let branch = if self.fits(rule, value) { "then" } else { "else" };
                rules.get(branch).is_none_or(|rule| self.fits(rule, value))
            }
            "required" => {
                let has = |key: &Value| value.get(key.as_str().unwrap()).is_some();
                !value.is_object() || rule.as_array().unwrap().iter().all(has)
            }
            "properties" => entries(rule.clone())
                .iter()
                .all(|(key, rule)| value.get(key).is_none_or(|value| self.fits(rule, value))),
            "additionalProperties" => {
                let known = rules.get("properties");
                let rest = entries(value.clone())
                    .into_iter()
                    .filter(|(key, _)| known.is_none_or(|k| k.get(key).is_none()));
                rest.into_iter().all(|(_, value)| self.fits(rule, &value))
            }
            other => panic!("the validator does not know {other}"),
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[test]
fn what_is_kept_in_the_tree_is_what_the_loader_gives() {
    let fresh = format!("{:#}\n", schema());
    assert!(fresh == KEPT, "run `cargo xtask generate` and commit what it writes");
}

#[test]
fn every_built_in_exercise_has_the_form() {
    for exercise in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/content/exercises")).unwrap() {
        let path = exercise.unwrap().path();
        assert!(takes(&std::fs::read_to_string(&path).unwrap()), "{path:?}");
    }
    assert!(takes(EVERY_KEY));
    assert_eq!(Exercise::load(EVERY_KEY, None).map(|exercise| exercise.fields.len()), Ok(18));
}

#[test]
fn what_has_not_the_form_is_refused_as_the_loader_refuses_it() {
    let cases = [
        ("schema = 1", "schema = 2"),
        ("minutes = 5", ""),
        ("minutes = 5", "minutes = 0"),
        ("minutes = 5", "minutes = 121"),
        ("minutes = 5", "minutes = 5\ncolour = \"red\""),
        ("version = 1", "version = 0"),
        ("steps = [1]", "steps = [7]"),
        ("[\"trust\"]", "[\"luck\"]"),
        ("grade = \"ours\"", "grade = \"proven\""),
        ("gate = \"none\"", "gate = \"open\""),
        ("gate = \"none\"", "gate = \"none\", lock = true"),
        ("\"never\"", "\"always\""),
        ("\"recent-help\"", "\"full-moon\""),
        ("single = false", "single = \"no\""),
        ("kind = \"timer\"", "kind = \"clock\""),
        ("kind = \"person\"", "kind = \"person\", max = 3"),
        ("kind = \"long_text\"", "kind = \"long_text\", from = \"items\""),
        ("min = 0, max = 9, step = 3", "max = 9, step = 3"),
        ("step = 3", "step = 0"),
        ("options = [\"a\", { id", "options = [\"a\", { icon = \"i\", id"),
        ("template = \"l\"", "help = \"l\""),
        ("seconds = 60", "seconds = 0"),
        ("max_chars = 9", "max_chars = 0"),
        ("max_items = 3", "max_items = 101"),
        ("phase = \"main\"", "phase = \"first\""),
        ("phase = \"main\"", "phase = \"main\", after = [\"P7D\"]"),
        ("recall = [\"text\", \"items\"], required = false", "required = true"),
        ("kind = \"duration\"", "kind = \"duration\", on = \"date\""),
        ("kind = \"duration\"", "kind = \"duration\", recall = [\"text\"]"),
        ("of = \"text\"", "of = \"song\""),
        ("better = \"lower\"", "better = \"less\""),
        ("comparator = \"wait\"", "chart = 1"),
        ("l = \"Label\"", "l = \"\""),
    ];
    for (from, to) in cases {
        assert!(EVERY_KEY.contains(from), "{from}");
        let changed = EVERY_KEY.replacen(from, to, 1);
        assert!(Exercise::load(&changed, None).is_err(), "the loader takes {to}");
        assert!(!takes(&changed), "the schema takes {to}");
    }
}

/// The keys that the loader knows where the mark stands before an unknown one, by its own words.
fn known_to_loader(mark: &str, end: &str) -> BTreeSet<String> {
    assert!(EVERY_KEY.contains(mark), "{mark}");
    let asked = EVERY_KEY.replacen(mark, &format!("{mark}no_such_key = 1{end}"), 1);
    let told = Exercise::load(&asked, None).unwrap_err()[0].to_string();
    let (_, known) = told.split_once("known here are ").unwrap_or_else(|| panic!("{told}"));
    known.split(", ").map(str::to_owned).collect()
}

#[test]
fn every_key_of_the_loader_is_in_the_schema_and_no_other() {
    let cases = [
        ("", "\n", "\n"),
        ("/definitions/evidence", "evidence = { ", ", "),
        ("/definitions/safety", "safety = { ", ", "),
        ("/definitions/field", "{ id = \"items\", ", ", "),
        ("/definitions/weight", "weight = { ", ", "),
        ("/definitions/outcome", "outcome = [{ ", ", "),
        ("/definitions/option/anyOf/1", "{ id = \"b\", ", ", "),
    ];
    let schema = schema();
    for (pointer, mark, end) in cases {
        let properties = schema.pointer(&format!("{pointer}/properties")).unwrap();
        let known: BTreeSet<String> = entries(properties.clone()).keys().cloned().collect();
        assert_eq!(known, known_to_loader(mark, end), "{pointer}");
    }
}

#[test]
fn every_kind_and_special_key_belongs_together() {
    let all: BTreeSet<&str> = FieldKind::ALL.iter().flat_map(|kind| keys_of(*kind)).copied().collect();
    let told: BTreeSet<String> = special_keys().into_iter().map(|(key, _)| key).collect();
    assert_eq!(told.iter().map(String::as_str).collect::<BTreeSet<_>>(), all);
}
