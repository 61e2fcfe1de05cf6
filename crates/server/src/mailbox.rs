//! Mailboxes: a few sealed messages between two devices that do not share a space yet.
//!
//! One for linking lives for minutes, while a person stands before both devices, and in memory alone: after a restart the
//! person starts again. One for a contact lives seven days, and is in the store too: what is in it is durable before it is
//! acknowledged. Each kind is counted for itself. An unknown id and one that is over are the same thing to whoever asks.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use haven_feed::SpaceId;
use haven_feed::roster::consent::Role;
use haven_wire::limits::{MAILBOX_MESSAGE_BYTES_MAX, MAILBOX_MESSAGES_MAX};
use thiserror::Error;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::limits::{
    CONTACT_LIFETIME, CONTACTS_MAX, CONTACTS_PER_SPACE_MAX, MAILBOX_LIFETIME, MAILBOX_WATCHERS_MAX,
    MAILBOXES_MAX, MAILBOXES_PER_SPACE_MAX,
};
use crate::session::Session;
use crate::store::{Change, MailboxRow};
use crate::writer::{WriteFault, Writer};

/// Places in a mailbox.
const PLACES: usize = MAILBOX_MESSAGES_MAX as usize;

/// Names a mailbox; only its two ends know it.
pub(crate) type MailboxId = [u8; 16];

/// Why a mailbox does not do it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
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
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] WriteFault),
}

/// What a mailbox is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To link a device.
    Link,
    /// To meet a contact.
    Contact,
}

/// All mailboxes.
#[derive(Default)]
pub(crate) struct Mailboxes {
    state: Mutex<Both>,
    /// Held while a contact's mailbox is changed, in the store and then here: between the two nobody changes it.
    changing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Both {
    link: State,
    contact: State,
}

#[derive(Default)]
struct State {
    open: BTreeMap<MailboxId, Arc<Mailbox>>,
    /// Ids in the order of opening, which is the order of expiry.
    opened: VecDeque<(Instant, MailboxId)>,
}

/// One mailbox.
pub(crate) struct Mailbox {
    purpose: Purpose,
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
    /// Begins with the mailboxes for contacts that the store kept, those that end first in front.
    pub(crate) fn restore(rows: Vec<MailboxRow>, now_ms: i64, now: Instant) -> Self {
        let mailboxes = Self::default();
        for row in rows {
            // A clock that was set back gives none of them more than it had at first.
            let left = u64::try_from(row.expires_ms.saturating_sub(now_ms))
                .map_or(Duration::ZERO, Duration::from_millis);
            let owner = Session { space: row.space, role: Role::Feed, member: row.feed };
            let mailbox = Mailbox::new(Purpose::Contact, owner, now + left.min(CONTACT_LIFETIME));
            for (index, message) in row.messages {
                // What does not fit was never put there.
                let _ = mailbox.put(index, &message);
            }
            mailboxes.state().contact.keep(row.mailbox, mailbox);
        }
        mailboxes
    }

    /// Opens a mailbox for linking and says how long it lives. Its own opener may ask again.
    pub(crate) fn open(&self, id: MailboxId, owner: Session, now: Instant) -> Result<Duration, MailboxFault> {
        let mut both = self.state();
        if let Some(left) = both.look(&id, Purpose::Link, owner, now)? {
            return Ok(left);
        }
        both.link.keep(id, Mailbox::new(Purpose::Link, owner, now + MAILBOX_LIFETIME));
        Ok(MAILBOX_LIFETIME)
    }

    /// Opens a mailbox for a contact, durably, and says how long it lives. Its own opener may ask again.
    pub(crate) async fn open_contact(
        &self,
        writer: &Writer,
        id: MailboxId,
        owner: Session,
        now: Instant,
    ) -> Result<Duration, MailboxFault> {
        let _changing = self.changing.lock().await;
        if let Some(left) = self.state().look(&id, Purpose::Contact, owner, now)? {
            return Ok(left);
        }
        let now_ms = wall_ms();
        let lifetime_ms = i64::try_from(CONTACT_LIFETIME.as_millis()).unwrap_or(i64::MAX);
        let expires_ms = now_ms.saturating_add(lifetime_ms);
        let (space, feed) = (owner.space, owner.member);
        let row = MailboxRow { mailbox: id, space, feed, expires_ms, messages: Vec::new() };
        // One that ended here may still be in the store, under the same id.
        let gone = Change::CloseMailbox { mailbox: id };
        writer.mailbox(vec![Change::ExpireMailboxes { now_ms }, gone, Change::OpenMailbox(row)]).await?;
        self.state().contact.keep(id, Mailbox::new(Purpose::Contact, owner, now + CONTACT_LIFETIME));
        Ok(CONTACT_LIFETIME)
    }

