//! Asking for bodies: of husks that hold something up, of those that were passed over because somebody calls them gone, and of what a
//! server claims to have otherwise than it is here.
//!
//! A few feeds are asked at a time. A word that a body is gone is believed, since nothing waits for it, and looked into all the same: the
//! server is asked once a session, and as long as nobody brings the body the person is told. This version purges nothing, so nobody's
//! purge can be seen to be true.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use bytes::Bytes;
use haven_feed::ids::{FeedId, RecordId};
use haven_feed::record::Record;
use haven_feed::roster::body::SpaceKind;

use super::alarms::{Kept, Raised};
use super::gone::source_of;
use super::waiting::{Look, Wait};
use super::{Engine, Work, history};
use crate::io::{StoreFault, Table};
use crate::limits;
use crate::row::Source;
use crate::sync::{Outgoing, Problem, Refusal, Request};

/// What is known of bodies in the present session.
#[derive(Default)]
pub(super) struct Bodies {
    /// Records that were asked for one by one, and of those the ones that were answered: with or without what was asked for.
    asked: BTreeSet<Source>,
    answered: BTreeSet<Source>,
    /// Feeds of which an answer is to come.
    open: BTreeSet<FeedId>,
    /// Husks that were passed over and are still to be asked for.
    passed: BTreeSet<Source>,
    /// Feeds of which a body came that had been passed over.
    pub(super) came: BTreeSet<FeedId>,
    /// Records that the server holds without their bodies.
    pub(super) husks: Vec<Source>,
}

impl Bodies {
    /// Whether the server was asked and has none.
    pub(super) fn is_nowhere(&self, source: &Source) -> bool {
        self.answered.contains(source)
    }

    /// Lets what is of a feed from this record on be asked for once more.
    pub(super) fn ask_again(&mut self, feed: &FeedId, first: u64) {
        let stays = |(of, seq): &Source| of != feed || *seq < first;
        self.asked.retain(stays);
        self.answered.retain(stays);
    }
}

impl Engine {
    /// Asks once a session, a few feeds at a time: the next are asked when an answer comes.
    pub(super) fn ask_bodies(&mut self, work: &mut Work<'_, '_>) {
        if !self.session.is_live() {
            return;
        }
        for (feed, seqs) in self.wanted_bodies() {
            let bodies = &mut self.session.bodies;
            if bodies.open.len() >= self.session.asked_at_once {
                return;
            }
            if bodies.open.insert(feed) {
                bodies.asked.extend(seqs.iter().map(|seq| (feed, *seq)));
                let seqs = seqs.into_iter().collect();
                work.step.send.push(Outgoing::FetchBodies { space: self.space, feed, seqs });
            }
        }
    }

    fn wanted_bodies(&self) -> BTreeMap<FeedId, BTreeSet<u64>> {
        let waiting = self.waiting.queues.values().flatten();
        let husks = waiting.filter(|one| matches!(one.look, Look::Waits(Wait::Body))).map(|one| one.source);
        let damaged = self.mending.records.iter().copied();
        let passed = self.session.bodies.passed.iter().copied();
        let mut wanted: BTreeMap<FeedId, BTreeSet<u64>> = BTreeMap::new();
        for (feed, seq) in husks.chain(passed).chain(damaged).chain(self.exchange.doubted()) {
            let of_feed = wanted.entry(feed).or_default();
            if of_feed.len() < limits::BODIES_ASKED_MAX && !self.session.bodies.asked.contains(&(feed, seq)) {
                of_feed.insert(seq);
            }
        }
        wanted.retain(|_, seqs| !seqs.is_empty());
        wanted
    }

    /// Hears the answer to what was asked for: bodies, and what proves or disproves a claim.
    pub(super) fn take_bodies(&mut self, work: &mut Work<'_, '_>, feed: FeedId, records: Vec<Bytes>) {
        let open = self.unanswered(&feed);
        let came: BTreeSet<Source> = records.iter().filter_map(whole).collect();
        self.session.bodies.open.remove(&feed);
        self.session.bodies.passed.retain(|source| !came.contains(source));
        let records = self.take_damaged(work, records);
        self.receive(work, records);
        let left = self.unanswered(&feed);
        let last = open.difference(&left).last().copied();
        for source in left {
            // An answer has so much room: what comes after the last in it is asked for again. What is passed over in it is not
            // there, nor is anything if it holds nothing of what was asked for.
            let bodies = &mut self.session.bodies;
            if last.is_some_and(|last| source > last) {
                bodies.asked.remove(&source);
            } else {
                bodies.answered.insert(source);
                bodies.passed.remove(&source);
            }
        }
        self.waiting.wake();
    }

