//! One Pull: what the device lacks, then what arrives.
//!
//! The database is the truth; the inbox only says sooner what it will say too. Each step compares what comes with what was
//! sent, so that nothing is sent twice in a row and nothing is left out, whatever was dropped on the way.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use haven_feed::auth::{Access, access};
use haven_feed::exchange::Run;
use haven_feed::exchange::server::ServerSpace;
use haven_feed::limits::HUSKS_TOLD_MAX;
use haven_feed::{RosterHead, SpaceId, Vector};
use haven_wire::pb::pull_response::Event;
use haven_wire::pb::{ErrorReason, PullCaughtUp, PullHello, PullLinks, PullPing, PullRecords, PullResponse};
use haven_wire::position::{head_to_pb, husks_to_pb, vector_to_pb};
use tokio::time::{Instant, sleep_until};
use tonic::Status;

use crate::connection::Connection;
use crate::inbox::{Arrival, Bodies, Inbox, Item, Mail, News};
use crate::limits::{PING_EVERY, PULL_BATCH_BYTES};
use crate::outlet::{Gone, Outgoing, Outlet, Room};
use crate::refusal::{Refused, refuse};
use crate::server::{Member, Server};
use crate::turns::{Turn, take};

/// One space of a Pull, and what the device has of it by now.
pub(crate) struct Listening {
    /// Whose stream it is.
    pub(crate) member: Member,
    /// The records it has.
    pub(crate) sent: Vector,
    /// The link it lacks first.
    pub(crate) next_link: u64,
}

/// Why a Pull ends.
enum End {
    /// Nobody listens any more.
    Gone,
    /// The connection is to end; the device connects again.
    Ending,
    /// The device is told.
    Told(Refused),
}

struct Pull {
    server: Arc<Server>,
    connection: Arc<Connection>,
    inbox: Arc<Inbox>,
    spaces: BTreeMap<SpaceId, Listening>,
    outlet: Outlet<PullResponse>,
    quiet_since: Instant,
    /// While it sends from the database.
    turn: Option<Arc<Turn>>,
}

/// What a state of a space comes to for whoever lacks something of it. Not the state itself, which is as large as its list of devices:
/// each one that waits would hold on to another.
struct Known {
    vector: Vector,
    head: RosterHead,
    /// What of it was not sent.
    missing: Vec<Run>,
}

impl Known {
    fn of(held: &ServerSpace, sent: &Vector) -> Self {
        Self { vector: held.vector(), head: held.roster().head(), missing: held.missing(sent) }
    }
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

/// Starts a Pull of these spaces, in this order.
pub(crate) fn start(
    server: &Arc<Server>,
    connection: &Arc<Connection>,
    spaces: Vec<Listening>,
) -> Outgoing<PullResponse> {
    let order: Vec<SpaceId> = spaces.iter().map(|one| one.member.space.id()).collect();
    let spaces: BTreeMap<_, _> = order.iter().copied().zip(spaces).collect();
    let members = spaces.iter().map(|(space, one)| (*space, one.member.session.member)).collect();
    let (outlet, outgoing) = Outlet::new(connection.clone());
    let pull = Pull {
        server: server.clone(),
        connection: connection.clone(),
        inbox: Arc::new(Inbox::new(connection.number(), members)),
        spaces,
        outlet,
        quiet_since: Instant::now(),
        turn: None,
    };
    server.streams.spawn(pull.run(order));
    outgoing
}

impl Pull {
    async fn run(mut self, order: Vec<SpaceId>) {
        let end = match self.greet_all(order).await {
            Ok(()) => self.live().await,
            Err(end) => end,
        };
        match end {
            End::Gone => {}
            // A connection that only grew old ends its streams without a fault.
            End::Ending if !self.server.draining.is_cancelled() => {}
            End::Ending => self.outlet.end(Refused::new(ErrorReason::Draining).into()).await,
            End::Told(refusal) => self.outlet.end(Status::from(refusal)).await,
        }
    }

    async fn greet_all(&mut self, order: Vec<SpaceId>) -> Result<(), End> {
        for space in order {
            self.check_membership(space).await?;
            let inbox = self.inbox.clone();
            let Listening { member, sent, .. } = self.listening(&space);
            let known = Known::of(&member.space.listen(&inbox), sent);
            let read = self.server.readers.read(move |reader| reader.husks(&space, HUSKS_TOLD_MAX));
            let husks = read.await.map_err(|fault| End::Told(refuse(fault)))?;
            let hello = PullHello {
                space: bytes(space),
                store_id: bytes(self.server.store_id),
                vector: vector_to_pb(&known.vector),
                roster_head: Some(head_to_pb(known.head)),
                husks: husks_to_pb(&husks),
            };
            self.say_of(space, Event::Hello(hello)).await?;
            self.catch_up(space, known).await?;
            self.say_of(space, Event::CaughtUp(PullCaughtUp { space: bytes(space) })).await?;
        }
        Ok(())
    }

