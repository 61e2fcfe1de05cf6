//! What people do on the world's devices.

use std::collections::BTreeSet;
use std::sync::Arc;

use haven_core::entry::{Draft, Edit, EntryKind};
use haven_core::id::EntryId;
use haven_core::import::{Line, Read, export_line};
use haven_core::meeting::sentences;
use haven_core::time::NoZones;
use haven_engine::command::{Command, DraftId, DraftSave, ImportItem, Keep, Reply};
use haven_engine::view::Filter;

use super::{DEVICES, World};
use crate::device::Asked;
use crate::model::{By, Said, words_in};

/// How many entries most edits are about.
const FEW: usize = 2;

/// A draft that an editor has open.
pub(super) struct OpenDraft {
    pub(super) id: DraftId,
    pub(super) text: String,
    pub(super) words: Vec<String>,
}

impl World {
    pub(super) fn write(&mut self, device: usize) {
        if !self.devices[device].is_up() {
            return self.write_locked(device);
        }
        match self.chance.below(18) {
            0..2 => self.add(device),
            2..8 => self.edit(device),
            8 => self.title(device),
            9..13 => self.trash_or_restore(device),
            13..16 => self.choose(device),
            16 => self.draft(device),
            _ => self.import(device),
        }
    }

    fn add(&mut self, device: usize) {
        let word = self.fresh_word();
        let mut draft = Draft::new(EntryKind::Note, date(self.chance.below(28)));
        draft.text = format!("{word}. Some words. And more.");
        draft.title = format!("title {}", self.chance.below(9));
        self.model.wrote(&draft.text);
        self.model.titled(&draft.title);
        let asked = self.devices[device].ask(Command::Add(draft), self.now_ms, &mut self.chance);
        match asked {
            Asked::Answered(Ok(Reply::Entry(entry))) => {
                self.trace.push(format!("device {device} adds {entry} {word}"));
                let by = self.by(device);
                self.model.added(entry, word, by);
            }
            _ => self.trace.push(format!("device {device} may have added {word}")),
        }
    }

    fn edit(&mut self, device: usize) {
        let Some((id, before)) = self.some_entry(device) else { return };
        let text = self.rewrite(&before.shown.text);
        self.model.wrote(&text);
        let edit = Edit { text: Some(text.clone()), ..Edit::default() };
        self.change(device, id, Command::Edit { id, base: None, edit }, &before, &text);
    }

    /// Carries out what leaves `after` of an entry. Whoever does it saw everything that could be read.
    fn change(&mut self, device: usize, id: EntryId, command: Command, before: &Said, after: &str) {
        let (known, there) = (before.words(), words_in(after));
        let removed: BTreeSet<String> = known.difference(&there).cloned().collect();
        if self.act(device, id, command, false) {
            let sides = before.sides.len();
            self.trace.push(format!("device {device} edits {id} of {sides} sides -{removed:?}: {after:?}"));
            let by = self.by(device);
            self.model.edited(id, there.difference(&known).cloned().collect(), removed, by);
        } else {
            self.trace.push(format!("device {device} may have edited {id}"));
            self.model.maybe_edited(id, removed);
        }
    }

    /// Carries out something that changes an entry; tells whether it is certain to have happened.
    fn act(&mut self, device: usize, id: EntryId, command: Command, decides: bool) -> bool {
        let version = |world: &Self| world.devices[device].view.entry(id).map(|row| row.version.clone());
        let before = version(self);
        let asked = self.devices[device].ask(command, self.now_ms, &mut self.chance);
        let is_done = matches!(asked, Asked::Answered(Ok(_))) && self.devices[device].is_up();
        match (before, self.devices[device].view.entry(id)) {
            (Some(before), Some(row)) if is_done => {
                let is_trashed = row.entry.trashed.is_some();
                self.model.acted.acted(id, (&before, &row.version), decides, is_trashed);
            }
            // Refused, it changed nothing; without an answer nobody knows.
            _ if matches!(asked, Asked::Answered(Err(_))) => {}
            _ => self.model.acted.is_uncertain(id),
        }
        is_done
    }

    /// Changes a sentence, takes one out or puts one in.
    fn rewrite(&mut self, text: &str) -> String {
        let units = sentences(text).units;
        let mut said: Vec<String> = units.iter().map(|unit| unit.sentence.to_owned()).collect();
        let (place, word) = (self.chance.below(said.len().max(1)), self.fresh_word());
        match self.chance.below(4) {
            0 if !said.is_empty() => drop(said.remove(place)),
            1 => said.insert(place, format!("{word}!")),
            2 if !said.is_empty() => said[place] = format!("{word}?"),
            _ if !said.is_empty() => said[place] = format!("{word} {}", said[place]),
            _ => said.push(format!("{word}.")),
        }
        said.join(" ")
    }

    fn title(&mut self, device: usize) {
        let Some((id, _)) = self.some_entry(device) else { return };
        let title = format!("title {}", self.chance.below(9));
        self.model.titled(&title);
        let edit = Edit { title: Some(title), ..Edit::default() };
        self.act(device, id, Command::Edit { id, base: None, edit }, false);
        self.trace.push(format!("device {device} titles {id}"));
    }

