use super::*;
use crate::answers::{Answer, Item};
use crate::content::Library;
use crate::definition::{DEFAULT_LANGUAGE, places};
use crate::entry::{Draft, Entry, EntryKind};
use crate::id::EntryId;
use crate::limits::{HELPLINES_BYTES_MAX, HELPLINES_MAX};
use crate::time::{Date, Timestamp};

/// A file with one good row, in which a text was replaced by another.
fn file(from: &str, to: &str) -> String {
    let file = "schema = 1\nmembers = [\"DE\"]\n\n[[line]]\ncountry = \"DE\"\nname = \"Crisis line\"\nkind = \"crisis\"\n\
                phone = \"0800 111-0\"\ntext = \"\"\nhours = \"\"\nlanguages = []\nsource_url = \"https://x.invalid/a\"\n\
                verified_on = \"2026-01-10\"\nexpires_on = \"2026-07-10\"\n";
    assert!(file.contains(from), "{from}");
    file.replacen(from, to, 1)
}

fn date(text: &str) -> Option<Date> {
    Some(text.parse().unwrap())
}

fn built_in() -> Support {
    Support::built_in().unwrap()
}

fn country(code: &str) -> Country {
    code.parse().unwrap()
}

fn card(code: Option<&str>, plan: PlanState) -> Card {
    let country = code.map(country);
    built_in().card(Asked { country, today: date("2026-11-24"), language: "en", plan })
}

#[test]
fn every_wrong_form_has_its_fault() {
    let row = file("schema = 1\nmembers = [\"DE\"]\n", "");
    let (twice, respelt) = (row.clone(), row.replace("0800 111-0", "08001110"));
    let long = "x".repeat(81);
    let cases: &[(&str, String, &str)] = &[
        ("schema = 1", "schema = 2".into(), "line 1, schema 2 is not known; write schema = 1"),
        (
            "\"DE\"]",
            "\"UK\"]".into(),
            "line 2, \"UK\" is no country; write the two capital letters of ISO 3166",
        ),
        ("country = \"DE\"", "country = \"de\"".into(), "line 5, \"de\" is no country"),
        ("country = \"DE\"", "country = \"XX\"".into(), "line 5, \"XX\" is no country"),
        ("\"Crisis line\"", "\" \"".into(), "line 6, the line has no name; write neutral words"),
        ("\"Crisis line\"", format!("\"{long}\""), "does not fit a line; use one line of at most 80"),
        ("\"Crisis line\"", "\"a\\nb\"".into(), "line 6, \"a\u{fffd}b\" does not fit a line"),
        ("hours = \"\"", format!("hours = \"{long}\""), "line 10, \"xxx"),
        (
            "\"crisis\"",
            "\"vet\"".into(),
            "line 7, \"vet\" is no kind of line; use one of emergency, crisis, abuse",
        ),
        ("\"0800 111-0\"", "\"\"".into(), "line 4, the line has no number; give phone, text or both"),
        (
            "\"0800 111-0\"",
            "\"call us\"".into(),
            "line 8, \"call us\" is no number to call; write 3 to 15 digits",
        ),
        ("\"0800 111-0\"", "\"11\"".into(), "is no number to call"),
        ("\"0800 111-0\"", "\"1234567890123456\"".into(), "is no number to call"),
        ("\"0800 111-0\"", "\"0800  111\"".into(), "is no number to call"),
        ("\"0800 111-0\"", "\"0800/111\"".into(), "is no number to call"),
        ("\"0800 111-0\"", "\"++49 111\"".into(), "is no number to call"),
        ("\"0800 111-0\"", "\"0800 111-\"".into(), "is no number to call"),
        ("text = \"\"", "text = \"HELLO\"".into(), "line 9, \"HELLO\" is no number to write to"),
        (
            "languages = []",
            "languages = [\"German\"]".into(),
            "\"German\" is no language; write two or three small",
        ),
        ("https://", "http://".into(), "line 12, the source_url does not begin with https://"),
        ("\"https://x.invalid/a\"", "\"\"".into(), "line 13, the row is verified by no page; give the page"),
        ("\"2026-01-10\"", "\"2026-02-30\"".into(), "line 13, \"2026-02-30\" is no date"),
        ("\"2026-01-10\"", "\"soon\"".into(), "line 13, \"soon\" is no date"),
        ("\"2026-01-10\"", "\"\"".into(), "line 14, the row expires and was never verified"),
        ("\"2026-07-10\"", "\"\"".into(), "line 13, the row is verified for ever; give the last day"),
        (
            "\"2026-07-10\"",
            "\"2026-01-09\"".into(),
            "line 14, the row expires on 2026-01-09, before it was verified",
        ),
        ("\"2026-07-10\"", "\"2026-07-10T10:00\"".into(), "line 14, \"2026-07-10T10:00\" is no date"),
        ("hours = \"\"", "hours = \"\"\nfax = \"1\"".into(), "line 11, \"fax\" is no key here"),
        ("hours = \"\"\n", String::new(), "\"hours\" is missing; add hours"),
        (
            "\n[[line]]",
            format!("{twice}\n[[line]]"),
            "DE has \"0800 111-0\" already; remove one of the two rows",
        ),
        ("\n[[line]]", format!("{respelt}\n[[line]]"), "DE has \"0800 111-0\" already"),
        ("schema = 1", "#".repeat(HELPLINES_BYTES_MAX), "bytes, at most"),
    ];
    for (from, to, expected) in cases {
        let loaded = Support::load(&file(from, to));
        if expected.is_empty() {
            assert!(loaded.is_ok(), "{to}: {:?}", loaded.err());
            continue;
        }
        let faults = loaded.expect_err(to);
        assert!(faults[0].to_string().contains(expected), "{to}: {faults:?}");
    }
}

