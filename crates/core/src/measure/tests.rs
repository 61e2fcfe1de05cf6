use proptest::prelude::*;

use super::*;
use crate::answers::{Answer, Answers, Value as Raw, ValueMap};
use crate::fault::Fault;
use crate::id::PersonId;
use crate::limits::DEFINITION_BYTES_MAX;

/// A small definition that keeps every rule. Each case changes one thing.
const GOOD: &str = r#"schema = 1
id = "good-one"
version = 2
title = "title"
purpose = "purpose"
stem = "stem"
minutes = 3
validated = true
offered = "always"
about = "person"
general = "general"
items = ["a", "b", "c", "d", "e", "f"]
scale = { min = 1, max = 5, anchors = { 1 = "low", 5 = "high" } }
reverse = [2, 6]
declinable = [5]
support = [{ item = 5, above = 3 }]
missing = "prorate<=0.25"
min_interval_days = 14
usual_interval_days = 28
plane = { worry = "one", distance = "two" }
rights = { tier = "A", basis = "made up", url = "https://example.org/", notice = "Made up." }

[[extra]]
id = "more"
text = "more"
options = [{ id = "yes", label = "low" }, { id = "no", label = "high" }]

[[subscale]]
id = "one"
label = "one"
items = [1, 2, 3, 4]
fn = "mean"
change = { sd = 1, r = 0.9, kind = "retest", source = "Paper 1" }

[[subscale]]
id = "two"
label = "two"
items = [5, 6]
fn = "mean"

[[subscale]]
id = "all"
label = "all"
items = [1, 2, 3, 4, 5, 6]
fn = "sum"
transform = { times = 2, plus = 1 }
change = { threshold = 4, source = "Paper 1" }
bands = [
  { min = 13, max = 36, label = "low", source = "Paper 2" },
  { min = 37, max = 61, label = "high", source = "Paper 2" },
]

# Counted as 1 5 1 1, 1 5 and all of them: 14, twice and one more.
[[vector]]
all = 1
scores = { one = 2, two = 3, all = 29 }
bands = { all = "low", one = "none" }
sides = { one = "below", two = "middle", all = "none" }

# Counted as 5 5 5 -, declined 5: twenty of four, six times their mean is 30.
[[vector]]
answers = [5, 1, 5, "missing", "prefer-not-to-say", 1]
scores = { one = 5, two = "not scored", all = "not scored" }
support = true

[i18n.en]
title = "Title"
purpose = "Purpose."
stem = "With {person}"
general = "people"
a = "A {person}."
b = "B."
c = "C."
d = "D."
e = "E."
f = "F."
low = "Low"
high = "High"
more = "More?"
one = "One"
two = "Two"
all = "All"
"#;

fn good() -> Measure {
    Measure::load(GOOD, None).unwrap()
}

