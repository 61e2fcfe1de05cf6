//! Mailboxes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use haven_feed::auth::{Access, access};
use haven_wire::limits::MAILBOX_FAREWELL_INDEX;
use haven_wire::pb;
use haven_wire::pb::mailbox_service_server::MailboxService;
use haven_wire::pb::{ErrorReason, MailboxKind, WatchMailboxResponse};
use haven_wire::request::array;
use tokio::time::{Instant, sleep_until};
use tonic::{Request, Response, Status};

use super::Services;
use crate::connection::{Connection, Watching};
use crate::mailbox::{Found, MailboxFault, MailboxId, Purpose, Watcher};
use crate::outlet::{Gone, Outgoing, Outlet};
use crate::refusal::{Refused, refuse};
use crate::server::{Member, Server};
use crate::session::Session;

#[tonic::async_trait]
impl MailboxService for Services {
    type WatchMailboxStream = Outgoing<WatchMailboxResponse>;

    async fn open_mailbox(
        &self,
        request: Request<pb::OpenMailboxRequest>,
    ) -> Result<Response<pb::OpenMailboxResponse>, Status> {
        let connection = Connection::of(request.extensions());
        let member = self.0.own(request.metadata(), &connection).await?.feed()?;
        let mailbox = mailbox_of(&request.get_ref().mailbox)?;
        let purpose = match request.get_ref().kind() {
            MailboxKind::Link => Purpose::Link,
            MailboxKind::Contact => Purpose::Contact,
            MailboxKind::Unspecified => return Err(Refused::new(ErrorReason::RequestMalformed).into()),
        };
        let left = self.to_its_end(move |server| open(server, member, purpose, mailbox)).await?;
        let expires_in_ms = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
        Ok(Response::new(pb::OpenMailboxResponse { expires_in_ms }))
    }

    async fn post_message(
        &self,
        request: Request<pb::PostMessageRequest>,
    ) -> Result<Response<pb::PostMessageResponse>, Status> {
        let pb::PostMessageRequest { mailbox, index, message } = request.into_inner();
        let mailbox = mailbox_of(&mailbox)?;
        let posting = |server: Arc<Server>| async move {
            server.mailboxes.post(&server.writer, &mailbox, index, &message, Instant::now()).await
        };
        self.to_its_end(posting).await?;
        Ok(Response::new(pb::PostMessageResponse {}))
    }

    async fn watch_mailbox(
        &self,
        request: Request<pb::WatchMailboxRequest>,
    ) -> Result<Response<Self::WatchMailboxStream>, Status> {
        let connection = Connection::of(request.extensions());
        let asked = request.into_inner();
        let watcher = self.0.mailboxes.watch(&mailbox_of(&asked.mailbox)?, Instant::now()).map_err(refuse)?;
        let (outlet, outgoing) = Outlet::new(connection.clone());
        let watch = Watch {
            server: self.0.clone(),
            _watching: connection.watch(),
            connection,
            watcher,
            after: asked.after_index,
            told: BTreeSet::new(),
            outlet,
        };
        self.0.streams.spawn(watch.run());
        Ok(Response::new(outgoing))
    }

    async fn close_mailbox(
        &self,
        request: Request<pb::CloseMailboxRequest>,
    ) -> Result<Response<pb::CloseMailboxResponse>, Status> {
        let session = self.0.session(request.metadata())?;
        let pb::CloseMailboxRequest { mailbox, farewell } = request.into_inner();
        let mailbox = mailbox_of(&mailbox)?;
        let closing = |server: Arc<Server>| async move {
            server.mailboxes.close(&server.writer, &mailbox, session, &farewell, Instant::now()).await
        };
        self.to_its_end(closing).await?;
        Ok(Response::new(pb::CloseMailboxResponse {}))
    }
}

impl Services {
    /// Does something in two steps, in the store and in memory, though whoever asked for it goes away in between.
    async fn to_its_end<T: Send + 'static, F>(
        &self,
        work: impl FnOnce(Arc<Server>) -> F,
    ) -> Result<T, Refused>
    where
        F: Future<Output = Result<T, MailboxFault>> + Send + 'static,
    {
        let done = self.0.streams.spawn(work(self.0.clone())).await;
        done.map_err(|_| Refused::new(ErrorReason::Internal))?.map_err(refuse)
    }
}

/// Opens a mailbox. Whoever was removed since it opened others takes up no room of those who stay.
async fn open(
    server: Arc<Server>,
    Member { space, session, .. }: Member,
    purpose: Purpose,
    mailbox: MailboxId,
) -> Result<Duration, MailboxFault> {
    let (mailboxes, writer, now) = (&server.mailboxes, &server.writer, Instant::now());
    let is_member = |owner: &Session| {
        let access = access(space.held().roster(), owner.role, &owner.member);
        access.is_some_and(|(_, access)| access == Access::Member)
    };
    mailboxes.make_room(writer, purpose, (mailbox, session.space), is_member, now).await?;
    match purpose {
        Purpose::Link => mailboxes.open(mailbox, session, now),
        Purpose::Contact => mailboxes.open_contact(writer, mailbox, session, now).await,
    }
}

/// One listener at a mailbox.
struct Watch {
    server: Arc<Server>,
    /// Whoever is expected is not cut off for a crowd of others.
    _watching: Watching,
    connection: Arc<Connection>,
    watcher: Watcher,
    after: u32,
    /// Places are not always filled in their order.
    told: BTreeSet<u32>,
    outlet: Outlet<WatchMailboxResponse>,
}

impl Watch {
    async fn run(mut self) {
        let mailbox = self.watcher.mailbox.clone();
        loop {
            // Armed before looking, so that what comes between looking and waiting rings too.
            let bell = mailbox.bell.notified();
            tokio::pin!(bell);
            bell.as_mut().enable();
            let is_open = match self.tell().await {
                Ok(is_open) => is_open,
                Err(Gone) => return,
            };
            if Instant::now() >= mailbox.expires {
                return self.outlet.end(Refused::new(ErrorReason::MailboxExpired).into()).await;
            }
            if !is_open {
                return;
            }
            tokio::select! {
                () = bell => {}
                () = sleep_until(mailbox.expires) => {}
                () = self.outlet.gone() => return,
                () = self.connection.ending.cancelled() => return self.end().await,
            }
        }
    }

    /// Sends what is there. Says whether more may come.
    async fn tell(&mut self) -> Result<bool, Gone> {
        let messages = match self.watcher.mailbox.messages_after(self.after) {
            Found::Open(messages) => messages,
            Found::Closed(farewell) if farewell.is_empty() => return Ok(false),
            Found::Closed(message) => {
                let index = MAILBOX_FAREWELL_INDEX;
                self.outlet.send(WatchMailboxResponse { index, message }).await?;
                return Ok(false);
            }
        };
        for (index, message) in messages {
            if self.told.insert(index) {
                self.outlet.send(WatchMailboxResponse { index, message }).await?;
            }
        }
        Ok(true)
    }

    async fn end(&self) {
        if self.server.draining.is_cancelled() {
            self.outlet.end(Refused::new(ErrorReason::Draining).into()).await;
        }
    }
}

fn mailbox_of(bytes: &[u8]) -> Result<MailboxId, Refused> {
    Ok(array(bytes, "mailbox")?)
}
