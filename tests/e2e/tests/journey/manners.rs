//! What a person sees at a terminal: lists that are empty, lines that fit, questions that can be answered.

use haven_e2e::device::Device;
use haven_e2e::ran::{Ran, text};
use haven_e2e::terminal::{at_terminal, at_width};

/// Shown at a narrow terminal, every line fits and begins as it should.
fn narrow(device: &Device, arguments: &[&str]) -> String {
    let ran = at_width(device, 40, arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    for line in ran.stdout.lines() {
        assert!(line.trim_end().chars().count() <= 40, "{arguments:?}: {line}");
    }
    ran.stdout.replace("\r\n", "\n")
}

#[test]
fn an_empty_list_says_so_and_what_to_do_but_never_to_a_pipe() {
    let device = Device::begun();
    for (arguments, said) in [
        (&["list"][..], "Your journal has no entries yet. Write the first one with `haven add`."),
        (&["list", "--trashed"], "The trash is empty."),
        (&["list", "--tag", "tea", "--on", "2026-11-24"], "No entry matches --tag tea --on 2026-11-24."),
        (&["list", "--kind", "note", "--trashed"], "Nothing in the trash matches --kind note."),
        (&["search", "tea"], "No entry matches tea."),
        (&["tags"], "No entry has a tag yet."),
        (
            &["people", "list"],
            "You haven't added anyone yet. `haven people add NAME` adds someone you write about.",
        ),
        (&["draft", "list"], "No draft waits for you."),
        (&["alarms"], "No alarm waits for you."),
        (&["measure", "history", "phq-9"], "Not answered yet. Answer it with `haven measure do phq-9`."),
    ] {
        let shown = narrow(&device, arguments);
        let shown: Vec<_> = shown.split_whitespace().collect();
        assert!(shown.join(" ").starts_with(said), "{arguments:?}: {shown:?}");
        let piped = Ran::of(arguments.join(" "), device.command(arguments).output().unwrap());
        for ran in [piped, device.run(arguments)] {
            assert_eq!((ran.code, &*ran.stdout, &*ran.stderr), (Some(0), "", ""), "{}", ran.line);
        }
    }
}

#[test]
fn a_narrow_terminal_breaks_between_words_and_keeps_entries_apart() {
    let device = Device::begun();
    let id = text(
        &device.json(&["add", "A long walk with nobody about, and the whole of the lake to ourselves"]),
        "id",
    )
    .to_owned();
    device.json(&["edit", &id, "--tag", "walking", "--tag", "by-the-lake", "--at", "1660-01-01"]);
    let listed = narrow(&device, &["list"]);
    let mut lines = listed.lines();
    assert!(lines.next().unwrap().starts_with(&id[..8]), "{listed}");
    assert!(lines.all(|line| line.starts_with("    ")), "{listed}");
    assert!(listed.contains("ourselves") && listed.contains("#by-the-lake"), "{listed}");
    for arguments in [
        &["show", "last"][..],
        &["search", "lake"],
        &["history", "last"],
        &["history", "last", "--diff"],
        &["status"],
        &["doctor"],
        &["device", "list"],
        &["practice", "list"],
        &["practice", "show", "wait"],
        &["measure", "list"],
        &["measure", "show", "phq-9"],
        &["progress"],
        &["today"],
        &["reminders"],
        &["config", "get"],
        &["help", "add"],
        &["add", "--help"],
    ] {
        narrow(&device, arguments);
    }
    for wrong in [
        &["show", "ff"][..],
        &["list", "--kind", "poem"],
        &["add", "-x"],
        &["restore", "last", "--version", "ff"],
    ] {
        let ran = at_width(&device, 40, wrong);
        assert_ne!(ran.code, Some(0), "{wrong:?}");
        assert!(ran.stdout.lines().all(|line| line.trim_end().chars().count() <= 40), "{}", ran.stdout);
    }
}

#[test]
fn a_terminal_that_cannot_colour_gets_no_codes_wherever_it_runs() {
    // Whoever prints colours for a log of tests looks at this variable; a person at such a terminal sees rubbish.
    let device = Device::new().with("CI", "true");
    for arguments in [&["add", "--help"][..], &["add", "-x"], &["help-now"], &["list"]] {
        let shown = at_width(&device, 80, arguments).stdout;
        assert!(!shown.contains('\u{1b}'), "{arguments:?}: {shown:?}");
    }
}

#[test]
fn no_exercise_opens_on_a_question_with_nothing_to_choose() {
    let device = Device::begun();
    let begun = |exercise: &str| {
        // Ends at the first question.
        let ran = at_terminal(&device, &["practice", "do", exercise, "--plain"], "true", "\u{4}");
        ran.stdout.replace("\r\n", "\n")
    };
    let asked = "Does this come from a moment you already wrote down?";
    let shown = begun("thought-check");
    assert!(!shown.contains(asked), "{shown}");
    assert!(shown.contains("You haven't added anyone yet. Type a name"), "{shown}");

    device.json(&["people", "add", "Ann"]);
    let answers = device.beside("answers.json");
    std::fs::write(&answers, r#"{"spark": "the door was shut"}"#).unwrap();
    let done = ["practice", "do", "trigger-chain", "--answers", answers.to_str().unwrap()];
    let moment = text(&device.json(&done), "id").to_owned();
    let ran = at_terminal(
        &device,
        &["practice", "do", "thought-check", "--plain"],
        "true",
        // The moment by its number, nobody, a thought, and nothing more.
        &format!("1\nAnn\nthey will leave\n{}", "\n".repeat(20)),
    );
    assert!(ran.stdout.contains(asked) && ran.stdout.contains("Your people: Ann"), "{}", ran.stdout);
    let entry = device.json(&["show", "last"]);
    assert_eq!(entry["answers"]["link"], moment.as_str(), "{entry}");
}
