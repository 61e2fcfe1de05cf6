//! Rosters on their way in, piece by piece. A space is made, and its invite spent, only with the last piece; until then
//! nothing is written, and what is in memory is bounded and thrown away.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use haven_feed::RosterHead;
use haven_feed::digest::Digest;
use haven_feed::limits::ROSTER_BYTES_MAX;
use haven_feed::roster::{Link, LinkFault, Roster};
use thiserror::Error;
use tokio::time::Instant;

use crate::budget::{Budget, Taken};
use crate::limits::{REFILL_LIFETIME, REFILLS_BYTES_MAX, REFILLS_MAX};

/// Why a piece is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum RefillFault {
    /// The pieces before it are not there.
    #[error("the pieces before this one are not there")]
    Over,
    /// Too many rosters are on their way at once, or too many bytes of them.
    #[error("too many rosters at once")]
    TooMany,
    /// A link does not hold.
    #[error(transparent)]
    Link(#[from] LinkFault),
}

/// One piece of a roster.
pub(crate) struct Piece {
    /// The genesis.
    pub(crate) genesis: Link,
    /// The place of the link before the others.
    pub(crate) after_seq: u64,
    /// The others.
    pub(crate) links: Vec<Bytes>,
}

/// All rosters on their way in, by what is kept of their invites: nobody without one has anything here.
pub(crate) struct Refills {
    begun: Mutex<BTreeMap<Digest, Begun>>,
    bytes: Arc<Budget>,
    /// Somebody looks for what waited too long.
    swept: AtomicBool,
}

struct Begun {
    refill: Arc<Mutex<Refill>>,
    /// When it is thrown away unless another piece comes.
    until: Instant,
}

/// The roster of one invite as far as it came.
pub(crate) struct Refill {
    roster: Roster,
    links: Vec<Bytes>,
    taken: Taken,
}

impl Default for Refills {
    fn default() -> Self {
        Self { begun: Mutex::default(), bytes: Budget::of(REFILLS_BYTES_MAX), swept: AtomicBool::new(false) }
    }
}

impl Refills {
    /// Takes a piece: verifies it link by link, and keeps it until the next one comes. Blocks.
    ///
    /// A first piece throws away what its invite had begun before: a device that broke off begins again, or another one does.
    pub(crate) fn take(
        &self,
        ticket: Digest,
        piece: &Piece,
        now: Instant,
    ) -> Result<RosterHead, RefillFault> {
        self.begun().retain(|_, refill| now < refill.until);
        let refill = match piece.after_seq {
            0 => self.begin(ticket, &piece.genesis, now)?,
            _ => self.find(ticket, now)?,
        };
        let mut refill = lock(&refill);
        let taken = refill.append(piece);
        if taken.is_err() {
            self.begun().remove(&ticket);
        }
        taken
    }

    /// Takes a roster that came in one piece; it is not kept here. Blocks.
    pub(crate) fn take_whole(&self, ticket: Digest, piece: &Piece) -> Result<Refill, RefillFault> {
        self.begun().remove(&ticket);
        let mut refill = Refill::begin(&piece.genesis, Taken::from(vec![self.bytes.clone()]))?;
        refill.append(piece)?;
        Ok(refill)
    }

    /// Gives out the roster of an invite, whole up to this link; it is not kept any longer. None if somebody with the same invite
    /// has begun another one meanwhile, which is not whole. Blocks.
    pub(crate) fn finish(&self, ticket: &Digest, head: RosterHead) -> Option<Arc<Mutex<Refill>>> {
        let refill = self.begun().get(ticket)?.refill.clone();
        if lock(&refill).roster.head() != head {
            return None;
        }
        let mut begun = self.begun();
        let is_same = begun.get(ticket).is_some_and(|begun| Arc::ptr_eq(&begun.refill, &refill));
        if is_same {
            begun.remove(ticket);
        }
        is_same.then_some(refill)
    }

    /// Says whether somebody is wanted who calls [`Refills::sweep`] until it says that there is nothing more to come for.
    pub(crate) fn begin_sweep(&self) -> bool {
        !self.swept.swap(true, Ordering::Relaxed)
    }

    /// Throws away what waited too long. Says when to come again.
    pub(crate) fn sweep(&self, now: Instant) -> Option<Instant> {
        let mut begun = self.begun();
        begun.retain(|_, refill| now < refill.until);
        let next = begun.values().map(|refill| refill.until).min();
        // While what was begun is locked: who begins next finds that nobody looks.
        self.swept.store(next.is_some(), Ordering::Relaxed);
        next
    }

    fn begin(&self, ticket: Digest, genesis: &Link, now: Instant) -> Result<Arc<Mutex<Refill>>, RefillFault> {
        let mut begun = self.begun();
        begun.remove(&ticket);
        if begun.len() >= REFILLS_MAX {
            return Err(RefillFault::TooMany);
        }
        let refill = Arc::new(Mutex::new(Refill::begin(genesis, Taken::from(vec![self.bytes.clone()]))?));
        begun.insert(ticket, Begun { refill: refill.clone(), until: now + REFILL_LIFETIME });
        Ok(refill)
    }

    fn find(&self, ticket: Digest, now: Instant) -> Result<Arc<Mutex<Refill>>, RefillFault> {
        let mut begun = self.begun();
        let found = begun.get_mut(&ticket).ok_or(RefillFault::Over)?;
        found.until = now + REFILL_LIFETIME;
        Ok(found.refill.clone())
    }

