//! Writing, finding and reading entries.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use haven_api::convert;
use haven_api::convert::comparing::part_to_pb;
use haven_api::convert::draft::unfit;
use haven_api::convert::entry::{entry_to_pb, met_part_to_pb, read_answer_to_pb, snippet_to_pb};
use haven_api::convert::prose::prose_to_pb;
use haven_api::error::ApiError;
use haven_api::pb;
use haven_api::pb::journal_service_server::JournalService;
use haven_core::comparing::{Reading, parts};
use haven_core::entry::{Entry, EntryError};
use haven_core::feeling::Feelings;
use haven_core::id::EntryId;
use haven_core::limits::TEXT_BYTES_MAX;
use haven_core::person::ResolveError;
use haven_core::prose::Prose;
use haven_core::reading::read;
use haven_core::search::{Meanings, Query, QueryError, snippet};
use haven_core::time::Date;
use haven_engine::command::{Command, Keep, PastShown, Reply, SideShown, VersionShown};
use haven_engine::version::Version;
use tonic::{Request, Response, Status};

use super::desk::{Desk, looker};
use super::filter::Listed;
use super::import::DryRuns;
use super::near::{Asked, Names};
use super::page::Page;
use super::{Answers, export, feelings, import, names, tags, unexpected};
use crate::node::Node;
use crate::snapshot::Snapshot;

pub(super) struct Journal {
    pub(super) node: Node,
    pub(super) desk: Arc<Desk>,
    pub(super) dry_runs: Mutex<DryRuns>,
}

impl Journal {
    pub(super) fn new(node: Node, desk: Arc<Desk>) -> Self {
        Self { node, desk, dry_runs: Mutex::default() }
    }

    /// The open journal, and the entry that a text names in it.
    fn entry(&self, id: &str) -> Result<(Arc<Snapshot>, EntryId), Status> {
        let snapshot = self.node.opened()?;
        let id = names::entry(&snapshot.view, id)?;
        Ok((snapshot, id))
    }

    /// Runs a command that changes an entry, and tells the entry's id and the version it has now.
    async fn change(&self, command: Command) -> Result<(String, String), Status> {
        let Reply::Entry(id) = self.node.command(command).await? else { return Err(unexpected()) };
        let snapshot = self.node.opened()?;
        let row = snapshot.view.entry(id).ok_or_else(unexpected)?;
        Ok((id.to_string(), row.version.to_string()))
    }
}

#[tonic::async_trait]
impl JournalService for Journal {
    type ExportEntriesStream = Answers<pb::ExportEntriesResponse>;

    async fn add_entry(
        &self,
        request: Request<pb::AddEntryRequest>,
    ) -> Result<Response<pb::AddEntryResponse>, Status> {
        let snapshot = self.node.opened()?;
        let draft = request.into_inner().draft.unwrap_or_default();
        let draft = self.desk.draft(&**self.node.host(), &snapshot.view, draft)?;
        let complete = self.desk.complete(&snapshot.view, draft.exercise.as_ref(), &draft.answers);
        let (id, version) = self.change(Command::Add(draft)).await?;
        Ok(Response::new(pb::AddEntryResponse { id, version, complete }))
    }

    async fn edit_entry(
        &self,
        request: Request<pb::EditEntryRequest>,
    ) -> Result<Response<pb::EditEntryResponse>, Status> {
        let pb::EditEntryRequest { id, edit, base_version } = request.into_inner();
        let (snapshot, id) = self.entry(&id)?;
        let row = snapshot.view.entry(id).ok_or_else(unexpected)?;
        let edit =
            self.desk.edit(&**self.node.host(), &snapshot.view, &row.entry, edit.unwrap_or_default())?;
        let base = names::version(&base_version)?;
        let before = row.version.to_string();
        let (changed, version) = self.change(Command::Edit { id, base, edit }).await?;
        let unchanged = version == before;
        Ok(Response::new(pb::EditEntryResponse { id: changed, version, unchanged }))
    }

