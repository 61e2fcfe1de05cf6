//! Disks, kills and second daemons: what was acknowledged is there, and a person is told what is wrong.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::thread;

use haven_e2e::device::Device;
use haven_e2e::programs;
use haven_e2e::ran::text;
use serde_json::Value;

#[test]
fn what_was_acknowledged_survives_a_daemon_that_is_killed_while_it_writes() {
    let device = Device::begun();
    let kept = thread::scope(|scope| {
        let writers: Vec<_> = (0..2)
            .map(|writer| {
                let device = &device;
                scope.spawn(move || {
                    let acknowledged = |number: u32| {
                        let words = format!("writer {writer} entry {number}");
                        let ran = device.run_with(&["add", "-"], words.as_bytes());
                        let id = (ran.code == Some(0)).then(|| text(&ran.json(), "id").to_owned());
                        id.map(|id| (id, words))
                    };
                    // The first that fails: the daemon is dead, and the next one is locked.
                    (0..).map_while(acknowledged).collect::<Vec<_>>()
                })
            })
            .collect();
        haven_e2e::patience::until("something was written", || (device.entries() >= 5).then_some(()));
        device.kill_daemon();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
    });
    device.unlock();
    assert!(kept.len() >= 5, "{}", kept.len());
    for (id, words) in &kept {
        assert_eq!(&device.text(id), words);
    }
    assert!(device.entries() >= kept.len() as u64);
}

/// Letters that no compression makes much smaller.
fn noise(seed: u64, letters: usize) -> String {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'!' + u8::try_from((state >> 33) % 90).unwrap())
    };
    (0..letters).map(|_| next()).collect()
}

#[test]
fn a_disk_that_takes_no_more_loses_nothing_that_was_acknowledged() {
    let device = Device::begun();
    device.json(&["daemon", "stop"]);
    // A file may grow to two megabytes, in blocks of 512 bytes; whoever writes on gets an error, as from a full disk.
    let haven = programs::find("haven");
    let limited = r#"trap "" XFSZ; ulimit -f 4096; exec "$0" daemon start --json"#;
    let mut start = Command::new("sh");
    start.args(["-c", limited]).arg(haven).env("HAVEN_HOME", device.home()).stdin(Stdio::null());
    assert!(start.output().unwrap().status.success());
    device.unlock();
    let mut kept = Vec::new();
    let refused = (0..200).find_map(|number| {
        let words = noise(number, 100_000);
        let ran = device.run_with(&["add", "-"], words.as_bytes());
        if ran.code != Some(0) {
            return Some(ran);
        }
        kept.push((text(&ran.json(), "id").to_owned(), words));
        None
    });
    let refused = refused.unwrap();
    assert!(refused.stderr.contains("STORAGE_F"), "{}", refused.stderr);
    assert!(!kept.is_empty());
    device.json(&["daemon", "stop"]);
    device.unlock();
    for (id, words) in &kept {
        assert_eq!(&device.text(id), words);
    }
    assert_eq!(device.entries(), kept.len() as u64);
    device.add("room again");
}

/// Runs a command as somebody who may not write here: root may write everywhere, so it is nobody then, who gets copies of
/// the programs.
fn as_somebody_who_may_only_read(device: &Device, arguments: &[&str]) -> std::process::Output {
    const NOBODY: u32 = 65_534;
    let programs = device.beside("programs");
    fs::create_dir_all(&programs).unwrap();
    for name in ["haven", "havend"] {
        fs::copy(programs::find(name), programs.join(name)).unwrap();
    }
    let folder = device.beside("");
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    fs::set_permissions(&folder, fs::Permissions::from_mode(if is_root { 0o755 } else { 0o500 })).unwrap();
    let mut command = Command::new(programs.join("haven"));
    command.args(arguments).arg("--json").env("HAVEN_HOME", device.home()).stdin(Stdio::null());
    if is_root {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output().unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    output
}

#[test]
fn a_folder_that_may_only_be_read_is_told_and_is_left_as_it_is() {
    let device = Device::new();
    for arguments in [&["status"][..], &["init", "--name", "L", "--passphrase-file", &device.passphrase()]] {
        let output = as_somebody_who_may_only_read(&device, arguments);
        assert!(!output.status.success());
        let told: Value = serde_json::from_slice(&output.stderr).unwrap();
        for part in ["reason", "what", "why", "next"] {
            assert!(!text(&told["error"], part).is_empty(), "no {part} in {told}");
        }
        assert!(!device.home().exists());
    }
    device.json(&["init", "--name", "Laptop", "--passphrase-file", &device.passphrase()]);
    device.add("it may be written now");
}

#[test]
fn a_second_daemon_steps_back_and_two_commands_start_only_one() {
    let device = Device::new();
    let states: Vec<_> = thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| device.run(&["status"]))).collect();
        runs.into_iter().map(|run| text(&run.join().unwrap().json(), "state").to_owned()).collect()
    });
    assert_eq!(states, ["none"; 4]);
    let second = Command::new(programs::find("havend"))
        .arg("run")
        .env("HAVEN_HOME", device.home())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains("why:") && said.contains("next:"), "{said}");
    assert_eq!(text(&device.json(&["status"]), "state"), "none");
}

