//! Folding: the form of a text in which it is searched, without case, accents and typographic quotes.
//!
//! Folding twice changes nothing. A journal of 18 MB folds at unlock, so plain ASCII takes a path that the compiler turns
//! into vector instructions, and the letters of Western European writing a table; only the rest is decomposed.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// Returns the text in lower case, without accents, with plain quotes and dashes and with every blank as a space.
///
/// Dropped are the combining marks of European and Semitic writing and of symbols. In other scripts, such as Devanagari,
/// Thai or Japanese, a mark makes another letter, so there it stays.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Appends the folded text, for callers that gather many texts in one.
pub fn fold_into(text: &str, folded: &mut String) {
    let mut rest = text;
    while !rest.is_empty() {
        let (plain, tail) = rest.split_at(printable_len(rest.as_bytes()));
        let start = folded.len();
        folded.push_str(plain);
        folded[start..].make_ascii_lowercase();
        let (control, tail) = tail.split_at(leading(tail.as_bytes(), |byte| byte.is_ascii_control()));
        folded.extend(control.chars().map(|_| ' '));
        let (marked, tail) = tail.split_at(leading(tail.as_bytes(), |byte| !byte.is_ascii()));
        push_non_ascii(marked, folded);
        rest = tail;
    }
}

/// A folded text that knows where each of its bytes comes from, so that what is found can be shown in the original.
pub(crate) struct FoldedMap {
    /// The folded text.
    pub(crate) folded: String,
    /// For every byte of the folded text, where the original character begins that it comes from.
    origins: Vec<u32>,
    /// Where the original ends.
    end: usize,
}

impl FoldedMap {
    /// Folds character by character. It differs from [`fold`] only where a script reorders marks that are kept.
    pub(crate) fn new(text: &str) -> Self {
        let mut map = Self {
            folded: String::with_capacity(text.len()),
            origins: Vec::with_capacity(text.len()),
            end: text.len(),
        };
        let mut buffer = [0; 4];
        for (start, c) in text.char_indices() {
            fold_into(c.encode_utf8(&mut buffer), &mut map.folded);
            map.origins.resize(map.folded.len(), u32::try_from(start).unwrap_or(u32::MAX));
        }
        map
    }

    /// Returns the range of the original that a range of the folded text comes from, widened to whole characters, with the
    /// marks that belong to the last of them.
    pub(crate) fn origin(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let first = *self.origins.get(range.start)?;
        let last = *self.origins.get(range.end.checked_sub(1)?)?;
        let after = self.origins[range.end..].iter().find(|start| **start != last);
        Some(first as usize..after.map_or(self.end, |start| *start as usize))
    }
}

/// The bytes looked at together: enough for the compiler to use its widest registers.
const BLOCK: usize = 32;

/// Counts the printable ASCII at the beginning.
fn printable_len(bytes: &[u8]) -> usize {
    // Without a short cut inside a block, the check of a block is a few vector instructions.
    let printable =
        |block: &&[u8]| block.iter().fold(true, |so_far, byte| so_far & matches!(byte, b' '..=b'~'));
    let blocks = bytes.chunks_exact(BLOCK).take_while(printable).count() * BLOCK;
    blocks + leading(&bytes[blocks..], |byte| matches!(byte, b' '..=b'~'))
}

fn leading(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| is(**byte)).count()
}

fn push_non_ascii(run: &str, folded: &mut String) {
    let mut rest = run;
    while let Some(first) = rest.chars().next() {
        if let Some(plain) = western(first) {
            folded.push_str(plain);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (other, tail) = rest.split_at(rest.find(|c| western(c).is_some()).unwrap_or(rest.len()));
        other.nfkd().flat_map(char::to_lowercase).for_each(|c| push_folded(c, folded));
        rest = tail;
    }
}

fn push_folded(c: char, folded: &mut String) {
    if let Some(plain) = western(c) {
        folded.push_str(plain);
    } else if c.is_whitespace() || c.is_control() {
        folded.push(' ');
    } else if !is_dropped(c) {
        folded.push(c);
    }
}

/// The characters a journal in a Western European language is made of beside ASCII, and those that no decomposition
/// makes plain.
fn western(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' | '´' | '\u{1ffd}' => "'",
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{2033}' | '«' | '»' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{2026}' => "...",
        '\u{a0}' | '\u{202f}' => " ",
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'Á' | 'À' | 'Â' | 'Ä' | 'Ã' | 'Å' => "a",
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => "e",
        'í' | 'ì' | 'î' | 'ï' | 'Í' | 'Ì' | 'Î' | 'Ï' | 'ı' => "i",
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'Ó' | 'Ò' | 'Ô' | 'Ö' | 'Õ' | 'Ø' => "o",
        'ú' | 'ù' | 'û' | 'ü' | 'Ú' | 'Ù' | 'Û' | 'Ü' => "u",
        'ç' | 'Ç' => "c",
        'ñ' | 'Ñ' => "n",
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' => "d",
        'ς' => "σ",
        _ => return None,
    })
}

