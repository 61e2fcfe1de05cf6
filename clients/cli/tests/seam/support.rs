//! Help with a daemon and without, the plan, and reminders.

use std::fs;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use haven_api::support::READABLE_FILE;
use haven_api::unix::SOCKET;
use serde_json::{Value, json};

use crate::daemon::{Daemon, ID, haven};

/// Runs `haven` without a daemon anywhere, in a locale.
fn alone(home: &Path, locale: &str, arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_haven"))
        .args(arguments)
        .env_clear()
        .env("HAVEN_HOME", home)
        .env("LANG", locale)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    output
}

fn words(output: Output) -> String {
    String::from_utf8(output.stdout).unwrap()
}

fn numbers(told: &Value) -> Vec<&str> {
    told["lines"].as_array().unwrap().iter().map(|line| line["phone"].as_str().unwrap()).collect()
}

#[test]
fn help_shows_the_plan_first_then_the_lines_of_the_daemon() {
    let daemon = Daemon::start();
    let plan = format!(
        "{{\"id\":\"{ID}\",\"modified\":\"1970-01-01T00:00:01Z\",\"parts\":[{{\"field\":\"people\",\"label\":\"Whom?\",\
         \"items\":[\"Ann\",\"Bert\"]}},{{\"field\":\"reasons\",\"label\":\"What for?\",\"items\":[\"the dog\"]}}]}}"
    );
    let choose = "For another country: haven help-now COUNTRY, such as Germany or DE.";
    assert_eq!(
        daemon.says(&["help-now", "--country", "us", "--json"]),
        format!(
            "{{\"plan\":{plan},\"readable\":[],\"locked\":false,\"lines\":[{{\"country\":\"US\",\"name\":\"A line\",\"kind\":\"crisis\",\
             \"phone\":\"988\",\"text\":\"\",\"hours\":\"\",\"languages\":[],\"check\":true,\"state\":\"unchecked\",\"as_of\":null}}],\
             \"wide\":[],\"countries\":[],\"says\":[\"Read slowly.\",\"Asked for US.\",\"{choose}\"]}}\n"
        )
    );
    let numbers = "Someone to talk to\n  call 988  A line (check this number)\n";
    assert_eq!(
        daemon.says(&["help-now", "--country", "us"]),
        format!(
            "Read slowly.\nYour plan\n  Ann\n  Bert\n  the dog\nFor the United States.\nMore: haven help-now US --more\n\n{numbers}"
        )
    );
    let parts = "  Whom?\n    Ann\n    Bert\n  What for?\n    the dog\n";
    let all = format!("Read slowly.\n\nAsked for US.\n\nYour plan\n{parts}\n{choose}\n\n{numbers}");
    for arguments in [&["help-now", "--more", "--country", "us"][..], &["help-now", "us", "--more"]] {
        assert_eq!(daemon.says(arguments), all, "{arguments:?}");
    }
    let hidden = daemon.says(&["help-now", "us", "--no-plan"]);
    assert!(!hidden.contains("Ann") && !hidden.contains("plan") && hidden.contains("call 988"), "{hidden}");
}

#[test]
fn the_plan_says_which_lines_can_be_read_while_the_journal_is_locked() {
    let daemon = Daemon::start();
    let told: Value = serde_json::from_str(&daemon.says(&["plan", "--json"])).unwrap();
    assert_eq!(told["parts"][0]["items"], json!(["Ann", "Bert"]));
    assert_eq!(told["readable"], json!([{"field": "people", "label": "Whom?", "items": ["Ann"]}]));
    let shown = "  Whom?\n    Ann  (readable while locked)\n    Bert\n  What for?\n    the dog\n";
    assert_eq!(daemon.says(&["plan"]), shown);
    let shown = "  Whom?\n     1  Ann  (readable while locked)\n     2  Bert\n  What for?\n     3  the dog\n";
    assert_eq!(daemon.says(&["plan", "readable"]), shown);
    let line = |number: u8, field: &str, label: &str, text: &str, readable: bool| {
        format!(
            "{{\"number\":{number},\"field\":\"{field}\",\"label\":\"{label}\",\"text\":\"{text}\",\"readable\":{readable}}}\n"
        )
    };
    let lines = [
        line(1, "people", "Whom?", "Ann", true),
        line(2, "people", "Whom?", "Bert", false),
        line(3, "reasons", "What for?", "the dog", false),
    ];
    assert_eq!(daemon.says(&["plan", "readable", "--json"]), lines.concat());
}

