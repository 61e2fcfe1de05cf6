//! The daemon of this device.

use std::os::unix::process::CommandExt as _;
use std::time::Instant;

use haven_api::error::{ApiError, ErrorReason, refused};
use serde::Serialize;

use crate::args::DaemonCommand;
use crate::cx::{Cx, Haven};
use crate::daemon;
use crate::fault::{Exit, Fault};
use crate::limits::{DAEMON_LOOK_MAX, DAEMON_STOP_MAX};
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
            let mut command = daemon::command(serve);
            command.args(cx.json.then_some("--json"));
            let error = command.exec();
            let unable = ApiError::new(ErrorReason::DaemonUnreachable, "the daemon cannot be run");
            Err(unable.because(refused(&error)).with_next("Install havend beside haven.").into())
        }
        DaemonCommand::Start { serve } => {
            let haven = match daemon::running().await? {
                Some(_) if serve.is_some() => return Err(runs_already()),
                Some(haven) => haven,
                None => daemon::start(serve).await?,
            };
            tell(cx, &haven).await?;
            if serve.is_some() {
                tell_invite(cx);
            }
            Ok(Exit::Done)
        }
        DaemonCommand::Stop => {
            if let Some(haven) = daemon::running().await? {
                stop(&haven).await?;
            }
            cx.tell(&STOPPED, |_| "The daemon is stopped.\n".to_owned())?;
            Ok(Exit::Done)
        }
        DaemonCommand::Status => match daemon::running().await? {
            Some(haven) => {
                tell(cx, &haven).await?;
                Ok(Exit::Done)
            }
            None => {
                cx.tell(&STOPPED, |_| "The daemon does not run. Other commands start it.\n".to_owned())?;
                Ok(Exit::Daemon)
            }
        },
    }
}

fn runs_already() -> Fault {
    let next = "Stop it with `haven daemon stop`, then start it again with --serve.";
    Fault::decision("no server was started", "the daemon runs already", next)
}

/// Says where the invite to the server inside lies, which the first journal needs.
fn tell_invite(cx: &Cx) {
    let data = super::folder_of("XDG_DATA_HOME", ".local/share");
    if let Some(file) = data.map(|data| data.join(FIRST_INVITE)).filter(|file| file.is_file()) {
        cx.note(&format!("The invite to its server is in {}.", file.display()));
    }
}

async fn tell(cx: &Cx, haven: &Haven) -> Result<(), Fault> {
    let daemon = haven.daemon().await?;
    let shape = DaemonShape {
        state: "running",
        version: Some(daemon.version.clone()),
        pid: Some(daemon.pid),
        started: Some(daemon.started.to_string()),
    };
    cx.tell(&shape, |_| {
        let since = when::local(daemon.started);
        format!("havend {} runs since {since}, process {}.\n", daemon.version, daemon.pid)
    })
}

/// Asks the daemon to end, and waits until nobody listens any more.
async fn stop(haven: &Haven) -> Result<(), Fault> {
    let pid = haven.daemon().await?.pid;
    haven.stop_daemon().await?;
    let deadline = Instant::now() + DAEMON_STOP_MAX;
    while runs(pid).await? {
        if Instant::now() >= deadline {
            return Err(ApiError::new(ErrorReason::TimedOut, "the daemon is still stopping").into());
        }
        tokio::time::sleep(DAEMON_LOOK_MAX).await;
    }
    Ok(())
}

/// Whether a process is there; one that ended and was not collected by its parent is not.
async fn runs(pid: u32) -> Result<bool, Fault> {
    let Some(process) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) else {
        return Ok(daemon::running().await?.is_some());
    };
    let is_there = rustix::process::test_kill_process(process).is_ok();
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let is_dead = stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'));
    Ok(is_there && !is_dead)
}
