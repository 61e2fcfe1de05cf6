//! Settings: read and changed in every state of the vault, and seen at once by whoever watches.

use std::fs;

use haven_api::client::{Client, Events};
use haven_api::error::ErrorReason as Reason;
use haven_api::settings::Setting;
use haven_api::unix::Connection;
use haven_api::vault::VaultState;

use crate::daemon::{Daemon, STRONG};

async fn one(client: &Client<Connection>, key: &str) -> Setting {
    let mut found = client.settings(Some(key)).await.unwrap();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

/// Changes a setting and waits until a watcher hears of it.
async fn set(client: &Client<Connection>, events: &mut Events, key: &str, value: &str) -> VaultState {
    let before = events.next().await.unwrap().unwrap().settings;
    assert_eq!(client.set_setting(key, value).await.unwrap().value, value);
    loop {
        let event = events.next().await.unwrap().unwrap();
        if event.settings == before + 1 {
            return event.status.state;
        }
    }
}

#[tokio::test]
async fn a_setting_is_read_and_changed_without_a_vault_and_in_a_locked_one() {
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    let mut events = client.events().await.unwrap();
    assert_eq!(set(&client, &mut events, "app.theme", "dark").await, VaultState::None);
    client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    client.lock().await.unwrap();
    let client = daemon.client().await;
    let mut events = client.events().await.unwrap();
    let theme = one(&client, "app.theme").await;
    assert_eq!((theme.value.as_str(), theme.is_default), ("dark", false));
    assert_eq!(theme.options, ["system", "light", "dark"]);
    assert_eq!(set(&client, &mut events, "app.text_size", "130").await, VaultState::Locked);
    let all = client.settings(None).await.unwrap();
    assert_eq!(all.iter().filter(|setting| !setting.is_default).count(), 2);
}

#[tokio::test]
async fn what_can_be_chosen_is_told_and_nothing_else_is_taken() {
    let daemon = Daemon::start().await;
    let client = daemon.client().await;
    for setting in client.settings(None).await.unwrap() {
        assert!(setting.is_default, "{}", setting.key);
        for option in &setting.options {
            let set = client.set_setting(&setting.key, option).await.unwrap();
            assert_eq!(&set.value, option, "{}", setting.key);
        }
        let chosen = !setting.options.is_empty();
        assert!(!chosen || setting.options.contains(&setting.value), "{}: its default", setting.key);
        let refused = client.set_setting(&setting.key, "no such value").await.unwrap_err();
        assert_eq!(refused.reason, Reason::InvalidArgument, "{}", setting.key);
        let told = |option: &String| option.is_empty() || refused.why.contains(option);
        assert!(setting.options.iter().all(told), "{refused:?}");
        let unset = client.set_setting(&setting.key, "").await.unwrap();
        assert_eq!(unset, setting, "an empty value goes back to the default");
    }
}

#[tokio::test]
async fn a_file_that_a_person_wrote_is_read_with_its_numbers_and_switches() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    fs::create_dir(&home).unwrap();
    let text = "language = \"en\"\n\n[app]\ntext_size = 115\nblur = true\n";
    fs::write(home.join("config.toml"), text).unwrap();
    let daemon = Daemon::start_in(&home).await;
    let client = daemon.client().await;
    for (key, value) in [("language", "en"), ("app.text_size", "115"), ("app.blur", "true")] {
        let setting = one(&client, key).await;
        assert_eq!((setting.value.as_str(), setting.is_default), (value, false), "{key}");
    }
    client.set_setting("language", "").await.unwrap();
    let kept = fs::read_to_string(home.join("config.toml")).unwrap();
    assert_eq!(kept, "[app]\nblur = true\ntext_size = 115\n");
}
