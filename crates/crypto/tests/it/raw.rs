//! The formats once more, straight from their drawings over ring: for forging what the room itself never makes.

use haven_feed::record::Header;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf;

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn fill<const N: usize>(prk: &hkdf::Prk, info: &[&[u8]]) -> [u8; N] {
    let mut out = [0; N];
    prk.expand(info, Length(N)).unwrap().fill(&mut out).unwrap();
    out
}

pub(crate) fn expand(key: &[u8], label: &str) -> [u8; 32] {
    fill(&hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, key), &[label.as_bytes()])
}

pub(crate) fn derive<const N: usize>(ikm: &[u8], salt: &[u8], info: &[&[u8]]) -> [u8; N] {
    fill(&hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(ikm), info)
}

/// k and commit of a record.
pub(crate) fn record_key(root: &[u8], header: &Header, salt: &[u8; 16]) -> ([u8; 32], [u8; 32]) {
    let key = expand(root, "haven/1/epoch key");
    let both: [u8; 64] = derive(&key, salt, &[b"haven/1/record", &header.encode()]);
    (std::array::from_fn(|i| both[i]), std::array::from_fn(|i| both[32 + i]))
}

pub(crate) fn record_aad(header: &Header, salt: &[u8; 16], commit: &[u8; 32]) -> Vec<u8> {
    [header.encode().as_slice(), salt, commit].concat()
}

pub(crate) fn seal(key: &[u8; 32], aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut body = plain.to_vec();
    cipher(key).seal_in_place_append_tag(zero(), Aad::from(aad), &mut body).unwrap();
    body
}

pub(crate) fn opens(key: &[u8; 32], aad: &[u8], body: &[u8]) -> bool {
    cipher(key).open_in_place(zero(), Aad::from(aad), &mut body.to_vec()).is_ok()
}

/// A salted box.
pub(crate) fn salted(key: &[u8], salt: &[u8; 16], info: &[&[u8]], plain: &[u8]) -> Vec<u8> {
    let key = derive(key, salt, info);
    [[1].as_slice(), salt, &seal(&key, &[], plain)].concat()
}

fn cipher(key: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key).unwrap())
}

fn zero() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}
