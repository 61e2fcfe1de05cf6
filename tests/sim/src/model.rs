//! What must be true at the end, kept in plain sets beside the world: every word that was acknowledged as saved.
//!
//! A client writes words that occur nowhere else. A word that was saved has to be in its entry at the end, unless somebody
//! who saw it took it out; one that was taken out, by somebody who saw it, must not come back.

use std::collections::{BTreeMap, BTreeSet};

use haven_core::id::EntryId;
use haven_engine::view::View;

/// The words of one entry.
#[derive(Default)]
struct Words {
    saved: BTreeSet<String>,
    removed: BTreeSet<String>,
    /// Somebody restored an old version or the device went down while changing: anything may hold for these words.
    uncertain: BTreeSet<String>,
}

/// What the world knows to be true.
#[derive(Default)]
pub struct Model {
    entries: BTreeMap<EntryId, Words>,
    /// Entries that were created a second time by an import: of their edits some may be in the history only.
    created_twice: BTreeSet<EntryId>,
    next_word: u64,
}

impl Model {
    /// A word that occurs nowhere else.
    pub fn word(&mut self) -> String {
        self.next_word += 1;
        format!("w{:08}x", self.next_word)
    }

    /// An entry with a word was saved.
    pub fn added(&mut self, entry: EntryId, word: String) {
        self.entries.entry(entry).or_default().saved.insert(word);
    }

    /// An export of an entry was imported where the entry was not yet.
    pub fn created_twice(&mut self, entry: EntryId) {
        self.created_twice.insert(entry);
    }

    /// An edit that put a word in and took words out was saved.
    pub fn edited(&mut self, entry: EntryId, word: Option<String>, removed: &[String]) {
        let words = self.entries.entry(entry).or_default();
        words.saved.extend(word);
        words.removed.extend(removed.iter().cloned());
    }

    /// An edit may have been saved or not.
    pub fn maybe_edited(&mut self, entry: EntryId, removed: &[String]) {
        self.entries.entry(entry).or_default().uncertain.extend(removed.iter().cloned());
    }

    /// An old version was restored: the words in which it differs from what stood there are anybody's guess from now on.
    pub fn restored(&mut self, entry: EntryId, before: &str, after: &str) {
        let (before, after): (BTreeSet<_>, BTreeSet<_>) = (split(before), split(after));
        let differing = before.symmetric_difference(&after).cloned();
        self.entries.entry(entry).or_default().uncertain.extend(differing);
    }

    /// Checks a device's journal.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check(&self, view: &View) -> Result<(), String> {
        for (id, words) in &self.entries {
            let row = view.entry(*id).ok_or_else(|| format!("entry {id} was saved and is gone"))?;
            if self.created_twice.contains(id) {
                continue;
            }
            let there = split(&row.entry.text);
            for word in words.saved.difference(&words.uncertain) {
                if !words.removed.contains(word) && !there.contains(word) {
                    return Err(format!("{word} was saved in {id} and is gone"));
                }
            }
            for word in words.removed.difference(&words.uncertain) {
                if there.contains(word) {
                    return Err(format!("{word} was removed from {id} and is back"));
                }
            }
        }
        Ok(())
    }
}

fn split(text: &str) -> BTreeSet<String> {
    words_in(text).into_iter().collect()
}

/// The words of a text in order. Two that were put beside each other apart may have lost the space between them.
pub fn words_in(text: &str) -> Vec<String> {
    text.split_inclusive('x').map(str::trim).filter(|word| word.starts_with('w')).map(str::to_owned).collect()
}
