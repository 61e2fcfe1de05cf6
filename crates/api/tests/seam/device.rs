//! A device of a few lines: it keeps entries in memory, in the order they were written.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard};

use haven_api::convert::{draft, edit, entry};
use haven_api::error::{ApiError, ErrorReason};
use haven_api::pb;
use haven_api::pb::journal_service_server::JournalService;
use haven_core::entry::{Draft, Entry};
use haven_core::id::{EntryId, IdPrefix};
use haven_core::person::ResolveError;
use haven_core::shelf::Shelf;
use haven_core::time::Timestamp;
use tonic::{Request, Response, Status};

#[derive(Default)]
pub(crate) struct Device {
    entries: Mutex<Vec<Entry>>,
    imported: Mutex<BTreeSet<Vec<u8>>>,
}

/// Entries on a page, fewer than a test writes.
const PAGE: usize = 10;

impl Device {
    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap()
    }

    fn find(&self, prefix: &str) -> Result<usize, ApiError> {
        let unknown = || ApiError::new(ErrorReason::NotFound, "there's no such entry");
        let prefix: IdPrefix = prefix.parse().map_err(|_| unknown())?;
        self.entries().iter().position(|entry| prefix.matches(&entry.id)).ok_or_else(unknown)
    }
}

fn read(wanted: pb::Draft) -> Result<Draft, ApiError> {
    let now = "2026-11-24".parse().unwrap();
    let person = |_: &str| Err(ResolveError::NotFound { perhaps: Vec::new() });
    draft::from_pb(wanted, draft::Lookup { now: &now, person: &person, shelf: &Shelf::built_in().unwrap() })
}

fn written(draft: Draft, number: usize) -> Entry {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&(number as u64 + 1).reverse_bits().to_be_bytes());
    Entry {
        id: EntryId::from_bytes(id),
        kind: draft.kind,
        at: draft.at,
        title: draft.title,
        text: draft.text,
        tags: draft.tags,
        people: draft.people,
        exercise: draft.exercise,
        answers: draft.answers,
        import_id: None,
        created: Timestamp::from_millis(1),
        modified: Timestamp::from_millis(2),
        trashed: None,
    }
}

#[tonic::async_trait]
impl JournalService for Device {
    type ExportEntriesStream =
        tokio_stream::Iter<std::vec::IntoIter<Result<pb::ExportEntriesResponse, Status>>>;

    async fn add_entry(
        &self,
        request: Request<pb::AddEntryRequest>,
    ) -> Result<Response<pb::AddEntryResponse>, Status> {
        let draft = read(request.into_inner().draft.unwrap_or_default())?;
        let mut entries = self.entries();
        let entry = written(draft, entries.len());
        let id = entry.id.to_string();
        entries.push(entry);
        Ok(Response::new(pb::AddEntryResponse { id, version: "v".to_owned(), complete: true }))
    }

    async fn edit_entry(
        &self,
        request: Request<pb::EditEntryRequest>,
    ) -> Result<Response<pb::EditEntryResponse>, Status> {
        let request = request.into_inner();
        let place = self.find(&request.id)?;
        let person = |_: &str| Err(ResolveError::NotFound { perhaps: Vec::new() });
        let edit = edit::from_pb(request.edit.unwrap_or_default(), &person, None)?;
        let mut entries = self.entries();
        entries[place] = edit.applied(&entries[place]).map_err(draft::unfit)?;
        let id = entries[place].id.to_string();
        Ok(Response::new(pb::EditEntryResponse { id, version: "w".to_owned(), unchanged: false }))
    }

    async fn get_entry(
        &self,
        request: Request<pb::GetEntryRequest>,
    ) -> Result<Response<pb::GetEntryResponse>, Status> {
        let place = self.find(&request.into_inner().id)?;
        let entry = entry::entry_to_pb(&self.entries()[place], &"v", &|_| None);
        Ok(Response::new(pb::GetEntryResponse {
            entry: Some(entry),
            answers_read: Vec::new(),
            met: Vec::new(),
            prose: None,
        }))
    }

    async fn list_feelings(
        &self,
        _: Request<pb::ListFeelingsRequest>,
    ) -> Result<Response<pb::ListFeelingsResponse>, Status> {
        Err(ApiError::new(ErrorReason::Locked, "not counted").into())
    }

    async fn list_days(
        &self,
        _: Request<pb::ListDaysRequest>,
    ) -> Result<Response<pb::ListDaysResponse>, Status> {
        Err(ApiError::new(ErrorReason::Locked, "not read").into())
    }

