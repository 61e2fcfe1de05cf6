//! The new device.

use haven_feed::keys::FeedKeys;
use haven_feed::roster::consent;

use super::channel::{Channel, Turn};
use super::message::{self, FIRST_BYTES, Reveal};
use super::{Farewell, LinkSecret, LinkingFault, Offer, Welcome};
use crate::feedkeys::FeedSecrets;
use crate::labels;
use crate::words::{self, SixWords};

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
    Revealed {
        offer: Offer,
        words: SixWords,
    },
    /// Message 4 is here, and nobody has said yet whose it is.
    Welcomed {
        offer: Offer,
        welcome: Welcome,
        words: SixWords,
    },
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
    /// The words are known from here on. Resists an existing device that is none: its message 2 is fixed before it sees the
    /// reveal, and the commitment told it nothing of that, so it can't choose one that gives the words it needs.
    pub fn reveal(
        &mut self,
        second: &[u8],
        secrets: &FeedSecrets,
        entropy: [u8; 32],
    ) -> Result<Vec<u8>, LinkingFault> {
        let Stage::Committed = self.stage else { return Err(self.out_of_turn()) };
        self.stage = Stage::Over;
        let plain = self.channel.open(Turn::Offer, second).ok_or(LinkingFault::Tampered)?;
        let (bytes, offer) = message::read_offer(&plain, LinkingFault::Tampered)?;
        let consent = consent::sign(&message::terms(&offer), &self.keys, secrets.signer());
        let third = message::write_third(&self.reveal, &consent);
        let sealed = self.channel.seal(Turn::Reveal, &third, &entropy)?;
        let digest = message::words_digest(&self.first_message(), &bytes, &self.reveal);
        self.stage = Stage::Revealed { offer, words: words::six(&digest) };
        Ok(sealed)
    }

    /// Gives words one to three, to be shown; the person types them into the existing device. There is no way to ask for the
    /// other three: the person reads them from the existing device or has none.
    pub fn words(&self) -> Option<[&'static str; 3]> {
        match &self.stage {
            Stage::Revealed { words, .. } | Stage::Welcomed { words, .. } => Some(words::first_three(words)),
            _ => None,
        }
    }

    /// Gives what was offered: the space to follow, and the roster head below which its roster is a rolled-back one.
    pub fn offer(&self) -> Option<Offer> {
        match self.stage {
            Stage::Revealed { offer, .. } | Stage::Welcomed { offer, .. } => Some(offer),
            _ => None,
        }
    }

    /// Takes message 4, which anybody may have written who has the code: what it says comes out of [`Joiner::compare`] only.
    pub fn receive(&mut self, fourth: &[u8]) -> Result<(), LinkingFault> {
        let Stage::Revealed { offer, words } = self.stage else { return Err(self.out_of_turn()) };
        self.stage = Stage::Over;
        let plain = self.channel.open(Turn::Welcome, fourth).ok_or(LinkingFault::Tampered)?;
        let welcome = message::read_welcome(&offer.space, &plain).ok_or(LinkingFault::Tampered)?;
        self.stage = Stage::Welcomed { offer, welcome, words };
        Ok(())
    }

    /// Compares words four to six, as the person read them from the existing device, and only then gives what message 4 says.
    /// The linking is then over on this side, and the roster says whether the device was added.
    ///
    /// Resists a stranger who has the code and answers in the existing device's place, with a journal of his own: the person's
    /// device shows no words then, or, after a chance of one in 2³³, others. Wrong words end the linking.
    pub fn compare(&mut self, typed: &str) -> Result<Welcome, LinkingFault> {
        let Stage::Welcomed { welcome, words, .. } = &self.stage else { return Err(self.out_of_turn()) };
        let typed = words::parse::<3>(typed).map_err(LinkingFault::Mistyped)?;
        let compared = (typed == words::last_three(words)).then(|| welcome.clone());
        self.stage = Stage::Over;
        compared.ok_or(LinkingFault::OtherWords)
    }

    /// Reads why the other side ended the linking; nothing if that was not the other side.
    pub fn farewell(&self, sealed: &[u8]) -> Option<Farewell> {
        self.channel.open_farewell(labels::JOIN_FAREWELL, sealed).map(|[why]| Farewell::of_byte(why))
    }

    /// Gives what tells the existing device that this one keeps nothing, and why. `entropy` is fresh random bytes.
    pub fn leave(&self, why: Farewell, entropy: [u8; 32]) -> Vec<u8> {
        self.channel.seal_farewell(labels::JOINER_FAREWELL, [why.to_byte()], &entropy)
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
