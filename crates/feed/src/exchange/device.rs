//! The device's side: compares what a server shows with what this device knows, verifies what arrives, says what to push
//! and what is wrong. A server can withhold; it cannot lie unnoticed to a device that has seen more.

mod links;
mod records;

use std::collections::{BTreeMap, BTreeSet};

use super::{History, NamedPosition, Pins, Run};
use crate::alarm::Alarm;
use crate::chain::Tips;
use crate::ids::{FeedId, Position, RecordId, RosterHead, StoreId, Vector};
use crate::roster::Roster;

pub use links::Linked;
pub use records::{Reason, Received, Refused};

/// What a server says first about a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// Names the life of its store.
    pub store: StoreId,
    /// What it has.
    pub vector: Vector,
    /// Its newest link of the roster.
    pub roster: RosterHead,
    /// The records it holds without their bodies, those that came first in front; at most [`crate::limits::HUSKS_TOLD_MAX`].
    pub husks: Vec<(FeedId, u64)>,
}

/// What this device holds of the space.
#[derive(Clone, Copy)]
pub struct Local<'a> {
    /// The roster.
    pub roster: &'a Roster,
    /// This device's own feed.
    pub own: FeedId,
    /// The newest verified record of every feed, kept aside or not.
    pub tips: &'a Tips,
    /// What stands before the tips.
    pub history: &'a dyn History,
}

/// The exchange of one space with one server.
#[derive(Clone, Debug, Default)]
pub struct DeviceExchange {
    pins: Pins,
    session: Option<Session>,
    /// Feeds of which this server showed two histories, and the first number taken twice, until the process ends or another store
    /// is agreed to; the other history comes again and tells it again. Another store has none of them: it is filled like any.
    forked: BTreeMap<FeedId, u64>,
    /// Up to which record of this device the server has them, as it said last; none while it has said nothing.
    own_there: Option<u64>,
    /// Whether a second link was shown for a place that is held here, signed by a member of that place; until the process ends.
    forked_roster: bool,
    /// Whether the server claims another link than the one held, and has not shown it.
    doubted_roster: bool,
    /// Whether the roster was asked for from its beginning in this session.
    asked_roster: bool,
}

/// What is known of the server since it said hello.
#[derive(Clone, Debug)]
struct Session {
    store: StoreId,
    claimed: Vector,
    roster: RosterHead,
    /// What it has, claimed or pushed or received from it.
    vector: Vector,
    /// Where it claims to have another record than this device.
    contradicted: BTreeMap<FeedId, u64>,
}

impl Local<'_> {
    /// The id of the record held at a place; none beyond the tip or where it is not held any more.
    pub fn held(&self, feed: &FeedId, seq: u64) -> Option<RecordId> {
        let tip = self.tips.get(feed)?.position;
        if tip.seq == seq {
            Some(tip.id)
        } else {
            self.history.at(feed, seq).filter(|_| seq < tip.seq).map(|held| held.id)
        }
    }

    /// Says whether another record is held at a place.
    pub fn contradicts(&self, feed: &FeedId, position: Position) -> bool {
        self.held(feed, position.seq).is_some_and(|held| held != position.id)
    }
}

impl DeviceExchange {
    /// Begins with the pins that were kept.
    pub fn new(pins: Pins) -> Self {
        Self { pins, ..Self::default() }
    }

    /// Returns the pins, to be kept in the same transaction as what moved them.
    pub fn pins(&self) -> &Pins {
        &self.pins
    }

