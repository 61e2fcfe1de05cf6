//! A line that is an entry.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::{Map, Value as Json};

use super::members::{Members, wrong};
use super::{ImportFault, Met};
use crate::answers::{Answer, Answers, ExerciseRef, FieldId, ValueMap};
use crate::entry::{Draft, EntryError, EntryKind, Limits, Tag};
use crate::fault::shown;
use crate::id::{EntryId, PersonId};
use crate::limits::FIELD_ID_BYTES_MAX;
use crate::person::PersonName;
use crate::shelf::Asked;
use crate::time::{CivilTime, Timestamp};

/// The type of an answer in words, which an export leaves out.
pub(super) const WORDS: &str = "text";

/// An entry, read and checked. Who its people are, the journal decides.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct EntryLine {
    /// When it happened.
    pub date: CivilTime,
    /// Its title, perhaps empty, on one line.
    pub title: String,
    /// Its text, perhaps empty.
    pub text: String,
    /// Its tags.
    pub tags: BTreeSet<Tag>,
    /// The names of its people, in the order given. A name may also be a full id.
    pub people: Vec<PersonName>,
    /// Its id, on a line that an export wrote.
    pub id: Option<EntryId>,
    /// What it is: a note unless the line says otherwise.
    pub kind: EntryKind,
    /// The exercise or measure it answers.
    pub exercise: Option<ExerciseRef>,
    /// The SHA-256 of the line that it was first imported from, on a line that an export wrote.
    pub import_id: Option<[u8; 32]>,
    /// What only an export says. Such a line makes the same entry wherever it is read.
    pub exact: Option<Exact>,
    answered: Answered,
}

/// What makes an entry the very same one again.
#[derive(Clone, PartialEq)]
pub struct Exact {
    /// When a device first wrote it down.
    pub created: Timestamp,
    /// When a device last changed it.
    pub modified: Timestamp,
    /// When it was put into the trash.
    pub trashed: Option<Timestamp>,
    /// Its people by id, with their names as far as the line has them.
    pub people: Vec<(PersonId, Option<PersonName>)>,
    /// What its document holds besides what is shown.
    pub rest: Rest,
}

/// What a document of an entry holds besides what is shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Rest {
    /// Questions in words that were asked and have no answer yet: texts that exist and are empty.
    pub open: BTreeSet<FieldId>,
    /// Answers that this release cannot read, as they are stored.
    pub unread: BTreeMap<String, String>,
    /// What met in it and is not settled.
    pub met: Option<Met>,
}

#[derive(Clone, PartialEq)]
enum Answered {
    /// By an export, with their types: nobody has to know the questions.
    Typed(Answers),
    /// By anybody; what asked decides whether they fit.
    Raw(ValueMap),
    /// The same, in the order of a measure's items.
    InOrder(Vec<Json>),
}

impl EntryLine {
    /// Takes an entry out of a line; what is left was not used.
    pub(super) fn read(members: &mut Members) -> Result<Self, ImportFault> {
        let wrapped = members.list_of_objects();
        let date = match (members.text("date")?, wrapped) {
            (Some(date), _) => date.parse()?,
            (None, Some(key)) => return Err(ImportFault::Wrapped { key }),
            (None, None) => return Err(ImportFault::Missing { key: "date" }),
        };
        let text = members.text("text")?.ok_or(ImportFault::Missing { key: "text" })?;
        let title = members.text("title")?.unwrap_or_default();
        let tags = members.texts("tags")?.iter().map(|tag| Tag::new(tag)).collect::<Result<_, _>>()?;
        let people = members.texts("people")?;
        let people = people.iter().map(|name| PersonName::new(name)).collect::<Result<Vec<_>, _>>()?;
        // An id of another program is none of ours; on a line that an export wrote it has to be whole.
        let is_ours = members.has("created") && members.has("modified");
        let id = if is_ours || members.holds_id("id") { members.id("id")? } else { None };
        let exercise = members.exercise()?;
        let kind = members.text("kind")?.map(|kind| kind.parse()).transpose()?;
        let import_id = members.text("import_id")?.map(|text| digits(&text)).transpose()?;
        let exact = if is_ours && id.is_some() { exact(members, &people)? } else { None };
        let (answered, exact) = match exact {
            Some(mut exact) => {
                let answers = members.object("answers")?.unwrap_or_default();
                let types = members.object("types")?.unwrap_or_default();
                (typed(answers, &types, &mut exact.rest)?, Some(exact))
            }
            None => (raw(members)?, None),
        };
        let usual = if exercise.is_some() { EntryKind::Exercise } else { EntryKind::Note };
        let title = if exact.is_some() { title } else { one_line(&title) };
        let kind = kind.unwrap_or(usual);
        let line = Self { date, title, text, tags, people, id, kind, exercise, import_id, exact, answered };
        line.check()?;
        Ok(line)
    }

