//! The services of `haven.sync.v1` as one connection sees them: what comes is handed to the server as a value, and its answer goes
//! back over the wire.

use std::pin::Pin;

use bytes::Bytes;
use haven_engine::sync::{Incoming, Outgoing, Refusal};
use haven_feed::invite::InviteProof;
use haven_feed::keys::{SignKey, Signature};
use haven_feed::{LinkHash, RosterHead};
use haven_sim::server::Connection;
use haven_wire::error;
use haven_wire::limits::MESSAGE_BYTES_MAX;
use haven_wire::pb::{self, ErrorReason, pull_response::Event};
use haven_wire::position::{head_from_pb, head_to_pb, husks_to_pb, vector_from_pb, vector_to_pb};
use haven_wire::request::{Malformed, array, id};
use tokio_stream::Stream;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::server::EvilServer;

/// One connection.
#[derive(Clone)]
pub(crate) struct Line {
    server: EvilServer,
    number: Connection,
}

impl Line {
    pub(crate) fn new(server: EvilServer, number: Connection) -> Self {
        Self { server, number }
    }

    pub(crate) fn routes(&self) -> Routes {
        let feeds = pb::feed_service_server::FeedServiceServer::new(self.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX);
        let spaces = pb::space_service_server::SpaceServiceServer::new(self.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX);
        Routes::new(pb::session_service_server::SessionServiceServer::new(self.clone()))
            .add_service(spaces)
            .add_service(feeds)
            .add_service(pb::roster_service_server::RosterServiceServer::new(self.clone()))
    }

    /// The answer to a call, or its refusal.
    fn ask<T>(&self, message: Outgoing, read: impl Fn(Incoming) -> Option<T>) -> Result<Response<T>, Status> {
        if let Some(curse) = self.server.cursed() {
            return Err(curse);
        }
        for said in self.server.take(self.number, message) {
            if let Incoming::Refused { refusal, .. } = said {
                return Err(refused(refusal));
            }
            if let Some(answer) = read(said) {
                return Ok(Response::new(answer));
            }
        }
        Err(Status::unavailable("no answer"))
    }
}

fn bad(_: Malformed) -> Status {
    refused(Refusal::Other)
}

fn refused(refusal: Refusal) -> Status {
    use ErrorReason as R;
    let reason = match refusal {
        Refusal::SpaceUnknown => R::SpaceUnknown,
        Refusal::FeedUnknown => R::FeedUnknown,
        Refusal::FeedRemoved => R::FeedRemoved,
        Refusal::Replaced => R::MemberReplaced,
        Refusal::Unauthenticated => R::Unauthenticated,
        Refusal::Gap => R::FeedGap,
        Refusal::Forked => R::FeedForked,
        Refusal::RosterMoved => R::RosterMoved,
        Refusal::InviteInvalid => R::InviteInvalid,
        Refusal::InviteUsed => R::InviteUsed,
        Refusal::SpaceExists => R::SpaceExists,
        Refusal::RefillOver => R::RefillOver,
        Refusal::MailboxGone => R::MailboxUnknown,
        Refusal::Quota => R::QuotaExceeded,
        Refusal::Busy => R::RateLimited,
        Refusal::ServerStorage => R::StorageFailed,
        Refusal::Other => R::VersionUnsupported,
    };
    error::Refusal::new(reason).into()
}

/// One thing of a stream as it travels.
pub(crate) fn streamed(said: Incoming) -> Result<pb::PullResponse, Status> {
    let event = match said {
        Incoming::Hello { space, store_id, vector, roster_seq, roster_head, husks } => {
            Event::Hello(pb::PullHello {
                space: bytes(space),
                store_id: bytes(store_id),
                vector: vector_to_pb(&vector),
                roster_head: Some(head_to_pb(RosterHead { seq: roster_seq, hash: roster_head })),
                husks: husks_to_pb(&husks),
            })
        }
        Incoming::Links { space, links } => Event::Links(pb::PullLinks {
            space: bytes(space),
            links: links.into_iter().map(Bytes::from).collect(),
        }),
        Incoming::Records { space, records } => {
            Event::Records(pb::PullRecords { space: bytes(space), records })
        }
        Incoming::CaughtUp { space } => Event::CaughtUp(pb::PullCaughtUp { space: bytes(space) }),
        Incoming::Refused { refusal, .. } => return Err(refused(refusal)),
        _ => return Err(Status::internal("not of a stream")),
    };
    Ok(pb::PullResponse { event: Some(event) })
}

fn bytes(of: impl AsRef<[u8]>) -> Bytes {
    Bytes::copy_from_slice(of.as_ref())
}

fn head(seq: u64) -> Option<pb::RosterHead> {
    Some(head_to_pb(RosterHead { seq, hash: LinkHash::ZERO }))
}

#[tonic::async_trait]
impl pb::session_service_server::SessionService for Line {
    async fn challenge(
        &self,
        request: Request<pb::ChallengeRequest>,
    ) -> Result<Response<pb::ChallengeResponse>, Status> {
        let it = request.into_inner();
        self.server.log(&it);
        let message = Outgoing::Challenge {
            space: id(&it.space, "space").map_err(bad)?,
            feed: id(&it.member, "member").map_err(bad)?,
        };
        self.ask(message, |said| match said {
            Incoming::Challenged { nonce, server_key, store_id, signature } => Some(pb::ChallengeResponse {
                nonce: bytes(nonce),
                server_key: bytes(server_key),
                store_id: bytes(store_id),
                server_signature: bytes(signature),
                now_ms: None,
            }),
            _ => None,
        })
    }

