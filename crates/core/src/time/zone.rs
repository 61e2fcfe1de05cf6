//! Zones: what is asked of a time when somebody enters it.
//!
//! The zone data is the host's and is asked here only, where words come in. A time that is kept already, or that arrives from
//! another device, is read as it is written: another device may know a zone that this one does not.

use std::fmt;
use std::str::FromStr;

use jiff::fmt::temporal::{Pieces, PiecesOffset, TimeZoneAnnotationKind};
use jiff::tz::Offset;
use thiserror::Error;

use super::{CivilTime, TimeError};

/// Longer than any offset and its change: so much before and after a local time, its zone's clocks are surely set to the one and
/// the other of the offsets that it could have.
const DAY_SECONDS: i64 = 86_400;

/// What a host knows of the zones of the world.
pub trait Zones: Send + Sync {
    /// Tells how far a zone's clocks are ahead of UTC, in seconds, at a moment in seconds since 1970.
    ///
    /// # Errors
    /// [`ZoneFault`] when the host cannot tell.
    fn offset_seconds(&self, zone: &str, moment: i64) -> Result<i32, ZoneFault>;
}

/// Why a host cannot tell the offset of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ZoneFault {
    /// There is no such zone.
    #[error("there is no such time zone")]
    Unknown,
    /// This host knows no zones at all; nothing is said against the zone.
    #[error("this device knows no time zones")]
    NoZones,
}

/// A host that knows no zones.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoZones;

impl Zones for NoZones {
    fn offset_seconds(&self, _: &str, _: i64) -> Result<i32, ZoneFault> {
        Err(ZoneFault::NoZones)
    }
}

/// The zone that a time without one is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalZone {
    /// By its name, such as `Europe/Berlin`.
    Named(String),
    /// By its offset from UTC, in seconds.
    Fixed(i32),
}

impl FromStr for LocalZone {
    type Err = TimeError;

    /// Reads the name of a zone, or an offset such as `+09:00` or `Z`. The text is that and nothing else: what may stand in the
    /// brackets of a time besides (RFC 9557, section 4.1), such as `!` for a zone that must be heeded, or a second suffix, belongs
    /// to a time.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let read = |time: String| time.parse::<CivilTime>().map_err(|_| TimeError::ZoneMalformed);
        if text.starts_with(['+', '-']) || matches!(text, "Z" | "z") {
            let offset = read(format!("1970-01-01T00:00{text}"))?.offset_seconds();
            return offset.filter(|_| !text.contains('[')).map(Self::Fixed).ok_or(TimeError::ZoneMalformed);
        }
        let named = read(format!("1970-01-01[{text}]"))?;
        let name = named.zone().filter(|name| *name == text);
        name.map(|name| Self::Named(name.to_owned())).ok_or(TimeError::ZoneMalformed)
    }
}

impl fmt::Display for LocalZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::Fixed(seconds) => {
                let sign = if *seconds < 0 { '-' } else { '+' };
                let (hours, minutes) = (seconds.abs() / 3_600, seconds.abs() / 60 % 60);
                write!(f, "{sign}{hours:02}:{minutes:02}")?;
                match seconds.abs() % 60 {
                    0 => Ok(()),
                    rest => write!(f, ":{rest:02}"),
                }
            }
        }
    }
}

impl CivilTime {
    /// Takes a time as somebody enters it. A zone must exist and agree with an offset beside it. A time of day without an offset
    /// gets the one of its zone, or of `here`; without either it stays as it is, and so does a bare date.
    ///
    /// Where the clocks are set forward, a time that they skip is moved on by as much as they are; where they are set back, a
    /// time that they show twice is the first of the two (RFC 5545, and what Temporal calls "compatible").
    ///
    /// # Errors
    /// [`TimeError::ZoneUnknown`], [`TimeError::ZoneContradicts`], and [`TimeError::NoZones`] when the zone of a time cannot be
    /// left unasked.
    pub fn entered(self, zones: &dyn Zones, here: Option<&LocalZone>) -> Result<Self, TimeError> {
        let named = self.zone().map(str::to_owned);
        if self.is_date() || self.offset_seconds().is_some() {
            return self.agreeing(zones, named.as_deref()).map(|()| self);
        }
        let annotated = self.pieces().time_zone_annotation().map(|zone| zone.kind().clone());
        match (annotated, here) {
            (Some(TimeZoneAnnotationKind::Named(name)), _) => self.placed(zones, name.as_str()),
            (Some(TimeZoneAnnotationKind::Offset(offset)), _) => Ok(self.with_offset(offset)),
            (None, Some(LocalZone::Named(name))) => self.placed(zones, name),
            (None, Some(LocalZone::Fixed(seconds))) => {
                let offset = Offset::from_seconds(*seconds).map_err(|_| TimeError::Offset)?;
                Ok(self.with_offset(offset))
            }
            _ => Ok(self),
        }
    }

