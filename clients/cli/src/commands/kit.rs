//! The recovery kit: whether it is still the one, and another in its place.

use std::path::{Path, PathBuf};

use haven_api::error::{ApiError, ErrorReason};
use haven_api::kit::KitCheck;
use haven_api::settings::KIT_UNCONFIRMED;
use serde::Serialize;
use zeroize::Zeroizing;

use super::kit_file::{KitFile, code};
use super::kit_restore;
use crate::args::KitCommand;
use crate::cx::{Cx, Haven, aside};
use crate::fault::Fault;
use crate::{ask, editor};

/// How often groups of a new kit may be typed that aren't the ones it has.
const PROOF_TRIES: usize = 3;

pub(super) async fn run(cx: &Cx, command: KitCommand) -> Result<(), Fault> {
    match command {
        KitCommand::Verify { kit_file } => verify(cx, kit_file).await,
        KitCommand::Restore(args) => kit_restore::restore(cx, args).await,
        KitCommand::Renew { kit_out, passphrase_file } => renew(cx, kit_out, passphrase_file).await,
    }
}

#[derive(Serialize)]
struct Verified<'a> {
    valid: bool,
    replaced: Option<bool>,
    vault: &'a str,
}

async fn verify(cx: &Cx, file: Option<PathBuf>) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let typed = given(cx, file.as_deref()).await?;
    let check = haven.verify_kit(String::clone(&typed)).await?;
    let shape = Verified { valid: check.valid, replaced: check.replaced, vault: &check.vault };
    cx.tell(&shape, |_| format!("{}\n", in_words(&check)))
}

/// Gets a kit's code: from a file, or from the person, who may see what they type: it's long, and on paper.
///
/// # Errors
/// The file can't be read or holds no code, or nobody may be asked.
pub(super) async fn given(cx: &Cx, file: Option<&Path>) -> Result<Zeroizing<String>, Fault> {
    match file {
        Some(file) => code(file),
        None => {
            let typed = ask::line(cx, "The 28 characters of the kit: ", "Pass --kit-file FILE.").await?;
            Ok(Zeroizing::new(typed))
        }
    }
}

fn in_words(check: &KitCheck) -> &'static str {
    match (check.valid, check.replaced) {
        (true, Some(_)) => "This is your journal's recovery kit.",
        (true, None) => {
            "This is your journal's recovery kit, as far as this device knows. Whether another device has replaced it since can only be \
             said once this one has synced."
        }
        (false, Some(true)) => {
            "This kit was your journal's once, and was replaced. It opens nothing that was written since. Keep the newer one, and \
             destroy this one."
        }
        (false, Some(false)) => "This isn't your journal's recovery kit. It may belong to another journal.",
        (false, None) => {
            "This isn't a kit that this device knows. If another of your devices made it, sync first, then look again."
        }
    }
}

#[derive(Serialize)]
struct Renewed {
    renewed: bool,
    epoch: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    kit_file: Option<String>,
}

async fn renew(cx: &Cx, out: Option<PathBuf>, passphrase: Option<PathBuf>) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    if out.is_none() && !cx.asks {
        return Err(Fault::decision(
            "the kit wasn't replaced",
            "a new kit has to be kept somewhere, and nobody can be asked here",
            "Pass --kit-out FILE, or run this in a terminal.",
        ));
    }
    let kit = NewKit::make(cx, &haven, out).await?;
    let renewed = ask::with_passphrase(cx, passphrase.as_deref(), async |passphrase| {
        haven.renew_kit(kit.typed(), passphrase).await
    });
    let renewed = renewed.await;
    let (epoch, kit_file) = kit.settled(&haven, renewed).await?;
    cx.tell(&Renewed { renewed: true, epoch, kit_file }, |_| {
        "The new recovery kit counts from now on. The old one opens nothing that's written from here: destroy it.\n".to_owned()
    })
}

/// A new kit that its person has: in a file that was read back, or on paper, proved by two groups of it.
pub(super) struct NewKit {
    code: Zeroizing<String>,
    file: Option<KitFile>,
}

impl NewKit {
    /// Has one drawn and kept. Nothing is changed by that: the old one counts as before.
    ///
    /// # Errors
    /// The file can't be made or read back, or nobody has proved to have the kit.
    pub(super) async fn make(cx: &Cx, haven: &Haven, out: Option<PathBuf>) -> Result<Self, Fault> {
        let file = out.map(KitFile::make).transpose()?;
        let drawn = Zeroizing::new(haven.draft_kit().await?);
        let Some(file) = file else {
            prove(cx, &drawn).await?;
            return Ok(Self { code: drawn, file: None });
        };
        let file =
            file.fill(&drawn).map_err(|error| Fault::system("the kit's file can't be written", &error))?;
        let code = file.read_back()?;
        if *code != *drawn {
            let broken = std::io::ErrorKind::InvalidData.into();
            return Err(Fault::system("the kit's file doesn't hold what was written", &broken));
        }
        Ok(Self { code, file: Some(file) })
    }

