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
    assert!(String::from_utf8_lossy(&told.stdout).contains("1 entry waits sealed"), "{told:?}");
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
    // Nobody saw what stood there when it was written.
    device.fails(&["draft", "save", &of("after")], 6, "CONFIRMATION_NEEDED");
    assert_eq!(device.text(&id), "before");
    device.json(&["draft", "save", &of("after"), "--yes"]);
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
fn words_of_a_pipe_are_kept_whatever_is_wrong_beside_them() {
    let device = Device::begun();
    let kept = |arguments: &[&str], words: &str| {
        let ran = piped(&device, arguments, words);
        assert_eq!(ran.code, Some(2), "{arguments:?} {}", ran.stderr);
        ran.stderr
    };
    let said = kept(&["add", "-", "--at", "2026-02-30", "--title", "T"], "of an impossible day");
    assert!(said.contains("2026-02-30") && said.contains("--at TIME"), "{said}");
    kept(&["add", "--kind", "poem", "-"], "of no kind");
    kept(&["add", "-", "--tilte", "x"], "of a mistyped option");
    kept(&["edit", "1a", "2b", "--from", "-"], "of two entries");
    assert!(kept(&["add", "-", "--frob"], " \n").contains("--frob"), "there is nothing to keep");
    device.json(&["lock"]);
    assert!(kept(&["add", "-", "--frob"], "behind a lock").contains("kept sealed"));
    assert!(kept(&["edit", "last", "--from", "-", "--at", "noon"], "of the last").contains("kept sealed"));
    device.unlock();
    let drafts = device.lines(&["draft", "list"]);
    let mut openings: Vec<_> = drafts.iter().map(|draft| text(draft, "opening")).collect();
    openings.sort_unstable();
    assert_eq!(
        openings,
        [
            "behind a lock",
            "of a mistyped option",
            "of an impossible day",
            "of no kind",
            "of the last",
            "of two entries"
        ]
    );
    let dated = drafts.iter().find(|draft| text(draft, "title") == "T").unwrap();
    let saved = device.json(&["draft", "save", text(dated, "id"), "--at", "2026-02-28"]);
    assert_eq!(text(&device.json(&["show", text(&saved, "id")]), "at"), "2026-02-28");
}

#[test]
fn words_of_a_pipe_that_no_daemon_takes_lie_in_memory_for_the_next_command() {
    let device = Device::begun();
    device.kill_daemon();
    let (home, away) = (device.home(), device.beside("away"));
    std::fs::rename(&home, &away).unwrap();
    std::fs::write(&home, "no folder").unwrap();
    let ran = piped(&device, &["add", "-", "--title", "T"], "nobody listens");
    assert!(ran.code != Some(0) && ran.stderr.contains("which is memory"), "{}", ran.stderr);
    std::fs::remove_file(&home).unwrap();
    std::fs::rename(&away, &home).unwrap();
    device.unlock();
    let drafts = device.lines(&["draft", "list"]);
    assert_eq!((text(&drafts[0], "opening"), text(&drafts[0], "title")), ("nobody listens", "T"));
}

#[test]
fn words_for_the_last_entry_that_were_written_while_locked_are_seen_before_they_change_it() {
    let device = Device::begun();
    let id = device.add("what stood there");
    let change = |words: &str| {
        device.json(&["lock"]);
        piped(&device, &["edit", "last", "--from", "-"], words).failed(3, "LOCKED");
        device.unlock();
        let drafts = device.lines(&["draft", "list"]);
        assert_eq!((drafts.len(), text(&drafts[0], "entry")), (1, &*id));
        text(&drafts[0], "id").to_owned()
    };
    let draft = change("what would");
    let ran = at_terminal(&device, &["draft", "save", &draft], "true", "n\n");
    assert_eq!(ran.code, Some(6), "{}", ran.stdout);
    assert!(ran.stdout.contains("what stood there") && ran.stdout.contains("what would"), "{}", ran.stdout);
    assert_eq!((device.text(&id).as_str(), device.entries()), ("what stood there", 1));
    let ran = at_terminal(&device, &["draft", "save", &draft], "true", "y\n");
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    assert_eq!((device.text(&id).as_str(), device.entries()), ("what would", 1));

    let new = device.json(&["draft", "save", &change("on its own"), "--new"]);
    assert_ne!(text(&new, "id"), id);
    assert_eq!(device.text(text(&new, "id")), "on its own");
    assert_eq!((device.text(&id).as_str(), device.entries()), ("what would", 2));
    assert_eq!(device.lines(&["draft", "list"]).len(), 0);
}

