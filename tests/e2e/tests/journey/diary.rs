//! A diary of ten years is taken in, searched and given out again as it was.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use haven_e2e::corpus::pepys;
use haven_e2e::device::Device;
use haven_e2e::ran::text;
use serde_json::Value;

#[test]
fn a_diary_goes_in_once_and_comes_out_as_it_was() {
    let device = Device::begun();
    let lines = pepys();
    let file = device.beside("diary.jsonl");
    fs::write(&file, lines.join("\n")).unwrap();
    let file = file.display().to_string();
    let dry = device.json(&["import", "jsonl", &file, "--dry-run"]);
    assert_eq!((&dry["imported"], device.entries()), (&Value::from(lines.len()), 0));
    let done = device.json(&["import", "jsonl", &file]);
    assert_eq!(
        (&done["imported"], &done["skipped"], &done["failed"]),
        (&lines.len().into(), &0.into(), &Value::Array(vec![]))
    );
    let again = device.json(&["import", "jsonl", &file]);
    assert_eq!((&again["imported"], &again["skipped"]), (&0.into(), &lines.len().into()));

    let fire =
        device.lines(&["search", "\"the fire\"", "--limit", "0", "after:1666-09-01", "before:1666-09-08"]);
    assert!(!fire.is_empty());
    assert_eq!(device.lines(&["list", "--limit", "0"]).len(), lines.len());

    let out = device.beside("out.jsonl").display().to_string();
    let exported = device.json(&["export", "jsonl", &out]);
    assert_eq!(exported["exported"], lines.len());
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    assert_same(&lines, &fs::read_to_string(&out).unwrap());
    device.fails(&["export", "jsonl", &out], 6, "CONFIRMATION_NEEDED");

    let other = Device::begun();
    assert_eq!(other.json(&["import", "jsonl", &out])["imported"], lines.len());
    assert_same(&lines, &other.run(&["export", "jsonl"]).stdout);
    let again = other.beside("again.jsonl").display().to_string();
    other.json(&["export", "jsonl", &again]);
    assert!(fs::read(&out).unwrap() == fs::read(&again).unwrap(), "byte for byte");
}

/// Entries by date and title and text, whatever else an export adds.
fn assert_same(lines: &[String], exported: &str) {
    let read = |line: &str| -> BTreeMap<String, Value> {
        let mut entry: BTreeMap<String, Value> = serde_json::from_str(line).unwrap();
        entry.retain(|key, _| ["date", "title", "text", "tags", "people"].contains(&key.as_str()));
        entry
    };
    let order = |entry: &BTreeMap<String, Value>| serde_json::to_string(entry).unwrap();
    let mut wanted: Vec<_> = lines.iter().map(|line| read(line)).collect();
    let is_entry = |line: &&str| line.starts_with("{\"date\":");
    let mut found: Vec<_> = exported.lines().filter(is_entry).map(read).collect();
    wanted.sort_by_key(order);
    found.sort_by_key(order);
    assert_eq!(wanted.len(), found.len());
    for (wanted, found) in wanted.iter().zip(&found) {
        assert_eq!(wanted, found);
    }
}

#[test]
fn lines_that_cannot_be_used_are_named_and_the_others_kept() {
    let device = Device::begun();
    let mut file: Vec<u8> = Vec::new();
    file.extend(b"{\"date\":\"1660-01-01\",\"text\":\"good\"}\n");
    file.extend(b"no json\n\n");
    file.extend(b"{\"date\":\"1660-13-01\",\"text\":\"no such month\"}\n");
    file.extend(b"{\"date\":\"1660-01-02\",\"text\":\"\xff\"}\n");
    file.extend(format!("{{\"date\":\"1660-01-03\",\"text\":\"{}\"}}\n", "x".repeat(20_000_000)).as_bytes());
    file.extend(b"{\"date\":\"1660-01-04\",\"text\":\"also good\",\"people\":[\"Ann\"]}");
    let ran = device.run_with(&["import", "jsonl", "-"], &file);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let done: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&done["imported"], device.entries()), (&2.into(), 2));
    let failed: Vec<_> =
        done["failed"].as_array().unwrap().iter().map(|line| line["line"].as_u64().unwrap()).collect();
    assert_eq!(failed, [2, 4, 5, 6]);
    assert_eq!(device.lines(&["list", "--person", "Ann"]).len(), 1);
}

#[test]
fn an_export_as_pages_is_for_its_owner_only_and_into_an_empty_folder() {
    let device = Device::begun();
    device.run_with(&["add", "-", "--title", "Rain", "--at", "1660-01-01"], b"rain all day").json();
    let id = device.add("draft one");
    device.run_with(&["edit", &id, "--from", "-"], b"draft two").json();
    let pages = device.beside("pages");
    let path = pages.display().to_string();
    assert!(device.json(&["export", "markdown", &path])["exported"].as_u64().unwrap() >= 2);
    assert_eq!(fs::metadata(&pages).unwrap().permissions().mode() & 0o777, 0o700);
    let mut text_found = String::new();
    for entry in fs::read_dir(&pages).unwrap().map(Result::unwrap) {
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        text_found.push_str(&fs::read_to_string(entry.path()).unwrap());
    }
    assert!(text_found.contains("rain all day") && text_found.contains("draft two"), "{text_found}");
    device.fails(&["export", "markdown", &path], 6, "CONFIRMATION_NEEDED");
    let whole = device.beside("whole").display().to_string();
    device.json(&["export", "markdown", &whole, "--history"]);
    let earlier = Device::files(whole.as_ref())
        .iter()
        .any(|(_, bytes)| String::from_utf8_lossy(bytes).contains("draft one"));
    assert!(earlier, "the earlier version is missing");
    assert_eq!(text(&device.json(&["status"]), "state"), "unlocked");
}
