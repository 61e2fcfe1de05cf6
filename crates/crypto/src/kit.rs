//! The recovery kit: 128 bits on paper that stand in the vault's roster like a device.
//!
//! ```text
//! code      = see `code`, kind 1
//! sign seed = HKDF-SHA256(ikm = kit 16, salt empty, info = "haven/1/kit sign")      32 bytes
//! kem       = HKDF-SHA256(ikm = kit 16, salt empty, info = "haven/1/kit kem")       32 bytes
//! ```

use zeroize::{Zeroize as _, Zeroizing};

use crate::code::{self, CodeFault, CodeKind};
use crate::derive::{self, hkdf};
use crate::feedkeys::FeedSecrets;
use crate::labels;

/// The secret of a recovery kit.
pub struct Kit(Zeroizing<[u8; 16]>);

impl Kit {
    /// Makes a new kit out of fresh random bytes, drawn to where they stay: `fill` writes them there and nowhere else.
    pub fn drawn(fill: impl FnOnce(&mut [u8])) -> Self {
        Self(derive::drawn(fill))
    }

    /// The same out of 16 bytes, which are wiped here; whoever had them may still have a copy.
    pub fn from_entropy(mut entropy: [u8; 16]) -> Self {
        let made = Self::drawn(|place| place.copy_from_slice(&entropy));
        entropy.zeroize();
        made
    }

    /// Writes the code for the paper: `XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX`.
    pub fn code(&self) -> Zeroizing<String> {
        code::encode(CodeKind::Kit, &self.0)
    }

    /// Reads a typed code, forgiving of case, spaces, dashes and look-alikes, not of mistakes.
    pub fn parse(typed: &str) -> Result<Self, CodeFault> {
        code::decode(CodeKind::Kit, typed).map(Self)
    }

    /// Derives the paper's keys (module drawing).
    ///
    /// The code is random, not chosen, so it needs no stretching: 128 bits cannot be guessed from public keys.
    pub fn paper_secrets(&self) -> FeedSecrets {
        let mut bytes = Zeroizing::new([0; 64]);
        let derive = |label: &str| hkdf::<32>(self.0.as_ref(), &[], &[label.as_bytes()]);
        bytes[..32].copy_from_slice(derive(labels::KIT_SIGN).as_ref());
        bytes[32..].copy_from_slice(derive(labels::KIT_KEM).as_ref());
        FeedSecrets::new(bytes)
    }
}
