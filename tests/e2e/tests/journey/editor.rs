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
    let ran = at_terminal(&device, &["add"], "true", "");
    assert_eq!((ran.code, device.entries()), (Some(0), 0), "{}", ran.stdout);
    let id = device.add("as it is");
    let ran = at_terminal(&device, &["edit", &id], "true", "");
    assert_eq!((ran.code, device.lines(&["history", &id]).len()), (Some(0), 1), "{}", ran.stdout);
    none(&device);
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
