//! Who the server is: one Ed25519 key for its life, pinned by every device. The certificate may change, this does not.

use haven_feed::invite::Invite;
use haven_feed::keys::{SignKey, Signer};

use crate::entropy::{NoEntropy, draw};

/// Bytes of the secret that the key is made of.
pub(crate) const SEED_BYTES: usize = 32;

/// The server's identity. No `Debug`, no `Clone`: it signs.
pub(crate) struct Identity {
    signer: Signer,
    key: SignKey,
}

impl Identity {
    /// Makes the identity of a seed.
    pub(crate) fn from_seed(seed: &[u8; SEED_BYTES]) -> Self {
        let signer = Signer::from_seed(seed);
        Self { key: signer.key(), signer }
    }

    /// Returns the public key.
    pub(crate) fn key(&self) -> &SignKey {
        &self.key
    }

    /// Returns the secret key.
    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Returns the public key as people compare it: 64 hexadecimal digits.
    pub(crate) fn hex(&self) -> String {
        self.key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Makes an invite to this server.
    pub(crate) fn invite(&self) -> Result<Invite, NoEntropy> {
        Ok(Invite::from_entropy(draw()?, &self.key))
    }
}
