//! Runs of one feed: the one door from [`Record`] to [`VerifiedRecord`] on the way in, for devices and servers alike.
//!
//! Every signature is checked. A chain with a good last signature would vouch for what is before it, but then a record
//! with a bad one would be stored and forwarded to somebody who meets it as his last.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::ids::{FeedId, Position, RecordId, Vector};
use crate::record::{Record, VerifiedRecord};
use crate::roster::Roster;

/// Why a record does not continue a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ChainFault {
    /// It belongs to another space.
    #[error("the record belongs to another space")]
    OtherSpace,
    /// It belongs to another feed than the run.
    #[error("the record belongs to another feed")]
    OtherFeed,
    /// The roster knows no such feed.
    #[error("the feed is not in the roster")]
    UnknownFeed,
    /// The signature is not the feed's. Nothing else the record says can be believed.
    #[error("the signature does not verify")]
    BadSignature,
    /// It is not the next record: one is missing, repeated or out of order.
    #[error("record {found} where {expected} comes next")]
    NotNext {
        /// The seq that comes next.
        expected: u64,
        /// The seq of the record.
        found: u64,
    },
    /// Its author signed another record in the place of the one before it: the feed has two histories.
    #[error("the record follows another history of its feed")]
    Forked,
    /// It knows links of the roster that are not known here: they come first.
    #[error("the record knows link {named} of the roster, {held} is the newest here")]
    RosterAhead {
        /// The link the record names.
        named: u64,
        /// The newest link here.
        held: u64,
    },
    /// Its author has another link at that place of the roster: the roster was forked.
    #[error("the record knows another roster")]
    RosterForked,
    /// It knows less of the roster than the record before it.
    #[error("the record knows less of the roster than the one before it")]
    RosterBackwards,
    /// Its feed was not a member at the place of the roster it names.
    #[error("the feed was not a member at that place of the roster")]
    NotMember,
    /// It is not sealed under the epoch of the place of the roster it names.
    #[error("the record is of epoch {found}, its place in the roster is in epoch {expected}")]
    WrongEpoch {
        /// The epoch at that place.
        expected: u32,
        /// The epoch of the record.
        found: u32,
    },
}

/// The first record of a run that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("record {index} of the run: {fault}")]
pub struct RunFault {
    /// Its index in the run.
    pub index: usize,
    /// Why.
    pub fault: ChainFault,
}

/// The end of a feed as far as it was verified: what the next record has to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// The newest record.
    pub position: Position,
    /// The roster's link that record names.
    pub roster_seq: u64,
}

/// The tips of all feeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tips(BTreeMap<FeedId, Tip>);

/// What came of a run: the records that hold, and what stopped it.
#[derive(Debug)]
pub struct Prefix {
    /// The records before the first that does not hold.
    pub records: Vec<VerifiedRecord>,
    /// The first that does not hold.
    pub fault: Option<RunFault>,
}

impl Tip {
    /// The tip of a feed whose newest record is this one.
    pub fn of(record: &VerifiedRecord) -> Self {
        Self { position: record.position(), roster_seq: record.header().roster.seq }
    }
}

impl Tips {
    /// Returns the tip of a feed.
    pub fn get(&self, feed: &FeedId) -> Option<Tip> {
        self.0.get(feed).copied()
    }

    /// Returns the newest seq of a feed, 0 when there is none.
    pub fn seq(&self, feed: &FeedId) -> u64 {
        self.0.get(feed).map_or(0, |tip| tip.position.seq)
    }

    /// Moves a feed forward; a tip that is not newer changes nothing.
    pub fn advance(&mut self, feed: FeedId, tip: Tip) {
        let held = self.0.entry(feed).or_insert(tip);
        if tip.position.seq > held.position.seq {
            *held = tip;
        }
    }

    /// Puts a tip in the place of the one that stands there: the newest record was sealed again before it left this device.
    pub fn replace(&mut self, feed: FeedId, tip: Tip) {
        self.0.insert(feed, tip);
    }

    /// Moves the feed of a record forward to it.
    pub fn advance_to(&mut self, record: &VerifiedRecord) {
        self.advance(record.header().feed, Tip::of(record));
    }

    /// Lists the feeds in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (FeedId, Tip)> + '_ {
        self.0.iter().map(|(feed, tip)| (*feed, *tip))
    }

    /// Returns the version vector: what is held.
    pub fn vector(&self) -> Vector {
        self.iter().map(|(feed, tip)| (feed, tip.position)).collect()
    }
}

