//! Links: the signed steps of a roster, parsed and built.
//!
//! ```text
//!  0        1      2       34    42     74       82       86        86+n
//!  | version | kind | space | seq | prev | author | length | body … | author's signature |
//!  | 1       | 1    | 32    | 8   | 32   | 8      | 4      | n      | 64                 |
//!  |<--------------------- hashed ------------------------------>|
//! ```
//! In genesis space, seq and prev are zero.

use bytes::Bytes;
use thiserror::Error;

use super::Roster;
use super::body::{Body, Genesis};
use crate::cursor::{Cursor, Misread};
use crate::digest::{Digest, digest, label};
use crate::ids::{LinkHash, MemberId, RosterHead, SpaceId};
use crate::keys::{BadSignature, KeyFault, SignKey, Signature, Signer};
use crate::limits::LINK_BYTES_MAX;
use crate::version::{FORMAT, Incompatible, Part};

/// Why a link does not become part of a roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LinkFault {
    /// The bytes do not have the shape of a link.
    #[error("malformed link: {0}")]
    Malformed(&'static str),
    /// Made by a newer version: nothing may be concluded from this roster until an update.
    #[error(transparent)]
    Incompatible(#[from] Incompatible),
    /// The link is larger than [`LINK_BYTES_MAX`].
    #[error("a link of {0} bytes")]
    TooLarge(usize),
    /// A key in it must not be used.
    #[error(transparent)]
    KeyRefused(KeyFault),
    /// It belongs to another space.
    #[error("the link belongs to another space")]
    OtherSpace,
    /// It is not the next link.
    #[error("link {found} where {expected} comes next")]
    NotNext {
        /// The seq that comes next.
        expected: u64,
        /// The seq of the link.
        found: u64,
    },
    /// It follows another link than the newest one here: two rosters have grown from one.
    #[error("the link follows another roster")]
    Forked,
    /// Its author was never a member.
    #[error("the author of the link is not known")]
    UnknownAuthor,
    /// Its author was a member, but not at this position.
    #[error("the author of the link was removed before it")]
    AuthorRemoved,
    /// Its author is a member who may not do this.
    #[error("the author of the link may not do this")]
    NotAllowed,
    /// The author's signature does not verify.
    #[error("the author's signature does not verify")]
    BadSignature,
    /// An added key did not consent to be added here.
    #[error("an added key did not consent")]
    BadConsent,
    /// A key was in this roster before, in whatever role.
    #[error("a key was used before")]
    KeyReused,
    /// Another member has the same id.
    #[error("an id is taken")]
    IdTaken,
    /// It names somebody who is not a member, or not any more.
    #[error("the member is not known or was removed before")]
    UnknownMember,
    /// The epoch is not the one after the present.
    #[error("epoch {found} where {expected} comes next")]
    EpochNotNext {
        /// The epoch that comes next.
        expected: u32,
        /// The epoch of the link.
        found: u32,
    },
    /// The root of an earlier epoch was announced as new.
    #[error("an epoch was announced twice")]
    EpochReused,
    /// The wraps are not for exactly the members after the link.
    #[error("the epoch is not wrapped to exactly the members")]
    WrapsUnfit,
    /// The space has as many feeds or parties as it may.
    #[error("too many members")]
    TooManyMembers,
    /// The roster, or the author's part of it, has as many bytes as it may.
    #[error("the roster is full")]
    RosterFull,
    /// A party leaves, and not all its feeds with it.
    #[error("feeds of the removed party are left")]
    FeedsLeft,
    /// Nobody would be left who could write.
    #[error("the last feed cannot be removed")]
    LastFeed,
}

impl From<KeyFault> for LinkFault {
    fn from(fault: KeyFault) -> Self {
        match fault {
            KeyFault::Incompatible(newer) => Self::Incompatible(newer),
            fault => Self::KeyRefused(fault),
        }
    }
}

impl From<Misread> for LinkFault {
    fn from(fault: Misread) -> Self {
        Self::Malformed(fault.0)
    }
}

/// A link, parsed but **not** verified: only [`Roster::append`] says whether it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    bytes: Bytes,
    hash: LinkHash,
    space: SpaceId,
    seq: u64,
    prev: LinkHash,
    author: MemberId,
    body: Body,
}

/// Who makes a link: a feed, the paper or a party, and its key.
#[derive(Clone, Copy)]
pub struct Author<'a> {
    /// Its id.
    pub id: MemberId,
    /// Its secret key.
    pub signer: &'a Signer,
}

