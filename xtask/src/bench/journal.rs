//! One journal of so many entries, from its import to a second device, every step measured.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::programs::Programs;
use super::quantity::Quantity;
use super::samples::Samples;
use super::usage::{Usage, resident};
use crate::corpus::{self, Entry};
use crate::fault::Fault;
use crate::live::device::Device;
use crate::live::server::Server;
use crate::live::{Place, number};
use crate::say;

/// Saves and propagations that are timed: enough for a p99 that is not the worst alone.
const SAVES: &str = "500";
const PROPAGATIONS: &str = "300";
/// How often each command is run.
const RUNS: usize = 30;
/// How large "one 1.4 KB entry" is, in bytes, and how many of them are looked at.
const ENTRY_BYTES: std::ops::Range<usize> = 1_390..1_411;
const ENTRIES: usize = 20;
/// What is searched for: in about one entry of six.
const SOUGHT: &str = "Westminster";

/// What one journal took.
pub struct Figures {
    /// How many entries it has.
    pub entries: usize,
    /// The bytes of their text.
    pub bytes: usize,
    /// `haven import`, to its end.
    pub import: Figure,
    /// From the passphrase to an open journal that shows the newest ten.
    pub shown: Figure,
    /// From the passphrase to a journal that finds everything.
    pub searchable: Figure,
    /// The daemon's memory, open and locked.
    pub resident: [Figure; 2],
    /// From no server to one that has everything.
    pub upload: Figure,
    /// Sealed bytes on the server a byte of text.
    pub share: Figure,
    /// The server's memory, empty and after everything was pushed and pulled once.
    pub server: [Figure; 2],
    /// From the link of a new device to its newest hundred.
    pub newest: Figure,
    /// From the link of a new device to everything listed and found.
    pub first_sync: Figure,
    /// A save through the typed client, the device alone.
    pub save: Figure,
    /// The same while a server and another device take it at once.
    pub save_synced: Figure,
    /// From a save on one device to the event on the other.
    pub propagation: Figure,
    /// The newest ten, through the typed client.
    pub list: Figure,
    /// A search, through the typed client.
    pub search: Figure,
    /// Sealed bytes on the server of one entry of 1.4 kB.
    pub one_entry: Figure,
    /// `haven add`, `haven search` and `haven list`, process start to finish.
    pub commands: [Figure; 3],
}

/// One figure and what it cost.
#[derive(Clone, Copy)]
pub struct Figure {
    /// What it was; of many timings, p50.
    pub value: Quantity,
    /// Of many timings, p99.
    pub late: Option<Duration>,
    /// What it cost.
    pub usage: Usage,
}

/// A journal on its way through the measurements.
struct Journal<'a> {
    programs: &'a Programs,
    laptop: Device,
    phone: Device,
    server: Server,
    file: PathBuf,
    entries: usize,
    bytes: usize,
    // Last, so that the daemons and the server end before their folders go.
    place: Place,
}

/// Takes a journal through everything.
///
/// # Errors
/// When a program does not do what it is asked.
pub fn measure(
    programs: &Programs,
    parent: &std::path::Path,
    real: &[Entry],
    entries: usize,
) -> Result<Figures, Fault> {
    let mut journal = Journal::begin(programs, parent, real, entries)?;
    let server_empty = journal.server_memory()?;
    say::progress(&format!("  {entries} entries: import"));
    let import = journal.import()?;
    say::progress(&format!("  {entries} entries: unlock, memory"));
    let [shown, searchable] = journal.unlock()?;
    let resident = journal.memory()?;
    say::progress(&format!("  {entries} entries: first upload, first sync"));
    let upload = journal.upload()?;
    let share = journal.share()?;
    let [newest, first_sync] = journal.first_sync()?;
    let server = [server_empty, journal.server_memory()?];
    say::progress(&format!("  {entries} entries: saves, propagation, list, search"));
    let save_synced = journal.save()?;
    let propagation = journal.propagation()?;
    let [list, search] = journal.read()?;
    let one_entry = journal.one_entry(real)?;
    let commands = journal.commands()?;
    journal.leave_alone()?;
    let save = journal.save()?;
    let bytes = journal.bytes;
    Ok(Figures {
        entries,
        bytes,
        import,
        shown,
        searchable,
        resident,
        upload,
        share,
        server,
        newest,
        first_sync,
        save,
        save_synced,
        propagation,
        list,
        search,
        one_entry,
        commands,
    })
}

/// What a new device takes of a journal that was written entry by entry.
pub struct Typed {
    /// The bytes of its text.
    pub bytes: usize,
    /// From the link to its newest hundred.
    pub newest: Figure,
    /// From the link to everything listed and found.
    pub first_sync: Figure,
}

