//! How hard a passphrase is to guess, in words: nobody knows what a bit is worth, and everybody what a year is.

use crate::limits::{GUESS_SECONDS, GUESSING_COMPUTERS};

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const MONTH: f64 = 30.4 * DAY;
const YEAR: f64 = 365.25 * DAY;

/// From here on a number of years says nothing any more.
const YEARS_TOLD_MAX: f64 = 10_000.0;

/// Says how long one that may be taken holds, a sentence.
pub(super) fn is_enough(bits: f64) -> String {
    format!(
        "Somebody with this device and {GUESSING_COMPUTERS} computers would need {} to guess it.",
        how_long(bits)
    )
}

/// Says how soon another would be guessed; lower case, no full stop.
pub(super) fn is_too_little(bits: f64) -> String {
    format!(
        "somebody with this device and {GUESSING_COMPUTERS} computers could guess it in {}",
        how_long(bits)
    )
}

fn how_long(bits: f64) -> String {
    let seconds = bits.exp2() * GUESS_SECONDS / GUESSING_COMPUTERS;
    let units = [
        (YEAR, "year", "years"),
        (MONTH, "month", "months"),
        (DAY, "day", "days"),
        (HOUR, "hour", "hours"),
        (MINUTE, "minute", "minutes"),
    ];
    let Some((unit, one, many)) = units.into_iter().find(|(unit, ..)| seconds >= *unit) else {
        return "less than a minute".to_owned();
    };
    let count = seconds / unit;
    if unit == YEAR && count > YEARS_TOLD_MAX {
        return "more than 10,000 years".to_owned();
    }
    match rounded(count) {
        1 => format!("about {} {one}", if unit == HOUR { "an" } else { "a" }),
        count => format!("about {} {many}", grouped(count)),
    }
}

/// A number to two digits: it is an estimate.
fn rounded(count: f64) -> u64 {
    let scale = 10_f64.powf((count.log10().floor() - 1.0).max(0.0));
    ((count / scale).round() * scale) as u64
}

fn grouped(count: u64) -> String {
    if count < 1_000 { count.to_string() } else { format!("{},{:03}", count / 1_000, count % 1_000) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strength_is_told_as_time() {
        let cases = [
            (0.0, "less than a minute"),
            (13.0, "less than a minute"),
            (14.0, "about a minute"),
            (20.0, "about an hour"),
            (22.0, "about 6 hours"),
            (26.0, "about 4 days"),
            (30.0, "about 2 months"),
            (33.0, "about a year"),
            (39.9, "about 160 years"),
            (40.0, "about 170 years"),
            (44.0, "about 2,800 years"),
            (65.0, "more than 10,000 years"),
            (2_000.0, "more than 10,000 years"),
        ];
        for (bits, expected) in cases {
            assert_eq!(how_long(bits), expected, "{bits}");
        }
        assert_eq!(
            is_enough(40.0),
            "Somebody with this device and 100 computers would need about 170 years to guess it."
        );
        assert_eq!(
            is_too_little(20.0),
            "somebody with this device and 100 computers could guess it in about an hour"
        );
    }
}
