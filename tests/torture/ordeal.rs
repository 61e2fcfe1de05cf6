//! How hard a test tries: one try in a hundred in the test run, all of them under `cargo xtask torture`. Tests of several
//! crates include this file, so that all of them are asked and answer alike.

use std::env;
use std::ops::Range;
use std::thread;

/// How many tries, and the number of the first: a try does what follows from its number and nothing else.
pub(crate) struct Ordeal {
    pub(crate) count: u64,
    pub(crate) seed: u64,
    is_told: bool,
}

impl Ordeal {
    /// An ordeal that has so many tries in full.
    pub(crate) fn full(count: u64) -> Self {
        let set = |name| env::var(name).ok().map(|value| value.parse::<u64>().expect("a number"));
        let told = set("HAVEN_TORTURE_COUNT");
        let seed = set("HAVEN_TORTURE_SEED").unwrap_or(0);
        Self { count: told.unwrap_or(count.div_ceil(100)), seed, is_told: told.is_some() }
    }

    /// Deals the numbers of the tries out to all cores; gives back what came of each share.
    pub(crate) fn on_all_cores<T: Send>(&self, share: impl Fn(Range<u64>) -> T + Sync) -> Vec<T> {
        let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64).min(self.count);
        let edge = |core: u64| self.seed + self.count * core / cores;
        thread::scope(|scope| {
            let share = &share;
            let shares: Vec<_> =
                (0..cores).map(|core| scope.spawn(move || share(edge(core)..edge(core + 1)))).collect();
            shares.into_iter().map(|share| share.join().expect("no try failed")).collect()
        })
    }

    /// Says what came of it, to whoever asked for the whole of it.
    #[expect(clippy::print_stdout, reason = "the figures are what was asked for")]
    pub(crate) fn passed(&self, figures: &str) {
        if self.is_told {
            println!("passed: {} tries from number {}: {figures}", self.count, self.seed);
        }
    }
}
