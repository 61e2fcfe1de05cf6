//! What a client may ask of a vault, and what it is told.

mod link_end;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use haven_core::answers::{ExerciseId, ExerciseRef, ValueMap};
use haven_core::entry::{Draft, Edit, Entry};
use haven_core::id::{EntryId, PersonId};
use haven_core::import::Met;
use haven_core::meeting::MetPart;
use haven_core::person::{PersonEdit, PersonName};
use haven_core::shelf::Defined;
use haven_core::time::{Date, LocalZone, Timestamp, Zones};
use haven_crypto::kit::Kit;
use haven_feed::FeedId;
use haven_feed::ids::SpaceId;
use thiserror::Error;

pub use self::link_end::LinkEnd;

use crate::content::DocumentId;
use crate::io::StoreFault;
use crate::version::Version;

/// Names one question, so that its answer finds the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Names an open editor's draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DraftId(pub [u8; 16]);

/// A change of the journal, or a look into one document's history. Lists and search read the view instead.
pub enum Command {
    /// Writes a new entry; a record at once.
    Add(Draft),
    /// Changes an entry; a record at once.
    Edit {
        /// Which entry.
        id: EntryId,
        /// The version the person was looking at; what others wrote since then is kept. `None` = the present one.
        base: Option<Version>,
        /// What changes.
        edit: Edit,
    },
    /// Moves an entry to the trash.
    Trash(EntryId),
    /// Takes an entry out of the trash.
    Untrash(EntryId),
    /// Gives an entry the words it had at a version; a new change, nothing is lost.
    Restore {
        /// Which entry.
        id: EntryId,
        /// Whose words.
        version: Version,
    },
    /// Settles what met in an entry, on all devices.
    Settle {
        /// Which entry.
        id: EntryId,
        /// What is kept.
        keep: Keep,
    },
    /// Reads an entry, now or at a version.
    Show {
        /// Which entry.
        id: EntryId,
        /// At which version; `None` = now.
        version: Option<Version>,
    },
    /// Lists an entry's versions, newest first.
    History(EntryId),
    /// Reads what met in an entry, as an export writes it.
    Met(EntryId),
    /// Imports lines of a journal in the exchange format; what is there already is skipped.
    Import {
        /// The lines with their numbers in the file.
        lines: Vec<ImportItem>,
        /// Only says what would happen.
        dry_run: bool,
        /// What the shell knows of zones.
        zones: Arc<dyn Zones>,
        /// The zone of times of day that name none; such times stay as they are without it.
        here: Option<LocalZone>,
    },
    /// Saves an open editor's words; durable when answered, not yet a record.
    SaveDraft(Box<DraftSave>),
    /// Reads all drafts that are not yet folded into a record.
    ListDrafts,
    /// Folds a draft into its entry now (an explicit save or a closed editor) and forgets the draft.
    CommitDraft {
        /// Which draft.
        id: DraftId,
        /// Whether its person has seen what it changes; asked for where it was written without seeing that.
        confirmed: bool,
    },
    /// Forgets a draft.
    DiscardDraft(DraftId),
    /// Adds a person.
    AddPerson(PersonName),
    /// Changes what is said of a person.
    EditPerson(PersonId, PersonEdit),
    /// Makes one person another name for a second one, in every entry there is and will be.
    MergePeople {
        /// Who goes.
        from: PersonId,
        /// Who they are.
        into: PersonId,
    },
    /// Forgets a person: entries stay and do not name them any more. What was written before stays in the history.
    ForgetPerson(PersonId),
    /// Keeps the definition of an exercise or a measure; it is then there on all devices.
    AddDefinition {
        /// Which of them it defines.
        defined: Defined,
        /// Its TOML.
        text: String,
    },
    /// Takes back what the person added: it is offered no more, on all devices, and entries made with it can be read.
    RemoveDefinition {
        /// Whether it is an exercise or a measure.
        defined: Defined,
        /// Its id.
        id: ExerciseId,
    },
    /// Asks for the text of a definition that is not held in memory, for an export.
    ShowDefinition(DocumentId),
    /// Remembers on which day help was asked for: sealed, on this device only, and for a week.
    NoteHelp(Date),
    /// Remembers a server and connects this vault to it. Whether the server takes the vault shows in the status.
    SetServer(ServerChoice),
    /// Goes back to the server that was set before the last [`Command::SetServer`] since the vault was opened, or to none.
    RestoreServer,
    /// Gives a device another name, on all devices.
    RenameDevice {
        /// Which device.
        feed: FeedId,
        /// Its new name.
        name: String,
    },
    /// Ends an alarm that the person has dealt with.
    ResolveAlarm(String),
    /// Shows a linking code; a new one makes an earlier one void.
    StartLink,
    /// Enrols the device that answered, if the words read from it are right. The shell has checked the passphrase.
    ConfirmLink {
        /// The words the person read on the new device.
        words: String,
    },
    /// Drops a linking that was started.
    CancelLink,
    /// Takes a device out of the vault, in one link that begins an epoch. The shell has checked the passphrase. Answered once the
    /// server has that link and it is durable here.
    RemoveDevice {
        /// Which device.
        feed: FeedId,
        /// A new kit, which its person has typed back: in the same link it takes the place of the present one.
        kit: Option<Arc<Kit>>,
    },
    /// Puts this kit in the place of the present one, in the same way. Its person has typed it back, the shell has checked the
    /// passphrase.
    RenewKit(Arc<Kit>),
    /// Says whether this is the vault's kit.
    VerifyKit(Arc<Kit>),
}

