//! The stamp a device's clock puts on its work.

use std::fmt;
use std::str::FromStr;

use super::TimeError;

/// Milliseconds since the first of January 1970, UTC, as a device's clock told them.
///
/// It is shown to people, and keeps entries of one and the same time in the order in which they were written; beyond that it
/// decides nothing. A foreign device may send any number, so showing an absurd one stops at the ends of the calendar instead of
/// failing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Makes a stamp from milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns the milliseconds since the epoch, as they came.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Returns the instant, moved to the nearest end of the calendar when it lies outside.
    pub(super) fn clamped(self) -> jiff::Timestamp {
        let nearest = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(nearest)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.clamped().fmt(f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let instant: jiff::Timestamp = text.parse().map_err(|_| TimeError::Malformed)?;
        Ok(Self(instant.as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_stamp_is_shown_as_rfc_3339_in_utc() {
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (1_795_493_089_123, "2026-11-24T04:04:49.123Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (i64::MAX, "9999-12-30T22:00:00.999999999Z"),
            (i64::MIN, "-009999-01-02T01:59:59Z"),
        ];
        for (millis, expected) in cases {
            assert_eq!(Timestamp::from_millis(millis).to_string(), expected);
        }
    }

    proptest! {
        #[test]
        fn showing_never_fails_and_keeps_what_the_calendar_holds(millis: i64, near in -377_705_023_000_000_i64..=253_402_207_200_000) {
            let _ = Timestamp::from_millis(millis).to_string();
            let stamp = Timestamp::from_millis(near);
            prop_assert_eq!(stamp.to_string().parse::<Timestamp>(), Ok(stamp));
        }
    }
}
