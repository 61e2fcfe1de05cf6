//! A sample of fixed damage for every target, so that none of them rots where no fuzzer runs.

use std::collections::BTreeSet;
use std::time::Instant;

use haven_fuzz::{memory, quiet, target};

/// The seed of the damage. Another number is another sample; this one stays, so that a failure is the same everywhere.
const SEED: u64 = 10;

/// One test for all of them: what a process grows by is one figure, and other tests beside it would count into it.
#[test]
fn every_target_survives_a_sample() {
    quiet::hush();
    let begun = Instant::now();
    for target in target::all() {
        let from = begun.elapsed();
        let grew = target.sample(target.sample, SEED);
        let took = begun.elapsed() - from;
        println!(
            "{:<12} {:>5} inputs in {:>5} ms, grew by {} KiB",
            target.name,
            target.sample,
            took.as_millis(),
            grew / 1024
        );
        assert!(grew <= memory::GROWTH_MAX, "{} grew by {grew} bytes", target.name);
    }
}

#[test]
fn targets_have_names_of_their_own_and_something_to_begin_with() {
    let names: BTreeSet<&str> = target::all().map(|target| target.name).collect();
    assert_eq!(names.len(), target::all().count());
    for target in target::all() {
        assert!((target.seeds)().iter().any(|seed| !seed.is_empty()), "{}", target.name);
        assert!(target.about.len() > 10 && target.sample > 0, "{}", target.name);
    }
}
