use std::any::TypeId;
use std::path::PathBuf;

use super::*;
use crate::args::parse;
use crate::args::typed::command;

fn refused(line: &[String]) -> Option<Fault> {
    let typed: Vec<OsString> = ["haven".to_owned()].iter().chain(line).map(OsString::from).collect();
    parse(typed.clone()).err().map(|error| refusal(&error, &typed))
}

/// Words of programmers and of clap, which tell a person nothing.
const JARGON: [&str; 8] =
    ["invalid", "digit", "parse", "argument", "subcommand", "boolean", "syntax", "recognized"];

/// What a person must find in every refusal.
fn check_told(fault: &Fault, line: &str) {
    let (what, why, next) = (fault.what(), fault.why(), fault.next());
    assert!(!what.is_empty() && !why.is_empty() && what != why, "{line}: {what} / {why}");
    assert!(!what.ends_with('.') && !why.ends_with('.'), "{line}: {what} / {why}");
    assert!(next.ends_with('.'), "{line}: {next}");
    for said in [what, &why, next] {
        assert!(JARGON.iter().all(|word| !said.contains(word)), "{line}: {said}");
        assert!(!said.contains(['\u{fdd0}', '\n']), "{line}: {said}");
    }
}

#[test]
fn what_cannot_be_meant_is_told_as_what_why_and_next() {
    let check = |line: &str, what: &str, why: &str, next: &str| {
        let words: Vec<String> = line.split_whitespace().map(|word| word.replace('_', " ")).collect();
        let fault = refused(&words).unwrap_or_else(|| panic!("{line} is understood"));
        assert_eq!((fault.what(), fault.why().as_str(), fault.next()), (what, why, next), "{line}");
        check_told(&fault, line);
    };
    let list = "`haven help list` shows how it's used.";
    check(
        "lst",
        "`haven lst` can't be run",
        "there's no such command",
        "Did you mean `haven list`? `haven help` shows all commands.",
    );
    check(
        "frobnicate",
        "`haven frobnicate` can't be run",
        "there's no such command",
        "`haven help` shows all commands.",
    );
    check(
        "suicide",
        "`haven suicide` can't be run",
        "there's no such command",
        "Did you mean `haven help-now`? `haven help` shows all commands.",
    );
    check(
        "hlep-now",
        "`haven hlep-now` can't be run",
        "there's no such command",
        "Did you mean `haven help-now`? `haven help` shows all commands.",
    );
    check(
        "link",
        "`haven link` can't be run",
        "there's no such command",
        "Did you mean `haven device link`? `haven help` shows all commands.",
    );
    check(
        "practice lst",
        "`haven practice lst` can't be run",
        "there's no such command",
        "Did you mean `haven practice list`? `haven help practice` shows what there is.",
    );
    check(
        "people",
        "`haven people` can't be run",
        "it needs one of list, add, edit, merge, forget",
        "`haven help people` shows what there is.",
    );
    check(
        "people --no-input",
        "`haven people` can't be run",
        "it needs one of list, add, edit, merge, forget",
        "`haven help people` shows what there is.",
    );
    check(
        "list --lmit 3",
        "`haven list` can't be run",
        "it has no option `--lmit`",
        &format!("Did you mean `--limit`? {list}"),
    );
    check("list -5", "`haven list` can't be run", "it has no option `-5`", list);
    check("list extra", "`haven list` can't be run", "`extra` is more than it takes", list);
    check(
        "add -x",
        "`haven add` can't be run",
        "it has no option `-x`",
        "If that's part of your text, put -- before the text: haven add -- \"-…\". `haven help add` shows how it's used.",
    );
    check(
        "list --limit -1",
        "`-1` can't be used for --limit",
        "not a whole number from 0 up",
        &format!("Write one such as 20. {list}"),
    );
    check(
        "list --before someday",
        "`someday` can't be used for --before",
        "not a day",
        &format!("Write it as 2026-11-24, yesterday, today, or a weekday such as monday. {list}"),
    );
    check(
        "add x --at teatime",
        "`teatime` can't be used for --at",
        "not a date or time",
        "Write it as 2026-11-24, 2026-11-24T21:30, yesterday, today, or a weekday such as monday. `haven help add` shows how it's used.",
    );
    check(
        "import jsonl f --zone UTC+3",
        "`UTC+3` can't be used for --zone",
        "there's no such time zone",
        "Write one such as Europe/Berlin, or the offset alone, such as +03:00. `haven help import jsonl` shows how it's used.",
    );
    check(
        "list --kind notte",
        "`notte` can't be used for --kind",
        "it can be note, checkin, exercise, measure or session",
        &format!("Did you mean `note`? {list}"),
    );
    check(
        "people add A --died maybe",
        "`maybe` can't be used for --died",
        "neither yes nor no",
        "Write one of them. `haven help people add` shows how it's used.",
    );
    check(
        "practice show Slow_Breath",
        "`Slow Breath` can't be used for ID",
        "an exercise id has 3 to 40 characters, each a-z, 0-9 or -",
        "Did you mean `slow-breath`? `haven practice list` shows the ids. `haven help practice show` shows how it's used.",
    );
    check(
        "restore 1a",
        "`haven restore` can't be run",
        "it needs --version VERSION",
        "Add what's missing. `haven help restore` shows how it's used.",
    );
    check(
        "list --on today --after monday",
        "`haven list` can't be run",
        "--on and --after don't go together",
        &format!("Leave one of them out. {list}"),
    );
    check(
        "list --limit 1 --limit 2",
        "`haven list` can't be run",
        "--limit can be given once only",
        &format!("Leave one of them out. {list}"),
    );
    check(
        "list --json=yes",
        "`haven list` can't be run",
        "--json takes no `yes`",
        &format!("Leave it out. {list}"),
    );
    check("list --tag", "--tag needs a value", "nothing stands behind it", list);
}

