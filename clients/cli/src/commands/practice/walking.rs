//! Walking the person through: the screen, what they do, and the answers kept on the way.

use std::time::{Duration, Instant};

use haven_api::practice::stepper::{Reply, Stepper};
use haven_api::practice::{Field, Shape};
use haven_core::exercise::ItemKind;
use haven_core::fault::Fault as Wrong;
use ratatui::crossterm::event::{Event, KeyEventKind};

use super::Ending;
use super::choices::Links;
use super::controls::Offer;
use super::screen::draw;
use super::sitting::{Sitting, person};
use super::terminal::{Screen, event};
use super::walk::{Act, Before, Page, Walk};
use crate::commands::support;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::text::Style;
use crate::when;

/// How often a screen is drawn while something moves on it: often enough for a bar to seem to flow.
const FRAME: Duration = Duration::from_millis(100);

/// How long nothing is drawn while nothing moves; a key ends the wait at once.
const IDLE: Duration = Duration::from_secs(1);

/// Asks every question of this sitting, a screen each.
pub(super) async fn walk(
    cx: &Cx,
    sitting: &mut Sitting,
    stepper: &mut Stepper,
    still: bool,
) -> Result<Ending, Fault> {
    // Answers given already stand on their screens and stay with Enter, so passing them again costs nothing.
    stepper.to_open();
    let mut walking = Walking::begin(cx, sitting, stepper, still).await;
    let ending = walking.run(sitting).await;
    *stepper = walking.walk.stepper;
    ending
}

/// Asks again what the device did not take. Tells whether anything could be asked again, and how that ended.
pub(super) async fn again(
    cx: &Cx,
    sitting: &mut Sitting,
    stepper: &mut Stepper,
    wrong: &[Wrong],
    still: bool,
) -> Result<Option<Ending>, Fault> {
    let Some(fault) = wrong.iter().find(|fault| fault.field.as_deref().is_some_and(|id| stepper.go_to(id)))
    else {
        return Ok(None);
    };
    let mut walking = Walking::begin(cx, sitting, stepper, still).await;
    walking.ask(sitting).await;
    walking.walk.hint = format!("That doesn't fit: {}; {}.", fault.what, fault.next);
    let ending = walking.run(sitting).await;
    *stepper = walking.walk.stepper;
    ending.map(Some)
}

struct Walking {
    walk: Walk,
    links: Links,
    is_unsafe: bool,
    style: Style,
    still: bool,
}

impl Walking {
    /// Begins where the stepper is; with whom to reach at hand, should the gate hold.
    async fn begin(cx: &Cx, sitting: &Sitting, stepper: &Stepper, still: bool) -> Self {
        let is_unsafe = sitting.is_unsafe(stepper.exercise(), stepper.answers());
        let mut walk = Walk::begin(stepper.clone(), is_unsafe, sitting.held(stepper).is_some());
        if walk.harm_question().is_some() {
            walk.lines = support::afraid_lines(cx).await;
        }
        Self { walk, links: Links::default(), is_unsafe, style: cx.style, still }
    }

    async fn run(&mut self, sitting: &mut Sitting) -> Result<Ending, Fault> {
        let mut screen = Screen::take()?;
        let (mut before, mut is_dirty) = (Instant::now(), false);
        loop {
            screen.draw(|frame| draw(&mut self.walk, frame, self.still))?;
            let wait = if self.walk.moves() { FRAME } else { IDLE };
            let happened = event(wait).await?;
            let now = Instant::now();
            self.walk.tick(u64::try_from(now.duration_since(before).as_millis()).unwrap_or(0));
            before = now;
            if happened.is_none() && std::mem::take(&mut is_dirty) {
                self.keep(sitting).await;
            }
            is_dirty |= happened.is_some();
            let act = match happened {
                Some(Event::Key(key)) if key.kind != KeyEventKind::Release => self.walk.key(key),
                Some(Event::Paste(text)) => {
                    self.walk.paste(&text);
                    Act::Nothing
                }
                _ => Act::Nothing,
            };
            if let Some(ending) = self.act(sitting, act).await {
                return Ok(ending);
            }
        }
    }

