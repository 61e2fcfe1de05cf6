//! Records that are changed on their way: the letter R, and garbage.

use bytes::Bytes;
use haven_crypto::feedkeys::FeedSecrets;
use haven_engine::sync::Incoming;
use haven_evil::case::{Case, Verdict};
use haven_evil::cast::Who;
use haven_evil::forge::content;
use haven_evil::server::Script;
use haven_evil::twist::{husk, is_of, records_to};
use haven_feed::FeedId;
use haven_feed::record::{PREFIX_LEN, RecordKind};

/// Where the parts of a record begin.
const FEED: usize = 36;
const ROSTER_HASH: usize = 64;
const SALT: usize = 128;
const COMMIT: usize = 144;
const BODY_HASH: usize = 176;
const SIGNATURE: usize = 208;

/// Has every record of the laptop changed on its way to the phone.
fn changed(
    laptop: FeedId,
    phone: FeedId,
    mut change: impl FnMut(&Bytes) -> Bytes + Send + 'static,
) -> Script {
    let mut one = move |bytes: &Bytes| if is_of(bytes, laptop) { change(bytes) } else { bytes.clone() };
    records_to(phone, move |records| records.iter().map(&mut one).collect())
}

async fn judged(
    words: &[&str],
    change: impl FnMut(&Bytes) -> Bytes + Send + 'static,
    alarms: &[&'static str],
) {
    let mut case = Case::begin().await;
    let script = changed(case.feed(Who::Laptop), case.feed(Who::Phone), change);
    case.mutate(script).await;
    for words in words {
        case.write(Who::Laptop, words).await;
    }
    case.judge(Verdict::told(Who::Phone, alarms)).await;
}

/// R6: one bit, in every part of a record.
#[tokio::test(start_paused = true)]
async fn flipped_bits_are_refused_wherever_they_are() {
    for (at, alarm) in [
        (2, "UPDATE_NEEDED"),
        (20, "RECORD_REFUSED"),
        (40, "RECORD_REFUSED"),
        (51, "RECORD_REFUSED"),
        (100, "RECORD_REFUSED"),
        (SALT, "RECORD_REFUSED"),
        (COMMIT + 5, "RECORD_REFUSED"),
        (BODY_HASH + 1, "RECORD_UNREADABLE"),
        (SIGNATURE + 3, "RECORD_REFUSED"),
        (PREFIX_LEN + 9, "RECORD_UNREADABLE"),
    ] {
        let flip = move |bytes: &Bytes| {
            let mut bytes = bytes.to_vec();
            bytes[at] ^= 1;
            bytes.into()
        };
        judged(&["flipped"], flip, &[alarm]).await;
    }
}

/// R5: cut at any place, the end of its prefix aside, where it is a husk.
#[tokio::test(start_paused = true)]
async fn what_is_cut_is_no_record() {
    for cut in [1, SALT, SIGNATURE, PREFIX_LEN - 1, PREFIX_LEN + 1, PREFIX_LEN + 200] {
        judged(&["cut"], move |bytes| bytes.slice(..cut), &["RECORD_UNREADABLE"]).await;
    }
}

/// R1: bodies of two records exchanged.
#[tokio::test(start_paused = true)]
async fn exchanged_bodies_are_refused() {
    let mut before: Option<Bytes> = None;
    let exchange = move |bytes: &Bytes| {
        let other = before.replace(bytes.clone()).unwrap_or_else(|| vec![3; bytes.len()].into());
        Bytes::from([&husk(bytes)[..], &other[PREFIX_LEN..]].concat())
    };
    judged(&["one", "two"], exchange, &["RECORD_UNREADABLE"]).await;
}

/// R8: relabelled as of another kind, feed, space or number.
#[tokio::test(start_paused = true)]
async fn relabelled_records_are_refused() {
    for (at, to) in [(3, 2_u8), (3, 9), (5, 77), (51, 200)] {
        let relabel = move |bytes: &Bytes| {
            let mut bytes = bytes.to_vec();
            bytes[at] = to;
            bytes.into()
        };
        judged(&["relabelled"], relabel, &["RECORD_REFUSED"]).await;
    }
}

/// R8: one device's record passed off as another's.
#[tokio::test(start_paused = true)]
async fn a_record_under_another_devices_name_is_refused() {
    let mut case = Case::begin().await;
    let (laptop, phone, tablet) = (case.feed(Who::Laptop), case.feed(Who::Phone), case.feed(Who::Tablet));
    let script = changed(laptop, phone, move |bytes| {
        let mut bytes = bytes.to_vec();
        bytes[36..44].copy_from_slice(tablet.as_bytes());
        bytes.into()
    });
    case.mutate(script).await;
    case.write(Who::Laptop, "passed off as the tablet's").await;
    case.judge(Verdict::told(Who::Phone, &["RECORD_REFUSED"])).await;
}

/// R2 and R3: out of order, or with one left out in the middle.
#[tokio::test(start_paused = true)]
async fn out_of_order_and_with_a_gap_nothing_is_applied_and_what_is_missing_is_told() {
    for leaves_out in [false, true] {
        let mut case = Case::begin().await;
        let (laptop, phone) = (case.feed(Who::Laptop), case.feed(Who::Phone));
        let mut held: Vec<Bytes> = Vec::new();
        let mut count = 0;
        let script = records_to(phone, move |records| {
            let mut sent = Vec::new();
            for bytes in records {
                count += usize::from(is_of(&bytes, laptop));
                match is_of(&bytes, laptop) && count == 1 {
                    true => held.push(bytes),
                    false => sent.push(bytes),
                }
            }
            if count > 1 && !leaves_out {
                sent.append(&mut held);
            }
            sent
        });
        case.mutate(script).await;
        case.write(Who::Laptop, "one").await;
        case.until_idle(Who::Laptop).await;
        case.write(Who::Laptop, "two").await;
        case.judge(Verdict::told(Who::Phone, &["RECORD_MISSING"])).await;
    }
}

/// R4: everything a thousand times.
#[tokio::test(start_paused = true)]
async fn repetition_does_no_harm() {
    let mut case = Case::begin().await;
    let phone = case.feed(Who::Phone);
    let script = records_to(phone, |records| {
        records.iter().flat_map(|bytes| std::iter::repeat_n(bytes.clone(), 1000)).collect()
    });
    case.mutate(script).await;
    let text = case.write(Who::Laptop, "a thousand times").await;
    case.reaches(Who::Phone, &text);
    case.judge(Verdict::harmless()).await;
}

/// R7: sealed with the right key of the epoch, signed by nobody of the vault.
#[tokio::test(start_paused = true)]
async fn who_only_has_the_epochs_key_writes_nothing() {
    let mut case = Case::begin().await;
    let made = case.cast.by_tablet(None, &content(&[], &[]));
    let stranger = FeedSecrets::from_entropy([9; 64]);
    let mut bytes = made.bytes().to_vec();
    let digest = haven_feed::digest::digest("haven/1/record", &[&bytes[..SIGNATURE]]);
    let signature = stranger.signer().sign(&digest);
    bytes[SIGNATURE..PREFIX_LEN].copy_from_slice(signature.as_bytes());
    case.mutate(Script::default()).await;
    let (space, phone) = (case.cast.roster.space(), case.feed(Who::Phone));
    case.server.tell(phone, Incoming::Records { space, records: vec![bytes.into()] });
    case.judge(Verdict::told(Who::Phone, &["RECORD_REFUSED"])).await;
}

/// R13: of a later version, another suite, or with a flag that nobody knows: it waits for an update, told as such.
#[tokio::test(start_paused = true)]
async fn what_is_newer_waits_for_an_update() {
    for at in [0, 1, 2] {
        let newer = move |bytes: &Bytes| {
            let mut bytes = bytes.to_vec();
            bytes[at] = 7;
            bytes.into()
        };
        judged(&["newer"], newer, &["UPDATE_NEEDED"]).await;
    }
}

/// Kinds of records that nobody knows yet, by a device that is one of ours: carried, and nobody is alarmed.
#[tokio::test(start_paused = true)]
async fn kinds_of_the_future_are_carried() {
    let mut case = Case::begin().await;
    let head = case.cast.roster.head().seq;
    let one = case.cast.record_at(Who::Tablet, None, head, RecordKind::Other(9), &content(&[], &[]));
    case.mutate(Script::default()).await;
    case.tablet_pushes(&[&one]).unwrap();
    case.judge(Verdict::harmless()).await;
}

/// By nobody of the vault, and naming another list of devices: a stranger's word, which proves no second list.
#[tokio::test(start_paused = true)]
async fn a_stranger_who_names_another_list_of_devices_proves_none() {
    let mut case = Case::begin().await;
    let mut bytes = case.cast.by_tablet(None, &content(&[], &[])).bytes().to_vec();
    bytes[FEED..FEED + 8].fill(9);
    bytes[ROSTER_HASH..ROSTER_HASH + 32].fill(9);
    case.mutate(Script::default()).await;
    let (space, phone) = (case.cast.roster.space(), case.feed(Who::Phone));
    case.server.tell(phone, Incoming::Records { space, records: vec![bytes.into()] });
    case.judge(Verdict::told(Who::Phone, &["RECORD_REFUSED"])).await;
}

/// A flood of garbage: one alarm with a count, not one each.
#[tokio::test(start_paused = true)]
async fn a_flood_of_garbage_is_one_alarm() {
    let mut case = Case::begin().await;
    let husk = husk(case.cast.by_tablet(None, &content(&[], &[])).bytes());
    case.mutate(Script::default()).await;
    let (space, phone) = (case.cast.roster.space(), case.feed(Who::Phone));
    for round in 0..5_u32 {
        let garbage = (0..1000_u32).map(|n| {
            let mut bytes = husk.to_vec();
            bytes[36..40].copy_from_slice(&round.to_be_bytes());
            bytes[40..44].copy_from_slice(&n.to_be_bytes());
            Bytes::from(bytes)
        });
        case.server.tell(phone, Incoming::Records { space, records: garbage.collect() });
    }
    case.until_told(Who::Phone, "RECORD_REFUSED").await;
    case.pass(std::time::Duration::from_secs(5)).await;
    let alarms = case.device(Who::Phone).client.alarms().await.unwrap();
    assert_eq!(alarms.iter().map(|alarm| alarm.count).collect::<Vec<_>>(), [5000]);
    case.judge(Verdict::told(Who::Phone, &["RECORD_REFUSED"])).await;
}
