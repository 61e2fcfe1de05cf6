//! Two devices and a server: linking, syncing, and everything that goes wrong between them.

use haven_e2e::device::Device;
use haven_e2e::linking::{Confirming, Joiner, begun_with, link, pair};
use haven_e2e::patience::until;
use haven_e2e::ran::text;
use haven_e2e::server::Server;
use serde_json::Value;

fn confirm(device: &Device, words: &str) -> haven_e2e::ran::Ran {
    let arguments = ["device", "confirm", "--wait", "--words", words, "--passphrase-file"];
    device.run(&[&arguments[..], &[&device.passphrase()]].concat())
}

#[test]
fn a_second_device_gets_everything_and_edits_made_apart_both_survive() {
    let (mut server, old, new) = pair();
    let id = old.add("one\n\ntwo\n\nthree");
    old.sync();
    new.sync();
    assert_eq!(new.lines(&["search", "three"]).len(), 1);
    let devices = new.lines(&["device", "list"]);
    let names: Vec<_> = devices.iter().map(|it| text(it, "name").to_owned()).collect();
    assert_eq!(names, ["Laptop", "Phone"]);

    server.kill();
    old.run_with(&["edit", &id, "--from", "-"], b"ONE\n\ntwo\n\nthree").json();
    new.run_with(&["edit", &id, "--from", "-"], b"one\n\ntwo\n\nTHREE").json();
    let offline = new.add("written without a server");
    new.fails(&["sync", "--wait", "--timeout", "2s"], 7, "SERVER_UNREACHABLE");
    server.run();
    old.sync();
    new.sync();
    old.sync();
    assert_eq!(old.text(&id), "ONE\n\ntwo\n\nTHREE");
    assert_eq!(new.text(&id), old.text(&id));
    assert_eq!(old.text(&offline), "written without a server");
    let authors: std::collections::BTreeSet<_> =
        old.lines(&["history", &id]).iter().map(|version| text(version, "device").to_owned()).collect();
    assert_eq!(authors.into_iter().collect::<Vec<_>>(), ["Laptop", "Phone"]);
}

/// The cases merge-number and merge-same-edit.
#[test]
fn two_edits_of_one_sentence_are_told_on_both_devices_and_settled_on_both() {
    let (mut server, old, new) = pair();
    let sync = || [&old, &new, &old].map(Device::sync);
    let write = |device: &Device, id: &str, words: &str| {
        drop(device.run_with(&["edit", id, "--from", "-"], words.as_bytes()).json());
    };
    let (weight, river) = (old.add("weight 71 kg"), old.add("I saw teh river today."));
    sync();
    server.kill();
    write(&old, &weight, "weight 72 kg");
    write(&new, &weight, "weight 73 kg");
    for device in [&old, &new] {
        write(device, &river, "I saw the river today.");
        device.json(&["edit", &river, "--title", "Monday, rain"]);
    }
    server.run();
    sync();
    for device in [&old, &new] {
        let shown = device.json(&["show", &river]);
        assert_eq!((text(&shown, "text"), text(&shown, "title")), ("I saw the river today.", "Monday, rain"));
        assert_eq!(shown.get("met"), None);
        let shown = device.json(&["show", &weight]);
        let met = shown["met"].as_array().unwrap();
        let said = |side: &Value| {
            let there = device.json(&["show", &weight, "--version", text(side, "version")]);
            (text(side, "device").to_owned(), text(&there, "text").to_owned())
        };
        let mut sides: Vec<_> = met.iter().map(said).collect();
        assert_eq!(text(&shown, "text"), sides[0].1);
        sides.sort();
        let expected = [("Laptop", "weight 72 kg"), ("Phone", "weight 73 kg")];
        assert_eq!(sides, expected.map(|(device, said)| (device.to_owned(), said.to_owned())));
        assert_eq!(
            (device.json(&["status"])["met"].as_u64(), device.lines(&["list", "--met"]).len()),
            (Some(1), 1)
        );
    }
    assert_eq!(old.json(&["show", &weight])["met"], new.json(&["show", &weight])["met"]);
    let other = old.json(&["show", &weight])["met"][1].clone();
    new.json(&["settle", &weight, "--keep", text(&other, "version")]);
    sync();
    for device in [&old, &new] {
        let shown = device.json(&["show", &weight]);
        assert_eq!((shown.get("met"), device.json(&["status"])["met"].as_u64()), (None, Some(0)));
        let kept = device.json(&["show", &weight, "--version", text(&other, "version")]);
        assert_eq!(shown["text"], kept["text"]);
    }
}

