//! Open editors: autosaves are rows of this device, durable when answered; they become a record at an explicit save, at
//! close, after five seconds of quiet or at most thirty.

use std::collections::BTreeSet;

use haven_core::answers::value::{from_json, to_json};
use haven_core::answers::{Answer, ValueMap};
use haven_core::entry::{Draft, EntryKind};
use haven_core::id::{EntryId, PersonId};
use haven_core::limits::DRAFT_BYTES_MAX;
use haven_core::measure::{About, PERSON_FIELD};
use haven_core::time::Timestamp;

use super::{Engine, OpenFault, Sealed, Work};
use crate::codec::{Malformed, Scanner, Writer};
use crate::command::{DraftId, DraftSave, DraftShown, Fault};
use crate::document::{Fields, FieldsEdit};
use crate::fields;
use crate::io::{Now, Table};
use crate::limits;
use crate::row::Stored;
use crate::version::Version;

/// An open editor's words.
pub(super) struct Drafting {
    entry: Option<EntryId>,
    /// What the editor was opened at, or what was last folded.
    base: Option<Version>,
    fields: Fields,
    /// Whom it is about besides those in `fields`, by names that fit nobody or several so far.
    named: BTreeSet<String>,
    /// How the entry was named that it was written for while the vault was locked: which one that is, or what stands there, nobody
    /// could see, so its person looks at it first.
    meant: Option<String>,
    /// What was typed at questions and is no answer to them yet. It never becomes part of an entry.
    typed: ValueMap,
    /// Only its person makes an entry of it.
    held: bool,
    saved_ms: i64,
    /// Holds words that no record has.
    dirty: bool,
    /// On the monotonic clock: when it was first saved since the last record, and when last.
    first_ms: u64,
    last_ms: u64,
}

/// The entry that an editor is open for, and the version it was opened at.
type Editing = (EntryId, Option<Version>);

/// What a draft changes, and from which version on; nothing for a new entry.
type Target = (Option<EntryId>, Option<Version>);

impl Engine {
    pub(super) fn save_draft(&mut self, work: &mut Work<'_, '_>, save: DraftSave) -> Result<DraftId, Fault> {
        let DraftSave { id, editing, mut draft, held, named, meant, typed } = save;
        draft.check_unfinished().map_err(super::journal::limit)?;
        check_typed(&typed)?;
        let (people, named) = self.people_named(&named);
        draft.people.extend(people);
        let created = Timestamp::from_millis(work.cx.now.wall_ms);
        let fields = fields::of_draft(&draft, &self.shelf.exercises, created);
        let (wall, mono) = (work.cx.now.wall_ms, work.cx.now.mono_ms);
        if let Some(target) = self.chosen_for(id, editing.as_ref())?
            && let Some(known) = self.drafts.get_mut(&id)
        {
            (known.entry, known.base) = target;
        }
        if let Some(known) = self.drafts.get_mut(&id) {
            known.held = held;
            if known.fields != fields || known.named != named {
                known.first_ms = if known.dirty { known.first_ms } else { mono };
                known.dirty = true;
            }
            (known.fields, known.named, known.saved_ms, known.last_ms) = (fields, named, wall, mono);
            known.typed = typed;
        } else {
            // Whoever goes on with a draft that became an entry goes on with that entry.
            let became = self.became(id).filter(|_| meant.is_none()).map(|(entry, at)| (entry, Some(at)));
            let (entry, base) = self.draft_base(editing.or(became).as_ref())?;
            let drafting = Drafting {
                entry,
                base,
                fields,
                named,
                meant,
                typed,
                held,
                saved_ms: wall,
                dirty: true,
                first_ms: mono,
                last_ms: mono,
            };
            self.drafts.insert(id, drafting);
        }
        self.keep_draft(work, id);
        Ok(id)
    }

    /// The entry that a person chooses for a draft which is for none yet, or was written for one that nobody could look up. Any
    /// other draft stays with what it was begun for.
    fn chosen_for(&self, id: DraftId, editing: Option<&Editing>) -> Result<Option<Target>, Fault> {
        let known = self.drafts.get(&id);
        let is_open = known.is_some_and(|known| known.meant.is_some() || known.entry.is_none());
        match editing {
            Some(editing) if is_open => self.target(editing).map(Some),
            _ => Ok(None),
        }
    }