#[test]
fn a_line_becomes_readable_after_a_yes_and_is_taken_back_without_one() {
    let daemon = Daemon::start();
    for (arguments, code) in [
        (&["2"][..], 6),
        (&["1", "3"], 6),
        (&["1", "3", "--yes"], 0),
        (&["1"], 0),
        (&["--none"], 0),
        (&["0"], 2),
        (&["1", "4", "--yes"], 2),
        (&["one"], 2),
        (&["1", "--none"], 2),
    ] {
        let all = [&["plan", "readable"], arguments].concat();
        assert_eq!(daemon.run(&all, b"").status.code(), Some(code), "{arguments:?}");
    }
    let told = daemon.run(&["plan", "readable", "2", "--json"], b"").stderr;
    let told: Value = serde_json::from_slice(&told).unwrap();
    assert_eq!(told["error"]["reason"], "CONFIRMATION_NEEDED");
    assert_eq!(told["error"]["why"], "Anybody can read them. You can take them back.");
}

/// A folder of a device with a journal whose person left a line of the plan readable, and has set a country.
fn left_readable() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let file = "{\"version\":1,\"plan\":\"07070707070707070707070707070707\",\"lines\":[{\"field\":\"reasons\",\"text\":\
                \"the dog\"},{\"field\":\"people\",\"text\":\"Ann \\u001b[2J555\"}]}";
    fs::write(home.path().join("journal.db"), "").unwrap();
    fs::write(home.path().join(READABLE_FILE), file).unwrap();
    fs::write(home.path().join("config.toml"), "[help]\ncountry = \"AT\"\n").unwrap();
    home
}

fn readable(home: &Path, arguments: &[&str]) -> Value {
    let output = alone(home, "C", &[&["help-now", "--json"], arguments].concat());
    let mut told: Value = serde_json::from_slice(&output.stdout).unwrap();
    told["readable"].take()
}

#[test]
fn lines_that_were_left_readable_need_no_daemon() {
    let home = left_readable();
    let part =
        |field: &str, label: &str, item: &str| json!({"field": field, "label": label, "items": [item]});
    let people = part("people", "Who can you call or write to?", "Ann \u{1b}[2J555");
    assert_eq!(
        readable(home.path(), &[]),
        json!([people, part("reasons", "What do you stay for?", "the dog")])
    );
    let said = words(alone(home.path(), "C", &["help-now"]));
    assert!(said.contains("Your plan\n") && said.contains("  the dog\n"), "{said}");
    let said = words(alone(home.path(), "C", &["help-now", "--more"]));
    let over = "These are the lines of your plan you chose to keep readable here.";
    assert!(said.contains(over) && said.contains("    the dog\n"), "{said}");
    for arguments in [&["--no-plan"][..], &["--country", "--no-plan"], &["please", "--no-plan"]] {
        let said = words(alone(home.path(), "C", &[&["help-now"], arguments].concat()));
        assert!(!said.contains("dog") && !said.contains("your plan"), "{arguments:?}: {said}");
        assert!(said.contains("call 142") && !said.contains("\"--no-plan\""), "{arguments:?}: {said}");
    }
    assert_eq!(readable(home.path(), &["--no-plan"]), json!([]));

    fs::remove_file(home.path().join("journal.db")).unwrap();
    assert_eq!(readable(home.path(), &[]), json!([]), "they are of no journal");
}

#[test]
fn whatever_lies_where_the_readable_lines_belong_help_answers() {
    let home = left_readable();
    let file = home.path().join(READABLE_FILE);
    for damaged in [&b""[..], b"the dog", b"\xff", b"{\"version\":2}", &vec![b'x'; 1_000_000]] {
        fs::write(&file, damaged).unwrap();
        assert_eq!(readable(home.path(), &[]), json!([]));
    }
    fs::remove_file(&file).unwrap();
    assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
    assert_eq!(readable(home.path(), &[]), json!([]));
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(readable(home.path(), &[]), json!([]));
}

#[test]
fn a_country_that_was_set_counts_more_than_a_guess_and_less_than_one_that_is_typed() {
    let home = left_readable();
    let config = home.path().join("config.toml");
    let check = |arguments: &[&str], expected: &[&str]| {
        let said = words(alone(home.path(), "de_CH.UTF-8", &[&["help-now"], arguments].concat()));
        assert!(expected.iter().all(|part| said.contains(part)), "{arguments:?}: {said}");
    };
    check(&[], &["For Austria, as you set it.", "call 142", "More: haven help-now --more"]);
    check(&["--country", "Narnia"], &["\"Narnia\" isn't a country we know", "For Austria, as you set it"]);
    check(&["--country", "GB"], &["For the United Kingdom.", "call 999", "More: haven help-now GB --more"]);
    for unusable in ["", "[help]\ncountry = \"Narnia\"", "[help]\ncountry = 5", "[help", "help = 1"] {
        fs::write(&config, unusable).unwrap();
        check(&[], &["For Switzerland (a guess)", "call 143"]);
    }
}

