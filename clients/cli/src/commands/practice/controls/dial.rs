//! A point of a scale. None is set to begin with, since a number that stands there already would be an answer of ours.

use haven_api::practice::Scale;
use haven_core::answers::Value;
use ratatui::crossterm::event::{KeyCode, KeyEvent};

use super::{Did, words};

/// A scale and perhaps a number.
pub(in super::super) struct Dial {
    pub(in super::super) scale: Scale,
    /// What is typed; perhaps on the way to a number.
    pub(in super::super) typed: String,
}

impl Dial {
    pub(super) fn new(scale: &Scale, number: Option<i32>) -> Self {
        Self { scale: scale.clone(), typed: number.map_or_else(String::new, |number| number.to_string()) }
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> Did {
        let Scale { min, max, step, .. } = self.scale;
        let leap = ((max - min) / 10 / step.max(1)).max(1) * step;
        match key.code {
            KeyCode::Char(letter) if letter.is_ascii_digit() || (letter == '-' && self.typed.is_empty()) => {
                self.write(letter);
            }
            KeyCode::Backspace => drop(self.typed.pop()),
            KeyCode::Delete => self.typed.clear(),
            KeyCode::Left => self.turn(-step),
            KeyCode::Right => self.turn(step),
            KeyCode::Down => self.turn(-leap),
            KeyCode::Up => self.turn(leap),
            KeyCode::Home => self.typed = min.to_string(),
            KeyCode::End => self.typed = max.to_string(),
            _ => return words::only_next(key),
        }
        Did::Taken
    }

    /// Adds a letter; where the number would go beyond the scale, the letter begins a new one.
    fn write(&mut self, letter: char) {
        let longer = format!("{}{letter}", self.typed);
        let Scale { min, max, .. } = self.scale;
        let is_beyond = longer
            .parse()
            .is_ok_and(|number: i64| number > i64::from(max).max(0) || number < i64::from(min).min(0));
        self.typed = if is_beyond { letter.to_string() } else { longer };
    }

    fn turn(&mut self, by: i32) {
        let Scale { min, max, .. } = self.scale;
        let number = match self.number() {
            None if by > 0 => min,
            None => max,
            Some(number) => number.saturating_add(by).clamp(min, max),
        };
        self.typed = number.to_string();
    }

    /// The number that is set, whether or not it is on the scale.
    pub(in super::super) fn number(&self) -> Option<i32> {
        self.typed.parse().ok()
    }

    pub(super) fn value(&self) -> Option<Value> {
        if self.typed.is_empty() {
            return None;
        }
        Some(self.number().map_or_else(|| Value::from(self.typed.as_str()), Value::from))
    }
}
