//! One Pull: what the device lacks, then what arrives.
//!
//! The database is the truth; the inbox only says sooner what it will say too. Each step compares what comes with what was
//! sent, so that nothing is sent twice in a row and nothing is left out, whatever was dropped on the way.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use haven_feed::exchange::server::ServerSpace;
use haven_feed::{SpaceId, Vector};
use haven_wire::pb::pull_response::Event;
use haven_wire::pb::{ErrorReason, PullCaughtUp, PullHello, PullLinks, PullPing, PullRecords, PullResponse};
use haven_wire::position::{head_to_pb, vector_to_pb};
use tokio::time::{Instant, sleep_until};
use tonic::Status;

use crate::connection::Connection;
use crate::inbox::{Arrival, Inbox, Item, Mail, News};
use crate::limits::{PING_EVERY, PULL_BATCH_BYTES};
use crate::outlet::{Gone, Outgoing, Outlet};
use crate::refusal::{Refused, refuse};
use crate::server::{Member, Server};

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
    let feeds = spaces.iter().map(|(space, one)| (*space, one.member.feed)).collect();
    let (outlet, outgoing) = Outlet::new(connection.clone());
    let pull = Pull {
        server: server.clone(),
        connection: connection.clone(),
        inbox: Arc::new(Inbox::new(connection.number(), feeds)),
        spaces,
        outlet,
        quiet_since: Instant::now(),
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
            let inbox = self.inbox.clone();
            let held = self.listening(&space).member.space.listen(&inbox);
            let hello = PullHello {
                space: bytes(space),
                store_id: bytes(self.server.store_id),
                vector: vector_to_pb(&held.vector()),
                roster_head: Some(head_to_pb(held.roster().head())),
            };
            self.say(Event::Hello(hello)).await?;
            self.catch_up(space, &held).await?;
            self.say(Event::CaughtUp(PullCaughtUp { space: bytes(space) })).await?;
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
        self.check_membership(space)
    }

    async fn tell_records(
        &mut self,
        space: SpaceId,
        arrival: &Arrival,
        own: bool,
        batch: &mut Batch,
    ) -> Result<(), End> {
        let sent = &mut self.listening(&space).sent;
        let follows = arrival.stretches.iter().all(|stretch| stretch.first <= sent.seq(&stretch.feed) + 1);
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

    async fn flush(&mut self, batch: &mut Batch) -> Result<(), End> {
        let Batch { space: Some(space), records, .. } = std::mem::take(batch) else { return Ok(()) };
        self.say(Event::Records(PullRecords { space: bytes(space), records })).await
    }

    async fn catch_up_now(&mut self, space: SpaceId) -> Result<(), End> {
        let held = self.listening(&space).member.space.held();
        self.catch_up(space, &held).await
    }

    /// Sends everything of a space that is in a state and was not sent: links first, records in the order of arrival.
    async fn catch_up(&mut self, space: SpaceId, held: &ServerSpace) -> Result<(), End> {
        self.catch_up_links(space, held).await?;
        self.check_membership(space)?;
        let mut runs = held.missing(&self.listening(&space).sent);
        while runs.iter().any(|run| run.from_seq <= run.to_seq) {
            let read = self.server.readers.read(move |reader| {
                let stored = reader.records(&space, &mut runs, PULL_BATCH_BYTES)?;
                Ok((stored, runs))
            });
            let (stored, rest) = read.await.map_err(|fault| End::Told(refuse(fault)))?;
            runs = rest;
            let records = stored.into_iter().map(|stored| stored.bytes).collect();
            self.say(Event::Records(PullRecords { space: bytes(space), records })).await?;
        }
        self.listening(&space).sent.advance_all(&held.vector());
        Ok(())
    }

    async fn catch_up_links(&mut self, space: SpaceId, held: &ServerSpace) -> Result<(), End> {
        loop {
            let from = self.listening(&space).next_link;
            if from > held.roster().head().seq {
                return Ok(());
            }
            let read = self.server.readers.read(move |reader| reader.links(&space, from, PULL_BATCH_BYTES));
            let links = read.await.map_err(|fault| End::Told(refuse(fault)))?;
            self.listening(&space).next_link += links.len() as u64;
            self.say(Event::Links(PullLinks { space: bytes(space), links })).await?;
        }
    }

    /// A removed feed hears of its removal, and nothing after it.
    fn check_membership(&mut self, space: SpaceId) -> Result<(), End> {
        let Member { space, feed } = &self.listening(&space).member;
        let is_member = space.held().roster().is_current(feed);
        if is_member { Ok(()) } else { Err(End::Told(ErrorReason::FeedRemoved.into())) }
    }

    fn listening(&mut self, space: &SpaceId) -> &mut Listening {
        self.spaces.get_mut(space).expect("news come only of spaces that are listened to")
    }

    async fn say(&mut self, event: Event) -> Result<(), End> {
        if self.connection.ending.is_cancelled() {
            return Err(End::Ending);
        }
        self.outlet.send(PullResponse { event: Some(event) }).await?;
        self.quiet_since = Instant::now();
        Ok(())
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
