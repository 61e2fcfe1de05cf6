//! The calls to a server, each from the engine's types to the wire's and back.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use haven_engine::sync::{Incoming, Request};
use haven_feed::auth;
use haven_feed::ids::{FeedId, LinkHash, MemberId, Nonce, RosterHead, SpaceId, StoreId, Vector};
use haven_feed::invite::InviteProof;
use haven_feed::keys::{SignKey, Signature};
use haven_feed::limits::ROSTER_BYTES_MAX;
use haven_feed::record::PREFIX_LEN;
use haven_feed::roster::consent::Role;
use haven_wire::limits::{MESSAGE_BYTES_MAX, MESSAGE_PARTS_MAX, SILENT_AFTER_MS, VECTOR_BYTES_MAX};
use haven_wire::pb::pull_response::Event;
use haven_wire::pb::{self, MemberRole};
use haven_wire::position::{head_from_pb, head_to_pb, husks_from_pb, vector_from_pb, vector_to_pb};
use haven_wire::request::{Malformed, array, id};
use haven_wire::session::Token;
use tonic::{Response, Status, Streaming};

use super::refusal::CallFault;
use crate::host::{DialFault, Host, Task, Transport};
use crate::limits::CALL_MS;

/// One thing that an answer says.
pub(super) enum Said {
    /// A message for the engine.
    Heard(Incoming),
    /// The session is open under this token.
    LoggedIn(Token),
    /// The wait that was asked for is over.
    Again,
    /// A ping, or a confirmation that nobody waits for.
    Nothing,
    /// A mailbox that was watched is closed.
    Closed,
    /// The connection is no good.
    Broken,
}

/// The session's token, once there is one.
#[derive(Clone, Default)]
pub(super) struct Bearer(Option<Arc<Token>>);

impl Bearer {
    pub(super) fn new(token: Token) -> Self {
        Self(Some(Arc::new(token)))
    }

    fn request<T>(&self, message: T) -> tonic::Request<T> {
        let mut request = tonic::Request::new(message);
        if let Some(token) = &self.0 {
            token.attach(request.metadata_mut());
        }
        request
    }
}

/// Makes calls on one connection.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) host: Arc<dyn Host>,
    pub(super) transport: Transport,
}

type Session = pb::session_service_client::SessionServiceClient<Transport>;
type Space = pb::space_service_client::SpaceServiceClient<Transport>;
type Roster = pb::roster_service_client::RosterServiceClient<Transport>;
type Feed = pb::feed_service_client::FeedServiceClient<Transport>;
type Mailbox = pb::mailbox_service_client::MailboxServiceClient<Transport>;

impl Caller {
    pub(super) fn challenge(
        &self,
        space: SpaceId,
        feed: FeedId,
    ) -> impl Future<Output = Said> + Send + use<> {
        let call = challenge(self.clone(), space, feed.into(), MemberRole::Feed);
        async move { said(Request::LogIn, call.await.map(Incoming::from)) }
    }

    pub(super) async fn log_in(
        self,
        space: SpaceId,
        feed: FeedId,
        nonce: [u8; 32],
        signature: [u8; 64],
    ) -> Said {
        match self.token(space, feed.into(), MemberRole::Feed, nonce, signature).await {
            Ok(token) => Said::LoggedIn(token),
            Err(fault) => said(Request::LogIn, Err(fault)),
        }
    }

    /// Logs in as a member of one role.
    pub(super) async fn token(
        &self,
        space: SpaceId,
        member: MemberId,
        role: MemberRole,
        nonce: [u8; 32],
        signature: [u8; 64],
    ) -> Result<Token, CallFault> {
        let request = pb::LogInRequest {
            space: bytes(space),
            member: bytes(member),
            nonce: bytes(nonce),
            signature: bytes(signature),
            role: role.into(),
        };
        let mut client = Session::new(self.transport.clone());
        let answer = self.within(client.log_in(request)).await?;
        Ok(Token::from_bytes(array(&answer.token, "token")?))
    }

    pub(super) async fn create_space(
        self,
        invite: InviteProof,
        genesis: Vec<u8>,
        after_seq: u64,
        links: Vec<Vec<u8>>,
        more: bool,
    ) -> Said {
        let request = pb::CreateSpaceRequest {
            invite_key: bytes(invite.key.as_bytes()),
            invite_signature: bytes(invite.signature.as_bytes()),
            genesis: genesis.into(),
            links: links.into_iter().map(Bytes::from).collect(),
            after_seq,
            more,
        };
        let mut client = Space::new(self.transport.clone()).max_encoding_message_size(MESSAGE_BYTES_MAX);
        let answer = self.within(client.create_space(request)).await;
        let head = answer.and_then(|answer| Ok(head_from_pb(answer.head.as_ref())?));
        let heard = head.map(|head| match more {
            true => Incoming::SpaceStaged { seq: head.seq },
            false => Incoming::SpaceCreated,
        });
        said(Request::CreateSpace, heard)
    }

