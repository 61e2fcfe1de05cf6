//! The system's clocks, in milliseconds.

use std::time::{SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, Timespec, clock_gettime};

/// Time since the machine started, sleep included. Nobody can set it.
pub(crate) fn boottime_ms() -> u64 {
    #[cfg(target_os = "linux")]
    return ms(clock_gettime(ClockId::Boottime));
    #[cfg(not(target_os = "linux"))]
    return ms(clock_gettime(ClockId::Monotonic));
}

/// Time since the machine started, sleep left out. Nobody can set it.
pub(crate) fn monotonic_ms() -> u64 {
    ms(clock_gettime(ClockId::Monotonic))
}

/// The wall clock; before 1970 it is 1970.
pub(crate) fn wall_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn ms(time: Timespec) -> u64 {
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    let nanos = u64::try_from(time.tv_nsec).unwrap_or_default();
    seconds * 1_000 + nanos / 1_000_000
}
