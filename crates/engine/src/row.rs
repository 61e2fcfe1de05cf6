//! The projection of one document as it is kept on this device: a cache that records can always rebuild.
//!
//! ```text
//! row = version 1 | kind | at | created 8 | texts | tags | people | answers | exercise? | import? | trashed? | modified 8
//!     | heads 4 | hash 32 … | sides 4 | (heads 4 | hash 32 … | at 8 | actor) … | sources 4 | (feed 8 | seq 8) …
//!     | creators?
//! ```

use std::collections::BTreeSet;

use haven_feed::ids::FeedId;

use crate::codec::{Malformed, Scanner, Writer};
use crate::content::DocumentId;
use crate::document::{Document, Fields, Reading, Side, definition_id};
use crate::fields::gives_way;
use crate::version::Version;

const VERSION: u8 = 1;

/// A record that holds changes of a document.
pub(crate) type Source = (FeedId, u64);

/// What is kept of a document besides its records.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) fields: Fields,
    pub(crate) version: Version,
    pub(crate) modified_ms: i64,
    /// The sides of what met in it and is not settled, the one that is shown first.
    pub(crate) met: Vec<Side>,
    /// In the order in which this device accepted them.
    pub(crate) sources: Vec<Source>,
    /// Of a definition, the feeds whose records created it; then the fields are what it was created with, and when it was taken back.
    pub(crate) creators: Option<BTreeSet<FeedId>>,
}

impl Stored {
    /// A document of which a record of a feed holds the creation and nobody anything else.
    pub(crate) fn created(id: &DocumentId, fields: Fields, hash: [u8; 32], at_ms: i64, by: FeedId) -> Self {
        let is_definition = definition_id(&fields).is_some_and(|of| of == *id);
        Self {
            creators: is_definition.then(|| creators(&fields, by)),
            fields,
            version: Version::new(vec![hash]),
            modified_ms: at_ms,
            met: Vec::new(),
            sources: Vec::new(),
        }
    }

    /// Takes what a document says after changes in a record of a feed. What it defines stays what it was.
    pub(crate) fn read(&mut self, document: &Document, reading: Reading, by: FeedId) {
        (self.version, self.modified_ms) = (document.version(), document.modified_ms());
        reading.defined.into_iter().for_each(|fields| self.define(fields, by));
        if self.creators.is_some() {
            (self.fields.trashed, self.met) = (reading.taken_back, Vec::new());
        } else {
            (self.fields, self.met) = (reading.fields, reading.met);
        }
    }

    /// Takes what a creation defines that a record of a feed holds.
    pub(crate) fn define(&mut self, fields: Fields, by: FeedId) {
        let more = creators(&fields, by);
        match &mut self.creators {
            Some(creators) => creators.extend(more),
            None => (self.fields, self.creators) = (fields, Some(more)),
        }
    }

    /// Notes who else created it with the very same change.
    pub(crate) fn add_creators(&mut self, more: Option<BTreeSet<FeedId>>) {
        if let (Some(creators), Some(more)) = (&mut self.creators, more) {
            creators.extend(more);
        }
    }

    /// Notes a record that holds changes of it. One that is applied a second time stands in it already.
    pub(crate) fn add_source(&mut self, source: Source) {
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let fields = &self.fields;
        let mut w = Writer(Vec::with_capacity(256 + fields.texts.values().map(String::len).sum::<usize>()));
        w.u8(VERSION);
        fields.encode(&mut w);
        w.i64(self.modified_ms);
        heads(&mut w, &self.version);
        w.count(self.met.len());
        for side in &self.met {
            heads(&mut w, &side.version);
            w.i64(side.at_ms);
            w.bytes(&side.actor);
        }
        w.count(self.sources.len());
        for (feed, seq) in &self.sources {
            w.raw(feed.as_bytes());
            w.u64(*seq);
        }
        w.option(self.creators.as_ref(), |w, creators| {
            w.count(creators.len());
            creators.iter().for_each(|feed| w.raw(feed.as_bytes()));
        });
        w.0
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut s = Scanner(bytes);
        if s.u8()? != VERSION {
            return Err(Malformed);
        }
        let fields = Fields {
            kind: s.text()?.to_owned(),
            at: s.text()?.to_owned(),
            created: s.i64()?,
            texts: s.list(pair)?.into_iter().collect(),
            tags: s.list(|s| s.text().map(str::to_owned))?.into_iter().collect(),
            people: s.list(|s| s.text().map(str::to_owned))?.into_iter().collect(),
            answers: s.list(pair)?.into_iter().collect(),
            exercise: s.option(|s| Ok((s.text()?.to_owned(), s.u64()?)))?,
            import: s.option(Scanner::array)?,
            trashed: s.option(Scanner::i64)?,
        };
        let stored = Self {
            fields,
            modified_ms: s.i64()?,
            version: version(&mut s)?,
            met: s.list(side)?,
            sources: s.list(|s| Ok((FeedId::from_bytes(s.array()?), s.u64()?)))?,
            creators: s
                .option(|s| Ok(s.list(|s| s.array().map(FeedId::from_bytes))?.into_iter().collect()))?,
        };
        s.end()?;
        Ok(stored)
    }
}

