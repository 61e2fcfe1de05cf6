//! Everything the services share.

use std::sync::Arc;

use bytes::Bytes;
use haven_feed::auth::{Access, Challenge, access};
use haven_feed::roster::consent::Role;
use haven_feed::{Nonce, RosterHead, SpaceId, StoreId};
use haven_wire::pb::ErrorReason;
use haven_wire::session::Token;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::metadata::MetadataMap;

use crate::budget::{Budget, Taken};
use crate::connection::Connection;
use crate::identity::Identity;
use crate::limits::{
    ANSWERS_MAX, ANSWERS_OF_STRANGERS_MAX, PUSH_AGAIN_AFTER, RECEIVING_OF_GUESTS_MAX,
    RECEIVING_OF_MEMBERS_MAX, RECEIVING_OF_STRANGERS_MAX,
};
use crate::mailbox::{Mailboxes, wall_ms};
use crate::options::Limits;
use crate::readers::Readers;
use crate::refill::Refills;
use crate::refusal::{Refused, later, refuse};
use crate::session::{Session, Sessions};
use crate::space::Space;
use crate::spaces::Spaces;
use crate::store::{Change, Store, StoreFault};
use crate::turns::Turns;
use crate::writer::{Writer, WriterThread};

/// The state of a running server.
pub(crate) struct Server {
    /// Who it is.
    pub(crate) identity: Identity,
    /// Which store it serves.
    pub(crate) store_id: StoreId,
    /// How much a space may bring.
    pub(crate) limits: Limits,
    /// Who is logged in.
    pub(crate) sessions: Sessions,
    /// The mailboxes.
    pub(crate) mailboxes: Mailboxes,
    /// The rosters on their way in.
    pub(crate) refills: Arc<Refills>,
    /// The spaces in memory.
    pub(crate) spaces: Spaces,
    /// The way to the store's past.
    pub(crate) readers: Readers,
    /// The way into the store.
    pub(crate) writer: Writer,
    /// How many cores there are to verify signatures.
    pub(crate) cores: usize,
    /// Turns for verifying many signatures: as many as there are cores.
    pub(crate) verifying: Arc<Semaphore>,
    /// What members' requests may take in memory.
    pub(crate) receiving_of_members: Arc<Budget>,
    /// What everybody's small requests may take in memory that are made before a log-in, or instead of one: enough for as many as
    /// there can be, so that none is ever refused for another's.
    pub(crate) receiving_of_guests: Arc<Budget>,
    /// What everybody else's requests may take in memory.
    pub(crate) receiving_of_strangers: Arc<Budget>,
    /// What answers to members may take in memory until they took them.
    pub(crate) answering: Arc<Budget>,
    /// The same of whoever was removed, who takes nothing from members nor from those who come.
    pub(crate) answering_of_strangers: Arc<Budget>,
    /// How many Pulls send from the database.
    pub(crate) turns: Turns,
    /// Cancelled when the server stops.
    pub(crate) draining: CancellationToken,
    /// Everything that streams.
    pub(crate) streams: TaskTracker,
}

/// Somebody who proved to be a member of a space, or to have been one.
pub(crate) struct Member {
    /// The space.
    pub(crate) space: Arc<Space>,
    /// Who.
    pub(crate) session: Session,
    /// What that gives.
    pub(crate) access: Access,
}

impl Member {
    /// Asks for what only a present member may: everything but to read the links up to one's own removal.
    pub(crate) fn present(self) -> Result<Self, Refused> {
        match self.access {
            Access::Member => Ok(self),
            Access::Removed { .. } => Err(ErrorReason::FeedRemoved.into()),
            Access::Replaced => Err(ErrorReason::MemberReplaced.into()),
        }
    }

    /// Asks for what only a present feed may.
    pub(crate) fn feed(self) -> Result<Self, Refused> {
        let present = self.present()?;
        if present.session.role == Role::Feed { Ok(present) } else { Err(ErrorReason::RoleUnfit.into()) }
    }

    /// The newest link it may read.
    pub(crate) fn head(&self) -> RosterHead {
        let held = self.space.held();
        let roster = held.roster();
        let seq = match self.access {
            Access::Removed { seq } => seq,
            Access::Member | Access::Replaced => roster.head().seq,
        };
        roster.hash_at(seq).map_or(roster.head(), |hash| RosterHead { seq, hash })
    }
}

