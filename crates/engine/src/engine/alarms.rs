//! What is wrong and the person should know. Kept until resolved; nothing else depends on it.

use std::collections::BTreeSet;

use haven_core::time::Timestamp;
use haven_feed::alarm::Alarm;
use haven_feed::digest::digest;
use haven_feed::ids::FeedId;
use haven_feed::record::RecordFault;
use haven_feed::roster::LinkFault;

use super::{Engine, OpenFault, Sealed, Work};
use crate::codec::{Malformed, Scanner, Writer};
use crate::command::Fault;
use crate::io::{Reader, Table};
use crate::view::AlarmShown;

/// Something that went wrong, before it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Raised {
    /// What the exchange found.
    Feed(Alarm),
    /// A record of a device of ours that cannot be applied.
    PutAside { feed: FeedId, seq: u64 },
    /// The newest record of a device of ours is not on the disk as it was stored.
    Damaged { feed: FeedId },
    /// The next record of a device came without its body, and the server has none.
    BodyMissing { feed: FeedId },
    /// A record of a device came without its body, somebody says that it is gone for good, and nobody here has seen it go.
    CalledGone { feed: FeedId, by: Option<FeedId> },
    /// The next record of a device is of an epoch whose key is not known here.
    KeyMissing { feed: FeedId },
    /// The next record of a device holds what only a newer version may pass.
    UpdateNeeded { feed: FeedId },
    /// The next record of a device is on this disk, which does not give it back.
    DiskUnreadable { feed: FeedId },
    /// A device began an epoch from which the one before it cannot be reached, although it is the author's to see to that.
    OldKeyLost { by: FeedId },
    /// A removed device has written what nobody who remains had seen.
    WroteAfterRemoval { feed: FeedId },
    /// The server at the address is not the one that was pinned.
    OtherServer,
    /// The journal's file holds less than it held: an older copy was put in its place.
    OldCopy,
    /// Something that was sealed while the vault was locked does not open.
    DropUnreadable,
    /// The key that words were sealed to while the vault was locked is not the one that this device made.
    DropKeyChanged,
    /// Another device let one in.
    DeviceAdded { feed: FeedId, by: FeedId },
    /// Another device took one out.
    DeviceRemoved { feed: FeedId, by: FeedId },
    /// Another device put a new kit in the old one's place.
    KitReplaced { by: FeedId },
    /// Rows that the disk had damaged were made again out of the records.
    RowsRebuilt,
    /// Something of the journal is damaged on this disk, and could not be made again yet.
    RowsLost,
    /// A draft does not open any more, or is gone.
    DraftDamaged,
    /// Something that this device noted for itself does not open any more, or is gone.
    NotesDamaged,
    /// The roster is at an epoch whose key does not open for this device, although it is a member.
    NewKeyUnreadable,
}

/// The stable names of alarms, in the order of their numbers on disk. Never reordered.
const KINDS: [&str; 35] = [
    "NEW_STORE",
    "SPACE_LOST",
    "SERVER_ROLLED_BACK",
    "OLD_ROSTER",
    "ROSTER_FORKED",
    "ROSTER_WITHHELD",
    "LINK_REFUSED",
    "DEVICE_FORKED",
    "DEVICE_CLONED",
    "RECORD_MISSING",
    "RECORDS_WITHHELD",
    "RECORD_REFUSED",
    "RECORD_UNREADABLE",
    "RECORD_PUT_ASIDE",
    "OTHER_SERVER",
    "UNKNOWN",
    "JOURNAL_WENT_BACK",
    "DROP_UNREADABLE",
    "DROP_KEY_CHANGED",
    "HISTORY_CONTRADICTED",
    "BODY_MISSING",
    "KEY_MISSING",
    "UPDATE_NEEDED",
    "REMOVED_DEVICE_WROTE",
    "NEW_KEY_UNREADABLE",
    "DISK_UNREADABLE",
    "OLD_KEY_LOST",
    "BODY_CALLED_GONE",
    "DEVICE_ADDED",
    "DEVICE_REMOVED",
    "KIT_REPLACED",
    "JOURNAL_MENDED",
    "JOURNAL_DAMAGED",
    "DRAFT_DAMAGED",
    "NOTES_DAMAGED",
];

/// The number of the kind that asks for an update.
const NEWER: u8 = 22;

