//! The way to the daemon, which is started if it does not run.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use std::{env, io};

use haven_api::daemon::Daemon;
use haven_api::error::{ApiError, ErrorReason, refused};
use haven_api::unix;
use haven_api::unix::holder::{Held, Holder};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal};
use serde::Deserialize;

use crate::cx::Haven;
use crate::fault::Fault;
use crate::limits::{
    DAEMON_ANSWER_MAX, DAEMON_GONE_MAX, DAEMON_LOOK, DAEMON_LOOK_MAX, DAEMON_SECOND_MAX, DAEMON_START_MAX,
};
use crate::text::LANGUAGE;
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
        Ok(haven) => Ok(Some(haven.in_the_language(LANGUAGE).in_the_time_of(when::here))),
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

/// How it stands with the daemon, whatever its socket says.
pub(crate) enum Standing {
    /// It serves.
    Answers(Haven, Daemon),
    /// It holds the folder, and says nothing; who it is, if that can be told.
    Silent(Option<Holder>),
    /// There is none.
    Stopped,
}

/// Looks how it stands with the daemon, and starts none.
///
/// # Errors
/// Somebody else's is in its place.
pub(crate) async fn standing() -> Result<Standing, Fault> {
    let deadline = Instant::now() + DAEMON_SECOND_MAX;
    loop {
        if let Some(haven) = running().await? {
            match tokio::time::timeout(DAEMON_ANSWER_MAX, haven.daemon()).await {
                Ok(Ok(daemon)) => return Ok(Standing::Answers(haven, daemon)),
                // It has just ended, or begins anew.
                Ok(Err(error)) if error.reason == ErrorReason::DaemonUnreachable => {}
                Ok(Err(error)) => return Err(error.into()),
                Err(_) => return Ok(Standing::Silent(holder(held()?))),
            }
        }
        let held = held()?;
        if held == Held::ByNobody {
            return Ok(Standing::Stopped);
        }
        if Instant::now() >= deadline {
            return Ok(Standing::Silent(holder(held)));
        }
        tokio::time::sleep(DAEMON_LOOK_MAX).await;
    }
}

/// Who serves the folder, by its lock.
///
/// # Errors
/// The folder is another user's, or cannot be read.
pub(crate) fn held() -> Result<Held, Fault> {
    Held::of(&data()?).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => {
            ApiError::new(ErrorReason::DaemonUnreachable, "the daemon can't be looked for")
                .because("the folder of the journal is another user's")
                .with_next("Set HAVEN_HOME to a folder of your own.")
                .into()
        }
        _ => Fault::system("the daemon can't be looked for", &error),
    })
}

fn holder(held: Held) -> Option<Holder> {
    match held {
        Held::By(holder) => Some(holder),
        Held::ByNobody | Held::BySomebody => None,
    }
}

/// Asks a daemon that does not answer to end, as the system asks. One that somebody has stopped goes on for that.
///
/// # Errors
/// The system refused.
pub(crate) fn interrupt(holder: Holder) -> Result<(), Fault> {
    let refused = |error: io::Error| Fault::system("the daemon couldn't be stopped", &error);
    let pid = i32::try_from(holder.pid).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| refused(io::ErrorKind::InvalidData.into()))?;
    // Opened first: from here on nobody else can be given its id before it is looked at once more.
    let process = rustix::process::pidfd_open(pid, PidfdFlags::empty());
    if held()? != Held::By(holder) {
        return Ok(());
    }
    for signal in [Signal::TERM, Signal::CONT] {
        let sent = match &process {
            Ok(process) => rustix::process::pidfd_send_signal(process, signal),
            // A system without such handles.
            Err(Errno::NOSYS) => rustix::process::kill_process(pid, signal),
            Err(errno) => Err(*errno),
        };
        match sent {
            Ok(()) | Err(Errno::SRCH) => {}
            Err(errno) => return Err(refused(errno.into())),
        }
    }
    Ok(())
}

/// Says of a daemon that did not answer what can be known of it.
pub(crate) fn explained(fault: Fault) -> Fault {
    if !fault.is_usual(ErrorReason::DaemonUnreachable) {
        return fault;
    }
    match held() {
        Ok(Held::ByNobody) => fault.because("the daemon ended in the middle of it").with_next(
            "Check whether it was done before you try again; the next command starts another daemon.",
        ),
        Ok(held) => unanswering(holder(held)),
        Err(_) => fault,
    }
}