    fn draft_base(&self, editing: Option<&Editing>) -> Result<Target, Fault> {
        if !self.has_place_for_draft() {
            let (size, max) = (self.drafts.len() as u64 + 1, limits::DRAFTS_MAX as u64);
            return Err(Fault::TooLarge { what: "the number of drafts", size, max, unit: "drafts" });
        }
        editing.map_or(Ok((None, None)), |editing| self.target(editing))
    }

    fn target(&self, (entry, base): &Editing) -> Result<Target, Fault> {
        let row = self.view.entry(*entry).ok_or(Fault::EntryUnknown)?;
        Ok((Some(*entry), Some(base.clone().unwrap_or_else(|| row.version.clone()))))
    }

    pub(super) fn has_place_for_draft(&self) -> bool {
        self.drafts.len() < limits::DRAFTS_MAX
    }

    pub(super) fn list_drafts(&self) -> Vec<DraftShown> {
        let shown = |(id, drafting): (&DraftId, &Drafting)| {
            let draft = as_draft(&drafting.fields)?;
            Some(DraftShown {
                id: *id,
                entry: drafting.entry,
                base: drafting.base.clone(),
                saved: Timestamp::from_millis(drafting.saved_ms),
                draft,
                held: drafting.held,
                named: drafting.named.clone(),
                meant: drafting.meant.clone(),
                typed: drafting.typed.clone(),
                problem: self.obstacle(drafting),
            })
        };
        self.drafts.iter().filter_map(shown).collect()
    }

    /// What keeps a draft from being an entry. A blank page is only not written yet.
    fn obstacle(&self, drafting: &Drafting) -> Option<Fault> {
        if !self.people_named(&drafting.named).1.is_empty() {
            return Some(Fault::PeopleUnclear);
        }
        let unfit = || (!drafting.typed.is_empty()).then_some(Fault::AnswersUnfit);
        drafting.unseen().or_else(|| check(&drafting.fields, true).err()).or_else(unfit)
    }

    pub(super) fn commit_draft(
        &mut self,
        work: &mut Work<'_, '_>,
        id: DraftId,
        confirmed: bool,
    ) -> Result<EntryId, Fault> {
        if !self.drafts.contains_key(&id) {
            return self.became(id).map(|(entry, _)| entry).ok_or(Fault::DraftUnknown);
        }
        let unseen = self.drafts.get(&id).and_then(Drafting::unseen);
        if let (Some(fault), false) = (unseen, confirmed) {
            return Err(fault);
        }
        // The draft would be forgotten, and with it what was typed.
        if self.drafts.get(&id).is_some_and(|drafting| !drafting.typed.is_empty()) {
            return Err(Fault::AnswersUnfit);
        }
        self.fold(work, id)?;
        let drafting = self.drafts.get(&id).ok_or(Fault::DraftUnknown)?;
        let (entry, base) = (drafting.entry.ok_or(Fault::DraftUnknown)?, drafting.base.clone());
        self.discard_draft(work, id)?;
        if let Some(version) = base {
            self.note_committed(work, id, entry, version);
        }
        Ok(entry)
    }

    pub(super) fn discard_draft(&mut self, work: &mut Work<'_, '_>, id: DraftId) -> Result<(), Fault> {
        self.drafts.remove(&id).ok_or(Fault::DraftUnknown)?;
        work.step.commit.remove(Table::Drafts, id.0.to_vec());
        Ok(())
    }

