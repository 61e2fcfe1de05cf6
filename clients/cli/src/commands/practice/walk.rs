//! Walking through an exercise a screen at a time: what is shown and what a key does to it, apart from any terminal and any device.

use haven_api::practice::{CouldHarm, Field};
use haven_api::walk::{Held, Page, Question, Step, Walk as Told};
use haven_core::answers::Value;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::answers::{meant, misfit};
use super::controls::{Answered, Control, Did, Offer};
use crate::commands::support::AfraidLines;

/// What a page asks of whoever walks the person through.
#[derive(PartialEq)]
pub(super) enum Act {
    /// Nothing.
    Nothing,
    /// To have the device take this, and to put up what comes.
    Step(Step),
    /// To keep what stands there, and to go a page back.
    Back,
    /// To add somebody to the people, and to take them for the answer.
    Meet(String),
    /// To save everything.
    Finish,
    /// To keep everything and go.
    Leave,
    /// To keep everything and go, since the program was interrupted.
    Interrupt,
    /// To go, since it does not go on.
    Close,
}

/// The answers to what has to be clear first, in the order they stand on the screen.
const GATE: [CouldHarm; 3] = [CouldHarm::No, CouldHarm::NotSure, CouldHarm::Yes];

/// What is said where Enter comes before an answer.
const CHOOSE: &str = "Choose one of the three first: arrows, or n, ? and y.";

/// A walk on the screen.
pub(super) struct Walk {
    /// Where it is, as the device says.
    pub(super) told: Told,
    /// What the question that is shown is answered with.
    pub(super) control: Option<Control>,
    /// The answer to what has to be clear first that the arrows are on; none before somebody chooses.
    pub(super) chosen: Option<usize>,
    /// Whether it is asked whether to leave, above the page that is gone back to.
    pub(super) is_leaving: bool,
    /// Whom somebody can reach who is afraid of somebody close; shown where the gate holds.
    pub(super) lines: AfraidLines,
    /// What was wrong with the last key or answer.
    pub(super) hint: String,
    /// How far long words are scrolled.
    pub(super) scrolled: usize,
    /// How many columns words are shown in.
    pub(super) columns: usize,
}

impl Walk {
    pub(super) fn begin(told: Told, offer: Offer) -> Self {
        let mut walk = Self {
            told: told.clone(),
            control: None,
            chosen: None,
            is_leaving: false,
            lines: AfraidLines::default(),
            hint: String::new(),
            scrolled: 0,
            columns: 80,
        };
        walk.show(told, offer);
        walk
    }

    /// Shows a page from its beginning.
    pub(super) fn show(&mut self, told: Told, offer: Offer) {
        self.control = match &told.page {
            Page::Question(asked) => Some(Control::of(&asked.field, offer, asked.answer.as_ref())),
            _ => None,
        };
        self.told = told;
        (self.chosen, self.is_leaving, self.scrolled) = (None, false, 0);
        self.hint = self.why_not();
    }

    /// Stays at the page, with why the answer was not taken.
    pub(super) fn stay_with(&mut self, told: Told) {
        self.told = told;
        self.hint = self.why_not();
        if let (Some(control), false) = (&mut self.control, self.hint.is_empty()) {
            control.refused();
        }
    }

    fn why_not(&self) -> String {
        if self.told.hint.is_empty() {
            return String::new();
        }
        misfit(self.field().map(|field| &field.shape), self.told.hint.clone())
    }

    pub(super) fn question(&self) -> Option<&Question> {
        if let Page::Question(asked) = &self.told.page { Some(asked) } else { None }
    }

    fn field(&self) -> Option<&Field> {
        self.question().map(|asked| &asked.field)
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: KeyEvent) -> Act {
        self.hint.clear();
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        let holds = matches!(self.told.page, Page::Held(_) | Page::Unsure(..)) && !self.is_leaving;
        let turns = self.control.as_ref().is_some_and(Control::turns) && !self.is_leaving;
        match key.code {
            KeyCode::Char('c') if ctrl && holds => Act::Close,
            KeyCode::Char('c') if ctrl => Act::Interrupt,
            KeyCode::PageDown | KeyCode::PageUp if turns => self.question_key(key),
            KeyCode::PageDown => self.scroll(10),
            KeyCode::PageUp => self.scroll(-10),
            KeyCode::Esc if holds => Act::Close,
            KeyCode::Esc => self.leave_or_stay(!self.is_leaving),
            code if self.is_leaving => self.leaving_key(code),
            code => match &self.told.page {
                Page::Question(_) => self.question_key(key),
                Page::Gate(_) => self.gate_key(key),
                Page::Unsure(..) if code == KeyCode::Char('g') => Act::Step(Step::On),
                _ => self.page_key(code),
            },
        }
    }

    fn leave_or_stay(&mut self, is_leaving: bool) -> Act {
        (self.is_leaving, self.scrolled) = (is_leaving, 0);
        Act::Nothing
    }

    fn leaving_key(&mut self, code: KeyCode) -> Act {
        match code {
            KeyCode::Enter | KeyCode::Tab => Act::Leave,
            KeyCode::BackTab => self.leave_or_stay(false),
            code => self.scroll_key(code),
        }
    }

