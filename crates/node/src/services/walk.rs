//! Walking through an exercise or a measure, a page at a time. Between two calls nothing of it is held but its draft.

mod begin;
mod begun;
mod course;
mod finish;
mod pages;
mod place;
mod sheet;
mod stepper;
mod walking;

use std::sync::Arc;

use haven_api::convert::draft::find_exercise;
use haven_api::convert::entry::{exercise_ref_from_pb, exercise_ref_to_pb};
use haven_api::convert::value::map_from_pb;
use haven_api::error::ApiError;
use haven_api::pb;
use haven_api::pb::walk_service_server::WalkService;
use haven_core::answers::{Answer, ExerciseRef, Value, ValueMap};
use haven_core::person::{Person, resolve_person};
use haven_core::shelf::Asked;
use haven_core::support::Country;
use haven_core::time::{CivilTime, Timestamp};
use haven_engine::command::DraftId;
use haven_engine::view::View;
use tonic::{Request, Response, Status};

use self::course::{Course, Fit, Guided, Kind, Questionnaire, Telling};
use self::place::{Place, no_such_page};
use self::sheet::Sheet;
use self::walking::Walking;
use super::definitions::Definitions;
use super::desk::{self, Desk};
use super::drafts::{Drafts, draft_id};
use super::measures::{MeasureRoom, whom};
use super::{names, progress};
use crate::node::Node;
use crate::snapshot::Snapshot;

pub(super) struct Walks {
    node: Node,
    desk: Arc<Desk>,
    drafts: Drafts,
    measures: MeasureRoom,
}

#[tonic::async_trait]
impl WalkService for Walks {
    async fn list_walks(
        &self,
        request: Request<pb::ListWalksRequest>,
    ) -> Result<Response<pb::ListWalksResponse>, Status> {
        let language = self.node.language_of(&request);
        let walks = self.begun(&request.into_inner().today, &language).await?;
        Ok(Response::new(pb::ListWalksResponse { walks }))
    }

    async fn begin_walk(
        &self,
        request: Request<pb::BeginWalkRequest>,
    ) -> Result<Response<pb::BeginWalkResponse>, Status> {
        let language = self.node.language_of(&request);
        let walk = Some(self.begin(request.into_inner(), language).await?);
        Ok(Response::new(pb::BeginWalkResponse { walk }))
    }

    async fn step_walk(
        &self,
        request: Request<pb::StepWalkRequest>,
    ) -> Result<Response<pb::StepWalkResponse>, Status> {
        let language = self.node.language_of(&request);
        let pb::StepWalkRequest { walk, r#move: step, country, today } = request.into_inner();
        let step = step.ok_or_else(|| ApiError::invalid("it can't go on from here", "nothing was done"))?;
        let telling = Telling { language, country: Country::typed(&country) };
        let (mut walking, place) = self.read(walk.unwrap_or_default(), telling, &today).await?;
        let place = match self.stale(&walking) {
            Some(day) => walking.begin_anew(day)?,
            None => walking.take(place, step).await?,
        };
        Ok(Response::new(pb::StepWalkResponse { walk: Some(walking.to_pb(&place)?) }))
    }

    async fn finish_walk(
        &self,
        request: Request<pb::FinishWalkRequest>,
    ) -> Result<Response<pb::FinishWalkResponse>, Status> {
        let language = self.node.language_of(&request);
        let pb::FinishWalkRequest { walk, today } = request.into_inner();
        let telling = Telling { language, country: None };
        let (walking, place) = self.read(walk.unwrap_or_default(), telling, &today).await?;
        Ok(Response::new(self.finish(walking, &place).await?))
    }
}

impl Walks {
    pub(super) fn new(node: Node, desk: Arc<Desk>, definitions: Definitions) -> Self {
        let drafts = Drafts { node: node.clone(), desk: Arc::clone(&desk) };
        let measures = MeasureRoom { node: node.clone(), desk: Arc::clone(&desk), definitions };
        Self { node, desk, drafts, measures }
    }

