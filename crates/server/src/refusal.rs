//! From what went wrong to what the device is told: reasons and numbers, never words.

use std::time::Duration;

use haven_feed::chain::ChainFault;
use haven_feed::exchange::server::{LinkRefusal, ServerSpace};
use haven_feed::limits::{LINK_BYTES_MAX, PUSH_BATCH_BYTES, RECORD_BYTES_MAX};
use haven_feed::record::RecordFault;
use haven_feed::roster::LinkFault;
use haven_wire::error::Refusal;
use haven_wire::pb::ErrorReason;
use haven_wire::request::Malformed;
use tonic::Status;

use crate::entropy::NoEntropy;
use crate::limits::{PUSH_AGAIN_AFTER, REFILL_AGAIN_AFTER, STORE_AGAIN_AFTER};
use crate::mailbox::MailboxFault;
use crate::refill::RefillFault;
use crate::store::StoreFault;
use crate::writer::WriteFault;

/// A refusal on its way out; boxed, since most answers are none.
#[derive(Debug)]
pub(crate) struct Refused(Box<Refusal>);

impl Refused {
    /// Refuses for a reason that needs no facts.
    pub(crate) fn new(reason: ErrorReason) -> Self {
        Refusal::new(reason).into()
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(Box::new(refusal))
    }
}

impl From<ErrorReason> for Refused {
    fn from(reason: ErrorReason) -> Self {
        Self::new(reason)
    }
}

impl From<Malformed> for Refused {
    fn from(malformed: Malformed) -> Self {
        Refusal::from(malformed).into()
    }
}

impl From<Refused> for Status {
    fn from(refused: Refused) -> Self {
        (*refused.0).into()
    }
}

/// Turns a fault into a refusal.
pub(crate) fn refuse(fault: impl IntoRefusal) -> Refused {
    fault.into_refusal().into()
}

/// A fault that a device can be told.
pub(crate) trait IntoRefusal {
    /// Says it.
    fn into_refusal(self) -> Refusal;
}

/// Refuses one of several records.
pub(crate) fn at(index: usize, refused: impl Into<Refused>) -> Refused {
    let mut refused = refused.into();
    refused.0.record_index = u32::try_from(index).ok();
    refused
}

/// Asks to come back later.
pub(crate) fn later(wait: Duration) -> Refused {
    retry_after(wait).into()
}

/// Names the limit that was met.
pub(crate) fn limited(reason: ErrorReason, limit: u64) -> Refused {
    with_limit(reason, limit).into()
}

fn retry_after(wait: Duration) -> Refusal {
    let ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    Refusal { retry_after_ms: ms.max(1), ..ErrorReason::RateLimited.into() }
}

fn with_limit(reason: ErrorReason, limit: u64) -> Refusal {
    Refusal { limit, ..reason.into() }
}

/// Refuses a push that a rule of feeds forbids.
pub(crate) fn refuse_push(space: &ServerSpace, fault: haven_feed::exchange::server::Refusal) -> Refused {
    use haven_feed::exchange::server::Refusal as R;
    let tip_of = |feed| space.tips().get(&feed).map(|tip| (feed, tip.position));
    let refusal = match fault {
        R::TooLarge => with_limit(ErrorReason::RecordTooLarge, PUSH_BATCH_BYTES as u64),
        R::Gap { feed, .. } => Refusal { position: tip_of(feed), ..ErrorReason::FeedGap.into() },
        R::Forked { feed, .. } => Refusal { position: tip_of(feed), ..ErrorReason::FeedForked.into() },
        R::RosterAhead { .. } => {
            Refusal { roster_head: Some(space.roster().head()), ..ErrorReason::RosterStale.into() }
        }
        R::Record { index, fault } => return at(index, reason_of(fault)),
    };
    refusal.into()
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
            Self::TooLarge(_) => with_limit(ErrorReason::RecordTooLarge, RECORD_BYTES_MAX as u64),
        }
    }
}

impl IntoRefusal for LinkFault {
    fn into_refusal(self) -> Refusal {
        match self {
            Self::Malformed(_) => ErrorReason::RequestMalformed.into(),
            Self::Incompatible(_) => ErrorReason::VersionUnsupported.into(),
            Self::TooLarge(_) => with_limit(ErrorReason::RecordTooLarge, LINK_BYTES_MAX as u64),
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
            Self::Busy => retry_after(STORE_AGAIN_AFTER),
            Self::InviteSpent => ErrorReason::InviteUsed.into(),
            Self::SpaceTaken => ErrorReason::SpaceExists.into(),
            // Somebody else was quicker; what is there now decides the next try.
            Self::Conflict => retry_after(PUSH_AGAIN_AFTER),
            Self::Failed(_) | Self::Damaged(_) | Self::Newer { .. } => ErrorReason::StorageFailed.into(),
        }
    }
}

impl IntoRefusal for WriteFault {
    fn into_refusal(self) -> Refusal {
        match self {
            Self::Moved => retry_after(PUSH_AGAIN_AFTER),
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
            Self::Write(fault) => fault.into_refusal(),
        }
    }
}

impl IntoRefusal for RefillFault {
    fn into_refusal(self) -> Refusal {
        match self {
            Self::Over => ErrorReason::RefillOver.into(),
            Self::TooMany => retry_after(REFILL_AGAIN_AFTER),
            Self::Link(fault) => fault.into_refusal(),
        }
    }
}

impl IntoRefusal for NoEntropy {
    fn into_refusal(self) -> Refusal {
        ErrorReason::Internal.into()
    }
}