/// The definition with each first text replaced by the second.
fn changed(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(GOOD.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

fn faults(text: &str, previous: Option<&Measure>) -> Vec<Fault> {
    Measure::load(text, previous).err().unwrap_or_default()
}

/// Checks that some changes make exactly one fault, with the words expected.
fn check(changes: &[(&str, &str)], previous: Option<&Measure>, expected: &str) {
    let found = faults(&changed(changes), previous);
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(shown.len(), 1, "{changes:?}: {shown:?}");
    assert!(shown[0].contains(expected), "{changes:?}: {shown:?}");
    assert!(found[0].line.is_some() && !found[0].next.is_empty());
}

fn built_in(id: &str) -> Measure {
    Measures::built_in().unwrap().get(&id.parse().unwrap()).unwrap().clone()
}

fn sheet(measure: &Measure, points: &[i32]) -> Answers {
    assert_eq!(points.len(), measure.items.len());
    measure.items.iter().map(|item| item.id.clone()).zip(points.iter().map(|p| Answer::Scale(*p))).collect()
}

/// Days enough between two results of any measure.
const MONTHS: i32 = 200;

#[test]
fn a_good_definition_becomes_a_measure() {
    let measure = good();
    assert_eq!(measure.reference().to_string(), "good-one@2");
    let keys: Vec<_> = measure.items.iter().map(|item| (item.reverse, item.support_above)).collect();
    assert_eq!(keys[1], (true, None));
    assert_eq!(keys[4], (false, Some(3)));
    assert_eq!(measure.subscale("one").unwrap().range, (1.0, 5.0));
    assert_eq!(measure.subscale("all").unwrap().range, (13.0, 61.0));
    assert_eq!(measure.retest, Retest { min_days: 14, usual_days: 28 });
}

#[test]
fn an_unknown_key_or_word_is_refused() {
    let cases = [
        (
            "minutes = 3",
            "minutes = 3\nnorms = 1",
            "line 8, \"norms\" is no key here; remove it; known here are",
        ),
        ("minutes = 3", "minutes = 3\nscript = \"x\"", "line 8, \"script\" would be code"),
        ("max = 5,", "max = 5, step = 2,", "\"step\" is no key here"),
        (
            "source = \"Paper 2\" },\n  {",
            "source = \"Paper 2\", colour = \"red\" },\n  {",
            "\"colour\" is no key here",
        ),
        (
            "offered = \"always\"",
            "offered = \"often\"",
            "line 9, \"often\" is no time to offer; use one of always, on-request",
        ),
        ("about = \"person\"", "about = \"pet\"", "line 10, \"pet\" is no subject; use one of self, person"),
        ("fn = \"mean\"", "fn = \"max\"", "\"max\" is no way to combine answers; use one of sum, mean"),
        ("tier = \"A\"", "tier = \"E\"", "line 21, \"E\" is no tier of rights; use one of A, B, C"),
        ("tier = \"A\"", "tier = \"D\"", "line 21, what is of tier D may not be copied at all"),
        ("notice = \"Made", "notice = \"\\u001bMade", "line 21, a control character stands in the rights"),
        (
            "source = \"Paper 2\" },\n]",
            "source = \"Paper\\u0007\" },\n]",
            "a control character stands in the",
        ),
        (
            "prorate<=0.25",
            "prorate<=0.9",
            "line 17, \"prorate<=0.9\" is no rule for what is missing; write complete, or",
        ),
        ("id = \"good-one\"", "id = \"G\"", "line 2, \"G\" is no id of a measure"),
        ("\"b\", \"c\"", "\"B\", \"c\"", "line 12, \"B\" is no id of an item"),
        ("\"b\", \"c\"", "\"b@P7D\", \"c\"", "an id in a definition names no occasion"),
        ("id = \"one\"", "id = \"One!\"", "\"One!\" is no id of a subscale"),
        ("schema = 1", "schema = 2", "line 1, schema 2 is not known"),
        ("version = 2", "version = 0", "line 3, there is no version 0"),
        ("minutes = 3", "minutes = 0", "line 7, 0 minutes is no length of a measure"),
    ];
    for (from, to, expected) in cases {
        let found = faults(&changed(&[(from, to)]), None);
        assert!(found.iter().any(|fault| fault.to_string().contains(expected)), "{to}: {found:?}");
    }
}

#[test]
fn there_is_no_measure_without_rights_and_two_examples() {
    let rights = GOOD.lines().find(|line| line.starts_with("rights")).unwrap();
    check_one_without(rights, "\"rights\" is missing; add rights");
    check(&[("basis = \"made up\"", "basis = \" \"")], None, "the rights have no basis or no notice");
    check(&[("notice = \"Made up.\"", "notice = \"\"")], None, "the rights have no basis or no notice");
    check(&[("https://", "http://")], None, "the url does not begin with https://");
    check(&[("tier = \"A\"", "tier = \"C\"")], None, "tier C does not carry the words of its items");
    let (before, after) = (GOOD.find("# Counted as 5 5").unwrap(), GOOD.find("[i18n.en]").unwrap());
    let one = format!("{}{}", &GOOD[..before], &GOOD[after..]);
    let found = faults(&one, None);
    assert_eq!(found.len(), 1);
    assert!(found[0].to_string().contains("the measure has 1 worked examples; add at least 2"), "{found:?}");
}

fn check_one_without(line: &str, expected: &str) {
    let found = faults(&GOOD.replace(line, ""), None);
    assert!(found.len() == 1 && found[0].to_string().contains(expected), "{found:?}");
}

#[test]
fn an_example_that_does_not_come_out_is_told_with_what_does() {
    let cases = [
        (
            "one = 2,",
            "one = 2.1,",
            "one comes to 2.0000; correct the example, or the key if the example is right",
        ),
        ("one = 2,", "one = \"not scored\",", "one comes to 2.0000"),
        ("one = 2,", "one = \"nothing\",", "one comes to 2.0000"),
        ("one = 2,", "one = nan,", "one comes to 2.0000"),
        ("one = 2, ", "", "the example does not say what one comes to"),
        ("one = 2,", "one = 2, three = 1,", "there is no subscale three"),
        ("two = \"not scored\", all", "two = 3, all", "two comes to not scored"),
        ("support = true", "support = false", "the example says support = false, and it is true"),
        ("all = \"low\"", "all = \"high\"", "the band of all is low"),
        ("one = \"none\"", "one = \"low\"", "the band of one is none"),
        ("one = \"below\"", "one = \"above\"", "the side of one is below"),
        ("all = \"none\" }\n\n#", "all = \"middle\" }\n\n#", "the side of all is none"),
        ("reverse = [2, 6]", "reverse = [3, 6]", "one comes to 2.3333"),
    ];
    for (from, to, expected) in cases {
        let found = faults(&changed(&[(from, to)]), None);
        assert!(found.iter().any(|fault| fault.to_string().contains(expected)), "{to}: {found:?}");
    }
    let cases = [
        ("[5, 1, 5,", "[5, 1,", "the example has 5 answers for 6 items"),
        ("[5, 1, 5,", "[6, 1, 5,", "6 is not on the scale"),
        ("[5, 1, 5,", "[1.5, 1, 5,", "1.5 is not on the scale"),
        ("[5, 1, 5,", "[\"prefer-not-to-say\", 1, 5,", "\"prefer-not-to-say\" is no answer to item a"),
        ("all = 1\nscores", "scores", "the example gives neither answers nor all"),
        ("all = 1\nscores", "all = 1\nanswers = [1]\nscores", "the example gives neither answers nor all"),
        ("all = 1\nscores", "all = 9\nscores", "9 is not on the scale"),
    ];
    for (from, to, expected) in cases {
        check(&[(from, to)], None, expected);
    }
}

#[test]
fn numbers_and_parts_have_to_fit_each_other() {
    let cases = [
        ("min = 1, max = 5", "min = 5, max = 5", "line 13, 5 to 5 is no scale"),
        ("min = 1, max = 5", "min = 1, max = 5000000", "1 to 5000000 is no scale"),
        ("1 = \"low\"", "0 = \"low\"", "line 13, the anchor 0 is no point of the scale"),
        ("1 = \"low\"", "one = \"low\"", "the anchor one is no point of the scale"),
        (
            "reverse = [2, 6]",
            "reverse = [2, 7]",
            "line 14, these are not numbers of items in order; give each number once",
        ),
        ("reverse = [2, 6]", "reverse = [6, 2]", "these are not numbers of items in order"),
        ("reverse = [2, 6]", "reverse = [0]", "these are not numbers of items in order"),
        ("declinable = [5]", "declinable = [5, 5]", "line 15, these are not numbers of items in order"),
        ("item = 5, above = 3", "item = 7, above = 3", "line 16, no answer to item 7 is above 3"),
        ("item = 5, above = 3", "item = 0, above = 3", "no answer to item 0 is above 3"),
        ("item = 5, above = 3", "item = 5, above = 5", "no answer to item 5 is above 5"),
        ("items = [1, 2, 3, 4]", "items = [2, 3, 4, 9]", "these are not numbers of items in order"),
        ("items = [1, 2, 3, 4]\n", "items = []\n", "the subscale counts no item"),
        ("min_interval_days = 14", "min_interval_days = 0", "0 to 28 days is no time to wait"),
        ("usual_interval_days = 28", "usual_interval_days = 7", "line 19, 14 to 7 days is no time to wait"),
        ("usual_interval_days = 28", "usual_interval_days = 400", "14 to 400 days is no time to wait"),
        ("distance = \"two\"", "distance = \"one\"", "line 20, the plane has no two axes of the same range"),
        ("distance = \"two\"", "distance = \"all\"", "the plane has no two axes of the same range"),
        ("distance = \"two\"", "distance = \"ten\"", "the plane has no two axes of the same range"),
        ("id = \"two\"\nlabel", "id = \"one\"\nlabel", "another subscale has the same id"),
        ("id = \"more\"", "id = \"a\"", "the id a is taken"),
        ("id = \"more\"", "id = \"person\"", "the id person is taken"),
        ("times = 2", "times = 0", "the transform does not fit"),
        ("plus = 1", "plus = 1001", "the transform does not fit"),
        ("times = 2", "times = -2147483648", "the transform does not fit"),
        ("{ id = \"yes\", label = \"low\" }, ", "", "there are 1 options; give 2 to 40"),
    ];
    for (from, to, expected) in cases {
        let found = faults(&changed(&[(from, to)]), None);
        assert!(found.iter().any(|fault| fault.to_string().contains(expected)), "{to}: {found:?}");
    }
}

#[test]
fn every_item_is_counted_and_the_items_are_listed_or_numbered() {
    let uncounted = [("items = [5, 6]", "items = [6]"), ("[1, 2, 3, 4, 5, 6]\nfn", "[1, 2, 3, 4, 6]\nfn")];
    let found =
        faults(&changed(&[uncounted[0], uncounted[1], ("min = 37, max = 61", "min = 37, max = 51")]), None);
    let expected = "no subscale counts item 5; count it, or ask it as an [[extra]]";
    assert!(found.iter().any(|fault| fault.to_string().contains(expected)), "{found:?}");
    let listed = "items = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]";
    for to in [
        "items = \"user-supplied\"",
        "items = \"mine\"\ncount = 6",
        "items = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]\ncount = 6",
    ] {
        check(&[(listed, to)], None, "the items are neither listed nor counted");
    }
    check(
        &[(listed, "items = \"user-supplied\"\ncount = 0")],
        None,
        "the measure has 0 items; give 1 to 100",
    );
    let numbered =
        changed(&[(listed, "items = \"user-supplied\"\ncount = 6"), ("tier = \"A\"", "tier = \"C\"")]);
    let measure = Measure::load(&numbered, None).unwrap();
    let ids: Vec<&str> = measure.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["q1", "q2", "q3", "q4", "q5", "q6"]);
    assert!(measure.is_scorer_only());
    let none = changed(&[("[[subscale]]", "[[vector]]\nall = 1\nscores = {}\n\n[[subscale]]")]);
    let (before, after) = (none.find("[[subscale]]").unwrap(), none.find("# Counted").unwrap());
    let found = faults(&format!("{}{}", &none[..before], &none[after..]), None);
    assert!(found[0].to_string().contains("the measure has 0 scores; give 1 to 20"), "{found:?}");
}

#[test]
fn nothing_is_said_about_a_score_without_a_source() {
    let cases = [
        ("label = \"low\", source = \"Paper 2\"", "label = \"low\", source = \"\"", "a band has no source"),
        ("label = \"low\", source = \"Paper 2\"", "label = \"low\"", "\"source\" is missing; add source"),
        ("min = 13, max = 36", "min = 1, max = 36", "the band from 1 to 36 lies outside 13 to 61"),
        ("min = 13, max = 36", "min = 36, max = 13", "the band from 36 to 13 lies outside"),
        ("min = 13, max = 36", "min = nan, max = 36", "the band from NaN to 36 lies outside"),
        ("min = 37", "min = 36", "the bands overlap or do not ascend"),
        (
            "threshold = 4, source = \"Paper 1\"",
            "threshold = 4, source = \" \"",
            "the rule of change has no source",
        ),
        ("sd = 1, r = 0.9, ", "sd = 1, ", "the rule of change is not whole"),
        ("sd = 1, ", "", "the rule of change is not whole"),
        ("kind = \"retest\", ", "", "the rule of change is not whole"),
        ("sd = 1, ", "sd = 1, threshold = 2, ", "the rule of change is not whole"),
        ("sd = 1, ", "sd = 1, provisional = true, ", "the rule of change is not whole"),
        ("r = 0.9", "r = 1.0", "sd is not above 0 or r not between 0 and 1"),
        ("sd = 1,", "sd = inf,", "sd is not above 0 or r not between 0 and 1"),
        ("threshold = 4", "threshold = 49", "no two scores differ by 49"),
        ("threshold = 4", "threshold = 0", "no two scores differ by 0"),
        ("threshold = 4", "threshold = nan", "no two scores differ by NaN"),
    ];
    for (from, to, expected) in cases {
        let found = faults(&changed(&[(from, to)]), None);
        assert!(found.iter().any(|fault| fault.to_string().contains(expected)), "{to}: {found:?}");
    }
}

#[test]
fn every_text_that_is_named_exists_and_a_name_stands_only_where_there_is_one() {
    let cases: [(&[(&str, &str)], &str); 9] = [
        (&[("title = \"Title\"\n", "")], "line 2, the text \"title\" is missing in [i18n.en]"),
        (&[("c = \"C.\"\n", "")], "line 12, the text \"c\" is missing"),
        (&[("two = \"Two\"\n", "")], "the text \"two\" is missing"),
        (&[("purpose = \"Purpose.\"", "purpose = \"About {person}.\"")], "line 2, a text has a brace"),
        (&[("b = \"B.\"", "b = \"B {other}.\"")], "line 12, a text has a brace"),
        (&[("b = \"B.\"", "b = \"B {person.\"")], "line 12, a text has a brace"),
        (&[("b = \"B.\"", "b = \"<script>\"")], "the text \"b\" in en looks like code: <script"),
        (&[("b = \"B.\"", "b = \" \"")], "the text \"b\" in en is blank"),
        (&[("b = \"B.\"", "b = \"B\\u0007.\"")], "the text \"b\" in en holds a control character"),
    ];
    for (changes, expected) in cases {
        check(changes, None, expected);
    }
    let missing = faults(&changed(&[("general = \"general\"\n", "")]), None);
    assert!(
        missing.iter().any(|f| f.to_string().contains("there is no text for people in general")),
        "{missing:?}"
    );
    check(
        &[("b = \"B.\"", "b = \"B.\"\n\"b.general\" = \"B {person}\"")],
        None,
        "line 12, a text has a brace",
    );
    let named = [
        ("general = \"general\"\n", ""),
        ("b = \"B.\"", "b = \"B.\"\n\"a.general\" = \"A\"\n\"stem.general\" = \"S\""),
    ];
    assert!(faults(&changed(&named), None).is_empty(), "a text of its own needs no name");
    let oneself = faults(&changed(&[("about = \"person\"", "about = \"self\"")]), None);
    assert!(
        oneself.iter().all(|f| f.to_string().contains("a text has a brace")) && oneself.len() == 2,
        "{oneself:?}"
    );
}

#[test]
fn a_new_version_keeps_what_a_score_means() {
    let old = good();
    let next = ("version = 2", "version = 3");
    let changed_key = "the items, the scale or the key are not those of the version before";
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[], "line 3, version 2 is not greater than 2; write version = 3"),
        (&[next, ("good-one", "another")], "line 2, the version before has the id good-one"),
        (&[next, ("prorate<=0.25", "prorate<=0.3")], changed_key),
        (
            &[
                next,
                ("plus = 1", "plus = 0"),
                ("all = 29", "all = 28"),
                ("min = 13, max = 36", "min = 12, max = 35"),
                ("min = 37, max = 61", "min = 36, max = 60"),
            ],
            changed_key,
        ),
        (&[next, ("reverse = [2, 6]", "reverse = [2, 5]")], changed_key),
    ];
    for (changes, expected) in cases {
        check(changes, Some(&old), expected);
    }
    let reworded = changed(&[next, ("b = \"B.\"", "b = \"B!\""), ("minutes = 3", "minutes = 5")]);
    assert_eq!(faults(&reworded, Some(&old)), []);
}

