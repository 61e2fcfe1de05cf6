//! Measures that a person adds, and taking back what was added.

use haven_api::definition::{Check, Checked};
use haven_api::drafts::SavedDraft;
use haven_api::error::ErrorReason as Reason;
use haven_api::journal::{Draft, Edit, ExerciseChoice, ExportFormat};
use haven_api::measures::{MeasureResult, MeasureSummary};
use haven_core::answers::{ExerciseId, Value, ValueMap};
use haven_core::fault::Fault;
use haven_core::measure::Verdict;
use haven_core::progress::Topic;
use haven_core::time::Timestamp;

use crate::device::{Device, STRONG, reason};
use crate::exercises::{MINE, answers as said, id as mine};

/// A questionnaire that nobody ever published.
const TEAPOT: &str = include_str!("../../../../tests/data/teapot-mood.toml");

fn teapot() -> ExerciseId {
    "teapot-mood".parse().unwrap()
}

fn told(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("{fault}\n")).collect()
}

/// What is wrong with a definition; empty if it was added.
async fn faults(device: &Device, definition: &str) -> String {
    match device.client.add_measure(definition.to_owned()).await.unwrap() {
        Checked::Faulty(faults) => told(&faults),
        Checked::Usable(_) => String::new(),
    }
}

/// What a check finds, and whether it looked into the journal.
fn found<T>(check: &Check<T>) -> (String, bool) {
    let faults = match &check.found {
        Checked::Faulty(faults) => told(faults),
        Checked::Usable(_) => String::new(),
    };
    (faults, check.compared)
}

async fn listed(device: &Device) -> Vec<MeasureSummary> {
    let all = device.client.measures().await.unwrap();
    all.into_iter().filter(|measure| measure.custom).collect()
}

