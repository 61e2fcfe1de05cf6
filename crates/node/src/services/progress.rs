//! What may honestly be shown over time.

use std::sync::Arc;

use haven_api::convert::draft::find_person;
use haven_api::convert::measures::{today_to_pb, told_to_pb};
use haven_api::error::ApiError;
use haven_api::pb;
use haven_api::pb::progress_service_server::ProgressService;
use haven_core::person::Person;
use haven_core::progress::{Topic, told};
use haven_core::time::Date;
use haven_core::today::today;
use haven_engine::view::View;
use tonic::{Request, Response, Status};

use super::desk::{self, Desk, finder};
use super::names::name_of;
use crate::node::Node;

pub(super) struct Progress {
    pub(super) node: Node,
    pub(super) desk: Arc<Desk>,
}

#[tonic::async_trait]
impl ProgressService for Progress {
    async fn get_progress(
        &self,
        request: Request<pb::GetProgressRequest>,
    ) -> Result<Response<pb::GetProgressResponse>, Status> {
        let language = self.node.language_of(&request);
        let pb::GetProgressRequest { view: topic, person, after, today } = request.into_inner();
        let topic: Topic =
            topic.parse().map_err(|error| ApiError::invalid("nothing was looked at", error))?;
        let snapshot = self.node.opened()?;
        let view = &*snapshot.view;
        let person = match person.as_str() {
            "" => None,
            spec => Some(find_person(spec, &finder(view))?),
        };
        let after = read_date(&after)?;
        let (people, name_of, desk) = (people(view), name_of(view), self.desk.of(view));
        let frame = desk.frame(desk::today(&**self.node.host(), &today)?, &people);
        let speaker = desk.speaker(&language, &name_of);
        let entries = view.rows().map(|row| &row.entry);
        let entries = entries.filter(|entry| after.is_none_or(|after| entry.at.date() >= after));
        let told = told(topic, &frame, entries, person, &speaker);
        Ok(Response::new(told_to_pb(told)))
    }

    async fn get_today(
        &self,
        request: Request<pb::GetTodayRequest>,
    ) -> Result<Response<pb::GetTodayResponse>, Status> {
        let language = self.node.language_of(&request);
        let pb::GetTodayRequest { today: day } = request.into_inner();
        let snapshot = self.node.opened()?;
        let (people, desk) = (people(&snapshot.view), self.desk.of(&snapshot.view));
        let frame = desk.frame(desk::today(&**self.node.host(), &day)?, &people);
        let helped = snapshot.view.status.helped;
        let today = today(&frame, snapshot.view.rows().map(|row| &row.entry), helped);
        Ok(Response::new(today_to_pb(&today, &desk.shelf.exercises, &language)))
    }
}

fn read_date(text: &str) -> Result<Option<Date>, ApiError> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|error| ApiError::invalid("nothing was looked at", error)),
    }
}

/// The people in the order in which they are shown: by name, then by id.
pub(super) fn people(view: &View) -> Vec<Person> {
    let mut people: Vec<Person> = view.people().map(|person| Person::clone(person)).collect();
    people.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
    people
}
