//! One space as it is served now: what feed knows of it, what it weighs, who listens, how fast it pushes.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use haven_feed::chain::Tips;
use haven_feed::exchange::server::{Admission, ServerSpace};
use haven_feed::record::{PREFIX_LEN, VerifiedRecord};
use haven_feed::roster::{Link, LinkFault, Roster};
use haven_feed::{MemberId, SpaceId};
use tokio::time::Instant;

use crate::budget::Budget;
use crate::connection::Connection;
use crate::inbox::{Arrival, Bodies, Inbox, News, Origin, Stretch};
use crate::limits::{
    ANSWERS_OF_SPACE_MAX, LINKS_ANSWER_BYTES, LIVE_BYTES_MAX, PULLS_OF_SPACE_MAX, RECEIVING_OF_SPACE_MAX,
    SPACE_CONNECTIONS_MAX,
};
use crate::options::Limits;
use crate::rate::Bucket;
use crate::store::{Reader, StoreFault};
use crate::turns::SpaceTurns;

/// A space in memory.
pub(crate) struct Space {
    id: SpaceId,
    live: Mutex<Live>,
    /// What its requests may take in memory.
    pub(crate) receiving: Arc<Budget>,
    /// What answers to its members may take in memory.
    pub(crate) answering: Arc<Budget>,
    /// How many of its Pulls send from the database.
    pub(crate) turns: SpaceTurns,
}

/// Whose something is, and by which connection; the oldest first.
type Places = BTreeMap<u64, (MemberId, Weak<Connection>)>;

/// A Pull of a member; counted until dropped.
pub(crate) struct Pulled {
    space: Arc<Space>,
    number: u64,
}

struct Live {
    /// Shared with whoever judges a push right now; changed by the writer only.
    held: Arc<ServerSpace>,
    bytes: u64,
    /// How often bodies took the places of husks since the space was loaded.
    bodies: u64,
    listeners: Vec<Weak<Inbox>>,
    /// By their numbers, the oldest first, each with who came by it first.
    connections: Places,
    /// The Pulls of its members, by their numbers, each with whose it is and on which connection.
    pulls: Places,
    pulls_ever: u64,
    records: Bucket,
    pushed_bytes: Bucket,
}

impl Space {
    /// Builds a space from what the store holds; every link is verified again. `None` if there is no such space.
    pub(crate) fn restore(
        reader: &mut dyn Reader,
        space: &SpaceId,
        limits: &Limits,
        now: Instant,
    ) -> Result<Option<Self>, StoreFault> {
        let Some(row) = reader.space(space)? else { return Ok(None) };
        let roster = replay(reader, space)?.map_err(|_| StoreFault::Damaged("a roster"))?;
        let tips: Tips = row.feeds.iter().map(|row| (row.feed, row.tip)).collect();
        let bytes = row.feeds.iter().map(|row| row.bytes).sum();
        Ok(Some(Self::new(ServerSpace::new(roster, tips), bytes, limits, now)))
    }

    fn new(held: ServerSpace, bytes: u64, limits: &Limits, now: Instant) -> Self {
        let live = Live {
            bytes,
            bodies: 0,
            listeners: Vec::new(),
            connections: Places::new(),
            pulls: Places::new(),
            pulls_ever: 0,
            records: Bucket::full(limits.push_records_per_second, limits.push_records_burst, now),
            pushed_bytes: Bucket::full(limits.push_bytes_per_second, limits.push_bytes_burst, now),
            held: Arc::new(held),
        };
        let id = live.held.roster().space();
        let (receiving, answering) = (Budget::of(RECEIVING_OF_SPACE_MAX), Budget::of(ANSWERS_OF_SPACE_MAX));
        Self { id, live: Mutex::new(live), receiving, answering, turns: SpaceTurns::default() }
    }

    /// Returns its id.
    pub(crate) fn id(&self) -> SpaceId {
        self.id
    }

    /// Returns what is durable now.
    pub(crate) fn held(&self) -> Arc<ServerSpace> {
        self.live().held.clone()
    }

    /// Returns the bytes of all its records.
    pub(crate) fn bytes(&self) -> u64 {
        self.live().bytes
    }

    /// Says how often bodies took the places of husks.
    pub(crate) fn bodies(&self) -> u64 {
        self.live().bodies
    }

    /// Takes a push out of the rate, or says how long to wait.
    pub(crate) fn take_rate(&self, records: u64, bytes: u64, now: Instant) -> Result<(), Duration> {
        let mut live = self.live();
        let wait = live.records.wait_for(records, now).max(live.pushed_bytes.wait_for(bytes, now));
        if let Some(wait) = wait {
            return Err(wait);
        }
        live.records.take(records);
        live.pushed_bytes.take(bytes);
        Ok(())
    }

    /// Counts a connection once, and says whether it is new here. If there are too many, one of whoever has the most is cut off: a
    /// member that takes all the room, or a thief with its keys, keeps nobody from coming in and removing it.
    pub(crate) fn join(&self, connection: &Arc<Connection>, member: MemberId) -> bool {
        let mut live = self.live();
        if live.connections.contains_key(&connection.number()) {
            return false;
        }
        let gone = make_room(&mut live.connections, SPACE_CONNECTIONS_MAX, member);
        live.connections.insert(connection.number(), (member, Arc::downgrade(connection)));
        drop(live);
        cut(gone);
        true
    }

    /// Counts a Pull of a member until it is dropped. If there are too many, room is made as for a connection.
    pub(crate) fn pulled(self: &Arc<Self>, connection: &Arc<Connection>, member: MemberId) -> Pulled {
        let mut live = self.live();
        let gone = make_room(&mut live.pulls, PULLS_OF_SPACE_MAX, member);
        live.pulls_ever += 1;
        let number = live.pulls_ever;
        live.pulls.insert(number, (member, Arc::downgrade(connection)));
        drop(live);
        cut(gone);
        Pulled { space: self.clone(), number }
    }

