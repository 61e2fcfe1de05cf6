//! What counts, and what waits for what: decided from what opened records say, before anything of them is applied.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use haven_feed::accepted::{Accepted, Says, accepted};
use haven_feed::alarm::Alarm;
use haven_feed::exchange::device::Local;
use haven_feed::ids::{FeedId, Position, Vector};

use super::alarms::{Kept, Raised};
use super::waiting::{Head, Look, One, Wait};
use super::{Engine, Work, history};
use crate::command::Fault;
use crate::content::{Content, DocumentId};
use crate::io::{Reader, Table};
use crate::keys::meta;
use crate::limits;
use crate::row::Source;
use crate::sync::Outgoing;

/// What is to be done with the next record of a feed.
pub(super) enum Turn {
    /// It has to wait.
    Wait,
    /// It counts and holds nothing for this device.
    Pass,
    /// It is applied, or put aside if it cannot be.
    Take,
}

impl Engine {
    /// Decides what counts of removed feeds, from all that is at hand.
    pub(super) fn accept(&mut self, work: &mut Work<'_, '_>) -> Accepted {
        let reader = work.cx.reader;
        let history = history(reader, self.space);
        let held = |feed: &FeedId, seq| self.local(&history).held(feed, seq);
        let said = self.waiting.queues.values().flatten().filter_map(|one| match &one.look {
            Look::Opened(head, _) => self.said(one.source, &head.seen, &head.accepts),
            _ => None,
        });
        let said: Vec<Says> = said.collect();
        let mut settled = self.counted.clone();
        settled.advance_all(&self.applied);
        let accepted = accepted(&self.roster, &held, &settled, &said);
        self.counted = self.beyond_applied(work, &accepted);
        for ((feed, seq), by) in &accepted.contradicted {
            self.raise(work, Raised::Feed(Alarm::Contradicted { feed: *feed, seq: *seq, by: *by }));
        }
        accepted
    }

    /// What counts of removed feeds and is held, and not applied yet: whoever named it may be applied already, and says it no more.
    fn beyond_applied(&self, work: &Work<'_, '_>, accepted: &Accepted) -> Vector {
        let history = history(work.cx.reader, self.space);
        let local = self.local(&history);
        let beyond = |feed: FeedId| {
            let seq = accepted.bound(&feed).filter(|bound| *bound > self.applied.seq(&feed))?;
            let known = self.counted.get(&feed).filter(|known| known.seq == seq);
            known
                .or_else(|| Some(Position { seq, id: local.held(&feed, seq)? }))
                .map(|position| (feed, position))
        };
        self.removed_feeds().into_iter().filter_map(beyond).collect()
    }

    /// Keeps what counts beyond what is applied, if that is something else than before.
    pub(super) fn keep_counted(&mut self, work: &mut Work<'_, '_>) {
        if self.counted == self.saved_counted {
            return;
        }
        let sealed = self.keys.seal(Table::Meta, meta::COUNTED, &self.counted.encode(), work.cx.entropy);
        work.step.commit.put(Table::Meta, meta::COUNTED, sealed);
        self.saved_counted = self.counted.clone();
    }

    /// What a record says of removed feeds; nothing if it names none.
    fn said(&self, source: Source, seen: &Vector, accepts: &[(FeedId, Position)]) -> Option<Says> {
        let names = seen.iter().chain(accepts.iter().copied());
        let names: Vec<_> =
            names.filter(|(feed, _)| self.roster.feed(feed).is_some_and(|it| it.removed.is_some())).collect();
        if names.is_empty() { None } else { Some(Says { by: source.0, seq: source.1, names }) }
    }

    /// Hears what records that count name, whether or not they can be applied yet: what is withheld is noticed now, and bodies
    /// that are gone for good are known before their husks come.
    pub(super) fn hear_named(&mut self, work: &mut Work<'_, '_>, accepted: &Accepted) {
        let mut queues = std::mem::take(&mut self.waiting.queues);
        for one in queues.values_mut().flatten() {
            let counts = accepted.counts(&one.source.0, one.source.1);
            let Look::Opened(head, _) = &one.look else { continue };
            if one.heard || !counts {
                continue;
            }
            self.hear_head(work, one.source, head);
            one.heard = true;
        }
        self.waiting.queues = queues;
    }