    /// The server answers that it does not give what was asked for, of whichever feed: none of what was asked for is there, until it comes
    /// all the same.
    pub(super) fn no_bodies(&mut self) {
        let bodies = &mut self.session.bodies;
        bodies.open.clear();
        bodies.answered.extend(bodies.asked.iter().copied());
        bodies.passed.retain(|source| !bodies.asked.contains(source));
        self.waiting.ready = true;
    }

    /// The server has too much to send to answer that as well. What it answers beside it is lost with the connection, so fewer are asked
    /// for in the next one: in the end one at a time, of which it loses none.
    pub(super) fn ask_fewer(&mut self, work: &mut Work<'_, '_>) {
        self.session.asked_at_once = (self.session.asked_at_once / 2).max(1);
        self.fail(work, Problem::Refused(Request::FetchBodies, Refusal::Busy));
    }

    /// What was asked for of a feed, is still wanted, and was not answered yet.
    fn unanswered(&self, feed: &FeedId) -> BTreeSet<Source> {
        let bodies = &self.session.bodies;
        let open = |source: &Source| bodies.asked.contains(source) && !bodies.answered.contains(source);
        let of_feed = self.waiting.queues.get(feed).into_iter().flatten();
        let husks = of_feed.filter(|one| matches!(one.look, Look::Waits(Wait::Body))).map(|one| one.source);
        let others = self.exchange.doubted().chain(bodies.passed.iter().copied());
        husks.chain(others.filter(|source| source.0 == *feed)).filter(open).collect()
    }

    /// A husk is passed over, since somebody who counts calls its body gone. In a vault the person is told until the body comes: others
    /// may still have it in their journals. In a shared space whoever said it takes back what is their own.
    pub(super) fn pass_over(&mut self, work: &mut Work<'_, '_>, source: Source, id: &RecordId) {
        if self.roster.kind() != SpaceKind::Vault {
            return;
        }
        let by = self.called_gone_by(work, None, &source, id);
        self.raise(work, Raised::CalledGone { feed: source.0, by });
        self.session.bodies.passed.insert(source);
    }

    /// In a new session, or once one of them has come: which husks are passed over still, of feeds of which the person is told that
    /// there are any. Those are asked for.
    pub(super) fn look_for_passed(
        &mut self,
        work: &mut Work<'_, '_>,
        feeds: &BTreeSet<FeedId>,
    ) -> Result<(), StoreFault> {
        let told = |feed: &FeedId| self.session.alarms.values().any(|kept| kept.is_called_gone(feed));
        let feeds: BTreeSet<FeedId> = feeds.iter().copied().filter(told).collect();
        if feeds.is_empty() {
            return Ok(());
        }
        let mut places: Vec<Source> = Vec::new();
        work.cx.reader.scan(Table::Gone, &mut |key, _| {
            let is_past = |(feed, seq): &Source| feeds.contains(feed) && self.applied.seq(feed) >= *seq;
            places.extend(source_of(key).filter(is_past));
            ControlFlow::Continue(())
        })?;
        let is_passed = |source: &Source| {
            let is_missing = !work.bodies.contains_key(source);
            let stored =
                is_missing.then(|| history(work.cx.reader, self.space)(&source.0, source.1)).flatten();
            stored.is_some_and(|held| held.is_husk && self.is_gone(work, None, source, &held.id))
        };
        let passed: BTreeSet<Source> = places.into_iter().filter(is_passed).collect();
        for feed in feeds.iter().filter(|feed| !passed.iter().any(|(of, _)| of == *feed)) {
            self.end_alarm(work, Raised::CalledGone { feed: *feed, by: None });
        }
        self.session.bodies.passed.extend(passed);
        Ok(())
    }

    /// The same, of all feeds of which the person is told so.
    pub(super) fn look_for_all_passed(&mut self, work: &mut Work<'_, '_>) {
        let feeds = self.session.alarms.values().filter_map(Kept::feed).collect();
        if let Err(fault) = self.look_for_passed(work, &feeds) {
            tracing::error!(%fault, "what was called gone could not be looked for");
        }
    }

    /// Ends what is told of feeds of which all that was passed over has come.
    pub(super) fn end_called_gone(&mut self, work: &mut Work<'_, '_>) {
        let came = std::mem::take(&mut self.session.bodies.came);
        if let Err(fault) = self.look_for_passed(work, &came) {
            tracing::error!(%fault, "what was called gone could not be looked for");
            self.session.bodies.came = came;
        }
    }
}

/// The place of a record that comes with its body.
fn whole(bytes: &Bytes) -> Option<Source> {
    let record = Record::parse(bytes.clone()).ok().filter(|record| !record.is_husk())?;
    Some((record.header().feed, record.header().seq))
}
