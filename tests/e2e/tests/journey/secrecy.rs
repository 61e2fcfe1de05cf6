//! No word of the journal is anywhere but in the journal: a thousand entries of marked words and every secret that people hold, looked
//! for in every byte that is kept, logged or sent.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

use haven_e2e::device::{Device, PASSPHRASE};
use haven_e2e::linking::link;
use haven_e2e::patience::until;
use haven_e2e::ran::text;
use haven_e2e::server::{CERTIFICATE, Server, Speech};
use haven_e2e::sought::Sought;
use haven_e2e::wiretap::Wiretap;

/// Marks a word nobody else writes.
const MARK: &str = "Qv7MarkeWort";

/// Entries, each with a marked title, text, tag and person.
const ENTRIES: usize = 1_000;

fn line(number: usize) -> String {
    let word = |part: &str| format!("{MARK}{part}{number}");
    format!(
        "{{\"date\":\"1660-01-01\",\"title\":\"{}\",\"text\":\"{}\",\"tags\":[\"{}\"],\"people\":[\"{}\"]}}\n",
        word("Title"),
        word("Text"),
        word("Tag"),
        word("Person")
    )
}

/// Bytes somebody else could get hold of, and where.
type Heap = (String, Vec<u8>);

fn files(folder: &Path) -> Vec<Heap> {
    Device::files(folder).into_iter().map(|(path, bytes)| (path.display().to_string(), bytes)).collect()
}

fn traffic(tap: &Wiretap) -> Vec<Heap> {
    let heard = tap.heard().into_iter().enumerate();
    heard.map(|(line, bytes)| (format!("what passed on line {line}"), bytes)).collect()
}

/// Everything that is sought and where it is.
fn found(heaps: &[Heap], sought: &[Sought]) -> Vec<String> {
    let places = sought.iter().flat_map(|sought| heaps.iter().map(move |heap| (sought, heap)));
    let found = places.filter_map(|(sought, (place, bytes))| {
        sought.found_in(bytes).map(|form| format!("{:?} {form} in {place}", sought.what()))
    });
    found.collect()
}

/// Begins a marked journal through a wiretap and writes a thousand entries of marked words into it. Returns the device, unlocked,
/// and the code of its kit.
fn written(server: &Server, tap: &Wiretap) -> (Device, String) {
    let device = outspoken();
    let (url, passphrase, kit) = (server.url_at(tap.address()), device.passphrase(), device.beside("kit"));
    let (name, kit_out) = (format!("{MARK}Laptop"), kit.display().to_string());
    let arguments = ["init", "--name", &name, "--passphrase-file", &passphrase, "--kit-out", &kit_out];
    device.json(&[&arguments[..], &["--server", &url, "--invite", &server.invite]].concat());
    let kit = std::fs::read_to_string(kit).unwrap().lines().next().unwrap().to_owned();

    let lines: String = (0..ENTRIES).map(line).collect();
    assert_eq!(device.run_with(&["import", "jsonl", "-"], lines.as_bytes()).json()["imported"], ENTRIES);
    let id = device.add(&format!("{MARK} typed"));
    device.run_with(&["edit", &id, "--from", "-"], format!("{MARK} changed").as_bytes()).json();
    assert_eq!(device.lines(&["search", MARK]).len(), 20);
    // What fails is where words slip into messages.
    for arguments in [
        &["search", &format!("before:{MARK}")][..],
        &["show", MARK],
        &["add", "x", "--person", MARK],
        &["list", "--person", MARK],
        &["edit", &id, "--tag", &format!("{MARK},")],
    ] {
        assert_ne!(device.run(arguments).code, Some(0), "{arguments:?}");
    }
    (device, kit)
}

/// A device that logs all it may, and trusts the server's certificate.
fn outspoken() -> Device {
    Device::new().with("RUST_LOG", "trace").with("SSL_CERT_FILE", CERTIFICATE)
}

