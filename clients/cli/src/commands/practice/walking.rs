//! Walking the person through: the screen, what they do, and the answers kept on the way.

use std::time::{Duration, Instant};

use haven_api::error::ErrorReason;
use haven_api::walk::{Page, Question, Step};
use haven_core::answers::Value;
use ratatui::crossterm::event::{Event, KeyEventKind};

use super::Ending;
use super::choices::Links;
use super::controls::Offer;
use super::screen::draw;
use super::terminal::{Screen, event};
use super::walk::{Act, Walk};
use crate::commands::sitting::{Sitting, Took};
use crate::commands::support;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::text::Style;
use crate::when;

/// How often a screen is drawn while something moves on it: often enough for a bar to seem to flow.
const FRAME: Duration = Duration::from_millis(100);

/// How long nothing is drawn while nothing moves; a key ends the wait at once.
const IDLE: Duration = Duration::from_secs(1);

/// Asks every question of the walk, a screen each.
pub(super) async fn walk(cx: &Cx, sitting: &mut Sitting, still: bool) -> Result<Ending, Fault> {
    let (offer, _) = offer(cx, sitting).await;
    let mut walk = Walk::begin(sitting.walk.clone(), offer);
    // At hand, should the gate hold.
    walk.lines = support::afraid_lines(cx).await;
    let mut walking = Walking { cx, sitting, walk, screen: None, is_dirty: false, is_told: false };
    walking.run(still).await
}

struct Walking<'a> {
    cx: &'a Cx,
    sitting: &'a mut Sitting,
    walk: Walk,
    /// None while the passphrase is asked for.
    screen: Option<Screen>,
    /// Whether something may stand there that is not kept.
    is_dirty: bool,
    /// Whether somebody was told that what stands there cannot be kept.
    is_told: bool,
}