    /// Makes a record of what a draft holds, if it holds anything new.
    fn fold(&mut self, work: &mut Work<'_, '_>, id: DraftId) -> Result<(), Fault> {
        let drafting = self.drafts.get(&id).ok_or(Fault::DraftUnknown)?;
        if !drafting.dirty {
            return Ok(());
        }
        let (people, unclear) = self.people_named(&drafting.named);
        if !unclear.is_empty() {
            return Err(Fault::PeopleUnclear);
        }
        let (entry, base, mut words) = (drafting.entry, drafting.base.clone(), drafting.fields.clone());
        words.people.extend(people.iter().map(PersonId::to_string));
        self.say_about_whom(&mut words);
        check(&words, entry.is_some())?;
        let (entry, base) = match (entry, base) {
            (Some(entry), Some(base)) if self.has_version(work, entry, &base)? => {
                (entry, self.fold_into(work, entry, &base, &words)?)
            }
            // A new one; or what it was opened for went with the words of a device that was removed. Then it stands alone, so that
            // it hides nothing of what others wrote.
            _ => {
                let draft = as_draft(&words).ok_or(Fault::Unreadable)?;
                let entry = self.add(work, &draft)?;
                let row = self.row(work, entry.as_bytes())?.ok_or(Fault::EntryUnknown)?;
                (entry, row.version)
            }
        };
        let drafting = self.drafts.get_mut(&id).ok_or(Fault::DraftUnknown)?;
        (drafting.entry, drafting.base, drafting.dirty) = (Some(entry), Some(base), false);
        (drafting.fields, drafting.named) = (words, BTreeSet::new());
        self.keep_draft(work, id);
        Ok(())
    }

    /// A measure about somebody says about whom in its answers, too, as when it is answered at once.
    fn say_about_whom(&self, words: &mut Fields) {
        let about = as_draft(words).and_then(|draft| {
            let made_with = draft.exercise.as_ref()?;
            let measure = self.shelf.measures.get_version(&made_with.id, made_with.version)?;
            let person = *draft.people.first()?;
            (measure.about == About::Person && draft.people.len() == 1).then_some(person)
        });
        if let Some(person) = about {
            words
                .answers
                .entry(PERSON_FIELD.to_owned())
                .or_insert_with(|| Answer::Person(person).to_stored());
        }
    }

    /// Whether an entry is there, and has been what an editor was opened at.
    fn has_version(&mut self, work: &Work<'_, '_>, entry: EntryId, base: &Version) -> Result<bool, Fault> {
        let Some(row) = self.row(work, entry.as_bytes())? else { return Ok(false) };
        let document = self.document(work, entry.as_bytes(), &row)?;
        let is_known = document.fields_at(base).is_ok();
        self.keep_open(*entry.as_bytes(), document);
        Ok(is_known)
    }

    fn fold_into(
        &mut self,
        work: &mut Work<'_, '_>,
        entry: EntryId,
        base: &Version,
        words: &Fields,
    ) -> Result<Version, Fault> {
        let row = self.row(work, entry.as_bytes())?.ok_or(Fault::EntryUnknown)?;
        let document = self.document(work, entry.as_bytes(), &row)?;
        let then = document.fields_at(base).map_err(|_| Fault::VersionUnknown)?;
        self.keep_open(*entry.as_bytes(), document);
        let change = FieldsEdit::between(&then, words);
        let before = self.called_unsafe(work, entry)?;
        let seen = self.change(work, *entry.as_bytes(), row, Some(base), &change)?;
        self.mark_unsafe(work, entry, before)?;
        Ok(seen)
    }

    fn keep_draft(&self, work: &mut Work<'_, '_>, id: DraftId) {
        let Some(drafting) = self.drafts.get(&id) else { return };
        let value = self.keys.seal(Table::Drafts, &id.0, &drafting.encode(), work.cx.entropy);
        work.step.commit.put(Table::Drafts, id.0.to_vec(), value);
    }

    /// Folds drafts that have been quiet, or in use for too long.
    pub(super) fn fold_due_drafts(&mut self, work: &mut Work<'_, '_>) {
        let now = work.cx.now.mono_ms;
        let due: Vec<_> = self
            .drafts
            .iter()
            .filter(|(_, drafting)| drafting.due_ms().is_some_and(|due| due <= now))
            .map(|d| *d.0)
            .collect();
        for id in due {
            // What cannot become a record yet (a blank page) stays a draft; it is tried again when it changes.
            if self.fold(work, id).is_err()
                && let Some(drafting) = self.drafts.get_mut(&id)
            {
                (drafting.first_ms, drafting.last_ms) = (now, now);
            }
        }
    }

    pub(super) fn next_fold(&self) -> Option<u64> {
        self.drafts.values().filter_map(Drafting::due_ms).min()
    }
}

