//! Feelings and how strong each is: those that are offered, and words of the person's own.

use std::ops::Range;

use haven_api::practice::{Choice, Scale};
use haven_core::answers::Value;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::Did;
use super::words::Line;

/// What is felt.
pub(in super::super) struct Feelings {
    pub(in super::super) feelings: Vec<Feeling>,
    /// The feeling that the arrows are on; behind the last is the line for another word.
    pub(in super::super) at: usize,
    pub(in super::super) own: Line,
    pub(in super::super) scale: Scale,
    /// Whether the last digit would have gone beyond the scale and was not taken.
    pub(in super::super) is_refused: bool,
    /// Whether the strength at the arrows is being typed. One that was there before a digit begins anew.
    is_typing: bool,
}

/// One feeling.
pub(in super::super) struct Feeling {
    id: String,
    pub(in super::super) label: String,
    pub(in super::super) strength: Option<i32>,
    /// What stands over it and its kin; empty where it stands by itself.
    group: String,
    /// Whether it is a word of the person's own, which they mean even before its strength is said.
    is_own: bool,
}

impl Feelings {
    pub(super) fn new(scale: &Scale, suggestions: &[Choice], answer: Option<&Value>) -> Self {
        let offered = |choice: &Choice| Feeling {
            id: choice.id.clone(),
            label: choice.label.clone(),
            strength: None,
            group: choice.group.clone(),
            is_own: false,
        };
        let mut feelings: Vec<Feeling> = suggestions.iter().map(offered).collect();
        let felt = if let Some(Value::List(items)) = answer { items.as_slice() } else { &[] };
        for item in felt {
            let Value::Map(map) = item else { continue };
            let Some(name) = map.get("name").and_then(Value::text) else { continue };
            let strength = map.get("strength").and_then(Value::whole);
            match feelings.iter_mut().find(|feeling| feeling.id == name) {
                Some(feeling) => feeling.strength = strength,
                None => feelings.push(Feeling { strength, ..own(name) }),
            }
        }
        Self {
            feelings,
            at: 0,
            own: Line::default(),
            scale: scale.clone(),
            is_refused: false,
            is_typing: false,
        }
    }

    /// Whether the feelings stand in groups.
    pub(in super::super) fn has_groups(&self) -> bool {
        self.feelings.iter().any(|feeling| !feeling.group.is_empty())
    }

    /// The groups in order, each with the places of its feelings; what stands by itself is a group without a name.
    pub(in super::super) fn groups(&self) -> Vec<(&str, Range<usize>)> {
        let mut groups: Vec<(&str, Range<usize>)> = Vec::new();
        for (at, feeling) in self.feelings.iter().enumerate() {
            match groups.last_mut() {
                Some((group, members)) if *group == feeling.group => members.end = at + 1,
                _ => groups.push((&feeling.group, at..at + 1)),
            }
        }
        groups
    }

    /// What is felt of some, in words to stand behind their group.
    pub(in super::super) fn felt(&self, members: Range<usize>) -> String {
        let felt = self.feelings[members].iter();
        let felt = felt.filter_map(|feeling| Some(format!("{} {}", feeling.label, feeling.strength?)));
        let felt: Vec<String> = felt.collect();
        if felt.is_empty() { String::new() } else { format!(": {}", felt.join(", ")) }
    }

    /// Goes to the next group, or to the one before.
    fn turn_group(&mut self, forward: bool) {
        let starts: Vec<usize> = self.groups().iter().map(|(_, members)| members.start).collect();
        self.at = if forward {
            starts.into_iter().find(|start| *start > self.at).unwrap_or(self.feelings.len())
        } else {
            starts.into_iter().rev().find(|start| *start < self.at).unwrap_or(0)
        };
    }

