//! Exit codes and envelopes.

use std::fs;
use std::io::Read as _;

use haven_api::error::ErrorReason;
use haven_api::unix::SOCKET;
use haven_api::unix::holder::LOCK;
use serde_json::Value;

use crate::daemon::{Daemon, ID, haven};

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
        ("DEVICE_NOT_IN", 1),
        ("DEVICE_REMOVED", 1),
        ("NEW_KEY_UNREADABLE", 1),
        ("DEVICES_CHANGED", 1),
        ("OUTCOME_UNKNOWN", 7),
        ("KIT_REPLACED", 1),
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
    for arguments in [
        &[][..],
        &["show"],
        &["lst"],
        &["practice"],
        &["list", "--limit", "-1"],
        &["add", "x", "--at", "tomorrow"],
        &["import", "jsonl", "f", "--zone", "UTC+3"],
        &["list", "--tag"],
        &["--color", "blue", "list"],
        &["list", "--met", "--trashed"],
        &["list", "--exercise", "Name it"],
        &["list", "--feeling"],
    ] {
        let output = check(&[arguments, &["--json"]].concat(), 2);
        let told: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(told["error"]["reason"], "INVALID_ARGUMENT", "{told}");
        for part in ["what", "why", "next"] {
            assert!(told["error"][part].as_str().is_some_and(|said| !said.is_empty()), "{told}");
        }
        if !matches!(arguments, [] | ["practice"]) {
            let words = String::from_utf8(check(arguments, 2).stderr).unwrap();
            let lines: Vec<_> = words.lines().map(|line| line.get(..7)).collect();
            assert_eq!(lines, [Some("error: "), Some("  why: "), Some("  next:")], "{words}");
        }
    }
}

