//! Exit codes and envelopes.

use std::io::Read as _;

use haven_api::error::ErrorReason;
use haven_api::unix::SOCKET;
use haven_api::unix::holder::LOCK;
use serde_json::Value;

use crate::daemon::{Daemon, haven};

#[test]
fn every_reason_ends_with_its_code_and_an_envelope() {
    let daemon = Daemon::start();
    for (reason, code) in [
        ("INTERNAL", 1),
        ("INVALID_ARGUMENT", 2),
        ("TOO_LARGE", 2),
        ("NOT_FOUND", 5),
        ("AMBIGUOUS_ID", 2),
        ("CONFIRMATION_NEEDED", 6),
        ("TIMED_OUT", 7),
        ("UNSUPPORTED", 1),
        ("STOPPING", 4),
        ("NO_VAULT", 5),
        ("VAULT_EXISTS", 6),
        ("LOCKED", 3),
        ("WRONG_PASSPHRASE", 3),
        ("WEAK_PASSPHRASE", 2),
        ("TOO_MANY_TRIES", 3),
        ("CODE_MALFORMED", 2),
        ("CODE_EXPIRED", 1),
        ("CODE_USED", 1),
        ("WRONG_WORDS", 6),
        ("NO_LINK", 5),
        ("DEVICE_REMOVED", 1),
        ("NO_SERVER", 5),
        ("SERVER_UNREACHABLE", 7),
        ("SERVER_IDENTITY_CHANGED", 6),
        ("SERVER_LOST_DATA", 6),
        ("SERVER_REFUSED", 1),
        ("INVITE_INVALID", 2),
        ("INVITE_USED", 1),
        ("STORAGE_FULL", 1),
        ("STORAGE_READ_ONLY", 1),
        ("STORAGE_NEWER", 1),
        ("STORAGE_DAMAGED", 1),
        ("STORAGE_IN_USE", 1),
        ("STORAGE_FAILED", 1),
    ] {
        assert!(ErrorReason::from_str_name(&format!("ERROR_REASON_{reason}")).is_some(), "{reason}");
        let output = daemon.run(&["add", "-", "--title", reason, "--json"], b"words");
        assert_eq!(output.status.code(), Some(code), "{reason}");
        let told: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(told["error"]["reason"], reason);
        for part in ["what", "why", "next"] {
            assert!(told["error"][part].is_string(), "{told}");
        }
        assert!(!told["error"]["next"].as_str().unwrap().is_empty(), "{told}");
        assert_eq!(output.stdout, b"");
        let words = String::from_utf8(daemon.run(&["add", "-", "--title", reason], b"words").stderr).unwrap();
        assert!(words.starts_with("error: not saved\n") && words.contains("\n  next: "), "{words}");
    }
}

#[test]
fn wrong_usage_ends_with_2_and_help_with_0() {
    let home = tempfile::tempdir().unwrap();
    let check = |arguments: &[&str], code: i32| {
        let output = haven(home.path(), arguments, b"");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        output
    };
    for arguments in
        [&[][..], &["frobnicate"], &["show"], &["list", "--limit", "many"], &["add", "x", "--at", "tea"]]
    {
        check(arguments, 2);
    }
    for arguments in [&["--help"][..], &["--version"], &["add", "--help"], &["device", "join", "--help"]] {
        assert!(!check(arguments, 0).stdout.is_empty(), "{arguments:?}");
    }
    let told: Value = serde_json::from_slice(&check(&["show", "--json"], 2).stderr).unwrap();
    assert_eq!(told["error"]["reason"], "INVALID_ARGUMENT");
}

#[test]
fn a_gate_that_holds_cannot_be_passed_by_a_script() {
    let daemon = Daemon::start();
    let (ann, bea) = ("a1".repeat(16), "b2".repeat(16));
    let check = |arguments: &[&str], answers: String, code: i32| {
        let all = [&["practice", "do", "--answers", "-", "--json"], arguments].concat();
        let output = daemon.run(&all, answers.as_bytes());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        output
    };
    for (arguments, person) in [(&["need-line"][..], &ann), (&["need-line", "--person", "Ann"], &bea)] {
        let told = check(arguments, format!("{{\"person\": \"{person}\"}}"), 6);
        let told: Value = serde_json::from_slice(&told.stderr).unwrap();
        assert_eq!(told["error"]["reason"], "CONFIRMATION_NEEDED");
        assert!(told["error"]["next"].as_str().unwrap().contains("`haven practice do "), "{told}");
    }
    let safe = |answer: &[&str], code: i32| {
        let arguments = [&["need-line", "--person", "Bea"], answer].concat();
        check(&arguments, format!("{{\"person\": \"{bea}\"}}"), code)
    };
    let told: Value = serde_json::from_slice(&safe(&[], 6).stderr).unwrap();
    assert!(told["error"]["next"].as_str().unwrap().contains("--could-harm"), "{told}");
    for answer in ["not-sure", "yes"] {
        let told: Value = serde_json::from_slice(&safe(&["--could-harm", answer], 6).stderr).unwrap();
        assert!(told["error"]["next"].as_str().unwrap().contains("haven help-now"), "{told}");
    }
    safe(&["--could-harm", "maybe"], 2);
    safe(&["--could-harm", "no"], 0);
    // A no does not speak for somebody who is marked unsafe.
    check(&["need-line", "--could-harm", "no"], format!("{{\"person\": \"{ann}\"}}"), 6);
    // Not an exercise that touches them.
    check(&["people-map"], format!("{{\"person\": \"{ann}\"}}"), 0);
}

