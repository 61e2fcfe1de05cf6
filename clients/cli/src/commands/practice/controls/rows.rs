//! Items of a list, a row each, perhaps with a number.

use haven_api::practice::{Count, Weight};
use haven_core::answers::Value;
use ratatui::crossterm::event::{KeyCode, KeyEvent};

use super::Did;
use super::words::Line;

/// The rows of a list.
pub(in super::super) struct Rows {
    pub(in super::super) rows: Vec<Row>,
    /// The row that is written on.
    pub(in super::super) at: usize,
    /// Whether its number is written.
    pub(in super::super) in_weight: bool,
    pub(in super::super) weight: Option<Weight>,
    pub(in super::super) count: Count,
}

/// One item.
#[derive(Default)]
pub(in super::super) struct Row {
    pub(in super::super) words: Line,
    pub(in super::super) weight: Line,
}

impl Rows {
    pub(super) fn new(weight: Option<Weight>, count: Count, answer: Option<&Value>) -> Self {
        let items = if let Some(Value::List(items)) = answer { items.as_slice() } else { &[] };
        let mut rows: Vec<Row> = items.iter().map(row).collect();
        if rows.is_empty() {
            rows.push(Row::default());
        }
        let at = rows.len() - 1;
        Self { rows, at, in_weight: false, weight, count }
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> Did {
        match key.code {
            KeyCode::Enter => return self.enter(),
            KeyCode::Up => self.at = self.at.saturating_sub(1),
            KeyCode::Down => self.at = (self.at + 1).min(self.rows.len() - 1),
            KeyCode::Left if self.in_weight && self.line().is_at_start() => self.in_weight = false,
            KeyCode::Right if self.weight.is_some() && !self.in_weight && self.line().is_at_end() => {
                self.in_weight = true;
            }
            KeyCode::Backspace if self.line().is_at_start() => self.back(),
            KeyCode::Char(letter) if self.in_weight && !letter.is_ascii_digit() && letter != '-' => {
                return Did::Nothing;
            }
            _ => return self.line().key(key),
        }
        Did::Taken
    }

    fn line(&mut self) -> &mut Line {
        let row = &mut self.rows[self.at];
        if self.in_weight { &mut row.weight } else { &mut row.words }
    }

    /// Goes to the number, to the next row, or on: a row that was left blank is the end.
    fn enter(&mut self) -> Did {
        if self.rows[self.at].words.is_blank() && self.at + 1 == self.rows.len() {
            return Did::Next;
        }
        if self.weight.is_some() && !self.in_weight {
            self.in_weight = true;
            return Did::Taken;
        }
        self.in_weight = false;
        if self.at + 1 < self.rows.len() {
            self.at += 1;
        } else if self.rows.len() < self.count.max as usize {
            self.rows.push(Row::default());
            self.at += 1;
        } else {
            return Did::Next;
        }
        Did::Taken
    }

    /// Goes back from a number to its words, or takes a blank row away.
    fn back(&mut self) {
        if self.in_weight {
            self.in_weight = false;
        } else if self.rows[self.at].words.is_blank() && self.rows.len() > 1 {
            self.rows.remove(self.at);
            self.at = self.at.saturating_sub(1);
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        for (number, line) in text.lines().enumerate() {
            if number > 0 && self.rows.len() < self.count.max as usize {
                self.in_weight = false;
                self.rows.insert(self.at + 1, Row::default());
                self.at += 1;
            }
            self.line().insert(line);
        }
    }

    /// What the numbers add up to.
    pub(in super::super) fn sum(&self) -> i64 {
        self.rows.iter().filter_map(|row| row.weight.text.trim().parse::<i64>().ok()).sum()
    }

    pub(super) fn value(&self) -> Option<Value> {
        let items: Vec<_> =
            self.rows.iter().filter(|row| !row.words.is_blank()).map(|row| self.item(row)).collect();
        (!items.is_empty()).then_some(Value::List(items))
    }

    fn item(&self, row: &Row) -> Value {
        let words = Value::from(row.words.text.trim());
        let weight = row.weight.text.trim();
        if self.weight.is_none() || weight.is_empty() {
            return words;
        }
        let weight = weight.parse::<i32>().map_or_else(|_| Value::from(weight), Value::from);
        Value::Map([("text".to_owned(), words), ("weight".to_owned(), weight)].into())
    }
}

fn row(item: &Value) -> Row {
    let (words, weight) = match item {
        Value::Map(map) => (map.get("text").and_then(Value::text), map.get("weight").and_then(Value::whole)),
        other => (other.text(), None),
    };
    Row {
        words: Line::new(words.unwrap_or_default()),
        weight: Line::new(&weight.map_or_else(String::new, |weight| weight.to_string())),
    }
}
