//! One or several of what is offered, or somebody, who may be new.

use haven_core::answers::Value;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::words::Line;
use super::{Answered, Did};

/// Something to choose.
pub(in super::super) struct Offered {
    /// The answer it stands for.
    pub(in super::super) value: Value,
    /// What it is called.
    pub(in super::super) label: String,
    /// Whether it has to be said that this somebody is marked as not safe.
    pub(in super::super) is_unsafe: bool,
}

/// What is offered, and what is chosen.
pub(in super::super) struct Pick {
    pub(in super::super) options: Vec<Offered>,
    /// The option that the arrows are on; none until one was chosen or reached.
    pub(in super::super) at: Option<usize>,
    /// Which options are chosen, where there may be several.
    pub(in super::super) chosen: Option<Vec<bool>>,
    /// What is typed to find somebody, or to name somebody new.
    pub(in super::super) called: Option<Line>,
}

impl Pick {
    pub(super) fn one(options: Vec<Offered>, answer: Option<&Value>) -> Self {
        let at = options.iter().position(|option| Some(&option.value) == answer);
        Self { options, at, chosen: None, called: None }
    }

    pub(super) fn several(options: Vec<Offered>, answer: Option<&Value>) -> Self {
        let chosen = if let Some(Value::List(chosen)) = answer { chosen.as_slice() } else { &[] };
        let chosen = options.iter().map(|option| chosen.contains(&option.value)).collect();
        Self { options, at: Some(0), chosen: Some(chosen), called: None }
    }

    pub(super) fn yes_or_no(answer: Option<&Value>) -> Self {
        let option = |value, label: &str| Offered {
            value: Value::Bool(value),
            label: label.to_owned(),
            is_unsafe: false,
        };
        Self::one(vec![option(true, "yes"), option(false, "no")], answer)
    }

    pub(super) fn person(mut options: Vec<Offered>, not_safe: &[String], answer: Option<&Value>) -> Self {
        for option in &mut options {
            option.is_unsafe = not_safe.iter().any(|id| option.value.text() == Some(id));
        }
        Self { called: Some(Line::default()), ..Self::one(options, answer) }
    }

    /// The options that fit what is typed.
    pub(in super::super) fn shown(&self) -> Vec<usize> {
        let called = self.called.as_ref().map(|line| line.text.trim().to_lowercase()).unwrap_or_default();
        let fits = |at: &usize| self.options[*at].label.to_lowercase().contains(&called);
        (0..self.options.len()).filter(fits).collect()
    }

    /// The name of somebody new, if what is typed is nobody's name.
    pub(in super::super) fn stranger(&self) -> Option<&str> {
        let called = self.called.as_ref()?.text.trim();
        let is_known = self.options.iter().any(|option| option.label == called);
        (!called.is_empty() && !is_known).then_some(called)
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> Did {
        match key.code {
            KeyCode::Enter => return Did::Next,
            KeyCode::Up => self.step(false),
            KeyCode::Down => self.step(true),
            KeyCode::Char(_) | KeyCode::Backspace if self.called.is_some() => return self.search(key),
            KeyCode::Char(' ') if self.chosen.is_some() => self.toggle(),
            KeyCode::Char('y') if self.is_yes_or_no() => self.at = Some(0),
            KeyCode::Char('n') if self.is_yes_or_no() => self.at = Some(1),
            KeyCode::Backspace | KeyCode::Delete if self.chosen.is_none() => self.at = None,
            _ => return Did::Nothing,
        }
        Did::Taken
    }

    fn is_yes_or_no(&self) -> bool {
        matches!(self.options.first(), Some(Offered { value: Value::Bool(_), .. }))
    }

    fn step(&mut self, down: bool) {
        let shown = self.shown();
        let last = shown.len().saturating_sub(1);
        let place = self.at.and_then(|at| shown.iter().position(|it| *it == at));
        let place = match place {
            None => 0,
            Some(place) if down => (place + 1).min(last),
            Some(place) => place.saturating_sub(1),
        };
        self.at = shown.get(place).copied();
    }

    fn toggle(&mut self) {
        if let (Some(at), Some(chosen)) = (self.at, &mut self.chosen) {
            chosen[at] = !chosen[at];
        }
    }

    /// Looks for somebody; the only one who fits, or is called exactly so, is reached at once.
    fn search(&mut self, key: KeyEvent) -> Did {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return Did::Nothing;
        }
        let Some(called) = &mut self.called else { return Did::Nothing };
        let did = called.key(key);
        self.found();
        did
    }

    fn found(&mut self) {
        let called = self.called.as_ref().map(|line| line.text.trim().to_owned()).unwrap_or_default();
        self.at = self.options.iter().position(|option| !called.is_empty() && option.label == called);
    }

    pub(super) fn paste(&mut self, text: &str) {
        if let Some(called) = &mut self.called {
            called.insert(text.lines().next().unwrap_or_default());
            self.found();
        }
    }

    pub(super) fn answered(&self) -> Answered {
        if let Some(chosen) = &self.chosen {
            let chosen = self.options.iter().zip(chosen).filter(|(_, chosen)| **chosen);
            let values: Vec<_> = chosen.map(|(option, _)| option.value.clone()).collect();
            return if values.is_empty() { Answered::Nothing } else { Answered::Value(Value::List(values)) };
        }
        match (self.at, self.stranger()) {
            (Some(at), _) => Answered::Value(self.options[at].value.clone()),
            (None, Some(name)) => Answered::Stranger(name.to_owned()),
            (None, None) => Answered::Nothing,
        }
    }
}
