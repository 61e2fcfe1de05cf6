//! What has to be clear before an exercise that touches another person, and people who are not safe to be open with.

use haven_api::error::ErrorReason as Reason;
use haven_api::practice::{CouldHarm, Shape};
use haven_api::walk::{About, Beginning, Page, Step, Walk};
use haven_core::answers::{ExerciseId, Value};
use haven_core::id::PersonId;
use haven_core::person::{PersonEdit, Safe};

use crate::device::{Device, reason};
use crate::walk::{answered, end, question};

/// The exercises that ask first whether anybody could come to harm.
async fn gated(device: &Device) -> Vec<ExerciseId> {
    let mut gated = Vec::new();
    for exercise in device.client.exercises(None, None).await.unwrap() {
        let id = exercise.exercise.id;
        if device.client.exercise(&id, None).await.unwrap().harm_question.is_some() {
            gated.push(id);
        }
    }
    assert!(gated.len() > 5);
    gated
}

/// Somebody who is marked as not safe to be open with.
async fn not_safe(device: &Device, name: &str) -> PersonId {
    let id = device.client.add_person(name).await.unwrap().id;
    let edit = PersonEdit { safe: Some(Some(Safe::No)), ..PersonEdit::default() };
    device.client.edit_person(name, &edit).await.unwrap();
    id
}

fn named(id: PersonId) -> Value {
    Value::Text(id.to_string())
}

/// Walks to the first question that asks for a person.
async fn to_person(device: &Device, id: &str) -> Walk {
    let mut walk = device.to_questions(device.walk(id).await).await;
    while !matches!(question(&walk).field.shape, Shape::Person) {
        walk = device.step(&walk, Step::Skip).await;
    }
    walk
}

#[tokio::test(start_paused = true)]
async fn only_a_clear_no_goes_on_at_once() {
    let device = Device::with_vault().await;
    for id in gated(&device).await {
        let gate = device.step(&device.walk(id.as_str()).await, Step::On).await;
        let Page::Gate(asked) = &gate.page else { panic!("{id}") };
        assert!(!asked.question.is_empty() && gate.has_back, "{id}");
        let stays = device.step(&gate, Step::On).await;
        assert_eq!((stays.at.as_str(), stays.hint.is_empty()), (gate.at.as_str(), false), "none is chosen");

        question(&device.step(&gate, Step::CouldHarm(CouldHarm::No)).await);

        let unsure = device.step(&gate, Step::CouldHarm(CouldHarm::NotSure)).await;
        let Page::Unsure(support, instead) = &unsure.page else { panic!("{id}") };
        assert!(!support.support.is_empty() && !support.go_on.is_empty(), "{id}");
        assert!(!instead.is_empty() && instead.iter().all(|it| it.title != it.exercise.as_str()), "{id}");
        question(&device.step(&unsure, Step::On).await);
        assert_eq!(device.step(&unsure, Step::Back).await.at, gate.at);

        let held = device.step(&gate, Step::CouldHarm(CouldHarm::Yes)).await;
        let Page::Held(page) = &held.page else { panic!("{id}") };
        assert!(!page.question.support.is_empty() && page.notice.is_empty(), "{id}");
        assert!(!page.choose_another && !page.instead.is_empty(), "{id}");
        for step in [Step::On, Step::Skip, Step::CouldHarm(CouldHarm::No), Step::Answer(Value::from(1))] {
            let refused = device.client.step_walk(&held, step).await;
            assert_eq!(reason(refused), Some(Reason::InvalidArgument), "{id} has no way on");
        }
        assert_eq!(device.step(&held, Step::Back).await.at, gate.at);
        for closed in [&held, &unsure] {
            assert!(device.client.finish_walk(closed).await.unwrap().written.is_none(), "{id}");
        }
    }
    assert_eq!(device.client.status().await.unwrap().drafts, 0);
    assert_eq!(device.client.status().await.unwrap().entries, Some(0));
}

