//! The conversation with the server: who speaks next, what is pushed, when to try again.

use std::collections::{BTreeMap, BTreeSet};

use haven_feed::alarm::Alarm;
use haven_feed::auth::{AuthFault, Challenge};
use haven_feed::exchange::device::Hello;
use haven_feed::ids::{FeedId, Nonce, RosterHead, StoreId};
use haven_feed::keys::{SignKey, Signature};
use haven_feed::roster::Link;
use haven_feed::roster::consent::Role;

use super::alarms::{Kept, Raised};
use super::bodies::Bodies;
use super::refill::Refill;
use super::standing::Agreement;
use super::waiting::Wait;
use super::{Engine, Work, history, names};
use crate::codec::{Scanner, Writer};
use crate::command::ServerChoice;
use crate::io::{Table, Write, draw};
use crate::keys::meta;
use crate::limits;
use crate::sync::{Incoming, Outgoing, Problem, Refusal, Request};
use crate::view::Traffic;

/// What is known of the present connection.
pub(super) struct Session {
    pub(super) stage: Stage,
    /// Whether whoever answers has proved to be the server that was set.
    proved: bool,
    /// Since when it has been let in, by the clock that is never set; kept until the next try.
    live_since_ms: Option<u64>,
    /// Pushes that were sent and not answered.
    pub(super) in_flight: usize,
    /// Up to which record of each feed something was sent in this session.
    pub(super) pushed_to: BTreeMap<FeedId, u64>,
    caught_up: bool,
    /// The link that was sent and not answered yet.
    pub(super) link_sent: Option<u64>,
    pub(super) refill: Refill,
    pub(super) bodies: Bodies,
    /// Of how many feeds bodies are asked for at once: half as many each time that the server was too busy for it.
    pub(super) asked_at_once: usize,
    /// Whether something came in it that only a newer version reads, by whomever.
    pub(super) newer: bool,
    failures: u32,
    /// How often a stream was refused since something was brought: one that said all before that isn't asked for at once again.
    pub(super) streams_refused: u32,
    /// The person has set the server, and so agreed to whatever store it has now; until it says hello.
    pub(super) consented: bool,
    /// What was set before the server that is being tried.
    replaced: Option<Option<ServerChoice>>,
    pub(super) problem: Option<Problem>,
    pub(super) agreement: Agreement,
    pub(super) traffic: Traffic,
    pub(super) alarms: BTreeMap<[u8; 8], Kept>,
    /// The store of whoever proved to be the server, whether or not the person agreed to it.
    pub(super) store: StoreId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Offline,
    Asking,
    Live,
}

impl Session {
    pub(super) fn new(agreement: Agreement) -> Self {
        Self {
            stage: Stage::Offline,
            proved: false,
            live_since_ms: None,
            in_flight: 0,
            pushed_to: BTreeMap::new(),
            caught_up: false,
            link_sent: None,
            refill: Refill::default(),
            bodies: Bodies::default(),
            asked_at_once: limits::FEEDS_ASKED_MAX,
            newer: false,
            failures: 0,
            streams_refused: 0,
            consented: false,
            replaced: None,
            problem: None,
            agreement,
            traffic: Traffic::default(),
            alarms: BTreeMap::new(),
            store: StoreId::ZERO,
        }
    }

    pub(super) fn stage(&self) -> Stage {
        self.stage
    }

    pub(super) fn is_live(&self) -> bool {
        self.stage == Stage::Live
    }

    pub(super) fn is_caught_up(&self) -> bool {
        self.is_live() && self.caught_up
    }
}

impl Engine {
    /// Makes a server the vault's. The person has said so, and agrees with it to the store that the server has now.
    pub(super) fn set_server(&mut self, work: &mut Work<'_, '_>, choice: ServerChoice) {
        self.session.replaced = Some(self.server.take());
        self.follow(work, Some(choice));
        self.session.consented = true;
    }

