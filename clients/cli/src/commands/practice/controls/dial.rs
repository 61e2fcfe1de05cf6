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
    /// Whether the last key would have gone beyond the scale and was not taken.
    pub(in super::super) is_refused: bool,
    /// Whether the number that stands there is being typed. One that was there before, or was turned to, a digit begins anew.
    is_typing: bool,
}

impl Dial {
    pub(super) fn new(scale: &Scale, number: Option<i32>) -> Self {
        let typed = number.map_or_else(String::new, |number| number.to_string());
        Self { scale: scale.clone(), typed, is_refused: false, is_typing: false }
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> Did {
        let Scale { min, max, step, .. } = self.scale;
        self.is_refused = false;
        let leap = ((max - min) / 10 / step.max(1)).max(1) * step;
        match key.code {
            KeyCode::Char(letter)
                if letter.is_ascii_digit()
                    || (letter == '-' && (!self.is_typing || self.typed.is_empty())) =>
            {
                self.write(letter);
            }
            KeyCode::Backspace => {
                self.typed.pop();
                self.is_typing = true;
            }
            KeyCode::Delete => self.typed.clear(),
            KeyCode::Left => self.turn(-step),
            KeyCode::Right => self.turn(step),
            KeyCode::Down => self.turn(-leap),
            KeyCode::Up => self.turn(leap),
            KeyCode::Home => self.stand_at(min),
            KeyCode::End => self.stand_at(max),
            _ => return words::only_next(key),
        }
        Did::Taken
    }

    /// Adds a letter, unless the number would go beyond the scale: what stands there was meant, and stays. Where every point is
    /// one digit, the next digit is another choice.
    fn write(&mut self, letter: char) {
        let Scale { min, max, .. } = self.scale;
        let is_one_digit = min >= 0 && max <= 9;
        let before = if self.is_typing && !is_one_digit { self.typed.as_str() } else { "" };
        let longer = format!("{before}{letter}");
        let number = longer.parse::<i64>().ok();
        self.is_refused = match number {
            Some(number) => number > i64::from(max).max(0) || number < i64::from(min).min(0),
            None => min >= 0,
        };
        if !self.is_refused {
            // A zero in front says nothing, but for that of -0, behind which more may come.
            self.typed = number.filter(|_| longer != "-0").map_or(longer, |number| number.to_string());
            self.is_typing = true;
        }
    }

    fn turn(&mut self, by: i32) {
        let Scale { min, max, .. } = self.scale;
        let number = match self.number() {
            None if by > 0 => min,
            None => max,
            Some(number) => number.saturating_add(by).clamp(min, max),
        };
        self.stand_at(number);
    }

    fn stand_at(&mut self, number: i32) {
        self.typed = number.to_string();
        self.is_typing = false;
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
