//! What goes to the server: links first, then records, a few pushes at a time.

use bytes::Bytes;
use haven_feed::ids::{FeedId, RosterHead, Vector};
use haven_feed::record::{Record, VerifiedRecord};

use super::alarms::Raised;
use super::{Engine, Work, history};
use crate::io::Table;
use crate::keys::meta;
use crate::limits;
use crate::row::Source;
use crate::sync::{Outgoing, Problem, Refusal, Request};

impl Engine {
    /// Sends what the server lacks: links first, then records, a few pushes at a time. What was made in this very step is
    /// taken from it; the rest is read from the store.
    pub(super) fn push(&mut self, work: &mut Work<'_, '_>) {
        if !self.session.is_live() || self.push_links(work) {
            return;
        }
        if self.unsealed {
            self.reseal(work);
        }
        let history = history(work.cx.reader, self.space);
        let runs = self.exchange.to_push(&self.local(&history));
        self.push_bodies(work);
        for mut run in runs {
            if run.feed == self.keys.feed && self.unsealed {
                run.to_seq = run.to_seq.min(self.sent);
            }
            let mut from =
                self.session.pushed_to.get(&run.feed).map_or(run.from_seq, |sent| run.from_seq.max(sent + 1));
            while from <= run.to_seq && self.session.in_flight < limits::PUSHES_IN_FLIGHT_MAX {
                let mut records = self.to_send(work, run.feed, from);
                records.truncate(usize::try_from(run.to_seq - from).unwrap_or(usize::MAX).saturating_add(1));
                if records.is_empty() {
                    break;
                }
                from += records.len() as u64;
                self.session.pushed_to.insert(run.feed, from - 1);
                self.session.in_flight += 1;
                if run.feed == self.keys.feed {
                    self.left(work, from - 1);
                }
                work.step.send.push(Outgoing::Push { space: self.space, records });
            }
        }
    }

    /// Sends the bodies that the server said it lacks and this device has, as many as may be on their way. That it lacks them
    /// is its word: what was never sent does not leave by it, nor anything at a time when nothing is pushed.
    fn push_bodies(&mut self, work: &mut Work<'_, '_>) {
        let history = history(work.cx.reader, self.space);
        let Some(agrees) = self.exchange.bodies_to_push(&self.local(&history)) else { return };
        let (own, sent) = (self.keys.feed, self.sent);
        self.session.bodies.husks.retain(|(feed, seq)| agrees(feed) && (*feed != own || *seq <= sent));
        while self.session.in_flight < limits::PUSHES_IN_FLIGHT_MAX {
            let Some(first) = self.session.bodies.husks.first().copied() else { return };
            let same: Vec<Source> =
                self.session.bodies.husks.iter().copied().take_while(|(feed, _)| *feed == first.0).collect();
            let (mut taken, mut size, mut records) = (0, 0, Vec::new());
            for (feed, seq) in same {
                let stored = work.cx.reader.record(self.space, feed, seq).ok().flatten();
                let whole = stored.filter(|bytes| self.has_body(work, (feed, seq), bytes));
                size += whole.as_ref().map_or(0, Bytes::len);
                if size > limits::PUSH_BYTES_MAX && !records.is_empty() {
                    break;
                }
                taken += 1;
                records.extend(whole);
            }
            self.session.bodies.husks.drain(..taken);
            if !records.is_empty() {
                self.session.in_flight += 1;
                work.step.send.push(Outgoing::Push { space: self.space, records });
            }
        }
    }

    /// Whether this is a record with a body that is not to be gone. What is still in the journal here is not.
    fn has_body(&self, work: &Work<'_, '_>, source: Source, bytes: &Bytes) -> bool {
        let record = Record::parse(bytes.clone()).ok().filter(|record| !record.is_husk());
        let stays = |record: &Record| {
            !self.is_gone(work, None, &source, &record.id()) || self.is_wanted(work, &source)
        };
        record.is_some_and(|record| stays(&record))
    }

