//! What stands before an exercise, and where it stops.

use super::{exercise, library};
use crate::answers::{Answer, Answers};
use crate::content::unsafe_person;
use crate::entry::{Draft, Entry, EntryKind};
use crate::exercise::{Gate, NotWhen, Shape, ShareDefault};
use crate::id::{EntryId, PersonId};
use crate::time::Timestamp;

/// The exercises that touch the other person.
const GATED: [&str; 8] = [
    "small-test",
    "ask-plan",
    "kept-word",
    "limit-plan",
    "listen-back",
    "need-line",
    "repair",
    "closeness-ladder",
];

const FEAR: &str = "If you're afraid someone might hurt, threaten or punish you, trust that fear. Being nervous about a no is different.";

const TRUE_ALARM: &str = "This may be a true alarm. You don't need to talk yourself out of it.";

#[test]
fn the_gate_stands_before_whatever_touches_the_other_person() {
    let library = library();
    let gated = library.iter().filter(|e| e.safety.gate == Gate::Relationship);
    let gated: Vec<&str> = gated.map(|e| e.id.as_str()).collect();
    assert_eq!(gated, GATED);
    for id in gated {
        let exercise = exercise(id);
        let harm = exercise.harm_question("en").unwrap();
        assert_eq!(harm.question, "Could doing this lead to anyone hurting, threatening or punishing you?");
        assert_eq!((harm.no, harm.not_sure, harm.yes), ("No", "I'm not sure", "Yes"));
        assert!(harm.support.starts_with(FEAR) && harm.support.contains("this device"));
        assert!(harm.go_on.starts_with("Go on"));
        assert_eq!(harm.instead, ["people-map", "session-prep"]);
        for notice in [&exercise.safety.notice, &exercise.safety.unsafe_notice] {
            let notice = exercise.texts.get("en", notice.as_deref().unwrap());
            assert!(notice.contains(FEAR), "{id}: {notice}");
        }
    }
    assert_eq!(exercise("wait").harm_question("en"), None);
}

#[test]
fn a_true_alarm_is_named_before_a_thought_is_weighed_or_an_urge_waited_out() {
    for id in ["thought-check", "other-reasons", "ride-the-urge"] {
        let exercise = exercise(id);
        assert_eq!(exercise.texts.get("en", exercise.safety.unsafe_notice.as_deref().unwrap()), TRUE_ALARM);
        assert!(exercise.field(&"person".parse().unwrap()).is_some(), "{id} does not ask whom it is about");
    }
}

#[test]
fn whoever_just_asked_for_help_is_not_sent_into_heavy_work() {
    let library = library();
    let held = |id: &str| library.get(&id.parse().unwrap()).unwrap().safety.not_when == [NotWhen::RecentHelp];
    let heavy =
        ["early-care-map", "thought-check", "other-reasons", "small-test", "closeness-ladder", "repair"];
    for id in heavy.into_iter().chain(["wait", "trigger-chain", "safe-presence"]) {
        assert!(held(id), "{id}");
    }
    for id in ["slow-breath", "name-it", "five-senses", "kind-word", "session-prep", "plan-when-low"] {
        assert!(!held(id), "{id}");
    }
}

#[test]
fn what_can_bring_up_strong_feelings_says_so_before_it_begins() {
    for exercise in library().iter() {
        let may_hurt = exercise.safety.notice.as_deref() == Some("if-this-hurts-stop");
        assert!(exercise.safety.stirs || !may_hurt, "{}", exercise.id);
    }
    for id in ["plan-when-low", "kind-word", "people-map", "my-loop", "early-care-map", "repair"] {
        assert!(exercise(id).safety.stirs, "{id}");
    }
    for id in ["wait", "kept-word", "slow-breath", "five-senses"] {
        assert!(!exercise(id).safety.stirs, "{id}");
    }
}

#[test]
fn every_exercise_begins_with_a_word_of_care() {
    let notice = |id: &str| {
        let exercise = exercise(id);
        let key = exercise.safety.notice.unwrap_or_else(|| panic!("{id} begins with nothing"));
        exercise.texts.get("en", &key).to_owned()
    };
    for exercise in library().iter() {
        assert!(!notice(exercise.id.as_str()).is_empty());
    }
    let says = [
        ("early-care-map", "stop at any question"),
        ("early-care-map", "Everything here may stay empty"),
        ("slow-breath", "pregnant"),
        ("ride-the-urge", "{emergency}"),
        ("repair", "nothing for you to repair"),
        ("limit-plan", "dangerous"),
        ("people-map", "this device"),
        ("plan-when-low", "Nobody is watching this journal"),
        ("session-prep", "nobody is watching this journal"),
    ];
    for (id, words) in says {
        assert!(notice(id).contains(words), "{id}: {words}");
    }
}

