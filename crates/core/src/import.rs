//! The journal as lines of JSON: read from any program that can write them, written so that they can be read again.
//!
//! A line of any program is `{"date", "title"?, "text", "tags"?, "people"?}`. An export begins with a line that says what it is,
//! then come the people, what the person added, and the entries; docs/EXPORT.md is the format. A key that is not known is passed
//! over and counted, since a key that is dropped in silence is a loss nobody sees.

mod about;
mod entry;
mod export;
mod fault;
mod line;
mod members;
mod met;
mod split;

pub use about::{DefinitionLine, ForgottenLine, Header, PersonLine};
pub use entry::{EntryLine, Exact, Rest};
pub use export::{
    ExportedDefinition, definition_line, export_line, forgotten_line, header_line, person_line,
};
pub use fault::ImportFault;
pub use line::{Line, Read, bare};
pub use met::{Met, MetSide, Says};
pub use split::{Piece, Splitter, Wrong};

/// The version of the format that this release writes and reads.
pub const SCHEMA: u64 = 1;

/// Whether a line that an export wrote is an entry.
pub fn is_entry(line: &[u8]) -> bool {
    let line = bare(line);
    !line.is_empty()
        && !["{\"haven\":", "{\"person\":", "{\"forgotten\":", "{\"definition\":"]
            .iter()
            .any(|about| line.starts_with(about.as_bytes()))
}
