//! A text in plain words, for a line that shows how it begins or where something was found in it.

use super::{Block, Prose, Span};

/// What stands before an item that can be ticked off.
const BOXES: [&str; 3] = ["[ ] ", "[x] ", "[X] "];

/// What may stand before the first word of a line.
const BEGINS_A_LINE: &str = "'\"’‘“”…(";

/// Says a text in plain words: no stars, number signs or marks before lines, a line for each line. Numbers of a list stay, since they
/// may be days; so does every word.
pub fn plain(text: &str) -> String {
    unmarked(text).unwrap_or_else(|| read(text))
}

fn read(text: &str) -> String {
    let mut lines = Lines::default();
    lines.prose(&Prose::read(text));
    lines.0.join("\n")
}

/// Says a text in which nothing can be a mark, as most are, without reading it as one that has some: a list shows a hundred of them.
/// Nothing if there may be one.
fn unmarked(text: &str) -> Option<String> {
    if !text.chars().all(says_itself) {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    for line in text.lines().filter(|line| !line.is_empty()) {
        // Blanks may belong to a list.
        if !begins_with_words(line) || line.ends_with(' ') {
            return None;
        }
        if !plain.is_empty() {
            plain.push('\n');
        }
        plain.push_str(line);
    }
    Some(plain)
}

/// What is no mark, wherever it stands in a line that begins with words. Looked at for each letter of a list: nothing is searched.
fn says_itself(c: char) -> bool {
    let is_sign = matches!(
        c,
        ' ' | '\n'
            | '.'
            | ','
            | ':'
            | ';'
            | '?'
            | '!'
            | '\''
            | '"'
            | '’'
            | '‘'
            | '“'
            | '”'
            | '…'
            | '–'
            | '—'
            | '-'
            | '('
            | ')'
            | '/'
            | '%'
            | '£'
            | '€'
            | '$'
            | '+'
            | '='
            | '@'
            | '#'
    );
    is_sign || c.is_alphanumeric()
}

/// Tells whether a line begins with a word, or with a number that begins no list, as in "5th" and "14 of us".
fn begins_with_words(line: &str) -> bool {
    let words = line.trim_start_matches(|c: char| c.is_ascii_digit());
    match words.len() < line.len() {
        true => !words.starts_with(['.', ')']),
        false => line.starts_with(|c: char| c.is_alphabetic() || BEGINS_A_LINE.contains(c)),
    }
}

#[derive(Default)]
struct Lines(Vec<String>);

impl Lines {
    fn prose(&mut self, prose: &Prose) {
        prose.blocks.iter().for_each(|block| self.block(block));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(words) | Block::Heading { words, .. } => self.words(words),
            Block::List { start, items } => {
                let mut number = *start;
                for item in items {
                    self.item(number, item);
                    number = number.map(|number| number.saturating_add(1));
                }
            }
            Block::Quote(prose) => self.prose(prose),
            Block::Code(words) => self.0.extend(words.lines().map(str::to_owned)),
            Block::Rule => {}
        }
    }

    fn words(&mut self, words: &[Span]) {
        let mut line = String::new();
        for span in words {
            line.push_str(&span.text);
            if span.breaks {
                self.0.push(std::mem::take(&mut line));
            }
        }
        self.0.push(line);
    }

    fn item(&mut self, number: Option<u64>, item: &Prose) {
        let first = self.0.len();
        self.prose(item);
        let Some(line) = self.0.get_mut(first) else { return };
        if let Some(words) = BOXES.iter().find_map(|mark| line.strip_prefix(mark)) {
            *line = words.to_owned();
        }
        if let Some(number) = number {
            line.insert_str(0, &format!("{number}. "));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_are_gone_and_words_stay() {
        let cases = [
            ("**Rain** all day", "Rain all day"),
            ("# A day\nand more", "A day\nand more"),
            ("- [ ] call *Mum*\n- [x] tea\n- walk", "call Mum\ntea\nwalk"),
            ("> she said\n> so", "she said\nso"),
            ("14. we met\n16. again", "14. we met\n16. again"),
            ("a ~~bad~~ `day`", "a bad day"),
            ("---\nafter", "after"),
            ("[here](https://example.org) it is", "here it is"),
            ("[Anna]: hello", "[Anna]: hello"),
            ("#tag 2 * 3 * 4", "#tag 2 * 3 * 4"),
            ("- > - deep", "deep"),
            ("[ ] no list", "[ ] no list"),
            ("<b>bold</b>", "<b>bold</b>"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn a_text_without_marks_is_said_as_if_it_had_been_read() {
        for text in [
            "",
            "a",
            "a\n\n\nb\n",
            "Rain (all day), 3/4 of it…\n“And so-called” – on:",
            "\n\na",
            "5th. To the office",
            "14 of us, £3\n12",
            "7 - 8 = a",
        ] {
            assert_eq!(unmarked(text), Some(read(text)), "{text:?}");
        }
        for text in
            ["1. a", "1) a", " a", "a ", "a\n  b", "a\r\nb", "a\tb", "a*b", "a\n---", "a\u{0}b", "a & b"]
        {
            assert_eq!(unmarked(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_has_no_marks_reads_the_same(text in "([a-zé中1-9]{1,3}|[ .,:;?!'\"’‘“”…–—()/%£€$+=@#\n-]){0,40}") {
            if let Some(plain) = unmarked(&text) {
                prop_assert_eq!(plain, read(&text));
            }
        }

        #[test]
        fn no_letter_is_lost(text in "([a-z]{1,4}|[*_#>`~ \n-]){0,40}") {
            let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
            prop_assert_eq!(letters(&plain(&text)), letters(&text));
        }
    }
}
