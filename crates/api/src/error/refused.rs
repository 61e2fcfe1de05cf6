//! What a server refused, as the person of the device sees it.

use haven_wire::error::{Refusal, says};
use haven_wire::pb::ErrorReason as Wire;

use super::{ApiError, ErrorReason};

impl ApiError {
    /// Says that something failed because the server refused.
    pub fn refused(what: impl Into<String>, refusal: &Refusal) -> Self {
        let reason = reason(refusal.reason);
        let error = Self::new(reason, what).retry_after(refusal.retry_after_ms);
        match reason {
            ErrorReason::ServerRefused => error.because(says(refusal.reason)),
            _ => error,
        }
    }
}

/// The reason that a person's device gives for a server's.
fn reason(refused: Wire) -> ErrorReason {
    match refused {
        Wire::InviteInvalid => ErrorReason::InviteInvalid,
        Wire::InviteUsed => ErrorReason::InviteUsed,
        Wire::SpaceUnknown => ErrorReason::ServerLostData,
        Wire::MailboxUnknown | Wire::MailboxExpired => ErrorReason::CodeExpired,
        Wire::MailboxFull => ErrorReason::CodeUsed,
        Wire::Unspecified | Wire::Draining => ErrorReason::ServerUnreachable,
        _ => ErrorReason::ServerRefused,
    }
}
