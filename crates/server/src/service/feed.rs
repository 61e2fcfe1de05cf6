//! Records up, records down.

use std::sync::Arc;

use haven_feed::auth::Access;
use haven_feed::limits::PUSH_BATCH_BYTES;
use haven_feed::{FeedId, SpaceId, Vector};
use haven_wire::limits::PULL_SPACES_MAX;
use haven_wire::pb;
use haven_wire::pb::ErrorReason;
use haven_wire::pb::feed_service_server::FeedService;
use haven_wire::position::{position_to_pb, seqs_from_pb, vector_from_pb};
use haven_wire::request::{array, id};
use haven_wire::session::Token;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};

use super::Services;
use crate::connection::Connection;
use crate::limits::PUSH_AGAIN_AFTER;
use crate::outlet::Outgoing;
use crate::pull::{Listening, next_link};
use crate::refusal::{Refused, later, refuse};
use crate::server::Member;
use crate::turns::pulls_of;
use crate::{pull, push};

#[tonic::async_trait]
impl FeedService for Services {
    type PullStream = Outgoing<pb::PullResponse>;

    async fn push(&self, request: Request<pb::PushRequest>) -> Result<Response<pb::PushResponse>, Status> {
        let connection = Connection::of(request.extensions());
        let (metadata, _, asked) = request.into_parts();
        let space: SpaceId = id(&asked.space, "space").map_err(Refused::from)?;
        let member = self.0.member(&metadata, space, &connection).await?.feed()?;
        let held = push::push(&self.0, &member, connection.number(), asked.records).await?;
        let vector = held.into_iter().map(|(feed, position)| position_to_pb(feed, position)).collect();
        Ok(Response::new(pb::PushResponse { vector }))
    }

    async fn fetch_bodies(
        &self,
        request: Request<pb::FetchBodiesRequest>,
    ) -> Result<Response<pb::FetchBodiesResponse>, Status> {
        let connection = Connection::of(request.extensions());
        let (metadata, _, asked) = request.into_parts();
        let space: SpaceId = id(&asked.space, "space").map_err(Refused::from)?;
        let member = self.0.member(&metadata, space, &connection).await?.present()?;
        let feed: FeedId = id(&asked.feed, "feed").map_err(Refused::from)?;
        let seqs = seqs_from_pb(asked.seqs).map_err(Refused::from)?;
        let read = self.0.readers.read(move |reader| reader.bodies(&space, &feed, &seqs, PUSH_BATCH_BYTES));
        let records = read.await.map_err(refuse)?;
        let taken = self.0.answer(&member, &records)?;
        let mut response = Response::new(pb::FetchBodiesResponse { records });
        response.extensions_mut().insert(taken);
        Ok(response)
    }

    async fn pull(&self, request: Request<pb::PullRequest>) -> Result<Response<Self::PullStream>, Status> {
        let connection = Connection::of(request.extensions());
        let (metadata, _, asked) = request.into_parts();
        if asked.spaces.is_empty() || asked.spaces.len() > PULL_SPACES_MAX {
            return Err(Refused::new(ErrorReason::RequestMalformed).into());
        }
        let (mut spaces, mut counted) = (Vec::with_capacity(asked.spaces.len()), Vec::new());
        for space in &asked.spaces {
            let listening = self.listening(space, &metadata, &connection).await?;
            counted.push(pulls_of(&listening.member, &connection).ok_or_else(|| later(PUSH_AGAIN_AFTER))?);
            spaces.push(listening);
        }
        check_distinct(&spaces)?;
        Ok(Response::new(pull::start(&self.0, &connection, spaces).counted(counted)))
    }
}

impl Services {
    async fn listening(
        &self,
        asked: &pb::PullSpace,
        metadata: &MetadataMap,
        connection: &Arc<Connection>,
    ) -> Result<Listening, Refused> {
        let space: SpaceId = id(&asked.space, "space")?;
        let member = self.member_by(asked, space, metadata, connection).await?;
        // Whoever was removed is sent links alone.
        let is_present = member.access == Access::Member;
        let sent = if is_present { vector_from_pb(&asked.vector)? } else { Vector::default() };
        Ok(Listening { member, sent, next_link: next_link(asked.roster_seq) })
    }

    /// Each space may have a token of its own.
    async fn member_by(
        &self,
        asked: &pb::PullSpace,
        space: SpaceId,
        metadata: &MetadataMap,
        connection: &Arc<Connection>,
    ) -> Result<Member, Refused> {
        if asked.token.is_empty() {
            return self.0.member(metadata, space, connection).await;
        }
        let token = Token::from_bytes(array(&asked.token, "token")?);
        let session = self.0.session_of(&token)?;
        if session.space != space {
            return Err(ErrorReason::Unauthenticated.into());
        }
        self.0.enter(session, connection).await
    }
}

/// The same space twice would be told everything twice.
fn check_distinct(spaces: &[Listening]) -> Result<(), Refused> {
    let mut ids: Vec<SpaceId> = spaces.iter().map(|one| one.member.space.id()).collect();
    ids.sort_unstable();
    let twice = ids.windows(2).any(|pair| pair[0] == pair[1]);
    if twice { Err(ErrorReason::RequestMalformed.into()) } else { Ok(()) }
}
