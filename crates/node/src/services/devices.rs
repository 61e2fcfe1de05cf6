//! The devices of the vault, and letting another one in.

use haven_api::convert::devices::{device_to_pb, link_state_to_pb, link_to_pb};
use haven_api::devices::{Admitted, Device, Link, LinkState, link_url};
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::pb;
use haven_api::pb::device_service_server::DeviceService;
use haven_engine::command::{Command, Fault, LinkEnd, Reply};
use haven_engine::join::could_be_words;
use haven_engine::view::Linking;
use haven_feed::FeedId;
use tonic::{Request, Response, Status};
use zeroize::Zeroizing;

use super::status::device;
use super::watching::{Shown, states};
use super::{Answers, confirmed, joining, kit, names, unexpected};
use crate::keeper::order::Refused;
use crate::node::Node;
use crate::snapshot::Snapshot;

pub(super) struct Devices(pub(super) Node);

#[tonic::async_trait]
impl DeviceService for Devices {
    type WatchLinkStream = Answers<pb::WatchLinkResponse>;
    type JoinVaultStream = Answers<pb::JoinVaultResponse>;

    async fn list_devices(
        &self,
        _: Request<pb::ListDevicesRequest>,
    ) -> Result<Response<pb::ListDevicesResponse>, Status> {
        let snapshot = self.0.opened()?;
        let devices = snapshot.view.status.devices.iter().map(|shown| device_to_pb(device(shown))).collect();
        Ok(Response::new(pb::ListDevicesResponse { devices }))
    }

    async fn rename_device(
        &self,
        request: Request<pb::RenameDeviceRequest>,
    ) -> Result<Response<pb::RenameDeviceResponse>, Status> {
        let request = request.into_inner();
        let name = names::device(&request.name)?.to_owned();
        let feed = names::feed(&self.0.opened()?.view.status.devices, &request.id)?;
        self.0.command(Command::RenameDevice { feed, name }).await?;
        let snapshot = self.0.opened()?;
        let renamed = snapshot.view.status.devices.iter().find(|shown| shown.id == feed.to_string());
        let renamed = device(renamed.ok_or_else(unexpected)?);
        Ok(Response::new(pb::RenameDeviceResponse { device: Some(device_to_pb(renamed)) }))
    }

    async fn remove_device(
        &self,
        request: Request<pb::RemoveDeviceRequest>,
    ) -> Result<Response<pb::RemoveDeviceResponse>, Status> {
        let pb::RemoveDeviceRequest { id, passphrase, kit, check_only } = request.into_inner();
        let (passphrase, typed) = (Zeroizing::new(passphrase), Zeroizing::new(kit));
        let snapshot = self.0.opened()?;
        let feed = names::feed(&snapshot.view.status.devices, &id)?;
        let goes = listed(&snapshot, &feed).ok_or_else(unexpected)?;
        may_go(&goes)?;
        let kit = if typed.is_empty() { None } else { Some(kit::read(&typed)?) };
        if check_only {
            let device = Some(device_to_pb(goes));
            return Ok(Response::new(pb::RemoveDeviceResponse { device, ..Default::default() }));
        }
        confirmed(&self.0, passphrase).await?;
        let remove = || Command::RemoveDevice { feed, kit: kit.clone() };
        let (epoch, aside) = kit::changed(&self.0, remove).await?;
        let gone = self.0.opened()?;
        let device = listed(&gone, &feed).map(device_to_pb);
        Ok(Response::new(pb::RemoveDeviceResponse { device, epoch, aside }))
    }

    async fn start_link(
        &self,
        _: Request<pb::StartLinkRequest>,
    ) -> Result<Response<pb::StartLinkResponse>, Status> {
        let snapshot = self.0.opened()?;
        let server_url = snapshot.view.status.server.clone().ok_or(Refused::Fault(Fault::NoServer))?;
        let Reply::LinkStarted(started) = self.0.command_online(|| Command::StartLink).await? else {
            return Err(unexpected());
        };
        let url = link_url(&started.code, &server_url);
        let link = Link { code: started.code, server_url, expires: started.expires, url };
        Ok(Response::new(link_to_pb(link)))
    }

    async fn watch_link(
        &self,
        _: Request<pb::WatchLinkRequest>,
    ) -> Result<Response<Self::WatchLinkStream>, Status> {
        let snapshot = self.0.opened()?;
        match snapshot.linking() {
            Linking::None => return Err(Refused::Fault(Fault::NoLinking).into()),
            // What is over is nothing to wait for, whatever ended it.
            Linking::Void { why } => {
                let over = ApiError::new(Reason::NoLink, "no device is being linked");
                return Err(over.because(format!("the last code doesn't count any more: {why}")).into());
            }
            _ => {}
        }
        let mut watched = Watched { linkings: snapshot.view.status.linkings, was_let_in: false };
        Ok(Response::new(Box::pin(states(&self.0, move |snapshot, _| watched.shown(snapshot)))))
    }

