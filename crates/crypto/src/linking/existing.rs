//! The device that is in the vault already.

use haven_feed::keys::{FeedKeys, Signature};
use haven_feed::roster::consent;

use super::channel::{Channel, Turn};
use super::message::{self, FIRST_BYTES, OFFER_BYTES};
use super::{Farewell, LinkSecret, LinkingFault, Offer, Welcome};
use crate::labels;
use crate::words::{self, SixWords};

/// A new device whose words the person has confirmed; only these keys may go into the roster.
#[derive(PartialEq, Eq, Clone)]
pub struct Candidate {
    /// Its keys.
    pub keys: FeedKeys,
    /// The name it gave itself.
    pub name: String,
    /// Its consent to be added after the offered head.
    pub consent: Signature,
}

/// The existing device's end of one linking.
pub struct Existing {
    channel: Channel,
    offer: Offer,
    stage: Stage,
}

enum Stage {
    Shown,
    Answered {
        first: [u8; FIRST_BYTES],
        /// The one in `first`.
        commitment: [u8; 32],
        offer: [u8; OFFER_BYTES],
    },
    Revealed {
        candidate: Candidate,
        words: SixWords,
    },
    Confirmed {
        words: SixWords,
    },
    Welcomed {
        words: SixWords,
    },
    Over,
}

impl Existing {
    /// Begins a linking whose code is being shown.
    pub fn new(secret: &LinkSecret, offer: Offer) -> Self {
        Self { channel: Channel::new(secret), offer, stage: Stage::Shown }
    }

    /// Takes message 1 and gives message 2.
    ///
    /// The code is single use: the caller has made "used" durable before this answer leaves. `nonce` and `entropy` are
    /// fresh random bytes. Resists a joiner who picks keys to match words: it has committed before it sees the nonce.
    pub fn answer(
        &mut self,
        first: &[u8],
        nonce: [u8; 32],
        entropy: [u8; 32],
    ) -> Result<Vec<u8>, LinkingFault> {
        let Stage::Shown = self.stage else { return Err(self.out_of_turn()) };
        self.stage = Stage::Over;
        let plain = self.channel.open(Turn::Commit, first).ok_or(LinkingFault::WrongCode)?;
        let (first, commitment) = message::read_first(&plain, LinkingFault::WrongCode)?;
        let offer = message::write_offer(&nonce, &self.offer);
        let second = self.channel.seal(Turn::Offer, &offer, &entropy)?;
        self.stage = Stage::Answered { first, commitment, offer };
        Ok(second)
    }

    /// Takes message 3: the joiner's keys, as it committed to them, with its consent.
    pub fn receive(&mut self, third: &[u8]) -> Result<(), LinkingFault> {
        let Stage::Answered { first, commitment, offer } = self.stage else { return Err(self.out_of_turn()) };
        self.stage = Stage::Over;
        let plain = self.channel.open(Turn::Reveal, third).ok_or(LinkingFault::Tampered)?;
        let (reveal, consent) = message::read_third(&plain).ok_or(LinkingFault::Tampered)?;
        if message::commitment(&reveal) != commitment {
            return Err(LinkingFault::CommitmentMismatch);
        }
        let (keys, name) = message::read_reveal(&reveal)?;
        consent::verify(&message::terms(&self.offer), &keys, &consent)
            .map_err(|_| LinkingFault::BadConsent)?;
        let words = words::six(&message::words_digest(&first, &offer, &reveal));
        self.stage = Stage::Revealed { candidate: Candidate { keys, name, consent }, words };
        Ok(())
    }

    /// Gives the name of the device that has answered, for the question "does it show these words?".
    pub fn answering(&self) -> Option<&str> {
        match &self.stage {
            Stage::Revealed { candidate, .. } => Some(&candidate.name),
            _ => None,
        }
    }

    /// Compares the words the person read from the new device, and only then gives its keys.
    ///
    /// There is no way to ask for these words here: nobody can be talked into confirming what they merely see. Resists a
    /// stranger who has the code: his device shows other words, but for one chance in 2³³. Wrong words end the linking.
    pub fn confirm(&mut self, typed: &str) -> Result<Candidate, LinkingFault> {
        let Stage::Revealed { candidate, words } = &self.stage else { return Err(self.out_of_turn()) };
        let typed = words::parse::<3>(typed).map_err(LinkingFault::Mistyped)?;
        if typed != words::first_three(words) {
            self.stage = Stage::Over;
            return Err(LinkingFault::OtherWords);
        }
        let candidate = candidate.clone();
        self.stage = Stage::Confirmed { words: *words };
        Ok(candidate)
    }

    /// Gives words four to six, for the person to type into the new device; none before the new device's own were confirmed.
    ///
    /// Resists a stranger who plays this device to the new one: these words are on a screen that he hasn't got.
    pub fn words(&self) -> Option<[&'static str; 3]> {
        match &self.stage {
            Stage::Confirmed { words } | Stage::Welcomed { words } => Some(words::last_three(words)),
            _ => None,
        }
    }

    /// Gives message 4, once confirmed; the linking is then over on this side, but for the words to be shown.
    pub fn welcome(&mut self, welcome: &Welcome, entropy: [u8; 32]) -> Result<Vec<u8>, LinkingFault> {
        let Stage::Confirmed { words } = self.stage else { return Err(self.out_of_turn()) };
        self.stage = Stage::Welcomed { words };
        self.channel.seal(Turn::Welcome, &message::write_welcome(&self.offer.space, welcome), &entropy)
    }

    /// Ends the linking, and gives what tells the joiner why.
    pub fn farewell(self, why: Farewell, entropy: [u8; 32]) -> Vec<u8> {
        self.channel.seal_farewell(labels::JOIN_FAREWELL, [why.to_byte()], &entropy)
    }

    /// Reads why the new device left; nothing if that was not the new device. It may come at any point, also once it was let in.
    pub fn left(&self, sealed: &[u8]) -> Option<Farewell> {
        self.channel.open_farewell(labels::JOINER_FAREWELL, sealed).map(|[why]| Farewell::of_byte(why))
    }

    fn out_of_turn(&self) -> LinkingFault {
        match self.stage {
            Stage::Over | Stage::Welcomed { .. } => LinkingFault::Over,
            _ => LinkingFault::OutOfTurn,
        }
    }
}
