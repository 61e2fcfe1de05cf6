//! Beginning, opening and closing the journal.

use std::path::{Path, PathBuf};

use haven_api::error::{ApiError, ErrorReason, refused};
use haven_api::settings::KIT_UNCONFIRMED;
use haven_api::support::{Country, HELP_COUNTRY};
use haven_api::vault::{ServerInvite, Status, SyncState, VaultState};
use haven_core::fault::either;
use serde::Serialize;

use super::kit_file::KitFile;
use crate::args::{InitArgs, PassphraseCommand};
use crate::cx::{Cx, Haven, aside, write};
use crate::fault::{Exit, Fault};
use crate::limits::SERVER_FIRST_MAX;
use crate::shapes::StatusShape;
use crate::text::{Style, count};
use crate::{ask, daemon, unlock, when};

/// What somebody has to know before they begin, once and short. Each sentence is a claim of fact.
const WELCOME: &str = "Anyone who can use this account can see that there's a journal: the programs haven and havend, and its folder. They can \
                       read it only while it's unlocked. For a folder with another name, press Ctrl-C and set HAVEN_HOME first; \
                       the programs keep their names.\n\
                       Haven is for adults. It isn't therapy and it isn't for emergencies (`haven help-now` shows who to call), and \
                       nobody has shown that it helps.\n";

/// What locking can't take away, said where there is a window to read it in.
const SCREEN_STAYS: &str =
    "What this window has shown stays in it until you close it, or run `haven lock --clear`.";

/// What is asked once the journal is locked.
const CLEAR_QUESTION: &str = "Clear this window too? (Y/n) ";

/// What is asked once, on a terminal.
const COUNTRY_QUESTION: &str = "Which country are you in? (for phone numbers; Enter skips) ";

/// How often it is asked again when what was typed names no country.
const COUNTRY_TRIES: usize = 3;

#[derive(Serialize)]
struct Made<'a> {
    vault: &'a str,
    device: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kit_file: Option<String>,
}

pub(super) async fn init(cx: &Cx, args: InitArgs) -> Result<(), Fault> {
    let haven = cx.device().await?;
    if cx.asks && !cx.json {
        aside(WELCOME);
    }
    let kit_file = args.kit_out.map(KitFile::make).transpose()?;
    let name = args.name.unwrap_or_else(machine);
    let prompt = "A passphrase for this device, five or six words: ";
    let passphrase = ask::new_passphrase(cx, &haven, args.passphrase_file.as_deref(), prompt).await?;
    let server = args.server.zip(args.invite).map(|(url, invite)| ServerInvite { url, invite });
    let has_server = server.is_some();
    let made = haven.init(&name, passphrase, server).await?;
    let kit_file = keep_kit(cx, &made.kit, kit_file);
    // What was only shown may never have been written down: the app asks about it. The journal is there, whatever comes of this.
    let _ = haven.set_setting(KIT_UNCONFIRMED, if kit_file.is_some() { "false" } else { "true" }).await;
    let shape = Made { vault: &made.vault, device: &made.device_id, name: &name, kit_file };
    cx.tell(&shape, |style| {
        let begun = format!("Your journal has begun on {}.\n", style.bold(&style.line(&name)));
        match &shape.kit_file {
            Some(file) => format!("{begun}The recovery kit is in {file}: print it, then delete the file.\n"),
            None => begun,
        }
    })?;
    if cx.asks && !cx.json {
        ask_country(cx, &haven).await;
    }
    cx.note("Write with `haven add`.");
    match made.failed {
        Some(failed) => Err(Fault::from(failed).exiting(Exit::Failed)),
        None if has_server => taken(&haven).await,
        None => Ok(()),
    }
}

/// Asks once which country's numbers help shows. Whatever comes of it, the journal is there.
pub(super) async fn ask_country(cx: &Cx, haven: &Haven) {
    let settings = haven.settings(Some(HELP_COUNTRY)).await.unwrap_or_default();
    if settings.iter().any(|setting| !setting.value.is_empty()) {
        return;
    }
    for _ in 0..COUNTRY_TRIES {
        let Ok(typed) = ask::line(cx, COUNTRY_QUESTION, "Pass --no-input.").await else { return };
        if typed.trim().is_empty() {
            return;
        }
        if let Some(country) = Country::typed(&typed) {
            let set = haven.set_setting(HELP_COUNTRY, country.as_str()).await;
            aside(&match set {
                Ok(_) => format!("`haven help-now` will show the numbers for {}.", country.spoken()),
                Err(error) => format!("That couldn't be kept: {}.", error.why),
            });
            return;
        }
        let near = Country::near(&typed);
        aside(&if near.is_empty() {
            "That's no country on the list. Its English name will do, such as Germany.".to_owned()
        } else {
            format!("That's no country on the list. Did you mean {}?", either(&near))
        });
    }
}

