//! Times as a person gives them, and the stamps a device puts on its work.
//!
//! A [`CivilTime`] keeps what was written: a date alone stays a date, an offset and the name of a zone stay as they are.
//! Nothing looks a zone up but [`CivilTime::entered`], where somebody enters a time, so that the same text means the same on
//! every device, whatever its zone data.

mod civil;
mod date;
mod stamp;
mod zone;

pub use civil::{CivilTime, SortKey, TimeError};
pub use date::Date;
pub use stamp::Timestamp;
pub use zone::{LocalZone, NoZones, ZoneFault, Zones};
