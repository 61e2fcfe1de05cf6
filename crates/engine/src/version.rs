//! Names of an entry's versions.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The most heads a version names; more concurrent branches of one entry do not occur with [`haven_feed::limits::FEEDS_MAX`] devices.
const HEADS_MAX: usize = 64;

/// A state of an entry: the hashes of its latest changes, ascending. Shown as hex, joined with `+` where two edits
/// made apart have been merged and nothing was written since.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Version(Vec<[u8; 32]>);

impl Version {
    /// From change hashes in any order.
    pub fn new(mut heads: Vec<[u8; 32]>) -> Self {
        heads.sort_unstable();
        Self(heads)
    }

    /// The change hashes, ascending.
    pub fn heads(&self) -> &[[u8; 32]] {
        &self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, head) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("+")?;
            }
            for byte in head {
                write!(f, "{byte:02x}")?;
            }
        }
        Ok(())
    }
}

/// Not the name of a version.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("a version has 64 digits, each 0-9 or a-f, or several such joined with `+`")]
pub struct VersionMalformed;

impl FromStr for Version {
    type Err = VersionMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let heads: Vec<_> = text.split('+').take(HEADS_MAX + 1).map(head).collect::<Result<_, _>>()?;
        if heads.len() > HEADS_MAX { Err(VersionMalformed) } else { Ok(Self::new(heads)) }
    }
}

fn head(text: &str) -> Result<[u8; 32], VersionMalformed> {
    if text.len() != 64 || !text.is_ascii() {
        return Err(VersionMalformed);
    }
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[place * 2..place * 2 + 2], 16).map_err(|_| VersionMalformed)?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_reads_back_as_written_and_nothing_else_does() {
        for version in [Version::new(vec![[7; 32]]), Version::new(vec![[9; 32], [1; 32]])] {
            assert_eq!(version.to_string().parse(), Ok(version));
        }
        for wrong in ["", "+", "ab", &"é".repeat(32), &"g".repeat(64), &format!("{}+", "a".repeat(64))] {
            assert_eq!(wrong.parse::<Version>(), Err(VersionMalformed), "{wrong}");
        }
    }
}
