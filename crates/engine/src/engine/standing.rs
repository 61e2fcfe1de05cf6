//! How things stand between this device and its server, as readers see it.

use haven_core::time::Timestamp;
use haven_feed::ids::FeedId;

use super::session::Stage;
use super::{Engine, Work};
use crate::io::Table;
use crate::keys::meta;
use crate::limits;
use crate::sync::{Problem, SyncState};
use crate::view::Status;

/// When this device and its server had the same, and what was last shown of all this.
#[derive(Default)]
pub(super) struct Agreement {
    /// The last moment, by the wall clock.
    pub(super) at_ms: Option<i64>,
    /// The moment that the store knows.
    kept_ms: Option<i64>,
    /// Whether they had the same after the step before.
    holds: bool,
    shown: Option<(SyncState, u64, u64, Option<Problem>)>,
}

impl Agreement {
    /// Begins with what was kept.
    pub(super) fn kept(at_ms: Option<i64>) -> Self {
        Self { at_ms, kept_ms: at_ms, ..Self::default() }
    }
}

impl Engine {
    /// How many own records the server does not have, as far as this device knows: by what it said last, which may be less than it once
    /// had. On a device that was removed nothing waits: what is written there stays there.
    pub(super) fn pending(&self) -> u64 {
        if self.is_removed() {
            return 0;
        }
        let own = self.tips.seq(&self.keys.feed);
        own.saturating_sub(self.exchange.has_own(&self.keys.feed))
    }

    /// Keeps what the server said last while that is less than what is pinned of it: it has not got it all again yet.
    pub(super) fn keep_less(&mut self, work: &mut Work<'_, '_>) {
        let less = self.exchange.less_of_own(&self.keys.feed);
        if less == self.saved_less {
            return;
        }
        match less {
            Some(seq) => {
                let sealed = self.keys.seal(Table::Meta, meta::LESS, &seq.to_be_bytes(), work.cx.entropy);
                work.step.commit.put(Table::Meta, meta::LESS, sealed);
            }
            None => work.step.commit.remove(Table::Meta, meta::LESS),
        }
        self.saved_less = less;
    }

    /// Whether the server has all that it may have of this device, also what others wrote.
    fn is_sent(&self) -> bool {
        let nothing = |_: &FeedId, _: u64| None;
        self.pending() == 0 && self.exchange.to_push(&self.local(&nothing)).is_empty()
    }

    fn sync_state(&self) -> SyncState {
        match self.session.stage() {
            _ if self.server.is_none() => SyncState::None,
            Stage::Offline => SyncState::Offline,
            Stage::Asking => SyncState::Syncing,
            Stage::Live if self.session.is_caught_up() && self.is_applied() && self.is_sent() => {
                SyncState::Idle
            }
            Stage::Live => SyncState::Syncing,
        }
    }

    /// Whether everything that came is applied, but for what waits for something that alarms tell of.
    fn is_applied(&self) -> bool {
        !self.waiting.ready && !self.waiting.marked
    }

    /// Notes when device and server have the same, and keeps it when that begins and when it ends.
    pub(super) fn note_agreement(&mut self, work: &mut Work<'_, '_>) {
        let (held, holds) = (self.session.agreement.holds, self.sync_state() == SyncState::Idle);
        let now_ms = work.cx.now.wall_ms;
        let agreement = &mut self.session.agreement;
        agreement.holds = holds;
        if held || holds {
            agreement.at_ms = Some(now_ms);
        }
        let is_old =
            agreement.kept_ms.is_none_or(|kept| kept.abs_diff(now_ms) >= limits::SYNCED_KEPT_EVERY_MS);
        if held != holds && is_old {
            agreement.kept_ms = agreement.at_ms;
            let sealed = self.keys.seal(Table::Meta, meta::SYNCED, &now_ms.to_be_bytes(), work.cx.entropy);
            work.step.commit.put(Table::Meta, meta::SYNCED, sealed);
        }
    }

    pub(super) fn status_changed(&mut self) -> bool {
        let now = (self.sync_state(), self.pending(), self.session.traffic.received, self.problem());
        let changed = self.session.agreement.shown != Some(now);
        self.session.agreement.shown = Some(now);
        changed
    }

    fn problem(&self) -> Option<Problem> {
        self.session.problem.filter(|_| self.server.is_some())
    }

    pub(super) fn status(&self) -> Status {
        Status {
            device: self.device_name(&self.keys.feed).unwrap_or_default(),
            sync: self.sync_state(),
            problem: self.problem(),
            connected: self.session.is_live(),
            synced: self.session.agreement.at_ms.map(Timestamp::from_millis),
            pending: if self.server.is_some() { self.pending() } else { 0 },
            server: self.server.as_ref().map(|server| server.url.clone()),
            server_key: self.server.as_ref().map(|server| server.server_key),
            traffic: self.session.traffic,
            alarms: self.alarms(),
            devices: self.devices(),
            linking: self.linking.shown(),
            linkings: self.linking.begun,
            helped: self.helped,
        }
    }
}
