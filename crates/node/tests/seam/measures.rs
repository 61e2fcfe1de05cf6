//! Measures and progress, through the client that apps use.

use haven_api::error::ErrorReason as Reason;
use haven_api::journal::{Edit, Filter};
use haven_api::people::PersonEdit;
use haven_core::answers::{ExerciseId, Value, ValueMap};
use haven_core::entry::EntryKind;
use haven_core::measure::Verdict;
use haven_core::progress::Topic;

use crate::device::{Device, STRONG, reason};

fn id(text: &str) -> ExerciseId {
    text.parse().unwrap()
}

async fn sheet(device: &Device, measure: &str, points: &[i32]) -> ValueMap {
    let items = device.client.measure(&id(measure), None).await.unwrap().items;
    assert_eq!(items.len(), points.len());
    items.into_iter().zip(points).map(|(item, point)| (item.id, Value::from(*point))).collect()
}

async fn answer(
    device: &Device,
    measure: &str,
    person: Option<&str>,
    at: &str,
    points: &[i32],
) -> haven_api::measures::MeasureResult {
    let answers = sheet(device, measure, points).await;
    let at = at.parse().unwrap();
    device.client.answer_measure(&id(measure), person, answers, Some(&at)).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_result_is_kept_as_an_entry_and_compared_with_the_one_before() {
    let device = Device::initialised(Device::new()).await;
    let first = answer(&device, "phq-9", None, "2026-01-05", &[1, 1, 1, 1, 1, 0, 0, 0, 0]).await;
    assert!(!first.support);
    let total = &first.scores[0];
    assert_eq!(
        (total.name.as_str(), total.number, total.band.as_deref()),
        ("total", Some(5.0), Some("mild"))
    );
    assert_eq!(total.change, None);
    let second = answer(&device, "phq-9", None, "2026-02-05", &[2, 2, 2, 2, 2, 1, 0, 0, 0]).await;
    assert_eq!(
        (second.scores[0].number, second.scores[0].change),
        (Some(11.0), Some(Verdict::MoreThanChance))
    );
    let results = device.client.results(&id("phq-9"), None).await.unwrap();
    assert_eq!(results.iter().map(|result| result.entry).collect::<Vec<_>>(), [first.entry, second.entry]);
    let filter = Filter { kind: Some(EntryKind::Measure), ..Filter::default() };
    assert_eq!(device.client.list(&filter, 0, None).await.unwrap().items.len(), 2);

    let edit = Edit { answers: [("q1".to_owned(), Value::from(0))].into(), ..Edit::default() };
    device.client.edit(&first.entry.to_string(), edit, None).await.unwrap();
    device.client.lock().await.unwrap();
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    let results = device.client.results(&id("phq-9"), None).await.unwrap();
    assert_eq!(results[0].scores[0].number, Some(4.0), "an answer can be corrected afterwards");
}

#[tokio::test(start_paused = true)]
async fn the_ninth_answer_calls_for_support_and_so_does_declining_it() {
    let device = Device::initialised(Device::new()).await;
    let low = answer(&device, "phq-9", None, "2026-01-05", &[0, 0, 0, 0, 0, 0, 0, 0, 3]).await;
    assert!(
        low.support && low.scores[0].band.is_none(),
        "no band beside an answer about being better off dead"
    );
    let mut answers = sheet(&device, "phq-9", &[0; 9]).await;
    answers.insert("q9".to_owned(), Value::from("prefer-not-to-say"));
    let declined = device.client.answer_measure(&id("phq-9"), None, answers, None).await.unwrap();
    assert!(declined.support && declined.scores[0].number.is_none());
}

#[tokio::test(start_paused = true)]
async fn in_the_days_after_a_time_of_need_no_measure_has_a_band() {
    let band = |result: &haven_api::measures::MeasureResult| result.scores[0].band.clone();
    let says_label = |result: &haven_api::measures::MeasureResult| {
        result.scores[0].says.iter().any(|says| says.contains("Published label"))
    };
    for asks_for_help in [false, true] {
        let device = Device::initialised(Device::new()).await;
        let gad = async || {
            let answers = sheet(&device, "gad-7", &[3; 7]).await;
            device.client.answer_measure(&id("gad-7"), None, answers, None).await.unwrap()
        };
        let before = gad().await;
        assert!(band(&before).is_some() && says_label(&before));
        let needed = sheet(&device, "phq-9", &[0, 0, 0, 0, 0, 0, 0, 0, 1]).await;
        if asks_for_help {
            device.client.help_in_person(None).await.unwrap();
        } else {
            device.client.answer_measure(&id("phq-9"), None, needed, None).await.unwrap();
        }
        let after = loop {
            // The day of help is kept beside the answer.
            let after = gad().await;
            if !asks_for_help || band(&after).is_none() {
                break after;
            }
        };
        assert_eq!((band(&after), says_label(&after)), (None, false), "by help: {asks_for_help}");
        assert_eq!(after.scores[0].number, Some(21.0));
        let results = device.client.results(&id("gad-7"), None).await.unwrap();
        assert!(results.iter().all(|result| band(result).is_none() && !says_label(result)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_measure_about_somebody_goes_with_them() {
    let device = Device::initialised(Device::new()).await;
    device.client.add_person("Ann").await.unwrap();
    device.client.add_person("Annie").await.unwrap();
    let asked = device.client.measure(&id("two-axis"), Some("Ann")).await.unwrap();
    assert!(asked.items.iter().any(|item| item.text.contains("Ann")), "the questions name her");
    assert!(asked.summary.about_person && !asked.summary.validated);
    let points = [6, 5, 2, 6, 3, 6, 3, 4, 2, 5, 3, 5];
    let result = answer(&device, "two-axis", Some("Annie"), "2026-01-05", &points).await;
    let numbers: Vec<_> = result.scores.iter().map(|score| score.number.unwrap()).collect();
    assert!((numbers[0] - 5.6667).abs() < 1e-4 && (numbers[1] - 5.0).abs() < 1e-4);

    device.client.merge_people("Annie", "Ann").await.unwrap();
    answer(&device, "two-axis", Some("Ann"), "2026-02-05", &[4; 12]).await;
    let results = device.client.results(&id("two-axis"), Some("Ann")).await.unwrap();
    assert_eq!(results.len(), 2);
    assert_eq!(results[1].scores[0].change, Some(Verdict::CannotTell));
    let plane = device.client.progress(Topic::Plane, Some("Ann"), None).await.unwrap();
    assert!(!plane.enough, "two points make no trend");
    assert_eq!(plane.data["planes"][0]["trails"][0]["points"].as_array().unwrap().len(), 2);

    let died = PersonEdit { died: Some(true), ..PersonEdit::default() };
    device.client.edit_person("Ann", &died).await.unwrap();
    let refused = device.client.measure(&id("two-axis"), Some("Ann")).await;
    assert_eq!(reason(refused), Some(Reason::InvalidArgument));
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_is_refused_and_nothing_is_kept() {
    let device = Device::initialised(Device::new()).await;
    let client = &device.client;
    let try_it = async |measure: &str, person, answers: &[(&str, i32)]| {
        let answers = answers.iter().map(|(item, point)| ((*item).to_owned(), Value::from(*point)));
        reason(client.answer_measure(&id(measure), person, answers.collect(), None).await)
    };
    assert_eq!(try_it("phq-9", None, &[("q1", 4)]).await, Some(Reason::InvalidArgument));
    assert_eq!(try_it("phq-9", None, &[("q10", 1)]).await, Some(Reason::InvalidArgument));
    assert_eq!(try_it("phq-9", None, &[]).await, Some(Reason::InvalidArgument));
    assert_eq!(try_it("phq-9", Some("Ann"), &[("q1", 1)]).await, Some(Reason::InvalidArgument));
    assert_eq!(try_it("two-axis", Some("Ann"), &[("w1", 1)]).await, Some(Reason::NotFound));
    assert_eq!(try_it("slow-breath", None, &[("q1", 1)]).await, Some(Reason::NotFound));
    assert_eq!(client.list(&Filter::default(), 0, None).await.unwrap().items.len(), 0);
    client.lock().await.unwrap();
    assert_eq!(try_it("phq-9", None, &[("q1", 1)]).await, Some(Reason::Locked));
    assert!(client.measure(&id("phq-9"), None).await.is_ok(), "what it asks is no secret");
    assert_eq!(reason(client.progress(Topic::Days, None, None).await), Some(Reason::Locked));
}

#[tokio::test(start_paused = true)]
async fn every_view_of_an_empty_journal_says_so_and_fails_nobody() {
    let device = Device::initialised(Device::new()).await;
    for topic in Topic::ALL {
        let told = device.client.progress(*topic, None, None).await.unwrap();
        assert_eq!((told.topic, told.enough), (*topic, false));
        assert!(told.data.is_object(), "{topic}");
    }
}
