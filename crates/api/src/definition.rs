//! What became of a definition that a person wrote: a check of it, or an attempt to add it.

use haven_core::exercise::{DEFAULT_LANGUAGE, Exercise};
use haven_core::fault::Fault;
use haven_core::measure::Measure;

use crate::convert::{exercise, measures};
use crate::error::ApiError;
use crate::measures::MeasureSummary;
use crate::practice::ExerciseSummary;

/// What was found; `T` is what lists show of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked<T> {
    /// It can be used, or was added.
    Usable(T),
    /// What is wrong, in the order of the lines.
    Faulty(Vec<Fault>),
}

/// What a check found. Nothing was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check<T> {
    /// What it found.
    pub found: Checked<T>,
    /// Whether the definition was held against what is in the journal, which has to be open for that.
    pub compared: bool,
}

impl Check<ExerciseSummary> {
    /// Checks the definition of an exercise alone, where no device can be asked.
    ///
    /// # Errors
    /// A fault of Haven's own.
    pub fn exercise_alone(definition: &str) -> Result<Self, ApiError> {
        alone(Exercise::load(definition, None), |read| {
            exercise::summary_from_pb(exercise::summary_to_pb(read, false, DEFAULT_LANGUAGE))
        })
    }
}

impl Check<MeasureSummary> {
    /// Checks the definition of a measure alone, where no device can be asked.
    ///
    /// # Errors
    /// A fault of Haven's own.
    pub fn measure_alone(definition: &str) -> Result<Self, ApiError> {
        alone(Measure::load(definition, None), |read| {
            measures::summary_from_pb(measures::summary_to_pb(read, false, DEFAULT_LANGUAGE))
        })
    }
}

fn alone<D, T>(
    loaded: Result<D, Vec<Fault>>,
    summary: impl FnOnce(&D) -> Result<T, ApiError>,
) -> Result<Check<T>, ApiError> {
    let found = match loaded {
        Ok(read) => Checked::Usable(summary(&read)?),
        Err(faults) => Checked::Faulty(faults),
    };
    Ok(Check { found, compared: false })
}
