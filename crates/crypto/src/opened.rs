//! Plaintext that came out of a box.

use zeroize::Zeroizing;

/// Decrypted bytes: wiped when dropped, without `Debug`, `Clone` or comparison.
pub struct Opened(Zeroizing<Vec<u8>>);

impl Opened {
    pub(crate) fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// Lends the bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Gives the bytes away, which nobody wipes then: for words, never for keys.
    pub fn into_vec(mut self) -> Vec<u8> {
        std::mem::take(&mut *self.0)
    }
}
