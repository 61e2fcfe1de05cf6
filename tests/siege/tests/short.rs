//! Every siege, for a second: the server lives, stays light, and an honest member is answered. How fast is for `cargo xtask siege`.

use std::time::Duration;

use haven_siege::siege::Siege;

/// Long enough that each has come to its worst.
const LENGTH: Duration = Duration::from_secs(1);

async fn is_borne(siege: Siege) {
    let outcome = siege.lay(LENGTH).await;
    assert!(outcome.acts > 0, "somebody besieged it");
    assert_eq!(outcome.fault(), None, "{outcome}");
    assert_eq!(outcome.left, 0, "descriptors are given back");
    let seen = [&outcome.before, &outcome.during, &outcome.after];
    assert!(seen.iter().all(|seen| seen.open.count() > 0 && seen.cold.count() > 0), "somebody was answered");
}

/// One test for each, by its name.
macro_rules! sieges {
    ($($name:ident: $siege:ident,)*) => {
        $(#[tokio::test]
        async fn $name() {
            is_borne(Siege::$siege).await;
        })*
    };
}

sieges! {
    a_byte_a_second_keeps_nobody_out: Loris,
    calls_that_are_taken_back_keep_nobody_out: Resets,
    headers_that_never_end_keep_nobody_out: Continuations,
    pings_keep_nobody_out: Pings,
    settings_keep_nobody_out: Settings,
    answers_without_room_keep_nobody_out: Windows,
    silence_keeps_nobody_out: Idle,
    requests_that_never_end_keep_nobody_out: Unfinished,
    pulls_that_nobody_reads_keep_nobody_out: Unread,
    challenges_that_nobody_answers_keep_nobody_out: Challenges,
    connections_that_come_and_go_keep_nobody_out: Connections,
    guessed_invites_keep_nobody_out: Invites,
}

#[test]
fn every_siege_has_a_name_of_its_own() {
    for siege in Siege::ALL {
        assert_eq!(Siege::named(siege.name()), Some(siege));
    }
}
