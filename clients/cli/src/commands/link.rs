//! A new device joins: one side shows words, the other side's person reads them out.

use std::time::Duration;

use haven_api::devices::{Join, JoinState, LinkState, read_link};
use haven_api::error::{ApiError, ErrorReason};
use serde::Serialize;

use super::{devices, vault};
use crate::args::{ConfirmArgs, JoinArgs};
use crate::ask;
use crate::cx::{Cx, Haven};
use crate::fault::Fault;
use crate::limits::JOIN_MAX;

#[derive(Serialize)]
struct Words<'a> {
    words: &'a str,
}

#[derive(Serialize)]
struct Linked<'a> {
    state: &'static str,
    vault: &'a str,
    device: &'a str,
}

/// The command that a new device joins with, ready to be pasted into a shell: broken only where a shell takes it up again.
pub(super) fn command(code: &str, server_url: &str, columns: Option<usize>) -> String {
    let server_url = quoted(server_url);
    let columns = columns.unwrap_or(usize::MAX);
    if ["haven device join", code, "--server", &server_url].join(" ").len() <= columns {
        return format!("haven device join {code} --server {server_url}");
    }
    ["haven device join", code, "--server", &server_url].join(" \\\n  ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ":/.-_~%[]@".contains(letter);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

pub(super) async fn join(cx: &Cx, args: JoinArgs) -> Result<(), Fault> {
    let (code, linked) = read_link(&args.code.join(" "));
    let server_url = args.server.or(linked).ok_or_else(no_server)?;
    let haven = cx.device().await?;
    let prompt = "A passphrase for this new device, five or six words: ";
    let passphrase = ask::new_passphrase(cx, &haven, args.passphrase_file.as_deref(), prompt).await?;
    let device_name = args.name.unwrap_or_else(vault::machine);
    let join = Join { code, server_url, device_name, passphrase };
    within(JOIN_MAX, joined(cx, &haven, join)).await?;
    if cx.asks && !cx.json {
        vault::ask_country(cx, &haven).await;
    }
    Ok(())
}

fn no_server() -> Fault {
    Fault::usage(
        "not joined",
        "a code alone doesn't say where the other device is",
        "Give --server URL as the other device shows it, or its whole link: haven-link:CODE@URL.",
    )
}

async fn joined(cx: &Cx, haven: &Haven, join: Join) -> Result<(), Fault> {
    let mut states = haven.join(join).await?;
    while let Some(state) = states.next().await? {
        match state {
            JoinState::Connecting => cx.note("Reaching the other device …"),
            JoinState::Words(words) => {
                cx.tell(&Words { words: &words }, |style| format!("\n    {}\n\n", style.bold(&words)))?;
                cx.note("Give these three words to the other device; it lets this one in then.");
            }
            JoinState::Linked { vault, device_id } => {
                let linked = Linked { state: "linked", vault: &vault, device: &device_id };
                return cx
                    .tell(&linked, |_| "This device is linked; your entries are coming in.\n".to_owned());
            }
        }
    }
    Err(ApiError::new(ErrorReason::Cancelled, "not joined").into())
}

pub(super) async fn confirm(cx: &Cx, args: ConfirmArgs) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    if let Some(name) = answered(cx, &haven, args.wait).await? {
        let name = cx.style.line(&name);
        let asked = format!("A device that calls itself \"{name}\" wants in. The three words it shows: ");
        let words = match args.words {
            Some(words) => words,
            None => ask::line(cx, &asked, "Pass --words \"…\".").await?,
        };
        let passphrase =
            ask::passphrase(cx, args.passphrase_file.as_deref(), "The passphrase of this device: ").await?;
        haven.confirm_link(&words, passphrase).await?;
    }
    within(JOIN_MAX, done(cx, &haven)).await
}

/// Waits until a device has used the code, and says how it calls itself; `None` if one is in already.
async fn answered(cx: &Cx, haven: &Haven, wait: bool) -> Result<Option<String>, Fault> {
    let mut states = haven.watch_link().await?;
    while let Some(state) = states.next().await? {
        match state {
            LinkState::Waiting { .. } if !wait => {
                return Err(ApiError::new(ErrorReason::NoLink, "no device was let in")
                    .because("no device has used the code yet")
                    .with_next("Join on the new device first, or wait for it with --wait.")
                    .into());
            }
            LinkState::Waiting { .. } => cx.note("Waiting for the new device …"),
            LinkState::Answered { device_name } => return Ok(Some(device_name)),
            LinkState::Done(_) => return Ok(None),
            over => return Err(ended(over)),
        }
    }
    Err(ApiError::new(ErrorReason::NoLink, "no device was let in").into())
}

/// Waits until the link is done, and prints the device.
async fn done(cx: &Cx, haven: &Haven) -> Result<(), Fault> {
    let mut states = haven.watch_link().await?;
    while let Some(state) = states.next().await? {
        match state {
            LinkState::Waiting { .. } | LinkState::Answered { .. } => {}
            LinkState::Done(device) => return devices::tell(cx, &device),
            over => return Err(ended(over)),
        }
    }
    Err(ApiError::new(ErrorReason::NoLink, "no device was let in").into())
}

fn ended(state: LinkState) -> Fault {
    match state {
        LinkState::Failed(error) => (*error).into(),
        _ => ApiError::new(ErrorReason::CodeExpired, "no device was let in").into(),
    }
}

/// Gives up after a while.
async fn within(limit: Duration, command: impl Future<Output = Result<(), Fault>>) -> Result<(), Fault> {
    let in_time = tokio::time::timeout(limit, command).await;
    in_time.unwrap_or_else(|_| Err(ApiError::new(ErrorReason::TimedOut, "nobody let this device in").into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_pasted_at_any_width() {
        let check = |url: &str, columns, shown: &str| assert_eq!(command("AB-CD", url, columns), shown);
        check("http://s:1", None, "haven device join AB-CD --server http://s:1");
        check("http://s:1", Some(80), "haven device join AB-CD --server http://s:1");
        check("http://s:1", Some(40), "haven device join \\\n  AB-CD \\\n  --server \\\n  http://s:1");
        check("http://s/?a&b='c", None, r"haven device join AB-CD --server 'http://s/?a&b='\''c'");
    }
}
