//! How the file came to its present form: numbered steps, forward only, never edited once released.

use haven_engine::io::StoreFault;
use rusqlite::Connection;

use super::fault;

/// Every step, the first number 1. The number of the last step taken stands in the file's header.
const STEPS: &[&str] = &[include_str!("../../migrations/0001_journal.sql")];

/// The format that this Haven writes.
pub(super) fn newest() -> u32 {
    number_of(STEPS)
}

/// The format that the file has.
pub(super) fn version(db: &Connection) -> Result<u32, StoreFault> {
    let version = db.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0));
    version.map_err(|error| fault::of(&error))
}

/// Takes the steps that the file has not taken.
pub(super) fn run(db: &Connection) -> Result<(), StoreFault> {
    take(db, STEPS)
}

/// Takes each missing step in a transaction of its own, together with its number: a crash leaves the old form or the new.
fn take(db: &Connection, steps: &[&str]) -> Result<(), StoreFault> {
    let taken = version(db)?;
    for (step, number) in steps.iter().zip(1_u32..).skip_while(|(_, number)| *number <= taken) {
        let batch = format!("BEGIN IMMEDIATE; {step} PRAGMA user_version = {number}; COMMIT;");
        if let Err(error) = db.execute_batch(&batch) {
            // The step's own fault is what matters; a failed rollback shows up at the next statement.
            let _ = db.execute_batch("ROLLBACK");
            return Err(fault::of(&error));
        }
    }
    Ok(())
}

fn number_of(steps: &[&str]) -> u32 {
    u32::try_from(steps.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE first (id INTEGER);";
    const SECOND: &str = "CREATE TABLE second (id INTEGER); INSERT INTO first VALUES (2);";
    const BROKEN: &str = "CREATE TABLE third (id INTEGER); INSERT INTO nowhere VALUES (3);";

    fn tables(db: &Connection) -> Vec<String> {
        let mut statement = db.prepare("SELECT name FROM sqlite_schema ORDER BY name").unwrap();
        let names = statement.query_map([], |row| row.get(0)).unwrap();
        names.map(Result::unwrap).collect()
    }

    #[test]
    fn steps_are_taken_once_and_in_order() {
        let db = Connection::open_in_memory().unwrap();
        for (steps, expected) in [
            (&[FIRST][..], &["first"][..]),
            (&[FIRST], &["first"]),
            (&[FIRST, SECOND], &["first", "second"]),
            (&[FIRST, SECOND], &["first", "second"]),
        ] {
            take(&db, steps).unwrap();
            assert_eq!(tables(&db), expected);
            assert_eq!(version(&db), Ok(number_of(steps)));
        }
        let count: i64 = db.query_row("SELECT count(*) FROM first", [], |row| row.get(0)).unwrap();
        assert_eq!(count, 1);
    }

    #[test]
    fn a_step_that_fails_leaves_the_form_before_it() {
        let db = Connection::open_in_memory().unwrap();
        assert!(matches!(take(&db, &[FIRST, BROKEN]), Err(StoreFault::Damaged { .. })));
        assert_eq!((tables(&db), version(&db)), (vec!["first".to_owned()], Ok(1)));
        take(&db, &[FIRST, SECOND]).unwrap();
        assert_eq!(version(&db), Ok(2));
    }
}
