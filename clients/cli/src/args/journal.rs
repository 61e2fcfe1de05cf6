//! Writing and reading.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use haven_api::drafts::DraftId;
use haven_core::answers::ExerciseId;
use haven_core::entry::EntryKind;
use haven_core::time::{CivilTime, Date, LocalZone};

use super::{day, typed, values};
use crate::shapes::hex;

#[derive(Args)]
pub(crate) struct AddArgs {
    /// The text, in one word or several, or `-` to read it from stdin; without it a pipe is read, or your editor opens. What you type
    /// here stays in the shell's history. While the journal is locked the words are kept sealed, and are an entry once you unlock, or a draft
    /// if somebody they're about isn't found; a script reads "kept": "sealed" then.
    #[arg(value_name = "TEXT")]
    pub(crate) words: Vec<String>,
    /// A title.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// A tag; may be repeated.
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// Someone it's about, by name or id; may be repeated.
    #[arg(long = "person", value_name = "PERSON")]
    pub(crate) people: Vec<String>,
    /// When it happened: a date, a time such as 2026-11-24T21:30, or yesterday, today or a weekday.
    #[arg(long, value_parser = day::time, value_name = "TIME")]
    pub(crate) at: Option<CivilTime>,
    /// What it is: note or checkin.
    #[arg(long, value_parser = written_kind)]
    pub(crate) kind: Option<EntryKind>,
}

impl AddArgs {
    /// The text, if any was typed.
    pub(crate) fn text(&self) -> Option<String> {
        (!self.words.is_empty()).then(|| self.words.join(" "))
    }
}

#[derive(Args)]
pub(crate) struct EditArgs {
    /// The entry: its id or the start of it, such as 1a2b, or `last` for the newest. Several may be given the same tags, people
    /// and time at once.
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<String>,
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
    /// Someone to add, by name or id; may be repeated.
    #[arg(long = "person", value_name = "PERSON")]
    pub(crate) people: Vec<String>,
    /// When it happened: a date, a time such as 2026-11-24T21:30, or yesterday, today or a weekday.
    #[arg(long, value_parser = day::time, value_name = "TIME")]
    pub(crate) at: Option<CivilTime>,
}

#[derive(Args)]
pub(crate) struct ShowArgs {
    /// The entries: their ids or the start of each, such as 1a2b, or `last` for the newest.
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// A version, as `haven history` names it, or the start of it.
    #[arg(long)]
    pub(crate) version: Option<String>,
}

#[derive(Args)]
pub(crate) struct HistoryArgs {
    /// The entry: its id or the start of it, such as 1a2b, or `last` for the newest.
    pub(crate) id: String,
    /// Show what each version changed.
    #[arg(long)]
    pub(crate) diff: bool,
}

#[derive(Args)]
pub(crate) struct ListArgs {
    /// How many at most; 0 means all.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20, value_parser = values::number::<usize>)]
    pub(crate) limit: usize,
    /// Only entries of this day: a date such as 2026-11-24, yesterday, today, or a weekday, which means the last one, today
    /// included.
    #[arg(long, value_parser = day::date, value_name = "DATE", conflicts_with_all = ["before", "after"])]
    pub(crate) on: Option<Date>,
    /// Only entries before this day, named in the same ways.
    #[arg(long, value_parser = day::date, value_name = "DATE")]
    pub(crate) before: Option<Date>,
    /// Only entries of this day or later, named in the same ways.
    #[arg(long, value_parser = day::date, value_name = "DATE")]
    pub(crate) after: Option<Date>,
    /// Only entries with this tag; may be repeated.
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// Only entries about this person; may be repeated.
    #[arg(long = "person", value_name = "PERSON")]
    pub(crate) people: Vec<String>,
    /// Only entries of this kind: note, checkin, exercise, measure or session.
    #[arg(long, value_parser = values::one_of::<EntryKind>(EntryKind::ALL.map(EntryKind::as_str)), hide_possible_values = true)]
    pub(crate) kind: Option<EntryKind>,
    /// Only entries that answer this exercise or measure, by its id, such as thought-check.
    #[arg(long, value_name = "ID", value_parser = values::practised)]
    pub(crate) exercise: Option<ExerciseId>,
    /// Only entries that name this feeling: sad, or a word of your own; may be repeated. Case and accents don't matter.
    #[arg(long = "feeling", value_name = "FEELING")]
    pub(crate) feelings: Vec<String>,
    /// The entries in the trash instead.
    #[arg(long)]
    pub(crate) trashed: bool,
    /// Only entries in which edits met and you haven't chosen yet.
    #[arg(long, conflicts_with = "trashed")]
    pub(crate) met: bool,
}

