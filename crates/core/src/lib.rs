//! The nouns and the content of Haven: entries, people, times, exercises as data, validation, search.
//!
//! What is absent here is the point: no I/O, no clock, no randomness, no async, no CRDT, no wire format and no
//! hash-ordered map. Ids and times come in as values, so every function gives the same answer on a laptop, on a phone and
//! in a simulation.

pub mod limits;

pub mod id;
pub mod time;

pub mod fold;
mod label;
pub mod nearest;

pub mod comparing;
pub mod meeting;

pub mod entry;
pub mod person;

pub mod fault;

pub mod definition;

pub mod answers;
pub mod content;
pub mod exercise;
pub mod feeling;
pub mod measure;
pub mod progress;
pub mod sentence;
pub mod shelf;
pub mod support;
pub mod today;

pub mod fiction;

pub mod search;

pub mod reading;

pub mod import;
pub mod markdown;
pub mod prose;

pub mod reminder;