#[test]
fn a_daemon_that_cannot_be_started_ends_with_4() {
    let home = tempfile::tempdir().unwrap();
    // A program without a daemon beside it.
    let alone = home.path().join("haven");
    // Another process copies it: a test that forks meanwhile would inherit our handle, and a file that is open for writing
    // cannot be run.
    let copied = std::process::Command::new("cp").arg(env!("CARGO_BIN_EXE_haven")).arg(&alone).status();
    assert!(copied.unwrap().success());
    let output = std::process::Command::new(&alone)
        .args(["status", "--json"])
        .env("HAVEN_HOME", home.path().join("home"))
        .env("PATH", "/nowhere")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    let told: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(told["error"]["reason"], "DAEMON_UNREACHABLE");
    assert!(told["error"]["next"].as_str().unwrap().contains("havend"), "{told}");
}

#[test]
fn nothing_is_asked_where_nobody_can_answer() {
    let daemon = Daemon::start();
    for arguments in [
        &["unlock"][..],
        &["init", "--name", "L"],
        &["add"],
        &["edit", "aa"],
        &["checkin"],
        &["practice", "do", "slow-breath"],
        &["draft", "edit", "aa"],
        &["device", "join", "CODE", "--server", "http://s"],
        &["passphrase", "change"],
        &["init", "--passphrase-file", "/nowhere/at/all"],
    ] {
        let output = daemon.run(arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
    }
}

#[test]
fn an_import_done_in_part_ends_with_1_and_an_export_cut_off_says_so() {
    let daemon = Daemon::start();
    let output = daemon.run(&["import", "jsonl", "-", "--json"], b"good\nbad\n\ngood");
    assert_eq!(output.status.code(), Some(1));
    let done = "{\"imported\":2,\"skipped\":0,\"failed\":[{\"line\":2,\"reason\":\"no JSON\"}]}\n";
    assert_eq!(String::from_utf8(output.stdout).unwrap(), done);
    assert_eq!(daemon.run(&["import", "jsonl", "-"], b"good").status.code(), Some(0));
    assert_eq!(daemon.run(&["import", "jsonl", "/nowhere"], b"").status.code(), Some(2));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out");
    let output = daemon.run(&["export", "jsonl", file.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(!file.exists(), "half an export looks like a whole one");
}

#[test]
fn a_daemon_that_ends_in_the_middle_of_a_call_is_told_from_one_that_is_silent() {
    let home = tempfile::tempdir().unwrap();
    let listener = std::os::unix::net::UnixListener::bind(home.path().join(SOCKET)).unwrap();
    let lock = std::fs::File::create(home.path().join(LOCK)).unwrap();
    let check = |why: &str, next: &str| {
        let output = std::thread::scope(|scope| {
            scope.spawn(|| {
                let (mut caller, _) = listener.accept().unwrap();
                // Not before it has begun to ask.
                let _ = caller.read(&mut [0; 64]).unwrap();
            });
            haven(home.path(), &["list", "--json"], b"")
        });
        assert_eq!(output.status.code(), Some(4), "{output:?}");
        let told: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(told["error"]["reason"], "DAEMON_UNREACHABLE");
        for (part, words) in [("why", why), ("next", next)] {
            assert!(told["error"][part].as_str().unwrap().contains(words), "{told}");
        }
    };
    check("ended while it was asked", "starts another");
    // Whoever holds the lock has noted nothing.
    lock.lock().unwrap();
    check("one holds the folder", "haven daemon stop");
}

#[test]
fn a_daemon_that_takes_no_call_is_silent_and_holds_nobody_up() {
    let home = tempfile::tempdir().unwrap();
    let _listener = std::os::unix::net::UnixListener::bind(home.path().join(SOCKET)).unwrap();
    let lock = std::fs::File::create(home.path().join(LOCK)).unwrap();
    lock.lock().unwrap();
    std::thread::scope(|scope| {
        let check = |arguments: &'static [&str], code: i32, said: &'static str| {
            let home = home.path();
            scope.spawn(move || {
                let output = haven(home, arguments, b"");
                assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
                let all = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
                assert!(all.contains(said), "{arguments:?}: {all}");
            });
        };
        check(&["list"], 4, "the daemon does not answer");
        check(&["doctor"], 4, "one holds the folder of the journal, and says nothing");
        check(&["daemon", "status", "--json"], 4, "{\"state\":\"silent\"}");
        check(&["daemon", "stop"], 4, "the daemon could not be stopped");
        check(&["help-now", "--country", "DE"], 0, "116 123");
    });
}

#[test]
fn a_relative_home_is_where_the_command_stands() {
    let daemon = Daemon::start();
    let (above, name) = (daemon.home().parent().unwrap(), daemon.home().file_name().unwrap());
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_haven"))
        .args(["list", "--json"])
        .env("HAVEN_HOME", name)
        .env("PATH", "/nowhere")
        .current_dir(above)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}
