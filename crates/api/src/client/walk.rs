//! Walking through exercises and measures.

use super::{Client, Transport, fitting};
use crate::convert::{sent, text, walk};
use crate::error::ApiError;
use crate::pb;
use crate::walk::{About, Beginning, Begun, Finished, Step, Walk};

impl<T: Transport> Client<T> {
    /// Names what was begun and can be gone on with, the last changed first.
    ///
    /// # Errors
    /// `LOCKED`.
    pub async fn walks(&self) -> Result<Vec<Begun>, ApiError> {
        let request = pb::ListWalksRequest { today: self.day() };
        let listed = self.walk_service().list_walks(request).await?.into_inner();
        listed.walks.into_iter().map(walk::begun_from_pb).collect()
    }

    /// Begins an exercise or a measure, or goes on with one. Nothing is kept before the first answer.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `AMBIGUOUS_ID`, `INVALID_ARGUMENT`.
    pub async fn begin_walk(&self, what: &Beginning, about: About) -> Result<Walk, ApiError> {
        let request = pb::BeginWalkRequest {
            what: Some(walk::beginning_to_pb(what)),
            people: about.people,
            country: self.place(),
            today: self.day(),
            at: text(about.at.or_else(|| self.now())),
        };
        let begun = self.walk_service().begin_walk(fitting(request)?).await?.into_inner();
        walk::from_pb(sent(begun.walk, "walk")?)
    }

    /// Takes what the person did, and gives the page that comes. What is kept is durable when this returns.
    ///
    /// # Errors
    /// `LOCKED`; then the draft of the walk can be sealed, and the step taken again once the vault is open. `NOT_FOUND` for what was
    /// finished or discarded, `INVALID_ARGUMENT`, `TOO_LARGE`.
    pub async fn step_walk(&self, walk: &Walk, step: Step) -> Result<Walk, ApiError> {
        let request = pb::StepWalkRequest {
            walk: Some(walk::to_pb(walk.clone())),
            r#move: Some(walk::step_to_pb(step)),
            country: self.place(),
            today: self.day(),
        };
        let stepped = self.walk_service().step_walk(fitting(request)?).await?.into_inner();
        walk::from_pb(sent(stepped.walk, "walk")?)
    }

    /// Makes what was answered an entry, a change to one or a result, and forgets the draft.
    ///
    /// # Errors
    /// As [`Self::step_walk`]; `INVALID_ARGUMENT` with a fault for whatever was typed and is no answer.
    pub async fn finish_walk(&self, walk: &Walk) -> Result<Finished, ApiError> {
        let request = pb::FinishWalkRequest { walk: Some(walk::to_pb(walk.clone())), today: self.day() };
        let finished = self.walk_service().finish_walk(fitting(request)?).await?.into_inner();
        walk::finished_from_pb(finished)
    }

    /// Where the person is, as requests hold it.
    fn place(&self) -> String {
        text(self.country)
    }
}
