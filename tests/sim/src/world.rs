//! A run: three devices that write, a server, and everything between them that breaks.

mod acts;
pub mod importing;
mod joining;
mod locked;
mod writing;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use haven_core::id::EntryId;
use haven_core::import::{Rest, export_line, forgotten_line, person_line};
use haven_core::shelf::Shelf;
use haven_core::time::NoZones;
use haven_engine::command::{Command, ImportItem, Reply, ServerChoice};
use haven_engine::engine::Input;
use haven_engine::io::{Store, StoreFault};
use haven_engine::sync::Incoming;
use haven_engine::vault::{create_with, local_key};
use haven_engine::view::{Row, View};
use haven_feed::digest::digest;
use haven_store::faulty::Mishap;
use haven_store::memory::MemoryStore;

use crate::chance::Chance;
use crate::device::{Asked, Device};
use crate::model::{Model, Said, words_in};
use crate::server::{Connection, SimServer};
use writing::OpenDraft;

/// How many devices a world has.
pub const DEVICES: usize = 3;

/// How many things happen before everything is mended.
const EVENTS: usize = 120;

/// One word in so many is looked for in what the server holds; over a thousand worlds every kind of place comes up.
const LEAK_CHECK_EVERY: usize = 40;

/// How many quiet rounds the world gets to settle; far more than any honest one needs.
const ROUNDS_TO_SETTLE: usize = 4_000;

/// A world in the middle of a run.
pub struct World {
    chance: Chance,
    shelf: Shelf,
    devices: Vec<Device>,
    server: SimServer,
    connected: BTreeMap<usize, Connection>,
    next_connection: Connection,
    now_ms: u64,
    model: Model,
    drafts: BTreeMap<usize, OpenDraft>,
    trace: Vec<String>,
    words: Vec<String>,
    /// A file that several devices may import.
    file: Vec<String>,
}

/// What a run left behind.
pub struct Outcome {
    /// Everything that happened, a line each.
    pub trace: Vec<String>,
    /// What did not hold, if anything.
    pub broken: Option<String>,
}

impl Outcome {
    /// A short name of everything that happened: two runs of a seed have the same.
    pub fn fingerprint(&self) -> [u8; 32] {
        *digest("haven/1/sim trace", &[self.trace.join("\n").as_bytes()]).as_bytes()
    }
}

/// Runs a seed from the first vault to the last check.
pub fn run(seed: u64) -> Outcome {
    let mut trace = Vec::new();
    let broken = World::begin(seed).and_then(|mut world| {
        let outcome = world.live();
        trace = std::mem::take(&mut world.trace);
        outcome
    });
    Outcome { trace, broken: broken.err() }
}

impl World {
    /// A vault on the first device, the others linked to it, everybody connected.
    fn begin(seed: u64) -> Result<Self, String> {
        let mut chance = Chance::new(seed);
        let server = SimServer::new(&mut chance);
        let shelf = Shelf::built_in().map_err(|_| "what comes with Haven cannot be read")?;
        let mut world = Self {
            shelf,
            server,
            devices: Vec::new(),
            connected: BTreeMap::new(),
            next_connection: 0,
            now_ms: 0,
            model: Model::default(),
            drafts: BTreeMap::new(),
            trace: Vec::new(),
            words: Vec::new(),
            file: Vec::new(),
            chance,
        };
        world.found()?;
        world.settle()?;
        for device in 1..DEVICES {
            world.join(device)?;
            world.settle()?;
        }
        Ok(world)
    }

    fn found(&mut self) -> Result<(), String> {
        let key = self.chance.bytes();
        let created =
            create_with(local_key(key), vec![1], "Laptop", &mut self.chance).map_err(|f| f.to_string())?;
        let mut disk = MemoryStore::new();
        disk.apply(created.commit).map_err(|fault| fault.to_string())?;
        self.devices.push(Device::new(disk, key, self.shelf.clone()));
        self.devices[0].start(self.now_ms, &mut self.chance)?;
        let (server_key, invite) = self.server.introduction();
        let choice = ServerChoice { url: "http://sim".into(), server_key, invite: Some(invite) };
        match self.devices[0].ask(Command::SetServer(choice), self.now_ms, &mut self.chance) {
            Asked::Answered(Ok(_)) => Ok(()),
            _ => Err("the server was not set".into()),
        }
    }

