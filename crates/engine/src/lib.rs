//! One vault: `step(input, context) -> step`. No I/O, no clock, no randomness of its own; the only room that says
//! "automerge". Rooms in reading order: [`io`] (the seams), [`command`] and [`sync`] (what comes in and goes out),
//! [`actor`] and [`content`] (what is inside a record), [`engine`] (the step), [`turn`] (durable first), [`view`] (what readers see), [`vault`] and [`join`] (how it begins), [`kit`] (the recovery kit as it is typed),
//! [`drops`] (what is written while it is locked).

pub mod limits;
pub mod version;

pub mod io;

pub mod command;
pub mod sync;

pub mod actor;
pub mod content;

pub mod engine;
pub mod turn;
pub mod view;

pub mod drops;
pub mod join;
pub mod kit;
pub mod restore;
pub mod vault;

mod codec;
mod definitions;
mod document;
mod fields;
mod keys;
mod parallel;
mod row;

#[cfg(feature = "fuzz")]
pub mod fuzz;
