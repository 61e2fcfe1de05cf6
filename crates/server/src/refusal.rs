//! From what went wrong to what the device is told: reasons and numbers, never words.

use std::time::Duration;

use haven_feed::chain::ChainFault;
use haven_feed::exchange::server::{LinkRefusal, ServerSpace};
use haven_feed::limits::{LINK_BYTES_MAX, PUSH_BATCH_BYTES, RECORD_BYTES_MAX};
use haven_feed::record::RecordFault;
use haven_feed::roster::LinkFault;
use haven_wire::error::Refusal;
use haven_wire::pb::ErrorReason;

use crate::entropy::NoEntropy;
use crate::limits::PUSH_AGAIN_AFTER;
use crate::mailbox::MailboxFault;
use crate::store::StoreFault;
use crate::writer::WriteFault;

/// Turns a fault into a refusal.
pub(crate) fn refuse(fault: impl IntoRefusal) -> Refusal {
    fault.into_refusal()
}

/// A fault that a device can be told.
pub(crate) trait IntoRefusal {
    /// Says it.
    fn into_refusal(self) -> Refusal;
}

/// Refuses one of several records.
pub(crate) fn at(index: usize, refusal: Refusal) -> Refusal {
    Refusal { record_index: u32::try_from(index).ok(), ..refusal }
}

/// Asks to come back later.
pub(crate) fn later(wait: Duration) -> Refusal {
    let ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    Refusal { retry_after_ms: ms.max(1), ..ErrorReason::RateLimited.into() }
}

/// Names the limit that was met.
pub(crate) fn limited(reason: ErrorReason, limit: u64) -> Refusal {
    Refusal { limit, ..reason.into() }
}

/// Refuses a push that a rule of feeds forbids.
pub(crate) fn refuse_push(space: &ServerSpace, fault: haven_feed::exchange::server::Refusal) -> Refusal {
    use haven_feed::exchange::server::Refusal as R;
    let tip_of = |feed| space.tips().get(&feed).map(|tip| (feed, tip.position));
    match fault {
        R::TooLarge => limited(ErrorReason::RecordTooLarge, PUSH_BATCH_BYTES as u64),
        R::Gap { feed, .. } => Refusal { position: tip_of(feed), ..ErrorReason::FeedGap.into() },
        R::Forked { feed, .. } => Refusal { position: tip_of(feed), ..ErrorReason::FeedForked.into() },
        R::RosterAhead { .. } => {
            Refusal { roster_head: Some(space.roster().head()), ..ErrorReason::RosterStale.into() }
        }
        R::Record { index, fault } => at(index, reason_of(fault).into()),
    }
}

fn reason_of(fault: ChainFault) -> ErrorReason {
    match fault {
        ChainFault::OtherSpace | ChainFault::OtherFeed => ErrorReason::RecordMalformed,
        ChainFault::UnknownFeed => ErrorReason::FeedUnknown,
        ChainFault::BadSignature => ErrorReason::SignatureInvalid,
        ChainFault::NotNext { .. } => ErrorReason::FeedGap,
        ChainFault::Forked => ErrorReason::FeedForked,
        ChainFault::NotMember => ErrorReason::FeedRemoved,
        ChainFault::RosterAhead { .. }
        | ChainFault::RosterForked
        | ChainFault::RosterBackwards
        | ChainFault::WrongEpoch { .. } => ErrorReason::RosterStale,
    }
}

impl IntoRefusal for RecordFault {
    fn into_refusal(self) -> Refusal {
        match self {
            Self::Malformed(_) | Self::BodyAltered => ErrorReason::RecordMalformed.into(),
            Self::Incompatible(_) => ErrorReason::VersionUnsupported.into(),
            Self::TooLarge(_) => limited(ErrorReason::RecordTooLarge, RECORD_BYTES_MAX as u64),
        }
    }
}

impl IntoRefusal for LinkFault {
    fn into_refusal(self) -> Refusal {
        match self {
            Self::Malformed(_) => ErrorReason::RequestMalformed.into(),
            Self::Incompatible(_) => ErrorReason::VersionUnsupported.into(),
            Self::TooLarge(_) => limited(ErrorReason::RecordTooLarge, LINK_BYTES_MAX as u64),
            Self::BadSignature => ErrorReason::SignatureInvalid.into(),
            _ => ErrorReason::LinkRejected.into(),
        }
    }
}

impl IntoRefusal for LinkRefusal {
    fn into_refusal(self) -> Refusal {
        match self {
            Self::Moved { head } => Refusal { roster_head: Some(head), ..ErrorReason::RosterMoved.into() },
            Self::Fault(fault) => fault.into_refusal(),
        }
    }
}

impl IntoRefusal for StoreFault {
    fn into_refusal(self) -> Refusal {
        match self {
            Self::Full => ErrorReason::StorageFull.into(),
            Self::InviteSpent => ErrorReason::InviteUsed.into(),
            Self::Failed(_) | Self::Damaged(_) | Self::Newer { .. } => ErrorReason::StorageFailed.into(),
        }
    }
}

impl IntoRefusal for WriteFault {
    fn into_refusal(self) -> Refusal {
        match self {
            Self::Moved => later(PUSH_AGAIN_AFTER),
            Self::Quota => ErrorReason::QuotaExceeded.into(),
            Self::Link(refusal) => refusal.into_refusal(),
            Self::Store(fault) => fault.into_refusal(),
            Self::Stopped => ErrorReason::Draining.into(),
        }
    }
}

impl IntoRefusal for MailboxFault {
    fn into_refusal(self) -> Refusal {
        match self {
            Self::Unknown => ErrorReason::MailboxUnknown.into(),
            Self::Exists => ErrorReason::MailboxExists.into(),
            Self::Taken => ErrorReason::MailboxFull.into(),
            Self::Unfit => ErrorReason::RequestMalformed.into(),
            Self::TooMany => ErrorReason::RateLimited.into(),
        }
    }
}

impl IntoRefusal for NoEntropy {
    fn into_refusal(self) -> Refusal {
        ErrorReason::Internal.into()
    }
}