    /// Puts a message into a place. The same message again is no fault.
    pub(crate) async fn post(
        &self,
        writer: &Writer,
        id: &MailboxId,
        index: u32,
        message: &[u8],
        now: Instant,
    ) -> Result<(), MailboxFault> {
        if !(1..=MAILBOX_MESSAGE_BYTES_MAX).contains(&message.len()) {
            return Err(MailboxFault::Unfit);
        }
        let mailbox = self.find(id, now)?;
        if mailbox.purpose == Purpose::Link {
            return mailbox.put(index, message);
        }
        let _changing = self.changing.lock().await;
        // It may have ended while others changed theirs.
        let mailbox = self.find(id, now)?;
        if mailbox.takes(index, message)? {
            let message = Bytes::copy_from_slice(message);
            writer.mailbox(vec![Change::Post { mailbox: *id, index, message }]).await?;
        }
        mailbox.put(index, message)
    }

    /// Begins to listen.
    pub(crate) fn watch(&self, id: &MailboxId, now: Instant) -> Result<Watcher, MailboxFault> {
        let mailbox = self.find(id, now)?;
        let before = mailbox.watchers.fetch_add(1, Ordering::Relaxed);
        let watcher = Watcher { mailbox };
        if before < MAILBOX_WATCHERS_MAX { Ok(watcher) } else { Err(MailboxFault::TooMany) }
    }

    /// Forgets a mailbox, and leaves a farewell to those who listen; nothing happens if it is not there or somebody else's.
    pub(crate) async fn close(
        &self,
        writer: &Writer,
        id: &MailboxId,
        owner: Session,
        farewell: &[u8],
        now: Instant,
    ) -> Result<(), MailboxFault> {
        if farewell.len() > MAILBOX_MESSAGE_BYTES_MAX {
            return Err(MailboxFault::Unfit);
        }
        let Ok(mailbox) = self.find(id, now) else { return Ok(()) };
        if mailbox.owner != owner {
            return Ok(());
        }
        self.forget(writer, id, mailbox.purpose, farewell).await
    }

    /// Makes room where a space has none left for one more: of those that were opened by whoever is no member any more the oldest goes. While
    /// there is room they stay: others of the same person may listen there.
    pub(crate) async fn make_room(
        &self,
        writer: &Writer,
        purpose: Purpose,
        (id, space): (MailboxId, SpaceId),
        is_member: impl Fn(&Session) -> bool,
        now: Instant,
    ) -> Result<(), MailboxFault> {
        let gone = {
            let mut both = self.state();
            let is_there = both.find(&id, now).is_some();
            let of_space = both.of(purpose).of_space(space);
            let is_full = !is_there && of_space.len() >= purpose.of_space_max();
            of_space.into_iter().find(|(_, mailbox)| is_full && !is_member(&mailbox.owner)).map(|(id, _)| id)
        };
        match gone {
            Some(gone) => self.forget(writer, &gone, purpose, &[]).await,
            None => Ok(()),
        }
    }

    async fn forget(
        &self,
        writer: &Writer,
        id: &MailboxId,
        purpose: Purpose,
        farewell: &[u8],
    ) -> Result<(), MailboxFault> {
        let _changing = self.changing.lock().await;
        if purpose == Purpose::Contact {
            writer.mailbox(vec![Change::CloseMailbox { mailbox: *id }]).await?;
        }
        self.state().of(purpose).remove(id, farewell);
        Ok(())
    }

    fn find(&self, id: &MailboxId, now: Instant) -> Result<Arc<Mailbox>, MailboxFault> {
        self.state().find(id, now).ok_or(MailboxFault::Unknown)
    }

