//! A reminder for the person's own calendar, as a file of RFC 5545. Haven itself reminds nobody of anything.
//!
//! A calendar is seen by whoever sees the phone, and most are kept by somebody else: unless the person writes a text of their
//! own, nothing in the file says what it is for or which program made it.

use std::fmt::Write as _;
use std::str::FromStr;

use thiserror::Error;

use crate::definition::word_enum;
use crate::limits::REMINDER_CHARS_MAX;
use crate::time::Date;

/// What a reminder says unless the person chooses other words. It fits anybody's calendar.
pub const NEUTRAL: &str = "A moment for yourself";

/// The most octets of a line in the file, without its end (RFC 5545, 3.1).
const LINE_OCTETS_MAX: usize = 75;

/// Where FNV-1a begins, and what it multiplies by, for 64 bits.
const FNV: (u64, u64) = (0xcbf2_9ce4_8422_2325, 0x0000_0100_0000_01b3);

word_enum!(
    /// How often a reminder comes.
    Every, "frequency" {
        /// Every day.
        Daily = "daily",
        /// Once a week, on the day of the week it begins on.
        Weekly = "weekly",
    }
);

/// A time of day to the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay {
    hour: u8,
    minute: u8,
}

/// A text that is no time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a time of day; write hours and minutes from 00:00 to 23:59, such as 20:00")]
pub struct NoTimeOfDay;

impl FromStr for TimeOfDay {
    type Err = NoTimeOfDay;

    fn from_str(text: &str) -> Result<Self, NoTimeOfDay> {
        let number = |digits: &str| {
            let fits = matches!(digits.len(), 1 | 2) && digits.bytes().all(|digit| digit.is_ascii_digit());
            digits.parse::<u8>().ok().filter(|_| fits)
        };
        let (hour, minute) = text.split_once(':').ok_or(NoTimeOfDay)?;
        match (number(hour), number(minute)) {
            (Some(hour @ 0..=23), Some(minute @ 0..=59)) => Ok(Self { hour, minute }),
            _ => Err(NoTimeOfDay),
        }
    }
}

/// The words of a reminder: one line, not long.
#[derive(Clone, PartialEq, Eq)]
pub struct Wording(String);

/// A text that fits no reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it doesn't fit a calendar; write one line of 1 to {REMINDER_CHARS_MAX} characters")]
pub struct NoWording;

impl FromStr for Wording {
    type Err = NoWording;

    fn from_str(text: &str) -> Result<Self, NoWording> {
        let text = text.trim();
        let fits = (1..=REMINDER_CHARS_MAX).contains(&text.chars().count());
        let is_line = !text.chars().any(char::is_control);
        (fits && is_line).then(|| Self(text.to_owned())).ok_or(NoWording)
    }
}

impl Default for Wording {
    fn default() -> Self {
        Self(NEUTRAL.to_owned())
    }
}

/// A reminder that comes again and again, at the same time of day wherever the person is.
#[derive(Clone, PartialEq, Eq)]
pub struct Reminder {
    /// How often it comes.
    pub every: Every,
    /// At what time of day.
    pub at: TimeOfDay,
    /// On which day first.
    pub first: Date,
    /// What it says.
    pub wording: Wording,
}

impl Reminder {
    /// Returns the calendar file. The same reminder gives the same bytes. Made again on another day it has the same UID, so
    /// that a calendar that takes it in twice shows it once.
    pub fn calendar(&self) -> String {
        let TimeOfDay { hour, minute } = self.at;
        let day = format!("{:04}{:02}{:02}", self.first.year(), self.first.month(), self.first.day());
        let rule = match self.every {
            Every::Daily => "DAILY",
            Every::Weekly => "WEEKLY",
        };
        let words = escaped(&self.wording.0);
        let mut file = String::new();
        for line in [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//calendar//EN",
            "BEGIN:VEVENT",
            &format!("UID:{:016x}@reminder.invalid", self.fingerprint()),
            // When the event was made, which the file needs and nobody has to know to the second.
            &format!("DTSTAMP:{day}T000000Z"),
            // Without a zone: eight in the evening stays eight in the evening on a journey.
            &format!("DTSTART:{day}T{hour:02}{minute:02}00"),
            "DURATION:PT10M",
            &format!("RRULE:FREQ={rule}"),
            &format!("SUMMARY:{words}"),
            "CLASS:PRIVATE",
            "TRANSP:TRANSPARENT",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            &format!("DESCRIPTION:{words}"),
            "TRIGGER:PT0S",
            "END:VALARM",
            "END:VEVENT",
            "END:VCALENDAR",
        ] {
            fold(line, &mut file);
        }
        file
    }

