//! What an authorised device puts into its records with hostile intent: the letter C. The guard has more of them (tests/fuzz); here each
//! goes all the way from a signed record to what two people see.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use haven_evil::case::{Case, Verdict};
use haven_evil::cast::Who;
use haven_evil::forge::{changes, content, content_under, documents};
use haven_evil::server::Script;
use haven_feed::{FeedId, Position};
use haven_fuzz::changes::{Change, Key, Op, Value, action, body_of, chunk, hash, kind};

const NONCE: [u8; 8] = [4; 8];

/// The laptop's entry as whoever has the tablet's keys can read it.
struct Target {
    document: [u8; 16],
    heads: Vec<[u8; 32]>,
    seen: (FeedId, Position),
    /// The tablet's name inside documents, and the laptop's.
    actor: Vec<u8>,
    own: Vec<u8>,
}

fn target(case: &Case) -> Target {
    let laptop = case.feed(Who::Laptop);
    let record = case.first(laptop);
    let plain = haven_crypto::record::open(&case.cast.roots[0].keys(), &record).unwrap().into_vec();
    let (document, changes) = documents(&plain).remove(0);
    let heads = vec![hash(1, body_of(changes.last().unwrap()).unwrap())];
    let actor = |feed: FeedId, nonce: &[u8; 8]| {
        haven_feed::digest::digest("haven/1/actor", &[feed.as_bytes(), nonce]).first::<16>().to_vec()
    };
    let own = actor(laptop, plain[10..18].try_into().unwrap());
    let actor = actor(case.feed(Who::Tablet), &NONCE);
    Target { document, heads, seen: (laptop, record.position()), actor, own }
}

impl Target {
    fn on_top(&self) -> Change {
        Change::on(&self.actor, &self.heads, 1, 1_000)
    }
}

fn set(key: &str) -> Op {
    Op { key: Key::Name(key.to_owned()), action: action::SET, ..Op::default() }
}

/// The tablet pushes one record with these changes to the laptop's entry: it's put aside, and the entry is what it was.
async fn put_aside(hostile: impl Fn(&Target) -> Vec<Vec<u8>>) {
    let mut case = Case::begin().await;
    let target = target(&case);
    let item = changes(target.document, &hostile(&target));
    let record = case.cast.by_tablet(None, &content_under(&[NONCE], &[target.seen], &[item]));
    let next = case.cast.by_tablet(Some(&record), &content(&[], &[]));
    case.mutate(Script::default()).await;
    case.tablet_pushes(&[&record, &next]).unwrap();
    let text = case.write(Who::Laptop, "goes on").await;
    case.reaches(Who::Phone, &text);
    let verdict = Verdict::told(Who::Laptop, ASIDE).and(Who::Phone, ASIDE);
    case.judge(verdict.stays(ASIDE)).await;
}

const ASIDE: &[&str] = &["RECORD_PUT_ASIDE"];

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// C1 and C2: a compressed change that stands for 64 MiB, and a whole document.
#[tokio::test(start_paused = true)]
async fn what_is_compressed_inside_a_change_is_not_opened() {
    let bomb = deflated(&vec![0; 64 << 20]);
    put_aside(|_| vec![chunk(2, &bomb)]).await;
    put_aside(|_| vec![chunk(0, &bomb)]).await;
}

/// C3 and C7: a hundred bytes that stand for millions of operations.
#[tokio::test(start_paused = true)]
async fn repetitions_are_counted_and_not_unrolled() {
    for times in [2_000_000, i64::MAX as u64] {
        put_aside(|it| vec![it.on_top().repeated(&set("x"), times).bytes()]).await;
    }
}

/// C4: a change after which the library cannot load what it saved.
#[tokio::test(start_paused = true)]
async fn a_change_that_would_brick_an_entry_is_put_aside() {
    let brick = |it: &Target| {
        let change = Change { others: vec![it.own.clone()], ..it.on_top() };
        vec![change.with(&[set("x")]).bytes()]
    };
    put_aside(brick).await;
}

