//! Three devices, of which two are removed that lie, name, hide, call gone and give nobody a body as chance wants, and a server that brings
//! all of it in any order.

use std::collections::BTreeMap;

use haven_core::entry::Edit;
use haven_engine::command::Command;
use haven_engine::content::{Changes, Content, Purge, decode, encode};
use haven_feed::ids::{FeedId, Position, RecordId, Vector};
use haven_feed::record::VerifiedRecord;
use haven_sim::chance::Chance;
use haven_sim::device::{Asked, Device};

use super::hidden::said;
use super::lab::{Lab, Who, vector_of, write};

/// The first is honest, and the others are removed.
const ALL: [Who; 3] = [Who::Phone, Who::Tablet, Who::Other(0)];
const HONEST: usize = 0;

/// What they wrote.
#[derive(Default)]
struct World {
    records: Vec<VerifiedRecord>,
    /// Whether an honest device can have read it and all it names.
    readable: Vec<bool>,
    /// Whether nobody has its body, until one day.
    lost: Vec<bool>,
    newest: [Option<VerifiedRecord>; 3],
}

impl World {
    fn is_readable(&self, feed: FeedId, position: Position) -> bool {
        let same = |record: &VerifiedRecord| record.header().feed == feed && record.position() == position;
        self.records.iter().position(same).is_some_and(|n| self.readable[n])
    }

    /// Any of the records that this one may name, if chance picks one.
    fn pick(&self, by: usize, feed: FeedId, chance: &mut Chance) -> Option<(FeedId, Position)> {
        let one = chance.pick(&self.records).map(|record| (record.header().feed, record.position()))?;
        (one.0 != feed && (by != HONEST || self.is_readable(one.0, one.1))).then_some(one)
    }

    fn keep(&mut self, by: usize, record: VerifiedRecord, content: &Content<'_>, is_lost: bool) {
        let named = content.seen.iter().all(|(feed, position)| self.is_readable(feed, position));
        let before = self.newest[by].as_ref();
        let before = before.is_none_or(|before| self.is_readable(before.header().feed, before.position()));
        self.readable.push(named && before && !is_lost);
        self.lost.push(is_lost);
        self.newest[by] = Some(record.clone());
        self.records.push(record);
    }
}

/// Somebody writes an entry, or edits one that is there.
fn type_something(device: &mut Device, n: usize, chance: &mut Chance, entropy: &mut Chance) {
    if chance.once_in(2) {
        return write(device, &format!("entry {n}"), entropy);
    }
    let entry = format!("entry {}", chance.below(n + 1));
    let row = device.view.rows().find(|row| row.entry.text.starts_with(&entry));
    let Some(id) = row.map(|row| row.entry.id) else { return };
    let edit = Edit { text: Some(format!("{entry} of {n}")), ..Edit::default() };
    let asked = device.ask(Command::Edit { id, base: None, edit }, 0, entropy);
    assert!(matches!(asked, Asked::Answered(Ok(_))));
}

/// Some records of one device as the inside of one that names nothing.
fn in_one(insides: &[Vec<u8>]) -> Content<'_> {
    let mut all = Content { full: true, ..Content::default() };
    for said in insides.iter().map(|inside| decode(inside).unwrap()) {
        all.nonces.extend(said.nonces);
        for Changes { document, changes } in said.items {
            match all.items.iter_mut().find(|other| other.document == document) {
                Some(other) => other.changes.extend(changes),
                None => all.items.push(Changes { document, changes }),
            }
        }
    }
    all.items.sort_by_key(|item| item.document);
    all
}

/// What somebody says of others: what it builds on unless it hides that, any record, one that will never be, a body that is gone.
fn say(
    lab: &Lab,
    world: &World,
    by: usize,
    builds_on: Option<(FeedId, Position)>,
    content: &mut Content<'_>,
    chance: &mut Chance,
) {
    let feed = lab.feed(ALL[by]);
    let [hides, invents, calls_gone] = [4, 8, 4].map(|times| chance.once_in(times) && by != HONEST);
    let mut seen: BTreeMap<FeedId, Position> = BTreeMap::new();
    let picked = world.pick(by, feed, chance);
    for (of, position) in builds_on.filter(|_| !hides).into_iter().chain(picked) {
        let held = seen.entry(of).or_insert(position);
        *held = if held.seq < position.seq { position } else { *held };
    }
    if invents {
        let nowhere = Position { seq: 9, id: RecordId::from_bytes([7; 32]) };
        seen.insert(lab.feed(ALL[(by + 1) % ALL.len()]), nowhere);
    }
    content.seen = seen.into_iter().collect();
    let gone = chance.pick(&world.records).filter(|_| calls_gone);
    content.purges.extend(gone.map(|record| Purge {
        document: [1; 16],
        heads: [[5; 32]].into(),
        bodies: vec![(record.header().feed, record.position())],
    }));
    let accepted = world.pick(by, feed, chance).filter(|_| by == HONEST && chance.once_in(2));
    content.accepts.extend(accepted);
}

