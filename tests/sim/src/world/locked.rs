//! What people do on a device whose vault is closed: they go on writing.

use std::collections::{BTreeMap, BTreeSet};

use haven_core::time::Timestamp;
use haven_engine::command::{Command, DraftId, Reply};
use haven_engine::drops::{Becomes, Dropped};

use super::World;
use super::writing::{OpenDraft, date};
use crate::device::Asked;
use crate::model::{By, words_in};

impl World {
    /// Somebody closes a vault. An editor that is open goes on.
    pub(super) fn lock(&mut self, device: usize) {
        if self.devices[device].is_up() {
            self.trace.push(format!("device {device} closes its vault"));
            self.hang_up(device);
            self.devices[device].lock();
        }
    }

    pub(super) fn write_locked(&mut self, device: usize) {
        match self.chance.below(4) {
            0..2 => self.seal_entry(device),
            2 => self.seal_draft(device),
            _ => self.seal_changes(device),
        }
    }

    fn seal_entry(&mut self, device: usize) {
        let word = self.fresh_word();
        let dropped = self.dropped(device, format!("{word}. Written while locked."), Becomes::Entry);
        if let Some(entry) = self.devices[device].seal(&dropped, &mut self.chance) {
            self.trace.push(format!("device {device} seals {entry} {word}"));
            self.model.added(entry, word, By { device, seq: None });
        } else {
            self.trace.push(format!("device {device} may have sealed {word}"));
        }
    }

    /// An editor saves all that it holds.
    fn seal_draft(&mut self, device: usize) {
        let (word, id) = (self.fresh_word(), DraftId(self.chance.bytes()));
        let mut open =
            self.drafts.remove(&device).unwrap_or(OpenDraft { id, text: String::new(), words: Vec::new() });
        open.text.push_str(&format!("{word}. "));
        let becomes = Becomes::Draft { id: open.id, editing: None, held: self.chance.once_in(2) };
        let dropped = self.dropped(device, open.text.clone(), becomes);
        if self.devices[device].seal(&dropped, &mut self.chance).is_some() {
            self.trace.push(format!("device {device} seals a draft with {word}"));
            self.model.kept(device, [word.clone()]);
            open.words.push(word);
            self.drafts.insert(device, open);
        } else {
            self.trace.push(format!("device {device} loses an editor while locked"));
        }
    }

    /// Somebody changes an entry whose id they know. It waits as a draft for them.
    fn seal_changes(&mut self, device: usize) {
        let Some(id) = self.named_entry(device) else { return };
        let word = self.fresh_word();
        let dropped = self.dropped(device, format!("{word}. Changed."), Becomes::Changes(id));
        if self.devices[device].seal(&dropped, &mut self.chance).is_some() {
            self.trace.push(format!("device {device} seals changes with {word}"));
            self.model.kept(device, [word]);
        }
    }

    /// The beginning of an entry's id, which is remembered from when the vault was open.
    fn named_entry(&mut self, device: usize) -> Option<String> {
        let view = self.devices[device].view.clone();
        let ids: Vec<_> = view.rows().map(|row| row.entry.id.to_string()).collect();
        self.chance.pick(&ids).map(|id| id[..8].to_owned())
    }

    fn dropped(&mut self, device: usize, text: String, becomes: Becomes) -> Dropped {
        self.model.wrote(&text);
        Dropped {
            created: Timestamp::from_millis(self.devices[device].now(self.now_ms).wall_ms),
            at: Some(date(self.chance.below(28))),
            kind: None,
            title: String::new(),
            text,
            tags: BTreeSet::new(),
            people: BTreeSet::new(),
            remove_tags: BTreeSet::new(),
            exercise: None,
            answers: BTreeMap::new(),
            becomes,
        }
    }

    /// The words of all drafts of a device.
    pub(super) fn draft_words(&mut self, device: usize) -> BTreeSet<String> {
        match self.devices[device].ask(Command::ListDrafts, self.now_ms, &mut self.chance) {
            Asked::Answered(Ok(Reply::Drafts(drafts))) => {
                drafts.iter().flat_map(|draft| words_in(&draft.draft.text)).collect()
            }
            _ => BTreeSet::new(),
        }
    }
}