    /// Makes the draft of an entry: `identity` is the SHA-256 of the line, `people` are those it names, and `asked` is the
    /// version of the exercise or measure that it names.
    ///
    /// # Errors
    /// [`ImportFault`] when what asked is missing or an answer does not fit it, or a limit is exceeded.
    pub fn draft(
        self,
        identity: [u8; 32],
        people: BTreeSet<PersonId>,
        asked: Option<Asked<'_>>,
    ) -> Result<Draft, ImportFault> {
        let (is_exact, is_ours) = (self.exact.is_some(), self.id.is_some());
        let answers = self.answered.checked(self.exercise.as_ref(), asked)?;
        let draft = Draft {
            title: self.title,
            text: self.text,
            tags: self.tags,
            people,
            exercise: self.exercise,
            answers,
            import_id: if is_ours { self.import_id } else { Some(identity) },
            ..Draft::new(self.kind, self.date)
        };
        if is_exact {
            draft.validate_exported()?;
        } else {
            draft.validate_imported()?;
        }
        Ok(draft)
    }

    /// Whether nobody could write such an entry: nothing was written, chosen or answered.
    fn is_blank(&self) -> bool {
        let no_words = self.title.trim().is_empty() && self.text.trim().is_empty();
        no_words && self.tags.is_empty() && self.people.is_empty() && self.exercise.is_none()
    }

    /// Checks the limits that do not depend on who the people are, so that a dry run finds what an import would.
    fn check(&self) -> Result<(), ImportFault> {
        if !self.answered.is_empty() && self.exercise.is_none() {
            return Err(EntryError::AnswersWithoutExercise.into());
        }
        if self.exact.is_some() {
            // What an export wrote was in a journal, also an entry whose words were taken out. Its limits are checked with the
            // draft, which needs nothing else.
            return Ok(());
        }
        if self.is_blank() {
            return Err(EntryError::Blank.into());
        }
        let limits = Limits::WRITTEN;
        limits.counts(self.tags.len(), self.people.len(), 0)?;
        limits.title(&self.title)?;
        limits.text(&self.text)?;
        Ok(())
    }
}

impl fmt::Debug for EntryLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntryLine({}, {} bytes)", self.kind, self.title.len() + self.text.len())
    }
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rest({} open, {} unread)", self.open.len(), self.unread.len())
    }
}

impl Answered {
    fn is_empty(&self) -> bool {
        match self {
            Self::Typed(answers) => answers.is_empty(),
            Self::Raw(values) => values.is_empty(),
            Self::InOrder(values) => values.is_empty(),
        }
    }

    fn checked(
        self,
        exercise: Option<&ExerciseRef>,
        asked: Option<Asked<'_>>,
    ) -> Result<Answers, ImportFault> {
        if let Self::Typed(answers) = self {
            return Ok(answers);
        }
        let Some(reference) = exercise.filter(|_| !self.is_empty()) else { return Ok(Answers::new()) };
        let same = asked.filter(|asked| asked.reference() == *reference);
        let asked = same.ok_or_else(|| ImportFault::UnknownExercise(reference.clone()))?;
        let values = match self {
            Self::Typed(_) => ValueMap::new(),
            Self::Raw(values) => values,
            Self::InOrder(values) => in_order(asked, values)?,
        };
        asked.check_answers(&values).map_err(|mut faults| ImportFault::Answers(faults.swap_remove(0)))
    }
}

/// Answers in the order of a measure's items, as the command line takes them too.
fn in_order(asked: Asked<'_>, values: Vec<Json>) -> Result<ValueMap, ImportFault> {
    let list = || wrong("answers", "an object", Json::Array(Vec::new()));
    let Asked::Measure(measure) = asked else { return Err(list()) };
    if values.len() > measure.items.len() {
        return Err(list());
    }
    let items = measure.items.iter().map(|item| item.id.to_string());
    Ok(items.zip(values.into_iter().map(Into::into)).collect())
}

