//! Joining a vault: what a new device tells its person while the engine and the server decide.

use std::sync::Arc;

use futures_util::stream::unfold;
use haven_api::convert::devices::{join_from_pb, join_state_to_pb};
use haven_api::devices::{Join, JoinState};
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::pb;
use haven_engine::join::{Farewell, JoinFault, JoinStep, Joining, LinkingFault};
use haven_engine::vault::{self, Created};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tonic::Status;
use zeroize::Zeroizing;

use super::server::{self, NotReached};
use super::vault::strong_enough;
use super::{Answers, names};
use crate::host::{Host, HostEntropy, Task};
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
    Talking(Talk),
    /// The other device has let this one in, so far as it says; words four to six are waited for.
    Comparing(Talk, mpsc::Receiver<Typed>),
    /// Over.
    Over,
}

/// What two devices say to each other. Dropped before this one is in, whatever the reason, it tells the other that this one keeps
/// nothing: whoever stands before both shall not wait there for what won't come.
struct Talk {
    host: Arc<dyn Host>,
    joining: Option<Box<Joining>>,
    link: JoinLink,
    /// What the other device is told. Who goes away without a word has stopped.
    why: Farewell,
}

impl Talk {
    fn new(host: &Arc<dyn Host>, joining: Box<Joining>, link: JoinLink) -> Self {
        Self { host: Arc::clone(host), joining: Some(joining), link, why: Farewell::Cancelled }
    }

    /// Takes a step, or ends with what the other device has to hear.
    fn step(
        &mut self,
        step: impl FnOnce(&mut Joining, &mut HostEntropy<'_>) -> Result<JoinStep, JoinFault>,
    ) -> Result<JoinStep, JoinFault> {
        let joining = self.joining.as_mut().ok_or(JoinFault::OutOfTurn)?;
        let taken = step(joining, &mut HostEntropy(&*self.host));
        match taken.as_ref().err().map(JoinFault::to_tell) {
            Some(Some(why)) => self.why = why,
            // The other device knows, or isn't there.
            Some(None) if !matches!(taken, Err(JoinFault::WordsMistyped)) => drop(self.joining.take()),
            _ => {}
        }
        taken
    }

    fn send(&mut self, step: JoinStep) {
        step.send.into_iter().for_each(|message| self.link.send(message));
    }

    /// Nobody let this device in, or nobody compared the words.
    fn late(&mut self) -> ApiError {
        self.why = Farewell::Expired;
        ApiError::new(Reason::CodeExpired, NOT_JOINED)
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        if let Some(joining) = self.joining.take() {
            let leave = joining.leave(self.why, &mut HostEntropy(&*self.host));
            leave.into_iter().for_each(|leave| self.host.spawn(self.link.last(leave)));
        }
    }
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
                    let link = link.map_err(|fault| NotReached::OF_JOINER.told(fault.into()))?;
                    let mut talk = Talk::new(self.node.host(), joining, link);
                    talk.send(first);
                    self.phase = Phase::Talking(talk);
                }
                Phase::Talking(talk) => {
                    if let Some(state) = self.talk(talk).await? {
                        return Ok(state);
                    }
                }
                Phase::Comparing(talk, typed) => self.compare(talk, typed).await?,
                Phase::Over => return Err(ApiError::new(Reason::Internal, NOT_JOINED)),
            }
        }
    }

    async fn talk(&mut self, mut talk: Talk) -> Result<Option<JoinState>, ApiError> {
        let heard = tokio::select! {
            heard = talk.link.next() => heard.ok_or_else(cut_off)?,
            () = &mut self.deadline => return Err(talk.late()),
        };
        let step =
            talk.step(|joining, entropy| joining.step(heard, entropy)).map_err(|fault| of_join(&fault))?;
        if step.linked
            && let Some(joining) = talk.joining.take()
        {
            return self.seal(joining).await.map(Some);
        }
        if step.wants_words {
            // Whoever has just let it in walks from one device to the other.
            self.deadline = self.node.host().sleep(COMPARE_MS);
            self.phase = Phase::Comparing(talk, self.node.await_words());
            return Ok(Some(JoinState::Comparing));
        }
        let words = step.words.clone();
        talk.send(step);
        self.phase = Phase::Talking(talk);
        Ok(words.map(JoinState::Words))
    }

    /// Takes words as they are typed, until they are the right ones. Nothing goes out before.
    async fn compare(&mut self, mut talk: Talk, mut typed: mpsc::Receiver<Typed>) -> Result<(), ApiError> {
        let Typed { words, answer } = tokio::select! {
            typed = typed.recv() => typed.ok_or_else(|| ApiError::new(Reason::Internal, NOT_JOINED))?,
            () = &mut self.deadline => return Err(talk.late()),
        };
        let (told, over) = match talk.step(|joining, _| joining.compare(&words)) {
            Ok(step) => {
                talk.send(step);
                self.phase = Phase::Talking(talk);
                (Ok(()), Ok(()))
            }
            Err(fault @ JoinFault::WordsMistyped) => {
                self.phase = Phase::Comparing(talk, typed);
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
                "Nothing was kept here. A slip while typing is the usual reason: make a new code on your other device and join again. If \
                 you typed them exactly as it showed them, something else may have answered in its place: make the next code where \
                 nobody else can see it.",
            );
        }
        JoinFault::Newer | JoinFault::CodeNewer | JoinFault::Linking(LinkingFault::Incompatible) => {
            return ApiError::new(Reason::StorageNewer, NOT_JOINED)
                .because(fault.to_string())
                .with_next("Nothing was kept here. Update Haven on this device, make a new code on the other one, and join again.")
                .at_terminal("Nothing was kept here. Update Haven on this device, run `haven device link` on the other one, and join again.");
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The ways in which the other device can be the newer one: it isn't the code's fault, and another code alone doesn't help.
    #[test]
    fn a_device_that_is_too_old_to_join_is_told_to_update() {
        for fault in [JoinFault::Newer, JoinFault::CodeNewer, JoinFault::Linking(LinkingFault::Incompatible)]
        {
            let error = of_join(&fault);
            assert_eq!(error.reason, Reason::StorageNewer, "{fault}");
            assert!(error.next.contains("Update Haven on this device"), "{}", error.next);
        }
        assert_eq!(of_join(&JoinFault::Linking(LinkingFault::Tampered)).reason, Reason::CodeUsed);
    }
}
