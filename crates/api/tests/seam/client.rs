//! A client and a device in the same process.

use bytes::Bytes;
use haven_api::client::Client;
use haven_api::error::ErrorReason;
use haven_api::journal::{Draft, Edit, ExportFormat, Filter, Import, ImportLine};
use haven_api::pb::journal_service_server::JournalServiceServer;
use haven_core::limits::IMPORT_LINE_BYTES_MAX;

use crate::device::Device;

fn haven() -> Client<JournalServiceServer<Device>> {
    Client::new(JournalServiceServer::new(Device::default()))
}

#[tokio::test]
async fn an_entry_is_written_read_changed_and_found_in_the_list() {
    let haven = haven();
    let written = haven.add(Draft::note("rain all day")).await.unwrap();
    let id = written.id.to_string();
    assert_eq!(haven.entry(&id[..6], None).await.unwrap().text, "rain all day");
    haven.edit(&id, Edit { title: Some("Rain".to_owned()), ..Edit::default() }, None).await.unwrap();
    let page = haven.list(&Filter::default(), 20, None).await.unwrap();
    assert_eq!((page.items.len(), page.total, page.next), (1, 1, None));
    assert_eq!((page.items[0].id, &*page.items[0].title), (written.id, "Rain"));
}

#[tokio::test]
async fn a_list_is_read_page_by_page_to_its_end() {
    let haven = haven();
    for number in 0..25 {
        haven.add(Draft::note(number.to_string())).await.unwrap();
    }
    let page = haven.list(&Filter::default(), 7, None).await.unwrap();
    assert_eq!((page.items.len(), page.total), (7, 25));
    let all = haven.list_all(&Filter::default()).await.unwrap();
    assert_eq!(all.len(), 25);
    assert_eq!(all[..7], page.items);
}

#[tokio::test]
async fn an_error_arrives_whole() {
    let haven = haven();
    let error = haven.entry("abc", None).await.unwrap_err();
    assert_eq!((error.reason, &*error.what), (ErrorReason::NotFound, "there's no such entry"));
    assert!(!error.next.is_empty());
    let error = haven.add(Draft::default()).await.unwrap_err();
    assert_eq!(error.reason, ErrorReason::InvalidArgument);
}

#[tokio::test]
async fn what_a_device_does_not_serve_is_unsupported() {
    let error = haven().status().await.unwrap_err();
    assert_eq!(error.reason, ErrorReason::Unsupported);
    assert!(error.next.contains("Update"), "{}", error.next);
}

#[tokio::test]
async fn a_file_is_imported_in_batches_and_the_whole_is_reported() {
    let haven = haven();
    let mut lines: Vec<Bytes> = (0..2_500).map(|number| Bytes::from(format!("good {number}"))).collect();
    lines[3] = Bytes::from_static(b"bad");
    lines[4] = Bytes::new();
    lines[2_000] = Bytes::from(vec![b'x'; IMPORT_LINE_BYTES_MAX + 1]);
    let numbered = (1..).zip(lines).map(|(number, content)| ImportLine { number, content });
    let lines: Vec<_> = numbered.collect();
    let mut heard = Vec::new();
    let import = Import { id: [1; 16], lines: lines.clone(), dry_run: false, zone: String::new() };
    let done = haven.import(import, |so_far| heard.push(so_far.imported)).await.unwrap();
    assert_eq!((done.imported, done.skipped), (2_497, 0));
    assert_eq!(done.failed.iter().map(|failed| failed.line).collect::<Vec<_>>(), [4, 2_001]);
    assert_eq!(heard, [999, 1_999, 2_497]);
    let again = haven
        .import(Import { id: [2; 16], lines, dry_run: false, zone: String::new() }, |_| {})
        .await
        .unwrap();
    assert_eq!((again.imported, again.skipped), (0, 2_497));
}

#[tokio::test]
async fn an_export_streams_to_its_end_or_to_its_error() {
    let haven = haven();
    for number in 0..3 {
        haven.add(Draft::note(number.to_string())).await.unwrap();
    }
    let mut export = haven.export(ExportFormat::Jsonl).await.unwrap();
    let mut lines = Vec::new();
    while let Some(batch) = export.next().await.unwrap() {
        lines.extend(batch.lines);
    }
    assert_eq!(lines, ["2", "1", "0"]);
    let mut export = haven.export(ExportFormat::Markdown { history: true }).await.unwrap();
    assert_eq!(export.next().await.unwrap().unwrap().files.len(), 1);
    assert_eq!(export.next().await.unwrap_err().reason, ErrorReason::Locked);
}
