//! The mailboxes of the server in the same process: they live as long as the real one's.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use haven_wire::error::Refusal;
use haven_wire::limits::{MAILBOX_FAREWELL_INDEX, MAILBOX_LINK_MS};
use haven_wire::pb::{self, ErrorReason};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tokio_stream::Stream;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Request, Response, Status};

use crate::server::FakeServer;

type Messages = BTreeMap<u32, Bytes>;

/// One mailbox; it closes when it is dropped.
pub(crate) struct Mailbox {
    ends: Instant,
    messages: watch::Sender<Messages>,
}

impl FakeServer {
    /// Loses every mailbox, as a restart does.
    pub(crate) fn close_mailboxes(&self) {
        self.seen().mailboxes.clear();
    }

    /// Looks into a mailbox that is open still.
    fn mailbox<T>(&self, id: &Bytes, look: impl FnOnce(&mut Mailbox) -> T) -> Result<T, Status> {
        let now = Instant::now();
        let mut seen = self.seen();
        seen.mailboxes.retain(|_, mailbox| now < mailbox.ends);
        seen.mailboxes.get_mut(id).map(look).ok_or_else(|| Refusal::new(ErrorReason::MailboxUnknown).into())
    }
}

#[tonic::async_trait]
impl pb::mailbox_service_server::MailboxService for FakeServer {
    type WatchMailboxStream = Pin<Box<dyn Stream<Item = Result<pb::WatchMailboxResponse, Status>> + Send>>;

    async fn open_mailbox(
        &self,
        request: Request<pb::OpenMailboxRequest>,
    ) -> Result<Response<pb::OpenMailboxResponse>, Status> {
        let ends = Instant::now() + Duration::from_millis(MAILBOX_LINK_MS);
        let mailbox = Mailbox { ends, messages: watch::Sender::default() };
        self.seen().mailboxes.insert(request.into_inner().mailbox, mailbox);
        Ok(Response::new(pb::OpenMailboxResponse { expires_in_ms: MAILBOX_LINK_MS }))
    }

    async fn post_message(
        &self,
        request: Request<pb::PostMessageRequest>,
    ) -> Result<Response<pb::PostMessageResponse>, Status> {
        let pb::PostMessageRequest { mailbox, index, message } = request.into_inner();
        self.mailbox(&mailbox, |mailbox| {
            mailbox.messages.send_modify(|messages| drop(messages.insert(index, message)));
        })?;
        Ok(Response::new(pb::PostMessageResponse {}))
    }

    async fn watch_mailbox(
        &self,
        request: Request<pb::WatchMailboxRequest>,
    ) -> Result<Response<Self::WatchMailboxStream>, Status> {
        let pb::WatchMailboxRequest { mailbox, after_index } = request.into_inner();
        let opened = self.mailbox(&mailbox, |mailbox| (mailbox.ends, mailbox.messages.subscribe()))?;
        let (ends, mut messages) = opened;
        let (send, stream) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut told = BTreeSet::new();
            loop {
                if let Some(message) = messages.borrow_and_update().get(&MAILBOX_FAREWELL_INDEX).cloned() {
                    let index = MAILBOX_FAREWELL_INDEX;
                    let _ = send.send(Ok(pb::WatchMailboxResponse { index, message }));
                    return;
                }
                // Places are not always filled in their order.
                for (index, message) in messages.borrow_and_update().range(after_index + 1..) {
                    if told.insert(*index) {
                        let response = pb::WatchMailboxResponse { index: *index, message: message.clone() };
                        let _ = send.send(Ok(response));
                    }
                }
                match timeout_at(ends, messages.changed()).await {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) => return,
                    Err(_) => break,
                }
            }
            let _ = send.send(Err(Refusal::new(ErrorReason::MailboxExpired).into()));
        });
        Ok(Response::new(Box::pin(UnboundedReceiverStream::new(stream))))
    }

    async fn close_mailbox(
        &self,
        request: Request<pb::CloseMailboxRequest>,
    ) -> Result<Response<pb::CloseMailboxResponse>, Status> {
        let pb::CloseMailboxRequest { mailbox, farewell } = request.into_inner();
        if let Some(closed) = self.seen().mailboxes.remove(&mailbox)
            && !farewell.is_empty()
        {
            closed.messages.send_modify(|messages| drop(messages.insert(MAILBOX_FAREWELL_INDEX, farewell)));
        }
        Ok(Response::new(pb::CloseMailboxResponse {}))
    }
}
