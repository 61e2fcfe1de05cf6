//! Rolled back, forked and withheld: the letter V, and what a server says about the roster.

use std::time::Duration;

use haven_engine::sync::{Incoming, Outgoing, Refusal, Request};
use haven_evil::case::{Case, Verdict};
use haven_evil::cast::Who;
use haven_evil::forge::content;
use haven_evil::server::{Heard, Script};
use haven_evil::twist::{hidden_from, hide, vector_to};
use haven_feed::ids::{Position, RecordId, Vector};

/// V1: the server shows a device that has seen more what it had yesterday, and takes nothing new from it.
#[tokio::test(start_paused = true)]
async fn yesterdays_state_is_told_and_changes_nothing() {
    let mut case = Case::begin().await;
    let (laptop, phone) = (case.feed(Who::Laptop), case.feed(Who::Phone));
    case.mutate(hidden_from(phone, laptop, None)).await;
    case.sync(Who::Phone).await;
    case.judge(Verdict::told(Who::Phone, &["SERVER_ROLLED_BACK"])).await;
}

/// V9: the server was restored from a backup: it is told, and the devices fill it again by themselves.
#[tokio::test(start_paused = true)]
async fn a_restored_backup_is_told_and_filled_again() {
    let mut case = Case::begin().await;
    let backup = case.server.core(|core, _| core.copy());
    case.write(Who::Laptop, "after the backup").await;
    case.settle().await;
    case.alter(|core, _| core.go_back(backup.clone())).await;
    // Whoever comes first would fill it, and who comes after that would see nothing missing: so it takes nothing for a while.
    case.server.follow(refuses(Request::Push, Refusal::Busy));
    let both = Verdict::told(Who::Laptop, &["SERVER_ROLLED_BACK"]).and(Who::Phone, &["SERVER_ROLLED_BACK"]);
    case.judge(both).await;
}

/// V2: a device that has nothing is shown yesterday; the first record that names more tells it.
#[tokio::test(start_paused = true)]
async fn a_new_device_that_is_shown_yesterday_learns_of_it_from_a_record() {
    let mut case = Case::begin().await;
    let (laptop, desk) = (case.feed(Who::Laptop), case.feed(Who::Desk));
    let seen = case.held(laptop);
    let kept_back = case.write(Who::Laptop, "the desk is not to see it").await;
    case.settle().await;
    case.mutate(hidden_from(desk, laptop, seen)).await;
    case.switch_desk_on().await;
    let all = case.written();
    for text in all.iter().filter(|text| **text != kept_back) {
        case.reaches(Who::Desk, text);
    }
    let answer = case.write(Who::Phone, "written by who has seen it").await;
    case.reaches(Who::Laptop, &answer);
    case.judge(Verdict::told(Who::Desk, &["RECORDS_WITHHELD"])).await;
}

/// V4: two devices are shown nothing of each other; the first record that crosses tells both.
#[tokio::test(start_paused = true)]
async fn two_devices_that_are_shown_different_halves_learn_of_it_from_a_third() {
    let mut case = Case::begin().await;
    case.switch_desk_on().await;
    case.settle().await;
    // The others still greet the desk.
    case.pass(Duration::from_secs(5)).await;
    let (laptop, phone) = (case.feed(Who::Laptop), case.feed(Who::Phone));
    let (of_laptop, of_phone) = (case.held(laptop), case.held(phone));
    let script = Script::says(move |to, said| match to {
        _ if to == laptop => hide(said, phone, of_phone),
        _ if to == phone => hide(said, laptop, of_laptop),
        _ => vec![said],
    });
    case.mutate(script).await;
    let mine = case.write(Who::Laptop, "the phone never sees it").await;
    let yours = case.write(Who::Phone, "the laptop never sees it").await;
    for text in [&mine, &yours] {
        case.reaches(Who::Desk, text);
    }
    case.until_shown(Who::Desk, &[&mine, &yours]).await;
    case.write(Who::Desk, "has seen both").await;
    case.until_told(Who::Phone, "RECORDS_WITHHELD").await;
    // It isn't forgotten with the process.
    case.restart(Who::Phone, None).await;
    case.judge(Verdict::told(Who::Laptop, &["RECORDS_WITHHELD"]).and(Who::Phone, &["RECORDS_WITHHELD"]))
        .await;
}