#[test]
fn a_definition_is_not_too_large() {
    let padded = |length: usize| format!("{GOOD}#{}", "x".repeat(length - GOOD.len() - 1));
    assert_eq!(faults(&padded(DEFINITION_BYTES_MAX), None), []);
    let shown = faults(&padded(DEFINITION_BYTES_MAX + 1), None)[0].to_string();
    assert!(shown.contains("the definition has 65537 bytes, at most 65536"));
    let many: Vec<String> = (0..101).map(|n| format!("\"i{n}\"")).collect();
    let listed = "\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"";
    let found = faults(&changed(&[(listed, &many.join(", "))]), None);
    assert!(
        found.iter().any(|f| f.to_string().contains("the measure has 101 items; give 1 to 100")),
        "{found:?}"
    );
}

#[test]
fn answers_are_read_as_they_are_stored() {
    let measure = built_in("phq-9");
    let raw = |pairs: &[(&str, Raw)]| -> ValueMap {
        pairs.iter().map(|(id, value)| ((*id).to_owned(), value.clone())).collect()
    };
    let read = measure
        .check_answers(&raw(&[
            ("q1", Raw::from(2)),
            ("q2", Raw::Null),
            ("q9", Raw::from("prefer-not-to-say")),
            ("difficulty", Raw::from("very-difficult")),
        ]))
        .unwrap();
    let shown: Vec<(&str, String)> = read.iter().map(|(id, a)| (id.as_str(), a.to_stored())).collect();
    let expected = [
        ("difficulty", "choice  \"very-difficult\"".to_owned()),
        ("q1", "scale  2".to_owned()),
        ("q9", "choice  \"prefer-not-to-say\"".to_owned()),
    ];
    assert_eq!(shown, expected);
    let cases = [
        ("q1", Raw::from(4), "field q1: 4 is not on the scale; give a whole number from 0 to 3"),
        ("q1", Raw::Number(0.5), "field q1: a number does not fit; give a whole number from 0 to 3"),
        ("q1", Raw::from("prefer-not-to-say"), "field q1: text does not fit"),
        (
            "q9",
            Raw::from(-1),
            "field q9: -1 is not on the scale; give a whole number from 0 to 3, or \"prefer",
        ),
        (
            "difficulty",
            Raw::from("x"),
            "field difficulty: this is none of the options; use one of not-difficult",
        ),
        ("q10", Raw::from(1), "field q10: phq-9 has no such item; its 9 items are called q1 to q9"),
        ("Q1", Raw::from(1), "phq-9 has no such item"),
        ("person", Raw::from("x"), "phq-9 has no such item"),
    ];
    for (id, value, expected) in cases {
        let shown = measure.check_answers(&raw(&[(id, value)])).unwrap_err()[0].to_string();
        assert!(shown.contains(expected), "{shown}");
    }
    let edits = measure.check_edits(&raw(&[("q1", Raw::from(" "))])).unwrap();
    assert_eq!(edits.values().collect::<Vec<_>>(), [&None]);
}