/// Writes, links and syncs through a wiretap, locks both devices, and looks through everything.
fn check(speech: Speech) {
    let server = Server::speaking(speech);
    let tap = Wiretap::on(server.address());
    let (old, kit) = written(&server, &tap);
    let new = outspoken();
    let told = link(&old, &new);
    new.sync();
    assert_eq!(new.entries(), old.entries());
    new.add(&format!("{MARK} from the other side"));
    new.sync();
    old.sync();
    assert_eq!(new.entries(), old.entries());

    let mut sought = vec![
        Sought::words(MARK),
        Sought::words(PASSPHRASE),
        Sought::words(&told.words),
        Sought::words(&told.answered),
    ];
    sought.extend(Sought::code(&kit));
    sought.extend(Sought::code(&told.code));
    // What is looked for can be found: in what is given out, and on the line when anybody speaks openly.
    let open = old.beside("open");
    old.json(&["export", "markdown", &open.display().to_string()]);
    assert!(!found(&files(&open), &sought[..1]).is_empty());

    for device in [&old, &new] {
        device.json(&["lock"]);
        assert_eq!(text(&device.json(&["status"]), "state"), "locked");
    }
    let mut heaps = files(server.everything());
    for device in [&old, &new] {
        heaps.extend(files(&device.home()));
        heaps.extend(files(&device.beside("runtime")));
    }
    let sent = traffic(&tap);
    for heaps in [&heaps, &sent] {
        let bytes: usize = heaps.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!(bytes > 100_000, "only {bytes} bytes were looked at");
        assert_eq!(found(heaps, &sought), Vec::<String>::new(), "words of the journal lie about");
    }

    for spoken in [MARK, PASSPHRASE, &kit, &told.code] {
        tap.say(format!("GET /{spoken} HTTP/1.1\r\n\r\n").as_bytes());
        assert!(!found(&traffic(&tap), &[Sought::words(spoken)]).is_empty());
    }
}

/// Loopback may be plain: then what is heard is the protocol itself, without another layer round it.
#[test]
fn no_word_or_secret_is_found_in_files_logs_or_what_is_sent() {
    check(Speech::Plain);
}

#[test]
fn no_word_or_secret_is_found_when_the_server_speaks_tls() {
    check(Speech::Tls);
}

/// Whoever waits for words has some of them already.
#[cfg(target_os = "linux")]
#[test]
fn no_program_of_ours_leaves_a_core() {
    use std::os::unix::process::ExitStatusExt as _;

    let device = Device::begun();
    let mut writing = device.start(&["add", "-"]);
    let own = u64::from(writing.id());
    for pid in [own, device.pid()] {
        until("it has given its cores up", || {
            let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).ok()?;
            let core = limits.lines().find(|line| line.starts_with("Max core file size"))?;
            let given_up = ["Max", "core", "file", "size", "0", "0", "bytes"];
            core.split_whitespace().eq(given_up).then_some(())
        });
    }
    assert!(Command::new("kill").args(["-ABRT", &own.to_string()]).status().unwrap().success());
    assert!(!writing.wait().unwrap().core_dumped());
}

/// Programs of the same person that connect and say nothing: more of them than the daemon was given descriptors for.
#[test]
fn a_crowd_that_says_nothing_hangs_nobody() {
    const GIVEN: usize = 128;
    let device = Device::new();
    let begun = device.command(&["daemon", "start"]);
    let mut limited = Command::new("sh");
    limited.env_clear();
    limited.args(["-c", &format!("ulimit -Sn {GIVEN} && exec \"$0\" \"$@\"")]);
    limited.arg(begun.get_program()).args(begun.get_args());
    for (name, value) in begun.get_envs() {
        limited.envs(value.map(|value| (name, value)));
    }
    assert!(limited.status().unwrap().success());
    let socket = device.home().join("havend.sock");
    let crowd: Vec<_> = (0..4 * GIVEN).map_while(|_| UnixStream::connect(&socket).ok()).collect();
    assert_eq!(crowd.len(), 4 * GIVEN);
    assert_eq!(device.json(&["status"])["state"], "none");
}
