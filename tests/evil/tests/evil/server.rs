//! Who the server is, and how it talks: the letters D and L.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use haven_engine::sync::{Incoming, Outgoing};
use haven_evil::case::{Case, Verdict};
use haven_evil::cast::Who;
use haven_evil::server::{Heard, Script};
use haven_sim::chance::Chance;
use haven_sim::server::SimServer;

/// D6: somebody else answers at the address.
#[tokio::test(start_paused = true)]
async fn another_identity_is_not_talked_to() {
    let mut case = Case::begin().await;
    let mut chance = Chance::new(77);
    let mut other = SimServer::new(&mut chance);
    let script = Script::hears(move |_, message| match message {
        Outgoing::Challenge { space, feed } => {
            Heard::Answered(vec![other.challenge_joiner(space, feed, &mut chance)])
        }
        message => Heard::Passed(message),
    });
    case.mutate(script).await;
    case.server.hang_up();
    case.write(Who::Laptop, "not for somebody else").await;
    case.sync(Who::Laptop).await;
    case.sync(Who::Phone).await;
    let verdict = Verdict::told(Who::Laptop, &["OTHER_SERVER"]).and(Who::Phone, &["OTHER_SERVER"]);
    case.judge(verdict).await;
}

/// D6: it says that it is the one, and cannot prove it.
#[tokio::test(start_paused = true)]
async fn an_identity_that_is_only_claimed_is_not_talked_to() {
    let mut case = Case::begin().await;
    let script = Script::says(|_, said| match said {
        Incoming::Challenged { nonce, server_key, store_id, mut signature } => {
            signature[7] ^= 1;
            vec![Incoming::Challenged { nonce, server_key, store_id, signature }]
        }
        said => vec![said],
    });
    case.mutate(script).await;
    case.sync(Who::Phone).await;
    case.judge(Verdict::told(Who::Phone, &["OTHER_SERVER"])).await;
}

/// D6: the same server with another store gets nothing before the person says so.
#[tokio::test(start_paused = true)]
async fn another_store_gets_nothing() {
    let mut case = Case::begin().await;
    let script = Script::says(|_, said| match said {
        Incoming::Hello { space, vector, roster_seq, roster_head, husks, .. } => {
            vec![Incoming::Hello { space, store_id: [9; 16], vector, roster_seq, roster_head, husks }]
        }
        said => vec![said],
    });
    case.mutate(script).await;
    case.server.hang_up();
    case.write(Who::Laptop, "for the store that it was").await;
    case.sync(Who::Laptop).await;
    case.sync(Who::Phone).await;
    let verdict = Verdict::told(Who::Laptop, &["NEW_STORE"]).and(Who::Phone, &["NEW_STORE"]);
    case.judge(verdict).await;
}

/// A challenge that was made for another device proves nothing.
#[tokio::test(start_paused = true)]
async fn a_challenge_made_for_another_device_proves_nothing() {
    let mut case = Case::begin().await;
    let mut first: Option<([u8; 32], [u8; 64])> = None;
    let script = Script::says(move |_, said| match said {
        Incoming::Challenged { nonce, server_key, store_id, signature } => {
            let (nonce, signature) = *first.get_or_insert((nonce, signature));
            vec![Incoming::Challenged { nonce, server_key, store_id, signature }]
        }
        said => vec![said],
    });
    case.mutate(script).await;
    case.sync(Who::Phone).await;
    case.until_idle(Who::Phone).await;
    case.sync(Who::Laptop).await;
    case.judge(Verdict::told(Who::Laptop, &["OTHER_SERVER"])).await;
}

/// Things of another vault than the one asked for: not ours to believe.
#[tokio::test(start_paused = true)]
async fn what_is_of_another_vault_is_passed_over() {
    let mut case = Case::begin().await;
    let phone = case.feed(Who::Phone);
    let other = haven_feed::SpaceId::from_bytes([8; 32]);
    case.mutate(Script::default()).await;
    let vector = haven_feed::Vector::default();
    let roster_head = haven_feed::LinkHash::from_bytes([1; 32]);
    for said in [
        Incoming::Hello {
            space: other,
            store_id: [7; 16],
            vector,
            roster_seq: 9,
            roster_head,
            husks: Vec::new(),
        },
        Incoming::Records { space: other, records: vec![vec![1; 400].into()] },
        Incoming::Links { space: other, links: vec![vec![1; 400]] },
        Incoming::CaughtUp { space: other },
    ] {
        case.server.tell(phone, said);
    }
    case.judge(Verdict::harmless()).await;
}

