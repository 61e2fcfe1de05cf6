//! ChaCha20-Poly1305 (RFC 8439) under keys that seal one message.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::derive::Secret;

/// Bytes a sealed message is longer than its plaintext.
pub(crate) const TAG_BYTES: usize = 16;

/// A key that seals at most one plaintext: consumed by `seal`, so the fixed nonce cannot meet it twice.
pub(crate) struct OneUseKey(Secret);

impl OneUseKey {
    /// Takes a key that its salt makes fresh.
    pub(crate) fn new(key: Secret) -> Self {
        Self(key)
    }

    /// Seals `buffer[from..]` in place and appends the tag: ChaCha20-Poly1305(key, nonce 0, aad, plain).
    ///
    /// The nonce is constant because the key is not: resists nonce reuse without counters that a restored backup would
    /// wind back.
    pub(crate) fn seal(self, aad: &[u8], buffer: &mut Vec<u8>, from: usize) {
        let tag = self.ring().seal_in_place_separate_tag(zero_nonce(), Aad::from(aad), &mut buffer[from..]);
        buffer.extend_from_slice(tag.expect("a Vec is far below ChaCha20's limit of 256 GiB").as_ref());
    }

    /// Opens what `seal` made, or gives nothing: one answer for every kind of damage, so there is no oracle.
    pub(crate) fn open(&self, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut buffer = Zeroizing::new(sealed.to_vec());
        let length = self.ring().open_in_place(zero_nonce(), Aad::from(aad), &mut buffer).ok()?.len();
        buffer.truncate(length);
        Some(buffer)
    }

    fn ring(&self) -> LessSafeKey {
        let key = UnboundKey::new(&CHACHA20_POLY1305, self.0.as_ref());
        LessSafeKey::new(key.expect("a ChaCha20 key has 32 bytes"))
    }
}

fn zero_nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8439 §2.8.2, whose nonce is not zero: shows that the primitive linked is the one the formats name.
    #[test]
    fn the_primitive_is_rfc_8439() {
        let key: Vec<u8> = (0x80..=0x9f).collect();
        let key = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &key).unwrap());
        let nonce = [0x07, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47];
        let aad = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let mut text =
            b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
                         sunscreen would be it."
                .to_vec();
        let tag = key
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut text)
            .unwrap();
        assert_eq!(text[..8], [0xd3, 0x1a, 0x8d, 0x34, 0x64, 0x8e, 0x60, 0xdb]);
        let expected =
            [0x1a, 0xe1, 0x0b, 0x59, 0x4f, 0x09, 0xe2, 0x6a, 0x7e, 0x90, 0x2e, 0xcb, 0xd0, 0x60, 0x06, 0x91];
        assert_eq!(tag.as_ref(), expected);
    }

    #[test]
    fn a_message_opens_under_its_key_and_aad_alone() {
        let key = |byte| OneUseKey::new(Zeroizing::new([byte; 32]));
        let mut sealed = b"prefix".to_vec();
        sealed.extend_from_slice(b"words");
        key(1).seal(b"aad", &mut sealed, 6);
        assert_eq!(sealed.len(), 6 + 5 + TAG_BYTES);
        assert_eq!(key(1).open(b"aad", &sealed[6..]).unwrap().as_slice(), b"words");
        assert!(key(2).open(b"aad", &sealed[6..]).is_none());
        assert!(key(1).open(b"add", &sealed[6..]).is_none());
        assert!(key(1).open(b"aad", &sealed[7..]).is_none());
        assert!(key(1).open(b"aad", b"short").is_none());
    }
}