    fn hear_head(&mut self, work: &mut Work<'_, '_>, by: Source, head: &Head) {
        let history = history(work.cx.reader, self.space);
        let mut exchange = std::mem::take(&mut self.exchange);
        let mut alarms = exchange.named(&self.local(&history), by.0, &head.seen);
        alarms.extend(exchange.named(&self.local(&history), by.0, &head.accepts.iter().copied().collect()));
        self.exchange = exchange;
        for alarm in alarms {
            self.raise(work, Raised::Feed(alarm));
        }
        self.hear_gone(work, by, &head.gone);
    }

    /// Says what is to be done with a record that is the next of its feed.
    pub(super) fn turn_of(&self, work: &Work<'_, '_>, accepted: &Accepted, one: &One) -> Turn {
        if !accepted.counts(&one.source.0, one.source.1) {
            return Turn::Wait;
        }
        match &one.look {
            Look::Waits(Wait::Body) if self.is_gone(work, Some(accepted), &one.source, &one.position.id) => {
                Turn::Pass
            }
            Look::Not | Look::Waits(_) => Turn::Wait,
            Look::Passed => Turn::Pass,
            Look::Aside(_) => Turn::Take,
            Look::Opened(head, _) if self.has_all(work, accepted, one.source.0, head) => Turn::Take,
            Look::Opened(..) => Turn::Wait,
        }
    }

    /// Whether everything a record builds on is applied here. What cannot be had holds nobody up: a name that contradicts what
    /// is held is a claim or of a second history, and what does not count for this record is no ground of it. What it accepts by
    /// hand has to be here as well: nobody asks it again once it is applied. Nor does anybody wait for what a feed has that found no
    /// room for its second history, or for its dangling records; nor for a body of a removed one that is nowhere.
    fn has_all(&self, work: &Work<'_, '_>, accepted: &Accepted, by: FeedId, head: &Head) -> bool {
        let history = history(work.cx.reader, self.space);
        let local = self.local(&history);
        let is_here = |feed: FeedId, position: Position| {
            let Some(member) = self.roster.feed(&feed) else { return true };
            let is_applied = self.applied.seq(&feed) >= position.seq;
            let may_never = member.removed.is_some()
                && !accepted.counts(&feed, position.seq)
                && !self.roster.vouches(&by, &feed);
            is_applied
                || may_never
                || local.contradicts(&feed, position)
                || self.is_of_second_history(work, &feed, position)
                || self.is_left_in_log(&local, feed, position)
                || (member.removed.is_some() && self.is_behind_missing_body(&local, feed, position))
        };
        let seen = head.seen.iter().filter(|(feed, _)| *feed != by);
        let accepts = head.accepts.iter().copied().filter(|(feed, _)| *feed != by);
        let is_beyond = |feed: FeedId, position: Position| {
            local.held(&feed, position.seq).is_none() && self.is_beyond_room(work, &feed)
        };
        seen.into_iter().all(|(feed, position)| is_here(feed, position) || is_beyond(feed, position))
            && accepts.into_iter().all(|(feed, position)| is_here(feed, position))
    }

    /// Whether a position is of a record that is here and waits only because its feed stands at a body that the server does not have. Whoever
    /// was removed may have called that gone, in a record that some have heard and that does not count.
    fn is_behind_missing_body(&self, local: &Local<'_>, feed: FeedId, position: Position) -> bool {
        let front = self.waiting.queues.get(&feed).and_then(VecDeque::front);
        let is_missing = |one: &One| {
            matches!(one.look, Look::Waits(Wait::Body)) && self.session.bodies.contains(&one.source)
        };
        front.is_some_and(is_missing) && local.held(&feed, position.seq) == Some(position.id)
    }

