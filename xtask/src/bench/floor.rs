//! What this machine could do at best: the floors that every figure is compared with.

mod machine;

use std::path::Path;
use std::time::Duration;

pub use machine::Machine;

use super::programs::{Programs, Said};
use super::quantity::Quantity;
use super::table::{Floor, Row, Table};
use super::usage::Usage;
use crate::corpus::{self, Entry};
use crate::fault::Fault;

/// Journals for the floors are this large; what grows with a journal is scaled from it.
const ENTRIES: usize = 10_000;

/// The floors of one run.
pub struct Floors {
    /// The machine alone.
    pub machine: Machine,
    /// The libraries that everything rests on, alone.
    pub pieces: Pieces,
    cores: f64,
}

/// What the libraries take, each alone.
pub struct Pieces {
    /// One passphrase stretched.
    pub kdf: Duration,
    /// One row durable in the bare database, p50.
    pub commit: Duration,
    /// The same, p99.
    pub commit_p99: Duration,
    row: f64,
    seal: f64,
    open: f64,
    create: f64,
    apply: f64,
}

impl Floors {
    /// Measures all of them in a folder, whose disk must be the one that everything else uses.
    ///
    /// # Errors
    /// When a file, a socket or a program cannot be used.
    pub fn measure(
        programs: &Programs,
        folder: &Path,
        real: &[Entry],
        table: &mut Table,
    ) -> Result<Self, Fault> {
        let machine = Machine::measure(folder, table)?;
        let pieces = Pieces::measure(programs, folder, real, table)?;
        let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
        Ok(Self { machine, pieces, cores })
    }

    /// One durable save through a socket.
    #[must_use]
    pub fn save(&self) -> Floor {
        Floor::time("commit + RTT", self.pieces.commit + self.machine.round_trip)
    }

    /// A save that is durable on two devices and the server between them.
    #[must_use]
    pub fn propagation(&self) -> Floor {
        Floor::time("3 commits + 2 RTT", 3 * self.pieces.commit + 2 * self.machine.round_trip)
    }

    /// A question answered through a socket.
    #[must_use]
    pub fn question(&self) -> Floor {
        Floor::time("RTT", self.machine.round_trip)
    }

    /// A program that does nothing.
    #[must_use]
    pub fn start(&self) -> Floor {
        Floor::time("process", self.machine.start)
    }

    /// A program that makes one row durable.
    #[must_use]
    pub fn start_and_commit(&self) -> Floor {
        Floor::time("process + commit", self.machine.start + self.pieces.commit)
    }

    /// A passphrase stretched.
    #[must_use]
    pub fn unlock(&self) -> Floor {
        Floor::time("KDF", self.pieces.kdf)
    }

    /// So many documents made and sealed on all cores, and stored in one commit.
    #[must_use]
    pub fn import(&self, entries: usize, bytes: usize) -> Floor {
        let work = entries as f64 * self.pieces.create + bytes as f64 * self.pieces.seal;
        Floor { of: "create + seal + store", least: work / self.cores + self.rows(entries) }
    }

    /// So many sealed entries stored in one commit.
    #[must_use]
    pub fn upload(&self, entries: usize) -> Floor {
        Floor { of: "store", least: self.rows(entries) }
    }

    /// So many entries opened and applied on all cores, and stored in one commit.
    #[must_use]
    pub fn first_sync(&self, entries: usize, bytes: usize) -> Floor {
        let work = entries as f64 * self.pieces.apply + bytes as f64 * self.pieces.open;
        Floor { of: "open + apply + store", least: work / self.cores + self.rows(entries) }
    }

    /// Commits of one row a second, one after the other.
    #[must_use]
    pub fn commits(&self) -> Floor {
        Floor { of: "commits in a row", least: 1.0 / self.pieces.commit.as_secs_f64() }
    }

    /// Rows stored a second, all in one commit.
    #[must_use]
    pub fn rows_in_bulk(&self) -> Floor {
        Floor { of: "rows in one commit", least: 1.0 / self.pieces.row }
    }

    fn rows(&self, entries: usize) -> f64 {
        entries as f64 * self.pieces.row
    }
}

