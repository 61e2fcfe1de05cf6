//! Opening a locked journal on the way: a command that needs it open asks for the passphrase instead of failing.

use haven_api::error::{ApiError, ErrorReason};
use haven_api::vault::{Status, VaultState};
use haven_core::time::Timestamp;

use crate::cx::{Cx, Haven, aside};
use crate::fault::Fault;
use crate::limits::{ID_SHOWN, UNLOCK_TRIES};
use crate::shapes::hex;
use crate::text::count;
use crate::{ask, commands, daemon, kept, when};

/// Asks for the passphrase of a journal that a command needs open. An open one, and one that is not there, is left alone.
///
/// # Errors
/// The person leaves it locked, or the passphrase is wrong three times.
pub(crate) async fn for_command(cx: &Cx, haven: &mut Haven) -> Result<(), Fault> {
    if !is_locked(haven).await {
        return Ok(());
    }
    aside("The journal is locked.");
    match ask(cx, haven, "Passphrase: ").await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Fault::from(ApiError::new(ErrorReason::Locked, "not done")).with_next(LEFT_LOCKED)),
        Err(fault) if fault.reason() == ErrorReason::WrongPassphrase => Err(fault.with_next(LEFT_LOCKED)),
        Err(fault) => Err(fault),
    }
}

/// What is said to somebody who did not get in, perhaps at night and perhaps because of the night.
const LEFT_LOCKED: &str =
    "Open it with `haven unlock`, another time if you like. `haven help-now` shows who to call without it.";

/// Whether there is a journal and it is locked, as far as that can be told.
pub(crate) async fn is_locked(haven: &Haven) -> bool {
    haven.status().await.is_ok_and(|status| status.state == VaultState::Locked)
}

/// Asks for the passphrase, three times at most, and opens the journal. An empty line leaves it locked: `false`.
///
/// # Errors
/// The passphrase was wrong three times, or cannot be tried.
pub(crate) async fn ask(cx: &Cx, haven: &mut Haven, prompt: &str) -> Result<bool, Fault> {
    for left in (0..UNLOCK_TRIES).rev() {
        let passphrase = ask::passphrase(cx, None, prompt).await?;
        if passphrase.is_empty() {
            return Ok(false);
        }
        match open(cx, haven, passphrase).await {
            Ok(_) => return Ok(true),
            Err(error) if left > 0 && error.reason == ErrorReason::WrongPassphrase => {
                aside("That is not this device's passphrase. Try again.");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

/// Opens the journal, and says what came in that was written while it was locked.
///
/// A daemon that has just locked may still be handing its socket to its successor, and a connection taken in that instant
/// breaks; unlocking twice does no harm, so the same passphrase is tried once more.
pub(crate) async fn open(cx: &Cx, haven: &mut Haven, passphrase: String) -> Result<Status, ApiError> {
    let waited = haven.status().await.map_or(0, |status| status.waiting);
    let since = when::moment();
    let status = match haven.unlock(passphrase.clone()).await {
        Err(gone) if gone.reason == ErrorReason::DaemonUnreachable => {
            *haven = daemon::reach().await.map_err(|_| gone)?;
            haven.unlock(passphrase).await?
        }
        outcome => outcome?,
    };
    let taken = waited.saturating_sub(status.waiting);
    if taken > 0 && !cx.json {
        tell_taken(cx, haven, taken, since).await;
    }
    Ok(status)
}

/// Says what came in, and of each that is no entry why not and what to do: whoever wrote it expects one.
async fn tell_taken(cx: &Cx, haven: &Haven, taken: u32, since: Timestamp) {
    let texts = count(taken.into(), "text that you wrote", "texts that you wrote");
    let come = if taken == 1 { "has" } else { "have" };
    cx.note(&format!("{texts} while the journal was locked {come} come in."));
    let drafts = haven.drafts().await.unwrap_or_default();
    for draft in drafts.iter().filter(|draft| draft.saved >= since) {
        let short = &hex(&draft.id)[..ID_SHOWN];
        let Ok(saved) = haven.draft(draft.id).await else { continue };
        let why = match draft.problem.as_str() {
            "" => "it waits for you",
            problem => problem,
        };
        let next = match commands::unclear(&saved) {
            Some(who) => commands::who_next(draft.id, &cx.style.line(&who)),
            None if saved.meant.is_some() => {
                format!("`haven draft save {short}` shows you both before anything is changed.")
            }
            None => kept::next_step(draft.id, &saved.draft),
        };
        let is =
            if saved.meant.is_some() { "a draft for you to look at" } else { "a draft, not an entry yet" };
        cx.note(&format!("{short} is {is}: {why}. {}", capital(&next)));
    }
}

/// A sentence that begins one.
fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
