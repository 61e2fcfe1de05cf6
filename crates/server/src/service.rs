//! The services of `haven.sync.v1`: read the request, ask, answer. What is decided is decided elsewhere.

mod feed;
mod mailbox;
mod roster;
mod session;
mod space;

use std::sync::Arc;

use haven_feed::limits::{LINK_BYTES_MAX, PUSH_BATCH_BYTES, PUSH_BATCH_RECORDS, RECORD_BYTES_MAX};
use haven_wire::pb;
use haven_wire::pb::server_service_server::ServerService;
use tonic::{Request, Response, Status};

use crate::pull::bytes;
use crate::server::Server;

/// The protocol this release speaks, and the oldest it still does.
const PROTOCOL_VERSION: u32 = 1;

/// Answers every call.
#[derive(Clone)]
pub(crate) struct Services(pub(crate) Arc<Server>);

#[tonic::async_trait]
impl ServerService for Services {
    async fn get_server(
        &self,
        _: Request<pb::GetServerRequest>,
    ) -> Result<Response<pb::GetServerResponse>, Status> {
        let limits = pb::ServerLimits {
            record_bytes_max: RECORD_BYTES_MAX as u64,
            push_bytes_max: PUSH_BATCH_BYTES as u64,
            push_records_max: u32::try_from(PUSH_BATCH_RECORDS).unwrap_or(u32::MAX),
            space_bytes_max: self.0.limits.space_bytes_max,
            link_bytes_max: LINK_BYTES_MAX as u64,
        };
        Ok(Response::new(pb::GetServerResponse {
            server_key: bytes(self.0.identity.key().as_bytes()),
            store_id: bytes(self.0.store_id),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol_version: PROTOCOL_VERSION,
            protocol_version_min: PROTOCOL_VERSION,
            limits: Some(limits),
        }))
    }
}
