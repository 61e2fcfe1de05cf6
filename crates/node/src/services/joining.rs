//! Joining a vault: what a new device tells its person while the engine and the server decide.

use std::sync::Arc;

use futures_util::stream::unfold;
use haven_api::convert::devices::{join_from_pb, join_state_to_pb};
use haven_api::devices::{Join, JoinState};
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::pb;
use haven_engine::join::{JoinFault, JoinStep, Joining};
use haven_engine::sync::Refusal;
use haven_engine::vault::Created;
use tokio::sync::OwnedSemaphorePermit;
use tonic::Status;

use super::vault::strong_enough;
use super::{Answers, names, server};
use crate::host::{DialFault, HostEntropy, Task};
use crate::keeper::order::{Found, Refused};
use crate::limits::JOIN_MS;
use crate::link::JoinLink;
use crate::node::Node;

/// Begins to join; what was typed is checked at once, the rest is told by the stream.
pub(super) async fn join(
    node: &Node,
    request: pb::JoinVaultRequest,
) -> Result<Answers<pb::JoinVaultResponse>, Status> {
    let Join { code, server_url, device_name, passphrase } = join_from_pb(request);
    if matches!(node.found().await?, Found::Vault) {
        return Err(Refused::VaultExists.into());
    }
    let name = names::device(&device_name)?;
    strong_enough(&**node.host(), &passphrase)?;
    let url = server::address(&server_url)?.to_owned();
    let (joining, first) =
        Joining::start(&code, name, &mut HostEntropy(&**node.host())).map_err(|fault| of_join(&fault))?;
    let permit = node.begin_joining().ok_or_else(|| {
        ApiError::invalid("not joined", "this device is joining already")
            .with_next("End the other attempt first.")
    })?;
    let newcomer = Newcomer {
        deadline: node.host().sleep(JOIN_MS),
        node: node.clone(),
        phase: Phase::Before(Box::new(joining), first),
        url,
        passphrase,
        _permit: permit,
    };
    Ok(Box::pin(unfold(Some(newcomer), |newcomer| async {
        let mut newcomer = newcomer?;
        match newcomer.next().await {
            Ok(state) => {
                let last = matches!(state, JoinState::Linked { .. });
                Some((Ok(join_state_to_pb(state)), (!last).then_some(newcomer)))
            }
            Err(error) => Some((Err(error.into()), None)),
        }
    })))
}

/// A device on its way in.
struct Newcomer {
    node: Node,
    phase: Phase,
    url: String,
    passphrase: String,
    deadline: Task,
    _permit: OwnedSemaphorePermit,
}

enum Phase {
    /// Nobody was reached yet, and the person was not told that somebody is being reached.
    Before(Box<Joining>, JoinStep),
    /// The person was told.
    Reaching(Box<Joining>, JoinStep),
    /// Messages go back and forth.
    Talking(Box<Joining>, JoinLink),
    /// Over.
    Over,
}

impl Newcomer {
    /// The next state for the person.
    async fn next(&mut self) -> Result<JoinState, ApiError> {
        loop {
            match std::mem::replace(&mut self.phase, Phase::Over) {
                Phase::Before(joining, first) => {
                    self.phase = Phase::Reaching(joining, first);
                    return Ok(JoinState::Connecting);
                }
                Phase::Reaching(joining, first) => {
                    let mut link = JoinLink::connect(self.node.host(), &self.url).await?;
                    first.send.into_iter().for_each(|message| link.send(message));
                    self.phase = Phase::Talking(joining, link);
                }
                Phase::Talking(joining, link) => {
                    if let Some(state) = self.talk(joining, link).await? {
                        return Ok(state);
                    }
                }
                Phase::Over => return Err(ApiError::new(Reason::Internal, "not joined")),
            }
        }
    }

    async fn talk(
        &mut self,
        mut joining: Box<Joining>,
        mut link: JoinLink,
    ) -> Result<Option<JoinState>, ApiError> {
        let heard = tokio::select! {
            heard = link.next() => heard.ok_or(DialFault::Unreachable)?,
            () = &mut self.deadline => return Err(ApiError::new(Reason::CodeExpired, "not joined")),
        };
        let host = Arc::clone(self.node.host());
        let step = joining.step(heard, &mut HostEntropy(&*host)).map_err(|fault| of_join(&fault))?;
        if step.linked {
            return self.seal(joining).await.map(Some);
        }
        step.send.into_iter().for_each(|message| link.send(message));
        self.phase = Phase::Talking(joining, link);
        Ok(step.words.map(JoinState::Words))
    }

    /// Makes the vault on this device and opens it.
    async fn seal(&mut self, joining: Box<Joining>) -> Result<JoinState, ApiError> {
        let (host, url) = (Arc::clone(self.node.host()), self.url.clone());
        let passphrase = std::mem::take(&mut self.passphrase);
        let sealed =
            self.node.derive(move || joining.seal(&passphrase, &url, &mut HostEntropy(&*host))).await?;
        let (unlocked, commit) = sealed.map_err(|fault| of_join(&fault))?;
        let made = self.node.create(Created { unlocked, commit, kit_code: String::new() }).await?;
        if let Some(refused) = made.unopened {
            return Err(refused.into());
        }
        Ok(JoinState::Linked { vault: made.vault.to_string(), device_id: made.device.to_string() })
    }
}

fn of_join(fault: &JoinFault) -> ApiError {
    let reason = match fault {
        JoinFault::Code(_) => Reason::CodeMalformed,
        JoinFault::CodeOver => Reason::CodeExpired,
        JoinFault::Linking(_) | JoinFault::OutOfTurn => Reason::CodeUsed,
        JoinFault::OtherServer | JoinFault::RosterForged => Reason::ServerIdentityChanged,
        JoinFault::Refused(Refusal::FeedRemoved) => Reason::DeviceRemoved,
        JoinFault::Refused(_) => Reason::ServerRefused,
        JoinFault::Vault(_) => Reason::Internal,
    };
    ApiError::new(reason, "not joined").because(fault.to_string())
}
