//! The server this device syncs with, as clients see and choose it.

use std::sync::Arc;
use std::time::Duration;

use haven_api::convert::vault::{server_to_pb, synced_to_pb};
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::pb;
use haven_api::pb::sync_service_server::SyncService;
use haven_api::vault::Synced;
use haven_engine::command::{Command, Fault};
use haven_engine::sync::{Problem, SyncState};
use haven_engine::view::View;
use tonic::{Request, Response, Status};

use super::server::{self, NotReached};
use super::status::{of_problem, sync};
use crate::keeper::order::Refused;
use crate::limits::{SYNC_BEGUN_MS, SYNC_WAIT_MS, SYNC_WAIT_MS_MAX};
use crate::node::Node;
use crate::snapshot::Stage;

/// What failed, whatever the reason.
const NOT_SYNCED: &str = "not everything is synced yet";

pub(super) struct Sync(pub(super) Node);

#[tonic::async_trait]
impl SyncService for Sync {
    async fn set_server(
        &self,
        request: Request<pb::SetServerRequest>,
    ) -> Result<Response<pb::SetServerResponse>, Status> {
        let request = request.into_inner();
        let trusted = self.0.opened()?.view.status.server_key;
        let unless = NotReached::of_journal(trusted.is_some());
        let choice = server::choose(self.0.host(), &request.url, &request.invite, unless).await?;
        if !request.accept_identity {
            server::same_as_trusted(trusted, &choice)?;
        }
        let shown = server::server(&choice.url, &choice.server_key);
        self.0.command(Command::SetServer(choice)).await?;
        if let Some(problem) = server::taken(&self.0).await? {
            self.0.command(Command::RestoreServer).await?;
            return Err(unless.told(of_problem(problem, unless.what)).into());
        }
        Ok(Response::new(pb::SetServerResponse { server: Some(server_to_pb(shown)) }))
    }

    async fn get_server(
        &self,
        _: Request<pb::GetServerRequest>,
    ) -> Result<Response<pb::GetServerResponse>, Status> {
        let snapshot = self.0.opened()?;
        let status = &snapshot.view.status;
        let set = status.server.as_ref().zip(status.server_key.as_ref());
        let (url, key) = set.ok_or(Refused::Fault(Fault::NoServer))?;
        Ok(Response::new(pb::GetServerResponse { server: Some(server_to_pb(server::server(url, key))) }))
    }

    async fn sync_now(
        &self,
        request: Request<pb::SyncNowRequest>,
    ) -> Result<Response<pb::SyncNowResponse>, Status> {
        let request = request.into_inner();
        let snapshot = self.0.opened()?;
        if snapshot.view.status.problem == Some(Problem::Removed) {
            // Nobody is asked, and nothing would come of waiting.
            let removed = of_problem(Problem::Removed, "this device doesn't sync any more");
            return Err(removed.because("it was removed from your journal").into());
        }
        let before = snapshot.view.status.traffic;
        self.0.sync_now().await?;
        let view = if request.wait { self.caught_up(request.timeout_ms).await? } else { self.begun().await };
        let now = view.status.traffic;
        Ok(Response::new(synced_to_pb(Synced {
            status: sync(&view.status),
            received: now.received.saturating_sub(before.received),
            sent: now.sent.saturating_sub(before.sent),
        })))
    }
}

impl Sync {
    fn view(&self) -> Arc<View> {
        Arc::clone(&self.0.snapshot().view)
    }

    /// How things stand once the server was reached anew, or after a little: before that it would be called offline only because
    /// nobody has tried yet.
    async fn begun(&self) -> Arc<View> {
        let mut seen = self.0.watch();
        let tried = seen.wait_for(|snapshot| {
            snapshot.stage != Stage::Unlocked || snapshot.view.status.sync != SyncState::Offline
        });
        tokio::select! {
            _ = tried => {}
            () = self.0.host().sleep(SYNC_BEGUN_MS) => {}
        }
        self.view()
    }

    /// Waits until nothing is pending and everything the server had is here, or the person has to put something right first.
    async fn caught_up(&self, timeout_ms: u64) -> Result<Arc<View>, Status> {
        let ms = if timeout_ms == 0 { SYNC_WAIT_MS } else { timeout_ms.min(SYNC_WAIT_MS_MAX) };
        let mut seen = self.0.watch();
        let done = seen.wait_for(|snapshot| {
            let status = &snapshot.view.status;
            snapshot.stage != Stage::Unlocked
                || (status.sync == SyncState::Idle && status.pending == 0)
                || status.problem.is_some_and(Problem::needs_person)
        });
        let ended = tokio::select! {
            snapshot = done => Some(snapshot.map(|snapshot| Arc::clone(&snapshot)).map_err(|_| Refused::Stopping)?),
            () = self.0.host().sleep(ms) => None,
        };
        match ended {
            Some(snapshot) if snapshot.stage != Stage::Unlocked => Err(Refused::Locked.into()),
            Some(snapshot) => match snapshot.view.status.problem {
                Some(problem) => Err(of_problem(problem, NOT_SYNCED).into()),
                None => Ok(Arc::clone(&snapshot.view)),
            },
            None => Err(self.late(Duration::from_millis(ms)).into()),
        }
    }

    fn late(&self, waited: Duration) -> ApiError {
        let status = &self.0.snapshot().view.status;
        if let Some(problem) = status.problem {
            return of_problem(problem, NOT_SYNCED);
        }
        if status.sync == SyncState::Offline {
            return ApiError::new(Reason::ServerUnreachable, NOT_SYNCED);
        }
        ApiError::new(Reason::TimedOut, NOT_SYNCED)
            .because(format!("{} changes still wait after {} s", status.pending, waited.as_secs_f32()))
            .with_next("It goes on by itself.")
            .at_terminal("It goes on by itself; `haven status` shows how far it is.")
    }
}
