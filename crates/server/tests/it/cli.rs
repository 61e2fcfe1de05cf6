//! The binary as an operator and a script meet it.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Output;

use haven_feed::Vector;
use haven_feed::invite::Invite;
use rustix::process::Signal;
use serde_json::Value;

use crate::client::Client;
use crate::kit::Vault;
use crate::process::{Process, data, run};
use crate::running::invite_of;

fn on(command: &str, folder: &Path) -> Output {
    run(&[command, "--json", "--data", folder.to_str().expect("text")])
}

fn error(output: &Output) -> (i32, String) {
    assert!(output.stdout.is_empty());
    let error: Value = serde_json::from_slice(&output.stderr).expect("one object on stderr");
    for field in ["what", "why", "next"] {
        assert!(!error["error"][field].as_str().expect("text").is_empty(), "{field}");
    }
    let reason = error["error"]["reason"].as_str().expect("a reason").to_owned();
    (output.status.code().expect("an exit code"), reason)
}

#[test]
fn init_prints_an_invite_and_the_identity_it_is_to() {
    let top = tempfile::tempdir().expect("a folder");
    let folder = top.path().join("server");
    let output = on("init", &folder);
    assert_eq!(output.status.code(), Some(0));
    let made = data(&output);
    let invite = Invite::parse(made["invite"].as_str().expect("text")).expect("an invite");
    let identity = made["identity"].as_str().expect("text");
    let key: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&identity[2 * at..2 * at + 2], 16).expect("hex")).collect();
    let key = haven_feed::keys::SignKey::from_bytes(key.try_into().expect("32 bytes")).expect("a key");
    assert!(invite.is_to(&key));
    assert_eq!(error(&on("init", &folder)), (2, "EXISTS".to_owned()));

    let process = Process::start(&folder);
    assert_eq!(process.identity, identity);
    assert!(process.url.starts_with("http://127.0.0.1:"));
    assert_eq!(error(&on("run", &folder)), (1, "STORAGE_IN_USE".to_owned()));
}

#[test]
fn nothing_works_without_a_data_folder_and_says_what_does() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in ["run", "invite", "check", "stats"] {
        assert_eq!(error(&on(command, folder.path())), (5, "NOT_FOUND".to_owned()), "{command}");
    }
    let told = String::from_utf8(run(&["run", "--data", "/nowhere"]).stderr).expect("text");
    let expected = "error: could not serve\n  why: there is no server's data in the folder\n  next: Make one with `haven-server init --data DIR`, or name another folder.\n";
    assert_eq!(told, expected);
    for arguments in [&["run"][..], &[], &["serve"], &["run", "--data", "x", "--tls-cert", "c"]] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(run(&["--help"]).status.code(), Some(0));
}

#[test]
fn what_cannot_be_understood_is_told_as_any_other_error() {
    for arguments in
        [&["serve"][..], &["run"], &["run", "--data", "d", "--lisen", "tea"], &["init", "--dta", "d"]]
    {
        let output = run(&[arguments, &["--json"]].concat());
        let (code, reason) = error(&output);
        assert_eq!((code, reason.as_str()), (2, "INVALID_ARGUMENT"), "{arguments:?}");
        let words = String::from_utf8(run(arguments).stderr).expect("text");
        let lines: Vec<_> = words.lines().map(|line| line.split(':').next()).collect();
        assert_eq!(lines, [Some("error"), Some("  why"), Some("  next")], "{words}");
    }
}

