//! What met in an entry and is not settled, on its line: where the sides came from, and each side's words.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::ImportFault;
use super::entry::{WORDS, stored};
use super::export::stamp;
use super::members::{Members, wrong};
use crate::entry::Limits;
use crate::limits::MET_SIDES_MAX;
use crate::time::{CivilTime, Timestamp};

/// Two edits or more that met.
#[derive(Clone, PartialEq, Eq)]
pub struct Met {
    /// What the fields that clash said before.
    pub base: Says,
    /// The sides, the one that is shown first.
    pub sides: Vec<MetSide>,
}

/// One side.
#[derive(Clone, PartialEq, Eq)]
pub struct MetSide {
    /// When a device last wrote in it.
    pub modified: Timestamp,
    /// What it says of the fields in which it clashes with others.
    pub says: Says,
}

/// What is said of some fields.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Says {
    /// When it happened.
    pub date: Option<CivilTime>,
    /// The title.
    pub title: Option<String>,
    /// The text.
    pub text: Option<String>,
    /// Answers as they are stored; `None` is an answer that was taken away.
    pub answers: BTreeMap<String, Option<String>>,
    /// `Some(None)`: not in the trash.
    pub trashed: Option<Option<Timestamp>>,
}

impl Met {
    pub(super) fn read(members: &mut Members) -> Result<Option<Self>, ImportFault> {
        let Some(met) = members.object("met")? else { return Ok(None) };
        let mut met = Members::from(met);
        let base = Says::read(met.object("base")?.unwrap_or_default().into())?;
        let sides = match met.take("sides") {
            Some(Json::Array(sides)) if sides.len() <= MET_SIDES_MAX => sides,
            other => return Err(wrong("sides", "a list of at most 32 sides", other.unwrap_or_default())),
        };
        let side = |side| match side {
            Json::Object(side) => {
                let mut side = Members::from(side);
                let modified = side.stamp("modified")?.ok_or(ImportFault::Stamp { key: "modified" })?;
                Ok(MetSide { modified, says: Says::read(side)? })
            }
            other => Err(wrong("sides", "a list of objects", other)),
        };
        let sides = sides.into_iter().map(side).collect::<Result<_, _>>()?;
        Ok(Some(Self { base, sides }))
    }

    pub(super) fn written(&self) -> Json {
        let side = |side: &MetSide| {
            let mut map = side.says.written();
            map.insert("modified".into(), json!(stamp(side.modified)));
            Json::Object(map)
        };
        json!({ "base": self.base.written(), "sides": self.sides.iter().map(side).collect::<Vec<_>>() })
    }
}

impl Says {
    fn read(mut members: Members) -> Result<Self, ImportFault> {
        let is_kept = members.is_null("trashed");
        let trashed = members.stamp("trashed")?.map(Some).or_else(|| is_kept.then_some(None));
        let types = members.object("types")?.unwrap_or_default();
        let answers = members.object("answers")?.unwrap_or_default();
        let answer = |(field, value): (String, Json)| match value {
            Json::Null => Ok((field, None)),
            value => stored(&field, &value, &types).map(|stored| (field, Some(stored))),
        };
        let says = Self {
            date: members.text("date")?.map(|date| date.parse()).transpose()?,
            title: members.text("title")?,
            text: members.text("text")?,
            answers: answers.into_iter().map(answer).collect::<Result<_, ImportFault>>()?,
            trashed,
        };
        Limits::EXPORTED.title(says.title.as_deref().unwrap_or_default())?;
        Limits::EXPORTED.text(says.text.as_deref().unwrap_or_default())?;
        Ok(says)
    }

    fn written(&self) -> Map<String, Json> {
        let mut map = Map::new();
        let mut put = |key: &str, value: Option<Json>| map.extend(value.map(|value| (key.to_owned(), value)));
        put("date", self.date.as_ref().map(|date| json!(date.to_string())));
        put("title", self.title.as_ref().map(|title| json!(title)));
        put("text", self.text.as_ref().map(|text| json!(text)));
        put("trashed", self.trashed.map(|trashed| json!(trashed.map(stamp))));
        let (mut answers, mut types) = (Map::new(), Map::new());
        for (field, answer) in &self.answers {
            let mut parts = answer.as_deref().unwrap_or_default().splitn(3, ' ');
            let value = match (parts.next(), parts.next(), parts.next().map(serde_json::from_str::<Json>)) {
                (Some(kind), Some(of), Some(Ok(value))) => {
                    if kind != WORDS {
                        types.insert(field.clone(), json!(format!("{kind} {of}").trim_end()));
                    }
                    value
                }
                _ => Json::Null,
            };
            answers.insert(field.clone(), value);
        }
        put("answers", Some(answers).filter(|map| !map.is_empty()).map(Json::Object));
        put("types", Some(types).filter(|map| !map.is_empty()).map(Json::Object));
        map
    }
}