    async fn confirm_link(
        &self,
        request: Request<pb::ConfirmLinkRequest>,
    ) -> Result<Response<pb::ConfirmLinkResponse>, Status> {
        let pb::ConfirmLinkRequest { words, passphrase, check_only } = request.into_inner();
        let passphrase = Zeroizing::new(passphrase);
        self.0.opened()?;
        if check_only {
            return match could_be_words(&words) {
                true => Ok(Response::new(pb::ConfirmLinkResponse::default())),
                false => Err(Refused::Fault(Fault::WordsMistyped).into()),
            };
        }
        confirmed(&self.0, passphrase).await?;
        let confirm = || Command::ConfirmLink { words: words.clone() };
        let Reply::Linked { device, words } = self.0.command_online(confirm).await? else {
            return Err(unexpected());
        };
        let snapshot = self.0.opened()?;
        let device = listed(&snapshot, &device).ok_or_else(unexpected)?;
        Ok(Response::new(pb::ConfirmLinkResponse { device: Some(device_to_pb(device)), words }))
    }

    async fn cancel_link(
        &self,
        _: Request<pb::CancelLinkRequest>,
    ) -> Result<Response<pb::CancelLinkResponse>, Status> {
        self.0.opened()?;
        match self.0.command(Command::CancelLink).await {
            Ok(_) | Err(Refused::Fault(Fault::NoLinking | Fault::LinkVoid(_))) => {
                Ok(Response::new(pb::CancelLinkResponse {}))
            }
            Err(refused) => Err(refused.into()),
        }
    }

    async fn join_vault(
        &self,
        request: Request<pb::JoinVaultRequest>,
    ) -> Result<Response<Self::JoinVaultStream>, Status> {
        joining::join(&self.0, request.into_inner()).await.map(Response::new)
    }

    async fn confirm_join(
        &self,
        request: Request<pb::ConfirmJoinRequest>,
    ) -> Result<Response<pb::ConfirmJoinResponse>, Status> {
        joining::confirm(&self.0, request.into_inner().words).await?;
        Ok(Response::new(pb::ConfirmJoinResponse {}))
    }
}

/// Whether a device can be taken out, as far as the list says; nobody has to type a passphrase to hear that it can't.
fn may_go(device: &Device) -> Result<(), Refused> {
    match device {
        Device { this: true, .. } => Err(Refused::Fault(Fault::OwnRemoval)),
        Device { removed: true, .. } => Err(Refused::Fault(Fault::DeviceGone)),
        _ => Ok(()),
    }
}

/// A device as it is listed.
fn listed(snapshot: &Snapshot, feed: &FeedId) -> Option<Device> {
    let id = feed.to_string();
    snapshot.view.status.devices.iter().find(|shown| shown.id == id).map(device)
}

/// A linking that somebody watches.
struct Watched {
    /// Which one it is.
    linkings: u64,
    was_let_in: bool,
}

impl Watched {
    /// Where it stands. Whoever waits for one device is never told about another.
    fn shown(&mut self, snapshot: &Snapshot) -> Shown<pb::WatchLinkResponse> {
        if snapshot.view.status.linkings != self.linkings {
            return Shown::Last(link_state_to_pb(LinkState::Failed(Box::new(self.replaced()))));
        }
        let Some(state) = link_state(snapshot) else { return Shown::Over };
        self.was_let_in |= matches!(state, LinkState::Comparing(_));
        let goes_on =
            matches!(state, LinkState::Waiting { .. } | LinkState::Answered { .. } | LinkState::Comparing(_));
        let state = link_state_to_pb(state);
        if goes_on { Shown::State(state) } else { Shown::Last(state) }
    }

    /// What ended it when another took its place: nobody waits for a sign of its device any more.
    fn replaced(&self) -> ApiError {
        if self.was_let_in {
            return Refused::Fault(Fault::LinkVoid(LinkEnd::NeverIn)).into();
        }
        ApiError::new(Reason::NoLink, "no device was let in")
            .because("another code was made on this device, and this one doesn't count any more")
            .with_next("Go on with the newer code.")
    }
}

/// Where a linking stands; nothing once there is none.
fn link_state(snapshot: &Snapshot) -> Option<LinkState> {
    Some(match snapshot.linking() {
        Linking::None => return None,
        Linking::Waiting { expires } => LinkState::Waiting { expires: *expires },
        Linking::Answered { device, .. } => LinkState::Answered { device_name: device.clone() },
        Linking::Comparing { device, words } => {
            LinkState::Comparing(Admitted { device: listed(snapshot, device)?, words: words.clone() })
        }
        Linking::Done { device } => LinkState::Done(listed(snapshot, device)?),
        Linking::Void { why: LinkEnd::Expired } => LinkState::Expired,
        Linking::Void { why } => {
            LinkState::Failed(Box::new(ApiError::from(Refused::Fault(Fault::LinkVoid(*why)))))
        }
    })
}
