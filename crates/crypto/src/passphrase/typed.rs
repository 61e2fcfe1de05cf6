//! A passphrase as it was typed, and the one form of it that is stretched.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// What the mark at the beginning of some files is read as. Nobody types it.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// How much longer NFC may make a text, in UTF-8 (Unicode Annex 15, section 9): room for all of it, so that no copy stays behind.
const NFC_GROWTH_MAX: usize = 3;

/// A passphrase in the form that is stretched: one for all ways in which keyboards, systems and files spell the same letters.
///
/// The mappings of PRECIS `OpaqueString` (RFC 8265, section 4.2.2): every blank becomes a space, then NFC. Case, accents and
/// blanks at the ends count. What that profile refuses besides is not refused here: its list depends on a version of Unicode,
/// and an update must never lock anybody out.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Reads what was typed, or what stood in a file.
    pub fn new(typed: &str) -> Self {
        let typed = typed.trim_start_matches(BYTE_ORDER_MARK);
        let mut prepared = Zeroizing::new(String::with_capacity(typed.len() * NFC_GROWTH_MAX));
        prepared.extend(typed.chars().map(as_space).nfc());
        Self(prepared)
    }

    /// Lends the text, for an estimate of its strength.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether it holds a control character, such as a tab that a form or a paste left in it: nobody sees it, so nobody
    /// would type it again.
    pub fn has_control(&self) -> bool {
        self.0.contains(char::is_control)
    }
}

/// The blanks of Unicode (category Zs) as the one that every keyboard has.
const fn as_space(c: char) -> char {
    match c {
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization as _;

    use super::*;

    fn check(typed: &str, stretched: &str) {
        assert_eq!(Passphrase::new(typed).as_str(), stretched, "{typed:?}");
    }

    #[test]
    fn one_passphrase_has_one_form() {
        check("plum velvet café", "plum velvet café");
        check("plum velvet cafe\u{301}", "plum velvet café");
        check("\u{feff}plum velvet", "plum velvet");
        check("plum\u{a0}velvet\u{3000}orbit\u{2000}canoe", "plum velvet orbit canoe");
        check("한글", "한글");
        check("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}", "한글");
        check("\u{212b}", "\u{c5}");
        check("q\u{307}\u{323}", "q\u{323}\u{307}");
    }

    #[test]
    fn what_can_be_told_apart_stays_apart() {
        check(" Two  blanks ", " Two  blanks ");
        check("ﬁne", "ﬁne");
        check("Ｆull", "Ｆull");
        check("a\u{200d}b", "a\u{200d}b");
        check("e\u{feff}", "e\u{feff}");
        check("", "");
    }

    #[test]
    fn a_character_nobody_sees_is_told() {
        for (typed, has) in
            [("a\tb", true), ("a\r", true), ("a\u{85}b", true), ("a\u{a0}b", false), ("ä b", false)]
        {
            assert_eq!(Passphrase::new(typed).has_control(), has, "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn every_spelling_comes_to_one_form_that_stays(typed in "\\PC{0,40}") {
            let once = Passphrase::new(&typed);
            let (again, apart) = (Passphrase::new(once.as_str()), typed.nfd().collect::<String>());
            let apart = Passphrase::new(&apart);
            prop_assert_eq!(again.as_str(), once.as_str());
            prop_assert_eq!(apart.as_str(), once.as_str());
        }

        #[test]
        fn no_copy_outgrows_its_room(typed in any::<String>()) {
            let prepared = Passphrase::new(&typed);
            prop_assert!(prepared.as_str().len() <= typed.len() * NFC_GROWTH_MAX);
        }
    }
}
