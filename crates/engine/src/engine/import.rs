//! Importing many entries: read, created and sealed in bulk; what is there already is skipped.

use std::collections::{BTreeMap, BTreeSet};

use haven_core::id::PersonId;
use haven_core::import::ImportLine;
use haven_core::person::PersonName;
use haven_core::time::Timestamp;
use haven_feed::digest::digest;

use super::work::Changed;
use super::writing::Written;
use super::{Engine, Work};
use crate::command::{Fault, ImportItem, Imported, LineFault};
use crate::content::DocumentId;
use crate::document::{Fields, create};
use crate::fields;
use crate::io::draw;
use crate::limits;
use crate::parallel;
use crate::row::Stored;
use crate::version::Version;

/// A line that will become an entry.
struct Wanted {
    line: u64,
    identity: [u8; 32],
    read: ImportLine,
}

impl Engine {
    pub(super) fn import(
        &mut self,
        work: &mut Work<'_, '_>,
        lines: &[ImportItem],
        dry_run: bool,
    ) -> Result<Imported, Fault> {
        if lines.len() > limits::IMPORT_LINES_MAX {
            let (size, max) = (lines.len() as u64, limits::IMPORT_LINES_MAX as u64);
            return Err(Fault::TooLarge { what: "the batch", size, max, unit: "lines" });
        }
        let mut outcome = Imported::default();
        let wanted = self.wanted(lines, &mut outcome);
        if dry_run {
            outcome.imported = wanted.len() as u64;
            return Ok(outcome);
        }
        let people = self.people_of(work, &wanted)?;
        let mut created = Vec::with_capacity(wanted.len());
        for one in wanted {
            let line = one.line;
            match self.fields_of(work, one, &people) {
                Ok(fields) => created.push((draw::<16>(work.cx.entropy), fields)),
                Err(reason) => outcome.failed.push(LineFault { line, reason }),
            }
        }
        outcome.imported = created.len() as u64;
        outcome.failed.sort_by_key(|fault| fault.line);
        self.create_all(work, created)?;
        Ok(outcome)
    }

    /// Reads the lines on all cores and drops what is there already, or twice in this batch.
    fn wanted(&self, lines: &[ImportItem], outcome: &mut Imported) -> Vec<Wanted> {
        let read = parallel::map(lines, |item| (identity(&item.bytes), ImportLine::parse(&item.bytes)));
        let mut seen = BTreeSet::new();
        let mut wanted = Vec::with_capacity(lines.len());
        for (item, (identity, read)) in lines.iter().zip(read) {
            match read {
                Err(fault) => outcome.failed.push(LineFault { line: item.line, reason: fault.to_string() }),
                Ok(read) => {
                    let known = read.id.is_some_and(|id| self.view.entry(id).is_some())
                        || self.view.imported(&identity).is_some()
                        || !seen.insert(identity);
                    if known {
                        outcome.skipped += 1;
                    } else {
                        wanted.push(Wanted { line: item.line, identity, read });
                    }
                }
            }
        }
        wanted
    }

    /// The people that the lines name, by name; those not yet in the journal are added.
    fn people_of(
        &mut self,
        work: &mut Work<'_, '_>,
        wanted: &[Wanted],
    ) -> Result<BTreeMap<PersonName, PersonId>, Fault> {
        let names: BTreeSet<_> = wanted.iter().flat_map(|one| one.read.people.iter().cloned()).collect();
        let mut people = BTreeMap::new();
        let mut new = Vec::new();
        for name in names {
            let known = self.person_named(&name).or_else(|| self.person_by_id(&name));
            let id = known.unwrap_or_else(|| {
                let id = draw(work.cx.entropy);
                new.push((id, fields::of_person(&name, Timestamp::from_millis(work.cx.now.wall_ms))));
                PersonId::from_bytes(id)
            });
            people.insert(name, id);
        }
        self.create_all(work, new)?;
        Ok(people)
    }

    fn person_by_id(&self, name: &PersonName) -> Option<PersonId> {
        let id = name.as_str().parse().ok()?;
        self.view.person(id).map(|person| person.id)
    }

    fn fields_of(
        &self,
        work: &Work<'_, '_>,
        one: Wanted,
        people: &BTreeMap<PersonName, PersonId>,
    ) -> Result<Fields, String> {
        let named = one.read.people.iter().filter_map(|name| people.get(name).copied()).collect();
        let exercise =
            one.read.exercise.as_ref().and_then(|at| self.shelf.exercises.get_version(&at.id, at.version));
        let draft = one.read.draft(one.identity, named, exercise).map_err(|fault| fault.to_string())?;
        Ok(fields::of_draft(&draft, &self.shelf.exercises, Timestamp::from_millis(work.cx.now.wall_ms)))
    }

    /// Creates documents on all cores and writes them in as few records as they need.
    fn create_all(
        &mut self,
        work: &mut Work<'_, '_>,
        created: Vec<(DocumentId, Fields)>,
    ) -> Result<(), Fault> {
        let author = self.author(work);
        let made = parallel::map(&created, |(_, fields)| create(fields, author));
        let hashes: Vec<_> = made.iter().map(|made| made.hash).collect();
        let ids = created.iter().map(|(id, _)| *id);
        let written: Vec<_> =
            ids.zip(made).map(|(document, made)| Written { document, changes: vec![made.change] }).collect();
        let sources = self.write(work, &written, &[author.actor].into())?;
        for ((id, fields), hash) in created.into_iter().zip(hashes) {
            let version = Version::new(vec![hash]);
            let stored = Stored {
                fields,
                version,
                modified_ms: author.now_ms,
                met: Vec::new(),
                sources: vec![sources[&id]],
            };
            work.rows.insert(id, Changed { stored, shown: None });
        }
        self.push(work);
        Ok(())
    }
}

/// The plain SHA-256 of a line as it stood in the file, its line ending left out.
fn identity(line: &[u8]) -> [u8; 32] {
    *digest("", &[line]).as_bytes()
}