    fn state(&self) -> MutexGuard<'_, Both> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Both {
    fn of(&mut self, purpose: Purpose) -> &mut State {
        match purpose {
            Purpose::Link => &mut self.link,
            Purpose::Contact => &mut self.contact,
        }
    }

    fn find(&mut self, id: &MailboxId, now: Instant) -> Option<Arc<Mailbox>> {
        self.link.expire(now);
        self.contact.expire(now);
        self.link.open.get(id).or_else(|| self.contact.open.get(id)).cloned()
    }

    /// Says how long one's own mailbox still lives; nothing if a new one may be opened.
    fn look(
        &mut self,
        id: &MailboxId,
        purpose: Purpose,
        owner: Session,
        now: Instant,
    ) -> Result<Option<Duration>, MailboxFault> {
        if let Some(open) = self.find(id, now) {
            let same = open.owner == owner && open.purpose == purpose;
            let left = open.expires.saturating_duration_since(now);
            return if same { Ok(Some(left)) } else { Err(MailboxFault::Exists) };
        }
        let state = self.of(purpose);
        let is_full = state.of_space(owner.space).len() >= purpose.of_space_max();
        if is_full || state.open.len() >= purpose.max() { Err(MailboxFault::TooMany) } else { Ok(None) }
    }
}

impl Purpose {
    /// How many there may be at once, of all spaces.
    fn max(self) -> usize {
        match self {
            Self::Link => MAILBOXES_MAX,
            Self::Contact => CONTACTS_MAX,
        }
    }

    /// The same of one space.
    fn of_space_max(self) -> usize {
        match self {
            Self::Link => MAILBOXES_PER_SPACE_MAX,
            Self::Contact => CONTACTS_PER_SPACE_MAX,
        }
    }
}

impl State {
    /// The mailboxes that members of a space opened, the oldest first.
    fn of_space(&self, space: SpaceId) -> Vec<(MailboxId, Arc<Mailbox>)> {
        let all = self.opened.iter().filter_map(|(_, id)| Some((*id, self.open.get(id)?.clone())));
        all.filter(|(_, mailbox)| mailbox.owner.space == space).collect()
    }

    /// Keeps a mailbox that ends after all others.
    fn keep(&mut self, id: MailboxId, mailbox: Mailbox) {
        self.opened.push_back((mailbox.expires, id));
        self.open.insert(id, Arc::new(mailbox));
    }

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
            // There are as many as are open at once: whoever opens and closes without end leaves nothing here.
            self.opened.retain(|(_, other)| other != id);
            // A copy of its own: it came as a slice of a larger buffer.
            mailbox.places().closed = Some(Bytes::copy_from_slice(farewell));
            mailbox.bell.notify_waiters();
        }
    }
}

