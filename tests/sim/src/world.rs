//! A run: three devices that write, a server, and everything between them that breaks.

use std::collections::BTreeMap;

use haven_core::entry::{Draft, Edit, EntryKind};
use haven_core::id::EntryId;
use haven_engine::command::{Command, DraftId, DraftSave, ImportItem, Reply, ServerChoice};
use haven_engine::engine::Input;
use haven_engine::io::{Store, StoreFault};
use haven_engine::join::{JoinInput, JoinSend, Joining};
use haven_engine::sync::{Incoming, Refusal};
use haven_engine::vault::{create_with, local_key};
use haven_engine::view::{Filter, View};
use haven_feed::digest::digest;
use haven_store::faulty::Mishap;
use haven_store::memory::MemoryStore;

use crate::chance::Chance;
use crate::device::{Asked, Device};
use crate::model::Model;
use crate::server::{Connection, SimServer};

/// How many devices a world has.
pub const DEVICES: usize = 3;

/// How many things happen before everything is mended.
const EVENTS: usize = 120;

/// How many quiet rounds the world gets to settle; far more than any honest one needs.
const ROUNDS_TO_SETTLE: usize = 4_000;

/// A world in the middle of a run.
pub struct World {
    chance: Chance,
    devices: Vec<Device>,
    server: SimServer,
    connected: BTreeMap<usize, Connection>,
    next_connection: Connection,
    now_ms: u64,
    model: Model,
    drafts: BTreeMap<usize, OpenDraft>,
    trace: Vec<String>,
    words: Vec<String>,
}

/// A draft that an editor has open.
struct OpenDraft {
    id: DraftId,
    text: String,
    words: Vec<String>,
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
        let mut world = Self {
            server,
            devices: Vec::new(),
            connected: BTreeMap::new(),
            next_connection: 0,
            now_ms: 0,
            model: Model::default(),
            drafts: BTreeMap::new(),
            trace: Vec::new(),
            words: Vec::new(),
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
        let created = create_with(local_key(key), vec![1], "Laptop", &mut self.chance).map_err(|f| f.to_string())?;
        let mut disk = MemoryStore::new();
        disk.apply(created.commit).map_err(|fault| fault.to_string())?;
        self.devices.push(Device::new(disk, key));
        self.devices[0].start(self.now_ms, &mut self.chance)?;
        let (server_key, invite) = self.server.introduction();
        let choice = ServerChoice { url: "http://sim".into(), server_key, invite: Some(invite) };
        match self.devices[0].ask(Command::SetServer(choice), self.now_ms, &mut self.chance) {
            Asked::Answered(Ok(_)) => Ok(()),
            _ => Err("the server was not set".into()),
        }
    }

    /// Links a new device to the first one, through the server's mailbox.
    fn join(&mut self, device: usize) -> Result<(), String> {
        let Asked::Answered(Ok(Reply::LinkStarted(started))) =
            self.devices[0].ask(Command::StartLink, self.now_ms, &mut self.chance)
        else {
            return Err("no linking code was given".into());
        };
        self.deliver_all();
        let name = ["Laptop", "Phone", "Tablet"][device % 3];
        let (mut joining, mut step) =
            Joining::start(&started.code, name, &mut self.chance).map_err(|f| f.to_string())?;
        let (mut seen, mut mailbox, mut asked) = (0, [0; 16], false);
        for _ in 0..200 {
            let mut inputs = Vec::new();
            for send in std::mem::take(&mut step.send) {
                inputs.extend(self.carry(send, &mut mailbox));
            }
            self.deliver_all();
            if let Some(words) = step.words.take().filter(|_| !asked) {
                asked = true;
                let confirm = Command::ConfirmLink { words };
                let _ = self.devices[0].ask(confirm, self.now_ms, &mut self.chance);
                self.deliver_all();
            }
            let messages = self.server.mailbox(&mailbox).to_vec();
            if let Some(message) = messages.get(seen) {
                seen += 1;
                let index = u32::try_from(seen).unwrap_or(u32::MAX);
                inputs.push(JoinInput::Mailbox { index, message: message.clone() });
            }
            let mut next = haven_engine::join::JoinStep::default();
            for input in inputs {
                let one = joining.step(input, &mut self.chance).map_err(|fault| fault.to_string())?;
                next.send.extend(one.send);
                next.words = one.words.or(next.words);
                next.linked |= one.linked;
            }
            if next.linked {
                return self.move_in(device, joining);
            }
            step = next;
        }
        Err(format!("device {device} was not linked"))
    }

    fn carry(&mut self, send: JoinSend, mailbox: &mut [u8; 16]) -> Option<JoinInput> {
        match send {
            JoinSend::Watch { mailbox: watched } => {
                *mailbox = watched;
                None
            }
            JoinSend::Post { mailbox, message, .. } => {
                for (to, message) in self.server.post(&mailbox, message) {
                    self.put(to, message);
                }
                None
            }
            JoinSend::Challenge { space, feed } => {
                joined(self.server.challenge_joiner(space, feed, &mut self.chance))
            }
            JoinSend::LogIn { space, feed, nonce, signature } => {
                joined(self.server.log_joiner_in(space, feed, nonce, signature))
            }
            JoinSend::ListLinks { .. } => Some(JoinInput::Links(self.server.links())),
            JoinSend::Retry { .. } => Some(JoinInput::Again),
        }
    }