    /// Its code, as its person has it.
    pub(super) fn typed(&self) -> String {
        String::clone(&self.code)
    }

    /// What becomes of its file: it stays where the kit counts, and where nobody knows whether it does.
    pub(super) async fn settled<T>(
        self,
        haven: &Haven,
        outcome: Result<T, Fault>,
    ) -> Result<(T, Option<String>), Fault> {
        if outcome.as_ref().is_err_and(|fault| is_certain(fault.reason())) {
            return outcome.map(|done| (done, None));
        }
        let path = self.file.map(|file| file.keep().display().to_string());
        let done = outcome?;
        // The kit is kept: the app need not ask about it. It counts, whatever comes of this.
        let _ = haven.set_setting(KIT_UNCONFIRMED, "false").await;
        Ok((done, path))
    }
}

/// Whether a refusal says for certain that nothing was changed.
fn is_certain(reason: ErrorReason) -> bool {
    use ErrorReason as R;
    matches!(
        reason,
        R::WrongPassphrase
            | R::TooManyTries
            | R::InvalidArgument
            | R::CodeMalformed
            | R::NotFound
            | R::AmbiguousId
            | R::NoServer
            | R::ServerUnreachable
            | R::ServerRefused
            | R::DeviceRemoved
            | R::NewKeyUnreadable
            | R::DevicesChanged
            | R::TooLarge
            | R::Unsupported
    )
}

/// Shows a new kit, and asks for two groups of it.
async fn prove(cx: &Cx, drawn: &str) -> Result<(), Fault> {
    aside(&format!(
        "Your new recovery kit, shown this once. Write it down and keep it where only you find it. The old one counts until \
         this one is in its place.\n\n  {drawn}\n"
    ));
    let groups: Vec<&str> = drawn.split('-').collect();
    for number in two_of(groups.len())? {
        typed_back(cx, number, groups.get(number).copied().unwrap_or_default()).await?;
    }
    Ok(())
}

/// Two different numbers below this one, in order.
fn two_of(count: usize) -> Result<[usize; 2], Fault> {
    let [first, second, ..] = editor::random()?;
    let first = usize::from(first) % count;
    let second = (first + 1 + usize::from(second) % (count - 1)) % count;
    Ok([first.min(second), first.max(second)])
}

async fn typed_back(cx: &Cx, number: usize, group: &str) -> Result<(), Fault> {
    for _ in 0..PROOF_TRIES {
        let prompt = format!("Type group {} of it, from your paper: ", number + 1);
        let typed = Zeroizing::new(ask::line(cx, &prompt, "Pass --kit-out FILE.").await?);
        if is_group(&typed, group) {
            return Ok(());
        }
        aside(&format!("That isn't group {}. Compare your paper with the kit above.", number + 1));
    }
    let why = "the new kit wasn't typed back";
    let next = "Run the same command again. The kit you have still counts.";
    Err(Fault::from(ApiError::new(ErrorReason::ConfirmationNeeded, "nothing was changed").because(why))
        .with_next(next))
}

/// Whether this is a group as it was typed: in any case, and with the letters that look like digits.
fn is_group(typed: &str, group: &str) -> bool {
    let read = |letter: char| match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    };
    typed.chars().filter(|letter| !letter.is_whitespace()).map(read).eq(group.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_may_be_typed_as_it_looks() {
        for (typed, is) in
            [("10A7", true), (" io a7", true), ("lOa7", true), ("10A", false), ("10A77", false), ("", false)]
        {
            assert_eq!(is_group(typed, "10A7"), is, "{typed:?}");
        }
    }

    #[test]
    fn two_groups_are_two() {
        for _ in 0..200 {
            let [first, second] = two_of(7).unwrap();
            assert!(first < second && second < 7);
        }
    }

    #[test]
    fn a_kit_that_may_count_is_never_thrown_away() {
        for reason in [
            ErrorReason::OutcomeUnknown,
            ErrorReason::DaemonUnreachable,
            ErrorReason::TimedOut,
            ErrorReason::Internal,
            ErrorReason::Locked,
            ErrorReason::StorageFull,
        ] {
            assert!(!is_certain(reason), "{reason:?}");
        }
        assert!(is_certain(ErrorReason::WrongPassphrase));
    }
}