impl Mailbox {
    fn new(purpose: Purpose, owner: Session, expires: Instant) -> Self {
        let (places, bell, watchers) = (Mutex::default(), Notify::new(), AtomicUsize::new(0));
        Self { purpose, owner, expires, places, bell, watchers }
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

    /// Says whether a message is new at its place.
    fn takes(&self, index: u32, message: &[u8]) -> Result<bool, MailboxFault> {
        let mut places = self.places();
        Ok(places.free(index, message)?.is_none())
    }

    fn put(&self, index: u32, message: &[u8]) -> Result<(), MailboxFault> {
        let mut places = self.places();
        // A copy of its own: the message came as a slice of a larger buffer.
        *places.free(index, message)? = Some(Bytes::copy_from_slice(message));
        drop(places);
        self.bell.notify_waiters();
        Ok(())
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    /// Finds the place of a message: it is empty, or the same message is there.
    fn free(&mut self, index: u32, message: &[u8]) -> Result<&mut Option<Bytes>, MailboxFault> {
        if self.closed.is_some() {
            return Err(MailboxFault::Unknown);
        }
        let index = index.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        let place = index.and_then(|index| self.messages.get_mut(index));
        let place = place.ok_or(MailboxFault::Taken)?;
        if place.as_ref().is_some_and(|held| held != message) { Err(MailboxFault::Taken) } else { Ok(place) }
    }
}

/// The wall clock, in milliseconds since 1970; 0 if it stands before that. Days go by it, and restarts.
pub(crate) fn wall_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.mailbox.watchers.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use haven_feed::{MemberId, StoreId};
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::store::Reader as _;
    use crate::store::memory::MemoryStore;

    const BOX: MailboxId = [7; 16];

    fn member(space: u8, feed: u8) -> Session {
        Session {
            space: SpaceId::from_bytes([space; 32]),
            role: Role::Feed,
            member: MemberId::from_bytes([feed; 8]),
        }
    }

    fn store() -> MemoryStore {
        MemoryStore::new(StoreId::ZERO)
    }

    /// A member may open and close mailboxes as fast as it likes, for as long as one lives.
    #[tokio::test]
    async fn one_that_was_closed_leaves_nothing_behind() {
        let (boxes, writer, now) = (Mailboxes::default(), writer(&store()), Instant::now());
        for n in 0..100_u8 {
            let id = [n; 16];
            assert_eq!(boxes.open(id, member(1, 1), now), Ok(MAILBOX_LIFETIME));
            assert_eq!(boxes.close(&writer, &id, member(1, 1), &[], now).await, Ok(()));
            assert_eq!(boxes.open_contact(&writer, id, member(1, 1), now).await, Ok(CONTACT_LIFETIME));
            assert_eq!(boxes.close(&writer, &id, member(1, 1), &[], now).await, Ok(()));
        }
        let both = boxes.state();
        for state in [&both.link, &both.contact] {
            assert_eq!((state.open.len(), state.opened.len()), (0, 0));
        }
    }

    /// The thread ends with the writer.
    fn writer(store: &MemoryStore) -> Writer {
        Writer::start(Box::new(store.clone()), CancellationToken::new()).expect("a thread").0
    }

    fn message(n: u8) -> Vec<u8> {
        vec![n; 100]
    }

    #[tokio::test]
    async fn lives_its_time_and_then_is_as_unknown_as_any_other() {
        let (boxes, writer, start) = (Mailboxes::default(), writer(&store()), Instant::now());
        let late = start + MAILBOX_LIFETIME;
        let almost = late - Duration::from_millis(1);
        assert_eq!(boxes.post(&writer, &BOX, 1, &message(1), start).await, Err(MailboxFault::Unknown));
        assert_eq!(boxes.open(BOX, member(1, 1), start), Ok(MAILBOX_LIFETIME));
        assert_eq!(boxes.open(BOX, member(1, 1), almost), Ok(Duration::from_millis(1)));
        assert_eq!(boxes.open(BOX, member(1, 2), almost), Err(MailboxFault::Exists));
        assert_eq!(boxes.post(&writer, &BOX, 1, &message(1), almost).await, Ok(()));
        assert_eq!(boxes.post(&writer, &BOX, 2, &message(1), late).await, Err(MailboxFault::Unknown));
        assert!(matches!(boxes.watch(&BOX, late), Err(MailboxFault::Unknown)));
        assert_eq!(boxes.open(BOX, member(1, 2), late), Ok(MAILBOX_LIFETIME), "the id is free again");
    }

    #[tokio::test]
    async fn takes_five_messages_each_in_its_place() {
        let (boxes, writer, now) = (Mailboxes::default(), writer(&store()), Instant::now());
        boxes.open(BOX, member(1, 1), now).expect("open");
        let post = async |index, message: Vec<u8>| boxes.post(&writer, &BOX, index, &message, now).await;
        assert_eq!(post(1, message(1)).await, Ok(()));
        assert_eq!(post(1, message(1)).await, Ok(()), "the same again");
        assert_eq!(post(1, message(9)).await, Err(MailboxFault::Taken));
        assert_eq!(post(4, message(4)).await, Ok(()));
        assert_eq!(post(5, message(5)).await, Ok(()), "the new device's farewell");
        for nowhere in [0, 6, u32::MAX] {
            assert_eq!(post(nowhere, message(6)).await, Err(MailboxFault::Taken), "{nowhere}");
        }
        assert_eq!(post(2, Vec::new()).await, Err(MailboxFault::Unfit));
        assert_eq!(post(2, vec![1; MAILBOX_MESSAGE_BYTES_MAX + 1]).await, Err(MailboxFault::Unfit));
        assert_eq!(post(2, vec![1; MAILBOX_MESSAGE_BYTES_MAX]).await, Ok(()));
        let watcher = boxes.watch(&BOX, now).expect("there");
        let indexes = |after| {
            let Found::Open(messages) = watcher.mailbox.messages_after(after) else { unreachable!("open") };
            messages.into_iter().map(|(index, _)| index).collect::<Vec<_>>()
        };
        assert_eq!(
            (indexes(0), indexes(1), indexes(4), indexes(5)),
            (vec![1, 2, 4, 5], vec![2, 4, 5], vec![5], vec![])
        );
    }

    #[tokio::test]
    async fn closes_for_its_opener_only() {
        let (boxes, writer, now) = (Mailboxes::default(), writer(&store()), Instant::now());
        boxes.open(BOX, member(1, 1), now).expect("open");
        boxes.post(&writer, &BOX, 1, &message(1), now).await.expect("posted");
        boxes.close(&writer, &BOX, member(1, 2), &message(9), now).await.expect("no fault");
        let watcher = boxes.watch(&BOX, now).expect("still there");
        let too_long = vec![1; MAILBOX_MESSAGE_BYTES_MAX + 1];
        assert_eq!(boxes.close(&writer, &BOX, member(1, 1), &too_long, now).await, Err(MailboxFault::Unfit));
        assert!(matches!(watcher.mailbox.messages_after(0), Found::Open(_)));
        boxes.close(&writer, &BOX, member(1, 1), &message(5), now).await.expect("closed");
        assert_eq!(watcher.mailbox.messages_after(0), Found::Closed(message(5).into()));
        assert_eq!(boxes.post(&writer, &BOX, 1, &message(1), now).await, Err(MailboxFault::Unknown));
        boxes.close(&writer, &BOX, member(1, 1), &[], now).await.expect("no fault");
        assert_eq!(
            watcher.mailbox.messages_after(0),
            Found::Closed(message(5).into()),
            "the first is the last"
        );
    }

    #[tokio::test]
    async fn a_reopened_id_lives_its_own_two_minutes() {
        let (boxes, writer, start) = (Mailboxes::default(), writer(&store()), Instant::now());
        boxes.open(BOX, member(1, 1), start).expect("open");
        boxes.close(&writer, &BOX, member(1, 1), &[], start).await.expect("closed");
        let later = start + MAILBOX_LIFETIME / 2;
        boxes.open(BOX, member(1, 1), later).expect("open");
        assert_eq!(boxes.post(&writer, &BOX, 1, &message(1), start + MAILBOX_LIFETIME).await, Ok(()));
        assert_eq!(
            boxes.post(&writer, &BOX, 2, &message(1), later + MAILBOX_LIFETIME).await,
            Err(MailboxFault::Unknown)
        );
    }

    #[tokio::test]
    async fn are_bounded_a_space_in_all_and_in_listeners() {
        let (boxes, writer, now) = (Mailboxes::default(), writer(&store()), Instant::now());
        let id = |n: usize| -> MailboxId {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&n.to_be_bytes());
            id
        };
        let space = |n: usize| Session {
            space: SpaceId::from_bytes([&id(n)[..], &id(n)].concat().try_into().expect("32")),
            role: Role::Feed,
            member: MemberId::ZERO,
        };
        for n in 0..MAILBOXES_MAX {
            boxes.open(id(n), space(n / MAILBOXES_PER_SPACE_MAX), now).expect("open");
        }
        assert_eq!(boxes.open(id(9_999), space(9_999), now), Err(MailboxFault::TooMany));
        boxes.close(&writer, &id(0), space(0), &[], now).await.expect("closed");
        assert_eq!(boxes.open(id(9_999), space(1), now), Err(MailboxFault::TooMany), "of one space");
        assert_eq!(boxes.open(id(9_999), space(0), now), Ok(MAILBOX_LIFETIME));

        let watchers: Vec<_> =
            (0..MAILBOX_WATCHERS_MAX).map(|_| boxes.watch(&id(1), now).expect("room")).collect();
        assert!(matches!(boxes.watch(&id(1), now), Err(MailboxFault::TooMany)));
        drop(watchers);
        assert!(boxes.watch(&id(1), now).is_ok());
    }

