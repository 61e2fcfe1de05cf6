//! Walking through every exercise and measure, from its first page to its last.

#![expect(clippy::panic, reason = "a walk that leads elsewhere than the test says has failed")]

use haven_api::journal::{Draft, Entry, ExerciseChoice};
use haven_api::practice::{CouldHarm, Count, Scale, Shape};
use haven_api::walk::{About, Beginning, End, Finished, Page, Question, Step, Walk};
use haven_core::answers::{Value, ValueMap};
use haven_core::exercise::ItemKind;

use crate::device::Device;

/// More pages than any exercise has: a walk that needs as many goes in a circle.
const PAGES_MAX: usize = 300;

impl Device {
    /// Begins an exercise.
    pub(crate) async fn walk(&self, id: &str) -> Walk {
        self.client.begin_walk(&Beginning::Exercise(id.parse().unwrap()), About::default()).await.unwrap()
    }

    /// Begins a measure.
    pub(crate) async fn walk_measure(&self, id: &str) -> Walk {
        self.client.begin_walk(&Beginning::Measure(id.parse().unwrap()), About::default()).await.unwrap()
    }

    /// Takes a step.
    pub(crate) async fn step(&self, walk: &Walk, step: Step) -> Walk {
        self.client.step_walk(walk, step).await.unwrap_or_else(|error| panic!("{}: {error}", walk.at))
    }

    /// Reads on to the first question, past what has to be clear first.
    pub(crate) async fn to_questions(&self, walk: Walk) -> Walk {
        let mut walk = self.step(&walk, Step::On).await;
        if matches!(walk.page, Page::Gate(_)) {
            walk = self.step(&walk, Step::CouldHarm(CouldHarm::No)).await;
        }
        walk
    }

    /// Answers the present question with what fits, and goes on.
    pub(crate) async fn answer(&self, walk: &Walk) -> Walk {
        let fitting = self.fitting(question(walk)).await;
        self.step(walk, Step::Answer(fitting)).await
    }

    /// Walks from wherever it is to the end, and tells what was answered on the way.
    pub(crate) async fn to_end(&self, mut walk: Walk) -> (Walk, ValueMap) {
        let mut answers = ValueMap::new();
        for _ in 0..PAGES_MAX {
            walk = match &walk.page {
                Page::End(_) => return (walk, answers),
                Page::Question(asked) => {
                    let fitting = self.fitting(asked).await;
                    if fitting != Value::Null {
                        answers.insert(asked.answer_id.clone(), fitting.clone());
                    }
                    let next = self.step(&walk, Step::Answer(fitting)).await;
                    assert_eq!(next.hint, "", "{}", asked.answer_id);
                    next
                }
                Page::Gate(_) => self.step(&walk, Step::CouldHarm(CouldHarm::No)).await,
                Page::Held(_) => panic!("nobody is marked"),
                _ => self.step(&walk, Step::On).await,
            };
        }
        panic!("it has no end");
    }

    /// A value that answers a question, and stops nothing.
    pub(crate) async fn fitting(&self, asked: &Question) -> Value {
        let text = |text: &str, most: u32| Value::Text(text.chars().take(most as usize).collect());
        match &asked.field.shape {
            Shape::Text { chars_max } => text("a few words", *chars_max),
            Shape::LongText { chars_max } => text("some words\nand more", chars_max.unwrap_or(u32::MAX)),
            Shape::Scale(scale) => Value::from(point(scale)),
            Shape::Choice(choices) => Value::from(choices[0].id.as_str()),
            Shape::Multi(choices, count) => {
                Value::List(choices.iter().take(some(*count)).map(|it| Value::from(it.id.as_str())).collect())
            }
            Shape::List { of, count, weight, .. } => {
                let mut items = Vec::new();
                for number in 0..some(*count) {
                    let item = match of {
                        ItemKind::Text => Value::from(format!("thing {number}").as_str()),
                        ItemKind::Person => self.somebody(&format!("P{number}")).await,
                        ItemKind::Link => self.something(asked).await,
                    };
                    items.push(item);
                }
                match weight {
                    None => Value::List(items),
                    Some(weight) => {
                        let sum = weight.sum.unwrap_or(weight.max);
                        let rest = items.into_iter().enumerate().map(|(at, item)| {
                            let weight = if at == 0 { sum } else { 0 };
                            let both =
                                [("text".to_owned(), item), ("weight".to_owned(), Value::from(weight))];
                            Value::Map(both.into())
                        });
                        Value::List(rest.collect())
                    }
                }
            }
            Shape::Emotions { strength, count, .. } => {
                let felt = (0..some(*count)).map(|number| {
                    let name = ("name".to_owned(), Value::from(format!("feeling {number}").as_str()));
                    Value::Map([name, ("strength".to_owned(), Value::from(strength.max))].into())
                });
                Value::List(felt.collect())
            }
            Shape::Person => self.somebody("P").await,
            Shape::DateTime => Value::from("2027-01-15T10:00:00+01:00[Europe/Berlin]"),
            Shape::Date { .. } => Value::from("2027-01-20"),
            Shape::Duration | Shape::Timer { .. } => Value::from("1m30s"),
            Shape::Bool { stop } => Value::Bool(stop.as_ref().is_none_or(|stop| !stop.when)),
            Shape::Derived { .. } => Value::Null,
            Shape::Link { .. } => self.something(asked).await,
            Shape::Consent => Value::Bool(true),
        }
    }