#[derive(Args)]
pub(crate) struct SettleArgs {
    /// The entry: its id or the start of it, such as 1a2b.
    pub(crate) id: String,
    /// What to keep: one of the versions that `haven show` names, or the start of it, or "both": then what differs stands one
    /// after the other, nothing is taken away, and nothing goes into the trash or comes out of it. Without it you see what each
    /// choice would do.
    #[arg(long, value_name = "VERSION|both")]
    pub(crate) keep: Option<String>,
}

#[derive(Args)]
pub(crate) struct SearchArgs {
    /// Words, "phrases", tag:, person:, kind:, step:, exercise:, feeling:, before:, after:, such as tea feeling:sad
    /// before:2026-01-01. Case and accents don't matter in words and feelings.
    #[arg(required = true, num_args = 1.., value_name = "QUERY")]
    pub(crate) query: Vec<String>,
    /// How many at most; 0 means all.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20, value_parser = values::number::<usize>)]
    pub(crate) limit: usize,
}

#[derive(Args)]
pub(crate) struct CheckinArgs {
    /// What you feel, in a word or two; may be repeated.
    #[arg(long = "feeling", value_name = "FEELING")]
    pub(crate) feelings: Vec<String>,
    /// A line about it, or `-` to read it from stdin.
    #[arg(long)]
    pub(crate) note: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum DraftCommand {
    /// List drafts, the last changed first.
    List,
    /// Read a draft.
    Show {
        /// The draft: its id or the start of it, such as 1a2b.
        id: String,
    },
    /// Go on with a draft in your editor.
    Edit {
        /// The draft: its id or the start of it, such as 1a2b.
        id: String,
    },
    /// Make a draft an entry, or a change to its entry.
    Save(DraftSaveArgs),
    /// Throw a draft away.
    Discard {
        /// The draft: its id or the start of it, such as 1a2b.
        id: String,
    },
}

#[derive(Args)]
pub(crate) struct DraftSaveArgs {
    /// The draft: its id, or as much of it as fits one only.
    pub(crate) id: String,
    /// Whom it is about, instead of those it names; may be repeated.
    #[arg(long = "person", value_name = "PERSON")]
    pub(crate) people: Vec<String>,
    /// Another title. One that was too long goes on in the text.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// When it happened: a date, a time such as 2026-11-24T21:30, or yesterday, today or a weekday.
    #[arg(long, value_parser = day::time, value_name = "TIME")]
    pub(crate) at: Option<CivilTime>,
    /// Make several entries of a text that is too long for one, and move what is too long of a title into the text.
    #[arg(long)]
    pub(crate) split: bool,
    /// Put it into this entry: its id, as much of it as fits one only, or `last` for the newest.
    #[arg(long, value_name = "ENTRY", conflicts_with = "split")]
    pub(crate) entry: Option<String>,
    /// Make a new entry of what was written for another one.
    #[arg(long, conflicts_with_all = ["entry", "split"])]
    pub(crate) new: bool,
    /// Don't ask before it takes the place of what stands in an entry; that stays in the history.
    #[arg(long)]
    pub(crate) yes: bool,
}

impl DraftSaveArgs {
    /// A draft saved with nothing said beside it.
    pub(crate) fn of(id: DraftId) -> Self {
        Self {
            id: hex(&id),
            people: Vec::new(),
            title: None,
            at: None,
            split: false,
            entry: None,
            new: false,
            yes: false,
        }
    }
}

#[derive(Subcommand)]
pub(crate) enum ImportCommand {
    /// Entries as JSON, one a line or in a list, each {"date","title"?,"text","tags"?,"people"?}; or an export of Haven, which comes
    /// back as it was. What is there already stays as it is.
    Jsonl {
        /// The file, or `-` for stdin.
        file: PathBuf,
        /// Only say what would happen.
        #[arg(long)]
        dry_run: bool,
        /// The zone of times that name none: a name such as Europe/Berlin, or an offset such as +09:00. Yours unless you say otherwise.
        #[arg(long, value_parser = typed::zone, value_name = "ZONE", allow_hyphen_values = true)]
        zone: Option<LocalZone>,
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

pub(super) fn written_kind(text: &str) -> Result<EntryKind, String> {
    match text.parse() {
        Ok(kind @ (EntryKind::Note | EntryKind::Checkin)) => Ok(kind),
        _ => Err("what is written here is a note or a checkin; write one of the two, or do an exercise with `haven practice do`"
            .to_owned()),
    }
}
