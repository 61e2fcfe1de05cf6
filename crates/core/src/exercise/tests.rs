mod relations;

use super::*;
use crate::fault::Fault;
use crate::limits::DEFINITION_BYTES_MAX;

/// A small definition that keeps every rule. Each case changes one thing.
const GOOD: &str = r#"schema = 1
id = "good-one"
version = 2
title = "title"
steps = [2]
signs = ["trust", "closeness"]
minutes = 10
evidence = { grade = "ours", note = "made up", refs = [] }
safety = { gate = "none", notice = "if-this-hurts-stop", not_when = ["recent-help"] }
share_default = "never"

[[field]]
id = "before"
kind = "scale"
min = 0
max = 100
step = 5
required = true
phase = "before"
label = "label"
help = "help"
anchors = { 0 = "low", 100 = "high" }

[[field]]
id = "words"
kind = "list"
of = "text"
min_items = 1
max_items = 3
max_chars = 40
required = true
label = "label"

[[field]]
id = "pick"
kind = "choice"
label = "label"
options = [{ id = "one", label = "low" }, "two"]

[[field]]
id = "card"
kind = "derived"
label = "label"
template = "sentence"

[[field]]
id = "after"
kind = "scale"
min = 0
max = 100
step = 5
phase = "after"
label = "label"

[[field]]
id = "again"
kind = "text"
phase = "later"
after = ["PT12H", "P7D"]
label = "label"

[[outcome]]
id = "belief"
before = "before"
after = "after"
better = "lower"
view = "belief"
comparator = "wait"

[i18n.en]
title = "Title"
label = "Label"
help = "Help"
low = "Low"
high = "High"
sentence = "You said {words} and chose {pick}."
"#;

fn good() -> Exercise {
    Exercise::load(GOOD, None).unwrap()
}

