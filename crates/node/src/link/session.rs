//! One connection, from the first message to the last.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{SelectAll, Stream, StreamExt as _, once};
use haven_engine::sync::{Incoming, Outgoing, Request};
use haven_feed::ids::SpaceId;
use haven_wire::session::Token;
use tokio::sync::mpsc;

use super::calls::{Bearer, Caller, Said};
use crate::host::{Host, Transport};

/// How a connection ended.
pub(super) enum End {
    /// The keeper wants no link any more.
    LetGo,
    /// It broke, or fell silent.
    Lost,
    /// The engine wants another one, after so many milliseconds.
    Reconnect(u64),
    /// The engine wants no other one until it says so.
    HungUp,
}

type Answers = Pin<Box<dyn Stream<Item = Said> + Send>>;

/// Calls under way on one connection.
pub(super) struct Session {
    caller: Caller,
    bearer: Bearer,
    /// Every call under way; an answer is one item, a server's stream many.
    answers: SelectAll<Answers>,
    /// Pushes that wait for the one before: records of a feed must arrive in order.
    pushes: VecDeque<(SpaceId, Vec<Bytes>)>,
    pushing: bool,
}

impl Session {
    pub(super) fn new(host: Arc<dyn Host>, transport: Transport) -> Self {
        Self {
            caller: Caller { host, transport },
            bearer: Bearer::default(),
            answers: SelectAll::new(),
            pushes: VecDeque::new(),
            pushing: false,
        }
    }

    /// Carries messages both ways until the connection ends.
    pub(super) async fn run(
        mut self,
        outgoing: &mut mpsc::Receiver<Outgoing>,
        incoming: &mpsc::Sender<Incoming>,
    ) -> End {
        loop {
            let said = tokio::select! {
                message = outgoing.recv() => match message {
                    None => return End::LetGo,
                    Some(Outgoing::Reconnect { after_ms }) => return End::Reconnect(after_ms),
                    Some(Outgoing::HangUp) => return End::HungUp,
                    Some(message) => { self.begin(message); continue }
                },
                Some(said) = self.answers.next() => said,
            };
            let Some(message) = self.heard(said) else { return End::Lost };
            if let Some(message) = message
                && incoming.send(message).await.is_err()
            {
                return End::LetGo;
            }
        }
    }

    /// What the engine should hear of an answer, if anything; nothing at all once the connection is no good.
    fn heard(&mut self, said: Said) -> Option<Option<Incoming>> {
        match said {
            Said::Heard(message) => {
                self.after_push(&message);
                Some(Some(message))
            }
            Said::LoggedIn(token) => {
                self.bearer = Bearer::from(token);
                Some(Some(Incoming::LoggedIn))
            }
            Said::Nothing | Said::Again | Said::Closed => Some(None),
            Said::Broken => None,
        }
    }

    fn after_push(&mut self, message: &Incoming) {
        let over =
            matches!(message, Incoming::Pushed { .. } | Incoming::Refused { request: Request::Push, .. });
        if over {
            self.pushing = false;
            self.push_next();
        }
    }

    fn push_next(&mut self) {
        if self.pushing {
            return;
        }
        if let Some((space, records)) = self.pushes.pop_front() {
            self.pushing = true;
            let call = self.caller.push(self.bearer.clone(), space, records);
            self.add(once(call));
        }
    }

    fn begin(&mut self, message: Outgoing) {
        let (caller, bearer) = (self.caller.clone(), self.bearer.clone());
        match message {
            Outgoing::Challenge { space, feed } => self.add(once(caller.challenge(space, feed))),
            Outgoing::LogIn { space, feed, nonce, signature } => {
                self.add(once(caller.log_in(space, feed, nonce, signature)));
            }
            Outgoing::CreateSpace { invite, genesis, after_seq, links, more } => {
                self.add(once(caller.create_space(invite, genesis, after_seq, links, more)));
            }
            Outgoing::FetchBodies { space, feed, seqs } => {
                self.add(once(caller.fetch_bodies(bearer, space, feed, seqs)));
            }
            Outgoing::Pull { space, vector, roster_seq } => {
                self.add(caller.pull(&bearer, space, &vector, roster_seq));
            }
            Outgoing::Push { space, records } => {
                self.pushes.push_back((space, records));
                self.push_next();
            }
            Outgoing::AppendLink { space, head_seq, head, link } => {
                self.add(once(caller.append_link(bearer, space, head_seq, head, link)));
            }
            Outgoing::OpenMailbox { mailbox } => self.add(caller.open_mailbox(&bearer, mailbox)),
            Outgoing::PostMessage { mailbox, index, message } => {
                self.add(once(caller.post_message(mailbox, index, message)));
            }
            Outgoing::CloseMailbox { mailbox, farewell } => {
                self.add(once(caller.close_mailbox(bearer, mailbox, farewell)));
            }
            Outgoing::Reconnect { .. } | Outgoing::HangUp => {}
        }
    }

    fn add(&mut self, answers: impl Stream<Item = Said> + Send + 'static) {
        self.answers.push(Box::pin(answers));
    }
}

impl From<Token> for Bearer {
    fn from(token: Token) -> Self {
        Self::new(token)
    }
}