    /// FNV-1a over everything but the first day. It only has to differ between the reminders of one calendar.
    fn fingerprint(&self) -> u64 {
        let mut inputs = String::new();
        // Writing to a string does not fail.
        let _ = write!(inputs, "{} {:?} {}", self.every, self.at, self.wording.0);
        let (basis, prime) = FNV;
        inputs.bytes().fold(basis, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(prime))
    }
}

/// Escapes a text (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | ';' | ',') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// Writes a line, folded so that no part is longer than allowed and no character is cut (RFC 5545, 3.1).
fn fold(line: &str, file: &mut String) {
    let mut octets = 0;
    for letter in line.chars() {
        if octets + letter.len_utf8() > LINE_OCTETS_MAX {
            file.push_str("\r\n ");
            octets = 1;
        }
        file.push(letter);
        octets += letter.len_utf8();
    }
    file.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reminder(wording: &str) -> Reminder {
        Reminder {
            every: Every::Daily,
            at: "20:05".parse().unwrap(),
            first: "2026-11-24".parse().unwrap(),
            wording: wording.parse().unwrap(),
        }
    }

    #[test]
    fn a_reminder_is_a_calendar_file_that_says_nothing_of_what_it_is_for() {
        let file = Reminder { wording: Wording::default(), ..reminder("x") }.calendar();
        let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//calendar//EN\r\nBEGIN:VEVENT\r\n\
                        UID:UID@reminder.invalid\r\nDTSTAMP:20261124T000000Z\r\nDTSTART:20261124T200500\r\nDURATION:PT10M\r\n\
                        RRULE:FREQ=DAILY\r\nSUMMARY:A moment for yourself\r\nCLASS:PRIVATE\r\nTRANSP:TRANSPARENT\r\n\
                        BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:A moment for yourself\r\nTRIGGER:PT0S\r\nEND:VALARM\r\n\
                        END:VEVENT\r\nEND:VCALENDAR\r\n";
        let uid = file.split("UID:").nth(1).unwrap().split('@').next().unwrap();
        assert!(uid.len() == 16 && uid.bytes().all(|letter| letter.is_ascii_hexdigit()), "{uid}");
        assert_eq!(file.replacen(uid, "UID", 1), expected);
        let lower = file.to_lowercase();
        for word in ["haven", "journal", "practice", "attach", "write", "feel", "therap"] {
            assert!(!lower.contains(word), "{word}");
        }
    }

    #[test]
    fn the_same_reminder_is_the_same_event_and_another_one_is_another() {
        let uid = |reminder: &Reminder| reminder.calendar().lines().nth(4).unwrap().to_owned();
        let one = reminder("tea");
        assert_eq!(one.calendar(), reminder("tea").calendar());
        let later = Reminder { first: "2027-01-01".parse().unwrap(), ..one.clone() };
        assert_eq!(uid(&one), uid(&later));
        let others = [
            reminder("coffee"),
            Reminder { every: Every::Weekly, ..one.clone() },
            Reminder { at: "20:06".parse().unwrap(), ..one.clone() },
        ];
        for other in others {
            assert_ne!(uid(&one), uid(&other));
        }
        assert!(Reminder { every: Every::Weekly, ..one }.calendar().contains("RRULE:FREQ=WEEKLY\r\n"));
    }

    #[test]
    fn words_are_escaped_and_long_lines_are_folded_between_characters() {
        let file = reminder(r"tea; bread, a\b").calendar();
        assert!(file.contains("SUMMARY:tea\\; bread\\, a\\\\b\r\n"), "{file}");
        for text in ["x".repeat(REMINDER_CHARS_MAX), "é".repeat(120), "𝄞".repeat(99), "a,".repeat(90)] {
            let file = reminder(&text).calendar();
            assert!(file.split("\r\n").all(|line| line.len() <= LINE_OCTETS_MAX), "{file}");
            assert!(!file.replace("\r\n", "").contains(['\r', '\n']));
            let unfolded = file.replace("\r\n ", "").replace("\\,", ",");
            assert!(unfolded.contains(&format!("SUMMARY:{text}\r\n")), "{unfolded}");
        }
    }

    #[test]
    fn only_a_time_of_day_and_only_a_line_will_do() {
        for (text, good) in [
            ("00:00", true),
            ("7:05", true),
            ("23:59", true),
            ("24:00", false),
            ("12:60", false),
            ("12", false),
            ("12:", false),
            ("+1:00", false),
            ("12:00:00", false),
            ("noon", false),
        ] {
            assert_eq!(text.parse::<TimeOfDay>().is_ok(), good, "{text}");
        }
        let long = "x".repeat(REMINDER_CHARS_MAX + 1);
        for (text, good) in [("tea", true), (" ", false), ("two\nlines", false), (long.as_str(), false)] {
            assert_eq!(text.parse::<Wording>().is_ok(), good, "{text}");
        }
        assert!("hourly".parse::<Every>().is_err());
    }
}