    /// Hears the server's hello. Resists rolled back servers, old rosters and other histories.
    ///
    /// A store that is not the one before gets nothing until [`DeviceExchange::consent`]; one that merely went back is
    /// filled again at once, since it lost what was its own.
    pub fn hello(&mut self, local: &Local<'_>, hello: Hello) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        match self.pins.store {
            Some(before) if before != hello.store => {
                alarms.push(Alarm::NewStore { before, now: hello.store });
            }
            _ => {
                self.pins.store = Some(hello.store);
                self.compare_with_pins(&hello, &mut alarms);
            }
        }
        let claims_other = contradicts_roster(local.roster, hello.roster);
        self.doubted_roster = claims_other && !self.forked_roster;
        if claims_other && self.forked_roster {
            alarms.push(Alarm::RosterForked { seq: hello.roster.seq });
        }
        let contradicted = compare_claims(local, &hello.vector, &mut alarms);
        let vector = hello.vector.clone();
        let (store, claimed, roster) = (hello.store, hello.vector, hello.roster);
        self.session = Some(Session { store, claimed, roster, vector, contradicted });
        self.note_own(local);
        self.raise_pins(local);
        alarms
    }

    /// Begins with what the server said last of this device's own feed, where that was less than what is pinned.
    pub fn last_said(self, own_there: Option<u64>) -> Self {
        Self { own_there, ..self }
    }

    /// Returns up to which record of this device the server has them, as it said last. What is pinned may be more: a server goes back.
    pub fn has_own(&self, own: &FeedId) -> u64 {
        self.own_there.unwrap_or_else(|| self.pins.served.seq(own))
    }

    /// Returns the same where it is less than what is pinned, to be kept.
    pub fn less_of_own(&self, own: &FeedId) -> Option<u64> {
        self.own_there.filter(|there| *there < self.pins.served.seq(own))
    }

    /// Says whether the server claims to have more of this device's own feed than is held here: this disk was put back, or the device was
    /// copied. It is a claim, until the records come.
    pub fn claims_more_of_own(&self, local: &Local<'_>) -> bool {
        let claimed = self.session.as_ref().map_or(0, |session| session.claimed.seq(&local.own));
        claimed > local.tips.seq(&local.own)
    }

    /// Notes what the server says to have of this device's own feed, unless that is more or something else than was written.
    fn note_own(&mut self, local: &Local<'_>) {
        let Some(session) = &self.session else { return };
        let there = session.vector.get(&local.own);
        if there.is_none_or(|there| local.held(&local.own, there.seq) == Some(there.id)) {
            self.own_there = Some(there.map_or(0, |there| there.seq));
        }
    }

    /// Accepts the store the server has now, because the person said so: it is filled again, and it is what is pinned.
    pub fn consent(&mut self, local: &Local<'_>) {
        let Some(session) = &self.session else { return };
        if self.pins.store != Some(session.store) {
            self.pins.store = Some(session.store);
            self.pins.roster = None;
            self.pins.served = Vector::default();
            self.forked.clear();
        }
        self.raise_pins(local);
    }

    /// Hears that the server does not know the space. Nothing is deleted or changed for that.
    pub fn space_unknown(&mut self) -> Vec<Alarm> {
        self.session = None;
        self.own_there = Some(0);
        if self.pins.store.is_some() { vec![Alarm::SpaceLost] } else { Vec::new() }
    }

    /// Hears that the space was created on the server just now, by this device: it holds nothing yet, and what was pinned of a
    /// server before is over.
    pub fn created(&mut self) {
        let (named, link) = (std::mem::take(&mut self.pins.named), self.pins.link);
        self.pins = Pins { named, link, ..Pins::default() };
        self.own_there = Some(0);
        self.forked.clear();
    }

    /// Ends the session; the pins stay.
    pub fn disconnected(&mut self) {
        self.session = None;
        self.asked_roster = false;
    }

    /// Hears the server's answer to a push: what it has now, durably.
    pub fn pushed(&mut self, local: &Local<'_>, vector: &Vector) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        for (feed, position) in vector.iter() {
            if local.contradicts(&feed, position) {
                alarms.push(Alarm::Contradicted { feed, seq: position.seq, by: None });
            }
            let held = local.tips.seq(&feed);
            if feed == local.own && position.seq > held {
                // Were it believed, nothing that is written from here on would be sent.
                alarms.push(Alarm::Cloned { held, offered: position.seq });
                continue;
            }
            let Some(session) = &mut self.session else { continue };
            if local.contradicts(&feed, position) {
                session.contradicted.insert(feed, position.seq);
            } else {
                session.vector.advance(feed, position);
            }
        }
        self.note_own(local);
        self.raise_pins(local);
        alarms
    }

    /// Lists the records that the server claims to have otherwise than this device: it has to show them. What it shows, signed,
    /// is a fork; what it does not show is its own word.
    pub fn doubted(&self) -> impl Iterator<Item = (FeedId, u64)> + '_ {
        let claims = self.session.iter().flat_map(|session| &session.contradicted);
        claims.map(|(feed, seq)| (*feed, *seq)).filter(|(feed, _)| !self.forked.contains_key(feed))
    }

    /// Hears that the server has these links now, because they were appended there.
    pub fn links_pushed(&mut self, roster: &Roster, head: RosterHead) {
        self.roster_shown(roster, head);
    }

    /// Hears what the author of an accepted record (`by`) has, as the record says, whether or not it can be applied yet. Resists
    /// equivocation: two devices that were shown different histories learn it from the first record that crosses. It is a
    /// claim, and only raises an alarm.
    pub fn named(&mut self, local: &Local<'_>, by: FeedId, vector: &Vector) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        for (feed, position) in vector.iter().filter(|(feed, _)| local.roster.feed(feed).is_some()) {
            let is_otherwise = self.pins.named.contradicts(&feed, position).is_some();
            if is_otherwise || local.contradicts(&feed, position) {
                alarms.push(Alarm::Contradicted { feed, seq: position.seq, by: Some(by) });
            } else {
                self.pins.named.advance(feed, NamedPosition { position, by });
            }
        }
        alarms
    }

    /// Forgets what these feeds' records named, and says whether there was any: they are removed. What others name of it is to be heard
    /// again.
    pub fn unsay(&mut self, witnesses: &BTreeSet<FeedId>) -> bool {
        self.pins.named.forget(witnesses)
    }

    /// Says what is missing once the server has sent all it has: what it claimed, or a record or a removal named, must be here.
    pub fn caught_up(&self, local: &Local<'_>) -> Vec<Alarm> {
        let named = self.pins.named.iter().map(|(feed, _)| feed);
        let removed = local.roster.feeds().filter(|(_, member)| member.removed.is_some());
        let claimed = self.session.iter().flat_map(|session| session.claimed.iter());
        let feeds: BTreeSet<FeedId> =
            named.chain(removed.map(|(feed, _)| feed)).chain(claimed.map(|(feed, _)| feed)).collect();
        let withheld = |feed: FeedId| {
            let (named, by) = self.said_of(local.roster, &feed)?;
            let held = local.tips.seq(&feed);
            (named > held).then_some(Alarm::Withheld { feed, named, held, by })
        };
        self.missing_links(local.roster).chain(feeds.into_iter().filter_map(withheld)).collect()
    }

    /// Up to which record a feed goes by the word of a member, of a removal, or of the server, and whose word that is. What somebody
    /// named who is removed by now is nobody's word any more.
    pub fn said_of(&self, roster: &Roster, feed: &FeedId) -> Option<(u64, Option<FeedId>)> {
        let named = self.pins.named.get(feed).filter(|named| roster.is_current(&named.by));
        let named = named.map(|named| (named.position.seq, Some(named.by)));
        let head = removal_head(roster, feed).map(|(head, by)| (head.seq, Some(by)));
        let claimed = self.session.as_ref().and_then(|session| session.claimed.get(feed));
        let claimed = claimed.map(|position| (position.seq, None));
        let all = [named, head, claimed].into_iter().flatten();
        // Of two that say the same the first is told.
        all.reduce(|said, other| if other.0 > said.0 { other } else { said })
    }

    /// What is wrong with the roster once the server has sent all it has: links that a member named or it claims itself. Another
    /// one than the one held that it claims and does not show is one that it keeps back.
    fn missing_links(&self, roster: &Roster) -> impl Iterator<Item = Alarm> {
        let held = roster.head().seq;
        let claimed = self.session.as_ref().map(|session| session.roster);
        let other = claimed.filter(|claimed| contradicts_roster(roster, *claimed));
        let forked = other.filter(|_| self.forked_roster).map(|other| Alarm::RosterForked { seq: other.seq });
        let further =
            claimed.filter(|claimed| claimed.seq > held || (other.is_some() && !self.forked_roster));
        let further = further.map(|claimed| (claimed.seq, None));
        let named = self.pins.link.filter(|link| link.seq > held).map(|link| (link.seq, Some(link.by)));
        // Of two that name the same the member's word is the better one.
        let missing = further.max(named);
        let withheld = missing.map(|(named, by)| Alarm::RosterWithheld { named, held, by });
        forked.into_iter().chain(withheld)
    }

    /// Says after which link to pull the roster, before there is a session. A server that claims another link than the one held is
    /// asked for all of them, so that it has to show the one where the two part.
    pub fn to_pull_links(&mut self, roster: &Roster) -> u64 {
        self.asked_roster = self.doubted_roster;
        if self.doubted_roster { 0 } else { roster.head().seq }
    }

    /// Says whether the server claims another link and was not asked for it in this session: it is worth another one.
    pub fn wants_links(&self) -> bool {
        self.doubted_roster && !self.asked_roster && !self.forked_roster
    }

    /// Says after which link the server's roster is to be filled; none when it needs nothing, or may get nothing.
    pub fn links_to_push(&self, roster: &Roster) -> Option<u64> {
        let session = self.trusted()?;
        let behind = session.roster.seq < roster.head().seq;
        let agrees = roster.hash_at(session.roster.seq) == Some(session.roster.hash);
        (behind && agrees).then_some(session.roster.seq)
    }

    /// Returns the vector to pull with: what is held, but a feed with two histories is asked for from its beginning, so
    /// that the other history comes too and nothing in it is lost.
    pub fn to_pull(&self, local: &Local<'_>) -> Vector {
        local.tips.vector().iter().filter(|(feed, _)| !self.forked.contains_key(feed)).collect()
    }

    /// Lists the records the server lacks and this device holds, its own first. Links go before them.
    ///
    /// Nothing is pushed while the server knows links that are not known here, since they may have removed somebody who
    /// could read it. A feed of which the server shows or claims another history is not pushed to it: nothing would follow what
    /// it has. No other claim holds a feed back.
    pub fn to_push(&self, local: &Local<'_>) -> Vec<Run> {
        let Some(session) = self.open_to_pushes(local) else { return Vec::new() };
        let lacking = |(feed, from_seq, newest): (FeedId, u64, Position)| {
            self.agrees(session, &feed).then_some(Run { feed, from_seq, to_seq: newest.seq })
        };
        let held = local.tips.vector();
        let mut runs: Vec<Run> = held.missing_from(&session.vector).filter_map(lacking).collect();
        runs.sort_by_key(|run| run.feed != local.own);
        runs
    }

    /// Says which feeds' bodies may be brought to the server in the place of husks that it claims to hold; none while nothing
    /// may be pushed to it at all. It is a claim: whoever asks sees to it that nothing goes that was not sent before.
    pub fn bodies_to_push<'a>(&'a self, local: &Local<'_>) -> Option<impl Fn(&FeedId) -> bool + use<'a>> {
        let session = self.open_to_pushes(local)?;
        Some(|feed: &FeedId| self.agrees(session, feed))
    }

    /// The session, if its store is the one that was agreed to and it knows no links that are not known here.
    fn open_to_pushes(&self, local: &Local<'_>) -> Option<&Session> {
        let known =
            |session: &&Session| local.roster.hash_at(session.roster.seq) == Some(session.roster.hash);
        self.trusted().filter(known)
    }

    fn agrees(&self, session: &Session, feed: &FeedId) -> bool {
        !self.forked.contains_key(feed) && !session.contradicted.contains_key(feed)
    }

    fn trusted(&self) -> Option<&Session> {
        self.session.as_ref().filter(|session| self.pins.store == Some(session.store))
    }

    fn compare_with_pins(&self, hello: &Hello, alarms: &mut Vec<Alarm>) {
        let offered = hello.roster.seq;
        if let Some(seen) = self.pins.roster.map(|head| head.seq).filter(|seen| *seen > offered) {
            alarms.push(Alarm::OldRoster { seen, offered });
        }
        for (feed, seen) in self.pins.served.iter() {
            let offered = hello.vector.seq(&feed);
            if offered < seen.seq {
                alarms.push(Alarm::Rollback { feed, seen: seen.seq, offered });
            }
        }
    }

    /// Notes that the server has the roster up to here.
    fn roster_shown(&mut self, roster: &Roster, head: RosterHead) {
        if let Some(session) = self.session.as_mut().filter(|session| session.roster.seq < head.seq) {
            session.roster = head;
        }
        self.raise_roster_pin(roster);
    }

    /// Pins what the server has, as far as it is held here too.
    fn raise_pins(&mut self, local: &Local<'_>) {
        self.raise_roster_pin(local.roster);
        let Some(session) = self.trusted() else { return };
        let agreed =
            |(feed, position): &(FeedId, Position)| local.held(feed, position.seq) == Some(position.id);
        let agreed: Vec<_> = session.vector.iter().filter(agreed).collect();
        for (feed, position) in agreed {
            self.pins.served.advance(feed, position);
        }
    }

    fn raise_roster_pin(&mut self, roster: &Roster) {
        let Some(session) = self.trusted() else { return };
        let shown = session.roster;
        let higher = self.pins.roster.is_none_or(|pinned| pinned.seq < shown.seq);
        if higher && roster.hash_at(shown.seq) == Some(shown.hash) {
            self.pins.roster = Some(shown);
        }
    }
}

