//! Walking through an exercise a screen at a time: which page is shown and what a key does to it, apart from any terminal.

use haven_api::practice::stepper::{Misfit, Reply, Stepper};
use haven_api::practice::{CouldHarm, Field, HarmQuestion, Then};
use haven_core::answers::{ExerciseId, Value};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::controls::{Answered, Control, Did, Offer};

/// What a page asks of whoever walks the person through.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Nothing.
    Nothing,
    /// To put the next question up.
    Ask,
    /// To look at the answers and keep them, then to put the next page up.
    Answered(Reply),
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

/// What is shown.
pub(super) enum Page {
    /// What it is for and what to heed.
    Intro,
    /// What has to be clear first, with the answer that the arrows are on; none before somebody chooses.
    Gate(Option<usize>),
    /// What support there is for somebody who is not sure, and a way on.
    Unsure,
    /// That it does not go on, and what to do instead.
    Held,
    /// A question.
    Question(Box<Control>),
    /// Words in between.
    Notice(Notice),
    /// That everything was asked.
    End,
    /// Whether to leave, with the page to go back to.
    Leaving(Box<Page>),
}

/// The answers to what has to be clear first, in the order they stand on the screen.
const GATE: [CouldHarm; 3] = [CouldHarm::No, CouldHarm::NotSure, CouldHarm::Yes];

/// What is said where Enter comes before an answer.
const CHOOSE: &str = "Choose one of the three first: arrows, or n, ? and y.";

/// Words in between.
pub(super) struct Notice {
    pub(super) words: String,
    pub(super) instead: Option<ExerciseId>,
    /// Whether no question comes after it.
    pub(super) is_last: bool,
}

/// A walk through an exercise.
pub(super) struct Walk {
    pub(super) stepper: Stepper,
    pub(super) page: Page,
    /// What to say first where somebody it concerns is marked unsafe; empty if nothing.
    pub(super) unsafe_notice: String,
    /// Whom somebody can reach who is afraid of somebody close; shown where the gate holds.
    pub(super) lines: String,
    /// What was wrong with the last key or answer.
    pub(super) hint: String,
    /// How far long words are scrolled.
    pub(super) scrolled: usize,
    /// How many columns words are shown in.
    pub(super) columns: usize,
}

impl Walk {
    /// Begins. Where the gate holds, that is all there is.
    pub(super) fn begin(stepper: Stepper, is_unsafe: bool, is_held: bool) -> Self {
        let unsafe_notice = if is_unsafe { stepper.exercise().unsafe_notice.clone() } else { String::new() };
        let page = if is_held { Page::Held } else { Page::Intro };
        Self {
            stepper,
            page,
            unsafe_notice,
            lines: String::new(),
            hint: String::new(),
            scrolled: 0,
            columns: 80,
        }
    }

    pub(super) fn harm_question(&self) -> Option<&HarmQuestion> {
        self.stepper.exercise().harm_question.as_ref()
    }

    /// Puts the present question up, or the end.
    pub(super) fn ask(&mut self, offer: impl FnOnce(&Field, &Stepper) -> Offer) {
        let control = self
            .stepper
            .field()
            .map(|field| Control::of(field, offer(field, &self.stepper), self.stepper.answer()));
        self.show(control.map_or(Page::End, |control| Page::Question(Box::new(control))));
    }

    /// Shows a page from its beginning.
    pub(super) fn show(&mut self, page: Page) {
        self.page = page;
        self.scrolled = 0;
        self.hint.clear();
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: KeyEvent) -> Act {
        self.hint.clear();
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match (key.code, &self.page) {
            (KeyCode::Char('c'), Page::Held | Page::Unsure) if ctrl => Act::Close,
            (KeyCode::Char('c'), _) if ctrl => Act::Interrupt,
            (KeyCode::PageDown | KeyCode::PageUp, Page::Question(control)) if control.turns() => {
                self.question_key(key)
            }
            (KeyCode::PageDown, _) => self.scroll(10),
            (KeyCode::PageUp, _) => self.scroll(-10),
            (KeyCode::Esc, Page::Leaving(_)) => self.stay(),
            (KeyCode::Esc, Page::Held | Page::Unsure) => Act::Close,
            (KeyCode::Esc, _) => {
                let page = std::mem::replace(&mut self.page, Page::End);
                self.show(Page::Leaving(Box::new(page)));
                Act::Nothing
            }
            (_, Page::Question(_)) => self.question_key(key),
            (_, Page::Gate(at)) => self.gate_key(key, *at),
            (KeyCode::Char('g'), Page::Unsure) => Act::Ask,
            (code, _) => self.page_key(code),
        }
    }