/// What the roster says of a kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KitVerdict {
    /// Whether it is the present kit, as far as this device knows.
    pub valid: bool,
    /// Whether another one took its place; none if only a server could tell and none was heard out.
    pub replaced: Option<bool>,
    /// The vault it was compared with.
    pub space: SpaceId,
}

/// What is kept of two edits that met.
pub enum Keep {
    /// What the entry says on this side, one of those it lists.
    Side(Version),
    /// Both, one after the other; of what can have one value only, what is shown.
    Both,
}

/// One line of an import.
pub struct ImportItem {
    /// Its number in the file, from 1.
    pub line: u64,
    /// The line without its line ending.
    pub bytes: Vec<u8>,
}

/// What an open editor holds.
pub struct DraftSave {
    /// The editor's draft; chosen by the client once per editor.
    pub id: DraftId,
    /// The entry being edited and the version it was opened at; `None` for a new entry.
    pub editing: Option<(EntryId, Option<Version>)>,
    /// All of the words and fields as they stand in the editor.
    pub draft: Draft,
    /// Whether only its person makes an entry of it.
    pub held: bool,
    /// People it is about as they were named; those who are found are added to the draft's, the other names are kept.
    pub named: BTreeSet<String>,
    /// How the entry was named that it was written for while nobody could look it up. Stays as it is where there is none.
    pub meant: Option<String>,
    /// What was typed at questions and is no answer to them yet, by the ids of the answers.
    pub typed: ValueMap,
}

/// A draft as listed.
pub struct DraftShown {
    /// Its name.
    pub id: DraftId,
    /// The entry it edits, or became.
    pub entry: Option<EntryId>,
    /// The version of that entry that the editor was opened at, or that its words last became.
    pub base: Option<Version>,
    /// When it was last saved.
    pub saved: Timestamp,
    /// What it holds.
    pub draft: Draft,
    /// Whether only its person makes an entry of it.
    pub held: bool,
    /// Names of people that fit nobody so far, or several.
    pub named: BTreeSet<String>,
    /// How the entry was named that it was written for while nobody could look it up.
    pub meant: Option<String>,
    /// What was typed and is no answer yet.
    pub typed: ValueMap,
    /// What keeps it from being an entry.
    pub problem: Option<Fault>,
}

/// A server the person chose.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerChoice {
    /// Where: `http://127.0.0.1:7460`.
    pub url: String,
    /// The server's identity key, as its signed answer gave it.
    pub server_key: [u8; 32],
    /// The invite, for the first space; its hash of the identity key has been compared by [`crate::sync::check_invite`].
    pub invite: Option<String>,
}

