//! What a device of one's own, or one that was taken over, may put into records; and what a joining device hears.

pub mod operations;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use haven_core::id::EntryId;
use haven_core::time::Timestamp;
use haven_crypto::linking::LinkSecret;
use haven_engine::command::DraftId;
use haven_engine::drops::{Becomes, Dropped};
use haven_engine::fuzz::{
    Actor, Entry, absorb, content, content_again, creation, drop_again, dropped, roots, row_again,
};
use haven_engine::io::Entropy;
use haven_engine::join::{JoinInput, Joining};
use haven_engine::sync::Refusal;
use haven_feed::{FeedId, Position, RecordId, Vector};

use crate::bytes::{Choices, pieces};
use crate::changes::{body_of, chunk};
use crate::target::Target;
use crate::{feed, vectors};

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "contents",
        about: "the inside of a record",
        seeds: content_seeds,
        run: contents,
        sample: 3_000,
    },
    Target {
        name: "rows",
        about: "a document's row, a drop, epochs' roots",
        seeds: row_seeds,
        run: rows,
        sample: 3_000,
    },
    Target {
        name: "changes",
        about: "changes on their way into a document",
        seeds: change_seeds,
        run: changes,
        sample: 500,
    },
    Target {
        name: "operations",
        about: "well-formed changes that say anything",
        seeds: operations::seeds,
        run: operations::run,
        sample: 500,
    },
    Target {
        name: "joining",
        about: "what a joining device hears",
        seeds: joining_seeds,
        run: joining,
        sample: 60,
    },
];

/// The device whose entry it is.
pub const OWN: Actor = [0xaa; 16];
/// The device that sends.
pub const FOREIGN: Actor = [0xbb; 16];

/// An entry that was edited once, and what is known of it.
pub struct World {
    /// The entry.
    pub entry: Entry,
    /// All of its changes, in order.
    pub changes: Vec<Vec<u8>>,
    /// Whom the sender's records announce.
    pub actors: BTreeSet<Actor>,
}

impl World {
    /// A note that says a sentence, written by one device and edited by the same.
    pub fn new() -> Self {
        let (mut entry, creation) = Entry::note("I went to the mill.", OWN);
        let edits = entry.write("I went to the mill. It rained.", OWN);
        let changes = [vec![creation], edits].concat();
        Self { entry, changes, actors: BTreeSet::from([FOREIGN]) }
    }

    /// The text: the actor that made characters of it, and the counter of the operation that did.
    ///
    /// Panics where the entry's second change is no longer laid out like this: one dependency, actor, number, first operation.
    pub fn text_object(&self) -> (Vec<u8>, u64) {
        let body = body_of(&self.changes[1]).expect("a change of ours");
        let actor = &body[1 + 32 + 1..][..usize::from(body[1 + 32])];
        let counter = body[1 + 32 + 1 + actor.len() + 1];
        assert!(counter < 0x80, "it is a byte");
        (actor.to_vec(), u64::from(counter))
    }

