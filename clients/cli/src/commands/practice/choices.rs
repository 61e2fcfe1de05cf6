//! The entries that a question may be answered with, as they read.

use std::collections::HashMap;

use haven_api::journal::Summary;
use haven_api::walk::Question;
use haven_core::answers::{ExerciseId, Value};

use crate::cx::Haven;
use crate::fault::Fault;
use crate::text::{Style, marks};
use crate::when;

/// The entries that may be linked.
#[derive(Default)]
pub(super) struct Links {
    /// Id and how it reads, newest first.
    pub(super) entries: Vec<(String, String)>,
}

impl Links {
    /// Makes words of what a question offers.
    pub(super) async fn of(haven: &Haven, asked: &Question, style: Style) -> Result<Self, Fault> {
        if asked.links.is_empty() {
            return Ok(Self::default());
        }
        let exercises = haven.exercises(None, None).await?;
        let titles: HashMap<_, _> = exercises.into_iter().map(|it| (it.exercise.id, it.title)).collect();
        let read = |entry: &Summary| (entry.id.to_string(), reading(entry, &titles, style));
        Ok(Self { entries: asked.links.iter().map(read).collect() })
    }

    /// Puts ids where numbers of the list were typed, counted from one.
    pub(super) fn by_number(&self, answer: &mut Value) {
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

    /// How an entry reads.
    pub(super) fn words(&self, id: &str) -> Option<&str> {
        self.entries.iter().find(|(entry, _)| entry == id).map(|(_, words)| words.as_str())
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
