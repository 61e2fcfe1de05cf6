//! A walk through an exercise or a measure at a terminal. The device says which page comes; here it is seen to that nothing is lost
//! where the journal was locked in the middle.

use haven_api::error::{ApiError, ErrorReason};
use haven_api::practice::Shape;
use haven_api::walk::{About, Beginning, Begun, Finished, Page, Step, Walk};
use haven_core::answers::{ExerciseId, Value};
use haven_core::exercise::ItemKind;

use crate::cx::{Cx, Haven, aside};
use crate::fault::Fault;
use crate::{ask, daemon, kept, unlock};

use super::country_set;

/// What to do where somebody has to be asked; it never is said, since the caller looked.
const INSTEAD: &str = "Pass --answers FILE.";

/// A walk, and the device that leads through it.
pub(super) struct Sitting {
    pub(super) haven: Haven,
    /// Where it is, as the device said it last.
    pub(super) walk: Walk,
    /// The command that goes on with it.
    command: String,
    /// Whether an answer lies sealed.
    is_sealed: bool,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Took {
    /// The device took it, and the walk is where it leads.
    Taken,
    /// The journal is locked: what was answered is sealed, and the step has to be taken again.
    Locked,
}

impl Sitting {
    /// Begins, or goes on. `command` goes on with it another time.
    pub(super) async fn begin(
        cx: &Cx,
        haven: Haven,
        what: &Beginning,
        people: &[String],
        command: String,
    ) -> Result<Self, Fault> {
        let walk = haven.begin_walk(what, About { people: people.to_vec(), at: None }).await?;
        let sitting = Self { haven, walk, command, is_sealed: false };
        sitting.part(cx);
        Ok(sitting)
    }

    /// Takes a step, and asks for the passphrase where the journal was locked meanwhile.
    pub(super) async fn step(&mut self, cx: &Cx, step: Step) -> Result<(), Fault> {
        while self.take(cx, &step).await? == Took::Locked {
            self.open(cx).await?;
        }
        Ok(())
    }

