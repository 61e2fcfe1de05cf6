//! How values are read that no type reads by itself. What is wrong is told as `why; what to write instead`.

use std::error::Error;
use std::net::SocketAddr;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use haven_core::answers::ExerciseId;
use haven_core::fiction::MONTHS_MAX;

use super::refusal::ask_back;

/// Reads one of several words, which completions offer too.
pub(super) fn one_of<T>(words: impl IntoIterator<Item = &'static str>) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err: Error + Send + Sync + 'static> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(words).try_map(|word| word.parse::<T>())
}

/// Reads how many of something.
///
/// # Errors
/// It is no whole number, or too large a one.
pub(super) fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.trim().parse().map_err(|_| "not a whole number from 0 up; write one such as 20".to_owned())
}

/// Reads for how many months.
///
/// # Errors
/// It is no whole number, or none of these.
pub(super) fn months(text: &str) -> Result<u32, String> {
    let months = text.trim().parse().ok().filter(|months| (1..=MONTHS_MAX).contains(months));
    months.ok_or_else(|| format!("not a number of months; write one from 1 to {MONTHS_MAX}"))
}

/// Reads where to listen.
///
/// # Errors
/// It is no address, or one without a port.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "not an address with a port; write one such as 127.0.0.1:7460".to_owned())
}

/// Reads yes or no.
///
/// # Errors
/// It is neither.
pub(super) fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" => Ok(true),
        "no" | "n" | "false" => Ok(false),
        _ => Err("neither yes nor no; write one of them".to_owned()),
    }
}

/// Reads the id of an exercise.
///
/// # Errors
/// It cannot be one; what was meant, perhaps.
pub(super) fn exercise(text: &str) -> Result<ExerciseId, String> {
    id(text, "haven practice list")
}

/// Reads the id of a measure.
///
/// # Errors
/// It cannot be one; what was meant, perhaps.
pub(super) fn measure(text: &str) -> Result<ExerciseId, String> {
    id(text, "haven measure list")
}

/// Reads the id of an exercise or a measure.
///
/// # Errors
/// It cannot be one; what was meant, perhaps.
pub(super) fn practised(text: &str) -> Result<ExerciseId, String> {
    named(text, "`haven practice list` and `haven measure list` show the ids")
}

fn id(text: &str, listed: &str) -> Result<ExerciseId, String> {
    named(text, &format!("`{listed}` shows the ids"))
}

fn named(text: &str, next: &str) -> Result<ExerciseId, String> {
    text.parse().map_err(|fault| {
        // Capitals or blanks, as in a title.
        let meant = text.trim().to_lowercase().replace([' ', '_'], "-").parse::<ExerciseId>().ok();
        format!("{fault}; {}{next}", ask_back(meant.as_ref().map(ExerciseId::as_str).as_slice()))
    })
}