#[test]
fn an_edit_wins_over_the_trash_and_in_the_trash_nothing_waits_for_a_choice() {
    let (mut server, old, new) = pair();
    let sync = || [&old, &new, &old].map(Device::sync);
    let write = |device: &Device, id: &str, words: &str| {
        drop(device.run_with(&["edit", id, "--from", "-"], words.as_bytes()).json());
    };
    let (weight, walk) = (old.add("weight 71 kg"), old.add("A walk."));
    sync();
    server.kill();
    write(&old, &weight, "weight 72 kg");
    write(&new, &weight, "weight 73 kg");
    old.json(&["trash", &walk]);
    write(&new, &walk, "A walk with Ann.");
    server.run();
    sync();
    let met = |device: &Device| {
        let listed = device.lines(&["list", "--met"]);
        let mut ids: Vec<_> = listed.iter().map(|entry| text(entry, "id").to_owned()).collect();
        ids.sort();
        assert_eq!(device.json(&["status"])["met"].as_u64(), Some(ids.len() as u64));
        ids
    };
    let mut both = vec![weight.clone(), walk.clone()];
    both.sort();
    for device in [&old, &new] {
        assert_eq!(met(device), both);
        let shown = device.json(&["show", &walk]);
        assert_eq!(text(&shown, "text"), "A walk with Ann.");
        assert_eq!(shown["met"][1]["parts"], serde_json::json!([{"part": "trash", "takes_away": true}]));
        let changed: Vec<_> = device.lines(&["history", &weight, "--diff"]);
        let mut diffs: Vec<_> = changed.iter().map(|it| text(&it["changes"][0], "diff")).collect();
        diffs[..2].sort_unstable();
        let expected = ["- weight 71 kg\n+ weight 72 kg", "- weight 71 kg\n+ weight 73 kg"];
        assert_eq!(diffs[..2], expected, "each is compared with what its writer saw");
    }
    // Whoever trashes it now has seen both.
    new.json(&["trash", &weight]);
    sync();
    for device in [&old, &new] {
        assert_eq!(met(device), [walk.as_str()]);
        let trashed = device.lines(&["list", "--trashed"]);
        assert_eq!(
            (text(&trashed[0], "id"), trashed[0].get("met"), trashed.len()),
            (weight.as_str(), None, 1)
        );
    }
    let there = old.json(&["show", &walk])["met"][1].clone();
    old.json(&["settle", &walk, "--keep", text(&there, "version")]);
    sync();
    for device in [&old, &new] {
        assert_eq!((met(device).len(), device.lines(&["list", "--trashed"]).len()), (0, 2));
    }
    old.json(&["untrash", &weight]);
    sync();
    assert_eq!((met(&old), met(&new)), (vec![weight.clone()], vec![weight]));
}

#[test]
fn a_device_that_two_devices_name_apart_has_one_name_on_both() {
    let (mut server, old, new) = pair();
    let phone = text(&new.lines(&["device", "list"])[1], "id").to_owned();
    let named = |device: &Device| text(&device.lines(&["device", "list"])[1], "name").to_owned();
    let rename = |device: &Device, name: &str| drop(device.json(&["device", "rename", &phone, name]));
    let sync = || [&old, &new, &old].map(Device::sync);
    old.sync();
    server.kill();
    rename(&old, "The other one");
    rename(&new, "Mine");
    assert_eq!((named(&old).as_str(), named(&new).as_str()), ("The other one", "Mine"));
    server.run();
    sync();
    assert!(["The other one", "Mine"].contains(&named(&old).as_str()), "{}", named(&old));
    assert_eq!(named(&old), named(&new));
    // From now on there is one name again, whoever gives it.
    for (device, name) in [(&old, "First"), (&new, "Second")] {
        rename(device, name);
        sync();
        assert_eq!((named(&old).as_str(), named(&new).as_str()), (name, name));
    }
}