    /// Everything that happens, then the mending, then the checks.
    fn live(&mut self) -> Result<(), String> {
        for _ in 0..EVENTS {
            self.event()?;
        }
        self.trace.push("mended".into());
        for device in 0..DEVICES {
            self.devices[device].mend();
            if !self.devices[device].is_up() {
                self.hang_up(device);
                self.devices[device].start(self.now_ms, &mut self.chance)?;
            }
        }
        for device in self.drafts.keys().copied().collect::<Vec<_>>() {
            self.close_draft(device);
        }
        // Longer than any draft may stay one, and than any wait before connecting again.
        self.now_ms += 120_000;
        self.settle()?;
        self.check()
    }

    fn event(&mut self) -> Result<(), String> {
        let device = self.chance.below(DEVICES);
        match self.chance.below(100) {
            0..25 => self.write(device),
            25..60 => self.deliver_one(device),
            60..75 => self.deliver_to(device),
            75..80 => self.connect(device),
            80..84 => self.break_connection(device),
            84..86 => self.crash(device)?,
            86..88 => self.lock(device),
            88..90 => self.plan_mishap(device),
            90..91 => self.crash_server(),
            91..93 => self.turn_clock(device),
            93..97 => self.catch_up(),
            _ => self.pass_time(),
        }
        if !self.devices[device].is_up() && self.chance.once_in(3) {
            self.trace.push(format!("device {device} opens its vault"));
            self.hang_up(device);
            self.devices[device].start(self.now_ms, &mut self.chance)?;
        }
        Ok(())
    }

    /// The next message from a device reaches the server.
    fn deliver_one(&mut self, device: usize) {
        let Some(connection) = self.connected.get(&device).copied() else { return };
        let Some(message) = self.devices[device].outbox.pop_front() else { return };
        for (to, message) in self.server.take(connection, message, &mut self.chance) {
            self.put(to, message);
        }
    }

    fn put(&mut self, to: Connection, message: Incoming) {
        let device =
            self.connected.iter().find(|(_, connection)| **connection == to).map(|(device, _)| *device);
        if let Some(device) = device {
            self.devices[device].inbox.push_back(message);
        }
    }

    /// The next message from the server reaches a device.
    fn deliver_to(&mut self, device: usize) {
        let Some(message) = self.devices[device].inbox.pop_front() else { return };
        let now = self.now_ms;
        self.devices[device].input(Input::Server(message), now, &mut self.chance);
        if !self.devices[device].is_up() {
            self.hang_up(device);
            self.trace.push(format!("device {device} went down while it heard the server"));
        }
    }

    fn connect(&mut self, device: usize) {
        if self.connected.contains_key(&device) || !self.devices[device].is_up() {
            return;
        }
        if !std::mem::take(&mut self.devices[device].wants_connection) {
            return;
        }
        self.next_connection += 1;
        self.connected.insert(device, self.next_connection);
        self.devices[device].outbox.clear();
        self.devices[device].inbox.clear();
        self.devices[device].inbox.push_back(Incoming::Connected);
    }

    fn break_connection(&mut self, device: usize) {
        if self.connected.contains_key(&device) {
            self.trace.push(format!("device {device} loses the server"));
            self.hang_up(device);
            self.devices[device].inbox.push_back(Incoming::Offline);
        }
    }

    fn hang_up(&mut self, device: usize) {
        if let Some(connection) = self.connected.remove(&device) {
            self.server.hang_up(connection);
        }
        self.devices[device].outbox.clear();
        self.devices[device].inbox.clear();
    }

    fn crash(&mut self, device: usize) -> Result<(), String> {
        self.trace.push(format!("device {device} crashes"));
        self.hang_up(device);
        self.devices[device].crash();
        self.drafts.remove(&device);
        if self.chance.once_in(2) {
            self.devices[device].start(self.now_ms, &mut self.chance)?;
        }
        Ok(())
    }

    fn plan_mishap(&mut self, device: usize) {
        if self.devices[device].disk.is_down() {
            return;
        }
        self.trace.push(format!("device {device} will have a mishap"));
        match self.chance.below(5) {
            0 => self.devices[device].plan(Mishap::Fails(StoreFault::Full)),
            1 => self.devices[device].plan(Mishap::CrashBefore),
            2 => self.devices[device].plan(Mishap::AppliedButCrashed),
            _ => self.devices[device].fuse = Some(self.chance.below(3)),
        }
    }

    fn crash_server(&mut self) {
        self.trace.push("the server crashes".into());
        self.server.crash();
        for device in self.connected.keys().copied().collect::<Vec<_>>() {
            self.break_connection(device);
        }
    }

    fn turn_clock(&mut self, device: usize) {
        let years = [0, -10, 10, 1][self.chance.below(4)];
        self.devices[device].skew_ms = years * 365 * 24 * 3_600_000;
        self.trace.push(format!("device {device} is {years} years off"));
    }

