//! The recovery kit.

use super::{Client, Transport};
use crate::error::ApiError;
use crate::kit::KitCheck;
use crate::pb;

impl<T: Transport> Client<T> {
    /// Draws the code of a new kit. Nothing is changed, and nobody keeps it.
    ///
    /// # Errors
    /// `LOCKED`.
    pub async fn draft_kit(&self) -> Result<String, ApiError> {
        Ok(self.kit_service().draft_kit(pb::DraftKitRequest {}).await?.into_inner().code)
    }

    /// Says whether a code is that of the vault's kit.
    ///
    /// # Errors
    /// `LOCKED`, `CODE_MALFORMED`.
    pub async fn verify_kit(&self, code: String) -> Result<KitCheck, ApiError> {
        let pb::VerifyKitResponse { valid, replaced, vault } =
            self.kit_service().verify_kit(pb::VerifyKitRequest { code }).await?.into_inner();
        Ok(KitCheck { valid, replaced, vault })
    }

    /// Puts a kit, typed back by its person, in the place of the present one. Gives the number of the span of keys that begins.
    ///
    /// # Errors
    /// `LOCKED`, `WRONG_PASSPHRASE`, `CODE_MALFORMED`, `NO_SERVER`, `SERVER_UNREACHABLE`, `DEVICES_CHANGED`; `OUTCOME_UNKNOWN` where
    /// it may have happened.
    pub async fn renew_kit(&self, code: String, passphrase: String) -> Result<u32, ApiError> {
        let request = pb::RenewKitRequest { passphrase, code };
        Ok(self.kit_service().renew_kit(request).await?.into_inner().epoch)
    }
}
