//! A journal with everything in it goes out and comes back, byte for byte.

use std::fs;
use std::path::Path;
use std::time::Instant;

use super::journal::Figure;
use super::programs::Programs;
use super::quantity::{Quantity, Target};
use super::rows::{row, untargeted};
use super::table::Row;
use super::usage::Usage;
use crate::fault::Fault;
use crate::live::Place;
use crate::live::device::Device;
use crate::say;

/// A journal of twenty fictional years has a little over 10,000 entries: exercises, measures, people, answers about them.
const MONTHS: &str = "240";
/// The day after its last, so that every run writes the same one.
const UNTIL: &str = "2026-11-24";
/// The fewest entries the figures are about.
const ENTRIES_MIN: usize = 10_000;
/// A measure that a person adds.
const ADDED: &str = "tests/data/teapot-mood.toml";

/// Writes the journal, moves it into an empty one, and compares the two exports.
///
/// # Errors
/// When a program fails, the journal is smaller than it has to be, or it does not come back as it was.
pub(super) fn measure(programs: &Programs, added: &Path, parent: &Path) -> Result<Vec<Row>, Fault> {
    let place = Place::within(programs.folder(), parent)?;
    let (laptop, other) = (place.device("Laptop"), place.device("Other"));
    laptop.init(None)?;
    other.init(None)?;
    say::progress("a fictional journal of twenty years goes out and comes back");
    laptop.ask(&["demo-data", "--months", MONTHS, "--until", UNTIL])?;
    fill(&laptop, &added.join(ADDED))?;
    let (first, second) = (place.path("first.jsonl"), place.path("second.jsonl"));
    let (one, two) = (first.display().to_string(), second.display().to_string());
    let out = once(&laptop, &["export", "jsonl", &one])?;
    let back = once(&other, &["import", "jsonl", &one])?;
    let again = once(&laptop, &["import", "jsonl", &one])?;
    other.ask(&["export", "jsonl", &two])?;
    let read = |file: &Path| fs::read(file).map_err(|error| Fault::io("read an export", &error));
    let (first, second) = (read(&first)?, read(&second)?);
    let entries = first.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"{\"date\"")).count();
    if first != second || entries < ENTRIES_MIN {
        let why =
            format!("of {entries} entries, {} bytes went out and {} came back", first.len(), second.len());
        return Err(Fault::new("move a journal", why, "Compare the two exports by hand."));
    }
    Ok(vec![
        untargeted("roundtrip", "haven export jsonl, everything", &out, None),
        row("roundtrip", "haven import of that export", &back, Target::ms(1_500), None),
        untargeted("roundtrip", "the same into the same journal", &again, None),
    ])
}

/// What the fictional journal lacks: something added and taken back, people who are one, the trash, words with everything that
/// JSON escapes.
fn fill(laptop: &Device, added: &Path) -> Result<(), Fault> {
    laptop.ask(&["measure", "add", &added.display().to_string()])?;
    laptop.quietly(&["measure", "remove", "teapot-mood", "--yes"])?;
    let person = |name: &str| -> Result<String, Fault> {
        crate::live::text(&laptop.ask(&["people", "add", name])?, "id")
    };
    let (one, other) = (person("Max")?, person("Maxi")?);
    laptop.write("a \"line\" of\ttext\\ and\u{2028}another\n")?;
    laptop.quietly(&["people", "merge", &other, &one, "--yes"])?;
    let trashed = crate::live::text(&laptop.write("in the trash")?, "id")?;
    laptop.ask(&["trash", &trashed])?;
    Ok(())
}

fn once(device: &Device, arguments: &[&str]) -> Result<Figure, Fault> {
    let processes = [device.pid()?];
    let before = Usage::with(&processes);
    let begun = Instant::now();
    device.ask(arguments)?;
    let value = Quantity::Time(begun.elapsed());
    Ok(Figure { value, late: None, usage: Usage::with(&processes).since(before) })
}
