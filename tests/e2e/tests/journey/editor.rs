//! Words written in an editor: never lost, never left lying about.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use haven_e2e::device::Device;
use haven_e2e::patience::until;
use haven_e2e::ran::text;
use haven_e2e::terminal::at_terminal;

/// An editor that is a few lines of shell; `$1` is the file.
fn editor(device: &Device, name: &str, script: &str) -> String {
    let path = device.beside(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&path).status().unwrap().success());
    path.display().to_string()
}

/// What lies in the folder for words in progress.
fn left_over(device: &Device) -> Vec<String> {
    let folder = device.beside("runtime");
    Device::files(&folder).iter().map(|(path, _)| path.display().to_string()).collect()
}

fn none(device: &Device) {
    assert_eq!(left_over(device), Vec::<String>::new());
}

#[test]
fn an_editor_writes_and_changes_an_entry_and_leaves_nothing_behind() {
    let device = Device::begun();
    let writes = editor(
        &device,
        "writes",
        r#"test "$(stat -c %a "$1")" = 600 && test "$(stat -c %a "$(dirname "$1")")" = 700 && echo "from the editor" > "$1""#,
    );
    let ran = at_terminal(&device, &["add", "--title", "T"], &writes, "");
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    let entry = &device.lines(&["list"])[0];
    assert_eq!(device.text(text(entry, "id")), "from the editor");
    let appends = editor(&device, "appends", r#"echo "and more" >> "$1""#);
    let ran = at_terminal(&device, &["edit", text(entry, "id")], &appends, "");
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    assert_eq!(device.text(text(entry, "id")), "from the editorand more");
    none(&device);
}

#[test]
fn an_empty_or_untouched_text_is_no_entry_and_no_change() {
    let device = Device::begun();
    // Enter says that no window is left open.
    let ran = at_terminal(&device, &["add"], "true", "\n");
    assert_eq!((ran.code, device.entries()), (Some(0), 0), "{}", ran.stdout);
    let id = device.add("as it is");
    let ran = at_terminal(&device, &["edit", &id], "true", "\n");
    assert_eq!((ran.code, device.lines(&["history", &id]).len()), (Some(0), 1), "{}", ran.stdout);
    none(&device);
}

#[test]
fn a_draft_that_was_written_without_seeing_its_entry_is_shown_beside_it_after_it_was_edited() {
    let device = Device::begun();
    let id = device.add("what stood there");
    device.json(&["lock"]);
    device.run_with(&["edit", "last", "--from", "-"], b"what would").failed(3, "LOCKED");
    device.unlock();
    let draft = text(&device.lines(&["draft", "list"])[0], "id").to_owned();
    let appends = editor(&device, "appends", r#"echo " and more" >> "$1""#);
    let ran = at_terminal(&device, &["draft", "edit", &draft], &appends, "n\n");
    assert_eq!(ran.code, Some(6), "{}", ran.stdout);
    assert!(ran.stdout.contains("what stood there") && ran.stdout.contains("and more"), "{}", ran.stdout);
    assert_eq!(device.text(&id), "what stood there");
    device.json(&["draft", "save", &draft, "--yes"]);
    assert_eq!((device.text(&id).as_str(), device.entries()), ("what would and more", 1));
}

#[test]
fn words_of_an_editor_that_fails_are_kept_as_a_draft() {
    let device = Device::begun();
    let fails = editor(&device, "fails", r#"echo "nearly lost" > "$1"; exit 3"#);
    let ran = at_terminal(&device, &["add", "--title", "T"], &fails, "");
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(ran.stdout.contains("haven draft save"), "{}", ran.stdout);
    none(&device);
    let drafts = device.lines(&["draft", "list"]);
    assert_eq!((drafts.len(), text(&drafts[0], "title")), (1, "T"));
    let draft = text(&drafts[0], "id");
    assert_eq!(text(&device.json(&["draft", "show", draft]), "text"), "nearly lost");
    let saved = device.json(&["draft", "save", &draft[..8]]);
    assert_eq!(device.text(text(&saved, "id")), "nearly lost");
    assert_eq!(device.lines(&["draft", "list"]).len(), 0);
}

#[test]
fn a_journal_that_is_locked_meanwhile_is_opened_again_for_the_words() {
    let device = Device::begun();
    let home = device.home().display().to_string();
    let haven = haven_e2e::programs::find("haven").display().to_string();
    let script = format!(r#"echo "while locked" > "$1"; HAVEN_HOME='{home}' '{haven}' lock --no-input"#);
    let locks = editor(&device, "locks", &script);
    let typed = format!("{}\n", haven_e2e::device::PASSPHRASE);
    let ran = at_terminal(&device, &["add"], &locks, &typed);
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    assert_eq!(device.text(text(&device.lines(&["list"])[0], "id")), "while locked");
    none(&device);
}

#[test]
fn words_of_a_command_that_was_killed_are_rescued_by_the_next() {
    let device = Device::begun();
    let (ready, go_on) = (device.beside("ready"), device.beside("go-on"));
    assert!(Command::new("mkfifo").arg(&go_on).status().unwrap().success());
    let script = format!(
        r#"echo "out of a wreck" > "$1"; echo $PPID > '{}'; cat '{}'"#,
        ready.display(),
        go_on.display()
    );
    let waits = editor(&device, "waits", &script);
    std::thread::scope(|scope| {
        let ran = scope.spawn(|| at_terminal(&device, &["add", "--title", "T"], &waits, ""));
        let pid =
            until("the editor is open", || fs::read_to_string(&ready).ok().filter(|pid| pid.ends_with('\n')));
        // Not the shell that asked for the editor but whoever started it all: the command itself.
        let command = parent_called("haven", pid.trim());
        device.json(&["status"]);
        assert!(!left_over(&device).is_empty(), "an editor's folder was taken away under it");
        assert!(Command::new("kill").args(["-KILL", &command]).status().unwrap().success());
        // Opened both ways, since nobody may be left to read: the terminal goes down with the command.
        fs::File::options().read(true).write(true).open(&go_on).unwrap().write_all(b"\n").unwrap();
        ran.join().unwrap();
    });
    let said = device.command(&["status"]).output().unwrap();
    assert!(String::from_utf8_lossy(&said.stderr).contains("haven draft"), "{said:?}");
    none(&device);
    let drafts = device.lines(&["draft", "list"]);
    assert_eq!((drafts.len(), text(&drafts[0], "title")), (1, "T"));
    assert_eq!(text(&device.json(&["draft", "show", text(&drafts[0], "id")]), "text"), "out of a wreck");
}

#[test]
fn an_editor_that_returns_at_once_is_waited_for_and_its_words_are_found_later() {
    let device = Device::begun();
    // Nobody is at the terminal to press Enter: the prompt comes back, and the folder waits for the window.
    let ran = at_terminal(&device, &["add", "--title", "T"], "true", "");
    assert_eq!((ran.code, device.entries()), (Some(0), 0), "{}", ran.stdout);
    assert!(ran.stdout.contains("code --wait"), "{}", ran.stdout);
    let file = left_over(&device).into_iter().find(|path| path.ends_with("entry.md")).unwrap();
    device.json(&["status"]);
    fs::write(&file, "typed in the window\n").unwrap();
    let said = device.command(&["status"]).output().unwrap();
    assert!(String::from_utf8_lossy(&said.stderr).contains("haven draft"), "{said:?}");
    none(&device);
    let draft = &device.lines(&["draft", "list"])[0];
    assert_eq!((text(draft, "title"), text(draft, "opening")), ("T", "typed in the window"));
}

#[test]
fn a_text_that_is_too_long_is_a_draft_and_becomes_several_entries() {
    let device = Device::begun();
    let line = "x".repeat(1023);
    let long = format!("{line}\n").repeat(300);
    fs::write(device.beside("long"), &long).unwrap();
    let writes = editor(&device, "writes", &format!(r#"cat '{}' > "$1""#, device.beside("long").display()));
    let ran = at_terminal(&device, &["add", "--title", "T"], &writes, "");
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);
    assert!(ran.stdout.contains("--split") && !ran.stdout.contains("haven unlock"), "{}", ran.stdout);
    none(&device);
    let said = device.command(&["draft", "list"]).output().unwrap();
    assert!(said.stderr.is_empty(), "{said:?}");
    let drafts = device.lines(&["draft", "list"]);
    let (id, problem) = (text(&drafts[0], "id"), text(&drafts[0], "problem"));
    assert!(problem.contains("307199 bytes"), "{problem}");
    assert_eq!(text(&device.json(&["draft", "show", id]), "text"), long.trim_end());
    device.fails(&["draft", "save", id], 2, "TOO_LARGE");
    let parts = device.lines(&["draft", "save", id, "--split"]);
    let words: String = parts.iter().map(|part| device.text(text(part, "id"))).collect();
    assert_eq!((parts.len(), words.as_str()), (2, long.trim_end()));
    assert_eq!(device.lines(&["draft", "list"]).len(), 0);
    let titles: Vec<_> =
        device.lines(&["list"]).iter().map(|entry| text(entry, "title").to_owned()).collect();
    assert_eq!(titles.len(), 2);
    assert!(
        titles.contains(&"T (1 of 2)".to_owned()) && titles.contains(&"T (2 of 2)".to_owned()),
        "{titles:?}"
    );
}

#[test]
fn strange_bytes_are_refused_with_their_place_and_kept() {
    let device = Device::begun();
    let writes = editor(&device, "writes", r#"printf 'one\ncaf\351\n' > "$1""#);
    let ran = at_terminal(&device, &["add"], &writes, "");
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);
    assert!(ran.stdout.contains("byte 4 of line 2"), "{}", ran.stdout);
    none(&device);
    let drafts = device.lines(&["draft", "list"]);
    assert_eq!(text(&device.json(&["draft", "show", text(&drafts[0], "id")]), "text"), "one\ncafé");
}

#[test]
fn a_text_is_emptied_at_a_yes_only() {
    let device = Device::begun();
    let id = device.add("words I want to keep");
    let empties = editor(&device, "empties", r#"printf ' \n' > "$1""#);
    for (typed, left) in [("n\n", "words I want to keep"), ("y\n", " ")] {
        let ran = at_terminal(&device, &["edit", &id], &empties, typed);
        assert_eq!((ran.code, device.text(&id).as_str()), (Some(0), left), "{}", ran.stdout);
    }
    let id = device.add("words of a pipe");
    for nothing in [&b""[..], b" \n\n"] {
        device.run_with(&["edit", &id, "--from", "-"], nothing).failed(2, "INVALID_ARGUMENT");
    }
    assert_eq!((device.text(&id).as_str(), device.lines(&["history", &id]).len()), ("words of a pipe", 1));
    device.run_with(&["edit", &id, "--from", "-"], b"words of a pipe").json();
    assert_eq!(device.lines(&["history", &id]).len(), 1, "an unchanged text makes no version");
    none(&device);
}

/// The process of that name among a process and those above it.
fn parent_called(name: &str, pid: &str) -> String {
    let status = fs::read_to_string(Path::new("/proc").join(pid).join("status")).unwrap();
    let field = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        line.unwrap().trim().to_owned()
    };
    if field("Name:") == name { pid.to_owned() } else { parent_called(name, &field("PPid:")) }
}

#[test]
fn words_given_as_an_argument_are_warned_about_once() {
    let device = Device::begun();
    let warned = || {
        let output = device.command(&["add", "in the history"]).output().unwrap();
        String::from_utf8_lossy(&output.stderr).contains("shell's history")
    };
    assert_eq!([warned(), warned()], [true, false]);
}

#[test]
fn a_passphrase_is_asked_for_at_a_terminal_and_not_shown() {
    let device = Device::new();
    let passphrase = haven_e2e::device::PASSPHRASE;
    let ran =
        at_terminal(&device, &["init", "--name", "Laptop"], "true", &format!("{passphrase}\n{passphrase}\n"));
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    assert!(ran.stdout.contains("recovery kit"), "{}", ran.stdout);
    assert_eq!(text(&device.json(&["status"]), "state"), "unlocked");
    // What was typed before the prompt is echoed by the terminal itself; the prompt's own echo would be a third time.
    assert!(ran.stdout.matches(passphrase).count() <= 2, "{}", ran.stdout);
}
