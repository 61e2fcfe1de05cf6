//! What people do on the world's devices.

use haven_core::entry::{Draft, Edit, EntryKind};
use haven_core::id::EntryId;
use haven_core::import::export_line;
use haven_engine::command::{Command, DraftId, DraftSave, ImportItem, Reply};
use haven_engine::view::Filter;

use super::{DEVICES, World};
use crate::device::Asked;
use crate::model::words_in;

/// A draft that an editor has open.
pub(super) struct OpenDraft {
    id: DraftId,
    text: String,
    words: Vec<String>,
}

impl World {
    pub(super) fn write(&mut self, device: usize) {
        if !self.devices[device].is_up() {
            return;
        }
        match self.chance.below(10) {
            0..3 => self.add(device),
            3..7 => self.edit(device),
            7 => self.trash_or_restore(device),
            8 => self.draft(device),
            _ => self.import(device),
        }
    }

    fn add(&mut self, device: usize) {
        let word = self.fresh_word();
        let mut draft = Draft::new(EntryKind::Note, date(self.chance.below(28)));
        draft.text = format!("{word} ");
        draft.title = format!("title {}", self.chance.below(9));
        let asked = self.devices[device].ask(Command::Add(draft), self.now_ms, &mut self.chance);
        match asked {
            Asked::Answered(Ok(Reply::Entry(entry))) => {
                self.trace.push(format!("device {device} adds {entry} {word}"));
                self.model.added(entry, word);
            }
            _ => self.trace.push(format!("device {device} may have added {word}")),
        }
    }

    fn edit(&mut self, device: usize) {
        let Some((id, text)) = self.some_entry(device) else { return };
        let word = self.fresh_word();
        let (changed, removed) = self.rewrite(&text, &word);
        let edit = Edit { text: Some(changed), ..Edit::default() };
        let asked =
            self.devices[device].ask(Command::Edit { id, base: None, edit }, self.now_ms, &mut self.chance);
        match asked {
            Asked::Answered(Ok(_)) => {
                self.trace.push(format!("device {device} edits {id} +{word} -{removed:?} in {text:?}"));
                self.model.edited(id, Some(word), &removed);
            }
            _ => {
                self.trace.push(format!("device {device} may have edited {id}"));
                self.model.maybe_edited(id, &removed);
            }
        }
    }

    /// Puts a word somewhere into a text and perhaps takes one out. Words that lost the space between them are left alone:
    /// whoever changes one of them writes the other anew.
    fn rewrite(&mut self, text: &str, word: &str) -> (String, Vec<String>) {
        let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        let mut removed = Vec::new();
        let place = self.chance.below(words.len());
        if self.chance.once_in(3) && words.get(place).is_some_and(|word| words_in(word).len() == 1) {
            removed.push(words.remove(place));
        }
        let place = self.chance.below(words.len() + 1);
        words.insert(place, word.to_owned());
        (words.iter().map(|word| format!("{word} ")).collect(), removed)
    }

    fn trash_or_restore(&mut self, device: usize) {
        let Some((id, text)) = self.some_entry(device) else { return };
        let (now, chance) = (self.now_ms, &mut self.chance);
        match chance.below(4) {
            0 => drop(self.devices[device].ask(Command::Trash(id), now, chance)),
            1 => drop(self.devices[device].ask(Command::Untrash(id), now, chance)),
            _ => {
                let Asked::Answered(Ok(Reply::History(versions))) =
                    self.devices[device].ask(Command::History(id), now, chance)
                else {
                    return;
                };
                let Some(version) = chance.pick(&versions).map(|shown| shown.version.clone()) else { return };
                let show = Command::Show { id, version: Some(version.clone()) };
                let Asked::Answered(Ok(Reply::Shown(then, _))) = self.devices[device].ask(show, now, chance)
                else {
                    return;
                };
                self.model.restored(id, &text, &then.text);
                drop(self.devices[device].ask(Command::Restore { id, version }, now, chance));
            }
        }
        self.trace.push(format!("device {device} trashes or restores {id}"));
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
        open.text.push_str(&format!("{word} "));
        let mut draft = Draft::new(EntryKind::Note, date(3));
        draft.text.clone_from(&open.text);
        let save = DraftSave { id: open.id, editing: None, draft };
        let asked = self.devices[device].ask(Command::SaveDraft(save), self.now_ms, &mut self.chance);
        if matches!(asked, Asked::Answered(Ok(_))) {
            open.words.push(word);
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
        let asked = self.devices[device].ask(Command::CommitDraft(open.id), self.now_ms, &mut self.chance);
        if let Asked::Answered(Ok(Reply::Entry(entry))) = asked {
            self.trace.push(format!("device {device} closes a draft as {entry}"));
            for word in open.words {
                self.model.added(entry, word);
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
        let command = Command::Import { lines: items.collect(), dry_run: false };
        let asked = self.devices[device].ask(command, self.now_ms, &mut self.chance);
        let Asked::Answered(Ok(Reply::Imported(imported))) = asked else { return };
        self.trace.push(format!("device {device} imports {} of {}", imported.imported, lines.len()));
        let view = self.devices[device].view.clone();
        let found = view.rows().filter(|row| row.entry.import_id.is_some());
        for row in found {
            let mut words = words_in(&row.entry.text).into_iter();
            let is_of_file = |word: &String| lines.iter().any(|line| line.contains(word.as_str()));
            words.by_ref().filter(is_of_file).for_each(|word| self.model.added(row.entry.id, word));
        }
    }

    fn line(&mut self, day: usize) -> String {
        let word = self.fresh_word();
        let who = ["", ",\"people\":[\"Ann\"]", ",\"people\":[\"Ann\",\"Bo\"]"][self.chance.below(3)];
        format!("{{\"date\":\"1660-01-{:02}\",\"text\":\"{word} \"{who}}}", day % 28 + 1)
    }

    /// Some entries of another device as it would export them. Where this one does not have an entry yet, two creations of it
    /// will meet, and an edit of the one may stay in the history of the other.
    fn exported(&mut self, device: usize) -> Vec<String> {
        let (here, there) =
            (self.devices[device].view.clone(), self.devices[(device + 1) % DEVICES].view.clone());
        let few = self.chance.below(6) + 1;
        let rows: Vec<_> = there.rows().collect();
        let some: Vec<_> = (0..few).filter_map(|_| self.chance.pick(&rows).copied().cloned()).collect();
        for row in some.iter().filter(|row| here.entry(row.entry.id).is_none()) {
            self.model.created_twice(row.entry.id);
        }
        some.iter()
            .map(|row| export_line(&row.entry, &row.rest, &|id| there.person(id).map(|p| p.name.clone())))
            .collect()
    }

    fn some_entry(&mut self, device: usize) -> Option<(EntryId, String)> {
        let filter = Filter::default();
        let view = self.devices[device].view.clone();
        let rows: Vec<_> = view.list(&filter).collect();
        self.chance.pick(&rows).map(|row| (row.entry.id, row.entry.text.clone()))
    }

    fn fresh_word(&mut self) -> String {
        let word = self.model.word();
        self.words.push(word.clone());
        word
    }
}

fn date(day: usize) -> haven_core::time::CivilTime {
    format!("2026-01-{:02}", day % 28 + 1).parse().expect("a day of January")
}