/// Marks over, under and through letters, and characters nobody sees.
fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{489}'
            | '\u{591}'..='\u{5bd}'
            | '\u{5bf}'
            | '\u{5c1}'..='\u{5c2}'
            | '\u{5c4}'..='\u{5c5}'
            | '\u{5c7}'
            | '\u{610}'..='\u{61a}'
            | '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{6d6}'..='\u{6dc}'
            | '\u{6df}'..='\u{6e4}'
            | '\u{6e7}'..='\u{6e8}'
            | '\u{6ea}'..='\u{6ed}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fe20}'..='\u{fe2f}'
            | '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2060}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_accents_and_typography_do_not_matter() {
        let cases = [
            ("", ""),
            ("Hello, World!", "hello, world!"),
            ("ÄÖÜ äöü ß ẞ", "aou aou ss ss"),
            ("Crème Brûlée", "creme brulee"),
            ("A\u{30a}ngstro\u{308}m", "angstrom"),
            ("don’t ‘now’", "don't 'now'"),
            ("“so” „so“ «so»", "\"so\" \"so\" \"so\""),
            ("a — b – c‑d − e", "a - b - c-d - e"),
            ("wait…", "wait..."),
            ("a\nb\tc\r\nd\u{2028}e\u{a0}f", "a b c  d e f"),
            ("İSTANBUL ısı", "istanbul isi"),
            ("ΣΊΣΥΦΟΣ σίσυφος", "σισυφοσ σισυφοσ"),
            ("Ёлка Й", "елка и"),
            ("Łódź Đorđe Østerbro", "lodz dorde osterbro"),
            ("Æon Œuvre", "aeon oeuvre"),
            ("ﬁne ①", "fine 1"),
            ("Tiếng Việt", "tieng viet"),
            ("so\u{ad}ft zero\u{200b}width \u{feff}", "soft zerowidth "),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد", "محمد"),
            ("हिन्दी", "हिन्दी"),
            ("Ｆｕｌｌ", "full"),
            ("💚 👍🏽", "💚 👍🏽"),
        ];
        for (text, expected) in cases {
            assert_eq!(fold(text), expected, "{text}");
        }
    }

    #[test]
    fn a_mark_that_makes_another_letter_stays() {
        for (one, other) in [("が", "か"), ("กิน", "กน"), ("कि", "की")] {
            assert_ne!(fold(one), fold(other));
        }
        assert_eq!(fold("が"), fold("か\u{3099}"));
    }

    #[test]
    fn every_character_folds_once_and_for_all() {
        // Beyond the first two planes are only Chinese characters, tags and private use, which all fold to themselves.
        for c in ('\0'..'\u{20000}').chain('\u{2f800}'..='\u{2fa1f}').chain('\u{e0000}'..'\u{e01f0}') {
            let once = fold(c.encode_utf8(&mut [0; 4]));
            assert_eq!(fold(&once), once, "{c:?} {:x}", u32::from(c));
            assert!(!once.bytes().any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_control()), "{c:?}");
            assert_eq!(fold(&c.nfd().collect::<String>()), once, "{c:?}");
            assert_eq!(fold(&c.nfc().collect::<String>()), once, "{c:?}");
        }
    }

    #[test]
    fn the_map_leads_back_to_whole_characters() {
        let text = "Café — ﬁn";
        let map = FoldedMap::new(text);
        assert_eq!(map.folded, "cafe - fin");
        let found = |needle: &str| {
            let start = map.folded.find(needle).unwrap();
            &text[map.origin(&(start..start + needle.len())).unwrap()]
        };
        assert_eq!(found("cafe"), "Café");
        assert_eq!(found("-"), "—");
        assert_eq!(found("f"), "f");
        assert_eq!(found("in"), "ﬁn");
        let apart = FoldedMap::new("my cafe\u{301} here");
        assert_eq!(apart.origin(&(3..7)), Some(3..9), "with its accent");
        assert_eq!(FoldedMap::new("cafe\u{301}").origin(&(0..4)), Some(0..6));
        assert_eq!(map.origin(&(3..99)), None);
        assert_eq!(map.origin(&(0..0)), None);
    }

    proptest! {
        #[test]
        fn folding_is_stable_and_ignores_case(text in ".{0,80}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn every_spelling_of_a_text_folds_alike(text in any::<String>()) {
            let (whole, apart) = (text.nfc().collect::<String>(), text.nfd().collect::<String>());
            prop_assert_eq!(fold(&whole), fold(&text));
            prop_assert_eq!(fold(&apart), fold(&text));
        }

        #[test]
        fn pieces_fold_like_the_whole(a in "[ -~äöüß’—\n]{0,150}", b in "[ -~äöüß’—\n]{0,150}") {
            prop_assert_eq!(fold(&format!("{a}{b}")), fold(&a) + &fold(&b));
        }

        #[test]
        fn the_map_folds_alike(text in "[ -~\\u{a0}-\\u{17f}\\u{391}-\\u{3c9}\\u{410}-\\u{44f}’—…\n]{0,80}") {
            let map = FoldedMap::new(&text);
            prop_assert_eq!(&map.folded, &fold(&text));
            prop_assert_eq!(map.origins.len(), map.folded.len());
        }
    }
}
