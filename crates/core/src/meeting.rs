//! Texts that were changed apart: what counts as one sentence of a text, and how two versions of it become one.
//!
//! Every rule here is part of the format, since each device works out for itself what an entry says. So the signs are
//! listed one by one instead of taken from a Unicode table that grows with every release, the comparison is our own, and
//! every choice between equals is written down. The golden files hold it (`tests/vectors/data/core-meeting.json`).
//!
//! What comes out is made of whole sentences that somebody wrote, and of nothing else.

mod align;
mod merge;
mod part;
mod signs;
mod units;

pub use merge::{Clash, both, merge};
pub use part::{MetPart, Part};
pub use units::{Sentences, Unit, alike, sentences};

#[cfg(test)]
mod tests;