    fn move_in(&mut self, device: usize, joining: Joining) -> Result<(), String> {
        let key = self.chance.bytes();
        let (_, commit) = joining
            .seal_with(local_key(key), vec![1], "http://sim", &mut self.chance)
            .map_err(|fault| fault.to_string())?;
        let mut disk = MemoryStore::new();
        disk.apply(commit).map_err(|fault| fault.to_string())?;
        self.devices.push(Device::new(disk, key));
        self.trace.push(format!("device {device} linked"));
        self.devices[device].start(self.now_ms, &mut self.chance)
    }

    /// Everything that happens, then the mending, then the checks.
    fn live(&mut self) -> Result<(), String> {
        for _ in 0..EVENTS {
            self.event()?;
        }
        self.trace.push("mended".into());
        for device in 0..DEVICES {
            self.devices[device].fuse = None;
            if !self.devices[device].is_up() {
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
            84..88 => self.crash(device)?,
            88..90 => self.plan_mishap(device),
            90..91 => self.crash_server(),
            91..93 => self.turn_clock(device),
            _ => self.pass_time(),
        }
        if !self.devices[device].is_up() && self.chance.once_in(3) {
            self.trace.push(format!("device {device} starts"));
            self.devices[device].start(self.now_ms, &mut self.chance)?;
        }
        Ok(())
    }

    fn write(&mut self, device: usize) {
        if !self.devices[device].is_up() {
            return;
        }
        match self.chance.below(10) {
            0..3 => self.add(device),
            3..7 => self.edit(device),
            7 => self.trash_or_restore(device),
            8 => self.draft(device),
            _ => self.import(device),
        }
    }

    fn add(&mut self, device: usize) {
        let word = self.fresh_word();
        let mut draft = Draft::new(EntryKind::Note, date(self.chance.below(28)));
        draft.text = format!("{word} ");
        draft.title = format!("title {}", self.chance.below(9));
        let asked = self.devices[device].ask(Command::Add(draft), self.now_ms, &mut self.chance);
        match asked {
            Asked::Answered(Ok(Reply::Entry(entry))) => {
                self.trace.push(format!("device {device} adds {entry} {word}"));
                self.model.added(entry, word);
            }
            _ => self.trace.push(format!("device {device} may have added {word}")),
        }
    }

    fn edit(&mut self, device: usize) {
        let Some((id, text)) = self.some_entry(device) else { return };
        let word = self.fresh_word();
        let (changed, removed) = self.rewrite(&text, &word);
        let edit = Edit { text: Some(changed), ..Edit::default() };
        let asked = self.devices[device].ask(Command::Edit { id, base: None, edit }, self.now_ms, &mut self.chance);
        match asked {
            Asked::Answered(Ok(_)) => {
                self.trace.push(format!("device {device} edits {id} +{word} -{removed:?}"));
                self.model.edited(id, Some(word), &removed);
            }
            _ => {
                self.trace.push(format!("device {device} may have edited {id}"));
                self.model.maybe_edited(id, &removed);
            }
        }
    }

    /// Puts a word somewhere into a text and perhaps takes one out.
    fn rewrite(&mut self, text: &str, word: &str) -> (String, Vec<String>) {
        let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        let removed = if !words.is_empty() && self.chance.once_in(3) {
            vec![words.remove(self.chance.below(words.len()))]
        } else {
            Vec::new()
        };
        let place = self.chance.below(words.len() + 1);
        words.insert(place, word.to_owned());
        (words.iter().map(|word| format!("{word} ")).collect(), removed)
    }

    fn trash_or_restore(&mut self, device: usize) {
        let Some((id, text)) = self.some_entry(device) else { return };
        let (now, chance) = (self.now_ms, &mut self.chance);
        match chance.below(4) {
            0 => drop(self.devices[device].ask(Command::Trash(id), now, chance)),
            1 => drop(self.devices[device].ask(Command::Untrash(id), now, chance)),
            _ => {
                let Asked::Answered(Ok(Reply::History(versions))) =
                    self.devices[device].ask(Command::History(id), now, chance)
                else {
                    return;
                };
                let Some(version) = chance.pick(&versions).map(|shown| shown.version.clone()) else { return };
                let show = Command::Show { id, version: Some(version.clone()) };
                let Asked::Answered(Ok(Reply::Shown(then, _))) = self.devices[device].ask(show, now, chance) else {
                    return;
                };
                self.model.restored(id, &text, &then.text);
                drop(self.devices[device].ask(Command::Restore { id, version }, now, chance));
            }
        }
        self.trace.push(format!("device {device} trashes or restores {id}"));
    }

    fn draft(&mut self, device: usize) {
        if self.drafts.contains_key(&device) && self.chance.once_in(3) {
            self.close_draft(device);
            return;
        }
        let word = self.fresh_word();
        let id = DraftId(self.chance.bytes());
        let open = self.drafts.entry(device).or_insert(OpenDraft { id, text: String::new(), words: Vec::new() });
        open.text.push_str(&format!("{word} "));
        let mut draft = Draft::new(EntryKind::Note, date(3));
        draft.text.clone_from(&open.text);
        let save = DraftSave { id: open.id, editing: None, draft };
        let asked = self.devices[device].ask(Command::SaveDraft(save), self.now_ms, &mut self.chance);
        if matches!(asked, Asked::Answered(Ok(_))) {
            open.words.push(word);
        } else {
            // The editor went down with the device; what it had saved before is found in the drafts.
            let open = self.drafts.remove(&device);
            self.trace.push(format!("device {device} loses an editor with {} words saved", open.map_or(0, |o| o.words.len())));
        }
    }

    /// Closes an editor: what was autosaved becomes an entry.
    fn close_draft(&mut self, device: usize) {
        let Some(open) = self.drafts.remove(&device) else { return };
        if !self.devices[device].is_up() {
            return;
        }
        let asked = self.devices[device].ask(Command::CommitDraft(open.id), self.now_ms, &mut self.chance);
        if let Asked::Answered(Ok(Reply::Entry(entry))) = asked {
            self.trace.push(format!("device {device} closes a draft as {entry}"));
            for word in open.words {
                self.model.added(entry, word);
            }
        }
    }

    fn import(&mut self, device: usize) {
        let lines = (0..self.chance.below(40) + 1)
            .map(|line| {
                let word = self.fresh_word();
                let text = format!("{{\"date\":\"1660-01-{:02}\",\"text\":\"{word} \"}}", line % 28 + 1);
                ImportItem { line: line as u64, bytes: text.into_bytes() }
            })
            .collect();
        let command = Command::Import { lines, dry_run: false };
        let asked = self.devices[device].ask(command, self.now_ms, &mut self.chance);
        if let Asked::Answered(Ok(Reply::Imported(imported))) = asked {
            self.trace.push(format!("device {device} imports {}", imported.imported));
        }
    }

    fn some_entry(&mut self, device: usize) -> Option<(EntryId, String)> {
        let filter = Filter::default();
        let view = self.devices[device].view.clone();
        let rows: Vec<_> = view.list(&filter).collect();
        self.chance.pick(&rows).map(|row| (row.entry.id, row.entry.text.clone()))
    }

    fn fresh_word(&mut self) -> String {
        let word = self.model.word();
        self.words.push(word.clone());
        word
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
        let device = self.connected.iter().find(|(_, connection)| **connection == to).map(|(device, _)| *device);
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
        if !self.devices[device].is_up() {
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
            let idle = |device: &Device| device.view.status.sync == haven_engine::sync::SyncState::Idle;
            if self.devices.iter().all(idle) {
                return Ok(());
            }
        }
        let states: Vec<_> =
            self.devices.iter().map(|d| (d.is_up(), d.view.status.sync, d.view.status.pending)).collect();
        Err(format!("the world does not come to rest: {states:?}"))
    }

    fn check(&mut self) -> Result<(), String> {
        for (device, state) in self.devices.iter().enumerate() {
            self.model.check(&state.view).map_err(|broken| format!("on device {device}: {broken}"))?;
            if let Some(alarm) = state.view.status.alarms.first() {
                return Err(format!("device {device} raised {} in an honest world", alarm.kind));
            }
            if let Some(difference) = difference(&self.devices[0].view, &state.view) {
                return Err(format!("devices 0 and {device} disagree: {difference}"));
            }
        }
        let said: Vec<u8> = self.server.holdings().concat();
        let leaked = self.words.iter().find(|word| said.windows(word.len()).any(|part| part == word.as_bytes()));
        leaked.map_or(Ok(()), |word| Err(format!("the server holds {word} in the clear")))?;
        self.reopen()
    }

    /// Every device says the same after it was closed and opened again.
    fn reopen(&mut self) -> Result<(), String> {
        for device in 0..DEVICES {
            let before = self.devices[device].view.clone();
            self.hang_up(device);
            self.devices[device].crash();
            self.devices[device].start(self.now_ms, &mut self.chance)?;
            if let Some(difference) = difference(&before, &self.devices[device].view) {
                return Err(format!("device {device} says something else after it was opened again: {difference}"));
            }
        }
        Ok(())
    }
}

fn joined(incoming: Incoming) -> Option<JoinInput> {
    match incoming {
        Incoming::Challenged { nonce, server_key, store_id, signature } => {
            Some(JoinInput::Challenged { nonce, server_key, store_id, signature })
        }
        Incoming::LoggedIn => Some(JoinInput::LoggedIn),
        Incoming::Refused { refusal, .. } => Some(JoinInput::Refused(refusal)),
        _ => Some(JoinInput::Refused(Refusal::Other)),
    }
}

fn date(day: usize) -> haven_core::time::CivilTime {
    format!("2026-01-{:02}", day % 28 + 1).parse().expect("a day of January")
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
            || one.version != other.version
    });
    differs.map(|(one, other)| format!("{} says {:?} and {:?}", one.entry.id, one.entry.text, other.entry.text))
}