    async fn live(&mut self) -> End {
        loop {
            let mail = tokio::select! {
                biased;
                () = self.outlet.gone() => return End::Gone,
                () = self.connection.ending.cancelled() => return End::Ending,
                mail = self.inbox.take() => mail,
                () = sleep_until(self.quiet_since + PING_EVERY) => Mail::default(),
            };
            if let Err(end) = self.tell(mail).await {
                return end;
            }
        }
    }

    async fn tell(&mut self, mail: Mail) -> Result<(), End> {
        if mail.is_empty() {
            return self.say(Event::Ping(PullPing {})).await;
        }
        for space in mail.behind {
            self.catch_up_now(space).await?;
        }
        let mut batch = Batch::default();
        for Item { space, news, own } in mail.items {
            match news {
                News::Link { seq, bytes } => {
                    self.flush(&mut batch).await?;
                    self.tell_link(space, seq, bytes).await?;
                }
                News::Bodies(_) if own => {}
                News::Bodies(bodies) => {
                    self.flush(&mut batch).await?;
                    self.tell_bodies(space, &bodies).await?;
                }
                News::Records(arrival) => self.tell_records(space, &arrival, own, &mut batch).await?,
            }
        }
        self.flush(&mut batch).await
    }

    async fn tell_link(&mut self, space: SpaceId, seq: u64, link: Bytes) -> Result<(), End> {
        let listening = self.listening(&space);
        if seq > listening.next_link {
            return self.catch_up_now(space).await;
        }
        if seq == listening.next_link {
            listening.next_link += 1;
            self.say(Event::Links(PullLinks { space: bytes(space), links: vec![link] })).await?;
        }
        self.check_membership(space).await
    }

    async fn tell_records(
        &mut self,
        space: SpaceId,
        arrival: &Arrival,
        own: bool,
        batch: &mut Batch,
    ) -> Result<(), End> {
        let sent = &mut self.listening(&space).sent;
        // A device may say that it has any number.
        let next = |feed| sent.seq(feed).saturating_add(1);
        let follows = arrival.stretches.iter().all(|stretch| stretch.first <= next(&stretch.feed));
        let at_hand = arrival.records.as_deref();
        if !follows || (at_hand.is_none() && !own) {
            self.flush(batch).await?;
            return self.catch_up_now(space).await;
        }
        let mut records = at_hand.unwrap_or_default().iter();
        let mut fresh = Vec::new();
        for stretch in &*arrival.stretches {
            let has = sent.seq(&stretch.feed);
            let numbered = (stretch.first..).zip(records.by_ref().take(stretch.len()));
            fresh.extend(numbered.filter(|(seq, _)| *seq > has).map(|(_, record)| record.clone()));
            sent.advance(stretch.feed, stretch.last);
        }
        if batch.space.is_some_and(|other| other != space) || batch.bytes + arrival.bytes > PULL_BATCH_BYTES {
            self.flush(batch).await?;
        }
        batch.add(space, fresh);
        Ok(())
    }

    /// Sends bodies whose husks the device was sent. Those of records that it was not sent yet come with the records.
    async fn tell_bodies(&mut self, space: SpaceId, bodies: &Bodies) -> Result<(), End> {
        if let Some(records) = &bodies.records {
            let records = records.to_vec();
            return self.say_records(space, records).await;
        }
        self.take_turn(space).await?;
        for of_feed in bodies.places.chunk_by(|one, next| one.0 == next.0) {
            let (feed, mut seqs) = (of_feed[0].0, of_feed.iter().map(|(_, seq)| *seq).collect::<Vec<_>>());
            while !seqs.is_empty() {
                let asked = seqs.clone();
                let read = self
                    .server
                    .readers
                    .read(move |reader| reader.bodies(&space, &feed, &asked, PULL_BATCH_BYTES));
                let records = read.await.map_err(|fault| End::Told(refuse(fault)))?;
                // Each of them has its body by now.
                seqs.drain(..records.len().clamp(1, seqs.len()));
                self.say_records(space, records).await?;
            }
        }
        self.turn = None;
        Ok(())
    }

    async fn flush(&mut self, batch: &mut Batch) -> Result<(), End> {
        let Batch { space: Some(space), records, .. } = std::mem::take(batch) else { return Ok(()) };
        self.say_records(space, records).await
    }

    async fn catch_up_now(&mut self, space: SpaceId) -> Result<(), End> {
        let Listening { member, sent, .. } = self.listening(&space);
        let known = Known::of(&member.space.held(), sent);
        self.catch_up(space, known).await
    }

    /// Sends everything of a space that is in a state and was not sent: links first, records in the order of arrival.
    async fn catch_up(&mut self, space: SpaceId, known: Known) -> Result<(), End> {
        // It is a member now, so what is known is from before any removal of it.
        self.check_membership(space).await?;
        self.catch_up_links(space, known.head.seq).await?;
        let mut runs = known.missing;
        if !runs.is_empty() {
            self.take_turn(space).await?;
        }
        while runs.iter().any(|run| run.from_seq <= run.to_seq) {
            let read = self.server.readers.read(move |reader| {
                let stored = reader.records(&space, &mut runs, PULL_BATCH_BYTES)?;
                Ok((stored, runs))
            });
            let (stored, rest) = read.await.map_err(|fault| End::Told(refuse(fault)))?;
            runs = rest;
            let records = stored.into_iter().map(|stored| stored.bytes).collect();
            self.say_records(space, records).await?;
        }
        self.listening(&space).sent.advance_all(&known.vector);
        self.turn = None;
        Ok(())
    }