    /// Reads a walk as a client carries it, beside what the device keeps of it. Nothing in it is believed that the device knows
    /// better.
    async fn read(
        &self,
        walk: pb::Walk,
        telling: Telling,
        today: &str,
    ) -> Result<(Walking<'_>, Place), Status> {
        let place: Place = walk.at.parse()?;
        let snapshot = self.node.opened()?;
        let mut sheet = sheet_of(&walk, &snapshot.view)?;
        let kept = self.drafts.all().await?.into_iter().find(|draft| draft.id == sheet.id);
        let (answers, typed) = (std::mem::take(&mut sheet.answers), std::mem::take(&mut sheet.typed));
        match kept {
            Some(kept) => {
                let moved = place.question().map(str::to_owned);
                sheet.answered(answers, typed);
                sheet.meet(&kept, moved.as_deref())?;
            }
            None if walk.is_kept => return Err(is_over().into()),
            None => sheet.answered(answers, typed),
        }
        let has_called = !walk.emergency.is_empty();
        let mut walking = self.walking(snapshot, sheet, telling, today, walk.later)?;
        walking.has_called |= has_called;
        walking.sort()?;
        if place.question().is_some_and(|id| !walking.course.asks(id)) {
            return Err(no_such_page().into());
        }
        Ok((walking, place))
    }

    /// Takes a walk in hand.
    fn walking(
        &self,
        snapshot: Arc<Snapshot>,
        sheet: Sheet,
        telling: Telling,
        today: &str,
        later: Vec<String>,
    ) -> Result<Walking<'_>, Status> {
        let people = progress::people(&snapshot.view);
        let today = desk::today(&**self.node.host(), today)?;
        let course = self.course(&snapshot.view, &sheet, &telling, today, &later)?;
        let calls = |(id, answer): (&String, &Value)| course.calls_for_support(id, answer);
        let has_called = sheet.answers.iter().any(calls);
        Ok(Walking {
            room: self,
            snapshot,
            people,
            telling,
            today,
            course,
            sheet,
            later,
            has_called,
            begun: None,
            hint: String::new(),
            notice: Default::default(),
        })
    }

    fn course(
        &self,
        view: &View,
        sheet: &Sheet,
        telling: &Telling,
        today: haven_core::time::Date,
        later: &[String],
    ) -> Result<Course, Status> {
        let shelf = self.desk.of(view).shelf;
        let made_with = sheet.exercise.clone();
        let Some(asked) = shelf.made_with(&made_with) else {
            return Err(unknown(&made_with, &shelf.exercises).into());
        };
        let (title, minutes, order, kind) = match asked {
            Asked::Exercise(exercise) => {
                let mut guided = Guided::new(&shelf, &made_with, telling, later)?;
                guided.without_empty(view, |id| sheet.at(id).is_some());
                let stepper = guided.stepper(&ValueMap::new(), None);
                let order = stepper.asked().map(|field| field.id.clone()).collect();
                let title = exercise.title(&telling.language).to_owned();
                (title, exercise.minutes, order, Kind::Exercise(Box::new(guided)))
            }
            Asked::Measure(measure) => {
                let about = sheet.draft.people.first().map_or("", String::as_str);
                let somebody = whom(measure, view, about)?;
                let told = self.measures.told(view, measure, somebody, &telling.language, today);
                let items = told.items.iter().map(|item| item.id.clone());
                let order = items.chain(told.extras.iter().map(|extra| extra.id.clone())).collect();
                let title = told.summary.as_ref().map(|it| it.title.clone()).unwrap_or_default();
                let asked = Questionnaire { measure: measure.clone(), told };
                (title, measure.minutes, order, Kind::Measure(Box::new(asked)))
            }
        };
        Ok(Course { shelf, made_with, title, minutes, order, kind })
    }

