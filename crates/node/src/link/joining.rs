//! The pump of a device that is being let into a vault: it has no space yet, only a code.

use std::pin::Pin;
use std::sync::Arc;

use futures_util::stream::{SelectAll, Stream, StreamExt as _, once};
use haven_engine::join::{JoinInput, JoinSend};
use haven_engine::sync::Incoming;
use haven_wire::limits::MAILBOX_FAREWELL_INDEX;

use super::calls::{Bearer, Caller, Said};
use crate::host::{DialFault, Host, Task};

/// A connection for joining.
pub(crate) struct JoinLink {
    caller: Caller,
    bearer: Bearer,
    answers: SelectAll<Pin<Box<dyn Stream<Item = Said> + Send>>>,
}

impl JoinLink {
    /// Connects to a server.
    pub(crate) async fn connect(host: &Arc<dyn Host>, url: &str) -> Result<Self, DialFault> {
        let transport = host.dial(url).await?;
        let caller = Caller { host: Arc::clone(host), transport };
        Ok(Self { caller, bearer: Bearer::default(), answers: SelectAll::new() })
    }

    /// Sends what the joining device says.
    pub(crate) fn send(&mut self, message: JoinSend) {
        let caller = self.caller.clone();
        match message {
            JoinSend::Watch { mailbox } => {
                self.add(caller.watch_mailbox(mailbox).chain(once(async { Said::Closed })));
            }
            JoinSend::Post { mailbox, index, message } => {
                self.add(once(caller.post_message(mailbox, index, message)));
            }
            JoinSend::Challenge { space, feed } => self.add(once(caller.challenge(space, feed))),
            JoinSend::LogIn { space, feed, nonce, signature } => {
                self.add(once(caller.log_in(space, feed, nonce, signature)));
            }
            JoinSend::ListLinks { space } => self.add(once(caller.list_links(self.bearer.clone(), space))),
            JoinSend::Retry { after_ms } => self.add(once(async move {
                caller.host.sleep(after_ms).await;
                Said::Again
            })),
        }
    }

    /// Sends the last word of a device that keeps nothing: it goes out though nobody is left who listens here.
    pub(crate) fn last(&self, message: JoinSend) -> Task {
        let caller = self.caller.clone();
        Box::pin(async move {
            if let JoinSend::Post { mailbox, index, message } = message {
                // If it does not come, the other device says so itself after a while.
                let _ = caller.post_message(mailbox, index, message).await;
            }
        })
    }

    /// What it hears next; nothing once the connection is no good.
    pub(crate) async fn next(&mut self) -> Option<JoinInput> {
        loop {
            return Some(match self.answers.next().await? {
                Said::Heard(Incoming::MailboxMessage { index: MAILBOX_FAREWELL_INDEX, message, .. }) => {
                    JoinInput::Farewell(message)
                }
                Said::Heard(Incoming::MailboxMessage { index, message, .. }) => {
                    JoinInput::Mailbox { index, message }
                }
                Said::Closed => JoinInput::Closed,
                Said::Heard(Incoming::Challenged { nonce, server_key, store_id, signature }) => {
                    JoinInput::Challenged { nonce, server_key, store_id, signature }
                }
                Said::Heard(Incoming::Links { links, .. }) => JoinInput::Links(links),
                Said::Heard(Incoming::Refused { refusal, .. }) => JoinInput::Refused(refusal),
                Said::LoggedIn(token) => {
                    self.bearer = token.into();
                    JoinInput::LoggedIn
                }
                Said::Again => JoinInput::Again,
                Said::Heard(_) | Said::Nothing => continue,
                Said::Broken => return None,
            });
        }
    }

    fn add(&mut self, answers: impl Stream<Item = Said> + Send + 'static) {
        self.answers.push(Box::pin(answers));
    }
}
