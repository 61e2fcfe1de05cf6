//! What this device keeps besides records, counted: a row that a disk has lost says nothing of itself, so how many there are is
//! sealed beside them and compared at each opening.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::{Engine, OpenFault, Work};
use crate::codec::{Malformed, Scanner, Writer};
use crate::io::{Reader, Table, Write};
use crate::keys::{Keys, meta};

const VERSION: u8 = 1;

/// A row's key, folded into as many bytes as ids have.
type Mark = [u8; 16];

/// How many rows there are, and all their marks together. It is sealed, so it only has to notice chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    count: u64,
    all: Mark,
}

/// The rows of one table that open.
#[derive(Default)]
pub(super) struct Tally {
    marks: BTreeSet<Mark>,
    all: Mark,
}

impl Tally {
    pub(super) fn add(&mut self, key: &[u8]) {
        let mark = mark(key);
        if self.marks.insert(mark) {
            self.toggle(&mark);
        }
    }

    fn take(&mut self, key: &[u8]) {
        let mark = mark(key);
        if self.marks.remove(&mark) {
            self.toggle(&mark);
        }
    }

    pub(super) fn has(&self, key: &[u8]) -> bool {
        self.marks.contains(&mark(key))
    }

    fn toggle(&mut self, mark: &Mark) {
        self.all.iter_mut().zip(mark).for_each(|(all, byte)| *all ^= byte);
    }

    fn sum(&self) -> Sum {
        Sum { count: self.marks.len() as u64, all: self.all }
    }
}

/// What is counted, as it is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) rows: Sum,
    pub(super) drafts: Sum,
    /// Alarms, what is put aside, and the rows that are one of a kind.
    pub(super) notes: [Sum; 3],
    /// Whether something of the rows was lost and is not there again.
    pub(super) lost: bool,
}

/// What is counted.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) rows: Tally,
    drafts: Tally,
    notes: [Tally; 3],
    pub(super) lost: bool,
    kept: Option<Sums>,
}

/// What the disk has damaged of what is counted.
#[derive(Clone, Copy, Default)]
pub(super) struct Damage {
    pub(super) rows: bool,
    pub(super) drafts: bool,
    pub(super) notes: bool,
}

impl Ledger {
    /// Counts what opens, beside the rows that were counted while they were read.
    pub(super) fn read(keys: &Keys, reader: &dyn Reader, rows: Tally) -> Result<Self, OpenFault> {
        let kept = reader.get(Table::Meta, meta::LEDGER)?;
        let kept = kept.and_then(|sealed| keys.open(Table::Meta, meta::LEDGER, &sealed).ok());
        let tally = |table| tally(keys, reader, table);
        Ok(Self {
            rows,
            drafts: tally(Table::Drafts)?,
            notes: [tally(Table::Alarms)?, tally(Table::Quarantine)?, tally(Table::Meta)?],
            lost: false,
            kept: kept.and_then(|plain| decode(&plain).ok()),
        })
    }

    /// What is not as it was counted. Where nothing was counted, all of it may be damaged once there are records.
    pub(super) fn damage(&mut self, holds_records: bool) -> Damage {
        let Some(kept) = self.kept else {
            return Damage { rows: holds_records, drafts: holds_records, notes: holds_records };
        };
        let now = self.sums();
        self.lost = kept.lost;
        Damage {
            rows: kept.lost || kept.rows != now.rows,
            drafts: kept.drafts != now.drafts,
            notes: kept.notes != now.notes,
        }
    }

    pub(super) fn has_meta(&self, key: &[u8]) -> bool {
        self.notes[2].has(key)
    }

    fn sums(&self) -> Sums {
        let [alarms, aside, meta] = &self.notes;
        let notes = [alarms.sum(), aside.sum(), meta.sum()];
        Sums { rows: self.rows.sum(), drafts: self.drafts.sum(), notes, lost: self.lost }
    }

