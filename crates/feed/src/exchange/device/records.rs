//! Arriving records.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::super::NamedLink;
use super::{DeviceExchange, Local};
use crate::alarm::Alarm;
use crate::chain::ChainFault;
use crate::exchange::NamedPosition;
use crate::exchange::intake::{Intake, Verdict};
use crate::record::{Record, RecordFault, VerifiedRecord};
use crate::roster::Roster;

/// What came of arriving records.
#[derive(Debug, Default)]
pub struct Received {
    /// New records of feeds that are members now, each after the one before it in its feed.
    pub accepted: Vec<VerifiedRecord>,
    /// New records of feeds that were removed: verified; [`crate::accepted`] says which of them count.
    pub of_removed: Vec<VerifiedRecord>,
    /// Records that are held as husks, with their bodies: to be stored in the place of the husks.
    pub bodies: Vec<VerifiedRecord>,
    /// Records to be kept as they are and not applied.
    pub refused: Vec<Refused>,
    /// What is wrong.
    pub alarms: Vec<Alarm>,
}

/// A record that is kept as it came and not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The received bytes.
    pub bytes: Bytes,
    /// Why.
    pub reason: Reason,
}

/// Why a record is not applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It could not be read.
    Unreadable(RecordFault),
    /// It does not hold.
    Chain(ChainFault),
    /// It belongs to a second history of its feed.
    Fork,
    /// Its feed has two histories, and it follows something that did not come: it may belong to either.
    Either,
}

impl DeviceExchange {
    /// Verifies arriving records and sorts them. What is held already is skipped; the first record of a feed that does
    /// not hold stops that feed, and the others go on.
    pub fn records(&mut self, local: &Local<'_>, records: impl IntoIterator<Item = Bytes>) -> Received {
        let mut received = Received::default();
        let mut intake = Intake::new(local.roster, local.tips, local.history);
        // Feeds that stopped at a record that does not hold.
        let mut stopped = BTreeSet::new();
        for bytes in records {
            match Record::parse(bytes.clone()) {
                Ok(record) if stopped.contains(&record.header().feed) => {}
                Ok(record) => match intake.take(&record) {
                    Verdict::New(verified) => self.accept(local, verified, &mut received),
                    Verdict::Body(verified) => received.bodies.push(verified),
                    Verdict::Duplicate | Verdict::Past => {}
                    Verdict::Fork { seq } => self.set_aside(&record, seq, &mut received),
                    Verdict::Refused(fault) => {
                        if self.refuse(local, &record, fault, &mut received) {
                            stopped.insert(record.header().feed);
                        }
                    }
                },
                Err(fault) => received.refuse(bytes, Reason::Unreadable(fault), Alarm::Unreadable(fault)),
            }
        }
        received
    }

    fn accept(&mut self, local: &Local<'_>, record: VerifiedRecord, received: &mut Received) {
        let (feed, position) = (record.header().feed, record.position());
        if let Some(by) = self.pins.named.contradicts(&feed, position) {
            received.alarms.push(Alarm::Contradicted { feed, seq: position.seq, by: Some(by) });
        }
        if self.trusted().is_some() {
            self.pins.served.advance(feed, position);
        }
        if let Some(session) = &mut self.session {
            session.vector.advance(feed, position);
        }
        if feed == local.own {
            self.own_there = self.own_there.max(Some(position.seq));
        }
        let pile =
            if local.roster.is_current(&feed) { &mut received.accepted } else { &mut received.of_removed };
        pile.push(record);
    }

    /// Keeps a record of a second history.
    fn set_aside(&mut self, record: &Record, seq: u64, received: &mut Received) {
        let feed = record.header().feed;
        let first = self.forked.entry(feed).or_insert(seq);
        *first = seq.min(*first);
        received.refuse(record.bytes().clone(), Reason::Fork, Alarm::Fork { feed, seq: *first });
    }

    /// Keeps a record that does not hold, and says whether its feed stops there. What does not follow a feed with two histories
    /// may follow the other one.
    fn refuse(
        &mut self,
        local: &Local<'_>,
        record: &Record,
        fault: ChainFault,
        received: &mut Received,
    ) -> bool {
        let (feed, bytes) = (record.header().feed, record.bytes().clone());
        match (fault, self.forked.get(&feed)) {
            (ChainFault::NotNext { .. }, Some(seq)) => {
                received.refuse(bytes, Reason::Either, Alarm::Fork { feed, seq: *seq });
                return false;
            }
            // The signature held: the member has written what comes before it, whatever the server says of having sent all.
            (ChainFault::NotNext { .. }, None) if local.roster.is_current(&feed) => {
                self.pins.named.advance(feed, NamedPosition { position: record.position(), by: feed });
            }
            // The signature held: a member has seen this link, whatever the server says of its roster.
            (ChainFault::RosterAhead { named, .. }, _) if local.roster.is_current(&feed) => {
                self.pins.name_link(NamedLink { seq: named, by: feed });
            }
            _ => {}
        }
        received.refuse(bytes, Reason::Chain(fault), alarm_of(local.roster, record, fault));
        true
    }
}

impl Received {
    fn refuse(&mut self, bytes: Bytes, reason: Reason, alarm: Alarm) {
        self.refused.push(Refused { bytes, reason });
        if !self.alarms.contains(&alarm) {
            self.alarms.push(alarm);
        }
    }
}

/// What is wrong with a record. Of a feed that is known the signature held before anything else was asked; what comes under any other
/// name is by nobody.
fn alarm_of(roster: &Roster, record: &Record, fault: ChainFault) -> Alarm {
    let (feed, seq) = (record.header().feed, record.header().seq);
    let is_signed = roster.feed(&feed).is_some();
    match fault {
        ChainFault::NotNext { expected, found } => Alarm::Gap { feed, expected, found },
        ChainFault::RosterAhead { named, held } => {
            let by = is_signed.then_some(feed);
            Alarm::RosterWithheld { named, held, by }
        }
        ChainFault::RosterForked if is_signed => Alarm::RosterForked { seq: record.header().roster.seq },
        fault => Alarm::RecordRefused { feed, seq, fault },
    }
}
