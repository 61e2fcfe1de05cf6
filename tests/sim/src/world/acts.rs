//! What people did, held against what the documents say of it.

use haven_engine::command::{Command, Reply};

use super::World;
use crate::device::Asked;

impl World {
    /// Leaves those entries out of the rule of the trash in which a draft or an import wrote, too.
    pub(super) fn compare_acts(&mut self) {
        let first = self.remaining()[0];
        for entry in self.model.acted.entries() {
            let asked = self.devices[first].ask(Command::History(entry), self.now_ms, &mut self.chance);
            let versions = match asked {
                Asked::Answered(Ok(Reply::History(versions))) => versions,
                _ => Vec::new(),
            };
            let versions: Vec<_> = versions.into_iter().map(|past| past.shown.version).collect();
            self.model.acted.compare(entry, &versions);
        }
        let view = &self.devices[first].view;
        let seen = view.rows().map(|row| (row.entry.id, &row.version));
        let (back, stands) = self.model.acted.outcomes(seen);
        self.trace.extend((back > 0).then(|| format!("an edit won over the trash {back} times")));
        self.trace.extend((stands > 0).then(|| format!("the trash stood {stands} times")));
    }
}
