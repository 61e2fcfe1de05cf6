//! The vault, the link to a server, and what changes.

use std::time::Duration;

use tonic::Request;

use super::{Client, Events, Patience, Transport, Watch};
use crate::convert::vault::{server_from_pb, status_from_pb, synced_from_pb};
use crate::error::ApiError;
use crate::pb;
use crate::vault::{NewVault, Server, ServerInvite, Status, Synced};

impl<T: Transport> Client<T> {
    /// Makes a vault on this device and leaves it open. Whether the server takes it shows in the status afterwards: the kit does
    /// not wait for that.
    ///
    /// # Errors
    /// `VAULT_EXISTS`, `WEAK_PASSPHRASE`; with a server `SERVER_UNREACHABLE`, `INVITE_INVALID`.
    pub async fn init(
        &self,
        device_name: &str,
        passphrase: String,
        server: Option<ServerInvite>,
    ) -> Result<NewVault, ApiError> {
        let (server_url, invite) = server.map_or_else(Default::default, |server| (server.url, server.invite));
        let request = pb::InitRequest { device_name: device_name.to_owned(), passphrase, server_url, invite };
        let made = self.vault_service().init(request).await?.into_inner();
        let failed = made.failed.map(ApiError::from);
        Ok(NewVault { vault: made.vault, device_id: made.device_id, kit: made.kit, failed })
    }

    /// Opens the vault.
    ///
    /// # Errors
    /// `NO_VAULT`, `WRONG_PASSPHRASE`, `TOO_MANY_TRIES`.
    pub async fn unlock(&self, passphrase: String) -> Result<Status, ApiError> {
        let answer = self.vault_service().unlock(pb::UnlockRequest { passphrase }).await?;
        status_from_pb(answer.into_inner().status)
    }

    /// Closes the vault; its keys are gone when this returns.
    ///
    /// # Errors
    /// `NO_VAULT`.
    pub async fn lock(&self) -> Result<(), ApiError> {
        self.vault_service().lock(pb::LockRequest {}).await?;
        Ok(())
    }

    /// Asks whether a new passphrase may be taken, before somebody types it a second time; tells how hard it is to guess.
    ///
    /// # Errors
    /// `WEAK_PASSPHRASE`, `INVALID_ARGUMENT`.
    pub async fn check_passphrase(&self, passphrase: String) -> Result<String, ApiError> {
        let request = pb::CheckPassphraseRequest { passphrase };
        Ok(self.vault_service().check_passphrase(request).await?.into_inner().strength)
    }

    /// Makes up a passphrase that nobody could guess.
    ///
    /// # Errors
    /// `DAEMON_UNREACHABLE`.
    pub async fn suggest_passphrase(&self) -> Result<String, ApiError> {
        Ok(self
            .vault_service()
            .suggest_passphrase(pb::SuggestPassphraseRequest {})
            .await?
            .into_inner()
            .passphrase)
    }

    /// Changes the passphrase of this device.
    ///
    /// # Errors
    /// `WRONG_PASSPHRASE`, `WEAK_PASSPHRASE`, `TOO_MANY_TRIES`.
    pub async fn change_passphrase(&self, old: String, new: String) -> Result<(), ApiError> {
        let request = pb::ChangePassphraseRequest { old_passphrase: old, new_passphrase: new };
        self.vault_service().change_passphrase(request).await?;
        Ok(())
    }

    /// Says that somebody is there; how long the vault stays open untouched, `None` = for ever.
    ///
    /// # Errors
    /// `LOCKED`, `NO_VAULT`.
    pub async fn keep_open(&self) -> Result<Option<Duration>, ApiError> {
        let answer = self.vault_service().keep_open(pb::KeepOpenRequest {}).await?;
        Ok(Some(Duration::from_millis(answer.into_inner().idle_ms)).filter(|idle| !idle.is_zero()))
    }

    /// Asks how things stand.
    ///
    /// # Errors
    /// The device cannot be reached.
    pub async fn status(&self) -> Result<Status, ApiError> {
        let answer = self.vault_service().get_status(pb::GetStatusRequest {}).await?;
        status_from_pb(answer.into_inner().status)
    }

    /// Watches how things stand and which lists change, from now on.
    ///
    /// # Errors
    /// The device cannot be reached.
    pub async fn events(&self) -> Result<Events, ApiError> {
        Ok(Watch::new(self.event_service().watch_events(pb::WatchEventsRequest {}).await?))
    }

    /// Makes a server the one to sync with, once it has taken the vault. `accept_identity`: the person agrees that it has
    /// another identity than the one trusted so far; an invite says so too.
    ///
    /// # Errors
    /// `SERVER_UNREACHABLE`, `SERVER_IDENTITY_CHANGED`, `INVITE_INVALID`, `INVITE_USED`, `SERVER_REFUSED`; the server before
    /// stays.
    pub async fn set_server(&self, server: ServerInvite, accept_identity: bool) -> Result<Server, ApiError> {
        let request = pb::SetServerRequest { url: server.url, invite: server.invite, accept_identity };
        server_from_pb(self.sync_service().set_server(request).await?.into_inner().server)
    }

    /// Asks which server this device syncs with.
    ///
    /// # Errors
    /// `NO_SERVER`.
    pub async fn server(&self) -> Result<Server, ApiError> {
        let answer = self.sync_service().get_server(pb::GetServerRequest {}).await?;
        server_from_pb(answer.into_inner().server)
    }

    /// Syncs at once. With `wait`, returns when nothing is pending and everything the server had is here.
    ///
    /// # Errors
    /// `NO_SERVER`; with `wait`, `SERVER_UNREACHABLE` and `TIMED_OUT`, and at once what the person has to put right first:
    /// `INVITE_USED`, `SERVER_LOST_DATA`, `DEVICE_REMOVED`.
    pub async fn sync(&self, wait: Option<Duration>) -> Result<Synced, ApiError> {
        // 0 would mean the device's own default.
        let ms = |wait: Duration| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1);
        let request = pb::SyncNowRequest { wait: wait.is_some(), timeout_ms: wait.map_or(0, ms) };
        let mut request = Request::new(request);
        request.extensions_mut().insert(Patience(wait.unwrap_or_default()));
        synced_from_pb(self.sync_service().sync_now(request).await?.into_inner())
    }
}
