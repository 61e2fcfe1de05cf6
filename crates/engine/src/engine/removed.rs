//! A device that its vault has removed: it learns of that from the link that did it, keeps what it has, and asks for no more.

use super::{Engine, Work};
use crate::sync::{Outgoing, Problem};

impl Engine {
    /// Whether the roster has removed this device. The roster here was verified link by link; what a server says about it
    /// counts for nothing.
    pub(super) fn is_removed(&self) -> bool {
        !self.roster.is_current(&self.keys.feed)
    }

    /// What stands in the way for good, if this device was removed.
    pub(super) fn removal(&self) -> Option<Problem> {
        self.is_removed().then_some(Problem::Removed)
    }

    /// Stops talking to the server: it has nothing more for this device. The person is told why; what is here stays readable.
    pub(super) fn stop(&mut self, work: &mut Work<'_, '_>) {
        self.go_offline();
        self.linking_lost(work);
        self.session.problem = self.removal();
        work.step.send.push(Outgoing::HangUp);
        work.show();
    }
}
