//! What must hold at the end, on every device, between them, and in what the server holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use haven_core::id::EntryId;
use haven_core::import::{Rest, export_line, forgotten_line, person_line};
use haven_core::time::NoZones;
use haven_engine::command::{Command, ImportItem, Reply};
use haven_engine::io::Store;
use haven_engine::vault::{create_with, local_key};
use haven_engine::view::{Row, View};
use haven_store::memory::MemoryStore;

use super::World;
use crate::chance::Chance;
use crate::device::{Asked, Device};
use crate::door::{Door, applied};
use crate::model::{Counting, Said, words_in};
use crate::rule::{Held, Removed, counted};
use haven_feed::ids::{FeedId, Position};

/// One word in so many is looked for in what the server holds; over a thousand worlds every kind of place comes up.
const LEAK_CHECK_EVERY: usize = 40;

impl World {
    pub(super) fn check(&mut self) -> Result<(), String> {
        if let Some(broken) = self.unrest.under_old_epoch.take() {
            return Err(broken);
        }
        let written: Vec<u64> = self.devices.iter().map(Device::written).collect();
        self.compare_acts();
        let remaining = self.remaining();
        let first = remaining[0];
        let counting = self.counting(&remaining)?;
        let (_, out) = self.model.figures(&counting);
        self.trace.extend((out > 0).then(|| format!("{out} words of who was removed do not count")));
        let journals: Vec<_> =
            (0..self.devices.len()).map(|device| self.journal(device)).collect::<Result<_, _>>()?;
        for device in &remaining {
            self.check_device(*device, first, &journals, &counting)?;
        }
        for (device, journal) in journals.iter().enumerate() {
            let drafts = self.draft_words(device);
            let own = if self.removed.contains_key(&device) {
                self.model.check_own(device, &drafts, journal)
            } else {
                self.model.check_kept(device, &drafts, journal)
            };
            own.map_err(|broken| format!("on device {device}: {broken}"))?;
        }
        let (now_ms, chance) = (self.now_ms, &mut self.chance);
        let those = self.devices.iter_mut().enumerate().filter(|(device, _)| remaining.contains(device));
        let exports: BTreeSet<Vec<String>> =
            those.map(|(_, device)| exported(device, now_ms, chance)).collect();
        if exports.len() > 1 {
            return Err("the devices would export different bytes".into());
        }
        let mut imports = BTreeSet::new();
        let view = self.devices[first].view.clone();
        if !view.rows().filter_map(|row| row.entry.import_id).all(|identity| imports.insert(identity)) {
            return Err("a line was imported as two entries".into());
        }
        self.move_out(first)?;
        let said: Vec<u8> = self.server.holdings().concat();
        let leaked = self
            .words
            .iter()
            .step_by(LEAK_CHECK_EVERY)
            .find(|word| said.windows(word.len()).any(|part| part == word.as_bytes()));
        leaked.map_or(Ok(()), |word| Err(format!("the server holds {word} in the clear")))?;
        self.was_at_rest(&written)?;
        self.reopen()
    }

    /// Nobody writes because of a question. A device that does had something to say already, and was not at rest when all were
    /// compared: what it says then is on its way to nobody, and looks as if the devices did not agree.
    fn was_at_rest(&self, written: &[u64]) -> Result<(), String> {
        let stirs = |(device, before): (&Device, &u64)| device.written() != *before || !device.has_said_all();
        let stirred = self.devices.iter().zip(written).position(stirs);
        stirred.map_or(Ok(()), |device| Err(format!("device {device} was not at rest when it was asked")))
    }

