//! Help, the plan, and reminders.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use haven_core::reminder::{Every, TimeOfDay, Wording};

use super::values;

/// Takes whatever is typed: this command has to answer when nothing else does.
#[derive(Args, Default)]
pub(crate) struct HelpNowArgs {
    /// The country you're in, by its name or its two letters, such as DE. Otherwise it's the one you set with
    /// `haven config set help.country CC`, or a guess from the settings of this machine.
    #[arg(long, value_name = "COUNTRY", num_args = 0..=1, default_missing_value = "", overrides_with = "country")]
    pub(crate) country: Option<String>,
    /// Show everything there is to say, with the numbers last.
    #[arg(long, overrides_with = "more")]
    pub(crate) more: bool,
    /// Show nothing of your plan, for when someone looks over your shoulder.
    #[arg(long, overrides_with = "no_plan")]
    pub(crate) no_plan: bool,
    /// A country may be given without --country as well.
    #[arg(hide = true, allow_hyphen_values = true, trailing_var_arg = true)]
    pub(crate) rest: Vec<String>,
}

impl HelpNowArgs {
    /// Whether nothing of the plan is to be shown. It counts wherever it stands.
    pub(crate) fn hides_plan(&self) -> bool {
        self.no_plan || self.rest.iter().any(|typed| typed == NO_PLAN)
    }

    /// Whether all is to be shown. It counts wherever it stands.
    pub(crate) fn shows_more(&self) -> bool {
        self.more || self.rest.iter().any(|typed| typed == MORE)
    }

    /// What may name a country: several words may be one name.
    pub(crate) fn places(&self) -> Vec<String> {
        let is_option = |typed: &&String| [NO_PLAN, MORE].contains(&typed.as_str());
        let rest: Vec<&str> =
            self.rest.iter().filter(|typed| !is_option(typed)).map(String::as_str).collect();
        let all = self.country.iter().map(String::as_str).chain(rest.iter().copied());
        let one = all.clone().filter(|typed| !typed.is_empty()).collect::<Vec<_>>().join(" ");
        std::iter::once(one).chain(all.map(str::to_owned)).filter(|typed| !typed.is_empty()).collect()
    }
}

/// The option that hides the plan, where it stands among other words.
const NO_PLAN: &str = "--no-plan";

/// The option that shows all, where it stands among other words.
const MORE: &str = "--more";

#[derive(Subcommand)]
pub(crate) enum PlanCommand {
    /// List the lines of your plan, or choose which can be read while the journal is locked.
    ///
    /// `haven help-now` shows the lines you choose without the passphrase, to anyone who holds this device. None is chosen at
    /// first. They stay on this device, and a line that leaves the plan can't be read any more.
    Readable(ReadableArgs),
}

#[derive(Args)]
pub(crate) struct ReadableArgs {
    /// The lines, by their numbers in the list: exactly these are readable then.
    #[arg(value_name = "N", conflicts_with = "none", value_parser = values::number::<usize>)]
    pub(crate) numbers: Vec<usize>,
    /// Take every line back.
    #[arg(long)]
    pub(crate) none: bool,
    /// Don't ask: you know what it means that they can be read without the passphrase.
    #[arg(long)]
    pub(crate) yes: bool,
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
    #[arg(long, value_name = "daily|weekly", default_value_t = Every::Daily,
        value_parser = values::one_of::<Every>(Every::ALL.iter().map(|every| every.as_str())), hide_possible_values = true)]
    pub(crate) every: Every,
    /// At what time of day.
    #[arg(long, value_name = "HH:MM", default_value = "20:00")]
    pub(crate) at: TimeOfDay,
    /// What the calendar shows instead of "A moment for yourself". Anyone who sees the calendar can read it.
    #[arg(long, value_name = "T")]
    pub(crate) text: Option<Wording>,
}
