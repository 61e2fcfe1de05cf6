//! Devices, and how another one joins.

use super::{Client, Joining, Linking, Transport, Watch};
use crate::convert::devices::{device_from_pb, join_to_pb, link_from_pb};
use crate::devices::{Admitted, Device, Join, Link, Removed};
use crate::error::ApiError;
use crate::pb;

impl<T: Transport> Client<T> {
    /// Names the devices of the vault, the removed ones too.
    ///
    /// # Errors
    /// `LOCKED`.
    pub async fn devices(&self) -> Result<Vec<Device>, ApiError> {
        let listed = self.device_service().list_devices(pb::ListDevicesRequest {}).await?.into_inner();
        listed.devices.into_iter().map(|device| device_from_pb(Some(device))).collect()
    }

    /// Gives a device another name.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `AMBIGUOUS_ID`, `INVALID_ARGUMENT`.
    pub async fn rename_device(&self, id: &str, name: &str) -> Result<Device, ApiError> {
        let request = pb::RenameDeviceRequest { id: id.to_owned(), name: name.to_owned() };
        device_from_pb(self.device_service().rename_device(request).await?.into_inner().device)
    }

    /// Takes a device out of the vault; with the code of a new kit, typed back by its person, the kit is replaced with it.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `AMBIGUOUS_ID`, `WRONG_PASSPHRASE`, `CODE_MALFORMED`, `NO_SERVER`, `SERVER_UNREACHABLE`,
    /// `DEVICES_CHANGED`; `OUTCOME_UNKNOWN` where it may have happened.
    pub async fn remove_device(
        &self,
        id: &str,
        passphrase: String,
        kit: Option<String>,
    ) -> Result<Removed, ApiError> {
        let kit = kit.unwrap_or_default();
        let request = pb::RemoveDeviceRequest { id: id.to_owned(), passphrase, kit, check_only: false };
        let removed = self.device_service().remove_device(request).await?.into_inner();
        let device = device_from_pb(removed.device)?;
        Ok(Removed { device, epoch: removed.epoch, aside: removed.aside })
    }

    /// Checks that a device could be taken out, before the person is asked for the passphrase. Nothing is changed.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `AMBIGUOUS_ID`, `INVALID_ARGUMENT`.
    pub async fn check_removal(&self, id: &str) -> Result<Device, ApiError> {
        let request = pb::RemoveDeviceRequest { id: id.to_owned(), check_only: true, ..Default::default() };
        device_from_pb(self.device_service().remove_device(request).await?.into_inner().device)
    }

    /// Makes a code for one new device, good for two minutes. A link under way is void then.
    ///
    /// # Errors
    /// `LOCKED`, `NO_SERVER`, `SERVER_UNREACHABLE`.
    pub async fn start_link(&self) -> Result<Link, ApiError> {
        Ok(link_from_pb(self.device_service().start_link(pb::StartLinkRequest {}).await?.into_inner()))
    }

    /// Watches the link under way, from its present state on.
    ///
    /// # Errors
    /// `LOCKED`, `NO_LINK`.
    pub async fn watch_link(&self) -> Result<Linking, ApiError> {
        Ok(Watch::new(self.device_service().watch_link(pb::WatchLinkRequest {}).await?))
    }

    /// Lets the new device in, with the words read from it and the passphrase of this one. It keeps nothing before the words given
    /// back were compared there; [`Client::watch_link`] says whether it is in.
    ///
    /// # Errors
    /// `LOCKED`, `NO_LINK`, `WRONG_WORDS` (the link is void then), `WRONG_PASSPHRASE`, `CODE_EXPIRED`.
    pub async fn confirm_link(&self, words: &str, passphrase: String) -> Result<Admitted, ApiError> {
        let request = pb::ConfirmLinkRequest { words: words.to_owned(), passphrase, check_only: false };
        let pb::ConfirmLinkResponse { device, words } =
            self.device_service().confirm_link(request).await?.into_inner();
        Ok(Admitted { device: device_from_pb(device)?, words })
    }

    /// Checks that words could be those of the new device, before its person is asked for the passphrase. Nobody is let in.
    ///
    /// # Errors
    /// `LOCKED`, `INVALID_ARGUMENT`.
    pub async fn check_link_words(&self, words: &str) -> Result<(), ApiError> {
        let words = words.to_owned();
        let request = pb::ConfirmLinkRequest { words, passphrase: String::new(), check_only: true };
        self.device_service().confirm_link(request).await?;
        Ok(())
    }

    /// Voids the link under way; also if none is.
    ///
    /// # Errors
    /// `LOCKED`.
    pub async fn cancel_link(&self) -> Result<(), ApiError> {
        self.device_service().cancel_link(pb::CancelLinkRequest {}).await?;
        Ok(())
    }

    /// Checks that a vault could be joined with what was typed, before its person is asked for a passphrase.
    ///
    /// # Errors
    /// `VAULT_EXISTS`, `CODE_MALFORMED`, `INVALID_ARGUMENT`.
    pub async fn check_join(&self, join: Join) -> Result<(), ApiError> {
        let request = pb::JoinVaultRequest { check_only: true, ..join_to_pb(join) };
        let mut states = self.device_service().join_vault(request).await?.into_inner();
        states.message().await?;
        Ok(())
    }

    /// Joins a vault from a device that has none.
    ///
    /// # Errors
    /// `VAULT_EXISTS`, `WEAK_PASSPHRASE`, `CODE_MALFORMED`; while watching `CODE_EXPIRED`, `CODE_USED`, `SERVER_UNREACHABLE`,
    /// `WRONG_WORDS` (on either device), `TIMED_OUT`.
    pub async fn join(&self, join: Join) -> Result<Joining, ApiError> {
        Ok(Watch::new(self.device_service().join_vault(join_to_pb(join)).await?))
    }

    /// Compares words four to six for the joining under way, as they were read from the other device.
    ///
    /// # Errors
    /// `NO_LINK`, `INVALID_ARGUMENT` (mistyped: they may be given again), `WRONG_WORDS` (joining is over).
    pub async fn confirm_join(&self, words: &str) -> Result<(), ApiError> {
        let request = pb::ConfirmJoinRequest { words: words.to_owned() };
        self.device_service().confirm_join(request).await?;
        Ok(())
    }
}
