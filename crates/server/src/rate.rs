//! How much a space may push in a while: a bucket that fills steadily and holds a burst.

use std::time::Duration;

use tokio::time::Instant;

/// A bucket of something countable: records, bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    per_second: u64,
    burst: u64,
    left: f64,
    at: Instant,
}

impl Bucket {
    /// Makes a full bucket.
    pub(crate) fn full(per_second: u64, burst: u64, now: Instant) -> Self {
        Self { per_second, burst, left: exact(burst), at: now }
    }

    /// Says how long it takes until `amount` is there; nothing if it is there now.
    pub(crate) fn wait_for(&mut self, amount: u64, now: Instant) -> Option<Duration> {
        let filled = now.saturating_duration_since(self.at).as_secs_f64() * exact(self.per_second);
        self.left = (self.left + filled).min(exact(self.burst));
        self.at = now;
        // An amount above the burst would never be there: it counts as a whole burst.
        let lacking = exact(amount.min(self.burst)) - self.left;
        (lacking > 0.0).then(|| Duration::from_secs_f64(lacking / exact(self.per_second.max(1))))
    }

    /// Takes what [`Bucket::wait_for`] found to be there.
    pub(crate) fn take(&mut self, amount: u64) {
        self.left -= exact(amount.min(self.burst));
    }
}

/// Amounts are far below 2^53, where every whole number is exact.
#[expect(clippy::cast_precision_loss, reason = "amounts are below 2^53")]
fn exact(amount: u64) -> f64 {
    amount as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let start = Instant::now();
        let mut bucket = Bucket::full(10, 50, start);
        let mut try_at = |after_ms: u64, amount| {
            let wait = bucket.wait_for(amount, start + Duration::from_millis(after_ms));
            if wait.is_none() {
                bucket.take(amount);
            }
            wait.map(|wait| wait.as_millis())
        };
        assert_eq!(try_at(0, 50), None);
        assert_eq!(try_at(0, 1), Some(100));
        assert_eq!(try_at(0, 20), Some(2_000));
        assert_eq!(try_at(1_000, 10), None);
        assert_eq!(try_at(1_000, 1), Some(100));
        assert_eq!(try_at(100_000, 51), None, "more than a burst counts as one");
        assert_eq!(try_at(100_000, 1), Some(100), "a long rest fills no more than a burst");
    }

    #[test]
    fn a_clock_that_stands_still_or_goes_back_gives_nothing() {
        let start = Instant::now();
        let mut bucket = Bucket::full(10, 10, start + Duration::from_secs(5));
        bucket.take(10);
        assert_eq!(bucket.wait_for(1, start), Some(Duration::from_millis(100)));
    }
}
