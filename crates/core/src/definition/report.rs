//! Gathering faults while a definition is read, so that a person sees all of them at once.

use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;

use crate::exercise::UnknownWord;
use crate::fault::{Fault, shown};

/// Where in the file something stands.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    line: usize,
}

impl Place {
    /// Makes the place of a byte in the file.
    pub(crate) fn new(text: &str, span: &Range<usize>) -> Self {
        Self { line: line_of(text, span.start) }
    }
}

/// The line of a byte, from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// The faults found so far.
#[derive(Default)]
pub(crate) struct Report {
    faults: Vec<Fault>,
}

impl Report {
    /// Adds a fault.
    pub(crate) fn add(&mut self, place: &Place, what: impl Into<String>, next: impl Into<String>) {
        self.faults.push(Fault::new(what, next).at_line(place.line));
    }

    /// Reads one of the fixed words, or adds a fault that lists them.
    pub(crate) fn word<T: FromStr<Err = UnknownWord>>(&mut self, place: &Place, word: &str) -> Option<T> {
        let read = word.parse();
        if let Err(UnknownWord { noun, known }) = &read {
            let what = format!("\"{}\" is no {noun}", shown(word));
            self.add(place, what, format!("use one of {}", known.join(", ")));
        }
        read.ok()
    }

    /// Reads an id or another text with a form, or adds a fault that explains the form.
    pub(crate) fn form<T>(&mut self, place: &Place, text: &str, noun: &str) -> Option<T>
    where
        T: FromStr<Err: Display>,
    {
        let read = text.parse::<T>();
        if let Err(why) = &read {
            self.add(place, format!("\"{}\" is no {noun}", shown(text)), why.to_string());
        }
        read.ok()
    }

    /// Ends the reading: everything was right, or here is what was not.
    pub(crate) fn finish(&mut self) -> Result<(), Vec<Fault>> {
        if self.faults.is_empty() { Ok(()) } else { Err(std::mem::take(&mut self.faults)) }
    }
}