#[test]
fn what_cannot_be_listened_to_or_read_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    on("init", folder.path());
    let text = folder.path().to_str().expect("text");
    let with =
        |more: &[&str]| error(&run(&[&["run", "--json", "--data", text, "--log", "error"], more].concat()));
    assert_eq!(with(&["--listen", "300.0.0.1:1"]), (2, "IO".to_owned()));
    assert_eq!(with(&["--tls-cert", "/nowhere", "--tls-key", "/nowhere"]), (2, "TLS_UNUSABLE".to_owned()));
    assert_eq!(with(&["--listen", "127.0.0.1:0", "--ready-file", "/nowhere/ready"]), (1, "IO".to_owned()));
    std::fs::write(folder.path().join("identity"), b"short").expect("written");
    assert_eq!(with(&[]), (1, "IDENTITY_DAMAGED".to_owned()));
    std::fs::write(folder.path().join("store.db"), vec![9; 10_000]).expect("written");
    assert_eq!(error(&on("check", folder.path())), (1, "STORAGE_DAMAGED".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_can_invite_count_check_and_copy_while_it_serves() {
    let folder = tempfile::tempdir().expect("a folder");
    on("init", folder.path());
    let mut process = Process::start(folder.path());
    let mut vault = Vault::with_devices(1, 2);
    let client = Client::connect(&process.url, vault.space()).await;
    let invite = data(&on("invite", folder.path()));
    let invite = Invite::parse(invite["invite"].as_str().expect("text")).expect("an invite");
    client.create(&invite, &vault).await.expect("created with an invite made while it serves");
    let client = Client::enter(&process.url, &vault, 0).await;
    let written = [vault.write(0, 5), vault.write(1, 4)].concat();
    client.push(written.clone()).await.expect("pushed");

    let stats = data(&on("stats", folder.path()));
    let bytes: usize = written.iter().map(bytes::Bytes::len).sum();
    let numbers = ["spaces", "feeds", "records", "links", "record_bytes", "invites_open"];
    let numbers = numbers.map(|name| stats[name].as_u64().expect("a number"));
    assert_eq!(numbers, [1, 2, 9, 2, bytes as u64, 1]);
    assert!(stats["file_bytes"].as_u64().expect("a number") > bytes as u64);
    let checked = on("check", folder.path());
    assert_eq!(checked.status.code(), Some(0));
    assert_eq!(data(&checked)["problems"], Value::Array(vec![]));

    let copy = folder.path().join("copy");
    let arguments =
        ["backup", "--json", "--data", folder.path().to_str().expect("text"), copy.to_str().expect("text")];
    assert_eq!(run(&arguments).status.code(), Some(0));
    assert_eq!(error(&run(&arguments)), (1, "IO".to_owned()), "a backup overwrites nothing");
    client.push(vault.write(0, 1)).await.expect("pushed");
    process.signal(Signal::TERM);
    assert_eq!(process.end().0.code(), Some(0));
    std::fs::rename(&copy, folder.path().join("store.db")).expect("put back");

    let mut process = Process::start(folder.path());
    let client = Client::enter(&process.url, &vault, 1).await;
    let past = client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!(past.records, written, "the state of the backup");
    process.signal(Signal::INT);
    assert_eq!(process.end().0.code(), Some(130));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_finds_what_was_altered() {
    let folder = tempfile::tempdir().expect("a folder");
    on("init", folder.path());
    let mut process = Process::start(folder.path());
    let mut vault = Vault::with_devices(1, 2);
    let client = Client::connect(&process.url, vault.space()).await;
    client.create(&invite_of(folder.path()), &vault).await.expect("created");
    let client = Client::enter(&process.url, &vault, 0).await;
    client.push(vault.write_sized(0, 3, 9_999)).await.expect("pushed");
    process.signal(Signal::TERM);
    assert_eq!(process.end().0.signal(), None);

    let store = folder.path().join("store.db");
    let sound = std::fs::read(&store).expect("read");
    let is_body = |window: &[u8]| window == [1; 3_000];
    let at = sound.windows(3_000).position(is_body).expect("a body lies in the file") + 1_500;
    let mut altered = sound;
    altered[at] ^= 1;
    std::fs::write(&store, altered).expect("written");
    let checked = on("check", folder.path());
    assert_eq!(checked.status.code(), Some(1));
    let problems = data(&checked)["problems"].to_string();
    assert!(problems.contains("space 1: feed 1: record"), "{problems}");
}