/// What the removal of a feed names as its newest record, as long as its author is a member, be it a feed, a paper or a party.
fn removal_head(roster: &Roster, feed: &FeedId) -> Option<(Position, FeedId)> {
    let removal = roster.feed(feed)?.removed?;
    let by = FeedId::from_bytes(*removal.by.as_bytes());
    let is_out = roster.feed(&by).is_some_and(|author| author.removed.is_some());
    let stands = !is_out && roster.former(&removal.by).is_none();
    removal.head.filter(|_| stands).map(|head| (head, by))
}

/// Where a server claims to have another record than this device.
fn compare_claims(local: &Local<'_>, claims: &Vector, alarms: &mut Vec<Alarm>) -> BTreeMap<FeedId, u64> {
    let mut contradicted = BTreeMap::new();
    for (feed, claimed) in claims.iter() {
        let held = local.tips.seq(&feed);
        if local.contradicts(&feed, claimed) {
            contradicted.insert(feed, claimed.seq);
            alarms.push(Alarm::Contradicted { feed, seq: claimed.seq, by: None });
        } else if feed == local.own && claimed.seq > held {
            alarms.push(Alarm::Cloned { held, offered: claimed.seq });
        }
    }
    contradicted
}

/// Whether a server claims another link than the one held. It is a claim: only the link itself, signed, says more.
fn contradicts_roster(roster: &Roster, claimed: RosterHead) -> bool {
    roster.hash_at(claimed.seq).is_some_and(|held| held != claimed.hash)
}
