//! Measures: reading, answering, looking back.

use std::sync::Arc;

use haven_api::convert::draft::{find_person, taken_back, unfit_answers};
use haven_api::convert::fault;
use haven_api::convert::measures::{Beside, Kept, result_to_pb, summary_to_pb, to_pb};
use haven_api::convert::value::map_from_pb;
use haven_api::error::ApiError;
use haven_api::pb;
use haven_api::pb::measure_service_server::MeasureService;
use haven_core::answers::Answer;
use haven_core::entry::{Draft, EntryKind};
use haven_core::id::PersonId;
use haven_core::measure::{self, About, Measure, Measures, PERSON_FIELD, ScoreChange, Subscale, Target};
use haven_core::person::Person;
use haven_core::progress::{Dated, History, histories};
use haven_core::shelf::Defined;
use haven_core::time::Date;
use haven_core::today::is_help_recent;
use haven_engine::command::{Command, Reply};
use haven_engine::view::View;
use tonic::{Request, Response, Status};

use super::definitions::{Definitions, fitting, unknown};
use super::desk::{Desk, finder, today};
use super::unexpected;
use crate::node::Node;

pub(super) struct MeasureRoom {
    pub(super) node: Node,
    pub(super) desk: Arc<Desk>,
    pub(super) definitions: Definitions,
}

#[tonic::async_trait]
impl MeasureService for MeasureRoom {
    async fn list_measures(
        &self,
        request: Request<pb::ListMeasuresRequest>,
    ) -> Result<Response<pb::ListMeasuresResponse>, Status> {
        let language = self.node.language_of(&request);
        let measures = self.definitions.shelf().measures;
        let listed = measures.iter().map(|measure| summary(&measures, measure, &language));
        Ok(Response::new(pb::ListMeasuresResponse { measures: listed.collect() }))
    }

    async fn get_measure(
        &self,
        request: Request<pb::GetMeasureRequest>,
    ) -> Result<Response<pb::GetMeasureResponse>, Status> {
        let language = &*self.node.language_of(&request);
        let pb::GetMeasureRequest { id, person, with_definition, today: day } = request.into_inner();
        let measures = self.definitions.shelf().measures;
        let measure = offered(&measures, &id)?;
        let definition = match with_definition {
            true => {
                let (ours, is_custom) = (measure::definition(&measure.id), measures.is_custom(&measure.id));
                self.definitions.text(&measure.reference(), ours, is_custom)?
            }
            false => String::new(),
        };
        let whole = match self.node.opened() {
            // What a measure asks is no secret; when it was answered, and about whom, is.
            Err(_) if person.is_empty() => to_pb(measure, language, None, Beside::default()),
            Err(closed) => return Err(closed.into()),
            Ok(snapshot) => {
                let somebody = whom(measure, &snapshot.view, &person)?;
                let day = today(&**self.node.host(), &day)?;
                self.told(&snapshot.view, measure, somebody, language, day)
            }
        };
        Ok(Response::new(pb::GetMeasureResponse { measure: Some(whole), definition }))
    }

    async fn answer_measure(
        &self,
        request: Request<pb::AnswerMeasureRequest>,
    ) -> Result<Response<pb::AnswerMeasureResponse>, Status> {
        let language = self.node.language_of(&request);
        let request = request.into_inner();
        let measures = self.definitions.shelf().measures;
        let measure = offered(&measures, &request.id)?;
        let snapshot = self.node.opened()?;
        let person = whom(measure, &snapshot.view, &request.person)?.map(|person| person.id);
        let answers = measure.check_answers(&map_from_pb(request.answers)).map_err(unfit_answers)?;
        if answers.is_empty() {
            return Err(unanswered().into());
        }
        let at = self.desk.at(&**self.node.host(), &request.at)?;
        let day = at.date();
        let mut draft = Draft::new(EntryKind::Measure, at);
        draft.exercise = Some(measure.reference());
        draft.answers = answers;
        if let Some(person) = person {
            draft.people.insert(person);
            let field = PERSON_FIELD.parse().map_err(|_| unexpected())?;
            draft.answers.insert(field, Answer::Person(person));
        }
        let Reply::Entry(id) = self.node.command(Command::Add(draft)).await? else {
            return Err(unexpected());
        };
        let snapshot = self.node.opened()?;
        // Whatever day the device takes it for, what was just answered is looked at.
        let day = day.max(today(&**self.node.host(), "")?);
        let result = self.result(&snapshot.view, measure, &id.to_string(), day, &language);
        Ok(Response::new(pb::AnswerMeasureResponse { result: Some(result.ok_or_else(unexpected)?) }))
    }

