//! A timer to sit with, perhaps one to breathe by. It runs only when it was started, and never rings.

use haven_core::answers::{Seconds, Value};
use haven_core::exercise::Breath;
use ratatui::crossterm::event::{KeyCode, KeyEvent};

use super::breath::{Moment, moment};
use super::{Did, words};

/// A timer.
pub(in super::super) struct Clock {
    pub(in super::super) suggested_s: Option<u32>,
    pub(in super::super) is_running: bool,
    /// The question that may be answered with a yes while it runs, and ends it; empty if there is none.
    pub(in super::super) stop: String,
    breaths: Option<Vec<Breath>>,
    elapsed_ms: u64,
}

impl Clock {
    pub(super) fn new(
        suggested_s: Option<u32>,
        breaths: Option<Vec<Breath>>,
        stop: String,
        ran: &str,
    ) -> Self {
        let ran = ran.parse::<Seconds>().map_or(0, Seconds::get);
        Self { suggested_s, is_running: false, stop, breaths, elapsed_ms: u64::from(ran) * 1_000 }
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> Did {
        match key.code {
            KeyCode::Char(' ') => self.is_running = !self.is_running,
            KeyCode::Char('s') if !self.stop.is_empty() => {
                self.is_running = false;
                return Did::Stop;
            }
            KeyCode::Backspace | KeyCode::Delete => (self.is_running, self.elapsed_ms) = (false, 0),
            _ => return words::only_next(key),
        }
        Did::Taken
    }

    pub(super) fn tick(&mut self, passed_ms: u64) {
        if self.is_running {
            self.elapsed_ms += passed_ms;
        }
    }

    /// How long it ran, in seconds.
    pub(in super::super) fn ran_s(&self) -> u32 {
        u32::try_from(self.elapsed_ms / 1_000).unwrap_or(u32::MAX)
    }

    /// Where in its breath the present moment lies.
    pub(in super::super) fn breath(&self) -> Option<Moment> {
        moment(self.breaths.as_deref()?, self.elapsed_ms)
    }

    pub(super) fn value(&self) -> Option<Value> {
        let ran = Seconds::new(self.ran_s()).ok().filter(|ran| ran.get() > 0)?;
        Some(Value::Text(ran.to_string()))
    }
}
