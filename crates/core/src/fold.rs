//! Folding: the form of a text in which it is searched, without case, accents and typographic quotes.

use unicode_normalization::UnicodeNormalization;

/// Returns the text in lower case, without accents, with plain quotes and dashes and with every blank as a space.
///
/// Folding twice changes nothing. Only the combining marks of European and Semitic writing and of symbols are dropped:
/// in other scripts, such as Devanagari, Thai or Japanese, a mark makes another letter.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let ascii = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        let (plain, tail) = rest.split_at(ascii);
        folded.extend(plain.chars().map(fold_ascii));
        let marked = tail.bytes().position(|byte| byte.is_ascii()).unwrap_or(tail.len());
        let (run, tail) = tail.split_at(marked);
        run.nfkd().for_each(|c| push_folded(c, &mut folded));
        rest = tail;
    }
    folded
}

fn fold_ascii(c: char) -> char {
    if c.is_ascii_control() { ' ' } else { c.to_ascii_lowercase() }
}

fn push_folded(c: char, folded: &mut String) {
    for lower in c.to_lowercase() {
        match lower {
            '\u{2018}' | '\u{2019}' => folded.push('\''),
            '\u{300}'..='\u{36f}' => (),
            other => folded.push(other),
        }
    }
}