    pub(super) fn key(&mut self, key: KeyEvent) -> Did {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return Did::Nothing;
        }
        let was_typing = std::mem::take(&mut self.is_typing);
        self.is_refused = false;
        match key.code {
            KeyCode::PageUp => self.turn_group(false),
            KeyCode::PageDown => self.turn_group(true),
            KeyCode::Up => self.at = self.at.saturating_sub(1),
            KeyCode::Down => self.at = (self.at + 1).min(self.feelings.len()),
            KeyCode::Enter if self.own.is_blank() => return Did::Next,
            KeyCode::Enter => self.add(),
            _ if self.at == self.feelings.len() => return self.own.key(key),
            KeyCode::Char(digit) if digit.is_ascii_digit() => self.type_strength(digit, was_typing),
            KeyCode::Left => self.turn(-self.scale.step),
            KeyCode::Right => self.turn(self.scale.step),
            KeyCode::Char(' ') if self.feelings[self.at].strength.is_some() => self.set(None),
            KeyCode::Char(' ') => self.turn(self.scale.step),
            KeyCode::Backspace | KeyCode::Delete => self.clear(),
            KeyCode::Char(_) => {
                self.at = self.feelings.len();
                return self.own.key(key);
            }
            _ => return Did::Nothing,
        }
        Did::Taken
    }

    /// Takes the person's own word in, with its strength still to be said.
    fn add(&mut self) {
        let word = std::mem::take(&mut self.own).text.trim().to_owned();
        let known = self.feelings.iter().position(|feeling| feeling.label == word || feeling.id == word);
        self.at = known.unwrap_or(self.feelings.len());
        if known.is_none() {
            self.feelings.push(own(&word));
        }
    }

    /// Where no point has two digits, one is the strength; elsewhere it is put behind those that are being typed. A digit that
    /// goes beyond the scale is not taken: what stands there was meant.
    fn type_strength(&mut self, digit: char, was_typing: bool) {
        let before = self.feelings[self.at].strength.filter(|_| was_typing && self.scale.max > 9);
        let typed = format!("{}{digit}", before.map_or_else(String::new, |number| number.to_string()));
        let fits = typed.parse().ok().filter(|number| (self.scale.min..=self.scale.max).contains(number));
        match fits {
            Some(number) => self.set(Some(number)),
            None => self.is_refused = true,
        }
        self.is_typing = true;
    }

    fn turn(&mut self, by: i32) {
        let Scale { min, max, .. } = self.scale;
        let strength = self.feelings[self.at].strength;
        match strength {
            None if by > 0 => self.set(Some(min)),
            None => {}
            // Less than the least is: not felt.
            Some(number) if number + by < min => self.set(None),
            Some(number) => self.set(Some((number + by).min(max))),
        }
    }

    fn set(&mut self, strength: Option<i32>) {
        self.feelings[self.at].strength = strength;
    }

    fn clear(&mut self) {
        if self.feelings[self.at].is_own {
            self.feelings.remove(self.at);
        } else {
            self.set(None);
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.at = self.feelings.len();
        self.own.insert(text.lines().next().unwrap_or_default());
    }

    pub(super) fn value(&self) -> Option<Value> {
        let is_felt = |feeling: &&Feeling| feeling.strength.is_some() || feeling.is_own;
        let mut felt: Vec<Value> = self.feelings.iter().filter(is_felt).map(value).collect();
        // A word that was not taken in yet is meant all the same.
        felt.extend((!self.own.is_blank()).then(|| value(&own(self.own.text.trim()))));
        (!felt.is_empty()).then_some(Value::List(felt))
    }
}

fn own(word: &str) -> Feeling {
    Feeling {
        id: word.to_owned(),
        label: word.to_owned(),
        strength: None,
        group: String::new(),
        is_own: true,
    }
}

fn value(feeling: &Feeling) -> Value {
    let name = ("name".to_owned(), Value::from(feeling.id.as_str()));
    let strength = feeling.strength.map(|number| ("strength".to_owned(), Value::from(number)));
    Value::Map([name].into_iter().chain(strength).collect())
}
