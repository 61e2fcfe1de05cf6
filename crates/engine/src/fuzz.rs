//! A door to what this room parses, for `tests/fuzz` alone: contents, rows, drops, and changes on their way into a document. What
//! goes through it is what the engine calls, with no seal in between. Only compiled with the feature `fuzz`, which nothing that
//! ships asks for.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use haven_feed::ids::{FeedId, Vector};

use crate::content::{self, Changes, Content};
use crate::document::{self, Author, Document, Fields, FieldsEdit};
use crate::drops::Dropped;
use crate::keys;
use crate::row::Stored;
use crate::version::Version;

pub use crate::actor::{Actor, ActorNonce, actor};

/// The document that all entries here are.
const DOCUMENT: [u8; 16] = [7; 16];

/// When everything here is written.
const NOW_MS: i64 = 1_000;

/// One entry's document.
pub struct Entry(Document);

impl Entry {
    /// A note, and the change that creates it.
    pub fn note(text: &str, actor: Actor) -> (Self, Vec<u8>) {
        let texts = [("title".to_owned(), String::new()), ("text".to_owned(), text.to_owned())];
        let fields = Fields {
            kind: "note".to_owned(),
            at: "2026-11-24".to_owned(),
            texts: texts.into(),
            ..Fields::default()
        };
        let change = document::create(&fields, Author { actor, now_ms: NOW_MS }).change;
        let document = Document::from_changes([change.as_slice()]).expect("it was just made");
        (Self(document), change)
    }

    /// Writes the text anew, and gives the changes that say so.
    pub fn write(&mut self, text: &str, actor: Actor) -> Vec<Vec<u8>> {
        let texts = [("text".to_owned(), text.to_owned())].into();
        let edit = FieldsEdit { texts, ..FieldsEdit::default() };
        let author = Author { actor, now_ms: NOW_MS };
        self.0
            .edit(None, &edit, author)
            .map(|edited| edited.changes)
            .expect("a document of ours can be edited")
    }

    /// Trashes it, and gives the changes that say so.
    pub fn trash(&mut self, actor: Actor) -> Vec<Vec<u8>> {
        let edit = FieldsEdit { trashed: Some(Some(NOW_MS)), ..FieldsEdit::default() };
        let author = Author { actor, now_ms: NOW_MS };
        self.0
            .edit(None, &edit, author)
            .map(|edited| edited.changes)
            .expect("a document of ours can be edited")
    }

    /// Its text as it reads now; none where it has none.
    pub fn text(&self) -> Option<String> {
        self.0.reading().ok().and_then(|reading| reading.fields.texts.get("text").cloned())
    }

    /// When it was last changed, by its authors' clocks.
    pub fn modified_ms(&self) -> i64 {
        self.0.modified_ms()
    }

    /// The hashes of its last changes.
    pub fn heads(&self) -> Vec<[u8; 32]> {
        self.0.version().heads().to_vec()
    }

    /// The document as one save.
    pub fn save(&self) -> Vec<u8> {
        self.0.save()
    }

    /// What it says, as a row.
    pub fn row(&self) -> Option<Vec<u8>> {
        let reading = self.0.reading().ok()?;
        let feed = FeedId::from_bytes([5; 8]);
        let mut stored = Stored { sources: vec![(feed, 6)], ..Stored::default() };
        stored.read(&self.0, reading, feed);
        Some(stored.encode())
    }
}

/// Takes foreign changes into a copy of an entry, or into a new one, exactly as a record's are taken.
///
/// # Errors
/// They were refused, and why.
pub fn absorb(before: Option<&Entry>, changes: &[&[u8]], actors: &BTreeSet<Actor>) -> Result<Entry, String> {
    let absorbed = document::absorb(&DOCUMENT, before.map(|entry| &entry.0), changes, actors);
    absorbed.map(|(document, _)| Entry(document)).map_err(|fault| fault.to_string())
}

/// Reads a change as an entry's whole beginning; tells whether it is one such as this device writes.
///
/// # Errors
/// It was refused, and why.
pub fn creation(change: &[u8], actors: &BTreeSet<Actor>) -> Result<bool, String> {
    document::canonical(&DOCUMENT, change, actors)
        .map(|read| read.is_some())
        .map_err(|fault| fault.to_string())
}

/// What becomes of changes where nobody guards a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unguarded {
    /// The library refuses them.
    Refused,
    /// It panics.
    Panics,
    /// It takes them, and what it saves then does not load, or says something else.
    Brittle,
    /// It takes them.
    Taken,
}

/// Gives changes to the library alone. What it would do to a document shows what the guard is for.
pub fn unguarded(before: Option<&Entry>, changes: &[&[u8]]) -> Unguarded {
    let run = || document::unguarded(before.map(|entry| &entry.0), changes);
    match catch_unwind(AssertUnwindSafe(run)) {
        Err(_) => Unguarded::Panics,
        Ok(None) => Unguarded::Refused,
        Ok(Some(false)) => Unguarded::Brittle,
        Ok(Some(true)) => Unguarded::Taken,
    }
}

/// A record's content with these changes in it.
pub fn content(changes: &[&[u8]], nonces: &BTreeSet<ActorNonce>, seen: Vector) -> Vec<u8> {
    let items = vec![Changes { document: DOCUMENT, changes: changes.to_vec() }];
    content::encode(&Content {
        time_ms: NOW_MS,
        nonces: nonces.clone(),
        full: true,
        seen,
        items,
        ..Content::default()
    })
}

/// Reads a record's content and writes it again.
pub fn content_again(bytes: &[u8]) -> Option<Vec<u8>> {
    content::decode(bytes).ok().map(|content| content::encode(&content))
}

/// Reads a row and writes it again.
pub fn row_again(bytes: &[u8]) -> Option<Vec<u8>> {
    Stored::decode(bytes).ok().map(|stored| stored.encode())
}

/// Reads what was written while the vault was locked, and writes it again.
pub fn drop_again(bytes: &[u8]) -> Option<Vec<u8>> {
    Dropped::decode(bytes).ok().map(|(place, dropped)| dropped.encode(place))
}

/// Writes what was written while the vault was locked, as it is sealed.
pub fn dropped(dropped: &Dropped) -> Vec<u8> {
    dropped.encode(1)
}

/// Reads the roots of a vault's epochs, as they are kept; tells whether they could be.
pub fn roots(bytes: &[u8]) -> bool {
    keys::decode_roots(bytes).is_some()
}

/// Reads the name of a version and writes it again.
pub fn version_again(text: &str) -> Option<String> {
    text.parse::<Version>().ok().map(|version| version.to_string())
}
