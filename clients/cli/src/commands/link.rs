//! A new device joins: it shows three words for the device there is, and that one three more for the new one.

use std::time::Duration;

use haven_api::client::Joining;
use haven_api::devices::{Admitted, Device, Join, JoinState, LinkState, read_link};
use haven_api::error::{ApiError, ErrorReason};
use serde::Serialize;

use super::vault;
use crate::args::{ConfirmArgs, JoinArgs};
use crate::ask;
use crate::cx::{Cx, Haven, aside};
use crate::fault::Fault;
use crate::limits::JOIN_MAX;

/// How often three words may be typed that can't be right: after that something else is wrong than a finger.
const WORDS_TRIES: usize = 3;

#[derive(Serialize)]
struct Words<'a> {
    words: &'a str,
}

/// What the device says that lets another in.
#[derive(Serialize)]
struct LetIn<'a> {
    device: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<&'a str>,
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
    let machine = vault::machine();
    let checked = args.name.clone().unwrap_or_else(|| machine.clone());
    let attempt = |device_name: String, passphrase: String| Join {
        code: code.clone(),
        server_url: server_url.clone(),
        device_name,
        passphrase,
    };
    // Nobody thinks of a passphrase for a code that can't be right, or on a device that has a journal.
    haven.check_join(attempt(checked.clone(), String::new())).await?;
    let device_name = match args.name {
        None if cx.asks && !cx.json => named(cx, &machine).await?,
        _ => checked,
    };
    let prompt = "A passphrase for this new device, five or six words: ";
    let passphrase = ask::new_passphrase(cx, &haven, args.passphrase_file.as_deref(), prompt).await?;
    let way = if args.confirm_words.is_some() { Way::Stdin } else { Way::Asked };
    joined(cx, &haven, attempt(device_name, passphrase), way).await?;
    if cx.asks && !cx.json {
        vault::ask_country(cx, &haven).await;
    }
    Ok(())
}

/// What this device shall be called; an empty line takes the machine's name.
async fn named(cx: &Cx, machine: &str) -> Result<String, Fault> {
    let question = format!("A name for this device (Enter takes \"{}\"): ", cx.style.line(machine));
    let typed = ask::line(cx, &question, "Pass --name NAME.").await?;
    let typed = typed.trim();
    Ok(if typed.is_empty() { machine.to_owned() } else { typed.to_owned() })
}

fn no_server() -> Fault {
    Fault::usage(
        "not joined",
        "a code alone doesn't say where the other device is",
        "Give --server URL as the other device shows it, or its whole link: haven-link:CODE@URL.",
    )
}

/// How words four to six come here.
#[derive(Clone, Copy)]
enum Way {
    /// As a line of stdin, which a script writes.
    Stdin,
    /// From the person, if somebody may be asked.
    Asked,
}

async fn joined(cx: &Cx, haven: &Haven, join: Join, way: Way) -> Result<(), Fault> {
    let mut states = haven.join(join).await?;
    within(JOIN_MAX, let_in_there(cx, &mut states, way)).await?;
    cx.note(
        "The other device has let this one in. It shows three words of its own now: they prove that it's yours. If it shows none, \
         stop here with Ctrl-C; nothing is kept then.",
    );
    let compared = compare(cx, haven, way);
    tokio::pin!(compared);
    // The two go on at once: the daemon may end it while somebody still types.
    let last = tokio::select! {
        biased;
        outcome = &mut compared => {
            outcome?;
            states.next().await?
        }
        state = states.next() => match state? {
            Some(linked) => {
                compared.await?;
                Some(linked)
            }
            None => None,
        },
    };
    let Some(JoinState::Linked { vault, device_id }) = last else { return Err(broken_off()) };
    let linked = Linked { state: "linked", vault: &vault, device: &device_id };
    cx.tell(&linked, |_| "This device is linked; your entries are coming in.\n".to_owned())
}

/// Shows the three words, until the other device has let this one in.
async fn let_in_there(cx: &Cx, states: &mut Joining, way: Way) -> Result<(), Fault> {
    while let Some(state) = states.next().await? {
        match state {
            JoinState::Connecting => cx.note("Reaching the other device …"),
            JoinState::Words(words) => {
                cx.tell(&Words { words: &words }, |style| format!("\n    {}\n\n", style.bold(&words)))?;
                // Before the other device has let in what would keep nothing.
                if matches!(way, Way::Asked) && !cx.asks {
                    return Err(nobody_compares("nobody can be asked here"));
                }
                cx.note("Give these three words to the other device; it lets this one in then.");
            }
            JoinState::Comparing => return Ok(()),
            JoinState::Linked { .. } => break,
        }
    }
    Err(broken_off())
}

