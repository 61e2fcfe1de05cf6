//! Nobody else on the machine reads the files, and nobody else's files are taken for ours.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use haven_engine::io::StoreFault;
use haven_store::sqlite::{DATABASE_FILE, MARK_FILE};
use rustix::fs::Mode;
use rustix::process::{geteuid, umask};

use crate::world::{apply, image, numbered, open, refused};

const NOBODY: u32 = 65534;

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Checks that a folder and all in it are closed to others; returns the names in it.
fn check_private(folder: &Path) -> Vec<String> {
    assert_eq!(mode(folder), 0o700);
    let names: Vec<_> = image(folder).into_keys().collect();
    for name in &names {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
    names
}

fn check_refused(folder: &Path, expected: &str) {
    assert_eq!(refused(folder), StoreFault::Unavailable { detail: expected.to_owned() });
}

#[test]
fn files_are_private_whatever_the_umask() {
    let home = tempfile::tempdir().unwrap();
    for mask in [0o000, 0o022, 0o777] {
        let folder = home.path().join(format!("{mask:o}"));
        if mask == 0o777 {
            // Such a umask would take the new folder's permissions before they can be given back.
            fs::create_dir(&folder).unwrap();
        }
        let before = umask(Mode::from_raw_mode(mask));
        let mut store = open(&folder);
        apply(&mut store, numbered(1..=3));
        umask(before);
        assert_eq!(check_private(&folder), [DATABASE_FILE, "journal.db-wal", MARK_FILE]);
    }
}

#[test]
fn opened_files_are_closed_again() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("vault");
    let mut store = open(&folder);
    apply(&mut store, numbered(1..=3));
    let crashed = image(&folder);
    drop(store);
    for (name, bytes) in crashed {
        fs::write(folder.join(&name), bytes).unwrap();
        set_mode(&folder.join(&name), 0o666);
    }
    set_mode(&folder, 0o777);
    let _store = open(&folder);
    check_private(&folder);
}

#[test]
fn links_are_not_followed() {
    let home = tempfile::tempdir().unwrap();
    let real = home.path().join("real");
    drop(open(&real));
    let link = home.path().join("link");
    symlink(&real, &link).unwrap();
    check_refused(&link, "the journal's folder is a link");
    check_refused(&PathBuf::from(format!("{}/", link.display())), "the journal's folder is a link");
    symlink(home.path().join("nowhere"), home.path().join("dangling")).unwrap();
    check_refused(&home.path().join("dangling"), "the journal's folder is a link");

    for name in [DATABASE_FILE, MARK_FILE, "journal.db-wal", "journal.db-journal"] {
        let folder = home.path().join(format!("with {name}"));
        fs::create_dir(&folder).unwrap();
        let target = home.path().join(format!("target of {name}"));
        fs::write(&target, b"somebody's").unwrap();
        set_mode(&target, 0o644);
        symlink(&target, folder.join(name)).unwrap();
        check_refused(&folder, &format!("{name} is a link"));
        assert_eq!((fs::read(&target).unwrap(), mode(&target)), (b"somebody's".to_vec(), 0o644));
    }
}

#[test]
fn what_is_not_a_folder_or_a_file_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    fs::write(&file, b"").unwrap();
    check_refused(&file, "the journal's folder is not a folder");
    fs::create_dir_all(home.path().join("vault").join(DATABASE_FILE)).unwrap();
    check_refused(&home.path().join("vault"), &format!("{DATABASE_FILE} is not a file"));
}

#[test]
fn a_folder_that_everybody_shares_stays_so() {
    let home = tempfile::tempdir().unwrap();
    set_mode(home.path(), 0o1777);
    check_refused(home.path(), "the journal's folder is shared with others");
    assert_eq!(mode(home.path()), 0o1777);
    assert!(image(home.path()).is_empty());
}

#[test]
fn what_belongs_to_another_user_is_refused() {
    if !geteuid().is_root() {
        // Only root can give files away, but then everything outside the home is another's.
        return check_refused(Path::new("/usr"), "the journal's folder belongs to another user");
    }
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("vault");
    drop(open(&folder));
    chown(folder.join(DATABASE_FILE), Some(NOBODY), None).unwrap();
    check_refused(&folder, &format!("{DATABASE_FILE} belongs to another user"));
    chown(&folder, Some(NOBODY), None).unwrap();
    set_mode(&folder, 0o755);
    check_refused(&folder, "the journal's folder belongs to another user");
    assert_eq!(mode(&folder), 0o755);
}
