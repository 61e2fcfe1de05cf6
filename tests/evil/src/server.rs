//! The server: the simulator's honest one, with a script between it and whoever talks to it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use haven_engine::sync::{Incoming, Outgoing};
use haven_feed::auth::Challenge;
use haven_feed::keys::{SignKey, Signature, Signer};
use haven_feed::roster::Link;
use haven_feed::roster::consent::Role;
use haven_feed::{FeedId, LinkHash, Nonce, SpaceId, StoreId, Vector};
use haven_sim::chance::Chance;
use haven_sim::server::{Connection, SimServer};
use haven_wire::limits::PING_AFTER_MS;
use haven_wire::pb::{self, pull_response::Event};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::Status;
use tonic::service::Routes;

use crate::services::{Line, streamed};

/// What becomes of something that was said to the server.
pub enum Heard {
    /// The honest server hears it.
    Passed(Outgoing),
    /// It hears nothing, and this is the answer.
    Answered(Vec<Incoming>),
}

/// One mutation: what the server does otherwise than an honest one. Both are told who talks to it.
#[derive(Default)]
pub struct Script {
    hears: Option<Hears>,
    says: Option<Says>,
}

type Hears = Box<dyn FnMut(FeedId, Outgoing) -> Heard + Send>;
type Says = Box<dyn FnMut(FeedId, Incoming) -> Vec<Incoming> + Send>;

impl Script {
    /// Changes what the server says.
    pub fn says(says: impl FnMut(FeedId, Incoming) -> Vec<Incoming> + Send + 'static) -> Self {
        Self { hears: None, says: Some(Box::new(says)) }
    }

    /// Changes what the server hears.
    pub fn hears(hears: impl FnMut(FeedId, Outgoing) -> Heard + Send + 'static) -> Self {
        Self { hears: Some(Box::new(hears)), says: None }
    }

    /// Changes what the server hears too.
    pub fn and_hears(self, hears: impl FnMut(FeedId, Outgoing) -> Heard + Send + 'static) -> Self {
        Self { hears: Some(Box::new(hears)), ..self }
    }

    /// Changes what the server says too.
    pub fn and_says(self, says: impl FnMut(FeedId, Incoming) -> Vec<Incoming> + Send + 'static) -> Self {
        Self { says: Some(Box::new(says)), ..self }
    }
}

pub(crate) type Live = mpsc::UnboundedSender<Result<pb::PullResponse, Status>>;

/// Every clone is the same server.
#[derive(Clone)]
pub struct EvilServer(Arc<Mutex<Inside>>);

struct Inside {
    core: SimServer,
    chance: Chance,
    script: Script,
    curse: Option<String>,
    lines: Connection,
    /// Who is at the other end.
    who: BTreeMap<Connection, FeedId>,
    streams: BTreeMap<Connection, Live>,
    received: Vec<Vec<u8>>,
    pulls: BTreeMap<FeedId, usize>,
    logins: BTreeMap<FeedId, usize>,
}

