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

/// In which record of which device something was said; none where nobody can tell which it became.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct By {
    /// The device.
    pub device: usize,
    /// The number of its record.
    pub seq: Option<u64>,
}

/// Up to which of their records those who were removed count.
#[derive(Clone, Debug, Default)]
pub struct Counting {
    /// Up to which record, by device.
    pub last: BTreeMap<usize, u64>,
    /// Of whom a body that counts was lost: whoever remains has none, and what comes after it waits.
    pub lost: BTreeSet<usize>,
    /// From which record on, by device, what was written may have been built on what nobody has any more.
    pub without: BTreeMap<usize, u64>,
}

impl Counting {
    /// Whether what was said there counts, where that is certain.
    fn counts(&self, by: &By) -> Option<bool> {
        match (self.last.get(&by.device), by.seq) {
            (None, _) => Some(true),
            (Some(last), Some(seq)) if seq > *last => Some(false),
            (Some(_), seq) => {
                let is_whole = |seq| self.without.get(&by.device).is_none_or(|first| seq < *first);
                seq.filter(|seq| is_whole(*seq)).map(|_| true)
            }
        }
    }

    fn is_certain(&self, said: &BTreeSet<By>) -> bool {
        said.iter().any(|by| self.counts(by) == Some(true))
    }

    fn is_possible(&self, said: &BTreeSet<By>) -> bool {
        said.iter().any(|by| self.counts(by) != Some(false))
    }
}

/// The words of one entry, and by whom.
#[derive(Default)]
struct Words {
    saved: BTreeMap<String, BTreeSet<By>>,
    removed: BTreeMap<String, BTreeSet<By>>,
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
    /// Words that may have been saved in more ways than are known.
    spread: BTreeSet<String>,
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
    pub fn added(&mut self, entry: EntryId, word: String, by: By) {
        self.entries.entry(entry).or_default().saved.entry(word).or_default().insert(by);
    }

    /// Words may be saved by whoever imports them.
    pub fn spread(&mut self, words: impl IntoIterator<Item = String>) {
        self.spread.extend(words);
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

    /// An export of an entry came in where the entry was not yet. What had been taken out before is taken out by that as well: an
    /// import counts as an edit of an earlier one, and it counts where whoever took the words out does not.
    pub fn came_in(&mut self, entry: EntryId, says: &BTreeSet<String>, by: By) {
        let removed = self.entries.get_mut(&entry).into_iter().flat_map(|words| &mut words.removed);
        removed.filter(|(word, _)| !says.contains(*word)).for_each(|(_, said)| {
            said.insert(by);
        });
    }

    /// An edit that put words in and took words out was saved.
    pub fn edited(&mut self, entry: EntryId, words_in: BTreeSet<String>, removed: BTreeSet<String>, by: By) {
        let words = self.entries.entry(entry).or_default();
        for word in words_in {
            words.saved.entry(word).or_default().insert(by);
        }
        for word in removed {
            words.removed.entry(word).or_default().insert(by);
        }
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

    /// Checks what a device that remains says of its entries.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check(
        &self,
        journal: &BTreeMap<EntryId, Said>,
        view: &View,
        counting: &Counting,
    ) -> Result<(), String> {
        for (id, words) in &self.entries {
            let has_to_be =
                counting.last.is_empty() || words.saved.values().any(|said| counting.is_certain(said));
            let Some(said) = journal.get(id) else {
                if has_to_be {
                    return Err(format!("entry {id} was saved and is gone"));
                }
                continue;
            };
            words.are_readable(*id, &said.words(), counting)?;
            if words.has_met || !said.sides.is_empty() || self.created_twice.contains(id) {
                continue;
            }
            words.stay_out(*id, &words_in(&said.shown.text), counting)?;
        }
        self.shows_nothing_else(journal, counting)?;
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

    /// Checks that nothing is shown that only records say which do not count.
    fn shows_nothing_else(
        &self,
        journal: &BTreeMap<EntryId, Said>,
        counting: &Counting,
    ) -> Result<(), String> {
        let mut said: BTreeMap<&String, BTreeSet<By>> = BTreeMap::new();
        for (word, by) in self.entries.values().flat_map(|words| &words.saved) {
            said.entry(word).or_default().extend(by);
        }
        for (id, shown) in journal {
            for word in shown.words().difference(&self.spread) {
                if said.get(word).is_some_and(|by| !counting.is_possible(by)) {
                    return Err(format!("{word} in {id} does not count and is shown"));
                }
            }
        }
        Ok(())
    }

    /// Checks that a device that was removed still shows what it wrote itself, or keeps it as a draft.
    ///
    /// # Errors
    /// What is gone.
    pub fn check_own(
        &self,
        device: usize,
        drafts: &BTreeSet<String>,
        journal: &BTreeMap<EntryId, Said>,
    ) -> Result<(), String> {
        let nothing = BTreeSet::new();
        for (id, words) in &self.entries {
            let is_own = |by: &By| by.device == device;
            let readable = journal.get(id).map_or(nothing.clone(), Said::words);
            let own = words.saved.iter().filter(|(_, by)| by.iter().any(is_own));
            for (word, _) in own {
                let is_out = words.removed.contains_key(word) || words.uncertain.contains(word);
                if !is_out && !readable.contains(word) && !drafts.contains(word) {
                    return Err(format!("{word}, its own, was saved in {id} and is gone"));
                }
            }
        }
        Ok(())
    }

    /// How many words are known to count, and how many not to.
    pub fn figures(&self, counting: &Counting) -> (usize, usize) {
        let said = self.entries.values().flat_map(|words| words.saved.values());
        let (yes, rest): (Vec<_>, Vec<_>) = said.partition(|by| counting.is_certain(by));
        (yes.len(), rest.iter().filter(|by| !counting.is_possible(by)).count())
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
            self.entries.values().any(|it| it.removed.contains_key(word) || it.uncertain.contains(word))
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

impl Words {
    fn are_readable(
        &self,
        id: EntryId,
        readable: &BTreeSet<String>,
        counting: &Counting,
    ) -> Result<(), String> {
        let is_out = |word: &String| self.removed.get(word).is_some_and(|said| counting.is_possible(said));
        let saved = self.saved.iter().filter(|(_, said)| counting.is_certain(said)).map(|(word, _)| word);
        let mut gone = saved
            .filter(|word| !self.uncertain.contains(*word) && !is_out(word) && !readable.contains(*word));
        gone.next().map_or(Ok(()), |word| Err(format!("{word} was saved in {id} and is gone")))
    }

    fn stay_out(&self, id: EntryId, shown: &BTreeSet<String>, counting: &Counting) -> Result<(), String> {
        let out = self.removed.iter().filter(|(_, said)| counting.is_certain(said)).map(|(word, _)| word);
        let mut back = out.filter(|word| !self.uncertain.contains(*word) && shown.contains(*word));
        back.next().map_or(Ok(()), |word| Err(format!("{word} was removed from {id} and is back")))
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
