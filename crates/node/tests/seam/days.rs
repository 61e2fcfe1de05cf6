//! Days and zones: whose they are, and the order of entries of one day.

use bytes::Bytes;
use haven_api::drafts::SavedDraft;
use haven_api::error::ErrorReason as Reason;
use haven_api::journal::{Draft, Edit, ExerciseChoice, Filter, Import, ImportLine, Imported};
use haven_core::answers::Value;
use haven_core::time::{CivilTime, Timestamp};

use crate::device::{Device, STRONG, reason};

/// A time that no zone's clocks ever showed.
const CONTRADICTORY: &str = "2026-07-01T12:00:00+09:00[Europe/Berlin]";

fn evening_in_tokyo() -> CivilTime {
    "2027-01-16T23:30:00+09:00[Asia/Tokyo]".parse().unwrap()
}

fn dated(text: &str, at: &str) -> Draft {
    Draft { at: Some(at.parse().unwrap()), ..Draft::note(text) }
}

async fn import(device: &Device, lines: &[&str], zone: &str) -> Imported {
    let content = |line: &&str| Bytes::copy_from_slice(line.as_bytes());
    let lines = (1..).zip(lines).map(|(number, line)| ImportLine { number, content: content(line) });
    let lines: Vec<_> = lines.collect();
    let import = Import { id: [7; 16], lines, dry_run: false, zone: zone.to_owned() };
    device.client.import(import, |_| ()).await.unwrap()
}

/// The times and openings of all entries, oldest first.
async fn all(device: &Device) -> Vec<(String, String)> {
    let mut listed = device.client.list_all(&Filter::default()).await.unwrap();
    listed.reverse();
    listed.into_iter().map(|entry| (entry.at.to_string(), entry.opening)).collect()
}

async fn openings(device: &Device) -> Vec<String> {
    all(device).await.into_iter().map(|(_, opening)| opening).collect()
}