/// One version of an entry.
pub struct VersionShown {
    /// Its name.
    pub version: Version,
    /// When its author's clock said it was.
    pub at: Timestamp,
    /// The device that wrote it, by its name.
    pub device: String,
}

/// A version in an entry's history.
pub struct PastShown {
    /// The version.
    pub shown: VersionShown,
    /// What its author had before them; `None` for the first version.
    pub base: Option<Version>,
}

/// A side of what met in an entry.
pub struct SideShown {
    /// The version that reads it whole.
    pub shown: VersionShown,
    /// In what it differs from others.
    pub parts: Vec<MetPart>,
}

/// A line that was not imported.
#[derive(Debug)]
pub struct LineFault {
    /// Its number in the file.
    pub line: u64,
    /// Why, for a person; never repeats the line's words.
    pub reason: String,
}

/// What became of an import.
#[derive(Debug, Default)]
pub struct Imported {
    /// How many entries were written.
    pub imported: u64,
    /// How many were there already.
    pub skipped: u64,
    /// The entries that are there and have never said what an export's line says of them. They stay as they are.
    pub differing: Vec<EntryId>,
    /// How many people were written.
    pub people: u64,
    /// How many exercises and measures of the person's own were written.
    pub definitions: u64,
    /// How many people were passed over because they were forgotten here.
    pub forgotten: u64,
    /// How many lines say of somebody that they turned out to be themselves, or close a circle of such.
    pub unmerged: u64,
    /// The keys that were passed over, with the number of lines that have each.
    pub unused: BTreeMap<String, u64>,
    /// What could not be read.
    pub failed: Vec<LineFault>,
}

/// An answer.
pub enum Reply {
    /// Done; nothing to tell.
    Done,
    /// An entry was written or changed.
    Entry(EntryId),
    /// An exercise or a measure was added.
    Defined(ExerciseRef),
    /// The text of a definition; none if there is no such one.
    Definition(Option<Box<str>>),
    /// An entry as it is, or was.
    Shown {
        /// What it says.
        entry: Box<Entry>,
        /// The version it was read at.
        version: Version,
        /// The sides of what met in it and is not settled, the one that is shown first; none of an earlier version.
        met: Vec<SideShown>,
    },
    /// An entry's versions, newest first.
    History(Vec<PastShown>),
    /// What met in an entry as an export writes it, if anything did and is not settled.
    Met(Option<Box<Met>>),
    /// What became of an import.
    Imported(Imported),
    /// The drafts.
    Drafts(Vec<DraftShown>),
    /// A draft was saved.
    Draft(DraftId),
    /// A person was added or changed, or was there already under that name.
    Person(PersonId),
    /// A linking code to show.
    LinkStarted(LinkStarted),
    /// A device was enrolled.
    Linked {
        /// Which.
        device: FeedId,
        /// Words four to six, to be shown: its person compares them there.
        words: String,
    },
    /// A device was taken out, or the kit was replaced.
    Changed {
        /// The epoch that began with it.
        epoch: u32,
        /// How many records of the removed device are here and don't count, since nobody had them when it was removed.
        aside: u64,
    },
    /// What a kit is.
    Kit(KitVerdict),
}

/// A linking code and how long it counts.
pub struct LinkStarted {
    /// 28 characters in groups, for typing and for the QR.
    pub code: String,
    /// When it ends, by the wall clock.
    pub expires: Timestamp,
}