#[tokio::test(start_paused = true)]
async fn about_somebody_marked_as_not_safe_it_is_held_at_once() {
    let device = Device::with_vault().await;
    not_safe(&device, "Rob").await;
    let about = || About { people: vec!["rob".to_owned()], at: None };
    for id in gated(&device).await {
        let held = device.client.begin_walk(&Beginning::Exercise(id.clone()), about()).await.unwrap();
        let Page::Held(page) = &held.page else { panic!("{id}") };
        assert!(!page.notice.is_empty() && !page.choose_another && !held.has_back, "{id}");
        // What the notice says is not said again.
        for sentence in page.notice.split_inclusive(". ") {
            assert!(!page.question.support.contains(sentence.trim_end()), "{id}");
        }
        assert_eq!(device.step(&held, Step::Back).await.at, held.at);
        assert_eq!(reason(device.client.step_walk(&held, Step::On).await), Some(Reason::InvalidArgument));
        assert!(device.client.finish_walk(&held).await.unwrap().written.is_none());
    }
    assert_eq!(device.client.status().await.unwrap().drafts, 0);
    // Without a gate it is said first, and goes on.
    let urge = Beginning::Exercise("ride-the-urge".parse().unwrap());
    let walk = device.client.begin_walk(&urge, about()).await.unwrap();
    let whole = device.client.exercise(&"ride-the-urge".parse().unwrap(), None).await.unwrap();
    let Page::Intro(intro) = &walk.page else { panic!("{}", walk.at) };
    assert_eq!((&intro.notices[0], intro.notices.len()), (&whole.unsafe_notice, 2));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_names_somebody_not_safe_holds_and_somebody_else_can_be_chosen() {
    let device = Device::with_vault().await;
    let rob = not_safe(&device, "Rob").await;
    let ann = device.client.add_person("Ann").await.unwrap().id;
    for id in gated(&device).await {
        let asks = device.client.exercise(&id, None).await.unwrap();
        if !asks.fields.iter().any(|field| matches!(field.shape, Shape::Person)) {
            continue;
        }
        let asked = to_person(&device, id.as_str()).await;
        assert_eq!(question(&asked).not_safe, [rob], "{id}");
        assert_eq!(question(&asked).people.len(), 2, "{id}");
        let noted = device.step(&asked, Step::Note(named(rob))).await;
        assert!(!answered(&noted).contains(&question(&asked).answer_id.as_str()), "nobody is noted");
        // By name as well as by id.
        for answer in [named(rob), Value::from("rob")] {
            let held = device.step(&asked, Step::Answer(answer)).await;
            let Page::Held(page) = &held.page else { panic!("{id}") };
            assert!(page.choose_another && !page.notice.is_empty() && held.has_back, "{id}");
            assert_eq!(reason(device.client.step_walk(&held, Step::On).await), Some(Reason::InvalidArgument));
            let again = device.step(&held, Step::Back).await;
            assert_eq!(again.at, asked.at, "{id}");
            assert!(question(&again).answer.is_none(), "{id}");
            let on = device.step(&again, Step::Answer(named(ann))).await;
            assert!(!matches!(on.page, Page::Held(_)), "{id}");
            let back = device.step(&device.step(&on, Step::Back).await, Step::Answer(named(rob))).await;
            assert!(device.client.finish_walk(&back).await.unwrap().written.is_none(), "{id}");
            assert_eq!(device.client.status().await.unwrap().drafts, 0, "{id}: nothing is kept");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_gate_it_is_said_once_and_goes_on() {
    let device = Device::with_vault().await;
    let rob = not_safe(&device, "Rob").await;
    let asked = to_person(&device, "other-reasons").await;
    let whole = device.client.exercise(&"other-reasons".parse().unwrap(), None).await.unwrap();
    let said = device.step(&asked, Step::Answer(named(rob))).await;
    let Page::Notice(notice) = &said.page else { panic!("{}", said.at) };
    assert_eq!((notice.words.as_slice(), notice.is_last), (&[whole.unsafe_notice.clone()][..], false));
    assert_eq!(device.step(&said, Step::Back).await.at, asked.at);
    let next = device.step(&said, Step::On).await;
    question(&next);
    // Answered once more, it is no news.
    let again = device.step(&asked_again(&device, &next).await, Step::Answer(named(rob))).await;
    assert_eq!(again.at, next.at);
}

async fn asked_again(device: &Device, walk: &Walk) -> Walk {
    device.step(walk, Step::Back).await
}

#[tokio::test(start_paused = true)]
async fn whoever_is_marked_in_the_middle_holds_it_from_then_on() {
    let device = Device::with_vault().await;
    let ann = device.client.add_person("Ann").await.unwrap().id;
    let asked = to_person(&device, "need-line").await;
    let walk = device.step(&asked, Step::Answer(named(ann))).await;
    not_safe(&device, "Ann").await;
    for step in [Step::Skip, Step::Back, Step::Note(Value::from("words")), Step::To(walk.at.clone())] {
        let held = device.step(&walk, step).await;
        let Page::Held(_) = &held.page else { panic!("{}", held.at) };
    }
    let resumed = device.client.begin_walk(&Beginning::Draft(walk.draft.id), About::default()).await.unwrap();
    assert!(matches!(resumed.page, Page::Held(_)));
    assert!(device.client.finish_walk(&walk).await.unwrap().written.is_none());
    // What was kept before they were marked stays their person's.
    assert_eq!(device.client.drafts().await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_kept_at_another_time_stays_where_it_does_not_go_on() {
    let device = Device::with_vault().await;
    let walk = device.to_questions(device.walk("need-line").await).await;
    device.answer(&walk).await;
    let again = device.client.begin_walk(&Beginning::Draft(walk.draft.id), About::default()).await.unwrap();
    let gate = device.step(&again, Step::On).await;
    for answer in [CouldHarm::Yes, CouldHarm::NotSure] {
        let closed = device.step(&gate, Step::CouldHarm(answer)).await;
        device.client.finish_walk(&closed).await.unwrap();
        assert_eq!(device.client.drafts().await.unwrap().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_written_down_by_itself_while_somebody_may_still_be_named_who_is_not_safe() {
    let device = Device::with_vault().await;
    let rob = not_safe(&device, "Rob").await;
    let ann = device.client.add_person("Ann").await.unwrap().id;
    let wait = async || tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    let asked = device.to_questions(device.walk("repair").await).await;
    assert_eq!(question(&asked).answer_id, "calm");
    let asked = device.step(&asked, Step::Answer(Value::from(9))).await;
    wait().await;
    let held = device.step(&asked, Step::Answer(named(rob))).await;
    device.client.finish_walk(&held).await.unwrap();
    let status = device.client.status().await.unwrap();
    assert_eq!((status.drafts, status.entries), (0, Some(0)));

    let asked = device.to_questions(device.walk("repair").await).await;
    let asked = device.step(&asked, Step::Answer(Value::from(9))).await;
    wait().await;
    assert_eq!(device.client.status().await.unwrap().entries, Some(0));
    for step in [Step::Answer(named(ann)), Step::Skip] {
        device.step(&asked, step).await;
        wait().await;
        assert_eq!(device.client.status().await.unwrap().entries, Some(1), "as any other draft");
    }
}

#[tokio::test(start_paused = true)]
async fn a_heavy_end_is_told() {
    let device = Device::with_vault().await;
    let mut walk = device.to_questions(device.walk("thought-check").await).await;
    for _ in 0..100 {
        walk = match &walk.page {
            Page::Question(asked) if asked.answer_id.starts_with("suds") => {
                device.step(&walk, Step::Answer(Value::from(95))).await
            }
            Page::Question(_) => device.step(&walk, Step::Skip).await,
            Page::End(_) => break,
            _ => device.step(&walk, Step::On).await,
        };
    }
    assert!(end(&walk).heavy && walk.heavy);
}

#[tokio::test(start_paused = true)]
async fn whoever_leaves_in_the_middle_is_told_that_it_is_heavy_too() {
    let device = Device::with_vault().await;
    let asked = device.to_questions(device.walk("name-it").await).await;
    assert_eq!((question(&asked).answer_id.as_str(), asked.heavy), ("suds_before", false));
    for (weight, is_heavy) in [(90, true), (20, false)] {
        let noted = device.step(&asked, Step::Note(Value::from(weight))).await;
        assert_eq!(noted.heavy, is_heavy, "{weight}");
    }
}
