//! An exercise being done: which question comes next, what an answer calls for, and what is answered so far.
//!
//! It works over the exercise as clients read it and not over core's, with its texts in one language.

mod fit;

use haven_api::practice::{Exercise, Field, Shape};
use haven_core::answers::{ExerciseId, Value, ValueMap};
use haven_core::exercise::{Breath, ItemKind, Phase, as_sentence, breathing, wanted};
use haven_core::id::PersonId;
use haven_core::person::{Person, Safe};

pub(super) use fit::{Misfit, check};

/// What stands in a sentence where an answer is still missing.
const GAP: &str = "…";

/// From which weight on a scale of 0 to 100 somebody is reminded at the end whom they could talk to: as from there exercises that
/// stir something up advise against going on.
const HEAVY_FROM: i32 = 80;

/// With which words the ids begin of the questions for how heavy or strong it is.
const WEIGHTS: [&str; 3] = ["suds", "fear", "strength"];

/// An exercise being done.
#[derive(Clone, PartialEq)]
pub(super) struct Stepper {
    exercise: Exercise,
    /// Where the questions of this sitting stand in the exercise, in the order they are asked.
    asked: Vec<usize>,
    at: usize,
    answers: ValueMap,
}

/// What an answer calls for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// Nothing: the next question.
    Nothing,
    /// Some words, then the next question.
    Say(String),
    /// Some words, and then it is better to stop.
    Stop {
        /// The words.
        notice: String,
        /// The exercise to offer then.
        instead: Option<ExerciseId>,
    },
}

impl Stepper {
    /// Begins an exercise, or goes on with one: after the last question that was answered, or at the answer after which it was better
    /// to stop. Whoever stopped since they were dizzy is not led back to their breath.
    pub(super) fn new(exercise: Exercise, answers: ValueMap) -> Self {
        let mut asked: Vec<usize> =
            (0..exercise.fields.len()).filter(|at| exercise.fields[*at].phase != Phase::Later).collect();
        asked.sort_by_key(|at| exercise.fields[*at].phase);
        let is_answered = |at: &usize| answers.contains_key(&exercise.fields[*at].id);
        let at = asked.iter().rposition(is_answered).map_or(0, |last| last + 1);
        let mut stepper = Self { exercise, asked, at, answers };
        stepper.at = stepper.stopped().map_or(at, |stopped| stopped.min(at));
        stepper
    }

    /// Returns the question that is asked now; none when all were.
    pub(super) fn field(&self) -> Option<&Field> {
        self.asked.get(self.at).map(|at| &self.exercise.fields[*at])
    }

    /// Returns the question right behind the present timer at which the exercise may stop. It can be answered while the time
    /// runs, so it belongs on the timer's screen.
    pub(super) fn stop_ahead(&self) -> Option<&Field> {
        let is_timer = matches!(self.field()?.shape, Shape::Timer { .. });
        let next = &self.exercise.fields[*self.asked.get(self.at + 1)?];
        (is_timer && matches!(next.shape, Shape::Bool { stop: Some(_) })).then_some(next)
    }

    /// Goes to a question, for an answer that was refused. Tells whether it is one of this sitting.
    pub(super) fn go_to(&mut self, id: &str) -> bool {
        let found = self.asked.iter().position(|at| self.exercise.fields[*at].id == id);
        self.at = found.unwrap_or(self.at);
        found.is_some()
    }

    /// Goes back to the first question that the exercise needs and that is open, if it was passed over on the way here.
    pub(super) fn go_to_open(&mut self) {
        if self.stopped().is_some() {
            return;
        }
        let first = self.open().next().map(|field| field.id.clone());
        let at = first.and_then(|id| self.asked.iter().position(|at| self.exercise.fields[*at].id == id));
        self.at = at.map_or(self.at, |at| at.min(self.at));
    }

    /// Returns the question whose answer says that it is better to stop, if one does.
    pub(super) fn stops_at(&self) -> Option<&Field> {
        self.stopped().and_then(|at| self.asked.get(at)).map(|at| &self.exercise.fields[*at])
    }

    /// Returns the questions of this sitting, in the order they are asked.
    pub(super) fn asked(&self) -> impl Iterator<Item = &Field> {
        self.asked.iter().map(|at| &self.exercise.fields[*at])
    }

