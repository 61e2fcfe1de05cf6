//! A device's names inside documents.

use haven_feed::digest::digest;
use haven_feed::ids::FeedId;

const LABEL: &str = "haven/1/actor";

/// A name inside documents. Whose it is follows from the name itself.
pub type Actor = [u8; 16];

/// Random bytes, drawn at every opening of the vault, out of which a feed makes a name. Eight are enough: they only keep the
/// names of one feed apart.
pub type ActorNonce = [u8; 8];

/// Computes SHA-256("haven/1/actor" || feed id 8 || nonce 8)[..16].
///
/// A record announces nonces, and a reader computes the names from the record's own feed: nobody can write under a name of another
/// feed without a second preimage of 128 bits, and nothing has to be remembered or looked up to know it.
pub fn actor(feed: &FeedId, nonce: &ActorNonce) -> Actor {
    digest(LABEL, &[feed.as_bytes(), nonce]).first()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_that_draw_the_same_have_different_names() {
        let (one, other) = (FeedId::from_bytes([1; 8]), FeedId::from_bytes([2; 8]));
        assert_ne!(actor(&one, &[3; 8]), actor(&other, &[3; 8]));
        assert_ne!(actor(&one, &[3; 8]), actor(&one, &[4; 8]));
    }
}
