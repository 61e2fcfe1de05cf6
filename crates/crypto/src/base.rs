//! HPKE in base mode, one message a key (RFC 9180 §6.1): X-Wing (0x647a, draft-ietf-hpke-pq), HKDF-SHA256, ChaCha20-Poly1305.
//!
//! ```text
//! enc, ciphertext | tag = SealBase(recipient's key, info, aad, plain)
//! ```
//!
//! Nobody but the holder of the secret opens it; who sealed it is not said, since base mode authenticates no sender.

use std::convert::Infallible;

use haven_feed::keys::{ENC_LEN, KemKey, check_enc};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open, single_shot_seal_with_rng,
};
use zeroize::{Zeroize, Zeroizing};

use crate::feedkeys::KemSecret;

/// What one sealing draws: 32 bytes for each half (X-Wing, EncapsulateDerand).
pub(crate) const ENTROPY: usize = 64;

/// Seals a message to a key: `enc` and `ciphertext | tag`. The same `entropy` gives the same bytes.
pub(crate) fn seal_base(
    recipient: &KemKey,
    info: &[u8],
    aad: &[u8],
    plain: &[u8],
    entropy: [u8; ENTROPY],
) -> ([u8; ENC_LEN], Vec<u8>) {
    let recipient = <XWing as Kem>::PublicKey::from_bytes(recipient.as_bytes());
    let recipient = recipient.expect("a KemKey has the length of one, and its coefficients are below q");
    let mut rng = OneDraw::new(entropy);
    let sealed = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeS::Base,
        &recipient,
        info,
        plain,
        aad,
        &mut rng,
    );
    let (enc, ciphertext) = sealed.expect("one short message is within HPKE's limits");
    assert!(rng.spent, "HPKE draws its ephemeral keys from our entropy");
    (enc.to_bytes().into(), ciphertext)
}

/// Opens what [`seal_base`] made, or gives nothing: one answer for every kind of damage, so there is no oracle.
pub(crate) fn open_base(
    secret: &KemSecret,
    enc: &[u8; ENC_LEN],
    info: &[u8],
    aad: &[u8],
    ciphertext: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    check_enc(enc).ok()?;
    let enc = <XWing as Kem>::EncappedKey::from_bytes(enc).ok()?;
    let plain = single_shot_open::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeR::Base,
        &secret.hpke(),
        &enc,
        info,
        ciphertext,
        aad,
    );
    plain.ok().map(Zeroizing::new)
}

/// Hands HPKE our 64 bytes once: what X-Wing encapsulates with.
struct OneDraw {
    entropy: [u8; ENTROPY],
    spent: bool,
}

impl OneDraw {
    fn new(entropy: [u8; ENTROPY]) -> Self {
        Self { entropy, spent: false }
    }
}

impl TryRng for OneDraw {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("HPKE draws 64 bytes at once")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("HPKE draws 64 bytes at once")
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        // Stays on in release: a second draw would hand out the same bytes twice.
        assert!(!self.spent && out.len() == self.entropy.len(), "HPKE draws 64 bytes, once");
        out.copy_from_slice(&self.entropy);
        self.spent = true;
        Ok(())
    }
}

impl TryCryptoRng for OneDraw {}

impl Drop for OneDraw {
    fn drop(&mut self) {
        self.entropy.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex<const N: usize>(text: &str) -> [u8; N] {
        std::array::from_fn(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
    }

    /// draft-connolly-cfrg-xwing-kem, appendix C, the first vector: key and encapsulation by their SHA-256. That the rest is
    /// RFC 9180 is what the second implementation in `tests/vectors/python` shows.
    #[test]
    fn the_primitive_is_x_wing() {
        let secret = KemSecret::new(Zeroizing::new(hex(
            "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26",
        )));
        let sha256 = |bytes: &[u8]| ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().to_vec();
        let key: [u8; 32] = hex("2e816deebcd76c5c80d0cd2d174478871658e8e2ff42bc9d4a6e486372e856bb");
        assert_eq!(sha256(secret.key().as_bytes()), key);

        let entropy = hex(concat!(
            "3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e2",
            "35b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2",
        ));
        let (info, aad) = (b"Ode on a Grecian Urn", b"Count-0");
        let plain = b"Beauty is truth, truth beauty";
        let (enc, ciphertext) = seal_base(secret.key(), info, aad, plain, entropy);
        let expected: [u8; 32] = hex("17cd532d657e44c897ca6583e548a5424fc70bf54f99515a4d2bcf99e3469f33");
        assert_eq!(sha256(&enc), expected);
        assert_eq!(open_base(&secret, &enc, info, aad, &ciphertext).unwrap().as_slice(), plain);
        assert!(open_base(&secret, &enc, info, b"Count-1", &ciphertext).is_none());
    }

    #[test]
    #[should_panic(expected = "once")]
    fn a_second_draw_is_refused() {
        let mut rng = OneDraw::new([7; ENTROPY]);
        let mut out = [0; ENTROPY];
        let _ = rng.try_fill_bytes(&mut out);
        let _ = rng.try_fill_bytes(&mut out);
    }
}
