//! Codes that link a device count for two minutes, whatever the clock on the wall says.

use std::time::Duration;

use bytes::Bytes;
use haven_api::client::{Joining, Linking};
use haven_api::devices::{Join, JoinState, LinkState};
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::vault::VaultState;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::device::{Device, STRONG, reason};
use crate::pump::connected;
use crate::server::{FakeServer, URL};

const YEAR_MS: i64 = 365 * 24 * 3_600_000;

/// Lets so many seconds pass, with a server that is there all the while.
async fn pass(server: &FakeServer, seconds: u64) {
    for second in 0..seconds {
        sleep(Duration::from_secs(1)).await;
        assert!(second % 20 != 0 || server.ping());
    }
}

fn join(code: &str) -> Join {
    Join {
        code: code.to_owned(),
        server_url: URL.to_owned(),
        device_name: "Phone".to_owned(),
        passphrase: STRONG.to_owned(),
    }
}

/// A device that may come in, if anybody lets it.
fn newcomer(server: &FakeServer) -> Device {
    let device = Device::new();
    device.host.serve(Some(server.routes()));
    device
}

/// What was typed is looked at before anybody is asked for a passphrase, and nothing comes of the looking.
#[tokio::test(start_paused = true)]
async fn what_was_typed_is_checked_before_a_passphrase_is_asked() {
    let (device, server) = connected().await;
    let (code, new) = (device.client.start_link().await.unwrap().code, newcomer(&server));
    let typed = |code: &str| Join { passphrase: String::new(), ..join(code) };
    new.client.check_join(typed(&code)).await.unwrap();
    let mistyped = format!("{}{}", if code.starts_with('A') { 'B' } else { 'A' }, &code[1..]);
    assert_eq!(reason(new.client.check_join(typed(&mistyped)).await), Some(Reason::CodeMalformed));
    assert_eq!(reason(new.client.join(typed(&mistyped)).await.map(drop)), Some(Reason::CodeMalformed));
    assert_eq!(reason(device.client.check_join(typed(&code)).await), Some(Reason::VaultExists));
    // Correct in every letter, and of a kind that comes later.
    let later = new.client.check_join(typed("R024-H36H-2NCS-VRH6-DAQF-6DVV-QZQM")).await.unwrap_err();
    assert_eq!(later.reason, Reason::StorageNewer);
    assert!(later.next.contains("Update Haven on this device"), "{}", later.next);

    let (_joining, words) = answered(&device, &new, &code).await;
    for (typed, expected) in [
        (words.as_str(), None),
        ("abandon ability able", None),
        ("abandon ability", Some(Reason::InvalidArgument)),
        ("abandon ability abel", Some(Reason::InvalidArgument)),
    ] {
        assert_eq!(reason(device.client.check_link_words(typed).await), expected, "{typed}");
    }
    assert_eq!(device.client.devices().await.unwrap().len(), 1, "nobody was let in");
}

/// How joining ends for somebody who comes too late.
async fn refused(device: &Device, code: &str) -> Option<Reason> {
    let mut states = match device.client.join(join(code)).await {
        Ok(states) => states,
        refused => return reason(refused),
    };
    loop {
        match states.next().await {
            Ok(state) => assert_eq!(state, Some(JoinState::Connecting), "it goes on"),
            refused => return reason(refused),
        }
    }
}

/// A new device that has used a code, and the words it shows.
async fn answered(device: &Device, new: &Device, code: &str) -> (Joining, String) {
    let mut joining = new.client.join(join(code)).await.unwrap();
    let words = loop {
        match joining.next().await.unwrap() {
            Some(JoinState::Words(words)) => break words,
            Some(JoinState::Connecting) => {}
            other => unreachable!("{other:?}"),
        }
    };
    let mut states = device.client.watch_link().await.unwrap();
    while !matches!(states.next().await.unwrap(), Some(LinkState::Answered { .. })) {}
    (joining, words)
}

#[tokio::test(start_paused = true)]
async fn a_code_that_nobody_used_is_over_after_two_minutes() {
    for clock_ms in [0, -YEAR_MS, YEAR_MS] {
        let (device, server) = connected().await;
        let code = device.client.start_link().await.unwrap().code;
        device.host.move_clock(clock_ms);
        pass(&server, 119).await;
        let mut states = device.client.watch_link().await.unwrap();
        assert!(matches!(states.next().await.unwrap(), Some(LinkState::Waiting { .. })), "{clock_ms}");
        pass(&server, 2).await;
        assert_eq!(states.next().await.unwrap(), Some(LinkState::Expired), "{clock_ms}");
        assert_eq!(
            reason(device.client.confirm_link("a b c", STRONG.to_owned()).await),
            Some(Reason::NoLink)
        );

        let late = newcomer(&server);
        assert_eq!(refused(&late, &code).await, Some(Reason::CodeExpired));
        assert_eq!(late.client.status().await.unwrap().state, VaultState::None);
        // The next code is as good as the first was.
        assert_ne!(device.client.start_link().await.unwrap().code, code);
    }
}

