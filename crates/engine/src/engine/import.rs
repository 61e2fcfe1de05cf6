//! Importing many entries: read, created and sealed in bulk; what is there already is skipped.
//!
//! Whatever a line makes follows from the line alone, so that two devices which import the same file before they meet make
//! the same documents, byte for byte:
//! ```text
//! entry   its id, or SHA-256("haven/1/import entry" || SHA-256(line))[..16]
//! person  its id, or SHA-256("haven/1/import person" || count 4 || name)[..16]
//! ```
//! What one device knows and another does not can still make a difference: somebody of that name who is there already, or an
//! exercise. Then two creations meet in one document, which reads the same everywhere; see `document/roots.rs`.

use std::collections::{BTreeMap, BTreeSet};

use haven_core::answers::ExerciseRef;
use haven_core::id::{EntryId, PersonId};
use haven_core::import::{
    DefinitionLine, EntryLine, ForgottenLine, ImportFault, Line, PersonLine, Read, bare,
};
use haven_core::person::PersonName;
use haven_core::time::{LocalZone, Timestamp, Zones};
use haven_feed::digest::digest;
use thiserror::Error;

use super::differing::Claim;
use super::work::Changed;
use super::writing::Written;
use super::{Engine, Work, unreadable};
use crate::actor::ActorNonce;
use crate::command::{Fault, ImportItem, Imported, LineFault};
use crate::content::DocumentId;
use crate::document::{Author, Fields, Meeting, MeetingSide, create_imported, definition_id, recreate};
use crate::fields::{self, met};
use crate::io::draw;
use crate::limits;
use crate::parallel;
use crate::row::Stored;

/// A line names somebody in a way that fits several.
#[derive(Debug, Error)]
#[error("\"people\": several people could be meant; write the name exactly, or the id")]
struct SeveralMeant;

/// Where the times of the lines are entered.
pub(super) struct Entered<'a> {
    pub(super) zones: &'a dyn Zones,
    pub(super) here: Option<LocalZone>,
}

impl Entered<'_> {
    fn read(&self, line: &[u8]) -> Result<Read, ImportFault> {
        Read::parse(line)?.entered(self.zones, self.here.as_ref())
    }
}

/// A document that an import will make.
struct New {
    id: DocumentId,
    fields: Fields,
    modified_ms: i64,
    /// What met in it, of an entry.
    met: Option<Meeting>,
}

/// What an import will make, put together before anything is written.
#[derive(Default)]
struct Plan {
    new: Vec<New>,
    ids: BTreeSet<DocumentId>,
    /// People whom lines of other programs name.
    named: BTreeMap<PersonName, PersonId>,
    /// People of whom nothing is known but that they were forgotten.
    forgotten: BTreeSet<PersonId>,
    /// Who turned out to be whom.
    merged: BTreeMap<PersonId, PersonId>,
    /// The versions of definitions that will take up room, once one was asked about.
    defined: Option<BTreeSet<ExerciseRef>>,
    outcome: Imported,
}

/// An entry on its line.
struct Wanted {
    line: u64,
    id: EntryId,
    identity: [u8; 32],
    read: EntryLine,
    unused: Vec<String>,
}

impl Plan {
    fn make(&mut self, id: DocumentId, fields: Fields, modified_ms: i64) {
        self.make_met(id, fields, modified_ms, None);
    }

    fn make_met(&mut self, id: DocumentId, fields: Fields, modified_ms: i64, met: Option<Meeting>) {
        self.ids.insert(id);
        self.new.push(New { id, fields, modified_ms, met });
    }

    fn failed(&mut self, line: u64, reason: &impl ToString) {
        self.outcome.failed.push(LineFault { line, reason: reason.to_string() });
    }

