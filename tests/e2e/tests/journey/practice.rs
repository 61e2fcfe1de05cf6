//! Exercises at a terminal: left and gone on with, about somebody, and the one that a journal keeps once.

use haven_e2e::device::{Device, PASSPHRASE};
use haven_e2e::linking::{begun_with, link};
use haven_e2e::patience::until;
use haven_e2e::ran::text;
use haven_e2e::server::Server;
use haven_e2e::terminal::{Typing, at_terminal};
use serde_json::json;

/// Does an exercise line by line, typing these lines.
fn done(device: &Device, arguments: &[&str], lines: &[&str]) -> String {
    let all = [&["practice", "do"], arguments].concat();
    at_terminal(device, &all, "true", &format!("{}\n", lines.join("\n"))).stdout
}

#[test]
fn an_exercise_that_was_left_is_gone_on_with() {
    let device = Device::begun();
    // The lines end before the questions do, as when somebody closes the terminal.
    let left = done(&device, &["name-it"], &["30", "sad = 3", ""]);
    assert!(left.contains("Is there a finer word"), "{left}");
    let went_on = done(&device, &["name-it"], &["y", "stung", "", "20"]);
    assert!(went_on.contains("Go on? [Y/n]") && !went_on.contains("How heavy is it right now?"), "{went_on}");
    let entries = device.lines(&["list"]);
    assert_eq!(entries.len(), 1, "{entries:?}");
    let shown = device.json(&["show", text(&entries[0], "id")]);
    let felt = json!([{"name": "sad", "strength": 3}]);
    assert_eq!(
        shown["answers"],
        json!({"suds_before": 30, "emotions": felt, "finer_word": "stung", "suds_after": 20})
    );
    assert!(device.lines(&["draft", "list"]).is_empty());
}

#[test]
fn an_exercise_that_was_left_on_one_device_is_gone_on_with_on_another() {
    let server = Server::start();
    let (laptop, phone) = (begun_with(&server), Device::new());
    link(&laptop, &phone);
    let begun = br#"{"suds_before": 30, "emotions": [{"name": "sad", "strength": 3}]}"#;
    let begun = laptop.run_with(&["practice", "do", "name-it", "--answers", "-"], begun).json();
    laptop.sync();
    phone.sync();
    let open = &phone.json(&["today"])["open"][0];
    assert_eq!((text(open, "exercise"), text(open, "entry")), ("name-it", text(&begun, "id")));
    let went_on = done(&phone, &["name-it"], &["y", "stung", "", "20"]);
    assert!(went_on.contains("with open questions. Go back to it? [y/N]"), "{went_on}");
    phone.sync();
    laptop.sync();
    let shown = laptop.json(&["show", text(&begun, "id")]);
    assert_eq!((&shown["answers"]["suds_before"], &shown["answers"]["suds_after"]), (&json!(30), &json!(20)));
    assert_eq!(laptop.entries(), 1);
    assert_eq!(laptop.json(&["today"])["open"], json!([]));
}

#[test]
fn what_was_kept_with_open_questions_stays_as_it_is_unless_asked_for() {
    let device = Device::begun();
    let begun = br#"{"suds_before": 30, "emotions": [{"name": "sad", "strength": 3}]}"#;
    let kept = device.run_with(&["practice", "do", "name-it", "--answers", "-"], begun).json();
    let again = done(&device, &["name-it"], &["", "70", "sad = 4", "", "", "", "60"]);
    assert!(
        again.contains("Go back to it? [y/N]") && again.contains("How heavy is it right now?"),
        "{again}"
    );
    assert_eq!(device.entries(), 2, "another round is another entry");
    let shown = device.json(&["show", text(&kept, "id")]);
    assert_eq!(
        (&shown["answers"]["suds_before"], &shown["answers"]["suds_after"]),
        (&json!(30), &json!(null))
    );
}