    fn pass_time(&mut self) {
        self.now_ms += [10, 1_000, 6_000][self.chance.below(3)];
        for device in 0..DEVICES {
            let due = self.devices[device].wake_at().is_some_and(|at| at <= self.now_ms);
            if due && self.devices[device].is_up() {
                self.devices[device].input(Input::Wake, self.now_ms, &mut self.chance);
            }
        }
    }

    /// A quiet hour: whoever is up connects and hears all there is, so that people find what met and act on it.
    fn catch_up(&mut self) {
        self.now_ms += 120_000;
        for _ in 0..3 {
            for device in 0..self.devices.len() {
                self.connect(device);
                let due = self.devices[device].wake_at().is_some_and(|at| at <= self.now_ms);
                if due && self.devices[device].is_up() {
                    self.devices[device].input(Input::Wake, self.now_ms, &mut self.chance);
                }
            }
            self.deliver_all();
        }
        self.trace.push("everybody catches up".into());
    }

    /// Delivers everything that is on its way, until nothing is.
    fn deliver_all(&mut self) {
        for _ in 0..ROUNDS_TO_SETTLE {
            let mut quiet = true;
            for device in 0..self.devices.len() {
                let busy = !self.devices[device].outbox.is_empty() || !self.devices[device].inbox.is_empty();
                quiet &= !busy;
                self.deliver_one(device);
                self.deliver_to(device);
            }
            if quiet {
                return;
            }
        }
    }

    /// Connects everybody and lets the world come to rest.
    fn settle(&mut self) -> Result<(), String> {
        for _ in 0..50 {
            for device in 0..self.devices.len() {
                if !self.devices[device].is_up() {
                    self.hang_up(device);
                    self.devices[device].start(self.now_ms, &mut self.chance)?;
                }
                self.connect(device);
                let due = self.devices[device].wake_at().is_some_and(|at| at <= self.now_ms);
                if due {
                    self.devices[device].input(Input::Wake, self.now_ms, &mut self.chance);
                }
            }
            self.deliver_all();
            let idle = |device: &Device| {
                device.is_up() && device.view.status.sync == haven_engine::sync::SyncState::Idle
            };
            if self.devices.iter().all(idle) {
                return Ok(());
            }
        }
        let states: Vec<_> =
            self.devices.iter().map(|d| (d.is_up(), d.view.status.sync, d.view.status.pending)).collect();
        Err(format!("the world does not come to rest: {states:?}"))
    }

    fn check(&mut self) -> Result<(), String> {
        self.compare_acts();
        let journals: Vec<_> = (0..DEVICES).map(|device| self.journal(device)).collect::<Result<_, _>>()?;
        for (device, state) in self.devices.iter().enumerate() {
            self.model.check(&journals[device], &state.view).map_err(|broken| {
                let alarms: Vec<_> = state.view.status.alarms.iter().map(|alarm| alarm.kind).collect();
                format!("on device {device}: {broken}; its alarms: {alarms:?}")
            })?;
            if let Some(alarm) = state.view.status.alarms.first() {
                return Err(format!("device {device} raised {} in an honest world", alarm.kind));
            }
            if let Some(difference) = difference(&self.devices[0].view, &state.view) {
                return Err(format!("devices 0 and {device} disagree: {difference}"));
            }
            let differs = journals[0]
                .iter()
                .find(|(id, said)| journals[device].get(*id).is_none_or(|other| !said.agrees(other)));
            if let Some((id, _)) = differs {
                return Err(format!("devices 0 and {device} read the versions that met in {id} differently"));
            }
        }
        for (device, journal) in journals.iter().enumerate() {
            let drafts = self.draft_words(device);
            self.model
                .check_kept(device, &drafts, journal)
                .map_err(|broken| format!("on device {device}: {broken}"))?;
        }
        let exports: BTreeSet<Vec<String>> =
            self.devices.iter_mut().map(|device| exported(device, self.now_ms, &mut self.chance)).collect();
        if exports.len() > 1 {
            return Err("the devices would export different bytes".into());
        }
        let mut imports = BTreeSet::new();
        let view = self.devices[0].view.clone();
        if !view.rows().filter_map(|row| row.entry.import_id).all(|identity| imports.insert(identity)) {
            return Err("a line was imported as two entries".into());
        }
        self.move_out()?;
        let said: Vec<u8> = self.server.holdings().concat();
        let leaked = self
            .words
            .iter()
            .step_by(LEAK_CHECK_EVERY)
            .find(|word| said.windows(word.len()).any(|part| part == word.as_bytes()));
        leaked.map_or(Ok(()), |word| Err(format!("the server holds {word} in the clear")))?;
        self.reopen()
    }

