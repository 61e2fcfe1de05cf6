//! The exercises: finding, reading and checking them. Doing one is writing an entry.

use haven_api::convert::draft::find_exercise;
use haven_api::convert::exercise::{summary_to_pb, to_pb};
use haven_api::convert::fault;
use haven_api::error::ApiError;
use haven_api::pb;
use haven_api::pb::practice_service_server::PracticeService;
use haven_core::content::{self, Library};
use haven_core::exercise::{Exercise, Sign, Step};
use haven_core::shelf::Defined;
use haven_core::support::{Country, Support};
use tonic::{Request, Response, Status};

use super::definitions::{Definitions, fitting};
use super::unexpected;

pub(super) struct Practice(pub(super) Definitions);

#[tonic::async_trait]
impl PracticeService for Practice {
    async fn list_exercises(
        &self,
        request: Request<pb::ListExercisesRequest>,
    ) -> Result<Response<pb::ListExercisesResponse>, Status> {
        let language = self.0.node.language_of(&request);
        let pb::ListExercisesRequest { step, sign } = request.into_inner();
        let (step, sign) = (read_step(step)?, read_sign(&sign)?);
        let library = self.0.shelf().exercises;
        let found = library.find(step, sign);
        let exercises = found.map(|exercise| summary(&library, exercise, &language)).collect();
        Ok(Response::new(pb::ListExercisesResponse { exercises }))
    }

    async fn get_exercise(
        &self,
        request: Request<pb::GetExerciseRequest>,
    ) -> Result<Response<pb::GetExerciseResponse>, Status> {
        let language = self.0.node.language_of(&request);
        let pb::GetExerciseRequest { id, version, country, with_definition } = request.into_inner();
        let library = self.0.shelf().exercises;
        let exercise = find_exercise(&pb::ExerciseRef { id, version }, &library)?;
        let is_custom = library.is_custom(&exercise.id);
        let definition = match with_definition {
            true => self.0.text(&exercise.reference(), content::definition(&exercise.id), is_custom)?,
            false => String::new(),
        };
        let emergency = Support::built_in().map_err(|_| unexpected())?;
        let emergency = emergency.emergency(Country::typed(&country), &language);
        let exercise = Some(to_pb(exercise, is_custom, &language, &emergency));
        Ok(Response::new(pb::GetExerciseResponse { exercise, definition }))
    }

    async fn check_exercise(
        &self,
        request: Request<pb::CheckExerciseRequest>,
    ) -> Result<Response<pb::CheckExerciseResponse>, Status> {
        let language = self.0.node.language_of(&request);
        let definition = fitting(request.into_inner().definition)?;
        let beside = self.0.to_compare();
        let found = match &beside {
            Some(shelf) => shelf.check_exercise(&definition),
            None => Exercise::load(&definition, None),
        };
        let is_custom = |exercise: &Exercise| {
            beside.as_ref().is_some_and(|shelf| shelf.exercises.is_custom(&exercise.id))
        };
        let (faults, exercise) = match &found {
            Ok(exercise) => (&[][..], Some(summary_to_pb(exercise, is_custom(exercise), &language))),
            Err(faults) => (faults.as_slice(), None),
        };
        let faults = faults.iter().map(fault::to_pb).collect();
        Ok(Response::new(pb::CheckExerciseResponse { faults, exercise, compared: beside.is_some() }))
    }

    async fn add_exercise(
        &self,
        request: Request<pb::AddExerciseRequest>,
    ) -> Result<Response<pb::AddExerciseResponse>, Status> {
        let language = self.0.node.language_of(&request);
        let added = match self.0.add(Defined::Exercise, request.into_inner().definition).await? {
            Ok(added) => added,
            Err(faults) => {
                let faults = faults.iter().map(fault::to_pb).collect();
                return Ok(Response::new(pb::AddExerciseResponse { faults, exercise: None }));
            }
        };
        let library = self.0.shelf().exercises;
        let exercise = library.get_version(&added.id, added.version).ok_or_else(unexpected)?;
        let exercise = Some(summary(&library, exercise, &language));
        Ok(Response::new(pb::AddExerciseResponse { faults: Vec::new(), exercise }))
    }

    async fn remove_exercise(
        &self,
        request: Request<pb::RemoveExerciseRequest>,
    ) -> Result<Response<pb::RemoveExerciseResponse>, Status> {
        self.0.remove(Defined::Exercise, &request.into_inner().id).await?;
        Ok(Response::new(pb::RemoveExerciseResponse {}))
    }
}

fn summary(library: &Library, exercise: &Exercise, language: &str) -> pb::ExerciseSummary {
    summary_to_pb(exercise, library.is_custom(&exercise.id), language)
}

fn read_step(number: u32) -> Result<Option<Step>, ApiError> {
    match number {
        0 => Ok(None),
        number => Step::from_number(number.into())
            .map(Some)
            .ok_or_else(|| ApiError::invalid("nothing was listed", "steps are numbered 1 to 6")),
    }
}

fn read_sign(text: &str) -> Result<Option<Sign>, ApiError> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|error| ApiError::invalid("nothing was listed", error)),
    }
}
