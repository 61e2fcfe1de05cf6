//! The lines of an export that are no entries: what it is, who is in it, and what its person added.

use serde_json::{Map, Value as Json};

use super::members::Members;
use super::{ImportFault, SCHEMA};
use crate::answers::{ExerciseRef, Value};
use crate::id::PersonId;
use crate::limits::DEFINITION_BYTES_MAX;
use crate::person::{Gift, Person, PersonName};
use crate::shelf::Defined;
use crate::time::Timestamp;

/// The first line of an export: what it is, and how much follows, so that a file that was cut off can be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// How many people follow.
    pub people: u64,
    /// How many follow who were forgotten.
    pub forgotten: u64,
    /// How many definitions follow.
    pub definitions: u64,
    /// How many entries follow.
    pub entries: u64,
}

/// Somebody, with what one document says of them.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonLine {
    /// Who, and what is said of them.
    pub person: Person,
    /// Whom they turned out to be. A line may say so of themselves, or close a circle; the journal reads it either way.
    pub merged: Option<PersonId>,
}

/// Somebody who was forgotten: that they were, and nothing else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ForgottenLine {
    /// Who.
    pub id: PersonId,
    /// When.
    pub at: Timestamp,
}

/// What a person added.
#[derive(Clone, PartialEq, Eq)]
pub struct DefinitionLine {
    /// What it defines.
    pub defined: Defined,
    /// Its id and version.
    pub reference: ExerciseRef,
    /// Its TOML.
    pub text: String,
    /// When it was added.
    pub added: Timestamp,
    /// When it was taken back.
    pub removed: Option<Timestamp>,
    /// Whether it stands behind what the person adds, however early it was added itself.
    pub gives_way: bool,
}

impl Header {
    /// Reads what stands under `haven`, whatever else a later release of the same schema says there.
    pub(super) fn read(value: Json) -> Result<Self, ImportFault> {
        let map = object("haven", value)?;
        let number = |key: &str| map.get(key).and_then(Json::as_u64);
        match number("schema") {
            None => Err(ImportFault::Missing { key: "schema" }),
            Some(schema) if schema > SCHEMA => Err(ImportFault::Newer { schema }),
            Some(_) => Ok(Self {
                people: number("people").unwrap_or_default(),
                forgotten: number("forgotten").unwrap_or_default(),
                definitions: number("definitions").unwrap_or_default(),
                entries: number("entries").unwrap_or_default(),
            }),
        }
    }
}

impl PersonLine {
    /// Reads what stands under `person`, and the keys that were not used.
    pub(super) fn read(value: Json) -> Result<(Self, Vec<String>), ImportFault> {
        let mut members = Members::from(object("person", value)?);
        let id = members.id("id")?.ok_or(ImportFault::Missing { key: "id" })?;
        let name = members.text("name")?.ok_or(ImportFault::Missing { key: "name" })?;
        let created = members.stamp("created")?.unwrap_or_default();
        let gives = members.texts("gives")?;
        let gift = |word: String| word.parse::<Gift>().map_err(|_| ImportFault::Word { key: "gives" });
        let died = members.flag("died")?;
        let person = Person {
            relation: members.word("relation")?,
            circle: members.word("circle")?,
            gives: gives.into_iter().map(gift).collect::<Result<_, _>>()?,
            safe: members.word("safe")?,
            died,
            ..Person::new(id, PersonName::new(&name)?, created)
        };
        let merged = members.id("merged")?;
        Ok((Self { person, merged }, members.unused()))
    }
}

impl ForgottenLine {
    /// Reads what stands under `forgotten`, and the keys that were not used.
    pub(super) fn read(value: Json) -> Result<(Self, Vec<String>), ImportFault> {
        let mut members = Members::from(object("forgotten", value)?);
        let id = members.id("id")?.ok_or(ImportFault::Missing { key: "id" })?;
        let at = members.stamp("at")?.ok_or(ImportFault::Missing { key: "at" })?;
        Ok((Self { id, at }, members.unused()))
    }
}

impl DefinitionLine {
    /// Reads what stands under `definition`, and the keys that were not used.
    pub(super) fn read(value: Json) -> Result<(Self, Vec<String>), ImportFault> {
        let mut members = Members::from(object("definition", value)?);
        let text = members.text("toml")?.ok_or(ImportFault::Missing { key: "toml" })?;
        if text.len() > DEFINITION_BYTES_MAX {
            return Err(ImportFault::DefinitionTooLong { bytes: text.len() });
        }
        let line = Self {
            defined: members.word("defines")?.ok_or(ImportFault::Missing { key: "defines" })?,
            reference: members.exercise()?.ok_or(ImportFault::Missing { key: "exercise" })?,
            text,
            added: members.stamp("added")?.unwrap_or_default(),
            removed: members.stamp("removed")?,
            gives_way: members.flag("gives_way")?,
        };
        Ok((line, members.unused()))
    }
}

fn object(key: &'static str, value: Json) -> Result<Map<String, Json>, ImportFault> {
    match value {
        Json::Object(map) => Ok(map),
        other => Err(ImportFault::WrongType {
            key,
            wanted: "an object, as an export writes it",
            found: Value::from(other).shape(),
        }),
    }
}
