//! Invites: how a server lets its first space in, as a code to be copied from its terminal.
//!
//! ```text
//!  | secret 16 | pin 16 | checksum 3 |   =  35 bytes, 56 characters in 14 groups
//!  pin = SHA-256("haven/1/pin" || server key)[..16]        checksum = SHA-256("haven/1/invite" || secret || pin)[..3]
//! ```
//! It has no version: every later kind of it is longer, by whole groups of five bytes.
//!
//! The pin makes the code an introduction both ways: the device knows which server it means before it trusts one. The secret
//! stays on the device: it makes a key, and what the server is shown is a signature for one space.

use thiserror::Error;

use crate::crockford;
use crate::digest::{Digest, digest, label};
use crate::ids::SpaceId;
use crate::keys::{BadSignature, SignKey, Signature, Signer};

const SECRET: usize = 16;
const PIN: usize = 16;
const CHECKSUM: usize = 3;

/// Characters of an invite, dashes not counted.
pub const INVITE_CHARACTERS: usize = (SECRET + PIN + CHECKSUM) * 8 / 5;

/// Characters of five bytes: a later kind of invite is longer by a multiple of them.
const STEP: usize = 8;

/// An invite to a server. It is a secret while it is unused.
pub struct Invite {
    secret: [u8; SECRET],
    pin: [u8; PIN],
}

/// Why a code is no invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InviteFault {
    /// It is too short or too long.
    #[error("an invite has {INVITE_CHARACTERS} characters, this has {0}")]
    Length(usize),
    /// It is as long as only a later kind can be, or was copied more than once.
    #[error(
        "it has {0} characters, {INVITE_CHARACTERS} is what this version reads: it's for a newer one, or was copied twice"
    )]
    Newer(usize),
    /// A character that stands in no code.
    #[error("a character that is in no invite")]
    Character,
    /// A character is wrong, or two have changed places.
    #[error("the invite has a typing mistake")]
    Checksum,
}

impl Invite {
    /// Makes an invite to a server from 16 random bytes.
    pub fn from_entropy(secret: [u8; SECRET], server: &SignKey) -> Self {
        Self { secret, pin: pin_of(server) }
    }

    /// Reads a code as people type it: any case, any spaces and dashes, O for 0, I and L for 1.
    pub fn parse(code: &str) -> Result<Self, InviteFault> {
        let values = crockford::values(code).map_err(|_| InviteFault::Character)?;
        match values.len() {
            INVITE_CHARACTERS => {}
            longer if longer > INVITE_CHARACTERS && longer.is_multiple_of(STEP) => {
                return Err(InviteFault::Newer(longer));
            }
            other => return Err(InviteFault::Length(other)),
        }
        let bytes = crockford::pack(&values);
        let invite = Self {
            secret: std::array::from_fn(|i| bytes[i]),
            pin: std::array::from_fn(|i| bytes[SECRET + i]),
        };
        let checksum = &bytes[SECRET + PIN..];
        if invite.checksum() == checksum { Ok(invite) } else { Err(InviteFault::Checksum) }
    }

    /// Returns the code: 14 groups of four characters.
    pub fn code(&self) -> String {
        crockford::encode(&[&self.secret[..], &self.pin, &self.checksum()].concat())
    }

    /// Shows that one has the invite, for this space and no other: whoever carries it on makes no space of their own with it.
    pub fn proof_for(&self, space: &SpaceId) -> InviteProof {
        let signer = self.signer();
        InviteProof { key: signer.key(), signature: signer.sign(&proof_digest(space)) }
    }

    /// Returns what the server keeps of it.
    pub fn ticket(&self) -> Digest {
        ticket_of(&self.signer().key())
    }

    /// Says whether it is an invite to the server with this identity key.
    pub fn is_to(&self, server: &SignKey) -> bool {
        self.pin == pin_of(server)
    }

    /// Its key: SHA-256("haven/1/key of an invite" || secret) is the seed.
    fn signer(&self) -> Signer {
        Signer::from_seed(digest(label::INVITE_KEY, &[&self.secret]).as_bytes())
    }

    fn checksum(&self) -> [u8; CHECKSUM] {
        digest(label::INVITE, &[&self.secret, &self.pin]).first()
    }
}

/// What a server is shown of an invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InviteProof {
    /// The public key of the invite.
    pub key: SignKey,
    /// By that key, over SHA-256("haven/1/shown invite" || space 32).
    pub signature: Signature,
}

impl InviteProof {
    /// Returns what the server keeps of such an invite.
    pub fn ticket(&self) -> Digest {
        ticket_of(&self.key)
    }

    /// Checks that whoever has the invite wants this space. Resists a relay that has seen the proof for another one.
    ///
    /// # Errors
    /// The signature is not the invite's, or for another space.
    pub fn check(&self, space: &SpaceId) -> Result<(), BadSignature> {
        self.key.verify(&proof_digest(space), &self.signature)
    }
}

/// SHA-256("haven/1/ticket" || invite key). A stolen copy of a server's store lets nobody in.
fn ticket_of(key: &SignKey) -> Digest {
    digest(label::TICKET, &[key.as_bytes()])
}

fn proof_digest(space: &SpaceId) -> Digest {
    digest(label::INVITE_PROOF, &[space.as_bytes()])
}

fn pin_of(server: &SignKey) -> [u8; PIN] {
    digest(label::PIN, &[server.as_bytes()]).first()
}