    /// A contact's mailbox is in the store before anything about it is acknowledged, and comes back from there.
    #[tokio::test]
    async fn for_a_contact_outlive_a_restart() {
        let (store, start) = (store(), Instant::now());
        let (boxes, writer) = (Mailboxes::default(), writer(&store));
        let opened = boxes.open_contact(&writer, BOX, member(1, 1), start).await;
        assert_eq!(opened, Ok(CONTACT_LIFETIME));
        for (index, n) in [(1, 1), (3, 3), (1, 1)] {
            assert_eq!(boxes.post(&writer, &BOX, index, &message(n), start).await, Ok(()));
        }
        assert_eq!(boxes.post(&writer, &BOX, 3, &message(9), start).await, Err(MailboxFault::Taken));
        let rows = store.clone().mailboxes().expect("read");
        let again = Mailboxes::restore(rows, wall_ms(), start);
        let watcher = again.watch(&BOX, start + Duration::from_secs(6 * 24 * 3_600)).expect("there");
        let there = vec![(1, message(1).into()), (3, message(3).into())];
        assert_eq!(watcher.mailbox.messages_after(0), Found::Open(there));
        assert!(matches!(again.watch(&BOX, start + CONTACT_LIFETIME), Err(MailboxFault::Unknown)));

        assert_eq!(boxes.close(&writer, &BOX, member(1, 2), &[], start).await, Ok(()), "not theirs");
        assert_eq!(store.clone().mailboxes().expect("read").len(), 1);
        assert_eq!(boxes.close(&writer, &BOX, member(1, 1), &[], start).await, Ok(()));
        assert_eq!(store.clone().mailboxes(), Ok(vec![]));
    }