    fn question_key(&mut self, key: KeyEvent) -> Act {
        match key.code {
            KeyCode::Tab => return self.next(),
            KeyCode::BackTab => return self.back(),
            KeyCode::Char('x') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                return Act::Step(Step::Skip);
            }
            _ => {}
        }
        let columns = self.columns;
        match self.control.as_mut().map(|control| control.key(key, columns)) {
            Some(Did::Next) => self.next(),
            Some(Did::Stop) => self.stop(),
            Some(Did::Taken | Did::Nothing) | None => Act::Nothing,
        }
    }

    /// Takes the answer that stands there and goes on.
    fn next(&mut self) -> Act {
        match self.control.as_ref().map(Control::answered) {
            Some(Answered::Stranger(name)) => Act::Meet(name),
            Some(Answered::Value(value)) => Act::Step(Step::Answer(self.meant(value))),
            Some(Answered::Nothing) | None => Act::Step(Step::Answer(Value::Null)),
        }
    }

    /// Stops at a timer, with how long it ran.
    fn stop(&self) -> Act {
        let ran = self.control.as_ref().map(Control::answered);
        Act::Step(Step::Stop(if let Some(Answered::Value(ran)) = ran { ran } else { Value::Null }))
    }

    /// What was typed, as the answer it means.
    fn meant(&self, typed: Value) -> Value {
        match self.field() {
            Some(field) => meant(&field.shape, typed),
            None => typed,
        }
    }

    /// What stands there, to be kept without going on; none where nothing can stand, or somebody who is not known.
    pub(super) fn noted(&self) -> Option<Value> {
        match self.control.as_ref()? {
            Control::Sentence(_) => None,
            control => match control.answered() {
                Answered::Nothing => Some(Value::Null),
                Answered::Value(value) => Some(self.meant(value)),
                Answered::Stranger(_) => None,
            },
        }
    }

    fn back(&self) -> Act {
        if self.told.has_back { Act::Back } else { Act::Nothing }
    }

    /// None is chosen to begin with: Enter alone would be an answer that nobody gave. Letters only choose: what a slip of the finger
    /// said could not be taken back.
    fn gate_key(&mut self, key: KeyEvent) -> Act {
        let (at, last) = (self.chosen, GATE.len() - 1);
        let chosen = match key.code {
            KeyCode::Char('n') => 0,
            KeyCode::Char('?') => 1,
            KeyCode::Char('y') => 2,
            KeyCode::Up => at.map_or(last, |at| at.saturating_sub(1)),
            KeyCode::Down => at.map_or(0, |at| (at + 1).min(last)),
            KeyCode::Enter => return self.pass_gate(),
            KeyCode::BackTab => return self.back(),
            _ => return Act::Nothing,
        };
        self.chosen = Some(chosen);
        Act::Nothing
    }

    fn pass_gate(&mut self) -> Act {
        match self.chosen.and_then(|at| GATE.get(at)) {
            Some(answer) => Act::Step(Step::CouldHarm(*answer)),
            None => {
                self.hint = CHOOSE.to_owned();
                Act::Nothing
            }
        }
    }

    /// The keys of pages that are only read.
    fn page_key(&mut self, code: KeyCode) -> Act {
        match code {
            KeyCode::Enter | KeyCode::Tab => self.read_on(),
            KeyCode::BackTab => self.back(),
            code => self.scroll_key(code),
        }
    }

    fn read_on(&self) -> Act {
        match &self.told.page {
            Page::Intro(_) | Page::Notice(_) | Page::Support(_) => Act::Step(Step::On),
            Page::Held(Held { .. }) | Page::Unsure(..) => Act::Close,
            // What is no answer has to be put right first, or left open.
            Page::End(end) => match end.unfit.first() {
                Some(unfit) => Act::Step(Step::To(unfit.at.clone())),
                None => Act::Finish,
            },
            Page::Gate(_) | Page::Question(_) => Act::Nothing,
        }
    }

    fn scroll_key(&mut self, code: KeyCode) -> Act {
        match code {
            KeyCode::Down => self.scroll(1),
            KeyCode::Up => self.scroll(-1),
            _ => Act::Nothing,
        }
    }

    fn scroll(&mut self, by: isize) -> Act {
        self.scrolled = self.scrolled.saturating_add_signed(by);
        Act::Nothing
    }

    /// Takes what was pasted.
    pub(super) fn paste(&mut self, text: &str) {
        if let (Some(control), false) = (&mut self.control, self.is_leaving) {
            control.paste(text);
        }
    }

    /// Lets time pass.
    pub(super) fn tick(&mut self, passed_ms: u64) {
        if let (Some(control), false) = (&mut self.control, self.is_leaving) {
            control.tick(passed_ms);
        }
    }

    /// Whether something moves while nothing is typed.
    pub(super) fn moves(&self) -> bool {
        self.control.as_ref().is_some_and(Control::moves) && !self.is_leaving
    }
}

#[cfg(test)]
pub(super) mod tests;