    /// Looks at an answer, and at the zone of a time in it as well.
    fn fit(
        &self,
        view: &View,
        people: &[Person],
        course: &Course,
        sheet: &Sheet,
        id: &str,
        answer: Value,
    ) -> Fit {
        let fit = course.fit(people, id, answer);
        let Fit::Answer(Value::Text(text)) = &fit else { return fit };
        let is_time = course
            .guided()
            .and_then(|guided| guided.field(id))
            .is_some_and(|field| matches!(field.shape, haven_api::practice::Shape::DateTime));
        let Some(time) = text.parse::<CivilTime>().ok().filter(|_| is_time) else { return fit };
        let entry = sheet.entry.as_ref().and_then(|(entry, _)| view.entry(*entry));
        let known = id.parse().ok().and_then(|id| entry?.entry.answers.get(&id).cloned());
        match desk::answer_entered(&**self.node.host(), Answer::DateTime(time), known.as_ref()) {
            Ok(answer) => Fit::Answer(answer.to_value()),
            Err(fault) => Fit::Misfit(format!("That time can't be used: {}.", fault.why)),
        }
    }

    /// People as they are named, by name; who cannot be told has no id.
    fn people(&self, people: &[Person], named: &[String]) -> Vec<pb::PersonRef> {
        let person = |called: &String| {
            let found = resolve_person(people, called).ok();
            let person = found.and_then(|id| people.iter().find(|person| person.id == id));
            person.map_or_else(
                || pb::PersonRef { id: String::new(), name: called.clone() },
                |person| pb::PersonRef { id: person.id.to_string(), name: person.name.to_string() },
            )
        };
        named.iter().map(person).collect()
    }

    /// The time it is, in the zone of another; empty if the clock cannot be used.
    fn now_as_in(&self, at: &str) -> String {
        let zone = at
            .parse::<CivilTime>()
            .ok()
            .and_then(|at| Some((at.offset_seconds()?, at.zone().map(str::to_owned))));
        let now = match zone {
            Some((offset, zone)) => {
                let now = Timestamp::from_millis(self.node.host().now().wall_ms);
                CivilTime::from_clock(now, offset, zone.as_deref()).ok()
            }
            None => desk::now(&**self.node.host()).ok(),
        };
        now.map(|now| now.to_string()).unwrap_or_default()
    }

    /// A name for a new draft.
    fn new_draft(&self) -> DraftId {
        let mut id = [0; 16];
        self.node.host().entropy(&mut id);
        DraftId(id)
    }
}

/// Reads what a walk has answered.
fn sheet_of(walk: &pb::Walk, view: &View) -> Result<Sheet, ApiError> {
    let saved = walk.draft.clone().unwrap_or_default();
    let mut draft = saved.draft.unwrap_or_default();
    let unread = |why: &str| {
        ApiError::invalid("it can't go on from here", why)
            .with_next("Send the walk back as it came, or begin again.")
    };
    let subject = walk.subject.as_ref().and_then(|subject| subject.made_with.as_ref());
    let asked = draft.exercise.as_ref().filter(|asked| Some(*asked) == subject);
    let asked = asked.ok_or_else(|| unread("its draft is for something else"))?;
    let exercise = exercise_ref_from_pb(asked).map_err(|_| unread("there's no such exercise or measure"))?;
    let id = draft_id(&saved.draft_id)?;
    let answers = map_from_pb(std::mem::take(&mut draft.answers));
    let mut sheet = Sheet::begin(id, exercise, Vec::new(), String::new());
    sheet.entry = match saved.entry_id.as_str() {
        "" => None,
        text => Some((names::entry(view, text)?, saved.base_version)),
    };
    if let Some((entry, _)) = &sheet.entry {
        let made_with = view.entry(*entry).and_then(|row| row.entry.exercise.as_ref());
        if made_with != Some(&sheet.exercise) {
            return Err(unread("its entry answers something else"));
        }
    }
    (sheet.draft, sheet.saved_ms, sheet.held) = (draft, saved.saved_ms, saved.held);
    sheet.answered(answers, map_from_pb(saved.typed));
    Ok(sheet)
}

/// Says that a draft is gone.
fn is_over() -> ApiError {
    ApiError::new(haven_api::error::ErrorReason::NotFound, "it can't go on from here")
        .because("it was finished or discarded")
        .with_next("Begin again.")
}

/// Says that this release does not know what is to be gone on with.
fn unknown(made_with: &ExerciseRef, exercises: &haven_core::content::Library) -> ApiError {
    match find_exercise(&exercise_ref_to_pb(made_with), exercises) {
        Err(fault) => fault,
        Ok(_) => is_over(),
    }
}