impl Link {
    /// Parses a link. Strict: there is one encoding of every link, and the hash is computed from the received bytes.
    pub fn parse(bytes: impl Into<Bytes>) -> Result<Self, LinkFault> {
        let bytes = bytes.into();
        if bytes.len() > LINK_BYTES_MAX {
            return Err(LinkFault::TooLarge(bytes.len()));
        }
        let mut cursor = Cursor::new(&bytes);
        Incompatible::unless_equal(Part::Version, cursor.u8("version")?, FORMAT)?;
        let kind = cursor.u8("kind")?;
        let space = SpaceId::from_bytes(cursor.array("space")?);
        let seq = cursor.u64("seq")?;
        let prev = LinkHash::from_bytes(cursor.array("prev")?);
        let author = MemberId::from_bytes(cursor.array("author")?);
        let body = read_body(kind, &mut cursor)?;
        cursor.take(Signature::LEN, "signature")?;
        cursor.end("trailing bytes")?;
        let hash = hash_of(&bytes[..bytes.len() - Signature::LEN]);
        let link = Self { hash, space, seq, prev, author, body, bytes: bytes.clone() };
        link.check_place()?;
        Ok(link)
    }

    /// Returns its bytes, for storing and forwarding.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Returns its hash: SHA-256("haven/1/link" || everything before the signature).
    pub fn hash(&self) -> LinkHash {
        self.hash
    }

    /// Returns the space it belongs to; a genesis link names it by its own hash.
    pub fn space(&self) -> SpaceId {
        if self.seq == 0 { SpaceId::from_bytes(*self.hash.as_bytes()) } else { self.space }
    }

    /// Returns its number; genesis is 0.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Returns the hash of the link before it, zero in genesis.
    pub fn prev(&self) -> LinkHash {
        self.prev
    }

    /// Returns the place a roster is at after it.
    pub fn head(&self) -> RosterHead {
        RosterHead { seq: self.seq, hash: self.hash }
    }

    /// Returns who made it.
    pub fn author(&self) -> MemberId {
        self.author
    }

    /// Returns what it does.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Verifies the author's signature: Ed25519(author key, SHA-256("haven/1/roster author" || link hash)).
    pub(super) fn verify_by(&self, key: &SignKey) -> Result<(), BadSignature> {
        let at = self.bytes.len() - Signature::LEN;
        let signature = Signature::from_bytes(std::array::from_fn(|i| self.bytes[at + i]));
        key.verify(&author_digest(&self.hash), &signature)
    }

    /// Only genesis stands at the beginning, and it names no space and no predecessor.
    fn check_place(&self) -> Result<(), LinkFault> {
        let is_genesis = matches!(self.body, Body::Genesis(_));
        let begins = self.seq == 0;
        let names_nothing = self.space == SpaceId::ZERO && self.prev == LinkHash::ZERO;
        let fits = is_genesis == begins && (!is_genesis || names_nothing);
        if fits { Ok(()) } else { Err(LinkFault::Malformed("place")) }
    }
}

/// Builds the genesis link of a space, signed by its first feed.
///
/// Fails when it would not begin a roster.
pub fn genesis(body: Genesis, signer: &Signer) -> Result<Link, LinkFault> {
    let author = Author { id: body.founding.feed.id().into(), signer };
    let link = seal(SpaceId::ZERO, RosterHead { seq: 0, hash: LinkHash::ZERO }, author, &body.into())?;
    super::rules::begin(&link)?;
    Ok(link)
}

/// Builds the link after a roster's head.
///
/// Fails when the roster would refuse it, so that nothing is sent that others would call forged.
pub fn next(roster: &Roster, author: Author<'_>, body: impl Into<Body>) -> Result<Link, LinkFault> {
    let link = unchecked(roster, author, body)?;
    super::rules::check(roster, &link)?;
    Ok(link)
}

/// Builds the link after a roster's head without asking whether the roster allows it, for tests of those who must refuse it.
pub fn unchecked(roster: &Roster, author: Author<'_>, body: impl Into<Body>) -> Result<Link, LinkFault> {
    let head = roster.head();
    seal(roster.space(), RosterHead { seq: head.seq + 1, hash: head.hash }, author, &body.into())
}

fn seal(space: SpaceId, place: RosterHead, author: Author<'_>, body: &Body) -> Result<Link, LinkFault> {
    let mut written = Vec::new();
    body.write(&mut written);
    let length = u32::try_from(written.len()).map_err(|_| LinkFault::TooLarge(written.len()))?;
    let mut bytes = vec![FORMAT, body.kind()];
    bytes.extend_from_slice(space.as_bytes());
    bytes.extend_from_slice(&place.seq.to_be_bytes());
    bytes.extend_from_slice(place.hash.as_bytes());
    bytes.extend_from_slice(author.id.as_bytes());
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&written);
    let signature = author.signer.sign(&author_digest(&hash_of(&bytes)));
    bytes.extend_from_slice(signature.as_bytes());
    Link::parse(bytes)
}

fn read_body(kind: u8, cursor: &mut Cursor<'_>) -> Result<Body, LinkFault> {
    let length =
        usize::try_from(cursor.u32("body length")?).map_err(|_| LinkFault::Malformed("body length"))?;
    let mut inner = Cursor::new(cursor.take(length, "body length")?);
    let body = Body::read(kind, &mut inner)?;
    inner.end("body length")?;
    Ok(body)
}

fn hash_of(hashed: &[u8]) -> LinkHash {
    digest(label::LINK, &[hashed]).into()
}

fn author_digest(hash: &LinkHash) -> Digest {
    digest(label::AUTHOR, &[hash.as_bytes()])
}
