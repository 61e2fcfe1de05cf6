//! Words that a command has read: never in fewer places after it ended politely than after a crash.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use haven_e2e::device::Device;
use haven_e2e::patience::until;
use haven_e2e::programs;
use haven_e2e::ran::{Ran, text};
use haven_e2e::terminal::at_terminal;
use serde_json::Value;

fn send(signal: &str, pid: &str) -> bool {
    Command::new("kill").args([signal, pid]).stderr(Stdio::null()).status().unwrap().success()
}

fn drafts(device: &Device) -> Vec<Value> {
    device.lines(&["draft", "list"])
}

fn openings(device: &Device) -> Vec<String> {
    let mut all: Vec<_> = drafts(device).iter().map(|draft| text(draft, "opening").to_owned()).collect();
    all.sort_unstable();
    all
}

#[test]
fn words_of_an_editor_stay_where_the_command_is_interrupted_while_the_daemon_is_silent() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let device = Device::begun();
        let (daemon, noted) = (device.pid(), device.beside("pid"));
        let editor = device.beside("editor");
        // Whoever started all this, past the shells between: the command itself.
        let script = format!(
            "#!/bin/sh\nkill -STOP {daemon}\necho 'nearly lost' > \"$1\"\npid=$PPID\n\
             while [ \"$(cat /proc/$pid/comm)\" != haven ]; do pid=$(awk '/^PPid/ {{print $2}}' /proc/$pid/status); done\n\
             echo $pid > '{}'\n",
            noted.display()
        );
        fs::write(&editor, script).unwrap();
        assert!(Command::new("chmod").arg("+x").arg(&editor).status().unwrap().success());
        let editor = editor.display().to_string();
        let ran = std::thread::scope(|scope| {
            let ran = scope.spawn(|| at_terminal(&device, &["add", "--title", "T"], &editor, ""));
            let pid = until("the editor is open", || {
                fs::read_to_string(&noted).ok().filter(|pid| pid.ends_with('\n'))
            });
            // While the editor runs the signal is the editor's.
            until("the command has ended", || (!send(signal, pid.trim())).then_some(()));
            ran.join().unwrap()
        });
        let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("Your words are kept in"), "{signal}: {said}");
        assert!(said.contains("takes them over"), "{signal}: {said}");
        Device::kill(daemon);
        device.unlock();
        let kept = &drafts(&device)[0];
        assert_eq!((text(kept, "title"), device.entries()), ("T", 0), "{signal}");
        let kept = device.json(&["draft", "show", text(kept, "id")]);
        assert_eq!(text(&kept, "text"), "nearly lost");
        assert_eq!(Device::files(&device.beside("runtime")).len(), 0);
    }
}

#[test]
fn words_of_a_pipe_stay_where_the_command_is_interrupted() {
    let words = "word ".repeat(40_000);
    let interrupted = |device: &Device, is_whole: bool| {
        let mut child = device.start(&["add", "-"]);
        let mut stdin = child.stdin.take().unwrap();
        // More than fits a pipe: when it is written, the command reads.
        stdin.write_all(words.as_bytes()).unwrap();
        let stdin = (!is_whole).then_some(stdin);
        let pid = child.id().to_string();
        until("the command has ended", || {
            send("-INT", &pid);
            child.try_wait().unwrap()
        });
        drop(stdin);
        Ran::of("add -".to_owned(), child.wait_with_output().unwrap())
    };
    for is_whole in [true, false] {
        let device = Device::begun();
        let daemon = device.pid();
        assert!(send("-STOP", &daemon.to_string()));
        let ran = interrupted(&device, is_whole);
        assert_eq!(ran.code, Some(130), "{}", ran.stderr);
        assert!(ran.stderr.contains("Your words are kept in"), "{}", ran.stderr);
        // Whoever takes them over may be interrupted as well.
        let mut next = device.start(&["status"]);
        until("the next command has ended", || {
            send("-INT", &next.id().to_string());
            next.try_wait().unwrap()
        });
        Device::kill(daemon);
        device.unlock();
        let kept = drafts(&device);
        let kept = device.json(&["draft", "show", text(&kept[0], "id")]);
        assert!(words.starts_with(text(&kept, "text")) && text(&kept, "text").len() > 50_000);
        assert!(!is_whole || text(&kept, "text") == words);
    }
}

