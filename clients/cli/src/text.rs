//! How words for a person look.

use std::borrow::Cow;
use std::fmt::Write as _;

use haven_api::journal::{PersonRef, Summary};

use crate::limits::ID_SHOWN;
use crate::when;

/// How words for a person look.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    /// Whether colours are welcome.
    pub(crate) colors: bool,
    /// Whether a terminal shows them.
    pub(crate) terminal: bool,
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

    fn dressed(self, code: &str, text: &str) -> String {
        if self.colors && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Words from the journal. On a terminal, what would steer it is made visible: an entry may come from anywhere.
    pub(crate) fn words(self, text: &str) -> Cow<'_, str> {
        let steers = |letter: char| letter.is_control() && letter != '\n' && letter != '\t';
        if self.terminal && text.contains(steers) {
            return text.chars().map(|letter| if steers(letter) { '\u{fffd}' } else { letter }).collect();
        }
        Cow::Borrowed(text)
    }

    /// Words from the journal on one line.
    pub(crate) fn line(self, text: &str) -> String {
        self.words(text).replace(['\n', '\t'], " ")
    }
}

/// An entry in a table: id, time, title, tags and people on one line.
pub(crate) fn summary(entry: &Summary, style: Style) -> String {
    let id = &entry.id.to_string()[..ID_SHOWN];
    let mut line = format!("{}  {:<16}", style.faint(id), when::short(&entry.at));
    let shown = match (&*style.line(&entry.title), &*style.line(&entry.opening)) {
        ("", "") => style.faint(entry.kind.as_str()),
        ("", opening) => opening.to_owned(),
        (title, _) => style.bold(title),
    };
    let _ = write!(line, "  {shown}");
    for mark in marks(entry, style) {
        let _ = write!(line, "  {mark}");
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
    fn an_entry_cannot_steer_a_terminal() {
        let check = |terminal, text: &str, shown: &str| {
            assert_eq!(Style { colors: false, terminal }.words(text), shown);
        };
        check(true, "a\x1b]0;x\x07b\tc\nd", "a\u{fffd}]0;x\u{fffd}b\tc\nd");
        check(true, "a\u{9b}31mb", "a\u{fffd}31mb");
        check(false, "a\x1b[31mb", "a\x1b[31mb");
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
            };
            summary(&entry, Style { colors: false, terminal: true })
        };
        assert_eq!(line("", "It rained."), "07070707  1660-01-01        It rained.\n");
        assert_eq!(line("Rain", "It rained."), "07070707  1660-01-01        Rain\n");
        assert_eq!(line("", ""), "07070707  1660-01-01        note\n");
    }

    #[test]
    fn colours_are_only_where_they_are_welcome() {
        assert_eq!(Style { colors: true, terminal: true }.bold("x"), "\x1b[1mx\x1b[0m");
        assert_eq!(Style { colors: false, terminal: true }.bold("x"), "x");
    }
}