    async fn list_results(
        &self,
        request: Request<pb::ListResultsRequest>,
    ) -> Result<Response<pb::ListResultsResponse>, Status> {
        let language = self.node.language_of(&request);
        let pb::ListResultsRequest { id, person } = request.into_inner();
        let measures = self.definitions.shelf().measures;
        let measure = known(&measures, &id)?;
        let snapshot = self.node.opened()?;
        let view = &*snapshot.view;
        let only = match person.as_str() {
            "" => None,
            spec => Some(Target::Person(find_person(spec, &finder(view))?)),
        };
        let mut histories = self.histories(view, measure, today(&**self.node.host(), "")?);
        histories.retain(|history| only.is_none_or(|only| history.target == only));
        let results = self.results(view, measure, &histories, &language);
        Ok(Response::new(pb::ListResultsResponse { results }))
    }

    async fn check_measure(
        &self,
        request: Request<pb::CheckMeasureRequest>,
    ) -> Result<Response<pb::CheckMeasureResponse>, Status> {
        let language = self.node.language_of(&request);
        let definition = fitting(request.into_inner().definition)?;
        let beside = self.definitions.to_compare();
        let found = match &beside {
            Some(shelf) => shelf.check_measure(&definition),
            None => Measure::load(&definition, None),
        };
        let is_custom =
            |measure: &Measure| beside.as_ref().is_some_and(|shelf| shelf.measures.is_custom(&measure.id));
        let (faults, measure) = match &found {
            Ok(measure) => (&[][..], Some(summary_to_pb(measure, is_custom(measure), &language))),
            Err(faults) => (faults.as_slice(), None),
        };
        let faults = faults.iter().map(fault::to_pb).collect();
        Ok(Response::new(pb::CheckMeasureResponse { faults, measure, compared: beside.is_some() }))
    }

    async fn add_measure(
        &self,
        request: Request<pb::AddMeasureRequest>,
    ) -> Result<Response<pb::AddMeasureResponse>, Status> {
        let language = self.node.language_of(&request);
        let added = match self.definitions.add(Defined::Measure, request.into_inner().definition).await? {
            Ok(added) => added,
            Err(faults) => {
                let faults = faults.iter().map(fault::to_pb).collect();
                return Ok(Response::new(pb::AddMeasureResponse { faults, measure: None }));
            }
        };
        let measures = self.definitions.shelf().measures;
        let measure = measures.get_version(&added.id, added.version).ok_or_else(unexpected)?;
        let measure = Some(summary(&measures, measure, &language));
        Ok(Response::new(pb::AddMeasureResponse { faults: Vec::new(), measure }))
    }

    async fn remove_measure(
        &self,
        request: Request<pb::RemoveMeasureRequest>,
    ) -> Result<Response<pb::RemoveMeasureResponse>, Status> {
        self.definitions.remove(Defined::Measure, &request.into_inner().id).await?;
        Ok(Response::new(pb::RemoveMeasureResponse {}))
    }
}

impl MeasureRoom {
    /// A measure in words, about somebody or in general, with what is to be said beside it on that day.
    pub(super) fn told(
        &self,
        view: &View,
        measure: &Measure,
        somebody: Option<&Person>,
        language: &str,
        day: Date,
    ) -> pb::Measure {
        let target = target(measure, somebody.map(|person| person.id));
        let advice = self.histories(view, measure, day).into_iter().find(|it| it.target == target);
        let advice = advice.and_then(|history| history.again.says());
        let said = |sentence| self.desk.said(view, language, &sentence);
        let beside = Beside {
            advice: advice.map(said).unwrap_or_default(),
            origin: self.definitions.shelf().measures.origin(&measure.id).map(said),
        };
        to_pb(measure, language, somebody.map(|person| person.name.as_str()), beside)
    }

    /// What an entry that was just kept comes to.
    pub(super) fn result(
        &self,
        view: &View,
        measure: &Measure,
        entry: &str,
        day: Date,
        language: &str,
    ) -> Option<pb::MeasureResult> {
        let histories = self.histories(view, measure, day);
        let results = self.results(view, measure, &histories, language);
        results.into_iter().find(|result| result.entry_id == entry)
    }

