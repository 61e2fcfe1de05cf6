//! Gathering faults while a definition is read, so that a person sees all of them at once.

use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;

use super::words::UnknownWord;
use crate::fault::{Fault, shown};

/// Where in the file something stands.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    line: usize,
    field: Option<String>,
}

impl Place {
    /// Makes the place of a byte in the file.
    pub(crate) fn new(text: &str, span: &Range<usize>) -> Self {
        Self { line: line_of(text, span.start), field: None }
    }

    /// Names the field that stands here.
    pub(crate) fn of_field(mut self, id: &str) -> Self {
        self.field = Some(id.to_owned());
        self
    }

    fn fault(&self, what: String, next: String) -> Fault {
        let fault = Fault::new(what, next).at_line(self.line);
        match &self.field {
            Some(id) => fault.of_field(id),
            None => fault,
        }
    }
}

/// The line of a byte, from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..offset.min(text.len())]).count()
}

/// The faults found so far.
#[derive(Default)]
pub(crate) struct Report {
    faults: Vec<Fault>,
}

impl Report {
    /// Adds a fault.
    pub(crate) fn add(&mut self, place: &Place, what: impl Into<String>, next: impl Into<String>) {
        self.faults.push(place.fault(what.into(), next.into()));
    }

    /// Reads one of the fixed words, or adds a fault that lists them.
    pub(crate) fn word<T: FromStr<Err = UnknownWord>>(&mut self, place: &Place, word: &str) -> Option<T> {
        let read = word.parse();
        if let Err(UnknownWord { noun, known }) = &read {
            self.add(
                place,
                format!("\"{}\" is no {noun}", shown(word)),
                format!("use one of {}", known.join(", ")),
            );
        }
        read.ok()
    }

    /// Reads an id or another text with a form, or adds a fault that explains the form.
    pub(crate) fn form<T: FromStr<Err: Display>>(
        &mut self,
        place: &Place,
        text: &str,
        noun: &str,
    ) -> Option<T> {
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