/// Why a command was refused. Never holds words of the person.
#[derive(Debug, Error)]
pub enum Fault {
    /// No such entry.
    #[error("there's no such entry")]
    EntryUnknown,
    /// No such version of that entry.
    #[error("this entry has no such version")]
    VersionUnknown,
    /// No such side of what met in that entry.
    #[error("this version isn't one of those to choose from in this entry")]
    SideUnknown,
    /// Nothing met in that entry, or it is settled.
    #[error("nothing has to be settled in this entry")]
    NothingMet,
    /// No such draft.
    #[error("there's no such draft")]
    DraftUnknown,
    /// Something was typed in that draft that is no answer to its question.
    #[error("something in it is no answer to its question yet")]
    AnswersUnfit,
    /// No such device.
    #[error("there's no such device")]
    DeviceUnknown,
    /// No such alarm.
    #[error("there's no such alarm")]
    AlarmUnknown,
    /// Nothing of that id was added, or it was taken back already.
    #[error("nothing that you added has this id")]
    DefinitionUnknown,
    /// People named that do not exist.
    #[error("there's no such person")]
    PeopleUnknown(BTreeSet<PersonId>),
    /// A draft names people who cannot be told.
    #[error("it's about someone who isn't among your people, or whose name several of them have")]
    PeopleUnclear,
    /// A draft was written for an entry, and which one cannot be told.
    #[error("it was written for an entry while the journal was locked, and which one can't be told now")]
    EntryUnclear,
    /// A draft was written for an entry whose words could not be seen.
    #[error("it was written for an entry while the journal was locked, so without seeing what stands there")]
    EntryUnseen,
    /// The words do not fit: what, how large, how large they may be.
    #[error("{what} is {size} {unit}; at most {max} fit")]
    TooLarge {
        /// What: "the text", "the title", …
        what: &'static str,
        /// How large it is.
        size: u64,
        /// The most.
        max: u64,
        /// Of what: "bytes", "characters", "tags".
        unit: &'static str,
    },
    /// A definition that cannot be used, with everything that is wrong with it.
    #[error("the definition can't be used")]
    Definition(Vec<haven_core::fault::Fault>),
    /// Not valid for another reason, told for a person.
    #[error("{0}")]
    Invalid(String),
    /// No server was set.
    #[error("this journal has no server yet")]
    NoServer,
    /// The server cannot be reached now.
    #[error("the server can't be reached")]
    ServerUnreachable,
    /// The server refused, and why in words for a person.
    #[error("the server refused: {0}")]
    ServerRefused(String),
    /// Nothing to confirm: no linking was started.
    #[error("no device is being linked")]
    NoLinking,
    /// The new device has not answered yet.
    #[error("the new device has not answered yet")]
    LinkWaiting,
    /// The linking came to nothing while it was being confirmed.
    #[error("this code doesn't count any more: {0}")]
    LinkVoid(LinkEnd),
    /// The words are not such words at all; the linking stays open for another try.
    #[error("these aren't three words as the new device shows them")]
    WordsMistyped,
    /// The words are not those of the device that answered; the linking is void.
    #[error("these aren't the words the new device shows")]
    WrongWords,
    /// What was asked could not be made durable; nothing changed.
    #[error("not saved: {0}")]
    Storage(#[from] StoreFault),
    /// A document cannot be opened although its records are there; nothing was changed.
    #[error("this entry can't be opened on this device")]
    Unreadable,
    /// The roster has removed this device.
    #[error("this device was removed from the journal")]
    Removed,
    /// A device can't remove itself.
    #[error("a device can't remove itself")]
    OwnRemoval,
    /// The device was removed before.
    #[error("this device was removed already")]
    DeviceGone,
    /// Another change of the list of devices is on its way.
    #[error("the list of devices is being changed right now")]
    ChangeUnderWay,
    /// Other devices kept changing the list of devices first; nothing was changed by this one.
    #[error("another device changed the list of devices at the same moment, again and again")]
    RosterMoved,
    /// The roster has no room for the change.
    #[error("the list of devices is full")]
    RosterFull,
    /// The kit stands in the roster already, or once did.
    #[error("this kit is, or was, the journal's own already")]
    KitUsed,
    /// The change was sent, and whether the server took it is not known.
    #[error("the connection to the server broke before it said whether it took the change")]
    ChangeUnknown,
    /// The newest key of the vault does not open on this device, so it has none to give.
    #[error("another device made a new key for the journal, and that key can't be opened here")]
    NewKeyUnreadable,
}
