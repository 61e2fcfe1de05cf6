//! Measures and progress.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use haven_core::answers::ExerciseId;
use haven_core::progress::Topic;
use haven_core::time::Date;

use super::{day, values};

#[derive(Subcommand)]
pub(crate) enum MeasureCommand {
    /// List the measures.
    List,
    /// Read a measure whole.
    Show {
        /// The measure, such as two-axis.
        #[arg(value_parser = values::measure)]
        id: ExerciseId,
        /// Someone to name in its questions.
        #[arg(long)]
        person: Option<String>,
        /// Print its definition instead, as `haven measure add` takes it.
        #[arg(long, conflicts_with = "person")]
        toml: bool,
    },
    /// Check the definition of a measure, beside what you added if the journal is open.
    Check {
        /// The TOML file, or `-` for stdin.
        file: PathBuf,
    },
    /// Add a measure from a file that you have; it's then on all your devices. Nobody checks where it comes from.
    Add {
        /// The TOML file, or `-` for stdin. `haven measure check` says what is wrong with it.
        file: PathBuf,
    },
    /// Take back a measure that you added: it won't be offered any more, and its results stay.
    Remove {
        /// The measure, as `haven measure list` names it.
        #[arg(value_parser = values::measure)]
        id: ExerciseId,
        /// Don't ask.
        #[arg(long)]
        yes: bool,
    },
    /// Answer a measure.
    Do {
        /// The measure, such as two-axis.
        #[arg(value_parser = values::measure)]
        id: ExerciseId,
        /// Who it's about, if it asks about someone; people in general unless you say otherwise.
        #[arg(long)]
        person: Option<String>,
        /// Take the answers from a JSON file, or `-` for stdin: [1, 2, null, …] in the order of the items; "prefer-not-to-say"
        /// where an item may be declined.
        #[arg(long, value_name = "FILE")]
        answers: Option<PathBuf>,
        /// Ask line after line, without a screen of its own, as a screen reader likes it. What you answer then stays in the window.
        #[arg(long)]
        plain: bool,
    },
    /// Look back on the results of a measure, oldest first.
    History {
        /// The measure, such as two-axis.
        #[arg(value_parser = values::measure)]
        id: ExerciseId,
        /// Only results about this person.
        #[arg(long)]
        person: Option<String>,
    },
}

#[derive(Args)]
pub(crate) struct ProgressArgs {
    /// What to look at: plane, before-after, triggers, belief, signs, people, homework, measures, days; all unless you say otherwise.
    #[arg(value_parser = values::one_of::<Topic>(Topic::ALL.iter().map(|topic| topic.as_str())), hide_possible_values = true)]
    pub(crate) view: Option<Topic>,
    /// Only what is about this person.
    #[arg(long)]
    pub(crate) person: Option<String>,
    /// Only what was written from this day on: a date, yesterday, today, or a weekday, which means the last one, today included.
    #[arg(long, value_parser = day::date, value_name = "DATE")]
    pub(crate) after: Option<Date>,
}

#[derive(Args)]
pub(crate) struct DemoArgs {
    /// How many months.
    #[arg(long, default_value_t = 6, value_parser = values::months)]
    pub(crate) months: u32,
    /// The same seed gives the same journal.
    #[arg(long, default_value_t = 1, value_parser = values::number::<u64>)]
    pub(crate) seed: u64,
    /// The day after the last, such as 2026-11-24; today unless you say otherwise.
    #[arg(long, value_parser = day::date, value_name = "DATE")]
    pub(crate) until: Option<Date>,
}
