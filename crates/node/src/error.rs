//! What is told a client when something fails inside: the faults of the rooms below, as errors with a next step.

use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_core::support::ChoiceFault;
use haven_engine::command::{Fault, LinkEnd};
use haven_engine::drops::SealFault;
use haven_engine::io::StoreFault;
use haven_engine::vault::VaultFault;
use tonic::Status;

use crate::host::{DialFault, KeepFault};
use crate::keeper::order::{Refused, TryRefused};
use crate::tries::TryFault;

/// Says why a journal cannot be opened: nothing of it was changed.
pub fn cannot_open(fault: &StoreFault) -> ApiError {
    ApiError { what: "the journal can't be opened".to_owned(), ..of_store(fault) }
}

/// Says why a device cannot be started on a store.
pub fn cannot_start(fault: VaultFault) -> ApiError {
    ApiError { what: "the journal can't be opened".to_owned(), ..Refused::from(fault).into() }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        let says = refused.to_string();
        match refused {
            Refused::NoVault => Self::new(Reason::NoVault, "this needs a journal"),
            Refused::VaultExists => Self::new(Reason::VaultExists, "no journal was made"),
            Refused::Locked => Self::new(Reason::Locked, "this needs the journal open"),
            Refused::Stopping => Self::new(Reason::Stopping, "the command was not carried out"),
            Refused::Broken(fault) => of_store(&fault)
                .with_next("Mend what's wrong with the disk, then try again; reading works meanwhile."),
            Refused::Vault(fault) => of_vault(&fault),
            Refused::Open(fault) => {
                Self::new(Reason::StorageDamaged, "the journal can't be opened").because(fault.to_string())
            }
            Refused::Choice(fault) => of_choice(fault),
            Refused::Seal(fault) => of_sealing(&fault),
            Refused::Keep(KeepFault::Disk(fault)) => of_store(&fault),
            Refused::Keep(KeepFault::Never) => Self::new(Reason::Unsupported, "nothing was changed")
                .because(says)
                .with_next("Choose lines on a device where Haven itself runs."),
            Refused::Fault(fault) => of_fault(fault, says),
        }
    }
}

impl From<Refused> for Status {
    fn from(refused: Refused) -> Self {
        ApiError::from(refused).into()
    }
}

impl From<TryRefused> for ApiError {
    fn from(refused: TryRefused) -> Self {
        match refused {
            TryRefused::NoVault => Refused::NoVault.into(),
            TryRefused::Stopping => Refused::Stopping.into(),
            TryRefused::Vault(fault) => Refused::from(fault).into(),
            TryRefused::Try(TryFault::Storage(fault)) => of_store(&fault),
            TryRefused::Try(TryFault::Wait { ms }) => {
                let next = format!("Wait {} s, then try again.", ms.div_ceil(1000));
                Self::new(Reason::TooManyTries, "the passphrase was not tried")
                    .with_next(next)
                    .retry_after(ms)
            }
        }
    }
}

impl From<DialFault> for ApiError {
    fn from(fault: DialFault) -> Self {
        match fault {
            DialFault::Address => Self::invalid("the server's address can't be used", fault)
                .with_next("Give it as https://HOST or http://127.0.0.1:PORT."),
            DialFault::Plaintext => {
                Self::invalid("the server's address can't be used", fault).with_next("Give it with https://.")
            }
            DialFault::Unreachable => Self::new(Reason::ServerUnreachable, "the server was not reached"),
            DialFault::Certificate => Self::new(Reason::ServerUnreachable, "the server was not reached")
                .because(fault.to_string())
                .with_next("Renew the server's certificate, and check the clock and the address."),
        }
    }
}

/// What the engine refused.
fn of_fault(fault: Fault, says: String) -> ApiError {
    let reason = match fault {
        Fault::Storage(fault) => return of_store(&fault),
        Fault::Invalid(_) => return ApiError::invalid("not saved", says),
        Fault::AnswersUnfit => {
            return ApiError::invalid("not saved", says)
                .with_next("Go on with it and put that right, or leave the question open.");
        }
        Fault::Definition(_) => {
            return ApiError::invalid("the definition was not added", says)
                .with_next("Have the file checked: that says what is wrong, line by line.")
                .at_terminal(
                    "See what is wrong with `haven practice check FILE` or `haven measure check FILE`.",
                );
        }
        Fault::WordsMistyped => {
            return ApiError::invalid("no device was let in", says).with_next("Give the three words again.");
        }
        Fault::LinkVoid(why) => return of_end(why, says),
        Fault::OwnRemoval => {
            return ApiError::invalid("no device was removed", says)
                .with_next("Remove this one from another of your devices.")
                .at_terminal("Run `haven device remove` on another of your devices.");
        }
        Fault::KitUsed => {
            return ApiError::invalid("the kit wasn't replaced", says).with_next("Have a new one made.");
        }
        Fault::TooLarge { .. } => Reason::TooLarge,
        Fault::EntryUnknown
        | Fault::VersionUnknown
        | Fault::SideUnknown
        | Fault::NothingMet
        | Fault::DraftUnknown
        | Fault::DefinitionUnknown
        | Fault::PeopleUnknown(_)
        | Fault::PeopleUnclear
        | Fault::DeviceUnknown
        | Fault::DeviceGone
        | Fault::AlarmUnknown => Reason::NotFound,
        Fault::ChangeUnderWay | Fault::RosterMoved => Reason::DevicesChanged,
        Fault::ChangeUnknown => Reason::OutcomeUnknown,
        Fault::RosterFull => Reason::TooLarge,
        Fault::EntryUnclear | Fault::EntryUnseen => Reason::ConfirmationNeeded,
        Fault::NoServer => Reason::NoServer,
        Fault::ServerUnreachable => Reason::ServerUnreachable,
        Fault::ServerRefused(_) => Reason::ServerRefused,
        Fault::NoLinking | Fault::LinkWaiting => Reason::NoLink,
        Fault::WrongWords => Reason::WrongWords,
        Fault::Unreadable => Reason::StorageDamaged,
        Fault::Removed => Reason::DeviceRemoved,
        Fault::NewKeyUnreadable => Reason::NewKeyUnreadable,
    };
    let error = ApiError::new(reason, failed(&fault)).because(says);
    with_step(error, &fault)
}

