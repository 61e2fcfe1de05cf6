//! Pushes that will be one transaction.

use std::collections::BTreeMap;

use haven_feed::chain::Tip;
use haven_feed::{FeedId, SpaceId};

use super::changes::changes_of;
use super::{Basis, Push, Reply, WriteFault, answer};
use crate::space::{Space, weight_of};
use crate::store::{Change, StoreFault};

/// The pushes of a transaction, and where feeds will stand after it.
#[derive(Default)]
pub(super) struct Staged {
    pushes: Vec<(Box<Push>, Reply<()>)>,
    tips: BTreeMap<(SpaceId, FeedId), Tip>,
    bodies: BTreeMap<SpaceId, u64>,
    bytes_of: BTreeMap<SpaceId, u64>,
    bytes: usize,
}

impl Staged {
    /// Adds a push, or sends it back.
    pub(super) fn add(&mut self, push: Box<Push>, reply: Reply<()>) {
        match self.check(&push) {
            Ok(bytes) => {
                self.stage(&push, bytes);
                self.pushes.push((push, reply));
            }
            Err(fault) => answer(reply, Err(fault)),
        }
    }

    /// How many pushes there are.
    pub(super) fn len(&self) -> usize {
        self.pushes.len()
    }

    /// Bytes of all their records.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// What the store has to do.
    pub(super) fn changes(&self) -> Vec<Change> {
        self.pushes.iter().flat_map(|(push, _)| changes_of(push.space.id(), &push.admission)).collect()
    }

    /// Tells everybody what became of it.
    pub(super) fn finish(self, written: &Result<(), StoreFault>) {
        for (push, reply) in self.pushes {
            if written.is_ok() {
                push.space.pushed(&push.admission, push.origin);
            }
            answer(reply, written.clone().map_err(WriteFault::from));
        }
    }

    /// Checks that the push continues what will be there, and that there is room for it. Returns its bytes.
    fn check(&self, push: &Push) -> Result<usize, WriteFault> {
        let mut now = self.basis_now(&push.space, &push.basis);
        if push.admission.bodies.is_empty() {
            now.bodies = push.basis.bodies;
        }
        if now != push.basis {
            return Err(WriteFault::Moved);
        }
        let bytes = weight_of(&push.admission);
        let staged = self.bytes_of.get(&push.space.id()).copied().unwrap_or_default();
        let after = push.space.bytes() + staged + bytes as u64;
        if after > push.space_bytes_max { Err(WriteFault::Quota) } else { Ok(bytes) }
    }

    fn basis_now(&self, space: &Space, basis: &Basis) -> Basis {
        let held = space.held();
        let tip =
            |feed: &FeedId| self.tips.get(&(space.id(), *feed)).copied().or_else(|| held.tips().get(feed));
        let tips = basis.tips.iter().map(|(feed, _)| (*feed, tip(feed))).collect();
        let bodies = space.bodies() + self.bodies.get(&space.id()).copied().unwrap_or_default();
        Basis { roster: held.roster().head(), tips, bodies }
    }

    fn stage(&mut self, push: &Push, bytes: usize) {
        let space = push.space.id();
        for record in &push.admission.new {
            self.tips.insert((space, record.header().feed), Tip::of(record));
        }
        if !push.admission.bodies.is_empty() {
            *self.bodies.entry(space).or_default() += 1;
        }
        *self.bytes_of.entry(space).or_default() += bytes as u64;
        self.bytes += bytes;
    }
}