impl EvilServer {
    /// An empty server, honest until it has a script.
    pub fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let core = SimServer::new(&mut chance);
        Self(Arc::new(Mutex::new(Inside {
            core,
            chance,
            script: Script::default(),
            curse: None,
            lines: 0,
            who: BTreeMap::new(),
            streams: BTreeMap::new(),
            received: Vec::new(),
            pulls: BTreeMap::new(),
            logins: BTreeMap::new(),
        })))
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap()
    }

    /// A new connection.
    pub fn connect(&self) -> Routes {
        let mut inside = self.inside();
        inside.lines += 1;
        Line::new(self.clone(), inside.lines).routes()
    }

    /// Looks at the honest server, or changes what it holds.
    pub fn core<T>(&self, with: impl FnOnce(&mut SimServer, &mut Chance) -> T) -> T {
        let inside = &mut *self.inside();
        with(&mut inside.core, &mut inside.chance)
    }

    /// Its invite.
    pub fn invite(&self) -> String {
        self.core(|core, _| core.introduction().1)
    }

    /// From here on it follows this script.
    pub fn follow(&self, script: Script) {
        self.inside().script = script;
    }

    /// From here on it answers every call with an error in words of its own.
    pub fn curse(&self, words: &str) {
        self.inside().curse = Some(words.to_owned());
        self.hang_up();
    }

    pub(crate) fn cursed(&self) -> Option<Status> {
        self.inside().curse.clone().map(Status::unauthenticated)
    }

    /// From here on it is honest, and every connection begins anew.
    pub fn turn_honest(&self) {
        let mut inside = self.inside();
        (inside.script, inside.curse) = (Script::default(), None);
        drop(inside);
        self.hang_up();
    }

    /// Ends every connection.
    pub fn hang_up(&self) {
        let inside = &mut *self.inside();
        for line in std::mem::take(&mut inside.streams).into_keys() {
            inside.core.hang_up(line);
        }
    }

    /// Whatever it was sent until now, as it came.
    pub fn received(&self) -> Vec<Vec<u8>> {
        self.inside().received.clone()
    }

    /// How often a device has asked for what it lacks.
    pub fn pulls(&self, feed: FeedId) -> usize {
        self.inside().pulls.get(&feed).copied().unwrap_or_default()
    }

    /// How often a device has asked for a challenge.
    pub fn logins(&self, feed: FeedId) -> usize {
        self.inside().logins.get(&feed).copied().unwrap_or_default()
    }

    /// Says something to whoever listens as this device, although nobody asked.
    pub fn tell(&self, feed: FeedId, said: Incoming) {
        let inside = &mut *self.inside();
        let listening = inside.streams.keys().find(|line| inside.who.get(*line) == Some(&feed)).copied();
        inside.deliver(listening.unwrap(), said);
    }

    /// Logs in on a line of its own, as whoever has these keys can.
    pub fn enter(&self, line: Connection, space: SpaceId, feed: FeedId, signer: &Signer) {
        let inside = &mut *self.inside();
        inside.core.hang_up(line);
        let asked = inside.core.take(line, Outgoing::Challenge { space, feed }, &mut inside.chance);
        for (_, said) in asked {
            let Incoming::Challenged { nonce, server_key, store_id, signature } = said else { continue };
            let server = SignKey::from_bytes(server_key).unwrap();
            let (nonce_given, store) = (Nonce::from_bytes(nonce), StoreId::from_bytes(store_id));
            let (role, member) = (Role::Feed, feed.into());
            let challenge = Challenge { server, nonce: nonce_given, space, role, member, store };
            let answer = challenge.answer(&server, &Signature::from_bytes(signature), signer).unwrap();
            let log_in = Outgoing::LogIn { space, feed, nonce, signature: *answer.as_bytes() };
            inside.core.take(line, log_in, &mut inside.chance);
        }
    }

    /// Pushes on such a line.
    ///
    /// # Errors
    /// The honest server refuses.
    pub fn push_as(&self, line: Connection, space: SpaceId, records: Vec<Bytes>) -> Result<Vector, String> {
        match self.take(line, Outgoing::Push { space, records }).into_iter().next() {
            Some(Incoming::Pushed { vector, .. }) => Ok(vector),
            Some(Incoming::Refused { refusal, .. }) => Err(format!("{refusal:?}")),
            _ => Err("no answer".to_owned()),
        }
    }

    /// Appends a link on such a line.
    ///
    /// # Errors
    /// The honest server refuses.
    pub fn append_as(&self, line: Connection, space: SpaceId, link: &Link) -> Result<(), String> {
        let (head_seq, head) = (link.seq().saturating_sub(1), LinkHash::ZERO);
        let message = Outgoing::AppendLink { space, head_seq, head, link: link.bytes().to_vec() };
        match self.take(line, message).into_iter().next() {
            Some(Incoming::LinkAppended { .. }) => Ok(()),
            Some(Incoming::Refused { refusal, .. }) => Err(format!("{refusal:?}")),
            _ => Err("no answer".to_owned()),
        }
    }

    pub(crate) fn log(&self, message: &impl prost::Message) {
        self.inside().received.push(message.encode_to_vec());
    }

    /// One message of a connection: gives what is answered to it.
    pub(crate) fn take(&self, line: Connection, message: Outgoing) -> Vec<Incoming> {
        let inside = &mut *self.inside();
        if let Outgoing::Challenge { feed, .. } = &message {
            inside.who.insert(line, *feed);
            *inside.logins.entry(*feed).or_default() += 1;
        }
        let who = inside.who_is(line);
        let heard = match &mut inside.script.hears {
            Some(hears) => hears(who, message),
            None => Heard::Passed(message),
        };
        let message = match heard {
            Heard::Answered(said) => return said,
            Heard::Passed(message) => message,
        };
        let sent = inside.core.take(line, message, &mut inside.chance);
        let mut own = Vec::new();
        for (to, said) in sent {
            for said in inside.twist(to, said) {
                if to == line {
                    own.push(said);
                } else {
                    inside.deliver(to, said);
                }
            }
        }
        own
    }

    /// Begins a stream, pinged as long as somebody listens.
    pub(crate) fn listen(
        &self,
        line: Connection,
        pull: Outgoing,
    ) -> UnboundedReceiverStream<Result<pb::PullResponse, Status>> {
        let (live, stream) = mpsc::unbounded_channel();
        {
            let inside = &mut *self.inside();
            let who = inside.who_is(line);
            *inside.pulls.entry(who).or_default() += 1;
            inside.streams.insert(line, live.clone());
        }
        for said in self.take(line, pull) {
            self.inside().deliver(line, said);
        }
        let pings = live.downgrade();
        drop(live);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(PING_AFTER_MS)).await;
                let ping = pb::PullResponse { event: Some(Event::Ping(pb::PullPing {})) };
                if pings.upgrade().is_none_or(|live| live.send(Ok(ping)).is_err()) {
                    return;
                }
            }
        });
        UnboundedReceiverStream::new(stream)
    }
}

impl Inside {
    fn who_is(&self, line: Connection) -> FeedId {
        self.who.get(&line).copied().unwrap_or(FeedId::ZERO)
    }

    fn twist(&mut self, to: Connection, said: Incoming) -> Vec<Incoming> {
        let who = self.who_is(to);
        match &mut self.script.says {
            Some(says) => says(who, said),
            None => vec![said],
        }
    }

    fn deliver(&mut self, to: Connection, said: Incoming) {
        let Some(live) = self.streams.get(&to) else { return };
        if live.send(streamed(said)).is_err() {
            self.streams.remove(&to);
            self.core.hang_up(to);
        }
    }
}
