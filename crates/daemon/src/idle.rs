//! When an untouched vault is locked: after the time that was set, and when the machine has slept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock;

/// How often it is looked whether to lock. Keys must be gone two seconds after the event; looking takes a microsecond.
pub(crate) const TICK: Duration = Duration::from_millis(500);

/// A gap between the two clocks that cannot come from looking late: the machine slept.
const SLEPT_MS: u64 = 2_000;

/// When a person last used the vault, on the clock that no setting of the time moves and that counts sleep.
#[derive(Clone, Default)]
pub(crate) struct LastUse(Arc<AtomicU64>);

impl LastUse {
    /// Notes that a person uses the vault now.
    pub(crate) fn now(&self) {
        self.0.store(clock::boottime_ms(), Ordering::Relaxed);
    }

    fn at_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Decides from two clocks: one that stands still while the machine sleeps and one that does not. The wall clock has no say.
pub(crate) struct Watchman {
    last_use: LastUse,
    asleep_ms: u64,
}

/// Why to lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Nobody used the vault for as long as was set.
    Idle,
    /// The machine slept.
    Slept,
}

impl Watchman {
    /// Begins to watch at the present moment.
    pub(crate) fn new(last_use: LastUse) -> Self {
        let (monotonic_ms, boottime_ms) = (clock::monotonic_ms(), clock::boottime_ms());
        Self { last_use, asleep_ms: boottime_ms.saturating_sub(monotonic_ms) }
    }

    /// Looks at both clocks.
    pub(crate) fn look(&mut self, idle: Option<Duration>) -> Option<Why> {
        self.judge(clock::monotonic_ms(), clock::boottime_ms(), idle)
    }

    fn judge(&mut self, monotonic_ms: u64, boottime_ms: u64, idle: Option<Duration>) -> Option<Why> {
        let asleep_ms = boottime_ms.saturating_sub(monotonic_ms);
        let slept = asleep_ms.saturating_sub(self.asleep_ms) > SLEPT_MS;
        self.asleep_ms = asleep_ms;
        if slept {
            return Some(Why::Slept);
        }
        let unused = Duration::from_millis(boottime_ms.saturating_sub(self.last_use.at_ms()));
        (idle.is_some_and(|idle| unused >= idle)).then_some(Why::Idle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vault_is_locked_when_it_is_untouched_or_the_machine_slept_and_not_before() {
        let five = Some(Duration::from_secs(300));
        // (monotonic, boottime, idle, expected), last use at 10 s, both clocks begin together.
        for (monotonic, boottime, idle, expected) in [
            (10_000, 10_000, five, None),
            (309_999, 309_999, five, None),
            (310_000, 310_000, five, Some(Why::Idle)),
            (9_000_000, 9_000_000, None, None),
            (20_000, 21_500, five, None),
            (20_000, 22_001, five, Some(Why::Slept)),
            (20_000, 900_000, None, Some(Why::Slept)),
        ] {
            let last_use = LastUse(Arc::new(AtomicU64::new(10_000)));
            let mut watchman = Watchman { last_use, asleep_ms: 0 };
            assert_eq!(watchman.judge(monotonic, boottime, idle), expected, "{monotonic} {boottime}");
        }
    }

    #[test]
    fn an_earlier_sleep_is_not_counted_again() {
        let mut watchman = Watchman { last_use: LastUse::default(), asleep_ms: 0 };
        assert_eq!(watchman.judge(1_000, 61_000, None), Some(Why::Slept));
        assert_eq!(watchman.judge(2_000, 62_000, None), None);
    }
}
