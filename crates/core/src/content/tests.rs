mod round_trip;
mod safety;
mod wording;

use std::collections::BTreeSet;

use super::*;
use crate::exercise::{DEFAULT_LANGUAGE, Phase, Shape};

fn library() -> Library {
    Library::built_in().unwrap()
}

fn exercise(id: &str) -> Exercise {
    library().get(&id.parse().unwrap()).unwrap().clone()
}

#[test]
fn every_file_in_the_folder_is_built_in_and_keeps_every_rule() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/content/exercises");
    let mut names: Vec<String> = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let loaded = Exercise::load(&text, None);
        assert!(loaded.is_ok(), "{path:?}: {loaded:?}");
        names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
    }
    names.sort();
    let mut known: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(names, known);
}

#[test]
fn exercises_are_found_by_id_version_step_and_sign() {
    let library = library();
    let ids = |step, sign| library.find(step, sign).map(|e| e.id.as_str()).collect::<Vec<_>>();
    assert_eq!(ids(None, None).len(), 27);
    assert_eq!(ids(Some(Step::Question), None), ["other-reasons", "small-test", "thought-check", PLAN]);
    assert_eq!(
        ids(None, Some(Sign::Independence)),
        ["signs-snapshot", "ride-the-urge", "limit-plan", "me-and-us"]
    );
    assert_eq!(ids(Some(Step::Therapy), Some(Sign::SecureView)), [""; 0]);
    let id = "thought-check".parse().unwrap();
    assert_eq!(library.get_version(&id, 1), library.get(&id));
    assert_eq!(library.get_version(&id, 2), None);
    assert_eq!(library.get(&"no-such".parse().unwrap()), None);
}

#[test]
fn a_new_version_joins_and_the_old_one_stays() {
    let mut library = library();
    let (_, text) = BUILT_IN.iter().find(|(name, _)| *name == "thought-check.toml").unwrap();
    let repeated = library.add("again.toml", text).unwrap_err();
    let expected = "again.toml cannot be used: line 6, version 1 is not greater than 1; write version = 2";
    assert_eq!(repeated.to_string(), expected);
    let next = library.add("next.toml", &text.replace("version = 1", "version = 2")).unwrap();
    assert_eq!(next.to_string(), "thought-check@2");
    assert_eq!(library.get(&next.id).map(|e| e.version), Some(2));
    assert_eq!(library.get_version(&next.id, 1).map(|e| e.version), Some(1));
    assert_eq!(library.iter().count(), 27);
}

/// The one that belongs to every step.
const PLAN: &str = "plan-when-low";

#[test]
fn every_step_and_every_sign_is_reached() {
    let expected = [
        (Step::Know, "early-care-map my-loop signs-snapshot trigger-chain"),
        (Step::Question, "other-reasons small-test thought-check"),
        (Step::Regulate, "five-senses kind-word name-it ride-the-urge safe-presence slow-breath wait"),
        (Step::Communicate, "ask-plan kept-word limit-plan listen-back need-line repair"),
        (Step::Relate, "limit-plan closeness-ladder how-they-met-me me-and-us people-map"),
        (Step::Therapy, "session-notes session-prep"),
    ];
    let library = library();
    for (step, ids) in expected {
        let found: Vec<&str> = library.find(Some(step), None).map(|e| e.id.as_str()).collect();
        assert_eq!(found, ids.split(' ').chain([PLAN]).collect::<Vec<_>>(), "{step}");
    }
    for sign in Sign::ALL {
        let own = library.find(None, Some(*sign)).filter(|e| e.signs.len() < Sign::ALL.len());
        assert!(own.count() >= 2, "{sign} is reached by the snapshot alone");
    }
}

