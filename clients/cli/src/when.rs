//! Times as a person types them.

use haven_core::time::{CivilTime, Date, LocalZone, TimeError, Timestamp, ZoneFault, Zones};
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// The zones that this machine knows.
pub(crate) struct SystemZones;

impl Zones for SystemZones {
    fn offset_seconds(&self, zone: &str, moment: i64) -> Result<i32, ZoneFault> {
        let database = jiff::tz::db();
        match database.get(zone) {
            Ok(zone) if !zone.is_unknown() => {
                let ends = (jiff::Timestamp::MIN.as_second(), jiff::Timestamp::MAX.as_second());
                let moment = jiff::Timestamp::from_second(moment.clamp(ends.0, ends.1));
                Ok(zone.to_offset(moment.unwrap_or_default()).seconds())
            }
            _ if database.is_definitively_empty() => Err(ZoneFault::NoZones),
            _ => Err(ZoneFault::Unknown),
        }
    }
}

/// Reads a time. A date stays a date; a time of day without a zone gets this shell's, so that it means the same for ever.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn time(text: &str) -> Result<CivilTime, String> {
    in_zone(text, system)
}

fn in_zone(text: &str, zone: impl FnOnce() -> TimeZone) -> Result<CivilTime, String> {
    let wrong = |fault: TimeError| fault.to_string();
    let time: CivilTime = text.parse().map_err(wrong)?;
    let is_local = !time.is_date() && time.offset_seconds().is_none() && time.zone().is_none();
    if !is_local {
        return time.entered(&SystemZones, None).map_err(wrong);
    }
    let local: DateTime = text.parse().map_err(|_| "not a date or time of the calendar".to_owned())?;
    let zone = zone();
    let zoned = local.to_zoned_datetime(zone).map_err(|_| "not a time in this zone".to_owned())?;
    let written = match zoned.time_zone().iana_name() {
        Some(_) => zoned.to_string(),
        None => zoned.timestamp().display_with_offset(zoned.offset()).to_string(),
    };
    written.parse().map_err(wrong)
}

/// The time it is for whoever types, with the zone of this shell.
pub(crate) fn here() -> CivilTime {
    at_moment(jiff::Timestamp::now(), &system())
}

fn at_moment(now: jiff::Timestamp, zone: &TimeZone) -> CivilTime {
    let moment = Timestamp::from_millis(now.as_millisecond());
    let offset = zone.to_offset(now).seconds();
    let without_name = || CivilTime::from_clock(moment, offset, None).expect("an offset of a zone is one");
    CivilTime::from_clock(moment, offset, zone.iana_name()).unwrap_or_else(|_| without_name())
}

/// Reads when something ends: after a while (`30d`, `12h`, `45m`), or at a time; a day means its beginning here.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn end(text: &str) -> Result<Timestamp, String> {
    end_from(jiff::Timestamp::now(), &system(), text.trim())
}

fn end_from(now: jiff::Timestamp, zone: &TimeZone, text: &str) -> Result<Timestamp, String> {
    let form = || "write it as 30d, 12h, or a day such as 2027-01-31".to_owned();
    let unit = text.chars().last().and_then(|unit| match unit {
        'd' => Some(24 * 60),
        'h' => Some(60),
        'm' => Some(1),
        _ => None,
    });
    let count = unit.and_then(|_| text.get(..text.len() - 1)?.parse::<u32>().ok());
    let moment = match (unit, count) {
        (Some(unit), Some(count)) => {
            now.checked_add(jiff::SignedDuration::from_mins(i64::from(count) * unit)).map_err(|_| form())?
        }
        _ => {
            let time = in_zone(text, || zone.clone()).map_err(|_| form())?;
            match time.is_date() {
                true => {
                    let day: jiff::civil::Date = time.to_string().parse().map_err(|_| form())?;
                    day.to_zoned_datetime(zone.clone()).map_err(|_| form())?.timestamp()
                }
                false => {
                    let written = time.to_string();
                    let bare = written.split('[').next().unwrap_or_default();
                    bare.parse().map_err(|_| form())?
                }
            }
        }
    };
    Ok(Timestamp::from_millis(moment.as_millisecond()))
}

/// The zone of this shell, for times in a file that name none.
pub(crate) fn local_zone() -> LocalZone {
    let zone = system();
    match zone.iana_name() {
        Some(name) => LocalZone::Named(name.to_owned()),
        None => LocalZone::Fixed(zone.to_offset(jiff::Timestamp::now()).seconds()),
    }
}

/// Reads a zone that somebody names.
///
/// # Errors
/// It is none, or none that is known here.
pub(crate) fn zone(text: &str) -> Result<LocalZone, String> {
    let zone: LocalZone = text.parse().map_err(|fault: TimeError| fault.to_string())?;
    if let LocalZone::Named(name) = &zone {
        SystemZones.offset_seconds(name, 0).map_err(|fault| TimeError::from(fault).to_string())?;
    }
    Ok(zone)
}

