//! Keys and signatures: Ed25519 signs, X-Wing receives. Public keys are checked when they are read, once.
//!
//! ```text
//! keys  = suite 1 (= 1) | Ed25519 public key 32 | X-Wing public key 1216                                  1249 bytes
//! X-Wing public key    = ML-KEM-768 encapsulation key 1184 | X25519 public key 32        draft-connolly-cfrg-xwing-kem
//! X-Wing encapsulation = ML-KEM-768 ciphertext 1088 | X25519 public key 32
//! ```

use std::fmt;
use std::sync::Arc;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use thiserror::Error;

use crate::digest::{Digest, digest, label};
use crate::ids::{FeedId, PaperId, PartyId};
use crate::version::{Incompatible, Part};

/// A public key that must not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyFault {
    /// A second encoding of a point: two names for one key.
    #[error("the key is not canonical")]
    NotCanonical,
    /// A point of small order: signatures by it fit many messages, secrets agreed with it are no secrets.
    #[error("the key is of small order")]
    SmallOrder,
    /// A suite of a newer version.
    #[error(transparent)]
    Incompatible(#[from] Incompatible),
}

/// A signature that does not fit the key and the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the signature does not verify")]
pub struct BadSignature;

/// A public Ed25519 key: canonical and not of small order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignKey([u8; 32]);

/// A public X-Wing key, both halves of it checked. Cloning shares the bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct KemKey(Arc<[u8; KemKey::LEN]>);

/// An Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

/// The public keys of a feed, a party or the paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedKeys {
    /// Verifies what it signs.
    pub sign: SignKey,
    /// Receives wraps.
    pub kem: KemKey,
}

/// A secret Ed25519 key. `ring` holds it and does not wipe it: the process ends when the vault is locked.
pub struct Signer(Ed25519KeyPair);

/// y (sign bit cleared, little-endian) of the eight points of small order on edwards25519 (RFC 8032 §5.1, the 8-torsion).
const SIGN_SMALL_ORDER: [[u8; 32]; 5] = [
    little(0),
    little(1),
    MINUS_ONE,
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

/// u (little-endian) of the points of low order on curve25519 and its twist (RFC 7748 §6.1, RFC 9180 §7.1.4).
const X25519_LOW_ORDER: [[u8; 32]; 5] = [
    little(0),
    little(1),
    MINUS_ONE,
    [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda,
        0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
    ],
    [
        0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04,
        0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
    ],
];

/// The suite of keys: Ed25519 signs, X-Wing receives.
const KEYS_SUITE: u8 = 1;

/// An ML-KEM-768 encapsulation key: 768 coefficients of 12 bits, and ρ (FIPS 203 §8, table 3).
const ML_KEM_KEY: usize = ML_KEM_COEFFICIENTS + 32;
const ML_KEM_COEFFICIENTS: usize = 3 * 384;

/// The modulus of ML-KEM.
const Q: u16 = 3329;

/// p - 1, where p = 2^255 - 19.
const MINUS_ONE: [u8; 32] = {
    let mut bytes = [0xff; 32];
    bytes[0] = 0xec;
    bytes[31] = 0x7f;
    bytes
};

const fn little(first: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[0] = first;
    bytes
}

/// Says whether a little-endian number with its top bit clear is below p = 2^255 - 19.
fn below_p(bytes: &[u8; 32]) -> bool {
    bytes[31] < 0x7f || bytes[1..31].iter().any(|byte| *byte != 0xff) || bytes[0] < 0xed
}

impl SignKey {
    /// Reads a public key (RFC 8032 §5.1.2). Resists keys with two encodings, and keys whose signatures fit messages
    /// that were never signed.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, KeyFault> {
        let mut y = bytes;
        y[31] &= 0x7f;
        if !below_p(&y) {
            return Err(KeyFault::NotCanonical);
        }
        if SIGN_SMALL_ORDER.contains(&y) {
            return Err(KeyFault::SmallOrder);
        }
        Ok(Self(bytes))
    }

    /// Returns its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Verifies a signature over a digest (RFC 8032 §5.1.7, without cofactor; S below the group order, R compared as
    /// bytes). Resists malleable signatures: nobody but the signer can make a second one.
    pub fn verify(&self, digest: &Digest, signature: &Signature) -> Result<(), BadSignature> {
        let key = UnparsedPublicKey::new(&ED25519, self.0);
        key.verify(digest.as_bytes(), &signature.0).map_err(|_| BadSignature)
    }
}

impl KemKey {
    /// Its length in bytes.
    pub const LEN: usize = ML_KEM_KEY + 32;