/// Says so if the server does not take the journal that was just made. The journal and its kit are there by now, whatever the
/// server does.
async fn taken(haven: &Haven) -> Result<(), Fault> {
    let told = tokio::time::timeout(SERVER_FIRST_MAX, refusal(haven)).await;
    // A server that takes its time is gone on with by itself; `haven status` shows how.
    let Some(reason) = told.unwrap_or(Ok(None))? else { return Ok(()) };
    let refused = ApiError::new(reason, "the journal has begun, but its server didn't take it");
    Err(Fault::from(refused).exiting(Exit::Failed))
}

/// Waits until the server has taken the journal (none) or it is known why it does not.
async fn refusal(haven: &Haven) -> Result<Option<ErrorReason>, ApiError> {
    let mut states = haven.events().await?;
    while let Some(state) = states.next().await? {
        let sync = state.status.sync;
        if sync.problem.is_some() || sync.state == SyncState::Idle {
            return Ok(sync.problem);
        }
    }
    Ok(None)
}

/// Writes the kit where it was asked for, else on the screen: it exists nowhere else. Returns the file's name.
fn keep_kit(cx: &Cx, kit: &str, file: Option<KitFile>) -> Option<String> {
    match file.map(|file| file.fill(kit)) {
        Some(Ok(file)) => return Some(file.keep().display().to_string()),
        Some(Err(error)) => aside(&format!("The kit's file can't be written: {}.", refused(&error))),
        None => {}
    }
    aside(&format!(
        "Your recovery kit, shown this once. Write it down and keep it where only you find it. With it and your server \
         `haven kit restore` brings your journal back; without a server, export now and then.\n\n  {kit}\n"
    ));
    if cx.asks && cx.style.terminal {
        aside("Once it's on paper, `haven lock --clear` takes it off this window.\n");
    }
    None
}

/// Refuses to write over a file.
pub(super) fn exists(path: &Path) -> Fault {
    let next = "Give another name, or move it away.";
    Fault::decision("nothing was written", format!("{} exists already", path.display()), next)
}

/// The machine's own name, for a person who gives none.
pub(super) fn machine() -> String {
    let system = rustix::system::uname();
    let name = system.nodename().to_string_lossy();
    let short: String = name.split('.').next().unwrap_or_default().chars().take(64).collect();
    if short.is_empty() { "This device".to_owned() } else { short }
}

pub(super) async fn unlock(cx: &Cx, file: Option<PathBuf>) -> Result<(), Fault> {
    let mut haven = daemon::reach().await?;
    let was_open = haven.status().await.is_ok_and(|status| status.state == VaultState::Unlocked);
    if was_open && cx.asks && file.is_none() {
        aside("The journal is open already; this only checks your passphrase.");
    }
    let outcome = match file {
        Some(file) => {
            let passphrase = ask::passphrase(cx, Some(&file), "").await?;
            unlock::open(cx, &mut haven, passphrase).await.map(|_| true).map_err(Fault::from)
        }
        None => unlock::ask(cx, &mut haven, "Passphrase: ").await,
    };
    match outcome {
        Err(fault) if was_open && fault.reason() == ErrorReason::WrongPassphrase => {
            let why = "it isn't this device's passphrase; the journal was open already, and stays open";
            return Err(fault.because(why));
        }
        Ok(false) if !was_open => return Err(ApiError::new(ErrorReason::Locked, "not unlocked").into()),
        Ok(true) if was_open => cx.note("That's the right passphrase. The journal was open already."),
        outcome => drop(outcome?),
    }
    crate::editor::rescue(&mut haven, cx).await;
    tell(cx, &haven.status().await?)
}

#[derive(Serialize)]
struct State {
    state: &'static str,
}

pub(super) async fn lock(cx: &Cx, clear: bool) -> Result<(), Fault> {
    let haven = cx.device().await?;
    let was_open = haven.status().await?.state == VaultState::Unlocked;
    haven.lock().await?;
    if was_open {
        daemon::gone(&haven).await;
    }
    let has_window = cx.style.terminal && !cx.json;
    if has_window && clear {
        clear_window()?;
    }
    let locked = || cx.tell(&State { state: "locked" }, |_| "The journal is locked.\n".to_owned());
    locked()?;
    if !has_window || clear {
        return Ok(());
    }
    // Asked after the lock: whoever leaves the question alone has locked all the same.
    let answer = if cx.asks { ask::line(cx, CLEAR_QUESTION, "Pass --clear.").await.ok() } else { None };
    if answer.is_some_and(|answer| wants_it_cleared(&answer)) {
        clear_window()?;
        return locked();
    }
    cx.note(SCREEN_STAYS);
    Ok(())
}

/// Enter is a yes: what is asked about takes nothing away that isn't in the journal.
fn wants_it_cleared(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes")
}

/// Empties a window. What can be scrolled back to goes last: some terminals put there what they clear from the screen.
const CLEAR: &[u8] = b"\x1b[H\x1b[2J\x1b[3J";