    /// Goes back to the server that was set before the last one, if any was: the last one did not take the vault.
    pub(super) fn restore_server(&mut self, work: &mut Work<'_, '_>) {
        if let Some(before) = self.session.replaced.take() {
            self.follow(work, before);
        }
    }

    fn follow(&mut self, work: &mut Work<'_, '_>, server: Option<ServerChoice>) {
        match &server {
            Some(choice) => {
                let sealed =
                    self.keys.seal(Table::Meta, meta::SERVER, &encode_server(choice), work.cx.entropy);
                work.step.commit.put(Table::Meta, meta::SERVER, sealed);
            }
            None => work.step.commit.remove(Table::Meta, meta::SERVER),
        }
        self.server = server;
        self.session.consented = false;
        self.begin_anew();
        work.step.send.push(Outgoing::Reconnect { after_ms: 0 });
        work.show();
    }

    /// Forgets the connection and what came of it.
    fn begin_anew(&mut self) {
        self.go_offline();
        self.session.failures = 0;
        self.session.live_since_ms = None;
        self.session.problem = self.removal();
    }

    pub(super) fn reconnect_now(&mut self, work: &mut Work<'_, '_>) {
        self.go_offline();
        work.step.send.push(Outgoing::Reconnect { after_ms: 0 });
    }

    pub(super) fn hear(&mut self, work: &mut Work<'_, '_>, incoming: Incoming) {
        match incoming {
            Incoming::Connected if self.is_removed() => self.stop(work),
            // It has hung up. What was on its way all the same is answered with nothing, or it would send what stays here.
            incoming if self.is_removed() && !matches!(incoming, Incoming::Offline | Incoming::Anew) => {}
            Incoming::Connected => {
                // Nothing of the connection before counts in this one, not even what came late from it.
                self.go_offline();
                self.ask_challenge(work);
            }
            Incoming::Challenged { nonce, server_key, store_id, signature } => {
                self.log_in(work, nonce, server_key, store_id, signature);
            }
            Incoming::LoggedIn => self.pull(work),
            Incoming::SpaceStaged { seq } => self.space_staged(work, seq),
            Incoming::SpaceCreated => self.space_created(work),
            Incoming::Hello { space, store_id, vector, roster_seq, roster_head, husks }
                if space == self.space =>
            {
                let roster = RosterHead { seq: roster_seq, hash: roster_head };
                self.hello(work, Hello { store: StoreId::from_bytes(store_id), vector, roster, husks });
            }
            Incoming::Links { space, links } if space == self.space => self.take_links(work, links),
            Incoming::Records { space, records } if space == self.space => {
                self.receive(work, records);
                self.note_signs(work);
                self.push(work);
            }
            Incoming::Bodies { space, feed, records } if space == self.space => {
                self.take_bodies(work, feed, records);
                self.push(work);
            }
            Incoming::CaughtUp { space } if space == self.space => self.caught_up(work),
            Incoming::Pushed { space, vector } if space == self.space => self.pushed(work, &vector),
            Incoming::LinkAppended { space, seq } if space == self.space => self.link_appended(work, seq),
            Incoming::MailboxOpened { .. } => {}
            Incoming::MailboxMessage { mailbox, index, message } => {
                self.mailbox(work, mailbox, index, &message);
            }
            Incoming::Refused { request, refusal } => self.refused(work, request, refusal),
            Incoming::Offline => self.lost(work),
            Incoming::Anew => {
                self.linking_lost(work);
                self.begin_anew();
                work.show();
            }
            // Of another space than the one asked for: not ours to believe.
            _ => {}
        }
    }

    pub(super) fn ask_challenge(&mut self, work: &mut Work<'_, '_>) {
        self.session.stage = Stage::Asking;
        work.step.send.push(Outgoing::Challenge { space: self.space, feed: self.keys.feed });
    }