    /// Everything answered to one measure. In the days after a time of need no score has a band, whichever measure called for help.
    fn histories(&self, view: &View, measure: &Measure, today: Date) -> Vec<History> {
        let people = super::progress::people(view);
        let desk = self.desk.of(view);
        let frame = desk.frame(today, &people);
        let entries = || view.rows().map(|row| &row.entry);
        let mut found = histories(&frame, entries());
        found.retain(|history| history.measure == measure.id);
        if is_help_recent(&frame, entries(), view.status.helped) {
            let results = found.iter_mut().flat_map(|history| &mut history.results);
            results.for_each(|dated| dated.result.hide_bands());
        }
        found
    }

    fn results(
        &self,
        view: &View,
        measure: &Measure,
        histories: &[History],
        language: &str,
    ) -> Vec<pb::MeasureResult> {
        let name_of = super::names::name_of(view);
        let desk = self.desk.of(view);
        let speaker = desk.speaker(language, &name_of);
        let mut results = Vec::new();
        for history in histories {
            for (index, dated) in history.results.iter().enumerate() {
                let changes = changes(measure, &history.results[..index], dated);
                let kept = Kept {
                    measure,
                    entry: dated.entry,
                    date: dated.date,
                    result: &dated.result,
                    changes: &changes,
                };
                results.push(result_to_pb(&kept, &speaker));
            }
        }
        results
    }
}

fn summary(measures: &Measures, measure: &Measure, language: &str) -> pb::MeasureSummary {
    summary_to_pb(measure, measures.is_custom(&measure.id), language)
}

/// A measure whose results can be read, also one that was taken back.
pub(super) fn known<'a>(measures: &'a Measures, id: &str) -> Result<&'a Measure, ApiError> {
    let found = id.parse().ok().and_then(|id| measures.get(&id));
    found.ok_or_else(|| unknown(Defined::Measure, id, measures.iter().map(|known| known.id.as_str())))
}

/// A measure that may be answered.
pub(super) fn offered<'a>(measures: &'a Measures, id: &str) -> Result<&'a Measure, ApiError> {
    let known = known(measures, id)?;
    let gone = || taken_back("there's no such measure any more", "haven measure add FILE");
    measures.offered(&known.id).ok_or_else(gone)
}

/// Says that there is nothing to keep.
fn unanswered() -> ApiError {
    ApiError::invalid("the measure wasn't kept", "no question has an answer")
        .with_next("Answer one question or more.")
}

/// How each score differs from the last one before that could be made; none where one of the two is none.
fn changes(measure: &Measure, before: &[Dated], dated: &Dated) -> Vec<ScoreChange> {
    let against = |subscale: &Subscale| {
        dated.result.number(&subscale.id)?;
        let scored = before.iter().rfind(|before| before.result.number(&subscale.id).is_some())?;
        let days = dated.date.days_since(scored.date);
        let changes = measure.changes(&scored.result, &dated.result, days);
        changes.into_iter().find(|change| change.subscale == subscale.id)
    };
    measure.subscales.iter().filter_map(against).collect()
}

/// The person that a measure is to be about.
pub(super) fn whom<'v>(
    measure: &Measure,
    view: &'v View,
    spec: &str,
) -> Result<Option<&'v Person>, ApiError> {
    if spec.is_empty() {
        return Ok(None);
    }
    if measure.about == About::Oneself {
        return Err(ApiError::invalid("the measure can't be about someone", "its questions are about you")
            .with_next("Leave the person out."));
    }
    let id = find_person(spec, &finder(view))?;
    let person = view.person(id).map(|person| &**person);
    if measure.recent && person.is_some_and(|person| person.died) {
        return Err(ApiError::invalid(
            "these questions are about the last two weeks",
            "they can't be asked about someone who has died",
        )
        .with_next("You can write about them in your own words, if you'd like."));
    }
    Ok(person)
}

pub(super) fn target(measure: &Measure, person: Option<PersonId>) -> Target {
    match (measure.about, person) {
        (About::Oneself, _) => Target::Oneself,
        (About::Person, None) => Target::General,
        (About::Person, Some(person)) => Target::Person(person),
    }
}
