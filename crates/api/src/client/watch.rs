//! Streams of a device, read one by one.

use tonic::Streaming;

use crate::convert::{devices, restore, vault};
use crate::devices::{JoinState, LinkState};
use crate::error::ApiError;
use crate::journal::{ExportFile, Exported};
use crate::pb;
use crate::restore::RestoreState;
use crate::vault::Event;

/// A message that a stream carries and what it shows.
pub trait Shown {
    /// What a client sees of it.
    type As;

    /// Reads it.
    ///
    /// # Errors
    /// The device wrote something that is none.
    fn show(self) -> Result<Self::As, ApiError>;
}

/// A stream of what a device says. Dropping it ends it.
pub struct Watch<M> {
    stream: Streaming<M>,
}

/// The states of the device, for as long as somebody watches.
pub type Events = Watch<pb::WatchEventsResponse>;

/// The states of the link under way.
pub type Linking = Watch<pb::WatchLinkResponse>;

/// How far joining gets.
pub type Joining = Watch<pb::JoinVaultResponse>;

/// How far restoring gets.
pub type Restoring = Watch<pb::RestoreVaultResponse>;

/// Everything, in batches.
pub type Export = Watch<pb::ExportEntriesResponse>;

impl<M: Shown> Watch<M> {
    pub(super) fn new(response: tonic::Response<Streaming<M>>) -> Self {
        Self { stream: response.into_inner() }
    }

    /// Waits for the next; `None` once the device has said all.
    ///
    /// # Errors
    /// The device ended it with an error, or cannot be reached any more.
    pub async fn next(&mut self) -> Result<Option<M::As>, ApiError> {
        self.stream.message().await?.map(M::show).transpose()
    }
}

impl Shown for pb::WatchEventsResponse {
    type As = Event;

    fn show(self) -> Result<Event, ApiError> {
        vault::event_from_pb(self)
    }
}

impl Shown for pb::WatchLinkResponse {
    type As = LinkState;

    fn show(self) -> Result<LinkState, ApiError> {
        devices::link_state_from_pb(self)
    }
}

impl Shown for pb::JoinVaultResponse {
    type As = JoinState;

    fn show(self) -> Result<JoinState, ApiError> {
        devices::join_state_from_pb(self)
    }
}

impl Shown for pb::RestoreVaultResponse {
    type As = RestoreState;

    fn show(self) -> Result<RestoreState, ApiError> {
        restore::state_from_pb(self)
    }
}

impl Shown for pb::ExportEntriesResponse {
    type As = Exported;

    fn show(self) -> Result<Exported, ApiError> {
        let file = |file: pb::ExportFile| ExportFile { name: file.name, content: file.content };
        Ok(Exported { lines: self.lines, files: self.files.into_iter().map(file).collect() })
    }
}
