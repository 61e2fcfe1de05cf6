//! The first evening: a journal begins, something is written, found, changed, thrown away and brought back.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use haven_e2e::device::Device;
use haven_e2e::ran::text;
use haven_e2e::terminal::at_terminal;
use serde_json::Value;

#[test]
fn an_entry_is_written_found_changed_restored_thrown_away_and_brought_back() {
    let device = Device::begun();
    let words = device
        .run_with(&["add", "-", "--title", "Rain", "--tag", "calm", "--tag", "home"], b"rain all day\n");
    let id = text(&words.json(), "id").to_owned();
    assert_eq!(device.lines(&["list"]).len(), 1);
    let found = device.lines(&["search", "RAIN tag:calm"]);
    assert_eq!((found.len(), text(&found[0], "id")), (1, &*id));
    assert!(text(&found[0], "snippet").contains("rain"), "{}", found[0]);

    device.run_with(&["edit", &id, "--from", "-", "--untag", "home"], b"rain, then sun").json();
    let shown = device.json(&["show", &id[..6]]);
    assert_eq!((text(&shown, "text"), &shown["tags"]), ("rain, then sun", &serde_json::json!(["calm"])));

    let history = device.lines(&["history", &id]);
    assert!(history.len() >= 2, "{history:?}");
    assert!(history.iter().all(|version| text(version, "device") == "Laptop"), "{history:?}");
    let first = text(history.last().unwrap(), "version");
    assert_eq!(text(&device.json(&["show", &id, "--version", first]), "text"), "rain all day");
    device.json(&["restore", &id, "--version", first]);
    assert_eq!(device.text(&id), "rain all day");
    assert!(device.lines(&["history", &id]).len() > history.len());

    device.json(&["trash", &id]);
    assert_eq!(device.lines(&["list"]), Vec::<Value>::new());
    assert_eq!(device.lines(&["search", "rain"]), Vec::<Value>::new());
    assert_eq!(device.lines(&["list", "--trashed"]).len(), 1);
    device.json(&["untrash", &id]);
    assert_eq!(device.lines(&["list"]).len(), 1);
}

#[test]
fn a_list_is_narrowed_down_and_newest_first() {
    let device = Device::begun();
    device.json(&["people", "add", "Ann"]);
    for (at, extra) in
        [("1660-01-01", "--tag=a"), ("1660-01-02", "--person=Ann"), ("2026-07-01T08:00", "--kind=checkin")]
    {
        device.run_with(&["add", "-", "--at", at, extra], at.as_bytes()).json();
    }
    let check = |filter: &[&str], expected: &[&str]| {
        let listed = device.lines(&[&["list"], filter].concat());
        let at: Vec<_> = listed.iter().map(|entry| text(entry, "at")).collect();
        assert_eq!(at, expected, "{filter:?}");
    };
    let summer = "2026-07-01T08:00:00+02:00[Europe/Berlin]";
    check(&[], &[summer, "1660-01-02", "1660-01-01"]);
    check(&["--limit", "1"], &[summer]);
    check(&["--limit", "0"], &[summer, "1660-01-02", "1660-01-01"]);
    check(&["--before", "1660-01-02"], &["1660-01-01"]);
    check(&["--after", "1660-01-02", "--before", "2000-01-01"], &["1660-01-02"]);
    check(&["--tag", "a"], &["1660-01-01"]);
    check(&["--person", "Ann"], &["1660-01-02"]);
    check(&["--kind", "checkin"], &[summer]);
}

#[test]
fn a_kit_is_written_once_for_its_owner_only_and_never_over_something() {
    let device = Device::new();
    let (kit, passphrase) = (device.beside("kit"), device.passphrase());
    let path = kit.display().to_string();
    let arguments = ["init", "--name", "Laptop", "--passphrase-file", &passphrase, "--kit-out", &path];
    fs::write(&kit, "mine").unwrap();
    device.fails(&arguments, 6, "CONFIRMATION_NEEDED");
    assert_eq!(fs::read(&kit).unwrap(), b"mine");
    assert_eq!(text(&device.json(&["status"]), "state"), "none");
    fs::remove_file(&kit).unwrap();
    let made = device.json(&arguments);
    assert_eq!(text(&made, "kit_file"), path);
    assert_eq!(fs::metadata(&kit).unwrap().permissions().mode() & 0o777, 0o600);
    let code = fs::read_to_string(&kit).unwrap();
    let letters = code.lines().next().unwrap().chars().filter(char::is_ascii_alphanumeric).count();
    assert_eq!(letters, 28);
    assert_eq!(text(&device.json(&["status"]), "state"), "unlocked");
    assert_eq!(text(&device.json(&["config", "get", "kit.unconfirmed"]), "value"), "false");
}

