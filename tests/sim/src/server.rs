//! The server of the world: feed's server side round plain lists. What it acknowledges is durable; when it crashes, only
//! connections are lost.

mod forging;
mod fortunes;
mod rosters;

use std::collections::BTreeMap;

use bytes::Bytes;
use haven_engine::sync::{Incoming, Outgoing, Refusal, Request};
use haven_feed::auth::{Access, AuthFault, Challenge};
use haven_feed::exchange::HeldRecord;
use haven_feed::exchange::server::{Refusal as Refused, ServerSpace};
use haven_feed::ids::{FeedId, Nonce, RosterHead, SpaceId, StoreId, Vector};
use haven_feed::invite::Invite;
use haven_feed::keys::{Signature, Signer};
use haven_feed::limits::HUSKS_TOLD_MAX;
use haven_feed::record::Record;
use haven_feed::roster::Roster;
use haven_feed::roster::consent::Role;

use crate::chance::Chance;
pub use forging::flipped;
pub use fortunes::Copied;

/// Names a connection of a device.
pub type Connection = u32;

/// What the server sends to a connection.
pub type Sent = (Connection, Incoming);

/// The one server of a world.
pub struct SimServer {
    seed: [u8; 32],
    identity: Signer,
    store: StoreId,
    invite: [u8; 16],
    invite_used: bool,
    space: Option<Space>,
    /// A roster on its way in, as far as it came.
    staged: Option<(Roster, Vec<Bytes>)>,
    sessions: BTreeMap<Connection, Session>,
    /// By mailbox: its messages.
    mailboxes: BTreeMap<[u8; 16], Vec<Vec<u8>>>,
    watching: Vec<(Connection, [u8; 16])>,
    /// Whether it goes on with whoever was removed, and hides the removal from them.
    pub colludes: bool,
}

#[derive(Clone)]
struct Space {
    id: SpaceId,
    state: ServerSpace,
    links: Vec<Bytes>,
    /// In the order in which they arrived.
    arrived: Vec<Record>,
}

#[derive(Default)]
struct Session {
    nonce: Option<[u8; 32]>,
    feed: Option<FeedId>,
    live: bool,
    /// The link up to which it may read, and nothing else: the one that removed it.
    until: Option<u64>,
    /// The last link that it is shown, although there are more.
    fooled: Option<u64>,
}

impl SimServer {
    /// A new, empty server.
    pub fn new(chance: &mut Chance) -> Self {
        let (identity, store, invite) = (chance.bytes(), chance.bytes(), chance.bytes());
        Self::of(identity, StoreId::from_bytes(store), invite)
    }

    fn of(identity: [u8; 32], store: StoreId, invite: [u8; 16]) -> Self {
        Self {
            seed: identity,
            identity: Signer::from_seed(&identity),
            store,
            invite,
            invite_used: false,
            space: None,
            staged: None,
            sessions: BTreeMap::new(),
            mailboxes: BTreeMap::new(),
            watching: Vec::new(),
            colludes: false,
        }
    }

    /// Its identity key and the code of its invite.
    pub fn introduction(&self) -> ([u8; 32], String) {
        (*self.identity.key().as_bytes(), Invite::from_entropy(self.invite, &self.identity.key()).code())
    }

    /// Ends a connection; what was on its way to it is lost.
    pub fn hang_up(&mut self, connection: Connection) {
        self.sessions.remove(&connection);
        self.watching.retain(|(watcher, _)| *watcher != connection);
    }

    /// Every connection is lost; what was acknowledged stays. Mailboxes are in memory only.
    pub fn crash(&mut self) {
        self.sessions.clear();
        self.watching.clear();
        self.mailboxes.clear();
        self.staged = None;
    }

    /// Everything it holds is lost; it has another store, and gives out another invite.
    pub fn wipe(&mut self, chance: &mut Chance) {
        self.crash();
        self.space = None;
        self.store = StoreId::from_bytes(chance.bytes());
        self.invite = chance.bytes();
        self.invite_used = false;
    }

    /// Names its store.
    pub fn store(&self) -> [u8; 16] {
        *self.store.as_bytes()
    }

    /// What it has.
    pub fn vector(&self) -> Vector {
        self.space.as_ref().map(|space| space.state.vector()).unwrap_or_default()
    }

