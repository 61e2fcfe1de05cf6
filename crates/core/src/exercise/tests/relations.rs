//! Fields that lean on others, answers at which to stop, and exercises that are one thing with something else.

use super::{GOOD, changed, check, faults, good};
use crate::exercise::{Bounds, Exercise, Shape};

/// The good definition with one more field before the outcome.
fn with_field(rest: &str) -> String {
    let extra = format!("[[field]]\nid = \"extra\"\nlabel = \"label\"\n{rest}\n\n[[outcome]]");
    changed(&[("[[outcome]]", &extra)])
}

fn told(text: &str) -> Vec<String> {
    faults(text, None).iter().map(ToString::to_string).collect()
}

/// Checks that the field is refused for exactly one reason, which names its line and itself.
fn check_field(rest: &str, expected: &str) {
    let told = told(&with_field(rest));
    assert_eq!(told.len(), 1, "{rest}: {told:?}");
    assert!(told[0].starts_with("line 62, field extra: "), "{told:?}");
    assert!(told[0].contains(expected), "{told:?}");
}

#[test]
fn a_later_question_may_wait_for_a_date() {
    let day = "[[field]]\nid = \"day\"\nkind = \"date\"\nlabel = \"label\"\n\n[[field]]\nid = \"again\"";
    let waits = [("[[field]]\nid = \"again\"", day), ("after = [\"PT12H\", \"P7D\"]", "on = \"day\"")];
    let exercise = Exercise::load(&changed(&waits), None).unwrap();
    let again = exercise.field(&"again".parse().unwrap()).unwrap();
    assert_eq!((again.on.clone(), again.repeats()), ("day".parse().ok(), false));

    check_field("kind = \"text\"\non = \"again\"", "only a later field is asked on a date; write phase");
    let later = |rest: &str| format!("kind = \"text\"\nphase = \"later\"\n{rest}");
    check_field(&later("on = \"nothing\""), "on names the field nothing, which is unknown");
    check_field(&later("on = \"pick\""), "pick is no date that is known by then; name a date or datetime");
    check_field(&later("on = \"again\""), "again is no date that is known by then");
    check_field(&later("on = \"Day\""), "\"Day\" is no id of a field");
    let both = [waits[0], ("after = [\"PT12H\", \"P7D\"]", "after = [\"P7D\"]\non = \"day\"")];
    check(&both, None, "field again: a field is asked after a time or on a date, not both; keep after or on");
    check_field("kind = \"text\"\nrecall = [\"pick\"]", "only a later field shows words again; write phase");
    check_field(
        &later("after = [\"P1D\"]\nrecall = [\"nothing\"]"),
        "recall names the field nothing, which is unknown",
    );
    check_field(
        &later("after = [\"P1D\"]\nrecall = [\"pick\"]"),
        "pick holds no words that are known by then",
    );
    let never =
        [("[[field]]\nid = \"again\"", day), ("kind = \"date\"", "kind = \"date\"\nphase = \"later\"")];
    check(&[never[0], never[1], waits[1]], None, "field again: day is no date that is known by then");
}

#[test]
fn a_text_may_offer_an_earlier_list() {
    let from = |list: &str| format!("kind = \"text\"\nfrom = \"{list}\"");
    let exercise = Exercise::load(&with_field(&from("words")), None).unwrap();
    assert_eq!(exercise.field(&"extra".parse().unwrap()).unwrap().from, "words".parse().ok());

    check_field(&from("nothing"), "from names the field nothing, which is unknown");
    check_field(&from("pick"), "pick is no earlier list of text; name a list that is asked before");
    check_field(&from("extra"), "extra is no earlier list of text");
    check_field(&format!("{}\nphase = \"before\"", from("words")), "words is no earlier list of text");
    check_field("kind = \"long_text\"\nfrom = \"words\"", "\"from\" does not belong to long_text");
    let links = with_field(&from("words")).replace("of = \"text\"\n", "of = \"link\"\n");
    assert!(told(&links.replace("max_chars = 40\n", ""))[0].contains("words is no earlier list of text"));
}

