//! The lines of the plan that its person chose to keep readable while the journal is locked.
//!
//! They lie in one small file of the device as plain bytes, since nothing is there to unlock it with:
//!
//! ```text
//! {"version":1,"plan":"<id of the entry, 32 hex digits>","lines":[{"field":"people","text":"Ann 555"},…]}
//! ```
//!
//! The questions are not in it; they come with Haven. Who writes it is a node, and whoever reads it may have only this.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::plan::{PLAN, Plan, PlanLine, PlanPart, asked};
use crate::answers::{ExerciseId, FieldId};
use crate::content::Library;
use crate::id::EntryId;
use crate::limits::{READABLE_BYTES_MAX, READABLE_LINES_MAX};
use crate::time::Timestamp;

/// The name of the file in the folder of a device's data.
pub const READABLE_FILE: &str = "readable.json";

/// The format that is written, and the only one there is.
const VERSION: u32 = 1;

/// The lines that are kept, and the plan they were chosen from. Debug shows no word.
#[derive(Clone, PartialEq, Eq)]
pub struct Readable {
    plan: EntryId,
    /// At least one, in the order of the plan, none twice.
    lines: Vec<Chosen>,
}

/// A line by what makes it this one: the question and its words. Debug shows no word.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// The id of the question.
    pub field: String,
    /// The words, as they stand in the plan.
    pub text: String,
}

/// Why bytes are no readable lines. Whoever finds this shows none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// There are more bytes, or more lines, than anybody writes.
    #[error("it is larger than the lines of a plan are")]
    TooLarge,
    /// A later Haven wrote it.
    #[error("a newer Haven wrote it")]
    Newer,
    /// It is something else.
    #[error("it is damaged")]
    Malformed,
}

/// Why a choice is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ChoiceFault {
    /// A line is not in the plan, or there is no plan.
    #[error("one of the lines is not in the plan as it is now")]
    NotInPlan,
    /// The lines do not fit the file.
    #[error("these are more lines than are kept readable")]
    TooLarge,
    /// A line would become readable, and the person has not agreed to what that means.
    #[error("nobody has agreed that the lines can be read without the passphrase")]
    Unconfirmed,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    plan: String,
    lines: Vec<Chosen>,
}

/// What every version of the file has.
#[derive(Deserialize)]
struct Head {
    version: u32,
}

impl Readable {
    /// Reads the file.
    ///
    /// # Errors
    /// [`Unreadable`]; there are no lines then.
    pub fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.len() > READABLE_BYTES_MAX {
            return Err(Unreadable::TooLarge);
        }
        let head: Head = serde_json::from_slice(bytes).map_err(|_| Unreadable::Malformed)?;
        if head.version > VERSION {
            return Err(Unreadable::Newer);
        }
        let file: File = serde_json::from_slice(bytes).map_err(|_| Unreadable::Malformed)?;
        if file.lines.len() > READABLE_LINES_MAX {
            return Err(Unreadable::TooLarge);
        }
        let is_line = |line: &Chosen| line.field.parse::<FieldId>().is_ok() && !line.text.trim().is_empty();
        let distinct: BTreeSet<&Chosen> = file.lines.iter().collect();
        let is_whole = distinct.len() == file.lines.len() && file.lines.iter().all(is_line);
        if head.version != VERSION || file.lines.is_empty() || !is_whole {
            return Err(Unreadable::Malformed);
        }
        Ok(Self { plan: file.plan.parse().map_err(|_| Unreadable::Malformed)?, lines: file.lines })
    }

    /// Writes the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let file = File { version: VERSION, plan: self.plan.to_string(), lines: self.lines.clone() };
        let mut bytes = serde_json::to_vec(&file).expect("texts and numbers are always JSON");
        bytes.push(b'\n');
        bytes
    }

    /// Makes exactly these lines of the plan the readable ones; `None` if there are none. `before` is what is readable
    /// already: only a line that is added needs the person's word.
    ///
    /// # Errors
    /// [`ChoiceFault`]; what was readable stays as it is.
    pub fn choose(
        plan: Option<&Plan>,
        before: Option<&Self>,
        wanted: &BTreeSet<Chosen>,
        confirmed: bool,
    ) -> Result<Option<Self>, ChoiceFault> {
        if wanted.is_empty() {
            return Ok(None);
        }
        let chosen = plan.and_then(|plan| Self::of(plan, |line| wanted.contains(line)));
        let chosen = chosen.filter(|chosen| chosen.lines.len() == wanted.len());
        let chosen = chosen.ok_or(ChoiceFault::NotInPlan)?;
        if chosen.lines.len() > READABLE_LINES_MAX || chosen.to_bytes().len() > READABLE_BYTES_MAX {
            return Err(ChoiceFault::TooLarge);
        }
        let is_new = |line: &Chosen| before.is_none_or(|before| !before.holds(chosen.plan, line));
        if !confirmed && chosen.lines.iter().any(is_new) {
            return Err(ChoiceFault::Unconfirmed);
        }
        Ok(Some(chosen))
    }

    /// What is left of the choice under the plan as it is now: the lines that stand in it word for word. `None` if there
    /// are none, or if this is another plan than the one they were chosen from.
    #[must_use]
    pub fn still_in(&self, plan: Option<&Plan>) -> Option<Self> {
        let plan = plan.filter(|plan| plan.id == self.plan)?;
        Self::of(plan, |line| self.lines.contains(line))
    }

    /// Tells whether a line of a plan is one of these.
    pub fn holds(&self, plan: EntryId, line: &Chosen) -> bool {
        self.plan == plan && self.lines.contains(line)
    }

    /// The lines under their questions, with what is needed first at the beginning.
    pub fn parts(&self, library: &Library, language: &str) -> Vec<PlanPart> {
        let exercise = PLAN.parse::<ExerciseId>().ok().and_then(|id| library.get(&id));
        let mut parts: Vec<(usize, PlanPart)> = Vec::new();
        for Chosen { field, text } in &self.lines {
            if let Some((_, part)) = parts.iter_mut().find(|(_, part)| part.field == *field) {
                part.items.push(text.clone());
                continue;
            }
            let base = field.split('@').next().unwrap_or(field);
            let (place, label) = asked(exercise, base, language);
            parts.push((place, PlanPart { field: field.clone(), label, items: vec![text.clone()] }));
        }
        parts.sort_by_key(|(place, _)| *place);
        let parts = parts.into_iter().map(|(_, part)| part).collect();
        let text = String::new();
        Plan { id: self.plan, modified: Timestamp::default(), parts, text }.for_help().parts
    }

    /// The lines of a plan that are wanted, each once.
    fn of(plan: &Plan, is_wanted: impl Fn(&Chosen) -> bool) -> Option<Self> {
        let mut lines: Vec<Chosen> = Vec::new();
        for line in plan.lines().map(PlanLine::chosen) {
            if is_wanted(&line) && !lines.contains(&line) {
                lines.push(line);
            }
        }
        (!lines.is_empty()).then_some(Self { plan: plan.id, lines })
    }
}

impl fmt::Debug for Readable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Readable({} lines)", self.lines.len())
    }
}

impl fmt::Debug for Chosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chosen({})", self.field)
    }
}

#[cfg(test)]
mod tests;