/// The server says what it has and does not send it.
#[tokio::test(start_paused = true)]
async fn what_the_server_itself_says_it_has_and_keeps_back_is_told() {
    let mut case = Case::begin().await;
    let (laptop, phone) = (case.feed(Who::Laptop), case.feed(Who::Phone));
    let seen = case.held(laptop);
    let script = Script::says(move |to, said| match said {
        said @ Incoming::Records { .. } if to == phone => hide(said, laptop, seen),
        said => vec![said],
    });
    case.mutate(script).await;
    case.write(Who::Laptop, "kept back").await;
    case.pass(Duration::from_secs(1)).await;
    case.sync(Who::Phone).await;
    case.judge(Verdict::told(Who::Phone, &["RECORDS_WITHHELD"])).await;
}

/// V5: one device hears nothing for days. It can't know; nothing false is told, and when it last heard of the other it says.
#[tokio::test(start_paused = true)]
async fn a_device_that_is_starved_says_since_when_it_heard_nothing() {
    let mut case = Case::begin().await;
    let (laptop, phone) = (case.feed(Who::Laptop), case.feed(Who::Phone));
    let seen = case.held(laptop);
    case.mutate(hidden_from(phone, laptop, seen)).await;
    case.write(Who::Laptop, "kept back").await;
    let heard = case.last_heard(Who::Phone, Who::Laptop).await;
    case.pass(Duration::from_secs(3 * 24 * 3600)).await;
    assert_eq!(case.last_heard(Who::Phone, Who::Laptop).await, heard);
    case.judge(Verdict::harmless()).await;
}

/// V6 and V7: pushes are acknowledged and forgotten, or lost in a crash before they were durable.
#[tokio::test(start_paused = true)]
async fn what_was_acknowledged_and_forgotten_is_told_and_sent_again() {
    let mut case = Case::begin().await;
    let laptop = case.feed(Who::Laptop);
    let mut vector = case.server.core(|core, _| core.vector());
    let script = Script::hears(move |who, message| match message {
        Outgoing::Push { space, records } if who == laptop => {
            for bytes in &records {
                vector.advance(laptop, haven_evil::twist::position(bytes).unwrap());
            }
            Heard::Answered(vec![Incoming::Pushed { space, vector: vector.clone() }])
        }
        message => Heard::Passed(message),
    });
    case.mutate(script).await;
    case.write(Who::Laptop, "acknowledged and forgotten").await;
    case.until_idle(Who::Laptop).await;
    case.sync(Who::Laptop).await;
    case.judge(Verdict::told(Who::Laptop, &["SERVER_ROLLED_BACK"])).await;
}

fn refuses(request: Request, refusal: Refusal) -> Script {
    Script::hears(move |_, message| match (&message, request) {
        (Outgoing::LogIn { .. }, Request::LogIn)
        | (Outgoing::Pull { .. }, Request::Pull)
        | (Outgoing::Push { .. }, Request::Push) => {
            Heard::Answered(vec![Incoming::Refused { request, refusal }])
        }
        _ => Heard::Passed(message),
    })
}

/// V8: the server says that it never had the journal. Nothing is deleted, and nothing is sent before the person says so.
#[tokio::test(start_paused = true)]
async fn a_server_that_denies_the_journal_is_told() {
    let mut case = Case::begin().await;
    case.mutate(refuses(Request::LogIn, Refusal::SpaceUnknown)).await;
    case.server.hang_up();
    case.write(Who::Laptop, "written meanwhile").await;
    case.sync(Who::Laptop).await;
    case.sync(Who::Phone).await;
    let verdict = Verdict::told(Who::Laptop, &["SPACE_LOST"]).and(Who::Phone, &["SPACE_LOST"]);
    case.judge(verdict.once_people_agree()).await;
}

/// V8: the server says that there is nothing in it.
#[tokio::test(start_paused = true)]
async fn an_emptied_server_is_told_and_deletes_nothing() {
    let mut case = Case::begin().await;
    let phone = case.feed(Who::Phone);
    case.mutate(vector_to(phone, |_| Vector::default())).await;
    case.sync(Who::Phone).await;
    case.judge(Verdict::told(Who::Phone, &["SERVER_ROLLED_BACK"])).await;
}

/// V8: the server says that the device was removed, is unknown, or may not: a word, which removes nobody.
#[tokio::test(start_paused = true)]
async fn a_servers_word_removes_nobody() {
    for refusal in [Refusal::FeedRemoved, Refusal::FeedUnknown, Refusal::Other] {
        let mut case = Case::begin().await;
        case.mutate(refuses(Request::LogIn, refusal)).await;
        case.server.hang_up();
        case.write(Who::Laptop, "written meanwhile").await;
        case.sync(Who::Laptop).await;
        case.until_problem(Who::Laptop).await;
        case.judge(Verdict::harmless()).await;
    }
}