#[test]
fn a_scale_may_have_bounds_at_which_to_stop() {
    let scale = |rest: &str| format!("kind = \"scale\"\nmin = 0\nmax = 10\nstep = 2\n{rest}");
    let shape = |rest: &str| {
        let exercise = Exercise::load(&with_field(&scale(rest)), None).unwrap();
        exercise.field(&"extra".parse().unwrap()).unwrap().shape.clone()
    };
    let stop = |rest: &str| match shape(rest) {
        Shape::Scale(scale) => scale.stop,
        _ => None,
    };
    let bounds = |below, above, instead: Option<&str>| {
        Some(Bounds { below, above, notice: "help".into(), instead: instead.map(|id| id.parse().unwrap()) })
    };
    assert_eq!(stop(""), None);
    assert_eq!(stop("stop_below = 6\nstop = \"help\""), bounds(Some(6), None, None));
    let both = "stop_below = 2\nstop_above = 8\nstop = \"help\"\ninstead = \"slow-breath\"";
    assert_eq!(stop(both), bounds(Some(2), Some(8), Some("slow-breath")));

    let check_scale = |rest: &str, expected: &str| check_field(&scale(rest), expected);
    check_scale("stop_below = 6", "stop_below or stop_above and stop belong together");
    check_scale("stop = \"help\"", "stop_below or stop_above and stop belong together");
    check_scale("stop_above = 7\nstop = \"help\"", "the bound 7 is no point of the scale");
    check_scale("stop_above = 12\nstop = \"help\"", "the bound 12 is no point of the scale");
    check_scale("stop_below = 8\nstop_above = 2\nstop = \"help\"", "every answer means stop");
    check_scale("stop_below = 6\nstop = \"nothing\"", "the text \"nothing\" is missing");
    check_scale("instead = \"slow-breath\"", "instead needs a stop");
    check_scale("stop_when = true", "\"stop_when\" does not belong to scale");
    check_field("kind = \"bool\"\ninstead = \"slow-breath\"", "instead needs a stop");
    let wrong = "kind = \"bool\"\nstop_when = true\nstop = \"help\"\ninstead = \"Slow\"";
    check_field(wrong, "\"Slow\" is no id of an exercise");
    check_field("kind = \"bool\"\nstop_below = 1", "\"stop_below\" does not belong to bool");
}

#[test]
fn an_exercise_may_be_single_or_a_measure() {
    assert!(!good().single && good().measure.is_none());
    let with = |keys: &str| changed(&[("minutes = 10", &format!("minutes = 10\n{keys}"))]);
    assert!(Exercise::load(&with("single = true"), None).unwrap().single);
    let measured = Exercise::load(&with("measure = \"gad-7\""), None).unwrap();
    assert_eq!(measured.measure, "gad-7".parse().ok());

    assert!(told(&with("single = \"yes\""))[0].contains("line 8, invalid type"));
    assert!(told(&with("measure = \"GAD 7\""))[0].contains("line 8, \"GAD 7\" is no id of a measure"));
    let both = told(&with("single = true\nmeasure = \"gad-7\""));
    assert_eq!(both.len(), 1, "{both:?}");
    assert!(both[0].contains("line 9, a measure is not kept in a single entry; remove single"));
    let uneven = with("measure = \"gad-7\"").replacen("max = 100", "max = 50", 1);
    let uneven = told(&uneven.replace("100 = \"high\"", "50 = \"high\""));
    assert!(
        uneven.iter().any(|fault| fault.contains("line 8, the items of a measure have one scale in common"))
    );
    let nothing = "schema = 1\nid = \"nothing\"\nversion = 1\nsteps = [1]\nsigns = []\nminutes = 1\n\
        evidence = { grade = \"ours\" }\nsafety = { gate = \"none\" }\nshare_default = \"never\"\nmeasure = \"gad-7\"\n\
        field = [{ id = \"a\", kind = \"text\", label = \"l\" }]\ni18n = { en = { l = \"L\" } }\n";
    assert!(told(nothing)[0].contains("line 10, a measure without a scale cannot be answered"));

    let next = |keys: &str| with(keys).replacen("version = 2", "version = 3", 1);
    let shown: Vec<String> =
        faults(&next("measure = \"phq-9\""), Some(&measured)).iter().map(ToString::to_string).collect();
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert!(shown[0].contains("the measure was gad-7; keep it, or give the exercise a new id"));
    assert!(faults(&next(""), Some(&measured))[0].to_string().contains("the measure was gad-7"));
    assert_eq!(faults(&next("measure = \"gad-7\""), Some(&measured)), []);
}

#[test]
fn what_belongs_to_every_step_names_none() {
    let every = Exercise::load(&changed(&[("steps = [2]", "steps = []")]), None).unwrap();
    assert!(every.steps.is_empty());
}

#[test]
fn nobody_rewords_the_gate() {
    let gated = GOOD.replace("gate = \"none\"", "gate = \"relationship\"");
    let exercise = Exercise::load(&gated, None).unwrap();
    let words = exercise.harm_question("de").unwrap();
    assert_eq!(
        (words.question, words.no),
        ("Could doing this lead to anyone hurting, threatening or punishing you?", "No")
    );
    assert!(
        exercise.texts.find("en", "harm.support").is_some()
            && good().texts.find("en", "harm.support").is_none()
    );
    for text in [gated.as_str(), GOOD] {
        for key in ["question", "help", "no", "not-sure", "yes", "support", "go-on"] {
            let reworded = format!("{text}\n\"harm.{key}\" = \"x\"\n");
            let told = told(&reworded);
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(
                told[0].contains("belongs to the gate, which asks the same everywhere; remove it"),
                "{told:?}"
            );
        }
    }
}