/// C5: changes over which the library panics.
#[tokio::test(start_paused = true)]
async fn changes_over_which_the_library_panics_are_put_aside() {
    let nowhere = Op { object: Some((0, 77)), ..set("x") };
    put_aside(|it| vec![it.on_top().with(std::slice::from_ref(&nowhere)).bytes()]).await;
    let unlisted = Op { replaces: vec![(9, 1)], ..set("x") };
    put_aside(|it| vec![it.on_top().with(std::slice::from_ref(&unlisted)).bytes()]).await;
}

/// C6 and C7: crowds and depths.
#[tokio::test(start_paused = true)]
async fn crowds_and_depths_are_put_aside() {
    let crowd = |it: &Target| {
        let others = (0..10_000_u32).map(|n| n.to_be_bytes().to_vec()).collect();
        vec![Change { others, ..it.on_top() }.with(&[set("x")]).bytes()]
    };
    put_aside(crowd).await;
    let deep = |it: &Target| {
        let level = |n: u64| Op {
            object: (n > 0).then(|| (0, 999 + n)),
            key: Key::Name("d".into()),
            ..Op::default()
        };
        vec![it.on_top().with(&(0..10_000).map(level).collect::<Vec<_>>()).bytes()]
    };
    put_aside(deep).await;
}

/// C8 and C9: one number for two contents, something that is not there to build on, another device's name.
#[tokio::test(start_paused = true)]
async fn changes_that_lie_about_themselves_are_put_aside() {
    put_aside(|it| vec![it.on_top().with(&[set("x")]).bytes(), it.on_top().with(&[set("y")]).bytes()]).await;
    let dangling =
        |it: &Target| vec![Change { deps: vec![[1; 32]], ..it.on_top() }.with(&[set("x")]).bytes()];
    put_aside(dangling).await;
    let stranger =
        |it: &Target| vec![Change { actor: it.own.clone(), seq: 9, ..it.on_top() }.with(&[set("x")]).bytes()];
    put_aside(stranger).await;
}

/// C10: a change from another millennium is shown as far as a calendar goes, and orders nothing.
#[tokio::test(start_paused = true)]
async fn odd_times_do_no_harm() {
    for time in [-9_223_372_036_854_775, 9_223_372_036_854_775] {
        let mut case = Case::begin().await;
        let target = target(&case);
        let op = Op { value: Value(kind::TEXT, b"x".to_vec()), ..set("unknown") };
        let item = changes(target.document, &[Change { time, ..target.on_top() }.with(&[op]).bytes()]);
        let record = case.cast.by_tablet(None, &content_under(&[NONCE], &[target.seen], &[item]));
        case.mutate(Script::default()).await;
        let first = case.written_by("first of the laptop");
        case.expects_touched(&first);
        case.tablet_pushes(&[&record]).unwrap();
        let text = case.write(Who::Laptop, "goes on").await;
        case.reaches(Who::Phone, &text);
        case.judge(Verdict::harmless()).await;
    }
}

/// The inside of a record is nothing that any version wrote.
#[tokio::test(start_paused = true)]
async fn an_inside_that_is_none_is_put_aside_and_holds_nobody_up() {
    for inside in [
        vec![],
        vec![1, 2, 3],
        content(&[], &[(192, vec![0; 20])]),
        content(&[], &[(9, vec![]), (8, vec![])]),
    ] {
        let mut case = Case::begin().await;
        let record = case.cast.by_tablet(None, &inside);
        let next = case.cast.by_tablet(Some(&record), &content(&[], &[]));
        case.mutate(Script::default()).await;
        case.tablet_pushes(&[&record, &next]).unwrap();
        let text = case.write(Who::Laptop, "goes on").await;
        case.reaches(Who::Phone, &text);
        let verdict = Verdict::told(Who::Laptop, ASIDE).and(Who::Phone, ASIDE);
        case.judge(verdict.stays(ASIDE)).await;
    }
}