/// V10 and V4: whoever has the tablet's keys signs two histories, and the server shows each device one of them.
#[tokio::test(start_paused = true)]
async fn two_signed_histories_are_a_fork_and_both_are_kept() {
    let mut case = Case::begin().await;
    let one = case.cast.by_tablet(None, &content(&[], &[(100, vec![1])]));
    let two = case.cast.by_tablet(None, &content(&[], &[(100, vec![2])]));
    case.mutate(Script::default()).await;
    case.tablet_pushes(&[&one]).unwrap();
    case.pass(Duration::from_secs(1)).await;
    let (space, phone) = (case.cast.roster.space(), case.feed(Who::Phone));
    case.server.tell(phone, Incoming::Records { space, records: vec![two.bytes().clone()] });
    case.write(Who::Phone, "goes on").await;
    let text = case.written_by("goes on");
    case.reaches(Who::Laptop, &text);
    case.judge(Verdict::told(Who::Phone, &["DEVICE_FORKED"])).await;
}

/// A fork that somebody only claims: told, and it slows nothing down.
#[tokio::test(start_paused = true)]
async fn a_history_that_is_only_claimed_is_told_and_holds_nothing_up() {
    let mut case = Case::begin().await;
    let (laptop, phone) = (case.feed(Who::Laptop), case.feed(Who::Phone));
    let script = vector_to(phone, move |vector| {
        let other = |(feed, at): (haven_feed::FeedId, Position)| match feed == laptop {
            true => (feed, Position { id: RecordId::from_bytes([9; 32]), ..at }),
            false => (feed, at),
        };
        vector.iter().map(other).collect()
    });
    case.mutate(script).await;
    case.sync(Who::Phone).await;
    case.pass(Duration::from_secs(2)).await;
    for (from, to, words) in
        [(Who::Laptop, Who::Phone, "still comes"), (Who::Phone, Who::Laptop, "still goes")]
    {
        let text = case.write(from, words).await;
        case.reaches(to, &text);
        case.until_shown(to, &[&text]).await;
    }
    case.judge(Verdict::told(Who::Phone, &["HISTORY_CONTRADICTED"])).await;
}

/// The server claims that the device itself wrote more than it did.
#[tokio::test(start_paused = true)]
async fn more_than_one_wrote_oneself_is_told() {
    let mut case = Case::begin().await;
    let phone = case.feed(Who::Phone);
    let script = vector_to(phone, move |vector| {
        let more = Position { seq: vector.seq(&phone) + 3, id: RecordId::from_bytes([9; 32]) };
        vector.iter().filter(|(feed, _)| *feed != phone).chain([(phone, more)]).collect()
    });
    case.mutate(script).await;
    case.sync(Who::Phone).await;
    case.judge(Verdict::told(Who::Phone, &["DEVICE_CLONED", "RECORDS_WITHHELD"])).await;
}

/// What is refused is not brought again and again at once, by whomever, and it's told why syncing does not go.
#[tokio::test(start_paused = true)]
async fn a_server_that_takes_nothing_is_left_in_peace() {
    for refusal in [Refusal::Quota, Refusal::Busy, Refusal::ServerStorage, Refusal::Other] {
        let mut case = Case::begin().await;
        let backup = case.server.core(|core, _| core.copy());
        case.write(Who::Laptop, "the server lost it again").await;
        case.settle().await;
        case.alter(|core, _| core.go_back(backup.clone())).await;
        case.server.follow(refuses(Request::Push, refusal));
        case.until_problem(Who::Laptop).await;
        case.until_problem(Who::Phone).await;
        let both =
            Verdict::told(Who::Laptop, &["SERVER_ROLLED_BACK"]).and(Who::Phone, &["SERVER_ROLLED_BACK"]);
        case.judge(both).await;
    }
}

