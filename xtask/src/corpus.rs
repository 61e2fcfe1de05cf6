//! The journal that everything is measured on: a real diary of 3,415 entries, grown to any number.
//!
//! Synthetic entries are the real ones a century or more later, their sentences shuffled among thirty neighbours. So
//! they have the lengths and the words of real writing, and yet no two are alike: a program that stores equal blocks
//! once gains nothing by it.

use std::fs::File;
use std::io::{BufRead, BufReader};

use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::repo::Repo;

/// The diary's file in the tree.
const DIARY: &str = "corpus/pepys.jsonl.gz";
/// How many neighbouring entries exchange their sentences.
const WINDOW: usize = 30;
/// The year the diary begins; every copy adds its number to it.
const SEED: u64 = 1660;
/// The diary's last year plus this many centuries is the last with four digits.
const COPIES_MAX: usize = 83;

/// One entry, as `haven import jsonl` takes it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Entry {
    /// A bare date.
    pub date: String,
    /// A short title.
    pub title: String,
    /// The words.
    pub text: String,
}

/// Reads the diary.
///
/// # Errors
/// When its file is missing or damaged.
pub fn diary(repo: &Repo) -> Result<Vec<Entry>, Fault> {
    let fault =
        |why: String| Fault::new("read the diary", why, format!("Restore {DIARY} with `git checkout`."));
    let file = File::open(repo.path(DIARY)).map_err(|error| fault(error.to_string()))?;
    let lines = BufReader::new(GzDecoder::new(file)).lines();
    let parsed = lines.map(|line| {
        let line = line.map_err(|error| fault(error.to_string()))?;
        serde_json::from_str(&line).map_err(|error| fault(error.to_string()))
    });
    parsed.collect()
}

/// Makes a journal of so many entries: the real ones first, then as many synthetic ones as are wanted.
///
/// The same arguments give the same journal on every machine, and a shorter journal is the beginning of a longer one.
///
/// # Errors
/// When more are wanted than there are years for.
pub fn grow(real: &[Entry], count: usize) -> Result<Vec<Entry>, Fault> {
    let most = real.len() * (COPIES_MAX + 1);
    if count > most {
        let next = format!("Ask for {most} at most.");
        return Err(Fault::new(
            "grow the diary",
            format!("{count} entries would need five-digit years"),
            next,
        ));
    }
    let mut journal: Vec<Entry> = real.iter().take(count).cloned().collect();
    for copy in 1..=COPIES_MAX {
        let mut random = Random(SEED + copy as u64);
        for window in real.chunks(WINDOW) {
            if journal.len() >= count {
                journal.truncate(count);
                return Ok(journal);
            }
            journal.extend(shuffled(window, copy, &mut random));
        }
    }
    Ok(journal)
}

/// Writes a journal as JSON, one entry a line.
///
/// # Errors
/// Never in practice: three strings can always be written.
pub fn to_jsonl(journal: &[Entry]) -> Result<String, Fault> {
    let mut lines = String::new();
    for entry in journal {
        let line = serde_json::to_string(entry)
            .map_err(|error| Fault::new("write the journal", error.to_string(), "Report this."))?;
        lines.push_str(&line);
        lines.push('\n');
    }
    Ok(lines)
}

/// The entries of a window, later by so many centuries, each about as long as it was.
fn shuffled(window: &[Entry], copy: usize, random: &mut Random) -> Vec<Entry> {
    let mut pool: Vec<&str> = window.iter().flat_map(|entry| sentences(&entry.text)).collect();
    for end in (1..pool.len()).rev() {
        pool.swap(end, random.below(end + 1));
    }
    // Every entry begins with a sentence of its own; the rest is dealt by length, and what one entry got too much is
    // taken off the next, so that the window keeps its length.
    let rest = pool.split_off(window.len().min(pool.len()));
    let (mut firsts, mut rest) = (pool.into_iter(), rest.into_iter());
    let (mut wanted, mut dealt) = (0, 0);
    let mut entries: Vec<Entry> = Vec::with_capacity(window.len());
    for entry in window {
        wanted += entry.text.len();
        let mut text = firsts.next().unwrap_or_default().to_owned();
        while dealt + text.len() < wanted {
            let Some(sentence) = rest.next() else { break };
            text.push(' ');
            text.push_str(sentence);
        }
        dealt += text.len();
        entries.push(later(entry, copy, text));
    }
    entries
}