#[test]
fn a_result_is_about_the_person_that_was_named() {
    let anna = PersonId::from_bytes([7; 16]);
    let check_in = built_in("two-axis");
    let named: ValueMap = [("person".to_owned(), Raw::Text(anna.to_string()))].into();
    let answers = check_in.check_answers(&named).unwrap();
    assert_eq!(check_in.target(&answers), Target::Person(anna));
    assert_eq!(check_in.target(&Answers::new()), Target::General);
    assert_eq!(built_in("phq-9").target(&answers), Target::Oneself);
    let wrong: ValueMap = [("person".to_owned(), Raw::from("Anna"))].into();
    assert!(
        check_in.check_answers(&wrong).unwrap_err()[0].to_string().contains("give the full id of a person")
    );
}

#[test]
fn the_ninth_question_comes_before_any_score() {
    let phq = built_in("phq-9");
    let quiet = phq.score(&sheet(&phq, &[3, 3, 3, 3, 3, 3, 3, 3, 0]));
    assert!(!quiet.support && quiet.number("total") == Some(24.0));
    let low = phq.score(&sheet(&phq, &[0, 0, 0, 0, 0, 0, 0, 0, 1]));
    assert!(low.support && low.number("total") == Some(1.0));
    let declined: Answers = [("q9".parse().unwrap(), Answer::Choice(PREFER_NOT_TO_SAY.into()))].into();
    let result = phq.score(&declined);
    assert!(result.support);
    assert_eq!(result.scores[0].value, Err(NotScored::Declined));
    let elsewhere: Answers = [("q8".parse().unwrap(), Answer::Choice(PREFER_NOT_TO_SAY.into()))].into();
    assert!(!phq.score(&elsewhere).support, "only the ninth may be declined");
    let first = |count: usize| sheet(&phq, &[0; 9]).into_iter().take(count).collect::<Answers>();
    let passed_over = phq.score(&first(8));
    assert!(passed_over.support && passed_over.number("total").is_none());
    assert!(!phq.score(&first(3)).support, "a sheet that is only begun says nothing yet");
}

