//! Linking: a new device joins a vault through a mailbox on a server that may read, alter, drop and invent everything.
//!
//! ```text
//! secret 16, shown by the existing device and read by the joiner; its code: see `code`, kind 2
//! mailbox_id = HKDF-SHA256(ikm = secret, salt empty, info = "haven/1/join mailbox")      16 bytes, the server sees it
//! channel    = HKDF-SHA256(ikm = secret, salt empty, info = "haven/1/join channel")      32 bytes, nobody else has it
//!
//! joiner                                                                             existing device
//!   1 commitment 32                                                                  ───────────────▶
//!   2 nonce 32 | space 32 | roster head seq 8 | roster head hash 32                  ◀───────────────
//!   3 reveal: keys 64 | blind 32 | name block 128, then consent 64                   ───────────────▶
//!     both: three words; the person types the joiner's words into the existing device
//!   4 space 32 | manifest generation 8 | server key 32 | store id 16 | vector        ◀───────────────
//!   or, instead of any that it still owes: farewell, reason 1                        ◀───────────────
//!
//! commitment = SHA-256("haven/1/join commit" || reveal 224)
//! consent    = Ed25519(sign key of keys, SHA-256("haven/1/consent" || space || head hash || keys))
//! words      = three(SHA-256("haven/1/words" || message 1 || message 2 || reveal))
//! message n  = salted box under channel, info = "haven/1/join message" || n 1 || direction 1 || transcript 32
//!              direction 1 to the existing device, 2 to the joiner
//! farewell   = salted box under channel, info = "haven/1/join farewell"
//! transcript = zeros before message 1, then SHA-256("haven/1/join transcript" || transcript || message)
//! ```
//! Words and transcript are over plaintexts. The consent stays out of the words: its signer may vary a signature freely, and
//! whoever chose the last input could try until the words agree.

mod channel;
mod existing;
mod farewell;
mod joiner;
mod message;

use haven_feed::ids::{RosterHead, SpaceId, StoreId, Vector};
use haven_feed::keys::SignKey;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::code::{self, CodeFault, CodeKind};
use crate::derive::hkdf;
use crate::labels;
use crate::words::WordsFault;

pub use existing::{Candidate, Existing};
pub use farewell::Farewell;
pub use joiner::Joiner;

/// Why a linking ended. Only the two that say so leave it open; after any other a new code is needed.
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
pub enum LinkingFault {
    /// The first message does not open with this code: its sender has another, or it was altered.
    #[error("someone with another code answered")]
    WrongCode,
    /// A later message was altered, replayed or left out.
    #[error("a linking message was altered")]
    Tampered,
    /// The revealed keys are not the ones committed to: somebody tries to choose them after the fact.
    #[error("the new device's keys are not those it promised")]
    CommitmentMismatch,
    /// A revealed key is one nobody may use.
    #[error("the new device's keys are not acceptable")]
    BadKeys,
    /// The new device did not prove that it holds its keys, or consented to another place.
    #[error("the new device did not prove that it holds its keys")]
    BadConsent,
    /// The words are real words, but not those of the device that answered.
    #[error("these are not the words of the device that answered")]
    OtherWords,
    /// A message does not fit a mailbox, or a name its block.
    #[error("too large for a linking message")]
    TooLarge,
    /// The linking has ended already.
    #[error("the linking is over")]
    Over,
    /// The words are mistyped; the linking stays open for another try.
    #[error(transparent)]
    Mistyped(WordsFault),
    /// Not what comes next; the linking stays open and as it was.
    #[error("a linking message came out of turn")]
    OutOfTurn,
}

/// The secret of one linking: shown once, good for two minutes.
pub struct LinkSecret(Zeroizing<[u8; 16]>);

/// What the joiner asks to be added to.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub struct Offer {
    /// The space.
    pub space: SpaceId,
    /// The link that the joiner's will follow.
    pub head: RosterHead,
}

/// What the existing device tells the joiner beside the roster: what a server cannot roll back unnoticed.
#[derive(Debug, PartialEq, Eq, Clone)]
pub struct Welcome {
    /// The generation of the manifest the existing device holds; the joiner accepts none below it.
    pub manifest_generation: u64,
    /// The identity key of the server.
    pub server_key: SignKey,
    /// The life of the server's store.
    pub store: StoreId,
    /// What the existing device has of the feeds that are valid now.
    pub vector: Vector,
}

impl LinkSecret {
    /// Makes a new secret out of fresh random bytes.
    pub fn from_entropy(entropy: [u8; 16]) -> Self {
        Self(Zeroizing::new(entropy))
    }

    /// Writes the code to show: `XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX`.
    pub fn code(&self) -> String {
        code::encode(CodeKind::Linking, &self.0)
    }

    /// Reads a typed or scanned code; a recovery kit typed here is told apart.
    pub fn parse(typed: &str) -> Result<Self, CodeFault> {
        code::decode(CodeKind::Linking, typed).map(Self)
    }

    /// Derives the name of the mailbox, which the server learns: nothing follows from it about the code or the channel.
    pub fn mailbox_id(&self) -> [u8; 16] {
        *hkdf(self.0.as_ref(), &[], &[labels::JOIN_MAILBOX.as_bytes()])
    }
}
