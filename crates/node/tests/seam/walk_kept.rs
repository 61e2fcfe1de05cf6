//! What a walk keeps: answers, what is no answer, and nothing where nothing is to be kept.

#![expect(clippy::panic, reason = "a walk that leads elsewhere than the test says has failed")]

use haven_api::drafts::{Becomes, Sealing};
use haven_api::error::ErrorReason as Reason;
use haven_api::practice::{Field, Shape};
use haven_api::walk::{About, Beginning, Page, Step, Walk};
use haven_core::answers::{ExerciseId, Value};

use crate::device::{Device, STRONG, reason};
use crate::disk::Disk;
use crate::walk::{answered, end, question};

/// Ids of the questions of an exercise at which it can be better to stop, with an answer that says so.
fn stops(fields: &[Field]) -> Vec<(String, Value)> {
    let stop = |field: &Field| {
        let answer = match &field.shape {
            Shape::Bool { stop: Some(stop) } => Value::Bool(stop.when),
            Shape::Scale(scale) => {
                let bounds = scale.bounds.as_ref()?;
                Value::from((scale.min..=scale.max).find(|point| bounds.stops(*point))?)
            }
            _ => return None,
        };
        Some((field.id.clone(), answer))
    };
    fields.iter().filter_map(stop).collect()
}

/// Answers what fits until a question is asked.
async fn to_question(device: &Device, id: &str, wanted: &str) -> Walk {
    let mut walk = device.to_questions(device.walk(id).await).await;
    for _ in 0..200 {
        walk = match &walk.page {
            Page::Question(asked) if asked.answer_id == wanted => return walk,
            Page::Question(_) => device.answer(&walk).await,
            _ => device.step(&walk, Step::On).await,
        };
    }
    panic!("{wanted} is not asked");
}

