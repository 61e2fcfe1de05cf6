//! The person's own plan for very low times, as it is read when it is needed.

use std::fmt;

use super::readable::Chosen;
use crate::answers::{Answer, ItemValue};
use crate::content::Library;
use crate::entry::Entry;
use crate::exercise::Exercise;
use crate::id::EntryId;
use crate::time::Timestamp;

/// The exercise whose entry is the plan.
pub const PLAN: &str = "plan-when-low";

/// The parts that come first when the plan is needed at once: whom, where, whom else, what for. The others follow as they
/// were asked.
const FIRST: [&str; 4] = ["people", "places", "professionals", "reasons"];

/// What is known of the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PlanState {
    /// Nothing, and nothing can be: there is no journal here.
    #[default]
    NoJournal,
    /// No more until the journal is unlocked than the lines that were chosen to stay readable, in the order they are needed.
    Locked(Vec<PlanPart>),
    /// The journal is open and holds none.
    None,
    /// The journal is open and this is it.
    Written(Plan),
}

/// The plan in the words of its person. Debug shows no word.
#[derive(Clone, PartialEq, Eq)]
pub struct Plan {
    /// The entry it stands in.
    pub id: EntryId,
    /// When it was last changed.
    pub modified: Timestamp,
    /// The questions that were answered, with the answers.
    pub parts: Vec<PlanPart>,
    /// What was written beside the questions, perhaps nothing.
    pub text: String,
}

/// One question of the plan and what was answered. Debug shows no word.
#[derive(Clone, PartialEq, Eq)]
pub struct PlanPart {
    /// The id of the question.
    pub field: String,
    /// The question.
    pub label: String,
    /// The answers, at least one.
    pub items: Vec<String>,
}

/// One line of the plan: an item of a list, or an answer in words whole. It is what a person may choose to keep readable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PlanLine<'a> {
    /// The id of the question.
    pub field: &'a str,
    /// The question.
    pub label: &'a str,
    /// The words.
    pub text: &'a str,
}

impl PlanLine<'_> {
    /// The line without what Haven says over it.
    pub fn chosen(self) -> Chosen {
        Chosen { field: self.field.to_owned(), text: self.text.to_owned() }
    }
}

impl Plan {
    /// Tells whether the entry is a plan and not in the trash.
    pub fn is_in(entry: &Entry) -> bool {
        entry.trashed.is_none() && entry.exercise.as_ref().is_some_and(|made| made.id.as_str() == PLAN)
    }

    /// Picks the plan among entries: the one changed last, should two devices have begun one each.
    pub fn newest<'a>(entries: impl Iterator<Item = &'a Entry>) -> Option<&'a Entry> {
        entries.filter(|entry| Self::is_in(entry)).max_by_key(|entry| (entry.modified, entry.id))
    }

    /// Reads the plan out of its entry, in the order of the questions. Answers to questions that this version of Haven does
    /// not know come last, under the ids of their fields: nobody's words are left out.
    pub fn of(entry: &Entry, library: &Library, language: &str) -> Self {
        let made_with = entry.exercise.as_ref();
        let exercise = made_with
            .and_then(|made| library.get_version(&made.id, made.version).or_else(|| library.get(&made.id)));
        let mut parts: Vec<(usize, PlanPart)> = entry
            .answers
            .iter()
            .map(|(field, answer)| {
                let (place, label) = asked(exercise, field.base(), language);
                (place, PlanPart { field: field.to_string(), label, items: items(answer) })
            })
            .filter(|(_, part)| !part.items.is_empty())
            .collect();
        parts.sort_by_key(|(place, _)| *place);
        let parts = parts.into_iter().map(|(_, part)| part).collect();
        Self { id: entry.id, modified: entry.modified, parts, text: entry.text.trim().to_owned() }
    }

    /// Iterates over the lines, in the order of the parts. What was written beside the questions is none.
    pub fn lines(&self) -> impl Iterator<Item = PlanLine<'_>> {
        self.parts.iter().flat_map(|part| {
            let PlanPart { field, label, items } = part;
            items.iter().map(move |text| PlanLine { field, label, text })
        })
    }

    /// Puts first what is needed first.
    #[must_use]
    pub fn for_help(mut self) -> Self {
        let place =
            |part: &PlanPart| FIRST.iter().position(|field| *field == part.field).unwrap_or(FIRST.len());
        self.parts.sort_by_key(place);
        self
    }
}

/// Where a question stands in the exercise, and what it asks.
pub(super) fn asked(exercise: Option<&Exercise>, field: &str, language: &str) -> (usize, String) {
    let known = exercise.and_then(|exercise| {
        let (place, known) =
            exercise.fields.iter().enumerate().find(|(_, known)| known.id.as_str() == field)?;
        Some((place, exercise.texts.get(language, &known.label).to_owned()))
    });
    known.unwrap_or((usize::MAX, field.to_owned()))
}

/// The words of an answer. The plan asks for nothing but words.
fn items(answer: &Answer) -> Vec<String> {
    let texts: Vec<&str> = match answer {
        Answer::Text(text) => vec![text],
        Answer::List(items) => items
            .iter()
            .filter_map(|item| match &item.value {
                ItemValue::Text(text) => Some(text.as_str()),
                ItemValue::Person(_) | ItemValue::Link(_) => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    texts.into_iter().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plan({} parts)", self.parts.len())
    }
}

impl fmt::Debug for PlanPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlanPart({}, {} items)", self.field, self.items.len())
    }
}

impl fmt::Debug for PlanLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlanLine({})", self.field)
    }
}
