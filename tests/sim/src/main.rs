//! Runs seeds by hand: `cargo xtask sim --seeds N --from S`. A failure prints its seed at once, and its trace if it is the first;
//! the others go on, and at the end it is told how many there were and how fast they went.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use haven_sim::nature::Nature;
use haven_sim::world::run;

/// One seed in so many is run twice, to see that it gives the same trace.
const TWICE_EVERY: u64 = 16;

/// Whether a trace was printed: more than one nobody reads at once.
static IS_TRACED: AtomicBool = AtomicBool::new(false);

/// What a core has run.
#[derive(Default)]
struct Share {
    failed: u64,
    calm: (u32, Duration),
    other: (u32, Duration),
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut seeds, mut from) = (10_000_u64, 0_u64);
    while let Some(flag) = arguments.next() {
        let value = arguments.next().and_then(|value| value.parse().ok());
        match (flag.as_str(), value) {
            ("--seeds", Some(value)) => seeds = value,
            ("--from", Some(value)) => from = value,
            _ => {
                say("usage: haven-sim --seeds N --from S");
                return ExitCode::from(2);
            }
        }
    }
    let (begun, to) = (Instant::now(), from.saturating_add(seeds));
    let shares = on_all_cores(from, to);
    let failed = shares.iter().map(|share| share.failed).sum::<u64>();
    let rate = seeds as f64 / begun.elapsed().as_secs_f64();
    say(&format!("{} passed, {failed} failed (seeds {from} to {})", seeds - failed, to.saturating_sub(1)));
    say(&format!(
        "{rate:.0} trials a second on {} cores; a calm world takes {}, any other {}",
        shares.len(),
        mean(shares.iter().map(|share| share.calm)),
        mean(shares.iter().map(|share| share.other)),
    ));
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn on_all_cores(from: u64, to: u64) -> Vec<Share> {
    let next = AtomicU64::new(from);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let work = || {
            let mut share = Share::default();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= to {
                    return share;
                }
                try_seed(seed, &mut share);
            }
        };
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("a world that panics is a failure")).collect()
    })
}

fn try_seed(seed: u64, share: &mut Share) {
    let begun = Instant::now();
    let outcome = run(seed);
    let spent = if Nature::of(seed).is_calm() { &mut share.calm } else { &mut share.other };
    *spent = (spent.0 + 1, spent.1 + begun.elapsed());
    let is_run_twice = seed.is_multiple_of(TWICE_EVERY);
    if let Some(broken) = &outcome.broken {
        share.failed += 1;
        say(&format!("seed {seed}: {broken}"));
        if !IS_TRACED.swap(true, Ordering::Relaxed) {
            say(&outcome.trace.join("\n"));
        }
    } else if is_run_twice && run(seed).fingerprint() != outcome.fingerprint() {
        share.failed += 1;
        say(&format!("seed {seed}: two runs of it differ"));
    }
}

fn mean(times: impl Iterator<Item = (u32, Duration)>) -> String {
    let (count, sum) = times.fold((0, Duration::ZERO), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    format!("{:.0} ms", sum.as_secs_f64() * 1000.0 / f64::from(count.max(1)))
}

#[expect(clippy::print_stdout, reason = "a command's output")]
fn say(text: &str) {
    println!("{text}");
}