fn world(lab: &mut Lab, chance: &mut Chance) -> World {
    lab.add_other();
    lab.links(lab.links.len() - 1);
    let mut devices: Vec<Device> = ALL.iter().map(|who| lab.device(*who)).collect();
    let (mut world, mut told) = (World::default(), [0; ALL.len()]);
    for n in 0..12 {
        let (by, from) = (chance.below(ALL.len()), chance.below(ALL.len()));
        let feed = lab.feed(ALL[by]);
        let theirs = lab.written(&devices[from], lab.feed(ALL[from]));
        let newest = world.newest[from].as_ref().map(|record| (record.header().feed, record.position()));
        let may = newest.is_none_or(|(of, position)| by != HONEST || world.is_readable(of, position));
        let reads = from != by && may && !theirs.is_empty();
        if reads {
            lab.serve(&mut devices[by], vector_of(theirs.last().unwrap()), &theirs);
        }
        type_something(&mut devices[by], n, chance, &mut lab.chance);
        let written = lab.written(&devices[by], feed);
        let insides: Vec<Vec<u8>> = written[told[by]..].iter().map(|record| lab.opened(record)).collect();
        told[by] = written.len();
        let mut content = in_one(&insides);
        say(lab, &world, by, newest.filter(|_| reads), &mut content, chance);
        let record = lab.record(ALL[by], world.newest[by].as_ref(), &encode(&content));
        world.keep(by, record, &content, by != HONEST && chance.once_in(8));
    }
    world
}

/// The links that remove two of them, each at a record that it wrote or at none.
fn removals(lab: &mut Lab, world: &World, chance: &mut Chance) -> usize {
    let first = lab.links.len();
    for (who, by) in
        [(ALL[1], Who::Laptop), (ALL[2], if chance.once_in(2) { Who::Laptop } else { Who::Phone })]
    {
        let feed = lab.feed(who);
        let of: Vec<_> = world.records.iter().filter(|record| record.header().feed == feed).collect();
        let has_head = !chance.once_in(4);
        let head = chance.pick(&of).filter(|_| has_head).map(|record| record.position());
        lab.change_by(by, &[(feed, head)], None);
    }
    first
}

/// Sends anything of it, with its body or without.
pub(crate) fn send_anything(
    lab: &mut Lab,
    best: &[VerifiedRecord],
    has: &Vector,
    heard: &mut usize,
    chance: &mut Chance,
) {
    for n in 0..40 {
        let one = if chance.once_in(2) { &best[n % best.len()] } else { chance.pick(best).unwrap() };
        match chance.below(14) {
            0 => {
                lab.restart();
                lab.hello(has.clone());
            }
            1 | 2 if *heard < lab.links.len() => {
                let link = lab.links[*heard].bytes().to_vec();
                lab.shows_links(&[link]);
                *heard += 1;
            }
            3 => lab.caught_up(),
            4 => lab.bodies(one.header().feed, &[one]),
            5..8 => lab.records(&[&one.to_husk()]),
            _ => lab.records(&[one]),
        }
    }
}

/// The words in the end, what the laptop names, and what is told.
type Outcome = (Vec<String>, Vec<(FeedId, u64)>, Vec<&'static str>);

/// Everything comes in an order, then all that there is, and the bodies that nobody had at last.
fn outcome(config: u64, order: u64) -> Outcome {
    let (mut lab, mut chance) = (Lab::linked(), Chance::new(config));
    let world = world(&mut lab, &mut chance);
    let mut heard = removals(&mut lab, &world, &mut chance);
    let best = world.records.iter().zip(&world.lost);
    let best: Vec<VerifiedRecord> =
        best.map(|(record, lost)| if *lost { record.to_husk() } else { record.clone() }).collect();
    let has: Vector = world.newest.iter().flatten().map(|it| (it.header().feed, it.position())).collect();
    if order > 0 {
        send_anything(&mut lab, &best, &has, &mut heard, &mut Chance::new(1_000 * config + order));
    }
    lab.links(heard);
    let feeds = ALL.map(|who| lab.feed(who));
    for all in [&best, &best, &world.records] {
        send_all(&mut lab, all, &has, &feeds);
    }
    let mut texts = said(&lab.laptop);
    texts.sort_unstable();
    let (named, alarms) = named_and_told(&mut lab);
    (texts, named, alarms)
}

/// Sends all that there is, in the order in which it was written.
pub(crate) fn send_all(lab: &mut Lab, all: &[VerifiedRecord], has: &Vector, feeds: &[FeedId]) {
    lab.hello(has.clone());
    lab.records(&all.iter().collect::<Vec<_>>());
    lab.caught_up();
    for feed in feeds {
        let whole = all.iter().filter(|record| record.header().feed == *feed && !record.is_husk());
        lab.bodies(*feed, &whole.collect::<Vec<_>>());
    }
    lab.restart();
}

/// What the laptop names of others in what it writes next, and what is told.
pub(crate) fn named_and_told(lab: &mut Lab) -> (Vec<(FeedId, u64)>, Vec<&'static str>) {
    let mut alarms = lab.alarms();
    alarms.sort_unstable();
    lab.add_entry("of my own");
    let inside = lab.opened(lab.own().last().unwrap());
    let named = decode(&inside).unwrap().seen;
    let named = named.iter().filter(|(feed, _)| *feed != lab.laptop_feed());
    (named.map(|(feed, position)| (feed, position.seq)).collect(), alarms)
}

/// Whatever comes in which order, with bodies and without, with restarts and removals between: once all has come, the outcome is one.
#[test]
fn whatever_devices_said_that_are_removed_has_one_outcome_in_every_order() {
    let (mut words, mut aside) = (0, 0);
    for config in 0..40 {
        let first = outcome(config, 0);
        for order in 1..4 {
            assert_eq!(outcome(config, order), first, "world {config}, order {order}");
        }
        words += first.0.len();
        aside += usize::from(first.2.contains(&"REMOVED_DEVICE_WROTE"));
    }
    assert!(words > 80 && aside > 10, "{words} entries, and in {aside} worlds some don't count");
}