#[test]
fn a_daemon_is_started_stopped_and_asked_for() {
    let device = Device::begun();
    let id = device.add("before the stop");
    let first = device.pid();
    assert_eq!(text(&device.json(&["daemon", "stop"]), "state"), "stopped");
    let status = device.run(&["daemon", "status"]);
    assert_eq!((status.code, status.stdout.contains("stopped")), (Some(4), true));
    device.json(&["daemon", "start"]);
    assert_ne!(device.pid(), first);
    device.fails(&["show", &id], 3, "LOCKED");
    device.unlock();
    assert_eq!(device.text(&id), "before the stop");
}

#[test]
fn a_daemon_that_cannot_be_found_or_started_is_named() {
    let device = Device::new();
    fs::create_dir(device.home()).unwrap();
    fs::write(device.home().join("config.toml"), "lock.idle = [").unwrap();
    device.fails(&["status"], 4, "DAEMON_UNREACHABLE");
    fs::remove_file(device.home().join("config.toml")).unwrap();
    fs::set_permissions(device.home(), fs::Permissions::from_mode(0o777)).unwrap();
    device.fails(&["status"], 4, "DAEMON_UNREACHABLE");
    fs::set_permissions(device.home(), fs::Permissions::from_mode(0o700)).unwrap();
    let journal = device.home().join("journal.db");
    fs::write(&journal, "this is no database, and it is long enough to be looked at twice".repeat(100))
        .unwrap();
    let before = fs::read(&journal).unwrap();
    let ran = device.run(&["status"]);
    ran.failed(1, "STORAGE_DAMAGED");
    assert!(ran.stderr.contains("Nothing was changed"), "{}", ran.stderr);
    assert_eq!(fs::read(&journal).unwrap(), before);
    let told = device.run(&["doctor"]);
    assert_eq!(told.code, Some(1), "{}", told.stdout);
    assert!(told.stdout.contains("not a database") && told.stdout.contains("backup"), "{}", told.stdout);
}

#[test]
fn a_port_that_is_taken_and_a_folder_that_cannot_be_written_are_named() {
    let device = Device::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = device.run(&["daemon", "start", "--serve", &address]);
    ran.failed(2, "INVALID_ARGUMENT");
    assert!(ran.stderr.contains(&address) && ran.stderr.contains("the port is taken"), "{}", ran.stderr);
    assert_eq!(text(&device.json(&["status"]), "state"), "none");
    // Nobody makes a folder here, not even root.
    let nowhere = Device::new().with("HAVEN_HOME", "/sys/haven");
    nowhere.fails(&["status"], 1, "STORAGE_READ_ONLY");
}

#[test]
fn a_folder_that_somebody_holds_who_never_answers_is_named() {
    let device = Device::new();
    fs::create_dir(device.home()).unwrap();
    let lock = fs::File::create(device.home().join("havend.lock")).unwrap();
    lock.lock().unwrap();
    device.fails(&["status"], 4, "DAEMON_UNREACHABLE");
    let status = device.run(&["daemon", "status"]);
    assert_eq!((status.code, status.stdout.trim()), (Some(4), "{\"state\":\"silent\"}"));
    device.fails(&["daemon", "stop"], 4, "DAEMON_UNREACHABLE");
    drop(lock);
    assert_eq!(text(&device.json(&["status"]), "state"), "none");
}