/// Says what to do next where the reason alone doesn't tell.
fn with_step(error: ApiError, fault: &Fault) -> ApiError {
    match fault {
        Fault::VersionUnknown => error.with_next("Choose one from its history.").at_terminal("`haven history ID` shows the versions."),
        Fault::SideUnknown => error.with_next("Open the entry: it shows the versions that met.").at_terminal("`haven show ID` shows the versions that met."),
        Fault::NothingMet => error.with_next("Nothing has to be chosen here any more.").at_terminal("`haven list --met` shows where there is something to choose."),
        Fault::DefinitionUnknown => {
            error.with_next("Choose it from the list of what you added.").at_terminal("`haven practice list` and `haven measure list` show what there is.")
        }
        Fault::PeopleUnclear => error.with_next("Open the draft, and choose the people it's about.").at_terminal("`haven draft show ID` names them. Add them with `haven people add NAME`, or say who is meant with `haven draft save \
             ID --person PERSON`."),
        Fault::EntryUnclear => error.with_next("Open the draft: it can go into that entry, or become a new one.").at_terminal("`haven draft save ID --entry ENTRY` puts it into that entry; `haven draft save ID --new` makes a new one of it."),
        Fault::EntryUnseen => error.with_next("Open the draft: it shows both. What stood there stays in the history.").at_terminal("Run `haven draft save ID` in a terminal: it shows both. `--yes` puts it in at once, and what stood there stays in the \
             history."),
        Fault::DeviceGone => error.with_next("There's nothing left to do.").at_terminal("There's nothing left to do; `haven device list` shows it as removed."),
        Fault::ChangeUnderWay => error.with_next("Wait a moment, then try again."),
        Fault::RosterFull => error.with_next("This journal can't take more changes to its list of devices. Save a copy of it, and begin a new one with that."),
        Fault::AlarmUnknown => error.with_next("Look at those that still wait.").at_terminal("`haven alarms` shows those that wait."),
        Fault::LinkWaiting => {
            error.with_next("Enter the code on the new device, then give the words it shows.")
        }
        // Asked for by whoever waits: nothing of it is kept to be sent later.
        Fault::ServerUnreachable => {
            error.with_next("Check that the server runs and this device is online, then try again.")
        }
        _ => error,
    }
}

/// Why a linking came to nothing.
fn of_end(why: LinkEnd, says: String) -> ApiError {
    let ended = |reason| ApiError::new(reason, NOT_LINKED).because(says);
    match why {
        LinkEnd::Cancelled => ended(Reason::Cancelled),
        LinkEnd::Expired => ended(Reason::CodeExpired),
        LinkEnd::WrongWords => ended(Reason::WrongWords),
        LinkEnd::Unreachable => ended(Reason::ServerUnreachable),
        LinkEnd::RosterMoved | LinkEnd::MailboxClosed | LinkEnd::Misbehaved(_) => ended(Reason::NoLink),
        LinkEnd::NoRoom => ended(Reason::NoLink)
            .with_next("A device that you don't use any more has to leave the list first."),
        LinkEnd::LeftThere => ApiError::new(Reason::Cancelled, NOT_LINKED)
            .because(why.to_string())
            .with_next("Nothing was added. You can make a new code whenever you like."),
        LinkEnd::UpdateNeeded => ended(Reason::StorageNewer)
            .with_next("Update Haven on both devices, then make another code.")
            .at_terminal("Update Haven on both devices, then make another code with `haven device link`."),
        LinkEnd::NeverIn => {
            ApiError::new(Reason::DeviceNotIn, "the new device isn't in yet").because(why.to_string())
        }
        LinkEnd::OtherWordsThere | LinkEnd::StoppedThere => not_in(why),
    }
}