#[test]
fn an_entry_reaches_the_other_device_by_itself() {
    let (_server, old, new) = pair();
    let id = old.add("nobody said sync");
    until("the entry is on the other device", || (new.run(&["show", &id]).code == Some(0)).then_some(()));
    new.json(&["trash", &id]);
    until("the entry is gone from the first device", || old.lines(&["list"]).is_empty().then_some(()));
}

#[test]
fn a_code_that_is_mistyped_used_or_wrongly_confirmed_lets_nobody_in() {
    let server = Server::start();
    let old = begun_with(&server);
    let shown = old.json(&["device", "link"]);
    let code = text(&shown, "code").to_owned();
    assert!(
        text(&shown, "url").contains(&code.replace('-', "")) || text(&shown, "url").contains(&code),
        "{shown}"
    );

    let stranger = Device::new();
    let last = if code.ends_with('0') { "1" } else { "0" };
    let mistyped = format!("{}{last}", &code[..code.len() - 1]);
    assert_eq!(Joiner::start(&stranger, &mistyped, &server.url()).says(), None);
    let passphrase = stranger.passphrase();
    let arguments =
        ["device", "join", &mistyped, "--server", &server.url(), "--passphrase-file", &passphrase];
    stranger.fails(&arguments, 2, "CODE_MALFORMED");

    // Asked before anybody has used the code.
    let early = ["device", "confirm", "--words", "a b c", "--passphrase-file"];
    old.fails(&[&early[..], &[&old.passphrase()]].concat(), 5, "NO_LINK");

    // The first who used the code shows other words than the person says.
    let mut joiner = Joiner::start(&stranger, &code, &server.url());
    let words = joiner.words();
    assert_eq!(words.split_whitespace().count(), 3);
    let second = Device::new();
    let passphrase = second.passphrase();
    let late = ["device", "join", &code, "--server", &server.url(), "--passphrase-file", &passphrase];
    second.fails(&late, 1, "CODE_EXPIRED");
    confirm(&old, "apple apple apple").failed(6, "WRONG_WORDS");
    joiner.ended().failed(6, "WRONG_WORDS");
    // The link is void, even with the right words.
    confirm(&old, &words).failed(5, "NO_LINK");
    assert_eq!(old.lines(&["device", "list"]).len(), 1);
    assert_eq!(text(&stranger.json(&["status"]), "state"), "none");

    let new = Device::new();
    link(&old, &new);
    assert_eq!(old.lines(&["device", "list"]).len(), 2);
}

#[test]
fn a_code_that_was_replaced_by_another_is_over() {
    let server = Server::start();
    let (old, new) = (begun_with(&server), Device::new());
    let first = text(&old.json(&["device", "link"]), "code").to_owned();
    let second = text(&old.json(&["device", "link"]), "code").to_owned();
    assert_ne!(first, second);
    let passphrase = new.passphrase();
    let arguments = ["device", "join", &first, "--server", &server.url(), "--passphrase-file", &passphrase];
    new.fails(&arguments, 1, "CODE_EXPIRED");
    assert_eq!(text(&new.json(&["status"]), "state"), "none");
    let mut joiner = Joiner::start(&new, &second, &server.url());
    let mut confirming = Confirming::start(&old, &joiner.words());
    joiner.types(&confirming.shows().1);
    assert_eq!(text(&joiner.says().unwrap(), "state"), "linked");
    assert_eq!(confirming.ended().code, Some(0));
}

