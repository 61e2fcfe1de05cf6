//! What may happen as often as somebody likes, in the log at most once a minute: a log that strangers can fill hides what matters.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How often one kind of thing is logged. It is seen soon, and a day of it is one page.
const PAUSE: Duration = Duration::from_secs(60);

/// How often it happened, and when that was told last.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<(u64, Option<Instant>)>);

impl Tally {
    /// It happened once more. Gives how often since it was told last, if it is time to tell.
    pub(super) fn count(&self) -> Option<u64> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (times, told) = &mut *held;
        *times += 1;
        let now = Instant::now();
        if told.is_some_and(|told| now.duration_since(told) < PAUSE) {
            return None;
        }
        *told = Some(now);
        Some(std::mem::take(times))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, pause};

    use super::*;

    #[tokio::test]
    async fn a_thousand_times_are_one_line_and_a_number() {
        pause();
        let tally = Tally::default();
        let told: Vec<u64> = (0..1000).filter_map(|_| tally.count()).collect();
        assert_eq!(told, [1]);
        advance(PAUSE).await;
        assert_eq!((tally.count(), tally.count()), (Some(1000), None));
    }
}
