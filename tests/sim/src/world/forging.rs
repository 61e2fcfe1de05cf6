//! What a hostile server alters and makes up, one message at a time, and the proof that nothing of it becomes part of anything.

use bytes::Bytes;
use haven_engine::io::Reader;
use haven_engine::sync::Incoming;
use haven_feed::ids::{FeedId, Position, RecordId};
use haven_feed::record::{PREFIX_LEN, Record};
use haven_feed::roster::{Link, Roster};

use super::{DEVICES, World};
use crate::chance::Chance;
use crate::device::Device;
use crate::door::pins;
use crate::server::flipped;

/// What may be told of made up things: that one came. Whatever else an alarm says takes a signature, which none of them has.
const TOLD_OF_RECORDS: [&str; 2] = ["RECORD_REFUSED", "RECORD_UNREADABLE"];
const TOLD_OF_LINKS: [&str; 1] = ["LINK_REFUSED"];

impl World {
    /// The server begins or ends altering every record of one device.
    pub(super) fn spoil(&mut self, device: usize) {
        let feed = self.devices[device].feed;
        self.unrest.spoiled = if self.unrest.spoiled.is_none() { Some(feed) } else { None };
        self.unrest.explained.extend(TOLD_OF_RECORDS);
        let is_spoiled = self.unrest.spoiled.is_some();
        self.trace.push(format!("the server alters every record of one device: {is_spoiled}"));
    }

    /// The server alters what a message brings, puts something that it made up among it, or sends such a thing by itself.
    pub(super) fn make_up(&mut self, device: usize, message: &mut Incoming) {
        match message {
            Incoming::Records { records, .. } | Incoming::Bodies { records, .. } => {
                let (spoiled, chance) = (self.unrest.spoiled, &mut self.chance);
                let of_that =
                    records.iter_mut().filter(|bytes| spoiled.is_some() && feed_of(bytes) == spoiled);
                of_that.for_each(|bytes| *bytes = flipped(bytes, chance).into());
                if self.chance.once_in(3) {
                    let record = self.false_record(device);
                    put_among(records, record, &mut self.chance);
                }
            }
            Incoming::Links { links, .. } if self.chance.once_in(3) => {
                let link = self.false_link(device);
                put_among(links, link, &mut self.chance);
            }
            _ if self.chance.once_in(8) => {
                let unasked = self.unasked(device);
                self.devices[device].inbox.extend(unasked);
            }
            _ => {}
        }
    }

    fn unasked(&mut self, device: usize) -> Option<Incoming> {
        let (space, feed) = (self.devices[device].space, self.devices[self.chance.below(DEVICES)].feed);
        if self.chance.once_in(3) {
            let links = vec![self.false_link(device)?];
            return Some(Incoming::Links { space, links });
        }
        let records = vec![self.false_record(device)?];
        let is_answer = self.chance.once_in(2);
        Some(match is_answer {
            true => Incoming::Bodies { space, feed, records },
            false => Incoming::Records { space, records },
        })
    }

    fn false_record(&mut self, device: usize) -> Option<Bytes> {
        let record = self.server.false_record(&mut self.chance)?;
        self.unrest.explained.extend(TOLD_OF_RECORDS);
        self.trace.push(format!("the server makes up a record for device {device}"));
        Some(record)
    }

    fn false_link(&mut self, device: usize) -> Option<Vec<u8>> {
        let link = self.server.false_link(&mut self.chance)?;
        self.unrest.explained.extend(TOLD_OF_LINKS);
        self.trace.push(format!("the server makes up a link for device {device}"));
        Some(link)
    }

    /// What any device holds was made: links by whoever added or removed somebody in this world, records by their authors, to the
    /// byte. And what it remembers to have heard of is there.
    pub(super) fn holds_nothing_made_up(&self) -> Result<(), String> {
        let made = &self.unrest.links;
        let links: Result<Vec<Link>, _> = made.iter().cloned().map(Link::parse).collect();
        let roster = links.and_then(|links| Roster::replay(&links)).map_err(|fault| fault.to_string())?;
        for (place, device) in self.devices.iter().enumerate() {
            if !made.starts_with(&device.links()) {
                return Err(format!("device {place} took a link that nobody made"));
            }
            for (feed, last) in device.held() {
                let is_made_up = |seq: &u64| !self.is_genuine(device, &roster, &feed, *seq);
                if let Some(seq) = (1..=last).find(is_made_up) {
                    return Err(format!("device {place} holds record {seq} of {feed}, which nobody wrote"));
                }
            }
            let remembered = self.remembers_nothing_made_up(device, &roster);
            remembered.map_err(|what| format!("device {place} {what}"))?;
        }
        Ok(())
    }

    fn remembers_nothing_made_up(&self, device: &Device, roster: &Roster) -> Result<(), String> {
        let pins = pins(device).ok_or("remembers nothing that can be read")?;
        let named = pins.named.iter().map(|(feed, named)| (feed, named.position));
        for (feed, Position { seq, id }) in named.chain(pins.served.iter()) {
            if self.written(&feed, seq).and_then(id_of) != Some(id) {
                return Err(format!("remembers record {seq} of {feed}, which nobody wrote"));
            }
        }
        let is_there = pins.roster.is_none_or(|head| roster.hash_at(head.seq) == Some(head.hash))
            && pins.link.is_none_or(|link| link.seq <= roster.head().seq);
        if is_there { Ok(()) } else { Err("remembers a link that nobody made".into()) }
    }

    /// A record as its author has it.
    fn written(&self, feed: &FeedId, seq: u64) -> Option<Bytes> {
        let author = self.devices.iter().find(|device| device.feed == *feed)?;
        record_at(author, feed, seq)
    }

    /// Whether a record that a device holds is what its author has, or the same without its body. Of its own, whether it signed it.
    fn is_genuine(&self, device: &Device, roster: &Roster, feed: &FeedId, seq: u64) -> bool {
        let Some((held, written)) = record_at(device, feed, seq).zip(self.written(feed, seq)) else {
            return false;
        };
        if device.feed == *feed {
            is_signed(roster, held)
        } else {
            held == written || held == written[..PREFIX_LEN]
        }
    }
}

/// Whether whoever a record says to be its author signed it.
fn is_signed(roster: &Roster, bytes: Bytes) -> bool {
    let Ok(record) = Record::parse(bytes) else { return false };
    roster.feed(&record.header().feed).is_some_and(|member| record.verify(&member.keys).is_ok())
}

fn record_at(device: &Device, feed: &FeedId, seq: u64) -> Option<Bytes> {
    device.disk.disk().record(device.space, *feed, seq).ok()?
}

fn feed_of(bytes: &Bytes) -> Option<FeedId> {
    Record::parse(bytes.clone()).ok().map(|record| record.header().feed)
}

fn id_of(bytes: Bytes) -> Option<RecordId> {
    Record::parse(bytes).ok().map(|record| record.id())
}

/// Before or after any of a list, or in the place of one.
fn put_among<T>(list: &mut Vec<T>, made: Option<T>, chance: &mut Chance) {
    let Some(made) = made else { return };
    let place = chance.below(list.len() + 1);
    match list.get_mut(place).filter(|_| chance.once_in(2)) {
        Some(real) => *real = made,
        None => list.insert(place, made),
    }
}
