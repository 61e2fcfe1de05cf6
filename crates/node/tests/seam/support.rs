//! Help in every state of the device, and the plan in an open one.

use std::collections::BTreeSet;

use haven_api::error::ErrorReason as Reason;
use haven_api::journal::Draft;
use haven_api::support::{Card, Kind, State};
use haven_core::answers::{Value, ValueMap};

use crate::device::{Device, STRONG, reason};

async fn help(device: &Device, country: &str) -> Card {
    device.client.help(country.parse().ok()).await.unwrap()
}

fn plan(people: &[&str]) -> Draft {
    let list = |items: &[&str]| Value::List(items.iter().map(|item| Value::from(*item)).collect());
    let answers: ValueMap =
        [("signs".to_owned(), list(&["I stop eating"])), ("people".to_owned(), list(people))].into();
    Draft::exercise("plan-when-low".parse().unwrap(), answers)
}

#[tokio::test(start_paused = true)]
async fn help_is_there_without_a_vault_and_while_it_is_locked() {
    let device = Device::new();
    let card = help(&device, "US").await;
    assert_eq!((card.plan.is_none(), card.locked, card.about_plan.as_str()), (true, false, ""));
    let numbers: Vec<_> = card.lines.iter().map(|line| (line.kind, line.phone.as_str())).collect();
    let expected = [(Kind::Emergency, "911"), (Kind::Crisis, "988"), (Kind::Abuse, "1-800-799-7233")];
    assert_eq!(numbers, expected);
    let states: Vec<_> = card.lines.iter().map(|line| line.state).collect();
    assert_eq!(states[..2], [State::Official, State::Official], "the law fixes both");
    assert_eq!(reason(device.client.plan().await), Some(Reason::NoVault));

    let device = Device::initialised(device).await;
    device.client.add(plan(&["Ann"])).await.unwrap();
    device.client.lock().await.unwrap();
    let card = help(&device, "US").await;
    assert!(card.plan.is_none() && card.locked);
    assert!(card.about_plan.contains("unlock to see it"), "{}", card.about_plan);
    assert_eq!(card.lines.len(), 3);
    assert_eq!(reason(device.client.plan().await), Some(Reason::Locked));
}

/// What is suggested over some weeks, each once.
async fn suggested(device: &Device) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for _ in 0..60 {
        let today = device.client.today().await.unwrap();
        ids.extend(today.suggestion.map(|suggestion| suggestion.exercise.to_string()));
        device.client.add(Draft { text: "a day".into(), ..Draft::default() }).await.unwrap();
        device.host.move_clock(24 * 60 * 60 * 1_000);
    }
    ids
}

#[tokio::test(start_paused = true)]
async fn asking_for_help_is_remembered_for_a_week_in_an_open_journal_only() {
    let first_week = async |in_person: bool, locked: bool| {
        let device = Device::with_vault().await;
        if locked {
            device.client.lock().await.unwrap();
        }
        if in_person {
            device.client.help_in_person(None).await.unwrap();
        } else {
            device.client.help(None).await.unwrap();
        }
        if locked {
            device.client.unlock(STRONG.to_owned()).await.unwrap();
        }
        // The day is kept beside the answer.
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        let mut held = true;
        for _ in 0..8 {
            let today = device.client.today().await.unwrap();
            let id = today.suggestion.unwrap().exercise.to_string();
            held &= !["wait", "trigger-chain", "safe-presence", "other-reasons"].contains(&id.as_str());
            device.host.move_clock(24 * 60 * 60 * 1_000);
        }
        (held, suggested(&device).await.contains("wait"))
    };
    assert_eq!(first_week(true, false).await, (true, true), "for a week, and not for longer");
    assert!(!first_week(false, false).await.0, "a client on its way through something else asks for nothing");
    assert!(!first_week(true, true).await.0, "a locked journal keeps nothing");
}

#[tokio::test(start_paused = true)]
async fn without_a_country_help_still_leads_somewhere() {
    let device = Device::new();
    for country in ["", "nowhere", "KE"] {
        let card = help(&device, country).await;
        let wide: Vec<_> = card.wide.iter().map(|wide| wide.phone.as_str()).collect();
        assert!(card.lines.is_empty() && wide == ["112", "911", "999"]);
        assert!(card.closing.join("\n").contains("112 works in every country of the European Union"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_open_journal_shows_the_plan_with_people_first() {
    let device = Device::with_vault().await;
    let card = help(&device, "DE").await;
    assert!(card.plan.is_none() && !card.locked && card.about_plan.is_empty());
    assert_eq!(device.client.plan().await.unwrap(), None);

    let first = device.client.add(plan(&["Ann"])).await.unwrap().id;
    let fields = |plan: &haven_api::support::Plan| {
        plan.parts.iter().map(|part| part.field.clone()).collect::<Vec<_>>()
    };
    let shown = help(&device, "DE").await.plan.unwrap();
    assert_eq!((shown.id, fields(&shown)), (first, vec!["people".to_owned(), "signs".to_owned()]));
    let read = device.client.plan().await.unwrap().unwrap();
    assert_eq!((read.id, fields(&read)), (first, vec!["signs".to_owned(), "people".to_owned()]));
    assert_eq!(read.parts[1].label, "Who can you call or write to?");

    device.host.move_clock(1_000);
    let second = device.client.add(plan(&["Bert"])).await.unwrap().id;
    assert_eq!(device.client.plan().await.unwrap().unwrap().parts[1].items, ["Bert"]);
    device.client.trash(&second.to_string()).await.unwrap();
    assert_eq!(device.client.plan().await.unwrap().unwrap().parts[1].items, ["Ann"]);
    device.client.lock().await.unwrap();
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(help(&device, "").await.plan.unwrap().id, first);
}