    async fn act(&mut self, sitting: &mut Sitting, act: Act) -> Option<Ending> {
        match act {
            Act::Nothing => {}
            Act::Ask => self.ask(sitting).await,
            Act::Answered(reply) => self.answered(sitting, reply).await,
            Act::Meet(name) => self.meet(sitting, &name).await,
            Act::Finish => return Some(Ending::Done),
            Act::Leave => {
                self.note(sitting);
                return Some(Ending::Left);
            }
            Act::Interrupt => {
                self.note(sitting);
                return Some(Ending::Interrupted);
            }
            Act::Close => return Some(Ending::Held),
        }
        None
    }

    async fn answered(&mut self, sitting: &mut Sitting, reply: Reply) {
        let stepper = &self.walk.stepper;
        let was_unsafe =
            std::mem::replace(&mut self.is_unsafe, sitting.is_unsafe(stepper.exercise(), stepper.answers()));
        let is_news = self.is_unsafe && !was_unsafe;
        let notice = if is_news { stepper.exercise().unsafe_notice.clone() } else { String::new() };
        if sitting.held(stepper).is_some() {
            self.walk.unsafe_notice = notice;
            self.walk.show(Page::Held(Before::Question));
            return;
        }
        // What cannot be kept now is kept at the end, or that says why not.
        let _ = sitting.keep(&self.walk.stepper).await;
        if !self.walk.reply(reply, &notice) {
            self.ask(sitting).await;
        }
    }

    /// Takes what stands there, but nobody with whom it would stay closed.
    fn note(&mut self, sitting: &Sitting) {
        self.walk.note();
        if sitting.held(&self.walk.stepper).is_some() {
            self.walk.unanswer();
        }
    }

    /// Keeps what stands there, but nothing where the gate is about to close.
    async fn keep(&mut self, sitting: &mut Sitting) {
        self.walk.note();
        if sitting.held(&self.walk.stepper).is_none() {
            // What cannot be kept now is kept at the end, or that says why not.
            let _ = sitting.keep(&self.walk.stepper).await;
        }
    }

    /// Adds somebody new and takes them for the answer.
    async fn meet(&mut self, sitting: &mut Sitting, name: &str) {
        match sitting.add_person(name).await {
            Ok(id) => {
                if let Act::Answered(reply) = self.walk.take(Some(person(id))) {
                    self.answered(sitting, reply).await;
                }
            }
            Err(fault) => {
                self.walk.hint = format!("{} can't be added: {}.", self.style.line(name), fault.why());
            }
        }
    }

    /// Puts the present question up. Entries that cannot be read are no reason to lose the walk.
    async fn ask(&mut self, sitting: &Sitting) {
        let plain = Style { colors: false, ..self.style };
        let read = match self.walk.stepper.field().map(|field| field.shape.clone()) {
            Some(shape) => self.links.read(&sitting.haven, &shape, plain).await,
            None => Ok(()),
        };
        let entries = &self.links.entries;
        self.walk.ask(|field, stepper| offer(sitting, stepper, field, entries));
        let stepper = &self.walk.stepper;
        self.is_unsafe = sitting.is_unsafe(stepper.exercise(), stepper.answers());
        if let Err(fault) = read {
            self.walk.hint = format!("Your entries can't be read: {}.", fault.why());
        }
    }
}

fn offer(sitting: &Sitting, stepper: &Stepper, field: &Field, entries: &[(String, String)]) -> Offer {
    let people = sitting.people.iter();
    let sentence = match &field.shape {
        Shape::Derived { template } => stepper.sentence(template, &|id| sitting.name(id)),
        _ => String::new(),
    };
    let now = when::now();
    let links = matches!(field.shape, Shape::Link { .. } | Shape::List { of: ItemKind::Link, .. });
    Offer {
        people: people.map(|person| (person.id.to_string(), person.name.as_str().to_owned())).collect(),
        not_safe: sitting.not_safe(stepper.exercise()),
        entries: if links { entries.to_vec() } else { Vec::new() },
        items: stepper.offered(),
        breaths: stepper.breaths(),
        stop: stepper.stop_ahead().map(|field| field.label.clone()).unwrap_or_default(),
        sentence,
        today: now.get(..10).and_then(|day| day.parse().ok()),
        now,
    }
}