    async fn get_entry(
        &self,
        request: Request<pb::GetEntryRequest>,
    ) -> Result<Response<pb::GetEntryResponse>, Status> {
        let language = self.node.language_of(&request);
        let pb::GetEntryRequest { id, version, with_prose } = request.into_inner();
        let (snapshot, id) = self.entry(&id)?;
        let view = &snapshot.view;
        let row = view.entry(id).ok_or_else(unexpected)?;
        let name_of = names::name_of(view);
        let asked = self.version(id, &version).await?.filter(|version| *version != row.version);
        let is_earlier = asked.is_some();
        let (entry, version, met) = match asked {
            None if row.met.is_empty() => (row.entry.clone(), row.version.clone(), Vec::new()),
            asked => self.at_version(id, asked).await?,
        };
        let desk = self.desk.of(view);
        let asked = entry.exercise.as_ref().and_then(|made_with| desk.shelf.made_with(made_with));
        let answers = read(&entry, asked, &language, &name_of);
        let mut told = entry_to_pb(&entry, &version, &name_of);
        let sides = if is_earlier { 0 } else { row.sides_to_settle() };
        told.summary = Some(desk.summary(&entry, sides, &name_of));
        Ok(Response::new(pb::GetEntryResponse {
            entry: Some(told),
            answers_read: answers.into_iter().map(read_answer_to_pb).collect(),
            met: met.into_iter().map(side_to_pb).collect(),
            prose: with_prose.then(|| prose_to_pb(Prose::read(&entry.text))),
        }))
    }

    async fn list_entries(
        &self,
        request: Request<pb::ListEntriesRequest>,
    ) -> Result<Response<pb::ListEntriesResponse>, Status> {
        let language = self.node.language_of(&request);
        let pb::ListEntriesRequest { filter, limit, page } = request.into_inner();
        let snapshot = self.node.opened()?;
        let (view, page) = (&*snapshot.view, Page::read(limit, &page)?);
        let desk = self.desk.of(view);
        let feelings = Feelings::of(&desk.shelf.exercises);
        let listed = Listed::new(convert::filter::from_pb(filter, &looker(view))?, &feelings)?;
        let known = listed.everything.then(|| snapshot.view.len() as u64);
        let paged = page.take(listed.of(view), known);
        let asked = Asked {
            tags: listed.tags().iter().collect(),
            exercises: listed.exercise().into_iter().collect(),
            feelings: listed.feelings().iter().collect(),
        };
        let names = Names { view, shelf: &desk.shelf, feelings: &feelings, language: &language };
        let near = names.near(&asked, paged.total);
        let name_of = names::name_of(view);
        let entries =
            paged.rows.iter().map(|row| desk.summary(&row.entry, row.sides_to_settle(), &name_of)).collect();
        Ok(Response::new(pb::ListEntriesResponse {
            entries,
            next_page: paged.next,
            total: paged.total,
            near_tags: near.tags,
            near_exercises: near.exercises,
            near_feelings: near.feelings,
        }))
    }

    async fn search_entries(
        &self,
        request: Request<pb::SearchEntriesRequest>,
    ) -> Result<Response<pb::SearchEntriesResponse>, Status> {
        let language = self.node.language_of(&request);
        let pb::SearchEntriesRequest { query, limit, page, filter } = request.into_inner();
        let snapshot = self.node.opened()?;
        let (view, page) = (&*snapshot.view, Page::read(limit, &page)?);
        let desk = self.desk.of(view);
        let feelings = Feelings::of(&desk.shelf.exercises);
        let people = looker(view);
        let titled = |title: &str| desk.shelf.titled(title);
        let meanings = Meanings { feelings: &feelings, person: &people, exercise: &titled };
        let query = Query::parse(&query, meanings).map_err(unclear)?;
        let listed = Listed::new(convert::filter::from_pb(filter, &people)?, &feelings)?;
        let found = listed.of(view).filter(|row| query.matches(&row.searchable()));
        let paged = page.take(found, None);
        let asked = Asked {
            tags: query.tags().iter().chain(listed.tags()).collect(),
            exercises: query.exercises().iter().chain(listed.exercise()).collect(),
            feelings: query.feelings().iter().chain(listed.feelings()).collect(),
        };
        let names = Names { view, shelf: &desk.shelf, feelings: &feelings, language: &language };
        let near = names.near(&asked, paged.total);
        let name_of = names::name_of(view);
        let hits = paged.rows.iter().map(|row| pb::SearchHit {
            entry: Some(desk.summary(&row.entry, row.sides_to_settle(), &name_of)),
            snippet: snippet_to_pb(&snippet(&row.entry.text, &query)),
        });
        Ok(Response::new(pb::SearchEntriesResponse {
            hits: hits.collect(),
            next_page: paged.next,
            total: paged.total,
            near_tags: near.tags,
            near_exercises: near.exercises,
            near_feelings: near.feelings,
        }))
    }

    async fn list_tags(
        &self,
        _: Request<pb::ListTagsRequest>,
    ) -> Result<Response<pb::ListTagsResponse>, Status> {
        Ok(Response::new(pb::ListTagsResponse { tags: tags::counted(&self.node.opened()?.view) }))
    }