#[tokio::test(start_paused = true)]
async fn a_device_that_is_confirmed_too_late_stays_outside() {
    let (device, server) = connected().await;
    let code = device.client.start_link().await.unwrap().code;
    let late = newcomer(&server);
    let (mut joining, words) = answered(&device, &late, &code).await;
    pass(&server, 121).await;
    assert_eq!(reason(device.client.confirm_link(&words, STRONG.to_owned()).await), Some(Reason::NoLink));
    assert_eq!(reason(joining.next().await), Some(Reason::CodeExpired));
    assert_eq!(late.client.status().await.unwrap().state, VaultState::None);
    assert_eq!(device.client.devices().await.unwrap().len(), 1);
}

/// The first code is void as soon as there is another one.
#[tokio::test(start_paused = true)]
async fn only_the_newest_code_counts() {
    let (device, server) = connected().await;
    let first = device.client.start_link().await.unwrap().code;
    let second = device.client.start_link().await.unwrap().code;
    assert_eq!(refused(&newcomer(&server), &first).await, Some(Reason::CodeExpired));
    let mut joining = newcomer(&server).client.join(join(&second)).await.unwrap();
    assert_eq!(joining.next().await.unwrap(), Some(JoinState::Connecting));
    assert!(matches!(joining.next().await.unwrap(), Some(JoinState::Words(_))));
}

/// Lets a new device come as far as its words, has the device end that, and says how each of them is told.
async fn ended<F: AsyncFnOnce(&Device, &FakeServer)>(end: F) -> ApiError {
    let (device, server) = connected().await;
    let code = device.client.start_link().await.unwrap().code;
    let new = newcomer(&server);
    let (mut joining, _) = answered(&device, &new, &code).await;
    end(&device, &server).await;
    let error = joining.next().await.unwrap_err();
    assert!(!error.why.is_empty() && error.next.ends_with('.'), "{error} {}", error.next);
    assert_eq!(new.client.status().await.unwrap().state, VaultState::None);
    assert_eq!(device.client.devices().await.unwrap().len(), 1);
    error
}

