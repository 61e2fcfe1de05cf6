//! What an operator does with a data folder: look, check, copy, invite. Numbers only; no id, no address.

use std::path::Path;

use haven_feed::SpaceId;
use haven_feed::chain::{Tip, verify_run};
use haven_feed::exchange::Run;
use haven_feed::record::Record;
use haven_feed::roster::Roster;

use crate::folder::{Folder, FolderFault, make_file};
use crate::limits::CHECK_BATCH_BYTES;
use crate::space::replay;
use crate::store::sqlite::SqliteStore;
use crate::store::{FeedRow, Reader as _, StoreFault, Totals};

/// What a check found.
#[derive(Debug, Default)]
pub struct Findings {
    /// What was looked at.
    pub totals: Totals,
    /// What is wrong, one line each; spaces and feeds are counted from 1 in the order of their ids.
    pub problems: Vec<String>,
}

/// Sizes and counts of a store.
#[derive(Clone, Copy, Debug)]
pub struct Stats {
    /// What is in it.
    pub totals: Totals,
    /// Bytes of its files.
    pub file_bytes: u64,
}

/// Makes one more invite and returns its code. A running server takes it at once.
///
/// # Errors
/// The folder has no store, or too many invites are open.
pub fn invite(data: &Path) -> Result<String, FolderFault> {
    Ok(Folder::open(data)?.invite()?.code())
}

/// Counts.
///
/// # Errors
/// The folder has no store, or it cannot be read.
pub fn stats(data: &Path) -> Result<Stats, FolderFault> {
    let folder = Folder::open(data)?;
    let totals = folder.store()?.totals()?;
    Ok(Stats { totals, file_bytes: folder.store_bytes() })
}

/// Copies the store into a new file, also while a server runs. The identity is not in the copy.
///
/// # Errors
/// The folder has no store, the file exists, or it cannot be written.
pub fn back_up(data: &Path, file: &Path) -> Result<u64, FolderFault> {
    let store = Folder::open(data)?.store()?;
    let io = |source| FolderFault::Io { doing: "write the backup", source };
    make_file(file).map_err(io)?;
    if let Err(fault) = store.back_up(file) {
        // Half a copy would pass for one.
        let _ = std::fs::remove_file(file);
        return Err(fault.into());
    }
    let written = std::fs::File::open(file).and_then(|file| file.sync_all().and_then(|()| file.metadata()));
    written.map(|metadata| metadata.len()).map_err(io)
}

/// Verifies everything: the file's structure, every roster from its genesis, every record's place, hash and signature.
///
/// # Errors
/// The folder has no store, or it cannot be read at all.
pub fn check(data: &Path) -> Result<Findings, FolderFault> {
    let mut store = Folder::open(data)?.store()?;
    let mut findings = Findings::default();
    if store.quick_check().is_err() {
        findings.problems.push("the database file is damaged".to_owned());
        return Ok(findings);
    }
    findings.totals = store.totals()?;
    for (index, space) in (1..).zip(store.spaces()?) {
        if let Err(problem) = check_space(&mut store, &space) {
            findings.problems.push(format!("space {index}: {problem}"));
        }
    }
    Ok(findings)
}

fn check_space(store: &mut SqliteStore, space: &SpaceId) -> Result<(), String> {
    let row = store.space(space).map_err(said)?.ok_or("it has no roster")?;
    let roster = replay(store, space).map_err(said)?.map_err(|_| "its roster does not verify")?;
    if roster.space() != *space {
        return Err("its roster is of another space".to_owned());
    }
    let check = |(index, feed): (usize, &FeedRow)| {
        check_feed(store, &roster, feed).map_err(|problem| format!("feed {}: {problem}", index + 1))
    };
    row.feeds.iter().enumerate().try_for_each(check)
}

fn check_feed(store: &mut SqliteStore, roster: &Roster, row: &FeedRow) -> Result<(), String> {
    let mut runs = [Run { feed: row.feed, from_seq: 1, to_seq: row.tip.position.seq }];
    let (mut tip, mut bytes): (Option<Tip>, u64) = (None, 0);
    loop {
        let records = read_some(store, &roster.space(), &mut runs)?;
        bytes += records.iter().map(|record| record.bytes().len() as u64).sum::<u64>();
        if records.is_empty() {
            break;
        }
        let next = tip.map_or(1, |tip| tip.position.seq + 1);
        let verified = verify_run(roster, tip, &records);
        let verified =
            verified.map_err(|fault| format!("record {}: {}", next + fault.index as u64, fault.fault))?;
        tip = verified.last().filter(|last| last.header().feed == row.feed).map(Tip::of);
    }
    let stands = tip == Some(row.tip) && bytes == row.bytes;
    if stands { Ok(()) } else { Err("it does not stand where the store says".to_owned()) }
}

fn read_some(store: &mut SqliteStore, space: &SpaceId, runs: &mut [Run]) -> Result<Vec<Record>, String> {
    let first = runs[0].from_seq;
    let stored = store.records(space, runs, CHECK_BATCH_BYTES).map_err(said)?;
    let parse = |(seq, bytes)| Record::parse(bytes).map_err(|fault| format!("record {seq}: {fault}"));
    (first..).zip(stored.into_iter().map(|stored| stored.bytes)).map(parse).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "a fault is told once")]
fn said(fault: StoreFault) -> String {
    fault.to_string()
}
