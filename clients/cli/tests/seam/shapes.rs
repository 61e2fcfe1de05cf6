//! What scripts read and what people read.

use serde_json::Value;

use crate::daemon::{Daemon, ID, MET};

fn check(daemon: &Daemon, arguments: &[&str], json: &str, words: &str) {
    assert_eq!(daemon.says(&[arguments, &["--json"]].concat()), json, "{arguments:?}");
    assert_eq!(daemon.says(arguments), words, "{arguments:?}");
}

#[test]
fn scripts_read_objects_and_people_read_lines() {
    let daemon = Daemon::start();
    let entry = format!(
        "\"id\":\"{ID}\",\"kind\":\"note\",\"at\":\"1660-01-01\",\"title\":\"Rain\",\"tags\":[\"calm\"],\"people\":[\"Ann\"],\
         \"modified\":\"1970-01-01T00:00:01Z\""
    );
    let line = "5638bba7  1660-01-01        Rain  #calm  @Ann\n";
    check(&daemon, &["list"], &format!("{{{entry}}}\n"), line);
    check(
        &daemon,
        &["search", "rain"],
        &format!("{{{entry},\"snippet\":\"some rain\"}}\n"),
        &format!("{line}    some rain\n"),
    );
    check(
        &daemon,
        &["show", "5638"],
        &format!(
            "{{{entry},\"text\":\"rain\\nall day\",\"version\":\"5237a9cf\",\"created\":\"1970-01-01T00:00:00Z\"}}\n"
        ),
        &format!("Rain\n1660-01-01  note  #calm  @Ann\n{ID}\n\nrain\nall day\n"),
    );
    check(
        &daemon,
        &["history", "5638"],
        "{\"version\":\"5237a9cf\",\"at\":\"1970-01-01T00:00:00Z\",\"device\":\"Laptop\",\"base\":\"0a11\"}\n\
         {\"version\":\"0a11\",\"at\":\"1970-01-01T00:00:00Z\",\"device\":\"Laptop\"}\n",
        "5237a9cf  1970-01-01 00:00  Laptop\n0a11  1970-01-01 00:00  Laptop\n",
    );
    check(&daemon, &["add", "words", "--title", "T"], &format!("{{\"id\":\"{ID}\"}}\n"), &format!("{ID}\n"));
    let kept = format!("{{\"id\":\"{ID}\",\"kept\":\"sealed\",\"waiting\":2}}\n");
    check(&daemon, &["add", "to be sealed", "--title", "LOCKED"], &kept, &format!("{ID}\n"));
    check(&daemon, &["lock"], "{\"state\":\"locked\"}\n", "The journal is locked.\n");
    check(
        &daemon,
        &["status"],
        "{\"state\":\"unlocked\",\"device\":\"Laptop\",\"device_id\":\"6c7bfbd4a2723442\",\"entries\":1,\
         \"sync\":{\"state\":\"offline\",\"pending\":2,\"server\":\"http://127.0.0.1:7460\",\
         \"problem\":\"SERVER_UNREACHABLE\"},\"alarms\":0,\"drafts\":0,\"waiting\":0,\"met\":1}\n",
        "The journal is open on Laptop: 1 entry.\nThe server http://127.0.0.1:7460 can't be reached; 2 records to send.\n\
         Edits met in 1 entry: `haven list --met`.\n",
    );
}

#[test]
fn two_edits_that_met_are_told_beside_the_entry() {
    let daemon = Daemon::start();
    let shown: Value = serde_json::from_str(&daemon.says(&["show", MET, "--json"])).unwrap();
    assert_eq!(shown["met"].as_array().unwrap().len(), 2);
    let side = serde_json::json!({"version": "5237bbbb22", "at": "1970-01-01T00:00:00Z", "device": "Laptop", "parts": [{"part": "text"}]});
    assert_eq!(shown["met"][1], side);
    assert_eq!(
        daemon.says(&["show", MET]),
        format!(
            "Rain\n1660-01-01  note  #calm  @Ann\n{ID}\n\nrain\nall day\n\n\
             Two edits met here, and you haven't chosen between them yet.\n\
             5237aaaa  from Laptop, 1970-01-01 00:00\nThis is the one you see above.\n\n\
             5237bbbb  from Laptop, 1970-01-01 00:00\nsun\n\n\
             haven settle 5638bba7 --keep 5237aaaa\n  leaves it as you see it above\n\
             haven settle 5638bba7 --keep 5237bbbb\n  takes that text\n\
             haven settle 5638bba7 --keep both\n  keeps both texts, one after the other where they differ\n\
             Or edit its text: what you write then stands, on all your devices.\n"
        )
    );
}