/// The counterpart of the case join-wrong-words: the new device is given other words than the old one shows.
#[test]
fn a_new_device_that_is_given_other_words_keeps_nothing() {
    let server = Server::start();
    let old = begun_with(&server);
    let entry = old.add("for my own devices only");
    old.sync();
    let new = Device::new();
    let refused = |typed: &str, reason: &str, exit: i32| {
        let code = text(&old.json(&["device", "link"]), "code").to_owned();
        let mut joiner = Joiner::start(&new, &code, &server.url());
        let mut confirming = Confirming::start(&old, &joiner.words());
        let (device, words) = confirming.shows();
        assert_eq!(words.split(' ').count(), 3, "{words}");
        joiner.types(typed);
        joiner.ended().failed(exit, reason);
        assert_eq!(text(&new.json(&["status"]), "state"), "none");
        new.fails(&["show", &entry], 5, "NO_VAULT");
        // The new one says itself that it keeps nothing: nobody waits for it.
        confirming.ended().failed(1, "DEVICE_NOT_IN");
        device
    };
    let first = refused("apple apple apple", "WRONG_WORDS", 6);
    let second = refused("not three such words", "INVALID_ARGUMENT", 2);
    let third = refused("", "INVALID_ARGUMENT", 2);
    // The same device, and it still can come in; those that never did are in the list.
    link(&old, &new);
    assert_eq!(new.json(&["show", &entry])["text"], "for my own devices only");
    let listed = old.lines(&["device", "list"]);
    assert_eq!(listed.len(), 5);
    for id in [first, second, third] {
        let never = listed.iter().find(|device| text(device, "id") == id).unwrap();
        assert_eq!(never["last_seen"], Value::Null, "{never}");
    }
}

/// Nobody is asked and no way was named: it ends before the other device has let anybody in.
#[test]
fn a_script_that_can_compare_nothing_joins_nothing() {
    let server = Server::start();
    let (old, new) = (begun_with(&server), Device::new());
    let code = text(&old.json(&["device", "link"]), "code").to_owned();
    let passphrase = new.passphrase();
    let joined =
        new.run(&["device", "join", &code, "--server", &server.url(), "--passphrase-file", &passphrase]);
    joined.failed(6, "CONFIRMATION_NEEDED");
    assert!(joined.stdout.starts_with("{\"words\":") && joined.stderr.contains("--confirm-words -"));
    assert_eq!(text(&new.json(&["status"]), "state"), "none");
    assert_eq!(old.lines(&["device", "list"]).len(), 1);
}

#[test]
fn a_device_with_a_journal_joins_no_other() {
    let (server, old, new) = pair();
    let code = text(&old.json(&["device", "link"]), "code").to_owned();
    let passphrase = new.passphrase();
    let arguments = ["device", "join", &code, "--server", &server.url(), "--passphrase-file", &passphrase];
    new.fails(&arguments, 6, "VAULT_EXISTS");
    let asked = haven_e2e::terminal::at_terminal(&new, &arguments[..5], "true", "").stdout;
    assert!(asked.contains("has a journal already") && !asked.contains("passphrase for this"), "{asked}");
}

