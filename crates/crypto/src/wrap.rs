//! Wraps: an epoch's root for one member.
//!
//! ```text
//! wrap = suite 1 (= 1) | length 2 | enc 1120 | ciphertext 32 | tag 16                           1171 bytes
//! suite 1: HPKE base mode (RFC 9180 §6.1), X-Wing, HKDF-SHA256, ChaCha20-Poly1305
//! enc, ciphertext | tag = SealBase(recipient's key, info, aad empty, root)
//! info = "haven/1/wrap" || space 32 || epoch 4 || recipient 8 || hash of the previous link 32
//!        in a genesis link: the space's seed for its id, zeros for the previous hash
//! ```

use haven_feed::ids::EpochId;
use haven_feed::keys::{ENC_LEN, KemKey};
use haven_feed::roster::epoch::{Wrap, WrapContext};
use thiserror::Error;

use crate::base::{ENTROPY, open_base, seal_base};
use crate::derive;
use crate::epoch::EpochRoot;
use crate::feedkeys::KemSecret;
use crate::labels;

/// A wrap that did not open: altered, moved, for somebody else, of another epoch, or not the root the roster names, always
/// this one answer. (A suite of a newer version is told when the link is read.)
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
#[error("the wrapped key is not for this device and epoch, or was altered")]
pub struct NotOurs;

/// Wraps a root for one member (module drawing; RFC 9180 §6.1, one-shot).
///
/// Resists the server: nobody but the member opens it, and a wrap of an earlier epoch, another space or another link
/// replayed here does not open. The same `entropy` gives the same wrap.
pub fn wrap(root: &EpochRoot, recipient: &KemKey, context: &WrapContext, entropy: [u8; ENTROPY]) -> Wrap {
    let (enc, ciphertext) = seal_base(recipient, &info(context), &[], root.secret().as_ref(), entropy);
    let mut sealed = [0; Wrap::SEALED];
    sealed[..ENC_LEN].copy_from_slice(&enc);
    sealed[ENC_LEN..].copy_from_slice(&ciphertext);
    Wrap::from_sealed(sealed)
}

/// Unwraps a root and checks that it is the one the roster names by its epoch id.
///
/// Resists low-order and non-canonical keys (RFC 7748 §6.1, RFC 9180 §7.1.4) and a member who wraps some other root.
pub fn unwrap(
    secret: &KemSecret,
    context: &WrapContext,
    wrap: &Wrap,
    epoch_id: &EpochId,
) -> Result<EpochRoot, NotOurs> {
    let (enc, ciphertext) = wrap.sealed().split_first_chunk().expect("a wrap begins with an encapsulation");
    let plain = open_base(secret, enc, &info(context), &[], ciphertext).ok_or(NotOurs)?;
    let root = EpochRoot::from_secret(derive::secret(&plain));
    if root.is(epoch_id) { Ok(root) } else { Err(NotOurs) }
}

fn info(context: &WrapContext) -> Vec<u8> {
    let epoch = context.epoch.to_be_bytes();
    let parts: [&[u8]; 5] = [
        labels::WRAP.as_bytes(),
        context.space.as_bytes(),
        &epoch,
        context.recipient.as_bytes(),
        context.prev.as_bytes(),
    ];
    parts.concat()
}
