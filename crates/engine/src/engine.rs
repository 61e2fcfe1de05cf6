//! The step: everything that happens to an open vault, one input at a time.

mod accepting;
mod alarms;
mod bodies;
mod branches;
mod changing;
mod clock;
mod committed;
mod dangling;
mod defining;
mod differing;
mod documents;
mod drafts;
mod drops;
mod going_back;
mod gone;
mod ground;
mod helped;
mod import;
mod journal;
mod ledger;
mod linking;
mod mending;
mod naming;
mod old_keys;
mod opening;
mod own_links;
mod people;
mod pushing;
mod receive;
mod refill;
mod removed;
mod rereading;
mod resealing;
mod rows;
mod session;
mod settling;
mod standing;
mod taking_out;
mod unread;
mod unsaying;
mod waiting;
mod work;
mod writing;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use haven_core::shelf::Shelf;
use haven_core::time::{Date, Timestamp};
use haven_crypto::epoch::EpochKeys;
use haven_crypto::local::LocalKey;
use haven_feed::chain::{Tip, Tips, tip_of_unverified};
use haven_feed::exchange::Pins;
use haven_feed::exchange::device::{DeviceExchange, Local};
use haven_feed::ids::{FeedId, SpaceId, Vector};
use haven_feed::record::Record;
use haven_feed::roster::{Roster, SpaceKind};
use thiserror::Error;

use crate::actor::ActorNonce;
use crate::command::{Command, DraftId, Fault, Reply, ServerChoice, Ticket};
use crate::io::{Context, Reader, Step, StoreFault, draw};
use crate::keys::{Keys, meta};
use crate::sync::Incoming;
use crate::vault::{Unlocked, VaultFault};
use crate::view::{DeviceShown, View};

use alarms::Raised;
use branches::Branches;
use changing::Changing;
use committed::Committed;
use dangling::Dangling;
use documents::OpenDocuments;
use drafts::Drafting;
use drops::Drops;
use going_back::Missed;
use ledger::Ledger;
use linking::LinkingState;
use mending::Mending;
use rereading::{history, stands_at};
use rows::{KeptVector, Sealed};
use session::Session;
use standing::Agreement;
use waiting::Waiting;
use work::Work;

pub(crate) use session::encode_server;

/// What can happen to a vault.
pub enum Input {
    /// A client asks.
    Client(Ticket, Command),
    /// The server says, or the connection changes.
    Server(Incoming),
    /// Words were sealed into the store, as they are while the vault is locked.
    Dropped,
    /// The store holds less than it once held: an older copy was put in its place. Told until a step has told the person
    /// durably.
    StoreWentBack,
    /// The time that a step asked for has come, or a step has more to do.
    Wake,
}

