//! Ids of entries and people: sixteen random bytes, written as lowercase hex.
//!
//! The bytes come in from outside. They are random and tell nothing, not even a time, so they may be logged.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The length of an id, in bytes.
pub const ID_BYTES: usize = 16;

/// Why a text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IdError {
    /// The text has the wrong number of digits.
    #[error("an id has 32 digits, this has {digits}")]
    Length {
        /// The digits found.
        digits: usize,
    },
    /// The prefix has no digit or more than an id has.
    #[error("the beginning of an id has 1 to 32 digits, this has {digits}")]
    PrefixLength {
        /// The digits found.
        digits: usize,
    },
    /// A character is not a hexadecimal digit.
    #[error("an id holds only the digits 0-9 and a-f")]
    Digit,
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; ID_BYTES]);

        impl $name {
            /// Makes the id from its bytes.
            pub const fn from_bytes(bytes: [u8; ID_BYTES]) -> Self {
                Self(bytes)
            }

            /// Returns the bytes of the id.
            pub const fn as_bytes(&self) -> &[u8; ID_BYTES] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hex(f, &self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse_hex(text).map(Self)
            }
        }
    };
}

id_type!(
    /// Names one entry for ever, on every device.
    EntryId
);
id_type!(
    /// Names one person of the journal for ever, on every device.
    PersonId
);

/// The beginning of an id, as a person types it: 1 to 32 hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct IdPrefix(String);

impl IdPrefix {
    /// Tells whether the entry's id begins so.
    pub fn matches(&self, id: &EntryId) -> bool {
        self.begins(id.as_bytes())
    }

    /// Tells whether the person's id begins so.
    pub fn matches_person(&self, id: &PersonId) -> bool {
        self.begins(id.as_bytes())
    }

    /// Returns the lowest id that begins so, where a search in order starts.
    pub fn first(&self) -> EntryId {
        let mut bytes = [0; ID_BYTES];
        for (place, digit) in self.0.bytes().enumerate() {
            let nibble = nibble_of(digit).unwrap_or_default();
            bytes[place / 2] |= if place % 2 == 0 { nibble << 4 } else { nibble };
        }
        EntryId(bytes)
    }

    /// Returns the digits, lowercase.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn begins(&self, bytes: &[u8; ID_BYTES]) -> bool {
        let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        self.0.bytes().zip(nibbles).all(|(digit, nibble)| nibble_of(digit) == Some(nibble))
    }
}

impl FromStr for IdPrefix {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.bytes().any(|byte| nibble_of(byte).is_none()) {
            return Err(IdError::Digit);
        }
        match text.len() {
            1..=32 => Ok(Self(text.to_ascii_lowercase())),
            digits => Err(IdError::PrefixLength { digits }),
        }
    }
}

impl fmt::Display for IdPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for IdPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdPrefix({self})")
    }
}

/// Writes bytes as lowercase hex.
pub(crate) fn write_hex(f: &mut impl fmt::Write, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Bytes as lowercase hex.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    // A string takes everything.
    let _ = write_hex(&mut text, bytes);
    text
}

/// Reads exactly `N` bytes of hex, in either case.
///
/// # Errors
/// [`IdError::Digit`], [`IdError::Length`].
pub fn parse_hex<const N: usize>(text: &str) -> Result<[u8; N], IdError> {
    let digits = text.as_bytes();
    let mut bytes = [0_u8; N];
    if digits.iter().any(|digit| nibble_of(*digit).is_none()) {
        return Err(IdError::Digit);
    }
    if digits.len() != 2 * N {
        return Err(IdError::Length { digits: digits.len() });
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = nibble_of(pair[0]).ok_or(IdError::Digit)?;
        let low = nibble_of(pair[1]).ok_or(IdError::Digit)?;
        *byte = high << 4 | low;
    }
    Ok(bytes)
}

fn nibble_of(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "00112233445566778899aabbccddeeff";

    #[test]
    fn an_id_is_written_as_lowercase_hex_and_read_in_either_case() {
        let id: EntryId = TEXT.to_uppercase().parse().unwrap();
        assert_eq!(id.to_string(), TEXT);
        assert_eq!(format!("{id:?}"), format!("EntryId({TEXT})"));
        assert_eq!(id.as_bytes()[15], 0xff);
    }

    #[test]
    fn what_is_no_id_is_refused() {
        let cases = [
            ("", IdError::Length { digits: 0 }),
            ("0011", IdError::Length { digits: 4 }),
            ("00112233445566778899aabbccddeeff00", IdError::Length { digits: 34 }),
            ("00112233445566778899aabbccddeefg", IdError::Digit),
            ("0x112233445566778899aabbccddeeff", IdError::Digit),
            ("é0112233445566778899aabbccddeef", IdError::Digit),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<EntryId>(), Err(expected), "{text}");
            assert_eq!(text.parse::<PersonId>(), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_prefix_matches_ids_that_begin_so() {
        let id: EntryId = TEXT.parse().unwrap();
        let cases = [
            ("0", true),
            ("001", true),
            ("0011223344", true),
            (TEXT, true),
            ("01", false),
            ("00112A", false),
        ];
        for (prefix, expected) in cases {
            assert_eq!(prefix.parse::<IdPrefix>().unwrap().matches(&id), expected, "{prefix}");
        }
    }

    #[test]
    fn a_prefix_has_one_to_thirty_two_digits() {
        assert_eq!("".parse::<IdPrefix>(), Err(IdError::PrefixLength { digits: 0 }));
        assert_eq!(format!("{TEXT}0").parse::<IdPrefix>(), Err(IdError::PrefixLength { digits: 33 }));
        assert_eq!("xyz".parse::<IdPrefix>(), Err(IdError::Digit));
    }

    proptest! {
        #[test]
        fn every_id_round_trips_and_matches_each_of_its_prefixes(bytes: [u8; 16], length in 1_usize..=32) {
            let id = EntryId::from_bytes(bytes);
            let text = id.to_string();
            prop_assert_eq!(text.parse::<EntryId>(), Ok(id));
            prop_assert!(text[..length].parse::<IdPrefix>().unwrap().matches(&id));
        }
    }
}
