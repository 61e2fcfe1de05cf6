//! The snapshot that lists, search and status read. Immutable, shared, cheap to succeed: persistent trees.

mod added;
mod people;

use std::sync::Arc;

use haven_core::answers::ExerciseId;
use haven_core::entry::{Entry, EntryKind, Tag};
use haven_core::exercise::Step;
use haven_core::feeling::Feeling;
use haven_core::id::{EntryId, IdPrefix, PersonId};
use haven_core::import::Rest;
use haven_core::person::Person;
use haven_core::search::{Query, Searchable, Snippet};
use haven_core::shelf::Shelf;
use haven_core::time::{Date, SortKey, Timestamp};
use haven_feed::FeedId;
use imbl::{OrdMap, OrdSet};
use thiserror::Error;

use crate::command::LinkEnd;
use crate::content::DocumentId;
use crate::definitions::Definitions;
use crate::fields::{Shown, steps};
use crate::sync::{Problem, SyncState};
use crate::version::Version;

pub use added::Added;

/// What stands for the newest entry where an entry is named: the first of a list. No id has these letters.
pub const LAST: &str = "last";

/// One entry as lists and search see it.
#[derive(Clone)]
pub struct Row {
    /// The entry with all its words.
    pub entry: Entry,
    /// Its present version.
    pub version: Version,
    /// The versions that met in it, until somebody settles it; the one that is shown first.
    pub met: Vec<Version>,
    /// Title, text and answers, folded for search.
    pub folded: Box<str>,
    /// Which steps its exercise belongs to, for `step:`.
    pub steps: Vec<Step>,
    /// What its document holds besides, for an export.
    pub rest: Rest,
    /// The entry with the ids of people as its document has them, where some of them mean others now.
    pub(crate) as_written: Option<Box<Entry>>,
}

/// The place of an entry among others: its own time, then when it was written down, then its id.
///
/// Entries of one bare date stand in the order in which they were written, or stood in a file, on every device alike.
pub type Place = (SortKey, Timestamp, EntryId);

/// The state of a vault at one moment. Cloning shares everything.
#[derive(Clone, Default)]
pub struct View {
    /// Grows with every change; a client that saw a lower one has old lists.
    pub serial: u64,
    /// How things stand besides entries.
    pub status: Arc<Status>,
    rows: OrdMap<Place, Arc<Row>>,
    places: OrdMap<EntryId, Place>,
    /// Everybody who has a name, with what every document that means them says.
    people: OrdMap<PersonId, Arc<Person>>,
    /// What each document of a person says alone.
    said: OrdMap<PersonId, Arc<Person>>,
    namings: OrdMap<DocumentId, Arc<Naming>>,
    definitions: Definitions,
    /// What entries are read with; none before a vault was opened.
    shelf: Option<Shelf>,
    /// Who was forgotten, and when.
    forgotten: OrdMap<PersonId, Timestamp>,
    /// Who was merged into whom.
    merged: OrdMap<PersonId, PersonId>,
    /// Whom each of them means by that, as of when that was last worked out.
    ends: OrdMap<PersonId, PersonId>,
    /// Whether a person's document came since.
    people_moved: bool,
    imports: OrdSet<([u8; 32], EntryId)>,
    /// How many rows are not in the trash.
    live: usize,
    /// In how many of those edits met and are not settled.
    met: usize,
}

/// A name that somebody gave a device after it joined.
pub(crate) struct Naming {
    /// The device's feed in hex.
    pub(crate) feed: String,
    /// The document that says so.
    pub(crate) id: DocumentId,
    pub(crate) name: String,
    /// By its author's clock.
    pub(crate) named_ms: i64,
}

