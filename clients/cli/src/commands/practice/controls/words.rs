//! Words: a line to write on, over as many rows as it takes.

use haven_core::answers::Value;
use haven_core::time::Date;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use textwrap::core::display_width;

use super::Did;

/// Words that are being written.
pub(in super::super) struct Words {
    pub(in super::super) line: Line,
    pub(in super::super) typed: Typed,
    /// Whether it was refused, and nothing has been typed since.
    is_refused: bool,
}

/// What the words are.
pub(in super::super) enum Typed {
    /// A line or a few; Enter goes on.
    Line {
        /// What the arrows go through.
        offered: Vec<String>,
    },
    /// As many lines as the person likes; Enter begins another.
    Lines,
    /// How long something took.
    HowLong,
    /// A day; the arrows change it.
    Day {
        /// Where the arrows begin.
        suggested: Option<Date>,
    },
    /// A time; the arrows change the day.
    Moment {
        /// Where the arrows begin.
        now: String,
    },
}

impl Words {
    pub(super) fn new(text: &str, typed: Typed) -> Self {
        Self { line: Line::new(text), typed, is_refused: false }
    }

    /// Is told that it does not fit. What is short is sooner typed anew than mended; the words of a person stay.
    pub(super) fn refused(&mut self) {
        self.is_refused = matches!(self.typed, Typed::Moment { .. } | Typed::Day { .. } | Typed::HowLong);
    }

    pub(super) fn key(&mut self, key: KeyEvent, columns: usize) -> Did {
        let is_plain = !key.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::CONTROL);
        let was_refused = std::mem::take(&mut self.is_refused);
        if was_refused && is_plain && matches!(key.code, KeyCode::Char(_)) {
            self.line = Line::default();
        }
        match key.code {
            KeyCode::Enter if is_plain && !matches!(self.typed, Typed::Lines) => return Did::Next,
            KeyCode::Enter => self.line.insert("\n"),
            KeyCode::Char('j') if key.modifiers.contains(KeyModifiers::CONTROL) => self.line.insert("\n"),
            KeyCode::Up if !self.suggest(-1) => self.line.up(columns),
            KeyCode::Down if !self.suggest(1) => self.line.down(columns),
            KeyCode::Up | KeyCode::Down => {}
            _ => return self.line.key(key),
        }
        Did::Taken
    }

    pub(super) fn paste(&mut self, text: &str) {
        if std::mem::take(&mut self.is_refused) {
            self.line = Line::default();
        }
        self.line.insert(&text.replace("\r\n", "\n").replace('\r', "\n"));
    }

    pub(super) fn value(&self) -> Option<Value> {
        let text = self.line.text.trim_end();
        (!text.trim().is_empty()).then(|| Value::from(text))
    }

    /// Puts in what is suggested, or what comes after it. Tells whether there is anything to suggest.
    fn suggest(&mut self, by: i32) -> bool {
        let text = self.line.text.trim();
        let suggested = match &self.typed {
            Typed::Line { offered } => turned(offered, text, by),
            Typed::Day { suggested } if text.is_empty() => suggested.map(|day| day.to_string()),
            Typed::Moment { now } if text.is_empty() => Some(now.clone()),
            // Up is earlier, as in a list with the oldest at the top.
            Typed::Day { .. } | Typed::Moment { .. } => another_day(text, by),
            Typed::Lines | Typed::HowLong => None,
        };
        let is_suggested = suggested.is_some();
        if let Some(text) = suggested {
            self.line = Line::new(&text);
        }
        is_suggested
    }
}

/// The next of what is offered, round and round. Words of the person's own stay.
fn turned(offered: &[String], text: &str, by: i32) -> Option<String> {
    let count = offered.len();
    let at = offered.iter().position(|item| item == text);
    match (at, by > 0) {
        _ if count == 0 || (at.is_none() && !text.is_empty()) => None,
        (None, true) => offered.first().cloned(),
        (None, false) => offered.last().cloned(),
        (Some(at), true) => offered.get((at + 1) % count).cloned(),
        (Some(at), false) => offered.get((at + count - 1) % count).cloned(),
    }
}

fn another_day(text: &str, by: i32) -> Option<String> {
    let (day, rest) = text.split_at_checked(10)?;
    let day: Date = day.parse().ok()?;
    Some(format!("{}{rest}", day.plus_days(by)))
}

/// Goes on at Enter and takes nothing else.
pub(super) fn only_next(key: KeyEvent) -> Did {
    if key.code == KeyCode::Enter { Did::Next } else { Did::Nothing }
}