impl Walking<'_> {
    async fn run(&mut self, still: bool) -> Result<Ending, Fault> {
        let mut before = Instant::now();
        loop {
            let screen = match &mut self.screen {
                Some(screen) => screen,
                none => none.insert(Screen::take()?),
            };
            screen.draw(|frame| draw(&mut self.walk, frame, still))?;
            let wait = if self.walk.moves() { FRAME } else { IDLE };
            let happened = event(wait).await?;
            let now = Instant::now();
            self.walk.tick(u64::try_from(now.duration_since(before).as_millis()).unwrap_or(0));
            before = now;
            if happened.is_none() && std::mem::take(&mut self.is_dirty) {
                // What can't be kept now is kept with the answer, or that says why not.
                let _ = self.note().await;
            }
            self.is_dirty |= happened.is_some();
            let act = match happened {
                Some(Event::Key(key)) if key.kind != KeyEventKind::Release => self.walk.key(key),
                Some(Event::Paste(text)) => {
                    self.walk.paste(&text);
                    Act::Nothing
                }
                _ => Act::Nothing,
            };
            if let Some(ending) = self.act(act).await? {
                return Ok(ending);
            }
            // Time that a passphrase took is no time of a timer.
            if self.screen.is_none() {
                before = Instant::now();
            }
        }
    }

    async fn act(&mut self, act: Act) -> Result<Option<Ending>, Fault> {
        match act {
            Act::Nothing => {}
            Act::Step(step) => self.step(step).await?,
            Act::Back => {
                let at = self.sitting.walk.at.clone();
                if self.keeps().await && self.sitting.walk.at == at {
                    self.step(Step::Back).await?;
                }
            }
            Act::Meet(name) => self.meet(&name).await?,
            Act::Finish => return Ok(Some(Ending::Done)),
            Act::Leave if self.keeps().await => return Ok(Some(Ending::Left)),
            Act::Interrupt if self.keeps().await => return Ok(Some(Ending::Interrupted)),
            Act::Leave | Act::Interrupt => {}
            Act::Close => return Ok(Some(Ending::Held)),
        }
        Ok(None)
    }

    /// Keeps what stands there before it goes off the screen. Tells whether it may go: what cannot be kept stays for one more look.
    async fn keeps(&mut self) -> bool {
        let Err(fault) = self.note().await else { return true };
        let was_told = std::mem::replace(&mut self.is_told, true);
        self.walk.is_leaving = false;
        self.walk.hint = format!(
            "What stands here can't be kept: {}. {} The same key again goes without it.",
            fault.why(),
            fault.next()
        );
        was_told
    }

    /// Takes a step, and puts up what comes. Where the journal was locked meanwhile, the passphrase is asked for below the command.
    async fn step(&mut self, step: Step) -> Result<(), Fault> {
        let at = self.sitting.walk.at.clone();
        loop {
            match self.sitting.take(self.cx, &step).await {
                Ok(Took::Taken) => break,
                Ok(Took::Locked) => {
                    self.screen = None;
                    self.sitting.open(self.cx).await?;
                }
                // What stands there stays there, with why it is not taken.
                Err(fault) => {
                    self.walk.hint = format!("That can't be kept: {}. {}", fault.why(), fault.next());
                    return Ok(());
                }
            }
        }
        (self.is_dirty, self.is_told) = (false, false);
        self.show(&at).await;
        Ok(())
    }

    /// Puts up what the device said last. At the same page what stands there stays, where it was not taken.
    async fn show(&mut self, before: &str) {
        let told = self.sitting.walk.clone();
        if told.at == before && !told.hint.is_empty() {
            self.walk.stay_with(told);
            return;
        }
        let (offer, wrong) = offer(self.cx, self.sitting).await;
        self.walk.show(told, offer);
        if let Some(fault) = wrong {
            self.walk.hint = format!("Your entries can't be read: {}.", fault.why());
        }
    }

    /// Keeps what stands there. Whether it fits nobody asked; whoever goes on is told.
    async fn note(&mut self) -> Result<(), Fault> {
        let Some(noted) = self.walk.noted() else { return Ok(()) };
        let is_known = self.walk.question().is_some_and(|asked| match &asked.answer {
            Some(answer) => *answer == noted,
            // What is only suggested nobody has said.
            None => noted == Value::Null || noted.text() == Some(&asked.suggested),
        });
        if is_known {
            return Ok(());
        }
        let at = self.sitting.walk.at.clone();
        self.sitting.note(self.cx, noted).await?;
        if self.sitting.walk.at == at {
            self.walk.told = self.sitting.walk.clone();
        } else {
            self.show(&at).await;
        }
        Ok(())
    }

    /// Adds somebody new and takes them for the answer.
    async fn meet(&mut self, name: &str) -> Result<(), Fault> {
        let person = loop {
            match self.sitting.haven.add_person(name.trim()).await.map_err(Fault::from) {
                Ok(person) => break person,
                Err(fault) if fault.reason() == ErrorReason::Locked => {
                    self.screen = None;
                    self.sitting.open(self.cx).await?;
                }
                Err(fault) => {
                    self.walk.hint = format!("{} can't be added: {}.", self.cx.style.line(name), fault.why());
                    return Ok(());
                }
            }
        };
        self.step(Step::Answer(Value::Text(person.id.to_string()))).await
    }
}

/// What is offered at the page that is shown. Entries that cannot be read are no reason to lose the walk.
async fn offer(cx: &Cx, sitting: &Sitting) -> (Offer, Option<Fault>) {
    let Page::Question(asked) = &sitting.walk.page else { return (Offer::default(), None) };
    let plain = Style { colors: false, ..cx.style };
    match Links::of(&sitting.haven, asked, plain).await {
        Ok(links) => (offered(asked, links.entries), None),
        Err(fault) => (offered(asked, Vec::new()), Some(fault)),
    }
}

/// What a question offers beside what its shape says.
pub(super) fn offered(asked: &Question, entries: Vec<(String, String)>) -> Offer {
    let people = asked.people.iter().filter_map(|person| Some((person.id?.to_string(), person.name.clone())));
    Offer {
        people: people.collect(),
        not_safe: asked.not_safe.iter().map(ToString::to_string).collect(),
        entries,
        items: asked.offered.clone(),
        breaths: Some(asked.breaths.clone()).filter(|breaths| !breaths.is_empty()),
        stop: asked.stop_label.clone(),
        sentence: asked.sentence.clone(),
        suggested: asked.suggested.clone(),
        now: when::now(),
    }
}
