//! Reading the fields of a request or an answer: exact lengths or a refusal.

use haven_feed::ids::WrongLength;
use thiserror::Error;

/// A field of a message that is missing, of the wrong length, or contradicts another; named as in the proto.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the field {0} is missing or malformed")]
pub struct Malformed(pub &'static str);

/// Reads an id.
///
/// # Errors
/// The bytes have another length.
pub fn id<'a, T: TryFrom<&'a [u8], Error = WrongLength>>(
    bytes: &'a [u8],
    field: &'static str,
) -> Result<T, Malformed> {
    T::try_from(bytes).map_err(|_| Malformed(field))
}

/// Reads bytes of one length: a nonce, a key, a signature, a mailbox.
///
/// # Errors
/// The bytes have another length.
pub fn array<const N: usize>(bytes: &[u8], field: &'static str) -> Result<[u8; N], Malformed> {
    bytes.try_into().map_err(|_| Malformed(field))
}

#[cfg(test)]
mod tests {
    use haven_feed::SpaceId;

    use super::*;

    #[test]
    fn only_the_exact_length_is_read() {
        for length in [0, 15, 16, 17, 31, 32, 33] {
            let bytes = vec![1; length];
            assert_eq!(array::<16>(&bytes, "mailbox").is_ok(), length == 16, "{length}");
            assert_eq!(id::<SpaceId>(&bytes, "space").is_ok(), length == 32, "{length}");
        }
        assert_eq!(Malformed("space").to_string(), "the field space is missing or malformed");
    }
}
