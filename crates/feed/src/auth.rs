//! Logging in: a feed proves its key to a server, a server proves its key to a device. No account, no password.

use thiserror::Error;

use crate::digest::{Digest, digest, label};
use crate::ids::{FeedId, Nonce, SpaceId, StoreId};
use crate::keys::{BadSignature, SignKey, Signature, Signer};
use crate::roster::Roster;

/// A server's challenge to one feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The server's identity key.
    pub server: SignKey,
    /// Random bytes of the server, for one login.
    pub nonce: Nonce,
    /// The space to be entered.
    pub space: SpaceId,
    /// The feed that enters.
    pub feed: FeedId,
    /// Names the life of the server's store.
    pub store: StoreId,
}

/// Why a login does not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AuthFault {
    /// The server's identity key is not the pinned one.
    #[error("this is another server")]
    OtherServer,
    /// The challenge was made for another space or feed.
    #[error("the challenge is for another space or feed")]
    OtherFeed,
    /// The signature does not verify.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
    /// The roster knows no such feed.
    #[error("the feed is not in the roster")]
    UnknownFeed,
    /// The feed was removed.
    #[error("the feed was removed")]
    RemovedFeed,
}

impl Challenge {
    /// Signs it as the server.
    pub fn sign(&self, server: &Signer) -> Signature {
        server.sign(&self.server_digest())
    }

    /// Answers it as the feed, once the server has proved to be the pinned one. Resists a login being relayed to another
    /// server: the signature names this one.
    pub fn answer(
        &self,
        pinned: &SignKey,
        server: &Signature,
        feed: &Signer,
    ) -> Result<Signature, AuthFault> {
        self.check_server(pinned, server)?;
        Ok(feed.sign(&self.login_digest()))
    }

    /// Checks that the pinned server made it.
    pub fn check_server(&self, pinned: &SignKey, signature: &Signature) -> Result<(), AuthFault> {
        if self.server != *pinned {
            return Err(AuthFault::OtherServer);
        }
        Ok(pinned.verify(&self.server_digest(), signature)?)
    }

    /// Checks a feed's answer, and that the feed is a member now.
    pub fn check_answer(&self, roster: &Roster, signature: &Signature) -> Result<(), AuthFault> {
        if self.space != roster.space() {
            return Err(AuthFault::OtherFeed);
        }
        let member = roster.feed(&self.feed).ok_or(AuthFault::UnknownFeed)?;
        member.keys.sign.verify(&self.login_digest(), signature)?;
        if member.removed.is_none() { Ok(()) } else { Err(AuthFault::RemovedFeed) }
    }

    /// What a feed signs: SHA-256("haven/1/auth" || server key || nonce || space || feed).
    pub fn login_digest(&self) -> Digest {
        let parts: [&[u8]; 4] =
            [self.server.as_bytes(), self.nonce.as_ref(), self.space.as_ref(), self.feed.as_ref()];
        digest(label::AUTH, &parts)
    }

    /// What a server signs: SHA-256("haven/1/server" || server key || nonce || space || feed || store id).
    pub fn server_digest(&self) -> Digest {
        let server = self.server.as_bytes();
        let parts: [&[u8]; 5] =
            [server, self.nonce.as_ref(), self.space.as_ref(), self.feed.as_ref(), self.store.as_ref()];
        digest(label::SERVER, &parts)
    }
}