    pub(super) async fn fetch_bodies(
        self,
        bearer: Bearer,
        space: SpaceId,
        feed: FeedId,
        seqs: Vec<u64>,
    ) -> Said {
        let request = bearer.request(pb::FetchBodiesRequest { space: bytes(space), feed: bytes(feed), seqs });
        let mut client = Feed::new(self.transport.clone()).max_decoding_message_size(MESSAGE_BYTES_MAX);
        let answer = self.within(client.fetch_bodies(request)).await;
        let records = answer.and_then(|answer| Ok(parts(answer.records, "records")?));
        said(Request::FetchBodies, records.map(|records| Incoming::Bodies { space, feed, records }))
    }

    pub(super) fn push(
        &self,
        bearer: Bearer,
        space: SpaceId,
        records: Vec<Bytes>,
    ) -> impl Future<Output = Said> + Send + use<> {
        let caller = self.clone();
        async move {
            let request = bearer.request(pb::PushRequest { space: bytes(space), records });
            let mut client = Feed::new(caller.transport.clone())
                .max_decoding_message_size(VECTOR_BYTES_MAX)
                .max_encoding_message_size(MESSAGE_BYTES_MAX);
            let answer = caller.within(client.push(request)).await;
            let vector = answer.and_then(|answer| Ok(vector_from_pb(&answer.vector)?));
            said(Request::Push, vector.map(|vector| Incoming::Pushed { space, vector }))
        }
    }

    pub(super) async fn append_link(
        self,
        bearer: Bearer,
        space: SpaceId,
        head_seq: u64,
        head: LinkHash,
        link: Vec<u8>,
    ) -> Said {
        let request = bearer.request(pb::AppendLinkRequest {
            space: bytes(space),
            expected_head: Some(head_to_pb(RosterHead { seq: head_seq, hash: head })),
            link: link.into(),
        });
        let mut client = Roster::new(self.transport.clone());
        let answer = self.within(client.append_link(request)).await;
        let head = answer.and_then(|answer| Ok(head_from_pb(answer.head.as_ref())?));
        said(Request::AppendLink, head.map(|head| Incoming::LinkAppended { space, seq: head.seq }))
    }

    /// Lists a roster's links from its genesis on.
    pub(super) async fn list_links(self, bearer: Bearer, space: SpaceId) -> Said {
        let mut links: Vec<Vec<u8>> = Vec::new();
        let mut size = 0;
        loop {
            let after_seq = (links.len() as u64).checked_sub(1);
            let request = bearer.request(pb::ListLinksRequest { space: bytes(space), after_seq });
            let mut client = Roster::new(self.transport.clone()).max_decoding_message_size(MESSAGE_BYTES_MAX);
            let answer = match self.within(client.list_links(request)).await {
                Ok(answer) => answer,
                Err(fault) => return said(Request::AppendLink, Err(fault)),
            };
            let head = head_from_pb(answer.head.as_ref());
            let (Ok(head), Ok(more)) = (head, parts(answer.links, "links")) else { return Said::Broken };
            let got = more.len();
            // One without bytes takes room too, and brings the end nearer.
            size += more.iter().map(|link| link.len().max(PREFIX_LEN)).sum::<usize>();
            links.extend(more.iter().map(|link| link.to_vec()));
            if got == 0 || links.len() as u64 > head.seq || size > ROSTER_BYTES_MAX {
                return Said::Heard(Incoming::Links { space, links });
            }
        }
    }

    /// Pulls until the stream ends, breaks or falls silent.
    pub(super) fn pull(
        self,
        bearer: &Bearer,
        space: SpaceId,
        vector: &Vector,
        roster_seq: Option<u64>,
    ) -> impl Stream<Item = Said> + Send + use<> {
        let request = bearer.request(pb::PullRequest {
            spaces: vec![pb::PullSpace {
                space: bytes(space),
                vector: vector_to_pb(vector),
                roster_seq,
                token: Bytes::new(),
            }],
        });
        let mut client = Feed::new(self.transport.clone()).max_decoding_message_size(MESSAGE_BYTES_MAX);
        let caller = self.clone();
        let opened = async move { caller.within(client.pull(request)).await };
        self.stream(Request::Pull, opened, Some(SILENT_AFTER_MS), pulled)
    }