impl FromIterator<(FeedId, Tip)> for Tips {
    fn from_iter<I: IntoIterator<Item = (FeedId, Tip)>>(tips: I) -> Self {
        let mut all = Self::default();
        for (feed, tip) in tips {
            all.advance(feed, tip);
        }
        all
    }
}

/// Verifies a contiguous run of one feed that continues it after `from`, or begins it.
///
/// Long runs can be cut and verified on several cores: a record's id needs no verification, so the tip of the piece
/// before is known ([`tip_of_unverified`]); the run holds when all pieces do.
pub fn verify_run(
    roster: &Roster,
    from: Option<Tip>,
    records: &[Record],
) -> Result<Vec<VerifiedRecord>, RunFault> {
    let prefix = verify_prefix(roster, from, records);
    match prefix.fault {
        None => Ok(prefix.records),
        Some(fault) => Err(fault),
    }
}

/// Verifies a run as far as it holds.
pub fn verify_prefix<'a>(
    roster: &Roster,
    from: Option<Tip>,
    records: impl IntoIterator<Item = &'a Record>,
) -> Prefix {
    let records = records.into_iter();
    let mut held = Vec::with_capacity(records.size_hint().0);
    let mut tip = from;
    let mut feed = None;
    for (index, record) in records.enumerate() {
        let feed = *feed.get_or_insert(record.header().feed);
        match verify_next(roster, &feed, tip, record) {
            Ok(verified) => {
                tip = Some(Tip::of(&verified));
                held.push(verified);
            }
            Err(fault) => return Prefix { records: held, fault: Some(RunFault { index, fault }) },
        }
    }
    Prefix { records: held, fault: None }
}

/// The tip a feed would have after a record that is yet to be verified: only for cutting a run into pieces.
pub fn tip_of_unverified(record: &Record) -> Tip {
    Tip { position: record.position(), roster_seq: record.header().roster.seq }
}

/// Verifies one record against what is before it. The signature comes first: what an unsigned record says about its
/// place would only mislead.
pub(crate) fn verify_next(
    roster: &Roster,
    feed: &FeedId,
    tip: Option<Tip>,
    record: &Record,
) -> Result<VerifiedRecord, ChainFault> {
    let header = record.header();
    if header.space != roster.space() {
        return Err(ChainFault::OtherSpace);
    }
    if header.feed != *feed {
        return Err(ChainFault::OtherFeed);
    }
    let Some(member) = roster.feed(feed) else {
        // Nobody signed what it says of the roster: it may be early, and proves no second one.
        return Err(match check_roster_known(roster, record) {
            Err(ahead @ ChainFault::RosterAhead { .. }) => ahead,
            _ => ChainFault::UnknownFeed,
        });
    };
    let verified = record.verify_by(&member.keys.sign).map_err(|_| ChainFault::BadSignature)?;
    check_order(tip, record)?;
    check_roster_known(roster, record)?;
    check_membership(roster, tip, record)?;
    Ok(verified)
}

fn check_order(tip: Option<Tip>, record: &Record) -> Result<(), ChainFault> {
    let header = record.header();
    let expected = tip.map_or(1, |tip| tip.position.seq.saturating_add(1));
    if header.seq != expected {
        return Err(ChainFault::NotNext { expected, found: header.seq });
    }
    let prev = tip.map_or(RecordId::ZERO, |tip| tip.position.id);
    if header.prev == prev { Ok(()) } else { Err(ChainFault::Forked) }
}

fn check_roster_known(roster: &Roster, record: &Record) -> Result<(), ChainFault> {
    let named = record.header().roster;
    match roster.hash_at(named.seq) {
        None => Err(ChainFault::RosterAhead { named: named.seq, held: roster.head().seq }),
        Some(hash) if hash != named.hash => Err(ChainFault::RosterForked),
        Some(_) => Ok(()),
    }
}

/// Resists a removed feed, a feed that forgets what it knew, and an old epoch passed off as the present one: the epoch of
/// a record follows from the place of the roster its author knew.
fn check_membership(roster: &Roster, tip: Option<Tip>, record: &Record) -> Result<(), ChainFault> {
    let header = record.header();
    let named = header.roster.seq;
    if tip.is_some_and(|tip| named < tip.roster_seq) {
        return Err(ChainFault::RosterBackwards);
    }
    if !roster.valid_at(&header.feed, named) {
        return Err(ChainFault::NotMember);
    }
    match roster.epoch_at(named) {
        Some(expected) if expected != header.epoch => {
            Err(ChainFault::WrongEpoch { expected, found: header.epoch })
        }
        _ => Ok(()),
    }
}