#[test]
fn what_is_not_scored_says_why() {
    let love = built_in("ipip-love");
    let missing = |count: usize| love.score(&sheet(&love, &[3; 9]).into_iter().skip(count).collect());
    assert_eq!(missing(1).scores[0].value.as_ref().unwrap().answered, 8);
    let expected = NotScored::Missing { missing: 2, items: 9, allowed: 1 };
    assert_eq!(missing(2).scores[0].value, Err(expected));
    assert_eq!(missing(9).scores[0].value, Err(NotScored::Missing { missing: 9, items: 9, allowed: 1 }));
}

#[test]
fn a_sheet_with_one_answer_throughout_is_noticed() {
    let rs = built_in("ecr-rs");
    for (points, expected) in [([7; 9], true), ([4; 9], true), ([7, 7, 7, 7, 7, 7, 7, 7, 6], false)] {
        assert_eq!(rs.score(&sheet(&rs, &points)).alike, expected, "{points:?}");
    }
    let gad = built_in("gad-7");
    assert!(!gad.score(&sheet(&gad, &[1; 7])).alike, "no item of this one is turned round");
    assert!(!rs.score(&Answers::new()).alike);
}

#[test]
fn two_results_are_compared_by_the_published_rule_and_no_other() {
    let changes = |id: &str, before: &[i32], after: &[i32]| {
        let measure = built_in(id);
        let [before, after] = [before, after].map(|points| measure.score(&sheet(&measure, points)));
        measure.changes(&before, &after, MONTHS)
    };
    let phq = |points: [i32; 2]| {
        let sheets = points.map(|first| [first, 3, 3, 3, 0, 0, 0, 0, 0]);
        changes("phq-9", &sheets[0], &[sheets[1][0], 3, 0, 0, 0, 0, 0, 0, 0])
    };
    let fall_of_six = &phq([0, 0])[0];
    assert_eq!((fall_of_six.difference, fall_of_six.verdict), (Some(-6.0), Verdict::MoreThanChance));
    assert!(fall_of_six.rule.as_ref().unwrap().source().contains("Psychological Therapies"));
    assert_eq!(phq([0, 1])[0].verdict, Verdict::NotClearly);
    for id in ["two-axis", "scs-sf", "ecr-12", "ecr-r", "ecr-rs", "pswq", "seven-signs"] {
        let low = vec![2; built_in(id).items.len()];
        let high = vec![4; built_in(id).items.len()];
        assert!(changes(id, &low, &high).iter().all(|change| change.verdict == Verdict::CannotTell), "{id}");
        assert!(changes(id, &low, &high).iter().all(|change| change.rule.is_none()), "{id}");
    }
}