/// How things stand besides entries.
#[derive(Clone)]
pub struct Status {
    /// This device's name.
    pub device: String,
    /// Where the synchronisation stands.
    pub sync: SyncState,
    /// Why it does not go, as of the last attempt.
    pub problem: Option<Problem>,
    /// Whether the server has let this device in on the present connection.
    pub connected: bool,
    /// When this device and the server last had the same, as far as it was noted; they may have it still.
    pub synced: Option<Timestamp>,
    /// How many of this device's records the server does not have yet.
    pub pending: u64,
    /// The server's address.
    pub server: Option<String>,
    /// The identity key that the server must prove.
    pub server_key: Option<[u8; 32]>,
    /// How many records have been sent and received since the vault was opened.
    pub traffic: Traffic,
    /// Unresolved alarms.
    pub alarms: Vec<AlarmShown>,
    /// All devices of the vault.
    pub devices: Vec<DeviceShown>,
    /// Whether a device is being linked.
    pub linking: Linking,
    /// How many linkings were begun since the vault was opened: what tells one from the next.
    pub linkings: u64,
    /// The day on which help was last asked for on this device, if that was not long ago.
    pub helped: Option<Date>,
}

impl Default for Status {
    fn default() -> Self {
        Self {
            device: String::new(),
            sync: SyncState::None,
            problem: None,
            connected: false,
            synced: None,
            pending: 0,
            server: None,
            server_key: None,
            traffic: Traffic::default(),
            alarms: Vec::new(),
            devices: Vec::new(),
            linking: Linking::None,
            linkings: 0,
            helped: None,
        }
    }
}

/// Records sent and received since the vault was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Own records made durable on the server.
    pub sent: u64,
    /// Records of other devices applied here.
    pub received: u64,
}

/// Where a linking stands on the existing device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Linking {
    /// None was started, or it is over.
    None,
    /// The code is shown; nobody answered yet.
    Waiting {
        /// When it ends, by the wall clock.
        expires: Timestamp,
    },
    /// A device answered; the words are to be read from it.
    Answered {
        /// The name it gave itself.
        device: String,
        /// When it ends.
        expires: Timestamp,
    },
    /// Enrolled; the words are to be compared on the new device, which keeps nothing before.
    Comparing {
        /// Which.
        device: FeedId,
        /// Words four to six.
        words: String,
    },
    /// The new device has given a sign: it is in.
    Done {
        /// Which.
        device: FeedId,
    },
    /// Void, and why.
    Void {
        /// Why.
        why: LinkEnd,
    },
}

/// A device as listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceShown {
    /// Its feed.
    pub feed: FeedId,
    /// Its feed's id in hex.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is this one.
    pub this: bool,
    /// When it was added, by the adding device's clock, if known.
    pub added: Option<Timestamp>,
    /// The time its latest record gave, if any.
    pub last_seen: Option<Timestamp>,
    /// Whether it was removed.
    pub removed: bool,
}

/// An alarm as listed; texts for a person live in the API, by kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmShown {
    /// Its id, hex.
    pub id: String,
    /// Its kind, a stable `SNAKE_CASE` name.
    pub kind: &'static str,
    /// Since when.
    pub since: Timestamp,
    /// The device it concerns, by name.
    pub device: Option<String>,
    /// The device whose word it is that something is missing, if it is one's.
    pub said_by: Option<String>,
    /// How often it was raised.
    pub count: u64,
}

/// What to list.
#[derive(Default)]
pub struct Filter {
    /// Only times before this one (exclusive).
    pub before: Option<SortKey>,
    /// Only times from this one on (inclusive).
    pub after: Option<SortKey>,
    /// Only with all of these tags.
    pub tags: Vec<Tag>,
    /// Only with all of these people.
    pub people: Vec<PersonId>,
    /// Only of this kind.
    pub kind: Option<EntryKind>,
    /// The trash instead of the journal.
    pub trashed: bool,
    /// Only those in which edits met and are not settled.
    pub met: bool,
    /// Only answers to this exercise or measure.
    pub exercise: Option<ExerciseId>,
    /// Only those that name all of these feelings.
    pub feelings: Vec<Feeling>,
}

/// A found entry.
pub struct Hit {
    /// The entry.
    pub row: Arc<Row>,
    /// The words around the first hit.
    pub snippet: Snippet,
}

/// An id prefix that names no entry, or several.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PrefixFault {
    /// None.
    #[error("no entry has this id")]
    NotFound,
    /// Several.
    #[error("several entries have ids that begin like that")]
    Ambiguous,
}