    /// Takes a step. Where the journal is locked, the answer in it is kept sealed.
    pub(super) async fn take(&mut self, cx: &Cx, step: &Step) -> Result<Took, Fault> {
        let stepped = match self.haven.step_walk(&self.walk, step.clone()).await {
            Err(gone) if gone.reason == ErrorReason::DaemonUnreachable => {
                self.reach().await.map_err(|_| gone)?;
                self.haven.step_walk(&self.walk, step.clone()).await
            }
            outcome => outcome,
        };
        match stepped {
            Ok(walk) => {
                self.walk = walk;
                self.part(cx);
                Ok(Took::Taken)
            }
            Err(error) if error.reason == ErrorReason::Locked => {
                self.seal(cx, step).await?;
                Ok(Took::Locked)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps what stands at a question, though nobody said that it is the answer.
    pub(super) async fn note(&mut self, cx: &Cx, noted: Value) -> Result<(), Fault> {
        self.take(cx, &Step::Note(noted)).await.map(drop)
    }

    /// Makes it an entry or a result. Nothing comes of it where nothing is to be kept.
    pub(super) async fn finish(&mut self, cx: &Cx) -> Result<Finished, Fault> {
        loop {
            let finished = match self.haven.finish_walk(&self.walk).await {
                Err(gone) if gone.reason == ErrorReason::DaemonUnreachable => {
                    self.reach().await.map_err(|_| gone)?;
                    self.haven.finish_walk(&self.walk).await
                }
                outcome => outcome,
            };
            match finished {
                Ok(finished) => {
                    cx.parting.take();
                    return Ok(finished);
                }
                Err(error) if error.reason == ErrorReason::Locked => self.open(cx).await?,
                Err(error) => {
                    let fault = Fault::from(error);
                    let next = self.parting();
                    return Err(if next.is_empty() { fault } else { fault.with_next(next) });
                }
            }
        }
    }

    /// Leaves a walk that does not go on. What was kept of it on the way is forgotten, as far as it should be.
    pub(super) async fn close(&mut self, cx: &Cx) -> Result<(), Fault> {
        if self.walk.is_kept {
            self.finish(cx).await?;
        }
        Ok(())
    }

    /// How to go on with what is kept; empty if nothing is.
    pub(super) fn parting(&self) -> String {
        if !self.walk.is_kept && !self.is_sealed {
            return String::new();
        }
        format!("What you answered is kept. Go on with `{}`.", self.command)
    }

    /// Has it said, should the person stop, how they go on.
    fn part(&self, cx: &Cx) {
        cx.parting.replace(self.parting());
    }

    /// Asks for the passphrase.
    ///
    /// # Errors
    /// The journal stays locked.
    pub(super) async fn open(&mut self, cx: &Cx) -> Result<(), Fault> {
        aside("The journal was locked meanwhile. Your answers are kept.");
        let is_open = unlock::ask(cx, &mut self.haven, "Passphrase: ").await;
        self.haven = self.haven.clone().in_the_country(country_set());
        let next = format!("Your answers are kept. Go on with `{}`.", self.command);
        let left = match is_open {
            Ok(true) => return Ok(()),
            Ok(false) => ApiError::new(ErrorReason::Locked, "the journal stays locked")
                .because("no passphrase was given")
                .into(),
            Err(fault) if fault.reason() == ErrorReason::WrongPassphrase => fault,
            Err(fault) => return Err(fault),
        };
        Err(left.with_next(next))
    }

    /// A daemon that locks begins anew, and the connection with it.
    async fn reach(&mut self) -> Result<(), Fault> {
        self.haven = daemon::reach().await?.in_the_country(country_set());
        Ok(())
    }

    /// Keeps an answer sealed. What was answered before it is kept already.
    async fn seal(&mut self, cx: &Cx, step: &Step) -> Result<(), Fault> {
        let (Page::Question(asked), Step::Answer(answer) | Step::Note(answer)) = (&self.walk.page, step)
        else {
            return Ok(());
        };
        // Only the open journal can tell whether it goes on about them.
        if *answer == Value::Null || is_about_people(&asked.field.shape) {
            return Ok(());
        }
        let mut saved = self.walk.draft.clone();
        saved.typed.insert(asked.answer_id.clone(), answer.clone());
        kept::keep(&mut self.haven, saved).await?;
        self.is_sealed = true;
        self.part(cx);
        Ok(())
    }
}

/// Whether a question asks for people.
pub(super) fn is_about_people(shape: &Shape) -> bool {
    matches!(shape, Shape::Person | Shape::List { of: ItemKind::Person, .. })
}

/// Finds out what of an exercise to begin: goes on with what was begun, here or on another device, if the person wants to.
pub(super) async fn of_exercise(cx: &Cx, haven: &Haven, id: &ExerciseId) -> Result<Beginning, Fault> {
    let anew = Beginning::Exercise(id.clone());
    let walks = haven.walks().await?;
    let begun: Vec<&Begun> = walks.iter().filter(|it| it.made_with.id == *id && it.goes_on).collect();
    // What a journal keeps once is opened without a question.
    let is_single = haven.exercise(id, None).await.is_ok_and(|exercise| exercise.single);
    if let Some((draft, begun)) = begun.iter().find_map(|it| Some((it.draft?, it))) {
        if goes_on(cx, begun).await? {
            return Ok(Beginning::Draft(draft));
        }
        if !is_single {
            cx.note("It stays where it is; `haven draft list` shows it.");
        }
        return Ok(anew);
    }
    if let (Some((entry, begun)), false) = (begun.iter().find_map(|it| Some((it.entry?, it))), is_single)
        && goes_back(cx, begun).await?
    {
        return Ok(Beginning::Entry(entry.to_string()));
    }
    Ok(anew)
}

/// Asks whether to go on with what was begun.
pub(super) async fn goes_on(cx: &Cx, begun: &Begun) -> Result<bool, Fault> {
    let question = format!("You began this on {}. Go on? [Y/n] ", begun.date);
    let answer = ask::line(cx, &question, INSTEAD).await?;
    Ok(!matches!(answer.trim().to_lowercase().as_str(), "n" | "no"))
}

/// What was kept is an entry: whoever does the exercise again mostly means another time, and Enter must not write over that one.
async fn goes_back(cx: &Cx, begun: &Begun) -> Result<bool, Fault> {
    let question = format!("You kept one on {} with open questions. Go back to it? [y/N] ", begun.date);
    let answer = ask::line(cx, &question, INSTEAD).await?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