#[test]
fn results_of_different_people_or_measures_are_not_compared() {
    let rs = built_in("ecr-rs");
    let about = |byte: u8, point: i32| {
        let mut answers = sheet(&rs, &[point; 9]);
        answers.insert("person".parse().unwrap(), Answer::Person(PersonId::from_bytes([byte; 16])));
        rs.score(&answers)
    };
    let difference = |a: &MeasureResult, b: &MeasureResult| rs.changes(a, b, MONTHS)[1].difference;
    assert_eq!(difference(&about(1, 2), &about(1, 6)), Some(4.0));
    assert_eq!(difference(&about(1, 2), &about(2, 6)), None);
    let gad = built_in("gad-7");
    let other = gad.score(&sheet(&gad, &[1; 7]));
    assert_eq!(gad.changes(&other, &about(1, 2), MONTHS)[0].verdict, Verdict::CannotTell);
    let unscored = rs.score(&Answers::new());
    assert_eq!(rs.changes(&unscored, &unscored, MONTHS)[0].verdict, Verdict::CannotTell);
}

#[test]
fn a_composite_weighs_each_person_the_same() {
    let rs = built_in("ecr-rs");
    let about = |byte: Option<u8>, point: i32| {
        let mut answers = sheet(&rs, &[point; 9]);
        let person = byte.map(|byte| Answer::Person(PersonId::from_bytes([byte; 16])));
        person.map(|person| answers.insert("person".parse().unwrap(), person));
        rs.score(&answers)
    };
    // With 1 throughout anxiety is 1 and avoidance 5, with 7 they are 7 and 3; means by hand: 4 and 4.
    let results = [about(Some(1), 7), about(Some(1), 1), about(Some(2), 7), about(None, 7)];
    let numbers: Vec<_> =
        rs.composite(&results).into_iter().map(|c| (c.subscale, c.number, c.people)).collect();
    assert_eq!(numbers, [("avoidance".to_owned(), 4.0, 2), ("anxiety".to_owned(), 4.0, 2)]);
    assert_eq!(rs.composite(&results[2..]), [], "one person is no composite");
    let axes = built_in("two-axis");
    assert_eq!(axes.composite(&results), [], "nobody has said that this one has one");
    check_composite_needs_people();
}

