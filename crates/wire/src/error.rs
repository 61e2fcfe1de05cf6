//! What a server refuses and why: one mapping, used by the server to say it and by the device to read it.

use haven_feed::{FeedId, Position, RosterHead};
use tonic::{Code, Status};

use crate::details;
use crate::pb;
use crate::pb::ErrorReason;
use crate::position::{head_from_pb, head_to_pb, position_from_pb, position_to_pb};
use crate::request::Malformed;

/// The type that the detail goes by in its envelope.
const TYPE_URL: &str = "type.googleapis.com/haven.sync.v1.ErrorDetail";

/// A refusal: a reason and the few facts a device can act on. It has no room for words, tokens or paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: ErrorReason,
    /// What the server holds of the feed in question.
    pub position: Option<(FeedId, Position)>,
    /// The head of the roster the server holds.
    pub roster_head: Option<RosterHead>,
    /// The limit that was met, in bytes; 0 if none was.
    pub limit: u64,
    /// How long to wait before trying again, in milliseconds; 0 if waiting does not help.
    pub retry_after_ms: u64,
    /// Which record of the push was refused, from 0.
    pub record_index: Option<u32>,
}

impl Refusal {
    /// Refuses for a reason that needs no facts.
    pub fn new(reason: ErrorReason) -> Self {
        Self { reason, position: None, roster_head: None, limit: 0, retry_after_ms: 0, record_index: None }
    }

    /// Reads a server's answer; an error that is no server's own (a broken connection, a proxy) counts as
    /// [`ErrorReason::Unspecified`].
    pub fn of(status: &Status) -> Self {
        Self::find(status).unwrap_or(Self::new(ErrorReason::Unspecified))
    }

    /// Finds a server's own refusal. One for a reason that this version doesn't know is there all the same, and
    /// [`ErrorReason::Unspecified`]; nothing is there in an error from elsewhere.
    pub fn find(status: &Status) -> Option<Self> {
        let detail = details::find::<pb::ErrorDetail>(status, TYPE_URL)?;
        Some(Self {
            reason: detail.reason(),
            position: detail.position.as_ref().and_then(|position| position_from_pb(position).ok()),
            roster_head: head_from_pb(detail.roster_head.as_ref()).ok(),
            limit: detail.limit,
            retry_after_ms: detail.retry_after_ms,
            record_index: detail.record_index,
        })
    }
}

impl From<ErrorReason> for Refusal {
    fn from(reason: ErrorReason) -> Self {
        Self::new(reason)
    }
}

impl From<Malformed> for Refusal {
    fn from(_: Malformed) -> Self {
        Self::new(ErrorReason::RequestMalformed)
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let detail = pb::ErrorDetail {
            reason: refusal.reason.into(),
            position: refusal.position.map(|(feed, position)| position_to_pb(feed, position)),
            roster_head: refusal.roster_head.map(head_to_pb),
            limit: refusal.limit,
            retry_after_ms: refusal.retry_after_ms,
            record_index: refusal.record_index,
        };
        details::attach(code(refusal.reason), says(refusal.reason), TYPE_URL, &detail)
    }
}

/// The gRPC code that a reason goes with, for programs that know only codes.
pub fn code(reason: ErrorReason) -> Code {
    use ErrorReason as R;
    match reason {
        R::Unspecified => Code::Unknown,
        R::Unauthenticated | R::NonceUnknown => Code::Unauthenticated,
        R::SignatureInvalid
        | R::FeedRemoved
        | R::MemberReplaced
        | R::RoleUnfit
        | R::InviteInvalid
        | R::InviteUsed => Code::PermissionDenied,
        R::RequestMalformed | R::RecordMalformed | R::RecordTooLarge | R::LinkRejected => {
            Code::InvalidArgument
        }
        R::SpaceUnknown | R::FeedUnknown | R::MailboxUnknown | R::MailboxExpired => Code::NotFound,
        R::SpaceExists | R::FeedForked | R::MailboxExists => Code::AlreadyExists,
        R::FeedGap | R::RosterStale | R::VersionUnsupported => Code::FailedPrecondition,
        R::RosterMoved | R::RefillOver => Code::Aborted,
        R::MailboxFull | R::QuotaExceeded | R::RateLimited | R::StorageFull => Code::ResourceExhausted,
        R::Draining => Code::Unavailable,
        R::StorageFailed | R::Internal => Code::Internal,
    }
}

/// What a reason says, in the words of an operator: the whole of the status message.
pub fn says(reason: ErrorReason) -> &'static str {
    use ErrorReason as R;
    match reason {
        R::Unspecified => "refused for an unknown reason",
        R::Unauthenticated => "no session, or one that is over",
        R::NonceUnknown => "the nonce is used, old or unknown",
        R::SignatureInvalid => "the signature does not verify",
        R::RequestMalformed => "the request is malformed",
        R::InviteInvalid => "the invite is not one of this server's",
        R::InviteUsed => "the invite was used before",
        R::SpaceExists => "the space exists already",
        R::SpaceUnknown => "the space is not on this server",
        R::RefillOver => "the pieces before this one are not there",
        R::FeedUnknown => "the roster does not name this member",
        R::MemberReplaced => "these keys were replaced by others",
        R::RoleUnfit => "a paper or a party may not do this",
        R::FeedRemoved => "the roster removed this feed",
        R::FeedGap => "records before this one are missing",
        R::FeedForked => "another record stands at this place",
        R::RecordMalformed => "not a record of this space",
        R::RecordTooLarge => "larger than this server takes",
        R::RosterMoved => "the roster has moved on",
        R::RosterStale => "a record names a link or an epoch that is not the present one",
        R::LinkRejected => "the link breaks a rule of rosters",
        R::MailboxUnknown => "there is no such mailbox",
        R::MailboxFull => "the mailbox takes no such message",
        R::MailboxExpired => "the mailbox is over",
        R::MailboxExists => "the mailbox is open already",
        R::QuotaExceeded => "the space is full",
        R::RateLimited => "too much at once",
        R::StorageFull => "the disk is full",
        R::StorageFailed => "the storage failed",
        R::Draining => "the server is stopping",
        R::VersionUnsupported => "this version is no longer served",
        R::Internal => "a fault of the server's own",
    }
}

#[cfg(test)]
mod tests;
