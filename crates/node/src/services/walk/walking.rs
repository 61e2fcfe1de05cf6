//! A walk in hand: what a person does at a page, what is kept of it, and where it leads.

use std::sync::Arc;

use haven_api::convert::value;
use haven_api::error::ApiError;
use haven_api::pb;
use haven_api::pb::step_walk_request::Move;
use haven_api::practice::{HarmQuestion, Shape};
use haven_core::answers::{ExerciseId, Value};
use haven_core::person::{Person, resolve_person};
use haven_core::time::Date;
use tonic::Status;

use super::Walks;
use super::course::{Course, Fit, Guided, Kind, Telling};
use super::place::{Before, Place, Start, no_such_page};
use super::sheet::Sheet;
use super::stepper::{self, Reply, Stepper};
use crate::snapshot::Snapshot;

/// What is said where somebody goes on before they have answered what has to be clear first.
const CHOOSE: &str = "Choose one of the three first.";

/// What is said where something is answered that is only to be read.
const NOTHING_TO_ANSWER: &str = "There's nothing to answer here.";

/// A walk in hand.
pub(super) struct Walking<'a> {
    pub(super) room: &'a Walks,
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) people: Vec<Person>,
    pub(super) telling: Telling,
    pub(super) today: Date,
    pub(super) course: Course,
    pub(super) sheet: Sheet,
    /// The ids of later questions, if it asks these.
    pub(super) later: Vec<String>,
    /// Whether an answer called for support.
    pub(super) has_called: bool,
    /// The earlier day on which the measure was begun that begins anew.
    pub(super) begun: Option<Date>,
    /// Why the answer was not taken.
    pub(super) hint: String,
    /// What the notice says that comes next, and what it offers.
    pub(super) notice: (Vec<String>, Option<ExerciseId>),
}

