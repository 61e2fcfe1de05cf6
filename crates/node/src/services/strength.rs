//! How hard a passphrase is to guess, in words. How long one holds that may be taken is not told: a name, a song or a saying looks long to
//! an estimate and is short to whoever knows the person. How soon one falls that may not be taken is told as time: nobody knows what a
//! bit is worth, and everybody what an hour is.

use crate::limits::{GUESS_SECONDS, GUESSING_COMPUTERS};

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const MONTH: f64 = 30.4 * DAY;
const YEAR: f64 = 365.25 * DAY;

/// What may be said of any passphrase that may be taken, sentences.
pub(super) const IS_ENOUGH: &str = "Strangers' computers would need a very long time for it. It doesn't help against someone who knows \
     you or saw you type it: leave out names, dates, songs and sayings.";

/// Says how soon another would be guessed; lower case, no full stop.
pub(super) fn is_too_little(bits: f64) -> String {
    format!(
        "it could be guessed in {} by someone with this device and {GUESSING_COMPUTERS} computers",
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
    match rounded(count) {
        1 => format!("about {} {one}", if unit == HOUR { "an" } else { "a" }),
        count => format!("about {count} {many}"),
    }
}

/// A number to two digits: it is an estimate.
fn rounded(count: f64) -> u64 {
    let scale = 10_f64.powf((count.log10().floor() - 1.0).max(0.0));
    ((count / scale).round() * scale) as u64
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
        ];
        for (bits, expected) in cases {
            assert_eq!(how_long(bits), expected, "{bits}");
        }
        assert_eq!(
            is_too_little(20.0),
            "it could be guessed in about an hour by someone with this device and 100 computers"
        );
    }
}
