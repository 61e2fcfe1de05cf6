//! Power cuts: of what was written since the last sync, any part may be on the disk and any part not, down to sectors.
//!
//! Between two commits that were acknowledged the database writes in phases, each ended by a sync. A cut leaves what was
//! there before the phase, and of what the phase wrote any sectors at all: a file half as long, with holes, with pages
//! torn in the middle.

use std::collections::BTreeMap;
use std::path::Path;

use haven_engine::io::Store as _;
use haven_store::sqlite::{DATABASE_FILE, MARK_FILE};

use crate::ordeal::Ordeal;
use crate::world::{Dice, apply, check_numbered, image, numbered, open, put_image};

const LOG_FILE: &str = "journal.db-wal";
const SECTOR: usize = 512;
/// Times that a journal is opened, written to and closed.
const SESSIONS: u64 = 4;
/// Commits of a session.
const COMMITS: u64 = 6;

type Image = BTreeMap<String, Vec<u8>>;

/// What the database was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// Adding a commit to the log.
    Commit,
    /// Copying the log into the file, then cutting or removing the log.
    Fold,
}

/// The files before and after something was done, and how many records they hold.
struct Moment {
    doing: Doing,
    before: Image,
    after: Image,
    heads: [u64; 2],
}

/// Everything that a journal does in some sessions.
fn moments() -> Vec<Moment> {
    let home = folder();
    let folder = home.path().join("vault");
    let (mut moments, mut head, mut dice) = (Vec::new(), 0, Dice(0));
    for session in 0..SESSIONS {
        let mut store = open(&folder);
        for _ in 0..COMMITS {
            let (before, next) = (image(&folder), head + 1 + dice.below(3));
            apply(&mut store, numbered(head + 1..=next));
            moments.push(Moment { doing: Doing::Commit, before, after: image(&folder), heads: [head, next] });
            head = next;
        }
        let before = image(&folder);
        // A process that dies leaves the log to the next one, which folds it when it opens.
        if session.is_multiple_of(2) {
            store.close().unwrap();
        } else {
            drop(open_again(store, &folder));
        }
        moments.push(Moment { doing: Doing::Fold, before, after: image(&folder), heads: [head, head] });
    }
    moments
}

fn open_again(store: haven_store::sqlite::SqliteStore, folder: &Path) -> haven_store::sqlite::SqliteStore {
    let crashed = image(folder);
    drop(store);
    put_image(folder, &crashed);
    open(folder)
}

/// A folder in memory where there is one: a test that loses power by itself needs no disk that syncs.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

impl Moment {
    /// What a power cut leaves.
    fn cut(&self, dice: &mut Dice) -> Image {
        let file = match self.doing {
            Doing::Commit => LOG_FILE,
            Doing::Fold => DATABASE_FILE,
        };
        let mut left = self.before.clone();
        if dice.below(4) > 0 {
            let (before, after) = (&self.before[file], &self.after[file]);
            left.insert(file.to_owned(), torn(before, after, dice));
            return left;
        }
        // That file was synced; the others are each as they were, as they became, or gone if they went.
        left.insert(file.to_owned(), self.after[file].clone());
        for name in [LOG_FILE, MARK_FILE].into_iter().filter(|name| *name != file && dice.below(2) == 0) {
            match self.after.get(name) {
                Some(bytes) => left.insert(name.to_owned(), bytes.clone()),
                None => left.remove(name),
            };
        }
        left
    }
}

/// A file of which some sectors of what was written are on the disk.
fn torn(before: &[u8], after: &[u8], dice: &mut Dice) -> Vec<u8> {
    let longest = before.len().max(after.len());
    let length = match dice.below(3) {
        0 => before.len(),
        1 => longest,
        _ => before.len() + dice.below((longest - before.len()) as u64 + 1) as usize,
    };
    let mut left = before.to_vec();
    left.resize(length, 0);
    // Nearly all, nearly none, and everything between.
    let share = dice.below(101);
    for (at, sector) in left.chunks_mut(SECTOR).enumerate() {
        let written = after.get(at * SECTOR..at * SECTOR + sector.len());
        if let Some(written) = written.filter(|_| dice.below(100) < share) {
            sector.copy_from_slice(written);
        }
    }
    left
}

/// What came of some power cuts.
#[derive(Default)]
struct Figures {
    lost_nothing_of_it: u64,
    whole: u64,
}

/// Loses power once, as the number says, and opens what is left.
fn lose_power(moments: &[Moment], folder: &Path, number: u64, figures: &mut Figures) {
    let mut dice = Dice(number);
    let moment = &moments[dice.below(moments.len() as u64) as usize];
    put_image(folder, &moment.cut(&mut dice));
    let mut store = open(folder);
    let head = check_numbered(&store, 1);
    assert!(moment.heads.contains(&head), "cut {number}: {head} of {:?}, {:?}", moment.heads, moment.doing);
    assert_eq!(store.regression(), None, "cut {number}");
    figures.lost_nothing_of_it += u64::from(head == moment.heads[1]);
    if number.is_multiple_of(10) {
        assert_eq!(store.verify(), Ok(vec![]), "cut {number}");
    }
    apply(&mut store, numbered(head + 1..=head + 1));
    drop(store);
    assert_eq!(check_numbered(&open(folder), 1), head + 1, "cut {number}");
    figures.whole += 1;
}

#[test]
fn a_power_cut_leaves_what_was_acknowledged_and_a_journal_that_goes_on() {
    let ordeal = Ordeal::full(100_000);
    let moments = moments();
    let shares = ordeal.on_all_cores(|numbers| {
        let home = folder();
        let mut figures = Figures::default();
        for number in numbers {
            lose_power(&moments, &home.path().join("vault"), number, &mut figures);
        }
        figures
    });
    let sum = |figure: fn(&Figures) -> u64| shares.iter().map(figure).sum::<u64>();
    let (whole, complete) = (sum(|it| it.whole), sum(|it| it.lost_nothing_of_it));
    assert_eq!(whole, ordeal.count);
    ordeal.passed(&format!(
        "{whole} images opened, 0 acknowledged records lost; the commit under way was complete in {complete}"
    ));
}
