//! From an entry to a page.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use super::typed::to_json;
use super::{FENCE, SHOWN};
use crate::entry::{Entry, Tag};
use crate::exercise::DEFAULT_LANGUAGE;
use crate::id::{PersonId, write_hex};
use crate::person::PersonName;
use crate::reading::{ReadAnswer, read};
use crate::shelf::Asked;
use crate::time::Timestamp;

/// Returns the name of the entry's file, such as `1660-01-01-0011aabb.md`.
///
/// Two entries of one day whose ids begin alike share a name; whoever writes files appends more of the id then.
pub fn file_name(entry: &Entry) -> String {
    format!("{}-{}.md", entry.at.date(), &entry.id.to_string()[..8])
}

/// Writes an entry as a page. `asked` is what the entry was made with, for the words of its questions.
pub fn render(
    entry: &Entry,
    asked: Option<Asked<'_>>,
    name: &dyn Fn(PersonId) -> Option<PersonName>,
) -> String {
    let mut page = format!("{FENCE}\n");
    for (key, value) in front_matter(entry, name) {
        page.push_str(key);
        page.push_str(": ");
        page.push_str(&yaml(&value));
        page.push('\n');
    }
    page.push_str(FENCE);
    page.push_str("\n\n");
    page.push_str(&entry.text);
    page.push('\n');
    if !entry.answers.is_empty() {
        let name = |id| name(id).map(|name| name.to_string());
        show_answers(read(entry, asked, DEFAULT_LANGUAGE, &name), &mut page);
    }
    page
}

fn front_matter(entry: &Entry, name: &dyn Fn(PersonId) -> Option<PersonName>) -> Vec<(&'static str, Json)> {
    let mut lines = vec![
        ("id", json!(entry.id.to_string())),
        ("kind", json!(entry.kind.as_str())),
        ("at", json!(entry.at.to_string())),
        ("title", json!(entry.title)),
        ("tags", entry.tags.iter().map(Tag::as_str).collect()),
        ("people", entry.people.iter().map(|id| person(*id, name)).collect()),
    ];
    if let Some(exercise) = &entry.exercise {
        lines.push(("exercise", json!(exercise.to_string())));
    }
    if !entry.answers.is_empty() {
        let answers: Map<_, _> =
            entry.answers.iter().map(|(id, answer)| (id.to_string(), to_json(answer))).collect();
        lines.push(("answers", Json::Object(answers)));
    }
    if let Some(import_id) = &entry.import_id {
        let mut hex = String::new();
        // Writing to a string cannot fail.
        let _ = write_hex(&mut hex, import_id);
        lines.push(("import_id", json!(hex)));
    }
    lines.push(("created", stamp(entry.created)));
    lines.push(("modified", stamp(entry.modified)));
    lines.extend(entry.trashed.map(|trashed| ("trashed", stamp(trashed))));
    lines
}

fn person(id: PersonId, name: &dyn Fn(PersonId) -> Option<PersonName>) -> Json {
    match name(id) {
        Some(name) => json!({ "id": id.to_string(), "name": name.as_str() }),
        None => json!({ "id": id.to_string() }),
    }
}

/// A stamp as a person reads it, or as milliseconds where the calendar cannot hold it.
fn stamp(stamp: Timestamp) -> Json {
    let text = stamp.to_string();
    if text.parse() == Ok(stamp) { json!(text) } else { json!(stamp.as_millis()) }
}

/// Writes JSON that is YAML as well: what YAML does not print is escaped.
fn yaml(value: &Json) -> String {
    let mut yaml = String::new();
    for c in value.to_string().chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(yaml, "\\u{:04x}", u32::from(c));
            }
            other => yaml.push(other),
        }
    }
    yaml
}

fn show_answers(answers: Vec<ReadAnswer>, page: &mut String) {
    let _ = write!(page, "\n{SHOWN}\n");
    for read in answers {
        page.push('\n');
        quote(&format!("**{}**", read.question), page);
        page.push_str(">\n");
        quote(&read.answer, page);
    }
}

/// Quotes every line, so that no line of an answer can look like anything else of the page.
fn quote(text: &str, page: &mut String) {
    for line in text.split(['\n', '\r']) {
        let _ = writeln!(page, "> {line}");
    }
}
