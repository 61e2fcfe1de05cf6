//! The one shape in which anything fails: what, why, what to do next, and a reason that scripts may rely on.

mod advice;
mod refused;

use std::fmt;

use haven_core::fault::Fault;
use haven_core::nearest::nearest;
use haven_wire::details;
use tonic::{Code, Status};

use crate::limits::CANDIDATES_MAX;
use crate::pb;

pub use crate::pb::ErrorReason;
pub use haven_wire::system::refused;

/// The type that the detail goes by in its envelope.
const TYPE_URL: &str = "type.googleapis.com/haven.v1.ErrorDetail";

/// An error as a person or a script sees it. Holds no word of the journal, no passphrase, no code and no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// Its name, for ever.
    pub reason: ErrorReason,
    /// What failed; a few words in lower case without a full stop.
    pub what: String,
    /// Why; a few words in lower case; empty if nobody knows.
    pub why: String,
    /// What to do next; a sentence that fits every client; empty if there is nothing to do.
    pub next: String,
    /// The same with commands, for somebody at a terminal; empty where `next` says it.
    pub at_terminal: String,
    /// How long to wait before trying again, in milliseconds; 0 if waiting does not help.
    pub retry_after_ms: u64,
    /// Ids of the things that were meant, perhaps; of settings and countries, what they are called.
    pub candidates: Box<[String]>,
    /// What is wrong with what was sent, one by one.
    pub faults: Box<[Fault]>,
}

impl ApiError {
    /// Says what failed, with the usual why and next step of its reason.
    pub fn new(reason: ErrorReason, what: impl Into<String>) -> Self {
        let (why, next) = advice::of(reason);
        Self {
            reason,
            what: what.into(),
            why: why.to_owned(),
            next: next.plain.to_owned(),
            at_terminal: next.terminal.to_owned(),
            retry_after_ms: 0,
            candidates: Box::default(),
            faults: Box::default(),
        }
    }

    /// Says why, where more is known than usual.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    /// Says what to do next, where more is known than usual, in words that fit every client.
    #[must_use]
    pub fn with_next(mut self, next: impl Into<String>) -> Self {
        self.next = next.into();
        self.at_terminal.clear();
        self
    }

    /// Says the next step with commands, for somebody at a terminal.
    #[must_use]
    pub fn at_terminal(mut self, next: impl Into<String>) -> Self {
        self.at_terminal = next.into();
        self
    }

    /// The next step for somebody at a terminal.
    pub fn next_at_terminal(&self) -> &str {
        if self.at_terminal.is_empty() { &self.next } else { &self.at_terminal }
    }

    /// Says how long to wait.
    #[must_use]
    pub fn retry_after(mut self, ms: u64) -> Self {
        self.retry_after_ms = ms;
        self
    }

    /// Names the things that may have been meant; the first ten are kept.
    #[must_use]
    pub fn with_candidates(mut self, ids: impl IntoIterator<Item = String>) -> Self {
        self.candidates = ids.into_iter().take(CANDIDATES_MAX).collect();
        self
    }

    /// Names those that may have been meant by what was mistyped, if any are near.
    #[must_use]
    pub fn with_nearest<'a>(self, typed: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.with_candidates(nearest(typed, names).into_iter().map(str::to_owned))
    }

    /// Names what is wrong with what was sent.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.faults = faults.into();
        self
    }

    /// Refuses what was sent, and says why.
    pub fn invalid(what: impl Into<String>, why: impl fmt::Display) -> Self {
        Self::new(ErrorReason::InvalidArgument, what).because(why.to_string())
    }

    /// The reason as scripts see it: `LOCKED`, `NOT_FOUND`.
    pub fn name(&self) -> &'static str {
        name(self.reason)
    }

    fn detail(self) -> pb::ErrorDetail {
        pb::ErrorDetail {
            reason: self.reason.into(),
            what: self.what,
            why: self.why,
            next: self.next,
            at_terminal: self.at_terminal,
            retry_after_ms: self.retry_after_ms,
            candidates: self.candidates.into(),
            faults: self.faults.iter().map(crate::convert::fault::to_pb).collect(),
        }
    }
}

