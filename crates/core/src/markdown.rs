//! One entry as one page of Markdown: a person can read it in any editor, and Haven can read all of it back.
//!
//! Everything but the text stands in the front matter, every value as JSON, which is YAML too. Below the text, answers are
//! shown once more for reading; that part is not read back.

mod page;
mod reader;
mod typed;

pub use page::{file_name, render};
pub use reader::{Page, PageFault, parse};

/// What stands round the front matter.
const FENCE: &str = "---";

/// The line below which answers are only shown. Lines of shown answers all begin with `>`, so the last one counts.
const SHOWN: &str = "<!-- answers -->";

#[cfg(test)]
mod tests;
