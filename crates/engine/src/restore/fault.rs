//! Why restoring ends.

use haven_crypto::code::CodeFault;
use haven_feed::roster::LinkFault;
use thiserror::Error;

use crate::sync::{InviteRefused, Refusal};

/// Why restoring ended. Nothing was kept here.
#[derive(Debug, Error)]
pub enum RestoreFault {
    /// The code is mistyped, or no kit's.
    #[error(transparent)]
    Code(CodeFault),
    /// The name is longer than a roster takes.
    #[error("the device's name is longer than 64 bytes")]
    NameTooLong,
    /// The invite is mistyped, or another server's.
    #[error(transparent)]
    Invite(#[from] InviteRefused),
    /// The server does not prove that it is one, or not the one that it was.
    #[error("the server doesn't prove who it is")]
    OtherServer,
    /// No vault of this kit is there.
    #[error("this server has no journal for this kit")]
    NoVault,
    /// The vault has another kit by now.
    #[error("this kit was replaced by a newer one")]
    Replaced,
    /// What the server shows for this kit is not signed by those who would have to.
    #[error("what the server shows for this kit isn't signed as it would have to be, or isn't all there")]
    Forged,
    /// The key of the newest epoch does not open with this kit.
    #[error("the journal's key can't be opened with this kit")]
    KeyUnreadable,
    /// A later version wrote the roster or the code.
    #[error("a newer Haven wrote this, and this one can't read it")]
    Newer,
    /// No more devices may be added.
    #[error("the journal can take no more devices")]
    NoRoom,
    /// The list of devices moved each time.
    #[error("the list of devices kept changing meanwhile")]
    Moved,
    /// The server refused.
    #[error("the server refused")]
    Refused(Refusal),
    /// Nothing of the sort was found, or was asked for.
    #[error("the server said something that doesn't fit here")]
    OutOfTurn,
}

impl RestoreFault {
    pub(super) fn of_code(fault: CodeFault) -> Self {
        if matches!(fault, CodeFault::Incompatible) { Self::Newer } else { Self::Code(fault) }
    }

    pub(super) fn of_roster(fault: &LinkFault) -> Self {
        if matches!(fault, LinkFault::Incompatible(_)) { Self::Newer } else { Self::Forged }
    }
}
