//! Mailboxes: a few sealed messages between two devices that do not share a space yet.
//!
//! They live in memory. One for linking lives two minutes, while a person stands before both devices: after a restart the
//! person starts again. An unknown id and one that is over are the same thing to whoever asks.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use haven_wire::limits::{MAILBOX_MESSAGE_BYTES_MAX, MAILBOX_MESSAGES_MAX};
use thiserror::Error;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::limits::{MAILBOX_LIFETIME, MAILBOX_WATCHERS_MAX, MAILBOXES_MAX, MAILBOXES_PER_SPACE_MAX};
use crate::session::Session;

/// Places in a mailbox.
const PLACES: usize = MAILBOX_MESSAGES_MAX as usize;

/// Names a mailbox; only its two ends know it.
pub(crate) type MailboxId = [u8; 16];

/// Why a mailbox does not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum MailboxFault {
    /// There is none, or there is none any more.
    #[error("no such mailbox")]
    Unknown,
    /// Somebody else's is open under this id.
    #[error("the mailbox is open already")]
    Exists,
    /// The place is taken by another message, or there is no such place.
    #[error("the mailbox takes no such message")]
    Taken,
    /// The message is empty or too large.
    #[error("not a message for a mailbox")]
    Unfit,
    /// The space, or everybody together, has too many open, or too many listen to this one.
    #[error("too many mailboxes")]
    TooMany,
}

/// All mailboxes.
#[derive(Default)]
pub(crate) struct Mailboxes {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: BTreeMap<MailboxId, Arc<Mailbox>>,
    /// Ids in the order of opening, which is the order of expiry.
    opened: VecDeque<(Instant, MailboxId)>,
}

/// One mailbox.
pub(crate) struct Mailbox {
    owner: Session,
    /// When it is over.
    pub(crate) expires: Instant,
    places: Mutex<Places>,
    /// Rings when a message came or the mailbox was closed.
    pub(crate) bell: Notify,
    watchers: AtomicUsize,
}

#[derive(Default)]
struct Places {
    messages: [Option<Bytes>; PLACES],
    /// What its opener said at the end; nothing while it is open.
    closed: Option<Bytes>,
}

/// What is in a mailbox for somebody who listens.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Messages, by their places; more may come.
    Open(Vec<(u32, Bytes)>),
    /// It was closed, with this farewell; empty if there is none.
    Closed(Bytes),
}

/// Somebody who listens to a mailbox; counted until dropped.
pub(crate) struct Watcher {
    /// The mailbox.
    pub(crate) mailbox: Arc<Mailbox>,
}

impl Mailboxes {
    /// Opens a mailbox and says how long it lives. Its own opener may ask again.
    pub(crate) fn open(&self, id: MailboxId, owner: Session, now: Instant) -> Result<Duration, MailboxFault> {
        let mut state = self.state();
        state.expire(now);
        if let Some(open) = state.open.get(&id) {
            let left = open.expires.saturating_duration_since(now);
            return if open.owner == owner { Ok(left) } else { Err(MailboxFault::Exists) };
        }
        let of_space = state.open.values().filter(|other| other.owner.space == owner.space).count();
        if of_space >= MAILBOXES_PER_SPACE_MAX || state.open.len() >= MAILBOXES_MAX {
            return Err(MailboxFault::TooMany);
        }
        let expires = now + MAILBOX_LIFETIME;
        state.open.insert(id, Arc::new(Mailbox::new(owner, expires)));
        state.opened.push_back((expires, id));
        Ok(MAILBOX_LIFETIME)
    }

    /// Puts a message into a place. The same message again is no fault.
    pub(crate) fn post(
        &self,
        id: &MailboxId,
        index: u32,
        message: &[u8],
        now: Instant,
    ) -> Result<(), MailboxFault> {
        if !(1..=MAILBOX_MESSAGE_BYTES_MAX).contains(&message.len()) {
            return Err(MailboxFault::Unfit);
        }
        self.find(id, now)?.put(index, message)
    }

    /// Begins to listen.
    pub(crate) fn watch(&self, id: &MailboxId, now: Instant) -> Result<Watcher, MailboxFault> {
        let mailbox = self.find(id, now)?;
        let before = mailbox.watchers.fetch_add(1, Ordering::Relaxed);
        let watcher = Watcher { mailbox };
        if before < MAILBOX_WATCHERS_MAX { Ok(watcher) } else { Err(MailboxFault::TooMany) }
    }

