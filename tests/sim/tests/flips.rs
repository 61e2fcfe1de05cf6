//! Bits that flip on the disk under a whole journal: whatever flips, no word is shown that was not written, none is lost in
//! silence, and the other entries can be read.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a journal that cannot be made fails the test")]

#[path = "../../torture/ordeal.rs"]
mod ordeal;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use haven_core::entry::{Draft, Edit, EntryKind};
use haven_core::id::EntryId;
use haven_core::shelf::Shelf;
use haven_engine::command::{Command, Fault, Reply, Ticket};
use haven_engine::engine::{Engine, Input};
use haven_engine::io::{Context, Now, Store};
use haven_engine::sync::Outgoing;
use haven_engine::turn::{Shell, release, turn};
use haven_engine::vault::{Unlocked, create_with, local_key};
use haven_engine::view::View;
use haven_sim::chance::Chance;
use haven_store::sqlite::SqliteStore;

use ordeal::Ordeal;

const KEY: [u8; 32] = [5; 32];
const ENTRIES: usize = 24;
const NOW: Now = Now { wall_ms: 1_700_000_000_000, mono_ms: 0 };
/// The share of entries that can be read in the journals that open, in percent. A flip in the log takes what was written
/// after it, which no flip in the file does.
const READABLE_MIN: u64 = 85;

type Image = BTreeMap<String, Vec<u8>>;

/// Keeps the answers; nobody else is there.
#[derive(Default)]
struct Alone(Vec<Result<Reply, Fault>>);

impl Shell for Alone {
    fn send(&mut self, _: Outgoing) {}

    fn reply(&mut self, _: Ticket, answer: Result<Reply, Fault>) {
        self.0.push(answer);
    }

    fn publish(&mut self, _: Arc<View>) {}

    fn wake(&mut self, _: Option<u64>) {}
}

/// The exercises, read once.
static SHELF: LazyLock<Shelf> = LazyLock::new(|| Shelf::built_in().unwrap());

/// An open journal on a disk.
struct Journal {
    store: SqliteStore,
    engine: Engine,
    chance: Chance,
}

impl Journal {
    /// Opens what is there; `None` if it is refused.
    fn open(folder: &Path) -> Option<Self> {
        let (mut store, mut chance) = (SqliteStore::open(folder).ok()?, Chance::new(1));
        let unlocked = Unlocked::read(local_key(KEY).into(), &store).ok()?;
        let mut context = Context { now: NOW, entropy: &mut chance, reader: &store };
        let (engine, step) = Engine::open(unlocked, SHELF.clone(), &mut context).ok()?;
        release(step, &mut store, &mut Alone::default()).ok()?;
        Some(Self { store, engine, chance })
    }

    fn ask(&mut self, command: Command) -> Result<Reply, Fault> {
        let mut alone = Alone::default();
        let input = Input::Client(Ticket(1), command);
        // A commit that fails is an answer, too.
        let _ = turn(&mut self.engine, &mut self.store, input, NOW, &mut self.chance, &mut alone);
        alone.0.pop().unwrap()
    }
}

/// The texts that each entry ever had.
type Written = BTreeMap<EntryId, Vec<String>>;

/// A journal as a crash leaves it and as closing leaves it, and what was written into it.
fn journals() -> ([Image; 2], Written) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("vault");
    let mut chance = Chance::new(2);
    let mut store = SqliteStore::open(&folder).unwrap();
    store.apply(create_with(local_key(KEY), vec![1], "Laptop", &mut chance).unwrap().commit).unwrap();
    store.close().unwrap();
    let mut journal = Journal::open(&folder).unwrap();
    let mut written = Written::new();
    for number in 0..ENTRIES {
        let mut draft = Draft::new(EntryKind::Note, "2020-01-01".parse().unwrap());
        draft.text = format!("entry {number}, {}", "written once ".repeat(number));
        let Ok(Reply::Entry(id)) = journal.ask(Command::Add(draft.clone())) else { panic!("not written") };
        let texts = written.entry(id).or_default();
        texts.push(draft.text);
        if number % 3 == 0 {
            texts.push(format!("entry {number}, written twice"));
            let edit = Edit { text: texts.last().cloned(), ..Edit::default() };
            journal.ask(Command::Edit { id, base: None, edit }).unwrap();
        }
    }
    let crashed = image(&folder);
    drop(journal);
    Journal::open(&folder).unwrap().store.close().unwrap();
    ([crashed, image(&folder)], written)
}

