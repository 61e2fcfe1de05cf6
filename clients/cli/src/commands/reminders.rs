//! Reminders: none, unless the person puts one into a calendar of their own.

use std::path::Path;

use haven_core::reminder::Reminder;
use serde::Serialize;

use super::export::NewFile;
use crate::args::{ReminderArgs, ReminderCommand};
use crate::cx::{Cx, write};
use crate::fault::Fault;
use crate::when;

/// What there is to know of reminders.
const NOTHING_REMINDS: &str = "Nothing here reminds you of anything, and nobody notices whether you write.\n\
     If you would like a reminder, `haven reminders export FILE` writes one for your own calendar.\n\
     It says \"A moment for yourself\" and not what it's for, unless you give --text.\n";

/// What to do with the file.
const HOW_ON: &str = "Open the file with your calendar, then it can be deleted. To be rid of the reminder, delete it in the \
     calendar. Anyone who can see the calendar, or keeps it for you, can see the reminder too.";

#[derive(Serialize)]
struct NoReminders {
    reminders: [(); 0],
    says: &'static str,
}

#[derive(Serialize)]
struct Exported {
    exported: u64,
}

pub(super) fn run(cx: &Cx, command: Option<ReminderCommand>) -> Result<(), Fault> {
    match command {
        None => cx.tell(&NoReminders { reminders: [], says: NOTHING_REMINDS.trim_end() }, |_| {
            NOTHING_REMINDS.to_owned()
        }),
        Some(ReminderCommand::Export(args)) => export(cx, args),
    }
}

fn export(cx: &Cx, args: ReminderArgs) -> Result<(), Fault> {
    let ReminderArgs { file, every, at, text } = args;
    let wording = text.unwrap_or_default();
    let calendar = Reminder { every, at, first: when::today(), wording }.calendar();
    if file == Path::new("-") {
        return write(calendar.as_bytes());
    }
    let mut out = NewFile::make(file)?;
    out.write(calendar.as_bytes())?;
    out.finish()?;
    cx.tell(&Exported { exported: 1 }, |_| String::new())?;
    cx.note(HOW_ON);
    Ok(())
}