#[test]
fn a_daemon_whose_socket_was_taken_away_is_found_again() {
    let device = Device::begun();
    let id = device.add("still open");
    let pid = device.pid();
    let socket = device.home().join("havend.sock");
    fs::rename(&socket, device.beside("aside.sock")).unwrap();
    assert_eq!(device.text(&id), "still open", "the journal was not even locked");
    assert_eq!(device.pid(), pid);
    fs::remove_file(&socket).unwrap();
    device.json(&["daemon", "stop"]);
    assert!(!is_there(pid), "stopped is stopped");
    device.fails(&["show", &id], 3, "LOCKED");
}

/// Whether a process runs.
fn is_there(pid: u64) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
}

#[test]
fn a_daemon_is_found_whatever_became_of_the_folder_of_the_session() {
    let home = Device::new();
    let (folder, run) = (home.beside("person").display().to_string(), home.beside("runtime"));
    fs::create_dir(&folder).unwrap();
    let device = home.with("HAVEN_HOME", "").with("HOME", folder).with("XDG_DATA_HOME", "");
    let passphrase = device.passphrase();
    device.json(&["init", "--name", "Laptop", "--passphrase-file", &passphrase]);
    let id = device.add("from the desktop");
    let pid = device.pid();
    // A logout takes the folder, and a login makes another.
    fs::remove_dir_all(&run).unwrap();
    assert_eq!(device.text(&id), "from the desktop");
    fs::create_dir(&run).unwrap();
    assert_eq!(device.text(&id), "from the desktop");
    // As from cron, and after `su`.
    for session in ["", "/run/user/nobody"] {
        let mut command = device.command(&["daemon", "status", "--json"]);
        let output = command.env("XDG_RUNTIME_DIR", session).output().unwrap();
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(told["pid"], Value::from(pid), "{session:?}");
    }
    device.json(&["daemon", "stop"]);
    assert!(!is_there(pid));
}

#[test]
fn a_daemon_that_hangs_is_named_holds_nobody_up_and_can_be_stopped() {
    let device = Device::begun();
    let id = device.add("kept");
    let pid = device.pid();
    assert_eq!(fs::read_to_string(format!("/proc/{pid}/comm")).unwrap(), "havend\n");
    assert!(Command::new("kill").args(["-STOP", &pid.to_string()]).status().unwrap().success());
    thread::scope(|scope| {
        for arguments in [&["list"][..], &["add", "words"], &["sync"], &["daemon", "start"]] {
            let device = &device;
            scope.spawn(move || {
                let ran = device.run(arguments);
                ran.failed(4, "DAEMON_UNREACHABLE");
                assert!(ran.stderr.contains(&format!("process {pid}")), "{}", ran.stderr);
                assert!(ran.stderr.contains("haven daemon stop"), "{}", ran.stderr);
            });
        }
        scope.spawn(|| {
            let told = device.run(&["doctor"]);
            assert_eq!(told.code, Some(4), "{}", told.stdout);
            assert!(told.stdout.contains(&format!("process {pid}")), "{}", told.stdout);
        });
        scope.spawn(|| {
            let status = device.run(&["daemon", "status"]);
            let silent = format!("{{\"state\":\"silent\",\"pid\":{pid}}}");
            assert_eq!((status.code, status.stdout.trim()), (Some(4), silent.as_str()));
        });
    });
    assert_eq!(text(&device.json(&["daemon", "stop"]), "state"), "stopped");
    assert!(!is_there(pid));
    device.unlock();
    assert_eq!(device.text(&id), "kept");
}

#[test]
fn the_process_id_of_a_daemon_that_was_killed_is_not_taken_for_it() {
    let device = Device::begun();
    device.kill_daemon();
    let mut other = Command::new("sleep").arg("600").spawn().unwrap();
    let lock = device.home().join("havend.lock");
    let noted = fs::read_to_string(&lock).unwrap();
    let (_, began) = noted.trim_end().split_once(' ').unwrap();
    fs::write(&lock, format!("{} {began}\n", other.id())).unwrap();
    assert_eq!(device.run(&["daemon", "status"]).stdout.trim(), "{\"state\":\"stopped\"}");
    device.json(&["daemon", "stop"]);
    assert!(other.try_wait().unwrap().is_none(), "nobody else was ended");
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(text(&device.json(&["status"]), "state"), "locked");
}

