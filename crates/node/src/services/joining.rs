//! Joining a vault: what a new device tells its person while the engine and the server decide.

use std::sync::Arc;

use futures_util::stream::unfold;
use haven_api::convert::devices::{join_from_pb, join_state_to_pb};
use haven_api::devices::{Join, JoinState};
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::pb;
use haven_engine::join::{Farewell, JoinFault, JoinStep, Joining};
use haven_engine::vault::{self, Created};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tonic::Status;
use zeroize::Zeroizing;

use super::server::{self, NotReached};
use super::vault::strong_enough;
use super::{Answers, names};
use crate::host::{HostEntropy, Task};
use crate::keeper::order::{Found, Refused};
use crate::limits::{COMPARE_MS, JOIN_MS};
use crate::link::JoinLink;
use crate::node::{Node, Typed};

/// What failed, whatever the reason.
pub(super) const NOT_JOINED: &str = "not joined";

/// Begins to join; what was typed is checked at once, the rest is told by the stream.
pub(super) async fn join(
    node: &Node,
    request: pb::JoinVaultRequest,
) -> Result<Answers<pb::JoinVaultResponse>, Status> {
    let is_check = request.check_only;
    let Join { code, server_url, device_name, passphrase } = join_from_pb(request);
    let (code, passphrase) = (Zeroizing::new(code), Zeroizing::new(passphrase));
    if matches!(node.found().await?, Found::Vault) {
        return Err(Refused::VaultExists.into());
    }
    let name = names::device(&device_name)?;
    let url = server::address(&server_url)?.to_owned();
    let (joining, first) =
        Joining::start(&code, name, &mut HostEntropy(&**node.host())).map_err(|fault| of_join(&fault))?;
    // Last: whoever has to find another passphrase shall not hear of a mistyped code only then.
    if is_check {
        return Ok(Box::pin(futures_util::stream::empty()));
    }
    strong_enough(&**node.host(), &passphrase)?;
    let permit = node.begin_joining().ok_or_else(|| {
        ApiError::invalid(NOT_JOINED, "this device is joining already")
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

/// Compares words four to six for the device on its way in.
pub(super) async fn confirm(node: &Node, words: String) -> Result<(), ApiError> {
    let none = || {
        ApiError::new(Reason::NoLink, NOT_JOINED)
            .because("no other device has let this one in yet, or it's over already")
            .with_next("Begin to join; the words are wanted once the other device shows them.")
            .at_terminal("Begin with `haven device join CODE`; it asks for the words itself.")
    };
    node.compare(words).await.unwrap_or_else(|| Err(none()))
}

/// A device on its way in.
struct Newcomer {
    node: Node,
    phase: Phase,
    url: String,
    passphrase: Zeroizing<String>,
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
    /// The other device has let this one in, so far as it says; words four to six are waited for.
    Comparing(Box<Joining>, JoinLink, mpsc::Receiver<Typed>),
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
                    let link = JoinLink::connect(self.node.host(), &self.url).await;
                    let mut link = link.map_err(|fault| NotReached::OF_JOINER.told(fault.into()))?;
                    first.send.into_iter().for_each(|message| link.send(message));
                    self.phase = Phase::Talking(joining, link);
                }
                Phase::Talking(joining, link) => {
                    if let Some(state) = self.talk(joining, link).await? {
                        return Ok(state);
                    }
                }
                Phase::Comparing(joining, link, typed) => self.compare(joining, link, typed).await?,
                Phase::Over => return Err(ApiError::new(Reason::Internal, NOT_JOINED)),
            }
        }
    }

    async fn talk(
        &mut self,
        mut joining: Box<Joining>,
        mut link: JoinLink,
    ) -> Result<Option<JoinState>, ApiError> {
        let heard = tokio::select! {
            heard = link.next() => heard.ok_or_else(cut_off)?,
            () = &mut self.deadline => return Err(too_late()),
        };
        let host = Arc::clone(self.node.host());
        let step = joining.step(heard, &mut HostEntropy(&*host)).map_err(|fault| of_join(&fault))?;
        if step.linked {
            return self.seal(joining).await.map(Some);
        }
        if step.wants_words {
            // Whoever has just let it in walks from one device to the other.
            self.deadline = host.sleep(COMPARE_MS);
            self.phase = Phase::Comparing(joining, link, self.node.await_words());
            return Ok(Some(JoinState::Comparing));
        }
        step.send.into_iter().for_each(|message| link.send(message));
        self.phase = Phase::Talking(joining, link);
        Ok(step.words.map(JoinState::Words))
    }

    /// Takes words as they are typed, until they are the right ones. Nothing goes out before.
    async fn compare(
        &mut self,
        mut joining: Box<Joining>,
        mut link: JoinLink,
        mut typed: mpsc::Receiver<Typed>,
    ) -> Result<(), ApiError> {
        let Typed { words, answer } = tokio::select! {
            typed = typed.recv() => typed.ok_or_else(|| ApiError::new(Reason::Internal, NOT_JOINED))?,
            () = &mut self.deadline => return Err(too_late()),
        };
        let (told, over) = match joining.compare(&words) {
            Ok(step) => {
                step.send.into_iter().for_each(|message| link.send(message));
                self.phase = Phase::Talking(joining, link);
                (Ok(()), Ok(()))
            }
            Err(fault @ JoinFault::WordsMistyped) => {
                self.phase = Phase::Comparing(joining, link, typed);
                (Err(of_join(&fault)), Ok(()))
            }
            Err(fault) => (Err(of_join(&fault)), Err(of_join(&fault))),
        };
        // Whoever typed them may have gone meanwhile.
        let _ = answer.send(told);
        over
    }

    /// Makes the vault on this device and opens it.
    async fn seal(&mut self, joining: Box<Joining>) -> Result<JoinState, ApiError> {
        let (host, url) = (Arc::clone(self.node.host()), self.url.clone());
        let passphrase = std::mem::take(&mut self.passphrase);
        let sealed = self.node.derive(move || {
            let cost = vault::cost(|work| host.timed(work));
            joining.seal(&passphrase, cost, &url, &mut HostEntropy(&*host))
        });
        let sealed = sealed.await?;
        let (unlocked, commit) = sealed.map_err(|fault| of_join(&fault))?;
        let made = self.node.create(Created { unlocked, commit, kit_code: Zeroizing::default() }).await?;
        if let Some(refused) = made.unopened {
            return Err(refused.into());
        }
        Ok(JoinState::Linked { vault: made.vault.to_string(), device_id: made.device.to_string() })
    }
}

