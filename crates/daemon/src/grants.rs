//! The grants of pages and plug-ins on this device: kept in a private file, changed only when that is durable.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use haven_api::error::{ApiError, ErrorReason};
use haven_api::grants::Grant;
use haven_node::grants::{Grants, TOKEN_BYTES};

use crate::{clock, folder};

/// The file, in the folder of the device's data.
const FILE: &str = "grants";

/// Where a file that nobody can read is put, to be looked at.
const ASIDE: &str = "grants.unreadable";

/// The grants and their file.
pub(crate) struct Desk {
    path: PathBuf,
    grants: Mutex<Grants>,
}

impl Desk {
    /// Reads the grants. A file that cannot be read is put aside: pages and plug-ins need new tokens then, and the journal opens
    /// all the same.
    pub(crate) fn open(data: &Path) -> Self {
        let path = data.join(FILE);
        let _ = folder::remove_unfinished(&path);
        let grants = match folder::read(&path) {
            Ok(text) => Grants::from_text(&text).unwrap_or_else(|_| {
                tracing::error!("the grants cannot be read and were put aside");
                let _ = fs::rename(&path, data.join(ASIDE));
                Grants::default()
            }),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::error!(kind = ?error.kind(), "the grants cannot be read");
                }
                Grants::default()
            }
        };
        Self { path, grants: Mutex::new(grants) }
    }

    /// Changes the grants; nothing is changed unless it is kept.
    ///
    /// # Errors
    /// What the change says, or `STORAGE_FAILED`.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut Grants, i64) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut grants = self.lock();
        let mut changed = grants.clone();
        let outcome = change(&mut changed, clock::wall_ms())?;
        folder::write(&self.path, changed.to_text().as_bytes()).map_err(|error| not_kept(&error))?;
        *grants = changed;
        Ok(outcome)
    }

    /// Looks at them.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut Grants, i64) -> T) -> T {
        look(&mut self.lock(), clock::wall_ms())
    }

    /// The grant that a token shows, noted as used.
    pub(crate) fn admit(&self, token: &str) -> Option<Grant> {
        self.look(|grants, now_ms| grants.admit(token, now_ms))
    }

    /// Keeps when what was used last. Nothing is lost if that fails but the time.
    pub(crate) fn keep_uses(&self) {
        let grants = self.lock();
        if Grants::from_text(&fs::read_to_string(&self.path).unwrap_or_default()).as_ref() == Ok(&*grants) {
            return;
        }
        if let Err(error) = folder::write(&self.path, grants.to_text().as_bytes()) {
            tracing::warn!(kind = ?error.kind(), "nobody will know when the tokens were used last");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Grants> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Random bytes for a token.
pub(crate) fn random() -> [u8; TOKEN_BYTES] {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    bytes
}

fn not_kept(error: &io::Error) -> ApiError {
    let reason = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorReason::StorageFull,
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => ErrorReason::StorageReadOnly,
        _ => ErrorReason::StorageFailed,
    };
    ApiError::new(reason, "the tokens stay as they were")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use haven_api::grants::Scope;

    use super::*;

    fn make(desk: &Desk, name: &str) -> Result<String, ApiError> {
        let scopes = [Scope::Read].into();
        desk.change(|grants, now_ms| grants.create(name, scopes, None, now_ms, random()))
            .map(|shown| shown.token)
    }

    #[test]
    fn a_grant_outlives_the_process_in_a_private_file() {
        let data = tempfile::tempdir().unwrap();
        let token = make(&Desk::open(data.path()), "mood").unwrap();
        let again = Desk::open(data.path());
        assert_eq!(again.admit(&token).unwrap().name, "mood");
        again.keep_uses();
        let used = |desk: &Desk| desk.look(|grants, now_ms| grants.list(now_ms)[0].used);
        assert!(used(&again).is_some() && used(&Desk::open(data.path())) == used(&again));
        let file = data.path().join(FILE);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!fs::read_to_string(&file).unwrap().contains(&token));
    }

    #[test]
    fn what_cannot_be_kept_is_not_granted() {
        let data = tempfile::tempdir().unwrap();
        let desk = Desk::open(data.path());
        // A folder in the way, which nobody may replace by a file.
        fs::create_dir_all(data.path().join(FILE).join("full")).unwrap();
        assert!(make(&desk, "mood").is_err());
        assert!(desk.look(|grants, now_ms| grants.list(now_ms)).is_empty());
    }

    #[test]
    fn a_damaged_file_is_put_aside_and_lets_nobody_in() {
        let data = tempfile::tempdir().unwrap();
        let token = make(&Desk::open(data.path()), "mood").unwrap();
        let file = data.path().join(FILE);
        let damaged = fs::read_to_string(&file).unwrap().replace("read", "everything");
        fs::write(&file, &damaged).unwrap();
        let desk = Desk::open(data.path());
        assert!(desk.admit(&token).is_none());
        assert_eq!(fs::read_to_string(data.path().join(ASIDE)).unwrap(), damaged);
        make(&desk, "mood").unwrap();
    }
}