    fn log_in(
        &mut self,
        work: &mut Work<'_, '_>,
        nonce: [u8; 32],
        server_key: [u8; 32],
        store_id: [u8; 16],
        signature: [u8; 64],
    ) {
        let Some(server) = &self.server else { return };
        let answer = SignKey::from_bytes(server_key).ok().zip(SignKey::from_bytes(server.server_key).ok());
        let answer = answer.ok_or(AuthFault::OtherServer).and_then(|(offered, pinned)| {
            let challenge = Challenge {
                server: offered,
                nonce: Nonce::from_bytes(nonce),
                space: self.space,
                role: Role::Feed,
                member: self.keys.feed.into(),
                store: StoreId::from_bytes(store_id),
            };
            challenge.answer(&pinned, &Signature::from_bytes(signature), self.keys.device.signer())
        });
        match answer {
            Ok(signature) => {
                self.session.proved = true;
                self.session.store = StoreId::from_bytes(store_id);
                work.step.send.push(Outgoing::LogIn {
                    space: self.space,
                    feed: self.keys.feed,
                    nonce,
                    signature: *signature.as_bytes(),
                });
            }
            Err(_) => self.met_another(work),
        }
    }

    /// Whoever answers does not prove to be the server that was set.
    fn met_another(&mut self, work: &mut Work<'_, '_>) {
        self.raise(work, Raised::OtherServer);
        self.fail(work, Problem::OtherServer);
    }

    fn pull(&mut self, work: &mut Work<'_, '_>) {
        let history = history(work.cx.reader, self.space);
        let vector = self.exchange.to_pull(&self.local(&history));
        let roster_seq = Some(self.exchange.to_pull_links(&self.roster));
        work.step.send.push(Outgoing::Pull { space: self.space, vector, roster_seq });
    }

    fn hello(&mut self, work: &mut Work<'_, '_>, hello: Hello) {
        self.session.stage = Stage::Live;
        self.session.live_since_ms.get_or_insert(work.cx.now.mono_ms);
        // "That is all" was said of what was claimed before.
        (self.session.store, self.session.caught_up) = (hello.store, false);
        let history = history(work.cx.reader, self.space);
        let mut exchange = std::mem::take(&mut self.exchange);
        self.session.bodies.husks.clone_from(&hello.husks);
        let shown = hello.vector.get(&self.keys.feed);
        let mut alarms = exchange.hello(&self.local(&history), hello);
        if std::mem::take(&mut self.session.consented) {
            exchange.consent(&self.local(&history));
            alarms.retain(|alarm| !matches!(alarm, Alarm::NewStore { .. }));
            self.end_agreed(work);
        }
        self.exchange = exchange;
        // A mark that the disk has forgotten: the server knows the record by its id, so it has left.
        let own =
            shown.filter(|shown| self.local(&history).held(&self.keys.feed, shown.seq) == Some(shown.id));
        if let Some(own) = own {
            self.left(work, own.seq);
        }
        self.welcomed(alarms.iter().any(|alarm| matches!(alarm, Alarm::NewStore { .. })));
        for alarm in alarms {
            self.raise(work, Raised::Feed(alarm));
        }
        self.listen_again(work);
        self.look_for_all_passed(work);
        self.ask_bodies(work);
        self.push(work);
    }

    /// The server let this device in. What it refused to take it may refuse again: that is over once it took something.
    fn welcomed(&mut self, other_store: bool) {
        if other_store {
            self.session.problem = Some(Problem::LostData);
        } else if !matches!(
            self.session.problem,
            Some(Problem::Refused(Request::Push | Request::AppendLink, _))
        ) {
            self.session.problem = None;
        }
    }

    /// The synchronisation goes. How often it failed is forgotten only once a connection has stood for a while: who lets in, says
    /// that all has come, and then refuses or hangs up is not asked twice a second.
    pub(super) fn goes(&mut self) {
        self.session.problem = None;
    }

