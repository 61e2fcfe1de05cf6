//! What the vault does when time passes.

use std::collections::BTreeMap;

use haven_feed::FeedId;

use super::{Engine, Work};
use crate::codec::{Scanner, Writer};
use crate::io::{Now, Table};
use crate::keys::meta;
use crate::limits;

impl Engine {
    pub(super) fn keep_time(&mut self, work: &mut Work<'_, '_>) {
        self.fold_due_drafts(work);
        self.take_left_drops(work);
        self.expire_link(work);
        self.tend_change(work);
        if self.heartbeat_in(work.cx.now) == Some(0) {
            self.give_sign(work);
        }
    }

    /// When to be woken if nothing else happens.
    pub(super) fn next_wake(&self, now: Now) -> Option<u64> {
        let heartbeat = self.heartbeat_in(now).map(|left| now.mono_ms.saturating_add(left));
        [self.next_fold(), self.link_ends(), self.change_ends(), heartbeat]
            .into_iter()
            .flatten()
            .min()
            .map(|at| at.max(now.mono_ms))
    }

    /// In how many milliseconds this device owes the others a sign of life; `None` while it has nobody to tell. A clock
    /// that was set counts like a day gone by.
    fn heartbeat_in(&self, now: Now) -> Option<u64> {
        if !self.session.is_caught_up() || self.roster.current_feeds().count() < 2 {
            return None;
        }
        let silent = self.last_seen.get(&self.keys.feed).map_or(u64::MAX, |last| last.abs_diff(now.wall_ms));
        Some(limits::HEARTBEAT_MS.saturating_sub(silent))
    }

    /// Keeps when every feed was last heard of.
    pub(super) fn keep_seen(&self, work: &mut Work<'_, '_>) {
        let mut w = Writer::default();
        for (feed, time_ms) in &self.last_seen {
            w.raw(feed.as_bytes());
            w.i64(*time_ms);
        }
        let sealed = self.keys.seal(Table::Meta, meta::LAST_SEEN, &w.0, work.cx.entropy);
        work.step.commit.put(Table::Meta, meta::LAST_SEEN, sealed);
    }
}

/// Reads what [`Engine::keep_seen`] wrote, as far as it can be read: it is only shown.
pub(super) fn decode_seen(bytes: &[u8]) -> BTreeMap<FeedId, i64> {
    let mut s = Scanner(bytes);
    let mut seen = BTreeMap::new();
    while let (Ok(feed), Ok(time_ms)) = (s.array(), s.i64()) {
        seen.insert(FeedId::from_bytes(feed), time_ms);
    }
    seen
}