    /// Everything it holds, for looking for words in it.
    pub fn holdings(&self) -> Vec<Bytes> {
        let spaces = self.space.iter();
        spaces
            .flat_map(|space| space.arrived.iter().map(|r| r.bytes().clone()).chain(space.links.clone()))
            .collect()
    }

    /// The links of the roster.
    pub fn links(&self) -> Vec<Vec<u8>> {
        self.space.iter().flat_map(|space| space.links.iter().map(|link| link.to_vec())).collect()
    }

    /// Takes one message of a connection; gives what it sends, to whomever.
    pub fn take(&mut self, from: Connection, message: Outgoing, chance: &mut Chance) -> Vec<Sent> {
        match message {
            Outgoing::Challenge { space, feed } => {
                vec![(from, self.challenge(from, space, feed, chance.bytes()))]
            }
            Outgoing::LogIn { space, feed, nonce, signature } => {
                vec![(from, self.log_in(from, space, feed, nonce, signature))]
            }
            Outgoing::CreateSpace { invite, genesis, after_seq, links, more } => {
                self.create_space(from, &invite, genesis, (after_seq, links, more))
            }
            Outgoing::FetchBodies { space, feed, seqs } => {
                vec![(from, self.fetch_bodies(from, space, feed, &seqs))]
            }
            Outgoing::Pull { vector, roster_seq, .. } => self.pull(from, &vector, roster_seq),
            Outgoing::Push { records, .. } => self.push(from, records),
            Outgoing::AppendLink { link, .. } => self.append_link(from, &link),
            Outgoing::OpenMailbox { mailbox } => {
                self.mailboxes.insert(mailbox, Vec::new());
                self.watching.push((from, mailbox));
                vec![(from, Incoming::MailboxOpened { mailbox })]
            }
            Outgoing::PostMessage { mailbox, message, .. } => self.post(&mailbox, &message),
            Outgoing::CloseMailbox { mailbox, .. } => {
                self.mailboxes.remove(&mailbox);
                Vec::new()
            }
            Outgoing::Reconnect { .. } | Outgoing::HangUp => Vec::new(),
        }
    }

    fn challenge(&mut self, from: Connection, space: SpaceId, feed: FeedId, nonce: [u8; 32]) -> Incoming {
        let store = self.store;
        let challenge = self.challenge_of(space, feed, nonce, store);
        self.sessions.entry(from).or_default().nonce = Some(nonce);
        Incoming::Challenged {
            nonce,
            server_key: *challenge.server.as_bytes(),
            store_id: *store.as_bytes(),
            signature: *challenge.sign(&self.identity).as_bytes(),
        }
    }

    fn challenge_of(&self, space: SpaceId, feed: FeedId, nonce: [u8; 32], store: StoreId) -> Challenge {
        let (server, nonce) = (self.identity.key(), Nonce::from_bytes(nonce));
        Challenge { server, nonce, space, role: Role::Feed, member: feed.into(), store }
    }

    fn log_in(
        &mut self,
        from: Connection,
        space: SpaceId,
        feed: FeedId,
        nonce: [u8; 32],
        signature: [u8; 64],
    ) -> Incoming {
        let refused = |refusal| Incoming::Refused { request: Request::LogIn, refusal };
        let challenge = self.challenge_of(space, feed, nonce, self.store);
        let Some(held) = self.space.as_ref().filter(|held| held.id == space) else {
            return refused(Refusal::SpaceUnknown);
        };
        let colludes = self.colludes;
        let session = self.sessions.entry(from).or_default();
        if session.nonce.take() != Some(nonce) {
            return refused(Refusal::Unauthenticated);
        }
        match challenge.check_answer(held.state.roster(), &Signature::from_bytes(signature)) {
            Ok(Access::Removed { seq }) if colludes => {
                (session.feed, session.fooled) = (Some(feed), Some(seq.saturating_sub(1)));
                Incoming::LoggedIn
            }
            Ok(Access::Removed { seq }) => {
                session.until = Some(seq);
                Incoming::LoggedIn
            }
            Ok(_) => {
                session.feed = Some(feed);
                Incoming::LoggedIn
            }
            Err(AuthFault::UnknownMember) => refused(Refusal::FeedUnknown),
            Err(_) => refused(Refusal::Unauthenticated),
        }
    }