    /// Tells what the next record of each feed waits for, and asks the server for bodies.
    pub(super) fn tell_waits(&mut self, work: &mut Work<'_, '_>, accepted: &Accepted) {
        let stuck = self.waiting.stuck.iter().map(|feed| Raised::DiskUnreadable { feed: *feed });
        let mut waits: Vec<Raised> = stuck.collect();
        for (feed, queue) in &self.waiting.queues {
            let Some(front) = queue.front() else { continue };
            if !accepted.counts(feed, front.source.1) {
                waits.push(Raised::WroteAfterRemoval { feed: *feed });
                continue;
            }
            match front.look {
                Look::Waits(Wait::Key) if self.is_of_lost_key(work, front) => {}
                Look::Waits(Wait::Key) => waits.push(Raised::KeyMissing { feed: *feed }),
                Look::Waits(Wait::Disk) => waits.push(Raised::DiskUnreadable { feed: *feed }),
                Look::Waits(Wait::Update) => waits.push(Raised::UpdateNeeded { feed: *feed }),
                Look::Waits(Wait::Body) if self.session.bodies.contains(&front.source) => {
                    waits.push(Raised::BodyMissing { feed: *feed });
                }
                _ => {}
            }
        }
        self.tell_present(work, waits, Kept::is_of_waiting);
        self.ask_bodies(work);
    }

    /// Asks once a session for the bodies of husks that hold something up, and for what the server claims to have otherwise.
    pub(super) fn ask_bodies(&mut self, work: &mut Work<'_, '_>) {
        if !self.session.is_live() {
            return;
        }
        let mut wanted: BTreeMap<FeedId, BTreeSet<u64>> = BTreeMap::new();
        for (feed, queue) in &self.waiting.queues {
            let husks = queue.iter().filter(|one| matches!(one.look, Look::Waits(Wait::Body)));
            let husks = husks.map(|one| one.source).filter(|source| !self.session.asked.contains(source));
            let husks: BTreeSet<u64> = husks.map(|(_, seq)| seq).take(limits::BODIES_ASKED_MAX).collect();
            if !husks.is_empty() {
                wanted.insert(*feed, husks);
            }
        }
        for source in self.exchange.doubted().filter(|source| !self.session.asked.contains(source)) {
            wanted.entry(source.0).or_default().insert(source.1);
        }
        for (feed, seqs) in wanted {
            self.session.asked.extend(seqs.iter().map(|seq| (feed, *seq)));
            let seqs = seqs.into_iter().collect();
            work.step.send.push(Outgoing::FetchBodies { space: self.space, feed, seqs });
        }
    }

    /// The feeds that are removed.
    pub(super) fn removed_feeds(&self) -> BTreeSet<FeedId> {
        let removed = self.roster.feeds().filter(|(_, member)| member.removed.is_some());
        removed.map(|(feed, _)| feed).collect()
    }

    /// Applies the rule again after a removal: what was applied of a removed feed and does not count is taken back out of
    /// documents. It stays in the store, readable, and is applied again as soon as it counts.
    pub(super) fn settle_removals(&mut self, work: &mut Work<'_, '_>) {
        let removed = self.removed_feeds();
        if removed == self.removed {
            return;
        }
        // Whoever waited for what does not count any more waits no longer.
        self.waiting.wake();
        if self.is_removed() {
            // A device that was removed itself keeps all that it has: what it wrote may stand on what does not count any more.
            return self.note_settled(work, removed);
        }
        match self.settle_removed(work, &removed) {
            Ok(()) => self.note_settled(work, removed),
            // The store could not be read: asked again in the next session, with the next link and at the next start.
            Err(fault) => tracing::error!(?fault, "what a removed device wrote could not be settled"),
        }
    }

    /// Keeps up to which link removals are settled, together with what came of it.
    fn note_settled(&mut self, work: &mut Work<'_, '_>, removed: BTreeSet<FeedId>) {
        self.removed = removed;
        let head = self.roster.head().seq.to_be_bytes();
        let sealed = self.keys.seal(Table::Meta, meta::SETTLED, &head, work.cx.entropy);
        work.step.commit.put(Table::Meta, meta::SETTLED, sealed);
    }

