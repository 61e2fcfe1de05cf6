//! Times as a person types them.

use haven_core::time::{CivilTime, Date};
use jiff::ZonedDateTime;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads a time. A date stays a date; a time of day without a zone gets this machine's, so that it means the same for ever.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn time(text: &str) -> Result<CivilTime, String> {
    in_zone(text, TimeZone::system)
}

fn in_zone(text: &str, zone: impl FnOnce() -> TimeZone) -> Result<CivilTime, String> {
    let time: CivilTime = text.parse().map_err(|fault: haven_core::time::TimeError| fault.to_string())?;
    let is_whole = time.is_date()
        || time.offset_seconds().is_some()
        || time.zone().is_some()
        || text.ends_with(['Z', 'z']);
    if is_whole {
        return Ok(time);
    }
    let local: DateTime = text.parse().map_err(|_| "not a date or time of the calendar".to_owned())?;
    let zone = zone();
    let zoned = local.to_zoned_datetime(zone).map_err(|_| "not a time in this zone".to_owned())?;
    let written = match zoned.time_zone().iana_name() {
        Some(_) => zoned.to_string(),
        None => zoned.timestamp().display_with_offset(zoned.offset()).to_string(),
    };
    written.parse().map_err(|fault: haven_core::time::TimeError| fault.to_string())
}

/// A time as tables show it: the date, and the time of day to the minute if there is one.
pub(crate) fn short(time: &CivilTime) -> String {
    let text = time.to_string();
    text.chars().take(16).map(|letter| if letter == 'T' { ' ' } else { letter }).collect()
}

/// A moment as a person of this machine's zone reads it.
pub(crate) fn local(moment: haven_core::time::Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(moment.as_millis()).unwrap_or_default();
    moment.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The date of today, by this machine's clock and zone.
pub(crate) fn today() -> Date {
    let today = ZonedDateTime::now().date();
    let known = Date::new(today.year(), today.month(), today.day());
    known.expect("every date of one calendar is one of the other")
}

/// The time it is on this machine, with its zone: when something was written. None where that cannot be told, and the device's own
/// clock counts.
pub(crate) fn written() -> Option<CivilTime> {
    let now = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second()).ok()?;
    let now = now.to_zoned_datetime(TimeZone::system());
    let written = match now.time_zone().iana_name() {
        Some(_) => now.to_string(),
        None => now.timestamp().display_with_offset(now.offset()).to_string(),
    };
    written.parse().ok()
}

/// The time it is on this machine, to the minute, as a person would type it.
pub(crate) fn now() -> String {
    jiff::Timestamp::now().to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%dT%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, read: Option<&str>) {
        let berlin = || TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(in_zone(typed, berlin).ok().map(|time| time.to_string()).as_deref(), read, "{typed}");
    }

    #[test]
    fn dates_stay_dates_and_times_get_the_zone() {
        check("1660-01-01", Some("1660-01-01"));
        check("2026-11-24T21:30", Some("2026-11-24T21:30:00+01:00[Europe/Berlin]"));
        check("2026-07-01 08:00", Some("2026-07-01T08:00:00+02:00[Europe/Berlin]"));
        check("2026-11-24T21:30:00-05:00", Some("2026-11-24T21:30:00-05:00"));
        check("2026-11-24T21:30:00Z", Some("2026-11-24T21:30:00Z"));
        check("2026-11-24T21:30:00+09:00[Asia/Tokyo]", Some("2026-11-24T21:30:00+09:00[Asia/Tokyo]"));
        check("yesterday", None);
        check("2026-02-30", None);
    }

    #[test]
    fn a_zone_without_a_name_is_an_offset() {
        let fixed = || TimeZone::fixed(jiff::tz::offset(3));
        assert_eq!(in_zone("2026-11-24T21:30", fixed).unwrap().to_string(), "2026-11-24T21:30:00+03:00");
    }

    #[test]
    fn tables_show_minutes() {
        assert_eq!(short(&"1660-01-01".parse().unwrap()), "1660-01-01");
        assert_eq!(short(&"2026-11-24T21:30:59+01:00[Europe/Berlin]".parse().unwrap()), "2026-11-24 21:30");
    }
}
