//! Search: a scan over folded text with every term, phrase and filter at once.
//!
//! There is no index: ten thousand entries are read in milliseconds, nothing lies on a disk, and it works in any script.

mod query;
mod snippet;

pub use query::{Filter, Meanings, Query, QueryError, Searchable};
pub use snippet::{Snippet, snippet};
