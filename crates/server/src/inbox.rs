//! News on the way to a listener: bounded, and never the only copy. Whoever falls behind is sent to the database, so
//! nothing is skipped and nobody's slowness costs memory.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use haven_feed::{FeedId, MemberId, Position, SpaceId};
use tokio::sync::Notify;

use crate::limits::{INBOX_BYTES_MAX, INBOX_EVENTS_MAX};

/// Who brought something: a member on a connection. What a device pushed is not sent back to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The connection's number.
    pub(crate) connection: u64,
    /// The member that had the session.
    pub(crate) member: MemberId,
}

/// Records of one feed that have become durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// Whose.
    pub(crate) feed: FeedId,
    /// The place of the first.
    pub(crate) first: u64,
    /// The last.
    pub(crate) last: Position,
}

/// What one push brought, in its order.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    /// Which records.
    pub(crate) stretches: Arc<[Stretch]>,
    /// The records themselves, unless they are so many that they are better read from the database.
    pub(crate) records: Option<Arc<[Bytes]>>,
    /// Their size, in bytes.
    pub(crate) bytes: usize,
}

/// Bodies that took the places of husks. They have no place in the order of arrival any more: whoever misses them asks for them.
#[derive(Clone, Debug)]
pub(crate) struct Bodies {
    /// Of which records.
    pub(crate) places: Arc<[(FeedId, u64)]>,
    /// The records themselves, unless they are so many that they are better read from the database.
    pub(crate) records: Option<Arc<[Bytes]>>,
    /// Their size, in bytes.
    pub(crate) bytes: usize,
}

/// Something that has become durable.
#[derive(Clone, Debug)]
pub(crate) enum News {
    /// Bodies of records.
    Bodies(Bodies),
    /// Records.
    Records(Arrival),
    /// A link of the roster.
    Link {
        /// Its place.
        seq: u64,
        /// The link itself.
        bytes: Bytes,
    },
}

/// One thing in an inbox.
#[derive(Debug)]
pub(crate) struct Item {
    /// In which space.
    pub(crate) space: SpaceId,
    /// What happened.
    pub(crate) news: News,
    /// Whether this listener brought it itself.
    pub(crate) own: bool,
}

/// What a listener finds in its inbox.
#[derive(Debug, Default)]
pub(crate) struct Mail {
    /// The spaces whose news were dropped: read them from the database first.
    pub(crate) behind: BTreeSet<SpaceId>,
    /// The news, in order.
    pub(crate) items: VecDeque<Item>,
}

/// One listener's inbox.
pub(crate) struct Inbox {
    connection: u64,
    members: BTreeMap<SpaceId, MemberId>,
    state: Mutex<State>,
    bell: Notify,
}

#[derive(Default)]
struct State {
    mail: Mail,
    bytes: usize,
}

impl Inbox {
    /// Makes the inbox of a listener on a connection, with the member it is in each space.
    pub(crate) fn new(connection: u64, members: BTreeMap<SpaceId, MemberId>) -> Self {
        Self { connection, members, state: Mutex::default(), bell: Notify::new() }
    }

    /// Delivers news.
    pub(crate) fn deliver(&self, space: SpaceId, news: &News, origin: Option<Origin>) {
        let own = origin.is_some_and(|origin| self.is_mine(space, origin));
        let item = Item { space, news: if own { news.without_records() } else { news.clone() }, own };
        self.state().put(item);
        self.bell.notify_one();
    }

    /// Waits until something is there, and takes all of it.
    pub(crate) async fn take(&self) -> Mail {
        loop {
            let mail = self.state().take();
            if !mail.is_empty() {
                return mail;
            }
            self.bell.notified().await;
        }
    }

