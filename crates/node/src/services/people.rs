//! The people of the journal.

use haven_api::convert::people::to_pb as person_to_pb;
use haven_api::error::ApiError;
use haven_api::pb;
use haven_api::pb::people_service_server::PeopleService;
use haven_core::person::{Person, PersonName};
use haven_engine::command::{Command, Reply};
use tonic::{Request, Response, Status};

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
        let mut people: Vec<&Person> = snapshot.view.people().map(|person| &**person).collect();
        people.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()).then(a.id.cmp(&b.id)));
        let people = people.into_iter().map(person_to_pb).collect();
        Ok(Response::new(pb::ListPeopleResponse { people }))
    }

    async fn add_person(
        &self,
        request: Request<pb::AddPersonRequest>,
    ) -> Result<Response<pb::AddPersonResponse>, Status> {
        let name = PersonName::new(&request.into_inner().name).map_err(|error| {
            ApiError::invalid("nobody was added", error)
                .with_next("Give the name you call them by, in one line.")
        })?;
        let Reply::Person(id) = self.0.command(Command::AddPerson(name)).await? else {
            return Err(unexpected());
        };
        let snapshot = self.0.opened()?;
        let person = snapshot.view.person(id).ok_or_else(unexpected)?;
        Ok(Response::new(pb::AddPersonResponse { person: Some(person_to_pb(person)) }))
    }
}
