//! Exercises and measures that a person adds, on two devices.

use haven_e2e::device::Device;
use haven_e2e::linking::pair;
use haven_e2e::ran::text;

/// An exercise that somebody wrote; `%` stands for what it asks.
const MINE: &str = r#"
schema = 1
id = "one-good-thing"
version = 1
title = "title"
steps = [3]
signs = ["regulated"]
minutes = 2
evidence = { grade = "ours", refs = [] }
safety = { gate = "none" }
share_default = "never"

[[field]]
id = "good"
kind = "text"
required = true
phase = "main"
label = "good"

[i18n.en]
title = "One good thing"
good = "%"
"#;

#[test]
fn an_exercise_added_on_one_device_is_done_on_the_other_and_two_made_apart_are_one() {
    let (mut server, old, new) = pair();
    let add = |device: &Device, asks: &str, version: &str| {
        let definition = MINE.replace('%', asks).replace("version = 1", version);
        assert_eq!(device.run_with(&["practice", "add", "-"], definition.as_bytes()).json()["usable"], true);
    };
    let asks = |device: &Device| {
        let shown = device.json(&["practice", "show", "one-good-thing"]);
        assert_eq!(shown["custom"], true, "{shown}");
        text(&shown["fields"][0], "label").to_owned()
    };
    let sync = || [&old, &new, &old].map(Device::sync);
    add(&old, "What went well?", "version = 1");
    sync();
    assert_eq!(asks(&new), "What went well?");
    let arguments = ["practice", "do", "one-good-thing", "--answers", "-"];
    let done = new.run_with(&arguments, br#"{"good": "tea"}"#).json();
    sync();
    let entry = old.json(&["show", text(&done, "id")]);
    assert_eq!(
        (&entry["answers"]["good"], &entry["exercise"]["version"]),
        (&"tea".into(), &1.into()),
        "{entry}"
    );

    server.kill();
    add(&old, "What was good?", "version = 2");
    add(&new, "What was nice?", "version = 2");
    assert_ne!(asks(&old), asks(&new));
    server.run();
    sync();
    assert_eq!(asks(&old), asks(&new));
}

/// A questionnaire that nobody ever published.
const TEAPOT: &str = include_str!("../../../data/teapot-mood.toml");

fn add(device: &Device, definition: &str) {
    assert_eq!(device.run_with(&["measure", "add", "-"], definition.as_bytes()).json()["usable"], true);
}

/// The version that is offered, if it is.
fn offered(device: &Device) -> Option<u64> {
    let listed = device.lines(&["measure", "list"]);
    let custom = listed.iter().find(|measure| measure["custom"] == true)?;
    assert_eq!(text(custom, "id"), "teapot-mood");
    custom["version"].as_u64()
}

fn scores(device: &Device) -> Vec<f64> {
    let results = device.lines(&["measure", "history", "teapot-mood"]);
    results.iter().filter_map(|result| result["scores"]["total"].as_f64()).collect()
}

#[test]
fn a_measure_added_on_one_device_is_answered_on_the_other_and_its_results_outlive_it() {
    let (_server, old, new) = pair();
    let sync = || [&old, &new, &old].map(Device::sync);
    add(&old, TEAPOT);
    sync();
    let shown = new.json(&["measure", "show", "teapot-mood"]);
    assert_eq!((&shown["custom"], text(&shown, "text")), (&true.into(), "added"), "{shown}");
    assert!(text(&shown, "origin").contains("Haven didn't check"), "{shown}");
    let done = new.run_with(&["measure", "do", "teapot-mood", "--answers", "-"], b"[4, 0, 4]").json();
    assert_eq!((&done["scores"]["total"], &done["bands"]["total"]), (&12.0.into(), &"simmering".into()));
    sync();
    assert_eq!(scores(&old), [12.0]);

    new.fails(&["measure", "remove", "teapot-mood"], 6, "CONFIRMATION_NEEDED");
    new.fails(&["measure", "remove", "phq-9"], 2, "INVALID_ARGUMENT");
    new.fails(&["measure", "remove", "nothing-like-it", "--yes"], 5, "NOT_FOUND");
    assert!(new.run(&["measure", "remove", "teapot-mood", "--yes"]).stdout.is_empty());
    sync();
    for device in [&old, &new] {
        assert_eq!(offered(device), None);
        device.fails(&["measure", "show", "teapot-mood"], 5, "NOT_FOUND");
        assert_eq!(scores(device), [12.0]);
        assert_eq!(device.json(&["show", text(&done, "id")])["answers"]["steam"], 4);
    }
    add(&old, TEAPOT);
    sync();
    assert_eq!((offered(&old), offered(&new)), (Some(1), Some(1)), "it comes back everywhere");
}

#[test]
fn what_one_device_adds_stays_although_the_other_takes_back_what_it_knew() {
    let (mut server, old, new) = pair();
    let sync = || [&old, &new, &old].map(Device::sync);
    let remove = |device: &Device| drop(device.run(&["measure", "remove", "teapot-mood", "--yes"]));
    let next = TEAPOT.replace("version = 1", "version = 2");
    add(&old, TEAPOT);
    sync();

    server.kill();
    remove(&old);
    add(&new, &next);
    assert_eq!((offered(&old), offered(&new)), (None, Some(2)));
    server.run();
    sync();
    assert_eq!((offered(&old), offered(&new)), (Some(2), Some(2)));

    remove(&old);
    sync();
    assert_eq!((offered(&old), offered(&new)), (None, None));

    server.kill();
    add(&old, &next);
    remove(&old);
    add(&new, &next);
    server.run();
    sync();
    assert_eq!((offered(&old), offered(&new)), (Some(2), Some(2)), "the one that nobody took back");
}

#[test]
fn a_check_tells_what_adding_would() {
    let device = Device::begun();
    let check = |definition: &str| device.run_with(&["measure", "check", "-"], definition.as_bytes());
    assert_eq!(check(TEAPOT).json()["compared"], true);
    add(&device, TEAPOT);
    let again = check(TEAPOT);
    assert_eq!(again.code, Some(2));
    assert!(again.stdout.contains("version 1 is not greater than 1"), "{}", again.stdout);
    device.json(&["lock"]);
    assert_eq!(check(TEAPOT).json()["compared"], false);
}