    fn is_mine(&self, space: SpaceId, origin: Origin) -> bool {
        origin.connection == self.connection && self.members.get(&space) == Some(&origin.member)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn put(&mut self, item: Item) {
        self.bytes += item.news.bytes();
        self.mail.items.push_back(item);
        if self.bytes > INBOX_BYTES_MAX || self.mail.items.len() > INBOX_EVENTS_MAX {
            let dropped = std::mem::take(&mut self.mail.items);
            self.mail.behind.extend(dropped.into_iter().map(|item| item.space));
            self.bytes = 0;
        }
    }

    fn take(&mut self) -> Mail {
        self.bytes = 0;
        std::mem::take(&mut self.mail)
    }
}

impl Mail {
    /// Says whether nothing came.
    pub(crate) fn is_empty(&self) -> bool {
        self.behind.is_empty() && self.items.is_empty()
    }
}

impl News {
    fn bytes(&self) -> usize {
        match self {
            Self::Records(Arrival { records: None, .. }) | Self::Bodies(Bodies { records: None, .. }) => 0,
            Self::Records(arrival) => arrival.bytes,
            Self::Bodies(bodies) => bodies.bytes,
            Self::Link { bytes, .. } => bytes.len(),
        }
    }

    /// What somebody needs to know of records that are its own.
    fn without_records(&self) -> Self {
        match self {
            Self::Records(arrival) => Self::Records(Arrival { records: None, ..arrival.clone() }),
            Self::Bodies(bodies) => Self::Bodies(Bodies { records: None, ..bodies.clone() }),
            Self::Link { .. } => self.clone(),
        }
    }
}

impl Stretch {
    /// How many records it is.
    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.last.seq - self.first + 1).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use haven_feed::RecordId;

    use super::*;

    const SPACE: SpaceId = SpaceId::from_bytes([1; 32]);
    const ME: FeedId = FeedId::from_bytes([1; 8]);
    const OTHER: FeedId = FeedId::from_bytes([2; 8]);

    fn inbox() -> Inbox {
        Inbox::new(7, BTreeMap::from([(SPACE, ME.into())]))
    }

    fn arrival(bytes: usize) -> News {
        let last = Position { seq: 1, id: RecordId::ZERO };
        News::Records(Arrival {
            stretches: [Stretch { feed: OTHER, first: 1, last }].into(),
            records: Some([Bytes::from(vec![1; bytes])].into()),
            bytes,
        })
    }

    fn taken(inbox: &Inbox) -> (usize, usize) {
        let mail = inbox.state().take();
        (mail.behind.len(), mail.items.len())
    }

    #[test]
    fn what_a_device_brought_is_told_without_the_records() {
        let check = |connection, feed, expected| {
            let inbox = inbox();
            inbox.deliver(SPACE, &arrival(9), Some(Origin { connection, member: feed }));
            let item = inbox.state().take().items.pop_front().expect("delivered");
            let News::Records(arrival) = item.news else { unreachable!("records were delivered") };
            assert_eq!((item.own, arrival.records.is_none()), (expected, expected));
        };
        check(7, ME.into(), true);
        check(8, ME.into(), false);
        check(7, OTHER.into(), false);
    }

    #[test]
    fn too_much_sends_the_listener_to_the_database() {
        let inbox = inbox();
        for _ in 0..INBOX_EVENTS_MAX {
            inbox.deliver(SPACE, &arrival(1), None);
        }
        assert_eq!(taken(&inbox), (0, INBOX_EVENTS_MAX));
        for _ in 0..=INBOX_EVENTS_MAX {
            inbox.deliver(SPACE, &arrival(1), None);
        }
        inbox.deliver(SPACE, &arrival(1), None);
        assert_eq!(taken(&inbox), (1, 1), "what comes after the drop is kept");
        inbox.deliver(SPACE, &arrival(INBOX_BYTES_MAX), None);
        assert_eq!(taken(&inbox), (0, 1));
        inbox.deliver(SPACE, &arrival(INBOX_BYTES_MAX + 1), None);
        assert_eq!(taken(&inbox), (1, 0));
    }

    #[tokio::test]
    async fn news_that_came_before_the_listener_waits_are_not_lost() {
        let inbox = inbox();
        inbox.deliver(SPACE, &arrival(1), None);
        inbox.deliver(SPACE, &arrival(1), None);
        assert_eq!(inbox.take().await.items.len(), 2);
    }
}