#[test]
fn an_answer_can_stop_an_exercise_and_something_gentler_is_offered() {
    let shape = |id: &str, field: &str| exercise(id).field(&field.parse().unwrap()).unwrap().shape.clone();
    let cases = [
        ("early-care-map", "stop_ok", false, Some("five-senses")),
        ("early-care-map", "another_1", false, Some("five-senses")),
        ("early-care-map", "here_now", false, Some("five-senses")),
        ("slow-breath", "dizzy", true, None),
        ("safe-presence", "exit_any_time", true, Some("five-senses")),
    ];
    for (id, field, when, instead) in cases {
        let Shape::Bool { stop: Some(stop) } = shape(id, field) else { panic!("{id} does not stop") };
        assert_eq!((stop.when, stop.instead.as_ref().map(|id| id.as_str())), (when, instead), "{field}");
    }
    let bounds = |id: &str, field: &str| match shape(id, field) {
        Shape::Scale(scale) => scale.stop.unwrap(),
        _ => panic!("{field} is no scale"),
    };
    let calm = bounds("repair", "calm");
    assert!(calm.stops(5) && !calm.stops(6) && calm.instead == "slow-breath".parse().ok());
    let fear = bounds("closeness-ladder", "fear_before");
    assert!(fear.stops(81) && !fear.stops(80));
}

#[test]
fn breathing_warns_of_holds_and_stops_at_dizziness() {
    let breath = exercise("slow-breath");
    let field = |id: &str| breath.field(&id.parse().unwrap()).unwrap();
    let holds: Vec<bool> = field("pattern").shape.options().iter().map(|o| o.notice.is_some()).collect();
    assert_eq!(holds, [false, false, true]);
    let Shape::Bool { stop: Some(stop) } = &field("dizzy").shape else { panic!("no stop") };
    assert!(
        breath.texts.get("en", &stop.notice).contains("Stop here and breathe as you usually do. Sit down")
    );
}

#[test]
fn wanting_to_get_away_from_somebody_frightening_is_no_urge_to_wait_out() {
    let urge = exercise("ride-the-urge");
    let options = urge.field(&"urge".parse().unwrap()).unwrap().shape.options();
    let leave = options.iter().find(|option| option.id == "leave").unwrap();
    assert!(urge.texts.get("en", leave.notice.as_deref().unwrap()).contains("not an urge to wait out"));
}

#[test]
fn nothing_is_shared_unless_the_person_is_asked() {
    let library = library();
    let asked = library.iter().filter(|e| e.share_default == ShareDefault::Ask);
    assert_eq!(asked.map(|e| e.id.as_str()).collect::<Vec<_>>(), ["my-loop", "session-prep"]);
}

fn on_the_map(person: Option<PersonId>, safe: &str) -> Entry {
    let mut answers: Answers = [("safe".parse().unwrap(), Answer::Choice(safe.to_owned()))].into();
    answers.extend(person.map(|person| ("person".parse().unwrap(), Answer::Person(person))));
    let mut draft = Draft::new(EntryKind::Exercise, "2026-11-24".parse().unwrap());
    (draft.exercise, draft.answers) = ("people-map@1".parse().ok(), answers);
    draft.into_entry(EntryId::from_bytes([1; 16]), Timestamp::default())
}

#[test]
fn one_entry_of_the_map_tells_who_is_not_safe() {
    let anna = PersonId::from_bytes([7; 16]);
    assert_eq!(unsafe_person(&on_the_map(Some(anna), "no")), Some(anna));
    for safe in ["yes", "mostly", ""] {
        assert_eq!(unsafe_person(&on_the_map(Some(anna), safe)), None, "{safe}");
    }
    assert_eq!(unsafe_person(&on_the_map(None, "no")), None);
    let said = on_the_map(Some(anna), "no");
    assert_eq!(unsafe_person(&Entry { trashed: Some(Timestamp::default()), ..said.clone() }), None);
    assert_eq!(unsafe_person(&Entry { exercise: "need-line@1".parse().ok(), ..said }), None);
    let safe = exercise("people-map").field(&"safe".parse().unwrap()).unwrap().shape.clone();
    assert!(safe.options().iter().any(|option| option.id == "no"), "the map cannot say no any more");
}
