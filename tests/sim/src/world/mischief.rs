//! What goes wrong for good: devices that are removed, servers that lose what they had, and peace at the end.

use std::collections::{BTreeMap, BTreeSet};

use haven_engine::command::{Command, ServerChoice};
use haven_engine::sync::{Incoming, Outgoing};
use haven_feed::ids::{FeedId, Position};
use haven_feed::record::Record;

use super::{DEVICES, World};
use crate::door::{Door, sent_mark};
use crate::server::Copied;

/// More often no server loses everything within so few events.
const WIPES_MAX: usize = 2;

/// A removal that the roster holds.
pub(super) struct Removal {
    /// The link that did it.
    pub(super) link: u64,
    /// The newest record that whoever did it knew.
    pub(super) head: Option<Position>,
}

/// What became of a world that is not calm.
#[derive(Default)]
pub(super) struct Unrest {
    pub(super) is_over: bool,
    pub(super) withheld: Option<FeedId>,
    /// Whose records all come altered.
    pub(super) spoiled: Option<FeedId>,
    /// Messages of connections that broke, by device.
    pub(super) late: BTreeMap<usize, Vec<Incoming>>,
    /// The alarms that somebody had a reason to raise and that stay.
    pub(super) explained: BTreeSet<&'static str>,
    /// The links that members made, in order.
    pub(super) links: Vec<Vec<u8>>,
    copies: Vec<Copied>,
    wipes: usize,
    has_new_store: bool,
    /// Whose bodies the server lost: nobody removes them, since nobody else may have the words.
    keepers: BTreeSet<usize>,
    /// How many of its own records each device had when it heard of a removal, by device and link.
    pub(super) heard: BTreeMap<(usize, u64), u64>,
    /// Up to which of its own records each device has begun to send, or may have.
    sent: BTreeMap<usize, u64>,
    pub(super) under_old_epoch: Option<String>,
}

impl World {
    /// The devices that nobody removed.
    pub(super) fn remaining(&self) -> Vec<usize> {
        (0..self.devices.len()).filter(|device| !self.removed.contains_key(device)).collect()
    }

    pub(super) fn mischief(&mut self) -> Result<(), String> {
        let (nature, device) = (self.nature, self.chance.below(DEVICES));
        match self.chance.below(10) {
            0..3 if nature.removals => self.remove()?,
            3 if nature.wipes && self.unrest.wipes < WIPES_MAX => self.wipe(),
            4 | 5 if nature.wipes || nature.restores => self.consent(device),
            6 if nature.restores => self.copy_or_go_back(),
            7 if nature.husks => self.lose_body(),
            8 if nature.server => self.scheme(device),
            9 if nature.forges => self.spoil(device),
            _ => self.write(device),
        }
        Ok(())
    }

    /// One device removes another, if it knows all there is of the roster and the server takes the link: of removals that do
    /// not know of each other two rosters would come, which are never merged.
    fn remove(&mut self) -> Result<(), String> {
        let remaining = self.remaining();
        let Some(by) = self.chance.pick(&remaining).copied() else { return Ok(()) };
        let others: Vec<usize> =
            remaining.into_iter().filter(|it| *it != by && !self.unrest.keepers.contains(it)).collect();
        let Some(who) = self.chance.pick(&others).copied() else { return Ok(()) };
        let newest = DEVICES - 1 + self.removed.len();
        let knows_all = [self.devices[by].links().len(), self.server.links().len()] == [newest + 1; 2];
        // Who went down just now keeps nothing: it only looks connected until somebody opens its vault again.
        let goes = knows_all && self.devices[by].is_up();
        let Some(connection) = self.connected.get(&by).copied().filter(|_| goes) else { return Ok(()) };
        // Whoever removes keeps the link itself: a server may lose it before anybody else has it.
        self.devices[by].mend();
        let feed = self.devices[who].feed;
        let Some(door) = Door::open(&self.devices[by]) else { return Ok(()) };
        let (space, prev, head) = (door.roster.space(), door.roster.head(), door.tip(&feed));
        let Some(link) = door.removal(feed, &mut self.chance) else { return Ok(()) };
        let bytes = link.bytes().to_vec();
        let message =
            Outgoing::AppendLink { space, head_seq: prev.seq, head: prev.hash, link: bytes.clone() };
        let sent = self.server.take(connection, message, &mut self.chance);
        if !sent.iter().any(|(_, said)| matches!(said, Incoming::LinkAppended { .. })) {
            self.trace.push(format!("device {by} cannot remove device {who}"));
            return Ok(());
        }
        let knows = head.map_or(0, |head| head.seq);
        self.trace.push(format!(
            "device {by} removes device {who} and knows {knows} of {} records",
            self.devices[who].written()
        ));
        self.removed.insert(who, Removal { link: link.seq(), head });
        self.unrest.links.push(bytes.clone());
        self.tell(by, Incoming::Links { space, links: vec![bytes] });
        let others = sent.into_iter().filter(|(to, _)| *to != connection);
        others.for_each(|(to, message)| self.put(to, message));
        // Or the removal might be gone with the server, and nobody would be removed.
        let holds = self.devices[by].links().len() > newest + 1;
        if holds {
            Ok(())
        } else {
            Err(format!("device {by} does not hold the link by which it removed device {who}"))
        }
    }