impl View {
    /// How many entries stand in the journal, the trash not counted.
    pub fn len(&self) -> usize {
        self.live
    }

    /// In how many entries edits met and are not settled, the trash not counted.
    pub fn met(&self) -> usize {
        self.met
    }

    /// Whether the journal has no entries, the trash not counted.
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// One entry, in the journal or the trash.
    pub fn entry(&self, id: EntryId) -> Option<&Arc<Row>> {
        self.rows.get(self.places.get(&id)?)
    }

    /// The only entry whose id begins with `prefix`.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub fn find(&self, prefix: &IdPrefix) -> Result<EntryId, PrefixFault> {
        let mut found =
            self.places.range(prefix.first()..).map(|(id, _)| *id).take_while(|id| prefix.matches(id));
        match (found.next(), found.next()) {
            (Some(id), None) => Ok(id),
            (None, _) => Err(PrefixFault::NotFound),
            (Some(_), Some(_)) => Err(PrefixFault::Ambiguous),
        }
    }

    /// The entry a line was imported as.
    pub fn imported(&self, identity: &[u8; 32]) -> Option<EntryId> {
        let first = (*identity, EntryId::from_bytes([0; 16]));
        self.imports.range(first..).next().filter(|(of, _)| of == identity).map(|(_, id)| *id)
    }

    /// Entries that pass the filter, newest first.
    pub fn list<'a>(&'a self, filter: &'a Filter) -> impl Iterator<Item = &'a Arc<Row>> + 'a {
        self.rows.iter().rev().map(|(_, row)| row).filter(move |row| filter.passes(row))
    }

    /// All entries, oldest first, the trash included.
    pub fn rows(&self) -> impl Iterator<Item = &Arc<Row>> {
        self.rows.values()
    }

    /// Entries in the journal that match, newest first, at most `limit` (0 = all).
    pub fn search(&self, query: &Query, limit: usize) -> Vec<Hit> {
        let most = if limit == 0 { usize::MAX } else { limit };
        self.rows
            .iter()
            .rev()
            .map(|(_, row)| row)
            .filter(|row| row.entry.trashed.is_none() && query.matches(&row.searchable()))
            .take(most)
            .map(|row| Hit {
                snippet: haven_core::search::snippet(&row.entry.text, query),
                row: Arc::clone(row),
            })
            .collect()
    }

    /// What comes with Haven and what the person added; none in the view of no vault.
    pub fn shelf(&self) -> Option<&Shelf> {
        self.shelf.as_ref()
    }

    /// Takes what a document turned out to be. Whatever else it was before it is no more.
    pub(crate) fn take(&mut self, id: &DocumentId, shown: Shown) {
        if !matches!(shown, Shown::Entry(_)) {
            self.remove(EntryId::from_bytes(*id));
        }
        if !matches!(shown, Shown::Person(_)) {
            self.remove_person(PersonId::from_bytes(*id));
        }
        if !matches!(shown, Shown::Naming(_)) {
            self.namings.remove(id);
        }
        if !matches!(shown, Shown::Definition(_)) {
            self.definitions.remove(id);
        }
        self.put(shown);
    }

    /// The same where the document was nothing before.
    pub(crate) fn put(&mut self, shown: Shown) {
        match shown {
            Shown::Entry(row) => self.insert(Arc::<Row>::from(row)),
            Shown::Person(shown) => self.insert_person(shown),
            Shown::Naming(naming) => drop(self.namings.insert(naming.id, Arc::new(naming))),
            Shown::Definition(definition) => self.definitions.insert(Arc::new(definition)),
            Shown::Unknown => {}
        }
    }

    /// Reads entries with this shelf from now on.
    pub(crate) fn learn(&mut self, shelf: Shelf) {
        let known_anew = |(place, row): (&Place, &Arc<Row>)| {
            let steps = Some(steps(&row.entry, &shelf.exercises)).filter(|steps| *steps != row.steps)?;
            Some((*place, Arc::new(Row { steps, ..Row::clone(row) })))
        };
        let changed: Vec<_> = self.rows.iter().filter_map(known_anew).collect();
        changed.into_iter().for_each(|(place, row)| drop(self.rows.insert(place, row)));
        self.shelf = Some(shelf);
    }

    pub(crate) fn insert(&mut self, row: Arc<Row>) {
        self.remove(row.entry.id);
        let row = self.with_people_meant(row);
        let place = row.place();
        self.imports.extend(row.entry.import_id.map(|identity| (identity, row.entry.id)));
        self.live += usize::from(row.entry.trashed.is_none());
        self.met += usize::from(row.is_to_settle());
        self.places.insert(row.entry.id, place);
        self.rows.insert(place, row);
    }

    /// When the last of the entries with this time of their own was written down.
    pub(crate) fn last_created(&self, key: SortKey) -> Option<Timestamp> {
        let (first, last) = (EntryId::from_bytes([0; 16]), EntryId::from_bytes([255; 16]));
        let stamp = Timestamp::from_millis;
        let mut alike = self.rows.range((key, stamp(i64::MIN), first)..=(key, stamp(i64::MAX), last));
        alike.next_back().map(|((_, created, _), _)| *created)
    }

    fn remove(&mut self, id: EntryId) {
        let Some(place) = self.places.remove(&id) else { return };
        let before = self.rows.remove(&place);
        let identity = before.as_ref().and_then(|row| row.entry.import_id);
        identity.map(|identity| self.imports.remove(&(identity, id)));
        self.live -= usize::from(before.as_ref().is_some_and(|row| row.entry.trashed.is_none()));
        self.met -= usize::from(before.is_some_and(|row| row.is_to_settle()));
    }

    /// The name that a device was given last. Of two that were given apart from each other it is the later one, as far as
    /// their clocks can be believed, and the same one on every device.
    pub(crate) fn naming(&self, feed: &FeedId) -> Option<&Naming> {
        self.namings_of(feed).max_by_key(|naming| (naming.named_ms, naming.id))
    }

    /// The documents that name a device.
    pub(crate) fn namings(&self, feed: &FeedId) -> Vec<DocumentId> {
        self.namings_of(feed).map(|naming| naming.id).collect()
    }

    fn namings_of(&self, feed: &FeedId) -> impl Iterator<Item = &Naming> {
        let feed = feed.to_string();
        self.namings.values().map(|naming| &**naming).filter(move |naming| naming.feed == feed)
    }
}

