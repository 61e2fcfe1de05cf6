//! One device of the world: an engine on a disk that can fail, with a clock of its own.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use haven_core::id::EntryId;
use haven_core::shelf::Shelf;
use haven_engine::command::{Command, Fault, Reply, Ticket};
use haven_engine::drops::{self, Dropped};
use haven_engine::engine::{Engine, Input};
use haven_engine::io::{Context, Now, Reader as _, Store as _};
use haven_engine::sync::{Incoming, Outgoing};
use haven_engine::turn::{Shell, release, turn};
use haven_engine::vault::{Unlocked, local_key};
use haven_engine::view::View;
use haven_feed::ids::{FeedId, SpaceId};
use haven_store::faulty::{FaultyDisk, Mishap};
use haven_store::memory::MemoryStore;

use crate::chance::Chance;

/// A device.
pub struct Device {
    /// Its disk.
    pub disk: FaultyDisk<MemoryStore>,
    /// What its vault opens with.
    pub(crate) key: [u8; 32],
    /// Who it is, once its vault was open.
    pub feed: FeedId,
    /// Its vault, once it was open.
    pub space: SpaceId,
    shelf: Shelf,
    engine: Option<Engine>,
    /// The snapshot its readers see.
    pub view: Arc<View>,
    /// On their way to the server, in order.
    pub outbox: VecDeque<Outgoing>,
    /// On their way from the server, in order.
    pub inbox: VecDeque<Incoming>,
    /// Whether it wants to be connected.
    pub wants_connection: bool,
    /// How far its wall clock is off, in milliseconds.
    skew_ms: i64,
    /// Whether somebody set its wall clock since it last did anything. Nothing wakes it for that, so it does not know yet.
    clock_was_set: bool,
    wake: Option<u64>,
    next_ticket: u64,
    answers: Vec<(Ticket, Result<Reply, Fault>)>,
    /// The records that it began to send since somebody took note of them.
    pub sent: Vec<Bytes>,
    /// How many effects of the next turn still get out before it crashes; none: no crash.
    pub fuse: Option<usize>,
}

/// What is told of other devices and is nothing wrong.
pub const NEWS: [&str; 3] = ["DEVICE_ADDED", "DEVICE_REMOVED", "KIT_REPLACED"];

/// What became of a question.
pub enum Asked {
    /// It was answered.
    Answered(Result<Reply, Fault>),
    /// The device went down before it answered: it may have happened or not.
    Unknown,
    /// The answer comes later.
    Pending,
}

struct Outside<'a> {
    outbox: &'a mut VecDeque<Outgoing>,
    wants_connection: &'a mut bool,
    answers: &'a mut Vec<(Ticket, Result<Reply, Fault>)>,
    view: &'a mut Arc<View>,
    wake: &'a mut Option<u64>,
    fuse: &'a mut Option<usize>,
    sent: &'a mut Vec<Bytes>,
    blown: bool,
}

impl Outside<'_> {
    /// Whether this effect still gets out.
    fn passes(&mut self) -> bool {
        match self.fuse {
            None => true,
            Some(0) => {
                self.blown = true;
                false
            }
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }
}

impl Shell for Outside<'_> {
    fn send(&mut self, message: Outgoing) {
        if let Outgoing::Push { records, .. } = &message {
            self.sent.extend(records.iter().cloned());
        }
        if !self.passes() {
            return;
        }
        match message {
            Outgoing::Reconnect { .. } => *self.wants_connection = true,
            Outgoing::HangUp => *self.wants_connection = false,
            message => self.outbox.push_back(message),
        }
    }

    fn reply(&mut self, ticket: Ticket, answer: Result<Reply, Fault>) {
        if self.passes() {
            self.answers.push((ticket, answer));
        }
    }

    fn publish(&mut self, view: Arc<View>) {
        if self.passes() {
            *self.view = view;
        }
    }

    fn wake(&mut self, at_ms: Option<u64>) {
        *self.wake = at_ms;
    }
}

impl Device {
    /// A device with a new vault on its disk, not yet opened.
    pub fn new(disk: MemoryStore, key: [u8; 32], shelf: Shelf) -> Self {
        Self {
            disk: FaultyDisk::new(disk),
            key,
            feed: FeedId::ZERO,
            space: SpaceId::ZERO,
            sent: Vec::new(),
            shelf,
            engine: None,
            view: Arc::default(),
            outbox: VecDeque::new(),
            inbox: VecDeque::new(),
            wants_connection: false,
            skew_ms: 0,
            clock_was_set: false,
            wake: None,
            next_ticket: 0,
            answers: Vec::new(),
            fuse: None,
        }
    }

    /// Whether its vault is open.
    pub fn is_up(&self) -> bool {
        self.engine.is_some()
    }

    /// Up to which record it has written, as its disk holds it.
    pub fn written(&self) -> u64 {
        self.held().get(&self.feed).copied().unwrap_or_default()
    }

    /// Up to which record its disk holds each feed.
    pub fn held(&self) -> BTreeMap<FeedId, u64> {
        self.disk.disk().heads(self.space).unwrap_or_default().into_iter().collect()
    }

    /// Whether nothing is on its way from it to the server.
    pub fn has_said_all(&self) -> bool {
        self.outbox.is_empty()
    }

    /// The links that its disk holds.
    pub fn links(&self) -> Vec<Vec<u8>> {
        self.disk.disk().links(self.space).unwrap_or_default()
    }

    /// The time on its clocks.
    pub fn now(&self, world_ms: u64) -> Now {
        let wall =
            i64::try_from(world_ms).unwrap_or(i64::MAX).saturating_add(1_700_000_000_000 + self.skew_ms);
        Now { wall_ms: wall, mono_ms: world_ms }
    }