fn check_composite_needs_people() {
    let oneself = [
        ("about = \"person\"", "about = \"self\"\ncomposite = true"),
        ("With {person}", "With"),
        ("A {person}.", "A."),
    ];
    check(&oneself, None, "line 2, a composite needs several people");
}

/// Any measure that comes with Haven.
fn any_measure() -> impl Strategy<Value = Measure> {
    let all: Vec<Measure> = Measures::built_in().unwrap().iter().cloned().collect();
    proptest::sample::select(all)
}

/// What an entry may hold under any id: fitting, foreign, absurd.
fn any_answer() -> impl Strategy<Value = Option<Answer>> {
    prop_oneof![
        4 => (-1_i32..12).prop_map(|point| Some(Answer::Scale(point))),
        1 => any::<i32>().prop_map(|point| Some(Answer::Scale(point))),
        1 => Just(Some(Answer::Choice(PREFER_NOT_TO_SAY.into()))),
        1 => Just(Some(Answer::Text("x".into()))),
        1 => Just(None),
    ]
}

proptest! {
    #[test]
    fn scoring_is_total_and_bounded(
        (measure, given) in any_measure().prop_flat_map(|measure| {
            let items = measure.items.len();
            (Just(measure), proptest::collection::vec(any_answer(), items))
        })
    ) {
        let pairs = measure.items.iter().zip(&given);
        let answers: Answers =
            pairs.filter_map(|(item, answer)| Some((item.id.clone(), answer.clone()?))).collect();
        let result = measure.score(&answers);
        prop_assert_eq!(result.scores.len(), measure.subscales.len());
        for (score, subscale) in result.scores.iter().zip(&measure.subscales) {
            if let Ok(value) = &score.value {
                let (least, most) = subscale.range;
                prop_assert!(least - 1e-9 <= value.number && value.number <= most + 1e-9);
                prop_assert!(value.answered > 0 && value.answered <= value.items);
                prop_assert!(value.items - value.answered <= measure.missing.allowed(value.items));
                prop_assert_eq!(value.band.as_ref(), subscale.band(value.number));
            }
        }
        prop_assert!(measure.changes(&result, &result, MONTHS).iter().all(|c| c.verdict != Verdict::MoreThanChance));
    }

    #[test]
    fn a_neutral_sheet_never_reads_as_one_side(
        measure in any_measure(),
        left_out in proptest::collection::vec(any::<bool>(), 36),
    ) {
        let scale = (measure.scale.min, measure.scale.max);
        prop_assume!((scale.0 + scale.1) % 2 == 0);
        let neutral = sheet(&measure, &vec![i32::midpoint(scale.0, scale.1); measure.items.len()]);
        let kept = neutral.into_iter().zip(&left_out).filter(|(_, left_out)| !**left_out).map(|(pair, _)| pair);
        for score in measure.score(&kept.collect()).scores {
            if let Ok(value) = score.value {
                prop_assert!(value.side.is_none_or(|side| side == Side::Middle));
            }
        }
    }

    #[test]
    fn what_a_client_may_send_scores_as_it_is_stored(
        measure in Just(built_in("two-axis")),
        points in proptest::collection::vec(1_i32..=7, 12),
    ) {
        let pairs = measure.items.iter().zip(&points);
        let raw: ValueMap = pairs.map(|(item, point)| (item.id.to_string(), Raw::from(*point))).collect();
        let read = measure.check_answers(&raw).unwrap();
        let stored = read.iter().map(|(id, a)| (id.clone(), Answer::from_stored(&a.to_stored()).unwrap()));
        let expected = |items: &[(usize, bool)]| {
            let keyed = items.iter().map(|(index, turned)| {
                if *turned { 8 - points[*index] } else { points[*index] }
            });
            f64::from(keyed.sum::<i32>()) / 6.0
        };
        let result = measure.score(&stored.collect());
        let worry = [(0, false), (1, false), (2, true), (3, false), (4, true), (5, false)];
        let distance = [(6, true), (7, false), (8, true), (9, false), (10, true), (11, false)];
        prop_assert!((result.number("worry").unwrap() - expected(&worry)).abs() < 1e-9);
        prop_assert!((result.number("distance").unwrap() - expected(&distance)).abs() < 1e-9);
    }

    #[test]
    fn no_damage_makes_the_loader_panic(at in 0..GOOD.len(), cut in 0_usize..40, put in "[ -~\n]{0,12}") {
        let mut text = GOOD.to_owned();
        let end = (at + cut).min(text.len());
        text.replace_range(at..end, &put);
        if let Err(faults) = Measure::load(&text, Some(&good())) {
            prop_assert!(!faults.is_empty());
        }
    }
}
