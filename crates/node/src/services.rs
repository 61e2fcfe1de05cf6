//! The services of `haven.v1`, written once for every transport. What a client sent becomes the domain's types here, or is
//! refused here; lists, search and status look at the snapshot and never wait for the keeper.

mod alarms;
mod definitions;
mod desk;
mod devices;
mod drafts;
mod envelope;
mod events;
mod export;
mod feelings;
mod filter;
mod import;
mod joining;
mod journal;
mod kit;
mod language;
mod measures;
mod names;
mod near;
mod page;
mod people;
mod practice;
mod progress;
mod restoring;
mod server;
mod status;
mod strength;
mod support;
mod sync;
mod tags;
mod vault;
mod walk;
mod watching;

use std::pin::Pin;
use std::sync::Arc;

use haven_api::error::{ApiError, ErrorReason};
use haven_api::limits::{LINES_MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX};
use haven_api::pb;
use haven_api::pb::journal_service_server::JournalServiceServer;
use tokio_stream::Stream;
use tonic::Status;
use tonic::service::Routes;
use zeroize::Zeroizing;

pub use self::envelope::{Envelope, Enveloped};

use self::definitions::Definitions;
use self::desk::Desk;
pub(crate) use self::status::of_problem;

use crate::node::Node;

/// The engine answered something else than was asked: a fault of our own.
fn unexpected() -> Status {
    ApiError::new(ErrorReason::Internal, "a fault of Haven's own").with_next("Please report it.").into()
}

/// Has the person say by the passphrase that it's them; counted as every try is.
async fn confirmed(node: &Node, passphrase: Zeroizing<String>) -> Result<(), ApiError> {
    node.try_passphrase(move |locked| locked.check(&passphrase)).await?;
    Ok(node.passed().await?)
}

/// What a server-streaming call gives.
type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

impl Node {
    /// The services, for any gRPC transport. Put [`Envelope`] round the transport's service.
    pub fn routes(&self) -> Routes {
        let (node, desk) = (|| self.clone(), Arc::new(Desk { shelf: self.shelf() }));
        // It alone takes and gives the lines of exports.
        let journal = JournalServiceServer::new(journal::Journal::new(node(), desk.clone()))
            .max_decoding_message_size(LINES_MESSAGE_BYTES_MAX)
            .max_encoding_message_size(LINES_MESSAGE_BYTES_MAX);
        macro_rules! add {
            ($($room:ident::$server:ident($service:expr)),* $(,)?) => {
                Routes::new(journal)$(.add_service(
                    pb::$room::$server::new($service)
                        .max_decoding_message_size(MESSAGE_BYTES_MAX)
                        .max_encoding_message_size(MESSAGE_BYTES_MAX),
                ))*
            };
        }
        let definitions = Definitions { node: node(), desk: desk.clone() };
        add![
            vault_service_server::VaultServiceServer(vault::Vault(node())),
            draft_service_server::DraftServiceServer(drafts::Drafts { node: node(), desk: desk.clone() }),
            practice_service_server::PracticeServiceServer(practice::Practice(definitions.clone())),
            measure_service_server::MeasureServiceServer(measures::MeasureRoom {
                node: node(),
                desk: desk.clone(),
                definitions: definitions.clone(),
            }),
            walk_service_server::WalkServiceServer(walk::Walks::new(node(), desk.clone(), definitions)),
            progress_service_server::ProgressServiceServer(progress::Progress {
                node: node(),
                desk: desk.clone()
            }),
            support_service_server::SupportServiceServer(support::Support { node: node(), desk }),
            people_service_server::PeopleServiceServer(people::People(node())),
            device_service_server::DeviceServiceServer(devices::Devices(node())),
            restore_service_server::RestoreServiceServer(restoring::Restores(node())),
            sync_service_server::SyncServiceServer(sync::Sync(node())),
            kit_service_server::KitServiceServer(kit::Kits(node())),
            alarm_service_server::AlarmServiceServer(alarms::Alarms(node())),
            event_service_server::EventServiceServer(events::Events(node())),
        ]
    }
}
