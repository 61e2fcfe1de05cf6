//! Opening records before their turn: on all cores, within limits, and once.

use std::collections::BTreeSet;

use haven_crypto::record::{OpenFault, open_within};
use haven_feed::ids::FeedId;
use haven_feed::record::{RecordKind, VerifiedRecord};

use super::waiting::{Aside, Head, Look, One, Wait};
use super::{Engine, Work};
use crate::actor::Actor;
use crate::content::{self, Content, DecodeFault, Voice};
use crate::document::canonical;
use crate::fields::{Shown, shown};
use crate::keys::Keys;
use crate::limits;
use crate::parallel;
use crate::row::Stored;

/// What is in a record, opened.
pub(super) struct Inside {
    pub(super) plain: Vec<u8>,
    /// For each document of the record: what it says, if it is a canonical creation.
    pub(super) documents: Vec<Option<(Shown, Stored)>>,
}

impl Inside {
    pub(super) fn bytes(&self) -> usize {
        // A document's row holds its words once more, beside what is shown of it.
        self.plain.len() * if self.documents.iter().any(Option::is_some) { 3 } else { 1 }
    }
}

/// Who says what is in a record, and up to which link of the roster they knew it.
pub(super) struct Said {
    feed: FeedId,
    link: u64,
}

impl Said {
    pub(super) fn of(record: &VerifiedRecord) -> Self {
        Self { feed: record.header().feed, link: record.header().roster.seq }
    }
}

/// What came of opening one.
enum Opened {
    Plain(Vec<u8>),
    /// It has more than many may have at once: it goes alone.
    Large,
    Not(Look),
}

impl Engine {
    /// Looks at what was not looked at yet, the next of each feed first, until there is enough for one commit. Says whether
    /// there was any.
    pub(super) fn look(&mut self, work: &Work<'_, '_>) -> bool {
        let mut unseen: Vec<(usize, FeedId)> = Vec::new();
        self.waiting.give_up();
        for (feed, queue) in &self.waiting.queues {
            let places = queue.iter().enumerate().filter(|(_, one)| matches!(one.look, Look::Not));
            let alone = self.waiting.current;
            let places = places.filter(|(_, one)| alone.is_none_or(|alone| alone == one.source));
            unseen.extend(places.map(|(place, _)| (place, *feed)));
        }
        unseen.sort_unstable();
        let mut room = limits::OPENED_BYTES_MAX;
        for piece in unseen.chunks(limits::OPENED_TOGETHER) {
            let one = |(place, feed): &(usize, FeedId)| &self.waiting.queues[feed][*place];
            let records: Vec<Option<VerifiedRecord>> =
                piece.iter().map(|place| self.record_of(work, one(place))).collect();
            let looks = self.looks_at(&records, &mut room);
            for ((place, feed), look) in piece.iter().zip(looks) {
                let queue = self.waiting.queues.get_mut(feed).expect("listed just above");
                queue[*place].look = look;
            }
            if room == 0 {
                break;
            }
        }
        !unseen.is_empty()
    }

    /// Opens one whole whose turn has come and whose inside had no room.
    pub(super) fn inside(&self, work: &Work<'_, '_>, one: &One) -> Option<Inside> {
        match self.whole(work, one) {
            Look::Opened(_, inside) => inside,
            _ => None,
        }
    }

    /// The same, or what stands in the way.
    pub(super) fn whole(&self, work: &Work<'_, '_>, one: &One) -> Look {
        let record = self.record_of(work, one);
        let mut room = usize::MAX;
        self.looks_at(&[record], &mut room).pop().expect("one for one")
    }

    /// Opens records on all cores, then looks at the documents in them on all cores: a bulk record holds hundreds. Those that
    /// inflate to more than many may have at once go one by one, and of those that find no room only the head stays.
    fn looks_at(&self, records: &[Option<VerifiedRecord>], room: &mut usize) -> Vec<Look> {
        let opened = parallel::map(records, |record| match record {
            Some(record) => opened(&self.keys, record, limits::OPENED_EACH_BYTES),
            None => Opened::Not(Look::Waits(Wait::Disk)),
        });
        let mut looks: Vec<Option<Look>> = Vec::with_capacity(records.len());
        let mut plains: Vec<(Said, Vec<u8>)> = Vec::new();
        for (opened, record) in opened.into_iter().zip(records) {
            looks.push(match (opened, record) {
                (Opened::Plain(plain), Some(record)) => {
                    plains.push((Said::of(record), plain));
                    None
                }
                (Opened::Not(look), _) => Some(look),
                // The next commit has room again.
                (Opened::Large, Some(_)) if *room == 0 => Some(Look::Not),
                (Opened::Large, Some(record)) => Some(self.look_at_large(record, room)),
                (Opened::Plain(_) | Opened::Large, None) => unreachable!("what is not there was not opened"),
            });
        }
        let mut small = self.looks_into(plains).into_iter();
        // A large one has had its room already.
        let mut filled = || within(small.next().expect("one for each that opened"), room);
        looks.into_iter().map(|look| look.unwrap_or_else(&mut filled)).collect()
    }

