//! What the vault does when time passes.

use super::{Engine, Work};
use crate::io::Now;

impl Engine {
    pub(super) fn keep_time(&mut self, work: &mut Work<'_, '_>) {
        self.fold_due_drafts(work);
        self.expire_link(work);
    }

    /// When to be woken if nothing else happens.
    pub(super) fn next_wake(&self, now: Now) -> Option<u64> {
        [self.next_fold(), self.link_ends()].into_iter().flatten().min().map(|at| at.max(now.mono_ms))
    }
}
