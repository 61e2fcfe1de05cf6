//! What is inside a record: who wrote, what they had seen, and what they say.
//!
//! ```text
//! content = version 1 | time 8 | nonces 1 | nonce 8 …
//!         | seen: full 1 | count 2 | place 48 …                    what changed in the author's vector since this
//!                                                                  feed's previous record, or all of it
//!         | items 4 | (kind 1 | length 4 | body) …                 the kinds: see `items`
//! ```
//! A heartbeat is a content with a full vector and no items. Everything is sorted, by kind and then by body, and nothing is there
//! twice: a content has one encoding. So whoever reads from the beginning knows what is gone and what is accepted before the
//! changes come.

mod items;
mod voices;

use std::collections::BTreeSet;

use haven_feed::ids::{FeedId, Vector};
use haven_feed::limits::FEEDS_EVER_MAX;
use thiserror::Error;

use crate::actor::{Actor, ActorNonce, actor};
use crate::codec::{Malformed, Scanner, Writer};
use crate::limits;

pub use items::{Changes, Comment, Loaded, Place, Purge, Share};
pub use voices::Voice;

const VERSION: u8 = 1;

/// Names a document: an entry or a person.
pub type DocumentId = [u8; 16];

/// The inside of a record.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub struct Content<'a> {
    /// By the author's clock, milliseconds; shown as "last seen", never used for order.
    pub time_ms: i64,
    /// What the names are made of under which the changes are.
    pub nonces: BTreeSet<ActorNonce>,
    /// Whether `seen` is the author's whole vector. It is wherever bodies are called gone: they take what they had seen with them, and
    /// what counts of a removed feed may hang on that.
    pub full: bool,
    /// What the author had accepted.
    pub seen: Vector,
    /// Documents that are gone, ascending by document.
    pub purges: Vec<Purge>,
    /// Shares whose copies are taken back, ascending.
    pub withdrawn: Vec<Place>,
    /// A copy of chosen words. What stands beside it goes with it when it is withdrawn, since that drops the record's body: only
    /// what later versions say of a share.
    pub share: Option<Share<'a>>,
    /// What is said to a share. What stands beside it goes with it, as beside a share.
    pub comment: Option<Comment<'a>>,
    /// The packs that the author has loaded.
    pub loaded: Option<Loaded>,
    /// Up to where removed feeds count, ascending by feed: the whole prefix.
    pub accepts: Vec<Place>,
    /// What was written, ascending by document.
    pub items: Vec<Changes<'a>>,
    /// Items of kinds that this version does not know and may pass over.
    pub unknown: Vec<(u8, &'a [u8])>,
}

/// Why a content is not read.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DecodeFault {
    /// No version wrote this.
    #[error("malformed content")]
    Malformed,
    /// It holds a kind of item that must not be passed over: to be read after an update.
    #[error("an item of kind {0}, which a newer Haven knows")]
    Critical(u8),
    /// It has another format: to be read after an update.
    #[error("a content of version {0}")]
    Newer(u8),
}

impl From<Malformed> for DecodeFault {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl<'a> Content<'a> {
    /// The names under which the changes of a record of this feed may be.
    pub fn actors(&self, feed: &FeedId) -> BTreeSet<Actor> {
        self.nonces.iter().map(|nonce| actor(feed, nonce)).collect()
    }

    /// The records whose bodies are gone, or on their way to be, because this one says so.
    pub fn gone(&self) -> Vec<Place> {
        self.purges.iter().flat_map(|purge| &purge.bodies).chain(&self.withdrawn).copied().collect()
    }

    fn add(&mut self, kind: u8, body: &'a [u8]) -> Result<(), DecodeFault> {
        let s = &mut Scanner(body);
        match kind {
            items::PURGE => {
                let purge = Purge::read(s)?;
                new(self.purges.last().is_none_or(|last| last.document != purge.document))?;
                self.purges.push(purge);
            }
            items::WITHDRAW => self.withdrawn.push(items::place(s)?),
            items::SHARE => {
                new(self.share.is_none())?;
                self.share = Some(Share::read(s)?);
            }
            items::COMMENT => {
                new(self.comment.is_none())?;
                self.comment = Some(Comment::read(s)?);
            }
            items::LOADED => {
                new(self.loaded.is_none())?;
                self.loaded = Some(Loaded::read(s)?);
            }
            items::ACCEPT => {
                let place = items::place(s)?;
                new(self.accepts.last().is_none_or(|last| last.0 != place.0))?;
                self.accepts.push(place);
            }
            items::CHANGES => {
                let changes = Changes::read(s)?;
                new(self.items.last().is_none_or(|last| last.document != changes.document))?;
                self.items.push(changes);
            }
            _ if kind >= items::CRITICAL => return Err(DecodeFault::Critical(kind)),
            _ => {
                self.unknown.push((kind, body));
                return Ok(());
            }
        }
        Ok(s.end()?)
    }