/// Writes a journal entry by entry while a server is there, and links a new device to it.
///
/// # Errors
/// When a program does not do what it is asked.
pub fn typed(
    programs: &Programs,
    parent: &std::path::Path,
    real: &[Entry],
    entries: usize,
) -> Result<Typed, Fault> {
    let journal = Journal::begin(programs, parent, real, entries)?;
    say::progress(&format!("  {entries} entries: each written by itself"));
    journal.upload()?;
    let file = journal.file.display().to_string();
    programs.ask("measure", &["save", &journal.laptop.socket(), &file, &entries.to_string()])?;
    journal.laptop.sync()?;
    say::progress(&format!("  {entries} entries: first sync"));
    let [newest, first_sync] = journal.first_sync()?;
    Ok(Typed { bytes: journal.bytes, newest, first_sync })
}

impl<'a> Journal<'a> {
    fn begin(
        programs: &'a Programs,
        parent: &std::path::Path,
        real: &[Entry],
        entries: usize,
    ) -> Result<Self, Fault> {
        let place = Place::within(programs.folder(), parent)?;
        let server = place.server("warn")?;
        let (laptop, phone) = (place.device("Laptop"), place.device("Phone"));
        laptop.init(None)?;
        phone.ask(&["daemon", "start"])?;
        let journal = corpus::grow(real, entries)?;
        let bytes = journal.iter().map(|entry| entry.text.len()).sum();
        let file = write(&place, "journal.jsonl", &journal)?;
        Ok(Self { programs, laptop, phone, server, file, entries, bytes, place })
    }

    /// Does something once and says what it took.
    fn once<T>(&self, work: impl FnOnce() -> Result<T, Fault>) -> Result<Figure, Fault> {
        let processes = self.processes()?;
        let before = Usage::with(&processes);
        let begun = Instant::now();
        work()?;
        let value = Quantity::Time(begun.elapsed());
        Ok(Figure { value, late: None, usage: Usage::with(&processes).since(before) })
    }

    /// Lets a program measure, and takes these of what it says: name, and the field of the value.
    fn ask<const N: usize>(
        &self,
        arguments: &[&str],
        wanted: [(&str, &str); N],
    ) -> Result<[Figure; N], Fault> {
        let processes = self.processes()?;
        let before = Usage::with(&processes);
        let said = self.programs.ask("measure", arguments)?;
        let usage = Usage::with(&processes).since(before);
        let mut figures = Vec::with_capacity(N);
        for (what, field) in wanted {
            let value = Quantity::Time(said.time(what, field)?);
            figures.push(Figure { value, late: said.time(what, "p99_ns").ok(), usage });
        }
        figures.try_into().map_err(|_| Fault::new("measure", "a figure is missing", "Report this."))
    }

    fn import(&self) -> Result<Figure, Fault> {
        let file = self.file.display().to_string();
        let figure = self.once(|| self.laptop.ask(&["import", "jsonl", &file]))?;
        let there = self.laptop.entries()?;
        if there == self.entries as u64 {
            return Ok(figure);
        }
        let why = format!("{there} entries are there, not {}", self.entries);
        Err(Fault::new("import the journal", why, "Import it by hand and look."))
    }

    fn unlock(&self) -> Result<[Figure; 2], Fault> {
        let (socket, passphrase) = (self.laptop.socket(), self.laptop.passphrase());
        let wanted = [("newest shown", "p50_ns"), ("all searchable", "p50_ns")];
        self.ask(&["unlock", &socket, passphrase, SOUGHT], wanted)
    }

    fn memory(&self) -> Result<[Figure; 2], Fault> {
        let open = memory(self.laptop.pid()?)?;
        self.laptop.ask(&["lock"])?;
        let locked = memory(self.laptop.pid()?)?;
        self.laptop.unlock()?;
        Ok([open, locked])
    }

    fn upload(&self) -> Result<Figure, Fault> {
        self.once(|| {
            self.laptop.ask(&["server", "set", self.server.url(), "--invite", self.server.invite()])?;
            self.laptop.sync()
        })
    }

    fn share(&self) -> Result<Figure, Fault> {
        Ok(told(Quantity::Share(self.server_bytes()? as f64 / self.bytes as f64)))
    }

    fn first_sync(&self) -> Result<[Figure; 2], Fault> {
        let (old, new) = (self.laptop.socket(), self.phone.socket());
        let arguments = ["first-sync", &old, &new, self.laptop.passphrase(), SOUGHT];
        let figures = self.ask(&arguments, [("first sync", "newest_ns"), ("first sync", "ns")])?;
        self.phone.stay_open()?;
        Ok(figures)
    }