    async fn log_in(
        &self,
        request: Request<pb::LogInRequest>,
    ) -> Result<Response<pb::LogInResponse>, Status> {
        let it = request.into_inner();
        self.server.log(&it);
        let message = Outgoing::LogIn {
            space: id(&it.space, "space").map_err(bad)?,
            feed: id(&it.member, "member").map_err(bad)?,
            nonce: array(&it.nonce, "nonce").map_err(bad)?,
            signature: array(&it.signature, "signature").map_err(bad)?,
        };
        self.ask(message, |said| {
            let token = pb::LogInResponse { token: bytes([5; 32]), expires_in_ms: 900_000 };
            matches!(said, Incoming::LoggedIn).then_some(token)
        })
    }
}

#[tonic::async_trait]
impl pb::space_service_server::SpaceService for Line {
    async fn create_space(
        &self,
        request: Request<pb::CreateSpaceRequest>,
    ) -> Result<Response<pb::CreateSpaceResponse>, Status> {
        let it = request.into_inner();
        self.server.log(&it);
        let key = SignKey::from_bytes(array(&it.invite_key, "invite_key").map_err(bad)?);
        let key = key.map_err(|_| Status::invalid_argument("no key"))?;
        let signature = array(&it.invite_signature, "invite_signature").map_err(bad)?;
        let message = Outgoing::CreateSpace {
            invite: InviteProof { key, signature: Signature::from_bytes(signature) },
            genesis: it.genesis.to_vec(),
            after_seq: it.after_seq,
            links: it.links.iter().map(|link| link.to_vec()).collect(),
            more: it.more,
        };
        self.ask(message, |said| match said {
            Incoming::SpaceStaged { seq } => Some(pb::CreateSpaceResponse { head: head(seq) }),
            Incoming::SpaceCreated => Some(pb::CreateSpaceResponse { head: head(0) }),
            _ => None,
        })
    }

    async fn find_spaces(
        &self,
        _: Request<pb::FindSpacesRequest>,
    ) -> Result<Response<pb::FindSpacesResponse>, Status> {
        Ok(Response::new(pb::FindSpacesResponse::default()))
    }
}

#[tonic::async_trait]
impl pb::roster_service_server::RosterService for Line {
    async fn append_link(
        &self,
        request: Request<pb::AppendLinkRequest>,
    ) -> Result<Response<pb::AppendLinkResponse>, Status> {
        let it = request.into_inner();
        self.server.log(&it);
        let expected = head_from_pb(it.expected_head.as_ref()).map_err(bad)?;
        let message = Outgoing::AppendLink {
            space: id(&it.space, "space").map_err(bad)?,
            head_seq: expected.seq,
            head: expected.hash,
            link: it.link.to_vec(),
        };
        self.ask(message, |said| match said {
            Incoming::LinkAppended { seq, .. } => Some(pb::AppendLinkResponse { head: head(seq) }),
            _ => None,
        })
    }

    /// Nobody joins here.
    async fn list_links(
        &self,
        _: Request<pb::ListLinksRequest>,
    ) -> Result<Response<pb::ListLinksResponse>, Status> {
        Err(refused(Refusal::SpaceUnknown))
    }
}

#[tonic::async_trait]
impl pb::feed_service_server::FeedService for Line {
    type PullStream = Pin<Box<dyn Stream<Item = Result<pb::PullResponse, Status>> + Send>>;

    async fn push(&self, request: Request<pb::PushRequest>) -> Result<Response<pb::PushResponse>, Status> {
        let it = request.into_inner();
        self.server.log(&it);
        let message = Outgoing::Push { space: id(&it.space, "space").map_err(bad)?, records: it.records };
        self.ask(message, |said| match said {
            Incoming::Pushed { vector, .. } => Some(pb::PushResponse { vector: vector_to_pb(&vector) }),
            _ => None,
        })
    }

    async fn fetch_bodies(
        &self,
        request: Request<pb::FetchBodiesRequest>,
    ) -> Result<Response<pb::FetchBodiesResponse>, Status> {
        let it = request.into_inner();
        self.server.log(&it);
        let message = Outgoing::FetchBodies {
            space: id(&it.space, "space").map_err(bad)?,
            feed: id(&it.feed, "feed").map_err(bad)?,
            seqs: it.seqs,
        };
        self.ask(message, |said| match said {
            Incoming::Bodies { records, .. } => Some(pb::FetchBodiesResponse { records }),
            _ => None,
        })
    }

    async fn pull(&self, request: Request<pb::PullRequest>) -> Result<Response<Self::PullStream>, Status> {
        let it = request.into_inner();
        self.server.log(&it);
        let wanted = it.spaces.into_iter().next().ok_or_else(|| refused(Refusal::Other))?;
        let message = Outgoing::Pull {
            space: id(&wanted.space, "space").map_err(bad)?,
            vector: vector_from_pb(&wanted.vector).map_err(bad)?,
            roster_seq: wanted.roster_seq,
        };
        Ok(Response::new(Box::pin(self.server.listen(self.number, message))))
    }
}
