//! What must not lie about, in every form in which it could: as it is, in other letters, as UTF-16, in hexadecimal, in
//! base64, as a list of numbers, escaped for an address, and packed as HTTP/2 packs its headers.

use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use memchr::memmem::Finder;

/// Some bytes and their forms. Forms are as long as the bytes at least, so none is found by chance.
pub struct Sought {
    what: String,
    forms: Vec<(&'static str, Finder<'static>)>,
}

/// The shortest thing that chance does not put into megabytes of noise.
const SHORTEST: usize = 8;

impl Sought {
    /// Words: in their own letters, all small and all capital.
    pub fn words(words: &str) -> Self {
        let mut sought = Self::bytes(words, words.as_bytes());
        let mut cases = vec![words.to_owned(), words.to_lowercase(), words.to_uppercase()];
        cases.dedup();
        for case in cases {
            sought.add_text(&case);
            sought.add_bytes(case.as_bytes());
            sought.add_text(&escaped(&case));
        }
        sought
    }

    /// A secret that is no text.
    pub fn bytes(what: &str, bytes: &[u8]) -> Self {
        assert!(bytes.len() >= SHORTEST, "{what} would be found by chance");
        let mut sought = Self { what: what.to_owned(), forms: Vec::new() };
        sought.add_bytes(bytes);
        sought
    }

    /// A code as people type it, with dashes: also without them, and the 16 secret bytes it stands for.
    pub fn code(code: &str) -> [Self; 3] {
        let bare = code.replace('-', "");
        [
            Self::words(code),
            Self::words(&bare),
            Self::bytes(&format!("the secret of {code}"), &secret_of(&bare)),
        ]
    }

    /// What is sought.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The form in which it is in some bytes, if it is.
    pub fn found_in(&self, bytes: &[u8]) -> Option<&'static str> {
        self.forms.iter().find_map(|(form, finder)| finder.find(bytes).map(|_| *form))
    }

    fn add(&mut self, form: &'static str, bytes: &[u8]) {
        self.forms.push((form, Finder::new(bytes).into_owned()));
    }

    fn add_bytes(&mut self, bytes: &[u8]) {
        self.add("as it is", bytes);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.add("in hexadecimal", hex.to_uppercase().as_bytes());
        self.add("in hexadecimal", hex.as_bytes());
        let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
        self.add("as numbers", numbers.join(", ").as_bytes());
        self.add("as numbers", numbers.join(",").as_bytes());
        for before in 0..3 {
            self.add("in base64", base64(&STANDARD, bytes, before).as_bytes());
            self.add("in base64", base64(&URL_SAFE, bytes, before).as_bytes());
        }
    }

    fn add_text(&mut self, text: &str) {
        let wide = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        self.add("as UTF-16", &wide(u16::to_le_bytes));
        self.add("as UTF-16", &wide(u16::to_be_bytes));
        self.add("escaped", text.as_bytes());
        for before in 0..8 {
            self.add("in a packed header", &packed(text, before));
        }
    }
}

/// A text as it stands in an address or a message of gRPC.
fn escaped(text: &str) -> String {
    text.replace(' ', "%20")
}

/// The letters of base64 that are the same whatever stands after some bytes, which begin after so many others.
fn base64(engine: &impl base64::Engine, bytes: &[u8], before: usize) -> String {
    let all = [&[0; 2][..before], bytes].concat();
    let letters = engine.encode(&all);
    // Six bits a letter: the first whole one is after the bits of the others, the last whole one before the end.
    letters[(before * 8).div_ceil(6)..all.len() * 8 / 6].to_owned()
}

/// HPACK's code (RFC 7541, appendix B) as far as words of ours need it: for each length in bits the first code and the
/// letters, whose codes follow each other.
const PACKING: [(u32, u32, &str); 4] = [
    (5, 0x00, "012aceiost"),
    (6, 0x14, " %-./3456789=A_bdfghlmnpru"),
    (7, 0x5c, ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"),
    (8, 0xf8, "&*,;XZ"),
];

fn packed_bits(letter: char) -> impl Iterator<Item = bool> {
    let find = |(bits, first, letters): (u32, u32, &str)| {
        let place = letters.chars().position(|other| other == letter)?;
        Some((bits, first + u32::try_from(place).unwrap()))
    };
    let (bits, code) =
        PACKING.into_iter().find_map(find).unwrap_or_else(|| panic!("{letter:?} is not in the table"));
    (0..bits).rev().map(move |bit| code >> bit & 1 == 1)
}

/// The bytes that are packed from a text alone, when it begins at the given bit of a byte.
fn packed(text: &str, before: usize) -> Vec<u8> {
    let bits: Vec<bool> = text.chars().flat_map(packed_bits).collect();
    let whole = &bits[(8 - before) % 8..];
    whole.chunks_exact(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect()
}

/// The 16 bytes behind a code of 28 characters: 2 bits of kind, 128 of secret, 10 of a check.
fn secret_of(bare: &str) -> Vec<u8> {
    const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let value = |letter| ALPHABET.find(letter).unwrap_or_else(|| panic!("{letter:?} is in no code"));
    let bits: Vec<bool> = bare
        .chars()
        .map(value)
        .flat_map(|value| (0..5).rev().map(move |bit| value >> bit & 1 == 1))
        .collect();
    bits[2..130]
        .chunks_exact(8)
        .map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit)))
        .collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;

    #[test]
    fn headers_are_packed_as_the_standard_packs_them() {
        // RFC 7541, C.4.1; the last bits of the example fill up its last byte.
        let example = [0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4];
        assert_eq!(packed("www.example.com", 0), example);
        for before in 1..8 {
            let moved = packed("www.example.com", before);
            let all: Vec<bool> =
                example.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
            let first = all[8 - before..16 - before].iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
            assert_eq!(moved[0], first);
        }
    }

    #[test]
    fn a_code_stands_for_its_secret() {
        // The kind 1, then 16 bytes 0xff.
        let code = "FZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZ00";
        assert_eq!(secret_of(&code.replace('-', "")), [0xff; 16]);
    }

    #[test]
    fn every_form_is_found_wherever_it_stands() {
        let words = "Maple Anchor-7";
        let sought = Sought::words(words);
        let hex = words.bytes().map(|byte| format!("{byte:02X}")).collect::<String>();
        let forms: Vec<Vec<u8>> = vec![
            words.into(),
            words.to_uppercase().into(),
            words.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            hex.to_lowercase().into(),
            hex.into(),
            format!("{:?}", words.as_bytes()).into(),
            serde_json::to_vec(words.as_bytes()).unwrap(),
            b"maple%20anchor-7".to_vec(),
        ];
        for form in forms {
            let found = sought.found_in(&[b"\x00noise", &form[..], b"noise\xff"].concat());
            assert!(found.is_some(), "{}", String::from_utf8_lossy(&form));
        }
        for before in 0..6 {
            let around = [&b"before"[..before], words.as_bytes(), b"behind"].concat();
            assert_eq!(sought.found_in(STANDARD.encode(&around).as_bytes()), Some("in base64"), "{before}");
            let header = format!("{}{words}and more", &"xa0xa0"[..before]);
            assert_eq!(sought.found_in(&packed(&header, 0)), Some("in a packed header"), "{before}");
        }
        assert_eq!(sought.found_in(b"Maple Anchor-8, maple, anchor"), None);
    }
}