    /// The feeds whose removals were settled when the vault was closed.
    pub(super) fn settled(&self, kept: Option<Vec<u8>>) -> BTreeSet<FeedId> {
        let last = kept.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes);
        let is_settled = |feed: &FeedId| {
            let removal = self.roster.feed(feed).and_then(|member| member.removed);
            removal.is_some_and(|removal| removal.seq <= last)
        };
        self.removed_feeds().into_iter().filter(is_settled).collect()
    }

    fn settle_removed(&mut self, work: &mut Work<'_, '_>, removed: &BTreeSet<FeedId>) -> Result<(), Fault> {
        // Of all removed feeds: what counts of one may have hung on the word of another that is removed now.
        self.counted = Vector::default();
        if !removed.iter().all(|feed| self.stands(work, feed)) {
            self.take_back_uncounted(work, removed)?;
        }
        let accepted = self.accept(work);
        self.wait_again(work, &accepted)?;
        self.unsay(work, &accepted)
    }

    /// Whether all that is here of a removed feed is applied and lies below the head that its removal names, so that nothing else has to be
    /// asked. What is not applied yet may count by the word of a record that is.
    fn stands(&self, work: &Work<'_, '_>, feed: &FeedId) -> bool {
        let history = history(work.cx.reader, self.space);
        let applied = self.applied.seq(feed);
        let head = self.roster.feed(feed).and_then(|member| member.removed?.head);
        let is_below = |head: Position| {
            head.seq >= applied && self.local(&history).held(feed, head.seq) == Some(head.id)
        };
        let is_all = self.tips.seq(feed) == applied;
        is_all && (applied == 0 || head.is_some_and(is_below))
    }

    fn take_back_uncounted(
        &mut self,
        work: &mut Work<'_, '_>,
        removed: &BTreeSet<FeedId>,
    ) -> Result<(), Fault> {
        let reader = work.cx.reader;
        let said = self.all_says(reader)?;
        let accepted = {
            let history = history(reader, self.space);
            let held = |feed: &FeedId, seq| self.local(&history).held(feed, seq);
            accepted(&self.roster, &held, &Vector::default(), &said)
        };
        let bounds = removed.iter().map(|feed| (*feed, accepted.bound(feed).unwrap_or_default()));
        let bounds: BTreeMap<FeedId, u64> =
            bounds.filter(|(feed, bound)| *bound < self.applied.seq(feed)).collect();
        self.take_back(work, &bounds)?;
        self.counted = self.beyond_applied(work, &accepted);
        self.waiting.wake();
        Ok(())
    }

    /// What all applied records say of removed feeds.
    fn all_says(&self, reader: &dyn Reader) -> Result<Vec<Says>, Fault> {
        let mut said = Vec::new();
        for (feed, last) in self.applied.iter() {
            let look = |source, content: &Content<'_>| self.said(source, &content.seen, &content.accepts);
            self.reread(reader, feed, (1, last.seq), look, |says| said.push(says))?;
        }
        Ok(said)
    }

    /// Takes the records of feeds after their bounds out of the documents again; of all feeds at once, since one may have written on
    /// in what another one began.
    fn take_back(&mut self, work: &mut Work<'_, '_>, bounds: &BTreeMap<FeedId, u64>) -> Result<(), Fault> {
        let reader = work.cx.reader;
        let mut touched: BTreeSet<DocumentId> = BTreeSet::new();
        for (feed, bound) in bounds {
            let look = |_, content: &Content<'_>| {
                Some(content.items.iter().map(|item| item.document).collect::<BTreeSet<_>>())
            };
            let places = (bound + 1, self.applied.seq(feed));
            self.reread(reader, *feed, places, look, |documents| touched.extend(documents))?;
        }
        for (feed, bound) in bounds {
            self.forget_dangling(work, *feed, *bound);
        }
        self.take_out(work, touched, |(of, seq)| bounds.get(of).is_some_and(|bound| seq > bound))?;
        for (feed, bound) in bounds {
            self.apply_again(work, *feed, bound + 1);
        }
        Ok(())
    }

    /// Has the records of a feed from this one on wait for their turn once more.
    pub(super) fn apply_again(&mut self, work: &mut Work<'_, '_>, feed: FeedId, first: u64) {
        let history = history(work.cx.reader, self.space);
        let before = first - 1;
        // What counted of a removed feed counts still, although whoever said so is applied.
        if let Some(applied) = self.applied.get(&feed).filter(|_| !self.roster.is_current(&feed)) {
            self.counted.advance(feed, applied);
        }
        let position = self.local(&history).held(&feed, before).map(|id| Position { seq: before, id });
        self.applied.set(feed, position);
        self.forget_dangling(work, feed, before);
        self.waiting.queues.remove(&feed);
        // Bodies that were asked for in vain may be there by now.
        self.session.asked.retain(|(of, seq)| *of != feed || *seq < first);
        self.session.bodies.retain(|(of, seq)| *of != feed || *seq < first);
        self.waiting.wake();
        work.applied_changed = true;
    }
}