/// R9 and L5: whatever words a server puts into its errors, nobody is shown them.
#[tokio::test(start_paused = true)]
async fn no_word_of_a_server_is_shown() {
    const CURSE: &str = "Enter your passphrase at http://evil.example";
    let mut case = Case::begin().await;
    case.mutate(Script::default()).await;
    case.server.curse(CURSE);
    case.write(Who::Laptop, "written meanwhile").await;
    case.sync(Who::Laptop).await;
    case.until_problem(Who::Laptop).await;
    for who in [Who::Laptop, Who::Phone] {
        let client = &case.device(who).client;
        let wait = Some(Duration::from_secs(5));
        let told = client.sync(wait).await.unwrap_err();
        let shown = format!("{:?} {told:?} {:?}", client.status().await, client.alarms().await);
        assert!(!shown.contains("evil.example") && !shown.contains("passphrase at"), "{shown}");
    }
    case.judge(Verdict::harmless()).await;
}

/// Greetings out of turn, with hundreds of claims about feeds that nobody knows: nothing grows, and what is told is told once.
#[tokio::test(start_paused = true)]
async fn a_flood_of_claims_is_one_alarm() {
    let mut case = Case::begin().await;
    let phone = case.feed(Who::Phone);
    let head = case.cast.roster.head();
    let mut vector = case.server.core(|core, _| core.vector());
    for n in 0..900_u64 {
        let id = haven_feed::RecordId::from_bytes([7; 32]);
        vector.advance(haven_feed::FeedId::from_bytes(n.to_be_bytes()), haven_feed::Position { seq: 9, id });
    }
    case.mutate(Script::default()).await;
    let space = case.cast.roster.space();
    let store_id = case.server.core(|core, _| core.store());
    for _ in 0..5 {
        case.server.tell(
            phone,
            Incoming::Hello {
                space,
                store_id,
                vector: vector.clone(),
                roster_seq: head.seq,
                roster_head: head.hash,
                husks: Vec::new(),
            },
        );
        case.server.tell(phone, Incoming::CaughtUp { space });
    }
    case.judge(Verdict::told(Who::Phone, &["RECORDS_WITHHELD"])).await;
}

/// A flood of links that are none: one alarm with a count.
#[tokio::test(start_paused = true)]
async fn a_flood_of_links_is_one_alarm() {
    let mut case = Case::begin().await;
    let phone = case.feed(Who::Phone);
    case.mutate(Script::default()).await;
    let space = case.cast.roster.space();
    for n in 0..500_u32 {
        let links = vec![[&[1][..], &n.to_be_bytes(), &[0; 300]].concat(); 20];
        case.server.tell(phone, Incoming::Links { space, links });
    }
    case.until_told(Who::Phone, "LINK_REFUSED").await;
    case.pass(Duration::from_secs(5)).await;
    let alarms = case.device(Who::Phone).client.alarms().await.unwrap();
    // Shown and kept at each doubling.
    assert_eq!(alarms.iter().map(|alarm| alarm.count).collect::<Vec<_>>(), [256]);
    case.judge(Verdict::told(Who::Phone, &["LINK_REFUSED"])).await;
}

/// L3: somebody types for a minute, and the editor saves with every letter. The server sees three records, not three hundred.
#[tokio::test(start_paused = true)]
async fn the_server_does_not_hear_the_keys_being_typed() {
    let mut case = Case::begin().await;
    let (laptop, pushes) = (case.feed(Who::Laptop), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&pushes);
    let script = Script::hears(move |who, message| {
        if let (true, Outgoing::Push { records, .. }) = (who == laptop, &message) {
            counted.fetch_add(records.len(), Ordering::Relaxed);
        }
        Heard::Passed(message)
    });
    case.mutate(script).await;
    let words = "a hard evening, written down letter by letter";
    let mut text = String::new();
    for n in 0..300 {
        text.push(char::from(words.as_bytes()[n % words.len()]));
        case.saves_draft(Who::Laptop, &text).await;
        case.pass(Duration::from_millis(200)).await;
    }
    case.pass(Duration::from_secs(10)).await;
    assert!(pushes.load(Ordering::Relaxed) <= 3, "{pushes:?}");
    case.wrote(Who::Laptop, &text);
    case.reaches(Who::Phone, &text);
    case.judge(Verdict::harmless()).await;
}
