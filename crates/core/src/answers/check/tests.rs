use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::answers::Seconds;
use crate::id::{EntryId, PersonId};

/// An exercise with a field of every kind.
const EVERY_KIND: &str = r#"
schema = 1
id = "every-kind"
version = 1
steps = [1]
signs = []
minutes = 5
evidence = { grade = "ours" }
safety = { gate = "none" }
share_default = "never"
field = [
  { id = "text", kind = "text", label = "l", max_chars = 5, required = true },
  { id = "long", kind = "long_text", label = "l" },
  { id = "scale", kind = "scale", label = "l", min = 0, max = 100, step = 5 },
  { id = "points", kind = "scale", label = "l", min = -2, max = 2 },
  { id = "choice", kind = "choice", label = "l", options = ["reach", "go-quiet"] },
  { id = "multi", kind = "multi", label = "l", options = ["a", "b", "c"], max_items = 2 },
  { id = "list", kind = "list", label = "l", min_items = 2, max_items = 3, max_chars = 4, required = true },
  { id = "weights", kind = "list", label = "l", min_items = 2, weight = { min = 0, max = 100, sum = 100 }, required = true },
  { id = "links", kind = "list", label = "l", of = "link" },
  { id = "people", kind = "list", label = "l", of = "person" },
  { id = "emotions", kind = "emotions", label = "l", max_items = 2 },
  { id = "person", kind = "person", label = "l" },
  { id = "datetime", kind = "datetime", label = "l" },
  { id = "date", kind = "date", label = "l" },
  { id = "duration", kind = "duration", label = "l" },
  { id = "bool", kind = "bool", label = "l" },
  { id = "timer", kind = "timer", label = "l" },
  { id = "derived", kind = "derived", label = "l", template = "t" },
  { id = "link", kind = "link", label = "l" },
  { id = "consent", kind = "consent", label = "l" },
  { id = "once", kind = "text", label = "l", phase = "later", after = ["P1D"] },
  { id = "again", kind = "scale", label = "l", min = 0, max = 10, phase = "later", after = ["P7D", "P28D"] },
]
[i18n.en]
l = "Label"
t = "I felt {emotions} at {scale}, so I want to {choice}, {multi}, {person}, {list}, {text}, {long}."
"#;

const HEX: &str = "00112233445566778899aabbccddeeff";

fn exercise() -> Exercise {
    Exercise::load(EVERY_KIND, None).unwrap()
}

fn values(json: &str) -> ValueMap {
    let Value::Map(map) = serde_json::from_str::<serde_json::Value>(json).unwrap().into() else {
        panic!("not an object")
    };
    map
}

fn checked(json: &str) -> Result<Answers, Vec<Fault>> {
    check_answers(&exercise(), &values(json))
}

