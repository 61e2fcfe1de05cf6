//! What readers see: how things stand and the whole of the journal, immutable, replaced by the keeper whenever it changed.

use std::sync::Arc;

use haven_engine::view::{Linking, View};

/// Whether there is a vault and whether it is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// There is none on this device.
    #[default]
    None,
    /// There is one and it is locked.
    Locked,
    /// It is open.
    Unlocked,
}

/// How often each list changed since the vault was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Revisions {
    pub(crate) entries: u64,
    pub(crate) people: u64,
    pub(crate) drafts: u64,
    pub(crate) devices: u64,
    pub(crate) alarms: u64,
}

/// The state of the device at one moment.
#[derive(Default)]
pub(crate) struct Snapshot {
    pub(crate) stage: Stage,
    /// Empty unless the vault is open.
    pub(crate) view: Arc<View>,
    /// Drafts that are kept.
    pub(crate) drafts: u32,
    /// Drops that wait, whether the vault is open or not.
    pub(crate) waiting: u32,
    pub(crate) revisions: Revisions,
}

impl Snapshot {
    /// A device whose vault is not open.
    pub(crate) fn closed(stage: Stage, waiting: u32) -> Self {
        Self { stage, waiting, ..Self::default() }
    }

    /// What comes after this one once the vault has been opened: the first view was shown already.
    pub(crate) fn opened(&self, drafts: u32, waiting: u32) -> Self {
        let revisions = Revisions::default();
        Self { stage: Stage::Unlocked, view: Arc::clone(&self.view), drafts, waiting, revisions }
    }

    /// What comes after this one: another view.
    pub(crate) fn next(&self, view: Arc<View>) -> Self {
        let (old, new) = (&self.view.status, &view.status);
        let mut revisions = self.revisions;
        revisions.entries += u64::from(self.view.serial != view.serial);
        revisions.people = revisions.entries;
        revisions.devices += u64::from(old.devices != new.devices || old.linking != new.linking);
        revisions.alarms += u64::from(old.alarms != new.alarms);
        Self { stage: Stage::Unlocked, view, drafts: self.drafts, waiting: self.waiting, revisions }
    }

    /// What comes after this one: other drafts.
    pub(crate) fn with_drafts(&self, drafts: u32) -> Self {
        let revisions = Revisions { drafts: self.revisions.drafts + 1, ..self.revisions };
        Self { drafts, revisions, ..self.again() }
    }

    /// What comes after this one: more or fewer drops.
    pub(crate) fn with_waiting(&self, waiting: u32) -> Self {
        Self { waiting, ..self.again() }
    }

    fn again(&self) -> Self {
        let Self { stage, drafts, waiting, revisions, .. } = *self;
        Self { stage, view: Arc::clone(&self.view), drafts, waiting, revisions }
    }

    /// Where a linking stands on this device.
    pub(crate) fn linking(&self) -> &Linking {
        &self.view.status.linking
    }
}