impl Filter {
    fn passes(&self, row: &Row) -> bool {
        let entry = &row.entry;
        let key = entry.at.sort_key();
        entry.trashed.is_some() == self.trashed
            && (!self.met || row.is_to_settle())
            && self.kind.is_none_or(|kind| kind == entry.kind)
            && self.before.is_none_or(|before| key < before)
            && self.after.is_none_or(|after| key >= after)
            && self.tags.iter().all(|tag| entry.tags.contains(tag))
            && self.people.iter().all(|person| entry.people_named().any(|named| named == *person))
            && self.exercise.as_ref().is_none_or(|id| row.exercise() == Some(id))
            && self.feelings.iter().all(|feeling| feeling.is_named_in(entry))
    }
}

impl Row {
    /// Where it stands in lists.
    pub fn place(&self) -> Place {
        (self.entry.at.sort_key(), self.entry.created, self.entry.id)
    }

    /// Whether edits met in it that nobody has settled; in the trash nothing has to be.
    pub fn is_to_settle(&self) -> bool {
        !self.met.is_empty() && self.entry.trashed.is_none()
    }

    /// How many sides wait for somebody to choose; 0 if none do.
    pub fn sides_to_settle(&self) -> usize {
        if self.is_to_settle() { self.met.len() } else { 0 }
    }

    /// The exercise or measure that it answers.
    pub fn exercise(&self) -> Option<&ExerciseId> {
        self.entry.exercise.as_ref().map(|made_with| &made_with.id)
    }

    /// What a search looks at.
    pub fn searchable(&self) -> Searchable<'_> {
        Searchable { folded: &self.folded, steps: &self.steps, entry: &self.entry }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::fields::PersonShown;
    use haven_core::person::{Circle, Gift, Safe};