#[tokio::test(start_paused = true)]
async fn wrong_words_are_told_on_both_sides() {
    let error = ended(async |device: &Device, _: &FakeServer| {
        let confirmed = device.client.confirm_link("apple apple apple", STRONG.to_owned()).await;
        assert_eq!(reason(confirmed), Some(Reason::WrongWords));
    })
    .await;
    assert_eq!(error.reason, Reason::WrongWords);
    assert!(error.next.contains("new code"), "{}", error.next);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_was_given_up_or_replaced_is_told_to_the_new_device() {
    let given_up =
        ended(async |device: &Device, _: &FakeServer| device.client.cancel_link().await.unwrap()).await;
    let replaced =
        ended(async |device: &Device, _: &FakeServer| drop(device.client.start_link().await.unwrap())).await;
    for error in [given_up, replaced] {
        assert_eq!(error.reason, Reason::Cancelled);
        assert!(error.why.contains("called off"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_minutes_that_are_over_are_told_on_both_sides() {
    let error = ended(async |device: &Device, server: &FakeServer| {
        let mut states = device.client.watch_link().await.unwrap();
        pass(server, 121).await;
        while !matches!(states.next().await.unwrap(), Some(LinkState::Expired)) {}
    })
    .await;
    assert_eq!(error.reason, Reason::CodeExpired);
    assert!(error.why.contains("two minutes"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_mailbox_that_is_closed_without_a_word_is_no_dead_server() {
    let error = ended(async |_: &Device, server: &FakeServer| server.close_mailboxes()).await;
    assert_eq!(error.reason, Reason::CodeExpired);
    assert!(error.why.contains("other device"), "{error}");
}

/// A new device that was let in, with the words that the other one shows, and where both stand.
struct Admitted {
    device: Device,
    server: FakeServer,
    new: Device,
    /// What the new device is told next. Somebody listens all the while, as every client does.
    joining: JoinHandle<Result<Option<JoinState>, ApiError>>,
    watched: Linking,
    words: String,
}

async fn admitted() -> Admitted {
    let (device, server) = connected().await;
    let code = device.client.start_link().await.unwrap().code;
    let new = newcomer(&server);
    let (mut joining, words) = answered(&device, &new, &code).await;
    let mut watched = device.client.watch_link().await.unwrap();
    assert!(matches!(watched.next().await.unwrap(), Some(LinkState::Answered { .. })));
    let let_in = device.client.confirm_link(&words, STRONG.to_owned()).await.unwrap();
    assert_ne!(let_in.words, words);
    assert_eq!(watched.next().await.unwrap(), Some(LinkState::Comparing(let_in.clone())));
    assert_eq!(joining.next().await.unwrap(), Some(JoinState::Comparing));
    let joining = tokio::spawn(async move { joining.next().await });
    Admitted { device, server, new, joining, watched, words: let_in.words }
}

/// The new device has nothing, and has asked the server for nothing.
async fn is_outside(new: &Device, server: &FakeServer, challenges: usize) {
    assert_eq!(new.client.status().await.unwrap().state, VaultState::None);
    assert_eq!(server.seen().challenges, challenges);
}

#[tokio::test(start_paused = true)]
async fn a_new_device_keeps_nothing_and_asks_for_nothing_before_its_words_were_compared() {
    let here = admitted().await;
    let before = here.server.seen().challenges;
    for typed in ["abandon ability", "abandon ability abel", ""] {
        let error = here.new.client.confirm_join(typed).await.unwrap_err();
        assert_eq!(error.reason, Reason::InvalidArgument, "{typed:?}");
        assert!(error.next.contains("again"), "{}", error.next);
    }
    pass(&here.server, 30).await;
    is_outside(&here.new, &here.server, before).await;
    here.new.client.confirm_join(&here.words.to_uppercase()).await.unwrap();
    // From here on it follows the list of devices; this server knows no more than that.
    assert_eq!(reason(here.joining.await.unwrap()), Some(Reason::ServerRefused));
    is_outside(&here.new, &here.server, before + 1).await;
}

/// The list of devices that a new one asks for never ends, and holds nothing: neither does it ask for ever, nor keep it all.
#[tokio::test(start_paused = true)]
async fn a_list_of_devices_without_end_is_none() {
    for count in [3_000, 100_000] {
        let here = admitted().await;
        here.server.seen().lists = Some(vec![Bytes::new(); count]);
        here.new.client.confirm_join(&here.words).await.unwrap();
        let ended = here.joining.await.unwrap().unwrap_err();
        assert!(
            [Reason::ServerIdentityChanged, Reason::ServerUnreachable].contains(&ended.reason),
            "{ended}"
        );
        assert_eq!(here.new.client.status().await.unwrap().state, VaultState::None);
        assert!(here.server.seen().listed < 30, "{}", here.server.seen().listed);
    }
}

/// Whoever stands before both devices hears on the old one at once what happened on the new one.
async fn told_at_once(here: &mut Admitted) -> ApiError {
    sleep(Duration::from_secs(1)).await;
    let Some(LinkState::Failed(error)) = here.watched.next().await.unwrap() else { unreachable!() };
    assert_eq!(error.reason, Reason::DeviceNotIn);
    assert!(error.why.contains("kept nothing") && error.next.contains("new code"), "{error} {}", error.next);
    // It is in the list all the same, and the next device can come.
    assert_eq!(here.device.client.devices().await.unwrap().len(), 2);
    here.device.client.start_link().await.unwrap();
    *error
}

#[tokio::test(start_paused = true)]
async fn words_that_are_others_end_it_on_the_new_device_and_the_old_one_is_told_at_once() {
    let mut here = admitted().await;
    let before = here.server.seen().challenges;
    let told = here.new.client.confirm_join("abandon ability able").await.unwrap_err();
    let ended = (&mut here.joining).await.unwrap().unwrap_err();
    for error in [told, ended] {
        assert_eq!(error.reason, Reason::WrongWords);
        assert!(error.next.contains("Nothing was kept"), "{}", error.next);
    }
    assert_eq!(reason(here.new.client.confirm_join(&here.words).await), Some(Reason::NoLink));
    is_outside(&here.new, &here.server, before).await;
    let error = told_at_once(&mut here).await;
    assert!(error.why.contains("weren't the ones this device showed"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_new_device_that_is_stopped_or_too_late_tells_the_old_one_at_once() {
    let mut here = admitted().await;
    here.joining.abort();
    let error = told_at_once(&mut here).await;
    assert!(error.why.contains("stopped there"), "{error}");

    let mut here = admitted().await;
    pass(&here.server, 121).await;
    assert_eq!(reason((&mut here.joining).await.unwrap()), Some(Reason::CodeExpired));
    told_at_once(&mut here).await;

    // Nobody was let in yet: nothing was added.
    let (device, server) = connected().await;
    let code = device.client.start_link().await.unwrap().code;
    let new = newcomer(&server);
    let (joining, words) = answered(&device, &new, &code).await;
    let mut watched = device.client.watch_link().await.unwrap();
    assert!(matches!(watched.next().await.unwrap(), Some(LinkState::Answered { .. })));
    drop(joining);
    let Some(LinkState::Failed(error)) = watched.next().await.unwrap() else { unreachable!() };
    assert_eq!(error.reason, Reason::Cancelled);
    assert!(error.why.contains("on the new device") && error.next.contains("Nothing was added"), "{error}");
    let late = device.client.confirm_link(&words, STRONG.to_owned()).await;
    assert_eq!(reason(late), Some(Reason::NoLink));
    assert_eq!(device.client.devices().await.unwrap().len(), 1);
}

/// What the new device says may be lost on the way; then the old one says by itself that it heard nothing.
#[tokio::test(start_paused = true)]
async fn a_new_device_that_is_never_heard_of_is_told_after_its_time() {
    let mut here = admitted().await;
    here.server.close_mailboxes();
    assert!(here.new.client.confirm_join("abandon ability able").await.is_err());
    pass(&here.server, 149).await;
    let mut again = here.device.client.watch_link().await.unwrap();
    assert!(matches!(again.next().await.unwrap(), Some(LinkState::Comparing(_))));
    pass(&here.server, 2).await;
    for states in [&mut again, &mut here.watched] {
        let Some(LinkState::Failed(error)) = states.next().await.unwrap() else { unreachable!() };
        assert_eq!(error.reason, Reason::DeviceNotIn);
    }
    assert_eq!(reason(here.device.client.watch_link().await.map(drop)), Some(Reason::NoLink));
    assert_eq!(here.device.client.devices().await.unwrap().len(), 2);
    here.device.client.start_link().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn words_that_nobody_compares_are_over_after_two_minutes_and_whoever_stops_keeps_nothing() {
    let here = admitted().await;
    let before = here.server.seen().challenges;
    pass(&here.server, 119).await;
    assert_eq!(reason(here.new.client.confirm_join("a b").await), Some(Reason::InvalidArgument));
    pass(&here.server, 2).await;
    assert_eq!(reason(here.joining.await.unwrap()), Some(Reason::CodeExpired));
    assert_eq!(reason(here.new.client.confirm_join(&here.words).await), Some(Reason::NoLink));
    is_outside(&here.new, &here.server, before).await;

    let here = admitted().await;
    here.joining.abort();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(reason(here.new.client.confirm_join(&here.words).await), Some(Reason::NoLink));
    assert_eq!(here.new.client.status().await.unwrap().state, VaultState::None);
}

/// Giving up comes too late for a device that was let in: it stays in, and its words are shown still.
#[tokio::test(start_paused = true)]
async fn a_device_that_was_let_in_is_not_called_off() {
    let here = admitted().await;
    here.device.client.cancel_link().await.unwrap();
    let mut states = here.device.client.watch_link().await.unwrap();
    let Some(LinkState::Comparing(still)) = states.next().await.unwrap() else { unreachable!() };
    assert_eq!(still.words, here.words);
    assert_eq!(here.device.client.devices().await.unwrap().len(), 2);
}

/// Whoever waits for one device isn't told that another is in.
#[tokio::test(start_paused = true)]
async fn whoever_watches_a_link_hears_nothing_of_the_next() {
    let mut here = admitted().await;
    let waiting = here.device.client.start_link().await.unwrap();
    let mut next = here.device.client.watch_link().await.unwrap();
    assert_eq!(next.next().await.unwrap(), Some(LinkState::Waiting { expires: waiting.expires }));
    let Some(LinkState::Failed(error)) = here.watched.next().await.unwrap() else { unreachable!() };
    assert_eq!(error.reason, Reason::DeviceNotIn);
    assert_eq!(here.watched.next().await.unwrap(), None);

    // The same before anybody has answered.
    here.device.client.start_link().await.unwrap();
    let Some(LinkState::Failed(error)) = next.next().await.unwrap() else { unreachable!() };
    assert_eq!(error.reason, Reason::NoLink);
    assert!(error.why.contains("another code") && error.next.contains("newer code"), "{error}");
}