    /// Somebody sets its wall clock.
    pub fn set_clock(&mut self, skew_ms: i64) {
        self.clock_was_set |= self.skew_ms != skew_ms;
        self.skew_ms = skew_ms;
    }

    /// Whether it is up and wanted to be woken by now.
    pub fn is_due(&self, world_ms: u64) -> bool {
        self.is_up() && self.wake.is_some_and(|at| at <= world_ms)
    }

    /// Whether it would do something if it only looked at its clocks. One that was set counts like a day gone by: with the next
    /// thing that happens to it, if only a question, a device owes the others a sign of life and writes a record.
    pub fn is_due_once_it_looks(&self, world_ms: u64) -> bool {
        self.is_due(world_ms) || (self.is_up() && self.clock_was_set)
    }

    /// The process dies; what is on its way is lost.
    pub fn crash(&mut self) {
        self.disk.crash();
        self.lock();
    }

    /// Somebody closes the vault; what is on its way is lost.
    pub fn lock(&mut self) {
        self.engine = None;
        self.outbox.clear();
        self.inbox.clear();
        self.wants_connection = false;
        self.wake = None;
        self.fuse = None;
        self.answers.clear();
    }

    /// Keeps words while the vault is closed. Tells what they will be, if they are certain to be kept: a crash may come before
    /// anybody is told.
    pub fn seal(&mut self, dropped: &Dropped, chance: &mut Chance) -> Option<EntryId> {
        self.begin_again();
        let (commit, id) = drops::seal(&self.disk, dropped, chance).ok()?;
        self.disk.apply(commit).is_ok().then_some(id)
    }

    /// A process that died begins again on what the disk holds, with its vault closed.
    fn begin_again(&mut self) {
        if self.disk.is_down() {
            self.disk.restart();
        }
    }

    /// Somebody opens the vault on what the disk holds.
    ///
    /// # Errors
    /// The vault does not open.
    pub fn start(&mut self, world_ms: u64, chance: &mut Chance) -> Result<(), String> {
        self.begin_again();
        let unlocked =
            Unlocked::read(local_key(self.key).into(), &self.disk).map_err(|fault| fault.to_string())?;
        let now = self.now(world_ms);
        self.clock_was_set = false;
        let mut context = Context { now, entropy: chance, reader: &self.disk };
        let (engine, step) =
            Engine::open(unlocked, self.shelf.clone(), &mut context).map_err(|fault| fault.to_string())?;
        (self.feed, self.space) = (engine.feed(), engine.space());
        self.engine = Some(engine);
        let again = step.again;
        let (disk, mut outside) = self.outside();
        let fault = release(step, disk, &mut outside).err();
        if fault.is_some() || outside.blown {
            self.crash();
        } else if again {
            self.input(Input::Wake, world_ms, chance);
        }
        Ok(())
    }

    fn outside(&mut self) -> (&mut dyn haven_engine::io::Store, Outside<'_>) {
        let outside = Outside {
            outbox: &mut self.outbox,
            wants_connection: &mut self.wants_connection,
            answers: &mut self.answers,
            view: &mut self.view,
            wake: &mut self.wake,
            fuse: &mut self.fuse,
            sent: &mut self.sent,
            blown: false,
        };
        (&mut self.disk, outside)
    }

    /// Feeds one input through a turn. A failed commit takes the engine down, as the node does.
    pub fn input(&mut self, input: Input, world_ms: u64, chance: &mut Chance) {
        let now = self.now(world_ms);
        self.clock_was_set = false;
        let Some(mut engine) = self.engine.take() else { return };
        let (disk, mut outside) = self.outside();
        let failed = turn(&mut engine, disk, input, now, chance, &mut outside).is_err();
        if outside.blown {
            self.crash();
            return;
        }
        self.fuse = None;
        if !failed {
            self.engine = Some(engine);
            return;
        }
        let crashed = self.disk.is_down();
        let answers = std::mem::take(&mut self.answers);
        self.crash();
        // A failed commit is told to whoever asked; a crash is not.
        if !crashed {
            self.answers = answers;
        }
    }

    /// Asks and waits for the answer, if it comes in this turn.
    pub fn ask(&mut self, command: Command, world_ms: u64, chance: &mut Chance) -> Asked {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        self.input(Input::Client(ticket, command), world_ms, chance);
        match self.answer(ticket) {
            Some(answer) => Asked::Answered(answer),
            None if self.is_up() => Asked::Pending,
            None => Asked::Unknown,
        }
    }

    /// The kinds of the alarms that stand; of what is news, and not wrong, if asked for.
    pub fn alarms(&self, news: bool) -> Vec<&'static str> {
        let kinds = self.view.status.alarms.iter().map(|alarm| alarm.kind);
        kinds.filter(|kind| NEWS.contains(kind) == news).collect()
    }

    /// Takes the answers to questions that were pending.
    pub fn late_answers(&mut self) -> Vec<Result<Reply, Fault>> {
        self.answers.drain(..).map(|(_, answer)| answer).collect()
    }

    fn answer(&mut self, ticket: Ticket) -> Option<Result<Reply, Fault>> {
        let place = self.answers.iter().position(|(answered, _)| *answered == ticket)?;
        Some(self.answers.swap_remove(place).1)
    }

    /// Takes back what was planned to go wrong.
    pub fn mend(&mut self) {
        self.fuse = None;
        self.disk.spare();
    }

    /// Plans a mishap for its next commit.
    pub fn plan(&mut self, mishap: Mishap) {
        self.disk.plan(mishap);
    }
}
