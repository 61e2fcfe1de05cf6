//! Import and export.

use bytes::Bytes;
use haven_api::journal::{ExportFile, ExportFormat, Import, ImportLine, Imported};

use crate::device::Device;

const LINES: [&str; 4] = [
    r#"{"date":"1660-01-01","title":"First","text":"Blessed be God","tags":["office"],"people":["Elizabeth"]}"#,
    r#"{"date":"1660-01-02","text":"In the morning before I went forth"}"#,
    r#"{"date":"not a day","text":"x"}"#,
    r#"{"date":"1660-01-02","text":"In the morning before I went forth"}"#,
];

async fn import(device: &Device, lines: &[&str], dry_run: bool) -> Imported {
    let line = |(number, line): (u64, &&str)| ImportLine {
        number,
        content: Bytes::copy_from_slice(line.as_bytes()),
    };
    let lines: Vec<_> = (1..).zip(lines).map(line).collect();
    device.client.import(Import { id: [7; 16], lines, dry_run, zone: String::new() }, |_| ()).await.unwrap()
}

async fn exported(device: &Device, format: ExportFormat) -> (Vec<String>, Vec<ExportFile>) {
    let (mut lines, mut files) = (Vec::new(), Vec::new());
    let mut export = device.client.export(format).await.unwrap();
    while let Some(batch) = export.next().await.unwrap() {
        lines.extend(batch.lines);
        files.extend(batch.files);
    }
    (lines, files)
}

#[tokio::test(start_paused = true)]
async fn good_lines_are_imported_once_and_bad_ones_are_named() {
    let device = Device::with_vault().await;
    let dry = import(&device, &LINES, true).await;
    assert_eq!((dry.imported, dry.skipped, dry.failed.len()), (2, 1, 1));
    assert_eq!(device.client.status().await.unwrap().entries, Some(0));
    let first = import(&device, &LINES, false).await;
    assert_eq!((first.imported, first.skipped), (2, 1));
    assert_eq!((first.failed[0].line, first.failed.len()), (3, 1));
    assert!(!first.failed[0].reason.contains("not a day"), "words are not repeated");
    let again = import(&device, &LINES, false).await;
    assert_eq!((again.imported, again.skipped), (0, 3));
    assert_eq!(device.found("blessed").await, ["First"]);
    assert_eq!(device.client.people().await.unwrap()[0].name.as_str(), "Elizabeth");
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_counts_a_line_once_even_in_two_batches() {
    let device = Device::with_vault().await;
    let lines: Vec<String> = (0..2_500)
        .map(|number| format!(r#"{{"date":"2020-01-01","text":"line {}"}}"#, number % 1_250))
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let dry = import(&device, &lines, true).await;
    assert_eq!((dry.imported, dry.skipped), (1_250, 1_250));
    let real = import(&device, &lines, false).await;
    assert_eq!((real.imported, real.skipped), (1_250, 1_250));
}

#[tokio::test(start_paused = true)]
async fn an_export_holds_everything_and_can_be_imported_elsewhere() {
    let device = Device::with_vault().await;
    import(&device, &LINES[..2], false).await;
    let id = device.note("later").await;
    let trashed = device.note("in the trash").await;
    device.client.trash(&trashed).await.unwrap();
    let (lines, _) = exported(&device, ExportFormat::Jsonl).await;
    let kinds: Vec<_> = lines.iter().map(|line| line.split('"').nth(1).unwrap()).collect();
    assert_eq!(kinds, ["haven", "person", "date", "date", "date", "date"]);
    assert!(
        lines[2].contains("Blessed be God") && lines[4..].iter().any(|line| line.contains(&id)),
        "by time"
    );
    let trashed = lines.iter().find(|line| line.contains("in the trash")).unwrap();
    assert!(trashed.contains("\"trashed\":\""), "the trash too");
    let other = Device::with_vault().await;
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_eq!(import(&other, &lines, false).await.imported, 4);
    assert_eq!(other.found("blessed").await, ["First"]);
    let (_, files) = exported(&device, ExportFormat::Markdown { history: false }).await;
    assert_eq!(files.len(), 3);
    let page = haven_core::markdown::parse(&files[0].content).unwrap();
    assert_eq!((page.entry.title.as_str(), page.entry.text.as_str()), ("First", "Blessed be God"));
}

#[tokio::test(start_paused = true)]
async fn an_export_with_history_holds_what_was_written_before() {
    let device = Device::with_vault().await;
    let id = device.note("the first words").await;
    device.note("never changed").await;
    let edit = haven_api::journal::Edit { text: Some("other words".to_owned()), ..Default::default() };
    device.client.edit(&id, edit, None).await.unwrap();
    let (_, files) = exported(&device, ExportFormat::Markdown { history: true }).await;
    let past: Vec<_> = files.iter().filter(|file| file.name.ends_with(".history.md")).collect();
    assert_eq!((files.len(), past.len()), (3, 1));
    assert!(past[0].content.contains("the first words") && !past[0].content.contains("other words"));
}

/// What a later version adds to an entry is an answer whose name holds a colon: it comes in, stays when something else is edited, and
/// goes out as it came.
#[tokio::test(start_paused = true)]
async fn what_a_later_version_added_to_an_entry_is_kept_and_exported() {
    const LATER: &str = r#"{"date":"2026-11-24","text":"Es war gut.","id":"abababababababababababababababab","kind":"note","answers":{"text:language":"de","why:shown":["a",2]},"types":{"why:shown":"seen"},"created":"2026-11-24T10:00:00Z","modified":"2026-11-24T10:00:00Z"}"#;
    let device = Device::with_vault().await;
    let imported = import(&device, &[LATER], false).await;
    assert_eq!((imported.imported, imported.failed.len()), (1, 0));
    let (lines, _) = exported(&device, ExportFormat::Jsonl).await;
    assert_eq!(lines[1], LATER);
    let id = "abababababababababababababababab";
    let edit = haven_api::journal::Edit { title: Some("Ein Tag".to_owned()), ..Default::default() };
    device.client.edit(id, edit, None).await.unwrap();
    let (lines, _) = exported(&device, ExportFormat::Jsonl).await;
    let answers = &LATER[LATER.find("\"answers\"").unwrap()..LATER.find("\"created\"").unwrap()];
    assert!(lines[1].contains(answers) && lines[1].contains("Ein Tag"), "{}", lines[1]);
}