/// Kinds that end when the person sets the server again, and so agrees to what it is and what it has lost.
const AGREED: [&str; 3] = ["NEW_STORE", "SPACE_LOST", "OTHER_SERVER"];

/// Kinds that end by themselves when what was missing comes.
const PASSING: [&str; 3] = ["ROSTER_WITHHELD", "RECORD_MISSING", "RECORDS_WITHHELD"];

/// Kinds that end by themselves when a record that waits has what it waited for.
const WAITS: [&str; 5] =
    ["BODY_MISSING", "KEY_MISSING", "UPDATE_NEEDED", "REMOVED_DEVICE_WROTE", "DISK_UNREADABLE"];

/// What another device did that its person would want to know of. Nothing is wrong if it was them.
const NEWS: [&str; 3] = ["DEVICE_ADDED", "DEVICE_REMOVED", "KIT_REPLACED"];

/// Kinds that whoever sends garbage can raise again and again: they are counted.
const COUNTED: [&str; 3] = ["RECORD_REFUSED", "RECORD_UNREADABLE", "LINK_REFUSED"];

impl Raised {
    fn kind(self) -> u8 {
        match self {
            Self::Feed(alarm) => match alarm {
                Alarm::NewStore { .. } => 0,
                Alarm::SpaceLost => 1,
                Alarm::Rollback { .. } => 2,
                Alarm::OldRoster { .. } => 3,
                Alarm::RosterForked { .. } => 4,
                Alarm::RosterWithheld { .. } => 5,
                Alarm::LinkRefused { fault: LinkFault::Incompatible(_), .. } => NEWER,
                Alarm::LinkRefused { .. } => 6,
                Alarm::Fork { .. } => 7,
                Alarm::Cloned { .. } => 8,
                Alarm::Gap { .. } => 9,
                Alarm::Withheld { .. } => 10,
                Alarm::RecordRefused { .. } => 11,
                Alarm::Unreadable(RecordFault::Incompatible(_)) => NEWER,
                Alarm::Unreadable(_) => 12,
                Alarm::Contradicted { .. } => 19,
            },
            Self::Damaged { .. } => 12,
            Self::PutAside { .. } => 13,
            Self::BodyMissing { .. } => 20,
            Self::KeyMissing { .. } => 21,
            Self::UpdateNeeded { .. } => NEWER,
            Self::DiskUnreadable { .. } => 25,
            Self::OldKeyLost { .. } => 26,
            Self::CalledGone { .. } => 27,
            Self::WroteAfterRemoval { .. } => 23,
            Self::OtherServer => 14,
            Self::OldCopy => 16,
            Self::DropUnreadable => 17,
            Self::DropKeyChanged => 18,
            Self::NewKeyUnreadable => 24,
            Self::DeviceAdded { .. } => 28,
            Self::DeviceRemoved { .. } => 29,
            Self::KitReplaced { .. } => 30,
            Self::RowsRebuilt => 31,
            Self::RowsLost => 32,
            Self::DraftDamaged => 33,
            Self::NotesDamaged => 34,
        }
    }

    pub(super) fn feed(self) -> Option<FeedId> {
        match self {
            Self::Feed(
                Alarm::Rollback { feed, .. }
                | Alarm::Fork { feed, .. }
                | Alarm::Contradicted { feed, .. }
                | Alarm::Gap { feed, .. }
                | Alarm::Withheld { feed, .. }
                | Alarm::RecordRefused { feed, .. },
            )
            | Self::PutAside { feed, .. }
            | Self::Damaged { feed }
            | Self::BodyMissing { feed }
            | Self::CalledGone { feed, .. }
            | Self::KeyMissing { feed }
            | Self::UpdateNeeded { feed }
            | Self::DiskUnreadable { feed }
            | Self::OldKeyLost { by: feed }
            | Self::DeviceAdded { feed, .. }
            | Self::DeviceRemoved { feed, .. }
            | Self::WroteAfterRemoval { feed } => Some(feed),
            _ => None,
        }
    }
}

impl Raised {
    /// Who said so, where that is a device's word.
    fn by(self) -> Option<FeedId> {
        match self {
            Self::Feed(
                Alarm::Withheld { by, .. }
                | Alarm::Contradicted { by, .. }
                | Alarm::RosterWithheld { by, .. },
            )
            | Self::CalledGone { by, .. } => by,
            Self::DeviceAdded { by, .. } | Self::DeviceRemoved { by, .. } | Self::KitReplaced { by } => {
                Some(by)
            }
            _ => None,
        }
    }
}