    fn unused(&mut self, keys: Vec<String>) {
        for key in keys {
            let unused = &mut self.outcome.unused;
            if unused.len() < limits::UNUSED_KEYS_MAX || unused.contains_key(&key) {
                *unused.entry(key).or_default() += 1;
            }
        }
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
        let read = parallel::map(lines, |item| {
            let line = bare(&item.bytes);
            (*digest("", &[line]).as_bytes(), entered.read(line))
        });
        let mut plan = Plan::default();
        let mut wanted = Vec::with_capacity(lines.len());
        for (item, (identity, read)) in lines.iter().zip(read) {
            match read {
                // Whatever such a file says of an entry that this release does not know would be lost for good: once the entry is
                // there, it is skipped.
                Err(fault @ ImportFault::Newer { .. }) => return Err(Fault::Invalid(fault.to_string())),
                Err(fault) => plan.failed(item.line, &fault),
                Ok(Read { line: Line::Person(person), unused }) => {
                    self.plan_person(work, &mut plan, &person)?;
                    plan.unused(unused);
                }
                Ok(Read { line: Line::Forgotten(forgotten), unused }) => {
                    self.plan_forgotten(work, &mut plan, &forgotten)?;
                    plan.unused(unused);
                }
                Ok(Read { line: Line::Definition(definition), unused }) => {
                    self.plan_definition(work, &mut plan, item.line, &definition)?;
                    plan.unused(unused);
                }
                Ok(Read { line: Line::Entry(read), unused }) => {
                    let id = read.id.unwrap_or_else(|| entry_of(&identity));
                    wanted.push(Wanted { line: item.line, id, identity, read: *read, unused });
                }
                Ok(_) => {}
            }
        }
        for one in wanted {
            self.plan_entry(work, &mut plan, one)?;
        }
        plan.outcome.failed.sort_by_key(|fault| fault.line);
        if !dry_run {
            self.create_all(work, plan.new)?;
        }
        Ok(plan.outcome)
    }

    /// Somebody who is there under this id stays as they are here. Whoever was forgotten stays so: that is told, since nobody
    /// sees it otherwise.
    fn plan_person(&self, work: &Work<'_, '_>, plan: &mut Plan, line: &PersonLine) -> Result<(), Fault> {
        let person = &line.person;
        if self.is_there(work, plan, person.id.as_bytes())? {
            let is_forgotten = self.view.is_forgotten(person.id) || plan.forgotten.contains(&person.id);
            plan.outcome.forgotten += u64::from(is_forgotten);
            return Ok(());
        }
        if let Some(into) = line.merged {
            plan.outcome.unmerged += u64::from(self.closes_circle(plan, person.id, into));
            plan.merged.insert(person.id, into);
        }
        plan.outcome.people += 1;
        let fields = fields::of_exported_person(line);
        plan.make(*person.id.as_bytes(), fields, person.created.as_millis());
        Ok(())
    }

    /// Whether somebody who turned out to be somebody else is met again on the way to whom that is. Every circle is closed by one
    /// line, whatever the order in which they stand; how it is read, `View::meant` says.
    fn closes_circle(&self, plan: &Plan, from: PersonId, into: PersonId) -> bool {
        let next = |id: &PersonId| plan.merged.get(id).copied().or_else(|| self.view.merged_into(*id));
        let mut seen = BTreeSet::new();
        let mut now = Some(into);
        while let Some(id) = now.filter(|id| *id != from && seen.insert(*id)) {
            now = next(&id);
        }
        now == Some(from)
    }

    /// That somebody was forgotten is kept, so that no earlier export brings them back. Somebody who is there stays.
    fn plan_forgotten(
        &self,
        work: &Work<'_, '_>,
        plan: &mut Plan,
        line: &ForgottenLine,
    ) -> Result<(), Fault> {
        if !self.is_there(work, plan, line.id.as_bytes())? {
            plan.forgotten.insert(line.id);
            plan.make(*line.id.as_bytes(), fields::of_exported_forgotten(line), line.at.as_millis());
        }
        Ok(())
    }

    fn plan_definition(
        &self,
        work: &Work<'_, '_>,
        plan: &mut Plan,
        number: u64,
        line: &DefinitionLine,
    ) -> Result<(), Fault> {
        let fields = fields::of_exported_definition(line);
        let Some(id) = definition_id(&fields) else { return Ok(()) };
        if self.is_there(work, plan, &id)? {
            return Ok(());
        }
        // What was taken back, or gives way, takes room from nobody.
        if line.removed.is_none() && !line.gives_way {
            let versions = plan.defined.get_or_insert_with(|| self.view.definitions().taking_room());
            let max = limits::DEFINITIONS_MAX;
            if versions.len() >= max && !versions.contains(&line.reference) {
                let full =
                    format!("there are {max} exercises and measures of your own already, and no more fit");
                plan.failed(number, &full);
                return Ok(());
            }
            versions.insert(line.reference.clone());
        }
        plan.outcome.definitions += 1;
        plan.make(id, fields, line.added.as_millis());
        Ok(())
    }

