//! What a hostile network does to messages, and a hostile server to the truth, one message at a time.

use bytes::Bytes;
use haven_engine::sync::{Incoming, Outgoing};
use haven_feed::ids::{FeedId, Position, RecordId, Vector};
use haven_feed::record::{PREFIX_LEN, Record};

use super::World;
use crate::server::Connection;

/// So many messages of a broken connection may come in a later one.
const LATE_MAX: usize = 8;

impl World {
    /// A message from the server arrives at a device, or something else does.
    pub(super) fn arrive(&mut self, device: usize, message: Incoming) {
        let mut message = Some(message);
        if self.nature.server && !self.unrest.is_over {
            message = message.and_then(|message| self.lie(message));
        }
        if self.nature.forges && !self.unrest.is_over {
            message.iter_mut().for_each(|message| self.make_up(device, message));
        }
        if self.nature.network && !self.unrest.is_over {
            message = message.and_then(|message| self.carry_badly(device, message));
        }
        self.devices[device].inbox.extend(message);
    }

    fn carry_badly(&mut self, device: usize, mut message: Incoming) -> Option<Incoming> {
        match self.chance.below(20) {
            0 => return None,
            1 => self.devices[device].inbox.push_back(message.clone()),
            2 => {
                let before = self.devices[device].inbox.pop_back();
                self.devices[device].inbox.push_back(message);
                return before;
            }
            3 => self.shorten(&mut message),
            4 => {
                let late = self.unrest.late.entry(device).or_default().pop();
                if late.is_some() {
                    // It shows what the server had at that time, which may be more than it has since it lost everything.
                    self.unrest.explained.extend(["OLD_ROSTER", "SERVER_ROLLED_BACK"]);
                }
                self.devices[device].inbox.extend(late);
            }
            _ => {}
        }
        Some(message)
    }

    fn shorten(&mut self, message: &mut Incoming) {
        let place = self.chance.below(4);
        match message {
            Incoming::Records { records, .. } | Incoming::Bodies { records, .. } if place < records.len() => {
                drop(records.remove(place));
            }
            Incoming::Links { links, .. } => links.truncate(place),
            Incoming::Hello { husks, .. } => husks.truncate(place),
            _ => {}
        }
    }

    /// A connection breaks: what was on its way to the device may come in a later one.
    pub(super) fn keep_late(&mut self, device: usize) {
        if self.nature.network && !self.unrest.is_over {
            let late = self.unrest.late.entry(device).or_default();
            late.extend(self.devices[device].inbox.iter().take(LATE_MAX.saturating_sub(late.len())).cloned());
        }
    }

    /// What becomes of a message on its way to the server.
    pub(super) fn on_the_way(&mut self, from: Connection, message: Outgoing) -> Vec<Outgoing> {
        if self.unrest.is_over {
            return vec![message];
        }
        let lies = self.nature.server && self.chance.once_in(10);
        if let (true, Outgoing::Push { space, records }) = (lies, &message) {
            self.unrest.explained.insert("SERVER_ROLLED_BACK");
            let taken = records.iter().filter_map(place_of).collect::<Vec<_>>();
            let vector = self.server.vector().iter().chain(taken).collect();
            self.put(from, Incoming::Pushed { space: *space, vector });
            return Vec::new();
        }
        if !self.nature.network {
            return vec![message];
        }
        match self.chance.below(20) {
            0 => Vec::new(),
            1 => vec![message.clone(), message],
            _ => vec![message],
        }
    }

    fn lie(&mut self, mut message: Incoming) -> Option<Incoming> {
        let withheld = self.unrest.withheld;
        match &mut message {
            Incoming::Hello { vector, roster_seq, roster_head, husks, .. } => match self.chance.below(8) {
                0 => *vector = self.older(vector),
                1 => *vector = self.claim(vector, 1),
                2 => *vector = self.claim(vector, 0),
                3 => {
                    let seq = self.chance.below(usize::try_from(*roster_seq).unwrap_or_default() + 1) as u64;
                    if let Some(hash) = self.server.hash_at(seq) {
                        self.unrest.explained.insert("OLD_ROSTER");
                        (*roster_seq, *roster_head) = (seq, hash);
                    }
                }
                4 => *husks = vector.iter().map(|(feed, position)| (feed, position.seq)).collect(),
                _ => {}
            },
            Incoming::Links { .. } if self.chance.once_in(3) => return None,
            Incoming::Records { records, .. } => {
                records.retain(|bytes| withheld.is_none() || place_of(bytes).map(|it| it.0) != withheld);
                if self.chance.once_in(4) {
                    let half = self.chance.below(2);
                    let some = records.iter_mut().skip(half);
                    some.for_each(|bytes| *bytes = bytes.slice(..PREFIX_LEN));
                }
            }
            Incoming::Bodies { records, .. } if self.chance.once_in(2) => records.clear(),
            Incoming::Pushed { vector, .. } if self.chance.once_in(8) => *vector = self.claim(vector, 1),
            _ => {}
        }
        Some(message)
    }

    /// Says less than is there.
    fn older(&mut self, vector: &Vector) -> Vector {
        self.unrest.explained.insert("SERVER_ROLLED_BACK");
        let mut older = Vec::new();
        for (feed, position) in vector.iter() {
            let seq = self.chance.below(usize::try_from(position.seq).unwrap_or_default() + 1) as u64;
            older.extend(self.server.position(&feed, seq).map(|position| (feed, position)));
        }
        older.into_iter().collect()
    }

    /// Says of one feed that there is a record which nobody wrote, so far beyond what is there.
    fn claim(&mut self, vector: &Vector, beyond: u64) -> Vector {
        self.unrest.explained.extend(["HISTORY_CONTRADICTED", "DEVICE_CLONED"]);
        let mut places: Vec<(FeedId, Position)> = vector.iter().collect();
        let which = self.chance.below(places.len());
        let id = RecordId::from_bytes(self.chance.bytes());
        if let Some((_, position)) = places.get_mut(which) {
            *position = Position { seq: position.seq + beyond, id };
        }
        places.into_iter().collect()
    }
}

fn place_of(bytes: &Bytes) -> Option<(FeedId, Position)> {
    let record = Record::parse(bytes.clone()).ok()?;
    let header = record.header();
    Some((header.feed, Position { seq: header.seq, id: record.id() }))
}
