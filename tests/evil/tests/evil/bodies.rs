//! Records that come without their bodies.

use bytes::Bytes;
use haven_engine::sync::{Incoming, Outgoing};
use haven_evil::case::{Case, Verdict};
use haven_evil::cast::Who;
use haven_evil::server::{Heard, Script};
use haven_evil::twist::{husk, is_of, no_bodies, records_to};
use haven_feed::FeedId;
use haven_feed::record::PREFIX_LEN;

fn husks_of(laptop: FeedId, victim: FeedId) -> Script {
    records_to(victim, move |records| {
        records.iter().map(|bytes| if is_of(bytes, laptop) { husk(bytes) } else { bytes.clone() }).collect()
    })
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_left_out_once_is_asked_for() {
    let mut case = Case::begin().await;
    let (laptop, phone) = (case.feed(Who::Laptop), case.feed(Who::Phone));
    let mut once = true;
    let script = records_to(phone, move |records| {
        let cut = |bytes: &Bytes| match is_of(bytes, laptop) && std::mem::take(&mut once) {
            true => husk(bytes),
            false => bytes.clone(),
        };
        records.iter().map(cut).collect()
    });
    case.mutate(script).await;
    let text = case.write(Who::Laptop, "its body comes later").await;
    case.reaches(Who::Phone, &text);
    case.judge(Verdict::harmless()).await;
}

#[tokio::test(start_paused = true)]
async fn bodies_that_are_never_sent_are_told_and_come_once_the_server_is_honest() {
    let mut case = Case::begin().await;
    let (laptop, phone) = (case.feed(Who::Laptop), case.feed(Who::Phone));
    let mut husks = husks_of(laptop, phone);
    husks = husks.and_hears(no_bodies);
    case.mutate(husks).await;
    case.write(Who::Laptop, "kept back").await;
    case.write(Who::Laptop, "and what follows it").await;
    case.judge(Verdict::told(Who::Phone, &["BODY_MISSING"])).await;
}

#[tokio::test(start_paused = true)]
async fn a_new_device_that_is_sent_husks_only_says_so() {
    let mut case = Case::begin().await;
    let (laptop, desk) = (case.feed(Who::Laptop), case.feed(Who::Desk));
    case.mutate(husks_of(laptop, desk).and_hears(no_bodies)).await;
    case.switch_desk_on().await;
    // What the phone wrote names what the laptop wrote, and waits too.
    case.judge(Verdict::told(Who::Desk, &["BODY_MISSING"])).await;
}

/// Has the phone sent husks of the laptop, and bodies as `answer` makes them of what the honest server answers and all there is.
fn answers(
    laptop: FeedId,
    phone: FeedId,
    mut answer: impl FnMut(Vec<Bytes>, &[Bytes]) -> Vec<Bytes> + Send + 'static,
) -> Script {
    let mut all: Vec<Bytes> = Vec::new();
    Script::says(move |to, said| match said {
        Incoming::Records { space, records } if to == phone => {
            all.extend(records.iter().filter(|bytes| is_of(bytes, laptop)).cloned());
            let cut = |bytes: &Bytes| if is_of(bytes, laptop) { husk(bytes) } else { bytes.clone() };
            vec![Incoming::Records { space, records: records.iter().map(cut).collect() }]
        }
        Incoming::Bodies { space, feed, records } => {
            vec![Incoming::Bodies { space, feed, records: answer(records, &all) }]
        }
        said => vec![said],
    })
}

/// What is sent in the place of a body belongs to another record.
#[tokio::test(start_paused = true)]
async fn another_body_than_the_one_asked_for_is_refused() {
    let mut case = Case::begin().await;
    let (laptop, phone) = (case.feed(Who::Laptop), case.feed(Who::Phone));
    let script = answers(laptop, phone, |records, _| {
        let swapped = records.iter().map(|bytes| {
            let body = vec![7; bytes.len() - PREFIX_LEN];
            Bytes::from([&husk(bytes)[..], &body].concat())
        });
        swapped.collect()
    });
    case.mutate(script).await;
    case.write(Who::Laptop, "one").await;
    case.write(Who::Laptop, "two").await;
    case.judge(Verdict::told(Who::Phone, &["BODY_MISSING", "RECORD_UNREADABLE"])).await;
}

/// Asked for a body, the server shows the husk again, or a body that nobody asked for, again and again: the device does not ask
/// for ever, and tells.
#[tokio::test(start_paused = true)]
async fn an_answer_without_what_was_asked_for_is_told_and_not_asked_for_again() {
    type Answer = fn(Vec<Bytes>, &[Bytes]) -> Vec<Bytes>;
    let husks: Answer = |records, _| records.iter().map(husk).collect();
    let other: Answer = |_, all| all[..1].to_vec();
    for (answer, reads_one) in [(husks, false), (other, true)] {
        let mut case = Case::begin().await;
        let (laptop, phone) = (case.feed(Who::Laptop), case.feed(Who::Phone));
        case.mutate(answers(laptop, phone, answer)).await;
        let one = case.write(Who::Laptop, "one").await;
        if reads_one {
            case.reaches(Who::Phone, &one);
        }
        case.write(Who::Laptop, "two").await;
        case.judge(Verdict::told(Who::Phone, &["BODY_MISSING"])).await;
    }
}

/// The server says that it lost bodies: whoever has them brings them, and nothing is in danger.
#[tokio::test(start_paused = true)]
async fn husks_that_a_server_only_claims_are_filled() {
    let mut case = Case::begin().await;
    let laptop = case.feed(Who::Laptop);
    let script = Script::says(move |_, said| match said {
        Incoming::Hello { space, store_id, vector, roster_seq, roster_head, .. } => {
            let husks = (1..=vector.seq(&laptop)).map(|seq| (laptop, seq)).collect();
            vec![Incoming::Hello { space, store_id, vector, roster_seq, roster_head, husks }]
        }
        said => vec![said],
    });
    case.mutate(script).await;
    case.sync(Who::Laptop).await;
    case.sync(Who::Phone).await;
    case.judge(Verdict::harmless()).await;
}

/// A server that answers the question for a body with a refusal is asked again in the next session, not for ever.
#[tokio::test(start_paused = true)]
async fn a_refusal_in_the_place_of_a_body_is_told() {
    let mut case = Case::begin().await;
    let (laptop, phone) = (case.feed(Who::Laptop), case.feed(Who::Phone));
    let script = husks_of(laptop, phone).and_hears(|_, message| match message {
        Outgoing::FetchBodies { .. } => Heard::Answered(vec![Incoming::Refused {
            request: haven_engine::sync::Request::FetchBodies,
            refusal: haven_engine::sync::Refusal::ServerStorage,
        }]),
        message => Heard::Passed(message),
    });
    case.mutate(script).await;
    case.write(Who::Laptop, "kept back").await;
    case.judge(Verdict::told(Who::Phone, &["BODY_MISSING"])).await;
}