/// Why a vault cannot be opened.
#[derive(Debug, Error)]
pub enum OpenFault {
    /// Its keys or roster do not fit together.
    #[error(transparent)]
    Vault(#[from] VaultFault),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// A row that this vault sealed does not open. Nothing was written.
    #[error("a part of this journal doesn't open")]
    Damaged,
}

/// One open vault.
pub struct Engine {
    keys: Keys,
    space: SpaceId,
    roster: Roster,
    names: BTreeMap<FeedId, String>,
    /// What comes with Haven.
    built_in: Shelf,
    /// The same and what the person added.
    shelf: Shelf,
    view: View,
    /// Verified and stored.
    tips: Tips,
    /// Applied to documents; never ahead of `tips`.
    applied: Vector,
    /// What counts of removed feeds beyond that.
    counted: KeptVector,
    /// What stands in documents beyond that: feeds that went back, and are read anew.
    went_back: KeptVector,
    /// Of each feed the first record that was applied without something that it names and that was not here.
    without: KeptVector,
    /// Of those what they miss, as far as it is known since the start.
    missed: BTreeMap<FeedId, BTreeMap<FeedId, Missed>>,
    waiting: Waiting,
    /// Put aside, to be tried again.
    dangling: Dangling,
    last_seen: BTreeMap<FeedId, i64>,
    /// What this opening's name in documents is made of.
    nonce: ActorNonce,
    announced: Announced,
    open: OpenDocuments,
    drafts: BTreeMap<DraftId, Drafting>,
    committed: Committed,
    /// There from the first step on.
    drops: Option<Drops>,
    server: Option<ServerChoice>,
    session: Session,
    exchange: DeviceExchange,
    saved_less: Option<u64>,
    saved_pins: Vec<u8>,
    linking: LinkingState,
    /// Of the roster, by this device.
    changing: Option<Changing>,
    helped: Option<Date>,
    /// Up to which own record anything may have left this device.
    sent: u64,
    /// Whether own records that were not sent are of an earlier epoch: they have to be sealed again first.
    unsealed: bool,
    /// The newest removal that was settled, of a device or of a party, with all before it.
    settled: Option<u64>,
    /// Whether rows are gone that the view still shows.
    view_is_old: bool,
    /// What this device keeps, counted.
    ledger: Ledger,
    mending: Mending,
    /// How much of second histories is kept; none before one came.
    branches: Option<Branches>,
}

/// What this feed's records have said of others since the vault was opened.
#[derive(Default)]
struct Announced {
    /// The vector as of the previous record; `None` before the first one, which says everything.
    vector: Option<Vector>,
    records_since_full: u64,
}

impl Engine {
    /// Opens an unlocked vault: reads its roster, its rows and its place in every feed. Loads no document. The shelf is the
    /// shell's, since reading it takes longer than opening a small journal.
    ///
    /// # Errors
    /// The store cannot be read, or what it holds does not fit together. Nothing was written.
    pub fn open(unlocked: Unlocked, shelf: Shelf, cx: &mut Context<'_>) -> Result<(Self, Step), OpenFault> {
        let Unlocked { mut keys, space } = unlocked;
        let roster = crate::vault::roster(cx.reader, space)?;
        keys.learn(&roster);
        let sealed = Sealed { keys: &keys, reader: cx.reader };
        let applied = sealed.vector(meta::APPLIED)?;
        let saved_pins = sealed.meta(meta::PINS)?;
        let pins = saved_pins
            .as_deref()
            .map_or(Ok(Pins::default()), Pins::decode)
            .map_err(|_| OpenFault::Damaged)?;
        let sent = sealed.number(meta::SENT)?.unwrap_or_default();
        let less = sealed.number(meta::LESS)?;
        let server = sealed.meta(meta::SERVER)?.and_then(|bytes| session::decode_server(&bytes));
        let synced = sealed.number(meta::SYNCED)?.map(u64::cast_signed);
        let drafts = drafts::read(&sealed, cx.now)?;
        let committed =
            sealed.meta(meta::COMMITTED)?.map_or_else(Committed::default, |bytes| Committed::decode(&bytes));
        let helped = sealed.meta(meta::HELPED)?.and_then(|bytes| helped::decode(&bytes));
        let drops = Drops::read(&sealed)?;
        let counted = KeptVector::read(&sealed, meta::COUNTED)?;
        let went_back = KeptVector::read(&sealed, meta::WENT_BACK)?;
        let projection = sealed.view(&shelf, gone(&roster))?;
        let ledger = Ledger::read(&keys, cx.reader, projection.tally)?;
        let (tips, damaged) = tips(cx.reader, space, &[&applied, &went_back.now, &counted.now])?;
        let mut engine = Self {
            names: names(&keys.epochs, &roster),
            view: projection.view,
            ledger,
            mending: Mending::of(projection.unreadable),
            tips,
            waiting: Waiting::default(),
            last_seen: sealed
                .meta(meta::LAST_SEEN)?
                .map_or_else(BTreeMap::new, |bytes| clock::decode_seen(&bytes)),
            nonce: draw(cx.entropy),
            announced: Announced::default(),
            open: OpenDocuments::default(),
            session: Session::new(Agreement::kept(synced)),
            exchange: DeviceExchange::new(pins).last_said(less),
            saved_less: less,
            counted,
            went_back,
            without: KeptVector::read(&sealed, meta::WITHOUT)?,
            missed: BTreeMap::new(),
            saved_pins: saved_pins.unwrap_or_default(),
            linking: LinkingState::default(),
            changing: None,
            helped,
            drafts,
            committed,
            drops,
            server,
            sent,
            unsealed: false,
            dangling: Dangling::default(),
            settled: None,
            view_is_old: false,
            branches: None,
            built_in: shelf.clone(),
            shelf,
            applied,
            roster,
            keys,
            space,
        };
        let step = engine.begin(cx, damaged)?;
        Ok((engine, step))
    }

    /// Goes on where the opening before ended.
    fn begin(&mut self, cx: &mut Context<'_>, damaged: Vec<FeedId>) -> Result<Step, OpenFault> {
        self.alarms_from_store(cx.reader)?;
        self.session.problem = self.removal();
        let settled = Sealed { keys: &self.keys, reader: cx.reader }.meta(meta::SETTLED)?;
        self.settled = self.settled_to(settled);
        let mut work = Work::new(cx);
        self.learn(&work);
        for feed in damaged {
            self.mending.records.insert((feed, self.tips.seq(&feed)));
            self.raise(&mut work, Raised::Damaged { feed });
        }
        self.reseal(&mut work);
        self.dangling_from_store(&work)?;
        self.mend(&mut work);
        self.try_unread(&work)?;
        self.settle_removals(&mut work);
        let known = self.keys.roots.keys().copied().collect();
        self.tell_old_keys(&mut work, &known);
        self.note_interrupted(&mut work)?;
        self.forget_old_help(&mut work);
        self.apply_waiting(&mut work);
        self.keep_drop_key(&mut work)?;
        self.take_drops(&mut work)?;
        if self.server.is_some() {
            self.reconnect_now(&mut work);
        }
        work.show();
        Ok(self.finish(work))
    }