#[test]
fn a_server_lets_nobody_in_without_a_good_invite() {
    let (server, used) = (Server::start(), Device::new());
    // The invite is used up once the first device is there, which it is when it is in sync.
    let first = begun_with(&server);
    first.sync();
    let (url, passphrase) = (server.url(), used.passphrase());
    let init = |device: &Device, url: &str, invite: &str| {
        let arguments =
            ["init", "--name", "L", "--passphrase-file", &passphrase, "--server", url, "--invite", invite];
        device.run(&arguments)
    };
    init(&used, &url, "nonsense").failed(2, "INVITE_INVALID");
    init(&used, "http://127.0.0.1:9", &server.invite).failed(7, "SERVER_UNREACHABLE");
    assert_eq!(text(&used.json(&["status"]), "state"), "none");
    assert_eq!(text(&used.json(&["status"]), "state"), "none");

    // The invite is good for this server, and used: only the server knows, and asks for the journal first. So the journal
    // begins, its kit is handed over, and the server's word is told.
    let kit = used.beside("kit").display().to_string();
    let arguments = ["init", "--name", "L", "--passphrase-file", &passphrase, "--kit-out", &kit];
    let arguments = [&arguments[..], &["--server", &url, "--invite", &server.invite]].concat();
    let begun = used.run(&arguments);
    begun.failed(1, "INVITE_USED");
    assert!(begun.stderr.contains("haven server set"), "{}", begun.stderr);
    assert!(begun.stdout.contains(&format!("\"kit_file\":\"{kit}\"")), "{}", begun.stdout);
    assert!(std::fs::read_to_string(&kit).unwrap().len() > 34);
    let status = used.json(&["status"]);
    assert_eq!((text(&status, "state"), text(&status["sync"], "problem")), ("unlocked", "INVITE_USED"));
    used.fails(&["sync", "--wait", "--timeout", "60s"], 7, "INVITE_USED");
    used.fails(&["server", "set", &url, "--invite", &server.invite], 1, "INVITE_USED");

    let fresh = server.invite();
    used.json(&["server", "set", &url, "--invite", &fresh]);
    let id = used.add("written before and after");
    used.sync();
    let status = used.json(&["status"]);
    assert_eq!((&status["sync"]["problem"], text(&status["sync"], "state")), (&Value::Null, "idle"));
    assert!(text(&status["sync"], "synced").starts_with("20"), "{status}");
    assert_eq!(used.text(&id), "written before and after");
}

#[test]
fn a_server_comes_later_and_goes_in_the_middle_of_a_push() {
    let device = Device::begun();
    let mut server = Server::start();
    let early = device.add("before there was a server");
    let set = device.json(&["server", "set", &server.url(), "--invite", &server.invite]);
    assert_eq!(text(&set, "identity").len(), 64);
    device.sync();
    server.kill();
    let late: Vec<_> = (0..20).map(|number| device.add(&format!("entry {number}"))).collect();
    let status = device.json(&["status"]);
    assert!(status["sync"]["pending"].as_u64().unwrap() > 0, "{status}");
    // Killed again and again while it takes what was kept back.
    for _ in 0..3 {
        server.run();
        let _ = device.run(&["sync"]);
        server.kill();
    }
    server.run();
    device.sync();
    let new = Device::new();
    link(&device, &new);
    new.sync();
    assert_eq!(new.entries(), 21);
    for id in late.iter().chain([&early]) {
        assert_eq!(new.text(id), device.text(id));
    }
}

/// The server burned down, and the laptop that founded the journal is switched off: the phone, which was linked later, fills another
/// server with everything, and a third device is linked there before the laptop is heard of again.
#[test]
fn a_device_that_was_linked_later_fills_another_server() {
    let (server, old, new) = pair();
    let before = old.add("written before the fire");
    old.sync();
    new.sync();
    drop(server);
    let other = Server::start();
    new.json(&["server", "set", &other.url(), "--invite", &other.invite]);
    let after = new.add("written after it");
    new.sync();

    let third = Device::new();
    link(&new, &third);
    third.sync();
    assert_eq!(
        (third.text(&before), third.text(&after)),
        ("written before the fire".into(), "written after it".into())
    );

    old.json(&["server", "set", &other.url(), "--invite", &other.invite]);
    let last = old.add("and the laptop again");
    old.sync();
    third.sync();
    assert_eq!(
        (old.text(&after), third.text(&last)),
        ("written after it".into(), "and the laptop again".into())
    );
    let kinds = |device: &Device| -> Vec<String> {
        device.lines(&["alarms"]).iter().map(|alarm| text(alarm, "kind").to_owned()).collect()
    };
    assert_eq!(kinds(&old), ["DEVICE_ADDED"], "it is told that the phone let another one in");
    assert_eq!((kinds(&new).len(), kinds(&third).len()), (0, 0));
}
