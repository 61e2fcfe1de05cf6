use std::collections::BTreeMap;

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
                phone = \"0800 111-0\"\ntext = \"85258\"\nhours = \"day\"\nlanguages = []\nbasis = \"page\"\n\
                source = \"the operator\"\nsource_url = \"https://x.invalid/a\"\nquote = \"call 0800 111-0\"\n\
                copy_on = \"2026-01-10\"\n";
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
        ("\"Crisis line\"", "\" \"".into(), "line 6, the line has no name; write what people know it as"),
        ("\"Crisis line\"", format!("\"{long}\""), "does not fit a line; use one line of at most 80"),
        ("\"Crisis line\"", "\"a\\nb\"".into(), "line 6, \"a\u{fffd}b\" does not fit a line"),
        ("hours = \"day\"", format!("hours = \"{long}\""), "line 10, \"xxx"),
        (
            "\"crisis\"",
            "\"vet\"".into(),
            "line 7, \"vet\" is no kind of line; use one of emergency, crisis, abuse",
        ),
        (
            "phone = \"0800 111-0\"\ntext = \"85258\"\n",
            String::new(),
            "line 4, the line has no number; give phone, text or both",
        ),
        (
            "text = \"85258\"",
            "send = \"START\"".into(),
            "there is a word to send and no number to send it to",
        ),
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
        ("\"0800 111-0\"", "\"*4141\"".into(), ""),
        ("\"0800 111-0\"", "\"41*41\"".into(), "is no number to call"),
        ("\"0800 111-0\"", "\"0800 111-\"".into(), "is no number to call"),
        ("text = \"85258\"", "text = \"HELLO\"".into(), "line 9, \"HELLO\" is no number to write to"),
        (
            "languages = []",
            "languages = [\"German\"]".into(),
            "\"German\" is no language; write two or three small",
        ),
        ("\"page\"", "\"hearsay\"".into(), "\"hearsay\" is no basis of a line; use one of law, page"),
        ("\"the operator\"", "\"\"".into(), "line 13, the row does not say where it is from"),
        ("https://x", "x".into(), "line 14, the source_url is no address of a page"),
        ("quote = \"call 0800 111-0\"\n", String::new(), "line 12, nothing is quoted for this row"),
        ("source_url = \"https://x.invalid/a\"\n", String::new(), "line 12, nothing is quoted for this row"),
        (
            "basis = \"page\"\n",
            String::new(),
            "the row has the day of a copy and no page; write basis = \"page\"",
        ),
        ("\"2026-01-10\"", "\"2026-02-30\"".into(), "line 16, \"2026-02-30\" is no date"),
        ("\"2026-01-10\"", "\"2026-01-10T10:00\"".into(), "line 16, \"2026-01-10T10:00\" is no date"),
        ("copy_on = \"2026-01-10\"\n", String::new(), ""),
        ("hours = \"day\"", "hours = \"day\"\nfax = \"1\"".into(), "line 11, \"fax\" is no key here"),
        ("source = \"the operator\"\n", String::new(), "\"source\" is missing; add source"),
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
        let keys = ["basis", "source_url", "quote", "copy_on"];
        let rows = many(count);
        let rows = rows.lines().filter(|row| !keys.iter().any(|key| row.starts_with(&format!("{key} "))));
        rows.map(|row| format!("{row}\n")).collect::<String>()
    };
    assert_eq!(Support::load(&short(HELPLINES_MAX)).unwrap().lines().len(), HELPLINES_MAX);
    let faults = Support::load(&short(HELPLINES_MAX + 1)).unwrap_err();
    assert!(faults[0].what.contains("there are 1001 lines"), "{faults:?}");
}

#[test]
fn every_row_says_where_it_is_from_and_nothing_is_called_official_without_a_reason() {
    let support = built_in();
    assert!(support.lines().len() > 80);
    let today = date("2026-11-29");
    let mut states = BTreeMap::new();
    for line in support.lines() {
        let (number, state) = (format!("{} {}{}", line.country, line.phone, line.text), line.state(today));
        assert!(!line.source.is_empty() && !line.name.starts_with("Crisis"), "{number}");
        *states.entry(state).or_insert(0) += 1;
        let is_quoted = !line.quote.is_empty() && line.source_url.is_some();
        match (state, line.basis) {
            (State::Official, Some(Basis::Law)) => {
                assert!(is_quoted || line.kind == Kind::Emergency, "{number}");
            }
            (State::Official | State::Expired, Some(Basis::Page)) => {
                assert!(is_quoted && line.copy_on.is_some(), "{number}");
            }
            (State::Unchecked, basis) => assert!(basis.is_none() || line.copy_on.is_none(), "{number}"),
            other => panic!("{number}: {other:?}"),
        }
        let is_read = is_quoted || line.source_url.is_some();
        assert!(is_read || line.hours.is_empty(), "{number} has hours that nobody read");
    }
    for state in State::ALL {
        assert!(states.contains_key(state), "no row is {state}");
    }
    for wide in support.wide() {
        let holds = support.lines().iter().any(|line| {
            line.phone == wide.phone && line.kind == Kind::Emergency && line.state(today) == State::Official
        });
        assert!(holds, "{} is no emergency number of any row", wide.phone);
    }
}

