//! Own records that never left this device are sealed again when a new epoch is heard of: whoever was put out with it reads
//! nothing that is sent from then on. The durable mark of what was sent decides; what may have left is never altered.

use bytes::Bytes;
use haven_crypto::record::{open, seal};
use haven_feed::chain::Tip;
use haven_feed::ids::{Position, RecordId, RosterHead};
use haven_feed::record::{Header, Record, VerifiedRecord};

use super::alarms::Raised;
use super::{Engine, Work, history, unreadable};
use crate::command::Fault;
use crate::io::{Write, draw};

impl Engine {
    /// Seals again what was not sent and is of an earlier epoch. Until it could be done, none of it is sent.
    pub(super) fn reseal(&mut self, work: &mut Work<'_, '_>) {
        if !work.fresh.is_empty() {
            // What was made in this very step is not in the store yet: the next step does it.
            self.unsealed = true;
            work.again = true;
            return;
        }
        self.unsealed = match self.try_reseal(work) {
            Ok(left) => left,
            Err(_) => {
                self.raise(work, Raised::Damaged { feed: self.keys.feed });
                true
            }
        };
    }

    /// What the next own record is sealed under, and the link it names. After a link whose key does not open here that is the
    /// newest epoch that does: nobody may keep a person from writing. Nothing of it is sent before a key comes; on a device that
    /// was removed none ever does, and what is written there stays there.
    pub(super) fn writes_under(&self) -> Option<(u32, RosterHead)> {
        let newest = self.roster.epoch();
        if self.keys.epochs.contains_key(&newest) {
            return Some((newest, self.roster.head()));
        }
        let epoch = *self.keys.epochs.range(..newest).next_back()?.0;
        let seq = self.roster.epoch_block(epoch + 1)?.start_seq.checked_sub(1)?;
        Some((epoch, RosterHead { seq, hash: self.roster.hash_at(seq)? }))
    }

    /// Says whether something is left to seal again.
    fn try_reseal(&mut self, work: &mut Work<'_, '_>) -> Result<bool, Fault> {
        let (first, newest) = (self.sent + 1, self.tips.seq(&self.keys.feed));
        if first > newest || self.is_removed() || !self.is_of_earlier_epoch(work, first)? {
            return Ok(false);
        }
        let history = history(work.cx.reader, self.space);
        if !self.keys.epochs.contains_key(&self.roster.epoch()) || self.may_have_left(&history) {
            return Ok(true);
        }
        let before = self.local(&history).held(&self.keys.feed, self.sent);
        let mut before = before.map(|id| Position { seq: self.sent, id });
        let mut sealed = Vec::new();
        for seq in first..=newest {
            let record = self.own(work, seq)?;
            let record = self.sealed_again(work, &record, before)?;
            before = Some(record.position());
            sealed.push(record);
        }
        let applied = self.applied.seq(&self.keys.feed);
        for record in sealed {
            let seq = record.position().seq;
            self.tips.replace(self.keys.feed, Tip::of(&record));
            if seq <= applied {
                self.applied.set(self.keys.feed, Some(record.position()));
            }
            if self.went_back.now.seq(&self.keys.feed) == seq {
                self.went_back.now.set(self.keys.feed, Some(record.position()));
            }
            let bytes: Bytes = record.bytes().clone();
            work.resealed.insert(seq, bytes.clone());
            work.step.commit.writes.push(Write::Replace {
                space: self.space,
                feed: self.keys.feed,
                seq,
                bytes,
            });
        }
        self.waiting.forget_from(&self.keys.feed, first);
        work.applied_changed = true;
        Ok(false)
    }

    /// Whether it can't be told yet what has left this device. A disk that was put back knows an older mark, and the server may have more
    /// of what was written here: that comes before it says that this is all. Nothing of what is not sealed again is sent until then.
    fn may_have_left(&self, history: &dyn haven_feed::exchange::History) -> bool {
        let comes = self.exchange.claims_more_of_own(&self.local(history)) && !self.session.is_caught_up();
        comes || !self.session.is_live()
    }

    /// The first that was not sent tells: a feed never goes back to an earlier epoch.
    fn is_of_earlier_epoch(&self, work: &Work<'_, '_>, seq: u64) -> Result<bool, Fault> {
        Ok(self.own(work, seq)?.header().epoch < self.roster.epoch())
    }

    fn own(&self, work: &Work<'_, '_>, seq: u64) -> Result<VerifiedRecord, Fault> {
        let bytes = work.cx.reader.record(self.space, self.keys.feed, seq)?.ok_or(Fault::Unreadable)?;
        self.verified(&Record::parse(bytes).map_err(unreadable)?)
    }

    fn sealed_again(
        &self,
        work: &mut Work<'_, '_>,
        record: &VerifiedRecord,
        before: Option<Position>,
    ) -> Result<VerifiedRecord, Fault> {
        let (old, epoch) = (record.header(), self.roster.epoch());
        let keys = |epoch: u32| self.keys.epochs.get(&epoch).ok_or(Fault::Unreadable);
        let content = open(keys(old.epoch)?, record).map_err(unreadable)?;
        let prev = before.map_or(RecordId::ZERO, |before| before.id);
        let header = Header { epoch, roster: self.roster.head(), prev, ..*old };
        let entropy = draw(work.cx.entropy);
        seal(keys(epoch)?, self.keys.device.signer(), &header, content.bytes(), entropy).map_err(unreadable)
    }
}