    async fn somebody(&self, name: &str) -> Value {
        Value::Text(self.client.add_person(name).await.unwrap().id.to_string())
    }

    async fn something(&self, asked: &Question) -> Value {
        match asked.links.first() {
            Some(entry) => Value::Text(entry.id.to_string()),
            None => Value::Text(self.note("linked").await),
        }
    }

    pub(crate) async fn entry_of(&self, finished: &Finished) -> Entry {
        let (id, version) = finished.written.clone().unwrap();
        let entry = self.client.entry(&id.to_string(), None).await.unwrap();
        assert_eq!(entry.version, version);
        entry
    }
}

fn some(count: Count) -> usize {
    count.min.max(1) as usize
}

/// A point at which nothing stops and nothing is heavy.
fn point(scale: &Scale) -> i32 {
    let points = (scale.min..=scale.max).step_by(usize::try_from(scale.step.max(1)).unwrap());
    let fits = |point: &i32| scale.bounds.as_ref().is_none_or(|bounds| !bounds.stops(*point));
    points.into_iter().find(fits).unwrap()
}

pub(crate) fn question(walk: &Walk) -> &Question {
    match &walk.page {
        Page::Question(asked) => asked,
        _ => panic!("no question at {}", walk.at),
    }
}

pub(crate) fn end(walk: &Walk) -> &End {
    match &walk.page {
        Page::End(end) => end,
        _ => panic!("no end at {}", walk.at),
    }
}

/// The ids of the answers that a walk has.
pub(crate) fn answered(walk: &Walk) -> Vec<&str> {
    walk.draft.draft.answers.keys().map(String::as_str).collect()
}

#[tokio::test(start_paused = true)]
async fn every_exercise_is_walked_to_its_end_and_becomes_the_entry_that_its_answers_make() {
    let device = Device::with_vault().await;
    for exercise in device.client.exercises(None, None).await.unwrap() {
        let id = exercise.exercise.id.clone();
        let begun = device.walk(id.as_str()).await;
        assert!(matches!(begun.page, Page::Intro(_)), "{id}");
        assert!(!begun.is_kept && !begun.has_back, "{id}");
        let (walk, answers) = device.to_end(begun).await;
        assert!(end(&walk).open.is_empty() && end(&walk).unfit.is_empty(), "{id}");
        assert!(walk.is_kept && end(&walk).has_answers, "{id}");
        let finished = device.client.finish_walk(&walk).await.unwrap();
        assert!(finished.complete, "{id}");
        let walked = device.entry_of(&finished).await;
        let choice = ExerciseChoice { id: id.clone(), version: None };
        let draft = Draft { exercise: Some(choice), answers, ..Draft::default() };
        let added = device.client.add(draft).await.unwrap();
        let added = device.client.entry(&added.id.to_string(), None).await.unwrap();
        assert!(walked.answers == added.answers, "{id}");
        assert!(walked.text == added.text && walked.summary.people == added.summary.people, "{id}");
        assert_eq!(walked.summary.kind, added.summary.kind, "{id}");
        assert_eq!(walked.summary.exercise, added.summary.exercise, "{id}");
        assert_eq!(
            finished.result.is_some(),
            device.client.exercise(&id, None).await.unwrap().measure.is_some()
        );
        assert!(device.client.drafts().await.unwrap().is_empty(), "{id}");
    }
}