    fn look_at_large(&self, record: &VerifiedRecord, room: &mut usize) -> Look {
        match opened(&self.keys, record, usize::MAX) {
            Opened::Plain(plain) => {
                let look = self.looks_into(vec![(Said::of(record), plain)]).pop().expect("one for one");
                within(look, room)
            }
            Opened::Not(look) => look,
            Opened::Large => Look::Aside(Aside::Unreadable),
        }
    }

    fn looks_into(&self, plains: Vec<(Said, Vec<u8>)>) -> Vec<Look> {
        let contents: Vec<Result<(Content<'_>, BTreeSet<Actor>), Look>> =
            plains.iter().map(|(said, plain)| self.read(said, plain)).collect();
        let each = contents.iter().zip(&plains).filter_map(|(content, (said, _))| {
            let (content, actors) = content.as_ref().ok()?;
            Some(content.items.iter().map(move |item| (item, actors, said.feed)))
        });
        let documents: Vec<_> = each.flatten().collect();
        let library = &self.shelf.exercises;
        let created = |(item, actors, by): &(&_, &_, FeedId)| creation(library, item, actors, *by);
        let mut created = parallel::map(&documents, created).into_iter();
        let heads: Vec<Result<(Head, usize), Look>> = contents
            .into_iter()
            .map(|content| content.map(|(content, _)| (head(&content), content.items.len())))
            .collect();
        let mut looks = Vec::with_capacity(heads.len());
        for ((_, plain), head) in plains.into_iter().zip(heads) {
            looks.push(match head {
                Ok((head, count)) => {
                    let documents = created.by_ref().take(count).collect();
                    Look::Opened(head, Some(Inside { plain, documents }))
                }
                Err(look) => look,
            });
        }
        looks
    }

    /// Reads what is in a record of a feed: as much of it as that one may say in this space. What it says of others is read by
    /// [`Engine::said_in`].
    pub(super) fn content<'a>(&self, feed: &FeedId, plain: &'a [u8]) -> Result<Content<'a>, DecodeFault> {
        content::decode(plain).map(|content| content.as_said_by(Voice::of(&self.roster, feed)))
    }

    /// The same, with what it can say of others where its author stood.
    pub(super) fn said_in<'a>(&self, said: &Said, plain: &'a [u8]) -> Result<Content<'a>, DecodeFault> {
        self.content(&said.feed, plain).map(|content| content.as_known_at(&self.roster, said.link))
    }

    fn read<'a>(&self, said: &Said, plain: &'a [u8]) -> Result<(Content<'a>, BTreeSet<Actor>), Look> {
        let content = self.said_in(said, plain).map_err(|fault| match fault {
            DecodeFault::Malformed => Look::Aside(Aside::Unreadable),
            DecodeFault::Critical(_) | DecodeFault::Newer(_) => Look::Waits(Wait::Update),
        })?;
        let actors = content.actors(&said.feed);
        Ok((content, actors))
    }
}

/// Keeps what was opened as long as there is room.
fn within(look: Look, room: &mut usize) -> Look {
    match look {
        Look::Opened(head, Some(inside)) => {
            let fits = inside.bytes() <= *room;
            *room = room.saturating_sub(inside.bytes() + head.bytes_heard());
            Look::Opened(head, fits.then_some(inside))
        }
        look => look,
    }
}

fn opened(keys: &Keys, record: &VerifiedRecord, most: usize) -> Opened {
    if !matches!(record.header().kind, RecordKind::Data | RecordKind::Heartbeat) {
        return Opened::Not(Look::Passed);
    }
    let Some(epoch) = keys.epochs.get(&record.header().epoch) else {
        return Opened::Not(Look::Waits(Wait::Key));
    };
    match open_within(epoch, record, most) {
        Ok(plain) => Opened::Plain(plain.into_vec()),
        Err(OpenFault::NoBody) => Opened::Not(Look::Waits(Wait::Body)),
        Err(OpenFault::Incompatible) => Opened::Not(Look::Waits(Wait::Update)),
        Err(OpenFault::TooLarge) if most < usize::MAX => Opened::Large,
        Err(_) => Opened::Not(Look::Aside(Aside::Unreadable)),
    }
}

pub(super) fn head(content: &Content<'_>) -> Head {
    Head { seen: content.seen.clone(), accepts: content.accepts.clone(), gone: content.gone() }
}

/// What a document says if all that is known of it is a canonical creation. Whatever else it is goes the long way.
fn creation(
    library: &haven_core::content::Library,
    item: &content::Changes<'_>,
    actors: &BTreeSet<Actor>,
    by: FeedId,
) -> Option<(Shown, Stored)> {
    let [change] = item.changes.as_slice() else { return None };
    let foreign = canonical(&item.document, change, actors).ok().flatten()?;
    let stored = Stored::created(&item.document, foreign.fields, foreign.hash, foreign.at_ms, by);
    let shown = shown(item.document, &stored, library);
    Some((shown, stored))
}