    #[tokio::test]
    async fn of_one_kind_take_no_room_from_the_other() {
        let (boxes, writer, now) = (Mailboxes::default(), writer(&store()), Instant::now());
        let contact = async |n: u8, by| boxes.open_contact(&writer, [n; 16], member(1, by), now).await;
        for n in 0..u8::try_from(CONTACTS_PER_SPACE_MAX).expect("few") {
            assert_eq!(contact(n, 1).await, Ok(CONTACT_LIFETIME));
        }
        assert_eq!(contact(99, 1).await, Err(MailboxFault::TooMany));
        assert_eq!(contact(0, 1).await, Ok(CONTACT_LIFETIME), "its own again");
        assert_eq!(contact(0, 2).await, Err(MailboxFault::Exists));
        let link = |n: u8, by| boxes.open([n; 16], member(1, by), now);
        assert_eq!(link(0, 1), Err(MailboxFault::Exists), "one id is one mailbox");
        for n in 0..u8::try_from(MAILBOXES_PER_SPACE_MAX).expect("few") {
            assert_eq!(link(100 + n, 1), Ok(MAILBOX_LIFETIME));
        }
        assert_eq!(link(200, 1), Err(MailboxFault::TooMany));
        assert_eq!(boxes.close(&writer, &[0; 16], member(1, 1), &[], now).await, Ok(()));
        assert_eq!(contact(99, 1).await, Ok(CONTACT_LIFETIME));
    }

    #[tokio::test]
    async fn what_is_not_written_is_not_there() {
        let (store, now) = (store(), Instant::now());
        let (boxes, writer) = (Mailboxes::default(), writer(&store));
        let full = MailboxFault::Write(WriteFault::Store(crate::store::StoreFault::Full));
        store.fail_next(crate::store::StoreFault::Full);
        assert_eq!(boxes.open_contact(&writer, BOX, member(1, 1), now).await, Err(full.clone()));
        assert!(matches!(boxes.watch(&BOX, now), Err(MailboxFault::Unknown)));
        boxes.open_contact(&writer, BOX, member(1, 1), now).await.expect("open");
        store.fail_next(crate::store::StoreFault::Full);
        assert_eq!(boxes.post(&writer, &BOX, 1, &message(1), now).await, Err(full));
        let watcher = boxes.watch(&BOX, now).expect("there");
        assert_eq!(watcher.mailbox.messages_after(0), Found::Open(vec![]));
        assert_eq!(boxes.post(&writer, &BOX, 1, &message(1), now).await, Ok(()));
    }
}
