//! The signs that part sentences from each other, code point by code point. Never edited: what a device of an older release
//! reads has to be what every other one reads.

/// Whether a line ends here.
pub(super) fn breaks_line(c: char) -> bool {
    matches!(c, '\u{a}'..='\u{d}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether this is white space, line breaks among it.
pub(super) fn is_space(c: char) -> bool {
    breaks_line(c)
        || matches!(c, '\u{9}' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}')
        || matches!(c, '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// What ends a sentence where white space follows: full stops and their like in the scripts that put a space behind them.
pub(super) fn ends(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '\u{2026}' | '\u{203c}' | '\u{203d}' | '\u{2047}'..='\u{2049}')
        || matches!(c, '\u{589}' | '\u{5c3}' | '\u{61f}' | '\u{6d4}')
        || matches!(c, '\u{964}' | '\u{965}' | '\u{f0d}' | '\u{f0e}' | '\u{104b}')
        || matches!(c, '\u{1362}' | '\u{1367}' | '\u{1368}' | '\u{166e}' | '\u{17d4}' | '\u{17d5}')
        || matches!(c, '\u{1803}' | '\u{1809}')
}

/// What ends a sentence whatever follows: the full-width signs, behind which no space is put.
pub(super) fn ends_wide(c: char) -> bool {
    matches!(c, '\u{3002}' | '\u{ff01}' | '\u{ff0e}' | '\u{ff1f}' | '\u{ff61}')
}

/// What closes a quotation, a bracket or an emphasis and still belongs to the sentence before it.
pub(super) fn closes(c: char) -> bool {
    matches!(c, '"' | '\'' | ')' | ']' | '}' | '*' | '_')
        || matches!(c, '\u{bb}' | '\u{2019}' | '\u{201d}' | '\u{203a}')
        || matches!(c, '\u{3009}' | '\u{300b}' | '\u{300d}' | '\u{300f}' | '\u{3011}' | '\u{3015}')
        || matches!(c, '\u{ff02}' | '\u{ff07}' | '\u{ff09}' | '\u{ff3d}' | '\u{ff5d}' | '\u{ff63}')
}
