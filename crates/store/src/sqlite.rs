//! The store on a device's disk: one SQLite file that one process has to itself.
//!
//! Rooms in reading order: `place` (the folder and its files), `mark` (the lock, and how far the journal had come),
//! `connection` (settings), `migrations`, `reading`, `writing`, `verify`, `fault` (what the database's errors mean).

mod connection;
mod fault;
mod mark;
mod migrations;
mod place;
mod reading;
#[cfg(test)]
mod tests;
mod verify;
mod writing;

use std::path::Path;

use haven_engine::io::{Commit, Regression, Store, StoreFault};
use rusqlite::Connection;

use self::mark::Mark;
use self::place::Place;
use crate::refusal;

/// The journal's file inside its folder. The write-ahead log stands beside it, with `-wal` appended.
pub const DATABASE_FILE: &str = "journal.db";

/// Locked while a store is open, and says how many records the journal has held.
pub const MARK_FILE: &str = "journal.mark";

/// A vault's store on disk. Only one is open on a folder at a time, in all processes together.
pub struct SqliteStore {
    // Declared before the mark, so that the file is closed before the lock is let go.
    db: Connection,
    mark: Mark,
    regression: Option<Regression>,
    /// What stands in the log may not be what is on the disk: it must be folded before anything is added to it. So after a
    /// failed sync, and after a crash, which may have followed one.
    suspect: bool,
}

impl SqliteStore {
    /// Opens the store in a folder of its own, and makes both if they are missing. The folder and its files are made
    /// private to the person again if something has opened them to others.
    ///
    /// # Errors
    /// `InUse`: somebody has it open. `Newer`: written by a newer Haven; left untouched. `Damaged`: not a journal, or an
    /// unreadable one. `ReadOnly`, `Full`, `Unavailable`: the folder or its files cannot be used as they are; a link or
    /// another user's file is refused. A journal on a full disk opens all the same: it can be read.
    pub fn open(folder: &Path) -> Result<Self, StoreFault> {
        let place = Place::claim(folder)?;
        let mut mark = Mark::claim(&place)?;
        if !place.holds_journal(mark.records() > 0)? {
            create(&place)?;
        }
        let db = connection::open(&place.path(DATABASE_FILE))?;
        let suspect = match connection::fold_log(&db) {
            Ok(()) => false,
            // Readable all the same; nothing is written until folding succeeds.
            Err(StoreFault::Full | StoreFault::Unavailable { .. }) => true,
            Err(fault) => return Err(fault),
        };
        let held = reading::arrivals(&db).map_err(|error| fault::of(&error))?;
        let seen = mark.records();
        let regression = (held < seen).then_some(Regression { held, seen });
        mark.raise(held);
        Ok(Self { db, mark, regression, suspect })
    }

    /// Folds the write-ahead log into the file and closes it.
    ///
    /// # Errors
    /// Folding failed. Everything applied is durable in the log all the same, and the store is closed.
    pub fn close(self) -> Result<(), StoreFault> {
        let Self { db, mark, .. } = self;
        let folded = connection::fold_log(&db);
        let closed = db.close().map_err(|(_, error)| fault::of(&error));
        drop(mark);
        folded.and(closed)
    }

    /// Copies everything committed from the log into the file and begins the log anew: bytes that could not be synced are
    /// written again elsewhere instead of being trusted, and a failed commit that may stand complete in the log is gone.
    fn heal(&mut self) -> Result<(), StoreFault> {
        if !self.db.is_autocommit() {
            self.db.execute_batch("ROLLBACK").map_err(|error| fault::of(&error))?;
        }
        connection::fold_log(&self.db)?;
        self.suspect = false;
        Ok(())
    }
}

impl Store for SqliteStore {
    fn apply(&mut self, commit: Commit) -> Result<(), StoreFault> {
        if commit.is_empty() {
            return Ok(());
        }
        refusal::check(&commit.writes)?;
        if self.suspect {
            self.heal()?;
        }
        match writing::apply(&mut self.db, &commit.writes) {
            Ok(arrivals) => {
                self.mark.raise(arrivals.unwrap_or(0));
                Ok(())
            }
            Err(failure) => {
                self.suspect = failure.distrusts_disk() || !self.db.is_autocommit();
                if self.suspect {
                    // If it does not heal now, the next commit tries again before it writes anything.
                    let _ = self.heal();
                }
                Err(failure.into_fault())
            }
        }
    }

    /// As seen when the journal was opened: its file was replaced by an older copy, or its write-ahead log was taken away. The
    /// server's vector says the same of records that were pushed; this says it offline too. Drafts are not counted.
    fn regression(&self) -> Option<Regression> {
        self.regression
    }

    fn accept_regression(&mut self) {
        if let Some(regression) = self.regression.take() {
            self.mark.lower(regression.held);
        }
    }

    /// Lists at most 100 lines.
    fn verify(&self) -> Result<Vec<String>, StoreFault> {
        verify::problems(&self.db).map_err(|error| fault::of(&error))
    }
}

/// Makes an empty journal under another name and gives it its own when it is complete, so that a half-made one is never
/// found in its place.
fn create(place: &Place) -> Result<(), StoreFault> {
    place.begin_draft()?;
    connection::create(&place.path(place::DRAFT_FILE))?;
    place.publish_draft()
}
