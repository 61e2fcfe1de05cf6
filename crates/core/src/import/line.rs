//! One line of an import: what kind of line it is.

use super::members::Members;
use super::{DefinitionLine, EntryLine, ForgottenLine, Header, ImportFault, PersonLine};
use crate::limits::IMPORT_LINE_BYTES_MAX;
use crate::time::{LocalZone, Zones};

/// What one line says.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Line {
    /// What the file is.
    Header(Header),
    /// Somebody.
    Person(Box<PersonLine>),
    /// Somebody who was forgotten.
    Forgotten(ForgottenLine),
    /// What the person added.
    Definition(Box<DefinitionLine>),
    /// An entry.
    Entry(Box<EntryLine>),
}

/// A line, and the keys on it that this release makes nothing of.
#[derive(Clone, PartialEq)]
pub struct Read {
    /// What it says.
    pub line: Line,
    /// The keys that were passed over, fit to be shown.
    pub unused: Vec<String>,
}

/// The line without what an editor or another system puts around it: a byte order mark, blanks, the end of a line. What is
/// left is what makes a line the same line.
pub fn bare(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii();
    line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).trim_ascii()
}

impl Read {
    /// Reads one line, with or without its line break.
    ///
    /// # Errors
    /// [`ImportFault`] with a reason a person can act on.
    pub fn parse(line: &[u8]) -> Result<Self, ImportFault> {
        if line.len() > IMPORT_LINE_BYTES_MAX {
            return Err(ImportFault::TooLong);
        }
        let text = std::str::from_utf8(line).map_err(|e| ImportFault::NotUtf8 { at: e.valid_up_to() + 1 })?;
        let text = text.trim().trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err(ImportFault::Blank);
        }
        let mut members = Members::parse(text)?;
        let (line, unused) = match members.only_key() {
            Some("haven") => (Line::Header(Header::read(members.value("haven")?)?), Vec::new()),
            Some("person") => {
                let (person, unused) = PersonLine::read(members.value("person")?)?;
                (Line::Person(person.into()), unused)
            }
            Some("forgotten") => {
                let (forgotten, unused) = ForgottenLine::read(members.value("forgotten")?)?;
                (Line::Forgotten(forgotten), unused)
            }
            Some("definition") => {
                let (definition, unused) = DefinitionLine::read(members.value("definition")?)?;
                (Line::Definition(definition.into()), unused)
            }
            _ => {
                let entry = EntryLine::read(&mut members)?;
                (Line::Entry(entry.into()), members.unused())
            }
        };
        Ok(Self { line, unused })
    }

    /// Takes the time of an entry as it is entered: one without a zone is in `here`. On a line that an export wrote, which has an
    /// id, the time comes back as it is written there.
    ///
    /// # Errors
    /// [`ImportFault::Date`] when the zone does not exist or contradicts its offset.
    pub fn entered(self, zones: &dyn Zones, here: Option<&LocalZone>) -> Result<Self, ImportFault> {
        let Line::Entry(mut entry) = self.line else { return Ok(self) };
        if entry.id.is_none() {
            entry.date = entry.date.clone().entered(zones, here)?;
        }
        Ok(Self { line: Line::Entry(entry), ..self })
    }
}
