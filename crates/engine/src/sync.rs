//! What a vault says to its server and hears from it, as values; the shell only carries them.

use bytes::Bytes;
use haven_feed::ids::{FeedId, LinkHash, SpaceId, Vector};
use haven_feed::invite::{Invite, InviteFault, InviteProof};
use haven_feed::keys::SignKey;
use thiserror::Error;

/// A message to the server.
#[derive(Clone)]
pub enum Outgoing {
    /// Ask the server to prove its identity and give a nonce. Answered by [`Incoming::Challenged`].
    Challenge {
        /// The space to be reached.
        space: SpaceId,
        /// As which feed.
        feed: FeedId,
    },
    /// Prove the feed key. Answered by [`Incoming::LoggedIn`].
    LogIn {
        /// The space.
        space: SpaceId,
        /// As which feed.
        feed: FeedId,
        /// The server's nonce.
        nonce: [u8; 32],
        /// Over the login digest.
        signature: [u8; 64],
    },
    /// Create the space with an invite, by a piece of its roster. Answered by [`Incoming::SpaceStaged`] while more pieces are to
    /// come, then by [`Incoming::SpaceCreated`].
    CreateSpace {
        /// The invite, as it is shown for this space.
        invite: InviteProof,
        /// The genesis link.
        genesis: Vec<u8>,
        /// The link before `links`.
        after_seq: u64,
        /// The links of this piece, in order.
        links: Vec<Vec<u8>>,
        /// Whether more pieces follow.
        more: bool,
    },
    /// Open the stream of what we lack. Answered by [`Incoming::Hello`], links, records, then live.
    Pull {
        /// The space.
        space: SpaceId,
        /// What we have.
        vector: Vector,
        /// The last link we have; `None` for a joiner that has none.
        roster_seq: Option<u64>,
    },
    /// Push records. Answered by [`Incoming::Pushed`].
    Push {
        /// The space.
        space: SpaceId,
        /// Stored forms, one feed, ascending.
        records: Vec<Bytes>,
    },
    /// Ask for records whole of which we hold only husks. Answered by [`Incoming::Bodies`].
    FetchBodies {
        /// The space.
        space: SpaceId,
        /// Whose.
        feed: FeedId,
        /// Their places, ascending, at most [`crate::limits::BODIES_ASKED_MAX`].
        seqs: Vec<u64>,
    },
    /// Append a link. Answered by [`Incoming::LinkAppended`].
    AppendLink {
        /// The space.
        space: SpaceId,
        /// The head it stands on.
        head_seq: u64,
        /// The head's hash.
        head: LinkHash,
        /// The link.
        link: Vec<u8>,
    },
    /// Open a mailbox for linking. Answered by [`Incoming::MailboxOpened`] or a refusal, then its messages.
    OpenMailbox {
        /// Its id.
        mailbox: [u8; 16],
    },
    /// Put a message into a mailbox.
    PostMessage {
        /// Its id.
        mailbox: [u8; 16],
        /// Its place, from 1.
        index: u32,
        /// Sealed under the code's channel key.
        message: Vec<u8>,
    },
    /// The mailbox is no longer needed.
    CloseMailbox {
        /// A last message for whoever listens there; empty if there is nothing to say.
        farewell: Vec<u8>,
        /// Its id.
        mailbox: [u8; 16],
    },
    /// The session is useless (refused, misbehaving server): close the stream and connect again after `after_ms`.
    Reconnect {
        /// How long to wait; with jitter already in it.
        after_ms: u64,
    },
    /// Close the connection and make no other one until [`Outgoing::Reconnect`]: this device has nothing to ask there any more.
    HangUp,
}

/// Which request a refusal answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// A challenge or login.
    LogIn,
    /// Creating the space.
    CreateSpace,
    /// The pull stream.
    Pull,
    /// A push.
    Push,
    /// Asking for bodies.
    FetchBodies,
    /// Appending a link.
    AppendLink,
    /// Anything about a mailbox.
    Mailbox,
}

/// Why the server refused; the shell translates the wire's reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The space is not (any more) on this server.
    SpaceUnknown,
    /// The feed is not in the server's copy of the roster.
    FeedUnknown,
    /// The paper's keys were replaced, says the server to whoever proved them.
    Replaced,
    /// The feed was removed, says the server. Only the link that did it proves that.
    FeedRemoved,
    /// The session ended.
    Unauthenticated,
    /// Records before these are missing on the server.
    Gap,
    /// The server holds another record at that place.
    Forked,
    /// The roster has moved on.
    RosterMoved,
    /// The invite is not one of this server's.
    InviteInvalid,
    /// The invite was used before.
    InviteUsed,
    /// The space is there already.
    SpaceExists,
    /// The pieces of the roster before this one are not there any more: begin again.
    RefillOver,
    /// The mailbox is unknown, full or over.
    MailboxGone,
    /// Too much for the quota.
    Quota,
    /// Too fast; try later.
    Busy,
    /// The server cannot write.
    ServerStorage,
    /// Malformed or refused for another reason.
    Other,
}