/// Gives words four to six as the other device shows them. A slip of the finger is asked again where there is somebody to ask.
async fn compare(cx: &Cx, haven: &Haven, way: Way) -> Result<(), Fault> {
    for left in (0..WORDS_TRIES).rev() {
        let words = match way {
            Way::Stdin => {
                ask::given_line().await?.ok_or_else(|| nobody_compares("stdin ended without them"))?
            }
            Way::Asked => ask::line(cx, "The three words it shows: ", "Pass --confirm-words -.").await?,
        };
        match haven.confirm_join(&words).await {
            Ok(()) => break,
            Err(error) if error.reason == ErrorReason::InvalidArgument && asks(cx, way) && left > 0 => {
                aside("Those aren't three words such as the other device shows. Once more.");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn asks(cx: &Cx, way: Way) -> bool {
    matches!(way, Way::Asked) && cx.asks
}

fn nobody_compares(why: &str) -> Fault {
    Fault::decision(
        "not joined",
        format!("the words that the other device shows have to be given here, and {why}"),
        "Run this in a terminal, or pass --confirm-words - and write them to stdin. It takes a new code.",
    )
}

fn broken_off() -> Fault {
    ApiError::new(ErrorReason::Cancelled, "not joined").into()
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
        let words = fitting(cx, &haven, words, &asked).await?;
        let let_in = async |passphrase| haven.confirm_link(&words, passphrase).await;
        ask::with_passphrase(cx, args.passphrase_file.as_deref(), let_in).await?;
    }
    done(cx, &haven).await
}

/// The words, once they could be such: a slip of the finger is asked again where there is somebody to ask.
async fn fitting(cx: &Cx, haven: &Haven, mut words: String, asked: &str) -> Result<String, Fault> {
    for left in (0..WORDS_TRIES).rev() {
        match haven.check_link_words(&words).await {
            Ok(()) => break,
            Err(error) if error.reason == ErrorReason::InvalidArgument && cx.asks && left > 0 => {
                aside("Those aren't three words such as the new device shows. Once more.");
                words = ask::line(cx, asked, "Pass --words \"…\".").await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(words)
}

/// Waits until a device has used the code, and says how it calls itself; `None` if one was let in already.
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
            LinkState::Comparing(_) | LinkState::Done(_) => return Ok(None),
            over => return Err(ended(over)),
        }
    }
    Err(ApiError::new(ErrorReason::NoLink, "no device was let in").into())
}

/// Shows words four to six, and waits until the new device says that it is in. The daemon ends it if that never comes.
async fn done(cx: &Cx, haven: &Haven) -> Result<(), Fault> {
    let (mut states, mut is_told) = (haven.watch_link().await?, false);
    while let Some(state) = states.next().await? {
        match state {
            LinkState::Waiting { .. } | LinkState::Answered { .. } => {}
            LinkState::Comparing(admitted) => {
                if !std::mem::replace(&mut is_told, true) {
                    show_words(cx, &admitted)?;
                }
            }
            LinkState::Done(device) => return tell_done(cx, &device, is_told),
            over => return Err(ended(over)),
        }
    }
    Err(ApiError::new(ErrorReason::NoLink, "no device was let in").into())
}

fn show_words(cx: &Cx, Admitted { device, words }: &Admitted) -> Result<(), Fault> {
    let shape = LetIn { device: &device.id, words: Some(words) };
    cx.tell(&shape, |style| format!("\n    {}\n\n", style.bold(words)))?;
    cx.note("Type these three words into the new device: it keeps nothing until they match. Waiting until it's in …");
    Ok(())
}

fn tell_done(cx: &Cx, device: &Device, is_told: bool) -> Result<(), Fault> {
    if is_told && cx.json {
        return Ok(());
    }
    let shape = LetIn { device: &device.id, words: None };
    cx.tell(&shape, |style| format!("{} is linked.\n", style.bold(&style.line(&device.name))))
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
