//! A device's side of the protocol, with the generated clients.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use haven_feed::auth::Challenge;
use haven_feed::invite::{Invite, InviteProof};
use haven_feed::keys::{SignKey, Signature, Signer};
use haven_feed::record::Record;
use haven_feed::roster::Link;
use haven_feed::roster::consent::Role;
use haven_feed::{FeedId, MemberId, Nonce, Position, RosterHead, SpaceId, StoreId, Vector};
use haven_wire::error::Refusal;
use haven_wire::limits::MESSAGE_BYTES_MAX;
use haven_wire::pb::feed_service_client::FeedServiceClient;
use haven_wire::pb::mailbox_service_client::MailboxServiceClient;
use haven_wire::pb::pull_response::Event;
use haven_wire::pb::roster_service_client::RosterServiceClient;
use haven_wire::pb::session_service_client::SessionServiceClient;
use haven_wire::pb::space_service_client::SpaceServiceClient;
use haven_wire::pb::{self, ErrorReason};
use haven_wire::position::{head_from_pb, head_to_pb, husks_from_pb, vector_from_pb, vector_to_pb};
use haven_wire::session::{Token, role_to_pb};
use http_body::Frame;
use tonic::transport::Channel;
use tonic::{Code, Request, Status, Streaming};

use super::kit::{Device, Vault};

/// Beyond this a test hangs; nothing here takes a tenth of it on a machine that does nothing else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A connection, and the session on it.
pub(crate) struct Client {
    pub(crate) channel: Channel,
    pub(crate) space: SpaceId,
    pub(crate) token: Option<Token>,
}

/// What a challenge brought.
pub(crate) struct Challenged {
    pub(crate) challenge: Challenge,
    pub(crate) server_signature: Signature,
}

/// One Pull.
pub(crate) struct Pull {
    stream: Streaming<pb::PullResponse>,
    ready: VecDeque<Event>,
}

/// What a Pull brought before it was caught up.
pub(crate) struct Past {
    pub(crate) vector: Vector,
    pub(crate) head: RosterHead,
    pub(crate) store_id: Vec<u8>,
    pub(crate) links: Vec<Bytes>,
    pub(crate) records: Vec<Bytes>,
    pub(crate) husks: Vec<(FeedId, u64)>,
}

/// A request's body of one piece, if it is not empty, and then its end or nothing for ever.
pub(crate) struct Piece {
    bytes: Option<Bytes>,
    ends: bool,
}

impl Piece {
    pub(crate) fn whole(bytes: Vec<u8>) -> Self {
        Self { bytes: Some(bytes.into()), ends: true }
    }

    pub(crate) fn unfinished(bytes: Vec<u8>) -> Self {
        Self { bytes: (!bytes.is_empty()).then(|| bytes.into()), ends: false }
    }
}

impl http_body::Body for Piece {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        match self.bytes.take() {
            None if !self.ends => Poll::Pending,
            bytes => Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes)))),
        }
    }
}

/// Awaits, but not for ever.
pub(crate) async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("a test must not hang")
}

/// The reason of a refusal.
pub(crate) fn reason<T>(answer: Result<T, Status>) -> ErrorReason {
    Refusal::of(&answer.err().expect("a refusal")).reason
}

/// The place of a record.
pub(crate) fn place(bytes: &Bytes) -> (FeedId, u64) {
    let record = Record::parse(bytes.clone()).expect("a record");
    (record.header().feed, record.header().seq)
}

impl Client {
    /// Connects, with no session.
    pub(crate) async fn connect(url: &str, space: SpaceId) -> Self {
        let endpoint = Channel::from_shared(url.to_owned()).expect("a url").tcp_nodelay(true);
        let channel = within(endpoint.connect()).await.expect("a connection");
        Self { channel, space, token: None }
    }

    /// Connects and logs in as a device of a vault.
    pub(crate) async fn enter(url: &str, vault: &Vault, device: usize) -> Self {
        let mut client = Self::connect(url, vault.space()).await;
        client.log_in(&vault.devices[device]).await.expect("logged in");
        client
    }

    /// The same session on another connection.
    pub(crate) async fn elsewhere(&self, url: &str) -> Self {
        let token = self.token.as_ref().map(|token| Token::from_bytes(*token.as_bytes()));
        Self { token, ..Self::connect(url, self.space).await }
    }

    /// The same session on the same connection, for a second call at once.
    pub(crate) fn beside(&self) -> Self {
        let token = self.token.as_ref().map(|token| Token::from_bytes(*token.as_bytes()));
        Self { token, channel: self.channel.clone(), space: self.space }
    }

    /// Makes a space by an invite.
    pub(crate) async fn create(&self, invite: &Invite, vault: &Vault) -> Result<RosterHead, Status> {
        self.bring(invite, vault, 0, vault.links.len() - 1, false).await
    }

