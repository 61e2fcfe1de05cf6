//! Errors as people meet them: what failed, why, what to do next.

use std::io::Write as _;
use std::process::ExitCode;

use haven_server::folder::FolderFault;
use haven_server::serve::ServeFault;
use haven_server::store::StoreFault;
use haven_wire::system::refused;
use serde_json::json;

/// Failed, or found something that is not good.
pub(super) const EXIT_FAILED: u8 = 1;
/// The input cannot be used.
pub(super) const EXIT_USAGE: u8 = 2;
/// There is no such thing.
pub(super) const EXIT_NOT_FOUND: u8 = 5;
/// Interrupted at the keyboard.
pub(super) const EXIT_INTERRUPTED: u8 = 130;

/// One error.
pub(super) struct Envelope {
    what: &'static str,
    why: String,
    next: &'static str,
    reason: &'static str,
    exit: u8,
}

/// A stable name, the next step and the exit code of a fault.
struct Advice(&'static str, &'static str, u8);

impl Envelope {
    /// Wraps a folder's fault.
    pub(super) fn of(what: &'static str, fault: &FolderFault) -> Self {
        Self::new(what, fault.to_string(), &advice(fault))
    }

    /// Wraps a fault of serving.
    pub(super) fn of_serving(fault: &ServeFault) -> Self {
        let what = "could not serve";
        match fault {
            ServeFault::Folder(fault) => Self::of(what, fault),
            ServeFault::Tls(_) => {
                let next = "Check --tls-cert and --tls-key; both are PEM files.";
                Self::new(what, fault.to_string(), &Advice("TLS_UNUSABLE", next, EXIT_USAGE))
            }
            ServeFault::Store(fault) => Self::new(what, fault.to_string(), &store_advice(fault)),
        }
    }

    /// Wraps what clap says of arguments that cannot be understood: its first paragraph on one line.
    pub(super) fn of_usage(says: &str) -> Self {
        let why = says.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
        let why = why.split_whitespace().collect::<Vec<_>>().join(" ");
        let next =
            "`haven-server --help` shows the commands; `haven-server COMMAND --help` shows how one is used.";
        Self::new("the command can't be run", why, &Advice("INVALID_ARGUMENT", next, EXIT_USAGE))
    }

    /// Wraps an error of the operating system that the caller explains.
    pub(super) fn of_io(what: &'static str, error: &std::io::Error, next: &'static str, exit: u8) -> Self {
        Self::new(what, refused(error).to_owned(), &Advice("IO", next, exit))
    }

    fn new(what: &'static str, why: String, &Advice(reason, next, exit): &Advice) -> Self {
        Self { what, why, next, reason, exit }
    }

    /// Tells it on stderr.
    pub(super) fn tell(&self, as_json: bool) -> ExitCode {
        let Self { what, why, next, reason, exit } = self;
        let text = if as_json {
            json!({ "error": { "reason": reason, "what": what, "why": why, "next": next } }).to_string()
        } else {
            format!("error: {what}\n  why: {why}\n  next: {next}")
        };
        // With stderr gone the exit code is all that is left to say.
        let _ = writeln!(std::io::stderr(), "{text}");
        ExitCode::from(*exit)
    }
}

fn advice(fault: &FolderFault) -> Advice {
    match fault {
        FolderFault::NotInitialised => Advice(
            "NOT_FOUND",
            "Make one with `haven-server init --data DIR`, or name another folder.",
            EXIT_NOT_FOUND,
        ),
        FolderFault::AlreadyInitialised => {
            Advice("EXISTS", "Use it with `haven-server run --data DIR`, or name another folder.", EXIT_USAGE)
        }
        FolderFault::InUse => {
            Advice("STORAGE_IN_USE", "Stop the other server first, or name another folder.", EXIT_FAILED)
        }
        FolderFault::IdentityDamaged => {
            let next = "Put the copy of the file `identity` back; devices refuse a server with another one.";
            Advice("IDENTITY_DAMAGED", next, EXIT_FAILED)
        }
        FolderFault::TooManyInvites => {
            Advice("TOO_MANY_INVITES", "Give out those you have; each is good for one space.", EXIT_FAILED)
        }
        FolderFault::Io { .. } => {
            Advice("IO", "Check that the folder exists, is yours and has room.", EXIT_FAILED)
        }
        FolderFault::Store(fault) => store_advice(fault),
        FolderFault::NoEntropy(_) => Advice("NO_ENTROPY", "Try again; report it if it stays.", EXIT_FAILED),
    }
}

fn store_advice(fault: &StoreFault) -> Advice {
    match fault {
        StoreFault::Full => Advice("STORAGE_FULL", "Free some space on the disk and try again.", EXIT_FAILED),
        StoreFault::Busy => Advice("STORAGE_IN_USE", "Try again in a moment.", EXIT_FAILED),
        StoreFault::Newer { .. } => {
            Advice("STORAGE_NEWER", "Update haven-server; nothing was changed.", EXIT_FAILED)
        }
        StoreFault::Damaged(_) => {
            let next = "Keep the folder as it is. Put a backup in its place, or make another with `haven-server init --data DIR`: \
                        the devices fill it again.";
            Advice("STORAGE_DAMAGED", next, EXIT_FAILED)
        }
        StoreFault::Failed(_) | StoreFault::InviteSpent | StoreFault::SpaceTaken | StoreFault::Conflict => {
            Advice(
                "STORAGE_FAILED",
                "Check the disk, then start again; what was acknowledged is kept.",
                EXIT_FAILED,
            )
        }
    }
}
