//! The recovery kit, as it is drawn and as a person types it back.

use haven_crypto::code::{CodeFault, CodeKind};
pub use haven_crypto::kit::Kit;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::io::Entropy;

/// Characters in each of a code's groups.
const GROUP: usize = 4;

/// Why what was typed is no kit. Never holds what was typed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum KitFault {
    /// Too few characters, or too many.
    #[error("a kit has 28 characters in seven groups, and this has {found}")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// A character that no code has.
    #[error("group {group} has a character that no kit has")]
    Character {
        /// Which group, from 1.
        group: usize,
    },
    /// The characters don't fit together.
    #[error("a character is wrong, or two have changed places")]
    Mistyped,
    /// A code that links a device.
    #[error("this is a code for linking a device, not a recovery kit")]
    Linking,
    /// A kit of a later version.
    #[error("this kit was made by a newer Haven")]
    Newer,
}

/// Draws a new kit and gives its code; nothing else knows of it.
pub fn drawn(entropy: &mut dyn Entropy) -> Zeroizing<String> {
    Kit::drawn(|place| entropy.fill(place)).code()
}

/// Reads a kit as it was typed: case, spaces, dashes and look-alikes don't matter.
///
/// # Errors
/// It is mistyped, or no kit.
pub fn read(typed: &str) -> Result<Kit, KitFault> {
    Kit::parse(typed).map_err(|fault| match fault {
        CodeFault::Length { found } => KitFault::Length { found },
        CodeFault::Character { at } => KitFault::Character { group: at.saturating_sub(1) / GROUP + 1 },
        CodeFault::Checksum | CodeFault::OtherKind(CodeKind::Kit) => KitFault::Mistyped,
        CodeFault::OtherKind(CodeKind::Linking) => KitFault::Linking,
        CodeFault::Incompatible => KitFault::Newer,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_kit_says_what_is_wrong_with_it_and_where() {
        let code = Kit::from_entropy([7; 16]).code();
        let fault = |typed: &str| read(typed).err();
        assert_eq!(fault(&code), None);
        assert_eq!(fault(&code.to_lowercase().replace('-', " ")), None);
        assert_eq!(fault(&code[..33]), Some(KitFault::Length { found: 27 }));
        let mut other = code.to_string();
        other.replace_range(5..6, "U");
        assert_eq!(fault(&other), Some(KitFault::Character { group: 2 }));
        let last = if code.ends_with('0') { "1" } else { "0" };
        assert_eq!(fault(&format!("{}{last}", &code[..33])), Some(KitFault::Mistyped));
    }
}
