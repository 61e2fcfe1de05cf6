//! What the server says about its work: the call, how it ended, a size and an hour, each only roughly. No id, no address,
//! no byte of what was brought, at any level.

use std::time::{SystemTime, UNIX_EPOCH};

use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Sizes are told as the smallest of these they fit in, in bytes.
const BUCKETS: [(usize, &str); 6] =
    [(0, "0"), (1 << 10, "1K"), (4 << 10, "4K"), (16 << 10, "16K"), (64 << 10, "64K"), (256 << 10, "256K")];

/// The hour, so that the log tells no rhythm of writing.
struct Hour;

/// Notes one request.
pub(crate) fn request(method: &'static str, reason: &'static str, bytes: usize) {
    tracing::info!(method, status = reason, size = bucket(bytes), "request");
}

/// Begins to log to stderr. Only our own lines: those of the libraries below quote headers and frames.
pub fn to_stderr(level: Level) {
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        // Colours would be a feature of their own, and the lines are read by journals and pipes most of the time.
        .with_ansi(false)
        .with_timer(Hour)
        .with_target(false);
    let ours = Targets::new().with_target(env!("CARGO_CRATE_NAME"), LevelFilter::from_level(level));
    // A second start in one process keeps the first one's log.
    let _ = tracing_subscriber::registry().with(lines.with_filter(ours)).try_init();
}

fn bucket(bytes: usize) -> &'static str {
    BUCKETS.iter().find(|(limit, _)| bytes <= *limit).map_or("1M", |(_, name)| name)
}

impl FormatTime for Hour {
    fn format_time(&self, w: &mut Writer<'_>) -> std::fmt::Result {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        w.write_str(&hour(since.as_secs() / 3_600))
    }
}

/// Writes an hour since 1970 as a civil date (days to dates: H. Hinnant, "chrono-compatible low-level date algorithms").
fn hour(hours: u64) -> String {
    let days = hours / 24 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}Z", hours % 24)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_civil() {
        let cases = [
            (0, "1970-01-01T00Z"),
            (25, "1970-01-02T01Z"),
            (951_782_400 / 3_600, "2000-02-29T00Z"),
            (1_709_251_199 / 3_600, "2024-02-29T23Z"),
            (1_709_251_200 / 3_600, "2024-03-01T00Z"),
            (4_107_542_400 / 3_600, "2100-03-01T00Z"),
        ];
        for (hours, expected) in cases {
            assert_eq!(hour(hours), expected);
        }
    }

    #[test]
    fn sizes_are_rough() {
        let cases = [(0, "0"), (1, "1K"), (1_024, "1K"), (1_025, "4K"), (300_000, "1M"), (usize::MAX, "1M")];
        for (bytes, expected) in cases {
            assert_eq!(bucket(bytes), expected, "{bytes}");
        }
    }
}
