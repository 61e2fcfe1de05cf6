//! The end of a walk: an entry, a change to one, a result, or nothing.

use haven_api::convert::draft::unfit_answers;
use haven_api::error::ApiError;
use haven_api::pb;
use haven_core::answers::ExerciseId;
use haven_core::fault::Fault;
use haven_core::measure::Measure;
use tonic::Status;

use super::Walks;
use super::course::{Fit, Kind};
use super::place::{Before, Place};
use super::stepper::{self, Reply, Stepper};
use super::walking::Walking;
use crate::services::measures::offered;

impl Walks {
    /// Makes what was answered an entry, a change to one or a result.
    pub(super) async fn finish(
        &self,
        mut walking: Walking<'_>,
        place: &Place,
    ) -> Result<pb::FinishWalkResponse, Status> {
        if matches!(place, Place::Held(_) | Place::Unsure(_)) || walking.is_held() {
            return close(walking, place).await;
        }
        if walking.is_declined() || (walking.sheet.is_blank() && walking.sheet.entry.is_none()) {
            walking.forget().await?;
            return Ok(pb::FinishWalkResponse::default());
        }
        unfit(&walking)?;
        self.is_of_today(&walking)?;
        walking.keep(None).await?;
        if !walking.sheet.is_kept {
            return Ok(pb::FinishWalkResponse::default());
        }
        match &walking.course.kind {
            Kind::Exercise(_) => self.finish_exercise(&walking).await,
            Kind::Measure(asked) => self.finish_measure(&walking, &asked.measure).await,
        }
    }

    async fn finish_exercise(&self, walking: &Walking<'_>) -> Result<pb::FinishWalkResponse, Status> {
        let written = self.drafts.commit(walking.sheet.id, true).await?;
        let guided = walking.course.guided();
        let measure = guided.and_then(|guided| guided.whole.measure.as_ref());
        let measure = measure.and_then(|id| walking.course.shelf.measures.get(id));
        let result = match measure {
            Some(measure) => self.result(walking, measure, &written.id)?,
            None => None,
        };
        Ok(pb::FinishWalkResponse {
            entry_id: written.id,
            version: written.version,
            complete: written.complete,
            result,
            next: next(walking).map(|id| walking.course.suggested(&id, &walking.telling.language)),
        })
    }

    /// Whether a measure may be kept: one that is still asked like that, of one day.
    fn is_of_today(&self, walking: &Walking<'_>) -> Result<(), ApiError> {
        let Kind::Measure(asked) = &walking.course.kind else { return Ok(()) };
        let now = offered(&walking.course.shelf.measures, asked.measure.id.as_str())?;
        let why = match self.stale(walking) {
            Some(_) => "its answers are about other days",
            None if now.version != asked.measure.version => "it's asked otherwise now",
            None => return Ok(()),
        };
        Err(ApiError::invalid("the measure wasn't kept", why)
            .with_next("Begin it again; what was answered stays until then."))
    }

    /// The draft becomes the entry, so that there is never both, and no more than AnswerMeasure would keep.
    async fn finish_measure(
        &self,
        walking: &Walking<'_>,
        measure: &Measure,
    ) -> Result<pb::FinishWalkResponse, Status> {
        let written = self.drafts.commit(walking.sheet.id, true).await?;
        self.forget_earlier(walking).await?;
        Ok(pb::FinishWalkResponse {
            result: self.result(walking, measure, &written.id)?,
            entry_id: written.id,
            version: written.version,
            complete: written.complete,
            next: None,
        })
    }

    /// Forgets what was begun of the measure about the same person on earlier days and cannot be gone on with: it has been answered
    /// since.
    async fn forget_earlier(&self, walking: &Walking<'_>) -> Result<(), Status> {
        let shelf = &walking.course.shelf;
        let (id, people) = (&walking.sheet.exercise.id, &walking.sheet.draft.people);
        for draft in self.drafts.all().await? {
            let is_it = draft.draft.exercise.as_ref().is_some_and(|made_with| made_with.id == *id);
            let about: Vec<String> = draft.draft.people.iter().map(ToString::to_string).collect();
            if is_it
                && about == *people
                && draft.named.is_empty()
                && !self.goes_on(&draft, shelf, walking.today)
            {
                self.drafts.discard(draft.id).await?;
            }
        }
        Ok(())
    }

    fn result(
        &self,
        walking: &Walking<'_>,
        measure: &Measure,
        entry: &str,
    ) -> Result<Option<pb::MeasureResult>, Status> {
        let snapshot = self.node.opened()?;
        // Whatever day the device takes it for, what was just answered is looked at.
        let written =
            entry.parse().ok().and_then(|id| snapshot.view.entry(id)).map(|row| row.entry.at.date());
        let day = written.map_or(walking.today, |day| day.max(walking.today));
        Ok(self.measures.result(&snapshot.view, measure, entry, day, &walking.telling.language))
    }
}

/// Leaves a walk that does not go on. What was answered before somebody was named with whom it is not safe is forgotten; what was kept
/// at another time stays as it is.
async fn close(mut walking: Walking<'_>, place: &Place) -> Result<pb::FinishWalkResponse, Status> {
    let is_of_now = matches!(place, Place::Held(Before::Question(_))) && walking.sheet.entry.is_none();
    if is_of_now {
        walking.forget().await?;
    }
    Ok(pb::FinishWalkResponse::default())
}

/// Names what was typed and is no answer.
fn unfit(walking: &Walking<'_>) -> Result<(), Status> {
    let faults = walking.sheet.typed.iter().map(|(id, typed)| {
        let why = match walking.fit(id, typed.clone()) {
            Fit::Misfit(why) => why,
            Fit::Nothing | Fit::Answer(_) => String::new(),
        };
        Fault::new("this is no answer yet", why).of_field(id)
    });
    let faults: Vec<_> = faults.collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(unfit_answers(faults).with_next("Put it right, or leave the question open.").into())
}

/// What is offered next: what the answer offers at which it was better to stop.
fn next(walking: &Walking<'_>) -> Option<ExerciseId> {
    let guided = walking.course.guided()?;
    let stepper = guided.stepper(&walking.sheet.answers, None);
    let field = Stepper::stops_at(&stepper)?;
    match stepper::reply(&field.shape, walking.sheet.answers.get(&field.id)?) {
        Reply::Stop { instead, .. } => instead,
        Reply::Nothing | Reply::Say(_) => None,
    }
}