/// What each exercise needs before it counts, and how long it takes: id, minutes, fields.
const NEEDS: [(&str, u32, &str); 27] = [
    ("wait", 5, "suds_before suds_after"),
    (
        "signs-snapshot",
        2,
        "closeness trusted trusting independence communicator seeks_support regulated secure_view",
    ),
    ("trigger-chain", 6, "when spark meaning feelings urge need suds"),
    ("early-care-map", 12, ""),
    ("my-loop", 8, "when i_feel i_tell_myself i_do what_i_wanted"),
    (
        "thought-check",
        10,
        "thought belief_before suds_before facts_for facts_not fairer belief_after suds_after",
    ),
    ("other-reasons", 3, "event first_reason_before reasons first_reason_after"),
    ("small-test", 5, "prediction sure test by"),
    ("slow-breath", 5, "suds_before pattern timer suds_after"),
    ("name-it", 2, "suds_before emotions suds_after"),
    ("five-senses", 4, "suds_before suds_after"),
    ("ride-the-urge", 10, "urge strength_0 strength_3 strength_6 strength_10 acted"),
    ("kind-word", 4, "suds_before hurt kind suds_after"),
    ("safe-presence", 6, "felt_safe_before who scene what_they_do felt_safe_after"),
    ("need-line", 4, "person fact feel need ask sent"),
    ("ask-plan", 10, "confidence_before goal facts feeling request if_no my_line confidence_after"),
    ("repair", 12, "calm my_part their_view next_time"),
    ("limit-plan", 6, "limit situation words if_crossed"),
    ("listen-back", 5, "what_i_heard they_confirmed"),
    ("kept-word", 1, "promise by"),
    ("people-map", 10, "person circle"),
    ("how-they-met-me", 3, "person i_shared relief_before understood valued cared relief_after"),
    ("closeness-ladder", 6, "person steps today fear_before fear_after"),
    ("me-and-us", 4, "enough_space enough_closeness"),
    ("session-prep", 6, "top3 want_from_session"),
    ("session-notes", 6, "said"),
    ("plan-when-low", 10, "signs people"),
];

#[test]
fn every_exercise_asks_for_little_and_needs_less() {
    for (id, minutes, needs) in NEEDS {
        let exercise = exercise(id);
        let required = exercise.fields.iter().filter(|field| field.required).map(|field| field.id.as_str());
        assert_eq!(required.collect::<Vec<_>>().join(" "), needs, "{id}");
        assert_eq!(exercise.minutes, minutes, "{id}");
    }
}

#[test]
fn questions_stand_in_the_order_they_are_asked() {
    for exercise in library().iter() {
        let phases: Vec<Phase> = exercise.fields.iter().map(|field| field.phase).collect();
        assert!(phases.is_sorted(), "{}", exercise.id);
    }
}

#[test]
fn every_later_question_has_its_day() {
    for exercise in library().iter() {
        let undated = |field: &&crate::exercise::Field| {
            field.phase == Phase::Later && field.after.is_empty() && field.on.is_none()
        };
        let undated: Vec<_> = exercise.fields.iter().filter(undated).collect();
        assert!(undated.is_empty(), "{}: {undated:?}", exercise.id);
    }
    let check = exercise("thought-check");
    let rerate = check.field(&"rerate@P7D".parse().unwrap()).unwrap();
    assert_eq!(rerate.after.iter().map(ToString::to_string).collect::<Vec<_>>(), ["P7D", "P28D"]);
    let test = exercise("small-test");
    let on = |id: &str| test.field(&id.parse().unwrap()).unwrap().on.clone();
    for id in ["result", "learned", "sure_after"] {
        assert_eq!(on(id), "by".parse().ok(), "{id}");
    }
}