    /// Reads a public key. Resists keys with two encodings, of either half (FIPS 203 §7.2, the modulus check; RFC 7748 §5,
    /// without its tolerance), and keys whose X25519 half makes its part of the agreed secret the same for everybody.
    ///
    /// Both halves are looked at although the whole would hold with one: what a roster admits must be a key that nobody
    /// refuses later, or no epoch could begin any more.
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, KeyFault> {
        let (ml_kem, x25519) = bytes.split_at(ML_KEM_KEY);
        let (coefficients, _rho) = ml_kem.split_at(ML_KEM_COEFFICIENTS);
        if !coefficients.chunks_exact(3).all(below_q) {
            return Err(KeyFault::NotCanonical);
        }
        check_x25519(&std::array::from_fn(|i| x25519[i]))?;
        Ok(Self(Arc::new(*bytes)))
    }

    /// Returns its bytes.
    pub fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// The X25519 half.
    pub fn x25519(&self) -> [u8; 32] {
        std::array::from_fn(|i| self.0[ML_KEM_KEY + i])
    }

    /// What tells the ML-KEM half from every other.
    pub(crate) fn ml_kem_name(&self) -> [u8; 32] {
        *digest(label::ML_KEM, &[&self.0[..ML_KEM_KEY]]).as_bytes()
    }
}

/// The length of an X-Wing encapsulation.
pub const ENC_LEN: usize = 1088 + 32;

/// Checks the X25519 half of an X-Wing encapsulation; any bytes are an ML-KEM ciphertext.
///
/// Resists a wrap that its recipient's library would refuse, or open with one half gone, although the roster took it.
pub fn check_enc(enc: &[u8; ENC_LEN]) -> Result<(), KeyFault> {
    check_x25519(&std::array::from_fn(|i| enc[ENC_LEN - 32 + i]))
}

fn check_x25519(bytes: &[u8; 32]) -> Result<(), KeyFault> {
    if bytes[31] > 0x7f || !below_p(bytes) {
        return Err(KeyFault::NotCanonical);
    }
    if X25519_LOW_ORDER.contains(bytes) { Err(KeyFault::SmallOrder) } else { Ok(()) }
}

/// Whether two coefficients of 12 bits, packed in three bytes, are below q (FIPS 203 §4.2.1, ByteDecode).
fn below_q(packed: &[u8]) -> bool {
    let (a, b, c) = (u16::from(packed[0]), u16::from(packed[1]), u16::from(packed[2]));
    (a | (b & 0xf) << 8) < Q && (b >> 4 | c << 4) < Q
}

impl Signature {
    /// Its length in bytes.
    pub const LEN: usize = 64;

    /// Takes the bytes of a signature, unverified.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// Returns its bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl FeedKeys {
    /// Their length in bytes when written out.
    pub const LEN: usize = 1 + 32 + KemKey::LEN;

    /// Reads them (module drawing).
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, KeyFault> {
        Incompatible::unless_equal(Part::Suite, bytes[0], KEYS_SUITE)?;
        let sign = SignKey::from_bytes(std::array::from_fn(|i| bytes[1 + i]))?;
        let kem = KemKey::from_bytes(&std::array::from_fn(|i| bytes[33 + i]))?;
        Ok(Self { sign, kem })
    }

    /// Writes them (module drawing).
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut bytes = [KEYS_SUITE; Self::LEN];
        bytes[1..33].copy_from_slice(&self.sign.0);
        bytes[33..].copy_from_slice(&*self.kem.0);
        bytes
    }

    /// Names the feed with these keys: SHA-256("haven/1/feed" || keys)[..8].
    pub fn id(&self) -> FeedId {
        FeedId::from_bytes(self.named(label::FEED))
    }

    /// Names the party with these keys: SHA-256("haven/1/party" || keys)[..8].
    pub fn party_id(&self) -> PartyId {
        PartyId::from_bytes(self.named(label::PARTY))
    }

    /// Names the paper with these keys: SHA-256("haven/1/paper" || keys)[..8].
    pub fn paper_id(&self) -> PaperId {
        PaperId::from_bytes(self.named(label::PAPER))
    }

    fn named(&self, label: &'static str) -> [u8; 8] {
        digest(label, &[&self.to_bytes()]).first()
    }
}

impl Signer {
    /// Makes the key of a 32-byte seed (RFC 8032 §5.1.5).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(seed).expect("every seed of 32 bytes is a key"))
    }

    /// Returns the public key.
    pub fn key(&self) -> SignKey {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.public_key().as_ref());
        SignKey(bytes)
    }

    /// Signs a digest. Deterministic: no randomness can fail it.
    pub fn sign(&self, digest: &Digest) -> Signature {
        let mut bytes = [0; 64];
        bytes.copy_from_slice(self.0.sign(digest.as_bytes()).as_ref());
        Signature(bytes)
    }
}

macro_rules! short_debug {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "("))?;
                self.0[..4].iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
                f.write_str(")")
            }
        }
    )*};
}

short_debug!(SignKey, KemKey, Signature);
