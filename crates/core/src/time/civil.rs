//! A civil time: date, perhaps a time of day, an offset and a zone, exactly as given.

use std::fmt;
use std::str::FromStr;

use jiff::fmt::temporal::{Pieces, TimeZoneAnnotationKind};
use jiff::tz::Offset;
use thiserror::Error;

use super::{Date, Timestamp};
use crate::limits::{TIME_BYTES_MAX, ZONE_BYTES_MAX};

/// Why a text is not a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TimeError {
    /// The text is no date and no time of the calendar.
    #[error("not a date or time; write year-month-day in digits, and behind a T the time if you know it")]
    Malformed,
    /// The text is too long to be a time.
    #[error(
        "too long for a time: {bytes} bytes, at most {TIME_BYTES_MAX}; write year-month-day in digits, and behind a T the time"
    )]
    TooLong {
        /// The bytes found.
        bytes: usize,
    },
    /// The name of the zone is too long.
    #[error(
        "the name of the time zone has {bytes} bytes, at most {ZONE_BYTES_MAX}; write one such as Europe/Berlin"
    )]
    ZoneTooLong {
        /// The bytes found.
        bytes: usize,
    },
    /// A date was wanted and a time of day was given as well.
    #[error("a date without a time of day is needed; write it as year-month-day in digits")]
    NotADate,
    /// The zone is not one that is known here.
    #[error(
        "there's no such time zone; write one such as Europe/Berlin, or the offset alone, such as +03:00"
    )]
    ZoneUnknown,
    /// The zone's clocks never showed this time with this offset.
    #[error("the offset isn't the zone's at that time; leave out one of them")]
    ZoneContradicts,
    /// The zone is needed, and this device has no data of zones.
    #[error("this device knows no time zones; write the offset, such as +01:00")]
    NoZones,
    /// A zone was wanted, and the text is neither a name of one nor an offset.
    #[error("not a time zone; write one such as Europe/Berlin, or an offset such as +01:00")]
    ZoneMalformed,
    /// The offset lies outside a day.
    #[error("an offset from UTC lies between -25:59:59 and +25:59:59; write one such as +03:00")]
    Offset,
}

/// A time as a person gave it: a bare date, or a date with a time of day, an offset and the name of a zone.
///
/// Two values are equal when they are written alike; use [`CivilTime::sort_key`] to order them.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CivilTime(Pieces<'static>);

/// Where a time stands among others: seconds and nanoseconds since 1970 in UTC.
///
/// A time without an offset counts as UTC and a bare date as the start of its day, so that the order needs no zone data
/// and is the same on every device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SortKey {
    /// Whole seconds since 1970, negative before.
    pub seconds: i64,
    /// The nanoseconds within the second.
    pub nanos: u32,
}

impl CivilTime {
    /// Makes a bare date.
    pub fn from_date(date: Date) -> Self {
        Self(Pieces::from(date.0))
    }

    /// Makes the civil time that a device's clock shows, in the offset and zone it knows.
    ///
    /// # Errors
    /// [`TimeError::Offset`] and [`TimeError::ZoneTooLong`] when the device's zone makes no sense, and
    /// [`TimeError::Malformed`] when its name does not.
    pub fn from_clock(now: Timestamp, offset_seconds: i32, zone: Option<&str>) -> Result<Self, TimeError> {
        let offset = Offset::from_seconds(offset_seconds).map_err(|_| TimeError::Offset)?;
        let pieces = Pieces::from((now.clamped(), offset));
        match zone {
            Some(name) => format!("{pieces}[{name}]").parse(),
            None => Ok(Self(pieces)),
        }
    }

    /// Returns the date as written, whatever the offset.
    pub fn date(&self) -> Date {
        Date(self.0.date())
    }

    /// Tells whether this is a date without a time of day.
    pub fn is_date(&self) -> bool {
        self.0.time().is_none()
    }

    /// Returns the offset from UTC in seconds, when one was given.
    pub fn offset_seconds(&self) -> Option<i32> {
        self.0.to_numeric_offset().map(Offset::seconds)
    }

    /// Returns the name of the zone, when one was given.
    pub fn zone(&self) -> Option<&str> {
        match self.0.time_zone_annotation()?.kind() {
            TimeZoneAnnotationKind::Named(name) => Some(name.as_str()),
            _ => None,
        }
    }