    /// Takes one input. Pure: what is to happen is in the step that comes back.
    pub fn step(&mut self, input: Input, cx: &mut Context<'_>) -> Step {
        let mut work = Work::new(cx);
        self.renew(&mut work);
        match input {
            Input::Client(ticket, command) => self.ask(&mut work, ticket, command),
            Input::Server(incoming) => self.hear(&mut work, incoming),
            Input::Dropped => {
                if let Err(fault) = self.take_drops(&mut work) {
                    tracing::error!(%fault, "what was written while locked could not be read");
                }
            }
            Input::StoreWentBack => self.raise(&mut work, Raised::OldCopy),
            Input::Wake => {}
        }
        self.apply_waiting(&mut work);
        self.keep_time(&mut work);
        self.forget_old_help(&mut work);
        self.finish(work)
    }

    /// Does what the step before left to this one, now that it is durable.
    fn renew(&mut self, work: &mut Work<'_, '_>) {
        if self.view_is_old
            && let Ok(projection) =
                (Sealed { keys: &self.keys, reader: work.cx.reader }).view(&self.shelf, gone(&self.roster))
        {
            let old = std::mem::replace(&mut self.view, projection.view);
            (self.view.serial, self.view.status) = (old.serial, old.status);
            self.view_is_old = false;
            self.learn(work);
            work.show();
        }
        if self.unsealed {
            self.reseal(work);
        }
        self.mend_more(work);
    }

    /// Closes the vault and gives its local key back: after a commit that failed, what is held here is ahead of what is
    /// durable, and the vault has to be read again.
    pub fn close(self) -> Arc<LocalKey> {
        self.keys.local
    }

    /// The snapshot as of the last step.
    pub fn view(&self) -> Arc<View> {
        Arc::new(self.view.clone())
    }

    /// The space this vault is.
    pub fn space(&self) -> SpaceId {
        self.space
    }

    /// This device's feed.
    pub fn feed(&self) -> FeedId {
        self.keys.feed
    }

    fn ask(&mut self, work: &mut Work<'_, '_>, ticket: Ticket, command: Command) {
        let answer = match command {
            Command::Add(draft) => self.add(work, &draft).map(Reply::Entry),
            Command::Edit { id, base, edit } => {
                self.edit(work, id, base.as_ref(), &edit).map(|()| Reply::Entry(id))
            }
            Command::Trash(id) => self.set_trashed(work, id, true).map(|()| Reply::Entry(id)),
            Command::Untrash(id) => self.set_trashed(work, id, false).map(|()| Reply::Entry(id)),
            Command::Restore { id, version } => self.restore(work, id, &version).map(|()| Reply::Entry(id)),
            Command::Settle { id, keep } => self.settle(work, id, &keep).map(|()| Reply::Entry(id)),
            Command::Show { id, version } => self.show(work, id, version),
            Command::Met(id) => self.meeting(work, id).map(Reply::Met),
            Command::History(id) => self.history(work, id).map(Reply::History),
            Command::Import { lines, dry_run, zones, here } => self
                .import(work, &lines, dry_run, &import::Entered { zones: &*zones, here })
                .map(Reply::Imported),
            Command::SaveDraft(save) => self.save_draft(work, *save).map(Reply::Draft),
            Command::ListDrafts => Ok(Reply::Drafts(self.list_drafts())),
            Command::CommitDraft { id, confirmed } => {
                self.commit_draft(work, id, confirmed).map(Reply::Entry)
            }
            Command::DiscardDraft(id) => self.discard_draft(work, id).map(|()| Reply::Done),
            Command::AddPerson(name) => self.add_person(work, &name).map(Reply::Person),
            Command::EditPerson(id, edit) => self.edit_person(work, id, &edit).map(Reply::Person),
            Command::MergePeople { from, into } => self.merge_people(work, from, into).map(Reply::Person),
            Command::ForgetPerson(id) => self.forget_person(work, id).map(|()| Reply::Done),
            Command::AddDefinition { defined, text } => {
                self.add_definition(work, defined, &text).map(Reply::Defined)
            }
            Command::RemoveDefinition { defined, id } => {
                self.remove_definition(work, defined, &id).map(|()| Reply::Done)
            }
            Command::ShowDefinition(id) => self.definition_text(work, &id).map(Reply::Definition),
            Command::NoteHelp(day) => {
                self.note_help(work, day);
                Ok(Reply::Done)
            }
            Command::SetServer(choice) => {
                self.set_server(work, choice);
                Ok(Reply::Done)
            }
            Command::RestoreServer => {
                self.restore_server(work);
                Ok(Reply::Done)
            }
            Command::RenameDevice { feed, name } => self.rename(work, feed, &name).map(|()| Reply::Done),
            Command::ResolveAlarm(id) => self.resolve_alarm(work, &id).map(|()| Reply::Done),
            Command::StartLink => self.start_link(work).map(Reply::LinkStarted),
            Command::ConfirmLink { words } => {
                let Err(fault) = self.confirm_link(work, ticket, &words) else { return };
                Err(fault)
            }
            Command::RemoveDevice { feed, kit } => {
                let Err(fault) = self.remove_device(work, ticket, feed, kit.as_deref()) else { return };
                Err(fault)
            }
            Command::RenewKit(kit) => {
                let Err(fault) = self.renew_kit(work, ticket, &kit) else { return };
                Err(fault)
            }
            Command::VerifyKit(kit) => Ok(Reply::Kit(self.verify_kit(&kit))),
            Command::CancelLink => {
                self.cancel_link(work);
                Ok(Reply::Done)
            }
        };
        work.step.reply.push((ticket, answer));
    }

