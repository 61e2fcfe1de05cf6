//! The exercises: finding, reading and checking them. Doing one is writing an entry.

use std::sync::Arc;

use haven_api::convert::draft::find_exercise;
use haven_api::convert::exercise::{summary_to_pb, to_pb};
use haven_api::convert::fault;
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::pb;
use haven_api::pb::practice_service_server::PracticeService;
use haven_core::content::Library;
use haven_core::exercise::{DEFAULT_LANGUAGE, Exercise, Sign, Step};
use haven_core::fault::Fault as DefinitionFault;
use haven_core::limits::EXERCISE_BYTES_MAX;
use haven_engine::command::{Command, Fault, Reply};
use tonic::{Request, Response, Status};

use super::desk::Desk;
use super::unexpected;
use crate::keeper::order::Refused;
use crate::node::Node;

pub(super) struct Practice {
    pub(super) node: Node,
    pub(super) desk: Arc<Desk>,
}

#[tonic::async_trait]
impl PracticeService for Practice {
    async fn list_exercises(
        &self,
        request: Request<pb::ListExercisesRequest>,
    ) -> Result<Response<pb::ListExercisesResponse>, Status> {
        let pb::ListExercisesRequest { step, sign, language } = request.into_inner();
        let (step, sign) = (read_step(step)?, read_sign(&sign)?);
        let library = self.exercises();
        let found = library.find(step, sign);
        let exercises = found.map(|exercise| summary(&library, exercise, or_default(&language))).collect();
        Ok(Response::new(pb::ListExercisesResponse { exercises }))
    }

    async fn get_exercise(
        &self,
        request: Request<pb::GetExerciseRequest>,
    ) -> Result<Response<pb::GetExerciseResponse>, Status> {
        let pb::GetExerciseRequest { id, version, language } = request.into_inner();
        let library = self.exercises();
        let exercise = find_exercise(&pb::ExerciseRef { id, version }, &library)?;
        let exercise = Some(to_pb(exercise, library.is_custom(&exercise.id), or_default(&language)));
        Ok(Response::new(pb::GetExerciseResponse { exercise }))
    }

    async fn check_exercise(
        &self,
        request: Request<pb::CheckExerciseRequest>,
    ) -> Result<Response<pb::CheckExerciseResponse>, Status> {
        let definition = fitting(request.into_inner().definition)?;
        Ok(Response::new(match Exercise::load(&definition, None) {
            Ok(exercise) => pb::CheckExerciseResponse {
                faults: Vec::new(),
                exercise: Some(summary_to_pb(&exercise, false, DEFAULT_LANGUAGE)),
            },
            Err(faults) => pb::CheckExerciseResponse {
                faults: faults.iter().map(fault::to_pb).collect(),
                exercise: None,
            },
        }))
    }

    async fn add_exercise(
        &self,
        request: Request<pb::AddExerciseRequest>,
    ) -> Result<Response<pb::AddExerciseResponse>, Status> {
        let definition = fitting(request.into_inner().definition)?;
        let added = match self.node.command(Command::AddDefinition(definition)).await {
            Ok(Reply::Exercise(added)) => added,
            Ok(_) => return Err(unexpected()),
            Err(Refused::Fault(Fault::Definition(faults))) => return Ok(Response::new(not_added(&faults))),
            Err(refused) => return Err(refused.into()),
        };
        let library = self.exercises();
        let exercise = library.get_version(&added.id, added.version).ok_or_else(unexpected)?;
        Ok(Response::new(pb::AddExerciseResponse {
            faults: Vec::new(),
            exercise: Some(summary(&library, exercise, DEFAULT_LANGUAGE)),
        }))
    }
}

impl Practice {
    /// What comes with Haven, and what the person added if their journal is open.
    fn exercises(&self) -> Arc<Library> {
        self.desk.of(&self.node.snapshot().view).shelf.exercises
    }
}

fn summary(library: &Library, exercise: &Exercise, language: &str) -> pb::ExerciseSummary {
    summary_to_pb(exercise, library.is_custom(&exercise.id), language)
}

fn not_added(faults: &[DefinitionFault]) -> pb::AddExerciseResponse {
    pb::AddExerciseResponse { faults: faults.iter().map(fault::to_pb).collect(), exercise: None }
}

/// A definition that is small enough to be read.
fn fitting(definition: String) -> Result<String, ApiError> {
    if definition.len() <= EXERCISE_BYTES_MAX {
        return Ok(definition);
    }
    let why = format!("it has {} bytes, at most {EXERCISE_BYTES_MAX} are read", definition.len());
    Err(ApiError::new(Reason::TooLarge, "the definition was not read").because(why))
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

/// The language asked for, or the default one.
pub(super) fn or_default(language: &str) -> &str {
    if language.is_empty() { DEFAULT_LANGUAGE } else { language }
}