#[test]
fn haven_alone_shows_the_everyday_on_one_screen_and_where_help_is() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [&[][..], &["--no-input"]] {
        let output = haven(home.path(), arguments, b"");
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.lines().count() <= 20, "{said}");
        assert!(said.lines().last().unwrap().starts_with("haven help-now"), "{said}");
    }
    let all = String::from_utf8(haven(home.path(), &["help"], b"").stdout).unwrap();
    for command in ["completions", "help-now", "settle"] {
        assert!(all.contains(command), "{all}");
    }
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
    let good = r#"{"date":"2021-05-01"}"#;
    let output = daemon
        .run(&["import", "jsonl", "-", "--json"], format!("{good}\n{{\"bad\":1}}\n\n{good}").as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let done = "{\"dry_run\":false,\"imported\":2,\"skipped\":0,\"failed\":[{\"line\":2,\"reason\":\"no JSON\"}],\"failed_total\":1,\
                \"reasons\":[{\"reason\":\"no JSON\",\"lines\":[2],\"count\":1}],\"people\":0,\"definitions\":0,\
                \"forgotten\":0,\"unmerged\":0,\"unused\":{},\
                \"missing\":0,\"differing\":[],\"differing_total\":0}\n";
    assert_eq!(String::from_utf8(output.stdout).unwrap(), done);
    assert_eq!(daemon.run(&["import", "jsonl", "-"], good.as_bytes()).status.code(), Some(0));
    assert_eq!(daemon.run(&["import", "jsonl", "/nowhere"], b"").status.code(), Some(2));
    let output = daemon.run(&["import", "jsonl", "-", "--dry-run", "--json"], good.as_bytes());
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("{\"dry_run\":true,\"imported\":1,"));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out");
    let output = daemon.run(&["export", "jsonl", file.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "half an export looks like a whole one");

    let pages = folder.path().join("pages");
    let output = daemon.run(&["export", "markdown", pages.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(pages.join("page.md").exists());
    assert!(fs::read_to_string(pages.join("INCOMPLETE.txt")).unwrap().contains("not everything is here"));
    let output = daemon.run(&["export", "markdown", pages.to_str().unwrap()], b"");
    assert!(String::from_utf8_lossy(&output.stderr).contains("was stopped before its end"), "{output:?}");
}

#[test]
fn a_file_that_holds_nothing_is_refused_and_the_export_of_an_empty_journal_is_not() {
    let daemon = Daemon::start();
    for (file, why) in [("", "is empty"), ("\n \r\n", "holds no entry"), ("[]\n", "holds no entry")] {
        let (code, said) = imported(&daemon, file);
        assert_eq!(code, Some(2), "{file:?}: {said}");
        assert!(
            said.contains("nothing was imported") && said.contains(why) && said.contains("next:"),
            "{said}"
        );
        let output = daemon.run(&["import", "jsonl", "-", "--json"], file.as_bytes());
        let told: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(told["error"]["reason"], "INVALID_ARGUMENT");
    }
    let empty = "{\"haven\":{\"schema\":1,\"people\":0,\"definitions\":0,\"entries\":0}}\n";
    let (code, said) = imported(&daemon, empty);
    assert_eq!(code, Some(0), "{said}");
}

/// What `haven import` says of a file, and how it ends.
fn imported(daemon: &Daemon, file: &str) -> (Option<i32>, String) {
    let output = daemon.run(&["import", "jsonl", "-"], file.as_bytes());
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn a_file_of_any_shape_is_read_as_what_it_is_and_one_cause_is_told_once() {
    let daemon = Daemon::start();
    let list = "[\n  {\n    \"date\": \"2021-05-01\"\n  },\n  {\"date\": \"2021-05-02\"}, {\"bad\":1}\n]\n";
    assert_eq!(imported(&daemon, list), (Some(1), "2 entries imported.\nline 5: no JSON\n".to_owned()));
    let three = "{\"date\":\"2021-05-01\"} {\"a\":1}\r\n{\"a\":2}";
    assert_eq!(imported(&daemon, three), (Some(0), "3 entries imported.\n1 key not used: mood\n".to_owned()));
    let many = format!("{{\"a\":1}}\n{}", "{\"bad\":1}\n".repeat(5_000));
    let said = "1 entry imported.\nlines 2, 3, 4 and 4997 more: no JSON\n";
    assert_eq!(imported(&daemon, &many), (Some(1), said.to_owned()));
    let cut = "[\n{\"date\":\"2021-05-01\"},\n{\"date\":";
    let (code, said) = imported(&daemon, cut);
    assert_eq!(code, Some(1));
    assert!(said.starts_with("1 entry imported.\nline 3: the file ends in the middle"), "{said}");
    let short = "{\"haven\":{\"schema\":1,\"people\":0,\"definitions\":0,\"entries\":2}}\n{\"date\":\"2021-05-01\"}\n";
    let (code, said) = imported(&daemon, short);
    assert_eq!(code, Some(1));
    assert!(said.contains("The file ends early: 1 entry that it announces isn't in it."), "{said}");
    for wrong in ["%PDF-1.7\nobj\n", "date,text\n2021-05-01,walked\n2021-05-02,slept\n"] {
        let (code, said) = imported(&daemon, wrong);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("holds no JSON") && !said.contains("walked"), "{said}");
    }
}

#[test]
fn a_daemon_that_ends_in_the_middle_of_a_call_is_told_from_one_that_is_silent() {
    let home = tempfile::tempdir().unwrap();
    let listener = std::os::unix::net::UnixListener::bind(home.path().join(SOCKET)).unwrap();
    let lock = fs::File::create(home.path().join(LOCK)).unwrap();
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
    check("ended in the middle of it", "starts another");
    // Whoever holds the lock has noted nothing.
    lock.lock().unwrap();
    check("one is using the journal's folder", "haven daemon stop");
}

#[test]
fn a_daemon_that_takes_no_call_is_silent_and_holds_nobody_up() {
    let home = tempfile::tempdir().unwrap();
    let _listener = std::os::unix::net::UnixListener::bind(home.path().join(SOCKET)).unwrap();
    let lock = fs::File::create(home.path().join(LOCK)).unwrap();
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
        check(&["list"], 4, "the daemon doesn't answer");
        check(&["doctor"], 4, "one is using the journal's folder, but says nothing");
        check(&["daemon", "status", "--json"], 4, "{\"state\":\"silent\"}");
        check(&["daemon", "stop"], 4, "the daemon couldn't be stopped");
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

#[test]
fn words_from_a_pipe_are_kept_also_where_a_tag_is_wrong() {
    let daemon = Daemon::start();
    for arguments in [&["add", "-", "--tag", "a,b"][..], &["edit", ID, "--from", "-", "--tag", ""]] {
        let output = daemon.run(arguments, b"precious words\n");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("a tag can't be used") && said.contains("haven draft edit"), "{said}");
    }
    let output = daemon.run(&["add", "words", "--tag", ""], b"");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}
