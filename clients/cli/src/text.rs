//! How words for a person look.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::os::fd::AsFd;

use haven_api::journal::{PersonRef, Summary};

use crate::limits::{ID_SHOWN, PROSE_COLUMNS_MAX};
use crate::when;

/// The language of the texts that the device is asked for.
pub(crate) const LANGUAGE: &str = "en";

/// How words for a person look.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    /// Whether colours are welcome.
    pub(crate) colors: bool,
    /// Whether a terminal shows them.
    pub(crate) terminal: bool,
    /// How many columns a line of prose may take; none where no terminal shows it.
    pub(crate) columns: Option<usize>,
}

impl Style {
    /// Something that stands out.
    pub(crate) fn bold(self, text: &str) -> String {
        self.dressed("1", text)
    }

    /// Something that stands back.
    pub(crate) fn faint(self, text: &str) -> String {
        self.dressed("2", text)
    }

    /// Words that are no longer there.
    pub(crate) fn gone(self, text: &str) -> String {
        self.dressed("1;31", text)
    }

    /// Words that are new.
    pub(crate) fn come(self, text: &str) -> String {
        self.dressed("1;32", text)
    }

    fn dressed(self, code: &str, text: &str) -> String {
        if self.colors && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Words from the journal. On a terminal, what would steer it is made visible: an entry may come from anywhere.
    pub(crate) fn words(self, text: &str) -> Cow<'_, str> {
        shown(text, self.terminal)
    }

    /// Words from the journal that may be longer than a line, broken between words.
    pub(crate) fn prose(self, text: &str) -> String {
        wrapped(&self.words(text), self.columns)
    }

    /// Words from the journal on one line.
    pub(crate) fn line(self, text: &str) -> String {
        self.words(text).replace(['\n', '\t'], " ")
    }
}

/// Words as a terminal may show them: what would steer it, or turn round what stands beside it, is made visible.
pub(crate) fn shown(text: &str, is_terminal: bool) -> Cow<'_, str> {
    if is_terminal && text.contains(steers) {
        return text.chars().map(|letter| if steers(letter) { '\u{fffd}' } else { letter }).collect();
    }
    Cow::Borrowed(text)
}

/// How [`Style`] dresses words, behind the escape.
const DRESSES: [&str; 5] = ["[0m", "[1m", "[2m", "[1;31m", "[1;32m"];

/// The same for words of ours, which may be dressed: that changes how they look, and nothing else.
pub(crate) fn shown_dressed(text: &str, is_terminal: bool) -> String {
    let mut pieces = text.split('\x1b');
    let mut told = shown(pieces.next().unwrap_or_default(), is_terminal).into_owned();
    for piece in pieces {
        let is_ours = DRESSES.iter().any(|dress| piece.starts_with(dress));
        told.push_str(if is_ours { "\x1b" } else { shown_escape(is_terminal) });
        told.push_str(&shown(piece, is_terminal));
    }
    told
}

fn shown_escape(is_terminal: bool) -> &'static str {
    if is_terminal { "\u{fffd}" } else { "\x1b" }
}

/// Whether a letter is none, but tells the terminal what to do. The marks that only say which way a word runs are left: texts in
/// Hebrew and Arabic need them, and they turn nothing else round.
fn steers(letter: char) -> bool {
    let turns_round = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns_round || (letter.is_control() && letter != '\n' && letter != '\t')
}

/// How many columns a line of prose may take where something is written to; none if that is no terminal or does not say.
pub(crate) fn columns(target: impl AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(target).ok()?;
    (size.ws_col > 0).then(|| usize::from(size.ws_col).min(PROSE_COLUMNS_MAX))
}

/// How many columns a line of a list may take, which nobody reads as prose: all there are.
pub(crate) fn columns_whole(target: impl AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(target).ok()?;
    (size.ws_col > 0).then(|| usize::from(size.ws_col))
}

/// Breaks lines that are too long between words. What was indented stays so; a word is never broken, since it may be a link
/// or a code.
pub(crate) fn wrapped(text: &str, columns: Option<usize>) -> String {
    broken(text, columns, "")
}

/// The same for the lines of a list: what one of them goes on with stands further in, so that the next is told from it.
pub(crate) fn listed(text: &str, columns: Option<usize>) -> String {
    broken(text, columns, LIST_INDENT)
}

/// How much further in a line of a list goes on.
const LIST_INDENT: &str = "    ";

fn broken(text: &str, columns: Option<usize>, further: &str) -> String {
    let Some(columns) = columns else { return text.to_owned() };
    let fits = |line: &str| textwrap::core::display_width(line) <= columns;
    let fill = |line: &str| {
        if fits(line) {
            return line.to_owned();
        }
        let indent = format!("{}{further}", &line[..line.len() - line.trim_start().len()]);
        let options = textwrap::Options::new(columns)
            .subsequent_indent(&indent)
            .break_words(false)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        textwrap::fill(line, options)
    };
    text.split('\n').map(fill).collect::<Vec<_>>().join("\n")
}

