//! What a record may hold, kind by kind.
//!
//! A kind from 128 on is critical: a version that does not know it stops there and waits for an update. Critical is what would
//! make devices disagree if one of them passed it over: about what counts, or about what documents say. Everything else leaves
//! whoever passes it over with more than others have, for a while, and with nothing wrong.
//!
//! ```text
//! purge    =   1  document 16 | heads 4 | hash 32 … | bodies 4 | place 48 …      this document is gone
//! withdraw =   2  place 48                                                       this share or comment is taken back
//! share    =   3  copy 16 | at | title | fields 4 | (name | text) …              a copy of chosen words
//! comment  =   4  place 48 | text                                                what somebody says to a share
//! loaded   =   5  generation 8 | manifest id 32                                  the author has read these packs
//! accept   = 128  place 48                                                       a removed feed counts up to here
//! changes  = 192  document 16 | count 4 | (length 4 | change) …                  what was written
//! place    = feed 8 | seq 8 | id 32
//! ```

use std::collections::BTreeSet;

use haven_feed::ids::{FeedId, Position, RecordId};

use super::DocumentId;
use crate::codec::{Malformed, Scanner, Writer};
use crate::limits;

pub(super) const PURGE: u8 = 1;
pub(super) const WITHDRAW: u8 = 2;
pub(super) const SHARE: u8 = 3;
pub(super) const COMMENT: u8 = 4;
pub(super) const LOADED: u8 = 5;
pub(super) const ACCEPT: u8 = 128;
pub(super) const CHANGES: u8 = 192;

/// The first critical kind.
pub(super) const CRITICAL: u8 = 128;

/// One record of one feed.
pub type Place = (FeedId, Position);

/// The changes of one document in one record, in the order in which they were made.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub struct Changes<'a> {
    /// The document.
    pub document: DocumentId,
    /// Automerge changes, uncompressed, none twice.
    pub changes: Vec<&'a [u8]>,
}

/// A document that its author wants gone, history and all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purge {
    /// The document.
    pub document: DocumentId,
    /// What of it the author knew. Whoever holds a change outside of these keeps it, under a new id.
    pub heads: BTreeSet<[u8; 32]>,
    /// The records whose bodies held it and nothing else, ascending. Their husks stay.
    pub bodies: Vec<Place>,
}

/// A copy of chosen words, without their history, as the other party of a shared space is to read it.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub struct Share<'a> {
    /// Names what was copied, for this space only: later copies of the same entry have the same name.
    pub copy: [u8; 16],
    /// When the entry says that it was, as it is shown.
    pub at: &'a str,
    /// Its title; may be empty.
    pub title: &'a str,
    /// What else was chosen, in the order in which it is shown: the name of a part, which may be empty, and its words.
    pub fields: Vec<(&'a str, &'a str)>,
}

/// What somebody says to a share.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub struct Comment<'a> {
    /// The record that holds the share.
    pub share: Place,
    /// Plain text, never empty.
    pub text: &'a str,
}

/// Says that the author has loaded the packs of a manifest, and compared them with what they replace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The manifest's generation; the first is 1.
    pub generation: u64,
    /// The id of the record that is this manifest.
    pub manifest: RecordId,
}

pub(super) fn place(s: &mut Scanner<'_>) -> Result<Place, Malformed> {
    let feed = FeedId::from_bytes(s.array()?);
    let position = Position { seq: s.u64()?, id: RecordId::from_bytes(s.array()?) };
    if position.seq == 0 { Err(Malformed) } else { Ok((feed, position)) }
}

pub(super) fn write_place(w: &mut Writer, (feed, position): &Place) {
    w.raw(feed.as_bytes());
    w.u64(position.seq);
    w.raw(position.id.as_bytes());
}

fn text<'a>(s: &mut Scanner<'a>, max: usize) -> Result<&'a str, Malformed> {
    s.text().and_then(|text| if text.len() > max { Err(Malformed) } else { Ok(text) })
}

impl<'a> Changes<'a> {
    pub(super) fn read(s: &mut Scanner<'a>) -> Result<Self, Malformed> {
        let document = s.array()?;
        let count = s.count()?;
        if count == 0 || count > limits::RECORD_CHANGES_MAX {
            return Err(Malformed);
        }
        let changes: Vec<&[u8]> = (0..count).map(|_| s.bytes()).collect::<Result<_, _>>()?;
        let different: BTreeSet<&[u8]> = changes.iter().copied().collect();
        if different.len() == count { Ok(Self { document, changes }) } else { Err(Malformed) }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        w.raw(&self.document);
        w.count(self.changes.len());
        self.changes.iter().for_each(|change| w.bytes(change));
    }
}

impl Purge {
    pub(super) fn read(s: &mut Scanner<'_>) -> Result<Self, Malformed> {
        let document = s.array()?;
        let heads: Vec<[u8; 32]> = s.list_of(limits::PURGE_HEADS_MAX, |s| s.array())?;
        let bodies = s.list_of(limits::BODIES_GONE_MAX, place)?;
        let ordered = heads.is_sorted_by(|one, next| one < next)
            && bodies.is_sorted_by(|(one, at), (next, then)| (one, at.seq) < (next, then.seq));
        if heads.is_empty() || !ordered {
            return Err(Malformed);
        }
        Ok(Self { document, heads: heads.into_iter().collect(), bodies })
    }

    pub(super) fn write(&self, w: &mut Writer) {
        w.raw(&self.document);
        w.count(self.heads.len());
        self.heads.iter().for_each(|head| w.raw(head));
        w.count(self.bodies.len());
        self.bodies.iter().for_each(|place| write_place(w, place));
    }
}

impl<'a> Share<'a> {
    pub(super) fn read(s: &mut Scanner<'a>) -> Result<Self, Malformed> {
        let max = limits::SHARE_BYTES_MAX;
        let (copy, at, title) = (s.array()?, text(s, limits::SHARE_AT_BYTES_MAX)?, text(s, max)?);
        let fields = s.list_of(limits::SHARE_FIELDS_MAX, |s| Ok((text(s, max)?, text(s, max)?)))?;
        let share = Self { copy, at, title, fields };
        if share.bytes() > max { Err(Malformed) } else { Ok(share) }
    }

    /// Bytes of all its words.
    fn bytes(&self) -> usize {
        self.title.len() + self.fields.iter().map(|(name, text)| name.len() + text.len()).sum::<usize>()
    }

    pub(super) fn write(&self, w: &mut Writer) {
        w.raw(&self.copy);
        w.text(self.at);
        w.text(self.title);
        w.count(self.fields.len());
        for (name, text) in &self.fields {
            w.text(name);
            w.text(text);
        }
    }
}

impl<'a> Comment<'a> {
    pub(super) fn read(s: &mut Scanner<'a>) -> Result<Self, Malformed> {
        let comment = Self { share: place(s)?, text: text(s, limits::COMMENT_BYTES_MAX)? };
        if comment.text.is_empty() { Err(Malformed) } else { Ok(comment) }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        write_place(w, &self.share);
        w.text(self.text);
    }
}

impl Loaded {
    pub(super) fn read(s: &mut Scanner<'_>) -> Result<Self, Malformed> {
        let loaded = Self { generation: s.u64()?, manifest: RecordId::from_bytes(s.array()?) };
        if loaded.generation == 0 { Err(Malformed) } else { Ok(loaded) }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        w.u64(self.generation);
        w.raw(self.manifest.as_bytes());
    }
}