#[tokio::test(start_paused = true)]
async fn whatever_is_written_has_the_day_and_zone_of_the_client() {
    let device = Device::with_vault().await;
    let client = device.client.clone().in_the_time_of(evening_in_tokyo);
    client.add(Draft::note("note")).await.unwrap();
    let exercise = Some(ExerciseChoice { id: "thought-check".parse().unwrap(), version: None });
    let draft = Draft { exercise, text: "exercise".to_owned(), ..Draft::default() };
    let saved = SavedDraft {
        id: [1; 16],
        draft,
        entry: None,
        base_version: None,
        saved: Timestamp::default(),
        held: false,
        meant: None,
        typed: Default::default(),
    };
    client.save_draft(saved).await.unwrap();
    client.commit_draft([1; 16]).await.unwrap();
    let answers = (1..=9).map(|item| (format!("q{item}"), Value::from(0))).collect();
    let phq9 = "phq-9".parse().unwrap();
    client.answer_measure(&phq9, None, answers, None).await.ok().unwrap();
    let all = all(&device).await;
    assert_eq!(all.len(), 3);
    for (at, opening) in all {
        assert_eq!(at, evening_in_tokyo().to_string(), "{opening}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_up_comes_up_on_the_day_of_the_client() {
    let device = Device::with_vault().await;
    let phq9 = "phq-9".parse().unwrap();
    // A sheet without a score asks for no patience; a whole one does.
    for (count, asks) in [(1, false), (9, true)] {
        let answers = (1..=count).map(|item| (format!("q{item}"), Value::from(0))).collect();
        device.client.answer_measure(&phq9, None, answers, None).await.ok().unwrap();
        let now = device.client.measure(&phq9, None).await.unwrap();
        assert_eq!(!now.advice.is_empty(), asks, "{count} answers a moment ago");
    }
    let later = device.client.clone().in_the_time_of(|| "2027-02-20T08:00:00Z".parse().unwrap());
    assert_eq!(later.measure(&phq9, None).await.unwrap().advice, "");
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_does_not_exist_or_contradicts_is_refused_where_words_are_entered() {
    let device = Device::with_vault().await;
    let id = device.note("words").await;
    for at in [CONTRADICTORY, "2026-07-01T12:00:00[Mars/Base]", "2026-07-01[Mars/Base]"] {
        let refused = device.client.add(dated("x", at)).await.unwrap_err();
        assert_eq!(refused.reason, Reason::InvalidArgument);
        assert!(refused.why.contains("zone"), "{refused:?}");
        let edit = Edit { at: Some(at.parse().unwrap()), ..Edit::default() };
        assert_eq!(reason(device.client.edit(&id, edit, None).await), Some(Reason::InvalidArgument));
        let (draft, saved) = (dated("x", at), Timestamp::default());
        let draft = SavedDraft {
            id: [1; 16],
            draft,
            entry: None,
            base_version: None,
            saved,
            held: false,
            meant: None,
            typed: Default::default(),
        };
        assert_eq!(reason(device.client.save_draft(draft).await), Some(Reason::InvalidArgument));
        let phq9 = "phq-9".parse().unwrap();
        let answers = [("q1".to_owned(), Value::from(0))].into();
        let at = at.parse().unwrap();
        let refused = device.client.answer_measure(&phq9, None, answers, Some(&at)).await;
        assert_eq!(reason(refused), Some(Reason::InvalidArgument));
    }
    device.client.add(dated("whole", "2026-07-01T12:00[Asia/Tokyo]")).await.unwrap();
    assert_eq!(all(&device).await[0].0, "2026-07-01T12:00:00+09:00[Asia/Tokyo]");
}

#[tokio::test(start_paused = true)]
async fn what_a_record_says_is_shown_as_it_is_written_and_can_be_edited() {
    let device = Device::with_vault().await;
    let id = "ab".repeat(16);
    // A line of an export brings a record, whatever this device knows of its zone.
    let line = format!(r#"{{"date":"{CONTRADICTORY}","text":"kept","id":"{id}","kind":"note"}}"#);
    assert_eq!(import(&device, &[&line], "Europe/Berlin").await.imported, 1);
    let id = device.client.list(&Filter::default(), 0, None).await.unwrap().items[0].id;
    assert_eq!(all(&device).await, [(CONTRADICTORY.to_owned(), "kept".to_owned())]);
    let at = Some(CONTRADICTORY.parse().unwrap());
    let edit = Edit { at, title: Some("T".to_owned()), ..Edit::default() };
    device.client.edit(&id.to_string(), edit, None).await.unwrap();
    let draft = Draft { title: "T".to_owned(), ..dated("more", CONTRADICTORY) };
    let saved = Timestamp::default();
    let draft = SavedDraft {
        id: [1; 16],
        draft,
        entry: Some(id),
        base_version: None,
        saved,
        held: false,
        meant: None,
        typed: Default::default(),
    };
    device.client.save_draft(draft).await.unwrap();
    device.client.commit_draft([1; 16]).await.unwrap();
    assert_eq!(all(&device).await, [(CONTRADICTORY.to_owned(), "more".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn local_times_of_an_import_are_local() {
    let lines = [
        r#"{"date":"2021-05-01","text":"bare"}"#,
        r#"{"date":"2021-05-02T08:30:00","text":"local"}"#,
        r#"{"date":"2021-05-03T08:30:00Z","text":"utc"}"#,
        r#"{"date":"2021-05-04T08:30:00+09:00[Europe/Berlin]","text":"wrong"}"#,
        r#"{"date":"2021-05-05T08:30:00[Mars/Base]","text":"nowhere"}"#,
    ];
    for (zone, local) in [
        ("Asia/Tokyo", "2021-05-02T08:30:00+09:00[Asia/Tokyo]"),
        ("-03:30", "2021-05-02T08:30:00-03:30"),
        ("", "2021-05-02T08:30:00"),
    ] {
        let device = Device::with_vault().await;
        let done = import(&device, &lines, zone).await;
        assert_eq!(done.failed.iter().map(|failed| failed.line).collect::<Vec<_>>(), [4, 5], "{zone}");
        assert!(done.failed.iter().all(|failed| failed.reason.contains("zone")), "{:?}", done.failed);
        let times: Vec<_> = all(&device).await.into_iter().map(|(at, _)| at).collect();
        assert_eq!(times, ["2021-05-01", local, "2021-05-03T08:30:00Z"], "{zone}");
        assert_eq!(
            import(&device, &lines, zone).await.skipped,
            3,
            "the line is the same, whatever it was read as"
        );
    }
    let device = Device::with_vault().await;
    let lines = vec![ImportLine { number: 1, content: Bytes::from_static(lines[0].as_bytes()) }];
    let nowhere = Import { id: [7; 16], lines, dry_run: false, zone: "Mars/Base".to_owned() };
    assert_eq!(reason(device.client.import(nowhere, |_| ()).await), Some(Reason::InvalidArgument));
}

#[tokio::test(start_paused = true)]
async fn entries_of_one_date_keep_the_order_in_which_they_were_written_or_stood_in_a_file() {
    let device = Device::with_vault().await;
    let mut expected = Vec::new();
    // The clock stands still, and is set back once.
    for number in 0..20 {
        if number == 10 {
            device.host.move_clock(-60_000);
        }
        device.client.add(dated(&format!("typed {number}"), "2021-05-01")).await.unwrap();
        expected.push(format!("typed {number}"));
    }
    // What a file makes follows from its lines alone, the same on every device: such entries count as written on their date.
    let lines: Vec<_> =
        (0..1_500).map(|number| format!(r#"{{"date":"2021-05-01","text":"line {number}"}}"#)).collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    assert_eq!(import(&device, &lines, "").await.imported, 1_500);
    expected.splice(0..0, (0..1_500).map(|number| format!("line {number}")));
    device.client.add(dated("last", "2021-05-01")).await.unwrap();
    expected.push("last".to_owned());
    assert!(openings(&device).await == expected, "newest last, page after page");
    device.client.lock().await.unwrap();
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    assert!(openings(&device).await == expected, "after unlocking too");
}
