//! Help, and reminders.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use haven_core::reminder::{Every, TimeOfDay, Wording};

/// Takes whatever is typed: this command has to answer when nothing else does.
#[derive(Args, Default)]
pub(crate) struct HelpNowArgs {
    /// The country you are in, by its two letters, such as DE; guessed from the settings of this machine otherwise.
    #[arg(long, value_name = "CC", num_args = 0..=1, default_missing_value = "", overrides_with = "country")]
    pub(crate) country: Option<String>,
    /// A country may be given without --country as well.
    #[arg(hide = true, allow_hyphen_values = true, trailing_var_arg = true)]
    pub(crate) rest: Vec<String>,
}

#[derive(Subcommand)]
pub(crate) enum ReminderCommand {
    /// Write a reminder for your own calendar, as an .ics file.
    Export(ReminderArgs),
}

#[derive(Args)]
pub(crate) struct ReminderArgs {
    /// The file to write, or `-` for stdout.
    pub(crate) file: PathBuf,
    /// How often: daily, or weekly on today's day of the week.
    #[arg(long, value_name = "daily|weekly", default_value_t = Every::Daily)]
    pub(crate) every: Every,
    /// At what time of day.
    #[arg(long, value_name = "HH:MM", default_value = "20:00")]
    pub(crate) at: TimeOfDay,
    /// What the calendar shows instead of "A moment for yourself". Whoever sees the calendar can read it.
    #[arg(long, value_name = "T")]
    pub(crate) text: Option<Wording>,
}