#[test]
fn there_are_not_more_lines_than_anybody_could_verify() {
    let row = |number: usize| {
        file("schema = 1\nmembers = [\"DE\"]\n", "").replace("0800 111-0", &format!("{}", 10_000 + number))
    };
    let many = |count: usize| {
        let rows: String = (0..count).map(row).collect();
        format!("schema = 1\nmembers = []\n{rows}")
    };
    // The limit of bytes is met first by rows as long as these.
    let short = |count| {
        many(count).replace("https://x.invalid/a", "").replace("2026-01-10", "").replace("2026-07-10", "")
    };
    assert_eq!(Support::load(&short(HELPLINES_MAX)).unwrap().lines().len(), HELPLINES_MAX);
    let faults = Support::load(&short(HELPLINES_MAX + 1)).unwrap_err();
    assert!(faults[0].what.contains("there are 1001 lines"), "{faults:?}");
}

#[test]
fn every_built_in_line_has_to_be_checked_since_nobody_has_verified_one() {
    let support = built_in();
    assert_eq!(support.lines().len(), 48);
    for line in support.lines() {
        assert_eq!(
            (line.verified_on, line.expires_on, &line.source_url),
            (None, None, &None),
            "{}",
            line.phone
        );
        assert!(line.hours.is_empty() && line.languages.is_empty(), "{}", line.phone);
        assert!(line.needs_check(date("2026-11-24")), "{}", line.phone);
    }
}

#[test]
fn a_line_is_checked_until_it_is_verified_and_again_when_that_is_over() {
    let support = Support::load(&file("x", "x")).unwrap();
    let [line] = support.lines() else { panic!("one line") };
    for (today, check) in [
        (date("2026-01-09"), true),
        (date("2026-01-10"), false),
        (date("2026-07-10"), false),
        (date("2026-07-11"), true),
        (None, true),
    ] {
        assert_eq!(line.needs_check(today), check, "{today:?}");
    }
}

#[test]
fn lines_stand_by_kind_and_those_of_the_union_hold_for_its_members() {
    let numbers = |code: &str| -> Vec<String> {
        let support = built_in();
        let lines = support.lines_of(country(code));
        assert!(lines.windows(2).all(|pair| pair[0].kind <= pair[1].kind), "{code}");
        lines.iter().map(|line| format!("{}{}", line.phone, line.text)).collect()
    };
    assert_eq!(numbers("US"), ["911", "988988", "1-800-799-7233"]);
    assert_eq!(numbers("GB"), ["999", "116 123", "85258", "0808 2000 247"]);
    assert_eq!(numbers("IE"), ["112", "999", "116 123", "1800 341 900"]);
    assert_eq!(numbers("DE"), ["112", "0800 111 0 111", "116 123", "116 016"]);
    assert_eq!(numbers("RO"), ["112"]);
    assert_eq!(numbers("EU"), ["112"]);
    assert_eq!(numbers("CH"), ["143"]);
    assert_eq!(numbers("KE"), [""; 0]);
    assert!(built_in().countries().contains(&country("MX")));
}

#[test]
fn the_card_leads_somewhere_from_everywhere() {
    let said = |card: &Card| card.closing.join("\n");
    for code in [None, Some("KE"), Some("CH"), Some("US"), Some("DE")] {
        let card = card(code, PlanState::NoJournal);
        let said = said(&card);
        for words in
            ["112 works in every country of the European Union", "findahelpline.com", "Nobody is watching"]
        {
            assert!(said.contains(words), "{code:?}: {said}");
        }
        assert_eq!(said.contains("Check this number"), !card.lines.is_empty(), "{code:?}");
        assert_eq!(said.contains("No country was chosen"), code.is_none(), "{code:?}");
        assert_eq!(said.contains("no lines for KE yet"), code == Some("KE"), "{code:?}");
        assert!(card.lines.iter().all(|line| line.check && line.check_says == "check this number"));
        assert!(card.plan.is_none() && !card.locked && card.about_plan.is_empty());
    }
    let us = card(Some("US"), PlanState::NoJournal);
    assert_eq!(us.lines[1].reach, "call 988, text 988");
    assert_eq!(us.lines[0].heading, "In an emergency");
}