impl Drafting {
    /// What its person has to look at before it becomes anything.
    fn unseen(&self) -> Option<Fault> {
        self.meant.as_ref()?;
        Some(if self.entry.is_some() { Fault::EntryUnseen } else { Fault::EntryUnclear })
    }

    fn due_ms(&self) -> Option<u64> {
        let due = (self.last_ms + limits::DRAFT_IDLE_MS).min(self.first_ms + limits::DRAFT_AGE_MS);
        // Half a measure has no result, and must not look like one: only its person says when it is done.
        let waits = self.held || self.meant.is_some();
        (self.dirty && !waits && self.fields.kind != EntryKind::Measure.as_str()).then_some(due)
    }

    fn encode(&self) -> Vec<u8> {
        let mut w = Writer::default();
        w.option(self.entry, |w, entry| w.raw(entry.as_bytes()));
        w.u8(u8::from(self.dirty));
        w.u8(u8::from(self.held));
        let version = self.base.clone().unwrap_or_else(|| Version::new(Vec::new()));
        let stored =
            Stored { fields: self.fields.clone(), version, modified_ms: self.saved_ms, ..Stored::default() };
        w.bytes(&stored.encode());
        w.count(self.named.len());
        self.named.iter().for_each(|name| w.text(name));
        w.option(self.meant.as_ref(), |w, meant| w.text(meant));
        w.text(&to_json(&self.typed));
        w.0
    }

    fn decode(bytes: &[u8], now: Now) -> Result<Self, Malformed> {
        let mut s = Scanner(bytes);
        let entry = s.option(|s| Ok(EntryId::from_bytes(s.array()?)))?;
        let (dirty, held) = (s.u8()? != 0, s.u8()? != 0);
        let stored = Stored::decode(s.bytes()?)?;
        let named = s.list(|s| s.text().map(str::to_owned))?;
        let meant = s.option(|s| s.text().map(str::to_owned))?;
        let typed = from_json(s.text()?).ok_or(Malformed)?;
        s.end()?;
        Ok(Self {
            base: entry.map(|_| stored.version),
            entry,
            fields: stored.fields,
            named: named.into_iter().collect(),
            meant,
            typed,
            saved_ms: stored.modified_ms,
            dirty,
            held,
            first_ms: now.mono_ms,
            last_ms: now.mono_ms,
        })
    }
}

/// Reads the drafts that outlived the last opening. One that does not open is left where it is.
pub(super) fn read(
    sealed: &Sealed<'_>,
    now: Now,
) -> Result<std::collections::BTreeMap<DraftId, Drafting>, OpenFault> {
    let one = |(key, value): (Vec<u8>, Vec<u8>)| {
        let id = DraftId(key.as_slice().try_into().ok()?);
        let plain = sealed.keys.open(Table::Drafts, &key, &value).ok()?;
        Some((id, Drafting::decode(&plain, now).ok()?))
    };
    Ok(sealed.rows(Table::Drafts)?.into_iter().filter_map(one).collect())
}

/// Whether a draft's words fit an entry. One that was emptied is refused where there is no entry yet.
fn check(words: &Fields, is_entry: bool) -> Result<(), Fault> {
    let draft = as_draft(words).ok_or(Fault::Unreadable)?;
    if is_entry && draft.is_blank() {
        return Ok(());
    }
    draft.validate().map_err(super::journal::limit)
}

/// Whether what was typed and is no answer yet is no more than a draft may hold.
fn check_typed(typed: &ValueMap) -> Result<(), Fault> {
    let (size, max) = (to_json(typed).len() as u64, DRAFT_BYTES_MAX as u64);
    let what = "what was typed";
    if size > max { Err(Fault::TooLarge { what, size, max, unit: "bytes" }) } else { Ok(()) }
}

fn as_draft(words: &Fields) -> Option<Draft> {
    let entry = fields::entry(EntryId::from_bytes([0; 16]), words, 0)?;
    Some(Draft {
        title: entry.title,
        text: entry.text,
        tags: entry.tags,
        people: entry.people.into_iter().collect::<BTreeSet<_>>(),
        exercise: entry.exercise,
        answers: entry.answers,
        import_id: entry.import_id,
        ..Draft::new(entry.kind, entry.at)
    })
}
