//! Sentences put together from earlier answers.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::{Exercise, Shape};
use crate::answers::{Answer, Answers, FieldId, Item, ItemValue};
use crate::definition::{as_sentence, fill, wanted};
use crate::id::PersonId;

/// What stands where an answer is still missing.
const GAP: &str = "…";

/// Returns the sentence of every derived field, in the language, with `…` where an answer is missing.
///
/// `name` gives the name of a person; one without a name is shown as `…`.
pub fn derived(
    exercise: &Exercise,
    answers: &Answers,
    language: &str,
    name: &dyn Fn(PersonId) -> Option<String>,
) -> BTreeMap<FieldId, String> {
    let sentences = sentences(exercise, answers, language, name).into_iter();
    sentences.map(|(id, sentence)| (id, sentence.text)).collect()
}

/// Returns the sentences of [`derived`] in which no answer is missing.
pub(crate) fn finished(
    exercise: &Exercise,
    answers: &Answers,
    language: &str,
    name: &dyn Fn(PersonId) -> Option<String>,
) -> BTreeMap<FieldId, String> {
    let sentences = sentences(exercise, answers, language, name).into_iter();
    sentences.filter(|(_, sentence)| sentence.is_whole).map(|(id, sentence)| (id, sentence.text)).collect()
}

struct Sentence {
    text: String,
    is_whole: bool,
}

fn sentences(
    exercise: &Exercise,
    answers: &Answers,
    language: &str,
    name: &dyn Fn(PersonId) -> Option<String>,
) -> BTreeMap<FieldId, Sentence> {
    let mut sentences: BTreeMap<FieldId, Sentence> = BTreeMap::new();
    let mut fields: Vec<_> = exercise.fields.iter().collect();
    fields.sort_by_key(|field| field.phase);
    for field in fields {
        let Shape::Derived { template } = &field.shape else { continue };
        let is_whole = Cell::new(true);
        let text = fill(exercise.texts.get(language, template), |place| {
            let (place, is_sentence) = wanted(place);
            let id = place.parse::<FieldId>().ok();
            if let Some(earlier) = id.as_ref().and_then(|id| sentences.get(id)) {
                is_whole.set(is_whole.get() && earlier.is_whole);
                return earlier.text.clone();
            }
            let answer = id.and_then(|id| spoken(Some(exercise), &id, answers.get(&id)?, language, name));
            is_whole.set(is_whole.get() && answer.is_some());
            let answer = answer.map(|words| if is_sentence { as_sentence(&words) } else { words });
            answer.unwrap_or_else(|| GAP.to_owned())
        });
        sentences.insert(field.id.clone(), Sentence { text, is_whole: is_whole.get() });
    }
    sentences
}

/// Returns an answer in words, or none where it says nothing in a sentence.
pub(crate) fn spoken(
    exercise: Option<&Exercise>,
    id: &FieldId,
    answer: &Answer,
    language: &str,
    name: &dyn Fn(PersonId) -> Option<String>,
) -> Option<String> {
    let label = |chosen: &String| {
        let labelled = exercise.and_then(|exercise| {
            let option = exercise.field(id)?.shape.options().iter().find(|option| option.id == *chosen)?;
            Some(exercise.option_label(option, language))
        });
        labelled.unwrap_or(chosen).to_owned()
    };
    let item = |item: &Item| match &item.value {
        ItemValue::Text(text) => Some(text.clone()),
        ItemValue::Person(person) => name(*person),
        ItemValue::Link(_) => None,
    };
    let text = match answer {
        Answer::Text(text) => text.trim().to_owned(),
        Answer::Scale(number) => number.to_string(),
        Answer::Choice(chosen) => label(chosen),
        Answer::Multi(chosen) => joined(chosen.iter().map(label)),
        Answer::List(items) => joined(items.iter().filter_map(item)),
        Answer::Emotions(emotions) => joined(emotions.iter().map(|emotion| label(&emotion.name))),
        Answer::Person(person) => name(*person)?,
        Answer::DateTime(time) => time.to_string(),
        Answer::Date(date) => date.to_string(),
        Answer::Duration(seconds) | Answer::Timer(seconds) => seconds.to_string(),
        Answer::Bool(_) | Answer::Consent(_) | Answer::Link(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}