/// Text with a place in it.
#[derive(Default)]
pub(in super::super) struct Line {
    pub(in super::super) text: String,
    /// Where the next letter goes, in bytes.
    at: usize,
}

impl Line {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), at: text.len() }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    pub(super) fn is_at_start(&self) -> bool {
        self.at == 0
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    pub(super) fn insert(&mut self, text: &str) {
        let text = text.replace('\t', " ");
        let clean: String = text.chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect();
        self.text.insert_str(self.at, &clean);
        self.at += clean.len();
    }

    /// Takes the keys that every line knows.
    pub(super) fn key(&mut self, key: KeyEvent) -> Did {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('a') if ctrl => self.at = self.row_start(),
            KeyCode::Char('e') if ctrl => self.at = self.row_end(),
            KeyCode::Char('u') if ctrl => self.remove(self.row_start(), self.at),
            KeyCode::Char('k') if ctrl => self.remove(self.at, self.row_end()),
            KeyCode::Char('w') if ctrl => self.remove(self.word_start(), self.at),
            KeyCode::Char(letter) if !ctrl && !key.modifiers.contains(KeyModifiers::ALT) => {
                self.insert(letter.encode_utf8(&mut [0; 4]));
            }
            KeyCode::Home => self.at = self.row_start(),
            KeyCode::End => self.at = self.row_end(),
            KeyCode::Left if ctrl => self.at = self.word_start(),
            KeyCode::Left => self.at = self.before(),
            KeyCode::Right => self.at = self.after(),
            KeyCode::Backspace => self.remove(self.before(), self.at),
            KeyCode::Delete => self.remove(self.at, self.after()),
            _ => return Did::Nothing,
        }
        Did::Taken
    }

    fn remove(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.at = from;
    }

    fn before(&self) -> usize {
        self.text[..self.at].char_indices().next_back().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        self.text[self.at..].chars().next().map_or(self.at, |letter| self.at + letter.len_utf8())
    }

    fn row_start(&self) -> usize {
        self.text[..self.at].rfind('\n').map_or(0, |at| at + 1)
    }

    fn row_end(&self) -> usize {
        self.text[self.at..].find('\n').map_or(self.text.len(), |at| self.at + at)
    }

    fn word_start(&self) -> usize {
        let before = self.text[..self.at].trim_end();
        before
            .rfind(char::is_whitespace)
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8))
    }

    pub(super) fn up(&mut self, columns: usize) {
        let (rows, (row, column)) = (rows(&self.text, columns), self.place(columns));
        if row > 0 {
            self.at = at_column(&self.text, rows[row - 1], column);
        }
    }

    pub(super) fn down(&mut self, columns: usize) {
        let (rows, (row, column)) = (rows(&self.text, columns), self.place(columns));
        if row + 1 < rows.len() {
            self.at = at_column(&self.text, rows[row + 1], column);
        }
    }

    /// The rows it is shown in.
    pub(in super::super) fn shown(&self, columns: usize) -> Vec<&str> {
        rows(&self.text, columns).into_iter().map(|(from, to)| &self.text[from..to]).collect()
    }

    /// In which row and column the next letter goes.
    pub(in super::super) fn place(&self, columns: usize) -> (usize, usize) {
        let rows = rows(&self.text, columns);
        let row = rows.iter().rposition(|(from, _)| *from <= self.at).unwrap_or(0);
        let (from, to) = rows[row];
        (row, display_width(&self.text[from..self.at.clamp(from, to)]))
    }
}

fn at_column(text: &str, (from, to): (usize, usize), column: usize) -> usize {
    let mut at = from;
    for letter in text[from..to].chars() {
        if display_width(&text[from..at]) >= column {
            break;
        }
        at += letter.len_utf8();
    }
    at
}

/// Where rows begin and end when text is shown in so many columns: broken between words, or in a word that is too long.
fn rows(text: &str, columns: usize) -> Vec<(usize, usize)> {
    let columns = columns.max(1);
    let mut rows = Vec::new();
    let (mut from, mut gap, mut width) = (0, None, 0);
    for (at, letter) in text.char_indices() {
        if letter == '\n' {
            rows.push((from, at));
            (from, gap, width) = (at + 1, None, 0);
            continue;
        }
        let wide = display_width(letter.encode_utf8(&mut [0; 4]));
        if width + wide > columns && letter != ' ' {
            let next = gap.unwrap_or(at);
            rows.push((from, next));
            (from, gap) = (next, None);
            width = display_width(&text[from..at]);
        }
        width += wide;
        if letter == ' ' {
            gap = Some(at + 1);
        }
    }
    rows.push((from, text.len()));
    rows
}