/// A reason as scripts see it: `LOCKED`, `NOT_FOUND`.
pub fn name(reason: ErrorReason) -> &'static str {
    let name = reason.as_str_name();
    name.strip_prefix("ERROR_REASON_").unwrap_or(name)
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if self.why.is_empty() { Ok(()) } else { write!(f, ": {}", self.why) }
    }
}

impl std::error::Error for ApiError {}

impl From<ApiError> for Status {
    fn from(error: ApiError) -> Self {
        let message = error.to_string();
        details::attach(code(error.reason), &message, TYPE_URL, &error.detail())
    }
}

impl From<pb::ErrorDetail> for ApiError {
    fn from(detail: pb::ErrorDetail) -> Self {
        Self {
            reason: detail.reason(),
            what: detail.what,
            why: detail.why,
            next: detail.next,
            at_terminal: detail.at_terminal,
            retry_after_ms: detail.retry_after_ms,
            candidates: detail.candidates.into(),
            faults: detail.faults.into_iter().map(crate::convert::fault::from_pb).collect(),
        }
    }
}

impl From<ApiError> for pb::ErrorDetail {
    fn from(error: ApiError) -> Self {
        error.detail()
    }
}

impl From<Status> for ApiError {
    fn from(status: Status) -> Self {
        match details::find::<pb::ErrorDetail>(&status, TYPE_URL) {
            Some(detail) => detail.into(),
            None => from_elsewhere(&status),
        }
    }
}

/// Names an error that no device made: the connection broke, or the two are of different versions.
fn from_elsewhere(status: &Status) -> ApiError {
    let reason = match status.code() {
        // A transport's own error stands behind the status; a service's never does.
        _ if std::error::Error::source(status).is_some() => ErrorReason::DaemonUnreachable,
        Code::Unavailable => ErrorReason::DaemonUnreachable,
        Code::Unimplemented => ErrorReason::Unsupported,
        Code::DeadlineExceeded => ErrorReason::TimedOut,
        Code::Cancelled => ErrorReason::Cancelled,
        Code::OutOfRange | Code::ResourceExhausted => ErrorReason::TooLarge,
        _ => ErrorReason::Internal,
    };
    let error = ApiError::new(reason, "the call failed");
    match reason {
        ErrorReason::Internal => {
            error.because("the daemon gave an answer that this program doesn't understand")
        }
        _ => error,
    }
}

/// The gRPC code that a reason goes with, for programs that know only codes.
fn code(reason: ErrorReason) -> Code {
    use ErrorReason as R;
    match reason {
        R::Unspecified => Code::Unknown,
        R::Internal | R::StorageDamaged | R::StorageFailed => Code::Internal,
        R::InvalidArgument | R::TooLarge | R::AmbiguousId | R::WeakPassphrase | R::CodeMalformed => {
            Code::InvalidArgument
        }
        R::NotFound | R::NoVault | R::NoLink | R::NoServer => Code::NotFound,
        R::VaultExists => Code::AlreadyExists,
        R::TimedOut => Code::DeadlineExceeded,
        R::Cancelled => Code::Cancelled,
        R::Unsupported => Code::Unimplemented,
        R::DaemonUnreachable | R::Stopping | R::ServerUnreachable | R::StorageInUse => Code::Unavailable,
        R::WrongPassphrase | R::NoSession => Code::Unauthenticated,
        R::WrongWords | R::InviteInvalid | R::InviteUsed | R::DeviceRemoved | R::NotGranted => {
            Code::PermissionDenied
        }
        R::TooManyTries | R::StorageFull => Code::ResourceExhausted,
        R::ConfirmationNeeded
        | R::ClockUnusable
        | R::Locked
        | R::CodeExpired
        | R::CodeUsed
        | R::DeviceNotIn
        | R::NewKeyUnreadable
        | R::DevicesChanged
        | R::OutcomeUnknown
        | R::KitReplaced
        | R::ServerIdentityChanged
        | R::ServerLostData
        | R::ServerRefused
        | R::StorageReadOnly
        | R::StorageNewer => Code::FailedPrecondition,
    }
}

#[cfg(test)]
mod tests;