    fn plan_entry(&mut self, work: &mut Work<'_, '_>, plan: &mut Plan, one: Wanted) -> Result<(), Fault> {
        let Wanted { line, id, identity, read, unused } = one;
        let is_foreign = read.id.is_none();
        let is_there = plan.ids.contains(id.as_bytes())
            || self.view.entry(id).is_some()
            || (is_foreign && self.view.imported(&identity).is_some());
        if is_there {
            if self.is_other(work, plan, id, read)? {
                plan.outcome.differing.push(id);
            } else {
                plan.outcome.skipped += 1;
            }
            return Ok(());
        }
        let stamp = Timestamp::from_millis(read.date.sort_key().seconds.saturating_mul(1000));
        let asked = read.exercise.as_ref().and_then(|made_with| self.shelf.made_with(made_with));
        let (exact, names) = (read.exact.clone(), read.people.clone());
        let mut draft = match read.draft(identity, BTreeSet::new(), asked) {
            Ok(draft) => draft,
            Err(fault) => {
                plan.failed(line, &fault);
                return Ok(());
            }
        };
        let (fields, modified, met) = if let Some(exact) = exact {
            draft.people = self.people_by_id(work, plan, &exact.people, exact.created)?;
            let fields = fields::of_exported(&draft, &exact);
            let met = exact.rest.met.as_ref().map(|met| met::to_meeting(met, &fields));
            (fields, exact.modified, met)
        } else {
            for name in names {
                let Ok(person) = self.person_of(work, plan, name, stamp)? else {
                    plan.failed(line, &SeveralMeant);
                    return Ok(());
                };
                draft.people.insert(person);
            }
            // Entries of one date keep the order in which they stand in the file.
            let place = i64::try_from(line).unwrap_or(i64::MAX);
            let created = Timestamp::from_millis(stamp.as_millis().saturating_add(place));
            (fields::of_draft(&draft, &self.shelf.exercises, created), stamp, None)
        };
        plan.outcome.imported += 1;
        plan.unused(unused);
        plan.make_met(*id.as_bytes(), fields, modified.as_millis(), met);
        Ok(())
    }

    /// Whether the line of an export says of an entry that is there, or stands in the file already, what is nowhere in it.
    fn is_other(
        &mut self,
        work: &mut Work<'_, '_>,
        plan: &Plan,
        id: EntryId,
        read: EntryLine,
    ) -> Result<bool, Fault> {
        let Some(exact) = read.exact.clone() else { return Ok(false) };
        let people = exact.people.iter().map(|(id, _)| *id).collect();
        // What exceeds the limits of an entry cannot be what is here.
        let Ok(draft) = read.draft([0; 32], people, None) else { return Ok(true) };
        let fields = fields::of_exported(&draft, &exact);
        let planned =
            plan.ids.contains(id.as_bytes()).then(|| plan.new.iter().find(|new| new.id == *id.as_bytes()));
        match planned.flatten() {
            Some(new) => Ok(!self.agrees(id, &fields, &new.fields)),
            None => self.differs(work, &Claim { id, fields: &fields, rest: &exact.rest }),
        }
    }

    /// The people of an exported entry. One whose own line is missing comes back by name.
    fn people_by_id(
        &self,
        work: &Work<'_, '_>,
        plan: &mut Plan,
        people: &[(PersonId, Option<PersonName>)],
        created: Timestamp,
    ) -> Result<BTreeSet<PersonId>, Fault> {
        for (id, name) in people {
            let Some(name) = name.as_ref().filter(|_| self.view.person(*id).is_none()) else { continue };
            if !self.is_there(work, plan, id.as_bytes())? {
                plan.outcome.people += 1;
                plan.make(*id.as_bytes(), fields::of_person(name, created), created.as_millis());
            }
        }
        Ok(people.iter().map(|(id, _)| *id).collect())
    }