#[test]
fn tomorrow_is_told_its_date() {
    let fault = refused(&["add", "x", "--at", "tomorrow"].map(str::to_owned)).unwrap();
    let next = crate::when::today().plus_days(1);
    assert!(fault.next().starts_with(&format!("Write its date, {next}.")), "{}", fault.next());
}

#[test]
fn a_long_value_is_not_said_again() {
    let long = "word ".repeat(50);
    let fault = refused(&["reminders", "export", "-", "--text", &long].map(str::to_owned)).unwrap();
    assert_eq!(fault.what(), "what you typed can't be used for --text");
}

/// Every argument of every command that reads more than a text or a path refuses nonsense in plain words.
#[test]
fn every_value_that_cannot_be_read_is_told_in_plain_words() {
    let mut checked = 0;
    walk(&command(), &mut Vec::new(), &mut checked);
    assert!(checked > 40, "{checked} arguments that may be wrong");
}

fn walk(command: &clap::Command, path: &mut Vec<String>, checked: &mut usize) {
    for argument in command.get_arguments() {
        let reads = argument.get_value_parser().type_id();
        let any_text = reads == TypeId::of::<String>() || reads == TypeId::of::<PathBuf>();
        if any_text || !argument.get_action().takes_values() {
            continue;
        }
        let mut line = path.clone();
        match argument.get_long() {
            Some(long) => line.push(format!("--{long}")),
            // Whatever stands before it.
            None => line.extend((1..argument.get_index().unwrap_or(1)).map(|_| "abc".to_owned())),
        }
        line.push("§ ?".to_owned());
        let told = line.join(" ");
        check_told(&refused(&line).unwrap_or_else(|| panic!("{told} is understood")), &told);
        *checked += 1;
    }
    for below in command.get_subcommands() {
        path.push(below.get_name().to_owned());
        walk(below, path, checked);
        path.pop();
    }
}