    fn wipe(&mut self) {
        self.trace.push("the server loses everything".into());
        self.unrest.wipes += 1;
        self.unrest.has_new_store = true;
        self.break_all();
        self.server.wipe(&mut self.chance);
    }

    /// The person agrees, on one device, to what the server is now.
    fn consent(&mut self, device: usize) {
        if !self.devices[device].is_up() {
            return;
        }
        let (server_key, invite) = self.server.introduction();
        let choice = ServerChoice { url: "http://sim".into(), server_key, invite: Some(invite) };
        self.trace.push(format!("device {device} agrees to the server"));
        let _ = self.devices[device].ask(Command::SetServer(choice), self.now_ms, &mut self.chance);
        self.hang_up(device);
    }

    fn copy_or_go_back(&mut self) {
        let copies = std::mem::take(&mut self.unrest.copies);
        let copy = self.chance.pick(&copies).cloned().filter(|_| copies.len() > 1);
        self.unrest.copies = copies;
        let Some(copy) = copy else { return self.unrest.copies.push(self.server.copy()) };
        self.trace.push("the server goes back to an older copy".into());
        self.unrest.copies.clear();
        self.unrest.explained.extend(["SERVER_ROLLED_BACK", "OLD_ROSTER"]);
        self.unrest.has_new_store = true;
        self.break_all();
        self.server.go_back(copy);
    }

    fn lose_body(&mut self) {
        let remaining = self.remaining();
        let Some(device) = self.chance.pick(&remaining).copied() else { return };
        let seq = self.chance.below(usize::try_from(self.devices[device].written()).unwrap_or_default()) + 1;
        if self.server.lose_body(&self.devices[device].feed, seq as u64) {
            self.trace.push(format!("the server loses the body of record {seq} of device {device}"));
            self.unrest.keepers.insert(device);
        }
    }

    /// The server begins or ends something that it does for long.
    fn scheme(&mut self, device: usize) {
        if self.chance.once_in(2) {
            let feed = self.devices[device].feed;
            self.unrest.withheld = if self.unrest.withheld.is_none() { Some(feed) } else { None };
            self.trace.push(format!("the server withholds: {}", self.unrest.withheld.is_some()));
        } else {
            self.server.colludes = !self.server.colludes;
            self.trace.push(format!("the server hides removals: {}", self.server.colludes));
        }
    }

    fn break_all(&mut self) {
        for device in self.connected.keys().copied().collect::<Vec<_>>() {
            self.break_connection(device);
        }
    }

    /// From here on nobody means harm, and the person agrees everywhere to what the server is.
    pub(super) fn make_peace(&mut self) {
        if self.nature.is_calm() {
            return;
        }
        self.unrest.is_over = true;
        self.unrest.late.clear();
        self.unrest.withheld = None;
        self.unrest.spoiled = None;
        self.server.colludes = false;
        self.everybody_connects_anew();
        if self.unrest.has_new_store {
            let mut devices: Vec<usize> = (0..DEVICES).collect();
            devices.rotate_left(self.chance.below(DEVICES));
            devices.into_iter().for_each(|device| self.consent(device));
        }
    }

    pub(super) fn everybody_connects_anew(&mut self) {
        for device in 0..self.devices.len() {
            self.hang_up(device);
            self.devices[device].inbox.push_back(Incoming::Offline);
        }
    }

    /// In some worlds another device is linked at the end, and learns all of it from the server.
    pub(super) fn somebody_joins(&mut self) -> Result<(), String> {
        let remaining = self.remaining();
        let by = remaining.first().copied().filter(|_| self.nature.removals && self.chance.once_in(4));
        let Some(by) = by else { return Ok(()) };
        self.join(by, DEVICES)?;
        self.settle()
    }

    /// Takes note of who has heard of which removal.
    pub(super) fn note_heard(&mut self, device: usize) {
        let (links, written) = (self.devices[device].links().len() as u64, self.devices[device].written());
        for removal in self.removed.values().filter(|removal| removal.link < links) {
            self.unrest.heard.entry((device, removal.link)).or_insert(written);
        }
    }

    /// Takes note of what a device began to send: what goes out for the first time is under the newest epoch that it heard of.
    pub(super) fn note_sent(&mut self, device: usize) {
        let links = self.devices[device].links().len() as u64;
        let heard = self.removed.values().filter(|removal| removal.link < links).count();
        let own = self.devices[device].feed;
        for bytes in std::mem::take(&mut self.devices[device].sent) {
            let Ok(record) = Record::parse(bytes) else { continue };
            let header = record.header();
            let sent = self.unrest.sent.entry(device).or_default();
            if header.feed != own || header.seq <= *sent {
                continue;
            }
            *sent = header.seq;
            if (header.epoch as usize) < heard {
                let (seq, epoch) = (header.seq, header.epoch);
                self.unrest.under_old_epoch = Some(format!(
                    "device {device} sends record {seq} under epoch {epoch}, and heard of {heard}"
                ));
            }
        }
    }

    /// Before it went down, a device may have begun to send what its disk says it did.
    pub(super) fn note_sent_before(&mut self, device: usize) {
        self.note_sent(device);
        let mark = sent_mark(&self.devices[device]);
        let sent = self.unrest.sent.entry(device).or_default();
        *sent = mark.max(*sent);
    }
}
