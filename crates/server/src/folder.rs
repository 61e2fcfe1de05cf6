//! The data folder: what lies in it, who may read it, and that only one server uses it.
//!
//! ```text
//! DIR/            0700
//!   identity      0600   seed of the identity key, 32 bytes; keep a copy apart from the store's backups
//!   store.db      0600   the store (with store.db-wal and store.db-shm beside it while it is open)
//!   lock          0600   held by a running server
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use haven_feed::StoreId;
use haven_feed::invite::Invite;
use haven_wire::system::refused;
use thiserror::Error;

use crate::entropy::{NoEntropy, draw};
use crate::identity::{Identity, SEED_BYTES};
use crate::limits::INVITES_OPEN_MAX;
use crate::store::sqlite::SqliteStore;
use crate::store::{Change, Reader as _, Store as _, StoreFault};

const IDENTITY: &str = "identity";
const STORE: &str = "store.db";
const STORE_NEW: &str = "store.db.new";
const LOCK: &str = "lock";

/// What a folder cannot do.
#[derive(Debug, Error)]
pub enum FolderFault {
    /// It has no store in it.
    #[error("there is no server's data in the folder")]
    NotInitialised,
    /// It has a store in it already.
    #[error("there is a server's data in the folder already")]
    AlreadyInitialised,
    /// A running server uses it.
    #[error("a running server uses the folder")]
    InUse,
    /// The identity is not one.
    #[error("the identity file is damaged")]
    IdentityDamaged,
    /// As many invites as may be are open.
    #[error("{INVITES_OPEN_MAX} invites are open already")]
    TooManyInvites,
    /// A file could not be read or written.
    #[error("could not {doing}: {}", refused(.source))]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Why it failed. Its own words may hold a path.
        source: io::Error,
    },
    /// The store does not do it.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// No randomness.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
}

/// A new folder's server, as its operator needs it.
pub struct Initialised {
    /// The code that lets the first space in. A secret until it is used.
    pub invite: String,
    /// The identity key, in hexadecimal.
    pub identity: String,
}

/// A data folder with a store in it.
pub(crate) struct Folder {
    path: PathBuf,
}

/// Proof that this process alone serves a folder; held until dropped.
pub(crate) struct Lock {
    _file: File,
}

/// Makes a data folder: an identity, an empty store and one invite.
///
/// A start that was cut off can be repeated; only the last step makes it a server's folder.
///
/// # Errors
/// The folder has a store already, or cannot be written.
pub fn init(path: &Path) -> Result<Initialised, FolderFault> {
    if path.join(STORE).exists() {
        return Err(FolderFault::AlreadyInitialised);
    }
    make_folder(path)?;
    let identity = Identity::from_seed(&make_seed(path)?);
    let invite = identity.invite()?;
    make_store(path, &invite)?;
    Ok(Initialised { invite: invite.code(), identity: identity.hex() })
}

/// Returns the identity key of a folder's server, in hexadecimal.
///
/// # Errors
/// The folder has no store, or its identity cannot be read.
pub fn identity(path: &Path) -> Result<String, FolderFault> {
    Ok(Folder::open(path)?.identity()?.hex())
}

impl Folder {
    /// Opens a folder. Others' access to it is taken away if somebody gave them any.
    pub(crate) fn open(path: &Path) -> Result<Self, FolderFault> {
        if !path.join(STORE).exists() {
            return Err(FolderFault::NotInitialised);
        }
        close_to_others(path, 0o700)?;
        close_to_others(&path.join(IDENTITY), 0o600)?;
        close_to_others(&path.join(STORE), 0o600)?;
        Ok(Self { path: path.to_owned() })
    }

    /// Reads the identity.
    pub(crate) fn identity(&self) -> Result<Identity, FolderFault> {
        let mut seed = Vec::new();
        let file = File::open(self.path.join(IDENTITY)).map_err(io_fault("read the identity"))?;
        // One byte more than a seed has, so that a longer file shows.
        file.take(SEED_BYTES as u64 + 1).read_to_end(&mut seed).map_err(io_fault("read the identity"))?;
        let seed = seed.try_into().map_err(|_| FolderFault::IdentityDamaged)?;
        Ok(Identity::from_seed(&seed))
    }

    /// Opens the store.
    pub(crate) fn store(&self) -> Result<SqliteStore, FolderFault> {
        Ok(SqliteStore::open(&self.path.join(STORE))?)
    }

    /// Bytes of the store's files.
    pub(crate) fn store_bytes(&self) -> u64 {
        let names = [STORE.to_owned(), format!("{STORE}-wal")];
        names.iter().filter_map(|name| fs::metadata(self.path.join(name)).ok()).map(|file| file.len()).sum()
    }

    /// Takes the folder for this process.
    pub(crate) fn lock(&self) -> Result<Lock, FolderFault> {
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).write(true).mode(0o600).open(self.path.join(LOCK));
        let file = file.map_err(io_fault("open the lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(FolderFault::InUse),
            Err(TryLockError::Error(error)) => Err(io_fault("take the lock")(error)),
        }
    }

