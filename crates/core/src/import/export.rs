//! The lines of an export, each without a line break, its keys always in the same order.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::entry::WORDS;
use super::{ForgottenLine, Header, Met, Rest, SCHEMA};
use crate::answers::ExerciseRef;
use crate::entry::{Entry, Tag};
use crate::id::{PersonId, hex};
use crate::person::{Person, PersonName};
use crate::shelf::Defined;
use crate::time::Timestamp;

/// The line, in the order its keys are written.
#[derive(Serialize)]
struct Line<'a> {
    date: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    people: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    people_ids: Vec<String>,
    id: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    exercise: Option<Exercise<'a>>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    answers: Map<String, Json>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    types: Map<String, Json>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    open: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    import_id: Option<String>,
    created: String,
    modified: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    trashed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    met: Option<Json>,
}

#[derive(Serialize)]
struct Exercise<'a> {
    id: &'a str,
    version: u32,
}

#[derive(Default, Serialize)]
struct About<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<Somebody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forgotten: Option<Forgotten>,
    #[serde(skip_serializing_if = "Option::is_none")]
    definition: Option<Added<'a>>,
}

#[derive(Serialize)]
struct Forgotten {
    id: String,
    at: String,
}

#[derive(Serialize)]
struct Somebody<'a> {
    id: String,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    relation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    circle: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gives: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    safe: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    died: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    merged: Option<String>,
    created: String,
}

#[derive(Serialize)]
struct Added<'a> {
    defines: String,
    exercise: Exercise<'a>,
    toml: &'a str,
    added: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    gives_way: bool,
}

/// A definition to be written down.
#[derive(Clone, Copy)]
pub struct ExportedDefinition<'a> {
    /// What it defines.
    pub defined: Defined,
    /// Its id and version.
    pub reference: &'a ExerciseRef,
    /// Its TOML.
    pub text: &'a str,
    /// When it was added.
    pub added: Timestamp,
    /// When it was taken back.
    pub removed: Option<Timestamp>,
    /// Whether it stands behind what the person adds, however early it was added itself.
    pub gives_way: bool,
}

/// Writes the first line.
pub fn header_line(header: &Header) -> String {
    let Header { people, forgotten, definitions, entries } = header;
    let about =
        [("people", people), ("forgotten", forgotten), ("definitions", definitions), ("entries", entries)];
    let about = about.iter().filter(|(key, count)| *key != "forgotten" || **count > 0);
    let counts: String = about.map(|(key, count)| format!(",\"{key}\":{count}")).collect();
    format!("{{\"haven\":{{\"schema\":{SCHEMA}{counts}}}}}")
}

/// Writes somebody as one document says them; `merged` is whom they turned out to be.
pub fn person_line(person: &Person, merged: Option<PersonId>) -> String {
    let somebody = Somebody {
        id: person.id.to_string(),
        name: person.name.as_str(),
        relation: person.relation.map(|word| word.to_string()),
        circle: person.circle.map(|word| word.to_string()),
        gives: person.gives.iter().map(ToString::to_string).collect(),
        safe: person.safe.map(|word| word.to_string()),
        died: person.died,
        merged: merged.map(|into| into.to_string()),
        created: stamp(person.created),
    };
    written(&About { person: Some(somebody), ..About::default() })
}

/// Writes that somebody was forgotten.
pub fn forgotten_line(forgotten: &ForgottenLine) -> String {
    let ForgottenLine { id, at } = *forgotten;
    let forgotten = Forgotten { id: id.to_string(), at: stamp(at) };
    written(&About { forgotten: Some(forgotten), ..About::default() })
}

/// Writes what the person added.
pub fn definition_line(definition: &ExportedDefinition<'_>) -> String {
    let ExportedDefinition { defined, reference, text, added, removed, gives_way } = *definition;
    let added = Added {
        defines: defined.to_string(),
        exercise: Exercise { id: reference.id.as_str(), version: reference.version },
        toml: text,
        added: stamp(added),
        removed: removed.map(stamp),
        gives_way,
    };
    written(&About { definition: Some(added), ..About::default() })
}

/// Writes an entry. `name` gives the name of a person; one without a name was forgotten and is left out.
pub fn export_line(entry: &Entry, rest: &Rest, name: &dyn Fn(PersonId) -> Option<PersonName>) -> String {
    let people: Vec<(String, String)> =
        entry.people.iter().filter_map(|id| Some((name(*id)?.as_str().to_owned(), id.to_string()))).collect();
    let (people, people_ids) = people.into_iter().unzip();
    let mut line = Line {
        date: entry.at.to_string(),
        title: &entry.title,
        text: &entry.text,
        tags: entry.tags.iter().map(Tag::as_str).collect(),
        people,
        people_ids,
        id: entry.id.to_string(),
        kind: entry.kind.as_str(),
        exercise: entry.exercise.as_ref().map(|e| Exercise { id: e.id.as_str(), version: e.version }),
        answers: Map::new(),
        types: Map::new(),
        open: rest.open.iter().map(ToString::to_string).collect(),
        import_id: entry.import_id.map(|bytes| hex(&bytes)),
        created: stamp(entry.created),
        modified: stamp(entry.modified),
        trashed: entry.trashed.map(stamp),
        met: rest.met.as_ref().map(Met::written),
    };
    for (field, answer) in &entry.answers {
        line.answer(field.as_str(), &answer.to_stored());
    }
    for (field, stored) in &rest.unread {
        line.answer(field, stored);
    }
    written(&line)
}

impl Line<'_> {
    /// Puts an answer down as it is stored: what it is, then the value.
    fn answer(&mut self, field: &str, stored: &str) {
        let mut parts = stored.splitn(3, ' ');
        let (Some(kind), Some(of), Some(json)) = (parts.next(), parts.next(), parts.next()) else { return };
        let Ok(value) = serde_json::from_str::<Json>(json) else { return };
        if kind != WORDS {
            self.types.insert(field.to_owned(), json!(format!("{kind} {of}").trim_end()));
        }
        self.answers.insert(field.to_owned(), value);
    }
}

/// A time as it is written and read again to the same: some clocks lie outside the calendar.
pub(super) fn stamp(time: Timestamp) -> String {
    let shown = time.to_string();
    shown.parse::<Timestamp>().map_or(shown, |time| time.to_string())
}

fn written(line: &impl Serialize) -> String {
    serde_json::to_string(line).expect("a line of texts, numbers and lists is always JSON")
}

#[cfg(test)]
mod tests;