    /// Brings a piece of a roster: so many links after one, and whether there are more.
    pub(crate) async fn bring(
        &self,
        invite: &Invite,
        vault: &Vault,
        after_seq: usize,
        count: usize,
        more: bool,
    ) -> Result<RosterHead, Status> {
        let links = vault.links[after_seq + 1..][..count].iter().map(|link| link.bytes().clone()).collect();
        let request = pb::CreateSpaceRequest {
            genesis: vault.links[0].bytes().clone(),
            links,
            after_seq: after_seq as u64,
            more,
            ..shown(&invite.proof_for(&vault.space()))
        };
        let answer = within(SpaceServiceClient::new(self.channel.clone()).create_space(request)).await?;
        Ok(head_from_pb(answer.get_ref().head.as_ref()).expect("a head"))
    }

    /// The vaults of a paper, found by its key and this server's challenge.
    pub(crate) async fn find(&self, paper: &Device, signer: &Signer) -> Result<Vec<Bytes>, Status> {
        let nobody = Self { space: SpaceId::ZERO, ..self.beside() };
        let asked = nobody.challenge_as(Role::Paper, paper.keys.paper_id().into()).await?.challenge;
        nobody.find_by(&asked, paper, signer).await
    }

    pub(crate) async fn find_by(
        &self,
        challenge: &Challenge,
        paper: &Device,
        signer: &Signer,
    ) -> Result<Vec<Bytes>, Status> {
        let request = pb::FindSpacesRequest {
            keys: bytes(paper.keys.to_bytes()),
            nonce: bytes(challenge.nonce),
            signature: bytes(signer.sign(&challenge.login_digest()).as_bytes()),
        };
        let answer = within(SpaceServiceClient::new(self.channel.clone()).find_spaces(request)).await?;
        Ok(answer.into_inner().spaces)
    }

    pub(crate) async fn challenge(&self, feed: FeedId) -> Result<Challenged, Status> {
        self.challenge_as(Role::Feed, feed.into()).await
    }

    pub(crate) async fn challenge_as(&self, role: Role, member: MemberId) -> Result<Challenged, Status> {
        let request = pb::ChallengeRequest {
            space: bytes(self.space),
            member: bytes(member),
            role: role_to_pb(role).into(),
        };
        let answer =
            within(SessionServiceClient::new(self.channel.clone()).challenge(request)).await?.into_inner();
        let server = SignKey::from_bytes(exact(&answer.server_key)).expect("a key");
        let nonce = Nonce::from_bytes(exact(&answer.nonce));
        let store = StoreId::from_bytes(exact(&answer.store_id));
        let challenge = Challenge { server, nonce, space: self.space, role, member, store };
        Ok(Challenged { challenge, server_signature: Signature::from_bytes(exact(&answer.server_signature)) })
    }

    pub(crate) async fn answer(&self, challenge: &Challenge, signature: Signature) -> Result<Token, Status> {
        let request = pb::LogInRequest {
            space: bytes(challenge.space),
            member: bytes(challenge.member),
            nonce: bytes(challenge.nonce),
            signature: bytes(signature.as_bytes()),
            role: role_to_pb(challenge.role).into(),
        };
        let answer = within(SessionServiceClient::new(self.channel.clone()).log_in(request)).await?;
        Ok(Token::from_bytes(exact(&answer.get_ref().token)))
    }

    pub(crate) async fn log_in(&mut self, device: &Device) -> Result<(), Status> {
        self.log_in_as(Role::Feed, device.feed().into(), device).await
    }

    pub(crate) async fn log_in_as(
        &mut self,
        role: Role,
        member: MemberId,
        device: &Device,
    ) -> Result<(), Status> {
        let Challenged { challenge, server_signature } = self.challenge_as(role, member).await?;
        let pinned = challenge.server;
        let signature =
            challenge.answer(&pinned, &server_signature, &device.signer).expect("the pinned server");
        self.token = Some(self.answer(&challenge, signature).await?);
        Ok(())
    }

