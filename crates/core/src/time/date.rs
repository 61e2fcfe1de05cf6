//! A date of the calendar, without a time.

use std::fmt;
use std::str::FromStr;

use super::civil::{CivilTime, TimeError};

/// A date between the years -9999 and 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub(super) jiff::civil::Date);

impl Date {
    /// Makes a date, or none when the calendar has no such day.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        jiff::civil::Date::new(year, month, day).ok().map(Self)
    }

    /// Returns the year, negative before the year 0.
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// Returns the month, 1 to 12.
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// Returns the day of the month, 1 to 31.
    pub fn day(self) -> i8 {
        self.0.day()
    }

    /// Returns the date so many days later, stopping at the ends of the calendar.
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(jiff::SignedDuration::from_hours(24 * i64::from(days))))
    }

    /// Returns the days from the first of January 1970 to this date.
    pub fn days_since_epoch(self) -> i32 {
        let days = self.0.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24;
        i32::try_from(days).expect("twenty thousand years are fewer than 2^31 days")
    }

    /// Returns how many days lie between an earlier date and this one; fewer than none if the other is later.
    pub fn days_since(self, earlier: Self) -> i32 {
        self.days_since_epoch() - earlier.days_since_epoch()
    }
}

impl FromStr for Date {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let time: CivilTime = text.parse()?;
        if time.is_date() { Ok(time.date()) } else { Err(TimeError::NotADate) }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Date({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bare_date_is_a_date() {
        assert_eq!("1660-01-01".parse::<Date>().unwrap().to_string(), "1660-01-01");
        assert_eq!("-009999-01-01".parse::<Date>().unwrap().year(), -9999);
        assert_eq!("2026-11-24T10:00".parse::<Date>(), Err(TimeError::NotADate));
        assert_eq!("2026-02-30".parse::<Date>(), Err(TimeError::Malformed));
    }

    #[test]
    fn days_are_counted_and_the_calendar_has_ends() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(date("2026-11-24").plus_days(7), date("2026-12-01"));
        assert_eq!(date("9999-12-30").plus_days(7), date("9999-12-31"));
        assert_eq!(date("1970-01-31").days_since_epoch(), 30);
        assert_eq!(date("1969-12-31").days_since_epoch(), -1);
    }
}
