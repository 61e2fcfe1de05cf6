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
use serde::Deserialize;

use crate::cx::Haven;
use crate::fault::Fault;
use crate::limits::{DAEMON_GONE_MAX, DAEMON_LOOK, DAEMON_LOOK_MAX, DAEMON_SECOND_MAX, DAEMON_START_MAX};
use crate::when;

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
        Ok(haven) => Ok(Some(haven.in_the_time_of(when::here))),
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
            let fault = last_words(&begun.said());
            // Another command may have started one at the same moment, and ours saw that it came second.
            let came_second = fault.reason() == ErrorReason::StorageInUse;
            deadline = Instant::now() + if came_second { DAEMON_SECOND_MAX } else { Duration::ZERO };
            ended = Some(fault);
        }
        if Instant::now() >= deadline {
            return Err(ended.unwrap_or_else(|| silent("it takes too long")));
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
            .arg("--json")
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

    fn said(&mut self) -> String {
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

/// What a daemon that ends before it listens says on its last line.
#[derive(Deserialize)]
struct Envelope {
    error: Told,
}

#[derive(Deserialize)]
struct Told {
    reason: String,
    what: String,
    why: String,
    next: String,
}

/// Reads why a daemon ended: its own envelope if it had one, else whatever the system said.
fn last_words(said: &str) -> Fault {
    let envelope = said.lines().rev().find_map(|line| serde_json::from_str::<Envelope>(line).ok());
    let Some(Envelope { error }) = envelope else {
        return silent(said.lines().next().unwrap_or("it ended at once"));
    };
    let reason = ErrorReason::from_str_name(&format!("ERROR_REASON_{}", error.reason));
    let told = ApiError::new(reason.unwrap_or(ErrorReason::DaemonUnreachable), error.what);
    told.because(error.why).with_next(error.next).into()
}

fn silent(why: &str) -> Fault {
    ApiError::new(ErrorReason::DaemonUnreachable, "the daemon does not start")
        .because(why)
        .with_next("Run `haven daemon run` to see what it does.")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Exit;

    #[test]
    fn what_a_daemon_said_before_it_ended_is_passed_on() {
        let said = "a library's line\n{\"error\":{\"next\":\"Update Haven.\",\"reason\":\"STORAGE_NEWER\",\"what\":\"it \
                    fails\",\"why\":\"it is newer\"}}\n";
        let told = last_words(said);
        let expected = ApiError::new(ErrorReason::StorageNewer, "it fails");
        assert_eq!(told, expected.because("it is newer").with_next("Update Haven.").into());
        assert_eq!(told.exit(), Exit::Failed);
    }

    #[test]
    fn a_daemon_that_said_nothing_of_its_own_is_unreachable() {
        for (said, why) in [("", "it ended at once"), ("cannot find libc\n", "cannot find libc")] {
            let told = last_words(said);
            assert_eq!((told.reason(), told.why().as_str()), (ErrorReason::DaemonUnreachable, why));
            assert_eq!(told.exit(), Exit::Daemon);
        }
        let unknown = r#"{"error":{"reason":"OF_THE_FUTURE","what":"w","why":"y","next":"N."}}"#;
        assert_eq!(last_words(unknown).reason(), ErrorReason::DaemonUnreachable);
    }
}