#[test]
fn a_kit_that_was_only_shown_is_asked_about_until_somebody_has_it() {
    let device = Device::begun();
    let unconfirmed = || text(&device.json(&["config", "get", "kit.unconfirmed"]), "value").to_owned();
    assert_eq!(unconfirmed(), "true");
    device.json(&["config", "set", "kit.unconfirmed", "false"]);
    assert_eq!(unconfirmed(), "false");
}

#[test]
fn a_passphrase_that_could_be_guessed_is_refused_and_leaves_nothing() {
    let device = Device::new();
    let (weak, kit) = (device.beside("weak"), device.beside("kit"));
    fs::write(&weak, "password1\n").unwrap();
    let weak = weak.display().to_string();
    let arguments = ["init", "--name", "L", "--passphrase-file", &weak, "--kit-out"];
    device.fails(&[&arguments[..], &[&kit.display().to_string()]].concat(), 2, "WEAK_PASSPHRASE");
    assert!(!kit.exists());
    assert_eq!(text(&device.json(&["status"]), "state"), "none");
}

#[test]
fn a_locked_journal_gives_nothing_until_the_right_passphrase() {
    let device = Device::begun();
    let id = device.add("behind a lock");
    device.json(&["lock"]);
    for arguments in [
        &["list"][..],
        &["show", &id],
        &["search", "lock"],
        &["history", &id],
        &["edit", &id, "--title", "T"],
        &["trash", &id],
        &["export", "jsonl"],
        &["people", "list"],
        &["device", "list"],
    ] {
        device.fails(arguments, 3, "LOCKED");
    }
    let status = device.json(&["status"]);
    assert_eq!((text(&status, "state"), &status["entries"]), ("locked", &Value::Null));
    let wrong = device.beside("wrong");
    fs::write(&wrong, "not the passphrase at all\n").unwrap();
    device.fails(&["unlock", "--passphrase-file", &wrong.display().to_string()], 3, "WRONG_PASSPHRASE");
    device.unlock();
    assert_eq!(device.text(&id), "behind a lock");
}

#[test]
fn a_changed_passphrase_is_the_only_one() {
    let device = Device::begun();
    let new = device.beside("new");
    fs::write(&new, "seven other quiet words now\n").unwrap();
    let (old, new) = (device.passphrase(), new.display().to_string());
    device.json(&["passphrase", "change", "--old-file", &old, "--new-file", &new]);
    device.json(&["lock"]);
    device.fails(&["unlock", "--passphrase-file", &old], 3, "WRONG_PASSPHRASE");
    device.json(&["unlock", "--passphrase-file", &new]);
}

#[test]
fn what_cannot_be_meant_ends_with_its_code_and_an_envelope() {
    let device = Device::new();
    device.fails(&["list"], 5, "NO_VAULT");
    let device = Device::begun();
    device.fails(&["frobnicate"], 2, "INVALID_ARGUMENT");
    device.fails(&["list", "--before", "teatime"], 2, "INVALID_ARGUMENT");
    device.fails(&["add"], 2, "INVALID_ARGUMENT");
    device.fails(&["edit", "aa"], 2, "INVALID_ARGUMENT");
    device.fails(&["show", "00000000000000000000000000000000"], 5, "NOT_FOUND");
    device.fails(&["add", "x", "--person", "Nobody"], 5, "NOT_FOUND");
    device.fails(&["server", "show"], 5, "NO_SERVER");
    device.fails(&["device", "confirm", "--words", "a b c"], 5, "NO_LINK");
    device.fails(&["unlock"], 2, "INVALID_ARGUMENT");
    device.fails(&["init", "--passphrase-file", &device.passphrase()], 6, "VAULT_EXISTS");
    device.fails(&["config", "set", "lock.idle", "soon"], 2, "INVALID_ARGUMENT");
    device.fails(&["sync", "--wait"], 7, "NO_SERVER");
}

