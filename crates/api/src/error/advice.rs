//! What is usually behind a reason, and what to do then. Whoever knows more says more.

use crate::next::{Next, plain};
use crate::pb::ErrorReason;

/// Why, and the next step. Both may be empty.
type Advice = (&'static str, Next);

/// The usual why and next step of a reason.
pub(super) fn of(reason: ErrorReason) -> Advice {
    use ErrorReason as R;
    match reason {
        R::Unspecified => {
            ("no reason was given", plain("Update Haven; the device may be newer than this program."))
        }
        R::Internal => (
            "a fault in Haven",
            plain("Try again; if it stays, report it.")
                .at_terminal("Try again; if it stays, run `haven doctor` and report what it says."),
        ),
        R::InvalidArgument => ("", plain("")),
        R::TooLarge => ("it's larger than Haven takes", plain("Split it and send the parts one by one.")),
        R::NotFound => (
            "nothing has that id or name",
            plain("Look for it in the list or by searching.")
                .at_terminal("Check the id; `haven list` and `haven search` show them."),
        ),
        R::AmbiguousId => ("several ids begin like that", plain("Give more letters of the id.")),
        R::ConfirmationNeeded => ("it needs your decision", plain("")),
        R::TimedOut => (
            "it took too long",
            plain("It goes on by itself. Look again in a moment.")
                .at_terminal("It goes on by itself; `haven status` tells how far it is."),
        ),
        R::Cancelled => ("it was stopped before it was done", plain("")),
        R::Unsupported => (
            "the daemon that runs can't do this",
            plain("Update Haven, then start it again.").at_terminal(
                "Update Haven, then run `haven daemon stop`; the next command starts the new one.",
            ),
        ),
        R::DaemonUnreachable => (
            "the daemon doesn't answer",
            plain("Start Haven on this device, then try again.").at_terminal(
                "See with `haven daemon status` whether it runs; `haven daemon start` starts it.",
            ),
        ),
        R::Stopping => ("the daemon is stopping", plain("Try again in a moment.")),
        R::NotGranted => (
            "this token doesn't allow that",
            plain("Ask whoever owns the journal for a token that does.")
                .at_terminal("Make one that does with `haven token create`."),
        ),
        R::NoSession => (
            "there's no token, or it has ended",
            plain("Open the journal's page anew from Haven on this device; a plug-in needs another token.")
                .at_terminal("Open the page anew with `haven open`; a plug-in needs another token."),
        ),
        R::ClockUnusable => ("this device's clock is far off", plain("Set the clock, then try again.")),
        vault => of_vault(vault),
    }
}

fn of_vault(reason: ErrorReason) -> Advice {
    use ErrorReason as R;
    match reason {
        R::NoVault => (
            "there's no journal on this device",
            plain("Make one, or join the one you have on another device.")
                .at_terminal("Make one with `haven init`, or join yours with `haven device join`."),
        ),
        R::VaultExists => (
            "this device has a journal already",
            plain("Use that one: unlock it with this device's passphrase.")
                .at_terminal("Use it, or set HAVEN_HOME to another folder."),
        ),
        R::Locked => (
            "the journal is locked",
            plain("Unlock it with your passphrase, then try again.")
                .at_terminal("Open it with `haven unlock`."),
        ),
        R::WrongPassphrase => (
            "that isn't this device's passphrase",
            plain("Try again; each device has a passphrase of its own."),
        ),
        R::WeakPassphrase => (
            "the passphrase could be guessed",
            plain("Use five or six random words, or let Haven make them up.")
                .at_terminal("Use five or six random words, picked with dice for instance."),
        ),
        R::TooManyTries => ("too many wrong passphrases", plain("Wait a little, then try again.")),
        linking => of_linking(linking),
    }
}

fn of_linking(reason: ErrorReason) -> Advice {
    use ErrorReason as R;
    match reason {
        R::CodeMalformed => {
            ("the code has a typing mistake", plain("Compare it with the other device letter by letter."))
        }
        R::CodeExpired => (
            "the code's two minutes are over",
            plain("Make another on the device you have.")
                .at_terminal("Make another with `haven device link` on the device you have."),
        ),
        R::CodeUsed => (
            "another device has used this code",
            plain("If that wasn't you, make a new code where nobody can read it."),
        ),
        R::WrongWords => (
            "these aren't the words the new device shows",
            plain(
                "Nothing was shared. Make a new code and read the words from the new device. If you read them right, someone else may have \
             seen the code: make the next one where nobody can.",
            ),
        ),
        R::NoLink => (
            "no device is being linked",
            plain("Begin on the device you have: let it show a code.")
                .at_terminal("Begin with `haven device link`."),
        ),
        R::DeviceNotIn => (
            "the new device was let in and hasn't said that it's linked",
            plain(
                "It may still come in, once it's online. If you stopped it there because the words weren't the same, its name stays in \
                 your list of devices. You can take it out there.",
            )
            .at_terminal(
                "It may still come in, once it's online. If you stopped it there because the words weren't the same, its name stays in \
                 your list of devices until you run `haven device remove ID`.",
            ),
        ),
        devices => of_devices(devices),
    }
}

fn of_devices(reason: ErrorReason) -> Advice {
    use ErrorReason as R;
    match reason {
        R::NewKeyUnreadable => (
            "another device made a new key for the journal, and that key can't be opened here",
            plain(
                "Add the new device from another one of yours. If you have no other, look at your list of devices: one that you don't \
             know may have made that key.",
            ),
        ),
        R::DevicesChanged => (
            "the list of devices is being changed by another device",
            plain("Nothing was changed. Look at the list of devices, then try again."),
        ),
        R::OutcomeUnknown => (
            "the connection broke before the server said whether it took the change",
            plain(
                "It was done whole or not at all. Sync, then look at the list of devices. If a new kit was part of it, keep both kits \
                 until you've checked which one counts.",
            )
            .at_terminal(
                "It was done whole or not at all. Run `haven sync --wait`, then look at `haven device list`. If a new kit was part of it, \
                 keep both kits until `haven kit verify --kit-file FILE` has said which one counts.",
            ),
        ),
        R::KitReplaced => (
            "the journal has a newer recovery kit than this one",
            plain("Use the newer kit; this one opens nothing any more."),
        ),
        R::DeviceRemoved => (
            "this device was removed from your journal",
            plain(
                "What's on it stays readable, and what you write here stays here. To take it along, save a copy here and bring that into \
             your journal on another device. If this wasn't your doing, someone may be using another of your devices: write on one they \
             can't reach.",
            )
            .at_terminal(
                "What's on it stays readable, and what you write here stays here. To take it along: `haven export jsonl FILE` here, \
             `haven import jsonl FILE` on another device. If this wasn't your doing, someone may be using another of your devices: \
             write on one they can't reach.",
            ),
        ),
        server => of_server(server),
    }
}

fn of_server(reason: ErrorReason) -> Advice {
    use ErrorReason as R;
    match reason {
        R::NoServer => ("this device has no server", plain("Set one first, with an invite from whoever runs it.").at_terminal("Set one with `haven server set URL --invite CODE`.")),
        R::ServerUnreachable => (
            "the server doesn't answer",
            plain("Everything is kept here and sent later; check that the server's address is right.").at_terminal("Everything is kept here and sent later; check the address with `haven server show`."),
        ),
        R::ServerIdentityChanged => (
            "whoever answers there isn't the server you trust",
            plain("If you set it up anew, set it again and accept its new identity; otherwise don't use it.").at_terminal("If you set it up anew, run `haven server set URL --accept-identity`; otherwise don't use it."),
        ),
        R::ServerLostData => (
            "the server no longer has what it held",
            plain("Nothing is lost here. If you trust the server, set it again; this device fills it anew.").at_terminal("Nothing is lost here. If you trust the server, run `haven server set URL` again; this device fills it anew."),
        ),
        R::ServerRefused => {
            ("the server said no", plain("Everything is kept here meanwhile. Ask whoever runs the server, unless that's someone you're wary of: then write on a device they can't reach."))
        }
        R::InviteInvalid => (
            "the invite isn't this server's",
            plain("Copy it again from whoever runs the server, then try once more.").at_terminal("Copy it again from `haven-server init` or `haven-server invite`, then `haven server set URL --invite CODE`."),
        ),
        R::InviteUsed => (
            "the invite was used before",
            plain("Ask whoever runs the server for another invite.").at_terminal("Print another with `haven-server invite`, then `haven server set URL --invite CODE`."),
        ),
        storage => of_storage(storage),
    }
}

fn of_storage(reason: ErrorReason) -> Advice {
    use ErrorReason as R;
    match reason {
        R::StorageFull => (
            "the disk is full",
            plain("Free some space, then save this again. Reading goes on, and nothing that was saved is lost."),
        ),
        R::StorageReadOnly => (
            "the journal's folder can't be written to",
            plain("Check who owns it and whether the disk is mounted for writing."),
        ),
        R::StorageNewer => {
            ("the journal was written by a newer Haven", plain("Update Haven on this device; nothing was changed."))
        }
        R::StorageDamaged => (
            "the journal on the disk is damaged",
            plain("Nothing was changed. Keep the folder as it is and put a backup in its place, or join again from another device.")
                .at_terminal("Nothing was changed. Keep the folder as it is and put a backup in its place, or set HAVEN_HOME to a new folder and \
             join again from another device."),
        ),
        R::StorageInUse => (
            "another daemon is using the journal's folder",
            plain("Stop the other one, then try again.").at_terminal("Stop it with `haven daemon stop`, then try again."),
        ),
        R::StorageFailed => {
            ("the disk failed to read or write", plain("Check the disk; whatever was saved before is kept."))
        }
        _ => ("", plain("")),
    }
}
