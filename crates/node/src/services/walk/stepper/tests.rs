use haven_api::convert::exercise::{from_pb, to_pb};
use haven_core::content::Library;
use haven_core::id::PersonId;
use haven_core::time::Timestamp;
use serde_json::json;

use super::*;

fn exercise(id: &str) -> Exercise {
    let library = Library::built_in().unwrap();
    from_pb(to_pb(library.get(&id.parse().unwrap()).unwrap(), false, "en", "112")).unwrap()
}

fn begun(id: &str) -> Stepper {
    Stepper::new(exercise(id), ValueMap::new())
}

/// An exercise with these answers.
fn answered(id: &str, answers: &[(&str, Value)]) -> Stepper {
    let answers = answers.iter().map(|(id, answer)| ((*id).to_owned(), answer.clone())).collect();
    Stepper::new(exercise(id), answers)
}

/// What an answer to a question calls for.
fn replied(id: &str, field: &str, answer: impl Into<Value>) -> Reply {
    let exercise = exercise(id);
    reply(&exercise.fields.iter().find(|it| it.id == field).unwrap().shape, &answer.into())
}

fn asked(stepper: &Stepper) -> &str {
    stepper.field().map_or("", |field| &field.id)
}

#[test]
fn questions_come_in_order_and_later_ones_not_now() {
    let stepper = begun("need-line");
    let seen: Vec<_> = stepper.asked().map(|field| field.id.as_str()).collect();
    assert_eq!(seen, ["person", "fact", "feel", "need", "ask", "preview", "sent"]);
    assert_eq!(stepper.open().count(), 6);
}

#[test]
fn going_on_begins_at_the_first_open_question_that_is_needed() {
    let answered = |ids: &[&str]| {
        let answers = ids.iter().map(|id| ((*id).to_owned(), Value::from("words"))).collect();
        let mut stepper = Stepper::new(exercise("need-line"), answers);
        stepper.go_to_open();
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
fn an_answer_may_call_for_words_or_for_a_stop() {
    let holds = replied("slow-breath", "pattern", "4-4-4-4");
    assert!(matches!(holds, Reply::Say(words) if words.contains("holds")));
    assert!(matches!(replied("slow-breath", "dizzy", Value::Bool(true)), Reply::Stop { instead: None, .. }));
    assert_eq!(replied("slow-breath", "dizzy", Value::Bool(false)), Reply::Nothing);
    let bounded = |field: &&Field| matches!(&field.shape, Shape::Scale(scale) if scale.bounds.is_some());
    let repair = exercise("repair");
    let id = &repair.fields.iter().find(bounded).unwrap().id;
    let stop = replied("repair", id, Value::from(5));
    assert!(matches!(stop, Reply::Stop { instead: Some(id), .. } if id.as_str() == "slow-breath"));
}

#[test]
fn one_goes_to_the_questions_of_the_sitting_only() {
    let mut stepper = begun("slow-breath");
    assert!(stepper.go_to("timer") && !stepper.go_to("nowhere"));
    assert_eq!(asked(&stepper), "timer");
    stepper.end();
    assert_eq!(stepper.field(), None);
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
    stepper.go_to_open();
    assert_eq!(asked(&stepper), "dizzy", "the breathing is open, and nobody is led back to it");
    assert_eq!(stepper.stops_at().map(|field| field.id.as_str()), Some("dizzy"));
    let quiet = ValueMap::from([("dizzy".to_owned(), Value::Bool(false))]);
    let mut stepper = Stepper::new(exercise("slow-breath"), quiet);
    assert_eq!(asked(&stepper), "suds_after");
    stepper.go_to_open();
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
    let from = stepper.exercise.fields.iter().find(|field| field.from.is_some()).unwrap().id.clone();
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
        assert_eq!(exercise.harm_question.is_some() && is_unsafe, holds, "{gated} {id}");
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
        let mut stepper = begun(id);
        let order: Vec<_> = stepper.asked().map(|field| field.id.clone()).collect();
        for at in &order {
            stepper.go_to(at);
            let is_timer = matches!(stepper.field().unwrap().shape, Shape::Timer { .. });
            let ahead = stepper.stop_ahead().map(|field| field.id.as_str());
            assert_eq!(ahead, is_timer.then_some(stops), "{id} {at}");
        }
    }
    let mut waiting = begun("wait");
    let timer = |field: &&Field| matches!(field.shape, Shape::Timer { .. });
    let timer = waiting.asked().find(timer).unwrap().id.clone();
    waiting.go_to(&timer);
    assert!(waiting.stop_ahead().is_none());
}

#[test]
fn a_no_at_the_opening_is_nothing_to_keep() {
    let opens = begun("early-care-map").asked().next().unwrap().id.clone();
    let map = |answers: &[(&str, Value)]| answered("early-care-map", answers).is_declined();
    assert!(!map(&[]), "nothing was said");
    assert!(!map(&[(&opens, Value::Bool(true))]));
    assert!(map(&[(&opens, Value::Bool(false))]));
    assert!(matches!(replied("early-care-map", &opens, Value::Bool(false)), Reply::Stop { .. }));
    let next = begun("early-care-map").asked().nth(1).unwrap().id.clone();
    assert!(!map(&[(&opens, Value::Bool(false)), (&next, "my aunt".into())]), "there are words");
    // A stop in the middle is an answer about what went before.
    assert!(!answered("slow-breath", &[("dizzy", Value::Bool(true))]).is_declined());
}

#[test]
fn it_ends_heavy_where_the_last_weight_is_near_the_most() {
    for (id, answers, is_heavy) in [
        ("name-it", &[("suds_before", 90)][..], true),
        ("name-it", &[("suds_before", 90), ("suds_after", 79)], false),
        ("name-it", &[("suds_before", 10), ("suds_after", 80)], true),
        ("ride-the-urge", &[("strength_0", 60), ("strength_10", 85)], true),
        ("thought-check", &[("suds_after", 30), ("belief_after", 100)], false),
        ("other-reasons", &[("first_reason_after", 100)], false),
        ("closeness-ladder", &[("fear_before", 85)], false),
        ("closeness-ladder", &[("fear_before", 50), ("fear_after", 90)], true),
        ("name-it", &[], false),
    ] {
        let answers: Vec<_> = answers.iter().map(|(id, weight)| (*id, Value::from(*weight))).collect();
        let stepper = answered(id, &answers);
        assert!(answers.iter().all(|(id, _)| stepper.asked().any(|field| field.id == *id)));
        assert_eq!(stepper.ends_heavy(), is_heavy, "{id}");
    }
}
