//! Which process serves a folder: what a daemon notes in the file that it locks, and how anybody else reads it.
//!
//! ```text
//! havend.lock    0600, locked whole (flock) for as long as a daemon serves the folder
//!   pid started LF      in decimal; started: when the process began, in the system's ticks since it started
//! ```
//! The lock is the truth and the note only says whose it is. A process id alone proves nothing, since it is given again; with the
//! time at which the process began it is that process or none.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{CWD, FlockOperation, Mode, OFlags};
use rustix::io::Errno;

/// The name of the file in the folder of the journal.
pub const LOCK: &str = "havend.lock";

/// The most bytes of a note that are read: twice what two numbers take.
const NOTE_BYTES_MAX: u64 = 84;

/// A process, told apart from every other one that has had or will have its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its id.
    pub pid: u32,
    started: u64,
}

/// Who serves a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// No process.
    ByNobody,
    /// This one.
    By(Holder),
    /// One that cannot be told: it has noted nothing yet, or runs where its id means nothing here.
    BySomebody,
}

impl Holder {
    /// This process; nothing where the system does not say when it began.
    pub fn this() -> Option<Self> {
        Self::of(std::process::id())
    }

    /// The process that has an id now, if one runs.
    pub fn of(pid: u32) -> Option<Self> {
        Some(Self { pid, started: started(pid)? })
    }

    /// The note, as it stands in the file.
    pub fn note(&self) -> String {
        format!("{} {}\n", self.pid, self.started)
    }

    /// Whether this very process still runs. One that ended and was not collected by its parent does not.
    pub fn runs(&self) -> bool {
        started(self.pid) == Some(self.started)
    }

    /// Whether its id is still taken, be it by a process that has ended and that nobody has collected yet.
    pub fn is_listed(&self) -> bool {
        stat(self.pid).is_some_and(|(_, started)| started == self.started)
    }

    fn read(note: &str) -> Option<Self> {
        let (pid, started) = note.strip_suffix('\n')?.split_once(' ')?;
        Some(Self { pid: pid.parse().ok()?, started: started.parse().ok()? })
    }
}

impl Held {
    /// Looks who serves the folder of a journal. Takes the lock for an instant if nobody has it.
    ///
    /// # Errors
    /// The file cannot be read, or is another user's.
    pub fn of(data: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(CWD, data.join(LOCK), flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::NOENT | Errno::NOTDIR) => return Ok(Self::ByNobody),
            Err(errno) => return Err(errno.into()),
        };
        let found = file.metadata()?;
        if !found.is_file() || found.uid() != rustix::process::geteuid().as_raw() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared) {
            Ok(()) => return Ok(Self::ByNobody),
            Err(Errno::WOULDBLOCK) => {}
            Err(errno) => return Err(errno.into()),
        }
        let mut note = String::new();
        let read = file.take(NOTE_BYTES_MAX).read_to_string(&mut note).ok();
        let noted = read.and_then(|_| Holder::read(&note)).filter(Holder::runs);
        Ok(noted.map_or(Self::BySomebody, Self::By))
    }
}

/// When a living process began.
fn started(pid: u32) -> Option<u64> {
    stat(pid).filter(|(is_dead, _)| !is_dead).map(|(_, started)| started)
}

/// Whether a process is dead, and when it began; proc(5), the third and the twenty-second field of `stat`.
fn stat(pid: u32) -> Option<(bool, u64)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program, in brackets, may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let is_dead = matches!(fields.next()?, "Z" | "X");
    Some((is_dead, fields.nth(18)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder whose lock holds a note, and is held by nobody.
    fn noted(note: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(LOCK), note).unwrap();
        folder
    }

    /// The lock, as a daemon holds it.
    fn hold(folder: &Path) -> File {
        let file = File::options().read(true).write(true).open(folder.join(LOCK)).unwrap();
        rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive).unwrap();
        file
    }

    #[test]
    fn whoever_holds_the_lock_is_told_by_the_note() {
        let this = Holder::this().unwrap();
        let folder = noted(&this.note());
        assert_eq!(Held::of(folder.path()).unwrap(), Held::ByNobody, "a note alone says nothing");
        let held = hold(folder.path());
        assert_eq!(Held::of(folder.path()).unwrap(), Held::By(this));
        drop(held);
        assert_eq!(Held::of(folder.path()).unwrap(), Held::ByNobody);
        assert_eq!(Held::of(&folder.path().join("none")).unwrap(), Held::ByNobody);
    }

    #[test]
    fn a_note_of_another_time_names_nobody() {
        let this = Holder::this().unwrap();
        let reused = Holder { started: this.started + 1, ..this };
        for note in ["", "12", "x y\n", "12 34", "-1 2\n", "1 2 3\n", &reused.note(), &"9".repeat(500)] {
            let folder = noted(note);
            let _held = hold(folder.path());
            assert_eq!(Held::of(folder.path()).unwrap(), Held::BySomebody, "{note:?}");
        }
    }

    #[test]
    fn a_process_that_ended_runs_no_more_even_if_nobody_has_collected_it() {
        let mut child = std::process::Command::new("sleep").arg("600").spawn().unwrap();
        let holder = Holder::of(child.id()).unwrap();
        assert!(holder.runs());
        child.kill().unwrap();
        rustix::process::waitid(
            rustix::process::WaitId::Pid(rustix::process::Pid::from_child(&child)),
            rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOWAIT,
        )
        .unwrap();
        assert!(holder.is_listed() && !holder.runs(), "it is there, and dead");
        child.wait().unwrap();
        assert!(!holder.is_listed() && !holder.runs());
    }

    #[test]
    fn what_is_no_file_of_ones_own_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(LOCK)).unwrap();
        assert!(Held::of(folder.path()).is_err());
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join(LOCK)).unwrap();
        assert!(Held::of(folder.path()).is_err());
    }
}
