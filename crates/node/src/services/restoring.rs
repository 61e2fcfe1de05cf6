//! Restoring a vault from its recovery kit: what a new device tells its person while the engine and the server decide.

use std::sync::Arc;

use futures_util::stream::unfold;
use haven_api::convert::restore::{restore_from_pb, state_to_pb};
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::pb;
use haven_api::pb::restore_service_server::RestoreService;
use haven_api::restore::{FoundJournal, Restore, RestoreState};
use haven_core::time::Timestamp;
use haven_engine::restore::{FoundVault, RestoreFault, RestoreStep, Restoring};
use haven_engine::sync::{Problem, Request as Asked};
use haven_engine::vault::{self, Created, LocalKey};
use haven_feed::ids::SpaceId;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tonic::{Request, Response, Status};
use zeroize::Zeroizing;

use super::server::{self, NotReached};
use super::vault::strong_enough;
use super::{Answers, names, of_problem};
use crate::host::{HostEntropy, Task};
use crate::keeper::order::{Found, Refused};
use crate::limits::{RESTORE_ASKED_MS, RESTORE_DIAL_MS, RESTORE_DIALS_MAX};
use crate::link::RestoreLink;
use crate::node::{Node, Picked};

/// What failed, whatever the reason.
pub(super) const NOT_RESTORED: &str = "not restored";

pub(super) struct Restores(pub(super) Node);

#[tonic::async_trait]
impl RestoreService for Restores {
    type RestoreVaultStream = Answers<pb::RestoreVaultResponse>;

    async fn restore_vault(
        &self,
        request: Request<pb::RestoreVaultRequest>,
    ) -> Result<Response<Self::RestoreVaultStream>, Status> {
        restore(&self.0, request.into_inner()).await.map(Response::new)
    }

    async fn confirm_restore(
        &self,
        request: Request<pb::ConfirmRestoreRequest>,
    ) -> Result<Response<pb::ConfirmRestoreResponse>, Status> {
        let none = || {
            ApiError::new(Reason::NoLink, NOT_RESTORED)
                .because("no journal is being restored here, or it's over already")
                .with_next("Begin to restore again with the kit.")
        };
        self.0.pick(request.into_inner().vault).await.unwrap_or_else(|| Err(none()))?;
        Ok(Response::new(pb::ConfirmRestoreResponse {}))
    }
}

/// Begins to restore; what was typed is checked at once, before any server is asked.
async fn restore(
    node: &Node,
    request: pb::RestoreVaultRequest,
) -> Result<Answers<pb::RestoreVaultResponse>, Status> {
    let is_check = request.check_only;
    let Restore { code, server_url, invite, device_name, passphrase } = restore_from_pb(request);
    let (code, passphrase) = (Zeroizing::new(code), Zeroizing::new(passphrase));
    if matches!(node.found().await?, Found::Vault) {
        return Err(Refused::VaultExists.into());
    }
    let name = names::device(&device_name)?;
    let url = server::address(&server_url)?.to_owned();
    let invite = (!invite.is_empty()).then_some(invite);
    let (restoring, first) = Restoring::start(&code, name, invite, &mut HostEntropy(&**node.host()))
        .map_err(|fault| of_restore(&fault))?;
    // Last: whoever has to find another passphrase shall not hear of a mistyped code only then.
    if is_check {
        return Ok(Box::pin(futures_util::stream::empty()));
    }
    strong_enough(&**node.host(), &passphrase)?;
    let permit = node.begin_joining().ok_or_else(|| {
        ApiError::invalid(NOT_RESTORED, "this device is joining or restoring already")
            .with_next("End the other attempt first.")
    })?;
    let returner = Returner {
        node: node.clone(),
        phase: Phase::Before(first),
        restoring,
        url,
        passphrase,
        _permit: permit,
    };
    Ok(Box::pin(unfold(Some(returner), |returner| async {
        let mut returner = returner?;
        match returner.next().await {
            Ok(state) => {
                let last = matches!(state, RestoreState::Restored { .. });
                Some((Ok(state_to_pb(state)), (!last).then_some(returner)))
            }
            Err(error) => Some((Err(error.into()), None)),
        }
    })))
}

