use proptest::prelude::*;

use super::*;
use crate::import::{Line, Read};
use crate::limits::{IMPORT_LINE_BYTES_MAX, TEXT_BYTES_MAX};
use crate::shelf::Shelf;

fn read(line: &[u8]) -> Result<EntryLine, ImportFault> {
    Read::parse(line).map(|read| match read.line {
        Line::Entry(line) => *line,
        _ => panic!("it is an entry"),
    })
}

fn parse(line: &str) -> Result<EntryLine, ImportFault> {
    read(line.as_bytes())
}

#[test]
fn a_line_needs_a_date_and_a_text() {
    let line = parse(r#"{"date": "1660-01-01", "text": "Blessed be God."}"#).unwrap();
    assert_eq!((line.date.to_string().as_str(), line.text.as_str()), ("1660-01-01", "Blessed be God."));
    assert_eq!((line.title.as_str(), line.kind), ("", EntryKind::Note));
    assert!(line.tags.is_empty() && line.people.is_empty() && line.id.is_none() && line.exact.is_none());
}

#[test]
fn a_line_may_carry_everything_a_person_writes_by_hand() {
    let line = parse(
        "\u{feff}  {\"answers\": {\"suds_before\": 40}, \"exercise\": {\"id\": \"slow-breath\", \"version\": 1}, \
         \"kind\": \"exercise\", \"id\": \"00112233445566778899aabbccddeeff\", \"people\": [\"Anna\", \"Bo\"], \
         \"tags\": [\"#calm\", \"calm\", \"Über\"], \"text\": \"a\\nb\", \"title\": \" one\\ntwo \", \
         \"date\": \"2026-11-24T21:30:00+01:00[Europe/Berlin]\"}\r\n",
    );
    let line = line.unwrap();
    assert_eq!(line.title, "one two");
    assert_eq!(line.tags.iter().map(Tag::as_str).collect::<Vec<_>>(), ["calm", "Über"]);
    assert_eq!(line.people.iter().map(PersonName::as_str).collect::<Vec<_>>(), ["Anna", "Bo"]);
    assert_eq!(line.exercise.as_ref().map(ToString::to_string).as_deref(), Some("slow-breath@1"));
    assert_eq!(line.id.map(|id| id.to_string()[..4].to_owned()).as_deref(), Some("0011"));
}

#[test]
fn what_is_null_is_absent() {
    let line = r#"{"date":"2026-11-24","title":null,"text":"t","tags":null,"people":null,"id":null,"kind":null,"mood":null}"#;
    assert!(Read::parse(line.as_bytes()).unwrap().unused.is_empty());
    let line = r#"{"date":"2026-11-24","text":null}"#;
    assert_eq!(parse(line), Err(ImportFault::Missing { key: "text" }));
}

#[test]
fn a_key_that_nobody_knows_is_passed_over_and_told() {
    let line = br#"{"date":"2026-11-24","mood":3,"text":"t","we\nather":{"a":[{}]}}"#;
    let unused = |line| BTreeSet::from_iter(Read::parse(line).unwrap().unused);
    assert_eq!(unused(line), ["mood", "we\u{fffd}ather"].map(str::to_owned).into());
    // Another program's ids and times are its own.
    let line = br#"{"date":"2026-11-24","text":"t","id":"550e8400-e29b-41d4-a716-446655440000","created":"1 May","types":{}}"#;
    assert_eq!(unused(line), ["created", "id", "types"].map(str::to_owned).into());
}

#[test]
fn a_line_that_cannot_be_imported_says_why() {
    let with = |rest: &str| format!(r#"{{"date":"2026-11-24","text":"t",{rest}}}"#);
    let ours = |rest: &str| {
        let times = r#""created":"2026-11-24T20:30:00Z","modified":"2026-11-24T20:30:00Z""#;
        with(&format!(r#""id":"{}",{times},"exercise":"my-own@1",{rest}"#, "0a".repeat(16)))
    };
    let text = |text: &str| format!(r#"{{"date":"2026-11-24","text":"{text}"}}"#);
    let list = |count: usize| (0..count).map(|n| format!("\"n{n}\"")).collect::<Vec<_>>().join(",");
    let cases = [
        (String::new(), "the line is empty"),
        (" \r\n".into(), "the line is empty"),
        ("\u{feff}\r\n".into(), "the line is empty"),
        ("not json".into(), "not JSON at column 2: expected ident"),
        ("[1]".into(), "not an object; write {\"date\""),
        ("\"text\"".into(), "not an object"),
        ("{".into(), "not JSON at column 1: EOF while parsing an object"),
        (r#"{"date":"2026-11-24","text":"a"} x"#.into(), "trailing characters"),
        (r#"{"date":"2026-11-24","text":"a"#.into(), "EOF while parsing a string"),
        (r#"{"date":"2026-11-24" "text":"a"}"#.into(), "not JSON at column 22: expected `,` or `}`"),
        (text("a\tb"), "control character"),
        (text("\\ud800"), "not JSON at column"),
        (r#"{"text":"a"}"#.into(), "\"date\" is missing; add it"),
        (r#"{"date":"2026-11-24"}"#.into(), "\"text\" is missing; add it"),
        (r#"{"entries":[{"text":"a"}]}"#.into(), "one object with a list called \"entries\"; put each entry"),
        (r#"{"mystery":{"a":1}}"#.into(), "\"date\" is missing; add it"),
        (r#"{"haven":{"schema":2}}"#.into(), "a newer Haven wrote this export (schema 2, known here: 1)"),
        (r#"{"haven":{}}"#.into(), "\"schema\" is missing"),
        (r#"{"haven":[]}"#.into(), "\"haven\" holds a list; it takes an object"),
        (r#"{"person":null}"#.into(), "\"person\" holds nothing"),
        (r#"{"person":{"name":"A"}}"#.into(), "\"id\" is missing"),
        (r#"{"person":{"id":"0a","name":"A"}}"#.into(), "\"id\": an id has 32 digits"),
        (
            format!(r#"{{"person":{{"id":"{}","name":"A","safe":"maybe"}}}}"#, "0a".repeat(16)),
            "\"safe\" is no word known here",
        ),
        (
            format!(r#"{{"person":{{"id":"{}","name":"A","died":"no"}}}}"#, "0a".repeat(16)),
            "\"died\" holds text; it takes true or false",
        ),
        (r#"{"definition":{}}"#.into(), "\"toml\" is missing"),
        (r#"{"definition":{"toml":""}}"#.into(), "\"defines\" is missing"),
        (
            r#"{"date":"24.11.2026","text":"a"}"#.into(),
            "\"date\": not a date or time; write year-month-day in digits",
        ),
        (r#"{"date":1700000000,"text":"a"}"#.into(), "\"date\" holds a number; it takes text in quotes"),
        (r#"{"date":"2026-11-24","text":["a"]}"#.into(), "\"text\" holds a list; it takes text in quotes"),
        (r#"{"date":"2026-11-24","date":"2026-11-25","text":"a"}"#.into(), "\"date\" stands here twice"),
        (with("\"title\":{}"), "\"title\" holds an object"),
        (with("\"tags\":\"a\""), "\"tags\" holds text; it takes a list of texts"),
        (with("\"tags\":[1]"), "\"tags\" holds a number"),
        (with("\"tags\":[\"a,b\"]"), "\"tags\": a tag holds no comma"),
        (with("\"tags\":[\"\"]"), "\"tags\": a tag needs at least one character"),
        (with(&format!("\"tags\":[{}]", list(65))), "the entry has 65 tags, at most 64"),
        (with("\"people\":[\" \"]"), "\"people\": a name needs at least one character"),
        (with(&format!("\"people\":[{}]", list(65))), "the entry names 65 people, at most 64"),
        (ours("\"id2\":0").replacen("0a", "", 1), "\"id\": an id has 32 digits"),
        (with("\"kind\":\"diary\""), "\"kind\" is not a kind of entry"),
        (with("\"exercise\":\"slow-breath\""), "\"exercise\": an exercise and its version are written as"),
        (with("\"exercise\":{\"id\":\"slow-breath\"}"), "\"exercise\": an exercise and its version"),
        (with("\"exercise\":{\"id\":\"x\",\"version\":1}"), "\"exercise\": an exercise id has 3 to 40"),
        (with("\"exercise\":1"), "\"exercise\" holds a number"),
        (with("\"answers\":7"), "\"answers\" holds a number; it takes an object"),
        (with("\"answers\":{\"a\":1}"), "answers need the exercise they belong to"),
        (with("\"import_id\":\"0A\""), "\"import_id\" has 64 digits"),
        (ours("\"a\":0").replacen("T20:30:00Z", "", 1), "\"created\" is no time in UTC"),
        (ours("\"people_ids\":[\"0\"]"), "\"people_ids\": an id has 32 digits"),
        (ours("\"answers\":{\"a\":1}"), "what \"types\" says of a does not fit its answer"),
        (ours("\"answers\":{\"a\":1},\"types\":{\"a\":\"text\"}"), "what \"types\" says of a does not fit"),
        (ours("\"answers\":{\"a\":1},\"types\":{\"a\":\"x y z\"}"), "what \"types\" says of a does not fit"),
        (ours("\"answers\":[1]"), "\"answers\" holds a list; it takes an object"),
        (with(&format!("\"title\":\"{}\"", "x".repeat(501))), "the title has 501 characters"),
        (text(&"x".repeat(TEXT_BYTES_MAX + 1)), "one text has 262145 bytes"),
    ];
    for (line, expected) in cases {
        let fault = parse(&line).unwrap_err().to_string();
        let head: String = line.chars().take(60).collect();
        assert!(fault.contains(expected), "{head}: {fault}");
    }
    let fault = read(b"{\"date\":\"2026-11-24\",\"text\":\"\xff\"}").unwrap_err();
    assert_eq!(fault, ImportFault::NotUtf8 { at: 30 });
    assert_eq!(read(&vec![b' '; IMPORT_LINE_BYTES_MAX + 1]), Err(ImportFault::TooLong));
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!(r#"{{"answers":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert!(parse(&deep).unwrap_err().to_string().contains("recursion limit"));
}

#[test]
fn no_reason_repeats_a_word_of_the_entry() {
    for line in [
        r#"{"date":"secret","text":"secret"}"#,
        r#"{"date":"2026-11-24","text":"t","tags":"secret"}"#,
        r#"{"date":"2026-11-24","text":"t","tags":["secret,"]}"#,
        r#"{"date":"2026-11-24","text":"t","kind":"secret"}"#,
        r#"{"date":"2026-11-24","text":"secret" secret}"#,
        r#"{"date":"2026-11-24","text":"t","created":"secret","modified":"secret","id":"secret"}"#,
        r#"{"person":{"id":"secret","name":"secret"}}"#,
    ] {
        let fault = parse(line).unwrap_err();
        assert!(!format!("{fault} {fault:?}").contains("secret"), "{fault:?}");
    }
}

#[test]
fn a_line_becomes_a_draft_with_checked_answers() {
    let shelf = Shelf::built_in().unwrap();
    let asked = |reference: &str| shelf.made_with(&reference.parse().unwrap());
    let line = |reference: &str, answers: &str| {
        parse(&format!(r#"{{"date":"2026-11-24","text":"","exercise":"{reference}","answers":{answers}}}"#))
            .unwrap()
    };
    let (breath, mood) = ("slow-breath@1", "phq-9@1");
    let people = BTreeSet::from([PersonId::from_bytes([1; 16])]);
    let draft = line(breath, r#"{"suds_before": 40}"#).draft([7; 32], people.clone(), asked(breath)).unwrap();
    assert_eq!((draft.kind, draft.import_id, draft.people), (EntryKind::Exercise, Some([7; 32]), people));
    assert!(draft.answers == [("suds_before".parse().unwrap(), Answer::Scale(40))].into());

    let draft = line(mood, "[1,null,2]").draft([7; 32], BTreeSet::new(), asked(mood)).unwrap();
    let points: Vec<_> = draft.answers.values().cloned().collect();
    assert!(points == [Answer::Scale(1), Answer::Scale(2)], "in the order of its items");

    let fault = |reference, answers, asked| {
        line(reference, answers).draft([7; 32], BTreeSet::new(), asked).unwrap_err().to_string()
    };
    assert!(fault(breath, "{\"suds_before\": 400}", asked(breath)).contains("400 is not on the scale"));
    assert!(fault(breath, "{\"nope\": 1}", asked(breath)).contains("slow-breath has no such field"));
    assert!(fault(breath, "[40]", asked(breath)).contains("holds a list; it takes an object"));
    assert!(fault(mood, "[0,0,0,0,0,0,0,0,0,0,0,0]", asked(mood)).contains("holds a list"));
    assert!(fault(mood, "[9]", asked(mood)).contains("9 is not on the scale"));
    assert!(fault(breath, "{\"suds_before\": 1}", None).contains("slow-breath@1 is not known here"));
    let other = asked("trigger-chain@1");
    assert!(fault(breath, "{\"suds\": 1}", other).contains("slow-breath@1 is not known here"));
    assert!(line(breath, "{}").draft([7; 32], BTreeSet::new(), None).is_ok());
}

#[test]
fn what_nobody_could_write_is_refused_with_the_same_reason_unless_an_export_wrote_it() {
    let blank = |rest: &str| parse(&format!(r#"{{"date":"2026-11-24","text":" \n"{rest}}}"#));
    let refused = Err(ImportFault::Entry(EntryError::Blank));
    for rest in ["", r#","title":" ""#, r#","mood":3,"kind":"checkin""#] {
        assert_eq!(blank(rest), refused, "{rest}");
    }
    assert_eq!(blank(&format!(r#","id":"{}""#, "0a".repeat(16))), refused, "an id alone is no export");
    let kept =
        [r#","title":"T""#, r#","tags":["a"]"#, r#","people":["Ann"]"#, r#","exercise":"slow-breath@1""#];
    for rest in kept {
        assert!(blank(rest).is_ok(), "{rest}");
    }
    assert!(parse(&exported(0)).unwrap().draft([0; 32], BTreeSet::new(), None).is_ok());
}

#[test]
fn a_text_holds_every_character_whoever_wrote_it() {
    for words in [r"a\u0000b", r"\u001b[31m", r"\t\u007f.\u0085"] {
        let line = parse(&format!(r#"{{"date":"2026-11-24","text":"{words}"}}"#)).unwrap();
        let imported = line.draft([0; 32], BTreeSet::new(), None).unwrap();
        let typed = Draft { import_id: None, ..imported };
        assert_eq!(typed.validate(), Ok(()), "{words:?} can be written by hand too");
    }
    // Of these nobody would see anything.
    for words in [r"\u0000", r"\ufeff", r"\u200b\u2060", r"\t\u007f\u0085", r"\u00ad \u200e"] {
        let line = parse(&format!(r#"{{"date":"2026-11-24","text":"{words}"}}"#));
        assert_eq!(line.err(), Some(EntryError::Blank.into()), "{words:?}");
    }
}

/// A line of an export with so many tags.
fn exported(tags: usize) -> String {
    let tags = (0..tags).map(|n| format!("\"t{n}\"")).collect::<Vec<_>>().join(",");
    let times = r#""created":"2026-11-24T20:30:00Z","modified":"2026-11-24T20:30:00Z""#;
    format!(r#"{{"date":"2026-11-24","text":"","id":"{}",{times},"tags":[{tags}]}}"#, "0a".repeat(16))
}

#[test]
fn what_two_devices_made_too_large_together_comes_back() {
    assert!(parse(&exported(120)).unwrap().draft([0; 32], BTreeSet::new(), None).is_ok());
    let fault = parse(&exported(513)).unwrap().draft([0; 32], BTreeSet::new(), None).unwrap_err();
    assert_eq!(fault, EntryError::TooManyTags { count: 513 }.into());
}

proptest! {
    #[test]
    fn no_line_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = Read::parse(&bytes);
    }

    #[test]
    fn damage_to_a_line_never_panics(at in 0_usize..60, put in "[\"{}:,a0 ]{0,3}") {
        let mut line = r#"{"date":"2026-11-24","text":"t","tags":["a"],"answers":{}}"#.to_owned();
        line.insert_str(at.min(line.len()), &put);
        let _ = Read::parse(line.as_bytes());
    }
}
