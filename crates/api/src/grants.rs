//! Who may call a device besides the person's own command line, and which call needs what.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use haven_core::time::Timestamp;

/// Characters of a grant's name.
pub const GRANT_NAME_MAX: usize = 60;

/// One thing that a grant allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Reading entries, people, measures' results, progress, drafts and events.
    Read,
    /// Writing entries, drafts and people.
    Write,
    /// Exercises and measures.
    Practice,
    /// Sharing with others.
    Share,
    /// Devices, the server and alarms.
    Devices,
    /// Unlocking, the passphrase, settings, grants, the program itself.
    Admin,
}

impl Scope {
    /// All of them, in order.
    pub const ALL: [Self; 6] =
        [Self::Read, Self::Write, Self::Practice, Self::Share, Self::Devices, Self::Admin];

    /// Its name: `read`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Practice => "practice",
            Self::Share => "share",
            Self::Devices => "devices",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// There is no such scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoScope;

impl FromStr for Scope {
    type Err = NoScope;

    fn from_str(text: &str) -> Result<Self, NoScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(NoScope)
    }
}

/// One client's permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its id: 16 hexadecimal digits.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// What it allows.
    pub scopes: BTreeSet<Scope>,
    /// Whether it is a page's session, and not a plug-in's.
    pub is_page: bool,
    /// When it was made.
    pub made: Timestamp,
    /// When it was last used, to the minute.
    pub used: Option<Timestamp>,
    /// When it ends; `None` = never.
    pub ends: Option<Timestamp>,
}

/// What a call needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Not even a token.
    Nothing,
    /// A token, whatever it allows.
    Token,
    /// A token that allows this.
    Scope(Scope),
}

/// What a call needs, by its path (`/haven.v1.VaultService/Lock`); `None` for a call that there is not.
///
/// Where in doubt, the call needs more: nothing that a plug-in is given by mistake can be taken back.
pub fn need(path: &str) -> Option<Need> {
    let (service, call) = path.strip_prefix('/')?.split_once('/')?;
    if matches!(service, "grpc.health.v1.Health") || service.starts_with("grpc.reflection.") {
        return Some(Need::Token);
    }
    let service = service.strip_prefix("haven.v1.")?;
    of_journal(service, call).or_else(|| of_device(service, call))
}

/// What concerns words.
fn of_journal(service: &str, call: &str) -> Option<Need> {
    use Scope::{Practice, Read, Write};
    Some(match (service, call) {
        (
            "JournalService",
            "GetEntry" | "ListEntries" | "SearchEntries" | "ListTags" | "ListFeelings" | "ListDays"
            | "RenderText" | "ListHistory" | "CompareVersions" | "ExportEntries",
        )
        | ("DraftService", "ListDrafts" | "GetDraft")
        | ("MeasureService", "ListResults")
        | ("ProgressService", "GetProgress" | "GetToday")
        | ("SupportService", "GetPlan" | "ListPlanLines")
        | ("PeopleService", "ListPeople")
        | ("EventService", "WatchEvents") => Need::Scope(Read),
        (
            "JournalService",
            "AddEntry" | "EditEntry" | "RestoreVersion" | "TrashEntry" | "UntrashEntry" | "SettleEntry"
            | "ImportEntries",
        )
        | ("DraftService", "SaveDraft" | "DiscardDraft" | "CommitDraft" | "SealDraft")
        | ("PeopleService", "AddPerson" | "EditPerson" | "MergePeople" | "ForgetPerson") => {
            Need::Scope(Write)
        }
        (
            "PracticeService",
            "ListExercises" | "GetExercise" | "CheckExercise" | "AddExercise" | "RemoveExercise",
        )
        | (
            "MeasureService",
            "ListMeasures" | "GetMeasure" | "AnswerMeasure" | "CheckMeasure" | "AddMeasure" | "RemoveMeasure",
        ) => Need::Scope(Practice),
        ("WalkService", "ListWalks" | "BeginWalk" | "StepWalk" | "FinishWalk") => Need::Scope(Practice),
        ("SupportService", "GetHelp") => Need::Token,
        _ => return None,
    })
}

