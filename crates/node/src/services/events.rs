//! The stream of states: the present one, then each newer one a client finds the time for.

use haven_api::convert::vault::event_to_pb;
use haven_api::pb;
use haven_api::pb::event_service_server::EventService;
use tonic::{Request, Response, Status};

use super::Answers;
use super::status::event;
use super::watching::{Shown, states};
use crate::node::Node;

pub(super) struct Events(pub(super) Node);

#[tonic::async_trait]
impl EventService for Events {
    type WatchEventsStream = Answers<pb::WatchEventsResponse>;

    async fn watch_events(
        &self,
        _: Request<pb::WatchEventsRequest>,
    ) -> Result<Response<Self::WatchEventsStream>, Status> {
        let events =
            states(&self.0, |snapshot, settings| Shown::State(event_to_pb(event(snapshot, settings))));
        Ok(Response::new(Box::pin(events)))
    }
}