    async fn render_text(
        &self,
        _: Request<pb::RenderTextRequest>,
    ) -> Result<Response<pb::RenderTextResponse>, Status> {
        Err(ApiError::new(ErrorReason::Locked, "not read").into())
    }

    async fn list_entries(
        &self,
        request: Request<pb::ListEntriesRequest>,
    ) -> Result<Response<pb::ListEntriesResponse>, Status> {
        let request = request.into_inner();
        let entries = self.entries();
        let begin: usize = request.page.parse().unwrap_or(0);
        let size = if request.limit == 0 { PAGE } else { request.limit as usize };
        let end = (begin + size).min(entries.len());
        let shown = entries.iter().rev().skip(begin).take(size);
        Ok(Response::new(pb::ListEntriesResponse {
            entries: shown.map(|entry| entry::summary_to_pb(entry, &|_| None)).collect(),
            next_page: if end < entries.len() { end.to_string() } else { String::new() },
            total: entries.len() as u32,
            ..Default::default()
        }))
    }

    async fn import_entries(
        &self,
        request: Request<pb::ImportEntriesRequest>,
    ) -> Result<Response<pb::ImportEntriesResponse>, Status> {
        let mut answer = pb::ImportEntriesResponse::default();
        let mut imported = self.imported.lock().unwrap();
        for line in request.into_inner().lines {
            if !line.content.starts_with(b"good") {
                answer.failed.push(pb::FailedLine { number: line.number, reason: "no JSON".to_owned() });
            } else if imported.insert(line.content.to_vec()) {
                answer.imported += 1;
            } else {
                answer.skipped += 1;
            }
        }
        Ok(Response::new(answer))
    }

    async fn export_entries(
        &self,
        request: Request<pb::ExportEntriesRequest>,
    ) -> Result<Response<Self::ExportEntriesStream>, Status> {
        let batches = match request.into_inner().format() {
            pb::ExportFormat::Jsonl => {
                let line = |entry: &Entry| pb::ExportEntriesResponse {
                    lines: vec![entry.text.clone()],
                    files: vec![],
                };
                self.entries().iter().rev().map(line).map(Ok).collect()
            }
            _ => {
                let file = pb::ExportFile { name: "a.md".to_owned(), content: String::new() };
                let locked = ApiError::new(ErrorReason::Locked, "the export stopped");
                vec![Ok(pb::ExportEntriesResponse { lines: vec![], files: vec![file] }), Err(locked.into())]
            }
        };
        Ok(Response::new(tokio_stream::iter(batches)))
    }

    async fn search_entries(
        &self,
        _: Request<pb::SearchEntriesRequest>,
    ) -> Result<Response<pb::SearchEntriesResponse>, Status> {
        Err(ApiError::new(ErrorReason::Locked, "not searched").into())
    }

    async fn list_tags(
        &self,
        _: Request<pb::ListTagsRequest>,
    ) -> Result<Response<pb::ListTagsResponse>, Status> {
        let tag = |tag: &str| pb::TagCount { tag: tag.to_owned(), entries: 2 };
        Ok(Response::new(pb::ListTagsResponse { tags: vec![tag("tea"), tag("calm")] }))
    }

    async fn list_history(
        &self,
        _: Request<pb::ListHistoryRequest>,
    ) -> Result<Response<pb::ListHistoryResponse>, Status> {
        Err(ApiError::new(ErrorReason::Locked, "not read").into())
    }

    async fn compare_versions(
        &self,
        _: Request<pb::CompareVersionsRequest>,
    ) -> Result<Response<pb::CompareVersionsResponse>, Status> {
        Err(ApiError::new(ErrorReason::Locked, "not compared").into())
    }

    async fn restore_version(
        &self,
        _: Request<pb::RestoreVersionRequest>,
    ) -> Result<Response<pb::RestoreVersionResponse>, Status> {
        Err(ApiError::new(ErrorReason::Locked, "not restored").into())
    }

    async fn settle_entry(
        &self,
        _: Request<pb::SettleEntryRequest>,
    ) -> Result<Response<pb::SettleEntryResponse>, Status> {
        Err(ApiError::new(ErrorReason::Locked, "not settled").into())
    }

    async fn trash_entry(
        &self,
        _: Request<pb::TrashEntryRequest>,
    ) -> Result<Response<pb::TrashEntryResponse>, Status> {
        Err(ApiError::new(ErrorReason::Locked, "not put into the trash").into())
    }

    async fn untrash_entry(
        &self,
        _: Request<pb::UntrashEntryRequest>,
    ) -> Result<Response<pb::UntrashEntryResponse>, Status> {
        Err(ApiError::new(ErrorReason::Locked, "not taken out of the trash").into())
    }
}
