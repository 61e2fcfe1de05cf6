//! A vault that a server shows for a paper: believed only by its signatures, from genesis on.

use std::collections::BTreeMap;

use bytes::Bytes;
use haven_crypto::epoch::{EpochKeys, EpochRoot};
use haven_crypto::feedkeys::FeedSecrets;
use haven_crypto::wrap::wrap;
use haven_crypto::{opened::Opened, record};
use haven_feed::ids::{FeedId, MemberId, SpaceId, Vector};
use haven_feed::record::{Record, VerifiedRecord};
use haven_feed::roster::body::AddFeed;
use haven_feed::roster::consent::{self, Role, Terms};
use haven_feed::roster::{Author, Link, LinkFault, Roster, SpaceKind, WrapContext, link};

use super::RestoreFault;
use crate::content;
use crate::engine::names;
use crate::io::{Entropy, draw};
use crate::keys::learn;
use crate::limits;

/// A vault as its person is shown it before they say that it is theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundVault {
    /// Its id.
    pub space: SpaceId,
    /// What its devices are called by the roster, in the order of their ids.
    pub devices: Vec<String>,
    /// When the newest record was written by its author's clock, in milliseconds, and what that device is called.
    pub newest: Option<(i64, String)>,
}

/// A vault whose roster holds and whose paper this is now.
pub(super) struct Candidate {
    pub(super) roster: Roster,
    pub(super) links: Vec<Link>,
    pub(super) roots: BTreeMap<u32, EpochRoot>,
    /// The link that adds this device, while the server has it.
    pub(super) adding: Option<Link>,
    epochs: BTreeMap<u32, EpochKeys>,
    newest: Option<(i64, FeedId)>,
}

impl Candidate {
    /// Verifies a roster link by link. The paper's consent is part of what is verified, and its keys must be those at hand.
    pub(super) fn read(
        space: SpaceId,
        links: Vec<Vec<u8>>,
        paper: &FeedSecrets,
    ) -> Result<Self, RestoreFault> {
        let links: Result<Vec<Link>, LinkFault> = links.into_iter().map(Link::parse).collect();
        let links = links.map_err(|fault| RestoreFault::of_roster(&fault))?;
        let roster = Roster::replay(&links).map_err(|fault| RestoreFault::of_roster(&fault))?;
        if roster.space() != space || roster.kind() != SpaceKind::Vault {
            return Err(RestoreFault::Forged);
        }
        let (keys, id) = (paper.keys(), MemberId::from(paper.keys().paper_id()));
        if roster.paper().is_none_or(|now| now.keys != keys) {
            let former = roster.former(&id).is_some_and(|former| former.sign == keys.sign);
            return Err(if former { RestoreFault::Replaced } else { RestoreFault::Forged });
        }
        let mut roots = BTreeMap::new();
        learn(&mut roots, paper.kem(), id, &roster);
        if !roots.contains_key(&roster.epoch()) {
            return Err(RestoreFault::KeyUnreadable);
        }
        let epochs = roots.iter().map(|(epoch, root)| (*epoch, root.keys())).collect();
        Ok(Self { roster, links, roots, adding: None, epochs, newest: None })
    }

    pub(super) fn shown(&self) -> FoundVault {
        let names = names(&self.epochs, &self.roster);
        let name = |feed: &FeedId| names.get(feed).cloned().unwrap_or_else(|| feed.to_string());
        FoundVault {
            space: self.roster.space(),
            devices: self.roster.current_feeds().map(|(feed, _)| name(&feed)).collect(),
            newest: self.newest.as_ref().map(|(time_ms, feed)| (*time_ms, name(feed))),
        }
    }

    /// The newest records to look at, each with how many before it may be tried; those of members are looked at first (the last ones).
    pub(super) fn newest_of(&self, vector: &Vector) -> Vec<(FeedId, u64, u64)> {
        let known = vector.iter().filter(|(feed, _)| self.roster.feed(feed).is_some());
        let mut asked: Vec<_> =
            known.map(|(feed, position)| (feed, position.seq, limits::RESTORE_LOOKS_MAX)).collect();
        asked.sort_by_key(|(feed, ..)| self.roster.is_current(feed));
        asked.split_off(asked.len().saturating_sub(limits::RESTORE_FEEDS_MAX))
    }

    /// Takes in when a record was written. What does not open is passed over: a later version may have written it.
    ///
    /// # Errors
    /// It is none of that feed, or it names a link that the server does not show: its roster is cut short.
    pub(super) fn note(&mut self, feed: FeedId, seq: u64, record: Bytes) -> Result<(), RestoreFault> {
        let record = self.verified(feed, seq, record).ok_or(RestoreFault::Forged)?;
        let named = record.header().roster;
        if self.roster.hash_at(named.seq) != Some(named.hash) {
            return Err(RestoreFault::Forged);
        }
        if let Some(time_ms) = self.opened(&record).as_ref().and_then(time_of)
            && self.newest.is_none_or(|(newest, _)| newest < time_ms)
        {
            self.newest = Some((time_ms, feed));
        }
        Ok(())
    }

    fn verified(&self, feed: FeedId, seq: u64, record: Bytes) -> Option<VerifiedRecord> {
        let record = Record::parse(record).ok()?;
        let fits = record.header().space == self.roster.space() && record.position().seq == seq;
        record.verify(&self.roster.feed(&feed)?.keys).ok().filter(|_| fits)
    }

    fn opened(&self, record: &VerifiedRecord) -> Option<Opened> {
        record::open(self.epochs.get(&record.header().epoch)?, record).ok()
    }

    /// The link by which the paper adds this device, with that device's consent.
    pub(super) fn adding(
        &self,
        paper: &FeedSecrets,
        device: &FeedSecrets,
        name: &str,
        entropy: &mut dyn Entropy,
    ) -> Result<Link, RestoreFault> {
        let (keys, epoch, prev) = (device.keys(), self.roster.epoch(), self.roster.head().hash);
        let recipient = MemberId::from(keys.id());
        let root = self.roots.get(&epoch).ok_or(RestoreFault::KeyUnreadable)?;
        let context = WrapContext { space: self.roster.space(), epoch, recipient, prev };
        let terms = Terms::at(Role::Feed, self.roster.space(), prev, None);
        let sealed_name = root.keys().seal_name(name, recipient, draw(entropy));
        let body = AddFeed {
            sealed_name: sealed_name.map_err(|_| RestoreFault::NameTooLong)?,
            party: None,
            wrap: wrap(root, &keys.kem, &context, draw(entropy)),
            consent: consent::sign(&terms, &keys, device.signer()),
            keys,
        };
        let author = Author { id: paper.keys().paper_id().into(), signer: paper.signer() };
        link::next(&self.roster, author, body).map_err(|fault| match fault {
            LinkFault::TooManyMembers | LinkFault::RosterFull => RestoreFault::NoRoom,
            _ => RestoreFault::OutOfTurn,
        })
    }
}

fn time_of(plain: &Opened) -> Option<i64> {
    content::decode(plain.bytes()).ok().map(|content| content.time_ms)
}