/// The definition with each first text replaced by the second.
fn changed(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(GOOD.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

fn faults(text: &str, previous: Option<&Exercise>) -> Vec<Fault> {
    Exercise::load(text, previous).err().unwrap_or_default()
}

/// Checks that one change makes exactly one fault, on the line and with the words expected.
fn check(changes: &[(&str, &str)], previous: Option<&Exercise>, expected: &str) {
    let found = faults(&changed(changes), previous);
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(shown.len(), 1, "{changes:?}: {shown:?}");
    assert!(shown[0].contains(expected), "{changes:?}: {shown:?}");
    assert!(found[0].line.is_some() && !found[0].next.is_empty());
}

#[test]
fn a_good_definition_becomes_an_exercise() {
    let exercise = good();
    assert_eq!(exercise.reference().to_string(), "good-one@2");
    assert_eq!(exercise.title("de"), "Title");
    assert_eq!(exercise.steps, [Step::Question]);
    assert_eq!(exercise.signs, [Sign::Closeness, Sign::Trust]);
    assert_eq!(exercise.safety.not_when, [NotWhen::RecentHelp]);
    let ids: Vec<&str> = exercise.fields.iter().map(|field| field.id.as_str()).collect();
    assert_eq!(ids, ["before", "words", "pick", "card", "after", "again"]);
    let pick = exercise.field(&"pick".parse().unwrap()).unwrap();
    let labels: Vec<&str> = pick.shape.options().iter().map(|o| exercise.option_label(o, "en")).collect();
    assert_eq!(labels, ["Low", "two"]);
    assert!(exercise.field(&"again@P7D".parse().unwrap()).unwrap().repeats());
    assert!(exercise.texts.find("en", "if-this-hurts-stop").is_some(), "the shared notice is taken in");
}

#[test]
fn a_definition_needs_no_title_and_no_notice() {
    let bare = changed(&[("title = \"title\"\n", ""), (", notice = \"if-this-hurts-stop\"", "")]);
    assert_eq!(Exercise::load(&bare, None).unwrap().title("en"), "good-one");
}

#[test]
fn an_unknown_key_or_word_is_refused() {
    let cases = [
        (
            "minutes = 10",
            "minutes = 10\ncolour = \"red\"",
            "line 8, \"colour\" is no key here; remove it; known here are",
        ),
        ("help = \"help\"", "hint = \"help\"", "line 21, \"hint\" is no key here"),
        ("refs = []", "refs = [], doi = \"x\"", "line 8, \"doi\" is no key here"),
        ("gate = \"none\"", "gate = \"none\", lock = true", "line 9, \"lock\" is no key here"),
        ("view = \"belief\"", "view = \"belief\"\nchart = 1", "\"chart\" is no key here"),
        ("id = \"one\"", "id = \"one\", icon = \"x\"", "\"icon\" is no key here"),
        (
            "kind = \"list\"",
            "kind = \"lists\"",
            "line 24, field words: \"lists\" is no kind of field; use one of text, long_text",
        ),
        ("phase = \"before\"", "phase = \"first\"", "field before: \"first\" is no phase"),
        ("of = \"text\"", "of = \"song\"", "field words: \"song\" is no kind of item"),
        ("gate = \"none\"", "gate = \"open\"", "line 9, \"open\" is no gate"),
        ("grade = \"ours\"", "grade = \"proven\"", "line 8, \"proven\" is no grade of evidence"),
        ("\"recent-help\"", "\"full-moon\"", "line 9, \"full-moon\" is no time to hold a suggestion back"),
        ("better = \"lower\"", "better = \"less\"", "\"less\" is no direction"),
        ("view = \"belief\"", "view = \"pie\"", "\"pie\" is no view"),
        ("\"trust\"", "\"luck\"", "line 6, \"luck\" is no sign"),
        (
            "share_default = \"never\"",
            "share_default = \"always\"",
            "line 10, \"always\" is no way to share; use one of never, ask",
        ),
    ];
    for (from, to, expected) in cases {
        check(&[(from, to)], None, expected);
    }
}

#[test]
fn what_is_missing_or_malformed_is_named() {
    let cases = [
        ("schema = 1", "schema = 2", "line 1, schema 2 is not known"),
        ("minutes = 10\n", "", "\"minutes\" is missing; add minutes"),
        ("label = \"label\"\nhelp", "help", "\"label\" is missing"),
        ("minutes = 10", "minutes = ", "line 7"),
        ("minutes = 10", "minutes = \"ten\"", "line 7, invalid type"),
        ("minutes = 10", "minutes = 10\nminutes = 11", "line 8, duplicate key"),
        ("minutes = 10", "minutes = 0", "line 7, 0 minutes is no length of an exercise; give 1 to 120"),
        ("minutes = 10", "minutes = 121", "line 7, 121 minutes"),
        ("version = 2", "version = 0", "line 3, there is no version 0"),
        ("version = 2", "version = -1", "line 3"),
        ("id = \"good-one\"", "id = \"Good One\"", "line 2, \"Good One\" is no id of an exercise"),
        ("id = \"good-one\"", "id = \"ab\"", "line 2, \"ab\" is no id of an exercise"),
        (
            "steps = [2]",
            "steps = [0]",
            "line 5, the steps are not numbers from 1 to 6; write steps = [2], or steps = []",
        ),
        ("steps = [2]", "steps = [7]", "line 5, the steps are not numbers from 1 to 6"),
        ("steps = [2]", "steps = [2, 2]", "line 5, the step 2 stands here twice"),
        ("\"closeness\"", "\"trust\"", "line 6, the word trust stands here twice"),
        ("id = \"words\"", "id = \"Words\"", "\"Words\" is no id of a field"),
        ("id = \"again\"", "id = \"again@P7D\"", "an id in a definition names no occasion"),
        ("comparator = \"wait\"", "comparator = \"w\"", "\"w\" is no id of an exercise"),
    ];
    for (from, to, expected) in cases {
        check(&[(from, to)], None, expected);
    }
}

#[test]
fn numbers_of_a_field_have_to_fit_each_other() {
    let cases = [
        ("min = 0", "min = 100", "line 12, field before: min 100 is not less than max 100"),
        ("min = 0", "min = 101", "field before: min 101 is not less than max 100"),
        ("min = 0\n", "", "field before: \"min\" is missing"),
        ("max = 100\n", "", "field before: \"max\" is missing"),
        ("step = 5", "step = 7", "field before: the step does not divide the range from 0 to 100"),
        ("step = 5", "step = 0", "the step does not divide"),
        ("step = 5", "step = -5", "the step does not divide"),
        ("step = 5", "step = 200", "the step does not divide"),
        ("max = 100", "max = 2000000", "field before: 0 to 2000000 is too wide"),
        ("0 = \"low\"", "1 = \"low\"", "field before: the anchor 1 is no point of the scale"),
        ("0 = \"low\"", "105 = \"low\"", "the anchor 105 is no point"),
        ("0 = \"low\"", "first = \"low\"", "the anchor first is no point"),
        ("min_items = 1", "min_items = 4", "field words: from 4 to 3 items cannot be given"),
        ("max_items = 3", "max_items = 101", "field words: from 1 to 101 items"),
        ("max_items = 3", "max_items = 0", "field words: from 1 to 0 items"),
        ("max_chars = 40", "max_chars = 0", "field words: max_chars is 0"),
        ("max_chars = 40", "max_chars = 2001", "field words: max_chars is 2001; give 1 to 2000"),
        ("max_chars = 40", "weight = { min = 5, max = 5 }", "field words: min 5 is not less than max 5"),
        (
            "max_chars = 40",
            "weight = { min = 0, max = 5, sum = 501 }",
            "no weights from 0 to 5 add up to 501",
        ),
        ("of = \"text\"", "of = \"link\"", "field words: \"max_chars\" belongs to lists of text"),
        (", \"two\"", "", "field pick: there are 1 options; give 2 to 40"),
        ("\"two\"", "\"one\"", "field pick: the option one stands here twice"),
        ("\"two\"", "\"Two!\"", "field pick: \"Two!\" is no id of an option"),
        (
            "options = [{ id = \"one\", label = \"low\" }, \"two\"]\n",
            "",
            "field pick: \"options\" is missing",
        ),
        ("template = \"sentence\"\n", "", "field card: \"template\" is missing"),
        ("\"PT12H\"", "\"P0D\"", "field again: \"P0D\" is no delay"),
        ("\"PT12H\"", "\"P7D\"", "field again: the times in after do not ascend"),
    ];
    for (from, to, expected) in cases {
        check(&[(from, to)], None, expected);
    }
}

#[test]
fn a_key_has_to_belong_to_the_kind() {
    let cases = [
        (
            "phase = \"after\"",
            "phase = \"after\"\noptions = [\"a\"]",
            "field after: \"options\" does not belong to scale; remove it; scale takes min, max, step, anchors",
        ),
        (
            "template = \"sentence\"",
            "template = \"sentence\"\nmax_chars = 3",
            "field card: \"max_chars\" does not belong to derived",
        ),
        ("options = [{", "min = 1\noptions = [{", "field pick: \"min\" does not belong to choice"),
        (
            "phase = \"after\"",
            "phase = \"after\"\nafter = [\"P7D\"]",
            "field after: only a later field is asked after a time",
        ),
        (
            "phase = \"later\"",
            "phase = \"later\"\nstop = \"help\"",
            "field again: \"stop\" does not belong to text",
        ),
    ];
    for (from, to, expected) in cases {
        check(&[(from, to)], None, expected);
    }
}

#[test]
fn kinds_with_keys_of_their_own_are_read() {
    let field = |rest: &str| {
        let extra = format!("[[field]]\nid = \"extra\"\nlabel = \"label\"\n{rest}\n[[outcome]]");
        Exercise::load(&changed(&[("[[outcome]]", &extra)]), None)
    };
    let shape = |rest: &str| field(rest).unwrap().field(&"extra".parse().unwrap()).unwrap().shape.clone();
    let fault = |rest: &str| field(rest).unwrap_err()[0].to_string();

    assert_eq!(shape("kind = \"text\""), Shape::Text { max_chars: 4_000 });
    assert_eq!(shape("kind = \"long_text\"\nmax_chars = 9"), Shape::LongText { max_chars: Some(9) });
    let Shape::Emotions { strength, count, .. } = shape("kind = \"emotions\"") else { panic!() };
    assert_eq!((strength.min, strength.max, count), (1, 5, Count { min: 0, max: 20 }));
    assert_eq!(shape("kind = \"date\"\nsuggest = \"P7D\""), Shape::Date { suggest: "P7D".parse().ok() });
    let stop = Stop { when: true, notice: "help".into(), instead: None };
    assert_eq!(shape("kind = \"bool\"\nstop_when = true\nstop = \"help\""), Shape::Bool { stop: Some(stop) });
    assert_eq!(shape("kind = \"link\"\nto = \"good-one\""), Shape::Link { to: "good-one".parse().ok() });
    let Shape::Timer { suggested } = shape("kind = \"timer\"\nseconds = 300") else { panic!() };
    assert_eq!(suggested.map(|seconds| seconds.get()), Some(300));
    let weight = Some(Weight { min: 0, max: 100, sum: Some(100) });
    let weighted =
        "kind = \"list\"\nmin_items = 3\nmax_items = 6\nweight = { min = 0, max = 100, sum = 100 }";
    let expected =
        Shape::List { of: ItemKind::Text, count: Count { min: 3, max: 6 }, max_chars: 400, weight };
    assert_eq!(shape(weighted), expected);
    for kind in ["person", "datetime", "duration", "consent"] {
        assert_eq!(shape(&format!("kind = \"{kind}\"")).kind().as_str(), kind);
    }

    assert!(fault("kind = \"bool\"\nstop_when = true").contains("stop_when and stop belong together"));
    assert!(fault("kind = \"timer\"\nseconds = 0").contains("a timer cannot run 0 seconds"));
    assert!(fault("kind = \"timer\"\nseconds = 3000000").contains("a timer cannot run 3000000 seconds"));
    assert!(fault("kind = \"date\"\nsuggest = \"soon\"").contains("\"soon\" is no delay"));
    assert!(fault("kind = \"link\"\nto = \"A\"").contains("\"A\" is no id of an exercise"));
    assert!(fault("kind = \"multi\"\noptions = [\"a\"]\nmax_items = 2").contains("exceeds the options"));
    assert!(fault("kind = \"multi\"").contains("\"options\" is missing"));
    assert!(
        fault("kind = \"derived\"\ntemplate = \"label\"\nrequired = true").contains("cannot be required")
    );
}

#[test]
fn ids_are_unique_and_a_later_field_is_never_required() {
    let belief = "[[outcome]]\nid = \"belief\"\nbefore = \"before\"\nafter = \"after\"\nbetter = \"lower\"\nview = \"belief\"\n";
    let second = format!("{belief}\n[i18n.en]");
    let cases: [(&str, &str, &str); 4] = [
        ("id = \"again\"", "id = \"pick\"", "line 55, field pick: another field has the same id"),
        ("[i18n.en]", &second, "another outcome has the same id"),
        (
            "phase = \"later\"",
            "phase = \"later\"\nrequired = true",
            "line 55, field again: a later field cannot be required",
        ),
        (
            "template = \"sentence\"",
            "template = \"sentence\"\nrequired = true",
            "a derived field is worked out and cannot be required",
        ),
    ];
    for (from, to, expected) in cases {
        check(&[(from, to)], None, expected);
    }
}

#[test]
fn an_outcome_compares_two_scales_of_the_same_range() {
    let cases = [
        ("before = \"before\"", "before = \"nothing\"", "line 62, there is no field nothing"),
        ("after = \"after\"", "after = \"nothing\"", "line 62, there is no field nothing"),
        ("before = \"before\"", "before = \"words\"", "line 62, words is a list, not a scale"),
        ("after = \"after\"", "after = \"pick\"", "line 62, pick is a choice, not a scale"),
        (
            "max = 100\nstep = 5\nphase",
            "max = 50\nstep = 5\nphase",
            "line 62, before and after have different ranges",
        ),
        (
            "max = 100\nstep = 5\nphase",
            "max = 100\nstep = 10\nphase",
            "line 62, before and after have different ranges",
        ),
    ];
    for (from, to, expected) in cases {
        check(&[(from, to)], None, expected);
    }
}

#[test]
fn a_derived_sentence_names_only_what_came_earlier() {
    let second = "[[field]]\nid = \"card2\"\nkind = \"derived\"\nlabel = \"label\"\ntemplate = \"second\"\n\n[[outcome]]";
    let german = "[i18n.de]\nsentence = \"Du sagtest {nichts}.\"\n\n[i18n.en]";
    let cases: [(&[(&str, &str)], &str); 7] = [
        (
            &[("{words}", "{nobody}")],
            "line 40, field card: the template names the field nobody, which is unknown",
        ),
        (&[("[i18n.en]", german)], "field card: the template names the field nichts, which is unknown"),
        (&[("{words}", "{after}")], "line 40, field card: the template names after, which comes later"),
        (&[("{words}", "{card}")], "line 40, field card: the template names card in a cycle"),
        (
            &[("{words}", "{words")],
            "line 40, field card: the template has a brace without a partner at byte 9",
        ),
        (&[("{words}", "words}")], "the template has a brace without a partner at byte 14"),
        (
            &[
                ("[[outcome]]", second),
                ("{words}", "{card2}"),
                ("low = \"Low\"", "low = \"Low\"\nsecond = \"{words}\""),
            ],
            "field card: the template names card2, which comes later",
        ),
    ];
    for (changes, expected) in cases {
        check(changes, None, expected);
    }
    let cycle = changed(&[
        ("[[outcome]]", second),
        ("{words}", "{card2}"),
        ("low = \"Low\"", "low = \"Low\"\nsecond = \"{card}\""),
    ]);
    let shown: Vec<String> = faults(&cycle, None).iter().map(ToString::to_string).collect();
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert!(shown.iter().all(|fault| fault.contains("in a cycle")), "{shown:?}");
}

#[test]
fn every_text_that_is_named_exists_in_english() {
    let german = "[i18n.de]";
    let cases: [(&[(&str, &str)], &str); 8] = [
        (&[("title = \"Title\"\n", "")], "line 2, the text \"title\" is missing in [i18n.en]; add it there"),
        (&[("help = \"Help\"\n", "")], "line 12, field before: the text \"help\" is missing"),
        (&[("high = \"High\"\n", "")], "line 12, field before: the text \"high\" is missing"),
        (
            &[("sentence = \"You said {words} and chose {pick}.\"\n", "")],
            "line 40, field card: the text \"sentence\" is missing",
        ),
        (
            &[("\"if-this-hurts-stop\"", "\"no-such-notice\"")],
            "line 9, the text \"no-such-notice\" is missing",
        ),
        (
            &[("label = \"low\" }", "label = \"one.label\" }")],
            "line 34, field pick: the text \"one.label\" is missing",
        ),
        (
            &[("label = \"low\" }", "label = \"low\", notice = \"n\" }")],
            "line 34, field pick: the text \"n\" is missing",
        ),
        (
            &[("title = \"title\"", "title = \"if-this-hurts-stop\"")],
            "line 2, the text \"if-this-hurts-stop\" is missing",
        ),
    ];
    for (changes, expected) in cases {
        check(changes, None, expected);
    }
    assert!(faults(&changed(&[("[i18n.en]", german)]), None).len() > 5, "another language does not help");
}

#[test]
fn a_text_is_only_text() {
    let long = format!("help = \"{}\"", "x".repeat(2_001));
    let cases: [(&str, &str); 8] = [
        ("help = \" \"", "the text \"help\" in en is blank"),
        (&long, "the text \"help\" in en is too long"),
        ("help = \"a\\u0007b\"", "holds a control character"),
        ("help = \"<SCRIPT>x</SCRIPT>\"", "looks like code: <script"),
        ("help = \"javascript:x\"", "looks like code: javascript:"),
        ("help = \"${x}\"", "looks like code: ${"),
        ("help = \"{{x}}\"", "looks like code: {{"),
        ("help = \"`x`\"", "looks like code: `"),
    ];
    for (to, expected) in cases {
        check(&[("help = \"Help\"", to)], None, expected);
    }
}

#[test]
fn a_definition_holds_no_code_and_no_pattern() {
    for key in
        ["pattern", "regex", "script", "code", "eval", "expression", "formula", "condition", "validate"]
    {
        let to = format!("kind = \"list\"\n{key} = \"x\"");
        check(&[("kind = \"list\"", &to)], None, &format!("line 27, \"{key}\" would be code; remove it"));
    }
}

#[test]
fn what_touches_the_other_person_needs_the_gate() {
    let expected = "line 9, an exercise that touches the other person needs the relationship gate";
    check(&[("steps = [2]", "steps = [4]")], None, expected);
    check(&[("steps = [2]", "steps = [5, 4]")], None, expected);
    for id in ["small-test", "limit-plan", "kept-word", "closeness-ladder"] {
        let to = format!("id = \"{id}\"");
        check(&[("good-one", id)], None, expected);
        let gated = changed(&[("id = \"good-one\"", &to), ("gate = \"none\"", "gate = \"relationship\"")]);
        assert_eq!(faults(&gated, None), []);
    }
}

#[test]
fn a_definition_is_not_too_large() {
    let padded = |length: usize| format!("{GOOD}#{}", "x".repeat(length - GOOD.len() - 1));
    assert_eq!(faults(&padded(DEFINITION_BYTES_MAX), None), []);
    let shown = faults(&padded(DEFINITION_BYTES_MAX + 1), None)[0].to_string();
    assert!(shown.contains("the definition has 65537 bytes, at most 65536"));
    let fields: String =
        (0..65).map(|n| format!("[[field]]\nid=\"f{n}\"\nkind=\"bool\"\nlabel=\"label\"\n")).collect();
    check(
        &[("[[outcome]]", &format!("{fields}[[outcome]]"))],
        None,
        "the exercise has 71 fields, at most 64",
    );
    let nothing = "schema = 1\nid = \"nothing\"\nversion = 1\nsteps = [1]\nsigns = []\nminutes = 1\n\
        evidence = { grade = \"ours\" }\nsafety = { gate = \"none\" }\nshare_default = \"never\"\n";
    assert!(faults(nothing, None)[0].to_string().contains("the exercise asks nothing"));
}

#[test]
fn a_new_version_keeps_what_old_entries_were_made_of() {
    let old = good();
    let words = "[[field]]\nid = \"words\"\nkind = \"list\"\nof = \"text\"\nmin_items = 1\nmax_items = 3\nmax_chars = 40\nrequired = true\nlabel = \"label\"\n";
    let next = ("version = 2", "version = 3");
    let cases: [(&[(&str, &str)], &str); 9] = [
        (&[], "line 3, version 2 is not greater than 2; write version = 3"),
        (&[("version = 2", "version = 1")], "line 3, version 1 is not greater than 2"),
        (&[next, ("good-one", "another")], "line 2, the version before has the id good-one"),
        (&[next, (words, ""), ("{words} and", "")], "line 3, the field words was removed"),
        (
            &[next, ("id = \"again\"\nkind = \"text\"", "id = \"again\"\nkind = \"long_text\"")],
            "field again: the field was a text and is now a long_text",
        ),
        (
            &[next, ("of = \"text\"", "of = \"link\""), ("max_chars = 40\n", "")],
            "field words: the field has the same id and takes other answers",
        ),
        (
            &[next, ("max_chars = 40", "weight = { min = 0, max = 9 }")],
            "field words: the field has the same id and takes other answers",
        ),
        (&[next, ("\"two\"", "\"three\"")], "field pick: the option two was removed"),
        (&[next, ("id = \"again\"", "id = \"anew\"")], "line 3, the field again was removed"),
    ];
    for (changes, expected) in cases {
        check(changes, Some(&old), expected);
    }
    let both = [("max = 100", "max = 50"), ("100 = \"high\"", "50 = \"high\"")];
    let narrower = changed(&[next, both[0], both[1], ("max = 100", "max = 50")]);
    let shown: Vec<String> = faults(&narrower, Some(&old)).iter().map(ToString::to_string).collect();
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert!(shown.iter().all(|fault| fault.contains("takes other answers than before")));
    let fine = [
        next,
        ("\"two\"", "\"two\", \"three\""),
        ("max_items = 3", "max_items = 5"),
        ("help = \"Help\"", "help = \"More\""),
    ];
    assert_eq!(faults(&changed(&fine), Some(&old)), []);
}

#[test]
fn all_faults_are_told_at_once() {
    let text = changed(&[
        ("minutes = 10", "minutes = 0"),
        ("min = 0", "min = 100"),
        ("kind = \"choice\"", "kind = \"choise\""),
        ("better = \"lower\"", "better = \"less\""),
    ]);
    let lines: Vec<Option<usize>> = faults(&text, None).iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [Some(7), Some(12), Some(34), Some(62)]);
}

proptest::proptest! {
    #[test]
    fn no_damage_makes_the_loader_panic(at in 0..GOOD.len(), cut in 0_usize..40, put in "[ -~\n]{0,12}") {
        let mut text = GOOD.to_owned();
        let end = (at + cut).min(text.len());
        text.replace_range(at..end, &put);
        if let Err(faults) = Exercise::load(&text, Some(&good())) {
            proptest::prop_assert!(!faults.is_empty());
        }
    }
}
