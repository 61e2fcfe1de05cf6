//! HPKE in base mode, one message a key (RFC 9180 §6.1): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
//!
//! ```text
//! enc, ciphertext | tag = SealBase(recipient's key, info, aad, plain)
//! ```
//!
//! Nobody but the holder of the secret opens it; who sealed it is not said, since base mode authenticates no sender.

use std::convert::Infallible;

use haven_feed::keys::KemKey;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open, single_shot_seal_with_rng,
};
use zeroize::{Zeroize, Zeroizing};

use crate::feedkeys::KemSecret;

/// Seals a message to a key: `enc` and `ciphertext | tag`. The same `entropy` gives the same bytes.
pub(crate) fn seal_base(
    recipient: &KemKey,
    info: &[u8],
    aad: &[u8],
    plain: &[u8],
    entropy: [u8; 32],
) -> ([u8; 32], Vec<u8>) {
    let recipient = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(recipient.as_bytes());
    let recipient = recipient.expect("a public key has 32 bytes");
    let mut rng = OneDraw::new(entropy);
    let sealed = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &recipient,
        info,
        plain,
        aad,
        &mut rng,
    );
    let (enc, ciphertext) =
        sealed.expect("a KemKey is not of low order, and one short message is within HPKE's limits");
    assert!(rng.spent, "HPKE draws its ephemeral key from our entropy");
    (enc.to_bytes().into(), ciphertext)
}

/// Opens what [`seal_base`] made, or gives nothing: one answer for every kind of damage, so there is no oracle.
pub(crate) fn open_base(
    secret: &KemSecret,
    enc: &KemKey,
    info: &[u8],
    aad: &[u8],
    ciphertext: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let enc = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(enc.as_bytes()).ok()?;
    let plain = single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &secret.hpke(),
        &enc,
        info,
        ciphertext,
        aad,
    );
    plain.ok().map(Zeroizing::new)
}

/// Hands HPKE our 32 bytes once, as the input of its DeriveKeyPair (RFC 9180 §7.1.3).
struct OneDraw {
    entropy: [u8; 32],
    spent: bool,
}

impl OneDraw {
    fn new(entropy: [u8; 32]) -> Self {
        Self { entropy, spent: false }
    }
}

impl TryRng for OneDraw {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("HPKE draws 32 bytes at once")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("HPKE draws 32 bytes at once")
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        // Stays on in release: a second draw would hand out the same bytes twice.
        assert!(!self.spent && out.len() == self.entropy.len(), "HPKE draws 32 bytes, once");
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

    /// RFC 9180 §A.2.1, sequence number 0.
    #[test]
    fn the_primitive_is_rfc_9180() {
        let secret = KemSecret::new(Zeroizing::new(hex(
            "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb",
        )));
        let public: [u8; 32] = hex("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a");
        assert_eq!(secret.key().as_bytes(), &public);

        let entropy = hex("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b");
        let (info, aad) = (b"Ode on a Grecian Urn", b"Count-0");
        let (enc, ciphertext) =
            seal_base(&secret.key(), info, aad, b"Beauty is truth, truth beauty", entropy);
        assert_eq!(enc, hex("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"));
        let expected: [u8; 45] =
            hex("1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28");
        assert_eq!(ciphertext, expected);

        let enc = KemKey::from_bytes(enc).unwrap();
        let plain = open_base(&secret, &enc, info, aad, &ciphertext).unwrap();
        assert_eq!(plain.as_slice(), b"Beauty is truth, truth beauty");
    }

    #[test]
    #[should_panic(expected = "once")]
    fn a_second_draw_is_refused() {
        let mut rng = OneDraw::new([7; 32]);
        let mut out = [0; 32];
        let _ = rng.try_fill_bytes(&mut out);
        let _ = rng.try_fill_bytes(&mut out);
    }
}
