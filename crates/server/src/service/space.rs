//! New spaces, each for an invite; and spaces found again by their paper.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use haven_feed::digest::Digest;
use haven_feed::exchange::server::LinkRefusal;
use haven_feed::invite::InviteProof;
use haven_feed::keys::{FeedKeys, SignKey, Signature};
use haven_feed::limits::PAPER_SPACES_MAX;
use haven_feed::roster::Link;
use haven_feed::roster::consent::Role;
use haven_feed::{Nonce, RosterHead, SpaceId};
use haven_wire::pb;
use haven_wire::pb::ErrorReason;
use haven_wire::pb::space_service_server::SpaceService;
use haven_wire::position::head_to_pb;
use haven_wire::request::{array, id};
use tokio::time::{Instant, sleep_until};
use tonic::{Request, Response, Status};

use super::Services;
use super::session::reason_of;
use crate::limits::PAPER_SPACES_LOOKED_AT_MAX;
use crate::pull::bytes;
use crate::refill::{Piece, Refill, RefillFault, lock};
use crate::refusal::{Refused, refuse};
use crate::session::Session;
use crate::space::Space;
use crate::store::{InviteState, StoreFault};
use crate::writer::{NewSpace, WriteFault};

/// A piece of a roster as it came.
struct Unread {
    genesis: Bytes,
    after_seq: u64,
    links: Vec<Bytes>,
    more: bool,
}

#[tonic::async_trait]
impl SpaceService for Services {
    async fn create_space(
        &self,
        request: Request<pb::CreateSpaceRequest>,
    ) -> Result<Response<pb::CreateSpaceResponse>, Status> {
        let pb::CreateSpaceRequest { invite_key, invite_signature, genesis, links, after_seq, more } =
            request.into_inner();
        let key = SignKey::from_bytes(array(&invite_key, "invite_key").map_err(Refused::from)?);
        let key = key.map_err(|_| Refused::new(ErrorReason::InviteInvalid))?;
        let signature = array(&invite_signature, "invite_signature").map_err(Refused::from)?;
        let invite = InviteProof { key, signature: Signature::from_bytes(signature) };
        let head = self.create(&invite, Unread { genesis, after_seq, links, more }).await?;
        Ok(Response::new(pb::CreateSpaceResponse { head: Some(head_to_pb(head)) }))
    }

    async fn find_spaces(
        &self,
        request: Request<pb::FindSpacesRequest>,
    ) -> Result<Response<pb::FindSpacesResponse>, Status> {
        let pb::FindSpacesRequest { keys, nonce, signature } = request.into_inner();
        let keys = FeedKeys::from_bytes(&array(&keys, "keys").map_err(Refused::from)?);
        let keys = keys.map_err(|_| Refused::new(ErrorReason::RequestMalformed))?;
        let nonce: Nonce = id(&nonce, "nonce").map_err(Refused::from)?;
        let signature = Signature::from_bytes(array(&signature, "signature").map_err(Refused::from)?);
        let spaces = self.find_by_paper(&keys, &nonce, &signature).await?;
        Ok(Response::new(pb::FindSpacesResponse { spaces: spaces.into_iter().map(bytes).collect() }))
    }
}

impl Services {
    /// Looks at the invite first: without one nobody makes us verify anything, nor learns which spaces there are.
    async fn create(&self, invite: &InviteProof, piece: Unread) -> Result<RosterHead, Refused> {
        let ticket = invite.ticket();
        let state = self.invite(ticket).await?.ok_or(ErrorReason::InviteInvalid)?;
        let genesis = Link::parse(piece.genesis).map_err(refuse)?;
        let space = genesis.space();
        invite.check(&space).map_err(|_| ErrorReason::InviteInvalid)?;
        if ![InviteState::Open, InviteState::UsedFor(space)].contains(&state) {
            return Err(ErrorReason::InviteUsed.into());
        }
        if let Some(held) = self.0.spaces.find(space).await.map_err(refuse)? {
            return self.extend(held, ticket, (genesis.head(), piece.links, piece.more)).await;
        }
        if state != InviteState::Open {
            return Err(ErrorReason::InviteUsed.into());
        }
        let (after_seq, more) = (piece.after_seq, piece.more);
        let piece = Piece { genesis, after_seq, links: piece.links };
        let refills = self.0.refills.clone();
        if after_seq == 0 && !more {
            let whole = self.verify(move || refills.take_whole(ticket, &piece)).await?;
            return self.write(ticket, &Mutex::new(whole)).await;
        }
        let taken = self.verify(move || {
            let head = refills.take(ticket, &piece, Instant::now())?;
            if more {
                return Ok((head, None));
            }
            Ok((head, Some(refills.finish(&ticket, head).ok_or(RefillFault::Over)?)))
        });
        match taken.await? {
            (_, Some(whole)) => self.write(ticket, &whole).await,
            (head, None) => {
                self.sweep_refills();
                Ok(head)
            }
        }
    }

