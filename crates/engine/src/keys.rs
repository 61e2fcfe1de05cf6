//! The keys of an open vault, and how they lie on the disk: sealed by the local key.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use haven_crypto::epoch::{EpochKeys, EpochRoot};
use haven_crypto::feedkeys::{FeedSecrets, KemSecret};
use haven_crypto::local::LocalKey;
use haven_crypto::opened::Opened;
use haven_crypto::wrap::unwrap;
use haven_feed::roster::Roster;
use haven_feed::{FeedId, MemberId};
use zeroize::Zeroizing;

use crate::io::{Entropy, Table, draw};

/// Names of the rows in [`Table::Meta`].
pub(crate) mod meta {
    /// The local key, wrapped by the passphrase. With the public half of the drop key, the only row that is not sealed by the
    /// local key.
    pub(crate) const WRAP: &[u8] = b"wrap";
    /// The device's feed secrets and its space.
    pub(crate) const DEVICE: &[u8] = b"device";
    /// The public half of the drop key, readable while the vault is locked.
    pub(crate) const DROP_KEY: &[u8] = b"drop key";
    /// Its secret half.
    pub(crate) const DROP_SECRET: &[u8] = b"drop secret";
    /// The roots of all epochs.
    pub(crate) const EPOCHS: &[u8] = b"epochs";
    /// The vector of what was applied.
    pub(crate) const APPLIED: &[u8] = b"applied";
    /// What counts of removed feeds and is not applied yet.
    pub(crate) const COUNTED: &[u8] = b"counted";
    /// What stands in documents of feeds that went back, beyond what is applied again.
    pub(crate) const WENT_BACK: &[u8] = b"went back";
    /// Of each feed the first record that was applied without something it names.
    pub(crate) const WITHOUT: &[u8] = b"without";
    /// When each feed's newest applied record says it was written.
    pub(crate) const LAST_SEEN: &[u8] = b"last seen";
    /// Up to which own record anything may have been sent.
    pub(crate) const SENT: &[u8] = b"sent";
    /// What the exchange pinned of the server.
    pub(crate) const PINS: &[u8] = b"pins";
    /// Up to which link of the roster removals are settled.
    pub(crate) const SETTLED: &[u8] = b"settled";
    /// Up to which own record the server says to have them, while that is less than it once said.
    pub(crate) const LESS: &[u8] = b"less";
    /// The server.
    pub(crate) const SERVER: &[u8] = b"server";
    /// When this device and the server last had the same, by the wall clock.
    pub(crate) const SYNCED: &[u8] = b"synced";
    /// The day on which help was last asked for here; gone after a week.
    pub(crate) const HELPED: &[u8] = b"helped";
    /// Which entries the last drafts have become.
    pub(crate) const COMMITTED: &[u8] = b"committed";
    /// The mailbox of the last linking code that was used.
    pub(crate) const LINK_USED: &[u8] = b"link used";
    /// How many rows of each table there are.
    pub(crate) const LEDGER: &[u8] = b"ledger";
    /// The record that is being guarded right now; found at start, it brought the process down.
    pub(crate) const TRYING: &[u8] = b"trying";
}

/// The secrets of an open vault.
pub(crate) struct Keys {
    /// Shared with whoever has to open the vault again after a commit that failed; never copied.
    pub(crate) local: Arc<LocalKey>,
    pub(crate) device: FeedSecrets,
    pub(crate) feed: FeedId,
    pub(crate) roots: BTreeMap<u32, EpochRoot>,
    pub(crate) epochs: BTreeMap<u32, EpochKeys>,
}

/// Bytes of one root in its row, with its epoch.
const ROOT_BYTES: usize = 4 + 32;

/// A row that does not open with this vault's local key.
#[derive(Debug)]
pub(crate) struct NotOurs;

impl Keys {
    pub(crate) fn new(local: Arc<LocalKey>, device: FeedSecrets, roots: BTreeMap<u32, EpochRoot>) -> Self {
        let epochs = roots.iter().map(|(epoch, root)| (*epoch, root.keys())).collect();
        Self { feed: device.keys().id(), local, device, roots, epochs }
    }

    /// Seals a row for this disk, bound to its table and key.
    pub(crate) fn seal(&self, table: Table, key: &[u8], plain: &[u8], entropy: &mut dyn Entropy) -> Vec<u8> {
        self.local.seal(purpose(table), key, plain, draw(entropy))
    }

    /// Opens a row of this disk that holds a key. It is wiped when it is dropped.
    pub(crate) fn open_secret(&self, key: &[u8], sealed: &[u8]) -> Result<Opened, NotOurs> {
        self.local.open(purpose(Table::Meta), key, sealed).map_err(|_| NotOurs)
    }

