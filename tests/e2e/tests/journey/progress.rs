//! Measures, progress and help through the command line, as scripts rely on it.

use haven_e2e::device::Device;
use haven_e2e::linking::{begun_with, link};
use haven_e2e::server::Server;
use serde_json::{Value, json};

fn answer(device: &Device, arguments: &[&str], sheet: &str) -> Value {
    let ran = device.run_with(&[arguments, &["--answers", "-"]].concat(), sheet.as_bytes());
    ran.json()
}

#[test]
fn a_measure_is_answered_compared_and_looked_back_on() {
    let device = Device::begun();
    let first = answer(&device, &["measure", "do", "phq-9"], "[1,1,1,1,1,0,0,0,0]");
    assert_eq!(first["scores"], json!({"total": 5.0}));
    assert_eq!(first["bands"], json!({"total": "mild"}));
    assert_eq!((&first["support"], &first["change"]), (&json!(false), &json!({})));
    let second = answer(&device, &["measure", "do", "phq-9"], "[2,2,2,2,2,1,0,0,0]");
    assert_eq!(second["change"], json!({"total": "cannot_tell"}), "on the same day nothing can be said");
    let third = answer(&device, &["measure", "do", "phq-9"], "[0,0,0,0,0,0,0,0,3]");
    assert_eq!((&third["support"], &third["bands"]), (&json!(true), &json!({})));
    let open = answer(&device, &["measure", "do", "phq-9"], "[1,null,1,1,1,0,0,0,0]");
    let nothing = json!({});
    assert_eq!(
        (&open["scores"], &open["change"]),
        (&json!({"total": null}), &nothing),
        "no score to compare"
    );
    assert_eq!(device.lines(&["measure", "history", "phq-9"]).len(), 4);

    device.run(&["people", "add", "Ann"]);
    let sheet = "[6,5,2,6,3,6,3,4,2,5,3,5]";
    let between = answer(&device, &["measure", "do", "two-axis", "--person", "Ann"], sheet);
    let worry = between["scores"]["worry"].as_f64().unwrap();
    assert!((worry - 5.6667).abs() < 1e-4 && between["scores"]["distance"] == json!(5.0));
    assert_eq!(device.lines(&["list", "--kind", "measure"]).len(), 5);

    let too_few = device.run_with(&["measure", "do", "phq-9", "--answers", "-"], b"[1,2]");
    too_few.failed(2, "INVALID_ARGUMENT");
    let off_scale = b"[9,0,0,0,0,0,0,0,0]";
    device.run_with(&["measure", "do", "phq-9", "--answers", "-"], off_scale).failed(2, "INVALID_ARGUMENT");
    device.fails(&["measure", "show", "no-such"], 5, "NOT_FOUND");
    device.run(&["lock"]);
    device.fails(&["progress"], 3, "LOCKED");
    let help = device.json(&["help-now", "--country", "IE"]);
    assert!(!help["lines"].as_array().unwrap().is_empty(), "help is there when nothing else is");
    assert!(
        help["lines"]
            .as_array()
            .unwrap()
            .iter()
            .all(|line| line["check"] == json!(line["state"] != json!("official")))
    );
}

#[test]
fn a_fictional_journal_fills_every_view_and_never_joins_a_real_one() {
    let device = Device::begun();
    let written = device.json(&["demo-data", "--months", "6", "--seed", "3", "--until", "2026-11-24"]);
    assert_eq!(device.entries(), written["entries"].as_u64().unwrap());
    let views = device.lines(&["progress"]);
    assert_eq!(views.len(), 9);
    for view in &views {
        assert_eq!(view["enough"], json!(true), "{}", view["view"]);
        assert!(!view["says"].as_str().unwrap().is_empty());
    }
    let drawn = device.command(&["progress"]).output().unwrap();
    let drawn = String::from_utf8(drawn.stdout).unwrap();
    assert!(drawn.contains("middle of the scale, not a cut-off") && drawn.contains("Neither says why."));
    assert!(device.json(&["today"])["suggestion"]["exercise"].is_string());
    device.fails(&["demo-data"], 6, "CONFIRMATION_NEEDED");
}

fn exported(device: &Device) -> Vec<Value> {
    device.lines(&["export", "jsonl", "-"])
}

#[test]
fn answers_people_and_progress_are_the_same_on_every_device() {
    let server = Server::start();
    let (old, new) = (begun_with(&server), Device::new());
    link(&old, &new);
    let written = old.json(&["demo-data", "--months", "6", "--seed", "5", "--until", "2026-11-24"]);
    old.sync();
    new.sync();
    let lines = exported(&old);
    let entries = lines.iter().filter(|line| line["date"].is_string()).count();
    assert_eq!(entries as u64, written["entries"].as_u64().unwrap());
    assert!(lines.iter().filter(|line| line["answers"].is_object()).count() > lines.len() / 2);
    assert_eq!(exported(&new), lines, "to the last byte");

    // Into a journal of its own it goes the same way, and comes out as the same bytes.
    let other = Device::begun();
    let file = other.beside("out.jsonl");
    let moved = old.run(&["export", "jsonl", "-"]).stdout;
    std::fs::write(&file, &moved).unwrap();
    let done = other.json(&["import", "jsonl", &file.display().to_string()]);
    assert_eq!((&done["imported"], &done["people"]), (&written["entries"], &json!(4)));
    assert_eq!(other.run(&["export", "jsonl", "-"]).stdout, moved);
    assert_eq!(other.lines(&["progress"]), old.lines(&["progress"]));
    assert_eq!(new.lines(&["people", "list"]), old.lines(&["people", "list"]));
    assert_eq!(new.lines(&["progress"]), old.lines(&["progress"]));

    // What is said of somebody on one device holds on the other, in all that was written before.
    new.json(&["people", "merge", "Jonas (fictional)", "Mara (fictional)", "--yes"]);
    new.sync();
    old.sync();
    assert_eq!(old.lines(&["people", "list"]).len(), 3);
    assert_eq!(old.lines(&["progress", "plane"]), new.lines(&["progress", "plane"]));
    assert!(old.lines(&["list", "--person", "Mara (fictional)", "--limit", "0"]).len() > 50);
}