#[test]
fn a_journal_keeps_one_plan_and_changes_it() {
    let device = Device::begun();
    let plan = |answers: &str| {
        let written =
            device.run_with(&["practice", "do", "plan-when-low", "--answers", "-"], answers.as_bytes());
        text(&written.json(), "id").to_owned()
    };
    let first = plan(r#"{"signs": ["no sleep"], "people": ["Bea"]}"#);
    assert_eq!(plan(r#"{"places": ["library"]}"#), first);
    done(&device, &["plan-when-low"], &["no food", "", "", "", "", "", "", "a cat", ""]);
    let shown = device.json(&["show", &first]);
    assert_eq!(shown["answers"]["signs"], json!(["no food"]), "{shown}");
    assert_eq!(device.entries(), 1);
}

#[test]
fn an_exercise_about_somebody_unsafe_is_held_without_a_question() {
    let device = Device::begun();
    device.json(&["people", "add", "Ann", "--safe", "no"]);
    device.json(&["people", "add", "Bea", "--safe", "yes"]);
    device
        .run_with(&["practice", "do", "need-line", "--person", "Ann", "--answers", "-"], b"{}")
        .failed(6, "CONFIRMATION_NEEDED");
    for (arguments, lines) in
        [(&["need-line", "--person", "Ann"][..], &[][..]), (&["need-line"], &["n", "Ann"])]
    {
        let held = done(&device, arguments, lines);
        assert!(held.contains("haven practice do people-map"), "{held}");
        assert!(held.contains("haven help-now"), "whom to reach: {held}");
        assert!(!held.contains("What happened?"), "{held}");
    }
    assert_eq!(device.entries(), 0);
    let asked = done(&device, &["need-line"], &["n", "Bea"]);
    assert!(asked.contains("What happened?"), "{asked}");
}

#[test]
fn a_gate_that_holds_cannot_be_passed_by_a_script() {
    let device = Device::begun();
    let ann = text(&device.json(&["people", "add", "Ann", "--safe", "no"]), "id").to_owned();
    let bea = text(&device.json(&["people", "add", "Bea", "--safe", "yes"]), "id").to_owned();
    let run = |arguments: &[&str], person: &str| {
        let all = [&["practice", "do", "--answers", "-"], arguments].concat();
        device.run_with(&all, json!({"person": person}).to_string().as_bytes())
    };
    let next = |arguments: &[&str], person: &str| {
        let ran = run(arguments, person);
        ran.failed(6, "CONFIRMATION_NEEDED");
        ran.stderr
    };
    assert!(next(&["need-line"], &ann).contains("`haven practice do "));
    assert!(next(&["need-line", "--person", "Ann"], &bea).contains("`haven practice do "));
    assert!(next(&["need-line", "--person", "Bea"], &bea).contains("--could-harm"));
    for answer in ["not-sure", "yes"] {
        let told = next(&["need-line", "--person", "Bea", "--could-harm", answer], &bea);
        assert!(told.contains("haven help-now"), "{told}");
    }
    run(&["need-line", "--could-harm", "maybe"], &bea).failed(2, "INVALID_ARGUMENT");
    // A no does not speak for somebody who is marked unsafe.
    assert!(next(&["need-line", "--could-harm", "no"], &ann).contains("`haven practice do "));
    assert_eq!(device.entries(), 0);
    // What was refused is kept as it came through the pipe; asking what has to be clear first keeps nothing.
    let kept = device.lines(&["draft", "list"]).len();
    run(&["need-line", "--person", "Bea", "--could-harm", "no"], &bea).json();
    // Not an exercise that touches them.
    run(&["people-map"], &ann).json();
    assert_eq!((device.entries(), device.lines(&["draft", "list"]).len()), (2, kept));
}

#[test]
fn who_is_placed_as_unsafe_on_the_map_is_held_from_then_on() {
    let device = Device::begun();
    let ann = text(&device.json(&["people", "add", "Ann"]), "id").to_owned();
    let placed = json!({"person": ann, "circle": "outer", "safe": "no"}).to_string();
    device.run_with(&["practice", "do", "people-map", "--answers", "-"], placed.as_bytes()).json();
    assert_eq!(text(&device.lines(&["people", "list"])[0], "safe"), "no");
    let limit = &["practice", "do", "limit-plan", "--person", "Ann", "--answers", "-"];
    device.run_with(limit, b"{}").failed(6, "CONFIRMATION_NEEDED");
}

#[test]
fn somebody_new_is_added_on_the_way() {
    let device = Device::begun();
    let asked = done(&device, &["trigger-chain"], &["noon", "2026-11-24", "Carl", "y"]);
    assert!(
        asked.contains("That's no time we know. Now is fine.") && asked.contains("Carl is new."),
        "{asked}"
    );
    let people = device.lines(&["people", "list"]);
    assert_eq!(people.iter().map(|person| text(person, "name")).collect::<Vec<_>>(), ["Carl"]);
}

#[test]
fn what_is_asked_later_stands_below_the_words_it_is_about() {
    let device = Device::begun();
    device.json(&["add", "a note"]);
    let today = text(&device.lines(&["list"])[0], "at")[..10].to_owned();
    let answers = json!({"said": "we spoke of home", "homework": ["a walk"], "homework_due": today});
    let notes = ["practice", "do", "session-notes", "--answers", "-"];
    let id = text(&device.run_with(&notes, answers.to_string().as_bytes()).json(), "id").to_owned();
    let asked = at_terminal(&device, &["practice", "later", &id], "true", "partly\n").stdout;
    assert!(asked.contains("a walk") && !asked.contains("we spoke of home"), "{asked}");
    assert_eq!(device.json(&["show", &id])["answers"]["tried"], "partly");
}

#[test]
fn a_measure_goes_back_says_the_scale_every_time_and_keeps_what_stood_there() {
    let device = Device::begun();
    // The second answer is taken back to the first question; Enter keeps it; the second is given anew.
    let typed = "1\nback\n\n2\nback\n3\n0\n0\n0\n0\n0\n0\n0\n1\n";
    let asked = at_terminal(&device, &["measure", "do", "phq-9"], "true", typed).stdout;
    assert!(asked.matches("1 Several days").count() >= 9, "with each question: {asked}");
    assert!(
        asked.contains("You answered 1. Enter keeps it.") && asked.contains("You answered 2."),
        "{asked}"
    );
    let told = device.lines(&["measure", "history", "phq-9"]);
    assert_eq!(told[0]["scores"]["total"], 4.0, "1 and 3, and nothing else");
}

#[test]
fn the_answers_of_a_measure_do_not_stay_in_the_window_and_lock_says_what_does() {
    let device = Device::begun().with("TERM", "xterm");
    let answers = format!("{}1\n", "0\n".repeat(9));
    let (begins, ends) = ("\u{1b}[?1049h", "\u{1b}[?1049l");
    let asked = at_terminal(&device, &["measure", "do", "phq-9"], "true", &format!("\n{answers}")).stdout;
    let at = |words: &str| asked.find(words).unwrap_or_else(|| panic!("{words}: {asked}"));
    assert!(at(begins) < at("Little interest") && at("Extremely") < at(ends) && at(ends) < at("Kept."));
    let plain = at_terminal(&device, &["measure", "do", "phq-9", "--plain"], "true", &answers).stdout;
    assert!(plain.contains("Little interest") && !plain.contains(begins), "{plain}");
    let (asks, stays) =
        ("Clear this window too? (Y/n)", "What this window has shown stays in it until you close it");
    let clears = "\u{1b}[H\u{1b}[2J\u{1b}[3J";
    for (arguments, typed, is_asked, is_cleared) in [
        (&["lock"][..], "n\n", true, false),
        (&["lock"], "\n", true, true),
        (&["lock", "--clear"], "", false, true),
        (&["lock", "--no-input"], "", false, false),
        (&["lock", "--json"], "", false, false),
    ] {
        let said = at_terminal(&device, arguments, "true", typed).stdout;
        assert_eq!(
            (said.contains(asks), said.contains(clears)),
            (is_asked, is_cleared),
            "{arguments:?}: {said}"
        );
        let says_it_stays = !is_cleared && arguments[1..] != ["--json"];
        assert_eq!(said.contains(stays), says_it_stays, "{arguments:?}: {said}");
    }
    let left = at_terminal(&device, &["practice", "do", "wait"], "true", "\n").stdout;
    assert!(left.contains("haven help-now") && left.contains("the journal stays locked"), "{left}");
}

#[test]
fn an_answer_that_calls_for_support_shows_whom_to_reach_before_the_next_question() {
    let device = Device::begun();
    // The card waits for somebody to go on, and shows the numbers of a country to who asks for them there.
    let typed = "0\n0\n0\n0\n0\n0\n0\n0\n1\nhelp Austria\nnot now\n\nfive\n1\n";
    let asked = at_terminal(&device, &["measure", "do", "phq-9"], "true", typed).stdout;
    let places = [
        "better off dead",
        "because of your last answer. Nobody has been told",
        "You could just say",
        "In an emergency",
        "Enter: go on",
        "call 142",
        "neither a country we know nor `more`",
        "Call 112 · type `help`",
        "how difficult",
        "A whole number from 1 to 4",
        "Kept.",
        "haven help-now",
        "You could just say",
        "For Austria.",
        "call 142",
    ];
    let mut rest = &*asked;
    for words in places {
        let at = rest.find(words).unwrap_or_else(|| panic!("{words} comes in its place: {asked}"));
        rest = &rest[at + words.len()..];
    }
    assert!(!asked.contains("Published label"), "nobody is told that this is minimal: {asked}");
    assert_eq!(device.json(&["today"])["suggestion"]["exercise"], "plan-when-low");
}

#[test]
fn stopping_after_support_was_called_for_is_no_error_and_ends_on_whom_to_reach() {
    let device = Device::begun();
    let plan = br#"{"signs": ["no sleep"], "people": ["Bea"]}"#;
    device.run_with(&["practice", "do", "plan-when-low", "--answers", "-"], plan).json();
    // What was typed ends at the card: the terminal says that nobody types any more.
    let typed = "0\n0\n0\n0\n0\n0\n0\n0\n1\ngermany\n\u{4}";
    for asked in [Device::begun(), device] {
        let ran = at_terminal(&asked, &["measure", "do", "phq-9"], "true", typed);
        assert_eq!(ran.code, Some(130), "{}", ran.stdout);
        assert!(!ran.stdout.contains("error"), "{}", ran.stdout);
        let end = &ran.stdout[ran.stdout.rfind("What you answered is kept.").unwrap()..];
        assert!(end.contains("For Germany.") && end.contains("call 112"), "{end}");
        let last: Vec<_> = end.trim_end().lines().rev().take(2).collect();
        assert!(last[0].starts_with("* ") && last[1].contains("call"), "the numbers come last: {end}");
    }
}

#[test]
fn a_no_at_the_opening_of_an_exercise_leaves_nothing_and_an_empty_check_in_is_no_error() {
    let device = Device::begun();
    let left = done(&device, &["early-care-map"], &["n"]);
    assert!(left.contains("Nothing was answered"), "{left}");
    assert_eq!((device.entries(), device.lines(&["draft", "list"]).len()), (0, 0));
    let nothing = at_terminal(&device, &["checkin"], "true", "\n");
    assert_eq!(nothing.code, Some(0), "{}", nothing.stdout);
    assert!(nothing.stdout.contains("Nothing written, nothing kept. That's fine."), "{}", nothing.stdout);
    device.run(&["checkin", "--note", ""]).failed(2, "INVALID_ARGUMENT");
    assert_eq!(device.entries(), 0);
}

#[test]
fn whoever_ends_heavy_is_told_whom_to_talk_to() {
    let device = Device::begun();
    let heavy = "Someone to talk to: haven help-now";
    for (after, is_told) in [("90", true), ("20", false)] {
        let asked = done(&device, &["name-it"], &["85", "sad = 3", "", "stung", "", after]);
        assert_eq!(asked.matches(heavy).count(), usize::from(is_told), "{after}: {asked}");
    }
}

#[test]
fn a_journal_that_is_locked_in_the_middle_is_opened_there_and_nothing_is_lost() {
    let again = format!("{PASSPHRASE}\n");
    let device = Device::begun();
    let mut typing = Typing::begin(&device, &["practice", "do", "name-it"]);
    typing.once("How heavy is it right now?", 1, "30\n");
    typing.once("What do you feel, and how strongly?", 1, "");
    device.json(&["lock"]);
    typing.once("What do you feel, and how strongly?", 1, "sad = 3\n\n");
    typing.once("Passphrase:", 1, &again);
    typing.once("Is there a finer word", 1, "stung\n\n20\n");
    let ran = typing.end();
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    let felt = json!([{"name": "sad", "strength": 3}]);
    let expected = json!({"suds_before": 30, "emotions": felt, "finer_word": "stung", "suds_after": 20});
    assert_eq!(device.json(&["show", "last"])["answers"], expected);
    assert!(device.lines(&["draft", "list"]).is_empty());

    let mut typing = Typing::begin(&device, &["measure", "do", "gad-7", "--plain"]);
    typing.once("1/", 1, "1\n");
    typing.once("2/", 1, "");
    device.json(&["lock"]);
    typing.once("2/", 1, "2\n");
    typing.once("Passphrase:", 1, "\n");
    let ran = typing.end();
    assert!(
        ran.stdout.contains("stays locked") && ran.stdout.contains("haven measure do gad-7"),
        "{}",
        ran.stdout
    );
    device.unlock();
    let id = text(&device.lines(&["draft", "list"])[0], "id").to_owned();
    let kept = &device.json(&["draft", "show", &id])["answers"];
    assert_eq!(kept.as_object().map(serde_json::Map::len), Some(2), "sealed, and there: {kept}");
}

#[test]
fn an_exercise_on_a_screen_is_locked_in_the_middle_left_and_gone_on_with() {
    let device = Device::begun().with("TERM", "xterm");
    let answers = || {
        let drafts = device.lines(&["draft", "list"]);
        let id = drafts.first().map(|draft| text(draft, "id").to_owned());
        id.map(|id| device.json(&["draft", "show", &id])["answers"].clone())
    };
    let takes_the_screen = "\u{1b}[?1049h";
    let mut typing = Typing::begin(&device, &["practice", "do", "name-it"]);
    typing.once("begin", 1, "\r30");
    // What stands there is kept before anybody says that it is the answer.
    until("it is kept", || answers().filter(|kept| *kept == json!({"suds_before": 30})));
    device.json(&["lock"]);
    typing.once(takes_the_screen, 1, "\u{7f}5\t");
    typing.once("Passphrase:", 1, &format!("{PASSPHRASE}\n"));
    typing.once(takes_the_screen, 2, "\u{3}");
    let ran = typing.end();
    assert_eq!(ran.code, Some(130), "{}", ran.stdout);
    assert_eq!(ran.stdout.matches("haven practice do name-it`.").count(), 1, "{}", ran.stdout);
    assert_eq!(answers(), Some(json!({"suds_before": 35})));
    let mut typing = Typing::begin(&device, &["practice", "do", "name-it"]);
    typing.once("Go on? [Y/n]", 1, "y\n");
    // Back to what was answered, which is changed; and out.
    typing.once("begin", 1, "\r\u{1b}[Z0\r\u{3}");
    assert_eq!(typing.end().code, Some(130));
    assert_eq!(answers(), Some(json!({"suds_before": 0})));
}

#[test]
fn what_is_kept_once_stays_where_enter_is_pressed_and_is_taken_back_by_a_dash() {
    let device = Device::begun();
    let plan = br#"{"signs": ["no sleep"], "people": ["Bea"], "places": ["library"]}"#;
    let id = device.run_with(&["practice", "do", "plan-when-low", "--answers", "-"], plan).json();
    let id = text(&id, "id");
    let asked = done(&device, &["plan-when-low"], &["", "", "", "-", "", "", "", ""]);
    assert!(asked.contains("no sleep") && asked.contains("Enter keeps this"), "{asked}");
    let answers = &device.json(&["show", id])["answers"];
    assert_eq!(answers, &json!({"signs": ["no sleep"], "places": ["library"]}));
}
