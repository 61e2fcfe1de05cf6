//! Making, opening and closing a vault.

use haven_api::error::ErrorReason as Reason;
use haven_api::journal::Draft;
use haven_api::vault::VaultState;

use crate::device::{Device, STRONG, WEAK, reason};

async fn state(device: &Device) -> VaultState {
    device.client.status().await.unwrap().state
}

#[tokio::test(start_paused = true)]
async fn a_vault_is_made_once_and_leaves_the_device_unlocked() {
    let device = Device::new();
    assert_eq!(state(&device).await, VaultState::None);
    assert_eq!(reason(device.client.unlock(STRONG.to_owned()).await), Some(Reason::NoVault));
    assert_eq!(reason(device.client.add(Draft::note("early")).await), Some(Reason::NoVault));
    let made = device.client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    assert_eq!((made.vault.len(), made.device_id.len()), (64, 16));
    assert_eq!(made.kit.len(), 34, "28 characters in 7 groups");
    let status = device.client.status().await.unwrap();
    assert_eq!(status.state, VaultState::Unlocked);
    assert_eq!((status.device_name.as_str(), status.device_id), ("Laptop", made.device_id));
    assert_eq!((status.entries, status.drafts, status.alarms), (Some(0), 0, 0));
    assert_eq!(reason(device.client.init("Other", STRONG.to_owned(), None).await), Some(Reason::VaultExists));
}

