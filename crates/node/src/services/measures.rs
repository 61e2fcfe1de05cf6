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
use haven_core::exercise::DEFAULT_LANGUAGE;
use haven_core::id::PersonId;
use haven_core::measure::{self, About, Measure, Measures, PERSON_FIELD, ScoreChange, Subscale, Target};
use haven_core::person::Person;
use haven_core::progress::{Dated, History, histories};
use haven_core::shelf::Defined;
use haven_core::time::Date;
use haven_engine::command::{Command, Reply};
use haven_engine::view::View;
use tonic::{Request, Response, Status};

use super::definitions::{Definitions, fitting, unknown};
use super::desk::{Desk, finder, today};
use super::practice::or_default;
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
        let language = request.into_inner().language;
        let measures = self.definitions.shelf().measures;
        let listed = measures.iter().map(|measure| summary(&measures, measure, or_default(&language)));
        Ok(Response::new(pb::ListMeasuresResponse { measures: listed.collect() }))
    }

    async fn get_measure(
        &self,
        request: Request<pb::GetMeasureRequest>,
    ) -> Result<Response<pb::GetMeasureResponse>, Status> {
        let pb::GetMeasureRequest { id, person, language, with_definition, today: day } =
            request.into_inner();
        let (measures, language) = (self.definitions.shelf().measures, or_default(&language));
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
                let view = &*snapshot.view;
                let somebody = whom(measure, view, &person)?;
                let target = target(measure, somebody.map(|person| person.id));
                let day = today(&**self.node.host(), &day)?;
                let advice = self.histories(view, measure, day).into_iter().find(|it| it.target == target);
                let advice = advice.and_then(|history| history.again.says());
                let said = |sentence| self.desk.said(view, language, &sentence);
                let beside = Beside {
                    advice: advice.map(said).unwrap_or_default(),
                    origin: measures.origin(&measure.id).map(said),
                };
                to_pb(measure, language, somebody.map(|person| person.name.as_str()), beside)
            }
        };
        Ok(Response::new(pb::GetMeasureResponse { measure: Some(whole), definition }))
    }

    async fn answer_measure(
        &self,
        request: Request<pb::AnswerMeasureRequest>,
    ) -> Result<Response<pb::AnswerMeasureResponse>, Status> {
        let request = request.into_inner();
        let measures = self.definitions.shelf().measures;
        let measure = offered(&measures, &request.id)?;
        let snapshot = self.node.opened()?;
        let person = whom(measure, &snapshot.view, &request.person)?.map(|person| person.id);
        let answers = measure.check_answers(&map_from_pb(request.answers)).map_err(unfit_answers)?;
        if answers.is_empty() {
            let empty = ApiError::invalid("the measure wasn't kept", "no question has an answer");
            return Err(empty.with_next("Answer one question or more.").into());
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
        let histories = self.histories(&snapshot.view, measure, day);
        let results = self.results(&snapshot.view, measure, &histories, or_default(&request.language));
        let id = id.to_string();
        let result = results.into_iter().find(|result| result.entry_id == id).ok_or_else(unexpected)?;
        Ok(Response::new(pb::AnswerMeasureResponse { result: Some(result) }))
    }

    async fn list_results(
        &self,
        request: Request<pb::ListResultsRequest>,
    ) -> Result<Response<pb::ListResultsResponse>, Status> {
        let pb::ListResultsRequest { id, person, language } = request.into_inner();
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
        let results = self.results(view, measure, &histories, or_default(&language));
        Ok(Response::new(pb::ListResultsResponse { results }))
    }

    async fn check_measure(
        &self,
        request: Request<pb::CheckMeasureRequest>,
    ) -> Result<Response<pb::CheckMeasureResponse>, Status> {
        let definition = fitting(request.into_inner().definition)?;
        let beside = self.definitions.to_compare();
        let found = match &beside {
            Some(shelf) => shelf.check_measure(&definition),
            None => Measure::load(&definition, None),
        };
        let is_custom =
            |measure: &Measure| beside.as_ref().is_some_and(|shelf| shelf.measures.is_custom(&measure.id));
        let (faults, measure) = match &found {
            Ok(measure) => (&[][..], Some(summary_to_pb(measure, is_custom(measure), DEFAULT_LANGUAGE))),
            Err(faults) => (faults.as_slice(), None),
        };
        let faults = faults.iter().map(fault::to_pb).collect();
        Ok(Response::new(pb::CheckMeasureResponse { faults, measure, compared: beside.is_some() }))
    }

    async fn add_measure(
        &self,
        request: Request<pb::AddMeasureRequest>,
    ) -> Result<Response<pb::AddMeasureResponse>, Status> {
        let added = match self.definitions.add(Defined::Measure, request.into_inner().definition).await? {
            Ok(added) => added,
            Err(faults) => {
                let faults = faults.iter().map(fault::to_pb).collect();
                return Ok(Response::new(pb::AddMeasureResponse { faults, measure: None }));
            }
        };
        let measures = self.definitions.shelf().measures;
        let measure = measures.get_version(&added.id, added.version).ok_or_else(unexpected)?;
        let measure = Some(summary(&measures, measure, DEFAULT_LANGUAGE));
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
    /// Everything answered to one measure.
    fn histories(&self, view: &View, measure: &Measure, today: Date) -> Vec<History> {
        let people = super::progress::people(view);
        let desk = self.desk.of(view);
        let frame = desk.frame(today, &people);
        let entries = view.rows().map(|row| &row.entry);
        histories(&frame, entries).into_iter().filter(|history| history.measure == measure.id).collect()
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
fn known<'a>(measures: &'a Measures, id: &str) -> Result<&'a Measure, ApiError> {
    let found = id.parse().ok().and_then(|id| measures.get(&id));
    found.ok_or_else(|| unknown(Defined::Measure, id, measures.iter().map(|known| known.id.as_str())))
}

/// A measure that may be answered.
fn offered<'a>(measures: &'a Measures, id: &str) -> Result<&'a Measure, ApiError> {
    let known = known(measures, id)?;
    let gone = || taken_back("there's no such measure any more", "haven measure add FILE");
    measures.offered(&known.id).ok_or_else(gone)
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
fn whom<'v>(measure: &Measure, view: &'v View, spec: &str) -> Result<Option<&'v Person>, ApiError> {
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
            "these questions don't fit",
            "they ask about the last weeks, and this person has died",
        )
        .with_next("Choose someone else, or write about them in your own words."));
    }
    Ok(person)
}

fn target(measure: &Measure, person: Option<PersonId>) -> Target {
    match (measure.about, person) {
        (About::Oneself, _) => Target::Oneself,
        (About::Person, None) => Target::General,
        (About::Person, Some(person)) => Target::Person(person),
    }
}