    fn note(&mut self, write: &Write) {
        match write {
            Write::Put { table, key, .. } if is_counted(*table, key) => {
                self.of(*table).into_iter().for_each(|tally| tally.add(key));
            }
            Write::Remove { table, key } => self.of(*table).into_iter().for_each(|tally| tally.take(key)),
            _ => {}
        }
    }

    fn of(&mut self, table: Table) -> Option<&mut Tally> {
        match table {
            Table::Rows => Some(&mut self.rows),
            Table::Drafts => Some(&mut self.drafts),
            Table::Alarms => Some(&mut self.notes[0]),
            Table::Quarantine => Some(&mut self.notes[1]),
            Table::Meta => Some(&mut self.notes[2]),
            _ => None,
        }
    }
}

impl Engine {
    /// Counts what this step writes, in the same commit.
    pub(super) fn keep_ledger(&mut self, work: &mut Work<'_, '_>) {
        work.step.commit.writes.iter().for_each(|write| self.ledger.note(write));
        let now = self.ledger.sums();
        if self.ledger.kept != Some(now) {
            let value = self.keys.seal(Table::Meta, meta::LEDGER, &encode(&now), work.cx.entropy);
            work.step.commit.put(Table::Meta, meta::LEDGER, value);
            self.ledger.kept = Some(now);
        }
    }
}

/// The mark of a record that is being tried comes and goes with each, and the ledger does not count itself.
fn is_counted(table: Table, key: &[u8]) -> bool {
    table != Table::Meta || (key != meta::LEDGER && key != meta::TRYING)
}

fn tally(keys: &Keys, reader: &dyn Reader, table: Table) -> Result<Tally, OpenFault> {
    let mut tally = Tally::default();
    reader.scan(table, &mut |key, sealed| {
        let is_plain = table == Table::Meta && (key == meta::WRAP || key == meta::DROP_KEY);
        if is_counted(table, key) && (is_plain || keys.opens(table, key, sealed)) {
            tally.add(key);
        }
        ControlFlow::Continue(())
    })?;
    Ok(tally)
}

fn mark(key: &[u8]) -> Mark {
    let mut mark = [0; 16];
    key.iter().enumerate().for_each(|(place, byte)| mark[place % 16] ^= byte);
    mark
}

/// `version 1 | lost 1 | (count 8 | marks 16) …`: rows, drafts, alarms, what is put aside, rows that are one of a kind.
fn encode(sums: &Sums) -> Vec<u8> {
    let mut w = Writer::default();
    w.u8(VERSION);
    w.u8(u8::from(sums.lost));
    for sum in [sums.rows, sums.drafts].iter().chain(&sums.notes) {
        w.u64(sum.count);
        w.raw(&sum.all);
    }
    w.0
}

fn decode(bytes: &[u8]) -> Result<Sums, Malformed> {
    let mut s = Scanner(bytes);
    if s.u8()? != VERSION {
        return Err(Malformed);
    }
    let lost = s.u8()? != 0;
    let mut sum = || Ok(Sum { count: s.u64()?, all: s.array()? });
    let sums = Sums { rows: sum()?, drafts: sum()?, notes: [sum()?, sum()?, sum()?], lost };
    s.end()?;
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_flips_or_goes_alters_the_sum() {
        let mut tally = Tally::default();
        (0..9_u8).for_each(|key| tally.add(&[key; 16]));
        let whole = tally.sum();
        tally.take(&[3; 16]);
        assert_ne!(tally.sum(), whole);
        tally.add(&[7; 15]);
        assert_ne!(tally.sum(), whole);
        tally.take(&[7; 15]);
        tally.add(&[3; 16]);
        assert_eq!(tally.sum(), whole);
    }

    #[test]
    fn sums_read_back_as_written_and_cut_ones_are_refused() {
        let mut ledger = Ledger { lost: true, ..Ledger::default() };
        ledger.rows.add(b"row");
        ledger.notes[2].add(b"meta");
        let bytes = encode(&ledger.sums());
        assert_eq!(decode(&bytes).ok(), Some(ledger.sums()));
        assert!((0..bytes.len()).all(|end| decode(&bytes[..end]).is_err()));
    }
}