    /// Settles what met in an entry, if anything did.
    fn choose(&mut self, device: usize) {
        let view = self.devices[device].view.clone();
        let filter = Filter { met: true, ..Filter::default() };
        let rows: Vec<_> = view.list(&filter).collect();
        let Some(row) = self.chance.pick(&rows).map(|row| Arc::clone(row)) else { return self.edit(device) };
        let id = row.entry.id;
        let Some(before) = self.read(device, id) else { return };
        self.model.has_met(id);
        self.trace.push(format!("device {device} settles {id}"));
        let side = self.chance.below(row.met.len() + 1);
        let keep = row.met.get(side).map_or(Keep::Both, |version| Keep::Side(version.clone()));
        let is_done = self.act(device, id, Command::Settle { id, keep }, false);
        let known = before.words();
        match self.read(device, id) {
            Some(after) if is_done => {
                let removed = known.difference(&after.words()).cloned().collect();
                let by = self.by(device);
                self.model.edited(id, BTreeSet::new(), removed, by);
            }
            _ => self.model.maybe_edited(id, known),
        }
    }

    fn trash_or_restore(&mut self, device: usize) {
        let Some((id, before)) = self.some_entry(device) else { return };
        let (now, chance) = (self.now_ms, &mut self.chance);
        match chance.below(7) {
            0..4 => {
                self.act(device, id, Command::Trash(id), true);
            }
            4 => self.untrash(device),
            _ => {
                let Asked::Answered(Ok(Reply::History(versions))) =
                    self.devices[device].ask(Command::History(id), now, chance)
                else {
                    return;
                };
                let Some(version) = chance.pick(&versions).map(|past| past.shown.version.clone()) else {
                    return;
                };
                let show = Command::Show { id, version: Some(version.clone()) };
                let Asked::Answered(Ok(Reply::Shown { entry, .. })) =
                    self.devices[device].ask(show, now, chance)
                else {
                    return;
                };
                self.model.restored(id, &before.words(), &entry.text);
                self.act(device, id, Command::Restore { id, version }, false);
            }
        }
        self.trace.push(format!("device {device} trashes or restores {id}"));
    }

    fn untrash(&mut self, device: usize) {
        let view = self.devices[device].view.clone();
        let filter = Filter { trashed: true, ..Filter::default() };
        let rows: Vec<_> = view.list(&filter).collect();
        let Some(id) = self.chance.pick(&rows).map(|row| row.entry.id) else { return };
        self.act(device, id, Command::Untrash(id), true);
    }

    fn draft(&mut self, device: usize) {
        if self.drafts.contains_key(&device) && self.chance.once_in(3) {
            self.close_draft(device);
            return;
        }
        let word = self.fresh_word();
        let id = DraftId(self.chance.bytes());
        let open =
            self.drafts.entry(device).or_insert(OpenDraft { id, text: String::new(), words: Vec::new() });
        open.text.push_str(&format!("{word}. "));
        self.model.wrote(&open.text);
        let mut draft = Draft::new(EntryKind::Note, date(3));
        draft.text.clone_from(&open.text);
        let save = DraftSave {
            id: open.id,
            editing: None,
            draft,
            held: false,
            named: Default::default(),
            meant: None,
            typed: Default::default(),
        };
        let asked =
            self.devices[device].ask(Command::SaveDraft(Box::new(save)), self.now_ms, &mut self.chance);
        if matches!(asked, Asked::Answered(Ok(_))) {
            open.words.push(word.clone());
            self.model.kept(device, [word]);
        } else {
            // The editor went down with the device; what it had saved before is found in the drafts.
            let open = self.drafts.remove(&device);
            self.trace.push(format!(
                "device {device} loses an editor with {} words saved",
                open.map_or(0, |o| o.words.len())
            ));
        }
    }

    /// Closes an editor: what was autosaved becomes an entry.
    pub(super) fn close_draft(&mut self, device: usize) {
        let Some(open) = self.drafts.remove(&device) else { return };
        if !self.devices[device].is_up() {
            return;
        }
        let asked = self.devices[device].ask(
            Command::CommitDraft { id: open.id, confirmed: false },
            self.now_ms,
            &mut self.chance,
        );
        if let Asked::Answered(Ok(Reply::Entry(entry))) = asked {
            self.trace.push(format!("device {device} closes a draft as {entry}"));
            // It may have become one by itself before.
            let by = By { device, seq: None };
            for word in open.words {
                self.model.added(entry, word, by);
            }
        }
    }

