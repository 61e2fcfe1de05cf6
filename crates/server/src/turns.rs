//! Turns to send from the database. What a Pull reads there is in memory until its peer has taken it, so only so many do it at once:
//! whoever asks for everything and takes nothing has others wait for a while, and grows nobody's memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use haven_feed::MemberId;
use haven_feed::auth::Access;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::connection::Connection;
use crate::limits::{
    PULLS_OF_MEMBER_MAX, TURNS_MAX, TURNS_OF_MEMBER_MAX, TURNS_OF_SPACE_MAX, TURNS_OF_STRANGERS_MAX,
};
use crate::server::Member;
use crate::space::Pulled;

/// The turns of a server: those of members, and those of whoever was removed, who takes nothing from them.
pub(crate) struct Turns {
    members: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
}

/// The turns of a space, and what each of its members has: nobody takes all there are.
pub(crate) struct SpaceTurns {
    all: Arc<Semaphore>,
    of_member: Mutex<BTreeMap<MemberId, OfMember>>,
}

#[derive(Clone)]
struct OfMember {
    turns: Arc<Semaphore>,
    pulls: Arc<Semaphore>,
}

/// A turn; over when dropped.
pub(crate) struct Turn {
    _permits: Vec<OwnedSemaphorePermit>,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            members: Arc::new(Semaphore::new(TURNS_MAX)),
            strangers: Arc::new(Semaphore::new(TURNS_OF_STRANGERS_MAX)),
        }
    }
}

impl Default for SpaceTurns {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(TURNS_OF_SPACE_MAX)), of_member: Mutex::default() }
    }
}

impl Turns {
    /// What somebody has to have of each to take a turn: its own first, so that it waits for itself before it waits for others.
    pub(crate) fn of(&self, member: &Member) -> Vec<Arc<Semaphore>> {
        let turns = &member.space.turns;
        let own = turns.of_member(member.session.member).turns;
        match member.access {
            Access::Member => vec![own, turns.all.clone(), self.members.clone()],
            Access::Removed { .. } | Access::Replaced => vec![own, self.strangers.clone()],
        }
    }
}

impl SpaceTurns {
    /// As many as a roster ever had members: only who proved to be one or to have been one comes here.
    fn of_member(&self, member: MemberId) -> OfMember {
        let mut of_member = self.of_member.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || OfMember {
            turns: Arc::new(Semaphore::new(TURNS_OF_MEMBER_MAX)),
            pulls: Arc::new(Semaphore::new(PULLS_OF_MEMBER_MAX)),
        };
        of_member.entry(member).or_insert_with(new).clone()
    }
}

/// One Pull of somebody, counted until it is dropped.
pub(crate) struct CountedPull {
    _own: OwnedSemaphorePermit,
    _of_space: Option<Pulled>,
}

/// Counts one more Pull of somebody. None if there are too many of its own; those of its space make room.
pub(crate) fn pulls_of(member: &Member, connection: &Arc<Connection>) -> Option<CountedPull> {
    let own = member.space.turns.of_member(member.session.member);
    let own = own.pulls.try_acquire_owned().ok()?;
    // Whoever was removed takes none of the room that the members have.
    let is_present = member.access == Access::Member;
    let of_space = is_present.then(|| member.space.pulled(connection, member.session.member));
    Some(CountedPull { _own: own, _of_space: of_space })
}

/// Waits for a turn.
pub(crate) async fn take(of_each: Vec<Arc<Semaphore>>) -> Turn {
    let mut permits = Vec::with_capacity(of_each.len());
    for one in of_each {
        permits.push(one.acquire_owned().await.expect("the turns are never closed"));
    }
    Turn { _permits: permits }
}
