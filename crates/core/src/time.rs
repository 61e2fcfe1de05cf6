//! Times as a person gives them, and the stamps a device puts on its work.
//!
//! A [`CivilTime`] keeps what was written: a date alone stays a date, an offset and the name of a zone stay as they are.
//! Nothing here looks a zone up, so the same text means the same on every device, whatever its zone data.

mod civil;
mod date;
mod stamp;

pub use civil::{CivilTime, SortKey, TimeError};
pub use date::Date;
pub use stamp::Timestamp;