    /// Whom a name means: somebody in the journal, by name or by id, exactly first, then in another case; else somebody new under
    /// an id that follows from the name. Whoever was forgotten under that id stays forgotten; the next one is taken.
    fn person_of(
        &self,
        work: &Work<'_, '_>,
        plan: &mut Plan,
        name: PersonName,
        created: Timestamp,
    ) -> Result<Result<PersonId, SeveralMeant>, Fault> {
        if let Some(known) = plan.named.get(&name) {
            return Ok(Ok(*known));
        }
        let mut found = self.person_named(&name).or_else(|| self.person_by_id(&name));
        if found.is_none() {
            let named = plan.named.iter().filter(|(other, _)| other.differs_in_case_only(&name));
            let alike: BTreeSet<_> = self.people_named_alike(&name).chain(named.map(|(_, id)| *id)).collect();
            if alike.len() > 1 {
                return Ok(Err(SeveralMeant));
            }
            found = alike.first().copied();
        }
        for count in 0_u32.. {
            if found.is_some() {
                break;
            }
            let id = person_of(count, &name);
            if plan.ids.contains(id.as_bytes()) || self.view.person(id).is_some() {
                found = Some(id);
            } else if !self.is_there(work, plan, id.as_bytes())? {
                plan.outcome.people += 1;
                plan.make(*id.as_bytes(), fields::of_person(&name, created), created.as_millis());
                found = Some(id);
            }
        }
        let id = found.expect("the loop ends with somebody");
        plan.named.insert(name, id);
        Ok(Ok(id))
    }

    fn person_by_id(&self, name: &PersonName) -> Option<PersonId> {
        let id = name.as_str().parse().ok()?;
        self.view.person(id).map(|person| person.id)
    }

    /// Whether a document is there, or will be.
    fn is_there(&self, work: &Work<'_, '_>, plan: &Plan, id: &DocumentId) -> Result<bool, Fault> {
        Ok(plan.ids.contains(id) || self.row(work, id)?.is_some())
    }

    /// Creates documents on all cores and writes them in as few records as they need.
    fn create_all(&mut self, work: &mut Work<'_, '_>, new: Vec<New>) -> Result<(), Fault> {
        let (met, new): (Vec<_>, Vec<_>) = new.into_iter().partition(|one| one.met.is_some());
        for one in met {
            self.create_met(work, one)?;
        }
        let made = parallel::map(&new, |one| create_imported(&one.id, &one.fields, one.modified_ms));
        let hashes: Vec<_> = made.iter().map(|made| made.hash).collect();
        let written: Vec<_> = new
            .iter()
            .zip(made)
            .map(|(one, made)| Written { document: one.id, changes: vec![made.change] })
            .collect();
        let sources = self.write(work, &written, &BTreeSet::new())?;
        for (one, hash) in new.into_iter().zip(hashes) {
            let modified_ms = one.modified_ms.div_euclid(1000).saturating_mul(1000);
            let mut stored = Stored::created(&one.id, one.fields, hash, modified_ms, self.keys.feed);
            stored.add_source(sources[&one.id]);
            work.rows.insert(one.id, Changed { stored, shown: None });
        }
        self.push(work);
        Ok(())
    }

    /// Creates an entry in which edits met, as it met. Its sides are edits of this device: made on two devices they count once.
    fn create_met(&mut self, work: &mut Work<'_, '_>, one: New) -> Result<(), Fault> {
        let Some(meeting) = one.met else { return Ok(()) };
        let created = create_imported(&one.id, &meeting.base, one.modified_ms);
        let nonces: Vec<ActorNonce> = meeting.sides.iter().map(|_| draw(work.cx.entropy)).collect();
        let author = |(side, nonce): (&MeetingSide, &ActorNonce)| Author {
            actor: self.actor(nonce),
            now_ms: side.at_ms,
        };
        let authors: Vec<Author> = meeting.sides.iter().zip(&nonces).map(author).collect();
        let made = recreate(&meeting, &created, &authors).map_err(unreadable)?;
        let nonces = nonces.into_iter().collect();
        // A record each: together they may have more operations than others take at once.
        let mut sources = Vec::new();
        for change in made.changes {
            let written = [Written { document: one.id, changes: vec![change] }];
            sources.extend(self.write(work, &written, &nonces)?.into_values());
        }
        let reading = made.document.reading().map_err(unreadable)?;
        let mut stored = Stored { sources, ..Stored::default() };
        stored.read(&made.document, reading, self.keys.feed);
        work.rows.insert(one.id, Changed { stored, shown: None });
        Ok(())
    }
}

/// The entry that a line of another program becomes.
fn entry_of(identity: &[u8; 32]) -> EntryId {
    EntryId::from_bytes(digest("haven/1/import entry", &[identity]).first())
}

/// Somebody whom a line of another program names.
fn person_of(count: u32, name: &PersonName) -> PersonId {
    let parts: [&[u8]; 2] = [&count.to_be_bytes(), name.as_str().as_bytes()];
    PersonId::from_bytes(digest("haven/1/import person", &parts).first())
}