/// Records that inflate to megabytes each, many in one message.
#[tokio::test(start_paused = true)]
async fn records_that_inflate_stay_within_bounds() {
    let mut case = Case::begin().await;
    let inside = content(&[], &[(100, vec![0; 4 * 1024 * 1024 - 200])]);
    let mut records = Vec::new();
    for _ in 0..40 {
        records.push(case.cast.by_tablet(records.last(), &inside));
    }
    drop(inside);
    case.mutate(Script::default()).await;
    // Each weighs a 32nd of what it becomes, so a message holds a few.
    for some in records.chunks(4) {
        case.tablet_pushes(&some.iter().collect::<Vec<_>>()).unwrap();
    }
    let text = case.write(Who::Laptop, "goes on").await;
    case.reaches(Who::Phone, &text);
    case.judge(Verdict::harmless()).await;
}

/// Names what cannot be, and names itself ahead: nobody waits for it.
#[tokio::test(start_paused = true)]
async fn a_record_that_names_what_is_not_so_holds_nobody_up() {
    let mut case = Case::begin().await;
    let laptop = case.feed(Who::Laptop);
    let wrong = Position { seq: 1, id: haven_feed::RecordId::from_bytes([7; 32]) };
    let record = case.cast.by_tablet(None, &content(&[(laptop, wrong)], &[]));
    case.mutate(Script::default()).await;
    case.tablet_pushes(&[&record]).unwrap();
    let text = case.write(Who::Laptop, "goes on").await;
    case.reaches(Who::Phone, &text);
    let told = &["HISTORY_CONTRADICTED"];
    case.judge(Verdict::told(Who::Laptop, told).and(Who::Phone, told).stays(told)).await;
}

/// Places of the laptop's feed, from one to another, with an id that is nobody's.
fn places(feed: FeedId, from: u64, to: u64) -> Vec<u8> {
    (from..to).flat_map(|seq| [&feed.as_bytes()[..], &seq.to_be_bytes(), &[7; 32]].concat()).collect()
}

fn purge(document: u16, bodies: &[u8]) -> (u8, Vec<u8>) {
    let mut id = [0; 16];
    id[..2].copy_from_slice(&document.to_be_bytes());
    let count = u32::try_from(bodies.len() / 48).unwrap();
    (1, [&id[..], &1_u32.to_be_bytes(), &[5; 32], &count.to_be_bytes(), bodies].concat())
}

/// A few kilobytes that call bodies gone by the ten thousand, record after record: as one purge of many, and as many purges.
#[tokio::test(start_paused = true)]
async fn crowds_of_bodies_that_are_called_gone_stay_within_bounds() {
    for (purges, bodies, told) in [(280, 300, ASIDE), (1, 1_000, &[] as &[&str])] {
        let mut case = Case::begin().await;
        let laptop = case.feed(Who::Laptop);
        let mut records = Vec::new();
        for n in 0..24 {
            let first = 1_000 + if purges == 1 { n * bodies } else { 0 };
            let places = places(laptop, first, first + bodies);
            let items: Vec<(u8, Vec<u8>)> = (0..purges).map(|document| purge(document, &places)).collect();
            records.push(case.cast.by_tablet(records.last(), &content(&[], &items)));
        }
        case.mutate(Script::default()).await;
        for some in records.chunks(4) {
            case.tablet_pushes(&some.iter().collect::<Vec<_>>()).unwrap();
        }
        let text = case.write(Who::Laptop, "goes on").await;
        case.reaches(Who::Phone, &text);
        let verdict = match told {
            [] => Verdict::harmless(),
            told => Verdict::told(Who::Laptop, told).and(Who::Phone, told),
        };
        case.judge(verdict.stays(told)).await;
    }
}

