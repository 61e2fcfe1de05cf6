//! Drops: words written while the vault is locked. They are sealed here, to the one key that can be read then, and taken when
//! the vault is opened.
//!
//! ```text
//! content = version 1 | place 4 | created 8 | at? | kind? | title | text | tags | people | removed tags | exercise? | answers | becomes 1
//! becomes = 0 | 1, draft 16, (entry 16, base?)?, held 1 | 2, an entry's id, its beginning, or `last`
//! ```

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::str::FromStr;

use haven_core::answers::value::{from_json, to_json};
use haven_core::answers::{ExerciseId, ValueMap};
use haven_core::entry::{EntryKind, Tag};
use haven_core::id::{EntryId, IdPrefix};
use haven_core::time::{CivilTime, Timestamp};
use haven_crypto::drops::{DropFault, DropKey, DropSecret, id};
use thiserror::Error;

use crate::codec::{Malformed, Scanner, Writer};
use crate::command::DraftId;
use crate::io::{Commit, Entropy, Reader, StoreFault, Table, draw};
use crate::keys::{Keys, meta};
use crate::limits;
use crate::version::Version;

const VERSION: u8 = 1;

/// What was written while the vault was locked. Nothing in it has been looked up: who is meant, and whether it fits, shows when
/// the vault is opened.
pub struct Dropped {
    /// When it was written.
    pub created: Timestamp,
    /// When it happened; none where an entry keeps its time.
    pub at: Option<CivilTime>,
    /// What it will be; none for the usual.
    pub kind: Option<EntryKind>,
    /// Its title, perhaps empty.
    pub title: String,
    /// Its text, perhaps empty.
    pub text: String,
    /// Its tags.
    pub tags: BTreeSet<Tag>,
    /// Whom it is about, as they were named.
    pub people: BTreeSet<String>,
    /// Tags to take away from the entry that it changes.
    pub remove_tags: BTreeSet<Tag>,
    /// The exercise or measure it answers, in a version or in the newest.
    pub exercise: Option<(ExerciseId, Option<u32>)>,
    /// The answers, not checked.
    pub answers: ValueMap,
    /// What becomes of it.
    pub becomes: Becomes,
}

/// What is to become of a drop.
#[derive(Clone)]
pub enum Becomes {
    /// An entry, or a draft where it does not fit one.
    Entry,
    /// A draft, whole, as an open editor holds it.
    Draft {
        /// The editor's draft.
        id: DraftId,
        /// The entry being edited and the version it was opened at.
        editing: Option<(EntryId, Option<Version>)>,
        /// Whether only its person makes an entry of it.
        held: bool,
    },
    /// A draft of an entry that was named by its id, the beginning of it, or as `last`. What is empty stays as it is.
    Changes(String),
}