impl Server {
    /// Begins to serve a store. `failed` is cancelled when the store fails for good.
    pub(crate) fn start(
        identity: Identity,
        mut store: Box<dyn Store>,
        limits: Limits,
        sessions: Sessions,
        failed: CancellationToken,
    ) -> Result<(Arc<Self>, WriterThread), StoreFault> {
        store.commit(&[Change::ExpireMailboxes { now_ms: wall_ms() }])?;
        let contacts = store.mailboxes()?;
        let (store_id, readers) = (store.store_id(), Readers::open(&*store)?);
        let started = Writer::start(store, failed);
        let (writer, thread) =
            started.map_err(|error| StoreFault::Failed(error.raw_os_error().unwrap_or(-1)))?;
        let cores = std::thread::available_parallelism().map_or(1, Into::into);
        let server = Self {
            identity,
            store_id,
            limits,
            sessions,
            mailboxes: Mailboxes::restore(contacts, wall_ms(), Instant::now()),
            refills: Arc::default(),
            spaces: Spaces::new(readers.clone(), limits),
            readers,
            writer,
            cores,
            verifying: Arc::new(Semaphore::new(cores)),
            receiving_of_members: Budget::of(RECEIVING_OF_MEMBERS_MAX),
            receiving_of_guests: Budget::of(RECEIVING_OF_GUESTS_MAX),
            receiving_of_strangers: Budget::of(RECEIVING_OF_STRANGERS_MAX),
            answering: Budget::of(ANSWERS_MAX),
            answering_of_strangers: Budget::of(ANSWERS_OF_STRANGERS_MAX),
            turns: Turns::default(),
            draining: CancellationToken::new(),
            streams: TaskTracker::new(),
        };
        Ok((Arc::new(server), thread))
    }

    /// Finds a space.
    pub(crate) async fn space(&self, space: SpaceId) -> Result<Arc<Space>, Refused> {
        let found = self.spaces.find(space).await.map_err(refuse)?;
        found.ok_or_else(|| ErrorReason::SpaceUnknown.into())
    }

    /// The challenge that a nonce belongs to.
    pub(crate) fn challenge(&self, Session { space, role, member }: Session, nonce: Nonce) -> Challenge {
        Challenge { server: *self.identity.key(), nonce, space, role, member, store: self.store_id }
    }

    /// Finds the challenge that is answered, once.
    pub(crate) fn redeem(&self, session: Session, nonce: Nonce) -> Result<Challenge, Refused> {
        let is_good = self.sessions.redeem(&nonce, session, Instant::now());
        is_good.then(|| self.challenge(session, nonce)).ok_or_else(|| ErrorReason::NonceUnknown.into())
    }

    /// Finds the session that a request's metadata proves.
    pub(crate) fn session(&self, metadata: &MetadataMap) -> Result<Session, Refused> {
        let token = Token::find(metadata).ok_or(ErrorReason::Unauthenticated)?;
        self.session_of(&token)
    }

    /// Finds the session of a token.
    pub(crate) fn session_of(&self, token: &Token) -> Result<Session, Refused> {
        self.sessions.find(token, Instant::now()).ok_or_else(|| ErrorReason::Unauthenticated.into())
    }

    /// Lets a session into its space, as far as its member may still go there.
    pub(crate) async fn enter(
        &self,
        session: Session,
        connection: &Arc<Connection>,
    ) -> Result<Member, Refused> {
        let space = self.space(session.space).await?;
        let access = access(space.held().roster(), session.role, &session.member).map(|(_, access)| access);
        let access = match access {
            Some(Access::Member) => Access::Member,
            // It takes none of the room that the members have.
            Some(access @ Access::Removed { .. }) => return Ok(Member { space, session, access }),
            Some(Access::Replaced) => {
                self.sessions.end(session);
                return Err(ErrorReason::MemberReplaced.into());
            }
            None => return Err(ErrorReason::FeedUnknown.into()),
        };
        if space.join(connection, session.member) {
            connection.leave_at_end(space.clone());
        }
        Ok(Member { space, session, access })
    }

    /// Counts a large answer, until it was taken: goes with the response. Who was removed takes nothing from those who were not.
    pub(crate) fn answer(&self, member: &Member, parts: &[Bytes]) -> Result<Arc<Taken>, Refused> {
        let budgets = match member.access {
            Access::Member => vec![member.space.answering.clone(), self.answering.clone()],
            Access::Removed { .. } | Access::Replaced => vec![self.answering_of_strangers.clone()],
        };
        let taken = Taken::from(budgets);
        let fits = taken.take(parts.iter().map(Bytes::len).sum());
        fits.map_err(|_| later(PUSH_AGAIN_AFTER))?;
        Ok(Arc::new(taken))
    }

    /// Lets a request into its session's own space.
    pub(crate) async fn own(
        &self,
        metadata: &MetadataMap,
        connection: &Arc<Connection>,
    ) -> Result<Member, Refused> {
        self.enter(self.session(metadata)?, connection).await
    }

    /// Lets a request into the space it names. A session of another space is none.
    pub(crate) async fn member(
        &self,
        metadata: &MetadataMap,
        space: SpaceId,
        connection: &Arc<Connection>,
    ) -> Result<Member, Refused> {
        let session = self.session(metadata)?;
        if session.space != space {
            return Err(ErrorReason::Unauthenticated.into());
        }
        self.enter(session, connection).await
    }
}
