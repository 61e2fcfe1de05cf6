//! What a failed call means: a server's refusal with a reason, or a connection that is no good.

use haven_engine::sync::{Incoming, Refusal, Request};
use haven_wire::error;
use haven_wire::pb::ErrorReason;
use haven_wire::request::Malformed;
use tonic::Status;

/// Why a call brought no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CallFault {
    /// The server said no.
    Refused(Refusal),
    /// The connection broke, the time was over, or what answered is no server of ours.
    Broken,
}

impl CallFault {
    /// Reads a failed call.
    pub(super) fn of(status: &Status) -> Self {
        let reason = error::Refusal::find(status).map(|refusal| refusal.reason);
        reason.and_then(refusal).map_or(Self::Broken, Self::Refused)
    }

    /// What the engine should hear of it; nothing if the connection is no good.
    pub(super) fn answer(self, request: Request) -> Option<Incoming> {
        match self {
            Self::Refused(refusal) => Some(Incoming::Refused { request, refusal }),
            Self::Broken => None,
        }
    }
}

impl From<Malformed> for CallFault {
    fn from(_: Malformed) -> Self {
        Self::Broken
    }
}

/// The engine's word for a server's reason; none where it is not a refusal but the end of the connection.
fn refusal(reason: ErrorReason) -> Option<Refusal> {
    use ErrorReason as R;
    Some(match reason {
        R::Draining => return None,
        R::Unauthenticated | R::NonceUnknown => Refusal::Unauthenticated,
        R::InviteInvalid => Refusal::InviteInvalid,
        R::InviteUsed => Refusal::InviteUsed,
        R::SpaceExists => Refusal::SpaceExists,
        R::RefillOver => Refusal::RefillOver,
        R::SpaceUnknown => Refusal::SpaceUnknown,
        R::FeedUnknown => Refusal::FeedUnknown,
        R::FeedRemoved => Refusal::FeedRemoved,
        R::MemberReplaced => Refusal::Replaced,
        R::FeedGap => Refusal::Gap,
        R::FeedForked => Refusal::Forked,
        R::RosterMoved | R::RosterStale => Refusal::RosterMoved,
        R::MailboxUnknown | R::MailboxFull | R::MailboxExpired | R::MailboxExists => Refusal::MailboxGone,
        R::QuotaExceeded => Refusal::Quota,
        R::RateLimited => Refusal::Busy,
        R::StorageFull | R::StorageFailed => Refusal::ServerStorage,
        R::SignatureInvalid
        | R::RoleUnfit
        | R::RequestMalformed
        | R::RecordMalformed
        | R::RecordTooLarge
        | R::LinkRejected
        | R::VersionUnsupported
        | R::Internal
        // A reason of a later version: whoever is told no hears it as no.
        | R::Unspecified => Refusal::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_refusal_and_anything_else_the_end_of_the_connection() {
        let refused = |reason: ErrorReason| CallFault::of(&error::Refusal::new(reason).into());
        assert_eq!(refused(ErrorReason::FeedGap), CallFault::Refused(Refusal::Gap));
        assert_eq!(refused(ErrorReason::InviteUsed), CallFault::Refused(Refusal::InviteUsed));
        assert_eq!(refused(ErrorReason::InviteInvalid), CallFault::Refused(Refusal::InviteInvalid));
        assert_eq!(refused(ErrorReason::NonceUnknown), CallFault::Refused(Refusal::Unauthenticated));
        assert_eq!(refused(ErrorReason::MailboxExpired), CallFault::Refused(Refusal::MailboxGone));
        assert_eq!(refused(ErrorReason::Unspecified), CallFault::Refused(Refusal::Other));
        assert_eq!(refused(ErrorReason::Draining), CallFault::Broken);
        for status in
            [Status::unavailable("gone"), Status::unknown("<html>"), Status::unauthenticated("a proxy's")]
        {
            assert_eq!(CallFault::of(&status), CallFault::Broken);
        }
    }
}
