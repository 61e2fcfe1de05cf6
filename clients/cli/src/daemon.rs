//! The way to the daemon, which is started if it does not run.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, io};

use haven_api::error::{ApiError, ErrorReason};
use haven_api::unix;

use crate::cx::Haven;
use crate::fault::Fault;
use crate::limits::{DAEMON_GONE_MAX, DAEMON_LOOK, DAEMON_LOOK_MAX, DAEMON_SECOND_MAX, DAEMON_START_MAX};

/// The name of the daemon's program.
const PROGRAM: &str = "havend";

/// Connects to the daemon; starts it if nobody listens.
///
/// # Errors
/// It cannot be started or does not begin to listen.
pub(crate) async fn reach() -> Result<Haven, Fault> {
    match running().await? {
        Some(haven) => Ok(haven),
        None => start(None).await,
    }
}

/// Connects to a daemon that runs already; `None` if nobody listens.
///
/// # Errors
/// Somebody else listens, or nothing tells where.
pub(crate) async fn running() -> Result<Option<Haven>, Fault> {
    match unix::connect(&socket()?).await {
        Ok(haven) => Ok(Some(haven)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Waits until the process behind a connection is gone. A daemon that locks begins anew, so that no key stays in memory:
/// when it answers no more, the keys are gone, and whoever connects next finds its successor.
pub(crate) async fn gone(haven: &Haven) {
    let silent = async {
        while haven.status().await.is_ok() {
            tokio::time::sleep(DAEMON_LOOK).await;
        }
    };
    // The daemon promises two seconds; a command does not wait longer for what it cannot hasten.
    let _ = tokio::time::timeout(DAEMON_GONE_MAX, silent).await;
}

/// Where the daemon listens.
///
/// # Errors
/// Nothing tells.
pub(crate) fn socket() -> Result<PathBuf, Fault> {
    unix::socket().ok_or_else(|| {
        Fault::usage(
            "the journal cannot be found",
            "neither HAVEN_HOME nor HOME is set",
            "Set HAVEN_HOME to a folder.",
        )
    })
}

/// Nobody listens, as opposed to somebody who must not be talked to.
fn is_absent(error: &ApiError) -> bool {
    let usual = ApiError::new(ErrorReason::DaemonUnreachable, error.what.clone());
    *error == usual
}

/// Starts the daemon and connects to it.
///
/// # Errors
/// It cannot be started, ends at once or does not begin to listen.
pub(crate) async fn start(serve: Option<SocketAddr>) -> Result<Haven, Fault> {
    let mut begun = Begun::spawn(serve)?;
    let mut deadline = Instant::now() + DAEMON_START_MAX;
    let mut pause = DAEMON_LOOK;
    let mut ended = None;
    loop {
        if let Some(haven) = running().await? {
            return Ok(haven);
        }
        if ended.is_none() && begun.has_ended() {
            // Another command may have started one at the same moment, and ours saw that it came second.
            deadline = Instant::now() + if begun.came_second() { DAEMON_SECOND_MAX } else { Duration::ZERO };
            ended = Some(begun.last_words());
        }
        if Instant::now() >= deadline {
            return Err(silent(ended));
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(DAEMON_LOOK_MAX);
    }
}

/// A daemon that was just started, and what it says before it has a log.
struct Begun {
    child: Child,
    said: File,
}

impl Begun {
    fn spawn(serve: Option<SocketAddr>) -> Result<Self, Fault> {
        let unable = |error: io::Error| {
            let unable = ApiError::new(ErrorReason::DaemonUnreachable, "the daemon cannot be started");
            let next = format!("Install {PROGRAM} beside haven, or where your PATH finds it.");
            Fault::from(unable.because(error.kind().to_string()).with_next(next))
        };
        let said = tempfile::tempfile().map_err(unable)?;
        let mut command = command(serve);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said.try_clone().map_err(unable)?)
            // An interrupt at this terminal is not meant for it, and no folder is kept busy by it.
            .process_group(0)
            .current_dir("/");
        let child = command.spawn().map_err(unable)?;
        Ok(Self { child, said })
    }

    fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
    }

    fn came_second(&mut self) -> bool {
        self.last_words().contains("another havend")
    }

    fn last_words(&mut self) -> String {
        let mut said = String::new();
        let read = self.said.rewind().and_then(|()| self.said.read_to_string(&mut said));
        if read.is_ok() { said } else { String::new() }
    }
}

/// The daemon's command line.
pub(crate) fn command(serve: Option<SocketAddr>) -> Command {
    let mut command = Command::new(program());
    command.arg("run");
    if let Some(address) = serve {
        command.arg("--serve").arg(address.to_string());
    }
    if let Some(home) = absolute_home() {
        command.env("HAVEN_HOME", home);
    }
    command
}

/// The daemon beside this program, or the one on the PATH.
fn program() -> OsString {
    let beside = env::current_exe().ok().map(|own| own.with_file_name(PROGRAM));
    beside.filter(|path| path.is_file()).map_or_else(|| PROGRAM.into(), PathBuf::into_os_string)
}

/// The home as the daemon must get it, since it starts elsewhere.
fn absolute_home() -> Option<PathBuf> {
    let home = env::var_os("HAVEN_HOME").filter(|home| !home.is_empty())?;
    std::path::absolute(Path::new(&home)).ok()
}

/// Says why a daemon that was started does not listen.
fn silent(ended: Option<String>) -> Fault {
    let silent = ApiError::new(ErrorReason::DaemonUnreachable, "the daemon does not start");
    let Some(said) = ended else {
        return silent
            .because("it takes too long")
            .with_next("Run `haven daemon run` to see what it does.")
            .into();
    };
    let part = |label: &str| {
        let line = said.lines().find_map(|line| line.trim_start().strip_prefix(label));
        line.map(|line| line.trim().to_owned())
    };
    let why = part("why:").or_else(|| said.lines().next().map(str::to_owned));
    let next = part("next:").unwrap_or_else(|| "Run `haven daemon run` to see what it does.".to_owned());
    silent.because(why.unwrap_or_else(|| "it ended at once".to_owned())).with_next(next).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_daemon_said_before_it_ended_is_passed_on() {
        let said = "error: havend cannot run\n  why:  the folder is full\n  next: Free some.\n";
        let told = silent(Some(said.to_owned()));
        assert_eq!(told.reason(), ErrorReason::DaemonUnreachable);
        assert_eq!(
            told,
            ApiError::new(ErrorReason::DaemonUnreachable, "the daemon does not start")
                .because("the folder is full")
                .with_next("Free some.")
                .into()
        );
    }
}