    /// Forgets a mailbox, and leaves a farewell to those who listen; nothing happens if it is not there or somebody else's.
    pub(crate) fn close(
        &self,
        id: &MailboxId,
        owner: Session,
        farewell: &[u8],
        now: Instant,
    ) -> Result<(), MailboxFault> {
        if farewell.len() > MAILBOX_MESSAGE_BYTES_MAX {
            return Err(MailboxFault::Unfit);
        }
        let mut state = self.state();
        state.expire(now);
        if state.open.get(id).is_some_and(|open| open.owner == owner) {
            state.remove(id, farewell);
        }
        Ok(())
    }

    fn find(&self, id: &MailboxId, now: Instant) -> Result<Arc<Mailbox>, MailboxFault> {
        let mut state = self.state();
        state.expire(now);
        state.open.get(id).cloned().ok_or(MailboxFault::Unknown)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn expire(&mut self, now: Instant) {
        while let Some((expires, id)) = self.opened.front().copied().filter(|(expires, _)| *expires <= now) {
            self.opened.pop_front();
            if self.open.get(&id).is_some_and(|open| open.expires == expires) {
                self.remove(&id, &[]);
            }
        }
    }

    fn remove(&mut self, id: &MailboxId, farewell: &[u8]) {
        if let Some(mailbox) = self.open.remove(id) {
            // A copy of its own: it came as a slice of a larger buffer.
            mailbox.places().closed = Some(Bytes::copy_from_slice(farewell));
            mailbox.bell.notify_waiters();
        }
    }
}

impl Mailbox {
    fn new(owner: Session, expires: Instant) -> Self {
        Self { owner, expires, places: Mutex::default(), bell: Notify::new(), watchers: AtomicUsize::new(0) }
    }

    /// Reads the messages after a place, of which the first is 1; once it is closed or over, only the farewell.
    pub(crate) fn messages_after(&self, after: u32) -> Found {
        let places = self.places();
        if let Some(farewell) = &places.closed {
            return Found::Closed(farewell.clone());
        }
        let taken = (1..).zip(&places.messages).skip_while(|(index, _)| *index <= after);
        let messages = taken.filter_map(|(index, message)| Some((index, message.clone()?)));
        Found::Open(messages.collect())
    }