    /// What one of the devices that remain shows.
    fn check_device(
        &self,
        device: usize,
        first: usize,
        journals: &[BTreeMap<EntryId, Said>],
        counting: &Counting,
    ) -> Result<(), String> {
        let state = &self.devices[device];
        self.has_applied(device, counting)?;
        let alarms: Vec<_> = state.view.status.alarms.iter().map(|alarm| alarm.kind).collect();
        self.model
            .check(&journals[device], &state.view, counting)
            .map_err(|broken| format!("on device {device}: {broken}; its alarms: {alarms:?}"))?;
        self.explain(device, &alarms, counting)?;
        if let Some(difference) = difference(&self.devices[first].view, &state.view) {
            return Err(format!("devices {first} and {device} disagree: {difference}"));
        }
        let differs = journals[first]
            .iter()
            .find(|(id, said)| journals[device].get(*id).is_none_or(|other| !said.agrees(other)));
        if let Some((id, _)) = differs {
            return Err(format!(
                "devices {first} and {device} read the versions that met in {id} differently"
            ));
        }
        Ok(())
    }

    /// All that counts is applied, and nothing else.
    fn has_applied(&self, device: usize, counting: &Counting) -> Result<(), String> {
        let mut counts = self.devices[device].held();
        for (who, last) in &counting.last {
            counts.insert(self.devices[*who].feed, *last);
        }
        counts.retain(|_, last| *last > 0);
        let applied = applied(&self.devices[device]);
        if applied == counts {
            return Ok(());
        }
        Err(format!("device {device} has applied {applied:?}; what counts is {counts:?}"))
    }

