//! The channel: seals each message to its number, its direction and everything said before it; a farewell to the code alone.

use haven_feed::digest::digest;
use zeroize::Zeroizing;

use super::{LinkSecret, LinkingFault};
use crate::derive::hkdf;
use crate::labels;
use crate::limits::LINKING_MESSAGE_BYTES_MAX;
use crate::salted::SaltedKey;

/// A message's place in the exchange.
#[derive(Clone, Copy)]
pub(super) enum Turn {
    Commit,
    Offer,
    Reveal,
    Welcome,
}

impl Turn {
    /// number 1 | direction 1.
    fn place(self) -> [u8; 2] {
        match self {
            Self::Commit => [1, 1],
            Self::Offer => [2, 2],
            Self::Reveal => [3, 1],
            Self::Welcome => [4, 2],
        }
    }
}

/// One end of the channel.
pub(super) struct Channel {
    key: SaltedKey,
    transcript: [u8; 32],
}

impl Channel {
    pub(super) fn new(secret: &LinkSecret) -> Self {
        let key = hkdf(secret.0.as_ref(), &[], &[labels::JOIN_CHANNEL.as_bytes()]);
        Self { key: SaltedKey::new(key), transcript: [0; 32] }
    }

    /// Seals the next message. Resists replays and mixtures: it opens only where all before it was the same.
    pub(super) fn seal(
        &mut self,
        turn: Turn,
        plain: &[u8],
        entropy: &[u8; 32],
    ) -> Result<Vec<u8>, LinkingFault> {
        let place = turn.place();
        let sealed =
            self.key.seal(&[labels::JOIN_MESSAGE.as_bytes(), &place, &self.transcript], plain, entropy);
        if sealed.len() > LINKING_MESSAGE_BYTES_MAX {
            return Err(LinkingFault::TooLarge);
        }
        self.record(plain);
        Ok(sealed)
    }

    /// Opens the next message, or gives nothing whatever the reason.
    pub(super) fn open(&mut self, turn: Turn, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if sealed.len() > LINKING_MESSAGE_BYTES_MAX {
            return None;
        }
        let place = turn.place();
        let plain = self.key.open(&[labels::JOIN_MESSAGE.as_bytes(), &place, &self.transcript], sealed)?;
        self.record(&plain);
        Some(plain)
    }

    /// Seals a farewell. It may come at any point, so that nothing said before enters; the two ends need not have heard the same.
    /// Each end has a label of its own: what one left never comes back to it as the other's.
    pub(super) fn seal_farewell(&self, by: &str, plain: [u8; 1], entropy: &[u8; 32]) -> Vec<u8> {
        self.key.seal(&[by.as_bytes()], &plain, entropy)
    }

    /// Opens a farewell, or gives nothing whatever the reason.
    pub(super) fn open_farewell(&self, by: &str, sealed: &[u8]) -> Option<[u8; 1]> {
        self.key.open(&[by.as_bytes()], sealed)?.as_slice().try_into().ok()
    }

    fn record(&mut self, plain: &[u8]) {
        self.transcript = *digest(labels::JOIN_TRANSCRIPT, &[&self.transcript, plain]).as_bytes();
    }
}
