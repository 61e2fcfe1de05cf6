//! A device is taken out of the journal, and the recovery kit is replaced.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use haven_e2e::device::Device;
use haven_e2e::linking::link;
use haven_e2e::patience::until;
use haven_e2e::ran::text;
use haven_e2e::server::Server;
use haven_e2e::terminal::Typing;

/// A laptop whose kit is in a file, with a server of its own, and a phone.
fn pair_with_kit() -> (Server, Device, Device, String) {
    let (server, old, new) = (Server::start(), Device::new(), Device::new());
    let kit = old.beside("kit").display().to_string();
    let (url, passphrase) = (server.url(), old.passphrase());
    let begin = ["init", "--name", "Laptop", "--passphrase-file", &passphrase, "--kit-out", &kit];
    old.json(&[&begin[..], &["--server", &url, "--invite", &server.invite]].concat());
    link(&old, &new);
    (server, old, new, kit)
}

fn verified(device: &Device, kit: &str) -> (bool, Option<bool>) {
    let said = device.json(&["kit", "verify", "--kit-file", kit]);
    assert_eq!(text(&said, "vault").len(), 64);
    (said["valid"].as_bool().unwrap(), said["replaced"].as_bool())
}

#[test]
fn a_removed_device_keeps_what_it_has_and_the_other_goes_on_without_it() {
    let (mut server, old, new, kit) = pair_with_kit();
    let shared = old.add("written before");
    old.sync();
    new.sync();
    server.kill();
    let offline = new.add("written offline on the phone");
    new.kill_daemon();
    server.run();
    old.sync();

    let passphrase = old.passphrase();
    let remove = |more: &[&str]| {
        let begin = ["device", "remove", "Phone", "--passphrase-file", &passphrase];
        old.run(&[&begin[..], more].concat())
    };
    remove(&[]).failed(6, "CONFIRMATION_NEEDED");
    remove(&["--kit-out", &kit]).failed(6, "CONFIRMATION_NEEDED");
    let newer = old.beside("newer").display().to_string();
    let wrong = old.beside("wrong");
    fs::write(&wrong, "not the one\n").unwrap();
    let wrong = wrong.display().to_string();
    old.fails(
        &["device", "remove", "Phone", "--passphrase-file", &wrong, "--kit-out", &newer],
        3,
        "WRONG_PASSPHRASE",
    );
    assert!(!fs::exists(&newer).unwrap(), "a kit that doesn't count is not left lying about");
    old.fails(&["device", "remove", "Laptop", "--no-kit"], 2, "INVALID_ARGUMENT");
    old.fails(&["device", "remove", "Tablet", "--no-kit"], 5, "NOT_FOUND");
    assert_eq!(verified(&old, &kit), (true, Some(false)));

    let removed = remove(&["--kit-out", &newer]).json();
    let phone = &old.lines(&["device", "list"])[1];
    assert_eq!((text(phone, "id"), text(phone, "state")), (text(&removed, "removed"), "removed"));
    assert_eq!((removed["epoch"].as_u64(), removed["aside"].as_u64()), (Some(1), Some(0)));
    assert_eq!(fs::metadata(&newer).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(verified(&old, &kit), (false, Some(true)));
    assert_eq!(verified(&old, &newer), (true, Some(false)));
    remove(&["--no-kit"]).failed(5, "NOT_FOUND");
    let later = old.add("written after that");
    old.sync();

    new.unlock();
    until("the phone hears of it", || {
        let ran = new.run(&["sync", "--wait", "--timeout", "20s"]);
        ran.stderr.contains("DEVICE_REMOVED").then_some(())
    });
    new.fails(&["sync", "--wait"], 7, "DEVICE_REMOVED");
    assert_eq!(new.text(&shared), "written before");
    assert_eq!(new.text(&offline), "written offline on the phone");
    assert!(!new.run(&["show", &later]).stderr.is_empty());
    assert_eq!((old.entries(), new.entries()), (2, 2));
    new.fails(
        &["device", "remove", "Laptop", "--no-kit", "--passphrase-file", &new.passphrase()],
        1,
        "DEVICE_REMOVED",
    );
}

#[test]
fn a_renewed_kit_takes_the_place_of_the_old_one() {
    let (mut server, old, new, kit) = pair_with_kit();
    old.fails(&["kit", "renew"], 6, "CONFIRMATION_NEEDED");
    let newer = old.beside("newer").display().to_string();
    let renew = ["kit", "renew", "--kit-out", &newer, "--passphrase-file", &old.passphrase()];
    let renewed = old.json(&renew);
    assert_eq!((renewed["renewed"].as_bool(), renewed["epoch"].as_u64()), (Some(true), Some(1)));
    assert_eq!((verified(&old, &kit), verified(&old, &newer)), ((false, Some(true)), (true, Some(false))));
    // The other device is told by the list of devices, and goes on.
    let id = old.add("under the new keys");
    old.sync();
    new.sync();
    assert_eq!(new.text(&id), "under the new keys");
    assert_eq!((verified(&new, &kit), verified(&new, &newer)), ((false, Some(true)), (true, Some(false))));

    let mistyped = old.beside("mistyped");
    let code = fs::read_to_string(&newer).unwrap();
    fs::write(&mistyped, code.replacen('-', "U", 1)).unwrap();
    old.fails(&["kit", "verify", "--kit-file", &mistyped.display().to_string()], 2, "CODE_MALFORMED");

    server.kill();
    until("the laptop notices", || (verified(&old, &newer) == (true, None)).then_some(()));
    assert_eq!(verified(&old, &kit), (false, Some(true)));
    let other = old.beside("other").display().to_string();
    old.fails(
        &["kit", "renew", "--kit-out", &other, "--passphrase-file", &old.passphrase()],
        7,
        "SERVER_UNREACHABLE",
    );
    assert!(!fs::exists(&other).unwrap());
}

/// At a terminal the new kit is shown and typed back, and a wrong answer changes nothing.
#[test]
fn a_person_at_a_terminal_is_told_what_removal_means_and_types_the_new_kit_back() {
    let (_server, old, _new, kit) = pair_with_kit();
    let mut typing = Typing::begin(&old, &["device", "remove", "Phone"]);
    typing.once("Go on? [y/N]", 1, "n\n");
    assert_eq!(typing.end().code, Some(6));

    let mut typing = Typing::begin(&old, &["device", "remove", "Phone"]);
    typing.once("Go on? [y/N]", 1, "y\n");
    typing.once("Make a new recovery kit?", 1, "y\n");
    for times in 1..=3 {
        typing.once("from your paper: ", times, "nope\n");
    }
    let ended = typing.end();
    assert_eq!(ended.code, Some(6), "{}", ended.stdout);
    assert!(ended.stdout.contains("can't read what you write from now on"), "{}", ended.stdout);
    assert_eq!(verified(&old, &kit), (true, Some(false)));
    assert_eq!(text(&old.lines(&["device", "list"])[1], "state"), "active");

    let mut typing = Typing::begin(&old, &["device", "remove", "Phone", "--yes", "--no-kit"]);
    typing.once("The passphrase of this device: ", 1, &format!("{}\n", haven_e2e::device::PASSPHRASE));
    let ended = typing.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stdout);
    assert!(ended.stdout.contains("is removed"), "{}", ended.stdout);
    assert_eq!(text(&old.lines(&["device", "list"])[1], "state"), "removed");
}
