//! What must be true at the end, kept in plain sets beside the world: every word that was acknowledged as saved, and every
//! sentence and title that anybody wrote.
//!
//! A client writes words that occur nowhere else. A word that was saved has to be in its entry at the end, or in one of the
//! versions that met in it and can still be read, unless somebody who saw it took it out. No sentence and no title is shown
//! that nobody wrote. A word that was taken out must not come back where nothing ever met.

use std::collections::{BTreeMap, BTreeSet};

use haven_core::entry::Entry;
use haven_core::id::EntryId;
use haven_core::meeting::sentences;
use haven_engine::view::View;

use crate::trash::Acted;

/// Stands between two titles that were both kept.
const TITLES_APART: &str = " / ";

/// The words of one entry.
#[derive(Default)]
struct Words {
    saved: BTreeSet<String>,
    removed: BTreeSet<String>,
    /// Somebody restored an old version or the device went down while changing: anything may hold for these words.
    uncertain: BTreeSet<String>,
    /// Somebody found that edits met in it, and chose or wrote: what was taken out on one side may be kept from another.
    has_met: bool,
}

/// What the world knows to be true.
#[derive(Default)]
pub struct Model {
    entries: BTreeMap<EntryId, Words>,
    /// Entries that were created a second time by an import: what was taken out may be back in what is read of both.
    created_twice: BTreeSet<EntryId>,
    sentences: BTreeSet<String>,
    titles: BTreeSet<String>,
    /// Words that a device keeps as an entry or as a draft, whatever becomes of them.
    kept: BTreeMap<usize, BTreeSet<String>>,
    /// What people did to each entry, as far as the trash is concerned.
    pub acted: Acted,
    next_word: u64,
}

/// What a device says of an entry: what it shows, and each version that met and is not settled.
pub struct Said {
    /// What is shown.
    pub shown: Entry,
    /// The sides, the shown one first; none if nothing met.
    pub sides: Vec<Entry>,
}

impl Model {
    /// A word that occurs nowhere else.
    pub fn word(&mut self) -> String {
        self.next_word += 1;
        format!("w{:08}x", self.next_word)
    }

    /// Somebody tries to save a text.
    pub fn wrote(&mut self, text: &str) {
        self.sentences.extend(sentences(text).units.iter().map(|unit| unit.sentence.to_owned()));
    }

    /// Somebody tries to give an entry a title.
    pub fn titled(&mut self, title: &str) {
        self.titles.insert(title.to_owned());
    }

    /// An entry with a word was saved.
    pub fn added(&mut self, entry: EntryId, word: String) {
        self.entries.entry(entry).or_default().saved.insert(word);
    }

    /// A draft with some words was saved on a device, or they were sealed there to become one.
    pub fn kept(&mut self, device: usize, words: impl IntoIterator<Item = String>) {
        self.kept.entry(device).or_default().extend(words);
    }

    /// An export of an entry was imported where the entry was not yet.
    pub fn created_twice(&mut self, entry: EntryId) {
        self.acted.is_uncertain(entry);
        self.created_twice.insert(entry);
    }

    /// An edit that put words in and took words out was saved.
    pub fn edited(&mut self, entry: EntryId, words_in: BTreeSet<String>, removed: BTreeSet<String>) {
        let words = self.entries.entry(entry).or_default();
        words.saved.extend(words_in);
        words.removed.extend(removed);
    }

    /// An edit may have been saved or not.
    pub fn maybe_edited(&mut self, entry: EntryId, removed: BTreeSet<String>) {
        self.acted.is_uncertain(entry);
        self.entries.entry(entry).or_default().uncertain.extend(removed);
    }

    /// Somebody acts on an entry in which they find that edits met.
    pub fn has_met(&mut self, entry: EntryId) {
        self.entries.entry(entry).or_default().has_met = true;
    }

