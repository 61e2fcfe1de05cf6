//! Help with a daemon and without, the plan, and reminders.

use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use haven_api::unix::SOCKET;
use serde_json::Value;

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
    let choose = "For another country: haven help-now --country CC, with its two letters, such as DE or GB.";
    assert_eq!(
        daemon.says(&["help-now", "--country", "us", "--json"]),
        format!(
            "{{\"plan\":{plan},\"locked\":false,\"lines\":[{{\"country\":\"US\",\"name\":\"A line\",\"kind\":\"crisis\",\
             \"phone\":\"988\",\"text\":\"\",\"hours\":\"\",\"languages\":[],\"check\":true}}],\"says\":[\"Read slowly.\",\
             \"Asked for US.\",\"{choose}\"]}}\n"
        )
    );
    let parts = "  Whom?\n    Ann\n    Bert\n  What for?\n    the dog\n";
    assert_eq!(
        daemon.says(&["help-now", "--country", "us"]),
        format!(
            "Read slowly.\n\nYour plan\n{parts}\nSomebody to talk to\n  call 988  A line  (check this number)\n\n\
             Asked for US.\n\n{choose}\n"
        )
    );
    assert_eq!(daemon.says(&["plan", "--json"]), format!("{plan}\n"));
    assert_eq!(daemon.says(&["plan"]), parts);
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
    assert!(told["lines"].as_array().unwrap().iter().all(|line| line["check"] == true));
    assert!(!inside.exists(), "nothing was made");
    let said = words(alone(&inside, "C", &["help-now", "--country", "US"]));
    for part in
        ["call 988, text 988", "(check this number)", "once the journal is unlocked", "findahelpline.com"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn help_guesses_the_country_and_says_so() {
    let home = tempfile::tempdir().unwrap();
    let said = words(alone(home.path(), "de_AT.UTF-8", &["help-now"]));
    assert!(said.contains("call 142") && said.contains("call 112"), "{said}");
    assert!(said.contains("for AT, guessed") && said.contains("--country CC"), "{said}");
    let said = words(alone(home.path(), "de_AT.UTF-8", &["help-now", "--country", "CH"]));
    assert!(said.contains("call 143") && !said.contains("guessed"), "{said}");
    let said = words(alone(home.path(), "C.UTF-8", &["help-now"]));
    assert!(said.contains("No country was chosen") && said.contains("--country CC"), "{said}");
    assert!(said.contains("112 works in every country of the European Union"), "{said}");
}

#[test]
fn help_takes_whatever_is_typed() {
    let home = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (&["--country", "Narnia"][..], "\"Narnia\" is no country that is known here."),
        (&["--country"], "No country was chosen"),
        (&["--country", "nz", "--country", "au"], "call 13 11 14"),
        (&["de"], "call 0800 111 0 111"),
        (&["please", "--fast", "uk"], "call 999"),
        (&["--no-input"], "findahelpline.com"),
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
    assert!(std::fs::read_to_string(&file).unwrap().contains("SUMMARY:tea\\, then a walk\r\n"));
    assert_eq!(export(&[]).status.code(), Some(6), "no file is written over");
    assert_eq!(export(&["--text", " "]).status.code(), Some(2));
}
