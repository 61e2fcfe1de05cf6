//! Sorts arriving records against what is held, the same way on both sides.

use std::collections::BTreeMap;

use super::History;
use crate::chain::{ChainFault, Tips, verify_next};
use crate::ids::{FeedId, RecordId};
use crate::record::{Record, VerifiedRecord};
use crate::roster::Roster;

/// What an arriving record turned out to be.
pub(super) enum Verdict {
    /// It continues its feed.
    New(VerifiedRecord),
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
    arrived: BTreeMap<(FeedId, u64), RecordId>,
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
                self.arrived.insert((header.feed, header.seq), record.id());
                Verdict::New(verified)
            }
            Err(ChainFault::Forked) => Verdict::Fork { seq: header.seq - 1 },
            Err(fault) => Verdict::Refused(fault),
        }
    }

    /// Compares a record whose number is taken with the one that took it. Only the feed's own signature makes a fork of
    /// a difference: nobody else can make it look as if a device had two histories.
    fn compare(&self, record: &Record) -> Verdict {
        let header = record.header();
        match self.held(&header.feed, header.seq) {
            None => Verdict::Past,
            Some(held) if held == record.id() => Verdict::Duplicate,
            Some(_) if self.is_signed(record) => Verdict::Fork { seq: header.seq },
            Some(_) => Verdict::Refused(ChainFault::BadSignature),
        }
    }

    fn held(&self, feed: &FeedId, seq: u64) -> Option<RecordId> {
        let tip = self.tips.get(feed).filter(|tip| tip.position.seq == seq);
        let arrived = || self.arrived.get(&(*feed, seq)).copied();
        tip.map(|tip| tip.position.id).or_else(arrived).or_else(|| self.history.id_at(feed, seq))
    }

    fn is_signed(&self, record: &Record) -> bool {
        let member = self.roster.feed(&record.header().feed);
        member.is_some_and(|member| record.verify_by(&member.keys.sign).is_ok())
    }
}
