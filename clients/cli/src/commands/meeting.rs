//! Two edits of an entry that met: told beside the entry, and settled.

use std::fmt::Write as _;

use haven_api::journal::{EntryRead, Keep};

use super::writing::tell;
use crate::args::SettleArgs;
use crate::cx::{Cx, Haven};
use crate::fault::Fault;
use crate::text::{LANGUAGE, Style};
use crate::when;

/// The fewest letters of a version that are shown, and that are enough to name it.
const VERSION_SHOWN: usize = 8;

/// The word for keeping all that met.
const BOTH: &str = "both";

pub(super) async fn settle(cx: &Cx, args: &SettleArgs) -> Result<(), Fault> {
    let keep = if args.keep == BOTH { Keep::Both } else { Keep::Version(&args.keep) };
    let written = cx.haven().await?.settle(&args.id, keep).await?;
    tell(cx, written.id.to_string())
}

/// What met in an entry, when and where it was written, what the others say, and how to choose; empty if nothing did.
pub(super) async fn in_words(haven: &Haven, read: &EntryRead, style: Style) -> Result<String, Fault> {
    let mut words = String::new();
    let Some((first, others)) = read.met.split_first() else { return Ok(words) };
    let id = read.entry.summary.id.to_string();
    let names: Vec<&str> = read.met.iter().map(|side| side.version.as_str()).collect();
    let line = |version: &haven_api::journal::EntryVersion| {
        let device = match version.device.as_str() {
            "" => "a device".to_owned(),
            device => style.line(device),
        };
        format!("{}  from {device}, {}", style.bold(short(&version.version, &names)), when::local(version.at))
    };
    let _ =
        writeln!(words, "\n{}", style.prose("Two edits met here, and you haven't chosen between them yet."));
    let _ = writeln!(words, "{}\nThis is the one you see above.", line(first));
    for other in others {
        let there = haven.entry_in_words(&id, Some(&other.version), LANGUAGE).await?;
        let _ = writeln!(words, "\n{}", line(other));
        words.push_str(&differing(read, &there, style));
    }
    let _ =
        writeln!(words, "\nKeep one:   haven settle {} --keep {}", &id[..8], short(&first.version, &names));
    let _ = writeln!(words, "Keep both:  haven settle {} --keep {BOTH}", &id[..8]);
    let or = style.prose("Or edit its words: what you write then stands, on all your devices.");
    let _ = writeln!(words, "{or}");
    Ok(words)
}

/// What another version says that the one above does not.
fn differing(shown: &EntryRead, there: &EntryRead, style: Style) -> String {
    let mut words = String::new();
    let (one, other) = (&shown.entry, &there.entry);
    if other.summary.trashed.is_some() {
        words.push_str("There it was put into the trash.\n");
    }
    if one.summary.title != other.summary.title {
        let title = if other.summary.title.is_empty() { "(no title)" } else { &other.summary.title };
        let _ = writeln!(words, "{}", style.bold(&style.line(title)));
    }
    if one.summary.at != other.summary.at {
        let _ = writeln!(words, "{}", when::short(&other.summary.at));
    }
    if one.text != other.text {
        let text = if other.text.is_empty() { "(no text)".to_owned() } else { style.prose(&other.text) };
        let _ = writeln!(words, "{text}");
    }
    for answer in &there.answers {
        if !shown.answers.iter().any(|known| known.id == answer.id && known.answer == answer.answer) {
            let (question, answer) = (style.prose(&answer.question), style.prose(&answer.answer));
            let _ = writeln!(words, "{}\n{answer}", style.faint(&question));
        }
    }
    for answer in &shown.answers {
        if !there.answers.iter().any(|known| known.id == answer.id) {
            let _ = writeln!(words, "{}\n(no answer)", style.faint(&style.prose(&answer.question)));
        }
    }
    words
}

/// As much of a version's name as fits no other that met.
fn short<'a>(version: &'a str, all: &[&str]) -> &'a str {
    let fits_one =
        |length: &usize| all.iter().filter(|other| other.starts_with(&version[..*length])).count() == 1;
    let length = (VERSION_SHOWN.min(version.len())..=version.len()).find(fits_one);
    &version[..length.unwrap_or(version.len())]
}