    /// Waits until it may send from the database. Who listens meanwhile is not left without a sign.
    async fn take_turn(&mut self, space: SpaceId) -> Result<(), End> {
        if self.turn.is_some() {
            return Ok(());
        }
        let server = self.server.clone();
        let waiting = take(server.turns.of(&self.listening(&space).member));
        tokio::pin!(waiting);
        loop {
            tokio::select! {
                biased;
                () = self.outlet.gone() => return Err(End::Gone),
                () = self.connection.ending.cancelled() => return Err(End::Ending),
                turn = waiting.as_mut() => {
                    self.turn = Some(Arc::new(turn));
                    return Ok(());
                }
                () = sleep_until(self.quiet_since + PING_EVERY) => {}
            }
            self.say(Event::Ping(PullPing {})).await?;
        }
    }

    async fn catch_up_links(&mut self, space: SpaceId, until: u64) -> Result<(), End> {
        loop {
            let from = self.listening(&space).next_link;
            if from > until {
                return Ok(());
            }
            self.take_turn(space).await?;
            let read = self.server.readers.read(move |reader| reader.links(&space, from, PULL_BATCH_BYTES));
            let mut links = read.await.map_err(|fault| End::Told(refuse(fault)))?;
            links.truncate(usize::try_from(until - from + 1).unwrap_or(usize::MAX));
            self.listening(&space).next_link += links.len() as u64;
            self.say(Event::Links(PullLinks { space: bytes(space), links })).await?;
        }
    }

    /// Goes on only for somebody who is a member now. Who was removed is sent the links up to that, and nothing else: no hello either,
    /// which would say what there is.
    async fn check_membership(&mut self, space: SpaceId) -> Result<(), End> {
        let reason = match self.access(space) {
            Some(Access::Member) => return Ok(()),
            Some(Access::Replaced) => ErrorReason::MemberReplaced,
            None => ErrorReason::FeedRemoved,
            Some(Access::Removed { seq }) => {
                // Its turns are those of strangers from now on.
                self.listening(&space).member.access = Access::Removed { seq };
                self.catch_up_links(space, seq).await?;
                ErrorReason::FeedRemoved
            }
        };
        Err(End::Told(reason.into()))
    }

    /// What its member may do by now.
    fn access(&mut self, space: SpaceId) -> Option<Access> {
        let Member { space, session, .. } = &self.listening(&space).member;
        access(space.held().roster(), session.role, &session.member).map(|(_, access)| access)
    }

    fn listening(&mut self, space: &SpaceId) -> &mut Listening {
        self.spaces.get_mut(space).expect("news come only of spaces that are listened to")
    }

    async fn say_records(&mut self, space: SpaceId, records: Vec<Bytes>) -> Result<(), End> {
        self.say_of(space, Event::Records(PullRecords { space: bytes(space), records })).await
    }

    /// Says what only members of a space hear. Whether it is one is looked at when there is room for it: it may have waited long.
    async fn say_of(&mut self, space: SpaceId, event: Event) -> Result<(), End> {
        let room = self.room().await?;
        if self.access(space) != Some(Access::Member) {
            drop(room);
            return self.check_membership(space).await;
        }
        self.put(room, event);
        Ok(())
    }

    async fn say(&mut self, event: Event) -> Result<(), End> {
        let room = self.room().await?;
        self.put(room, event);
        Ok(())
    }

    async fn room(&self) -> Result<Room<PullResponse>, End> {
        if self.connection.ending.is_cancelled() {
            return Err(End::Ending);
        }
        Ok(self.outlet.room().await?)
    }

    fn put(&mut self, room: Room<PullResponse>, event: Event) {
        room.send_in(PullResponse { event: Some(event) }, self.turn.clone());
        self.quiet_since = Instant::now();
    }
}

/// Records of one space on their way into one message.
#[derive(Default)]
struct Batch {
    space: Option<SpaceId>,
    records: Vec<Bytes>,
    bytes: usize,
}

impl Batch {
    fn add(&mut self, space: SpaceId, records: Vec<Bytes>) {
        if !records.is_empty() {
            self.space = Some(space);
            self.bytes += records.iter().map(Bytes::len).sum::<usize>();
            self.records.extend(records);
        }
    }
}

/// A cursor for a device that has a roster up to here: the link it lacks first.
pub(crate) fn next_link(head: Option<u64>) -> u64 {
    head.map_or(0, |seq| seq.saturating_add(1))
}

/// Copies an id into a message.
pub(crate) fn bytes(id: impl AsRef<[u8]>) -> Bytes {
    Bytes::copy_from_slice(id.as_ref())
}
