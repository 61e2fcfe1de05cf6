//! One line of an import.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;
use thiserror::Error;

use crate::answers::{Answers, ExerciseRef, NameFault, Value, ValueMap, check_answers};
use crate::entry::{Draft, EntryError, EntryKind, Tag, TagError, UnknownKind};
use crate::exercise::Exercise;
use crate::fault::{Fault, shown};
use crate::id::{EntryId, IdError, PersonId};
use crate::limits::{IMPORT_LINE_BYTES_MAX, PEOPLE_MAX, TAGS_MAX};
use crate::person::{NameError, PersonName};
use crate::time::{CivilTime, LocalZone, TimeError, Zones};

/// The keys a line may have.
const KEYS: [&str; 9] = ["date", "title", "text", "tags", "people", "id", "kind", "exercise", "answers"];

/// Why a line cannot be imported. No variant holds a word of the entry; the names of keys are not words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImportFault {
    /// The line is too long.
    #[error("the line has {bytes} bytes, at most {IMPORT_LINE_BYTES_MAX}; split the entry")]
    TooLong {
        /// The bytes found.
        bytes: usize,
    },
    /// Nothing is on the line. Whoever reads a file may skip it.
    #[error("the line is empty; remove it")]
    Blank,
    /// The line is no UTF-8.
    #[error("byte {at} is not UTF-8; save the file as UTF-8")]
    NotUtf8 {
        /// The first byte that fits no character, from 1.
        at: usize,
    },
    /// The line is no JSON.
    #[error("not JSON at column {column}: {what}; write one object on each line")]
    NotJson {
        /// The column, from 1.
        column: usize,
        /// What the reader stumbled over.
        what: String,
    },
    /// The line is JSON and no object.
    #[error("not an object; write {{\"date\": …, \"text\": …}}")]
    NotAnObject,
    /// A key stands on the line twice.
    #[error("\"{key}\" stands here twice; keep one")]
    RepeatedKey {
        /// The key.
        key: String,
    },
    /// A key is unknown.
    #[error("\"{key}\" is not known; remove it, or put its words into the text")]
    UnknownKey {
        /// The key.
        key: String,
    },
    /// A key is missing.
    #[error("\"{key}\" is missing; add it")]
    Missing {
        /// The key.
        key: &'static str,
    },
    /// A value has the wrong shape.
    #[error("\"{key}\" holds {found}; it takes {wanted}")]
    WrongType {
        /// The key.
        key: &'static str,
        /// What it takes.
        wanted: &'static str,
        /// What it holds.
        found: &'static str,
    },
    /// The date is no time.
    #[error("\"date\": {0}")]
    Date(#[from] TimeError),
    /// A tag cannot be used.
    #[error("\"tags\": {0}")]
    Tag(#[from] TagError),
    /// A name cannot be used.
    #[error("\"people\": {0}")]
    Person(#[from] NameError),
    /// The kind is unknown.
    #[error("\"kind\" is {0}")]
    Kind(#[from] UnknownKind),
    /// The id is none.
    #[error("\"id\": {0}")]
    Id(#[from] IdError),
    /// The exercise is not named as exercises are.
    #[error("\"exercise\": {0}")]
    Exercise(#[from] NameFault),
    /// The exercise is not in this library, so nobody can tell what its answers mean.
    #[error("the exercise {0} is not known here; add it with `haven practice add`, then import again")]
    UnknownExercise(ExerciseRef),
    /// An answer does not fit its field.
    #[error("\"answers\": {0}")]
    Answers(Fault),
    /// The entry exceeds a limit.
    #[error(transparent)]
    Entry(#[from] EntryError),
}

/// One line, read and checked. People are names here; who they are, the journal decides.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ImportLine {
    /// When it happened.
    pub date: CivilTime,
    /// Its title, perhaps empty, on one line.
    pub title: String,
    /// Its text, perhaps empty.
    pub text: String,
    /// Its tags.
    pub tags: BTreeSet<Tag>,
    /// The names of its people, in the order given, each once. A name may also be a full id.
    pub people: Vec<PersonName>,
    /// Its id, on a line that an export wrote.
    pub id: Option<EntryId>,
    /// What it is: a note unless the line says otherwise.
    pub kind: EntryKind,
    /// The exercise it answers.
    pub exercise: Option<ExerciseRef>,
    /// The answers, not yet checked against the exercise.
    pub answers: ValueMap,
}

impl ImportLine {
    /// Reads one line, with or without its line break.
    ///
    /// Control characters in a title become blanks, since a title is one line.
    ///
    /// # Errors
    /// [`ImportFault`] with a reason a person can act on.
    pub fn parse(line: &[u8]) -> Result<Self, ImportFault> {
        let pairs = pairs(line)?;
        let mut fields = Fields { pairs };
        fields.check_keys()?;
        let date = fields.text("date")?.ok_or(ImportFault::Missing { key: "date" })?.parse()?;
        let text = fields.text("text")?.ok_or(ImportFault::Missing { key: "text" })?;
        let title = fields.text("title")?.map(|title| one_line(&title)).unwrap_or_default();
        let tags = fields.texts("tags")?.iter().map(|tag| Tag::new(tag)).collect::<Result<_, _>>()?;
        let people = fields.people()?;
        let id = fields.text("id")?.map(|id| id.parse()).transpose()?;
        let exercise = fields.exercise()?;
        let usual = if exercise.is_some() { EntryKind::Exercise } else { EntryKind::Note };
        let kind = fields.text("kind")?.map_or(Ok(usual), |kind| kind.parse())?;
        let answers = fields.answers()?;
        let line = Self { date, title, text, tags, people, id, kind, exercise, answers };
        line.check()?;
        Ok(line)
    }

    /// Takes the time of the line as it is entered: one without a zone is in `here`. A line that an export wrote has an id, and
    /// its time comes back as it is written there.
    ///
    /// # Errors
    /// [`ImportFault::Date`] when the zone does not exist or contradicts its offset.
    pub fn entered(self, zones: &dyn Zones, here: Option<&LocalZone>) -> Result<Self, ImportFault> {
        if self.id.is_some() {
            return Ok(self);
        }
        Ok(Self { date: self.date.entered(zones, here)?, ..self })
    }

    /// Makes the draft of an entry: `import_id` is the SHA-256 of the line as it stood in the file, `people` are those
    /// the names mean, and `exercise` is the version that the line names.
    ///
    /// # Errors
    /// [`ImportFault`] when the exercise is missing or an answer does not fit it, or a limit is exceeded.
    pub fn draft(
        self,
        import_id: [u8; 32],
        people: BTreeSet<PersonId>,
        exercise: Option<&Exercise>,
    ) -> Result<Draft, ImportFault> {
        let answers = self.checked_answers(exercise)?;
        let draft = Draft {
            title: self.title,
            text: self.text,
            tags: self.tags,
            people,
            exercise: self.exercise,
            answers,
            import_id: Some(import_id),
            ..Draft::new(self.kind, self.date)
        };
        draft.validate()?;
        Ok(draft)
    }

    fn checked_answers(&self, exercise: Option<&Exercise>) -> Result<Answers, ImportFault> {
        let Some(reference) = self.exercise.as_ref().filter(|_| !self.answers.is_empty()) else {
            return Ok(Answers::new());
        };
        let same = exercise.filter(|exercise| exercise.reference() == *reference);
        let exercise = same.ok_or_else(|| ImportFault::UnknownExercise(reference.clone()))?;
        check_answers(exercise, &self.answers)
            .map_err(|mut faults| ImportFault::Answers(faults.swap_remove(0)))
    }

    /// Checks the limits that do not depend on who the people are, so that a dry run finds what an import would.
    fn check(&self) -> Result<(), ImportFault> {
        if !self.answers.is_empty() && self.exercise.is_none() {
            return Err(EntryError::AnswersWithoutExercise.into());
        }
        if self.tags.len() > TAGS_MAX {
            return Err(EntryError::TooManyTags { count: self.tags.len() }.into());
        }
        if self.people.len() > PEOPLE_MAX {
            return Err(EntryError::TooManyPeople { count: self.people.len() }.into());
        }
        crate::entry::check_title(&self.title)?;
        crate::entry::check_text(&self.text)?;
        Ok(())
    }
}

impl fmt::Debug for ImportLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ImportLine({}, {} bytes)", self.kind, self.title.len() + self.text.len())
    }
}

fn one_line(title: &str) -> String {
    let line: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim().to_owned()
}

/// The members of an object in order, so that a repeated key is seen.
struct Pairs(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

fn pairs(line: &[u8]) -> Result<Vec<(String, Json)>, ImportFault> {
    if line.len() > IMPORT_LINE_BYTES_MAX {
        return Err(ImportFault::TooLong { bytes: line.len() });
    }
    let text = std::str::from_utf8(line).map_err(|e| ImportFault::NotUtf8 { at: e.valid_up_to() + 1 })?;
    // Some programs begin a file with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(ImportFault::Blank);
    }
    if !text.trim_start().starts_with('{') {
        return Err(serde_json::from_str::<serde::de::IgnoredAny>(text)
            .map_or_else(|error| not_json(&error), |_| ImportFault::NotAnObject));
    }
    serde_json::from_str::<Pairs>(text).map(|Pairs(pairs)| pairs).map_err(|error| not_json(&error))
}

/// Tells what the JSON reader met. Its messages name syntax only; a value it was given is never repeated.
fn not_json(error: &serde_json::Error) -> ImportFault {
    let message = error.to_string();
    let what = message.split(" at line ").next().unwrap_or_default().to_owned();
    ImportFault::NotJson { column: error.column(), what }
}

struct Fields {
    pairs: Vec<(String, Json)>,
}

impl Fields {
    fn check_keys(&self) -> Result<(), ImportFault> {
        let mut seen = BTreeSet::new();
        for (key, _) in &self.pairs {
            if !KEYS.contains(&key.as_str()) {
                return Err(ImportFault::UnknownKey { key: shown(key) });
            }
            if !seen.insert(key) {
                return Err(ImportFault::RepeatedKey { key: key.clone() });
            }
        }
        Ok(())
    }

    /// Takes a value; one that is null counts as absent.
    fn take(&mut self, key: &'static str) -> Option<Json> {
        let index = self.pairs.iter().position(|(found, _)| found == key)?;
        Some(self.pairs.swap_remove(index).1).filter(|value| !value.is_null())
    }

    fn text(&mut self, key: &'static str) -> Result<Option<String>, ImportFault> {
        match self.take(key) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong(key, "text in quotes", other)),
        }
    }

    fn texts(&mut self, key: &'static str) -> Result<Vec<String>, ImportFault> {
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

    fn people(&mut self) -> Result<Vec<PersonName>, ImportFault> {
        let mut people = Vec::new();
        for name in self.texts("people")? {
            let name = PersonName::new(&name)?;
            if !people.contains(&name) {
                people.push(name);
            }
        }
        Ok(people)
    }

    /// The exercise, as `"thought-check@1"` or `{"id": "thought-check", "version": 1}`.
    fn exercise(&mut self) -> Result<Option<ExerciseRef>, ImportFault> {
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

    fn answers(&mut self) -> Result<ValueMap, ImportFault> {
        match self.take("answers") {
            None => Ok(ValueMap::new()),
            Some(Json::Object(map)) => Ok(map.into_iter().map(|(key, value)| (key, value.into())).collect()),
            Some(other) => Err(wrong("answers", "an object", other)),
        }
    }
}

fn wrong(key: &'static str, wanted: &'static str, found: Json) -> ImportFault {
    ImportFault::WrongType { key, wanted, found: Value::from(found).shape() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::answers::Answer;
    use crate::content::Library;
    use crate::limits::TEXT_BYTES_MAX;

    fn parse(line: &str) -> Result<ImportLine, ImportFault> {
        ImportLine::parse(line.as_bytes())
    }

    #[test]
    fn a_line_needs_a_date_and_a_text() {
        let line = parse(r#"{"date": "1660-01-01", "text": "Blessed be God."}"#).unwrap();
        assert_eq!((line.date.to_string().as_str(), line.text.as_str()), ("1660-01-01", "Blessed be God."));
        assert_eq!((line.title.as_str(), line.kind), ("", EntryKind::Note));
        assert!(line.tags.is_empty() && line.people.is_empty() && line.id.is_none());
    }

    #[test]
    fn a_line_may_carry_everything_an_export_writes() {
        let line = parse(
            "\u{feff}  {\"answers\": {\"suds_before\": 40}, \"exercise\": {\"id\": \"slow-breath\", \"version\": 1}, \
             \"kind\": \"exercise\", \"id\": \"00112233445566778899aabbccddeeff\", \"people\": [\"Anna\", \"Bo\", \"Anna\"], \
             \"tags\": [\"#calm\", \"calm\", \"Über\"], \"text\": \"a\\nb\", \"title\": \" one\\ntwo \", \
             \"date\": \"2026-11-24T21:30:00+01:00[Europe/Berlin]\"}\r\n",
        );
        let line = line.unwrap();
        assert_eq!(line.title, "one two");
        assert_eq!(line.tags.iter().map(Tag::as_str).collect::<Vec<_>>(), ["calm", "Über"]);
        assert_eq!(line.people.iter().map(PersonName::as_str).collect::<Vec<_>>(), ["Anna", "Bo"]);
        assert_eq!(line.exercise.as_ref().map(ToString::to_string).as_deref(), Some("slow-breath@1"));
        assert_eq!(line.answers.keys().collect::<Vec<_>>(), ["suds_before"]);
        assert_eq!(line.id.map(|id| id.to_string()[..4].to_owned()).as_deref(), Some("0011"));
    }

    #[test]
    fn what_is_null_is_absent() {
        let line =
            r#"{"date":"2026-11-24","title":null,"text":"","tags":null,"people":null,"id":null,"kind":null}"#;
        assert!(parse(line).is_ok());
        let line = r#"{"date":"2026-11-24","text":null}"#;
        assert_eq!(parse(line), Err(ImportFault::Missing { key: "text" }));
    }

    #[test]
    fn a_line_that_cannot_be_imported_says_why() {
        let with = |rest: &str| format!(r#"{{"date":"2026-11-24","text":"t",{rest}}}"#);
        let text = |text: &str| format!(r#"{{"date":"2026-11-24","text":"{text}"}}"#);
        let list = |count: usize| (0..count).map(|n| format!("\"n{n}\"")).collect::<Vec<_>>().join(",");
        let cases = [
            (String::new(), "the line is empty"),
            (" \r\n".into(), "the line is empty"),
            ("not json".into(), "not JSON at column 2: expected ident"),
            ("[1]".into(), "not an object; write {\"date\""),
            ("\"text\"".into(), "not an object"),
            ("{".into(), "not JSON at column 1: EOF while parsing an object"),
            (r#"{"date":"2026-11-24","text":"a"} x"#.into(), "trailing characters"),
            (r#"{"date":"2026-11-24","text":"a"#.into(), "EOF while parsing a string"),
            (r#"{"date":"2026-11-24" "text":"a"}"#.into(), "not JSON at column 22: expected `,` or `}`"),
            (text("a\tb"), "control character"),
            (text("\\ud800"), "not JSON at column"),
            (r#"{"text":"a"}"#.into(), "\"date\" is missing; add it"),
            (r#"{"date":"2026-11-24"}"#.into(), "\"text\" is missing; add it"),
            (r#"{"date":"24.11.2026","text":"a"}"#.into(), "\"date\": not a date or time; write 2026-11-24"),
            (r#"{"date":1700000000,"text":"a"}"#.into(), "\"date\" holds a number; it takes text in quotes"),
            (
                r#"{"date":"2026-11-24","text":["a"]}"#.into(),
                "\"text\" holds a list; it takes text in quotes",
            ),
            (r#"{"date":"2026-11-24","date":"2026-11-25","text":"a"}"#.into(), "\"date\" stands here twice"),
            (with("\"mood\":\"ok\""), "\"mood\" is not known; remove it, or put its words into the text"),
            (with("\"title\":{}"), "\"title\" holds an object"),
            (with("\"tags\":\"a\""), "\"tags\" holds text; it takes a list of texts"),
            (with("\"tags\":[1]"), "\"tags\" holds a number"),
            (with("\"tags\":[\"a,b\"]"), "\"tags\": a tag holds no comma"),
            (with("\"tags\":[\"\"]"), "\"tags\": a tag needs at least one character"),
            (with(&format!("\"tags\":[{}]", list(65))), "the entry has 65 tags, at most 64"),
            (with("\"people\":[\" \"]"), "\"people\": a name needs at least one character"),
            (with(&format!("\"people\":[{}]", list(65))), "the entry names 65 people, at most 64"),
            (with("\"id\":\"0011\""), "\"id\": an id has 32 digits"),
            (with("\"kind\":\"diary\""), "\"kind\" is not a kind of entry"),
            (
                with("\"exercise\":\"slow-breath\""),
                "\"exercise\": an exercise and its version are written as",
            ),
            (with("\"exercise\":{\"id\":\"slow-breath\"}"), "\"exercise\": an exercise and its version"),
            (with("\"exercise\":{\"id\":\"x\",\"version\":1}"), "\"exercise\": an exercise id has 3 to 40"),
            (with("\"exercise\":1"), "\"exercise\" holds a number"),
            (with("\"answers\":[1]"), "\"answers\" holds a list; it takes an object"),
            (with("\"answers\":{\"a\":1}"), "answers need the exercise they belong to"),
            (with(&format!("\"title\":\"{}\"", "x".repeat(501))), "the title has 501 characters"),
            (text(&"x".repeat(TEXT_BYTES_MAX + 1)), "one text has 262145 bytes"),
            (text(&"x".repeat(IMPORT_LINE_BYTES_MAX)), "the line has 1048607 bytes, at most 1048576"),
        ];
        for (line, expected) in cases {
            let fault = parse(&line).unwrap_err().to_string();
            let head: String = line.chars().take(60).collect();
            assert!(fault.contains(expected), "{head}: {fault}");
        }
        let fault = ImportLine::parse(b"{\"date\":\"2026-11-24\",\"text\":\"\xff\"}").unwrap_err();
        assert_eq!(fault, ImportFault::NotUtf8 { at: 30 });
    }

    #[test]
    fn deep_nesting_is_refused() {
        let deep = format!(r#"{{"answers":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert!(parse(&deep).unwrap_err().to_string().contains("recursion limit"));
    }

    #[test]
    fn no_reason_repeats_a_word_of_the_entry() {
        for line in [
            r#"{"date":"secret","text":"secret"}"#,
            r#"{"date":"2026-11-24","text":"t","tags":"secret"}"#,
            r#"{"date":"2026-11-24","text":"t","tags":["secret,"]}"#,
            r#"{"date":"2026-11-24","text":"t","kind":"secret"}"#,
            r#"{"date":"2026-11-24","text":"secret" secret}"#,
        ] {
            let fault = parse(line).unwrap_err();
            assert!(!format!("{fault} {fault:?}").contains("secret"), "{fault:?}");
        }
    }

    #[test]
    fn a_line_becomes_a_draft_with_checked_answers() {
        let library = Library::built_in().unwrap();
        let breath = library.get(&"slow-breath".parse().unwrap());
        let line = |answers: &str| {
            parse(&format!(
                r#"{{"date":"2026-11-24","text":"","exercise":"slow-breath@1","answers":{answers}}}"#
            ))
            .unwrap()
        };
        let people = BTreeSet::from([PersonId::from_bytes([1; 16])]);
        let draft = line(r#"{"suds_before": 40}"#).draft([7; 32], people.clone(), breath).unwrap();
        assert_eq!((draft.kind, draft.import_id, draft.people), (EntryKind::Exercise, Some([7; 32]), people));
        assert!(draft.answers == [("suds_before".parse().unwrap(), Answer::Scale(40))].into());

        let fault = |answers, exercise| line(answers).draft([7; 32], BTreeSet::new(), exercise).unwrap_err();
        assert!(fault("{\"suds_before\": 400}", breath).to_string().contains("400 is not on the scale"));
        assert!(fault("{\"nope\": 1}", breath).to_string().contains("slow-breath has no such field"));
        assert!(fault("{\"suds_before\": 1}", None).to_string().contains("slow-breath@1 is not known here"));
        let other = library.get(&"trigger-chain".parse().unwrap());
        assert!(fault("{\"suds\": 1}", other).to_string().contains("slow-breath@1 is not known here"));
        assert!(line("{}").draft([7; 32], BTreeSet::new(), None).is_ok());
    }

    #[test]
    fn a_blank_entry_can_be_imported() {
        let line = parse(r#"{"date":"2026-11-24","text":""}"#).unwrap();
        assert!(line.draft([0; 32], BTreeSet::new(), None).is_ok());
    }

    proptest! {
        #[test]
        fn no_line_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = ImportLine::parse(&bytes);
        }

        #[test]
        fn damage_to_a_line_never_panics(at in 0_usize..60, put in "[\"{}:,a0 ]{0,3}") {
            let mut line = r#"{"date":"2026-11-24","text":"t","tags":["a"],"answers":{}}"#.to_owned();
            line.insert_str(at.min(line.len()), &put);
            let _ = parse(&line);
        }
    }
}