    fn question_key(&mut self, key: KeyEvent) -> Act {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Tab => return self.next(),
            KeyCode::BackTab => return self.back(),
            KeyCode::Char('x') if ctrl => {
                self.stepper.skip();
                return Act::Answered(Reply::Nothing);
            }
            _ => {}
        }
        let columns = self.columns;
        let Page::Question(control) = &mut self.page else { return Act::Nothing };
        match control.key(key, columns) {
            Did::Next => self.next(),
            Did::Stop => self.stop(),
            Did::Taken | Did::Nothing => Act::Nothing,
        }
    }

    /// Takes the answer that stands there and goes on.
    fn next(&mut self) -> Act {
        let Page::Question(control) = &self.page else { return Act::Nothing };
        match control.answered() {
            Answered::Nothing => self.take(None),
            Answered::Value(value) => self.take(Some(value)),
            Answered::Stranger(name) => Act::Meet(name),
        }
    }

    /// Stops at a timer, with how long it ran.
    fn stop(&mut self) -> Act {
        let Page::Question(control) = &self.page else { return Act::Nothing };
        let ran = if let Answered::Value(ran) = control.answered() { Some(ran) } else { None };
        match self.stepper.stop_now(ran) {
            Ok(reply) => Act::Answered(reply),
            Err(Misfit(words)) => {
                self.hint = words;
                Act::Nothing
            }
        }
    }

    /// Takes an answer to the present question.
    pub(super) fn take(&mut self, answer: Option<Value>) -> Act {
        match self.stepper.next(answer) {
            Ok(reply) => Act::Answered(reply),
            Err(Misfit(words)) => {
                self.hint = words;
                Act::Nothing
            }
        }
    }

    /// Takes what stands there without going on. What does not fit stays on the screen only.
    pub(super) fn note(&mut self) {
        let page = if let Page::Leaving(page) = &self.page { page } else { &self.page };
        let Page::Question(control) = page else { return };
        let noted = match control.answered() {
            Answered::Nothing => self.stepper.note(None),
            Answered::Value(value) => self.stepper.note(Some(value)),
            Answered::Stranger(_) => Ok(()),
        };
        // Nobody asked whether it fits; whoever goes on is told.
        drop(noted);
    }

    fn back(&mut self) -> Act {
        self.note();
        if self.stepper.back() {
            return Act::Ask;
        }
        self.show(Page::Intro);
        Act::Nothing
    }

    fn stay(&mut self) -> Act {
        if let Page::Leaving(page) = std::mem::replace(&mut self.page, Page::End) {
            self.show(*page);
        }
        Act::Nothing
    }

    /// A clear no, and nothing else, goes on at once. The answers stand in the order no, not sure, yes. None is there to begin with:
    /// Enter alone would be an answer that nobody gave.
    fn gate_key(&mut self, key: KeyEvent, at: Option<usize>) -> Act {
        let answer = match key.code {
            KeyCode::Char('n') => CouldHarm::No,
            KeyCode::Char('?') => CouldHarm::NotSure,
            KeyCode::Char('y') => CouldHarm::Yes,
            KeyCode::Enter if at.is_some() => GATE[at.unwrap_or(0).min(GATE.len() - 1)],
            code => {
                match code {
                    KeyCode::Enter => self.hint = CHOOSE.to_owned(),
                    KeyCode::Up => {
                        self.page = Page::Gate(Some(at.map_or(GATE.len() - 1, |at| at.saturating_sub(1))));
                    }
                    KeyCode::Down => {
                        self.page = Page::Gate(Some(at.map_or(0, |at| (at + 1).min(GATE.len() - 1))));
                    }
                    KeyCode::BackTab => self.show(Page::Intro),
                    _ => {}
                }
                return Act::Nothing;
            }
        };
        match answer.then() {
            Then::GoOn => return Act::Ask,
            Then::Support => self.show(Page::Unsure),
            Then::StayClosed => self.show(Page::Held),
        }
        Act::Nothing
    }

    /// The keys of pages that are only read.
    fn page_key(&mut self, code: KeyCode) -> Act {
        match code {
            KeyCode::Down => self.scroll(1),
            KeyCode::Up => self.scroll(-1),
            KeyCode::Enter | KeyCode::Tab => self.read_on(),
            KeyCode::BackTab => self.turn_back(),
            _ => Act::Nothing,
        }
    }

    fn read_on(&mut self) -> Act {
        match &self.page {
            Page::Intro if self.harm_question().is_some() => self.show(Page::Gate(None)),
            Page::Intro => return Act::Ask,
            Page::Notice(Notice { is_last: true, .. }) => {
                self.stepper.end();
                return Act::Ask;
            }
            Page::Notice(_) => return Act::Ask,
            Page::Held | Page::Unsure => return Act::Close,
            Page::End => return Act::Finish,
            Page::Leaving(_) => return Act::Leave,
            Page::Gate(_) | Page::Question(_) => {}
        }
        Act::Nothing
    }

    fn turn_back(&mut self) -> Act {
        match &self.page {
            Page::Notice(_) | Page::End => self.back(),
            Page::Leaving(_) => self.stay(),
            Page::Unsure => {
                self.show(Page::Gate(None));
                Act::Nothing
            }
            Page::Intro | Page::Held | Page::Gate(_) | Page::Question(_) => Act::Nothing,
        }
    }

    fn scroll(&mut self, by: isize) -> Act {
        self.scrolled = self.scrolled.saturating_add_signed(by);
        Act::Nothing
    }

    /// Says what an answer called for, after what somebody's safety calls for; none if that is nothing.
    pub(super) fn reply(&mut self, reply: Reply, unsafe_notice: &str) -> bool {
        let (words, instead, is_last) = match reply {
            Reply::Nothing => (String::new(), None, false),
            Reply::Say(words) => (words, None, false),
            Reply::Stop { notice, instead } => (notice, instead, true),
        };
        let both = [unsafe_notice, &words];
        let both: Vec<_> = both.into_iter().filter(|words| !words.is_empty()).collect();
        if both.is_empty() {
            return false;
        }
        self.show(Page::Notice(Notice { words: both.join("\n\n"), instead, is_last }));
        true
    }

    /// Takes what was pasted.
    pub(super) fn paste(&mut self, text: &str) {
        if let Page::Question(control) = &mut self.page {
            control.paste(text);
        }
    }

    /// Lets time pass.
    pub(super) fn tick(&mut self, passed_ms: u64) {
        if let Page::Question(control) = &mut self.page {
            control.tick(passed_ms);
        }
    }

    /// Whether something moves while nothing is typed.
    pub(super) fn moves(&self) -> bool {
        matches!(&self.page, Page::Question(control) if control.moves())
    }
}

#[cfg(test)]
pub(super) mod tests;
