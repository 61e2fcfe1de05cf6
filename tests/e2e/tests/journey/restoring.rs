//! Everything is lost but the recovery kit and a server.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use haven_e2e::device::Device;
use haven_e2e::patience::until;
use haven_e2e::ran::{Ran, text};
use haven_e2e::server::Server;
use serde_json::Value;

/// A device with a kit in a file, on a server.
fn begun(server: &Server) -> (Device, Vec<u8>) {
    let device = Device::new();
    let kit = device.beside("kit").display().to_string();
    let (passphrase, url) = (device.passphrase(), server.url());
    device.json(&[
        "init",
        "--name",
        "Laptop",
        "--passphrase-file",
        &passphrase,
        "--kit-out",
        &kit,
        "--server",
        &url,
        "--invite",
        &server.invite,
    ]);
    let code = fs::read(Path::new(&kit)).unwrap();
    (device, code)
}

/// Restores on a device that has nothing.
fn restore(device: &Device, code: &[u8], server: &Server, more: &[&str]) -> Ran {
    let kit = device.beside("kit").display().to_string();
    fs::write(&kit, code).unwrap();
    let (passphrase, url) = (device.passphrase(), server.url());
    let arguments = [
        "kit",
        "restore",
        "--kit-file",
        &kit,
        "--server",
        &url,
        "--name",
        "Desk",
        "--passphrase-file",
        &passphrase,
    ];
    device.run(&[&arguments[..], more].concat())
}

fn names(device: &Device) -> Vec<String> {
    let devices = device.lines(&["device", "list"]);
    devices.iter().map(|it| text(it, "name").to_owned()).collect()
}

#[test]
fn a_lost_journal_comes_back_from_the_kit_and_goes_on() {
    let server = Server::start();
    let (old, code) = begun(&server);
    let first = old.add("written on the lost laptop");
    let second = old.add("and one more");
    old.sync();
    drop(old);

    let new = Device::new();
    // Nobody is asked, and nothing is kept before somebody says yes.
    let asked = restore(&new, &code, &server, &[]);
    assert!(asked.stdout.contains("\"newest_device\":\"Laptop\""), "{}", asked.stdout);
    asked.failed(6, "CONFIRMATION_NEEDED");
    assert_eq!(text(&new.json(&["status"]), "state"), "none");

    let said: Vec<Value> = restore(&new, &code, &server, &["--yes"]).lines();
    assert_eq!((text(&said[0], "state"), text(&said[1], "state")), ("found", "restored"));
    assert_eq!(said[0]["devices"], serde_json::json!(["Laptop"]));
    assert!(text(&said[0], "newest").starts_with("20"));
    new.sync();
    assert_eq!(new.text(&first), "written on the lost laptop");
    assert_eq!(new.text(&second), "and one more");
    // Of the attempt before nothing is left.
    assert_eq!(names(&new), ["Laptop", "Desk"]);
    restore(&new, &code, &server, &["--yes"]).failed(6, "VAULT_EXISTS");

    // It writes on, and what it writes comes back from the same kit.
    let third = new.add("written on the new one");
    new.sync();
    new.json(&["lock"]);
    new.unlock();
    assert_eq!(new.text(&first), "written on the lost laptop");
    let next = Device::new();
    let said = restore(&next, &code, &server, &["--yes"]).lines();
    assert_eq!(text(&said[0], "newest_device"), "Desk");
    next.sync();
    assert_eq!(next.text(&third), "written on the new one");
    assert_eq!(next.entries(), 3);
}

#[test]
fn a_kit_that_is_wrong_is_told_so_and_keeps_nothing() {
    let server = Server::start();
    let (old, code) = begun(&server);
    let other = Device::new();
    let mut mistyped = code.clone();
    mistyped[0] = if mistyped[0] == b'7' { b'8' } else { b'7' };
    restore(&other, &mistyped, &server, &["--yes"]).failed(2, "CODE_MALFORMED");
    let elsewhere = Server::start();
    restore(&other, &code, &elsewhere, &["--yes"]).failed(5, "NOT_FOUND");
    restore(&other, &code, &server, &["--yes", "--invite", &elsewhere.invite]).failed(2, "INVITE_INVALID");
    assert_eq!(text(&other.json(&["status"]), "state"), "none");
    assert_eq!(names(&old), ["Laptop"]);
}

/// The daemon dies at several moments: once the person was shown what was found, and once the server has taken the link that adds the
/// device, whether it is on the disk by then or not. It is done again, or goes on by itself, and the journal is whole.
#[test]
fn a_device_that_dies_while_it_restores_begins_again() {
    let server = Server::start();
    let (old, code) = begun(&server);
    let id = old.add("still there");
    old.sync();
    for is_added in [false, true] {
        let new = Device::new();
        let kit = new.beside("kit").display().to_string();
        fs::write(&kit, &code).unwrap();
        let (passphrase, url) = (new.passphrase(), server.url());
        let pid = {
            new.json(&["daemon", "start"]);
            new.pid()
        };
        let mut restoring = new.start(&[
            "kit",
            "restore",
            "--kit-file",
            &kit,
            "--server",
            &url,
            "--passphrase-file",
            &passphrase,
            "--yes",
        ]);
        let mut found = String::new();
        BufReader::new(restoring.stdout.take().unwrap()).read_line(&mut found).unwrap();
        assert!(found.contains("\"found\""), "{found}");
        if is_added {
            until("the link is in the roster", || {
                fs::read_to_string(server.log()).unwrap().contains("AppendLink").then_some(())
            });
        }
        Device::kill(pid);
        restoring.wait().unwrap();

        match text(&new.json(&["status"]), "state") {
            "none" => drop(restore(&new, &code, &server, &["--yes"]).lines()),
            _ => new.unlock(),
        }
        new.sync();
        assert_eq!(new.text(&id), "still there");
        let next = new.add("and on");
        new.sync();
        old.sync();
        assert_eq!(old.text(&next), "and on");
    }
}