#[test]
fn help_needs_no_daemon_and_starts_none() {
    let home = tempfile::tempdir().unwrap();
    let inside = home.path().join("none/yet");
    let told: Value =
        serde_json::from_slice(&alone(&inside, "C", &["help-now", "--country", "GB", "--json"]).stdout)
            .unwrap();
    assert_eq!(numbers(&told), ["999", "116 123", "", "0808 2000 247"]);
    assert_eq!((&told["plan"], &told["locked"]), (&Value::Null, &Value::Bool(true)));
    let states: Vec<&str> =
        told["lines"].as_array().unwrap().iter().map(|line| line["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["official", "official", "unchecked", "unchecked"]);
    assert_eq!(told["lines"][3]["check"], true);
    assert!(!inside.exists(), "nothing was made");
    let said = words(alone(&inside, "C", &["help-now", "--country", "US"]));
    for part in ["call or text 988  Suicide", "text START to 88788", "check this number)", "unlock to see it"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(
        !said.contains("findahelpline.com") && said.trim_end().ends_with(')'),
        "the numbers come last: {said}"
    );
    let said = words(alone(&inside, "C", &["help-now", "--country", "US", "--more"]));
    assert!(said.contains("findahelpline.com") && said.trim_end().ends_with(')'), "{said}");
}

#[test]
fn help_guesses_the_country_and_says_so() {
    let home = tempfile::tempdir().unwrap();
    let said = words(alone(home.path(), "de_AT.UTF-8", &["help-now"]));
    assert!(said.contains("call 142") && said.contains("call 112"), "{said}");
    assert!(said.contains("For Austria (a guess)"), "{said}");
    let said = words(alone(home.path(), "de_AT.UTF-8", &["help-now", "--country", "CH"]));
    assert!(said.contains("call 143") && !said.contains("guess"), "{said}");
    let said = words(alone(home.path(), "C.UTF-8", &["help-now"]));
    let how = ["For helplines: haven help-now COUNTRY\n", "More: haven help-now --more\n"];
    for part in ["You could just say", "112  European Union", "911  US", "999  UK"].into_iter().chain(how) {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains(" SG "), "whom a wall of letters keeps from the numbers: {said}");
    let said = words(alone(home.path(), "C.UTF-8", &["help-now", "--more"]));
    assert!(said.contains("No country was chosen") && said.contains("SG Singapore"), "{said}");
    assert!(said.contains("112 works in every country of the European Union"), "{said}");
}

#[test]
fn help_takes_whatever_is_typed() {
    let home = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (&["--country", "Narnia"][..], "\"Narnia\" isn't a country we know."),
        (
            &["Iran"],
            "We don't know any numbers for Iran yet. These hold widely.\nMore: haven help-now IR --more\n",
        ),
        (&["Iran"], "112  European Union"),
        (&["Iran", "--more"], "We don't know any numbers for Iran yet. The ones here hold widely."),
        (&["romania"], "For Romania; we don't know a helpline there yet."),
        (&["Bosnia"], "any numbers for Bosnia and Herzegovina yet"),
        (&["--country"], "112  European Union"),
        (&["United", "Kingdom"], "call 999"),
        (&["--country", "USA"], "call 911"),
        (&["--country", "nz", "--country", "au"], "call 13 11 14"),
        (&["de"], "call 0800 111 0 111"),
        (&["please", "--fast", "uk"], "call 999"),
        (&["--no-input"], "112  European Union"),
    ] {
        let said = words(alone(home.path(), "C", &[&["help-now"], arguments].concat()));
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

#[test]
fn help_does_not_wait_for_a_daemon_that_says_nothing() {
    let home = tempfile::tempdir().unwrap();
    let _silent = UnixListener::bind(home.path().join(SOCKET)).unwrap();
    let begun = Instant::now();
    let said = words(alone(home.path(), "C", &["help-now", "--country", "DE"]));
    assert!(said.contains("call 116 123"), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn nothing_reminds_unless_a_calendar_is_asked_to() {
    let home = tempfile::tempdir().unwrap();
    let said = words(alone(home.path(), "C", &["reminders"]));
    assert!(said.starts_with("Nothing here reminds you of anything"), "{said}");
    let calendar =
        words(alone(home.path(), "C", &["reminders", "export", "-", "--every", "weekly", "--at", "7:30"]));
    assert!(
        calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.ends_with("END:VCALENDAR\r\n"),
        "{calendar}"
    );
    for line in ["RRULE:FREQ=WEEKLY\r\n", "T073000\r\n", "SUMMARY:A moment for yourself\r\n"] {
        assert!(calendar.contains(line), "{calendar}");
    }
    assert!(!calendar.to_lowercase().contains("haven"), "{calendar}");

    let file = home.path().join("r.ics");
    let path = file.to_str().unwrap();
    let export =
        |arguments: &[&str]| haven(home.path(), &[&["reminders", "export", path], arguments].concat(), b"");
    let output = export(&["--text", "tea, then a walk", "--json"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "{\"exported\":1}\n");
    assert!(fs::read_to_string(&file).unwrap().contains("SUMMARY:tea\\, then a walk\r\n"));
    assert_eq!(export(&[]).status.code(), Some(6), "no file is written over");
    assert_eq!(export(&["--text", " "]).status.code(), Some(2));
}
