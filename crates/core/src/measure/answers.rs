//! The answers to a measure: reading them from a client, and finding them in an entry.
//!
//! They are kept like those of an exercise: `scale` for an item, `choice` for a question no score counts and for
//! "prefer not to say", and `person` for whom it is about. An entry that names no person is about people in general.

use std::collections::BTreeMap;

use super::{About, Extra, Item, Measure};
use crate::answers::{Answer, Answers, FieldId, Value, ValueMap};
use crate::fault::Fault;
use crate::id::PersonId;
use crate::limits::FAULTS_MAX;

/// The id under which an entry keeps whom a measure is about.
pub const PERSON_FIELD: &str = "person";

/// The answer of somebody who was asked and would rather not say.
pub const PREFER_NOT_TO_SAY: &str = "prefer-not-to-say";

/// Whom a result is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// The person who answered.
    Oneself,
    /// People in general.
    General,
    /// One of their people.
    Person(PersonId),
}

/// What an entry holds for one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// A point of the scale.
    Point(i32),
    /// "Prefer not to say".
    Declined,
    /// Nothing, or something that is no answer to this item.
    Nothing,
}

impl Measure {
    /// Reads the answers to this measure. A value that holds nothing counts as no answer.
    ///
    /// # Errors
    /// A [`Fault`] for every value that belongs to no item or does not fit it, twenty at most.
    pub fn check_answers(&self, raw: &ValueMap) -> Result<Answers, Vec<Fault>> {
        let edits = self.check_edits(raw)?;
        Ok(edits.into_iter().filter_map(|(id, answer)| Some((id, answer?))).collect())
    }

    /// Reads changed answers: as [`Measure::check_answers`], and a value that holds nothing takes the answer back.
    ///
    /// # Errors
    /// As [`Measure::check_answers`].
    pub fn check_edits(&self, raw: &ValueMap) -> Result<BTreeMap<FieldId, Option<Answer>>, Vec<Fault>> {
        let mut edits = BTreeMap::new();
        let mut faults = Vec::new();
        for (name, value) in raw {
            match self.check_one(name, value) {
                Ok((id, answer)) => drop(edits.insert(id, answer)),
                Err(fault) => faults.push(fault.of_field(name)),
            }
            if faults.len() == FAULTS_MAX {
                break;
            }
        }
        if faults.is_empty() { Ok(edits) } else { Err(faults) }
    }

    /// Returns whom the answers are about.
    pub fn target(&self, answers: &Answers) -> Target {
        if self.about == About::Oneself {
            return Target::Oneself;
        }
        let named = answers.iter().find(|(id, _)| id.as_str() == PERSON_FIELD).map(|(_, answer)| answer);
        match named {
            Some(Answer::Person(person)) => Target::Person(*person),
            _ => Target::General,
        }
    }

    /// Returns what the entry holds for an item, whoever wrote it.
    pub(super) fn given(&self, item: &Item, answers: &Answers) -> Given {
        match answers.get(&item.id) {
            Some(Answer::Scale(point)) if self.scale.holds(*point) => Given::Point(*point),
            Some(Answer::Choice(chosen)) if item.declinable && chosen == PREFER_NOT_TO_SAY => Given::Declined,
            _ => Given::Nothing,
        }
    }

    fn check_one(&self, name: &str, value: &Value) -> Result<(FieldId, Option<Answer>), Fault> {
        let unknown = || Fault::new(format!("{} has no such item", self.id), self.known_items());
        let id: FieldId = name.parse().map_err(|_| unknown())?;
        let read: &dyn Fn(&Value) -> Result<Answer, Fault> =
            if let Some(item) = self.items.iter().find(|item| item.id == id) {
                &|value| self.read_item(item, value)
            } else if let Some(extra) = self.extras.iter().find(|extra| extra.id == id) {
                &|value| read_extra(extra, value)
            } else if self.about == About::Person && id.as_str() == PERSON_FIELD {
                &read_person
            } else {
                return Err(unknown());
            };
        let blank = matches!(value, Value::Null) || value.text().is_some_and(|text| text.trim().is_empty());
        Ok((id, if blank { None } else { Some(read(value)?) }))
    }

    fn known_items(&self) -> String {
        let first = self.items.first().map_or("", |item| item.id.as_str());
        let last = self.items.last().map_or("", |item| item.id.as_str());
        format!("its {} items are called {first} to {last}", self.items.len())
    }

    fn read_item(&self, item: &Item, value: &Value) -> Result<Answer, Fault> {
        let (min, max) = (self.scale.min, self.scale.max);
        let declined = item.declinable && value.text() == Some(PREFER_NOT_TO_SAY);
        if declined {
            return Ok(Answer::Choice(PREFER_NOT_TO_SAY.to_owned()));
        }
        let wanted = match item.declinable {
            true => format!("give a whole number from {min} to {max}, or \"{PREFER_NOT_TO_SAY}\""),
            false => format!("give a whole number from {min} to {max}"),
        };
        match value.whole() {
            Some(point) if self.scale.holds(point) => Ok(Answer::Scale(point)),
            Some(point) => Err(Fault::new(format!("{point} is not on the scale"), wanted)),
            None => Err(Fault::new(format!("{} does not fit", value.shape()), wanted)),
        }
    }
}

fn read_extra(extra: &Extra, value: &Value) -> Result<Answer, Fault> {
    let chosen = extra.options.iter().find(|option| value.text() == Some(&option.id));
    match chosen {
        Some(option) => Ok(Answer::Choice(option.id.clone())),
        None => {
            let known: Vec<&str> = extra.options.iter().map(|option| option.id.as_str()).collect();
            Err(Fault::new("this is none of the options", format!("use one of {}", known.join(", "))))
        }
    }
}

fn read_person(value: &Value) -> Result<Answer, Fault> {
    let person = value.text().and_then(|text| text.trim().parse().ok());
    person.map(Answer::Person).ok_or_else(|| {
        Fault::new(format!("{} does not fit", value.shape()), "give the full id of a person, or leave it out")
    })
}
