//! Rosters: compare and append, and reading.

use haven_feed::roster::Link;
use haven_feed::{RosterHead, SpaceId};
use haven_wire::pb;
use haven_wire::pb::ErrorReason;
use haven_wire::pb::roster_service_server::RosterService;
use haven_wire::position::{head_from_pb, head_to_pb};
use haven_wire::request::id;
use tonic::{Request, Response, Status};

use super::Services;
use crate::connection::Connection;
use crate::limits::LINKS_ANSWER_BYTES;
use crate::pull::next_link;
use crate::refusal::{Refused, refuse};

#[tonic::async_trait]
impl RosterService for Services {
    async fn append_link(
        &self,
        request: Request<pb::AppendLinkRequest>,
    ) -> Result<Response<pb::AppendLinkResponse>, Status> {
        let connection = Connection::of(request.extensions());
        let (metadata, _, asked) = request.into_parts();
        let space: SpaceId = id(&asked.space, "space").map_err(Refused::from)?;
        let member = self.0.member(&metadata, space, &connection).await?.present()?;
        let expected = head_from_pb(asked.expected_head.as_ref()).map_err(Refused::from)?;
        let link = Link::parse(asked.link).map_err(refuse)?;
        check_expected(&link, expected)?;
        let head = self.0.writer.append(member.space, link).await.map_err(refuse)?;
        Ok(Response::new(pb::AppendLinkResponse { head: Some(head_to_pb(head)) }))
    }

    async fn list_links(
        &self,
        request: Request<pb::ListLinksRequest>,
    ) -> Result<Response<pb::ListLinksResponse>, Status> {
        let connection = Connection::of(request.extensions());
        let asked = request.get_ref();
        let space: SpaceId = id(&asked.space, "space").map_err(Refused::from)?;
        let member = self.0.member(request.metadata(), space, &connection).await?;
        // The head first: links appended meanwhile are more than it promises, never fewer.
        let head = member.head();
        let from = next_link(asked.after_seq);
        let read = self.0.readers.read(move |reader| reader.links(&space, from, LINKS_ANSWER_BYTES));
        let mut links = if from > head.seq { Vec::new() } else { read.await.map_err(refuse)? };
        let promised = usize::try_from(head.seq.saturating_sub(from).saturating_add(1)).unwrap_or(usize::MAX);
        links.truncate(promised);
        let taken = self.0.answer(&member, &links)?;
        let mut response = Response::new(pb::ListLinksResponse { links, head: Some(head_to_pb(head)) });
        response.extensions_mut().insert(taken);
        Ok(response)
    }
}

/// A link says itself what it follows; a request that expects something else contradicts itself.
fn check_expected(link: &Link, expected: RosterHead) -> Result<(), Refused> {
    let follows = link.seq().checked_sub(1) == Some(expected.seq) && link.prev() == expected.hash;
    if follows { Ok(()) } else { Err(ErrorReason::RequestMalformed.into()) }
}
