//! Texts in the language that a call asks for, where there are any.

use haven_core::progress::Topic;

use crate::device::{Device, STRONG};
use crate::exercises::{MINE, id};

/// An exercise of the person's own, with some words in German.
fn german() -> String {
    format!("{}\n[i18n.de]\ntitle = \"Etwas Gutes\"\ngood = \"Was ist gut gelaufen?\"\n", MINE.trim_end())
}

/// Its title, and what it asks first and last, for somebody who reads some languages.
async fn read(device: &Device, languages: &str) -> [String; 3] {
    let client = device.client.clone().in_the_language(languages);
    let whole = client.exercise(&id(), None).await.unwrap();
    let labels = [&whole.fields[0].label, &whole.fields[1].label].map(String::clone);
    let listed = client.exercises(None, None).await.unwrap();
    let listed = listed.into_iter().find(|summary| summary.exercise.id == id()).unwrap();
    assert_eq!(listed.title, whole.summary.title);
    [listed.title, labels[0].clone(), labels[1].clone()]
}

#[tokio::test(start_paused = true)]
async fn a_call_is_answered_in_the_first_language_it_names_that_is_there() {
    let device = Device::with_vault().await;
    device.client.add_exercise(german()).await.unwrap();
    let english = ["One good thing", "What went well?", "What is left of it?"];
    let german = ["Etwas Gutes", "Was ist gut gelaufen?", "What is left of it?"];
    let long = format!("de, {:1000}", "");
    for (languages, expected) in [
        ("de", german),
        ("DE-at, en;q=0.9", german),
        ("fr, de;q=0.5, en;q=0.1", german),
        ("en, de", english),
        ("fr", english),
        ("", english),
        // What nobody understands is no reason to answer nothing.
        ("de;q=lots", english),
        ("deutsch-bitte!", english),
        (&long, english),
    ] {
        assert_eq!(read(&device, languages).await, expected, "{languages}");
    }
    let unasked = device.client.exercise(&id(), None).await.unwrap();
    assert_eq!(unasked.summary.title, english[0]);
}

#[tokio::test(start_paused = true)]
async fn every_call_that_says_words_of_ours_takes_any_language() {
    let device = Device::with_vault().await;
    device.client.add_exercise(german()).await.unwrap();
    for languages in ["de", "xx;q=0.3", "????"] {
        let client = device.client.clone().in_the_language(languages);
        assert!(!client.help(None).await.unwrap().opening.is_empty());
        assert!(!client.measures().await.unwrap().is_empty());
        assert!(!client.progress(Topic::Days, None, None).await.unwrap().says.is_empty());
        client.today().await.unwrap();
        client.plan_lines().await.unwrap();
    }
    device.client.lock().await.unwrap();
    let client = device.client.clone().in_the_language("de");
    assert!(!client.help(None).await.unwrap().opening.is_empty());
    client.unlock(STRONG.to_owned()).await.unwrap();
}