    pub(crate) fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(token) = &self.token {
            token.attach(request.metadata_mut());
        }
        request
    }

    pub(crate) async fn push(&self, records: Vec<Bytes>) -> Result<Vector, Status> {
        let request = self.request(pb::PushRequest { space: bytes(self.space), records });
        let answer = within(FeedServiceClient::new(self.channel.clone()).push(request)).await?;
        Ok(vector_from_pb(&answer.get_ref().vector).expect("a vector"))
    }

    /// Records whole of which one has husks.
    pub(crate) async fn fetch(&self, feed: FeedId, seqs: &[u64]) -> Result<Vec<Bytes>, Status> {
        let message =
            pb::FetchBodiesRequest { space: bytes(self.space), feed: bytes(feed), seqs: seqs.to_vec() };
        let client = FeedServiceClient::new(self.channel.clone());
        let mut client = client.max_decoding_message_size(MESSAGE_BYTES_MAX);
        Ok(within(client.fetch_bodies(self.request(message))).await?.into_inner().records)
    }

    /// Pulls this client's space from a vector and a roster on.
    pub(crate) async fn pull(&self, vector: &Vector, roster_seq: Option<u64>) -> Result<Pull, Status> {
        self.pull_spaces(vec![self.pulled(vector, roster_seq)]).await
    }

    pub(crate) fn pulled(&self, vector: &Vector, roster_seq: Option<u64>) -> pb::PullSpace {
        let token = self.token.as_ref().map(|token| bytes(token.as_bytes())).unwrap_or_default();
        pb::PullSpace { space: bytes(self.space), vector: vector_to_pb(vector), roster_seq, token }
    }

    pub(crate) async fn pull_spaces(&self, spaces: Vec<pb::PullSpace>) -> Result<Pull, Status> {
        let request = self.request(pb::PullRequest { spaces });
        let answer = within(FeedServiceClient::new(self.channel.clone()).pull(request)).await?;
        Ok(Pull { stream: answer.into_inner(), ready: VecDeque::new() })
    }

    pub(crate) async fn append(&self, expected: RosterHead, link: &Link) -> Result<RosterHead, Status> {
        let message = pb::AppendLinkRequest {
            space: bytes(self.space),
            expected_head: Some(head_to_pb(expected)),
            link: link.bytes().clone(),
        };
        let answer =
            within(RosterServiceClient::new(self.channel.clone()).append_link(self.request(message))).await?;
        Ok(head_from_pb(answer.get_ref().head.as_ref()).expect("a head"))
    }

    pub(crate) async fn list(&self, after_seq: Option<u64>) -> Result<(Vec<Bytes>, RosterHead), Status> {
        let message = pb::ListLinksRequest { space: bytes(self.space), after_seq };
        let answer =
            within(RosterServiceClient::new(self.channel.clone()).list_links(self.request(message))).await?;
        let pb::ListLinksResponse { links, head } = answer.into_inner();
        Ok((links, head_from_pb(head.as_ref()).expect("a head")))
    }

    pub(crate) fn mailboxes(&self) -> MailboxServiceClient<Channel> {
        MailboxServiceClient::new(self.channel.clone())
    }
}

impl Pull {
    /// The next thing, pings left out.
    pub(crate) async fn next(&mut self) -> Result<Event, Status> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            let message = within(self.stream.message()).await?;
            let message = message.ok_or_else(|| Status::new(Code::Ok, "the stream ended"))?;
            match message.event.expect("an event") {
                Event::Ping(_) => {}
                event => self.ready.push_back(event),
            }
        }
    }

    /// Everything of one space until it is caught up, in the order the protocol promises.
    pub(crate) async fn past(&mut self) -> Result<Past, Status> {
        let Event::Hello(hello) = self.next().await? else { unreachable!("a space begins with a hello") };
        let mut past = Past {
            vector: vector_from_pb(&hello.vector).expect("a vector"),
            head: head_from_pb(hello.roster_head.as_ref()).expect("a head"),
            store_id: hello.store_id.to_vec(),
            links: Vec::new(),
            records: Vec::new(),
            husks: husks_from_pb(&hello.husks).expect("husks"),
        };
        loop {
            match self.next().await? {
                Event::Links(links) if past.records.is_empty() => past.links.extend(links.links),
                Event::Records(records) => past.records.extend(records.records),
                Event::CaughtUp(caught_up) if caught_up.space == hello.space => return Ok(past),
                _ => unreachable!("links, then records, then caught up"),
            }
        }
    }

    /// Records as they come, until there are so many.
    pub(crate) async fn records(&mut self, count: usize) -> Vec<Bytes> {
        let mut records = Vec::new();
        while records.len() < count {
            match self.next().await.expect("the stream goes on") {
                Event::Records(more) => records.extend(more.records),
                _ => unreachable!("only records come"),
            }
        }
        records
    }

    /// The reason the stream ends with; what comes before is left out.
    pub(crate) async fn end(&mut self) -> ErrorReason {
        loop {
            match self.next().await {
                Ok(_) => {}
                Err(status) => return Refusal::of(&status).reason,
            }
        }
    }
}

/// A vector that holds these positions.
pub(crate) fn vector(positions: &[(FeedId, Position)]) -> Vector {
    positions.iter().copied().collect()
}

pub(crate) fn bytes(id: impl AsRef<[u8]>) -> Bytes {
    Bytes::copy_from_slice(id.as_ref())
}

fn exact<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the exact length")
}

/// A request that shows an invite and brings nothing yet.
pub(crate) fn shown(invite: &InviteProof) -> pb::CreateSpaceRequest {
    pb::CreateSpaceRequest {
        invite_key: Bytes::copy_from_slice(invite.key.as_bytes()),
        invite_signature: Bytes::copy_from_slice(invite.signature.as_bytes()),
        ..pb::CreateSpaceRequest::default()
    }
}