#[tokio::test(start_paused = true)]
async fn a_suggested_passphrase_is_one_that_may_be_taken_and_never_the_same() {
    let device = Device::new();
    let (one, other) = (
        device.client.suggest_passphrase().await.unwrap(),
        device.client.suggest_passphrase().await.unwrap(),
    );
    assert_ne!(one, other);
    assert_eq!(one.split(' ').count(), 6);
    let strength = device.client.check_passphrase(one.clone()).await.unwrap();
    // No number of years: an estimate takes a name, a song or a saying for random words.
    assert!(strength.contains("someone who knows you") && !strength.contains("year"), "{strength}");
    let song = device.client.check_passphrase("every breath you take every move you make".to_owned()).await;
    assert_eq!(song.unwrap(), strength);
    let weak = device.client.check_passphrase("short".to_owned()).await.unwrap_err();
    assert_eq!(
        weak.why,
        "it could be guessed in about an hour by someone with this device and 100 computers"
    );
    device.client.init("Laptop", one, None).await.unwrap();
    device.client.suggest_passphrase().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_weak_passphrase_a_bad_name_and_an_unreachable_server_make_no_vault() {
    let device = Device::new();
    let server = || {
        Some(haven_api::vault::ServerInvite { url: "http://127.0.0.1:1".to_owned(), invite: String::new() })
    };
    let cases = [
        ("Laptop", WEAK, None, Reason::WeakPassphrase),
        ("", STRONG, None, Reason::InvalidArgument),
        ("two\nlines", STRONG, None, Reason::InvalidArgument),
        (&"x".repeat(65), STRONG, None, Reason::InvalidArgument),
        ("Laptop", &"x".repeat(2000), None, Reason::InvalidArgument),
        ("Laptop", STRONG, server(), Reason::ServerUnreachable),
    ];
    for (name, passphrase, server, expected) in cases {
        assert_eq!(
            reason(device.client.init(name, passphrase.to_owned(), server).await),
            Some(expected),
            "{name}"
        );
    }
    assert_eq!(state(&device).await, VaultState::None);
}

#[tokio::test(start_paused = true)]
async fn a_locked_vault_shows_nothing_and_an_unlocked_one_everything_again() {
    let device = Device::with_vault().await;
    let id = device.note("Up betimes and to the office").await;
    device.client.lock().await.unwrap();
    assert_eq!(device.host.locks(), 1);
    let status = device.client.status().await.unwrap();
    assert_eq!((status.state, status.entries), (VaultState::Locked, None));
    assert_eq!(status.device_name, "");
    assert_eq!(reason(device.client.entry(&id, None).await), Some(Reason::Locked));
    assert_eq!(reason(device.client.search("office", 0, None).await), Some(Reason::Locked));
    assert_eq!(reason(device.client.devices().await), Some(Reason::Locked));
    device.client.lock().await.unwrap();
    assert_eq!(device.host.locks(), 1, "locking a locked vault changes nothing");
    let status = device.client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!((status.state, status.entries), (VaultState::Unlocked, Some(1)));
    assert_eq!(device.client.entry(&id, None).await.unwrap().text, "Up betimes and to the office");
}

#[tokio::test(start_paused = true)]
async fn only_an_open_vault_is_kept_open_and_a_place_that_locks_nothing_says_so() {
    let device = Device::new();
    assert_eq!(reason(device.client.keep_open().await), Some(Reason::NoVault));
    let device = Device::initialised(device).await;
    assert_eq!(device.client.keep_open().await, Ok(None));
    device.client.lock().await.unwrap();
    assert_eq!(reason(device.client.keep_open().await), Some(Reason::Locked));
}

#[tokio::test(start_paused = true)]
async fn wrong_passphrases_wait_longer_and_longer_and_the_right_one_ends_it() {
    let device = Device::with_vault().await;
    device.client.lock().await.unwrap();
    for _ in 0..5 {
        assert_eq!(reason(device.client.unlock("wrong".to_owned()).await), Some(Reason::WrongPassphrase));
    }
    let refused = device.client.unlock(STRONG.to_owned()).await.unwrap_err();
    assert_eq!(refused.reason, Reason::TooManyTries);
    assert!((1..=1000).contains(&refused.retry_after_ms), "{}", refused.retry_after_ms);
    device.host.move_clock(-1_000_000_000);
    tokio::time::sleep(std::time::Duration::from_millis(1000)).await;
    assert_eq!(reason(device.client.unlock("wrong".to_owned()).await), Some(Reason::WrongPassphrase));
    let refused = device.client.unlock(STRONG.to_owned()).await.unwrap_err();
    assert!((1001..=2000).contains(&refused.retry_after_ms), "{}", refused.retry_after_ms);
    tokio::time::sleep(std::time::Duration::from_millis(2000)).await;
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(reason(device.client.unlock("wrong".to_owned()).await), Some(Reason::WrongPassphrase));
    assert_eq!(state(&device).await, VaultState::Unlocked, "unlocking an open vault only checks");
}

#[tokio::test(start_paused = true)]
async fn a_passphrase_is_changed_whether_the_vault_is_open_or_not() {
    let device = Device::with_vault().await;
    let (second, third) = ("second passphrase here", "third passphrase here!");
    let change = |old: &str, new: &str| device.client.change_passphrase(old.to_owned(), new.to_owned());
    assert_eq!(reason(change("wrong", second).await), Some(Reason::WrongPassphrase));
    assert_eq!(reason(change(STRONG, WEAK).await), Some(Reason::WeakPassphrase));
    change(STRONG, second).await.unwrap();
    assert_eq!(state(&device).await, VaultState::Unlocked);
    device.client.lock().await.unwrap();
    change(second, third).await.unwrap();
    assert_eq!(state(&device).await, VaultState::Locked);
    for old in [STRONG, second] {
        assert_eq!(reason(device.client.unlock(old.to_owned()).await), Some(Reason::WrongPassphrase));
    }
    device.client.unlock(third.to_owned()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_passphrase_is_the_same_however_its_letters_are_spelt() {
    let (whole, apart) = ("plum velvet orbit café", "\u{feff}plum\u{a0}velvet orbit cafe\u{301}");
    let device = Device::new();
    device.client.init("Laptop", apart.to_owned(), None).await.unwrap();
    for spelt in [whole, apart] {
        device.client.lock().await.unwrap();
        device.client.unlock(spelt.to_owned()).await.unwrap();
    }
    let (next, spelt) = ("lantern ninth Ångström", "lantern ninth A\u{30a}ngstro\u{308}m");
    device.client.change_passphrase(whole.to_owned(), spelt.to_owned()).await.unwrap();
    device.client.lock().await.unwrap();
    for other in ["plum velvet orbit cafe", "lantern ninth ångström"] {
        assert_eq!(reason(device.client.unlock(other.to_owned()).await), Some(Reason::WrongPassphrase));
    }
    device.client.unlock(next.to_owned()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_passphrase_nobody_could_type_again_is_not_set_and_only_wrong_when_tried() {
    let (device, with_tab) = (Device::new(), "plum velvet\torbit canoe");
    let refused = device.client.init("Laptop", with_tab.to_owned(), None).await.err().unwrap();
    assert_eq!(refused.reason, Reason::InvalidArgument);
    assert!(refused.why.contains("can't be seen"), "{refused:?}");
    assert_eq!(state(&device).await, VaultState::None);
    let device = Device::with_vault().await;
    let changed = device.client.change_passphrase(STRONG.to_owned(), with_tab.to_owned()).await;
    assert_eq!(reason(changed), Some(Reason::InvalidArgument));
    device.client.lock().await.unwrap();
    assert_eq!(reason(device.client.unlock(with_tab.to_owned()).await), Some(Reason::WrongPassphrase));
    // An estimate of what is typed would count the two spellings of one letter as two.
    let seemingly_long = "a\u{301}a\u{301}a\u{301}a\u{301}a\u{301}";
    let changed = device.client.change_passphrase(STRONG.to_owned(), seemingly_long.to_owned()).await;
    assert_eq!(reason(changed), Some(Reason::WeakPassphrase));
}

#[tokio::test(start_paused = true)]
async fn without_a_server_nothing_waits_for_one() {
    let device = Device::with_vault().await;
    device.note("alone").await;
    let status = device.client.status().await.unwrap();
    assert_eq!(status.sync.state, haven_api::vault::SyncState::None);
    assert_eq!((status.sync.pending, status.sync.server), (0, None));
    assert_eq!(reason(device.client.server().await), Some(Reason::NoServer));
    assert_eq!(reason(device.client.sync(None).await), Some(Reason::NoServer));
    assert_eq!(reason(device.client.start_link().await), Some(Reason::NoServer));
}
