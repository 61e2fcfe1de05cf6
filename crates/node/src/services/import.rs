//! Importing lines, batch by batch. The engine skips what is in the journal already; a dry run writes nothing, so what it
//! has seen in earlier batches is remembered here.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, PoisonError};

use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::pb;
use haven_core::import::bare;
use haven_core::time::{LocalZone, TimeError, Zones};
use haven_engine::command::{Command, ImportItem, Imported, Reply};
use haven_feed::digest::{digest, label};
use tonic::Status;

use super::journal::Journal;
use super::unexpected;
use crate::limits::{DRY_RUN_LINES_MAX, DRY_RUNS_MAX, IMPORT_BYTES_MAX};
use haven_api::limits::IMPORT_BATCH_LINES;

/// Lines seen by dry runs that go on.
#[derive(Default)]
pub(super) struct DryRuns {
    lines: BTreeMap<Vec<u8>, BTreeSet<[u8; 32]>>,
    order: VecDeque<Vec<u8>>,
}

/// Imports a batch.
pub(super) async fn import(
    journal: &Journal,
    request: pb::ImportEntriesRequest,
) -> Result<pb::ImportEntriesResponse, Status> {
    journal.node.opened()?;
    fits(&request.lines)?;
    let pb::ImportEntriesRequest { import_id, lines, dry_run, last, zone } = request;
    let (zones, here) = (Arc::clone(journal.node.host()), zone_of(&**journal.node.host(), &zone)?);
    let mut lines: Vec<_> =
        lines.into_iter().map(|line| ImportItem { line: line.number, bytes: line.content.into() }).collect();
    let all = lines.len();
    let names: Vec<_> =
        if dry_run { lines.iter().map(|line| (line.line, name(&line.bytes))).collect() } else { Vec::new() };
    if dry_run {
        let runs = journal.dry_runs.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = runs.lines.get(&import_id[..]);
        lines.retain(|line| seen.is_none_or(|seen| !seen.contains(&name(&line.bytes))));
    }
    let repeated = all - lines.len();
    let Reply::Imported(imported) =
        journal.node.command(Command::Import { lines, dry_run, zones, here }).await?
    else {
        return Err(unexpected());
    };
    if dry_run {
        let mut runs = journal.dry_runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.note(&import_id, &names, &imported, last);
    }
    Ok(imported_to_pb(imported, repeated))
}

/// The zone that a client names; it must exist, or every line would fail for the same reason.
fn zone_of(zones: &dyn Zones, named: &str) -> Result<Option<LocalZone>, ApiError> {
    if named.is_empty() {
        return Ok(None);
    }
    let wrong = |fault: TimeError| ApiError::invalid("nothing was imported", fault);
    let zone = named.parse().map_err(wrong)?;
    if let LocalZone::Named(name) = &zone {
        zones.offset_seconds(name, 0).map_err(|fault| wrong(fault.into()))?;
    }
    Ok(Some(zone))
}

fn fits(lines: &[pb::ImportLine]) -> Result<(), ApiError> {
    let bytes: usize = lines.iter().map(|line| line.content.len()).sum();
    if lines.len() <= IMPORT_BATCH_LINES && bytes <= IMPORT_BYTES_MAX {
        return Ok(());
    }
    Err(ApiError::new(Reason::TooLarge, "the batch was not imported")
        .because(format!("a batch has at most {IMPORT_BATCH_LINES} lines and {IMPORT_BYTES_MAX} bytes"))
        .with_next("Send smaller batches."))
}

impl DryRuns {
    /// Remembers the lines of a batch that could be used.
    fn note(&mut self, run: &[u8], lines: &[(u64, [u8; 32])], imported: &Imported, last: bool) {
        if last {
            self.lines.remove(run);
            self.order.retain(|other| other != run);
            return;
        }
        if !self.lines.contains_key(run) {
            self.order.push_back(run.to_owned());
        }
        let failed: BTreeSet<u64> = imported.failed.iter().map(|fault| fault.line).collect();
        let seen = self.lines.entry(run.to_owned()).or_default();
        let usable = lines.iter().filter(|(line, _)| !failed.contains(line)).map(|(_, name)| *name);
        let room = DRY_RUN_LINES_MAX.saturating_sub(seen.len());
        seen.extend(usable.take(room));
        while self.order.len() > DRY_RUNS_MAX {
            let oldest = self.order.pop_front().unwrap_or_default();
            self.lines.remove(&oldest);
        }
    }
}

/// Tells lines apart within a run; not the identity that the journal keeps.
fn name(line: &[u8]) -> [u8; 32] {
    *digest(label::RECORD, &[bare(line)]).as_bytes()
}

fn imported_to_pb(imported: Imported, repeated: usize) -> pb::ImportEntriesResponse {
    let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    let failed =
        imported.failed.into_iter().map(|fault| pb::FailedLine { number: fault.line, reason: fault.reason });
    let unused = imported.unused.into_iter().map(|(key, lines)| pb::UnusedKey { key, lines: count(lines) });
    pb::ImportEntriesResponse {
        imported: count(imported.imported),
        skipped: count(imported.skipped + repeated as u64),
        failed: failed.collect(),
        unused: unused.collect(),
        people: count(imported.people),
        definitions: count(imported.definitions),
        forgotten: count(imported.forgotten),
        unmerged: count(imported.unmerged),
    }
}
