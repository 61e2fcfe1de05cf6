//! The client: one method for each thing a person does, over any transport that carries gRPC.
//!
//! Natively that is a connection to the daemon's socket ([`crate::unix::connect`]); in a browser, the worker that holds the
//! device. Nothing is cached and nothing is tried again: what a method returns is what the device just said.

mod alarms;
mod batches;
mod daemon;
mod devices;
mod drafts;
mod grants;
mod import;
mod journal;
mod kit;
mod measures;
mod practice;
mod restore;
mod settings;
mod speaking;
mod support;
mod vault;
mod walk;
mod watch;

use std::time::Duration;

use bytes::Bytes;
use haven_core::support::Country;
use haven_core::time::CivilTime;
use prost::Message;
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codegen::http::{HeaderValue, Uri};
use tonic::codegen::{Body as HttpBody, StdError};

use crate::convert::text;
use crate::error::{ApiError, ErrorReason};
use crate::limits::{LINES_MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX};
use crate::pb;

use self::speaking::Speaking;

pub use grants::Page;
pub use watch::{Events, Export, Joining, Linking, Restoring, Shown, Watch};

/// Whatever carries gRPC: a connection, or a service in the same process.
pub trait Transport:
    GrpcService<
        Body,
        Error: Into<StdError>,
        ResponseBody: HttpBody<Data = Bytes, Error: Into<StdError> + Send> + Send + 'static,
    > + Clone
{
}

impl<T> Transport for T where
    T: GrpcService<
            Body,
            Error: Into<StdError>,
            ResponseBody: HttpBody<Data = Bytes, Error: Into<StdError> + Send> + Send + 'static,
        > + Clone
{
}

/// How much longer than usual a call may take, for a transport that gives a silent device up: it goes along with the request.
#[derive(Clone, Copy, Debug)]
pub struct Patience(pub Duration);

/// A device to talk to. Cheap to clone; calls may overlap.
#[derive(Clone)]
pub struct Client<T> {
    transport: Speaking<T>,
    origin: Uri,
    now: Option<fn() -> CivilTime>,
    country: Option<Country>,
}

/// Makes the generated client of a service, which is as cheap as the clone of a transport.
macro_rules! service {
    ($name:ident, $room:ident::$client:ident) => {
        fn $name(&self) -> pb::$room::$client<Speaking<T>> {
            pb::$room::$client::with_origin(self.transport.clone(), self.origin.clone())
        }
    };
}

impl<T: Transport> Client<T> {
    /// Talks over a transport that needs no address, such as a socket that is connected.
    pub fn new(transport: T) -> Self {
        Self::with_origin(transport, Uri::from_static("http://haven.localhost"))
    }

    /// Talks over a transport that finds the device by an address.
    pub fn with_origin(transport: T, origin: Uri) -> Self {
        let transport = Speaking { transport, languages: None };
        Self { transport, origin, now: None, country: None }
    }

    /// Asks from now on for texts in a language, or in the first of several that is there (`de, en;q=0.5`). Without it, and for what
    /// no header can say, the device takes the one that is set.
    #[must_use]
    pub fn in_the_language(self, languages: &str) -> Self {
        let languages = HeaderValue::from_str(languages).ok();
        Self { transport: Speaking { languages, ..self.transport }, ..self }
    }

    /// Tells the device from now on in which country the person is, so that its texts name the numbers of that country.
    #[must_use]
    pub fn in_the_country(self, country: Option<Country>) -> Self {
        Self { country, ..self }
    }

    /// Tells the device from now on what time it is where the person is, wherever the client is not given a time. Without it, the
    /// device takes its own, and its daemon may have been started in another zone.
    #[must_use]
    pub fn in_the_time_of(self, now: fn() -> CivilTime) -> Self {
        Self { now: Some(now), ..self }
    }

    /// The time it is where the person is, if the client was told how to tell it.
    fn now(&self) -> Option<CivilTime> {
        self.now.map(|now| now())
    }

    /// The day it is there, as requests hold it.
    fn day(&self) -> String {
        text(self.now().map(|now| now.date()))
    }

    fn journal_service(&self) -> pb::journal_service_client::JournalServiceClient<Speaking<T>> {
        pb::journal_service_client::JournalServiceClient::with_origin(
            self.transport.clone(),
            self.origin.clone(),
        )
        .max_decoding_message_size(LINES_MESSAGE_BYTES_MAX)
    }

    service!(vault_service, vault_service_client::VaultServiceClient);
    service!(sync_service, sync_service_client::SyncServiceClient);
    service!(event_service, event_service_client::EventServiceClient);
    service!(draft_service, draft_service_client::DraftServiceClient);
    service!(practice_service, practice_service_client::PracticeServiceClient);
    service!(measure_service, measure_service_client::MeasureServiceClient);
    service!(progress_service, progress_service_client::ProgressServiceClient);
    service!(walk_service, walk_service_client::WalkServiceClient);
    service!(people_service, people_service_client::PeopleServiceClient);
    service!(support_service, support_service_client::SupportServiceClient);
    service!(device_service, device_service_client::DeviceServiceClient);
    service!(kit_service, kit_service_client::KitServiceClient);
    service!(restore_service, restore_service_client::RestoreServiceClient);
    service!(alarm_service, alarm_service_client::AlarmServiceClient);
    service!(grant_service, grant_service_client::GrantServiceClient);
    service!(settings_service, settings_service_client::SettingsServiceClient);
    service!(daemon_service, daemon_service_client::DaemonServiceClient);
}

/// Refuses a request that no device would read: it would only find the connection closed in the middle of sending.
fn fitting<M: Message>(request: M) -> Result<M, ApiError> {
    if request.encoded_len() <= MESSAGE_BYTES_MAX {
        return Ok(request);
    }
    Err(ApiError::new(ErrorReason::TooLarge, "not sent"))
}