/// What concerns the device and its vault.
fn of_device(service: &str, call: &str) -> Option<Need> {
    use Scope::{Admin, Devices};
    Some(match (service, call) {
        ("VaultService", "GetStatus" | "Lock" | "KeepOpen")
        | ("SettingsService", "ListSettings")
        | ("DaemonService", "GetDaemon")
        | ("SyncService", "SyncNow")
        | ("GrantService", "EndSession") => Need::Token,
        ("GrantService", "BeginSession" | "ProveDoor") => Need::Nothing,
        (
            "DeviceService",
            "ListDevices" | "RenameDevice" | "RemoveDevice" | "StartLink" | "WatchLink" | "ConfirmLink"
            | "CancelLink",
        )
        | ("SyncService", "SetServer" | "GetServer")
        | ("AlarmService", "ListAlarms" | "ResolveAlarm")
        | ("KitService", "VerifyKit") => Need::Scope(Devices),
        (
            "VaultService",
            "Init" | "Unlock" | "CheckPassphrase" | "SuggestPassphrase" | "ChangePassphrase",
        )
        | ("DeviceService", "JoinVault" | "ConfirmJoin")
        | ("KitService", "DraftKit" | "RenewKit")
        | ("RestoreService", "RestoreVault" | "ConfirmRestore")
        | ("SupportService", "SetReadableLines")
        | ("DaemonService", "StopDaemon" | "Diagnose")
        | ("SettingsService", "SetSetting")
        | ("GrantService", "CreateGrant" | "ListGrants" | "RevokeGrant" | "OpenPage") => Need::Scope(Admin),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use prost_types::FileDescriptorSet;

    use super::*;

    /// Every call that the protocol has.
    fn calls() -> Vec<String> {
        let files = FileDescriptorSet::decode(crate::pb::DESCRIPTORS).unwrap().file;
        let ours = files.into_iter().filter(|file| file.package() == "haven.v1");
        let services = ours.flat_map(|file| file.service);
        services
            .flat_map(|service| {
                let name = service.name().to_owned();
                service.method.into_iter().map(move |call| format!("/haven.v1.{name}/{}", call.name()))
            })
            .collect()
    }

    #[test]
    fn every_call_has_a_need_and_only_two_have_none() {
        let calls = calls();
        assert!(calls.len() > 60, "{}", calls.len());
        for call in &calls {
            assert!(need(call).is_some(), "{call}: say in grants.rs and docs/PLUGINS.md what it needs");
        }
        let open: Vec<_> = calls.iter().filter(|call| need(call) == Some(Need::Nothing)).collect();
        assert_eq!(open, ["/haven.v1.GrantService/BeginSession", "/haven.v1.GrantService/ProveDoor"]);
    }

    #[test]
    fn what_is_no_call_of_ours_has_no_need() {
        for path in
            ["", "/", "/index.html", "/haven.v1.VaultService", "/haven.v1.VaultService/Steal", "/x.Y/Z"]
        {
            assert_eq!(need(path), None, "{path}");
        }
    }

    #[test]
    fn who_may_only_write_reads_nothing() {
        let reads = [
            "GetEntry",
            "ListEntries",
            "SearchEntries",
            "ExportEntries",
            "ListHistory",
            "ListTags",
            "ListFeelings",
            "ListDays",
            "RenderText",
        ];
        for call in reads {
            assert_eq!(need(&format!("/haven.v1.JournalService/{call}")), Some(Need::Scope(Scope::Read)));
        }
        assert_eq!(need("/haven.v1.JournalService/AddEntry"), Some(Need::Scope(Scope::Write)));
        assert_eq!(need("/haven.v1.VaultService/Unlock"), Some(Need::Scope(Scope::Admin)));
    }

    #[test]
    fn a_scope_is_called_by_its_name() {
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(scope));
        }
        assert_eq!("reed".parse::<Scope>(), Err(NoScope));
    }
}
