use haven_core::content::Library;
use haven_core::id::PersonId;
use haven_core::time::Timestamp;
use serde_json::json;

use super::*;
use crate::convert::exercise::{from_pb, to_pb};

fn exercise(id: &str) -> Exercise {
    let library = Library::built_in().unwrap();
    from_pb(to_pb(library.get(&id.parse().unwrap()).unwrap(), false, "en")).unwrap()
}

fn begun(id: &str) -> Stepper {
    Stepper::new(exercise(id), ValueMap::new())
}

fn asked(stepper: &Stepper) -> &str {
    stepper.field().map_or("", |field| &field.id)
}

#[test]
fn questions_come_in_order_and_later_ones_not_now() {
    let mut stepper = begun("need-line");
    let mut seen = Vec::new();
    while let Some(field) = stepper.field() {
        seen.push(field.id.clone());
        stepper.skip();
    }
    assert_eq!(seen, ["person", "fact", "feel", "need", "ask", "preview", "sent"]);
    assert!(stepper.answers().is_empty());
    assert_eq!(stepper.open().count(), 6);
}

#[test]
fn going_on_begins_at_the_first_open_question_that_is_needed() {
    let answered = |ids: &[&str]| {
        let answers = ids.iter().map(|id| ((*id).to_owned(), Value::from("words"))).collect();
        let mut stepper = Stepper::new(exercise("need-line"), answers);
        stepper.to_open();
        asked(&stepper).to_owned()
    };
    assert_eq!(answered(&["person", "fact"]), "feel");
    assert_eq!(answered(&["person", "ask"]), "fact");
    assert_eq!(answered(&[]), "person");
}

#[test]
fn a_list_is_open_until_it_says_enough() {
    let open = |weights: &[i32]| {
        let item = |weight: &i32| json!({ "text": "busy", "weight": weight });
        let reasons: Vec<_> = weights.iter().map(item).collect();
        let answers = ValueMap::from([("reasons".to_owned(), Value::from(json!(reasons)))]);
        Stepper::new(exercise("other-reasons"), answers).open().any(|field| field.id == "reasons")
    };
    assert!(open(&[60, 40]), "three are needed");
    assert!(open(&[60, 30, 9]), "they make 99");
    assert!(!open(&[60, 30, 10]));
}

#[test]
fn one_goes_back_changes_an_answer_or_takes_it_back() {
    let mut stepper = begun("slow-breath");
    assert!(!stepper.back());
    assert_eq!(stepper.next(Some(Value::from(70))), Ok(Reply::Nothing));
    assert_eq!((asked(&stepper), stepper.step()), ("pattern", (2, 5)));
    assert!(stepper.back());
    assert_eq!(stepper.answer(), Some(&Value::from(70)));
    stepper.next(None).unwrap();
    assert!(stepper.answers().is_empty());
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let mut stepper = begun("slow-breath");
    assert!(stepper.next(Some(Value::from(101))).is_err());
    assert_eq!((asked(&stepper), stepper.answers().len()), ("suds_before", 0));
    assert!(stepper.go_to("timer"));
    assert!(stepper.next(Some(Value::from("soon"))).is_err());
    assert!(!stepper.go_to("nowhere"));
    assert_eq!(asked(&stepper), "timer");
}

#[test]
fn an_answer_may_call_for_words_or_for_a_stop() {
    let mut stepper = begun("slow-breath");
    stepper.go_to("pattern");
    assert!(
        matches!(stepper.next(Some(Value::from("4-4-4-4"))), Ok(Reply::Say(words)) if words.contains("holds"))
    );
    stepper.go_to("dizzy");
    assert!(matches!(stepper.next(Some(Value::Bool(true))), Ok(Reply::Stop { instead: None, .. })));
    stepper.end();
    assert_eq!(stepper.field(), None);
    let mut repair = begun("repair");
    let bounded = |field: &Field| matches!(&field.shape, Shape::Scale(scale) if scale.bounds.is_some());
    let id = repair.exercise().fields.iter().find(|field| bounded(field)).unwrap().id.clone();
    repair.go_to(&id);
    let stop = repair.next(Some(Value::from(5)));
    assert!(matches!(stop, Ok(Reply::Stop { instead: Some(id), .. }) if id.as_str() == "slow-breath"));
}

#[test]
fn a_draft_is_gone_on_with_after_its_last_answer() {
    let answers = ValueMap::from([("pattern".to_owned(), Value::from("4-6"))]);
    assert_eq!(asked(&Stepper::new(exercise("slow-breath"), answers)), "timer");
}

#[test]
fn what_was_stopped_goes_on_at_the_answer_that_stopped_it() {
    let answers = ValueMap::from([("dizzy".to_owned(), Value::Bool(true))]);
    let mut stepper = Stepper::new(exercise("slow-breath"), answers);
    stepper.to_open();
    assert_eq!(asked(&stepper), "dizzy", "the breathing is open, and nobody is led back to it");
    assert!(matches!(stepper.next(Some(Value::Bool(true))), Ok(Reply::Stop { .. })));
    let quiet = ValueMap::from([("dizzy".to_owned(), Value::Bool(false))]);
    let mut stepper = Stepper::new(exercise("slow-breath"), quiet);
    assert_eq!(asked(&stepper), "suds_after");
    stepper.to_open();
    assert_eq!(asked(&stepper), "suds_before");
}