    /// Checks a zone against the offset beside it.
    fn agreeing(&self, zones: &dyn Zones, named: Option<&str>) -> Result<(), TimeError> {
        let Some(offset) = self.offset_seconds().filter(|_| !self.is_local_unknown()) else {
            let known = named.map_or(Ok(0), |zone| zones.offset_seconds(zone, self.sort_key().seconds));
            return if known == Err(ZoneFault::Unknown) { Err(TimeError::ZoneUnknown) } else { Ok(()) };
        };
        let expected = match self.pieces().time_zone_annotation().map(|zone| zone.kind()) {
            Some(TimeZoneAnnotationKind::Named(name)) => {
                zones.offset_seconds(name.as_str(), self.sort_key().seconds)
            }
            Some(TimeZoneAnnotationKind::Offset(other)) => Ok(other.seconds()),
            _ => Ok(offset),
        };
        match expected {
            Err(ZoneFault::Unknown) => Err(TimeError::ZoneUnknown),
            Ok(expected) if expected != offset => Err(TimeError::ZoneContradicts),
            // Nobody here can tell; nothing is refused for that.
            Ok(_) | Err(ZoneFault::NoZones) => Ok(()),
        }
    }

    /// Whether the offset says no more than that the moment is in UTC: `Z`, and `-00:00` (RFC 9557, section 2).
    fn is_local_unknown(&self) -> bool {
        match self.pieces().offset() {
            Some(PiecesOffset::Zulu) => true,
            Some(PiecesOffset::Numeric(offset)) => offset.is_negative() && offset.offset() == Offset::UTC,
            _ => false,
        }
    }

    /// Gives a time of day the offset of its zone, and the zone's name.
    fn placed(self, zones: &dyn Zones, zone: &str) -> Result<Self, TimeError> {
        // Read as if it were in UTC: it has no offset.
        let local = self.sort_key().seconds;
        let at = |moment| zones.offset_seconds(zone, moment).map_err(TimeError::from);
        let (before, after) = (at(local - DAY_SECONDS)?, at(local + DAY_SECONDS)?);
        for offset in [before, after] {
            if at(local - i64::from(offset))? == offset {
                return self.in_zone(offset, zone);
            }
        }
        let skipped = i64::from(after) - i64::from(before);
        self.moved(skipped).in_zone(after, zone)
    }

    fn in_zone(self, offset: i32, zone: &str) -> Result<Self, TimeError> {
        let offset = Offset::from_seconds(offset).map_err(|_| TimeError::Offset)?;
        let time = self.with_offset(offset);
        if time.zone().is_some() { Ok(time) } else { format!("{time}[{zone}]").parse() }
    }

    fn with_offset(self, offset: Offset) -> Self {
        Self::from_pieces(self.into_pieces().with_offset(offset))
    }

    /// The time of day so many seconds later, which may be on the next day.
    fn moved(self, seconds: i64) -> Self {
        let time = self.pieces().time().unwrap_or(jiff::civil::Time::midnight());
        let later = self.pieces().date().to_datetime(time).saturating_add(jiff::Span::new().seconds(seconds));
        let pieces: Pieces<'static> = self.into_pieces();
        Self::from_pieces(pieces.with_date(later.date()).with_time(later.time()))
    }
}

