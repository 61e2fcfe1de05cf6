use proptest::prelude::*;

use super::*;

const GOLDEN: &str = "{\"version\":1,\"plan\":\"07070707070707070707070707070707\",\"lines\":[{\"field\":\"people\",\"text\":\
                      \"Ann 555\"},{\"field\":\"safer_space\",\"text\":\"the keys\\nare with Ann\"}]}\n";

fn part(field: &str, items: &[&str]) -> PlanPart {
    let items = items.iter().map(|item| (*item).to_owned()).collect();
    PlanPart { field: field.to_owned(), label: String::new(), items }
}

fn plan(parts: &[(&str, &[&str])]) -> Plan {
    let parts = parts.iter().map(|(field, items)| part(field, items)).collect();
    let text = "beside the questions".to_owned();
    Plan { id: EntryId::from_bytes([7; 16]), modified: Timestamp::default(), parts, text }
}

/// The plan that most tests begin with.
fn written() -> Plan {
    plan(&[
        ("signs", &["I stop eating"]),
        ("people", &["Bert", "Ann 555", "Bert"]),
        ("safer_space", &["the keys\nare with Ann"]),
    ])
}

fn wanted(lines: &[(&str, &str)]) -> BTreeSet<Chosen> {
    lines.iter().map(|(field, text)| Chosen { field: (*field).into(), text: (*text).into() }).collect()
}

/// What is readable after a choice that the person agreed to.
fn chosen(lines: &[(&str, &str)]) -> Readable {
    Readable::choose(Some(&written()), None, &wanted(lines), true).unwrap().unwrap()
}

/// The words, under their questions.
fn shown(readable: Option<&Readable>) -> Vec<(String, Vec<String>)> {
    let parts = readable.map(|readable| readable.parts(&Library::built_in().unwrap(), "en"));
    parts.unwrap_or_default().into_iter().map(|part| (part.field, part.items)).collect()
}

#[test]
fn the_file_is_these_bytes() {
    let readable = chosen(&[("safer_space", "the keys\nare with Ann"), ("people", "Ann 555")]);
    assert_eq!(String::from_utf8(readable.to_bytes()).unwrap(), GOLDEN);
    assert_eq!(Readable::parse(GOLDEN.as_bytes()), Ok(readable));
}

#[test]
fn what_is_no_such_file_has_no_lines() {
    use Unreadable::{Malformed, Newer, TooLarge};
    let line = "{\"field\":\"people\",\"text\":\"Ann 555\"}";
    let many: Vec<String> =
        (0..=READABLE_LINES_MAX).map(|n| format!("{{\"field\":\"a\",\"text\":\"{n}\"}}")).collect();
    for (from, to, expected) in [
        (GOLDEN, String::new(), Malformed),
        (GOLDEN, "[]".into(), Malformed),
        ("}]}", "}]".into(), Malformed),
        ("}]}\n", "}]} {}".into(), Malformed),
        ("\"version\":1", "\"version\":0".into(), Malformed),
        ("\"version\":1,", String::new(), Malformed),
        ("\"version\":1", "\"version\":2".into(), Newer),
        ("{\"version\":1,", "{\"version\":2,\"form\":[],".into(), Newer),
        ("{\"version\":1,", "{\"version\":1,\"form\":[],".into(), Malformed),
        ("0707\"", "07\"".into(), Malformed),
        ("\"people\"", "\"People\"".into(), Malformed),
        ("\"Ann 555\"", "\" \"".into(), Malformed),
        ("\"Ann 555\"", "5".into(), Malformed),
        (line, format!("{line},{line}"), Malformed),
        (line, many.join(","), TooLarge),
        (line, format!("{line}{}", " ".repeat(READABLE_BYTES_MAX)), TooLarge),
    ] {
        let text = GOLDEN.replacen(from, &to, 1);
        assert_eq!(Readable::parse(text.as_bytes()), Err(expected), "{from} -> {to:.60}");
    }
    let none = GOLDEN.split("\"lines\"").next().unwrap().to_owned() + "\"lines\":[]}";
    assert_eq!(Readable::parse(none.as_bytes()), Err(Malformed));
    assert_eq!(Readable::parse(b"\xff"), Err(Malformed));
}

#[test]
fn exactly_what_was_chosen_is_readable_with_people_first() {
    let readable =
        chosen(&[("safer_space", "the keys\nare with Ann"), ("people", "Bert"), ("people", "Ann 555")]);
    let people = ("people".to_owned(), vec!["Bert".to_owned(), "Ann 555".to_owned()]);
    let space = ("safer_space".to_owned(), vec!["the keys\nare with Ann".to_owned()]);
    assert_eq!(shown(Some(&readable)), [people, space]);
    let labels = readable.parts(&Library::built_in().unwrap(), "en");
    assert_eq!(labels[0].label, "Who can you call or write to?");
    assert_eq!(readable.parts(&Library::default(), "en")[0].label, "people");
    assert_eq!(format!("{readable:?}, {:?}", readable.lines[0]), "Readable(3 lines), Chosen(people)");
}