fn image(folder: &Path) -> Image {
    let files = fs::read_dir(folder).unwrap().map(Result::unwrap);
    files.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap())).collect()
}

/// What came of some flips.
#[derive(Default)]
struct Figures {
    refused: u64,
    opened: u64,
    readable: u64,
    /// How many journals were opened with each kind of alarm.
    told: BTreeMap<&'static str, u64>,
}

/// Flips one bit, as the number says, and looks at everything.
fn flip(images: &[Image], written: &Written, folder: &Path, number: u64, figures: &mut Figures) {
    let mut chance = Chance::new(number);
    let image = chance.pick(images).unwrap();
    let files: Vec<_> = image.iter().filter(|(_, bytes)| !bytes.is_empty()).collect();
    let (name, bytes) = chance.pick(&files).unwrap();
    // Headers steer everything, so they get more flips than their size says.
    let end = if chance.once_in(8) { bytes.len().min(100) } else { bytes.len() };
    let (at, bit) = (chance.below(end), chance.below(8));
    let _ = fs::remove_dir_all(folder);
    fs::create_dir(folder).unwrap();
    for (other, bytes) in image {
        let mut bytes = bytes.clone();
        if other == *name {
            bytes[at] ^= 1 << bit;
        }
        fs::write(folder.join(other), bytes).unwrap();
    }
    let Some(mut journal) = Journal::open(folder) else {
        figures.refused += 1;
        return;
    };
    figures.opened += 1;
    let what = format!("flip {number}: bit {bit} of byte {at} of {name}");
    let shown = journal.engine.view();
    for row in shown.rows() {
        let texts = written.get(&row.entry.id).unwrap_or_else(|| panic!("{what}: an entry nobody wrote"));
        assert!(texts.contains(&row.entry.text), "{what}: other words than were written");
        figures.readable += 1;
    }
    let mut told: Vec<_> = shown.status.alarms.iter().map(|alarm| alarm.kind).collect();
    // The node tells it of the store, in its first step.
    told.extend(journal.store.regression().map(|_| "JOURNAL_WENT_BACK"));
    let is_newest = |(id, texts): (&EntryId, &Vec<String>)| {
        shown.entry(*id).is_some_and(|row| Some(&row.entry.text) == texts.last())
    };
    assert!(
        !told.is_empty() || written.iter().all(is_newest),
        "{what}: words are lost and nothing tells of it"
    );
    told.into_iter().for_each(|kind| *figures.told.entry(kind).or_default() += 1);
    let id = *written.keys().nth(chance.below(written.len())).unwrap();
    let Ok(Reply::History(versions)) = journal.ask(Command::History(id)) else { return };
    for version in versions {
        let show = Command::Show { id, version: Some(version.shown.version) };
        if let Ok(Reply::Shown { entry, .. }) = journal.ask(show) {
            assert!(written[&id].contains(&entry.text), "{what}: an earlier version nobody wrote");
        }
    }
}

#[test]
fn a_flipped_bit_never_shows_words_that_were_not_written() {
    let ordeal = Ordeal::full(100_000);
    let (images, written) = journals();
    let shares = ordeal.on_all_cores(|numbers| {
        let home = folder();
        let mut figures = Figures::default();
        for number in numbers {
            flip(&images, &written, &home.path().join("vault"), number, &mut figures);
        }
        figures
    });
    let sum = |figure: fn(&Figures) -> u64| shares.iter().map(figure).sum::<u64>();
    let (refused, opened, readable) = (sum(|it| it.refused), sum(|it| it.opened), sum(|it| it.readable));
    let share = readable * 100 / (opened * ENTRIES as u64).max(1);
    assert!(ordeal.count < 100 || share >= READABLE_MIN, "{share} % of the entries were readable");
    let mut told: BTreeMap<&str, u64> = BTreeMap::new();
    shares.iter().flat_map(|it| &it.told).for_each(|(kind, count)| *told.entry(kind).or_default() += count);
    let told: Vec<String> = told.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    let told = told.join(", ");
    ordeal.passed(&format!(
        "0 wrong words shown, 0 lost in silence; {opened} journals opened with {share} % of their entries, {refused} were refused; told: {told}"
    ));
}

/// A folder in memory where there is one: nothing here needs a disk that syncs.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}