#[test]
fn an_exercise_about_somebody_else_asks_first_whether_anyone_could_come_to_harm() {
    let device = Device::begun();
    let done = |typed: &str| at_terminal(&device, &["practice", "do", "ask-plan"], "true", typed).stdout;
    for answer in ["?", "y", "\n?", "perhaps\n?"] {
        let held = done(&format!("{answer}\n\n"));
        assert!(held.contains("trust that fear"), "{held}");
        assert!(held.contains("haven practice do people-map"), "{held}");
        assert!(!held.contains("An empty line leaves a question open"), "{held}");
        assert_eq!(held.contains("Go on: I'm nervous"), answer != "y", "{answer}: {held}");
        let asks_again = held.contains("Type n, ? or y; nothing is chosen for you.");
        assert_eq!(asks_again, answer.contains('\n'), "Enter alone is no answer: {held}");
    }
    assert_eq!(device.entries(), 0, "a closed gate keeps nothing");
    let blanks = "\n".repeat(40);
    for typed in [format!("n\n{blanks}"), format!("?\ng\n{blanks}")] {
        let opened = done(&typed);
        assert!(opened.contains("An empty line leaves a question open"), "{opened}");
    }
    let asks_nothing = at_terminal(&device, &["practice", "do", "name-it"], "true", &blanks);
    assert!(!asks_nothing.stdout.contains("threatening"), "{}", asks_nothing.stdout);
}

#[test]
fn an_exercise_is_done_from_a_file_or_not_saved_at_all() {
    let device = Device::begun();
    let listed = device.lines(&["practice", "list", "--step", "3"]);
    assert!(listed.iter().any(|it| text(it, "id") == "slow-breath"));
    assert!(listed.iter().all(|it| text(it, "id") != "thought-check"));
    let check = |answers: &str| {
        let arguments = ["practice", "do", "slow-breath", "--answers", "-"];
        device.run_with(&arguments, answers.as_bytes())
    };
    let done = check(r#"{"suds_before": 40, "pattern": "4-6", "timer": "5m"}"#).json();
    let shown = device.json(&["show", text(&done, "id")]);
    assert_eq!(text(&shown, "kind"), "exercise");
    assert_eq!(shown["answers"]["suds_before"], 40);
    assert_eq!(text(&shown["exercise"], "id"), "slow-breath");
    for wrong in [r#"{"nonsense": 1}"#, r#"{"suds_before": "a lot"}"#, r#"{"suds_before": 101}"#, "[]", "{"] {
        check(wrong).failed(2, "INVALID_ARGUMENT");
    }
    assert_eq!(device.entries(), 1);
    let felt = device.json(&["checkin", "--feeling", "sad", "--feeling", "tired", "--note", "long day"]);
    let felt = device.json(&["show", text(&felt, "id")]);
    assert_eq!((text(&felt, "kind"), text(&felt, "text")), ("checkin", "long day"));
    device.fails(&["practice", "show", "nothing-like-it"], 5, "NOT_FOUND");
}

#[test]
fn settings_are_read_changed_and_reset() {
    let device = Device::begun();
    let value = |arguments: &[&str]| text(&device.json(arguments), "value").to_owned();
    assert_eq!(value(&["config", "get", "lock.idle"]), "5m");
    assert_eq!(value(&["config", "set", "lock.idle", "0"]), "0");
    assert_eq!(value(&["config", "set", "lock.idle"]), "5m");
    let path = device.json(&["config", "path"]);
    assert_eq!(text(&path, "path"), device.home().join("config.toml").display().to_string());
}

#[test]
fn a_doctor_and_completions_answer_and_tell_nothing_of_the_journal() {
    let device = Device::begun();
    device.run_with(&["add", "-", "--title", "Zweifelsohne", "--tag", "Kuckuck"], b"Geheimnis").json();
    let told = device.run(&["doctor"]);
    assert_eq!(told.code, Some(0), "{}", told.stdout);
    for word in ["Zweifelsohne", "Kuckuck", "Geheimnis", "Laptop"] {
        assert!(!told.stdout.contains(word), "{}", told.stdout);
    }
    device.json(&["lock"]);
    let told = device.run(&["doctor"]);
    assert_eq!(told.code, Some(0), "{}", told.stdout);
    let findings: Vec<Value> = told.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let server = findings.iter().find(|finding| finding["check"] == "server").unwrap();
    assert!(text(server, "what").contains("isn't known while the journal is locked"), "{server}");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = device.run(&["completions", shell]);
        assert!(script.code == Some(0) && script.stdout.contains("haven"), "{shell}");
    }
    let pages = device.beside("man").display().to_string();
    assert_eq!(device.run(&["man", "--out", &pages]).code, Some(0));
    assert!(device.beside("man/haven-add.1").is_file());
}