/// A device on its way back. Dropped before the person has chosen, it leaves nothing anywhere.
struct Returner {
    node: Node,
    restoring: Restoring,
    phase: Phase,
    url: String,
    passphrase: Zeroizing<String>,
    _permit: OwnedSemaphorePermit,
}

enum Phase {
    /// The person was not told yet that the server is being reached.
    Before(RestoreStep),
    /// They were.
    Reaching(RestoreStep),
    /// They look at what was found.
    Asking(RestoreLink, mpsc::Receiver<Picked>, Task),
    /// Over.
    Over,
}

impl Returner {
    /// The next state for the person.
    async fn next(&mut self) -> Result<RestoreState, ApiError> {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Before(first) => {
                self.phase = Phase::Reaching(first);
                Ok(RestoreState::Connecting)
            }
            Phase::Reaching(first) => {
                let mut link = self.connect().await?;
                self.talk(&mut link, first).await?.ok_or_else(cut_off)?;
                let late = self.node.host().sleep(RESTORE_ASKED_MS);
                self.phase = Phase::Asking(link, self.node.await_choice(), late);
                Ok(RestoreState::Found(self.restoring.found().map(found).collect()))
            }
            Phase::Asking(link, picked, late) => {
                let chosen = self.asked(picked, late).await?;
                self.add(link, chosen).await
            }
            Phase::Over => Err(ApiError::new(Reason::Internal, NOT_RESTORED)),
        }
    }

    async fn connect(&mut self) -> Result<RestoreLink, ApiError> {
        let link = RestoreLink::connect(self.node.host(), &self.url).await;
        link.map_err(|fault| NotReached::OF_RESTORED.told(fault.into()))
    }

    /// Carries questions and answers until the person or the disk is next; nothing if the connection breaks.
    async fn talk(&mut self, link: &mut RestoreLink, mut step: RestoreStep) -> Result<Option<()>, ApiError> {
        while let RestoreStep::Send(message) = step {
            let Some(answer) = link.ask(message).await else { return Ok(None) };
            let host = Arc::clone(self.node.host());
            let taken = self.restoring.step(answer, &mut HostEntropy(&*host));
            step = taken.map_err(|fault| of_restore(&fault))?;
        }
        Ok(Some(()))
    }

    /// Waits for the person's choice, until it is one of the vaults found.
    async fn asked(
        &mut self,
        mut picked: mpsc::Receiver<Picked>,
        mut late: Task,
    ) -> Result<RestoreStep, ApiError> {
        loop {
            let Picked { vault, answer } = tokio::select! {
                picked = picked.recv() => picked.ok_or_else(|| ApiError::new(Reason::Internal, NOT_RESTORED))?,
                () = &mut late => return Err(too_late()),
            };
            let space = self.restoring.found().map(|found| found.space).find(|space| shown(*space) == vault);
            let chosen = space.and_then(|space| self.restoring.choose(space).ok());
            let other =
                || ApiError::new(Reason::NotFound, NOT_RESTORED).because("that's none of the journals found");
            // Whoever chose may have gone meanwhile; the word counts.
            let _ = answer.send(if chosen.is_some() { Ok(()) } else { Err(other()) });
            if let Some(step) = chosen {
                return Ok(step);
            }
        }
    }

    /// Adds this device and makes the vault here. The passphrase is stretched first: between the link and the disk nothing is slow.
    async fn add(&mut self, mut link: RestoreLink, mut step: RestoreStep) -> Result<RestoreState, ApiError> {
        let (local, wrapped) = self.guard().await?;
        for _ in 0..RESTORE_DIALS_MAX {
            if self.talk(&mut link, step).await?.is_some() {
                return self.seal(local, wrapped).await;
            }
            self.node.host().sleep(RESTORE_DIAL_MS).await;
            link = self.connect().await?;
            step = self.restoring.again().ok_or_else(cut_off)?;
        }
        Err(cut_off())
    }

    async fn guard(&mut self) -> Result<(LocalKey, Vec<u8>), ApiError> {
        let (host, passphrase) = (Arc::clone(self.node.host()), std::mem::take(&mut self.passphrase));
        let guarded = self.node.derive(move || {
            let cost = vault::cost(|work| host.timed(work));
            vault::guarded(&passphrase, cost, &mut HostEntropy(&*host))
        });
        Ok(guarded.await?.map_err(Refused::from)?)
    }

    async fn seal(&mut self, local: LocalKey, wrapped: Vec<u8>) -> Result<RestoreState, ApiError> {
        let host = Arc::clone(self.node.host());
        let sealed = self.restoring.seal(local, wrapped, &self.url, &mut HostEntropy(&*host));
        let (unlocked, commit) = sealed.map_err(|fault| of_restore(&fault))?;
        let made = self.node.create(Created { unlocked, commit, kit_code: Zeroizing::default() }).await?;
        if let Some(refused) = made.unopened {
            return Err(refused.into());
        }
        Ok(RestoreState::Restored { vault: made.vault.to_string(), device_id: made.device.to_string() })
    }
}

