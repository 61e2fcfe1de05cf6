//! Codes people write down and type: 16 secret bytes as 28 characters in seven groups.
//!
//! ```text
//! bits    = kind 2 | secret 128                          26 symbols of 5 bits, most significant first
//! symbols = s0 … s25 | c0 c1                             Crockford's alphabet, 32 characters without I L O U
//! text    = XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX
//! check   = s0·x²⁷ + … + s25·x² + c0·x + c1 is divisible by (x − α)(x − α²) over GF(32), α = 2, modulo x⁵ + x² + 1
//! ```
//!
//! A Reed-Solomon code of distance three: any one or two wrong characters, and so any two swapped neighbours, are
//! noticed for certain, where twelve bits of a hash would let one typo in 4,096 pass.

use thiserror::Error;
use zeroize::Zeroizing;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SYMBOLS: usize = 28;
const CHECKED: usize = 26;
const GROUP: usize = 4;
/// x⁵ + x² + 1: primitive over GF(2).
const MODULUS: u8 = 0b10_0101;
/// (x − α)(x − α²) = x² + (α + α²)·x + α³.
const GENERATOR: (u8, u8) = (6, 8);

/// What a code is for; two bits in it.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum CodeKind {
    /// The recovery kit.
    Kit,
    /// A code that links a device, good for two minutes.
    Linking,
}

/// Why a typed code is not one.
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
pub enum CodeFault {
    /// Not 28 characters, dashes and spaces aside.
    #[error("a code has 28 characters, this one has {found}")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// A character that no code contains.
    #[error("character {at} cannot be part of a code")]
    Character {
        /// Its place, counted from one, dashes and spaces aside.
        at: usize,
    },
    /// The characters do not fit together: something was mistyped.
    #[error("the code does not check out: a character is wrong or two are swapped")]
    Checksum,
    /// A correct code, but for something else.
    #[error("this is a code of another kind")]
    OtherKind(
        /// What it is for.
        CodeKind,
    ),
    /// A correct code of a kind this version does not know.
    #[error("this code needs a newer version")]
    Incompatible,
}

impl CodeKind {
    fn tag(self) -> u8 {
        match self {
            Self::Kit => 1,
            Self::Linking => 2,
        }
    }

    fn from_tag(tag: u8) -> Result<Self, CodeFault> {
        match tag {
            1 => Ok(Self::Kit),
            2 => Ok(Self::Linking),
            _ => Err(CodeFault::Incompatible),
        }
    }
}

/// Writes a secret as a code (module drawing).
pub(crate) fn encode(kind: CodeKind, secret: &[u8; 16]) -> Zeroizing<String> {
    let bits = Zeroizing::new(u128::from_be_bytes(*secret));
    let mut symbols = Zeroizing::new([0; SYMBOLS]);
    symbols[0] = kind.tag() << 3 | low(*bits >> 125);
    for (at, symbol) in symbols[1..CHECKED].iter_mut().enumerate() {
        *symbol = low(*bits >> (120 - 5 * at)) & 31;
    }
    let (c0, c1) = check(&symbols[..CHECKED]);
    symbols[CHECKED..].copy_from_slice(&[c0, c1]);

    // As long as it will be: a text that grew would leave its beginning behind.
    let mut text = Zeroizing::new(String::with_capacity(SYMBOLS + SYMBOLS / GROUP));
    for (at, symbol) in symbols.iter().enumerate() {
        if at > 0 && at % GROUP == 0 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[usize::from(*symbol)]));
    }
    text
}

/// Reads a typed code: any case, any dashes and spaces, O for 0, I and L for 1.
pub(crate) fn decode(kind: CodeKind, typed: &str) -> Result<Zeroizing<[u8; 16]>, CodeFault> {
    let symbols = read_symbols(typed)?;
    if check(&symbols[..CHECKED]) != (symbols[CHECKED], symbols[CHECKED + 1]) {
        return Err(CodeFault::Checksum);
    }
    let found = CodeKind::from_tag(symbols[0] >> 3)?;
    if found != kind {
        return Err(CodeFault::OtherKind(found));
    }
    let mut bits = Zeroizing::new(u128::from(symbols[0] & 7));
    for symbol in &symbols[1..CHECKED] {
        *bits = *bits << 5 | u128::from(*symbol);
    }
    Ok(Zeroizing::new(bits.to_be_bytes()))
}

fn read_symbols(typed: &str) -> Result<Zeroizing<[u8; SYMBOLS]>, CodeFault> {
    let mut symbols = Zeroizing::new([0; SYMBOLS]);
    let mut found = 0;
    for character in typed.chars().filter(|c| !is_separator(*c)) {
        let symbol = symbol_of(character).ok_or(CodeFault::Character { at: found + 1 })?;
        if let Some(place) = symbols.get_mut(found) {
            *place = symbol;
        }
        found += 1;
    }
    if found == SYMBOLS { Ok(symbols) } else { Err(CodeFault::Length { found }) }
}

fn is_separator(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn symbol_of(character: char) -> Option<u8> {
    let character = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let at = ALPHABET.iter().position(|c| char::from(*c) == character)?;
    u8::try_from(at).ok()
}

/// The remainder of s(x)·x² by the generator: the two check symbols.
fn check(symbols: &[u8]) -> (u8, u8) {
    symbols.iter().fold((0, 0), |(high, low), symbol| {
        let lead = symbol ^ high;
        (low ^ times(lead, GENERATOR.0), times(lead, GENERATOR.1))
    })
}

/// Multiplies in GF(32).
fn times(a: u8, b: u8) -> u8 {
    (0..5).rev().fold(0, |sum, bit| {
        let doubled = sum << 1;
        let reduced = if doubled & 0b10_0000 == 0 { doubled } else { doubled ^ MODULUS };
        if b >> bit & 1 == 1 { reduced ^ a } else { reduced }
    })
}

/// The low eight bits.
fn low(bits: u128) -> u8 {
    bits.to_be_bytes()[15]
}
