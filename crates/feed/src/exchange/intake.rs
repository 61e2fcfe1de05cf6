//! Sorts arriving records against what is held, the same way on both sides.

use std::collections::BTreeMap;

use super::{HeldRecord, History};
use crate::chain::{ChainFault, Tips, verify_next};
use crate::ids::FeedId;
use crate::record::{Record, VerifiedRecord};
use crate::roster::Roster;

/// What an arriving record turned out to be.
pub(super) enum Verdict {
    /// It continues its feed.
    New(VerifiedRecord),
    /// It is held as a husk, and came with its body.
    Body(VerifiedRecord),
    /// It is held already.
    Duplicate,
    /// Its place has passed and what stood there is not held any more.
    Past,
    /// Its feed signed it, and signed another record with the same number.
    Fork { seq: u64 },
    /// It does not hold.
    Refused(ChainFault),
}

pub(super) struct Intake<'a> {
    roster: &'a Roster,
    history: &'a dyn History,
    tips: Tips,
    arrived: BTreeMap<(FeedId, u64), HeldRecord>,
}

impl<'a> Intake<'a> {
    pub(super) fn new(roster: &'a Roster, tips: &Tips, history: &'a dyn History) -> Self {
        Self { roster, history, tips: tips.clone(), arrived: BTreeMap::new() }
    }

    pub(super) fn next_seq(&self, feed: &FeedId) -> u64 {
        self.tips.seq(feed).saturating_add(1)
    }

    pub(super) fn take(&mut self, record: &Record) -> Verdict {
        let header = record.header();
        if header.space == self.roster.space() && header.seq <= self.tips.seq(&header.feed) {
            return self.compare(record);
        }
        match verify_next(self.roster, &header.feed, self.tips.get(&header.feed), record) {
            Ok(verified) => {
                self.tips.advance_to(&verified);
                self.arrived.insert((header.feed, header.seq), HeldRecord::of(record));
                Verdict::New(verified)
            }
            Err(ChainFault::Forked) => Verdict::Fork { seq: header.seq - 1 },
            Err(fault) => Verdict::Refused(fault),
        }
    }

    /// Compares a record whose number is taken with the one that took it. Only the feed's own signature makes a fork of
    /// a difference: nobody else can make it look as if a device had two histories.
    fn compare(&mut self, record: &Record) -> Verdict {
        let header = record.header();
        let Some(held) = self.held(&header.feed, header.seq) else { return Verdict::Past };
        let brings_body = held.is_husk && !record.is_husk();
        if held.id == record.id() && !brings_body {
            return Verdict::Duplicate;
        }
        match self.verified(record) {
            Some(verified) if held.id == record.id() => {
                self.arrived.insert((header.feed, header.seq), HeldRecord::of(record));
                Verdict::Body(verified)
            }
            Some(_) => Verdict::Fork { seq: header.seq },
            None => Verdict::Refused(ChainFault::BadSignature),
        }
    }

    fn held(&self, feed: &FeedId, seq: u64) -> Option<HeldRecord> {
        let arrived = self.arrived.get(&(*feed, seq)).copied();
        let tip = self.tips.get(feed).filter(|tip| tip.position.seq == seq);
        let tip = tip.map(|tip| HeldRecord { id: tip.position.id, is_husk: false });
        arrived.or_else(|| self.history.at(feed, seq)).or(tip)
    }

    fn verified(&self, record: &Record) -> Option<VerifiedRecord> {
        record.verify_by(&self.roster.feed(&record.header().feed)?.keys.sign).ok()
    }
}
