//! The journal comes back from the recovery kit.

use haven_api::client::Restoring;
use haven_api::error::{ApiError, ErrorReason};
use haven_api::restore::{FoundJournal, Restore, RestoreState};
use serde::Serialize;

use super::kit::given;
use super::vault;
use crate::args::RestoreArgs;
use crate::ask;
use crate::cx::{Cx, Haven};
use crate::fault::Fault;
use crate::limits::RESTORE_MAX;
use crate::text::Style;
use crate::when;

/// What isn't done if the person doesn't agree.
const NOT_RESTORED: &str = "not restored, and nothing was kept here";

/// What a person has to know before they say yes.
const QUESTION: &str = "Is this your journal, and is that when you last wrote? A kit alone can't tell whether the server left out what \
                        came later: only you know.";

#[derive(Serialize)]
struct FoundShape<'a> {
    state: &'static str,
    vault: &'a str,
    devices: &'a [String],
    newest: Option<String>,
    newest_device: Option<&'a str>,
}

#[derive(Serialize)]
struct Restored<'a> {
    state: &'static str,
    vault: &'a str,
    device: &'a str,
}

pub(super) async fn restore(cx: &Cx, args: RestoreArgs) -> Result<(), Fault> {
    let haven = cx.device().await?;
    let RestoreArgs { kit_file, server, invite, name, passphrase_file, vault, yes } = args;
    let code = given(cx, kit_file.as_deref()).await?;
    let server_url = match server {
        Some(server) => server,
        None => {
            ask::line(
                cx,
                "The address of the server that your devices synced through: ",
                "Pass --server URL.",
            )
            .await?
        }
    };
    let attempt = |passphrase: String| Restore {
        code: String::clone(&code),
        server_url: server_url.clone(),
        invite: invite.clone().unwrap_or_default(),
        device_name: name.clone().unwrap_or_else(vault::machine),
        passphrase,
    };
    // Nobody thinks of a passphrase for a code that can't be right, or on a device that has a journal.
    haven.check_restore(attempt(String::new())).await?;
    let prompt = "A passphrase for this new device, five or six words: ";
    let passphrase = ask::new_passphrase(cx, &haven, passphrase_file.as_deref(), prompt).await?;
    let mut states = haven.restore_vault(attempt(passphrase)).await?;
    let found = tokio::time::timeout(RESTORE_MAX, found(cx, &mut states)).await.map_err(|_| late())??;
    cx.tell_all(found.iter().map(shape), |style| {
        found.iter().map(|journal| in_words(journal, style)).collect()
    })?;
    let chosen = chosen(cx, &found, vault).await?;
    ask::agree(cx, yes, QUESTION, NOT_RESTORED).await?;
    finish(cx, &haven, &mut states, chosen).await
}

async fn found(cx: &Cx, states: &mut Restoring) -> Result<Vec<FoundJournal>, Fault> {
    while let Some(state) = states.next().await? {
        match state {
            RestoreState::Connecting => cx.note("Looking for your journal on the server …"),
            RestoreState::Found(found) => return Ok(found),
            RestoreState::Restored { .. } => break,
        }
    }
    Err(broken_off())
}

/// Which journal it is: the only one, or the one that is named.
async fn chosen<'a>(
    cx: &Cx,
    found: &'a [FoundJournal],
    named: Option<String>,
) -> Result<&'a FoundJournal, Fault> {
    if let ([only], None) = (found, &named) {
        return Ok(only);
    }
    let named = match named {
        Some(named) => named,
        None if cx.asks => ask::line(cx, "Which of them (the start of its id)? ", "Pass --vault ID.").await?,
        None => {
            let why = "this kit opens several journals";
            return Err(Fault::decision(NOT_RESTORED, why, "Pass --vault ID with the one you mean."));
        }
    };
    let named = named.trim().to_lowercase();
    let mut meant = found.iter().filter(|journal| !named.is_empty() && journal.vault.starts_with(&named));
    match (meant.next(), meant.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(Fault::decision(
            NOT_RESTORED,
            "no single journal of those has that id",
            "Pass --vault ID with the one you mean.",
        )),
    }
}

async fn finish(cx: &Cx, haven: &Haven, states: &mut Restoring, chosen: &FoundJournal) -> Result<(), Fault> {
    haven.confirm_restore(&chosen.vault).await?;
    let Some(RestoreState::Restored { vault, device_id }) = states.next().await? else {
        return Err(broken_off());
    };
    let restored = Restored { state: "restored", vault: &vault, device: &device_id };
    cx.tell(&restored, |_| "Your journal is back on this device; your entries are coming in.\n".to_owned())?;
    cx.note(
        "Your other devices still belong to it. `haven device list` names them; `haven device remove ID` puts out the ones you no longer \
         have. If somebody else may have seen the kit, make a new one with `haven kit renew`.",
    );
    if cx.asks && !cx.json {
        vault::ask_country(cx, haven).await;
    }
    Ok(())
}

fn shape(found: &FoundJournal) -> FoundShape<'_> {
    FoundShape {
        state: "found",
        vault: &found.vault,
        devices: &found.devices,
        newest: found.newest.map(|moment| moment.to_string()),
        newest_device: found.newest.map(|_| &*found.newest_device),
    }
}

fn in_words(found: &FoundJournal, style: Style) -> String {
    let devices: Vec<String> = found.devices.iter().map(|name| style.bold(&style.line(name))).collect();
    let newest = match found.newest {
        Some(moment) => format!("{}, on {}", when::local(moment), style.line(&found.newest_device)),
        None => "nothing is there".to_owned(),
    };
    let count = match devices.len() {
        1 => "1 device".to_owned(),
        count => format!("{count} devices"),
    };
    format!(
        "Journal {}\n  last written  {newest}\n  {count}: {}\n",
        style.faint(&found.vault[..found.vault.len().min(8)]),
        devices.join(", ")
    )
}

fn broken_off() -> Fault {
    ApiError::new(ErrorReason::Cancelled, NOT_RESTORED).into()
}

fn late() -> Fault {
    ApiError::new(ErrorReason::TimedOut, NOT_RESTORED)
        .with_next("Check the server, then restore again.")
        .into()
}