#[test]
fn a_choice_is_of_the_plan_as_it_is_and_needs_a_word_for_each_line_that_is_added() {
    let (plan, ann, bert) = (written(), ("people", "Ann 555"), ("people", "Bert"));
    let choose = |before: Option<&Readable>, lines: &[(&str, &str)], confirmed| {
        Readable::choose(Some(&plan), before, &wanted(lines), confirmed)
    };
    let both = chosen(&[ann, bert]);
    assert_eq!(choose(None, &[ann], false), Err(ChoiceFault::Unconfirmed));
    assert_eq!(choose(Some(&chosen(&[ann])), &[ann, bert], false), Err(ChoiceFault::Unconfirmed));
    assert_eq!(choose(Some(&both), &[bert], false), Ok(Some(chosen(&[bert]))), "taking back needs none");
    assert_eq!(choose(Some(&both), &[], false), Ok(None));
    for stranger in [("people", "Ann"), ("signs", "Ann 555"), ("people", "beside the questions"), ("", "")] {
        assert_eq!(choose(Some(&both), &[ann, stranger], true), Err(ChoiceFault::NotInPlan), "{stranger:?}");
    }
    assert_eq!(Readable::choose(None, None, &wanted(&[ann]), true), Err(ChoiceFault::NotInPlan));
    assert_eq!(Readable::choose(None, Some(&both), &wanted(&[]), false), Ok(None));
    // What was agreed to for one plan does not hold for another.
    let other = Plan { id: EntryId::from_bytes([8; 16]), ..written() };
    let again = Readable::choose(Some(&other), Some(&both), &wanted(&[ann]), false);
    assert_eq!(again, Err(ChoiceFault::Unconfirmed));
}

#[test]
fn more_than_the_file_holds_is_refused_and_a_whole_plan_of_the_longest_lines_is_not() {
    let choose = |count: usize, chars: usize| {
        let items: Vec<String> =
            (0..count).map(|n| format!("{n:04}{}", "\u{1f33f}".repeat(chars - 4))).collect();
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        let lines: Vec<(&str, &str)> = items.iter().map(|item| ("people", *item)).collect();
        let plan = plan(&[("people", &items)]);
        Readable::choose(Some(&plan), None, &wanted(&lines), true)
    };
    let whole = choose(60, 200).unwrap().unwrap();
    assert!(whole.to_bytes().len() < READABLE_BYTES_MAX - 4_100, "{}", whole.to_bytes().len());
    assert_eq!(Readable::parse(&whole.to_bytes()), Ok(whole));
    for (count, chars) in [(READABLE_LINES_MAX + 1, 4), (READABLE_LINES_MAX, 200)] {
        assert_eq!(choose(count, chars), Err(ChoiceFault::TooLarge), "{count} of {chars}");
    }
}

#[test]
fn a_line_that_left_the_plan_is_readable_no_more() {
    let readable =
        chosen(&[("people", "Ann 555"), ("people", "Bert"), ("safer_space", "the keys\nare with Ann")]);
    let left = |plan: &Plan| shown(readable.still_in(Some(plan)).as_ref());
    let people =
        |items: &[&str]| ("people".to_owned(), items.iter().map(|item| (*item).to_owned()).collect());
    assert_eq!(left(&written()), shown(Some(&readable)));
    assert_eq!(left(&plan(&[("people", &["Ann 556", "Bert"])])), [people(&["Bert"])]);
    assert_eq!(left(&plan(&[("people", &["Cem", "Bert", "Ann 555"])])), [people(&["Bert", "Ann 555"])]);
    assert_eq!(left(&plan(&[("signs", &["Ann 555"])])), [], "under another question it is another line");
    assert_eq!(left(&Plan { id: EntryId::from_bytes([8; 16]), ..written() }), [], "another plan");
    assert_eq!(readable.still_in(None), None);
}

proptest! {
    #[test]
    fn whatever_lies_there_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Readable::parse(&bytes);
    }

    #[test]
    fn a_file_with_anything_changed_is_read_as_it_stands_or_refused(at in 0..GOLDEN.len(), byte in any::<u8>()) {
        let mut bytes = GOLDEN.as_bytes().to_vec();
        bytes[at] = byte;
        if let Ok(readable) = Readable::parse(&bytes) {
            prop_assert_eq!(Readable::parse(&readable.to_bytes()), Ok(readable));
        }
    }
}