    /// A file comes in: one that nobody has seen, one that another device may have imported too, or some of what another
    /// device would export.
    fn import(&mut self, device: usize) {
        let lines = match self.chance.below(4) {
            0 => self.exported(device),
            1 => self.file.clone(),
            _ => (0..self.chance.below(40) + 1).map(|line| self.line(line)).collect(),
        };
        if self.file.is_empty() {
            self.file.clone_from(&lines);
        }
        let items = lines
            .iter()
            .zip(1..)
            .map(|(line, number)| ImportItem { line: number, bytes: line.clone().into_bytes() });
        let (zones, here) = (Arc::new(NoZones), None);
        let command = Command::Import { lines: items.collect(), dry_run: false, zones, here };
        self.model.spread(lines.iter().flat_map(|line| words_in(line)));
        let (before, here) = (self.devices[device].written(), self.devices[device].view.clone());
        let asked = self.devices[device].ask(command, self.now_ms, &mut self.chance);
        if !matches!(asked, Asked::Answered(Err(_))) {
            let seq = matches!(asked, Asked::Answered(_)).then(|| self.devices[device].written());
            let new =
                lines.iter().filter_map(|line| of_export(line)).filter(|(id, _)| here.entry(*id).is_none());
            new.for_each(|(id, says)| self.model.came_in(id, &says, By { device, seq }));
        }
        let Asked::Answered(Ok(Reply::Imported(imported))) = asked else { return };
        self.trace.push(format!("device {device} imports {} of {}", imported.imported, lines.len()));
        let (view, by) = (self.devices[device].view.clone(), self.by(device));
        // Where nothing was written, the words are in what others wrote.
        let found = view.rows().filter(|row| row.entry.import_id.is_some() && by.seq > Some(before));
        for row in found {
            let words = words_in(&row.entry.text).into_iter();
            let is_of_file = |word: &String| lines.iter().any(|line| line.contains(word.as_str()));
            words.filter(is_of_file).for_each(|word| self.model.added(row.entry.id, word, by));
        }
    }

    fn line(&mut self, day: usize) -> String {
        let word = self.fresh_word();
        self.model.wrote(&word);
        let who = ["", ",\"people\":[\"Ann\"]", ",\"people\":[\"Ann\",\"Bo\"]"][self.chance.below(3)];
        format!("{{\"date\":\"1660-01-{:02}\",\"text\":\"{word} \"{who}}}", day % 28 + 1)
    }

    /// Some entries of another device as it would export them. Where this one does not have an entry yet, two creations of it
    /// will meet.
    fn exported(&mut self, device: usize) -> Vec<String> {
        let (here, there) =
            (self.devices[device].view.clone(), self.devices[(device + 1) % DEVICES].view.clone());
        let few = self.chance.below(6) + 1;
        let rows: Vec<_> = there.rows().collect();
        let some: Vec<_> = (0..few).filter_map(|_| self.chance.pick(&rows).copied().cloned()).collect();
        for row in some.iter().filter(|row| here.entry(row.entry.id).is_none()) {
            self.model.created_twice(row.entry.id);
        }
        let (now, chance, device) =
            (self.now_ms, &mut self.chance, &mut self.devices[(device + 1) % DEVICES]);
        let name = |id| there.person(id).map(|person| person.name.clone());
        some.iter()
            .map(|row| export_line(&row.entry, &super::checking::rest(device, row, now, chance), &name))
            .collect()
    }

    /// An entry in a journal, mostly one of a few, so that edits meet. Whoever acts on it has read all that is told of it.
    pub(super) fn some_entry(&mut self, device: usize) -> Option<(EntryId, Said)> {
        let view = self.devices[device].view.clone();
        let filter = Filter::default();
        let mut ids: Vec<_> = view.list(&filter).map(|row| row.entry.id).collect();
        if !self.chance.once_in(4) {
            ids.sort_unstable();
            ids.truncate(FEW);
        }
        let id = self.chance.pick(&ids).copied()?;
        let said = self.read(device, id)?;
        if !said.sides.is_empty() {
            self.model.has_met(id);
        }
        Some((id, said))
    }

    /// What a device says of an entry: what it shows and every version that met.
    pub(super) fn read(&mut self, device: usize, id: EntryId) -> Option<Said> {
        let row = self.devices[device].view.entry(id).cloned()?;
        let mut sides = Vec::new();
        for version in &row.met {
            let show = Command::Show { id, version: Some(version.clone()) };
            let asked = self.devices[device].ask(show, self.now_ms, &mut self.chance);
            let Asked::Answered(Ok(Reply::Shown { entry, .. })) = asked else { return None };
            sides.push(*entry);
        }
        Some(Said { shown: row.entry.clone(), sides })
    }

    /// The record that a device wrote last.
    pub(super) fn by(&self, device: usize) -> By {
        By { device, seq: Some(self.devices[device].written()) }
    }

    pub(super) fn fresh_word(&mut self) -> String {
        let word = self.model.word();
        self.words.push(word.clone());
        word
    }
}

/// Which entry the line of an export is of, and the words that it says.
fn of_export(line: &str) -> Option<(EntryId, BTreeSet<String>)> {
    match Read::parse(line.as_bytes()).ok()?.line {
        Line::Entry(entry) => Some((entry.id?, words_in(line))),
        _ => None,
    }
}

pub(super) fn date(day: usize) -> haven_core::time::CivilTime {
    format!("2026-01-{:02}", day % 28 + 1).parse().expect("a day of January")
}