#[test]
fn a_sentence_speaks_as_the_person_would() {
    let mut stepper = begun("need-line");
    let answers = json!({"fact": "It was ten.", "feel": [{"name": "sad", "strength": 3}, {"name": "stung", "strength": 2}], "need": "rest"});
    let Value::Map(answers) = Value::from(answers) else { unreachable!() };
    stepper.answers = answers;
    let told = stepper.sentence("{fact} I feel {feel}, and I need {need}. {ask}", &|_| None);
    assert_eq!(told, "It was ten. I feel sad, stung, and I need rest. …");
    assert_eq!(stepper.sentence("a { b", &|_| None), "a { b");
    stepper.answers.insert("fact".to_owned(), Value::from("you came at ten"));
    let told = stepper.sentence("{fact.} So: {fact}. {ask.}", &|_| None);
    assert_eq!(told, "You came at ten. So: you came at ten. …");
}

#[test]
fn items_of_an_earlier_list_are_offered() {
    let mut stepper = begun("closeness-ladder");
    stepper.answers.insert("steps".to_owned(), Value::List(vec![Value::from("call"), Value::from("visit")]));
    let from = stepper.exercise().fields.iter().find(|field| field.from.is_some()).unwrap().id.clone();
    stepper.go_to(&from);
    assert_eq!(stepper.offered(), ["call", "visit"]);
}

#[test]
fn the_gate_holds_for_whoever_is_marked_unsafe() {
    let person = |id, safe| Person {
        safe,
        ..Person::new(PersonId::from_bytes([id; 16]), "A".parse().unwrap(), Timestamp::default())
    };
    let people = [person(1, Some(Safe::No)), person(2, Some(Safe::Yes)), person(3, None)];
    let about = |id: u8| {
        ValueMap::from([("person".to_owned(), Value::Text(PersonId::from_bytes([id; 16]).to_string()))])
    };
    for (gated, id, holds) in
        [("need-line", 1, true), ("need-line", 2, false), ("need-line", 3, false), ("people-map", 1, false)]
    {
        let (exercise, answers) = (exercise(gated), about(id));
        let is_unsafe = is_unsafe(&people, concerned(&exercise, &answers));
        assert_eq!(held(&exercise, is_unsafe).is_some(), holds, "{gated} {id}");
    }
}

#[test]
fn fits_is_told_before_the_device_is_asked() {
    let check_all = |id: &str, field: &str, cases: &[(serde_json::Value, bool)]| {
        let exercise = exercise(id);
        let shape = &exercise.fields.iter().find(|it| it.id == field).unwrap().shape;
        for (value, fits) in cases {
            assert_eq!(check(shape, &Value::from(value.clone())).is_ok(), *fits, "{field} {value}");
        }
    };
    check_all(
        "trigger-chain",
        "when",
        &[(json!("2026-11-24"), true), (json!("2026-11-24T21:30"), true), (json!("noon"), false)],
    );
    check_all(
        "trigger-chain",
        "feelings",
        &[
            (json!([{"name": "sad", "strength": 5}]), true),
            (json!([{"name": "sad", "strength": 6}]), false),
            (json!([{"name": "sad"}]), false),
            (json!([{"name": " ", "strength": 1}]), false),
        ],
    );
    check_all("trigger-chain", "body", &[(json!(["head"]), true), (json!(["soul"]), false)]);
    check_all("trigger-chain", "urge", &[(json!("reach"), true), (json!("eat"), false)]);
    check_all(
        "other-reasons",
        "reasons",
        &[
            (json!([{"text": "tired", "weight": 40}]), true),
            (json!([{"text": "tired", "weight": 400}]), false),
            (json!(["tired"]), true),
        ],
    );
    check_all("slow-breath", "timer", &[(json!("5m"), true), (json!("5"), false)]);
    check_all("slow-breath", "dizzy", &[(json!(true), true), (json!("yes"), false)]);
    check_all("name-it", "finer_word", &[(json!("x".repeat(100)), true), (json!("x".repeat(101)), false)]);
}

#[test]
fn what_may_be_said_while_the_time_runs_is_known_at_the_timer() {
    for (id, stops) in [("slow-breath", "dizzy"), ("safe-presence", "exit_any_time")] {
        let mut stepper = Stepper::new(exercise(id), ValueMap::new());
        while !stepper.field().is_some_and(|field| matches!(field.shape, Shape::Timer { .. })) {
            assert!(stepper.stop_ahead().is_none(), "{id}");
            stepper.skip();
        }
        assert_eq!(stepper.stop_ahead().map(|field| field.id.as_str()), Some(stops), "{id}");
        let reply = stepper.stop_now(Some(Value::from("20s"))).unwrap();
        assert!(matches!(reply, Reply::Stop { .. }), "{id}: {reply:?}");
        assert_eq!(stepper.answers().get(stops), Some(&Value::Bool(true)), "{id}");
        assert_eq!(stepper.answers().get("timer"), Some(&Value::from("20s")), "{id}");
    }
    let mut waiting = Stepper::new(exercise("wait"), ValueMap::new());
    waiting.skip();
    assert!(matches!(waiting.field().unwrap().shape, Shape::Timer { .. }));
    assert!(waiting.stop_ahead().is_none());
    assert_eq!(waiting.stop_now(None), Ok(Reply::Nothing));
}