    /// The items as they are written: each with its kind, in order.
    fn bodies(&self) -> Vec<(u8, Vec<u8>)> {
        let body = |write: &dyn Fn(&mut Writer)| {
            let mut w = Writer::default();
            write(&mut w);
            w.0
        };
        let mut all: Vec<(u8, Vec<u8>)> = Vec::new();
        all.extend(self.purges.iter().map(|purge| (items::PURGE, body(&|w| purge.write(w)))));
        all.extend(self.withdrawn.iter().map(|at| (items::WITHDRAW, body(&|w| items::write_place(w, at)))));
        all.extend(self.share.iter().map(|share| (items::SHARE, body(&|w| share.write(w)))));
        all.extend(self.comment.iter().map(|comment| (items::COMMENT, body(&|w| comment.write(w)))));
        all.extend(self.loaded.iter().map(|loaded| (items::LOADED, body(&|w| loaded.write(w)))));
        all.extend(self.accepts.iter().map(|at| (items::ACCEPT, body(&|w| items::write_place(w, at)))));
        all.extend(self.items.iter().map(|changes| (items::CHANGES, body(&|w| changes.write(w)))));
        all.extend(self.unknown.iter().map(|(kind, body)| (*kind, body.to_vec())));
        all.sort();
        all
    }
}

fn new(is_new: bool) -> Result<(), DecodeFault> {
    if is_new { Ok(()) } else { Err(DecodeFault::Malformed) }
}

/// Encodes a content. What is in it is bounded by the limits already and nothing is there twice; the order of the items does not
/// matter.
pub fn encode(content: &Content<'_>) -> Vec<u8> {
    let mut w = Writer::default();
    w.u8(VERSION);
    w.i64(content.time_ms);
    w.u8(u8::try_from(content.nonces.len()).expect("a step draws at most one for each side of an import"));
    content.nonces.iter().for_each(|nonce| w.raw(nonce));
    w.u8(u8::from(content.full));
    w.u16(u16::try_from(content.seen.len()).expect("a roster never has as many feeds"));
    content.seen.iter().for_each(|place| items::write_place(&mut w, &place));
    let items = content.bodies();
    w.count(items.len());
    for (kind, body) in items {
        w.u8(kind);
        w.bytes(&body);
    }
    w.0
}

/// Decodes exactly what [`encode`] makes, under the limits.
///
/// # Errors
/// It is malformed or too large, or only a newer version may read it.
pub fn decode(bytes: &[u8]) -> Result<Content<'_>, DecodeFault> {
    let mut s = Scanner(bytes);
    match s.u8()? {
        0 => return Err(DecodeFault::Malformed),
        VERSION => {}
        newer => return Err(DecodeFault::Newer(newer)),
    }
    let mut content = Content {
        time_ms: s.i64()?,
        nonces: nonces(&mut s)?,
        full: match s.u8()? {
            0 => false,
            1 => true,
            _ => return Err(DecodeFault::Malformed),
        },
        seen: seen(&mut s)?,
        ..Content::default()
    };
    let items = s.list_of(limits::RECORD_ITEMS_MAX, |s| Ok((s.u8()?, s.bytes()?)))?;
    s.end()?;
    new(items.is_sorted_by(|one, next| one < next))?;
    let mut critical = Ok(());
    for (kind, body) in &items {
        match content.add(*kind, body) {
            // What is known has to hold all the same.
            Err(DecodeFault::Critical(kind)) => critical = critical.and(Err(DecodeFault::Critical(kind))),
            added => added?,
        }
    }
    // A critical kind isn't among those that are unknown here: it may not go with the body.
    let goes_with_its_body = content.share.is_some() || content.comment.is_some();
    new(!goes_with_its_body || items.len() == 1 + content.unknown.len())?;
    let calls_gone = !content.purges.is_empty() || !content.withdrawn.is_empty();
    new(content.full || !calls_gone)?;
    new(content.items.len() <= limits::RECORD_DOCUMENTS_MAX)?;
    new(content.purges.iter().map(|purge| purge.bodies.len()).sum::<usize>() + content.withdrawn.len()
        <= limits::BODIES_GONE_MAX)?;
    new(content.accepts.len() <= FEEDS_EVER_MAX)?;
    critical.map(|()| content)
}

fn nonces(s: &mut Scanner<'_>) -> Result<BTreeSet<ActorNonce>, Malformed> {
    let count = usize::from(s.u8()?);
    let nonces: Vec<ActorNonce> = (0..count).map(|_| s.array()).collect::<Result<_, _>>()?;
    let fits = count <= limits::RECORD_NONCES_MAX && nonces.is_sorted_by(|one, next| one < next);
    if fits { Ok(nonces.into_iter().collect()) } else { Err(Malformed) }
}

fn seen(s: &mut Scanner<'_>) -> Result<Vector, Malformed> {
    let count = usize::from(s.u16()?);
    if count > FEEDS_EVER_MAX {
        return Err(Malformed);
    }
    let places: Vec<Place> = (0..count).map(|_| items::place(s)).collect::<Result<_, _>>()?;
    let ascending = places.is_sorted_by(|one, next| one.0 < next.0);
    if ascending { Ok(places.into_iter().collect()) } else { Err(Malformed) }
}

#[cfg(test)]
mod tests;
