//! What is usually behind a reason, and what to do then. Whoever knows more says more.

use crate::pb::ErrorReason;

/// Why, and the next step. Both may be empty.
pub(super) fn of(reason: ErrorReason) -> (&'static str, &'static str) {
    use ErrorReason as R;
    match reason {
        R::Unspecified => ("no reason was given", "Update Haven; the device may be newer than this program."),
        R::Internal => {
            ("a fault in Haven", "Try again; if it stays, run `haven doctor` and report what it says.")
        }
        R::InvalidArgument => ("", ""),
        R::TooLarge => ("it's larger than Haven takes", "Split it and send the parts one by one."),
        R::NotFound => {
            ("nothing has that id or name", "Check the id; `haven list` and `haven search` show them.")
        }
        R::AmbiguousId => ("several ids begin like that", "Give more letters of the id."),
        R::ConfirmationNeeded => ("it needs your decision", ""),
        R::TimedOut => ("it took too long", "It goes on by itself; `haven status` tells how far it is."),
        R::Cancelled => ("it was stopped before it was done", ""),
        R::Unsupported => (
            "the daemon that runs can't do this",
            "Update Haven, then run `haven daemon stop`; the next command starts the new one.",
        ),
        R::DaemonUnreachable => (
            "the daemon doesn't answer",
            "See with `haven daemon status` whether it runs; `haven daemon start` starts it.",
        ),
        R::Stopping => ("the daemon is stopping", "Try again in a moment."),
        R::NotGranted => ("this token doesn't allow that", "Make one that does with `haven token create`."),
        R::NoSession => (
            "there's no token, or it has ended",
            "Open the page anew with `haven open`; a plug-in needs another token.",
        ),
        R::ClockUnusable => ("this device's clock is far off", "Set the clock, then try again."),
        vault => of_vault(vault),
    }
}

fn of_vault(reason: ErrorReason) -> (&'static str, &'static str) {
    use ErrorReason as R;
    match reason {
        R::NoVault => (
            "there's no journal on this device",
            "Make one with `haven init`, or join yours with `haven device join`.",
        ),
        R::VaultExists => {
            ("this device has a journal already", "Use it, or set HAVEN_HOME to another folder.")
        }
        R::Locked => ("the journal is locked", "Open it with `haven unlock`."),
        R::WrongPassphrase => {
            ("that isn't this device's passphrase", "Try again; each device has a passphrase of its own.")
        }
        R::WeakPassphrase => {
            ("the passphrase could be guessed", "Take five or six words chosen at random, such as by dice.")
        }
        R::TooManyTries => ("too many wrong passphrases", "Wait a little, then try again."),
        R::CodeMalformed => {
            ("the code has a typing mistake", "Compare it with the other device letter by letter.")
        }
        R::CodeExpired => (
            "the code's two minutes are over",
            "Make another with `haven device link` on the device you have.",
        ),
        R::CodeUsed => (
            "another device has used this code",
            "If that wasn't you, make a new code where nobody can read it.",
        ),
        R::WrongWords => (
            "these aren't the words the new device shows",
            "Nothing was shared. Make a new code and read the words from the new device. If you read them right, someone else has \
             seen the code: make the next one where nobody can.",
        ),
        R::NoLink => ("no device is being linked", "Begin with `haven device link`."),
        R::DeviceRemoved => (
            "this device was removed from the journal",
            "What it had stays readable; export it, or join again from another device.",
        ),
        server => of_server(server),
    }
}

fn of_server(reason: ErrorReason) -> (&'static str, &'static str) {
    use ErrorReason as R;
    match reason {
        R::NoServer => ("this device has no server", "Set one with `haven server set URL --invite CODE`."),
        R::ServerUnreachable => (
            "the server doesn't answer",
            "Everything is kept here and sent later; check the address with `haven server show`.",
        ),
        R::ServerIdentityChanged => (
            "whoever answers there isn't the server you trust",
            "If you set it up anew, run `haven server set URL --accept-identity`; otherwise don't use it.",
        ),
        R::ServerLostData => (
            "the server no longer has what it held",
            "Nothing is lost here. If you trust the server, run `haven server set URL` again; this device fills it anew.",
        ),
        R::ServerRefused => {
            ("the server said no", "Ask whoever runs the server; everything is kept here meanwhile.")
        }
        R::InviteInvalid => (
            "the invite isn't this server's",
            "Copy it again from `haven-server init` or `haven-server invite`, then `haven server set URL --invite CODE`.",
        ),
        R::InviteUsed => (
            "the invite was used before",
            "Print another with `haven-server invite`, then `haven server set URL --invite CODE`.",
        ),
        storage => of_storage(storage),
    }
}

fn of_storage(reason: ErrorReason) -> (&'static str, &'static str) {
    use ErrorReason as R;
    match reason {
        R::StorageFull => (
            "the disk is full",
            "Free some space, then save this again. Reading goes on, and nothing that was saved is lost.",
        ),
        R::StorageReadOnly => (
            "the journal's folder can't be written to",
            "Check who owns it and whether the disk is mounted for writing.",
        ),
        R::StorageNewer => {
            ("the journal was written by a newer Haven", "Update Haven on this device; nothing was changed.")
        }
        R::StorageDamaged => (
            "the journal on the disk is damaged",
            "Nothing was changed. Keep the folder as it is and put a backup in its place, or set HAVEN_HOME to a new folder and \
             join again from another device.",
        ),
        R::StorageInUse => (
            "another daemon is using the journal's folder",
            "Stop it with `haven daemon stop`, then try again.",
        ),
        R::StorageFailed => {
            ("the disk failed to read or write", "Check the disk; whatever was saved before is kept.")
        }
        _ => ("", ""),
    }
}