    /// What the exchange needs to know of this device, and what stands before the tips.
    fn local<'a>(&'a self, history: &'a dyn haven_feed::exchange::History) -> Local<'a> {
        Local { roster: &self.roster, own: self.keys.feed, tips: &self.tips, history }
    }

    fn devices(&self) -> Vec<DeviceShown> {
        let shown = |(feed, member): (FeedId, &haven_feed::roster::Member)| DeviceShown {
            id: feed.to_string(),
            feed,
            name: self.device_name(&feed).unwrap_or_default(),
            this: feed == self.keys.feed,
            added: None,
            last_seen: self.last_seen.get(&feed).copied().map(Timestamp::from_millis),
            removed: member.removed.is_some(),
        };
        let mut feeds: Vec<_> = self.roster.feeds().collect();
        feeds.sort_by_key(|(_, member)| member.added_seq);
        feeds.into_iter().map(shown).collect()
    }
}

/// The feeds that are members no more.
fn gone(roster: &Roster) -> BTreeSet<FeedId> {
    let gone = roster.feeds().filter(|(_, member)| member.removed.is_some());
    gone.map(|(feed, _)| feed).collect()
}

/// What devices are called by the roster. In a shared space by nothing: what stands there could be the name of one of the other party's.
pub(crate) fn names(epochs: &BTreeMap<u32, EpochKeys>, roster: &Roster) -> BTreeMap<FeedId, String> {
    if roster.kind() == SpaceKind::Shared {
        return BTreeMap::new();
    }
    let name = |(feed, member): (FeedId, &haven_feed::roster::Member)| {
        let epoch = epochs.get(&roster.epoch_at(member.added_seq)?)?;
        Some((feed, epoch.open_name(&member.sealed_name, feed.into()).ok()?))
    };
    roster.feeds().filter_map(name).collect()
}

/// The tip of every feed as the store holds it, and the feeds whose newest record the disk has damaged; the records were
/// verified when they were stored.
///
/// What was applied, also before its feed went back, and what counts of a removed one names its newest record, so a feed goes on from there
/// without the bytes. A record that nobody here has named is needed: without it the vault stays closed.
fn tips(reader: &dyn Reader, space: SpaceId, named: &[&Vector]) -> Result<(Tips, Vec<FeedId>), OpenFault> {
    let (mut tips, mut damaged) = (Tips::default(), Vec::new());
    for (feed, seq) in reader.heads(space)? {
        let known = named.iter().find_map(|vector| vector.get(&feed).filter(|position| position.seq == seq));
        let is_it = |record: &Record| {
            stands_at(record, space, feed, seq) && known.is_none_or(|position| position.id == record.id())
        };
        let bytes = reader.record(space, feed, seq)?.ok_or(OpenFault::Damaged)?;
        let tip = match Record::parse(bytes).ok().filter(is_it) {
            Some(record) => tip_of_unverified(&record),
            None => {
                damaged.push(feed);
                // What its author knew of the roster is not known any more; the roster itself still judges what follows.
                Tip { position: known.ok_or(OpenFault::Damaged)?, roster_seq: 0 }
            }
        };
        tips.advance(feed, tip);
    }
    for (feed, position) in named.iter().flat_map(|vector| vector.iter()) {
        if tips.seq(&feed) < position.seq {
            // The disk has lost its newest records: what is written next still comes after them.
            tips.advance(feed, Tip { position, roster_seq: 0 });
            damaged.push(feed);
        }
    }
    Ok((tips, damaged))
}

/// What a fault of the engine's own documents is to a client.
fn unreadable<E>(_: E) -> Fault {
    Fault::Unreadable
}
