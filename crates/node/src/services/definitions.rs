//! The definitions that a person writes: checking, adding and taking them back. Exercises and measures go the same way.

use std::sync::Arc;

use haven_api::convert::draft::taken_back;
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_core::answers::{ExerciseId, ExerciseRef};
use haven_core::fault::Fault as DefinitionFault;
use haven_core::limits::DEFINITION_BYTES_MAX;
use haven_core::shelf::{Defined, Shelf};
use haven_engine::command::{Command, Fault, Reply};
use tonic::Status;

use super::desk::Desk;
use super::unexpected;
use crate::keeper::order::Refused;
use crate::node::Node;

/// Where definitions are kept.
#[derive(Clone)]
pub(super) struct Definitions {
    pub(super) node: Node,
    pub(super) desk: Arc<Desk>,
}

impl Definitions {
    /// What comes with Haven, and what the person added if their journal is open.
    pub(super) fn shelf(&self) -> Shelf {
        self.desk.of(&self.node.snapshot().view).shelf
    }

    /// The shelf of an open journal, to hold a definition against; none if no journal is open.
    pub(super) fn to_compare(&self) -> Option<Shelf> {
        self.node.opened().ok().map(|snapshot| self.desk.of(&snapshot.view).shelf)
    }

    /// The TOML that something was read from: Haven's own, or what the person added.
    pub(super) fn text(
        &self,
        reference: &ExerciseRef,
        ours: Option<&str>,
        is_custom: bool,
    ) -> Result<String, Status> {
        if let (false, Some(text)) = (is_custom, ours) {
            return Ok(text.to_owned());
        }
        let snapshot = self.node.opened()?;
        snapshot.view.definition(reference).map(str::to_owned).ok_or_else(unexpected)
    }

    /// Keeps a definition. What is wrong with it is an answer and no error.
    pub(super) async fn add(
        &self,
        defined: Defined,
        text: String,
    ) -> Result<Result<ExerciseRef, Vec<DefinitionFault>>, Status> {
        let text = fitting(text)?;
        match self.node.command(Command::AddDefinition { defined, text }).await {
            Ok(Reply::Defined(added)) => Ok(Ok(added)),
            Ok(_) => Err(unexpected()),
            Err(Refused::Fault(Fault::Definition(faults))) => Ok(Err(faults)),
            Err(refused) => Err(refused.into()),
        }
    }

    /// Takes back what the person added.
    pub(super) async fn remove(&self, defined: Defined, id: &str) -> Result<(), Status> {
        let snapshot = self.node.opened()?;
        let shelf = self.desk.of(&snapshot.view).shelf;
        let id = id.parse().map_err(|_| unknown(defined, id, ids(&shelf, defined)))?;
        check_removable(&shelf, defined, &id)?;
        self.node.command(Command::RemoveDefinition { defined, id }).await?;
        Ok(())
    }
}

fn check_removable(shelf: &Shelf, defined: Defined, id: &ExerciseId) -> Result<(), ApiError> {
    let (is_known, is_custom, is_offered) = match defined {
        Defined::Exercise => {
            let known = &shelf.exercises;
            (known.get(id).is_some(), known.is_custom(id), known.offered(id).is_some())
        }
        Defined::Measure => {
            let known = &shelf.measures;
            (known.get(id).is_some(), known.is_custom(id), known.offered(id).is_some())
        }
    };
    match (is_known, is_custom, is_offered) {
        (false, ..) => Err(unknown(defined, id.as_str(), ids(shelf, defined))),
        (true, false, _) => Err(ApiError::invalid("nothing was removed", "it comes with Haven")
            .with_next("Leave it where it is; nothing has to be done with it.")),
        (true, true, false) => {
            Err(taken_back("nothing was removed", &format!("haven {} add FILE", room(defined))))
        }
        (true, true, true) => Ok(()),
    }
}

/// What is offered, by its ids.
fn ids(shelf: &Shelf, defined: Defined) -> Vec<&str> {
    match defined {
        Defined::Exercise => shelf.exercises.iter().map(|exercise| exercise.id.as_str()).collect(),
        Defined::Measure => shelf.measures.iter().map(|measure| measure.id.as_str()).collect(),
    }
}

/// Says that nothing has the id, and what was meant, perhaps.
pub(super) fn unknown<'a>(defined: Defined, id: &str, ids: impl IntoIterator<Item = &'a str>) -> ApiError {
    ApiError::new(Reason::NotFound, format!("there's no such {defined}"))
        .because("none has this id")
        .with_next("Choose one from the list.")
        .at_terminal(format!("`haven {} list` shows them all.", room(defined)))
        .with_nearest(id, ids)
}

/// The word of the command line for them.
fn room(defined: Defined) -> &'static str {
    match defined {
        Defined::Exercise => "practice",
        Defined::Measure => "measure",
    }
}

/// A definition that is small enough to be read.
pub(super) fn fitting(definition: String) -> Result<String, ApiError> {
    if definition.len() <= DEFINITION_BYTES_MAX {
        return Ok(definition);
    }
    let why = format!("it has {} bytes, and at most {DEFINITION_BYTES_MAX} fit", definition.len());
    Err(ApiError::new(Reason::TooLarge, "the definition can't be used")
        .because(why)
        .with_next("Make it shorter."))
}