    /// Forgets a connection.
    pub(crate) fn leave(&self, connection: u64) {
        self.live().connections.remove(&connection);
    }

    /// Begins to listen. Everything after the returned state is delivered to the inbox.
    pub(crate) fn listen(&self, inbox: &Arc<Inbox>) -> Arc<ServerSpace> {
        let mut live = self.live();
        live.listeners.retain(|listener| listener.strong_count() > 0);
        live.listeners.push(Arc::downgrade(inbox));
        live.held.clone()
    }

    /// Takes a push that has become durable, and tells the listeners.
    pub(crate) fn pushed(&self, admission: &Admission, origin: Origin) {
        let arrival = arrival_of(admission);
        let mut live = self.live();
        Arc::make_mut(&mut live.held).commit(admission);
        live.bytes += weight_of(admission) as u64;
        if !admission.new.is_empty() {
            live.tell(self.id, &News::Records(arrival), Some(origin));
        }
        if !admission.bodies.is_empty() {
            live.bodies += 1;
            live.tell(self.id, &News::Bodies(bodies_of(admission)), Some(origin));
        }
    }

    /// Takes a link that has become durable, and tells the listeners.
    pub(crate) fn linked(&self, roster: Roster, bytes: Bytes) {
        let mut live = self.live();
        let seq = roster.head().seq;
        Arc::make_mut(&mut live.held).commit_roster(roster);
        live.tell(self.id, &News::Link { seq, bytes }, None);
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    fn tell(&mut self, space: SpaceId, news: &News, origin: Option<Origin>) {
        self.listeners.retain(|listener| match listener.upgrade() {
            Some(inbox) => {
                inbox.deliver(space, news, origin);
                true
            }
            None => false,
        });
    }
}

impl Drop for Pulled {
    fn drop(&mut self) {
        self.space.live().pulls.remove(&self.number);
    }
}

/// Takes the oldest of whoever has the most out of so many places, counting the one that is to come, with all that is on the same
/// connection. That is to be cut off; not while anything is locked, since it may end here and now.
fn make_room(places: &mut Places, max: usize, newcomer: MemberId) -> Option<Arc<Connection>> {
    if places.len() < max {
        return None;
    }
    let mut of_member: BTreeMap<MemberId, (usize, u64)> = BTreeMap::new();
    for (number, (member, _)) in &*places {
        let (count, _) = of_member.entry(*member).or_insert((usize::from(*member == newcomer), *number));
        *count += 1;
    }
    let most = of_member.into_values().max_by_key(|(count, oldest)| (*count, Reverse(*oldest)));
    let (_, gone) = most.and_then(|(_, oldest)| places.remove(&oldest))?;
    places.retain(|_, (_, other)| !other.ptr_eq(&gone));
    gone.upgrade()
}

fn cut(connection: Option<Arc<Connection>>) {
    if let Some(connection) = connection {
        connection.cut.cancel();
    }
}

/// Bytes that the store holds more after a push.
pub(crate) fn weight_of(admission: &Admission) -> usize {
    let new: usize = admission.new.iter().map(|record| record.bytes().len()).sum();
    let bodies = admission.bodies.iter().map(|record| record.bytes().len().saturating_sub(PREFIX_LEN));
    new + bodies.sum::<usize>()
}

/// Reads and verifies a roster link by link, so that no more of it is in memory at once than a piece.
///
/// # Errors
/// The store cannot be read; within, a link does not hold.
pub(crate) fn replay(
    reader: &mut (impl Reader + ?Sized),
    space: &SpaceId,
) -> Result<Result<Roster, LinkFault>, StoreFault> {
    let mut roster: Option<Roster> = None;
    loop {
        let next = roster.as_ref().map_or(0, |roster| roster.head().seq + 1);
        let links = reader.links(space, next, LINKS_ANSWER_BYTES)?;
        if links.is_empty() {
            return Ok(roster.ok_or(LinkFault::Malformed("no genesis")));
        }
        for bytes in links {
            let taken = match &mut roster {
                None => Roster::genesis(bytes).map(|begun| roster = Some(begun)),
                Some(roster) => Link::parse(bytes).and_then(|link| roster.append(&link)),
            };
            if let Err(fault) = taken {
                return Ok(Err(fault));
            }
        }
    }
}

/// Copies of their own, for they wait in inboxes: a record came as a slice of its push, which may be a mebibyte of what was there before.
fn copies_of(records: &[VerifiedRecord]) -> Arc<[Bytes]> {
    records.iter().map(|record| Bytes::copy_from_slice(record.bytes())).collect()
}

fn bodies_of(admission: &Admission) -> Bodies {
    let bytes = admission.bodies.iter().map(|record| record.bytes().len()).sum();
    let places = admission.bodies.iter().map(|record| (record.header().feed, record.header().seq)).collect();
    let records = || copies_of(&admission.bodies);
    Bodies { places, records: (bytes <= LIVE_BYTES_MAX).then(records), bytes }
}

fn arrival_of(admission: &Admission) -> Arrival {
    let bytes = admission.new.iter().map(|record| record.bytes().len()).sum();
    let stretches = admission.new.chunk_by(|one, next| one.header().feed == next.header().feed);
    let stretches = stretches.map(|stretch| Stretch {
        feed: stretch[0].header().feed,
        first: stretch[0].header().seq,
        last: stretch[stretch.len() - 1].position(),
    });
    let records = || copies_of(&admission.new);
    Arrival { stretches: stretches.collect(), records: (bytes <= LIVE_BYTES_MAX).then(records), bytes }
}
