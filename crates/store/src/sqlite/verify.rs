//! What a doctor asks: does the whole file hang together?

use rusqlite::{Connection, Result};

use crate::limits::PROBLEMS_MAX;

/// Feeds that lack a record between their first and their last, and records of no feed.
const HOLES: &str = "SELECT count(*) FROM \
    (SELECT feed FROM records GROUP BY feed HAVING max(seq) - min(seq) + 1 <> count(*))";

const STRAYS: &str = "SELECT count(*) FROM records WHERE feed NOT IN (SELECT number FROM feeds)";

/// Rosters that lack their genesis or a link after it.
const GAPS: &str = "SELECT count(*) FROM \
    (SELECT space FROM links GROUP BY space HAVING min(seq) <> 0 OR max(seq) + 1 <> count(*))";

/// Lists what is wrong: first what the database finds in its own pages, then what it cannot know.
pub(super) fn problems(db: &Connection) -> Result<Vec<String>> {
    let mut statement = db.prepare(&format!("PRAGMA integrity_check({PROBLEMS_MAX})"))?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>>>()?;
    let mut problems: Vec<String> = lines.into_iter().filter(|line| line != "ok").collect();
    for (question, what) in [
        (HOLES, "feeds lack records between their first and their last"),
        (STRAYS, "records belong to no feed"),
        (GAPS, "rosters lack links"),
    ] {
        let count: i64 = db.query_row(question, [], |row| row.get(0))?;
        if count > 0 {
            problems.push(format!("{count} {what}"));
        }
    }
    Ok(problems)
}
