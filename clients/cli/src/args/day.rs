//! Days as a person names them: a date, or a word that means one on this machine today.

use haven_core::time::{CivilTime, Date, TimeError};
use jiff::{ToSpan as _, civil};

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

/// Reads when something was, as somebody says it: `now`, `last night`, `21:30`, `yesterday 9pm`, or what [`when::time`] reads. A day
/// stays one. A time of day is the last time that it was so late, since it is of what has happened.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn moment(text: &str) -> Result<CivilTime, String> {
    moment_seen_from(when::clock(), text)
}

fn moment_seen_from(now: civil::DateTime, text: &str) -> Result<CivilTime, String> {
    match spoken(now, text) {
        Some(Spoken::Day(day)) => Ok(CivilTime::from_date(day)),
        Some(Spoken::At(time)) => when::time(&time.strftime("%Y-%m-%dT%H:%M").to_string()),
        None => when::time(text.trim()),
    }
}

/// Reads a day that may be still to come.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn date_to_come(text: &str) -> Result<Date, String> {
    let today = when::today();
    match text.trim().to_lowercase().as_str() {
        "today" => Ok(today),
        "tomorrow" => Ok(today.plus_days(1)),
        "yesterday" => Ok(today.plus_days(-1)),
        day => day.parse().map_err(|_| "not a day".to_owned()),
    }
}

/// What words about the past mean.
#[derive(Debug, PartialEq)]
enum Spoken {
    Day(Date),
    At(civil::DateTime),
}

/// Reads words that mean a day or a time up to now.
fn spoken(now: civil::DateTime, text: &str) -> Option<Spoken> {
    let words = text.trim().to_lowercase();
    let today: Date = now.date().to_string().parse().ok()?;
    if words == "now" {
        return Some(Spoken::At(now));
    }
    if let Some(time) = night(now, &words) {
        return Some(Spoken::At(time));
    }
    if let Some(day) = named(today, &words) {
        return Some(Spoken::Day(day));
    }
    if let Some(time) = clock(&words) {
        let at = now.date().to_datetime(time);
        return Some(Spoken::At(if at > now { at.checked_sub(1.day()).ok()? } else { at }));
    }
    let (day, time) = words.split_once(' ')?;
    let day: civil::Date = named(today, day)?.to_string().parse().ok()?;
    let time = clock(time.trim().trim_start_matches("at "))
        .or_else(|| (time.trim() == "evening").then_some(EVENING))?;
    Some(Spoken::At(day.to_datetime(time)))
}

/// An evening, to somebody for whom a rough time is enough.
const EVENING: civil::Time = civil::time(21, 0, 0, 0);

/// Before this hour, the evening that is meant began the day before: the night isn't over.
const MORNING: i8 = 6;

/// The evening that is meant by a word for the night. It's never still to come.
fn night(now: civil::DateTime, words: &str) -> Option<civil::DateTime> {
    let this = now.date().to_datetime(EVENING);
    match words {
        "tonight" | "this evening" if now.hour() < MORNING => Some(this.checked_sub(1.day()).ok()?),
        "tonight" | "this evening" => Some(this.min(now)),
        "last night" | "yesterday evening" | "yesterday night" => this.checked_sub(1.day()).ok(),
        _ => None,
    }
}

/// A time of day: `21:30`, `9pm`, `9:30 pm`. A number alone is none: it could be a day or an hour of either half.
fn clock(text: &str) -> Option<civil::Time> {
    let half = ["am", "pm"].into_iter().find_map(|half| Some((text.strip_suffix(half)?.trim_end(), half)));
    let (digits, half) = half.map_or((text, None), |(digits, half)| (digits, Some(half)));
    let (hour, minute) = match digits.split_once(':') {
        Some((hour, minute)) if minute.len() == 2 => (number(hour)?, number(minute)?),
        Some(_) => return None,
        None if half.is_some() => (number(digits)?, 0),
        None => return None,
    };
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some("pm") => hour % 12 + 12,
        Some(_) => hour % 12,
    };
    civil::Time::new(hour, minute, 0, 0).ok()
}

/// A number of one or two digits.
fn number(text: &str) -> Option<i8> {
    let is_short = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_short.then(|| text.parse().ok()).flatten()
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

    #[test]
    fn a_time_that_was_is_read_as_people_say_it() {
        let check = |now: &str, typed: &str, read: Option<&str>| {
            let told = spoken(now.parse().unwrap(), typed).map(|spoken| match spoken {
                Spoken::Day(day) => day.to_string(),
                Spoken::At(time) => time.strftime("%Y-%m-%dT%H:%M").to_string(),
            });
            assert_eq!(told.as_deref(), read, "{typed} at {now}");
        };
        // A Tuesday, late; the night after it; its afternoon.
        let (late, night, afternoon) = ("2026-11-24T23:10", "2026-11-25T00:40", "2026-11-24T15:00");
        check(late, "now", Some("2026-11-24T23:10"));
        check(late, "Today", Some("2026-11-24"));
        check(night, "today", Some("2026-11-25"));
        check(night, "yesterday", Some("2026-11-24"));
        check(night, "monday", Some("2026-11-23"));
        check(late, "tonight", Some("2026-11-24T21:00"));
        check(night, "tonight", Some("2026-11-24T21:00"));
        check(afternoon, "tonight", Some("2026-11-24T15:00"));
        check(late, "last night", Some("2026-11-23T21:00"));
        check(night, "last night", Some("2026-11-24T21:00"));
        check("2026-03-01T00:10", "Last Night", Some("2026-02-28T21:00"));
        check(late, "21:30", Some("2026-11-24T21:30"));
        check(late, "23:11", Some("2026-11-23T23:11"));
        check(late, "23:10", Some("2026-11-24T23:10"));
        check(night, "21:30", Some("2026-11-24T21:30"));
        check(night, "0:30", Some("2026-11-25T00:30"));
        check("2027-01-01T00:05", "11:50 pm", Some("2026-12-31T23:50"));
        check(late, " 9PM ", Some("2026-11-24T21:00"));
        check(night, "9pm", Some("2026-11-24T21:00"));
        check(late, "12am", Some("2026-11-24T00:00"));
        check(late, "12 pm", Some("2026-11-24T12:00"));
        check(late, "yesterday 9:15pm", Some("2026-11-23T21:15"));
        check(late, "mon at 21:30", Some("2026-11-23T21:30"));
        check(late, "monday evening", Some("2026-11-23T21:00"));
        for wrong in [
            "9",
            "13pm",
            "0am",
            "24:00",
            "21:5",
            "9pmm",
            "-9pm",
            "+9pm",
            "tomorrow",
            "tomorrow 9pm",
            "soon",
            "",
        ] {
            check(late, wrong, None);
        }
    }

    #[test]
    fn what_is_kept_is_a_time_with_a_zone_or_a_day() {
        let now: civil::DateTime = "2026-11-24T23:10".parse().unwrap();
        let read = |typed| moment_seen_from(now, typed).unwrap();
        for typed in ["now", "21:30", "last night", "2026-11-20T08:00"] {
            assert!(!read(typed).is_date() && read(typed).offset_seconds().is_some(), "{typed}");
        }
        assert_eq!(read("yesterday").to_string(), "2026-11-23");
        assert_eq!(read("1660-01-01").to_string(), "1660-01-01");
        assert!(moment_seen_from(now, "some time ago").is_err());
    }
}