/// Empties the window that stdout is, with what can be scrolled back to.
fn clear_window() -> Result<(), Fault> {
    write(CLEAR)
}

pub(super) async fn passphrase(cx: &Cx, command: PassphraseCommand) -> Result<(), Fault> {
    let PassphraseCommand::Change { old_file, new_file } = command;
    let haven = cx.device().await?;
    let old = ask::passphrase(cx, old_file.as_deref(), "Your present passphrase: ").await?;
    let new = ask::new_passphrase(cx, &haven, new_file.as_deref(), "The new passphrase, five or six words: ")
        .await?;
    haven.change_passphrase(old, new).await?;
    cx.tell(&State { state: "changed" }, |_| {
        "Only the new passphrase opens the journal on this device now.\n".to_owned()
    })
}

pub(super) async fn status(cx: &Cx) -> Result<(), Fault> {
    let haven = cx.device().await?;
    let status = haven.status().await?;
    tell(cx, &status)?;
    if status.alarms > 0 && !cx.json {
        super::alarms::show(cx, &haven.alarms().await?)?;
    }
    Ok(())
}

fn tell(cx: &Cx, status: &Status) -> Result<(), Fault> {
    cx.tell(&StatusShape::of(status), |style| in_words(status, style))
}

fn in_words(status: &Status, style: Style) -> String {
    let mut words = match status.state {
        VaultState::None => {
            return "There's no journal on this device. Begin one with `haven init`.\n".to_owned();
        }
        VaultState::Locked => "The journal is locked. Open it with `haven unlock`.\n".to_owned(),
        VaultState::Unlocked => {
            let entries = count(status.entries.unwrap_or(0), "entry", "entries");
            format!("The journal is open on {}: {entries}.\n", style.bold(&style.line(&status.device_name)))
        }
    };
    words.push_str(&waiting_in_words(status));
    words.push_str(&sync_in_words(status));
    if status.drafts > 0 {
        let drafts = count(status.drafts.into(), "draft waits", "drafts wait");
        words.push_str(&format!("{drafts} for you: `haven draft list`.\n"));
    }
    if status.met > 0 {
        let entries = count(status.met.into(), "entry", "entries");
        words.push_str(&format!("Edits met in {entries}: `haven list --met`.\n"));
    }
    if status.alarms > 0 {
        let alarms = count(status.alarms.into(), "alarm waits", "alarms wait");
        words.push_str(&format!("{} for you: `haven alarms`.\n", style.bold(&alarms)));
    }
    words
}

/// What waits sealed. In an open journal that is the exception, and `haven alarms` or the list of drafts says why.
fn waiting_in_words(status: &Status) -> String {
    if status.waiting == 0 {
        return String::new();
    }
    let texts = count(status.waiting.into(), "entry waits", "entries wait");
    match (status.state, status.waiting) {
        (VaultState::Unlocked, _) => format!("{texts} sealed and couldn't be taken in yet.\n"),
        (_, 1) => format!("{texts} sealed; it comes in when you unlock.\n"),
        (..) => format!("{texts} sealed; they come in when you unlock.\n"),
    }
}

fn sync_in_words(status: &Status) -> String {
    let sync = &status.sync;
    let Some(server) = &sync.server else { return String::new() };
    // To be offline is ordinary and passes; anything else the person has to hear about.
    let problem = sync.problem.filter(|reason| *reason != ErrorReason::ServerUnreachable);
    let how = match sync.state {
        SyncState::None => return String::new(),
        SyncState::Offline if problem.is_some() => "isn't syncing",
        SyncState::Offline => "can't be reached",
        SyncState::Syncing => "is being synced with",
        SyncState::Idle => "has everything",
    };
    let waiting = match sync.pending {
        0 => String::new(),
        pending => format!("; {} to send", count(pending, "record", "records")),
    };
    let last = sync.synced.filter(|_| sync.state != SyncState::Idle);
    let last = last.map(|moment| format!("; last in step at {}", when::local(moment))).unwrap_or_default();
    let line = match problem {
        Some(ErrorReason::DeviceRemoved) => format!("This device doesn't sync any more{last}.\n"),
        _ => format!("The server {server} {how}{waiting}{last}.\n"),
    };
    match problem.map(|reason| ApiError::new(reason, "")) {
        Some(problem) => format!("{line}  why:  {}\n  next: {}\n", problem.why, problem.next_at_terminal()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_scrolled_back_to_is_cleared_after_the_screen() {
        assert!(CLEAR.ends_with(b"\x1b[2J\x1b[3J"));
    }

    #[test]
    fn enter_clears_the_window_and_a_no_leaves_it() {
        for (answer, clears) in
            [("", true), (" Y ", true), ("yes", true), ("n", false), ("no", false), ("x", false)]
        {
            assert_eq!(wants_it_cleared(answer), clears, "{answer}");
        }
    }
}
