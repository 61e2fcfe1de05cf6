//! Manners: texts that begin with a dash, several ids, help in words, days by name, files that aren't there.

use std::process::Output;

use serde_json::{Value, json};

use crate::daemon::{Daemon, ID, MET, haven};

fn told(output: &Output) -> Value {
    serde_json::from_slice(&output.stderr).unwrap()
}

fn words(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_text_may_begin_with_a_dash_and_needs_no_quotes() {
    let daemon = Daemon::start();
    for arguments in [
        &["add", "- bought milk"][..],
        &["add", "-5 degrees"],
        &["add", "these", "words"],
        &["add", "--", "-x"],
        &["add", "--title", "- T", "x"],
        &["checkin", "--note", "- tired"],
    ] {
        assert_eq!(daemon.says(arguments), format!("{ID}\n"), "{arguments:?}");
    }
    assert_eq!(daemon.run(&["add", "-", "--json"], b"words").status.code(), Some(0));
}

#[test]
fn an_option_that_is_none_fails_with_advice_for_people_and_scripts() {
    let home = tempfile::tempdir().unwrap();
    let check = |arguments: &[&str], next: &str| {
        let output = haven(home.path(), &[arguments, &["--json"]].concat(), b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let error = &told(&output)["error"];
        assert_eq!(error["reason"], "INVALID_ARGUMENT");
        assert!(error["next"].as_str().unwrap().contains(next), "{error}");
        let said = haven(home.path(), arguments, b"").stderr;
        assert!(!words(&said).contains('\u{fdd0}'), "{}", words(&said));
        words(&said).to_owned()
    };
    let said = check(&["add", "-x", "marks"], "haven add -- \"-…\"");
    assert!(said.contains("haven add -- \"-…\"") && !said.contains("-- -x"), "{said}");
    check(&["search", "-tired"], "haven search -- \"-…\"");
    check(&["add", "--tilte", "T"], "Did you mean `--title`?");
    let said = check(&["list", "-5"], "`haven help list`");
    assert!(said.contains("`-5`"), "{said}");
    check(&["frobnicate"], "`haven help`");
    // Behind -- nothing is an option, also not the one that scripts pass.
    let said = haven(home.path(), &["restore", "--", "--json"], b"").stderr;
    assert!(words(&said).starts_with("error: "), "{}", words(&said));
}

#[test]
fn help_is_found_in_words() {
    let home = tempfile::tempdir().unwrap();
    let says = |arguments: &[&str]| {
        let output = haven(home.path(), arguments, b"");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
        words(&output.stdout).to_owned()
    };
    let link = says(&["help", "device", "link"]);
    assert!(link.contains("Usage: haven device link") && link.contains("Global options:"), "{link}");
    let add = says(&["help", "add"]);
    let (own, global) = add.split_once("Global options:").unwrap();
    assert!(own.contains("--title") && !own.contains("--json"), "{add}");
    assert!(
        global.contains("--json") && global.contains("--no-input") && global.contains("--color"),
        "{add}"
    );
    assert!(says(&["help"]).contains("help-now"));
    assert_eq!(says(&["help", "now"]), says(&["help-now"]), "nobody in need is sent to a manual");
    let output = haven(home.path(), &["help", "me", "--json"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output)["error"]["next"].as_str().unwrap().contains("haven help-now"));
}

#[test]
fn days_have_names() {
    let daemon = Daemon::start();
    let days = |arguments: &[&str]| {
        let listed: Value =
            serde_json::from_str(&daemon.says(&[&["list", "--json"], arguments].concat())).unwrap();
        listed["title"].as_str().unwrap().to_owned()
    };
    assert_eq!(days(&["--on", "1660-02-28"]), "1660-02-28 to 1660-02-29");
    assert_eq!(days(&["--on", "9999-12-31"]), "9999-12-31 to ");
    assert_eq!(
        days(&["--on", "yesterday"]).split(" to ").nth(1).unwrap(),
        &days(&["--after", "today"])[..10]
    );
    assert_eq!(days(&["-n", "3", "--before", "yesterday"]).len(), " to 2026-11-24".len());
    let output = daemon.run(&["list", "--on", "someday", "--json"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output)["error"]["next"].as_str().unwrap().contains("yesterday, today, or a weekday"));
}

#[test]
fn tags_are_counted() {
    let daemon = Daemon::start();
    assert_eq!(
        daemon.says(&["tags", "--json"]),
        "{\"tag\":\"calm\",\"entries\":2}\n{\"tag\":\"tea\",\"entries\":1}\n"
    );
    assert_eq!(daemon.says(&["tags"]), "#calm  2 entries\n#tea  1 entry\n");
}

#[test]
fn several_entries_are_told_one_by_one() {
    let daemon = Daemon::start();
    let check = |arguments: &[&str], code: i32, done: usize, failed: &[&str]| {
        let output = daemon.run(&[arguments, &["--json"]].concat(), b"");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        assert_eq!(words(&output.stdout).lines().count(), done, "{arguments:?}");
        let whats: Vec<_> = words(&output.stderr)
            .lines()
            .map(|line| {
                serde_json::from_str::<Value>(line).unwrap()["error"]["what"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(whats, failed, "{arguments:?}");
    };
    check(&["trash", "last"], 0, 1, &[]);
    check(&["trash", "56", "last", "56"], 0, 2, &[]);
    check(&["trash", "ff", "56", "ee"], 1, 1, &["ff: no such entry", "ee: no such entry"]);
    check(&["trash", "ff", "ee"], 5, 0, &["ff: no such entry", "ee: no such entry"]);
    check(&["trash", "ff"], 5, 0, &["no such entry"]);
    check(&["trash", "56", "locked", "ff"], 3, 1, &["not found"]);
    check(&["show", "56", "last"], 0, 2, &[]);
    check(&["show", "56", "ff"], 1, 1, &["ff: no such entry"]);
    check(&["edit", "56", "last", "--tag", "x"], 0, 2, &[]);
    check(&["edit", "56", "ff", "--tag", "x"], 1, 1, &["ff: no such entry"]);
    check(&["edit", "56", "last", "--title", "T"], 2, 0, &["nothing was changed"]);
    check(&["show", "56", "last", "--version", "0a"], 2, 0, &["nothing is shown"]);
}

#[test]
fn history_shows_what_changed() {
    let daemon = Daemon::start();
    let shown = daemon.says(&["history", "last", "--diff"]);
    let newest = "5237a9cf  1970-01-01 00:00  Laptop\n  text\n  - all night\n  + all day\n\n0a11  ";
    assert!(shown.starts_with(newest) && shown.contains("  + rain\n") && !shown.contains('\x1b'), "{shown}");
    let coloured = daemon.says(&["history", "last", "--diff", "--color", "always"]);
    assert!(coloured.contains("- all \x1b[1;31mnight\x1b[0m\n"), "{coloured}");
    let lines = daemon.says(&["history", "last", "--diff", "--json"]);
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first["version"], "5237a9cf");
    assert_eq!(first["changes"], json!([{"field": "text", "diff": "- all night\n+ all day"}]));
    assert_eq!(first["base"], "0a11");
}

#[test]
fn history_compares_each_version_with_what_it_was_written_on() {
    let daemon = Daemon::start();
    assert_eq!(
        daemon.says(&["history", MET, "--diff"]),
        "5237a9cf  1970-01-01 00:00  Laptop\n  text\n  - all night\n  + all day\n\n\
         0b22  1970-01-01 00:00  Laptop\n  text\n  - rain\n  + sleet\n\n\
         0a11  1970-01-01 00:00  Laptop\n  title\n  + Rain\n  time\n  + 1660-01-01\n  tags\n  + #calm\n  people\n  + @Ann\n  \
         text\n  + rain\n  + all night\n"
    );
}

#[test]
fn settling_says_what_each_choice_does_before_it_is_made() {
    let daemon = Daemon::start();
    let output = daemon.run(&["settle", MET], b"");
    assert_eq!(output.status.code(), Some(6));
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.starts_with("Rain\n") && shown.contains("--keep both\n  keeps both texts, "), "{shown}");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("Nothing was settled yet") && told.contains("--keep") && !told.contains("error"),
        "{told}"
    );
    for (keep, is_trashed) in [("5237a", false), ("5237b", true)] {
        let output = daemon.run(&["settle", MET, "--keep", keep], b"");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{ID}\n"));
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(told.contains("It's in the trash now"), is_trashed, "{told}");
    }
}

#[test]
fn a_definition_can_be_printed_and_has_a_schema() {
    let daemon = Daemon::start();
    assert_eq!(daemon.says(&["practice", "show", "slow-breath", "--toml"]), "id = 1\n");
    let shown: Value =
        serde_json::from_str(&daemon.says(&["practice", "show", "slow-breath", "--toml", "--json"])).unwrap();
    assert_eq!(shown, json!({"id": "slow-breath", "definition": "id = 1\n"}));
    let home = tempfile::tempdir().unwrap();
    let schema: Value =
        serde_json::from_slice(&haven(home.path(), &["practice", "schema"], b"").stdout).unwrap();
    assert!(schema["properties"]["field"].is_object(), "{schema}");
}

#[test]
fn a_device_joins_with_a_link_however_it_was_pasted() {
    let daemon = Daemon::start();
    let file = daemon.file("passphrase", "some words\n");
    for code in [
        &["haven-link:0000-1111@http://s"][..],
        &[" HAVEN-LINK:0000-1111@http://s\n"],
        &["haven-link:0000-", "1111@http://s"],
        &["0000-1111", "--server", "http://s"],
    ] {
        let arguments =
            [&["device", "join"], code, &["--passphrase-file", &file, "--json", "--confirm-words", "-"]]
                .concat();
        let output = daemon.run(&arguments, b"four five six\n");
        assert!(words(&output.stdout).contains("\"state\":\"linked\""), "{code:?}: {output:?}");
    }
    let output = daemon.run(&["device", "join", "0000-1111", "--passphrase-file", &file, "--json"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output)["error"]["next"].as_str().unwrap().contains("--server URL"));
}

#[test]
fn a_new_device_asks_for_the_country_once_and_never_a_script() {
    let daemon = Daemon::start();
    let file = daemon.file("passphrase", "some words\n");
    let arguments = ["device", "join", "0000-1111", "--server", "http://s", "--passphrase-file", &file];
    // A slip of the finger first; it's asked again.
    let asked = daemon.at_terminal(&arguments, "\nmistyped\nfour five six\n\n");
    assert_eq!(asked.matches("The three words it shows:").count(), 2, "{asked}");
    assert!(asked.contains("If it shows none"), "{asked}");
    let linked = asked.find("This device is linked").expect(&asked);
    assert!(asked[linked..].contains("Which country are you in?"), "{asked}");
    let given = [&arguments[..], &["--confirm-words", "-"]].concat();
    let told = daemon.run(&given, b"four five six\n\n");
    assert_eq!(told.status.code(), Some(0), "{told:?}");
    assert!(!words(&told.stderr).contains("country"), "{told:?}");
}

#[test]
fn a_removed_device_says_so_and_that_what_is_written_stays_on_it() {
    let daemon = Daemon::start_removed();
    let status = daemon.says(&["status"]);
    assert!(status.contains("This device doesn't sync any more."), "{status}");
    assert!(status.contains("why:  this device was removed from your journal"), "{status}");
    assert!(status.contains("what you write here stays here") && !status.contains("to send"), "{status}");
    let written = daemon.at_terminal(&["add", "rain"], "");
    assert!(written.contains("Kept.") && written.contains("stays on this device"), "{written}");
    let listed = daemon.at_terminal(&["list"], "");
    assert!(!listed.contains("stays on this device"), "{listed}");
    // A device like any other says nothing of the kind.
    let other = Daemon::start().at_terminal(&["add", "rain"], "");
    assert!(other.contains("Kept.") && !other.contains("stays on"), "{other}");
}

#[test]
fn a_file_that_cannot_be_read_is_told_in_words() {
    let daemon = Daemon::start();
    let folder = daemon.file("folder/inside", "");
    let folder = folder.trim_end_matches("/inside");
    let absent = format!("{folder}/absent");
    let below_a_file = format!("{folder}/inside/absent");
    for (file, why) in [
        (absent.as_str(), "there's no such file or folder"),
        (folder, "it's a folder, not a file"),
        (&below_a_file, "something on the way there is a file, not a folder"),
    ] {
        for arguments in [
            &["edit", "56", "--from", file][..],
            &["import", "jsonl", file],
            &["unlock", "--passphrase-file", file],
            &["practice", "do", "slow-breath", "--answers", file],
            &["practice", "add", file],
            &["practice", "check", file],
            &["measure", "add", file],
        ] {
            let output = daemon.run(&[arguments, &["--json"]].concat(), b"");
            let error = &told(&output)["error"];
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
            assert_eq!(
                (error["why"].as_str(), error["reason"].as_str()),
                (Some(why), Some("INVALID_ARGUMENT"))
            );
            assert!(error["what"].as_str().unwrap().contains(file) && error["next"] != "", "{error}");
        }
    }
    // What cannot be written is a fault of the disk.
    let output = daemon.run(&["export", "jsonl", &below_a_file, "--json"], b"");
    let error = &told(&output)["error"];
    assert_eq!(error["why"], "something on the way there is a file, not a folder", "{error}");
}

#[test]
fn a_mistyped_name_is_asked_back_about_and_nothing_is_done() {
    let daemon = Daemon::start();
    let check = |arguments: &[&str], next: &str| {
        let output = daemon.run(&[arguments, &["--json"]].concat(), b"{}");
        let error = &told(&output)["error"];
        assert_eq!((output.status.code(), &error["reason"]), (Some(5), &"NOT_FOUND".into()), "{error}");
        assert!(output.stdout.is_empty());
        assert_eq!(error["next"], next);
        let words = String::from_utf8(daemon.run(arguments, b"{}").stderr).unwrap();
        assert!(words.contains("next: Did you mean") && !words.contains("one of:"), "{words}");
    };
    let all = "`haven practice list` shows them all.";
    check(&["practice", "show", "slow-breth"], &format!("Did you mean `slow-breath`? {all}"));
    check(&["practice", "do", "slow", "--answers", "-"], &format!("Did you mean `slow-breath`? {all}"));
    check(
        &["people", "edit", "Anm", "--circle", "inner"],
        "Did you mean `Ann`? `haven people list` shows everyone.",
    );
}