/// An alarm as it is kept.
#[derive(Clone)]
pub(super) struct Kept {
    kind: u8,
    since_ms: i64,
    feed: Option<FeedId>,
    /// Who said that something is missing, or otherwise than it is here.
    by: Option<FeedId>,
    /// How often; kept at each doubling.
    count: u64,
}

impl Engine {
    /// Tells the person. The same fault of the same device is told once, and so is all that comes from nowhere: what names no
    /// device of this vault is one alarm with a count.
    pub(super) fn raise(&mut self, work: &mut Work<'_, '_>, raised: Raised) {
        let known = |feed: &FeedId| self.roster.feed(feed).is_some();
        let (kind, feed) = (raised.kind(), raised.feed().filter(known));
        self.session.newer |= kind == NEWER && feed.is_none();
        let id = alarm_id(kind, feed);
        let before = self.session.alarms.get(&id).cloned();
        let is_new = before.is_none();
        let fresh =
            Kept { kind, since_ms: work.cx.now.wall_ms, feed, by: raised.by().filter(known), count: 0 };
        let mut kept = before.unwrap_or(fresh);
        if !is_new && !COUNTED.contains(&kept.name()) {
            return;
        }
        kept.count = kept.count.saturating_add(1);
        if !kept.count.is_power_of_two() {
            self.session.alarms.insert(id, kept);
            return;
        }
        tracing::warn!(kind = KINDS[usize::from(kind)], "alarm");
        let value = self.keys.seal(Table::Alarms, &id, &kept.encode(), work.cx.entropy);
        work.step.commit.put(Table::Alarms, id.to_vec(), value);
        self.session.alarms.insert(id, kept);
        work.show();
    }

    /// Raises what is present now, and ends the alarms that `is_about` picks and that are not among it any more.
    pub(super) fn tell_present(
        &mut self,
        work: &mut Work<'_, '_>,
        present: Vec<Raised>,
        is_about: impl Fn(&Kept) -> bool,
    ) {
        let known = |feed: &FeedId| self.roster.feed(feed).is_some();
        let id = |raised: &Raised| alarm_id(raised.kind(), raised.feed().filter(known));
        let still: Vec<_> = present.iter().map(id).collect();
        self.end_alarms(work, |id, kept| is_about(kept) && !still.contains(id));
        for raised in present {
            self.raise(work, raised);
        }
    }

    /// Ends the alarms about another server than before: the person has agreed to it, and it has let this device in.
    pub(super) fn end_agreed(&mut self, work: &mut Work<'_, '_>) {
        self.end_alarms(work, |_, kept| AGREED.contains(&kept.name()));
    }

    /// The server has sent all it has. What only a newer version reads proves nothing of who wrote it, since no version says where
    /// another one's signature stands; so the word that an update is needed holds as long as such a thing is among what is sent.
    pub(super) fn end_newer(&mut self, work: &mut Work<'_, '_>) {
        if !self.session.newer {
            let over = alarm_id(NEWER, None);
            self.end_alarms(work, |id, _| *id == over);
        }
    }

    /// Tells that the newest key cannot be opened here, or that it can again.
    pub(super) fn tell_new_key(&mut self, work: &mut Work<'_, '_>) {
        if self.is_removed() || self.keys.epochs.contains_key(&self.roster.epoch()) {
            self.end_alarm(work, Raised::NewKeyUnreadable);
        } else {
            self.raise(work, Raised::NewKeyUnreadable);
        }
    }

    /// Ends an alarm whose cause is gone.
    pub(super) fn end_alarm(&mut self, work: &mut Work<'_, '_>, raised: Raised) {
        let over = alarm_id(raised.kind(), raised.feed());
        self.end_alarms(work, |id, _| *id == over);
    }

    /// Ends an alarm because the person has dealt with it. What raised it may raise it again.
    pub(super) fn resolve_alarm(&mut self, work: &mut Work<'_, '_>, id: &str) -> Result<(), Fault> {
        let named = |of: &[u8; 8]| hex(of) == id;
        if !self.session.alarms.keys().any(named) {
            return Err(Fault::AlarmUnknown);
        }
        self.end_alarms(work, |of, _| named(of));
        Ok(())
    }