/// The server lets in, sends everything, says so, and hangs up. It's come back to less and less often, as to one that takes nothing.
#[tokio::test(start_paused = true)]
async fn a_server_that_sends_everything_and_hangs_up_is_left_in_peace() {
    for refusal in [Refusal::Unauthenticated, Refusal::Busy] {
        let mut case = Case::begin().await;
        let phone = case.feed(Who::Phone);
        let script = Script::says(move |to, said| match said {
            said @ Incoming::CaughtUp { .. } if to == phone => {
                vec![said, Incoming::Refused { request: Request::Pull, refusal }]
            }
            said => vec![said],
        });
        case.mutate(script).await;
        case.sync(Who::Phone).await;
        case.pass(Duration::from_secs(600)).await;
        let before = case.server.logins(phone);
        case.pass(Duration::from_secs(3600)).await;
        let tries = case.server.logins(phone) - before;
        assert!((30..=150).contains(&tries), "{tries}");
        case.judge(Verdict::harmless()).await;
    }
}

/// V10: the phone's disk was put back to a copy from before it wrote anything. It's told, and what it wrote comes back.
#[tokio::test(start_paused = true)]
async fn a_device_that_was_put_back_is_told_and_gets_its_own_words_again() {
    let mut case = Case::begin().await;
    case.mutate(Script::default()).await;
    case.device(Who::Phone).close().await;
    case.switch_on(Who::Phone).await;
    case.set_server(Who::Phone, String::new()).await;
    for text in case.written() {
        case.reaches(Who::Phone, &text);
    }
    case.judge(Verdict::told(Who::Phone, &["DEVICE_CLONED"])).await;
}

/// V10: a copy of the phone's disk writes too. Both histories are kept, by whoever sees them, and nobody loses a word that was taken in.
#[tokio::test(start_paused = true)]
async fn two_copies_of_a_device_that_both_write_are_told() {
    let mut case = Case::begin().await;
    let phone = case.feed(Who::Phone);
    let copy = case.device(Who::Phone).copied();
    let seen = case.held(phone);
    let original = case.write(Who::Phone, "of the original").await;
    case.settle().await;
    case.mutate(hidden_from(phone, phone, seen)).await;
    case.restart(Who::Phone, Some(copy)).await;
    case.lacks(Who::Phone, &original);
    case.part(Who::Phone);
    case.write(Who::Phone, "of the copy").await;
    let verdict = Verdict::harmless().parts(Who::Phone, "DEVICE_FORKED");
    case.judge(verdict.stays(&["DEVICE_FORKED", "HISTORY_CONTRADICTED"])).await;
}

/// Numbers at the end of all numbers, wherever a server can name one.
#[tokio::test(start_paused = true)]
async fn absurd_numbers_are_claims_like_any_other() {
    let mut case = Case::begin().await;
    let (laptop, phone) = (case.feed(Who::Laptop), case.feed(Who::Phone));
    let script = Script::says(move |to, said| match said {
        Incoming::Hello { space, store_id, vector, roster_head, .. } if to == phone => {
            let last = Position { seq: u64::MAX, id: RecordId::from_bytes([9; 32]) };
            let feeds = vector.iter().map(|(feed, _)| (feed, last));
            let (vector, husks) = (feeds.collect(), vec![(laptop, u64::MAX), (phone, u64::MAX)]);
            vec![Incoming::Hello { space, store_id, vector, roster_seq: u64::MAX, roster_head, husks }]
        }
        said => vec![said],
    });
    case.mutate(script).await;
    case.sync(Who::Phone).await;
    let told = ["DEVICE_CLONED", "RECORDS_WITHHELD", "ROSTER_WITHHELD"];
    case.judge(Verdict::told(Who::Phone, &told)).await;
}

/// The answer to a push names more than there is. It's told and not believed: what is written next would never be sent.
#[tokio::test(start_paused = true)]
async fn an_acknowledgement_of_more_than_was_written_is_told() {
    let mut case = Case::begin().await;
    let laptop = case.feed(Who::Laptop);
    let script = Script::says(move |to, said| match said {
        Incoming::Pushed { space, mut vector } if to == laptop => {
            let more = Position { seq: vector.seq(&laptop) + 9, id: RecordId::from_bytes([9; 32]) };
            vector.advance(laptop, more);
            vec![Incoming::Pushed { space, vector }]
        }
        said => vec![said],
    });
    case.mutate(script).await;
    let one = case.write(Who::Laptop, "acknowledged as more than it was").await;
    case.reaches(Who::Phone, &one);
    case.until_shown(Who::Phone, &[&one]).await;
    let two = case.write(Who::Laptop, "sent all the same").await;
    case.reaches(Who::Phone, &two);
    case.until_shown(Who::Phone, &[&two]).await;
    case.judge(Verdict::told(Who::Laptop, &["DEVICE_CLONED"])).await;
}