    /// Sends one link the server lacks; records follow when it is there.
    fn push_links(&mut self, work: &mut Work<'_, '_>) -> bool {
        let Some(after) = self.exchange.links_to_push(&self.roster) else { return false };
        if self.session.link_sent.is_some() {
            return true;
        }
        let links = work.cx.reader.links(self.space).unwrap_or_default();
        let next = usize::try_from(after + 1).ok().and_then(|next| links.into_iter().nth(next));
        let (Some(link), Some(head)) = (next, self.roster.hash_at(after)) else { return false };
        self.session.link_sent = Some(after + 1);
        work.step.send.push(Outgoing::AppendLink { space: self.space, head_seq: after, head, link });
        true
    }

    fn to_send(&self, work: &Work<'_, '_>, feed: FeedId, from: u64) -> Vec<Bytes> {
        if feed == self.keys.feed && work.resealed.contains_key(&from) {
            return one_push(work.resealed.range(from..).map(|(_, bytes)| bytes));
        }
        let mut stored =
            work.cx.reader.records(self.space, feed, from, limits::PUSH_BYTES_MAX).unwrap_or_default();
        if let Some((first, _)) = work.resealed.first_key_value().filter(|_| feed == self.keys.feed) {
            // What stands there until this step is durable is of the epoch before.
            stored.truncate(usize::try_from(first.saturating_sub(from)).unwrap_or(usize::MAX));
        }
        if !stored.is_empty() || feed != self.keys.feed {
            return stored;
        }
        let fresh = work.fresh.iter().skip_while(|record| record.position().seq < from);
        one_push(fresh.map(VerifiedRecord::bytes))
    }

    /// Hears that a push is durable there, and what the server has now.
    pub(super) fn pushed(&mut self, work: &mut Work<'_, '_>, vector: &Vector) {
        let before = self.pending();
        let history = history(work.cx.reader, self.space);
        let mut exchange = std::mem::take(&mut self.exchange);
        let alarms = exchange.pushed(&self.local(&history), vector);
        self.exchange = exchange;
        for alarm in alarms {
            self.raise(work, Raised::Feed(alarm));
        }
        self.session.traffic.sent += before.saturating_sub(self.pending());
        self.session.in_flight = self.session.in_flight.saturating_sub(1);
        if self.session.in_flight == 0 && self.says_that_it_lacks(vector) {
            return self.fail(work, Problem::Refused(Request::Push, Refusal::Other));
        }
        self.goes();
        self.session.streams_refused = 0;
        self.push(work);
    }

    /// Whether the server, asked to take own records, answers that it has less than it was sent.
    fn says_that_it_lacks(&self, vector: &Vector) -> bool {
        let own = self.keys.feed;
        let sent = self.session.pushed_to.get(&own).copied().unwrap_or(0);
        self.exchange.pins().served.seq(&own) < sent && vector.seq(&own) < sent
    }

    /// Hears that a link was appended.
    pub(super) fn link_appended(&mut self, work: &mut Work<'_, '_>, seq: u64) {
        let sent = self.session.link_sent.take();
        if sent.is_some_and(|sent| seq < sent) {
            // It says that it took the link, and that it does not have it: it would be sent for ever.
            return self.fail(work, Problem::Refused(Request::AppendLink, Refusal::Other));
        }
        self.linking_appended(work, seq);
        self.change_appended(work, seq);
        // It may have more by now than it was sent, and than is known here.
        let held = seq.min(self.roster.head().seq);
        if let Some(hash) = self.roster.hash_at(held) {
            self.exchange.links_pushed(&self.roster, RosterHead { seq: held, hash });
        }
        self.goes();
        self.push(work);
        self.go_on_changing(work);
    }

    /// Notes that own records up to this one may have left this device: they are never sealed again.
    pub(super) fn left(&mut self, work: &mut Work<'_, '_>, seq: u64) {
        if seq <= self.sent {
            return;
        }
        self.sent = seq;
        let sealed = self.keys.seal(Table::Meta, meta::SENT, &seq.to_be_bytes(), work.cx.entropy);
        work.step.commit.put(Table::Meta, meta::SENT, sealed);
    }
}

/// As many records as one push may have, at least one.
fn one_push<'a>(records: impl Iterator<Item = &'a Bytes>) -> Vec<Bytes> {
    let mut size = 0;
    let fits = |bytes: &&Bytes| {
        let first = size == 0;
        size += bytes.len();
        first || size <= limits::PUSH_BYTES_MAX
    };
    records.take_while(fits).cloned().collect()
}