/// How many edits met, at the beginning of a sentence.
pub(crate) fn edits(count: u32) -> String {
    const WORDS: [&str; 10] = ["Two", "Two", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
    let word = usize::try_from(count).ok().and_then(|count| WORDS.get(count));
    word.map_or_else(|| format!("{count} edits"), |word| format!("{word} edits"))
}

/// An entry in a table: id, time, title, tags and people on one line.
pub(crate) fn summary(entry: &Summary, style: Style) -> String {
    let id = &entry.id.to_string()[..ID_SHOWN];
    let mut line = format!("{}  {:<16}", style.faint(id), when::short(&entry.at));
    let shown = match (&*style.line(&entry.title), &*style.line(&entry.opening)) {
        ("", "") if !entry.exercise_title.is_empty() => style.line(&entry.exercise_title),
        ("", "") => style.faint(entry.kind.as_str()),
        ("", opening) => opening.to_owned(),
        (title, _) => style.bold(title),
    };
    let _ = write!(line, "  {shown}");
    for mark in marks(entry, style) {
        let _ = write!(line, "  {mark}");
    }
    if entry.met {
        let met = format!("{} met", edits(entry.met_sides).to_lowercase());
        let _ = write!(line, "  {}", style.bold(&met));
    }
    line.push('\n');
    line
}

/// The tags and people of an entry.
pub(crate) fn marks(entry: &Summary, style: Style) -> Vec<String> {
    let tags = entry.tags.iter().map(|tag| style.faint(&format!("#{}", style.line(tag.as_str()))));
    let people = entry.people.iter().map(|person| style.faint(&format!("@{}", style.line(name(person)))));
    tags.chain(people).collect()
}

fn name(person: &PersonRef) -> &str {
    &person.name
}

/// A number of things in words: `1 entry`, `2 entries`.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

#[cfg(test)]
mod tests {
    use haven_core::entry::EntryKind;
    use haven_core::id::EntryId;
    use haven_core::time::Timestamp;

    use super::*;

    #[test]
    fn what_we_dress_stays_dressed_and_nothing_else_steers() {
        let style = Style { colors: true, terminal: true, columns: None };
        let ours = format!("{} and {}, {}", style.bold("this"), style.faint("that"), style.gone("gone"));
        assert_eq!(shown_dressed(&ours, true), ours);
        assert_eq!(shown_dressed("a\x1b[31mb\x1b]0;c\x07", true), "a\u{fffd}[31mb\u{fffd}]0;c\u{fffd}");
        assert_eq!(shown_dressed("a\x1b[2Jb", true), "a\u{fffd}[2Jb");
        assert_eq!(shown_dressed("a\x1b[2Jb", false), "a\x1b[2Jb");
    }

    #[test]
    fn an_entry_cannot_steer_a_terminal() {
        let check = |terminal, text: &str, shown: &str| {
            assert_eq!(Style { colors: false, terminal, columns: None }.words(text), shown);
        };
        check(true, "a\x1b]0;x\x07b\tc\nd", "a\u{fffd}]0;x\u{fffd}b\tc\nd");
        check(true, "a\u{9b}31mb", "a\u{fffd}31mb");
        check(true, "a\u{202e}b\u{2066}c\u{200f}", "a\u{fffd}b\u{fffd}c\u{200f}");
        check(false, "a\x1b[31mb", "a\x1b[31mb");
    }

    #[test]
    fn long_lines_break_between_words() {
        let check = |text: &str, columns, shown: &str| assert_eq!(wrapped(text, columns), shown);
        check("one two three", None, "one two three");
        check("one two three", Some(7), "one two\nthree");
        check("a\n  one two three\n\nb\n", Some(9), "a\n  one two\n  three\n\nb\n");
        check("\x1b[1mone two\x1b[0m three", Some(7), "\x1b[1mone two\x1b[0m\nthree");
        check("see https://haven.example/a-b-c now", Some(9), "see\nhttps://haven.example/a-b-c\nnow");
        check("日本 日本 日本", Some(9), "日本 日本\n日本");
        check("kept   as  it is", Some(80), "kept   as  it is");
    }

    #[test]
    fn what_a_line_of_a_list_goes_on_with_stands_further_in() {
        let check = |text: &str, columns, shown: &str| assert_eq!(listed(text, columns), shown);
        check("1a2b  one two three\n", Some(12), "1a2b  one\n    two\n    three\n");
        check("  - one two\nb", Some(9), "  - one\n      two\nb");
        check("1a2b  one two three\n", None, "1a2b  one two three\n");
        check("日本日本  日本日本", Some(12), "日本日本\n    日本日本");
    }

    #[test]
    fn an_entry_without_a_title_shows_how_it_begins() {
        let line = |title: &str, opening: &str| {
            let entry = Summary {
                id: EntryId::from_bytes([7; 16]),
                kind: EntryKind::Note,
                at: "1660-01-01".parse().unwrap(),
                title: title.to_owned(),
                tags: Vec::new(),
                people: Vec::new(),
                modified: Timestamp::default(),
                trashed: None,
                exercise: None,
                opening: opening.to_owned(),
                exercise_title: String::new(),
                met: title.starts_with("Met"),
                met_sides: title.len().try_into().unwrap_or_default(),
            };
            summary(&entry, Style { colors: false, terminal: true, columns: None })
        };
        assert_eq!(line("", "It rained."), "07070707  1660-01-01        It rained.\n");
        assert_eq!(line("Rain", "It rained."), "07070707  1660-01-01        Rain\n");
        assert_eq!(line("", ""), "07070707  1660-01-01        note\n");
        assert_eq!(line("Met", ""), "07070707  1660-01-01        Met  three edits met\n");
        assert_eq!(line("Met at noon", ""), "07070707  1660-01-01        Met at noon  11 edits met\n");
        assert_eq!(
            (edits(2), edits(9), edits(10)),
            ("Two edits".into(), "Nine edits".into(), "10 edits".into())
        );
    }

    #[test]
    fn colours_are_only_where_they_are_welcome() {
        assert_eq!(Style { colors: true, terminal: true, columns: None }.bold("x"), "\x1b[1mx\x1b[0m");
        assert_eq!(Style { colors: false, terminal: true, columns: None }.bold("x"), "x");
    }
}
