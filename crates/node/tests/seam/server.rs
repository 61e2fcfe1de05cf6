//! A server that does what the test says, in the same process.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use haven_feed::auth::Challenge;
use haven_feed::ids::{LinkHash, Nonce, Position, RosterHead, StoreId, Vector};
use haven_feed::invite::Invite;
use haven_feed::keys::Signer;
use haven_feed::record::Record;
use haven_feed::roster::Link;
use haven_wire::details;
use haven_wire::error::Refusal;
use haven_wire::pb::{self, ErrorReason, pull_response::Event};
use haven_wire::position::{head_to_pb, vector_to_pb};
use haven_wire::request::id;
use haven_wire::session::{Token, role_from_pb};
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::service::Routes;
use tonic::{Code, Request, Response, Status};

use crate::mailbox::Mailbox;

pub(crate) const URL: &str = "http://127.0.0.1:7460";

/// How long the server takes for a push.
const PUSH: Duration = Duration::from_millis(10);

type Live = mpsc::UnboundedSender<Result<pb::PullResponse, Status>>;

/// The server and what it was told. Every clone is the same one.
#[derive(Clone)]
pub(crate) struct FakeServer {
    signer: Arc<Signer>,
    store: [u8; 16],
    seen: Arc<Mutex<Seen>>,
}

/// What the server saw, and how it behaves.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) head: Option<RosterHead>,
    pub(crate) vector: Vector,
    /// The places of pushed records, as they came.
    pub(crate) pushed: Vec<u64>,
    pub(crate) pushing: usize,
    pub(crate) most_pushing: usize,
    pub(crate) pulls: Vec<Live>,
    pub(crate) without_token: usize,
    /// No space is created, and nobody logs in, for this reason.
    pub(crate) refuse_space: Option<ErrorReason>,
    /// Every push is refused so.
    pub(crate) refuse_push: Option<ErrorReason>,
    /// Every push is refused for a reason of a later version.
    pub(crate) refuse_push_later: bool,
    /// Every stream ends so once everything was said.
    pub(crate) end_streams: Option<Status>,
    /// Challenges are signed wrongly.
    pub(crate) forge: bool,
    /// How often a challenge was asked for.
    pub(crate) challenges: usize,
    /// Somebody else answers at the address, but for whoever asks who it is: there is no such vault.
    pub(crate) denies: bool,
    /// How often an invite was shown.
    pub(crate) invites: usize,
    /// What each listing of links brings, without end, and how many were asked for.
    pub(crate) lists: Option<Vec<Bytes>>,
    pub(crate) listed: usize,
    pub(crate) mailboxes: BTreeMap<Bytes, Mailbox>,
    /// What its clock shows.
    pub(crate) now_ms: Option<i64>,
}

impl FakeServer {
    pub(crate) fn new() -> Self {
        Self::with_seed(7)
    }

    /// A server with another identity and store than one of another seed.
    pub(crate) fn with_seed(seed: u8) -> Self {
        Self { signer: Arc::new(Signer::from_seed(&[seed; 32])), store: [seed; 16], seen: Arc::default() }
    }

    pub(crate) fn invite(&self) -> String {
        Invite::from_entropy([9; 16], &self.signer.key()).code()
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    /// Sends a ping on the newest stream; false once that is closed.
    pub(crate) fn ping(&self) -> bool {
        let ping = pb::PullResponse { event: Some(Event::Ping(pb::PullPing {})) };
        self.seen().pulls.last().is_some_and(|live| live.send(Ok(ping)).is_ok())
    }

    /// Sends something that only a later version knows on the newest stream; false once that is closed.
    pub(crate) fn say_something_new(&self) -> bool {
        self.seen().pulls.last().is_some_and(|live| live.send(Ok(pb::PullResponse { event: None })).is_ok())
    }

    pub(crate) fn routes(&self) -> Routes {
        Routes::new(pb::session_service_server::SessionServiceServer::new(self.clone()))
            .add_service(pb::space_service_server::SpaceServiceServer::new(self.clone()))
            .add_service(pb::feed_service_server::FeedServiceServer::new(self.clone()))
            .add_service(pb::roster_service_server::RosterServiceServer::new(self.clone()))
            .add_service(pb::mailbox_service_server::MailboxServiceServer::new(self.clone()))
    }

    fn count_token<T>(&self, request: &Request<T>) {
        let has = Token::find(request.metadata()).is_some();
        self.seen().without_token += usize::from(!has);
    }
}

/// A refusal for a reason that only a later version knows.
pub(crate) fn later() -> Status {
    const TYPE_URL: &str = "type.googleapis.com/haven.sync.v1.ErrorDetail";
    let detail = pb::ErrorDetail { reason: 9_999, ..Default::default() };
    details::attach(Code::FailedPrecondition, "something new", TYPE_URL, &detail)
}

fn bytes(of: impl AsRef<[u8]>) -> Bytes {
    Bytes::copy_from_slice(of.as_ref())
}

#[tonic::async_trait]
impl pb::session_service_server::SessionService for FakeServer {
    async fn challenge(
        &self,
        request: Request<pb::ChallengeRequest>,
    ) -> Result<Response<pb::ChallengeResponse>, Status> {
        let request = request.into_inner();
        self.seen().challenges += 1;
        if self.seen().denies && request.space != [0; 32][..] {
            return Err(Refusal::new(ErrorReason::SpaceUnknown).into());
        }
        let challenge = Challenge {
            server: self.signer.key(),
            nonce: Nonce::from_bytes([3; 32]),
            space: id(&request.space, "space").unwrap(),
            role: role_from_pb(request.role()).unwrap(),
            member: id(&request.member, "member").unwrap(),
            store: StoreId::from_bytes(self.store),
        };
        let mut signature = *challenge.sign(&self.signer).as_bytes();
        signature[0] ^= u8::from(self.seen().forge);
        Ok(Response::new(pb::ChallengeResponse {
            nonce: bytes([3; 32]),
            server_key: bytes(self.signer.key().as_bytes()),
            store_id: bytes(self.store),
            server_signature: bytes(signature),
            now_ms: self.seen().now_ms,
        }))
    }