/// A note as whoever has the tablet's keys may create it: of this kind, about this time, with this text.
fn creation(actor: &[u8], kind_of: &str, at: &str, text: &str, exercise: &[(&str, Value)]) -> Vec<u8> {
    let name = |key: &str| Op { key: Key::Name(key.into()), ..Op::default() };
    let said = |key: &str, text: &str| Op { value: Value(kind::TEXT, text.into()), ..set(key) };
    let mut ops = vec![Op { value: Value(kind::UNSIGNED, vec![1]), ..set("v") }, said("kind", kind_of)];
    ops.extend([said("at", at), name("texts"), name("tags"), name("people"), name("answers")]);
    ops.extend(
        [("title", ""), ("text", text)].map(|(key, text)| Op { object: Some((0, 4)), ..said(key, text) }),
    );
    if !exercise.is_empty() {
        ops.push(name("exercise"));
        ops.extend(exercise.iter().map(|(key, value)| Op {
            object: Some((0, 10)),
            value: value.clone(),
            ..set(key)
        }));
    }
    Change::on(actor, &[], 1, 1).with(&ops).bytes()
}

/// An entry stays in lists and exports whatever is put in the place of its time, or if it is created once more as something else.
#[tokio::test(start_paused = true)]
async fn words_are_not_hidden_by_what_is_none() {
    for n in 0..5 {
        let mut case = Case::begin().await;
        let target = target(&case);
        let first = case.written_by("first of the laptop");
        let tablet = case.feed(Who::Tablet);
        let actor = |nonce: &[u8; 8]| {
            haven_feed::digest::digest("haven/1/actor", &[tablet.as_bytes(), nonce]).first::<16>().to_vec()
        };
        // One that stands before the laptop's.
        let nonce = (0..=255).map(|n| [n; 8]).find(|nonce| actor(nonce) > target.own).unwrap();
        let actor = actor(&nonce);
        let garbage =
            [("id", Value(kind::TEXT, b"NO ID!".to_vec())), ("version", Value(kind::UNSIGNED, vec![1]))];
        let change = match n {
            0 => {
                let at =
                    Op { value: Value(kind::TEXT, b"never".to_vec()), replaces: vec![(1, 3)], ..set("at") };
                let on = Change::on(&actor, &target.heads, 1, 1_000);
                Change { others: vec![target.own.clone()], ..on }.with(&[at]).bytes()
            }
            1 => creation(&actor, "person", "2026-11-24", &first, &[]),
            2 => creation(&actor, "poem", "2026-11-24", &first, &[]),
            3 => creation(&actor, "note", "never", &first, &[]),
            _ => creation(&actor, "note", "2026-11-24", &first, &garbage),
        };
        let item = changes(target.document, &[change]);
        let record = case.cast.by_tablet(None, &content_under(&[nonce], &[target.seen], &[item]));
        case.mutate(Script::default()).await;
        case.expects_touched(&first);
        case.tablet_pushes(&[&record]).unwrap();
        let text = case.write(Who::Laptop, "goes on").await;
        case.reaches(Who::Phone, &text);
        case.until_shown(Who::Phone, &[&text]).await;
        case.restart(Who::Phone, None).await;
        case.judge(Verdict::harmless()).await;
    }
}

/// An entry longer than anybody may write, whose letters are six times as long in an export, stops no list and no export.
#[tokio::test(start_paused = true)]
async fn an_entry_longer_than_any_stops_no_list_and_no_export() {
    let mut case = Case::begin().await;
    let actor = target(&case).actor;
    let text = "\u{1}".repeat(4_000_000);
    let item = changes([9; 16], &[creation(&actor, "note", "2026-11-24", &text, &[])]);
    let record = case.cast.by_tablet(None, &content_under(&[NONCE], &[], &[item]));
    case.mutate(Script::default()).await;
    case.tablet_pushes(&[&record]).unwrap();
    case.until_shown(Who::Phone, &[&text]).await;
    let all = case.device(Who::Phone).client.list(&Default::default(), 0, None).await.unwrap();
    assert_eq!(all.items.len(), 3);
    let shown = case.device(Who::Phone).shown().await;
    assert!(shown.entries.contains_key(&text) && shown.entries.len() == 3);
}