#[test]
fn a_value_that_fits_its_field_becomes_a_typed_answer() {
    let item = |text: &str, weight| Item { value: ItemValue::Text(text.into()), weight };
    let emotion = |name: &str, strength| Emotion { name: name.into(), strength };
    let seconds = |seconds| Seconds::new(seconds).unwrap();
    let cases = [
        (r#"{"text": " ab "}"#.to_owned(), "text", Answer::Text(" ab ".into())),
        (r#"{"long": "a\nb"}"#.into(), "long", Answer::Text("a\nb".into())),
        (r#"{"scale": 40}"#.into(), "scale", Answer::Scale(40)),
        (r#"{"scale": 40.0}"#.into(), "scale", Answer::Scale(40)),
        (r#"{"points": -2}"#.into(), "points", Answer::Scale(-2)),
        (r#"{"choice": "reach"}"#.into(), "choice", Answer::Choice("reach".into())),
        (r#"{"multi": ["c", "a", "c"]}"#.into(), "multi", Answer::Multi(vec!["c".into(), "a".into()])),
        (r#"{"list": ["a", "", "b"]}"#.into(), "list", Answer::List(vec![item("a", None), item("b", None)])),
        (
            r#"{"weights": [{"text": "a", "weight": 30}, "b"]}"#.into(),
            "weights",
            Answer::List(vec![item("a", Some(30)), item("b", None)]),
        ),
        (
            r#"{"emotions": [{"name": "sad", "strength": 3}]}"#.into(),
            "emotions",
            Answer::Emotions(vec![emotion("sad", 3)]),
        ),
        (format!(r#"{{"person": "{HEX}"}}"#), "person", Answer::Person(HEX.parse().unwrap())),
        (format!(r#"{{"link": "{HEX}"}}"#), "link", Answer::Link(HEX.parse().unwrap())),
        (
            format!(r#"{{"links": ["{HEX}"]}}"#),
            "links",
            Answer::List(vec![Item { value: ItemValue::Link(HEX.parse().unwrap()), weight: None }]),
        ),
        (
            r#"{"datetime": "2026-11-24T21:30"}"#.into(),
            "datetime",
            Answer::DateTime("2026-11-24T21:30:00".parse().unwrap()),
        ),
        (r#"{"date": "1660-01-01"}"#.into(), "date", Answer::Date("1660-01-01".parse().unwrap())),
        (r#"{"duration": "5m"}"#.into(), "duration", Answer::Duration(seconds(300))),
        (r#"{"timer": "90s"}"#.into(), "timer", Answer::Timer(seconds(90))),
        (r#"{"bool": false}"#.into(), "bool", Answer::Bool(false)),
        (r#"{"consent": true}"#.into(), "consent", Answer::Consent(true)),
        (r#"{"once": "x"}"#.into(), "once", Answer::Text("x".into())),
        (r#"{"again@P7D": 4}"#.into(), "again@P7D", Answer::Scale(4)),
    ];
    for (json, field, expected) in cases {
        let answers = checked(&json).unwrap();
        assert!(answers == [(field.parse().unwrap(), expected)].into(), "{json}");
    }
}

#[test]
fn a_value_that_does_not_fit_is_refused_with_a_reason() {
    let long = format!(r#"{{"long": "{}"}}"#, "x".repeat(TEXT_BYTES_MAX + 1));
    let feeling = format!(r#"{{"emotions": [{{"name": "{}", "strength": 1}}]}}"#, "x".repeat(65));
    let cases = [
        (r#"{"nothing": 1}"#, "every-kind has no such field"),
        (r#"{"Not an id!": null}"#, "every-kind has no such field"),
        (r#"{"text": 4}"#, "a number does not fit; write text in quotes"),
        (r#"{"text": "abcdef"}"#, "the text has 6 characters and 6 bytes; use at most 5"),
        (&long, "use at most 262144 characters and 262144 bytes"),
        (r#"{"scale": "40"}"#, "text does not fit; give a whole number from 0 to 100 in steps of 5"),
        (r#"{"scale": 42}"#, "42 is not on the scale"),
        (r#"{"scale": 105}"#, "105 is not on the scale"),
        (r#"{"scale": 40.5}"#, "a number does not fit"),
        (r#"{"scale": true}"#, "true or false does not fit"),
        (r#"{"points": 3}"#, "give a whole number from -2 to 2"),
        (r#"{"choice": "Reach"}"#, "this is none of the options; use one of reach, go-quiet"),
        (r#"{"choice": ["reach"]}"#, "a list does not fit; use one of reach, go-quiet"),
        (r#"{"multi": "a"}"#, "text does not fit; write a list"),
        (r#"{"multi": ["a", "d"]}"#, "this is none of the options"),
        (r#"{"multi": ["a", "b", "c"]}"#, "there are 3 items; give at most 2"),
        (r#"{"list": ["a", "b", "c", "d"]}"#, "there are 4 items; give at most 3"),
        (r#"{"list": ["abcde"]}"#, "the text has 5 characters"),
        (r#"{"list": [{"text": "a", "weight": 1}]}"#, "an object does not fit; write text in quotes"),
        (r#"{"weights": [{"text": "a", "weight": 101}]}"#, "\"weight\": 0 to 100"),
        (r#"{"weights": [{"text": "a", "weight": 1, "x": 1}]}"#, "\"x\" is no part of this answer"),
        (r#"{"weights": [{"weight": 1}]}"#, "nothing does not fit; write text"),
        (r#"{"weights": [3]}"#, "a number does not fit"),
        (r#"{"links": ["0011"]}"#, "the text does not fit; give the full id of an entry"),
        (r#"{"people": [1]}"#, "a number does not fit; give the full id of a person"),
        (r#"{"emotions": ["sad"]}"#, "text does not fit; write {\"name\""),
        (r#"{"emotions": [{"name": "sad"}]}"#, "a feeling has a strength from 1 to 5"),
        (r#"{"emotions": [{"name": "sad", "strength": 6}]}"#, "a feeling has a strength from 1 to 5"),
        (r#"{"emotions": [{"name": " ", "strength": 1}]}"#, "a feeling has a name of 1 to 64"),
        (r#"{"emotions": [{"strength": 1}]}"#, "a feeling has a name of 1 to 64"),
        (r#"{"emotions": [{"name": "a", "strength": 1, "why": "b"}]}"#, "\"why\" is no part"),
        (&feeling, "a feeling has a name of 1 to 64"),
        (r#"{"person": "Anna"}"#, "give the full id of a person"),
        (r#"{"link": 4}"#, "a number does not fit; give the full id of an entry"),
        (r#"{"datetime": "now"}"#, "the text does not fit; write the day as year-month-day"),
        (r#"{"date": "2026-11-24T21:30"}"#, "write it as year-month-day in digits"),
        (r#"{"duration": 5}"#, "a number does not fit; write 90s"),
        (r#"{"duration": "long"}"#, "the text does not fit; write 90s"),
        (r#"{"timer": "-5m"}"#, "the text does not fit"),
        (r#"{"bool": "yes"}"#, "text does not fit; write true or false"),
        (r#"{"consent": 1}"#, "write true or false"),
        (r#"{"derived": "x"}"#, "worked out from other answers; leave it out"),
        (r#"{"text@P7D": "x"}"#, "the field is asked once; use text without"),
        (r#"{"once@P1D": "x"}"#, "the field is asked once"),
        (r#"{"again": 4}"#, "asked more than once; use again@P7D or again@P28D"),
        (r#"{"again@P8D": 4}"#, "asked more than once"),
    ];
    for (json, expected) in cases {
        let faults = checked(json).unwrap_err();
        assert_eq!(faults.len(), 1, "{json}");
        assert!(faults[0].to_string().contains(expected), "{json}: {}", faults[0]);
    }
}

#[test]
fn no_fault_repeats_what_the_person_wrote() {
    for json in [r#"{"choice": "secret"}"#, r#"{"text": "secret secret"}"#, r#"{"person": "secret"}"#] {
        assert!(!checked(json).unwrap_err()[0].to_string().contains("secret"));
    }
}

#[test]
fn every_fault_is_told_but_not_endlessly() {
    let faults = checked(r#"{"scale": "x", "text": 1, "nope": 2, "bool": true}"#).unwrap_err();
    let fields: Vec<_> = faults.iter().filter_map(|fault| fault.field.as_deref()).collect();
    assert_eq!(fields, ["nope", "scale", "text"]);
    let many: ValueMap = (0..1_000).map(|index| (format!("f{index}"), Value::Null)).collect();
    assert_eq!(check_answers(&exercise(), &many).unwrap_err().len(), FAULTS_MAX);
}

#[test]
fn nothing_is_no_answer_and_takes_one_back() {
    let json = r#"{"text": "  ", "scale": null, "list": ["", null], "multi": []}"#;
    assert!(checked(json).unwrap().is_empty());
    let edits = check_edits(&exercise(), &values(json)).unwrap();
    assert_eq!(edits.len(), 4);
    assert!(edits.values().all(Option::is_none));
    for json in
        [r#"{"text": []}"#, r#"{"scale": ""}"#, r#"{"scale": []}"#, r#"{"multi": ""}"#, r#"{"text": [[""]]}"#]
    {
        assert!(checked(json).is_err(), "nothing of another kind does not fit: {json}");
    }
}

#[test]
fn an_entry_is_complete_when_every_required_field_says_enough() {
    let weights = |a: i32, b: i32| format!(r#"[{{"text":"a","weight":{a}}},{{"text":"b","weight":{b}}}]"#);
    let cases = [
        (r#"{}"#.to_owned(), false),
        (format!(r#"{{"text":"a","list":["a","b"],"weights":{}}}"#, weights(30, 70)), true),
        (format!(r#"{{"text":"a","list":["a"],"weights":{}}}"#, weights(30, 70)), false),
        (format!(r#"{{"text":"a","list":["a","b"],"weights":{}}}"#, weights(30, 60)), false),
        (r#"{"text":"a","list":["a","b"],"weights":["a","b"]}"#.into(), false),
        (r#"{"text":"a","list":["a","b"]}"#.into(), false),
    ];
    for (json, expected) in cases {
        assert_eq!(complete(&exercise(), &checked(&json).unwrap()), expected, "{json}");
    }
}

#[test]
fn a_derived_sentence_is_put_together_from_answers() {
    let json = format!(
        r#"{{"emotions": [{{"name":"sad","strength":3}},{{"name":"hurt","strength":1}}], "scale": 40,
            "choice": "go-quiet", "multi": ["a","b"], "person": "{HEX}", "list": ["x","y"], "text": " t "}}"#
    );
    let answers = checked(&json).unwrap();
    let name = |_| Some("Anna".to_owned());
    let sentences = crate::exercise::derived(&exercise(), &answers, "en", &name);
    let expected = "I felt sad, hurt at 40, so I want to go-quiet, a, b, Anna, x, y, t, ….";
    assert_eq!(sentences[&"derived".parse().unwrap()], expected);
}

fn answers() -> impl Strategy<Value = Answers> {
    let id = || any::<[u8; 16]>();
    let words = || "[A-Za-zäß\"\\\\\n💚]{1,4}";
    let item = || words().prop_map(Item::words);
    let weighted = (words(), proptest::option::of(0_i32..=100))
        .prop_map(|(text, weight)| Item { value: ItemValue::Text(text), weight });
    let link = id().prop_map(|id| Item { value: ItemValue::Link(EntryId::from_bytes(id)), weight: None });
    let person =
        id().prop_map(|id| Item { value: ItemValue::Person(PersonId::from_bytes(id)), weight: None });
    let emotion = ("[a-zä]{1,64}", 1_i32..=5).prop_map(|(name, strength)| Emotion { name, strength });
    let time = prop_oneof![Just("1660-01-01"), Just("2026-11-24T21:30:00.5+01:00[Europe/Berlin]")];
    let seconds = || (0_u32..=2_592_000).prop_map(|seconds| Seconds::new(seconds).unwrap());
    let some = |name: &'static str, answer: BoxedStrategy<Answer>| {
        proptest::option::of(answer)
            .prop_map(move |answer| answer.map(|answer| (name.parse::<FieldId>().unwrap(), answer)))
    };
    let fields = vec![
        some("text", words().prop_map(Answer::Text).boxed()),
        some("long", "x[ -~\n]{0,200}".prop_map(Answer::Text).boxed()),
        some("scale", (0_i32..=20).prop_map(|n| Answer::Scale(5 * n)).boxed()),
        some("points", (-2_i32..=2).prop_map(Answer::Scale).boxed()),
        some("choice", "reach|go-quiet".prop_map(Answer::Choice).boxed()),
        some("multi", Just(Answer::Multi(vec!["c".into(), "a".into()])).boxed()),
        some("list", vec(item(), 1..=3).prop_map(Answer::List).boxed()),
        some("weights", vec(weighted, 1..=5).prop_map(Answer::List).boxed()),
        some("links", vec(link, 1..=5).prop_map(Answer::List).boxed()),
        some("people", vec(person, 1..=5).prop_map(Answer::List).boxed()),
        some("emotions", vec(emotion, 1..=2).prop_map(Answer::Emotions).boxed()),
        some("person", id().prop_map(|id| Answer::Person(PersonId::from_bytes(id))).boxed()),
        some("datetime", time.prop_map(|text| Answer::DateTime(text.parse().unwrap())).boxed()),
        some("date", Just(Answer::Date("-000044-03-15".parse().unwrap())).boxed()),
        some("duration", seconds().prop_map(Answer::Duration).boxed()),
        some("bool", any::<bool>().prop_map(Answer::Bool).boxed()),
        some("timer", seconds().prop_map(Answer::Timer).boxed()),
        some("link", id().prop_map(|id| Answer::Link(EntryId::from_bytes(id))).boxed()),
        some("consent", any::<bool>().prop_map(Answer::Consent).boxed()),
        some("again@P28D", (0_i32..=10).prop_map(Answer::Scale).boxed()),
    ];
    fields.prop_map(|answers| answers.into_iter().flatten().collect())
}

proptest! {
    #[test]
    fn answers_written_as_values_are_read_back(answers in answers()) {
        prop_assume!(answers.values().all(|answer| answer.words().iter().all(|words| !words.trim().is_empty())));
        let raw: ValueMap = answers.iter().map(|(id, answer)| (id.to_string(), answer.to_value())).collect();
        let json = serde_json::to_string(&serde_json::Value::from(Value::Map(raw.clone()))).unwrap();
        prop_assert!(values(&json) == raw);
        prop_assert!(check_answers(&exercise(), &raw) == Ok(answers));
    }
}