    /// What is exported, imported into an empty journal and exported again is the same, byte for byte.
    fn move_out(&mut self) -> Result<(), String> {
        let lines = exported(&mut self.devices[0], self.now_ms, &mut self.chance);
        let key = self.chance.bytes();
        let created =
            create_with(local_key(key), vec![1], "Other", &mut self.chance).map_err(|f| f.to_string())?;
        let mut disk = MemoryStore::new();
        disk.apply(created.commit).map_err(|fault| fault.to_string())?;
        let mut other = Device::new(disk, key, self.shelf.clone());
        other.start(self.now_ms, &mut self.chance)?;
        let item = |(line, text): (u64, &String)| ImportItem { line, bytes: text.clone().into_bytes() };
        let lines_in = (1..).zip(&lines).map(item).collect();
        let import =
            Command::Import { lines: lines_in, dry_run: false, zones: Arc::new(NoZones), here: None };
        match other.ask(import, self.now_ms, &mut self.chance) {
            Asked::Answered(Ok(Reply::Imported(done)))
                if done.failed.is_empty() && done.unused.is_empty() => {}
            _ => return Err("an export cannot be imported".into()),
        }
        let again = exported(&mut other, self.now_ms, &mut self.chance);
        // Where the same met and was settled in different ways, nothing is in common: then the sides may change places.
        let is_apart = |line: &str| line.contains("\"base\":{\"text\":\"…");
        let is_same = |(one, other): (&String, &String)| {
            one == other || (is_apart(one) && is_apart(other) && words_in(one) == words_in(other))
        };
        if again.len() != lines.len() {
            return Err(format!("of {} lines of an export {} come back", lines.len(), again.len()));
        }
        let differing = lines.iter().zip(&again).find(|pair| !is_same(*pair));
        differing
            .map_or(Ok(()), |(one, other)| Err(format!("a line comes back as another one: {one}\n{other}")))
    }

    /// All that a device says of its entries.
    fn journal(&mut self, device: usize) -> Result<BTreeMap<EntryId, Said>, String> {
        let ids: Vec<EntryId> = self.devices[device].view.rows().map(|row| row.entry.id).collect();
        let said = ids.into_iter().map(|id| {
            let said =
                self.read(device, id).ok_or_else(|| format!("a version that met in {id} cannot be read"))?;
            Ok((id, said))
        });
        said.collect()
    }

    /// Every device says the same after it was closed and opened again.
    fn reopen(&mut self) -> Result<(), String> {
        for device in 0..DEVICES {
            let before = self.devices[device].view.clone();
            self.hang_up(device);
            self.devices[device].crash();
            self.devices[device].start(self.now_ms, &mut self.chance)?;
            if let Some(difference) = difference(&before, &self.devices[device].view) {
                return Err(format!(
                    "device {device} says something else after it was opened again: {difference}"
                ));
            }
        }
        Ok(())
    }
}

/// A journal as it would be exported, a line each.
fn exported(device: &mut Device, now_ms: u64, chance: &mut Chance) -> Vec<String> {
    let view = device.view.clone();
    let people = view.said().map(|(person, merged)| person_line(person, merged));
    let name = |id| view.person(id).map(|person| person.name.clone());
    let forgotten = view.forgotten().map(|forgotten| forgotten_line(&forgotten));
    people
        .chain(forgotten)
        .chain(view.rows().map(|row| export_line(&row.entry, &rest(device, row, now_ms, chance), &name)))
        .collect()
}

/// What the line of an entry holds besides what is shown, also what met in it.
fn rest(device: &mut Device, row: &Row, now_ms: u64, chance: &mut Chance) -> Rest {
    if row.met.is_empty() {
        return row.rest.clone();
    }
    let met = match device.ask(Command::Met(row.entry.id), now_ms, chance) {
        Asked::Answered(Ok(Reply::Met(met))) => met.map(|met| *met),
        _ => None,
    };
    Rest { met, ..row.rest.clone() }
}

/// The first thing that two journals say differently.
fn difference(one: &View, other: &View) -> Option<String> {
    let (one, other): (Vec<_>, Vec<_>) = (one.rows().collect(), other.rows().collect());
    if one.len() != other.len() {
        return Some(format!("{} and {} entries", one.len(), other.len()));
    }
    let differs = one.iter().zip(&other).find(|(one, other)| {
        let (a, b) = (&one.entry, &other.entry);
        (a.id, &a.title, &a.text, &a.tags, a.trashed) != (b.id, &b.title, &b.text, &b.tags, b.trashed)
            || (&one.version, &one.met) != (&other.version, &other.met)
    });
    differs
        .map(|(one, other)| format!("{} says {:?} and {:?}", one.entry.id, one.entry.text, other.entry.text))
}