    async fn list_feelings(
        &self,
        request: Request<pb::ListFeelingsRequest>,
    ) -> Result<Response<pb::ListFeelingsResponse>, Status> {
        let language = self.node.language_of(&request);
        let snapshot = self.node.opened()?;
        let desk = self.desk.of(&snapshot.view);
        let known = Feelings::of(&desk.shelf.exercises);
        let feelings = feelings::counted(&snapshot.view, &known, &language);
        Ok(Response::new(pb::ListFeelingsResponse { feelings }))
    }

    async fn list_days(
        &self,
        request: Request<pb::ListDaysRequest>,
    ) -> Result<Response<pb::ListDaysResponse>, Status> {
        let pb::ListDaysRequest { after, before } = request.into_inner();
        let snapshot = self.node.opened()?;
        let span = Some(pb::EntryFilter { after, before, ..Default::default() });
        let span = convert::filter::from_pb(span, &looker(&snapshot.view))?;
        let listed = Listed::new(span, &Feelings::default())?;
        let days: BTreeSet<Date> = listed.of(&snapshot.view).map(|row| row.entry.at.date()).collect();
        Ok(Response::new(pb::ListDaysResponse { days: days.iter().map(Date::to_string).collect() }))
    }

    async fn render_text(
        &self,
        request: Request<pb::RenderTextRequest>,
    ) -> Result<Response<pb::RenderTextResponse>, Status> {
        self.node.opened()?;
        let text = request.into_inner().text;
        if text.len() > TEXT_BYTES_MAX {
            let fault = unfit(EntryError::TextTooLong { bytes: text.len() });
            return Err(ApiError { what: "the text can't be shown".to_owned(), ..fault }.into());
        }
        Ok(Response::new(pb::RenderTextResponse { prose: Some(prose_to_pb(Prose::read(&text))) }))
    }

    async fn list_history(
        &self,
        request: Request<pb::ListHistoryRequest>,
    ) -> Result<Response<pb::ListHistoryResponse>, Status> {
        let (_, id) = self.entry(&request.into_inner().id)?;
        let versions = self.history(id).await?.into_iter().map(past_to_pb);
        Ok(Response::new(pb::ListHistoryResponse { versions: versions.collect() }))
    }

    async fn compare_versions(
        &self,
        request: Request<pb::CompareVersionsRequest>,
    ) -> Result<Response<pb::CompareVersionsResponse>, Status> {
        let language = self.node.language_of(&request);
        let pb::CompareVersionsRequest { id, base_version, version } = request.into_inner();
        let (snapshot, id) = self.entry(&id)?;
        let base = match self.version(id, &base_version).await? {
            Some(base) => Some(self.reading(&snapshot, id, Some(base), &language).await?),
            None => None,
        };
        let version = self.version(id, &version).await?;
        let version = self.reading(&snapshot, id, version, &language).await?;
        let parts = parts(base.as_ref(), &version, &names::name_of(&snapshot.view));
        let parts = parts.into_iter().map(part_to_pb).collect();
        Ok(Response::new(pb::CompareVersionsResponse { parts }))
    }

    async fn restore_version(
        &self,
        request: Request<pb::RestoreVersionRequest>,
    ) -> Result<Response<pb::RestoreVersionResponse>, Status> {
        let pb::RestoreVersionRequest { id, version } = request.into_inner();
        let (_, id) = self.entry(&id)?;
        let version = self.version(id, &version).await?.ok_or_else(|| names::no_version("it is missing"))?;
        let (id, version) = self.change(Command::Restore { id, version }).await?;
        Ok(Response::new(pb::RestoreVersionResponse { id, version }))
    }

    async fn trash_entry(
        &self,
        request: Request<pb::TrashEntryRequest>,
    ) -> Result<Response<pb::TrashEntryResponse>, Status> {
        let (_, id) = self.entry(&request.into_inner().id)?;
        self.node.command(Command::Trash(id)).await?;
        Ok(Response::new(pb::TrashEntryResponse { id: id.to_string() }))
    }

    async fn untrash_entry(
        &self,
        request: Request<pb::UntrashEntryRequest>,
    ) -> Result<Response<pb::UntrashEntryResponse>, Status> {
        let id = names::trashed_entry(&self.node.opened()?.view, &request.into_inner().id)?;
        self.node.command(Command::Untrash(id)).await?;
        Ok(Response::new(pb::UntrashEntryResponse { id: id.to_string() }))
    }

