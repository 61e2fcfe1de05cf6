//! Importing many entries: read, created and sealed in bulk; what is there already is skipped.

use std::collections::{BTreeMap, BTreeSet};

use haven_core::id::PersonId;
use haven_core::import::{ImportFault, ImportLine};
use haven_core::person::PersonName;
use haven_core::time::{LocalZone, SortKey, Timestamp, Zones};
use haven_feed::digest::digest;
use thiserror::Error;

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

/// A line names somebody in a way that fits several.
#[derive(Debug, Error)]
#[error(
    "\"people\": several people could be meant; write the name exactly as in `haven people list`, or the id"
)]
struct SeveralMeant;

/// A line that will become an entry.
struct Wanted {
    line: u64,
    identity: [u8; 32],
    read: ImportLine,
}

/// Where the times of the lines are entered.
pub(super) struct Entered<'a> {
    pub(super) zones: &'a dyn Zones,
    pub(super) here: Option<LocalZone>,
}

impl Entered<'_> {
    fn read(&self, line: &[u8]) -> Result<ImportLine, ImportFault> {
        ImportLine::parse(line)?.entered(self.zones, self.here.as_ref())
    }
}

impl Engine {
    pub(super) fn import(
        &mut self,
        work: &mut Work<'_, '_>,
        lines: &[ImportItem],
        dry_run: bool,
        entered: &Entered<'_>,
    ) -> Result<Imported, Fault> {
        if lines.len() > limits::IMPORT_LINES_MAX {
            let (size, max) = (lines.len() as u64, limits::IMPORT_LINES_MAX as u64);
            return Err(Fault::TooLarge { what: "the batch", size, max, unit: "lines" });
        }
        let mut outcome = Imported::default();
        let wanted = self.wanted(lines, entered, &mut outcome);
        if dry_run {
            outcome.imported = wanted.len() as u64;
            return Ok(outcome);
        }
        let people = self.people_of(work, &wanted)?;
        let mut created = Vec::with_capacity(wanted.len());
        let mut last: BTreeMap<SortKey, Timestamp> = BTreeMap::new();
        for one in wanted {
            let (line, key) = (one.line, one.read.date.sort_key());
            let stamp = self.stamp(work, key, last.get(&key).copied());
            last.insert(key, stamp);
            match self.fields_of(one, stamp, &people) {
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
    fn wanted(&self, lines: &[ImportItem], entered: &Entered<'_>, outcome: &mut Imported) -> Vec<Wanted> {
        let read = parallel::map(lines, |item| (identity(&item.bytes), entered.read(&item.bytes)));
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

    /// The people that the lines name, by name, in the order in which they are named; those not yet in the journal are added. A
    /// name in another case means whoever has it, as it does everywhere, and is left out where it could mean several.
    fn people_of(
        &mut self,
        work: &mut Work<'_, '_>,
        wanted: &[Wanted],
    ) -> Result<BTreeMap<PersonName, PersonId>, Fault> {
        let mut people = BTreeMap::new();
        let mut new: Vec<(PersonName, DocumentId)> = Vec::new();
        for name in wanted.iter().flat_map(|one| &one.read.people) {
            let id = match self.meant_by(name, &new) {
                Ok(Some(id)) => id,
                Ok(None) => {
                    let id = draw(work.cx.entropy);
                    new.push((name.clone(), id));
                    PersonId::from_bytes(id)
                }
                Err(SeveralMeant) => continue,
            };
            people.insert(name.clone(), id);
        }
        let created = Timestamp::from_millis(work.cx.now.wall_ms);
        let new = new.iter().map(|(name, id)| (*id, fields::of_person(name, created)));
        self.create_all(work, new.collect())?;
        Ok(people)
    }

    /// Whom a line means by a name, among the people of the journal and those that lines before it have added.
    fn meant_by(
        &self,
        name: &PersonName,
        new: &[(PersonName, DocumentId)],
    ) -> Result<Option<PersonId>, SeveralMeant> {
        let new_named = new.iter().find(|(other, _)| other == name).map(|(_, id)| PersonId::from_bytes(*id));
        if let Some(id) = new_named.or_else(|| self.person_named(name)).or_else(|| self.person_by_id(name)) {
            return Ok(Some(id));
        }
        let new = new.iter().filter(|(other, _)| other.differs_in_case_only(name));
        let new = new.map(|(_, id)| PersonId::from_bytes(*id));
        let mut alike = self.people_named_alike(name).chain(new);
        match (alike.next(), alike.next()) {
            (found, None) => Ok(found),
            _ => Err(SeveralMeant),
        }
    }

    fn person_by_id(&self, name: &PersonName) -> Option<PersonId> {
        let id = name.as_str().parse().ok()?;
        self.view.person(id).map(|person| person.id)
    }

    fn fields_of(
        &self,
        one: Wanted,
        created: Timestamp,
        people: &BTreeMap<PersonName, PersonId>,
    ) -> Result<Fields, String> {
        let named = one.read.people.iter().map(|name| people.get(name).copied());
        let named = named.collect::<Option<_>>().ok_or_else(|| SeveralMeant.to_string())?;
        let exercise =
            one.read.exercise.as_ref().and_then(|at| self.shelf.exercises.get_version(&at.id, at.version));
        let draft = one.read.draft(one.identity, named, exercise).map_err(|fault| fault.to_string())?;
        Ok(fields::of_draft(&draft, &self.shelf.exercises, created))
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
            let stored = Stored { fields, version, modified_ms: author.now_ms, sources: vec![sources[&id]] };
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
