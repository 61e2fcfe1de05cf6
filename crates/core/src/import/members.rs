//! The members of one JSON object, taken one by one.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value as Json};

use super::ImportFault;
use crate::answers::{ExerciseRef, NameFault, Value};
use crate::fault::shown;
use crate::id::{EntryId, IdError};
use crate::time::Timestamp;

/// The members in order, so that a repeated key is seen.
pub(super) struct Members(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

impl From<Map<String, Json>> for Members {
    fn from(map: Map<String, Json>) -> Self {
        Self(map.into_iter().collect())
    }
}

impl Members {
    /// Reads an object.
    pub(super) fn parse(text: &str) -> Result<Self, ImportFault> {
        if !text.starts_with('{') {
            return Err(serde_json::from_str::<serde::de::IgnoredAny>(text)
                .map_or_else(|error| not_json(&error), |_| ImportFault::NotAnObject));
        }
        let members: Self = serde_json::from_str(text).map_err(|error| not_json(&error))?;
        let mut seen = BTreeSet::new();
        match members.0.iter().find(|(key, _)| !seen.insert(key)) {
            Some((key, _)) => Err(ImportFault::RepeatedKey { key: shown(key) }),
            None => Ok(members),
        }
    }

    /// The only key, if there is one only.
    pub(super) fn only_key(&self) -> Option<&str> {
        match self.0.as_slice() {
            [(key, _)] => Some(key),
            _ => None,
        }
    }

    /// The first key that holds a list of objects: the mark of a file that wraps its entries.
    pub(super) fn list_of_objects(&self) -> Option<String> {
        let is_list = |value: &Json| value.as_array().is_some_and(|items| items.iter().any(Json::is_object));
        self.0.iter().find(|(_, value)| is_list(value)).map(|(key, _)| shown(key))
    }

    /// The keys that nobody took, as they may be shown. A key that holds nothing is none.
    pub(super) fn unused(self) -> Vec<String> {
        self.0.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, _)| shown(&key)).collect()
    }

    /// Whether a key is there and holds something.
    pub(super) fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(found, value)| found == key && !value.is_null())
    }

    /// Whether a key is there and holds nothing, which says something of its own in some places.
    pub(super) fn is_null(&self, key: &str) -> bool {
        self.0.iter().any(|(found, value)| found == key && value.is_null())
    }

    /// Whether a key holds what is an id here.
    pub(super) fn holds_id(&self, key: &str) -> bool {
        let is_id = |value: &Json| value.as_str().is_some_and(|text| text.parse::<EntryId>().is_ok());
        self.0.iter().any(|(found, value)| found == key && is_id(value))
    }

    /// Takes a value; one that is null counts as absent.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Json> {
        let index = self.0.iter().position(|(found, _)| found == key)?;
        Some(self.0.swap_remove(index).1).filter(|value| !value.is_null())
    }

    /// Takes a value that has to be there.
    pub(super) fn value(&mut self, key: &'static str) -> Result<Json, ImportFault> {
        self.take(key).ok_or(ImportFault::WrongType {
            key,
            wanted: "an object, as an export writes it",
            found: "nothing",
        })
    }

    pub(super) fn flag(&mut self, key: &'static str) -> Result<bool, ImportFault> {
        match self.take(key) {
            None => Ok(false),
            Some(Json::Bool(flag)) => Ok(flag),
            Some(other) => Err(wrong(key, "true or false", other)),
        }
    }

    pub(super) fn text(&mut self, key: &'static str) -> Result<Option<String>, ImportFault> {
        match self.take(key) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong(key, "text in quotes", other)),
        }
    }

    pub(super) fn texts(&mut self, key: &'static str) -> Result<Vec<String>, ImportFault> {
        let wanted = "a list of texts, as in [\"a\", \"b\"]";
        let items = match self.take(key) {
            None => return Ok(Vec::new()),
            Some(Json::Array(items)) => items,
            Some(other) => return Err(wrong(key, wanted, other)),
        };
        let text = |item| match item {
            Json::String(text) => Ok(text),
            other => Err(wrong(key, wanted, other)),
        };
        items.into_iter().map(text).collect()
    }

    pub(super) fn object(&mut self, key: &'static str) -> Result<Option<Map<String, Json>>, ImportFault> {
        match self.take(key) {
            None => Ok(None),
            Some(Json::Object(map)) => Ok(Some(map)),
            Some(other) => Err(wrong(key, "an object", other)),
        }
    }

    /// An id of 32 digits.
    pub(super) fn id<T: std::str::FromStr<Err = IdError>>(
        &mut self,
        key: &'static str,
    ) -> Result<Option<T>, ImportFault> {
        let text = self.text(key)?;
        text.map(|id| id.parse().map_err(|fault| ImportFault::Id { key, fault })).transpose()
    }

    pub(super) fn stamp(&mut self, key: &'static str) -> Result<Option<Timestamp>, ImportFault> {
        let text = self.text(key)?;
        text.map(|text| text.parse().map_err(|_| ImportFault::Stamp { key })).transpose()
    }

    /// One word of a list of words.
    pub(super) fn word<T: std::str::FromStr>(&mut self, key: &'static str) -> Result<Option<T>, ImportFault> {
        let text = self.text(key)?;
        text.map(|text| text.parse().map_err(|_| ImportFault::Word { key })).transpose()
    }

    /// The exercise, as `"thought-check@1"` or `{"id": "thought-check", "version": 1}`.
    pub(super) fn exercise(&mut self) -> Result<Option<ExerciseRef>, ImportFault> {
        let map = match self.take("exercise") {
            None => return Ok(None),
            Some(Json::String(text)) => return Ok(Some(text.parse()?)),
            Some(Json::Object(map)) => map,
            Some(other) => return Err(wrong("exercise", "an id with its version", other)),
        };
        if map.len() != 2 {
            return Err(NameFault::Version.into());
        }
        let id = map.get("id").and_then(Json::as_str).ok_or(NameFault::Version)?;
        let version = map.get("version").and_then(Json::as_u64).ok_or(NameFault::Version)?;
        Ok(Some(format!("{id}@{version}").parse()?))
    }
}

pub(super) fn wrong(key: &'static str, wanted: &'static str, found: Json) -> ImportFault {
    ImportFault::WrongType { key, wanted, found: Value::from(found).shape() }
}

/// Tells what the JSON reader met. Its messages name syntax only; a value it was given is never repeated.
fn not_json(error: &serde_json::Error) -> ImportFault {
    let message = error.to_string();
    let what = message.split(" at line ").next().unwrap_or_default().to_owned();
    ImportFault::NotJson { column: error.column(), what }
}