fn raw(members: &mut Members) -> Result<Answered, ImportFault> {
    match members.take("answers") {
        None => Ok(Answered::Raw(ValueMap::new())),
        Some(Json::Array(values)) => Ok(Answered::InOrder(values)),
        Some(Json::Object(map)) => {
            Ok(Answered::Raw(map.into_iter().map(|(key, value)| (key, value.into())).collect()))
        }
        Some(other) => Err(wrong("answers", "an object", other)),
    }
}

/// What only an export says; `None` if the line lacks some of it.
fn exact(members: &mut Members, names: &[PersonName]) -> Result<Option<Exact>, ImportFault> {
    let (created, modified) = (members.stamp("created")?, members.stamp("modified")?);
    let (Some(created), Some(modified)) = (created, modified) else { return Ok(None) };
    let id = |text: String| text.parse().map_err(|fault| ImportFault::Id { key: "people_ids", fault });
    let ids = members.texts("people_ids")?.into_iter().map(id).collect::<Result<Vec<PersonId>, _>>()?;
    let named = ids.len() == names.len();
    let name = |place: usize| names.get(place).filter(|_| named).cloned();
    let open = members.texts("open")?.into_iter().map(|field| field.parse().map_err(ImportFault::Exercise));
    Ok(Some(Exact {
        created,
        modified,
        trashed: members.stamp("trashed")?,
        people: ids.into_iter().enumerate().map(|(place, id)| (id, name(place))).collect(),
        rest: Rest {
            open: open.collect::<Result<_, _>>()?,
            unread: BTreeMap::new(),
            met: Met::read(members)?,
        },
    }))
}

/// Puts every answer together with its type. What a later release wrote is kept as it is.
fn typed(
    answers: Map<String, Json>,
    types: &Map<String, Json>,
    rest: &mut Rest,
) -> Result<Answered, ImportFault> {
    let mut read = Answers::new();
    for (field, value) in answers {
        let misfit = || ImportFault::Typed { field: shown(&field) };
        let stored = stored(&field, &value, types)?;
        let kind = stored.split(' ').next().unwrap_or_default();
        match (field.parse::<FieldId>(), Answer::from_stored(&stored)) {
            (Ok(id), Some(Answer::Text(words))) if words.is_empty() => drop(rest.open.insert(id)),
            (Ok(id), Some(answer)) => drop(read.insert(id, answer)),
            (Ok(_), None) if Answer::is_kind(kind) => return Err(misfit()),
            _ if field.len() > 2 * FIELD_ID_BYTES_MAX || field.contains(char::is_control) => {
                return Err(misfit());
            }
            _ => drop(rest.unread.insert(field, stored)),
        }
    }
    Ok(Answered::Typed(read))
}

/// An answer as it is stored: what it is, then the value.
pub(super) fn stored(field: &str, value: &Json, types: &Map<String, Json>) -> Result<String, ImportFault> {
    let misfit = || ImportFault::Typed { field: shown(field) };
    let kind = match types.get(field) {
        None if value.is_string() => WORDS,
        None => return Err(misfit()),
        Some(kind) => kind.as_str().filter(|kind| is_type(kind)).ok_or_else(misfit)?,
    };
    Ok(if kind.contains(' ') { format!("{kind} {value}") } else { format!("{kind}  {value}") })
}

/// A type is a word, and of a list another one that says what its items are.
fn is_type(text: &str) -> bool {
    let mut words = text.split(' ');
    let plain =
        |word: &str| !word.is_empty() && word.len() <= 128 && word.bytes().all(|b| b.is_ascii_lowercase());
    words.next().is_some_and(plain) && words.next().is_none_or(plain) && words.next().is_none()
}

fn digits(text: &str) -> Result<[u8; 32], ImportFault> {
    let byte =
        |place: usize| text.get(2 * place..2 * place + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
    let plain = text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let bytes: Vec<u8> = (0..32).filter_map(byte).collect();
    bytes.try_into().ok().filter(|_| plain).ok_or(ImportFault::ImportId)
}

fn one_line(title: &str) -> String {
    let line: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests;