    fn fetch_bodies(&self, from: Connection, space: SpaceId, feed: FeedId, seqs: &[u64]) -> Incoming {
        let Some(held) = self.space.as_ref().filter(|held| held.id == space && self.member(from)) else {
            return refused(Request::FetchBodies, Refusal::Unauthenticated);
        };
        let asked = |record: &&Record| record.header().feed == feed && seqs.contains(&record.header().seq);
        let mut whole: Vec<&Record> =
            held.arrived.iter().filter(asked).filter(|record| !record.is_husk()).collect();
        whole.sort_by_key(|record| record.header().seq);
        // Few at once, so that whoever asks learns to ask again.
        let records = whole.into_iter().take(3).map(|record| record.bytes().clone()).collect();
        Incoming::Bodies { space, feed, records }
    }

    fn member(&self, connection: Connection) -> bool {
        let session = self.sessions.get(&connection);
        if session.is_some_and(|session| session.fooled.is_some()) {
            return self.colludes;
        }
        let feed = session.and_then(|session| session.feed);
        let roster = self.space.as_ref().map(|space| space.state.roster());
        feed.zip(roster).is_some_and(|(feed, roster)| roster.is_current(&feed))
    }

    /// The links up to the one that removed somebody, and then no more.
    fn farewell(&self, from: Connection, until: u64, roster_seq: Option<u64>) -> Vec<Sent> {
        let Some(space) = &self.space else {
            return vec![(from, refused(Request::Pull, Refusal::SpaceUnknown))];
        };
        let (after, until) = (roster_seq.map_or(0, |seq| seq.saturating_add(1)), until + 1);
        let at = |seq: u64| usize::try_from(seq).unwrap_or(usize::MAX).min(space.links.len());
        let links: Vec<Vec<u8>> =
            space.links[at(after.min(until))..at(until)].iter().map(|link| link.to_vec()).collect();
        let links = Incoming::Links { space: space.id, links };
        vec![(from, links), (from, refused(Request::Pull, Refusal::FeedRemoved))]
    }

    fn pull(&mut self, from: Connection, vector: &Vector, roster_seq: Option<u64>) -> Vec<Sent> {
        let member = self.member(from);
        if let Some(until) = self.sessions.get(&from).and_then(|session| session.until) {
            return self.farewell(from, until, roster_seq);
        }
        let Some(space) = self.space.as_ref().filter(|_| member) else {
            return vec![(from, refused(Request::Pull, Refusal::Unauthenticated))];
        };
        if let Some(session) = self.sessions.get_mut(&from) {
            session.live = true;
        }
        let fooled = self.sessions.get(&from).and_then(|session| session.fooled);
        let roster = space.state.roster();
        let shown = fooled.and_then(|seq| Some(RosterHead { seq, hash: roster.hash_at(seq)? }));
        let head = shown.unwrap_or(roster.head());
        let mut sent = vec![Incoming::Hello {
            space: space.id,
            store_id: *self.store.as_bytes(),
            vector: space.state.vector(),
            roster_seq: head.seq,
            roster_head: head.hash,
            husks: husks_of(space),
        }];
        let after = roster_seq.map_or(0, |seq| usize::try_from(seq).unwrap_or(usize::MAX).saturating_add(1));
        let last = usize::try_from(head.seq).unwrap_or(usize::MAX).saturating_add(1);
        let links: Vec<_> = space.links.iter().take(last).skip(after).map(|link| link.to_vec()).collect();
        if !links.is_empty() {
            sent.push(Incoming::Links { space: space.id, links });
        }
        let lacking = |record: &&Record| record.header().seq > vector.seq(&record.header().feed);
        let missing: Vec<_> =
            space.arrived.iter().filter(lacking).map(|record| record.bytes().clone()).collect();
        for records in missing.chunks(3) {
            sent.push(Incoming::Records { space: space.id, records: records.to_vec() });
        }
        sent.push(Incoming::CaughtUp { space: space.id });
        sent.into_iter().map(|message| (from, message)).collect()
    }