    fn put(&self, index: u32, message: &[u8]) -> Result<(), MailboxFault> {
        let mut places = self.places();
        if places.closed.is_some() {
            return Err(MailboxFault::Unknown);
        }
        let index = index.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        let place = index.and_then(|index| places.messages.get_mut(index));
        let place = place.ok_or(MailboxFault::Taken)?;
        if place.as_ref().is_some_and(|held| held != message) {
            return Err(MailboxFault::Taken);
        }
        // A copy of its own: the message came as a slice of a larger buffer.
        *place = Some(Bytes::copy_from_slice(message));
        drop(places);
        self.bell.notify_waiters();
        Ok(())
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.mailbox.watchers.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use haven_feed::{FeedId, SpaceId};

    use super::*;

    const BOX: MailboxId = [7; 16];

    fn member(space: u8, feed: u8) -> Session {
        Session { space: SpaceId::from_bytes([space; 32]), feed: FeedId::from_bytes([feed; 8]) }
    }

    fn message(n: u8) -> Vec<u8> {
        vec![n; 100]
    }

    #[test]
    fn lives_two_minutes_and_then_is_as_unknown_as_any_other() {
        let (boxes, start) = (Mailboxes::default(), Instant::now());
        let late = start + MAILBOX_LIFETIME;
        let almost = late - Duration::from_millis(1);
        assert_eq!(boxes.post(&BOX, 1, &message(1), start), Err(MailboxFault::Unknown));
        assert_eq!(boxes.open(BOX, member(1, 1), start), Ok(MAILBOX_LIFETIME));
        assert_eq!(boxes.open(BOX, member(1, 1), almost), Ok(Duration::from_millis(1)));
        assert_eq!(boxes.open(BOX, member(1, 2), almost), Err(MailboxFault::Exists));
        assert_eq!(boxes.post(&BOX, 1, &message(1), almost), Ok(()));
        assert_eq!(boxes.post(&BOX, 2, &message(1), late), Err(MailboxFault::Unknown));
        assert!(matches!(boxes.watch(&BOX, late), Err(MailboxFault::Unknown)));
        assert_eq!(boxes.open(BOX, member(1, 2), late), Ok(MAILBOX_LIFETIME), "the id is free again");
    }

    #[test]
    fn takes_four_messages_each_in_its_place() {
        let (boxes, now) = (Mailboxes::default(), Instant::now());
        boxes.open(BOX, member(1, 1), now).expect("open");
        let post = |index, message: Vec<u8>| boxes.post(&BOX, index, &message, now);
        assert_eq!(post(1, message(1)), Ok(()));
        assert_eq!(post(1, message(1)), Ok(()), "the same again");
        assert_eq!(post(1, message(9)), Err(MailboxFault::Taken));
        assert_eq!(post(4, message(4)), Ok(()));
        for nowhere in [0, 5, u32::MAX] {
            assert_eq!(post(nowhere, message(5)), Err(MailboxFault::Taken), "{nowhere}");
        }
        assert_eq!(post(2, Vec::new()), Err(MailboxFault::Unfit));
        assert_eq!(post(2, vec![1; MAILBOX_MESSAGE_BYTES_MAX + 1]), Err(MailboxFault::Unfit));
        assert_eq!(post(2, vec![1; MAILBOX_MESSAGE_BYTES_MAX]), Ok(()));
        let watcher = boxes.watch(&BOX, now).expect("there");
        let indexes = |after| {
            let Found::Open(messages) = watcher.mailbox.messages_after(after) else { unreachable!("open") };
            messages.into_iter().map(|(index, _)| index).collect::<Vec<_>>()
        };
        assert_eq!((indexes(0), indexes(1), indexes(4)), (vec![1, 2, 4], vec![2, 4], vec![]));
    }

    #[test]
    fn closes_for_its_opener_only() {
        let (boxes, now) = (Mailboxes::default(), Instant::now());
        boxes.open(BOX, member(1, 1), now).expect("open");
        boxes.post(&BOX, 1, &message(1), now).expect("posted");
        boxes.close(&BOX, member(1, 2), &message(9), now).expect("no fault");
        let watcher = boxes.watch(&BOX, now).expect("still there");
        let too_long = vec![1; MAILBOX_MESSAGE_BYTES_MAX + 1];
        assert_eq!(boxes.close(&BOX, member(1, 1), &too_long, now), Err(MailboxFault::Unfit));
        assert!(matches!(watcher.mailbox.messages_after(0), Found::Open(_)));
        boxes.close(&BOX, member(1, 1), &message(5), now).expect("closed");
        assert_eq!(watcher.mailbox.messages_after(0), Found::Closed(message(5).into()));
        assert_eq!(boxes.post(&BOX, 1, &message(1), now), Err(MailboxFault::Unknown));
        boxes.close(&BOX, member(1, 1), &[], now).expect("no fault");
        assert_eq!(
            watcher.mailbox.messages_after(0),
            Found::Closed(message(5).into()),
            "the first is the last"
        );
    }

    #[test]
    fn a_reopened_id_lives_its_own_two_minutes() {
        let (boxes, start) = (Mailboxes::default(), Instant::now());
        boxes.open(BOX, member(1, 1), start).expect("open");
        boxes.close(&BOX, member(1, 1), &[], start).expect("closed");
        let later = start + MAILBOX_LIFETIME / 2;
        boxes.open(BOX, member(1, 1), later).expect("open");
        assert_eq!(boxes.post(&BOX, 1, &message(1), start + MAILBOX_LIFETIME), Ok(()));
        assert_eq!(boxes.post(&BOX, 2, &message(1), later + MAILBOX_LIFETIME), Err(MailboxFault::Unknown));
    }

    #[test]
    fn are_bounded_a_space_in_all_and_in_listeners() {
        let (boxes, now) = (Mailboxes::default(), Instant::now());
        let id = |n: usize| -> MailboxId {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&n.to_be_bytes());
            id
        };
        let space = |n: usize| Session {
            space: SpaceId::from_bytes([&id(n)[..], &id(n)].concat().try_into().expect("32")),
            feed: FeedId::ZERO,
        };
        for n in 0..MAILBOXES_MAX {
            boxes.open(id(n), space(n / MAILBOXES_PER_SPACE_MAX), now).expect("open");
        }
        assert_eq!(boxes.open(id(9_999), space(9_999), now), Err(MailboxFault::TooMany));
        boxes.close(&id(0), space(0), &[], now).expect("closed");
        assert_eq!(boxes.open(id(9_999), space(1), now), Err(MailboxFault::TooMany), "of one space");
        assert_eq!(boxes.open(id(9_999), space(0), now), Ok(MAILBOX_LIFETIME));

        let watchers: Vec<_> =
            (0..MAILBOX_WATCHERS_MAX).map(|_| boxes.watch(&id(1), now).expect("room")).collect();
        assert!(matches!(boxes.watch(&id(1), now), Err(MailboxFault::TooMany)));
        drop(watchers);
        assert!(boxes.watch(&id(1), now).is_ok());
    }
}