    fn take_links(&mut self, work: &mut Work<'_, '_>, links: Vec<Vec<u8>>) {
        let links = links.into_iter().map(Into::into);
        let linked = self.exchange.links(&mut self.roster, links);
        for alarm in linked.alarms {
            self.raise(work, Raised::Feed(alarm));
        }
        linked.appended.iter().for_each(|link| self.store_link(work, link));
        if !linked.appended.is_empty() {
            self.roster_changed(work);
            self.tell_of_others(work, &linked.appended);
        }
        for link in &linked.appended {
            self.linking_appended(work, link.seq());
            self.change_appended(work, link.seq());
        }
        if self.is_removed() {
            return self.stop(work);
        }
        self.go_on_changing(work);
        self.push(work);
    }

    pub(super) fn store_link(&self, work: &mut Work<'_, '_>, link: &Link) {
        let (seq, bytes) = (link.seq(), link.bytes().to_vec());
        work.step.commit.writes.push(Write::Link { space: self.space, seq, bytes });
    }

    /// Learns what new links bring: epoch roots, names.
    pub(super) fn roster_changed(&mut self, work: &mut Work<'_, '_>) {
        let known: BTreeSet<u32> = self.keys.roots.keys().copied().collect();
        self.keys.learn(&self.roster);
        if self.keys.roots.len() != known.len() {
            let sealed =
                self.keys.seal(Table::Meta, meta::EPOCHS, &self.keys.encode_roots(), work.cx.entropy);
            work.step.commit.put(Table::Meta, meta::EPOCHS, sealed);
            self.waiting.look_again(Wait::Key);
            self.tell_old_keys(work, &known);
        }
        self.names = names(&self.keys.epochs, &self.roster);
        self.settle_removals(work);
        self.tell_new_key(work);
        self.reseal(work);
        work.show();
    }

    fn caught_up(&mut self, work: &mut Work<'_, '_>) {
        self.session.caught_up = true;
        // What other devices wrote may be on its way there too.
        if self.pending() == 0 && self.session.in_flight == 0 && self.session.link_sent.is_none() {
            self.goes();
        }
        let missing = self.missing(work);
        self.tell_present(work, missing, Kept::is_passing);
        self.end_newer(work);
        self.settle_removals(work);
        self.waiting.go_without();
        self.push(work);
        self.go_on_changing(work);
        if let Err(fault) = self.try_unread(work) {
            tracing::error!(%fault, "what was put aside could not be read");
        }
        if self.exchange.wants_links() {
            // It claims another roster: it has to show the link where the two part.
            self.try_later(work);
        }
    }

    /// What is known of and did not come.
    fn missing(&self, work: &Work<'_, '_>) -> Vec<Raised> {
        let history = history(work.cx.reader, self.space);
        self.exchange.caught_up(&self.local(&history)).into_iter().map(Raised::Feed).collect()
    }

    /// Tells what records that came meanwhile name and the server did not send.
    pub(super) fn tell_missing(&mut self, work: &mut Work<'_, '_>) {
        if self.session.is_caught_up() {
            let missing = self.missing(work);
            self.tell_present(work, missing, Kept::is_withheld);
        }
    }