#[test]
fn a_page_speaks_for_a_number_for_eighteen_months_from_its_own_day() {
    let support = Support::load(&file("x", "x")).unwrap();
    let [line] = support.lines() else { panic!("one line") };
    for (today, state) in [
        (date("2026-01-09"), State::Unchecked),
        (date("2026-01-10"), State::Official),
        (date("2027-07-12"), State::Official),
        (date("2027-07-13"), State::Expired),
        (None, State::Unchecked),
    ] {
        assert_eq!(line.state(today), state, "{today:?}");
    }
    let undated = Support::load(&file("copy_on = \"2026-01-10\"\n", "")).unwrap();
    assert_eq!(undated.lines()[0].state(date("2026-01-10")), State::Unchecked);
    let law = file("\"page\"", "\"law\"").replace("copy_on = \"2026-01-10\"\n", "");
    let law = Support::load(&law).unwrap();
    assert_eq!(law.lines()[0].state(None), State::Official, "the law does not grow old");
}

#[test]
fn what_stands_beside_a_number_says_how_far_it_can_be_relied_on() {
    let says = |text: &str, today| {
        let support = Support { words: built_in().words, ..Support::load(text).unwrap() };
        let card = support.card(Asked {
            country: Some(country("DE")),
            today,
            language: "en",
            plan: PlanState::NoJournal,
        });
        (card.lines[0].says.clone(), card.lines[0].check())
    };
    let page = file("x", "x");
    assert_eq!(says(&page, date("2026-02-01")), ("as of January 2026".to_owned(), false));
    assert_eq!(says(&page, date("2030-02-01")), ("as of January 2026: check this number".to_owned(), true));
    assert_eq!(
        says(&page.replace("copy_on = \"2026-01-10\"\n", ""), None),
        ("check this number".to_owned(), true)
    );
    let law = page.replace("\"page\"", "\"law\"").replace("copy_on = \"2026-01-10\"\n", "");
    assert_eq!(says(&law, None), ("fixed by law".to_owned(), false));
}

#[test]
fn lines_stand_by_kind_and_those_of_the_union_hold_for_its_members() {
    let numbers = |code: &str| -> Vec<String> {
        let support = built_in();
        let lines = support.lines_of(country(code));
        assert!(lines.windows(2).all(|pair| pair[0].kind <= pair[1].kind), "{code}");
        lines.iter().map(|line| format!("{}{}", line.phone, line.text)).collect()
    };
    assert_eq!(numbers("US"), ["911", "988988", "1-800-799-723388788"]);
    assert_eq!(numbers("GB"), ["999", "116 123", "85258", "0808 2000 247"]);
    assert_eq!(numbers("IE"), ["112", "999", "116 123", "50808", "1800 341 900"]);
    assert_eq!(numbers("DE"), ["112", "0800 111 0 111", "116 123", "116 016"]);
    assert_eq!(numbers("RO"), ["112"]);
    assert_eq!(numbers("EU"), ["112"]);
    assert_eq!(numbers("CH"), ["112", "144", "143"]);
    assert_eq!(numbers("KE"), [""; 0]);
    let countries = built_in().countries();
    for code in ["MX", "SG", "HK", "TW", "PH", "IL", "UA", "AR", "CO", "RO"] {
        assert!(countries.contains(&country(code)), "{code}");
    }
    assert!(!countries.contains(&country("EU")));
}

