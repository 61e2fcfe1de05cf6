//! The server under load.

use super::floor::Floors;
use super::journal::{Figure, memory};
use super::programs::Programs;
use super::quantity::{Quantity, Target};
use super::rows::row;
use super::table::Row;
use super::usage::Usage;
use crate::fault::Fault;
use crate::live::Place;
use crate::say;

/// Loads a server with pushes and listeners.
///
/// # Errors
/// When the server or the loading program fails.
pub(super) fn measure(
    programs: &Programs,
    parent: &std::path::Path,
    floors: &Floors,
) -> Result<Vec<Row>, Fault> {
    say::progress("the server under load");
    let place = Place::within(programs.folder(), parent)?;
    let server = place.server("warn")?;
    let process = server.pid().map(u64::from).unwrap_or_default();
    let before = Usage::with(&[process]);
    let said = programs.ask("load", &[server.url(), server.invite(), &process.to_string()])?;
    let usage = Usage::with(&[process]).since(before);
    let rate = |what: &str| {
        Ok(Figure { value: Quantity::Rate(said.number(what, "per_second")?), late: None, usage })
    };
    let single = rate("durable pushes of one record, 64 in flight")?;
    let bulk = rate("bulk, 1 feeds, each one push at a time")?;
    let bytes = said.number("idle listener on its own connection", "bytes")? as u64;
    let listener = Figure { value: Quantity::Bytes(bytes), late: None, usage };
    let resident = memory(process)?;
    let kib = |kib: u64| Target::at_most(Quantity::Bytes(kib << 10));
    let at_least = |rate: f64| Target::at_least(Quantity::Rate(rate));
    Ok(vec![
        row("pushes", "durable pushes, 64 in flight", &single, at_least(5_000.0), Some(floors.commits())),
        row("pushes", "records pushed in bulk", &bulk, at_least(20_000.0), Some(floors.rows_in_bulk())),
        row("listener", "memory of an idle listener", &listener, kib(40), None),
        row("listener", "server resident, after 50,000 records", &resident, kib(30 << 10), None),
    ])
}
