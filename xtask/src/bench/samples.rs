//! Many timings of one thing.

use std::time::{Duration, Instant};

/// Timings, sorted; never empty.
#[derive(Debug)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// Sorts the timings; none at all is no measurement.
    #[must_use]
    pub fn new(mut timings: Vec<Duration>) -> Option<Self> {
        timings.sort_unstable();
        (!timings.is_empty()).then_some(Self(timings))
    }

    /// Times a piece of work so many times, at least once.
    ///
    /// # Errors
    /// When the work fails once.
    pub fn take<E>(rounds: usize, mut work: impl FnMut() -> Result<(), E>) -> Result<Self, E> {
        let mut timings = Vec::with_capacity(rounds);
        for _ in 0..rounds.max(1) {
            let begun = Instant::now();
            work()?;
            timings.push(begun.elapsed());
        }
        timings.sort_unstable();
        Ok(Self(timings))
    }

    /// The smallest timing that at least so many per cent do not exceed (nearest rank).
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent.min(100)).div_ceil(100).max(1);
        self.0[rank - 1]
    }

    /// How many timings there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(timings: &[u64], percent: usize, expected: u64) {
        let samples = Samples::new(timings.iter().copied().map(Duration::from_millis).collect()).unwrap();
        assert_eq!(samples.percentile(percent), Duration::from_millis(expected), "p{percent} of {timings:?}");
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        check(&[7], 50, 7);
        check(&[3, 1, 2], 50, 2);
        check(&[4, 3, 2, 1], 50, 2);
        check(&[1, 2, 3, 4], 99, 4);
        check(&[1, 2, 3, 4], 0, 1);
        check(&(1..=100).collect::<Vec<_>>(), 99, 99);
        check(&(1..=200).collect::<Vec<_>>(), 99, 198);
    }

    #[test]
    fn nothing_measured_is_no_sample() {
        assert!(Samples::new(Vec::new()).is_none());
    }

    #[test]
    fn work_is_done_so_many_times_or_until_it_fails() {
        let mut done = 0;
        let samples = Samples::take(5, || {
            done += 1;
            Ok::<(), ()>(())
        });
        assert_eq!((samples.unwrap().count(), done), (5, 5));
        assert!(Samples::take(5, || Err(())).is_err());
    }
}