    /// The first answer after which it is better to stop.
    fn stopped(&self) -> Option<usize> {
        self.asked.iter().position(|at| {
            let field = &self.exercise.fields[*at];
            let answer = self.answers.get(&field.id);
            answer.is_some_and(|answer| matches!(reply(&field.shape, answer), Reply::Stop { .. }))
        })
    }

    /// Whether all that was said is that now is not the time: nothing worth keeping, and nothing to be reminded of.
    pub(super) fn is_declined(&self) -> bool {
        let declines = |id: &String, answer: &Value| {
            let asked = self.exercise.fields.iter().find(|field| field.id == *id);
            let opens = asked.filter(|field| field.phase == Phase::Before);
            opens.is_some_and(|field| match &field.shape {
                Shape::Bool { stop: Some(stop) } => *answer == Value::Bool(stop.when),
                _ => false,
            })
        };
        !self.answers.is_empty() && self.answers.iter().all(|(id, answer)| declines(id, answer))
    }

    /// Whether it was close to the heaviest a scale of 0 to 100 has when it was asked last, and the exercise itself says nothing
    /// about that.
    pub(super) fn ends_heavy(&self) -> bool {
        let fields = self.asked.iter().map(|at| &self.exercise.fields[*at]);
        let heavy = fields.filter(|field| is_about_weight(field));
        let last = heavy.rev().find_map(|field| Some((field, self.answers.get(&field.id)?)));
        last.is_some_and(|(field, answer)| {
            answer.whole().is_some_and(|weight| weight >= HEAVY_FROM)
                && matches!(reply(&field.shape, answer), Reply::Nothing)
        })
    }

    /// Ends it here: no further question is asked.
    pub(super) fn end(&mut self) {
        self.at = self.asked.len();
    }

    /// Names the questions of this sitting that an exercise needs to count as done and that are open.
    pub(super) fn open(&self) -> impl Iterator<Item = &Field> {
        let fields = self.asked.iter().map(|at| &self.exercise.fields[*at]);
        fields.filter(|field| {
            field.required && !self.answers.get(&field.id).is_some_and(|answer| says_enough(field, answer))
        })
    }

    /// Returns the earlier items that are offered as answers to the present question.
    pub(super) fn offered(&self) -> Vec<String> {
        let from = self.field().and_then(|field| field.from.as_ref());
        let Some(Value::List(items)) = from.and_then(|id| self.answers.get(id)) else { return Vec::new() };
        items.iter().filter_map(words).collect()
    }

    /// Returns the pattern that was chosen to breathe by, if the exercise offers any.
    pub(super) fn breaths(&self) -> Option<Vec<Breath>> {
        let choices = self.exercise.fields.iter().filter(|field| matches!(field.shape, Shape::Choice(_)));
        choices.filter_map(|field| breathing(self.answers.get(&field.id)?.text()?)).next()
    }

    /// Returns a sentence with the answers so far in it, `…` where one is missing. `name` gives the name of a person.
    pub(super) fn sentence(&self, template: &str, name: &dyn Fn(&str) -> Option<String>) -> String {
        sentence(&self.exercise, &self.answers, template, name)
    }
}

/// A question for how heavy or strong it is, in hundredths: other scales of a hundred ask how sure somebody is.
fn is_about_weight(field: &Field) -> bool {
    let is_of_hundred = matches!(&field.shape, Shape::Scale(scale) if (scale.min, scale.max) == (0, 100));
    is_of_hundred && WEIGHTS.iter().any(|asks| field.id.split('_').next() == Some(asks))
}

/// Returns what an answer calls for.
pub(super) fn reply(shape: &Shape, answer: &Value) -> Reply {
    let stop = |notice: &String, instead: &Option<_>| Reply::Stop {
        notice: notice.clone(),
        instead: instead.clone(),
    };
    match shape {
        Shape::Bool { stop: Some(it) } if *answer == Value::Bool(it.when) => stop(&it.notice, &it.instead),
        Shape::Scale(scale) => match (&scale.bounds, answer.whole()) {
            (Some(bounds), Some(number)) if bounds.stops(number) => stop(&bounds.notice, &bounds.instead),
            _ => Reply::Nothing,
        },
        Shape::Choice(choices) | Shape::Multi(choices, _) => {
            let chosen = choices.iter().filter(|choice| has_chosen(answer, &choice.id));
            let notices: Vec<_> =
                chosen.map(|choice| choice.notice.as_str()).filter(|notice| !notice.is_empty()).collect();
            if notices.is_empty() { Reply::Nothing } else { Reply::Say(notices.join("\n\n")) }
        }
        _ => Reply::Nothing,
    }
}