    /// An old version was restored: the words in which it differs from what stood there are anybody's guess from now on.
    pub fn restored(&mut self, entry: EntryId, before: &BTreeSet<String>, after: &str) {
        let differing: BTreeSet<_> = before.symmetric_difference(&words_in(after)).cloned().collect();
        self.entries.entry(entry).or_default().uncertain.extend(differing);
    }

    /// Checks what a device says of its entries.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check(&self, journal: &BTreeMap<EntryId, Said>, view: &View) -> Result<(), String> {
        for (id, words) in &self.entries {
            let said = journal.get(id).ok_or_else(|| format!("entry {id} was saved and is gone"))?;
            let (shown, readable) = (words_in(&said.shown.text), said.words());
            for word in words.saved.difference(&words.uncertain) {
                if !words.removed.contains(word) && !readable.contains(word) {
                    return Err(format!("{word} was saved in {id} and is gone"));
                }
            }
            if words.has_met || !said.sides.is_empty() || self.created_twice.contains(id) {
                continue;
            }
            for word in words.removed.difference(&words.uncertain) {
                if shown.contains(word) {
                    return Err(format!("{word} was removed from {id} and is back"));
                }
            }
        }
        journal.iter().try_for_each(|(id, said)| self.is_written(id, said))?;
        view.rows().try_for_each(|row| {
            let (id, is) = (row.entry.id, row.entry.trashed.is_some());
            match self.acted.is_trashed(id, &row.version) {
                Some(has_to) if has_to != is => {
                    Err(format!("entry {id} has to be in the trash: {has_to}; is: {is}"))
                }
                _ => Ok(()),
            }
        })
    }

    /// Checks that what a device keeps is in an entry or in one of its drafts.
    ///
    /// # Errors
    /// What is gone.
    pub fn check_kept(
        &self,
        device: usize,
        drafts: &BTreeSet<String>,
        journal: &BTreeMap<EntryId, Said>,
    ) -> Result<(), String> {
        let read: BTreeSet<String> = journal.values().flat_map(Said::words).collect();
        let is_taken_out = |word: &String| {
            self.entries.values().any(|it| it.removed.contains(word) || it.uncertain.contains(word))
        };
        let kept = self.kept.get(&device).into_iter().flatten();
        let mut gone =
            kept.filter(|word| !read.contains(*word) && !drafts.contains(*word) && !is_taken_out(word));
        gone.next().map_or(Ok(()), |word| Err(format!("{word} was kept as a draft and is gone")))
    }

    /// Whether somebody wrote every sentence and every title of it.
    fn is_written(&self, id: &EntryId, said: &Said) -> Result<(), String> {
        for entry in said.sides.iter().chain([&said.shown]) {
            let units = sentences(&entry.text).units;
            if let Some(unit) = units.iter().find(|unit| !self.sentences.contains(unit.sentence)) {
                return Err(format!("nobody wrote {:?} in {id}", unit.sentence));
            }
            let is_title = |title: &str| title.is_empty() || self.titles.contains(title);
            if !entry.title.split(TITLES_APART).all(is_title) {
                return Err(format!("nobody wrote the title {:?} of {id}", entry.title));
            }
        }
        Ok(())
    }
}

impl Said {
    /// Whether two devices say the same of an entry.
    pub fn agrees(&self, other: &Self) -> bool {
        let words = |said: &Self| -> Vec<_> {
            let entries = [&said.shown].into_iter().chain(&said.sides);
            entries.map(|it| (it.title.clone(), it.text.clone(), it.tags.clone(), it.trashed)).collect()
        };
        words(self) == words(other)
    }

    /// All words that can be read.
    pub fn words(&self) -> BTreeSet<String> {
        self.sides.iter().chain([&self.shown]).flat_map(|entry| words_in(&entry.text)).collect()
    }
}

/// The words of a text.
pub fn words_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| word.starts_with('w') && word.ends_with('x')).map(str::to_owned).collect()
}
