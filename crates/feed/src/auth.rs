//! Logging in: a member proves its key to a server, a server proves its key to a device. No account, no password.

use thiserror::Error;

use crate::digest::{Digest, digest, label};
use crate::ids::{FeedId, MemberId, Nonce, PaperId, PartyId, SpaceId, StoreId};
use crate::keys::{BadSignature, FeedKeys, SignKey, Signature, Signer};
use crate::roster::Roster;
use crate::roster::consent::Role;

/// A server's challenge to one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The server's identity key.
    pub server: SignKey,
    /// Random bytes of the server, for one login.
    pub nonce: Nonce,
    /// The space to be entered; zero to look for the spaces of a paper.
    pub space: SpaceId,
    /// As what the member enters.
    pub role: Role,
    /// The member that enters.
    pub member: MemberId,
    /// Names the life of the server's store.
    pub store: StoreId,
}

/// Why a login does not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AuthFault {
    /// The server's identity key is not the pinned one.
    #[error("this is another server")]
    OtherServer,
    /// The challenge was made for another space or member.
    #[error("the challenge is for another space or member")]
    OtherMember,
    /// The signature does not verify.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
    /// The roster knows no such member.
    #[error("the member is not in the roster")]
    UnknownMember,
    /// The member's keys were replaced by others.
    #[error("the member's keys were replaced")]
    Replaced,
}

/// What somebody who proved a member's key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// What a member may.
    Member,
    /// Read the links up to the one that removed it, so that it learns of that from a signature and not from a server.
    Removed {
        /// That link.
        seq: u64,
    },
    /// Hear that its keys were replaced, and nothing else.
    Replaced,
}

/// Looks a member up, present or former: the key it has to prove, and what that gives it.
pub fn access(roster: &Roster, role: Role, member: &MemberId) -> Option<(SignKey, Access)> {
    let id = *member.as_bytes();
    let present = match role {
        Role::Feed => {
            let feed = roster.feed(&FeedId::from_bytes(id))?;
            let removed = feed.removed.map(|removal| Access::Removed { seq: removal.seq });
            return Some((feed.keys.sign, removed.unwrap_or(Access::Member)));
        }
        Role::Paper => {
            roster.paper().filter(|paper| paper.id == PaperId::from_bytes(id)).map(|paper| &paper.keys)
        }
        Role::Party => roster.party(&PartyId::from_bytes(id)).map(|party| &party.keys),
    };
    if let Some(keys) = present {
        return Some((keys.sign, Access::Member));
    }
    let former = roster.former(member).filter(|former| former.role == role)?;
    Some((former.sign, former.removed.map_or(Access::Replaced, |seq| Access::Removed { seq })))
}

impl Challenge {
    /// Signs it as the server.
    pub fn sign(&self, server: &Signer) -> Signature {
        server.sign(&self.server_digest())
    }

    /// Answers it as the member, once the server has proved to be the pinned one. Resists a login being relayed to another
    /// server: the signature names this one.
    pub fn answer(
        &self,
        pinned: &SignKey,
        server: &Signature,
        member: &Signer,
    ) -> Result<Signature, AuthFault> {
        self.check_server(pinned, server)?;
        Ok(member.sign(&self.login_digest()))
    }

    /// Checks that the pinned server made it.
    pub fn check_server(&self, pinned: &SignKey, signature: &Signature) -> Result<(), AuthFault> {
        if self.server != *pinned {
            return Err(AuthFault::OtherServer);
        }
        Ok(pinned.verify(&self.server_digest(), signature)?)
    }

    /// Checks a member's answer, and says what it gives: more than nothing only to somebody who is a member or was one. That
    /// its keys were replaced is told only to whoever proves them.
    pub fn check_answer(&self, roster: &Roster, signature: &Signature) -> Result<Access, AuthFault> {
        if self.space != roster.space() {
            return Err(AuthFault::OtherMember);
        }
        let (key, access) = access(roster, self.role, &self.member).ok_or(AuthFault::UnknownMember)?;
        key.verify(&self.login_digest(), signature)?;
        if access == Access::Replaced { Err(AuthFault::Replaced) } else { Ok(access) }
    }

    /// Checks the answer of somebody who looks for the spaces of a paper: that it has the keys whose id was challenged. Asks no
    /// roster, so that the answer says nothing about what there is.
    pub fn check_paper(&self, keys: &FeedKeys, signature: &Signature) -> Result<(), AuthFault> {
        let fits =
            self.space == SpaceId::ZERO && self.role == Role::Paper && self.member == keys.paper_id().into();
        if !fits {
            return Err(AuthFault::OtherMember);
        }
        Ok(keys.sign.verify(&self.login_digest(), signature)?)
    }

    /// What a member signs: SHA-256("haven/1/auth" || server key || nonce || space || role || member).
    ///
    /// Resists taking a log-in as one thing for one as another: a key has one role, and says which.
    pub fn login_digest(&self) -> Digest {
        digest(label::AUTH, &[self.server.as_bytes(), self.nonce.as_ref(), self.space.as_ref(), &self.who()])
    }

    /// What a server signs: SHA-256("haven/1/server" || server key || nonce || space || role || member || store id).
    pub fn server_digest(&self) -> Digest {
        let (server, store) = (self.server.as_bytes(), self.store.as_ref());
        digest(label::SERVER, &[server, self.nonce.as_ref(), self.space.as_ref(), &self.who(), store])
    }

    /// role 1 | member 8
    fn who(&self) -> Vec<u8> {
        [&[self.role as u8], &self.member.as_bytes()[..]].concat()
    }
}
