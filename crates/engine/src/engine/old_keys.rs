//! Keys of before. Each epoch hands on the one before it, sealed under its own key, and only members can see whether whoever began
//! it has done so: a server can't, and a roster takes whatever stands there.

use std::collections::BTreeSet;

use haven_feed::ids::FeedId;

use super::alarms::Raised;
use super::waiting::One;
use super::{Engine, Work};

impl Engine {
    /// Tells of each epoch that does not lead back to the one before, of those that were not known `before`. Whoever holds both keys
    /// sees it when it hears the link. Whoever has only the newer one, since it was linked later, lacks what is older: it sees it
    /// then.
    pub(super) fn tell_old_keys(&mut self, work: &mut Work<'_, '_>, before: &BTreeSet<u32>) {
        for epoch in self.keys.astray(&self.roster, before) {
            let Some(block) = self.roster.epoch_block(epoch) else { continue };
            let by = FeedId::from_bytes(*block.author.as_bytes());
            self.raise(work, Raised::OldKeyLost { by });
        }
    }

    /// Whether a record that lacks its key is of an epoch before one whose key is here: that key does not come by itself any more.
    pub(super) fn is_of_lost_key(&self, work: &Work<'_, '_>, one: &One) -> bool {
        let epoch = self.record_of(work, one).map(|record| record.header().epoch);
        epoch.is_some_and(|epoch| self.keys.epochs.last_key_value().is_some_and(|(last, _)| *last > epoch))
    }
}
