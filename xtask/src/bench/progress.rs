//! The views of progress over a journal of exercises and measures.

use super::journal::{Figure, timed};
use super::programs::Programs;
use super::quantity::Target;
use super::rows::row;
use super::table::Row;
use crate::fault::Fault;
use crate::live::Place;
use crate::say;

/// A journal of twenty fictional years has a little over 10,000 entries.
const MONTHS: &str = "240";
/// The day after its last, so that every run writes the same one.
const UNTIL: &str = "2026-11-24";
/// The fewest entries the figures are about.
const ENTRIES_MIN: u64 = 10_000;
/// The most that a view may take, the start of the command in it.
const VIEW_MS_MAX: u64 = 50;

const VIEWS: [&str; 9] =
    ["plane", "before-after", "triggers", "belief", "signs", "people", "homework", "measures", "days"];

/// Writes the journal and times `haven progress` and `haven today`, process start to finish.
///
/// # Errors
/// When a program fails, or the journal is smaller than it has to be.
pub(super) fn measure(programs: &Programs, parent: &std::path::Path) -> Result<Vec<Row>, Fault> {
    let place = Place::within(programs.folder(), parent)?;
    let laptop = place.device("Laptop");
    laptop.init(None)?;
    say::progress("a fictional journal of twenty years");
    laptop.ask(&["demo-data", "--months", MONTHS, "--until", UNTIL])?;
    let entries = laptop.entries()?;
    if entries < ENTRIES_MIN {
        let why = format!("it has {entries} entries, not {ENTRIES_MIN}");
        return Err(Fault::new("write a fictional journal", why, "Report this."));
    }
    let at_most = || Target::ms(VIEW_MS_MAX);
    let view = |view: &str| -> Result<Row, Fault> {
        let figure: Figure = timed(&laptop, &["progress", view, "--json"])?;
        Ok(row("progress", &format!("haven progress {view}"), &figure, at_most(), None))
    };
    let mut rows: Vec<Row> = VIEWS.into_iter().map(view).collect::<Result<_, _>>()?;
    let today = timed(&laptop, &["today", "--json"])?;
    rows.push(row("progress", "haven today", &today, at_most(), None));
    Ok(rows)
}
