//! Definitions that a person writes: checking, adding and taking back, for exercises and measures alike.

use std::future::Future;
use std::path::Path;

use haven_api::definition::{Check, Checked};
use haven_api::error::{ApiError, ErrorReason};
use serde::Serialize;

use crate::ask;
use crate::cx::{self, Cx, Haven};
use crate::daemon;
use crate::fault::{Exit, Fault, ToldFault};
use crate::text::Style;

/// What is said of a definition that nothing could be held against.
const ALONE: &str =
    "Only the file was checked: the journal isn't open, so nothing that you added was looked at.";

/// What taking back means, before it is done.
const REMOVING: &str = "It won't be offered any more, on all your devices. Entries made with it stay and can be read and exported; \
     for that, its definition stays in the journal. Adding it again brings it back.";

/// What lists show of an exercise or a measure.
pub(super) trait Summary {
    /// The same, as scripts read it.
    type Shape<'a>: Serialize
    where
        Self: 'a;

    /// Whether it is a measure and no exercise.
    const IS_MEASURE: bool;

    fn shape(&self) -> Self::Shape<'_>;
    fn words(&self, style: Style) -> String;
    fn is_custom(&self) -> bool;
}

#[derive(Serialize)]
struct CheckedShape<'a, S> {
    usable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    exercise: Option<S>,
    #[serde(skip_serializing_if = "Option::is_none")]
    measure: Option<S>,
    faults: Vec<ToldFault<'a>>,
    /// Whether the journal was looked at; none where it was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<bool>,
}

#[derive(Serialize)]
struct DefinitionShape<'a> {
    id: &'a str,
    definition: &'a str,
}

/// Prints a definition as it is kept.
pub(super) fn print(cx: &Cx, id: &str, definition: &str) -> Result<(), Fault> {
    if cx.json { cx.line(&DefinitionShape { id, definition }) } else { cx::print(definition) }
}

/// Checks a definition: with a device that runs, and alone where none does. None is started for it.
pub(super) async fn check<T: Summary, F: Future<Output = Result<Check<T>, ApiError>>>(
    cx: &Cx,
    file: &Path,
    beside: impl FnOnce(Haven, String) -> F,
    alone: impl FnOnce(&str) -> Result<Check<T>, ApiError>,
) -> Result<Exit, Fault> {
    let definition = ask::text(file)?;
    let asked = match daemon::running().await {
        Ok(Some(haven)) => beside(haven, definition.clone()).await.ok(),
        Ok(None) | Err(_) => None,
    };
    let check = match asked {
        Some(check) => check,
        None => alone(&definition)?,
    };
    let exit = tell(cx, file, &check.found, Some(check.compared), "It can be used.")?;
    if !check.compared {
        cx.note(ALONE);
    }
    Ok(exit)
}

/// Tells that something was added. What has faults was not, which is told with all of them.
pub(super) fn tell_added<T: Summary>(cx: &Cx, file: &Path, found: &Checked<T>) -> Result<Exit, Fault> {
    let Checked::Faulty(faults) = found else {
        return tell(cx, file, found, None, "It's added, and on your other devices once they sync.");
    };
    let why = faults.first().map(ToString::to_string).unwrap_or_default();
    let next = if T::IS_MEASURE {
        "Correct the file, then add it again. `haven measure show two-axis --toml` prints one to compare it with."
    } else {
        "Correct the file, then add it again. `haven practice schema` prints what may stand in it."
    };
    let refused = ApiError::invalid(format!("{} wasn't added", called(file)), why);
    Err(refused.with_faults(faults.clone()).with_next(next).into())
}

/// What a file is called in a message.
fn called(file: &Path) -> String {
    if file == Path::new("-") { "what came from stdin".to_owned() } else { file.display().to_string() }
}

/// Tells what was found. What has faults is told with all of them.
fn tell<T: Summary>(
    cx: &Cx,
    file: &Path,
    found: &Checked<T>,
    compared: Option<bool>,
    good: &str,
) -> Result<Exit, Fault> {
    let (summary, faults) = match found {
        Checked::Usable(summary) => (Some(summary), &[][..]),
        Checked::Faulty(faults) => (None, faults.as_slice()),
    };
    let shape = CheckedShape {
        usable: summary.is_some(),
        exercise: summary.filter(|_| !T::IS_MEASURE).map(T::shape),
        measure: summary.filter(|_| T::IS_MEASURE).map(T::shape),
        faults: faults.iter().map(ToldFault::of).collect(),
        compared,
    };
    cx.tell(&shape, |style| match summary {
        Some(summary) => format!("{good}\n{}", summary.words(style)),
        None => faults.iter().map(|fault| format!("{}: {fault}\n", called(file))).collect(),
    })?;
    Ok(if summary.is_some() { Exit::Done } else { Exit::Usage })
}

/// Asks before something is taken back, given what the device shows of it. What cannot be taken back is not asked about: the
/// device says why.
pub(super) async fn agree_to_remove<T: Summary>(
    cx: &Cx,
    yes: bool,
    shown: Result<T, ApiError>,
) -> Result<(), Fault> {
    match shown {
        Ok(summary) if summary.is_custom() => ask::agree(cx, yes, REMOVING, "nothing was removed").await,
        Err(error) if error.reason != ErrorReason::NotFound => Err(error.into()),
        Ok(_) | Err(_) => Ok(()),
    }
}
