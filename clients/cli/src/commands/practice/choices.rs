//! The entries that a question may be answered with. A question that has none to offer is not asked.

use std::collections::HashMap;

use haven_api::journal::{Filter, Summary};
use haven_api::practice::{Exercise, Field, Shape};
use haven_core::answers::{ExerciseId, Value, ValueMap};
use haven_core::entry::EntryKind;
use haven_core::exercise::ItemKind;

use crate::cx::Haven;
use crate::fault::Fault;
use crate::text::{LANGUAGE, Style, marks};
use crate::when;

/// The entries that may be linked, read when they are first asked for.
#[derive(Default)]
pub(super) struct Links {
    of: Option<Option<ExerciseId>>,
    /// Id and how it reads, newest first.
    pub(super) entries: Vec<(String, String)>,
}

impl Links {
    /// Reads what a question may be answered with; nothing for one that asks for no entry.
    pub(super) async fn read(&mut self, haven: &Haven, shape: &Shape, style: Style) -> Result<(), Fault> {
        let Some(to) = linked(shape) else { return Ok(()) };
        if self.of.as_ref() == Some(&to) {
            return Ok(());
        }
        let all = fitting(haven, to.as_ref()).await?;
        let exercises = haven.exercises(None, None, LANGUAGE).await?;
        let titles: HashMap<_, _> = exercises.into_iter().map(|it| (it.exercise.id, it.title)).collect();
        self.entries =
            all.iter().map(|entry| (entry.id.to_string(), reading(entry, &titles, style))).collect();
        self.of = Some(to);
        Ok(())
    }

    /// Puts ids where numbers of the list were typed, counted from one.
    pub(super) fn by_number(&self, shape: &Shape, answer: &mut Value) {
        if linked(shape).is_none() {
            return;
        }
        let named = |value: &mut Value| {
            let number = value.text().and_then(|text| text.trim().parse::<usize>().ok());
            let meant = number.and_then(|number| self.entries.get(number.checked_sub(1)?));
            if let Some((id, _)) = meant {
                *value = Value::from(id.as_str());
            }
        };
        match answer {
            Value::List(items) => items.iter_mut().for_each(named),
            one => named(one),
        }
    }
}

fn reading(entry: &Summary, titles: &HashMap<ExerciseId, String>, style: Style) -> String {
    let made = entry.exercise.as_ref().and_then(|made| titles.get(&made.id));
    let words = [&entry.title, &entry.opening].into_iter().find(|words| !words.is_empty());
    let title = words.or(made).map_or_else(|| entry.kind.as_str().to_owned(), |it| style.line(it));
    let mut facts = vec![when::short(&entry.at), title];
    facts.extend(marks(entry, style));
    facts.retain(|fact| !fact.is_empty());
    facts.join("  ")
}

/// Leaves out the questions for an entry that no entry could answer, but not one that is needed or was answered.
pub(super) async fn without_empty(
    haven: &Haven,
    mut exercise: Exercise,
    answers: &ValueMap,
) -> Result<Exercise, Fault> {
    let mut empty = Vec::new();
    for field in exercise.fields.iter().filter(|field| may_be_left_out(field, answers)) {
        if let Some(to) = linked(&field.shape)
            && fitting(haven, to.as_ref()).await?.is_empty()
        {
            empty.push(field.id.clone());
        }
    }
    exercise.fields.retain(|field| !empty.contains(&field.id));
    Ok(exercise)
}

fn may_be_left_out(field: &Field, answers: &ValueMap) -> bool {
    !field.required && !answers.contains_key(&field.id)
}

/// Which entries a question asks for: those of an exercise, or any; none for a question that asks for no entry.
#[expect(
    clippy::option_option,
    reason = "no entry, any entry and entries of one exercise are three different things"
)]
fn linked(shape: &Shape) -> Option<Option<ExerciseId>> {
    match shape {
        Shape::Link { to } => Some(to.clone()),
        Shape::List { of: ItemKind::Link, .. } => Some(None),
        _ => None,
    }
}

/// The entries of an exercise, or all there are, newest first.
async fn fitting(haven: &Haven, to: Option<&ExerciseId>) -> Result<Vec<Summary>, Fault> {
    let kind = to.is_some().then_some(EntryKind::Exercise);
    let mut all = haven.list_all(&Filter { kind, ..Filter::default() }).await?;
    all.retain(|entry| to.is_none() || entry.exercise.as_ref().map(|made| &made.id) == to);
    Ok(all)
}
