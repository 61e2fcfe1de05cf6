//! What can be found wrong with the place a daemon runs in: who may look into its folders, whether there is room, and what
//! of its memory could reach the disk.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use haven_api::daemon::{Finding, Level};
use haven_api::error::{ApiError, ErrorReason as Reason, refused};
use haven_api::support::READABLE_FILE;
use rustix::process::{DumpableBehavior, Resource};

use crate::home::Home;

/// Free bytes below which a person should make room: a log and a journal grow by less in a year of writing.
const ROOM_MIN: u64 = 100 * 1024 * 1024;

/// Free bytes below which saving is about to fail.
const ROOM_LEAST: u64 = 8 * 1024 * 1024;

/// How the names of the files begin that a daemon makes.
const OURS: [&str; 4] = ["journal.", "havend.", "server", READABLE_FILE];

/// Looks at the place. Names folders, and nothing that is in the journal.
pub(crate) fn look(home: &Home) -> Vec<Finding> {
    vec![folders(home), room(home), dumps(), swap(fs::read_to_string("/proc/swaps").ok().as_deref())]
}

/// Whether everything is for its owner only. What was opened to others since the start is told, not mended: somebody did it.
fn folders(home: &Home) -> Finding {
    for folder in [&home.data, &home.state] {
        if let Some(what) = open_to_others(folder).or_else(|| open_inside(folder)) {
            let next = format!("Run `chmod -R go= '{}'`.", folder.display());
            return found("folders", Level::Bad, what, next);
        }
    }
    good("folders", "only you may look into the folders and files")
}

/// A file of ours that others may read or write.
fn open_inside(folder: &Path) -> Option<String> {
    let is_ours = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        OURS.iter().any(|ours| name.to_string_lossy().starts_with(ours))
    };
    fs::read_dir(folder).ok()?.flatten().filter(is_ours).find_map(|entry| open_to_others(&entry.path()))
}

fn open_to_others(path: &Path) -> Option<String> {
    let stat = fs::symlink_metadata(path).ok()?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if stat.uid() != rustix::process::geteuid().as_raw() {
        return Some(format!("{name} belongs to another user"));
    }
    (stat.mode() & 0o077 != 0 && !stat.is_symlink()).then(|| format!("others may look into {name}"))
}

fn room(home: &Home) -> Finding {
    let space = match rustix::fs::statvfs(&home.data) {
        Ok(stat) => stat.f_bavail.saturating_mul(stat.f_frsize),
        Err(errno) => {
            return found(
                "space",
                Level::Warning,
                format!("how full the disk is can't be told: {}", refused(&errno.into())),
                "",
            );
        }
    };
    let next = ApiError::new(Reason::StorageFull, "").next;
    match space {
        ROOM_MIN.. => good("space", "there's room on the disk"),
        ROOM_LEAST.. => found("space", Level::Warning, "the disk is almost full", next),
        _ => found("space", Level::Bad, "the disk is full", next),
    }
}

/// What a crash could leave on the disk, and who may look into the memory.
fn dumps() -> Finding {
    let no_core = rustix::process::getrlimit(Resource::Core).maximum == Some(0);
    let closed = rustix::process::dumpable_behavior().is_ok_and(|it| it == DumpableBehavior::NotDumpable);
    if no_core && closed {
        return good("memory", "a crash leaves nothing on the disk, and other programs may not look in");
    }
    let next = "Run `haven daemon stop`; the next command starts a daemon that closes itself. If this stays, report it.";
    found("memory", Level::Bad, "a crash could leave the memory on the disk", next)
}

/// Whether what is open could be written to a disk as it is.
fn swap(swaps: Option<&str>) -> Finding {
    let Some(swaps) = swaps else { return good("swap", "this system doesn't say whether it swaps") };
    let devices = swaps.lines().skip(1).filter_map(|line| line.split_whitespace().next());
    // Compressed memory is memory; what lies on a mapped device is most often encrypted, but the system does not say so.
    let plain: Vec<_> = devices.filter(|device| !device.starts_with("/dev/zram")).collect();
    if plain.is_empty() {
        return good("swap", "nothing that is open is swapped to a disk");
    }
    let what = "what is open may be swapped to the disk while the journal is unlocked";
    let next = "If your swap is encrypted, all is well; else encrypt it or switch it off.";
    found("swap", Level::Warning, what, next)
}

fn good(check: &str, what: &str) -> Finding {
    found(check, Level::Good, what, "")
}

fn found(check: &str, level: Level, what: impl Into<String>, next: impl Into<String>) -> Finding {
    Finding { check: check.to_owned(), level, what: what.into(), next: next.into() }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_folder_or_a_file_that_others_may_read_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::one_folder(dir.path());
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(folders(&home).level, Level::Good);
        let file = dir.path().join("journal.db");
        fs::write(&file, "").unwrap();
        for (mode, level) in [(0o600, Level::Good), (0o640, Level::Bad), (0o602, Level::Bad)] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            let finding = folders(&home);
            assert_eq!(finding.level, level, "{mode:o}");
            assert_eq!(finding.what.contains("journal.db"), level == Level::Bad, "{}", finding.what);
        }
        fs::remove_file(&file).unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(folders(&home).level, Level::Bad);
    }

    #[test]
    fn swap_on_a_disk_is_worth_a_word_and_compressed_memory_is_not() {
        let table = |rows: &str| format!("Filename Type Size Used Priority\n{rows}");
        let check = |rows: Option<&str>, level| {
            assert_eq!(swap(rows.map(table).as_deref()).level, level, "{rows:?}");
        };
        check(None, Level::Good);
        check(Some(""), Level::Good);
        check(Some("/dev/zram0 partition 8 0 100\n"), Level::Good);
        check(Some("/dev/sda2 partition 8 0 -2\n"), Level::Warning);
        check(Some("/dev/zram0 partition 8 0 100\n/swapfile file 8 0 -2\n"), Level::Warning);
    }

    #[test]
    fn there_is_room_or_there_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::one_folder(&dir.path().join("missing"));
        assert_eq!(room(&home).level, Level::Warning);
        let full = Home::one_folder(Path::new("/proc"));
        assert_eq!(room(&full).level, Level::Bad, "a file system without a free block");
    }
}