async fn go_on(device: &Device, walk: &Walk) -> Walk {
    device.client.begin_walk(&Beginning::Draft(walk.draft.id), About::default()).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn every_stop_ends_it_and_is_where_it_goes_on() {
    let device = Device::with_vault().await;
    let mut count = 0;
    for exercise in device.client.exercises(None, None).await.unwrap() {
        let id = exercise.exercise.id;
        for (field, answer) in stops(&device.client.exercise(&id, None).await.unwrap().fields) {
            count += 1;
            let asked = to_question(&device, id.as_str(), &field).await;
            let stopped = device.step(&asked, Step::Answer(answer.clone())).await;
            let Page::Notice(notice) = &stopped.page else { panic!("{id} {field}") };
            assert!(notice.is_last && !notice.words.is_empty(), "{id} {field}");
            let instead = notice.instead.clone();
            assert_eq!(device.step(&stopped, Step::Back).await.at, asked.at, "{id} {field}");
            let last = device.step(&stopped, Step::On).await;
            let declined = !end(&last).has_answers;
            assert_eq!(device.step(&last, Step::Back).await.at, asked.at, "{id} {field}");
            if !declined {
                let resumed = device.step(&go_on(&device, &last).await, Step::On).await;
                let resumed = match resumed.page {
                    Page::Gate(_) => {
                        device.step(&resumed, Step::CouldHarm(haven_api::practice::CouldHarm::No)).await
                    }
                    _ => resumed,
                };
                assert_eq!(question(&resumed).answer_id, field, "{id}");
            }
            let finished = device.client.finish_walk(&last).await.unwrap();
            assert_eq!(finished.written.is_none(), declined, "{id} {field}");
            assert!(declined || finished.next == instead, "{id} {field}");
            assert!(device.client.drafts().await.unwrap().is_empty(), "{id} {field}");
        }
    }
    assert!(count > 6, "{count}");
}

#[tokio::test(start_paused = true)]
async fn of_somebody_for_whom_now_is_not_the_time_nothing_is_kept() {
    let device = Device::with_vault().await;
    let asked = to_question(&device, "early-care-map", "stop_ok").await;
    let yes = device.step(&asked, Step::Answer(Value::Bool(true))).await;
    assert!(yes.is_kept);
    let again = device.step(&yes, Step::Back).await;
    let declined = device.step(&again, Step::Answer(Value::Bool(false))).await;
    assert!(!declined.is_kept && device.client.drafts().await.unwrap().is_empty());
    let last = device.step(&declined, Step::On).await;
    assert!(!end(&last).has_answers);
    assert!(device.client.finish_walk(&last).await.unwrap().written.is_none());
    assert_eq!(device.client.status().await.unwrap().entries, Some(0));
    assert!(device.client.walks().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_timer_has_its_breath_and_can_be_stopped_while_it_runs() {
    let device = Device::with_vault().await;
    let timer = to_question(&device, "slow-breath", "timer").await;
    let asked = question(&timer);
    assert_eq!(asked.breaths.iter().map(|breath| breath.seconds).collect::<Vec<_>>(), [4, 6]);
    assert!(!asked.stop_label.is_empty());
    let stopped = device.step(&timer, Step::Stop(Value::from("42s"))).await;
    let Page::Notice(notice) = &stopped.page else { panic!("{}", stopped.at) };
    assert!(notice.is_last);
    let kept = device.client.draft(stopped.draft.id).await.unwrap().draft.answers;
    assert!(kept["timer"] == Value::from("42s") && kept["dizzy"] == Value::Bool(true));
    let unknown = device.step(&timer, Step::Stop(Value::Null)).await;
    assert!(!answered(&unknown).contains(&"timer") && answered(&unknown).contains(&"dizzy"));
    let pattern = device.step(&timer, Step::Back).await;
    let refused = device.client.step_walk(&pattern, Step::Stop(Value::from("1m"))).await;
    assert_eq!(reason(refused), Some(Reason::InvalidArgument), "nothing runs there");
    // A choice may have something to say, and then it goes on.
    let holds = device.step(&pattern, Step::Answer(Value::from("4-4-4-4"))).await;
    let Page::Notice(notice) = &holds.page else { panic!("{}", holds.at) };
    assert!(!notice.is_last);
    let timer = device.step(&holds, Step::On).await;
    assert_eq!(question(&timer).breaths.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn going_back_and_forth_keeps_every_answer() {
    let device = Device::with_vault().await;
    for id in ["thought-check", "trigger-chain", "people-map", "signs-snapshot", "session-prep"] {
        let (mut walk, answers) = device.to_end(device.walk(id).await).await;
        let mut seen = 0;
        loop {
            walk = device.step(&walk, Step::Back).await;
            let Page::Question(asked) = &walk.page else { break };
            assert!(asked.answer.as_ref() == answers.get(&asked.answer_id), "{id} {}", asked.answer_id);
            seen += usize::from(asked.answer.is_some());
        }
        assert_eq!(seen, answers.len(), "{id}");
        assert!(matches!(walk.page, Page::Intro(_)) && !walk.has_back, "{id}");
        // Reading on keeps what stands there.
        for _ in 0..200 {
            walk = match walk.page {
                Page::End(_) => break,
                Page::Gate(_) => device.to_questions(walk).await,
                _ => device.step(&walk, Step::On).await,
            };
        }
        assert!(end(&walk).has_answers && walk.draft.draft.answers == answers, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_note_stays_and_what_was_noted_can_be_gone_on_with_or_taken_back() {
    let device = Device::with_vault().await;
    let asked = device.to_questions(device.walk("kind-word").await).await;
    let id = question(&asked).answer_id.clone();
    let fitting = device.fitting(question(&asked)).await;
    let noted = device.step(&asked, Step::Note(fitting.clone())).await;
    assert_eq!((noted.at.as_str(), noted.is_kept), (asked.at.as_str(), true));
    assert!(question(&noted).answer == Some(fitting.clone()));
    let on = device.step(&noted, Step::On).await;
    assert!(on.draft.draft.answers[&id] == fitting && on.at != noted.at);
    let back = device.step(&on, Step::Back).await;
    let skipped = device.step(&back, Step::Skip).await;
    assert!(skipped.at == on.at && answered(&skipped).is_empty());
    let kept = device.client.draft(skipped.draft.id).await.unwrap();
    assert!(kept.draft.answers.is_empty());
    assert!(device.client.finish_walk(&skipped).await.unwrap().written.is_none());
    assert!(device.client.drafts().await.unwrap().is_empty(), "nothing is left of nothing");
}

/// What fits no question of that shape.
fn unfit(shape: &Shape) -> Option<Value> {
    Some(match shape {
        Shape::Text { chars_max } => Value::from("x".repeat(*chars_max as usize + 1).as_str()),
        Shape::LongText { .. } | Shape::Derived { .. } => return None,
        Shape::Bool { .. } | Shape::Consent | Shape::Scale(_) => Value::from("perhaps"),
        Shape::Choice(_) => Value::from("none-of-these"),
        Shape::Multi(..) => Value::List(vec![Value::from("none-of-these")]),
        Shape::List { chars_max, .. } => {
            Value::List(vec![Value::from("x".repeat(*chars_max as usize + 1).as_str())])
        }
        Shape::Emotions { .. } => {
            Value::List(vec![Value::Map([("name".to_owned(), Value::from("sad"))].into())])
        }
        Shape::Person | Shape::Link { .. } => Value::from("nobody we know"),
        Shape::DateTime | Shape::Date { .. } => Value::from("2027-13-"),
        Shape::Duration | Shape::Timer { .. } => Value::from("a while"),
    })
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_stays_with_why_and_is_kept_as_it_was_typed() {
    let device = Device::with_vault().await;
    device.note("to be linked").await;
    for exercise in device.client.exercises(None, None).await.unwrap() {
        let id = exercise.exercise.id;
        let mut walk = device.to_questions(device.walk(id.as_str()).await).await;
        let mut tried = 0;
        for _ in 0..200 {
            let Page::Question(asked) = &walk.page else {
                if matches!(walk.page, Page::End(_)) {
                    break;
                }
                walk = device.step(&walk, Step::On).await;
                continue;
            };
            if let Some(typed) = unfit(&asked.field.shape) {
                tried += 1;
                let stays = device.step(&walk, Step::Answer(typed.clone())).await;
                assert_eq!(stays.at, walk.at, "{id} {}", asked.answer_id);
                assert!(!stays.hint.is_empty() && stays.is_kept, "{id} {}", asked.answer_id);
                assert!(question(&stays).answer.as_ref() == Some(&typed), "{id} {}", asked.answer_id);
                let kept = device.client.draft(walk.draft.id).await.unwrap();
                assert!(kept.typed.get(&asked.answer_id) == Some(&typed), "{id} {}", asked.answer_id);
                assert!(!kept.draft.answers.contains_key(&asked.answer_id), "{id} {}", asked.answer_id);
                assert_eq!(reason(device.client.finish_walk(&stays).await), Some(Reason::InvalidArgument));
                walk = stays;
            }
            walk = device.answer(&walk).await;
            assert!(walk.draft.typed.is_empty(), "{id}");
        }
        assert!(tried > 0, "{id}");
        device.client.finish_walk(&walk).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_typed_is_never_part_of_an_entry_and_is_there_when_it_is_gone_on_with() {
    let device = Device::with_vault().await;
    let asked = to_question(&device, "thought-check", "suds_before").await;
    let typed = Value::from("7o");
    let noted = device.step(&asked, Step::Note(typed.clone())).await;
    assert_eq!(noted.hint, "", "whoever types is not interrupted");
    // Left alone, it is written down as far as it fits, and stays.
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    assert_eq!(device.client.status().await.unwrap().entries, Some(1));
    let draft = device.client.draft(asked.draft.id).await.unwrap();
    assert!(draft.typed["suds_before"] == typed);
    let entry = device.client.entry(&draft.entry.unwrap().to_string(), None).await.unwrap();
    assert!(!entry.answers.contains_key("suds_before") && !entry.answers.is_empty());
    assert!(!device.client.drafts().await.unwrap()[0].problem.is_empty());
    assert_eq!(reason(device.client.commit_draft(draft.id).await), Some(Reason::InvalidArgument));

    let resumed = device.step(&go_on(&device, &asked).await, Step::On).await;
    assert_eq!(question(&resumed).answer_id, "suds_before", "it goes on there");
    assert!(question(&resumed).answer == Some(typed));
    let hinted = device.step(&resumed, Step::On).await;
    assert!(hinted.at == resumed.at && !hinted.hint.is_empty());
    let error = device.client.finish_walk(&hinted).await.err().unwrap();
    assert_eq!(error.faults[0].field.as_deref(), Some("suds_before"));
    let fits = device.step(&hinted, Step::Answer(Value::from(70))).await;
    let finished = device.client.finish_walk(&fits).await.unwrap();
    let entry = device.entry_of(&finished).await;
    assert_eq!(entry.summary.id, draft.entry.unwrap(), "the entry that it became by itself");
    assert!(entry.answers["suds_before"] == Value::from(70));
    assert_eq!(device.client.status().await.unwrap().entries, Some(1));
}

#[tokio::test(start_paused = true)]
async fn the_end_names_what_was_typed_and_leads_there() {
    let device = Device::with_vault().await;
    let (walk, _) = device.to_end(device.walk("thought-check").await).await;
    let to = device.step(&walk, Step::To("question:suds_before".to_owned())).await;
    assert_eq!(question(&to).answer_id, "suds_before");
    let noted = device.step(&to, Step::Note(Value::from("lots"))).await;
    let last = Walk { at: walk.at.clone(), ..noted };
    let last = device.step(&last, Step::Back).await;
    let last = device.step(&last, Step::On).await;
    let unfit = &end(&last).unfit;
    assert_eq!(
        (unfit.len(), unfit[0].words.as_str(), unfit[0].at.as_str()),
        (1, "lots", "question:suds_before")
    );
    let to = device.step(&last, Step::To(unfit[0].at.clone())).await;
    assert!(device.step(&to, Step::Skip).await.draft.typed.is_empty());
}

/// Seals what a walk holds, as a client does that hears that the journal is locked.
async fn seal(device: &Device, walk: &Walk) {
    let mut draft = walk.draft.draft.clone();
    draft.answers.extend(walk.draft.typed.clone());
    let becomes = Becomes::Draft {
        id: walk.draft.id,
        entry: walk.draft.entry,
        base_version: walk.draft.base_version.clone(),
        held: walk.draft.held,
    };
    device.client.seal_draft(Sealing { draft, becomes }).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_lock_between_two_steps_loses_nothing() {
    let device = Device::with_vault().await;
    // Before anything was kept, and after.
    for kept_before in [false, true] {
        let mut walk = device.to_questions(device.walk("kind-word").await).await;
        let first = question(&walk).answer_id.clone();
        if kept_before {
            walk = device.answer(&walk).await;
        }
        let id = question(&walk).answer_id.clone();
        let answer = device.fitting(question(&walk)).await;
        device.client.lock().await.unwrap();
        let refused = device.client.step_walk(&walk, Step::Answer(answer.clone())).await;
        assert_eq!(reason(refused), Some(Reason::Locked));
        assert_eq!(reason(device.client.walks().await), Some(Reason::Locked));
        // The client keeps what stands in the field with the rest, whether it fits or not.
        let mut sealed = walk.clone();
        sealed.draft.draft.answers.insert(id.clone(), answer.clone());
        sealed.draft.typed.insert("strength".to_owned(), Value::from("very"));
        seal(&device, &sealed).await;
        device.client.unlock(STRONG.to_owned()).await.unwrap();
        let kept = device.client.draft(walk.draft.id).await.unwrap();
        assert!(kept.draft.answers[&id] == answer, "sealed words are in the draft");
        assert_eq!(kept.draft.answers.contains_key(&first), kept_before || first == id);
        let next = device.step(&walk, Step::Answer(answer.clone())).await;
        assert_eq!(next.draft.id, walk.draft.id);
        assert!(next.draft.draft.answers[&id] == answer);
        let finished = device.client.finish_walk(&device.step(&next, Step::Skip).await).await;
        assert!(finished.is_ok() || next.draft.typed.contains_key("strength"));
        device.client.discard_draft(walk.draft.id).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_typed_outlives_a_lock_as_it_was_typed() {
    let device = Device::with_vault().await;
    let asked = to_question(&device, "thought-check", "suds_before").await;
    device.client.lock().await.unwrap();
    let mut sealed = asked.clone();
    sealed.draft.typed.insert("suds_before".to_owned(), Value::from("lots"));
    seal(&device, &sealed).await;
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    let kept = device.client.draft(asked.draft.id).await.unwrap();
    assert!(kept.typed["suds_before"] == Value::from("lots") && kept.draft.text.is_empty());
    let resumed = device.step(&go_on(&device, &asked).await, Step::On).await;
    assert!(question(&resumed).answer == Some(Value::from("lots")));
    let fits = device.step(&resumed, Step::Answer(Value::from(60))).await;
    let entry = device.entry_of(&device.client.finish_walk(&fits).await.unwrap()).await;
    assert!(entry.text.is_empty() && entry.answers["suds_before"] == Value::from(60));
}

#[tokio::test(start_paused = true)]
async fn a_walk_goes_on_after_a_restart_between_any_two_steps() {
    let disk = Disk::default();
    let mut device = Device::initialised(Device::with_store(disk.clone())).await;
    let mut walk = device.to_questions(device.walk("trigger-chain").await).await;
    for _ in 0..200 {
        if let Page::End(_) = walk.page {
            break;
        }
        walk = match &walk.page {
            Page::Question(asked) => {
                let answer = device.fitting(asked).await;
                device.step(&walk, Step::Answer(answer)).await
            }
            _ => device.step(&walk, Step::On).await,
        };
        drop(device);
        device = Device::with_store(disk.clone());
        device.client.unlock(STRONG.to_owned()).await.unwrap();
        let kept = device.client.draft(walk.draft.id).await.unwrap();
        assert!(kept.draft.answers == walk.draft.draft.answers, "{}", walk.at);
    }
    assert!(device.client.finish_walk(&walk).await.unwrap().complete);
}

#[tokio::test(start_paused = true)]
async fn two_clients_in_one_draft_lose_nothing_to_each_other() {
    let device = Device::with_vault().await;
    let stale = to_question(&device, "thought-check", "suds_before").await;
    device.host.move_clock(1_000);
    let other = device.step(&stale, Step::Answer(Value::from(70))).await;
    let later = device.answer(&other).await;
    let theirs = answered(&later).len();
    device.host.move_clock(1_000);
    let mine = device.step(&stale, Step::Note(Value::from(40))).await;
    assert!(mine.draft.draft.answers["suds_before"] == Value::from(40), "what is answered now counts");
    assert_eq!(answered(&mine).len(), theirs, "and the rest stays");
}

#[tokio::test(start_paused = true)]
async fn what_was_finished_or_discarded_is_over() {
    let device = Device::with_vault().await;
    let walk = device.to_questions(device.walk("kind-word").await).await;
    let walk = device.answer(&walk).await;
    device.client.finish_walk(&walk).await.unwrap();
    assert_eq!(reason(device.client.finish_walk(&walk).await), Some(Reason::NotFound));
    assert_eq!(reason(device.client.step_walk(&walk, Step::Skip).await), Some(Reason::NotFound));
    assert_eq!(device.client.status().await.unwrap().entries, Some(1), "and it isn't written twice");
    let walk = device.to_questions(device.walk("kind-word").await).await;
    let walk = device.answer(&walk).await;
    device.client.discard_draft(walk.draft.id).await.unwrap();
    assert_eq!(reason(device.client.step_walk(&walk, Step::Skip).await), Some(Reason::NotFound));
    assert!(device.client.drafts().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_walk_that_was_tampered_with_is_refused_and_changes_nothing() {
    let device = Device::with_vault().await;
    let note = device.note("a note").await;
    let writing = device.to_questions(device.walk("name-it").await).await;
    let writing = device.answer(&writing).await;
    let walk = device.to_questions(device.walk("kind-word").await).await;
    let walk = device.answer(&walk).await;
    let refused = async |change: &dyn Fn(&mut Walk), step: Step| {
        let mut changed = walk.clone();
        change(&mut changed);
        let stepped = reason(device.client.step_walk(&changed, step).await);
        assert_eq!(reason(device.client.finish_walk(&changed).await), stepped, "it isn't finished either");
        stepped
    };
    let at = |at: &'static str| move |walk: &mut Walk| walk.at = at.to_owned();
    for page in [
        "",
        "nowhere",
        "question:",
        "question:no_such",
        "notice:no_such",
        "support:q9",
        "question:a@b@c",
        "held-at:x",
    ] {
        assert_eq!(refused(&at(page), Step::Back).await, Some(Reason::InvalidArgument), "{page}");
    }
    for to in ["", "end", "question:no_such", "intro"] {
        let stepped = device.client.step_walk(&walk, Step::To(to.to_owned())).await;
        assert_eq!(reason(stepped), Some(Reason::InvalidArgument), "{to}");
    }
    let other: ExerciseId = "name-it".parse().unwrap();
    let exercise = |walk: &mut Walk| walk.draft.draft.exercise.as_mut().unwrap().id = other.clone();
    assert_eq!(refused(&exercise, Step::Skip).await, Some(Reason::InvalidArgument));
    let both = |walk: &mut Walk| {
        exercise(walk);
        walk.subject.made_with.id = other.clone();
    };
    assert_eq!(refused(&both, Step::Skip).await, Some(Reason::InvalidArgument));
    let version = |walk: &mut Walk| {
        walk.draft.draft.exercise.as_mut().unwrap().version = Some(99);
        walk.subject.made_with.version = 99;
    };
    assert_eq!(refused(&version, Step::Skip).await, Some(Reason::InvalidArgument));
    let none = |walk: &mut Walk| walk.draft.draft.exercise = None;
    assert_eq!(refused(&none, Step::Skip).await, Some(Reason::InvalidArgument));
    let theirs = |walk: &mut Walk| walk.draft.id = writing.draft.id;
    assert_eq!(refused(&theirs, Step::Skip).await, Some(Reason::InvalidArgument));
    let nobodys = |walk: &mut Walk| walk.draft.id = [9; 16];
    assert_eq!(refused(&nobodys, Step::Skip).await, Some(Reason::NotFound));
    let unasked = |walk: &mut Walk| {
        walk.draft.draft.answers.insert("no_such".to_owned(), Value::from(1));
    };
    assert_eq!(refused(&unasked, Step::Skip).await, Some(Reason::InvalidArgument));
    let later = |walk: &mut Walk| walk.later = vec!["no_such".to_owned()];
    assert_eq!(refused(&later, Step::Skip).await, Some(Reason::InvalidArgument));
    let entry = |walk: &mut Walk| walk.draft.entry = note.parse().ok();
    assert_eq!(refused(&entry, Step::Skip).await, Some(Reason::InvalidArgument));
    let missing = |walk: &mut Walk| walk.draft.entry = "f".repeat(32).parse().ok();
    assert_eq!(refused(&missing, Step::Skip).await, Some(Reason::NotFound));
    let large = Value::from("x".repeat(3 * 1024 * 1024).as_str());
    assert_eq!(reason(device.client.step_walk(&walk, Step::Note(large)).await), Some(Reason::TooLarge));
    for (draft, before) in [(walk.draft.id, &walk), (writing.draft.id, &writing)] {
        let kept = device.client.draft(draft).await.unwrap();
        assert!(kept.draft.answers == before.draft.draft.answers, "nothing was changed");
    }
    assert_eq!(device.client.status().await.unwrap().entries, Some(1));
}
