//! Measures and progress.

use haven_core::answers::{ExerciseId, ValueMap};
use haven_core::progress::Topic;
use haven_core::time::{CivilTime, Date};

use super::{Client, Transport, fitting};
use crate::convert::value::map_to_pb;
use crate::convert::{fault, measures, sent, text};
use crate::definition::{Check, Checked};
use crate::error::ApiError;
use crate::measures::{Measure, MeasureResult, MeasureSummary, Progress, Today};
use crate::pb;

impl<T: Transport> Client<T> {
    /// Names the measures.
    ///
    /// # Errors
    /// The device cannot be reached.
    pub async fn measures(&self) -> Result<Vec<MeasureSummary>, ApiError> {
        let request = pb::ListMeasuresRequest {};
        let listed = self.measure_service().list_measures(request).await?.into_inner();
        listed.measures.into_iter().map(measures::summary_from_pb).collect()
    }

    /// Reads a measure whole, about one of the people or in general.
    ///
    /// # Errors
    /// `NOT_FOUND`, and with a person what finding one gives.
    pub async fn measure(&self, id: &ExerciseId, person: Option<&str>) -> Result<Measure, ApiError> {
        let person = person.unwrap_or_default().to_owned();
        let request =
            pb::GetMeasureRequest { id: id.to_string(), person, with_definition: false, today: self.day() };
        let answer = self.measure_service().get_measure(request).await?.into_inner();
        measures::from_pb(sent(answer.measure, "measure")?)
    }

    /// Reads the TOML of a measure, in the newest version that is offered.
    ///
    /// # Errors
    /// `NOT_FOUND`, `LOCKED` for one that the person added.
    pub async fn measure_definition(&self, id: &ExerciseId) -> Result<String, ApiError> {
        let request =
            pb::GetMeasureRequest { id: id.to_string(), with_definition: true, ..Default::default() };
        Ok(self.measure_service().get_measure(request).await?.into_inner().definition)
    }

    /// Keeps answers to a measure and tells what they come to.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `INVALID_ARGUMENT` with a fault for every answer that does not fit.
    pub async fn answer_measure(
        &self,
        id: &ExerciseId,
        person: Option<&str>,
        answers: ValueMap,
        at: Option<&CivilTime>,
    ) -> Result<MeasureResult, ApiError> {
        let at = at.cloned().or_else(|| self.now());
        let request = pb::AnswerMeasureRequest {
            id: id.to_string(),
            person: person.unwrap_or_default().to_owned(),
            answers: map_to_pb(answers),
            at: text(at),
        };
        let answer = self.measure_service().answer_measure(fitting(request)?).await?.into_inner();
        measures::result_from_pb(sent(answer.result, "result")?)
    }

    /// Gives all results of a measure, those about each person together, oldest first.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`.
    pub async fn results(
        &self,
        id: &ExerciseId,
        person: Option<&str>,
    ) -> Result<Vec<MeasureResult>, ApiError> {
        let person = person.unwrap_or_default().to_owned();
        let request = pb::ListResultsRequest { id: id.to_string(), person };
        let listed = self.measure_service().list_results(request).await?.into_inner();
        listed.results.into_iter().map(measures::result_from_pb).collect()
    }

    /// Checks the definition of a measure, in TOML; beside what is in the journal, if that is open.
    ///
    /// # Errors
    /// `TOO_LARGE`.
    pub async fn check_measure(&self, definition: String) -> Result<Check<MeasureSummary>, ApiError> {
        let request = pb::CheckMeasureRequest { definition };
        let checked = self.measure_service().check_measure(fitting(request)?).await?.into_inner();
        Ok(Check { found: found(checked.measure, checked.faults)?, compared: checked.compared })
    }

    /// Adds a measure by its definition, in TOML. It is then there on all devices; a definition with a fault is not kept.
    ///
    /// # Errors
    /// `LOCKED`, `TOO_LARGE`.
    pub async fn add_measure(&self, definition: String) -> Result<Checked<MeasureSummary>, ApiError> {
        let request = pb::AddMeasureRequest { definition };
        let added = self.measure_service().add_measure(fitting(request)?).await?.into_inner();
        found(added.measure, added.faults)
    }

    /// Takes back a measure that the person added. Its results stay.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `INVALID_ARGUMENT` for one that comes with Haven.
    pub async fn remove_measure(&self, id: &ExerciseId) -> Result<(), ApiError> {
        let request = pb::RemoveMeasureRequest { id: id.to_string() };
        self.measure_service().remove_measure(request).await?;
        Ok(())
    }

    /// Tells what comes up today.
    ///
    /// # Errors
    /// `LOCKED`.
    pub async fn today(&self) -> Result<Today, ApiError> {
        let request = pb::GetTodayRequest { today: self.day() };
        let answer = self.progress_service().get_today(request).await?.into_inner();
        measures::today_from_pb(answer)
    }

    /// Looks back on the journal in one way.
    ///
    /// # Errors
    /// `LOCKED`, and with a person what finding one gives.
    pub async fn progress(
        &self,
        topic: Topic,
        person: Option<&str>,
        after: Option<Date>,
    ) -> Result<Progress, ApiError> {
        let request = pb::GetProgressRequest {
            view: topic.to_string(),
            person: person.unwrap_or_default().to_owned(),
            after: text(after),
            today: self.day(),
        };
        let answer = self.progress_service().get_progress(request).await?.into_inner();
        measures::told_from_pb(answer)
    }
}

fn found(
    usable: Option<pb::MeasureSummary>,
    faults: Vec<pb::Fault>,
) -> Result<Checked<MeasureSummary>, ApiError> {
    match usable {
        Some(summary) => Ok(Checked::Usable(measures::summary_from_pb(summary)?)),
        None => Ok(Checked::Faulty(faults.into_iter().map(fault::from_pb).collect())),
    }
}