    /// Whether a row of this disk opens. What was in it is wiped.
    pub(crate) fn opens(&self, table: Table, key: &[u8], sealed: &[u8]) -> bool {
        self.local.open(purpose(table), key, sealed).is_ok()
    }

    /// Opens a row of this disk that holds no key.
    pub(crate) fn open(&self, table: Table, key: &[u8], sealed: &[u8]) -> Result<Vec<u8>, NotOurs> {
        self.local.open(purpose(table), key, sealed).map(|opened| opened.into_vec()).map_err(|_| NotOurs)
    }

    /// Learns the roots of epochs that the roster has and this device does not: from the newest wrap backwards.
    pub(crate) fn learn(&mut self, roster: &Roster) {
        learn(&mut self.roots, self.device.kem(), self.feed.into(), roster);
        for (epoch, root) in &self.roots {
            self.epochs.entry(*epoch).or_insert_with(|| root.keys());
        }
    }

    /// Epochs whose keys are here and do not lead back to the one before: of those that were not known `before`, and of those
    /// whose way back would be needed.
    pub(crate) fn astray(&self, roster: &Roster, before: &BTreeSet<u32>) -> Vec<u32> {
        let leads_back = |epoch: u32, keys: &EpochKeys| {
            let sealed = roster.epoch_block(epoch)?.sealed_previous.as_ref()?;
            keys.open_previous(sealed, &roster.epoch_block(epoch.checked_sub(1)?)?.id).ok()
        };
        let open = |epoch: &u32| !before.contains(epoch) || !self.epochs.contains_key(&(epoch - 1));
        let later = self.epochs.iter().filter(|(epoch, _)| **epoch > 0 && open(epoch));
        later.filter(|(epoch, keys)| leads_back(**epoch, keys).is_none()).map(|(epoch, _)| *epoch).collect()
    }

    /// The roots as one row: (epoch 4 | root 32) …
    pub(crate) fn encode_roots(&self) -> Zeroizing<Vec<u8>> {
        // As long as it will be: a vector that grew would leave its beginning behind.
        let mut row = Zeroizing::new(Vec::with_capacity(ROOT_BYTES * self.roots.len()));
        for (epoch, root) in &self.roots {
            row.extend_from_slice(&epoch.to_be_bytes());
            row.extend_from_slice(root.expose_for_sealing());
        }
        row
    }
}

/// Learns the roots that a roster has for a member and that are not among `roots`: from the newest wrap backwards.
pub(crate) fn learn(
    roots: &mut BTreeMap<u32, EpochRoot>,
    kem: &KemSecret,
    member: MemberId,
    roster: &Roster,
) {
    let newest = roster.epoch();
    if let Entry::Vacant(place) = roots.entry(newest) {
        let (wrap, block) = (roster.wrap_for(member), roster.epoch_block(newest));
        let (Some((wrap, context)), Some(block)) = (wrap, block) else { return };
        let Ok(root) = unwrap(kem, &context, wrap, &block.id) else { return };
        place.insert(root);
    }
    for epoch in (0..newest).rev().filter(|epoch| roster.epoch_block(*epoch).is_some()) {
        if roots.contains_key(&epoch) {
            continue;
        }
        let (Some(later), Some(block)) = (roster.epoch_block(epoch + 1), roster.epoch_block(epoch)) else {
            return;
        };
        let (Some(sealed), Some(root)) = (&later.sealed_previous, roots.get(&(epoch + 1))) else { return };
        let Ok(previous) = root.keys().open_previous(sealed, &block.id) else { return };
        roots.insert(epoch, previous);
    }
}

/// Reads what [`Keys::encode_roots`] wrote.
pub(crate) fn decode_roots(bytes: &[u8]) -> Option<BTreeMap<u32, EpochRoot>> {
    if bytes.is_empty() || !bytes.len().is_multiple_of(ROOT_BYTES) {
        return None;
    }
    let one = |chunk: &[u8]| {
        let (epoch, root) = chunk.split_at(4);
        Some((u32::from_be_bytes(epoch.try_into().ok()?), EpochRoot::from_sealed(root)?))
    };
    bytes.chunks(ROOT_BYTES).map(one).collect()
}

fn purpose(table: Table) -> &'static str {
    match table {
        Table::Meta => "haven/1/local meta",
        Table::Rows => "haven/1/local row",
        Table::Saves => "haven/1/local save",
        Table::Drafts => "haven/1/local draft",
        Table::Quarantine => "haven/1/local quarantine",
        Table::Actors => "haven/1/local actor",
        Table::Alarms => "haven/1/local alarm",
        Table::Gone => "haven/1/local gone",
        // Drops are sealed to the drop key and never by the local key; the name is only never another table's.
        Table::Drops => "haven/1/local drop",
    }
}
