//! What a record builds on, and what of that nobody waits for.

use std::collections::VecDeque;

use haven_feed::accepted::Accepted;
use haven_feed::ids::{FeedId, Position};

use super::waiting::{Head, Look, One, Wait};
use super::{Engine, Work, history};

/// How it stands with what a record builds on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// All of it is applied here, or is nothing to wait for.
    Here,
    /// Something is not here, and the record goes without: only the author has named it, who is removed, or it can't be told of which of
    /// two histories it is. When it comes, the record says once more what it names.
    Without,
    /// Something is to come.
    Waits,
}

impl Engine {
    /// How it stands with what a record of this feed builds on. What it accepts by hand has to be
    /// here like what it has seen: whoever applied it asks it no more.
    pub(super) fn ground(&self, work: &Work<'_, '_>, accepted: &Accepted, by: FeedId, head: &Head) -> Ground {
        let seen = head.seen.iter().map(|named| (named, false));
        let accepts = head.accepts.iter().map(|named| (*named, true));
        let others = seen.chain(accepts).filter(|((feed, _), _)| *feed != by);
        let mut ground = Ground::Here;
        for (named, by_hand) in others {
            match self.ground_in(work, accepted, by, named, by_hand) {
                Ground::Here => {}
                Ground::Without => ground = Ground::Without,
                Ground::Waits => return Ground::Waits,
            }
        }
        ground
    }

    fn ground_in(
        &self,
        work: &Work<'_, '_>,
        accepted: &Accepted,
        by: FeedId,
        (feed, position): (FeedId, Position),
        by_hand: bool,
    ) -> Ground {
        let Some(member) = self.roster.feed(&feed) else { return Ground::Here };
        let is_removed = member.removed.is_some();
        let counts = accepted.counts(&feed, position.seq) || self.roster.vouches(&by, &feed);
        // What doesn't count by this word yet may do so once a whole party is gone: as soon as it is here, nothing is waited for. And what
        // stood in documents before its feed went back stands there still.
        let may_count = counts || self.roster.may_vouch(&by, &feed);
        let here = self.applied.seq(&feed).max(self.went_back.now.seq(&feed));
        if here >= position.seq || (is_removed && !may_count) {
            return Ground::Here;
        }
        let history = history(work.cx.reader, self.space);
        let is_nothing_to_wait_for = match self.local(&history).held(&feed, position.seq) {
            // A claim.
            Some(held) if held != position.id => true,
            Some(_) if is_removed && !counts => true,
            // It is here, and its feed can't go on: for want of room, or of a body that is nowhere and that whoever was removed may
            // have called gone, in a record that some have heard and that does not count.
            Some(_) => self.dangling.is_over(&feed) || (is_removed && self.stands_at_missing_body(&feed)),
            None if self.is_of_second_history(work, &feed, position) => true,
            // It may be of the first history all the same, and come to count by this word.
            None if !by_hand && self.is_beyond_room(work, &feed) => return Ground::Without,
            None => false,
        };
        match is_nothing_to_wait_for {
            true => Ground::Here,
            false if self.is_only_named(&history, &by, &feed, position) => Ground::Without,
            false => Ground::Waits,
        }
    }

    /// Whether only this device has named something, which is removed: the server has said that this is all, and nobody else, not even
    /// the server, says that there is more.
    fn is_only_named(
        &self,
        history: &dyn haven_feed::exchange::History,
        by: &FeedId,
        feed: &FeedId,
        position: Position,
    ) -> bool {
        let is_here = self.local(history).held(feed, position.seq).is_some();
        let is_said = || self.exchange.said_of(&self.roster, feed).is_some_and(|said| said.0 >= position.seq);
        !is_here && !self.roster.is_current(by) && self.session.is_caught_up() && !is_said()
    }

    /// Whether the next record of a feed came without its body, and the server has none.
    fn stands_at_missing_body(&self, feed: &FeedId) -> bool {
        let front = self.waiting.queues.get(feed).and_then(VecDeque::front);
        let is_missing = |one: &One| {
            matches!(one.look, Look::Waits(Wait::Body)) && self.session.bodies.is_nowhere(&one.source)
        };
        front.is_some_and(is_missing)
    }
}
