//! `cargo xtask bench`: measures, beside the floors of the same run.
//!
//! Absolute figures drift from machine to machine and from hour to hour; ratios taken in one run hold. So every run
//! measures first what this machine could do at best (its floors), and every figure stands beside the floor it rests on,
//! the CPU time it took and the load of the machine. A measurement never fails because a target was missed.

pub mod floor;
pub mod journal;
pub mod programs;
pub mod quantity;
pub mod samples;
pub mod table;
pub mod usage;

pub mod peers;

mod browser;
mod progress;
mod roundtrip;
mod rows;
mod service;
mod web;

use std::path::Path;

use self::floor::Floors;
use self::journal::{Figures, measure, typed};
use self::programs::Programs;
use self::table::Table;
use crate::cli::BenchChoice;
use crate::corpus::{self, Entry};
use crate::fault::Fault;
use crate::repo::Repo;
use crate::say;

/// The journal that the targets speak of.
const ENTRIES: usize = 10_000;
/// Smaller and larger ones, for what grows.
const SMALL: usize = 1_000;
const LARGE: usize = 100_000;

/// The keys of the rows, by what has to be done for them.
const JOURNAL: &[&str] = &[
    "first-sync",
    "newest",
    "import",
    "upload",
    "bytes",
    "save",
    "propagation",
    "add",
    "search",
    "list",
    "unlock",
    "memory",
];
const TYPED: &[&str] = &["typed"];
const SERVICE: &[&str] = &["pushes", "listener"];
const GROWTH: &[&str] = &["growth"];
const BROWSER: &[&str] = &["wasm"];
const PROGRESS: &[&str] = &["progress"];
const ROUNDTRIP: &[&str] = &["roundtrip"];

/// One run: what is measured with.
struct Bench<'a> {
    choice: &'a BenchChoice,
    programs: Programs,
    folder: &'a Path,
    real: Vec<Entry>,
}

/// Measures and prints the table.
///
/// # Errors
/// When a program fails or the floors cannot be measured, as on a full disk.
pub fn command(repo: &Repo, choice: &BenchChoice) -> Result<(), Fault> {
    check_keys(choice)?;
    if choice.web {
        return web::measure(repo);
    }
    let programs = Programs::build(repo)?;
    // Below the build folder, so that floors and figures meet the same disk.
    let folder = tempfile::tempdir_in(repo.target()).map_err(|error| Fault::io("make a folder", &error))?;
    let bench = Bench { choice, programs, folder: folder.path(), real: corpus::diary(repo)? };
    let mut table = Table::default();
    let measured = bench.fill(repo, &mut table);
    // What was measured before something failed is worth seeing too.
    tell(choice, table);
    measured?;
    if choice.peers {
        peers::measure(folder.path(), &bench.real)?.iter().for_each(|line| say::line(line));
    }
    Ok(())
}

impl Bench<'_> {
    fn fill(&self, repo: &Repo, table: &mut Table) -> Result<(), Fault> {
        say::progress("the floors of this machine");
        let floors = Floors::measure(&self.programs, self.folder, &self.real, table)?;
        if self.wants(JOURNAL) || self.wants(GROWTH) {
            self.journals(&floors, table)?;
        }
        if self.wants(TYPED) {
            say::progress("a journal written entry by entry");
            let written = typed(&self.programs, self.folder, &self.real, ENTRIES)?;
            rows::of_typed(&written, ENTRIES, &floors).into_iter().for_each(|row| table.add(row));
        }
        if self.wants(SERVICE) {
            service::measure(&self.programs, self.folder, &floors)?
                .into_iter()
                .for_each(|row| table.add(row));
        }
        if self.wants(PROGRESS) {
            progress::measure(&self.programs, self.folder)?.into_iter().for_each(|row| table.add(row));
        }
        if self.wants(ROUNDTRIP) {
            roundtrip::measure(&self.programs, &repo.path(""), self.folder)?
                .into_iter()
                .for_each(|row| table.add(row));
        }
        if self.wants(BROWSER) {
            browser::measure(repo)?.into_iter().for_each(|row| table.add(row));
        }
        Ok(())
    }

    /// The journal that the targets speak of, and with growth a smaller and a larger one.
    fn journals(&self, floors: &Floors, table: &mut Table) -> Result<(), Fault> {
        say::progress("a journal that was imported");
        let mut sizes: Vec<Figures> = Vec::new();
        for entries in self.sizes() {
            let figures = measure(&self.programs, self.folder, &self.real, entries)?;
            if entries == ENTRIES {
                rows::of_journal(&figures, floors).into_iter().for_each(|row| table.add(row));
            }
            sizes.push(figures);
        }
        if sizes.len() > 1 {
            rows::of_growth(&sizes).into_iter().for_each(|row| table.add(row));
        }
        Ok(())
    }

    fn sizes(&self) -> Vec<usize> {
        match (self.wants(GROWTH), self.choice.quick) {
            (false, _) => vec![ENTRIES],
            (true, true) => vec![SMALL, ENTRIES],
            (true, false) => vec![SMALL, ENTRIES, LARGE],
        }
    }

    fn wants(&self, keys: &[&str]) -> bool {
        let only = &self.choice.only;
        only.is_empty() || keys.iter().any(|key| only.iter().any(|chosen| chosen == key))
    }
}

fn tell(choice: &BenchChoice, mut table: Table) {
    if !choice.only.is_empty() {
        table.choose(&choice.only);
    }
    if choice.json {
        table.json().iter().for_each(|line| say::line(line));
        return;
    }
    table.lines().iter().for_each(|line| say::line(line));
    let (met, judged) = table.score();
    say::line(&format!("\n{met} of {judged} targets met; of many timings the value is p50"));
}

fn check_keys(choice: &BenchChoice) -> Result<(), Fault> {
    let keys = [JOURNAL, TYPED, SERVICE, GROWTH, PROGRESS, ROUNDTRIP, BROWSER].concat();
    let Some(unknown) = choice.only.iter().find(|chosen| !keys.contains(&chosen.as_str())) else {
        return Ok(());
    };
    let why = format!("there is no row called {unknown}");
    Err(Fault::new("choose the rows", why, format!("Rows are {}.", keys.join(", "))))
}