    fn begun(&self) -> MutexGuard<'_, BTreeMap<Digest, Begun>> {
        lock(&self.begun)
    }
}

impl Refill {
    fn begin(genesis: &Link, taken: Taken) -> Result<Self, RefillFault> {
        let roster = Roster::genesis(genesis.bytes().clone())?;
        let mut refill = Self { roster, links: Vec::new(), taken };
        refill.keep(genesis.bytes())?;
        Ok(refill)
    }

    fn append(&mut self, piece: &Piece) -> Result<RosterHead, RefillFault> {
        let is_ours = piece.genesis.space() == self.roster.space();
        if !is_ours || piece.after_seq != self.roster.head().seq {
            return Err(RefillFault::Over);
        }
        for bytes in &piece.links {
            self.roster.append(&Link::parse(bytes.clone())?)?;
            self.keep(bytes)?;
        }
        Ok(self.roster.head())
    }

    /// Keeps a copy of its own: the link came as a slice of a larger buffer.
    fn keep(&mut self, link: &Bytes) -> Result<(), RefillFault> {
        self.taken.take(link.len()).map_err(|_| RefillFault::TooMany)?;
        self.links.push(Bytes::copy_from_slice(link));
        Ok(())
    }

    /// Returns the roster as it was verified.
    pub(crate) fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Returns its links.
    pub(crate) fn links(&self) -> &[Bytes] {
        &self.links
    }
}

const _: () = assert!(ROSTER_BYTES_MAX <= REFILLS_BYTES_MAX, "one whole roster fits");

/// Locks it. A holder that panicked was verifying, and a roster stays as it was when a link fails.
pub(crate) fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use haven_feed::digest::digest;

    use super::*;
    use crate::tests::kit::Vault;

    fn ticket(n: u8) -> Digest {
        digest("ticket", &[&[n]])
    }

    fn piece(vault: &Vault, after_seq: usize, count: usize) -> Piece {
        let links = vault.links[after_seq + 1..][..count].iter().map(|link| link.bytes().clone()).collect();
        Piece { genesis: vault.links[0].clone(), after_seq: after_seq as u64, links }
    }

    #[test]
    fn what_waits_too_long_is_thrown_away_and_its_room_is_free() {
        let (refills, start) = (Refills::default(), Instant::now());
        let vault = Vault::with_devices(1, 6);
        let almost = start + REFILL_LIFETIME - std::time::Duration::from_millis(1);
        assert!(refills.begin_sweep());
        assert_eq!(refills.take(ticket(1), &piece(&vault, 0, 2), start), Ok(vault.links[2].head()));
        assert_eq!(refills.sweep(start), Some(start + REFILL_LIFETIME));
        assert!(!refills.begin_sweep(), "somebody looks already");
        assert_eq!(refills.take(ticket(1), &piece(&vault, 2, 1), almost), Ok(vault.links[3].head()));
        let late = almost + REFILL_LIFETIME;
        assert_eq!(refills.sweep(start + REFILL_LIFETIME), Some(late), "each piece gives it time");
        assert_eq!(refills.take(ticket(1), &piece(&vault, 3, 1), late), Err(RefillFault::Over));
        assert_eq!((refills.sweep(late), refills.begin_sweep()), (None, true));
        assert!(refills.finish(&ticket(1), vault.links[3].head()).is_none());
    }

    /// The last piece is verified, and before the space is made somebody with the same invite begins again: what was begun is not
    /// whole, and no invite is spent for it.
    #[test]
    fn only_the_roster_whose_last_piece_came_is_whole() {
        let (refills, now) = (Refills::default(), Instant::now());
        let vault = Vault::with_devices(1, 6);
        assert_eq!(refills.take(ticket(1), &piece(&vault, 0, 2), now), Ok(vault.links[2].head()));
        let last = vault.links[4].head();
        assert_eq!(refills.take(ticket(1), &piece(&vault, 2, 2), now), Ok(last));
        assert_eq!(refills.take(ticket(1), &piece(&vault, 0, 1), now), Ok(vault.links[1].head()));
        assert!(refills.finish(&ticket(1), last).is_none());
        assert_eq!(refills.take(ticket(1), &piece(&vault, 1, 3), now), Ok(last));
        let whole = refills.finish(&ticket(1), last).expect("it is whole now");
        assert_eq!(lock(&whole).links().len(), 5);
    }

    #[test]
    fn there_are_only_so_many_at_once_and_each_invite_has_one() {
        let (refills, now) = (Refills::default(), Instant::now());
        let vault = Vault::with_devices(1, 3);
        let begin = |n| refills.take(ticket(n), &piece(&vault, 0, 1), now).map(drop);
        for n in 0..u8::try_from(REFILLS_MAX).expect("few") {
            assert_eq!([begin(n), begin(n)], [Ok(()), Ok(())]);
        }
        assert_eq!(begin(200), Err(RefillFault::TooMany));
        assert!(refills.finish(&ticket(3), vault.links[1].head()).is_some());
        assert_eq!(begin(200), Ok(()));
        assert!(refills.take_whole(ticket(0), &piece(&vault, 0, 2)).is_ok(), "one piece waits for nothing");
        assert_eq!(begin(201), Ok(()), "and what its invite had begun is over");
    }
}