/// The server was there, and is no more: the code is used up.
fn cut_off() -> ApiError {
    ApiError::new(Reason::ServerUnreachable, NOT_JOINED)
        .because("the connection to the server broke")
        .with_next("Make another code on the other device, and join again.")
        .at_terminal("Make another code with `haven device link` on the other device, and join again.")
}

/// Nobody let this device in, or nobody compared the words.
fn too_late() -> ApiError {
    ApiError::new(Reason::CodeExpired, NOT_JOINED)
}

fn of_join(fault: &JoinFault) -> ApiError {
    let reason = match fault {
        JoinFault::Ended(why) => return of_farewell(*why),
        JoinFault::Closed => {
            return ApiError::new(Reason::CodeExpired, NOT_JOINED).because(fault.to_string());
        }
        JoinFault::WordsMistyped => {
            return ApiError::invalid(NOT_JOINED, fault.to_string()).with_next("Give the three words again.");
        }
        JoinFault::OtherWords => {
            return ApiError::new(Reason::WrongWords, NOT_JOINED).because(fault.to_string()).with_next(
                "Nothing was kept here. Make a new code on your other device, where nobody else can see it, and join again.",
            );
        }
        JoinFault::Code(_) => Reason::CodeMalformed,
        JoinFault::CodeOver => Reason::CodeExpired,
        JoinFault::Linking(_) | JoinFault::OutOfTurn => Reason::CodeUsed,
        JoinFault::OtherServer | JoinFault::RosterForged => Reason::ServerIdentityChanged,
        JoinFault::Refused(_) => Reason::ServerRefused,
        JoinFault::Vault(_) => Reason::Internal,
    };
    ApiError::new(reason, NOT_JOINED).because(fault.to_string())
}

/// Why the other device let this one not in, as it said itself.
fn of_farewell(why: Farewell) -> ApiError {
    let ended = |reason, why: &str| {
        ApiError::new(reason, NOT_JOINED)
            .because(why)
            .with_next("Make another code there, and join again.")
            .at_terminal("Make another code with `haven device link` there, and join again.")
    };
    match why {
        Farewell::WrongWords => ApiError::new(Reason::WrongWords, NOT_JOINED)
            .because("the words given to the other device aren't the ones shown here"),
        Farewell::Expired => ApiError::new(Reason::CodeExpired, NOT_JOINED),
        Farewell::Cancelled => ended(Reason::Cancelled, "it was called off on the other device"),
        Farewell::RosterMoved => ended(Reason::NoLink, "the list of devices changed meanwhile"),
        Farewell::Misbehaved => ApiError::new(Reason::CodeUsed, NOT_JOINED)
            .because("the other device heard something that doesn't fit this code"),
        Farewell::UpdateNeeded => {
            ApiError::new(Reason::StorageNewer, NOT_JOINED)
                .because("one of the two devices needs an update first")
                .with_next("Nothing was kept here. Update Haven on both devices, make another code there, and join again.")
                .at_terminal("Nothing was kept here. Update Haven on both devices, make another code with `haven device link` there, and join again.")
        }
        Farewell::Other => ended(Reason::NoLink, "the other device ended the linking"),
    }
}
