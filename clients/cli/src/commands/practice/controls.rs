//! What a question is answered with on a screen: each shape of answer has its own, all of them free of any terminal.

mod breath;
mod clock;
mod dial;
mod feelings;
mod pick;
mod rows;
mod words;

use haven_api::practice::{Choice, Field, Shape};
use haven_core::answers::Value;
use haven_core::exercise::Breath;
use haven_core::exercise::ItemKind;
use ratatui::crossterm::event::KeyEvent;

use crate::when;

pub(super) use breath::Moment;
pub(super) use clock::Clock;
pub(super) use dial::Dial;
pub(super) use feelings::Feelings;
pub(super) use pick::Pick;
pub(super) use rows::Rows;
pub(super) use words::{Typed, Words};

/// What a question is answered with.
pub(super) enum Control {
    /// Words, a date, a time, how long something took.
    Words(Words),
    /// A point of a scale.
    Dial(Dial),
    /// One or several of what is offered.
    Pick(Pick),
    /// Items, a line each.
    Rows(Rows),
    /// Feelings and their strength.
    Feelings(Feelings),
    /// A timer, perhaps one to breathe by.
    Clock(Clock),
    /// Nothing: a sentence to read.
    Sentence(String),
}

/// What a key did.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Did {
    /// It was taken.
    Taken,
    /// The person is done with the question.
    Next,
    /// The person stops here, by what may be said while the time runs.
    Stop,
    /// Nothing.
    Nothing,
}

/// What was answered.
#[derive(Debug, PartialEq)]
pub(super) enum Answered {
    /// Nothing.
    Nothing,
    /// A value.
    Value(Value),
    /// Somebody who is not among the people yet, by name.
    Stranger(String),
}

/// What a question may offer beside what its shape says.
#[derive(Default)]
pub(super) struct Offer {
    /// The people of the journal: id and name.
    pub(super) people: Vec<(String, String)>,
    /// Whom of them to mark as not safe, by id.
    pub(super) not_safe: Vec<String>,
    /// The entries that may be linked: id and how they read.
    pub(super) entries: Vec<(String, String)>,
    /// Items of an earlier list.
    pub(super) items: Vec<String>,
    /// How to breathe.
    pub(super) breaths: Option<Vec<Breath>>,
    /// The question that may be answered with a yes while a timer runs.
    pub(super) stop: String,
    /// A sentence of earlier answers.
    pub(super) sentence: String,
    /// What is suggested, as it would be answered; empty if nothing is.
    pub(super) suggested: String,
    /// The time it is, as it would be typed.
    pub(super) now: String,
}

impl Control {
    /// What a question is answered with, with the answer it has already.
    pub(super) fn of(field: &Field, offer: Offer, answer: Option<&Value>) -> Self {
        let text = || answer.and_then(Value::text).unwrap_or_default();
        match &field.shape {
            Shape::Text { .. } => Self::Words(Words::new(text(), Typed::Line { offered: offer.items })),
            Shape::LongText { .. } => Self::Words(Words::new(text(), Typed::Lines)),
            Shape::Scale(scale) => Self::Dial(Dial::new(scale, answer.and_then(Value::whole))),
            Shape::Choice(choices) => Self::Pick(Pick::one(options(choices), answer)),
            Shape::Multi(choices, _) => Self::Pick(Pick::several(options(choices), answer)),
            Shape::Bool { .. } | Shape::Consent => Self::Pick(Pick::yes_or_no(answer)),
            Shape::Person => {
                let suggested = Some(Value::Text(offer.suggested)).filter(|it| it.text() != Some(""));
                let answer = answer.or(suggested.as_ref());
                Self::Pick(Pick::person(named(offer.people), &offer.not_safe, answer))
            }
            Shape::Link { .. } => Self::Pick(Pick::one(named(offer.entries), answer)),
            Shape::List { of: ItemKind::Link, .. } => Self::Pick(Pick::several(named(offer.entries), answer)),
            Shape::List { weight, count, .. } => Self::Rows(Rows::new(*weight, *count, answer)),
            Shape::Emotions { strength, suggestions, .. } => {
                Self::Feelings(Feelings::new(strength, suggestions, answer))
            }
            Shape::DateTime => {
                Self::Words(Words::new(&when::typed(text()), Typed::Moment { now: offer.now }))
            }
            Shape::Date { .. } => {
                Self::Words(Words::new(text(), Typed::Day { suggested: offer.suggested.parse().ok() }))
            }
            Shape::Duration => Self::Words(Words::new(text(), Typed::HowLong)),
            Shape::Timer { suggested_s } => {
                Self::Clock(Clock::new(*suggested_s, offer.breaths, offer.stop, text()))
            }
            Shape::Derived { .. } => Self::Sentence(offer.sentence),
        }
    }

    /// Is told that what stands there does not fit: a time or a day that is typed next takes its place, rather than going on behind
    /// it.
    pub(super) fn refused(&mut self) {
        if let Self::Words(words) = self {
            words.refused();
        }
    }

    /// Takes a key. `columns` is how wide the words are shown.
    pub(super) fn key(&mut self, key: KeyEvent, columns: usize) -> Did {
        match self {
            Self::Words(it) => it.key(key, columns),
            Self::Dial(it) => it.key(key),
            Self::Pick(it) => it.key(key),
            Self::Rows(it) => it.key(key),
            Self::Feelings(it) => it.key(key),
            Self::Clock(it) => it.key(key),
            Self::Sentence(_) => words::only_next(key),
        }
    }

    /// Takes what was pasted.
    pub(super) fn paste(&mut self, text: &str) {
        match self {
            Self::Words(it) => it.paste(text),
            Self::Rows(it) => it.paste(text),
            Self::Feelings(it) => it.paste(text),
            Self::Pick(it) => it.paste(text),
            Self::Dial(_) | Self::Clock(_) | Self::Sentence(_) => {}
        }
    }

    /// Lets time pass.
    pub(super) fn tick(&mut self, passed_ms: u64) {
        if let Self::Clock(clock) = self {
            clock.tick(passed_ms);
        }
    }

    /// Whether it turns pages of its own, such as groups of feelings.
    pub(super) fn turns(&self) -> bool {
        matches!(self, Self::Feelings(feelings) if feelings.has_groups())
    }

    /// Whether something moves while nothing is typed.
    pub(super) fn moves(&self) -> bool {
        matches!(self, Self::Clock(clock) if clock.is_running)
    }

    /// What was answered.
    pub(super) fn answered(&self) -> Answered {
        let value = match self {
            Self::Words(it) => it.value(),
            Self::Dial(it) => it.value(),
            Self::Pick(it) => return it.answered(),
            Self::Rows(it) => it.value(),
            Self::Feelings(it) => it.value(),
            Self::Clock(it) => it.value(),
            Self::Sentence(_) => None,
        };
        value.map_or(Answered::Nothing, Answered::Value)
    }
}

fn options(choices: &[Choice]) -> Vec<pick::Offered> {
    let option = |choice: &Choice| pick::Offered {
        value: Value::from(choice.id.as_str()),
        label: choice.label.clone(),
        is_unsafe: false,
    };
    choices.iter().map(option).collect()
}

fn named(things: Vec<(String, String)>) -> Vec<pick::Offered> {
    let option = |(id, label)| pick::Offered { value: Value::Text(id), label, is_unsafe: false };
    things.into_iter().map(option).collect()
}

#[cfg(test)]
mod tests;