#[test]
fn words_that_a_full_disk_refuses_while_the_journal_is_locked_lie_in_memory() {
    let device = Device::begun();
    device.json(&["daemon", "stop"]);
    let limited = r#"trap "" XFSZ; ulimit -f 600; exec "$0" daemon start --json"#;
    let mut start = Command::new("sh");
    start.args(["-c", limited]).arg(programs::find("haven")).env("HAVEN_HOME", device.home());
    assert!(start.stdin(Stdio::null()).output().unwrap().status.success());
    let long = "x ".repeat(60_000);
    let refused = until("the disk is full", || {
        Some(device.run_with(&["add", "-"], long.as_bytes())).filter(|ran| ran.code != Some(0))
    });
    assert!(refused.stderr.contains("which is memory"), "{}", refused.stderr);
    let typed = "y ".repeat(60_000);
    for arguments in [&["add", &typed][..], &["checkin", "--note", &typed]] {
        let ran = device.run(arguments);
        assert!(ran.stderr.contains("STORAGE_F") && ran.stderr.contains("which is memory"), "{}", ran.stderr);
    }
    let ran = device.run_with(&["edit", "last", "--from", "-"], typed.replace('y', "z").as_bytes());
    assert!(ran.stderr.contains("which is memory"), "{}", ran.stderr);
    device.json(&["daemon", "stop"]);
    device.unlock();
    let kept: Vec<_> = openings(&device).iter().map(|opening| opening.chars().next()).collect();
    assert_eq!(kept, [Some('x'), Some('y'), Some('y'), Some('z')]);
    assert_eq!(Device::files(&device.beside("runtime")).len(), 0);
}