impl Pieces {
    fn measure(programs: &Programs, folder: &Path, real: &[Entry], table: &mut Table) -> Result<Self, Fault> {
        let journal = corpus::grow(real, ENTRIES)?;
        let words = folder.join("words");
        let text: Vec<String> = journal.iter().map(|entry| entry.text.replace('\n', " ")).collect();
        std::fs::write(&words, text.join("\n")).map_err(|error| Fault::io("write the words", &error))?;
        let (words, place) = (words.display().to_string(), folder.display().to_string());
        let mut said = |program: &str, argument: &str, rows: &[(&'static str, &str, &str)]| {
            let before = Usage::now();
            let said = programs.ask(program, &[argument])?;
            let usage = Usage::now().since(before);
            for (metric, what, name) in rows {
                table.add(row(metric, said.time(what, name)?, late(&said, what), usage));
            }
            Ok::<_, Fault>(said)
        };
        let commits = said(
            "commits",
            &place,
            &[
                ("SQLite, one row of 1.8 kB a commit", "commit", "p50_ns"),
                ("SQLite, 10,000 such rows in one commit", "bulk", "ns"),
            ],
        )?;
        let sealing = said(
            "sealing",
            &words,
            &[
                ("stretch a passphrase (Argon2id, 64 MiB, 3 passes)", "kdf", "p50_ns"),
                ("derive a record's key (HKDF)", "hkdf", "p50_ns"),
                ("wrap an epoch's root for one member (X-Wing)", "wrap", "p50_ns"),
                ("the same by X25519 alone", "wrap x25519", "p50_ns"),
                ("unwrap it (X-Wing)", "unwrap", "p50_ns"),
                ("the same by X25519 alone, unwrapped", "unwrap x25519", "p50_ns"),
                ("encrypt 10,000 entries in pieces of 64 KiB, the cipher alone", "aead", "ns"),
                ("compress and seal them", "seal", "ns"),
                ("open and inflate them", "open", "ns"),
            ],
        )?;
        let documents = said(
            "documents",
            &words,
            &[
                ("make 10,000 documents", "create", "ns"),
                ("apply their changes to empty ones", "apply", "ns"),
                ("load them", "load", "ns"),
            ],
        )?;
        let each = |said: &Said, what: &str, of: &str| {
            Ok(said.time(what, "ns")?.as_secs_f64() / said.number(what, of)?)
        };
        Ok(Self {
            kdf: sealing.time("kdf", "p50_ns")?,
            commit: commits.time("commit", "p50_ns")?,
            commit_p99: commits.time("commit", "p99_ns")?,
            row: each(&commits, "bulk", "count")?,
            seal: each(&sealing, "seal", "bytes")?,
            open: each(&sealing, "open", "bytes")?,
            create: each(&documents, "create", "count")?,
            apply: each(&documents, "apply", "count")?,
        })
    }
}

fn late(said: &Said, what: &str) -> Option<Duration> {
    said.time(what, "p99_ns").ok()
}

/// The row of a floor.
fn row(metric: &str, time: Duration, late: Option<Duration>, usage: Usage) -> Row {
    let aside = late.map(|late| format!("p99 {}", super::table::duration(late)));
    let value = Quantity::Time(time);
    Row { key: "floor", metric: metric.to_owned(), target: None, value, aside, floor: None, usage }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floors_grow_with_the_journal_and_shrink_with_the_cores() {
        let ms = Duration::from_millis;
        let machine =
            Machine { append: ms(1), append_p99: ms(2), round_trip: ms(1), start: ms(1), copy: ms(1) };
        let pieces = Pieces {
            kdf: ms(100),
            commit: ms(2),
            commit_p99: ms(4),
            row: 0.001,
            seal: 0.0001,
            open: 0.0002,
            create: 0.002,
            apply: 0.004,
        };
        let floors = Floors { machine, pieces, cores: 2.0 };
        let check = |floor: Floor, least: f64| {
            assert!((floor.least - least).abs() < 1e-9, "{}: {}", floor.of, floor.least);
        };
        check(floors.save(), 0.003);
        check(floors.propagation(), 0.008);
        check(floors.import(10, 100), 0.5 * (0.02 + 0.01) + 0.01);
        check(floors.first_sync(10, 100), 0.5 * (0.04 + 0.02) + 0.01);
        check(floors.upload(20), 0.02);
        check(floors.commits(), 500.0);
    }
}