/// A message from the server, or the end of the connection.
#[derive(Clone)]
pub enum Incoming {
    /// The transport is up; the engine starts the login.
    Connected,
    /// The server's answer to a challenge.
    Challenged {
        /// Its nonce.
        nonce: [u8; 32],
        /// Its identity key.
        server_key: [u8; 32],
        /// Which store it is.
        store_id: [u8; 16],
        /// Its signature over all of it.
        signature: [u8; 64],
    },
    /// The session is open.
    LoggedIn,
    /// A piece of the roster holds, and more are to come.
    SpaceStaged {
        /// The last link of it.
        seq: u64,
    },
    /// The space was created.
    SpaceCreated,
    /// What the server holds of the space.
    Hello {
        /// The space.
        space: SpaceId,
        /// Which store it is.
        store_id: [u8; 16],
        /// What it has.
        vector: Vector,
        /// Its last link's place.
        roster_seq: u64,
        /// Its last link.
        roster_head: LinkHash,
        /// The records it holds without their bodies, as many as it tells.
        husks: Vec<(FeedId, u64)>,
    },
    /// Roster links after ours.
    Links {
        /// The space.
        space: SpaceId,
        /// In order.
        links: Vec<Vec<u8>>,
    },
    /// Records we lack: first the missing ones, then live.
    Records {
        /// The space.
        space: SpaceId,
        /// In the server's order; contiguous within each feed.
        records: Vec<Bytes>,
    },
    /// Records whole, as far as the server has them.
    Bodies {
        /// The space.
        space: SpaceId,
        /// Whose.
        feed: FeedId,
        /// In the order in which they were asked for; empty if it has none of them.
        records: Vec<Bytes>,
    },
    /// All that the server had when the stream opened has been sent.
    CaughtUp {
        /// The space.
        space: SpaceId,
    },
    /// A push is durable on the server.
    Pushed {
        /// The space.
        space: SpaceId,
        /// What it has now.
        vector: Vector,
    },
    /// A link was appended.
    LinkAppended {
        /// The space.
        space: SpaceId,
        /// Its place.
        seq: u64,
    },
    /// The mailbox is open.
    MailboxOpened {
        /// Its id.
        mailbox: [u8; 16],
    },
    /// A message in a mailbox we opened.
    MailboxMessage {
        /// Its id.
        mailbox: [u8; 16],
        /// Its place, from 1.
        index: u32,
        /// Sealed under the code's channel key.
        message: Vec<u8>,
    },
    /// The server refused a request.
    Refused {
        /// Which.
        request: Request,
        /// Why.
        refusal: Refusal,
    },
    /// The connection is gone or could not be made.
    Offline,
    /// The shell begins anew: another connection is being made, and what came of the ones before no longer counts.
    Anew,
}

/// Where the synchronisation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncState {
    /// No server was set.
    None,
    /// Not connected.
    Offline,
    /// Catching up or pushing.
    Syncing,
    /// Connected, caught up, nothing pending.
    Idle,
}

/// Why the synchronisation does not go, as of the last attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nobody answers, or the connection broke.
    Unreachable,
    /// Whoever answers does not prove the identity that is trusted.
    OtherServer,
    /// The server lost the space, or has another store than before; it gets nothing until the person sets it again.
    LostData,
    /// The roster has removed this device, by a link that was verified here. What it holds stays readable; it gets and sends
    /// nothing any more.
    Removed,
    /// The server refused a request.
    Refused(Request, Refusal),
}

impl Problem {
    /// Whether it ends only when the person does something about it; anything else may pass by itself.
    pub fn needs_person(self) -> bool {
        match self {
            Self::Unreachable => false,
            Self::OtherServer | Self::LostData | Self::Removed => true,
            Self::Refused(_, refusal) => {
                matches!(refusal, Refusal::InviteInvalid | Refusal::InviteUsed | Refusal::SpaceUnknown)
            }
        }
    }
}

/// Checks that an invite is meant for the server that answered: it carries the hash of that server's identity key.
///
/// # Errors
/// It is mistyped, or belongs to another server.
pub fn check_invite(invite: &str, server_key: &[u8; 32]) -> Result<(), InviteRefused> {
    let invite = Invite::parse(invite)?;
    let key = SignKey::from_bytes(*server_key).map_err(|_| InviteRefused::OtherServer)?;
    if invite.is_to(&key) { Ok(()) } else { Err(InviteRefused::OtherServer) }
}

/// Why an invite cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InviteRefused {
    /// It is mistyped.
    #[error(transparent)]
    Mistyped(#[from] InviteFault),
    /// It was made by another server than the one that answers at this address.
    #[error("the invite belongs to another server than the one at this address")]
    OtherServer,
}