    /// Opens a mailbox and then watches it.
    pub(super) fn open_mailbox(
        self,
        bearer: &Bearer,
        mailbox: [u8; 16],
    ) -> impl Stream<Item = Said> + Send + use<> {
        let request = bearer
            .request(pb::OpenMailboxRequest { mailbox: bytes(mailbox), kind: pb::MailboxKind::Link.into() });
        let watcher = self.clone();
        let opened = async move {
            let mut client = Mailbox::new(self.transport.clone());
            let answer = self.within(client.open_mailbox(request)).await;
            said(Request::Mailbox, answer.map(|_| Incoming::MailboxOpened { mailbox }))
        };
        stream::once(opened).flat_map(move |said| {
            let messages = match &said {
                Said::Heard(Incoming::MailboxOpened { .. }) => watcher.clone().watch_mailbox(mailbox).boxed(),
                _ => stream::empty().boxed(),
            };
            stream::once(async { said }).chain(messages)
        })
    }

    /// Brings the messages of a mailbox, from the first on.
    pub(super) fn watch_mailbox(self, mailbox: [u8; 16]) -> impl Stream<Item = Said> + Send + use<> {
        let request = pb::WatchMailboxRequest { mailbox: bytes(mailbox), after_index: 0 };
        let mut client = Mailbox::new(self.transport.clone());
        let caller = self.clone();
        let opened = async move { caller.within(client.watch_mailbox(request)).await };
        self.stream(Request::Mailbox, opened, None, move |message: pb::WatchMailboxResponse| {
            let message =
                Incoming::MailboxMessage { mailbox, index: message.index, message: message.message.into() };
            Ok(Some(message))
        })
    }

    pub(super) async fn post_message(self, mailbox: [u8; 16], index: u32, message: Vec<u8>) -> Said {
        let request = pb::PostMessageRequest { mailbox: bytes(mailbox), index, message: message.into() };
        let mut client = Mailbox::new(self.transport.clone());
        match self.within(client.post_message(request)).await {
            Ok(_) => Said::Nothing,
            Err(fault) => said(Request::Mailbox, Err(fault)),
        }
    }

    pub(super) async fn close_mailbox(self, bearer: Bearer, mailbox: [u8; 16], farewell: Vec<u8>) -> Said {
        let request = pb::CloseMailboxRequest { mailbox: bytes(mailbox), farewell: farewell.into() };
        let request = bearer.request(request);
        let mut client = Mailbox::new(self.transport.clone());
        match self.within(client.close_mailbox(request)).await {
            Ok(_) | Err(CallFault::Refused(_)) => Said::Nothing,
            Err(CallFault::Broken) => Said::Broken,
        }
    }

    /// Waits for an answer, but not for ever: half a connection answers nothing at all.
    pub(super) async fn within<T>(
        &self,
        call: impl Future<Output = Result<Response<T>, Status>> + Send,
    ) -> Result<T, CallFault> {
        tokio::select! {
            answer = call => answer.map(Response::into_inner).map_err(|status| CallFault::of(&status)),
            () = self.host.sleep(CALL_MS) => Err(CallFault::Broken),
        }
    }

    /// Turns a server's stream into what it says, one by one. A stream with `silent_ms` must neither end nor fall silent.
    fn stream<M: Send + 'static>(
        self,
        request: Request,
        opened: impl Future<Output = Result<Streaming<M>, CallFault>> + Send + 'static,
        silent_ms: Option<u64>,
        read: impl Fn(M) -> Result<Option<Incoming>, Malformed> + Clone + Send + 'static,
    ) -> impl Stream<Item = Said> + Send + 'static {
        stream::unfold(Some(Messages::Opening(Box::pin(opened))), move |messages| {
            let (caller, read) = (self.clone(), read.clone());
            async move {
                let mut open = match messages? {
                    Messages::Open(open) => open,
                    Messages::Opening(opened) => match opened.await {
                        Ok(open) => Box::new(open),
                        Err(fault) => return Some((said(request, Err(fault)), None)),
                    },
                };
                match caller.next(&mut open, silent_ms).await {
                    Ok(Some(message)) => Some((heard(read(message)), Some(Messages::Open(open)))),
                    Ok(None) => silent_ms.map(|_| (Said::Broken, None)),
                    Err(fault) => Some((said(request, Err(fault)), None)),
                }
            }
        })
    }

    async fn next<M>(
        &self,
        messages: &mut Streaming<M>,
        silent_ms: Option<u64>,
    ) -> Result<Option<M>, CallFault> {
        let silent = async {
            match silent_ms {
                Some(ms) => self.host.sleep(ms).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            message = messages.message() => message.map_err(|status| CallFault::of(&status)),
            () = silent => Err(CallFault::Broken),
        }
    }
}

/// A server's stream.
enum Messages<M> {
    Opening(Task<Result<Streaming<M>, CallFault>>),
    Open(Box<Streaming<M>>),
}

