//! Imports that meet: the same lines on several devices before they hear of each other, and a line beside the entry itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use haven_core::entry::{Draft, Edit, EntryKind};
use haven_core::id::EntryId;
use haven_core::time::NoZones;
use haven_engine::command::{Command, ImportItem, Keep, Reply};
use haven_engine::version::Version;

use super::checking::exported;
use super::{DEVICES, World};
use crate::device::Asked;
use crate::model::Said;

/// What an export says of an entry in which two edits met.
const MET: &str = concat!(
    r#"{"date":"2026-01-05","title":"Monday","text":"weight 73 kg. I slept.","id":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a","#,
    r#""kind":"note","created":"2026-01-05T08:00:00Z","modified":"2026-01-05T10:00:00Z","#,
    r#""met":{"base":{"text":"weight 71 kg. I slept."},"sides":[{"modified":"2026-01-05T10:00:00Z","#,
    r#""text":"weight 73 kg. I slept."},{"modified":"2026-01-05T09:00:00Z","text":"weight 72 kg. I slept."}]}}"#
);

/// The same line with sides, imported on two devices that then meet, is one entry in which two edits met: exported, it is the
/// line again on every device, and settled once it is settled.
///
/// # Errors
/// What did not hold.
pub fn the_same_line_apart(seed: u64) -> Result<(), String> {
    let mut world = World::begin(seed)?;
    world.take_in(0, &[MET.to_owned()])?;
    world.take_in(1, &[MET.to_owned()])?;
    world.settle()?;
    for device in 0..DEVICES {
        let lines = exported(&mut world.devices[device], world.now_ms, &mut world.chance);
        if lines != [MET] {
            return Err(format!("device {device} would export {lines:?}"));
        }
    }
    let id = "0a".repeat(16).parse().map_err(|_| "an id")?;
    let side = world.sides(2, id).pop().ok_or("nothing met")?;
    world.told(2, Command::Settle { id, keep: Keep::Side(side) })?;
    world.settle()?;
    for device in 0..DEVICES {
        let text = world.text(device, id);
        if text != "weight 72 kg. I slept." || !world.sides(device, id).is_empty() {
            return Err(format!("device {device} shows {text:?}"));
        }
    }
    world.same_exports()
}

/// An entry is exported, with what met in it or without; one device imports that before the entry itself comes, and the device
/// that wrote it goes on writing. Nothing is lost, and all read the same.
///
/// # Errors
/// What did not hold.
pub fn beside_the_entry_itself(seed: u64, met: bool, edits_both: bool) -> Result<(), String> {
    let mut world = World::begin(seed)?;
    let mut draft = Draft::new(EntryKind::Note, "2026-01-05".parse().map_err(|_| "a day of January")?);
    draft.text = "weight 71 kg. I slept.".into();
    let Reply::Entry(id) = world.told(0, Command::Add(draft))? else { return Err("no entry".into()) };
    if met {
        let base = Some(world.devices[0].view.entry(id).ok_or("no entry")?.version.clone());
        world.edit_text(0, id, base.clone(), "weight 72 kg. I slept.")?;
        world.edit_text(0, id, base, "weight 73 kg. I slept.")?;
    }
    let lines = exported(&mut world.devices[0], world.now_ms, &mut world.chance);
    world.take_in(1, &lines)?;
    let again = exported(&mut world.devices[1], world.now_ms, &mut world.chance);
    if again != lines {
        return Err(format!("it comes back as {again:?}"));
    }
    // Whoever writes on chooses what they saw; the other side is in the history then.
    let first = world.text(0, id);
    let mut words: BTreeSet<&str> =
        ["71", "72", "73"].into_iter().filter(|word| first.contains(word)).collect();
    world.edit_text(0, id, None, &format!("{first} I ate a pear."))?;
    words.insert("pear");
    if edits_both {
        world.edit_text(1, id, None, &format!("Rain. {first}"))?;
        words.insert("Rain");
    }
    world.settle()?;
    for device in 0..DEVICES {
        let said = world.read(device, id).ok_or("it cannot be read")?;
        if let Some(word) = words.iter().find(|word| !holds(&said, word)) {
            return Err(format!("device {device} has lost {word}"));
        }
    }
    world.same_exports()
}

fn holds(said: &Said, word: &str) -> bool {
    said.sides.iter().chain([&said.shown]).any(|entry| entry.text.contains(word))
}

impl World {
    fn told(&mut self, device: usize, command: Command) -> Result<Reply, String> {
        match self.devices[device].ask(command, self.now_ms, &mut self.chance) {
            Asked::Answered(Ok(reply)) => Ok(reply),
            Asked::Answered(Err(fault)) => Err(format!("device {device} refuses: {fault}")),
            _ => Err(format!("device {device} does not answer")),
        }
    }

    fn take_in(&mut self, device: usize, lines: &[String]) -> Result<(), String> {
        let item = |(line, text): (u64, &String)| ImportItem { line, bytes: text.clone().into_bytes() };
        let lines = (1..).zip(lines).map(item).collect();
        let import = Command::Import { lines, dry_run: false, zones: Arc::new(NoZones), here: None };
        match self.told(device, import)? {
            Reply::Imported(done) if done.failed.is_empty() && done.imported == 1 => Ok(()),
            _ => Err(format!("device {device} does not take the lines")),
        }
    }

    fn edit_text(
        &mut self,
        device: usize,
        id: EntryId,
        base: Option<Version>,
        text: &str,
    ) -> Result<(), String> {
        let edit = Edit { text: Some(text.to_owned()), ..Edit::default() };
        self.told(device, Command::Edit { id, base, edit }).map(drop)
    }

    fn text(&self, device: usize, id: EntryId) -> String {
        self.devices[device].view.entry(id).map(|row| row.entry.text.clone()).unwrap_or_default()
    }

    fn sides(&self, device: usize, id: EntryId) -> Vec<Version> {
        self.devices[device].view.entry(id).map(|row| row.met.clone()).unwrap_or_default()
    }

    /// All devices would export the same bytes, and raised no alarm.
    fn same_exports(&mut self) -> Result<(), String> {
        let (now_ms, chance) = (self.now_ms, &mut self.chance);
        let exports: BTreeSet<Vec<String>> =
            self.devices.iter_mut().map(|device| exported(device, now_ms, chance)).collect();
        if exports.len() > 1 {
            return Err(format!("the devices would export {exports:?}"));
        }
        let alarm = self.devices.iter().find_map(|device| device.alarms(false).first().copied());
        alarm.map_or(Ok(()), |kind| Err(format!("an honest world raised {kind}")))
    }
}
