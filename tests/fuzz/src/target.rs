//! The targets: what is given bytes, and which bytes to begin with.

use crate::{api, core, crypto, engine, feed, memory, mutate, wire};

/// A parser, or a few that take the same bytes.
pub struct Target {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it takes, in a line.
    pub about: &'static str,
    /// Honest bytes, and some that were refused before.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Gives it bytes. It panics where a promise is broken.
    pub run: fn(&[u8]),
    /// How many damaged inputs the tests try, so that all targets together take seconds.
    pub sample: usize,
}

/// Every target.
pub fn all() -> impl Iterator<Item = &'static Target> {
    [feed::TARGETS, crypto::TARGETS, engine::TARGETS, wire::TARGETS, api::TARGETS, core::TARGETS]
        .into_iter()
        .flatten()
}

/// The target of that name.
pub fn named(name: &str) -> Option<&'static Target> {
    all().find(|target| target.name == name)
}

impl Target {
    /// Tries its seeds and `count` damaged ones that follow from `seed`; gives the most that an input made the process grow by,
    /// in bytes.
    pub fn sample(&self, count: usize, seed: u64) -> u64 {
        let seeds = (self.seeds)();
        // What is made once stays, and is no input's growth.
        seeds.iter().for_each(|bytes| (self.run)(bytes));
        let mut numbers = mutate::Numbers::new(seed);
        memory::growth(|| {
            for _ in 0..count {
                (self.run)(&mutate::mutated(&seeds, &mut numbers));
            }
        })
    }
}