fn later(entry: &Entry, copy: usize, text: String) -> Entry {
    // Every year of the diary that has a 29 February has one in each later century that is used here too.
    let (year, rest) = entry.date.split_at(4);
    let shifted =
        year.parse::<usize>().map_or_else(|_| year.to_owned(), |year| (year + 100 * copy).to_string());
    Entry { title: entry.title.replace(year, &shifted), date: format!("{shifted}{rest}"), text }
}

/// Cuts a text behind every full stop, question mark or exclamation mark that a space or a new line follows.
fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut begin = 0;
    for (at, mark) in text.match_indices(['.', '?', '!']) {
        let end = at + mark.len();
        if text[end..].starts_with([' ', '\n']) {
            found.push(text[begin..end].trim());
            begin = end;
        }
    }
    found.push(text[begin..].trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

/// SplitMix64 (Steele, Lea, Flood 2014): enough to shuffle with, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below the bound; the bias of the remainder is far below what a shuffle would show.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real() -> Vec<Entry> {
        diary(&Repo::find().unwrap()).unwrap()
    }

    fn bytes(journal: &[Entry]) -> usize {
        journal.iter().map(|entry| entry.text.len()).sum()
    }

    #[test]
    fn the_diary_is_whole() {
        let real = real();
        assert_eq!((real.len(), bytes(&real)), (3_415, 6_032_671));
        assert_eq!(real[0].date, "1660-01-01");
    }

    #[test]
    fn a_grown_journal_keeps_the_lengths_and_hardly_repeats_a_text() {
        let real = real();
        let journal = grow(&real, 10_000).unwrap();
        assert_eq!(journal.len(), 10_000);
        assert_eq!(journal[..3_415], real);
        let ratio = bytes(&journal[3_415..6_830]) as f64 / bytes(&real) as f64;
        assert!((0.97..1.03).contains(&ratio), "{ratio}");
        let mut texts: Vec<&str> = journal.iter().map(|entry| entry.text.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        // The shortest entries are one sentence long and meet by chance.
        assert!(texts.len() > 9_950, "{} different texts", texts.len());
        assert!(journal.iter().all(|entry| !entry.text.is_empty()));
    }

    #[test]
    fn a_shorter_journal_is_the_beginning_of_a_longer_one() {
        let real = &real()[..100];
        let long = grow(real, 450).unwrap();
        for count in [0, 1, 100, 101, 129, 130, 131, 200, 301] {
            assert_eq!(grow(real, count).unwrap(), long[..count], "{count}");
        }
    }

    #[test]
    fn dates_move_by_centuries_and_titles_with_them() {
        let real = &real()[..31];
        let journal = grow(real, 93).unwrap();
        assert_eq!(
            (journal[31].date.as_str(), journal[31].title.as_str()),
            ("1760-01-01", "January 1, 1760")
        );
        assert_eq!(journal[62].date, "1860-01-01");
    }

    #[test]
    fn too_many_entries_are_refused() {
        let real = &real()[..2];
        assert_eq!(grow(real, 168).unwrap().len(), 168);
        assert!(grow(real, 169).is_err());
    }

    #[test]
    fn sentences_end_where_a_space_follows() {
        assert_eq!(
            sentences("One. Two at 3.5 miles!\n\nThree? yes"),
            ["One.", "Two at 3.5 miles!", "Three?", "yes"]
        );
    }

    #[test]
    fn the_generator_is_splitmix64() {
        // The reference implementation's first outputs for seed 0.
        let mut random = Random(0);
        assert_eq!([random.next(), random.next()], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
    }
}
