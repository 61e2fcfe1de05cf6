//! SHA-256 with a label: every hash in the protocol, and so every signature, says what it is for.

use std::fmt;

use ring::digest::{Context, SHA256, SHA256_OUTPUT_LEN};
use ring::hmac;

/// The labels of this room. No label of the protocol is a prefix of another one here, so no signature made for one
/// purpose can be presented for another.
pub mod label {
    /// Record ids, which are what a feed signs.
    pub const RECORD: &str = "haven/1/record";
    /// Link hashes.
    pub const LINK: &str = "haven/1/link";
    /// What the author of a link signs. (Plain "author" would begin with the label of logins.)
    pub const AUTHOR: &str = "haven/1/roster author";
    /// What a key signs to be added to a roster.
    pub const CONSENT: &str = "haven/1/consent";
    /// What a genesis sets, as its keys consent to it.
    pub const GENESIS: &str = "haven/1/genesis";
    /// The name of an ML-KEM key, to know it again.
    pub const ML_KEM: &str = "haven/1/ml-kem";
    /// What a feed signs to log in.
    pub const AUTH: &str = "haven/1/auth";
    /// What a server signs to prove who it is.
    pub const SERVER: &str = "haven/1/server";
    /// Feed ids.
    pub const FEED: &str = "haven/1/feed";
    /// Party ids.
    pub const PARTY: &str = "haven/1/party";
    /// Paper ids.
    pub const PAPER: &str = "haven/1/paper";
    /// The checksum of an invite.
    pub const INVITE: &str = "haven/1/invite";
    /// What a server keeps of an invite it has given out.
    pub const TICKET: &str = "haven/1/ticket";
    /// The key of an invite.
    pub const INVITE_KEY: &str = "haven/1/key of an invite";
    /// What an invite is shown for.
    pub const INVITE_PROOF: &str = "haven/1/shown invite";
    /// The fingerprint of a server's identity key.
    pub const PIN: &str = "haven/1/pin";

    /// The mailbox in which two people meet, as the server knows it. Nothing here is shared with linking a device: whoever
    /// is told a code for one cannot use it for the other.
    pub const CONTACT_MAILBOX: &str = "haven/1/contact mailbox";
    /// The channel of that meeting.
    pub const CONTACT_CHANNEL: &str = "haven/1/contact channel";
    /// One message of it.
    pub const CONTACT_MESSAGE: &str = "haven/1/contact message";
    /// What one end commits to before it is told the other's part.
    pub const CONTACT_COMMIT: &str = "haven/1/contact commit";
    /// All of it, from which both ends' words are made.
    pub const CONTACT_TRANSCRIPT: &str = "haven/1/contact transcript";
    /// Its last message.
    pub const CONTACT_FAREWELL: &str = "haven/1/contact farewell";

    /// All of them, for the test that they cannot be confused.
    pub const ALL: [&str; 22] = [
        RECORD,
        LINK,
        AUTHOR,
        CONSENT,
        GENESIS,
        ML_KEM,
        AUTH,
        SERVER,
        FEED,
        PARTY,
        PAPER,
        INVITE,
        TICKET,
        INVITE_KEY,
        INVITE_PROOF,
        PIN,
        CONTACT_MAILBOX,
        CONTACT_CHANNEL,
        CONTACT_MESSAGE,
        CONTACT_COMMIT,
        CONTACT_TRANSCRIPT,
        CONTACT_FAREWELL,
    ];
}

/// A SHA-256 whose preimage began with a label.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; SHA256_OUTPUT_LEN]);

impl Digest {
    /// Takes the bytes of a digest made elsewhere by [`digest`].
    pub const fn from_bytes(bytes: [u8; SHA256_OUTPUT_LEN]) -> Self {
        Self(bytes)
    }

    /// Returns its bytes.
    pub const fn as_bytes(&self) -> &[u8; SHA256_OUTPUT_LEN] {
        &self.0
    }

    /// Returns its first `N` bytes, `N` at most 32.
    pub fn first<const N: usize>(&self) -> [u8; N] {
        const { assert!(N <= SHA256_OUTPUT_LEN) };
        std::array::from_fn(|i| self.0[i])
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(")?;
        self.0[..4].iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// Computes SHA-256(label || parts…).
///
/// The parts are concatenated: callers give them fixed widths or length prefixes, or two lists could hash alike.
pub fn digest(label: &'static str, parts: &[&[u8]]) -> Digest {
    let mut context = Context::new(&SHA256);
    context.update(label.as_bytes());
    for part in parts {
        context.update(part);
    }
    finish(context)
}

/// Computes HMAC-SHA256(key, label || parts…), RFC 2104: only who has the key can make it, and it tells nothing of the key.
///
/// The parts are concatenated, as by [`digest`].
pub fn mac(key: &[u8; SHA256_OUTPUT_LEN], label: &'static str, parts: &[&[u8]]) -> Digest {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    context.update(label.as_bytes());
    for part in parts {
        context.update(part);
    }
    let mut bytes = [0; SHA256_OUTPUT_LEN];
    bytes.copy_from_slice(context.sign().as_ref());
    Digest(bytes)
}

/// Computes the plain SHA-256 of a sealed body, the one hash without a label: it stands inside a record's id, which has one.
pub(crate) fn body_hash(body: &[u8]) -> Digest {
    let mut context = Context::new(&SHA256);
    context.update(body);
    finish(context)
}

fn finish(context: Context) -> Digest {
    let value = context.finish();
    let mut bytes = [0; SHA256_OUTPUT_LEN];
    bytes.copy_from_slice(value.as_ref());
    Digest(bytes)
}