fn has_chosen(answer: &Value, id: &str) -> bool {
    match answer {
        Value::Text(chosen) => chosen == id,
        Value::List(chosen) => chosen.iter().any(|it| it.text() == Some(id)),
        _ => false,
    }
}

/// Puts answers into a sentence, `…` where one is missing. `name` gives the name of a person by id.
pub(super) fn sentence(
    exercise: &Exercise,
    answers: &ValueMap,
    template: &str,
    name: &dyn Fn(&str) -> Option<String>,
) -> String {
    let mut told = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((place, after)) = after.split_once('}') else { break };
        let (id, is_sentence) = wanted(place);
        told.push_str(before);
        let field = exercise.fields.iter().find(|field| field.id == id);
        let spoken = field.and_then(|field| match &field.shape {
            // A definition has no circles, so this comes to an end.
            Shape::Derived { template } => Some(sentence(exercise, answers, template, name)),
            shape => spoken(shape, answers.get(id)?, name),
        });
        let spoken = spoken.map(|words| if is_sentence { as_sentence(&words) } else { words });
        told.push_str(spoken.as_deref().unwrap_or(GAP));
        rest = after;
    }
    told + rest
}

/// Returns an answer in words; none where it has none.
pub(super) fn spoken(shape: &Shape, answer: &Value, name: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let one = |value: &Value| {
        let text = words(value)?;
        match shape {
            Shape::Choice(choices)
            | Shape::Multi(choices, _)
            | Shape::Emotions { suggestions: choices, .. } => {
                let choice = choices.iter().find(|choice| choice.id == text);
                Some(choice.map_or(text, |choice| choice.label.clone()))
            }
            Shape::Person | Shape::List { of: ItemKind::Person, .. } => name(&text),
            Shape::Link { .. } | Shape::List { of: ItemKind::Link, .. } => None,
            _ => Some(text),
        }
    };
    let told = match answer {
        Value::List(items) => items.iter().filter_map(one).collect::<Vec<_>>().join(", "),
        single => one(single)?,
    };
    Some(told.trim().to_owned()).filter(|told| !told.is_empty())
}

/// Tells whether an answer has as many things as the exercise needs to count as done, and their weights the sum.
fn says_enough(field: &Field, answer: &Value) -> bool {
    let Value::List(items) = answer else { return true };
    let (count, sum) = match &field.shape {
        Shape::Multi(_, count) | Shape::Emotions { count, .. } => (count, None),
        Shape::List { count, weight, .. } => (count, weight.as_ref().and_then(|weight| weight.sum)),
        _ => return true,
    };
    let weight = |item: &Value| match item {
        Value::Map(map) => map.get("weight").and_then(Value::whole).map(i64::from),
        _ => None,
    };
    let is_sum = |wanted| items.iter().map(weight).sum::<Option<i64>>() == Some(i64::from(wanted));
    u32::try_from(items.len()).is_ok_and(|len| len >= count.min) && sum.is_none_or(is_sum)
}

/// The words of one value: of a text, a number, or an item with a weight or a strength.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(_) => value.whole().map(|number| number.to_string()),
        Value::Map(map) => map.get("text").or_else(|| map.get("name"))?.text().map(str::to_owned),
        Value::Null | Value::Bool(_) | Value::List(_) => None,
    }
}

/// Names the people that answers are about.
pub(super) fn concerned<'a>(
    exercise: &'a Exercise,
    answers: &'a ValueMap,
) -> impl Iterator<Item = PersonId> + 'a {
    let about_people =
        |shape: &Shape| matches!(shape, Shape::Person | Shape::List { of: ItemKind::Person, .. });
    let fields = exercise.fields.iter().filter(move |field| about_people(&field.shape));
    fields.filter_map(|field| answers.get(&field.id)).flat_map(people_in)
}

fn people_in(answer: &Value) -> Vec<PersonId> {
    let values =
        if let Value::List(items) = answer { items.as_slice() } else { std::slice::from_ref(answer) };
    values.iter().filter_map(|value| words(value)?.trim().parse().ok()).collect()
}

/// Tells whether one of the people is marked as not safe to be open with.
pub(super) fn is_unsafe(people: &[Person], mut about: impl Iterator<Item = PersonId>) -> bool {
    about.any(|id| people.iter().any(|person| person.id == id && person.safe == Some(Safe::No)))
}

#[cfg(test)]
mod tests;