#[test]
fn devices_and_links_are_shown() {
    let daemon = Daemon::start();
    check(
        &daemon,
        &["device", "list"],
        "{\"id\":\"6c7bfbd4a2723442\",\"name\":\"Laptop\",\"this\":true,\"added\":\"1970-01-01T00:00:00Z\",\
         \"last_seen\":null,\"state\":\"active\"}\n",
        "6c7bfbd4a2723442  Laptop  this device\n",
    );
    check(
        &daemon,
        &["device", "link"],
        "{\"code\":\"0000-1111\",\"server\":\"http://s\",\"url\":\"haven-link:0000-1111@http://s\",\
         \"expires\":\"1970-01-01T00:02:00Z\"}\n",
        "0000-1111\n\nOn the new device, paste this:\n\nhaven device join 0000-1111 --server http://s\n",
    );
    check(
        &daemon,
        &["device", "rename", "6c7b", "Desk"],
        "{\"id\":\"6c7bfbd4a2723442\",\"name\":\"Desk\",\"this\":true,\"added\":null,\"last_seen\":null,\
         \"state\":\"active\"}\n",
        "6c7bfbd4a2723442  Desk  this device\n",
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passphrase");
    std::fs::write(&file, "some words\n").unwrap();
    let join =
        ["device", "join", "0000-1111", "--server", "http://s", "--passphrase-file", file.to_str().unwrap()];
    let given = [&join[..], &["--confirm-words", "-"]].concat();
    for (arguments, said) in [
        (
            [&given[..], &["--json"]].concat(),
            "{\"words\":\"three of them\"}\n{\"state\":\"linked\",\"vault\":\"v\",\"device\":\"d\"}\n",
        ),
        (given.clone(), "\n    three of them\n\nThis device is linked; your entries are coming in.\n"),
    ] {
        let output = daemon.run(&arguments, b"four five six\n");
        assert_eq!(String::from_utf8_lossy(&output.stdout), said, "{output:?}");
        assert_eq!(output.status.code(), Some(0));
    }
    // No words, no way to give any, words that are none, words that are others.
    for (arguments, typed, exit) in [
        (&join[..], &b"four five six\n"[..], 6),
        (&given, b"", 6),
        (&given, b"mistyped\nfour five six\n", 2),
        (&given, b"one two three\n", 6),
    ] {
        let output = daemon.run(arguments, typed);
        assert_eq!(output.status.code(), Some(exit), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "\n    three of them\n\n");
    }
}

#[test]
fn alarms_are_shown_with_what_to_do_and_settled() {
    let daemon = Daemon::start();
    check(
        &daemon,
        &["alarms"],
        "{\"id\":\"00ff00ff00ff00ff\",\"kind\":\"DEVICE_FORKED\",\"since\":\"1970-01-01T00:00:00Z\",\"device\":\"Phone\",\
         \"count\":1,\"what\":\"it has two histories\",\"why\":\"it was copied\",\"next\":\"Use one of them.\",\"resolved\":false}\n",
        "00ff00ff00ff00ff  it has two histories (Phone), since 1970-01-01 00:00\n  why:  it was copied\n  next: Use one of \
         them.\n",
    );
    check(
        &daemon,
        &["alarms", "resolve", "00ff00ff00ff00ff"],
        "{\"id\":\"00ff00ff00ff00ff\",\"resolved\":true}\n",
        "The alarm is settled.\n",
    );
}

#[test]
fn colours_are_only_on_request_where_nobody_looks() {
    let daemon = Daemon::start();
    assert!(daemon.says(&["list", "--color", "always"]).contains("\x1b[1mRain\x1b[0m"));
    assert!(!daemon.says(&["list"]).contains('\x1b'));
    assert!(!daemon.says(&["list", "--color", "always", "--json"]).contains('\x1b'));
}

#[test]
fn an_exercise_says_all_that_its_questions_take() {
    let daemon = Daemon::start();
    let shown = |id: &str| -> Value {
        serde_json::from_str(&daemon.says(&["practice", "show", id, "--json"])).unwrap()
    };
    let field = |exercise: &Value, key: &str| {
        let fields = exercise["fields"].as_array().unwrap();
        fields.iter().find(|field| !field[key].is_null()).unwrap()[key].clone()
    };
    assert_eq!(shown("plan-when-low")["single"], true);
    assert_eq!(shown("signs-snapshot")["measure"], "seven-signs");
    assert_eq!(field(&shown("kept-word"), "on"), "by");
    assert_eq!(field(&shown("closeness-ladder"), "from"), "steps");
    let bounds = field(&shown("repair"), "stop");
    assert_eq!(
        (&bounds["below"], &bounds["above"], &bounds["instead"]),
        (&6.into(), &Value::Null, &"slow-breath".into())
    );
    let stop = field(&shown("early-care-map"), "stop");
    assert_eq!((&stop["at"], &stop["instead"]), (&false.into(), &"five-senses".into()));
}
