//! The daemon of this device.

use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::time::Instant;

use haven_api::daemon::Daemon;
use haven_api::error::{ApiError, ErrorReason, refused};
use haven_api::unix::holder::{Held, Holder};
use serde::Serialize;

use crate::args::DaemonCommand;
use crate::cx::{Cx, Haven};
use crate::daemon::{self, Standing};
use crate::fault::{Exit, Fault};
use crate::limits::{DAEMON_COLLECTED_MAX, DAEMON_LOOK_MAX, DAEMON_STOP_MAX};
use crate::when;

/// Where the daemon keeps the first invite to the server inside it, below its data.
const FIRST_INVITE: &str = "server/first-invite";

#[derive(Serialize)]
struct DaemonShape {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pid: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started: Option<String>,
}

const STOPPED: DaemonShape = DaemonShape { state: "stopped", version: None, pid: None, started: None };

pub(super) async fn run(cx: &Cx, command: DaemonCommand) -> Result<Exit, Fault> {
    match command {
        DaemonCommand::Run { serve } => {
            warn_of(cx, serve);
            let mut command = daemon::command(serve);
            command.args(cx.json.then_some("--json"));
            let error = command.exec();
            let unable = ApiError::new(ErrorReason::DaemonUnreachable, "the daemon can't be run");
            Err(unable.because(refused(&error)).with_next("Install havend beside haven.").into())
        }
        DaemonCommand::Start { serve } => {
            let haven = match daemon::running().await? {
                Some(_) if serve.is_some() => return Err(runs_already()),
                Some(haven) => haven,
                None => daemon::start(serve).await?,
            };
            tell(cx, &haven.daemon().await?)?;
            if serve.is_some() {
                warn_of(cx, serve);
                tell_invite(cx);
            }
            Ok(Exit::Done)
        }
        DaemonCommand::Stop => {
            stop().await?;
            cx.tell(&STOPPED, |_| "The daemon is stopped.\n".to_owned())?;
            Ok(Exit::Done)
        }
        DaemonCommand::Status => status(cx).await,
    }
}

async fn status(cx: &Cx) -> Result<Exit, Fault> {
    let holder = match daemon::standing().await? {
        Standing::Answers(_, daemon) => {
            tell(cx, &daemon)?;
            return Ok(Exit::Done);
        }
        Standing::Stopped => {
            cx.tell(&STOPPED, |_| "The daemon isn't running. Other commands start it.\n".to_owned())?;
            return Ok(Exit::Daemon);
        }
        Standing::Silent(holder) => holder,
    };
    let pid = holder.map(|holder| holder.pid);
    cx.tell(&DaemonShape { state: "silent", pid, ..STOPPED }, |_| {
        let who = pid.map(|pid| format!(" as process {pid}")).unwrap_or_default();
        format!(
            "havend runs{who}, but doesn't answer. Unless this computer is just very busy, `haven daemon stop` ends it; \
             what was saved is kept.\n"
        )
    })?;
    Ok(Exit::Daemon)
}

fn runs_already() -> Fault {
    let next = "Stop it with `haven daemon stop`, then start it again with --serve.";
    Fault::decision("no server was started", "the daemon runs already", next)
}

/// Says what it means to serve other machines: the server inside has no TLS.
fn warn_of(cx: &Cx, serve: Option<SocketAddr>) {
    if serve.is_some_and(|address| !address.ip().is_loopback()) {
        cx.note(
            "Other machines can reach this server, and it has no TLS: whoever is on the way sees who syncs, when and how \
             much, though nothing of what is written. Devices talk to another machine over https:// only; put a proxy with \
             TLS before it, or run `haven-server run` with --tls-cert and --tls-key.",
        );
    }
}

/// Says where the invite to the server inside lies, which the first journal needs.
fn tell_invite(cx: &Cx) {
    let data = super::folder_of("XDG_DATA_HOME", ".local/share");
    if let Some(file) = data.map(|data| data.join(FIRST_INVITE)).filter(|file| file.is_file()) {
        cx.note(&format!("The invite to its server is in {}.", file.display()));
    }
}

fn tell(cx: &Cx, daemon: &Daemon) -> Result<(), Fault> {
    let shape = DaemonShape {
        state: "running",
        version: Some(daemon.version.clone()),
        pid: Some(daemon.pid),
        started: Some(daemon.started.to_string()),
    };
    cx.tell(&shape, |_| {
        let since = when::local(daemon.started);
        format!("havend {} has been running since {since}, as process {}.\n", daemon.version, daemon.pid)
    })
}

/// Ends the daemon, and any that another command starts meanwhile.
async fn stop() -> Result<(), Fault> {
    let deadline = Instant::now() + DAEMON_STOP_MAX;
    loop {
        let holder = match daemon::standing().await? {
            Standing::Stopped => return Ok(()),
            Standing::Answers(haven, known) => ask_to_end(&haven, &known).await?,
            Standing::Silent(Some(holder)) => {
                daemon::interrupt(holder)?;
                Some(holder)
            }
            Standing::Silent(None) => {
                let next =
                    "Find it with `ps -e | grep havend` and end it with `kill`; what was saved is kept.";
                return Err(still_there(
                    "it doesn't answer, and there's no telling which process it is",
                    next,
                ));
            }
        };
        while is_there(holder)? {
            if Instant::now() >= deadline {
                return Err(does_not_end(holder));
            }
            tokio::time::sleep(DAEMON_LOOK_MAX).await;
        }
        let collected = Instant::now() + DAEMON_COLLECTED_MAX;
        while holder.is_some_and(|holder| holder.is_listed()) && Instant::now() < collected {
            tokio::time::sleep(DAEMON_LOOK_MAX).await;
        }
    }
}

/// Asks a daemon to end, and tells which process it is, if its id means anything here.
async fn ask_to_end(haven: &Haven, known: &Daemon) -> Result<Option<Holder>, Fault> {
    let holder = match daemon::held()? {
        Held::By(holder) => Some(holder),
        Held::BySomebody => None,
        Held::ByNobody => Holder::of(known.pid),
    };
    match haven.stop_daemon().await {
        // It may end in the middle of its answer, if another command asked as well.
        Err(error) if error.reason != ErrorReason::DaemonUnreachable => Err(error.into()),
        _ => Ok(holder),
    }
}

/// Whether a daemon is there; one that cannot be told by its process, by what it holds.
fn is_there(holder: Option<Holder>) -> Result<bool, Fault> {
    Ok(match holder {
        Some(holder) => holder.runs(),
        None => daemon::held()? != Held::ByNobody,
    })
}

fn does_not_end(holder: Option<Holder>) -> Fault {
    let Some(Holder { pid, .. }) = holder else {
        return still_there("it was asked to end, and still holds the journal", "Try again in a moment.");
    };
    let next = format!("`kill -KILL {pid}` ends it where it stands; what was saved is kept.");
    still_there(&format!("process {pid} was asked to end, and still runs"), &next)
}

fn still_there(why: &str, next: &str) -> Fault {
    let error = ApiError::new(ErrorReason::DaemonUnreachable, "the daemon couldn't be stopped");
    error.because(why).with_next(next).into()
}