    /// What an honest device writes next that knows only of the entry.
    pub fn next(&self, text: &str, actor: Actor) -> Vec<Vec<u8>> {
        let all: Vec<&[u8]> = self.changes.iter().map(Vec::as_slice).collect();
        let mut copy = absorb(None, &all, &BTreeSet::from([OWN])).expect("an honest entry");
        copy.write(text, actor)
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// An edit of a third device, which has to fit whatever was taken before.
static HONEST: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| WORLD.next("I walked to the mill. It rained.", [0xcc; 16]));

fn content_seeds() -> Vec<Vec<u8>> {
    let world = World::new();
    let seen: Vector = [(FeedId::from_bytes([3; 8]), Position { seq: 7, id: RecordId::from_bytes([9; 32]) })]
        .into_iter()
        .collect();
    let changes: Vec<&[u8]> = world.changes.iter().map(Vec::as_slice).collect();
    vec![
        content(&changes, &BTreeSet::from([[1; 8], [2; 8]]), seen),
        content(&changes[..1], &BTreeSet::from([[1; 8]]), Vector::default()),
    ]
}

fn contents(bytes: &[u8]) {
    if let Some(again) = content_again(bytes) {
        assert!(again.len() <= bytes.len(), "reading adds nothing");
        assert_eq!(content_again(&again), Some(again.clone()), "what is known of it reads back");
    }
}

fn row_seeds() -> Vec<Vec<u8>> {
    let drops = [
        Becomes::Entry,
        Becomes::Draft {
            id: DraftId([1; 16]),
            editing: Some((EntryId::from_bytes([2; 16]), None)),
            held: false,
        },
        Becomes::Changes("last".to_owned()),
    ];
    let drops = drops.map(|becomes| {
        dropped(&Dropped {
            created: Timestamp::from_millis(7),
            at: "2026-11-24T21:30+01:00[Europe/Berlin]".parse().ok(),
            kind: "checkin".parse().ok(),
            title: "Rain".to_owned(),
            text: "all day\n".to_owned(),
            tags: "calm".parse().into_iter().collect(),
            people: ["Ann".to_owned()].into(),
            remove_tags: BTreeSet::new(),
            exercise: "thought-check".parse().ok().map(|id| (id, Some(2))),
            answers: haven_core::answers::value::from_json("{\"suds\":40}").unwrap_or_default(),
            becomes,
        })
    });
    drops.into_iter().chain(World::new().entry.row()).collect()
}

fn rows(bytes: &[u8]) {
    if let Some(again) = row_again(bytes) {
        assert_eq!(row_again(&again), Some(again.clone()));
    }
    if let Some(again) = drop_again(bytes) {
        assert_eq!(drop_again(&again), Some(again.clone()));
    }
    roots(bytes);
}

/// Pieces that are the bodies of changes: the heads are made anew, so that damage reaches what stands behind the checksum.
fn change_seeds() -> Vec<Vec<u8>> {
    let world = World::new();
    let own: Vec<&[u8]> = world.changes.iter().filter_map(|change| body_of(change)).collect();
    let edit = world.next("I went to the mill. It rained all day.", FOREIGN);
    let edits: Vec<&[u8]> = edit.iter().filter_map(|change| body_of(change)).collect();
    let mut trashed = World::new();
    let trash = trashed.entry.trash(FOREIGN);
    let trash: Vec<&[u8]> = trash.iter().filter_map(|change| body_of(change)).collect();
    vec![pieces(own[..1].iter().copied()), pieces(edits), pieces(trash), pieces(own)]
}

fn changes(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let mut chunks = Vec::new();
    while !choices.is_over() && chunks.len() < 8 {
        chunks.push(chunk(1, choices.piece()));
    }
    let chunks: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
    let _ = (absorb(None, &[bytes], &WORLD.actors), creation(bytes, &WORLD.actors));
    if let [only] = chunks[..] {
        let _ = creation(only, &BTreeSet::from([OWN]));
    }
    take(&chunks);
}

/// Offers changes to the entry and to none, and checks what has to hold of an entry that took them: it can be read, saved, loaded
/// and written into, and what another device wrote meanwhile still fits.
pub(crate) fn take(chunks: &[&[u8]]) {
    if let Ok(entry) = absorb(None, chunks, &WORLD.actors) {
        let _ = entry.text();
    }
    let Ok(mut entry) = absorb(Some(&WORLD.entry), chunks, &WORLD.actors) else { return };
    entry.text().expect("what was taken can be read");
    let honest: Vec<&[u8]> = HONEST.iter().map(Vec::as_slice).collect();
    let both =
        absorb(Some(&entry), &honest, &BTreeSet::from([[0xcc; 16]])).expect("an honest edit still fits");
    both.text().expect("both can be read");
    entry.write("I write on.", [0xdd; 16]);
    assert_eq!(entry.text().as_deref(), Some("I write on."));
}

/// Entropy that follows from nothing but its place.
struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill_with(|| {
            self.0 = self.0.wrapping_add(1);
            self.0
        });
    }
}

fn joining_seeds() -> Vec<Vec<u8>> {
    let messages =
        vectors::bytes(include_str!("../../vectors/data/crypto-linking.json"), &["messages", "message"]);
    let links = feed::link_seeds();
    let heard = |index: u8, message: &Vec<u8>| [&[0, index][..], &pieces([message.as_slice()])].concat();
    let mailbox =
        messages.iter().zip([1, 2, 3, 4]).flat_map(|(message, index)| heard(index, message)).collect();
    let roster = [&[4][..], &pieces(links.iter().take(3).map(Vec::as_slice))].concat();
    vec![mailbox, roster, [&[1][..], &pieces([&messages[4][..]])].concat(), vec![2, 3, 5, 6, 7]]
}

fn joining(bytes: &[u8]) {
    // The code of the vectors, so that the sender's messages open: whoever reads the code over a shoulder has it too.
    let secret = vectors::array(
        &vectors::texts(include_str!("../../vectors/data/crypto-linking.json"), &["secret"])[0],
    );
    let code = LinkSecret::from_entropy(secret).code();
    let mut entropy = Counting(0);
    let (mut joining, _) = Joining::start(&code, "Küche", &mut entropy).expect("an honest code");
    let mut choices = Choices::new(bytes);
    while !choices.is_over() {
        let input = match choices.below(8) {
            0 => JoinInput::Mailbox { index: u32::from(choices.byte()), message: choices.piece().to_vec() },
            1 => JoinInput::Farewell(choices.piece().to_vec()),
            2 => JoinInput::Closed,
            3 => JoinInput::LoggedIn,
            4 => JoinInput::Links(
                std::iter::from_fn(|| (!choices.is_over()).then(|| choices.piece().to_vec())).collect(),
            ),
            5 => JoinInput::Challenged {
                nonce: choices.array(),
                server_key: choices.array(),
                store_id: choices.array(),
                signature: [0; 64],
            },
            6 => JoinInput::Refused(
                [Refusal::FeedUnknown, Refusal::MailboxGone, Refusal::Other][choices.below(3)],
            ),
            _ => JoinInput::Again,
        };
        let step = joining.step(input, &mut entropy);
        assert!(!step.is_ok_and(|step| step.linked), "nobody is linked who has no place in the roster");
        let _ = joining.compare("flame candy system");
    }
}
