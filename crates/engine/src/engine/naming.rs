//! What devices are called: by the roster, under the name that they joined with, and by documents, once somebody renamed
//! them.

use haven_core::time::Timestamp;
use haven_feed::FeedId;

use super::{Engine, Work};
use crate::command::Fault;
use crate::fields;
use crate::io::draw;

impl Engine {
    /// What a device is called now.
    pub(super) fn device_name(&self, feed: &FeedId) -> Option<String> {
        let given = self.view.naming(feed).map(|naming| &naming.name);
        given.or_else(|| self.names.get(feed)).cloned()
    }

    /// Gives a device another name. Two devices that name one for the first time, apart from each other, leave two documents;
    /// whoever renames it next writes into both, so that they agree again.
    pub(super) fn rename(&mut self, work: &mut Work<'_, '_>, feed: FeedId, name: &str) -> Result<(), Fault> {
        self.roster.feed(&feed).ok_or(Fault::DeviceUnknown)?;
        let now = Timestamp::from_millis(work.cx.now.wall_ms);
        let present = self.view.namings(&feed);
        if present.is_empty() {
            let id = draw(work.cx.entropy);
            return self.create(work, id, fields::of_naming(&feed, name, now));
        }
        for id in present {
            let row = self.row(work, &id)?.ok_or(Fault::Unreadable)?;
            self.change(work, id, row, None, &fields::of_renaming(name, now))?;
        }
        Ok(())
    }
}
