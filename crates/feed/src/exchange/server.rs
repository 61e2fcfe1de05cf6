//! The server's side: admits what continues a feed or a roster, and says what somebody lacks. It opens nothing, and no
//! device relies on its judgement; it keeps strangers and mistakes out.

use std::sync::Arc;

use bytes::Bytes;
use thiserror::Error;

use super::intake::{Intake, Verdict};
use super::{History, Run};
use crate::chain::{ChainFault, Tips};
use crate::ids::{FeedId, RosterHead, Vector};
use crate::limits::{PUSH_BATCH_BYTES, PUSH_BATCH_RECORDS, RECORD_BYTES_MAX};
use crate::record::{Record, VerifiedRecord};
use crate::roster::{Link, LinkFault, Roster};

/// A space as a server holds it.
#[derive(Clone, Debug)]
pub struct ServerSpace {
    /// Shared with copies of this state, of which whoever judges something holds one.
    roster: Arc<Roster>,
    tips: Tips,
}

/// What a push amounts to.
#[derive(Debug)]
pub struct Admission {
    /// The records to store, each after the one before it in its feed.
    pub new: Vec<VerifiedRecord>,
    /// Records that are held as husks, with their bodies: to be stored in the place of the husks.
    pub bodies: Vec<VerifiedRecord>,
    /// How many were held already.
    pub duplicates: usize,
}

/// Why a push is refused as a whole; nothing of it is to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The batch is larger than one push may be.
    #[error("the push is too large")]
    TooLarge,
    /// A record before this one is lacking.
    #[error("record {expected} of {feed} comes next")]
    Gap {
        /// The feed.
        feed: FeedId,
        /// The seq that comes next.
        expected: u64,
    },
    /// The feed has signed another record with this number.
    #[error("{feed} has two histories from record {seq} on")]
    Forked {
        /// The feed.
        feed: FeedId,
        /// The number.
        seq: u64,
    },
    /// The record knows links of the roster that the server does not: they are to be appended first.
    #[error("link {named} of the roster comes first")]
    RosterAhead {
        /// The newest link the record knows.
        named: u64,
    },
    /// A record does not hold.
    #[error("record {index} of the push: {fault}")]
    Record {
        /// Its index in the push.
        index: usize,
        /// Why.
        fault: ChainFault,
    },
}

/// What a link amounts to.
#[derive(Debug)]
pub enum LinkAdmission {
    /// It is to be stored; this is the roster with it.
    Appended(Box<Roster>),
    /// It is held already.
    Duplicate,
}

/// Why a link is not appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LinkRefusal {
    /// It does not follow the newest link: the author has to look at the roster again.
    #[error("the roster moved to link {}", head.seq)]
    Moved {
        /// The newest link.
        head: RosterHead,
    },
    /// It does not hold.
    #[error(transparent)]
    Fault(#[from] LinkFault),
}

impl ServerSpace {
    /// A space as it was stored.
    pub fn new(roster: Roster, tips: Tips) -> Self {
        Self { roster: Arc::new(roster), tips }
    }

    /// A space that begins with these bytes of a genesis link.
    pub fn begin(genesis: impl Into<Bytes>) -> Result<Self, LinkFault> {
        Ok(Self::new(Roster::genesis(genesis)?, Tips::default()))
    }

    /// Returns its roster.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Returns its tips.
    pub fn tips(&self) -> &Tips {
        &self.tips
    }

    /// Returns its version vector.
    pub fn vector(&self) -> Vector {
        self.tips.vector()
    }

    /// Judges a push. Repeating one is harmless: what is held already is counted and skipped.
    ///
    /// The push as a whole holds or is refused. Nothing changes until [`ServerSpace::commit`].
    pub fn admit(&self, records: &[Record], history: &dyn History) -> Result<Admission, Refusal> {
        check_size(records)?;
        let mut intake = Intake::new(&self.roster, &self.tips, history);
        let mut admission =
            Admission { new: Vec::with_capacity(records.len()), bodies: Vec::new(), duplicates: 0 };
        for (index, record) in records.iter().enumerate() {
            let feed = record.header().feed;
            match intake.take(record) {
                Verdict::New(verified) => admission.new.push(verified),
                Verdict::Body(verified) => admission.bodies.push(verified),
                Verdict::Duplicate => admission.duplicates += 1,
                Verdict::Past => return Err(Refusal::Gap { feed, expected: intake.next_seq(&feed) }),
                Verdict::Fork { seq } => return Err(Refusal::Forked { feed, seq }),
                Verdict::Refused(fault) => return Err(refusal(feed, index, fault)),
            }
        }
        Ok(admission)
    }

    /// Moves the tips forward once an admission is durable.
    pub fn commit(&mut self, admission: &Admission) {
        for record in &admission.new {
            self.tips.advance_to(record);
        }
    }

    /// Judges a link: compare and append. Nothing changes until [`ServerSpace::commit_roster`].
    pub fn admit_link(&self, link: &Link) -> Result<LinkAdmission, LinkRefusal> {
        let head = self.roster.head();
        if link.space() == self.roster.space() && self.roster.hash_at(link.seq()) == Some(link.hash()) {
            return Ok(LinkAdmission::Duplicate);
        }
        let mut roster = Roster::clone(&self.roster);
        match roster.append(link) {
            Ok(()) => Ok(LinkAdmission::Appended(Box::new(roster))),
            Err(LinkFault::NotNext { .. } | LinkFault::Forked) => Err(LinkRefusal::Moved { head }),
            Err(fault) => Err(LinkRefusal::Fault(fault)),
        }
    }

    /// Takes the roster of an admission once its link is durable.
    pub fn commit_roster(&mut self, roster: Roster) {
        self.roster = Arc::new(roster);
    }

    /// Lists what somebody with this vector lacks.
    pub fn missing(&self, vector: &Vector) -> Vec<Run> {
        let lacking = |(feed, tip): (FeedId, crate::chain::Tip)| {
            let from_seq = vector.seq(&feed).saturating_add(1);
            let to_seq = tip.position.seq;
            (from_seq <= to_seq).then_some(Run { feed, from_seq, to_seq })
        };
        self.tips.iter().filter_map(lacking).collect()
    }
}

/// One record of the largest size always fits a push, whatever the batch limit.
fn check_size(records: &[Record]) -> Result<(), Refusal> {
    const { assert!(RECORD_BYTES_MAX <= PUSH_BATCH_BYTES) };
    let bytes: usize = records.iter().map(|record| record.bytes().len()).sum();
    let fits = bytes <= PUSH_BATCH_BYTES && records.len() <= PUSH_BATCH_RECORDS;
    if fits { Ok(()) } else { Err(Refusal::TooLarge) }
}

fn refusal(feed: FeedId, index: usize, fault: ChainFault) -> Refusal {
    match fault {
        ChainFault::NotNext { expected, .. } => Refusal::Gap { feed, expected },
        ChainFault::RosterAhead { named, .. } => Refusal::RosterAhead { named },
        fault => Refusal::Record { index, fault },
    }
}