#[test]
fn the_card_leads_somewhere_from_everywhere() {
    let said = |card: &Card| card.closing.join("\n");
    for code in [None, Some("KE"), Some("RO"), Some("CH"), Some("US"), Some("DE")] {
        let card = card(code, PlanState::NoJournal);
        let said = said(&card);
        for words in ["findahelpline.com", "Nobody is watching", "If you're in danger now"] {
            assert!(said.contains(words), "{code:?}: {said}");
        }
        let has_emergency = card.lines.iter().any(|line| line.kind == Kind::Emergency && !line.check());
        assert_eq!(said.contains("112 works in every country"), !has_emergency, "{code:?}");
        assert_eq!(card.wide.is_empty(), has_emergency, "{code:?}");
        assert_eq!(said.contains("confirmed lately"), card.lines.iter().any(Shown::check), "{code:?}");
        assert_eq!(said.contains("No country was chosen"), code.is_none(), "{code:?}");
        assert_eq!(said.contains("any numbers for Kenya yet"), code == Some("KE"), "{code:?}");
        let lacks = said.contains("a helpline to talk to in Romania yet");
        assert_eq!(lacks, code == Some("RO"), "{code:?}: an emergency number is not all there is to say");
        assert_eq!(card.countries.is_empty(), code.is_some(), "{code:?}");
        assert!(card.plan.is_none() && !card.locked && card.about_plan.is_empty());
    }
    let us = card(Some("US"), PlanState::NoJournal);
    assert_eq!(us.lines[1].reach, "call or text 988");
    assert_eq!(us.lines[2].reach, "call 1-800-799-7233, text START to 88788");
    assert_eq!((us.lines[0].heading.as_str(), us.lines[0].says.as_str()), ("In an emergency", ""));
    let wide: Vec<String> =
        card(None, PlanState::NoJournal).wide.into_iter().map(|wide| wide.phone).collect();
    assert_eq!(wide, ["112", "911", "999"]);
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
    assert_eq!(fields(&plan), ["signs", "safer_space", "people", "reasons", "later_added"]);
    assert_eq!(plan.parts[2].label, "Who can you call or write to?");
    assert_eq!(plan.parts[2].items, ["Ann 555", "Bert"]);
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
    let part = PlanPart { field: "people".into(), label: "Who?".into(), items: vec!["Ann".into()] };
    for (plan, locked, about, more) in [
        (PlanState::Locked(Vec::new()), true, "If you wrote a plan, unlock to see it.", "once you unlock"),
        (PlanState::Locked(vec![part.clone()]), true, "Your plan", "you chose to keep readable"),
        (PlanState::None, false, "", "There's no plan"),
        (PlanState::NoJournal, false, "", ""),
    ] {
        let card = card(None, plan.clone());
        assert_eq!((card.locked, card.about_plan.as_str()), (locked, about), "{plan:?}");
        assert!(card.closing.join(" ").contains(more), "{plan:?}: {:?}", card.closing);
    }
    assert_eq!(card(None, PlanState::Locked(vec![part.clone()])).readable, [part]);
}

/// How many lines words take on a terminal of forty columns, broken between words.
fn lines_of_forty(text: &str) -> usize {
    let mut lines = vec![0];
    for word in text.split(' ').map(|word| word.chars().count()) {
        match lines.last_mut() {
            Some(line) if *line + word + usize::from(*line > 0) <= 40 => {
                *line += word + usize::from(*line > 0);
            }
            _ => lines.push(word),
        }
    }
    lines.len()
}

#[test]
fn at_most_six_short_lines_stand_before_the_numbers() {
    for plan in [PlanState::NoJournal, PlanState::None, PlanState::Locked(Vec::new())] {
        for code in [Some("DE"), None] {
            let card = card(code, plan.clone());
            let words = card.opening.iter().chain(std::iter::once(&card.about_plan));
            let lines: usize = words.filter(|text| !text.is_empty()).map(|text| lines_of_forty(text)).sum();
            assert!(lines <= 5, "{lines}, and a client needs one to say where the numbers are good");
        }
    }
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
        "you have to",
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
        assert!(
            places(text).iter().all(|place| matches!(place, Ok("number" | "country" | "word" | "month"))),
            "{key}"
        );
        assert!(text.chars().count() <= 250, "{key} is long for somebody who can hardly read");
        let lower = text.to_lowercase();
        let found: Vec<_> = banned.iter().filter(|word| lower.contains(**word)).collect();
        assert!(found.is_empty(), "{key}: {found:?}");
    }
}

#[test]
fn what_to_call_in_an_emergency_is_named_where_it_is_known() {
    let support = built_in();
    for (country, call) in [
        (Some("DE"), "112"),
        (Some("US"), "911"),
        (Some("IE"), "112 or 999"),
        (Some("NO"), "113 (ambulance) or 112 (police)"),
        (Some("IR"), "your local emergency number"),
        (None, "your local emergency number"),
    ] {
        let country = country.map(|code| code.parse().unwrap());
        assert_eq!(support.emergency(country, "en"), call);
        let line = if call.starts_with("your") { "112 (or your country's number)" } else { call };
        assert_eq!(support.emergency_line(country, "en"), format!("Call {line}"));
    }
}