impl Walking<'_> {
    /// The question of what has to be clear first. Later questions are asked without it.
    pub(super) fn harm_question(&self) -> Option<&HarmQuestion> {
        let guided = self.course.guided().filter(|_| self.later.is_empty())?;
        guided.whole.harm_question.as_ref()
    }

    /// Whether somebody it is about is marked as not safe to be open with.
    pub(super) fn is_unsafe(&self) -> bool {
        let Some(guided) = self.course.guided() else { return false };
        // Whoever cannot be found is no concern here; they are told when it is saved.
        let named =
            self.sheet.draft.people.iter().filter_map(|called| resolve_person(&self.people, called).ok());
        stepper::is_unsafe(&self.people, named.chain(stepper::concerned(&guided.whole, &self.sheet.answers)))
    }

    /// Whether it does not go on, since somebody it is about is marked as not safe.
    pub(super) fn is_held(&self) -> bool {
        self.harm_question().is_some() && self.is_unsafe()
    }

    /// What to say first where somebody it is about is marked as not safe; empty if nothing.
    pub(super) fn unsafe_notice(&self) -> &str {
        self.course.guided().map_or("", |guided| &guided.whole.unsafe_notice)
    }

    /// Whether all that was said is that now is not the time.
    pub(super) fn is_declined(&self) -> bool {
        let guided = self.course.guided();
        guided.is_some_and(|guided| guided.stepper(&self.sheet.answers, None).is_declined())
            && self.sheet.entry.is_none()
            && self.sheet.typed.is_empty()
    }

    /// Takes what the person did, and tells which page comes.
    pub(super) async fn take(&mut self, place: Place, step: Move) -> Result<Place, Status> {
        let next = match (place, step) {
            (_, Move::To(at)) => self.to(&at)?,
            (Place::Question(id), step) => self.at_question(id, step).await?,
            (place, step) => self.elsewhere(place, step)?,
        };
        // Whoever it is about may have been marked meanwhile.
        if self.is_held() && !matches!(next, Place::Held(_)) {
            return Ok(Place::Held(Before::Nothing));
        }
        Ok(next)
    }

    fn to(&self, at: &str) -> Result<Place, ApiError> {
        match at.parse()? {
            Place::Question(id) if self.course.asks(&id) => Ok(Place::Question(id)),
            _ => Err(no_such_page()),
        }
    }

    async fn at_question(&mut self, id: String, step: Move) -> Result<Place, Status> {
        match step {
            Move::Answer(answer) => self.answer(id, value::from_pb(answer)).await,
            Move::Note(answer) => self.note(id, value::from_pb(answer)).await,
            Move::Skip(_) => self.give(id, None).await,
            Move::Back(_) => Ok(match self.course.before(&id) {
                Some(before) => Place::Question(before.clone()),
                None if self.later.is_empty() => Place::Intro(Start::First),
                None => Place::Question(id),
            }),
            Move::On(_) => match self.sheet.at(&id).cloned() {
                Some(noted) => self.answer(id, noted).await,
                None => self.give(id, None).await,
            },
            Move::Stop(ran) => self.stop(id, value::from_pb(ran)).await,
            Move::CouldHarm(_) | Move::To(_) => Err(not_here().into()),
        }
    }

    /// Takes an answer and goes on. One that does not fit stays with why, and is kept as it was typed.
    async fn answer(&mut self, id: String, answer: Value) -> Result<Place, Status> {
        match self.fit(&id, answer.clone()) {
            Fit::Nothing => self.give(id, None).await,
            Fit::Answer(answer) => self.give(id, Some(answer)).await,
            Fit::Misfit(why) => {
                self.hint = why;
                self.type_at(&id, answer).await?;
                Ok(Place::Question(id))
            }
        }
    }

    /// Keeps what stands at a question, and stays. Nobody asked whether it fits; whoever goes on is told.
    async fn note(&mut self, id: String, answer: Value) -> Result<Place, Status> {
        match self.fit(&id, answer.clone()) {
            Fit::Misfit(_) => self.type_at(&id, answer).await?,
            fit => {
                let before = self.sheet.answers.get(&id).cloned();
                self.sheet.put(&id, if let Fit::Answer(answer) = fit { Some(answer) } else { None });
                // Nothing is kept where the gate is about to close.
                if self.is_held() {
                    self.sheet.put(&id, before);
                }
                self.keep(Some(&id)).await?;
            }
        }
        Ok(Place::Question(id))
    }

    async fn type_at(&mut self, id: &str, typed: Value) -> Result<(), Status> {
        if self.is_sentence(id) {
            self.hint = NOTHING_TO_ANSWER.to_owned();
            return Ok(());
        }
        self.sheet.typed.insert(id.to_owned(), typed);
        self.keep(Some(id)).await
    }

    pub(super) fn is_sentence(&self, id: &str) -> bool {
        let field = self.course.guided().and_then(|guided| guided.field(id));
        field.is_some_and(|field| matches!(field.shape, Shape::Derived { .. }))
    }

    pub(super) fn fit(&self, id: &str, answer: Value) -> Fit {
        self.room.fit(&self.snapshot.view, &self.people, &self.course, &self.sheet, id, answer)
    }

    /// Puts an answer, or takes one back, keeps that, and goes on.
    async fn give(&mut self, id: String, answer: Option<Value>) -> Result<Place, Status> {
        let was_unsafe = self.is_unsafe();
        self.sheet.put(&id, answer.clone());
        if self.is_held() {
            self.sheet.put(&id, None);
            return Ok(Place::Held(Before::Question(id)));
        }
        self.keep(Some(&id)).await?;
        let answer = answer.unwrap_or(Value::Null);
        if self.course.calls_for_support(&id, &answer) && answer != Value::Null {
            self.has_called = true;
            return Ok(Place::Support(id));
        }
        let news =
            if self.is_unsafe() && !was_unsafe { self.unsafe_notice().to_owned() } else { String::new() };
        Ok(self.replied(id.clone(), news, self.course.reply(&id, &answer)))
    }

    /// Stops at a timer: takes how long it ran, and the answer to the question behind it at which to stop.
    async fn stop(&mut self, id: String, ran: Value) -> Result<Place, Status> {
        let stop = self.course.guided().and_then(|guided| {
            let stepper = guided.stepper(&self.sheet.answers, Some(&id));
            let field = stepper.stop_ahead()?;
            let Shape::Bool { stop: Some(stop) } = &field.shape else { return None };
            Some((field.id.clone(), Value::Bool(stop.when)))
        });
        let Some((behind, when)) = stop else { return Err(not_here().into()) };
        match self.fit(&id, ran) {
            Fit::Answer(ran) => self.sheet.put(&id, Some(ran)),
            Fit::Nothing => self.sheet.put(&id, None),
            Fit::Misfit(why) => {
                self.hint = why;
                return Ok(Place::Question(id));
            }
        }
        self.give(behind, Some(when)).await
    }

    /// What an answer called for, after what somebody's safety calls for; else the next question.
    fn replied(&mut self, id: String, news: String, reply: Reply) -> Place {
        let (words, instead, is_last) = match reply {
            Reply::Nothing => (String::new(), None, false),
            Reply::Say(words) => (words, None, false),
            Reply::Stop { notice, instead } => (notice, instead, true),
        };
        let both: Vec<_> = [news, words].into_iter().filter(|words| !words.is_empty()).collect();
        if both.is_empty() {
            return self.after(&id);
        }
        self.notice = (both, instead);
        Place::Notice { after: id, is_last }
    }

    fn after(&self, id: &str) -> Place {
        self.course.after(id).map_or(Place::End, |next| Place::Question(next.clone()))
    }

    /// The pages that are read.
    fn elsewhere(&mut self, place: Place, step: Move) -> Result<Place, ApiError> {
        Ok(match (place, step) {
            (Place::Intro(start), Move::On(_)) if self.harm_question().is_some() => Place::Gate(start),
            (Place::Intro(start) | Place::Unsure(start), Move::On(_)) => self.start(start),
            (Place::Gate(start), Move::CouldHarm(answer)) => self.pass_gate(start, answer)?,
            (Place::Gate(start), Move::On(_)) => {
                self.hint = CHOOSE.to_owned();
                Place::Gate(start)
            }
            (Place::Notice { is_last: true, .. }, Move::On(_)) => Place::End,
            (Place::Notice { after, .. } | Place::Support(after), Move::On(_)) => self.after(&after),
            (place, Move::Back(_)) => self.back(place),
            _ => return Err(not_here()),
        })
    }

    fn pass_gate(&self, start: Start, answer: i32) -> Result<Place, ApiError> {
        match pb::CouldHarm::try_from(answer) {
            Ok(pb::CouldHarm::No) => Ok(self.start(start)),
            Ok(pb::CouldHarm::NotSure) => Ok(Place::Unsure(start)),
            Ok(pb::CouldHarm::Yes) => Ok(Place::Held(Before::Gate(start))),
            Ok(pb::CouldHarm::Unspecified) | Err(_) => {
                Err(ApiError::invalid("it can't go on from here", "none of the three answers was given")
                    .with_next("Ask the person; nothing is chosen for them."))
            }
        }
    }

    fn back(&self, place: Place) -> Place {
        match place {
            Place::Gate(start) => Place::Intro(start),
            Place::Unsure(start) | Place::Held(Before::Gate(start)) => Place::Gate(start),
            Place::Held(Before::Question(id)) | Place::Support(id) => Place::Question(id),
            Place::Notice { after, .. } => Place::Question(after),
            Place::End => self.last_question(),
            stays => stays,
        }
    }

    /// The question that the end comes after: the one at which it was better to stop, or the last.
    fn last_question(&self) -> Place {
        let stepper = self.course.guided().map(|guided| guided.stepper(&self.sheet.answers, None));
        let stopped = stepper.as_ref().and_then(Stepper::stops_at).map(|field| field.id.clone());
        let last = stopped.or_else(|| self.course.order.last().cloned());
        last.map_or(Place::Intro(Start::First), Place::Question)
    }

    /// Where the questions begin.
    pub(super) fn start(&self, start: Start) -> Place {
        let question = match (start, &self.course.kind) {
            (Start::First, _) => self.course.order.first().cloned(),
            (Start::Open, Kind::Measure(_)) => {
                self.course.order.iter().find(|id| !self.sheet.answers.contains_key(*id)).cloned()
            }
            (Start::Open, Kind::Exercise(guided)) => self.goes_on_at(guided),
        };
        question.map_or(Place::End, Place::Question)
    }

    /// Where an exercise goes on: after the last answer, or at the first question that is needed and open, or where something was
    /// typed that is no answer; but at the answer after which it was better to stop, if there is one.
    fn goes_on_at(&self, guided: &Guided) -> Option<String> {
        let mut stepper = Stepper::new(guided.sitting.clone(), self.sheet.answers.clone());
        stepper.go_to_open();
        let at = stepper.field().map(|field| field.id.clone());
        if stepper.stops_at().is_some() {
            return at;
        }
        let place = |id: &String| self.course.order.iter().position(|asked| asked == id);
        let typed = self.sheet.typed.keys().filter_map(place).min();
        let at = at.as_ref().and_then(place).unwrap_or(self.course.order.len());
        self.course.order.get(typed.map_or(at, |typed| typed.min(at))).cloned()
    }

    /// Keeps the answers so far, as of a question. Of somebody for whom now is not the time nothing is kept.
    pub(super) async fn keep(&mut self, at: Option<&str>) -> Result<(), Status> {
        if self.is_declined() {
            return self.forget().await;
        }
        if !self.sheet.is_kept && !self.sheet.is_changed() {
            return Ok(());
        }
        self.sheet.held = self.could_still_close(at);
        self.sheet.saved_ms = self.room.drafts.save(self.sheet.to_pb()).await?;
        self.sheet.is_kept = true;
        Ok(())
    }

    /// Whether a question ahead may still name somebody with whom it does not go on. Until then nothing is written down by itself: it
    /// could not be taken back from other devices.
    fn could_still_close(&self, at: Option<&str>) -> bool {
        let (Some(guided), Some(at), true) = (self.course.guided(), at, self.harm_question().is_some())
        else {
            return false;
        };
        let ahead = self.course.order.iter().skip_while(|id| *id != at).skip(1);
        let names = |id: &&String| guided.field(id).is_some_and(|field| matches!(field.shape, Shape::Person));
        let is_open = ahead.filter(names).any(|id| !self.sheet.answers.contains_key(id));
        is_open && self.sheet.entry.is_none()
    }

    /// Forgets what was kept.
    pub(super) async fn forget(&mut self) -> Result<(), Status> {
        if std::mem::take(&mut self.sheet.is_kept) {
            self.room.drafts.discard(self.sheet.id).await?;
        }
        Ok(())
    }
}

/// Says that the page takes something else.
fn not_here() -> ApiError {
    ApiError::invalid("it can't go on from here", "this page doesn't take that")
        .with_next("Send the walk back as it came, with what fits its page.")
}
