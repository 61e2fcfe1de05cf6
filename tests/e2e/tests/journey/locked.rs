//! Writing while the journal is locked, and opening it on the way.

use haven_e2e::device::{Device, PASSPHRASE};
use haven_e2e::ran::{Ran, text};
use haven_e2e::terminal::at_terminal;

fn piped(device: &Device, arguments: &[&str], words: &str) -> Ran {
    device.run_with(arguments, words.as_bytes())
}

fn waiting(device: &Device) -> u64 {
    device.json(&["status"])["waiting"].as_u64().unwrap()
}

#[test]
fn words_piped_in_while_locked_survive_a_power_cut_and_are_an_entry_after_unlocking() {
    let device = Device::begun();
    device.json(&["lock"]);
    let kept = piped(&device, &["add", "-", "--title", "T", "--tag", "calm"], "precious words").json();
    assert_eq!((text(&kept, "kept"), kept["waiting"].as_u64()), ("sealed", Some(1)));
    device.kill_daemon();
    assert_eq!(waiting(&device), 1);
    let told = device.command(&["status"]).output().unwrap();
    assert!(String::from_utf8_lossy(&told.stdout).contains("1 text waits sealed"), "{told:?}");
    let on_disk = Device::files(&device.home());
    assert!(on_disk.iter().all(|(_, bytes)| !bytes.windows(8).any(|part| part == b"precious")));
    device.unlock();
    device.kill_daemon();
    device.unlock();
    assert_eq!((device.entries(), waiting(&device)), (1, 0));
    let entry = device.json(&["show", text(&kept, "id")]);
    assert_eq!((text(&entry, "text"), text(&entry, "title")), ("precious words", "T"));
    assert_eq!(device.lines(&["draft", "list"]).len(), 0);
}

#[test]
fn what_a_script_writes_while_locked_says_so_and_the_rest_stays_refused() {
    let device = Device::begun();
    let id = device.add("before");
    device.json(&["lock"]);
    assert_eq!(text(&device.json(&["add", "in the history"]), "kept"), "sealed");
    assert_eq!(text(&device.json(&["checkin", "--feeling", "sad"]), "kept"), "sealed");
    piped(&device, &["add", "-"], "").failed(2, "INVALID_ARGUMENT");
    piped(&device, &["edit", &id[..8], "--from", "-"], "after").failed(3, "LOCKED");
    device.fails(&["edit", &id, "--title", "T"], 3, "LOCKED");
    let unknown = ["add", "-", "--person", "Nobody"];
    assert_eq!(text(&piped(&device, &unknown, "about somebody").json(), "kept"), "sealed");
    assert_eq!(waiting(&device), 4);
    device.unlock();
    assert_eq!((device.entries(), device.text(&id).as_str()), (3, "before"));
    let drafts = device.lines(&["draft", "list"]);
    let of = |opening: &str| {
        let found = drafts.iter().find(|draft| text(draft, "opening") == opening).unwrap();
        text(found, "id").to_owned()
    };
    device.json(&["draft", "save", &of("after")]);
    assert_eq!(device.text(&id), "after");
    device.fails(&["draft", "save", &of("about somebody")], 5, "NOT_FOUND");
    device.json(&["people", "add", "Ann"]);
    let saved = device.json(&["draft", "save", &of("about somebody"), "--person", "ann"]);
    assert_eq!(device.text(text(&saved, "id")), "about somebody");
}

#[test]
fn words_that_an_open_journal_refuses_are_a_draft() {
    let device = Device::begun();
    piped(&device, &["add", "-", "--person", "Nobody"], "of a pipe").failed(5, "NOT_FOUND");
    device.run_with(&["add", "-"], b"caf\xe9").failed(2, "INVALID_ARGUMENT");
    piped(&device, &["edit", "0000000", "--from", "-"], "of no entry").failed(5, "NOT_FOUND");
    let drafts = device.lines(&["draft", "list"]);
    let mut openings: Vec<_> = drafts.iter().map(|draft| text(draft, "opening")).collect();
    openings.sort_unstable();
    assert_eq!(openings, ["café", "of a pipe", "of no entry"]);
    assert_eq!(device.entries(), 0);
}

#[test]
fn a_terminal_is_asked_for_the_passphrase() {
    let device = Device::begun();
    device.add("behind a lock");
    device.json(&["lock"]);
    for (arguments, typed, code) in [
        (&["list"][..], "\n".to_owned(), 3),
        (&["list"], "wrong\nwrong\nwrong\n".to_owned(), 3),
        (&["list", "--no-input"], format!("{PASSPHRASE}\n"), 3),
        (&["practice", "list"], String::new(), 0),
        (&["list"], format!("wrong\n{PASSPHRASE}\n"), 0),
    ] {
        let ran = at_terminal(&device, arguments, "true", &typed);
        assert_eq!(ran.code, Some(code), "{arguments:?} {typed:?}: {}", ran.stdout);
        assert_eq!(ran.stdout.contains("behind a lock"), code == 0 && arguments[0] == "list");
    }
}

#[test]
fn words_are_sealed_before_the_passphrase_is_asked_for() {
    let device = Device::begun();
    device.json(&["lock"]);
    let check = |words: &str, typed: &str, code: i32| {
        let ran = at_terminal(&device, &["add", words], "true", typed);
        assert_eq!(ran.code, Some(code), "{typed:?}: {}", ran.stdout);
        assert!(ran.stdout.contains("kept sealed"), "{}", ran.stdout);
    };
    check("left sealed", "\n", 0);
    check("mistyped", "wrong\nwrong\nwrong\n", 0);
    assert_eq!(waiting(&device), 2);
    check("written in", &format!("{PASSPHRASE}\n"), 0);
    assert_eq!((waiting(&device), device.entries()), (0, 3));
    assert_eq!(device.lines(&["draft", "list"]).len(), 0);
}

#[test]
fn a_measure_that_is_left_goes_on_where_it_was() {
    let device = Device::begun();
    let ran = at_terminal(&device, &["measure", "do", "gad-7"], "true", "1\n2\n");
    assert_eq!(ran.code, Some(130), "{}", ran.stdout);
    assert!(ran.stdout.contains("haven measure do gad-7"), "{}", ran.stdout);
    assert_eq!((device.entries(), device.lines(&["draft", "list"]).len()), (0, 1));
    let ran = at_terminal(&device, &["measure", "do", "gad-7"], "true", "y\n0\n0\n0\n0\n3\n");
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    let result = &device.lines(&["measure", "history", "gad-7"])[0];
    assert_eq!(result["scores"]["total"].as_f64(), Some(6.0));
    assert_eq!((device.entries(), device.lines(&["draft", "list"]).len()), (1, 0));
}