    fn id(byte: u8) -> PersonId {
        PersonId::from_bytes([byte; 16])
    }

    fn insert(view: &mut View, shown: PersonShown) {
        view.insert_person(shown);
        view.settle_people();
    }

    fn view(merges: &[(u8, u8)]) -> View {
        let mut view = View::default();
        for byte in 1..=4 {
            let person = Person::new(id(byte), "X".parse().unwrap(), Timestamp::default());
            insert(
                &mut view,
                PersonShown { id: id(byte), person: Some(person), forgotten: None, merged: None },
            );
        }
        for (from, into) in merges {
            let person = view.said.get(&id(*from)).map(|person| Person::clone(person));
            insert(
                &mut view,
                PersonShown { id: id(*from), person, forgotten: None, merged: Some(id(*into)) },
            );
        }
        view
    }

    #[test]
    fn merges_made_apart_mean_the_same_person_in_any_order() {
        type Case<'a> = (&'a [(u8, u8)], [u8; 4]);
        let cases: [Case<'_>; 5] = [
            (&[], [1, 2, 3, 4]),
            (&[(2, 1), (3, 2)], [1, 1, 1, 4]),
            (&[(1, 2), (2, 1)], [1, 1, 3, 4]),
            (&[(2, 3), (3, 4), (4, 2), (1, 3)], [2, 2, 2, 2]),
            (&[(4, 3), (3, 4)], [1, 2, 3, 3]),
        ];
        for (merges, expected) in cases {
            let backwards: Vec<_> = merges.iter().rev().copied().collect();
            for merges in [merges, &backwards] {
                let view = view(merges);
                let meant: Vec<_> = (1..=4).map(|byte| view.meant(id(byte)).as_bytes()[0]).collect();
                assert_eq!(meant, expected, "{merges:?}");
                let listed: BTreeSet<_> = view.people().map(|person| person.id).collect();
                assert_eq!(listed, expected.map(id).into(), "{merges:?}");
            }
        }
    }

    #[test]
    fn nobody_is_the_other_name_of_somebody_who_is_not_there_until_they_come() {
        for order in [[1, 2, 9], [2, 1, 9], [9, 1, 2], [9, 2, 1]] {
            let mut view = View::default();
            for (place, byte) in order.iter().enumerate() {
                let person = Person::new(id(*byte), "X".parse().unwrap(), Timestamp::default());
                let merged = (*byte < 9).then(|| id(if *byte == 1 { 2 } else { 9 }));
                insert(
                    &mut view,
                    PersonShown { id: id(*byte), person: Some(person), forgotten: None, merged },
                );
                let there = &order[..=place];
                let expected = match (there.contains(&2), there.contains(&9)) {
                    (true, true) => 9,
                    (true, false) => 2,
                    (false, _) => 1,
                };
                if there.contains(&1) {
                    assert_eq!(view.person(id(1)).map(|person| person.id), Some(id(expected)), "{there:?}");
                }
                let ends = view.people().count();
                assert_eq!(ends, if expected == 9 || there.len() == 1 { 1 } else { ends }, "{there:?}");
            }
            assert_eq!(view.people().map(|person| person.id).collect::<Vec<_>>(), [id(9)], "{order:?}");
        }
    }

    #[test]
    fn whoever_is_not_somebody_else_any_more_is_so_before_a_restart_too() {
        let mut view = view(&[(1, 2)]);
        assert_eq!(view.meant(id(1)), id(2));
        let person = view.said.get(&id(1)).map(|person| Person::clone(person));
        insert(&mut view, PersonShown { id: id(1), person, forgotten: None, merged: None });
        assert_eq!((view.meant(id(1)), view.people().count()), (id(1), 4));
    }

    #[test]
    fn a_circle_is_exported_as_it_is_read_and_stays_one_person() {
        let said = |view: &View| -> Vec<_> {
            view.said()
                .map(|(person, merged)| (person.id.as_bytes()[0], merged.map(|id| id.as_bytes()[0])))
                .collect()
        };
        let circle = view(&[(2, 3), (3, 4), (4, 2), (1, 3)]);
        let lines = said(&circle);
        assert_eq!(lines, [(1, Some(3)), (2, None), (3, Some(4)), (4, Some(2))]);
        let merges: Vec<_> = lines.iter().filter_map(|(from, into)| Some((*from, (*into)?))).collect();
        let again = view(&merges);
        assert_eq!(said(&again), lines);
        assert!((1..=4).all(|byte| again.meant(id(byte)) == circle.meant(id(byte))));
        assert_eq!(said(&view(&[(1, 2)]))[0], (1, Some(2)), "a chain is no circle");
    }

    #[test]
    fn a_row_names_whom_its_people_mean_now_also_when_a_merge_goes_elsewhere() {
        let mut view = view(&[]);
        let mut fields = haven_core::entry::Draft::new(EntryKind::Note, "2026-11-24".parse().unwrap());
        fields.people = [id(1), id(3)].into();
        let fields =
            crate::fields::of_draft(&fields, &haven_core::content::Library::default(), Timestamp::default());
        let entry = crate::fields::entry(EntryId::from_bytes([7; 16]), &fields, 0).unwrap();
        let row = Row {
            version: Version::new(Vec::new()),
            met: Vec::new(),
            folded: "".into(),
            steps: Vec::new(),
            rest: Rest::default(),
            as_written: None,
            entry,
        };
        view.insert(Arc::new(row));
        let mut merge = |from: u8, into: u8| {
            let person = view.said.get(&id(from)).map(|person| Person::clone(person));
            insert(&mut view, PersonShown { id: id(from), person, forgotten: None, merged: Some(id(into)) });
            let people = &view.entry(EntryId::from_bytes([7; 16])).unwrap().entry.people;
            people.iter().map(|id| id.as_bytes()[0]).collect::<Vec<_>>()
        };
        assert_eq!(merge(1, 2), [2, 3]);
        assert_eq!(merge(1, 4), [3, 4], "another device merged them into somebody else, and later");
        assert_eq!(merge(3, 4), [4]);
        assert_eq!(merge(4, 3), [3], "in a circle the lowest stands for all");
    }

    #[test]
    fn what_is_said_of_somebody_merged_is_said_of_whom_they_are() {
        let said = |byte: u8, safe, circle, merged: Option<u8>| {
            let named = Person::new(id(byte), "X".parse().unwrap(), Timestamp::default());
            let person = Person { safe, circle, gives: [Gift::Fun].into(), ..named };
            PersonShown { id: id(byte), person: Some(person), forgotten: None, merged: merged.map(id) }
        };
        let documents = || {
            [
                said(1, Some(Safe::Mostly), None, None),
                said(2, Some(Safe::No), Some(Circle::Inner), Some(1)),
                said(3, None, Some(Circle::Outer), Some(2)),
            ]
        };
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut view = View::default();
            let mut waiting = documents().map(Some);
            for index in order {
                insert(&mut view, waiting[index].take().unwrap());
            }
            let person = view.person(id(3)).unwrap();
            let expected = (id(1), Some(Safe::No), Some(Circle::Inner), 1);
            assert_eq!((person.id, person.safe, person.circle, person.gives.len()), expected, "{order:?}");
        }
    }

    /// As many merges as two records may hold, in one chain or one circle: who walked along it for each of them would never come to
    /// an end, at each opening of the journal.
    #[test]
    fn chains_of_thousands_of_merges_are_read_at_once() {
        let id = |n: u32| PersonId::from_bytes(u128::from(n).to_be_bytes());
        for (into_last, end) in [(None, 8_191), (Some(0), 0)] {
            let mut view = View::default();
            for n in 0..8_192 {
                let person = Some(Person::new(id(n), "X".parse().unwrap(), Timestamp::default()));
                let merged = if n == 8_191 { into_last.map(id) } else { Some(id(n + 1)) };
                view.insert_person(PersonShown { id: id(n), person, forgotten: None, merged });
            }
            view.settle_people();
            assert_eq!((view.meant(id(5_000)), view.people().count()), (id(end), 1));
            assert_eq!(view.ids_meaning(id(end)).len(), 8_192);
        }
    }
}
