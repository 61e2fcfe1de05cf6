//! The day on which help was last asked for, so that nothing heavy is suggested for a week.
//!
//! It is a trace of a hard hour, so it is as small as it can be: one date, sealed like every row, on this device only, never in a
//! record or an export, and removed as soon as a week has passed and the vault is open.

use haven_core::time::{CivilTime, Date, Timestamp};

use super::{Engine, Work};
use crate::io::Table;
use crate::keys::meta;

/// For how many days the date is kept: a week, and a day for clocks of other zones.
const KEPT_DAYS: i32 = 8;

impl Engine {
    pub(super) fn note_help(&mut self, work: &mut Work<'_, '_>, day: Date) {
        let bytes = day.to_string().into_bytes();
        let sealed = self.keys.seal(Table::Meta, meta::HELPED, &bytes, work.cx.entropy);
        work.step.commit.put(Table::Meta, meta::HELPED, sealed);
        self.helped = Some(day);
        work.show();
    }

    /// Removes a date that has done what it is for, and one of a clock that was wrong.
    pub(super) fn forget_old_help(&mut self, work: &mut Work<'_, '_>) {
        let now = Timestamp::from_millis(work.cx.now.wall_ms);
        // A clock that cannot be read says nothing of what is old.
        let Ok(today) = CivilTime::from_clock(now, 0, None).map(|now| now.date()) else { return };
        let is_old = |day: Date| today.days_since(day).abs() > KEPT_DAYS;
        if self.helped.is_some_and(is_old) {
            work.step.commit.remove(Table::Meta, meta::HELPED);
            self.helped = None;
            work.show();
        }
    }
}

/// Reads what was kept; what is no date is as nothing.
pub(super) fn decode(bytes: &[u8]) -> Option<Date> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}