    fn refused(&mut self, work: &mut Work<'_, '_>, request: Request, refusal: Refusal) {
        tracing::info!(?request, ?refusal, "the server refused");
        if self.is_removed() {
            return self.stop(work);
        }
        if request == Request::AppendLink {
            self.change_refused(work, refusal);
        }
        match (request, refusal) {
            // An invite is shown to nobody before that, and nobody else's word says that the server lost anything.
            (Request::LogIn, Refusal::SpaceUnknown) if !self.session.proved => self.met_another(work),
            (Request::LogIn, Refusal::SpaceUnknown) => self.space_unknown(work),
            (Request::LogIn, Refusal::FeedUnknown) if self.session.proved => self.feed_unknown(work),
            (Request::CreateSpace, Refusal::SpaceExists) => self.has_space(work),
            (Request::CreateSpace, Refusal::RefillOver) => self.try_later(work),
            (Request::AppendLink, Refusal::RosterMoved) => {
                self.linking_refused(work);
                self.session.link_sent = None;
            }
            // What was asked for is asked for again in the next session.
            (Request::Mailbox, Refusal::Unauthenticated) => self.try_later(work),
            (Request::Mailbox, _) => self.mailbox_gone(work),
            (Request::FetchBodies, refusal)
                if !matches!(refusal, Refusal::Unauthenticated | Refusal::Busy) =>
            {
                self.no_bodies();
            }
            (Request::FetchBodies, Refusal::Busy) => self.ask_fewer(work),
            // A session that is over, and what another device wrote meanwhile: the next connection brings it in order.
            (_, Refusal::Unauthenticated | Refusal::RosterMoved | Refusal::Gap) => self.try_later(work),
            (Request::Pull, refusal) => {
                self.session.failures = self.session.failures.max(self.session.streams_refused);
                self.session.streams_refused += 1;
                self.fail(work, Problem::Refused(request, refusal));
            }
            _ => self.fail(work, Problem::Refused(request, refusal)),
        }
    }

    /// Tries again later, and tells why until then.
    pub(super) fn fail(&mut self, work: &mut Work<'_, '_>, problem: Problem) {
        self.session.problem = Some(problem);
        self.try_later(work);
    }

    fn lost(&mut self, work: &mut Work<'_, '_>) {
        self.go_offline();
        self.linking_lost(work);
        match self.removal() {
            Some(_) => self.stop(work),
            None if self.server.is_some() => self.fail(work, Problem::Unreachable),
            None => {}
        }
        work.show();
    }

    pub(super) fn go_offline(&mut self) {
        self.exchange.disconnected();
        self.session.stage = Stage::Offline;
        self.session.proved = false;
        self.session.refill = Refill::default();
        self.session.bodies = Bodies::default();
        self.session.newer = false;
        self.session.in_flight = 0;
        self.session.pushed_to.clear();
        self.session.caught_up = false;
        self.session.link_sent = None;
    }

    /// Connects again after a wait that doubles up to a minute, half of it by chance.
    pub(super) fn try_later(&mut self, work: &mut Work<'_, '_>) {
        self.go_offline();
        let now_ms = work.cx.now.mono_ms;
        let stood = |since: u64| now_ms.saturating_sub(since) >= limits::STOOD_MS;
        if self.session.live_since_ms.take().is_some_and(stood) {
            self.session.failures = 0;
        }
        let (first, most) = limits::RECONNECT_MS;
        let wait = first.saturating_mul(1 << self.session.failures.min(10)).min(most);
        self.session.failures = self.session.failures.saturating_add(1);
        let chance = u64::from(u16::from_be_bytes(draw(work.cx.entropy)));
        let after_ms = wait / 2 + wait * chance / (2 * u64::from(u16::MAX));
        work.step.send.push(Outgoing::Reconnect { after_ms });
        work.show();
    }

    /// Where the vault's server is and who it has to be, for the welcome of a new device.
    pub(super) fn server_identity(&self) -> Option<(SignKey, StoreId)> {
        let server = self.server.as_ref()?;
        Some((SignKey::from_bytes(server.server_key).ok()?, self.session.store))
    }
}

/// url | server key 32 | invite?
pub(crate) fn encode_server(choice: &ServerChoice) -> Vec<u8> {
    let mut w = Writer::default();
    w.text(&choice.url);
    w.raw(&choice.server_key);
    w.option(choice.invite.as_deref(), Writer::text);
    w.0
}

pub(super) fn decode_server(bytes: &[u8]) -> Option<ServerChoice> {
    let mut s = Scanner(bytes);
    let choice = ServerChoice {
        url: s.text().ok()?.to_owned(),
        server_key: s.array().ok()?,
        invite: s.option(|s| s.text().map(str::to_owned)).ok()?,
    };
    s.end().ok()?;
    Some(choice)
}