/// A server's half of the proof that it holds its key; not verified yet.
pub(crate) struct Challenge {
    nonce: [u8; 32],
    server_key: [u8; 32],
    store_id: [u8; 16],
    signature: [u8; 64],
    /// What its clock shows; not part of the proof.
    now_ms: Option<i64>,
}

impl From<Challenge> for Incoming {
    fn from(it: Challenge) -> Self {
        Self::Challenged {
            nonce: it.nonce,
            server_key: it.server_key,
            store_id: it.store_id,
            signature: it.signature,
        }
    }
}

pub(super) async fn challenge(
    caller: Caller,
    space: SpaceId,
    member: MemberId,
    role: MemberRole,
) -> Result<Challenge, CallFault> {
    let request = pb::ChallengeRequest { space: bytes(space), member: bytes(member), role: role.into() };
    let mut client = Session::new(caller.transport.clone());
    let answer = caller.within(client.challenge(request)).await?;
    Ok(Challenge {
        nonce: array(&answer.nonce, "nonce")?,
        server_key: array(&answer.server_key, "server_key")?,
        store_id: array(&answer.store_id, "store_id")?,
        signature: array(&answer.server_signature, "server_signature")?,
        now_ms: answer.now_ms,
    })
}

fn pulled(message: pb::PullResponse) -> Result<Option<Incoming>, Malformed> {
    Ok(match message.event {
        // Something that a later version says.
        None => None,
        Some(Event::Hello(it)) => {
            let head = head_from_pb(it.roster_head.as_ref())?;
            Some(Incoming::Hello {
                space: id(&it.space, "space")?,
                store_id: array(&it.store_id, "store_id")?,
                vector: vector_from_pb(&it.vector)?,
                roster_seq: head.seq,
                roster_head: head.hash,
                husks: husks_from_pb(&it.husks)?,
            })
        }
        Some(Event::Links(it)) => {
            let links = parts(it.links, "links")?.iter().map(|link| link.to_vec()).collect();
            Some(Incoming::Links { space: id(&it.space, "space")?, links })
        }
        Some(Event::Records(it)) => {
            let records = parts(it.records, "records")?;
            Some(Incoming::Records { space: id(&it.space, "space")?, records })
        }
        Some(Event::CaughtUp(it)) => Some(Incoming::CaughtUp { space: id(&it.space, "space")? }),
        Some(Event::Ping(_)) => None,
    })
}

/// Records or links as they came, if they are no more than fit one message.
fn parts(parts: Vec<Bytes>, field: &'static str) -> Result<Vec<Bytes>, Malformed> {
    if parts.len() > MESSAGE_PARTS_MAX { Err(Malformed(field)) } else { Ok(parts) }
}

fn heard(message: Result<Option<Incoming>, Malformed>) -> Said {
    match message {
        Ok(Some(message)) => Said::Heard(message),
        Ok(None) => Said::Nothing,
        Err(_) => Said::Broken,
    }
}

fn said(request: Request, answer: Result<Incoming, CallFault>) -> Said {
    match answer {
        Ok(message) => Said::Heard(message),
        Err(fault) => fault.answer(request).map_or(Said::Broken, Said::Heard),
    }
}

pub(super) fn bytes(of: impl AsRef<[u8]>) -> Bytes {
    Bytes::copy_from_slice(of.as_ref())
}

/// Why a server did not prove who it is: it could not be reached, or (nothing) it misbehaved.
pub(crate) type NoIdentity = Option<DialFault>;

/// A server that has proved who it is.
pub(crate) struct Met {
    /// Its identity key.
    pub(crate) key: [u8; 32],
    /// How far this device's clock is ahead of its clock, as far as it tells.
    pub(crate) ahead_ms: Option<i64>,
}

/// Has a server prove its identity key, in a challenge for a space and a feed that nobody has.
pub(crate) async fn meet(host: &Arc<dyn Host>, url: &str) -> Result<Met, NoIdentity> {
    let transport = host.dial(url).await.map_err(Some)?;
    let caller = Caller { host: Arc::clone(host), transport };
    let (space, feed) = (SpaceId::ZERO, FeedId::ZERO);
    let answer = challenge(caller, space, feed.into(), MemberRole::Feed).await.map_err(|_| None)?;
    let server = SignKey::from_bytes(answer.server_key).map_err(|_| None)?;
    let asked = auth::Challenge {
        server,
        nonce: Nonce::from_bytes(answer.nonce),
        space,
        role: Role::Feed,
        member: feed.into(),
        store: StoreId::from_bytes(answer.store_id),
    };
    asked.check_server(&server, &Signature::from_bytes(answer.signature)).map_err(|_| None)?;
    let ahead_ms = answer.now_ms.map(|theirs| host.now().wall_ms.saturating_sub(theirs));
    Ok(Met { key: answer.server_key, ahead_ms })
}
