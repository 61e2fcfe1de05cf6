//! Keys from keys: HKDF-SHA256 and HMAC-SHA256, thin over ring.

use ring::{hkdf, hmac};
use zeroize::Zeroizing;

/// 32 secret bytes that are wiped when dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// The length of a salt: 128 bits of an HMAC, so that two never meet by chance.
pub(crate) const SALT_BYTES: usize = 16;

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// Derives N bytes: HKDF-SHA256(ikm, salt, info) = Expand(Extract(salt, ikm), info, N) (RFC 5869 §2).
pub(crate) fn hkdf<const N: usize>(ikm: &[u8], salt: &[u8], info: &[&[u8]]) -> Zeroizing<[u8; N]> {
    fill(&hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(ikm), info)
}

/// Derives N bytes from a key that is already uniform: HKDF-Expand(key, info, N) (RFC 5869 §2.3).
pub(crate) fn expand<const N: usize>(key: &[u8; 32], info: &[&[u8]]) -> Zeroizing<[u8; N]> {
    fill(&hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, key), info)
}

fn fill<const N: usize>(prk: &hkdf::Prk, info: &[&[u8]]) -> Zeroizing<[u8; N]> {
    const { assert!(N <= 255 * 32, "RFC 5869 §2.3: L ≤ 255 × HashLen") };
    let mut out = Zeroizing::new([0; N]);
    let filled = prk.expand(info, Length(N)).and_then(|okm| okm.fill(out.as_mut()));
    filled.expect("N is within HKDF's limit and out holds N bytes");
    out
}

/// Makes a salt: HMAC-SHA256(salt_key, entropy || context || SHA-256(plain))[..16].
///
/// Resists a generator that repeats (a resumed virtual machine, a cloned disk): the salt, and with it the key, still
/// differs as soon as the plaintext or its context does. Source: hedged encryption as in RFC 6979 §3.6 and XEdDSA.
pub(crate) fn hedged_salt(
    salt_key: &Secret,
    entropy: &[u8; 32],
    context: &[&[u8]],
    plain: &[u8],
) -> [u8; SALT_BYTES] {
    let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, salt_key.as_ref()));
    mac.update(entropy);
    for part in context {
        mac.update(part);
    }
    mac.update(ring::digest::digest(&ring::digest::SHA256, plain).as_ref());
    first(mac.sign().as_ref())
}

/// Copies the first N bytes of something secret to a place that is wiped, and to no other.
pub(crate) fn secret<const N: usize>(bytes: &[u8]) -> Zeroizing<[u8; N]> {
    drawn(|out| out.copy_from_slice(&bytes[..N]))
}

/// Lets somebody fill a place that is wiped.
pub(crate) fn drawn<const N: usize>(fill: impl FnOnce(&mut [u8])) -> Zeroizing<[u8; N]> {
    let mut out = Zeroizing::new([0; N]);
    fill(out.as_mut());
    out
}

/// Takes the first N bytes of something longer.
pub(crate) fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[..N]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hkdf_is_rfc_5869_case_1() {
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        let salt: Vec<u8> = (0x00..=0x0c).collect();
        let okm: [u8; 42] = *hkdf(&[0x0b; 22], &salt, &[&info]);
        let expected = [
            0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a, 0x90, 0x43, 0x4f, 0x64, 0xd0, 0x36, 0x2f, 0x2a,
            0x2d, 0x2d, 0x0a, 0x90, 0xcf, 0x1a, 0x5a, 0x4c, 0x5d, 0xb0, 0x2d, 0x56, 0xec, 0xc4, 0xc5, 0xbf,
            0x34, 0x00, 0x72, 0x08, 0xd5, 0xb8, 0x87, 0x18, 0x58, 0x65,
        ];
        assert_eq!(okm, expected);
    }

    #[test]
    fn a_hedged_salt_follows_every_input() {
        let key = Zeroizing::new([1; 32]);
        let salt = hedged_salt(&key, &[2; 32], &[b"context"], b"plain");
        assert_eq!(salt, hedged_salt(&key, &[2; 32], &[b"con", b"text"], b"plain"));
        assert_ne!(salt, hedged_salt(&Zeroizing::new([9; 32]), &[2; 32], &[b"context"], b"plain"));
        assert_ne!(salt, hedged_salt(&key, &[9; 32], &[b"context"], b"plain"));
        assert_ne!(salt, hedged_salt(&key, &[2; 32], &[b"Context"], b"plain"));
        assert_ne!(salt, hedged_salt(&key, &[2; 32], &[b"context"], b"Plain"));
    }
}