async fn answer(device: &Device, at: &str, points: [i32; 3]) -> MeasureResult {
    let answers: ValueMap =
        ["steam", "lid", "spout"].map(str::to_owned).into_iter().zip(points.map(Value::from)).collect();
    let at = at.parse().unwrap();
    device.client.answer_measure(&teapot(), None, answers, Some(&at)).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_definition_is_given_back_as_it_was_written() {
    let device = Device::with_vault().await;
    device.client.add_measure(TEAPOT.to_owned()).await.unwrap();
    assert_eq!(device.client.measure_definition(&teapot()).await.unwrap(), TEAPOT);
    device.client.add_exercise(MINE.to_owned()).await.unwrap();
    assert_eq!(device.client.exercise_definition(&mine()).await.unwrap(), MINE);
    let next = MINE.replacen("version = 1", "version = 2", 1);
    device.client.add_exercise(next.clone()).await.unwrap();
    assert_eq!(device.client.exercise_definition(&mine()).await.unwrap(), next);

    let ours = device.client.exercise_definition(&"slow-breath".parse().unwrap()).await.unwrap();
    assert_eq!(ours, include_str!("../../../core/content/exercises/slow-breath.toml"));
    let ours = device.client.measure_definition(&"phq-9".parse().unwrap()).await.unwrap();
    assert_eq!(ours, include_str!("../../../core/content/measures/phq-9.toml"));
    let unknown = "no-such-thing".parse().unwrap();
    assert_eq!(reason(device.client.exercise_definition(&unknown).await), Some(Reason::NotFound));
    assert_eq!(reason(device.client.measure_definition(&unknown).await), Some(Reason::NotFound));

    // A mistyped id is asked back about, one that the person added as well.
    let near = async |typed: &str| {
        device.client.exercise(&typed.parse().unwrap(), None).await.unwrap_err().candidates
    };
    assert_eq!(*near("slow-breth").await, ["slow-breath"]);
    assert!(near("gratitude").await.is_empty());
    let mistyped = format!("{}x", teapot());
    let refused = device.client.measure(&mistyped.parse().unwrap(), None).await.unwrap_err();
    assert_eq!(*refused.candidates, [teapot().to_string()]);
    let removed = device.client.remove_exercise(&format!("{}x", mine()).parse().unwrap()).await.unwrap_err();
    assert_eq!(*removed.candidates, [mine().to_string()]);
}

#[tokio::test(start_paused = true)]
async fn a_measure_that_was_added_is_answered_like_any_other_and_says_whose_it_is() {
    let device = Device::with_vault().await;
    let Checked::Usable(added) = device.client.add_measure(TEAPOT.to_owned()).await.unwrap() else {
        panic!("it has no fault")
    };
    assert_eq!((added.title.as_str(), added.custom), ("Mood of the teapot", true));
    assert_eq!(device.client.status().await.unwrap().entries, Some(0), "a definition is no entry");
    let measure = device.client.measure(&teapot(), None).await.unwrap();
    assert!(measure.origin.contains("Haven didn't check where they come from"), "{}", measure.origin);
    assert_eq!(measure.notice, "The Teapot Leaflet is made up. Do not pour from it.");
    let ours = device.client.measure(&"phq-9".parse().unwrap(), None).await.unwrap();
    assert_eq!((ours.origin.as_str(), ours.summary.custom), ("", false));

    let first = answer(&device, "2026-01-05", [4, 0, 4]).await;
    assert_eq!((first.scores[0].number, first.scores[0].band.as_deref()), (Some(12.0), Some("simmering")));
    let says = first.says.join("\n");
    assert!(says.contains("You added these questions."), "{says}");
    assert!(says.contains("The file they come from says nobody has tested"), "{says}");
    assert!(!says.contains("We wrote"), "{says}");
    let second = answer(&device, "2026-02-05", [1, 3, 0]).await;
    assert_eq!(second.scores[0].change, Some(Verdict::MoreThanChance));
    let progress = device.client.progress(Topic::Measures, None, None).await.unwrap();
    assert_eq!(progress.data["measures"][0]["measure"], "teapot-mood", "{}", progress.data);

    device.client.lock().await.unwrap();
    assert!(listed(&device).await.is_empty());
    assert_eq!(reason(device.client.measure(&teapot(), None).await), Some(Reason::NotFound));
    assert_eq!(reason(device.client.add_measure(TEAPOT.to_owned()).await), Some(Reason::Locked));
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(listed(&device).await.len(), 1);
    assert_eq!(device.client.results(&teapot(), None).await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_measure_that_cannot_be_used_is_refused_with_its_reason_and_not_kept() {
    let device = Device::with_vault().await;
    let with = |from: &str, to: &str| TEAPOT.replacen(from, to, 1);
    let (until_vectors, _) = TEAPOT.split_once("# 4 + (4 - 4) + 4.").unwrap();
    let (_, texts) = TEAPOT.split_once("[i18n.en]").unwrap();
    for (definition, expected) in [
        (with("teapot-mood", "phq-9"), "comes with Haven has the id phq-9 already"),
        (with("teapot-mood", "slow-breath"), "comes with Haven has the id slow-breath already"),
        (with("tier = \"B\"", "tier = \"D\""), "what is of tier D may not be copied at all"),
        (with("tier = \"B\"", "tier = \"C\""), "tier C does not carry the words of its items"),
        (with("source = \"The Teapot Leaflet, page 1 (made up)\"", "source = \"\""), "a band has no source"),
        (with("total = 12 }", "total = 11 }"), "total comes to 12.0000"),
        (with("[rights]\n", "[wrongs]\n"), "\"wrongs\" is no key here"),
        (format!("{until_vectors}[i18n.en]{texts}"), "the measure has 0 worked examples"),
        (MINE.to_owned(), "is no key here"),
    ] {
        let told = faults(&device, &definition).await;
        assert!(told.contains(expected), "{expected}: {told}");
    }
    assert!(listed(&device).await.is_empty());
    for (tier, id) in [("A", "my-a"), ("B", "my-b")] {
        let tier = with("tier = \"B\"", &format!("tier = \"{tier}\"")).replace("teapot-mood", id);
        assert_eq!(faults(&device, &tier).await, "");
    }
    let scorer = with("tier = \"B\"", "tier = \"C\"").replace("teapot-mood", "my-c");
    let scorer =
        scorer.replace("items = [\"steam\", \"lid\", \"spout\"]", "items = \"user-supplied\"\ncount = 3");
    assert_eq!(faults(&device, &scorer).await, "");
    let large = format!("{TEAPOT}#{}", "x".repeat(64 * 1024));
    assert_eq!(reason(device.client.add_measure(large).await), Some(Reason::TooLarge));
}

#[tokio::test(start_paused = true)]
async fn exercises_and_measures_that_were_added_share_their_ids() {
    let device = Device::with_vault().await;
    device.client.add_exercise(MINE.to_owned()).await.unwrap();
    let named_alike = TEAPOT.replace("teapot-mood", mine().as_str());
    let told = faults(&device, &named_alike).await;
    assert!(told.contains("an exercise that you added has the id one-good-thing"), "{told}");
    device.client.remove_exercise(&mine()).await.unwrap();
    assert!(faults(&device, &named_alike).await.contains("one-good-thing"), "entries made with it need it");

    device.client.add_measure(TEAPOT.to_owned()).await.unwrap();
    let named_alike = MINE.replace(mine().as_str(), "teapot-mood");
    let check = device.client.check_exercise(named_alike).await.unwrap();
    assert!(found(&check).0.contains("a measure that you added has the id teapot-mood"));
}

#[tokio::test(start_paused = true)]
async fn a_next_version_of_a_measure_keeps_its_key_and_old_results_theirs() {
    let device = Device::with_vault().await;
    device.client.add_measure(TEAPOT.to_owned()).await.unwrap();
    answer(&device, "2026-01-05", [4, 0, 4]).await;
    let next = TEAPOT.replace("version = 1", "version = 2").replace("rattled", "clattered");
    let turned = next.replace("reverse = [2]", "reverse = [1]").replace("[4, 0, 4]", "[0, 4, 4]");
    let told = faults(&device, &turned.replace("[1, 3, 0]", "[3, 1, 0]")).await;
    assert!(told.contains("the items, the scale or the key are not those of the version before"), "{told}");
    assert!(faults(&device, TEAPOT).await.contains("version 1 is not greater than 1; write version = 2"));
    assert_eq!(faults(&device, &next).await, "");
    answer(&device, "2026-02-05", [4, 0, 4]).await;
    let results = device.client.results(&teapot(), None).await.unwrap();
    let numbers: Vec<_> = results.iter().map(|result| result.scores[0].number).collect();
    assert_eq!(numbers, [Some(12.0), Some(12.0)]);
    assert_eq!(listed(&device).await[0].measure.version, 2);
}

#[tokio::test(start_paused = true)]
async fn an_exercise_that_was_taken_back_is_not_offered_and_its_entries_stay_whole() {
    let device = Device::with_vault().await;
    let client = &device.client;
    client.add_exercise(MINE.to_owned()).await.unwrap();
    let done = client.add(Draft::exercise(mine(), said("good", "tea with Ann"))).await.unwrap();
    let begun = client.add(Draft::exercise(mine(), said("still", "not yet"))).await.unwrap();
    client.remove_exercise(&mine()).await.unwrap();

    let offered = client.exercises(None, None).await.unwrap();
    assert!(offered.iter().all(|exercise| exercise.exercise.id != mine()));
    let gone = client.exercise(&mine(), None).await.unwrap_err();
    assert_eq!((gone.reason, gone.why.as_str()), (Reason::NotFound, "you took it back"));
    let anew = client.add(Draft::exercise(mine(), said("good", "more"))).await;
    assert_eq!(reason(anew), Some(Reason::NotFound));

    let whole = client.exercise(&mine(), Some(1)).await.unwrap();
    assert_eq!(whole.fields[0].label, "What went well?");
    let mut export = client.export(ExportFormat::Markdown { history: false }).await.unwrap();
    let pages = export.next().await.unwrap().unwrap().files;
    assert!(pages.iter().any(|page| page.content.contains("What went well?")));
    assert_eq!(client.search("step:3", 0, None).await.unwrap().items.len(), 2);

    device.host.move_clock(8 * 24 * 3_600_000);
    let today = client.today().await.unwrap();
    assert!(today.later.is_empty(), "nothing is asked that was taken back");
    assert_eq!(
        (today.open.len(), today.open[0].entry, &*today.open[0].title),
        (1, begun.id, "One good thing")
    );
    let edit = Edit { answers: said("good", "it came after all"), ..Edit::default() };
    let finished = client.edit(&begun.id.to_string(), edit, None).await.unwrap();
    assert!(finished.complete, "what was begun can be gone on with");
    let later = Edit { answers: said("still", "a smile"), ..Edit::default() };
    client.edit(&done.id.to_string(), later, None).await.unwrap();

    client.lock().await.unwrap();
    client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(reason(client.exercise(&mine(), None).await), Some(Reason::NotFound));
    assert!(client.exercise(&mine(), Some(1)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_draft_of_what_was_taken_back_can_still_be_finished() {
    let device = Device::with_vault().await;
    let client = &device.client;
    client.add_exercise(MINE.to_owned()).await.unwrap();
    let choice = ExerciseChoice { id: mine(), version: None };
    let draft = Draft { exercise: Some(choice), answers: said("good", "tea"), ..Draft::default() };
    let saved = SavedDraft {
        id: [3; 16],
        draft,
        entry: None,
        base_version: None,
        saved: Timestamp::default(),
        held: false,
        meant: None,
        typed: Default::default(),
    };
    client.save_draft(saved.clone()).await.unwrap();
    client.remove_exercise(&mine()).await.unwrap();
    let mut kept = client.draft(saved.id).await.unwrap();
    kept.draft.answers = said("good", "tea with Ann");
    client.save_draft(kept).await.unwrap();
    assert!(client.commit_draft(saved.id).await.unwrap().complete);
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_back_comes_back_when_it_is_added_again() {
    let device = Device::with_vault().await;
    let client = &device.client;
    for round in 0..70 {
        assert_eq!(
            faults(&device, TEAPOT).await,
            "",
            "{round}: a version counts once however often it comes"
        );
        assert_eq!(listed(&device).await.len(), 1);
        client.remove_measure(&teapot()).await.unwrap();
        assert!(listed(&device).await.is_empty());
    }
    let other = TEAPOT.replace("rattled", "clattered");
    assert!(faults(&device, &other).await.contains("version 1 is not greater than 1"), "only as it was");
    assert_eq!(faults(&device, &other.replace("version = 1", "version = 2")).await, "");
    assert_eq!(listed(&device).await[0].measure.version, 2);
}

#[tokio::test(start_paused = true)]
async fn results_of_a_measure_that_was_taken_back_can_still_be_read() {
    let device = Device::with_vault().await;
    let client = &device.client;
    client.add_measure(TEAPOT.to_owned()).await.unwrap();
    answer(&device, "2026-01-05", [4, 0, 4]).await;
    answer(&device, "2026-02-05", [1, 3, 0]).await;
    client.remove_measure(&teapot()).await.unwrap();
    let refused = client.answer_measure(&teapot(), None, [("steam".to_owned(), 1.into())].into(), None).await;
    assert_eq!(reason(refused), Some(Reason::NotFound));
    let results = client.results(&teapot(), None).await.unwrap();
    assert_eq!(results.iter().map(|it| it.scores[0].number).collect::<Vec<_>>(), [Some(12.0), Some(2.0)]);
    let progress = client.progress(Topic::Measures, None, None).await.unwrap();
    assert!(progress.says.contains("Mood of the teapot"), "{}", progress.says);
}

#[tokio::test(start_paused = true)]
async fn only_what_was_added_can_be_taken_back() {
    let device = Device::with_vault().await;
    let client = &device.client;
    client.add_exercise(MINE.to_owned()).await.unwrap();
    let refused = client.remove_exercise(&"slow-breath".parse().unwrap()).await.unwrap_err();
    assert_eq!((refused.reason, refused.why.as_str()), (Reason::InvalidArgument, "it comes with Haven"));
    assert!(refused.next.starts_with("Leave it where it is"), "{}", refused.next);
    let phq = "phq-9".parse().unwrap();
    assert_eq!(reason(client.remove_measure(&phq).await), Some(Reason::InvalidArgument));
    assert_eq!(reason(client.remove_measure(&mine()).await), Some(Reason::NotFound), "it is an exercise");
    assert_eq!(reason(client.remove_exercise(&teapot()).await), Some(Reason::NotFound));
    client.remove_exercise(&mine()).await.unwrap();
    assert_eq!(reason(client.remove_exercise(&mine()).await), Some(Reason::NotFound), "once is enough");
    client.lock().await.unwrap();
    assert_eq!(reason(client.remove_exercise(&mine()).await), Some(Reason::Locked));
}

#[tokio::test(start_paused = true)]
async fn a_check_looks_into_the_journal_where_it_is_open() {
    let device = Device::new();
    let client = device.client.clone();
    let check_exercise = async |text: &str| found(&client.check_exercise(text.to_owned()).await.unwrap());
    let check_measure = async |text: &str| found(&client.check_measure(text.to_owned()).await.unwrap());
    let good = |compared| (String::new(), compared);
    assert_eq!(check_exercise(MINE).await, good(false), "there is no journal yet");
    let _device = Device::initialised(device).await;
    assert_eq!((check_exercise(MINE).await, check_measure(TEAPOT).await), (good(true), good(true)));

    client.add_exercise(MINE.to_owned()).await.unwrap();
    client.add_measure(TEAPOT.to_owned()).await.unwrap();
    let next = MINE.replace("version = 1", "version = 2");
    assert!(check_exercise(MINE).await.0.contains("version 1 is not greater than 1"));
    assert!(check_measure(TEAPOT).await.0.contains("version 1 is not greater than 1"));
    let renamed = next.replace("\"still\"\nkind", "\"left\"\nkind");
    assert!(check_exercise(&renamed).await.0.contains("the field still was removed"));
    assert_eq!(check_exercise(&next).await, good(true));
    client.lock().await.unwrap();
    assert_eq!(check_exercise(MINE).await, good(false));
    assert!(check_measure("no toml").await.0.contains("line 1"));
}