fn shown(space: SpaceId) -> String {
    space.to_string()
}

fn found(vault: FoundVault) -> FoundJournal {
    let (newest, newest_device) = vault.newest.unzip();
    FoundJournal {
        vault: shown(vault.space),
        devices: vault.devices,
        newest: newest.map(Timestamp::from_millis),
        newest_device: newest_device.unwrap_or_default(),
    }
}

/// The server was there, and is no more.
fn cut_off() -> ApiError {
    ApiError::new(Reason::ServerUnreachable, NOT_RESTORED)
        .because("the connection to the server broke")
        .with_next("Nothing was kept here. Restore again once the server answers.")
}

fn too_late() -> ApiError {
    ApiError::new(Reason::TimedOut, NOT_RESTORED)
        .because("nobody said whether that's the right journal")
        .with_next("Nothing was kept here. Restore again.")
}

fn of_restore(fault: &RestoreFault) -> ApiError {
    let told = |reason, next: &str| {
        ApiError::new(reason, NOT_RESTORED)
            .because(fault.to_string())
            .with_next(format!("Nothing was kept here. {next}"))
    };
    match fault {
        RestoreFault::Code(_) => ApiError::new(Reason::CodeMalformed, NOT_RESTORED)
            .because(fault.to_string())
            .with_next("Compare it with the paper, letter by letter. No server was asked."),
        RestoreFault::NameTooLong => ApiError::invalid(NOT_RESTORED, fault).with_next("Give a shorter name."),
        RestoreFault::Invite(_) => told(Reason::InviteInvalid, "Copy the invite once more, or leave it out."),
        RestoreFault::OtherServer => {
            told(Reason::ServerIdentityChanged, "Check the address: something else may answer there.")
        }
        RestoreFault::NoVault => {
            told(Reason::NotFound, "Check the server's address, and whether this is the kit of that journal.")
        }
        RestoreFault::Replaced => told(Reason::KitReplaced, "Use the newer kit."),
        RestoreFault::Forged => told(
            Reason::ServerRefused,
            "Don't go on with this server before you know why: it may have lost something, or hold something back.",
        ),
        RestoreFault::KeyUnreadable => {
            told(Reason::NewKeyUnreadable, "If you still have a device with this journal, use that one.")
        }
        RestoreFault::Newer => told(Reason::StorageNewer, "Update Haven on this device, and restore again."),
        RestoreFault::NoRoom => told(Reason::ServerRefused, "A device has to be removed first."),
        RestoreFault::Moved => told(Reason::TimedOut, "Restore again in a moment."),
        RestoreFault::Refused(refusal) => of_problem(Problem::Refused(Asked::LogIn, *refusal), NOT_RESTORED),
        RestoreFault::OutOfTurn => told(Reason::ServerRefused, "Restore again; if it stays, report it."),
    }
}
