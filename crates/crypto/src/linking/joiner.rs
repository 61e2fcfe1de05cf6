//! The new device.

use haven_feed::keys::FeedKeys;
use haven_feed::roster::consent;

use super::channel::{Channel, Turn};
use super::message::{self, FIRST_BYTES, Reveal};
use super::{Farewell, LinkSecret, LinkingFault, Offer, Welcome};
use crate::feedkeys::FeedSecrets;
use crate::words;

/// The new device's end of one linking.
pub struct Joiner {
    channel: Channel,
    reveal: Reveal,
    keys: FeedKeys,
    stage: Stage,
}

enum Stage {
    Begun,
    Committed,
    Revealed { offer: Offer, words: [&'static str; 3] },
    Over,
}

impl Joiner {
    /// Begins to join with new keys, under the name this device shall have. `blind` is fresh random bytes.
    ///
    /// Fails with [`LinkingFault::TooLarge`] if the name is too long.
    pub fn new(
        secret: &LinkSecret,
        keys: FeedKeys,
        name: &str,
        blind: [u8; 32],
    ) -> Result<Self, LinkingFault> {
        let reveal = message::reveal(&keys, &blind, name).ok_or(LinkingFault::TooLarge)?;
        Ok(Self { channel: Channel::new(secret), reveal, keys, stage: Stage::Begun })
    }

    /// Gives message 1: a commitment to the keys and the name.
    pub fn commit(&mut self, entropy: [u8; 32]) -> Result<Vec<u8>, LinkingFault> {
        let Stage::Begun = self.stage else { return Err(self.out_of_turn()) };
        self.stage = Stage::Committed;
        self.channel.seal(Turn::Commit, &self.first_message(), &entropy)
    }

    /// Takes message 2 and gives message 3: the keys and a consent, by these `secrets`, to be added where it was offered.
    ///
    /// The words are known from here on. Resists an existing device that is none: it has fixed its nonce before it sees
    /// what the words depend on.
    pub fn reveal(
        &mut self,
        second: &[u8],
        secrets: &FeedSecrets,
        entropy: [u8; 32],
    ) -> Result<Vec<u8>, LinkingFault> {
        let Stage::Committed = self.stage else { return Err(self.out_of_turn()) };
        self.stage = Stage::Over;
        let plain = self.channel.open(Turn::Offer, second).ok_or(LinkingFault::Tampered)?;
        let bytes = plain.as_slice().try_into().map_err(|_| LinkingFault::Tampered)?;
        let offer = message::read_offer(bytes)?;
        let consent = consent::sign(&message::terms(&offer), &self.keys, secrets.signer());
        let third = message::write_third(&self.reveal, &consent);
        let sealed = self.channel.seal(Turn::Reveal, &third, &entropy)?;
        let digest = message::words_digest(&self.first_message(), bytes, &self.reveal);
        self.stage = Stage::Revealed { offer, words: words::three(&digest) };
        Ok(sealed)
    }

    /// Gives the words to show; the person types them into the existing device.
    pub fn words(&self) -> Option<[&'static str; 3]> {
        match self.stage {
            Stage::Revealed { words, .. } => Some(words),
            _ => None,
        }
    }

    /// Gives what was offered: the space to follow, and the roster head below which its roster is a rolled-back one.
    pub fn offer(&self) -> Option<Offer> {
        match self.stage {
            Stage::Revealed { offer, .. } => Some(offer),
            _ => None,
        }
    }

    /// Takes message 4; the linking is then over on this side, and the roster says whether the device was added.
    pub fn finish(&mut self, fourth: &[u8]) -> Result<Welcome, LinkingFault> {
        let Stage::Revealed { offer, .. } = self.stage else { return Err(self.out_of_turn()) };
        self.stage = Stage::Over;
        let plain = self.channel.open(Turn::Welcome, fourth).ok_or(LinkingFault::Tampered)?;
        message::read_welcome(&offer.space, &plain).ok_or(LinkingFault::Tampered)
    }

    /// Reads why the other side ended the linking; nothing if that was not the other side.
    pub fn farewell(&self, sealed: &[u8]) -> Option<Farewell> {
        self.channel.open_farewell(sealed).map(|[why]| Farewell::of_byte(why))
    }

    fn first_message(&self) -> [u8; FIRST_BYTES] {
        message::write_first(&message::commitment(&self.reveal))
    }

    fn out_of_turn(&self) -> LinkingFault {
        match self.stage {
            Stage::Over => LinkingFault::Over,
            _ => LinkingFault::OutOfTurn,
        }
    }
}