#[test]
fn words_for_an_entry_that_is_not_there_go_where_their_person_says() {
    let device = Device::begun();
    let id = device.json(&["add", "before", "--title", "T", "--tag", "calm"]);
    let id = text(&id, "id");
    device.json(&["lock"]);
    piped(&device, &["edit", "0000000", "--from", "-"], "after").failed(3, "LOCKED");
    device.unlock();
    let draft = device.lines(&["draft", "list"]).remove(0);
    let draft = text(&draft, "id");
    device.fails(&["draft", "save", draft], 6, "CONFIRMATION_NEEDED");
    device.fails(&["draft", "save", draft, "--entry", "last"], 6, "CONFIRMATION_NEEDED");
    assert_eq!((device.text(id).as_str(), device.entries()), ("before", 1));
    device.json(&["draft", "save", draft, "--entry", "last", "--yes"]);
    let entry = device.json(&["show", id]);
    assert_eq!((text(&entry, "text"), text(&entry, "title")), ("after", "T"));
    assert_eq!(entry["tags"][0], "calm");
    assert_eq!(device.entries(), 1);
}

#[test]
fn a_locked_journal_says_at_once_what_will_be_no_entry_and_at_the_unlock_what_is_none() {
    let device = Device::begun();
    device.json(&["lock"]);
    let ran = piped(&device, &["add", "-"], &"x".repeat(262_145));
    ran.failed(2, "TOO_LARGE");
    assert!(ran.stdout.is_empty() && ran.stderr.contains("kept sealed"), "{}", ran.stderr);
    let told = device.run_with(&["add", "-", "--person", "Nobody"], b"about somebody");
    assert!(told.json()["looked_up_later"][0] == "Nobody", "{}", told.stdout);
    let ran = at_terminal(&device, &["unlock"], "true", &format!("{PASSPHRASE}\n"));
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("262145 bytes") && said.contains("--split"), "{said}");
    assert!(said.contains("Who Nobody is isn't clear") && said.contains("haven people add NAME"), "{said}");
}

#[test]
fn a_title_that_is_too_long_has_a_way_on() {
    let device = Device::begun();
    let long = format!("{}end", "word ".repeat(200));
    let draft = || {
        let ran = piped(&device, &["add", "-", "--title", &long], "the text");
        ran.failed(2, "TOO_LARGE");
        assert!(ran.stderr.contains("--title TITLE"), "{}", ran.stderr);
        text(&device.lines(&["draft", "list"])[0], "id").to_owned()
    };
    let id = draft();
    let listed = device.command(&["draft", "list"]).output().unwrap();
    assert!(listed.stdout.len() < 300, "{listed:?}");
    let saved = device.json(&["draft", "save", &id, "--title", "Short"]);
    let entry = device.json(&["show", text(&saved, "id")]);
    assert_eq!((text(&entry, "title"), text(&entry, "text")), ("Short", &*format!("{long}\n\nthe text")));
    let saved = device.lines(&["draft", "save", &draft(), "--split"]);
    let entry = device.json(&["show", text(&saved[0], "id")]);
    let whole = format!("{} {}", text(&entry, "title"), text(&entry, "text"));
    assert_eq!(whole, format!("{long}\n\nthe text"));
    assert_eq!((device.entries(), device.lines(&["draft", "list"]).len()), (2, 0));
}

#[test]
fn unlocking_says_where_the_journal_is_open_already() {
    let device = Device::begun();
    let check = |typed: String, code: i32, words: &str| {
        let ran = at_terminal(&device, &["unlock"], "true", &typed);
        assert_eq!(ran.code, Some(code), "{}", ran.stdout);
        let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(words), "{said}");
    };
    check("wrong\nwrong\nwrong\n".to_owned(), 3, "was open already, and stays open");
    check(format!("wrong\n{PASSPHRASE}\n"), 0, "The journal was open already.");
    device.json(&["lock"]);
    check(format!("wrong\nwrong\n{PASSPHRASE}\n"), 0, "The journal is open on");
    device.json(&["lock"]);
    check("\n".to_owned(), 3, "the journal is locked");
}

#[test]
fn a_weak_passphrase_is_refused_before_it_is_typed_again() {
    let device = Device::new();
    let typed = format!("haven\n{PASSPHRASE}\n{PASSPHRASE}\n\n");
    let ran = at_terminal(&device, &["init", "--name", "one"], "true", &typed);
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("could be guessed") && ran.stdout.contains("five or six random words"),
        "{}",
        ran.stdout
    );
    assert_eq!(ran.stdout.matches("The same again").count(), 1, "{}", ran.stdout);
}

#[test]
fn a_check_in_says_at_a_terminal_what_was_noted() {
    let device = Device::begun();
    let ran = at_terminal(&device, &["checkin", "--feeling", "sad", "--feeling", "tired"], "true", "");
    assert!(ran.stdout.contains("Noted: sad, tired"), "{}", ran.stdout);
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