    async fn settle_entry(
        &self,
        request: Request<pb::SettleEntryRequest>,
    ) -> Result<Response<pb::SettleEntryResponse>, Status> {
        use pb::settle_entry_request::Keep as Asked;

        let pb::SettleEntryRequest { id, keep } = request.into_inner();
        let (snapshot, id) = self.entry(&id)?;
        let row = snapshot.view.entry(id).ok_or_else(unexpected)?;
        let keep = match keep {
            Some(Asked::Both(true)) => Keep::Both,
            Some(Asked::Version(version)) if !row.met.is_empty() => {
                Keep::Side(names::side(&row.met, &version)?)
            }
            // Whatever is named, nothing has to be chosen.
            Some(Asked::Version(_)) => Keep::Side(row.version.clone()),
            Some(Asked::Both(false)) | None => {
                return Err(ApiError::invalid("nothing was settled", "it wasn't said what to keep").into());
            }
        };
        let (settled, version) = self.change(Command::Settle { id, keep }).await?;
        let view = &self.node.opened()?.view;
        let trashed = view.entry(id).is_some_and(|row| row.entry.trashed.is_some());
        Ok(Response::new(pb::SettleEntryResponse { id: settled, version, trashed }))
    }

    async fn import_entries(
        &self,
        request: Request<pb::ImportEntriesRequest>,
    ) -> Result<Response<pb::ImportEntriesResponse>, Status> {
        import::import(self, request.into_inner()).await.map(Response::new)
    }

    async fn export_entries(
        &self,
        request: Request<pb::ExportEntriesRequest>,
    ) -> Result<Response<Self::ExportEntriesStream>, Status> {
        export::export(&self.node, &self.desk, &request.into_inner()).map(Response::new)
    }
}

impl Journal {
    /// The versions of an entry, newest first.
    async fn history(&self, id: EntryId) -> Result<Vec<PastShown>, Status> {
        match self.node.command(Command::History(id)).await? {
            Reply::History(versions) => Ok(versions),
            _ => Err(unexpected()),
        }
    }

    /// A version, named whole or by its beginning; none for an empty text.
    async fn version(&self, id: EntryId, text: &str) -> Result<Option<Version>, Status> {
        if let whole @ Ok(_) = names::version(text) {
            return Ok(whole?);
        }
        let versions: Vec<_> = self.history(id).await?.into_iter().map(|past| past.shown.version).collect();
        Ok(Some(names::version_of(&versions, text)?))
    }

    /// An entry at a version, or now, as a person reads it.
    async fn reading(
        &self,
        snapshot: &Snapshot,
        id: EntryId,
        version: Option<Version>,
        language: &str,
    ) -> Result<Reading, Status> {
        let (entry, _, _) = self.at_version(id, version).await?;
        let desk = self.desk.of(&snapshot.view);
        let asked = entry.exercise.as_ref().and_then(|made_with| desk.shelf.made_with(made_with));
        let answers = read(&entry, asked, language, &names::name_of(&snapshot.view));
        Ok(Reading { entry, answers })
    }

    /// An entry at a version, or now with what met in it.
    async fn at_version(
        &self,
        id: EntryId,
        version: Option<Version>,
    ) -> Result<(Entry, Version, Vec<SideShown>), Status> {
        let command = Command::Show { id, version };
        match self.node.command(command).await? {
            Reply::Shown { entry, version, met } => Ok((*entry, version, met)),
            _ => Err(unexpected()),
        }
    }
}

/// What a search lacks, often since somebody is still typing it: what is wrong, and what to type.
fn unclear(fault: QueryError) -> ApiError {
    let error = ApiError::invalid("nothing was searched", &fault).with_next(fault.next());
    let perhaps = match fault {
        QueryError::Person(ResolveError::NotFound { perhaps }) => perhaps,
        QueryError::Person(ResolveError::Ambiguous { could_be }) => could_be,
        _ => Vec::new(),
    };
    error.with_candidates(perhaps.iter().map(ToString::to_string))
}

fn past_to_pb(it: PastShown) -> pb::EntryVersion {
    let base_version = it.base.map(|base| base.to_string()).unwrap_or_default();
    pb::EntryVersion { base_version, ..version_to_pb(it.shown) }
}

fn side_to_pb(it: SideShown) -> pb::EntryVersion {
    pb::EntryVersion {
        met_parts: it.parts.into_iter().map(met_part_to_pb).collect(),
        ..version_to_pb(it.shown)
    }
}

fn version_to_pb(it: VersionShown) -> pb::EntryVersion {
    let (version, at_ms) = (it.version.to_string(), it.at.as_millis());
    pb::EntryVersion { version, at_ms, device: it.device, ..Default::default() }
}
