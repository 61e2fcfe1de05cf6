//! Restoring a vault from its recovery kit.

use super::{Client, Restoring, Transport, Watch};
use crate::convert::restore::restore_to_pb;
use crate::error::ApiError;
use crate::pb;
use crate::restore::Restore;

impl<T: Transport> Client<T> {
    /// Checks that a vault could be restored with what was typed, before its person is asked for a passphrase. No server is asked.
    ///
    /// # Errors
    /// `VAULT_EXISTS`, `CODE_MALFORMED`, `INVALID_ARGUMENT`.
    pub async fn check_restore(&self, restore: Restore) -> Result<(), ApiError> {
        let request = pb::RestoreVaultRequest { check_only: true, ..restore_to_pb(restore) };
        self.restore_service().restore_vault(request).await?.into_inner().message().await?;
        Ok(())
    }

    /// Restores a vault on a device that has none.
    ///
    /// # Errors
    /// `VAULT_EXISTS`, `WEAK_PASSPHRASE`, `CODE_MALFORMED`; while watching `KIT_REPLACED`, `NOT_FOUND`, `SERVER_UNREACHABLE`,
    /// `SERVER_IDENTITY_CHANGED`, `SERVER_REFUSED`, `TIMED_OUT`.
    pub async fn restore_vault(&self, restore: Restore) -> Result<Restoring, ApiError> {
        Ok(Watch::new(self.restore_service().restore_vault(restore_to_pb(restore)).await?))
    }

    /// Says which of the journals found it is, for the restoring under way.
    ///
    /// # Errors
    /// `NO_LINK`, `NOT_FOUND`.
    pub async fn confirm_restore(&self, vault: &str) -> Result<(), ApiError> {
        let request = pb::ConfirmRestoreRequest { vault: vault.to_owned() };
        self.restore_service().confirm_restore(request).await?;
        Ok(())
    }
}