/// Why words could not be sealed; nothing was kept.
#[derive(Debug, Error)]
pub enum SealFault {
    /// There is no key to seal them to that this release can use.
    #[error("the key that seals words while the journal is locked can't be read")]
    NoKey,
    /// They are more than a draft holds.
    #[error("these are {size} bytes; at most {max} can be kept while the journal is locked")]
    TooLarge {
        /// How many.
        size: usize,
        /// The most.
        max: usize,
    },
    /// As much waits as may.
    #[error("{count} texts are waiting sealed already, and no more fit")]
    Full {
        /// How many wait.
        count: usize,
    },
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Seals words for whoever opens the vault, and tells the id that the entry or the draft will bear. They are kept once the commit is
/// durable. Works on any vault, open or not, and needs no key but the public one.
///
/// # Errors
/// They are too much, or cannot be sealed here.
pub fn seal(
    reader: &dyn Reader,
    dropped: &Dropped,
    entropy: &mut dyn Entropy,
) -> Result<(Commit, EntryId), SealFault> {
    let row = reader.get(Table::Meta, meta::DROP_KEY)?.ok_or(SealFault::NoKey)?;
    let key = DropKey::parse(&row).map_err(|_| SealFault::NoKey)?;
    let (count, bytes) = waiting(reader)?;
    let content = dropped.encode(u32::try_from(count).unwrap_or(u32::MAX));
    if content.len() > limits::DROP_BYTES_MAX {
        return Err(SealFault::TooLarge { size: content.len(), max: limits::DROP_BYTES_MAX });
    }
    if count >= limits::DROPS_MAX || bytes + content.len() > limits::DROPS_BYTES_MAX {
        return Err(SealFault::Full { count });
    }
    let sealed = key.seal(&content, draw(entropy));
    let id = id(&sealed);
    let mut commit = Commit::default();
    commit.put(Table::Drops, id, sealed);
    Ok((commit, EntryId::from_bytes(id)))
}

/// How many drops wait, and how many bytes they take.
///
/// # Errors
/// The store could not be read.
pub fn waiting(reader: &dyn Reader) -> Result<(usize, usize), StoreFault> {
    let (mut count, mut bytes) = (0, 0);
    reader.scan(Table::Drops, &mut |_, sealed| {
        (count, bytes) = (count + 1, bytes + sealed.len());
        ControlFlow::Continue(())
    })?;
    Ok((count, bytes))
}

/// Makes the pair for a vault that begins on this device.
pub(crate) fn begin(keys: &Keys, commit: &mut Commit, entropy: &mut dyn Entropy) -> DropSecret {
    let secret = DropSecret::drawn(|place| entropy.fill(place));
    let sealed = keys.seal(Table::Meta, meta::DROP_SECRET, secret.expose_for_sealing(), entropy);
    commit.put(Table::Meta, meta::DROP_SECRET, sealed);
    commit.put(Table::Meta, meta::DROP_KEY, secret.key().to_bytes().to_vec());
    secret
}

/// Opens a drop that lies under its id. One that was moved, altered or sealed to another key, or says what no release of this
/// format says, is not opened. The number is its place among those that waited when it was sealed: a clock that was set back, or
/// two moments within one millisecond, would put an editor's last save before its first.
pub(crate) fn open(secret: &DropSecret, key: &[u8], sealed: &[u8]) -> Result<(u32, Dropped), DropFault> {
    if key != id(sealed) {
        return Err(DropFault::NotOurs);
    }
    let content = secret.open(sealed)?;
    Dropped::decode(content.bytes()).map_err(|Malformed| DropFault::NotOurs)
}

impl Dropped {
    pub(crate) fn encode(&self, place: u32) -> Vec<u8> {
        let mut w = Writer(Vec::with_capacity(256 + self.text.len()));
        w.u8(VERSION);
        w.u32(place);
        w.i64(self.created.as_millis());
        w.option(self.at.as_ref(), |w, at| w.text(&at.to_string()));
        w.option(self.kind, |w, kind| w.text(kind.as_str()));
        w.text(&self.title);
        w.text(&self.text);
        texts(&mut w, self.tags.iter().map(Tag::as_str));
        texts(&mut w, self.people.iter().map(String::as_str));
        texts(&mut w, self.remove_tags.iter().map(Tag::as_str));
        w.option(self.exercise.as_ref(), |w, (id, version)| {
            w.text(id.as_str());
            w.u32(version.unwrap_or(0));
        });
        w.text(&to_json(&self.answers));
        match &self.becomes {
            Becomes::Entry => w.u8(0),
            Becomes::Draft { id, editing, held } => {
                w.u8(1);
                w.raw(&id.0);
                w.option(editing.as_ref(), |w, (entry, base)| {
                    w.raw(entry.as_bytes());
                    w.option(base.as_ref(), |w, base| w.text(&base.to_string()));
                });
                w.u8(u8::from(*held));
            }
            Becomes::Changes(entry) => {
                w.u8(2);
                w.text(entry);
            }
        }
        w.0
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<(u32, Self), Malformed> {
        let mut s = Scanner(bytes);
        if s.u8()? != VERSION {
            return Err(Malformed);
        }
        let place = s.u32()?;
        let dropped = Self {
            created: Timestamp::from_millis(s.i64()?),
            at: s.option(parsed)?,
            kind: s.option(parsed)?,
            title: s.text()?.to_owned(),
            text: s.text()?.to_owned(),
            tags: s.list(parsed)?.into_iter().collect(),
            people: s.list(|s| s.text().map(str::to_owned))?.into_iter().collect(),
            remove_tags: s.list(parsed)?.into_iter().collect(),
            exercise: s.option(|s| Ok((parsed(s)?, Some(s.u32()?).filter(|version| *version > 0))))?,
            answers: from_json(s.text()?).ok_or(Malformed)?,
            becomes: match s.u8()? {
                0 => Becomes::Entry,
                1 => Becomes::Draft {
                    id: DraftId(s.array()?),
                    editing: s.option(|s| Ok((EntryId::from_bytes(s.array()?), s.option(parsed)?)))?,
                    held: s.u8()? != 0,
                },
                2 => Becomes::Changes(s.text()?.to_owned()),
                _ => return Err(Malformed),
            },
        };
        s.end()?;
        Ok((place, dropped))
    }

    /// The entry that its changes are for, as far as it was named.
    pub(crate) fn named(&self) -> Option<IdPrefix> {
        match &self.becomes {
            Becomes::Changes(entry) => entry.parse().ok(),
            _ => None,
        }
    }
}

fn texts<'a>(w: &mut Writer, texts: impl ExactSizeIterator<Item = &'a str>) {
    w.count(texts.len());
    texts.for_each(|text| w.text(text));
}

fn parsed<T: FromStr>(s: &mut Scanner<'_>) -> Result<T, Malformed> {
    s.text()?.parse().map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample(becomes: Becomes) -> Dropped {
        Dropped {
            created: Timestamp::from_millis(7),
            at: Some("2026-11-24T21:30+01:00[Europe/Berlin]".parse().unwrap()),
            kind: Some(EntryKind::Checkin),
            title: "Rain".to_owned(),
            text: "all day\n".to_owned(),
            tags: ["calm".parse().unwrap()].into(),
            people: ["Ann".to_owned()].into(),
            remove_tags: ["sad".parse().unwrap()].into(),
            exercise: Some(("thought-check".parse().unwrap(), Some(2))),
            answers: from_json("{\"suds\":40}").unwrap(),
            becomes,
        }
    }

    fn all() -> [Dropped; 4] {
        let (id, entry) = (DraftId([1; 16]), EntryId::from_bytes([2; 16]));
        [
            Becomes::Entry,
            Becomes::Draft { id, editing: None, held: true },
            Becomes::Draft { id, editing: Some((entry, Some(Version::new(vec![[3; 32]])))), held: false },
            Becomes::Changes("0a0b".to_owned()),
        ]
        .map(sample)
    }

    #[test]
    fn a_drop_reads_back_as_written_and_no_part_of_it_does() {
        for dropped in all() {
            let bytes = dropped.encode(7);
            let (place, again) = Dropped::decode(&bytes).unwrap();
            assert_eq!((again.encode(7), place), (bytes.clone(), 7));
            assert_eq!((again.created, again.at, again.kind), (dropped.created, dropped.at, dropped.kind));
            assert!((0..bytes.len()).all(|end| Dropped::decode(&bytes[..end]).is_err()));
            assert!(Dropped::decode(&[&bytes[..], &[0]].concat()).is_err());
        }
    }

    #[test]
    fn a_drop_under_another_id_is_not_opened() {
        let secret = DropSecret::from_entropy([5; 32]);
        let sealed = secret.key().seal(&sample(Becomes::Entry).encode(0), [6; 64]);
        assert!(open(&secret, &id(&sealed), &sealed).is_ok());
        assert!(open(&secret, &[0; 16], &sealed).is_err());
        let strange = secret.key().seal(b"\x02 of a later release", [6; 64]);
        assert_eq!(open(&secret, &id(&strange), &strange).err(), Some(DropFault::NotOurs));
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Dropped::decode(&bytes);
        }
    }
}
