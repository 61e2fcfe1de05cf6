//! Walking through measures.

use haven_api::error::ErrorReason as Reason;
use haven_api::walk::{About, Beginning, Page, Step, Walk};
use haven_core::answers::{ExerciseId, Value};
use haven_core::measure::PREFER_NOT_TO_SAY;
use haven_core::person::PersonEdit;

use crate::device::{Device, reason};
use crate::walk::{answered, end, question};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

fn phq9() -> ExerciseId {
    "phq-9".parse().unwrap()
}

/// Answers so many questions of the PHQ-9 with 1.
async fn begun(device: &Device, answers: usize) -> Walk {
    let mut walk = device.to_questions(device.walk_measure("phq-9").await).await;
    for _ in 0..answers {
        walk = device.step(&walk, Step::Answer(Value::from(1))).await;
    }
    walk
}

async fn go_on(device: &Device, walk: &Walk) -> Walk {
    device.client.begin_walk(&Beginning::Draft(walk.draft.id), About::default()).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn every_measure_is_walked_to_its_end_and_comes_to_what_its_answers_come_to() {
    let device = Device::with_vault().await;
    for measure in device.client.measures().await.unwrap() {
        let id = measure.measure.id.clone();
        let begun = device.walk_measure(id.as_str()).await;
        let Page::Intro(intro) = &begun.page else { panic!("{id}") };
        assert!(!intro.purpose.is_empty() && !intro.source.is_empty() && intro.evidence.is_none(), "{id}");
        assert!(begun.subject.is_measure, "{id}");
        let (walk, answers) = device.to_end(begun).await;
        assert_eq!(end(&walk).review.len(), answers.len(), "{id}");
        assert!(end(&walk).review.iter().all(|it| !it.label.is_empty() && !it.words.is_empty()), "{id}");
        let finished = device.client.finish_walk(&walk).await.unwrap();
        let walked = device.entry_of(&finished).await;
        let added = device.client.answer_measure(&id, None, answers, None).await.ok().unwrap();
        let entry = device.client.entry(&added.entry.to_string(), None).await.unwrap();
        assert!(walked.answers == entry.answers && walked.summary.kind == entry.summary.kind, "{id}");
        assert_eq!(walked.summary.exercise, entry.summary.exercise, "{id}");
        let result = finished.result.unwrap();
        assert_eq!(result.entry, walked.summary.id, "{id}");
        let numbers = |result: &haven_api::measures::MeasureResult| -> Vec<_> {
            result.scores.iter().map(|score| (score.name.clone(), score.number)).collect()
        };
        assert_eq!(numbers(&result), numbers(&added), "{id}");
        assert!(finished.complete && device.client.drafts().await.unwrap().is_empty(), "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_measure_about_somebody_names_them_and_its_result_is_about_them() {
    let device = Device::with_vault().await;
    let ann = device.client.add_person("Ann").await.unwrap();
    let measure = Beginning::Measure("two-axis".parse().unwrap());
    let about =
        |people: &[&str]| About { people: people.iter().map(|it| (*it).to_owned()).collect(), at: None };
    let begun = device.client.begin_walk(&measure, about(&["ann"])).await.unwrap();
    assert_eq!(begun.subject.people[0].name, "Ann");
    let (walk, _) = device.to_end(begun).await;
    assert!(end(&walk).review.iter().any(|it| it.label.contains("Ann")));
    let result = device.client.finish_walk(&walk).await.unwrap().result.unwrap();
    assert_eq!(result.person, Some(ann.id));
    device.client.add_person("Ben").await.unwrap();
    let two = device.client.begin_walk(&measure, about(&["Ann", "Ben"])).await;
    assert_eq!(reason(two), Some(Reason::InvalidArgument));
    let oneself = device.client.begin_walk(&Beginning::Measure(phq9()), about(&["Ann"])).await;
    assert_eq!(reason(oneself), Some(Reason::InvalidArgument));
    let nobody = device.client.begin_walk(&measure, about(&["Carl"])).await;
    assert_eq!(reason(nobody), Some(Reason::NotFound));
    let edit = PersonEdit { died: Some(true), ..PersonEdit::default() };
    device.client.edit_person("Ann", &edit).await.unwrap();
    let died = device.client.begin_walk(&measure, about(&["Ann"])).await;
    let recent = device.client.measure(&"two-axis".parse().unwrap(), Some("Ann")).await;
    assert_eq!(reason(died), Some(Reason::InvalidArgument));
    assert_eq!(reason(recent), Some(Reason::InvalidArgument));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_calls_for_support_is_kept_and_shows_it_at_once() {
    let device = Device::with_vault().await;
    for answer in [Value::from(1), Value::from(3), Value::from(PREFER_NOT_TO_SAY)] {
        let at_ninth = begun(&device, 8).await;
        assert!(question(&at_ninth).declinable && at_ninth.emergency.is_empty());
        let walk = device.step(&at_ninth, Step::Answer(answer.clone())).await;
        let Page::Support(why) = &walk.page else { panic!("{}", walk.at) };
        assert!(!why.is_empty() && walk.emergency.starts_with("Call "), "{}", walk.emergency);
        let kept = device.client.draft(walk.draft.id).await.unwrap().draft.answers;
        assert!(kept["q9"] == answer, "kept before anything else");
        let on = device.step(&walk, Step::On).await;
        assert_eq!(on.emergency, walk.emergency, "it stays in sight");
        // Also once it is answered otherwise, and where it is gone on with.
        let again = device.step(&walk, Step::Back).await;
        let again = device.step(&again, Step::Answer(Value::from(0))).await;
        assert!(!again.emergency.is_empty() && !matches!(again.page, Page::Support(_)));
        let resumed = device.step(&again, Step::Back).await;
        device.step(&resumed, Step::Note(answer)).await;
        assert!(!go_on(&device, &walk).await.emergency.is_empty());
        device.client.discard_draft(walk.draft.id).await.unwrap();
    }
    let quiet = begun(&device, 8).await;
    let quiet = device.step(&quiet, Step::Answer(Value::from(0))).await;
    assert!(quiet.emergency.is_empty() && !matches!(quiet.page, Page::Support(_)));
    let german = device.client.clone().in_the_country("DE".parse().ok());
    let at_ninth = begun(&device, 8).await;
    let shown = german.step_walk(&at_ninth, Step::Answer(Value::from(2))).await.unwrap();
    assert_eq!(shown.emergency, "Call 112");
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_an_item_stays_and_is_no_answer() {
    let device = Device::with_vault().await;
    let walk = begun(&device, 0).await;
    for unfit in [Value::from(4), Value::from(-1), Value::from("often"), Value::from(PREFER_NOT_TO_SAY)] {
        let stays = device.step(&walk, Step::Answer(unfit.clone())).await;
        assert_eq!(
            (stays.at.as_str(), stays.hint.as_str()),
            (walk.at.as_str(), "Give a whole number from 0 to 3.")
        );
        assert!(question(&stays).answer == Some(unfit));
        assert!(stays.draft.draft.answers.is_empty());
        assert_eq!(reason(device.client.finish_walk(&stays).await), Some(Reason::InvalidArgument));
        let open = device.step(&stays, Step::Skip).await;
        assert!(open.draft.typed.is_empty());
        device.client.discard_draft(walk.draft.id).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn half_a_measure_is_kept_as_answering_it_at_once_would() {
    let device = Device::with_vault().await;
    let walk = begun(&device, 2).await;
    let finished = device.client.finish_walk(&walk).await.unwrap();
    let scores = finished.result.unwrap().scores;
    assert!(!finished.complete && scores.iter().all(|score| score.number.is_none()));
    let empty = device.to_questions(device.walk_measure("phq-9").await).await;
    let nothing = device.client.finish_walk(&empty).await.unwrap();
    assert!(nothing.written.is_none() && nothing.result.is_none());
    assert_eq!(device.client.status().await.unwrap().entries, Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_measure_goes_on_at_its_first_open_item_on_the_same_day() {
    let device = Device::with_vault().await;
    let walk = begun(&device, 2).await;
    let walk = device.step(&walk, Step::Skip).await;
    let walk = device.step(&walk, Step::Answer(Value::from(2))).await;
    device.host.move_clock(10 * HOUR_MS);
    let listed = device.client.walks().await.unwrap();
    assert!(listed[0].goes_on && listed[0].is_measure && listed[0].draft == Some(walk.draft.id));
    assert_eq!((listed[0].title.as_str(), listed[0].date.to_string()), ("PHQ-9", "2027-01-15".to_owned()));
    let resumed = go_on(&device, &walk).await;
    let Page::Intro(intro) = &resumed.page else { panic!("{}", resumed.at) };
    assert!(intro.goes_on && intro.begun.is_none());
    let third = device.step(&resumed, Step::On).await;
    assert_eq!(question(&third).answer_id, "q3");
    let fourth = device.step(&third, Step::Answer(Value::from(0))).await;
    assert!(question(&fourth).answer == Some(Value::from(2)), "what was answered stands there");
}

#[tokio::test(start_paused = true)]
async fn a_measure_that_was_begun_on_an_earlier_day_begins_anew_and_is_forgotten_once_it_is_answered() {
    let device = Device::with_vault().await;
    let old = begun(&device, 3).await;
    device.host.move_clock(DAY_MS);
    assert!(!device.client.walks().await.unwrap()[0].goes_on);
    let anew = go_on(&device, &old).await;
    let Page::Intro(intro) = &anew.page else { panic!("{}", anew.at) };
    assert_eq!(intro.begun.map(|day| day.to_string()).as_deref(), Some("2027-01-15"));
    assert!(!intro.goes_on && anew.draft.id != old.draft.id && anew.draft.draft.answers.is_empty());
    assert_eq!(device.client.drafts().await.unwrap().len(), 1, "nothing is kept before the first answer");
    let (walk, _) = device.to_end(anew).await;
    assert_eq!(device.client.drafts().await.unwrap().len(), 2, "and nothing is forgotten before the last");
    device.client.finish_walk(&walk).await.unwrap();
    assert!(device.client.drafts().await.unwrap().is_empty());
    assert_eq!(device.client.status().await.unwrap().entries, Some(1));
}

#[tokio::test(start_paused = true)]
async fn what_was_begun_about_somebody_else_stays() {
    let device = Device::with_vault().await;
    let measure = Beginning::Measure("two-axis".parse().unwrap());
    let mut begun = Vec::new();
    for name in ["Ann", "Ben"] {
        device.client.add_person(name).await.unwrap();
        let about = About { people: vec![name.to_owned()], at: None };
        let walk = device.client.begin_walk(&measure, about).await.unwrap();
        let walk = device.to_questions(walk).await;
        begun.push(device.answer(&walk).await);
    }
    device.host.move_clock(DAY_MS);
    let (walk, _) = device.to_end(go_on(&device, &begun[0]).await).await;
    assert_eq!(walk.subject.people[0].name, "Ann");
    device.client.finish_walk(&walk).await.unwrap();
    let left: Vec<_> = device.client.drafts().await.unwrap().into_iter().map(|draft| draft.id).collect();
    assert_eq!(left, [begun[1].draft.id]);
}

#[tokio::test(start_paused = true)]
async fn a_measure_that_lay_open_over_night_begins_anew_and_one_past_midnight_goes_on() {
    let device = Device::with_vault().await;
    // 23:55 in Berlin.
    device.host.move_clock(14 * HOUR_MS + 55 * MINUTE_MS);
    let walk = begun(&device, 3).await;
    device.host.move_clock(10 * MINUTE_MS);
    let walk = device.step(&walk, Step::Answer(Value::from(1))).await;
    assert_eq!(answered(&walk).len(), 4);
    device.host.move_clock(8 * HOUR_MS);
    // It was answered last on the new day.
    let walk = device.step(&walk, Step::Answer(Value::from(1))).await;
    assert_eq!(answered(&walk).len(), 5);
    device.host.move_clock(DAY_MS);
    assert_eq!(reason(device.client.finish_walk(&walk).await), Some(Reason::InvalidArgument));
    let anew = device.step(&walk, Step::Answer(Value::from(1))).await;
    let Page::Intro(intro) = &anew.page else { panic!("{}", anew.at) };
    assert_eq!(intro.begun.map(|day| day.to_string()).as_deref(), Some("2027-01-16"));
    assert!(anew.draft.id != walk.draft.id && anew.draft.draft.answers.is_empty() && !anew.is_kept);
    assert_eq!(device.client.draft(walk.draft.id).await.unwrap().draft.answers.len(), 5);
    assert_eq!(device.client.status().await.unwrap().entries, Some(0));
}

#[tokio::test(start_paused = true)]
async fn the_day_is_the_one_where_the_person_is() {
    let device = Device::with_vault().await;
    // 09:00 in Berlin is 17:00 in Tokyo, of the same day.
    let client =
        device.client.clone().in_the_time_of(|| "2027-01-15T17:00:00+09:00[Asia/Tokyo]".parse().unwrap());
    let walk = client.begin_walk(&Beginning::Measure(phq9()), About::default()).await.unwrap();
    let walk = client.step_walk(&walk, Step::On).await.unwrap();
    let walk = client.step_walk(&walk, Step::Answer(Value::from(1))).await.unwrap();
    device.host.move_clock(8 * HOUR_MS);
    let later =
        device.client.clone().in_the_time_of(|| "2027-01-16T01:00:00+09:00[Asia/Tokyo]".parse().unwrap());
    assert!(!later.walks().await.unwrap()[0].goes_on, "it is tomorrow in Tokyo");
    assert!(client.walks().await.unwrap()[0].goes_on);
    assert!(device.client.walks().await.unwrap()[0].goes_on, "and today in Berlin");
    let finished = client.finish_walk(&walk).await.unwrap();
    let at = device.entry_of(&finished).await.summary.at.to_string();
    assert_eq!(at, "2027-01-15T17:00:00+09:00[Asia/Tokyo]");
}
