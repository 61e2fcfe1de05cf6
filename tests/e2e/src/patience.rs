//! Waiting for a state of the world, with an end.

use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take on a busy machine with unoptimised programs.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// The pause between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// Looks until something is there.
///
/// # Panics
/// When it does not come; `what` says what was waited for.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        thread::park_timeout(LOOK);
    }
}