    /// Makes one more invite; a running server takes it at once.
    pub(crate) fn invite(&self) -> Result<Invite, FolderFault> {
        let mut store = self.store()?;
        if store.totals()?.invites_open >= INVITES_OPEN_MAX {
            return Err(FolderFault::TooManyInvites);
        }
        let invite = self.identity()?.invite()?;
        store.commit(&[Change::Invite { ticket: invite.ticket() }])?;
        Ok(invite)
    }
}

/// Makes a file that only its owner reads and that must not be there yet.
pub(crate) fn make_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Writes a file as a whole or not at all; only its owner can read it.
///
/// # Errors
/// The file or its folder cannot be written.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let _ = fs::remove_file(&new);
    let mut file = make_file(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    sync_folder_of(path)
}

fn make_folder(path: &Path) -> Result<(), FolderFault> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io_fault("make the folder"))?;
    close_to_others(path, 0o700)
}

fn make_seed(path: &Path) -> Result<[u8; SEED_BYTES], FolderFault> {
    let seed = draw()?;
    write_atomically(&path.join(IDENTITY), &seed).map_err(io_fault("write the identity"))?;
    Ok(seed)
}

fn make_store(path: &Path, invite: &Invite) -> Result<(), FolderFault> {
    let new = path.join(STORE_NEW);
    let _ = fs::remove_file(&new);
    // SQLite gives its log the mode of the file it finds.
    make_file(&new).map_err(io_fault("make the store"))?;
    let mut store = SqliteStore::create(&new, StoreId::from_bytes(draw()?))?;
    store.commit(&[Change::Invite { ticket: invite.ticket() }])?;
    store.finish()?;
    drop(store);
    let store = path.join(STORE);
    fs::rename(&new, &store).and_then(|()| sync_folder_of(&store)).map_err(io_fault("finish the store"))
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn close_to_others(path: &Path, mode: u32) -> Result<(), FolderFault> {
    let close = || {
        let now = fs::metadata(path)?.permissions().mode();
        if now & 0o077 == 0 { Ok(()) } else { fs::set_permissions(path, Permissions::from_mode(mode)) }
    };
    close().map_err(io_fault("set permissions in the folder"))
}

fn io_fault(doing: &'static str) -> impl Fn(io::Error) -> FolderFault {
    move |source| FolderFault::Io { doing, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::InviteState;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("there").permissions().mode() & 0o777
    }

    #[test]
    fn a_new_folder_is_its_owners_alone_and_takes_its_invite() {
        let top = tempfile::tempdir().expect("a folder");
        let path = top.path().join("a/b");
        let made = init(&path).expect("made");
        assert_eq!([mode(&path), mode(&path.join(IDENTITY)), mode(&path.join(STORE))], [0o700, 0o600, 0o600]);
        let names: Vec<_> =
            fs::read_dir(&path).expect("read").map(|entry| entry.expect("entry").file_name()).collect();
        assert_eq!(names.len(), 2, "{names:?}");

        let folder = Folder::open(&path).expect("open");
        assert_eq!(identity(&path).expect("read"), made.identity);
        let invite = Invite::parse(&made.invite).expect("an invite");
        assert!(invite.is_to(folder.identity().expect("read").key()));
        let mut store = folder.store().expect("open");
        assert_eq!(store.invite(&invite.ticket()), Ok(Some(InviteState::Open)));
        assert!(matches!(init(&path), Err(FolderFault::AlreadyInitialised)));
    }

    #[test]
    fn a_cut_off_start_can_be_repeated() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(IDENTITY), [1; 7]).expect("half an identity");
        fs::write(folder.path().join(STORE_NEW), [1; 7]).expect("half a store");
        assert!(matches!(Folder::open(folder.path()), Err(FolderFault::NotInitialised)));
        init(folder.path()).expect("made");
        Folder::open(folder.path()).and_then(|folder| folder.store()).map(drop).expect("a store");
    }

    #[test]
    fn opening_takes_others_access_away() {
        let folder = tempfile::tempdir().expect("a folder");
        init(folder.path()).expect("made");
        for name in ["", IDENTITY, STORE] {
            fs::set_permissions(folder.path().join(name), Permissions::from_mode(0o777)).expect("set");
        }
        Folder::open(folder.path()).expect("open");
        for (name, expected) in [("", 0o700), (IDENTITY, 0o600), (STORE, 0o600)] {
            assert_eq!(mode(&folder.path().join(name)), expected, "{name}");
        }
    }

    #[test]
    fn one_server_at_a_time() {
        let path = tempfile::tempdir().expect("a folder");
        init(path.path()).expect("made");
        let folder = Folder::open(path.path()).expect("open");
        let lock = folder.lock().expect("free");
        assert!(matches!(folder.lock(), Err(FolderFault::InUse)));
        drop(lock);
        assert!(folder.lock().is_ok());
    }

    #[test]
    fn a_damaged_identity_is_told() {
        let path = tempfile::tempdir().expect("a folder");
        init(path.path()).expect("made");
        for length in [0, 31, 33, 1_000] {
            fs::write(path.path().join(IDENTITY), vec![1; length]).expect("written");
            assert!(matches!(identity(path.path()), Err(FolderFault::IdentityDamaged)), "{length}");
        }
    }
}
