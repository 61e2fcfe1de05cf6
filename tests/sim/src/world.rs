//! A run: three devices that write, a server, and everything between them that breaks.

mod acts;
mod checking;
pub mod clocks;
mod forging;
mod founding;
pub mod importing;
mod joining;
mod lies;
mod locked;
mod mischief;
mod writing;

use std::collections::BTreeMap;

use haven_core::shelf::Shelf;
use haven_engine::engine::Input;
use haven_engine::io::StoreFault;
use haven_engine::sync::{Incoming, Problem, SyncState};
use haven_feed::digest::digest;
use haven_store::faulty::Mishap;

use crate::chance::Chance;
use crate::device::Device;
use crate::model::Model;
use crate::nature::Nature;
use crate::server::{Connection, SimServer};
use mischief::{Removal, Unrest};
use writing::OpenDraft;

/// How many devices a world has.
pub const DEVICES: usize = 3;

/// How many things happen before everything is mended.
const EVENTS: usize = 120;

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
    nature: Nature,
    /// Who was removed, by their places among the devices.
    removed: BTreeMap<usize, Removal>,
    unrest: Unrest,
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
    run_as(seed, Nature::of(seed))
}

/// Runs a seed in a world of this nature.
pub fn run_as(seed: u64, nature: Nature) -> Outcome {
    let mut trace = Vec::new();
    // Founding costs more than anything else; in one calm world out of eight it is new, linking included.
    let begun = if seed % 8 == 1 { World::begin(seed) } else { World::begun(seed) };
    let broken = begun.and_then(|mut world| {
        world.nature = nature;
        let outcome = world.live();
        trace = std::mem::take(&mut world.trace);
        outcome
    });
    Outcome { trace, broken: broken.err() }
}

impl World {
    /// Everything that happens, then the mending, then the checks.
    fn live(&mut self) -> Result<(), String> {
        self.unrest.links = self.server.links();
        for _ in 0..EVENTS {
            self.event()?;
        }
        self.trace.push("mended".into());
        self.holds_nothing_made_up()?;
        for device in 0..DEVICES {
            self.devices[device].mend();
            if !self.devices[device].is_up() {
                self.hang_up(device);
                self.open(device)?;
            }
        }
        self.make_peace();
        for device in self.drafts.keys().copied().collect::<Vec<_>>() {
            self.close_draft(device);
        }
        // Longer than any draft may stay one, and than any wait before connecting again.
        self.now_ms += 120_000;
        self.settle()?;
        if !self.nature.is_calm() {
            self.everybody_connects_anew();
            self.settle()?;
            self.holds_nothing_made_up()?;
            self.somebody_joins()?;
        }
        self.check()
    }

    fn event(&mut self) -> Result<(), String> {
        if !self.nature.is_calm() && self.chance.once_in(8) {
            return self.mischief();
        }
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
            self.open(device)?;
        }
        Ok(())
    }

    /// The next message from a device reaches the server.
    fn deliver_one(&mut self, device: usize) {
        let Some(connection) = self.connected.get(&device).copied() else { return };
        let Some(message) = self.devices[device].outbox.pop_front() else { return };
        for message in self.on_the_way(connection, message) {
            for (to, message) in self.server.take(connection, message, &mut self.chance) {
                self.put(to, message);
            }
        }
    }

    fn put(&mut self, to: Connection, message: Incoming) {
        let device =
            self.connected.iter().find(|(_, connection)| **connection == to).map(|(device, _)| *device);
        if let Some(device) = device {
            self.arrive(device, message);
        }
    }

    /// The next message from the server reaches a device.
    fn deliver_to(&mut self, device: usize) {
        if let Some(message) = self.devices[device].inbox.pop_front() {
            self.tell(device, message);
        }
    }

    fn tell(&mut self, device: usize, message: Incoming) {
        let now = self.now_ms;
        self.note_sent(device);
        let is_links = matches!(message, Incoming::Links { .. });
        self.devices[device].input(Input::Server(message), now, &mut self.chance);
        if is_links {
            self.note_heard(device);
        }
        self.note_sent(device);
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
        self.keep_late(device);
        self.devices[device].outbox.clear();
        self.devices[device].inbox.clear();
    }

    fn crash(&mut self, device: usize) -> Result<(), String> {
        self.trace.push(format!("device {device} crashes"));
        self.hang_up(device);
        self.devices[device].crash();
        self.drafts.remove(&device);
        if self.chance.once_in(2) {
            self.open(device)?;
        }
        Ok(())
    }

    /// Opens a vault, and takes note of what its disk says was sent.
    fn open(&mut self, device: usize) -> Result<(), String> {
        self.devices[device].start(self.now_ms, &mut self.chance)?;
        self.note_sent_before(device);
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
        self.devices[device].set_clock(years * 365 * 24 * 3_600_000);
        self.trace.push(format!("device {device} is {years} years off"));
    }

    fn pass_time(&mut self) {
        self.now_ms += [10, 1_000, 6_000][self.chance.below(3)];
        for device in 0..DEVICES {
            if self.devices[device].is_due(self.now_ms) {
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
                if self.devices[device].is_due(self.now_ms) {
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
                quiet &= self.devices[device].has_said_all() && self.devices[device].inbox.is_empty();
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
                    self.open(device)?;
                }
                self.connect(device);
                if self.devices[device].is_due_once_it_looks(self.now_ms) {
                    self.devices[device].input(Input::Wake, self.now_ms, &mut self.chance);
                }
            }
            self.deliver_all();
            let rests = |(place, device): (usize, &Device)| {
                let status = &device.view.status;
                let is_out = status.problem == Some(Problem::Removed);
                device.is_up()
                    && device.has_said_all()
                    && !device.is_due_once_it_looks(self.now_ms)
                    && if self.removed.contains_key(&place) { is_out } else { status.sync == SyncState::Idle }
            };
            if self.devices.iter().enumerate().all(rests) {
                return Ok(());
            }
        }
        let states: Vec<_> = self
            .devices
            .iter()
            .map(|d| (d.view.status.sync, d.view.status.problem, d.view.status.pending))
            .collect();
        Err(format!("the world does not come to rest: {states:?}"))
    }
}
