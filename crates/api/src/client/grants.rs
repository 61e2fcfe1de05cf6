//! Who else may call this device.

use haven_core::time::Timestamp;

use super::{Client, Transport};
use crate::convert::grants::{grant_from_pb, scope_to_pb, some};
use crate::convert::sent;
use crate::error::ApiError;
use crate::grants::{Grant, Scope};
use crate::pb;

/// An address under which a browser gets a session, once.
#[derive(Clone, PartialEq, Eq)]
pub struct Page {
    /// The address; empty if it was written to a file.
    pub url: String,
    /// The file; empty unless asked for.
    pub file: String,
    /// Until when it is good.
    pub ends: Timestamp,
}

impl<T: Transport> Client<T> {
    /// Makes a grant for a plug-in; gives its token, which nobody shows again.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`: the name, the scopes or the end; or there are too many grants.
    pub async fn create_grant(
        &self,
        name: &str,
        scopes: impl IntoIterator<Item = Scope>,
        ends: Option<Timestamp>,
    ) -> Result<(Grant, String), ApiError> {
        let request = pb::CreateGrantRequest {
            name: name.to_owned(),
            scopes: scopes.into_iter().map(|scope| scope_to_pb(scope).into()).collect(),
            ends_ms: ends.map_or(0, Timestamp::as_millis),
        };
        let made = self.grant_service().create_grant(request).await?.into_inner();
        Ok((grant_from_pb(made.grant)?, made.token))
    }

    /// Lists the grants that have not ended, plug-ins first.
    ///
    /// # Errors
    /// The device cannot be reached.
    pub async fn grants(&self) -> Result<Vec<Grant>, ApiError> {
        let listed = self.grant_service().list_grants(pb::ListGrantsRequest {}).await?.into_inner();
        listed.grants.into_iter().map(|grant| grant_from_pb(Some(grant))).collect()
    }

    /// Ends a grant, by its id, the beginning of it, or its name.
    ///
    /// # Errors
    /// `NOT_FOUND`, `AMBIGUOUS_ID`.
    pub async fn revoke_grant(&self, id: &str) -> Result<Grant, ApiError> {
        let request = pb::RevokeGrantRequest { id: id.to_owned() };
        grant_from_pb(self.grant_service().revoke_grant(request).await?.into_inner().grant)
    }

    /// Opens the door on loopback and gives the address for a browser, in a file if wanted.
    ///
    /// # Errors
    /// `UNSUPPORTED`: this system has no such door; `CONFIRMATION_NEEDED`: the settings keep it shut.
    pub async fn open_page(&self, as_file: bool) -> Result<Page, ApiError> {
        let page = self.grant_service().open_page(pb::OpenPageRequest { as_file }).await?.into_inner();
        let ends = sent(some(page.ends_ms), "end")?;
        Ok(Page { url: page.url, file: page.file, ends })
    }
}