fn plan_entry(id: u8, modified: i64, answers: &[(&str, Answer)]) -> Entry {
    let mut draft = Draft::new(EntryKind::Exercise, "2026-11-24".parse().unwrap());
    draft.exercise = Some("plan-when-low@1".parse().unwrap());
    draft.answers = answers.iter().map(|(field, answer)| (field.parse().unwrap(), answer.clone())).collect();
    Entry {
        modified: Timestamp::from_millis(modified),
        ..draft.into_entry(EntryId::from_bytes([id; 16]), Timestamp::default())
    }
}

fn list(items: &[&str]) -> Answer {
    Answer::List(items.iter().map(|item| Item::words(*item)).collect())
}

#[test]
fn the_plan_is_read_in_its_order_and_for_help_with_people_first() {
    let answers = [
        ("signs", list(&["I stop eating"])),
        ("people", list(&["Ann 555", " ", "Bert"])),
        ("reasons", list(&["the dog"])),
        ("safer_space", Answer::Text("the keys are with Ann".into())),
        ("places", list(&[])),
        ("later_added", Answer::Text("kept".into())),
    ];
    let entry = plan_entry(1, 0, &answers);
    let plan = Plan::of(&entry, &Library::built_in().unwrap(), "en");
    let fields = |plan: &Plan| plan.parts.iter().map(|part| part.field.clone()).collect::<Vec<_>>();
    assert_eq!(fields(&plan), ["signs", "people", "safer_space", "reasons", "later_added"]);
    assert_eq!(plan.parts[1].label, "Whom can you call or write to?");
    assert_eq!(plan.parts[1].items, ["Ann 555", "Bert"]);
    assert_eq!(format!("{plan:?}"), "Plan(5 parts)");
    let card = card(Some("DE"), PlanState::Written(plan));
    assert_eq!(card.about_plan, "Your plan");
    assert_eq!(fields(&card.plan.unwrap()), ["people", "reasons", "signs", "safer_space", "later_added"]);
    let unknown = Plan::of(&entry, &Library::default(), "en");
    assert!(unknown.parts.iter().any(|part| part.items == ["the dog"] && part.label == "reasons"));
}

#[test]
fn the_plan_is_the_one_changed_last_that_is_not_in_the_trash() {
    let mut entries =
        [plan_entry(1, 10, &[]), plan_entry(2, 20, &[]), plan_entry(3, 30, &[]), plan_entry(4, 40, &[])];
    entries[2].trashed = Some(Timestamp::default());
    entries[3].exercise = Some("slow-breath@1".parse().unwrap());
    let newest = Plan::newest(entries.iter()).unwrap();
    assert_eq!(newest.id, EntryId::from_bytes([2; 16]));
    assert!(Plan::newest(std::iter::empty()).is_none());
}

#[test]
fn what_is_known_of_the_plan_is_said_plainly() {
    let said = |plan| {
        let card = card(None, plan);
        (card.locked, card.about_plan)
    };
    let (locked, words) = said(PlanState::Locked(Vec::new()));
    assert!(locked && words.contains("once the journal is unlocked"), "{words}");
    let part = PlanPart { field: "people".into(), label: "Whom?".into(), items: vec!["Ann".into()] };
    let (locked, words) = said(PlanState::Locked(vec![part.clone()]));
    assert!(locked && words.contains("you chose to keep readable"), "{words}");
    assert_eq!(card(None, PlanState::Locked(vec![part.clone()])).readable, [part]);
    let (locked, words) = said(PlanState::None);
    assert!(!locked && words.contains("There is no plan"), "{words}");
}

#[test]
fn every_text_of_the_card_is_there_and_says_nothing_it_must_not_say() {
    // No name for what anybody has, no promise, no push, no cheer.
    let banned = [
        "diagnos",
        "disorder",
        "symptom",
        "patient",
        "suicid",
        "depress",
        "anxi",
        "treat",
        "risk",
        "crisis",
        "victim",
        "abuse",
        "should",
        "must",
        "need to",
        "have to",
        "don't",
        "will help",
        "will feel",
        "guarantee",
        "always",
        "you are not alone",
        "it gets better",
        "be strong",
        "calm down",
        "brave",
        "great",
        "well done",
        "please",
        "!",
    ];
    let support = built_in();
    let mut known: Vec<&str> = support.words.iter().map(|(_, key, _)| key).collect();
    let mut wanted: Vec<&str> = Word::ALL.iter().map(|word| word.as_str()).collect();
    known.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(known, wanted);
    for (language, key, text) in support.words.iter() {
        assert_eq!(language, DEFAULT_LANGUAGE);
        assert!(places(text).iter().all(|place| matches!(place, Ok("number" | "country"))), "{key}");
        assert!(text.chars().count() <= 250, "{key} is long for somebody who can hardly read");
        let lower = text.to_lowercase();
        let found: Vec<_> = banned.iter().filter(|word| lower.contains(**word)).collect();
        assert!(found.is_empty(), "{key}: {found:?}");
    }
}
