//! A disk that takes no more, and a folder that may not be written.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use haven_engine::io::{Store, StoreFault};
use rustix::process::{Resource, Rlimit, geteuid, getrlimit, setrlimit};

use crate::role;
use crate::world::{apply, check_numbered, numbered, open, refused};

const NOBODY: u32 = 65534;

/// From now on no file of this process may be longer.
fn limit_files(bytes: Option<u64>) {
    let maximum = getrlimit(Resource::Fsize).maximum;
    setrlimit(Resource::Fsize, Rlimit { current: bytes, maximum }).unwrap();
}

#[test]
fn a_failing_disk_acknowledges_nothing_and_is_read_all_the_same() {
    if let Some(folder) = role::second() {
        return fail_and_recover(&folder);
    }
    // A write beyond the limit must return an error instead of ending the process.
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]);
    let folder = tempfile::tempdir().unwrap();
    let test = "limited::a_failing_disk_acknowledges_nothing_and_is_read_all_the_same";
    let output = role::command_through(shell, test, folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let store = open(folder.path());
    assert_eq!(check_numbered(&store, 1), 5);
    assert_eq!(store.verify(), Ok(vec![]));
}

fn fail_and_recover(folder: &Path) {
    let mut store = open(folder);
    apply(&mut store, numbered(1..=2));
    // The log has no room for the commit's second page: the disk fails in the middle of it.
    let log_bytes = fs::metadata(folder.join("journal.db-wal")).unwrap().len();
    for limit in [log_bytes + 10_000, 1, 1] {
        limit_files(Some(limit));
        let answer = store.apply(numbered(3..=20));
        assert!(matches!(answer, Err(StoreFault::Unavailable { .. })), "{answer:?}");
        assert_eq!(check_numbered(&store, 1), 2);
    }
    limit_files(None);
    apply(&mut store, numbered(3..=4));
    assert_eq!(check_numbered(&store, 1), 4);

    limit_files(Some(1));
    assert!(store.apply(numbered(5..=5)).is_err());
    drop(store);
    // What the disk took stays readable even while it takes nothing.
    let mut store = open(folder);
    assert_eq!(check_numbered(&store, 1), 4);
    assert!(store.apply(numbered(5..=5)).is_err());
    limit_files(None);
    apply(&mut store, numbered(5..=5));
    assert!(store.verify().unwrap().is_empty());
}

#[test]
fn a_folder_that_may_not_be_written_is_read_only() {
    if let Some(folder) = role::second() {
        assert_eq!(refused(&folder.join("vault")), StoreFault::ReadOnly);
        return;
    }
    let home = tempfile::tempdir().unwrap();
    if !geteuid().is_root() {
        fs::set_permissions(home.path(), Permissions::from_mode(0o500)).unwrap();
        assert_eq!(refused(&home.path().join("vault")), StoreFault::ReadOnly);
        return;
    }
    // Root may write everywhere, so somebody else tries, with a copy of this program that they can reach.
    fs::set_permissions(home.path(), Permissions::from_mode(0o755)).unwrap();
    let program = home.path().join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mut command = Command::new(program);
    command.uid(NOBODY).gid(NOBODY).current_dir(home.path());
    let test = "limited::a_folder_that_may_not_be_written_is_read_only";
    let output = role::started_by(command, test, home.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
