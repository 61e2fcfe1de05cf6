//! What an error of the database or the system means to a person. The database's own messages are not passed on: some quote
//! what they stumbled over.

use haven_engine::io::StoreFault;
use rusqlite::{Error, ErrorCode, ffi};
use rustix::io::Errno;

/// Names an error of the database by what can be done about it.
pub(super) fn of(error: &Error) -> StoreFault {
    let Some(failure) = error.sqlite_error() else {
        // Everything else the library reports is about values of another type or size than was written.
        return damaged("a value is not what was written");
    };
    let detail = format!("{}, code {}", ffi::code_to_str(failure.extended_code), failure.extended_code);
    match failure.code {
        ErrorCode::DiskFull => StoreFault::Full,
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => StoreFault::ReadOnly,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
            StoreFault::InUse
        }
        ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::OutOfMemory => {
            StoreFault::Unavailable { detail }
        }
        // Our statements fit our tables; if one does not fit, the file's are not ours any more.
        _ => StoreFault::Damaged { detail },
    }
}

/// Names an error of the system by what can be done about it.
pub(super) fn of_system(errno: Errno) -> StoreFault {
    match errno {
        Errno::NOSPC | Errno::DQUOT => StoreFault::Full,
        Errno::ROFS | Errno::ACCESS | Errno::PERM => StoreFault::ReadOnly,
        Errno::LOOP => unusable("one of the journal's files is a link"),
        _ => StoreFault::Unavailable { detail: errno.to_string() },
    }
}

/// The same for the standard library's errors.
pub(super) fn of_io(error: &std::io::Error) -> StoreFault {
    match Errno::from_io_error(error) {
        Some(errno) => of_system(errno),
        None => StoreFault::Unavailable { detail: error.kind().to_string() },
    }
}

pub(super) fn damaged(detail: &str) -> StoreFault {
    StoreFault::Damaged { detail: detail.to_owned() }
}

/// The folder or a file in it is not what a store can use.
pub(super) fn unusable(detail: &str) -> StoreFault {
    StoreFault::Unavailable { detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_code(code: i32, expected: &StoreFault) {
        let found = of(&Error::SqliteFailure(ffi::Error::new(code), Some("dear diary".to_owned())));
        assert_eq!(std::mem::discriminant(&found), std::mem::discriminant(expected), "{code}: {found:?}");
        assert!(!found.to_string().contains("dear"));
    }

    #[test]
    fn errors_of_the_database_are_named_by_what_can_be_done() {
        let detail = String::new;
        for (code, expected) in [
            (ffi::SQLITE_FULL, StoreFault::Full),
            (ffi::SQLITE_READONLY_DBMOVED, StoreFault::ReadOnly),
            (ffi::SQLITE_PERM, StoreFault::ReadOnly),
            (ffi::SQLITE_BUSY, StoreFault::InUse),
            (ffi::SQLITE_BUSY_SNAPSHOT, StoreFault::InUse),
            (ffi::SQLITE_LOCKED, StoreFault::InUse),
            (ffi::SQLITE_IOERR_FSYNC, StoreFault::Unavailable { detail: detail() }),
            (ffi::SQLITE_IOERR_READ, StoreFault::Unavailable { detail: detail() }),
            (ffi::SQLITE_CANTOPEN, StoreFault::Unavailable { detail: detail() }),
            (ffi::SQLITE_NOMEM, StoreFault::Unavailable { detail: detail() }),
            (ffi::SQLITE_CORRUPT_INDEX, StoreFault::Damaged { detail: detail() }),
            (ffi::SQLITE_NOTADB, StoreFault::Damaged { detail: detail() }),
            (ffi::SQLITE_TOOBIG, StoreFault::Damaged { detail: detail() }),
        ] {
            check_code(code, &expected);
        }
    }

    #[test]
    fn errors_of_the_system_are_named_by_what_can_be_done() {
        for (errno, expected) in [
            (Errno::NOSPC, StoreFault::Full),
            (Errno::DQUOT, StoreFault::Full),
            (Errno::ROFS, StoreFault::ReadOnly),
            (Errno::ACCESS, StoreFault::ReadOnly),
            (Errno::IO, StoreFault::Unavailable { detail: Errno::IO.to_string() }),
        ] {
            assert_eq!(of_system(errno), expected);
            assert_eq!(of_io(&errno.into()), expected);
        }
    }
}