/// Says that a daemon runs and does not answer.
fn unanswering(holder: Option<Holder>) -> Fault {
    let why = match holder {
        Some(holder) => format!("it runs as process {}, but says nothing", holder.pid),
        None => "one is using the journal's folder, but says nothing".to_owned(),
    };
    ApiError::new(ErrorReason::DaemonUnreachable, "the daemon doesn't answer")
        .because(why)
        .with_next(
            "If this computer is very busy, try again in a moment. Otherwise `haven daemon stop` ends it; what was saved \
             is kept.",
        )
        .into()
}

/// The folder of the journal, where the daemon is found.
///
/// # Errors
/// Nothing tells.
fn data() -> Result<PathBuf, Fault> {
    unix::data().ok_or_else(|| {
        Fault::usage(
            "the journal can't be found",
            "neither HAVEN_HOME nor HOME is set",
            "Set HAVEN_HOME to a folder.",
        )
    })
}

/// The journal of a device, in its folder.
const JOURNAL: &str = "journal.db";

/// Whether there is a journal in a folder, or anything else than none: where nobody can tell, the daemon does.
pub(crate) fn has_journal(folder: &Path) -> bool {
    folder.join(JOURNAL).try_exists().unwrap_or(true)
}

/// Connects to the daemon for words, which are no reason to begin anything in a folder that holds no journal.
///
/// # Errors
/// As [`reach`]; also if there is no journal.
pub(crate) async fn reach_for_words() -> Result<Haven, Fault> {
    match running().await? {
        Some(haven) => Ok(haven),
        None if has_journal(&data()?) || held()? != Held::ByNobody => start(None).await,
        None => Err(ApiError::new(ErrorReason::NoVault, "not saved").into()),
    }
}

/// Where the daemon listens.
///
/// # Errors
/// Nothing tells.
pub(crate) fn socket() -> Result<PathBuf, Fault> {
    Ok(data()?.join(unix::SOCKET))
}

/// Nobody listens, as opposed to somebody who must not be talked to.
fn is_absent(error: &ApiError) -> bool {
    let usual = ApiError::new(ErrorReason::DaemonUnreachable, error.what.clone());
    *error == usual
}

/// Starts the daemon and connects to it. Where one holds the folder already, waits for that.
///
/// # Errors
/// It cannot be started, ends at once or does not begin to listen.
pub(crate) async fn start(serve: Option<SocketAddr>) -> Result<Haven, Fault> {
    let mut deadline = Instant::now() + DAEMON_SECOND_MAX;
    let mut pause = DAEMON_LOOK;
    let mut begun = None;
    loop {
        if let Some(haven) = running().await? {
            return Ok(haven);
        }
        let has_ended = begun.as_mut().is_some_and(Begun::has_ended);
        match &mut begun {
            None if held()? == Held::ByNobody => {
                begun = Some(Begun::spawn(serve)?);
                deadline = Instant::now() + DAEMON_START_MAX;
            }
            Some(own) if has_ended => return instead_of(last_words(&own.said())).await,
            _ => {}
        }
        if Instant::now() >= deadline {
            return Err(match begun {
                Some(_) => silent("it takes too long"),
                None => unanswering(holder(held()?)),
            });
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(DAEMON_LOOK_MAX);
    }
}

/// What there is instead of a daemon that ended at once: another command may have started one at the same moment, and ours saw
/// that it came second.
async fn instead_of(fault: Fault) -> Result<Haven, Fault> {
    if fault.reason() != ErrorReason::StorageInUse {
        return running().await?.ok_or(fault);
    }
    let deadline = Instant::now() + DAEMON_SECOND_MAX;
    while Instant::now() < deadline {
        if let Some(haven) = running().await? {
            return Ok(haven);
        }
        tokio::time::sleep(DAEMON_LOOK_MAX).await;
    }
    match held()? {
        Held::ByNobody => Err(fault),
        held => Err(unanswering(holder(held))),
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
            let unable = ApiError::new(ErrorReason::DaemonUnreachable, "the daemon can't be started");
            let next = format!("Install {PROGRAM} beside haven, or where your PATH finds it.");
            Fault::from(unable.because(refused(&error)).with_next(next))
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
    ApiError::new(ErrorReason::DaemonUnreachable, "the daemon didn't start")
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