    /// Every alarm has a reason, and what does not count of who was removed is told.
    fn explain(&self, device: usize, alarms: &[&'static str], counting: &Counting) -> Result<(), String> {
        let held = self.devices[device].held();
        let written = |(who, last): (&usize, &u64)| {
            let is_more = held.get(&self.devices[*who].feed).is_some_and(|seq| seq > last);
            is_more && !counting.lost.contains(who)
        };
        let is_uncounted = counting.last.iter().any(written);
        let told = alarms.contains(&"REMOVED_DEVICE_WROTE");
        if is_uncounted != told {
            return Err(format!(
                "device {device} holds what does not count of who was removed: {is_uncounted}; it says so: {told}"
            ));
        }
        let has_reason = |kind: &&&str| match **kind {
            "REMOVED_DEVICE_WROTE" | "DEVICE_ADDED" => true,
            "DEVICE_REMOVED" => !self.removed.is_empty(),
            "BODY_MISSING" => !counting.lost.is_empty(),
            "RECORD_PUT_ASIDE" if !counting.without.is_empty() => true,
            kind => self.unrest.explained.contains(kind),
        };
        match alarms.iter().find(|kind| !has_reason(kind)) {
            Some(kind) => Err(format!("device {device} raised {kind} for no reason")),
            None => Ok(()),
        }
    }

    /// The devices that remain and the server hold the same, whole. Tells what counts of who was removed: by what all records
    /// say, and by what those say alone which were written before their authors heard of the removal.
    fn counting(&self, remaining: &[usize]) -> Result<Counting, String> {
        let held: Vec<_> = remaining.iter().map(|device| (*device, self.devices[*device].held())).collect();
        let (first, all) = &held[0];
        if let Some((device, other)) = held.iter().find(|(_, other)| other != all) {
            return Err(format!("devices {first} and {device} hold {all:?} and {other:?}"));
        }
        let server: BTreeMap<_, _> =
            self.server.vector().iter().map(|(feed, position)| (feed, position.seq)).collect();
        if server != *all {
            return Err(format!("the devices hold {all:?}, the server {server:?}"));
        }
        let husks = self.server.husks();
        if self.removed.is_empty() {
            return if husks.is_empty() { Ok(Counting::default()) } else { Err(format!("husks: {husks:?}")) };
        }
        let door = Door::open(&self.devices[*first]).ok_or("a device's own disk does not open")?;
        let (mut feeds, mut lost): (BTreeMap<FeedId, Held>, BTreeMap<FeedId, u64>) = Default::default();
        for (feed, last) in all {
            let mut records = Held::default();
            for seq in 1..=*last {
                let record = door.record(feed, seq).ok_or(format!("record {seq} of {feed} is gone"))?;
                records.ids.push(record.id());
                match door.names(&record) {
                    Some(names) => records.names.push((seq, names)),
                    None => {
                        self.is_lost(remaining, feed, seq, &husks)?;
                        lost.entry(*feed).or_insert(seq);
                    }
                }
            }
            feeds.insert(*feed, records);
        }
        let heads: Removed =
            self.removed.iter().map(|(who, removal)| (self.devices[*who].feed, removal.head)).collect();
        let counts = counted(&heads, &feeds, &|_, _, _| true);
        let before = counted(&heads, &feeds, &|by, seq, feed| self.had_not_heard(by, seq, feed));
        if counts != before {
            return Err(format!("whoever heard of a removal let more count: {counts:?}, not {before:?}"));
        }
        let mut counting = Counting::default();
        for who in self.removed.keys() {
            let feed = &self.devices[*who].feed;
            let last = counts.get(feed).copied().unwrap_or_default();
            let gone = lost.get(feed).copied().filter(|gone| *gone <= last);
            counting.last.insert(*who, gone.map_or(last, |gone| gone - 1));
            counting.lost.extend(gone.map(|_| *who));
            let without = feeds.get(feed).and_then(|theirs| first_without(theirs, all, last));
            counting.without.extend(without.map(|first| (*who, first)));
        }
        Ok(counting)
    }

    /// Checks that a body is nowhere: its author was removed, and neither the server nor whoever remains has it.
    fn is_lost(
        &self,
        remaining: &[usize],
        feed: &FeedId,
        seq: u64,
        husks: &[(FeedId, u64)],
    ) -> Result<(), String> {
        let has_it = |device: &&usize| {
            let door = Door::open(&self.devices[**device]);
            let record = door.and_then(|door| door.record(feed, seq));
            record.is_some_and(|record| !record.is_husk())
        };
        let holder = remaining.iter().find(has_it);
        if let Some(device) = holder {
            return Err(format!("only some have the body of record {seq} of {feed}: device {device} does"));
        }
        let is_there = !husks.contains(&(*feed, seq));
        if is_there { Err(format!("only the server has the body of record {seq} of {feed}")) } else { Ok(()) }
    }

    /// Whether a record was written before its author had heard that `feed` was removed.
    fn had_not_heard(&self, by: &FeedId, seq: u64, feed: &FeedId) -> bool {
        let device = |feed: &FeedId| self.devices.iter().position(|device| device.feed == *feed);
        let heard = device(by).zip(device(feed)).and_then(|(by, who)| {
            let link = self.removed.get(&who)?.link;
            self.unrest.heard.get(&(by, link))
        });
        heard.is_none_or(|last| seq <= *last)
    }

    /// What is exported, imported into an empty journal and exported again is the same, byte for byte.
    fn move_out(&mut self, device: usize) -> Result<(), String> {
        let lines = exported(&mut self.devices[device], self.now_ms, &mut self.chance);
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
        for device in 0..self.devices.len() {
            let before = self.devices[device].view.clone();
            self.hang_up(device);
            self.devices[device].crash();
            self.open(device)?;
            if let Some(difference) = difference(&before, &self.devices[device].view) {
                return Err(format!(
                    "device {device} says something else after it was opened again: {difference}"
                ));
            }
        }
        Ok(())
    }
}

/// The first record that counts and names something that nobody has.
fn first_without(theirs: &Held, all: &BTreeMap<FeedId, u64>, last: u64) -> Option<u64> {
    let is_nowhere =
        |(feed, position): &(FeedId, Position)| all.get(feed).is_none_or(|newest| position.seq > *newest);
    let mut counting = theirs.names.iter().filter(|(seq, _)| *seq <= last);
    counting.find(|(_, names)| names.iter().any(is_nowhere)).map(|(seq, _)| *seq)
}

/// A journal as it would be exported, a line each.
pub(super) fn exported(device: &mut Device, now_ms: u64, chance: &mut Chance) -> Vec<String> {
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
pub(super) fn rest(device: &mut Device, row: &Row, now_ms: u64, chance: &mut Chance) -> Rest {
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
