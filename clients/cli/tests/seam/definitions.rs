//! Checking definitions with a daemon and without, and taking back what was added.

use serde_json::Value;

use crate::daemon::{Daemon, haven};

const BREATH: &str = include_str!("../../../../crates/core/content/exercises/slow-breath.toml");
const TEAPOT: &str = include_str!("../../../../tests/data/teapot-mood.toml");

#[test]
fn a_check_needs_no_daemon_and_says_that_it_was_made_alone() {
    let home = tempfile::tempdir().unwrap();
    let check = |room: &str, text: &str, code: i32| {
        let output = haven(home.path(), &[room, "check", "-", "--json"], text.as_bytes());
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert!(output.stderr.is_empty(), "{output:?}");
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&told["compared"], &told["usable"]), (&false.into(), &(code == 0).into()), "{told}");
        told
    };
    assert_eq!(check("practice", BREATH, 0)["exercise"]["id"], "slow-breath");
    let measure = &check("measure", TEAPOT, 0)["measure"];
    assert_eq!((&measure["id"], &measure["items"]), (&"teapot-mood".into(), &3.into()));
    let faulty = TEAPOT.replace("total = 8", "total = 9").replace("tier = \"B\"", "tier = \"D\"");
    let told = check("measure", &faulty, 2);
    assert_eq!((&told["faults"][0]["line"], &told["faults"][0]["field"]), (&19.into(), &Value::Null));
    assert!(told["faults"][0]["what"].as_str().unwrap().contains("tier D"), "{told}");
    check("practice", &format!("{BREATH}#{}", "x".repeat(64 * 1024)), 2);

    let words = haven(home.path(), &["measure", "check", "-"], TEAPOT.as_bytes());
    let (out, err) = (String::from_utf8(words.stdout).unwrap(), String::from_utf8(words.stderr).unwrap());
    assert!(out.starts_with("It can be used.\nteapot-mood"), "{out}");
    assert!(err.starts_with("Only the file was checked: the journal isn't open"), "{err}");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "nothing was started");
}

#[test]
fn a_check_beside_a_daemon_tells_what_that_finds() {
    let daemon = Daemon::start();
    let output = daemon.run(&["practice", "check", "-", "--json"], BREATH.as_bytes());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&told["compared"], &told["faults"][0]["what"]),
        (&true.into(), &"it is there already".into())
    );
    // This one does not know of measures.
    let output = daemon.run(&["measure", "check", "-", "--json"], TEAPOT.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["compared"], false);
}

#[test]
fn taking_back_is_asked_about_and_what_cannot_be_taken_back_is_not() {
    let daemon = Daemon::start();
    let remove = |arguments: &[&str], code: i32| {
        let output = daemon.run(&[&["practice", "remove"], arguments].concat(), b"");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let told = remove(&["wait"], 6);
    assert!(told.contains("its definition stays in the journal"), "{told}");
    assert!(told.contains("next: Pass --yes"), "{told}");
    assert!(remove(&["wait", "--yes"], 0).contains("`haven practice add FILE` brings it back"));
    remove(&["slow-breath"], 2);
    remove(&["slow-breath", "--yes"], 2);
    remove(&["nothing-like-it"], 2);
}

#[test]
fn what_cannot_be_added_is_told_with_the_name_of_the_file_and_its_lines() {
    let daemon = Daemon::start();
    let file = daemon.file("mine.toml", "id = 1\n");
    let output = daemon.run(&["practice", "add", &file, "--json"], b"");
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]), "{output:?}");
    let error = &serde_json::from_slice::<Value>(&output.stderr).unwrap()["error"];
    assert_eq!(error["reason"], "INVALID_ARGUMENT");
    assert_eq!(error["what"], format!("{file} wasn't added"));
    assert_eq!(
        (&error["why"], &error["faults"][1]["line"]),
        (&"line 4, it has no end; mend it".into(), &7.into())
    );
    let words = String::from_utf8(daemon.run(&["practice", "add", &file], b"").stderr).unwrap();
    let lines: Vec<_> = words.lines().collect();
    assert_eq!(
        lines[1..3],
        ["  - line 4, it has no end; mend it", "  - line 7, nor this; mend it"],
        "{words}"
    );
    assert!(lines[3].starts_with("  next: ") && lines[3].contains("haven practice schema"), "{words}");
    let checked = daemon.run(&["practice", "check", &file], b"");
    assert!(String::from_utf8(checked.stdout).unwrap().starts_with(&format!("{file}: it is there already")));
}
