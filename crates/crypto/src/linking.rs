//! Linking: a new device joins a vault through a mailbox on a server that may read, alter, drop and invent everything.
//!
//! ```text
//! secret 16, shown by the existing device and read by the joiner; its code: see `code`, kind 2
//! mailbox_id = HKDF-SHA256(ikm = secret, salt empty, info = "haven/1/join mailbox")      16 bytes, the server sees it
//! channel    = HKDF-SHA256(ikm = secret, salt empty, info = "haven/1/join channel")      32 bytes, nobody else has it
//!
//! joiner                                                                             existing device
//!   1 version 1 | capabilities 4 | commitment 32                                     ───────────────▶
//!   2 version 1 | capabilities 4 | nonce 32 | space 32 | roster head seq 8 | hash 32 ◀───────────────
//!   3 reveal: keys 1249 | blind 32 | name block 128, then consent 64                 ───────────────▶
//!     both: six words; the person types the joiner's first three into the existing device
//!   4 space 32 | manifest generation 8 | manifest id 32 | server key 32 | store id 16 | vector
//!                                                                                    ◀───────────────
//!     the existing device shows the last three; the person types them into the joiner, which keeps nothing before
//!   or, instead of any that it still owes: farewell, reason 1                        ◀───────────────
//!   and at any point, if it keeps nothing: farewell of the joiner, reason 1          ───────────────▶
//!
//! commitment = SHA-256("haven/1/join commit" || reveal)
//! consent    = to be a feed of that space after that link: see `haven_feed::roster::consent`
//! words      = six(SHA-256("haven/1/words" || message 1 || message 2 || reveal))
//! message n  = salted box under channel, info = "haven/1/join message" || n 1 || direction 1 || transcript 32
//!              direction 1 to the existing device, 2 to the joiner
//! farewell   = salted box under channel, info = "haven/1/join farewell"; of the joiner "haven/1/joiner farewell"
//! transcript = zeros before message 1, then SHA-256("haven/1/join transcript" || transcript || message)
//! ```
//! Words and transcript are over plaintexts. The consent stays out of the words: its signer may vary a signature freely, and
//! whoever chose the last input could try until the words agree.
//!
//! Whoever has the code can play either device, or both. He can't grind, whichever run he finishes first: towards the existing
//! device his reveal is committed to before he sees its nonce; towards the joiner his message 2 is fixed before he sees the reveal,
//! whose blind of 32 random bytes the commitment hides. So the last to speak in each run is an honest device with bytes that
//! nobody could foresee, and its six words are as if drawn by lot after his last choice. To be let in he needs the first three of
//! two such draws to be the same: once in 2³³, in one try. To be believed by the joiner he needs the existing device to show the
//! last three, which it does only after that; then those have to be the same too. One who answers the joiner alone knows its words
//! and has no screen of the person's to show them on.

mod channel;
mod existing;
mod farewell;
mod joiner;
mod message;

use haven_feed::ids::{RosterHead, SpaceId, StoreId, Vector};
use haven_feed::keys::SignKey;
use thiserror::Error;
use zeroize::{Zeroize as _, Zeroizing};

use crate::code::{self, CodeFault, CodeKind};
use crate::derive::{self, hkdf};
use crate::labels;
use crate::words::WordsFault;

pub use existing::{Candidate, Existing};
pub use farewell::Farewell;
pub use joiner::Joiner;
#[cfg(feature = "fuzz")]
pub(crate) use message::read_each;

/// Why a linking ended. Only the two that say so leave it open; after any other a new code is needed.
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
pub enum LinkingFault {
    /// The first message does not open with this code: its sender has another, or it was altered.
    #[error("someone with another code answered")]
    WrongCode,
    /// The other device speaks another version of linking.
    #[error("one of the two devices needs an update first")]
    Incompatible,
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
    /// The words are real words, but not those of the other device.
    #[error("these are not the words of the other device")]
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
    /// The manifest the existing device holds; the joiner accepts none below it.
    pub manifest: Option<ManifestName>,
    /// The identity key of the server.
    pub server_key: SignKey,
    /// The life of the server's store.
    pub store: StoreId,
    /// What the existing device has of the feeds that are valid now.
    pub vector: Vector,
}

/// Names a manifest.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub struct ManifestName {
    /// Its number in the chain of manifests, from 1.
    pub generation: u64,
    /// Its id.
    pub id: [u8; 32],
}

impl LinkSecret {
    /// Makes a new secret out of fresh random bytes, drawn to where they stay: `fill` writes them there and nowhere else.
    pub fn drawn(fill: impl FnOnce(&mut [u8])) -> Self {
        Self(derive::drawn(fill))
    }

    /// The same out of 16 bytes, which are wiped here; whoever had them may still have a copy.
    pub fn from_entropy(mut entropy: [u8; 16]) -> Self {
        let made = Self::drawn(|place| place.copy_from_slice(&entropy));
        entropy.zeroize();
        made
    }

    /// Writes the code to show: `XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX`.
    pub fn code(&self) -> String {
        String::clone(&code::encode(CodeKind::Linking, &self.0))
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

#[cfg(test)]
mod tests;