    /// Appends what a space that is there lacks of a roster, as if its members had: whoever filled this server may have known fewer
    /// links, and then a device that was added by one of the others is let in by nobody. Links are signed, so it does not matter who
    /// brings them; the invite is not spent, and what one piece brought stays if the next one does not come.
    async fn extend(
        &self,
        space: Arc<Space>,
        ticket: Digest,
        (genesis, links, more): (RosterHead, Vec<Bytes>, bool),
    ) -> Result<RosterHead, Refused> {
        let parse = || Ok(links.into_iter().map(Link::parse).collect::<Result<Vec<_>, _>>()?);
        let links = self.verify(parse).await?;
        let (held, brought) = (space.held(), links.last().map_or(genesis, Link::head));
        let mut extended = false;
        for link in links.into_iter().filter(|link| held.roster().hash_at(link.seq()) != Some(link.hash())) {
            match self.0.writer.append(space.clone(), link).await {
                Ok(_) => extended = true,
                Err(WriteFault::Link(LinkRefusal::Moved { .. })) => {
                    return Err(ErrorReason::SpaceExists.into());
                }
                Err(fault) => return Err(refuse(fault)),
            }
        }
        if more {
            return Ok(brought);
        }
        // A device that asks again since it lost the answer has what it wants.
        let has_it = extended || self.invite(ticket).await? == Some(InviteState::UsedFor(space.id()));
        // How far the list goes by now is told to nobody for an invite: whoever used it may have been removed.
        if has_it { Ok(brought) } else { Err(ErrorReason::SpaceExists.into()) }
    }

    /// Makes the space of a roster that is whole. Its bytes count as on their way until it is written.
    async fn write(&self, ticket: Digest, whole: &Mutex<Refill>) -> Result<RosterHead, Refused> {
        let (new, head) = new_space(ticket, &lock(whole));
        let space = new.space;
        match self.0.writer.create(new).await {
            Ok(()) => Ok(head),
            Err(WriteFault::Store(StoreFault::InviteSpent)) => self.lost_race(ticket, space).await,
            Err(fault) => Err(refuse(fault)),
        }
    }

    async fn invite(&self, ticket: Digest) -> Result<Option<InviteState>, Refused> {
        self.0.readers.read(move |reader| reader.invite(&ticket)).await.map_err(refuse)
    }

    /// A roster may be thousands of signatures.
    async fn verify<T: Send + 'static>(
        &self,
        verify: impl FnOnce() -> Result<T, RefillFault> + Send + 'static,
    ) -> Result<T, Refused> {
        let turn = self.0.verifying.clone().acquire_owned().await.expect("the turns are never closed");
        let verifying = tokio::task::spawn_blocking(move || {
            let verified = verify();
            drop(turn);
            verified
        });
        let verified = verifying.await.map_err(|_| Refused::new(ErrorReason::Internal))?;
        verified.map_err(refuse)
    }

    /// Sees to it that what was begun and not ended is thrown away, though nobody comes any more.
    fn sweep_refills(&self) {
        if !self.0.refills.begin_sweep() {
            return;
        }
        let server = self.0.clone();
        self.0.streams.spawn(async move {
            while let Some(next) = server.refills.sweep(Instant::now()) {
                tokio::select! {
                    () = sleep_until(next) => {}
                    () = server.draining.cancelled() => return,
                }
            }
        });
    }

    /// The vaults of a paper whose key is proved. One that has another paper by now is not told of.
    async fn find_by_paper(
        &self,
        keys: &FeedKeys,
        nonce: &Nonce,
        signature: &Signature,
    ) -> Result<Vec<SpaceId>, Refused> {
        let paper = keys.paper_id();
        let asked = Session { space: SpaceId::ZERO, role: Role::Paper, member: paper.into() };
        let challenge = self.0.redeem(asked, *nonce)?;
        challenge.check_paper(keys, signature).map_err(reason_of)?;
        let read = self.0.readers.read(move |reader| reader.spaces_of(&paper, PAPER_SPACES_LOOKED_AT_MAX));
        let (mut found, mut replaced) = (Vec::new(), false);
        for space in read.await.map_err(refuse)? {
            if found.len() == PAPER_SPACES_MAX {
                break;
            }
            let held = self.0.space(space).await?.held();
            match held.roster().paper() {
                Some(now) if now.keys == *keys => found.push(space),
                _ => replaced = true,
            }
        }
        if found.is_empty() && replaced { Err(ErrorReason::MemberReplaced.into()) } else { Ok(found) }
    }

    /// Somebody spent the invite meanwhile; if it was the same device, which asked twice, it has what it wants.
    async fn lost_race(&self, ticket: Digest, space: SpaceId) -> Result<RosterHead, Refused> {
        if self.invite(ticket).await? != Some(InviteState::UsedFor(space)) {
            return Err(ErrorReason::InviteUsed.into());
        }
        Ok(self.0.space(space).await?.held().roster().head())
    }
}

fn new_space(ticket: Digest, whole: &Refill) -> (NewSpace, RosterHead) {
    let (roster, links) = (whole.roster(), whole.links().to_vec());
    let papers = roster.papers().collect();
    (NewSpace { space: roster.space(), links, papers, ticket }, roster.head())
}