    fn push(&mut self, from: Connection, records: Vec<Bytes>) -> Vec<Sent> {
        if !self.member(from) {
            return vec![(from, refused(Request::Push, Refusal::Unauthenticated))];
        }
        let Some(space) = &mut self.space else {
            return vec![(from, refused(Request::Push, Refusal::SpaceUnknown))];
        };
        let parsed: Result<Vec<Record>, _> = records.into_iter().map(Record::parse).collect();
        let Ok(parsed) = parsed else { return vec![(from, refused(Request::Push, Refusal::Other))] };
        let history = |feed: &FeedId, seq: u64| held_at(&space.arrived, feed, seq);
        let admission = match space.state.admit(&parsed, &history) {
            Ok(admission) => admission,
            Err(Refused::Gap { .. }) => return vec![(from, refused(Request::Push, Refusal::Gap))],
            Err(Refused::Forked { .. }) => return vec![(from, refused(Request::Push, Refusal::Forked))],
            Err(_) => return vec![(from, refused(Request::Push, Refusal::Other))],
        };
        space.state.commit(&admission);
        let new: Vec<Record> = admission.new.iter().map(|record| record.as_record().clone()).collect();
        space.arrived.extend(new.iter().cloned());
        for body in &admission.bodies {
            let husk = space.arrived.iter_mut().find(|held| held.id() == body.id());
            husk.into_iter().for_each(|husk| *husk = body.as_record().clone());
        }
        let id = space.id;
        let answer = Incoming::Pushed { space: id, vector: space.state.vector() };
        let bodies = admission.bodies.iter().map(|record| record.bytes().clone());
        let records: Vec<_> = new.iter().map(|record| record.bytes().clone()).chain(bodies).collect();
        let mut sent = vec![(from, answer)];
        if !records.is_empty() {
            sent.extend(
                self.others(from).map(|to| (to, Incoming::Records { space: id, records: records.clone() })),
            );
        }
        sent
    }

    fn others(&self, from: Connection) -> impl Iterator<Item = Connection> {
        let live =
            self.sessions.iter().filter(|(_, session)| session.live).map(|(connection, _)| *connection);
        let live = live.filter(|connection| *connection != from && self.member(*connection));
        live.collect::<Vec<_>>().into_iter()
    }

    /// Puts a message into a mailbox; everybody who watches it hears it.
    pub fn post(&mut self, mailbox: &[u8; 16], message: &[u8]) -> Vec<Sent> {
        let Some(messages) = self.mailboxes.get_mut(mailbox) else { return Vec::new() };
        messages.push(message.to_vec());
        let index = u32::try_from(messages.len()).unwrap_or(u32::MAX);
        let watchers = self.watching.iter().filter(|(_, watched)| watched == mailbox);
        watchers
            .map(|(to, _)| {
                (*to, Incoming::MailboxMessage { mailbox: *mailbox, index, message: message.to_vec() })
            })
            .collect()
    }

    /// The messages of a mailbox, for a joiner that has no session.
    pub fn mailbox(&self, mailbox: &[u8; 16]) -> &[Vec<u8>] {
        self.mailboxes.get(mailbox).map_or(&[], Vec::as_slice)
    }

    /// A challenge for a joiner, and whether its answer would let it in.
    pub fn challenge_joiner(&mut self, space: SpaceId, feed: FeedId, chance: &mut Chance) -> Incoming {
        self.challenge(Connection::MAX, space, feed, chance.bytes())
    }

    /// A joiner's login.
    pub fn log_joiner_in(
        &mut self,
        space: SpaceId,
        feed: FeedId,
        nonce: [u8; 32],
        signature: [u8; 64],
    ) -> Incoming {
        self.log_in(Connection::MAX, space, feed, nonce, signature)
    }
}

fn refused(request: Request, refusal: Refusal) -> Incoming {
    Incoming::Refused { request, refusal }
}

fn husks_of(space: &Space) -> Vec<(FeedId, u64)> {
    let husks = space.arrived.iter().filter(|record| record.is_husk());
    husks.map(|record| (record.header().feed, record.header().seq)).take(HUSKS_TOLD_MAX).collect()
}

fn held_at(arrived: &[Record], feed: &FeedId, seq: u64) -> Option<HeldRecord> {
    let held = arrived.iter().find(|record| record.header().feed == *feed && record.header().seq == seq);
    held.map(HeldRecord::of)
}