/// The zone of this shell: of its TZ, else of the machine. UTC where that is no zone, as other programs take it.
fn system() -> TimeZone {
    TimeZone::try_system().ok().filter(|zone| !zone.is_unknown()).unwrap_or(TimeZone::fixed(Offset::UTC))
}

/// A time as tables show it: the date, and the time of day to the minute if there is one.
pub(crate) fn short(time: &CivilTime) -> String {
    let text = time.to_string();
    text.chars().take(16).map(|letter| if letter == 'T' { ' ' } else { letter }).collect()
}

/// A moment as a person of this machine's zone reads it.
pub(crate) fn local(moment: Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(moment.as_millis()).unwrap_or_default();
    moment.to_zoned_datetime(system()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The date of today, by this machine's clock and zone.
pub(crate) fn today() -> Date {
    here().date()
}

/// What the clock on the wall shows, to the minute.
pub(crate) fn clock() -> DateTime {
    let now = jiff::Timestamp::now().to_zoned_datetime(system()).datetime();
    now.with().second(0).subsec_nanosecond(0).build().unwrap_or(now)
}

/// A time as it would be typed here: without the zone, where that is the one of this shell.
pub(crate) fn typed(text: &str) -> String {
    let short: String = text.chars().take(16).collect();
    if time(&short).is_ok_and(|read| read.to_string() == text) { short } else { text.to_owned() }
}

/// This moment.
pub(crate) fn moment() -> Timestamp {
    Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
}

/// The time it is on this machine, to the minute, as a person would type it.
pub(crate) fn now() -> String {
    jiff::Timestamp::now().to_zoned_datetime(system()).strftime("%Y-%m-%dT%H:%M").to_string()
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
        check("2026-07-01T12:00[Asia/Tokyo]", Some("2026-07-01T12:00:00+09:00[Asia/Tokyo]"));
        check("2026-03-29T02:30", Some("2026-03-29T03:30:00+02:00[Europe/Berlin]"));
        check("2026-10-25T02:30", Some("2026-10-25T02:30:00+02:00[Europe/Berlin]"));
        check("2026-07-01T12:00+09:00[Europe/Berlin]", None);
        check("2026-07-01T12:00+01:00[Mars/Base]", None);
        check("2026-07-01[Mars/Base]", None);
        check("yesterday", None);
        check("2026-02-30", None);
    }

    #[test]
    fn a_zone_without_a_name_is_an_offset() {
        let fixed = || TimeZone::fixed(jiff::tz::offset(3));
        assert_eq!(in_zone("2026-11-24T21:30", fixed).unwrap().to_string(), "2026-11-24T21:30:00+03:00");
    }

    #[test]
    fn it_is_the_time_of_the_shell() {
        let now: jiff::Timestamp = "2026-11-24T20:30:00.5Z".parse().unwrap();
        let tokyo = at_moment(now, &TimeZone::get("Asia/Tokyo").unwrap());
        assert_eq!(tokyo.to_string(), "2026-11-25T05:30:00.5+09:00[Asia/Tokyo]");
        let posix = at_moment(now, &TimeZone::posix("JST-9").unwrap());
        assert_eq!(posix.to_string(), "2026-11-25T05:30:00.5+09:00");
    }

    #[test]
    fn an_end_is_a_while_a_day_or_a_time() {
        let now: jiff::Timestamp = "2026-11-24T20:30:00Z".parse().unwrap();
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        for (text, expected) in [
            ("30d", Some("2026-12-24T20:30:00Z")),
            ("12h", Some("2026-11-25T08:30:00Z")),
            ("45m", Some("2026-11-24T21:15:00Z")),
            ("2027-01-31", Some("2027-01-30T23:00:00Z")),
            ("2027-01-31T12:00", Some("2027-01-31T11:00:00Z")),
            ("2027-01-31T12:00:00Z", Some("2027-01-31T12:00:00Z")),
            ("2027-01-31T12:00+09:00[Asia/Tokyo]", Some("2027-01-31T03:00:00Z")),
            ("", None),
            ("d", None),
            ("3é", None),
            ("-1d", None),
            ("9999999999d", None),
            ("4294967295d", None),
            ("soon", None),
        ] {
            let read = end_from(now, &berlin, text).ok().map(|end| end.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_zone_is_known_or_refused() {
        assert!(zone("Asia/Tokyo").is_ok() && zone("+09:00").is_ok());
        assert!(zone("Mars/Base").is_err() && zone("Etc/Unknown").is_err() && zone("").is_err());
    }

    #[test]
    fn tables_show_minutes() {
        assert_eq!(short(&"1660-01-01".parse().unwrap()), "1660-01-01");
        assert_eq!(short(&"2026-11-24T21:30:59+01:00[Europe/Berlin]".parse().unwrap()), "2026-11-24 21:30");
    }
}
