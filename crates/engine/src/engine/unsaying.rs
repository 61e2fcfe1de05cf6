//! Claims end with their author. Of what a removed device has said nothing is missed that only it named, and nobody is told of another
//! history that only it claimed, whether the records that say so count or not. What others say of the same still stands.

use std::collections::BTreeMap;

use haven_feed::accepted::Accepted;
use haven_feed::alarm::Alarm;
use haven_feed::ids::FeedId;

use super::alarms::{Kept, Raised};
use super::opening::head;
use super::{Engine, Work, history};
use crate::command::Fault;

impl Engine {
    /// Forgets what was named by feeds that are removed, and hears again what others have said.
    pub(super) fn unsay(&mut self, work: &mut Work<'_, '_>, accepted: &Accepted) -> Result<(), Fault> {
        let removed = self.removed_feeds();
        // What counts again one day is heard again then.
        let waiting = self.waiting.queues.values_mut().flatten();
        for one in waiting.filter(|one| !accepted.counts(&one.source.0, one.source.1)) {
            one.heard = false;
        }
        let before = self.exchange.clone();
        let is_unsaid = self.exchange.unsay(&removed);
        let in_doubt = self.session.alarms.values().any(Kept::is_somebodys_claim);
        self.end_missed(work, &removed);
        if !is_unsaid && !in_doubt {
            return Ok(());
        }
        match self.hear_again(work, in_doubt) {
            Ok(mut claims) => {
                claims.extend(self.contradicted(accepted));
                self.tell_present(work, claims, Kept::is_somebodys_claim);
                Ok(())
            }
            Err(fault) => {
                self.exchange = before;
                Err(fault)
            }
        }
    }

    /// Hears what stored records of members name: those that are not applied yet, since all that is named by the others is here; or all,
    /// to learn who else claims another history. Gives what is claimed.
    fn hear_again(&mut self, work: &Work<'_, '_>, all: bool) -> Result<Vec<Raised>, Fault> {
        let reader = work.cx.reader;
        let history = history(reader, self.space);
        let mut claims: BTreeMap<FeedId, Alarm> = BTreeMap::new();
        for (feed, seq) in self.exchange.doubted() {
            claims.insert(feed, Alarm::Contradicted { feed, seq, by: None });
        }
        let mut exchange = std::mem::take(&mut self.exchange);
        let mut outcome = Ok(());
        for (feed, tip) in self.tips.iter().filter(|(feed, _)| self.roster.is_current(feed)) {
            let first = if all { 1 } else { self.applied.seq(&feed) + 1 };
            let heard = |head: super::waiting::Head| {
                let accepts = head.accepts.iter().copied().collect();
                for vector in [&head.seen, &accepts] {
                    for alarm in exchange.named(&self.local(&history), feed, vector) {
                        if let Alarm::Contradicted { feed, .. } = alarm {
                            claims.entry(feed).or_insert(alarm);
                        }
                    }
                }
            };
            outcome =
                self.reread(reader, feed, (first, tip.position.seq), |_, content| Some(head(content)), heard);
            if outcome.is_err() {
                break;
            }
        }
        self.exchange = exchange;
        outcome.map(|()| claims.into_values().map(Raised::Feed).collect())
    }
}
