//! What every loader of definitions needs: strict TOML, faults with their places, fixed words, texts by language.
//!
//! A definition is data that a stranger may have written. It is read key by key, an unknown one is refused, and
//! everything that is wrong is told at once.

mod read;
mod report;
mod texts;
mod versions;
mod words;

pub(crate) use read::parse;
pub(crate) use report::{Place, Report};
pub use texts::{DEFAULT_LANGUAGE, Texts, as_sentence, wanted};
pub(crate) use texts::{check_text, fill, places};
pub(crate) use versions::Versions;
pub use words::UnknownWord;
pub(crate) use words::word_enum;