#[test]
fn every_exercise_that_is_named_exists() {
    let library = library();
    let mut named: BTreeSet<ExerciseId> = BTreeSet::new();
    for exercise in library.iter() {
        named.extend(exercise.outcomes.iter().filter_map(|outcome| outcome.comparator.clone()));
        named.extend(exercise.fields.iter().filter_map(|field| match &field.shape {
            Shape::Link { to } => to.clone(),
            Shape::Bool { stop } => stop.as_ref()?.instead.clone(),
            Shape::Scale(scale) => scale.stop.as_ref()?.instead.clone(),
            _ => None,
        }));
        let gate = exercise.harm_question("en").map_or(&[][..], |harm| harm.instead);
        named.extend(gate.iter().map(|id| id.parse::<ExerciseId>().unwrap()));
    }
    let missing: Vec<&ExerciseId> = named.iter().filter(|id| library.get(id).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(named.len() >= 7, "{named:?}");
}

#[test]
fn distress_is_always_shown_beside_waiting() {
    let mut seen = 0;
    for exercise in library().iter() {
        let rated = exercise.field(&"suds_before".parse().unwrap()).is_some();
        let distress = exercise.outcomes.iter().find(|outcome| outcome.before.as_str() == "suds_before");
        assert_eq!(distress.is_some(), rated, "{}", exercise.id);
        let Some(distress) = distress else { continue };
        seen += 1;
        let beside = distress.comparator.as_ref().map(ExerciseId::as_str);
        assert_eq!(beside, Some("wait").filter(|id| *id != exercise.id.as_str()), "{}", exercise.id);
        assert_eq!((distress.id.as_str(), distress.after.as_str()), ("distress", "suds_after"));
    }
    assert_eq!(seen, 6);
}

#[test]
fn the_snapshot_is_the_measure_and_there_is_one_plan() {
    let library = library();
    let single: Vec<&str> = library.iter().filter(|e| e.single).map(|e| e.id.as_str()).collect();
    assert_eq!(single, [PLAN]);
    let measures: Vec<_> = library.iter().filter(|e| e.measure.is_some()).collect();
    assert_eq!(measures.len(), 1);
    let snapshot = measures[0];
    assert_eq!(snapshot.measure, "seven-signs".parse().ok());
    let measures = crate::measure::Measures::built_in().unwrap();
    let measure = measures.get(snapshot.measure.as_ref().unwrap()).unwrap();
    let asked = snapshot.fields.iter().filter(|field| matches!(field.shape, Shape::Scale(_)));
    let asked: Vec<_> =
        asked.map(|field| (&field.id, snapshot.texts.get("en", &field.label).to_owned())).collect();
    let items: Vec<_> =
        measure.items.iter().map(|item| (&item.id, measure.item_text(item, "en", None).unwrap())).collect();
    assert_eq!(asked, items, "one wording, whichever way somebody came");
    let period = measure.texts.get("en", measure.stem.as_ref().unwrap());
    assert_eq!(period, "In the last two weeks");
    assert!(snapshot.texts.get("en", snapshot.purpose.as_ref().unwrap()).contains("the last two weeks"));
    let signs: Vec<&str> = measure.subscales.iter().map(|sign| sign.id.as_str()).collect();
    assert_eq!(signs, Sign::ALL.iter().map(|sign| sign.as_str()).collect::<Vec<_>>());
}

#[test]
fn the_chain_and_its_kin_offer_the_same_urges_needs_and_feelings() {
    let ids = |id: &str, field: &str| {
        let exercise = exercise(id);
        let options = exercise.field(&field.parse().unwrap()).unwrap().shape.options();
        options.iter().map(|option| option.id.clone()).collect::<Vec<_>>()
    };
    let urges = [
        "reach",
        "check",
        "test",
        "cling",
        "go-quiet",
        "leave",
        "please",
        "attack",
        "find-fault",
        "work",
        "other",
    ];
    for (id, field) in [("trigger-chain", "urge"), ("my-loop", "i_do"), ("ride-the-urge", "urge")] {
        assert_eq!(ids(id, field), urges, "{id}");
    }
    let needs = "contact reassurance comfort company space time clarity honesty respect help rest other";
    for id in ["trigger-chain", "need-line"] {
        assert_eq!(ids(id, "need").join(" "), needs, "{id}");
    }
    assert_eq!(ids("name-it", "emotions").len(), 41);
    for (id, field) in [("my-loop", "i_feel"), ("name-it", "emotions"), ("need-line", "feel")] {
        assert_eq!(ids(id, field), ids("trigger-chain", "feelings"), "{id}");
    }
    assert_eq!(ids("trigger-chain", "body"), ids("name-it", "where_in_body"));
}

#[test]
fn a_page_is_made_of_the_answers() {
    let raw: crate::answers::ValueMap = [
        ("fact", "we said eight, and it was ten when you came"),
        ("need", "clarity"),
        ("ask", "could you send me a line?"),
    ]
    .map(|(id, text)| (id.to_owned(), text.into()))
    .into();
    let line = exercise("need-line");
    let answers = crate::answers::check_answers(&line, &raw).unwrap();
    let pages = crate::exercise::derived(&line, &answers, DEFAULT_LANGUAGE, &|_| None);
    assert_eq!(
        pages[&"preview".parse().unwrap()],
        "We said eight, and it was ten when you came. I feel …, and I need clarity. Could you send me a line?"
    );
}