impl Fields {
    /// Writes the fields, from `kind` to `trashed`. An import's actor is made from these bytes, so they are part of the protocol.
    pub(crate) fn encode(&self, w: &mut Writer) {
        w.text(&self.kind);
        w.text(&self.at);
        w.i64(self.created);
        pairs(w, self.texts.iter());
        list(w, self.tags.iter());
        list(w, self.people.iter());
        pairs(w, self.answers.iter());
        w.option(self.exercise.as_ref(), |w, (id, version)| {
            w.text(id);
            w.u64(*version);
        });
        w.option(self.import.as_ref(), |w, identity| w.raw(identity));
        w.option(self.trashed, Writer::i64);
    }
}

/// Whose a creation is: nobody's, if it says that it gives way.
fn creators(fields: &Fields, by: FeedId) -> BTreeSet<FeedId> {
    (!gives_way(fields)).then_some(by).into_iter().collect()
}

fn heads(w: &mut Writer, version: &Version) {
    w.count(version.heads().len());
    version.heads().iter().for_each(|head| w.raw(head));
}

fn version(s: &mut Scanner<'_>) -> Result<Version, Malformed> {
    Ok(Version::new(s.list(Scanner::array)?))
}

fn side(s: &mut Scanner<'_>) -> Result<Side, Malformed> {
    Ok(Side { version: version(s)?, at_ms: s.i64()?, actor: s.bytes()?.to_vec() })
}

fn list<'a>(w: &mut Writer, items: impl ExactSizeIterator<Item = &'a String>) {
    w.count(items.len());
    items.for_each(|item| w.text(item));
}

fn pairs<'a>(w: &mut Writer, pairs: impl ExactSizeIterator<Item = (&'a String, &'a String)>) {
    w.count(pairs.len());
    for (key, value) in pairs {
        w.text(key);
        w.text(value);
    }
}

fn pair(s: &mut Scanner<'_>) -> Result<(String, String), Malformed> {
    Ok((s.text()?.to_owned(), s.text()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> Stored {
        let word = |text: &str| text.to_owned();
        Stored {
            fields: Fields {
                kind: word("note"),
                at: word("1660-01-01"),
                created: -1,
                texts: [(word("title"), word("ä")), (word("text"), String::new())].into(),
                tags: [word("calm")].into(),
                people: [word("ab")].into(),
                answers: [(word("suds"), word("40"))].into(),
                exercise: Some((word("thought-check"), 3)),
                import: Some([1; 32]),
                trashed: Some(8),
            },
            version: Version::new(vec![[2; 32], [1; 32]]),
            modified_ms: 9,
            met: vec![Side { version: Version::new(vec![[3; 32], [4; 32]]), at_ms: -7, actor: vec![1; 16] }],
            sources: vec![(FeedId::from_bytes([5; 8]), 6)],
            creators: Some([FeedId::from_bytes([7; 8])].into()),
        }
    }

    #[test]
    fn a_row_reads_back_as_written() {
        assert!(Stored::decode(&sample().encode()) == Ok(sample()));
    }

    #[test]
    fn a_cut_row_is_refused_at_every_byte() {
        let bytes = sample().encode();
        assert!((0..bytes.len()).all(|end| Stored::decode(&bytes[..end]).is_err()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Stored::decode(&bytes);
        }
    }
}
