//! New spaces, each for an invite.

use bytes::Bytes;
use haven_feed::digest::Digest;
use haven_feed::invite::ticket_of;
use haven_feed::roster::{Link, LinkFault, Roster};
use haven_feed::{RosterHead, SpaceId};
use haven_wire::pb;
use haven_wire::pb::ErrorReason;
use haven_wire::pb::space_service_server::SpaceService;
use haven_wire::position::head_to_pb;
use haven_wire::request::array;
use tonic::{Request, Response, Status};

use super::Services;
use crate::refusal::{Refused, refuse};
use crate::store::{InviteState, StoreFault};
use crate::writer::{NewSpace, WriteFault};

#[tonic::async_trait]
impl SpaceService for Services {
    async fn create_space(
        &self,
        request: Request<pb::CreateSpaceRequest>,
    ) -> Result<Response<pb::CreateSpaceResponse>, Status> {
        let pb::CreateSpaceRequest { invite, genesis, links } = request.into_inner();
        let ticket = ticket_of(&array(&invite, "invite").map_err(Refused::from)?);
        let links: Vec<Bytes> = std::iter::once(genesis).chain(links).collect();
        let head = self.create(ticket, links).await?;
        Ok(Response::new(pb::CreateSpaceResponse { head: Some(head_to_pb(head)) }))
    }
}

impl Services {
    /// Looks at the invite first: without one nobody makes us verify anything, nor learns which spaces there are.
    async fn create(&self, ticket: Digest, links: Vec<Bytes>) -> Result<RosterHead, Refused> {
        let state = self.invite(ticket).await?.ok_or(ErrorReason::InviteInvalid)?;
        let space = self.genesis_of(&links)?;
        if let Some(held) = self.0.spaces.find(space).await.map_err(refuse)? {
            // The invite may have been spent between the two looks, by the same device asking twice.
            let spent_for = Some(InviteState::UsedFor(space));
            let same = Some(state) == spent_for || self.invite(ticket).await? == spent_for;
            return if same { Ok(held.held().roster().head()) } else { Err(ErrorReason::SpaceExists.into()) };
        }
        if state != InviteState::Open {
            return Err(ErrorReason::InviteUsed.into());
        }
        let head = self.verify(links.clone()).await?;
        match self.0.writer.create(NewSpace { space, links, ticket }).await {
            Ok(()) => Ok(head),
            Err(WriteFault::Store(StoreFault::InviteSpent)) => self.lost_race(ticket, space).await,
            Err(fault) => Err(refuse(fault)),
        }
    }

    async fn invite(&self, ticket: Digest) -> Result<Option<InviteState>, Refused> {
        self.0.readers.read(move |reader| reader.invite(&ticket)).await.map_err(refuse)
    }

    fn genesis_of(&self, links: &[Bytes]) -> Result<SpaceId, Refused> {
        let genesis = links.first().cloned().unwrap_or_default();
        Ok(Link::parse(genesis).map_err(refuse)?.space())
    }

    /// A roster may be thousands of signatures.
    async fn verify(&self, links: Vec<Bytes>) -> Result<RosterHead, Refused> {
        let turn = self.0.verifying.clone().acquire_owned().await.expect("the turns are never closed");
        let verifying = tokio::task::spawn_blocking(move || {
            let links: Vec<Link> = links.into_iter().map(Link::parse).collect::<Result<_, LinkFault>>()?;
            let head = Roster::replay(&links)?.head();
            drop(turn);
            Ok(head)
        });
        let verified = verifying.await.map_err(|_| Refused::new(ErrorReason::Internal))?;
        verified.map_err(|fault: LinkFault| refuse(fault))
    }

    /// Somebody spent the invite meanwhile; if it was the same device, which asked twice, it has what it wants.
    async fn lost_race(&self, ticket: Digest, space: SpaceId) -> Result<RosterHead, Refused> {
        if self.invite(ticket).await? != Some(InviteState::UsedFor(space)) {
            return Err(ErrorReason::InviteUsed.into());
        }
        Ok(self.0.space(space).await?.held().roster().head())
    }
}
