//! The journal as lines of JSON: read from any program that can write them, written so that they can be read again.
//!
//! A line is `{"date", "title"?, "text", "tags"?, "people"?}`; an export adds `id`, `kind`, `exercise` and `answers`. Every
//! other key is refused by name, since a key that is silently dropped is a loss nobody sees.

mod export;
mod line;

pub use export::export_line;
pub use line::{ImportFault, ImportLine};
