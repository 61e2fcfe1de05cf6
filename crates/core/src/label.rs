//! Labels: tags and names, kept in one spelling, so that two which look alike are one.
//!
//! The same letters can be written in several ways: é is one character on one system, e and an accent on another. A label is
//! kept so: in NFC, its blanks single spaces, none at its ends, without characters that only steer how text is laid out. What
//! joins letters in some scripts and emoji (U+200C and U+200D) stays between two characters. Case, accents and marks count.

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

/// Returns a label in the one spelling in which it is kept. Control characters stay, for the caller to refuse.
pub(crate) fn spelt(text: &str) -> String {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return text.to_owned();
    }
    let seen = text.chars().filter(|c| !is_layout(*c)).collect::<String>();
    let words = seen.trim().split(is_blank);
    let words = words.map(|word| word.trim_matches(is_joiner)).filter(|word| !word.is_empty());
    nfc(words.collect::<Vec<_>>().join(" "))
}

/// Tells whether two labels differ in case only. An accent makes another name: José and Jose may be two.
pub(crate) fn differ_in_case_only(one: &str, other: &str) -> bool {
    one != other && caseless(one) == caseless(other)
}

/// A label without its case, to compare it.
pub(crate) fn caseless(label: &str) -> String {
    let lower = label.chars().flat_map(char::to_lowercase);
    lower.map(|c| if c == 'ς' { 'σ' } else { c }).nfc().collect()
}

/// What joins the letters on its two sides, or keeps them apart.
pub(crate) const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

fn nfc(text: String) -> String {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text,
        _ => text.nfc().collect(),
    }
}

/// Every blank but the control characters among them: a line break or a tab would be lost without anybody's seeing it.
fn is_blank(c: char) -> bool {
    c.is_whitespace() && !c.is_control()
}

/// Characters nobody sees that say where a line may break, in which direction it runs, or where a file begins.
pub(crate) const fn is_layout(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_that_look_alike_are_spelt_alike() {
        let cases = [
            ("café", "café"),
            ("cafe\u{301}", "café"),
            ("\u{1112}\u{1161}\u{11ab}", "한"),
            ("  two   words ", "two words"),
            ("two\u{a0}words\u{2028}more", "two words more"),
            ("\u{feff}wo\u{ad}rk\u{200b}", "work"),
            ("\u{202e}abc\u{202c}", "abc"),
            ("\u{200d}a\u{200c} \u{200d} b", "a b"),
            ("خانه\u{200c}ها", "خانه\u{200c}ها"),
            ("👩\u{200d}👧", "👩\u{200d}👧"),
            ("a\tb", "a\tb"),
            ("ﬁne", "ﬁne"),
            ("Work", "Work"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(spelt(text), expected, "{text:?}");
        }
    }

    #[test]
    fn case_is_no_difference_and_an_accent_is() {
        for (one, other, expected) in [
            ("Noor", "noor", true),
            ("noor", "noor", false),
            ("ΣΊΣΥΦΟΣ", "σίσυφος", true),
            ("Ärger", "äRGER", true),
            ("José", "Jose", false),
            ("Noor", "Nora", false),
        ] {
            assert_eq!(differ_in_case_only(one, other), expected, "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn a_label_is_spelt_once_and_for_all(text in "[\\PC\\u{301}\\u{200b}-\\u{200f}\\u{2028}\\u{a0} ]{0,30}") {
            let once = spelt(&text);
            prop_assert_eq!(&spelt(&once), &once);
            prop_assert_eq!(&spelt(&text.nfd().collect::<String>()), &once);
            prop_assert_eq!(&spelt(&text.nfc().collect::<String>()), &once);
        }
    }
}
