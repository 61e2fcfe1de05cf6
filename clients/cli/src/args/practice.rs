//! Exercises and people.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use haven_core::answers::ExerciseId;
use haven_core::exercise::{Sign, Step};

#[derive(Subcommand)]
pub(crate) enum PracticeCommand {
    /// List the exercises.
    List {
        /// Only exercises of this step, 1 to 6.
        #[arg(long)]
        step: Option<Step>,
        /// Only exercises that work on this sign, such as secure-view.
        #[arg(long)]
        sign: Option<Sign>,
    },
    /// Read an exercise whole.
    Show {
        /// The exercise, such as slow-breath.
        id: ExerciseId,
    },
    /// Check the definition of an exercise.
    Check {
        /// The TOML file.
        file: PathBuf,
    },
    /// Do an exercise.
    Do(DoArgs),
}

#[derive(Args)]
pub(crate) struct DoArgs {
    /// The exercise, such as slow-breath.
    pub(crate) id: ExerciseId,
    /// Somebody it is about, by name or id; may be repeated.
    #[arg(long = "person", value_name = "PERSON")]
    pub(crate) people: Vec<String>,
    /// Take the answers from a JSON file, or `-` for stdin: {"field": answer}.
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
    /// Ask line by line, without colours or drawings.
    #[arg(long)]
    pub(crate) plain: bool,
}

#[derive(Subcommand)]
pub(crate) enum PeopleCommand {
    /// List the people you write about.
    List,
    /// Add somebody.
    Add {
        /// Their name, as you call them.
        name: String,
    },
}