    /// Lends what it is made of to the rest of this module.
    pub(super) fn pieces(&self) -> &Pieces<'static> {
        &self.0
    }

    pub(super) fn into_pieces(self) -> Pieces<'static> {
        self.0
    }

    pub(super) fn from_pieces(pieces: Pieces<'static>) -> Self {
        Self(pieces)
    }

    /// Returns where this time stands among others.
    pub fn sort_key(&self) -> SortKey {
        let time = self.0.time().unwrap_or(jiff::civil::Time::midnight());
        let days = i64::from(self.date().days_since_epoch());
        let of_day =
            3_600 * i64::from(time.hour()) + 60 * i64::from(time.minute()) + i64::from(time.second());
        let offset = i64::from(self.offset_seconds().unwrap_or(0));
        SortKey {
            seconds: 86_400 * days + of_day - offset,
            nanos: u32::try_from(time.subsec_nanosecond()).unwrap_or(0),
        }
    }
}

impl FromStr for CivilTime {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        if text.len() > TIME_BYTES_MAX {
            return Err(TimeError::TooLong { bytes: text.len() });
        }
        let pieces = Pieces::parse(text).map_err(|_| TimeError::Malformed)?;
        let time = Self(pieces.into_owned());
        match time.zone().map_or(0, str::len) {
            bytes if bytes > ZONE_BYTES_MAX => Err(TimeError::ZoneTooLong { bytes }),
            _ => Ok(time),
        }
    }
}

