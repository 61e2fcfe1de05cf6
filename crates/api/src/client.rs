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
mod measures;
mod practice;
mod support;
mod vault;
mod watch;

use std::time::Duration;

use bytes::Bytes;
use haven_core::support::Country;
use haven_core::time::CivilTime;
use prost::Message;
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codegen::http::Uri;
use tonic::codegen::{Body as HttpBody, StdError};

use crate::convert::text;
use crate::error::{ApiError, ErrorReason};
use crate::limits::{LINES_MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX};
use crate::pb;

pub use grants::Page;
pub use watch::{Events, Export, Joining, Linking, Shown, Watch};

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
    transport: T,
    origin: Uri,
    now: Option<fn() -> CivilTime>,
    country: Option<Country>,
}

/// Makes the generated client of a service, which is as cheap as the clone of a transport.
macro_rules! service {
    ($name:ident, $client:ty) => {
        fn $name(&self) -> $client {
            <$client>::with_origin(self.transport.clone(), self.origin.clone())
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
        Self { transport, origin, now: None, country: None }
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

    fn journal_service(&self) -> pb::journal_service_client::JournalServiceClient<T> {
        pb::journal_service_client::JournalServiceClient::with_origin(
            self.transport.clone(),
            self.origin.clone(),
        )
        .max_decoding_message_size(LINES_MESSAGE_BYTES_MAX)
    }

    service!(vault_service, pb::vault_service_client::VaultServiceClient<T>);
    service!(sync_service, pb::sync_service_client::SyncServiceClient<T>);
    service!(event_service, pb::event_service_client::EventServiceClient<T>);
    service!(draft_service, pb::draft_service_client::DraftServiceClient<T>);
    service!(practice_service, pb::practice_service_client::PracticeServiceClient<T>);
    service!(measure_service, pb::measure_service_client::MeasureServiceClient<T>);
    service!(progress_service, pb::progress_service_client::ProgressServiceClient<T>);
    service!(people_service, pb::people_service_client::PeopleServiceClient<T>);
    service!(support_service, pb::support_service_client::SupportServiceClient<T>);
    service!(device_service, pb::device_service_client::DeviceServiceClient<T>);
    service!(alarm_service, pb::alarm_service_client::AlarmServiceClient<T>);
    service!(grant_service, pb::grant_service_client::GrantServiceClient<T>);
    service!(daemon_service, pb::daemon_service_client::DaemonServiceClient<T>);
}

/// Refuses a request that no device would read: it would only find the connection closed in the middle of sending.
fn fitting<M: Message>(request: M) -> Result<M, ApiError> {
    if request.encoded_len() <= MESSAGE_BYTES_MAX {
        return Ok(request);
    }
    Err(ApiError::new(ErrorReason::TooLarge, "not sent"))
}
