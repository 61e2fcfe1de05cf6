//! A plug-in: lists today's entries. Run it beside an open journal: `cargo run -p haven-api --features unix --example today`.

use std::error::Error;
use std::io::{Write as _, stdout};
use std::time::{SystemTime, UNIX_EPOCH};

use haven_api::journal::Filter;
use haven_api::unix;
use haven_core::time::{CivilTime, Date, Timestamp};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let socket = unix::socket().ok_or("neither HAVEN_HOME nor HOME is set")?;
    let haven = unix::connect(&socket).await?;
    let today = today()?;
    let filter = Filter { after: Some(today), before: Some(today.plus_days(1)), ..Filter::default() };
    for entry in haven.list_all(&filter).await? {
        writeln!(stdout(), "{}  {}  {}", entry.id, entry.at, entry.title)?;
    }
    Ok(())
}

/// Today in UTC; a plug-in for people would ask for their zone.
fn today() -> Result<Date, Box<dyn Error>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let now = Timestamp::from_millis(i64::try_from(now.as_millis())?);
    Ok(CivilTime::from_clock(now, 0, None)?.date())
}
