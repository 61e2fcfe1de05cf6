//! Exercises and people.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use haven_api::practice::CouldHarm;
use haven_core::answers::ExerciseId;
use haven_core::exercise::{Sign, Step};
use haven_core::person::{Circle, Gift, Relation, Safe};

use super::values;

#[derive(Subcommand)]
pub(crate) enum PracticeCommand {
    /// List the exercises.
    List {
        /// Only exercises of this step, 1 to 6.
        #[arg(long, value_parser = values::one_of::<Step>(Step::ALL.iter().map(|step| step.as_str())), hide_possible_values = true)]
        step: Option<Step>,
        /// Only exercises that work on this sign, such as secure-view.
        #[arg(long, value_parser = values::one_of::<Sign>(Sign::ALL.iter().map(|sign| sign.as_str())))]
        sign: Option<Sign>,
    },
    /// Read an exercise whole.
    Show {
        /// The exercise, such as slow-breath.
        #[arg(value_parser = values::exercise)]
        id: ExerciseId,
        /// Print its definition instead, as `haven practice add` takes it; `haven practice schema` says what may stand there.
        #[arg(long)]
        toml: bool,
    },
    /// Print the JSON schema of definitions, for an editor that helps with writing one.
    Schema,
    /// Check the definition of an exercise, beside what you added if the journal is open.
    Check {
        /// The TOML file, or `-` for stdin.
        file: PathBuf,
    },
    /// Add an exercise of your own; it's then on all your devices.
    Add {
        /// The TOML file, or `-` for stdin. `haven practice check` says what is wrong with it.
        file: PathBuf,
    },
    /// Take back an exercise that you added: it won't be offered any more, and entries made with it stay.
    Remove {
        /// The exercise, as `haven practice list` names it.
        #[arg(value_parser = values::exercise)]
        id: ExerciseId,
        /// Don't ask.
        #[arg(long)]
        yes: bool,
    },
    /// Do an exercise.
    Do(DoArgs),
    /// Answer what an exercise asks some time afterwards.
    Later {
        /// The entry: its id or the start of it, such as 1a2b, or `last` for the newest.
        entry: String,
        /// Take the answers from a JSON file, or `-` for stdin: {"field": answer}.
        #[arg(long, value_name = "FILE")]
        answers: Option<PathBuf>,
    },
}

#[derive(Args)]
pub(crate) struct DoArgs {
    /// The exercise, such as slow-breath.
    #[arg(value_parser = values::exercise)]
    pub(crate) id: ExerciseId,
    /// Someone it's about, by name or id; may be repeated.
    #[arg(long = "person", value_name = "PERSON")]
    pub(crate) people: Vec<String>,
    /// Take the answers from a JSON file, or `-` for stdin: {"field": answer}.
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
    /// With --answers, before an exercise that touches another person: whether doing it could lead to anyone hurting,
    /// threatening or punishing you. Only no goes on.
    #[arg(long, value_name = "no|not-sure|yes", requires = "answers")]
    pub(crate) could_harm: Option<CouldHarm>,
    /// Ask line by line, without colours or drawings.
    #[arg(long)]
    pub(crate) plain: bool,
    /// Let nothing move on the screen: breathing is counted in words. HAVEN_REDUCED_MOTION does the same.
    #[arg(long)]
    pub(crate) still: bool,
}

#[derive(Subcommand)]
pub(crate) enum PeopleCommand {
    /// List the people you write about.
    List,
    /// Add someone.
    Add {
        /// Their name, as you call them.
        name: String,
        #[command(flatten)]
        said: PersonArgs,
        /// This is somebody else, not the one whose name differs in capitals only.
        #[arg(long)]
        yes: bool,
    },
    /// Change a name, or what you say of someone.
    Edit {
        /// Who: their name, or the start of their id.
        person: String,
        /// Their new name.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        said: PersonArgs,
    },
    /// Make two people one: every entry about the first is about the second from then on.
    Merge {
        /// Who goes.
        from: String,
        /// Who stays.
        into: String,
        /// Don't ask.
        #[arg(long)]
        yes: bool,
    },
    /// Forget someone: your entries stay and don't name them any more.
    Forget {
        /// Who: their name, or the start of their id.
        person: String,
        /// Don't ask.
        #[arg(long)]
        yes: bool,
    },
}

/// What may be said of somebody. `none` takes a word back.
#[derive(Args)]
pub(crate) struct PersonArgs {
    /// What they are to you: mother, father (or like one), partner, former-partner, friend, family, colleague, neighbour, housemate, professional, other; or none.
    #[arg(long, value_name = "WORD", value_parser = word(Relation::ALL, Relation::as_str), hide_possible_values = true)]
    pub(crate) relation: Option<Word<Relation>>,
    /// How close they are: inner, middle, outer; or none.
    #[arg(long, value_name = "WORD", value_parser = word(Circle::ALL, Circle::as_str), hide_possible_values = true)]
    pub(crate) circle: Option<Word<Circle>>,
    /// What they give: listens, practical, fun, honest; may be repeated.
    #[arg(long = "gives", value_name = "WORD", value_parser = gift(), hide_possible_values = true)]
    pub(crate) gives: Vec<Gift>,
    /// What they don't give after all; may be repeated.
    #[arg(long = "gives-not", value_name = "WORD", value_parser = gift(), hide_possible_values = true)]
    pub(crate) gives_not: Vec<Gift>,
    /// Whether it's safe to be open with them: yes, mostly, no; or none.
    #[arg(long, value_name = "WORD", value_parser = word(Safe::ALL, Safe::as_str), hide_possible_values = true)]
    pub(crate) safe: Option<Word<Safe>>,
    /// Whether they have died; then nothing asks about the last weeks with them.
    #[arg(long, value_name = "yes|no", value_parser = values::yes_or_no)]
    pub(crate) died: Option<bool>,
}

/// A word that may also be taken back.
#[derive(Clone, Copy)]
pub(crate) struct Word<T>(pub(crate) Option<T>);

/// Takes a word of those there are, or `none`.
fn word<T>(all: &'static [T], word_of: fn(T) -> &'static str) -> impl TypedValueParser<Value = Word<T>>
where
    T: Copy + Send + Sync + 'static,
{
    let words = all.iter().map(move |word| word_of(*word)).chain(["none"]);
    PossibleValuesParser::new(words)
        .map(move |text| Word(all.iter().copied().find(|word| word_of(*word) == text)))
}

fn gift() -> impl TypedValueParser<Value = Gift> {
    values::one_of::<Gift>(Gift::ALL.iter().map(|gift| gift.as_str()))
}