/// A device was let in, and says itself that it keeps nothing.
fn not_in(why: LinkEnd) -> ApiError {
    let next = match why {
        LinkEnd::OtherWordsThere => {
            "A slip while typing is the usual reason: make a new code and try again. If you typed them exactly as this device showed \
             them, someone may have come between the two: make the next code where nobody else can see it. The new device's name stays \
             in your list of devices."
        }
        _ => {
            "You can make a new code whenever you like. The new device's name stays in your list of devices."
        }
    };
    ApiError::new(Reason::DeviceNotIn, "the new device isn't in").because(why.to_string()).with_next(next)
}

/// What failed, whatever the reason.
const NOT_LINKED: &str = "the devices weren't linked";

/// What failed, where only the engine knows it.
fn failed(fault: &Fault) -> &'static str {
    match fault {
        Fault::EntryUnknown => "the entry wasn't found",
        Fault::VersionUnknown => "the version wasn't found",
        Fault::SideUnknown | Fault::NothingMet => "nothing was settled",
        Fault::DraftUnknown => "the draft wasn't found",
        Fault::DefinitionUnknown => "the exercise or measure wasn't found",
        Fault::PeopleUnknown(_) => "the person wasn't found",
        Fault::DeviceUnknown => "the device wasn't found",
        Fault::AlarmUnknown => "the alarm wasn't found",
        Fault::PeopleUnclear | Fault::EntryUnclear | Fault::EntryUnseen => "the draft wasn't saved",
        Fault::TooLarge { .. } => "it can't be kept whole",
        Fault::NoServer | Fault::ServerUnreachable => "the server wasn't reached",
        Fault::ServerRefused(_) => "the server didn't take it",
        Fault::LinkVoid(_)
        | Fault::NoLinking
        | Fault::LinkWaiting
        | Fault::WrongWords
        | Fault::WordsMistyped => NOT_LINKED,
        Fault::Unreadable => "the entry can't be opened",
        Fault::OwnRemoval | Fault::DeviceGone => "no device was removed",
        Fault::ChangeUnderWay | Fault::RosterMoved | Fault::RosterFull => "nothing was changed",
        Fault::KitUsed => "the kit wasn't replaced",
        Fault::ChangeUnknown => "it isn't known whether anything was changed",
        Fault::Removed | Fault::NewKeyUnreadable => "this device can't change the list of devices",
        Fault::Storage(_) | Fault::Invalid(_) | Fault::Definition(_) | Fault::AnswersUnfit => "not saved",
    }
}

/// Why words were not sealed.
fn of_sealing(fault: &SealFault) -> ApiError {
    let error = |reason| ApiError::new(reason, "not kept").because(fault.to_string());
    match fault {
        SealFault::Store(fault) => of_store(fault),
        SealFault::TooLarge { .. } => {
            error(Reason::TooLarge).with_next("Split it up, and add the parts one by one.")
        }
        SealFault::Full { .. } | SealFault::NoKey => error(Reason::Locked)
            .with_next("Unlock the journal, then write again.")
            .at_terminal("Open the journal with `haven unlock`, then write again."),
    }
}

/// Why lines of the plan did not become readable.
fn of_choice(fault: ChoiceFault) -> ApiError {
    let (reason, next) = match fault {
        ChoiceFault::NotInPlan => (Reason::NotFound, "Look at the lines as they are now, and choose again."),
        ChoiceFault::TooLarge => (Reason::TooLarge, "Choose fewer lines."),
        ChoiceFault::Unconfirmed => {
            (Reason::ConfirmationNeeded, "Agree to what it means, or leave it as it is.")
        }
    };
    ApiError::new(reason, "nothing was changed").because(fault.to_string()).with_next(next)
}

/// What the store could not do.
fn of_store(fault: &StoreFault) -> ApiError {
    let reason = match fault {
        StoreFault::Full => Reason::StorageFull,
        StoreFault::ReadOnly => Reason::StorageReadOnly,
        StoreFault::Newer { .. } => Reason::StorageNewer,
        StoreFault::Damaged { .. } => Reason::StorageDamaged,
        StoreFault::InUse => Reason::StorageInUse,
        StoreFault::Unavailable { .. } => Reason::StorageFailed,
    };
    ApiError::new(reason, "not saved").because(fault.to_string())
}

/// What is wrong with a vault, or with the passphrase that was to open it.
fn of_vault(fault: &VaultFault) -> ApiError {
    let says = fault.to_string();
    match fault {
        VaultFault::Store(fault) => of_store(fault),
        VaultFault::WrongPassphrase => ApiError::new(Reason::WrongPassphrase, "nothing was done"),
        VaultFault::Newer => ApiError::new(Reason::StorageNewer, "the journal can't be opened"),
        VaultFault::Altered | VaultFault::Damaged => {
            ApiError::new(Reason::StorageDamaged, "the journal can't be opened").because(says)
        }
        VaultFault::PassphraseTooLong | VaultFault::PassphraseControl => {
            ApiError::invalid("the passphrase can't be used", says).with_next("Give another that fits.")
        }
        VaultFault::NameTooLong => {
            ApiError::invalid("the name can't be used", says).with_next("Give another that fits.")
        }
        VaultFault::Memory => ApiError::new(Reason::Internal, "the passphrase can't be tried now")
            .because(says)
            .with_next("Close other programs, then try again."),
    }
}