impl fmt::Display for CivilTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for CivilTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CivilTime({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(text: &str) -> CivilTime {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_given_comes_back_in_one_form() {
        let cases = [
            ("1660-01-01", "1660-01-01"),
            ("-009999-01-01", "-009999-01-01"),
            ("9999-12-31", "9999-12-31"),
            ("2026-11-24T21:30", "2026-11-24T21:30:00"),
            ("2026-11-24 21:30", "2026-11-24T21:30:00"),
            ("2026-11-24T21:30:00.25Z", "2026-11-24T21:30:00.25Z"),
            ("2026-11-24t21:30:00z", "2026-11-24T21:30:00Z"),
            ("2026-11-24T21:30:00+01", "2026-11-24T21:30:00+01:00"),
            ("2026-11-24T21:30:00-00:00", "2026-11-24T21:30:00-00:00"),
            ("2026-11-24T21:30:00+01:00[Europe/Berlin]", "2026-11-24T21:30:00+01:00[Europe/Berlin]"),
            ("2026-11-24T21:30[Europe/Berlin]", "2026-11-24T21:30:00[Europe/Berlin]"),
            ("2026-11-24[Europe/Berlin]", "2026-11-24[Europe/Berlin]"),
            ("2026-11-24T21:30:00+01:00[!Mars/Olympus]", "2026-11-24T21:30:00+01:00[!Mars/Olympus]"),
            ("2026-11-24T21:30:00+01:00[+01:00]", "2026-11-24T21:30:00+01:00[+01:00]"),
        ];
        for (text, expected) in cases {
            assert_eq!(time(text).to_string(), expected, "{text}");
            assert_eq!(time(expected), time(text), "{text}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            " ",
            "yesterday",
            "2026",
            "2026-13-01",
            "2026-02-29",
            "2026-11-24T25:00",
            "2026-11-24T21:30+99",
            "2026-11-24T",
            "10000-01-01",
            "-010000-01-01",
            "2026-11-24T21:30:00+01:00[",
            "2026-11-24 ",
            " 2026-11-24",
            "24.11.2026",
            "1700000000",
            "２０２６-11-24",
        ] {
            assert_eq!(text.parse::<CivilTime>(), Err(TimeError::Malformed), "{text}");
        }
        let long = format!("2026-11-24[{}]", "a".repeat(65));
        assert_eq!(long.parse::<CivilTime>(), Err(TimeError::ZoneTooLong { bytes: 65 }));
        let longer = "2".repeat(161);
        assert_eq!(longer.parse::<CivilTime>(), Err(TimeError::TooLong { bytes: 161 }));
    }

    #[test]
    fn times_are_ordered_by_their_offset_and_dates_by_their_start() {
        let ascending = [
            "-009999-01-01",
            "1660-01-01",
            "1969-12-31T23:59:59.5Z",
            "1970-01-01",
            "2026-11-24",
            "2026-11-24T20:30:00+01:00",
            "2026-11-24T19:31:00",
            "2026-11-24T19:32:00.000000001Z",
            "2026-11-24T15:00:00-08:00",
            "2026-11-25",
        ];
        for pair in ascending.windows(2) {
            assert!(time(pair[0]).sort_key() < time(pair[1]).sort_key(), "{pair:?}");
        }
        assert_eq!(
            time("1970-01-02T00:00:01.5Z").sort_key(),
            SortKey { seconds: 86_401, nanos: 500_000_000 }
        );
        assert_eq!(time("2026-11-24").sort_key(), time("2026-11-24T01:00+01:00").sort_key());
    }

    #[test]
    fn the_parts_can_be_asked_for() {
        let berlin = time("2026-11-24T00:30:00+01:00[Europe/Berlin]");
        assert_eq!(berlin.date().to_string(), "2026-11-24");
        assert_eq!(berlin.offset_seconds(), Some(3_600));
        assert_eq!(berlin.zone(), Some("Europe/Berlin"));
        assert!(!berlin.is_date());
        let date = time("1660-01-01");
        assert!(date.is_date());
        assert_eq!((date.offset_seconds(), date.zone()), (None, None));
        assert_eq!(CivilTime::from_date(date.date()), date);
    }

    #[test]
    fn a_clock_gives_a_civil_time_in_its_zone() {
        let now = Timestamp::from_millis(1_795_493_089_123);
        let shown = |offset, zone| CivilTime::from_clock(now, offset, zone).map(|time| time.to_string());
        assert_eq!(shown(0, None).unwrap(), "2026-11-24T04:04:49.123+00:00");
        assert_eq!(
            shown(3_600, Some("Europe/Berlin")).unwrap(),
            "2026-11-24T05:04:49.123+01:00[Europe/Berlin]"
        );
        assert_eq!(shown(1_000_000, None), Err(TimeError::Offset));
        assert_eq!(shown(0, Some("a]b")), Err(TimeError::Malformed));
        for absurd in [i64::MIN, i64::MAX] {
            for offset in [-93_599, 93_599] {
                assert!(CivilTime::from_clock(Timestamp::from_millis(absurd), offset, None).is_ok());
            }
        }
    }

    fn written() -> impl Strategy<Value = String> {
        let date = (-9_999_i16..=9_999, 1_i8..=12, 1_i8..=28)
            .prop_map(|(year, month, day)| Date::new(year, month, day).unwrap().to_string());
        let clock = (0_u8..24, 0_u8..60, 0_u8..60, proptest::option::of(0_u32..1_000_000_000)).prop_map(
            |(hour, minute, second, nanos)| {
                let fraction = nanos.map(|nanos| format!(".{nanos:09}")).unwrap_or_default();
                format!("T{hour:02}:{minute:02}:{second:02}{fraction}")
            },
        );
        let offset = proptest::option::of("(Z|[+-](0[0-9]|1[0-9]|2[0-3]):[0-5][0-9])");
        let zone = proptest::option::of("\\[!?[A-Z][a-z]{1,20}(/[A-Z][a-z_]{1,10})?\\]");
        (date, proptest::option::of((clock, offset)), zone).prop_map(|(date, rest, zone)| {
            let (clock, offset) = rest.unwrap_or_default();
            format!("{date}{clock}{}{}", offset.unwrap_or_default(), zone.unwrap_or_default())
        })
    }

    proptest! {
        #[test]
        fn every_time_round_trips_through_its_one_form(text in written()) {
            let parsed = time(&text);
            prop_assert_eq!(&time(&parsed.to_string()), &parsed);
            prop_assert_eq!(time(&parsed.to_string()).sort_key(), parsed.sort_key());
        }

        #[test]
        fn no_text_panics(text in ".{0,60}") {
            if let Ok(parsed) = text.parse::<CivilTime>() {
                prop_assert_eq!(time(&parsed.to_string()), parsed);
            }
        }
    }
}
