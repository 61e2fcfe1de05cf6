//! Two edits of an entry that met: told beside the entry, and settled.

mod choices;

use std::fmt::Write as _;

use haven_api::journal::{EntryRead, EntryVersion, Keep, ReadAnswer};
use haven_core::meeting::{MetPart, Part};

use super::done::tell;
use super::entries;
use crate::args::SettleArgs;
use crate::cx::{Cx, Haven};
use crate::fault::{Exit, Fault};
use crate::text::{Style, edits, wrapped};
use crate::when;
use choices::{effect_of_all, effect_of_one, to_edit};

/// The fewest letters of a version that are shown, and that are enough to name it.
const VERSION_SHOWN: usize = 8;

/// The word for keeping all that met.
const BOTH: &str = "both";

pub(super) async fn settle(cx: &Cx, args: &SettleArgs) -> Result<Exit, Fault> {
    let haven = cx.haven().await?;
    let Some(keep) = &args.keep else { return undecided(cx, &haven, &args.id).await };
    let was_trashed = haven.entry(&args.id, None).await?.summary.trashed.is_some();
    let keep = if keep == BOTH { Keep::Both } else { Keep::Version(keep) };
    let settled = haven.settle(&args.id, keep).await?;
    tell(cx, &settled.id.to_string())?;
    match (settled.trashed, was_trashed) {
        (true, true) => cx.note("It stays in the trash; `haven untrash` brings it back."),
        (true, false) => {
            cx.note("It's in the trash now, on all your devices; `haven untrash` brings it back.");
        }
        (false, _) => {}
    }
    Ok(Exit::Done)
}

/// Shows what could be chosen; nothing is chosen by that, and to have looked is no mistake.
async fn undecided(cx: &Cx, haven: &Haven, id: &str) -> Result<Exit, Fault> {
    let read = haven.entry_in_words(id, None).await?;
    if read.met.is_empty() {
        // Nothing has to be chosen, and the device says so.
        haven.settle(id, Keep::Version(&read.entry.version)).await?;
    }
    if !cx.json {
        let words = entries::whole(haven, &read, cx.style).await?;
        cx.page(&wrapped(&words, cx.style.columns))?;
        cx.note("Nothing was settled yet: say with --keep which of them to keep, or both.");
        return Ok(Exit::Decision);
    }
    let next = "Say it with --keep: one of the versions that `haven show` names, or both.";
    Err(Fault::decision("nothing was settled", "it wasn't said what to keep", next))
}

/// What met in an entry, when and where it was written, what the others say, and what each choice does; empty if nothing did.
pub(super) async fn in_words(haven: &Haven, read: &EntryRead, style: Style) -> Result<String, Fault> {
    let mut words = String::new();
    let Some((first, others)) = read.met.split_first() else { return Ok(words) };
    let id = read.entry.summary.id.to_string();
    let names: Vec<&str> = read.met.iter().map(|side| side.version.as_str()).collect();
    let line = |version: &EntryVersion| {
        let device = match version.device.as_str() {
            "" => "a device".to_owned(),
            device => style.line(device),
        };
        format!("{}  from {device}, {}", style.bold(short(&version.version, &names)), when::local(version.at))
    };
    let edits = edits(u32::try_from(read.met.len()).unwrap_or(u32::MAX));
    let is_trashed = read.entry.summary.trashed.is_some();
    let told = if is_trashed {
        format!(
            "{edits} met here. It's in the trash, so you needn't choose; if you take it out, you'll be asked again."
        )
    } else {
        format!("{edits} met here, and you haven't chosen between them yet.")
    };
    let _ = writeln!(words, "\n{}", style.prose(&told));
    let _ = writeln!(words, "{}\nThis is the one you see above.", line(first));
    for other in others {
        let there = haven.entry_in_words(&id, Some(&other.version)).await?;
        let _ = writeln!(words, "\n{}", line(other));
        words.push_str(&differing(read, &there, &other.parts, style));
    }
    if !is_trashed {
        words.push_str(&choices(read, &names, style));
    }
    Ok(words)
}

/// Every choice, as it can be typed, and under it what it does.
fn choices(read: &EntryRead, names: &[&str], style: Style) -> String {
    let id = &read.entry.summary.id.to_string()[..VERSION_SHOWN];
    let one = |(at, side): (usize, &EntryVersion)| {
        (short(&side.version, names).to_owned(), effect_of_one(side, at == 0))
    };
    let all = (BOTH.to_owned(), effect_of_all(&read.met));
    let mut words = "\n".to_owned();
    for (keep, effect) in read.met.iter().enumerate().map(one).chain([all]) {
        let effect = style.prose(&format!("  {effect}"));
        let _ = writeln!(words, "haven settle {id} --keep {keep}\n{effect}");
    }
    if let Some(or) = to_edit(&read.met) {
        let _ = writeln!(words, "{}", style.prose(&or));
    }
    words
}

/// What another version says that the one above does not, in those parts that keeping it would change.
fn differing(shown: &EntryRead, there: &EntryRead, parts: &[MetPart], style: Style) -> String {
    let mut words = String::new();
    let (one, other) = (&shown.entry, &there.entry);
    let has = |part: &Part| parts.iter().any(|it| it.part == *part);
    if has(&Part::Trash) && other.summary.trashed.is_some() {
        words.push_str("There it was put into the trash.\n");
    }
    if has(&Part::Title) && one.summary.title != other.summary.title {
        let title = if other.summary.title.is_empty() { "(no title)" } else { &other.summary.title };
        let _ = writeln!(words, "{}", style.bold(&style.line(title)));
    }
    if has(&Part::Time) && one.summary.at != other.summary.at {
        let _ = writeln!(words, "{}", when::short(&other.summary.at));
    }
    if has(&Part::Text) && one.text != other.text {
        let text = if other.text.is_empty() { "(no text)".to_owned() } else { style.prose(&other.text) };
        let _ = writeln!(words, "{text}");
    }
    let is_of_side = |answer: &&ReadAnswer| has(&Part::Answer(answer.id.to_string()));
    for answer in there.answers.iter().filter(is_of_side) {
        if !shown.answers.iter().any(|known| known.id == answer.id && known.answer == answer.answer) {
            let (question, answer) = (style.prose(&answer.question), style.prose(&answer.answer));
            let _ = writeln!(words, "{}\n{answer}", style.faint(&question));
        }
    }
    for answer in shown.answers.iter().filter(is_of_side) {
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
