//! What counts, and what waits for what: decided from what opened records say, before anything of them is applied.

use std::collections::{BTreeMap, BTreeSet};

use haven_feed::accepted::{Accepted, Says, accepted};
use haven_feed::alarm::Alarm;
use haven_feed::ids::{FeedId, Position, Vector};

use super::alarms::{Kept, Raised};
use super::ground::Ground;
use super::waiting::{Head, Look, One, Wait};
use super::{Engine, Work, gone, history};
use crate::command::Fault;
use crate::content::{Content, DocumentId};
use crate::io::{Reader, Table};
use crate::keys::meta;
use crate::row::Source;

/// What is to be done with the next record of a feed.
pub(super) enum Turn {
    /// It has to wait.
    Wait,
    /// It counts and holds nothing for this device.
    Pass,
    /// Its body is gone for good, by the word of somebody who counts.
    Gone,
    /// It is applied, or put aside if it cannot be.
    Take,
    /// The same, without something that is not here and that nobody waits for.
    TakeWithout,
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
        let mut settled = self.counted.now.clone();
        settled.advance_all(&self.applied);
        let accepted = accepted(&self.roster, &held, &settled, &said);
        self.counted.now = self.beyond_applied(work, &accepted);
        for raised in self.contradicted(&accepted) {
            self.raise(work, raised);
        }
        accepted
    }

    /// Where somebody who counts, or a removal, names another record than the one that is held. What a removed device claims is no claim
    /// any more, also where it has removed another one.
    pub(super) fn contradicted(&self, accepted: &Accepted) -> Vec<Raised> {
        let author = |feed: &FeedId| {
            let removal = self.roster.feed(feed)?.removed?;
            let by = FeedId::from_bytes(*removal.by.as_bytes());
            self.roster.feed(&by).map(|_| by)
        };
        let all =
            accepted.contradicted.iter().map(|((feed, seq), by)| (*feed, *seq, by.or_else(|| author(feed))));
        let stand = all.filter(|(_, _, by)| by.is_none_or(|by| self.roster.is_current(&by)));
        stand.map(|(feed, seq, by)| Raised::Feed(Alarm::Contradicted { feed, seq, by })).collect()
    }

    /// What counts of removed feeds and is held, and not applied yet: whoever named it may be applied already, and says it no more.
    fn beyond_applied(&self, work: &Work<'_, '_>, accepted: &Accepted) -> Vector {
        let history = history(work.cx.reader, self.space);
        let local = self.local(&history);
        let beyond = |feed: FeedId| {
            let seq = accepted.bound(&feed).filter(|bound| *bound > self.applied.seq(&feed))?;
            let known = self.counted.now.get(&feed).filter(|known| known.seq == seq);
            known
                .or_else(|| Some(Position { seq, id: local.held(&feed, seq)? }))
                .map(|position| (feed, position))
        };
        self.removed_feeds().into_iter().filter_map(beyond).collect()
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
        self.hear_gone(work, by, &head.gone);
        if !self.roster.is_current(&by.0) {
            // Nobody misses anything by the word of a removed device, and it is no witness of another history.
            return;
        }
        let history = history(work.cx.reader, self.space);
        let mut exchange = std::mem::take(&mut self.exchange);
        let mut alarms = exchange.named(&self.local(&history), by.0, &head.seen);
        alarms.extend(exchange.named(&self.local(&history), by.0, &head.accepts.iter().copied().collect()));
        self.exchange = exchange;
        for alarm in alarms {
            self.raise(work, Raised::Feed(alarm));
        }
    }

    /// Says what is to be done with a record that is the next of its feed.
    pub(super) fn turn_of(&self, work: &Work<'_, '_>, accepted: &Accepted, one: &One) -> Turn {
        if !accepted.counts(&one.source.0, one.source.1) {
            return Turn::Wait;
        }
        match &one.look {
            Look::Waits(Wait::Body) if self.is_gone(work, Some(accepted), &one.source, &one.position.id) => {
                Turn::Gone
            }
            // No key that comes later opens it. Its place counts, or whatever is written since would wait with it for ever.
            Look::Waits(Wait::Key) if self.is_of_lost_key(work, one) => Turn::Pass,
            Look::Not | Look::Waits(_) => Turn::Wait,
            Look::Passed => Turn::Pass,
            Look::Aside(_) => Turn::Take,
            Look::Opened(head, _) => match self.ground(work, accepted, one.source.0, head) {
                Ground::Here => Turn::Take,
                Ground::Without => Turn::TakeWithout,
                Ground::Waits => Turn::Wait,
            },
        }
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
                Look::Waits(Wait::Key) => waits.push(Raised::KeyMissing { feed: *feed }),
                Look::Waits(Wait::Disk) => waits.push(Raised::DiskUnreadable { feed: *feed }),
                Look::Waits(Wait::Update) => waits.push(Raised::UpdateNeeded { feed: *feed }),
                Look::Waits(Wait::Body) if self.session.bodies.is_nowhere(&front.source) => {
                    waits.push(Raised::BodyMissing { feed: *feed });
                }
                _ => {}
            }
        }
        self.tell_present(work, waits, Kept::is_of_waiting);
        self.end_called_gone(work);
        self.ask_bodies(work);
    }

    /// The feeds that are removed.
    pub(super) fn removed_feeds(&self) -> BTreeSet<FeedId> {
        gone(&self.roster)
    }

    /// Applies the rule again after a removal, also that of a party without devices, whose word ends with it: what was applied of a
    /// removed feed and does not count is taken back out of documents. It stays in the store, readable, and is applied again as soon as it counts.
    pub(super) fn settle_removals(&mut self, work: &mut Work<'_, '_>) {
        if self.roster.last_removal() == self.settled {
            return;
        }
        let removed = self.removed_feeds();
        self.view.definitions_mut().judge(&removed);
        self.learn_anew(work);
        // Whoever waited for what does not count any more waits no longer.
        self.waiting.wake();
        if self.is_removed() {
            // A device that was removed itself keeps all that it has: what it wrote may stand on what does not count any more.
            return self.note_settled(work);
        }
        match self.settle_removed(work, &removed) {
            Ok(()) => self.note_settled(work),
            // The store could not be read: asked again in the next session, with the next link and at the next start.
            Err(fault) => tracing::error!(?fault, "what a removed device wrote could not be settled"),
        }
    }

    /// Keeps up to which link removals are settled, together with what came of it.
    fn note_settled(&mut self, work: &mut Work<'_, '_>) {
        self.settled = self.roster.last_removal();
        let head = self.roster.head().seq.to_be_bytes();
        let sealed = self.keys.seal(Table::Meta, meta::SETTLED, &head, work.cx.entropy);
        work.step.commit.put(Table::Meta, meta::SETTLED, sealed);
    }

    /// The newest removal, if all were settled when the vault was closed.
    pub(super) fn settled_to(&self, kept: Option<Vec<u8>>) -> Option<u64> {
        let last = kept.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes);
        self.roster.last_removal().filter(|removal| *removal <= last)
    }

    fn settle_removed(&mut self, work: &mut Work<'_, '_>, removed: &BTreeSet<FeedId>) -> Result<(), Fault> {
        // Of all removed feeds: what counts of one may have hung on the word of another that is removed now.
        self.counted.now = Vector::default();
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
            bounds.filter(|(feed, bound)| *bound < self.in_documents().seq(feed)).collect();
        self.take_back(work, &bounds)?;
        self.counted.now = self.beyond_applied(work, &accepted);
        self.waiting.wake();
        Ok(())
    }

    /// What all records that stand in documents say of removed feeds, as far as it is here and no earlier record of the same author says
    /// it: small records that each name a thousand feeds take no room.
    fn all_says(&self, reader: &dyn Reader) -> Result<Vec<Says>, Fault> {
        let history = history(reader, self.space);
        let local = self.local(&history);
        let mut said = Vec::new();
        for (feed, last) in self.in_documents().iter() {
            let look = |source, content: &Content<'_>| self.said(source, &content.seen, &content.accepts);
            let mut named = Vector::default();
            let found = |mut says: Says| {
                says.names.retain(|(of, position)| {
                    let is_more =
                        position.seq > named.seq(of) && local.held(of, position.seq) == Some(position.id);
                    if is_more {
                        named.advance(*of, *position);
                    }
                    is_more
                });
                if !says.names.is_empty() {
                    says.names.shrink_to_fit();
                    said.push(says);
                }
            };
            self.reread(reader, feed, (1, last.seq), look, found)?;
        }
        Ok(said)
    }

    /// Takes the records of feeds after their bounds out of the documents again; of all feeds at once, since one may have written on
    /// in what another one began.
    fn take_back(&mut self, work: &mut Work<'_, '_>, bounds: &BTreeMap<FeedId, u64>) -> Result<(), Fault> {
        let reader = work.cx.reader;
        let mut touched: BTreeSet<DocumentId> = BTreeSet::new();
        for (feed, bound) in bounds {
            let places = (bound + 1, self.in_documents().seq(feed));
            touched.extend(self.documents_between(reader, *feed, places)?);
        }
        for (feed, bound) in bounds {
            self.forget_dangling(work, *feed, *bound);
            self.forget_put_aside(work, *feed, *bound)?;
        }
        self.take_out(work, touched, |(of, seq)| bounds.get(of).is_some_and(|bound| seq > bound))?;
        for (feed, bound) in bounds {
            self.read_anew(work, *feed, bound + 1);
        }
        Ok(())
    }
}