#[test]
fn a_dash_that_cannot_mean_the_pipe_is_refused_and_the_words_are_kept() {
    let device = Device::begun();
    let id = device.add("what stood there");
    let mut expected = Vec::new();
    for (number, arguments) in [
        &["add", "-", "more"][..],
        &["add", "-", "-"],
        &["add", "--title", "-"],
        &["add", "--tag", "-"],
        &["add", "-", "--person", "-"],
        &["ADD", "-"],
        &["new", "-"],
        &["checkin", "--feeling", "-"],
        &["checkin", "--note", "-", "--frob"],
        &["edit", "last", "-"],
        &["edit", "last", "--from"],
        &["edit", "last", "--title", "-"],
        &["edit", "last"],
    ]
    .into_iter()
    .enumerate()
    {
        let words = format!("words {number:02}");
        let ran = device.run_with(arguments, words.as_bytes());
        assert_eq!(ran.code, Some(2), "{arguments:?} {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains("kept as a draft"), "{arguments:?} {}", ran.stderr);
        expected.push(words);
    }
    assert_eq!(openings(&device), expected);
    assert_eq!((device.text(&id).as_str(), device.entries()), ("what stood there", 1));
    let of_it = drafts(&device).iter().filter(|draft| draft["entry"] == *id).count();
    assert_eq!(of_it, 4);
}

#[test]
fn a_pipe_is_read_where_nothing_else_says_what_to_write() {
    let device = Device::begun();
    for arguments in
        [&["add"][..], &["add", "--title", "T"], &["checkin", "--note", "-"], &["checkin"], &["add", "-"]]
    {
        let written = device.run_with(arguments, b"words of a pipe").json();
        assert_eq!(device.text(text(&written, "id")), "words of a pipe", "{arguments:?}");
    }
    device.fails(&["add"], 2, "INVALID_ARGUMENT");
    let checkin = device.run_with(&["checkin", "--feeling", "sad", "--note", "-"], b"a line").json();
    let checkin = device.json(&["show", text(&checkin, "id")]);
    assert_eq!((text(&checkin, "text"), text(&checkin, "kind")), ("a line", "checkin"));
    assert_eq!(checkin["tags"][0], "sad");
}

#[test]
fn words_for_a_folder_without_a_journal_make_nothing_there_and_are_kept() {
    let device = Device::new();
    for arguments in [
        &["add", "-"][..],
        &["add", "typed"],
        &["edit", "last", "--from", "-"],
        &["checkin", "--note", "-"],
        &["practice", "do", "slow-breath", "--answers", "-"],
    ] {
        let ran = device.run_with(arguments, b"too early");
        ran.failed(5, "NO_VAULT");
        assert!(ran.stderr.contains("which is memory"), "{}", ran.stderr);
        assert!(!device.home().exists(), "{arguments:?}");
    }
    device.json(&["init", "--name", "Laptop", "--passphrase-file", &device.passphrase()]);
    assert_eq!(openings(&device), ["too early", "too early", "too early", "too early", "typed"]);
}

#[test]
fn a_change_that_no_daemon_took_still_knows_its_entry() {
    let device = Device::begun();
    let id = device.add("what stood there");
    device.kill_daemon();
    let (home, away) = (device.home(), device.beside("away"));
    fs::rename(&home, &away).unwrap();
    fs::write(&home, "no folder").unwrap();
    let ran = device.run_with(&["edit", &id[..8], "--from", "-"], b"what would");
    assert!(ran.stderr.contains("which is memory"), "{}", ran.stderr);
    fs::remove_file(&home).unwrap();
    fs::rename(&away, &home).unwrap();
    device.unlock();
    let draft = drafts(&device).remove(0);
    assert_eq!(draft["entry"], *id);
    let shown = device.command(&["draft", "show", text(&draft, "id")]).output().unwrap();
    assert!(String::from_utf8_lossy(&shown.stdout).contains(&format!("For the entry: {}", &id[..8])));
}

#[test]
fn words_in_memory_find_their_journal_where_its_folder_was_moved() {
    let device = Device::begun();
    let daemon = device.pid();
    assert!(send("-STOP", &daemon.to_string()));
    let mut child = device.start(&["add", "-"]);
    child.stdin.take().unwrap().write_all("moved ".repeat(20_000).as_bytes()).unwrap();
    let pid = child.id().to_string();
    until("the command has ended", || {
        send("-INT", &pid);
        child.try_wait().unwrap()
    });
    Device::kill(daemon);
    fs::rename(device.home(), device.beside("elsewhere")).unwrap();
    // Another journal hears of words that nobody comes for.
    let haven = |home: &str, arguments: &[&str]| {
        let mut command = device.command(arguments);
        command.env("HAVEN_HOME", device.beside(home));
        let output = command.stdin(Stdio::null()).output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (_, said) = haven("other", &["status"]);
    assert!(said.contains("haven add - <"), "{said}");
    haven("other", &["daemon", "stop"]);
    haven("elsewhere", &["unlock", "--passphrase-file", &device.passphrase()]);
    let (listed, _) = haven("elsewhere", &["draft", "list", "--json"]);
    haven("elsewhere", &["daemon", "stop"]);
    assert!(listed.contains("moved moved"), "{listed}");
}

#[test]
fn answers_of_a_pipe_that_are_refused_are_kept_as_they_came() {
    let device = Device::begun();
    let id = device.add("an entry");
    device.json(&["lock"]);
    for arguments in [
        &["practice", "do", "slow-breath", "--answers", "-"][..],
        &["measure", "do", "gad-7", "--answers", "-"],
        &["practice", "later", &id[..8], "--answers", "-"],
    ] {
        let ran = device.run_with(arguments, br#"{"a": "precious"}"#);
        ran.failed(3, "LOCKED");
        assert!(ran.stderr.contains("kept sealed"), "{arguments:?} {}", ran.stderr);
    }
    device.unlock();
    let kept = drafts(&device);
    let mut titles: Vec<_> = kept.iter().map(|draft| text(draft, "title")).collect();
    titles.sort_unstable();
    let of_entry = format!("Answers for the entry {}", &id[..8]);
    assert_eq!(titles, ["Answers for gad-7", "Answers for slow-breath", &of_entry]);
    assert_eq!(text(&device.json(&["draft", "show", text(&kept[0], "id")]), "text"), r#"{"a": "precious"}"#);
}

#[test]
fn a_pipe_that_is_too_long_for_one_draft_is_sealed_in_parts() {
    let device = Device::begun();
    device.json(&["lock"]);
    let long = "word ".repeat(1_000_000);
    let ran = device.run_with(&["add", "-", "--title", "Long"], long.as_bytes());
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("kept sealed, in 3 parts"), "{}", ran.stderr);
    device.unlock();
    let kept = drafts(&device);
    let words: usize = kept
        .iter()
        .map(|draft| text(&device.json(&["draft", "show", text(draft, "id")]), "text").len())
        .sum();
    // A line feed at the end of a pipe is the pipe's; there was none.
    assert_eq!((kept.len(), words), (3, long.len()));
}

#[test]
fn a_draft_shows_its_answers_and_is_thrown_away_at_a_yes_only() {
    let device = Device::begun();
    let ran = at_terminal(&device, &["measure", "do", "gad-7"], "true", "1\n2\n");
    assert_eq!(ran.code, Some(130), "{}", ran.stdout);
    let id = text(&drafts(&device)[0], "id").to_owned();
    let shown = device.json(&["draft", "show", &id]);
    assert_eq!(shown["answers"].as_object().map(serde_json::Map::len), Some(2), "{shown}");
    let told = device.command(&["draft", "show", &id]).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.to_lowercase().contains("feeling nervous") && told.ends_with("\n2\n"), "{told}");
    let ran = at_terminal(&device, &["draft", "discard", &id], "true", "n\n");
    assert!(ran.stdout.contains("still there"), "{}", ran.stdout);
    assert_eq!(drafts(&device).len(), 1);
    at_terminal(&device, &["draft", "discard", &id], "true", "y\n");
    assert_eq!(drafts(&device).len(), 0);
    assert!(device.run(&["draft", "discard", &id]).stderr.contains("haven draft list"));
}

#[test]
fn what_was_mistyped_cannot_steer_the_terminal() {
    let device = Device::begun();
    for argument in ["import jsonl a\u{1b}[31mb", "add - --bogus\u{1b}[31mb", "show a\u{202e}b"] {
        let arguments: Vec<_> = argument.split(' ').collect();
        let ran = at_terminal(&device, &arguments, "true", "");
        assert!(ran.code != Some(0), "{}", ran.stdout);
        assert!(!ran.stdout.contains("\u{1b}[31m") && !ran.stdout.contains('\u{202e}'), "{:?}", ran.stdout);
    }
}

#[test]
fn an_editors_folder_with_nothing_in_it_goes_whichever_journal_it_was_for() {
    let device = Device::begun();
    let ran = at_terminal(&device, &["add"], "true", "");
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    let files = Device::files(&device.beside("runtime"));
    let note = files.iter().map(|(path, _)| path).find(|path| path.ends_with("open")).unwrap();
    // A window may be open as long as a day.
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(2 * 24 * 3600);
    fs::File::options().append(true).open(note).unwrap().set_modified(long_ago).unwrap();
    let mut other = device.command(&["status"]);
    other.env("HAVEN_HOME", device.beside("other")).output().unwrap();
    assert_eq!(Device::files(&device.beside("runtime")).len(), 0);
    let mut stop = device.command(&["daemon", "stop"]);
    stop.env("HAVEN_HOME", device.beside("other")).output().unwrap();
}

#[test]
fn an_empty_name_is_nobody_to_look_up() {
    let device = Device::begun();
    device.json(&["lock"]);
    let said = device.command(&["add", "words", "--person", ""]).stdin(Stdio::null()).output().unwrap();
    assert!(!String::from_utf8_lossy(&said.stderr).contains("Who "), "{said:?}");
}