    async fn log_in(&self, _: Request<pb::LogInRequest>) -> Result<Response<pb::LogInResponse>, Status> {
        if self.seen().head.is_none() {
            return Err(Refusal::new(ErrorReason::SpaceUnknown).into());
        }
        Ok(Response::new(pb::LogInResponse { token: bytes([5; 32]), expires_in_ms: 900_000 }))
    }
}

#[tonic::async_trait]
impl pb::space_service_server::SpaceService for FakeServer {
    async fn create_space(
        &self,
        request: Request<pb::CreateSpaceRequest>,
    ) -> Result<Response<pb::CreateSpaceResponse>, Status> {
        let request = request.into_inner();
        self.seen().invites += 1;
        if let Some(reason) = self.seen().refuse_space {
            return Err(Refusal::new(reason).into());
        }
        let genesis = Link::parse(request.genesis.to_vec()).unwrap();
        let shown = Invite::from_entropy([9; 16], &self.signer.key()).proof_for(&genesis.space());
        assert_eq!(request.invite_key, shown.key.as_bytes()[..]);
        assert_eq!(request.invite_signature, shown.signature.as_bytes()[..]);
        let head = RosterHead { seq: 0, hash: genesis.hash() };
        self.seen().head = Some(head);
        Ok(Response::new(pb::CreateSpaceResponse { head: Some(head_to_pb(head)) }))
    }

    /// Nobody looks for a vault here.
    async fn find_spaces(
        &self,
        _: Request<pb::FindSpacesRequest>,
    ) -> Result<Response<pb::FindSpacesResponse>, Status> {
        Ok(Response::new(pb::FindSpacesResponse::default()))
    }
}

#[tonic::async_trait]
impl pb::roster_service_server::RosterService for FakeServer {
    async fn append_link(
        &self,
        request: Request<pb::AppendLinkRequest>,
    ) -> Result<Response<pb::AppendLinkResponse>, Status> {
        let link = Link::parse(request.into_inner().link.to_vec()).unwrap();
        let head = RosterHead { seq: link.seq(), hash: link.hash() };
        self.seen().head = Some(head);
        Ok(Response::new(pb::AppendLinkResponse { head: Some(head_to_pb(head)) }))
    }

    async fn list_links(
        &self,
        _: Request<pb::ListLinksRequest>,
    ) -> Result<Response<pb::ListLinksResponse>, Status> {
        let mut seen = self.seen();
        let links = seen.lists.clone().ok_or_else(|| Refusal::new(ErrorReason::SpaceUnknown))?;
        seen.listed += 1;
        assert!(seen.listed < 1_000, "it is asked for ever");
        let head = RosterHead { seq: u64::MAX, hash: LinkHash::ZERO };
        Ok(Response::new(pb::ListLinksResponse { links, head: Some(head_to_pb(head)) }))
    }
}

#[tonic::async_trait]
impl pb::feed_service_server::FeedService for FakeServer {
    type PullStream = Pin<Box<dyn Stream<Item = Result<pb::PullResponse, Status>> + Send>>;

    async fn push(&self, request: Request<pb::PushRequest>) -> Result<Response<pb::PushResponse>, Status> {
        self.count_token(&request);
        {
            let mut seen = self.seen();
            if let Some(reason) = seen.refuse_push {
                return Err(Refusal::new(reason).into());
            }
            if seen.refuse_push_later {
                return Err(later());
            }
            seen.pushing += 1;
            seen.most_pushing = seen.most_pushing.max(seen.pushing);
        }
        tokio::time::sleep(PUSH).await;
        let mut seen = self.seen();
        seen.pushing -= 1;
        for record in request.into_inner().records {
            let record = Record::parse(record).unwrap();
            let (feed, seq) = (record.header().feed, record.header().seq);
            seen.pushed.push(seq);
            seen.vector.advance(feed, Position { seq, id: record.id() });
        }
        Ok(Response::new(pb::PushResponse { vector: vector_to_pb(&seen.vector) }))
    }

    /// It has no husks, so nobody asks for a body.
    async fn fetch_bodies(
        &self,
        _: Request<pb::FetchBodiesRequest>,
    ) -> Result<Response<pb::FetchBodiesResponse>, Status> {
        Ok(Response::new(pb::FetchBodiesResponse::default()))
    }

    async fn pull(&self, request: Request<pb::PullRequest>) -> Result<Response<Self::PullStream>, Status> {
        self.count_token(&request);
        let space = request.into_inner().spaces[0].space.clone();
        let (live, stream) = mpsc::unbounded_channel();
        let mut seen = self.seen();
        let hello = pb::PullHello {
            space: space.clone(),
            store_id: bytes(self.store),
            vector: vector_to_pb(&seen.vector),
            roster_head: seen.head.map(head_to_pb),
            husks: Vec::new(),
        };
        for event in [Event::Hello(hello), Event::CaughtUp(pb::PullCaughtUp { space })] {
            live.send(Ok(pb::PullResponse { event: Some(event) })).unwrap();
        }
        match seen.end_streams.clone() {
            Some(end) => live.send(Err(end)).unwrap(),
            None => seen.pulls.push(live),
        }
        Ok(Response::new(Box::pin(UnboundedReceiverStream::new(stream))))
    }
}
