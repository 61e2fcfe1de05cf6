//! Who has a place on loopback. Anything on this machine may connect, and a foreign page may make a browser connect; so places are
//! given to whoever comes, at the cost of whoever has used theirs least, and never at the cost of somebody with a token.

use std::collections::BTreeMap;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

/// Connections at once: six of each of ten pages, and some plug-ins.
pub(super) const CONNECTIONS_MAX: usize = 64;

/// How long somebody may take from connecting to the end of the first request's head, in whatever protocol: it comes from this
/// machine, and a browser that connects beforehand connects again when it has something to ask.
const FIRST_MAX: Duration = Duration::from_secs(5);

/// The places.
#[derive(Default)]
pub(super) struct Room {
    seats: Mutex<Seats>,
    /// Somebody went, or has no more to ask.
    free: Notify,
}

#[derive(Default)]
struct Seats {
    next: u64,
    taken: BTreeMap<u64, Arc<Place>>,
}

/// The place of one connection.
pub(crate) struct Place {
    use_: Mutex<Use>,
    spoke: Notify,
    given: Notify,
}

/// What a connection does with its place.
#[derive(Clone, Copy, Debug)]
struct Use {
    /// Requests that have not been answered to the end.
    open: usize,
    /// Whether one of them ever showed a token that holds.
    is_known: bool,
    /// When it came, or the last request was answered.
    since: Instant,
}

/// Who goes first when somebody else needs the place, and among the like the one that has waited longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Idle,
    IdleAndKnown,
    /// A request without a token is answered in no time, unless its body never ends.
    Unknown,
}

impl Room {
    /// A place for whoever has connected, once there is one.
    pub(super) async fn enter(self: &Arc<Self>) -> Seat {
        loop {
            let mut free = pin!(self.free.notified());
            free.as_mut().enable();
            if let Some(seat) = self.find() {
                return seat;
            }
            free.await;
        }
    }

    fn find(self: &Arc<Self>) -> Option<Seat> {
        let mut seats = lock(&self.seats);
        if seats.taken.len() >= CONNECTIONS_MAX {
            let goes = seats.taken.iter().filter_map(|(id, place)| Some((place.rank()?, *id)));
            let (_, id) = goes.min()?;
            if let Some(place) = seats.taken.remove(&id) {
                place.given.notify_one();
            }
        }
        let id = seats.next;
        seats.next += 1;
        let place = Arc::new(Place::new());
        seats.taken.insert(id, place.clone());
        Some(Seat { room: self.clone(), id, place })
    }
}

impl Place {
    fn new() -> Self {
        let free = Use { open: 0, is_known: false, since: Instant::now() };
        Self { use_: Mutex::new(free), spoke: Notify::new(), given: Notify::new() }
    }

    /// Somebody showed a token that holds.
    pub(crate) fn is_known_now(&self) {
        lock(&self.use_).is_known = true;
    }

    fn rank(&self) -> Option<(Rank, Instant)> {
        let Use { open, is_known, since } = *lock(&self.use_);
        let rank = match (open, is_known) {
            (0, false) => Rank::Idle,
            (0, true) => Rank::IdleAndKnown,
            (_, false) => Rank::Unknown,
            (_, true) => return None,
        };
        Some((rank, since))
    }
}

/// A place that is somebody's, until it is dropped.
pub(super) struct Seat {
    room: Arc<Room>,
    id: u64,
    place: Arc<Place>,
}

impl Seat {
    /// A request has come; it is open until the turn is dropped.
    pub(super) fn turn(&self) -> Turn {
        lock(&self.place.use_).open += 1;
        self.place.spoke.notify_one();
        Turn { room: self.room.clone(), place: self.place.clone() }
    }

    /// Ends when the connection is to be closed: nothing was asked in time, or somebody else needs the place. Tells whether what
    /// is open may go on to its end.
    pub(super) async fn lost(&self) -> bool {
        let quiet = async {
            if timeout(FIRST_MAX, self.place.spoke.notified()).await.is_ok() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = quiet => false,
            // Whoever is known may have asked in this very moment.
            () = self.place.given.notified() => lock(&self.place.use_).is_known,
        }
    }

    /// Whether somebody with a token waits for an answer.
    pub(super) fn is_needed(&self) -> bool {
        self.place.rank().is_none()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        lock(&self.room.seats).taken.remove(&self.id);
        self.room.free.notify_waiters();
    }
}

/// A request until its answer has been sent.
pub(super) struct Turn {
    room: Arc<Room>,
    pub(super) place: Arc<Place>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut held = lock(&self.place.use_);
        held.open = held.open.saturating_sub(1);
        held.since = Instant::now();
        drop(held);
        self.room.free.notify_waiters();
    }
}

/// An answer's body, which ends a turn.
pub(super) struct Answering {
    pub(super) body: axum::body::Body,
    pub(super) _turn: Turn,
}

impl Body for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, pause};

    use super::*;

    /// Everybody who came, each a second after the other.
    async fn full(room: &Arc<Room>) -> Vec<Seat> {
        let mut seats = Vec::new();
        for _ in 0..CONNECTIONS_MAX {
            seats.push(room.enter().await);
            advance(Duration::from_secs(1)).await;
        }
        seats
    }

    fn gone(room: &Room, seats: &[Seat]) -> Vec<usize> {
        let seated = lock(&room.seats);
        (0..seats.len()).filter(|at| !seated.taken.contains_key(&seats[*at].id)).collect()
    }

    #[tokio::test]
    async fn whoever_has_been_idle_longest_goes_first_and_then_those_who_only_keep_it_busy() {
        pause();
        let room = Arc::new(Room::default());
        let seats = full(&room).await;
        let _busy: Vec<Turn> = seats[..32].iter().map(Seat::turn).collect();
        seats[40].place.is_known_now();
        drop(seats[33].turn());
        let mut come = Vec::new();
        let mut goes = Vec::new();
        for _ in 0..34 {
            let seat = room.enter().await;
            come.push((seat.turn(), seat));
            goes.extend(gone(&room, &seats).into_iter().filter(|at| !goes.contains(at)).collect::<Vec<_>>());
        }
        let idle = (32..64).filter(|at| ![33, 40].contains(at));
        let expected: Vec<usize> = idle.chain([33, 40, 0, 1]).collect();
        assert_eq!(goes, expected);
    }

    #[tokio::test]
    async fn whoever_waits_for_an_answer_with_a_token_stays_and_others_wait_until_one_of_them_ends() {
        pause();
        let room = Arc::new(Room::default());
        let seats = full(&room).await;
        let mut turns: Vec<Turn> = seats.iter().map(Seat::turn).collect();
        seats.iter().for_each(|seat| seat.place.is_known_now());
        assert!(timeout(Duration::from_secs(60), room.enter()).await.is_err());
        assert_eq!(gone(&room, &seats), [0; 0]);
        drop(turns.remove(5));
        let _come = room.enter().await;
        assert_eq!(gone(&room, &seats), [5]);
        assert!(seats[5].lost().await, "what it asked just now is answered");
    }

    #[tokio::test]
    async fn whoever_asks_nothing_in_time_is_sent_away() {
        pause();
        let room = Arc::new(Room::default());
        let (quiet, asks) = (room.enter().await, room.enter().await);
        drop(asks.turn());
        assert!(!timeout(FIRST_MAX * 2, quiet.lost()).await.unwrap());
        assert!(timeout(FIRST_MAX * 9, asks.lost()).await.is_err());
    }
}
