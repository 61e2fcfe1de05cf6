//! The word that bodies may go: which ones a server drops, from when on, and on whose word.
//!
//! ```text
//! bodies = version 1 | space 32 | not before 8 | author 8 | roster seq 8 | roster hash 32
//!        | count 2 | (feed 8 | first seq 8 | last seq 8 | id of the last 32) … | signature 64
//! ```

use haven_feed::digest::digest;
use haven_feed::record::VerifiedRecord;
use haven_feed::{FeedId, RecordId, RosterHead};
use haven_vectors::{check, hex};
use serde_json::{Value, json};

use crate::labels::BODIES;
use crate::manifests::{records, write_place};
use crate::people::Keyed;
use crate::world::{DESK, LAPTOP, PHONE, TABLET, World};

/// Neighbouring records of one feed, the first and the last of them included.
#[derive(Clone, Copy)]
struct Range {
    feed: FeedId,
    first: u64,
    last: u64,
    id: RecordId,
}

/// From the record with that number to another one.
fn range(first: u64, last: &VerifiedRecord) -> Range {
    let position = last.position();
    Range { feed: last.header().feed, first, last: position.seq, id: position.id }
}

/// A word and who signs it: by the number of the key.
struct Word<'a> {
    version: u8,
    roster: RosterHead,
    author: u8,
    signer: u8,
    not_before: u64,
    ranges: &'a [Range],
}

impl<'a> Word<'a> {
    fn of(world: &World, author: u8, ranges: &'a [Range]) -> Self {
        let roster = world.roster.head();
        Self { version: 1, roster, author, signer: author, not_before: 1_795_000_000_000, ranges }
    }

    fn sign(&self, world: &World) -> Vec<u8> {
        let mut bytes = vec![self.version];
        bytes.extend(world.roster.space().as_bytes());
        bytes.extend(self.not_before.to_be_bytes());
        bytes.extend(Keyed::new(self.author).keys.id().as_bytes());
        write_place(&mut bytes, self.roster);
        bytes.extend((self.ranges.len() as u16).to_be_bytes());
        for range in self.ranges {
            bytes.extend(range.feed.as_bytes());
            bytes.extend(range.first.to_be_bytes());
            bytes.extend(range.last.to_be_bytes());
            bytes.extend(range.id.as_bytes());
        }
        let signed = digest(BODIES, &[&bytes]);
        bytes.extend(Keyed::new(self.signer).signer.sign(&signed).as_bytes());
        bytes
    }

    fn to_json(&self, name: &str, world: &World) -> Value {
        let range =
            |range: &Range| json!([range.feed.to_string(), range.first, range.last, range.id.to_string()]);
        json!({
            "name": name,
            "author": self.author,
            "not before": self.not_before,
            "ranges": self.ranges.iter().map(range).collect::<Vec<_>>(),
            "bytes": hex(self.sign(world)),
        })
    }
}

const MEET: &str = "out of order, or ranges that meet";
const ELSE: &str = "another roster, or before its time";
const NONE: &str = "another record, or none";

/// Words that nobody heeds, and why: nothing that ships reads them, so it's the second implementation that says so. `old` are the
/// laptop's records, `few` is the desk's.
fn refused(world: &World, old: &[VerifiedRecord], few: &VerifiedRecord) -> Vec<Value> {
    let one = [range(1, &old[1])];
    let beside = [Range { id: RecordId::from_bytes([0xbe; 32]), ..one[0] }];
    let stranger = [Range { feed: Keyed::new(9).keys.id(), ..one[0] }];
    let good = || Word::of(world, TABLET, &one);
    let elsewhere = RosterHead { hash: world.roster.hash_at(1).unwrap(), ..world.roster.head() };
    let before = RosterHead { seq: 1, hash: world.roster.hash_at(1).unwrap() };
    let mut two = [range(1, &old[0]), range(1, few)];
    two.sort_by_key(|range| range.feed);
    let [low, high] = two;
    let upper = [range(3, &old[2]), range(1, &old[0])];
    let cases: [(&str, &str, Word<'_>); 16] = [
        ("another version", "incompatible", Word { version: 2, ..good() }),
        ("of nothing", "no ranges, or too many", Word { ranges: &[], ..good() }),
        ("from number zero", "a range of nothing", Word { ranges: &[range(0, &old[1])], ..good() }),
        ("backwards", "a range of nothing", Word { ranges: &[range(3, &old[1])], ..good() }),
        ("ranges that overlap", MEET, Word { ranges: &[range(1, &old[1]), range(2, &old[2])], ..good() }),
        ("ranges that touch", MEET, Word { ranges: &[range(1, &old[1]), range(3, &old[2])], ..good() }),
        ("a range twice", MEET, Word { ranges: &[low, low], ..good() }),
        ("ranges of one feed out of order", MEET, Word { ranges: &upper, ..good() }),
        ("feeds out of order", "out of order", Word { ranges: &[high, low], ..good() }),
        ("another signature", "the signature does not verify", Word { signer: DESK, ..good() }),
        ("a link that is not so", ELSE, Word { roster: elsewhere, ..good() }),
        ("an author who came later", ELSE, Word { roster: before, ..good() }),
        (
            "an author who was removed",
            "the author is no member",
            Word { roster: before, ..Word::of(world, PHONE, &one) },
        ),
        (
            "a feed that never was a member",
            "a feed that never was a member",
            Word { ranges: &stranger, ..good() },
        ),
        ("another record in its place", NONE, Word { ranges: &beside, ..good() }),
        ("a record that is not here", NONE, Word { ranges: &[Range { last: 9, ..one[0] }], ..good() }),
    ];
    let case = |(name, fault, word): (&str, &str, Word<'_>)| json!({"name": name, "fault": fault, "bytes": hex(word.sign(world))});
    cases.into_iter().map(case).collect()
}

#[test]
fn words_that_bodies_may_go() {
    let world = World::new();
    let [laptop, desk] = [LAPTOP, DESK].map(Keyed::new);
    let (old, few) = (records(&world, &laptop, None, 4), records(&world, &desk, None, 1));
    let mut covered = [range(1, &old[1]), range(1, &few[0])];
    covered.sort_by_key(|range| range.feed);
    let (alone, around) = ([range(3, &old[2])], [range(1, &old[0]), range(3, &old[3])]);
    let words = [
        ("what a base covers", Word::of(&world, TABLET, &covered)),
        ("one record, purged", Word { not_before: 0, ..Word::of(&world, LAPTOP, &alone) }),
        ("neighbours stay", Word::of(&world, DESK, &around)),
    ];
    let about = "the roster is the one of drawn-checkpoints.json, without the checkpoint; authors are the numbers of keys. \"husks\" \
                 are the records that are held: four of the laptop (2), one of the desk (6). A range is feed, first, last, and the \
                 id of the last";
    let husk = |record: &VerifiedRecord| hex(record.to_husk().bytes());
    let json = json!({
        "about": about,
        "husks": old.iter().chain(&few).map(husk).collect::<Vec<_>>(),
        "words": words.map(|(name, word)| word.to_json(name, &world)),
        "refused": refused(&world, &old, &few[0]),
    });
    check("drawn-bodies.json", &json);
}
