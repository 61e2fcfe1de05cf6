//! The commands and their arguments.

mod beside;
pub(crate) mod day;
mod devices;
mod journal;
mod kit;
mod measures;
mod overview;
mod practice;
mod program;
mod refusal;
mod support;
mod typed;
mod values;

pub(crate) use beside::Beside;
pub(crate) use devices::{
    ConfirmArgs, DeviceCommand, InitArgs, JoinArgs, PassphraseCommand, RemoveArgs, ServerCommand, SyncArgs,
};
pub(crate) use journal::{
    AddArgs, CheckinArgs, DraftCommand, DraftSaveArgs, EditArgs, ExportCommand, HistoryArgs, ImportCommand,
    ListArgs, SearchArgs, SettleArgs, ShowArgs,
};
pub(crate) use kit::{KitCommand, RestoreArgs};
pub(crate) use measures::{DemoArgs, MeasureCommand, ProgressArgs};
pub(crate) use overview::OVERVIEW;
pub(crate) use practice::{DoArgs, PeopleCommand, PersonArgs, PracticeCommand};
pub(crate) use program::{AlarmCommand, ConfigCommand, DaemonCommand, OpenArgs, TokenCommand};
pub(crate) use refusal::{ask_back, is_bare, refusal, wants_json};
pub(crate) use support::{HelpNowArgs, PlanCommand, ReadableArgs, ReminderArgs, ReminderCommand};
pub(crate) use typed::{named, parse};

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// A private journal on your own devices.
///
/// When things are very low, `haven help-now` shows who you can call.
///
/// Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 failed or done in part, 2 wrong usage or input,
/// 3 locked or wrong passphrase, 4 daemon unreachable, 5 not found, 6 needs your decision, 7 server unreachable or too slow,
/// 130 interrupted.
#[derive(Parser)]
#[command(name = "haven", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = "When things are very low: haven help-now")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What stands over the options that every command understands.
const GLOBAL: &str = "Global options";