#[test]
fn a_database_of_a_newer_haven_is_refused_untouched() {
    let device = Device::begun();
    device.add("from the future");
    device.json(&["daemon", "stop"]);
    let journal = device.home().join("journal.db");
    let mut bytes = fs::read(&journal).unwrap();
    // SQLite keeps the schema's version of its user at byte 60 of the first page.
    bytes[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
    fs::write(&journal, &bytes).unwrap();
    let ran = device.run(&["status"]);
    ran.failed(1, "STORAGE_NEWER");
    for part in ["newer version of Haven", "Update Haven", "nothing was changed"] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    assert_eq!(fs::read(&journal).unwrap(), bytes);
}

#[test]
fn what_is_too_large_or_no_text_is_no_entry_and_what_can_be_kept_is_a_draft() {
    let device = Device::begun();
    device.run_with(&["add", "-"], &vec![b'x'; 20_000_000]).failed(2, "TOO_LARGE");
    device.run_with(&["add", "-"], &vec![b'x'; 1_000_000]).failed(2, "TOO_LARGE");
    device.run_with(&["add", "-"], b"a\xffb").failed(2, "INVALID_ARGUMENT");
    device.run_with(&["add", "-"], b"").failed(2, "INVALID_ARGUMENT");
    device.run_with(&["add", "-", "--title", &"t".repeat(501)], b"x").failed(2, "TOO_LARGE");
    assert_eq!(device.entries(), 0);
    // Ten parts of the largest, the next in one, the strange bytes, and the one with the long title.
    assert_eq!(device.lines(&["draft", "list"]).len(), 13);
    let largest = "ä".repeat(128 * 1024);
    let id = device.add(&largest);
    assert_eq!(device.text(&id), largest);
}

#[test]
fn words_are_kept_to_the_byte_whatever_they_are() {
    let device = Device::begun();
    // The last line feed is the pipe's.
    let check = |words: &str| assert_eq!(device.text(&device.add(&format!("{words}\n"))), words, "{words:?}");
    check("e\u{301}\u{200d} 👩‍👩‍👧 \u{202e}mirrored");
    check("tabs\tand\r\nreturns\rand \u{0}nothing\u{7f}");
    check("---\ntitle: not front matter\n---\n# # #\n");
    check("holds a mark \u{feff}\n\n\n");
    // Which some programs begin a file with; it is the pipe's, too.
    assert_eq!(device.text(&device.add("\u{feff}begins with a mark\n")), "begins with a mark");
}

#[test]
fn a_socket_may_lie_at_the_end_of_a_long_path() {
    let device = Device::new();
    let long = device.beside(&"x".repeat(120)).join("y".repeat(120));
    let device = device.with("HAVEN_HOME", long.display().to_string());
    assert_eq!(text(&device.json(&["status"]), "state"), "none");
    assert!(long.join("havend.sock").exists());
}

#[test]
fn an_interrupted_command_ends_with_130() {
    let server = haven_e2e::server::Server::start();
    let device = haven_e2e::linking::begun_with(&server);
    device.json(&["device", "link"]);
    let mut child = device.start(&["device", "confirm", "--wait"]);
    let pid = child.id().to_string();
    // It listens for signals before it says anything to the daemon; a signal before that would end it too, by itself.
    haven_e2e::patience::until("the command handles interrupts", || {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
        let caught = u64::from_str_radix(caught.trim(), 16).ok()?;
        (caught & 0b10 != 0).then_some(())
    });
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let device = Device::begun();
    let lines: String =
        (0..2_000).map(|day| format!("{{\"date\":\"1660-01-01\",\"text\":\"day {day}\"}}\n")).collect();
    assert_eq!(
        device.run_with(&["import", "jsonl", "-"], lines.as_bytes()).json()["imported"],
        Value::from(2_000)
    );
    let mut child = device.start(&["export", "jsonl"]);
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}
