//! Days as a person names them: a date, or a word that means one on this machine today.

use haven_core::time::{CivilTime, Date, TimeError};
use jiff::civil;

use crate::when;

/// The days of a week, from the first.
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// How many letters of a weekday are enough.
const SHORT: usize = 3;

/// Reads a day.
///
/// # Errors
/// What is wrong with it.
pub(super) fn date(text: &str) -> Result<Date, String> {
    seen_from(when::today(), text)
}

/// Reads a time: a day, which stays one, or what [`when::time`] reads.
///
/// # Errors
/// What is wrong with it.
pub(super) fn time(text: &str) -> Result<CivilTime, String> {
    match named(when::today(), text) {
        Some(day) => Ok(CivilTime::from_date(day)),
        None => when::time(text).map_err(|why| match why == TimeError::Malformed.to_string() {
            true => no_day(when::today(), text, "not a date or time", "2026-11-24, 2026-11-24T21:30"),
            false => why,
        }),
    }
}

fn seen_from(today: Date, text: &str) -> Result<Date, String> {
    if let Some(day) = named(today, text) {
        return Ok(day);
    }
    text.trim().parse().map_err(|_| no_day(today, text, "not a day", "2026-11-24"))
}

/// Says why a text is no day, and what to write.
fn no_day(today: Date, text: &str, why: &str, forms: &str) -> String {
    if text.trim().eq_ignore_ascii_case("tomorrow") {
        return format!("only days up to today have names here; write its date, {}", today.plus_days(1));
    }
    format!("{why}; write it as {forms}, yesterday, today, or a weekday such as monday")
}

/// The day that a word names. A weekday is the last one, today included: on a Monday, `monday` is today.
fn named(today: Date, text: &str) -> Option<Date> {
    let word = text.trim().to_lowercase();
    match word.as_str() {
        "today" => return Some(today),
        "yesterday" => return Some(today.plus_days(-1)),
        _ => {}
    }
    let is_meant = |day: &str| word == day || word == day[..SHORT];
    let meant = WEEKDAYS.iter().position(|day| is_meant(day))?;
    let back = (weekday(today)? + 7 - meant) % 7;
    Some(today.plus_days(-i32::try_from(back).ok()?))
}

/// Which day of the week it is, counted from Monday.
fn weekday(day: Date) -> Option<usize> {
    let day: civil::Date = day.to_string().parse().ok()?;
    usize::try_from(day.weekday().to_monday_zero_offset()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates_or_words() {
        let check = |today: &str, typed: &str, read: Option<&str>| {
            let day = seen_from(today.parse().unwrap(), typed).ok();
            assert_eq!(day.map(|day| day.to_string()).as_deref(), read, "{typed} on {today}");
        };
        // A Tuesday.
        let today = "2026-11-24";
        check(today, "1660-01-01", Some("1660-01-01"));
        check(today, "today", Some("2026-11-24"));
        check(today, "Yesterday", Some("2026-11-23"));
        check(today, "tuesday", Some("2026-11-24"));
        check(today, "monday", Some("2026-11-23"));
        check(today, "Mon", Some("2026-11-23"));
        check(today, " wednesday ", Some("2026-11-18"));
        check(today, "sunday", Some("2026-11-22"));
        check("2026-03-01", "yesterday", Some("2026-02-28"));
        for wrong in ["tomorrow", "m", "mond", "2026-02-30", "", "24.11.2026"] {
            check(today, wrong, None);
        }
    }
}