impl From<ZoneFault> for TimeError {
    fn from(fault: ZoneFault) -> Self {
        match fault {
            ZoneFault::Unknown => Self::ZoneUnknown,
            ZoneFault::NoZones => Self::NoZones,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Clocks that go forward at the end of March and back at the end of October of 2026, and a zone that never does.
    struct Fake;

    const FORWARD: i64 = 1_774_746_000;
    const BACK: i64 = 1_792_890_000;

    impl Zones for Fake {
        fn offset_seconds(&self, zone: &str, moment: i64) -> Result<i32, ZoneFault> {
            match zone {
                "Europe/Berlin" if (FORWARD..BACK).contains(&moment) => Ok(7_200),
                "Europe/Berlin" => Ok(3_600),
                "Asia/Tokyo" => Ok(32_400),
                _ => Err(ZoneFault::Unknown),
            }
        }
    }

    fn check(zones: &dyn Zones, text: &str, here: Option<&str>, expected: Result<&str, TimeError>) {
        let here = here.map(|zone| zone.parse().unwrap());
        let entered = text.parse::<CivilTime>().unwrap().entered(zones, here.as_ref());
        assert_eq!(entered.map(|time| time.to_string()), expected.map(str::to_owned), "{text}");
    }

    #[test]
    fn a_time_without_an_offset_gets_that_of_its_zone_or_of_here() {
        let berlin = Some("Europe/Berlin");
        for (text, here, expected) in [
            ("2021-05-02", berlin, "2021-05-02"),
            ("2026-05-02[Europe/Berlin]", None, "2026-05-02[Europe/Berlin]"),
            ("2026-05-02T08:30", None, "2026-05-02T08:30:00"),
            ("2026-05-02T08:30", berlin, "2026-05-02T08:30:00+02:00[Europe/Berlin]"),
            ("2026-01-02T08:30:00.5", berlin, "2026-01-02T08:30:00.5+01:00[Europe/Berlin]"),
            ("2026-01-02T08:30[Asia/Tokyo]", berlin, "2026-01-02T08:30:00+09:00[Asia/Tokyo]"),
            ("2026-01-02T08:30", Some("+05:45"), "2026-01-02T08:30:00+05:45"),
            ("2026-01-02T08:30", Some("Z"), "2026-01-02T08:30:00+00:00"),
            ("2026-01-02T08:30[+02:00]", None, "2026-01-02T08:30:00+02:00[+02:00]"),
            ("2026-01-02T08:30-05:00", berlin, "2026-01-02T08:30:00-05:00"),
            ("2026-01-02T08:30Z", berlin, "2026-01-02T08:30:00Z"),
        ] {
            check(&Fake, text, here, Ok(expected));
        }
    }

    #[test]
    fn a_time_the_clocks_skip_is_moved_on_and_one_they_show_twice_is_the_first() {
        let berlin = Some("Europe/Berlin");
        for (text, expected) in [
            ("2026-03-29T01:59:59", "2026-03-29T01:59:59+01:00[Europe/Berlin]"),
            ("2026-03-29T02:00", "2026-03-29T03:00:00+02:00[Europe/Berlin]"),
            ("2026-03-29T02:30", "2026-03-29T03:30:00+02:00[Europe/Berlin]"),
            ("2026-03-29T03:00", "2026-03-29T03:00:00+02:00[Europe/Berlin]"),
            ("2026-10-25T01:59", "2026-10-25T01:59:00+02:00[Europe/Berlin]"),
            ("2026-10-25T02:30", "2026-10-25T02:30:00+02:00[Europe/Berlin]"),
            ("2026-10-25T03:00", "2026-10-25T03:00:00+01:00[Europe/Berlin]"),
        ] {
            check(&Fake, text, berlin, Ok(expected));
        }
    }

    #[test]
    fn a_zone_must_exist_and_agree_with_its_offset() {
        let (unknown, contradicts) = (Err(TimeError::ZoneUnknown), Err(TimeError::ZoneContradicts));
        for (text, expected) in [
            ("2026-07-01T12:00+09:00[Europe/Berlin]", contradicts),
            ("2026-07-01T12:00+01:00[Europe/Berlin]", contradicts),
            ("2026-03-29T02:30+01:00[Europe/Berlin]", contradicts),
            ("2026-01-01T12:00+00:00[Europe/Berlin]", contradicts),
            ("2026-01-01T12:00+01:00[+02:00]", contradicts),
            ("2026-01-01T12:00+01:00[Mars/Base]", unknown),
            ("2026-01-01T12:00[Mars/Base]", unknown),
            ("2026-01-01T12:00Z[Mars/Base]", unknown),
            ("2026-01-01[Mars/Base]", unknown),
            ("2026-10-25T02:30:00+01:00[Europe/Berlin]", Ok("2026-10-25T02:30:00+01:00[Europe/Berlin]")),
            ("2026-10-25T02:30:00+02:00[Europe/Berlin]", Ok("2026-10-25T02:30:00+02:00[Europe/Berlin]")),
            ("2026-01-01T12:00:00Z[Europe/Berlin]", Ok("2026-01-01T12:00:00Z[Europe/Berlin]")),
            ("2026-01-01T12:00:00-00:00[Europe/Berlin]", Ok("2026-01-01T12:00:00-00:00[Europe/Berlin]")),
            ("2026-01-01T12:00:00+01:00[+01:00]", Ok("2026-01-01T12:00:00+01:00[+01:00]")),
        ] {
            check(&Fake, text, Some("Asia/Tokyo"), expected);
        }
        check(&Fake, "2026-01-01T12:00", Some("Mars/Base"), unknown);
    }

    #[test]
    fn a_host_that_knows_no_zones_refuses_none_and_places_nothing() {
        for text in ["2026-01-01T12:00:00+09:00[Mars/Base]", "2026-01-01[Mars/Base]"] {
            check(&NoZones, text, None, Ok(text));
        }
        check(&NoZones, "2026-01-01T12:00", Some("Europe/Berlin"), Err(TimeError::NoZones));
        check(&NoZones, "2026-01-01T12:00", Some("+01:00"), Ok("2026-01-01T12:00:00+01:00"));
    }

    #[test]
    fn a_zone_is_a_name_or_an_offset() {
        for (text, expected) in [
            ("Europe/Berlin", Some("Europe/Berlin")),
            ("UTC", Some("UTC")),
            ("Zulu", Some("Zulu")),
            ("Z", Some("+00:00")),
            ("+09:00", Some("+09:00")),
            ("-03:30", Some("-03:30")),
            ("+01", Some("+01:00")),
            ("", None),
            ("a]b", None),
            ("+99:00", None),
            ("two words", None),
            ("z", Some("+00:00")),
            ("-00:00", Some("+00:00")),
            ("!z", None),
            ("!Z", None),
            ("!Europe/Berlin", None),
            ("!+01:00", None),
            ("u-ca=gregory", None),
            ("Europe/Berlin][u-ca=gregory", None),
            ("+01:00[Europe/Berlin]", None),
            ("+01:00[u-ca=gregory]", None),
            ("z[UTC]", None),
            ("Etc/GMT+1", Some("Etc/GMT+1")),
        ] {
            let zone = text.parse::<LocalZone>().ok();
            assert_eq!(zone.as_ref().map(ToString::to_string).as_deref(), expected, "{text}");
            if let Some(zone) = zone {
                assert_eq!(zone.to_string().parse(), Ok(zone));
            }
        }
    }

    proptest! {
        #[test]
        fn a_zone_that_is_read_is_written_and_read_again(
            text in "[!+-]?[Zza0_.]{0,3}(/[Za])?[+-]?([01][0-9](:[0-5][0-9]){0,2})?(\\]?\\[!?[a-z=-]{0,4}\\]?)?",
        ) {
            if let Ok(zone) = text.parse::<LocalZone>() {
                prop_assert_eq!(zone.to_string().parse(), Ok(zone.clone()), "{:?}", zone);
                prop_assert!(!text.contains(['!', '[', ']']), "a suffix of a time is no zone");
            }
        }

        #[test]
        fn what_was_entered_can_be_entered_again(seconds in FORWARD - 400_000..BACK + 400_000) {
            let local = jiff::Timestamp::from_second(seconds).unwrap();
            let text = Offset::UTC.to_datetime(local).to_string();
            let here = LocalZone::Named("Europe/Berlin".to_owned());
            let once = text.parse::<CivilTime>().unwrap().entered(&Fake, Some(&here)).unwrap();
            prop_assert_eq!(once.clone().entered(&Fake, None), Ok(once.clone()));
            let offset = Fake.offset_seconds("Europe/Berlin", once.sort_key().seconds);
            prop_assert_eq!(offset.ok(), once.offset_seconds());
        }
    }
}
