//! Writing and reading.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use haven_core::entry::EntryKind;
use haven_core::time::{CivilTime, Date};

use crate::when;

#[derive(Args)]
pub(crate) struct AddArgs {
    /// The text, or `-` to read it from stdin; without it your editor opens. Text given here stays in the shell's history.
    pub(crate) text: Option<String>,
    /// A title.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// A tag; may be repeated.
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// Somebody it is about, by name or id; may be repeated.
    #[arg(long = "person", value_name = "PERSON")]
    pub(crate) people: Vec<String>,
    /// When it happened: a date, or a time such as 2026-11-24T21:30.
    #[arg(long, value_parser = when::time, value_name = "TIME")]
    pub(crate) at: Option<CivilTime>,
    /// What it is: note or checkin.
    #[arg(long, value_parser = written_kind)]
    pub(crate) kind: Option<EntryKind>,
}

#[derive(Args)]
pub(crate) struct EditArgs {
    /// The entry: its id, or as much of it as fits one only.
    pub(crate) id: String,
    /// Take the new text from a file, or `-` for stdin; without any change given, your editor opens.
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    /// The new title.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// A tag to add; may be repeated.
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// A tag to take away; may be repeated.
    #[arg(long = "untag", value_name = "TAG")]
    pub(crate) untags: Vec<String>,
    /// Somebody to add, by name or id; may be repeated.
    #[arg(long = "person", value_name = "PERSON")]
    pub(crate) people: Vec<String>,
    /// When it happened: a date, or a time such as 2026-11-24T21:30.
    #[arg(long, value_parser = when::time, value_name = "TIME")]
    pub(crate) at: Option<CivilTime>,
}

#[derive(Args)]
pub(crate) struct ShowArgs {
    /// The entry: its id, or as much of it as fits one only.
    pub(crate) id: String,
    /// A version, as `haven history` names it.
    #[arg(long)]
    pub(crate) version: Option<String>,
}

#[derive(Args)]
pub(crate) struct ListArgs {
    /// How many at most; 0 means all.
    #[arg(long, default_value_t = 20)]
    pub(crate) limit: usize,
    /// Only entries before this day.
    #[arg(long, value_name = "DATE")]
    pub(crate) before: Option<Date>,
    /// Only entries of this day or later.
    #[arg(long, value_name = "DATE")]
    pub(crate) after: Option<Date>,
    /// Only entries with this tag; may be repeated.
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// Only entries about this person; may be repeated.
    #[arg(long = "person", value_name = "PERSON")]
    pub(crate) people: Vec<String>,
    /// Only entries of this kind: note, checkin, exercise, measure or session.
    #[arg(long)]
    pub(crate) kind: Option<EntryKind>,
    /// The entries in the trash instead.
    #[arg(long)]
    pub(crate) trashed: bool,
    /// Only entries in which two edits met and you haven't chosen yet.
    #[arg(long, conflicts_with = "trashed")]
    pub(crate) met: bool,
}

#[derive(Args)]
pub(crate) struct SettleArgs {
    /// The entry: its id, or as much of it as fits one only.
    pub(crate) id: String,
    /// What to keep: one of the versions that `haven show` names, or as much of it as fits one only, or "both".
    #[arg(long, value_name = "VERSION|both")]
    pub(crate) keep: String,
}

#[derive(Args)]
pub(crate) struct SearchArgs {
    /// Words, "phrases", tag:, person:, kind:, step:, before:, after:. Case and accents do not matter.
    #[arg(required = true, num_args = 1.., value_name = "QUERY")]
    pub(crate) query: Vec<String>,
    /// How many at most; 0 means all.
    #[arg(long, default_value_t = 20)]
    pub(crate) limit: usize,
}

#[derive(Args)]
pub(crate) struct CheckinArgs {
    /// What you feel, in a word or two; may be repeated.
    #[arg(long = "feeling", value_name = "FEELING")]
    pub(crate) feelings: Vec<String>,
    /// A line about it.
    #[arg(long)]
    pub(crate) note: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum DraftCommand {
    /// List drafts, the last changed first.
    List,
    /// Read a draft.
    Show {
        /// The draft: its id, or as much of it as fits one only.
        id: String,
    },
    /// Go on with a draft in your editor.
    Edit {
        /// The draft: its id, or as much of it as fits one only.
        id: String,
    },
    /// Make a draft an entry, or a change to its entry.
    Save {
        /// The draft: its id, or as much of it as fits one only.
        id: String,
    },
    /// Throw a draft away.
    Discard {
        /// The draft: its id, or as much of it as fits one only.
        id: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum ImportCommand {
    /// Objects of JSON, a line each or in a list: {"date","title"?,"text","tags"?,"people"?}, or an export of Haven, which comes
    /// back as it was. What is there already is skipped.
    Jsonl {
        /// The file, or `-` for stdin.
        file: PathBuf,
        /// Only say what would happen.
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum ExportCommand {
    /// Lines of JSON with all of the journal, the trash too: what `haven import jsonl` reads.
    Jsonl {
        /// The file, or `-` for stdout.
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// A folder of Markdown files, one an entry.
    Markdown {
        /// The folder; it must be new or empty.
        dir: PathBuf,
        /// Earlier versions too.
        #[arg(long)]
        history: bool,
    },
}

fn written_kind(text: &str) -> Result<EntryKind, String> {
    match text.parse() {
        Ok(kind @ (EntryKind::Note | EntryKind::Checkin)) => Ok(kind),
        _ => Err("write a note or a checkin; `haven practice do` makes exercises".to_owned()),
    }
}
