//! The people of the journal.

use std::sync::Arc;

use haven_api::convert::draft::find_person;
use haven_api::convert::people as convert;
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::pb;
use haven_api::pb::people_service_server::PeopleService;
use haven_core::id::PersonId;
use haven_core::person::PersonName;
use haven_engine::command::{Command, Reply};
use haven_engine::view::View;
use tonic::{Request, Response, Status};

use super::desk::finder;
use super::progress::people as in_order;
use super::unexpected;
use crate::node::Node;

pub(super) struct People(pub(super) Node);

#[tonic::async_trait]
impl PeopleService for People {
    async fn list_people(
        &self,
        _: Request<pb::ListPeopleRequest>,
    ) -> Result<Response<pb::ListPeopleResponse>, Status> {
        let snapshot = self.0.opened()?;
        let people = in_order(&snapshot.view).iter().map(convert::to_pb).collect();
        Ok(Response::new(pb::ListPeopleResponse { people }))
    }

    async fn add_person(
        &self,
        request: Request<pb::AddPersonRequest>,
    ) -> Result<Response<pb::AddPersonResponse>, Status> {
        let pb::AddPersonRequest { name, anew } = request.into_inner();
        let name = convert::name(&name)?;
        let view = Arc::clone(&self.0.opened()?.view);
        let known = view.people().any(|person| person.name == name);
        if !known && !anew {
            nobody_alike(&view, &name)?;
        }
        let person = self.changed(Command::AddPerson(name)).await?;
        Ok(Response::new(pb::AddPersonResponse { person: Some(person), known }))
    }

    async fn edit_person(
        &self,
        request: Request<pb::EditPersonRequest>,
    ) -> Result<Response<pb::EditPersonResponse>, Status> {
        let request = request.into_inner();
        let edit = convert::edit_from_pb(&request)?;
        let id = self.named(&request.person)?;
        let person = self.changed(Command::EditPerson(id, edit)).await?;
        Ok(Response::new(pb::EditPersonResponse { person: Some(person) }))
    }

    async fn merge_people(
        &self,
        request: Request<pb::MergePeopleRequest>,
    ) -> Result<Response<pb::MergePeopleResponse>, Status> {
        let request = request.into_inner();
        let (from, into) = (self.named(&request.from)?, self.named(&request.into)?);
        if from == into {
            let error = ApiError::invalid("nobody was merged", "both names mean the same person")
                .with_next("Name two people of your journal.")
                .at_terminal("Name two people; `haven people list` shows them.");
            return Err(error.into());
        }
        let person = self.changed(Command::MergePeople { from, into }).await?;
        Ok(Response::new(pb::MergePeopleResponse { person: Some(person) }))
    }

    async fn forget_person(
        &self,
        request: Request<pb::ForgetPersonRequest>,
    ) -> Result<Response<pb::ForgetPersonResponse>, Status> {
        let id = self.named(&request.into_inner().person)?;
        self.0.command(Command::ForgetPerson(id)).await?;
        Ok(Response::new(pb::ForgetPersonResponse {}))
    }
}

/// Refuses a name that somebody has in another case: more often than not it is the same person, and two of one person are
/// tedious to undo.
fn nobody_alike(view: &View, name: &PersonName) -> Result<(), ApiError> {
    let alike = view.people().filter(|person| person.name.differs_in_case_only(name));
    let ids: Vec<_> = alike.map(|person| person.id.to_string()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    Err(ApiError::new(Reason::ConfirmationNeeded, "nobody was added")
        .because("someone in this journal has this name already, with other capital letters")
        .with_next("If it's someone else, say so.")
        .at_terminal("If it's someone else, say so with --yes.")
        .with_candidates(ids))
}

impl People {
    /// The one person that a client names.
    fn named(&self, spec: &str) -> Result<PersonId, Status> {
        let snapshot = self.0.opened()?;
        Ok(find_person(spec, &finder(&snapshot.view))?)
    }

    /// Changes somebody, and shows them as they are then.
    async fn changed(&self, command: Command) -> Result<pb::Person, Status> {
        let Reply::Person(id) = self.0.command(command).await? else {
            return Err(unexpected());
        };
        let snapshot = self.0.opened()?;
        let person = snapshot.view.person(id).ok_or_else(unexpected)?;
        Ok(convert::to_pb(person))
    }
}