    fn save(&self) -> Result<Figure, Fault> {
        let file = self.file.display().to_string();
        let [save] = self.ask(&["save", &self.laptop.socket(), &file, SAVES], [("save", "p50_ns")])?;
        Ok(save)
    }

    /// Stops the server and the other device.
    fn leave_alone(&mut self) -> Result<(), Fault> {
        self.laptop.sync()?;
        self.phone.ask(&["daemon", "stop"])?;
        self.server.stop()
    }

    fn propagation(&self) -> Result<Figure, Fault> {
        // What was saved before is not in the way any more.
        self.laptop.sync()?;
        self.phone.sync()?;
        let (one, other) = (self.laptop.socket(), self.phone.socket());
        let arguments = ["propagation", &one, &other, PROPAGATIONS];
        let [propagation] = self.ask(&arguments, [("propagation", "p50_ns")])?;
        Ok(propagation)
    }

    fn read(&self) -> Result<[Figure; 2], Fault> {
        self.ask(&["read", &self.laptop.socket(), SOUGHT], [("list", "p50_ns"), ("search", "p50_ns")])
    }

    fn one_entry(&self, real: &[Entry]) -> Result<Figure, Fault> {
        let alike = real.iter().filter(|entry| ENTRY_BYTES.contains(&entry.text.len()));
        let alike: Vec<Entry> = alike.take(ENTRIES).cloned().collect();
        let file = write(&self.place, "alike.jsonl", &alike)?.display().to_string();
        self.laptop.sync()?;
        let before = self.server_bytes()?;
        let count = alike.len().to_string();
        self.programs.ask("measure", &["save", &self.laptop.socket(), &file, &count])?;
        self.laptop.sync()?;
        let bytes = self.server_bytes()?.saturating_sub(before) / alike.len().max(1) as u64;
        Ok(told(Quantity::Bytes(bytes)))
    }

    fn commands(&self) -> Result<[Figure; 3], Fault> {
        Ok([
            self.command(&["add", "A few words, kept at once."])?,
            self.command(&["search", SOUGHT])?,
            self.command(&["list"])?,
        ])
    }

    fn command(&self, arguments: &[&str]) -> Result<Figure, Fault> {
        let processes = self.processes()?;
        let before = Usage::with(&processes);
        let samples = Samples::take(RUNS, || self.laptop.quietly(arguments))?;
        let usage = Usage::with(&processes).since(before);
        let value = Quantity::Time(samples.percentile(50));
        Ok(Figure { value, late: Some(samples.percentile(99)), usage })
    }

    /// Those that run and work for this journal.
    fn processes(&self) -> Result<Vec<u64>, Fault> {
        let server = self.server.pid().map(u64::from);
        // Without a server the other device was stopped too.
        let phone = server.map(|_| self.phone.pid()).transpose()?;
        Ok([self.laptop.pid()?].into_iter().chain(phone).chain(server).collect())
    }

    fn server_bytes(&self) -> Result<u64, Fault> {
        number(&self.server.stats()?, "record_bytes")
    }

    fn server_memory(&self) -> Result<Figure, Fault> {
        memory(self.server.pid().map(u64::from).unwrap_or_default())
    }
}

fn write(place: &Place, name: &str, journal: &[Entry]) -> Result<PathBuf, Fault> {
    let file = place.path(name);
    std::fs::write(&file, corpus::to_jsonl(journal)?)
        .map_err(|error| Fault::io("write the journal", &error))?;
    Ok(file)
}

/// Runs a command of a device alone, again and again.
pub(super) fn timed(device: &Device, arguments: &[&str]) -> Result<Figure, Fault> {
    let processes = [device.pid()?];
    let before = Usage::with(&processes);
    let samples = Samples::take(RUNS, || device.quietly(arguments))?;
    let usage = Usage::with(&processes).since(before);
    let value = Quantity::Time(samples.percentile(50));
    Ok(Figure { value, late: Some(samples.percentile(99)), usage })
}

/// The memory of a process as a figure.
pub(super) fn memory(process: u64) -> Result<Figure, Fault> {
    let bytes = resident(process).ok_or_else(|| {
        Fault::new("look at a program's memory", "the system does not tell it", "Measure on Linux.")
    })?;
    Ok(told(Quantity::Bytes(bytes)))
}

/// Something that was looked at, which costs nothing.
fn told(value: Quantity) -> Figure {
    let now = Usage::now();
    Figure { value, late: None, usage: now.since(now) }
}