/// What every command understands.
#[derive(Args)]
pub(crate) struct Global {
    /// Print JSON: one object, or one a line for lists; errors too.
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub(crate) json: bool,
    /// Never ask anything; fail instead.
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub(crate) no_input: bool,
    /// When to use colours: auto, always or never.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN", hide_possible_values = true,
        help_heading = GLOBAL)]
    pub(crate) color: Color,
}

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Begin a journal on this device.
    Init(InitArgs),
    /// Open the journal.
    Unlock {
        /// Read the passphrase from the first line of a file.
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
    /// Close the journal and forget its keys.
    Lock {
        /// Clear this window too, with all that can be scrolled back to.
        #[arg(long)]
        clear: bool,
    },
    /// Change the passphrase of this device.
    #[command(subcommand)]
    Passphrase(PassphraseCommand),
    /// Say how things stand.
    Status,

    /// Write an entry: the text given, a pipe, or your editor.
    Add(AddArgs),
    /// Change an entry.
    Edit(EditArgs),
    /// Read an entry.
    Show(ShowArgs),
    /// List entries, newest first.
    List(ListArgs),
    /// Find entries by words.
    Search(SearchArgs),
    /// List the tags and how many entries have each, the most used first.
    Tags,
    /// List the versions of an entry, newest first.
    History(HistoryArgs),
    /// Make an entry read as it did in an earlier version.
    Restore {
        /// The entry: its id or the start of it, such as 1a2b, or `last` for the newest.
        id: String,
        /// The version, as `haven history` names it, or the start of it.
        #[arg(long)]
        version: String,
    },
    /// Choose between edits of an entry that met, on all your devices.
    Settle(SettleArgs),
    /// Put entries into the trash.
    Trash {
        /// The entries: their ids or the start of each, such as 1a2b, or `last` for the newest.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Take entries out of the trash.
    Untrash {
        /// The entries: their ids or the start of each, such as 1a2b, or `last` for the one that went there last.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Note how you're feeling.
    Checkin(CheckinArgs),
    /// Look after words that weren't saved yet.
    #[command(subcommand)]
    Draft(DraftCommand),
    /// Take entries in from a file.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Write your whole journal into files that other programs can read.
    #[command(subcommand)]
    Export(ExportCommand),

    /// Find and do guided exercises.
    #[command(subcommand)]
    Practice(PracticeCommand),
    /// See what comes up today: what is open, and one suggestion at most.
    Today,
    /// Answer questionnaires and look back on the results.
    #[command(subcommand)]
    Measure(MeasureCommand),
    /// See what your entries show over time.
    Progress(ProgressArgs),
    /// Look after the people you write about.
    #[command(subcommand)]
    People(PeopleCommand),

    /// Fill an empty journal with a fictional one, to look around in.
    DemoData(DemoArgs),

    /// Show who you can call when things are very low; works locked, offline and without a journal.
    HelpNow(HelpNowArgs),
    /// Show your plan for low times, and choose what of it can be read while the journal is locked.
    Plan {
        #[command(subcommand)]
        command: Option<PlanCommand>,
    },
    /// Show what reminds you (nothing does), or write a reminder for your own calendar.
    Reminders {
        #[command(subcommand)]
        command: Option<ReminderCommand>,
    },

    /// Look after your devices and link new ones.
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Look after the recovery kit, or bring your journal back with it.
    #[command(subcommand)]
    Kit(KitCommand),
    /// Choose the server that your devices sync through.
    #[command(subcommand)]
    Server(ServerCommand),
    /// Sync now.
    Sync(SyncArgs),
    /// Show what went wrong and what to do about it.
    Alarms {
        #[command(subcommand)]
        command: Option<AlarmCommand>,
    },

    /// Open your journal in the browser on this device.
    Open(OpenArgs),
    /// Let other programs on this device in, and see which may do what.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Look after the daemon of this device.
    #[command(subcommand)]
    Daemon(DaemonCommand),
    /// Read and change settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Check that everything is as it should be; tells nothing of what you wrote.
    Doctor,
    /// Show the help of a command, such as `haven help device link`.
    Help {
        /// The command; without one, all of them.
        #[arg(value_name = "COMMAND")]
        command: Vec<String>,
    },
    /// Print completions for a shell.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Write the manual pages.
    #[command(hide = true)]
    Man {
        /// The folder to write to.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

#[cfg(test)]
mod tests {
    use super::typed::command;
    use super::*;

    #[test]
    fn the_commands_are_sound() {
        command().debug_assert();
    }

    fn check(line: &str, is_good: bool) {
        let parsed = parse(line.split_whitespace().map(Into::into));
        assert_eq!(parsed.is_ok(), is_good, "{line}: {:?}", parsed.err().map(|error| error.to_string()));
    }

    #[test]
    fn what_scripts_write_is_understood() {
        for line in [
            "haven init --name Laptop --passphrase-file p --kit-out k --server http://x --invite I --json",
            "haven --json status",
            "haven add words --title T --tag a --tag b --person Ann --at 1660-01-01 --kind checkin",
            "haven add -",
            "haven add these words --at yesterday",
            "haven help",
            "haven help device link",
            "haven edit 1a --from - --title T --tag a --untag b --person P --at 2026-11-24T21:30",
            "haven show 1a --version 00ff",
            "haven list --limit 0 --before 2026-01-01 --after 2025-01-01 --tag a --person P --kind note --trashed",
            "haven list -n 5 --on yesterday",
            "haven list --before today --after monday --json",
            "haven search tea --limit 3",
            "haven search tea -n 3",
            "haven tags",
            "haven show last 1a --json",
            "haven trash 1a 2b last",
            "haven untrash 1a 2b",
            "haven edit 1a 2b --tag x",
            "haven history last --diff",
            "haven restore 1a --version v",
            "haven settle 1a --keep 3f2a",
            "haven settle 1a --keep both",
            "haven settle last",
            "haven list --met",
            "haven import jsonl f --dry-run",
            "haven import jsonl -",
            "haven export jsonl",
            "haven export jsonl -",
            "haven export markdown d --history",
            "haven device join CODE --server http://x --name N --passphrase-file p",
            "haven device join haven-link:CODE@http://x",
            "haven device confirm --wait --words x --passphrase-file p",
            "haven device rename 1a Phone",
            "haven device remove 1a --passphrase-file F --kit-out K --yes",
            "haven device remove 1a --no-kit",
            "haven kit verify --kit-file K",
            "haven kit renew --kit-out K --passphrase-file F",
            "haven kit restore --kit-file k --server http://x --invite I --name N --passphrase-file p --vault v --yes",
            "haven server set http://x --invite I",
            "haven sync --wait --timeout 60s",
            "haven practice list --step 3 --sign regulated",
            "haven practice show slow-breath --toml",
            "haven practice schema",
            "haven measure show phq-9 --toml",
            "haven practice add mine.toml --json",
            "haven practice add -",
            "haven practice do slow-breath --person P --answers f --plain",
            "haven today --json",
            "haven practice later 1a --answers -",
            "haven measure list --json",
            "haven measure do two-axis --person Ann --answers -",
            "haven measure history phq-9",
            "haven demo-data --months 6 --seed 7 --until 2026-11-24",
            "haven progress before-after --person Ann --after 2026-06-01",
            "haven people add Ann --relation friend --circle inner --gives fun --gives listens --safe yes",
            "haven people edit Ann --name Anna --circle none --gives-not fun --died no",
            "haven people merge Ann 1a2b --yes",
            "haven people forget Ann --yes",
            "haven checkin --feeling sad --feeling tired --note n",
            "haven help-now",
            "haven help-now --country",
            "haven help-now --country Germany --country de",
            "haven help-now please --quickly",
            "haven help-now --no-plan --country de --no-plan",
            "haven plan --json",
            "haven plan readable --json",
            "haven plan readable 1 3 --yes",
            "haven plan readable --none",
            "haven reminders",
            "haven reminders export - --every weekly --at 7:30 --text tea",
            "haven passphrase change --old-file a --new-file b",
            "haven daemon start --serve 127.0.0.1:0",
            "haven config set lock.idle 0",
            "haven completions zsh",
            "haven alarms --json",
            "haven alarms resolve 00ff",
        ] {
            check(line, true);
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for line in [
            "haven",
            "haven frobnicate",
            "haven show",
            "haven list --limit many",
            "haven list --before tomorrow",
            "haven list --on today --after monday",
            "haven trash",
            "haven list --kind poem",
            "haven add x --at teatime",
            "haven restore 1a",
            "haven settle",
            "haven list --met --trashed",
            "haven sync --timeout soon",
            "haven practice add",
            "haven practice list --step 7",
            "haven practice list --sign nonsense",
            "haven people edit Ann --circle near",
            "haven people merge Ann",
            "haven plan readable first",
            "haven plan readable -1",
            "haven plan readable 1 --none",
            "haven reminders export",
            "haven reminders export - --every hourly",
            "haven reminders export - --at noon",
            "haven init --invite I",
            "haven device join",
        ] {
            check(line, false);
        }
    }
}