    fn end_alarms(&mut self, work: &mut Work<'_, '_>, is_over: impl Fn(&[u8; 8], &Kept) -> bool) {
        let alarms = self.session.alarms.iter();
        let over: Vec<_> = alarms.filter(|(id, kept)| is_over(id, kept)).map(|(id, _)| *id).collect();
        for id in over {
            self.session.alarms.remove(&id);
            work.step.commit.remove(Table::Alarms, id.to_vec());
            work.show();
        }
    }

    /// Ends what is missed only because these feeds said so. It is told again if somebody else misses it.
    pub(super) fn end_missed(&mut self, work: &mut Work<'_, '_>, said_by: &BTreeSet<FeedId>) {
        self.end_alarms(work, |_, kept| {
            kept.is_withheld() && kept.by.is_some_and(|by| said_by.contains(&by))
        });
    }

    pub(super) fn alarms_from_store(&mut self, reader: &dyn Reader) -> Result<(), OpenFault> {
        let rows = Sealed { keys: &self.keys, reader }.rows(Table::Alarms)?;
        for (key, sealed) in rows {
            // One that does not open is missed by the ledger.
            let plain = self.keys.open(Table::Alarms, &key, &sealed).ok();
            let kept = plain.and_then(|plain| Kept::decode(&plain).ok());
            if let (Ok(id), Some(kept)) = (key.try_into(), kept) {
                self.session.alarms.insert(id, kept);
            }
        }
        Ok(())
    }

    pub(super) fn alarms(&self) -> Vec<AlarmShown> {
        let shown = |(id, kept): (&[u8; 8], &Kept)| AlarmShown {
            id: hex(id),
            kind: kept.name(),
            since: Timestamp::from_millis(kept.since_ms),
            device: kept.feed.and_then(|feed| self.device_name(&feed)),
            said_by: kept.by.filter(|_| kept.is_said()).and_then(|feed| self.device_name(&feed)),
            count: kept.count,
        };
        self.session.alarms.iter().map(shown).collect()
    }
}

impl Kept {
    fn name(&self) -> &'static str {
        KINDS.get(usize::from(self.kind)).copied().unwrap_or("UNKNOWN")
    }

    /// Whether it is about something that was missing.
    pub(super) fn is_passing(&self) -> bool {
        PASSING.contains(&self.name())
    }

    /// Whether it is about something that is withheld.
    pub(super) fn is_withheld(&self) -> bool {
        self.name().ends_with("WITHHELD")
    }

    /// Whether it is told with whose word it is.
    fn is_said(&self) -> bool {
        self.is_withheld() || self.name() == "BODY_CALLED_GONE" || NEWS.contains(&self.name())
    }

    /// The device that it is about.
    pub(super) fn feed(&self) -> Option<FeedId> {
        self.feed
    }

    /// Whether it is about bodies of this feed that somebody calls gone.
    pub(super) fn is_called_gone(&self, feed: &FeedId) -> bool {
        self.name() == "BODY_CALLED_GONE" && self.feed == Some(*feed)
    }

    /// Whether it is about a history that is another one by the word of a device.
    pub(super) fn is_somebodys_claim(&self) -> bool {
        self.name() == "HISTORY_CONTRADICTED" && self.by.is_some()
    }

    /// Whether it is about a record of a device that waits.
    pub(super) fn is_of_waiting(&self) -> bool {
        self.feed.is_some() && WAITS.contains(&self.name())
    }

    fn encode(&self) -> Vec<u8> {
        let mut w = Writer::default();
        w.u8(self.kind);
        w.i64(self.since_ms);
        w.option(self.feed, |w, feed| w.raw(feed.as_bytes()));
        w.option(self.by, |w, by| w.raw(by.as_bytes()));
        w.u64(self.count);
        w.0
    }

    fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut s = Scanner(bytes);
        let kept = Self {
            kind: s.u8()?,
            since_ms: s.i64()?,
            feed: s.option(|s| Ok(FeedId::from_bytes(s.array()?)))?,
            by: s.option(|s| Ok(FeedId::from_bytes(s.array()?)))?,
            count: s.u64()?,
        };
        s.end()?;
        Ok(kept)
    }
}

fn hex(id: &[u8; 8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn alarm_id(kind: u8, feed: Option<FeedId>) -> [u8; 8] {
    digest("haven/1/local alarm", &[&[kind], feed.unwrap_or(FeedId::ZERO).as_bytes()]).first()
}
