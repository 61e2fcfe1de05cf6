//! From a page back to an entry.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use thiserror::Error;

use super::typed::from_json;
use super::{FENCE, SHOWN};
use crate::answers::Answers;
use crate::entry::{Entry, EntryKind, Tag};
use crate::fault::shown;
use crate::id::{PersonId, parse_hex};
use crate::limits::PAGE_BYTES_MAX;
use crate::person::PersonName;
use crate::time::Timestamp;

/// An entry and the names its page gives to people.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The entry.
    pub entry: Entry,
    /// The names of its people, as far as the page knows them.
    pub names: BTreeMap<PersonId, PersonName>,
}

/// Why a page cannot be read. No variant holds a word of the entry.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PageFault {
    /// The page is too long.
    #[error("the page has {bytes} bytes, at most {PAGE_BYTES_MAX}; split the entry")]
    TooLong {
        /// The bytes found.
        bytes: usize,
    },
    /// The page does not begin with front matter, or it never ends.
    #[error("the page has no front matter between two lines of ---; only pages that Haven wrote can be read")]
    NoFrontMatter,
    /// A line of the front matter is not a key with a value.
    #[error("line {line} is not a key and a JSON value; write as in title: \"A title\"")]
    Line {
        /// The line, from 1.
        line: usize,
    },
    /// A key is unknown or stands there twice.
    #[error("line {line}: \"{key}\" is not known or stands there twice; remove it")]
    Key {
        /// The line, from 1.
        line: usize,
        /// The key.
        key: String,
    },
    /// A value is missing or does not fit its key.
    #[error("\"{key}\" is missing or does not fit; write it as an export does")]
    Value {
        /// The key.
        key: &'static str,
    },
}

/// The keys of the front matter.
const KEYS: [&str; 12] = [
    "id",
    "kind",
    "at",
    "title",
    "tags",
    "people",
    "exercise",
    "answers",
    "import_id",
    "created",
    "modified",
    "trashed",
];

/// Reads a page that [`super::render`] wrote. It may have been edited since, by hand or by another program.
///
/// # Errors
/// [`PageFault`] with the line or the key concerned.
pub fn parse(page: &str) -> Result<Page, PageFault> {
    if page.len() > PAGE_BYTES_MAX {
        return Err(PageFault::TooLong { bytes: page.len() });
    }
    let (head, body) = split(page).ok_or(PageFault::NoFrontMatter)?;
    let matter = Matter(keys(head)?);
    let people = matter.people()?;
    let answers = matter.answers()?;
    let entry = Entry {
        id: matter.parsed("id")?,
        kind: matter.parsed::<EntryKind>("kind")?,
        at: matter.parsed("at")?,
        title: matter.text("title")?.to_owned(),
        text: text(body, !answers.is_empty()).to_owned(),
        tags: matter.tags()?,
        people: people.keys().copied().collect(),
        exercise: matter.optional("exercise", Matter::parsed)?,
        answers,
        import_id: matter.optional("import_id", Matter::hash)?,
        created: matter.stamp("created")?,
        modified: matter.stamp("modified")?,
        trashed: matter.optional("trashed", Matter::stamp)?,
    };
    let names = people.into_iter().filter_map(|(id, name)| Some((id, name?))).collect();
    Ok(Page { entry, names })
}

fn split(page: &str) -> Option<(&str, &str)> {
    let page = page.strip_prefix('\u{feff}').unwrap_or(page);
    let (first, rest) = page.split_once('\n')?;
    if first.trim_end() != FENCE {
        return None;
    }
    let mut offset = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == FENCE {
            return Some((&rest[..offset], &rest[offset + line.len()..]));
        }
        offset += line.len();
    }
    None
}

/// The text of the body: without the blank line before it and the line break after it, which the page adds.
fn text(body: &str, has_answers: bool) -> &str {
    let body = body.strip_prefix("\r\n").or_else(|| body.strip_prefix('\n')).unwrap_or(body);
    let shown = body.rfind(&format!("\n{SHOWN}\n")).filter(|_| has_answers);
    let text = shown.map_or(body, |at| &body[..at]);
    text.strip_suffix('\n').unwrap_or(text)
}

fn keys(head: &str) -> Result<BTreeMap<&str, Json>, PageFault> {
    let mut keys = BTreeMap::new();
    for (index, text) in head.lines().enumerate() {
        let line = index + 2;
        let (key, value) = text.split_once(':').ok_or(PageFault::Line { line })?;
        let value = serde_json::from_str(value).map_err(|_| PageFault::Line { line })?;
        if !KEYS.contains(&key) || keys.insert(key, value).is_some() {
            return Err(PageFault::Key { line, key: shown(key) });
        }
    }
    Ok(keys)
}

struct Matter<'a>(BTreeMap<&'a str, Json>);

impl Matter<'_> {
    fn text(&self, key: &'static str) -> Result<&str, PageFault> {
        self.0.get(key).and_then(Json::as_str).ok_or(PageFault::Value { key })
    }

    fn parsed<T: std::str::FromStr>(&self, key: &'static str) -> Result<T, PageFault> {
        self.text(key)?.parse().map_err(|_| PageFault::Value { key })
    }

    fn optional<T>(
        &self,
        key: &'static str,
        read: impl Fn(&Self, &'static str) -> Result<T, PageFault>,
    ) -> Result<Option<T>, PageFault> {
        if self.0.contains_key(key) { read(self, key).map(Some) } else { Ok(None) }
    }

    fn hash(&self, key: &'static str) -> Result<[u8; 32], PageFault> {
        parse_hex(self.text(key)?).map_err(|_| PageFault::Value { key })
    }

    fn stamp(&self, key: &'static str) -> Result<Timestamp, PageFault> {
        match self.0.get(key).and_then(Json::as_i64) {
            Some(millis) => Ok(Timestamp::from_millis(millis)),
            None => self.parsed(key),
        }
    }

    fn tags(&self) -> Result<BTreeSet<Tag>, PageFault> {
        let fault = PageFault::Value { key: "tags" };
        let tags = self.0.get("tags").and_then(Json::as_array).ok_or(fault.clone())?;
        tags.iter().map(|tag| tag.as_str().and_then(|tag| Tag::new(tag).ok()).ok_or(fault.clone())).collect()
    }

    fn people(&self) -> Result<BTreeMap<PersonId, Option<PersonName>>, PageFault> {
        let fault = PageFault::Value { key: "people" };
        let people = self.0.get("people").and_then(Json::as_array).ok_or(fault.clone())?;
        let person = |person: &Json| {
            let id = person.get("id")?.as_str()?.parse().ok()?;
            match person.get("name") {
                Some(name) => Some((id, Some(PersonName::new(name.as_str()?).ok()?))),
                None => Some((id, None)),
            }
        };
        people.iter().map(|entry| person(entry).ok_or(fault.clone())).collect()
    }

    fn answers(&self) -> Result<Answers, PageFault> {
        let fault = PageFault::Value { key: "answers" };
        let Some(answers) = self.0.get("answers") else { return Ok(Answers::new()) };
        let answers = answers.as_object().ok_or(fault.clone())?;
        let answer = |(id, json): (&String, &Json)| Some((id.parse().ok()?, from_json(json)?));
        answers.iter().map(|pair| answer(pair).ok_or(fault.clone())).collect()
    }
}
